"""Rows of customer data as files to take along: Parquet, CSV, Excel. No text in them runs as a formula."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from strategy.exports.customer_columns import MONEY, Heading, headings
from strategy.words.spreadsheet import harmless
from strategy.words.wording import Wording

UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
MOST_EXCEL_ROWS = 200_000
"""Rows that a workbook is written for; more of them belong in CSV or Parquet."""
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
WIDEST, WIDTHS_FROM = 40, 200
"""Characters of the widest column, and rows that its width is taken from."""
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Endings of the files and their media types."""


NOTHING_TOLD: Mapping[str, Callable[[pa.ChunkedArray], pa.Array]] = MappingProxyType({})


@dataclass(frozen=True)
class About:
    """What rows are about.

    content   what they are, in the reader's language: the name of the sheet
    models    names of the models behind what is expected
    unit      "day", "week" or "month": of what is counted in time
    way       how customers are grouped, in the reader's language
    segments  the segment of each row, a text each, asked for when the file is written; None: no such column
    told      {column of codes: what says them in the reader's language}
    """

    content: str
    models: str = ""
    unit: str = "day"
    way: str = ""
    segments: Callable[[], pa.Array] | None = None
    told: Mapping[str, Callable[[pa.ChunkedArray], pa.Array]] = field(default_factory=lambda: NOTHING_TOLD)


def rows_as(path: Path, kind: str, say: Wording, about: About) -> bytes:
    """The rows of a Parquet file in another kind of KINDS.

    CSV and Excel have headings in the reader's language, money in cents and shares in four decimals; Parquet keeps
    technical names and every digit. Who bought once has no mean spend, not one of 0.
    """
    if kind == "parquet" and about.segments is None:
        return path.read_bytes()
    rows = _with_segments(_without_spend(pq.read_table(path)), about)
    if kind == "parquet":
        written = io.BytesIO()
        pq.write_table(rows, written)
        return written.getvalue()
    if {"frequency", "periods"} <= set(rows.column_names):  # of contracts these are two names of the same
        rows = rows.drop_columns([name for name in ("frequency", "mean_spend") if name in rows.column_names])
    for column, says in about.told.items():
        rows = rows.set_column(rows.column_names.index(column), column, says(rows[column]))
    told = headings(rows.column_names, say, about.models, about.unit, about.way)
    rows = _rounded(rows)
    return _csv(rows, told, say) if kind == "csv" else _excel(rows, told, say, about.content)


def fits_excel(path: Path) -> bool:
    """Whether there are few enough rows for a workbook."""
    return int(pq.read_metadata(path).num_rows) <= MOST_EXCEL_ROWS


def _with_segments(rows: pa.Table, about: About) -> pa.Table:
    if about.segments is None:
        return rows
    taken = {name.casefold() for name in rows.column_names}
    name = next(name for name in ("segment", "segment_shown", "segment_shown_now") if name not in taken)
    return rows.add_column(1, name, about.segments())


def _without_spend(rows: pa.Table) -> pa.Table:
    """Without a mean spend of nothing."""
    if not {"frequency", "mean_spend"} <= set(rows.column_names):
        return rows
    nothing = pc.and_(pc.equal(rows["frequency"], 0), pc.equal(rows["mean_spend"], 0))
    empty = pa.scalar(None, rows["mean_spend"].type)
    at = rows.column_names.index("mean_spend")
    return rows.set_column(at, "mean_spend", pc.if_else(nothing, empty, rows["mean_spend"]))


def _rounded(rows: pa.Table) -> pa.Table:
    """Money to cents, other fractions to four decimals; what is no number is empty."""
    for at, shape in enumerate(rows.schema):
        if pa.types.is_floating(shape.type):
            digits = _digits(shape.name)
            values = pc.round(pc.if_else(pc.is_finite(rows.column(at)), rows.column(at), None), digits)
            rows = rows.set_column(at, shape.name, values)
    return rows


def _digits(name: str) -> int:
    return 2 if name in MONEY else 4


# CSV -----------------------------------------------------------------------------------------------------------------


def _csv(rows: pa.Table, told: tuple[Heading, ...], say: Wording) -> bytes:
    """UTF-8 with its mark, which Excel asks for; with semicolons where a comma stands before decimals."""
    decimal = say.separators[0]
    for at, shape in enumerate(rows.schema):
        column = rows.column(at)
        if pa.types.is_string(shape.type) or pa.types.is_large_string(shape.type):
            texts = [text and harmless(text) for text in column.to_pylist()]
            rows = rows.set_column(at, shape.name, pa.array(texts, pa.string()))
        elif pa.types.is_boolean(shape.type):
            rows = rows.set_column(at, shape.name, pc.if_else(column, say.text("yes"), say.text("no")))
        elif pa.types.is_floating(shape.type) and decimal != ".":
            exact = column.cast(pa.decimal128(38, _digits(shape.name))).cast(pa.string())
            rows = rows.set_column(at, shape.name, pc.replace_substring(exact, ".", decimal))
    rows = rows.rename_columns([harmless(heading.title) for heading in told])
    written = io.BytesIO()
    written.write(b"\xef\xbb\xbf")
    csv.write_csv(rows, written, csv.WriteOptions(delimiter=";" if decimal == "," else ","))
    return written.getvalue()


# Excel ---------------------------------------------------------------------------------------------------------------


def _excel(rows: pa.Table, told: tuple[Heading, ...], say: Wording, content: str) -> bytes:
    """A sheet of rows with its heading in sight, and a sheet that says what each column holds."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    titles = [heading.title for heading in told]
    first = [tuple(titles), *_rows(rows.slice(0, WIDTHS_FROM))]
    name = _sheet_name(content)
    _sheet(book, name, chain([tuple(titles)], _rows(rows)), _widths(first))
    columns = [say.text("Column"), say.text("What it says"), say.text("Unit"), say.text("Source")]
    lines = [(heading.title, heading.meaning, heading.unit, heading.source) for heading in told]
    about = _sheet_name(say.text("About the columns"))
    _sheet(book, about if about != name else f"{about[:28]} 2", chain([tuple(columns)], lines), [32, 90, 20, 40])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet(book: Any, name: str, rows: Iterator[tuple[Any, ...]], widths: list[int]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value="")
        made.value = UNSHOWN.sub("", value)[:LONGEST_CELL]
        made.data_type = "s"  # a text, also where it starts with =
        return made

    bold = Font(bold=True)
    for number, row in enumerate(rows):
        cells = [cell(value) for value in row]
        if not number:
            for made in cells:
                made.font = bold
        sheet.append(cells)


def _sheet_name(content: str) -> str:
    return NO_SHEET_NAME.sub(" ", UNSHOWN.sub("", content)).strip(" '")[:LONGEST_SHEET_NAME] or "1"


def _widths(rows: list[tuple[Any, ...]]) -> list[int]:
    return [min(WIDEST, max(len(str(value)) for value in column) + 2) for column in zip(*rows, strict=True)]


def _rows(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in rows.to_batches(10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
