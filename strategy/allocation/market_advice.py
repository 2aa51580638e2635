"""What the market does to the advice: the best split where rivals answer, where prospects run out, and over phases.

Each is compared with the best split of the same case without it, at the likely numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from strategy.allocation.best_split import BestSplit, best_split
from strategy.allocation.phased_split import phased_split
from strategy.case.case import Case, Constant, Segment
from strategy.case.editing import with_prospect_pool, with_rivals
from strategy.case.estimate import Estimate
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, parameters, spend_array
from strategy.equity.simulation import customer_equity
from strategy.progress import Progress, part_of, silent

HALF = 0.5
"""What is supposed where nobody said: rivals undo half of a gain, half of those who left can be won again, and half as
many prospects appear as are won today."""
MarketChange = Literal["rivals", "run_out", "refilled", "phases"]


@dataclass(frozen=True)
class MarketShift:
    """What one change of the model does to the best split of a budget.

    supposed  whether its numbers are `HALF`, since the case has none of its own
    moved     money per period that the best split puts elsewhere, of `budget`
    regret    customer equity lost by keeping the best split that was found without it; of phases, what they add
    uplift    of the best split over today's: with the change; of phases, without it
    start     of phases: the period in which the second one begins
    """

    change: MarketChange
    supposed: bool
    moved: float
    budget: float
    regret: float
    uplift: float
    start: int = 0

    @property
    def moved_share(self) -> float:
        """The share of the budget that moves, 0..1."""
        return self.moved / self.budget if self.budget > 0 else 0.0

    @property
    def regret_share(self) -> float:
        """The regret as a share of the uplift; 0 where there is none."""
        return self.regret / self.uplift if self.uplift > 0 else 0.0


def market_shifts(case: Case, budget: float | None = None, on_progress: Progress = silent) -> list[MarketShift]:
    """What rivals, prospects that run out, and two phases do to the best split of a budget, in this order.

    Rivals and pools are those of the case; where it has none, `HALF` is supposed, of pools once without and once with
    a refill. Left out is what cannot be: rivals without a curve that acquires, pools without prospects that are won,
    phases in a plan of one period. Raises PlannerError where the budget cannot be met.
    """
    pairs, search = list(_pairs(case)), _Searched(budget)
    steps = len(pairs) + 1
    shifts = [
        _shift(change, supposed, search, without, changed, part_of(on_progress, number, steps))
        for number, (change, supposed, without, changed) in enumerate(pairs)
    ]
    if case.horizon > 1:
        shifts.append(_phases(case, search, part_of(on_progress, steps - 1, steps)))
    on_progress(1.0)
    return shifts


class _Searched:
    """The best splits of a budget in several cases, each searched once."""

    def __init__(self, budget: float | None) -> None:
        self.budget = budget
        self._found: dict[Case, BestSplit] = {}

    def best(self, case: Case, on_progress: Progress) -> BestSplit:
        """The best split in a case."""
        if case not in self._found:
            self._found[case] = best_split(case, self.budget, on_progress=on_progress)
        return self._found[case]


def _pairs(case: Case) -> Iterable[tuple[MarketChange, bool, Case, Case]]:
    """Each change: whether it is supposed, the case without it and the case with it."""
    answered, pooled = _answered(case), [segment.id for segment in case.segments if segment.prospect_pool]
    if answered:
        yield "rivals", False, rivals_everywhere(case, 0.0), case
    elif any(segment.counts("rival_response") for segment in case.segments):
        yield "rivals", True, case, rivals_everywhere(case, HALF)
    if pooled:
        change: MarketChange = "refilled" if _fills_up(case) else "run_out"
        yield change, False, _without_pools(case), case
    elif runs_out_everywhere(case, 0.0) != case:
        yield "run_out", True, case, runs_out_everywhere(case, 0.0)
        yield "refilled", True, case, runs_out_everywhere(case, HALF)


def _answered(case: Case) -> bool:
    return any(segment.rival_response.high > 0 for segment in case.segments)


def _fills_up(case: Case) -> bool:
    return any(segment.refill.likely > 0 or segment.return_share.likely > 0 for segment in case.segments)


def rivals_everywhere(case: Case, share: float) -> Case:
    """The case with rivals that undo a share of every gain in acquisition, wherever a curve acquires."""
    for segment in case.segments:
        if segment.counts("rival_response"):
            case = with_rivals(case, segment.id, Estimate.of(share))
    return case


def runs_out_everywhere(case: Case, half: float) -> Case:
    """The case with prospects that run out wherever some are won.

    half  of today's new customers the share that appears as prospects in a period, and of leavers that can be won again
    """
    given = parameters(case)
    new = (given.today_active - given.customers)[0, 0]
    for segment, joined in zip(case.segments, new, strict=True):
        if wins(segment):
            case = with_prospect_pool(case, segment.id, Estimate.of(half * float(joined)), Estimate.of(half))
    return case


def wins(segment: Segment) -> bool:
    """Whether anybody of a segment's prospects can become a customer."""
    acquire = segment.levers["acquire"]
    share = acquire.constant.likely if isinstance(acquire, Constant) else 1.0
    return segment.prospects.likely > 0 and share > 0


def _without_pools(case: Case) -> Case:
    for segment in case.segments:
        case = with_prospect_pool(case, segment.id, None, Estimate.of(0))
    return case


def _shift(
    change: MarketChange, supposed: bool, search: _Searched, without: Case, changed: Case, on_progress: Progress
) -> MarketShift:
    before = search.best(without, part_of(on_progress, 0, 2))
    after = search.best(changed, part_of(on_progress, 1, 2))
    old, new = (spend_array(changed, found.spend) for found in (before, after))
    given = parameters(changed)
    kept, best, today = _equity(given, old), _equity(given, new), _equity(given, given.today)
    if kept >= best:
        new, best = old, kept
    moved = float(np.abs(new - old).sum()) / 2
    return MarketShift(change, supposed, moved, after.budget, best - kept, best - today)


def _equity(given: Parameters, spend: Array) -> float:
    return float(customer_equity(given, spend)[0, 0])


def _phases(case: Case, search: _Searched, on_progress: Progress) -> MarketShift:
    """The better of a border after the first period and one halfway."""
    one = search.best(case, part_of(on_progress, 0, 3))
    borders = sorted({2, case.horizon // 2 + 1} - {1})
    found = {
        start: phased_split(case, (1, start), search.budget, on_progress=part_of(on_progress, number, 3))
        for number, start in enumerate(borders, 1)
    }
    start = max(borders, key=lambda border: found[border].value)
    first, later = (spend_array(case, phase.spend) for phase in found[start].phases)
    moved = float(np.abs(later - first).sum()) / 2
    gained = max(found[start].value - one.value, 0.0)
    return MarketShift("phases", True, moved, one.budget, gained, one.readouts.uplift, start)
