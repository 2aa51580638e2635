"""What every engine supplies, and the ways in which dates are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """

    code: str
    pattern: str
    strptime: str
    java: str
    order: str = ""


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
        pattern = rf"^[A-Za-z]{letters} \d{{1,2}}, \d{{4}}$"
        found.append(DateFormat(f"{word} D, YYYY", pattern, f"%{month} %d, %Y", f"{word} d, yyyy"))
    return tuple(found)


def _spelled(parts: str, sign: str) -> tuple[str, str]:
    """A format of space-separated parts as strptime and as Java write it."""
    java = {"Y": "yyyy", "y": "yy", "m": "M", "d": "d", "b": "MMM", "B": "MMMM"}
    return sign.join("%" + part for part in parts.split()), sign.join(java[part] for part in parts.split())


DATE_FORMATS = {found.code: found for found in _date_formats()}


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


def failed(error: Exception) -> PlannerError:
    """What an engine said."""
    return refusal(error, "engine_failed", "file")
