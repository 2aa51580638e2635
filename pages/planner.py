"""The script of every run: language, page list, and the page that is asked for."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.frame import session, show, trouble
from pages.frame.header import page
from pages.served import once
from strategy.store import opened
from strategy.words.wording import N_


@dataclass(frozen=True)
class PageEntry:
    """One page: its file in pages/, its address and its title."""

    file: str
    url_path: str
    title: str


ICON = Path(__file__).with_name("icon.svg")
PAGES = (
    PageEntry("start.py", "firm", N_("Start")),
    PageEntry("data.py", "customer-data", N_("Data")),
    PageEntry("route.py", "sixty-minutes", N_("In 60 minutes")),
    PageEntry("client_selection.py", "whom", N_("Client selection")),
    PageEntry("value_proposition.py", "how-far", N_("Value proposition")),
    PageEntry("value_realization.py", "what-more", N_("Value realization")),
    PageEntry("value_protection.py", "why-stay", N_("Value protection")),
    PageEntry("operationalization.py", "what-it-takes", N_("Operationalization")),
    PageEntry("budget.py", "every-euro", N_("Budget")),
    PageEntry("assumptions.py", "numbers", N_("Assumptions")),
    PageEntry("strategy_on_a_page.py", "one-page", N_("Strategy on a page")),
    PageEntry("learn.py", "words", N_("Words")),
)


def main() -> None:
    """Draw the page that is asked for."""
    trouble.guard_callbacks()
    trouble.guarded(opened.tidy)
    trouble.guarded(session.settle)
    say = session.say()
    st.set_page_config(page_title=say.text("Every marketing euro"), page_icon=str(ICON), layout="wide")
    once.settle()
    pages = [
        st.Page(page.file, title=say.text(page.title), url_path=page.url_path, default=not n)
        for n, page in enumerate(PAGES)
    ]
    here = st.navigation(pages, position="hidden" if session.display("presenting", False) else "top")
    trouble.failed()
    show.letters()
    page(here.title, here.run)


main()
