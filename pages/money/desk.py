"""The mixing desk: sliders whose every move shows at once what it brings; Python computes again when they are let go.

What follows the hand is computed in the browser (strategy/browser). A move that is let go of is sent with a number;
the page answers with the plan that Python makes of it and the number of the last move that it has heard of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt
from pages.money import phases
from pages.served.scripts import ADDRESS
from strategy.browser.model import engine_model
from strategy.browser.state import desk_band, desk_state
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES
from strategy.equity.uncertainty import Outlook
from strategy.plan import moves, results
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_

TAKEN = N_("{lever} to {amount}")
CELL_TAKEN = N_("{segment}, {lever} to {amount}")
LOCKED = N_("locks changed")
HEARD = "desk heard"
AT_ONCE = 50
"""Moves that one message may bring."""
LOADER = """
export default function (given) {
  import(location.origin + given.data.script).then(({ part }) => part(given));
}
"""
"""The script itself stands at an address of its own: what stands here travels with every run."""


def sliders(hidden: bool) -> None:
    """The case for the engine, and the rows of levers and segments with the plan as Python has it.

    hidden  whether the results are: then nothing is sent of them, and nobody hears of them
    """
    plan = session.plan()
    case = f"{hash((plan.case, plan.seed)):x}"
    _part("model", key=case, model=engine_model(plan.case, plan.seed))
    shown = None if hidden else results.read_out(plan)
    state = desk_state(plan, phases.in_view(plan), shown, case, _version(plan), session.say())
    _part("levers", state=state | {"heard": session.display(HEARD, 0), "shut": False})
    trouble.complaint("desk")


def headline() -> None:
    """Customer equity and what it comes from, as the sliders stand."""
    _part("headline")


def charts() -> None:
    """What each lever brings and where the next euro goes, as the sliders stand."""
    _part("charts")


def curves(lever: str) -> None:
    """What a lever's money does in each segment, with the plan on each curve as the sliders stand."""
    _part("curves", lever=lever)


def sure(outlook: Outlook | None) -> None:
    """How sure the plan is over all of its draws, for the headline; without it that stays a first estimate."""
    plan = session.plan()
    band = None if outlook is None else desk_band(plan, outlook)
    _part("sure", plan=_version(plan), band=band)


def _version(plan: Plan) -> str:
    return f"{hash(results.outlook_key(plan)):x}"


def _part(name: str, **data: Any) -> None:
    component = st.components.v2.component(f"planner_desk_{name}", js=LOADER, html="<span></span>")
    given = {"part": name, "script": ADDRESS, **data}
    if name == "levers":
        component(key="desk_levers", data=given, on_moved_change=moved)
    else:
        component(key=f"desk_{name}", data=given)


# What the hand did ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One move of the desk: an amount of a lever or of one of its cells, in a phase; or its lock."""

    number: int
    lever: str
    segment: str | None
    phase: int
    amount: float | None
    locked: bool | None


def moved() -> None:
    """Take the moves that the browser sent, in their order, each once."""
    sent = getattr(widgets.held("desk_levers"), "moved", None)
    for move in heard(sent):
        if move.number > session.display(HEARD, 0):
            session.show(HEARD, move.number)
            trouble.guarded(partial(_attempt, move))


def _attempt(move: Move) -> None:
    attempt("desk", partial(take, move))


def heard(sent: object) -> list[Move]:
    """The moves in what a browser sent, in their order; what is none is left out."""
    listed = sent.get("moves") if isinstance(sent, Mapping) else None
    found = [_move(each) for each in listed[:AT_ONCE]] if isinstance(listed, list | tuple) else []
    return sorted((move for move in found if move), key=lambda move: move.number)


def _move(sent: object) -> Move | None:
    if not isinstance(sent, Mapping):
        return None
    number, lever, segment, phase = (sent.get(name) for name in ("number", "lever", "segment", "phase"))
    amount, locked = sent.get("amount"), sent.get("locked")
    real = isinstance(amount, int | float) and not isinstance(amount, bool) and isfinite(amount)
    if not isinstance(number, int) or lever not in LEVER_CODES or not (segment is None or isinstance(segment, str)):
        return None
    if isinstance(locked, bool):
        return Move(number, str(lever), segment, 0, None, locked)
    if not real or not isinstance(phase, int):
        return None
    return Move(number, str(lever), segment, phase, min(max(0.0, float(amount)), MAX_AMOUNT), None)  # type: ignore[arg-type]


def take(move: Move) -> None:
    """Make the move in the plan, as one change; of what is not there (any more) nothing. Raises PlannerError."""
    plan, say = session.plan(), session.say()
    cells = [cell for cell in plan.cells(move.lever) if move.segment in (None, cell[0])]
    if not cells or move.phase not in range(len(plan.phases)):
        return
    lever = say.text(LEVER_NAMES[move.lever]).lower()
    if move.locked is not None:
        session.change(LOCKED, moves.lock(plan, cells, move.locked))
    elif move.amount is not None and move.segment is None:
        changed = moves.set_lever(plan, move.lever, move.amount, move.phase)
        session.change(TAKEN, changed, amount=say.short_money(move.amount), lever=lever)
    elif move.amount is not None:
        changed = moves.set_cell(plan, str(move.segment), move.lever, move.amount, move.phase)
        name = plan.case.segment(str(move.segment)).name
        session.change(CELL_TAKEN, changed, amount=say.short_money(move.amount), lever=lever, segment=name)
