"""From a table to a book of customers: clean, summarise, fit, check."""

from dataclasses import dataclass, field, replace
from datetime import date

import narwhals as nw
import numpy as np

from strategy.customers.book import ContractBook, PurchaseBook
from strategy.customers.cleaning import Cleaned, Removed, Rules, clean, offered_exclusions
from strategy.customers.columns import Columns, guess_columns, guess_contract_columns
from strategy.customers.contracts import Renewals, fit_contracts
from strategy.customers.durations import ContractSummary, Period, summarise_contracts
from strategy.customers.likelihood import Array, Finding
from strategy.customers.purchasing import Triples, fit
from strategy.customers.reading import Table
from strategy.customers.source import TAKEN_NAMES
from strategy.customers.spend import Spend, fit_spend
from strategy.customers.summary import Summary, Unit, bring_home, holdout, spends, summarise, triples
from strategy.customers.tracking import Holdout, check_holdout
from strategy.customers.value import Customers
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
    check: Holdout | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the models and of the check."""
        return (*self.book.findings, *(self.check.findings if self.check else ()))

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
        return self.book.purchasing.trusted and self.book.spend.trusted and not (self.check and self.check.findings)


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
        """None: amounts of contracts name no currency."""
        return None

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on the values."""
        return self.book.contracts.trusted


def appraise_purchases(table: Table, wishes: Wishes) -> PurchaseAppraisal:
    """What a file of transactions says of its customers.

    Raises PlannerError, with a remedy, where it holds no history that a model could rest on.
    """
    columns = _with_wishes(guess_columns(_readable(table, wishes)), wishes)
    cleaned = clean(table, columns, wishes.rules)
    summary = summarise(cleaned, wishes.unit, wishes.until)
    distinct = triples(summary)
    purchasing, spend = fit(distinct, wishes.model), _spend(cleaned, summary)
    home = bring_home(summary, cleaned.segments)
    people = Customers(home.frequency, home.recency, home.age, home.mean_spend)
    book = PurchaseBook(
        home.customer, people, home.segments, purchasing, spend, wishes.unit, cleaned.first, summary.until,
        cleaned.kept_rows,
    )  # fmt: skip
    check = None
    if summary.holdout:
        later = holdout(summary)
        past = Triples(later.frequency, later.recency, later.age, later.counts)
        check = check_holdout(purchasing, past, later.purchases, later.length, SEED)
    return PurchaseAppraisal(cleaned, offered_exclusions(table, columns), book, check)


def appraise_contracts(table: Table, wishes: Wishes) -> ContractAppraisal:
    """What a list of contracts says of those that run.

    Raises PlannerError where it has no amounts, or no contract runs or came up for renewal.
    """
    guessed = guess_contract_columns(_readable(table, wishes))
    columns = replace(guessed, **wishes.named, segments=_segments(guessed.segments, wishes))
    if columns.amount is None:
        raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
    summary = summarise_contracts(table, columns, wishes.period, wishes.until)
    durations = summary.durations
    contracts = fit_contracts(Renewals.of_contracts(durations.periods, durations.ended, durations.counts))
    if not summary.running:
        raise PlannerError("no_running", place="file", value=summary.rows)
    running = summary.frame.filter(~nw.col("ended"))
    found = table.engine.arrays(running.select("customer", "start", "periods", "amount", *columns.segments))
    amount, noticed = _amounts(np.asarray(found["amount"], float), columns.amount)
    start = found["start"].astype("datetime64[D]")
    since = (np.datetime64(summary.until) - start).astype(float)
    first = min(start.min().item(), summary.until)
    named = {name: found[name] for name in columns.segments}
    book = ContractBook(
        found["customer"], found["periods"].astype(np.int64), amount, since, named, contracts, wishes.period, first,
        summary.until, summary.rows, noticed,
    )  # fmt: skip
    return ContractAppraisal(summary, book)


def _readable(table: Table, wishes: Wishes) -> Table:
    """The table, once every column that people named is known to be there."""
    for name in (*wishes.named.values(), *([wishes.segment] if wishes.segment else [])):
        table.column(name)
    return table


def _with_wishes(guessed: Columns, wishes: Wishes) -> Columns:
    """The guessed columns with those that people named; an amount that they named needs no quantity and price."""
    named = dict(wishes.named)
    if "amount" in named:
        named = {"quantity": None, "price": None, **named}  # type: ignore[dict-item]
    return replace(guessed, **named, segments=_segments(guessed.segments, wishes))


def _segments(guessed: tuple[str, ...], wishes: Wishes) -> tuple[str, ...]:
    """Columns to group by; a name that the work on customers gives to columns of its own cannot be one."""
    if wishes.segment and wishes.segment.lower() in TAKEN_NAMES:
        raise PlannerError("taken_column", place="file", value=wishes.segment)
    taken = set(wishes.named.values())
    free = [name for name in guessed if name not in taken and name.lower() not in TAKEN_NAMES]
    return tuple(dict.fromkeys((*free, *([wishes.segment] if wishes.segment else []))))


def _spend(cleaned: Cleaned, summary: Summary) -> Spend:
    """The model of spend; where nobody bought again, what a purchase came to on average."""
    seen = spends(summary)
    again = seen.mean_spend > 0
    if again.any():
        return fit_spend(seen.frequency[again], seen.mean_spend[again], seen.counts[again])
    first = cleaned.frame.filter(nw.col("date") <= nw.lit(summary.until))
    totals = cleaned.engine.arrays(first.select(money=nw.col("amount").sum(), people=nw.col("customer").n_unique()))
    mean = float(totals["money"][0]) / float(totals["people"][0])
    unknown, nothing = np.full(3, np.nan), (float("nan"),) * 3
    finding = Finding("few_spenders", {"repeaters": 0, "needed": 30})
    return Spend("observed_mean", unknown, np.full((3, 3), np.nan), float("nan"), mean, nothing, (finding,))


def _amounts(amount: Array, place: str) -> tuple[Array, tuple[Finding, ...]]:
    """Amounts with the mean of the known ones where one is missing."""
    known = np.isfinite(amount) & (amount >= 0)
    if known.any() and amount[known].sum() <= 0:
        raise PlannerError("nobody_left_to_value", place="customers", value=len(amount))
    if not known.any():
        raise PlannerError("unreadable_amounts", place=place, value=str(amount[0]))
    mean = float(amount[known].mean())
    missing: dict[str, float | int | str] = {"contracts": int((~known).sum()), "mean": mean}
    noticed = () if known.all() else (Finding("amounts_filled_in", missing),)
    return np.where(known, amount, mean), noticed
