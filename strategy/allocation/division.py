"""Dividing a budget over segments: exact on a grid by dynamic programming."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from strategy.allocation.search import Index, Room
from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters
from strategy.equity.phases import SpendPath
from strategy.equity.simulation import annuity, customer_equity, initiatives_cost, segment_equity

GRID_WORK = 500_000
"""Segment-periods evaluated on a grid of one segment's cells."""
BUDGET_STEPS = 200
ZOOMS = 3
LEVELS = (4, 65)
"""Fewest and most grid levels of a cell."""
WORST_SHARE = 0.05
STEP_SHARES = (0.5, 0.75, 0.88, 0.95)
"""Of the way from floor to ceiling: where a kick lands a cell."""
STEP_INTENSITIES = (1e-2, 1e2, 400)
"""Of the first answer's: from, to and how many are looked up for the shares."""


@dataclass(frozen=True)
class Problem:
    """One search: the case at its numbers, the room for the split, and the objective over its cells.

    chosen    (1, 1, initiatives) 1 where an initiative is chosen
    aversion  weight of the worst 5 % of draws, 0..1
    """

    given: Parameters
    chosen: Array
    room: Room
    aversion: float = 0.0

    @property
    def case(self) -> Case:
        """The case behind the numbers."""
        return self.given.case

    @property
    def shape(self) -> tuple[int, int]:
        """(segments, levers)"""
        return len(self.case.segments), len(LEVER_CODES)

    @property
    def separable(self) -> bool:
        """Whether segments meet in the budget only."""
        return self.case.migration is None and not len(self.room.groups) and self.aversion == 0

    def batch(self, plans: Array) -> Array:
        """Plans (plans, cells) as (1, plans, segments, levers)."""
        return plans.reshape(1, -1, *self.shape)

    def __call__(self, plans: Array) -> Array:
        """The objective, (plans,)."""
        return prudent(self.equity(self.batch(plans)), self.aversion)

    def equity(self, plans: Array, around: Callable[[Array], Array | SpendPath] = np.asarray) -> Array:
        """Customer equity, (draws, plans), of plans (1, plans, segments, levers).

        Without migration what a segment does in several plans is simulated once.

        around  what is simulated for plans: themselves, or with what other phases spend
        """
        if self.case.migration is not None:
            return customer_equity(self.given, around(plans), self.chosen)
        spend, places = apart(plans[0])
        brought = segment_equity(self.given, around(spend[None]), self.chosen)
        total = sum(brought[:, place, segment] for segment, place in enumerate(places))
        return np.asarray(total - initiatives_cost(self.case, self.chosen), float)


def apart(plans: Array) -> tuple[Array, list[Index]]:
    """What each segment spends in any of some plans, listed once, and where in the list each plan's spend stands.

    plans    (plans, segments, levers)
    returns  (rows, segments, levers), and per segment (plans,) rows; segments with fewer rows are filled up with zeros

    Spends are told apart by one number each, a sum of the amounts in irrational proportions.
    """
    fingerprints = (plans * np.exp(np.linspace(0, 1, plans.shape[-1]))).sum(axis=-1)
    own = [np.unique(column, return_index=True, return_inverse=True) for column in fingerprints.T]
    spend = np.zeros((max(len(first) for _, first, _ in own), *plans.shape[1:]))
    for segment, (_, first, _) in enumerate(own):
        spend[: len(first), segment] = plans[first, segment]
    return spend, [place for *_, place in own]


def prudent(equity: Array, aversion: float) -> Array:
    """(1 - k) mean + k mean of the worst 5 % of draws (Rockafellar & Uryasev 2000); (draws, plans) -> (plans,)."""
    mean = equity.mean(axis=0)
    if aversion == 0:
        return np.asarray(mean, float)
    worst = int(np.ceil(WORST_SHARE * equity.shape[0]))
    tail = np.partition(equity, worst - 1, axis=0)[:worst].mean(axis=0)
    return np.asarray((1 - aversion) * mean + aversion * tail, float)


def _levels(low: Array, high: Array, count: int) -> Array:
    """Grid levels from low to high, (cells, count), finer near low; one level where there is no room."""
    fractions = np.linspace(0, 1, count) ** 2
    return np.asarray(low[:, None] + (high - low)[:, None] * fractions, float)


def _combinations(problem: Problem, levels: Array) -> tuple[Array, Array]:
    """Every combination of one segment's levels, for all segments at once.

    levels   (cells, count)
    returns  spend (combinations, segments, levers) and each segment's value there (combinations, segments)
    """
    count = levels.shape[1]
    segments, levers = problem.shape
    spread = [range(count) if np.ptp(column) > 0 else range(1) for column in _per_lever(levels, problem.shape)]
    picks = np.stack(np.meshgrid(*spread, indexing="ij"), axis=-1).reshape(-1, levers)
    by_cell = levels.reshape(segments, levers, count)
    spend = by_cell[np.arange(segments)[None, :, None], np.arange(levers)[None, None, :], picks[:, None, :]]
    values = segment_equity(problem.given, spend[None], problem.chosen).mean(axis=0)
    return spend, values


def _per_lever(levels: Array, shape: tuple[int, int]) -> list[Array]:
    """The widest grid of each lever over segments: a lever without room anywhere needs one level."""
    by_cell = levels.reshape(*shape, -1)
    return [by_cell[np.ptp(by_cell[:, lever], axis=1).argmax(), lever] for lever in range(shape[1])]


def _divide(spend: Array, values: Array, budgets: Array) -> tuple[Array, Array]:
    """Exact division of each budget over segments on the grid, by dynamic programming.

    Totals are rounded to the nearest step: rounding up would count against splits over many segments.

    spend    (combinations, segments, levers); values (combinations, segments)
    budgets  (steps,) evenly spaced from 0 (plus what is fixed)
    returns  the best value at each budget, and the combination of each segment there, (steps, segments)
    """
    totals = spend.sum(axis=2)
    base = totals.min(axis=0)
    unit = budgets[1] - budgets[0] or 1.0
    steps = len(budgets)
    best = np.zeros(steps)
    choices = []
    for s in range(spend.shape[1]):
        slot = np.rint((totals[:, s] - base[s]) / unit).astype(int)
        usable = np.flatnonzero(slot < steps)
        order = usable[np.lexsort((-values[usable, s], slot[usable]))]
        frontier, picked = np.full(steps, -np.inf), np.zeros(steps, int)
        slots, first = np.unique(slot[order], return_index=True)
        frontier[slots], picked[slots] = values[order[first], s], order[first]
        highest = np.maximum.accumulate(frontier)
        picked = picked[np.maximum.accumulate(np.where(frontier >= highest, np.arange(steps), 0))]
        shifted = np.arange(steps)[:, None] - np.arange(steps)[None, :]
        sums = np.where(shifted >= 0, best[np.maximum(shifted, 0)] + highest[None, :], -np.inf)
        given = sums.argmax(axis=1)
        best = sums[np.arange(steps), given]
        choices.append((picked, given))
    picks = np.zeros((steps, spend.shape[1]), int)
    left = np.arange(steps)
    for s in reversed(range(spend.shape[1])):
        picked, given = choices[s]
        share = given[left]
        picks[:, s] = picked[share]
        left = left - share
    return best, picks


@dataclass(frozen=True)
class Division:
    """The grid's best plan, (steps, cells), at each budget, (steps,)."""

    budgets: Array
    plans: Array


def divide(problem: Problem) -> Division:
    """Divide the total over segments on a grid, refined around its best; exact up to a budget step where separable."""
    room, segments = problem.room, problem.shape[0]
    work = GRID_WORK / (segments * problem.case.horizon * problem.given.draws)
    free_levers = int((room.high > room.low).reshape(problem.shape).any(axis=0).sum())
    count = int(np.clip(work ** (1 / max(free_levers, 1)), *LEVELS))
    free_total = room.total - room.low.sum()
    budgets = np.linspace(0, free_total, BUDGET_STEPS + 1)
    levels = _levels(room.low, np.minimum(room.high, room.low + free_total), count)
    width = 2 * np.ptp(levels, axis=1) / (count - 1)
    spend, values = _combinations(problem, levels)
    for zoom in range(ZOOMS + 1):
        gains = values if room.at_most else values + annuity(problem.case) * spend.sum(axis=2)
        _, picks = _divide(spend, gains, budgets)
        plans = spend[picks, np.arange(segments)[None, :]].reshape(len(budgets), -1)
        if zoom < ZOOMS:
            spend, values = _refined(problem, spend, values, plans[-1], width / 2**zoom)
    return Division(budgets, plans)


def _refined(problem: Problem, spend: Array, values: Array, plan: Array, width: Array) -> tuple[Array, Array]:
    """The combinations with finer ones around a plan, (cells,), no further away than a width, (cells,)."""
    room = problem.room
    around = plan[:, None] + np.linspace(-1, 1, 5) * width[:, None]
    more, more_values = _combinations(problem, np.clip(around, room.low[:, None], room.high[:, None]))
    return np.concatenate([spend, more]), np.concatenate([values, more_values])


def step_amounts(problem: Problem) -> Array:
    """What each cell may get to climb its curve by half, most or nearly all of the way, (cells, shares), in the room.

    By the curve at today's customers: later periods and side effects only shift the step a little.
    """
    intensity = np.geomspace(*STEP_INTENSITIES)[:, None] * np.ones(problem.shape[0])
    amounts = np.zeros((*problem.shape, len(STEP_SHARES)))
    for lever, response in enumerate(problem.given.responses.values()):
        share = np.broadcast_to(response.share(intensity[None])[0], intensity.shape)
        for segment in range(problem.shape[0]):
            multiple = np.interp(STEP_SHARES, share[:, segment], intensity[:, segment])
            amounts[segment, lever] = multiple * response.answer_spend[0, 0, segment]
    low, high = problem.room.low[:, None], problem.room.high[:, None]
    return np.asarray(np.clip(amounts.reshape(len(low), -1), low, high), float)
