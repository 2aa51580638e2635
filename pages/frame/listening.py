"""The page's ear: news of others, and a server or a session that is not the page's own any more."""

import streamlit as st

from pages.frame import session
from pages.frame.top import bar
from pages.served import tab
from pages.served.live import ADDRESS, BOOT

LISTENER = """
const REPLACED = "plannerReplaced", MET = "plannerBoot", MISSED = "plannerMissed";
export default function ({ data, setTriggerValue }) {
  const ear = (window.plannerEar ??= { boot: data.boot, socket: null, cover: null });
  const asked = ear.plan === data.plan && ear.kept === data.kept;
  if (ear.plan !== data.plan) Object.assign(ear, { told: null, news: 0 });
  Object.assign(ear, data, { set: setTriggerValue, boot: ear.boot });
  const say = (message) => ear.socket?.readyState === 1 && ear.socket.send(JSON.stringify(message));
  const ask = () => say({ plan: ear.plan });
  const note = (role, words, style) => {
    const box = document.createElement("div");
    box.setAttribute("role", role);
    box.textContent = words;
    box.style.cssText = "position:fixed;z-index:1000001;left:50%;transform:translateX(-50%);box-sizing:border-box;" +
      "width:max-content;max-width:min(40rem,calc(100% - 2rem));padding:.75rem 1rem;border-radius:.5rem;" +
      "background:#1f2a44;color:#fff;border:1px solid #56b4e9;font:400 1rem 'Source Sans',sans-serif;" + style;
    document.body.append(box);
    return box;
  };
  const cover = (on) => {
    if (on && !ear.cover) {
      ear.cover = document.createElement("div");
      ear.cover.style.cssText = "position:fixed;inset:0;z-index:1000000;background:rgba(18,22,31,.6);cursor:wait";
      document.body.append(ear.cover);
      ear.words = note("alert", ear.away, "top:4.5rem;cursor:wait");
      document.activeElement?.blur?.();
    } else if (!on) { ear.cover?.remove(); ear.words?.remove(); ear.cover = null; }
  };
  if (!ear.keys) {
    ear.keys = (event) => ear.cover && (event.preventDefault(), event.stopImmediatePropagation());
    for (const kind of ["keydown", "keypress", "input", "pointerdown"]) window.addEventListener(kind, ear.keys, true);
  }
  const replace = () => {
    cover(true);
    sessionStorage.setItem(REPLACED, "yes");
    location.reload();
  };
  const figures = (told) => {
    for (const part of ["equity", "change"]) {
      const shown = document.getElementById("planner-" + part);
      if (shown && typeof told?.[part] === "string") shown.textContent = told[part];
    }
  };
  if (!ear.figures) {
    ear.figures = (event) => figures(event.detail);
    window.addEventListener("planner:equity", ear.figures, true);
  }
  figures(data);
  if (sessionStorage.getItem(REPLACED)) {
    sessionStorage.removeItem(REPLACED);
    const box = note("status", ear.replaced, "bottom:1rem;cursor:pointer");
    box.onclick = () => box.remove();
    setTimeout(() => box.remove(), 12000);
  }
  const app = () => document.querySelector("[data-testid=stApp]")?.dataset ?? {};
  const tell = () => {
    clearTimeout(ear.later);
    if (!(ear.news > ear.shown || ear.news < 0) || ear.told === ear.news) return;
    const runs = app().testScriptState;
    const early = (runs && runs !== "notRunning") || Date.now() - ear.since < 250;
    if (early) { ear.later = setTimeout(tell, 100); return; }
    ear.told = ear.news;
    ear.set("news", ear.news);
  };
  const known = (again) => {
    clearTimeout(ear.checking);
    if (app().testConnectionState === "CONNECTED") say({ session: ear.session });
    else if (again > 0) ear.checking = setTimeout(known, 250, again - 1);
  };
  const open = () => {
    ear.socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + data.address);
    ear.socket.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (told.boot) {
        if (ear.boot !== told.boot && sessionStorage.getItem(MET) !== told.boot) {
          sessionStorage.setItem(MET, told.boot);
          return replace();
        }
        ear.boot = told.boot;
        cover(false);
        ask();
        known(240);
      } else if ("session" in told) {
        const again = Date.now() - Number(sessionStorage.getItem(MISSED) ?? 0) > 60000;
        if (!told.session && again) {
          sessionStorage.setItem(MISSED, Date.now());
          replace();
        }
      } else {
        Object.assign(ear, { news: told.version, since: Date.now() }, told.version < 0 ? { told: null } : {});
        tell();
      }
    };
    ear.socket.onclose = (event) => {
      if (![1008, 1009, 1013].includes(event.code)) cover(true);
      setTimeout(open, (event.code === 1013 ? 10000 : 300) * (1 + Math.random()));
    };
  };
  if (!ear.socket) {
    open();
    new MutationObserver(() => known(0)).observe(document.querySelector("[data-testid=stApp]"), {
      attributes: true, attributeFilter: ["data-test-connection-state"],
    });
  } else if (!asked) ask();
}
"""
"""Listens on the live socket. A server that was started anew, or that let this page's session go while its machine
slept, is met by loading the page again: the open page would never run again by itself, and its next key would be lost.
Until then the page takes no input, and says so; after it, it says that it was away. For one server it is loaded once,
and once a minute for a session: where several servers answer by turns it must not go on for ever.

While money is dragged in the browser, the event `planner:equity` with the texts {equity, change} as its detail writes
the bar's figures; what the server says after it stands.

News is told once, and not while the page runs: it may be the page's own change; and a browser that has not heard of the
last change yet would send along what its other fields showed before, as if somebody had set them."""


@st.fragment
def listen() -> None:
    """Hear of others' changes; only this fragment runs again, and the page only where there is something new."""
    here, say = session.kept(), session.say()
    equity, change = bar.figures(session.plan(), say)
    listener = st.components.v2.component("planner_listener", js=LISTENER, html="<span></span>")
    data = {
        "plan": here.token,
        "kept": here.kept,
        "shown": here.version.number,
        "address": ADDRESS,
        "boot": BOOT,
        "session": tab.connection(),
        "equity": equity,
        "change": change,
        "away": say.text("The planner is not there just now. It comes back by itself; what was saved is kept."),
        "replaced": say.text("The planner was away for a moment. Your plan is as it was last saved; just go on."),
    }
    told = listener(key="listener", data=data, on_news_change=lambda: None)
    before = here.problem
    if getattr(told, "news", None) is not None and (session.hear() or here.problem is not before):
        st.rerun()
