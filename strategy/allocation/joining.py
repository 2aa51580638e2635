"""Joining paths segment by segment: what each segment could do with money over time, and which of it the budget allows.

Segments meet in the budget of each phase only (and in customers who migrate). So for a price of money in each phase
every segment has its own best paths, and dynamic programming over what is left of each phase's budget joins one of
each: a change of many cells at once, in several phases and segments, that exchanges and kicks do not reach.
"""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from strategy.allocation.division import step_amounts
from strategy.allocation.path_problem import PathProblem
from strategy.allocation.refining import brought_towards
from strategy.equity.curves import Array
from strategy.equity.phases import phase_annuities

Whole = NDArray[np.intp]
SCALED = 0.01
"""Share by which a phase's money is scaled to see what more of it brings."""
LANDING = 1
"""Which of the amounts of `step_amounts` a cell starts from: most of the way up its curve."""
KEPT = 60
"""How many paths of a segment are kept for each price of money, to move their amounts."""
DEARER, DEARER_AT_ONCE = (0.0, 1.0, 3.0), (0.0, 1.5)
"""By how much of what money itself is worth it is dearer than at the path: what segments do for less is asked too."""
TRIED = ((0.1, 0.25, 0.45, 0.7, 1.3, 1.8), (0.75, 0.87, 0.95, 1.06, 1.15, 1.3))
"""Multiples of a cell's amount that each sweep over all cells tries."""
STATES = 6_561
"""At most so many states of what is left of the phases' budgets."""
FINEST = 400
BEYOND, LEAST = 1.2, 0.6
"""Of a phase's budget: what a joined path may spend at most before it is brought within it, and at least."""
ENDS = 200
"""How many states' joins are looked at."""


def joined(whole: PathProblem, path: Array, others: Array, dearer: Sequence[float] = DEARER) -> Array:
    """Paths in the room, (paths, cells of all phases), joined from what each segment could do beside one path.

    path    (cells of all phases,) whose prices for money count; its own segments may stay as they are
    others  (paths, cells of all phases) whose segments may be taken too
    dearer  as of `offers`
    """
    known, price = np.concatenate([path[None], others]).reshape(-1, *whole.shape), prices(whole, path)
    rows = np.concatenate([known, offers(whole, price, dearer)])
    plans = joins(whole, rows, whole.each_beside(path, rows), price)
    by_phase = np.split(plans, len(whole.rooms), axis=1)
    none_held = np.zeros(by_phase[0].shape, bool)
    within = [brought_towards(room, part, none_held) for room, part in zip(whole.rooms, by_phase, strict=True)]
    held = np.all([room.holds(part) for room, part in zip(whole.rooms, within, strict=True)], axis=0)
    return np.concatenate(within, axis=1)[held]


def prices(whole: PathProblem, path: Array) -> Array:
    """What one more money unit in each phase would bring, spent as the path spends, (phases,); below 0 where less."""
    split = path.reshape(len(whole.starts), -1)
    scaled = 1 + SCALED * np.concatenate([np.eye(len(split)), -np.eye(len(split))])
    values = whole((scaled[:, :, None] * split).reshape(len(scaled), -1))
    more = 2 * SCALED * np.maximum(split.sum(axis=1), 1e-12)
    price = (values[: len(split)] - values[len(split) :]) / more
    return np.asarray(np.maximum(price, 0) if whole.room.at_most else price, float)


def offers(whole: PathProblem, price: Array, dearer: Sequence[float] = DEARER) -> Array:
    """The paths on which each segment brings most beyond the price of its money, (paths, *whole.shape), best first.

    Each cell is funded in some phases that follow one another, or never; then its amounts are moved, one at a time.
    dearer  for which prices: by how much of what money itself is worth above the price, (phases,)
    """
    phases, segments, levers = whole.shape
    low, high = (np.array([getattr(room, end) for room in whole.rooms]) for end in ("low", "high"))
    low, high = low.reshape(whole.shape), high.reshape(whole.shape)
    landing = step_amounts(whole.problem)[:, LANDING].reshape(segments, levers)
    rows = np.clip(_funded(phases, levers)[:, :, None] * landing, low, high)

    values, money = whole.each_alone(rows), phase_annuities(whole.problem.case, whole.starts)
    found = []
    for above in dearer:
        asked = price + above * money
        kept = _most(rows, values - _cost(rows, asked), KEPT)
        for multiples in TRIED:
            kept = _moved(whole, kept, asked, np.array([1, *multiples]), low, high)
        found.append(kept)
    return np.concatenate(found)


def _cost(paths: Array, price: Array) -> Array:
    """What the money of each segment costs, (paths, segments), at a price in each phase."""
    return np.asarray((paths.sum(axis=-1) * price[:, None]).sum(axis=1), float)


def _moved(whole: PathProblem, rows: Array, price: Array, multiples: Array, low: Array, high: Array) -> Array:
    """Paths, (paths, *whole.shape), after each cell got the multiple of its amount at which its segment brings most."""
    phases, _, levers = whole.shape
    values = whole.each_alone(rows) - _cost(rows, price)
    for phase, lever in product(range(phases), range(levers)):
        if not (high[phase, :, lever] > low[phase, :, lever]).any():
            continue
        amounts = rows[:, phase, :, lever] * multiples[:, None, None]
        amounts = np.clip(amounts, low[phase, :, lever], high[phase, :, lever])
        tried = np.repeat(rows[None], len(multiples) - 1, axis=0)
        tried[:, :, phase, :, lever] = amounts[1:]
        tried = tried.reshape(-1, *whole.shape)
        reached = (whole.each_alone(tried) - _cost(tried, price)).reshape(-1, *values.shape)
        reached = np.concatenate([values[None], reached])
        best = reached.argmax(axis=0)[None]
        rows[:, phase, :, lever] = np.take_along_axis(amounts, best, axis=0)[0]
        values = np.take_along_axis(reached, best, axis=0)[0]
    return rows


def _funded(phases: int, levers: int) -> Array:
    """Each way to fund levers in phases that follow one another, or never: 1 where funded, (ways, phases, levers)."""
    spans = [(0, 0), *combinations(range(phases + 1), 2)]
    courses = np.array([[first <= phase < end for phase in range(phases)] for first, end in spans], float)
    ways = np.array(list(product(range(len(courses)), repeat=levers)))
    return np.asarray(courses[ways].transpose(0, 2, 1), float)


def _most(rows: Array, values: Array, count: int) -> Array:
    """Each segment's paths of the highest values, (count, phases, segments, levers), repeated where there are fewer."""
    kept = []
    for segment in range(rows.shape[2]):
        own = rows[:, :, segment].reshape(len(rows), -1)
        _, first = np.unique(own, axis=0, return_index=True)
        order = first[np.argsort(-values[first, segment], kind="stable")[:count]]
        order = np.resize(order, min(count, len(rows)))
        kept.append(rows[order, :, segment])
    return np.stack(kept, axis=2)


def joins(whole: PathProblem, rows: Array, values: Array, price: Array) -> Array:
    """The most valuable joins of one row of each segment at budgets near the whole, (joins, cells of all phases).

    What a join spends beyond the budget, or leaves of it, counts at the price of money, (phases,).
    rows    (rows, *whole.shape); values (rows, segments)
    """
    phases, segments, _ = whole.shape
    states = min(int(STATES ** (1 / phases)), FINEST)
    low = np.array([room.low for room in whole.rooms]).reshape(whole.shape).sum(axis=-1)
    free = np.maximum(np.array([room.total for room in whole.rooms]) - low.sum(axis=1), 1e-12)
    unit = free * BEYOND / (states - 1)
    slots = np.rint((rows.sum(axis=-1) - low) / unit[:, None]).astype(np.intp)
    best, picks = np.full((states,) * phases, -np.inf), []
    best[(0,) * phases] = 0.0
    for segment in range(segments):
        best, pick = _with_one_more(best, slots[:, :, segment], values[:, segment])
        picks.append(pick)
    spent = np.indices(best.shape).T * unit
    worth = best.T + (free - spent) @ price
    enough = True if whole.room.at_most else (spent >= LEAST * free).all(axis=-1)
    worth = np.where(enough, worth, -np.inf).T
    ends = np.column_stack(np.unravel_index(np.argsort(-worth, axis=None)[:ENDS], worth.shape))
    plans = [_traced(rows, slots, picks, tuple(end)) for end in ends if np.isfinite(worth[tuple(end)])]
    return np.unique(np.array(plans).reshape(len(plans), -1), axis=0)


def _with_one_more(best: Array, slots: Whole, values: Array) -> tuple[Array, Whole]:
    """The highest value at each state, one of a segment's rows added, and which row that is; -inf where none fits."""
    steps = best.shape[0] - 1
    usable = np.flatnonzero((slots <= steps).all(axis=1))
    order = usable[np.argsort(-values[usable], kind="stable")]
    _, first = np.unique(slots[order], axis=0, return_index=True)
    found, pick = np.full(best.shape, -np.inf), np.full(best.shape, -1)
    for row in order[np.sort(first)]:
        reached = tuple(slice(slot, None) for slot in slots[row])
        sums = best[tuple(slice(0, steps + 1 - slot) for slot in slots[row])] + values[row]
        better = sums > found[reached]
        found[reached] = np.where(better, sums, found[reached])
        pick[reached] = np.where(better, row, pick[reached])
    return found, pick


def _traced(rows: Array, slots: Whole, picks: list[Whole], end: tuple[int, ...]) -> Array:
    """The rows that were joined on the way to a state, (phases, segments, levers)."""
    path, state = np.zeros(rows.shape[1:]), np.array(end)
    for segment in reversed(range(len(picks))):
        row = picks[segment][tuple(state)]
        path[:, segment] = rows[row, :, segment]
        state = state - slots[row, :, segment]
    return path
