"""The 60-minute route: a clock, how far the room is, and a card of must-answer questions for each dimension."""

from time import time

import streamlit as st

from pages.frame import presenting, session
from pages.frame.dimension import must
from pages.questions import ask, believe
from strategy.questions import DIMENSIONS, Dimension

MINUTES = 60
A_CARD = 9
"""Minutes for each of the five dimensions; the rest is for the budget and the strategy on a page."""
TICK = 1.0
OPEN = "route card"


def clock() -> None:
    """How long the room still has; started, and started again, by a button."""
    say = session.say()
    started = session.display("route started")
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.button(
        say.text("Start the clock") if started is None else say.text("Start again"),
        key="route_start",
        icon=":material/timer:",
        on_click=lambda: session.show("route started", time()),
    )

    @st.fragment(run_every=TICK if started else None)
    def ticking() -> None:
        passed = (time() - started) / 60 if started is not None else 0.0
        st.progress(min(1.0, passed / MINUTES), text=_told(passed, started is not None))

    with right:
        ticking()


def _told(passed: float, running: bool) -> str:
    say = session.say()
    if not running:
        return say.text(
            "{minutes} minutes: {card} for each card, the rest for the budget", minutes=MINUTES, card=A_CARD
        )
    seconds = max(0, round(60 * (MINUTES - passed)))
    left = f"{seconds // 60}:{seconds % 60:02d}"
    card = int(passed // A_CARD)
    if seconds == 0:
        return say.text("Time is up: print what you have.")
    if card < len(DIMENSIONS):
        return say.text("{left} left; now: {card}", left=left, card=say.text(DIMENSIONS[card].title))
    return say.text("{left} left; now the budget and the strategy on a page", left=left)


def _answered(dimension: Dimension) -> int:
    answers = session.plan().answers
    return sum(question.code in answers for question in must(dimension.code))


def progress() -> None:
    """How many of the questions are answered."""
    say = session.say()
    done, all_of_them = sum(map(_answered, DIMENSIONS)), sum(len(must(d.code)) for d in DIMENSIONS)
    st.progress(
        done / all_of_them if all_of_them else 1.0,
        text=say.text("{done} of {all} questions answered", done=done, all=all_of_them),
    )


def cards() -> None:
    """The five cards; one is open at a time."""
    say = session.say()
    shown = session.display(OPEN, DIMENSIONS[0].code)
    for number, dimension in enumerate(DIMENSIONS, 1):
        presenting.tell(say.text(dimension.issue), [say.text(question.text) for question in must(dimension.code)])
        done, asked = _answered(dimension), len(must(dimension.code))
        with st.container(border=True, key=f"card_{dimension.code}"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(f"**{number}  {say.text(dimension.title)}**  {say.text(dimension.issue)}")
                mark = ":material/check_circle: " if done == asked else ""
                st.caption(mark + say.text("{done} of {all}", done=done, all=asked), width="content")
                opened = shown == dimension.code
                st.button(
                    say.text("Close") if opened else say.text("Answer"),
                    key=f"route_{dimension.code}",
                    on_click=session.show,
                    args=(OPEN, "" if opened else dimension.code),
                )
            if opened:
                _card(dimension)


def _card(dimension: Dimension) -> None:
    """The questions of an opened card, and the belief that matters most there."""
    say = session.say()
    for question in must(dimension.code):
        ask.ask(question)
    title = say.text("Believe: what would spending change?")
    with st.expander(title, icon=":material/psychology:", key="route_believe", on_change="rerun") as more:
        if more.open:
            believe.answers(*dimension.levers[:1])
    st.page_link(dimension.page, label=say.text("More on its own page"), icon=":material/arrow_forward:")
