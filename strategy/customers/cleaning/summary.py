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
from strategy.customers.models.purchasing import Triples
from strategy.customers.reading.frames import Engine, Frame, day_number
from strategy.errors import PlannerError

Unit = Literal["day", "week", "month"]
UNITS: tuple[Unit, ...] = ("day", "week", "month")
Array = NDArray[np.float64]
Counts = NDArray[np.int64]
PARTS = 10_000
"""Money is summed in whole ten-thousandths: exact, so the order of the rows and the engine make no difference."""
DAYS_IN: dict[Unit, float] = {"day": 1.0, "week": 7.0, "month": 30.4375}
"""Purchases are merged by the day; the unit scales time only, as in the papers."""


@dataclass(frozen=True)
class Summary:
    """One row per customer, kept by the engine until it is asked for.

    customers  lazy rows: customer; frequency, recency, age in units; mean_spend per repeat purchase (0 without any);
               the segment columns; with a holdout also holdout_frequency and holdout_spend
    unit       day, week or month: of time; purchases on one day count once
    until      end of what was observed
    holdout    units observed after it, 0 without a holdout

    frequency counts the days with a purchase after the first, recency runs from the first to the last of them, age
    from the first to `until` (Fader, Hardie & Lee 2005; the definitions of the Python package lifetimes).
    """

    customers: Frame
    engine: Engine
    unit: Unit
    until: date
    holdout: float = 0.0


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
    purchases  days with a purchase in the holdout
    length     of the holdout, in units
    """

    frequency: Array
    recency: Array
    age: Array
    purchases: Array
    counts: Counts
    length: float

    @property
    def past(self) -> Triples:
        """The histories alone, as a model takes them."""
        return Triples(self.frequency, self.recency, self.age, self.counts)


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
    rows = rows.with_columns(money, day=day_number("date"))
    spent = rows.group_by("customer", "day").agg(nw.col("money").sum().cast(nw.Int64))
    measures = (
        spent.with_columns(purchase=nw.struct("day", "money"))
        .group_by("customer")
        .agg(
            first=nw.col("day").min(),
            last=nw.col("day").max(),
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
        recency=_in_units(nw.col("last") - nw.col("first"), unit),
        age=_in_units(nw.lit(end.toordinal()) - nw.col("first"), unit),
        mean_spend=later.cast(nw.Float64) / (repeats * PARTS).cast(nw.Float64),
    )
    if cleaned.segments:
        latest = rows.group_by("customer").agg(nw.col("date").max())
        last_day = rows.join(latest, on=["customer", "date"], how="semi")
        groups = last_day.group_by("customer").agg(nw.col(name).min() for name in cleaned.segments)
        customers = customers.join(groups, on="customer", how="left")
    length = (cleaned.last - end).days / DAYS_IN[unit] if until else 0.0
    if length > 0:
        customers = _with_holdout(customers, cleaned, end)
    return Summary(cleaned.engine.keep(customers), cleaned.engine, unit, end, max(length, 0.0))


def _in_units(days: nw.Expr, unit: Unit) -> nw.Expr:
    return days if unit == "day" else days.cast(nw.Float64) / DAYS_IN[unit]


def _with_holdout(customers: Frame, cleaned: Cleaned, end: date) -> Frame:
    """Adds what customers bought after the calibration."""
    later = cleaned.frame.filter(nw.col("date") > nw.lit(end)).with_columns(day=day_number("date"))
    held = later.group_by("customer", "day").agg(nw.col("amount").sum()).group_by("customer")
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


def split_date(first: date, last: date, share: float = 0.5) -> date:
    """The day by which a share of the time observed has passed: a usual end of the calibration."""
    return first + timedelta(days=int((last - first).days * share))
