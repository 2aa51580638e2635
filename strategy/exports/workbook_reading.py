"""A filled-in workbook to rows of values with the cell that each came from; nothing judged beyond the cells."""

import json
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from strategy.case.case_file import MAX_BYTES
from strategy.errors import PlannerError
from strategy.exports.workbook_columns import (
    AS_JSON,
    BY_CODE,
    CHOICES,
    FIRM,
    HEADING,
    MARK,
    SHEETS,
    VALUE,
    Sheet,
    SheetColumn,
)
from strategy.unreadable import foreign
from strategy.words.wording import LANGUAGES, Wording

UNPACKED_AT_MOST = 30_000_000
"""Bytes that the parts of a workbook may say they unpack to, all together."""
MOST_ROWS, MOST_COLUMNS, CODE_WITHIN = 100_000, 1000, 20
"""Of one sheet: rows, empty ones included, columns, and the rows among which its codes stand."""
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]{0,300}\bref="([A-Z]+\d+:[A-Z]+(\d+))"')
UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]{0,300}\bt="str")[^>]{0,300}>\s*<(?:\w+:)?f\b[^>]{0,300}(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|</)"
)
"""In the XML of a sheet, which openpyxl does not tell where it reads row by row: merged cells, and formulas without a
result; an empty text is one."""


@dataclass(frozen=True)
class Row:
    """A row as filled in.

    values  {column: text, number, whole number, [low, likely, high] or code of a choice}; empty ones are left out
    places  {column: its cell}, such as "Segments!C7"; of every column
    """

    values: Mapping[str, Any]
    places: Mapping[str, str]

    @property
    def place(self) -> str:
        """The first cell of the row."""
        return next(iter(self.places.values()))


@dataclass(frozen=True)
class _Cell:
    """What stands in a cell: its value, openpyxl's type of it, and where."""

    value: Any
    kind: str
    place: str


@dataclass(frozen=True)
class _Line:
    """A row of a sheet: the cells that are not empty, by position."""

    title: str
    number: int
    cells: Mapping[int, _Cell]

    @property
    def first(self) -> str:
        """What stands in the hidden first column."""
        return str(self.cells[0].value).strip() if 0 in self.cells else ""

    def place(self, at: int) -> str:
        """The cell at a position: "Segments!C7"."""
        return _place(self.title, at, self.number)


def is_workbook(content: bytes) -> bool:
    """Whether a file is meant to be an Excel workbook, by its first bytes."""
    return content.startswith(b"PK\x03\x04")


def read_rows(content: bytes) -> dict[str, list[Row]]:
    """The rows of every sheet by its code; of the firm one row. Raises PlannerError naming sheet, cell and rule."""
    _guard(content)
    from openpyxl import load_workbook

    found: dict[str, list[Row]] = {}
    titles: dict[str, str] = {}
    formulas: Any = None
    with foreign("excel_broken", "file"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for number, page in enumerate(book.worksheets):
            with page._get_source() as source:
                xml = source.read()
            unknown = UNCOMPUTED.search(xml) is not None
            if unknown and formulas is None:
                formulas = load_workbook(BytesIO(content), read_only=True, keep_links=False).worksheets
            code, rows = _sheet(page, formulas[number] if unknown else None, xml)
            if code in titles:
                raise PlannerError("sheet_twice", place=page.title, value=titles[code])
            if code:
                titles[code], found[code] = page.title, rows
    for sheet in SHEETS:
        if sheet.code not in found:
            raise PlannerError("sheet_missing", place="file", value=_in_all_languages(sheet.title))
    return found


def _guard(content: bytes) -> None:
    """Refuses what is no workbook or would unpack to more than a case can need; sizes that lie fail on reading."""
    if len(content) > MAX_BYTES:
        raise PlannerError("too_large", place="file", value=len(content), limit=MAX_BYTES)
    with foreign("excel_broken", "file"), zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {part.filename: part.file_size for part in archive.infolist()}
    if "xl/workbook.xml" not in parts:
        raise PlannerError("not_our_workbook", place="file", value="zip")
    if sum(parts.values()) > UNPACKED_AT_MOST:
        raise PlannerError("excel_too_large", place="file", value=sum(parts.values()), limit=UNPACKED_AT_MOST)


def _in_all_languages(message: str) -> str:
    return " / ".join(dict.fromkeys(Wording(language).text(message) for language in LANGUAGES))


# Sheets --------------------------------------------------------------------------------------------------------------


def _sheet(page: Any, formulas: Any, xml: bytes) -> tuple[str, list[Row]]:
    """The code of a sheet, "" where it is not one of ours, and its rows.

    formulas  the same sheet with formulas instead of results, where some have none
    """
    sheet: Sheet | None = None
    names: dict[int, str] = {}
    rows: list[Row] = []
    fields: dict[str, Row] = {}
    headed = True
    for line in _lines(page, formulas):
        if sheet is None:
            if line.first.startswith(MARK):
                sheet = BY_CODE.get(line.first.removeprefix(MARK))
                names = _names(sheet, line) if sheet else {}
            if sheet is None and (line.first or line.number > CODE_WITHIN):
                return "", []
            continue
        if line.first == HEADING:
            continue
        if headed:
            _refuse_merged(page.title, xml, line.number)
            headed = False
        if sheet is FIRM:
            fields |= _field(line, names)
        elif row := _row(sheet, line, names):
            rows.append(row)
            if len(rows) > sheet.most_rows:
                raise PlannerError("too_many_rows", place=page.title, value=f"{len(rows)}+", limit=sheet.most_rows)
    if sheet is None:
        return "", []
    return sheet.code, [_firm(fields, page.title)] if sheet is FIRM else rows


def _lines(page: Any, formulas: Any) -> Iterator[_Line]:
    """The rows of a sheet, its formulas as what they came to, or as they are where nobody computed them."""
    title = str(page.title)
    with foreign("excel_broken", title):
        for number, (row, written) in enumerate(_twice(page, formulas), 1):
            if number > MOST_ROWS:
                raise PlannerError("too_many_rows", place=title, value=f"{MOST_ROWS}+", limit=MOST_ROWS)
            if len(row) > MOST_COLUMNS:
                raise PlannerError("too_many_columns", place=title, value=len(row), limit=MOST_COLUMNS)
            cells = {}
            for at, (cell, formula) in enumerate(zip(row, written, strict=True)):
                value, kind = cell.value, cell.data_type
                if value is None and kind != "str" and formula.data_type == "f":
                    value, kind = formula.value, "f"
                if value is not None and not (isinstance(value, str) and not value.strip()):
                    cells[at] = _Cell(value, kind, _place(title, at, number))
            yield _Line(title, number, cells)


def _twice(page: Any, formulas: Any) -> Iterator[tuple[Any, Any]]:
    """Each row with its results and with its formulas; with its results twice where all have one."""
    page.reset_dimensions()
    if formulas is None:
        return ((row, row) for row in page.iter_rows())
    formulas.reset_dimensions()
    return zip(page.iter_rows(), formulas.iter_rows(), strict=True)


def _place(title: str, at: int, number: int) -> str:
    letters, left = "", at + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{title}!{letters}{number}"


def _names(sheet: Sheet, line: _Line) -> dict[int, str]:
    """The column at each position. Raises PlannerError where one is missing or stands twice."""
    names = {at: str(cell.value).strip() for at, cell in line.cells.items() if at}
    columns = {} if sheet is FIRM else {code: column for column in sheet.read for code in column.codes}
    wanted = {VALUE: sheet.title} if sheet is FIRM else {code: column.title for code, column in columns.items()}
    for code, title in wanted.items():
        places = [line.place(at) for at, name in names.items() if name == code]
        if not places and not (code in columns and columns[code].later):
            raise PlannerError("column_missing", place=line.title, value=_in_all_languages(title), within=code)
        if len(places) > 1:
            raise PlannerError("duplicate_columns", place=line.title, value=code, columns=places)
    return {at: name for at, name in names.items() if name in wanted or name.startswith(HEADING)}


def _refuse_merged(title: str, xml: bytes, first: int) -> None:
    """From the first row to fill in on: of merged cells only the first keeps what was typed, the others are lost."""
    for cells, last in MERGED.findall(xml):
        if int(last) >= first:
            raise PlannerError("merged_cells", place=title, value=cells.decode())


def _filled(line: _Line, names: Mapping[int, str]) -> dict[str, _Cell]:
    """The cells of a row by column; what is only for people left out. Raises PlannerError for what has no column."""
    filled = {}
    for at, cell in line.cells.items():
        name = names.get(at, "")
        if not name and at:
            raise PlannerError("cell_outside", place=cell.place, value=cell.value)
        if at and not name.startswith(HEADING):
            filled[name] = cell
    return filled


def _row(sheet: Sheet, line: _Line, names: Mapping[int, str]) -> Row | None:
    """A row of a table, None where nothing is filled in."""
    filled = _filled(line, names)
    if not filled:
        return None
    places = {name: line.place(at) for at, name in sorted(names.items()) if not name.startswith(HEADING)}
    values = {column.code: _value(column, filled, places) for column in sheet.read}
    return Row({code: value for code, value in values.items() if value is not None}, places)


def _field(line: _Line, names: Mapping[int, str]) -> dict[str, Row]:
    """A row of the firm: one number or text."""
    column = next((column for column in FIRM.columns if column.code == line.first), None)
    cell = _filled(line, names).get(VALUE)
    if column is None:
        if cell is not None:
            raise PlannerError("cell_outside", place=cell.place, value=cell.value)
        return {}
    place = line.place(next(at for at, name in names.items() if name == VALUE))
    value = _value(column, {column.code: cell} if cell else {}, {column.code: place})
    return {column.code: Row({} if value is None else {column.code: value}, {column.code: place})}


def _firm(fields: Mapping[str, Row], title: str) -> Row:
    """The rows of the firm as one. Raises PlannerError where one is missing."""
    for column in FIRM.columns:
        if column.code not in fields:
            raise PlannerError("row_missing", place=title, value=_in_all_languages(column.title) or column.code)
    values = {code: value for row in fields.values() for code, value in row.values.items()}
    return Row(values, {code: place for row in fields.values() for code, place in row.places.items()})


# Cells ---------------------------------------------------------------------------------------------------------------


def _value(column: SheetColumn, row: Mapping[str, _Cell], places: Mapping[str, str]) -> Any:
    """What a column holds in a row; None where it is empty. Raises PlannerError naming the cell."""
    filled = {code: row[code] for code in column.codes if code in row}
    if not filled and not column.required:
        return None
    if column.code not in filled:
        raise PlannerError("cell_empty", place=places[column.code], value=None)
    for cell in filled.values():
        if cell.kind == "f":
            raise PlannerError("formula_not_computed", place=cell.place, value=cell.value)
        if cell.kind == "e":
            raise PlannerError("cell_error", place=cell.place, value=cell.value)
    cell = filled[column.code]
    match column.kind:
        case "text" | "segment":
            return _text(cell, column.longest)
        case "choice":
            return _choice(cell, column)
        case "whole":
            number = _number(cell)
            return int(number) if isinstance(number, float) and number.is_integer() else number
        case "estimate" if len(filled) > 1:
            return tuple(_number(filled.get(code, cell)) for code in column.codes)
        case _:
            return _number(cell)


def _number(cell: _Cell) -> float | int:
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        raise PlannerError("cell_number", place=cell.place, value=cell.value)
    return cell.value


def _text(cell: _Cell, longest: int) -> str:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)
    if not isinstance(value, str):
        raise PlannerError("cell_text", place=cell.place, value=value)
    if value.startswith(AS_JSON):
        try:
            value = str(json.loads(value.removeprefix(AS_JSON[:-1])))
        except ValueError:
            raise PlannerError("cell_text", place=cell.place, value=value) from None
    if len(value) > longest:
        raise PlannerError("text_too_long", place=cell.place, value=len(value), limit=longest)
    return value


def _choice(cell: _Cell, column: SheetColumn) -> str:
    """The code of a choice, from its name in any language or from the code itself."""
    said = " ".join(str(cell.value).casefold().split())
    for code, name in CHOICES[column.choices].items():
        names = (Wording(language).text(name).casefold() for language in LANGUAGES)
        if said == code or said in names:
            return code
    allowed = ", ".join(_in_all_languages(name) for name in CHOICES[column.choices].values())
    raise PlannerError("choice", place=cell.place, value=cell.value, expected=allowed)
