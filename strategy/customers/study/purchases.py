"""A file of purchases to the models of buying and of spend, checked against purchases that they have not seen."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np

from strategy.customers import SEED
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Cleaned, clean, write_purchases
from strategy.customers.cleaning.doubts import short_history
from strategy.customers.cleaning.exclusions import offered_exclusions
from strategy.customers.cleaning.summary import (
    DAYS_IN,
    Holdout,
    Summary,
    holdout,
    spends,
    split_date,
    summarise,
    triples,
)
from strategy.customers.findings import Finding
from strategy.customers.models.purchasing import Purchasing, fit
from strategy.customers.models.spend import Spend, fit_spend, observed_spend
from strategy.customers.models.tracking import (
    LARGEST_FREQUENCY,
    actual_cumulative,
    check_holdout,
    expected_cumulative,
    frequencies_expected,
)
from strategy.customers.reading.columns import Columns
from strategy.customers.reading.frames import day_number
from strategy.customers.reading.reading import Table
from strategy.customers.study.measured import Measured, Purchases, Report, Tracked
from strategy.customers.study.mid_life import starts_mid_life
from strategy.errors import PlannerError
from strategy.progress import Progress

HISTORIES = 400
"""Simulated per distinct age behind the chart of frequencies."""
MOMENTS = 48
"""Points of the tracking chart."""


def measure_purchases(
    table: Table, columns: Columns, choices: Choices, folder: Path, on_progress: Progress, keep_rows: bool
) -> Measured:
    """Clean, summarise, fit and check a table of purchases; see `measure_table`."""
    on_progress(0.05)
    cleaned = clean(table, columns, choices.rules)
    on_progress(0.3)
    if keep_rows:
        write_purchases(cleaned, folder / "cleaned.parquet")
    report = Report(
        cleaned.removed, cleaned.rows, cleaned.amount, cleaned.kept_rows, cleaned.kept_amount, cleaned.first,
        cleaned.last, cleaned.findings, cleaned.currency, cleaned.segments, offered_exclusions(table, columns),
    )  # fmt: skip
    on_progress(0.4)
    summary = summarise(cleaned, choices.unit, choices.until)
    table.engine.write_home(summary.customers.sort("customer"), folder / "customers.parquet")
    on_progress(0.5)
    model = _fitted(cleaned, summary, choices, on_progress)
    return Measured(report, model, folder / "customers.parquet", folder / "cleaned.parquet")


def _fitted(cleaned: Cleaned, summary: Summary, choices: Choices, on_progress: Progress) -> Purchases:
    law = choices.model
    seen = triples(summary)
    purchasing = fit(seen, law)
    on_progress(0.65)
    group = np.minimum(seen.frequency, LARGEST_FREQUENCY).astype(np.intp)
    actual = np.bincount(group, seen.counts, LARGEST_FREQUENCY + 1).astype(float)
    expected = frequencies_expected(purchasing.law, seen.age, seen.counts.astype(float), SEED, HISTORIES)
    on_progress(0.75)
    if summary.holdout:
        tracked: Tracked | None = _followed(cleaned, summary, holdout(summary), purchasing)
    else:
        tracked = _halved(cleaned, summary, law)
    on_progress(0.95)
    spend = fit_spends(cleaned, summary)
    time = (*short_history(cleaned.first, cleaned.last), *starts_mid_life(seen, purchasing, summary.unit, law))
    noticed = (*choices.doubts, *cleaned.noticed, *time)
    return Purchases(
        summary.unit, summary.until, seen.customers, seen.repeaters, purchasing, spend, tracked, actual, expected,
        noticed,
    )  # fmt: skip


def fit_spends(cleaned: Cleaned, summary: Summary) -> Spend:
    """The model of spend; where nobody bought again, what a purchase came to on average."""
    seen = spends(summary)
    again = seen.mean_spend > 0
    if again.any():
        return fit_spend(seen.frequency[again], seen.mean_spend[again], seen.counts[again])
    first = cleaned.frame.filter(nw.col("date") <= nw.lit(summary.until))
    totals = cleaned.engine.arrays(first.select(money=nw.col("amount").sum(), people=nw.col("customer").n_unique()))
    mean = float(totals["money"][0]) / float(totals["people"][0])
    return observed_spend(mean, Finding("spend_not_seen", {"repeaters": 0, "observed_mean": mean}))


# The check -----------------------------------------------------------------------------------------------------------


def _halved(cleaned: Cleaned, summary: Summary, law: str) -> Tracked | None:
    """A fit on the first half of the time against the second half; None where there is too little of it."""
    try:
        half = summarise(cleaned, summary.unit, split_date(cleaned.first, cleaned.last))
        later = holdout(half)
        purchasing = fit(triples(half), law)
    except PlannerError:
        return None
    return _followed(cleaned, half, later, purchasing) if later.past.repeaters else None


def _followed(cleaned: Cleaned, calibration: Summary, later: Holdout, purchasing: Purchasing) -> Tracked:
    """What a fit on the calibration foretells, against what its customers did afterwards."""
    until, seen = calibration.until, later.past
    checked = check_holdout(purchasing, seen, later.purchases, later.length, SEED)
    rows = cleaned.frame.with_columns(day=day_number("date"))
    began = rows.group_by("customer").agg(began=nw.col("day").min())
    began = began.filter(nw.col("began") <= until.toordinal())
    made = rows.select("customer", "day").unique().join(began, on="customer", how="inner")
    again = made.filter(nw.col("day") > nw.col("began")).group_by("day").agg(purchases=nw.len())
    counts = cleaned.engine.arrays(again.sort("day"))
    unit = DAYS_IN[calibration.unit]
    start = (cleaned.first - until).days / unit
    moments = np.linspace(start, later.length, MOMENTS)
    moments = np.unique(np.round(moments)) if calibration.unit == "day" else moments
    times = (counts["day"].astype(float) - until.toordinal()) / unit
    actual = actual_cumulative(times, counts["purchases"].astype(float), moments)
    expected = expected_cumulative(purchasing, seen.age, seen.counts.astype(float), moments)
    return Tracked(checked, moments, actual, expected)
