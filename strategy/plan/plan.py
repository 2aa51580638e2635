"""A plan: the case, the answers to the strategic questions, how the money is divided, and every change to them."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from strategy.allocation.best_split import Goal
from strategy.allocation.limits import Limits
from strategy.allocation.split_file import initiatives_from, limits_from, spend_from
from strategy.case.beliefs import FROM_FILE, Origin, origin_key
from strategy.case.case import Case, Curve
from strategy.case.case_file import case_from, read_json, validate
from strategy.case.editing import Key
from strategy.case.estimate import MAX_AMOUNT, Amount, Model, without_traces
from strategy.case.levers import LEVER_CODES
from strategy.equity.parameters import chosen_array
from strategy.equity.simulation import initiative_budget
from strategy.equity.uncertainty import DRAWS, SEED
from strategy.errors import PlannerError
from strategy.plan.answers import checked_answer, checked_answers, fitted
from strategy.questions import BY_CODE, Answer

SCHEMA = 1
Cell = tuple[str, str]
"""(segment id, lever)"""
CellSpend = Mapping[str, Mapping[str, float]]


class Plan(Model):
    """What a person decides; frozen, changed by copy.

    spend        money per period, {segment id: {lever: amount}}, every cell present
    initiatives  ids of the chosen ones
    budget       planned total per period, initiatives included
    fixed        whether moving one amount takes from the others, so that the total stays
    locked       cells that neither moving nor searching changes
    limits       what the search must respect besides the locks
    aversion     weight of the worst 5 % of draws in the search, 0..1; over `draws` where above 0
    answers      to the strategic questions, {question code: answer}; what is not answered is not there
    origins      where numbers of the case come from, {`origin_key`: Origin}; without one: as the case came
    """

    schema_: Literal[1] = Field(default=1, alias="schema")
    case: Case
    spend: dict[str, dict[str, Amount]]
    initiatives: tuple[str, ...] = ()
    budget: Amount
    fixed: bool = True
    at_most: bool = False
    choose_initiatives: bool = False
    locked: tuple[Cell, ...] = ()
    limits: Limits = Limits()
    aversion: float = Field(default=0.0, ge=0, le=1)
    draws: int = Field(default=DRAWS, ge=1, le=100_000)
    seed: int = Field(default=SEED, ge=0, le=2**32 - 1)
    answers: dict[str, Any] = Field(default_factory=dict)
    origins: dict[str, Origin] = Field(default_factory=dict)

    @property
    def spent(self) -> float:
        """Spend of all cells, money per period."""
        return sum(amount for levers in self.spend.values() for amount in levers.values())

    @property
    def initiative_cost(self) -> float:
        """What the chosen initiatives take from the budget, money per period."""
        return float(chosen_array(self.case, self.initiatives)[0, 0] @ initiative_budget(self.case))

    @property
    def unallocated(self) -> float:
        """What is left of the budget; below 0 where the plan costs more."""
        left = self.budget - self.spent - self.initiative_cost
        return left if abs(left) > 1e-9 * max(self.budget, 1.0) else 0.0

    @property
    def as_today(self) -> bool:
        """Whether the plan is today's split."""
        return not self.initiatives and self.spend == self.case.today

    @property
    def goal(self) -> Goal:
        """What the search maximises."""
        return Goal(self.draws if self.aversion > 0 else 0, self.seed, self.aversion)

    @property
    def all_limits(self) -> Limits:
        """The limits with the locks at their present amounts."""
        locked: dict[str, dict[str, float]] = {}
        for segment, lever in self.locked:
            locked.setdefault(segment, {})[lever] = self.spend[segment][lever]
        return Limits(self.limits.cells, self.limits.levers, locked)

    def lever_total(self, lever: str) -> float:
        """Spend on a lever over all segments, money per period."""
        return sum(levers[lever] for levers in self.spend.values())

    def cells(self, lever: str | None = None) -> list[Cell]:
        """The cells that take money, of one lever or all."""
        return [
            (segment.id, code)
            for segment in self.case.segments
            for code in LEVER_CODES
            if lever in (None, code) and isinstance(segment.levers[code], Curve)
        ]

    def answer(self, question: str, segment: str | None = None) -> Answer:
        """The answer to a question, or of one segment to a question per segment; None where there is none."""
        found = self.answers.get(question)
        return found if segment is None or found is None else found.get(segment)

    def origin(self, key: Key) -> Origin:
        """Where a number of the case comes from."""
        return self.origins.get(origin_key(key), FROM_FILE)

    def to_json(self) -> str:
        """The plan as a file; `read_plan` gives the same plan back."""
        return self.model_dump_json(by_alias=True, indent=1)


def start(case: Case, origins: Mapping[str, Origin] | None = None) -> Plan:
    """The plan everybody starts with: today's split within the case's budget."""
    plan = Plan(case=case, spend=case.today, budget=case.planned_budget, origins=dict(origins or {}))
    return _with(plan, fixed=abs(plan.unallocated) <= 1e-9 * max(plan.budget, 1.0))


def read_plan(text: str | bytes) -> Plan:
    """A plan from a plan file, or today's plan from a case file. Raises PlannerError naming place, value and rule."""
    document = read_json(text)
    if not (isinstance(document, Mapping) and "case" in document):
        return start(case_from(document))
    if document.get("schema") != SCHEMA or document["schema"] is True:
        raise PlannerError("schema", place="schema", value=document.get("schema"), schema=SCHEMA)
    case = case_from(document["case"])
    checked: dict[str, Any] = {**document, "case": case}
    checked["spend"] = spend_from(case, document.get("spend"))
    chosen = document.get("initiatives", [])
    checked["initiatives"] = initiatives_from(case, chosen if isinstance(chosen, list) else [str(chosen)])
    checked["limits"] = limits_from(case, document.get("limits", {}))
    if checked["limits"].locked:
        raise PlannerError("locks_in_limits", place="limits, locked", value=list(checked["limits"].locked))
    locked = document.get("locked", [])
    if not isinstance(locked, list):
        raise PlannerError("unknown_plan_field", place="locked", value=locked)
    for cell in locked:
        if not isinstance(cell, list) or len(cell) != 2 or tuple(cell) not in start(case).cells():
            raise PlannerError("unknown_plan_field", place="locked", value=cell)
    checked["answers"] = checked_answers(case, document.get("answers", {}))
    return validate(Plan, checked)


# Changes -------------------------------------------------------------------------------------------------------------


def _with(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update=changes)


def set_cell(plan: Plan, segment: str, lever: str, amount: float) -> Plan:
    """The plan with one cell at an amount; with the total fixed the others give way. A locked cell stays."""
    return _set(plan, {(segment, lever): amount}) if (segment, lever) not in plan.locked else plan


def set_lever(plan: Plan, lever: str, total: float) -> Plan:
    """The plan with a lever at a total: its unlocked segments scaled in proportion, the other levers giving way."""
    cells = [cell for cell in plan.cells(lever) if cell not in plan.locked]
    held = sum(plan.spend[s][code] for s, code in plan.cells(lever) if (s, code) in plan.locked)
    return _set(plan, _scaled(plan, cells, max(0.0, total - held)))


def _set(plan: Plan, amounts: dict[Cell, float]) -> Plan:
    wanted = {cell: min(max(0.0, amount), MAX_AMOUNT) for cell, amount in amounts.items()}
    if plan.fixed:
        others = [cell for cell in plan.cells() if cell not in wanted and cell not in plan.locked]
        room = _room(plan)
        asked = sum(wanted.values())
        if asked > room or not others:
            wanted = _proportional(wanted, room)
        wanted |= _scaled(plan, others, room - sum(wanted.values()))
    return _with(plan, spend=_updated(plan.spend, wanted))


def _scaled(plan: Plan, cells: list[Cell], total: float) -> dict[Cell, float]:
    """Cells at a total, in proportion to what they have; to today's, then evenly, where they have nothing."""
    for weights in (plan.spend, plan.case.today):
        having = {(s, lever): weights[s][lever] for s, lever in cells}
        if sum(having.values()) > 0:
            return _proportional(having, total)
    return dict.fromkeys(cells, total / len(cells)) if cells else {}


def _proportional(weights: dict[Cell, float], total: float) -> dict[Cell, float]:
    whole = sum(weights.values())
    if whole <= 0:
        return dict.fromkeys(weights, total / len(weights)) if weights else {}
    return {cell: total * weight / whole for cell, weight in weights.items()}


def _updated(spend: CellSpend, amounts: dict[Cell, float]) -> dict[str, dict[str, float]]:
    return {
        s: {lever: without_traces(max(0.0, amounts.get((s, lever), held))) for lever, held in levers.items()}
        for s, levers in spend.items()
    }


def set_spend(plan: Plan, spend: CellSpend) -> Plan:
    """The plan with a whole split; its total stays fixed only if it is spent.

    Raises PlannerError for what the case does not take.
    """
    changed = _with(plan, spend=spend_from(plan.case, spend))
    return _with(changed, fixed=plan.fixed and changed.unallocated == 0)


def set_budget(plan: Plan, budget: float) -> Plan:
    """The plan with another total; with the total fixed the unlocked cells are scaled to it."""
    changed = _with(plan, budget=without_traces(min(max(0.0, budget), MAX_AMOUNT)))
    return _fill(changed) if plan.fixed else changed


def set_fixed(plan: Plan, fixed: bool) -> Plan:
    """The plan with its total fixed, which fills the budget, or free."""
    changed = _with(plan, fixed=fixed)
    return _fill(changed) if fixed else changed


def _fill(plan: Plan) -> Plan:
    """The unlocked cells scaled so that the budget is spent exactly."""
    cells = [cell for cell in plan.cells() if cell not in plan.locked]
    return _with(plan, spend=_updated(plan.spend, _scaled(plan, cells, _room(plan))))


def _room(plan: Plan) -> float:
    """What the budget leaves for the unlocked cells, money per period."""
    held = sum(plan.spend[s][lever] for s, lever in plan.locked)
    return max(0.0, plan.budget - plan.initiative_cost - held)


def choose(plan: Plan, initiative: str, chosen: bool) -> Plan:
    """The plan with an initiative chosen or not; with the total fixed the cells make room. Raises PlannerError."""
    ids = [i for i in plan.initiatives if i != initiative] + ([initiative] if chosen else [])
    changed = _with(plan, initiatives=initiatives_from(plan.case, ids))
    return _fill(changed) if plan.fixed else changed


def lock(plan: Plan, cells: list[Cell], locked: bool) -> Plan:
    """The plan with cells locked or not."""
    kept = [cell for cell in plan.locked if cell not in cells]
    return _with(plan, locked=tuple(kept + [cell for cell in cells if locked and cell in plan.cells()]))


def set_lever_limits(plan: Plan, lever: str, low: float | None, high: float | None) -> Plan:
    """The plan with a lever's limits for the search; None and None: none. Raises PlannerError("limit_order")."""
    levers = {code: bounds for code, bounds in plan.limits.levers.items() if code != lever}
    if low is not None or high is not None:
        levers[lever] = (low or 0.0, MAX_AMOUNT if high is None else high)
    return _limited(plan, {"cells": plan.limits.cells, "levers": levers})


def set_cell_limits(plan: Plan, cells: Mapping[str, Mapping[str, tuple[float, float]]]) -> Plan:
    """The plan with limits per cell for the search. Raises PlannerError("limit_order")."""
    return _limited(plan, {"cells": cells, "levers": plan.limits.levers})


def _limited(plan: Plan, document: Mapping[str, Any]) -> Plan:
    return _with(plan, limits=limits_from(plan.case, document))


def set_search(plan: Plan, **changes: Any) -> Plan:
    """The plan with other search settings: at_most, choose_initiatives, aversion."""
    return _with(plan, **changes)


def take_over(plan: Plan, spend: CellSpend, initiatives: tuple[str, ...]) -> Plan:
    """The plan with another's split and initiatives as they are; its total stays fixed only if it is spent."""
    return set_spend(_with(plan, initiatives=initiatives_from(plan.case, initiatives)), spend)


def reset(plan: Plan) -> Plan:
    """Today's split of the same case; the answers stay."""
    return _with(start(plan.case, plan.origins), answers=plan.answers)


# Answers and beliefs -------------------------------------------------------------------------------------------------


def set_answer(plan: Plan, question: str, value: object, segment: str | None = None) -> Plan:
    """The plan with an answer to a question, of one segment where it is asked per segment; None takes it back.

    Raises PlannerError for what the question does not take.
    """
    if segment is not None:
        value = {**(plan.answer(question) or {}), segment: value}
    answer = checked_answer(plan.case, BY_CODE[question], value)
    others = {code: given for code, given in plan.answers.items() if code != question}
    return _with(plan, answers=others if answer is None else {**others, question: answer})


def set_case(
    plan: Plan, case: Case, origins: Mapping[Key, Origin] | None = None, spend: CellSpend | None = None
) -> Plan:
    """The plan for a changed case: what still fits stays, what is about segments that are gone goes with them.

    Today's split stays today's; new segments get what they have today; a lever that became a constant gets nothing.
    origins  of the numbers that changed
    spend    of segments that get something else than that, unless the plan is today's split
    """
    today, known = case.today, set(case.segment_ids)
    having = {**plan.spend, **(spend or {})}
    spend = {s: having.get(s, levers) for s, levers in today.items()} if not plan.as_today else today
    taken = {s: {code: _taken(case, s, code, amount) for code, amount in levers.items()} for s, levers in spend.items()}
    limited = {s: levers for s, levers in plan.limits.cells.items() if s in known}
    marked = {**plan.origins, **{origin_key(key): origin for key, origin in (origins or {}).items()}}
    changed = _with(
        plan,
        case=case,
        spend=taken,
        initiatives=tuple(i for i in case.initiative_ids if i in plan.initiatives),
        budget=case.planned_budget if plan.budget == plan.case.planned_budget else plan.budget,
        limits=Limits(limited, plan.limits.levers),
        answers=fitted(case, plan.answers),
        origins={key: origin for key, origin in marked.items() if "/" not in key or key.split("/")[0] in known},
    )
    open_cells = set(changed.cells())
    fits = abs(changed.unallocated) <= 1e-9 * max(changed.budget, 1.0)
    locked = tuple(cell for cell in plan.locked if cell in open_cells)
    return _with(changed, locked=locked, fixed=plan.fixed and fits)


def _taken(case: Case, segment: str, lever: str, amount: float) -> float:
    return amount if isinstance(case.segment(segment).levers[lever], Curve) else 0.0
