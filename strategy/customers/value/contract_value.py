"""What running contracts are worth: the margins of the renewals expected of them, by how often they were renewed."""

import numpy as np

from strategy.customers.models.contracts import Contracts
from strategy.customers.models.likelihood import Array, Counts
from strategy.customers.value.value import CHUNK, HIGH, LOW, Bands, Groups, Terms

Ages = Counts


def contract_clv(contracts: Contracts, age: Ages, amount: Array, terms: Terms) -> Array:
    """Expected value of the renewals to come of running contracts, (contracts,).

    age     renewals so far of each contract
    amount  money per renewal; what is already paid is not in the value
    terms   a period is the time between renewals; the coming renewal counts in full, later ones are discounted
    """
    ages, place = np.unique(age, return_inverse=True)
    renewals = contracts.residual_renewals(ages.astype(float), terms.discount, terms.periods)
    return terms.margin * amount * renewals[place]


def new_contract_clv(contracts: Contracts, amount: float, terms: Terms) -> float:
    """Value of a contract that starts and is paid today, with its renewals, the first of them one period ahead."""
    renewals = float(contracts.residual_renewals(np.zeros(1), terms.discount, terms.periods)[0])
    return terms.margin * amount * (1 + renewals / (1 + terms.discount))


def contract_revenue_by_period(contracts: Contracts, age: Ages, amount: Array, periods: int, groups: Groups) -> Array:
    """Expected revenue of groups of running contracts at each renewal ahead, undiscounted, (groups, periods)."""
    ages, place = np.unique(age, return_inverse=True)
    number = int(groups.max()) + 1
    money = np.bincount(groups * len(ages) + place, amount, minlength=number * len(ages)).reshape(number, len(ages))
    revenue: Array = money @ contracts.survival(np.arange(1.0, periods + 1), ages[:, None].astype(float))
    return revenue


def realised_contract_bands(
    contracts: Contracts, age: Ages, amount: Array, terms: Terms, groups: Groups, draws: int, seed: int
) -> Bands:
    """Between what bounds the value will lie that contracts turn out to have: chance and doubt on the parameters.

    Each draw takes alpha and beta from the estimates' asymptotic normal in logarithms (churn from its normal), and
    given these when each contract ends.
    """
    generator, number = np.random.default_rng(seed), int(groups.max()) + 1
    drawn = contracts.drawn(draws, generator)
    low, high, totals = np.empty(len(age)), np.empty(len(age)), np.zeros((draws, number))
    limit = np.inf if terms.periods is None else terms.periods
    rows = max(1, CHUNK // (4 * draws))
    for start in range(0, len(age), rows):
        part = slice(start, start + rows)
        ages = np.broadcast_to(age[part].astype(float), (draws, len(age[part])))
        renewals = np.minimum(drawn.remaining(ages, generator), limit)
        worth = _annuity(renewals, terms.discount) * terms.margin * amount[part]
        low[part], high[part] = np.quantile(worth, [LOW, HIGH], axis=0)
        totals += worth @ (groups[part, None] == np.arange(number))
    group_low, group_high = np.quantile(totals, [LOW, HIGH], axis=0)
    total_low, total_high = np.quantile(totals.sum(axis=1), [LOW, HIGH])
    return Bands(low, high, group_low, group_high, float(total_low), float(total_high))


def _annuity(renewals: Array, discount: float) -> Array:
    """Worth of a number of payments of one, the first at once."""
    if discount == 0:
        return renewals
    factor = 1 / (1 + discount)
    return (1 - factor**renewals) / (1 - factor)
