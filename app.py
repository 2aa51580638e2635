"""The planner: `streamlit run app.py`."""

import gc
from dataclasses import dataclass

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


PAGES = (
    PageEntry("start.py", "firm", N_("Start"), ":material/storefront:"),
    PageEntry("budget.py", "every-euro", N_("Budget"), ":material/tune:"),
)


@st.cache_resource
def settle() -> None:
    """Once per process: what was imported stays, so collecting garbage need not look at it again."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """Draw the page that is asked for."""
    st.set_page_config(
        page_title=session.say().text("Every marketing euro"), page_icon=":material/euro:", layout="wide"
    )
    settle()
    say = session.say()
    pages = [
        st.Page(f"pages/{page.file}", title=say.text(page.title), icon=page.icon, url_path=page.url_path, default=not n)
        for n, page in enumerate(PAGES)
    ]
    st.navigation(pages, position="hidden" if session.display("presenting", False) else "top").run()


main()
