"""Money over time: one amount per cell for all periods, or phases that each have amounts of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.case import Case
from strategy.equity.curves import Array
from strategy.equity.lifetime import discount_factors
from strategy.equity.parameters import Spend, spend_array

MOST_PHASES = 4


@dataclass(frozen=True)
class SpendPhase:
    """What is spent from a period on, until the next phase begins: {segment id: {lever: money per period}}."""

    start: int
    spend: Spend


PhasedSpend = Spend | Sequence[SpendPhase]
"""A plan's spend: the same in every period, or phases, the first from period 1."""


def phases_of(spend: PhasedSpend) -> tuple[SpendPhase, ...]:
    """The phases of a plan's spend; the same in every period is one phase."""
    return tuple(spend) if isinstance(spend, Sequence) else (SpendPhase(1, spend),)


@dataclass(frozen=True, eq=False)
class SpendPath:
    """Spend plans over time, which all change at the same borders.

    money   (1, plans, phases, segments, levers) money per period
    starts  the first period of each phase: 1, then rising
    """

    money: Array
    starts: tuple[int, ...] = (1,)

    @property
    def plans(self) -> int:
        """How many plans."""
        return int(self.money.shape[1])

    def times(self, count: int) -> "SpendPath":
        """Every plan so many times, one after the other."""
        return SpendPath(np.repeat(self.money, count, axis=1), self.starts)

    def side_by_side(self) -> "SpendPath":
        """The same with the plans next to each other in memory: many plans are then simulated in long strides."""
        apart = np.ascontiguousarray(np.moveaxis(self.money, 1, -1))
        return SpendPath(np.moveaxis(apart, -1, 1), self.starts)

    def at(self, period: int) -> Array:
        """What is spent in a period, (1, plans, segments, levers)."""
        return np.asarray(self.money[:, :, sum(start <= period for start in self.starts) - 1], float)

    def over_time(self, per_phase: Array, horizon: int) -> Array:
        """Numbers per phase (1, plans, phases, ...) as numbers per period; one phase stays an axis of length 1."""
        if len(self.starts) == 1:
            return per_phase
        begun = np.arange(1, horizon + 1)[:, None] >= np.array(self.starts)
        return np.asarray(per_phase[:, :, begun.sum(axis=1) - 1], float)

    def present_value(self, case: Case) -> Array:
        """What a segment's spend is worth today, (1, plans, segments).

        The first phase's money in all periods, and from each border on what is added there: equal phases are one.
        """
        spent = self.money.sum(axis=-1)
        value: Array = annuity_from(case, 1) * spent[:, :, 0]
        for phase, start in enumerate(self.starts[1:], 1):
            value = value + annuity_from(case, start) * (spent[:, :, phase] - spent[:, :, phase - 1])
        return value


def annuity_from(case: Case, start: int) -> float:
    """Present value of one money unit in every period from one on."""
    return float(discount_factors(case)[start - 1 :].sum())


def phase_annuities(case: Case, starts: Sequence[int]) -> Array:
    """Present value of one money unit in every period of each phase, (phases,)."""
    factors = discount_factors(case)
    ends = [*starts[1:], case.horizon + 1]
    return np.array([factors[start - 1 : end - 1].sum() for start, end in zip(starts, ends, strict=True)])


def path_of(spend: Array | SpendPath) -> SpendPath:
    """Plans (1, plans, segments, levers) as plans over time that never change."""
    return spend if isinstance(spend, SpendPath) else SpendPath(spend[:, :, None])


def spend_path(case: Case, *spends: PhasedSpend) -> SpendPath:
    """Spend plans with phases or without, side by side: with the borders of all of them."""
    plans = [phases_of(spend) for spend in spends]
    starts = sorted({phase.start for plan in plans for phase in plan})
    money = [
        [[phase for phase in plan if phase.start <= start][-1].spend for start in starts] for plan in plans
    ]  # (plans, phases)
    arrays = [spend_array(case, *plan)[0] for plan in money]
    return SpendPath(np.stack(arrays)[None], tuple(starts))
