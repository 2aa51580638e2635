"""A client's file as it was brought: read once, kept as Parquet, its columns guessed and still to be confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from strategy.customers.reading.columns import (
    TIME_OF_DAY,
    Columns,
    ContractColumns,
    guess_columns,
    guess_contract_columns,
    looks_like_contracts,
)
from strategy.customers.reading.engines import DATE_FORMATS, OVERFLOW, Engine, open_engine
from strategy.customers.reading.parsing import SYMBOLS
from strategy.customers.reading.reading import Table, read_table
from strategy.errors import PlannerError
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
    contracts   whether it looks like a list of contracts
    purchases_guess, contracts_guess  the likeliest columns, or None where a file cannot be such a file
    """

    rows: Path
    names: tuple[str, ...]
    typed: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    notes: dict[str, str]
    contracts: bool
    purchases_guess: Columns | None
    contracts_guess: ContractColumns | None

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
        contracts = looks_like_contracts(table)
        guesses = _guesses(table, contracts)
        rows = into / "rows.parquet"
        engine.write(table.frame.select(*table.columns, *([OVERFLOW] if table.in_texts else [])), rows)
        return Source(rows, table.names, table.typed, table.head, table.notes, contracts, *guesses)
    finally:
        engine.close()


def _guesses(table: Table, contracts: bool) -> tuple[Columns | None, ContractColumns | None]:
    """Both guesses; the error of the likelier one where neither can be made."""
    purchases: Columns | None = None
    running: ContractColumns | None = None
    errors: dict[bool, PlannerError] = {}
    try:
        purchases = guess_columns(table)
    except PlannerError as error:
        errors[False] = error
    try:
        running = guess_contract_columns(table)
    except PlannerError as error:
        errors[True] = error
    if len(errors) == 2:
        raise errors[contracts]
    return purchases, running


def table_of(source: Source, engine: Engine) -> Table:
    """The rows again, on an engine."""
    return Table(engine, engine.read_parquet(source.rows), source.names, source.typed, source.head, source.notes)


def either_order(values: list[str]) -> tuple[str, ...]:
    """Codes of the formats that dates could be written in where day and month could change places, else nothing."""
    texts = [re.sub(TIME_OF_DAY, "", value).strip() for value in values]
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
