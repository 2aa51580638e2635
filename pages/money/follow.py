"""Follow one euro: from a cell through its curve, customers and margin to customer equity, the formula filled in."""

import streamlit as st

from pages.frame import session
from pages.money import phases
from strategy.case.levers import LEVERS, RATES
from strategy.charts.drawing.labels import cell_label
from strategy.equity.one_euro import FOLLOWED, EuroTrail
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.words.messages import METRIC_NAMES
from strategy.words.wording import Wording, markdown_text


def panel() -> None:
    """Pick a cell and read what one more euro does there, step by step."""
    plan, say = session.plan(), session.say()
    cells = plan.cells()
    chosen = st.selectbox(
        say.text("Where does the euro go?"),
        cells,
        key="followed",
        format_func=lambda cell: cell_label(plan.case.segment(cell[0]), cell[1], say),
    )
    if chosen not in cells:
        st.info(say.text("No lever takes money in this case."))
        return
    phase = phases.in_view(plan) if plan.phased else None
    trail = results.trail(plan, *chosen, phase)
    for number, sentence in enumerate(told(plan, trail, say), 1):
        st.markdown(f"{number}. {sentence}")


def told(plan: Plan, trail: EuroTrail, say: Wording) -> list[str]:
    """The trail as Markdown sentences, every formula filled in."""
    kind = LEVERS[trail.lever]

    def metric(value: float) -> str:
        return markdown_text(say.percent(value, 3) if kind.metric in RATES else say.money(value, 2))

    def money(value: float) -> str:
        return markdown_text(say.signed_money(value, 0))

    return [
        _euro(plan, trail, say),
        say.text(
            "**The curve.** {metric} = floor + (unlimited − floor) × share = {floor} + ({ceiling} − {floor}) × {share} "
            "= {now}. With the extra money: {then}.",
            metric=say.text(METRIC_NAMES[kind.metric]).capitalize(),
            floor=metric(trail.floor),
            ceiling=metric(trail.ceiling),
            share=say.percent(trail.share, 2),
            now=metric(trail.metric),
            then=metric(trail.metric_more),
        ),
        say.text(
            "**Customers.** More active customers in each period: {customers}. At the margin each brings, that is "
            "worth {worth}.",
            customers=markdown_text("; ".join(say.signed_number(float(c), 2) for c in trail.customers)),
            worth=money(trail.from_customers),
        ),
        say.text(
            "**Margin.** What each customer brings changes by a value of {margin} in all; welcoming new customers "
            "takes {onboarding}.",
            margin=money(trail.from_margin),
            onboarding=money(trail.onboarding),
        ),
        say.text("**After the plan.** The customers left then are worth {worth} more.", worth=money(trail.residual)),
        say.text(
            "**Customer equity.** ({customers} {margin} {onboarding} {residual}) / {cost} = **{multiple}**.",
            customers=money(trail.from_customers),
            margin=money(trail.from_margin),
            onboarding=money(trail.onboarding),
            residual=money(trail.residual),
            cost=markdown_text(say.money(trail.cost, 0)),
            multiple=markdown_text(say.multiple(trail.multiple)),
        ),
    ]


def _euro(plan: Plan, trail: EuroTrail, say: Wording) -> str:
    """What is given, where, and in which phase."""
    euro = {
        "place": markdown_text(cell_label(plan.case.segment(trail.segment), trail.lever, say)),
        "spend": markdown_text(say.money(trail.spend, 0)),
        "per": say.per(plan.case.period),
        "more": markdown_text(say.money(FOLLOWED, 0)),
        "cost": markdown_text(say.money(trail.cost, 0)),
    }
    if not plan.phased:
        return say.text(
            "**The euro.** {place} has {spend} {per}. Give it {more} {per} more: that costs {cost} over the plan, in "
            "today's money.",
            **euro,
        )
    return say.text(
        "**The euro.** In {phase} {place} has {spend} {per}. Give it {more} {per} more then: that costs {cost} in "
        "today's money.",
        phase=phases.name_in_view(plan, say),
        **euro,
    )
