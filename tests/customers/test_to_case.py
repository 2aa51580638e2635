"""From measured customers to a case that has the value the data have; every number says where it comes from."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from strategy.case.beliefs import origin_key
from strategy.case.case import Case, Constant, Curve
from strategy.case.case_file import read_case
from strategy.case.editing import numbers_of
from strategy.customers.models.contracts import Renewals, fit_contracts
from strategy.customers.value.book import ContractBook, units_in
from strategy.customers.value.measures import Segments
from strategy.customers.value.segments import Grouping, by_column, deciles, rfm, value_and_risk
from strategy.customers.value.to_case import GROSS_MARGIN, Setting, case_from_customers, measured_for, source_of
from strategy.customers.value.value import Customers, Terms, clv
from strategy.equity.readouts import read_out
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import SEGMENT_NAMES
from strategy.plan.plan import start
from strategy.plan.plan_file import read_plan
from tests.customers.test_segments import ALL, BOOK, COLUMNS, PURCHASING, RUNNING, SPEND

QUARTERS = Setting("CDNOW", "USD", "quarter", 20, 0.10, 0.5, 0.0)
SOURCE = source_of("cdnow.txt", BOOK)


def made(grouping: Grouping, setting: Setting = QUARTERS, names: Mapping[str, str] | None = None) -> Case:
    return case_from_customers(measured_for(BOOK, grouping, setting, 1), setting, SOURCE, names)[0]


def value_of(setting: Setting) -> float:
    """The data's value, customer by customer: sum of CLV over the case's periods (strategy/customers/value)."""
    terms = Terms(setting.margin, setting.discount, units_in(setting.period, "week"), setting.horizon)
    return float(clv(PURCHASING, SPEND, Customers(*COLUMNS), terms).sum())


# The value -----------------------------------------------------------------------------------------------------------

WORTH = BOOK.clv(0.5, QUARTERS.discount, "quarter", 20)
GROUPINGS = {
    "all": ALL,
    "rfm": rfm(*COLUMNS),
    "clv": deciles(WORTH),
    "risk": value_and_risk(WORTH, BOOK.risk),
    "column": by_column(pa.array(["north", "south", "west"]).take(pa.array(np.arange(len(WORTH)) % 3))),
}


@pytest.mark.parametrize("way", list(GROUPINGS))
def test_the_case_from_cdnow_has_the_datas_value_within_a_tenth_of_a_percent(way: str) -> None:
    """CE less the residual against the sum of CLV per customer.

    All levers constant, nobody acquired, cost to serve 0, timing start: cash_t = sum_s N0 rho^(t-1) r g, so the planned
    part of CE is g sum_s sum_t (1+d)^-(t-1) R_1 rho^(t-1), which by rho's equation is g sum_s sum_t (1+d)^-(t-1) R_t.
    """
    case = made(GROUPINGS[way])
    readouts = read_out(case, case.today, ())
    planned = readouts.customer_equity - float(readouts.plan.residual[0, 0])
    assert planned == pytest.approx(value_of(QUARTERS), rel=1e-3)  # what is asked
    assert planned == pytest.approx(value_of(QUARTERS), rel=1e-8)  # what is had
    assert all(segment.prospects.likely == 0 for segment in case.segments)


def test_other_periods_and_rates_keep_the_value() -> None:
    yearly = Setting("CDNOW", "USD", "year", 5, 0.15, 0.3, 0.0)
    case = made(ALL, yearly)
    readouts = read_out(case, case.today, ())
    assert readouts.customer_equity - float(readouts.plan.residual[0, 0]) == pytest.approx(value_of(yearly), rel=1e-8)


def test_cost_to_serve_is_taken_off_every_period() -> None:
    """5 a quarter for N0 rho^(t-1) customers, discounted."""
    case = made(ALL, Setting("CDNOW", "USD", "quarter", 20, 0.10, 0.5, 5.0))
    readouts, segment = read_out(case, case.today, ()), case.segments[0]
    assert isinstance(segment.levers.retain, Constant)
    faded = (segment.levers.retain.constant.likely / (1 + case.discount)) ** np.arange(20.0)
    cost = 5.0 * segment.customers.likely * faded.sum()
    planned = readouts.customer_equity - float(readouts.plan.residual[0, 0])
    assert planned == pytest.approx(value_of(QUARTERS) - cost, rel=1e-8)


def test_contracts_make_a_case_with_newcomers() -> None:
    """One of four contracts started within the year: prospects are twenty for each, of whom one in twenty is won."""
    setting = Setting("Club", period="year", horizon=5, gross_margin=0.4)
    grouping = by_column(pa.array(["web", "shop", "shop", "shop"]))
    measured = measured_for(RUNNING, grouping, setting, 1)
    case, _ = case_from_customers(measured, setting, source_of("club.csv", RUNNING))
    web = case.segment("web")
    assert web.prospects.likely == 20.0
    assert isinstance(web.levers.acquire, Constant)
    assert web.levers.acquire.constant.likely == 0.05
    assert case.segment("shop").customers.likely == 3.0
    assert web.onboarding_cost.likely == pytest.approx(measured.onboarding[measured.codes.index("web")])


# Levers and origins --------------------------------------------------------------------------------------------------


def with_arrivals(segments: Segments) -> Segments:
    return Segments(**{**vars(segments), "arrivals": np.full(len(segments.codes), 30.0)})


SPENT = Setting(
    "CDNOW", "USD", "quarter", 20, gross_margin=0.5, cost_to_serve=2.0,
    spend={"acquire": 900.0, "develop": 400.0, "retain": 500.0, "reduce_cost": 100.0},
)  # fmt: skip


def test_money_spent_today_makes_curves_through_what_was_measured() -> None:
    segments = with_arrivals(measured_for(BOOK, rfm(*COLUMNS), SPENT, 1))
    case, origins = case_from_customers(segments, SPENT, SOURCE, SEGMENT_NAMES)
    assert sum(case.today[s]["retain"] for s in case.segment_ids) == pytest.approx(500.0)
    assert case.planned_budget == pytest.approx(1900.0)
    readouts = read_out(case, case.today, ())
    first = readouts.plan.retention_rate[0, 0, 0]
    np.testing.assert_allclose(first, segments.retention, rtol=1e-9)
    retain = case.segments[0].levers.retain
    assert isinstance(retain, Curve)
    low, likely, high = (getattr(retain.points[0][1], end) for end in ("low", "likely", "high"))
    assert low < likely < high
    assert segments.retention_range[0, 0] <= low
    assert high <= segments.retention_range[0, 1]
    assert origins["champions/retain/answer_1"].kind == "measured"
    assert origins["champions/retain/spend"].kind == "believed"
    assert origins["champions/retain/ceiling"].model_dump(exclude_defaults=True) == {"kind": "default", "confirm": True}
    assert case.segment("champions").name == SEGMENT_NAMES["champions"]


def test_every_number_has_an_origin() -> None:
    segments = measured_for(BOOK, ALL, QUARTERS, 1)
    case, origins = case_from_customers(segments, QUARTERS, SOURCE)
    assert set(origins) == {origin_key(key) for key in numbers_of(case)}
    kinds = {key: origin.kind for key, origin in origins.items()}
    assert kinds["all/customers"] == kinds["all/develop/constant"] == "measured"
    assert kinds["all/gross_margin"] == kinds["all/reduce_cost/constant"] == "believed"
    assert kinds["all/prospects"] == kinds["all/acquire/constant"] == kinds["all/onboarding_cost"] == "computed"
    assert "no bill" in origins["all/onboarding_cost"].source
    assert origins["all/customers"].source == ("cdnow.txt · BG/NBD, Gamma-Gamma · 5,000 rows · 1997-01-01 – 1997-09-30")


def test_what_nobody_said_is_a_default_to_confirm() -> None:
    bare = Setting("CDNOW")
    case, origins = case_from_customers(measured_for(BOOK, ALL, bare, 1), bare, SOURCE)
    assert case.segments[0].gross_margin.likely == GROSS_MARGIN
    for key in ("all/gross_margin", "all/reduce_cost/constant"):
        assert (origins[key].kind, origins[key].confirm) == ("default", True)


def test_the_case_goes_through_a_file_and_a_plan_without_loss() -> None:
    case, origins = case_from_customers(measured_for(BOOK, GROUPINGS["column"], QUARTERS, 1), QUARTERS, SOURCE)
    assert read_case(case.to_json()) == case
    plan = read_plan(start(case, origins).to_json())
    assert plan.origin(("north", "customers")).source == SOURCE
    assert plan.origin(("north", "customers")).kind == "measured"


def test_names_of_the_data_may_be_anything() -> None:
    odd = ["Überseg & Söhne", "=cmd()", "x" * 500]
    segments = measured_for(BOOK, by_column(pa.array(odd).take(pa.array(np.arange(len(WORTH)) % 3))), QUARTERS, 1)
    case, _ = case_from_customers(segments, QUARTERS, SOURCE)
    assert {segment.name for segment in case.segments} == {odd[0], odd[1], "x" * 200}
    assert len(set(case.segment_ids)) == 3


def test_money_on_what_cannot_react_is_refused() -> None:
    segments = measured_for(BOOK, ALL, QUARTERS, 1)
    for lever, wrong in (("acquire", "nobody_acquired"), ("reduce_cost", "nothing_to_reduce")):
        spending = Setting("CDNOW", period="quarter", horizon=20, spend={lever: 10.0})
        with pytest.raises(PlannerError) as raised:
            case_from_customers(segments, spending, SOURCE)
        assert raised.value.code == wrong
    for spend, code in (({"mail": 1.0}, "unknown_lever"), ({"retain": -1.0}, "out_of_range")):
        with pytest.raises(PlannerError) as raised:
            case_from_customers(segments, Setting("CDNOW", spend=spend), SOURCE)
        assert raised.value.code == code


def test_contracts_that_nobody_ends_still_make_a_case() -> None:
    """One churn for all: rho is the constant retention itself."""
    alike = fit_contracts(Renewals(np.array([500.0]), np.array([0.0])))
    book = ContractBook(**{**vars(RUNNING), "contracts": alike})
    setting = Setting("Club", gross_margin=0.4)
    segments = measured_for(book, Grouping(("all",), np.zeros(4, dtype=np.intp)), setting, 1)
    assert segments.retention[0] == pytest.approx(1 - 0.5 / 501)
    assert segments.retention_range[0, 1] <= 1.0
    assert case_from_customers(segments, setting, "x")[0].segments[0].customers.likely == 4.0
