"""Where a division of a total over cells may lie: a box, sums of groups of cells, and the total."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from strategy.equity.curves import Array

Index = NDArray[np.intp]
Objective = Callable[[Array], Array]
"""(plans, cells) -> (plans,)"""


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
