"""Changes to a case: each gives a new case, checked as a whole, or says what is wrong with it.

All functions raise PlannerError naming place, value, rule and remedy.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from strategy.case.case import Case, Constant, Curve, Event, Initiative
from strategy.case.case_file import case_from
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_OF, LEVERS
from strategy.errors import PlannerError

Key = tuple[str, ...]
"""Where a number of a case stands: (field,) of the firm, (segment id, field), or (segment id, lever, part).

part is spend, floor, answer_1, answer_2, ceiling, carryover, constant, or the metric of a side effect.
"""
FIRM_NUMBERS = ("discount_rate", "budget")
SEGMENT_NUMBERS = ("customers", "prospects", "gross_margin", "onboarding_cost", "referral_rate")
POOL_NUMBERS = ("refill", "return_share")
"""Numbers of a segment whose prospects run out."""
PLAIN_NUMBERS = ("spend", "carryover", *FIRM_NUMBERS)
"""Numbers that are never a range."""


def document_of(case: Case) -> dict[str, Any]:
    """The case as plain data, to change and to read again with `case_from`."""
    document: dict[str, Any] = case.model_dump(mode="json", by_alias=True)
    return document


def numbers_of(case: Case) -> dict[Key, Estimate]:
    """Every number of a case and where it stands, in the case's order; opinions stand with the people who gave them."""
    found: dict[Key, Estimate] = {("discount_rate",): Estimate.of(case.discount_rate)}
    if case.budget is not None:
        found["budget",] = Estimate.of(case.budget)
    for segment in case.segments:
        found |= {(segment.id, field): getattr(segment, field) for field in SEGMENT_NUMBERS}
        if segment.prospect_pool:
            found |= {(segment.id, field): getattr(segment, field) for field in POOL_NUMBERS}
        if segment.rival_response.high > 0:
            found[segment.id, "rival_response"] = segment.rival_response
        for kind, lever in segment.believed.items():
            found |= {(segment.id, kind.code, part): value for part, value in _parts(lever).items()}
    return found


def _parts(lever: Constant | Curve) -> dict[str, Estimate]:
    if isinstance(lever, Constant):
        return {"constant": lever.constant}
    answers = {f"answer_{n}": answer for n, (_, answer) in enumerate(lever.points, 1)}
    effects: dict[str, Estimate] = {effect.metric: effect.at_ceiling for effect in lever.side_effects}
    carried = {"carryover": Estimate.of(lever.carryover)} if lever.carryover else {}
    spend = {"spend": Estimate.of(lever.spend)}
    return {**spend, "floor": lever.floor, **answers, "ceiling": lever.ceiling, **carried, **effects}


def with_number(case: Case, key: Key, value: Estimate) -> Case:
    """The case with another number at a place of `numbers_of`."""
    if key not in numbers_of(case):
        raise PlannerError("unknown_number", place="/".join(key), value="/".join(key))
    written: Any = [value.low, value.likely, value.high] if not value.certain else value.likely
    document = document_of(case)
    if len(key) == 1:
        document[key[0]] = written
        return case_from(document)
    segment = document["segments"][case.segment_ids.index(key[0])]
    if len(key) == 2:
        holder = segment
        if key[1] in POOL_NUMBERS:
            holder = segment["prospect_pool"]
        elif key[1] == "rival_response":
            holder = segment["levers"][LEVER_OF["acquisition_rate"]]
        holder[key[1]] = written
        return case_from(document)
    lever, part = segment["levers"][key[1]], key[2]
    if part.startswith("answer_"):
        lever["points"][int(part[-1]) - 1][1] = written
    elif part in ("spend", "floor", "ceiling", "carryover", "constant"):
        lever[part] = written
    else:
        next(effect for effect in lever["side_effects"] if effect["metric"] == part)["at_ceiling"] = written
    return case_from(document)


def with_lever(case: Case, segment: str, lever: str, given: Mapping[str, Any]) -> Case:
    """The case with a lever of a segment as in a case file: a curve or {"constant": value}.

    A constant of a lever whose metric is a number of the segment becomes that number, and the lever is left out.
    """
    document = document_of(case)
    changed = document["segments"][case.segment_ids.index(segment)]
    if "constant" in given and not LEVERS[lever].needed:
        changed[LEVERS[lever].moves.own] = given["constant"]
        changed["levers"].pop(lever, None)
    else:
        changed["levers"][lever] = dict(given)
    return case_from(document)


def lever_document(case: Case, segment: str, lever: str) -> dict[str, Any]:
    """A lever of a segment as it stands in a case file."""
    found = case.segment(segment).levers[lever]
    document: dict[str, Any] = found.model_dump(mode="json", by_alias=True)
    return document


def with_family(case: Case, segment: str, lever: str, family: str) -> Case:
    """The case with another family of curves through a lever's answers, a code of CURVES.

    Raises PlannerError: a constant, or a family that goes through another number of answers.
    """
    document = lever_document(case, segment, lever)
    if "constant" in document:
        raise PlannerError("no_curve", place=case.segment(segment).name, value=document["constant"])
    return with_lever(case, segment, lever, {**document, "family": family})


def with_prospect_pool(case: Case, segment: str, refill: Estimate | None, return_share: Estimate) -> Case:
    """The case with prospects of a segment that run out and fill up again; without a refill they never run out."""
    document = document_of(case)
    changed = document["segments"][case.segment_ids.index(segment)]
    changed.pop("prospect_pool", None)
    if refill is not None:
        changed["prospect_pool"] = {"refill": refill.model_dump(), "return_share": return_share.model_dump()}
    return case_from(document)


def with_rivals(case: Case, segment: str, rival_response: Estimate) -> Case:
    """The case with the share that rivals undo of what acquiring more wins; 0: they do not answer."""
    lever = LEVER_OF["acquisition_rate"]
    document = lever_document(case, segment, lever)
    return with_lever(case, segment, lever, {**document, "rival_response": rival_response.model_dump()})


def with_side_effect(case: Case, segment: str, lever: str, metric: str, at_ceiling: Estimate | None) -> Case:
    """The case with what a lever does to another metric at its ceiling; None takes the side effect away."""
    document = lever_document(case, segment, lever)
    if "constant" in document:
        raise PlannerError("no_curve", place=f"{segment}, {lever}", value=document["constant"])
    others = [effect for effect in document["side_effects"] if effect["metric"] != metric]
    if at_ceiling is not None:
        others.append({"metric": metric, "at_ceiling": at_ceiling.model_dump()})
    return with_lever(case, segment, lever, {**document, "side_effects": others})


def with_segments(
    case: Case, segments: Sequence[Mapping[str, Any]], migration: Sequence[Sequence[float]] | None
) -> Case:
    """The case with other segments, as in a case file; events and initiatives forget the segments that are gone."""
    document = document_of(case) | {"segments": list(segments), "migration": migration}
    known = {segment.get("id") for segment in segments}
    for field in ("events", "initiatives"):
        document[field] = [_about(entry, known) for entry in document[field]]
        document[field] = [entry for entry in document[field] if entry["segments"] != []]
    return case_from(document)


def _about(entry: dict[str, Any], known: set[Any]) -> dict[str, Any]:
    if entry["segments"] is None:
        return entry
    return entry | {"segments": [segment for segment in entry["segments"] if segment in known]}


def with_migration(case: Case, migration: Sequence[Sequence[float]] | None) -> Case:
    """The case with other shares of where retained customers are next period (rows sum to 1); None: they stay."""
    return case_from(document_of(case) | {"migration": migration})


def with_entry(case: Case, field: Literal["events", "initiatives"], entry: Mapping[str, Any]) -> Case:
    """The case with an event or initiative, as in a case file; one with the same id is replaced where it stands."""
    document = document_of(case)
    entries: list[Any] = document[field]
    ids = [known["id"] for known in entries]
    if entry.get("id") in ids:
        entries[ids.index(entry["id"])] = dict(entry)
    else:
        entries.append(dict(entry))
    return case_from(document)


def without_entry(case: Case, field: Literal["events", "initiatives"], entry_id: str) -> Case:
    """The case without an event or initiative."""
    document = document_of(case)
    document[field] = [entry for entry in document[field] if entry["id"] != entry_id]
    return case_from(document)


def entry_document(entry: Event | Initiative) -> dict[str, Any]:
    """An event or initiative as it stands in a case file."""
    document: dict[str, Any] = entry.model_dump(mode="json", by_alias=True)
    return document
