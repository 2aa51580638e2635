"""The commands about customer data: `value` and `case`. What they need is imported when they run."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from math import isfinite
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strategy.commands.arguments import amounts, annual_rate, count, day, money, share
from strategy.errors import PlannerError
from strategy.words.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strategy.customers.appraisal import ContractAppraisal, PurchaseAppraisal, Wishes
    from strategy.customers.findings import Finding
    from strategy.customers.reading.engines import Engine
    from strategy.customers.reading.reading import Table
    from strategy.customers.value.book import Book
    from strategy.customers.value.segments import Grouping
    from strategy.customers.value.to_case import Setting

ENGLISH = Wording("en")
SEED = 1
DISCOUNT = 0.10
COLUMNS = ("customer", "date", "amount", "start", "end")
NOT_A_COLUMN = {"rfm": "rfm", "clv": "deciles", "risk": "risk"}
"""What --segments takes beside a column, and the way of grouping that it stands for."""


def value_arguments(parser: argparse.ArgumentParser) -> None:
    """What `value` takes."""
    _data_arguments(parser, ("customer", "date", "amount"))
    parser.add_argument("--horizon", type=count(1, 10_000), help="units looked ahead; without end if left out")
    parser.add_argument("--margin", type=share, help="share of revenue that is left; 1 if left out: CLV is revenue")
    parser.add_argument("--discount", type=annual_rate, default=DISCOUNT, help="annual discount rate, 0.10")
    parser.add_argument("--out", help="file for one row per customer: .csv or .parquet")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), default=SEED, help="makes the bands reproducible")


def case_arguments(parser: argparse.ArgumentParser) -> None:
    """What `case` takes."""
    _data_arguments(parser, COLUMNS)
    parser.add_argument("--segments", required=True, help="a column of the file, or rfm, clv, risk")
    parser.add_argument("--out", required=True, help="case file to write")
    parser.add_argument("--as", dest="kind", choices=("transactions", "contracts"), help="what the file holds")
    parser.add_argument("--name", help="of the case; the file's own if left out")
    parser.add_argument("--period", choices=("year", "quarter", "month"), default="year")
    parser.add_argument("--horizon", type=count(1, 120), default=5, help="periods of the case, 5")
    parser.add_argument("--margin", type=share, help="gross margin as a share; 0.5, to be confirmed, if left out")
    parser.add_argument("--discount", type=annual_rate, default=DISCOUNT, help="annual discount rate, 0.10")
    parser.add_argument("--cost-to-serve", type=money, help="money per customer and period")
    parser.add_argument("--spend", type=amounts, default={}, help="today's, such as acquire=900000,retain=500000")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), default=SEED, help="makes the ranges reproducible")


def _data_arguments(parser: argparse.ArgumentParser, columns: tuple[str, ...]) -> None:
    for column in columns:
        parser.add_argument(f"--{column}", help=f"column with the {column}; guessed if left out")
    parser.add_argument("--unit", choices=("day", "week", "month"), default="day", help="purchases within it are one")
    parser.add_argument("--until", type=day, help="last day of the calibration; what is later becomes the holdout")
    parser.add_argument("--model", choices=("bg_nbd", "pareto_nbd", "best"), default="bg_nbd")
    parser.add_argument("--exclude", default="", help="product codes that are no purchases, separated by commas")
    parser.add_argument("--zero-amounts", action="store_true", help="a line of 0 is a purchase too")
    parser.add_argument("--currency", help="the one to keep where a file mixes them; ISO 4217")
    parser.add_argument("--engine", default="", help="address of a Spark cluster; this computer if left out")


# value ---------------------------------------------------------------------------------------------------------------


def value(given: argparse.Namespace) -> dict[str, Any]:
    """What the customers in a file of transactions are worth, and how far that can be trusted."""
    from strategy.customers.appraisal import appraise_purchases
    from strategy.customers.findings import Finding
    from strategy.customers.reading.columns import looks_like_contracts
    from strategy.customers.reading.reading import read_table
    from strategy.customers.value.book import UNITS_A_YEAR
    from strategy.customers.value.table import customer_table, valued, write_customers
    from strategy.customers.value.value import Terms

    _can_write(given.out, given.file)
    with _engine(given.engine) as engine:
        table = read_table(Path(given.file), engine)
        if looks_like_contracts(table) and not given.date:
            raise PlannerError("holds_contracts", place="file", value=", ".join(table.names[:20]))
        found = appraise_purchases(table, _wishes(given))
    book, cleaned = found.book, found.cleaned
    noticed = [*found.findings]
    if given.margin is None:
        noticed.append(Finding("margin_not_given", {}))
    per_unit = (1 + given.discount) ** (1 / UNITS_A_YEAR[given.unit]) - 1
    terms = Terms(1.0 if given.margin is None else given.margin, per_unit, 1.0, given.horizon)
    values, bands = valued(book, terms, given.seed)
    answer: dict[str, Any] = {
        "customers": len(book.customer),
        "transactions": cleaned.kept_rows,
        "cleaning": _cleaning(found.removed),
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
        "trusted": found.trusted,
        "findings": [*_assumed(found.assumed), *_offered(found.offered, given), *_said(noticed)],
        "clv": {
            "total": _finite(float(values.sum())),
            "mean": _finite(float(values.mean())),
            "p05": _finite(bands.total_low),
            "p95": _finite(bands.total_high),
        },
    }
    if found.check:
        answer["holdout"] = {"actual": found.check.actual, "predicted": found.check.predicted}
    if given.out:
        with _writing(given.out):
            write_customers(customer_table(book, terms, values, bands), Path(given.out))
    return answer


# case ----------------------------------------------------------------------------------------------------------------


def case(given: argparse.Namespace) -> dict[str, Any]:
    """A case from transactions or contracts, written to a file; the answer is what was measured, with origins."""
    from strategy.customers.appraisal import appraise_contracts, appraise_purchases
    from strategy.customers.reading.reading import read_table
    from strategy.customers.value.to_case import Setting, case_from_customers, measured_for, source_of
    from strategy.explanations.customer_findings import SEGMENT_NAMES

    with _engine(given.engine) as engine:
        path = Path(given.file)
        table = read_table(path, engine)
        contracts = _contracts_in(given, table)
        if contracts and given.segments == "rfm":
            raise PlannerError("no_rfm", place="segments", value="rfm")
        appraise = appraise_contracts if contracts else appraise_purchases
        appraised: PurchaseAppraisal | ContractAppraisal = appraise(table, _wishes(given))
    book, currency = appraised.book, given.currency or appraised.currency or "EUR"
    setting = Setting(
        given.name or path.stem, currency, given.period, given.horizon, given.discount, given.margin,
        given.cost_to_serve, given.spend,
    )  # fmt: skip
    segments = measured_for(book, _grouping(given, book, setting), setting, given.seed)
    own = given.segments in NOT_A_COLUMN
    names = {code: ENGLISH.text(name) for code, name in SEGMENT_NAMES.items()} if own else {}
    made, origins = case_from_customers(segments, setting, source_of(path.name, book), names)
    with _writing(given.out):
        Path(given.out).write_text(made.to_json() + "\n", encoding="utf-8")
    findings = [*appraised.findings, *(entry for entry in segments.findings if entry not in appraised.findings)]
    return {
        "case": given.out,
        "cleaning": _cleaning(appraised.removed),
        "trusted": appraised.trusted,
        "findings": [*_assumed(appraised.assumed), *_said(findings)],
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
    }


def _contracts_in(given: argparse.Namespace, table: Table) -> bool:
    """What people say the file holds, else what its columns look like."""
    from strategy.customers.reading.columns import looks_like_contracts

    if given.kind or given.date:
        return bool(given.kind == "contracts")
    return bool(given.start or given.end) or looks_like_contracts(table)


def _grouping(given: argparse.Namespace, book: Book, setting: Setting) -> Grouping:
    from strategy.customers.reading.columns import group_name
    from strategy.customers.value.segmenting import Ahead, Way, grouped

    kind = NOT_A_COLUMN.get(given.segments)
    way = Way(kind) if kind else Way("column", group_name(given.segments))
    return grouped(book, way, Ahead(setting.period, setting.horizon, setting.margin, setting.discount))


# What both need ------------------------------------------------------------------------------------------------------


def _wishes(given: argparse.Namespace) -> Wishes:
    import numpy as np

    from strategy.customers.appraisal import Wishes
    from strategy.customers.cleaning.cleaning import Rules

    until = None
    if given.until:
        try:
            until = np.datetime64(given.until, "D").item()
        except ValueError:
            raise PlannerError("not_a_day", place="until", value=given.until) from None
    excluded = tuple(part.strip() for part in given.exclude.split(",") if part.strip())
    rules = Rules(np.datetime64("today").item(), excluded, given.currency, zero_amounts=given.zero_amounts)
    named = {role: getattr(given, role) for role in COLUMNS if getattr(given, role, None)}
    column = getattr(given, "segments", None)
    segment = None if column in NOT_A_COLUMN else column
    return Wishes(named, segment, rules, given.unit, getattr(given, "period", "year"), until, given.model)


@contextmanager
def _engine(address: str) -> Iterator[Engine]:
    from strategy.customers.reading.engines import open_engine

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


def _cleaning(removed: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"what": entry.code, "rows": entry.rows, "amount": entry.amount} for entry in removed]


def _assumed(codes: Iterable[str]) -> list[str]:
    from strategy.words.messages import ASSUMED

    return [ENGLISH.text(ASSUMED[code]) for code in codes]


def _said(findings: Iterable[Finding]) -> list[str]:
    from strategy.explanations.customer_findings import say_finding

    return [say_finding(finding, ENGLISH) for finding in findings]


def _offered(offered: Iterable[tuple[str, int]], given: argparse.Namespace) -> list[str]:
    """Products that look like none and were not excluded."""
    from strategy.customers.findings import Finding

    excluded = {part.strip().upper() for part in given.exclude.split(",")}
    left = [(code, lines) for code, lines in offered if code not in excluded]
    if not left:
        return []
    codes, lines = ", ".join(code for code, _ in left[:8]), sum(lines for _, lines in left)
    return _said([Finding("non_products_kept", {"products": codes, "lines": lines})])


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
