"""From what today's customers are worth to the customer equity of the case that was made of them."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from strategy.case.case import Case
from strategy.equity.parameters import parameters
from strategy.equity.simulation import annuity, simulate

KEPT = 16


@dataclass(frozen=True)
class Bridge:
    """The parts of a case's customer equity at today's spend; present values in the case's currency.

    within     margins of today's customers within the horizon, less the cost to serve them
    after      the same customers after the horizon, without spend on them: their run-off
    newcomers  customers who join within the horizon, welcoming them included
    spent      marketing spend of the horizon

    within + after + newcomers - spent is the customer equity.
    """

    equity: float
    within: float
    after: float
    newcomers: float
    spent: float


@lru_cache(KEPT)
def bridge(case: Case) -> Bridge:
    """Customer equity of the case today against that of the same case where nobody is acquired."""
    given = parameters(case)
    whole = simulate(given, given.today)
    alone = simulate(replace(given, prospects=np.zeros_like(given.prospects)), given.today)
    equity, kept, after = (float(x[0, 0]) for x in (whole.customer_equity, alone.customer_equity, alone.residual))
    spent = annuity(case) * float(given.today.sum())
    return Bridge(equity, kept - after + spent, after, equity - kept, spent)
