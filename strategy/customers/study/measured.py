"""What a study of a file comes to: what was read and taken out, the models, and how far to trust them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from strategy.customers.cleaning.cleaning import Removed
from strategy.customers.cleaning.durations import Period
from strategy.customers.cleaning.summary import Unit
from strategy.customers.findings import Finding, Trust, trust_in
from strategy.customers.models.contracts import Contracts
from strategy.customers.models.likelihood import Array
from strategy.customers.models.purchasing import Purchasing
from strategy.customers.models.spend import Spend
from strategy.customers.models.tracking import HoldoutCheck


@dataclass(frozen=True)
class Report:
    """What was read, what was taken out, and what was assumed.

    excluded  products that look like postage or fees, with their lines: to be excluded or not
    groups    columns by which customers can be grouped
    """

    removed: tuple[Removed, ...]
    rows: int
    amount: float
    kept_rows: int
    kept_amount: float
    first: date
    last: date
    findings: tuple[str, ...]
    currency: str | None
    groups: tuple[str, ...]
    excluded: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Tracked:
    """Repeat purchases as they were made and as expected, from a fit on the first part of the time.

    holdout           counted and foretold in the second part
    moments           (moments,) units since the end of the calibration
    actual, expected  (moments,) cumulative repeat purchases of the customers of the calibration
    """

    holdout: HoldoutCheck
    moments: Array
    actual: Array
    expected: Array


@dataclass(frozen=True)
class Purchases:
    """Models of customers who buy when they like.

    until     the last day that the models have seen
    tracked   None where the time is too short to hold some of it out
    frequency_actual, frequency_expected  (8,) customers with 0, 1, ..., 7 or more repeat purchases
    """

    unit: Unit
    until: date
    customers: int
    repeaters: int
    purchasing: Purchasing
    spend: Spend
    tracked: Tracked | None
    frequency_actual: Array
    frequency_expected: Array
    noticed: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the file, of purchases, of spend and of the holdout."""
        return (
            *self.noticed,
            *self.purchasing.findings,
            *self.spend.findings,
            *(self.tracked.holdout.findings if self.tracked else ()),
        )


@dataclass(frozen=True)
class Running:
    """A model of contracts.

    running, ended  contracts
    at_risk, left   (renewals,) contracts that came up for their t-th renewal, and that ended there
    observed, error, expected  (renewals + 1,) share still running: Kaplan-Meier, its standard error, the model's
    fees            money per period of the running contracts together
    """

    period: Period
    running: int
    ended: int
    contracts: Contracts
    at_risk: Array
    left: Array
    observed: Array
    error: Array
    expected: Array
    noticed: tuple[Finding, ...] = ()
    fees: float = 0.0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the model, and of what was filled in."""
        return (*self.contracts.findings, *self.noticed)


@dataclass(frozen=True)
class Measured:
    """A file after cleaning and fitting.

    model      of purchases or of contracts
    customers  Parquet: a row per customer (per contract), as the models see them
    cleaned    Parquet: the rows that stayed, where they were to be kept; of contracts the same file
    """

    report: Report
    model: Purchases | Running
    customers: Path
    cleaned: Path

    @property
    def trust(self) -> Trust:
        """How far the models can be relied on."""
        return trust_in(self.model.findings)
