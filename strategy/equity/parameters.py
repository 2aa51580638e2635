"""The numbers of a case as arrays (draws, 1, segments): what the simulation computes with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from strategy.case.case import Case, Constant, Curve, Opinion
from strategy.case.estimate import Estimate
from strategy.case.families import CURVES
from strategy.case.lever_beliefs import check_answers
from strategy.case.levers import LEVER_CODES, LEVER_OF, LEVERS, METRICS, LeverKind
from strategy.equity.curves import CONSTANT, Array, Response, fit_responses
from strategy.errors import PlannerError

BASE_FIELDS = (
    "customers", "prospects", "gross_margin", "onboarding_cost", "referral_rate",
    "refill", "return_share", "rival_response",
)  # fmt: skip
"""The numbers of a segment itself, and of the market around it."""
CURVE_FIELDS = ("floor", "answer_1", "answer_2", "ceiling", "spend_1", "spend_2")
NO_SPEND: Mapping[str, Array] = dict.fromkeys(LEVERS, np.zeros((1, 1, 1)))
"""How far each lever is on its way from floor to ceiling where nothing is spent."""
Spend = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Numbers:
    """Every uncertain number of a case, once per draw.

    base    (draws, segments, 8)          BASE_FIELDS
    curves  (draws, segments, levers, 6)  CURVE_FIELDS; a constant lever has its value in the first four, one that a
                                          segment leaves out takes it from `base`
    sides   (draws, side effects)         at_ceiling, in the order of `side_effects`
    """

    base: Array
    curves: Array
    sides: Array

    def repeat(self, draws: int) -> "Numbers":
        """Writable copies of a single draw."""
        return Numbers(*(np.repeat(array, draws, axis=0) for array in (self.base, self.curves, self.sides)))


def side_effects(case: Case) -> list[tuple[int, str, str, Estimate]]:
    """All side effects as (position of the segment, lever, metric, at_ceiling)."""
    return [
        (s, kind.code, effect.metric, effect.at_ceiling)
        for s, segment in enumerate(case.segments)
        for kind, answers in segment.believed.items()
        if isinstance(answers, Curve)
        for effect in answers.side_effects
    ]


def curve_numbers(lever: Constant | Curve, end: str = "likely") -> list[float]:
    """CURVE_FIELDS of a lever at one end (low, likely, high) of what is believed."""
    if isinstance(lever, Constant):
        value = getattr(lever.constant, end)
        return [value, value, value, value, 1.0, 1.0]
    (spend_1, answer_1), (spend_2, answer_2) = lever.points[0], lever.points[-1]
    floor, first, second, ceiling = (getattr(e, end) for e in (lever.floor, answer_1, answer_2, lever.ceiling))
    return [floor, first, second, ceiling, spend_1, spend_2]


def opinion_numbers(opinion: Opinion) -> list[float]:
    """CURVE_FIELDS of one person's answers."""
    (spend_1, answer_1), (spend_2, answer_2) = opinion.points[0], opinion.points[-1]
    return [opinion.floor, answer_1, answer_2, opinion.ceiling, spend_1, spend_2]


def opinion_problem(kind: LeverKind, lever: Curve, opinion: Opinion) -> PlannerError | None:
    """Why one person's answers give no curve; None where they do."""
    needed = CURVES[lever.family].answers
    if len(opinion.points) != needed:
        return PlannerError("opinion_points", place=opinion.by, value=len(opinion.points), needed=needed)
    try:
        check_answers(
            kind,
            lever.family,
            Estimate.of(opinion.floor),
            Estimate.of(opinion.ceiling),
            [(spend, Estimate.of(value)) for spend, value in opinion.points],
        )
    except PydanticCustomError as error:
        context = dict(error.context or {})
        return PlannerError(str(context.pop("code")), place=opinion.by, **context)
    return None


def judged(kind: LeverKind, lever: Constant | Curve) -> Iterator[tuple[Opinion, PlannerError | None]]:
    """Each opinion about a lever with what is wrong with it; of a person who answers twice the first counts."""
    people: set[str] = set()
    if isinstance(lever, Constant):
        return
    for opinion in lever.opinions:
        if opinion.by in people:
            yield opinion, PlannerError("opinion_twice", place=opinion.by, value=opinion.by)
        else:
            yield opinion, opinion_problem(kind, lever, opinion)
        people.add(opinion.by)


def heard(kind: LeverKind, lever: Constant | Curve) -> list[Opinion]:
    """The opinions about a lever that give a curve; the others are set aside."""
    return [opinion for opinion, problem in judged(kind, lever) if problem is None]


def set_aside(case: Case) -> list[tuple[str, str, PlannerError]]:
    """The opinions that do not count: (segment id, lever, problem naming the person)."""
    return [
        (segment.id, kind.code, problem)
        for segment in case.segments
        for kind, lever in segment.levers.items()
        for _, problem in judged(kind, lever)
        if problem
    ]


def numbers(case: Case, end: str = "likely") -> Numbers:
    """The case's numbers as one draw, at one end of what is believed; a room's likely curve is its median per field."""
    base = [[getattr(getattr(s, field), end) for field in BASE_FIELDS] for s in case.segments]
    curves = []
    for segment in case.segments:
        for kind, lever in segment.levers.items():
            opinions = [opinion_numbers(opinion) for opinion in heard(kind, lever)]
            curves.append(np.median(opinions, axis=0) if opinions else np.array(curve_numbers(lever, end)))
    sides = [getattr(at_ceiling, end) for *_, at_ceiling in side_effects(case)]
    shape = (1, len(case.segments), len(LEVERS), len(CURVE_FIELDS))
    return Numbers(np.array([base], float), np.array(curves).reshape(shape), np.array([sides], float))


@dataclass(frozen=True, eq=False)
class Parameters:
    """What the simulation computes with. Arrays are (draws, 1, segments).

    responses  {lever: Response}, in the order of LEVERS
    sides      {(lever, metric): at_ceiling (draws, 1, segments)}
    """

    case: Case
    customers: Array
    prospects: Array
    gross_margin: Array
    onboarding_cost: Array
    referral_rate: Array
    refill: Array
    return_share: Array
    rival_response: Array
    responses: Mapping[str, Response]
    sides: Mapping[tuple[str, str], Array]

    @property
    def draws(self) -> int:
        """How many draws."""
        return int(self.customers.shape[0])

    def rows(self, rows: slice) -> "Parameters":
        """The same with some of the draws."""
        return Parameters(
            self.case,
            **{field: getattr(self, field)[rows] for field in BASE_FIELDS},
            responses={
                lever: Response(r.families, *(a[rows] for a in (r.floor, r.ceiling, r.first, r.second, r.answer_spend)))
                for lever, r in self.responses.items()
            },
            sides={key: at_ceiling[rows] for key, at_ceiling in self.sides.items()},
        )

    @cached_property
    def today(self) -> Array:
        """Today's spend, (1, 1, segments, levers), money per period."""
        return spend_array(self.case, self.case.today)

    @cached_property
    def carryover(self) -> Array:
        """Carryover per segment and lever, (1, 1, segments, levers)."""
        levers = [[lever for _, lever in s.levers.items()] for s in self.case.segments]
        rates = [[lever.carryover if isinstance(lever, Curve) else 0.0 for lever in row] for row in levers]
        return np.array([[rates]])

    @cached_property
    def today_shares(self) -> Mapping[str, Array]:
        """Each lever's share of the way at today's spend in period 1 without events, {lever: (draws, 1, segments)}."""
        return {
            lever: response.share(self.today[..., column] / response.answer_spend)
            for column, (lever, response) in enumerate(self.responses.items())
        }

    def metric(self, metric: str, shares: Mapping[str, Array], beside: Mapping[str, Array] | None = None) -> Array:
        """A metric where levers are so far on their way, (draws, plans, segments); as it is where none moves it.

        beside  how far the levers are whose side effects count, at_ceiling * (share - share at today's spend in
                period 1); none do without it
        """
        if metric in LEVER_OF:
            values = self.responses[LEVER_OF[metric]].metric(shares[LEVER_OF[metric]])
        else:
            values = getattr(self, METRICS[metric].own)
        for (lever, moved), at_ceiling in self.sides.items():
            if moved == metric and beside is not None:
                values = values + at_ceiling * (beside[lever] - self.today_shares[lever])
        return np.asarray(values, float)

    def today_metric(self, metric: str) -> Array:
        """A metric at today's spend in period 1 without events, (draws, 1, segments)."""
        return self.metric(metric, self.today_shares)

    @cached_property
    def today_active(self) -> Array:
        """M_1 at today's spend without events: who is active in the first period, (draws, 1, segments)."""
        won, rate = (self.today_metric(metric) for metric in ("acquisition_rate", "referral_rate"))
        acquired, referred = self.prospects * won, rate * self.customers
        if self.runs_out.any():
            within_reach = np.where(self.runs_out, self.prospects, np.inf)
            return self.customers + np.minimum(acquired + referred, within_reach)
        return self.customers + acquired + referred

    @cached_property
    def runs_out(self) -> NDArray[np.bool_]:
        """In which segments prospects run out, (segments,)."""
        return np.array([segment.prospect_pool is not None for segment in self.case.segments])

    @cached_property
    def rivals_answer(self) -> bool:
        """Whether rivals undo anything, in any segment and draw."""
        return bool((self.rival_response > 0).any())

    @cached_property
    def migration(self) -> Array | None:
        """Where a retained customer is next period, (segments, segments), or None: stays."""
        return None if self.case.migration is None else np.array(self.case.migration)


def parameters(case: Case, drawn: Numbers | None = None) -> Parameters:
    """The parameters of a case at the likely numbers, or at drawn ones."""
    drawn = drawn or numbers(case)
    base = {field: np.ascontiguousarray(drawn.base[:, None, :, i]) for i, field in enumerate(BASE_FIELDS)}
    responses = {}
    for column, (code, kind) in enumerate(LEVERS.items()):
        answers = np.array(np.moveaxis(drawn.curves[:, None, :, column], -1, 0), order="C")
        left_out = [s for s, segment in enumerate(case.segments) if code not in segment.believed]
        if left_out:
            answers[:4, ..., left_out] = base[kind.moves.own][..., left_out]
        floor, first, second, ceiling, spend_1, spend_2 = answers
        levers = [segment.levers[code] for segment in case.segments]
        families = tuple(lever.family if isinstance(lever, Curve) else CONSTANT for lever in levers)
        responses[code] = fit_responses(families, floor, ceiling, (first, second), (spend_1, spend_2))
    sides: dict[tuple[str, str], Array] = {}
    for column, (segment, lever, metric, _) in enumerate(side_effects(case)):
        shape = (drawn.base.shape[0], 1, len(case.segments))
        sides.setdefault((lever, metric), np.zeros(shape))[:, 0, segment] += drawn.sides[:, column]
    return Parameters(case, **base, responses=responses, sides=sides)


def spend_array(case: Case, *spends: Spend) -> Array:
    """Spend plans {segment id: {lever: money per period}} as (1, plans, segments, levers); left out is 0."""
    return np.array(
        [[[[spend.get(s.id, {}).get(code, 0.0) for code in LEVER_CODES] for s in case.segments] for spend in spends]]
    )


def spend_dict(case: Case, spend: Array) -> dict[str, dict[str, float]]:
    """One plan (segments, levers) as {segment id: {lever: money per period}}."""
    return {
        segment.id: {code: float(spend[row, column]) for column, code in enumerate(LEVER_CODES)}
        for row, segment in enumerate(case.segments)
    }


def chosen_array(case: Case, *choices: Sequence[str]) -> Array:
    """Choices of initiatives by id as (1, plans, initiatives), 1.0 where chosen."""
    return np.array([[[float(i in choice) for i in case.initiative_ids] for choice in choices]]).reshape(
        1, len(choices), len(case.initiatives)
    )


def spendable(case: Case) -> NDArray[np.bool_]:
    """Which cells take money, (segments, levers): constants do not."""
    return np.array([[isinstance(lever, Curve) for _, lever in s.levers.items()] for s in case.segments])
