"""One click deeper: customers and cash, curves, budget size, how sure, one euro followed, the numbers."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.frame import jobs, session, trouble, why, widgets
from pages.frame.show import numbers, show
from pages.money import controls, desk, follow
from pages.plans import workbook
from strategy import charts
from strategy.allocation.information import Flip
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import assumption_label, assumption_value
from strategy.equity.uncertainty import Outlook
from strategy.plan import results
from strategy.plan.plan import Plan, start
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

FLIPS_SHOWN = 5


def views(outlook: Outlook | None) -> None:
    """What is below the first screen; only what is chosen is computed. Without an outlook (yet) there are no bands.

    No tabs: Streamlit draws all of them again with every move of a slider, which takes as long as two charts.
    """
    say = session.say()
    told: dict[str, Callable[[Plan, Wording], None]] = {
        N_("Customers and cash"): partial(_over_time, outlook),
        N_("Where it moves"): _moves,
        N_("Curves"): _curves,
        N_("Budget size"): _budget_size,
        N_("How sure"): partial(_how_sure, outlook),
        N_("Find out first"): _find_out,
        N_("Follow one euro"): lambda plan, say: follow.panel(),
        N_("Numbers"): _numbers,
    }
    first = next(iter(told))
    key = widgets.put("more", session.display("more", first))
    st.segmented_control(
        say.text("One click deeper"),
        list(told),
        key=key,
        format_func=say.text,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: session.show("more", widgets.held(key)),
    )
    with trouble.part():
        told.get(str(session.display("more", first)), told[first])(session.plan(), say)


def _over_time(outlook: Outlook | None, plan: Plan, say: Wording) -> None:
    readouts = results.read_out(plan)
    left, right = st.columns(2, gap="medium")
    with left:
        show(lambda: charts.customers_over_time(plan.case, readouts, outlook, say), "customers")
    with right:
        show(lambda: charts.cash_over_time(plan.case, readouts, outlook, say), "cash")


def _moves(plan: Plan, say: Wording) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        show(lambda: charts.money_moves(plan.case, plan.spend, say, plan.initiatives), "moves")
    with right:
        show(lambda: charts.clv_before_after(plan.case, results.read_out(plan), say), "clv")


def _curves(plan: Plan, say: Wording) -> None:
    lever = st.segmented_control(
        say.text("Lever"),
        LEVER_CODES,
        key="curve_lever",
        default=next(iter(LEVER_CODES)),
        required=True,
        format_func=lambda code: say.text(LEVER_NAMES[code]),
    )
    if lever in LEVER_CODES:
        desk.curves(lever)
        given = results.given(plan.case)
        told = say.text("Numbers")
        numbers(lambda: charts.response_curves(plan.case, given, plan.spend, lever, say), "curves", told)


def _budget_size(plan: Plan, say: Wording) -> None:
    if plan.phased:
        curve = results.scaled_curve(plan)
        if curve is None:
            st.info(say.text("This plan spends nothing yet. Put money somewhere: then this shows more and less of it."))
            return
    else:
        key, waiting = results.budget_curve_key(plan), say.text("Searching the best split of each budget…")
        curve = jobs.result("budget", key, results.budget_curve, plan, waiting)
        if curve is None:
            return
    readouts = results.read_out(plan)
    today = (sum(sum(levers.values()) for levers in plan.case.today.values()), readouts.today.customer_equity[0, 0])
    planned = (plan.spent + plan.initiative_cost, readouts.customer_equity)
    show(lambda: charts.budget_size(plan.case, curve, (today[0], float(today[1])), planned, say), "budget_size")
    if plan.phased:
        st.caption(
            say.text(
                "Where the money changes over time, the money of every phase is scaled alike, and the budget is that "
                "of the dearest phase. What the best split of each phase would add is told under Best split."
            )
        )


def _how_sure(outlook: Outlook | None, plan: Plan, say: Wording) -> None:
    bars = results.tornado(plan)
    if not bars:
        st.info(say.text("Every belief in this case is a single number. Give ranges to see how sure the plan is."))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        if plan.as_today:
            st.info(say.text("Move some euros first: then this shows how sure the uplift is."))
        elif outlook is not None:
            show(lambda: charts.uplift_distribution(plan.case, outlook, say), "distribution")
    with right:
        show(lambda: charts.tornado(plan.case, bars, say), "tornado")


def _find_out(plan: Plan, say: Wording) -> None:
    key = results.information_key(plan)
    found = jobs.result("information", key, results.worth_finding_out, plan, say.text("Weighing what is not known…"))
    if found is None:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        show(lambda: charts.worth_knowing(plan.case, found, say), "worth")
        _flips(plan, say)
    with right:
        show(lambda: charts.no_regret(plan.case, found, plan.average, say), "no_regret")
        if plan.phased:
            st.caption(say.text("Where the plan's money changes over time, its average over all periods stands here."))


def _flips(plan: Plan, say: Wording) -> None:
    """Where the advice changes between the plan and today's (today's and the best split, where they are the same)."""
    if plan.as_today:
        return
    found = results.flips(plan, start(plan.case))[:FLIPS_SHOWN]
    better = results.read_out(plan).uplift > 0
    heading = say.text("Where the advice changes") if better else say.text("What would have to be true for this plan")
    st.markdown(f"##### {heading}", anchors=False)
    if not found:
        st.markdown(say.text("No single belief turns it around: the better of plan and today stays the better one."))
    for flip in found:
        st.markdown(f"- {flip_sentence(plan, flip, say)}")


def flip_sentence(plan: Plan, flip: Flip, say: Wording) -> str:
    """A flip point in words, Markdown."""
    values = {
        "assumption": markdown_text(assumption_label(plan.case, flip.key, say)),
        "at": markdown_text(assumption_value(plan.case, flip.key, flip.at, say)),
        "likely": markdown_text(assumption_value(plan.case, flip.key, flip.likely, say)),
    }
    if flip.at < flip.likely:
        sentence = say.text("The advice changes if {assumption} is below {at} (now {likely}).", **values)
    else:
        sentence = say.text("The advice changes if {assumption} is above {at} (now {likely}).", **values)
    return sentence if flip.believed else sentence + " " + say.text("Nobody believes that now.")


def _numbers(plan: Plan, say: Wording) -> None:
    why.headline()
    controls.cells_table()
    left, excel = st.columns(2)
    with excel:
        workbook.download()
    left.download_button(
        say.text("Download the case"),
        plan.case.to_json(),
        "case.json",
        "application/json",
        key="download_case.json",
        on_click="ignore",
    )
