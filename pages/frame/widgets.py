"""Widgets beside the plan: set from it before they are drawn, taken into it in their callbacks."""

from collections.abc import Callable
from math import isclose
from typing import Any, TypeVar

import streamlit as st

from pages.frame import session

AMOUNT = "%.2f"
"""Two decimals and no separator of thousands: a table to type in knows the browser's language, not the page's."""
SHOWN_KEPT = 8
Rows = TypeVar("Rows")


def put(key: str, value: Any) -> str:
    """Set a widget from the plan before it is drawn; returns its key.

    A slider that was moved just now and shows the plan is left alone: setting it would take back its user's next move.
    """
    moved: set[str] = st.session_state.setdefault("moved", set())
    if not (key in moved and isclose(st.session_state[key], value, abs_tol=1e-9)):
        st.session_state[key] = value
    moved.discard(key)
    if isinstance(value, float):
        shown = st.session_state.setdefault("shown", {})
        shown[key] = [*shown.get(key, []), value][-SHOWN_KEPT:]
    return key


def move(key: str, take: Callable[[float], None]) -> None:
    """Note, in its callback, that a slider was moved; `settle` takes it."""
    st.session_state.setdefault("moves", []).append((key, held(key), take))


def settle() -> None:
    """Take the sliders' moves, before the page is drawn.

    A browser that has not yet heard of the last change sends what other sliders showed before it along with the next
    move. People move one slider at a time: of several moves those back to what was shown before are no moves.
    """
    if st.session_state.pop(session.JUMPED, False):
        forget_echoes()
    moves = st.session_state.pop("moves", [])
    real = [move for move in moves if not _shown_before(move[0], move[1])] if len(moves) > 1 else moves
    for key, value, take in real or moves[-1:]:
        st.session_state["moved"].add(key)
        take(value)


def forget_echoes() -> bool:
    """Leave out sliders' moves back to what was shown before, where nobody's move brought them; whether any is left."""
    moves = [move for move in st.session_state.pop("moves", []) if not _shown_before(move[0], move[1])]
    if moves:
        st.session_state["moves"] = moves
    return bool(moves)


def _shown_before(key: str, value: object) -> bool:
    earlier = st.session_state.get("shown", {}).get(key, [])[:-1]
    return isinstance(value, float) and any(isclose(value, shown, abs_tol=1e-9) for shown in earlier)


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
