"""What stands above every page: the bar, and the page's title."""

from collections.abc import Callable

import streamlit as st

from pages.frame import listening, old_version, presenting, saved, session, trouble
from pages.frame.top import bar

TITLED = "titled"


def page(title: str, draw: Callable[[], None]) -> None:
    """Draw a page; if it fails altogether, why, and bar and title all the same."""
    session.show(TITLED, False)
    if presenting.on():
        presenting.present(draw)
    else:
        with st.container(key="page"):
            _drawn(title, draw)
    with trouble.part():
        listening.listen()


def _drawn(title: str, draw: Callable[[], None]) -> None:
    try:
        draw()
    except Exception as error:
        trouble.refused(error)
        if not session.display(TITLED):
            header(title)


def header(title: str, beside: Callable[[], None] | None = None) -> None:
    """The bar, the page's title with what the page puts beside it, and what is wrong with the plan's keeping."""
    session.show(TITLED, True)
    if presenting.gathering():
        presenting.titled(title)
        return
    with trouble.part():
        bar.bar()
    if beside is None:
        st.title(title, anchor=False)
    else:
        with st.container(key="title", horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.title(title, anchor=False, width="content")
            with trouble.part():
                beside()
    saved.troubles()
    old_version.banner()
