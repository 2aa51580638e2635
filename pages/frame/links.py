"""The links of a plan: to edit, to look, to read without a server; and new ones, which close the old."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import streamlit as st

from pages.frame import place, session, trouble
from strategy.store import links, opened
from strategy.store.documents import share_token


def button() -> None:
    """Opens the dialog with the links."""
    say = session.say()
    if st.button(say.text("Share"), key="share", icon=":material/share:"):
        st.dialog(say.text("Share this plan"))(_dialog)()


def _dialog() -> None:
    with trouble.part():
        say, here = session.say(), session.kept()
        if not here.kept:
            st.markdown(say.text("A link to edit or to look comes with the first change: nothing is kept before."))
        elif here.rights == "edit":
            _link(say.text("To edit"), here.token)
            _link(say.text("To look: whoever changes something works on a copy"), _look())
            with st.container(horizontal=True):
                st.button(say.text("Renew the look link"), key="renew_look", on_click=_renewed, args=(_renew_look,))
                st.button(say.text("Renew both links"), key="renew_edit", on_click=_renewed, args=(_renew_edit,))
            st.caption(say.text("New links close the old ones: whoever has an old link sees nothing any more."))
        else:
            _link(say.text("To look: whoever changes something works on a copy"), here.token)
        token = share_token(place.document_of(session.plan().having(evidence=None)))
        if token is None:
            st.caption(say.text("This plan is too large to travel in a link of its own: download its file instead."))
        else:
            st.markdown(say.text("To read as it is now, with any planner; it never changes and cannot be closed"))
            st.code(_address(session.SHARED, token), language=None)


def _look() -> str:
    return links.look_link(opened.database(), session.kept().token)


def _link(label: str, token: str) -> None:
    st.markdown(label)
    st.code(_address(place.ASKED, token), language=None, wrap_lines=True)


def _address(name: str, token: str) -> str:
    """The start of the planner with a token, as this browser reaches it."""
    here = urlsplit(str(st.context.url or ""))
    return f"{here.scheme}://{here.netloc}/?{urlencode({name: token})}"


def _renewed(renew: Callable[[], None]) -> None:
    trouble.guarded(renew)


def _renew_look() -> None:
    links.renew_look(opened.database(), session.kept().token)


def _renew_edit() -> None:
    session.go_to(links.renew_edit(opened.database(), session.kept().token))
