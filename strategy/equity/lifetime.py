"""Closed forms: what a customer is worth over a life time, and what money in each period is worth today."""

import numpy as np

from strategy.case.case import Case
from strategy.equity.curves import Array


def margin_multiple(retention_rate: Array, discount: float) -> Array:
    """Lifetime margins of an active customer as a multiple of one period's margin, the first one at once.

    retention_rate  (...)   share kept per period, 0 <= rho < 1 + d
    discount        scalar  per period, > -1
    returns         (...)   dimensionless; (1 + d)/(1 + d - rho) (Gupta & Lehmann 2003, plus the first margin)
    """
    return (1 + discount) / (1 + discount - retention_rate)


def lifetime_value(margin: Array, retention_rate: Array, discount: float, migration: Array | None = None) -> Array:
    """Present value of an active customer's margins for ever, the first one at once.

    margin, retention_rate  (..., segments)
    migration               (segments, segments) or None: where a retained customer is next period
    returns                 (..., segments) money; (I - diag(rho) pi/(1+d))^-1 m (Pfeifer & Carraway 2000)
    """
    if migration is None:
        return margin * margin_multiple(retention_rate, discount)
    transition = np.eye(margin.shape[-1]) - retention_rate[..., :, None] * migration / (1 + discount)
    return np.asarray(np.linalg.solve(transition, margin[..., None])[..., 0], float)


def rolled_back(
    margin: Array, retention_rate: Array, terminal: Array, discount: float, migration: Array | None
) -> Array:
    """Present value of a customer active in each period, at the opening of that period.

    margin, retention_rate  (..., periods, segments)
    terminal                (..., segments) value of a customer at the opening after the last period
    returns                 (..., periods, segments) money; V_t = m_t + rho_t/(1+d) pi V_(t+1)
    """
    value, values = terminal, np.empty(np.broadcast_shapes(margin.shape, retention_rate.shape))
    for period in reversed(range(margin.shape[-2])):
        later = value if migration is None else value @ migration.T
        value = margin[..., period, :] + retention_rate[..., period, :] / (1 + discount) * later
        values[..., period, :] = value
    return values


def discount_factors(case: Case) -> Array:
    """(1 + d)^-(t - 1 + tau) for the periods 1..T, (periods,)."""
    return np.asarray((1 + case.discount) ** -(np.arange(case.horizon) + case.timing), float)


def annuity(case: Case) -> float:
    """Present value of one money unit in every period 1..T."""
    return float(discount_factors(case).sum())
