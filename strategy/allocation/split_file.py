"""Splits, limits and choices of initiatives as they come from files, checked against their case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from strategy.allocation.limits import Limits
from strategy.case.case import Case, Constant, Segment
from strategy.case.estimate import MAX_AMOUNT, without_traces
from strategy.case.levers import LEVER_CODES
from strategy.errors import PlannerError


def spend_from(case: Case, document: object) -> dict[str, dict[str, float]]:
    """A spend plan {segment id: {lever: money per period}} from {segment id or name: {lever: money}}; left out is 0.

    Raises PlannerError for unknown segments and levers, amounts below 0, and money on a constant.
    """
    spend = {segment_id: dict.fromkeys(LEVER_CODES, 0.0) for segment_id in case.segment_ids}
    for segment, lever, amount, place in _cells(case, document, "spend"):
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


def _cells(case: Case, document: object, place: str) -> Iterator[tuple[Segment, str, Any, str]]:
    """Every (segment, lever, value, place) of {segment id or name: {lever: value}}."""
    told: set[str] = set()
    for reference, levers in _object(document, place).items():
        segment = case.segment(reference)
        if segment.id in told:
            raise PlannerError("duplicate_id", place=reference, value=segment.id, within="segments")
        told.add(segment.id)
        for lever, value in _object(levers, f'segment "{segment.name}"').items():
            where = f'segment "{segment.name}"'
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
