"""The page of a dimension, told like the others: its top, then decide, see and believe, then onward."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.frame import presenting, session, trouble
from pages.frame.header import header
from pages.frame.top.bar import described
from strategy.explanations.telling import answer_lines
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.plan import Plan
from strategy.questions import DIMENSIONS, Dimension, Question, of_dimension
from strategy.words.wording import N_, Wording, markdown_text

REMEMBERED = 20
"""Steps back of which it is told which moved customer equity."""
LINES = 4
"""Lines of an answer that a slide has room for."""


def top(code: str) -> None:
    """The top of a dimension's page: which of the five, its issue, and what changed since it was opened."""
    say = session.say()
    here = _of(code)
    arrived = session.arrive(code)

    def issue() -> None:
        st.markdown(
            say.text(
                "**{number} of {count}**  {issue}",
                number=DIMENSIONS.index(here) + 1,
                count=len(DIMENSIONS),
                issue=say.text(here.issue),
            )
        )
        changed = _changed_since(arrived, say)
        if changed:
            st.markdown(changed, width="content")

    header(say.text(here.title), issue)
    presenting.tell(say.text(here.issue), _decided(code, say))


def _decided(code: str, say: Wording) -> list[str]:
    """The questions that matter most with what was answered, for a slide."""
    plan, told = session.plan(), []
    for question in must(code):
        answer = "; ".join(map(markdown_text, answer_lines(plan, question, say)[:LINES]))
        told.append(f"{say.text(question.text)} **{answer}**" if answer else say.text(question.text))
    return told


def _changed_since(arrived: Plan, say: Wording) -> str:
    """What changed in customer equity since the page was opened; nothing where nothing did."""
    gained = results.read_out(session.plan()).customer_equity - results.read_out(arrived).customer_equity
    change = say.signed_short_money(gained)
    if change == say.signed_short_money(0.0):
        return ""
    told = say.text("since you came: customer equity {change}", change=markdown_text(change))
    most = _moved_most(arrived)
    return say.text("{told}, most by {step}", told=told, step=described(most)) if most else told


def _moved_most(arrived: Plan) -> Step | None:
    """The step since a plan that moved customer equity most; None where this tab does not remember that plan."""
    history: History = st.session_state["history"]
    steps = history.since(arrived)[-REMEMBERED:]
    equity = [results.read_out(step.plan).customer_equity for step in steps]
    moved = [(abs(after - before), step) for before, after, step in zip(equity, equity[1:], steps[1:], strict=False)]
    return max(moved, key=lambda one: one[0])[1] if moved else None


def _of(code: str) -> Dimension:
    return next(dimension for dimension in DIMENSIONS if dimension.code == code)


def must(code: str) -> list[Question]:
    """The questions that matter most in a dimension."""
    return [question for question in of_dimension(code) if question.depth == "must"]


def still_open(plan: Plan, code: str) -> list[Question]:
    """Those of them that a plan does not answer yet."""
    return [question for question in must(code) if question.code not in plan.answers]


def halves() -> list[DeltaGenerator]:
    """The places of decide and see, beside each other where the screen is wide."""
    return st.columns([57, 43], gap="large")


@contextmanager
def decide(code: str) -> Iterator[None]:
    """The first part: the strategic questions."""
    say, asked = session.say(), len(must(code))
    done = say.text("{done} of {all}", done=asked - len(still_open(session.plan(), code)), all=asked)
    with _part(N_("Decide"), N_("What do we choose? Your answers end up on the strategy page."), done):
        yield


@contextmanager
def see() -> Iterator[None]:
    """The second part: the evidence."""
    with _part(N_("See"), N_("What our own numbers say about it.")):
        yield


@contextmanager
def believe() -> Iterator[None]:
    """The third part: what spending would change."""
    about = N_("What would more or less money change? A rough answer will do: the budget page computes with it.")
    with _part(N_("Believe"), about):
        yield


@contextmanager
def _part(title: str, about: str, done: str = "") -> Iterator[None]:
    """A word on a line, with what the part is for where one points at it, and its content; titles are message ids."""
    say = session.say()
    word(say.text(title), title.lower(), say.text(about), done)
    with st.container(key=f"part_{title.lower()}"), trouble.part():
        yield


def word(title: str, key: str, about: str | None = None, done: str = "") -> None:
    """A section's name, quiet on a line of its own; at its right how far it is."""
    with st.container(key=f"word_{key}", horizontal=True, horizontal_alignment="distribute"):
        st.header(title, anchor=False, help=about)
        if done:
            st.markdown(done, width="content")


def onward(code: str) -> None:
    """The end of a dimension's page: what is still open, and the way to the pages before and after it."""
    say = session.say()
    open_questions = still_open(session.plan(), code)
    if open_questions:
        asked = " · ".join(say.text(question.text) for question in open_questions)
        st.markdown(f":material/pending: {say.text('Still open:')} {asked}")
    else:
        st.markdown(":material/check: " + say.text("All questions that matter most are answered."))
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
