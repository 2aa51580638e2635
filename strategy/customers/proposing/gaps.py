"""Cells that stand for the empty ones below them, as merged cells and customers named once do."""

from __future__ import annotations

import narwhals as nw

from strategy.customers.reading.columns import Columns
from strategy.customers.reading.reading import Table

MANY_EMPTY, RARELY_AGAIN, FEWEST = 0.2, 0.9, 3
"""Share of empty cells, and of different ones among the others, from which on a column names the rows below."""


def gaps_to_fill(table: Table, columns: Columns) -> tuple[str, ...]:
    """The columns to fill downwards: customer, day and order, where each is named once above its rows."""
    if not table.in_texts or len(table.head) < 2:
        return ()
    found = {name for name in (columns.customer, columns.date, columns.invoice) if name and _stands_above(table, name)}
    if columns.invoice is not None and columns.invoice not in found and len(table.values(columns.invoice)) > 1:
        return ()  # rows belong to their order
    return tuple(name for name in table.names if name in found) if found - {columns.date} else ()


def _stands_above(table: Table, name: str) -> bool:
    at = table.names.index(name)
    cells = [row[at].strip() for row in table.head if sum(bool(cell.strip()) for cell in row) > 1]
    filled = [cell for cell in cells if cell]
    if len(filled) < FEWEST or not cells[0] or len(cells) - len(filled) < MANY_EMPTY * len(cells):
        return False
    return len(set(filled)) >= RARELY_AGAIN * len(filled)


def with_gaps_filled(table: Table, names: tuple[str, ...]) -> Table:
    """The table with the last cell that is not empty in place of empty ones, in the order of the file."""
    if not names:
        return table
    frame = table.engine.numbered(table.frame, "line")
    for number, name in enumerate(names):
        column = table.column(name)
        cell = nw.when(nw.col(column).str.strip_chars() != nw.lit("")).then(nw.col(column))
        frame = frame.with_columns(cell.alias(column)).with_columns(filled=(~nw.col(column).is_null()).cast(nw.Int64))
        frame = frame.with_columns(nw.col("filled").cum_sum().over(order_by="line").alias(f"block{number}"))
        frame = frame.with_columns(nw.col(column).max().over(f"block{number}").alias(column))
    kept = table.engine.keep(frame.select(*table.frame.collect_schema().names()))
    return Table(table.engine, kept, table.names, table.typed, table.head, table.notes)
