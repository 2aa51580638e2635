"""Customer lifetime value: sums by period, endless horizons, closed forms, bands that hold what they promise."""

import numpy as np
import pytest
from scipy.special import hyperu

from strategy.customers.models.pareto_nbd import Nbd, ParetoNbd
from strategy.customers.models.purchasing import Triples, fit
from strategy.customers.models.spend import fit_spend
from strategy.customers.value.value import (
    Customers,
    Terms,
    bends,
    clv,
    discounted_purchases,
    expected_bands,
    new_customer,
    realised_bands,
    residual_purchases,
    revenue_by_period,
)
from strategy.errors import PlannerError
from tests import cdnow

CUSTOMERS = Customers(*(column[::2] for column in cdnow.summary()))
ALL = cdnow.summary()
SPEND = fit_spend(ALL[0][ALL[0] > 0], ALL[3][ALL[0] > 0], np.ones((ALL[0] > 0).sum(), dtype=np.int64))
TRIPLES = Triples.of(*ALL[:3])
FITS = {name: fit(TRIPLES, name) for name in ("bg_nbd", "pareto_nbd")}
GROUPS = np.minimum(CUSTOMERS.frequency, 2).astype(np.intp)
WEEKLY = 1.15 ** (1 / 52) - 1
both = pytest.mark.parametrize("name", list(FITS))


@both
def test_a_value_is_the_discounted_margin_of_the_revenue_of_each_period(name: str) -> None:
    revenue = revenue_by_period(FITS[name], SPEND, CUSTOMERS, 13.0, 20, GROUPS)
    assert revenue.shape == (3, 20)
    assert (np.diff(revenue, axis=1) < 0).all()
    value = clv(FITS[name], SPEND, CUSTOMERS, Terms(0.4, 0.03, 13.0, 20))
    np.testing.assert_allclose(0.4 * revenue @ 1.03 ** -np.arange(20.0), np.bincount(GROUPS, value), rtol=1e-9)


@both
def test_a_single_period_is_the_purchases_expected_in_it_times_spend(name: str) -> None:
    expected = FITS[name].expected_purchases(CUSTOMERS.frequency, CUSTOMERS.recency, CUSTOMERS.age, 52.0)
    spend = SPEND.expected(CUSTOMERS.frequency, CUSTOMERS.mean_spend)
    value = clv(FITS[name], SPEND, CUSTOMERS, Terms(0.3, 0.15, 52.0, 1))
    np.testing.assert_allclose(value, 0.3 * expected * spend, rtol=1e-12)


@pytest.mark.parametrize(("length", "discount", "periods"), [(1.0, WEEKLY, 9000), (52.0, 0.15, 300)])
@both
def test_an_endless_horizon_is_the_limit_of_long_ones(name: str, length: float, discount: float, periods: int) -> None:
    """9,000 weeks or 300 years leave less than 1e-10 of a discount factor; the stated tolerance is 1e-5."""
    x, age = np.array([0.0, 3.0]), np.array([5.0, 38.0])
    endless = discounted_purchases(FITS[name].law, x, age, Terms(1.0, discount, length, None))
    long = discounted_purchases(FITS[name].law, x, age, Terms(1.0, discount, length, periods))
    np.testing.assert_allclose(endless, long, rtol=1e-5)


def test_residual_purchases_of_pareto_nbd_are_the_published_closed_form() -> None:
    """Fader, Hardie & Lee 2005 (RFM and CLV), eq. 2, given alive, with SciPy's Psi."""
    law = FITS["pareto_nbd"].law
    assert isinstance(law, ParetoNbd)
    rate, x, age = np.log(1.15) / 52, np.array([0.0, 2, 29]), np.array([27.0, 38.86, 30.0])
    w = rate * (law.beta + age)
    closed = (law.r + x) / (law.alpha + age) * (law.beta + age) ** law.s * rate ** (law.s - 1) * hyperu(law.s, law.s, w)
    np.testing.assert_allclose(residual_purchases(law, x, age, rate), closed, rtol=1e-10)


def test_who_never_leaves_buys_a_perpetuity() -> None:
    """Rate 2.5/20 a period for ever, first at once, at 10 %: 0.125 x 1.1/0.1 = 1.375."""
    endless = discounted_purchases(Nbd(0.5, 10.0), np.array([2.0]), np.array([10.0]), Terms(1.0, 0.1, 1.0, None))
    np.testing.assert_allclose(endless, 1.375, rtol=1e-6)


@both
def test_a_new_customer_is_worth_the_first_purchase_and_those_that_follow(name: str) -> None:
    """The expected spend is 35.17 (oracles gg.cdnow.cond); one period: margin x spend x expected purchases."""
    new = new_customer(FITS[name], SPEND, Terms(0.5, 0.1, 52.0, 1))
    assert new.first_purchase == pytest.approx(0.5 * 35.1710, abs=1e-3)
    bought = float(FITS[name].new_customer_purchases(np.array([52.0]))[0])
    assert new.later == pytest.approx(new.first_purchase * bought)
    assert new.clv == new.first_purchase + new.later


def test_another_unit_of_time_gives_the_same_money() -> None:
    in_days = fit(Triples(TRIPLES.frequency, TRIPLES.recency * 7, TRIPLES.age * 7, TRIPLES.counts))
    people = Customers(CUSTOMERS.frequency, CUSTOMERS.recency * 7, CUSTOMERS.age * 7, CUSTOMERS.mean_spend)
    weeks = clv(FITS["bg_nbd"], SPEND, CUSTOMERS, Terms(0.4, 0.03, 13.0, 8))
    np.testing.assert_allclose(clv(in_days, SPEND, people, Terms(0.4, 0.03, 91.0, 8)), weeks, rtol=1e-5)


@both
def test_bands_of_the_expectation_are_those_of_fits_at_drawn_parameters(name: str) -> None:
    """Against values computed anew at 300 draws of all parameters, as they are: ends within 3 %."""
    terms = Terms(1.0, WEEKLY, 1.0, 52)
    bands = expected_bands(FITS[name], SPEND, CUSTOMERS, terms, GROUPS, 2000, seed=1)
    generator, fitted = np.random.default_rng(2), FITS[name]
    totals = []
    for _ in range(300):
        step = generator.multivariate_normal(np.zeros(4), fitted.covariance)
        law = fitted.with_parameters(np.array(list(fitted.parameters.values())) * np.exp(step))
        p, q, v = SPEND.parameters * np.exp(generator.multivariate_normal(np.zeros(3), SPEND.covariance))
        x, money = CUSTOMERS.frequency, CUSTOMERS.frequency * CUSTOMERS.mean_spend
        spend = p * (v + money) / (p * x + q - 1)
        alive = law.p_alive(x, CUSTOMERS.recency, CUSTOMERS.age)
        totals.append(float((alive * spend) @ law.purchases_if_alive(x, CUSTOMERS.age, np.array(52.0))))
    factor = clv(fitted, SPEND, CUSTOMERS, terms).sum() / clv(fitted, SPEND, CUSTOMERS, Terms(1.0, 0, 52.0, 1)).sum()
    low, high = np.quantile(totals, [0.05, 0.95]) * factor
    np.testing.assert_allclose([bands.total_low, bands.total_high], [low, high], rtol=0.03)
    value = clv(fitted, SPEND, CUSTOMERS, terms)
    assert ((bands.customer_low < value) & (value < bands.customer_high)).all()
    assert bands.group_low.sum() < value.sum() < bands.group_high.sum()


@both
def test_what_customers_turn_out_to_be_worth_has_the_expectation_as_its_mean(name: str) -> None:
    """With parameters known, the middle of the total's band is the CLV, within 2 %."""
    fitted = FITS[name]
    known = type(fitted)(**{**vars(fitted), "covariance": np.full((4, 4), np.nan)})
    terms = Terms(0.5, 0.0, 13.0, 4)
    bands = realised_bands(known, SPEND, CUSTOMERS, terms, GROUPS, 200, seed=3)
    value = clv(fitted, SPEND, CUSTOMERS, terms)
    assert (bands.total_low + bands.total_high) / 2 == pytest.approx(value.sum(), rel=0.02)
    assert (bands.customer_low <= value).all()
    wider = realised_bands(fitted, SPEND, CUSTOMERS, terms, GROUPS, 200, seed=3)
    assert wider.total_high - wider.total_low > bands.total_high - bands.total_low


def test_what_hardly_any_data_fix_bends_no_further_than_a_draw_may_lie() -> None:
    """A standard deviation of 1,000 in the logarithm: both sides lie 30 away, so the slope is 30 / 1.5 = 20."""
    linear, square = bends(np.ones(2), np.diag([1e6, 0.04]), np.log, np.zeros(2))
    wide, narrow = np.abs(linear[1]), np.abs(linear[0])  # axes by size, the smaller first
    assert wide == pytest.approx([20.0, 0.0])
    assert narrow == pytest.approx([0.0, 0.2])
    assert square == pytest.approx(np.zeros((2, 2)), abs=1e-9)


def test_the_same_seed_gives_the_same_bands() -> None:
    small = Customers(*(getattr(CUSTOMERS, field)[:50] for field in ("frequency", "recency", "age", "mean_spend")))
    terms, groups = Terms(0.5, WEEKLY, 1.0, None), GROUPS[:50]
    first, again = (realised_bands(FITS["bg_nbd"], SPEND, small, terms, groups, 100, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.customer_high, again.customer_high)
    assert first.total_high == again.total_high
    assert np.isfinite(first.customer_high).all()


@pytest.mark.parametrize("terms", [(1.0, 0.0, 1.0, None), (1.0, 0.1, 0.0, 5), (1.0, -1.0, 1.0, 5)])
def test_terms_without_an_end_are_refused(terms: tuple[float, float, float, int | None]) -> None:
    with pytest.raises(PlannerError, match="endless_terms"):
        Terms(*terms)
