"""What is typed about customer data, and the choices about the file's columns that follow from it."""

from dataclasses import dataclass, field, replace
from datetime import date

from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.durations import Period
from strategy.customers.cleaning.summary import Unit
from strategy.customers.reading.columns import Columns, ContractColumns, guess_columns, guess_contract_columns
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError


@dataclass(frozen=True)
class Wishes:
    """What people decide about their data without having seen it: what they name, the rest is guessed.

    named    {role of `Columns` or `ContractColumns`: column of the file}, in place of what is guessed
    segment  a column to group by, also where it was not guessed to be one
    rules    of cleaning; without excluded products, those that look like postage and fees stay in
    unit, period, until, model  as in `Choices`
    """

    named: dict[str, str] = field(default_factory=dict)
    segment: str | None = None
    rules: Rules = field(default_factory=Rules)
    unit: Unit = "day"
    period: Period = "year"
    until: date | None = None
    model: str = "bg_nbd"

    def choices(self, table: Table, contracts: bool) -> Choices:
        """The choices for a table of contracts, or else of purchases.

        Raises PlannerError for a column that is not there, has no role in such a file or cannot be guessed, and for
        contracts without amounts.
        """
        columns = self._contract_columns(table) if contracts else self._purchase_columns(table)
        return Choices(columns, self.rules, self.unit, self.period, until=self.until, model=self.model)

    def _purchase_columns(self, table: Table) -> Columns:
        self._check(table, Columns)
        guessed = guess_columns(table, self.named)
        return replace(guessed, segments=self._segments(guessed))

    def _contract_columns(self, table: Table) -> ContractColumns:
        self._check(table, ContractColumns)
        guessed = guess_contract_columns(table, self.named)
        if guessed.amount is None:
            raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
        return replace(guessed, segments=self._segments(guessed))

    def _check(self, table: Table, kind: type[Columns] | type[ContractColumns]) -> None:
        """Every column that people named must be there and have a role in such a file."""
        for role, name in self.named.items():
            table.column(name)
            if role not in kind.__dataclass_fields__:
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
