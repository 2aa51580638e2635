"""Dates and amounts out of texts: how they are written is decided from the whole column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from strategy.customers.reading.date_words import DATE_WORDS, TIME_OF_DAY
from strategy.customers.reading.frames import DATE_FORMATS, DateFormat, Engine, Frame
from strategy.errors import PlannerError

CODES = (
    "EUR", "USD", "GBP", "JPY", "INR", "CHF", "PLN", "CZK", "HUF", "TRY", "RUB", "BRL", "CAD", "AUD",
    "NZD", "SEK", "NOK", "DKK", "ISK", "RON", "BGN", "CNY", "HKD", "SGD", "KRW", "THB", "IDR", "MYR",
    "PHP", "VND", "ZAR", "MXN", "CLP", "COP", "ARS", "ILS", "AED", "SAR", "EGP", "NGN", "KES", "UAH",
)  # fmt: skip
SYMBOLS = {code: code for code in CODES} | {
    "€": "EUR", "EURO": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "FR": "CHF", "SFR": "CHF",
    "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "₺": "TRY", "₽": "RUB", "R$": "BRL", "C$": "CAD", "CA$": "CAD", "A$": "AUD",
    "AU$": "AUD", "KR": "KR",
}  # fmt: skip
"""What stands beside an amount, in capitals, to the currency it means."""
DASHES = r"[−–—]"
UNSPACED = r"[\s\x{00A0}\x{202F}'’]"
LARGEST_WHOLE = 2.0**53
"""Up to which a table of floats holds every whole number."""
MOST_RESIDUES = 60
MOST_SHAPES = 1000


@dataclass(frozen=True)
class DateReading:
    """How a column of dates is written.

    formats    codes, the main one first
    ambiguous  day and month could change places in every row; day first was taken
    contrary   rows that can only be read with day and month the other way round
    rows       in all
    """

    formats: tuple[str, ...]
    ambiguous: bool = False
    contrary: int = 0
    rows: int = 0


@dataclass(frozen=True)
class NumberReading:
    """How a column of amounts is written.

    decimal     "." or ","
    ambiguous   every separator could be either; thousands were taken
    currencies  what stands beside the numbers, in capitals, to the currency it means
    """

    decimal: str
    ambiguous: bool = False
    currencies: Mapping[str, str] | None = None


def _distinct(engine: Engine, frame: Frame, text: nw.Expr) -> Frame:
    """The distinct texts of a column with their numbers of rows: files repeat themselves, so only these are parsed."""
    return engine.keep(frame.select(text.alias("text")).group_by("text").agg(rows=nw.len().cast(nw.Int64)))


@dataclass(frozen=True)
class Meanings:
    """What the texts of a column mean: a small table, for rows to look up.

    texts    one row per distinct text
    text     the text of a row
    columns  what is looked up
    """

    texts: Frame
    text: nw.Expr
    columns: tuple[str, ...]

    def called(self, into: str) -> Meanings:
        """The same under another name."""
        before = self.columns[0]
        names = tuple(into + name.removeprefix(before) for name in self.columns)
        renamed = [nw.col(old).alias(new) for old, new in zip(self.columns, names, strict=True)]
        return Meanings(self.texts.select("text", *renamed), self.text, names)

    def added_to(self, frame: Frame) -> Frame:
        """The rows with what their texts mean, null where it is nothing."""
        key = f"{self.columns[0]}_text"
        meanings = self.texts.select(nw.col("text").alias(key), *self.columns)
        return frame.with_columns(self.text.alias(key)).join(meanings, on=key, how="left")


def whole_number(number: nw.Expr) -> nw.Expr:
    """A number as a whole one, null where it is none that a table of floats holds exactly."""
    return nw.when((number.cast(nw.Float64).abs() <= LARGEST_WHOLE).fill_null(False)).then(number).cast(nw.Int64)


# Dates ---------------------------------------------------------------------------------------------------------------


def date_text(column: str) -> nw.Expr:
    """A text column without spaces around it and without its time of day."""
    return nw.col(column).str.replace_all(TIME_OF_DAY, "").str.strip_chars()


def parse_dates(
    engine: Engine, frame: Frame, column: str, chosen: str | None, name: str, into: str
) -> tuple[Meanings, DateReading]:
    """The dates that the texts of a column mean, and how they were read.

    chosen  code of the format, or None to decide from the whole column
    name    what people call the column

    Raises PlannerError where no text is a date.
    """
    texts = _in_english(_distinct(engine, frame, date_text(column)))
    reading = DateReading((chosen,)) if chosen else _read_dates(engine, texts, name)
    parsed = _tried(engine, texts, [DATE_FORMATS[code] for code in reading.formats])
    names = [f"d{number}" for number in range(len(reading.formats))]
    found = engine.keep(parsed.select("text", nw.coalesce(*names).alias(into)))
    return Meanings(found, date_text(column), (into,)), reading


def _in_english(texts: Frame) -> Frame:
    """Adds `english`: the texts with English names of months."""
    english = nw.col("text")
    for pattern, instead in DATE_WORDS:
        english = english.str.replace_all(pattern, instead)
    return texts.with_columns(english.alias("english"))


def _read_dates(engine: Engine, texts: Frame, name: str) -> DateReading:
    """How a column's dates are written: every format that some text has the shape of is tried on all texts."""
    shapes = texts.select(shape=nw.col("english").str.replace_all(r"\d", "1"), text="english").group_by("shape")
    found = engine.arrays(shapes.agg(example=nw.col("text").min()).sort("shape").head(MOST_SHAPES))
    examples = [str(text) for text in found["example"] if text]
    absolute = [written for written in DATE_FORMATS.values() if not written.relative]
    formats = [written for written in absolute if any(re.match(written.pattern, e) for e in examples)]
    counts = (
        engine.arrays(
            _tried(engine, texts, formats).select(
                nw.when(~nw.col(f"d{n}").is_null()).then(nw.col("rows")).sum().alias(f"d{n}")
                for n in range(len(formats))
            )
        )
        if formats
        else {}
    )
    hits = {written: int(counts[f"d{number}"][0] or 0) for number, written in enumerate(formats)}
    if not any(hits.values()):
        raise PlannerError("unreadable_dates", place=name, value=examples[0] if examples else "")
    days = sum(rows for written, rows in hits.items() if written.order == "day")
    months = sum(rows for written, rows in hits.items() if written.order == "month")
    dropped = "month" if days >= months else "day"
    used = sorted((written for written in hits if written.order != dropped and hits[written]), key=hits.__getitem__)
    others = [written for written in hits if written.order == dropped and hits[written]]
    contrary, rows = _contrary(engine, texts, used, others) if others else (0, 0)
    return DateReading(tuple(written.code for written in reversed(used)), days == months > 0, contrary, rows)


def _contrary(engine: Engine, texts: Frame, used: list[DateFormat], dropped: list[DateFormat]) -> tuple[int, int]:
    """Rows that only the dropped formats can read, and rows in all."""
    tried = _tried(engine, texts, [*used, *dropped])
    unread = nw.all_horizontal(*(nw.col(f"d{n}").is_null() for n in range(len(used))), ignore_nulls=False)
    other = [nw.col(f"d{n}") for n in range(len(used), len(used) + len(dropped))]
    counted = tried.select("rows", only=nw.when(unread & ~nw.coalesce(*other).is_null()).then(nw.col("rows")))
    found = engine.arrays(counted.select(nw.col("only").sum(), nw.col("rows").sum()))
    return int(found["only"][0] or 0), int(found["rows"][0])


def _tried(engine: Engine, texts: Frame, formats: list[DateFormat]) -> Frame:
    """Adds a column d0, d1, ... per format: the dates of the texts that have its shape."""
    text = nw.col("english")
    shaped = [nw.when(text.str.contains(f.pattern)).then(text).alias(f"shaped{n}") for n, f in enumerate(formats)]
    places = {f"d{number}": (f"shaped{number}", written) for number, written in enumerate(formats)}
    return engine.try_dates(texts.with_columns(*shaped), places)


# Amounts -------------------------------------------------------------------------------------------------------------


def parse_numbers(
    engine: Engine, frame: Frame, column: str, decimal: str | None, into: str
) -> tuple[Meanings, NumberReading]:
    """The numbers that the texts of a column mean, to four decimals, and how they were read.

    decimal  the sign before the cents, or None to decide from the whole column

    Where currencies stand beside the numbers they are meanings too, as `<into>_currency`.
    """
    texts = _cut(_distinct(engine, frame, nw.col(column)))
    reading = _read_numbers(engine, texts, decimal)
    parsed = _with_values(engine, texts, reading, into)
    columns: tuple[str, ...] = (into,)
    if reading.currencies:
        parsed = parsed.with_columns(currency_of("beside", reading.currencies).alias(f"{into}_currency"))
        columns = (into, f"{into}_currency")
    return Meanings(engine.keep(parsed.select("text", *columns)), nw.col(column), columns), reading


def _cut(texts: Frame) -> Frame:
    """Adds the parts of an amount's text: `bare` (digits, separators, signs), `body` (without signs) and `beside`.

    Spaces and apostrophes go, and the dash that stands for no cents.
    """
    text = nw.col("text").str.replace_all(UNSPACED, "").str.replace_all(DASHES, "-").str.replace_all(r",-+$", "")
    texts = texts.with_columns(text.str.to_uppercase().alias("plain"))
    return texts.with_columns(
        nw.col("plain").str.replace_all(r"[^0-9.,()+\-]", "").alias("bare"),
        nw.col("plain").str.replace_all(r"[^0-9.,]", "").alias("body"),
        nw.col("plain").str.replace_all(r"[0-9.,()+\-]", "").alias("beside"),
    )


_EVIDENCE = {
    "comma": r"^[^,]*,(\d{1,2}|\d{4,})$|\.\d{3},\d+$",
    "point": r"^[^.]*\.(\d{1,2}|\d{4,})$|,\d{3}\.\d+$",
    "three_comma": r"^\d{1,3},\d{3}$",
    "three_point": r"^\d{1,3}\.\d{3}$",
}
"""Shapes that show a decimal comma, a decimal point, or one separator before three digits, which could be either."""
_NUMBERS = {
    ".": (r"^(\d{1,3}(,\d{2,3})*,\d{3}|\d+)(\.\d*)?$|^\.\d+$", ","),
    ",": (r"^(\d{1,3}(\.\d{2,3})*\.\d{3}|\d+)(,\d*)?$|^,\d+$", "."),
}
"""Per decimal sign: the shape of a number, and its thousands separator."""


def _read_numbers(engine: Engine, texts: Frame, decimal: str | None) -> NumberReading:
    evidence = [
        nw.when(nw.col("body").str.contains(pattern)).then(nw.col("rows")).otherwise(nw.lit(0)).alias(name)
        for name, pattern in _EVIDENCE.items()
    ]
    sums = [nw.col(name).sum() for name in (*_EVIDENCE, "rows")]
    grouped = texts.select("beside", "rows", *evidence).group_by("beside").agg(*sums)
    found = engine.arrays(grouped.sort("rows", "beside", descending=True).head(MOST_RESIDUES))
    comma, point, three_comma, three_point = (int(found[name].sum()) for name in _EVIDENCE)
    sure = comma or point
    if decimal is None:
        decimal = "," if comma > point or (not sure and three_point > three_comma) else "."
    currencies = {str(text): SYMBOLS[str(text)] for text in found["beside"] if str(text) in SYMBOLS}
    return NumberReading(decimal, not sure and bool(three_comma or three_point), currencies)


def _with_values(engine: Engine, texts: Frame, reading: NumberReading, into: str) -> Frame:
    """Adds the number of each text that has a number's shape and nothing but a known currency beside it."""
    pattern, thousands = _NUMBERS[reading.decimal]
    known = nw.col("beside").is_in(["", *(reading.currencies or {})])
    framed = nw.col("bare").str.contains(r"^[(+\-]?[0-9.,]+[)\-]?$") & nw.col("body").str.contains(pattern)
    number = nw.col("body").str.replace_all(re.escape(thousands), "").str.replace_all(re.escape(reading.decimal), ".")
    texts = engine.try_number(texts.with_columns(nw.when(known & framed).then(number).alias("number")), "number", into)
    negative = nw.col("bare").str.contains(r"^[(\-]|-$")
    signed = nw.when(negative).then(-nw.col(into)).otherwise(nw.col(into))
    return texts.with_columns(signed.round(4).alias(into))


def currency_of(column: str, codes: Mapping[str, str]) -> nw.Expr:
    """A column's texts as the currencies they mean, null for any other text."""
    found = nw.lit(None, nw.String)
    for text, code in codes.items():
        found = nw.when(nw.col(column) == nw.lit(text)).then(nw.lit(code)).otherwise(found)
    return found
