"""The best split over phases: what it earns, what each lever gets in each phase, and taking it over."""

import streamlit as st

from pages.frame import jobs, session
from strategy.allocation.phased_split import PhasedSplit
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import phase_names
from strategy.plan import moves, results
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES, how_found
from strategy.words.wording import N_, Wording, markdown_text

TAKEN_OVER = N_("best split over phases taken over")


def panel(plan: Plan, say: Wording) -> None:
    """The best split found over the plan's phases, and a button that takes it over."""
    searching = say.text("Searching the best split of each phase…")
    best: PhasedSplit | None = jobs.result("best", results.best_path_key(plan), results.best_path, plan, searching)
    if best is None:
        return
    st.markdown(
        say.text(
            "#### The best split over these phases earns {uplift} against today: {equity} of customer equity",
            uplift=markdown_text(say.signed_short_money(best.readouts.uplift)),
            equity=markdown_text(say.short_money(best.readouts.customer_equity)),
        ),
        anchors=False,
    )
    st.dataframe(_table(plan, best, say), hide_index=True, height="content", key="best_table")
    st.button(
        say.text("Take this split over"),
        key="take_best",
        type="primary",
        icon=":material/check:",
        on_click=_take_over,
        args=(best,),
    )
    for name, left in zip(phase_names(plan.case, plan.starts, say), best.unspent, strict=True):
        if left > 0:
            amount = markdown_text(say.short_money(left))
            st.markdown("- " + say.text("In {phase} {amount} stays unspent.", phase=name, amount=amount))
    st.caption(how_found("phases", best.draws, best.finalists, say))


def _table(plan: Plan, best: PhasedSplit, say: Wording) -> dict[str, list[str]]:
    """Per lever and phase the best money, the plan's and today's, as people read them; a phone shows the first."""
    names = phase_names(plan.case, plan.starts, say)
    places = [(lever, number) for lever in LEVER_CODES for number in range(len(names))]
    splits = [phase.spend for phase in best.phases]
    today = plan.case.today
    return {
        say.text("Lever"): [f"{say.text(LEVER_NAMES[lever])}, {names[number]}" for lever, number in places],
        say.text("Best split"): [
            say.short_money(sum(levers[lever] for levers in splits[number].values())) for lever, number in places
        ],
        say.text("Plan"): [say.short_money(plan.lever_total(lever, number)) for lever, number in places],
        say.text("Today"): [say.short_money(sum(s[lever] for s in today.values())) for lever, _ in places],
    }


def _take_over(best: PhasedSplit) -> None:
    session.change(TAKEN_OVER, moves.take_over(session.plan(), best.phases, best.initiatives))
