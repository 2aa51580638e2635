"""The script of every run: language, page list, and the page that is asked for."""

import gc
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import session
from strategy.wording import N_


@dataclass(frozen=True)
class PageEntry:
    """One page: its file in pages/, its address, title and icon."""

    file: str
    url_path: str
    title: str
    icon: str


ICON = Path(__file__).with_name("icon.svg")
PAGES = (
    PageEntry("start.py", "firm", N_("Start"), ":material/storefront:"),
    PageEntry("route.py", "sixty-minutes", N_("In 60 minutes"), ":material/timer:"),
    PageEntry("client_selection.py", "whom", N_("Client selection"), ":material/groups:"),
    PageEntry("value_proposition.py", "how-far", N_("Value proposition"), ":material/handshake:"),
    PageEntry("value_realization.py", "what-more", N_("Value realization"), ":material/trending_up:"),
    PageEntry("value_protection.py", "why-stay", N_("Value protection"), ":material/shield:"),
    PageEntry("operationalization.py", "what-it-takes", N_("Operationalization"), ":material/settings:"),
    PageEntry("budget.py", "every-euro", N_("Budget"), ":material/tune:"),
    PageEntry("assumptions.py", "numbers", N_("Assumptions"), ":material/fact_check:"),
    PageEntry("strategy_on_a_page.py", "one-page", N_("Strategy on a page"), ":material/description:"),
    PageEntry("learn.py", "words", N_("Words"), ":material/menu_book:"),
)


@st.cache_resource
def settle() -> None:
    """Once per process: what was imported stays, so collecting garbage need not look at it again."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """Draw the page that is asked for."""
    session.settle()
    say = session.say()
    st.set_page_config(page_title=say.text("Every marketing euro"), page_icon=str(ICON), layout="wide")
    settle()
    pages = [
        st.Page(page.file, title=say.text(page.title), icon=page.icon, url_path=page.url_path, default=not n)
        for n, page in enumerate(PAGES)
    ]
    st.navigation(pages, position="hidden" if session.display("presenting", False) else "top").run()


main()
