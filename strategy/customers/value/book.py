"""Customers with the models fitted to them: a book of purchases or of contracts, asked the same questions."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from strategy.customers.cleaning.durations import MONTHS, Period
from strategy.customers.cleaning.summary import Unit
from strategy.customers.findings import Finding
from strategy.customers.models.contracts import Contracts
from strategy.customers.models.likelihood import Array, Counts
from strategy.customers.models.purchasing import Purchasing
from strategy.customers.models.spend import Spend
from strategy.customers.value.contract_value import contract_clv, contract_revenue_by_period, new_contract_clv
from strategy.customers.value.segments import Texts
from strategy.customers.value.value import Customers, Groups, Terms, bends, clv, new_customer, revenue_by_period
from strategy.errors import PlannerError

UNITS_A_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12.0}
ENOUGH_FOR_DOUBT = 20_000
"""Customers from whom the doubt about a segment's numbers is computed; more of them would hardly change it."""

FARTHEST = np.log(100.0)
"""How far doubt may carry a segment's revenue: a hundred times more or less says that the data do not say."""


def units_in(period: Period, unit: Unit) -> float:
    """Length of a case's period in the unit of the data."""
    return UNITS_A_YEAR[unit] * MONTHS[period] / 12


class Book(Protocol):
    """What segments are measured from; the customers are those who may still be there.

    customer  (customers,) their names; columns: what else the data say of each
    rows      of the file that the models rest on; first, until: the days that they span
    """

    @property
    def customer(self) -> Texts:
        """Names, (customers,)."""

    @property
    def columns(self) -> dict[str, Texts]:
        """Columns by which customers can be grouped."""

    @property
    def models(self) -> tuple[str, ...]:
        """Codes of the fitted models."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What must be known before trusting the numbers."""

    @property
    def active(self) -> Array:
        """Probability of being a customer today, (customers,)."""

    @property
    def risk(self) -> Array:
        """Probability of having left, or for a running contract of leaving at the coming renewal, (customers,)."""

    def revenue(self, groups: Groups, period: Period, periods: int) -> Array:
        """Expected revenue of each group in each period ahead, (groups, periods)."""

    def drawn_revenue(self, groups: Groups, period: Period, periods: int, draws: int, seed: int) -> Array:
        """The same for parameters drawn from the estimates' asymptotic normal, (draws, groups, periods)."""

    def clv(self, margin: float, discount: float, period: Period, periods: int) -> Array:
        """Expected value of each customer over the periods ahead, (customers,)."""

    def newcomer(self, groups: Groups, discount: float, period: Period, periods: int) -> Array:
        """Discounted revenue of a customer who comes today, over as many periods, per group, (groups,)."""

    def arrivals(self, groups: Groups, period: Period) -> Array:
        """New customers per period of late, per group, (groups,)."""


@dataclass(frozen=True)
class PurchaseBook:
    """Customers known by their purchases, with the models of purchases and spend.

    first_day, until  of what was observed; unit: of frequency, recency and age
    rows              purchases behind it
    """

    customer: Texts
    people: Customers
    columns: dict[str, Texts]
    purchasing: Purchasing
    spend: Spend
    unit: Unit
    first_day: date
    until: date
    rows: int

    @classmethod
    def of(
        cls, home: pa.Table, segments: tuple[str, ...], purchasing: Purchasing, spend: Spend, unit: Unit,
        first_day: date, until: date, rows: int,
    ) -> "PurchaseBook":  # fmt: skip
        """The book of customers whose summary was brought home."""
        columns = {name: home[name] for name in segments}
        people = Customers.of(home)
        return cls(home["customer"], people, columns, purchasing, spend, unit, first_day, until, rows)

    @property
    def models(self) -> tuple[str, ...]:
        """The laws of purchases and of spend."""
        return self.purchasing.model, self.spend.model

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of both models."""
        return (*self.purchasing.findings, *self.spend.findings)

    @property
    def active(self) -> Array:
        """P(alive), (customers,)."""
        return self.purchasing.p_alive(self.people.frequency, self.people.recency, self.people.age)

    @property
    def risk(self) -> Array:
        """1 - P(alive), (customers,)."""
        return 1 - self.active

    def revenue(self, groups: Groups, period: Period, periods: int) -> Array:
        """Expected revenue of each group in each period ahead, (groups, periods)."""
        length = units_in(period, self.unit)
        return revenue_by_period(self.purchasing, self.spend, self.people, length, periods, groups)

    def drawn_revenue(self, groups: Groups, period: Period, periods: int, draws: int, seed: int) -> Array:
        """Logarithms of revenue as parabolas along the principal axes of the estimates' normal, and draws from it.

        In a large book the relative doubt comes from the first customers of each group.
        """
        length, some = units_in(period, self.unit), _some_of_each(groups)
        people = Customers(*(getattr(self.people, name)[some] for name in Customers.__dataclass_fields__))

        def log_revenue(purchasing: Purchasing, spend: Spend) -> Array:
            revenue = revenue_by_period(purchasing, spend, people, length, periods, groups[some])
            return np.log(np.maximum(revenue, 0) + 1e-300)

        here, fitted = log_revenue(self.purchasing, self.spend), self.purchasing
        along = bends(
            np.array(list(fitted.parameters.values())),
            fitted.covariance,
            lambda moved: log_revenue(replace(fitted, law=fitted.with_parameters(moved)), self.spend),
            here,
        )
        if self.spend.model == "gamma_gamma":
            lowest = np.array([0.0, 1 + (self.spend.parameters[1] - 1) / 10, 0.0])  # up to q = 1 spend has no end
            more = bends(
                self.spend.parameters,
                self.spend.covariance,
                lambda moved: log_revenue(fitted, replace(self.spend, parameters=np.maximum(moved, lowest))),
                here,
            )
            along = np.concatenate([along[0], more[0]]), np.concatenate([along[1], more[1]])
        normal = np.random.default_rng(seed).standard_normal((draws, len(along[0])))
        moves = np.tensordot(normal, along[0], 1) + np.tensordot(normal**2, along[1], 1)
        drawn: Array = self.revenue(groups, period, periods) * np.exp(np.clip(moves, -FARTHEST, FARTHEST))
        return drawn

    def clv(self, margin: float, discount: float, period: Period, periods: int) -> Array:
        """Expected value of each customer over the periods ahead, (customers,)."""
        terms = Terms(margin, discount, units_in(period, self.unit), periods)
        return clv(self.purchasing, self.spend, self.people, terms)

    def newcomer(self, groups: Groups, discount: float, period: Period, periods: int) -> Array:
        """The first purchase and those that follow; the models know no groups, so it is the same for all."""
        terms = Terms(1.0, discount, units_in(period, self.unit), periods)
        return np.full(int(groups.max()) + 1, new_customer(self.purchasing, self.spend, terms).clv)

    def arrivals(self, groups: Groups, period: Period) -> Array:
        """First purchases in the last period, or in the last half of a shorter past, per period, (groups,).

        Half, because at the start of the data everyone seems new.
        """
        length = units_in(period, self.unit)
        window = min(length, max(float(self.people.age.max()) / 2, 1.0))
        new = np.bincount(groups, self.people.age < window, minlength=int(groups.max()) + 1)
        return np.asarray(new * (length / np.ceil(window)), float)


@dataclass(frozen=True)
class ContractBook:
    """Running contracts, (contracts,), with the model of how long they last.

    age     whole periods survived; amount: money per period
    since   days since each running contract's start
    period  between renewals
    """

    customer: Texts
    age: Counts
    amount: Array
    since: Array
    columns: dict[str, Texts]
    contracts: Contracts
    period: Period
    first_day: date
    until: date
    rows: int
    noticed: tuple[Finding, ...] = ()

    @classmethod
    def of(
        cls, home: pa.Table, segments: tuple[str, ...], contracts: Contracts, period: Period, until: date, rows: int,
        noticed: tuple[Finding, ...],
    ) -> "ContractBook":  # fmt: skip
        """The book of the contracts that run among those that were brought home.

        Raises PlannerError where none does.
        """
        running = home.filter(pc.invert(home["ended"]))
        if not len(running):
            raise PlannerError("no_running", place="file", value=rows, until=until.isoformat())
        start = running["start"].to_numpy().astype("datetime64[D]")
        return cls(
            running["customer"], running["periods"].to_numpy().astype(np.int64),
            running["amount"].to_numpy().astype(float), (np.datetime64(until) - start).astype(float),
            {name: running[name] for name in segments}, contracts, period, min(start.min().item(), until), until,
            rows, noticed,
        )  # fmt: skip

    @property
    def models(self) -> tuple[str, ...]:
        """The law of leaving."""
        return (self.contracts.model,)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the model, and of what was filled in."""
        return (*self.contracts.findings, *self.noticed)

    @property
    def active(self) -> Array:
        """1: the contracts run, (contracts,)."""
        return np.ones(len(self.age))

    @property
    def risk(self) -> Array:
        """Chance to leave at the coming renewal, (contracts,)."""
        return 1 - self.contracts.retention(self.age.astype(float))

    def revenue(self, groups: Groups, period: Period, periods: int) -> Array:
        """Expected revenue of each group at each renewal ahead, (groups, periods)."""
        return contract_revenue_by_period(self.contracts, self.age, self.amount, periods, groups)

    def drawn_revenue(self, groups: Groups, period: Period, periods: int, draws: int, seed: int) -> Array:
        """The same for drawn parameters, (draws, groups, periods)."""
        law = self.contracts.drawn(draws, np.random.default_rng(seed))
        alpha, beta, churn = (np.asarray(each)[..., None] for each in (law.alpha, law.beta, law.churn))
        law = replace(law, alpha=alpha, beta=beta, churn=churn)
        ages, place = np.unique(self.age, return_inverse=True)
        number = int(groups.max()) + 1
        cells = np.bincount(groups * len(ages) + place, self.amount, minlength=number * len(ages))
        still = law.survival(np.arange(1.0, periods + 1), ages[:, None].astype(float))
        drawn: Array = np.einsum("ga,dat->dgt", cells.reshape(number, len(ages)), still)
        return drawn

    def clv(self, margin: float, discount: float, period: Period, periods: int) -> Array:
        """Expected value of each contract over the renewals ahead, (contracts,)."""
        return contract_clv(self.contracts, self.age, self.amount, Terms(margin, discount, 1.0, periods))

    def newcomer(self, groups: Groups, discount: float, period: Period, periods: int) -> Array:
        """A contract of the group's mean amount that starts and is paid today, (groups,)."""
        one = new_contract_clv(self.contracts, 1.0, Terms(1.0, discount, 1.0, periods - 1))
        mean: Array = np.bincount(groups, self.amount) / np.maximum(np.bincount(groups), 1)
        return one * mean

    def arrivals(self, groups: Groups, period: Period) -> Array:
        """Running contracts that started in the last period, (groups,)."""
        new = self.age == 0
        return np.bincount(groups, new, int(groups.max()) + 1).astype(float)


def _some_of_each(groups: Groups) -> Groups:
    """Positions of the customers from whom doubt is computed: as many of each group, all in a small book."""
    order = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    rank = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen: Groups = order[rank < max(1, ENOUGH_FOR_DOUBT // len(sizes))]
    return chosen
