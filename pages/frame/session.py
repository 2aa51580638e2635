"""What the session knows: the language, the plan with its history, and what is only about the screen."""

from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from strategy.case.samples import SAMPLES, load_sample, sample_origins
from strategy.plan.history import TYPING, History, Step
from strategy.plan.plan import Plan, start
from strategy.words.wording import LANGUAGES, N_, Wording, known_language

OPENED = N_("{name} opened")


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


def segment_names() -> dict[str, str]:
    """{id: name} of the segments as people choose them; those with the same name carry their id."""
    segments = plan().case.segments
    names = [segment.name for segment in segments]
    return {
        segment.id: segment.name if names.count(segment.name) == 1 else f"{segment.name} ({segment.id})"
        for segment in segments
    }


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
    st.session_state.pop("complaints", None)


def steps() -> tuple[Step | None, Step | None]:
    """What undo and redo would take back or do again."""
    history = _history()
    return (history.now if history.past else None), (history.undone[0] if history.undone else None)


# The screen --------------------------------------------------------------------------------------------------------


def revision() -> int:
    """Raised by every change: widgets that keep edits of their own carry it in their key."""
    return int(st.session_state.setdefault("revision", 0))


def display(name: str, default: Any = None) -> Any:
    """Something that is only about the screen: presenting, a guess, an open panel."""
    return st.session_state.setdefault("display", {}).get(name, default)


def show(name: str, value: Any) -> None:
    """Remember something that is only about the screen."""
    st.session_state.setdefault("display", {})[name] = value


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
