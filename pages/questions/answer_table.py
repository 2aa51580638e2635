"""A table of answers: what its cells show, and what was typed into them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import session, widgets
from strategy.case.levers import LEVER_CODES
from strategy.plan.answers import LONGEST_TEXT
from strategy.questions import Column, Question
from strategy.questions.question import HIGHEST_SCORE, LOWEST_SCORE
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import MISSING, Wording

SCORES = list(range(LOWEST_SCORE, HIGHEST_SCORE + 1))


def editor(
    question: Question,
    table: pd.DataFrame,
    rows: list[dict[str, Any]],
    columns: Sequence[Column],
    say: Wording,
    take: Callable[[list[dict[str, Any]], dict[str, Any]], None],
    helps: Mapping[str, str] | None = None,
) -> None:
    """A table of answers; with `helps`, a help per column, it has a row for each segment and no others.

    take  is given the rows with which what is typed began, and all that was typed since
    """
    fixed = helps is not None
    name = f"answer_{question.code}"
    key, (table, began) = widgets.table(name, (table, rows))

    def changed() -> None:
        take(began, widgets.held(key) or {})
        widgets.typed_in_table(name)

    st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed" if fixed else "dynamic",
        disabled=["segment"] if fixed else (),
        column_config={
            **({"segment": st.column_config.TextColumn(say.text("Segment"))} if fixed else {}),
            **{column.code: _column_config(column, say, (helps or {}).get(column.code)) for column in columns},
        },
        on_change=changed,
        placeholder=MISSING,
        alt=say.text(question.text),
    )


def _choices(column: Column, say: Wording) -> dict[str, str]:
    """{code: text} of a column to choose from."""
    match column.kind:
        case "segment":
            return session.segment_names()
        case "lever":
            return {code: say.text(LEVER_NAMES[code]) for code in LEVER_CODES}
        case _:
            return {option.code: say.text(option.text) for option in column.options}


def _column_config(column: Column, say: Wording, help: str | None = None) -> Any:
    title = say.text(column.title)
    match column.kind:
        case "choice" | "segment" | "lever":
            return st.column_config.SelectboxColumn(title, help=help, options=list(_choices(column, say).values()))
        case "score":
            return st.column_config.SelectboxColumn(title, help=help, options=SCORES)
        case "number":
            low, high = column.low, min(column.high, 1e15)
            return st.column_config.NumberColumn(title, help=help, min_value=low, max_value=high, format="localized")
        case "yes_no":
            return st.column_config.CheckboxColumn(title, help=help)
        case _:
            return st.column_config.TextColumn(title, help=help, max_chars=LONGEST_TEXT)


def shown(column: Column, value: object, say: Wording) -> object:
    """A value as its column shows it."""
    if column.kind in ("choice", "segment", "lever") and isinstance(value, str):
        return _choices(column, say).get(value)
    return value


def read(column: Column, cell: object, say: Wording) -> object:
    """What a cell shows as a value; an emptied one is no answer."""
    if column.kind in ("choice", "segment", "lever"):
        codes = {text: code for code, text in _choices(column, say).items()}
        return codes.get(str(cell)) if cell is not None else None
    return cell if cell != "" else None


def edited_rows(question: Question, rows: list[dict[str, Any]], edited: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows after an edit: changed, taken away, added."""
    say = session.say()
    by_code = {column.code: column for column in question.columns}

    def cells(changes: dict[str, Any]) -> dict[str, Any]:
        return {code: read(by_code[code], value, say) for code, value in changes.items() if code in by_code}

    changed = [row | cells(edited.get("edited_rows", {}).get(number, {})) for number, row in enumerate(rows)]
    kept = [row for number, row in enumerate(changed) if number not in set(edited.get("deleted_rows", []))]
    return kept + [cells(row) for row in edited.get("added_rows", [])]
