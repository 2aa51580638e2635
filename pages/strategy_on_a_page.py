"""Strategy on a page: what was decided, where the money goes, what that does, when, and what contradicts itself."""

import streamlit as st

from pages.frame import session, trouble
from pages.frame.header import header
from pages.frame.show import show
from pages.money import headline, phases
from pages.plans import on_a_page
from strategy import charts
from strategy.exports.strategy_page import strategy_page

plan, say = session.plan(), session.say()
header(say.text("Strategy on a page"), on_a_page.download)
outlook = headline.outlook(plan, say)
page = strategy_page(plan, outlook, say)
on_a_page.figures(page)

left, right = st.columns([3, 2], gap="large")
with left, trouble.part():
    on_a_page.decided(page, say)
with right, trouble.part():
    show(lambda: charts.money_moves(plan.case, plan.spend, say, plan.initiatives), "moves")
    phases.path()
    on_a_page.roadmap(plan, say)
    on_a_page.contradictions(page, say)
