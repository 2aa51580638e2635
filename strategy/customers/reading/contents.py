"""What a column's first values look like: days, numbers, pieces, ids."""

from __future__ import annotations

import re
from collections.abc import Callable

from strategy.customers.reading.date_words import ENGLISH_MONTHS, plain_date
from strategy.customers.reading.frames import DATE_FORMATS, NUMBERED_DAYS

Fits = Callable[[list[str], str], bool]
"""Whether values, of a column stored as a date, number or text, may have a role."""
HEAD, FEWEST_IDS, NEVER_RETURN = 200, 100, 0.98
MOST_GROUPS = 30
"""Different values in the head that a column may have to be offered as segments."""


def counts_pieces(values: list[str]) -> bool:
    """Whether numbers are small and whole, as pieces are and money is not."""
    numbers = [value.strip().removesuffix(".0").removesuffix(",0") for value in values[:HEAD]]
    whole = [abs(int(number)) for number in numbers if re.fullmatch(r"-?\d{1,6}", number)]
    return len(whole) == len(numbers) > 0 and len(set(whole)) <= MOST_GROUPS and sorted(whole)[len(whole) // 2] <= 10


def number_in(text: str) -> float | None:
    """A number in the head, with a point or a comma before its decimals."""
    plain = re.sub(r"[^0-9.,\-]", "", text)
    if "," in plain and "." in plain:
        plain = plain.replace("." if plain.rfind(",") > plain.rfind(".") else ",", "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def new_on_every_row(values: list[str]) -> bool:
    """Whether what should name customers is another on every row, as the number of an order is."""
    return len(values) >= FEWEST_IDS and len(set(values)) > NEVER_RETURN * len(values)


_ANY_DATE = re.compile(
    "|".join(
        dict.fromkeys(
            written.pattern
            for written in DATE_FORMATS.values()
            if written not in NUMBERED_DAYS and not written.relative
        )
    )
)
_ANY_NUMBERED = re.compile("|".join(written.pattern for written in NUMBERED_DAYS))


def is_date(values: list[str], typed: str) -> bool:
    """Whether most values have the shape of a date."""
    if typed == "date":
        return True
    texts = list(map(plain_date, values[:200]))
    hits = sum(bool(_ANY_DATE.match(text)) and _plausible(text) for text in texts)
    return hits > 0.5 * len(texts)


def is_day(values: list[str], typed: str) -> bool:
    """Whether most values are dates, or numbers that stand for days: for columns whose name says that they are."""
    texts = [(value, plain_date(value)) for value in values[:200]]
    hits = sum(bool(_ANY_NUMBERED.match(v) or (_ANY_DATE.match(text) and _plausible(text))) for v, text in texts)
    return is_date(values, typed) or hits > 0.5 * len(values[:200])


def _plausible(text: str) -> bool:
    """Letters are a month's, and eight digits are a date only in a century of ours."""
    letters = re.sub(r"[^A-Za-z]", "", text).lower()
    if letters:
        return letters in ENGLISH_MONTHS
    return not text.isdigit() or ("1900" <= text[:4] <= "2099" and "01" <= text[4:6] <= "12" and text[6:8] <= "31")


def is_number(values: list[str], typed: str) -> bool:
    """Whether most values are numbers, perhaps with a currency beside them, and no dates."""
    if typed != "text":
        return typed == "number"
    hits = sum(bool(re.search(r"\d", value)) and len(re.sub(r"[^A-Za-z]", "", value)) <= 4 for value in values[:200])
    return bool(values) and hits >= 0.5 * len(values[:200]) and not is_date(values, typed)


def tells_rows_apart(rows: int) -> Fits:
    """Whether every row has a text of its own: who or what the row is about."""
    return lambda values, typed: typed == "text" and len(set(values)) == rows and bool(re.search("[A-Za-z]", values[0]))


def has_decimals(values: list[str], typed: str) -> bool:
    """Whether most values are numbers with one or two decimals, as money has."""
    decimals = sum(bool(re.search(r"\d[.,]\d{1,2}\D*$|\d\.\d{6}$", value)) for value in values[:200])
    return is_number(values, typed) and decimals >= 0.5 * len(values[:200])
