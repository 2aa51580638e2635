"""A room's answers about one lever: read from a table or a form, kept with the case, and compared with one another."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from strategy.case.beliefs import ASKED, Origin, asked_spends, scale
from strategy.case.case import Case, Constant, Curve, Opinion
from strategy.case.editing import Key, lever_document, with_lever
from strategy.case.families import CURVES, family_through
from strategy.case.levers import LEVERS, LeverKind
from strategy.equity.parameters import heard, judged, opinion_numbers, opinion_problem
from strategy.errors import PlannerError
from strategy.plan.headings import columns_of
from strategy.plan.plan import Plan, set_case

MOST_PEOPLE = 200
LONGEST_PASTE = 100_000
LONGEST_NAME = 200
OPTIONAL = "answer_2"
SCALED = ("out_of_range", "floor_ceiling", "answers_order", "answer_outside", "ranges_overlap")
"""Problems that tell values of the metric."""


@dataclass(frozen=True)
class Voice:
    """One person's answers about one lever, {field of ASKED: number} in the unit in which people say it.

    The answer at half as much again may be left out.
    """

    by: str
    told: Mapping[str, float]


@dataclass(frozen=True)
class Refused:
    """A row that could not be used: its number from 1, what stands in it, and why (an error, or a sentence)."""

    row: int
    text: str
    why: PlannerError | str


@dataclass(frozen=True)
class Pasted:
    """What was read out of a pasted table: whose answers, which rows could not be used, and which columns are not.

    unused  headings of columns that are about nothing that is asked; none where the table has no headings
    """

    voices: list[Voice]
    refused: list[Refused]
    unused: list[str]


def kind_of(lever: str) -> LeverKind:
    """The lever's entry in LEVERS."""
    return LEVERS[lever]


# Reading -------------------------------------------------------------------------------------------------------------


def pasted(
    text: str,
    number: Callable[[str], float],
    anonymous: str,
    of_100: bool = False,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Pasted:
    """People's answers from a table or a form: columns parted by tabs, semicolons or commas, a heading or none.

    Without a heading the columns are who, none, today, half as much again, unlimited; of four the third is missing.
    number     reads what a person typed; raises ValueError with a sentence
    anonymous  name of who gives none, with the field {number}
    of_100     whether answers count of 100, so that "85%" is 85
    known      {heading: field} of headings that are ours, see `headings.offered`; others are known by their words
    Raises PlannerError for a text too long.
    """
    if len(text) > LONGEST_PASTE:
        raise PlannerError("text_too_long", place="opinions", value=len(text), limit=LONGEST_PASTE)
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    rows = _cells(lines)
    columns = columns_of(rows[0], known) if rows else None
    found: list[Voice] = []
    refused: list[Refused] = []
    for position, cells in enumerate(rows, 1):
        if columns is not None and position == 1:
            continue
        shown = " | ".join(cells)[:120]
        try:
            voice = _voice(cells, columns, number, anonymous.format(number=position), of_100)
        except PlannerError as error:
            refused.append(Refused(position, shown, error))
        except ValueError as error:
            refused.append(Refused(position, shown, str(error)))
        else:
            if any(voice.by == other.by for other in found):
                refused.append(Refused(position, shown, PlannerError("opinion_twice", place=voice.by, value=voice.by)))
            elif len(found) >= MOST_PEOPLE:
                refused.append(Refused(position, shown, PlannerError("too_many_people", value=MOST_PEOPLE)))
            else:
                found.append(voice)
    read = set(columns.values()) if columns else set()
    unused = [cell for column, cell in enumerate(rows[0]) if cell and column not in read] if columns else []
    return Pasted(found, refused, unused)


def _cells(lines: Sequence[str]) -> list[list[str]]:
    """The cells of each line: the first of tab, semicolon and comma that stands in the text parts them."""
    separator = next((sign for sign in "\t;," if any(sign in line for line in lines)), "\t")
    rows = []
    for line in lines:
        try:
            cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        except csv.Error:
            cells = line.split(separator)
        rows.append([cell.strip() for cell in cells])
    return rows


def _voice(
    cells: Sequence[str],
    columns: Mapping[str, int] | None,
    number: Callable[[str], float],
    anonymous: str,
    of_100: bool,
) -> Voice:
    """One row's answers. Raises PlannerError or ValueError."""
    if columns is None:
        order = {5: ("by", *ASKED), 4: ("by", "floor", "answer_1", "ceiling")}.get(len(cells))
        if order is None:
            raise PlannerError("opinion_columns", value=len(cells))
        columns = {field: position for position, field in enumerate(order)}
    texts = {field: cells[column] if column < len(cells) else "" for field, column in columns.items()}
    told = {}
    for field in ASKED:
        if texts.get(field):
            value = number(texts[field])
            told[field] = 100 * value if of_100 and "%" in texts[field] else value
        elif field != OPTIONAL:
            raise PlannerError("opinion_incomplete", place=texts.get("by") or anonymous)
    return Voice(_name(texts.get("by", ""), anonymous), told)


def _name(given: str, anonymous: str) -> str:
    clean = " ".join(given.encode("utf-8", "ignore").decode().split())
    return clean[:LONGEST_NAME] or anonymous


# In the case ---------------------------------------------------------------------------------------------------------


def voices(case: Case, segment: str, lever: str) -> list[Voice]:
    """The room's answers about a lever as people say them, in the order in which they came."""
    found = case.segment(segment).levers[lever]
    factor = scale(case, segment, lever).factor
    if isinstance(found, Constant):
        return []
    told = []
    for opinion in found.opinions:
        answers = dict(zip(("answer_1", "answer_2"), (value for _, value in opinion.points), strict=False))
        values = {"floor": opinion.floor, **answers, "ceiling": opinion.ceiling}
        told.append(Voice(opinion.by, {field: factor * values[field] for field in ASKED if field in values}))
    return told


def joined(before: Sequence[Voice], new: Sequence[Voice]) -> list[Voice]:
    """The room after more answers: who answered before and answers again is heard anew, in the old place."""
    again = {voice.by: voice for voice in new}
    kept = [again.pop(voice.by, voice) for voice in before]
    return kept + list(again.values())


def with_voices(case: Case, segment: str, lever: str, room: Sequence[Voice]) -> Case:
    """The case with a room's answers about a lever; the lever's own answers become their median where it is a curve.

    Whether the third answer is asked follows what most people gave. Raises PlannerError: a constant, too many people.
    """
    document = lever_document(case, segment, lever)
    if "constant" in document:
        raise PlannerError("no_curve", place=case.segment(segment).name, value=document["constant"])
    if len(room) > MOST_PEOPLE:
        raise PlannerError("too_many_people", value=MOST_PEOPLE)
    factor, spends = scale(case, segment, lever).factor, asked_spends(case, segment, lever)
    document["opinions"] = [_written(voice, factor, spends) for voice in room]
    changed = with_lever(case, segment, lever, document)
    if not room:
        return changed
    asked = 2 if sum(OPTIONAL in voice.told for voice in room) * 2 > len(room) else 1
    median = _median(kind_of(lever), changed.segment(segment).levers[lever], asked)
    if median is None:
        return changed
    floor, first, second, ceiling, *_ = (float(value) for value in median)
    points = [[spend, answer] for spend, answer in zip(spends, (first, second), strict=True)][:asked]
    try:
        return with_lever(case, segment, lever, {**document, "floor": floor, "ceiling": ceiling, "points": points})
    except PlannerError:
        return changed  # medians that give no curve together: the lever's own answers stay


def _written(voice: Voice, factor: float, spends: tuple[float, float]) -> dict[str, Any]:
    answers = [voice.told[field] / factor for field in ("answer_1", OPTIONAL) if field in voice.told]
    points = [[spend, answer] for spend, answer in zip(spends, answers, strict=False)]
    return {
        "by": voice.by,
        "floor": voice.told["floor"] / factor,
        "ceiling": voice.told["ceiling"] / factor,
        "points": points,
    }


def _median(kind: LeverKind, lever: Constant | Curve, asked: int) -> Any:
    """The median per field over the people whose answers give a curve with so many answers; None without any."""
    if not isinstance(lever, Curve):
        return None
    family = lever.family if CURVES[lever.family].answers == asked else family_through(asked)
    shape = lever.model_copy(update={"points": (lever.points[0],) * asked, "family": family})
    good = [o for o in lever.opinions if len(o.points) == asked and opinion_problem(kind, shape, o) is None]
    return np.median([opinion_numbers(opinion) for opinion in good], axis=0) if good else None


def problems(case: Case, segment: str, lever: str) -> list[tuple[str, PlannerError]]:
    """Whose answers are set aside, and why, in the unit in which people say them."""
    found, factor = case.segment(segment).levers[lever], scale(case, segment, lever).factor
    return [(opinion.by, _said(problem, factor)) for opinion, problem in judged(kind_of(lever), found) if problem]


def _said(problem: PlannerError, factor: float) -> PlannerError:
    """A problem with its numbers in another unit; exponents, spends and counts have none."""
    if problem.code not in SCALED:
        return problem
    fields = {
        name: _times(value, factor) if name in ("value", "low", "high") else value
        for name, value in problem.fields.items()
    }
    return PlannerError(problem.code, **fields)


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_times(entry, factor) for entry in value]
    return float(f"{value * factor:.10g}") if isinstance(value, int | float) else value


def count_heard(case: Case, segment: str, lever: str) -> int:
    """How many people's answers count."""
    return len(heard(kind_of(lever), case.segment(segment).levers[lever]))


def heard_of(case: Case, segment: str, lever: str) -> list[Opinion]:
    """The answers about a lever that count."""
    return heard(kind_of(lever), case.segment(segment).levers[lever])


def set_voices(plan: Plan, segment: str, lever: str, room: Sequence[Voice], told_by: str) -> Plan:
    """The plan with a room's answers about a lever; its numbers are believed by the room. Raises PlannerError.

    told_by  what the room is called in the list of assumptions
    """
    case = with_voices(plan.case, segment, lever, room)
    parts = lever_document(case, segment, lever)
    fields = ("floor", *(f"answer_{n + 1}" for n in range(len(parts["points"]))), "ceiling")
    origin = Origin(kind="believed", by=told_by)
    origins: dict[Key, Origin] = {(segment, lever, field): origin for field in fields} if room else {}
    return set_case(plan, case, origins)
