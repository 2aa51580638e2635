"""The law of BG/NBD (Fader, Hardie & Lee 2005): Poisson purchases, and a chance to leave after each repeat purchase."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, gammaln, hyp2f1, polygamma, psi

from strategy.customers.models.likelihood import (
    PROBABILITIES,
    PROBABILITY_WEIGHTS,
    Array,
    Counts,
    Derivatives,
    Number,
    beta_quantiles,
)

CHUNK = 1 << 15
"""Triples evaluated at a time: their scratch arrays stay in the processor's cache."""
GivenP = Callable[[Array, Array, Array], Array]
"""Chance of leaving, time ahead in the customer's clock and r + x -> the value."""
NEAR_ONE = 1e-4
"""How near a = 1 the formulas divide nothing by nothing; between its two sides they are interpolated."""


class BgNbdData:
    """What the likelihood needs of the triples: sums by frequency and by age, and one row per triple of repeaters."""

    def __init__(self, frequency: Array, recency: Array, age: Array, counts: Counts) -> None:
        self.frequencies, place = np.unique(frequency, return_inverse=True)
        self.customers = np.bincount(place, counts)
        self.ages, place = np.unique(age, return_inverse=True)
        self.age_customers = np.bincount(place, counts)
        self.age_purchases = np.bincount(place, counts * frequency)
        again = frequency > 0
        self.repeaters = tuple(column[again] for column in (frequency, recency, age, counts.astype(float)))


def bg_nbd_likelihood(data: BgNbdData, parameters: Array) -> Derivatives:
    """Log-likelihood (eq. 6), gradient and Hessian at (r, alpha, a, b); all sums over customers."""
    r, alpha, a, b = parameters
    x, n = data.frequencies, data.customers
    total = n.sum()
    log_age = np.log(alpha + data.ages)
    exposure = r * data.age_customers + data.age_purchases
    value = n @ (gammaln(r + x) - gammaln(r)) + total * r * np.log(alpha) - exposure @ log_age
    value += n @ _log_beta_ratio(a, b, x)
    gradient, hessian = np.zeros(4), np.zeros((4, 4))
    per_age = 1 / (alpha + data.ages)
    gradient[0] = n @ (psi(r + x) - psi(r)) + total * np.log(alpha) - data.age_customers @ log_age
    gradient[1] = total * r / alpha - exposure @ per_age
    gradient[2] = n @ (psi(a + b) - psi(a + b + x))
    gradient[3] = n @ (psi(a + b) - psi(b) + psi(b + x) - psi(a + b + x))
    hessian[0, 0] = n @ (polygamma(1, r + x) - polygamma(1, r))
    hessian[0, 1] = hessian[1, 0] = total / alpha - data.age_customers @ per_age
    hessian[1, 1] = -total * r / alpha**2 + exposure @ per_age**2
    both = n @ (polygamma(1, a + b) - polygamma(1, a + b + x))
    hessian[2:, 2:] = both
    hessian[3, 3] += n @ (polygamma(1, b + x) - polygamma(1, b))
    for start in range(0, len(data.repeaters[0]), CHUNK):
        part = _repeaters(parameters, *(column[start : start + CHUNK] for column in data.repeaters))
        value, gradient, hessian = value + part[0], gradient + part[1], hessian + part[2]
    return float(value), gradient, hessian


def _log_beta_ratio(a: float, b: float, x: Array) -> Array:
    """ln B(a, b + x) - ln B(a, b)."""
    ratio: Array = gammaln(a + b) - gammaln(b) + gammaln(b + x) - gammaln(a + b + x)
    return ratio


def _repeaters(parameters: Array, x: Array, recency: Array, age: Array, counts: Array) -> Derivatives:
    """The part ln(1 + exp(z)), z = ln of the odds that a repeater left right after the last purchase."""
    r, alpha, a, b = parameters
    since, until = 1 / (alpha + recency), 1 / (alpha + age)
    log_ratio = np.log1p((age - recency) * since)
    k, before = r + x, 1 / (b + x - 1)
    z = np.log(a * before) + k * log_ratio
    left = expit(z)
    slopes = np.stack([log_ratio, k * (until - since), np.full_like(x, 1 / a), -before])
    weight = counts * left
    hessian = (slopes * (weight * (1 - left))) @ slopes.T
    hessian[0, 1] += (cross := weight @ (until - since))
    hessian[1, 0] += cross
    hessian[1, 1] += weight @ (k * (since**2 - until**2))
    hessian[2, 2] -= weight.sum() / a**2
    hessian[3, 3] += weight @ before**2
    return float(counts @ np.logaddexp(0.0, z)), slopes @ weight, hessian


@dataclass(frozen=True)
class BgNbd:
    """Customers' purchase rates are gamma (r, alpha), their chances of leaving after a repeat purchase beta (a, b).

    alpha is in the data's unit of time. Frequency counts repeat purchases, recency is the time of the last one, age
    the time since the first purchase; all (customers,).
    """

    r: Number
    alpha: Number
    a: Number
    b: Number
    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def p_alive(self, frequency: Array, recency: Array, age: Array) -> Array:
        """Probability of still being a customer, (customers,); 1 without repeat purchases (the model's own say)."""
        with np.errstate(divide="ignore"):
            log_odds = np.log(self.a) - np.log(np.maximum(self.b + frequency - 1, 1e-300))
        log_odds = log_odds + (self.r + frequency) * np.log1p((age - recency) / (self.alpha + recency))
        return np.where(frequency > 0, expit(-log_odds), 1.0)

    def clock(self, age: Array) -> Array:
        """The time in which the expected rate of purchases changes, (customers,)."""
        return self.alpha + age

    def rate_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases per unit of time expected at a time ahead, given alive today; shapes broadcast."""
        a, k, scale = self.a, self.r + frequency, self.alpha + age
        remaining = scale / (scale + ahead)
        with np.errstate(all="ignore"):
            stays = remaining**a * hyp2f1(a, a + self.b - self.r - 1, a + self.b + frequency, ahead / (scale + ahead))
        stays = self._repaired(stays, frequency, ahead / scale, lambda p, w, k: (1 + p * w) ** -(k + 1))
        return k / scale * stays

    def purchases_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases expected until a time ahead, given alive today (eq. 10 after Euler's transformation)."""
        if np.ndim(self.a) == 0 and abs(float(self.a) - 1) < NEAR_ONE:
            low, high = (BgNbd(self.r, self.alpha, 1 + side * NEAR_ONE, self.b) for side in (-2, 2))
            share = (self.a - 1 + 2 * NEAR_ONE) / (4 * NEAR_ONE)
            below, above = (law.purchases_if_alive(frequency, age, ahead) for law in (low, high))
            return below + share * (above - below)
        scale, c, less = self.alpha + age, self.a + self.b + frequency - 1, self.a - 1
        remaining = scale / (scale + ahead)
        with np.errstate(all="ignore"):
            gone = remaining**less * hyp2f1(less, self.a + self.b - 1 - self.r, c, ahead / (scale + ahead))
            expected = c / less * (1 - gone)
        return self._repaired(expected, frequency, ahead / scale, lambda p, w, k: -np.expm1(-k * np.log1p(p * w)) / p)

    def _repaired(self, values: Array, frequency: Array, ahead: Array, given_p: GivenP) -> Array:
        """Values with what overflowed integrated over the chance of leaving p instead (tanh-sinh in its quantiles)."""
        bad = ~np.isfinite(values)
        if not bad.any():
            return values
        x, w = (np.broadcast_to(column, values.shape)[bad][:, None] for column in (frequency, ahead))
        p = np.maximum(beta_quantiles(self.a, self.b + x, PROBABILITIES), 1e-300)
        values = values.copy()
        values[bad] = given_p(p, w, self.r + x) @ PROBABILITY_WEIGHTS
        return values

    def histories(self, frequency: Array, age: Array, generator: np.random.Generator) -> tuple[Array, Array, Array]:
        """One drawn future per entry, given alive today: rate of purchases, time of leaving, purchases on leaving."""
        rate = generator.standard_gamma(self.r + frequency) / (self.alpha + age)
        chance = generator.beta(self.a, self.b + frequency)
        with np.errstate(divide="ignore", over="ignore"):
            leaves = generator.standard_exponential(rate.shape) / (rate * chance)
        return rate * (1 - chance), leaves, np.ones_like(rate)
