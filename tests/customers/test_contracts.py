"""Contracts: Fader & Hardie's data, Kaplan-Meier beside it, residual lifetimes and what they are worth."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from strategy.customers.models.contracts import Contracts, Renewals, fit_contracts, kaplan_meier, sbg_likelihood
from strategy.customers.value.contract_value import (
    contract_clv,
    contract_revenue_by_period,
    new_contract_clv,
    realised_contract_bands,
)
from strategy.customers.value.value import Terms
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import FINDINGS

REGULAR = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]) * 10
"""Fader & Hardie 2007, table 1, regular customers, of 1,000."""


def sbg(alpha: float, beta: float) -> Contracts:
    return Contracts("sbg", alpha, beta, float("nan"), np.eye(2), np.ones(2), 0.0, ())


def contracts_of(seed: int, number: int, alpha: float, beta: float, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Durations and whether ended, each contract seen for 1 to `longest` renewals, decided one renewal at a time."""
    generator = np.random.default_rng(seed)
    seen, chance = generator.integers(1, longest + 1, number), generator.beta(alpha, beta, number)
    leaves_at = np.full(number, longest + 1)
    for renewal in range(longest, 0, -1):
        leaves_at[generator.random(number) < chance] = renewal
    ended = leaves_at <= seen
    return np.where(ended, leaves_at, seen), ended


def test_sbg_on_regular_customers_gives_the_published_parameters() -> None:
    """Fader & Hardie 2007: alpha 0.704, beta 1.182 from seven years (oracles sbg.fit7.regular: LL -1680.2652)."""
    fitted = fit_contracts(Renewals.of_cohort(REGULAR[:8]))
    assert (round(float(fitted.alpha), 3), round(float(fitted.beta), 3)) == (0.704, 1.182)
    assert round(fitted.log_likelihood, 4) == -1680.2652
    assert fitted.findings == ()
    projected = [100.0, 62.6706, 47.3819, 38.7974, 33.2068, 29.2347, 26.2456, 23.9024, 22.0085, 20.4411, 19.119]
    np.testing.assert_allclose(100 * fitted.survival(np.arange(11.0)), projected, atol=1e-4)


def test_four_years_project_the_published_survival() -> None:
    """Oracles sbg.fit7.regular, extra.fit4."""
    fitted = fit_contracts(Renewals.of_cohort(REGULAR[:5]))
    np.testing.assert_allclose([fitted.alpha, fitted.beta], [0.7636650660890694, 1.2958302605213143], rtol=1e-5)
    assert round(fitted.log_likelihood, 4) == -1401.5594
    np.testing.assert_allclose(100 * fitted.survival(np.array([8.0, 12.0])), [21.029, 15.954], atol=1e-3)


def test_residual_lifetimes_are_the_published_ones() -> None:
    """Fader & Hardie 2010, table 3 (oracles sbg.derl.case1): 3.31 3.45 3.59 3.72 3.84 at 10 %."""
    worth = sbg(3.8, 15.2).residual_renewals(np.arange(5.0), 0.1)
    np.testing.assert_allclose(worth, [3.3098184, 3.4510003, 3.5865437, 3.7168115, 3.8421340], atol=1e-7)
    assert [round(float(value), 2) for value in worth] == [3.31, 3.45, 3.59, 3.72, 3.84]


@example(alpha=1.03125, beta=0.25, age=0, discount=1.0)  # SciPy's quantile next to 0 is no number here
@given(st.floats(0.05, 50), st.floats(0.05, 500), st.integers(0, 300), st.floats(0.02, 1))
def test_an_endless_horizon_is_the_limit_of_long_ones(alpha: float, beta: float, age: int, discount: float) -> None:
    contracts, ages = sbg(alpha, beta), np.array([float(age)])
    endless = contracts.residual_renewals(ages, discount)
    np.testing.assert_allclose(contracts.residual_renewals(ages, discount, 2000), endless, rtol=1e-6)
    survival = contracts.survival(np.arange(50.0), age)
    assert survival[0] == pytest.approx(1)
    assert (np.diff(survival) <= 1e-12).all()
    assert (np.diff(contracts.retention(np.arange(50.0))) >= 0).all()


def test_without_discount_the_residual_lifetime_is_the_mean_or_has_no_end() -> None:
    """E of (1 - theta)/theta over beta (3, 4): 4/(3 - 1) = 2; no mean where alpha <= 1."""
    assert sbg(3.0, 4.0).residual_renewals(np.zeros(1), 0.0) == pytest.approx(2.0)
    assert sbg(0.7, 1.2).residual_renewals(np.zeros(1), 0.0) == np.inf


@given(st.floats(0.1, 20), st.floats(0.1, 20))
def test_gradient_and_hessian_are_the_numerical_ones(alpha: float, beta: float) -> None:
    renewals, parameters = Renewals.of_cohort(REGULAR), np.array([alpha, beta])
    _, gradient, hessian = sbg_likelihood(renewals, parameters)
    for place, step in enumerate(np.diag(1e-5 * parameters)):
        up, down = sbg_likelihood(renewals, parameters + step), sbg_likelihood(renewals, parameters - step)
        tolerance = 1e-5 * np.abs(hessian).max()
        assert (up[0] - down[0]) / (2 * step[place]) == pytest.approx(gradient[place], rel=1e-5, abs=1e-4)
        np.testing.assert_allclose((up[1] - down[1]) / (2 * step[place]), hessian[place], atol=tolerance)


def test_a_cohort_and_its_contracts_one_by_one_are_the_same_data() -> None:
    left = -np.diff(REGULAR[:8]).round().astype(int)
    duration = np.r_[np.arange(1, 8), 7]
    ended = np.r_[np.ones(7, dtype=bool), False]
    contracts = Renewals.of_contracts(duration, ended, np.r_[left, round(REGULAR[7])])
    cohort = Renewals.of_cohort(REGULAR[:8])
    np.testing.assert_allclose(contracts.at_risk, cohort.at_risk)
    np.testing.assert_allclose(contracts.ended, cohort.ended)


def test_kaplan_meier_gives_shares_and_errors_computed_by_hand() -> None:
    """30 at risk, 3 end: 0.9, Greenwood 0.9 sqrt(3/(30 27)) = 0.0548; 25, 5: 0.72; 13, 4: 0.72 x 9/13 = 0.4985."""
    duration, ended = np.array([1, 1, 2, 3, 5, 5]), np.array([1, 0, 1, 0, 1, 0], dtype=bool)
    share, error = kaplan_meier(duration, ended, np.array([3, 2, 5, 7, 4, 9]))
    np.testing.assert_allclose(share, [1, 0.9, 0.72, 0.72, 0.72, 0.72 * 9 / 13])
    assert error[1] == pytest.approx(0.9 * np.sqrt(3 / (30 * 27)))
    peer = SurvfuncRight(np.repeat(duration, [3, 2, 5, 7, 4, 9]), np.repeat(ended, [3, 2, 5, 7, 4, 9]).astype(int))
    np.testing.assert_allclose(error[[1, 2, 5]], peer.surv_prob_se[: len(peer.surv_times)][peer.n_events > 0])


def test_simulated_contracts_are_found_back_and_kaplan_meier_agrees() -> None:
    """alpha 1.2, beta 4: within the 99 % point of chi-squared(2), 9.21; the curves within 4 standard errors."""
    duration, ended = contracts_of(6, 5000, 1.2, 4.0, 12)
    distinct, counts = np.unique(np.stack([duration, ended]), axis=1, return_counts=True)
    fitted = fit_contracts(Renewals.of_contracts(distinct[0], distinct[1].astype(bool), counts))
    away = np.log([float(fitted.alpha), float(fitted.beta)]) - np.log([1.2, 4.0])
    assert away @ np.linalg.solve(fitted.covariance, away) < 9.21
    share, error = kaplan_meier(distinct[0], distinct[1].astype(bool), counts)
    assert (np.abs(fitted.survival(np.arange(13.0)) - share) <= 4 * error + 1e-12).all()


def test_where_customers_do_not_differ_one_chance_is_used_and_said() -> None:
    """20 % leave at every renewal: worth 0.8/(1 - 0.8/1.1) = 2.9333 renewals at 10 %."""
    fitted = fit_contracts(Renewals(np.array([500.0, 400, 320]), np.array([100.0, 80, 64])))
    assert [finding.code for finding in fitted.findings] == ["leaving_alike"]
    assert fitted.churn == pytest.approx(0.2)
    assert fitted.residual_renewals(np.zeros(1), 0.1) == pytest.approx(0.8 / (1 - 0.8 / 1.1))
    np.testing.assert_allclose(fitted.survival(np.array([0.0, 2.0])), [1, 0.64])


def seen(hazards: list[float], contracts: int, random: np.random.Generator) -> Renewals:
    """One cohort that leaves with these chances, drawn."""
    at_risk, ended = [], []
    for hazard in hazards:
        at_risk.append(float(contracts))
        ended.append(float(random.binomial(contracts, hazard)))
        contracts -= int(ended[-1])
    return Renewals(np.array(at_risk), np.array(ended))


@pytest.mark.parametrize("hazards", [[0.05, 0.1, 0.2, 0.3, 0.4, 0.5], [0.02, 0.5, 0.05, 0.05, 0.05, 0.05]])
def test_a_curve_that_endings_do_not_follow_is_said(hazards: list[float]) -> None:
    """Leaving that rises with time, and a wave at the second renewal: no sBG can follow either."""
    fitted = fit_contracts(seen(hazards, 500, np.random.default_rng(3)))
    assert "poor_curve" in [finding.code for finding in fitted.findings]
    assert not fitted.trusted


def test_a_true_curve_is_hardly_ever_called_poor() -> None:
    """A test at 1 %: of 300 samples from sBG (0.8, 3) at most 9 (above 99.9 % of Binomial(300, 0.01))."""
    hazards = (0.8 / (0.8 + 3 + np.arange(6))).tolist()
    poor = sum(
        "poor_curve"
        in [finding.code for finding in fit_contracts(seen(hazards, 500, np.random.default_rng(n))).findings]
        for n in range(300)
    )
    assert poor <= 9


def test_small_differences_stay_in_the_model() -> None:
    """150 contracts over three years: to take all for alike wherever differences cannot be shown undervalues who stays.

    From sBG (0.8, 3) the mean of 400 expected residual renewals lies within 15 % of the true one.
    """
    hazards, worth = (0.8 / (0.8 + 3 + np.arange(3))).tolist(), []
    for n in range(400):
        fitted = fit_contracts(seen(hazards, 150, np.random.default_rng(n)))
        worth.append(float(fitted.residual_renewals(np.array([3.0]), 0.1, 5)[0]))
    true = float(
        Contracts("sbg", 0.8, 3.0, np.nan, np.eye(2), np.ones(2), 0.0, ()).residual_renewals(np.array([3.0]), 0.1, 5)[0]
    )
    assert np.mean(worth) == pytest.approx(true, rel=0.15)


def test_nobody_left_and_few_endings_are_said() -> None:
    """90 renewals, none refused: half an ending over 91."""
    nobody = fit_contracts(Renewals(np.array([50.0, 40.0]), np.zeros(2)))
    assert [finding.code for finding in nobody.findings] == ["nobody_left"]
    assert nobody.churn == pytest.approx(0.5 / 91)
    few = fit_contracts(Renewals(np.array([50.0, 40.0]), np.array([5.0, 1.0])))
    assert "few_endings" in [finding.code for finding in few.findings]
    assert not few.trusted
    assert {finding.code for finding in (*few.findings, *nobody.findings)} <= set(FINDINGS)


def test_a_contracts_value_is_its_margins_and_adds_up_over_periods() -> None:
    fitted = fit_contracts(Renewals.of_cohort(REGULAR[:8]))
    age, amount, groups = np.array([0, 3, 3, 6]), np.array([100.0, 50, 80, 10]), np.array([0, 1, 0, 1])
    revenue = contract_revenue_by_period(fitted, age, amount, 8, groups)
    value = contract_clv(fitted, age, amount, Terms(0.4, 0.1, 1.0, 8))
    np.testing.assert_allclose(0.4 * revenue @ 1.1 ** -np.arange(8.0), np.bincount(groups, value))
    new = new_contract_clv(fitted, 100.0, Terms(0.4, 0.1, 1.0, None))
    assert new == pytest.approx(40 + 40 * float(fitted.residual_renewals(np.zeros(1), 0.1)[0]) / 1.1)


def test_bands_of_contracts_hold_nine_in_ten_outcomes() -> None:
    """Outcomes of 400 contracts simulated from the fitted model; chance leaves 84 to 97 of 100."""
    fitted = fit_contracts(Renewals.of_cohort(REGULAR[:8] * 50))
    age, amount, groups = np.zeros(400, dtype=np.int64), np.full(400, 100.0), np.zeros(400, dtype=np.intp)
    bands = realised_contract_bands(fitted, age, amount, Terms(1.0, 0.0, 1.0, 10), groups, 2000, seed=1)
    held = 0
    for seed in range(100):
        generator = np.random.default_rng(1000 + seed)
        chance = generator.beta(float(fitted.alpha), float(fitted.beta), 400)
        renewed = np.minimum(generator.geometric(chance) - 1, 10)
        held += bands.total_low <= 100 * renewed.sum() <= bands.total_high
    assert 84 <= held <= 97
    assert bands.total_low == pytest.approx(bands.group_low[0])


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("survivors", lambda: Renewals.of_cohort(np.array([10.0, 12.0]))),
        ("survivors", lambda: Renewals.of_cohort(np.array([10.0]))),
        ("duration", lambda: Renewals.of_contracts(np.array([0]), np.array([True]), np.array([1]))),
        ("no_renewals", lambda: fit_contracts(Renewals.of_contracts(np.array([0]), np.array([False]), np.array([4])))),
        ("no_renewals", lambda: kaplan_meier(np.array([0]), np.array([False]), np.array([4]))),
    ],
)
def test_contracts_that_cannot_be_are_refused(code: str, read: Callable[[], object]) -> None:
    with pytest.raises(PlannerError) as caught:
        read()
    assert caught.value.code == code
    json.dumps(caught.value.fields)
