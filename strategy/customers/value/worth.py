"""What the customers of a file are worth, one by one and together: whom to keep, whom to win back, what to pay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from strategy.customers import SEED
from strategy.customers.cleaning.durations import MONTHS
from strategy.customers.models.likelihood import Array
from strategy.customers.models.purchasing import Pairs
from strategy.customers.study import Measured, Running
from strategy.customers.value.book import UNITS_A_YEAR
from strategy.customers.value.contract_value import contract_clv, new_contract_clv, realised_contract_bands
from strategy.customers.value.segments import Texts, WhaleCurve, whale_curve
from strategy.customers.value.value import (
    Bands,
    Customers,
    Terms,
    discounted_purchases,
    draws_for,
    new_customer,
    valued,
)
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

TOP = 20
STAY = (0.2, 0.4, 0.6, 0.8)
"""Cuts of the chance to be a customer still (of a contract: to be renewed)."""
CURVE = 200
"""Points that are kept of a curve over customers."""


@dataclass(frozen=True)
class MoneyTerms:
    """How money is counted.

    margin    share of revenue that is left, 0 to 1
    discount  a year, above 0 where years is None
    years     looked ahead; None for all
    """

    margin: float = 0.4
    discount: float = 0.1
    years: int | None = 5

    def __post_init__(self) -> None:
        for place, value, low, high in (
            ("margin", self.margin, 0.0, 1.0),
            ("discount", self.discount, 0.0, 1.0),
            ("horizon", self.years or 1, 1, 50),
        ):
            if not low <= value <= high:
                raise PlannerError("out_of_range", place=place, value=value, low=low, high=high)
        if self.years is None and self.discount == 0:
            raise PlannerError("endless_terms", place="horizon", value=self.discount)


@dataclass(frozen=True)
class Person:
    """A customer worth much: what was seen, and what is expected."""

    customer: str
    frequency: int
    mean_spend: float
    p_alive: float
    clv: float
    low: float
    high: float


@dataclass(frozen=True)
class Risk:
    """Customers by their worth and their chance to be a customer still.

    customers, clv  (3, 5): the most valuable third of customers first, chances below 20 %, 40 %, ... last
    """

    customers: Array
    clv: Array


@dataclass(frozen=True)
class Prospects:
    """Who may be won back, by what each would be worth, most first.

    people  (points,) how many of them are contacted
    worth   (points,) what those would be worth together, all of them won back
    each    (points,) what the last of them would be worth
    """

    people: Array
    worth: Array
    each: Array

    def best(self, response: float, cost: float) -> tuple[int, float]:
        """How many to contact at this response and cost per contact, and what is left of it."""
        left = response * self.worth - cost * self.people
        at = int(np.argmax(left))
        return int(self.people[at]), float(left[at])


@dataclass(frozen=True)
class Worth:
    """What customers are worth from the end of the data, margins discounted.

    customers      with a value: all, or running contracts
    still          expected number who still are customers
    total, low, high  their value, and between what bounds it will turn out (90 %)
    whale, deciles    shares from the most to the least valuable; (10,) value of each tenth
    new            value of a new customer, first purchase included: the most that winning one may cost
    first          of which at the first purchase
    rows           Parquet: a row per customer; None where these are gone and only totals are left, `top` too
    """

    terms: MoneyTerms
    customers: int
    still: float
    total: float
    low: float
    high: float
    whale: WhaleCurve
    deciles: Array
    risk: Risk
    top: tuple[Person, ...]
    back: Prospects
    new: float
    first: float
    rows: Path | None
    contracts: bool


@dataclass(frozen=True)
class _Each:
    """Per customer, (customers,) each; back: what one would be worth who was a customer for certain."""

    names: Texts
    p_alive: Array
    clv: Array
    back: Array
    bands: Bands
    seen: dict[str, NDArray[Any]]


def value(measured: Measured, terms: MoneyTerms, folder: Path, on_progress: Progress = silent) -> Worth:
    """Value every customer of a measured file; the rows are written in the folder."""
    rows = pq.read_table(measured.customers)
    on_progress(0.1)
    if isinstance(measured.model, Running):
        return _value_contracts(measured.model, rows, terms, folder, on_progress)
    model = measured.model
    people = Customers.of(rows)
    ahead = Terms(terms.margin, terms.discount, UNITS_A_YEAR[model.unit], terms.years)
    alive = model.purchasing.p_alive(people.frequency, people.recency, people.age)
    pairs = Pairs.of(people.frequency, people.age)
    if_alive = discounted_purchases(model.purchasing.law, pairs.frequency, pairs.age, ahead)[pairs.place]
    each_time = model.spend.expected(people.frequency, people.mean_spend) * terms.margin
    if_alive = if_alive * each_time
    year = model.purchasing.expected_purchases(people.frequency, people.recency, people.age, UNITS_A_YEAR[model.unit])
    on_progress(0.3)
    worth, bands = valued(model.purchasing, model.spend, people, ahead, SEED)
    on_progress(0.9)
    seen = {**vars(people), "expected_purchases": year, "margin_next_year": year * each_time}
    each = _Each(rows["customer"], alive, worth, if_alive, bands, seen)
    newcomer = new_customer(model.purchasing, model.spend, ahead)
    written = _written(rows, each, folder)
    back = _prospects((1 - alive) * if_alive)
    return _together(terms, each, back, newcomer.clv, newcomer.first_purchase, written, False)


def _value_contracts(model: Running, rows: pa.Table, terms: MoneyTerms, folder: Path, on_progress: Progress) -> Worth:
    per_year = 12 / MONTHS[model.period]
    periods = None if terms.years is None else round(terms.years * per_year)
    ahead = Terms(terms.margin, (1 + terms.discount) ** (1 / per_year) - 1, 1.0, periods)
    running = rows.filter(pc.invert(rows["ended"]))
    amount = np.nan_to_num(running["amount"].to_numpy().astype(float))
    age = running["periods"].to_numpy().astype(np.int64)
    if not len(age):
        raise PlannerError("no_running", place="file", value=len(rows), until="")
    worth = contract_clv(model.contracts, age, amount, ahead)
    stays = np.asarray(model.contracts.retention(age.astype(float)), float)
    on_progress(0.4)
    groups = np.zeros(len(worth), np.intp)
    bands = realised_contract_bands(model.contracts, age, amount, ahead, groups, draws_for(len(worth)), SEED)
    on_progress(0.9)
    fees = np.nan_to_num(rows["amount"].to_numpy().astype(float))
    mean = float(fees.mean())
    fresh = replace(ahead, periods=None if periods is None else periods - 1)  # its first period is paid today
    new = new_contract_clv(model.contracts, mean, fresh)
    gone = rows.filter(rows["ended"])
    back = new_contract_clv(model.contracts, 1.0, fresh) * np.nan_to_num(gone["amount"].to_numpy().astype(float))
    year = contract_clv(model.contracts, age, amount, Terms(terms.margin, 0.0, 1.0, round(per_year)))
    seen = {"frequency": age.astype(float), "mean_spend": amount, "margin_next_year": year}
    each = _Each(running["customer"], stays, worth, worth / np.maximum(stays, 1e-12), bands, seen)
    written = _written(running, each, folder)
    pq.write_table(gone.append_column("worth_if_kept", pa.array(back)), ended_beside(written))
    return _together(terms, each, _prospects(back), new, terms.margin * mean, written, True)


def ended_beside(rows: Path) -> Path:
    """Of contracts: where those that ended lie, beside the rows of those that run; what each would be worth anew."""
    return rows.with_name("contracts_ended.parquet")


def _written(rows: pa.Table, each: _Each, folder: Path) -> Path:
    """The rows with what is expected of each customer."""
    added = {
        "p_alive": each.p_alive,
        **{name: values for name, values in each.seen.items() if name not in rows.column_names},
        "clv": each.clv,
        "clv_p05": each.bands.customer_low,
        "clv_p95": each.bands.customer_high,
        "worth_if_kept": each.back,
    }
    for name, values in added.items():
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.array(values))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "customers_valued.parquet"
    pq.write_table(rows, path)
    return path


def _together(
    terms: MoneyTerms, each: _Each, back: Prospects, new: float, first: float, rows: Path, contracts: bool
) -> Worth:
    order = np.argsort(-each.clv, kind="stable")
    tenths = [float(each.clv[part].sum()) for part in np.array_split(order, 10)]
    seen = each.seen
    top = tuple(
        Person(
            each.names[int(n)].as_py() or "", int(seen["frequency"][n]), float(seen["mean_spend"][n]),
            float(each.p_alive[n]), float(each.clv[n]), float(each.bands.customer_low[n]),
            float(each.bands.customer_high[n]),
        )
        for n in order[:TOP]
    )  # fmt: skip
    return Worth(
        terms, len(order), float(each.p_alive.sum()), float(each.clv.sum()), each.bands.total_low,
        each.bands.total_high, whale_curve(each.clv), np.array(tenths), _risk(each), top, back, new, first, rows,
        contracts,
    )  # fmt: skip


def _risk(each: _Each) -> Risk:
    third = np.empty(len(each.clv), np.intp)
    for number, part in enumerate(np.array_split(np.argsort(-each.back, kind="stable"), 3)):
        third[part] = number
    cell = third * 5 + (4 - np.searchsorted(np.array(STAY), each.p_alive, side="right"))
    customers = np.asarray(np.bincount(cell, minlength=15), float)
    worth = np.asarray(np.bincount(cell, each.clv, 15), float)
    return Risk(customers.reshape(3, 5), worth.reshape(3, 5))


def _prospects(worth: Array) -> Prospects:
    order = np.sort(worth)[::-1]
    so_far = np.cumsum(order)
    at = np.unique(np.linspace(0, len(order), CURVE + 1).round().astype(np.intp))
    together = np.r_[0.0, so_far][at]
    each = np.r_[order[:1], order][at] if len(order) else np.zeros(len(at))
    return Prospects(at.astype(float), together, each)
