"""What stands above every page: its title, undo and redo, and the language."""

from collections.abc import Callable

import streamlit as st

from pages.frame import links, listening, old_version, saved, session, trouble, widgets
from strategy.plan.history import Step
from strategy.words.wording import LANGUAGES, N_, markdown_text

TITLED = "titled"


def page(title: str, draw: Callable[[], None]) -> None:
    """Draw a page; if it fails altogether, why, and the title with undo, redo and language all the same."""
    session.show(TITLED, False)
    try:
        draw()
    except Exception as error:
        trouble.refused(error)
        if not session.display(TITLED):
            header(title)
    with trouble.part():
        listening.listen()


def header(title: str, tools: Callable[[], None] | None = None) -> None:
    """The page's title, with undo, redo, what the page adds, and the language beside it."""
    session.show(TITLED, True)
    say = session.say()
    before, after = session.steps()
    left, right = st.columns([4, 7], vertical_alignment="bottom")
    left.title(title, anchor=False)
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        _step_button(say.text("Undo"), "undo", session.undo, before, N_("Take back: {change}"))
        _step_button(say.text("Redo"), "redo", session.redo, after, N_("Do again: {change}"))
        if tools:
            with trouble.part():
                tools()
        if not session.kept().pinned:
            links.button()
        _language()
    saved.line()
    old_version.banner()


def _step_button(label: str, icon: str, move: Callable[[], None], step: Step | None, words: str) -> None:
    """Undo or redo; pointing at it tells what it would take back or do again."""
    told = session.say().text(words, change=_described(step)) if step else None
    st.button(label, key=icon, icon=f":material/{icon}:", on_click=move, disabled=step is None, help=told)


def _described(step: Step) -> str:
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
