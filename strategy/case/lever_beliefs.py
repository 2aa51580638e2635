"""What is believed about a lever of a segment: a constant, or a curve through answers; never changed in place."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError, ValidationError

from strategy.case.estimate import (
    MAX_AMOUNT,
    Amount,
    Estimate,
    Model,
    Name,
    Number,
    Share,
    Signed,
    Spend,
    between,
    broken,
)
from strategy.case.families import CURVES, family_through
from strategy.case.levers import LEVERS, METRICS, LeverKind


def one_of(codes: Iterable[str]) -> BeforeValidator:
    """A field that holds one of the codes of a table."""
    known = tuple(codes)

    def check(given: object) -> object:
        if not isinstance(given, str) or given not in known:
            *others, last = (repr(code) for code in known)
            raise PydanticKnownError("literal_error", {"expected": " or ".join([", ".join(others), last])})
        return given

    return BeforeValidator(check)


Metric = Annotated[str, one_of(METRICS)]
NO_RIVALS = Estimate.of(0)
"""What rivals undo where nobody says that they answer."""


class SideEffect(Model):
    """What a lever does to another metric of its segment at the lever's ceiling, in that metric's unit."""

    metric: Metric
    at_ceiling: Estimate


class Opinion(Model):
    """One person's complete answers about one lever."""

    by: Name
    floor: Signed
    ceiling: Signed
    points: tuple[tuple[Signed, Signed], ...] = Field(max_length=2)


class Constant(Model):
    """A lever that spending does not move: the metric is given."""

    constant: Estimate

    @model_validator(mode="before")
    @classmethod
    def _only_the_constant(cls, given: object) -> object:
        if isinstance(given, Mapping):
            for field in given:
                if field == "rival_response":
                    raise broken("rivals_elsewhere", value=given[field])
                if field != "constant":
                    raise broken("constant_alone", value=field)
        return given

    @property
    def spend(self) -> float:
        """Nothing is spent on a constant."""
        return 0.0


class Curve(Model):
    """A lever with a response curve, from the answers none, today, half as much again, unlimited.

    spend     money per period for the whole segment, today
    floor     the metric at no spend; ceiling at unlimited spend
    points    one or two (spend > 0, value)
    family    a code of CURVES; where none is given, the one for that many points
    carryover share of the effect stock that lasts into the next period
    rival_response  of what spending more than today wins for good, the share that rivals undo; of acquire only
    """

    spend: Amount = 0.0
    floor: Estimate
    ceiling: Estimate
    points: tuple[tuple[Spend, Estimate], ...] = Field(min_length=1, max_length=2)
    family: Annotated[str, one_of(CURVES)] = ""
    carryover: Annotated[Number, AfterValidator(between(0, 1 - 1e-12))] = 0.0
    rival_response: Share = NO_RIVALS
    side_effects: tuple[SideEffect, ...] = Field(default=(), max_length=8)
    opinions: tuple[Opinion, ...] = Field(default=(), max_length=200)

    @model_validator(mode="before")
    @classmethod
    def _name_the_family(cls, given: object) -> object:
        if not isinstance(given, Mapping) or "family" in given:
            return given
        points = given.get("points")
        return {**given, "family": family_through(len(points)) if isinstance(points, tuple) else ""}

    @model_validator(mode="after")
    def _check_the_family(self) -> Self:
        needed = CURVES[self.family].answers
        if len(self.points) != needed:
            raise broken("family_answers", value=self.family, answers=len(self.points), needed=needed)
        return self

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As in a case file, which names a family only where the answers do not, and rivals only where they answer."""
        written: dict[str, Any] = write(self)
        if self.family == family_through(len(self.points)):
            del written["family"]
        if self.rival_response == NO_RIVALS:
            del written["rival_response"]
        return written


def _is_constant(given: object) -> str:
    constant = isinstance(given, Constant) or (isinstance(given, Mapping) and "constant" in given)
    return "constant" if constant else "curve"


Lever = Annotated[
    Annotated[Constant, Tag("constant")] | Annotated[Curve, Tag("curve")],
    Discriminator(_is_constant),
]


def check_answers(
    kind: LeverKind, family: str, floor: Estimate, ceiling: Estimate, points: Sequence[tuple[float, Estimate]]
) -> None:
    """Refuse answers that no curve of the lever and of the family can give.

    Raises PydanticCustomError: values outside the metric's range, a floor and ceiling on the wrong sides, answers or
    ranges out of order, overlapping ranges, or what the family refuses (ADBUDG: an exponent outside 0.2..8).
    """
    highest = 1.0 if kind.moves.is_rate else MAX_AMOUNT
    for estimate in (floor, ceiling):
        between(0, highest)(estimate)
    if (ceiling.likely - floor.likely) * kind.direction <= 0:
        raise broken("floor_ceiling", value=[floor.likely, ceiling.likely], direction=kind.direction)
    spends = [spend for spend, _ in points]
    if not points or any(spend <= 0 for spend in spends):
        raise broken("spend_needed", value=spends)
    if any(later <= earlier for earlier, later in pairwise(spends)):
        raise broken("spends_order", value=spends)
    answers = [answer for _, answer in points]
    for end in ("low", "likely", "high"):
        values = [getattr(answer, end) for answer in answers]
        if any((later - earlier) * kind.direction <= 0 for earlier, later in pairwise(values)):
            raise broken("answers_order", value=values, which=end)
    lower, upper = (floor, ceiling) if kind.direction > 0 else (ceiling, floor)
    for answer in answers:
        if not lower.likely < answer.likely < upper.likely:
            raise broken("answer_outside", value=answer.likely, low=lower.likely, high=upper.likely)
        if not (lower.high < answer.low and answer.high < upper.low):
            raise broken("ranges_overlap", value=[answer.low, answer.high], low=lower.high, high=upper.low)
    if lower.high >= upper.low:
        raise broken("ranges_overlap", value=[lower.low, lower.high], low=upper.low, high=upper.high)
    CURVES[family].check(floor.likely, ceiling.likely, [(x, y.likely) for x, y in points])


def check_lever(kind: LeverKind, lever: "Constant | Curve") -> None:
    """Refuse a lever whose numbers its metric cannot have. Raises PydanticCustomError."""
    if isinstance(lever, Constant):
        between(0, 1.0 if kind.moves.is_rate else MAX_AMOUNT)(lever.constant)
        return
    check_answers(kind, lever.family, lever.floor, lever.ceiling, lever.points)
    if kind.metric != "acquisition_rate" and "rival_response" in lever.model_fields_set:
        raise broken("rivals_elsewhere", value=lever.rival_response.likely)
    for effect in lever.side_effects:
        if effect.metric == kind.metric:
            raise broken("own_metric", value=effect.metric)


class Levers(Model):
    """What is believed about the levers of one segment, by code: levers of LEVERS, in its order."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Lever] = Field(init=False)

    @model_validator(mode="before")
    @classmethod
    def _only_of_the_table(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        lacking = [code for code, kind in LEVERS.items() if kind.needed and code not in given]
        wrong = [InitErrorDetails(type="missing", loc=(code,), input=given) for code in lacking]
        wrong += [
            InitErrorDetails(type="extra_forbidden", loc=(code,), input=lever)
            for code, lever in given.items()
            if code not in LEVERS
        ]
        if wrong:
            raise ValidationError.from_exception_data("Levers", wrong)
        return {code: given[code] for code in LEVERS if code in given}

    def __hash__(self) -> int:
        return hash(tuple(self.__pydantic_extra__.items()))

    def __getitem__(self, code: str) -> Constant | Curve:
        return self.__pydantic_extra__[code]

    def __contains__(self, code: str) -> bool:
        return code in self.__pydantic_extra__

    def items(self) -> Iterable[tuple[LeverKind, Constant | Curve]]:
        """Each kind of lever with this segment's answers, in the order of LEVERS."""
        return ((LEVERS[code], lever) for code, lever in self.__pydantic_extra__.items())

    @model_validator(mode="after")
    def _check(self) -> Self:
        for kind, lever in self.items():
            try:
                check_lever(kind, lever)
            except PydanticCustomError as error:
                raise broken(**(error.context or {}), field=kind.code) from None
        return self
