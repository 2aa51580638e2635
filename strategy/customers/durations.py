"""A list of contracts to how long they lasted, in whole periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from strategy.customers.cleaning import Removed
from strategy.customers.columns import ContractColumns, groups_of
from strategy.customers.frames import Engine, Frame
from strategy.customers.parsing import parse_dates, parse_numbers
from strategy.customers.reading import Table
from strategy.errors import PlannerError

Period = Literal["month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
RUNS = ("yes", "y", "true", "1", "ja", "j", "running", "active", "open", "current", "lopend", "actief", "waar")
STOPPED = (
    "no", "n", "false", "0", "nee", "ended", "cancelled", "canceled", "churned", "inactive", "closed", "expired",
    "stopped", "opgezegd", "beëindigd", "gestopt", "inactief", "verlopen", "onwaar",
)  # fmt: skip
REMOVED = ("unreadable_start", "unreadable_end", "no_end", "ends_before_start", "starts_later")


@dataclass(frozen=True)
class Durations:
    """Distinct durations with numbers of contracts, sorted.

    periods  ended contracts: the period in which they ended, 1 or more; running ones: whole periods survived, 0 or more
    ended    whether they ended
    """

    periods: NDArray[np.int64]
    ended: NDArray[np.bool_]
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class ContractSummary:
    """Contracts as they stood on a day.

    frame      lazy rows: customer where there is one, start, end (null while running), ended, periods, amount, segments
    durations  what a model needs
    removed    rows that could not be used, by reason (a code of `REMOVED`), with their money
    rows       of the whole file; running: contracts without an end on that day
    until      that day
    findings   codes of what was assumed: "ambiguous_dates"
    """

    frame: Frame
    engine: Engine
    durations: Durations
    removed: tuple[Removed, ...]
    rows: int
    running: int
    until: date
    findings: tuple[str, ...] = ()


def summarise_contracts(
    table: Table, columns: ContractColumns, period: Period, until: date | None = None
) -> ContractSummary:
    """Durations of the contracts in a file.

    until  the day up to which the file knows; None: the last start or end in it

    Raises PlannerError for unknown columns, columns without dates, and a file without a usable contract.
    """
    engine, findings = table.engine, list[str]()
    frame = _with_date(table, table.frame, columns, columns.start, "start", findings)
    if columns.end is not None:
        frame = _with_date(table, frame, columns, columns.end, "end", findings)
    elif columns.running is None:
        raise PlannerError("no_end", place="file", value=list(table.names[:20]))
    else:
        frame = frame.with_columns(nw.lit(None, nw.Date).alias("end"))
    frame = engine.keep(_selected(table, columns, frame))
    until = until or _last(engine, frame)
    frame = engine.keep(_measured(frame, MONTHS[period], until))
    reasons = engine.arrays(frame.group_by("why").agg(rows=nw.len(), amount=nw.col("amount").sum()))
    found = {
        str(why): Removed(str(why), int(rows), float(np.nan_to_num(float(amount or 0))))
        for why, rows, amount in zip(reasons["why"], reasons["rows"], reasons["amount"], strict=True)
    }
    removed = tuple(found[code] for code in REMOVED if code in found)
    rows = sum(entry.rows for entry in found.values())
    if "" not in found:
        raise PlannerError("nothing_left", place="file", value=rows, reason=removed[0].code, rows=removed[0].rows)
    usable = frame.filter(nw.col("why") == "").drop("why")
    distinct = engine.arrays(usable.group_by("periods", "ended").agg(counts=nw.len()).sort("ended", "periods"))
    durations = Durations(
        distinct["periods"].astype(np.int64), distinct["ended"].astype(np.bool_), distinct["counts"].astype(np.int64)
    )
    running = int(durations.counts[~durations.ended].sum())
    return ContractSummary(usable, engine, durations, removed, rows, running, until, tuple(dict.fromkeys(findings)))


def _with_date(
    table: Table, frame: Frame, columns: ContractColumns, name: str, into: str, findings: list[str]
) -> Frame:
    column = table.column(name)
    if table.type_of(name) == "date":
        return frame.with_columns(nw.col(column).cast(nw.Date).alias(into))
    if into == "end" and not table.values(name):
        return frame.with_columns(nw.lit(None, nw.Date).alias(into))
    dates, reading = parse_dates(table.engine, table.frame, column, columns.date_format, name, into)
    findings += ["ambiguous_dates"] if reading.ambiguous else []
    return dates.added_to(frame)


def _selected(table: Table, columns: ContractColumns, frame: Frame) -> Frame:
    """The columns by their roles, and whether an end or a state was given."""
    given = nw.lit("") if columns.end is None else nw.col(table.column(columns.end)).cast(nw.String).fill_null("")
    state = nw.lit("") if columns.running is None else nw.col(table.column(columns.running)).cast(nw.String)
    if columns.amount is None:
        frame = frame.with_columns(nw.lit(0.0).alias("amount"))
    elif table.type_of(columns.amount) == "text":
        column = table.column(columns.amount)
        amounts, _ = parse_numbers(table.engine, table.frame, column, columns.decimal, "amount")
        frame = amounts.added_to(frame)
    else:
        frame = frame.with_columns(nw.col(table.column(columns.amount)).cast(nw.Float64).alias("amount"))
    customer = nw.lit("") if columns.customer is None else nw.col(table.column(columns.customer)).cast(nw.String)
    return frame.select(
        customer.str.strip_chars().alias("customer"), "start", "end", "amount",
        given.str.strip_chars().alias("given"), state.fill_null("").str.strip_chars().str.to_lowercase().alias("state"),
        *groups_of(table, columns.segments),
    )  # fmt: skip


def _last(engine: Engine, frame: Frame) -> date:
    """The last day that the file speaks of."""
    ends = engine.arrays(frame.select(nw.col("start").max(), nw.col("end").max()))
    days: list[date] = [values[0].astype("datetime64[D]").item() for values in ends.values() if not np.isnat(values[0])]
    if not days:
        raise PlannerError("no_dates", place="file", value=["start", "end"])
    return max(days)


def _measured(frame: Frame, months: int, until: date) -> Frame:
    """Adds ended, periods, and `why` a row cannot be used ("" where it can)."""
    no_end = nw.col("end").is_null()
    ended = (~no_end & (nw.col("end") <= nw.lit(until))) | (no_end & nw.col("state").is_in(STOPPED))
    stop = nw.when(no_end | (nw.col("end") > nw.lit(until))).then(nw.lit(until)).otherwise(nw.col("end"))
    frame = frame.with_columns(ended.fill_null(False).alias("ended"), stop.alias("stop"))
    whole = _months("stop") - _months("start") - (_day("stop") < _day("start")).cast(nw.Int64)
    begun = whole + (_day("stop") != _day("start")).cast(nw.Int64)
    last = nw.max_horizontal((begun + (months - 1)) // months, nw.lit(1, nw.Int64))
    periods = nw.when(nw.col("ended")).then(last).otherwise(whole // months).cast(nw.Int64)
    why = nw.lit("")
    for code, rule in (
        ("starts_later", nw.col("start") > nw.lit(until)),
        ("ends_before_start", nw.col("end") < nw.col("start")),
        ("no_end", no_end & nw.col("state").is_in(STOPPED)),
        ("unreadable_end", no_end & (nw.col("given") != "") & ~nw.col("given").str.to_lowercase().is_in(RUNS)),
        ("unreadable_start", nw.col("start").is_null()),
    ):
        why = nw.when(rule).then(nw.lit(code)).otherwise(why)
    return frame.with_columns(periods.alias("periods"), why.alias("why")).drop("given", "state", "stop")


def _months(column: str) -> nw.Expr:
    return nw.col(column).dt.year().cast(nw.Int64) * 12 + nw.col(column).dt.month().cast(nw.Int64)


def _day(column: str) -> nw.Expr:
    return nw.col(column).dt.day().cast(nw.Int64)
