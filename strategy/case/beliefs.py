"""What people believe about spending, as they say it, and as the curve of a lever; with the origin of each number.

People answer in people and money: how many new customers, of 100 customers how many stay, what a customer spends,
what serving one costs; at no spend, at today's, at half as much again, at unlimited spend (decision calculus, Little
1970).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from strategy.case.case import Case, Constant
from strategy.case.editing import Key, lever_document, with_lever
from strategy.case.estimate import Estimate, Model
from strategy.case.levers import LEVERS
from strategy.errors import PlannerError

ASKED = ("floor", "answer_1", "answer_2", "ceiling")
"""The four answers of a curve, in the order in which they are asked: none, today, half as much again, unlimited."""
HALF_MORE = 1.5
ENDS = ("low", "likely", "high")
"""The numbers of an answer with a range."""
Believed = Mapping[str, Estimate | None]
"""{field of ASKED: what people say, in their own unit}; None where the third answer is left open."""


class Origin(Model):
    """Where a number comes from.

    kind     measured in data · believed by a person or a room · default of the planner · assumed by who made the case ·
             computed from other answers
    by       who believes it
    source   the data, the page or the reasoning behind it
    confirm  whether somebody still has to say that it is right
    """

    kind: Literal["measured", "believed", "default", "assumed", "computed"]
    by: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=2000)
    confirm: bool = False


FROM_FILE = Origin(kind="assumed")
"""The origin of a number that came with the case and says no more."""


def origin_key(key: Key) -> str:
    """The key of a number's origin in a plan: its place, joined by slashes."""
    return "/".join(key)


@dataclass(frozen=True)
class Scale:
    """How people say a metric: the unit of the answer, and how many of it make 1 of the metric."""

    unit: Literal["people", "hundred", "money"]
    factor: float


def scale(case: Case, segment: str, lever: str) -> Scale:
    """People say new customers rather than a share of prospects, and how many of 100 stay rather than a rate."""
    said_in = LEVERS[lever].moves.said
    people = case.segment(segment).prospects.likely
    return Scale(said_in, {"people": people, "hundred": 100.0, "money": 1.0}[said_in])


def said(case: Case, segment: str, lever: str) -> dict[str, Estimate | None]:
    """The answers of a lever as people say them: ASKED of a curve, {"constant": ...} of a constant."""
    factor = scale(case, segment, lever).factor
    found = case.segment(segment).levers[lever]
    if isinstance(found, Constant):
        return {"constant": scaled(found.constant, factor)}
    answers: list[Estimate | None] = [answer for _, answer in found.points]
    told = [found.floor, *answers, *[None] * (2 - len(answers)), found.ceiling]
    return {field: scaled(value, factor) if value else None for field, value in zip(ASKED, told, strict=True)}


def asked_spends(case: Case, segment: str, lever: str) -> tuple[float, float]:
    """The spends that the second and the third answer are about: as answered, else today's and half as much again.

    Where nothing is spent today, the first is the amount that the user chose; 0 where none was chosen yet.
    """
    found = case.segment(segment).levers[lever]
    if isinstance(found, Constant):
        return 0.0, 0.0
    first = found.points[0][0]
    return first, found.points[1][0] if len(found.points) == 2 else HALF_MORE * first


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    return Estimate.shown(estimate.low * factor, estimate.likely * factor, estimate.high * factor)


def with_end(value: Estimate | None, end: str, number: float) -> Estimate:
    """An answer with one end (low, likely, high) typed anew; the others give way where the likely one passes them.

    Raises PlannerError where an end would be out of order.
    """
    ends = {e: getattr(value, e) if value else number for e in ENDS} | {end: number}
    if end == "likely":
        ends |= {"low": min(ends["low"], number), "high": max(ends["high"], number)}
        if value and value.certain:
            ends = dict.fromkeys(ENDS, number)
    if not ends["low"] <= ends["likely"] <= ends["high"]:
        raise PlannerError("triple_order", place="", value=list(ends.values()))
    return Estimate.of(*(ends[e] for e in ENDS))


def believe(case: Case, segment: str, lever: str, told: Believed, spends: tuple[float, float]) -> Case:
    """The case with a lever's curve from what people say; what else the lever has (carryover, side effects) stays.

    told    {field of ASKED: answer in the unit of `scale`}
    spends  money per period that the second and the third answer are about
    Raises PlannerError where no curve gives these answers.
    """
    factor = scale(case, segment, lever).factor
    if factor <= 0:
        name = case.segment(segment).name
        raise PlannerError("no_prospects", place=name, value=case.segment(segment).prospects.likely)
    before, exact = said(case, segment, lever), _exact(case, segment, lever)
    written = {
        field: exact[field] if field in exact and value == before[field] else _written(value, factor)
        for field, value in told.items()
        if value is not None
    }
    kept = lever_document(case, segment, lever)
    if "constant" in kept:
        kept = {"spend": 0.0}
    points = [[spends[n], written[f"answer_{n + 1}"]] for n in range(2) if f"answer_{n + 1}" in written]
    curve = {**kept, "floor": written.get("floor"), "ceiling": written.get("ceiling"), "points": points}
    return with_lever(case, segment, lever, curve)


def _exact(case: Case, segment: str, lever: str) -> dict[str, object]:
    """The answers as they stand in the case: those that nobody touches stay to the last digit."""
    found = case.segment(segment).levers[lever]
    if isinstance(found, Constant):
        return {}
    answers = {f"answer_{n}": answer for n, (_, answer) in enumerate(found.points, 1)}
    return {
        field: value.model_dump()
        for field, value in {"floor": found.floor, **answers, "ceiling": found.ceiling}.items()
    }


def believe_constant(case: Case, segment: str, lever: str, value: Estimate) -> Case:
    """The case with a lever that spending does not move, at a value in the unit of `scale`."""
    factor = scale(case, segment, lever).factor or 1.0
    return with_lever(case, segment, lever, {"constant": _written(value, factor)})


def _written(value: Estimate, factor: float) -> float | list[float]:
    shown = scaled(value, 1 / factor)
    return shown.likely if shown.certain else [shown.low, shown.likely, shown.high]
