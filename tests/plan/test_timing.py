"""Money now or later: the next euro of each phase, and what moving money in time adds, both by simulating it."""

from typing import Any

import pytest

from strategy.case.case_file import case_from
from strategy.equity.readouts import read_out
from strategy.plan import results
from strategy.plan.moves import lock, move_border, set_budget, set_cell, set_fixed, set_phases, set_split
from strategy.plan.plan import Plan, start
from strategy.plan.timing import STEP
from tests import cases, reference

FAMILIES = "families"
LEVERS = ("acquire", "develop", "retain", "reduce_cost")


def document() -> dict[str, Any]:
    return cases.telecom()


def two() -> Plan:
    """900,000, 250,000, 500,000 and 200,000 in years 1 and 2, and in years 3 to 5."""
    return set_phases(set_fixed(start(case_from(document())), False), 2)


def equity(plan: Plan, money: list[dict[str, Any]]) -> float:
    """Customer equity by the second implementation, in plain loops."""
    return float(reference.equity(document(), money))


def test_money_that_is_the_same_in_every_period_has_no_timing() -> None:
    assert results.timing(start(case_from(document()))) is None


def test_the_next_euro_of_a_phase_is_where_it_brings_back_most() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 5_000, 1)
    found = results.timing(plan)
    assert found is not None
    returns = read_out(plan.case, plan.spend).phase_returns[:, 0]
    for phase, euro in enumerate(found.next_euros):
        assert euro.multiple == pytest.approx(max(returns[phase]))
        assert euro.cell == (FAMILIES, LEVERS[int(returns[phase].argmax())])


def test_a_shift_adds_what_the_second_implementation_says_it_adds() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 900_000, 1)
    found = results.timing(plan)
    assert found is not None
    assert found.shift is not None
    shift, lengths = found.shift, (2, 3)
    step = STEP * plan.spent_in(shift.giving)
    assert shift.amount == pytest.approx(step * lengths[shift.giving])
    before = [{"from": phase.start, "spend": phase.spend} for phase in plan.phases]
    after = [
        {
            "from": phase.start,
            "spend": {
                FAMILIES: {
                    lever: amount
                    + (lever == shift.cell[1])
                    * ((number == shift.taking) * shift.amount / lengths[number] - (number == shift.giving) * step)
                    for lever, amount in phase.spend[FAMILIES].items()
                }
            },
        }
        for number, phase in enumerate(plan.phases)
    ]
    assert shift.gain == pytest.approx(equity(plan, after) - equity(plan, before), rel=1e-6)
    assert shift.gain > 0.01 * shift.amount


def test_money_that_was_left_for_later_is_worth_more_earlier() -> None:
    # All money for retaining comes in the last three years: the first of it would do more, and for longer, before.
    plan = set_cell(set_cell(two(), FAMILIES, "retain", 0, 0), FAMILIES, "retain", 900_000, 1)
    found = results.timing(plan)
    assert found is not None
    assert found.shift is not None
    assert (found.shift.cell, found.shift.earlier) == ((FAMILIES, "retain"), True)


def test_locked_money_is_not_moved() -> None:
    plan = set_cell(set_cell(two(), FAMILIES, "retain", 0, 0), FAMILIES, "retain", 900_000, 1)
    held = results.timing(lock(plan, [(FAMILIES, "retain")], True))
    assert held is not None
    assert held.shift is None or held.shift.cell != (FAMILIES, "retain")
    none = results.timing(lock(plan, plan.cells(), True))
    assert none is not None
    assert none.shift is None


def test_without_any_money_there_is_nothing_to_move() -> None:
    plan = set_split(two(), {FAMILIES: dict.fromkeys(LEVERS, 0.0)}, 0)
    plan = set_split(plan, {FAMILIES: dict.fromkeys(LEVERS, 0.0)}, 1)
    found = results.timing(plan)
    assert found is not None
    assert (found.shift, len(found.next_euros)) == (None, 2)


def test_where_money_changes_nothing_there_is_no_timing() -> None:
    constants = set_phases(start(case_from(cases.constants())), 2)
    assert results.timing(constants) is None


def test_the_best_path_depends_on_borders_and_budget_and_is_never_worth_less_than_one_split() -> None:
    plan = set_fixed(two(), True)
    assert results.best_path_key(plan) != results.best_path_key(move_border(plan, 1, 4))
    assert results.best_path_key(plan) != results.best_path_key(set_budget(plan, 2e6))
    assert results.best_path_key(plan) == results.best_path_key(set_cell(plan, FAMILIES, "retain", 5, 1))
    path, one = (work(plan, lambda share: None) for work in (results.best_path, results.best))
    assert path.readouts.customer_equity >= one.readouts.customer_equity * (1 - 1e-9)
    assert [phase.start for phase in path.phases] == [1, 3]
