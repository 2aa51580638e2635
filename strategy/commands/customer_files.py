"""What the commands about customer data share: how a file is read, studied, and told of."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from os import strerror
from pathlib import Path
from typing import Any

import numpy as np

from strategy.commands.arguments import COLUMNS
from strategy.commands.refusals import ENGLISH
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.doubts import Removed
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.findings import Finding
from strategy.customers.reading.columns import ContractColumns, looks_like_contracts
from strategy.customers.reading.engines import Engine, open_engine
from strategy.customers.reading.reading import Table
from strategy.customers.study import Measured, Running, measure_table
from strategy.customers.value.book import ContractBook, PurchaseBook
from strategy.customers.value.segmenting import book_of
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import say_finding
from strategy.words.messages import ASSUMED

NOT_A_COLUMN = {"rfm": "rfm", "clv": "deciles", "risk": "risk"}
"""What --segments takes beside a column, and the way of grouping that it stands for."""
ROWS = (".csv", ".parquet")
"""Endings of files with a row per customer."""


def contracts_in(given: argparse.Namespace, table: Table) -> bool | None:
    """What people say the file holds; None where they do not."""
    if given.kind:
        return bool(given.kind == "contracts")
    if given.start or given.end:
        return True
    return False if given.date and looks_like_contracts(table) else None


def studied(given: argparse.Namespace, table: Table) -> tuple[Choices, Measured, PurchaseBook | ContractBook]:
    """What was chosen for a table, its study, and its customers, brought home before the engine is closed."""
    choices = wishes(given).choices(table, contracts_in(given, table))
    if isinstance(choices.columns, ContractColumns) and getattr(given, "segments", None) == "rfm":
        raise PlannerError("no_rfm", place="segments", value="rfm")
    measured = measure_table(table, choices, table.engine.folder / "measured")
    return choices, measured, book_of(measured)


def read_as(choices: Choices) -> dict[str, Any]:
    """What was done with the file because it was proposed, where anything was."""
    return {"read": said(choices.told)} if choices.told else {}


def wishes(given: argparse.Namespace) -> Wishes:
    """What was typed about a file."""
    until = None
    if given.until:
        try:
            until = np.datetime64(given.until, "D").item()
        except ValueError:
            raise PlannerError("not_a_day", place="until", value=given.until) from None
    excluded = tuple(part.strip() for part in given.exclude.split(",") if part.strip())
    rules = Rules(
        np.datetime64("today").item(), excluded, given.currency, zero_amounts=given.zero_amounts,
        per_purchase=given.per_purchase, duplicates=False if given.keep_copies else None,
    )  # fmt: skip
    named = {role: getattr(given, role) for role in COLUMNS if getattr(given, role, None)}
    column = getattr(given, "segments", None)
    segment = None if column in NOT_A_COLUMN else column
    written = {"date_format": given.date_format, "decimal": given.decimal}
    return Wishes(
        named, segment, rules, given.unit, given.period, until, given.model, dict(given.where), given.as_is,
        {name: text for name, text in written.items() if text},
    )  # fmt: skip


def holdout(measured: Measured) -> dict[str, Any]:
    """Purchases that the models had not seen, and what they foretold, where there are any."""
    model = measured.model
    if isinstance(model, Running) or model.tracked is None:
        return {}
    check = model.tracked.holdout
    return {"holdout": {"actual": check.actual, "predicted": check.predicted}}


@contextmanager
def engine_at(address: str) -> Iterator[Engine]:
    """An engine, closed in the end."""
    engine = open_engine(address)
    try:
        yield engine
    finally:
        engine.close()


def can_write(out: str | None, file: str, endings: tuple[str, ...] = ROWS) -> None:
    """Refuses an ending that is not known, and the file that is read itself."""
    if out and Path(out).suffix not in endings:
        raise PlannerError("cannot_write", place="file", value=", ".join(endings), file=out)
    if out and Path(out).resolve() == Path(file).resolve():
        raise PlannerError("cannot_write", place="file", value="the file that is read", file=out)


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Turns what the disk says into an error that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a file name"
        raise PlannerError("cannot_write", place="file", value=reason, file=path) from None


def cleaning(removed: Iterable[Removed]) -> list[dict[str, Any]]:
    """What was cleaned, as it is answered."""
    return [{"what": entry.code, "rows": entry.rows, "amount": entry.amount} for entry in removed]


def assumed(codes: Iterable[str]) -> list[str]:
    """What was assumed, in sentences."""
    return [ENGLISH.text(ASSUMED[code]) for code in codes]


def said(findings: Iterable[Finding]) -> list[str]:
    """Findings in sentences."""
    return [say_finding(finding, ENGLISH) for finding in findings]


def offered(offered: Iterable[tuple[str, int]], given: argparse.Namespace) -> list[str]:
    """Products that look like none and were not excluded."""
    excluded = {part.strip().upper() for part in given.exclude.split(",")}
    left = [(code, lines) for code, lines in offered if code not in excluded]
    if not left:
        return []
    codes, lines = ", ".join(code for code, _ in left[:8]), sum(lines for _, lines in left)
    return said([Finding("non_products_kept", {"products": codes, "lines": lines})])


def finite(number: float) -> float | None:
    """A number as JSON can hold it."""
    return number if isfinite(number) else None
