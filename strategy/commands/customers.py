"""The commands about customer data: `value` and `case`, of the same study as the page."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from os import strerror
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from strategy.commands.arguments import COLUMNS
from strategy.commands.refusals import ENGLISH
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.doubts import Removed
from strategy.customers.cleaning.durations import MONTHS
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.findings import Finding
from strategy.customers.reading.columns import ContractColumns, group_name, looks_like_contracts
from strategy.customers.reading.engines import Engine, open_engine
from strategy.customers.reading.reading import Table, read_table
from strategy.customers.study import Measured, Running, measure_table
from strategy.customers.value.book import UNITS_A_YEAR, Book, ContractBook, PurchaseBook
from strategy.customers.value.contract_value import contract_clv, realised_contract_bands
from strategy.customers.value.segmenting import Ahead, Way, book_of, grouped
from strategy.customers.value.segments import Grouping
from strategy.customers.value.table import customer_table, write_customers
from strategy.customers.value.to_case import Setting, case_from_customers, measured_for, source_of
from strategy.customers.value.value import Terms, valued
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import SEGMENT_NAMES, say_finding
from strategy.words.messages import ASSUMED

HORIZONS = {"year": 5, "quarter": 12, "month": 24}
"""Periods that a case looks ahead where nobody says it."""
BAND_DRAWS, LONGEST_CURVE = 500, 61
NOT_A_COLUMN = {"rfm": "rfm", "clv": "deciles", "risk": "risk"}
"""What --segments takes beside a column, and the way of grouping that it stands for."""


# value ---------------------------------------------------------------------------------------------------------------


def value(given: argparse.Namespace) -> dict[str, Any]:
    """What the customers in a file of transactions are worth, and how far that can be trusted."""
    _can_write(given.out, given.file)
    with _engine(given.engine) as engine:
        table = read_table(Path(given.file), engine, sheet=given.sheet)
        choices, measured, book = _studied(given, table)
    if isinstance(book, ContractBook):
        return _contracts_value(given, choices, measured, book)
    report = measured.report
    per_unit = (1 + given.discount) ** (1 / UNITS_A_YEAR[given.unit]) - 1
    terms = Terms(1.0 if given.margin is None else given.margin, per_unit, 1.0, given.horizon)
    values, bands = valued(book.purchasing, book.spend, book.people, terms, given.seed)
    noticed = (*measured.model.findings, *([Finding("margin_not_given", {})] if given.margin is None else ()))
    answer = {
        "customers": len(book.customer),
        "transactions": report.kept_rows,
        **_read(choices),
        "cleaning": _cleaning(report.removed),
        **_models(book),
        "trusted": measured.trust == "trusted",
        "findings": [*_assumed(report.findings), *_offered(report.excluded, given), *_said(noticed)],
        "clv": {
            "total": _finite(float(values.sum())),
            "mean": _finite(float(values.mean())),
            "p05": _finite(bands.total_low),
            "p95": _finite(bands.total_high),
        },
        **_holdout(measured),
    }
    if given.out:
        with _writing(given.out):
            write_customers(customer_table(book, terms, values, bands), Path(given.out))
    return answer


def _models(book: PurchaseBook) -> dict[str, Any]:
    return {
        "purchasing": {
            "model": book.purchasing.model,
            "parameters": book.purchasing.parameters,
            "standard_errors": {k: _finite(v) for k, v in book.purchasing.standard_errors.items()},
            "log_likelihood": float(book.purchasing.log_likelihood),
        },
        "spend": {
            "model": book.spend.model,
            "parameters": dict(zip("pqv", map(_finite, book.spend.parameters.tolist()), strict=True)),
            "log_likelihood": _finite(book.spend.log_likelihood),
        },
    }


def _contracts_value(
    given: argparse.Namespace, choices: Choices, measured: Measured, book: ContractBook
) -> dict[str, Any]:
    """What running contracts are worth; the horizon is in units of time, counted in whole periods."""
    model, report = measured.model, measured.report
    if not isinstance(model, Running):
        raise TypeError(model)
    a_year = 12 / MONTHS[book.period]
    periods = None if given.horizon is None else max(1, round(given.horizon / UNITS_A_YEAR[given.unit] * a_year))
    margin = 1.0 if given.margin is None else given.margin
    terms = Terms(margin, (1 + given.discount) ** (1 / a_year) - 1, 1.0, periods)
    values = contract_clv(book.contracts, book.age, book.amount, terms)
    everyone = np.zeros(len(values), np.intp)
    bands = realised_contract_bands(book.contracts, book.age, book.amount, terms, everyone, BAND_DRAWS, given.seed)
    noticed = (*model.findings, *([Finding("margin_not_given", {})] if given.margin is None else ()))
    left, at_risk = float(model.left.sum()), float(model.at_risk.sum())
    answer = {
        "customers": len(values),
        "transactions": report.kept_rows,
        **_read(choices),
        "cleaning": _cleaning(report.removed),
        "contracts": {
            "model": book.contracts.model,
            "parameters": {name: _finite(value) for name, value in book.contracts.parameters.items()},
            "running": model.running,
            "ended": model.ended,
            "period": book.period,
            "retention_rate": _finite(1 - left / at_risk) if at_risk else None,
            "survival": [_finite(float(share)) for share in model.observed[:LONGEST_CURVE]],
        },
        "trusted": measured.trust == "trusted",
        "findings": [*_assumed(report.findings), *_said(noticed)],
        "clv": {
            "total": _finite(float(values.sum())),
            "mean": _finite(float(values.mean())),
            "p05": _finite(bands.total_low),
            "p95": _finite(bands.total_high),
        },
    }
    if given.out:
        with _writing(given.out):
            worth = {"customer": book.customer, "renewals": book.age, "amount": book.amount, "clv": values}
            more = {"clv_p05": bands.customer_low, "clv_p95": bands.customer_high}
            write_customers(pa.table({**worth, **more}), Path(given.out))
    return answer


# case ----------------------------------------------------------------------------------------------------------------


def case(given: argparse.Namespace) -> dict[str, Any]:
    """A case from transactions or contracts, written to a file; the answer is what was measured, with origins."""
    with _engine(given.engine) as engine:
        path = Path(given.file)
        table = read_table(path, engine, sheet=given.sheet)
        choices, measured, book = _studied(given, table)
    report, noticed = measured.report, measured.model.findings
    period = choices.period if isinstance(book, ContractBook) else given.period or "year"
    setting = Setting(
        given.name or path.stem, given.currency or report.currency or "EUR", period, given.horizon or HORIZONS[period],
        given.discount, given.margin, given.cost_to_serve, given.spend,
    )  # fmt: skip
    segments = measured_for(book, _grouping(given, book, setting), setting, given.seed)
    own = given.segments in NOT_A_COLUMN
    names = {code: ENGLISH.text(name) for code, name in SEGMENT_NAMES.items()} if own else {}
    made, origins = case_from_customers(segments, setting, source_of(path.name, book), names)
    with _writing(given.out):
        Path(given.out).write_text(made.to_json() + "\n", encoding="utf-8")
    findings = [*noticed, *(entry for entry in segments.findings if entry not in noticed)]
    return {
        "case": given.out,
        **_read(choices),
        "cleaning": _cleaning(report.removed),
        "trusted": measured.trust == "trusted",
        "findings": [*_assumed(report.findings), *_said(findings)],
        "segments": {
            segment.id: {
                "name": segment.name,
                "size": int(segments.size[at]),
                "customers": segment.customers.likely,
                "revenue": float(segments.revenue[at]),
                "retention_rate": float(segments.retention[at]),
                "value": {
                    "total": float(segments.value[at]),
                    "p05": float(segments.value_band[at, 0]),
                    "p95": float(segments.value_band[at, 1]),
                },
                "onboarding_cost": float(segments.onboarding[at]),
                "new_customers": float(segments.arrivals[at]),
            }
            for at, segment in enumerate(made.segments)
        },
        "origins": {key: origin.model_dump(exclude_defaults=True) for key, origin in origins.items()},
        **_holdout(measured),
    }


def _contracts_in(given: argparse.Namespace, table: Table) -> bool | None:
    """What people say the file holds; None where they do not."""
    if given.kind:
        return bool(given.kind == "contracts")
    if given.start or given.end:
        return True
    return False if given.date and looks_like_contracts(table) else None


def _grouping(given: argparse.Namespace, book: Book, setting: Setting) -> Grouping:
    kind = NOT_A_COLUMN.get(given.segments)
    way = Way(kind) if kind else Way("column", group_name(given.segments))
    return grouped(book, way, Ahead(setting.period, setting.horizon, setting.margin, setting.discount))


# What both need ------------------------------------------------------------------------------------------------------


def _studied(given: argparse.Namespace, table: Table) -> tuple[Choices, Measured, PurchaseBook | ContractBook]:
    """What was chosen for a table, its study, and its customers, brought home before the engine is closed."""
    choices = _wishes(given).choices(table, _contracts_in(given, table))
    if isinstance(choices.columns, ContractColumns) and getattr(given, "segments", None) == "rfm":
        raise PlannerError("no_rfm", place="segments", value="rfm")
    measured = measure_table(table, choices, table.engine.folder / "measured")
    return choices, measured, book_of(measured)


def _read(choices: Choices) -> dict[str, Any]:
    """What was done with the file because it was proposed, where anything was."""
    return {"read": _said(choices.told)} if choices.told else {}


def _wishes(given: argparse.Namespace) -> Wishes:
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


def _holdout(measured: Measured) -> dict[str, Any]:
    """Purchases that the models had not seen, and what they foretold, where there are any."""
    model = measured.model
    if isinstance(model, Running) or model.tracked is None:
        return {}
    check = model.tracked.holdout
    return {"holdout": {"actual": check.actual, "predicted": check.predicted}}


@contextmanager
def _engine(address: str) -> Iterator[Engine]:
    engine = open_engine(address)
    try:
        yield engine
    finally:
        engine.close()


def _can_write(out: str | None, file: str) -> None:
    """Refuses an ending that is not known, and the file that is read itself."""
    if out and Path(out).suffix not in (".csv", ".parquet"):
        raise PlannerError("cannot_write", place="file", value=".csv, .parquet", file=out)
    if out and Path(out).resolve() == Path(file).resolve():
        raise PlannerError("cannot_write", place="file", value="the file that is read", file=out)


@contextmanager
def _writing(path: str) -> Iterator[None]:
    """Turns what the disk says into an error that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a file name"
        raise PlannerError("cannot_write", place="file", value=reason, file=path) from None


def _cleaning(removed: Iterable[Removed]) -> list[dict[str, Any]]:
    return [{"what": entry.code, "rows": entry.rows, "amount": entry.amount} for entry in removed]


def _assumed(codes: Iterable[str]) -> list[str]:
    return [ENGLISH.text(ASSUMED[code]) for code in codes]


def _said(findings: Iterable[Finding]) -> list[str]:
    return [say_finding(finding, ENGLISH) for finding in findings]


def _offered(offered: Iterable[tuple[str, int]], given: argparse.Namespace) -> list[str]:
    """Products that look like none and were not excluded."""
    excluded = {part.strip().upper() for part in given.exclude.split(",")}
    left = [(code, lines) for code, lines in offered if code not in excluded]
    if not left:
        return []
    codes, lines = ", ".join(code for code, _ in left[:8]), sum(lines for _, lines in left)
    return _said([Finding("non_products_kept", {"products": codes, "lines": lines})])


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
