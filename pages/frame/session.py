"""The one reader and writer of the session: the plan with its history, and what is only about the screen."""

from collections.abc import Callable
from math import isclose
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from strategy.case.samples import SAMPLES, load_sample, sample_origins
from strategy.plan.history import TYPING, History, Step
from strategy.plan.plan import Plan, start
from strategy.words.wording import LANGUAGES, N_, Wording, known_language

OPENED = N_("{name} opened")
SHOWN_KEPT = 8
Rows = TypeVar("Rows")


def language() -> str:
    """The language on the screen; first from the address, then from the browser, always one that we speak."""
    if "language" not in st.session_state:
        st.session_state["language"] = known_language(st.query_params.get("lang") or st.context.locale or "en")
    return str(st.session_state["language"])


def set_language(code: str) -> None:
    """Speak another language; a sample that nobody changed speaks it too."""
    if code not in LANGUAGES:
        return
    st.session_state["language"] = code
    st.query_params["lang"] = code
    history = _history()
    sample = dict(history.now.arguments).get("sample")
    if sample:
        st.session_state["history"] = history.replaced(_sample(sample))


def say() -> Wording:
    """Words and numbers in the reader's language and the case's currency."""
    return Wording(language(), plan().case.currency)


# The plan ------------------------------------------------------------------------------------------------------------


def _history() -> History:
    if "history" not in st.session_state:
        first = SAMPLES[0].code
        opened = _sample(first)
        arguments = (("name", opened.case.name), ("sample", first))
        st.session_state["history"] = History(Step(OPENED, arguments, opened))
    history: History = st.session_state["history"]
    return history


def _sample(code: str) -> Plan:
    """One of our firms as it is today, in the reader's language."""
    spoken = language()
    return start(load_sample(code, spoken), sample_origins(code, spoken))


def plan() -> Plan:
    """The plan as it is now."""
    return _history().plan


def open_sample(code: str) -> None:
    """Open one of our firms as it is today; undo brings back what was there."""
    opened = _sample(code)
    change(OPENED, opened, name=opened.case.name, sample=code)


def open_plan(opened: Plan) -> None:
    """Open a plan; undo brings back what was there."""
    change(OPENED, opened, name=opened.case.name)


def change(message: str, changed: Plan, **arguments: str) -> None:
    """Record a change; `message` is its message id, with its arguments."""
    st.session_state["history"] = _history().record(message, changed, **arguments)
    st.session_state["revision"] = revision() + 1


def type_in(key: str, message: str, changed: Plan, **arguments: str) -> None:
    """Record what is being typed in a field: until something else changes it is one change, and one undo."""
    change(message, changed, **arguments, **{TYPING: key})


def undo() -> None:
    """One step back."""
    _move_to(_history().undo())


def redo() -> None:
    """One step forward again."""
    _move_to(_history().redo())


def _move_to(history: History) -> None:
    st.session_state["history"] = history
    st.session_state["revision"] = revision() + 1
    st.session_state["complaints"] = {}


def steps() -> tuple[Step | None, Step | None]:
    """What undo and redo would take back or do again."""
    history = _history()
    return (history.now if history.past else None), (history.undone[0] if history.undone else None)


# Widgets and the screen ----------------------------------------------------------------------------------------------


def revision() -> int:
    """Raised by every change: widgets that keep edits of their own carry it in their key."""
    return int(st.session_state.setdefault("revision", 0))


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
    moves = st.session_state.pop("moves", [])
    real = [move for move in moves if not _shown_before(move[0], move[1])] if len(moves) > 1 else moves
    for key, value, take in real or moves[-1:]:
        st.session_state["moved"].add(key)
        take(value)


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
    if key in st.session_state and state == (revision(), language()):
        return key, began
    tables[name] = (f"{name}_{revision()}", rows, (revision(), language()))
    return tables[name][0], rows


def typed_in_table(name: str) -> None:
    """Note, in its callback, that the last change of the plan was typed in this table."""
    key, rows, _ = st.session_state["tables"][name]
    st.session_state["tables"][name] = (key, rows, (revision(), language()))


def empty(*keys: str) -> None:
    """Empty text fields, in a callback."""
    for key in keys:
        st.session_state[key] = ""


def held(key: str) -> Any:
    """What a widget holds, in its callback."""
    return st.session_state.get(key)


def display(name: str, default: Any = None) -> Any:
    """Something that is only about the screen: presenting, a guess, an open panel."""
    return st.session_state.setdefault("display", {}).get(name, default)


def show(name: str, value: Any) -> None:
    """Remember something that is only about the screen."""
    st.session_state.setdefault("display", {})[name] = value


def complaint(key: str) -> tuple[str, str] | None:
    """What was typed in a field that could not be used, and why."""
    found: tuple[str, str] | None = st.session_state.setdefault("complaints", {}).get(key)
    return found


def complain(key: str, typed: str, why: str | None) -> None:
    """Keep (or, with None, forget) what could not be used, so that it stays in its field."""
    complaints = st.session_state.setdefault("complaints", {})
    if why is None:
        complaints.pop(key, None)
    else:
        complaints[key] = (typed, why)


def arrive(page: str) -> Plan:
    """The plan as it was when this page was opened."""
    if display("page") != page:
        show("page", page)
        show("arrived", plan())
    arrived: Plan = display("arrived")
    return arrived


def identity() -> str:
    """This browser tab, for shared work that several wait for."""
    if "identity" not in st.session_state:
        st.session_state["identity"] = uuid4().hex
    return str(st.session_state["identity"])


def connection() -> str:
    """This browser tab as the server knows it."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def connected(tab: str) -> bool:
    """Whether a browser tab, as `connection` names it, is still open."""
    return runtime.exists() and runtime.get_instance().is_active_session(tab)
