"""Customers in segments: who is where, what each segment is worth, who moved."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from strategy.customers.cleaning.choices import Choices
from strategy.customers.models.contracts import Renewals, fit_contracts
from strategy.customers.models.purchasing import Triples, fit
from strategy.customers.models.spend import fit_spend
from strategy.customers.reading.source import read_source
from strategy.customers.study import measure as measure_file
from strategy.customers.value.book import ContractBook, PurchaseBook, units_in
from strategy.customers.value.contract_value import new_contract_clv
from strategy.customers.value.measures import Segments, constant_retention, measure
from strategy.customers.value.segmenting import Ahead, Drift, Way, drift
from strategy.customers.value.segments import (
    NAMELESS,
    OTHERS,
    RFM_CODES,
    RISK_CODES,
    Grouping,
    by_column,
    deciles,
    movement,
    rfm,
    value_and_risk,
    whale_curve,
)
from strategy.customers.value.value import Customers, Terms, clv, new_customer
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import SEGMENT_NAMES
from tests import cdnow

COLUMNS = cdnow.summary()
AGAIN = COLUMNS[0] > 0
PURCHASING = fit(Triples.of(*COLUMNS[:3]))
SPEND = fit_spend(COLUMNS[0][AGAIN], COLUMNS[3][AGAIN], np.ones(AGAIN.sum(), dtype=np.int64))
IDS = pa.array([f"{number:04}" for number in range(len(AGAIN))])
BOOK = PurchaseBook(
    IDS, Customers(*COLUMNS), {}, PURCHASING, SPEND, "week", date(1997, 1, 1), date(1997, 9, 30), 5000
)  # fmt: skip
ALL = Grouping(("all",), np.zeros(len(AGAIN), dtype=np.intp))
QUARTERLY = 1.1**0.25 - 1


def quarters(grouping: Grouping, book: PurchaseBook = BOOK, margin: float = 0.5) -> Segments:
    return measure(book, grouping, margin, QUARTERLY, "quarter", 20, seed=1)


# Groups --------------------------------------------------------------------------------------------------------------


def test_rfm_names_five_groups_by_hand() -> None:
    """Five customers, one per quintile: the best and latest is a champion, the worst lapsed; two more are told apart.

    Recency (time since) 1, 2, 3, 4, 5; frequency 5..1: scores R = F = M = 5, 4, 3, 2, 1. Score 1 counts values up to
    the first of the four quintiles, so these five get 5, 4, 3, 2, 1 each.
    """
    age, since = np.full(5, 10.0), np.arange(1.0, 6.0)
    frequency = np.arange(5.0, 0.0, -1.0)
    found = rfm(frequency, age - since, age, np.full(5, 10.0))
    assert found.labels.tolist() == ["champions", "champions", "loyal", "lapsed", "lapsed"]
    turned = rfm(frequency[::-1], age - since, age, np.full(5, 10.0))
    assert turned.labels.tolist() == ["recent", "recent", "loyal", "slipping", "slipping"]


def test_customers_who_are_equal_share_a_segment() -> None:
    once = AGAIN == 0
    found = rfm(*COLUMNS)
    assert set(found.codes) == set(RFM_CODES)
    assert found.sizes.sum() == 2357
    pairs = {(age, label) for age, label in zip(COLUMNS[2][once].tolist(), found.labels[once].tolist(), strict=True)}
    assert len(pairs) == len(np.unique(COLUMNS[2][once]))


def test_deciles_are_tenths_and_the_first_is_the_most_valuable() -> None:
    found = deciles(np.arange(1000.0))
    assert found.sizes.tolist() == [100] * 10
    assert found.labels[-1] == "decile_1"
    assert found.labels[0] == "decile_10"


def test_value_and_risk_cross() -> None:
    found = value_and_risk(np.array([1.0, 9.0, 1.0, 9.0]), np.array([0.1, 0.1, 0.9, 0.9]))
    assert found.labels.tolist() == ["small_safe", "valuable_safe", "small_at_risk", "valuable_at_risk"]
    assert set(found.codes) == set(RISK_CODES)


def test_a_column_keeps_its_largest_groups_and_names_the_rest() -> None:
    values = pa.array([f"g{n:02}" for n in range(30) for _ in range(30 - n)] + [None, ""])
    found = by_column(values)
    assert found.codes[:2] == ("g00", "g01")
    assert found.codes[-1] == OTHERS
    assert len(found.codes) == 20
    assert found.sizes[-1] == len(values) - found.sizes[:-1].sum() == sum(range(1, 12)) + 2
    assert by_column(pa.array(["a", None, "a"])).codes == ("a", NAMELESS)


def test_every_segment_that_we_name_has_a_name() -> None:
    codes = {*RFM_CODES, *RISK_CODES, OTHERS, NAMELESS, *(f"decile_{n}" for n in range(1, 11))}
    assert set(SEGMENT_NAMES) == codes


def test_the_whale_curve_by_hand() -> None:
    """Values 6, 3, 2, -1: of 10 in all the first brings 60 %, two 90 %, three 110 %, all 100 %."""
    curve = whale_curve(np.array([2.0, 6.0, -1.0, 3.0]), points=5)
    np.testing.assert_allclose(curve.value, [0.0, 0.6, 0.9, 1.1, 1.0])
    np.testing.assert_allclose(curve.customers, [0.0, 0.25, 0.5, 0.75, 1.0])
    assert whale_curve(np.zeros(3)).value.tolist() == [0.0] * 101


# What a segment is worth ---------------------------------------------------------------------------------------------


def test_retention_gives_the_discounted_revenue_back() -> None:
    """The equation of model.md section 8, solved a second time by Brent's method."""
    found = quarters(rfm(*COLUMNS))
    factors = (1 + QUARTERLY) ** -np.arange(20.0)
    for at, by_period in enumerate(found.by_period):
        gap = lambda rho, r=by_period: (r[0] * rho ** np.arange(20.0) - r) @ factors  # noqa: E731
        assert found.retention[at] == pytest.approx(brentq(gap, 0.0, 1.0, xtol=1e-14), abs=1e-11)
    np.testing.assert_allclose(found.revenue * found.customers, found.by_period[:, 0])


@given(st.floats(0.0, 0.99), st.floats(0.0, 0.5), st.integers(2, 40))
def test_revenue_that_fades_at_one_rate_gives_that_rate(rho: float, discount: float, periods: int) -> None:
    revenue = 7.0 * rho ** np.arange(float(periods))
    assert constant_retention(revenue[None], discount)[0] == pytest.approx(rho, abs=1e-9)


def test_revenue_that_does_not_fall_is_kept_whole() -> None:
    assert constant_retention(np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]]), 0.1).tolist() == [1.0, 1.0]


def test_a_one_step_ratio_would_understate_twenty_quarters_of_cdnow_by_28_percent() -> None:
    """The figure that model.md section 8 gives for CDNOW (at 10 % a year)."""
    revenue = quarters(ALL).by_period[0]
    factors = (1 + QUARTERLY) ** -np.arange(20.0)
    one_step = revenue[0] * (revenue[1] / revenue[0]) ** np.arange(20.0)
    assert round(1 - one_step @ factors / (revenue @ factors), 2) == 0.28


def test_segments_add_up_to_the_customers_own_numbers() -> None:
    """N0 = sum of P(alive); the value = sum of CLV over the same periods (value.py, another route)."""
    found = quarters(rfm(*COLUMNS))
    assert found.customers.sum() == pytest.approx(PURCHASING.p_alive(*COLUMNS[:3]).sum())
    worth = clv(PURCHASING, SPEND, Customers(*COLUMNS), Terms(0.5, QUARTERLY, units_in("quarter", "week"), 20))
    assert found.value.sum() == pytest.approx(worth.sum())
    assert (found.value_band[:, 0] < found.value).all()
    assert (found.value < found.value_band[:, 1]).all()


def test_a_new_customers_difference_is_the_onboarding_cost() -> None:
    """What an average customer earns in the case over 20 quarters less what a new one earns by the models."""
    found = quarters(ALL)
    terms = Terms(0.5, QUARTERLY, units_in("quarter", "week"), 20)
    factors = (found.retention[0] / (1 + QUARTERLY)) ** np.arange(20.0)
    in_case = 0.5 * found.revenue[0] * factors.sum()
    assert found.onboarding[0] == pytest.approx(in_case - new_customer(PURCHASING, SPEND, terms).clv)


def test_ranges_hold_the_parameters_that_made_the_data() -> None:
    """r and rho of CDNOW at parameters one standard error off on any axis lie inside the ends of the triples."""
    found = quarters(ALL)
    sizes, axes = np.linalg.eigh(PURCHASING.covariance)
    estimates = np.array(list(PURCHASING.parameters.values()))
    seen = []
    for step in (axes * np.sqrt(sizes)).T:
        for side in (-1, 1):
            moved = PURCHASING.with_parameters(estimates * np.exp(side * step))
            other = PurchaseBook(
                IDS, Customers(*COLUMNS), {}, PURCHASING.__class__(**{**vars(PURCHASING), "law": moved}), SPEND,
                "week", BOOK.first_day, BOOK.until, 0,
            )  # fmt: skip
            revenue = other.revenue(ALL.place, "quarter", 20)
            seen.append((revenue[0, 0] / found.customers[0], constant_retention(revenue, QUARTERLY)[0]))
    for number, ends in enumerate((found.revenue_range[0], found.retention_range[0])):
        values = [entry[number] for entry in seen]
        assert ends[0] < min(values)
        assert max(values) < ends[1]
    assert np.ptp(found.revenue_range[0]) < found.revenue[0]


def test_segments_without_customers_are_left_out_and_named() -> None:
    place = np.zeros(len(AGAIN), dtype=np.intp)
    found = quarters(Grouping(("some", "none"), place))
    assert found.codes == ("some",)
    assert [(entry.code, entry.fields) for entry in found.findings] == [("segments_left_out", {"segments": "none"})]
    gap = measure(RUNNING, Grouping(("none", "all"), np.ones(4, dtype=np.intp)), 0.4, 0.1, "year", 5, seed=1)
    assert gap.codes == ("all",)


def test_one_period_looks_one_further_to_see_who_stays() -> None:
    """With T = 1 the equation holds for any rho; then rho is R_2/R_1."""
    found = measure(BOOK, ALL, 0.5, 0.1, "year", 1, seed=1)
    revenue = BOOK.revenue(ALL.place, "year", 2)[0]
    assert found.by_period.shape == (1, 1)
    assert found.retention[0] == pytest.approx(revenue[1] / revenue[0])
    assert found.value[0] == pytest.approx(0.5 * revenue[0])


# Contracts -----------------------------------------------------------------------------------------------------------

SURVIVORS = np.array([1000.0, 631, 468, 382, 326, 289, 262, 241])
"""Fader & Hardie 2007, the regular customers."""
CONTRACTS = fit_contracts(Renewals.of_cohort(SURVIVORS))
RUNNING = ContractBook(
    pa.array(["a", "b", "c", "d"]), np.array([0, 3, 3, 7]), np.array([100.0, 50, 60, 10]),
    np.array([100.0, 1200, 1100, 2600]), {}, CONTRACTS, "year", date(2018, 1, 1), date(2025, 1, 1), 1000,
)  # fmt: skip


def test_a_segment_of_contracts_follows_their_survival() -> None:
    """R_t = sum of amounts x S(age + t)/S(age), worked out contract by contract; N0 = the running ones."""
    grouping = Grouping(("new", "old"), np.array([0, 1, 1, 1]))
    found = measure(RUNNING, grouping, 0.4, 0.1, "year", 5, seed=1)
    old = sum(
        amount * CONTRACTS.survival(np.arange(1.0, 6.0), float(age))
        for amount, age in zip(RUNNING.amount[1:], RUNNING.age[1:], strict=True)
    )
    np.testing.assert_allclose(found.by_period[1], old)
    assert found.customers.tolist() == [1.0, 3.0]
    assert found.revenue[1] == pytest.approx(float(np.asarray(old)[0]) / 3)
    assert found.arrivals.tolist() == [1.0, 0.0]


def test_a_new_contract_pays_at_once() -> None:
    grouping = Grouping(("all",), np.zeros(4, dtype=np.intp))
    found = measure(RUNNING, grouping, 0.4, 0.1, "year", 5, seed=1)
    average = 0.4 * found.revenue[0] * ((found.retention[0] / 1.1) ** np.arange(5.0)).sum()
    new = new_contract_clv(CONTRACTS, 55.0, Terms(0.4, 0.1, 1.0, 4))  # mean of 100, 50, 60, 10; 4 renewals in 5 years
    assert found.onboarding[0] == pytest.approx(average - new)


def test_nobody_to_value_is_said() -> None:
    free = ContractBook(**{**vars(RUNNING), "amount": np.zeros(4)})
    with pytest.raises(PlannerError) as raised:
        measure(free, Grouping(("all",), np.zeros(4, dtype=np.intp)), 0.4, 0.1, "year", 5, seed=1)
    assert raised.value.code == "nobody_left_to_value"


# Who moved -----------------------------------------------------------------------------------------------------------


def test_movement_by_hand() -> None:
    """a, b, c high and d low become a high, b and c low, d low, e new and high: high loses two thirds and wins one."""
    before = Grouping(("high", "low"), np.array([0, 0, 0, 1]))
    after = Grouping(("high", "low"), np.array([0, 1, 1, 1, 0]))
    found = movement(pa.array(list("abcd")), before, pa.array(list("abcde")), after)
    assert found.matrix.tolist() == [[1, 2], [0, 1]]
    assert found.arrived.tolist() == [1, 0]
    assert found.gone.tolist() == [0, 0]
    assert found.emptying == ("high",)
    np.testing.assert_allclose(found.shares, [[1 / 3, 2 / 3], [0, 1]])


SHOP = """customer,date,amount,region
ann,2025-01-10,5.00,north
bob,2025-02-01,6.00,north
ann,2025-06-01,7.00,south
cas,2025-06-02,8.00,south
"""
FLEET = """customer,start,end,amount,region
ann,2020-01-01,,100,north
bob,2020-06-01,2023-06-01,100,south
ann,2024-01-01,,100,south
dan,2025-01-01,2025-06-01,100,west
"""
BY_REGION, FIVE_YEARS = Way("column", "region"), Ahead("year", 5, 0.5, 0.1)


def looked_back(text: str, contracts: bool, day: date, folder: Path) -> Drift:
    (folder / "brought.csv").write_text(text)
    source = read_source(folder / "brought.csv", folder)
    columns = source.contracts_guess if contracts else source.purchases_guess
    assert columns
    columns = replace(columns, segments=("region",))
    return drift(measure_file(source, Choices(columns), folder / "measured"), BY_REGION, FIVE_YEARS, day)


@pytest.mark.parametrize(
    ("text", "contracts", "day", "moves"),
    [
        (SHOP, False, date(2025, 3, 1), {("north", "north"): 1, ("north", "south"): 1, ("", "south"): 1}),
        (SHOP, False, date(2025, 1, 15), {("north", "south"): 1, ("", "south"): 1, ("", "north"): 1}),
        (FLEET, True, date(2022, 1, 1), {("north", "north"): 1, ("south", ""): 1, ("", "south"): 1}),
    ],
)
def test_drift_since_a_day_by_hand(
    text: str, contracts: bool, day: date, moves: dict[tuple[str, str], int], tmp_path: Path
) -> None:
    """Who belongs where by the latest purchase up to a day; of contracts each is its own, also two of one customer."""
    found = looked_back(text, contracts, day, tmp_path)
    assert (found.before, found.after) == (day, date(2025, 6, 1 if contracts else 2))
    moved, codes = found.movement, found.movement.codes
    pairs = {(a, b): moved.matrix[i, j] for i, a in enumerate(codes) for j, b in enumerate(codes)}
    pairs |= {("", code): moved.arrived[at] for at, code in enumerate(codes)}
    pairs |= {(code, ""): moved.gone[at] for at, code in enumerate(codes)}
    assert {pair: number for pair, number in pairs.items() if number} == moves


def test_a_day_before_the_first_contract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as raised:
        looked_back(FLEET, True, date(2019, 1, 1), tmp_path)
    assert raised.value.code == "nobody_then"


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**31))
def test_nobody_is_lost_in_a_movement(first: int, second: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [pa.array(random.permutation(100)[:size]) for size in (first, second)]
    codes = (("a", "b", "c"), ("c", "d"))
    groups = [Grouping(code, random.integers(0, len(code), len(n))) for code, n in zip(codes, names, strict=True)]
    found = movement(names[0], groups[0], names[1], groups[1])
    assert (found.matrix.sum(axis=1) + found.gone).tolist() == found.before.tolist()
    assert (found.matrix.sum(axis=0) + found.arrived).tolist() == found.after.tolist()
    assert found.before.sum() == first
    assert found.after.sum() == second


def test_boundaries_of_the_first_date_let_a_profile_empty_out() -> None:
    """All buy half as often later: with boundaries of their own the segments would look the same."""
    age = np.full(1000, 100.0)
    frequency = np.random.default_rng(1).poisson(8.0, 1000).astype(float) + 2
    since = np.random.default_rng(2).uniform(1, 40, 1000)
    before = rfm(frequency, age - since, age, np.full(1000, 9.0))
    after = rfm(np.floor(frequency / 2), age - since - 40, age, np.full(1000, 9.0), before.cuts)
    names = pa.array(np.arange(1000))
    assert before.sizes[0] > 0
    assert after.sizes[0] == 0
    found = movement(names, before, names, after)
    assert "champions" in found.emptying
    assert found.after[found.codes.index("lapsed")] > found.before[found.codes.index("lapsed")]
