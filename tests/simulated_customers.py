"""Customers with known parameters: what the models must find back, and sample files to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Generating:
    """Parameters of BG/NBD (per day) and Gamma-Gamma (per purchase), as `value` reports them."""

    r: float = 0.6
    alpha: float = 40.0
    a: float = 0.8
    b: float = 3.0
    p: float = 6.0
    q: float = 4.0
    v: float = 15.0


@dataclass(frozen=True)
class Purchases:
    """One entry per purchase: index of the customer, day (0 is the first of the file), amount to the cent."""

    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: Array


@dataclass(frozen=True)
class People:
    """Customers as the laws draw them, (customers,) each.

    rate   purchases a day while alive; leave: chance to leave after each repeat purchase
    first  day of the first purchase; precision: 1/mean of a purchase's amount, times p
    """

    rate: Array
    leave: Array
    first: NDArray[np.int64]
    precision: Array


def simulate_purchases(customers: int, days: int, joining: int, parameters: Generating, seed: int) -> Purchases:
    """Purchases of customers whose first purchase falls in the first `joining` days, observed for `days` days.

    BG/NBD: gamma(r, alpha) purchase rates, beta(a, b) chance to leave after each repeat purchase; purchases on one day
    are one purchase to the models. Gamma-Gamma: gamma(p) amounts around a mean of each
    customer's own, which varies by q and v.
    """
    random = np.random.default_rng(seed)
    rate = random.gamma(parameters.r, 1 / parameters.alpha, customers)
    leave = random.beta(parameters.a, parameters.b, customers)
    first = random.integers(0, joining, customers)
    precision = random.gamma(parameters.q, 1 / parameters.v, customers)
    return purchases_of(People(rate, leave, first, precision), days, parameters, random)


def purchases_of(people: People, days: int, parameters: Generating, random: np.random.Generator) -> Purchases:
    """What these customers buy until the data end, by customer and day."""
    rate, leave, first = people.rate, people.leave, people.first.astype(float)
    owners, when = [np.arange(len(first))], [first]
    active, now = np.arange(len(first)), first
    while active.size:  # one round per repeat purchase, all customers at once
        now = now + random.exponential(1 / np.maximum(rate[active], 1e-12))
        inside = now < days
        active, now = active[inside], now[inside]
        owners.append(active)
        when.append(now)
        stays = random.random(active.size) >= leave[active]
        active, now = active[stays], now[stays]
    customer, time = np.concatenate(owners), np.concatenate(when)
    order = np.lexsort((time, customer))
    customer, time = customer[order], time[order]
    amount = random.gamma(parameters.p, 1 / people.precision[customer])
    return Purchases(customer, np.floor(time).astype(np.int64), np.maximum(np.round(amount, 2), 0.01))


def simulate_contracts(
    customers: int, cohorts: int, alpha: float, beta: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Contracts of the shifted-beta-geometric law (Fader & Hardie 2007), one per customer.

    returns  the cohort, 0..cohorts - 1, in which each began, and the period after its start in which it ended, from 1
    """
    random = np.random.default_rng(seed)
    leave = random.beta(alpha, beta, customers)
    return random.integers(0, cohorts, customers), random.geometric(np.maximum(leave, 1e-6))


# The sample files ----------------------------------------------------------------------------------------------------

SHOP = Generating()
SHOP_CUSTOMERS, SHOP_DAYS, SHOP_JOINING, SHOP_SEED = 3000, 730, 365, 2026
SHOP_PREFIX = "C"
SHOP_START = date(2024, 1, 1)
SHOP_EXTRAS = {"postage": 400, "cancelled": 150, "nameless": 500, "copies": 40}
"""Lines of the sample beside its purchases: each is something that cleaning must find."""
REGIONS = ("north", "east", "south", "west")
CONTRACT_ALPHA, CONTRACT_BETA = 0.8, 3.0
CONTRACTS, COHORTS, CONTRACT_SEED = 4000, 8, 2027
CONTRACT_START, CONTRACT_UNTIL = date(2018, 1, 1), date(2025, 12, 31)


def sample_transactions() -> str:
    """The sample export of a shop: semicolons, decimal commas, the day first; purchases of `SHOP` and `SHOP_EXTRAS`."""
    bought = simulate_purchases(SHOP_CUSTOMERS, SHOP_DAYS, SHOP_JOINING, SHOP, SHOP_SEED)
    random = np.random.default_rng(SHOP_SEED + 1)
    region = random.integers(0, len(REGIONS), SHOP_CUSTOMERS)
    rows = [
        (day, f"{SHOP_PREFIX}{customer + 1}", f"A{article:03}", amount, REGIONS[region[customer]])
        for customer, day, amount, article in zip(
            bought.customer.tolist(), bought.day.tolist(), bought.amount.tolist(),
            random.integers(1, 400, bought.day.size).tolist(), strict=True,
        )
    ]  # fmt: skip
    chosen = random.choice(len(rows), sum(SHOP_EXTRAS.values()), replace=False).tolist()
    postage, cancelled, nameless, copies = _cut_in(chosen, list(SHOP_EXTRAS.values()))
    lines = [*rows]
    lines += [(rows[number][0], rows[number][1], "POST", 4.95, rows[number][4]) for number in postage]
    for number, (day, customer, _, amount, where) in enumerate(rows[number] for number in cancelled):
        lines.append((day, customer, f"R{number:03}", amount, where))
        lines.append((min(day + 3, SHOP_DAYS - 1), customer, f"R{number:03}", -amount, where))
    lines += [(rows[number][0], "", *rows[number][2:]) for number in nameless]
    lines.sort()
    numbered = [(100_001 + number, *line) for number, line in enumerate(lines)]
    again = {line[1:]: line for line in numbered}
    numbered += [again[rows[number]] for number in copies]
    return "order;customer;date;article;amount;region\n" + "".join(
        f"{order};{customer};{SHOP_START + timedelta(day):%d-%m-%Y};{article};{amount:.2f};{where}\n".replace(".", ",")
        for order, day, customer, article, amount, where in sorted(numbered)
    )


def sample_contracts() -> str:
    """The sample list of yearly contracts, with an empty end where they still run at `CONTRACT_UNTIL`."""
    cohort, ends = simulate_contracts(CONTRACTS, COHORTS, CONTRACT_ALPHA, CONTRACT_BETA, CONTRACT_SEED)
    random = np.random.default_rng(CONTRACT_SEED + 1)
    days, fees = random.integers(0, 365, CONTRACTS), random.integers(8, 40, CONTRACTS)
    channels = ("web", "shop", "phone")
    lines = ["contract,start,end,fee,channel\n"]
    for number, (year, period, day) in enumerate(zip(cohort.tolist(), ends.tolist(), days.tolist(), strict=True)):
        start = CONTRACT_START.replace(year=CONTRACT_START.year + year) + timedelta(min(day, 364))
        start = start.replace(day=min(start.day, 28))
        end = start.replace(year=start.year + min(period, 100)) - timedelta(1)
        written = f"{end:%Y-%m-%d}" if end <= CONTRACT_UNTIL else ""
        lines.append(f"K{number + 1:05},{start:%Y-%m-%d},{written},{fees[number]}.95,{channels[number % 3]}\n")
    return "".join(lines)


def _cut_in(numbers: list[int], sizes: list[int]) -> list[list[int]]:
    """A list in pieces of these sizes."""
    ends = np.cumsum(sizes).tolist()
    return [numbers[end - size : end] for end, size in zip(ends, sizes, strict=True)]
