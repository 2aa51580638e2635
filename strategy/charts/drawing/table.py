"""The numbers of a chart: per column a heading, a unit and raw values; texts are made of them where people read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from math import isfinite
from typing import Any, Literal

import pandas as pd

from strategy.words.spreadsheet import harmless
from strategy.words.wording import MISSING, Wording

MeasureKind = Literal["text", "money", "share", "people", "number", "multiple", "points", "period"]
"""What a number is: money in the wording's currency, a share from 0 to 1, people, any number, money that comes back
for one unit of money, a difference between two shares, the number of a period of the plan."""

TableCell = float | str | tuple[float, float] | None
"""A number, both ends of a range, words where there is no number to give, or None where it is not known."""


@dataclass(frozen=True)
class Measure:
    """What the numbers of a column are, and so how they are written.

    digits  decimals; None is as many as the kind has by itself: the currency's, or all there are
    signed  the number is a difference and has a sign
    short   three significant digits are enough: money and numbers
    period  of a period's number: year, quarter or month
    """

    kind: MeasureKind
    digits: int | None = None
    signed: bool = False
    short: bool = False
    period: str = "year"

    def write(self, x: float | None, say: Wording) -> str:
        """The number in the reader's language."""
        match self.kind, self.signed:
            case "money", False:
                return say.short_money(x) if self.short else say.money(x, self.digits)
            case "money", True:
                return say.signed_money(x, self.digits)
            case "share", False:
                return say.percent(x, self.digits)
            case "share", True:
                return say.signed_percent(x, self.digits)
            case "people", _:
                return say.signed_people(x) if self.signed else say.people(x)
            case "multiple", _:
                return say.multiple(x)
            case "points", _:
                return say.points(x, 1 if self.digits is None else self.digits)
            case "period", _:
                return MISSING if x is None else say.period_number(self.period, int(x))
            case _, True:
                return say.signed_number(x, self.digits)
        return say.short_number(x) if self.short else say.number(x, self.digits)


TEXT = Measure("text")
MONEY, SIGNED_MONEY = Measure("money"), Measure("money", signed=True)
WHOLE_MONEY, SIGNED_WHOLE_MONEY = Measure("money", 0), Measure("money", 0, signed=True)
SHARE, SIGNED_SHARE, WHOLE_SHARE = Measure("share", 1), Measure("share", 1, signed=True), Measure("share", 0)
PEOPLE, SIGNED_PEOPLE = Measure("people"), Measure("people", signed=True)
NUMBER, SIGNED_NUMBER = Measure("number"), Measure("number", signed=True)
SHORT_MONEY, SHORT_NUMBER = Measure("money", short=True), Measure("number", short=True)
MULTIPLE = Measure("multiple")


def numbered(period: str) -> Measure:
    """Periods of the plan by their number, counted from 1."""
    return Measure("period", period=period)


@dataclass(frozen=True)
class ChartColumn:
    """One column of a chart's table.

    heading  in the reader's language
    values   a cell per row; a number that is not finite is None
    measures  one per row: a list of assumptions has several
    """

    heading: str
    values: tuple[TableCell, ...]
    measures: tuple[Measure, ...]

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """The numbers alone; None where a cell has words or a range."""
        return tuple(value if isinstance(value, float) else None for value in self.values)

    def texts(self, say: Wording) -> list[str]:
        """The cells as people read them."""
        return [_written(value, measure, say) for value, measure in zip(self.values, self.measures, strict=True)]


def column(heading: str, values: Iterable[Any], measure: Measure | Sequence[Measure] = TEXT) -> ChartColumn:
    """A column of numbers, ranges (pairs of numbers) or words, all in one unit or each in its own."""
    cells = tuple(map(_cell, values))
    measures = (measure,) * len(cells) if isinstance(measure, Measure) else tuple(measure)
    return ChartColumn(heading, cells, measures)


@dataclass(frozen=True)
class ChartTable:
    """The numbers behind a chart, once; every text of them is made from here.

    say      the wording of the headings: numbers are written in its language and currency
    columns  all with as many rows
    """

    say: Wording
    columns: tuple[ChartColumn, ...]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].values) if self.columns else 0

    def __getitem__(self, heading: str) -> ChartColumn:
        """The first column with a heading."""
        return next(column for column in self.columns if column.heading == heading)

    @cached_property
    def texts(self) -> pd.DataFrame:
        """The table as people read it: every cell a text, every heading once."""
        return pd.DataFrame(
            dict(zip(self._headings(), (column.texts(self.say) for column in self.columns), strict=True)), dtype=object
        )

    def csv(self) -> bytes:
        """The table for a spreadsheet in the reader's language: numbers in full, a range in two columns, UTF-8.

        Shares are from 0 to 1; an amount's heading tells its currency. What a spreadsheet would run is made a text.
        """
        decimal = self.say.separators[0]
        parts = [part for place in zip(self._headings(), self.columns, strict=True) for part in self._parts(*place)]
        written = StringIO()
        writer = csv.writer(written, delimiter=";" if decimal == "," else ",")
        writer.writerow([harmless(heading) for heading, _ in parts])
        cells = ([_plain(value, decimal) for value in values] for _, values in parts)
        writer.writerows(zip(*cells, strict=True))
        return written.getvalue().encode("utf-8-sig")

    def _headings(self) -> list[str]:
        """The headings, those that come again numbered."""
        found: list[str] = []
        for column in self.columns:
            number, heading = 1, column.heading
            while heading in found:
                number += 1
                heading = f"{column.heading} ({number})"
            found.append(heading)
        return found

    def _parts(self, heading: str, column: ChartColumn) -> Iterator[tuple[str, Sequence[TableCell]]]:
        """A column for a spreadsheet, its currency in the heading; of ranges the low ends, and then the high ones."""
        money = any(measure.kind == "money" for measure in column.measures)
        named = f"{heading} ({self.say.currency})" if money else heading
        if not any(isinstance(value, tuple) for value in column.values):
            yield named, column.values
            return
        for end, name in enumerate((self.say.text("Low"), self.say.text("High"))):
            yield f"{named}: {name}", [value[end] if isinstance(value, tuple) else value for value in column.values]


def tabled(say: Wording, *columns: ChartColumn) -> ChartTable:
    """The table of a chart."""
    return ChartTable(say, columns)


def _cell(value: Any) -> TableCell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        low, high = value
        return float(low), float(high)
    number = float(value)
    return number if isfinite(number) else None


def _written(value: TableCell, measure: Measure, say: Wording) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return say.span(*value, lambda x: measure.write(x, say))
    return measure.write(value, say)


def _plain(value: TableCell, decimal: str) -> str:
    """A cell for a spreadsheet: a number with every digit it has, words made harmless."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace(".", decimal)
    return harmless(value) if isinstance(value, str) else ""
