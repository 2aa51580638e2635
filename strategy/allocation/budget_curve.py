"""How large the budget should be: the best split at a range of budgets, or money over time scaled to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.allocation.division import Problem
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.search import Room
from strategy.allocation.solving import climbed, solve, useful
from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters, spend_dict
from strategy.equity.phases import PhasedSpend, SpendPath, spend_path
from strategy.equity.simulation import customer_equity, initiative_budget
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

PEAK_POINTS, PEAK_ZOOMS = 201, 5
"""How many budgets are tried for the highest of a scaled plan, and how often closer around it."""


@dataclass(frozen=True)
class BudgetCurve:
    """Customer equity of the best split at each budget; break_even is None where the best lies at the range's edge.

    plans    the best splits; none where money over time is scaled
    scaled   whether it is one plan's money over time, scaled, instead of the best split of each budget
    """

    budgets: Array
    customer_equity: Array
    plans: list[dict[str, dict[str, float]]]
    break_even: float | None
    scaled: bool = False


def budget_curve(
    case: Case,
    low: float,
    high: float,
    points: int,
    initiatives: Sequence[str] = (),
    limits: Limits | None = None,
    on_progress: Progress = silent,
) -> BudgetCurve:
    """The best split at budgets from low to high, each spent exactly, and the budget that maximises CE.

    Each point is searched as `best_split` searches unrefined, and from its smaller neighbour's split with the rest
    poured in.
    Raises PlannerError for a range or limits that cannot be met.
    """
    _check_range(low, high, points)
    given, limits = parameters(case), limits or Limits()
    chosen = chosen_array(case, initiatives)
    paid = float(chosen[0, 0] @ initiative_budget(case))
    if low < paid:
        raise PlannerError("initiatives_above_budget", place="from", value=paid, budget=low)
    budgets = np.linspace(low, high, points)
    rooms = [room_for(case, budget - paid, limits) for budget in budgets]
    plans: list[Array] = []
    for number, room in enumerate(rooms):
        on_progress(number / (points + 1))
        starts = [plans[-1], *_poured_in(room, plans[-1])] if plans else []
        plans.append(climbed(Problem(given, chosen, room), starts, randoms=0, finalists=1)[0])
    free = Problem(given, chosen, room_for(case, high - paid, limits, at_most=True))
    peak = solve(useful(free), refined=False).plan
    on_progress(1.0)
    spent = float(peak.sum()) + paid
    edge = spent >= high * (1 - 1e-6) or 0 < low >= spent * (1 - 1e-9)
    shape = (len(case.segments), len(LEVER_CODES))
    equity = customer_equity(given, np.array(plans).reshape(1, -1, *shape), chosen)[0]
    return BudgetCurve(
        budgets, equity, [spend_dict(case, plan.reshape(shape)) for plan in plans], None if edge else spent
    )


def scaled_curve(
    case: Case, spend: PhasedSpend, low: float, high: float, points: int, initiatives: Sequence[str] = ()
) -> BudgetCurve:
    """Customer equity of a plan with phases at budgets from low to high: the money of each phase scaled alike.

    A budget is what the dearest phase spends, and what the initiatives, which are not scaled, take of it. Break-even
    is the budget that maximises CE of the plan so scaled, the smallest if tied.
    Raises PlannerError for a range that cannot be met, or a plan that spends nothing.
    """
    _check_range(low, high, points)
    path, chosen = spend_path(case, spend), chosen_array(case, initiatives)
    paid = float(chosen[0, 0] @ initiative_budget(case))
    dearest = float(path.money.sum(axis=(-1, -2)).max())
    if low < paid:
        raise PlannerError("initiatives_above_budget", place="from", value=paid, budget=low)
    if not dearest > 0:
        raise PlannerError("must_be_above_0", place="spend", value=dearest)
    given = parameters(case)

    def worth(budgets: Array) -> Array:
        scales = (budgets - paid) / dearest
        plans = SpendPath(path.money * scales[None, :, None, None, None], path.starts)
        return np.asarray(customer_equity(given, plans, chosen)[0], float)

    budgets = np.linspace(low, high, points)
    width, peak = high - low, low
    for _ in range(PEAK_ZOOMS):
        near = np.linspace(max(low, peak - width), min(high, peak + width), PEAK_POINTS)
        peak, width = float(near[worth(near).argmax()]), 2 * width / (PEAK_POINTS - 1)
    edge = peak >= high * (1 - 1e-6) or 0 < low >= peak * (1 - 1e-9)
    return BudgetCurve(budgets, worth(budgets), [], None if edge else peak, scaled=True)


def _check_range(low: float, high: float, points: int) -> None:
    if not 0 <= low < high < np.inf:
        raise PlannerError("range_order", place="from, to", value=[low, high])
    if not 2 <= points <= 500:
        raise PlannerError("out_of_range", place="points", value=points, low=2, high=500)


def _poured_in(room: Room, plan: Array) -> list[Array]:
    """A smaller plan with all that is new poured into one cell, for each cell that can take it."""
    new = room.total - plan.sum()
    plans = plan + new * np.eye(len(plan))
    return list(plans[room.holds(plans)]) if new > 0 else []
