"""Customers in segments, who moved between them, and a case made of them."""

from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from pages.parts import data_columns, jobs, session
from pages.parts.controls import typed
from pages.parts.data_report import Kept
from pages.parts.show import show
from strategy import charts
from strategy.customer_messages import SEGMENT_NAMES, say_finding
from strategy.customers.measures import Segments
from strategy.customers.segmenting import Ahead, Drift, Way, ahead_of, book_of, drift, grouped, segment, ways
from strategy.customers.segments import NAMELESS, OTHERS
from strategy.customers.study import Measured, Report, Running
from strategy.customers.summary import split_date
from strategy.customers.worth import MoneyTerms
from strategy.errors import PlannerError
from strategy.from_customers import Setting, case_from_customers, measured_for, source_of
from strategy.levers import LEVER_CODES
from strategy.messages import LEVER_NAMES, explain
from strategy.plan import start
from strategy.uncertainty import Progress
from strategy.wording import N_, Wording, markdown_text

WAY_NAMES = {
    "rfm": N_("When, how often, how much (RFM)"),
    "deciles": N_("Tenths by value"),
    "risk": N_("Value and risk of leaving"),
}
PERIODS = {"year": N_("years"), "quarter": N_("quarters"), "month": N_("months")}


def named(code: str, way: Way, say: Wording) -> str:
    """A segment's name: our own in the reader's language, the data's as they are."""
    if way.kind == "column" and code not in (OTHERS, NAMELESS):
        return code
    return say.text(SEGMENT_NAMES[code])


def _brief(code: str, way: Way, say: Wording) -> str:
    """Without what it means, where a figure has little room."""
    return named(code, way, say) if way.kind == "column" else named(code, way, say).partition(":")[0]


def choose(kept: Kept, say: Wording) -> Way:
    """By what customers are grouped."""
    options = ways(kept.measured)

    def title(way: Way) -> str:
        return say.text("By {column}", column=way.column[:40]) if way.column else say.text(WAY_NAMES[way.kind])

    now: Way = session.display("data_way", options[0])
    now = now if now in options else options[0]
    key = session.put("data_way", now)
    st.selectbox(
        say.text("Group customers by"),
        options,
        key=key,
        format_func=title,
        on_change=lambda: session.show("data_way", session.held(key)),
    )
    return now


def table(kept: Kept, way: Way, terms: MoneyTerms, say: Wording) -> Segments | None:
    """Size, value, revenue and retention per segment, with ranges."""
    ahead = ahead_of(kept.measured, terms)
    key = (str(kept.brought.folder.path), kept.number, way, ahead)
    work = partial(_segment, kept.measured, way, ahead)
    found: Segments | None = jobs.result("data_segments", key, work, session.plan(), say.text("Measuring segments"))
    if found is None:
        return None
    total = float(found.value.sum())
    best = int(found.value.argmax())
    name = markdown_text(named(found.codes[best], way, say))
    share = say.percent(float(found.value[best]) / total if total else 0.0, 0)
    people = say.percent(float(found.size[best]) / float(found.size.sum()), 0)
    title = say.text("{segment}: {people} of customers, {share} of value", segment=name, people=people, share=share)
    st.markdown(f"##### {title}")
    per = say.per(ahead.period)

    def ends(low: float, high: float) -> str:
        return say.span(low, high, say.short_money)

    st.dataframe(
        pd.DataFrame(
            {
                say.text("Segment"): [named(code, way, say)[:60] for code in found.codes],
                say.text("Customers in the data"): [say.people(float(x)) for x in found.size],
                say.text("Expected still to be there"): [say.people(float(x)) for x in found.customers],
                say.text("Value"): [say.short_money(float(x)) for x in found.value],
                say.text("Value, 90%"): [ends(*map(float, band)) for band in found.value_band],
                say.text("Revenue per customer {per_period}", per_period=per): [
                    say.money(float(x)) for x in found.revenue
                ],
                say.text("Revenue, range"): [ends(*map(float, band)) for band in found.revenue_range],
                say.text("Retention {per_period}", per_period=per): [say.percent(float(x)) for x in found.retention],
                say.text("Retention, range"): [
                    say.span(float(low), float(high), say.percent) for low, high in found.retention_range
                ],
            }
        ),
        hide_index=True,
        key="data_segment_table",
    )
    for finding in found.findings:
        if finding not in kept.measured.model.findings:
            st.caption(markdown_text(say_finding(finding, say)))
    return found


def _segment(measured: Measured, way: Way, ahead: Ahead, _: object, told: Progress) -> Segments:
    return segment(measured, way, ahead, told)


def moved(kept: Kept, way: Way, terms: MoneyTerms, say: Wording) -> None:
    """Who moved where since a day, halfway the data at first; drawn when it is opened."""
    panel = st.expander(say.text("Who moved between segments"), key="data_drift", on_change="rerun")
    if not panel.open:
        return
    with panel:
        measured, ahead, day = kept.measured, ahead_of(kept.measured, terms), _since(kept.measured.report, say)
        key = (str(kept.brought.folder.path), kept.number, way, ahead, day)
        label = say.text("Looking back at the same customers")
        look = partial(_drift, measured, way, ahead, day)
        found = jobs.result("data_drift", key, look, session.plan(), label)
        if found:
            names = {code: _brief(code, way, say) for code in found.movement.codes}
            show(charts.who_moved(found.movement, names, say), "data_moved")
            st.caption(
                say.text(
                    "From {before} to {after}, with the same boundaries and models at both dates.",
                    before=found.before.isoformat(),
                    after=found.after.isoformat(),
                )
            )


def _since(report: Report, say: Wording) -> date:
    """The day with which the end of the data is compared."""
    halfway, last = split_date(report.first, report.last), report.last - timedelta(days=1)
    if last <= report.first:
        return halfway
    shown = session.display("data_drift_day", halfway)
    day: date = shown if shown and report.first <= shown <= last else halfway
    key = session.put("data_drift_day", day)
    st.date_input(
        say.text("Compare the end of the data with"), key=key, min_value=report.first, max_value=last,
        format="YYYY-MM-DD", on_change=lambda: session.show("data_drift_day", session.held(key)),
    )  # fmt: skip
    return day


def _drift(measured: Measured, way: Way, ahead: Ahead, day: date, _: object, told: Progress) -> Drift:
    return drift(measured, way, ahead, day, told)


# A case --------------------------------------------------------------------------------------------------------------


def make_case(kept: Kept, way: Way, terms: MoneyTerms, say: Wording) -> None:
    """What the data do not say of a case, and the button that makes it."""
    running = isinstance(kept.measured.model, Running)
    first, second, third = st.columns(3)
    with first:
        key = session.put("data_case_name", session.display("data_case_name", _name(kept)))
        st.text_input(say.text("Name"), key=key, max_chars=200, on_change=_keep, args=(key,))
    with second:
        options = (kept.measured.model.period,) if running else tuple(PERIODS)  # type: ignore[union-attr]
        now = session.display("data_case_period", options[0])
        key = session.put("data_case_period", now if now in options else options[0])
        st.selectbox(
            say.text("Counted in"), options, key=key, format_func=lambda code: say.text(PERIODS[code]),
            on_change=_keep, args=(key,), disabled=running,
        )  # fmt: skip
    with third:
        _amount("serve", say.text("Cost to serve a customer a period (leave 0 if unknown)"), say)
    st.markdown(say.text("What is spent today, if you know it; what is left at 0 becomes a fixed number."))
    for column, lever in zip(st.columns(4), LEVER_CODES, strict=True):
        with column:
            _amount(lever, say.text(LEVER_NAMES[lever]), say)
    st.button(
        say.text("Make a case"), key="data_make_case", type="primary", icon=":material/account_balance:",
        on_click=_make, args=(kept, way, terms),
    )  # fmt: skip
    if wrong := session.complaint("data_make_case"):
        st.error(markdown_text(wrong[1]), icon=":material/error:")
    if session.display("data_made") == session.plan().case.name:
        st.success(
            say.text(
                "{name} is open, with the origin of every number. Undo brings back what was there.",
                name=markdown_text(session.plan().case.name),
            ),
            icon=":material/check_circle:",
        )
        with st.container(horizontal=True):
            st.page_link("client_selection.py", label=say.text("To client selection"), icon=":material/arrow_forward:")
            st.page_link("budget.py", label=say.text("To the budget"), icon=":material/arrow_forward:")


def _name(kept: Kept) -> str:
    return kept.brought.name.rsplit(".", 1)[0]


def _keep(key: str) -> None:
    session.show(key, session.held(key))


def _amounts() -> dict[str, float]:
    found: dict[str, float] = session.display("data_case", {})
    return found


def _amount(name: str, label: str, say: Wording) -> None:
    def take(text: str) -> None:
        number = say.parse_number(text) if text.strip() else 0.0
        if not 0 <= number <= 1e12:
            raise PlannerError("out_of_range", place=label, value=number, low=0, high=1e12)
        session.show("data_case", {**_amounts(), name: number})

    typed(label, f"data_case_{name}", say.money(_amounts().get(name, 0.0), 0), take)


def _make(kept: Kept, way: Way, terms: MoneyTerms) -> None:
    """The case of these segments opened as a plan; whatever is wrong is said, and what was there stays."""
    say, measured = session.say(), kept.measured
    given = _amounts()
    model = measured.model
    period = model.period if isinstance(model, Running) else session.display("data_case_period", "year")
    ahead = ahead_of(measured, terms, period)
    setting = Setting(
        name=str(session.display("data_case_name") or _name(kept)).strip() or say.text("Our firm"),
        currency=data_columns.currency_of_data(measured.report.currency),
        period=period,
        horizon=ahead.periods,
        discount_rate=terms.discount,
        gross_margin=terms.margin,
        cost_to_serve=given.get("serve") or None,
        spend={lever: given[lever] for lever in LEVER_CODES if given.get(lever)},
    )
    try:
        book = book_of(measured)
        grouping = grouped(book, way, ahead)
        segments = measured_for(book, grouping, setting, session.plan().seed)
        names = {code: named(code, way, say)[:200] for code in segments.codes}
        case, origins = case_from_customers(segments, setting, source_of(kept.brought.name, book), names)  # type: ignore[arg-type]
        session.open_plan(start(case, origins))
    except PlannerError as error:
        session.complain("data_make_case", "", explain(error, say))
    else:
        session.complain("data_make_case", "", None)
        session.show("data_made", case.name)
