"""The best split over phases: what it earns, what each lever gets in each phase, and taking it over."""

import streamlit as st

from pages.money import found
from strategy.allocation.phased_split import PhasedSplit
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import phase_names
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES, how_found
from strategy.words.wording import N_, Wording, markdown_text

TAKEN_OVER = N_("best split over phases taken over")


def panel(plan: Plan, say: Wording) -> None:
    """The best split found over the plan's phases, and a button that takes over what is shown.

    A first one comes soon; the refined one takes its place when it is found.
    """
    best = found.searched(
        plan,
        say,
        say.text("Searching the best split of each phase…"),
        (results.divided_path_key(plan), results.divided_path),
        (results.best_path_key(plan), results.best_path),
    )
    if best is None:
        return

    def headline(uplift: str, equity: str) -> str:
        return say.text(
            "#### The best split over these phases earns {uplift} against today: {equity} of customer equity",
            uplift=uplift,
            equity=equity,
        )

    found.told(headline, best.readouts, _table(plan, best, say), say)
    found.offered(best.phases, best.initiatives, TAKEN_OVER, say)
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
