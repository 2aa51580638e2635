"""What the value realization's page adds to its questions: what answers about more, price and ladder do to the plan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.frame.show import show
from pages.frame.why import term_help
from pages.questions import ask
from strategy import charts
from strategy.case.beliefs import said
from strategy.case.case import Segment
from strategy.charts.drawing.chart import Chart
from strategy.charts.drawing.labels import brief
from strategy.dimensions import pricing
from strategy.dimensions import realization as realize
from strategy.dimensions.pricing import PriceChange
from strategy.dimensions.realization import LADDER
from strategy.errors import PlannerError
from strategy.plan.plan import Plan, set_answer, set_case
from strategy.questions import BY_CODE
from strategy.words.messages import explain
from strategy.words.wording import N_, Wording, markdown_text

EXAMPLE = N_("{text} (example)")
EXAMPLE_TAKEN = N_("example product for {segment}")
POTENTIAL_USED = N_("potential of {segment} as the answer at unlimited spend")
PRICE_TAKEN = N_("price of {segment} in the plan")
PRICE_DROPPED = N_("price of {segment} out of the plan")
STEPS_CHANGED = N_("steps of {segment} on the ladder")
AMBASSADORS_CHANGED = N_("ambassadors of {segment}")
PRICE_NAMES = (N_("Price {change} in {segment}"), N_("Price {change} in {segment}: who leaves"))


def _offer(
    label: str,
    key: str,
    message: str,
    change: Callable[[], Plan],
    name: str,
    help: str,
    more: Callable[[Plan], str] | None = None,
) -> None:
    """A button for a change, with what it does to customer equity before it is pressed; or why it cannot be made.

    more  what else to tell about the changed plan
    """
    plan, say = session.plan(), session.say()
    try:
        changed = change()
        gained = realize.gain(plan, changed)
    except PlannerError as error:
        st.caption(markdown_text(explain(error, say)))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key=key,
            help=help,
            disabled=changed == plan,
            on_click=lambda: session.change(message, changed, segment=name),
        )
        if changed == plan:
            st.markdown(say.text("This is what the plan says now."))
        else:
            by = markdown_text(say.signed_short_money(gained))
            told = say.text("It would change customer equity by {change}", change=by)
            st.markdown(f"{told}; {more(changed)}" if more else told)


# What they could buy -------------------------------------------------------------------------------------------------


def potential(segment: str) -> None:
    """What more customers could buy, and its use as the answer at unlimited spend."""
    ask.ask(BY_CODE["potential"])
    plan, say = session.plan(), session.say()
    answer, found = plan.answer("potential"), plan.case.segment(segment)
    name = markdown_text(found.name)
    if not realize.potentials(answer, segment):
        st.caption(say.text("Nothing yet for {segment}: fill in a whole row to see what it holds.", segment=name))
        st.button(
            say.text("Start from an example product"),
            key="example_potential",
            help=say.text("Adds one invented product, marked as an example, for you to change. Undo removes it."),
            on_click=_use_example,
            args=(segment,),
        )
        return
    revenue, now = realize.potential_revenue(plan.case, answer, segment), realize.revenue_today(plan.case, segment)
    st.markdown(
        say.text(
            "**{segment}**: {margin} gross profit more per customer {per}, which is {revenue} revenue at a gross "
            "margin of {share}. A customer spends {now} today; with all of it {then}.",
            segment=name,
            margin=_money(realize.potential_margin(answer, segment), say),
            revenue=_money(revenue, say),
            share=say.percent(found.gross_margin.likely),
            now=_money(now, say),
            then=_money(now + revenue, say),
            per=say.per(plan.case.period),
        ),
        help=say.text(
            "Sum over the products of (could have it − have it)/100 × gross profit on it; divided by the gross margin "
            "it is revenue."
        ),
    )
    _offer(
        say.text("Use as the answer at unlimited spend"),
        "use_potential",
        POTENTIAL_USED,
        partial(realize.with_potential, plan, segment),
        found.name,
        say.text(
            "Sets what a customer would spend at unlimited effort to develop; the other answers stay. It changes what "
            "more money would bring, so that customer equity moves where the plan spends more than today."
        ),
        lambda changed: _next_euro(plan, changed, segment, say),
    )


def _use_example(segment: str) -> None:
    plan, say = session.plan(), session.say()
    row = realize.example_potential(plan.case, segment, say.text(EXAMPLE, text=say.text(realize.EXAMPLE_PRODUCT)))
    rows, name = [*(plan.answer("potential") or ()), row], plan.case.segment(segment).name
    attempt("potential", lambda: session.change(EXAMPLE_TAKEN, set_answer(plan, "potential", rows), segment=name))


def _next_euro(plan: Plan, changed: Plan, segment: str, say: Wording) -> str:
    """What the potential does to the answer at unlimited spend and to the next euro."""
    now, then = (say.multiple(realize.next_euro(p, segment, "develop")) for p in (plan, changed))
    ends = [said(p.case, segment, "develop").get("ceiling") for p in (plan, changed)]
    before, after = (_money(end.likely if end else 0.0, say) for end in ends)
    return say.text(
        "at unlimited spend {after}, now {before}; the next euro on developing brings back {then}, now {now}",
        after=after,
        before=before,
        then=markdown_text(then),
        now=markdown_text(now),
    )


def _money(amount: float, say: Wording) -> str:
    return markdown_text(say.short_money(amount))


# The price -----------------------------------------------------------------------------------------------------------


def price(segment: str) -> None:
    """The price changes considered for a segment, what they do, and putting one in the plan."""
    ask.ask(BY_CODE["price"])
    plan, say = session.plan(), session.say()
    name = markdown_text(plan.case.segment(segment).name)
    considered = pricing.price_changes(plan.answer("price"), segment)
    if not considered:
        st.caption(say.text("No price change for {segment} yet: give a change and an elasticity.", segment=name))
    for number, change in enumerate(considered):
        _price(change, number, say)
    if set(pricing.price_ids(segment)) & set(plan.case.initiative_ids):
        st.button(
            say.text("Take the price of {segment} out of the plan", segment=name),
            key="drop_price",
            on_click=lambda: session.change(
                PRICE_DROPPED, pricing.without_price(plan, segment), segment=plan.case.segment(segment).name
            ),
        )
    ask.ask(BY_CODE["pricing"])


def _price(change: PriceChange, number: int, say: Wording) -> None:
    plan = session.plan()
    found = plan.case.segment(change.segment)
    margin = found.gross_margin.likely
    gross = realize.revenue_today(plan.case, found.id) * margin
    profit = gross * pricing.gross_profit_factor(change.change, change.elasticity, margin) if margin > 0 else 0.0
    st.markdown(
        say.text(
            "**{segment}, price {change}**: volume {volume} per customer; gross profit on one customer from {now} to "
            "{then} {per}; of 100 customers {leave} more leave.",
            segment=markdown_text(found.name),
            change=say.signed_percent(change.change),
            volume=say.signed_percent((1 + change.change) ** change.elasticity - 1),
            now=_money(gross, say),
            then=_money(float(profit), say),
            per=say.per(plan.case.period),
            leave=say.number(round(100 * change.leave, 6)),
        ),
        help=say.text(
            "Volume × (1 + change)^elasticity; what a unit costs stays. In the plan this is two initiatives without "
            "cost, from period 1: revenue × a factor that earns this gross profit at the gross margin of the case, and "
            "the leavers off the share that stays."
        ),
    )
    names = [
        say.text(text, change=say.signed_percent(change.change), segment=brief(found.name)) for text in PRICE_NAMES
    ]
    _offer(
        say.text("Put this price in the plan"),
        f"use_price_{number}",
        PRICE_TAKEN,
        partial(pricing.with_price, plan, change, (names[0], names[1])),
        found.name,
        say.text("One price per segment: it replaces another that is in the plan."),
    )


# The ladder and the ambassadors --------------------------------------------------------------------------------------


def ladder(segment: str) -> None:
    """On which step segments stand, how many climb, and how many new customers a segment brings."""
    ask.ask(BY_CODE["ladder"])
    plan, say = session.plan(), session.say()
    standing = plan.answer("ladder") or {}
    moving = [s for s in standing if any(realize.next_rung(plan.case, standing, s, up) for up in (True, False))]
    if moving:
        _step_rates(sorted(moving, key=lambda s: LADDER.index(standing[s])), standing, say)
    else:
        st.caption(say.text("Say for at least two segments on which step they stand: then you can say how many climb."))
    _ambassadors(segment)


def _step_rates(segments: list[str], standing: realize.Standing, say: Wording) -> None:
    """Of 100 customers who stay, how many climb and fall back per period; a table to type in."""
    case = session.plan().case
    texts = BY_CODE["ladder"].option_texts
    key = f"step_rates_{session.revision()}"
    rates = {up: [round(100 * realize.step_rate(case, standing, s, up), 9) for s in segments] for up in (True, False)}
    st.markdown(say.text("Of 100 customers who stay, how many move to the next step {per}?", per=say.per(case.period)))
    number = partial(st.column_config.NumberColumn, min_value=0.0, max_value=100.0, format="localized")
    st.data_editor(
        pd.DataFrame(
            {
                "segment": [case.segment(s).name for s in segments],
                "step": [say.text(texts[standing[s]]) for s in segments],
                "customers": [say.people(case.segment(s).customers.likely) for s in segments],
                "up": rates[True],
                "down": rates[False],
            }
        ),
        key=key,
        hide_index=True,
        disabled=["segment", "step", "customers"],
        column_config={
            "segment": st.column_config.TextColumn(say.text("Segment")),
            "step": st.column_config.TextColumn(say.text("Step")),
            "customers": st.column_config.TextColumn(say.text("Customers today")),
            "up": number(say.text("Climb")),
            "down": number(say.text("Fall back")),
        },
        on_change=lambda: _take_steps(segments, standing, widgets.held(key) or {}),
        alt=say.text("Per segment, how many of 100 customers who stay climb and fall back."),
    )
    trouble.complaint("step_rates")


def _take_steps(segments: list[str], standing: realize.Standing, edited: dict[str, Any]) -> None:
    def take() -> None:
        for row, changes in edited.get("edited_rows", {}).items():
            plan, segment = session.plan(), segments[int(row)]
            case = plan.case
            for column, up in (("up", True), ("down", False)):
                if isinstance(changes.get(column), int | float):
                    case = realize.with_step_rate(case, standing, segment, changes[column] / 100, up)
            session.change(STEPS_CHANGED, set_case(plan, case), segment=case.segment(segment).name)

    attempt("step_rates", take)


def _ambassadors(segment: str) -> None:
    plan, say = session.plan(), session.say()
    found = plan.case.segment(segment)

    def take(text: str) -> None:
        changed = realize.with_ambassadors(session.plan(), segment, say.parse_number(text))
        session.type_in(f"ambassadors_{segment}", AMBASSADORS_CHANGED, changed, segment=found.name)

    typed(
        say.text(
            "{segment}: how many new customers do 100 customers bring in {per}?",
            segment=markdown_text(found.name),
            per=say.per(plan.case.period),
        ),
        f"ambassadors_{segment}",
        say.number(round(100 * found.referral_rate.likely, 6)),
        take,
        term_help("ambassadors", say),
        live=True,
    )
    if found.referral_rate.likely > 0:
        people = found.referral_rate.likely * found.customers.likely
        st.caption(
            say.text(
                "{count} new customers in the first period come through {segment}: worth {worth} of customer equity.",
                count=say.people(people),
                segment=markdown_text(found.name),
                worth=markdown_text(say.signed_short_money(realize.worth_of_ambassadors(plan, segment))),
            )
        )


# The evidence --------------------------------------------------------------------------------------------------------


def worth_it() -> None:
    """Does what is invested in customers come back?"""
    plan, say = session.plan(), session.say()
    show(lambda: charts.worth_against_spend(plan.case, realize.payoffs(plan), say), "worth_against_spend")
    st.caption(
        say.text("How is this computed?"),
        help=say.text(
            "Rise: CLV in the plan − CLV without any spend on developing, retaining and cheaper serving of that "
            "segment. Invested: that spend per active customer, over the life of the relation. Both in today's money, "
            "times the customers active in period 1 (Payne & Frow, 2005)."
        ),
    )


def left_to_sell(segment: str) -> None:
    """What each product could still earn."""
    plan, say = session.plan(), session.say()
    show(lambda: charts.selling_potential(plan.case, plan.answer("potential"), say), "selling_potential")


def who_climbs(segment: str) -> None:
    """Who moves where between the segments."""
    plan, say = session.plan(), session.say()
    show(
        lambda: charts.ladder_moves(plan.case, plan.answer("ladder") or {}, *realize.first_moves(plan), say),
        "ladder_moves",
    )


def best_price(segment: str) -> None:
    """Gross profit and worth of a customer at each price."""
    plan, say = session.plan(), session.say()
    found = plan.case.segment(segment)
    considered = pricing.price_changes(plan.answer("price"), segment)
    if not considered or found.gross_margin.likely <= 0:
        name = markdown_text(found.name)
        st.info(say.text("No price change for {segment} yet: give a change and an elasticity.", segment=name))
        return
    for number, change in enumerate(considered):
        show(partial(_price_effect, plan, found, change, say), f"price_{number}")


def _price_effect(plan: Plan, segment: Segment, change: PriceChange, say: Wording) -> Chart:
    curve = pricing.price_curve(plan, change)
    within = pricing.best_price(change.elasticity, segment.gross_margin.likely)
    return charts.price_effect(segment.name, change, curve, within, say)
