"""Money over time: whether it changes, when, which phase is in view, and what time does to it."""

from collections.abc import Sequence

import streamlit as st

from pages.frame import session, widgets
from pages.frame.show import show
from strategy import charts
from strategy.charts.drawing.labels import cell_label, phase_names
from strategy.charts.money.over_time import PERIOD_NAMES
from strategy.equity.readouts import Opportunity
from strategy.plan import moves, results
from strategy.plan.plan import Plan
from strategy.plan.timing import Retiming, Timing
from strategy.words.wording import N_, Wording, markdown_text

SAME = {
    "year": N_("the same every year"),
    "quarter": N_("the same every quarter"),
    "month": N_("the same every month"),
}
PHASES = {2: N_("two phases"), 3: N_("three phases"), 4: N_("four phases")}
OFFERED = 3
"""Phases that the page offers; a plan that comes with more shows them."""
RUNS = N_("money over time: {how}")
BEGINS = N_("phase {number} from {period}")


def in_view(plan: Plan) -> int:
    """The phase that the sliders and the table move, counted from 0; it is about the screen, not the plan."""
    return min(max(int(session.display("phase", 0)), 0), len(plan.phases) - 1)


def name_in_view(plan: Plan, say: Wording) -> str:
    """The periods of the phase in view in words; empty where the money is the same in every period."""
    return phase_names(plan.case, plan.starts, say)[in_view(plan)] if plan.phased else ""


def of_view(plan: Plan, places: Sequence[Opportunity]) -> list[Opportunity]:
    """The places for money of the phase in view, and the initiatives, which are paid in every phase."""
    return [place for place in places if place.phase in (in_view(plan), None)] if plan.phased else list(places)


# Setting the phases --------------------------------------------------------------------------------------------------


def control() -> None:
    """How the money runs: the same in every period or in phases, where these begin, and which of them is in view."""
    plan, say = session.plan(), session.say()
    counts = range(1, min(max(OFFERED, len(plan.phases)), moves.most_phases(plan)) + 1)
    if len(counts) < 2:
        return
    key = widgets.put("phases", len(plan.phases))
    st.segmented_control(
        say.text("How the money runs"),
        counts,
        key=key,
        format_func=lambda count: _how(plan, count, say),
        required=True,
        wrap=True,
        on_change=lambda: _run(int(widgets.held(key)), say),
    )
    if plan.phased:
        for number in range(1, len(plan.phases)):
            _border(plan, number, say)
        _choice(plan, say)


def _how(plan: Plan, count: int, say: Wording) -> str:
    return say.text(SAME[plan.case.period] if count == 1 else PHASES[count])


def _run(count: int, say: Wording) -> None:
    plan = session.plan()
    session.change(RUNS, moves.set_phases(plan, count), how=_how(plan, count, say))


def _border(plan: Plan, number: int, say: Wording) -> None:
    """Where a phase but the first begins, between its neighbours."""
    period = plan.case.period
    low = plan.starts[number - 1] + 1
    high = (*plan.starts, plan.case.horizon + 1)[number + 1] - 1
    label = say.text("Phase {number} begins in", number=number + 1)
    if low == high:
        st.caption(f"{label} {say.period_number(period, low)}")
        return
    key = widgets.put(f"border_{number}", plan.starts[number])
    st.slider(
        label,
        low,
        high,
        key=key,
        format=f"{say.text(PERIOD_NAMES[period])} %d",
        on_change=lambda: _begin(number, int(widgets.held(key))),
    )


def _begin(number: int, start: int) -> None:
    plan, say = session.plan(), session.say()
    period = say.period_number(plan.case.period, start)
    session.change(BEGINS, moves.move_border(plan, number, start), number=str(number + 1), period=period)


def _choice(plan: Plan, say: Wording) -> None:
    """Which phase the sliders move."""
    names = phase_names(plan.case, plan.starts, say)
    key = widgets.put("phase", in_view(plan))
    st.segmented_control(
        say.text("The sliders move the money of"),
        range(len(names)),
        key=key,
        format_func=lambda number: names[number] if number < len(names) else "",
        required=True,
        wrap=True,
        on_change=lambda: session.show("phase", widgets.held(key)),
    )


# What comes of it ----------------------------------------------------------------------------------------------------


def path() -> None:
    """The money of every period drawn, and whether it is worth more earlier or later."""
    plan, say = session.plan(), session.say()
    if not plan.phased:
        return
    show(lambda: charts.spend_over_time(plan.case, plan.spend, plan.initiatives, say), "path")
    found = results.timing(plan)
    if found is not None:
        large = "####" if session.display("presenting", False) else "-"
        for sentence in told(plan, found, say):
            st.markdown(f"{large} {markdown_text(sentence)}", anchors=False)


def told(plan: Plan, found: Timing, say: Wording) -> list[str]:
    """What time does to the money, in plain sentences."""
    names = phase_names(plan.case, plan.starts, say)
    returns = [
        say.text(
            "{multiple} in {phase} ({place})",
            multiple=say.multiple(euro.multiple),
            phase=name,
            place=cell_label(plan.case.segment(euro.cell[0]), euro.cell[1], say),
        )
        for euro, name in zip(found.next_euros, names, strict=True)
    ]
    sentences = [say.text("One euro more brings back at most {returns}.", returns=", ".join(returns))]
    if found.shift is None:
        sentences.append(say.text("Moving a little money from one phase to another adds nothing worth the name."))
    else:
        sentences.append(_shifted(plan, found.shift, names, say))
    return sentences


def _shifted(plan: Plan, shift: Retiming, names: Sequence[str], say: Wording) -> str:
    segment, lever = shift.cell
    fields = {
        "amount": say.short_money(shift.amount),
        "place": cell_label(plan.case.segment(segment), lever, say),
        "from_phase": names[shift.giving],
        "to_phase": names[shift.taking],
        "gain": say.short_money(shift.gain),
    }
    if shift.earlier:
        return say.text(
            "Money earlier is worth more: {amount} for {place} in {to_phase} rather than in {from_phase} adds about "
            "{gain}.",
            **fields,
        )
    return say.text(
        "Money later is worth more: {amount} for {place} in {to_phase} rather than in {from_phase} adds about {gain}.",
        **fields,
    )
