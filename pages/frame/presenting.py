"""Presenting any page: large type, one picture at a time, nothing to set; Page Down, Page Up and Escape.

What a page would show is gathered while it is drawn out of sight: its charts as they are open now, and what it tells
(`tell`). A page may gather slides of its own instead.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

import streamlit as st

from pages.frame import session, trouble
from strategy.words.wording import N_, markdown_text

PRESENTING, GATHERED, TITLE, NUMBER = "presenting", "gathered slides", "slides title", "slide"
Slide = Callable[[], None]
NOTHING = N_("There is nothing to show large on this page yet: fill it in, or present another page.")


class Gathered(Exception):
    """A page has gathered all its slides and draws nothing more. `st.stop` would end the slides too."""


def enough() -> NoReturn:
    """End the drawing of a page that has gathered slides of its own."""
    raise Gathered


def on() -> bool:
    """Whether the page is presented."""
    return bool(session.display(PRESENTING, False))


def gathering() -> bool:
    """Whether the page is drawn out of sight, for its slides."""
    return session.display(GATHERED) is not None


def begin() -> None:
    """Present from the first slide on."""
    session.show(PRESENTING, True)
    session.show(NUMBER, 0)


def gather(slide: Slide) -> None:
    """One more slide."""
    session.display(GATHERED).append(slide)


def titled(title: str) -> None:
    """What stands above every slide."""
    session.show(TITLE, title)


def tell(heading: str, lines: Sequence[str]) -> None:
    """A slide of words, Markdown, where the page is presented."""
    if gathering():
        gather(lambda: _words(heading, lines))


def _words(heading: str, lines: Sequence[str]) -> None:
    st.markdown(f"## {heading}", anchors=False)
    with st.container(key="slide_words"):
        st.markdown("\n".join(f"- {line}" for line in lines))


def present(draw: Callable[[], None]) -> None:
    """The slide that is on of a page, and the way on, back and out."""
    session.show(GATHERED, [])
    titled(markdown_text(session.plan().case.name))
    unseen = st.empty()
    with unseen.container(key="unseen"), trouble.part(), suppress(Gathered):
        draw()
    unseen.empty()
    told: list[Slide] = session.display(GATHERED)
    session.show(GATHERED, None)
    with st.container(key="slide"):
        _slide(told)


def _slide(told: Sequence[Slide]) -> None:
    count = max(1, len(told))
    number = min(max(int(session.display(NUMBER, 0)), 0), count - 1)
    with st.container(key="slide_title"):
        st.title(session.display(TITLE), anchor=False)
    with trouble.part():
        if told:
            told[number]()
        else:
            st.markdown(session.say().text(NOTHING))
    _ways(number, count)


def _ways(number: int, count: int) -> None:
    say = session.say()
    with st.container(key="slide_ways", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption(f"{number + 1} / {count}", width="content")
        for label, key, shortcut, icon, change in (
            (say.text("Back"), "slide_back", "PageUp", ":material/chevron_left:", (NUMBER, number - 1)),
            (say.text("On"), "slide_on", "PageDown", ":material/chevron_right:", (NUMBER, number + 1)),
            (say.text("Stop presenting"), "slide_stop", "Escape", ":material/close:", (PRESENTING, False)),
        ):
            out = not 0 <= change[1] < count if change[0] == NUMBER else False
            st.button(
                label,
                key=key,
                icon=icon,
                type="tertiary",
                shortcut=shortcut,
                disabled=out,
                on_click=session.show,
                args=change,
            )
