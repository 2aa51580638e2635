"""The commands about customer data: `value` and `case`, of the same study as the page."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from strategy.commands.customer_files import (
    NOT_A_COLUMN,
    assumed,
    can_write,
    cleaning,
    engine_at,
    finite,
    holdout,
    offered,
    read_as,
    said,
    studied,
    writing,
)
from strategy.commands.refusals import ENGLISH
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.durations import MONTHS
from strategy.customers.findings import Finding
from strategy.customers.reading.columns import group_name
from strategy.customers.reading.reading import read_table
from strategy.customers.study import Measured, Running
from strategy.customers.value.book import UNITS_A_YEAR, Book, ContractBook, PurchaseBook
from strategy.customers.value.contract_value import contract_clv, realised_contract_bands
from strategy.customers.value.segmenting import Ahead, Way, grouped
from strategy.customers.value.segments import Grouping
from strategy.customers.value.table import customer_table, write_customers
from strategy.customers.value.to_case import Setting, case_from_customers, measured_for, source_of
from strategy.customers.value.value import Terms, valued
from strategy.explanations.customer_findings import SEGMENT_NAMES

HORIZONS = {"year": 5, "quarter": 12, "month": 24}
"""Periods that a case looks ahead where nobody says it."""
BAND_DRAWS, LONGEST_CURVE = 500, 61


# value ---------------------------------------------------------------------------------------------------------------


def value(given: argparse.Namespace) -> dict[str, Any]:
    """What the customers in a file of transactions are worth, and how far that can be trusted."""
    can_write(given.out, given.file)
    with engine_at(given.engine) as engine:
        table = read_table(Path(given.file), engine, sheet=given.sheet)
        choices, measured, book = studied(given, table)
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
        **read_as(choices),
        "cleaning": cleaning(report.removed),
        **_models(book),
        "trusted": measured.trust == "trusted",
        "findings": [*assumed(report.findings), *offered(report.excluded, given), *said(noticed)],
        "clv": {
            "total": finite(float(values.sum())),
            "mean": finite(float(values.mean())),
            "p05": finite(bands.total_low),
            "p95": finite(bands.total_high),
        },
        **holdout(measured),
    }
    if given.out:
        with writing(given.out):
            write_customers(customer_table(book, terms, values, bands), Path(given.out))
    return answer


def _models(book: PurchaseBook) -> dict[str, Any]:
    return {
        "purchasing": {
            "model": book.purchasing.model,
            "parameters": book.purchasing.parameters,
            "standard_errors": {k: finite(v) for k, v in book.purchasing.standard_errors.items()},
            "log_likelihood": float(book.purchasing.log_likelihood),
        },
        "spend": {
            "model": book.spend.model,
            "parameters": dict(zip("pqv", map(finite, book.spend.parameters.tolist()), strict=True)),
            "log_likelihood": finite(book.spend.log_likelihood),
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
        **read_as(choices),
        "cleaning": cleaning(report.removed),
        "contracts": {
            "model": book.contracts.model,
            "parameters": {name: finite(value) for name, value in book.contracts.parameters.items()},
            "running": model.running,
            "ended": model.ended,
            "period": book.period,
            "retention_rate": finite(1 - left / at_risk) if at_risk else None,
            "survival": [finite(float(share)) for share in model.observed[:LONGEST_CURVE]],
        },
        "trusted": measured.trust == "trusted",
        "findings": [*assumed(report.findings), *said(noticed)],
        "clv": {
            "total": finite(float(values.sum())),
            "mean": finite(float(values.mean())),
            "p05": finite(bands.total_low),
            "p95": finite(bands.total_high),
        },
    }
    if given.out:
        with writing(given.out):
            worth = {"customer": book.customer, "renewals": book.age, "amount": book.amount, "clv": values}
            more = {"clv_p05": bands.customer_low, "clv_p95": bands.customer_high}
            write_customers(pa.table({**worth, **more}), Path(given.out))
    return answer


# case ----------------------------------------------------------------------------------------------------------------


def case(given: argparse.Namespace) -> dict[str, Any]:
    """A case from transactions or contracts, written to a file; the answer is what was measured, with origins."""
    with engine_at(given.engine) as engine:
        path = Path(given.file)
        table = read_table(path, engine, sheet=given.sheet)
        choices, measured, book = studied(given, table)
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
    with writing(given.out):
        Path(given.out).write_text(made.to_json() + "\n", encoding="utf-8")
    findings = [*noticed, *(entry for entry in segments.findings if entry not in noticed)]
    return {
        "case": given.out,
        **read_as(choices),
        "cleaning": cleaning(report.removed),
        "trusted": measured.trust == "trusted",
        "findings": [*assumed(report.findings), *said(findings)],
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
        **holdout(measured),
    }


def _grouping(given: argparse.Namespace, book: Book, setting: Setting) -> Grouping:
    kind = NOT_A_COLUMN.get(given.segments)
    way = Way(kind) if kind else Way("column", group_name(given.segments))
    return grouped(book, way, Ahead(setting.period, setting.horizon, setting.margin, setting.discount))
