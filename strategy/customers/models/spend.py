"""How much customers spend per purchase: Gamma-Gamma (Fader & Hardie 2013), and whether its assumption holds."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, polygamma, psi

from strategy.customers.findings import Finding, trust_in
from strategy.customers.models.likelihood import Array, Counts, Derivatives, maximise
from strategy.errors import PlannerError

FEWEST_TO_DIFFER = 2
UNKNOWN = (float("nan"),) * 3
FEWEST_REPEATERS = 30
"""Repeat buyers below which three parameters are not worth believing."""
LARGEST_CORRELATION = 0.2
"""Of frequency and spend: a sample whose 95 % interval lies beyond it breaks the model's independence."""
THINNED, FARTHEST_START = 4000, 50.0
"""Pairs on which starting points are tried before all are used, and how far off a start they may lead."""
LOWER, UPPER = np.full(3, 1e-3), np.array([1e4, 1e4, 1e5])


@dataclass(frozen=True)
class Spend:
    """A fitted model of the money per purchase.

    model            "gamma_gamma", or "observed_mean" where the fit has no finite mean or there are too few customers
    parameters       (p, q, v); nan for the observed mean
    covariance       (3, 3) of their logarithms
    log_likelihood   in the data's money; nan for the observed mean
    observed_mean    money per repeat purchase over all customers
    correlation      of frequency and mean spend, with its 95 % interval (Fisher's z)
    findings         what must be known before trusting it
    """

    model: str
    parameters: Array
    covariance: Array
    log_likelihood: float
    observed_mean: float
    correlation: tuple[float, float, float]
    findings: tuple[Finding, ...]

    @property
    def standard_errors(self) -> Array:
        """Of p, q and v, (3,), by the delta method."""
        return self.parameters * np.sqrt(np.diag(self.covariance))

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on it."""
        return trust_in(self.findings) == "trusted"

    def expected(self, frequency: Array, mean_spend: Array) -> Array:
        """Money per future purchase, (customers,): between their own mean and everybody's (eq. 5).

        mean_spend is not looked at where frequency is 0. The observed mean gives repeat buyers their own.
        """
        if self.model == "observed_mean":
            return np.where(frequency > 0, mean_spend, self.observed_mean)
        return expected_spend(self.parameters, frequency, mean_spend)

    @property
    def of_new_customer(self) -> float:
        """Money per purchase expected of a customer of whom nothing is known."""
        return float(self.expected(np.zeros(1), np.zeros(1))[0])


def expected_spend(parameters: Array, frequency: Array, mean_spend: Array) -> Array:
    """p (v + x m) / (p x + q - 1), (customers,), or (draws, customers) for parameters (3, draws, 1)."""
    p, q, v = parameters
    spent = np.where(frequency > 0, frequency * mean_spend, 0.0)
    expected: Array = p * (v + spent) / (p * frequency + q - 1)
    return expected


class _Purchases:
    """Sums of the likelihood that need frequencies only, and one row per distinct pair."""

    def __init__(self, frequency: Array, mean_spend: Array, counts: Array) -> None:
        self.x, self.spent, self.counts = frequency, frequency * mean_spend, counts
        self.frequencies, place = np.unique(frequency, return_inverse=True)
        self.customers = np.bincount(place, counts)
        self.log_mean = float(counts @ np.log(mean_spend))
        self.log_spent_per_purchase = float((counts * frequency) @ np.log(self.spent))


def gamma_gamma_likelihood(data: _Purchases, parameters: Array) -> Derivatives:
    """Log-likelihood (eq. 1a), gradient and Hessian at (p, q, v), summed over customers."""
    p, q, v = parameters
    x, n, total, shape = data.frequencies, data.customers, data.counts.sum(), p * data.frequencies + q
    money = 1 / (data.spent + v)
    k, bought, log_money = data.counts * (p * data.x + q), data.counts * data.x, -np.log(money)
    value = n @ (gammaln(shape) - gammaln(p * x)) + total * (q * np.log(v) - gammaln(q)) - k @ log_money
    value += p * data.log_spent_per_purchase - data.log_mean
    with_q, alone = psi(shape), psi(p * x)
    gradient = np.array(
        [
            n @ (x * (with_q - alone)) + data.log_spent_per_purchase - bought @ log_money,
            n @ with_q - total * psi(q) + total * np.log(v) - data.counts @ log_money,
            total * q / v - k @ money,
        ]
    )
    with_q, alone = polygamma(1, shape), polygamma(1, p * x)
    pp, pq, pv = n @ (x**2 * (with_q - alone)), n @ (x * with_q), -bought @ money
    qq, qv = n @ with_q - total * polygamma(1, q), total / v - data.counts @ money
    vv = -total * q / v**2 + k @ money**2
    return float(value), gradient, np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])


def fit_spend(frequency: Array, mean_spend: Array, counts: Counts) -> Spend:
    """Fit Gamma-Gamma to repeat buyers by maximum likelihood.

    frequency   (pairs,) repeat purchases, > 0
    mean_spend  (pairs,) money per repeat purchase, > 0
    counts      (pairs,) customers with this frequency and mean, > 0; pairs may repeat

    Where q <= 1 the expected spend is infinite: the observed means are used and the finding says so. Raises
    PlannerError where a frequency or a mean is not positive, or there are no customers.
    """
    right = (frequency > 0) & (mean_spend > 0) & np.isfinite(mean_spend) & (counts > 0)
    if not len(frequency) or not right.all():
        place = int(np.argmin(right)) if len(frequency) else 0
        value = [float(frequency[place]), float(mean_spend[place])] if len(frequency) else []
        raise PlannerError("spend_data", place="customers", value=value)
    customers, bought = int(counts.sum()), counts * frequency
    observed = float(bought @ mean_spend / bought.sum())
    correlation = independence(frequency, mean_spend, counts)
    findings = _independence_findings(correlation)
    if customers < FEWEST_TO_DIFFER:
        return observed_spend(observed, Finding("spend_not_seen", {"repeaters": customers, "observed_mean": observed}))
    if customers < FEWEST_REPEATERS:
        findings.append(Finding("few_spenders", {"repeaters": customers, "needed": FEWEST_REPEATERS}))
    data = _Purchases(frequency, mean_spend / observed, counts.astype(float))
    starts = [np.array([2.0, 3.0, 1.0]), np.array([1.0, 5.0, 5.0])]
    if len(frequency) > 4 * THINNED:
        every = slice(None, None, len(frequency) // THINNED)
        thin = _Purchases(frequency[every], mean_spend[every] / observed, counts[every].astype(float))
        near = maximise(lambda point: gamma_gamma_likelihood(thin, point), starts, LOWER, UPPER, THINNED).parameters
        starts = [np.clip(near, starts[0] / FARTHEST_START, starts[0] * FARTHEST_START)]
    found = maximise(lambda point: gamma_gamma_likelihood(data, point), starts, LOWER, UPPER, customers)
    if not found.converged:
        findings.append(Finding("spend_not_converged", {}))
    q = float(found.parameters[1])
    if q <= 1:
        findings.append(Finding("spend_unlimited", {"q": q, "observed_mean": observed}))
        return observed_spend(observed, *findings, correlation=correlation)
    if found.on_bound:
        findings.append(Finding("spend_alike", {"mean": observed}))
    parameters = found.parameters * np.array([1.0, 1.0, observed])
    likelihood = float(found.log_likelihood - customers * np.log(observed))
    return Spend("gamma_gamma", parameters, found.covariance, likelihood, observed, correlation, tuple(findings))


def observed_spend(mean: float, *findings: Finding, correlation: tuple[float, float, float] = UNKNOWN) -> Spend:
    """No model: who bought again keeps the own mean, all others have this mean per purchase."""
    unknown = np.full(3, np.nan), np.full((3, 3), np.nan), float("nan")
    return Spend("observed_mean", *unknown, mean, correlation, findings)


def independence(frequency: Array, mean_spend: Array, counts: Counts) -> tuple[float, float, float]:
    """Correlation of frequency and mean spend with its 95 % interval (Fisher's z); nan where one does not vary."""
    customers = float(counts.sum())
    if customers < 4 or np.ptp(frequency) == 0 or np.ptp(mean_spend) == 0:
        return float("nan"), float("nan"), float("nan")
    moments = np.cov(frequency, mean_spend, fweights=counts)
    correlation = float(np.clip(moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1]), -1.0, 1.0))
    with np.errstate(divide="ignore"):
        z = np.arctanh(correlation)
    reach = 1.959963984540054 / np.sqrt(customers - 3)
    return correlation, float(np.tanh(z - reach)), float(np.tanh(z + reach))


def _independence_findings(correlation: tuple[float, float, float]) -> list[Finding]:
    """The finding that spend depends on frequency, where the whole interval says so."""
    estimate, low, high = correlation
    if low > LARGEST_CORRELATION or high < -LARGEST_CORRELATION:
        fields: dict[str, float | int | str] = {"correlation": estimate, "low": low, "high": high}
        return [Finding("spend_depends_on_frequency", {**fields, "limit": LARGEST_CORRELATION})]
    return []
