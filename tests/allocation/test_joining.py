"""Paths joined segment by segment: within each phase's budget, the best of all joins, and better than turns reach."""

from itertools import product

import numpy as np
import pytest

from strategy.allocation.joining import BEYOND, LEAST, STATES, joined, joins, offers, prices
from strategy.allocation.path_problem import PathProblem
from strategy.allocation.search import random_plans
from tests.steps import steps_in_wide_gaps

SEEDS = (506, 512, 515, 516)
"""Lever limits, migration, a budget that need not be spent, an initiative: two to five segments."""


def path_problem(seed: int) -> PathProblem:
    """A case of two phases whose prospects run out and whose rivals answer."""
    steps = steps_in_wide_gaps(seed, market=True)
    room = steps.problem.room
    return PathProblem(steps.problem, (1, steps.case.horizon // 2 + 1), (room, room))


@pytest.mark.parametrize("seed", SEEDS)
def test_joined_paths_lie_in_the_room_of_each_phase(seed: int) -> None:
    whole = path_problem(seed)
    splits = random_plans(whole.rooms[0], 4, seed)
    paths = joined(whole, np.tile(splits[0], 2), np.tile(splits[1:], 2))
    assert len(paths)
    for number, room in enumerate(whole.rooms):
        cells = room.low.size
        assert room.holds(paths[:, number * cells : (number + 1) * cells]).all()


def test_the_most_valuable_join_is_the_best_of_all_there_are() -> None:
    # amounts are whole steps of the budget, so that nothing is rounded, and every combination can be tried
    whole = path_problem(506)
    phases, segments, levers = whole.shape
    generator = np.random.default_rng(5)
    states = int(STATES**0.5)
    unit = whole.rooms[0].total * BEYOND / (states - 1)
    steps = generator.integers(0, 30, (6, phases, segments))
    rows = np.zeros((6, *whole.shape))
    rows[..., levers - 1] = steps * unit
    values, price = generator.normal(0, 1e6, (6, segments)), np.array([0.3, -0.2])
    total = whole.rooms[0].total
    worth = []
    for picks in product(range(6), repeat=segments):
        spent = sum(steps[pick, :, segment] for segment, pick in enumerate(picks)) * unit
        if (spent >= LEAST * total).all() and (spent <= BEYOND * total * (1 + 1e-9)).all():
            gained = sum(values[pick, segment] for segment, pick in enumerate(picks))
            worth.append(gained + (total - spent) @ price)
    assert worth
    reached = []
    for path in joins(whole, rows, values, price).reshape(-1, *whole.shape):
        picks = [int(np.flatnonzero((rows[:, :, s] == path[:, s]).all(axis=(1, 2)))[0]) for s in range(segments)]
        gained = sum(values[pick, segment] for segment, pick in enumerate(picks))
        reached.append(gained + (total - path.sum(axis=(1, 2))) @ price)
    assert max(reached) == pytest.approx(max(worth), rel=1e-12)


def test_what_a_segment_gains_alone_beside_a_path_is_what_the_whole_path_gains() -> None:
    for seed in (506, 512):  # without migration and with it
        whole = path_problem(seed)
        first, second = np.tile(random_plans(whole.rooms[0], 2, 0), 2)
        gained = whole.each_beside(first, second.reshape(1, *whole.shape))[0]
        for segment in range(whole.shape[1]):
            mixed = first.reshape(whole.shape).copy()
            mixed[:, segment] = second.reshape(whole.shape)[:, segment]
            values = whole(np.stack([first, mixed.reshape(-1)]))
            assert gained[segment] == pytest.approx(values[1] - values[0], rel=1e-9, abs=1e-6 * abs(values[0]))


def test_a_price_is_what_one_percent_more_of_a_phase_brings_per_euro() -> None:
    whole = path_problem(506)
    path = np.tile(random_plans(whole.rooms[0], 1, 1)[0], 2)
    cells = path.size // 2
    more, less = path.copy(), path.copy()
    more[:cells] *= 1.01
    less[:cells] *= 0.99
    values = whole(np.stack([more, less]))
    expected = (values[0] - values[1]) / (0.02 * path[:cells].sum())
    assert prices(whole, path)[0] == pytest.approx(expected, rel=1e-6)


def test_no_offer_of_a_segment_is_worth_less_than_spending_nothing() -> None:
    # where money is dear, nothing at all is among the offers; else they bring more than it costs
    whole = path_problem(506)
    price = np.array([2.0, 2.0])
    rows = offers(whole, price, (0.0,))
    nothing = whole.each_alone(np.zeros((1, *whole.shape)))[0]
    net = whole.each_alone(rows) - (rows.sum(axis=-1) * price[:, None]).sum(axis=1)
    assert (net.max(axis=0) >= nothing - 1e-6 * np.abs(nothing)).all()
