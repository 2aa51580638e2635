"""What a split of the budget must respect, and the room that leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from strategy.allocation.search import Room
from strategy.case.case import Case
from strategy.case.levers import COLUMN, LEVER_CODES
from strategy.equity.parameters import spendable
from strategy.errors import PlannerError


@dataclass(frozen=True)
class Limits:
    """What a split must respect; money per period.

    cells   {segment: {lever: (minimum, maximum)}}
    levers  {lever: (minimum, maximum)} over all segments
    locked  {segment: {lever: amount}}
    """

    cells: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    levers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    locked: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def room_for(case: Case, total: float, limits: Limits, at_most: bool = False) -> Room:
    """The room that a total and limits leave. Raises PlannerError where they cannot be met or name the unknown."""
    open_cells = spendable(case)
    low = np.zeros(open_cells.shape)
    high = np.where(open_cells, total, 0.0)
    for reference, levers in limits.cells.items():
        for code, (minimum, maximum) in levers.items():
            s, lever = _cell(case, reference, code)
            place = f"{case.segments[s].name}, {code}"
            if not 0 <= minimum <= maximum:
                raise PlannerError("limit_order", place=place, value=[minimum, maximum])
            _refuse_on_constant(open_cells[s, lever], place, minimum)
            low[s, lever], high[s, lever] = minimum, min(maximum, high[s, lever]) if open_cells[s, lever] else 0.0
    for reference, levers_locked in limits.locked.items():
        for code, amount in levers_locked.items():
            s, lever = _cell(case, reference, code)
            place = f"{case.segments[s].name}, {code}"
            _refuse_on_constant(open_cells[s, lever], place, amount)
            bounds = limits.cells.get(case.segments[s].id, {}).get(code)
            if amount < 0 or (bounds and not bounds[0] <= amount <= bounds[1]):
                raise PlannerError("lock_outside", place=place, value=amount, limits=list(bounds or (0, total)))
            low[s, lever] = high[s, lever] = amount
    groups, bounds_low, bounds_high = [], [], []
    for code, (minimum, maximum) in limits.levers.items():
        if code not in LEVER_CODES:
            raise PlannerError("unknown_lever", place="levers", value=code, known=", ".join(LEVER_CODES))
        if not 0 <= minimum <= maximum:
            raise PlannerError("limit_order", place=code, value=[minimum, maximum])
        members = np.zeros(open_cells.shape)
        members[:, COLUMN[code]] = 1
        groups.append(members.ravel())
        bounds_low.append(minimum)
        bounds_high.append(min(maximum, max(total, minimum)))
    room = Room(
        low.ravel(),
        high.ravel(),
        np.array(groups).reshape(-1, low.size),
        np.array(bounds_low, float),
        np.array(bounds_high, float),
        total,
        at_most,
    )
    _refuse_empty(room)
    return room


def _cell(case: Case, reference: str, code: str) -> tuple[int, int]:
    segment = case.segment(reference)
    if code not in LEVER_CODES:
        raise PlannerError("unknown_lever", place=segment.name, value=code, known=", ".join(LEVER_CODES))
    return case.segments.index(segment), COLUMN[code]


def _refuse_on_constant(takes_money: bool, place: str, amount: float) -> None:
    if amount > 0 and not takes_money:
        raise PlannerError("spend_on_constant", place=place, value=amount)


def _refuse_empty(room: Room) -> None:
    """Say which limits leave no room. Raises PlannerError("limits_cannot_be_met")."""
    least, most = float(room.low.sum()), float(room.high.sum())
    if least > room.total * (1 + 1e-12):
        raise PlannerError("limits_above_budget", place="limits", value=least, budget=room.total)
    if most < room.total * (1 - 1e-12) and not room.at_most:
        raise PlannerError("limits_below_budget", place="limits", value=most, budget=room.total)
    if len(room.groups) and room.nearest(np.clip(room.low, 0, room.high)) is None:
        raise PlannerError("limits_cannot_be_met", place="limits", value=room.group_low.tolist(), budget=room.total)
