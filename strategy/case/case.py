"""A case: the firm, its segments and what people believe about spending. Read, checked, and never changed in place."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from strategy.case.estimate import (
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
    between,
    broken,
)
from strategy.case.lever_beliefs import NO_RIVALS, Levers, Metric, one_of
from strategy.case.lever_beliefs import Constant as Constant
from strategy.case.lever_beliefs import Curve as Curve
from strategy.case.lever_beliefs import Opinion as Opinion
from strategy.case.levers import LEVER_CODES, LEVER_OF, LEVERS
from strategy.errors import PlannerError

SCHEMA = 2
MAX_PERIODS = 120
MAX_SEGMENTS = 50
PERIODS_A_YEAR = {"year": 1, "quarter": 4, "month": 12}
TIMINGS = {"start": 0.0, "middle": 0.5, "end": 1.0}


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


class ProspectPool(Model):
    """Prospects that run out: who is won leaves them, and they fill up again.

    refill        people who become prospects in a period
    return_share  of those who stop being customers, the share that can be won again
    """

    refill: NotNegative
    return_share: Share


class Segment(Model):
    """A group of customers, its pool of prospects, and what is believed about its levers. Everything is per period.

    prospect_pool  how prospects run out; without it all of them can be reached anew in each period
    believed  the levers as given: one whose metric is a field of the segment may be left out, and is never a constant
    """

    id: Slug
    name: Name
    customers: NotNegative
    prospects: NotNegative
    gross_margin: Share
    onboarding_cost: Estimate = Estimate.of(0)
    referral_rate: NotNegative = Estimate.of(0)
    prospect_pool: ProspectPool | None = None
    believed: Levers = Field(alias="levers")

    @property
    def levers(self) -> Levers:
        """All levers in the order of LEVERS; one that is left out is a constant at the segment's own number."""
        left_out = [kind for code, kind in LEVERS.items() if code not in self.believed]
        if not left_out:
            return self.believed
        given: dict[str, Any] = {kind.code: lever for kind, lever in self.believed.items()}
        given |= {kind.code: Constant(constant=getattr(self, kind.moves.own)) for kind in left_out}
        return Levers.model_construct(**{code: given[code] for code in LEVERS})

    @property
    def refill(self) -> Estimate:
        """Who become prospects in a period; 0 where prospects do not run out."""
        return self.prospect_pool.refill if self.prospect_pool else Estimate.of(0)

    @property
    def return_share(self) -> Estimate:
        """The share of leavers that can be won again; 0 where prospects do not run out."""
        return self.prospect_pool.return_share if self.prospect_pool else Estimate.of(0)

    @property
    def rival_response(self) -> Estimate:
        """The share of what acquiring more than today wins for good that rivals undo."""
        acquire = self.levers[LEVER_OF["acquisition_rate"]]
        return acquire.rival_response if isinstance(acquire, Curve) else NO_RIVALS

    def counts(self, field: str) -> bool:
        """Whether one of its numbers enters the model: not where a lever moves it or there is nothing it is about."""
        if field in ("refill", "return_share"):
            return self.prospect_pool is not None
        if field == "rival_response":
            return isinstance(self.levers[LEVER_OF["acquisition_rate"]], Curve)
        return not self.moved(field)

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As in a case file, which has a pool only where prospects run out."""
        written: dict[str, Any] = write(self)
        if self.prospect_pool is None:
            del written["prospect_pool"]
        return written

    def moved(self, field: str) -> bool:
        """Whether a lever moves this number of the segment, which is then not used itself."""
        return LEVER_OF.get(field, "") in self.believed

    @model_validator(mode="after")
    def _check(self) -> Self:
        acquire = self.levers["acquire"]
        if isinstance(acquire, Curve) and self.prospects.low <= 0:
            raise broken("no_prospects", value=self.prospects.low)
        if isinstance(acquire, Curve):
            acquires = acquire.spend > 0 or acquire.floor.likely > 0
        else:
            acquires = self.prospects.likely > 0 and acquire.constant.likely > 0
        for kind, lever in self.believed.items():
            if isinstance(lever, Constant) and not kind.needed:
                raise broken("own_number", value=kind.moves.own, field=kind.code)
            works_on_nobody = self.customers.likely == 0 and (kind.moves.works == "opening" or not acquires)
            if isinstance(lever, Curve) and kind.intensity == "customer" and works_on_nobody:
                raise broken("no_customers", value=0, field=kind.code)
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

    lever: Annotated[str, one_of(LEVERS)]
    one_off: Amount = 0.0
    per_period: Amount = 0.0


class Case(Model):
    """A firm and its beliefs, as in a case file; money in one currency, everything per period."""

    schema_: Literal[2] = Field(default=2, alias="schema")
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

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field) for field in type(self).model_fields))

    def __hash__(self) -> int:
        """That of all fields, made once: what is kept of a case is looked up by it many times on a page."""
        return self._hash

    def __copy__(self) -> Self:
        """A copy, which may get other fields, makes a hash of its own."""
        copied = super().__copy__()
        copied.__dict__.pop("_hash", None)
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        """Without the hash: another process's texts have other hashes."""
        state = super().__getstate__()
        return {**state, "__dict__": {name: value for name, value in state["__dict__"].items() if name != "_hash"}}

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
                lever = segment.levers[LEVER_OF["retention_rate"]]
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
