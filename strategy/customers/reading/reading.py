"""A file as it comes (text, Excel, Parquet) to a table that an engine holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from tempfile import mkdtemp

import narwhals as nw

from strategy.customers.reading.frames import Engine, Frame
from strategy.customers.reading.parsing import Meanings, NumberReading, parse_numbers
from strategy.customers.reading.sniffing import CHUNK, SPACES, as_plain_text, kind_of, layout_of, named
from strategy.customers.reading.workbook import workbook_as_text
from strategy.errors import PlannerError
from strategy.unreadable import foreign

YEARS = (date.min, date.max)
HEAD_ROWS = 1000
LONGEST_CELL = 30
"""Lines in a cell above which a quotation mark must have been left open."""
MANY_LINES = rf"(\n[^\n]*){{{LONGEST_CELL}}}"


@dataclass(frozen=True)
class Table:
    """A file that was read: nothing judged yet.

    engine  what holds it
    frame   lazy rows; columns c0, c1, ... and, for texts, `OVERFLOW`
    names   the columns' own names, in order
    typed   per column: "date", "number" or "text", as stored in the file
    head    up to 1,000 rows as texts, to guess from and to show
    notes   how it was read: kind, and encoding, delimiter and header, or sheet
    parsed  numbers that were parsed before: they are needed for what is proposed, and for what is computed
    """

    engine: Engine
    frame: Frame
    names: tuple[str, ...]
    typed: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    notes: dict[str, str]
    parsed: dict[tuple[str, str | None], tuple[Meanings, NumberReading]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def column(self, name: str) -> str:
        """The frame's column of a name. Raises PlannerError for a name the file does not have."""
        if name not in self.names:
            raise PlannerError("unknown_column", place="file", value=name, known=list(self.names[:20]))
        return f"c{self.names.index(name)}"

    def type_of(self, name: str) -> str:
        """ "date", "number" or "text"."""
        return self.typed[self.names.index(name)]

    def values(self, name: str) -> list[str]:
        """What the first rows hold in a column, as texts, empty cells left out."""
        at = self.names.index(name)
        return [row[at] for row in self.head if row[at].strip()]

    def numbers(self, name: str, decimal: str | None, into: str) -> tuple[Meanings, NumberReading]:
        """The numbers that the texts of a column mean, and how they were read; see `parse_numbers`."""
        key = (self.column(name), decimal)
        if key not in self.parsed:
            self.parsed[key] = parse_numbers(self.engine, self.frame, key[0], decimal, "parsed")
        meanings, reading = self.parsed[key]
        return meanings.called(into), reading

    @property
    def in_texts(self) -> bool:
        """Whether the file was text or Excel: every cell a text, and the engine keeps them."""
        return self.notes["kind"] != "parquet"

    @property
    def columns(self) -> list[str]:
        """The frame's own columns, in order."""
        return [f"c{number}" for number in range(len(self.names))]


def save_upload(content: bytes, engine: Engine) -> Path:
    """An uploaded file as a file that the engine can read, removed when the engine is closed."""
    path = Path(mkdtemp(dir=engine.folder)) / "upload"
    path.write_bytes(content)
    return path


def read_table(path: Path, engine: Engine, place: str = "file", sheet: str | None = None) -> Table:
    """Reads a file of transactions or contracts; what it is shows from its content, not from its name.

    place  what to call the file in messages
    sheet  of a workbook; None: all with the headings of the one that holds most

    Raises PlannerError, with a remedy, for whatever is no table with rows.
    """
    try:
        kind = kind_of(path) if path.is_file() else "parquet" if any(path.glob("*.parquet")) else "missing"
    except OSError as error:
        raise PlannerError("no_file", place=place, value=error.strerror) from None
    if kind == "missing":
        raise PlannerError("no_file", place=place, value="no such file")
    if kind == "empty":
        raise PlannerError("empty_file", place=place, value=path.stat().st_size)
    if kind == "encrypted":
        raise PlannerError("encrypted", place=place, value="Excel")
    if kind in ("xls", "gzip", "PDF"):
        raise PlannerError("other_kind", place=place, value=kind)
    table = _parquet(path, engine, place) if kind == "parquet" else _text(path, engine, place, kind, sheet)
    if not table.head:
        raise PlannerError("no_rows", place=place, value=", ".join(table.names))
    return table


def _text(path: Path, engine: Engine, place: str, kind: str, sheet: str | None) -> Table:
    notes, folder = {"kind": kind}, Path(mkdtemp(dir=engine.folder))
    if kind == "excel":
        path, sheets = workbook_as_text(path, folder, place, sheet)
        notes["sheet"] = ", ".join(sheets)
        notes |= {"sheets": str(len(sheets))} if len(sheets) > 1 else {}
    with foreign("no_text", place):
        layout = layout_of(path, place)
    if kind == "text":
        header = "yes" if layout.header else "no"
        notes |= {"encoding": layout.encoding, "delimiter": layout.delimiter, "header": header}
    with foreign("no_text", place):
        plain = as_plain_text(path, layout, folder)
    delimiter = "\t" if layout.delimiter == SPACES else layout.delimiter
    columns = [f"c{number}" for number in range(len(layout.columns))]
    frame = engine.read_text(plain, delimiter, columns, layout.header)
    if kind == "text":
        _check_quotes(engine, frame, plain, columns, place)
    return Table(
        engine, frame, layout.columns, ("text",) * len(columns), head_of(engine, frame.select(*columns)), notes
    )


def _check_quotes(engine: Engine, frame: Frame, plain: Path, columns: list[str], place: str) -> None:
    """Refuses a file in which a quotation mark that is never closed swallows rows."""
    with plain.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK), b""))
    if lines - int(engine.arrays(frame.select(rows=nw.len()))["rows"][0]) <= LONGEST_CELL:
        return
    swallows = nw.any_horizontal(*(nw.col(name).str.contains(MANY_LINES) for name in columns), ignore_nulls=True)
    found = engine.arrays(frame.filter(swallows).head(1))
    cells = [str(found[name][0]) for name in columns if len(found[name]) and found[name][0] is not None]
    if cells:
        raise PlannerError("open_quote", place=place, value=max(cells, key=len).split("\n")[0][:80])


def _parquet(path: Path, engine: Engine, place: str) -> Table:
    try:
        return _columnar(engine.read_parquet(path), engine, place)
    except PlannerError as error:
        if error.code != "engine_failed":
            raise
        raise PlannerError("parquet_broken", place=place, value=error.fields["value"]) from None


def _columnar(frame: Frame, engine: Engine, place: str) -> Table:
    """Columns that have types already."""
    schema = frame.collect_schema()
    names = named(tuple(schema.names()), place)
    frame = frame.select(*(_plain(name, kind).alias(f"c{n}") for n, (name, kind) in enumerate(schema.items())))
    typed = tuple("date" if _is_date(kind) else "number" if kind.is_numeric() else "text" for kind in schema.dtypes())
    return Table(engine, frame, names, typed, head_of(engine, frame), {"kind": "parquet"})


def _plain(name: str, kind: nw.dtypes.DType) -> nw.Expr:
    """A column as dates, numbers or texts; days beyond Python's years are the first and the last of those."""
    if _is_date(kind):
        first, last = (nw.lit(end if isinstance(kind, nw.Date) else datetime.combine(end, time())) for end in YEARS)
        return nw.when(nw.col(name) < first).then(first).when(nw.col(name) > last).then(last).otherwise(nw.col(name))
    return nw.col(name) if kind.is_numeric() else nw.col(name).cast(nw.String)


def _is_date(kind: nw.dtypes.DType) -> bool:
    return isinstance(kind, nw.Date | nw.Datetime)


def head_of(engine: Engine, frame: Frame) -> tuple[tuple[str, ...], ...]:
    """The first rows as texts."""
    texts = engine.arrays(frame.head(HEAD_ROWS).select(nw.all().cast(nw.String)))
    return tuple(tuple("" if cell is None else str(cell) for cell in row) for row in zip(*texts.values(), strict=True))
