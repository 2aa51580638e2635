"""What speaks against relying on a file: rows not understood, returns of unknown purchases, long silences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategy.customers.findings import Finding

MANY = 0.05
"""Share of rows or of money from which on a reader must know that it went."""
UNREAD = ("broken_line", "unreadable_date", "unreadable_amount", "placeholder_date", "future_date")
"""Reasons that hint at a file that was not understood."""
FEWEST_DAYS, LONGEST_GAP, MANY_TIMES = 20, 60, 4
"""A gap of so many days, and so many times the next longest one, is no habit of customers."""


@dataclass(frozen=True)
class Removed:
    """Rows that went for one reason: a code of `REMOVED`, how many, and their money (0 where it cannot be read)."""

    code: str
    rows: int
    amount: float


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
