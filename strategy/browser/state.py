"""What the mixing desk shows: the plan's money as the engine takes it, and every word and rule of numbers in it."""

import re
from collections.abc import Mapping
from typing import Any

from strategy.browser.rule import number_rule
from strategy.case.case import Case, Curve
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.charts.drawing.chart import COLOURS
from strategy.charts.drawing.labels import DOING, phase_names
from strategy.charts.money import budget, next_euro
from strategy.equity.phases import SpendPhase
from strategy.equity.readouts import Readouts
from strategy.equity.uncertainty import Outlook
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_GOALS, LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import N_, Wording

WORDS: Mapping[str, str] = {
    "equity": N_("Customer equity"),
    "against_today": N_("likely {uplift} against today"),
    "mix": N_("From a better mix"),
    "more": N_("{amount} from more money"),
    "better": N_("Better than today"),
    "sure": N_("How sure (90% of draws)"),
    "plusminus": N_("± {amount}"),
    "share": N_("in {share} of draws"),
    "uplift": N_("on average {mean}; {span}"),
    "nearly_all": N_("over {share}"),
    "hardly_any": N_("under {share}"),
    "about": N_("about {text}"),
    "next": N_("The next euro earns most"),
    "multiple": N_("{amount} per {unit}"),
    "as_today": budget.AS_TODAY,
    "adds": budget.ADDS,
    "saves": budget.SAVES,
    "loses": budget.LOSES,
    "fall": N_(
        "customer equity against today's {today}; whisker: 9 of 10 draws; each lever's part: its average over every "
        "order (Shapley)"
    ),
    "move": next_euro.MOVE,
    "holds_all": next_euro.HOLDS_ALL,
    "earns_most": next_euro.EARNS_MOST,
    "in_place": next_euro.IN_PLACE,
    "no_more": next_euro.NO_MORE,
    "nowhere": next_euro.NOWHERE,
    "free": N_("costs nothing"),
    "ends": N_("{amount} ends here"),
    "no_longer": N_("no longer pays"),
    "euro": N_("comes back per {unit}; filled: in the plan now, outlined: next step; dashed: from {unit} it pays"),
    "in_plan": N_("in the plan"),
    "next_step": N_("next step"),
    "cell": N_("{segment} · {lever}"),
    "open": N_("{lever}, per segment"),
    "lock": N_("Lock {place}: keep this amount when others move and in the best split"),
    "unlock": N_("Unlock {place}"),
    "value": N_("{amount}, today {today}"),
    "where": N_("Where {amount} {per_period} goes"),
    "against": N_("± today"),
    "part": N_("share"),
    "earns": N_("next {unit} earns"),
    "unspent": N_("Unallocated: {amount}"),
    "over": N_("Over budget by {amount}"),
    "curves": N_("{metric} at each spend {per_period}   ● today  ◆ plan  • answers"),
    "spoken": N_("Customer equity {equity}, {uplift} against today"),
    "today": N_("Today"),
    "plan": N_("Plan"),
}
"""Everything the desk says, by what its scripts call it; what they fill in themselves stays in braces."""
OPPORTUNITIES_SHOWN = 8


def desk_state(
    plan: Plan, view: int, readouts: Readouts | None, model: str, version: str, say: Wording
) -> dict[str, Any]:
    """The plan for `take` of desk.js, but for what the page knows of its moves.

    view      position of the phase that the sliders move
    readouts  what Python computes of the plan; None where the results are hidden
    model     the key of its `engine_model`
    version   the key of what is known of how sure it is
    """
    case, phase = plan.case, phase_names(plan.case, plan.starts, say)[view] if plan.phased else ""
    begun = phase[:1].upper() + phase[1:]
    return {
        "model": model,
        "version": version,
        "rule": number_rule(say),
        "words": _words(case, say)
        | {"phased": _unfilled(next_euro.PHASED, say, phase=begun) if begun else "{finding}"},
        "names": {
            "levers": [say.text(LEVER_NAMES[code]) for code in LEVER_CODES],
            "segments": [segment.name for segment in case.segments],
            "initiatives": [initiative.name for initiative in case.initiatives],
            "phases": phase_names(case, plan.starts, say) if plan.phased else [],
        },
        "goals": [say.text(LEVER_GOALS[code]) for code in LEVER_CODES],
        "doing": [_unfilled(DOING[code], say) for code in LEVER_CODES],
        "metrics": [say.text(METRIC_NAMES[lever.metric]) for lever in LEVERS.values()],
        "colours": dict(COLOURS),
        "levers": [bool(plan.cells(code)) for code in LEVER_CODES],
        "answers": [_answers(case, s, code) for s in range(len(case.segments)) for code in LEVER_CODES],
        "most": OPPORTUNITIES_SHOWN,
        "nothing": not plan.cells() and not case.initiatives,
        "money": desk_money(plan, view),
        "truth": _truth(readouts),
    }


def desk_money(plan: Plan, view: int) -> dict[str, Any]:
    """The money of a plan as the engine takes it: cells and initiatives by position."""
    case = plan.case
    return {
        "starts": list(plan.starts),
        "phases": [_cells(case, phase) for phase in plan.phases],
        "view": view,
        "chosen": [at for at, initiative in enumerate(case.initiative_ids) if initiative in plan.initiatives],
        "fixed": plan.fixed,
        "budget": plan.budget,
        "taken": [plan.taken_in(phase) for phase in range(len(plan.phases))],
        "locked": [case.segment_ids.index(s) * len(LEVERS) + LEVER_CODES.index(code) for s, code in plan.locked],
    }


def desk_band(plan: Plan, outlook: Outlook) -> dict[str, Any]:
    """How sure the plan is over all of its draws, as the desk tells it."""
    if plan.as_today:
        found, row = outlook.customer_equity, 0
    else:
        found, row = outlook.uplift, 1
    share = float(outlook.better[row, 0])
    low, mean, high = (float(each[row]) for each in (found.p05, found.mean, found.p95))
    return {"today": plan.as_today, "low": low, "mean": mean, "high": high, "share": share}


def _cells(case: Case, phase: SpendPhase) -> list[float]:
    return [float(phase.spend[segment][code]) for segment in case.segment_ids for code in LEVER_CODES]


def _answers(case: Case, segment: int, code: str) -> list[list[float]]:
    """What people answered about a cell: (spend, metric) each; nothing where money does nothing."""
    lever = case.segments[segment].levers[code]
    return [[spend, value.likely] for spend, value in lever.points] if isinstance(lever, Curve) else []


def _truth(readouts: Readouts | None) -> dict[str, float] | None:
    if readouts is None:
        return None
    return {"equity": readouts.customer_equity, "today": float(readouts.today.customer_equity[0, 0])}


def _words(case: Case, say: Wording) -> dict[str, str]:
    known = {"unit": say.money(1, digits=0), "per_period": say.per(case.period)}
    told = {name: _unfilled(message, say, **known) for name, message in WORDS.items()}
    return told | {"per": say.per(case.period), "initiatives": say.text(LEVER_NAMES["initiatives"])}


def _unfilled(message: str, say: Wording, **known: str) -> str:
    """A message in the reader's language whose other fields are left in braces."""
    fields = {name: f"{{{name}}}" for name in re.findall(r"\{(\w+)\}", message)}
    return say.text(message, **(fields | known))
