"""Two versions of a plan told beside each other: what differs in words and units, and which change did what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strategy.case.case import Case
from strategy.case.estimate import Estimate
from strategy.explanations.telling import answer_lines, number_name
from strategy.plan.compared.differences import Difference
from strategy.plan.compared.equity_steps import EquityStep
from strategy.plan.compared.number_changes import NumberChange
from strategy.plan.plan import Plan
from strategy.plan.register import PEOPLE, SHARES, quantity
from strategy.questions import BY_CODE
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import MISSING, N_, Wording

FIELDS = {
    "title": N_("name of the plan"),
    "client": N_("for whom"),
    "prepared_by": N_("made by"),
    "name": N_("name of the firm"),
    "currency": N_("currency"),
    "period": N_("counted in"),
    "horizon": N_("periods ahead"),
    "discount_timing": N_("when money is counted in a period"),
}
PERIODS = {"year": N_("years"), "quarter": N_("quarters"), "month": N_("months")}
TIMINGS = {"start": N_("at its start"), "middle": N_("halfway"), "end": N_("at its end")}
WHOLE = {
    "migration": N_("who moves from segment to segment"),
    "shown": N_("scenario on the screen"),
    "draws": N_("draws from what is believed"),
    "brand": N_("logo and colour"),
    "evidence": N_("customer evidence"),
    "other": N_("the way it is written down"),
}
NAMED = {
    "segment": N_("segment"),
    "segment_name": N_("name of a segment"),
    "event": N_("event “{name}”"),
    "initiative": N_("initiative “{name}”"),
    "scenario": N_("scenario"),
    "scenario_name": N_("name of a scenario"),
    "note": N_("note of scenario “{name}”"),
    "world": N_("world “{name}”"),
}
STEPS = {
    "firm": N_("numbers of the firm"),
    "migration": N_("who moves from segment to segment"),
    "events": N_("events"),
    "initiatives": N_("what initiatives do and cost"),
    "chosen": N_("chosen initiatives"),
    "everything": N_("all numbers together"),
}


@dataclass(frozen=True)
class Told:
    """One difference in words: what, how it was, how it is."""

    what: str
    before: str
    after: str


def told(difference: Difference, before: Plan, after: Plan, say: Wording) -> Told:
    """A difference between two plans as people read it; money in the currency of each."""
    words = _Words(before, after, say)
    what = words.what(difference)
    if difference.kind == "answer":
        lines = [", ".join(answer_lines(plan, BY_CODE[difference.key[0]], say)) for plan in (before, after)]
        return Told(what, lines[0] or MISSING, lines[1] or MISSING)
    if difference.after is True and difference.before is None:
        return Told(what, "", say.text("changed"))
    sides = (
        words.value(difference, value, plan) for value, plan in ((difference.before, before), (difference.after, after))
    )
    return Told(what, *sides)


@dataclass(frozen=True)
class _Words:
    before: Plan
    after: Plan
    say: Wording

    def what(self, difference: Difference) -> str:
        """The thing that differs."""
        say, kind, key = self.say, difference.kind, difference.key
        match kind:
            case "name" | "firm":
                return say.text(FIELDS[key[0]])
            case "number":
                return number_name(self._case(key[0]), key, say)
            case "curve":
                return say.text("{cell}: shape of the curve", cell=self._cell(*key))
            case "opinions":
                return say.text("{cell}: what people of the room answered", cell=self._cell(*key))
            case "answer":
                return say.text(BY_CODE[key[0]].text)
            case "money":
                return self._in(key[0], say.text("money on {cell}", cell=self._cell(key[1], key[2])))
            case "budget":
                return self._in(key[0], say.text("budget"))
            case "phases":
                return self._in(key[0], say.text("money over time"))
            case "chosen":
                return self._in(key[0], say.text("initiative “{name}” chosen", name=self._initiative(key[1])))
            case "search":
                return self._in(key[0], say.text("locks, limits and how the best split is searched"))
            case "segment" | "segment_name" | "event" | "initiative" | "scenario" | "scenario_name" | "note" | "world":
                name = str(difference.before or difference.after or "")
                return say.text(NAMED[kind], name=self._named(kind, key[0]) if name in ("", "True") else name)
        return say.text(WHOLE[kind])

    def value(self, difference: Difference, value: Any, plan: Plan) -> str:
        """How the thing is in one of the plans."""
        say, kind = Wording(self.say.language, plan.case.currency), difference.kind
        if value is None:
            return MISSING
        match kind:
            case "number":
                return number_value(difference.key, value, say)
            case "money" | "budget":
                return say.money(value, 0)
            case "chosen":
                return say.text("yes") if value else say.text("no")
            case "phases":
                return say.plural("{count} phase", "{count} phases", value)
            case "firm" if difference.key[0] in ("period", "discount_timing"):
                return say.text((PERIODS | TIMINGS)[value])
        return say.number(value) if isinstance(value, int | float) else str(value)

    def _case(self, segment: str) -> Case:
        """The case that knows a segment, the later one first."""
        return self.after.case if segment in self.after.case.segment_ids else self.before.case

    def _cell(self, segment: str, lever: str) -> str:
        name, word = self._case(segment).segment(segment).name, self.say.text(LEVER_NAMES[lever])
        return self.say.text("{segment}, {lever}", segment=name, lever=word)

    def _in(self, scenario: str, what: str) -> str:
        """With the scenario's name where there are several."""
        if len(self.before.scenarios) == len(self.after.scenarios) == 1:
            return what
        return self.say.text("{scenario}: {thing}", scenario=self._named("note", scenario), thing=what)

    def _initiative(self, name: str) -> str:
        entries = (*self.after.case.initiatives, *self.before.case.initiatives)
        return next((entry.name for entry in entries if entry.id == name), name)

    def _named(self, kind: str, name: str) -> str:
        """The name of what has an id, as it is in the later plan."""
        of: Mapping[str, Any] = {"event": self.after.case.events, "initiative": self.after.case.initiatives}
        return next((entry.name for entry in of.get(kind, self.after.scenarios) if entry.id == name), name)


def number_value(key: tuple[str, ...], value: Estimate | None, say: Wording) -> str:
    """A number of a case as people read it: shares of 100 as a percentage, people whole, money in full."""
    if value is None:
        return MISSING
    what = quantity(key)

    def written(number: float | None) -> str:
        if number is None:
            return MISSING
        if what in SHARES:
            return say.percent(float(f"{number:.4g}"), None)
        return say.people(number) if what in PEOPLE else say.money(number)

    return written(value.likely) if value.certain else say.span(value.low, value.high, written)


def step_name(step: EquityStep, case: Case, say: Wording) -> str:
    """What was changed in a step: "Families, Retain: beliefs"; at most three are named."""
    names = [_change_name(*change, case, say) for change in step.changes]
    return "; ".join(names[:3]) + ("; …" if len(names) > 3 else "")


def _change_name(kind: str, segment: str, lever: str, case: Case, say: Wording) -> str:
    name = case.segment(segment).name if segment in case.segment_ids else segment
    match kind:
        case "segment":
            return say.text("{segment}: its own numbers", segment=name)
        case "believed":
            cell = say.text("{segment}, {lever}", segment=name, lever=say.text(LEVER_NAMES[lever]))
            return say.text("{cell}: beliefs", cell=cell)
        case "money":
            where = say.text(LEVER_NAMES[lever]) if lever else ""
            return say.text("money on {cell}", cell=where) if lever else say.text("money over time")
    return say.text(STEPS[kind])


def change_told(change: NumberChange, who: str, when: str, say: Wording) -> str:
    """The last change of a number: when, by whom, and what it was before."""
    value = number_value(change.key, change.before, say)
    return say.text("was {value} ({who}, {when})", when=when, who=who, value=value)
