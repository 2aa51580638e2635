"""The script of every run: language, page list, and the page that is asked for."""

import streamlit as st

from pages.frame import session, trouble
from pages.frame.header import page
from pages.frame.top import look
from pages.frame.top.menu import BUDGET, LEARN, ONE_PAGE, SET_UP, STRATEGY, PageEntry, menu
from pages.served import once
from strategy.store import opened
from strategy.words.wording import N_

PAGES = (
    PageEntry("start.py", "firm", N_("Start"), SET_UP),
    PageEntry("data.py", "customer-data", N_("Data"), SET_UP),
    PageEntry("assumptions.py", "numbers", N_("Assumptions"), SET_UP),
    PageEntry("route.py", "sixty-minutes", N_("In 60 minutes"), STRATEGY),
    PageEntry("client_selection.py", "whom", N_("Client selection"), STRATEGY),
    PageEntry("value_proposition.py", "how-far", N_("Value proposition"), STRATEGY),
    PageEntry("value_realization.py", "what-more", N_("Value realization"), STRATEGY),
    PageEntry("value_protection.py", "why-stay", N_("Value protection"), STRATEGY),
    PageEntry("operationalization.py", "what-it-takes", N_("Operationalization"), STRATEGY),
    PageEntry("budget.py", "every-euro", N_("Budget"), BUDGET),
    PageEntry("strategy_on_a_page.py", "one-page", N_("Strategy on a page"), ONE_PAGE),
    PageEntry("learn.py", "words", N_("Words"), LEARN),
)


def main() -> None:
    """Draw the page that is asked for."""
    trouble.guard_callbacks()
    trouble.guarded(opened.tidy)
    trouble.guarded(session.settle)
    say = session.say()
    st.set_page_config(page_title=say.text("Every marketing euro"), page_icon=str(look.ICON), layout="wide")
    once.settle()
    look.dress()
    here = menu(PAGES)
    trouble.failed()
    page(here.title, here.run)


main()
