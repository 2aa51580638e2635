"""Files of another shape than a row per purchase or contract: recognised from their columns and a few customers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import narwhals as nw
import numpy as np

from strategy.customers.findings import Finding
from strategy.customers.proposing.words import NO, YES
from strategy.customers.reading.column_words import CUSTOMER
from strategy.customers.reading.columns import Columns, ContractColumns, named_like, plain_name
from strategy.customers.reading.contents import is_date
from strategy.customers.reading.date_words import parts_of_dates, plain_date
from strategy.customers.reading.frames import DATE_FORMATS, Frame, month_formats
from strategy.customers.reading.parsing import parse_dates, parse_numbers
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

Kind = Literal[
    "purchases",
    "contracts",
    "months_in_columns",
    "charges",
    "contract_years",
    "tenure",
    "tenure_years",
    "customer_summary",
    "date_parts",
]
Period = Literal["month", "quarter", "year"]
Found = tuple["Shape", Columns | ContractColumns, Period, tuple[Finding, ...], tuple[Finding, ...]]
"""A shape, the columns of what it becomes, between renewals, why, and what is open until somebody says it."""
FEWEST_MONTHS = 3
SAMPLED, ROWS_AT_MOST = 300, 60_000
"""Customers whose rows are looked at one by one."""
OFTEN_ONCE, FEW_PRICES, FEWEST_CHAINS = 0.9, 0.1, 10
"""Shares of different ids and prices in the head above which rows are no contract years and no charges."""
REGULAR, FEWEST_GAPS = 0.8, 50
"""Share of gaps that are one period, and of amounts equal to the one before, from which on purchases are charges."""
CHAINED = 46
"""Days between the end of a contract and the next start, up to which the next one renews it."""
MONTHS = tuple(written.pattern for written in month_formats())
CHURN_YES = (*YES, "churned", "left", "vertrokken", "opgezegd", "attrited customer", "exited")
CHURN_NO = (*NO, "stayed", "existing customer", "gebleven", "active", "actief")
PERIODS: tuple[tuple[Period, int, int], ...] = (("month", 26, 33), ("quarter", 85, 97), ("year", 355, 375))
"""Days that a period has, from and to."""


@dataclass(frozen=True)
class Shape:
    """How rows become purchases or contracts.

    kind      "purchases" and "contracts" as they stand; else what the rows are
    columns   (role, column of the file) that the change needs
    months    columns that are months
    period    between two charges
    until     the day from which tenures are counted back
    unit      of tenures: "day", "week", "month" or "year"
    """

    kind: Kind
    columns: tuple[tuple[str, str], ...] = ()
    months: tuple[str, ...] = ()
    period: Period = "year"
    until: date | None = None
    unit: str = "month"

    def column(self, role: str) -> str | None:
        """The column of a role."""
        return dict(self.columns).get(role)


def find_shapes(table: Table, purchases: Columns | None, contracts: ContractColumns | None) -> Iterator[Found]:
    """Other ways to take a file than as it stands, the likeliest last."""
    months = tuple(name for name in table.names if _is_month(name))
    if len(months) >= FEWEST_MONTHS and len(months) < len(table.names):
        others = [name for name in table.names if name not in months]
        customer = named_like(CUSTOMER, others) or others[0]
        reasons = (Finding("months_in_columns", {"months": len(months), "first": months[0], "last": months[-1]}),)
        yield Shape("months_in_columns", months=months), Columns(customer, "month", "amount"), "year", reasons, ()
    if contracts is not None and contracts.customer and contracts.end and _renewed_in_rows(table, contracts):
        roles = {"customer": contracts.customer, "start": contracts.start, "end": contracts.end}
        roles |= {"amount": contracts.amount} if contracts.amount else {}
        made = ContractColumns("start", "end", None, "customer", "amount" if contracts.amount else None)
        reasons = (Finding("years_chained", {"column": contracts.customer}),)
        yield Shape("contract_years", tuple(roles.items())), made, "year", reasons, ()
    if purchases is not None and purchases.amount and (charges := _charges(table, purchases)):
        yield charges


def date_in_parts(table: Table) -> Shape | None:
    """How year and month, perhaps with the day, become one column, where no column holds dates."""
    if any(is_date(table.values(name), table.type_of(name)) for name in table.names):
        return None
    names = {plain_name(name): name for name in reversed(table.names)}
    found = parts_of_dates(names, {name: table.values(name) for name in table.names})
    return Shape("date_parts", tuple(found.items())) if found else None


def _is_month(name: str) -> bool:
    """Whether a column's name is a month or a day."""
    text = plain_date(name)
    named = [written for written in DATE_FORMATS.values() if not written.per_day and not written.relative]
    return len(text) != len("20110131") * text.isdigit() and any(re.match(written.pattern, text) for written in named)


def holds_months(values: list[str]) -> bool:
    """Whether most dates are months without a day."""
    texts = [plain_date(value) for value in values[:SAMPLED]]
    return sum(any(re.match(pattern, text) for pattern in MONTHS) for text in texts) > len(texts) / 2


def _renewed_in_rows(table: Table, contracts: ContractColumns) -> bool:
    """Whether customers' rows follow upon each other, as one row a contract year does."""
    ids = table.values(str(contracts.customer))
    if len(set(ids)) > OFTEN_ONCE * len(ids):
        return False
    histories = _histories(table, str(contracts.customer), contracts.start, str(contracts.end), True)
    gaps = [later[0] - earlier[1] for history in histories for earlier, later in pairwise(history)]
    return len(gaps) >= FEWEST_CHAINS and sum(-CHAINED < gap <= CHAINED for gap in gaps) > REGULAR * len(gaps)


def _charges(table: Table, purchases: Columns) -> Found | None:
    """Purchases that are charges of a subscription: at one distance, of one amount."""
    amounts = table.values(str(purchases.amount))
    if not amounts or len(set(amounts)) > FEW_PRICES * len(amounts):
        return None
    histories = _histories(table, purchases.customer, purchases.date, str(purchases.amount), False)
    pairs = [pair for history in histories for pair in pairwise(history)]
    gaps = np.array([later[0] - earlier[0] for earlier, later in pairs])
    if len(gaps) < FEWEST_GAPS:
        return None
    equal = float(np.mean([earlier[1] == later[1] for earlier, later in pairs]))
    period = next((each for each, low, high in PERIODS if np.mean((gaps >= low) & (gaps <= high)) > REGULAR), None)
    if period is None or equal < REGULAR:
        return None
    roles = (("customer", purchases.customer), ("date", purchases.date), ("amount", str(purchases.amount)))
    reasons = (Finding("charges_are_contracts", {"share": equal, "days": int(np.median(gaps))}),)
    made = ContractColumns("start", "end", None, "customer", "amount")
    return Shape("charges", roles, period=period), made, period, reasons, ()


def _histories(table: Table, customer: str, day: str, other: str, days: bool) -> list[list[tuple[float, float]]]:
    """(day number, day or number of the other column) of the rows of some customers, in time.

    days  whether the other column holds days too
    """
    ids = [value.strip() for value in dict.fromkeys(table.values(customer))][:SAMPLED]
    who = nw.col(table.column(customer)).cast(nw.String).str.strip_chars().alias("who")
    some = table.engine.keep(table.frame.with_columns(who).filter(nw.col("who").is_in(ids)).head(ROWS_AT_MOST))
    try:
        frame = with_day(table, some, day, "when", some)
        frame = (
            with_day(table, frame, other, "other", some) if days else with_number(table, frame, other, "other", some)
        )
    except PlannerError:
        return []
    home = table.engine.arrays(frame.select("who", "when", "other"))
    when = home["when"].astype("datetime64[D]").astype(float)
    second = home["other"].astype("datetime64[D]").astype(float) if days else home["other"].astype(float)
    known = ~np.isnat(home["when"]) & (~np.isnat(home["other"]) if days else ~np.isnan(second))
    found: dict[str, list[tuple[float, float]]] = {}
    for at in np.flatnonzero(known):
        found.setdefault(str(home["who"][at]), []).append((float(when[at]), float(second[at])))
    return [sorted(history) for history in found.values()]


def with_day(table: Table, frame: Frame, name: str, into: str, source: Frame | None = None) -> Frame:
    """The rows with the days of a column. Raises PlannerError where it holds none."""
    column = table.column(name)
    if table.type_of(name) == "date":
        return frame.with_columns(nw.col(column).cast(nw.Date).alias(into))
    if table.type_of(name) == "number":
        raise PlannerError("unreadable_dates", place=name, value="")
    days, _ = parse_dates(table.engine, table.frame if source is None else source, column, None, name, into)
    return days.added_to(frame)


def with_number(table: Table, frame: Frame, name: str, into: str, source: Frame | None = None) -> Frame:
    """The rows with the numbers of a column."""
    column = table.column(name)
    if table.type_of(name) != "text":
        return frame.with_columns(nw.col(column).cast(nw.Float64).alias(into))
    numbers, _ = parse_numbers(table.engine, table.frame if source is None else source, column, None, into)
    return numbers.added_to(frame)
