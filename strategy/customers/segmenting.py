"""The customers of a file in segments: size, value, revenue and retention of each, and who moved since halfway."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from strategy.customers.book import Book, ContractBook, PurchaseBook
from strategy.customers.cleaning import Cleaned
from strategy.customers.durations import MONTHS, Period
from strategy.customers.engines import open_engine
from strategy.customers.likelihood import Array
from strategy.customers.measures import Segments
from strategy.customers.measures import measure as measure_segments
from strategy.customers.segments import (
    Grouping,
    Movement,
    Texts,
    by_column,
    deciles,
    movement,
    rfm,
    value_and_risk,
)
from strategy.customers.source import MEMORY
from strategy.customers.study import SEED, Measured, Running
from strategy.customers.summary import bring_home, split_date, summarise
from strategy.customers.value import Customers
from strategy.customers.worth import MoneyTerms
from strategy.errors import PlannerError
from strategy.uncertainty import Progress, silent

ENDLESS = 30
"""Years that stand for no end where a case needs one."""


@dataclass(frozen=True)
class Way:
    """How customers are grouped: "rfm", "deciles", "risk", or by a "column" of the file."""

    kind: str
    column: str = ""


@dataclass(frozen=True)
class Ahead:
    """The periods of a case: length, how many, and the discount per period."""

    period: Period
    periods: int
    margin: float
    discount: float


def ahead_of(measured: Measured, terms: MoneyTerms, period: Period = "year") -> Ahead:
    """The terms in periods; contracts bring their own period."""
    if isinstance(measured.model, Running):
        period = measured.model.period
    a_year = 12 // MONTHS[period]
    return Ahead(period, (terms.years or ENDLESS) * a_year, terms.margin, (1 + terms.discount) ** (1 / a_year) - 1)


def ways(measured: Measured) -> tuple[Way, ...]:
    """How these customers can be grouped."""
    by_file = tuple(Way("column", name) for name in measured.report.groups)
    if isinstance(measured.model, Running):
        return (*by_file, Way("deciles"), Way("risk"))
    return (Way("rfm"), *by_file, Way("deciles"), Way("risk"))


def book_of(measured: Measured) -> Book:
    """The customers with their models, ready to be grouped."""
    rows, report, model = pq.read_table(measured.customers), measured.report, measured.model
    if isinstance(model, Running):
        rows = rows.filter(pc.invert(rows["ended"]))
        if not len(rows):
            raise PlannerError("no_running", place="file", value=report.rows)
        start = rows["start"].to_numpy().astype("datetime64[D]")
        since = (np.datetime64(report.last) - start).astype(float)
        amount = np.nan_to_num(rows["amount"].to_numpy().astype(float))
        age = rows["periods"].to_numpy().astype(np.int64)
        return ContractBook(
            _texts(rows, "customer"), age, amount, since, {name: _texts(rows, name) for name in report.groups},
            model.contracts, model.period, report.first, report.last, report.rows,
        )  # fmt: skip
    seen = (rows[name].to_numpy().astype(float) for name in ("frequency", "recency", "age", "mean_spend"))
    return PurchaseBook(
        _texts(rows, "customer"), Customers(*seen), {name: _texts(rows, name) for name in report.groups},
        model.purchasing, model.spend, model.unit, report.first, report.last, report.kept_rows,
    )  # fmt: skip


def _texts(rows: pa.Table, name: str) -> Texts:
    found: Texts = np.array(["" if text is None else str(text) for text in rows[name].to_pylist()], dtype=np.object_)
    return found


def grouped(book: Book, way: Way, ahead: Ahead, cuts: tuple[Array, ...] = ()) -> Grouping:
    """Which segment each customer of a book is in."""
    match way.kind:
        case "column":
            return by_column(book.columns[way.column])
        case "rfm" if isinstance(book, PurchaseBook):
            people = book.people
            return rfm(people.frequency, people.recency, people.age, people.mean_spend, cuts)
        case "deciles":
            return deciles(_value(book, ahead), cuts)
        case "risk":
            risky = 0.5 if isinstance(book, PurchaseBook) else float(np.median(book.risk))
            return value_and_risk(_value(book, ahead), book.risk, risky, cuts)
    raise PlannerError("choice", place="segments", value=way.kind, expected="column, rfm, deciles, risk")


def _value(book: Book, ahead: Ahead) -> Array:
    return book.clv(ahead.margin, ahead.discount, ahead.period, ahead.periods)


def segment(measured: Measured, way: Way, ahead: Ahead, on_progress: Progress = silent) -> Segments:
    """Size, value, revenue and retention per segment, with ranges."""
    book = book_of(measured)
    on_progress(0.2)
    grouping = grouped(book, way, ahead)
    on_progress(0.4)
    return measure_segments(book, grouping, ahead.margin, ahead.discount, ahead.period, ahead.periods, SEED)


@dataclass(frozen=True)
class Drift:
    """Who moved where between two days."""

    before: date
    after: date
    movement: Movement


def drift(measured: Measured, way: Way, ahead: Ahead, on_progress: Progress = silent) -> Drift:
    """Segments halfway the data and at their end, with the same boundaries and the same models."""
    report, later = measured.report, book_of(measured)
    halfway = split_date(report.first, report.last)
    on_progress(0.2)
    earlier: Book
    if isinstance(later, ContractBook):
        halfway, earlier = _contracts_earlier(measured, later, halfway)
    else:
        earlier = _purchases_earlier(measured, later, halfway)
    on_progress(0.6)
    first = grouped(earlier, way, ahead)
    second = grouped(later, way, ahead, first.cuts)
    return Drift(halfway, report.last, movement(earlier.customer, first, later.customer, second))


def _purchases_earlier(measured: Measured, later: Book, halfway: date) -> PurchaseBook:
    report = measured.report
    if not isinstance(later, PurchaseBook):
        raise TypeError(later)
    engine = open_engine("", MEMORY)
    try:
        cleaned = Cleaned(
            engine.read_parquet(measured.cleaned), engine, report.removed, report.rows, report.amount,
            report.kept_rows, report.kept_amount, report.first, report.last, segments=report.groups,
        )  # fmt: skip
        home = bring_home(summarise(cleaned, later.unit, halfway), report.groups)
    finally:
        engine.close()
    people = Customers(home.frequency, home.recency, home.age, home.mean_spend)
    return replace(later, customer=home.customer, people=people, columns=home.segments, until=halfway)


def _contracts_earlier(measured: Measured, later: ContractBook, halfway: date) -> tuple[date, ContractBook]:
    """The contracts that ran on a day, whole years before the end so that ages are whole periods; halfway at most."""
    months = MONTHS[later.period]
    days = (later.until - halfway).days
    periods = max(1, round(days / (365.25 * months / 12)))
    day = later.until - timedelta(days=round(periods * 365.25 * months / 12))
    rows = pq.read_table(measured.customers)
    ends = rows["end"].to_numpy().astype("datetime64[D]")
    starts = rows["start"].to_numpy().astype("datetime64[D]")
    on = np.datetime64(day)
    ran = (starts <= on) & (np.isnat(ends) | (ends > on))
    rows = rows.filter(ran)
    since = (on - starts[ran]).astype(float)
    age = np.floor(since / (365.25 * months / 12)).astype(np.int64)
    amount = np.nan_to_num(rows["amount"].to_numpy().astype(float))
    columns = {name: _texts(rows, name) for name in measured.report.groups}
    return day, replace(
        later, customer=_texts(rows, "customer"), age=age, amount=amount, since=since, columns=columns, until=day
    )
