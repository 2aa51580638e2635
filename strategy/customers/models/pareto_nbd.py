"""The laws of Pareto/NBD (Schmittlein, Morrison & Colombo 1987), leaving at any moment, and of NBD, never leaving.

With G(u) = (alpha + u)^-(r+x) (beta + u)^-s, the likelihood of a customer is Gamma(r+x)/Gamma(r) alpha^r beta^s times
G(age) + the integral from recency to age of G(u) s/(beta + u) du (Fader & Hardie 2005, a note on its derivation). The
integral is taken by Gauss-Legendre on a logarithmic scale of time where G still counts, which stays exact where the
hypergeometric functions of the closed form overflow, and gives the derivatives along the way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import exprel, gammaln, polygamma, psi

from strategy.customers.models.likelihood import Array, Counts, Derivatives, Number

CHUNK = 1 << 11
"""Triples evaluated at a time: with the nodes their scratch arrays stay in the processor's cache."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
FORGOTTEN = 37.0
"""The integral stops where its integrand has fallen by exp(-37), below the precision of a float."""


class ParetoNbdData:
    """What the likelihood needs of the triples: sums by frequency, and one row per triple."""

    def __init__(self, frequency: Array, recency: Array, age: Array, counts: Counts) -> None:
        self.frequencies, place = np.unique(frequency, return_inverse=True)
        self.customers = np.bincount(place, counts)
        self.triples = (frequency, recency, age, counts.astype(float))


def pareto_nbd_likelihood(data: ParetoNbdData, parameters: Array) -> Derivatives:
    """Log-likelihood, gradient and Hessian at (r, alpha, s, beta)."""
    r, alpha, s, beta = parameters
    x, n = data.frequencies, data.customers
    total = n.sum()
    value = n @ (gammaln(r + x) - gammaln(r)) + total * (r * np.log(alpha) + s * np.log(beta))
    gradient = np.array(
        [n @ (psi(r + x) - psi(r)) + total * np.log(alpha), total * r / alpha, total * np.log(beta), total * s / beta]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = n @ (polygamma(1, r + x) - polygamma(1, r))
    hessian[0, 1] = hessian[1, 0] = total / alpha
    hessian[2, 3] = hessian[3, 2] = total / beta
    hessian[1, 1], hessian[3, 3] = -total * r / alpha**2, -total * s / beta**2
    for start in range(0, len(data.triples[0]), CHUNK):
        part = _bracket_sums(parameters, *(column[start : start + CHUNK] for column in data.triples))
        value, gradient, hessian = value + part[0], gradient + part[1], hessian + part[2]
    return float(value), gradient, hessian


def _bracket_sums(parameters: Array, x: Array, recency: Array, age: Array, counts: Array) -> Derivatives:
    """Value and derivatives of ln(G(age) + integral): moments over the nodes, the last of which is "still alive"."""
    r, alpha, s, beta = parameters
    times, logs = _nodes(parameters, x, recency, age)
    peak = logs.max(axis=0)
    share = np.exp(logs - peak)
    bracket = share.sum(axis=0)
    share /= bracket
    dead = np.ones((len(times), 1))
    dead[-1] = 0.0  # the last row is the customer who is alive: no death at that moment
    k, to_alpha, to_beta = r + x, 1 / (alpha + times), 1 / (beta + times)
    slopes = np.stack([-np.log(alpha + times), -k * to_alpha, dead / s - np.log(beta + times), -(s + dead) * to_beta])
    mean = np.einsum("knt,nt->kt", slopes, share)
    share *= counts
    hessian = np.tensordot(slopes * share, slopes, axes=((1, 2), (1, 2))) - (mean * counts) @ mean.T
    hessian[0, 1] -= (cross := (share * to_alpha).sum())
    hessian[1, 0] -= cross
    hessian[1, 1] += (share * k * to_alpha**2).sum()
    hessian[2, 2] -= (share * dead).sum() / s**2
    hessian[2, 3] -= (cross := (share * to_beta).sum())
    hessian[3, 2] -= cross
    hessian[3, 3] += (share * (s + dead) * to_beta**2).sum()
    return float(counts @ (peak + np.log(bracket))), mean @ counts, hessian


def _nodes(parameters: Iterable[Number], x: Array, recency: Array, age: Array) -> tuple[Array, Array]:
    """Times and logarithms of what each adds to the bracket, (nodes + 1, triples); the last row is G(age)."""
    r, alpha, s, beta = parameters
    shift = np.minimum(alpha, beta)
    width, end = np.log1p((age - recency) / (shift + recency)), recency + shift
    steep = [(r + x, alpha - shift + 0 * x), (s + 0 * x, beta - shift + 0 * x)]

    def fall(y: Array) -> tuple[Array, Array]:
        """How far ln G has fallen at y and its slope."""
        grown = end * np.exp(y)
        drops = [power * np.log1p((grown - end) / (end + extra)) for power, extra in steep]
        slopes = [power * grown / (grown + extra) for power, extra in steep]
        return drops[0] + drops[1], slopes[0] + slopes[1]

    with np.errstate(divide="ignore"):
        reach = np.minimum(width, FORGOTTEN / fall(np.zeros_like(width))[1])
    for _ in range(4):
        fallen, slope = fall(reach)
        reach = np.where(fallen > FORGOTTEN, reach - (fallen - FORGOTTEN) / slope, reach)
    nodes, weights = (column.reshape(-1, *[1] * reach.ndim) for column in (NODES, WEIGHTS))
    grown = end * np.exp(reach * (nodes + 1) / 2)
    times = np.concatenate([grown - shift, age[None]])
    logs = -(r + x) * np.log(alpha + times) - s * np.log(beta + times)
    with np.errstate(divide="ignore"):
        logs[:-1] += np.log(s * grown / (beta + times[:-1]) * (weights * reach / 2))
    return times, logs


@dataclass(frozen=True)
class ParetoNbd:
    """Customers' purchase rates are gamma (r, alpha), their rates of leaving gamma (s, beta).

    alpha and beta are in the data's unit of time; frequency, recency and age as in BG/NBD.
    """

    r: Number
    alpha: Number
    s: Number
    beta: Number
    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def p_alive(self, frequency: Array, recency: Array, age: Array) -> Array:
        """Probability of still being a customer, (customers,)."""
        spread = np.broadcast_arrays(self.r, self.alpha, self.s, self.beta, frequency, recency, age)
        columns = [column.ravel() for column in spread]
        alive = np.empty(spread[0].size)
        for start in range(0, len(alive), CHUNK):
            r, alpha, s, beta, x, last, until = (column[start : start + CHUNK] for column in columns)
            _, logs = _nodes((r, alpha, s, beta), x, last, until)
            alive[start : start + CHUNK] = 1 / np.exp(np.minimum(logs - logs[-1], 700.0)).sum(axis=0)
        return alive.reshape(spread[0].shape)

    def clock(self, age: Array) -> Array:
        """The time in which the expected rate of purchases changes, (customers,)."""
        return self.beta + age

    def rate_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases per unit of time expected at a time ahead, given alive today; shapes broadcast."""
        stays = np.exp(-self.s * np.log1p(ahead / (self.beta + age)))
        return (self.r + frequency) / (self.alpha + age) * stays

    def purchases_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases expected until a time ahead, given alive today (Fader & Hardie 2005, eq. 41)."""
        log_time = np.log1p(ahead / (self.beta + age))
        years: Array = (self.beta + age) * log_time * exprel((1 - self.s) * log_time)
        return (self.r + frequency) / (self.alpha + age) * years

    def histories(self, frequency: Array, age: Array, generator: np.random.Generator) -> tuple[Array, Array, Array]:
        """One drawn future per entry, given alive today: rate of purchases, time of leaving, purchases on leaving."""
        rate = generator.standard_gamma(self.r + frequency) / (self.alpha + age)
        leaving = generator.standard_gamma(self.s, rate.shape) / (self.beta + age)
        with np.errstate(divide="ignore"):
            leaves = generator.standard_exponential(rate.shape) / leaving
        return rate, leaves, np.zeros_like(rate)


@dataclass(frozen=True)
class Nbd:
    """Customers' purchase rates are gamma (r, alpha) and nobody leaves: where the data cannot tell leaving from chance.

    It is what both other laws become as the chance or rate of leaving goes to 0 (Ehrenberg 1959).
    """

    r: Number
    alpha: Number
    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha")

    def p_alive(self, frequency: Array, recency: Array, age: Array) -> Array:
        """1 for everyone: the assumption, not a finding."""
        return np.ones(np.broadcast_shapes(np.shape(self.r), frequency.shape))

    def clock(self, age: Array) -> Array:
        """A time to measure the future by; the rate of purchases never changes, (customers,)."""
        return self.alpha + age

    def rate_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases per unit of time expected at a time ahead; shapes broadcast."""
        return (self.r + frequency) / (self.alpha + age) + 0 * ahead

    def purchases_if_alive(self, frequency: Array, age: Array, ahead: Array) -> Array:
        """Purchases expected until a time ahead; shapes broadcast."""
        return (self.r + frequency) / (self.alpha + age) * ahead

    def histories(self, frequency: Array, age: Array, generator: np.random.Generator) -> tuple[Array, Array, Array]:
        """One drawn future per entry: rate of purchases, no time of leaving, no purchases on leaving."""
        rate = generator.standard_gamma(self.r + frequency) / (self.alpha + age)
        return rate, np.full_like(rate, np.inf), np.zeros_like(rate)


def nbd_likelihood(data: ParetoNbdData, parameters: Array) -> Derivatives:
    """Log-likelihood, gradient and Hessian at (r, alpha); the timing of purchases says nothing here."""
    r, alpha = parameters
    x, n, (frequency, _, age, counts) = data.frequencies, data.customers, data.triples
    total, k, per_age, log_age = n.sum(), counts * (r + frequency), 1 / (alpha + age), np.log(alpha + age)
    value = n @ (gammaln(r + x) - gammaln(r)) + total * r * np.log(alpha) - k @ log_age
    gradient = np.array(
        [n @ (psi(r + x) - psi(r)) + total * np.log(alpha) - counts @ log_age, total * r / alpha - k @ per_age]
    )
    cross = total / alpha - counts @ per_age
    curvature = n @ (polygamma(1, r + x) - polygamma(1, r))
    return float(value), gradient, np.array([[curvature, cross], [cross, -total * r / alpha**2 + k @ per_age**2]])
