"""What presenting the budget page shows, one picture at a time."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.frame import presenting
from pages.frame.show import show
from pages.money import headline, phases
from strategy import charts
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.words.wording import Wording, markdown_text

BARS = 6
Slide = Callable[[Plan, Wording], None]


def slides(plan: Plan, say: Wording) -> None:
    """The slides of the budget page."""
    over_time: list[Slide] = [_path] if plan.phased else []
    for slide in (_headline, _next_euro, _moves, *over_time, _customers, _how_sure, _what_matters):
        presenting.gather(partial(slide, plan, say))


def _headline(plan: Plan, say: Wording) -> None:
    readouts = results.read_out(plan)
    left, right = st.columns([2, 3], vertical_alignment="center", gap="large")
    with left:
        st.markdown(say.text("### Customer equity"), anchors=False)
        st.title(markdown_text(say.short_money(readouts.customer_equity)), anchor=False)
        uplift = markdown_text(say.signed_short_money(readouts.uplift))
        st.markdown("### " + say.text("likely {uplift} against today", uplift=uplift), anchors=False)
        outlook = headline.outlook(plan, say)
        if outlook is not None and not plan.as_today:
            sure = say.text(
                "on average {mean}; better than today in {share} of draws",
                mean=markdown_text(say.signed_short_money(float(outlook.uplift.mean[1]))),
                share=say.chance(float(outlook.better[1, 0])),
            )
            st.markdown(f"### {sure}", anchors=False)
    with right:
        show(lambda: charts.waterfall(plan.case, readouts, say, plan.spend), "waterfall")


def _next_euro(plan: Plan, say: Wording) -> None:
    places, phase = phases.of_view(plan, results.opportunities(plan)), phases.name_in_view(plan, say)
    show(lambda: charts.next_euro(plan.case, places, say, BARS, phase), "next_euro")


def _moves(plan: Plan, say: Wording) -> None:
    show(lambda: charts.money_moves(plan.case, plan.spend, say, plan.initiatives), "moves")


def _path(plan: Plan, say: Wording) -> None:
    phases.path()


def _customers(plan: Plan, say: Wording) -> None:
    readouts = results.read_out(plan)
    show(lambda: charts.customers_over_time(plan.case, readouts, headline.outlook(plan, say), say), "customers")


def _how_sure(plan: Plan, say: Wording) -> None:
    outlook = headline.outlook(plan, say)
    if plan.as_today:
        st.info(say.text("Move some euros first: then this shows how sure the uplift is."))
    elif outlook is not None:
        show(lambda: charts.uplift_distribution(plan.case, outlook, say), "distribution")


def _what_matters(plan: Plan, say: Wording) -> None:
    show(lambda: charts.tornado(plan.case, results.tornado(plan), say, BARS), "tornado")
