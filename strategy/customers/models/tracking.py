"""Whether a model foretells purchases that it has not seen: calibration against holdout."""

from dataclasses import dataclass

import numpy as np

from strategy.customers.findings import Finding
from strategy.customers.models.likelihood import Array
from strategy.customers.models.purchasing import Law, Purchasing, Triples

LARGEST_FREQUENCY = 7
"""Customers with as many repeat purchases or more are one group, as in the papers' charts."""
LARGEST_MISS = 0.15
"""Share of the actual purchases by which a trusted prediction may miss, beyond chance."""
FUTURES = 200_000
"""Drawn for the band of chance, over all rows."""
Z = 1.6448536269514722
NUDGE = 1e-4
"""In logarithms of a parameter, for slopes."""


@dataclass(frozen=True)
class HoldoutCheck:
    """Repeat purchases in the holdout, counted and foretold.

    actual, predicted   over all customers
    low, high           90 % band of the total by chance alone, were the model right
    group_customers     (groups,) customers by repeat purchases in the calibration: 0, 1, ..., 7 or more
    group_actual, group_predicted  (groups,) mean per customer; nan for an empty group
    findings            "poor_tracking" where the total misses by more than 15 % and lies outside the band
    """

    actual: float
    predicted: float
    low: float
    high: float
    group_customers: Array
    group_actual: Array
    group_predicted: Array
    findings: tuple[Finding, ...]


def check_holdout(purchasing: Purchasing, triples: Triples, actual: Array, length: float, seed: int) -> HoldoutCheck:
    """Compare what customers bought after the calibration with what was expected.

    triples  customers at the end of the calibration; a triple may stand more than once
    actual   (triples,) purchases in the holdout of each customer of this row
    length   of the holdout in the data's unit of time
    seed     of the chance behind the band
    """
    frequency, recency, age, counts = triples.frequency, triples.recency, triples.age, triples.counts
    expected = purchasing.expected_purchases(frequency, recency, age, length)
    group = np.minimum(frequency, LARGEST_FREQUENCY).astype(np.intp)
    customers = np.bincount(group, counts, LARGEST_FREQUENCY + 1).astype(float)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(group, counts * each, LARGEST_FREQUENCY + 1) / customers for each in (actual, expected)]
    bought, foretold = float(counts @ actual), float(counts @ expected)
    alive = purchasing.p_alive(frequency, recency, age)
    spread = Z * np.sqrt(_variance(purchasing.law, triples, alive, length, seed) + _doubt(purchasing, triples, length))
    miss = abs(foretold - bought) / bought if bought > 0 else np.inf if foretold > Z else 0.0
    fields: dict[str, float | int | str] = {"actual": bought, "predicted": foretold, "miss": miss}
    poor = miss > LARGEST_MISS and abs(foretold - bought) > spread
    return HoldoutCheck(
        bought,
        foretold,
        max(0.0, foretold - spread),
        foretold + spread,
        customers,
        means[0],
        means[1],
        (Finding("poor_tracking", {**fields, "limit": LARGEST_MISS}),) if poor else (),
    )


def _variance(law: Law, triples: Triples, alive: Array, length: float, seed: int) -> float:
    """Variance of the total number of purchases in a time ahead; the second moments from drawn futures."""
    generator = np.random.default_rng(seed)
    shape = (max(1, FUTURES // len(alive)), len(alive))
    frequency, age = np.broadcast_to(triples.frequency, shape), np.broadcast_to(triples.age, shape)
    rate, leaves, last = law.histories(frequency, age, generator)
    active = rate * np.minimum(leaves, length)
    second = alive * ((active + last * (leaves <= length)) ** 2 + active).mean(axis=0)
    first = alive * law.purchases_if_alive(triples.frequency, triples.age, np.array(length))
    return float(np.maximum(triples.counts @ (second - first**2), 0.0))


def _doubt(purchasing: Purchasing, triples: Triples, length: float) -> float:
    """Variance of the foretold total by doubt on the parameters (delta method over their logarithms)."""
    values = np.array(list(purchasing.parameters.values()))

    def foretold(moved: Array) -> float:
        law = purchasing.with_parameters(moved)
        alive = law.p_alive(triples.frequency, triples.recency, triples.age)
        return float(
            triples.counts @ (alive * law.purchases_if_alive(triples.frequency, triples.age, np.array(length)))
        )

    steps = np.exp(NUDGE * np.eye(len(values)))
    slopes = np.array([(foretold(values * up) - foretold(values / up)) / (2 * NUDGE) for up in steps])
    return max(0.0, float(slopes @ np.nan_to_num(purchasing.covariance) @ slopes))


def expected_cumulative(purchasing: Purchasing, age: Array, counts: Array, at: Array) -> Array:
    """Repeat purchases that all customers are expected to have made by moments around the end of the calibration.

    age      (customers,) or distinct ages at the end of the calibration, with counts
    at       (moments,) time since the end of the calibration: negative inside it, positive in the holdout
    returns  (moments,) unconditional expectations: the tracking chart
    """
    ages, place = np.unique(age, return_inverse=True)
    customers = np.bincount(place, counts)
    lived = np.maximum(ages[:, None] + at, 0.0)
    cumulative: Array = customers @ purchasing.new_customer_purchases(lived)
    return cumulative


def actual_cumulative(times: Array, counts: Array, at: Array) -> Array:
    """Repeat purchases made by the same moments, (moments,), from when they were made since the calibration's end."""
    order = np.argsort(times)
    so_far = np.r_[0.0, np.cumsum(counts[order])]
    cumulative: Array = so_far[np.searchsorted(times[order], at, side="right")]
    return cumulative


def frequencies_expected(law: Law, age: Array, counts: Array, seed: int, draws: int) -> Array:
    """How many customers the model expects to have made 0, 1, ..., 7 or more repeat purchases by their age, (8,).

    The frequency chart; from `draws` simulated histories of each distinct age, seeded.
    """
    ages, place = np.unique(age, return_inverse=True)
    customers = np.bincount(place, counts)
    generator = np.random.default_rng(seed)
    spread = np.broadcast_to(ages, (draws, len(ages)))
    rate, leaves, last = law.histories(np.zeros_like(spread), np.zeros_like(spread), generator)
    made = generator.poisson(rate * np.minimum(leaves, spread)) + last * (leaves <= spread)
    group = np.minimum(made, LARGEST_FREQUENCY).astype(np.intp)
    weights = np.broadcast_to(customers / draws, group.shape)
    return np.bincount(group.ravel(), weights.ravel(), LARGEST_FREQUENCY + 1).astype(float)
