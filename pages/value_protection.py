"""Value protection: whom we keep, what that may cost, why they stay, and what may happen to us."""

from functools import partial

import streamlit as st

from pages.customer_data import customer_worth
from pages.dimensions import evidence, happenings
from pages.frame import dimension, session
from pages.frame.show import show
from pages.frame.tabs import tabs
from pages.frame.why import term_help
from pages.questions import ask, believe
from strategy import charts
from strategy.case.levers import levers_of
from strategy.dimensions.protection import keeping
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.words.wording import N_, Wording

DIMENSION = "value_protection"


def whom_to_keep(plan: Plan, say: Wording) -> None:
    """Value against risk, and the most that keeping may cost."""
    answered = plan.answer("keep") or {}
    show(lambda: charts.value_at_risk(plan.case, results.read_out(plan), answered, say), "value_at_risk")
    show(lambda: charts.keeping_cost(plan.case, keeping(results.given(plan.case)), say), "keeping_cost")
    st.caption(say.text("What is the best spend?"), help=term_help("retention_optimum", say))


def why_they_stay(plan: Plan, say: Wording) -> None:
    """Want to against must, and the quality of the relation."""
    left, right = st.columns(2, gap="medium")
    want, must = (plan.answer(code) or {} for code in ("want_to", "must_stay"))
    with left:
        show(lambda: charts.want_or_must(plan.case, want, must, results.read_out(plan), say), "want_or_must")
    with right:
        show(lambda: charts.relation_quality(plan.answer("quality") or {}, say), "relation_quality")


def from_your_data(plan: Plan, say: Wording) -> None:
    """Who may leave of the customers' file, and whom to win back."""
    evidence.source()
    customer_worth.whom_to_protect()


VIEWS = (
    (N_("Whom to keep"), whom_to_keep),
    (N_("Why they stay"), why_they_stay),
    (N_("Competitors and trends"), lambda plan, say: happenings.events()),
    (N_("Lapsed customers"), lambda plan, say: happenings.lapsed()),
    (N_("From your data"), from_your_data),
)

dimension.top(DIMENSION)
left, right = dimension.halves()
with left, dimension.decide(DIMENSION):
    ask.questions(DIMENSION)
with right, dimension.see():
    say = session.say()
    tabs(f"see_{DIMENSION}", {say.text(title): partial(view, session.plan(), say) for title, view in VIEWS})
with dimension.believe():
    believe.answers(*levers_of("value_protection"))
dimension.onward(DIMENSION)
