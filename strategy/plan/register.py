"""The register of assumptions: every number of the case, where it comes from, and what to ask a client for."""

from collections.abc import Mapping
from dataclasses import dataclass

from strategy.case.beliefs import ASKED, ENDS, Origin
from strategy.case.case import Curve
from strategy.case.editing import PLAIN_NUMBERS, Key, numbers_of, with_number
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVERS, METRICS
from strategy.errors import PlannerError
from strategy.plan.plan import Plan, set_case

SHARES = (
    *(code for code, metric in METRICS.items() if metric.unit != "money"),
    "gross_margin",
    "return_share",
    "rival_response",
    "discount_rate",
    "carryover",
)
PEOPLE = ("customers", "prospects", "refill")


@dataclass(frozen=True)
class Entry:
    """A number of the case.

    value   as people read it: shares of 100, people, money
    factor  how many of that make 1 in the case
    unit    hundred, people or money
    """

    key: Key
    value: Estimate
    factor: float
    unit: str
    origin: Origin

    @property
    def known(self) -> bool:
        """Whether it was measured and nobody has to confirm it."""
        return self.origin.kind == "measured" and not self.origin.confirm


def register(plan: Plan) -> list[Entry]:
    """Every number of the case in its own order."""
    return [_entry(plan, key, value) for key, value in numbers_of(plan.case).items()]


def _entry(plan: Plan, key: Key, value: Estimate) -> Entry:
    what = quantity(key)
    unit = "hundred" if what in SHARES else "people" if what in PEOPLE else "money"
    factor = 100.0 if unit == "hundred" else 1.0
    shown = Estimate.shown(*(round(getattr(value, end) * factor, 9) for end in ENDS))
    return Entry(key, shown, factor, unit, plan.origin(key))


def unconfirmed_answers(plan: Plan) -> int:
    """How many answers of curves are defaults of the planner that nobody has confirmed yet."""
    curves = {
        (segment.id, kind.code): len(lever.points)
        for segment in plan.case.segments
        for kind, lever in segment.believed.items()
        if isinstance(lever, Curve)
    }
    fields = {1: [field for field in ASKED if field != "answer_2"], 2: ASKED}
    origins = (plan.origin((*cell, field)) for cell, points in curves.items() for field in fields[points])
    return sum(origin.kind == "default" and origin.confirm for origin in origins)


def quantity(key: Key) -> str:
    """What a number measures: the metric of a lever's answers, or the field itself."""
    if len(key) < 3 or key[2] in ("spend", "carryover"):
        return key[-1]
    if key[2] in ("floor", "answer_1", "answer_2", "ceiling", "constant"):
        return LEVERS[key[1]].metric
    return key[2]


def assumption_of(key: Key) -> Key:
    """The assumption that a number belongs to in draws and in the value of information."""
    return (*key[:2], "answers") if key[-1] in ("answer_1", "answer_2") else key


def set_number(plan: Plan, key: Key, ends: Mapping[str, float]) -> Plan:
    """The plan with a number of its case typed anew, in the unit of its entry; the other ends stay if they can.

    ends  {low, likely, high}: those that were typed; of PLAIN_NUMBERS, which have no range, any of them is the number
    Raises PlannerError naming place, value and rule.
    """
    entry = next((entry for entry in register(plan) if entry.key == key), None)
    if entry is None:
        raise PlannerError("unknown_number", place="/".join(key), value="/".join(key))
    now = {end: getattr(entry.value, end) for end in ENDS}
    typed = now | dict(ends)
    if key[-1] in PLAIN_NUMBERS:
        typed = dict.fromkeys(ENDS, ends.get("likely", next(iter(ends.values()))))
    elif "likely" in ends:
        low, high = (ends.get(end, typed["likely"] if entry.value.certain else now[end]) for end in ("low", "high"))
        typed |= {"low": min(low, typed["likely"]), "high": max(high, typed["likely"])}
    if not typed["low"] <= typed["likely"] <= typed["high"]:
        raise PlannerError("triple_order", place="/".join(key), value=[typed[end] for end in ENDS])
    exact = {now[end]: getattr(numbers_of(plan.case)[key], end) for end in ENDS}
    value = Estimate.of(*(exact.get(typed[end], typed[end] / entry.factor) for end in ENDS))
    origin = entry.origin if entry.origin.kind == "measured" else Origin(kind="believed", by=entry.origin.by)
    return set_case(plan, with_number(plan.case, key, value), {key: origin})


def set_origin(plan: Plan, key: Key, origin: Origin) -> Plan:
    """The plan with another origin of a number."""
    return set_case(plan, plan.case, {key: origin})


def to_ask_for(plan: Plan) -> list[Entry]:
    """What to ask a client for: every number that was not measured, those to be confirmed first."""
    unknown = [entry for entry in register(plan) if not entry.known]
    return sorted(unknown, key=lambda entry: not entry.origin.confirm)


def most_worth_first(entries: list[Entry], worth: Mapping[Key, float]) -> list[Entry]:
    """Entries by what finding them out is worth, the largest first; without a worth they keep their order."""
    return sorted(entries, key=lambda entry: -worth.get(assumption_of(entry.key), 0.0))
