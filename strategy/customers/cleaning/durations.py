"""A list of contracts to how long they lasted, in whole periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from strategy.customers.cleaning.cleaning import MOST_AMOUNT, NOTHING, PLACEHOLDER_YEAR, Rules
from strategy.customers.cleaning.doubts import MANY, Removed, many_unread
from strategy.customers.findings import Finding
from strategy.customers.reading.columns import ContractColumns, groups_of
from strategy.customers.reading.frames import Engine, Frame, day_of
from strategy.customers.reading.parsing import parse_dates, whole_number
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

Period = Literal["month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
RUNS = ("yes", "y", "true", "1", "ja", "j", "running", "active", "open", "current", "lopend", "actief", "waar")
STOPPED = (
    "no", "n", "false", "0", "nee", "ended", "cancelled", "canceled", "churned", "inactive", "closed", "expired",
    "stopped", "opgezegd", "beëindigd", "gestopt", "inactief", "verlopen", "onwaar",
)  # fmt: skip
REMOVED = (
    "unreadable_start", "placeholder_date", "unreadable_end", "no_end", "ends_before_start", "starts_later",
    "other_currency",
)  # fmt: skip
HALF = 0.5
FEWEST_EXPECTED = 5.0
"""Endings that should have been seen before the first one, from which on their absence says that they were left out."""


@dataclass(frozen=True)
class Durations:
    """Distinct durations with numbers of contracts, sorted.

    periods  ended contracts: the period in which they ended, 1 or more; others: whole periods survived, 0 or more
    ended    whether they ended in a period that is over; in the one that still runs, those who stay cannot be seen yet,
             so an ending in it would count against nobody
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
    noticed    what speaks against relying on the file
    currency   the one that the amounts name, if any
    """

    frame: Frame
    engine: Engine
    durations: Durations
    removed: tuple[Removed, ...]
    rows: int
    running: int
    until: date
    findings: tuple[str, ...] = ()
    noticed: tuple[Finding, ...] = ()
    currency: str | None = None


def summarise_contracts(
    table: Table, columns: ContractColumns, period: Period, rules: Rules | None = None, until: date | None = None
) -> ContractSummary:
    """Durations of the contracts in a file.

    rules  of which today and currency count: a start after today has not begun, an end after it is no end yet
    until  the day up to which the file knows; None: the last start or end in it that is not after today

    Raises PlannerError for unknown columns, columns without dates, mixed currencies without a choice, and a file
    without a usable contract.
    """
    engine, findings, rules = table.engine, list[str](), rules or Rules()
    frame = _with_date(table, table.frame, columns, columns.start, "start", findings)
    if columns.end is not None:
        frame = _with_date(table, frame, columns, columns.end, "end", findings)
    elif columns.running is None:
        raise PlannerError("no_end", place="file", value=list(table.names[:20]))
    else:
        frame = frame.with_columns(nw.lit(None, nw.Date).alias("end"))
    frame, currencies = _selected(table, columns, frame, findings)
    currency = _one_of(currencies, rules)
    frame = engine.keep(frame)
    until = until or _last(engine, frame, rules.today)
    frame = engine.keep(_measured(frame, MONTHS[period], until, _covers_last_day(engine, frame), rules.currency))
    reasons = engine.arrays(frame.group_by("why").agg(rows=nw.len(), amount=nw.col("amount").sum()))
    found = {
        str(why): Removed(str(why), int(rows), float(np.nan_to_num(float(amount or 0))))
        for why, rows, amount in zip(reasons["why"], reasons["rows"], reasons["amount"], strict=True)
    }
    removed = tuple(found[code] for code in REMOVED if code in found)
    rows = sum(entry.rows for entry in found.values())
    if "" not in found:
        most = max(removed, key=lambda entry: entry.rows)
        raise PlannerError(
            "nothing_left", place="file", value=rows, reason=most.code, rows=most.rows, amount=most.amount
        )
    usable = frame.filter(nw.col("why") == "").drop("why")
    distinct = engine.arrays(usable.group_by("seen", "seen_ended").agg(counts=nw.len()).sort("seen_ended", "seen"))
    durations = Durations(
        distinct["seen"].astype(np.int64), distinct["seen_ended"].astype(np.bool_), distinct["counts"].astype(np.int64)
    )
    usable = usable.drop("seen", "seen_ended")
    running = int(engine.arrays(usable.select((~nw.col("ended")).cast(nw.Int64).sum()))["ended"][0])
    noticed = (*many_unread(removed, rows), *_survivors_only(engine, usable, durations, MONTHS[period]))
    noticed += (*_equal_contracts(engine, usable), *_ends_missing(removed, _ended_in(engine, usable)))
    return ContractSummary(
        usable, engine, durations, removed, rows, running, until, tuple(dict.fromkeys(findings)), noticed, currency
    )


def _with_date(
    table: Table, frame: Frame, columns: ContractColumns, name: str, into: str, findings: list[str]
) -> Frame:
    column = table.column(name)
    if table.type_of(name) == "date":
        return frame.with_columns(nw.col(column).cast(nw.Date).alias(into))
    if into == "end" and not table.values(name):
        return frame.with_columns(nw.lit(None, nw.Date).alias(into))
    if table.type_of(name) == "number":  # 20110131, as a number
        day = f"{into}_day"
        frame, column = frame.with_columns(whole_number(nw.col(column)).cast(nw.String).alias(day)), day
    dates, reading = parse_dates(table.engine, frame, column, columns.date_format, name, into)
    findings += ["ambiguous_dates"] if reading.ambiguous else []
    return dates.added_to(frame)


def _selected(
    table: Table, columns: ContractColumns, frame: Frame, findings: list[str]
) -> tuple[Frame, tuple[str, ...]]:
    """The columns by their roles, with what was given as end and state; and the currencies of the amounts."""
    currencies: tuple[str, ...] = ()
    frame = frame.with_columns(nw.lit(None, nw.String).alias("currency"))
    given = nw.lit("") if columns.end is None else nw.col(table.column(columns.end)).cast(nw.String).fill_null("")
    state = nw.lit("") if columns.running is None else nw.col(table.column(columns.running)).cast(nw.String)
    if columns.amount is None:
        frame = frame.with_columns(nw.lit(0.0).alias("amount"))
    elif table.type_of(columns.amount) == "text":
        amounts, reading = table.numbers(columns.amount, columns.decimal, "amount")
        frame = amounts.added_to(frame)
        findings += ["ambiguous_amounts"] if reading.ambiguous and columns.decimal is None else []
        if reading.currencies:
            currencies = tuple(dict.fromkeys(reading.currencies.values()))
            frame = frame.with_columns(nw.col("amount_currency").alias("currency"))
    else:
        frame = frame.with_columns(nw.col(table.column(columns.amount)).cast(nw.Float64).alias("amount"))
    customer = nw.lit("") if columns.customer is None else nw.col(table.column(columns.customer)).cast(nw.String)
    amount = nw.when((nw.col("amount").abs() <= MOST_AMOUNT).fill_null(False)).then(nw.col("amount"))
    selected = frame.select(
        customer.str.strip_chars().alias("customer"), "start", "end", amount.alias("amount"), "currency",
        given.str.strip_chars().alias("given"), state.fill_null("").str.strip_chars().str.to_lowercase().alias("state"),
        *groups_of(table, columns.segments),
    )  # fmt: skip
    return selected, currencies


def _one_of(currencies: tuple[str, ...], rules: Rules) -> str | None:
    """The currency of the amounts; mixed ones are refused unless one was chosen."""
    if rules.currency and currencies and rules.currency not in currencies:
        raise PlannerError("unknown_currency", place="file", value=rules.currency, known=list(currencies))
    if len(currencies) > 1 and not rules.currency:
        raise PlannerError("mixed_currencies", place="file", value=list(currencies))
    return rules.currency or (currencies[0] if currencies else None)


def _last(engine: Engine, frame: Frame, today: date | None) -> date:
    """The last day, not after today, that the file speaks of."""
    known = {name: nw.col(name) for name in ("start", "end")}
    if today:
        known = {name: nw.when(day <= nw.lit(today)).then(day) for name, day in known.items()}
    ends = engine.arrays(frame.select(*(day.max().alias(name) for name, day in known.items())))
    days: list[date] = [day_of(values[0]) for values in ends.values() if not np.isnat(values[0])]
    if not days and today:
        return today
    if not days:
        raise PlannerError("no_dates", place="file", value=["start", "end"])
    return max(days)


def _covers_last_day(engine: Engine, frame: Frame) -> bool:
    """Whether most ends are the last day of a contract, as 31 December after 1 January, and not the day after it."""
    first_of_month = (_day("start") == 1) & (_day("end") >= 28)
    covered = first_of_month | (_day("end") + 1 == _day("start"))
    ends = frame.filter(~nw.col("end").is_null() & ~nw.col("start").is_null())
    counted = engine.arrays(ends.select(covered=covered.cast(nw.Int64)).select(nw.col("covered").sum(), rows=nw.len()))
    return bool((counted["covered"][0] or 0) > HALF * counted["rows"][0])


def _measured(frame: Frame, months: int, until: date, covers_last_day: bool, currency: str | None) -> Frame:
    """Adds ended, periods, what was seen of them, and `why` a row cannot be used ("" where it can)."""
    given = nw.col("given").str.to_lowercase()
    frame = frame.with_columns(
        nw.when(nw.col("end").dt.year() > PLACEHOLDER_YEAR).then(nw.col("end")).alias("end"),
        unreadable_end=nw.col("end").is_null() & ~given.is_in((*NOTHING, *RUNS)),
    )
    known = until + timedelta(days=1) if covers_last_day else until
    no_end = nw.col("end").is_null()
    ended = (~no_end & (nw.col("end") <= nw.lit(until))) | (no_end & nw.col("state").is_in(STOPPED))
    stop = nw.when(no_end | (nw.col("end") > nw.lit(until))).then(nw.lit(known)).otherwise(nw.col("end"))
    frame = frame.with_columns(ended.fill_null(False).alias("ended"), stop.alias("stop"), nw.lit(known).alias("known"))
    whole = _whole_months("start", "stop")
    begun = whole + (_day("stop") != _day("start")).cast(nw.Int64)
    last = nw.max_horizontal((begun + (months - 1)) // months, nw.lit(1, nw.Int64))
    survived = whole // months
    periods = nw.when(nw.col("ended")).then(last).otherwise(survived).cast(nw.Int64)
    seen_ended = nw.col("ended") & (last <= _whole_months("start", "known") // months)
    why = nw.lit("")
    for code, rule in (
        ("other_currency", nw.col("currency") != nw.lit(currency) if currency else nw.lit(False)),
        ("starts_later", nw.col("start") > nw.lit(until)),
        ("ends_before_start", nw.col("end") < nw.col("start")),
        ("no_end", no_end & nw.col("state").is_in(STOPPED)),
        ("unreadable_end", nw.col("unreadable_end")),
        ("placeholder_date", nw.col("start").dt.year() <= PLACEHOLDER_YEAR),
        ("unreadable_start", nw.col("start").is_null()),
    ):
        why = nw.when(rule).then(nw.lit(code)).otherwise(why)
    seen = nw.when(seen_ended).then(last).otherwise(survived).cast(nw.Int64)
    return frame.with_columns(
        periods.alias("periods"), seen.alias("seen"), seen_ended.alias("seen_ended"), why.alias("why")
    ).drop("given", "state", "stop", "known", "unreadable_end", "currency")  # fmt: skip


def _survivors_only(engine: Engine, usable: Frame, durations: Durations, months: int) -> tuple[Finding, ...]:
    """The finding that contracts which ended early were left out of the file: none ended when many should have."""
    ends = engine.arrays(usable.filter(nw.col("ended")).select(nw.col("end").min()))["end"]
    at_risk = float(np.maximum(durations.periods, 0) @ durations.counts)
    if not len(ends) or np.isnat(ends[0]) or not at_risk:
        return ()
    first = day_of(ends[0])
    before = (first.year * 12 + first.month - _months("start")) // months
    early = usable.filter(nw.col("start") < nw.lit(first)).select(periods=before)
    renewals = float(engine.arrays(early.select(nw.col("periods").sum()))["periods"][0] or 0)
    expected = renewals * float(durations.counts[durations.ended].sum()) / at_risk
    if expected < FEWEST_EXPECTED:
        return ()
    return (Finding("survivors_only", {"day": first.isoformat(), "expected": expected}),)


def _ended_in(engine: Engine, usable: Frame) -> int:
    """Contracts that ended on a day that is known."""
    return int(engine.arrays(usable.select(nw.col("ended").cast(nw.Int64).sum()))["ended"][0] or 0)


def _ends_missing(removed: tuple[Removed, ...], ended: int) -> tuple[Finding, ...]:
    """The finding that contracts ended of which nothing says when. Raises PlannerError where that is most of them."""
    rows = next((entry.rows for entry in removed if entry.code == "no_end"), 0)
    if rows > ended:
        raise PlannerError("ends_unknown", place="file", value=rows, known=ended)
    share = rows / (rows + ended) if rows else 0.0
    return (Finding("ends_missing", {"rows": rows, "share": share}),) if share > MANY else ()


def _equal_contracts(engine: Engine, usable: Frame) -> tuple[Finding, ...]:
    """The finding that many contracts stand in the file twice."""
    names = usable.collect_schema().names()
    groups = usable.group_by(*names).agg(copies=nw.len().cast(nw.Int64))
    counted = engine.arrays(groups.select(rows=nw.col("copies").sum(), extra=(nw.col("copies") - 1).sum()))
    rows, extra = int(counted["rows"][0]), int(counted["extra"][0])
    return (Finding("equal_contracts", {"rows": extra, "share": extra / rows}),) if extra > MANY * rows else ()


def _whole_months(since: str, until: str) -> nw.Expr:
    """Months that are over between two days."""
    return _months(until) - _months(since) - (_day(until) < _day(since)).cast(nw.Int64)


def _months(column: str) -> nw.Expr:
    return nw.col(column).dt.year().cast(nw.Int64) * 12 + nw.col(column).dt.month().cast(nw.Int64)


def _day(column: str) -> nw.Expr:
    return nw.col(column).dt.day().cast(nw.Int64)
