"""The one bar of every page: plan and firm, customer equity, what is saved, undo and redo, language, presenting."""

from collections.abc import Callable
from html import escape

import streamlit as st

from pages.frame import links, presenting, saved, session, widgets
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.history import Step
from strategy.plan.plan import Plan
from strategy.plan.plan_file import file_name
from strategy.store.documents import title_of
from strategy.words.wording import LANGUAGES, MISSING, N_, Wording, markdown_text

EQUITY, CHANGE = "planner-equity", "planner-change"
"""The bar's figures by id: while money is dragged the browser event `planner:equity` writes them (see `listening`)."""


def bar() -> None:
    """Draw it; it stays in sight while the page is scrolled."""
    say = session.say()
    before, after = session.steps()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(_plan(session.plan(), say), width="stretch")
        saved.state()
        firm = session.border()
        if firm is None:
            _step_button(say.text("Undo"), "undo", session.undo, before, N_("Take back: {change}"))
        else:
            _border(firm, say)
        _step_button(say.text("Redo"), "redo", session.redo, after, N_("Do again: {change}"))
        _language()
        if not session.kept().pinned:
            links.button()
        _download(session.plan(), say)
        st.button(
            say.text("Present"),
            key="present",
            icon=":material/present_to_all:",
            on_click=presenting.begin,
            help=say.text("Large type and no controls, one chart at a time: Page Down and Page Up move."),
        )


def guess_pending() -> bool:
    """Whether results stay hidden until a guess is made for this very plan: today's split shows none either."""
    plan = session.plan()
    if not session.display("guess_first", False):
        return False
    if plan.as_today:
        return True
    guessed = session.display("guessed")
    return guessed is None or guessed[0] != results.split_of(plan)


def figures(plan: Plan, say: Wording) -> tuple[str, str]:
    """Customer equity and its change against today; nothing where a guess comes first or it cannot be computed."""
    if guess_pending():
        return MISSING, ""
    try:
        found = results.read_out(plan)
    except PlannerError:
        return MISSING, ""
    return say.short_money(found.customer_equity), say.signed_short_money(found.uplift)


def _plan(plan: Plan, say: Wording) -> str:
    """Plan, firm, and customer equity with its change, as HTML."""
    name = title_of({"title": plan.title}) or say.text("Plan")
    equity, change = figures(plan, say)
    return (
        '<div class="planner-bar">'
        f'<span class="plan">{escape(name)}</span><span class="firm">{escape(plan.client or plan.case.name)}</span>'
        f'<span class="divider"></span><span class="quiet">{escape(say.text("Customer equity"))}</span>'
        f'<span class="figure" id="{EQUITY}">{escape(equity)}</span>'
        f'<span class="change" id="{CHANGE}">{escape(change)}</span></div>'
    )


def _step_button(label: str, icon: str, move: Callable[[], None], step: Step | None, words: str) -> None:
    """Undo or redo; pointing at it tells what it would take back or do again."""
    told = session.say().text(words, change=described(step)) if step else None
    st.button(
        label, key=icon, icon=f":material/{icon}:", type="tertiary", on_click=move, disabled=step is None, help=told
    )


def _border(firm: str, say: Wording) -> None:
    """Undo where it would leave this plan for the one that was open before: it asks first."""
    with st.container(key="border", width="content"):
        asked = st.popover("", icon=":material/undo:", type="tertiary", help=say.text("Back to {firm}", firm=firm))
    asked.markdown(
        say.text(
            "All that was changed here is taken back already. One step further lies another firm: {firm}. This plan "
            "stays where it is kept.",
            firm=f"**{markdown_text(firm)}**",
        )
    )
    label = say.text("Back to {firm}", firm=markdown_text(firm))
    asked.button(label, key="undo", icon=":material/undo:", on_click=session.undo)


def _download(plan: Plan, say: Wording) -> None:
    """The plan as a file, named after plan and day."""
    st.download_button(
        "",
        plan.to_json,
        file_name(plan, session.today()),
        "application/json",
        key="download_plan",
        icon=":material/download:",
        on_click="ignore",
        help=say.text("Download the plan: the whole of it as a file, to open here again or to pass on."),
    )


def described(step: Step) -> str:
    """What a step did, in the reader's language."""
    say = session.say()
    return markdown_text(say.text(step.message, **dict(step.arguments)))


def _language() -> None:
    key = widgets.put("language_choice", session.language())
    st.segmented_control(
        session.say().text("Language"),
        list(LANGUAGES),
        key=key,
        format_func=str.upper,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: session.set_language(widgets.held(key)),
    )
