"""Climbing from a division to the nearest top, by sequential quadratic programming; several climbs side by side."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from operator import itemgetter
from queue import SimpleQueue

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from strategy.allocation.room import Index, Objective, Room
from strategy.equity.curves import Array
from strategy.progress import Progress, silent

ITERATIONS = 60
"""Of a climb to the nearest top."""
RISING, PATIENCE = 1e-9, 10
"""A climb ends after so many points, one after another, that are no higher than before by this share of the value."""
BENDING, STRAIGHT = 1e-3, 1e-3
"""Share of the total over which a curve's bend is measured; share of the sharpest bend below which it is straight."""


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
    steps = count()

    def told(plans: Array) -> Array:
        on_progress(min(1.0, next(steps) / (rounds * iterations)))
        return objective(plans)

    # More BLAS threads on such small matrices only get in each other's way.
    with threadpool_limits(limits=1, user_api="blas"):
        return _climbed(told, room, start, rounds, iterations)


def polish_all(
    objective: Objective,
    room: Room,
    starts: Array,
    rounds: int = 1,
    iterations: int = ITERATIONS,
    on_progress: Progress = silent,
) -> Array:
    """Each start polished; (starts, cells). The climbs go side by side: one call judges what all of them ask next."""
    asked: SimpleQueue[tuple[int, Array | None]] = SimpleQueue()
    answers: list[SimpleQueue[Array | BaseException]] = [SimpleQueue() for _ in starts]

    def climb(number: int) -> Array:
        def ask(plans: Array) -> Array:
            asked.put((number, plans))
            answer = answers[number].get()
            if isinstance(answer, BaseException):
                raise answer
            return answer

        try:
            return _climbed(ask, room, starts[number], rounds, iterations)
        finally:
            asked.put((number, None))

    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(len(starts)) as climbers:
        climbs = [climbers.submit(climb, number) for number in range(len(starts))]
        try:
            climbing, steps = len(starts), count()
            while climbing:
                questions = [asked.get() for _ in range(climbing)]
                waiting = {number: plans for number, plans in sorted(questions, key=itemgetter(0)) if plans is not None}
                climbing = len(waiting)
                on_progress(min(1.0, next(steps) / (rounds * iterations)))
                if waiting:
                    values = objective(np.concatenate([*waiting.values()]))
                    borders = np.cumsum([len(plans) for plans in waiting.values()])[:-1]
                    for number, part in zip(waiting, np.split(values, borders), strict=True):
                        answers[number].put(part)
        except BaseException as stopped:
            for answer in answers:
                answer.put(stopped)
            raise
    return np.array([each.result() for each in climbs]).reshape(starts.shape)


def _climbed(objective: Objective, room: Room, start: Array, rounds: int, iterations: int) -> Array:
    """The start after at most so many climbs of so many steps."""
    free = np.flatnonzero(room.high > room.low)
    best, value = start, float(objective(start[None])[0])
    if not len(free) or room.total <= 0:
        return best
    for _ in range(rounds):
        climb = _Climb(objective, room, best, free, value)
        climbed = room.fitted(_with(best, free, climb.highest(iterations)))
        if climbed is None or not room.holds(climbed[None])[0]:
            break
        reached = float(objective(climbed[None])[0])
        if not reached > value + 1e-11 * abs(value):
            return climbed if reached > value else best
        best, value = climbed, reached
    return best


class _Settled(Exception):
    """A climb that no longer rises."""


class _Climb:
    """One climb from a plan over some of its cells, each with a stride of its own."""

    def __init__(self, objective: Objective, room: Room, start: Array, free: Index, value: float) -> None:
        self.objective, self.room, self.start, self.free = objective, room, start, free
        self.unit = max(abs(value), 1e-12)
        self.sizes = _sizes(objective, room, start, free, self.unit)
        self.low, self.high = room.low[free] / self.sizes, room.high[free] / self.sizes
        self.best, self.reached, self.idle = start[free] / self.sizes, value, 0

    def highest(self, iterations: int) -> Array:
        """The cells' amounts at the highest point found, (cells,) money.

        Where prospects run out or rivals answer a top may be a ridge, on which a climb would search until its end.
        """
        try:
            found = minimize(
                self._loss,
                self.best,
                jac=True,
                method="SLSQP",
                bounds=list(zip(self.low, self.high, strict=True)),
                constraints=_constraints(self.room, self.start, self.free, self.sizes),
                options={"maxiter": iterations, "ftol": 1e-13},
            ).x
        except _Settled:
            found = self.best
        return np.asarray(np.clip(found, self.low, self.high) * self.sizes, float)

    def _loss(self, amounts: Array) -> tuple[float, Array]:
        plan = _with(self.start, self.free, amounts * self.sizes)
        there, slope = value_and_gradient(self.objective, plan, self.free, self.room)
        self.idle = 0 if there > self.reached + RISING * self.unit else self.idle + 1
        if there > self.reached:
            self.best, self.reached = amounts.copy(), there
        if self.idle > PATIENCE:
            raise _Settled
        return -there / self.unit, -slope * self.sizes / self.unit


def _with(plan: Array, cells: Index, amounts: Array) -> Array:
    changed = plan.copy()
    changed[cells] = amounts
    return changed


def _sizes(objective: Objective, room: Room, plan: Array, cells: Index, unit: float) -> Array:
    """Money per cell over which the slope of the objective in units changes by 1, (cells,): a climb's even strides."""
    step = BENDING * room.total
    at = np.clip(plan[cells], room.low[cells] + step, np.maximum(room.high[cells] - step, room.low[cells] + step))
    plans = np.repeat(plan[None], 3 * len(cells), axis=0)
    rows = np.arange(len(cells))
    for part, amounts in enumerate((at - step, at, at + step)):
        plans[part * len(cells) + rows, cells] = amounts
    below, there, above = objective(plans).reshape(3, -1) / unit
    bent = np.abs(below - 2 * there + above) / BENDING**2
    return np.asarray(room.total / np.sqrt(np.maximum(bent, max(STRAIGHT * bent.max(), 1e-12))), float)


def _constraints(room: Room, plan: Array, free: Index, sizes: Array) -> list[dict[str, object]]:
    """The total and the groups for SLSQP, in shares of the total over the free cells, (cells,) money in units of."""
    scale = max(room.total, 1e-12)
    rows = [(np.ones(len(free)), (room.total - np.delete(plan, free).sum()) / scale, not room.at_most)]
    fixed = np.delete(room.groups, free, axis=1) @ np.delete(plan, free)
    for members, low, high, given in zip(room.groups, room.group_low, room.group_high, fixed, strict=True):
        rows.append((members[free], (high - given) / scale, bool(low == high)))
        if low < high:
            rows.append((-members[free], (given - low) / scale, False))
    return [
        {
            "type": "eq" if exact else "ineq",
            "fun": lambda x, row=row, at=at: at - row @ x,
            "jac": lambda x, row=row: -row,
        }
        for row, at, exact in ((members * sizes / scale, at, exact) for members, at, exact in rows)
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
