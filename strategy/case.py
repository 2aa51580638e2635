"""A case: the firm, its segments and what people believe about spending. Read, checked, and never changed in place."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf, log
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from strategy.errors import PlannerError
from strategy.estimate import (
    MAX_AMOUNT,
    Amount,
    Estimate,
    Model,
    Name,
    NotNegative,
    Number,
    Share,
    Signed,
    Slug,
    Spend,
    between,
    broken,
)
from strategy.levers import LEVER_CODES, LEVERS, RATES, LeverKind, Metric

SCHEMA = 1
MAX_PERIODS = 120
MAX_SEGMENTS = 50
EXPONENT_RANGE = (0.2, 8.0)
PERIODS_A_YEAR = {"year": 1, "quarter": 4, "month": 12}
TIMINGS = {"start": 0.0, "middle": 0.5, "end": 1.0}

LeverCode = Literal["acquire", "develop", "retain", "reduce_cost"]


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
    carryover share of the effect stock that lasts into the next period
    """

    spend: Amount = 0.0
    floor: Estimate
    ceiling: Estimate
    points: tuple[tuple[Spend, Estimate], ...] = Field(min_length=1, max_length=2)
    carryover: Annotated[Number, AfterValidator(between(0, 1 - 1e-12))] = 0.0
    side_effects: tuple[SideEffect, ...] = Field(default=(), max_length=8)
    opinions: tuple[Opinion, ...] = Field(default=(), max_length=200)


def _is_constant(given: object) -> str:
    constant = isinstance(given, Constant) or (isinstance(given, Mapping) and "constant" in given)
    return "constant" if constant else "curve"


Lever = Annotated[
    Annotated[Constant, Tag("constant")] | Annotated[Curve, Tag("curve")],
    Discriminator(_is_constant),
]


def check_answers(
    kind: LeverKind, floor: Estimate, ceiling: Estimate, points: Sequence[tuple[float, Estimate]]
) -> None:
    """Refuse answers that no curve of the lever can give.

    Raises PydanticCustomError: values outside the metric's range, a floor and ceiling on the wrong sides, answers or
    ranges out of order, overlapping ranges, or an ADBUDG exponent outside 0.2..8.
    """
    highest = 1.0 if kind.metric in RATES else MAX_AMOUNT
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
    if len(points) == 2:
        exponent = adbudg_exponent(floor.likely, ceiling.likely, [(x, y.likely) for x, y in points])
        if not EXPONENT_RANGE[0] <= exponent <= EXPONENT_RANGE[1]:
            raise broken("exponent", value=exponent, low=EXPONENT_RANGE[0], high=EXPONENT_RANGE[1])


def check_lever(kind: LeverKind, lever: "Constant | Curve") -> None:
    """Refuse a lever whose numbers its metric cannot have. Raises PydanticCustomError."""
    if isinstance(lever, Constant):
        between(0, 1.0 if kind.metric in RATES else MAX_AMOUNT)(lever.constant)
        return
    check_answers(kind, lever.floor, lever.ceiling, lever.points)
    for effect in lever.side_effects:
        if effect.metric == kind.metric:
            raise broken("own_metric", value=effect.metric)


def adbudg_exponent(floor: float, ceiling: float, points: Sequence[tuple[float, float]]) -> float:
    """The exponent p of the ADBUDG curve through two answers (Little 1970): ln(odds_2/odds_1) / ln(x_2/x_1).

    Infinite where the answers are closer than numbers can tell.
    """
    (first, low), (second, high) = points
    try:
        odds = [(value - floor) / (ceiling - value) for value in (low, high)]
        return log(odds[1] / odds[0]) / log(second / first)
    except (ValueError, ArithmeticError):
        return inf


class Levers(Model):
    """The four levers of one segment."""

    acquire: Lever
    develop: Lever
    retain: Lever
    reduce_cost: Lever

    def __getitem__(self, code: str) -> Constant | Curve:
        lever: Constant | Curve = getattr(self, code)
        return lever

    def items(self) -> Iterable[tuple[LeverKind, Constant | Curve]]:
        """Each kind of lever with this segment's answers, in the order of LEVERS."""
        return ((kind, self[kind.code]) for kind in LEVERS)

    @model_validator(mode="after")
    def _check(self) -> Self:
        for kind, lever in self.items():
            try:
                check_lever(kind, lever)
            except PydanticCustomError as error:
                raise broken(**(error.context or {}), field=kind.code) from None
        return self


def slug(name: str, fallback: str) -> str:
    """An id made from a name: lower-case ASCII letters, digits and hyphens."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:60] or fallback


def _with_ids(given: object, prefix: str) -> object:
    """Give every nameable entry of a list without an id the slug of its name, numbered where taken."""
    if not isinstance(given, list | tuple):
        return given
    taken = {entry["id"] for entry in given if isinstance(entry, Mapping) and isinstance(entry.get("id"), str)}
    entries, suffixes = [], Counter[str]()
    for number, entry in enumerate(given, 1):
        if isinstance(entry, Mapping) and "id" not in entry and isinstance(entry.get("name"), str):
            base = chosen = slug(entry["name"], f"{prefix}-{number}")
            while chosen in taken:
                suffixes[base] += 1
                chosen = f"{base}-{suffixes[base] + 1}"
            taken.add(chosen)
            entry = {"id": chosen, **entry}
        entries.append(entry)
    return tuple(entries)


class Segment(Model):
    """A group of customers, its pool of prospects, and its four levers. Everything is per period."""

    id: Slug
    name: Name
    customers: NotNegative
    prospects: NotNegative
    gross_margin: Share
    onboarding_cost: Estimate = Estimate.of(0)
    referral_rate: NotNegative = Estimate.of(0)
    levers: Levers

    @model_validator(mode="after")
    def _check(self) -> Self:
        acquire = self.levers.acquire
        if isinstance(acquire, Curve) and self.prospects.low <= 0:
            raise broken("no_prospects", value=self.prospects.low)
        if isinstance(acquire, Curve):
            acquires = acquire.spend > 0 or acquire.floor.likely > 0
        else:
            acquires = self.prospects.likely > 0 and acquire.constant.likely > 0
        if self.customers.likely == 0 and not acquires:
            for code in ("develop", "retain"):
                if isinstance(self.levers[code], Curve):
                    raise broken("no_customers", value=0, field=code)
        return self


class Event(Model):
    """Something that happens to us: metric -> metric * multiply + add, in the periods from..to."""

    id: Slug
    name: Name
    start: int = Field(alias="from", ge=1, le=MAX_PERIODS + 1)
    end: int | None = Field(default=None, alias="to", ge=1, le=1000)
    segments: tuple[str, ...] | None = None
    metric: Metric
    multiply: Annotated[Number, AfterValidator(between(0, 1000))] = 1.0
    add: Signed = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise broken("ends_before_start", value=self.end, start=self.start)
        return self


class Initiative(Event):
    """Something we choose: an effect like an event's, a lever it belongs to, and what it costs."""

    lever: LeverCode
    one_off: Amount = 0.0
    per_period: Amount = 0.0


class Case(Model):
    """A firm and its beliefs, as in a case file; money in one currency, everything per period."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    name: Name
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    period: Literal["year", "quarter", "month"] = "year"
    horizon: int = Field(default=5, ge=1, le=MAX_PERIODS)
    discount_rate: Annotated[Number, AfterValidator(between(0, 10))] = 0.10
    discount_timing: Literal["start", "middle", "end"] = "start"
    budget: Amount | None = None
    segments: tuple[Segment, ...] = Field(min_length=1, max_length=MAX_SEGMENTS)
    migration: tuple[tuple[Number, ...], ...] | None = None
    events: tuple[Event, ...] = Field(default=(), max_length=100)
    initiatives: tuple[Initiative, ...] = Field(default=(), max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _name_the_nameless(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        lists = {"segments": "segment", "events": "event", "initiatives": "initiative"}
        return {field: _with_ids(value, lists[field]) if field in lists else value for field, value in given.items()}

    @model_validator(mode="after")
    def _check(self) -> Self:
        for field in ("segments", "events", "initiatives"):
            ids = [entry.id for entry in getattr(self, field)]
            for entry_id in ids:
                if ids.count(entry_id) > 1:
                    raise broken("duplicate_id", value=entry_id, within=field)
        known = self.segment_ids
        for event in (*self.events, *self.initiatives):
            for segment_id in event.segments or ():
                if segment_id not in known:
                    raise broken("unknown_segment", value=segment_id, within=event.name, known=", ".join(known))
        for initiative in self.initiatives:
            if initiative.start > self.horizon:
                raise broken("starts_after_horizon", value=initiative.start, within=initiative.name, high=self.horizon)
        self._check_migration()
        if self.planned_budget > MAX_AMOUNT:
            raise broken("out_of_range", value=self.planned_budget, low=0, high=MAX_AMOUNT, field="budget")
        if self.discount_rate == 0:
            for segment in self.segments:
                lever = segment.levers.retain
                stays = lever.constant if isinstance(lever, Constant) else lever.floor
                if stays.high >= 1:
                    raise broken("endless_value", value=stays.high, within=segment.name)
        return self

    def _check_migration(self) -> None:
        if self.migration is None:
            return
        size = len(self.segments)
        if len(self.migration) != size:
            raise broken("migration_shape", value=len(self.migration), size=size, row=0)
        for number, row in enumerate(self.migration, 1):
            if len(row) != size:
                raise broken("migration_shape", value=len(row), size=size, row=number)
            for share in row:
                if not 0 <= share <= 1:
                    raise broken("out_of_range", value=share, low=0, high=1, field=f"migration, row {number}")
            if abs(sum(row) - 1) > 1e-9:
                raise broken("migration_row", value=sum(row), row=number, within=self.segments[number - 1].name)

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """The ids of the segments, in order."""
        return tuple(segment.id for segment in self.segments)

    @property
    def initiative_ids(self) -> tuple[str, ...]:
        """The ids of the initiatives, in order."""
        return tuple(initiative.id for initiative in self.initiatives)

    @property
    def discount(self) -> float:
        """The discount rate of one period: (1 + annual)^(1/periods a year) - 1."""
        return float((1 + self.discount_rate) ** (1 / PERIODS_A_YEAR[self.period]) - 1)

    @property
    def timing(self) -> float:
        """tau: when in the period money moves, 0 at its start, 1 at its end."""
        return TIMINGS[self.discount_timing]

    @property
    def today(self) -> dict[str, dict[str, float]]:
        """Today's spend, money per period: {segment id: {lever: amount}}."""
        return {s.id: {code: s.levers[code].spend for code in LEVER_CODES} for s in self.segments}

    @property
    def planned_budget(self) -> float:
        """The planned total per period; today's total where the case names none."""
        if self.budget is not None:
            return self.budget
        return sum(amount for levers in self.today.values() for amount in levers.values())

    def segment(self, reference: str) -> Segment:
        """The segment with this id, or else with this name. Raises PlannerError("unknown_segment")."""
        for segment in self.segments:
            if segment.id == reference:
                return segment
        named = [segment for segment in self.segments if segment.name == reference]
        if len(named) == 1:
            return named[0]
        raise PlannerError(
            "unknown_segment", place="segment", value=reference, within="", known=", ".join(self.segment_ids)
        )

    def to_json(self) -> str:
        """The case as a case file; `read_case` gives the same case back."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1)
