"""How long contracts last: the shifted-beta-geometric of Fader & Hardie (2007), with Kaplan-Meier beside it.

Time counts renewals. A contract of duration 3 that ended was renewed twice and not a third time; one that runs has been
renewed three times, and its end is not known (right censored). Everything comes from two numbers per period: how many
contracts came up for their t-th renewal and how many ended there.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, chdtrc

from strategy.customers.findings import Finding, trust_in
from strategy.customers.models.likelihood import (
    PROBABILITIES,
    PROBABILITY_WEIGHTS,
    Array,
    Counts,
    Derivatives,
    Number,
    beta_quantiles,
    draw_parameters,
    maximise,
)
from strategy.errors import PlannerError

FEWEST_ENDINGS = 20
"""Ended contracts below which a curve of leaving is not worth believing."""
FEWEST_IN_A_CELL, FREE_CELLS, LEAST_CHANCE = 5.0, 2, 0.01
"""Of the test whether endings follow the curve: variance in a cell, parameters, and chance below which they do not."""
LOWER, UPPER = np.full(2, 1e-4), np.full(2, 1e5)


@dataclass(frozen=True)
class Renewals:
    """How many contracts came up for their first, second, ... renewal, and how many ended there, (periods,) each."""

    at_risk: Array
    ended: Array

    @staticmethod
    def of_cohort(survivors: Array) -> "Renewals":
        """From one cohort's customers at the start and after each renewal, (periods + 1,), never rising."""
        right = len(survivors) > 1 and np.isfinite(survivors).all() and survivors[-1] >= 0
        if not right or (np.diff(survivors) > 0).any():
            raise PlannerError("survivors", place="contracts", value=[float(entry) for entry in survivors[:12]])
        return Renewals(survivors[:-1].astype(float), -np.diff(survivors.astype(float)))

    @staticmethod
    def of_contracts(duration: Counts, ended: NDArray[np.bool_], counts: Counts) -> "Renewals":
        """From distinct contracts: whole duration, whether it ended and how many are alike, (contracts,) each."""
        wrong = (duration < 0) | (ended & (duration < 1)) | (counts < 0)
        if wrong.any():
            place = int(np.argmax(wrong))
            raise PlannerError("duration", place="contracts", value=[int(duration[place]), bool(ended[place])])
        lasted = np.bincount(duration, counts, minlength=2)
        gone = np.bincount(duration[ended], counts[ended], minlength=len(lasted))
        return Renewals(np.cumsum(lasted[::-1])[::-1][1:].astype(float), gone[1:].astype(float))


@dataclass(frozen=True)
class Contracts:
    """A fitted model of contracts.

    model            "sbg", or "constant_churn" where customers do not differ or nobody left
    alpha, beta      of the beta distribution of the chance to leave at a renewal; (draws, 1) for many draws
    churn            the one chance to leave under constant churn, nan under sBG; (draws, 1) for many draws
    covariance       (2, 2) of the logarithms of alpha and beta, nan under constant churn
    standard_errors  of alpha and beta, or of churn
    findings         what must be known before trusting it
    """

    model: str
    alpha: Number
    beta: Number
    churn: Number
    covariance: Array
    standard_errors: Array
    log_likelihood: float
    findings: tuple[Finding, ...]

    @property
    def trusted(self) -> bool:
        """Whether no finding speaks against relying on it."""
        return trust_in(self.findings) == "trusted"

    @property
    def parameters(self) -> dict[str, float]:
        """By name: the churn, or alpha and beta."""
        names = ("churn",) if self.model == "constant_churn" else ("alpha", "beta")
        return {name: float(np.squeeze(getattr(self, name))) for name in names}

    def survival(self, renewals: Array, since: Array | float = 0.0) -> Array:
        """Probability that a contract renewed `since` times is renewed `renewals` times more; shapes broadcast."""
        if self.model == "constant_churn":
            return np.asarray((1 - self.churn) ** (renewals + 0 * since))
        start = self.beta + since
        still: Array = np.exp(betaln(self.alpha, start + renewals) - betaln(self.alpha, start))
        return still

    def retention(self, age: Array | float) -> Array:
        """Chance that a contract renewed `age` times is renewed once more: it rises as those who leave are gone."""
        if self.model == "constant_churn":
            return np.full(np.shape(age), 1 - self.churn)
        kept: Array = np.asarray((self.beta + age) / (self.alpha + self.beta + age))
        return kept

    def residual_renewals(self, age: Array, discount: float, periods: int | None = None) -> Array:
        """Discounted expected residual lifetime (DERL) of contracts renewed `age` times, in renewals.

        The coming renewal counts in full, as just before the decision on it (Fader & Hardie 2010, eq. 6 with age = n -
        1); those after it are discounted. periods: renewals looked ahead, None for all. Without discount and
        periods it is the expected lifetime, infinite under sBG where alpha <= 1.
        """
        if periods is not None:
            ahead = np.arange(1, periods + 1.0)
            ages = np.asarray(age)[..., None]
            worth: Array = self._across(ahead, ages) @ (1 + discount) ** (1 - ahead)
            return worth
        keeps = self.retention(age)
        if self.model == "constant_churn":
            with np.errstate(divide="ignore"):
                return keeps / (1 - keeps / (1 + discount))
        if discount == 0:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.where(self.alpha > 1, (self.beta + age) / (self.alpha - 1), np.inf)
        alpha, start = np.asarray(self.alpha)[..., None], (self.beta + age)[..., None]
        leaves = beta_quantiles(alpha, start, PROBABILITIES)
        lasting: Array = (1 - leaves) * (1 + discount) / (discount + leaves) @ PROBABILITY_WEIGHTS
        return lasting

    def _across(self, ahead: Array, ages: Array) -> Array:
        """Survival over one more axis of renewals ahead, also where parameters are draws."""
        if self.model == "constant_churn":
            return self.survival(ahead, ages)
        alpha, beta = np.asarray(self.alpha)[..., None], np.asarray(self.beta)[..., None]
        still: Array = np.exp(betaln(alpha, beta + ages + ahead) - betaln(alpha, beta + ages))
        return still

    def drawn(self, draws: int, generator: np.random.Generator) -> "Contracts":
        """The model with parameters drawn from the estimates' asymptotic normal, (draws, 1) each."""
        if self.model == "constant_churn":
            churn = self.churn + self.standard_errors[0] * generator.standard_normal((draws, 1))
            return replace(self, churn=np.clip(churn, 0.0, 1.0))
        estimates = np.array([self.alpha, self.beta], dtype=float)
        parameters = draw_parameters(estimates, self.covariance, draws, generator)
        return replace(self, alpha=parameters[:, :1], beta=parameters[:, 1:])

    def remaining(self, age: Array, generator: np.random.Generator) -> Array:
        """One drawn number of further renewals per entry, infinite where a contract never ends."""
        leaves: Array = np.broadcast_to(self.churn, age.shape)
        if self.model == "sbg":
            leaves = generator.beta(self.alpha, self.beta + age)
        with np.errstate(divide="ignore"):
            renewals: Array = np.floor(generator.standard_exponential(leaves.shape) / -np.log1p(-leaves))
        return renewals


def sbg_likelihood(renewals: Renewals, parameters: Array) -> Derivatives:
    """Log-likelihood, gradient and Hessian at (alpha, beta): at its t-th renewal a contract ends with chance
    alpha/(alpha + beta + t - 1) (Fader & Hardie 2007, eq. 7)."""
    alpha, beta = parameters
    before = np.arange(len(renewals.ended))
    stayed, total = renewals.at_risk - renewals.ended, alpha + beta + before
    value = renewals.ended.sum() * np.log(alpha) + stayed @ np.log(beta + before) - renewals.at_risk @ np.log(total)
    both, curved = renewals.at_risk @ (1 / total), renewals.at_risk @ total**-2.0
    gradient = np.array([renewals.ended.sum() / alpha - both, stayed @ (1 / (beta + before)) - both])
    hessian = np.full((2, 2), curved)
    hessian[0, 0] -= renewals.ended.sum() / alpha**2
    hessian[1, 1] -= stayed @ (beta + before) ** -2.0
    return float(value), gradient, hessian


def fit_contracts(renewals: Renewals) -> Contracts:
    """Fit sBG by maximum likelihood.

    Where differences between customers run off to none, one chance of leaving for all is used ("leaving_alike");
    differences that are small or uncertain stay in the model, for to leave them out would undervalue those who stay.
    Where nobody left the chance is that of half an ending over all renewals seen (Jeffreys' prior, "nobody_left"). A
    curve that the endings do not follow is said ("poor_curve"). Raises PlannerError where no contract came up for
    renewal.
    """
    seen, ended = float(renewals.at_risk.sum()), float(renewals.ended.sum())
    if seen <= 0:
        raise PlannerError("no_renewals", place="contracts", value=int(seen))
    few: dict[str, float | int | str] = {"ended": ended, "needed": FEWEST_ENDINGS}
    findings = [Finding("few_endings", few)] if 0 < ended < FEWEST_ENDINGS else []
    if ended == 0:
        return _constant(0.5 / (seen + 1), seen, 0.0, [Finding("nobody_left", {"renewals": seen})])
    churn = ended / seen
    alike = ended * np.log(churn) + ((seen - ended) * np.log1p(-churn) if ended < seen else 0.0)
    starts = [np.array([1.0, 1.0 / churn]), np.array([10.0, 10.0 / churn])]
    found = maximise(lambda point: sbg_likelihood(renewals, point), starts, LOWER, UPPER, seen)
    if found.on_bound or found.log_likelihood <= alike:
        findings = [
            Finding("leaving_alike", {}),
            *findings,
            *_poor_curve(renewals, np.full(len(renewals.ended), churn)),
        ]
        return _constant(churn, seen, alike, findings)
    if not found.converged:
        findings.append(Finding("contracts_not_converged", {}))
    alpha, beta = map(float, found.parameters)
    findings += _poor_curve(renewals, alpha / (alpha + beta + np.arange(float(len(renewals.ended)))))
    errors = found.standard_errors
    return Contracts("sbg", alpha, beta, float("nan"), found.covariance, errors, found.log_likelihood, tuple(findings))


def _poor_curve(renewals: Renewals, leaves: Array) -> list[Finding]:
    """The finding that endings per renewal do not follow the chances of leaving (renewals,): Pearson's chi-square.

    Renewals with few expected endings or few expected to stay are taken together with the next.
    """
    expected, spread = renewals.at_risk * leaves, renewals.at_risk * leaves * (1 - leaves)
    cell = np.minimum(np.floor(np.cumsum(spread) / FEWEST_IN_A_CELL), np.floor(spread.sum() / FEWEST_IN_A_CELL) - 1)
    if cell.max() < FREE_CELLS:
        return []
    at = np.maximum(cell, 0).astype(np.intp)
    off, within = np.bincount(at, renewals.ended - expected), np.bincount(at, spread)
    cells = within > 0
    chance = float(chdtrc(int(cells.sum()) - 2, float((off[cells] ** 2 / within[cells]).sum())))
    if chance >= LEAST_CHANCE:
        return []
    worst = int(np.argmax(np.abs(renewals.ended - expected) / np.sqrt(np.maximum(spread, 1.0))))
    seen, told = float(renewals.ended[worst]), float(expected[worst])
    return [Finding("poor_curve", {"renewal": worst + 1, "ended": seen, "expected": told})]


def _constant(churn: float, seen: float, log_likelihood: float, findings: list[Finding]) -> Contracts:
    """One chance of leaving for all contracts and renewals."""
    error = np.array([np.sqrt(churn * (1 - churn) / seen)])
    unknown = float("nan")
    return Contracts(
        "constant_churn", unknown, unknown, churn, np.full((2, 2), unknown), error, log_likelihood, tuple(findings)
    )


def kaplan_meier(duration: Counts, ended: NDArray[np.bool_], counts: Counts) -> tuple[Array, Array]:
    """Share still running after 0, 1, ... renewals and its standard error (Greenwood), (longest duration + 1,) each.

    From distinct contracts as in `Renewals.of_contracts`; by statsmodels, without an assumption on who leaves when.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    seen = (duration > 0) & (counts > 0)
    if not seen.any():
        raise PlannerError("no_renewals", place="contracts", value=0)
    share, error = np.ones(int(duration.max()) + 1), np.zeros(int(duration.max()) + 1)
    if (ended & seen).any():
        curve = SurvfuncRight(duration[seen], ended[seen].astype(int), freq_weights=counts[seen].astype(float))
        place = np.searchsorted(curve.surv_times, np.arange(len(share)), side="right")
        with np.errstate(divide="ignore", invalid="ignore"):  # statsmodels weights its errors by another formula
            relative = np.sqrt(np.cumsum(curve.n_events / (curve.n_risk * (curve.n_risk - curve.n_events))))
            errors = np.where(curve.surv_prob > 0, curve.surv_prob * relative, 0.0)
        share, error = np.r_[1.0, curve.surv_prob][place], np.r_[0.0, errors][place]
    return share, error
