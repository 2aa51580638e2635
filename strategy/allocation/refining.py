"""Refining a division: exchanges, kicks that empty, refill, swap and bundle cells, and a climb from the best of each.

Whole batches of plans are moved at once: one call of the objective judges all exchanges of all plans, or all kicks.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from strategy.allocation.climbing import polish, polish_all
from strategy.allocation.room import Index, Objective, Room
from strategy.allocation.search import EXCHANGES, exchange_all
from strategy.equity.curves import Array
from strategy.progress import Progress, part_of, silent

Mask = NDArray[np.bool_]
ROUNDS = 3
"""Of kicks, exchanges and polishing; fewer where a round brings nothing."""
EXCHANGED, POLISHED = 8, 6
"""How many plans of each kind of kick, and then of all, are improved by exchanges; how many of all are polished."""
WIDE = EXCHANGES[:5]
"""Amounts exchanged after a kick, as shares of the total: climbing does the rest."""
REPEATS = 3
KICKS = 1_500
"""Most kicks of a round: those that promise most."""
SHARINGS = 21
"""Amounts shared by all cells of which it is known what they bring, to tell what a kick promises."""
COARSE_STEPS = 15
"""Of a climb that only has to tell which candidate is best."""
NOTHING_GAINED = 1e-7
"""Share of the value below which a round has brought nothing."""
FUNDED = 1e-3
"""Share of the total above which a cell counts as funded."""
POURINGS = 8
REFILLS = 6
"""Most cells filled, one after another, with what one or two emptied cells free."""


FINE = (1e-6, 3e-7, 1e-7, 3e-8)
"""Shares of the total exchanged last: a climb measures slopes over 1e-6, and sees no closer where a rate clips."""


def refine(
    objective: Objective,
    room: Room,
    starts: Array,
    steps: Array,
    together: int = 1,
    rounds: int = ROUNDS,
    on_progress: Progress = silent,
) -> tuple[Array, int]:
    """The best plan found from starts, (cells,), and how many plans were polished.

    starts   (starts, cells), each in the room
    steps    (cells, amounts) what a cell may get when a kick fills it, money
    together  how many cells, side by side, belong to one segment
    """
    pool = best_kinds(objective, room, starts, EXCHANGED)
    best, value, polished = pool[0], float(objective(pool[:1])[0]), 0
    for number in range(rounds):
        told = part_of(on_progress, number, rounds)
        widely = exchange_all(objective, room, pool, WIDE[:3], 2, part_of(told, 0, 4))
        pool = best_kinds(objective, room, widely, EXCHANGED)
        pool = exchange_all(objective, room, pool, WIDE, REPEATS, part_of(told, 1, 4))
        finalists = best_kinds(objective, room, np.concatenate([pool, best[None]]), POLISHED)
        climbed = polish_all(objective, room, finalists, 1, COARSE_STEPS, part_of(told, 1, 2))
        polished += len(climbed)
        reached = objective(climbed)
        first = int(reached.argmax())
        gained = float(reached[first]) - value
        if gained > 0:
            best, value = climbed[first], float(reached[first])
        if number and gained <= NOTHING_GAINED * abs(value):
            break
        if number < rounds - 1:
            far = [
                kicks(objective, room, best, steps),
                refills(objective, room, best, steps),
                bundles(objective, room, best, steps, together),
            ]
            pool = np.concatenate([best_kinds(objective, room, plans, EXCHANGED) for plans in far])
            if not len(pool):
                break
    return exchange_all(objective, room, polish(objective, room, best)[None], FINE)[0], polished


def best_kinds(objective: Objective, room: Room, plans: Array, count: int) -> Array:
    """The best plans, at most one of those that fund the same cells, best first."""
    if not len(plans):
        return plans
    order = np.argsort(-objective(plans), kind="stable")
    _, first = np.unique(plans[order] > room.low + FUNDED * room.total, axis=0, return_index=True)
    return np.asarray(plans[order[np.sort(first)[:count]]], float)


def kicks(objective: Objective, room: Room, plan: Array, steps: Array, most: int = KICKS) -> Array:
    """Plans in the room far from one: one or two funded cells emptied, another filled to a step, or two swapped.

    What is freed beyond the step, or is short of it, is shared by the other funded cells in proportion. Of more than
    `most` those are kept that promise most.
    """
    free = np.flatnonzero(room.high > room.low)
    funded = free[plan[free] > room.low[free] + FUNDED * room.total]
    emptied = [(), *((cell,) for cell in funded), *combinations(funded, 2)]
    fixed = np.array([np.isin(np.arange(len(plan)), cells) for cells in emptied])
    bases = np.where(fixed, room.low, plan)
    parts = [(bases[1:], fixed[1:]), _filled(bases, fixed, free, steps), _swapped(plan, funded, free)]
    plans, held = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if len(plans) > most:
        picked = np.argsort(-promises(objective, room, plan, plans), kind="stable")[:most]
        plans, held = plans[picked], held[picked]
    return poured(room, plans, held)


def promises(objective: Objective, room: Room, plan: Array, plans: Array) -> Array:
    """Roughly what plans bring more than the one they come from, once what they free or lack is shared, (plans,).

    It is the sum of what each changed cell would bring alone, and of what all cells scaled by the rest would.
    """
    amounts = [np.unique(column, return_inverse=True) for column in plans.T]
    sizes = [len(found) for found, _ in amounts]
    alone = np.repeat(plan[None], sum(sizes), axis=0)
    alone[np.arange(len(alone)), np.repeat(np.arange(len(plan)), sizes)] = np.concatenate([a for a, _ in amounts])
    missing = plan.sum() - plans.sum(axis=1)
    shared = np.linspace(min(missing.min(), 0.0), max(missing.max(), 0.0), SHARINGS)
    above = plan - room.low
    scaled = room.low + above * np.maximum(1 + shared / max(above.sum(), 1e-12), 0)[:, None]
    values = objective(np.concatenate([alone, scaled, plan[None]]))
    gains = values[:-1] - values[-1]
    promised = np.interp(missing, shared, gains[len(alone) :])
    for (_, place), brought in zip(amounts, np.split(gains[: len(alone)], np.cumsum(sizes)[:-1]), strict=True):
        promised = promised + brought[place]
    return np.asarray(promised, float)


def refills(objective: Objective, room: Room, plan: Array, steps: Array) -> Array:
    """Plans in the room in which one or two funded cells are emptied and what they free fills several that had nothing.

    Filled is each time the cell and the step that bring most per unit of money, of those that what is left can pay;
    after each filling what is still left is shared by the funded cells, so that each number of fillings is a plan.
    """
    free = np.flatnonzero(room.high > room.low)
    funded = free[plan[free] > room.low[free] + FUNDED * room.total]
    empty = np.setdiff1d(free, funded)
    emptied = [*((cell,) for cell in funded), *combinations(funded, 2)]
    if not emptied:
        return np.zeros((0, len(plan)))
    held = np.array([np.isin(np.arange(len(plan)), cells) for cells in emptied])
    plans = np.where(held, room.low, plan)
    left, value = plan.sum() - plans.sum(axis=1), objective(plans)
    reached = []
    for _ in range(REFILLS):
        added = steps[empty] - plans[:, empty, None]
        fits = ~held[:, empty, None] & (added > 0) & (added <= left[:, None, None])
        which, target, step = np.nonzero(fits)
        if not len(which):
            break
        tried, cost = plans[which], added[which, target, step]
        tried[np.arange(len(which)), empty[target]] += cost
        gained = objective(tried) - value[which]
        order = np.lexsort((-gained / cost, which))
        bases, first = np.unique(which[order], return_index=True)
        taken = order[first]
        plans[bases] = tried[taken]
        value[bases] += gained[taken]
        held[bases, empty[target[taken]]] = True
        left[bases] -= cost[taken]
        reached.append(poured(room, plans[bases], held[bases]))
    return np.concatenate(reached) if reached else np.zeros((0, len(plan)))


def bundles(objective: Objective, room: Room, plan: Array, steps: Array, together: int) -> Array:
    """Plans in the room in which some cells of one segment get a step at once, paid by the least rewarding others.

    Those are emptied one after another, least lost per unit of money first, until what they free is enough.
    """
    free = room.high > room.low
    funded = np.flatnonzero(free & (plan > room.low + FUNDED * room.total))
    alone = np.repeat(plan[None], len(funded), axis=0)
    alone[np.arange(len(funded)), funded] = room.low[funded]
    amounts = plan[funded] - room.low[funded]
    lost = (objective(plan[None]) - objective(alone)) / amounts if len(funded) else amounts
    funded, amounts = funded[np.argsort(lost)], amounts[np.argsort(lost)]
    chosen = (np.arange(1, 2**together)[:, None] >> np.arange(together)) % 2 == 1
    filled = np.kron(np.eye(len(plan) // together, dtype=bool), chosen) & free
    filled = np.unique(filled[filled.any(axis=1)], axis=0)
    held = np.repeat(filled, steps.shape[1], axis=0)
    plans = np.where(held, np.maximum(np.tile(steps.T, (len(filled), 1)), plan), plan)
    givers = ~held[:, funded]
    before = np.cumsum(amounts * givers, axis=1) - amounts * givers
    emptied = np.zeros_like(held)
    emptied[:, funded] = givers & (before < (plans.sum(axis=1) - plan.sum())[:, None])
    return poured(room, np.where(emptied, room.low, plans), held | emptied)


def _filled(bases: Array, fixed: Mask, free: Index, steps: Array) -> tuple[Array, Mask]:
    """Each base with each open cell that it did not empty at each step, and the cells held there."""
    which, cell, step = (axis.ravel() for axis in np.indices((len(bases), len(free), steps.shape[1])))
    target = free[cell]
    usable = ~fixed[which, target]
    which, target, step = which[usable], target[usable], step[usable]
    plans, held = bases[which], fixed[which]
    rows = np.arange(len(which))
    plans[rows, target], held[rows, target] = steps[target, step], True
    return plans, held


def _swapped(plan: Array, funded: Index, free: Index) -> tuple[Array, Mask]:
    """The plan with what one funded cell and another cell get swapped."""
    giver, taker = (axis.ravel() for axis in np.meshgrid(funded, free, indexing="ij"))
    giver, taker = giver[giver != taker], taker[giver != taker]
    plans, held = np.repeat(plan[None], len(giver), axis=0), np.zeros((len(giver), len(plan)), bool)
    rows = np.arange(len(giver))
    plans[rows, giver], plans[rows, taker] = plan[taker], plan[giver]
    held[rows, giver] = held[rows, taker] = True
    return plans, held


def poured(room: Room, plans: Array, held: Mask) -> Array:
    """The plans brought into the room by what their other cells get, in proportion; those that cannot be are left out.

    plans, held  (plans, cells); held cells keep their amount
    """
    plans = brought_towards(room, plans, held)
    return np.asarray(plans[room.holds(plans)], float)


def brought_towards(room: Room, plans: Array, held: Mask) -> Array:
    """Every plan as near to the room as what its other cells get can bring it, as of `poured`."""
    plans = np.clip(plans, room.low, room.high)
    for _ in range(POURINGS):
        blocked = np.zeros(plans.shape, bool)
        for members, low, high in zip(room.groups > 0, room.group_low, room.group_high, strict=True):
            sums = plans[:, members].sum(axis=1)
            wanted = np.clip(sums, low, high)
            plans[:, members] = _moved(plans[:, members], wanted - sums, held[:, members], room, members)
            blocked |= (sums >= high)[:, None] & members
        missing = room.total - plans.sum(axis=1)
        if room.at_most:
            missing = np.minimum(missing, 0)
        everything = np.ones(plans.shape[1], bool)
        plans = _moved(plans, missing, held | (blocked & (missing > 0)[:, None]), room, everything)
    return np.asarray(plans, float)


def _moved(plans: Array, missing: Array, held: Mask, room: Room, cells: Array) -> Array:
    """The plans with an amount added (or taken) over cells not held, in proportion, within the box."""
    low, high = room.low[cells], room.high[cells]
    free = np.where(held, 0.0, np.where((missing > 0)[:, None], high - plans, plans - low))
    weights = np.where(free > 0, np.where(held, 0.0, plans - low), 0.0)
    spread = weights.sum(axis=1, keepdims=True)
    weights = np.where(spread > 0, weights, free)
    spread = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, spread, out=np.zeros_like(weights), where=spread > 0)
    moved = np.minimum(np.abs(missing)[:, None] * share, free)
    return np.asarray(plans + np.sign(missing)[:, None] * moved, float)
