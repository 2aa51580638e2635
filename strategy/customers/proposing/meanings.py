"""What values of a status column say beside each other: stages of a deal, steps of a payment, sides of an account."""

from __future__ import annotations

from dataclasses import dataclass, replace

from strategy.customers.proposing.words import (
    CREDIT,
    DEBIT,
    MONEY_IN,
    OPEN_INVOICES,
    SETTLED,
    SIDES,
    UNDERWAY,
    WON,
    plain_word,
)
from strategy.customers.reading.columns import of_a_bank, plain_name
from strategy.customers.reading.reading import Table

STAGES = ("stage", "fase", "stadium")
SIDE_NAMES = (
    "afbij", "bijaf", "dc", "cd", "debetcredit", "creditdebet", "debitcredit", "creditdebit", "crdr", "drcr", "dbcr",
    "dcindicator", "debitcreditindicator", "creditdebitindicator", "inuit", "inout", "richting", "direction",
)  # fmt: skip
"""Names of columns that say on which side of an account money stands."""
INVOICE_NAMES = ("factuurn", "factuurdatum", "invoiceno", "invoicenum", "invoicedate", "invoiceid")


@dataclass(frozen=True)
class Value:
    """A value of a status column as it stands in the file, in lower case.

    meaning  "counts", "void", "return" or "unknown", which counts until somebody says otherwise
    """

    value: str
    rows: int
    amount: float
    meaning: str


def says_the_side(plain: str, words: set[str]) -> bool:
    """Whether a column tells money that comes in from money that goes out."""
    return plain in SIDE_NAMES and len(words) > 1 and words <= SIDES


def beside_each_other(table: Table, plain: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values with what they mean beside the others of their column and of the file.

    plain  name of the column, in lower-case letters and digits only
    """
    words = {value.value: plain_word(value.value) for value in values}
    if says_the_side(plain, set(words.values()) - {""}):
        counting = _coming_in(table, set(words.values()))
        return tuple(replace(v, meaning="counts" if words[v.value] in counting else "void") for v in values)
    void: set[str] = set()
    if any(stage in plain for stage in STAGES) and any(word.endswith(WON) for word in words.values()):
        void |= {words[value.value] for value in values if value.meaning == "unknown"}  # deals that are still open
    if any(word in SETTLED for word in words.values()) and len(set(words.values()) & {*UNDERWAY, *SETTLED}) > 1:
        last = next(word for word in SETTLED if word in words.values())
        void |= {word for word in words.values() if word in UNDERWAY and word != last}
    if {"complete", "closed"} <= set(words.values()):  # a shop closes the orders that it paid back
        void.add("closed")
    counts = set(OPEN_INVOICES) if _lists_invoices(table) else set()
    return tuple(
        replace(value, meaning="void" if words[value.value] in void else "counts")
        if words[value.value] in void | counts
        else value
        for value in values
    )


def _coming_in(table: Table, words: set[str]) -> tuple[str, ...]:
    """The side of a bank account on which money comes in; of a ledger of customers that of what they owe."""
    if words & set(MONEY_IN):
        return MONEY_IN
    return CREDIT if of_a_bank(table) else DEBIT


def _lists_invoices(table: Table) -> bool:
    """Whether rows are invoices, which are sales before they are paid."""
    return any(part in plain_name(name) for name in table.names for part in INVOICE_NAMES)
