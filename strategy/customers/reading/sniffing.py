"""What a text file is, from its bytes: encoding, delimiter, header; never from its name."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from strategy.errors import PlannerError

CHUNK = 1 << 20
HEAD_BYTES = 1 << 18
HEAD_LINES = 1000
MOST_COLUMNS = 1000
MOST_TITLES = 10
"""Lines among which a header is looked for."""
DELIMITERS = (";", ",", "\t", "|")
SPACES = " "
"""Stands for columns set apart by any number of spaces."""
KINDS = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "excel"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
)
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Names what Excel keeps in the shell of an old workbook when a password protects it."""
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
VALUE = re.compile(r"^[-+(]?[€$£]? ?\d[\d.,' ]*\)?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")
"""A cell that is a number or a date, as no header is."""
PERIOD = re.compile(r"^\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$|^(19|20)\d{2}(0[1-9]|1[0-2])$")
FEWEST_PERIODS = 3
"""Headings that are months or days, and how many of them head a table."""


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    encoding   Python's name
    delimiter  one character; " " for any number of spaces
    preamble   lines above the header or the first row
    columns    the header's names, or "column 1", "column 2", ... where there is no header
    header     whether there is one
    """

    encoding: str
    delimiter: str
    preamble: int
    columns: tuple[str, ...]
    header: bool


def kind_of(path: Path) -> str:
    """Kind of file by its first bytes: "parquet", "excel", "xls", "encrypted", "gzip", "PDF", "empty" or "text"."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        return "empty" if b"\0" not in start or len(start) < 8 else "text"
    kind = next((kind for magic, kind in KINDS if start.startswith(magic)), "text")
    return "encrypted" if kind == "xls" and ENCRYPTED in start else kind


def layout_of(path: Path, place: str) -> Layout:
    """Layout of a text file. Raises PlannerError where it is no table."""
    encoding = _encoding(path, place)
    with path.open("rb") as file:
        text = codecs.getincrementaldecoder(encoding)("ignore").decode(file.read(HEAD_BYTES))
    lines = text.splitlines()
    lines = lines[: min(HEAD_LINES, max(len(lines) - (len(text) > HEAD_BYTES // 3), 1))]  # the last may be cut
    _check_width(path, encoding, lines, place)
    said = re.fullmatch(r"sep=(.)", lines[0].strip()) if lines else None
    sample = "\n".join(lines[1:] if said else lines)
    if not sample.strip():
        raise PlannerError("empty_file", place=place, value=path.stat().st_size)
    delimiter = said[1] if said else _delimiter(sample, place)
    records = _records(sample, delimiter)
    width = _usual(records)
    first = _first(records, width)
    above = _lines_above(sample, delimiter, records[first]) + bool(said)
    header = _may_head(records[first])
    columns = tuple(cell.strip() for cell in records[first]) if header else ()
    if not header:
        columns = tuple(f"column {number}" for number in range(1, width + 1))
    ends = [record[len(columns) - 1].strip() for record in records[first + 1 :] if len(record) >= len(columns)]
    if len(columns) > 1 and not columns[-1] and header and not any(ends):
        columns = columns[:-1]  # a delimiter at the end of every line
    return Layout(encoding, delimiter, above, named(columns, place), header)


def named(columns: tuple[str, ...], place: str) -> tuple[str, ...]:
    """Column names checked: nameless ones numbered, no two the same, not too many."""
    if len(columns) > MOST_COLUMNS:
        raise PlannerError("too_many_columns", place=place, value=len(columns), limit=MOST_COLUMNS)
    if len(columns) < 2:
        raise PlannerError("one_column", place=place, value=columns[0] if columns else "")
    found = tuple(name or f"column {number}" for number, name in enumerate(columns, start=1))
    twice = [name for name, times in Counter(name.casefold() for name in found).items() if times > 1]
    if twice:
        at = [number for number, name in enumerate(found, start=1) if name.casefold() == twice[0]]
        raise PlannerError("duplicate_columns", place=place, value=found[at[0] - 1], columns=at)
    return found


def as_plain_text(path: Path, layout: Layout, folder: Path) -> Path:
    """The file itself, or a copy in UTF-8 without preamble and with tabs for spaces, where an engine needs one."""
    if layout.encoding in ("utf-8", "utf-8-sig") and not layout.preamble and layout.delimiter != SPACES:
        return path
    copy = folder / "plain.csv"
    with path.open(encoding=layout.encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as out:
        for number, line in enumerate(source):
            if number >= layout.preamble:
                out.write("\t".join(line.split()) + "\n" if layout.delimiter == SPACES else line)
    return copy


def _encoding(path: Path, place: str) -> str:
    """Reads the whole file once; UTF-8 wherever the bytes allow it."""
    with path.open("rb") as file:
        start = file.read(4096)
        for bom, name in BOMS:
            if start.startswith(bom):
                return name
        if start[1::2].count(0) > len(start) // 4 > start[::2].count(0):
            return "utf-16-le"
        if start[::2].count(0) > len(start) // 4 > start[1::2].count(0):
            return "utf-16-be"
        file.seek(0)
        decoder, utf8, latin, read = codecs.getincrementaldecoder("utf-8")(), True, False, 0
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise PlannerError("nul_bytes", place=place, value=read + chunk.index(b"\0") + 1)
            read += len(chunk)
            latin = latin or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    return "utf-8" if utf8 else "latin-1" if latin else "cp1252"


def _check_width(path: Path, encoding: str, lines: list[str], place: str) -> None:
    """Refuses a first line that is endless, before anything counts its columns."""
    if not lines or not "".join(lines).strip():
        raise PlannerError("empty_file", place=place, value=path.stat().st_size)
    if len(lines) == 1 and len(lines[0]) > HEAD_BYTES // 3:
        columns = max(lines[0].count(sign) for sign in DELIMITERS)
        if columns > MOST_COLUMNS:
            raise PlannerError("too_many_columns", place=place, value=columns, limit=MOST_COLUMNS)
        raise PlannerError("no_lines", place=place, value=len(lines[0]))


def _delimiter(sample: str, place: str) -> str:
    """The sign that cuts most lines into the same number of columns, most columns where signs tie."""
    scores = []
    for sign in DELIMITERS:
        records = _records(sample, sign)
        width = _usual(records)
        share = sum(len(record) == width for record in records) / max(len(records), 1)
        if width > 1:
            scores.append((share >= 0.8, round(share, 1) if share < 0.8 else 1.0, width, sign))
    if scores and max(scores)[0]:
        return max(scores)[3]
    lines = [line.split() for line in sample.splitlines() if line.strip()]
    width = _usual(lines)
    if width > 2 and sum(len(line) == width for line in lines) >= 0.9 * len(lines):
        return SPACES
    if scores:
        return max(scores)[3]
    raise PlannerError("one_column", place=place, value=sample.splitlines()[0] if sample else "")


def _records(sample: str, delimiter: str) -> list[list[str]]:
    if delimiter == SPACES:
        return [line.split() for line in sample.splitlines() if line.strip()]
    try:
        return [record for record in csv.reader(io.StringIO(sample), delimiter=delimiter) if record]
    except csv.Error:
        return [line.split(delimiter) for line in sample.splitlines() if line.strip()]


def _may_head(cells: list[str]) -> bool:
    """Whether cells are names: none is a number or a date, unless they are months or days above columns of amounts."""
    plain = [cell.strip() for cell in cells]
    values = [cell for cell in plain if VALUE.match(cell)]
    if not values:
        return True
    months = len(values) >= FEWEST_PERIODS and len(set(values)) == len(values) and all(map(PERIOD.match, values))
    return months and not VALUE.match(plain[0])


def _usual(records: list[list[str]]) -> int:
    """The number of cells that most records have."""
    return Counter(map(len, records)).most_common(1)[0][0] if records else 0


def _first(records: list[list[str]], width: int) -> int:
    """The header or first row: the first record of several columns, or a full header below padded titles."""
    first = next(number for number, record in enumerate(records) if len(record) >= min(width, 2))
    for number, record in enumerate(records[first : first + MOST_TITLES], first):
        cells = [cell.strip() for cell in record]
        if len(cells) == width and all(cells):
            return number if _may_head(cells) else first
    return first


def _lines_above(sample: str, delimiter: str, first: list[str]) -> int:
    """Lines before the one that a record is on."""
    return next((n for n, line in enumerate(sample.split("\n")) if first in _records(line, delimiter)), 0)
