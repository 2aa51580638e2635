"""See: what the market makes of the plan, and of the advice."""

import streamlit as st

from pages.frame import jobs, session
from pages.frame.show import show
from pages.questions import believe
from strategy import charts
from strategy.explanations.market import market_sentence
from strategy.plan import market, results
from strategy.plan.plan import Plan
from strategy.words.wording import Wording, markdown_text


def panel() -> None:
    """One segment's prospects over time and what rivals undo there; on request, what both do to the best split."""
    plan, say = session.plan(), session.say()
    segment = believe.chosen_segment("_market")
    left, right = st.columns(2, gap="medium")
    with left:
        _prospects(plan, segment, say)
    with right:
        _rivals(plan, segment, say)
    _advice(plan, say)


def _prospects(plan: Plan, segment: str, say: Wording) -> None:
    if plan.case.segment(segment).prospect_pool is None:
        st.info(
            say.text(
                "Nobody said how many new prospects of {segment} appear, so they do not run out. Answer it below, "
                "under Believe, to see how many are left.",
                segment=markdown_text(plan.case.segment(segment).name),
            )
        )
        return
    courses = market.pool_courses(plan.case, results.read_out(plan), segment)
    show(lambda: charts.prospects_over_time(plan.case, courses, segment, say), "prospects")


def _rivals(plan: Plan, segment: str, say: Wording) -> None:
    if market.answered(plan, segment, "rival_response") is None:
        st.info(
            say.text(
                "Nobody said what rivals of {segment} take back, so they do not answer. Answer it below, under "
                "Believe, to see what they undo.",
                segment=markdown_text(plan.case.segment(segment).name),
            )
        )
        return
    show(lambda: charts.rivals_over_time(plan.case, market.rivals_answer(plan), segment, say), "rivals")


def _advice(plan: Plan, say: Wording) -> None:
    """What rivals, prospects that run out and phases do to the best split: searched only when asked for."""
    key = market.market_key(plan)
    if session.display("market asked") != key:
        st.button(
            say.text("What does the market do to the advice?"),
            key="market_advice",
            icon=":material/travel_explore:",
            on_click=session.show,
            args=("market asked", key),
            help=say.text(
                "Searches the best split again with rivals who answer, with prospects that run out, and with two "
                "phases of spending; takes up to half a minute."
            ),
        )
        return
    found = jobs.result("market", key, market.market, plan, say.text("Searching the best split in other markets…"))
    if found is None:
        return
    show(lambda: charts.market_advice(plan.case, found, say), "market")
    st.markdown("\n".join(f"- {markdown_text(market_sentence(plan.case, shift, say))}" for shift in found))
