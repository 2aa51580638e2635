"""Which rows of purchases count, and of whom they are, by what people confirmed: expressions over a table's rows."""

from __future__ import annotations

import narwhals as nw

from strategy.customers.proposing.selection import Selection
from strategy.customers.proposing.words import TOTALS
from strategy.customers.reading.columns import Columns
from strategy.customers.reading.frames import Frame
from strategy.customers.reading.reading import Table

FEWEST_ORDERS = 5
"""Orders of the head on several lines from which on empty cells stand for those of the first line."""


def _text(table: Table, name: str) -> nw.Expr:
    return nw.col(table.column(name)).cast(nw.String).fill_null("").str.strip_chars()


def with_returns(table: Table, selection: Selection, frame: Frame) -> Frame:
    """The rows with what takes back a purchase below zero."""
    for counting in selection.counting:
        if counting.returns:
            takes_back = _text(table, counting.column).str.to_lowercase().is_in(counting.returns)
            amount = nw.when(takes_back).then(-nw.col("amount").abs()).otherwise(nw.col("amount"))
            frame = frame.with_columns(amount.alias("amount"))
    return frame


def out_of_count(table: Table, selection: Selection) -> nw.Expr | None:
    """Whether a row does not count by one of its statuses."""
    found: nw.Expr | None = None
    for counting in selection.counting:
        value = _text(table, counting.column).str.to_lowercase()
        if counting.only:
            out = ~value.is_in((*counting.only, *counting.returns))
        elif counting.out:
            out = value.is_in(counting.out)
        else:
            continue
        found = out if found is None else found | out
    return found


def is_total(table: Table, columns: Columns) -> nw.Expr | None:
    """Whether a row without a day is one of totals."""
    if not table.in_texts:
        return None
    names = {table.names[0], columns.customer, columns.invoice, columns.product} - {None, columns.date}
    found = nw.lit(False)
    for name in sorted(str(name) for name in names):
        found = found | _text(table, name).str.contains(TOTALS)
    return nw.col("date").is_null() & found


def on_other_side(table: Table, columns: Columns) -> nw.Expr | None:
    """Whether a row's money stands on the other side of the ledger only, or went out to who never paid anything."""
    if columns.contra is None and columns.account:
        return (nw.col("amount").max().over("customer") < 0).fill_null(False)
    if columns.contra is None:
        return None
    return nw.col("amount").is_null() & (_text(table, columns.contra) != nw.lit(""))


def continued(table: Table, columns: Columns, frame: Frame) -> tuple[Frame, nw.Expr | None]:
    """Rows of one order on several lines: they have its customer and day, and count nothing where they have no money.

    returns  the rows, and whether one only goes on with its order
    """
    names = [columns.customer, columns.date, *([columns.amount] if columns.amount else [])]
    if columns.invoice is None or not table.in_texts or not _has_gaps(table, columns.invoice, names):
        return frame, None
    order = _text(table, columns.invoice)
    frame = frame.with_columns(order.alias("order"))
    customer = nw.when(nw.col("customer") != nw.lit("")).then(nw.col("customer"))
    known = frame.filter(nw.col("order") != nw.lit("")).select("order", "date", "amount", customer.alias("customer"))
    orders = known.group_by("order").agg(
        nw.col("customer").min().alias("order_customer"),
        nw.col("date").min().alias("order_date"),
        nw.col("amount").max().alias("order_amount"),
    )
    frame = table.engine.keep(frame.join(orders, on="order", how="left"))
    own = nw.when(nw.col("customer") != nw.lit("")).then(nw.col("customer"))
    frame = frame.with_columns(
        nw.coalesce(own, nw.col("order_customer")).alias("customer"),
        nw.coalesce("date", "order_date").alias("date"),
    )
    empty = _text(table, columns.amount) == nw.lit("") if columns.amount else nw.lit(False)
    return frame, empty & ~nw.col("order_amount").is_null()


def _has_gaps(table: Table, order: str, names: list[str]) -> bool:
    """Whether orders of the head name customer, day or amount on their first line only, and one customer each."""
    at, places = table.names.index(order), [table.names.index(name) for name in names]
    orders: dict[str, list[tuple[str, ...]]] = {}
    for row in table.head:
        if row[at].strip():
            orders.setdefault(row[at], []).append(row)
    gone_on = [
        rows
        for rows in orders.values()
        if all(rows[0][place].strip() for place in places)
        and any(not row[place].strip() for row in rows[1:] for place in places)
    ]
    one_each = all(len({row[places[0]] for row in rows if row[places[0]].strip()}) == 1 for rows in gone_on)
    return len(gone_on) >= FEWEST_ORDERS and one_each


def repeats_the_order(table: Table, columns: Columns) -> nw.Expr | None:
    """Whether a row has the total of an order that stands on an earlier row."""
    if columns.invoice is None or not columns.order_total:
        return None
    order = table.column(columns.invoice)
    named = _text(table, columns.invoice) != nw.lit("")
    return named & (nw.col("date").rank("ordinal").over(order) > 1).fill_null(False)


def one_a_day(frame: Frame) -> Frame:
    """The rows, of which those of one customer and day that may stay are one purchase: the others are set apart."""
    again = nw.col("date").rank("ordinal").over("customer", "date", "why") > 1
    return frame.with_columns(
        nw.when((nw.col("why") == "") & again).then(nw.lit("same_day")).otherwise(nw.col("why")).alias("why")
    )


def is_left_out(selection: Selection) -> nw.Expr | None:
    """Whether a customer is one of those who are nobody in particular."""
    if not selection.left_out:
        return None
    return nw.col("customer").str.to_lowercase().is_in([name.lower() for name in selection.left_out])


def as_one_id(text: nw.Expr, selection: Selection, seen: list[str]) -> nw.Expr:
    """Ids as they are compared: e-mail addresses in lower case, digits without zeros in front where those are alike.

    seen  what the first rows hold
    """
    if selection.cases_alike or 2 * sum("@" in value for value in seen) > len(seen):
        text = text.str.to_lowercase()
    if selection.zeros_alike:
        short = text.str.replace_all(r"^0+", "")
        text = nw.when(text.str.contains(r"^0+[1-9]\d*$")).then(short).otherwise(text)
    return text
