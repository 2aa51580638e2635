"""What people decide about a file before it is computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.durations import Period
from strategy.customers.cleaning.summary import Unit
from strategy.customers.findings import Finding
from strategy.customers.proposing.shapes import Shape
from strategy.customers.reading.columns import Columns, ContractColumns


@dataclass(frozen=True)
class Choices:
    """What people decide about a file before it is computed.

    columns     of purchases or of contracts: this says which of the two the file holds
    unit        purchases within one count once
    period      between two renewals of a contract
    fee         money per period where a contract file has none
    until       the last day that the models see; what was bought later checks them. None: all of the data
    model       of purchases: "bg_nbd", "pareto_nbd" or "best"
    shape       how the file's rows become purchases or contracts
    doubts      what speaks against relying on the file, as long as nobody decides it
    told        what is done with the file, and why
    """

    columns: Columns | ContractColumns
    rules: Rules = field(default_factory=Rules)
    unit: Unit = "day"
    period: Period = "year"
    fee: float = 0.0
    until: date | None = None
    model: str = "bg_nbd"
    shape: Shape = field(default_factory=lambda: Shape("purchases"))
    doubts: tuple[Finding, ...] = ()
    told: tuple[Finding, ...] = ()
