"""The menu in the header: pages in groups, those that are done ticked, the open group with its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.frame import presenting, session
from pages.frame.dimension import still_open
from strategy.plan import register
from strategy.plan.plan import Plan
from strategy.questions import DIMENSIONS
from strategy.words.wording import N_, Wording

DONE = ":material/check:"
SET_UP, STRATEGY, BUDGET, ONE_PAGE, LEARN = N_("Set up"), N_("Strategy"), N_("Budget"), N_("One page"), N_("Learn")
CODES = {dimension.page: dimension.code for dimension in DIMENSIONS}


@dataclass(frozen=True)
class PageEntry:
    """One page: its file in pages/, its address, its title, and the group of the menu that it stands in."""

    file: str
    url_path: str
    title: str
    group: str


def menu(pages: Sequence[PageEntry]) -> StreamlitPage:
    """Draw the menu; the page that is asked for."""
    plan, say = session.plan(), session.say()
    done = {page.file for page in pages if _done(page.file, plan)}
    here = urlsplit(str(st.context.url or "")).path.rpartition("/")[2] or pages[0].url_path
    grouped: dict[str, list[StreamlitPage]] = {}
    for group in dict.fromkeys(page.group for page in pages):
        members = [page for page in pages if page.group == group]
        grouped[_told(group, members, done, here, say)] = [
            st.Page(
                page.file,
                title=say.text(page.title),
                url_path=page.url_path,
                default=page is pages[0],
                icon=DONE if page.file in done else None,
            )
            for page in members
        ]
    return st.navigation(grouped, position="hidden" if presenting.on() else "top")


def _told(group: str, members: Sequence[PageEntry], done: set[str], here: str, say: Wording) -> str:
    """A group's name: how far it is, and in bold with its page where that is open."""
    name = say.text(group)
    steps = [page for page in members if page.file in CODES]
    if steps:
        name = f"{name} {sum(page.file in done for page in steps)}/{len(steps)}"
    elif any(page.file in done for page in members):
        name = f"{name} ✓"
    shown = [page for page in members if page.url_path == here]
    if not shown:
        return name
    return f"**{name} · {say.text(shown[0].title)}**" if len(members) > 1 else f"**{name}**"


def _done(file: str, plan: Plan) -> bool:
    """Whether what a page asks for is there."""
    if file in CODES:
        return not still_open(plan, CODES[file])
    match file:
        case "start.py":
            return session.kept().kept
        case "data.py":
            return plan.evidence is not None
        case "assumptions.py":
            return not register.unconfirmed_answers(plan)
        case "budget.py":
            return not plan.as_today
        case _:
            return False
