"""A list of contracts to the model of how long they last, beside how long they did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import narwhals as nw
import numpy as np

from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.durations import ContractSummary, summarise_contracts
from strategy.customers.findings import Finding
from strategy.customers.models.contracts import Renewals, fit_contracts, kaplan_meier
from strategy.customers.models.likelihood import Array
from strategy.customers.reading.columns import ContractColumns, group_name
from strategy.customers.reading.frames import Frame, day_of
from strategy.customers.reading.reading import Table
from strategy.customers.study.measured import Measured, Report, Running
from strategy.errors import PlannerError
from strategy.progress import Progress


def measure_contracts(
    table: Table, columns: ContractColumns, choices: Choices, folder: Path, on_progress: Progress
) -> Measured:
    """Clean, summarise and fit a table of contracts; see `measure_table`."""
    engine = table.engine
    on_progress(0.1)
    until = choices.until or choices.shape.until
    summary = summarise_contracts(table, columns, choices.period, choices.rules, until)
    if choices.shape.kind in ("tenure", "tenure_years"):  # all end on the day from which months are counted back
        noticed_in_file = tuple(finding for finding in summary.noticed if finding.code != "survivors_only")
        summary = replace(summary, noticed=noticed_in_file)
    on_progress(0.5)
    frame, noticed = _with_fees(summary, columns.amount, choices.fee)
    usable = frame.sort("customer", "start", "amount", "periods")
    engine.write_home(usable, folder / "contracts.parquet")
    report, fees = _reported(summary, frame, tuple(map(group_name, columns.segments)))
    on_progress(0.7)
    model = _fitted(summary, choices, report.kept_rows - summary.running, noticed, fees)
    return Measured(report, model, folder / "contracts.parquet", folder / "contracts.parquet")


def _reported(summary: ContractSummary, frame: Frame, groups: tuple[str, ...]) -> tuple[Report, float]:
    """What was read and taken out, and the fees of the contracts that run."""
    amount = nw.col("amount")
    runs = frame.with_columns(fees=nw.when(~nw.col("ended")).then(amount).otherwise(nw.lit(0.0)))
    totals = summary.engine.arrays(
        runs.select(nw.col("fees").sum(), rows=nw.len(), amount=amount.sum(), first=nw.col("start").min())
    )
    gone = sum(entry.amount for entry in summary.removed)
    kept = float(totals["amount"][0] or 0.0)
    first = day_of(totals["first"][0])
    report = Report(
        summary.removed, summary.rows, kept + gone, int(totals["rows"][0]), kept, first, summary.until,
        summary.findings, summary.currency, groups,
    )  # fmt: skip
    return report, float(totals["fees"][0] or 0.0)


def _fitted(
    summary: ContractSummary, choices: Choices, ended: int, noticed: tuple[Finding, ...], fees: float
) -> Running:
    seen = summary.durations
    renewals = Renewals.of_contracts(seen.periods, seen.ended, seen.counts)
    contracts = fit_contracts(renewals)
    observed, error = kaplan_meier(seen.periods, seen.ended, seen.counts)
    expected: Array = np.asarray(contracts.survival(np.arange(len(observed), dtype=float)), float)
    return Running(
        choices.period, summary.running, ended, contracts, renewals.at_risk, renewals.ended, observed, error, expected,
        (*choices.doubts, *summary.noticed, *noticed), fees,
    )  # fmt: skip


def _with_fees(summary: ContractSummary, column: str | None, fee: float) -> tuple[Frame, tuple[Finding, ...]]:
    """The contracts with their amounts, or with one fee for all where the file has none."""
    if column is None:
        return summary.frame.with_columns(nw.lit(fee).alias("amount")), ()
    return with_amounts(summary, column)


def with_amounts(summary: ContractSummary, place: str) -> tuple[Frame, tuple[Finding, ...]]:
    """The contracts with the mean of the known amounts where one is missing or negative.

    place  the column of the amounts. Raises PlannerError where it holds none, or nobody pays anything.
    """
    amount = nw.col("amount")
    known = (~amount.is_null() & ~amount.is_nan() & (amount >= 0)).fill_null(False)
    money = nw.when(known).then(amount).otherwise(nw.lit(0.0))
    counted = summary.frame.select(known=known.cast(nw.Int64), money=money)
    totals = summary.engine.arrays(counted.select(nw.col("known").sum(), nw.col("money").sum(), rows=nw.len()))
    missing, found = int(totals["rows"][0] - totals["known"][0]), int(totals["known"][0])
    if not found:
        raise PlannerError("unreadable_amounts", place=place, value="")
    mean = float(totals["money"][0]) / found
    if mean <= 0:
        raise PlannerError("nobody_left_to_value", place="customers", value=found)
    filled = summary.frame.with_columns(nw.when(known).then(amount).otherwise(nw.lit(mean)).alias("amount"))
    noticed = (Finding("amounts_filled_in", {"contracts": missing, "mean": mean}),) if missing else ()
    return filled, noticed
