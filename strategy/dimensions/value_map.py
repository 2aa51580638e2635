"""The value proposition in numbers: needs beside the alternatives, what individualising demands, what is exchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin

from strategy.questions import BY_CODE, Answer
from strategy.questions.question import HIGHEST_SCORE, LOWEST_SCORE
from strategy.words.wording import N_

# Needs ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """One need of a segment, scored from 1 to 5; None where nobody has said yet.

    theirs  {alternative: score}, in the order in which they were named
    """

    name: str
    importance: int | None
    ours: int | None
    theirs: Mapping[str, int]


@dataclass(frozen=True)
class Gap:
    """How far we are ahead (above 0) of an alternative on a need: importance x (our score - theirs), -20..20."""

    need: str
    alternative: str
    importance: int
    ours: int
    theirs: int

    @property
    def size(self) -> int:
        """importance x (ours - theirs)."""
        return self.importance * (self.ours - self.theirs)


def needs(answer: Answer, segment: str) -> list[Need]:
    """The needs of a segment, most important first, from the rows of the question `needs`.

    Rows about the same need (capitals and spaces apart) are one need with several alternatives; of importance and our
    own score the first that is filled in counts. Rows without a need are left out.
    """
    found: dict[str, list[Mapping[str, Answer]]] = {}
    for row in answer or ():
        if row.get("segment") == segment and row.get("need"):
            found.setdefault(" ".join(row["need"].split()).casefold(), []).append(row)
    told = [_need(rows) for rows in found.values()]
    return sorted(told, key=lambda need: -(need.importance or 0))


def _need(rows: list[Mapping[str, Answer]]) -> Need:
    def first(column: str) -> int | None:
        return next((int(row[column]) for row in rows if row.get(column) is not None), None)

    named = [row for row in rows if row.get("alternative") and row.get("theirs") is not None]
    theirs = {" ".join(row["alternative"].split()): int(row["theirs"]) for row in reversed(named)}
    return Need(" ".join(rows[0]["need"].split()), first("importance"), first("ours"), dict(reversed(theirs.items())))


def alternatives(found: list[Need]) -> list[str]:
    """The named alternatives, in the order in which they come up."""
    return list(dict.fromkeys(name for need in found for name in need.theirs))


def gaps(found: list[Need]) -> list[Gap]:
    """Every gap that is scored on both sides, where we are furthest behind first."""
    known = [
        Gap(need.name, name, need.importance, need.ours, score)
        for need in found
        if need.importance is not None and need.ours is not None
        for name, score in need.theirs.items()
    ]
    return sorted(known, key=lambda gap: gap.size)


def fulfilment(found: list[Need], alternative: str | None = None) -> float | None:
    """Which share of what matters to a segment an offer fulfils: sum(importance x score) / sum(importance x 5).

    alternative  whose offer; ours without one. Over the needs that are scored for it; None where none is.
    """
    scored = [
        (need.importance, need.ours if alternative is None else need.theirs.get(alternative))
        for need in found
        if need.importance is not None
    ]
    pairs = [(importance, score) for importance, score in scored if score is not None]
    most = HIGHEST_SCORE * sum(importance for importance, _ in pairs)
    return sum(importance * score for importance, score in pairs) / most if most else None


EXAMPLE_NEEDS: tuple[tuple[str, int, int, int], ...] = (
    (N_("Easy to order"), 5, 4, 3),
    (N_("Delivered when promised"), 5, 3, 4),
    (N_("Advice that fits"), 4, 4, 2),
    (N_("A low price"), 3, 2, 4),
)
"""Needs to start from, invented: need, importance, our score, the score of an alternative."""
EXAMPLE_ALTERNATIVE = N_("a rival")

# How far the offer is fitted to one customer -------------------------------------------------------------------------

COMPETENCES = {
    "knowledge": N_("Customer knowledge"),
    "proposition": N_("Individualised proposition"),
    "relationship": N_("Relationship strategy"),
    "multichannel": N_("Multichannel"),
}
"""The four competences, with the codes of the question `competences`."""


@dataclass(frozen=True)
class Demand:
    """What a degree of individualisation asks of a firm; levels 1..5 are the planner's own rule of thumb.

    centre   who or what stands at the centre
    needed   what it takes, in words
    levels   {competence: level from 1 to 5}
    """

    centre: str
    needed: str
    levels: Mapping[str, int]


def _levels(*levels: int) -> dict[str, int]:
    return dict(zip(COMPETENCES, levels, strict=True))


DEMANDS: Mapping[str, Demand] = {
    "standard": Demand(N_("the product"), N_("one process, low cost, the same quality each time"), _levels(1, 1, 1, 2)),
    "modules": Demand(
        N_("the proposition"),
        N_("building blocks that fit together, and a way to choose from them in each channel"),
        _levels(3, 3, 2, 3),
    ),
    "tailored": Demand(
        N_("what we know of the customer"),
        N_("current data on each customer at every contact, and people or systems that act on them"),
        _levels(4, 4, 3, 3),
    ),
    "co_creation": Demand(
        N_("the customer"),
        N_("an open dialogue, room for customers to decide, and processes that follow them"),
        _levels(4, 5, 5, 4),
    ),
}


def shortfalls(individualisation: str | None, competences: Mapping[str, int] | None) -> dict[str, int]:
    """{competence: levels short of what the chosen degree of individualisation asks}, where short and scored."""
    if individualisation is None:
        return {}
    levels = DEMANDS[individualisation].levels
    missing = {code: levels[code] - score for code, score in (competences or {}).items() if code in levels}
    return {code: short for code, short in missing.items() if short > 0}


# What is exchanged ---------------------------------------------------------------------------------------------------

_ORDER = ("services", "love", "status", "information", "money", "goods")
"""Around the circle, counter-clockwise from services at 30 degrees."""
RESOURCE_PLACES: Mapping[str, tuple[float, float]] = {
    code: (round(cos(radians(30 + 60 * n)), 6), round(sin(radians(30 + 60 * n)), 6)) for n, code in enumerate(_ORDER)
}
"""{resource: (concreteness, particularism)}, each from -1 to 1. Foa & Foa (1974) order the six on a circle: neighbours
are most alike; the equal distances are for drawing and no measurement."""
PERSONAL = ("love", "services", "status")
"""The resources whose value depends most on who gives them."""


def personal_share(scores: Mapping[str, int]) -> float | None:
    """The share of all exchange, by its scores above `hardly`, that depends on who gives it; None without exchange."""
    strength = {code: score - LOWEST_SCORE for code, score in scores.items()}
    total = sum(strength.values())
    return sum(strength.get(code, 0) for code in PERSONAL) / total if total else None


# The relation --------------------------------------------------------------------------------------------------------

POLES: Mapping[str, tuple[str, str]] = {
    "cooperation": (N_("competition"), N_("cooperation")),
    "independence": (N_("dependent"), N_("independent, with power")),
    "social": (N_("about the task"), N_("social-emotional")),
    "informal": (N_("formal"), N_("informal")),
    "primary": (N_("replaceable"), N_("a lasting bond")),
}
"""{scale of the question `profile`: what stands at 1, what stands at 5}."""
NEUTRAL = (LOWEST_SCORE + HIGHEST_SCORE) / 2


def strongest_lean(profile: Mapping[str, int]) -> tuple[str, int] | None:
    """The scale furthest from its middle with its score; None where all stand in the middle or none is scored."""
    leaning = {code: score for code, score in profile.items() if score != NEUTRAL}
    order = [option.code for option in BY_CODE["profile"].options]
    if not leaning:
        return None
    return max(leaning.items(), key=lambda pair: (abs(pair[1] - NEUTRAL), -order.index(pair[0])))
