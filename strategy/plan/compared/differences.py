"""What differs between two plans, thing by thing, as people would name it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from strategy.case.case import Case
from strategy.case.editing import numbers_of
from strategy.plan.plan import Plan
from strategy.questions import BY_CODE

Kind = Literal[
    "name", "firm", "segment", "segment_name", "number", "curve", "opinions", "migration", "event", "initiative",
    "answer", "scenario", "scenario_name", "note", "money", "budget", "phases", "chosen", "search", "shown", "world",
    "draws", "brand", "evidence", "other",
]  # fmt: skip
NAMES = ("title", "client", "prepared_by")
OF_FIRM = ("name", "currency", "period", "horizon", "discount_timing")
OF_SEARCH = ("fixed", "at_most", "choose_initiatives", "cash", "locked", "limits", "aversion")


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in both; None where it is not there.

    key            where it stands, by kind: () of the plan itself, (field,), a key of `numbers_of`,
                   (segment id, lever), (question,), (scenario id, ...)
    before, after  a name, a number, an Estimate, money per period on average over the plan, whether it is chosen; of
                   kinds that are told as a whole (curve, migration, search, ...) None and True
    """

    kind: Kind
    key: tuple[str, ...]
    before: Any = None
    after: Any = None


def differences(before: Plan, after: Plan) -> tuple[Difference, ...]:
    """Everything that differs, the case first, then answers and money. Plans that are the same have none."""
    if before == after:
        return ()
    found = (
        *_names(before, after), *_cases(before.case, after.case), *_answers(before, after),
        *_scenarios(before, after), *_settings(before, after),
    )  # fmt: skip
    return found or (Difference("other", (), None, True),)


def _names(before: Plan, after: Plan) -> Iterator[Difference]:
    for field in NAMES:
        yield from _unlike("name", (field,), getattr(before, field) or None, getattr(after, field) or None)


def _unlike(kind: Kind, key: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(kind, key, before, after)


def _changed(kind: Kind, key: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    """Something that is only said to be another."""
    if before != after:
        yield Difference(kind, key, None, True)


# The case ------------------------------------------------------------------------------------------------------------


def _cases(before: Case, after: Case) -> Iterator[Difference]:
    if before == after:
        return
    for field in OF_FIRM:
        yield from _unlike("firm", (field,), getattr(before, field), getattr(after, field))
    segments = [{segment.id: segment for segment in case.segments} for case in (before, after)]
    yield from _entries("segment", before.segments, after.segments)
    both = [name for name in segments[0] if name in segments[1]]
    one, other = numbers_of(before), numbers_of(after)
    for key in dict.fromkeys([*one, *other]):
        if len(key) == 1 or key[0] in both:
            yield from _unlike("number", key, one.get(key), other.get(key))
    for name in both:
        now = segments[1][name].levers
        for kind, lever in segments[0][name].levers.items():
            told, place = now[kind.code], (name, kind.code)
            yield from _changed("curve", place, getattr(lever, "family", None), getattr(told, "family", None))
            yield from _changed("opinions", place, getattr(lever, "opinions", ()), getattr(told, "opinions", ()))
    yield from _changed("migration", (), before.migration, after.migration)
    yield from _entries("event", before.events, after.events)
    yield from _entries("initiative", before.initiatives, after.initiatives)


def _entries(
    kind: Literal["segment", "event", "initiative"], before: Sequence[Any], after: Sequence[Any]
) -> Iterator[Difference]:
    """Entries that came, went, got another name, or changed; what changed of a segment is told number by number."""
    one, other = ({entry.id: entry for entry in entries} for entries in (before, after))
    for name in dict.fromkeys([*one, *other]):
        left, right = one.get(name), other.get(name)
        if left is None or right is None:
            yield Difference(kind, (name,), left and left.name, right and right.name)
        elif left.name != right.name:
            yield Difference("segment_name" if kind == "segment" else kind, (name,), left.name, right.name)
        elif kind != "segment":
            yield from _changed(kind, (name,), left, right)


# Answers and money ---------------------------------------------------------------------------------------------------


def _answers(before: Plan, after: Plan) -> Iterator[Difference]:
    for code in BY_CODE:
        yield from _unlike("answer", (code,), before.answer(code), after.answer(code))


def _scenarios(before: Plan, after: Plan) -> Iterator[Difference]:
    for name in dict.fromkeys([*before.scenario_ids, *after.scenario_ids]):
        one, other = (plan.showing(name) if name in plan.scenario_ids else None for plan in (before, after))
        if one is None or other is None:
            yield Difference("scenario", (name,), one and one.scenario.name, other and other.scenario.name)
        else:
            yield from _money(name, one, other)
    if before.shown != after.shown:
        yield Difference("shown", (), before.scenario.name, after.scenario.name)


def _money(name: str, before: Plan, after: Plan) -> Iterator[Difference]:
    """What differs in the scenario that both plans show."""
    one, other = before.scenario, after.scenario
    yield from _unlike("scenario_name", (name,), one.name, other.name)
    yield from _changed("note", (name,), one.note, other.note)
    yield from _unlike("budget", (name,), one.budget, other.budget)
    yield from _phases(name, before, after)
    spent = [plan.average for plan in (before, after)]
    for segment in dict.fromkeys([*spent[0], *spent[1]]):
        for lever in dict.fromkeys([*spent[0].get(segment, {}), *spent[1].get(segment, {})]):
            amounts = [split.get(segment, {}).get(lever) for split in spent]
            yield from _unlike("money", (name, segment, lever), *amounts)
    for initiative in dict.fromkeys([*one.initiatives, *other.initiatives]):
        chosen = [initiative in scenario.initiatives for scenario in (one, other)]
        yield from _unlike("chosen", (name, initiative), *chosen)
    if any(getattr(one, field) != getattr(other, field) for field in OF_SEARCH):
        yield Difference("search", (name,), None, True)


def _phases(name: str, before: Plan, after: Plan) -> Iterator[Difference]:
    """Where phases begin; and that money moved between them where no cell's average tells it."""
    if before.starts != after.starts:
        yield Difference("phases", (name,), len(before.phases), len(after.phases))
    elif before.average == after.average and before.scenario.spend != after.scenario.spend:
        yield Difference("phases", (name,), None, True)


def _settings(before: Plan, after: Plan) -> Iterator[Difference]:
    worlds = [{world.id: world for world in plan.worlds} for plan in (before, after)]
    for name in dict.fromkeys([*worlds[0], *worlds[1]]):
        one, other = (known.get(name) for known in worlds)
        if one != other:
            yield Difference("world", (name,), one and one.name, other and other.name)
    yield from _changed("draws", (), before.settings, after.settings)
    yield from _changed("brand", (), before.brand, after.brand)
    files = [plan.evidence and plan.evidence.file for plan in (before, after)]
    if files[0] == files[1]:
        yield from _changed("evidence", (), before.evidence, after.evidence)
    else:
        yield Difference("evidence", (), *files)
