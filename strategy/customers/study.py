"""From a client's file to models of its customers, with what was cleaned and whether to trust them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import narwhals as nw
import numpy as np

from strategy.customers.appraisal import fit_durations, fit_spends, with_amounts
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Cleaned, Removed, clean, offered_exclusions, write_purchases
from strategy.customers.cleaning.durations import ContractSummary, Period, summarise_contracts
from strategy.customers.cleaning.summary import (
    Summary,
    Unit,
    holdout,
    merged_purchases,
    period_number,
    period_of,
    split_date,
    summarise,
    triples,
)
from strategy.customers.findings import Finding, Trust, trust_in
from strategy.customers.models.contracts import Contracts, kaplan_meier
from strategy.customers.models.likelihood import Array
from strategy.customers.models.purchasing import Purchasing, fit
from strategy.customers.models.spend import Spend
from strategy.customers.models.tracking import (
    LARGEST_FREQUENCY,
    HoldoutCheck,
    actual_cumulative,
    check_holdout,
    expected_cumulative,
    frequencies_expected,
)
from strategy.customers.reading.columns import ContractColumns, group_name
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.frames import Frame, day_of
from strategy.customers.reading.source import MEMORY, Source, table_of
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

SEED = 20260101
HISTORIES = 400
"""Simulated per distinct age behind the chart of frequencies."""
MOMENTS = 48
"""Points of the tracking chart."""


@dataclass(frozen=True)
class Report:
    """What was read, what was taken out, and what was assumed.

    excluded  products that look like postage or fees, with their lines: to be excluded or not
    groups    columns by which customers can be grouped
    """

    removed: tuple[Removed, ...]
    rows: int
    amount: float
    kept_rows: int
    kept_amount: float
    first: date
    last: date
    findings: tuple[str, ...]
    currency: str | None
    groups: tuple[str, ...]
    excluded: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Tracked:
    """Repeat purchases as they were made and as expected, from a fit on the first part of the time.

    holdout           counted and foretold in the second part
    moments           (moments,) units since the end of the calibration
    actual, expected  (moments,) cumulative repeat purchases of the customers of the calibration
    """

    holdout: HoldoutCheck
    moments: Array
    actual: Array
    expected: Array


@dataclass(frozen=True)
class Purchases:
    """Models of customers who buy when they like.

    tracked   None where the time is too short to hold some of it out
    frequency_actual, frequency_expected  (8,) customers with 0, 1, ..., 7 or more repeat purchases
    """

    unit: Unit
    customers: int
    repeaters: int
    purchasing: Purchasing
    spend: Spend
    tracked: Tracked | None
    frequency_actual: Array
    frequency_expected: Array
    noticed: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the file, of purchases, of spend and of the holdout."""
        return (
            *self.noticed,
            *self.purchasing.findings,
            *self.spend.findings,
            *(self.tracked.holdout.findings if self.tracked else ()),
        )


@dataclass(frozen=True)
class Running:
    """A model of contracts.

    running, ended  contracts
    at_risk, left   (renewals,) contracts that came up for their t-th renewal, and that ended there
    observed, error, expected  (renewals + 1,) share still running: Kaplan-Meier, its standard error, the model's
    fees            money per period of the running contracts together
    """

    period: Period
    running: int
    ended: int
    contracts: Contracts
    at_risk: Array
    left: Array
    observed: Array
    error: Array
    expected: Array
    noticed: tuple[Finding, ...] = ()
    fees: float = 0.0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the model, and of what was filled in."""
        return (*self.contracts.findings, *self.noticed)


@dataclass(frozen=True)
class Measured:
    """A file after cleaning and fitting.

    model      of purchases or of contracts
    customers  Parquet: a row per customer (per contract), as the models see them
    cleaned    Parquet: the rows that stayed; of contracts the same file
    """

    report: Report
    model: Purchases | Running
    customers: Path
    cleaned: Path

    @property
    def trust(self) -> Trust:
        """How far the models can be relied on."""
        return trust_in(self.model.findings)


def measure(source: Source, choices: Choices, folder: Path, on_progress: Progress = silent) -> Measured:
    """Clean, summarise, fit and check; rows stay in files of the folder.

    Raises PlannerError for columns that hold something else, and files of which nothing is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(choices.columns, ContractColumns):
        return _measure_contracts(source, choices, choices.columns, folder, on_progress)
    return _measure_purchases(source, choices, folder, on_progress)


def _measure_purchases(source: Source, choices: Choices, folder: Path, on_progress: Progress) -> Measured:
    engine = open_engine("", MEMORY, inside=folder)
    try:
        table, columns = table_of(source, engine), choices.columns
        if isinstance(columns, ContractColumns):
            raise TypeError(columns)
        on_progress(0.05)
        cleaned = clean(table, columns, choices.rules)
        on_progress(0.3)
        write_purchases(cleaned, folder / "cleaned.parquet")
        report = Report(
            cleaned.removed, cleaned.rows, cleaned.amount, cleaned.kept_rows, cleaned.kept_amount, cleaned.first,
            cleaned.last, cleaned.findings, cleaned.currency, cleaned.segments, offered_exclusions(table, columns),
        )  # fmt: skip
        on_progress(0.4)
        summary = summarise(cleaned, choices.unit)
        engine.write(summary.customers.sort("customer"), folder / "customers.parquet")
        on_progress(0.5)
        model = _fit_purchases(cleaned, summary, on_progress)
    finally:
        engine.close()
    return Measured(report, model, folder / "customers.parquet", folder / "cleaned.parquet")


def _fit_purchases(cleaned: Cleaned, summary: Summary, on_progress: Progress) -> Purchases:
    seen = triples(summary)
    purchasing = fit(seen)
    on_progress(0.65)
    group = np.minimum(seen.frequency, LARGEST_FREQUENCY).astype(np.intp)
    actual = np.bincount(group, seen.counts, LARGEST_FREQUENCY + 1).astype(float)
    expected = frequencies_expected(purchasing.law, seen.age, seen.counts.astype(float), SEED, HISTORIES)
    on_progress(0.75)
    tracked = _tracked(cleaned, summary.unit)
    on_progress(0.95)
    spend = fit_spends(cleaned, summary)
    noticed = (*cleaned.noticed, *merged_purchases(cleaned, summary))
    return Purchases(
        summary.unit, seen.customers, seen.repeaters, purchasing, spend, tracked, actual, expected, noticed
    )


def _tracked(cleaned: Cleaned, unit: Unit) -> Tracked | None:
    """A fit on the first half of the time against the second half; None where there is too little of it."""
    until = split_date(cleaned.first, cleaned.last, unit)
    try:
        calibration = summarise(cleaned, unit, until)
        found = holdout(calibration)
        seen = found.past
        purchasing = fit(triples(calibration))
    except PlannerError:
        return None
    if not seen.repeaters:
        return None
    checked = check_holdout(purchasing, seen, found.purchases, found.length, SEED)
    rows = cleaned.frame.with_columns(period=period_number(unit))
    began = rows.group_by("customer").agg(began=nw.col("period").min())
    began = began.filter(nw.col("began") <= period_of(until, unit))
    made = rows.select("customer", "period").unique().join(began, on="customer", how="inner")
    again = made.filter(nw.col("period") > nw.col("began")).group_by("period").agg(purchases=nw.len())
    counts = cleaned.engine.arrays(again.sort("period"))
    start = period_of(cleaned.first, unit) - period_of(until, unit)
    moments = np.unique(np.round(np.linspace(start, found.length, MOMENTS)))
    times = counts["period"].astype(float) - period_of(until, unit)
    actual = actual_cumulative(times, counts["purchases"].astype(float), moments)
    expected = expected_cumulative(purchasing, seen.age, seen.counts.astype(float), moments)
    return Tracked(checked, moments, actual, expected)


def _measure_contracts(
    source: Source, choices: Choices, columns: ContractColumns, folder: Path, on_progress: Progress
) -> Measured:
    engine = open_engine("", MEMORY, inside=folder)
    try:
        on_progress(0.1)
        summary = summarise_contracts(table_of(source, engine), columns, choices.period, choices.rules)
        on_progress(0.5)
        frame, noticed = _with_fees(summary, columns.amount, choices.fee)
        usable = frame.sort("customer", "start", "amount", "periods")
        engine.write(usable, folder / "contracts.parquet")
        amount = nw.col("amount")
        runs = usable.with_columns(fees=nw.when(~nw.col("ended")).then(amount).otherwise(nw.lit(0.0)))
        totals = engine.arrays(
            runs.select(nw.col("fees").sum(), rows=nw.len(), amount=amount.sum(), first=nw.col("start").min())
        )
    finally:
        engine.close()
    gone = sum(entry.amount for entry in summary.removed)
    kept = float(totals["amount"][0] or 0.0)
    first = day_of(totals["first"][0])
    report = Report(
        summary.removed, summary.rows, kept + gone, int(totals["rows"][0]), kept, first, summary.until,
        summary.findings, summary.currency, tuple(map(group_name, columns.segments)),
    )  # fmt: skip
    on_progress(0.7)
    found = summary.durations
    renewals, contracts = fit_durations(summary)
    observed, error = kaplan_meier(found.periods, found.ended, found.counts)
    expected = np.asarray(contracts.survival(np.arange(len(observed), dtype=float)), float)
    model = Running(
        choices.period, summary.running, report.kept_rows - summary.running, contracts, renewals.at_risk,
        renewals.ended, observed, error, expected, (*summary.noticed, *noticed), float(totals["fees"][0] or 0.0),
    )  # fmt: skip
    return Measured(report, model, folder / "contracts.parquet", folder / "contracts.parquet")


def _with_fees(summary: ContractSummary, column: str | None, fee: float) -> tuple[Frame, tuple[Finding, ...]]:
    """The contracts with their amounts, or with one fee for all where the file has none."""
    if column is None:
        return summary.frame.with_columns(nw.lit(fee).alias("amount")), ()
    return with_amounts(summary, column)
