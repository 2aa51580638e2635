"""Splits, limits and choices of initiatives as they come from files, checked against their case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from strategy.allocation.limits import Limits
from strategy.case.case import Case, Constant, Segment
from strategy.case.estimate import MAX_AMOUNT, without_traces
from strategy.case.levers import LEVER_CODES
from strategy.equity.phases import MOST_PHASES, SpendPhase
from strategy.errors import PlannerError


def phased_spend_from(case: Case, document: object) -> dict[str, dict[str, float]] | tuple[SpendPhase, ...]:
    """A spend plan from a mapping as of `spend_from`, or phases from [{"from": first period, "spend": mapping}].

    Raises PlannerError for what `spend_from` refuses, and for phases that are not 1 to MOST_PHASES, do not begin in
    period 1, are out of order or begin after the plan ends.
    """
    if not isinstance(document, list | tuple):
        return spend_from(case, document)
    if not 1 <= len(document) <= MOST_PHASES:
        raise PlannerError("phase_count", place="spend", value=len(document), high=MOST_PHASES)
    phases: list[SpendPhase] = []
    for number, entry in enumerate(document, 1):
        place = f"phase {number}"
        fields = _object(entry, place)
        for field in ("from", "spend"):
            if field not in fields:
                raise PlannerError("missing", place=f"{place}, {field}", value=field)
        for field in fields:
            if field not in ("from", "spend"):
                raise PlannerError("unknown_field", place=f"{place}, {field}", value=field)
        start = _phase_start(case, fields["from"], f"{place}, from", phases[-1].start if phases else 0)
        phases.append(SpendPhase(start, spend_from(case, fields["spend"], f"{place}, ")))
    return tuple(phases)


def phase_starts_from(case: Case, starts: Sequence[object]) -> tuple[int, ...]:
    """The first periods of phases. Raises PlannerError as `phased_spend_from` does."""
    if not 1 <= len(starts) <= MOST_PHASES:
        raise PlannerError("phase_count", place="phases", value=len(starts), high=MOST_PHASES)
    found: list[int] = []
    for number, start in enumerate(starts, 1):
        found.append(_phase_start(case, start, f"phase {number}, from", found[-1] if found else 0))
    return tuple(found)


def _phase_start(case: Case, start: object, place: str, before: int) -> int:
    if isinstance(start, bool) or not isinstance(start, int):
        raise PlannerError("not_whole", place=place, value=start)
    if before == 0 and start != 1:
        raise PlannerError("first_phase", place=place, value=start)
    if start <= before:
        raise PlannerError("phase_order", place=place, value=start, before=before)
    if start > case.horizon:
        raise PlannerError("phase_too_late", place=place, value=start, high=case.horizon)
    return start


def spend_from(case: Case, document: object, within: str = "") -> dict[str, dict[str, float]]:
    """A spend plan {segment id: {lever: money per period}} from {segment id or name: {lever: money}}; left out is 0.

    within  how the names of places begin
    Raises PlannerError for unknown segments and levers, amounts below 0, and money on a constant.
    """
    spend = {segment_id: dict.fromkeys(LEVER_CODES, 0.0) for segment_id in case.segment_ids}
    for segment, lever, amount, place in _cells(case, document, f"{within}spend", within):
        money = _amount(amount, place)
        if money > 0 and isinstance(segment.levers[lever], Constant):
            raise PlannerError("spend_on_constant", place=place, value=money)
        spend[segment.id][lever] = money
    return spend


def limits_from(case: Case, document: object) -> Limits:
    """Limits from {"cells": {id: {lever: [min, max]}}, "levers": {lever: [min, max]}, "locked": {id: {lever: x}}}."""
    parts = _object(document, "limits")
    for part in parts:
        if part not in ("cells", "levers", "locked"):
            raise PlannerError("unknown_field", place=part, value=part)
    cells: dict[str, dict[str, tuple[float, float]]] = {}
    for segment, lever, bounds, place in _cells(case, parts.get("cells", {}), "cells"):
        cells.setdefault(segment.id, {})[lever] = _bounds(bounds, place)
    levers = {
        _lever(lever, "levers"): _bounds(bounds, f"levers, {lever}")
        for lever, bounds in _object(parts.get("levers", {}), "levers").items()
    }
    locked: dict[str, dict[str, float]] = {}
    for segment, lever, amount, place in _cells(case, parts.get("locked", {}), "locked"):
        locked.setdefault(segment.id, {})[lever] = _amount(amount, place)
    return Limits(cells, levers, locked)


def initiatives_from(case: Case, ids: Sequence[str]) -> tuple[str, ...]:
    """Chosen initiatives in the case's order. Raises PlannerError for an unknown one."""
    for chosen in ids:
        if not case.initiatives:
            raise PlannerError("no_initiatives", place="initiatives", value=chosen)
        if chosen not in case.initiative_ids:
            known = ", ".join(case.initiative_ids)
            raise PlannerError("unknown_initiative", place="initiatives", value=chosen, known=known)
    return tuple(i for i in case.initiative_ids if i in ids)


def _cells(case: Case, document: object, place: str, within: str = "") -> Iterator[tuple[Segment, str, Any, str]]:
    """Every (segment, lever, value, place) of {segment id or name: {lever: value}}."""
    told: set[str] = set()
    for reference, levers in _object(document, place).items():
        segment = case.segment(reference)
        if segment.id in told:
            raise PlannerError("duplicate_id", place=reference, value=segment.id, within="segments")
        told.add(segment.id)
        where = f'{within}segment "{segment.name}"'
        for lever, value in _object(levers, where).items():
            yield segment, _lever(lever, where), value, f"{where}, {lever}"


def _object(document: object, place: str) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise PlannerError("not_an_object", place=place, value=document)
    return document


def _lever(code: str, place: str) -> str:
    if code not in LEVER_CODES:
        raise PlannerError("unknown_lever", place=place, value=code, known=", ".join(LEVER_CODES))
    return code


def _amount(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlannerError("not_a_number", place=place, value=value)
    if not 0 <= value <= MAX_AMOUNT:
        raise PlannerError("out_of_range", place=place, value=value, low=0, high=MAX_AMOUNT)
    return without_traces(float(value))


def _bounds(value: object, place: str) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise PlannerError("limit_order", place=place, value=value)
    low, high = _amount(value[0], place), _amount(value[1], place)
    if low > high:
        raise PlannerError("limit_order", place=place, value=value)
    return low, high
