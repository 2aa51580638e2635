"""What a customer file told, as a plan keeps it: totals of many customers, and never a row, an id or a value of one."""

from typing import Annotated, Literal

from pydantic import Field

from strategy.case.estimate import Amount, Model, Number, Signed
from strategy.plan.scenario import within

FEWEST = 50
"""Customers of a file of which something may stay: of fewer a tenth would be a handful of people."""
FEWEST_TOGETHER = 5
"""Customers of a segment, or between two points of a curve, of which a total may stay."""
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Row = tuple[Number, Number, Number, Number, Number]
Bound = Signed | None
"""An end of a range; None where too little is known to give one."""
Range = tuple[Bound, Signed, Bound]


class TakenOut(Model):
    """Rows that were taken out of the file: a code of `CLEANING`, how many, and their money."""

    code: Annotated[str, within(60)]
    rows: int = Field(ge=0)
    amount: Number


class Noticed(Model):
    """What must be known before trusting the numbers: a finding's code, and those of its fields that are numbers."""

    code: Annotated[str, within(60)]
    fields: dict[str, Number] = Field(default_factory=dict, max_length=20)


class MeasuredSegment(Model):
    """One segment of the file.

    revenue    per customer and period, and retention per period: low, likely, high
    value      money: low, likely, high
    """

    code: Annotated[str, within(200)]
    size: int = Field(ge=FEWEST_TOGETHER)
    customers: Amount
    revenue: Range
    retention: Range
    value: Range


class Grouped(Model):
    """The segments of the file: the kind of grouping, the column where it is by one, and in which periods it counts."""

    kind: Annotated[str, within(20)]
    column: Annotated[str, within(200)] = ""
    period: Literal["year", "quarter", "month"]
    segments: tuple[MeasuredSegment, ...] = Field(max_length=200)


class CustomerEvidence(Model):
    """Totals of a study of a customer file.

    file, digest   its name and the SHA-256 of its content; day: when it was measured
    first, last    the days between which it has something
    mapping        {role: column of the file}
    rows, kept_rows, amount, kept_amount, removed   what was read, and what stayed after cleaning
    margin, discount, years   how money is counted
    contracts      whether the rows are contracts, not purchases
    still, total, low, high, new, first_margin   as in `customers.value.worth.Worth`
    bought_once    customers who bought once where they are many, else 0
    whale          (share of customers, share of value), each point of several customers more than the one before
    tenths         value of each tenth of customers, the most valuable first
    risk_customers, risk_value   3 thirds by worth, 5 chances to be a customer still
    back           (how many are won back, what they are worth together)
    """

    file: Annotated[str, within(200)]
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    day: Day
    first: Day
    last: Day
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    mapping: dict[str, Annotated[str, within(200)]] = Field(default_factory=dict, max_length=20)
    rows: int = Field(ge=0)
    kept_rows: int = Field(ge=0)
    amount: Number
    kept_amount: Number
    removed: tuple[TakenOut, ...] = Field(default=(), max_length=100)
    findings: tuple[Noticed, ...] = Field(default=(), max_length=100)
    trust: Literal["trusted", "care", "fallback"]
    contracts: bool
    margin: float = Field(ge=0, le=1)
    discount: float = Field(ge=0, le=1)
    years: int | None = Field(ge=1, le=50)
    customers: int = Field(ge=FEWEST)
    still: Amount
    total: Signed
    low: Bound
    high: Bound
    new: Signed
    first_margin: Signed
    bought_once: int = Field(default=0, ge=0)
    whale: tuple[tuple[Number, Number], ...] = Field(min_length=2, max_length=401)
    tenths: tuple[Number, ...] = Field(min_length=10, max_length=10)
    risk_customers: tuple[Row, Row, Row]
    risk_value: tuple[Row, Row, Row]
    back: tuple[tuple[Number, Number], ...] = Field(min_length=1, max_length=401)
    grouped: Grouped | None = None
