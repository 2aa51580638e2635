"""What the header says of the plan's keeping, what is asked where two changed the same thing, and news of others."""

from datetime import UTC, datetime

import streamlit as st
from babel.dates import format_datetime

from pages.frame import session, widgets
from pages.served.live import ADDRESS
from strategy.store.documents import title_of
from strategy.store.merging import MISSING, Contested
from strategy.words.messages import explain
from strategy.words.wording import N_, Wording, markdown_text

LISTENER = """
export default function ({ data, setTriggerValue }) {
  const ear = (window.plannerEar ??= { boot: null, socket: null, cover: null });
  const asked = ear.plan === data.plan && ear.kept === data.kept;
  if (ear.plan !== data.plan) Object.assign(ear, { told: null, news: 0 });
  Object.assign(ear, { set: setTriggerValue, shown: data.shown, plan: data.plan, kept: data.kept, words: data.words });
  const ask = () => ear.socket?.readyState === 1 && ear.socket.send(JSON.stringify({ plan: ear.plan }));
  const cover = (on) => {
    if (on && !ear.cover) {
      ear.cover = document.createElement("div");
      ear.cover.setAttribute("role", "alert");
      ear.cover.textContent = ear.words;
      ear.cover.style.cssText = "position:fixed;inset:0;z-index:1000000;display:grid;place-items:start center;" +
        "padding:1rem;font:600 1.1rem sans-serif;background:rgba(18,22,31,.72);color:#fff;cursor:wait";
      document.body.append(ear.cover);
      document.activeElement?.blur?.();
    } else if (!on) { ear.cover?.remove(); ear.cover = null; }
  };
  if (!ear.keys) {
    ear.keys = (event) => ear.cover && (event.preventDefault(), event.stopImmediatePropagation());
    for (const kind of ["keydown", "keypress", "input", "pointerdown"]) window.addEventListener(kind, ear.keys, true);
  }
  const tell = () => {
    clearTimeout(ear.later);
    if (!(ear.news > ear.shown || ear.news < 0) || ear.told === ear.news) return;
    const state = document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-script-state");
    const early = (state && state !== "notRunning") || Date.now() - ear.since < 250;
    if (early) { ear.later = setTimeout(tell, 100); return; }
    ear.told = ear.news;
    ear.set("news", ear.news);
  };
  const open = () => {
    ear.socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + data.address);
    ear.socket.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (told.boot) {
        if (ear.boot && ear.boot !== told.boot) return location.reload();
        ear.boot = told.boot;
        cover(false);
        ask();
      } else {
        Object.assign(ear, { news: told.version, since: Date.now() }, told.version < 0 ? { told: null } : {});
        tell();
      }
    };
    ear.socket.onclose = () => { if (ear.boot) cover(true); setTimeout(open, 300 + Math.random() * 300); };
  };
  if (!ear.socket) open();
  else if (!asked) ask();
}
"""
"""Listens on the live socket. A server that was started anew is met by loading the page again: the open page of the old
one would never run again by itself. Until then the page takes no input, which would be lost, and says so.

News is told once, and not while the page runs: it may be the page's own change; and a browser that has not heard of the
last change yet would send along what its other fields showed before, as if somebody had set them."""


@st.fragment
def listen() -> None:
    """Hear of others' changes; only this fragment runs again, and the page only where there is something new."""
    here = session.kept()
    listener = st.components.v2.component("planner_listener", js=LISTENER, html="<span></span>")
    words = session.say().text("The planner is not there just now. It comes back by itself; what you see is kept.")
    data = {
        "plan": here.token,
        "kept": here.kept,
        "shown": here.version.number,
        "address": ADDRESS,
        "words": words,
    }
    told = listener(key="listener", data=data, on_news_change=lambda: None)
    before = here.problem
    if getattr(told, "news", None) is not None:
        moved = widgets.forget_echoes()
        if session.hear() or here.problem is not before or moved:
            st.rerun()


def line() -> None:
    """Which plan is open, of which firm, and whether it is saved; where two changed the same thing, the choice."""
    say, here, plan = session.say(), session.kept(), session.plan()
    name = title_of({"title": plan.title}) or say.text("Plan")
    parts = [f"**{markdown_text(name)}**", markdown_text(plan.case.name), _state(say)]
    with st.container(key="saved"):
        st.caption(" · ".join(parts))
    if here.problem is not None:
        why = markdown_text(explain(here.problem, say))
        st.warning(f"{why} {_consequence(say)}", icon=":material/cloud_off:")
    if here.contested is not None:
        _choice(say, here.contested.contested)


def _state(say: Wording) -> str:
    here = session.kept()
    if here.unsaved or here.contested is not None:
        return say.text("not saved")
    if not here.kept:
        return say.text("nothing changed yet")
    at = datetime.fromtimestamp(here.version.at, UTC)
    time = format_datetime(at, "HH:mm", locale=say.language, tzinfo=session.zone())
    if here.rights == "look":
        return say.text("you are looking; what you change goes into a copy of your own")
    return say.text("saved at {time}", time=time)


def _consequence(say: Wording) -> str:
    if session.kept().unsaved:
        return say.text("Your changes are not saved: they stay in this tab and are saved as soon as that works again.")
    return ""


# Two changed the same thing -------------------------------------------------------------------------------------------

SIDES = N_("mine: {mine}; theirs: {theirs}")


def _choice(say: Wording, contested: tuple[Contested, ...]) -> None:
    """Both sides of what is contested, to choose from; in a box: whatever closes a dialog chooses nothing."""
    with st.container(border=True, key="conflict"):
        st.markdown(
            say.text(
                "Somebody else changed the same thing meanwhile. Choose one; the other stays among the versions of "
                "this plan, and everything else that either of you changed is kept."
            )
        )
        for thing in contested[:8]:
            sides = say.text(SIDES, mine=_side(thing.mine, say), theirs=_side(thing.theirs, say))
            st.markdown(f"- **{markdown_text(_place(thing, say))}**: {markdown_text(sides)}")
        with st.container(horizontal=True):
            st.button(say.text("Take mine"), key="take_mine", on_click=session.choose, args=(True,), type="primary")
            st.button(say.text("Leave theirs"), key="take_theirs", on_click=session.choose, args=(False,))


def _place(thing: Contested, say: Wording) -> str:
    return " / ".join(part.replace("_", " ") for part in thing.path) or say.text("the whole plan")


def _side(value: object, say: Wording) -> str:
    if value is MISSING or value is None:
        return say.text("nothing")
    if isinstance(value, dict | list) and len(str(value)) > LONGEST_SIDE:
        return say.text("changed in several places")
    return str(value)[:LONGEST_SIDE]


LONGEST_SIDE = 120
