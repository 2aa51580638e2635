"""Questions per segment, answered by pressing: a row for each segment, a column for each question."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import typed
from pages.questions.answer_table import SCORES
from strategy.questions import Question
from strategy.words.wording import Wording, markdown_text

SHORT = 5
"""Options that fit beside each other; more go into a list."""
WIDTHS = {"score": 1.45, "number": 1.9, "text": 1.8}
NAME, LETTER, LIST, WIDEST = 1.4, 0.075, 2.0, 5.6
"""Widths of the segments' names, of a letter of an option, of a list to choose from, and of all columns together."""
Take = Callable[[Question, str, object], None]
"""Keeps the answer to a question for a segment."""


def pressed(asked: Sequence[Question], take: Take, helps: dict[str, str], say: Wording) -> None:
    """The questions with something to press, or a number to type, for each segment."""
    for number, columns in enumerate(_fitting(asked, say)):
        with st.container(key=f"grid_{asked[0].code}_{number}", gap="xxsmall"):
            _grid(columns, take, helps, say)
        for question in columns:
            trouble.complaint(question.code)


def _width(question: Question, say: Wording) -> float:
    if question.kind != "choice":
        return WIDTHS[question.kind]
    if len(question.options) > SHORT:
        return LIST
    return sum(LETTER * len(say.text(option.text)) + 0.25 for option in question.options)


def _fitting(asked: Sequence[Question], say: Wording) -> Iterator[list[Question]]:
    """As many questions as stand beside one another."""
    columns: list[Question] = []
    for question in asked:
        if columns and NAME + sum(_width(q, say) for q in (*columns, question)) > NAME + WIDEST:
            yield columns
            columns = []
        columns.append(question)
    yield columns


def _grid(asked: Sequence[Question], take: Take, helps: dict[str, str], say: Wording) -> None:
    """A column for the names and one for each question, all ending at the bottom: so few places are drawn quickly."""
    names, widths = session.segment_names(), [NAME, *(_width(question, say) for question in asked)]
    room = [*widths, max(0.01, NAME + WIDEST - sum(widths))]
    first, *others = st.columns(room, vertical_alignment="bottom")
    with first:
        st.html("".join(f'<div class="planner-name">{escape(name)}</div>' for name in names.values()))
    for column, question in zip(others, asked, strict=False):
        with column, st.container(key=f"cells_{question.code}", gap="xxsmall"):
            st.markdown(f"**{say.text(question.text)}**", help=helps[question.code])
            for segment, name in names.items():
                _cell(question, segment, name, take, say)
    for question in asked:
        for segment in names:
            trouble.complaint(f"answer_{question.code}_{segment}")


def _cell(question: Question, segment: str, name: str, take: Take, say: Wording) -> None:
    label = f"{markdown_text(name)}: {say.text(question.text)}"
    answer, key = session.plan().answer(question.code, segment), f"answer_{question.code}_{segment}"
    if question.kind in ("number", "text"):
        _field(question, segment, label, take, say)
        return
    shown = widgets.put(key, answer)

    def changed() -> None:
        take(question, segment, widgets.held(shown) or None)

    codes = SCORES if question.kind == "score" else [option.code for option in question.options]
    if len(codes) <= SHORT:
        st.segmented_control(
            label, codes, key=key, format_func=lambda code: _text(question, code, say), on_change=changed
        )
    else:
        st.selectbox(
            label, codes, index=None, key=key, placeholder=say.text("Choose…"), on_change=changed,
            format_func=lambda code: _text(question, code, say),
        )  # fmt: skip


def _text(question: Question, code: object, say: Wording) -> str:
    return say.text(question.option_texts[str(code)]) if question.kind == "choice" else str(code)


def _field(question: Question, segment: str, label: str, take: Take, say: Wording) -> None:
    """A number in the reader's way of writing, or a text."""
    answer, key = session.plan().answer(question.code, segment), f"answer_{question.code}_{segment}"

    def parsed(text: str) -> None:
        number = question.kind == "number"
        take(question, segment, (say.parse_number(text) if number else text) if text.strip() else None)

    if answer is None:
        shown = ""
    elif question.kind == "text":
        shown = str(answer)
    else:
        shown = say.money(answer, 0) if question.unit == "money" else say.number(answer)
    typed(label, key, shown, parsed, quiet=True)
