"""Changes to the segments of a plan: split, merged, added, taken away, renamed; everything about them goes along.

Each function gives a new plan, or raises PlannerError naming place, value, rule and remedy. Ids never change.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import Case, Constant, Curve
from strategy.case.editing import (
    Key,
    document_of,
    entry_document,
    lever_document,
    numbers_of,
    with_entry,
    with_lever,
    with_number,
    with_segments,
)
from strategy.case.estimate import MAX_AMOUNT, Estimate
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.dimensions.merging import Merger, adds_up
from strategy.equity.parameters import NO_SPEND, parameters
from strategy.errors import PlannerError
from strategy.plan.moves import lock, set_cell_limits
from strategy.plan.plan import Plan, set_answer, set_case
from strategy.plan.scenario import CellSpend
from strategy.questions import QUESTIONS

FIRST_PROSPECTS = 1000.0
"""Prospects of an empty segment, until somebody says how many there are."""
Migration = list[list[float]] | None


def rename(plan: Plan, segment: str, name: str) -> Plan:
    """The plan with a segment under another name."""
    document = document_of(plan.case)
    document["segments"][plan.case.segment_ids.index(segment)]["name"] = name
    return set_case(plan, with_segments(plan.case, document["segments"], document["migration"]))


def set_number(plan: Plan, segment: str, field: str, value: float) -> Plan:
    """The plan with another number in one of SEGMENT_NUMBERS; a range around it moves along in proportion."""
    held: Estimate = getattr(plan.case.segment(segment), field)
    if not abs(value) <= MAX_AMOUNT:
        raise PlannerError("not_finite", place=plan.case.segment(segment).name, value=value, limit=MAX_AMOUNT)
    given = Estimate.of(value)
    if not held.certain and held.likely:
        ends = sorted(end * value / held.likely for end in (held.low, held.high))
        highest = 1.0 if field == "gross_margin" else ends[1]
        given = Estimate.of(min(ends[0], value), value, max(value, min(ends[1], highest)))
    origins: dict[Key, Origin] = {(segment, field): Origin(kind="believed")}
    return set_case(plan, with_number(plan.case, (segment, field), given), origins)


def set_todays_spend(plan: Plan, segment: str, lever: str, amount: float) -> Plan:
    """The plan with another amount spent on a cell today; answers that are about today's spend stay about it.

    Raises PlannerError("spend_on_constant") where spending moves nothing.
    """
    found = plan.case.segment(segment).levers[lever]
    if isinstance(found, Constant):
        if amount == 0:
            return plan
        place = f"{plan.case.segment(segment).name}, {lever}"
        raise PlannerError("spend_on_constant", place=place, value=amount)
    document = lever_document(plan.case, segment, lever) | {"spend": amount}
    if amount > 0 and found.spend == found.points[0][0]:
        _times_spends(document, amount / found.spend)
        document["spend"] = document["points"][0][0] = amount
    origins: dict[Key, Origin] = {(segment, lever, "spend"): Origin(kind="believed")}
    return set_case(plan, with_lever(plan.case, segment, lever, document), origins)


# Split ---------------------------------------------------------------------------------------------------------------


def split(plan: Plan, segment: str, share: float, names: tuple[str, str]) -> Plan:
    """The plan with a segment in two: customers, prospects and money divided, the curves per head unchanged.

    share  of the segment that goes to the first part, which keeps the id; 0..1, neither included
    names  of the two parts
    Customer equity is what it was: a programme that served all (reduce cost) is divided like the others, and each
    part of it does per part what the whole did.
    """
    case = plan.case
    if not 0 < share < 1:
        raise PlannerError("out_of_range", place=case.segment(segment).name, value=100 * share, low=1, high=99)
    at, shares = case.segment_ids.index(segment), (share, 1 - share)
    segments = document_of(case)["segments"]
    first, second = (_sized(segments[at], part) | {"name": name} for part, name in zip(shares, names, strict=True))
    del second["id"]
    segments[at : at + 1] = [first, second]
    changed = with_segments(case, segments, _split_migration(case, at, share))
    new = changed.segment_ids[at + 1]

    def spends(split: CellSpend) -> CellSpend:
        return {
            part: {code: amount * size for code, amount in split[segment].items()}
            for part, size in zip((segment, new), shares, strict=True)
        }

    divided = set_case(plan, _about_both(changed, segment, new), _split_origins(plan, segment, new), spends)
    divided = divided.in_every_scenario(
        lambda shown: _split_limits(shown, plan.showing(shown.shown), segment, new, share)
    )
    return _split_answers(divided, plan, segment, new, share)


def _sized(segment: Mapping[str, Any], share: float) -> dict[str, Any]:
    """A segment's document with a share of its people and its money."""
    sized = deepcopy(dict(segment))
    people = [(sized, "customers"), (sized, "prospects")]
    people += [(sized["prospect_pool"], "refill")] if "prospect_pool" in sized else []
    for holder, field in people:
        held = holder[field]
        holder[field] = [end * share for end in held] if isinstance(held, list) else held * share
    for lever in sized["levers"].values():
        if "constant" not in lever:
            lever["spend"] *= share
            _times_spends(lever, share)
    return sized


def _times_spends(lever: dict[str, Any], factor: float) -> None:
    """Let all answers of a lever's document be about spends so many times as large."""
    for answers in (lever, *lever["opinions"]):
        answers["points"] = [[spend * factor, value] for spend, value in answers["points"]]


def _split_migration(case: Case, at: int, share: float) -> Migration:
    """Who stays in the segment stays in his own part; who comes from elsewhere comes to both, in proportion."""
    if case.migration is None:
        return None
    rows = []
    for number, row in enumerate(case.migration):
        parts = [[row[at] * share, row[at] * (1 - share)]]
        if number == at:
            parts = [[row[at], 0.0], [0.0, row[at]]]
        rows += [[*row[:at], *part, *row[at + 1 :]] for part in parts]
    return rows


def _about_both(case: Case, segment: str, new: str) -> Case:
    """The case whose events and initiatives about a segment are about its new part too."""
    changed = case
    for event in case.events:
        if segment in (event.segments or ()):
            both = [*(event.segments or ()), new]
            changed = with_entry(changed, "events", entry_document(event) | {"segments": both})
    for initiative in case.initiatives:
        if segment in (initiative.segments or ()):
            both = [*(initiative.segments or ()), new]
            changed = with_entry(changed, "initiatives", entry_document(initiative) | {"segments": both})
    return changed


def _split_origins(plan: Plan, segment: str, new: str) -> dict[Key, Origin]:
    name = plan.case.segment(segment).name
    origins = {
        (new, *key[1:]): plan.origin(key)
        for key in numbers_of(plan.case)
        if key[0] == segment and origin_key(key) in plan.origins
    }
    computed = Origin(kind="computed", source=name)
    return origins | {(part, field): computed for part in (segment, new) for field in ("customers", "prospects")}


def _split_limits(divided: Plan, plan: Plan, segment: str, new: str, share: float) -> Plan:
    limits = plan.limits.cells.get(segment)
    if limits:
        parts = {
            part: {code: (low * size, high * size) for code, (low, high) in limits.items()}
            for part, size in ((segment, share), (new, 1 - share))
        }
        divided = set_cell_limits(divided, {**divided.limits.cells, **parts})
    return lock(divided, [(new, code) for code in LEVER_CODES if (segment, code) in plan.locked], True)


def _split_answers(divided: Plan, plan: Plan, segment: str, new: str, share: float) -> Plan:
    """Both parts answer what the whole did; an amount of money or people is divided."""
    for question in QUESTIONS:
        if question.per != "segment" or (answer := plan.answer(question.code, segment)) is None:
            continue
        sizes = (share, 1 - share) if adds_up(question) else (1, 1)
        for part, size in zip((segment, new), sizes, strict=True):
            divided = set_answer(divided, question.code, answer * size if size != 1 else answer, part)
    return divided


# Merge ---------------------------------------------------------------------------------------------------------------


def merge(plan: Plan, segments: Sequence[str], name: str) -> Plan:
    """The plan with segments put together: people and money added up, answers weighted by size and to be confirmed.

    The first of them in the case's order keeps its id and its place. What people believe singly (opinions) becomes
    their median; what is about one of them (events, answers, limits, locks) is about the whole from now on.
    Raises PlannerError("two_segments") for fewer than two.
    """
    merger = Merger.of(plan.case, segments)
    case = merger.merged(name)
    source = " + ".join(plan.case.segment(gone).name for gone in merger.ids)[:2000]
    marked = {key: Origin(kind="computed", source=source, confirm=True) for key in numbers_of(case) if _of(key, merger)}

    def spend(split: CellSpend) -> CellSpend:
        return {merger.kept: {code: sum(split[gone][code] for gone in merger.ids) for code in LEVER_CODES}}

    changed = set_case(plan, case, marked, spend)
    changed = changed.in_every_scenario(lambda shown: _merged_limits(shown, plan.showing(shown.shown), merger))
    for question in QUESTIONS:
        answer = plan.answer(question.code)
        if answer is not None and (merged := merger.answer(question, answer)) != answer:
            changed = set_answer(changed, question.code, merged)
    return changed


def _of(key: Key, merger: Merger) -> bool:
    return key[0] == merger.kept and len(key) > 1


def _merged_limits(changed: Plan, plan: Plan, merger: Merger) -> Plan:
    """Limits add up: a least amount where any has one, a most where all have; locked where all are."""
    limits, locked = {}, []
    for code in LEVER_CODES:
        having = [gone for gone in merger.ids if isinstance(plan.case.segment(gone).levers[code], Curve)]
        bounds = [plan.limits.cells.get(gone, {}).get(code, (0.0, MAX_AMOUNT)) for gone in having]
        low, high = sum(low for low, _ in bounds), min(MAX_AMOUNT, sum(high for _, high in bounds))
        if bounds and (low > 0 or high < MAX_AMOUNT):
            limits[code] = (low, high)
        if having and all((gone, code) in plan.locked for gone in having):
            locked.append((merger.kept, code))
    others = {segment: levers for segment, levers in changed.limits.cells.items() if segment != merger.kept}
    changed = set_cell_limits(changed, others | ({merger.kept: limits} if limits else {}))
    changed = lock(changed, [(merger.kept, code) for code in LEVER_CODES], False)
    return lock(changed, locked, True)


# Add and take away ---------------------------------------------------------------------------------------------------


def add(plan: Plan, name: str, like: str | None = None) -> Plan:
    """The plan with one more segment, all of its numbers marked to confirm; nothing is spent on it yet.

    like  the segment whose size, and whose curves per head, it starts with; None: nobody is a customer, nobody comes,
          and a customer would be as an average one of the firm, whatever is spent
    """
    case = plan.case
    document = _empty(case) if like is None else _alike(case, like)
    size = len(case.segments)
    migration = None
    if case.migration is not None:
        migration = [[*row, 0.0] for row in case.migration] + [[0.0] * size + [1.0]]
    changed = with_segments(case, [*document_of(case)["segments"], document | {"name": name}], migration)
    new = changed.segment_ids[-1]
    source = case.segment(like).name if like else ""
    marked = Origin(kind="default", source=source, confirm=True)
    return set_case(plan, changed, {key: marked for key in numbers_of(changed) if len(key) > 1 and key[0] == new})


def _alike(case: Case, like: str) -> dict[str, Any]:
    """A segment's document without today's spend; its answers per head as they were."""
    at = case.segment_ids.index(like)
    document: dict[str, Any] = deepcopy(document_of(case)["segments"][at])
    del document["id"]
    given = parameters(case)
    unprompted, referred = given.responses["acquire"].floor, given.metric("referral_rate", NO_SPEND)
    coming = (given.customers * (1 + referred) + given.prospects * unprompted)[0, 0, at]
    per_head = float(coming / given.today_active[0, 0, at]) if given.today_active[0, 0, at] > 0 else 1.0
    for code, lever in document["levers"].items():
        if "constant" not in lever:
            lever["spend"] = 0.0
            kind = LEVERS[code]
            if kind.intensity == "customer" and kind.moves.works == "during" and per_head > 0:
                _times_spends(lever, per_head)
    return document


def _empty(case: Case) -> dict[str, Any]:
    averages = Merger.of(case, case.segment_ids, least=1).averages()
    levers = {code: {"constant": averages[code]} for code, kind in LEVERS.items() if kind.needed}
    fields = {field: averages[field] for field in ("gross_margin", "onboarding_cost")}
    return {
        "customers": 0.0,
        "prospects": FIRST_PROSPECTS,
        **fields,
        "levers": {**levers, "acquire": {"constant": 0.0}},
    }


def remove(plan: Plan, segment: str) -> Plan:
    """The plan without a segment, and without the answers, limits, locks and events that are only about it.

    Who would have moved to it stays where he is. Raises PlannerError("last_segment") where no other is left.
    """
    case = plan.case
    if len(case.segments) == 1:
        raise PlannerError("last_segment", place=case.segments[0].name)
    at = case.segment_ids.index(segment)
    segments = [kept for kept in document_of(case)["segments"] if kept["id"] != segment]
    migration: Migration = None
    if case.migration is not None and len(segments) > 1:
        migration = []
        for number, row in enumerate(case.migration):
            moved = [share + row[at] * (column == number) for column, share in enumerate(row)]
            if number != at:
                migration.append([share for column, share in enumerate(moved) if column != at])
    return set_case(plan, with_segments(case, segments, migration))
