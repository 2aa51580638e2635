"""An Excel workbook to one text: its sheets with equal headings joined, the others passed over."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from strategy.customers.reading.sniffing import MOST_COLUMNS, Layout, layout_of
from strategy.errors import PlannerError
from strategy.unreadable import foreign

MOST_ROWS, LONGEST, EACH = 1_048_576, 120, 1000
"""Of a sheet: rows, empty ones included, as many as Excel's own have, and seconds, looked at each so many rows."""
UNPACKED_AT_MOST = 600_000_000
TEXTS_AT_MOST = 200_000_000
"""Bytes that the parts of an Excel file may say they unpack to: all together, and its table of texts."""


@dataclass(frozen=True)
class SheetText:
    """A sheet that was written as text.

    rows, columns  rows that are not empty, and the most cells that one of them fills
    dated          whether a cell of it is a day
    """

    name: str
    text: Path
    visible: bool
    rows: int
    columns: int
    dated: bool

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, int]:
        """How likely it holds the table: what is seen, of several columns, with days, then with most rows."""
        return self.rows > 1, self.visible, self.columns > 1, self.dated, self.rows


def workbook_as_text(path: Path, folder: Path, place: str, sheet: str | None = None) -> tuple[Path, tuple[str, ...]]:
    """The likeliest sheet with those of equal headings below it, as UTF-8 text, and their names.

    sheet  the one to read alone

    Raises PlannerError for what is no workbook, has no table, or no sheet of that name.
    """
    guard(path, place)
    sheets, refused = _sheets(path, folder, place, sheet)
    found = sorted((each for each in sheets if each.rows > 1), key=lambda each: each.rank, reverse=True)
    if not found:
        raise refused or PlannerError("no_rows", place=place, value="Excel")
    main = found[0]
    layout = _layout(main, place)
    if layout is None or sheet is not None:
        return main.text, (main.name,)
    alike = [each for each in sheets if each is main or (each.visible and main.visible and _same(each, layout, place))]
    if len(alike) == 1:
        return main.text, (main.name,)
    joined = folder / "joined.csv"
    with joined.open("w", encoding="utf-8", newline="") as out:
        for each in alike:
            _append(each.text, _layout(each, place), out, each is alike[0])
    return joined, tuple(each.name for each in alike)


def _sheets(path: Path, folder: Path, place: str, only: str | None) -> tuple[list[SheetText], PlannerError | None]:
    """All sheets as texts, in their order; why one was refused, where one was."""
    from openpyxl.reader.excel import ExcelReader

    found, refused = [], None
    with foreign("excel_broken", place), warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_chartsheet = lambda *_: None  # sheets that are charts hold no rows, and empty ones break it
        reader.read()
        book = reader.wb
        names = [str(sheet.title) for sheet in book.worksheets]
        if only is not None and only not in names:
            raise PlannerError("choice", place="sheet", value=only, expected=", ".join(names[:20]))
        until = monotonic() + LONGEST
        for number, sheet in enumerate(book.worksheets):
            if only is not None and sheet.title != only:
                continue
            sheet.reset_dimensions()
            copy = folder / f"sheet{number}.csv"
            try:
                rows, columns, dated = _sheet_as_text(sheet, copy, place, until)
            except PlannerError as error:
                refused = error
                if error.code != "too_many_columns":
                    raise
                continue
            found.append(SheetText(str(sheet.title), copy, sheet.sheet_state == "visible", rows, columns, dated))
    return found, refused


def _layout(sheet: SheetText, place: str) -> Layout | None:
    try:
        return layout_of(sheet.text, place)
    except PlannerError:
        return None


def _same(sheet: SheetText, layout: Layout, place: str) -> bool:
    """Whether a sheet has the same headings."""
    other = _layout(sheet, place) if sheet.rows > 1 else None
    return bool(
        other
        and layout.header
        and other.header
        and [name.casefold() for name in other.columns] == [name.casefold() for name in layout.columns]
    )


def _append(text: Path, layout: Layout | None, out: Any, headed: bool) -> None:
    """Writes the rows of a text, with its headings or without."""
    above = layout.preamble if layout else 0
    with text.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(islice(file, above, None), delimiter="\t")
        writer = csv.writer(out, delimiter="\t")
        writer.writerows(rows if headed else islice(rows, 1, None))


def guard(path: Path, place: str) -> None:
    """Refuses what would unpack to more than memory can take; sizes that lie end in a checksum error later."""
    with foreign("excel_broken", place), zipfile.ZipFile(path) as archive:
        parts = {part.filename: part.file_size for part in archive.infolist()}
    if "xl/workbook.xml" not in parts:
        raise PlannerError("other_kind", place=place, value="zip")
    texts = sum(size for name, size in parts.items() if name.endswith("sharedStrings.xml"))
    if sum(parts.values()) > UNPACKED_AT_MOST or texts > TEXTS_AT_MOST:
        raise PlannerError("excel_too_large", place=place, value=sum(parts.values()), limit=UNPACKED_AT_MOST)


def _sheet_as_text(sheet: Any, copy: Path, place: str, until: float) -> tuple[int, int, bool]:
    """Writes the rows that are not empty; how many those were, the most cells that one fills, and if one is a day.

    until  when it has taken too long, as `monotonic` counts
    """
    written, widest, dated = 0, 0, False
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        for row in _filled(sheet.iter_rows(values_only=True), place, until):
            writer.writerow([_cell(value) for value in row])
            written += 1
            widest = max(widest, sum(value is not None for value in row))
            dated = dated or any(isinstance(value, date) or _is_day(value) for value in row)
    return written, widest, dated


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and bool(re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", value))


def _filled(rows: Iterator[tuple[Any, ...]], place: str, until: float) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise PlannerError("too_many_rows", place=place, value=f"{MOST_ROWS}+", limit=MOST_ROWS)
        if number % EACH == 0 and monotonic() > until:
            raise PlannerError("takes_time", place=place, value=number, limit=LONGEST)
        if len(row) > MOST_COLUMNS and any(value is not None for value in islice(row, MOST_COLUMNS, None)):
            raise PlannerError("too_many_columns", place=place, value=len(row), limit=MOST_COLUMNS)
        if any(value is not None for value in row):
            yield row[:MOST_COLUMNS]


def _cell(value: Any) -> str:
    """A cell as text; numbers with six decimals or none, so that no point can pass for a thousands separator."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value).replace("\0", "")
