"""What a file is taken to hold: one value, which the page shows and the command line follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from strategy.customers.findings import Finding
from strategy.customers.proposing.gaps import gaps_to_fill, with_gaps_filled
from strategy.customers.proposing.reshaping import reshaped
from strategy.customers.proposing.selection import Selection
from strategy.customers.proposing.shapes import Shape, date_in_parts, find_shapes, holds_months
from strategy.customers.proposing.statuses import Dispute, Status, find_statuses, unused, with_money
from strategy.customers.proposing.summed import summed_up, sums_up_without_age
from strategy.customers.proposing.tenures import tenures
from strategy.customers.proposing.who import Who, doubts_about, look_at
from strategy.customers.reading.column_words import AMOUNT, CUSTOMER, DATE, DATE_ENDINGS, PRICE, WITHOUT_TAX
from strategy.customers.reading.columns import (
    Columns,
    ContractColumns,
    guess_columns,
    guess_contract_columns,
    looks_like_contracts,
    named_like,
    plain_name,
)
from strategy.customers.reading.contents import counts_pieces
from strategy.customers.reading.frames import FIRST_DAY
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

Period = Literal["month", "quarter", "year"]
OF_A_PERIOD: tuple[tuple[str, Period], ...] = (
    ("month", "month"), ("maand", "month"), ("mrr", "month"), ("quarter", "quarter"), ("kwartaal", "quarter"),
)  # fmt: skip
"""In names of amounts, and the period that they are for."""
NUMBERED = {
    "day number": "days_numbered", "week number": "weeks_numbered", "month number": "months_numbered",
    "YYYY": "years_as_days",
}  # fmt: skip
"""What is told of dates that are numbers, by the code of their format."""


@dataclass(frozen=True)
class Proposal:
    """One way to take a file.

    shape     how its rows become purchases or contracts
    columns   of what they become
    statuses  columns that say which rows count
    who       what was seen of the customers' ids
    gaps      columns of which a cell stands for the empty ones below it
    period    between two renewals, of contracts
    reasons   why, and what was seen on the way: codes of sentences
    disputes  where two status columns contradict each other
    open      what nobody can tell who did not choose between this way and another
    """

    shape: Shape
    columns: Columns | ContractColumns
    statuses: tuple[Status, ...] = ()
    who: Who = field(default_factory=Who)
    gaps: tuple[str, ...] = ()
    period: Period = "year"
    reasons: tuple[Finding, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    open: tuple[Finding, ...] = ()

    @property
    def contracts(self) -> bool:
        """Whether what it comes to are contracts."""
        return isinstance(self.columns, ContractColumns)

    @property
    def selection(self) -> Selection:
        """What counts, as proposed."""
        moved = tuple(status.counting for status in self.statuses if status.moves)
        return Selection(moved, self.who.left_out, bool(self.who.alike), self.gaps, bool(self.who.cased))

    def doubts(self, selection: Selection) -> tuple[Finding, ...]:
        """What speaks against relying on a file of which so much counts."""
        found = [finding for status in self.statuses for finding in unused(status, selection.counting)]
        name = self.columns.customer or ""
        found += [finding for dispute in self.disputes for finding in dispute.doubt(selection.counting)]
        return (*self.open, *found, *doubts_about(self.who, selection, name))

    def told(self, selection: Selection) -> tuple[Finding, ...]:
        """What is done with the file, and why."""
        found = list(self.reasons)
        used = {counting.column: counting for counting in selection.counting}
        for status in self.statuses:
            if status.column in used:
                found += _about(status, used[status.column].out, used[status.column].returns)
        for each in self.who.nobody:
            if each.name.lower() in selection.left_out:
                found.append(Finding("left_out_id", {"id": each.name, "rows": each.rows, "share": each.share}))
        if selection.zeros_alike and self.who.alike:
            found.append(Finding("zeros_made_alike", {"ids": self.who.alike}))
        if selection.cases_alike and self.who.cased:
            found.append(Finding("cases_made_alike", {"ids": self.who.cased}))
        if selection.fill_down:
            found.append(Finding("filled_down", {"columns": ", ".join(selection.fill_down)}))
        return tuple(found)


def _about(status: Status, out: tuple[str, ...], returns: tuple[str, ...]) -> list[Finding]:
    """What a status column leaves out, and what it takes back."""
    found = []
    for code, values in (("status_left_out", out), ("status_takes_back", returns)):
        these = [value for value in status.values if value.value in values]
        if these:
            fields: dict[str, float | int | str] = {
                "column": status.column,
                "values": ", ".join(value.value for value in these[:8]),
                "rows": sum(value.rows for value in these),
                "returned": sum(value.amount for value in these),
            }
            found.append(Finding(code, fields))
    return found


def propose(
    table: Table, named: Mapping[str, str] | None = None, contracts: bool | None = None
) -> tuple[Proposal, ...]:
    """The ways to take a file, the likeliest first.

    named      roles whose column people named: {role: column}
    contracts  whether people said that it holds contracts, or purchases; None: they did not

    Raises PlannerError where there is none.
    """
    known = dict(named or {})
    found: list[Proposal] = []
    errors: dict[bool, PlannerError] = {}
    likely = looks_like_contracts(table) if contracts is None else contracts
    parts = None if "date" in known else date_in_parts(table)
    for kind in (True, False) if likely else (False, True):
        try:
            found.append(_contracts(table, known) if kind else _dated(table, known, parts))
        except PlannerError as error:
            errors[kind] = error
    taken = [proposal.columns for proposal in found]
    purchases = next((columns for columns in taken if isinstance(columns, Columns)), None)
    running = next((columns for columns in taken if isinstance(columns, ContractColumns)), None)
    bought = None if looks_like_contracts(table) else purchases
    for shape, columns, period, reasons, open_ in (
        *summed_up(table), *tenures(table), *find_shapes(table, bought, running)
    ):  # fmt: skip
        found.insert(0, Proposal(shape, columns, period=period, reasons=reasons, open=open_))
    if not found:
        if sums_up_without_age(table):
            raise PlannerError("no_age", place="file", value=list(table.names[:20]))
        raise errors[likely]
    return tuple(found)


def _dated(table: Table, named: Mapping[str, str], parts: Shape | None) -> Proposal:
    """Purchases, whose day may stand in several columns."""
    if parts is None:
        return _purchases(table, named)
    found = _purchases(reshaped(table, parts), named)
    told = Finding("date_in_parts", {"columns": ", ".join(name for _, name in parts.columns)})
    months = () if parts.column("day") else (Finding("months_as_days", {}),)
    return replace(found, shape=parts, reasons=(told, *months, *found.reasons))


def _purchases(table: Table, named: Mapping[str, str]) -> Proposal:
    columns = guess_columns(table, {role: name for role, name in named.items() if role in Columns.__dataclass_fields__})
    gaps = gaps_to_fill(table, columns)
    filled = with_gaps_filled(table, gaps)
    money = with_money(filled, columns)
    statuses, disputes = find_statuses(filled, columns, money)
    held = {status.column for status in statuses}
    columns = replace(columns, segments=tuple(name for name in columns.segments if name not in held))
    who = look_at(filled, columns.customer, money)
    shape, reasons = Shape("purchases"), _reasons(table, columns)
    return Proposal(shape, columns, statuses, who, gaps, reasons=reasons, disputes=disputes)


def _contracts(table: Table, named: Mapping[str, str]) -> Proposal:
    fields = ContractColumns.__dataclass_fields__
    columns = guess_contract_columns(table, {role: name for role, name in named.items() if role in fields})
    return Proposal(Shape("contracts"), columns, period=_renewed(table, columns.amount))


def _renewed(table: Table, amount: str | None) -> Period:
    """How often contracts are renewed, where a column of intervals or the name of the amount says so."""
    words: dict[str, Period] = {"month": "month", "maand": "month", "monthly": "month", "maandelijks": "month",
                                "quarter": "quarter", "kwartaal": "quarter"}  # fmt: skip
    for name in table.names:
        if any(word in name.lower() for word in ("interval", "frequen", "billing", "termijn", "periodiciteit")):
            values = [value.strip().lower() for value in table.values(name)]
            if values and values[0] in words and values.count(values[0]) > len(values) / 2:
                return words[values[0]]
    named = plain_name(amount or "")
    return next((period for word, period in OF_A_PERIOD if word in named), "year")


def _guesses(table: Table, columns: Columns) -> Iterator[Finding]:
    """Why a column was taken whose name alone does not say it."""
    for role, words in (("customer", CUSTOMER), ("date", (*DATE, *DATE_ENDINGS)), ("amount", (*AMOUNT, *PRICE))):
        column = getattr(columns, role)
        plain = plain_name(column or "")
        told_apart = plain.endswith((*DATE_ENDINGS, *WITHOUT_TAX)) or (
            role == "date" and columns.date_format in NUMBERED
        )
        if column and named_like(words, [column]) is None and not told_apart:
            yield Finding(f"{role}_by_content", {"column": column})
    if columns.amount and any(word in plain_name(columns.amount) for word in WITHOUT_TAX):
        yield Finding("amount_without_tax", {"column": columns.amount})
    pieces = next((name for name in table.names if plain_name(name) == "amount" and name != columns.amount), None)
    if columns.have_money and pieces and counts_pieces(table.values(pieces)):
        yield Finding("amount_counts_pieces", {"column": pieces, "price": columns.amount or columns.price or ""})


def _reasons(table: Table, columns: Columns) -> tuple[Finding, ...]:
    """What is told of the guesses that a name alone does not explain."""
    found = []
    if "sheets" in table.notes:
        found.append(Finding("sheets_joined", {"sheets": table.notes["sheet"]}))
    found += _guesses(table, columns)
    if columns.refund:
        found.append(Finding("refund_taken_off", {"column": columns.refund, "amount_column": columns.amount or ""}))
    if columns.order_total:
        found.append(
            Finding("order_total_once", {"amount_column": columns.amount or "", "column": columns.invoice or ""})
        )
    if columns.cents:
        found.append(Finding("amounts_in_cents", {"column": columns.amount or ""}))
    if not columns.have_money:
        found.append(Finding("no_money", {}))
    if columns.date_format in NUMBERED:
        found.append(Finding(NUMBERED[columns.date_format], {"column": columns.date, "day": FIRST_DAY}))
    if holds_months(table.values(columns.date)):
        found.append(Finding("months_as_days", {}))
    if columns.account and not columns.contra:
        found.append(Finding("paid_out_set_apart", {"amount_column": columns.amount or ""}))
    if columns.contra:
        found.append(Finding("other_side_set_apart", {"column": columns.contra, "amount_column": columns.amount or ""}))
    return tuple(found)
