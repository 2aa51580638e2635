"""From one plan's customer equity to another's, one change after another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.case.levers import LEVER_CODES
from strategy.equity.phases import SpendPhase
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.plan.scenario import money_path

StepKind = Literal["firm", "segment", "believed", "migration", "events", "initiatives", "money", "chosen", "everything"]
NOTHING = 1e-9
"""A difference below this share of the amounts is rounding."""
MOST_STEPS = 24
"""Changes that are looked at one by one; where there are more, all that differs in the case is one."""


@dataclass(frozen=True)
class EquityStep:
    """Changes that were made together, (kind, segment id or "", lever or ""), and what they added, money."""

    changes: tuple[tuple[StepKind, str, str], ...]
    added: float


@dataclass(frozen=True)
class EquitySteps:
    """Customer equity and uplift of two plans, and what each change between them did; added sums to the difference.

    The changes are made in the order in which they stand, so what one does depends on those before it.
    """

    before: float
    after: float
    uplift_before: float
    uplift_after: float
    steps: tuple[EquityStep, ...]

    @property
    def difference(self) -> float:
        """What all changes did to customer equity."""
        return self.after - self.before


Change = tuple[StepKind, str, str]


def equity_steps(before: Plan, after: Plan) -> EquitySteps:
    """What the changes from one plan to another, each in the scenario that it shows, did to customer equity."""
    first, last = results.read_out(before), results.read_out(after)
    steps: list[EquityStep] = []
    waiting: list[Change] = []
    equity, goal = first.customer_equity, last.customer_equity
    scale = max(abs(equity), abs(goal), 1.0)
    for change, plan in _one_by_one(before, after):
        waiting.append(change)
        if plan is not None:
            now = results.read_out(plan).customer_equity
            steps.append(EquityStep(tuple(waiting), now - equity))
            equity, waiting = now, []
    if waiting or abs(goal - equity) > NOTHING * scale:
        steps.append(EquityStep(tuple(waiting) or (("everything", "", ""),), goal - equity))
    worked = tuple(step for step in steps if abs(step.added) > NOTHING * scale)
    return EquitySteps(first.customer_equity, goal, first.uplift, last.uplift, worked)


def _one_by_one(before: Plan, after: Plan) -> Iterator[tuple[Change, Plan | None]]:
    """Each change with the plan after it and all before it; None where that makes no sense without the next."""
    plan = before
    for change, case in _cases(before.case, after.case):
        if case is not None:
            plan = set_case(plan, case)
        yield change, None if case is None else plan
    target = after.scenario
    for lever in LEVER_CODES if len(plan.phases) == len(after.phases) and plan.starts == after.starts else ():
        moved = _with_lever(plan, after, lever)
        if moved != plan:
            plan = moved
            yield ("money", "", lever), plan
    if plan.scenario.spend != target.spend:
        plan = plan.having(spend=target.spend)
        yield ("money", "", ""), plan
    if plan.initiatives != target.initiatives:
        plan = plan.having(initiatives=target.initiatives)
        yield ("chosen", "", ""), plan


def _with_lever(plan: Plan, after: Plan, lever: str) -> Plan:
    """The plan with the other's money on a lever, in each phase."""
    phases = [
        SpendPhase(phase.start, {s: {**cells, lever: other.spend[s][lever]} for s, cells in phase.spend.items()})
        for phase, other in zip(plan.phases, after.phases, strict=True)
    ]
    return plan.having(spend=money_path(phases))


def _cases(before: Case, after: Case) -> Iterator[tuple[Change, Case | None]]:
    """The case after each change of it in turn; None where it cannot be so without the next."""
    if before == after:
        return
    one, other = document_of(before), document_of(after)
    pieces = list(_pieces(one, other)) if before.segment_ids == after.segment_ids else []
    if not pieces or len(pieces) > MOST_STEPS:
        yield ("everything", "", ""), after
        return
    document = one
    for number, (change, piece) in enumerate(pieces, 1):
        document = _with(document, change, piece)
        try:
            yield change, after if number == len(pieces) else case_from(document)
        except PlannerError:
            yield change, None


def _pieces(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Change, Any]]:
    """What differs between two cases with the same segments, in parts that people change one at a time."""
    parts = ("segments", "migration", "events", "initiatives")
    firm = {field: value for field, value in after.items() if field not in parts and before.get(field) != value}
    if firm.keys() - {"name"} or before.keys() - after.keys():
        yield ("firm", "", ""), firm
    for one, other in zip(before["segments"], after["segments"], strict=True):
        own = _own_numbers(other)
        if own != _own_numbers(one):
            yield ("segment", other["id"], ""), own
        for lever in dict.fromkeys([*one["levers"], *other["levers"]]):
            if one["levers"].get(lever) != other["levers"].get(lever):
                yield ("believed", other["id"], lever), other["levers"].get(lever)
    for part in parts[1:]:
        if before.get(part) != after.get(part):
            yield (part, "", ""), after.get(part)  # type: ignore[misc]


def _own_numbers(segment: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in segment.items() if field not in ("levers", "name")}


def _with(document: Mapping[str, Any], change: Change, piece: Any) -> dict[str, Any]:
    """A case's document with a part of another's."""
    kind, segment, lever = change
    if kind == "firm":
        return {**document, **piece}
    if kind not in ("segment", "believed"):
        return {**document, kind: piece}

    def changed(told: Mapping[str, Any]) -> Mapping[str, Any]:
        if told["id"] != segment:
            return told
        if kind == "segment":
            return {**piece, "name": told["name"], "levers": told["levers"]}
        levers = {**told["levers"], lever: piece}
        return {**told, "levers": {code: value for code, value in levers.items() if value is not None}}

    return {**document, "segments": [changed(told) for told in document["segments"]]}
