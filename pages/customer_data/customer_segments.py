"""Customers in segments, who moved between them, and a row per customer with its segment to take along."""

from datetime import date, timedelta
from functools import partial

import pandas as pd
import pyarrow as pa
import streamlit as st

from pages.customer_data import data_study, file_report
from pages.customer_data.data_study import Kept
from pages.customer_data.law_parameters import models_of
from pages.frame import jobs, session, widgets
from pages.frame.show import show
from strategy import charts
from strategy.customers.cleaning.summary import split_date
from strategy.customers.study import Measured, Report, Running
from strategy.customers.value.measures import Segments
from strategy.customers.value.segmenting import Ahead, Drift, Way, ahead_of, book_of, drift, grouped, segment, ways
from strategy.customers.value.segments import Movement
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.explanations.action_lists import segment_named as named
from strategy.explanations.customer_findings import say_finding
from strategy.exports.customer_rows import About
from strategy.progress import Progress
from strategy.words.wording import N_, Wording, markdown_text

WAY_NAMES = {
    "rfm": N_("When, how often, how much (RFM)"),
    "deciles": N_("Tenths by value"),
    "risk": N_("Value and risk of leaving"),
}
ALIKE = 0.1
"""How far a segment's share of value may lie from its share of customers, as a part of it, to be about the same."""
DAYS_WRITTEN = {"en": "DD/MM/YYYY", "nl": "DD-MM-YYYY"}


def _brief(code: str, way: Way, say: Wording) -> str:
    """Without what it means, where a figure has little room."""
    return named(code, way, say) if way.kind == "column" else named(code, way, say).partition(":")[0]


def choose(kept: Kept, say: Wording) -> Way:
    """By what customers are grouped."""
    options = ways(kept.measured)
    chosen = data_study.now().way
    now = chosen if chosen in options else options[0]
    key = widgets.put(data_study.key("data_way"), now)
    st.selectbox(
        say.text("Group customers by"),
        options,
        key=key,
        format_func=lambda way: _title(way, say),
        on_change=lambda: data_study.change(way=widgets.held(key)),
    )
    return now


def _title(way: Way, say: Wording) -> str:
    return say.text("By {column}", column=way.column[:40]) if way.column else say.text(WAY_NAMES[way.kind])


def table(kept: Kept, way: Way, terms: MoneyTerms, say: Wording) -> Segments | None:
    """Size, value, revenue and retention of those still there, per segment and with ranges."""
    ahead = ahead_of(kept.measured, terms)
    key = (str(kept.brought.folder.path), kept.number, way, ahead)
    work = partial(_segment, kept.measured, way, ahead)
    found: Segments | None = jobs.result("data_segments", key, work, session.plan(), say.text("Measuring segments"))
    if found is None:
        return None
    st.markdown(f"##### {_finding(found, way, say)}")
    running = isinstance(kept.measured.model, Running)
    _shown(found, way, running, say.per(ahead.period), say)
    _about_staying(found, way, running, ahead, say)
    for finding in found.findings:
        if finding not in kept.measured.model.findings:
            st.caption(markdown_text(say_finding(finding, say)))
    return found


def _finding(found: Segments, way: Way, say: Wording) -> str:
    """The segment that brings most; where it brings what its size lets expect, that segments hardly differ."""
    total, best = float(found.value.sum()), int(found.value.argmax())
    share = float(found.value[best]) / total if total else 0.0
    people = float(found.size[best]) / float(found.size.sum())
    words = {
        "segment": markdown_text(named(found.codes[best], way, say)),
        "people": say.percent(people, 0),
        "share": say.percent(share, 0),
    }
    if len(found.codes) > 1 and abs(share - people) <= ALIKE * people:
        return say.text(
            "These segments hardly differ in value: {segment}, {people} of customers, brings {share} of it", **words
        )
    return say.text("{segment}: {people} of customers, {share} of value", **words)


def _shown(found: Segments, way: Way, running: bool, per: str, say: Wording) -> None:
    def ends(low: float, high: float) -> str:
        return say.span(low, high, say.short_money)

    size = [say.people(float(x)) for x in found.size]
    if running:
        people = {say.text("Contracts that run"): size}
        revenue, stay = say.text("Fee per contract {per_period}", per_period=per), say.text("Renewed each time")
    else:
        there = [say.people(float(x)) for x in found.customers]
        people = {say.text("Customers in the data"): size, say.text("Expected still to be there"): there}
        revenue = say.text("Revenue per customer {per_period}", per_period=per)
        stay = say.text("Of those still there stay, {per_period}", per_period=per)
    st.dataframe(
        pd.DataFrame(
            {
                say.text("Segment"): [named(code, way, say)[:60] for code in found.codes],
                **people,
                say.text("Value"): [say.short_money(float(x)) for x in found.value],
                say.text("Value expected, 90%"): [ends(*map(float, band)) for band in found.value_band],
                revenue: [say.money(float(x)) for x in found.revenue],
                say.text("Revenue, range"): [ends(*map(float, band)) for band in found.revenue_range],
                stay: [say.percent(float(x)) for x in found.retention],
                say.text("Staying, range"): [
                    say.span(float(low), float(high), say.percent) for low, high in found.retention_range
                ],
            }
        ),
        hide_index=True,
        key="data_segment_table",
    )


def _about_staying(found: Segments, way: Way, running: bool, ahead: Ahead, say: Wording) -> None:
    """How to read retention: of whom it is, with the segment of which the fewest are still there."""
    if running:
        st.caption(
            say.text(
                "Renewed each time is the share of a segment's contracts that go on at each coming renewal, {horizon} "
                "ahead: one steady rate with the value above.",
                horizon=say.period(ahead.period, ahead.periods),
            )
        )
        return
    emptied = int((found.customers / found.size).argmin())
    st.caption(
        say.text(
            "Revenue and who stays are told of those still there, not of all in the data. {segment}: {there} of {size} "
            "are expected still to be there, and {stay} of those {there} stay {per_period}. Who buys rarely also takes "
            "long to leave, so a segment that has nearly gone may keep what is left of it better than your best "
            "customers: read both columns together.",
            segment=markdown_text(_brief(found.codes[emptied], way, say)),
            there=say.people(float(found.customers[emptied])),
            size=say.people(float(found.size[emptied])),
            stay=say.percent(float(found.retention[emptied])),
            per_period=say.per(ahead.period),
        )
    )


def download(kept: Kept, way: Way, terms: MoneyTerms, worth: Worth, say: Wording) -> None:
    """A row per customer with its value and the segment that the table puts it in."""
    if worth.rows is None:
        return
    measured, ahead = kept.measured, ahead_of(kept.measured, terms)

    def names() -> pa.Array:
        grouping = grouped(book_of(measured), way, ahead)
        texts = pa.array([named(code, way, say) for code in grouping.codes], pa.string())
        return texts.take(pa.array(grouping.place))

    unit = getattr(measured.model, "unit", "day")
    content = say.text("contracts") if worth.contracts else say.text("customers")
    about = About(content, models_of(measured, say), unit, _title(way, say), names)
    file_report.downloads(worth.rows, content, "customers", about, say)


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
            _who_moved(found, way, say)


def _who_moved(found: Drift, way: Way, say: Wording) -> None:
    """Who moved, and why these sizes differ from those of the table above."""
    before, after = file_report.day(found.before, say), file_report.day(found.after, say)
    words = {"before": before, "after": after}
    if _nobody_moved(found.movement):
        title = say.text("Nobody changed segment between {before} and {after}", **words)
        st.markdown(f"##### {title}")
        st.markdown(
            say.text(
                "{count} were there on both days, all in the same segment; {gone} have gone since and {arrived} are "
                "new. Group customers in another way to see who moved.",
                count=say.people(float(found.movement.matrix.sum())),
                gone=say.people(float(found.movement.gone.sum())),
                arrived=say.people(float(found.movement.arrived.sum())),
            )
        )
        return
    names = {code: _brief(code, way, say) for code in found.movement.codes}
    show(lambda: charts.who_moved(found.movement, names, (before, after), say), "data_moved")
    if way.kind != "column":
        st.caption(
            say.text(
                "On both days with the boundaries between segments of {before}, so that customers move and the "
                "boundaries do not. The table above draws the boundaries anew on {after}, so its segments have other "
                "sizes.",
                **words,
            )
        )


def _nobody_moved(movement: Movement) -> bool:
    return int(movement.matrix.sum()) == int(movement.matrix.trace())


def _since(report: Report, say: Wording) -> date:
    """The day with which the end of the data is compared."""
    halfway, last = split_date(report.first, report.last), report.last - timedelta(days=1)
    if last <= report.first:
        return halfway
    shown = data_study.now().since
    day = shown if shown and report.first <= shown <= last else halfway
    key = widgets.put(data_study.key("data_drift_day"), day)
    st.date_input(
        say.text("Compare the end of the data with"), key=key, min_value=report.first, max_value=last,
        format=DAYS_WRITTEN[say.language], on_change=lambda: data_study.change(since=widgets.held(key)),
    )  # fmt: skip
    return day


def _drift(measured: Measured, way: Way, ahead: Ahead, day: date, _: object, told: Progress) -> Drift:
    return drift(measured, way, ahead, day, told)
