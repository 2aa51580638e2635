"""Client selection: whom to serve, who is profitable, what a new customer may cost."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.customer_data import customer_worth
from pages.dimensions import address_list, evidence, market_view, segments
from pages.frame import dimension, session
from pages.frame.show import show
from pages.frame.tabs import tabs
from pages.frame.why import term_help
from pages.questions import ask, believe, market
from strategy import charts
from strategy.case.levers import levers_of
from strategy.dimensions import selection
from strategy.plan import results

PAGE = "client_selection"


def attractive_against_able() -> None:
    """Where attractive and able meet."""
    attractiveness, ability, focus = (plan.answer(code) or {} for code in ("attractiveness", "ability", "focus"))
    show(lambda: charts.segment_bubbles(plan.case, attractiveness, ability, focus, say), "bubbles")


def who_is_profitable() -> None:
    """The whale curve over segments."""
    found = selection.most_profitable_first(plan.case, results.read_out(plan))
    show(lambda: charts.whale_curve(plan.case, found, say), "whale")


def beside(term: str) -> DeltaGenerator:
    """A place for a chart, with the term behind it beside it."""
    chart, words = st.columns([3, 2], gap="medium")
    words.caption(term_help(term, say))
    return chart


def cost_of_a_new_customer() -> None:
    """With whom to start a relation, and what that may cost."""
    found = selection.newcomers(plan.case, results.read_out(plan))
    with beside("cac"):
        show(lambda: charts.newcomer_cost(plan.case, found, plan.answer("relation") or {}, say), "newcomers")


def what_telling_apart_takes() -> None:
    """Mass, segments or one-to-one: what each asks of us."""
    readiness = plan.answer("readiness") or {}
    with beside("spectrum"):
        show(lambda: charts.spectrum_demands(plan.answer("spectrum"), readiness, say), "spectrum")


def extra_income() -> None:
    """What existing and target customers could bring beside what comes in today."""
    today = selection.income_today(plan.case)
    existing, target = (plan.answer(code) or {} for code in ("extra_income", "target_income"))
    with beside("segment_and_value_strategy"):
        show(lambda: charts.extra_income(plan.case, today, existing, target, say), "income")


def from_your_data() -> None:
    """Who is profitable in the customers' file, and what a new customer of it may cost."""
    evidence.source()
    customer_worth.whom_to_serve()
    evidence.two_ways_to_count()


plan, say = session.plan(), session.say()
dimension.top(PAGE)
left, right = dimension.halves()
with left, dimension.decide(PAGE):
    ask.questions(PAGE)
with right, dimension.see():
    who_is_profitable()
    attractive_against_able()
segments.panel()
views = {
    say.text("A new customer"): cost_of_a_new_customer,
    say.text("An address list"): address_list.panel,
    say.text("Mass to one-to-one"): what_telling_apart_takes,
    say.text("Extra income"): extra_income,
    say.text("The market"): market_view.panel,
    say.text("From your data"): from_your_data,
}
tabs("selection_views", views)
with dimension.believe():
    believe.answers(*levers_of("client_selection"))
    market.questions()
dimension.onward(PAGE)
