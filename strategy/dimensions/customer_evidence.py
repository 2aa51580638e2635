"""From the study of a customer file to what a plan keeps of it, and back to what its charts draw from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import isfinite, nan
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from strategy.customers.cleaning.choices import Choices
from strategy.customers.models.likelihood import Array
from strategy.customers.study import Measured
from strategy.customers.value.measures import Segments
from strategy.customers.value.segmenting import Way
from strategy.customers.value.segments import WhaleCurve
from strategy.customers.value.worth import MoneyTerms, Prospects, Risk, Worth
from strategy.plan.evidence import (
    FEWEST,
    FEWEST_TOGETHER,
    CustomerEvidence,
    Grouped,
    MeasuredSegment,
    Noticed,
    TakenOut,
)

DIGITS = 6
"""Significant digits that are kept of a number: more than any chart shows."""
NO_COLUMN = ("segments", "date_format", "decimal")
"""What stands among the columns of a file and is none."""


def digest_of(file: Path) -> str:
    """The SHA-256 of a file's content, 64 hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def evidence_of(
    measured: Measured, choices: Choices, worth: Worth, source: Mapping[str, str], bought_once: int = 0
) -> CustomerEvidence | None:
    """What a plan keeps of a study; None of a file with so few customers that a total would tell of some of them.

    None too where a number goes beyond what a plan can hold.
    source  {file, digest, day, currency}
    """
    if worth.customers < FEWEST:
        return None
    try:
        return _evidence(measured, choices, worth, source, bought_once)
    except ValidationError:
        return None


def _evidence(
    measured: Measured, choices: Choices, worth: Worth, source: Mapping[str, str], bought_once: int
) -> CustomerEvidence:
    report = measured.report
    return CustomerEvidence(
        file=source["file"][:200],
        digest=source["digest"],
        day=source["day"],
        first=report.first.isoformat(),
        last=report.last.isoformat(),
        currency=source["currency"],
        mapping=_mapping(choices),
        rows=report.rows,
        kept_rows=report.kept_rows,
        amount=_short(report.amount),
        kept_amount=_short(report.kept_amount),
        removed=tuple(TakenOut(code=gone.code, rows=gone.rows, amount=_short(gone.amount)) for gone in report.removed),
        findings=tuple(_noticed(measured)),
        trust=measured.trust,
        contracts=worth.contracts,
        margin=worth.terms.margin,
        discount=worth.terms.discount,
        years=worth.terms.years,
        customers=worth.customers,
        still=_short(worth.still),
        total=_short(worth.total),
        low=_bound(worth.low),
        high=_bound(worth.high),
        new=_short(worth.new),
        first_margin=_short(worth.first),
        bought_once=bought_once,
        whale=_whale(worth),
        tenths=_row(worth.deciles),
        risk_customers=tuple(map(_row, worth.risk.customers)),  # type: ignore[arg-type]
        risk_value=tuple(map(_row, worth.risk.clv)),  # type: ignore[arg-type]
        back=_back(worth.back),
    )


def with_segments(evidence: CustomerEvidence, found: Segments, way: Way, period: str) -> CustomerEvidence:
    """The evidence with the segments of the file; one of a handful of people is left out."""
    segments = tuple(
        MeasuredSegment(
            code=found.codes[n][:200],
            size=int(found.size[n]),
            customers=_short(found.customers[n]),
            revenue=_range(found.revenue_range[n], found.revenue[n]),
            retention=_range(found.retention_range[n], found.retention[n]),
            value=_range(found.value_band[n], found.value[n]),
        )
        for n in range(len(found.codes))
        if found.size[n] >= FEWEST_TOGETHER
    )
    grouped = Grouped(kind=way.kind, column=(way.column or "")[:200], period=period, segments=segments)  # type: ignore[arg-type]
    return evidence.model_copy(update={"grouped": grouped})


def worth_of(evidence: CustomerEvidence) -> Worth:
    """What the customers are worth, as the charts take it; without anybody's own line."""
    people, together = (np.array(side) for side in zip(*evidence.back, strict=True))
    each = np.diff(together) / np.maximum(np.diff(people), 1)
    whale = WhaleCurve(*(np.array(side) for side in zip(*evidence.whale, strict=True)))
    risk = Risk(np.array(evidence.risk_customers), np.array(evidence.risk_value))
    back = Prospects(people, together, np.r_[each[:1], each] if len(each) else np.zeros(1))
    low, high = (nan if end is None else end for end in (evidence.low, evidence.high))
    return Worth(
        MoneyTerms(evidence.margin, evidence.discount, evidence.years), evidence.customers, evidence.still,
        evidence.total, low, high, whale, np.array(evidence.tenths), risk, (), back, evidence.new,
        evidence.first_margin, None, evidence.contracts,
    )  # fmt: skip


def _short(number: float) -> float:
    return float(f"{float(number):.{DIGITS}g}")


def _row(numbers: Sequence[float] | Array) -> tuple[float, ...]:
    return tuple(_short(number) for number in numbers)


def _range(ends: Array, likely: float) -> tuple[float | None, float, float | None]:
    return _bound(ends[0]), _short(likely), _bound(ends[1])


def _bound(number: float) -> float | None:
    return _short(number) if isfinite(number) else None


def _mapping(choices: Choices) -> dict[str, str]:
    """{role: column} of the columns that were used."""
    told = {field.name: getattr(choices.columns, field.name) for field in fields(choices.columns)}
    return {role: name[:200] for role, name in told.items() if isinstance(name, str) and role not in NO_COLUMN}


def _noticed(measured: Measured) -> list[Noticed]:
    """Findings that are told by numbers alone: what else stands in one may come from the file."""
    return [
        Noticed(code=finding.code, fields={name: _short(value) for name, value in finding.fields.items()})  # type: ignore[arg-type]
        for finding in measured.model.findings
        if not any(isinstance(value, str) for value in finding.fields.values())
    ]


def _whale(worth: Worth) -> tuple[tuple[float, float], ...]:
    """Points of the curve with several customers between two of them."""
    shares, value = worth.whale.customers, worth.whale.value
    at = _apart(shares * worth.customers)
    return tuple((_short(shares[n]), _short(value[n])) for n in at)


def _back(back: Prospects) -> tuple[tuple[float, float], ...]:
    return tuple((_short(back.people[n]), _short(back.worth[n])) for n in _apart(back.people))


def _apart(people: Array) -> list[int]:
    """The first point, and each that has several people more than the one kept before; the last one always."""
    kept = [0]
    for n in range(1, len(people)):
        if people[n] - people[kept[-1]] >= FEWEST_TOGETHER:
            kept.append(n)
    if kept[-1] != len(people) - 1:
        kept[-1 if len(kept) > 1 else len(kept) :] = [len(people) - 1]
    return kept
