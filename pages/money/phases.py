"""Money over time: which phase the sliders move."""

import streamlit as st

from pages.frame import session, widgets
from strategy.charts.drawing.labels import phase_names
from strategy.plan.plan import Plan
from strategy.words.wording import Wording


def in_view(plan: Plan) -> int:
    """The phase that the sliders and the table move, counted from 0; it is about the screen, not the plan."""
    return min(max(int(session.display("phase", 0)), 0), len(plan.phases) - 1)


def choice() -> None:
    """Which phase the sliders move; nothing where the money is the same in every period."""
    plan, say = session.plan(), session.say()
    if not plan.phased:
        return
    names = phase_names(plan.case, plan.starts, say)
    key = widgets.put("phase", in_view(plan))
    st.segmented_control(
        say.text("Money of"),
        range(len(names)),
        key=key,
        format_func=lambda number: names[number] if number < len(names) else "",
        required=True,
        on_change=lambda: session.show("phase", widgets.held(key)),
    )


def only_unchanging(say: Wording) -> None:
    """Says that something is told only of money that is the same in every period."""
    st.info(
        say.text("The money changes over time here, and this is told only of money that is the same in every period."),
        icon=":material/timeline:",
    )
