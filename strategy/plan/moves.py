"""Moving the money of the scenario shown: each function gives a new plan.

With phases, amounts are moved within one of them; budget, limits and locks hold in each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from strategy.allocation.split_file import initiatives_from, limits_from, phased_spend_from, spend_from
from strategy.case.beliefs import Origin
from strategy.case.case import Case
from strategy.case.estimate import MAX_AMOUNT, without_traces
from strategy.equity.phases import MOST_PHASES, PhasedSpend, SpendPhase
from strategy.errors import PlannerError
from strategy.plan.plan import Plan, start
from strategy.plan.scenario import Cell, CellSpend, money_path, phase_documents

# Amounts -------------------------------------------------------------------------------------------------------------


def set_cell(plan: Plan, segment: str, lever: str, amount: float, phase: int = 0) -> Plan:
    """The plan with one cell at an amount; with the total fixed the others give way. A locked cell stays."""
    return _set(plan, {(segment, lever): amount}, phase) if (segment, lever) not in plan.locked else plan


def set_lever(plan: Plan, lever: str, total: float, phase: int = 0) -> Plan:
    """The plan with a lever at a total: its unlocked segments scaled in proportion, the other levers giving way."""
    split = plan.phases[phase].spend
    cells = [cell for cell in plan.cells(lever) if cell not in plan.locked]
    held = sum(split[s][code] for s, code in plan.cells(lever) if (s, code) in plan.locked)
    return _set(plan, _scaled(plan, cells, max(0.0, total - held), phase), phase)


def _set(plan: Plan, amounts: dict[Cell, float], phase: int) -> Plan:
    wanted = {cell: min(max(0.0, amount), MAX_AMOUNT) for cell, amount in amounts.items()}
    if plan.fixed:
        others = [cell for cell in plan.cells() if cell not in wanted and cell not in plan.locked]
        room = _room(plan, phase)
        asked = sum(wanted.values())
        if asked > room or not others:
            wanted = _proportional(wanted, room)
        wanted |= _scaled(plan, others, room - sum(wanted.values()), phase)
    return _with_split(plan, phase, _updated(plan.phases[phase].spend, wanted))


def _scaled(plan: Plan, cells: list[Cell], total: float, phase: int) -> dict[Cell, float]:
    """Cells at a total, in proportion to what they have; to today's, then evenly, where they have nothing."""
    for weights in (plan.phases[phase].spend, plan.case.today):
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


def _with_split(plan: Plan, phase: int, split: CellSpend) -> Plan:
    """The plan with another split in one phase."""
    phases = [SpendPhase(p.start, split) if n == phase else p for n, p in enumerate(plan.phases)]
    return plan.having(spend=money_path(phases))


def set_spend(plan: Plan, spend: PhasedSpend) -> Plan:
    """The plan with all of its money, in phases or not; its total stays fixed only if it is spent.

    Raises PlannerError for what the case does not take.
    """
    document = phase_documents(spend) if isinstance(spend, Sequence) else spend
    changed = plan.having(spend=money_path(phased_spend_from(plan.case, document)))
    return changed.having(fixed=plan.fixed and changed.spends_all)


def set_split(plan: Plan, split: CellSpend, phase: int = 0) -> Plan:
    """The plan with another split in one phase; its total stays fixed only if it is spent. Raises PlannerError."""
    changed = _with_split(plan, phase, spend_from(plan.case, split))
    return changed.having(fixed=plan.fixed and changed.spends_all)


def set_budget(plan: Plan, budget: float) -> Plan:
    """The plan with another total; with the total fixed the unlocked cells of each phase are scaled to it."""
    changed = plan.having(budget=without_traces(min(max(0.0, budget), MAX_AMOUNT)))
    return _fill(changed) if plan.fixed else changed


def set_fixed(plan: Plan, fixed: bool) -> Plan:
    """The plan with its total fixed, which fills the budget, or free."""
    changed = plan.having(fixed=fixed)
    return _fill(changed) if fixed else changed


def _fill(plan: Plan) -> Plan:
    """The unlocked cells of each phase scaled so that the budget is spent exactly."""
    cells = [cell for cell in plan.cells() if cell not in plan.locked]
    for number, phase in enumerate(plan.phases):
        filled = _updated(phase.spend, _scaled(plan, cells, _room(plan, number), number))
        plan = _with_split(plan, number, filled)
    return plan


def _room(plan: Plan, phase: int) -> float:
    """What the budget leaves for the unlocked cells of a phase, money per period."""
    held = sum(plan.phases[phase].spend[s][lever] for s, lever in plan.locked)
    return max(0.0, plan.budget - plan.taken_in(phase) - held)


def choose(plan: Plan, initiative: str, chosen: bool) -> Plan:
    """The plan with an initiative chosen or not; with the total fixed the cells make room. Raises PlannerError."""
    ids = [i for i in plan.initiatives if i != initiative] + ([initiative] if chosen else [])
    changed = plan.having(initiatives=initiatives_from(plan.case, ids))
    return _fill(changed) if plan.fixed else changed


def take_over(plan: Plan, spend: PhasedSpend, initiatives: tuple[str, ...]) -> Plan:
    """The plan with another's money and initiatives as they are; its total stays fixed only if it is spent."""
    return set_spend(plan.having(initiatives=initiatives_from(plan.case, initiatives)), spend)


def begin(case: Case, origins: Mapping[str, Origin] | None = None) -> Plan:
    """What a person begins with: today's split, and a search that chooses among the initiatives too."""
    return start(case, origins).having(choose_initiatives=bool(case.initiatives))


def reset(plan: Plan) -> Plan:
    """The scenario shown at today's split of the same case, with nothing locked or limited; its name and note stay."""
    today = begin(plan.case).scenario
    kept = {"id": plan.shown, "name": plan.scenario.name, "note": plan.scenario.note}
    fresh = today.model_copy(update=kept)
    return plan.having(scenarios=tuple(fresh if s.id == plan.shown else s for s in plan.scenarios))


# Phases --------------------------------------------------------------------------------------------------------------


def most_phases(plan: Plan) -> int:
    """How many phases the plan has room for."""
    return min(MOST_PHASES, plan.case.horizon)


def same_every_period(plan: Plan) -> Plan:
    """The plan that spends in every period what it spends in the first phase."""
    return plan.having(spend=plan.phases[0].spend)


def set_phases(plan: Plan, count: int) -> Plan:
    """The plan with its money in so many phases: those that there are keep theirs, new ones go on with the last's.

    Where their number changes the periods are divided evenly. Raises PlannerError("phase_count").
    """
    if not 1 <= count <= most_phases(plan):
        raise PlannerError("phase_count", place="spend", value=count, high=most_phases(plan))
    if count == len(plan.phases):
        return plan
    starts = [1 + number * plan.case.horizon // count for number in range(count)]
    splits = [plan.phases[min(number, len(plan.phases) - 1)].spend for number in range(count)]
    return plan.having(spend=money_path([SpendPhase(*each) for each in zip(starts, splits, strict=True)]))


def move_border(plan: Plan, phase: int, start: int) -> Plan:
    """The plan in which a phase but the first begins in another period, between its neighbours. Raises PlannerError."""
    if not 0 < phase < len(plan.phases):
        raise PlannerError("out_of_range", place="phase", value=phase + 1, low=2, high=len(plan.phases))
    phases = [SpendPhase(start if n == phase else p.start, p.spend) for n, p in enumerate(plan.phases)]
    return plan.having(spend=phased_spend_from(plan.case, phase_documents(phases)))


# Locks, limits and the search ----------------------------------------------------------------------------------------


def lock(plan: Plan, cells: list[Cell], locked: bool) -> Plan:
    """The plan with cells locked or not, in every phase."""
    kept = [cell for cell in plan.locked if cell not in cells]
    return plan.having(locked=tuple(kept + [cell for cell in cells if locked and cell in plan.cells()]))


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
    return plan.having(limits=limits_from(plan.case, document))


def set_cash(plan: Plan, cash: bool) -> Plan:
    """The plan whose budget limits the cash of every period, or not; with the total fixed the cells make room."""
    changed = plan.having(cash=cash)
    return _fill(changed) if plan.fixed else changed


def set_search(plan: Plan, **changes: Any) -> Plan:
    """The plan with other search settings: at_most, choose_initiatives, aversion, draws, seed."""
    return plan.having(**changes)
