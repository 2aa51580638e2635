"""Widgets that show the plan and write back to it: the desk, typed amounts, initiatives, the table of cells."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.money import desk, phases
from pages.money.lever_limits import LIMITED
from strategy.case.levers import levers_of
from strategy.charts.drawing.labels import cell_label
from strategy.equity.simulation import initiative_budget
from strategy.errors import PlannerError
from strategy.plan import moves
from strategy.plan.plan import Plan
from strategy.plan.scenario import Cell
from strategy.questions import DIMENSIONS
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

BUDGET = N_("budget to {amount}")
TOTAL = N_("total fixed or free")
CHOSEN = N_("initiative {name} chosen")
DROPPED = N_("initiative {name} dropped")


# The split -----------------------------------------------------------------------------------------------------------


def split(hidden: bool) -> None:
    """The levers with their segments, the initiatives, the total and what is unallocated.

    hidden  whether the results are: the sliders then tell nothing of them
    """
    plan = session.plan()
    if plan.cells():
        phases.control()
    desk.sliders(hidden)
    if plan.case.initiatives:
        _initiatives(plan)
    _total(plan)


def _initiatives(plan: Plan) -> None:
    say = session.say()
    costs = dict(zip(plan.case.initiative_ids, initiative_budget(plan.case), strict=True))
    with st.container(border=True, key="row_initiatives"):
        st.markdown(
            f"**{say.text(LEVER_NAMES['initiatives'])}**",
            help=say.text("Named plans with a start and a cost of their own; they share the same budget."),
        )
        for initiative in plan.case.initiatives:
            key = widgets.put(f"initiative_{initiative.id}", initiative.id in plan.initiatives)
            st.checkbox(
                say.text(
                    "{name}: {cost} {per}",
                    name=markdown_text(initiative.name),
                    cost=markdown_text(say.short_money(costs[initiative.id])),
                    per=say.per(plan.case.period),
                ),
                key=key,
                on_change=take_initiative,
                args=(key, initiative.id, initiative.name),
            )


def take_initiative(key: str, initiative: str, name: str) -> None:
    """Choose an initiative or drop it, as its checkbox says."""
    chosen = bool(widgets.held(key))
    session.change(CHOSEN if chosen else DROPPED, moves.choose(session.plan(), initiative, chosen), name=name)


def _total(plan: Plan) -> None:
    say = session.say()
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        typed(
            say.text("Budget {per}", per=say.per(plan.case.period)),
            "budget",
            say.money(plan.budget, 0),
            lambda text: _set_budget(say.parse_number(text)),
        )
    with right:
        key = widgets.put("fixed", plan.fixed)
        st.toggle(
            say.text("Total fixed"),
            key=key,
            help=say.text("Fixed: moving one amount takes from the others. Free: what is left is shown."),
            on_change=lambda: session.change(TOTAL, moves.set_fixed(session.plan(), bool(widgets.held(key)))),
        )
    unallocated(plan, say)


def _set_budget(amount: float) -> None:
    if not 0 <= amount <= 1e15:
        raise PlannerError("out_of_range", place="budget", value=amount, low=0, high=1e15)
    session.change(BUDGET, moves.set_budget(session.plan(), amount), amount=session.say().short_money(amount))


def unallocated(plan: Plan, say: Wording) -> None:
    """What is left of the budget, or how far the plan is over it; with phases in the one that is in view.

    Where another phase is over it, that is said too.
    """
    left = plan.left_in(phases.in_view(plan))
    if left > 0:
        amount = markdown_text(say.short_money(left))
        st.info(say.text("Unallocated: {amount}", amount=amount), icon=":material/savings:")
    elif left < 0:
        over = markdown_text(say.short_money(-left))
        st.warning(say.text("Over budget by {amount}: lower a lever or raise the budget.", amount=over))
    elif plan.budget > 0:
        st.caption(say.text("The whole budget is allocated."))
    if left >= 0 > plan.unallocated:
        over = markdown_text(say.short_money(-plan.unallocated))
        st.warning(say.text("Another phase is over the budget by {amount}.", amount=over))


def nowhere() -> bool:
    """Whether there is nothing to spend on; then it says so, with the way to the pages that ask what money changes."""
    plan, say = session.plan(), session.say()
    if plan.cells() or plan.case.initiatives:
        return False
    st.info(
        say.text(
            "There is nowhere to spend yet: in this case money changes nothing. Say under Believe on one of these "
            "pages what spending would change, and it stands here."
        ),
        icon=":material/psychology:",
    )
    for dimension in DIMENSIONS:
        levers = levers_of(dimension.code)
        if levers:
            names = " · ".join(say.text(LEVER_NAMES[lever]) for lever in levers)
            label = say.text("{name}: {value}", name=names, value=say.text(dimension.title))
            st.page_link(dimension.page, label=label, icon=":material/arrow_forward:")
    return True


# The table of cells --------------------------------------------------------------------------------------------------


def cells_table() -> None:
    """Every cell to type in: plan, lock, limits for the search; with phases the money of the one in view."""
    plan, say = session.plan(), session.say()
    cells, phase = plan.cells(), phases.in_view(plan)
    if plan.phased:
        name = phases.name_in_view(plan, say)
        st.caption(say.text("The money of {phase}; locks and limits hold in every phase.", phase=name))
    limits = plan.limits.cells
    rows = pd.DataFrame(
        {
            "cell": [cell_label(plan.case.segment(segment), lever, say) for segment, lever in cells],
            "today": [plan.case.today[s][lever] for s, lever in cells],
            "plan": [plan.phases[phase].spend[s][lever] for s, lever in cells],
            "lock": [cell in plan.locked for cell in cells],
            "low": [limits.get(s, {}).get(lever, (None, None))[0] for s, lever in cells],
            "high": [limits.get(s, {}).get(lever, (None, None))[1] for s, lever in cells],
        }
    ).astype({"low": "float64", "high": "float64"})
    key = f"cells_{session.revision()}_{phase}"
    money = f"{say.currency_symbol} {say.per(plan.case.period)}"
    number = st.column_config.NumberColumn
    st.data_editor(
        rows,
        key=key,
        hide_index=True,
        disabled=["cell", "today"],
        column_config={
            "cell": st.column_config.TextColumn(say.text("Cell")),
            "today": number(say.text("Today ({unit})", unit=money), format=widgets.AMOUNT),
            "plan": number(say.text("Plan ({unit})", unit=money), min_value=0.0, format=widgets.AMOUNT),
            "lock": st.column_config.CheckboxColumn(say.text("Locked")),
            "low": number(say.text("At least"), min_value=0.0, format=widgets.AMOUNT),
            "high": number(say.text("At most"), min_value=0.0, format=widgets.AMOUNT),
        },
        on_change=_edit,
        args=(key, cells, phase),
        alt=say.text("Every cell with its spend today and in the plan, its lock and its limits."),
    )
    trouble.complaint("cells")


def _edit(key: str, cells: list[Cell], phase: int) -> None:
    def take() -> None:
        for row, changes in (widgets.held(key) or {}).get("edited_rows", {}).items():
            _take_cell(*cells[int(row)], phase, changes)

    attempt("cells", take)


def _take_cell(segment: str, lever: str, phase: int, changes: dict[str, Any]) -> None:
    """Use what was typed about one cell. Raises PlannerError."""
    plan = session.plan()
    if isinstance(changes.get("plan"), int | float):
        desk.take(desk.Move(0, lever, segment, phase, float(changes["plan"]), None))
    if "lock" in changes:
        desk.take(desk.Move(0, lever, segment, phase, None, bool(changes["lock"])))
    if "low" in changes or "high" in changes:
        session.change(LIMITED, _with_limits(plan, segment, lever, changes))


def _with_limits(plan: Plan, segment: str, lever: str, changes: dict[str, float | None]) -> Plan:
    """The plan with an edited row's limits; an emptied end is no limit."""
    cells = {s: dict(levers) for s, levers in plan.limits.cells.items()}
    low, high = cells.get(segment, {}).get(lever, (None, None))
    low, high = changes.get("low", low), changes.get("high", high)
    if low is None and high is None:
        cells.get(segment, {}).pop(lever, None)
    else:
        cells.setdefault(segment, {})[lever] = (low or 0.0, 1e15 if high is None else high)
    return moves.set_cell_limits(plan, cells)
