"""What people type and press: tried, and where it cannot be done kept in its place with the reason."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.frame import session, trouble, widgets
from strategy.case.beliefs import ENDS
from strategy.case.estimate import Estimate
from strategy.errors import PlannerError
from strategy.explanations.own_words import place_in_words
from strategy.words.messages import explain
from strategy.words.wording import N_, NotANumber

END_NAMES = {"low": N_("at least"), "likely": N_("most likely"), "high": N_("at most")}


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
        place_of = named or partial(place_in_words, say=session.say())
        fields = dict(error.fields)
        if "place" in fields:
            fields["place"] = place_of(str(fields["place"]))
        trouble.complain(place, explain(PlannerError(error.code, **fields), session.say()), typed)
    except NotANumber as error:
        trouble.complain(place, str(error), typed)
    else:
        trouble.forget(place)
        return True
    return False


def typed(
    label: str, key: str, shown: str, take: Callable[[str], None], help: str | None = None, live: bool = False,
    quiet: bool = False, named: Callable[[str], str] | None = None,
) -> None:  # fmt: skip
    """A field for what people type; what cannot be used stays in it, with the reason below.

    take   uses the text, or raises PlannerError or NotANumber
    live   whether it is used while it is typed
    quiet  whether who draws it says what is wrong (`trouble.complaint`); in rows and grids the style keeps labels for
           phones and screen readers
    named  an error's place as this page calls it
    """
    wrong = trouble.kept(key)
    widgets.put(key, wrong[0] if wrong else shown)

    def changed() -> None:
        text = str(widgets.held(key) or "")
        attempt(key, lambda: take(text), text, named)

    st.text_input(label, key=key, on_change=changed, help=help, max_chars=40, live=live)
    if not quiet:
        trouble.complaint(key)


def ranged(
    label: str, key: str, value: Estimate | None, written: Callable[[float], str], take: Callable[[str, str], None],
    ranges: bool, help: str | None = None,
) -> None:  # fmt: skip
    """A field for an answer, or with a range three beside one another: at least, most likely and at most.

    written  how a number stands in its field
    take     uses what was typed: the end (low, likely, high), the text; raises as for `typed`
    """
    say, ends = session.say(), ENDS if ranges else ("likely",)
    for column, end in zip(st.columns(len(ends), vertical_alignment="bottom"), ends, strict=True):
        with column:
            name = say.text(END_NAMES[end]) if ranges else label
            typed(name, f"{key}_{end}", _written(value, end, written), partial(take, end), help, live=True)


def heading(about: str, key: str, ranges: bool) -> None:
    """Above `row`s: what they answer, and with ranges which end stands in which column."""
    say = session.say()
    st.markdown(about)
    if ranges:
        with st.container(key=f"heads_{key}"):
            for column, end in zip(st.columns([2, *[1] * len(ENDS)])[1:], ENDS, strict=True):
                column.caption(say.text(END_NAMES[end]))


def row(
    label: str, key: str, value: Estimate | None, written: Callable[[float], str], take: Callable[[str, str], None],
    ranges: bool,
) -> None:  # fmt: skip
    """As `ranged`, on one line under `heading`, and below it at full width what is wrong."""
    say, ends = session.say(), ENDS if ranges else ("likely",)
    first, *others = st.columns([2, *[1] * len(ends)], vertical_alignment="center")
    first.markdown(label)
    for column, end in zip(others, ends, strict=True):
        with column:
            name = f"{label}, {say.text(END_NAMES[end])}"
            shown = _written(value, end, written)
            typed(name, f"{key}_{end}", shown, partial(take, end), live=True, quiet=True)
    for end in ends:
        trouble.complaint(f"{key}_{end}")


def _written(value: Estimate | None, end: str, written: Callable[[float], str]) -> str:
    return "" if value is None else written(getattr(value, end))
