"""The customers of a file in segments: size, value, revenue and retention of each, and who moved since halfway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from strategy.customers import SEED
from strategy.customers.cleaning.cleaning import Cleaned
from strategy.customers.cleaning.durations import MONTHS, Period
from strategy.customers.cleaning.summary import bring_home, split_date, summarise
from strategy.customers.models.likelihood import Array
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.source import MEMORY
from strategy.customers.study import Measured, Running
from strategy.customers.value.book import UNITS_A_YEAR, Book, ContractBook, PurchaseBook
from strategy.customers.value.measures import Segments
from strategy.customers.value.measures import measure as measure_segments
from strategy.customers.value.segments import (
    Grouping,
    Movement,
    Texts,
    by_column,
    deciles,
    movement,
    rfm,
    value_and_risk,
)
from strategy.customers.value.value import Customers
from strategy.customers.value.worth import MoneyTerms
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

ENDLESS = 30
"""Years that stand for no end where a case needs one."""
PURCHASE_COLUMNS = ("customer", *Customers.__dataclass_fields__)
CONTRACT_COLUMNS = ("customer", "start", "periods", "ended", "amount")
"""What a book holds of a row."""


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


def book_of(measured: Measured) -> PurchaseBook | ContractBook:
    """The customers with their models, ready to be grouped."""
    report, model = measured.report, measured.model
    columns = CONTRACT_COLUMNS if isinstance(model, Running) else PURCHASE_COLUMNS
    rows = pq.read_table(measured.customers, columns=[*columns, *report.groups])
    if isinstance(model, Running):
        return ContractBook.of(
            rows, report.groups, model.contracts, model.period, report.last, report.rows, model.noticed
        )  # fmt: skip
    return PurchaseBook.of(
        rows, report.groups, model.purchasing, model.spend, model.unit, report.first, model.until, report.kept_rows
    )


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


def drift(measured: Measured, way: Way, ahead: Ahead, day: date | None = None, on_progress: Progress = silent) -> Drift:
    """Segments on a day (halfway the data where none is given) and at the end, with the same boundaries and models.

    Raises PlannerError where nobody was a customer yet on that day.
    """
    report, later = measured.report, book_of(measured)
    day = day or split_date(report.first, report.last)
    on_progress(0.2)
    earlier: Book
    if isinstance(later, ContractBook):
        earlier, first_who, second_who = _contracts_on(measured, later, day)
    else:
        earlier = _purchases_on(measured, later, day)
        first_who, second_who = earlier.customer, later.customer
    on_progress(0.6)
    first = grouped(earlier, way, ahead)
    second = grouped(later, way, ahead, first.cuts)
    return Drift(day, report.last, movement(first_who, first, second_who, second))


def _purchases_on(measured: Measured, later: PurchaseBook, day: date) -> PurchaseBook:
    """The customers of a day, as their purchases up to then show them."""
    report = measured.report
    engine = open_engine("", MEMORY)
    try:
        cleaned = Cleaned(
            engine.read_parquet(measured.cleaned), engine, report.removed, report.rows, report.amount,
            report.kept_rows, report.kept_amount, report.first, report.last, segments=report.groups,
        )  # fmt: skip
        home = bring_home(summarise(cleaned, later.unit, day), report.groups)
    finally:
        engine.close()
    return PurchaseBook.of(
        home, report.groups, later.purchasing, later.spend, later.unit, report.first, day, report.kept_rows
    )


def _contracts_on(measured: Measured, later: ContractBook, day: date) -> tuple[ContractBook, Texts, Texts]:
    """The contracts that ran on a day, and which rows of the file those were and those that run now are."""
    rows = pq.read_table(measured.customers)
    start, end = (rows[name].to_numpy().astype("datetime64[D]") for name in ("start", "end"))
    on = np.datetime64(day)
    ran = (start <= on) & (np.isnat(end) | (end > on))
    if not ran.any():
        raise PlannerError("nobody_then", place="file", value=day.isoformat())
    periods = np.floor((on - start).astype(float) / (UNITS_A_YEAR["day"] * MONTHS[later.period] / 12))
    known = rows.select(["customer", "start", "amount", *measured.report.groups])
    then = known.append_column("periods", pa.array(periods.astype(np.int64))).append_column("ended", pa.array(~ran))
    book = ContractBook.of(then, measured.report.groups, later.contracts, later.period, day, later.rows, ())
    return book, pa.array(np.flatnonzero(ran)), pa.array(np.flatnonzero(~rows["ended"].to_numpy()))
