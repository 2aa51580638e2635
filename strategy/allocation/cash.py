"""Cash: what a plan pays in each period beside its budget, and what a budget leaves when it limits each period."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.case import Case
from strategy.equity.curves import Array
from strategy.equity.happenings import initiative_budget, initiative_costs
from strategy.equity.parameters import chosen_array
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.errors import PlannerError

CLOSE = 1e-9
"""Share of the budget below which an excess is rounding."""


@dataclass(frozen=True)
class CashShortfall:
    """A period in which a plan pays more than its budget; money.

    paid    spend and initiatives in the period, one-off costs at once
    """

    period: int
    paid: float
    budget: float

    @property
    def over(self) -> float:
        """What is paid beyond the budget."""
        return self.paid - self.budget


def cash_paid(case: Case, spend: PhasedSpend, initiatives: Sequence[str]) -> Array:
    """What a plan pays in each period, (periods,) undiscounted: its spend, one-off costs at once, running costs."""
    path = spend_path(case, spend)
    spent = [path.at(period)[0, 0].sum() for period in range(1, case.horizon + 1)]
    return np.asarray(spent + _initiatives_cash(case, initiatives), float)


def cash_shortfalls(case: Case, spend: PhasedSpend, initiatives: Sequence[str], budget: float) -> list[CashShortfall]:
    """The periods in which a plan pays more than its budget per period, first to last.

    The budget counts an initiative at the present value of its costs, spread over all periods; what is paid at once
    may be more than a period's money although the plan keeps within that.
    """
    paid = cash_paid(case, spend, initiatives)
    over = np.flatnonzero(paid > budget + CLOSE * max(budget, 1.0))
    return [CashShortfall(int(position) + 1, float(paid[position]), budget) for position in over]


def left_for_cells(
    case: Case, budget: float, initiatives: Sequence[str], starts: Sequence[int] = (1,), cash: bool = False
) -> Array:
    """What a budget per period leaves for the cells beside initiatives, in each phase, (phases,) money per period.

    starts  first periods of the phases
    cash    whether the budget limits what is paid in every period; without it initiatives take their present value,
            spread over all periods, from each
    Raises PlannerError where the initiatives alone cost more.
    """
    paid = _counted(case, initiatives, cash)
    left = budget - _dearest(paid, starts)
    if (left < -CLOSE * budget).any():
        value, period = float(paid.max()), int(paid.argmax()) + 1
        if cash:
            raise PlannerError("initiatives_above_cash", place="initiatives", value=value, budget=budget, period=period)
        raise PlannerError("initiatives_above_budget", place="initiatives", value=value, budget=budget)
    return np.maximum(left, 0.0)


def taken_by_initiatives(
    case: Case, initiatives: Sequence[str], starts: Sequence[int] = (1,), cash: bool = False
) -> Array:
    """What initiatives take from the budget in each phase, (phases,) money per period, as `left_for_cells` counts."""
    return _dearest(_counted(case, initiatives, cash), starts)


def _dearest(paid: Array, starts: Sequence[int]) -> Array:
    return np.asarray(np.maximum.reduceat(paid, np.array(starts) - 1), float)


def _counted(case: Case, initiatives: Sequence[str], cash: bool) -> Array:
    """What initiatives count for in each period, (periods,): what is paid, or their present value spread evenly."""
    if cash:
        return _initiatives_cash(case, initiatives)
    return np.full(case.horizon, float(chosen_array(case, initiatives)[0, 0] @ initiative_budget(case)))


def _initiatives_cash(case: Case, initiatives: Sequence[str]) -> Array:
    """What chosen initiatives cost in each period, (periods,)."""
    return np.asarray(initiative_costs(case) @ chosen_array(case, initiatives)[0, 0], float)
