"""What speaks against relying on a file: rows not understood, returns of unknown purchases, long silences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from strategy.customers.findings import Finding
from strategy.customers.reading.frames import Engine, Frame

CENT = 0.005
MANY = 0.05
"""Share of rows or of money from which on a reader must know that it went."""
UNREAD = ("broken_line", "unreadable_date", "unreadable_amount", "placeholder_date", "future_date")
"""Reasons that hint at a file that was not understood."""
SHORTEST = 90
"""Days below which nobody can tell who comes back."""
FEWEST_DAYS, LONGEST_GAP, MANY_TIMES = 20, 60, 4
"""A gap of so many days, and so many times the next longest one, is no habit of customers."""


@dataclass(frozen=True)
class Removed:
    """Rows that went for one reason: a code of `REMOVED`, how many, and their money (0 where it cannot be read)."""

    code: str
    rows: int
    amount: float


def about_removed(removed: tuple[Removed, ...], rows: int, kept_amount: float, asked: bool) -> tuple[Finding, ...]:
    """What speaks against a file of purchases by what was taken out of it.

    asked  whether people said that equal lines are copies
    """
    copies = () if asked else many_copies(removed, rows)
    return (*many_unread(removed, rows), *returns_left(removed, kept_amount), *copies)


def many_copies(removed: tuple[Removed, ...], rows: int) -> tuple[Finding, ...]:
    """The finding that many lines equal another: copies, or a line for each piece."""
    copies = next((entry for entry in removed if entry.code == "duplicate_line"), None)
    if copies is None or copies.rows <= MANY * rows:
        return ()
    fields: dict[str, float | int | str] = {"rows": copies.rows, "share": copies.rows / rows, "returned": copies.amount}
    return (Finding("many_copies", fields),)


def refunds_above(engine: Engine, frame: Frame) -> tuple[Finding, ...]:
    """The finding that more was paid back than was paid, on rows with `amount` and `refund`; those count as nothing."""
    above = frame.filter((nw.col("amount") > 0) & (nw.col("refund").abs() > nw.col("amount") + CENT))
    over = above.select(over=nw.col("refund").abs() - nw.col("amount"))
    found = engine.arrays(over.select(rows=nw.len(), over=nw.col("over").sum()))
    if not found["rows"][0]:
        return ()
    return (Finding("refund_above_sale", {"rows": int(found["rows"][0]), "returned": float(found["over"][0])}),)


def many_unread(removed: tuple[Removed, ...], rows: int) -> tuple[Finding, ...]:
    """The finding that much of a file was not understood."""
    unread = sum(entry.rows for entry in removed if entry.code in UNREAD)
    return (Finding("many_unread", {"rows": unread, "share": unread / rows}),) if unread > MANY * rows else ()


def returns_left(removed: tuple[Removed, ...], kept_amount: float) -> tuple[Finding, ...]:
    """The finding that money was paid back that no purchase was taken out for."""
    left = next((entry for entry in removed if entry.code == "unmatched_cancellation"), None)
    if left is None or -left.amount <= MANY * kept_amount:
        return ()
    share = -left.amount / kept_amount
    return (Finding("returns_not_matched", {"rows": left.rows, "returned": -left.amount, "share": share}),)


def short_history(first: date, last: date) -> tuple[Finding, ...]:
    """The finding that a file covers too little time to tell what customers do in a year."""
    days = (last - first).days + 1
    return (Finding("short_history", {"days": days, "needed": SHORTEST}),) if days < SHORTEST else ()


def long_gap(days: NDArray[Any]) -> tuple[Finding, ...]:
    """The finding that nothing happened for long between days on which something did, (days,) sorted."""
    if len(days) < FEWEST_DAYS:
        return ()
    gaps = np.diff(days).astype(int)
    widest = int(np.argmax(gaps))
    rest = np.delete(gaps, widest)
    if gaps[widest] < LONGEST_GAP or gaps[widest] < MANY_TIMES * rest.max():
        return ()
    between = {"first": str(days[widest]), "last": str(days[widest + 1])}
    return (Finding("long_gap", {**between, "days": int(gaps[widest])}),)
