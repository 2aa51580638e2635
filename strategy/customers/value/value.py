"""What customers are worth: discounted margins of the purchases expected of them, per customer, group and in total.

Periods are counted from the end of the data. The purchases expected in period t are valued at (1 + d)^-(t - 1), the
start of the period, as in a case whose timing is "start".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from strategy.customers.models.likelihood import FARTHEST_DRAW, Array, draw_parameters
from strategy.customers.models.purchasing import Law, Pairs, Purchasing
from strategy.customers.models.spend import Spend, expected_spend
from strategy.errors import PlannerError

CHUNK = 1 << 21
"""Numbers in a scratch array: about 16 MB each."""
HEAD = 30
"""Periods that an unlimited horizon adds up one by one before it goes on continuously."""
TAIL_NODES, TAIL_WEIGHTS = np.polynomial.legendre.leggauss(48)
WORTHLESS = 40.0
"""An unlimited horizon stops where discounting alone has taken all but exp(-40)."""
REACH = 1.5
"""Standard deviations along an axis of the parameters at which values are computed anew."""
LOW, HIGH = 0.05, 0.95
FEWEST_DRAWS, MOST_DRAWS, DRAWN_NUMBERS = 100, 1000, 20_000_000
"""Of futures of every customer: as many as come to this many numbers."""

Groups = NDArray[np.intp]


@dataclass(frozen=True)
class Customers:
    """Customers one by one, (customers,) each: frequency, recency and age as in `Triples`, mean spend per repeat
    purchase (not looked at where frequency is 0)."""

    frequency: Array
    recency: Array
    age: Array
    mean_spend: Array

    @classmethod
    def of(cls, rows: pa.Table) -> "Customers":
        """The customers in the rows of a summary."""
        return cls(*(np.from_dlpack(rows[name].combine_chunks()).astype(float) for name in cls.__dataclass_fields__))


@dataclass(frozen=True)
class Terms:
    """How money is counted.

    margin    share of revenue that is left
    discount  per period, > -1; > 0 where periods is None
    length    of a period, in the data's unit of time
    periods   looked ahead; None for all, within 1e-5 of the endless sum
    """

    margin: float
    discount: float
    length: float
    periods: int | None

    def __post_init__(self) -> None:
        if not (self.length > 0 and self.discount > -1 and (self.periods is not None or self.discount > 0)):
            raise PlannerError("endless_terms", place="horizon", value=[self.length, self.discount])


@dataclass(frozen=True)
class Bands:
    """Between 5 % and 95 % of what may be: per customer (customers,), per group (groups,) and in total."""

    customer_low: Array
    customer_high: Array
    group_low: Array
    group_high: Array
    total_low: float
    total_high: float


def discounted_purchases(law: Law, frequency: Array, age: Array, terms: Terms) -> Array:
    """Purchases expected ahead, each discounted, given alive today, (customers,); best given distinct `Pairs`."""
    ahead = np.arange(1, (HEAD if terms.periods is None else terms.periods) + 1.0)
    factors = (1 + terms.discount) ** (1 - ahead)
    worth = np.empty(len(frequency))
    rows = max(1, CHUNK // max(len(ahead), len(TAIL_NODES)))
    for start in range(0, len(frequency), rows):
        part = slice(start, start + rows)
        x, until = frequency[part, None], age[part, None]
        made = np.diff(law.purchases_if_alive(x, until, ahead * terms.length), axis=1, prepend=0.0)
        worth[part] = made @ factors
        if terms.periods is None:
            rate = np.log1p(terms.discount) / terms.length
            timing = np.log1p(terms.discount) * (1 + terms.discount) / terms.discount
            worth[part] += timing * residual_purchases(law, frequency[part], age[part], rate, HEAD * terms.length)
    return worth


def residual_purchases(law: Law, frequency: Array, age: Array, rate: float, after: float = 0.0) -> Array:
    """Discounted expected purchases from a time ahead on for ever, given alive today, (customers,).

    Each is discounted from its own moment to today at a continuous rate per unit of time: with after = 0 and times
    P(alive) this is DERT (Fader, Hardie & Lee 2005, RFM and CLV). Gauss-Legendre on a logarithmic scale of time.
    """
    clock = (law.clock(age) + after)[:, None]
    reach = np.log1p(WORTHLESS / (rate * clock))
    grown = np.exp(reach * (TAIL_NODES + 1) / 2)
    ahead = after + clock * (grown - 1)
    worth: Array = law.rate_if_alive(frequency[:, None], age[:, None], ahead) * np.exp(-rate * ahead) * clock * grown
    return worth @ TAIL_WEIGHTS * reach[:, 0] / 2


def clv(purchasing: Purchasing, spend: Spend, customers: Customers, terms: Terms) -> Array:
    """Expected customer lifetime value, (customers,): margin x money per purchase x discounted purchases ahead.

    Money already earned is not in it.
    """
    per_purchase = spend.expected(customers.frequency, customers.mean_spend)
    return terms.margin * per_purchase * _purchases_ahead(purchasing.law, customers, terms)


def _purchases_ahead(law: Law, customers: Customers, terms: Terms) -> Array:
    """Discounted purchases expected of each customer, (customers,)."""
    pairs = Pairs.of(customers.frequency, customers.age)
    ahead = discounted_purchases(law, pairs.frequency, pairs.age, terms)[pairs.place]
    return ahead * law.p_alive(customers.frequency, customers.recency, customers.age)


@dataclass(frozen=True)
class NewCustomer:
    """What a customer who makes the first purchase today is worth: that purchase, and those that may follow."""

    first_purchase: float
    later: float

    @property
    def clv(self) -> float:
        """Both together: the most that winning the customer may cost."""
        return self.first_purchase + self.later


def new_customer(purchasing: Purchasing, spend: Spend, terms: Terms) -> NewCustomer:
    """The expected value of a new customer, whose first purchase is taken to be like the later ones."""
    one = terms.margin * spend.of_new_customer
    return NewCustomer(one, one * float(discounted_purchases(purchasing.law, np.zeros(1), np.zeros(1), terms)[0]))


def revenue_by_period(
    purchasing: Purchasing, spend: Spend, customers: Customers, length: float, periods: int, groups: Groups
) -> Array:
    """Expected revenue of groups of customers in each period ahead, neither discounted nor times margin.

    length   of a period in the data's unit of time
    groups   (customers,) number of the group of each customer, from 0
    returns  (groups, periods)
    """
    per_purchase = spend.expected(customers.frequency, customers.mean_spend)
    weight = per_purchase * purchasing.p_alive(customers.frequency, customers.recency, customers.age)
    pairs, number = Pairs.of(customers.frequency, customers.age), int(groups.max()) + 1
    cells, place = np.unique(pairs.place * number + groups, return_inverse=True)
    money, pair, group = np.bincount(place, weight), cells // number, cells % number
    revenue, ahead = np.zeros((number, periods)), length * np.arange(1, periods + 1.0)
    rows = max(1, CHUNK // max(periods, number))
    for start in range(0, len(cells), rows):
        part = slice(start, start + rows)
        x, until = pairs.frequency[pair[part], None], pairs.age[pair[part], None]
        made = np.diff(purchasing.law.purchases_if_alive(x, until, ahead), axis=1, prepend=0.0)
        belongs = (group[part] == np.arange(number)[:, None]) * money[part]
        revenue += belongs @ made
    return revenue


def expected_bands(
    purchasing: Purchasing, spend: Spend, customers: Customers, terms: Terms, groups: Groups, draws: int, seed: int
) -> Bands:
    """How far the *expected* values may be off because the parameters are estimated; no chance in what people do.

    Parameters are drawn from the estimates' asymptotic normal in logarithms; the logarithm of a value is taken as a
    parabola along each principal axis of that normal. A parameter without a standard error (on its bound) and an
    observed mean spend stay fixed.
    """
    value = clv(purchasing, spend, customers, terms)
    ahead = np.log(_purchases_ahead(purchasing.law, customers, terms) + 1e-300)
    linear, square = bends(
        np.array(list(purchasing.parameters.values())),
        purchasing.covariance,
        lambda moved: np.log(_purchases_ahead(purchasing.with_parameters(moved), customers, terms) + 1e-300),
        ahead,
    )
    if spend.model == "gamma_gamma":
        per_purchase = np.log(spend.expected(customers.frequency, customers.mean_spend))
        more = bends(
            spend.parameters,
            spend.covariance,
            lambda moved: np.log(np.maximum(expected_spend(moved, customers.frequency, customers.mean_spend), 1e-300)),
            per_purchase,
        )
        linear, square = np.concatenate([linear, more[0]]), np.concatenate([square, more[1]])
    normal = np.random.default_rng(seed).standard_normal((draws, len(linear)))
    low, high, number = np.empty(len(value)), np.empty(len(value)), int(groups.max()) + 1
    totals, rows = np.zeros((draws, number)), max(1, CHUNK // draws)
    for start in range(0, len(value), rows):
        part = slice(start, start + rows)
        drawn = value[part] * np.exp(normal @ linear[:, part] + normal**2 @ square[:, part])
        low[part], high[part] = np.quantile(drawn, [LOW, HIGH], axis=0)
        totals += drawn @ (groups[part, None] == np.arange(number))
    return _bands(low, high, totals)


def bends(
    parameters: Array, covariance: Array, log_value: Callable[[Array], Array], here: Array
) -> tuple[Array, Array]:
    """First and second order of a logarithm per standard deviation along each principal axis, (axes, customers).

    No parameter moves further than `FARTHEST_DRAW`, as no draw does: what hardly any data fix has an endless axis.
    """
    sizes, axes = np.linalg.eigh(np.nan_to_num(covariance))
    linear, square = [], []
    for direction in (axes * np.sqrt(np.maximum(sizes, 0.0))).T:
        moved = np.clip(REACH * direction, -FARTHEST_DRAW, FARTHEST_DRAW)
        down, up = (log_value(parameters * np.exp(side * moved)) for side in (-1, 1))
        linear.append((up - down) / (2 * REACH))
        square.append((up + down - 2 * here) / (2 * REACH**2))
    return np.stack(linear), np.stack(square)


def draws_for(customers: int) -> int:
    """Draws behind realised bands: fewer where there are many customers, for their chances even out."""
    return int(np.clip(DRAWN_NUMBERS // max(customers, 1), FEWEST_DRAWS, MOST_DRAWS))


def realised_bands(
    purchasing: Purchasing, spend: Spend, customers: Customers, terms: Terms, groups: Groups, draws: int, seed: int
) -> Bands:
    """Between what bounds the value will lie that customers *turn out* to have: chance and doubt on the parameters.

    Each draw takes parameters from the estimates' asymptotic normal, and given these, for each customer, whether still
    alive, a purchase rate, a time of leaving, a number of purchases and their money. Purchases are valued at the
    average discount of the time in which the customer is active, so that a draw's mean is the CLV.
    """
    generator, number = np.random.default_rng(seed), int(groups.max()) + 1
    values = np.array(list(purchasing.parameters.values()))
    drawn = draw_parameters(values, purchasing.covariance, draws, generator)
    law = purchasing.with_parameters(drawn.T[:, :, None])
    shape = draw_parameters(spend.parameters, spend.covariance, draws, generator).T[:, :, None]
    low, high = np.empty(len(groups)), np.empty(len(groups))
    totals, rows = np.zeros((draws, number)), max(1, CHUNK // (8 * draws))
    for start in range(0, len(groups), rows):
        part = slice(start, start + rows)
        people = Customers(*(getattr(customers, name)[part] for name in Customers.__dataclass_fields__))
        one = _realised(law, spend, shape, people, terms, generator)
        low[part], high[part] = np.quantile(one, [LOW, HIGH], axis=0)
        totals += one @ (groups[part, None] == np.arange(number))
    return _bands(low, high, totals)


def valued(purchasing: Purchasing, spend: Spend, customers: Customers, terms: Terms, seed: int) -> tuple[Array, Bands]:
    """The value expected of each customer, (customers,), and the bands of what all will turn out to be worth."""
    number = len(customers.frequency)
    value = clv(purchasing, spend, customers, terms)
    with np.errstate(all="ignore"):  # a spend without end has bands without end
        together = np.zeros(number, dtype=np.intp)
        return value, realised_bands(purchasing, spend, customers, terms, together, draws_for(number), seed)


def _realised(
    law: Law, spend: Spend, shape: Array, people: Customers, terms: Terms, generator: np.random.Generator
) -> Array:
    """One drawn future of each customer per draw of the parameters: its discounted margins, (draws, customers)."""
    force, per_period = np.log1p(terms.discount) / terms.length, terms.discount
    timing = np.log1p(per_period) * (1 + per_period) / per_period if per_period else 1.0
    alive = law.p_alive(people.frequency, people.recency, people.age)
    rate, leaves, last = law.histories(people.frequency, people.age, generator)
    end = np.inf if terms.periods is None else terms.periods * terms.length
    active = np.minimum(leaves, end)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        worth_time = -np.expm1(-force * active) / force if force else active
        # an endless active time is cut where its purchases are worth nothing any more
        counted = np.minimum(active, WORTHLESS / force) if force > 0 else active
        average = np.where(counted > 0, worth_time / counted, 1.0)
        bought = generator.poisson(np.minimum(rate * counted, 1e15))
        parting = last * (leaves <= end)
        discounted = np.where(parting > 0, bought * average + np.exp(-force * leaves), bought * average)
    money = _realised_spend(spend, shape, people, bought + parting, generator)
    is_alive = generator.random(alive.shape) < alive
    return np.where(is_alive, terms.margin * timing * discounted * money, 0.0)


def _realised_spend(
    spend: Spend, shape: Array, people: Customers, purchases: Array, generator: np.random.Generator
) -> Array:
    """Drawn mean money per purchase over a number of purchases, (draws, customers); where none, it does not count."""
    if spend.model == "observed_mean":
        return np.broadcast_to(spend.expected(people.frequency, people.mean_spend), purchases.shape)
    p, q, v = shape
    spent = np.where(people.frequency > 0, people.frequency * people.mean_spend, 0.0)
    scale = generator.standard_gamma(q + p * people.frequency, purchases.shape) / (v + spent)
    number = np.maximum(purchases, 1.0)
    drawn: Array = generator.standard_gamma(p * number) / number / scale
    return drawn


def _bands(low: Array, high: Array, totals: Array) -> Bands:
    """Bands from the customers' own and from drawn totals (draws, groups)."""
    group_low, group_high = np.quantile(totals, [LOW, HIGH], axis=0)
    total_low, total_high = np.quantile(totals.sum(axis=1), [LOW, HIGH])
    return Bands(low, high, group_low, group_high, float(total_low), float(total_high))
