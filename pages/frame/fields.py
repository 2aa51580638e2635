"""What people type and press: tried, and where it cannot be done kept in its place with the reason."""

from collections.abc import Callable

import streamlit as st

from pages.frame import session, trouble, widgets
from strategy.errors import PlannerError
from strategy.words.messages import explain
from strategy.words.wording import NotANumber


def attempt(
    place: str, change: Callable[[], object], typed: str = "", named: Callable[[str], str] | None = None
) -> bool:
    """Do what a person asks for; whether it was done. What cannot be done is kept, and `trouble.complaint` says why.

    place   where the reason is shown; it goes there when the next attempt succeeds
    change  does it, or raises PlannerError or NotANumber
    typed   what was typed, so that it stays in its field
    named   an error's place as this page calls it
    """
    try:
        change()
    except PlannerError as error:
        fields = error.fields | {"place": named(str(error.fields["place"]))} if named else error.fields
        trouble.complain(place, explain(PlannerError(error.code, **fields), session.say()), typed)
    except NotANumber as error:
        trouble.complain(place, str(error), typed)
    else:
        trouble.forget(place)
        return True
    return False


def typed(
    label: str, key: str, shown: str, take: Callable[[str], None], help: str | None = None, live: bool = False
) -> None:
    """A field for what people type; what cannot be used stays in it, with the reason below.

    take  uses the text, or raises PlannerError or NotANumber
    live  whether it is used while it is typed
    """
    wrong = trouble.kept(key)
    widgets.put(key, wrong[0] if wrong else shown)

    def changed() -> None:
        text = str(widgets.held(key) or "")
        attempt(key, lambda: take(text), text)

    st.text_input(label, key=key, on_change=changed, help=help, max_chars=40, live=live)
    trouble.complaint(key)
