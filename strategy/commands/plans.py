"""The commands about a case: `simulate`, `optimize` and `budget-curve`."""

import argparse
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from strategy.allocation.best_split import Goal, best_split
from strategy.allocation.budget_curve import budget_curve as curve_of
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.phased_split import PhasedSplit, phased_split
from strategy.allocation.split_file import initiatives_from, limits_from, phase_starts_from, phased_spend_from
from strategy.case.case import Case
from strategy.case.case_file import read_case, read_json
from strategy.case.levers import LEVER_CODES
from strategy.commands.refusals import ENGLISH
from strategy.equity.curves import Array
from strategy.equity.parameters import set_aside
from strategy.equity.readouts import Readouts, SpendStep, read_out
from strategy.equity.uncertainty import outlook
from strategy.errors import PlannerError
from strategy.plan.plan import Plan
from strategy.plan.plan_file import read_plan
from strategy.words.messages import explain, how_found


def simulate(given: argparse.Namespace) -> dict[str, Any]:
    """What a plan comes to, beside today's, with draws on request."""
    plan = _plan(given)
    case = plan.case
    spend = _from_file(given.spend, lambda found: phased_spend_from(case, found)) if given.spend else plan.spend
    chosen = _chosen(plan, given)
    readouts = read_out(case, spend, chosen)
    answer = {
        "customer_equity": readouts.customer_equity,
        "residual": float(readouts.plan.residual[0, 0]),
        "uplift": readouts.uplift,
        "more_money": readouts.more_money,
        "better_mix": readouts.better_mix,
        "cash": readouts.plan.cash[0, 0].tolist(),
        "customers": readouts.plan.customers[0, 0].tolist(),
        "clv": dict(zip(case.segment_ids, readouts.plan.clv[0, 0, 0].tolist(), strict=True)),
        "clv_net": dict(zip(case.segment_ids, readouts.plan.clv_net[0, 0, 0].tolist(), strict=True)),
        "cac": dict(zip(case.segment_ids, readouts.cac, strict=True)),
        "marginal_return": _phase_returns(case, readouts),
        "attribution": readouts.attribution,
        "payback_period": readouts.payback_period,
    }
    if given.draws:
        sure = outlook(case, [(spend, chosen)], given.draws, _seed(plan, given))
        answer["uncertainty"] = {name: float(values[1]) for name, values in vars(sure.customer_equity).items()}
        answer["uncertainty"]["probability_better_than_today"] = float(sure.better[1, 0])
    return {**answer, **_set_aside(case)}


def optimize(given: argparse.Namespace) -> dict[str, Any]:
    """The best split of a budget, how it was found, and what binds it."""
    plan = _plan(given)
    case, budget = plan.case, plan.budget if given.budget is None else given.budget
    at_most, choose = given.at_most or plan.at_most, given.choose_initiatives or plan.choose_initiatives
    if given.limits:
        limits = _from_file(given.limits, lambda found: _limits(case, found, budget, at_most))
    else:
        limits = plan.all_limits
    aversion = plan.aversion if given.aversion is None else given.aversion
    draws = given.draws or (plan.draws if aversion else 0)
    goal = Goal(draws, _seed(plan, given), aversion)
    wanted = (budget, limits, at_most, goal, _chosen(plan, given), choose)
    starts: Sequence[object] = plan.starts
    if given.phases:
        starts = [int(part) if part.isdecimal() else part for part in _ids(given.phases)]
    if given.phases or plan.phased:
        starts = phase_starts_from(case, starts)
        return {**_phased(case, phased_split(case, starts, *wanted, cash=given.cash)), **_set_aside(case)}
    best = best_split(case, *wanted, cash=given.cash)
    return {
        "spend": best.spend,
        "initiatives": list(best.initiatives),
        "unspent": best.unspent,
        "customer_equity": best.readouts.customer_equity,
        "uplift": best.readouts.uplift,
        "marginal_return": _phase_returns(case, best.readouts),
        "binding": [vars(binding) for binding in best.binding],
        "nothing": [
            {
                "best_step": _step(cell.best),
                "first_paying_step": _step(cell.first_paying) if cell.first_paying else None,
            }
            for cell in best.nothing
        ],
        "method": how_found(best.method, best.draws, best.finalists, ENGLISH),
        "proven": None,
        **_set_aside(case),
    }


def _step(step: SpendStep) -> dict[str, Any]:
    """A step of a split that is the same in every period."""
    return {name: value for name, value in vars(step).items() if name != "phase"}


def _phased(case: Case, best: PhasedSplit) -> dict[str, Any]:
    """The answer of `optimize --phases`: lists with an entry for each phase."""
    return {
        "spend": [{"from": phase.start, "spend": phase.spend} for phase in best.phases],
        "initiatives": list(best.initiatives),
        "unspent": list(best.unspent),
        "customer_equity": best.readouts.customer_equity,
        "uplift": best.readouts.uplift,
        "marginal_return": [_returns(case, rows) for rows in best.readouts.phase_returns],
        "binding": [
            {"from": phase.start, **vars(limit)}
            for phase, limits in zip(best.phases, best.binding, strict=True)
            for limit in limits
        ],
        "method": how_found("phases", best.draws, best.finalists, ENGLISH),
        "proven": None,
    }


def _limits(case: Case, document: Any, budget: float, at_most: bool) -> Limits:
    """The limits of a file, which must leave room in the budget."""
    limits = limits_from(case, document)
    room_for(case, budget, limits, at_most)
    return limits


def budget_curve(given: argparse.Namespace) -> dict[str, Any]:
    """The best split at a range of budgets, and the budget from which a euro brings back less than itself."""
    case = read_case(_content(given.file))
    chosen = initiatives_from(case, _ids(given.initiatives))
    curve = curve_of(case, given.low, given.high, given.points, chosen)
    return {
        "points": [
            {"budget": budget, "customer_equity": equity}
            for budget, equity in zip(curve.budgets.tolist(), curve.customer_equity.tolist(), strict=True)
        ],
        "break_even_budget": curve.break_even,
    }


def _phase_returns(case: Case, readouts: Readouts) -> Any:
    """One mapping where the spend is the same in every period, else a list of one per phase."""
    phases = [_returns(case, rows) for rows in readouts.phase_returns]
    return phases if len(phases) > 1 else phases[0]


def _returns(case: Case, rows: Array) -> dict[str, dict[str, float | None]]:
    return {
        segment: {code: None if isnan(value) else value for code, value in zip(LEVER_CODES, row, strict=True)}
        for segment, row in zip(case.segment_ids, rows.tolist(), strict=True)
    }


def _set_aside(case: Case) -> dict[str, list[dict[str, str]]]:
    """The opinions that gave no curve, where there are any."""
    rows = [
        {"segment": segment, "lever": lever, "by": problem.fields["place"], "why": explain(problem, ENGLISH)}
        for segment, lever, problem in set_aside(case)
    ]
    return {"set_aside": rows} if rows else {}


def _plan(given: argparse.Namespace) -> Plan:
    """The plan of a plan file with the scenario asked for, or today's plan of a case file. Raises PlannerError."""
    plan = read_plan(_content(given.file))
    return plan.showing(given.scenario) if given.scenario else plan


def _chosen(plan: Plan, given: argparse.Namespace) -> tuple[str, ...]:
    """The initiatives asked for; without any those of the plan."""
    return initiatives_from(plan.case, _ids(given.initiatives)) if given.initiatives else plan.initiatives


def _seed(plan: Plan, given: argparse.Namespace) -> int:
    return plan.seed if given.seed is None else int(given.seed)


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise PlannerError("no_file", place="file", value=reason, file=path) from None


def _from_file(path: str, read: Callable[[Any], Any]) -> Any:
    """What `read` makes of a JSON file; its errors name that file."""
    try:
        return read(read_json(_content(path)))
    except PlannerError as error:
        raise PlannerError(error.code, **{"file": path, **error.fields}) from None
