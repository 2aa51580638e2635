"""The strategic questions as widgets: each shows the plan's answer and writes back to it."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.frame.why import term_help
from pages.questions.answer_table import SCORES, edited_rows, editor, read, shown
from pages.questions.per_segment import SHORT, pressed
from strategy.plan.answers import LONGEST_TEXT
from strategy.plan.plan import set_answer
from strategy.questions import Column, Question, of_dimension
from strategy.questions.question import HIGHEST_SCORE
from strategy.words.wording import N_, Wording

ANSWERED = N_("answer to: {question}")
FEW = 8
"""Segments that are asked with something to press; of more it is asked in a table."""


def questions(dimension: str) -> None:
    """The questions of a dimension: those of the first screen, and the others one click deeper."""
    say = session.say()
    asked = of_dimension(dimension)
    _draw([question for question in asked if question.depth != "deep"])
    deeper = [question for question in asked if question.depth == "deep"]
    if deeper:
        more = st.expander(say.text("Go deeper"), key=f"deeper_{dimension}", on_change="rerun")
        if more.open:
            with more:
                _draw(deeper)


def _draw(asked: Sequence[Question]) -> None:
    """Questions in their order; those per segment that follow one another stand in one table."""
    for tabled, group in groupby(asked, key=lambda question: question.per == "segment"):
        if tabled:
            per_segment(list(group))
        else:
            for question in group:
                ask(question)


def ask(question: Question) -> None:
    """One question with its widget."""
    if question.per == "segment":
        per_segment([question])
        return
    widget: Callable[[Question], None] = {
        "choice": _choice,
        "several": _choice,
        "score": _score,
        "scores": _scores,
        "number": _number,
        "text": _text,
        "rows": _rows,
    }[question.kind]
    widget(question)
    if question.kind != "number":
        trouble.complaint(question.code)


def _take(question: Question, value: object) -> None:
    """Keep an answer, or say what is wrong with it."""
    asked = session.say().text(question.text)
    attempt(
        question.code,
        lambda: session.change(ANSWERED, set_answer(session.plan(), question.code, value), question=asked),
        str(value),
        lambda place: place.replace(question.code, asked, 1),
    )


def _help(question: Question, say: Wording) -> str | None:
    """The term behind the question and another firm's answer, as help."""
    parts = [term_help(question.term, say)] if question.term else []
    meanings = [(o.text, o.meaning) for o in question.options if o.meaning]
    parts += [f"**{say.text(text)}**: {say.text(meaning)}" for text, meaning in meanings]
    if example := _example(question, say):
        parts.append(example)
    return "\n\n".join(parts) or None


def _example(question: Question, say: Wording) -> str | None:
    """An answer that another firm could give."""
    return say.text("For example: {example}", example=say.text(question.example)) if question.example else None


def _choice(question: Question) -> None:
    say = session.say()
    several = question.kind == "several"
    answer = session.plan().answer(question.code)
    codes = [option.code for option in question.options]
    key = widgets.put(f"answer_{question.code}", list(answer or ()) if several else answer)

    def changed() -> None:
        held = widgets.held(key)
        _take(question, tuple(held) if several and held else held or None)

    shown: dict[str, Any] = {
        "key": key,
        "format_func": lambda code: say.text(question.option_texts[code]),
        "help": _help(question, say),
        "on_change": changed,
    }
    if several:
        st.pills(say.text(question.text), codes, selection_mode="multi", **shown)
    elif len(codes) <= SHORT:
        st.segmented_control(say.text(question.text), codes, **shown)
    else:
        st.selectbox(say.text(question.text), codes, index=None, placeholder=say.text("Choose…"), **shown)


def _score(question: Question) -> None:
    say = session.say()
    key = widgets.put(f"answer_{question.code}", session.plan().answer(question.code))
    st.segmented_control(
        _with_ends(question, say),
        SCORES,
        key=key,
        help=_help(question, say),
        on_change=lambda: _take(question, widgets.held(key)),
    )


def _with_ends(question: Question, say: Wording) -> str:
    """The question with the words at both ends of its scale."""
    low, high = question.ends
    text = say.text(question.text)
    if not low:
        return text
    ends = say.text("1 = {low}, {highest} = {high}", low=say.text(low), high=say.text(high), highest=HIGHEST_SCORE)
    return f"{text} ({ends})"


def _scores(question: Question) -> None:
    say = session.say()
    with st.container(key=f"asked_{question.code}"):
        st.markdown(_with_ends(question, say), help=_help(question, say))
    answer = session.plan().answer(question.code) or {}
    places = st.container(key=f"options_{question.code}", gap="xsmall")
    for number, option in enumerate(question.options):
        if number % 2 == 0:
            columns = places.columns(2, gap="medium")
        key = widgets.put(f"answer_{question.code}_{option.code}", answer.get(option.code))
        columns[number % 2].segmented_control(
            say.text(option.text),
            SCORES,
            key=key,
            help=say.text(option.meaning) if option.meaning else None,
            on_change=_take_score,
            args=(question, option.code, key),
        )


def _take_score(question: Question, option: str, key: str) -> None:
    _take(question, {**(session.plan().answer(question.code) or {}), option: widgets.held(key)})


def _number(question: Question) -> None:
    say = session.say()
    answer = session.plan().answer(question.code)

    def take(text: str) -> None:
        value = say.parse_number(text) if text.strip() else None
        session.change(ANSWERED, set_answer(session.plan(), question.code, value), question=say.text(question.text))

    shown = "" if answer is None else say.money(answer, 0) if question.unit == "money" else say.number(answer)
    typed(say.text(question.text), question.code, shown, take, _help(question, say))


def _text(question: Question) -> None:
    say = session.say()
    key = widgets.put(f"answer_{question.code}", session.plan().answer(question.code) or "")
    st.text_area(
        say.text(question.text),
        key=key,
        height="content",
        max_chars=LONGEST_TEXT,
        help=_help(question, say),
        placeholder=_example(question, say),
        on_change=lambda: _take(question, widgets.held(key) or None),
    )


# Answers in a table --------------------------------------------------------------------------------------------------


def _rows(question: Question) -> None:
    say = session.say()
    with st.container(key=f"asked_{question.code}"):
        st.markdown(say.text(question.text), help=_help(question, say))
    st.caption(say.text("A row for each answer: double-click a cell of the last, empty row to begin a new one."))
    rows = list(session.plan().answer(question.code) or ())
    table = pd.DataFrame([[shown(c, row.get(c.code), say) for c in question.columns] for row in rows])
    table = table.reindex(columns=range(len(question.columns))).astype(object)
    table.columns = pd.Index([column.code for column in question.columns])
    editor(question, table, rows, question.columns, say, lambda began, edited: _take_rows(question, began, edited))


def _take_rows(question: Question, began: list[dict[str, Any]], edited: dict[str, Any]) -> None:
    _take(question, edited_rows(question, began, edited))


def per_segment(asked: Sequence[Question]) -> None:
    """Questions per segment beside each other: a row for each segment, a column for each question."""
    say = session.say()
    helps = {q.code: "\n\n".join(filter(None, [f"**{_with_ends(q, say)}**", _help(q, say)])) for q in asked}
    if len(session.plan().case.segments) <= FEW:
        pressed(asked, _take_segment, helps, say)
    else:
        _tabled(asked, helps, say)


def _tabled(asked: Sequence[Question], helps: dict[str, str], say: Wording) -> None:
    """The questions in a table to type in, where there are many segments."""
    plan, columns = session.plan(), [_column(question) for question in asked]
    st.markdown(_with_ends(asked[0], say) if len(asked) == 1 else say.text("What do we say of each segment?"))
    st.caption(
        say.text(
            "A column for each question (point at its title to read what it means). Double-click a cell to choose "
            "or to type; an answer counts at once."
        )
    )
    table = pd.DataFrame(
        [[s.name, *[shown(c, plan.answer(c.code, s.id), say) for c in columns]] for s in plan.case.segments]
    ).astype(object)
    table.columns = pd.Index(["segment", *[column.code for column in columns]])
    editor(asked[0], table, [], columns, say, lambda _, edited: _take_per_segment(asked, edited), helps)
    for question in asked:
        trouble.complaint(question.code)


def _take_segment(question: Question, segment: str, value: object) -> None:
    _take(question, {**(session.plan().answer(question.code) or {}), segment: value})


def _column(question: Question) -> Column:
    kind = question.kind
    if kind not in ("choice", "score", "number", "text"):
        raise ValueError(f"{question.code}: a question per segment is a choice, a score, a number or a text")
    return Column(question.code, question.text, kind, question.options, question.low, question.high)


def _take_per_segment(asked: Sequence[Question], edited: dict[str, Any]) -> None:
    say = session.say()
    segments = session.plan().case.segments
    for row, changes in edited.get("edited_rows", {}).items():
        for question in asked:
            if question.code in changes:
                value = read(_column(question), changes[question.code], say)
                _take_segment(question, segments[int(row)].id, value)
