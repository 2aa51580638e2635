"""Climbs to the nearest top: few points, and several side by side."""

import threading

import numpy as np
import pytest

from strategy.allocation.climbing import polish, polish_all
from strategy.allocation.search import Room, random_plans
from strategy.equity.curves import Array
from strategy.errors import PlannerError
from strategy.progress import Cancelled

SCALES = np.array([0.5, 2.0, 8.0, 32.0])


def _hills(plans: Array) -> Array:
    """Cells that each bring 1 - exp(-x/scale), with very different scales."""
    return np.asarray((1 - np.exp(-plans / SCALES)).sum(axis=1), float)


def test_climbs_side_by_side_end_where_each_ends_alone() -> None:
    room = Room.box(np.zeros(4), np.full(4, 100.0), 100.0)
    starts = random_plans(room, 5, seed=2)
    alone = np.array([polish(_hills, room, start, rounds=1) for start in starts])
    np.testing.assert_allclose(polish_all(_hills, room, starts), alone, rtol=1e-12)


def test_a_climb_over_cells_of_very_different_size_needs_few_points() -> None:
    # At the top all slopes exp(-x/scale)/scale are the same, m, so x = -scale ln(m scale), and the x sum to the total:
    # ln m = -(total + sum of scale ln(scale))/sum of scales. With strides of equal money it took 137 points.
    asked: list[int] = []
    scales = np.geomspace(0.1, 30, 24)
    total = 3 * scales.sum()

    def counted(plans: Array) -> Array:
        asked.append(len(plans))
        return np.asarray((1 - np.exp(-plans / scales)).sum(axis=1), float)

    start = scales * np.where(np.arange(24) % 2, 1.3, 0.7)
    room = Room.box(np.zeros(24), np.full(24, total), total)
    climbed = polish(counted, room, start * total / start.sum(), rounds=1)
    slope = -(total + (scales * np.log(scales)).sum()) / scales.sum()
    top = -scales * (slope + np.log(scales))
    assert counted(climbed[None])[0] == pytest.approx(counted(top[None])[0], rel=1e-8)
    assert len(asked) <= 80


def test_one_call_judges_what_all_climbs_ask() -> None:
    asked: list[int] = []

    def counted(plans: Array) -> Array:
        asked.append(len(plans))
        return _hills(plans)

    room = Room.box(np.zeros(4), np.full(4, 100.0), 100.0)
    starts = random_plans(room, 6, seed=2)
    for start in starts:
        polish(counted, room, start, rounds=1)
    one_by_one = len(asked)
    asked.clear()
    polish_all(counted, room, starts)
    assert len(asked) < one_by_one / 2


def test_climbs_side_by_side_end_when_they_are_stopped() -> None:
    def stop(share: float) -> None:
        if share > 0.02:
            raise Cancelled

    room = Room.box(np.zeros(4), np.full(4, 100.0), 100.0)
    before = threading.active_count()
    with pytest.raises(Cancelled):
        polish_all(_hills, room, random_plans(room, 3, seed=1), on_progress=stop)
    assert threading.active_count() == before


def test_climbs_side_by_side_end_with_what_is_wrong() -> None:
    def wrong(plans: Array) -> Array:
        raise PlannerError("beyond_numbers", place="case", value=5)

    room = Room.box(np.zeros(4), np.full(4, 100.0), 100.0)
    with pytest.raises(PlannerError, match="beyond_numbers"):
        polish_all(wrong, room, random_plans(room, 3, seed=1))
