"""What a transaction file has that is no purchase of a known customer: named, counted, taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import narwhals as nw

from strategy.customers.cleaning.cancellations import without_cancellations
from strategy.customers.cleaning.choosing_rows import (
    as_one_id,
    continued,
    is_left_out,
    is_total,
    on_other_side,
    one_a_day,
    out_of_count,
    repeats_the_order,
    with_returns,
)
from strategy.customers.cleaning.doubts import Removed as Removed
from strategy.customers.cleaning.doubts import about_removed, long_gap, refunds_above
from strategy.customers.cleaning.exclusions import product_of
from strategy.customers.findings import Finding
from strategy.customers.proposing.selection import Selection
from strategy.customers.reading.columns import Columns, group_name, groups_of
from strategy.customers.reading.frames import OVERFLOW, Engine, Frame, day_of
from strategy.customers.reading.parsing import SYMBOLS, currency_of, parse_dates, whole_number
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError
from strategy.words.spreadsheet import FORMULA

NOTHING = (
    "", "nan", "nat", "null", "none", "na", "n/a", "nil", "-", "?", "unknown", "onbekend", "(null)", "\\n", "#n/a",
    "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!",
)  # fmt: skip
"""What stands in cells that hold nothing."""
WHOLE_AS_FRACTION = r"^\d+\.0+$"
"""A number that passed through a spreadsheet or a table of floats."""
MOST_AMOUNT = 1e12
"""Money in a line above which it is no amount."""
PLACEHOLDER_YEAR = 1900
"""Dates up to this year stand for "unknown" in many systems."""
CANCELLATION_NUMBER = r"^[Cc]\d+$"
MIDNIGHT = r"[T ]0?0:00(:00([.,]0+)?)?(?![\d:.,])"
"""Stands behind the dates of many exports and tells no lines apart."""
MOST_CANCELLATIONS = 0.3
"""Share of invoice numbers with a C above which the C means something else."""
ROW_RULES = (
    "broken_line", "total_row", "other_status", "other_side", "continuation", "order_again", "unreadable_date",
    "unreadable_amount", "other_currency", "no_customer", "left_out_customer", "placeholder_date", "future_date",
    "excluded_product", "zero_amount", "same_day",
)  # fmt: skip
REMOVED = ("duplicate_line", *ROW_RULES, "cancelled_purchase", "cancellation", "unmatched_cancellation")
"""Why a row goes, in the order in which the reasons are looked for: a row goes for the first that holds."""


@dataclass(frozen=True)
class Rules:
    """What people decide about cleaning.

    today              the last plausible date; None: no date is in the future
    excluded_products  codes of products that are no purchases
    currency           the one to keep where a file mixes currencies
    duplicates         whether exact duplicate lines go; None: only where the file tells lines apart by invoice, product
                       or time of day, since two equal purchases on a day are possible
    zero_amounts       whether a line of 0 counts as a purchase
    per_purchase       money that a purchase brings, where the file has none: lines of one day are then one purchase
    selection          which rows and customers count
    """

    today: date | None = None
    excluded_products: tuple[str, ...] = ()
    currency: str | None = None
    duplicates: bool | None = None
    zero_amounts: bool = False
    per_purchase: float | None = None
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class Cleaned:
    """The purchases of known customers.

    frame     lazy rows: customer (text), date, amount, product where there is one, and the segment columns
    engine    what computes the frame
    removed   what went, in the order of `REMOVED`, reasons without rows left out
    rows, amount            of the whole file
    kept_rows, kept_amount  of the frame; what went and what stayed make the whole
    first, last  dates of the purchases
    findings     codes of what was assumed: "ambiguous_dates", "ambiguous_amounts", "duplicates_kept"
    noticed      what speaks against relying on the file
    currency     the one that the amounts name, if any
    segments     the frame's columns by which customers can be grouped
    """

    frame: Frame
    engine: Engine
    removed: tuple[Removed, ...]
    rows: int
    amount: float
    kept_rows: int
    kept_amount: float
    first: date
    last: date
    findings: tuple[str, ...] = ()
    currency: str | None = None
    segments: tuple[str, ...] = ()
    noticed: tuple[Finding, ...] = ()


@dataclass
class _Work:
    """A file on its way to purchases: its columns and what was found so far."""

    table: Table
    columns: Columns
    rules: Rules
    findings: list[str] = field(default_factory=list)
    noticed: list[Finding] = field(default_factory=list)
    named_currencies: tuple[str, ...] = ()
    currency: str | None = None


def clean(table: Table, columns: Columns, rules: Rules | None = None) -> Cleaned:
    """The purchases in a file, and what was taken out.

    Raises PlannerError for unknown columns, mixed currencies without a choice, a column that holds no dates or no
    amounts at all, and a file of which nothing is left.
    """
    work = _Work(table, columns, rules or Rules())
    frame = with_returns(table, work.rules.selection, _with_amounts(work, _with_dates(work, table.frame)))
    frame, duplicates = _without_duplicates(work, frame)
    frame = _judged(work, frame)
    if table.in_texts:  # parsed once; what has types is read again when needed, so that it need not fit in memory
        frame = table.engine.keep(frame)
    totals = _totals(work, frame)
    standing = without_cancellations(table.engine, frame, totals)
    purchases, cancelled = standing.frame, standing.gone
    if cancelled and table.in_texts:
        purchases = table.engine.keep(purchases)
    counts = {**duplicates, **{code: found for code, found in totals.items() if code in ROW_RULES}, **cancelled}
    removed = tuple(Removed(code, *counts[code]) for code in REMOVED if counts.get(code, (0, 0.0))[0])
    _some_readable(work, totals)
    rows = sum(found[0] for found in totals.values()) + sum(found[0] for found in duplicates.values())
    amount = sum(found[1] for found in totals.values()) + sum(found[1] for found in duplicates.values())
    kept_rows = rows - sum(entry.rows for entry in removed)
    if not kept_rows:
        most = max(removed, key=lambda entry: entry.rows)
        raise PlannerError(
            "nothing_left", place="file", value=rows, reason=most.code, rows=most.rows, amount=most.amount
        )
    days = table.engine.arrays(purchases.select("date").unique().sort("date"))["date"].astype("datetime64[D]")
    kept_amount = amount - sum(entry.amount for entry in removed)
    noticed = (
        *work.noticed,
        *standing.noticed,
        *about_removed(removed, rows, kept_amount, bool(work.rules.duplicates)),
        *long_gap(days),
    )
    return Cleaned(
        purchases, table.engine, removed, rows, amount, kept_rows, kept_amount, day_of(days[0]), day_of(days[-1]),
        tuple(work.findings), work.currency, tuple(map(group_name, columns.segments)), noticed,
    )  # fmt: skip


def write_purchases(cleaned: Cleaned, path: Path) -> None:
    """The cleaned rows as .parquet or .csv; in a CSV no text can run as a formula in a spreadsheet."""
    frame = cleaned.frame if path.suffix == ".parquet" else without_formulas(cleaned.frame)
    cleaned.engine.write(frame, path)


def without_formulas(frame: Frame) -> Frame:
    """The rows with an apostrophe before every text that a spreadsheet would take for a formula."""
    texts = [name for name, kind in frame.collect_schema().items() if kind == nw.String]
    quoted = [
        nw.when(nw.col(name).str.contains(FORMULA))
        .then(nw.concat_str(nw.lit("'"), nw.col(name)))
        .otherwise(nw.col(name))
        .alias(name)
        for name in texts
    ]
    return frame.with_columns(*quoted) if quoted else frame


# Reading the columns -------------------------------------------------------------------------------------------------


def _with_dates(work: _Work, frame: Frame) -> Frame:
    """Adds `date`."""
    name = work.columns.date
    column = work.table.column(name)
    if work.table.type_of(name) == "date":
        return frame.with_columns(nw.col(column).cast(nw.Date).alias("date"))
    if work.table.type_of(name) == "number":  # 20110131, as a number
        frame, column = frame.with_columns(whole_number(nw.col(column)).cast(nw.String).alias("day")), "day"
    dates, reading = parse_dates(work.table.engine, frame, column, work.columns.date_format, name, "date")
    if reading.ambiguous:
        work.findings.append("ambiguous_dates")
    if reading.contrary:
        share = reading.contrary / reading.rows
        work.noticed.append(Finding("dates_in_two_orders", {"rows": reading.contrary, "share": share}))
    return dates.added_to(frame)


def _with_amounts(work: _Work, frame: Frame) -> Frame:
    """Adds `amount`, negative for a cancellation, and `currency`."""
    columns, table = work.columns, work.table
    frame = frame.with_columns(nw.lit(None, nw.String).alias("currency"))
    if not columns.have_money:
        if work.rules.per_purchase is None:
            raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
        return _one_currency(work, frame.with_columns(nw.lit(work.rules.per_purchase).alias("amount")))
    if columns.quantity is not None:
        frame = _with_number(work, frame, columns.quantity, "quantity")
    if columns.amount is not None:
        frame = _with_number(work, frame, columns.amount, "amount")
        amount = nw.col("amount")
        if columns.quantity is not None:  # some systems sign only one of the two
            amount = nw.when(nw.col("quantity") < 0).then(-amount.abs()).otherwise(amount)
    else:
        frame = _with_number(work, frame, str(columns.price), "price")
        amount = nw.col("quantity") * nw.col("price")
    if columns.refund is not None:
        frame = _with_number(work, frame, columns.refund, "refund")
        work.noticed += refunds_above(work.table.engine, frame) if columns.amount else ()
        amount = nw.max_horizontal(amount - nw.col("refund").abs().fill_null(0.0), nw.lit(0.0))
    if columns.cents:
        amount = amount / 100
    within = nw.when((amount.abs() <= MOST_AMOUNT).fill_null(False)).then(amount.round(4))
    frame = frame.with_columns(within.alias("amount"))
    if columns.invoice is not None and _marks_cancellations(work):
        cancelled = nw.col(table.column(columns.invoice)).cast(nw.String).str.contains(CANCELLATION_NUMBER)
        signed = nw.when(cancelled).then(-nw.col("amount").abs()).otherwise(nw.col("amount"))
        frame = frame.with_columns(signed.alias("amount"))
    return _one_currency(work, frame)


def _with_number(work: _Work, frame: Frame, name: str, into: str) -> Frame:
    column = work.table.column(name)
    if work.table.type_of(name) == "date":
        raise PlannerError("unreadable_amounts", place=name, value=(work.table.values(name) or [""])[0])
    if work.table.type_of(name) != "text":
        return frame.with_columns(nw.col(column).cast(nw.Float64).round(4).alias(into))
    numbers, reading = work.table.numbers(name, work.columns.decimal, into)
    frame = numbers.added_to(frame)
    if into in ("quantity", "refund"):
        return frame
    if reading.ambiguous and work.columns.decimal is None:
        work.findings.append("ambiguous_amounts")
    if reading.currencies:
        frame = frame.with_columns(nw.col(f"{into}_currency").alias("currency"))
        work.named_currencies = tuple(dict.fromkeys(reading.currencies.values()))
    return frame


def _marks_cancellations(work: _Work) -> bool:
    """Whether some invoice numbers, but not most, are a C and digits."""
    invoice = nw.col(work.table.column(str(work.columns.invoice))).cast(nw.String)
    marked = work.table.frame.select(
        marked=invoice.str.contains(CANCELLATION_NUMBER).cast(nw.Int64).sum(), rows=nw.len().cast(nw.Int64)
    )
    found = work.table.engine.arrays(marked)
    return bool(0 < (found["marked"][0] or 0) <= MOST_CANCELLATIONS * found["rows"][0])


def _one_currency(work: _Work, frame: Frame) -> Frame:
    """Refuses mixed currencies unless one was chosen."""
    found = list(work.named_currencies)
    if work.columns.currency is not None:
        text = nw.col(work.table.column(work.columns.currency)).cast(nw.String).str.strip_chars().str.to_uppercase()
        known = currency_of("code", {text: code for text, code in SYMBOLS.items() if text != code})
        code = nw.when(nw.col("code") != nw.lit("")).then(nw.coalesce(known, nw.col("code"))).alias("currency")
        frame = frame.with_columns(text.alias("code")).with_columns(code)
        codes = work.table.frame.select(text.alias("code")).select(code)
        named = codes.filter(~nw.col("currency").is_null()).group_by("currency").agg(rows=nw.len())
        found = work.table.engine.arrays(named.sort("rows", "currency", descending=True).head(20))["currency"].tolist()
    chosen = (work.rules.currency or "").upper()
    if chosen and found and chosen not in found:
        raise PlannerError("unknown_currency", place="file", value=chosen, known=found)
    if len(found) > 1 and not chosen:
        raise PlannerError("mixed_currencies", place="file", value=found)
    work.currency = chosen or (found[0] if found else None)
    return frame


# Judging the rows ----------------------------------------------------------------------------------------------------


def _without_duplicates(work: _Work, frame: Frame) -> tuple[Frame, dict[str, tuple[int, float]]]:
    """One of each exact duplicate line, and what went."""
    columns = work.columns
    if not columns.have_money:  # rows of one customer and day are one purchase anyway
        return frame, {}
    days = work.table.values(columns.date)[:200]
    timed = any(":" in day and not re.search(MIDNIGHT, day) for day in days)
    told_apart = columns.invoice is not None or columns.product is not None or timed
    if work.rules.duplicates is False or (work.rules.duplicates is None and not told_apart):
        if work.rules.duplicates is None:
            work.findings.append("duplicates_kept")
        return frame, {}
    whole = work.table.columns + ([OVERFLOW] if work.table.in_texts else [])
    added = ["date", "amount", "currency"]
    single = work.table.engine.keep(frame.group_by(*whole, *added).agg(copies=nw.len().cast(nw.Int64)))
    money = nw.col("amount").fill_null(0.0)
    extra = nw.col("copies") - 1
    gone = work.table.engine.arrays(single.select(rows=extra.sum(), amount=(extra * money).sum()))
    return single.drop("copies"), {"duplicate_line": (int(gone["rows"][0] or 0), float(gone["amount"][0] or 0.0))}


def _judged(work: _Work, frame: Frame) -> Frame:
    """Customer, date, amount, product, segments, and `why` a row goes ("" where it may stay)."""
    table, columns, rules = work.table, work.columns, work.rules
    frame, unknown = _with_customer(work, frame)
    frame, continues = continued(table, columns, frame)
    selection = rules.selection
    broken = nw.col(OVERFLOW).fill_null("").str.strip_chars() != nw.lit("")
    excluded = [code.strip().upper() for code in rules.excluded_products]
    product = product_of(table.column(columns.product)) if columns.product else nw.lit("")
    holds = {
        "broken_line": broken if table.in_texts else None,
        "total_row": is_total(table, columns),
        "other_status": out_of_count(table, selection),
        "other_side": on_other_side(table, columns),
        "continuation": continues,
        "order_again": repeats_the_order(table, columns),
        "unreadable_date": nw.col("date").is_null(),
        "unreadable_amount": nw.col("amount").is_null(),
        "other_currency": nw.col("currency") != nw.lit(work.currency) if rules.currency else None,
        "no_customer": unknown,
        "left_out_customer": is_left_out(selection),
        "placeholder_date": nw.col("date").dt.year() <= PLACEHOLDER_YEAR,
        "future_date": nw.col("date") > nw.lit(rules.today) if rules.today else None,
        "excluded_product": product.is_in(excluded) if excluded and columns.product else None,
        "zero_amount": None if rules.zero_amounts else nw.col("amount") == 0,
        "same_day": None,
    }
    why = nw.lit("")
    for code in reversed(ROW_RULES):
        rule = holds[code]
        if rule is not None:
            why = nw.when(rule).then(nw.lit(code)).otherwise(why)
    kept = [product.fill_null("").alias("product")] if columns.product else []
    groups = groups_of(table, columns.segments)
    frame = frame.select("customer", "date", "amount", *kept, why.alias("why"), *groups)
    return frame if columns.have_money else one_a_day(frame)


def _with_customer(work: _Work, frame: Frame) -> tuple[Frame, nw.Expr]:
    """Adds `customer`, and where nobody is named; numbers need no look at their letters, which at scale costs most."""
    name = work.columns.customer
    column = nw.col(work.table.column(name))
    customer = nw.col("customer")
    if work.table.type_of(name) == "number":  # whole numbers beside empty cells are stored as fractions
        column = whole_number(column) if _has_fractions(work, name) else column
        return frame.with_columns(column.cast(nw.String).alias("customer")), customer.is_null()
    text = column.cast(nw.String).str.strip_chars()
    whole = nw.when(text.str.contains(WHOLE_AS_FRACTION)).then(text.str.replace_all(r"\.0+$", "")).otherwise(text)
    frame = frame.with_columns(as_one_id(whole, work.rules.selection, work.table.values(name)).alias("customer"))
    return frame, customer.is_null() | customer.str.to_lowercase().is_in(NOTHING)


def _has_fractions(work: _Work, name: str) -> bool:
    return work.table.frame.collect_schema()[work.table.column(name)].is_float()


def _totals(work: _Work, frame: Frame) -> dict[str, tuple[int, float]]:
    """Rows and money per reason; "purchases" and "negatives" for those that may stay."""
    money = nw.col("amount").fill_null(0.0)
    sign = nw.when(nw.col("amount") < 0).then(nw.lit("negatives")).otherwise(nw.lit("purchases"))
    reason = nw.when(nw.col("why") == "").then(sign).otherwise(nw.col("why"))
    counted = frame.select(reason.alias("reason"), money.alias("money"))
    found = work.table.engine.arrays(counted.group_by("reason").agg(rows=nw.len(), money=nw.col("money").sum()))
    return {
        str(reason): (int(rows), float(amount))
        for reason, rows, amount in zip(found["reason"], found["rows"], found["money"], strict=True)
    }


def _some_readable(work: _Work, totals: dict[str, tuple[int, float]]) -> None:
    """Refuses a column of amounts without one that can be read."""
    if set(totals) == {"unreadable_amount"}:
        name = work.columns.amount or str(work.columns.price)
        values = work.table.values(name)
        raise PlannerError("unreadable_amounts", place=name, value=values[0] if values else "")
