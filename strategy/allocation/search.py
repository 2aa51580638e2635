"""Searching the best division of a total over cells, for any function: the engine behind the best split.

Response curves may be S-shaped, so local optima abound: wide exchanges between cells come first, a gradient last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize
from threadpoolctl import threadpool_limits

from strategy.equity.curves import Array
from strategy.progress import Progress, part_of, silent

Index = NDArray[np.intp]
Objective = Callable[[Array], Array]
"""(plans, cells) -> (plans,)"""
EXCHANGES = tuple(0.25**power for power in range(1, 11))
"""Amounts moved between two cells, as shares of the total, widest first."""
REPEATS = 6
ITERATIONS = 60
"""Of a climb to the nearest top."""
RANDOM_STARTS = 200
FINALISTS = 3


@dataclass(frozen=True)
class Room:
    """Where a division may lie: a box, sums of groups of cells, and the total.

    low, high  (cells,) money
    groups     (groups, cells) 1 for members; group_low, group_high (groups,) limits of their sums
    total      money; spent exactly, or with `at_most` not exceeded
    """

    low: Array
    high: Array
    groups: Array
    group_low: Array
    group_high: Array
    total: float
    at_most: bool = False

    @classmethod
    def box(cls, low: Array, high: Array, total: float, at_most: bool = False) -> "Room":
        """Room without groups."""
        none = np.zeros(0)
        return cls(low, high, np.zeros((0, len(low))), none, none, total, at_most)

    def holds(self, plans: Array) -> Array:
        """Which plans (plans, cells) lie in the room, up to rounding."""
        slack = 1e-9 * max(self.total, 1.0)
        sums, totals = plans @ self.groups.T, plans.sum(axis=1)
        inside = ((plans >= self.low - slack) & (plans <= self.high + slack)).all(axis=1)
        inside &= ((sums >= self.group_low - slack) & (sums <= self.group_high + slack)).all(axis=1)
        return np.asarray(inside & (totals <= self.total + slack) & (self.at_most | (totals >= self.total - slack)))

    def nearest(self, plan: Array) -> Array | None:
        """A plan in the room near the given one (least money moved); None where the room is empty."""
        cells, groups = len(plan), len(self.groups)
        cost = np.concatenate([np.zeros(cells), np.ones(2 * cells)])
        moved = np.hstack([np.eye(cells), -np.eye(cells), np.eye(cells)])
        total_row = np.concatenate([np.ones(cells), np.zeros(2 * cells)])[None]
        group_rows = np.hstack([self.groups, np.zeros((groups, 2 * cells))])
        upper = np.vstack([group_rows, -group_rows, *([total_row] if self.at_most else [])])
        upper_at = np.concatenate([self.group_high, -self.group_low, *([[self.total]] if self.at_most else [])])
        equal = np.vstack([moved, *([] if self.at_most else [total_row])])
        equal_at = np.concatenate([plan, *([] if self.at_most else [[self.total]])])
        bounds = [*zip(self.low, self.high, strict=True), *[(0, None)] * (2 * cells)]
        found = linprog(cost, upper, upper_at, equal, equal_at, bounds)
        return np.clip(found.x[:cells], self.low, self.high) if found.status == 0 else None

    def fitted(self, plan: Array) -> Array | None:
        """A plan in the room from the given one: scaled to the total where only the box matters, else the nearest."""
        if len(self.groups):
            return self.nearest(plan)
        fitted = np.clip(plan, self.low, self.high)
        missing = self.total - fitted.sum()
        if missing < 0 or not self.at_most:
            free = (self.high - fitted) if missing > 0 else (fitted - self.low)
            if free.sum() < abs(missing) * (1 - 1e-12):
                return None
            weights = fitted - self.low if missing < 0 or (fitted * (free > 0)).sum() == 0 else fitted
            fitted = _poured(fitted, free, missing, weights)
        return fitted


def _poured(plan: Array, free: Array, missing: float, weights: Array) -> Array:
    """The plan with the missing amount added (or taken) in proportion to weights, never past what is free."""
    moved = np.zeros_like(plan)
    for _ in range(len(plan)):
        left = abs(missing) - moved.sum()
        open_cells = free - moved > 1e-15 * (abs(missing) + 1)
        if left <= 1e-12 * (abs(missing) + 1) or not open_cells.any():
            break
        share = np.where(open_cells, np.maximum(weights, 0), 0)
        share = share if share.sum() > 0 else np.where(open_cells, free - moved, 0)
        moved = np.minimum(free, moved + left * share / share.sum())
    return np.asarray(plan + np.sign(missing) * moved, float)


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


def polish(
    objective: Objective,
    room: Room,
    start: Array,
    rounds: int = 2,
    iterations: int = ITERATIONS,
    on_progress: Progress = silent,
) -> Array:
    """Climb to the nearest top by sequential quadratic programming (SciPy's SLSQP); never below the start; (cells,).

    The objective judges a point and its neighbours, from which the slope is taken, in one call.
    """
    free = np.flatnonzero(room.high > room.low)
    scale = max(room.total, 1e-12)
    best, value = start, float(objective(start[None])[0])
    if not len(free) or room.total <= 0:
        return best
    steps = count()
    for _ in range(rounds):
        unit = max(abs(value), 1e-12)

        def loss(shares: Array, start: Array = best, unit: float = unit) -> tuple[float, Array]:
            on_progress(min(1.0, next(steps) / (rounds * iterations)))
            there, slope = value_and_gradient(objective, _with(start, free, shares * scale), free, room)
            return -there / unit, -slope * scale / unit

        low, high = room.low[free] / scale, room.high[free] / scale
        # More BLAS threads on such small matrices only get in each other's way.
        with threadpool_limits(limits=1, user_api="blas"):
            found = minimize(
                loss,
                best[free] / scale,
                jac=True,
                method="SLSQP",
                bounds=list(zip(low, high, strict=True)),
                constraints=_constraints(room, best, free, scale),
                options={"maxiter": iterations, "ftol": 1e-13},
            )
        climbed = room.fitted(_with(best, free, np.clip(found.x, low, high) * scale))
        if climbed is None or not room.holds(climbed[None])[0]:
            break
        reached = float(objective(climbed[None])[0])
        if not reached > value + 1e-11 * abs(value):
            return climbed if reached > value else best
        best, value = climbed, reached
    return best


def _with(plan: Array, cells: Index, amounts: Array) -> Array:
    changed = plan.copy()
    changed[cells] = amounts
    return changed


def _constraints(room: Room, plan: Array, free: Index, scale: float) -> list[dict[str, object]]:
    """The total and the groups for SLSQP, in shares of the total over the free cells."""
    rows = [(np.ones(len(free)), (room.total - np.delete(plan, free).sum()) / scale, not room.at_most)]
    fixed = np.delete(room.groups, free, axis=1) @ np.delete(plan, free)
    for members, low, high, given in zip(room.groups, room.group_low, room.group_high, fixed, strict=True):
        rows.append((members[free], (high - given) / scale, False))
        rows.append((-members[free], (given - low) / scale, False))
    return [
        {
            "type": "eq" if exact else "ineq",
            "fun": lambda x, row=row, at=at: at - row @ x,
            "jac": lambda x, row=row: -row,
        }
        for row, at, exact in rows
        if row.any() and np.isfinite(at)
    ]


def value_and_gradient(objective: Objective, plan: Array, cells: Index, room: Room) -> tuple[float, Array]:
    """The objective at a plan, and its slope in some cells by central differences, one-sided at the edge of the box.

    Returns a number and an array (len(cells),); all is judged in one call.
    """
    step = 1e-6 * max(room.total, 1.0)
    up, down = (np.repeat(plan[None], len(cells), axis=0) for _ in range(2))
    rows = np.arange(len(cells))
    up[rows, cells] = np.minimum(plan[cells] + step, np.maximum(room.high[cells], plan[cells]))
    down[rows, cells] = np.maximum(plan[cells] - step, room.low[cells])
    values = objective(np.concatenate([plan[None], up, down]))
    width = up[rows, cells] - down[rows, cells]
    slope = (values[1 : len(cells) + 1] - values[len(cells) + 1 :]) / np.where(width > 0, width, 1)
    return float(values[0]), np.asarray(slope, float)
