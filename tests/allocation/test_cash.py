"""Cash beside the budget: what a plan pays in each period, and a best split that no period's cash exceeds."""

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given as drawn

from strategy.allocation.best_split import best_split
from strategy.allocation.cash import CashShortfall, cash_paid, cash_shortfalls, left_for_cells
from strategy.allocation.limits import Limits
from strategy.allocation.phased_split import phased_split
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.equity.parameters import chosen_array, parameters
from strategy.equity.phases import SpendPhase
from strategy.equity.simulation import customer_equity
from strategy.errors import PlannerError
from tests import cases, reference
from tests.equity.test_market import Plan, planned


def one_project(**costs: float) -> Case:
    """The example firm over five years with an app from year 2; other costs of it may be given."""
    document = cases.telecom()
    (app,) = (made for made in cases.events_and_initiatives()["initiatives"] if made["id"] == "app")
    return case_from(document | {"initiatives": [app | {"segments": None} | costs]})


def test_what_is_paid_in_each_period_by_hand() -> None:
    # 100 a year in the first two years, 300 from the third; the app costs 250,000 in year 2 and 10 a year from then.
    case = one_project(per_period=10.0)
    path = (SpendPhase(1, {"families": {"retain": 100.0}}), SpendPhase(3, {"families": {"retain": 300.0}}))
    assert cash_paid(case, path, ["app"]).tolist() == [100.0, 250_110.0, 310.0, 310.0, 310.0]
    assert cash_shortfalls(case, path, ["app"], 300.0) == [
        CashShortfall(2, 250_110.0, 300.0),
        *(CashShortfall(period, 310.0, 300.0) for period in (3, 4, 5)),
    ]
    assert [s.over for s in cash_shortfalls(case, path, ["app"], 310.0)] == [250_110.0 - 310.0]
    assert cash_shortfalls(case, path, [], 300.0) == []


@drawn(cases.markets_with_plans(max_segments=2, max_horizon=5))
def test_what_is_paid_is_what_the_reference_pays(plan: Plan) -> None:
    document, spend, initiatives = plan
    costs = reference.initiative_costs(document, initiatives)
    paid = [
        sum(sum(cells.values()) for cells in period.values()) + cost
        for period, cost in zip(reference.spend_over_time(document, spend), costs, strict=True)
    ]
    found = cash_paid(case_from(document), planned(spend), initiatives)
    np.testing.assert_allclose(found, paid, rtol=1e-12, atol=1e-9)


def test_a_plan_within_its_budget_may_pay_more_in_a_year() -> None:
    case = one_project()
    spend = best_split(case, initiatives=["app"]).spend
    (short,) = cash_shortfalls(case, spend, ["app"], case.planned_budget)
    # Of 250,000 in year 2 the budget counts the present value over that of 1 a year in five years.
    counted = reference.initiative_total(json.loads(case.to_json()), ["app"])
    assert (short.period, short.over) == (2, pytest.approx(250_000 - counted))


def test_a_budget_of_cash_leaves_what_the_dearest_period_leaves() -> None:
    case = one_project(per_period=10_000.0)
    assert left_for_cells(case, 1e6, ["app"], cash=True).tolist() == [740_000.0]
    assert left_for_cells(case, 1e6, ["app"], (1, 2, 3), cash=True).tolist() == [1e6, 740_000.0, 990_000.0]
    counted = reference.initiative_total(json.loads(case.to_json()), ["app"])
    assert left_for_cells(case, 1e6, ["app"], (1, 2, 3)) == pytest.approx([1e6 - counted] * 3)


def test_the_best_split_of_cash_pays_the_budget_in_the_dearest_period() -> None:
    case = one_project()
    best = best_split(case, 1e6, initiatives=["app"], cash=True)
    paid = cash_paid(case, best.spend, best.initiatives)
    assert paid.tolist() == pytest.approx([750_000, 1e6, 750_000, 750_000, 750_000])
    assert cash_shortfalls(case, best.spend, best.initiatives, 1e6) == []
    assert best.unspent == 0.0
    assert "budget" in {limit.limit for limit in best.binding}


def test_no_split_within_the_cash_is_worth_more() -> None:
    # Every split of what year 2 leaves, 750,000, over four levers in steps of a twelfth.
    case = one_project()
    best = best_split(case, 1e6, initiatives=["app"], cash=True)
    parts = np.array([p for p in product(range(13), repeat=4) if sum(p) == 12]) / 12
    given, chosen = parameters(case), chosen_array(case, ["app"])
    equity = customer_equity(given, 750_000 * parts[None, :, None], chosen)[0]
    assert len(parts) == 455
    assert equity.max() <= best.value * (1 + 1e-12)


def test_an_initiative_that_cash_cannot_pay_is_left_out_when_choosing() -> None:
    case = one_project(one_off=600_000.0)
    assert best_split(case, 500_000.0, choose=True, cash=True).initiatives == ()
    with pytest.raises(PlannerError) as refused:
        best_split(case, 500_000.0, initiatives=["app"], cash=True)
    assert (refused.value.code, refused.value.fields["period"]) == ("initiatives_above_cash", 2)


def test_phases_have_what_their_own_dearest_period_leaves() -> None:
    case = one_project()
    found = phased_split(case, (1, 3), 1e6, initiatives=["app"], cash=True)
    totals = [sum(sum(cells.values()) for cells in phase.spend.values()) for phase in found.phases]
    assert totals == pytest.approx([750_000, 1e6], rel=1e-9)
    assert found.unspent == (0.0, 0.0)
    assert cash_shortfalls(case, found.phases, found.initiatives, 1e6) == []
    assert found.value >= best_split(case, 1e6, initiatives=["app"], cash=True).value


def test_without_initiatives_cash_and_present_value_are_the_same() -> None:
    case = one_project()
    limits = Limits(levers={"retain": (1e5, 4e5)})
    ways = [best_split(case, 1e6, limits, cash=cash, refined=False) for cash in (False, True)]
    assert ways[0].spend == ways[1].spend
