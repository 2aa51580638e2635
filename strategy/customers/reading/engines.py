"""Where customer data are computed: DuckDB inside this process, or the Spark cluster that the client already has.

An engine reads files, parses texts that may be no date or number, keeps and writes tables. All else is written once,
as Narwhals expressions, and gives the same numbers on every engine.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from strategy.customers.reading.folder import make_folder
from strategy.customers.reading.frames import DATE_FORMATS as DATE_FORMATS
from strategy.customers.reading.frames import OVERFLOW as OVERFLOW
from strategy.customers.reading.frames import DateFormat as DateFormat
from strategy.customers.reading.frames import Engine as Engine
from strategy.customers.reading.frames import Frame as Frame
from strategy.customers.reading.frames import failed
from strategy.errors import PlannerError

LEAST_MEMORY, MEMORY_PER_BYTE, MOST_MEMORY = 200_000_000, 8, 6_000_000_000
"""Bytes that DuckDB may hold: so many per byte of the file, between these ends; rows beyond it go to disk."""


def open_engine(address: str = "", memory: str = "", threads: int = 0, inside: Path | None = None) -> Engine:
    """The engine at an address.

    address  "" or "duckdb" for this process; "local[2]", "spark://host:7077" or "sc://host:15002" for Spark
    memory   what DuckDB may hold before it moves rows to disk, such as "4GB"; "" to go by the size of the file
    threads  of DuckDB; 0 for all cores
    inside   the folder in which DuckDB makes its own; None for a private one, swept if this process is killed

    Close it after use. Raises PlannerError for an address that names no engine.
    """
    if address in ("", "duckdb"):
        return DuckDB(memory, threads, inside)
    if address.startswith(("local", "spark://", "sc://", "yarn", "k8s://")):
        from strategy.customers.reading.spark import Spark

        return Spark(address)
    raise PlannerError("unknown_engine", place="engine", value=address)


class DuckDB:
    """DuckDB in this process; what does not fit in memory goes to a temporary folder."""

    def __init__(self, memory: str = "", threads: int = 0, inside: Path | None = None) -> None:
        self.folder = Path(mkdtemp(dir=inside)) if inside else make_folder()
        self._removed = finalize(self, shutil.rmtree, self.folder, True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.folder / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        settings |= {"memory_limit": memory or f"{LEAST_MEMORY}B"} | ({"threads": threads} if threads else {})
        self._connection = duckdb.connect(":memory:", config=settings)
        self._room = 0 if memory else LEAST_MEMORY
        self._numbers = count(1)

    def read_text(self, path: Path, delimiter: str, columns: Sequence[str], header: bool) -> Frame:
        """All columns as text, kept; quoted line breaks need the slower, single reader."""
        self._make_room(path)
        options = {
            "delim": delimiter, "header": header, "columns": dict.fromkeys((*columns, OVERFLOW), "VARCHAR"),
            "quote": '"', "escape": '"', "auto_detect": False, "null_padding": True, "strict_mode": False,
        }  # fmt: skip
        try:
            return self._table(f"SELECT * FROM read_csv({_literal(str(path))}, {_options(options)})")
        except duckdb.Error:
            options["parallel"] = False
        return self.keep(
            nw.from_native(self._sql(f"SELECT * FROM read_csv({_literal(str(path))}, {_options(options)})"))
        )

    def read_parquet(self, path: Path) -> Frame:
        """Lazy: only the columns that are used are read."""
        self._make_room(path)
        linked = self.folder / f"{next(self._numbers)}.parquet"
        linked.symlink_to(path.resolve())  # a name of ours: in a given one, DuckDB would read * and [ as wild cards
        parts = linked / "*.parquet" if path.is_dir() else linked
        return nw.from_native(self._sql(f"SELECT * FROM read_parquet({_literal(str(parts))})"))

    def try_dates(self, frame: Frame, texts: Mapping[str, tuple[str, DateFormat]]) -> Frame:
        """By try_strptime, numbers by counting days."""
        parsed = [
            duckdb.SQLExpression(_as_date(column, written)).alias(into) for into, (column, written) in texts.items()
        ]
        return _added(frame, *parsed)

    def try_number(self, frame: Frame, column: str, into: str) -> Frame:
        """By try_cast."""
        return _added(frame, duckdb.SQLExpression(f'try_cast("{column}" AS DOUBLE)').alias(into))

    def numbered(self, frame: Frame, into: str) -> Frame:
        """By a window without an order, which goes through the rows as they were read."""
        return self.keep(_added(frame, duckdb.SQLExpression("row_number() OVER ()").alias(into)))

    def keep(self, frame: Frame) -> Frame:
        """As a table in memory."""
        try:
            return self._table(frame.to_native().sql_query())
        except duckdb.Error as error:
            raise failed(error) from None

    def table(self, frame: Frame) -> pa.Table:
        """Through Arrow."""
        try:
            return frame.collect("pyarrow").to_native()
        except duckdb.Error as error:
            raise failed(error) from None

    def arrays(self, frame: Frame) -> dict[str, NDArray[Any]]:
        """Straight into NumPy."""
        try:
            home = frame.to_native().fetchnumpy()
        except duckdb.Error as error:
            raise failed(error) from None
        return {name: _without_mask(values) for name, values in home.items()}

    def write(self, frame: Frame, path: Path) -> None:
        """One file."""
        rows = frame.to_native()
        try:
            if path.suffix == ".parquet":
                rows.write_parquet(str(path))
            else:
                rows.write_csv(str(path), header=True)
        except duckdb.Error as error:
            raise failed(error) from None

    def write_home(self, frame: Frame, path: Path) -> None:
        """As it writes."""
        self.write(frame, path)

    def close(self) -> None:
        """Closes the connection and removes the temporary folder."""
        self._connection.close()
        self._removed()

    def _make_room(self, path: Path) -> None:
        """As much memory as the largest file needs, unless somebody said how much."""
        size = sum(file.stat().st_size for file in path.glob("*.parquet")) if path.is_dir() else path.stat().st_size
        needed = min(MEMORY_PER_BYTE * size, MOST_MEMORY)
        if 0 < self._room < needed:
            self._room = needed
            self._connection.execute(f"SET memory_limit = '{needed}B'")

    def _table(self, query: str) -> Frame:
        name = f"kept_{next(self._numbers)}"
        self._connection.execute(f"CREATE TABLE {name} AS {query}")
        return nw.from_native(self._connection.table(name))

    def _sql(self, query: str) -> duckdb.DuckDBPyRelation:
        try:
            return self._connection.sql(query)
        except duckdb.Error as error:
            raise failed(error) from None


def _as_date(column: str, written: DateFormat) -> str:
    if not written.per_day:
        return f'try_strptime("{column}", {_literal(written.strptime)})::DATE'
    number = f"""try_cast(replace("{column}", ',', '.') AS DOUBLE)"""
    return f"DATE {_literal(written.origin)} + floor({number} * {written.days} / {written.per_day})::INTEGER"


def _added(frame: Frame, *columns: duckdb.Expression) -> Frame:
    rows: duckdb.DuckDBPyRelation = frame.to_native()
    return nw.from_native(rows.select(duckdb.StarExpression(), *columns))


def _without_mask(values: Any) -> NDArray[Any]:
    """Nulls as NaN, NaT or None."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    stand_in, kind = {"i": (np.nan, "f8"), "f": (np.nan, "f8"), "M": (np.datetime64("NaT"), "M8[us]")}.get(
        values.dtype.kind, (None, "O")
    )
    found = np.asarray(values.data).astype(kind)
    found[np.ma.getmaskarray(values)] = stand_in
    return found


def _literal(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(entry)}" for key, entry in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else "'" + str(value).replace("'", "''") + "'"


def _options(options: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {_literal(value)}" for name, value in options.items())
