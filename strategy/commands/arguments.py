"""What is typed on the command line, checked: amounts, shares, counts, days."""

import argparse
import re
from collections.abc import Callable

LARGEST_AMOUNT = 1e15
COLUMNS = ("customer", "date", "amount", "quantity", "price", "start", "end")
"""Roles of which the column in a customer file can be named."""


def money(text: str) -> float:
    """An amount of 0 or more."""
    return number(text, LARGEST_AMOUNT)


def share(text: str) -> float:
    """A number from 0 to 1."""
    return number(text, 1)


def annual_rate(text: str) -> float:
    """A yearly rate from 0 to 10, which is 1000 %."""
    return number(text, 10)


def number(text: str, highest: float) -> float:
    """A number from 0 to the highest. Raises argparse.ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= highest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {highest:g}")
    return found


def count(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from low to high."""

    def whole(text: str) -> int:
        if not text.isdecimal() or not low <= int(text[:20]) <= high:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {low} to {high}")
        return int(text)

    return whole


def day(text: str) -> str:
    """A day as 2026-01-31. Raises argparse.ArgumentTypeError."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-01-31")
    return text


def counting(text: str) -> tuple[str, tuple[str, ...]]:
    """A column and the values of it that count: "Status=paid,completed". Raises argparse.ArgumentTypeError."""
    name, equals, values = text.partition("=")
    found = tuple(value.strip() for value in values.split(",") if value.strip())
    if not equals or not name.strip() or not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a column and its values, such as Status=paid,completed")
    return name.strip(), found


def amounts(text: str) -> dict[str, float]:
    """Amounts by name: "acquire=900000,retain=500000". Raises argparse.ArgumentTypeError."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, written = part.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"{part!r} is not a lever and an amount, such as retain=500000")
        found[name.strip()] = money(written)
    return found
