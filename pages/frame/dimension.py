"""The page of a dimension, told like the others: its top, then decide, see and believe, then onward."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.frame import session, trouble
from pages.frame.header import header
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.questions import DIMENSIONS, Dimension, of_dimension
from strategy.words.wording import N_, Wording, markdown_text


def top(code: str) -> None:
    """The top of a dimension's page: which of the five, its issue, and what changed since it was opened."""
    say = session.say()
    here = _of(code)
    header(say.text(here.title))
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.markdown(
        say.text(
            "**{number} of {count}**  {issue}",
            number=DIMENSIONS.index(here) + 1,
            count=len(DIMENSIONS),
            issue=say.text(here.issue),
        )
    )
    arrived = session.arrive(code)
    with right, trouble.part():
        st.markdown(_changed_since(arrived, say), text_alignment="right")


def _changed_since(arrived: Plan, say: Wording) -> str:
    """What changed in customer equity since the page was opened."""
    gained = results.read_out(session.plan()).customer_equity - results.read_out(arrived).customer_equity
    change = say.signed_short_money(gained)
    if change == say.signed_short_money(0.0):
        return say.text("customer equity has not changed since you came")
    return say.text("since you came: customer equity {change}", change=markdown_text(change))


def _of(code: str) -> Dimension:
    return next(dimension for dimension in DIMENSIONS if dimension.code == code)


@contextmanager
def decide() -> Iterator[None]:
    """The first part: the strategic questions."""
    with _part(N_("Decide"), N_("What do we choose? Your answers end up on the strategy page."), "checklist"):
        yield


@contextmanager
def see() -> Iterator[None]:
    """The second part: the evidence."""
    with _part(N_("See"), N_("What our own numbers say about it."), "monitoring"):
        yield


@contextmanager
def believe() -> Iterator[None]:
    """The third part: what spending would change."""
    about = N_("What would more or less money change? A rough answer will do: the budget page computes with it.")
    with _part(N_("Believe"), about, "psychology"):
        yield


@contextmanager
def _part(title: str, about: str, icon: str) -> Iterator[None]:
    """A heading, under it in a sentence what the part is for, and its content; the titles are message ids."""
    say = session.say()
    st.header(f":material/{icon}: {say.text(title)}", anchor=False, divider="gray")
    st.caption(say.text(about))
    with st.container(key=f"part_{title.lower()}"), trouble.part():
        yield


def onward(code: str) -> None:
    """The end of a dimension's page: what is still open, and the way to the pages before and after it."""
    say, plan = session.say(), session.plan()
    open_questions = [q for q in of_dimension(code) if q.depth == "must" and q.code not in plan.answers]
    if open_questions:
        asked = "\n".join(f"- {say.text(question.text)}" for question in open_questions)
        st.info(say.text("Still open:") + "\n" + asked, icon=":material/pending:")
    else:
        st.success(say.text("All questions that matter most are answered."), icon=":material/check:")
    position = DIMENSIONS.index(_of(code))
    before = DIMENSIONS[position - 1] if position else None
    after = DIMENSIONS[position + 1] if position + 1 < len(DIMENSIONS) else None
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.page_link(
            before.page if before else "start.py",
            label=say.text(before.title if before else N_("Start")),
            icon=":material/arrow_back:",
        )
        st.page_link(
            after.page if after else "budget.py",
            label=say.text(after.title if after else N_("Budget")),
            icon=":material/arrow_forward:",
        )
