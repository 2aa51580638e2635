"""How the workbook of a case looks: sheets with titles in the reader's language, input cells marked and checked."""

import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from strategy.case.beliefs import origin_key
from strategy.case.case import Case
from strategy.case.editing import numbers_of
from strategy.case.levers import LEVER_CODES, LEVERS, METRICS, RATES
from strategy.charts.drawing.chart import COLOURS
from strategy.errors import PlannerError
from strategy.explanations.telling import number_name
from strategy.exports.workbook_columns import (
    AS_JSON,
    BY_CODE,
    CHOICES,
    ENDS,
    FIRM,
    HEADING,
    HOW,
    LONGEST_TEXT,
    MARK,
    SHEETS,
    UNITS,
    VALUE,
    YELLOW,
    Sheet,
    SheetColumn,
)
from strategy.words.messages import LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import Wording

ABOUT, TITLE, ENDS_ROW, FIRST = 1, 2, 3, 4
"""Rows of a sheet, counted from 0: what to do there, titles, the ends of an estimate, the first to fill in."""
SPARE = 12
"""Rows to fill in below the last one."""
INPUT, LINE, GREY, INK, WHITE = "#FFF8E1", "#D9D9D9", "#595959", COLOURS["plan"], "#FFFFFF"
DARK = 0.28
"""Luminance below which a colour wants white letters."""
UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\ufffe\uffff]|x005F_|_x[0-9A-Fa-f]{4}_|^\s|\s$|^" + AS_JSON)
"""What Excel files cannot hold as it is: control characters, what looks like their escapes, outer spaces."""


class _Exact(float):
    """A number that xlsxwriter writes with every digit it has, where it would round to sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0")


class _Book:
    """A workbook being written, with its formats."""

    def __init__(self, case: Case, say: Wording) -> None:
        from xlsxwriter import Workbook

        self.case, self.say = case, say
        self.content = BytesIO()
        self.file = Workbook(self.content, {"in_memory": True})
        self.numbers = {origin_key(key): key for key in numbers_of(case)}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **look: Any) -> Any:
        """A format, one of each kind."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({"valign": "vcenter", **look})
        return self._formats[key]

    def unit(self, unit: str) -> str:
        """A unit in words; "" where there is none."""
        if unit in ("money", "flow"):
            per = " " + self.say.per(self.case.period) if unit == "flow" else ""
            return self.say.currency_symbol + per
        return self.say.text(UNITS[unit]) if unit else ""


def draw(case: Case, rows: Mapping[str, Sequence[Mapping[str, Any]]], say: Wording) -> bytes:
    """The workbook with these rows on its sheets, {sheet: [{column: value}]}; an estimate is one number or three."""
    book = _Book(case, Wording(say.language, case.currency))
    _how(book)
    for sheet in SHEETS:
        if sheet is FIRM:
            _firm(book, rows["firm"][0])
        else:
            _table(book, sheet, rows[sheet.code])
    book.file.close()
    return book.content.getvalue()


def _how(book: _Book) -> None:
    say = book.say
    page = book.file.add_worksheet(say.text("How to"))
    page.set_tab_color(INK)
    page.hide_gridlines(2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    heading = book.format(bold=True, font_size=16, font_color=INK)
    page.write_string(0, 0, say.text("How to fill in this workbook"), heading)
    levers = say.text(BY_CODE["levers"].title)
    for number, line in enumerate(HOW, 1):
        look = {"bg_color": INPUT, "border": 1, "border_color": LINE} if number == YELLOW else {}
        page.write_string(number + 1, 0, str(number), book.format(align="right", font_color=GREY, **look))
        text = say.text(line, currency=book.case.currency, levers=levers)
        page.write_string(number + 1, 1, text, book.format(text_wrap=True))
    for number, sheet in enumerate(SHEETS, len(HOW) + 3):
        title = say.text(sheet.title)
        page.write_url(number, 0, f"internal:'{title}'!A1", book.format(bold=True, font_color=INK), title)
        page.write_string(number, 1, say.text(sheet.about), book.format(text_wrap=True))


def _page(book: _Book, sheet: Sheet, colour: str = INK) -> Any:
    """A sheet with its code in the hidden first row and column."""
    page = book.file.add_worksheet(book.say.text(sheet.title))
    page.set_tab_color(colour)
    page.hide_gridlines(2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_row(0, None, None, {"hidden": True})
    page.set_column(0, 0, 8, None, {"hidden": True})
    page.write_string(0, 0, MARK + sheet.code)
    page.write_string(ABOUT, 0, HEADING)
    page.set_row(ABOUT, 24)
    page.write_string(ABOUT, 1, book.say.text(sheet.about), book.format(bold=True, font_size=12, font_color=INK))
    return page


def _firm(book: _Book, values: Mapping[str, Any]) -> None:
    page = _page(book, FIRM)
    page.set_column(1, 1, 54)
    page.set_column(2, 2, 34)
    page.write_string(0, 1, HEADING + "what")
    page.write_string(0, 2, VALUE)
    for row, column in enumerate(FIRM.columns, TITLE):
        page.write_string(row, 0, column.code)
        page.write_string(row, 1, _title(book, column, ", "), book.format(font_color=GREY))
        _input(book, page, row, 2, column, values.get(column.code))
        if column.title:
            _check(book, page, [(row, 2, row, 2)], column)
        else:
            page.set_row(row, None, None, {"hidden": True})
    page.freeze_panes(TITLE, 0)


def _table(book: _Book, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
    page = _page(book, sheet)
    last = FIRST + len(rows) + SPARE - 1
    at, start = {}, 1
    for column in sheet.columns:
        at[column] = start
        _heading(book, page, column, start)
        start += len(column.codes)
    for row in (TITLE, ENDS_ROW):
        page.write_string(row, 0, HEADING)
    page.set_row(TITLE, 64)
    for number in range(len(rows) + SPARE):
        values = rows[number] if number < len(rows) else {}
        for column, start in at.items():
            _cells(book, page, (FIRST + number, start), sheet, column, values)
    for column, start in at.items():
        for width in range(len(column.codes)):
            if sheet.code == "levers" and column.unit == "metric":
                _check_by_lever(book, page, start + width, column, rows)
            else:
                _check(book, page, [(FIRST, start + width, last, start + width)], column)
        if column.choices == "lever":
            _colour_levers(book, page, (FIRST, start, last, start))
    page.freeze_panes(FIRST, 1 + sum(len(column.codes) for column in sheet.columns[: sheet.fixed]))


def _title(book: _Book, column: SheetColumn, between: str) -> str:
    title, unit = book.say.text(column.title), book.unit(column.unit)
    return title[:1].upper() + title[1:] + (f"{between}{unit}" if unit else "")


def _heading(book: _Book, page: Any, column: SheetColumn, start: int) -> None:
    look = {"bold": True, "bg_color": INK, "font_color": WHITE, "text_wrap": True, "border": 1, "border_color": LINE}
    book_title, title = book.format(**look, align="center"), _title(book, column, "\n")
    for offset, code in enumerate(column.codes):
        page.write_string(0, start + offset, code)
        page.set_column(start + offset, start + offset, column.width)
    if column.kind != "estimate":
        page.merge_range(TITLE, start, ENDS_ROW, start, "", book.format(**look))
        page.write_string(TITLE, start, title, book.format(**look))
        return
    page.merge_range(TITLE, start, TITLE, start + 2, "", book_title)
    page.write_string(TITLE, start, title, book_title)
    for offset, end in enumerate(ENDS.values()):
        page.write_string(ENDS_ROW, start + offset, book.say.text(end), book_title)


# Cells ---------------------------------------------------------------------------------------------------------------


def _cells(
    book: _Book, page: Any, place: tuple[int, int], sheet: Sheet, column: SheetColumn, values: Mapping[str, Any]
) -> None:
    """What stands in a column of a row: one cell, or the three of an estimate."""
    row, start = place
    value = values.get(column.code)
    unit = column.unit if column.unit != "metric" else _unit(values)
    if column.kind == "note":
        _note(book, page, place, sheet, column, values)
    elif column.kind != "estimate":
        _input(book, page, row, start, column, value, unit)
    else:
        ends = value if isinstance(value, list) else (None, value, None)
        for offset, end in enumerate(ends):
            _input(book, page, row, start + offset, column, end, unit)


def _unit(values: Mapping[str, Any]) -> str:
    """The unit of what a row moves."""
    metric = values.get("metric") or _metric(values.get("lever", ""))
    return METRICS[metric].unit if metric else ""


def _metric(lever: str) -> str:
    return LEVERS[lever].metric if lever in LEVERS else ""


def _note(
    book: _Book, page: Any, place: tuple[int, int], sheet: Sheet, column: SheetColumn, values: Mapping[str, Any]
) -> None:
    """What people read beside what they fill in: a segment's name, a metric with its unit, what a number is."""
    look = book.format(font_color=GREY, italic=True)
    if column.code == "changed":
        _text(page, *place, str(values.get("changed", "")), look)
    elif sheet.code == "origins":
        key = book.numbers.get(values.get("number", ""))
        _text(page, *place, number_name(book.case, key, book.say) if key else "", look)
    elif column.code == "metric":
        if metric := _metric(values.get("lever", "")):
            text = f"{book.say.text(METRIC_NAMES[metric])}, {book.unit(_unit(values))}"
            _text(page, *place, text, look)
    else:
        from xlsxwriter.utility import xl_rowcol_to_cell

        beside = xl_rowcol_to_cell(place[0], place[1] - 1)
        formula = f'=IFERROR(INDEX({_segments(book, "C")},MATCH({beside},{_segments(book, "B")},0)),"")'
        names = {segment.id: segment.name for segment in book.case.segments}
        page.write_formula(*place, formula, look, _writable(names.get(values.get(column.code, ""), "")) or " ")


def _segments(book: _Book, letter: str) -> str:
    """The cells of the segments' codes (column B) or names (C)."""
    title = book.say.text(BY_CODE["segments"].title)
    return f"'{title}'!${letter}${FIRST + 1}:${letter}${FIRST + len(book.case.segments) + SPARE}"


def _input(book: _Book, page: Any, row: int, at: int, column: SheetColumn, value: Any, unit: str | None = None) -> None:
    """A cell to fill in."""
    unit = column.unit if unit is None else unit
    look: dict[str, Any] = {"bg_color": INPUT, "border": 1, "border_color": LINE}
    if column.kind in ("text", "segment", "choice"):
        look |= {"num_format": "@"} if column.kind != "choice" else {}
        look |= {"text_wrap": True} if column.width > 40 else {}
        if column.kind == "choice" and value is not None:
            value = book.say.text(CHOICES[column.choices][value])
        _text(page, row, at, value or "", book.format(**look))
    else:
        look["num_format"] = _pattern(value, unit)
        if value is None:
            page.write_blank(row, at, None, book.format(**look))
        else:
            page.write_number(row, at, _Exact(value), book.format(**look))


def _pattern(value: float | None, unit: str) -> str:
    """How a number shows; what it holds is never rounded."""
    if unit == "share":
        return "0%" if value is not None and float(round(value * 100)) == round(value * 100, 9) else "0.0####%"
    if unit in ("money", "flow", "people"):
        return "#,##0" if value is not None and float(value).is_integer() else "#,##0.00####"
    return "General"


def _text(page: Any, row: int, at: int, text: str, look: Any) -> None:
    """A text as text, whatever it looks like."""
    if not text:
        page.write_blank(row, at, None, look)
        return
    written = _writable(text)
    if len(written) > LONGEST_TEXT:
        raise PlannerError("text_too_long", place=f"{page.get_name()}", value=len(written), limit=LONGEST_TEXT)
    page.write_string(row, at, written, look)


def _writable(text: str) -> str:
    """A text, or where a cell cannot hold it its JSON, so that it comes back as it was."""
    return "json:" + json.dumps(text).replace("_", "\\u005f") if UNWRITABLE.search(text) else text


# Rules ---------------------------------------------------------------------------------------------------------------


Cells = tuple[int, int, int, int]
"""First row and column, last row and column."""


def _check(book: _Book, page: Any, cells: Sequence[Cells], column: SheetColumn, rate: bool = False) -> None:
    """The rule that Excel keeps while somebody types; a rate lies from 0 to 1."""
    say = book.say
    share = rate or column.unit == "share"
    low, high = (0.0, 1.0) if rate else column.rule
    shown = [say.percent(x, None) if share else say.number(x) for x in (low, high)]
    rule: dict[str, Any]
    match column.kind:
        case "number" | "estimate" | "whole":
            message = say.text("Give a number from {low} to {high}.", low=shown[0], high=shown[1])
            kind = "integer" if column.kind == "whole" else "decimal"
            rule = {"validate": kind, "criteria": "between", "minimum": low, "maximum": high, "error_message": message}
        case "choice":
            rule = {"validate": "list", "source": [say.text(name) for name in CHOICES[column.choices].values()]}
        case "segment":
            rule = {"validate": "list", "source": f"={_segments(book, 'B')}", "error_type": "information"}
        case "text" if column.longest < LONGEST_TEXT:
            message = say.text("Keep the text within {limit} characters.", limit=say.number(column.longest))
            rule = {"validate": "length", "criteria": "<=", "value": column.longest, "error_message": message}
        case _:
            return
    others = {"other_cells": [list(more) for more in cells[1:]]} if len(cells) > 1 else {}
    page.data_validation(*cells[0], {"error_title": say.text("That cannot be"), **rule, **others})


def _check_by_lever(book: _Book, page: Any, at: int, column: SheetColumn, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rule of what each row's lever moves: a share, or an amount."""
    levers = [values["lever"] for values in rows] + [""] * SPARE
    for rate in (True, False):
        cells = [(row, at, row, at) for row, lever in enumerate(levers, FIRST) if (_metric(lever) in RATES) == rate]
        if cells:
            _check(book, page, cells, column, rate)


def _letters_on(colour: str) -> str:
    """White on a dark colour, else ink: by the colour's luminance (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return WHITE if 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK else INK


def _colour_levers(book: _Book, page: Any, cells: Cells) -> None:
    """Each lever in its own colour, also where it is chosen later."""
    for code in LEVER_CODES:
        look = book.file.add_format({"bg_color": COLOURS[code], "font_color": _letters_on(COLOURS[code]), "bold": True})
        value = f'"{book.say.text(LEVER_NAMES[code])}"'
        page.conditional_format(*cells, {"type": "cell", "criteria": "==", "value": value, "format": look})
