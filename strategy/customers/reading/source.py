"""A client's file as it was brought: read once, kept as Parquet, its columns guessed and still to be confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from strategy.customers.proposing.proposal import Proposal, propose
from strategy.customers.reading.columns import (
    Columns,
    ContractColumns,
)
from strategy.customers.reading.date_words import plain_date
from strategy.customers.reading.engines import DATE_FORMATS, OVERFLOW, Engine, open_engine
from strategy.customers.reading.parsing import SYMBOLS
from strategy.customers.reading.reading import Table, read_table
from strategy.progress import Progress, silent

MEMORY = "1GB"
"""What one piece of work on a file may hold before rows go to disk."""
PREVIEW = 10
EITHER_DATE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2}(\d{2})?$")
EITHER_NUMBER = re.compile(r"^\D*\d{1,3}[.,]\d{3}\D*$")
WHOLE = re.compile(r"^[^.,]*$")


@dataclass(frozen=True)
class Source:
    """A file that was read, kept as Parquet in a private folder.

    rows        the Parquet file, columns as in `reading.Table`
    names, typed, head, notes  as in `reading.Table`
    proposals   the ways to take it, the likeliest first
    """

    rows: Path
    names: tuple[str, ...]
    typed: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    notes: dict[str, str]
    proposals: tuple[Proposal, ...]

    @property
    def contracts(self) -> bool:
        """Whether it is likeliest a list of contracts."""
        return self.proposals[0].contracts

    @property
    def purchases_guess(self) -> Columns | None:
        """The likeliest columns of purchases as they stand, or None where it cannot hold them."""
        found = (each.columns for each in self.proposals if each.shape.kind == "purchases")
        return next((columns for columns in found if isinstance(columns, Columns)), None)

    @property
    def contracts_guess(self) -> ContractColumns | None:
        """The likeliest columns of contracts as they stand, or None where it cannot hold them."""
        found = (each.columns for each in self.proposals if each.shape.kind == "contracts")
        return next((columns for columns in found if isinstance(columns, ContractColumns)), None)

    def values(self, name: str) -> list[str]:
        """What the first rows hold in a column, empty cells left out."""
        at = self.names.index(name)
        return [row[at] for row in self.head if row[at].strip()]

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns by which customers could be grouped."""
        guesses = (guess.segments for guess in (self.purchases_guess, self.contracts_guess) if guess)
        return tuple(dict.fromkeys(name for guess in guesses for name in guess))


def read_source(path: Path, into: Path, on_progress: Progress = silent) -> Source:
    """Reads a file and keeps its rows; the file itself and its folder stay as they are.

    into  a private folder that is there, for the rows and for all that is written meanwhile

    Raises PlannerError, with a remedy, for whatever is no table of purchases or contracts.
    """
    engine = open_engine("", MEMORY, inside=into)
    try:
        on_progress(0.1)
        table = read_table(path, engine)
        on_progress(0.7)
        proposals = propose(table)
        rows = into / "rows.parquet"
        engine.write(table.frame.select(*table.columns, *([OVERFLOW] if table.in_texts else [])), rows)
        return Source(rows, table.names, table.typed, table.head, table.notes, proposals)
    finally:
        engine.close()


def table_of(source: Source, engine: Engine) -> Table:
    """The rows again, on an engine."""
    return Table(engine, engine.read_parquet(source.rows), source.names, source.typed, source.head, source.notes)


def either_order(values: list[str]) -> tuple[str, ...]:
    """Codes of the formats that dates could be written in where day and month could change places, else nothing."""
    texts = list(map(plain_date, values))
    parts = [EITHER_DATE.match(text) for text in texts]
    found = [part for part in parts if part]
    if not found or any(int(part[1]) > 12 or int(part[2]) > 12 for part in found):
        return ()
    fitting = [code for code, way in DATE_FORMATS.items() if way.order and re.match(way.pattern, found[0][0])]
    return tuple(fitting)


def either_sign(values: list[str]) -> bool:
    """Whether a comma or point in amounts could separate thousands as well as cents."""
    return any(EITHER_NUMBER.match(value) for value in values) and all(
        EITHER_NUMBER.match(value) or WHOLE.match(value) for value in values
    )


def currencies_seen(source: Source, columns: Columns) -> tuple[str, ...]:
    """Currencies that the first rows name, in a column of their own or beside the amounts."""
    money = columns.amount or columns.price
    if columns.currency:
        texts = source.values(columns.currency)
    else:
        texts = [re.sub(r"[0-9.,()+\-\s]", "", value) for value in source.values(money)] if money else []
    codes = [SYMBOLS.get(text.strip().upper(), text.strip().upper() if columns.currency else "") for text in texts]
    return tuple(dict.fromkeys(code for code in codes if code))
