"""Widgets beside the plan: set from it before they are drawn, taken into it in their callbacks."""

from typing import Any, TypeVar

import streamlit as st

from pages.frame import session

AMOUNT = "%.2f"
"""Two decimals and no separator of thousands: a table to type in knows the browser's language, not the page's."""
Rows = TypeVar("Rows")


def put(key: str, value: Any) -> str:
    """Set a widget from the plan before it is drawn; returns its key."""
    st.session_state[key] = value
    return key


def table(name: str, rows: Rows) -> tuple[str, Rows]:
    """The key and the rows of a table to type in: `rows`, or those with which what is typed in it began.

    As long as only the table itself changes the plan (see `typed_in_table`) it is not drawn anew, so that whoever
    types in it keeps the cell; its edits add up from the rows with which it began.
    """
    tables: dict[str, tuple[str, Any, tuple[int, str]]] = st.session_state.setdefault("tables", {})
    key, began, state = tables.get(name, (name, rows, None))
    if key in st.session_state and state == (session.revision(), session.language()):
        return key, began
    tables[name] = (f"{name}_{session.revision()}", rows, (session.revision(), session.language()))
    return tables[name][0], rows


def typed_in_table(name: str) -> None:
    """Note, in its callback, that the last change of the plan was typed in this table."""
    key, rows, _ = st.session_state["tables"][name]
    st.session_state["tables"][name] = (key, rows, (session.revision(), session.language()))


def empty(*keys: str) -> None:
    """Empty text fields, in a callback."""
    for key in keys:
        st.session_state[key] = ""


def held(key: str) -> Any:
    """What a widget holds, in its callback."""
    return st.session_state.get(key)
