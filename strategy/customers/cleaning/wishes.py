"""What is typed about customer data, and the choices about the file that follow from it and from what is proposed."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.durations import Period
from strategy.customers.cleaning.summary import Unit
from strategy.customers.proposing.proposal import Proposal, propose
from strategy.customers.proposing.selection import Counting, Selection
from strategy.customers.reading.columns import Columns, ContractColumns
from strategy.customers.reading.frames import DATE_FORMATS
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError


@dataclass(frozen=True)
class Wishes:
    """What people decide about their data without having seen it: what they name; the rest is done as proposed.

    named    {role of `Columns` or `ContractColumns`: column of the file}, in place of what is guessed
    segment  a column to group by, also where it was not guessed to be one
    rules    of cleaning; without excluded products, those that look like postage and fees stay in
    unit, until, model  as in `Choices`
    period   between two renewals; None: as proposed
    where    which values of a column count: {column: values}
    as_is    nothing is done that was not asked for; what was seen all the same stays a doubt
    written  how dates and numbers are written: {"date_format": code, "decimal": sign}
    """

    named: dict[str, str] = field(default_factory=dict)
    segment: str | None = None
    rules: Rules = field(default_factory=Rules)
    unit: Unit = "day"
    period: Period | None = None
    until: date | None = None
    model: str = "bg_nbd"
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_is: bool = False
    written: dict[str, str] = field(default_factory=dict)

    def choices(self, table: Table, contracts: bool | None = None) -> Choices:
        """The choices for a table of contracts, or else of purchases; None: as is likelier.

        Raises PlannerError for a column that is not there, has no role in such a file or cannot be guessed, for
        contracts without amounts, and for a way of writing dates that is not known.
        """
        self._check(table, contracts)
        proposal = self._proposal(table, contracts)
        told: dict[str, Any] = {"segments": self._segments(proposal.columns), **self._written()}
        columns = replace(proposal.columns, **told)
        money = columns.have_money if isinstance(columns, Columns) else columns.amount is not None
        if not money and self.rules.per_purchase is None:
            raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
        selection = self._selection(table, proposal)
        return Choices(
            columns, replace(self.rules, selection=selection), self.unit, self.period or proposal.period,
            fee=self.rules.per_purchase or 0.0,
            until=self.until, model=self.model, shape=proposal.shape, doubts=proposal.doubts(selection),
            told=() if self.as_is else proposal.told(selection),
        )  # fmt: skip

    def _proposal(self, table: Table, contracts: bool | None) -> Proposal:
        """The likeliest way to take the file that is still possible. Raises PlannerError where there is none."""
        found = propose(table, self.named, contracts)
        if self.as_is:
            found = tuple(each for each in found if each.shape.kind in ("purchases", "contracts")) or found
        if self.period and any(each.open for each in found):  # how long a tenure counts is between renewals too
            found = tuple(replace(each, open=()) for each in found if each.period == self.period) or found
        return next((each for each in found if contracts is None or each.contracts == contracts), found[0])

    def _selection(self, table: Table, proposal: Proposal) -> Selection:
        """What counts: as proposed, but for the columns of which somebody said it."""
        proposed = Selection() if self.as_is else proposal.selection
        said = []
        for name, values in self.where.items():
            table.column(name)
            before = next((status.counting for status in proposal.statuses if status.column == name), Counting(name))
            only = tuple(value.strip().lower() for value in values)
            said.append(Counting(name, only, (), tuple(value for value in before.returns if value in only)))
        others = [counting for counting in proposed.counting if counting.column not in self.where]
        return replace(proposed, counting=(*others, *said))

    def _written(self) -> dict[str, str]:
        code = self.written.get("date_format")
        if code is not None and code not in DATE_FORMATS:
            raise PlannerError("choice", place="date-format", value=code, expected=", ".join(DATE_FORMATS))
        return dict(self.written)

    def _check(self, table: Table, contracts: bool | None) -> None:
        """Every column that people named must be there and have a role in such a file."""
        kinds = (Columns, ContractColumns) if contracts is None else (ContractColumns if contracts else Columns,)
        for role, name in self.named.items():
            table.column(name)
            if not any(role in kind.__dataclass_fields__ for kind in kinds):
                raise PlannerError("other_role", place=role, value=name)
        if self.segment is not None:
            table.column(self.segment)

    def _segments(self, guessed: Columns | ContractColumns) -> tuple[str, ...]:
        """Columns to group by; the one that names the customers cannot be: each would be a group."""
        if self.segment is None:
            return guessed.segments
        if self.segment == guessed.customer:
            raise PlannerError("taken_column", place="file", value=self.segment)
        return tuple(dict.fromkeys((*guessed.segments, self.segment)))
