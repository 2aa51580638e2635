"""What goes wrong, said in one place: refusals, and what nobody foresaw, so that the rest of the page lives on.

What is refused is kept at a place of the page (`fields.attempt`) and said there; what nobody foresaw is said where the
page or the callback fails. Nothing else draws an error box: what is said here may quote files and people, and shows as
text.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import WStates

from pages.frame import session
from strategy.errors import PlannerError
from strategy.unforeseen import logged
from strategy.words.messages import explain
from strategy.words.wording import markdown_text

ICON = ":material/error:"
FAILED = "failed callback"


def told(sentence: str) -> None:
    """A box with a plain sentence, whatever it quotes."""
    st.error(markdown_text(sentence), icon=ICON)


def complain(place: str, why: str, typed: str = "") -> None:
    """Keep why something could not be done, a plain sentence, and what was typed, until `forget` or undo."""
    _complaints()[place] = (typed, why)


def forget(place: str) -> None:
    """Nothing is wrong there any more."""
    _complaints().pop(place, None)


def kept(place: str) -> tuple[str, str] | None:
    """What was typed there that could not be used, and why."""
    return _complaints().get(place)


def complaint(place: str) -> None:
    """Says why what was typed or pressed there last could not be done, where there is something to say."""
    wrong = kept(place)
    if wrong:
        told(wrong[1])


def _complaints() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = st.session_state.setdefault("complaints", {})
    return found


def refused(error: Exception) -> None:
    """An error's sentence; of one that nobody foresaw a sentence with the reference under which it was logged."""
    told(_sentence(error))


def _sentence(error: Exception) -> str:
    say = session.say()
    if isinstance(error, PlannerError):
        return explain(error, say)
    return say.text(
        "This could not be done or shown, for a reason that nobody foresaw (reference {reference}): your plan is kept, "
        "undo takes back your last change, and whoever runs the planner finds the reason in its log.",
        reference=logged(error),
    )


@contextmanager
def part() -> Iterator[None]:
    """A part of a page: what fails in it is said in its place, and the others are drawn.

    How Streamlit ends or repeats a run is no Exception and passes.
    """
    try:
        yield
    except Exception as error:
        refused(error)


def guarded(work: Callable[[], None]) -> None:
    """Do what a person asked for outside the drawing of the page; `failed` says what nobody foresaw in it."""
    try:
        work()
    except Exception as error:
        session.show(FAILED, (_sentence(error), session.revision()))


def failed() -> None:
    """What went wrong in the last callback, until the plan changes."""
    sentence, revision = session.display(FAILED) or ("", None)
    if revision == session.revision():
        told(sentence)


_CALL = WStates.call_callback


def _call(self: WStates, widget_id: str) -> None:
    if not _echoed(self, widget_id):
        guarded(lambda: _CALL(self, widget_id))


def _echoed(states: WStates, widget_id: str) -> bool:
    """Whether a part of the page that reruns by itself sent along what a widget outside of it showed before.

    A browser that has not drawn the last change yet sends the widgets' old values with whatever it sends next; what a
    person changes outside a part comes with a run of the whole page.
    """
    context, known = get_script_run_ctx(), states.widget_metadata.get(widget_id)
    running = context.fragment_ids_this_run if context else None
    return bool(running) and known is not None and known.fragment_id not in (running or ())


def guard_callbacks() -> None:
    """From now on a callback that fails leaves the page: Streamlit would draw nothing but its own box.

    And what nobody changed calls none.

    Streamlit offers no place for this but the method with which it calls every widget's callback.
    """
    WStates.call_callback = _call  # type: ignore[method-assign]
