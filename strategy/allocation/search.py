"""Searching the best division of a total over cells, for any function: the engine behind the best split.

Response curves may be S-shaped, so local optima abound: wide exchanges between cells come first, a gradient last.
"""

from collections.abc import Sequence

import numpy as np

from strategy.allocation.climbing import polish as polish
from strategy.allocation.room import Index as Index
from strategy.allocation.room import Objective as Objective
from strategy.allocation.room import Room as Room
from strategy.equity.curves import Array
from strategy.progress import Progress, part_of, silent

EXCHANGES = tuple(0.25**power for power in range(1, 11))
"""Amounts moved between two cells, as shares of the total, widest first."""
REPEATS = 6
RANDOM_STARTS = 200
FINALISTS = 3


def search(
    objective: Objective,
    room: Room,
    starts: Array,
    randoms: int = RANDOM_STARTS,
    finalists: int = FINALISTS,
    seed: int = 0,
    on_progress: Progress = silent,
) -> Array:
    """The best division found: exchanges from the best of the starts and random ones, then polish; (cells,).

    starts     (starts, cells), each in the room
    finalists  how many of the best candidates are climbed from, besides the first start
    """
    randomly = random_plans(room, randoms, seed)
    candidates = np.concatenate([starts, randomly]) if len(randomly) else starts
    values = objective(candidates)
    order = dict.fromkeys([*np.argsort(-values, kind="stable")[:finalists], 0])
    parts = len(order) + 1
    found = [
        exchange(objective, room, candidates[position], part_of(on_progress, number, parts))
        for number, position in enumerate(order)
    ]
    reached = objective(np.array(found))
    return polish(objective, room, found[int(reached.argmax())], on_progress=part_of(on_progress, parts - 1, parts))


def random_plans(room: Room, count: int, seed: int) -> Array:
    """Random plans in the room, (plans, cells): some even, most lopsided."""
    generator = np.random.default_rng(seed)
    free = room.high > room.low
    if not free.any() or not count:
        return np.zeros((0, len(room.low)))
    shares = np.zeros((count, len(room.low)))
    shares[:, free] = generator.dirichlet(np.full(free.sum(), 0.4), count)
    spare = room.total - room.low.sum()
    plans = [room.fitted(room.low + spare * share) for share in shares[: 20 if len(room.groups) else count]]
    return np.array([plan for plan in plans if plan is not None]).reshape(-1, len(room.low))


def exchange(objective: Objective, room: Room, start: Array, on_progress: Progress = silent) -> Array:
    """The start after moving money between two cells, widest amounts first, as long as it helps; (cells,)."""
    return np.asarray(exchange_all(objective, room, start[None], on_progress=on_progress)[0], float)


def exchange_all(
    objective: Objective,
    room: Room,
    starts: Array,
    amounts: Sequence[float] = EXCHANGES,
    repeats: int = REPEATS,
    on_progress: Progress = silent,
) -> Array:
    """Each start after moving money between two of its cells as long as it helps; (starts, cells).

    Only improvement is accepted. What is unspent counts as one more cell where the total is a maximum. All exchanges
    of all starts are judged in one call.

    amounts  shares of the total, tried in their order, each at most `repeats` times
    """
    best, values = starts.copy(), objective(starts)
    for number, amount in enumerate(amounts):
        moving = np.arange(len(best))
        for _ in range(repeats):
            on_progress(number / len(amounts))
            plans, owners = _exchanged(best[moving], amount * max(room.total, 1e-12), room)
            if not len(plans):
                break
            reached = objective(plans)
            order = np.lexsort((-reached, owners))
            present, first = np.unique(owners[order], return_index=True)
            moving, winners = moving[present], order[first]
            better = reached[winners] > values[moving] + 1e-12 * np.abs(values[moving])
            moving, winners = moving[better], winners[better]
            best[moving], values[moving] = plans[winners], reached[winners]
            if not len(moving):
                break
    return np.asarray(best, float)


def _exchanged(starts: Array, amount: float, room: Room) -> tuple[Array, Index]:
    """All plans in the room one exchange away from each start, and the start each came from.

    Moved is the amount, or as much as the two cells can give and take.
    """
    cells = starts.shape[1]
    give, take = np.minimum(starts - room.low, amount), np.minimum(room.high - starts, amount)
    if room.at_most:
        unspent = room.total - starts.sum(axis=1, keepdims=True)
        give = np.hstack([give, np.minimum(unspent, amount)])
        take = np.hstack([take, np.full(unspent.shape, amount)])
        starts = np.hstack([starts, unspent])
    moved = np.minimum(give[:, :, None], take[:, None, :])
    owner, giver, taker = np.nonzero((moved > 1e-9 * amount) & ~np.eye(give.shape[1], dtype=bool))
    plans, rows = starts[owner], np.arange(len(owner))
    plans[rows, giver] -= moved[owner, giver, taker]
    plans[rows, taker] += moved[owner, giver, taker]
    plans = np.asarray(np.clip(plans[:, :cells], room.low, room.high), float)
    if len(room.groups):
        inside = room.holds(plans)
        plans, owner = plans[inside], owner[inside]
    return plans, owner
