"""How often customers buy and whether they still do: BG/NBD and Pareto/NBD fitted by maximum likelihood.

The models see a customer as a triple: frequency (repeat purchases, the first one not counted), recency (time from the
first to the last purchase) and age (time from the first purchase to the end of the data). Customers with the same
triple are one row with a count, so cost grows with distinct triples.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategy.customers.findings import Finding, trust_in
from strategy.customers.models.bg_nbd import BgNbd, BgNbdData, bg_nbd_likelihood
from strategy.customers.models.likelihood import Array, Counts, Derivatives, Maximum, maximise
from strategy.customers.models.pareto_nbd import Nbd, ParetoNbd, ParetoNbdData, nbd_likelihood, pareto_nbd_likelihood
from strategy.errors import PlannerError

Law = BgNbd | ParetoNbd | Nbd
FEWEST_REPEATERS = 30
"""Repeat buyers below which four parameters are not worth believing."""
AIC_GAIN = 2.0
"""The log-likelihood that two parameters about leaving must add to earn their place (Akaike)."""
THINNED = 4000
"""Distinct triples on which starting points are tried before all are used."""
FARTHEST_START = 50.0
"""How many times smaller or larger than the general start a start found on few triples may be: never on a bound."""


@dataclass(frozen=True)
class Triples:
    """Distinct (frequency, recency, age) of customers and how many customers have each, (triples,).

    frequency  repeat purchases, whole numbers >= 0
    recency    time of the last purchase since the first, 0 <= recency <= age, 0 where frequency is 0
    age        time since the first purchase
    counts     customers, > 0
    Raises PlannerError where one of these does not hold.
    """

    frequency: Array
    recency: Array
    age: Array
    counts: Counts

    def __post_init__(self) -> None:
        columns = (self.frequency, self.recency, self.age)
        right = np.isfinite(np.stack(columns)).all(axis=0) & (self.counts > 0) & (self.frequency >= 0)
        right &= (self.recency >= 0) & (self.recency <= self.age) & (self.frequency == np.floor(self.frequency))
        right &= (self.frequency > 0) | (self.recency == 0)
        if not right.all():
            place = int(np.argmin(right))
            raise PlannerError("triple", place="customers", value=[float(column[place]) for column in columns])

    @staticmethod
    def of(frequency: Array, recency: Array, age: Array) -> "Triples":
        """The distinct triples of customers, (customers,) each."""
        order = np.lexsort((recency, age, frequency))
        columns = np.stack([frequency, recency, age])[:, order]
        first = np.flatnonzero(np.r_[True, (columns[:, 1:] != columns[:, :-1]).any(axis=0)][: len(order)])
        counts = np.diff(np.r_[first, len(order)]).astype(np.int64)
        return Triples(columns[0, first], columns[1, first], columns[2, first], counts)

    @property
    def customers(self) -> int:
        """How many customers the triples stand for."""
        return int(self.counts.sum())

    @property
    def repeaters(self) -> int:
        """How many of them bought again."""
        return int(self.counts[self.frequency > 0].sum())


@dataclass(frozen=True)
class Family:
    """A law to fit: its data, its log-likelihood, bounds and starts with time counted in the longest age; its name.

    start(rate) takes the mean number of purchases per longest age. Upper bounds mean "all customers alike".
    """

    law: Callable[..., Law]
    names: tuple[str, ...]
    prepare: Callable[..., Any]
    likelihood: Callable[[Any, Array], Derivatives]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    starts: Callable[[float], list[list[float]]]
    clocks: tuple[int, ...]
    title: str


FAMILIES: dict[str, Family] = {
    "bg_nbd": Family(
        BgNbd,
        BgNbd.NAMES,
        BgNbdData,
        bg_nbd_likelihood,
        (1e-6, 1e-8, 1e-8, 1e-4),
        (1e3, 1e6, 50.0, 1e4),
        lambda rate: [[0.5, 0.5 / rate, 0.5, 2.0], [1.0, 1.0 / rate, 1.0, 10.0]],
        (1,),
        "BG/NBD",
    ),
    "pareto_nbd": Family(
        ParetoNbd,
        ParetoNbd.NAMES,
        ParetoNbdData,
        pareto_nbd_likelihood,
        (1e-6, 1e-8, 1e-8, 1e-6),
        (1e3, 1e6, 1e3, 1e5),
        lambda rate: [[0.5, 0.5 / rate, 0.5, 0.5], [1.0, 1.0 / rate, 1.0, 3.0]],
        (1, 3),
        "Pareto/NBD",
    ),
    "nbd": Family(
        Nbd,
        Nbd.NAMES,
        ParetoNbdData,
        nbd_likelihood,
        (1e-6, 1e-8),
        (1e4, 1e8),
        lambda rate: [[0.5, 0.5 / rate]],
        (1,),
        "NBD",
    ),
}
"""The laws by their code."""


@dataclass(frozen=True)
class Purchasing:
    """A fitted model of purchases.

    model            code of the law that is used, "nbd" where leaving could not be identified
    law              the law with its parameters, in the data's unit of time
    parameters, standard_errors  by name; a standard error is nan where the data do not fix the parameter
    covariance       (parameters, parameters) of the parameters' logarithms
    log_likelihood   in the data's unit of time
    findings         what must be known before trusting it
    """

    model: str
    law: Law
    parameters: dict[str, float]
    standard_errors: dict[str, float]
    covariance: Array
    log_likelihood: float
    findings: tuple[Finding, ...]

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on it."""
        return trust_in(self.findings) == "trusted"

    def with_parameters(self, values: Array) -> Law:
        """The law with other parameters, (parameters,), or with draws of them, (parameters, draws, 1)."""
        return FAMILIES[self.model].law(*values)

    def p_alive(self, frequency: Array, recency: Array, age: Array) -> Array:
        """Probability of still being a customer, (customers,)."""
        return self.law.p_alive(frequency, recency, age)

    def expected_purchases(self, frequency: Array, recency: Array, age: Array, ahead: float) -> Array:
        """Purchases expected of each customer in a time ahead, (customers,)."""
        pairs = Pairs.of(frequency, age)
        alive = self.law.p_alive(frequency, recency, age)
        alive *= self.law.purchases_if_alive(pairs.frequency, pairs.age, np.array(ahead))[pairs.place]
        return alive

    def new_customer_purchases(self, ahead: Array) -> Array:
        """Repeat purchases expected of a customer in the time after the first purchase, the shape of ahead."""
        return self.law.purchases_if_alive(np.zeros(1), np.zeros(1), ahead)


@dataclass(frozen=True)
class Pairs:
    """Distinct (frequency, age), (pairs,), and which each customer has, (customers,): the future needs no more."""

    frequency: Array
    age: Array
    place: NDArray[np.intp]

    @staticmethod
    def of(frequency: Array, age: Array) -> "Pairs":
        """The pairs of customers."""
        ages, age_place = np.unique(age, return_inverse=True)
        keys, place = np.unique(frequency.astype(np.int64) * len(ages) + age_place, return_inverse=True)
        return Pairs((keys // max(len(ages), 1)).astype(float), ages[keys % max(len(ages), 1)], place)


def fit(triples: Triples, model: str = "bg_nbd") -> Purchasing:
    """Fit a law to customers: "bg_nbd", "pareto_nbd", or "best", the more likely of these two of four parameters.

    Where leaving adds less to the log-likelihood than Akaike's criterion asks of its two parameters, the data cannot
    identify leaving: NBD is used, nobody leaves, and the finding says so; values then are upper bounds. Where nobody
    bought again, the rate of purchases is half a purchase over all the time seen (Jeffreys' prior). Raises PlannerError
    without customers or time.
    """
    if not len(triples.counts) or triples.age.max() <= 0:
        raise PlannerError("no_history", place="customers", value=triples.customers)
    if not triples.repeaters:
        return _nobody_bought_again(triples)
    nbd = _fit_family(triples, "nbd")
    names = ("bg_nbd", "pareto_nbd") if model == "best" else (model,)
    best = max((_fit_family(triples, name) for name in names), key=lambda fitted: fitted.log_likelihood)
    gain = best.log_likelihood - nbd.log_likelihood
    findings = list(best.findings)
    if gain < AIC_GAIN:
        fields: dict[str, float | int | str] = {"model": best.model, "gain": gain, "needed": AIC_GAIN}
        best, findings = nbd, [Finding("leaving_not_identified", fields), *nbd.findings]
    if triples.repeaters < FEWEST_REPEATERS:
        few: dict[str, float | int | str] = {"customers": triples.customers, "repeaters": triples.repeaters}
        findings.append(Finding("few_repeaters", {**few, "needed": FEWEST_REPEATERS}))
    return replace(best, findings=tuple(findings))


def _fit_family(triples: Triples, name: str) -> Purchasing:
    """The most likely parameters of one law, time counted in the longest age during the search."""
    family, unit = FAMILIES[name], float(triples.age.max())
    purchases = float(triples.counts @ triples.frequency)
    rate = purchases * unit / float(triples.counts @ triples.age)
    columns = (triples.frequency, triples.recency / unit, triples.age / unit, triples.counts)
    starts = [np.array(start) for start in family.starts(rate)]
    bounds = np.array(family.lower), np.array(family.upper)
    if len(triples.counts) > 4 * THINNED:
        thin = family.prepare(*(column[:: len(triples.counts) // THINNED] for column in columns))
        near = maximise(lambda point: family.likelihood(thin, point), starts, *bounds, THINNED).parameters
        starts = [np.clip(near, starts[0] / FARTHEST_START, starts[0] * FARTHEST_START)]
    data = family.prepare(*columns)
    found = maximise(lambda point: family.likelihood(data, point), starts, *bounds, triples.customers)
    parameters = found.parameters.copy()
    parameters[list(family.clocks)] *= unit
    errors = parameters * np.sqrt(np.diag(found.covariance))
    return Purchasing(
        name,
        family.law(*map(float, parameters)),
        dict(zip(family.names, map(float, parameters), strict=True)),
        dict(zip(family.names, map(float, errors), strict=True)),
        found.covariance,
        found.log_likelihood - purchases * np.log(unit),
        _findings(found, family),
    )


def _findings(found: Maximum, family: Family) -> tuple[Finding, ...]:
    """What the search itself says about the fit."""
    findings = []
    if not found.converged:
        findings.append(Finding("not_converged", {"model": family.title}))
    names = [name for name, high, low in zip(family.names, found.at_upper, found.at_lower, strict=True) if high or low]
    if names:
        findings.append(Finding("customers_alike", {"parameters": ", ".join(names)}))
    return tuple(findings)


def _nobody_bought_again(triples: Triples) -> Purchasing:
    """One rate for everyone: half a purchase over all the time seen."""
    rate = 0.5 / float(triples.counts @ triples.age)
    shape = FAMILIES["nbd"].upper[0]
    parameters = {"r": shape, "alpha": shape / rate}
    finding = Finding("nobody_bought_again", {"customers": triples.customers})
    unknown = dict.fromkeys(parameters, float("nan"))
    likelihood = -0.5
    return Purchasing("nbd", Nbd(**parameters), parameters, unknown, np.full((2, 2), np.nan), likelihood, (finding,))
