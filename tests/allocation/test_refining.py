"""Refining a division: steps in wide gaps, and the laws that exchanges, kicks and pouring must keep."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.allocation.best_split import best_split
from strategy.allocation.division import Problem, step_amounts
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.refining import best_kinds, kicks, poured, promises, refine
from strategy.allocation.search import Objective, Room, exchange, exchange_all, random_plans
from strategy.case.case_file import case_from
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters
from tests import cases
from tests.steps import KINDS, reference, steps_in_wide_gaps

MISS = 1e-4
"""Of the gain against today's split of the same budget: what counts as a step missed."""

MISSED_BEFORE = (0, 6)
"""Searches whose division misses a step: 0.1 % of the gain, and 0.5 % where customers move between segments."""


def box(cells: int, total: float, at_most: bool = False) -> Room:
    return Room.box(np.zeros(cells), np.full(cells, total), total, at_most)


def steps_of(heights: list[float], places: list[float]) -> Objective:
    """Sum of steep steps, height/(1 + (place/x)^20): a cell below its place brings next to nothing."""

    def value(plans: Array) -> Array:
        powered = np.maximum(plans, 0) ** 20
        return np.asarray((np.array(heights) * powered / (powered + np.array(places) ** 20)).sum(axis=1), float)

    return value


def _total(plans: Array) -> Array:
    return np.asarray(plans.sum(axis=1), float)


# Steps in wide gaps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", MISSED_BEFORE)
def test_a_step_that_the_division_misses_is_found(seed: int) -> None:
    # The best known is from random starts that know nothing of the division.
    steps = steps_in_wide_gaps(seed)
    best = best_split(steps.case, **steps.asked).value
    known = max(best, reference(steps.problem, starts=60, rounds=2))
    assert known - best <= MISS * (known - steps.today())
    assert known - best_split(steps.case, refined=False, **steps.asked).value > MISS * (known - steps.today())


@pytest.mark.parametrize(
    ("seed", "known"), [(255, 74816361.28715283), (280, 42970073.10575638), (281, 27990974.048329897)]
)
def test_several_cells_are_given_up_for_one_and_one_for_several(seed: int, known: float) -> None:
    # Best known of 100 random starts with exchanges and kicks (tests/trials/best_split.py): one or two cells emptied
    # for another lost 2 % of the gain here.
    steps = steps_in_wide_gaps(seed)
    assert best_split(steps.case, **steps.asked).value >= known - MISS * (known - steps.today())


@settings(max_examples=3)
@given(st.integers(1_000, 10_000))
def test_no_random_start_with_exchanges_finds_a_better_split(seed: int) -> None:
    steps = steps_in_wide_gaps(seed)
    best = best_split(steps.case, **steps.asked)
    known = reference(steps.problem, starts=20, polished=2, rounds=1)
    assert best.value >= known - MISS * (known - steps.today())
    assert best.finalists > 0


def test_every_kind_of_search_comes_by() -> None:
    assert [steps_in_wide_gaps(seed).kind for seed in range(len(KINDS))] == list(KINDS)


@pytest.mark.parametrize("seed", range(6))
def test_of_steps_that_cannot_all_be_paid_the_best_set_is(seed: int) -> None:
    """Which steps to pay is a knapsack: every set that the total can pay is tried, each step paid 1.5 times its place.

    There a step brings 1/(1 + 1.5^-20) = 0.9997 of its height.
    """
    generator = np.random.default_rng(seed)
    heights, places = generator.uniform(5, 15, 8), generator.uniform(3, 20, 8)
    total = 0.6 * places.sum() * 1.5
    sets = np.array(list(product([0.0, 1.0], repeat=8))) * 1.5 * places
    payable = sets[sets.sum(axis=1) <= total]
    objective, room = steps_of(list(heights), list(places)), box(8, total)
    amounts = places[:, None] * np.array([1.0, 1.1, 1.3, 1.5])
    found, _ = refine(objective, room, np.full((1, 8), total / 8), amounts)
    assert room.holds(found[None])[0]
    assert objective(found[None])[0] >= objective(payable).max() * (1 - 1e-9)


# Laws ----------------------------------------------------------------------------------------------------------------


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Room, Array]:
    """A room of six cells that holds something, with and without groups, and a plan in it."""
    inside = np.array([float(draw(st.integers(0, 10))) for _ in range(6)])
    low, high = inside * draw(st.sampled_from((0.0, 0.5))), inside + draw(st.sampled_from((1.0, 30.0)))
    at_most, total = draw(st.booleans()), float(inside.sum())
    if not draw(st.booleans()):
        return Room.box(low, high, total, at_most), inside
    members = np.array([[1.0, 0, 0, 1, 0, 0], [0, 1.0, 0, 0, 1, 0]])
    held = members @ inside
    return Room(low, high, members, held * 0.5, held * 1.5, total, at_most), inside


@settings(max_examples=15)
@given(rooms(), st.integers(0, 5))
def test_a_refined_plan_lies_in_the_room_and_is_no_worse_than_any_start(case: tuple[Room, Array], seed: int) -> None:
    room, inside = case
    objective = steps_of([5.0, 9.0, 7.0, 3.0, 8.0, 6.0], [2.0, 9.0, 5.0, 1.0, 6.0, 4.0])
    starts = np.concatenate([inside[None], random_plans(room, 5, seed)])
    amounts = np.clip(np.array([[2.0], [9.0], [5.0], [1.0], [6.0], [4.0]]), room.low[:, None], room.high[:, None])
    found, _ = refine(objective, room, starts, amounts, rounds=2)
    assert room.holds(found[None])[0]
    assert objective(found[None])[0] >= objective(starts).max() - 1e-9


@settings(max_examples=15)
@given(rooms(), st.integers(0, 5))
def test_many_plans_are_exchanged_as_each_alone(case: tuple[Room, Array], seed: int) -> None:
    room, inside = case
    objective = steps_of([5.0, 9.0, 7.0, 3.0, 8.0, 6.0], [2.0, 9.0, 5.0, 1.0, 6.0, 4.0])
    starts = np.concatenate([inside[None], random_plans(room, 3, seed)])
    alone = [exchange(objective, room, start) for start in starts]
    np.testing.assert_allclose(objective(exchange_all(objective, room, starts)), objective(np.array(alone)), rtol=1e-9)


@settings(max_examples=30)
@given(rooms())
def test_kicked_plans_lie_in_the_room_and_repeat(case: tuple[Room, Array]) -> None:
    room, inside = case
    amounts = np.clip(np.full((6, 2), [3.0, 7.0]), room.low[:, None], room.high[:, None])
    found = kicks(_total, room, inside, amounts)
    assert room.holds(found).all()
    np.testing.assert_array_equal(found, kicks(_total, room, inside, amounts))


def test_kicks_empty_fill_and_swap() -> None:
    # Of [6, 4, 0] with a total of 10 and a step of 3 in each cell, by hand.
    found = kicks(_total, box(3, 10.0), np.array([6.0, 4.0, 0.0]), np.full((3, 1), 3.0)).round(6).tolist()
    assert [0.0, 10.0, 0.0] in found, "the first emptied, the second gets what is freed"
    assert [0.0, 7.0, 3.0] in found, "the first emptied, the third filled, the second gets the rest"
    assert [4.2, 2.8, 3.0] in found, "the third filled, the others pay in proportion"
    assert [4.0, 6.0, 0.0] in found, "the first two swapped"
    assert [0.0, 4.0, 6.0] in found, "the first and the third swapped"


def test_of_many_kicks_those_are_kept_that_promise_most() -> None:
    # A step of 5 at 3 in the third cell only, next to nothing elsewhere: of [6, 4, 0] with a step of 4, the kicks that
    # fill the third cell promise 5 x 4^20/(4^20 + 3^20) = 4.98 each, the others nothing.
    objective = steps_of([0.0, 0.0, 5.0], [1.0, 1.0, 3.0])
    room, plan, amounts = box(3, 10.0), np.array([6.0, 4.0, 0.0]), np.full((3, 1), 4.0)
    everything, few = (kicks(objective, room, plan, amounts, most) for most in (100, 4))
    assert len(few) == 4 < len(everything)
    assert (few[:, 2] >= 4).all()
    assert not (everything[:, 2] >= 4).all()


def test_a_kick_promises_what_its_cells_bring_alone_and_what_the_rest_does_shared() -> None:
    # The objective is the sum of the cells' roots. Of [4, 4, 0, 1] the second is emptied (-2) and the third gets 1
    # (+1): freed are 3, which scale the plan by 12/9 and so its value of 5 by (12/9)^0.5: + 0.7735.
    room, plan = box(4, 9.0), np.array([4.0, 4.0, 0.0, 1.0])
    kicked = np.array([[4.0, 0.0, 1.0, 1.0]])
    promised = promises(lambda plans: np.sqrt(plans).sum(axis=1), room, plan, kicked)
    assert promised == pytest.approx([-2 + 1 + 5 * (np.sqrt(12 / 9) - 1)], rel=1e-9)


def test_a_kick_leaves_unspent_what_need_not_be_spent() -> None:
    found = kicks(_total, box(3, 10.0, at_most=True), np.array([6.0, 4.0, 0.0]), np.full((3, 1), 3.0)).round(6).tolist()
    assert [0.0, 4.0, 0.0] in found
    assert [0.0, 4.0, 3.0] in found


def test_what_is_poured_keeps_the_held_cells_and_the_groups() -> None:
    # 12 in all, the first cell held at 4, the second and third together at most 3: the fourth takes the rest, 5.
    room = Room(np.zeros(4), np.full(4, 12.0), np.array([[0.0, 1, 1, 0]]), np.zeros(1), np.array([3.0]), 12.0)
    found = poured(room, np.array([[4.0, 4.0, 2.0, 1.0]]), np.array([[True, False, False, False]]))
    np.testing.assert_allclose(found, [[4.0, 2.0, 1.0, 5.0]])


def test_what_cannot_be_poured_is_left_out() -> None:
    assert not len(poured(box(2, 10.0), np.array([[2.0, 2.0]]), np.ones((1, 2), bool)))


def test_the_best_of_each_kind_are_kept_best_first() -> None:
    # Values are 3, 5, 4 and 1; the first two fund the same cell.
    plans = np.array([[3.0, 0.0], [5.0, 0.0], [2.0, 2.0], [0.0, 1.0]])
    found = best_kinds(_total, box(2, 10.0, at_most=True), plans, 2)
    np.testing.assert_array_equal(found, [[5.0, 0.0], [2.0, 2.0]])


def test_a_cell_is_filled_to_where_its_curve_is_climbed() -> None:
    # Families acquire: floor 0.01, ceiling 0.10, answers 0.05 and 0.062 at 900,000 and half as much again: odds 0.8 and
    # 1.3684, so p = ln(1.3684/0.8)/ln 1.5 = 1.3239; half of the way is odds 1, at 900,000 x (1/0.8)^(1/p) = 1,065,227.
    case = case_from(cases.telecom())
    problem = Problem(parameters(case), chosen_array(case, ()), room_for(case, case.planned_budget, Limits()))
    assert step_amounts(problem)[0, 0] == pytest.approx(1_065_227, rel=1e-3)
