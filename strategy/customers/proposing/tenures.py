"""Files that say how long customers have been there and whether they left, without a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from strategy.customers.findings import Finding
from strategy.customers.proposing.shapes import CHURN_NO, CHURN_YES, Found, Period, Shape
from strategy.customers.reading.column_words import AMOUNT, CHURNED, CUSTOMER, PRICE, TENURE, UNITS_OF_TENURE
from strategy.customers.reading.columns import ContractColumns, named_like, plain_name
from strategy.customers.reading.contents import number_in
from strategy.customers.reading.reading import Table

Why = tuple[Finding, ...]
MOST_YEARS, FEW = 40.0, 12.0
"""Tenures up to so many may be years; up to so few, years are likelier than months."""


def tenures(table: Table) -> Iterator[Found]:
    """The ways to count tenures, the likeliest last: by the heading's unit, else by how long they are."""
    numbers = [name for name in table.names if plain_name(name) in TENURE]
    churned = [name for name in table.names if plain_name(name) in CHURNED and _says_who_left(table.values(name))]
    if not numbers or not churned:
        return
    found = [number for value in table.values(numbers[0]) if (number := number_in(value)) is not None]
    for unit, why, doubts in counted_in(numbers[0], found):
        yield _counted(table, numbers[0], churned[0], unit, why, doubts)


def counted_in(column: str, tenures: list[float]) -> tuple[tuple[str, Why, Why], ...]:
    """The units in which tenures may be counted, the likeliest last: why, and what is open until somebody says it."""
    told = next((unit for word, unit in UNITS_OF_TENURE if word in plain_name(column)), None)
    longest, halves = max(tenures, default=0.0), any(number != int(number) for number in tenures)
    if told or longest > MOST_YEARS or not tenures:
        return ((told or "month", (), ()),)
    if halves:
        return (("year", (Finding("tenure_in_years", {"column": column}),), ()),)
    years = longest <= FEW
    code = "tenure_years_or_months" if years else "tenure_months_or_years"
    doubt = (Finding(code, {"column": column, "longest": longest}),)
    return tuple((unit, (), doubt) for unit in (("month", "year") if years else ("year", "month")))


def _counted(table: Table, tenure: str, churned: str, unit: str, why: Why, open_: Why) -> Found:
    """Contracts that are counted back by their tenures from the first of this month."""
    customer = named_like(CUSTOMER, table.names)
    names = [name for name in table.names if name not in (tenure, churned, customer)]
    amount = named_like((*AMOUNT, *PRICE), [name for name in names if "total" not in plain_name(name)])
    if amount and number_in((table.values(amount) or [""])[0]) is None:
        amount = None
    groups = tuple(name for name in names if name != amount and 2 <= len(set(table.values(name))) <= 12)
    until = date.today().replace(day=1)
    period: Period = "year" if unit == "year" else "month"
    shape = Shape("tenure", (("tenure", tenure), ("churned", churned)), until=until, unit=unit)
    if period == "year":
        shape = replace(shape, kind="tenure_years")
    fields: dict[str, float | int | str] = {"column": tenure, "state": churned, "day": until.isoformat()}
    reasons = (Finding("counted_back_years" if period == "year" else "counted_back", fields), *why)
    return shape, ContractColumns("started", "ended", None, customer, amount, groups), period, reasons, open_


def _says_who_left(values: list[str]) -> bool:
    words = {value.strip().lower() for value in values}
    return bool(words) and words <= {*CHURN_YES, *CHURN_NO}
