"""Purchases to one row per customer, and contracts to durations: all that the models need of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from strategy.customers.cleaning.cleaning import Cleaned
from strategy.customers.cleaning.doubts import MANY
from strategy.customers.findings import Finding
from strategy.customers.models.purchasing import Triples
from strategy.customers.reading.frames import Engine, Frame
from strategy.errors import PlannerError

Unit = Literal["day", "week", "month"]
UNITS: tuple[Unit, ...] = ("day", "week", "month")
Array = NDArray[np.float64]
Counts = NDArray[np.int64]
PARTS = 10_000
"""Money is summed in whole ten-thousandths: exact, so the order of the rows and the engine make no difference."""
MONDAY = 1
"""Day number 1 is Monday 1 January of the year 1; weeks start on Mondays."""


@dataclass(frozen=True)
class Summary:
    """One row per customer, kept by the engine until it is asked for.

    customers  lazy rows: customer; frequency, recency, age in units; mean_spend per repeat purchase (0 without any);
               the segment columns; with a holdout also holdout_frequency and holdout_spend
    unit       day, week or month; purchases within one unit count once
    until      end of what was observed
    holdout    units observed after it, 0 without a holdout

    frequency counts the units with a purchase after the first, recency runs from the first to the last of them, age
    from the first to `until` (Fader, Hardie & Lee 2005; the definitions of the Python package lifetimes).
    """

    customers: Frame
    engine: Engine
    unit: Unit
    until: date
    holdout: int = 0


@dataclass(frozen=True)
class Spends:
    """Distinct pairs of repeat purchases and their mean spend to the cent, with numbers of customers."""

    frequency: Array
    mean_spend: Array
    counts: Counts


@dataclass(frozen=True)
class Holdout:
    """Distinct customers' histories with what they did afterwards.

    frequency, recency, age, counts  as in `Triples`
    purchases  units with a purchase in the holdout
    length     of the holdout, in units
    """

    frequency: Array
    recency: Array
    age: Array
    purchases: Array
    counts: Counts
    length: int

    @property
    def past(self) -> Triples:
        """The histories alone, as a model takes them."""
        return Triples(self.frequency, self.recency, self.age, self.counts)


def period_number(unit: Unit) -> nw.Expr:
    """Number of the day, the week (from Monday) or the month that `date` lies in; the same on every engine."""
    year = nw.col("date").dt.year().cast(nw.Int64)
    if unit == "month":
        return year * 12 + nw.col("date").dt.month().cast(nw.Int64) - 1
    before = year - 1
    day = before * 365 + before // 4 - before // 100 + before // 400 + nw.col("date").dt.ordinal_day().cast(nw.Int64)
    return (day if unit == "day" else (day - MONDAY) // 7).cast(nw.Int64)


def period_of(day: date, unit: Unit) -> int:
    """`period_number` of one date."""
    if unit == "month":
        return day.year * 12 + day.month - 1
    return day.toordinal() if unit == "day" else (day.toordinal() - MONDAY) // 7


def summarise(cleaned: Cleaned, unit: Unit = "day", until: date | None = None) -> Summary:
    """One row per customer who bought up to `until`; later purchases become the holdout.

    until  last day of the calibration; None: the last purchase, without a holdout

    Raises PlannerError where nobody bought up to `until`.
    """
    end = until or cleaned.last
    if end < cleaned.first:
        raise PlannerError("until_too_early", place="until", value=end.isoformat(), first=cleaned.first.isoformat())
    money = (nw.col("amount") * PARTS).round(0).cast(nw.Int64).alias("money")
    rows = cleaned.frame.filter(nw.col("date") <= nw.lit(end)) if until else cleaned.frame
    rows = rows.with_columns(money, period=period_number(unit))
    spent = rows.group_by("customer", "period").agg(nw.col("money").sum().cast(nw.Int64))
    measures = (
        spent.with_columns(purchase=nw.struct("period", "money"))
        .group_by("customer")
        .agg(
            first=nw.col("period").min(),
            last=nw.col("period").max(),
            frequency=nw.len().cast(nw.Int64) - 1,
            total=nw.col("money").sum().cast(nw.Int64),
            at_first=nw.col("purchase").min(),
        )
    )
    later = nw.col("total") - nw.col("at_first").struct.field("money")
    repeats = nw.when(nw.col("frequency") > 0).then(nw.col("frequency")).otherwise(nw.lit(1))
    customers = measures.select(
        "customer",
        "frequency",
        recency=nw.col("last") - nw.col("first"),
        age=nw.lit(period_of(end, unit)) - nw.col("first"),
        mean_spend=later.cast(nw.Float64) / (repeats * PARTS).cast(nw.Float64),
    )
    if cleaned.segments:
        latest = rows.group_by("customer").agg(nw.col("date").max())
        last_day = rows.join(latest, on=["customer", "date"], how="semi")
        groups = last_day.group_by("customer").agg(nw.col(name).min() for name in cleaned.segments)
        customers = customers.join(groups, on="customer", how="left")
    length = period_of(cleaned.last, unit) - period_of(end, unit) if until else 0
    if length > 0:
        customers = _with_holdout(customers, cleaned, unit, end)
    return Summary(cleaned.engine.keep(customers), cleaned.engine, unit, end, max(length, 0))


def merged_purchases(cleaned: Cleaned, summary: Summary) -> tuple[Finding, ...]:
    """The finding that counting by weeks or months makes many purchases one, which the models then miss."""
    if summary.unit == "day":
        return ()
    days = cleaned.frame.filter(nw.col("date") <= nw.lit(summary.until)).select("customer", "date").unique()
    visits = int(summary.engine.arrays(days.select(rows=nw.len()))["rows"][0])
    counted = summary.engine.arrays(summary.customers.select(nw.col("frequency").sum(), rows=nw.len()))
    repeats = visits - int(counted["rows"][0])
    share = 1 - int(counted["frequency"][0] or 0) / repeats if repeats else 0.0
    return (Finding("purchases_merged", {"share": share}),) if share > MANY else ()


def _with_holdout(customers: Frame, cleaned: Cleaned, unit: Unit, end: date) -> Frame:
    """Adds what customers bought in whole units after the calibration."""
    later = cleaned.frame.filter(nw.col("date") > nw.lit(end)).with_columns(period=period_number(unit))
    later = later.filter(nw.col("period") > period_of(end, unit))
    held = later.group_by("customer", "period").agg(nw.col("amount").sum()).group_by("customer")
    counted = held.agg(holdout_frequency=nw.len().cast(nw.Int64), holdout_spend=nw.col("amount").sum())
    joined = customers.join(counted, on="customer", how="left")
    return joined.with_columns(nw.col("holdout_frequency").fill_null(0), nw.col("holdout_spend").fill_null(0.0))


def triples(summary: Summary) -> Triples:
    """The distinct (frequency, recency, age) with numbers of customers, sorted."""
    (frequency, recency, age), counts = _distinct(summary, "frequency", "recency", "age")
    return Triples(frequency, recency, age, counts)


def spends(summary: Summary) -> Spends:
    """What Gamma-Gamma needs: distinct (frequency, mean spend to the cent) of customers who bought again."""
    cents = (nw.col("mean_spend") * 100 + 0.5).floor()  # engines round halves differently
    again = summary.customers.filter(nw.col("frequency") > 0).with_columns(mean_spend=cents / 100)
    (frequency, mean_spend), counts = _distinct(summary, "frequency", "mean_spend", frame=again)
    return Spends(frequency, mean_spend, counts)


def holdout(summary: Summary) -> Holdout:
    """Histories with the purchases that followed. Raises PlannerError where nothing was held out."""
    if not summary.holdout:
        raise PlannerError("no_holdout", place="until", value=summary.until.isoformat())
    names = ("frequency", "recency", "age", "holdout_frequency")
    (frequency, recency, age, purchases), counts = _distinct(summary, *names)
    return Holdout(frequency, recency, age, purchases, counts, summary.holdout)


def _distinct(summary: Summary, *names: str, frame: Frame | None = None) -> tuple[list[Array], Counts]:
    """The distinct values of some columns, sorted, and how many customers have them."""
    rows = summary.customers if frame is None else frame
    found = summary.engine.arrays(rows.group_by(*names).agg(counts=nw.len()).sort(*names))
    return [np.asarray(found[name], float) for name in names], np.asarray(found["counts"], np.int64)


def bring_home(summary: Summary, segments: tuple[str, ...] = ()) -> pa.Table:
    """A row per customer, in the order of their names, for predictions and downloads."""
    names = ("customer", "frequency", "recency", "age", "mean_spend", *segments)
    return summary.engine.table(summary.customers.select(*names).sort("customer"))


def spend_by(cleaned: Cleaned, segment: str) -> dict[str, tuple[int, int, float]]:
    """Customers, purchase lines and money per value of a segment column, most money first."""
    grouped = cleaned.frame.group_by(segment).agg(
        customers=nw.col("customer").n_unique(), rows=nw.len(), amount=nw.col("amount").sum()
    )
    found = cleaned.engine.arrays(grouped.sort("amount", segment, descending=True))
    return {
        str(name): (int(customers), int(rows), float(amount))
        for name, customers, rows, amount in zip(
            found[segment], found["customers"], found["rows"], found["amount"], strict=True
        )
    }


def split_date(first: date, last: date, unit: Unit = "day", share: float = 0.5) -> date:
    """The last day of the unit in which a share of the time observed has passed: a usual end of the calibration."""
    day = first + timedelta(days=int((last - first).days * share))
    if unit == "month":
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day + timedelta(days=6 - day.weekday()) if unit == "week" else day
