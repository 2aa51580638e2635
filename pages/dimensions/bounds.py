"""What bounds the levers: the harm that saving does, and how much money each lever can absorb."""

from functools import partial

import streamlit as st

from pages.frame import session, widgets
from pages.frame.fields import END_NAMES, typed
from pages.frame.tabs import tabs
from pages.money.lever_limits import ask_limits
from strategy.case.beliefs import ENDS, Origin, with_end
from strategy.case.case import Curve
from strategy.case.editing import Key
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import brief
from strategy.dimensions.operations import cost_of_harm, side_effect, turned, with_harm
from strategy.plan.plan import Plan, set_case
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

HARMED = N_("side effect of saving in {segment}")
HARMS = {
    "retention_rate": N_("of 100 customers, how many more would leave {per_period}?"),
    "revenue": N_("how much less would a customer spend {per_period}?"),
}


def panel() -> None:
    """Side effects of saving for the chosen segment, and the limits of each lever."""
    say = session.say()
    told = ((say.text("Side effects of saving"), _side_effects), (say.text("What each lever can absorb"), _limits))
    tabs("operations_bounds", {title: partial(draw, session.plan(), say) for title, draw in told})


def _side_effects(plan: Plan, say: Wording) -> None:
    segment = str(session.display("segment"))
    name = markdown_text(brief(plan.case.segment(segment).name))
    if not isinstance(plan.case.segment(segment).levers["reduce_cost"], Curve):
        st.info(
            say.text("Spending does not move the cost of serving {segment}, so saving harms nothing.", segment=name)
        )
        return
    st.markdown(say.text("If we save as much as possible on serving **{segment}**, at unlimited spend:", segment=name))
    told = {metric: side_effect(plan.case, segment, metric) for metric in HARMS}
    key = f"harm_ranges_{segment}"
    ranged = bool(session.display(key, any(effect and not effect.certain for effect in told.values())))
    for place, (metric, effect) in zip(st.columns(len(told), gap="medium"), told.items(), strict=True):
        with place:
            _harm(segment, metric, effect, ranged, say)
    widgets.put(key, ranged)
    st.toggle(say.text("With ranges"), key=key, on_change=lambda: session.show(key, bool(widgets.held(key))))
    change = cost_of_harm(plan.case, plan.spend, plan.initiatives)
    shown = markdown_text(say.signed_short_money(change))
    if plan.spend == plan.case.today or not change:
        st.caption(
            say.text(
                "Side effects count from today's saving on: they change nothing as long as the plan saves as today."
            )
        )
    else:
        st.caption(
            say.text(
                "All side effects of saving change what the plan gains on today by {change} of customer equity.",
                change=shown,
            )
        )


def _harm(segment: str, metric: str, effect: Estimate | None, ranged: bool, say: Wording) -> None:
    """How much less of a metric, as people say it."""
    factor = 100.0 if metric == "retention_rate" else 1.0
    said = turned(effect, 1 / factor) if effect else None
    label = say.text(HARMS[metric], per_period=say.per(session.plan().case.period))
    label = label[:1].upper() + label[1:]
    ends = ENDS if ranged else ("likely",)
    for column, end in zip(st.columns(len(ends), vertical_alignment="bottom"), ends, strict=True):
        with column:
            key = f"harm_{segment}_{metric}_{end}"
            typed(
                f"{label} {say.text(END_NAMES[end])}" if ranged else label,
                key,
                say.number(round(getattr(said, end), 6)) if said else "",
                partial(_take_harm, segment, metric, said, end, factor, key),
                live=True,
            )


def _take_harm(segment: str, metric: str, said: Estimate | None, end: str, factor: float, key: str, text: str) -> None:
    """Use what was typed for one end; nothing typed takes the side effect away."""
    plan, harm = session.plan(), None
    if text.strip():
        harm = with_end(said, end, session.say().parse_number(text))
    case = with_harm(plan.case, segment, metric, harm, factor)
    origins: dict[Key, Origin] = {(segment, "reduce_cost", metric): Origin(kind="believed")} if harm else {}
    session.type_in(key, HARMED, set_case(plan, case, origins), segment=case.segment(segment).name)


def _limits(plan: Plan, say: Wording) -> None:
    """What each lever can absorb with our people and channels: the best split keeps within it."""
    per = say.per(plan.case.period)
    st.markdown(
        say.text(
            "How much money {per_period} can each lever use well with the people, channels and systems we have? The "
            "search for the best split stays within it. Empty is no limit.",
            per_period=per,
        )
    )
    for lever in LEVER_CODES:
        if plan.cells(lever):
            _lever_limits(plan, lever, say)


def _lever_limits(plan: Plan, lever: str, say: Wording) -> None:
    today, spent = sum(levers[lever] for levers in plan.case.today.values()), plan.lever_total(lever)
    low, high = plan.limits.levers.get(lever, (None, None))
    name = say.text(LEVER_NAMES[lever])
    words, least, most = st.columns([2, 1, 1], vertical_alignment="bottom")
    words.markdown(
        say.text(
            "**{lever}** · today {today} · plan {plan}",
            lever=name,
            today=markdown_text(say.short_money(today)),
            plan=markdown_text(say.short_money(spent)),
        )
    )
    ask_limits(plan, lever, least, most, say)
    if high is not None and spent > high * (1 + 1e-9):
        over = markdown_text(say.short_money(spent - high))
        st.warning(say.text("{lever}: the plan spends {over} more than it can absorb.", lever=name, over=over))
    if low is not None and spent < low * (1 - 1e-9):
        short = markdown_text(say.short_money(low - spent))
        st.warning(say.text("{lever}: the plan spends {short} less than it needs.", lever=name, short=short))
