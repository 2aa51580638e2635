"""An older version on the screen: what it is, and the ways back to the plan as it is now."""

from datetime import UTC, datetime

import streamlit as st
from babel.dates import format_datetime

from pages.frame import session
from strategy.store.versions import Version
from strategy.words.wording import Wording, markdown_text


def when(at: float, say: Wording) -> str:
    """A moment, seconds since 1970, as the reader writes it and as his clock showed it."""
    return format_datetime(datetime.fromtimestamp(at, UTC), "medium", locale=say.locale, tzinfo=session.zone())


def restored(version: Version) -> None:
    """Make a version the newest again."""
    session.restore(version.number, when(version.at, session.say()))


def banner() -> None:
    """That this is an older version, with the ways back; nothing where it is the newest."""
    here, say = session.kept(), session.say()
    if not here.pinned:
        return
    with st.container(border=True, key="old_version"):
        told = say.text("This is the plan as it was on {when}.", when=when(here.version.at, say))
        named = say.text("It is called “{name}”.", name=here.version.name) if here.version.name else ""
        st.markdown(markdown_text(f"{told} {named}".strip()))
        with st.container(horizontal=True):
            st.button(
                say.text("Back to the plan as it is now"), key="back_to_newest", icon=":material/arrow_back:",
                on_click=session.go_to, args=(here.token,), type="primary",
            )  # fmt: skip
            if here.pinned == "edit":
                st.button(
                    say.text("Restore this version"), key="restore_this", icon=":material/history:",
                    on_click=restored, args=(here.version,),
                )  # fmt: skip
