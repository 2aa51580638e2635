"""From a table to a book of customers: clean, summarise, fit, check."""

from dataclasses import dataclass, field, replace
from datetime import date

import narwhals as nw

from strategy.customers.cleaning.cleaning import Cleaned, Removed, Rules, clean, offered_exclusions
from strategy.customers.cleaning.durations import ContractSummary, Period, summarise_contracts
from strategy.customers.cleaning.summary import (
    Summary,
    Unit,
    bring_home,
    holdout,
    merged_purchases,
    spends,
    summarise,
    triples,
)
from strategy.customers.findings import Finding, trust_in
from strategy.customers.models.contracts import Contracts, Renewals, fit_contracts
from strategy.customers.models.purchasing import fit
from strategy.customers.models.spend import Spend, fit_spend, observed_spend
from strategy.customers.models.tracking import HoldoutCheck, check_holdout
from strategy.customers.reading.columns import (
    Columns,
    ContractColumns,
    group_name,
    guess_columns,
    guess_contract_columns,
)
from strategy.customers.reading.frames import Frame
from strategy.customers.reading.reading import Table
from strategy.customers.value.book import ContractBook, PurchaseBook
from strategy.errors import PlannerError

SEED = 1
"""Of the chance behind the band of the holdout."""


@dataclass(frozen=True)
class Wishes:
    """What people decide about their data.

    named    {role of `Columns` or `ContractColumns`: column of the file}, in place of what is guessed
    segment  a column to group by, also where it was not guessed to be one
    rules    of cleaning; without excluded products, those that look like postage and fees stay in
    unit     in which purchases and time are counted; period: between renewals of contracts
    until    the last day that counts; None: all of the data
    model    "bg_nbd", "pareto_nbd" or "best"
    """

    named: dict[str, str] = field(default_factory=dict)
    segment: str | None = None
    rules: Rules | None = None
    unit: Unit = "day"
    period: Period = "year"
    until: date | None = None
    model: str = "bg_nbd"


@dataclass(frozen=True)
class PurchaseAppraisal:
    """Purchases from a file, with the models fitted to them.

    offered  products that look like none, with their lines: people may want to exclude them
    check    against what was bought after `until`; None without a later purchase
    """

    cleaned: Cleaned
    offered: tuple[tuple[str, int], ...]
    book: PurchaseBook
    check: HoldoutCheck | None
    noticed: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the file, of the models and of the check."""
        return (*self.noticed, *self.book.findings, *(self.check.findings if self.check else ()))

    @property
    def removed(self) -> tuple[Removed, ...]:
        """What was taken out of the file."""
        return self.cleaned.removed

    @property
    def assumed(self) -> tuple[str, ...]:
        """Codes of what was assumed while reading."""
        return self.cleaned.findings

    @property
    def currency(self) -> str | None:
        """The one that the amounts name, if any."""
        return self.cleaned.currency

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on the values."""
        return trust_in(self.findings) == "trusted"


@dataclass(frozen=True)
class ContractAppraisal:
    """Contracts from a file, with the model fitted to them."""

    summary: ContractSummary
    book: ContractBook

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the model, and of what was filled in."""
        return self.book.findings

    @property
    def removed(self) -> tuple[Removed, ...]:
        """What was taken out of the file."""
        return self.summary.removed

    @property
    def assumed(self) -> tuple[str, ...]:
        """Codes of what was assumed while reading."""
        return self.summary.findings

    @property
    def currency(self) -> str | None:
        """The one that the amounts name, if any."""
        return self.summary.currency

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on the values."""
        return trust_in(self.findings) == "trusted"


def appraise_purchases(table: Table, wishes: Wishes) -> PurchaseAppraisal:
    """What a file of transactions says of its customers.

    Raises PlannerError, with a remedy, where it holds no history that a model could rest on.
    """
    guessed = guess_columns(_readable(table, wishes, Columns), wishes.named)
    columns = replace(guessed, segments=_segments(guessed, wishes))
    cleaned = clean(table, columns, wishes.rules)
    today = wishes.rules.today if wishes.rules else None
    if wishes.until and today and wishes.until > today:
        raise PlannerError("until_too_late", place="until", value=wishes.until.isoformat(), last=today.isoformat())
    summary = summarise(cleaned, wishes.unit, wishes.until)
    purchasing, spend = fit(triples(summary), wishes.model), fit_spends(cleaned, summary)
    book = PurchaseBook.of(
        bring_home(summary, cleaned.segments), cleaned.segments, purchasing, spend, wishes.unit, cleaned.first,
        summary.until, cleaned.kept_rows,
    )  # fmt: skip
    check = None
    if summary.holdout:
        later = holdout(summary)
        check = check_holdout(purchasing, later.past, later.purchases, later.length, SEED)
    noticed = (*cleaned.noticed, *merged_purchases(cleaned, summary))
    return PurchaseAppraisal(cleaned, offered_exclusions(table, columns), book, check, noticed)


def appraise_contracts(table: Table, wishes: Wishes) -> ContractAppraisal:
    """What a list of contracts says of those that run.

    Raises PlannerError where it has no amounts, or no contract runs or came up for renewal.
    """
    guessed = guess_contract_columns(_readable(table, wishes, ContractColumns), wishes.named)
    columns = replace(guessed, segments=_segments(guessed, wishes))
    if columns.amount is None:
        raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
    summary = summarise_contracts(table, columns, wishes.period, wishes.rules, wishes.until)
    if not summary.running:
        raise PlannerError("no_running", place="file", value=summary.rows, until=summary.until.isoformat())
    _, contracts = fit_durations(summary)
    frame, noticed = with_amounts(summary, columns.amount)
    groups = tuple(map(group_name, columns.segments))
    rows = table.engine.table(frame.select("customer", "start", "periods", "ended", "amount", *groups))
    book = ContractBook.of(
        rows, groups, contracts, wishes.period, summary.until, summary.rows, (*summary.noticed, *noticed)
    )
    return ContractAppraisal(summary, book)


def _readable(table: Table, wishes: Wishes, kind: type[Columns] | type[ContractColumns]) -> Table:
    """The table, once every column that people named is known to be there and to have a role in such a file."""
    for role, name in wishes.named.items():
        table.column(name)
        if role not in kind.__dataclass_fields__:
            raise PlannerError("other_role", place=role, value=name)
    if wishes.segment is not None:
        table.column(wishes.segment)
    return table


def _segments(guessed: Columns | ContractColumns, wishes: Wishes) -> tuple[str, ...]:
    """Columns to group by. Raises PlannerError for the one that names the customers: each would be a group."""
    if wishes.segment is None:
        return guessed.segments
    if wishes.segment == guessed.customer:
        raise PlannerError("taken_column", place="file", value=wishes.segment)
    return tuple(dict.fromkeys((*guessed.segments, wishes.segment)))


# The models, for commands and for the page ---------------------------------------------------------------------------


def fit_spends(cleaned: Cleaned, summary: Summary) -> Spend:
    """The model of spend; where nobody bought again, what a purchase came to on average."""
    seen = spends(summary)
    again = seen.mean_spend > 0
    if again.any():
        return fit_spend(seen.frequency[again], seen.mean_spend[again], seen.counts[again])
    first = cleaned.frame.filter(nw.col("date") <= nw.lit(summary.until))
    totals = cleaned.engine.arrays(first.select(money=nw.col("amount").sum(), people=nw.col("customer").n_unique()))
    mean = float(totals["money"][0]) / float(totals["people"][0])
    return observed_spend(mean, Finding("spend_not_seen", {"repeaters": 0, "observed_mean": mean}))


def fit_durations(summary: ContractSummary) -> tuple[Renewals, Contracts]:
    """What came up for renewal, and the model of how long contracts last."""
    seen = summary.durations
    renewals = Renewals.of_contracts(seen.periods, seen.ended, seen.counts)
    return renewals, fit_contracts(renewals)


def with_amounts(summary: ContractSummary, place: str) -> tuple[Frame, tuple[Finding, ...]]:
    """The contracts with the mean of the known amounts where one is missing or negative.

    place  the column of the amounts. Raises PlannerError where it holds none, or nobody pays anything.
    """
    amount = nw.col("amount")
    known = (~amount.is_null() & ~amount.is_nan() & (amount >= 0)).fill_null(False)
    money = nw.when(known).then(amount).otherwise(nw.lit(0.0))
    counted = summary.frame.select(known=known.cast(nw.Int64), money=money)
    totals = summary.engine.arrays(counted.select(nw.col("known").sum(), nw.col("money").sum(), rows=nw.len()))
    missing, found = int(totals["rows"][0] - totals["known"][0]), int(totals["known"][0])
    if not found:
        raise PlannerError("unreadable_amounts", place=place, value="")
    mean = float(totals["money"][0]) / found
    if mean <= 0:
        raise PlannerError("nobody_left_to_value", place="customers", value=found)
    filled = summary.frame.with_columns(nw.when(known).then(amount).otherwise(nw.lit(mean)).alias("amount"))
    noticed = (Finding("amounts_filled_in", {"contracts": missing, "mean": mean}),) if missing else ()
    return filled, noticed
