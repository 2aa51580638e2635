"""My plans: what this browser has opened, to open, name, copy, delete and bring back; and to forget."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st
from babel.dates import format_datetime

from pages.frame import place, session, trouble, widgets
from pages.frame.fields import attempt
from pages.served import shelf as served
from strategy.store import links, opened, plans, shelves
from strategy.store.plans import open_plan
from strategy.store.shelves import Shelved
from strategy.store.tokens import new_token
from strategy.store.versions import Deed
from strategy.words.wording import N_, Wording, markdown_text

COPIED = N_("copied")
NAMED = N_("plan named {name}")
FORGET = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = async () => {
    const answer = await fetch(data.address, { method: "POST" });
    if (answer.ok) location.href = location.pathname;
  };
}
"""
"""The shelf's cookie is out of the reach of scripts: the server takes it away when it is asked to."""
BUTTON = """
button { font: inherit; font-size: .875rem; color: inherit; background: transparent;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  border-radius: .5rem; padding: .3rem .75rem; min-height: 2.5rem; cursor: pointer; }
"""


def mine() -> None:
    """The plans of this browser's shelf, or of whoever logged in; nothing where there are none."""
    say = session.say()
    _login(say)
    shelf = place.shelf()
    if shelf is None:
        return
    database = opened.database()
    there, gone = shelves.on_shelf(database, shelf), shelves.on_shelf(database, shelf, deleted=True)
    left = _of_the_browser(shelf, [entry.plan for entry in there])
    if not there and not gone and not left:
        return
    st.header(say.text("My plans"), anchor=False, divider="gray")
    for entry in there:
        with trouble.part():
            _row(entry, say)
    trouble.complaint("my_plans")
    for entry in gone:
        if entry.rights == "edit":
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(say.text("**{plan}** was deleted.", plan=_name(entry, say)), width="content")
                st.button(say.text("Bring back"), key=f"back_{entry.plan}", on_click=_do(links.restore, entry))
    if left:
        label = say.plural(
            "Bring along {count} plan of this browser", "Bring along {count} plans of this browser", len(left)
        )
        st.button(label, key="bring_along", icon=":material/move_up:", on_click=_bring_along, args=(shelf, left))
    _all_of_mine(shelf, say)


def _login(say: Wording) -> None:
    """Logging in and out, where the owner of the server set up Streamlit's login."""
    if not place.has_login():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if place.logged_in() is None:
            st.button(say.text("Log in"), key="log_in", icon=":material/login:", on_click=st.login)
            st.caption(say.text("Who logs in finds his own plans in any browser."), width="content")
        else:
            st.button(say.text("Log out"), key="log_out", icon=":material/logout:", on_click=st.logout)


def _of_the_browser(shelf: str, known: list[int]) -> list[Shelved]:
    """Plans of this browser that are not on the shelf of whoever logged in."""
    own = place.browsers_shelf()
    if own is None or own == shelf:
        return []
    return [entry for entry in shelves.on_shelf(opened.database(), own) if entry.plan not in known]


def _bring_along(shelf: str, left: list[Shelved]) -> None:
    def brought() -> None:
        for entry in left:
            shelves.put(opened.database(), shelf, entry.token)

    attempt("my_plans", brought)


def _name(entry: Shelved, say: Wording) -> str:
    return markdown_text(entry.title or say.text("Plan"))


def _row(entry: Shelved, say: Wording) -> None:
    """One plan: open it, or see what else can be done with it."""
    here = entry.token == session.kept().token and not session.kept().pinned
    at = datetime.fromtimestamp(entry.changed, UTC)
    changed = format_datetime(at, "d MMM y, HH:mm", locale=say.language, tzinfo=session.zone())
    told = say.text("changed {when}", when=changed)
    notes = [
        told,
        *([say.text("to look")] if entry.rights == "look" else []),
        *([say.text("open now")] if here else []),
    ]
    with st.container(horizontal=True, vertical_alignment="center", key=f"mine_{entry.plan}"):
        st.markdown(f"**{_name(entry, say)}** · {' · '.join(map(markdown_text, notes))}", width="stretch")
        st.button(
            say.text("Open"), key=f"open_{entry.plan}", on_click=session.go_to, args=(entry.token,), disabled=here
        )
        with st.popover(say.text("More"), key=f"more_{entry.plan}"):
            if here and entry.rights == "edit":
                key = widgets.put("plan_title", session.plan().title)
                st.text_input(say.text("Name"), key=key, max_chars=200, on_change=_rename, args=(key,))
            st.button(say.text("Make a copy"), key=f"copy_{entry.plan}", on_click=_do(_copy, entry))
            if entry.rights == "edit":
                st.button(say.text("Delete"), key=f"delete_{entry.plan}", on_click=_do(links.delete, entry))
            st.button(say.text("Take off this list"), key=f"off_{entry.plan}", on_click=_do(_take_off, entry))


def _do(work: Callable[..., object], entry: Shelved) -> Callable[[], None]:
    """A callback that does something with a plan; why it cannot be done is said below the list."""

    def done() -> None:
        attempt("my_plans", lambda: work(opened.database(), entry.token), entry.title)

    return done


def _rename(key: str) -> None:
    name = str(widgets.held(key) or "").strip()
    attempt("my_plans", lambda: session.change(NAMED, session.plan().having(title=name), name=name), name)


def _copy(database: object, token: str) -> None:
    """A plan of one's own with the same content, opened."""
    there = open_plan(opened.database(), token)
    if there is not None:
        own = new_token()
        plans.keep(opened.database(), own, there.version.document, Deed(COPIED), place.author(session.identity()))
        session.go_to(own)


def _take_off(database: object, token: str) -> None:
    shelf = place.shelf()
    if shelf:
        shelves.take_off(opened.database(), shelf, token)


def _all_of_mine(shelf: str, say: Wording) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            say.text("All my plans as a file"),
            data=lambda: shelves.export(opened.database(), shelf),
            file_name="plans.json",
            mime="application/json",
            key="export_mine",
            icon=":material/download:",
            on_click="ignore",
        )
        mine = place.logged_in()
        if mine is None:
            forget = st.components.v2.component("planner_forget", js=FORGET, css=BUTTON, html="<button></button>")
            forget(key="forget", data={"label": say.text("Forget this browser"), "address": served.ADDRESS})
        else:
            st.button(say.text("Empty this list"), key="empty_mine", on_click=_empty, args=(shelf,))
    if mine is None:
        told = say.text("Only this browser knows this list; on a shared computer, forget it. The links go on working.")
    else:
        told = say.text(
            "This list goes with your login{name}: it is there in every browser.", name=f" ({mine})" * bool(mine)
        )
    st.caption(markdown_text(told))


def _empty(shelf: str) -> None:
    attempt("my_plans", lambda: shelves.forget(opened.database(), shelf))
