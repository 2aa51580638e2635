"""Results of a plan: computed once for the same content, new when anything they depend on changes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from strategy.allocation.best_split import best_split
from strategy.allocation.budget_curve import scaled_curve
from strategy.allocation.information import flip_points
from strategy.case.case_file import case_from
from strategy.equity.parameters import parameters
from strategy.equity.phases import SpendPhase
from strategy.equity.readouts import read_out
from strategy.equity.uncertainty import outlook as outlook_of
from strategy.equity.uncertainty import tornado
from strategy.plan import results
from strategy.plan.moves import (
    choose,
    lock,
    set_budget,
    set_cash,
    set_cell,
    set_cell_limits,
    set_lever_limits,
    set_search,
)
from strategy.plan.plan import Plan, start
from strategy.plan.plan_file import read_plan
from strategy.plan.scenario import money_path
from strategy.progress import Cancelled
from tests import cases, reference

Change = Callable[[Plan], Plan]


def two_segments() -> Plan:
    """Two segments with events and initiatives; nobody moves between them."""
    return start(case_from(cases.events_and_initiatives() | {"migration": None, "budget": 3_700_000}))


def small() -> Plan:
    """One period, two curves and a belief: the long work takes a second."""
    document = cases.one_period()
    levers = document["segments"][0]["levers"]
    levers["acquire"]["ceiling"] = [0.15, 0.2, 0.3]
    levers["develop"] = {"spend": 50, "floor": 80, "ceiling": 110, "points": [[50, 100]]}
    return set_search(start(case_from(document)), draws=100)


def over_time(*multiples: float) -> Plan:
    """Today's money of the small plan, so many times it in each phase; a phase lasts one period."""
    document = cases.one_period() | {"horizon": len(multiples)}
    plan = start(case_from(document))
    spends = [
        {s: {lever: times * amount for lever, amount in cells.items()} for s, cells in plan.phases[0].spend.items()}
        for times in multiples
    ]
    return plan.having(spend=money_path([SpendPhase(at, spend) for at, spend in enumerate(spends, 1)]))


def moved(plan: Plan) -> Plan:
    return set_cell(plan, "families", "retain", 123_456)


def silent(share: float) -> None:
    """Progress that nobody watches."""


# The same content, the same result -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        results.read_out,
        results.opportunities,
        results.tornado,
        lambda plan: results.trail(plan, "families", "retain"),
        lambda plan: results.flips(plan, moved(plan)),
    ],
)
def test_the_same_plan_from_elsewhere_is_not_computed_again(result: Callable[[Plan], Any]) -> None:
    plan = two_segments()
    assert result(plan) is result(read_plan(plan.to_json()))
    assert result(moved(plan)) is not result(plan)


def test_a_result_does_not_depend_on_what_is_only_asked_of_the_search() -> None:
    plan = two_segments()
    searching = set_search(lock(plan, [("families", "retain")], True), aversion=0.5, at_most=True)
    assert results.read_out(searching) is results.read_out(plan)


def test_results_are_what_the_science_says() -> None:
    plan = choose(moved(two_segments()), "club", True)
    ours, direct = results.read_out(plan), read_out(plan.case, plan.spend, plan.initiatives)
    document = cases.events_and_initiatives() | {"migration": None}
    assert ours.customer_equity == direct.customer_equity
    assert ours.customer_equity == pytest.approx(reference.equity(document, plan.spend, plan.initiatives))
    assert results.tornado(plan) == tornado(plan.case, (plan.spend, plan.initiatives))
    assert results.flips(plan, start(plan.case)) == flip_points(
        plan.case, (plan.spend, plan.initiatives), (plan.case.today, ())
    )
    assert results.given(plan.case).draws == parameters(plan.case).draws == 1


def test_the_ranking_of_places_for_money_depends_on_the_budget() -> None:
    plan = set_search(two_segments(), at_most=True)
    richer = plan.having(budget=plan.budget * 2)
    assert results.opportunities(richer) is not results.opportunities(plan)
    assert sum(place.funded for place in results.opportunities(richer)) >= sum(
        place.funded for place in results.opportunities(plan)
    )


# What long work depends on -------------------------------------------------------------------------------------------


CHANGES: dict[str, Change] = {
    "split": moved,
    "budget": lambda plan: set_budget(plan, 9e6),
    "initiative": lambda plan: choose(plan, "club", True),
    "lock": lambda plan: lock(plan, [("families", "retain")], True),
    "cell limit": lambda plan: set_cell_limits(plan, {"families": {"retain": (0, 5)}}),
    "lever limit": lambda plan: set_lever_limits(plan, "retain", 1, 5),
    "at most": lambda plan: set_search(plan, at_most=True),
    "choosing": lambda plan: set_search(plan, choose_initiatives=True),
    "cash": lambda plan: set_cash(plan, True),
    "aversion": lambda plan: set_search(plan, aversion=0.5),
    "draws": lambda plan: set_search(plan, draws=77, aversion=plan.aversion),
    "seed": lambda plan: set_search(plan, seed=77),
    "case": lambda plan: plan.model_copy(update={"case": plan.case.model_copy(update={"horizon": 4})}),
}
DEPENDS = {
    results.outlook_key: {"split", "budget", "initiative", "draws", "seed", "case"},
    results.best_key: set(CHANGES) - {"split"},
    results.divided_key: set(CHANGES) - {"split"},
    results.budget_curve_key: {"budget", "initiative", "case"},
    results.information_key: set(CHANGES),
}


@pytest.mark.parametrize("key", DEPENDS, ids=lambda key: key.__name__)
@pytest.mark.parametrize("change", CHANGES)
def test_long_work_is_done_anew_exactly_when_something_it_depends_on_changes(
    change: str, key: Callable[[Plan], tuple[object, ...]]
) -> None:
    # Another budget moves the split along while the total is fixed, so it counts for results of the split too.
    plan = set_search(two_segments(), aversion=0.25)
    changed = CHANGES[change](plan)
    assert hash(key(plan)) == hash(key(read_plan(plan.to_json())))
    assert key(plan) == key(read_plan(plan.to_json()))
    assert (key(changed) != key(plan)) == (change in DEPENDS[key])


def test_a_locked_cell_that_moves_asks_for_another_search() -> None:
    plan = lock(two_segments(), [("families", "retain")], True)
    unlocked = lock(moved(lock(plan, [("families", "retain")], False)), [("families", "retain")], True)
    assert results.best_key(unlocked) != results.best_key(plan)


def test_the_kinds_of_long_work_are_kept_apart() -> None:
    plan = two_segments()
    assert len({key(plan)[0] for key in DEPENDS}) == len(DEPENDS)


# Long work -----------------------------------------------------------------------------------------------------------


def test_the_best_split_of_a_plan_keeps_its_budget_locks_and_limits() -> None:
    plan = lock(start(case_from(cases.telecom())), [("families", "retain")], True)
    plan = set_lever_limits(plan, "develop", None, 300_000)
    best = results.best(plan, silent)
    assert best.spend == best_split(plan.case, plan.budget, plan.all_limits).spend
    assert best.spend["families"]["retain"] == pytest.approx(500_000)
    assert best.spend["families"]["develop"] <= 300_000 * (1 + 1e-9)


def test_what_is_shown_at_once_is_the_split_before_it_is_refined() -> None:
    plan = small()
    assert results.divided(plan, silent).finalists == 0
    assert results.best(plan, silent).finalists > 0


def test_the_outlook_of_a_plan_uses_its_draws_and_seed() -> None:
    plan = set_search(small(), draws=50, seed=9)
    direct = outlook_of(plan.case, [(plan.spend, plan.initiatives)], 50, 9)
    np.testing.assert_array_equal(results.outlook(plan, silent).draws, direct.draws)


def test_the_budget_curve_reaches_from_the_initiatives_to_well_above_the_plan() -> None:
    plan = choose(two_segments(), "club", True)
    low, high = results.budget_range(plan)
    assert low == pytest.approx(plan.initiative_cost)
    assert high >= 2 * plan.budget
    assert results.budget_range(start(case_from(cases.constants()))) == (0.0, 1.0)


def test_the_budget_curve_of_a_plan_has_its_points() -> None:
    curve = results.budget_curve(small(), silent)
    assert len(curve.budgets) == results.BUDGET_POINTS
    assert (curve.budgets[0], curve.budgets[-1]) == results.budget_range(small())


def test_the_budget_curve_of_money_over_time_scales_every_phase_alike() -> None:
    # the plan's own point lies on the curve, and twice its money is what twice each phase's money is worth
    plan = over_time(1.5, 0.5)
    curve = results.scaled_curve(plan)
    assert curve is not None
    assert curve.scaled
    here = np.interp(plan.spent, curve.budgets, curve.customer_equity)
    assert here == pytest.approx(results.read_out(plan).customer_equity, rel=1e-3)
    exact = scaled_curve(plan.case, plan.phases, 0.0, 2 * plan.spent, 3)
    assert exact.budgets.tolist() == [0.0, plan.spent, 2 * plan.spent]
    worth = [results.read_out(over_time(*times)).customer_equity for times in ((0, 0), (1.5, 0.5), (3, 1))]
    np.testing.assert_allclose(exact.customer_equity, worth, rtol=1e-12)


def test_no_other_scale_of_money_over_time_is_worth_more_than_the_budget_that_pays() -> None:
    plan = over_time(1.5, 0.5)
    fine = scaled_curve(plan.case, plan.phases, 0.0, 10 * plan.spent, 500)
    assert fine.break_even is not None
    near = fine.budgets[1] - fine.budgets[0]
    assert abs(fine.break_even - fine.budgets[fine.customer_equity.argmax()]) <= near
    assert scaled_curve(plan.case, plan.phases, 0.0, 1e-3 * fine.break_even, 3).break_even is None


def test_a_plan_that_spends_nothing_over_time_has_no_scaled_curve() -> None:
    assert results.scaled_curve(over_time(0.0, 0.0)) is None


def test_what_is_worth_finding_out_tells_its_progress_and_can_be_stopped() -> None:
    told: list[float] = []
    found = results.worth_finding_out(small(), told.append)
    assert found.evpi >= 0
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(share: float) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        results.worth_finding_out(small(), stop)
