"""Choosing a firm: a sample, a file, or ten numbers; and what the firm is today."""

from functools import partial

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.frame.tabs import tabs
from pages.plans import bringing
from strategy.case.case import Event
from strategy.case.levers import RATES
from strategy.case.samples import SAMPLES
from strategy.case.ten_numbers import DEFAULTS, EXAMPLES, QUESTIONS, NumberAsked, case_from_answers, origins_of
from strategy.equity.readouts import Readouts
from strategy.errors import PlannerError
from strategy.plan.moves import begin
from strategy.plan.plan import Plan
from strategy.words.messages import METRIC_NAMES
from strategy.words.wording import Wording, markdown_text

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "DKK", "NOK", "PLN", "JPY")


def choice() -> None:
    """A sample, a file, or ten numbers; only the open way is drawn."""
    say = session.say()
    ways = (
        (say.text("A sample firm"), _samples),
        (say.text("Your own file"), bringing.upload),
        (say.text("Ten numbers"), _ten),
    )
    tabs("way", {title: partial(way, say) for title, way in ways})


def _samples(say: Wording) -> None:
    for row in (SAMPLES[:3], SAMPLES[3:]):
        for column, sample in zip(st.columns(3), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"**{say.text(sample.title)}**")
                st.caption(say.text(sample.story))
                st.button(
                    say.text("Open"), key=f"sample_{sample.code}", on_click=session.open_sample, args=(sample.code,)
                )


# Ten numbers ---------------------------------------------------------------------------------------------------------


def _ten(say: Wording) -> None:
    st.markdown(say.text("Ten numbers make a firm. Round figures will do; all of it can be changed later."))
    name, currency, *_ = st.columns([3, 1, 2])
    with name:
        key = widgets.put("ten_name", session.display("ten_name", say.text("Our firm")))
        st.text_input(say.text("Name"), key=key, max_chars=200, on_change=_keep, args=(key,))
    with currency:
        key = widgets.put("ten_currency", session.display("ten_currency", CURRENCIES[0]))
        st.selectbox(say.text("Currency"), CURRENCIES, key=key, on_change=_keep, args=(key,))
    for row in range(0, len(QUESTIONS), 2):
        for column, question in zip(st.columns(2), QUESTIONS[row : row + 2], strict=True):
            with column:
                _answer(question, say)
    trouble.complaint("ten")
    st.button(say.text("Make this firm"), key="make_firm", type="primary", on_click=_make)
    with st.expander(say.text("What is assumed for you"), key="defaults"):
        for default in DEFAULTS:
            st.markdown(f"- {say.text(default)}")


def _keep(key: str) -> None:
    session.show(key, widgets.held(key))


def _answers() -> dict[str, float]:
    return {**EXAMPLES, **session.display("answers", {})}


def _answer(question: NumberAsked, say: Wording) -> None:
    money = Wording(say.language, session.display("ten_currency", CURRENCIES[0]))
    given = _answers()[question.code]
    typed(
        say.text(question.text),
        f"ten_{question.code}",
        money.money(given, 0) if question.unit == "money" else money.number(given),
        lambda text: session.show("answers", {**_answers(), question.code: money.parse_number(text)}),
    )


def _make() -> None:
    say = session.say()
    currency = session.display("ten_currency", CURRENCIES[0])
    name = str(session.display("ten_name") or say.text("Our firm"))
    asked = {question.code: say.text(question.text) for question in QUESTIONS}

    def made() -> None:
        if currency not in CURRENCIES:
            raise PlannerError("choice", place="currency", value=currency, expected=", ".join(CURRENCIES))
        case = case_from_answers(name, say.text("Our customers"), currency, _answers())
        session.open_plan(begin(case, origins_of(case)))

    attempt("ten", made, named=lambda place: asked.get(place, place))


# The firm today ------------------------------------------------------------------------------------------------------


def figures(plan: Plan, readouts: Readouts, say: Wording) -> None:
    """Customers, customer equity with its residual share, spend, and what a new customer costs."""
    equity = readouts.customer_equity
    share = say.percent(float(readouts.plan.residual[0, 0]) / equity if equity else 0.0, 0)
    customers = sum(segment.customers.likely for segment in plan.case.segments)
    first = readouts.plan.acquired[0, 0, 0].sum()
    columns = st.columns(4, gap="medium")
    columns[0].metric(
        say.text("Customers"),
        say.short_number(customers),
        say.text("{count} new in the first {period}", count=say.short_number(float(first)), period=_unit(plan, say)),
        delta_color="off",
        delta_arrow="off",
    )
    columns[1].metric(
        say.text("Customer equity"),
        say.short_money(equity),
        say.text("{share} comes after {horizon}", share=share, horizon=_time(plan, say)),
        delta_color="off",
        delta_arrow="off",
        help=say.text("The value of all current and future customers, net of spend."),
    )
    columns[2].metric(
        say.text("Marketing spend"),
        say.short_money(plan.spent),
        say.per(plan.case.period),
        delta_color="off",
        delta_arrow="off",
    )
    costs = [cost for cost in readouts.cac if cost is not None]
    columns[3].metric(
        say.text("A new customer costs (CAC)"),
        say.span(min(costs), max(costs), say.short_money) if costs else "–",
        say.text("over the segments that acquire") if costs else None,
        delta_color="off",
        delta_arrow="off",
        help=say.text("Acquire spend per extra customer it brings, welcoming included."),
    )


def events(plan: Plan, say: Wording) -> None:
    """What is expected to happen to the firm, whatever it spends."""
    for event in plan.case.events:
        words = {
            "event": markdown_text(event.name),
            "first": say.period_number(plan.case.period, event.start),
            "metric": say.text(METRIC_NAMES[event.metric]),
            "effect": markdown_text(_effect(event, say)),
        }
        if event.end == event.start:
            st.caption(say.text("Expected in today's and every plan: {event}, in {first}: {metric} {effect}.", **words))
            continue
        last = say.period_number(plan.case.period, event.end) if event.end else say.text("the end")
        st.caption(
            say.text(
                "Expected in today's and every plan: {event}, from {first} to {last}: {metric} {effect}.",
                last=last,
                **words,
            )
        )


def _effect(event: Event, say: Wording) -> str:
    """What an event does to its metric: "−20%", "+2.0 pp", "−€6"."""
    parts = [say.signed_percent(event.multiply - 1)] if event.multiply != 1 else []
    if event.add:
        parts.append(say.points(event.add) if event.metric in RATES else say.signed_money(event.add))
    return ", ".join(parts) or say.text("as before")


def _unit(plan: Plan, say: Wording) -> str:
    return {"year": say.text("year"), "quarter": say.text("quarter"), "month": say.text("month")}[plan.case.period]


def _time(plan: Plan, say: Wording) -> str:
    return say.period(plan.case.period, plan.case.horizon)
