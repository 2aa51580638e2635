"""Why answers about spending cannot be, in the words and the unit in which they were given."""

from collections.abc import Mapping
from itertools import pairwise

from strategy.case.beliefs import ASKED, Believed, scale
from strategy.case.case import Case
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVERS
from strategy.errors import PlannerError
from strategy.words.lever_words import LEVER_WORDS
from strategy.words.messages import FIELD_NAMES, LEVER_NAMES
from strategy.words.wording import N_, Wording

WITH = {
    "floor": N_("with no money"),
    "answer_1": N_("with {amount}"),
    "answer_2": N_("with {amount}"),
    "ceiling": N_("with unlimited money"),
}
"""What is spent, by the field of the answer."""


def in_own_words(
    error: PlannerError, case: Case, segment: str, lever: str, told: Believed, spends: tuple[float, float], say: Wording
) -> PlannerError:
    """The same refusal as whoever answered would say it.

    told    the answers that were refused, in the unit of `scale`
    spends  money per period that the second and the third of them are about
    """
    kind, found = LEVERS[lever], clash(told, LEVERS[lever].direction)
    name = f"{case.segment(segment).name}, {say.text(LEVER_NAMES[lever]).lower()}"
    if found:
        less, more = found
        end, other = _ends(told[less], told[more], kind.direction)
        return PlannerError(
            "answers_against",
            told=say.text(
                LEVER_WORDS[lever].against,
                less=_with(less, spends, say),
                more=_with(more, spends, say),
                value=_written(told[less], end, say),
                other=_written(told[more], other, say),
            ),
        )
    fields = dict(error.fields) | {"place": name}
    if error.code == "out_of_range":
        factor = scale(case, segment, lever).factor
        fields |= {end: _number(float(error.fields[end]) * factor, say) for end in ("value", "low", "high")}
    return PlannerError(error.code, **fields)


def ends_in_own_words(error: PlannerError, say: Wording) -> PlannerError:
    """A range out of order, with the ends named as on the page."""
    low, likely, high = (_number(float(end), say) for end in error.fields["value"])
    return PlannerError("ends_against", low=low, likely=likely, high=high)


PLACES = {"floor": N_("without spending"), "ceiling": N_("at unlimited spend")}


def place_in_words(place: object, say: Wording) -> str:
    """A place as a case file has it, `segment "Families", levers, acquire, floor`, as people call it."""
    named = {**LEVER_NAMES, **FIELD_NAMES, **PLACES}
    parts = [part for part in str(place).split(", ") if part != "levers"]
    return ", ".join(say.text(named[part]).lower() if part in named else part for part in parts)


def clash(told: Mapping[str, Estimate | None], direction: int) -> tuple[str, str] | None:
    """The first two answers of which the one with more money is not further on, ranges included; None where all are.

    direction  1 where more money raises the answer, -1 where it lowers it
    """
    given = [(field, told[field]) for field in ASKED if told.get(field) is not None]
    for (less, before), (more, after) in pairwise(given):
        assert before is not None
        assert after is not None
        if (before.high >= after.low) if direction > 0 else (before.low <= after.high):
            return less, more
    return None


def _ends(less: Estimate | None, more: Estimate | None, direction: int) -> tuple[str, str]:
    """Which ends of two answers are told: the likely ones where they disagree, else those that overlap."""
    if less and more and (less.likely >= more.likely if direction > 0 else less.likely <= more.likely):
        return "likely", "likely"
    return ("high", "low") if direction > 0 else ("low", "high")


def _with(field: str, spends: tuple[float, float], say: Wording) -> str:
    amount = say.short_money(spends[1] if field == "answer_2" else spends[0])
    return say.text(WITH[field], amount=amount)


def _written(answer: Estimate | None, end: str, say: Wording) -> str:
    return _number(getattr(answer, end), say)


def _number(value: float, say: Wording) -> str:
    return say.number(round(value, 6 if abs(value) < 1 else 3))
