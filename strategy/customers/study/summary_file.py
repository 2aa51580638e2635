"""A file that sums up customers (frequency, recency, age, mean spend) to the models, as `lifetimes` fits them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import numpy as np

from strategy.customers import SEED
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.doubts import Removed, many_unread
from strategy.customers.cleaning.summary import DAYS_IN, Summary, spends, triples
from strategy.customers.findings import Finding
from strategy.customers.models.purchasing import fit
from strategy.customers.models.spend import fit_spend
from strategy.customers.models.tracking import LARGEST_FREQUENCY, frequencies_expected
from strategy.customers.proposing.shapes import with_day, with_number
from strategy.customers.reading.frames import Frame, day_number, day_of
from strategy.customers.reading.reading import Table
from strategy.customers.study.measured import Measured, Purchases, Report
from strategy.errors import PlannerError

HISTORIES = 400


def measure_summary_file(table: Table, choices: Choices, folder: Path) -> Measured:
    """The models of a file with a row per customer who was summed up already.

    Raises PlannerError where no row can be used, or nobody bought again.
    """
    shape, engine = choices.shape, table.engine
    frame = table.frame
    until = choices.rules.today or date.today()
    if shape.column("first"):
        frame, until = _by_dates(table, choices, until)
    else:
        for role in ("frequency", "recency", "age", "mean_spend"):
            frame = with_number(table, frame, str(shape.column(role)), role)
    customer = nw.col(table.column(str(shape.column("customer")))).cast(nw.String).str.strip_chars().alias("customer")
    whole = nw.col("frequency").round(0).cast(nw.Int64).alias("frequency")
    rows = engine.keep(frame.select(customer, whole, "recency", "age", nw.col("mean_spend").fill_null(0.0)))
    usable = (
        (nw.col("frequency") >= 0) & (nw.col("recency") >= 0) & (nw.col("age") >= nw.col("recency"))
        & ((nw.col("frequency") == 0) | (nw.col("recency") > 0))
    ).fill_null(False)  # fmt: skip
    kept = engine.keep(rows.filter(usable))
    summary = Summary(kept, engine, choices.unit, until)
    counts = engine.arrays(rows.select(rows=nw.len()))["rows"][0], engine.arrays(kept.select(rows=nw.len()))["rows"][0]
    total, used = int(counts[0]), int(counts[1])
    if not used:
        raise PlannerError(
            "nothing_left", place="file", value=total, reason="unreadable_amount", rows=total, amount=0.0
        )
    removed = (Removed("unreadable_amount", total - used, 0.0),) if total > used else ()
    engine.write_home(kept.sort("customer"), folder / "customers.parquet")
    model = _fitted(summary, choices, many_unread(removed, total))
    report = Report(removed, total, 0.0, used, 0.0, until - _span(summary), until, (), None, ())
    return Measured(report, model, folder / "customers.parquet", folder / "customers.parquet")


def _by_dates(table: Table, choices: Choices, today: date) -> tuple[Frame, date]:
    """The same of customers with a number of orders, the days of the first and the last, and what they came to.

    returns  the rows, and the day up to which the file knows: of the last order
    """
    shape, frame = choices.shape, table.frame
    for role in ("first", "last"):
        frame = with_day(table, frame, str(shape.column(role)), role)
    each = "mean_spend" if shape.column("mean_spend") else "total"
    for role in ("orders", each):
        frame = with_number(table, frame, str(shape.column(role)), role)
    frame = table.engine.keep(frame)
    known = frame.filter((nw.col("last") <= nw.lit(today)).fill_null(False)).select(nw.col("last").max())
    days = table.engine.arrays(known)["last"]
    if not len(days) or np.isnat(days[0]):
        raise PlannerError("no_dates", place="file", value=[str(shape.column("last"))])
    until = day_of(days[0])
    unit = DAYS_IN[choices.unit]
    mean = nw.col("mean_spend") if each == "mean_spend" else nw.col("total") / nw.col("orders")
    again = nw.when(nw.col("orders") > 1).then(mean).otherwise(nw.lit(0.0))
    return frame.with_columns(
        (nw.col("orders") - 1).alias("frequency"), again.alias("mean_spend"),
        ((day_number("last") - day_number("first")) / unit).alias("recency"),
        ((until.toordinal() - day_number("first")) / unit).alias("age"),
    ), until  # fmt: skip


def _span(summary: Summary) -> timedelta:
    longest = summary.engine.arrays(summary.customers.select(nw.col("age").max()))["age"][0]
    return timedelta(days=int(np.ceil(float(longest) * DAYS_IN[summary.unit])))


def _fitted(summary: Summary, choices: Choices, noticed: tuple[Finding, ...]) -> Purchases:
    seen, spent = triples(summary), spends(summary)
    again = spent.mean_spend > 0
    if not again.any():
        raise PlannerError("no_amount", place="file", value=[str(choices.shape.column("mean_spend"))])
    purchasing = fit(seen, choices.model)
    group = np.minimum(seen.frequency, LARGEST_FREQUENCY).astype(np.intp)
    actual = np.bincount(group, seen.counts, LARGEST_FREQUENCY + 1).astype(float)
    expected = frequencies_expected(purchasing.law, seen.age, seen.counts.astype(float), SEED, HISTORIES)
    spend = fit_spend(spent.frequency[again], spent.mean_spend[again], spent.counts[again])
    return Purchases(
        summary.unit, summary.until, seen.customers, seen.repeaters, purchasing, spend, None, actual, expected,
        (*choices.doubts, *noticed),
    )  # fmt: skip
