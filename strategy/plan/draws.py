"""Draws of another marketing-mix model as opinions of a lever: each draw answers what a person would be asked.

A draw's outcome at the spends that the lever's answers are about is read off between its own spends, in a straight
line. All draws together, in arrays.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategy.case.beliefs import Origin, asked_spends, said, scale
from strategy.case.case import Case, Constant
from strategy.case.editing import Key, lever_document, with_lever
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.families import CURVES, EXPONENT_RANGE
from strategy.case.levers import LEVERS
from strategy.customers.reading.draw_file import DrawTable
from strategy.equity.curves import Array
from strategy.errors import PlannerError
from strategy.plan.opinions import MOST_PEOPLE
from strategy.plan.plan import Plan, set_case

SPEND_UNITS: Mapping[str, float] = {"one": 1.0, "thousand": 1e3, "million": 1e6}
"""In how many of its currency's units a file counts spend."""
OUTCOME_UNITS: Mapping[str, tuple[str, ...]] = {
    "people": ("people", "share", "hundred"),
    "hundred": ("hundred", "share"),
    "money": ("money",),
}
"""What a file's outcome may count, by the unit in which people say the lever's metric; the first is theirs."""
FAR = 10.0
"""Multiple of the spend asked about from which on the largest spend may stand for unlimited spend, and beyond which
another spend is not near."""
BY_FIT = "fit"
SHOWN = 20
"""Draws set aside that are told with their reason."""
SPARE_SPENDS = 2
"""Spends beside those asked about that a draw needs for telling which form of curve fits."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class DrawUnits:
    """What the numbers of a file are, as people said.

    spend      a key of SPEND_UNITS, money per period of the case
    outcome    one of OUTCOME_UNITS of the lever, per period of the case
    unlimited  whether the outcome at a draw's largest spend is the one at unlimited spend; else our own answer is
    family     a code of CURVES, or BY_FIT
    """

    spend: str
    outcome: str
    unlimited: bool
    family: str


@dataclass(frozen=True)
class TakenDraws:
    """What draws say about a lever.

    kept      names of the draws that became opinions, at most MOST_PEOPLE, evenly out of the `usable` ones
    answers   (kept, 4) at no spend, the spends asked about and unlimited spend, as people say them
    family    the form of their curves
    read      how many draws the file has
    refused   draws that give no curve, each with its reason, the first few; `why_not` counts all by code
    """

    kept: tuple[str, ...]
    answers: Array
    family: str
    usable: int
    read: int
    refused: list[tuple[str, PlannerError]]
    why_not: Mapping[str, int]


def outcome_units(case: Case, segment: str, lever: str) -> tuple[str, ...]:
    """In what the outcome of a lever may be given."""
    return OUTCOME_UNITS[scale(case, segment, lever).unit]


def reaches_far(table: DrawTable, case: Case, segment: str, lever: str, unit: str) -> bool:
    """Whether the largest spend is so large that its outcome may be the one at unlimited spend."""
    largest = float(np.nanmax(table.spend, initial=0.0)) * SPEND_UNITS[unit]
    return largest >= FAR * asked_spends(case, segment, lever)[0]


def take_draws(table: DrawTable, case: Case, segment: str, lever: str, units: DrawUnits) -> TakenDraws:
    """The draws as answers about a lever.

    By fit the form with the smallest mean squared distance is taken; one of two answers must bring it to a quarter.
    Raises PlannerError: a constant, a form that does not exist, a unit that the lever's outcome cannot have, or no draw
    that gives a curve, for the reason that most of them have.
    """
    if isinstance(case.segment(segment).levers[lever], Constant):
        raise PlannerError("no_curve", place=case.segment(segment).name, value=said(case, segment, lever)["constant"])
    if units.family not in (*CURVES, BY_FIT):
        raise PlannerError("choice", place="family", value=units.family, expected=", ".join(CURVES))
    courses = _courses(table, case, segment, lever, units)
    if units.family != BY_FIT:
        return _told(table, courses, units.family)
    if not can_fit(table):
        raise PlannerError("draws_no_fit", place="file", value=len(table.names))
    tried = list(_all_forms(table, courses))
    good = [each for each in tried if each.usable * 2 > max(other.usable for other in tried)]
    return min(good, key=lambda each: _misfit(courses, table, each) * CURVES[each.family].answers ** 2)


def _all_forms(table: DrawTable, courses: "_Courses") -> Iterator[TakenDraws]:
    """The draws in every form that some of them have. Raises PlannerError where they have none."""
    refused: list[PlannerError] = []
    for family in CURVES:
        try:
            yield _told(table, courses, family)
        except PlannerError as error:
            refused.append(error)
    if len(refused) == len(CURVES):
        raise refused[0]


# The draws as courses ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Courses:
    """All draws with their spends in order, in the units in which people say them.

    starts, counts  (draws,) where each draw's rows begin, and how many it has
    draw, spend, outcome  (rows,)
    own             floor and ceiling of the lever, for draws that say nothing there
    asked           the two spends that answers are about
    limit           the largest outcome there can be
    broken          (draws,) a cell that is no number, or a spend below 0
    """

    draw: NDArray[np.int64]
    spend: Array
    outcome: Array
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    own: tuple[float, float]
    asked: tuple[float, float]
    limit: float
    direction: int
    unlimited: bool
    broken: Flags


def _courses(table: DrawTable, case: Case, segment: str, lever: str, units: DrawUnits) -> _Courses:
    known, unit = outcome_units(case, segment, lever), scale(case, segment, lever)
    if units.outcome not in known or units.spend not in SPEND_UNITS:
        wrong = units.outcome if units.outcome not in known else units.spend
        raise PlannerError("choice", place="file", value=wrong, expected=", ".join((*known, *SPEND_UNITS)))
    times = {"share": unit.factor, "hundred": unit.factor / 100}.get(units.outcome, 1.0)
    usable = np.isfinite(table.spend) & np.isfinite(table.outcome) & (table.spend >= 0)
    broken = np.zeros(len(table.names), bool)
    broken[table.draw[~usable]] = True
    draw, spend = table.draw[usable], table.spend[usable] * SPEND_UNITS[units.spend]
    outcome = table.outcome[usable] * times
    order = np.lexsort((spend, draw))
    draw, spend, outcome = draw[order], spend[order], outcome[order]
    first = np.r_[True, (np.diff(draw) != 0) | (np.diff(spend) != 0)] if len(draw) else np.zeros(0, bool)
    rows = np.flatnonzero(first)
    if len(rows):  # what a draw says twice about one spend is said once, on average
        outcome = np.add.reduceat(outcome, rows) / np.diff(np.r_[rows, len(outcome)])
    draw, spend = draw[rows], spend[rows]
    counts = np.bincount(draw, minlength=len(table.names))
    answers = said(case, segment, lever)
    floor, ceiling = (answers[field] for field in ("floor", "ceiling"))
    return _Courses(
        draw=draw,
        spend=spend,
        outcome=outcome,
        starts=np.cumsum(counts) - counts,
        counts=counts,
        own=(floor.likely if floor else 0.0, ceiling.likely if ceiling else 0.0),
        asked=asked_spends(case, segment, lever),
        limit=unit.factor if LEVERS[lever].moves.is_rate else MAX_AMOUNT,
        direction=LEVERS[lever].direction,
        unlimited=units.unlimited,
        broken=broken,
    )


def _at(c: _Courses, target: float) -> tuple[Array, Flags]:
    """(draws,) the outcome at a spend, and whether the draw's spends lie around it, one of them near."""
    below = np.bincount(c.draw[c.spend <= target], minlength=len(c.counts))
    inside = (below > 0) & (below < c.counts)
    last = np.where(c.counts > 0, c.starts + np.maximum(below, 1) - 1, 0)
    upper = c.spend[np.where(inside, last + 1, last)]
    inside &= (c.spend[last] >= target / FAR) | (upper <= target * FAR)
    exact = (below > 0) & (c.counts > 0) & (c.spend[last] == target)
    following = np.where(inside, last + 1, last)
    width = c.spend[following] - c.spend[last]
    share = np.divide(target - c.spend[last], width, out=np.zeros(len(width)), where=inside & (width > 0))
    return c.outcome[last] + share * (c.outcome[following] - c.outcome[last]), inside | exact


def _ends(c: _Courses) -> tuple[Array, Array]:
    """(draws,) the outcome at no and at unlimited spend: the draw's own where it has one, else the lever's."""
    first = np.where(c.counts > 0, c.starts, 0)
    last = np.where(c.counts > 0, c.starts + c.counts - 1, 0)
    floor = np.where((c.counts > 0) & (c.spend[first] == 0), c.outcome[first], c.own[0])
    ceiling = np.where(c.counts > 0, c.outcome[last], c.own[1]) if c.unlimited else np.full(len(c.counts), c.own[1])
    return floor, ceiling


# The draws as answers ------------------------------------------------------------------------------------------------


def _told(table: DrawTable, c: _Courses, family: str) -> TakenDraws:
    """The answers of all draws whose curve belongs to a family, evenly thinned."""
    draws = len(table.names)
    if not len(c.draw):
        raise PlannerError("draw_number", place=table.names[0] if table.names else "file", value=draws)
    two = CURVES[family].answers == 2
    floor, ceiling = _ends(c)
    (first, near), (second, far) = _at(c, c.asked[0]), _at(c, c.asked[1])
    second, far = (second, far) if two else (first, near)
    outside = np.zeros(draws, bool)
    outside[c.draw[(c.outcome < 0) | (c.outcome > c.limit)]] = True
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [(answer - floor) / (ceiling - floor) for answer in (first, second)]
        odds = [share / (1 - share) for share in shares]
        exponent = np.log(odds[1] / odds[0]) / np.log(c.asked[1] / c.asked[0]) if two else np.ones(draws)
        between = (c.direction * (ceiling - floor) > 0) & (shares[0] > 0) & (shares[1] < 1)
        ordered = between & ((shares[0] < shares[1]) if two else True)
        bent = (exponent >= EXPONENT_RANGE[0]) & (exponent <= EXPONENT_RANGE[1])
    reasons: list[tuple[str, Flags]] = [
        ("draw_number", c.broken),
        ("draw_one_spend", c.counts < 2),
        ("draw_outcome", outside),
        ("draw_beyond", ~(near & far)),
        ("draw_order", ~ordered),
        ("draw_exponent", ~bent),
    ]
    reason = np.full(draws, -1)
    for number, (_, wrong) in reversed(list(enumerate(reasons))):
        reason[wrong] = number
    usable = np.flatnonzero(reason < 0)
    kept = usable[np.unique(np.linspace(0, len(usable) - 1, min(len(usable), MOST_PEOPLE)).round().astype(int))]

    def why(at: int) -> PlannerError:
        return _why(reasons[reason[at]][0], table, c, at, (floor, first, second, ceiling, exponent))

    aside = np.flatnonzero(reason >= 0)
    counted = Counter(reasons[number][0] for number in reason[aside])
    if not len(usable):
        most = counted.most_common(1)[0][0]
        raise why(int(next(at for at in aside if reasons[reason[at]][0] == most)))
    return TakenDraws(
        kept=tuple(table.names[at] for at in kept),
        answers=np.stack([floor, first, second, ceiling], axis=1)[kept],
        family=family,
        usable=len(usable),
        read=draws,
        refused=[(table.names[at], why(int(at))) for at in aside[:SHOWN]],
        why_not=counted,
    )


def _why(code: str, table: DrawTable, c: _Courses, at: int, told: Sequence[Array]) -> PlannerError:
    """Why a draw gives no curve, with its own numbers as people say them."""
    rows = slice(int(c.starts[at]), int(c.starts[at] + c.counts[at]))
    spend, outcome = c.spend[rows], c.outcome[rows]
    floor, first, second, ceiling, exponent = (float(values[at]) for values in told)
    name, ends = table.names[at], {"low": EXPONENT_RANGE[0], "high": EXPONENT_RANGE[1]}
    reach = {"low": _end(spend, min), "high": _end(spend, max)}
    found = (
        PlannerError("draw_number", place=name, value=int((table.draw == at).sum())),
        PlannerError("draw_one_spend", place=name, value=len(spend)),
        PlannerError("draw_outcome", place=name, value=_worst(outcome, c.limit), high=c.limit),
        PlannerError("draw_beyond", place=name, value=list(c.asked), low=reach["low"], high=reach["high"]),
        PlannerError("draw_order", place=name, value=[floor, first, second, ceiling]),
        PlannerError("draw_exponent", place=name, value=exponent, low=ends["low"], high=ends["high"]),
    )
    return next(error for error in found if error.code == code)


def _end(values: Array, end: Any) -> float:
    return float(end(values)) if len(values) else 0.0


def _worst(outcome: Array, limit: float) -> float:
    """The outcome that lies furthest outside 0 to the limit; 0 without any."""
    return float(outcome[np.argmax(np.maximum(-outcome, outcome - limit))]) if len(outcome) else 0.0


# Which form fits -----------------------------------------------------------------------------------------------------


def can_fit(table: DrawTable) -> bool:
    """Whether half of the draws have so many spends that the form of their curve can be found by fit."""
    above = np.bincount(table.draw[table.spend > 0], minlength=len(table.names))
    return bool(len(above) and np.median(above) >= 2 + SPARE_SPENDS)


def _misfit(c: _Courses, table: DrawTable, taken: TakenDraws) -> float:
    """Mean squared distance of the kept draws' outcomes from their curves, as shares of the way."""
    position = {name: at for at, name in enumerate(table.names)}
    at = np.array([position[name] for name in taken.kept])
    rows = np.flatnonzero(np.isin(c.draw, at) & (c.spend > 0))
    place = np.empty(len(c.counts), int)
    place[at] = np.arange(len(at))
    floor, first, second, ceiling = taken.answers[place[c.draw[rows]]].T
    shares = [(answer - floor) / (ceiling - floor) for answer in (first, second)]
    curve = CURVES[taken.family]
    constants = curve.fit(shares[0], shares[1], np.full(len(rows), c.asked[1] / c.asked[0]))
    told = curve.share(c.spend[rows] / c.asked[0], *constants)
    found = (c.outcome[rows] - floor) / (ceiling - floor)
    return float(np.mean((told - found) ** 2))


# In the plan ---------------------------------------------------------------------------------------------------------


def set_draws(plan: Plan, segment: str, lever: str, taken: TakenDraws, source: str) -> Plan:
    """The plan with draws as the lever's opinions, in place of a room's; its own answers become their median.

    source  what the draws are called in the list of assumptions
    """
    factor, spends = scale(plan.case, segment, lever).factor, asked_spends(plan.case, segment, lever)
    count = CURVES[taken.family].answers

    def written(answers: Array) -> dict[str, Any]:
        floor, *middle, ceiling = (float(answer) for answer in answers / factor)
        return {
            "floor": floor,
            "ceiling": ceiling,
            "points": [list(p) for p in zip(spends, middle, strict=True)][:count],
        }

    document = lever_document(plan.case, segment, lever)
    document |= written(np.median(taken.answers, axis=0)) | {"family": taken.family}
    document["opinions"] = [
        {"by": name, **written(answers)} for name, answers in zip(taken.kept, taken.answers, strict=True)
    ]
    fields = ("floor", *(f"answer_{n + 1}" for n in range(count)), "ceiling")
    origins: dict[Key, Origin] = {(segment, lever, f): Origin(kind="measured", source=source) for f in fields}
    return set_case(plan, with_lever(plan.case, segment, lever, document), origins)
