"""Dividing a total over cells: published optima, closed forms, and the laws that every search must keep."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.allocation.climbing import value_and_gradient
from strategy.allocation.search import Objective, Room, exchange, polish, random_plans, search
from strategy.equity.curves import Array

SAME = 1e-9
"""How far a division may lie from its total, as a share of it: what `Room.holds` calls rounding."""


def box(cells: int, total: float, at_most: bool = False, high: float | None = None) -> Room:
    """Room between 0 and the total (or another maximum) in every cell."""
    return Room.box(np.zeros(cells), np.full(cells, total if high is None else high), total, at_most)


def grouped(cells: int, total: float, members: list[list[int]], low: list[float], high: list[float]) -> Room:
    """A box with limits on the sums of some groups of cells."""
    groups = np.array([[float(cell in group) for cell in range(cells)] for group in members])
    return Room(np.zeros(cells), np.full(cells, total), groups, np.array(low), np.array(high), total)


def s_curves(curves: list[tuple[float, float, float]]) -> Objective:
    """The sum of ceiling/(1 + (half/x)^steepness) over cells."""
    ceiling, half, steepness = np.array(curves).T

    def value(plans: Array) -> Array:
        powered = np.maximum(plans, 0) ** steepness
        return np.asarray((ceiling * powered / (powered + half**steepness)).sum(axis=1), float)

    return value


def blattberg_and_deighton(plans: Array) -> Array:
    """Customer equity per prospect of the course example; cells are acquire per prospect and retain per customer.

    a = 0.4 (1 - exp(-ka A)), r = 0.7 (1 - exp(-kr R)), CE = a m - A + a (m - R/r) r/(1 + d - r), with k from the
    present rates (0.2 at 5, 0.4 at 8), m = 50, d = 0.12; (m - R/r) r = m r - R.
    """
    acquire, retain = plans.T
    acquired = 0.4 * (1 - np.exp(np.log(1 - 0.2 / 0.4) / 5 * acquire))
    retained = 0.7 * (1 - np.exp(np.log(1 - 0.4 / 0.7) / 8 * retain))
    return np.asarray(acquired * 50 - acquire + acquired * (50 * retained - retain) / (1.12 - retained), float)


# alloc.scurve2: UlrikErlingsen/marketing-mix-allocation, tests/test_allocation.py: two S-curves (ceiling, half,
# steepness), 100 to divide; x = (89.882578, 10.117422) within 2e-4, profit 2062.550928 within 2e-5.
PUBLISHED_CURVES = [
    (1582.7103497462056, 80.27049256160824, 9.032226278337728),
    (1034.8850963821876, 6.994726704583898, 8.998212761774722),
]


# Published optima ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("start", [[50.0, 50.0], [0.0, 100.0], [100.0, 0.0]])
def test_two_s_curves_are_divided_as_published_from_any_start(start: list[float], seed: int) -> None:
    found = search(s_curves(PUBLISHED_CURVES), box(2, 100), np.array([start]), seed=seed)
    np.testing.assert_allclose(found, [89.882578, 10.117422], atol=2e-4, rtol=0)
    assert s_curves(PUBLISHED_CURVES)(found[None])[0] - 100 == pytest.approx(2062.550928, abs=2e-5)


def test_climbing_alone_stays_in_the_wrong_basin_of_the_published_curves() -> None:
    # The same source: a local search loses 37 % of the profit; from nothing in the first cell this one loses more.
    objective, room = s_curves(PUBLISHED_CURVES), box(2, 100)
    climbed = polish(objective, room, np.array([0.0, 100.0]))
    assert objective(climbed[None])[0] - 100 < (1 - 0.37) * 2062.550928


@pytest.mark.parametrize("total", [30.0, 1000.0, 1e5])
def test_the_course_example_of_blattberg_and_deighton_has_its_published_optimum(total: float) -> None:
    # bd.course: A = 10.08, R = 15.93, CE per prospect 11.88, printed to two decimals; what is left stays unspent.
    found = search(blattberg_and_deighton, box(2, total, at_most=True), np.array([[5.0, 8.0]]))
    np.testing.assert_allclose(found, [10.08, 15.93], atol=5e-3, rtol=0)
    assert blattberg_and_deighton(found[None])[0] == pytest.approx(11.88, abs=5e-3)


def test_the_course_example_starts_where_the_course_starts() -> None:
    # 0.2 * 50 - 5 + 0.2 (50 * 0.4 - 8)/(1.12 - 0.4) = 8.333 by hand
    assert blattberg_and_deighton(np.array([[5.0, 8.0]]))[0] == pytest.approx(8 + 1 / 3)


# Closed forms --------------------------------------------------------------------------------------------------------


def square_roots(weights: Array) -> Objective:
    """sum w sqrt(x): the best division of B is B w^2 / sum w^2, and the best value sqrt(B sum w^2)."""
    return lambda plans: np.asarray((weights * np.sqrt(np.maximum(plans, 0))).sum(axis=1), float)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=6), st.sampled_from([1.0, 1e6, 1e12]))
def test_square_roots_are_divided_by_their_squared_weights(weights: list[int], total: float) -> None:
    squares = np.array(weights, float) ** 2
    objective = square_roots(np.array(weights, float))
    found = search(objective, box(len(weights), total), np.full((1, len(weights)), total / len(weights)), randoms=20)
    np.testing.assert_allclose(found / total, squares / squares.sum(), atol=1e-4)
    assert objective(found[None])[0] == pytest.approx(np.sqrt(total * squares.sum()), rel=1e-8)


def test_equal_slopes_at_an_inner_optimum() -> None:
    # At the best division of square roots every cell's slope is w / (2 sqrt(x)) = sqrt(sum w^2 / B) / 2: here 5/2.
    weights, room = np.array([3.0, 4.0]), box(2, 1.0)
    found = search(square_roots(weights), room, np.array([[0.5, 0.5]]))
    _, slopes = value_and_gradient(square_roots(weights), found, np.arange(2), room)
    np.testing.assert_allclose(slopes, 2.5, rtol=1e-4)


@pytest.mark.parametrize("total", [2.0, 50.0, 1e4])
def test_money_that_does_not_pay_stays_in_the_pocket(total: float) -> None:
    # max 1 - exp(-x) - x/2 per cell: exp(-x) = 1/2, so x = ln 2 wherever the total allows
    def objective(plans: Array) -> Array:
        return np.asarray((1 - np.exp(-plans) - plans / 2).sum(axis=1), float)

    found = search(objective, box(2, total, at_most=True), np.zeros((1, 2)))
    np.testing.assert_allclose(found, np.log(2), atol=1e-4)


def test_a_total_that_must_be_spent_is_spent_even_where_it_does_not_pay() -> None:
    def objective(plans: Array) -> Array:
        return np.asarray(-(plans**2).sum(axis=1), float)

    # The least harm is an even division.
    np.testing.assert_allclose(search(objective, box(4, 8.0), np.array([[8.0, 0, 0, 0]])), 2.0, atol=1e-4)


def test_a_group_that_may_get_little_leaves_the_rest_to_the_others() -> None:
    # Weights 3 and 4 would get 9 and 16 of 25; the second and third cell together may have 8: of those 4 each.
    room = grouped(3, 25.0, [[1, 2]], [0.0], [8.0])
    found = search(square_roots(np.array([3.0, 4.0, 4.0])), room, np.array([[25.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found, [17.0, 4.0, 4.0], atol=1e-3)


def test_a_group_that_must_get_much_takes_it_from_the_others() -> None:
    # Freely the first cell would get 9 of 25; it must have 20.
    room = grouped(2, 25.0, [[0]], [20.0], [25.0])
    found = search(square_roots(np.array([3.0, 4.0])), room, np.array([[20.0, 5.0]]))
    np.testing.assert_allclose(found, [20.0, 5.0], atol=1e-3)


# Laws ----------------------------------------------------------------------------------------------------------------


@st.composite
def problems(draw: Callable[..., object]) -> tuple[Objective, Room]:
    """Random S-curves and a room that holds something: boxes, sometimes groups, an exact total or a maximum."""
    cells = draw(st.integers(1, 4))
    numbers = st.integers(1, 20)
    curves = [
        (float(draw(numbers)), float(draw(numbers)), draw(st.sampled_from((0.7, 1.0, 3.0, 8.0)))) for _ in range(cells)
    ]
    inside = np.array([float(draw(st.integers(0, 10))) for _ in range(cells)])
    low = inside * draw(st.sampled_from((0.0, 0.0, 0.5, 1.0)))
    high = inside + draw(st.sampled_from((0.0, 1.0, 30.0)))
    at_most, total = draw(st.booleans()), float(inside.sum())
    if draw(st.booleans()):
        members = np.array([[float(draw(st.booleans())) for _ in range(cells)]])
        held = members @ inside
        room = Room(low, high, members, held * 0.5, held * 1.5, total, at_most)
    else:
        room = Room.box(low, high, total, at_most)
    return s_curves(curves), room


@given(problems(), st.integers(0, 3))
def test_a_search_stays_in_its_room_and_beats_every_start_it_had(problem: tuple[Objective, Room], seed: int) -> None:
    objective, room = problem
    start = room.nearest(room.low)
    assert start is not None
    assert room.holds(start[None])[0]
    found = search(objective, room, start[None], seed=seed, randoms=20)
    assert room.holds(found[None])[0]
    tried = np.concatenate([start[None], random_plans(room, 20, seed)])
    assert objective(found[None])[0] >= objective(tried).max() - 1e-12


@given(problems())
def test_exchanges_and_climbing_only_ever_improve(problem: tuple[Objective, Room]) -> None:
    objective, room = problem
    start = room.nearest(room.low)
    assert start is not None
    for improve in (exchange, polish):
        found = improve(objective, room, start)
        assert room.holds(found[None])[0]
        assert objective(found[None])[0] >= objective(start[None])[0]


@given(problems())
def test_random_plans_lie_in_the_room_and_repeat_with_the_seed(problem: tuple[Objective, Room]) -> None:
    _, room = problem
    plans = random_plans(room, 15, 7)
    assert room.holds(plans).all()
    np.testing.assert_array_equal(plans, random_plans(room, 15, 7))


def test_the_same_seed_finds_the_same_division() -> None:
    objective, start = s_curves(PUBLISHED_CURVES), np.array([[50.0, 50.0]])
    np.testing.assert_array_equal(search(objective, box(2, 100), start, 3), search(objective, box(2, 100), start, 3))


@pytest.mark.parametrize("seed", range(4))
def test_three_s_curves_are_divided_as_well_as_on_a_fine_grid(seed: int) -> None:
    generator = np.random.default_rng(seed)
    objective = s_curves([(float(c), float(h), 6.0) for c, h in zip(*generator.uniform(5, 40, (2, 3)), strict=True)])
    steps = np.arange(201) / 2  # every half money unit of 100
    grid = np.array([(x, y, 100 - x - y) for x, y in product(steps, steps) if x + y <= 100])
    found = search(objective, box(3, 100), np.full((1, 3), 100 / 3), seed)
    assert objective(found[None])[0] >= objective(grid).max() * (1 - 1e-9)


def test_a_room_with_one_division_gives_that_division() -> None:
    room = Room.box(np.array([2.0, 3.0]), np.array([2.0, 3.0]), 5.0)
    np.testing.assert_array_equal(search(s_curves(PUBLISHED_CURVES), room, np.array([[2.0, 3.0]])), [2.0, 3.0])


def test_nothing_to_divide_gives_nothing() -> None:
    found = search(s_curves(PUBLISHED_CURVES), box(2, 0.0), np.zeros((1, 2)))
    np.testing.assert_array_equal(found, 0.0)


def test_no_random_plans_where_nothing_can_move() -> None:
    assert random_plans(Room.box(np.ones(3), np.ones(3), 3.0), 10, 1).shape == (0, 3)
    assert random_plans(box(3, 3.0), 0, 1).shape == (0, 3)


# Slopes --------------------------------------------------------------------------------------------------------------


def test_slopes_inside_and_at_the_edges_of_the_box() -> None:
    # The slope of x^2 is 2x; at 0 and at 10 only one side can be tried, which misses by the step of 1e-5.
    room = box(3, 10.0)
    value, slopes = value_and_gradient(
        lambda plans: (plans**2).sum(axis=1), np.array([0.0, 4.0, 10.0]), np.arange(3), room
    )
    assert value == 116.0  # 0 + 16 + 100
    np.testing.assert_allclose(slopes, [0.0, 8.0, 20.0], atol=2e-5)


def test_a_cell_that_cannot_move_has_no_slope() -> None:
    room = Room.box(np.array([4.0, 0.0]), np.array([4.0, 9.0]), 9.0)
    _, slopes = value_and_gradient(lambda plans: (plans**2).sum(axis=1), np.array([4.0, 5.0]), np.arange(2), room)
    np.testing.assert_allclose(slopes, [0.0, 10.0], atol=2e-5)


# Rooms ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "inside"),
    [
        ([4.0, 6.0], True),
        ([4.0, 5.0], False),  # a total of 9 is not the 10 that must be spent
        ([5.0, 6.0], False),
        ([-1.0, 11.0], False),
        ([9.0, 1.0], False),  # above the first cell's maximum of 8
        ([4.0, 6.0 + 1e-12], True),  # rounding
    ],
)
def test_what_lies_in_a_room_with_an_exact_total(plan: list[float], inside: bool) -> None:
    room = Room.box(np.zeros(2), np.array([8.0, 10.0]), 10.0)
    assert bool(room.holds(np.array([plan]))[0]) is inside


@pytest.mark.parametrize(("plan", "inside"), [([4.0, 5.0], True), ([0.0, 0.0], True), ([5.0, 6.0], False)])
def test_what_lies_in_a_room_with_a_largest_total(plan: list[float], inside: bool) -> None:
    assert bool(box(2, 10.0, at_most=True).holds(np.array([plan]))[0]) is inside


@pytest.mark.parametrize(("plan", "inside"), [([4.0, 6.0], True), ([1.0, 9.0], False), ([6.0, 4.0], False)])
def test_what_lies_in_a_room_with_a_group(plan: list[float], inside: bool) -> None:
    room = grouped(2, 10.0, [[0]], [2.0], [5.0])
    assert bool(room.holds(np.array([plan]))[0]) is inside


def test_the_nearest_plan_moves_the_least_money() -> None:
    # The first cell may have 5 of its 8: 3 must go, and the total of 10 must be kept, so 3 come back elsewhere.
    found = grouped(3, 10.0, [[0]], [0.0], [5.0]).nearest(np.array([8.0, 2.0, 0.0]))
    assert found is not None
    assert found[0] == pytest.approx(5.0)
    assert np.abs(found - [8.0, 2.0, 0.0]).sum() == pytest.approx(6.0)


def test_an_empty_room_has_no_nearest_plan() -> None:
    room = grouped(2, 10.0, [[0], [1]], [6.0, 6.0], [10.0, 10.0])
    assert room.nearest(np.array([5.0, 5.0])) is None
    assert room.fitted(np.array([5.0, 5.0])) is None


@pytest.mark.parametrize(
    ("plan", "fitted"),
    [
        ([1.0, 3.0], [2.0, 6.0]),  # scaled to the total of 8
        ([4.0, 12.0], [2.0, 6.0]),
        ([2.0, 6.0], [2.0, 6.0]),
        ([0.0, 0.0], [4.0, 4.0]),  # nothing to scale: evenly over what is free
        ([0.0, 1.0], [0.0, 8.0]),
    ],
)
def test_a_plan_is_scaled_to_the_total(plan: list[float], fitted: list[float]) -> None:
    np.testing.assert_allclose(box(2, 8.0, high=20.0).fitted(np.array(plan)), fitted, rtol=1e-12)


def test_what_a_full_cell_cannot_take_goes_to_the_others() -> None:
    # [1, 3] scaled to 8 is [2, 6]; the second may have 5, so the first gets 3.
    fitted = Room.box(np.zeros(2), np.array([10.0, 5.0]), 8.0).fitted(np.array([1.0, 3.0]))
    np.testing.assert_allclose(fitted, [3.0, 5.0])


def test_a_plan_below_a_largest_total_is_left_alone() -> None:
    np.testing.assert_array_equal(box(2, 8.0, at_most=True).fitted(np.array([1.0, 3.0])), [1.0, 3.0])


def test_a_box_too_small_for_the_total_fits_no_plan() -> None:
    assert Room.box(np.zeros(2), np.ones(2), 3.0).fitted(np.ones(2)) is None
    assert Room.box(np.full(2, 2.0), np.full(2, 9.0), 3.0).fitted(np.ones(2)) is None


@given(problems(), st.lists(st.floats(0, 50), min_size=4, max_size=4))
def test_a_fitted_plan_lies_in_the_room(problem: tuple[Objective, Room], wanted: list[float]) -> None:
    _, room = problem
    fitted = room.fitted(np.array(wanted[: len(room.low)]))
    assert fitted is not None
    assert room.holds(fitted[None])[0]
    if not room.at_most:
        assert abs(fitted.sum() - room.total) <= SAME * max(room.total, 1.0)
