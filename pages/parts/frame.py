"""The frame of every page: title, undo and redo, language, presenting."""

from collections.abc import Callable

import streamlit as st

from pages.parts import session
from strategy import plan as plans
from strategy.wording import LANGUAGES, N_, markdown_text

RESET = N_("reset to today")


def header(title: str, tools: Callable[[], None] | None = None) -> None:
    """The page's title, with undo, redo, what the page adds, and the language beside it."""
    say = session.say()
    before, after = session.steps()
    left, right = st.columns([4, 7], vertical_alignment="bottom")
    left.title(title, anchor=False)
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.button(
            say.text("Undo"),
            key="undo",
            icon=":material/undo:",
            on_click=session.undo,
            disabled=before is None,
            help=say.text("Take back: {change}", change=_described(before)) if before else None,
        )
        st.button(
            say.text("Redo"),
            key="redo",
            icon=":material/redo:",
            on_click=session.redo,
            disabled=after is None,
            help=say.text("Do again: {change}", change=_described(after)) if after else None,
        )
        if tools:
            tools()
        _language()


def _described(step: plans.Step) -> str:
    """What a step did, in the reader's language."""
    say = session.say()
    return markdown_text(say.text(step.message, **dict(step.arguments)))


def _language() -> None:
    key = session.put("language_choice", session.language())
    st.segmented_control(
        session.say().text("Language"),
        list(LANGUAGES),
        key=key,
        format_func=str.upper,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: session.set_language(session.held(key)),
    )


def reset() -> None:
    """Back to today's split; undo brings the plan back."""
    session.change(RESET, plans.reset(session.plan()))
