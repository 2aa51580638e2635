"""What customers turn out to be worth, with the time value of money, against customers simulated one by one.

The simulation is a second one, event by event, of customers and contracts with known parameters; each purchase is
discounted from the start of the period in which it falls, as the case counts. Nothing of the valuation is in it.
"""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from strategy.customers.models.bg_nbd import BgNbd
from strategy.customers.models.contracts import Contracts
from strategy.customers.models.purchasing import Purchasing
from strategy.customers.models.spend import Spend
from strategy.customers.value.contract_value import contract_clv, new_contract_clv, realised_contract_bands
from strategy.customers.value.value import Customers, Terms, clv, realised_bands
from tests.simulated_customers import Generating, Purchases, simulate_contracts, simulate_purchases

KNOWN = Generating(r=3.0, alpha=20.0, a=0.3, b=10.0, p=6.0, q=4.0, v=15.0)
LENGTH, PERIODS, MARGIN = 60.0, 8, 0.4
SIMULATED, DRAWN = 25_000, 50_000
DEAR = 0.1
"""A discount per period that takes a quarter of 8 periods' money: without it a band is far too high."""


def models(known: Generating = KNOWN) -> tuple[Purchasing, Spend]:
    """Models whose parameters are known: no doubt on them, only chance."""
    law, unknown = BgNbd(known.r, known.alpha, known.a, known.b), np.full((4, 4), np.nan)
    named = {name: float(getattr(known, name)) for name in BgNbd.NAMES}
    purchasing = Purchasing("bg_nbd", law, named, dict.fromkeys(named, np.nan), unknown, 0.0, ())
    none = (float("nan"),) * 3
    spend = Spend("gamma_gamma", np.array([KNOWN.p, KNOWN.q, KNOWN.v]), np.full((3, 3), np.nan), 0.0, 30.0, none, ())
    return purchasing, spend


def newcomers(count: int) -> Customers:
    """Customers who made their first purchase today."""
    nothing = np.zeros(count)
    return Customers(nothing, nothing, nothing, nothing)


@cache
def bought_by_all() -> Purchases:
    """What simulated newcomers buy over all periods."""
    return simulate_purchases(SIMULATED, int(LENGTH * PERIODS), 1, KNOWN, seed=11)


def turned_out(discount: float) -> np.ndarray:
    """The discounted margin of the repeat purchases of simulated newcomers, (customers,)."""
    bought = bought_by_all()
    again = np.r_[False, bought.customer[1:] == bought.customer[:-1]]  # ordered by customer, then time
    period = np.floor(bought.day[again] / LENGTH)
    worth = MARGIN * bought.amount[again] * (1 + discount) ** -period
    return np.bincount(bought.customer[again], worth, SIMULATED)


@pytest.mark.parametrize("discount", [0.0, DEAR])
def test_a_customer_s_band_is_that_of_simulated_customers(discount: float) -> None:
    """Both ends of nine in ten within three errors of the simulated ones: 2 % above, 3 % below."""
    purchasing, spend = models()
    terms, one = Terms(MARGIN, discount, LENGTH, PERIODS), np.zeros(1, np.intp)
    band = realised_bands(purchasing, spend, newcomers(1), terms, one, DRAWN, seed=5)
    low, high = np.quantile(turned_out(discount), [0.05, 0.95])
    assert float(band.customer_high[0]) == pytest.approx(high, rel=0.06)
    assert float(band.customer_low[0]) == pytest.approx(low, rel=0.09)


def test_the_value_is_the_mean_of_what_simulated_customers_turn_out_to_be_worth() -> None:
    purchasing, spend = models()
    value = float(clv(purchasing, spend, newcomers(1), Terms(MARGIN, DEAR, LENGTH, PERIODS))[0])
    assert value == pytest.approx(turned_out(DEAR).mean(), rel=0.03)


@pytest.mark.parametrize("periods", [PERIODS, None])
def test_a_band_of_many_lies_around_their_discounted_value(periods: int | None) -> None:
    """Chance evens out over customers: the middle of the total's band is the value, within 3 %."""
    purchasing, spend = models()
    terms, people = Terms(MARGIN, DEAR, LENGTH, periods), newcomers(300)
    band = realised_bands(purchasing, spend, people, terms, np.zeros(300, np.intp), 150, seed=5)
    assert (band.total_low + band.total_high) / 2 == pytest.approx(
        float(clv(purchasing, spend, people, terms).sum()), rel=0.03
    )


def test_the_purchase_at_which_a_customer_leaves_is_discounted_too() -> None:
    """Half leave at each purchase, and purchases are 67 days apart: the parting ones are half of all, and late."""
    purchasing, spend = models(replace(KNOWN, alpha=200.0, a=2.0, b=2.0))
    terms, people = Terms(MARGIN, 0.5, LENGTH, PERIODS), newcomers(1000)
    band = realised_bands(purchasing, spend, people, terms, np.zeros(1000, np.intp), 100, seed=5)
    value = float(clv(purchasing, spend, people, terms).sum())
    assert (band.total_low + band.total_high) / 2 == pytest.approx(value, rel=0.03)


def test_money_that_is_sooner_is_worth_more() -> None:
    """A law: the dearer the time, the lower both ends of every customer's band."""
    purchasing, spend = models()
    people, groups = newcomers(20), np.zeros(20, np.intp)
    bands = [
        realised_bands(purchasing, spend, people, Terms(MARGIN, discount, LENGTH, PERIODS), groups, 200, seed=5)
        for discount in (0.0, 0.05, DEAR)
    ]
    for cheap, dear in pairwise(bands):
        assert (dear.customer_high < cheap.customer_high).all()
        assert (dear.total_low, dear.total_high) < (cheap.total_low, cheap.total_high)


# Contracts -----------------------------------------------------------------------------------------------------------

ALPHA, BETA, FEE = 0.8, 3.0, 100.0


def sbg() -> Contracts:
    unknown = np.full((2, 2), np.nan)
    return Contracts("sbg", ALPHA, BETA, float("nan"), unknown, np.full(2, np.nan), 0.0, ())


@pytest.mark.parametrize("discount", [0.0, DEAR])
def test_a_contract_s_band_is_that_of_simulated_contracts(discount: float) -> None:
    """Renewals are whole, so the ends are those of the simulation to the cent."""
    _, ended = simulate_contracts(SIMULATED, 1, ALPHA, BETA, seed=12)
    renewals = np.minimum(ended - 1, PERIODS)
    each = (1 + discount) ** -np.arange(PERIODS, dtype=float)  # the coming renewal counts in full
    worth = MARGIN * FEE * np.r_[0.0, np.cumsum(each)][renewals]
    terms, one = Terms(MARGIN, discount, 1.0, PERIODS), np.zeros(1, np.intp)
    age = np.zeros(1, dtype=np.int64)
    band = realised_contract_bands(sbg(), age, np.full(1, FEE), terms, one, DRAWN, seed=6)
    low, high = np.quantile(worth, [0.05, 0.95])
    assert (float(band.customer_low[0]), float(band.customer_high[0])) == pytest.approx((low, high))
    value = float(contract_clv(sbg(), age, np.full(1, FEE), terms)[0])
    assert value == pytest.approx(worth.mean(), rel=0.03)


def test_a_new_contract_is_paid_today_and_its_first_renewal_a_period_later() -> None:
    _, ended = simulate_contracts(SIMULATED, 1, ALPHA, BETA, seed=12)
    each = 1.1 ** -np.arange(PERIODS + 1.0)
    worth = MARGIN * FEE * np.cumsum(each)[np.minimum(ended - 1, PERIODS)]
    value = new_contract_clv(sbg(), FEE, Terms(MARGIN, 0.1, 1.0, PERIODS))
    assert value == pytest.approx(worth.mean(), rel=0.02)
