"""Customer equity: against published numbers, arithmetic by hand, a second implementation, and laws."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.equity import simulation as equity_module
from strategy.equity.curves import Array, fit_responses
from strategy.equity.parameters import Parameters, chosen_array, numbers, parameters, spend_array, spend_dict
from strategy.equity.simulation import (
    Simulation,
    annuity,
    customer_equity,
    discount_factors,
    in_force,
    initiative_budget,
    initiative_costs,
    lifetime_value,
    margin_multiple,
    rolled_back,
    run_off,
    segment_equity,
    simulate,
    totals_over_time,
)
from strategy.equity.uncertainty import draw
from strategy.errors import PlannerError
from tests import cases, reference

Document = dict[str, Any]
Plan = tuple[Document, dict[str, dict[str, float]], list[str]]

DIGITS = 1e-11
"""What float64 may lose between two ways to compute the same number, as a share of the largest piece of it."""
PLANS = cases.cases_with_plans(max_segments=2, max_horizon=6)


def simulated(document: Document, spend: dict[str, dict[str, float]], initiatives: list[str]) -> Simulation:
    """One plan at the likely numbers."""
    case = case_from(document)
    return simulate(parameters(case), spend_array(case, spend), chosen_array(case, initiatives))


def today(document: Document) -> Simulation:
    return simulated(document, reference.todays_spend(document), [])


def agree(ours: Any, theirs: Any, scale: float | None = None) -> None:
    """The same up to rounding, small against the largest of the numbers (or the scale given)."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    largest = max(float(np.abs(theirs).max(initial=0)), scale or 0)
    np.testing.assert_allclose(ours, theirs, rtol=DIGITS, atol=DIGITS * largest)


# Closed forms in print ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retention_rate", "multiples"),
    [
        (0.6, [1.20, 1.15, 1.11, 1.07]),
        (0.7, [1.75, 1.67, 1.59, 1.52]),
        (0.8, [2.67, 2.50, 2.35, 2.22]),
        (0.9, [4.50, 4.09, 3.75, 3.46]),
    ],
)
def test_margin_multiples_of_gupta_and_lehmann(retention_rate: float, multiples: list[float]) -> None:
    # Gupta & Lehmann 2003, JIM 17(1), table for discount rates 10, 12, 14 and 16 %: r/(1 + i - r), which leaves out
    # the first margin; ours has it, so it is 1 more.
    for discount, multiple in zip((0.10, 0.12, 0.14, 0.16), multiples, strict=True):
        ours = margin_multiple(np.array([retention_rate]), discount).item()
        assert ours - 1 == pytest.approx(multiple, abs=0.005)


def test_clv_and_retention_elasticity_of_gupta_and_lehmann() -> None:
    # r = 0.9, i = 0.1, margin 100: CLV 450 without the first margin, and 1 % more retention gives 5.5 % more of it
    rates = np.array([0.9, 0.9 * 1.000001])
    clv, more = 100 * (margin_multiple(rates, 0.1) - 1)
    assert clv == pytest.approx(450, rel=1e-12)
    assert (more / clv - 1) / 0.000001 == pytest.approx(5.5, abs=0.005)
    assert margin_multiple(rates, 0.1)[0] == pytest.approx(5.5, rel=1e-12)  # (1 + i)/(1 + i - r), the elasticity


def test_customer_equity_of_the_blattberg_deighton_course() -> None:
    # UlrikErlingsen/customer-value-analytics, tests/test_reference_examples.py: 5 per prospect wins 0.2 of at most
    # 0.4, 8 per customer keeps 0.4 of at most 0.7, margin 50, discount 12 %. At the optimum (10.08, 15.93) customer
    # equity per prospect is 11.88; before, 8.33. Retention spend is paid with the next margin, one period later.
    def curve(ceiling: float, spend: float, rate: float, at: float) -> float:
        one, spends = np.full((1, 1, 1), rate), np.full((1, 1, 1), spend)
        floor, top = np.zeros((1, 1, 1)), np.full((1, 1, 1), ceiling)
        response = fit_responses(("exponential",), floor, top, (one, one), (spends, spends))
        return response.metric(response.share(at / response.answer_spend)).item()

    def equity_per_prospect(acquire: float, retain: float) -> float:
        acquisition_rate, retention_rate = curve(0.4, 5, 0.2, acquire), curve(0.7, 8, 0.4, retain)
        margin = np.array([50 - retain / 1.12])
        return acquisition_rate * lifetime_value(margin, np.array([retention_rate]), 0.12).item() - acquire

    assert equity_per_prospect(10.08, 15.93) == pytest.approx(11.88, abs=0.005)
    assert equity_per_prospect(10.077813435489782, 15.933038625262332) == pytest.approx(11.875550755862575, abs=1e-12)
    assert equity_per_prospect(5, 8) == pytest.approx(8.333333333333332, abs=1e-12)


# Pfeifer & Carraway 2000 as carried in phpOMS, MetricsTest testMailingSuccessEstimation: state 1 bought just now (40
# minus a mailing of 4), states 2 and 3 are mailed, state 4 is former; they buy with 0.3, 0.2 and 0.05.
MAILING = np.array([[0.3, 0.7, 0, 0], [0.2, 0, 0.8, 0], [0.05, 0, 0, 0.95], [0, 0, 0, 1]])
MAILING_MARGINS = np.array([36.0, -4.0, -4.0, 0.0])


def test_markov_lifetime_values_of_pfeifer_and_carraway_over_five_cash_flows() -> None:
    # T = 4 with the cash flow of t = 0 included: five periods
    values = rolled_back(np.tile(MAILING_MARGINS, (5, 1)), np.ones((5, 4)), np.zeros(4), 0.2, MAILING)
    agree(values[0], [49.40470679012345, 2.6875000000000004, -1.9828317901234571, 0.0])
    assert values[0, 0] == pytest.approx(49.4, abs=0.05)


def test_markov_lifetime_values_of_pfeifer_and_carraway_for_ever() -> None:
    values = lifetime_value(MAILING_MARGINS, np.ones(4), 0.2, MAILING)
    assert values == pytest.approx([50.443636, 3.141818, -1.898182, 0.0], abs=5e-7)
    again = rolled_back(np.tile(MAILING_MARGINS, (3, 1)), np.ones((3, 4)), values, 0.2, MAILING)
    agree(again, np.tile(values, (3, 1)))  # one value for ever is its own value after any number of periods


def constant_case(margin: float, retention_rate: float, discount_rate: float, **fields: Any) -> Document:
    """1,000 customers who leave a margin; nothing to spend on."""
    document = cases.constants() | {"discount_rate": discount_rate, **fields}
    document["segments"][0]["gross_margin"] = 1
    document["segments"][0]["levers"] |= {
        "develop": {"constant": margin},
        "retain": {"constant": retention_rate},
        "reduce_cost": {"constant": 0},
    }
    return document


def test_the_netflix_clv_of_the_darden_lecture() -> None:
    # UVA Darden "Market Analytics": price 19.95, variable cost 1.50, retention spend 6 a year, 0.5 % leave and 1 % is
    # discounted per month: 67.33 margins, $1,209 (the first margin included)
    document = constant_case(19.95, 0.995, 1.01**12 - 1, period="month")
    document["segments"][0]["levers"]["reduce_cost"] = {"constant": 1.5 + 6 / 12}
    clv = today(document).clv[0, 0, 0, 0]
    assert clv == pytest.approx(1209, abs=0.5)
    assert clv / (19.95 - 2) == pytest.approx(67.33, abs=0.005)


@pytest.mark.parametrize(
    ("timing", "first_margin", "clv"),
    [("start", True, 366.6666666666667), ("start", False, 266.66666666666663), ("end", True, 333.33333333333326)],
)
def test_the_three_formulas_of_fader_and_hardie(timing: str, first_margin: bool, clv: float) -> None:
    # Fader & Hardie note 024, eqs 1 to 3, at m = 100, r = 0.8, d = 0.1: with the first payment, without it, and with
    # each payment booked a period late
    ours = today(constant_case(100, 0.8, 0.1, discount_timing=timing)).clv[0, 0, 0, 0]
    assert ours - (0 if first_margin else 100) == pytest.approx(clv, rel=1e-12)


def test_berrys_customer_profits() -> None:
    # phpOMS, MetricsTest testBerrysCustomerProfits (delta 0.01): 100,000 customers acquired at 30 each, revenue 100,
    # cost 50, marketing 10, retention 0.5, discount 15 %: 4,076,923.08
    document = constant_case(100, 0.5, 0.15, horizon=1)
    document["segments"][0] |= {"customers": 0, "prospects": 100_000, "onboarding_cost": 30}
    document["segments"][0]["levers"] |= {"acquire": {"constant": 1}, "reduce_cost": {"constant": 60}}
    assert today(document).customer_equity.item() == pytest.approx(4076923.08, abs=0.005)


# By hand ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("timing", "tau"), [("start", 0), ("middle", 0.5), ("end", 1)])
@pytest.mark.parametrize("horizon", [1, 3, 120])
def test_constants_are_worth_the_closed_form_whatever_the_horizon(timing: str, tau: float, horizon: int) -> None:
    # m = 100 x 0.5 - 5 = 45, rho = 0.8, d = 0.1: 45 x 1.1/0.3 = 165 at the start
    result = today(cases.constants() | {"discount_timing": timing, "horizon": horizon})
    assert result.customer_equity.item() == pytest.approx(165_000 * 1.1**-tau, rel=1e-12)
    agree(result.clv[0, 0, :, 0], np.full(horizon, 165 * 1.1**-tau))
    agree(result.clv_net, result.clv)  # nothing is spent
    agree(result.residual.item(), 165_000 * 1.1**-tau * (0.8 / 1.1) ** horizon)


def test_constants_with_migration_are_worth_the_matrix_closed_form() -> None:
    # margins 45 and 250 x 0.5 - 20 = 105; (I - diag(rho) pi/(1+d)) V = m solved by Cramer's rule, at the period's end
    a, b = 1 - 0.8 * 0.75 / 1.1, -0.8 * 0.25 / 1.1
    c, d = -0.9 * 0.125 / 1.1, 1 - 0.9 * 0.875 / 1.1
    values = np.array([45 * d - 105 * b, 105 * a - 45 * c]) / (a * d - b * c)
    result = today(cases.constants_with_migration())
    agree(result.clv[0, 0], np.tile(values / 1.1, (3, 1)))
    agree(result.run_off[0, 0], values)


def test_without_discount_customers_are_worth_what_they_ever_leave() -> None:
    # 1,000 x 45/(1 - 0.8) = 225,000
    assert today(cases.no_discount()).customer_equity.item() == pytest.approx(225_000, rel=1e-12)


def test_one_period_by_hand() -> None:
    # 100 of 1,000 prospects join 400 customers: 500 x 30 - 100 x 10 - 100 = 13,900 now; half of them stay, each worth
    # 30/(1 - 0.5/1.25) = 50: 250 x 50/1.25 = 10,000 later. Without spend 400 x 50 = 20,000.
    result = today(cases.one_period())
    assert result.new.item() == pytest.approx(100, rel=1e-12)
    assert result.cash.item() == pytest.approx(13_900, rel=1e-12)
    assert result.residual.item() == pytest.approx(10_000, rel=1e-12)
    assert result.customer_equity.item() == pytest.approx(23_900, rel=1e-12)
    assert simulated(cases.one_period(), {}, []).customer_equity.item() == pytest.approx(20_000, rel=1e-12)


def test_carryover_by_hand() -> None:
    # the curve wins 0.2 (1 - 2^-(G/100)); a spend of 100 stops and half of its effect lasts: G = 50, 25, 12.5. Cash
    # counts what is paid, which is nothing.
    document = cases.one_period() | {"horizon": 3}
    document["segments"][0]["levers"]["acquire"]["carryover"] = 0.5
    result = simulated(document, {}, [])
    agree(result.acquired[0, 0, :, 0], [200 * (1 - 2 ** -(g / 100)) for g in (50, 25, 12.5)])
    agree(result.cash[0, 0], (result.customers * 30 - result.new * 10)[0, 0, :, 0])
    # after the plan all marketing stops and so does what lasts of it: 50 is what a customer is worth without
    assert result.run_off.item() == pytest.approx(50, rel=1e-12)


def test_a_fixed_budget_per_customer_dilutes_over_a_growing_base_by_hand() -> None:
    # each customer brings one more: 1,000 customers become 2,000 active, all stay, then 4,000 are active. The answers
    # spread 100 over the 2,000 of period 1; in period 2 each gets half: 0.8 x (1 - 0.5^(1/2)).
    document = cases.constants()
    document["segments"][0] |= {"referral_rate": 1}
    document["segments"][0]["levers"] |= {
        "retain": {"constant": 1},
        "develop": {"spend": 100, "floor": 0, "ceiling": 80, "points": [[100, 40]]},
    }
    result = today(document)
    agree(result.customers[0, 0, :, 0], [2000, 4000, 8000])
    agree(result.margin[0, 0, :, 0], [0.5 * 80 * (1 - 0.5 ** (1 / n)) - 5 for n in (1, 2, 4)])


def test_a_programme_that_serves_all_does_not_dilute_by_hand() -> None:
    document = cases.constants()
    document["segments"][0] |= {"referral_rate": 1}
    document["segments"][0]["levers"]["reduce_cost"] = {
        "spend": 100,
        "floor": 20,
        "ceiling": 10,
        "points": [[100, 15]],
    }
    agree(today(document).margin[0, 0, :, 0], [35, 35, 35])  # 100 x 0.5 - 15 in all periods


def lagging() -> Document:
    """Cost cutting that chases prospects and customers away: half-way to its ceiling today."""
    document = cases.constants()
    document["segments"][0] |= {"prospects": 1000, "referral_rate": 0.05}
    document["segments"][0]["levers"] |= {
        "acquire": {"constant": 0.1},
        "reduce_cost": {
            "spend": 100,
            "floor": 20,
            "ceiling": 10,
            "points": [[100, 15]],
            "side_effects": [
                {"metric": "acquisition_rate", "at_ceiling": -0.04},
                {"metric": "referral_rate", "at_ceiling": 0.08},
                {"metric": "retention_rate", "at_ceiling": -0.2},
            ],
        },
    }
    return document


def test_side_effects_on_new_customers_come_a_period_later_by_hand() -> None:
    # twice the spend goes three quarters of the way, a quarter further than today: retention 0.8 - 0.2/4 at once,
    # acquisition 0.1 - 0.04/4 and referral 0.05 + 0.08/4 from the second period on
    result = simulated(lagging(), {"all": {"reduce_cost": 200}}, [])
    agree(result.retention_rate[0, 0, :, 0], [0.75, 0.75, 0.75])
    agree(result.acquired[0, 0, :, 0], [100, 90, 90])
    opening = result.opening[0, 0, :, 0]
    agree((result.new - result.acquired)[0, 0, :, 0], [0.05 * opening[0], 0.07 * opening[1], 0.07 * opening[2]])


def test_side_effects_hold_after_the_plan_by_hand() -> None:
    # without spend the lever stands at 0, half-way back: retention 0.8 + 0.2/2 = 0.9, cost 20: 30 x 1.1/0.2 = 165
    assert today(lagging()).run_off.item() == pytest.approx(30 * 1.1 / 0.2, rel=1e-12)


def with_items(*items: dict[str, Any], **fields: Any) -> Document:
    """Constants with events, and initiatives where an item has a lever."""
    document = cases.constants() | fields
    whole = [{"name": f"Item {n}", "from": 1, "to": None, "segments": None} | item for n, item in enumerate(items)]
    document["events"] = [item for item in whole if "lever" not in item]
    document["initiatives"] = [item for item in whole if "lever" in item]
    return document


def test_events_work_in_the_order_of_the_list_and_initiatives_after_them_by_hand() -> None:
    # revenue 100: x 0.9 + 10 = 100, x 0.5 = 50, then the initiative + 6 and x 2: 112; margin 112 x 0.5 - 5 = 51
    items = [
        {"metric": "revenue", "add": 6, "multiply": 1, "lever": "develop", "id": "first"},
        {"metric": "revenue", "multiply": 2, "lever": "develop", "id": "second"},
        {"metric": "revenue", "multiply": 0.9, "add": 10},
        {"metric": "revenue", "multiply": 0.5},
    ]
    document = with_items(*items)
    agree(simulated(document, {}, ["second", "first"]).margin[0, 0, :, 0], [51, 51, 51])
    agree(simulated(document, {}, []).margin[0, 0, :, 0], [20, 20, 20])


def test_a_rate_is_clipped_once_at_the_end_by_hand() -> None:
    # 0.8 + 0.5 = 1.3, x 0.5 = 0.65: clipped in between it would be 0.5
    items = [{"metric": "retention_rate", "add": 0.5}, {"metric": "retention_rate", "multiply": 0.5}]
    agree(today(with_items(*items)).retention_rate[0, 0, :, 0], [0.65, 0.65, 0.65])


@pytest.mark.parametrize(
    ("metric", "add", "value"),
    [("retention_rate", 5, 1), ("retention_rate", -5, 0), ("revenue", -500, 0), ("cost_to_serve", -50, 0)],
)
def test_metrics_stay_where_they_can_be(metric: str, add: float, value: float) -> None:
    result = today(with_items({"metric": metric, "add": add}))
    revenue, cost = (value if metric == name else usual for name, usual in (("revenue", 100), ("cost_to_serve", 5)))
    agree(result.margin[0, 0, :, 0], np.full(3, revenue * 0.5 - cost))
    agree(result.retention_rate[0, 0, :, 0], np.full(3, value if metric == "retention_rate" else 0.8))


def test_nobody_can_win_more_than_all_prospects_or_fewer_than_none() -> None:
    document = with_items({"metric": "acquisition_rate", "add": 2}, {"metric": "referral_rate", "add": -2, "from": 2})
    document["segments"][0] |= {"prospects": 70, "referral_rate": 0.1}
    result = today(document)
    agree(result.acquired[0, 0, :, 0], [70, 70, 70])
    agree(result.new[0, 0, :, 0], [170, 70, 70])


@pytest.mark.parametrize(
    ("item", "periods", "after"),
    [
        ({}, [True, True, True], True),
        ({"from": 2}, [False, True, True], True),
        ({"from": 2, "to": 2}, [False, True, False], False),
        ({"to": 3}, [True, True, True], False),
        ({"to": 4}, [True, True, True], True),
        ({"from": 4}, [False, False, False], True),
        ({"lever": "retain"}, [True, True, True], True),
        ({"lever": "retain", "one_off": 9}, [True, True, True], True),
        ({"lever": "retain", "per_period": 9}, [True, True, True], False),
        ({"lever": "retain", "per_period": 9, "to": 7}, [True, True, True], False),
        ({"lever": "retain", "to": 3}, [True, True, True], False),
        ({"lever": "retain", "to": 4, "one_off": 9}, [True, True, True], True),
    ],
)
def test_when_events_and_initiatives_are_in_force(item: dict[str, Any], periods: list[bool], after: bool) -> None:
    # section 6: from..to inclusive, null = T and beyond; after T an initiative with a running cost stops
    case = case_from(with_items({"metric": "retention_rate", "multiply": 0.5, "id": "it"} | item))
    (event,) = (*case.events, *case.initiatives)
    assert [in_force(event, period, 3) for period in (1, 2, 3)] == periods
    assert in_force(event, 4, 3) == after
    result = simulate(parameters(case), spend_array(case, {}), chosen_array(case, case.initiative_ids))
    agree(result.retention_rate[0, 0, :, 0], [0.4 if acts else 0.8 for acts in periods])
    agree(result.run_off.item(), 45 * 1.1 / (1.1 - (0.4 if after else 0.8)))


def test_initiatives_cost_what_they_cost_when_they_cost_it_by_hand() -> None:
    items = [
        {"metric": "revenue", "lever": "develop", "id": "once", "from": 2, "one_off": 110},
        {"metric": "revenue", "lever": "develop", "id": "always", "per_period": 7},
        {"metric": "revenue", "lever": "develop", "id": "both", "from": 2, "to": 2, "one_off": 30, "per_period": 3},
        {"metric": "revenue", "lever": "develop", "id": "long", "from": 3, "to": 9, "per_period": 5},
    ]
    case = case_from(with_items(*items))
    assert initiative_costs(case).tolist() == [[0, 7, 0, 0], [110, 7, 33, 0], [0, 7, 0, 5]]
    # 110 in period 2 is worth 100 now; one unit in each of three periods 1 + 1/1.1 + 1/1.21 = 3.31/1.21
    agree(initiative_budget(case), [100 * 1.21 / 3.31, 7, 30 * 1.21 / 3.31, 5 / 3.31])
    assert annuity(case) == pytest.approx(3.31 / 1.21, rel=1e-12)
    result = simulate(parameters(case), spend_array(case, {}, {}), chosen_array(case, ["once", "long"], ["always"]))
    before = today(with_items()).cash[0, 0]
    agree(result.cash[0], [before - [0, 110, 5], before - 7])


def test_money_moves_when_the_timing_says() -> None:
    case = case_from(cases.constants() | {"discount_timing": "middle"})
    agree(discount_factors(case), [1.1**-0.5, 1.1**-1.5, 1.1**-2.5])


def test_customers_who_would_cost_money_for_ever_are_let_go() -> None:
    # revenue 400 x 0.55 - 260 < 0 without spend: the run-off is worth nothing rather than less
    result = today(cases.loss_making())
    assert result.run_off.item() == 0
    assert result.residual.item() == 0


def test_growth_beyond_all_numbers_gives_numbers_or_is_refused() -> None:
    # 1,000 new customers per customer in each of 120 periods: 10^360 customers, more than float64 can hold
    document = cases.constants() | {"horizon": 120}
    document["segments"][0]["referral_rate"] = 1000
    try:
        equity = today(document).customer_equity
    except PlannerError:
        return
    assert np.isfinite(equity).all()


def test_an_event_that_makes_value_endless_is_refused() -> None:
    document = with_items({"metric": "retention_rate", "add": 1, "from": 4}, discount_rate=0.0)
    with pytest.raises(PlannerError) as caught:
        today(document)
    assert caught.value.code == "endless_value"
    assert today(document | {"discount_rate": 0.1}).customer_equity.item() > 0


def test_where_nobody_is_active_metrics_are_at_the_floor() -> None:
    # section 2: where M_t = 0 the metric is the floor. Without acquire spend nobody ever comes. Cost reduction stops
    # too, which gives back its side effect on retention: 0.01 at the ceiling, a third of the way there today.
    result = simulated(cases.start_up(), {"families": {"retain": 500000, "develop": 250000}}, [])
    assert not result.customers.any()
    agree(result.retention_rate[0, 0, :, 0], np.full(5, 0.78 + 0.01 / 3))
    agree(result.margin[0, 0, :, 0], np.full(5, 400 * 0.55 - 70))
    assert result.customer_equity.item() == pytest.approx(-750_000 * annuity(case_from(cases.start_up())), rel=1e-12)


# Against the reference ----------------------------------------------------------------------------------------------


def assert_as_reference(
    document: Document, spend: dict[str, dict[str, float]], initiatives: list[str], pick: str
) -> None:
    case = case_from(document)
    given_ = parameters(case, numbers(case, pick))
    ours = simulate(given_, spend_array(case, spend), chosen_array(case, initiatives))
    theirs = reference.simulate(document, spend, initiatives, pick)
    scale = reference.yardstick(document, spend, initiatives, pick)
    agree(ours.customer_equity[0, 0], theirs.customer_equity, scale)
    agree(ours.residual[0, 0], theirs.residual, scale)
    agree(ours.cash[0, 0], theirs.cash, scale)
    agree(ours.cash[0, 0] @ discount_factors(case) + ours.residual[0, 0], ours.customer_equity[0, 0], scale)
    agree(ours.customers[0, 0], theirs.customers)
    agree(ours.opening[0, 0], theirs.opening_customers[:-1])
    agree(ours.new[0, 0], theirs.new_customers, ours.customers.max())
    agree(ours.acquired[0, 0].sum(axis=0), theirs.acquired, ours.customers.max())
    agree(ours.retention_rate[0, 0], [[y["retention_rate"] for y in row] for row in theirs.metrics], 1)
    largest = max(y["revenue"] + y["cost_to_serve"] for row in [*theirs.metrics, theirs.runoff_metrics] for y in row)
    worth = max(largest, np.abs(theirs.clv).max()) * max(1, case.horizon)
    plain = reference.resolve(document, pick)
    margins = [[reference.margin(s, y) for s, y in zip(plain["segments"], row, strict=True)] for row in theirs.metrics]
    agree(ours.margin[0, 0], margins, largest)
    agree(ours.clv[0, 0], theirs.clv[:-1], worth)
    agree(ours.clv_net[0, 0], theirs.clv_net[:-1], worth)
    agree(ours.run_off[0, 0] * (1 + case.discount) ** -case.timing, theirs.clv[-1], worth)


@settings(max_examples=40)
@given(cases.cases_with_plans())
def test_any_plan_comes_to_what_the_reference_says(plan: Plan) -> None:
    assert_as_reference(*plan, "likely")


@given(cases.cases_with_plans(triples=True, max_segments=2))
def test_the_lows_and_the_highs_come_to_what_the_reference_says(plan: Plan) -> None:
    for pick in ("low", "high"):
        assert_as_reference(*plan, pick)


@pytest.mark.parametrize("pick", ["low", "likely", "high"])
@pytest.mark.parametrize("named", cases.NAMED_CASES, ids=lambda named: named.__name__)
def test_a_named_case_comes_to_what_the_reference_says(named: Callable[[], Document], pick: str) -> None:
    document = named()
    spend = reference.todays_spend(document)
    more = {who: {lever: 1.5 * amount for lever, amount in cells.items()} for who, cells in spend.items()}
    ids = [initiative["id"] for initiative in document["initiatives"]]
    for plan in ((spend, []), (more, ids), ({}, ids[:1])):
        assert_as_reference(document, *plan, pick)


# Laws ---------------------------------------------------------------------------------------------------------------


@given(PLANS)
def test_equity_is_the_lifetime_value_of_customers_less_onboarding_and_spend(plan: Plan) -> None:
    # section 3: CE = sum N0 CLV_1 + PV of A_t (CLV_t - onboarding_cost) - PV of spend
    document, spend, initiatives = plan
    case = case_from(document)
    given_ = parameters(case)
    result = simulated(*plan)
    factors, tau = discount_factors(case), (1 + case.discount) ** -case.timing
    joined = (factors / tau)[:, None] * result.new[0, 0] * result.clv[0, 0]
    onboarding = factors[:, None] * result.new[0, 0] * given_.onboarding_cost[0, 0]
    chosen = chosen_array(case, initiatives)[0, 0]
    spent = factors * (spend_array(case, spend).sum() + initiative_costs(case) @ chosen)
    own = given_.customers[0, 0] * result.clv[0, 0, 0]
    pieces = [own.sum(), joined.sum(), -onboarding.sum(), -spent.sum()]
    scale = sum(np.abs(part).sum() for part in (own, joined, onboarding, spent))
    agree(result.customer_equity.item(), sum(pieces), scale)


@given(PLANS)
def test_customers_are_neither_made_nor_lost(plan: Plan) -> None:
    case = case_from(plan[0])
    result = simulated(*plan)
    agree(result.customers, result.opening + result.new)  # M_t = N_(t-1) + A_t
    retained = result.customers * result.retention_rate
    agree(result.opening[0, 0, 0], [segment.customers.likely for segment in case.segments])
    agree(result.opening[..., 1:, :].sum(axis=-1), retained[..., :-1, :].sum(axis=-1))  # whoever stays is somewhere
    if case.migration is None:
        agree(result.opening[..., 1:, :], retained[..., :-1, :])
    assert (result.new >= result.acquired).all()


@given(PLANS)
def test_three_roads_to_equity_meet(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    arguments = parameters(case), spend_array(case, spend), chosen_array(case, initiatives)
    scale = reference.yardstick(document, spend, initiatives)
    whole = simulate(*arguments).customer_equity
    agree(customer_equity(*arguments), whole, scale)
    costs = float(discount_factors(case) @ initiative_costs(case) @ arguments[2][0, 0])
    agree(segment_equity(*arguments).sum(axis=-1) - costs, whole, scale)


@given(cases.cases(max_segments=2))
def test_the_first_period_at_todays_spend_gives_the_answers(document: Document) -> None:
    # section 2: also with carryover, side effects and migration; events would change it
    document["events"] = []
    for segment in document["segments"]:
        for lever in segment["levers"].values():
            if "points" in lever:
                lever["spend"] = lever["points"][0][0]
    result = today(document)
    for s, segment in enumerate(document["segments"]):
        answers = {
            code: v["constant"] if "constant" in v else v["points"][0][1] for code, v in segment["levers"].items()
        }
        margin = answers["develop"] * segment["gross_margin"] - answers["reduce_cost"]
        agree(result.acquired[0, 0, 0, s], segment["prospects"] * answers["acquire"])
        agree(result.retention_rate[0, 0, 0, s], answers["retain"])
        agree(result.margin[0, 0, 0, s], margin, answers["develop"])


@given(cases.cases(max_segments=2), st.floats(0, 3), st.floats(0, 3))
def test_more_spend_never_lowers_what_it_is_spent_on(document: Document, one: float, other: float) -> None:
    # without side effects; revenue and retention in the first period, for a growing base dilutes them later
    for segment in document["segments"]:
        for lever in segment["levers"].values():
            lever.pop("side_effects", None)
    case = case_from(document)
    little, much = sorted((one, other))
    for lever, code in enumerate(LEVER_CODES):
        spend = np.repeat(parameters(case).today, 2, axis=1)
        spend[0, :, :, lever] = np.outer([little, much], spend[0, 0, :, lever] + 100)
        result = simulate(parameters(case), spend)
        new, margin, retention_rate = result.acquired, result.margin[:, :, 0], result.retention_rate[:, :, 0]
        moved = {"acquire": new, "develop": margin, "retain": retention_rate, "reduce_cost": margin}[code]
        assert (moved[:, 1] >= moved[:, 0] - DIGITS * np.abs(moved[:, 0])).all()


@given(PLANS)
def test_the_order_of_the_segments_does_not_matter(plan: Plan) -> None:
    document, spend, initiatives = plan
    turned = document | {"segments": document["segments"][::-1]}
    if document["migration"]:
        turned["migration"] = [row[::-1] for row in document["migration"][::-1]]
    scale = reference.yardstick(document, spend, initiatives)
    here, there = simulated(*plan), simulated(turned, spend, initiatives)
    agree(there.customer_equity, here.customer_equity, scale)
    agree(there.customers[..., ::-1], here.customers)


@given(PLANS, st.sampled_from([2.0, 1024.0, 0.5]))
def test_another_currency_only_changes_the_money(plan: Plan, rate: float) -> None:
    # powers of two: not a digit may change
    document, spend, initiatives = plan
    converted = reference.resolve(document)
    for segment in converted["segments"]:
        segment["onboarding_cost"] *= rate
        for code, lever in segment["levers"].items():
            money = rate if code in ("develop", "reduce_cost") else 1
            lever |= {field: lever[field] * money for field in ("floor", "ceiling", "constant") if field in lever}
            if "points" in lever:
                lever["points"] = [[x * rate, y * money] for x, y in lever["points"]]
                lever["spend"] *= rate
                for effect in lever["side_effects"]:
                    effect["at_ceiling"] *= rate if effect["metric"] in ("revenue", "cost_to_serve") else 1
            else:
                lever = segment["levers"][code] = {"constant": lever["constant"]}
    for item in (*converted["events"], *converted["initiatives"]):
        item["add"] *= rate if item["metric"] in ("revenue", "cost_to_serve") else 1
        for cost in {"one_off", "per_period"} & item.keys():
            item[cost] *= rate
    spent = {who: {lever: x * rate for lever, x in cells.items()} for who, cells in spend.items()}
    agree(
        simulated(converted, spent, initiatives).customer_equity,
        rate * simulated(*plan).customer_equity,
        rate * reference.yardstick(document, spend, initiatives),
    )


# Batches ------------------------------------------------------------------------------------------------------------

FIELDS = tuple(Simulation.__dataclass_fields__)


@st.composite
def batches(draw_: st.DrawFn) -> tuple[Case, Parameters, Array, Array]:
    """A case with beliefs, a few draws of them, and a few plans with other initiatives each."""
    document = draw_(cases.cases(triples=True, max_segments=3, max_horizon=4))
    case = case_from(document)
    spends = [case.today, *(draw_(cases.spends(document)) for _ in range(2))]
    choices = [(), *(draw_(cases.choices(document)) for _ in range(2))]
    return case, draw(case, 4).parameters, spend_array(case, *spends), chosen_array(case, *choices)


def scale_of(result: Simulation, case: Case) -> float:
    """What a rounding error in a batch's money is small against: its largest flows, added up."""
    earned = np.abs(result.customers * result.margin).sum(axis=(-1, -2)).max()
    return float(earned + np.abs(result.cash).max() * case.horizon + np.abs(result.residual).max())


@settings(max_examples=15)
@given(batches())
def test_totals_over_time_are_those_of_the_whole_simulation(batch: tuple[Case, Parameters, Array, Array]) -> None:
    case, drawn, spend, chosen = batch
    whole = simulate(drawn, spend, chosen)
    equity, cash, customers = totals_over_time(drawn, spend, chosen)
    agree(equity, whole.customer_equity, scale_of(whole, case))
    agree(cash, whole.cash, scale_of(whole, case))
    agree(customers, whole.customers.sum(axis=-1), float(np.abs(whole.customers).max()) + 1)


@settings(max_examples=15)
@given(batches())
def test_a_batch_of_draws_and_plans_is_one_by_one(batch: tuple[Case, Parameters, Array, Array]) -> None:
    case, drawn, spend, chosen = batch
    together = simulate(drawn, spend, chosen)
    scale = scale_of(together, case)
    equity, by_segment = customer_equity(drawn, spend, chosen), segment_equity(drawn, spend, chosen)
    assert equity.shape == (4, 3)
    assert by_segment.shape == (4, 3, len(case.segments))
    assert together.cash.shape == (4, 3, case.horizon)
    assert together.clv.shape == (4, 3, case.horizon, len(case.segments))
    for row in range(4):
        for column in range(3):
            here = slice(row, row + 1), slice(column, column + 1)
            one = drawn.rows(here[0]), spend[:, here[1]], chosen[:, here[1]]
            alone = simulate(*one)
            for field in FIELDS:
                money = field in ("customer_equity", "residual", "cash")
                agree(getattr(together, field)[here], getattr(alone, field), scale if money else None)
            agree(equity[here], customer_equity(*one), scale)
            agree(by_segment[here], segment_equity(*one), scale)


@settings(max_examples=15)
@given(batches())
def test_chunks_of_draws_give_the_same(batch: tuple[Case, Parameters, Array, Array]) -> None:
    case, drawn, spend, chosen = batch
    whole = simulate(drawn, spend, chosen), customer_equity(drawn, spend, chosen), segment_equity(drawn, spend, chosen)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(equity_module, "CHUNK_BYTES", 1)
        parts = (
            simulate(drawn, spend, chosen),
            customer_equity(drawn, spend, chosen),
            segment_equity(drawn, spend, chosen),
        )
    scale = scale_of(whole[0], case)
    for field in FIELDS:
        assert getattr(parts[0], field).shape == getattr(whole[0], field).shape
        agree(
            getattr(parts[0], field),
            getattr(whole[0], field),
            scale if field in ("customer_equity", "residual") else None,
        )
    agree(parts[1], whole[1], scale)
    agree(parts[2], whole[2], scale)


def test_a_batch_is_worked_through_in_parts() -> None:
    # 60 draws of 30 plans in parts of a few draws: the same numbers to the last digit
    case = case_from(cases.telecom())
    drawn = draw(case, 60).parameters
    spend = np.repeat(spend_array(case, case.today), 30, axis=1) * np.linspace(0, 2, 30).reshape(1, 30, 1, 1)
    whole = customer_equity(drawn, spend)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(equity_module, "CHUNK_BYTES", 30_000)
        assert np.array_equal(customer_equity(drawn, spend), whole)
        agree(simulate(drawn, spend).customer_equity, whole)


def test_one_choice_of_initiatives_serves_all_plans() -> None:
    case = case_from(cases.events_and_initiatives())
    spend = spend_array(case, case.today, {})
    once, twice = chosen_array(case, ["club"]), chosen_array(case, ["club"], ["club"])
    agree(customer_equity(parameters(case), spend, once), customer_equity(parameters(case), spend, twice))
    agree(simulate(parameters(case), spend, once).cash, simulate(parameters(case), spend, twice).cash)


def test_without_a_choice_no_initiative_is_chosen() -> None:
    case = case_from(cases.events_and_initiatives())
    arguments = parameters(case), spend_array(case, case.today)
    assert customer_equity(*arguments) == customer_equity(*arguments, chosen_array(case, ()))
    assert simulate(*arguments).customer_equity == simulate(*arguments, chosen_array(case, ())).customer_equity


@settings(max_examples=5)
@given(batches())
def test_plans_are_written_and_read_back(batch: tuple[Case, Parameters, Array, Array]) -> None:
    case, _, spend, _ = batch
    assert np.array_equal(spend_array(case, spend_dict(case, spend[0, 1])), spend[:, 1:2])
    assert spend_array(case, {}).shape == (1, 1, len(case.segments), 4)
    assert not spend_array(case, {}).any()


def test_the_run_off_of_a_batch_depends_on_the_choice_only() -> None:
    case = case_from(cases.events_and_initiatives())
    with_app, without = run_off(parameters(case), chosen_array(case, ["app"], ()))[0]
    assert (with_app > without).all()  # cheaper service for ever
