"""Rows of customer data as files to take along: Parquet, CSV, Excel. No text in them runs as a formula."""

import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from strategy.spreadsheet import harmless

UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_EXCEL_ROWS = 200_000
"""Rows that a workbook is written for; more of them belong in CSV or Parquet."""
LONGEST_CELL = 32_767
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Endings of the files and their media types."""


def rows_as(path: Path, kind: str) -> bytes:
    """The rows of a Parquet file in another kind of KINDS."""
    match kind:
        case "parquet":
            return path.read_bytes()
        case "csv":
            return _csv(pq.read_table(path))
    return _excel(pq.read_table(path))


def fits_excel(path: Path) -> bool:
    """Whether there are few enough rows for a workbook."""
    return int(pq.read_metadata(path).num_rows) <= MOST_EXCEL_ROWS


def _csv(rows: pa.Table) -> bytes:
    """UTF-8 with its mark, which Excel asks for."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            texts = [text and harmless(text) for text in rows.column(at).to_pylist()]
            rows = rows.set_column(at, field.name, pa.array(texts, pa.string()))
    rows = rows.rename_columns([harmless(name) for name in rows.column_names])
    written = io.BytesIO()
    written.write(b"\xef\xbb\xbf")
    csv.write_csv(rows, written)
    return written.getvalue()


def _excel(rows: pa.Table) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("customers")

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value="")
        made.value = UNSHOWN.sub("", value)[:LONGEST_CELL]
        made.data_type = "s"  # a text, also where it starts with =
        return made

    for row in chain([rows.column_names], _rows(rows)):
        sheet.append([cell(value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in rows.to_batches(10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
