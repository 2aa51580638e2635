"""Events that happen to a firm and initiatives that it chooses: what they change in each period, and what they cost."""

from functools import lru_cache

import numpy as np

from strategy.case.case import Case, Event, Initiative
from strategy.case.levers import RATES
from strategy.equity.curves import Array
from strategy.equity.lifetime import annuity, discount_factors

CASES_KEPT = 64
"""Cases of which what initiatives cost is kept."""


def in_force(event: Event, period: int, horizon: int) -> bool:
    """Whether an event or initiative acts in a period; horizon + 1 stands for all time after the plan.

    After the plan an initiative keeps its effect only if it is lasting and has no running cost.
    """
    if not event.start <= period <= (event.end or period):
        return False
    return not (period > horizon and isinstance(event, Initiative) and event.per_period > 0)


def initiative_costs(case: Case) -> Array:
    """What each initiative costs in each period, (periods, initiatives): one-off at its start, then per period."""
    costs = np.zeros((case.horizon, len(case.initiatives)))
    for column, initiative in enumerate(case.initiatives):
        costs[initiative.start - 1, column] += initiative.one_off
        costs[initiative.start - 1 : initiative.end, column] += initiative.per_period
    return costs


@lru_cache(CASES_KEPT)
def initiative_budget(case: Case) -> Array:
    """What each initiative takes from the budget per period, (initiatives,): present value of its costs / annuity.

    Kept, and not to be written into: a page asks for it at every amount it shows.
    """
    budget: Array = discount_factors(case) @ initiative_costs(case) / annuity(case)
    budget.flags.writeable = False
    return budget


def initiatives_cost(case: Case, chosen: Array) -> Array:
    """Present value of what the chosen initiatives cost, (1, plans), from (1, plans, initiatives)."""
    cost: Array = chosen @ initiative_costs(case).T @ discount_factors(case)
    return cost


class Modifiers:
    """What events and chosen initiatives do to each metric in each period: metric * multiply + add, in listed order."""

    def __init__(self, case: Case, chosen: Array) -> None:
        self._case, self._chosen = case, chosen
        self._composed: dict[tuple[str, tuple[bool, ...]], tuple[Array, Array] | None] = {}
        self._all: list[Event] = [*case.events, *case.initiatives]

    def apply(self, metric: str, values: Array, period: int) -> Array:
        """The metric after events and initiatives, then clipped: rates into [0, 1], all else at 0 or above."""
        acting = tuple(e.metric == metric and in_force(e, period, self._case.horizon) for e in self._all)
        if (metric, acting) not in self._composed:
            self._composed[metric, acting] = self._compose(acting) if any(acting) else None
        composed = self._composed[metric, acting]
        if composed is not None:
            values = values * composed[0] + composed[1]
        floored = np.maximum(values, 0)
        return np.minimum(floored, 1) if metric in RATES else floored

    def _compose(self, acting: tuple[bool, ...]) -> tuple[Array, Array]:
        ids = self._case.segment_ids
        shape = (1, self._chosen.shape[1], len(ids))
        multiply, add = np.ones(shape), np.zeros(shape)
        for position, (event, acts) in enumerate(zip(self._all, acting, strict=True)):
            if not acts:
                continue
            where = np.array([event.segments is None or i in event.segments for i in ids], float)
            if isinstance(event, Initiative):
                where = where * self._chosen[..., position - len(self._case.events), None]
            factor = 1 + where * (event.multiply - 1)
            multiply, add = multiply * factor, add * factor + where * event.add
        return multiply, add
