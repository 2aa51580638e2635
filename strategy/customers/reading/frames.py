"""What every engine supplies, and the ways in which dates are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from strategy.errors import PlannerError
from strategy.unreadable import refusal

Frame = nw.LazyFrame[Any]
OVERFLOW = "overflow"
"""Column that receives what a line of text has beyond its last column."""


@dataclass(frozen=True)
class DateFormat:
    """One way to write a date.

    code      its name for people and in `Columns.date_format`
    pattern   the shape a text must have before it is parsed, so that engines agree on digits
    strptime  for DuckDB and Python
    java      for Spark
    order     "day" or "month" where only the whole column can tell which comes first, else ""
    per_day   where dates are numbers: how many of them make a day, and `origin` the day on which they are 0
    days      and how many days one of them is
    relative  counted from a first day that nobody knows: tried only where the column's name says so
    """

    code: str
    pattern: str
    strptime: str
    java: str
    order: str = ""
    per_day: int = 0
    origin: str = ""
    days: float = 1.0
    relative: bool = False


def _date_formats() -> tuple[DateFormat, ...]:
    found = [DateFormat("YYYYMMDD", r"^\d{8}$", "%Y%m%d", "yyyyMMdd")]
    for sign in "-/.":
        s = "\\" + sign
        pattern = rf"^\d{{4}}{s}\d{{1,2}}{s}\d{{1,2}}$"
        found.append(DateFormat(f"YYYY{sign}MM{sign}DD", pattern, *_spelled("Y m d", sign)))
        for year, digits in (("YYYY", 4), ("YY", 2)):
            pattern = rf"^\d{{1,2}}{s}\d{{1,2}}{s}\d{{{digits}}}$"
            y = "Y" if digits == 4 else "y"
            found.append(DateFormat(f"DD{sign}MM{sign}{year}", pattern, *_spelled(f"d m {y}", sign), "day"))
            found.append(DateFormat(f"MM{sign}DD{sign}{year}", pattern, *_spelled(f"m d {y}", sign), "month"))
    for sign in " -":
        for month, letters in (("b", "{3}"), ("B", "{4,9}")):
            word = "MMM" if month == "b" else "MMMM"
            pattern = rf"^\d{{1,2}}{sign}[A-Za-z]{letters}{sign}"
            found.append(DateFormat(f"D{sign}{word}{sign}YYYY", pattern + r"\d{4}$", *_spelled(f"d {month} Y", sign)))
            found.append(DateFormat(f"D{sign}{word}{sign}YY", pattern + r"\d{2}$", *_spelled(f"d {month} y", sign)))
    for month, letters, word in (("b", "{3}", "MMM"), ("B", "{4,9}", "MMMM")):
        for comma in (",", ""):
            pattern = rf"^[A-Za-z]{letters} \d{{1,2}}{comma} \d{{4}}$"
            found.append(
                DateFormat(f"{word} D{comma} YYYY", pattern, f"%{month} %d{comma} %Y", f"{word} d{comma} yyyy")
            )
    return (*found, *month_formats(), *NUMBERED_DAYS, *RELATIVE_DAYS)


def month_formats() -> Iterator[DateFormat]:
    """Months without a day, which stand for their first."""
    for sign in "-/":
        yield DateFormat(f"YYYY{sign}MM", rf"^\d{{4}}{sign}\d{{1,2}}$", *_spelled("Y m", sign))
        yield DateFormat(f"MM{sign}YYYY", rf"^\d{{1,2}}{sign}\d{{4}}$", *_spelled("m Y", sign))
    for month, letters, word in (("b", "{3}", "MMM"), ("B", "{4,9}", "MMMM")):
        for sign in " -":
            pattern = rf"^[A-Za-z]{letters}{sign}"
            yield DateFormat(f"{word}{sign}YYYY", pattern + r"\d{4}$", *_spelled(f"{month} Y", sign))
            yield DateFormat(f"{word}{sign}YY", pattern + r"\d{2}$", *_spelled(f"{month} y", sign))


NUMBERED_DAYS = (
    DateFormat("day number of Excel", r"^[1-7]\d{4}([.,]\d+)?$", "", "", per_day=1, origin="1899-12-30"),
    DateFormat("seconds since 1970", r"^\d{9,10}([.,]\d+)?$", "", "", per_day=86_400, origin="1970-01-01"),
    DateFormat("milliseconds since 1970", r"^\d{12,13}$", "", "", per_day=86_400_000, origin="1970-01-01"),
    DateFormat("YYYYMM", r"^(19|20)\d{2}(0[1-9]|1[0-2])$", "%Y%m", "yyyyMM"),
)
"""Days as numbers: told from other numbers by the name of their column only."""
FIRST_DAY = "2000-01-01"
"""What day 1 is taken for where days are numbered from a first one that nobody knows."""
RELATIVE_DAYS = (
    DateFormat("day number", r"^\d{1,4}([.,]0+)?$", "", "", per_day=1, origin="1999-12-31", relative=True),
    DateFormat("week number", r"^\d{1,4}([.,]0+)?$", "", "", per_day=1, origin="1999-12-31", days=7, relative=True),
    DateFormat(
        "month number", r"^\d{1,4}([.,]0+)?$", "", "", per_day=1, origin="1999-12-31", days=30.4375, relative=True
    ),
    DateFormat("YYYY", r"^(19|20)\d{2}$", "%Y", "yyyy", relative=True),
)


def _spelled(parts: str, sign: str) -> tuple[str, str]:
    """A format of space-separated parts as strptime and as Java write it."""
    java = {"Y": "yyyy", "y": "yy", "m": "M", "d": "d", "b": "MMM", "B": "MMMM"}
    return sign.join("%" + part for part in parts.split()), sign.join(java[part] for part in parts.split())


DATE_FORMATS = {written.code: written for written in _date_formats()}


class Engine(Protocol):
    """What an engine supplies; frames are lazy and belong to the engine that made them."""

    folder: Path

    def read_text(self, path: Path, delimiter: str, columns: Sequence[str], header: bool) -> Frame:
        """The lines of a UTF-8 text file, all texts, with `OVERFLOW` as one column more."""

    def read_parquet(self, path: Path) -> Frame:
        """A Parquet file, its columns with their types."""

    def try_dates(self, frame: Frame, texts: Mapping[str, tuple[str, DateFormat]]) -> Frame:
        """Adds dates, null where there is none: {name of the date: (text column, how its dates are written)}."""

    def try_number(self, frame: Frame, column: str, into: str) -> Frame:
        """Adds the number (decimal point, no thousands) that a text column holds, null where it holds none."""

    def numbered(self, frame: Frame, into: str) -> Frame:
        """Adds the numbers of the rows, in the order of the file."""

    def keep(self, frame: Frame) -> Frame:
        """The same rows, computed once and kept by the engine until it is closed."""

    def table(self, frame: Frame) -> pa.Table:
        """The rows brought home."""

    def arrays(self, frame: Frame) -> dict[str, NDArray[Any]]:
        """The rows brought home, one array per column; only small results should come."""

    def write(self, frame: Frame, path: Path) -> None:
        """Writes rows as .parquet or .csv, by the path's ending; a cluster writes a folder of parts."""

    def write_home(self, frame: Frame, path: Path) -> None:
        """Writes rows as one .parquet file on this computer, in their order."""

    def close(self) -> None:
        """Lets go of tables, files and connections."""


def arrays_of(home: pa.Table) -> dict[str, NDArray[Any]]:
    """The columns of rows that were brought home."""
    return {name: home[name].to_numpy() for name in home.column_names}


def day_of(moment: np.datetime64) -> date:
    """A day that was brought home.

    Raises PlannerError beyond Python's years: reading brought these back, unless the file's own description hid them.
    """
    day = moment.astype("datetime64[D]")
    found: object = day.item()
    if not isinstance(found, date):
        raise PlannerError("parquet_broken", place="file", value=str(day))
    return found


def day_number(name: str) -> nw.Expr:
    """Number of a day, 1 for the first of the year 1, the same on every engine."""
    before = nw.col(name).dt.year().cast(nw.Int64) - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + nw.col(name).dt.ordinal_day().cast(nw.Int64)


def failed(error: Exception) -> PlannerError:
    """What an engine said."""
    return refusal(error, "engine_failed", "file")
