"""Files of another shape made into a row per purchase or per contract, on their engine."""

from __future__ import annotations

import narwhals as nw

from strategy.customers.proposing.shapes import CHAINED, CHURN_YES, Shape, with_day, with_number
from strategy.customers.proposing.words import TOTALS
from strategy.customers.reading.frames import OVERFLOW, Frame, day_number
from strategy.customers.reading.reading import Table, head_of
from strategy.errors import PlannerError

DAYS = {"month": 31, "quarter": 92, "year": 366}
MONTHS_IN = {"day": 12 / 365.25, "week": 7 * 12 / 365.25, "month": 1.0, "year": 12.0}
LATE = 1.5
"""Periods after the last charge, beyond which a subscription has ended."""


def reshaped(table: Table, shape: Shape) -> Table:
    """The table as purchases or contracts; the same where it is so already.

    Raises PlannerError for columns that hold something else.
    """
    match shape.kind:
        case "months_in_columns":
            return _months_in_rows(table, shape)
        case "date_parts":
            return _dates_joined(table, shape)
        case "tenure" | "tenure_years":
            return _counted_back(table, shape)
        case "contract_years":
            return _chained(table, shape)
        case "charges":
            return _subscriptions(table, shape)
    return table


def _months_in_rows(table: Table, shape: Shape) -> Table:
    others = [name for name in table.names if name not in shape.months]
    kept = [nw.col(table.column(name)).cast(nw.String).alias(f"c{at}") for at, name in enumerate(others)]
    month, amount = f"c{len(others)}", f"c{len(others) + 1}"
    parts = []
    for name in shape.months:
        cell = nw.col(table.column(name)).cast(nw.String).str.strip_chars().alias(amount)
        parts.append(
            table.frame.select(*kept, nw.lit(name).alias(month), cell, nw.lit(None, nw.String).alias(OVERFLOW))
        )
    rows = nw.concat(parts).filter(~nw.col(amount).is_in(["", "0", "0.0", "0,00", "0.00", "-"]))
    totals = nw.any_horizontal(*(nw.col(f"c{at}").str.contains(TOTALS) for at in range(len(others))), ignore_nulls=True)
    frame = table.engine.keep(rows.filter(~nw.col(amount).is_null() & ~totals.fill_null(False)))
    return _texts(table, frame, (*others, "month", "amount"))


def _dates_joined(table: Table, shape: Shape) -> Table:
    """One column of dates in place of those of their parts."""
    parts = {part: table.column(name) for part, name in shape.columns}
    others = [name for name in table.names if table.column(name) not in parts.values()]
    year, month, day = (
        nw.col(parts[part]).cast(nw.String).str.strip_chars().str.replace_all(r"\.0+$", "")
        if part in parts
        else nw.lit("1")
        for part in ("year", "month", "day")
    )
    in_digits = all(value.strip()[:1].isdigit() for value in table.values(str(shape.column("month")))[:1])
    texts = (year, nw.lit("-"), month, nw.lit("-"), day) if in_digits else (day, nw.lit(" "), month, nw.lit(" "), year)
    kept = [nw.col(table.column(name)).cast(nw.String).alias(f"c{at}") for at, name in enumerate(others)]
    overflow = nw.col(OVERFLOW) if table.in_texts else nw.lit(None, nw.String).alias(OVERFLOW)
    frame = table.frame.select(*kept, nw.concat_str(*texts).alias(f"c{len(others)}"), overflow)
    return _texts(table, table.engine.keep(frame), (*others, joined_name(table)))


def joined_name(table: Table) -> str:
    """What the column of joined dates is called."""
    return next(name for name in ("date", "date of the row") if name not in table.names)


def _counted_back(table: Table, shape: Shape) -> Table:
    """Start and end by counting tenures back from the first of a month, to whole months."""
    if shape.until is None:
        return table
    now = shape.until.year * 12 + shape.until.month - 1
    frame = with_number(table, table.frame, str(shape.column("tenure")), "tenure_so_far")
    known = table.engine.arrays(frame.select(rows=(nw.col("tenure_so_far") >= 0).cast(nw.Int64).sum()))["rows"][0]
    if not known > 0:
        name = str(shape.column("tenure"))
        raise PlannerError("unreadable_tenure", place=name, value=(table.values(name) or [""])[0])
    whole = (nw.col("tenure_so_far") * MONTHS_IN[shape.unit] + 0.5).floor().cast(nw.Int64)
    started = nw.lit(now) - nw.when(nw.col("tenure_so_far") >= 0).then(whole)
    texts = [(started // 12).cast(nw.String), nw.lit("-"), (started % 12 + 1).cast(nw.String), nw.lit("-1")]
    left = nw.col(table.column(str(shape.column("churned")))).cast(nw.String).str.strip_chars().str.to_lowercase()
    ended = nw.when(left.is_in(CHURN_YES)).then(nw.lit(shape.until.isoformat())).otherwise(nw.lit(""))
    number = len(table.names)
    frame = frame.with_columns(nw.concat_str(*texts).alias(f"c{number}"), ended.alias(f"c{number + 1}"))
    columns = [f"c{at}" for at in range(number + 2)]
    overflow = nw.col(OVERFLOW) if table.in_texts else nw.lit(None, nw.String).alias(OVERFLOW)
    kept = table.engine.keep(frame.select(*(nw.col(column).cast(nw.String) for column in columns), overflow))
    return _texts(table, kept, (*table.names, "started", "ended"))


def _chained(table: Table, shape: Shape) -> Table:
    """One row per unbroken run of contract years of a customer; those that ran at the last start are running."""
    frame = with_day(table, table.frame, str(shape.column("start")), "start")
    frame = with_day(table, frame, str(shape.column("end")), "end")
    amount = shape.column("amount")
    frame = with_number(table, frame, amount, "amount") if amount else frame.with_columns(amount=nw.lit(0.0))
    customer = nw.col(table.column(str(shape.column("customer")))).cast(nw.String).str.strip_chars().alias("customer")
    rows = table.engine.keep(frame.select(customer, "start", "end", "amount", day=day_number("start")))
    rows = rows.filter(~nw.col("start").is_null()).with_columns(stop=day_number("end"))
    before = nw.col("stop").shift(1).over("customer", order_by=["start", "stop"])
    rows = rows.with_columns(again=((nw.col("day") - before) > CHAINED).fill_null(True).cast(nw.Int64))
    rows = rows.with_columns(chain=nw.col("again").cum_sum().over("customer", order_by=["start", "stop"]))
    rows = rows.with_columns(latest=nw.struct("start", "amount"))
    chains = table.engine.keep(
        rows.group_by("customer", "chain").agg(nw.col("start").min(), nw.col("end").max(), nw.col("latest").max())
    )
    last = table.engine.arrays(rows.select(nw.col("start").max()))["start"][0]
    runs = nw.when(nw.col("end") < nw.lit(last.astype("datetime64[D]").item())).then(nw.col("end"))
    made = chains.with_columns(nw.col("latest").struct.field("amount").alias("amount"), runs.alias("end"))
    return _typed(table, made, {"customer": "text", "start": "date", "end": "date", "amount": "number"})


def _subscriptions(table: Table, shape: Shape) -> Table:
    """One row per customer: from the first charge to the last, which runs unless the next one is long overdue."""
    frame = with_day(table, table.frame, str(shape.column("date")), "start")
    frame = with_number(table, frame, str(shape.column("amount")), "amount")
    customer = nw.col(table.column(str(shape.column("customer")))).cast(nw.String).str.strip_chars().alias("customer")
    rows = frame.select(customer, "start", "amount").filter(~nw.col("start").is_null() & (nw.col("amount") > 0))
    rows = table.engine.keep(rows.with_columns(latest=nw.struct("start", "amount"), day=day_number("start")))
    last = int(table.engine.arrays(rows.select(nw.col("day").max()))["day"][0])
    people = table.engine.keep(
        rows.group_by("customer").agg(
            nw.col("start").min(), nw.col("start").max().alias("charged"), nw.col("latest").max(),
            nw.col("day").max().alias("day"),
        )
    )  # fmt: skip
    overdue = nw.lit(last) - nw.col("day") > LATE * DAYS[shape.period]
    made = people.with_columns(
        nw.when(overdue).then(nw.col("charged").dt.offset_by(_one(shape.period))).alias("end"),
        nw.col("latest").struct.field("amount").alias("amount"),
    )
    return _typed(table, made, {"customer": "text", "start": "date", "end": "date", "amount": "number"})


def _one(period: str) -> str:
    return {"month": "1mo", "quarter": "3mo", "year": "1y"}[period]


def _texts(table: Table, frame: Frame, names: tuple[str, ...]) -> Table:
    """A table of texts under these names."""
    columns = [f"c{at}" for at in range(len(names))]
    notes = {**table.notes, "kind": "text"}
    return Table(
        table.engine, frame, names, ("text",) * len(names), head_of(table.engine, frame.select(*columns)), notes
    )


def _typed(table: Table, made: Frame, kinds: dict[str, str]) -> Table:
    """A table of typed columns under these names."""
    frame = table.engine.keep(made.select(*(nw.col(name).alias(f"c{at}") for at, name in enumerate(kinds))))
    notes = {**table.notes, "kind": "parquet"}
    return Table(table.engine, frame, tuple(kinds), tuple(kinds.values()), head_of(table.engine, frame), notes)
