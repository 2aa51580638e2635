"""Why this number: one euro followed through curve, customers and margin to customer equity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.levers import COLUMN, LEVERS
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, Spend, chosen_array, spend_array
from strategy.equity.simulation import annuity, discount_factors, simulate

FOLLOWED = 1000.0
"""Shown per so many money units more in every period: the effect of one is too small to see."""


@dataclass(frozen=True)
class EuroTrail:
    """What FOLLOWED more money units in every period do, read off the effect of one; all for one cell of a plan.

    spend                money per period in the cell before; intensity is the spend per head where it works per head
    floor, ceiling       of the cell's curve; share the way from one to the other in period 1
    metric, metric_more  the metric in period 1 on the curve, before and after
    customers            (periods,) more active customers, over all segments
    from_customers       money, present value: more customers at the margin they bring
    from_margin          money, present value: more margin of each customer
    onboarding           money, present value: welcoming the new ones (below 0: a cost)
    residual             money, present value: what is left after the plan is worth more
    cost                 money, present value of the euros themselves
    """

    segment: str
    lever: str
    spend: float
    floor: float
    ceiling: float
    share: float
    metric: float
    metric_more: float
    customers: Array
    from_customers: float
    from_margin: float
    onboarding: float
    residual: float
    cost: float

    @property
    def gross(self) -> float:
        """What comes back, present value."""
        return self.from_customers + self.from_margin + self.onboarding + self.residual

    @property
    def multiple(self) -> float:
        """What one euro brings back: the marginal return of the cell."""
        return self.gross / self.cost


def follow_euro(given: Parameters, spend: Spend, initiatives: Sequence[str], segment: str, lever: str) -> EuroTrail:
    """Follow one more money unit per period in a cell; the pieces sum to its marginal return (model: section 4)."""
    case = given.case
    s, position = case.segment_ids.index(segment), COLUMN[lever]
    plan = spend_array(case, spend)
    plans = np.repeat(plan, 2, axis=1)
    plans[0, 1, s, position] += 1
    chosen = chosen_array(case, initiatives)
    result = simulate(given, plans, np.repeat(chosen, 2, axis=1))
    factors = discount_factors(case)
    active, margin = result.customers[0], result.margin[0]
    more_customers = (active[1] - active[0]) * margin[0]
    more_margin = active[1] * (margin[1] - margin[0])
    welcomed = -given.onboarding_cost[0] * (result.new[0, 1] - result.new[0, 0])
    shares = _first_shares(given, plans, active[:, 0], s, lever)
    response = given.responses[lever]
    floor, ceiling = float(response.floor[0, 0, s]), float(response.ceiling[0, 0, s])
    step = (ceiling - floor) * (shares[1] - shares[0])
    return EuroTrail(
        segment=segment,
        lever=lever,
        spend=float(plan[0, 0, s, position]),
        floor=floor,
        ceiling=ceiling,
        share=float(shares[0]),
        metric=floor + (ceiling - floor) * float(shares[0]),
        metric_more=floor + (ceiling - floor) * float(shares[0]) + FOLLOWED * float(step),
        customers=FOLLOWED * (active[1] - active[0]).sum(axis=-1),
        from_customers=FOLLOWED * float(factors @ more_customers.sum(axis=-1)),
        from_margin=FOLLOWED * float(factors @ more_margin.sum(axis=-1)),
        onboarding=FOLLOWED * float(factors @ welcomed.sum(axis=-1)),
        residual=FOLLOWED * float(result.residual[0, 1] - result.residual[0, 0]),
        cost=FOLLOWED * annuity(case),
    )


def _first_shares(given: Parameters, plans: Array, active: Array, s: int, lever: str) -> Array:
    """Shares of the way from floor to ceiling in period 1 for both plans, (2,); carryover counts."""
    column, kind = COLUMN[lever], LEVERS[lever]
    kept = given.carryover[0, 0, s, column]
    stock = kept * given.today[0, 0, s, column] + (1 - kept) * plans[0, :, s, column]
    intensity = stock / given.responses[lever].answer_spend[0, 0, s]
    if kind.intensity == "customer" and kind.moves.works == "during":
        there = active[:, s] > 0
        intensity = np.where(there, intensity * given.today_active[0, 0, s] / np.where(there, active[:, s], 1), 0)
    everywhere = np.zeros((1, 2, len(given.case.segments)))
    everywhere[0, :, s] = intensity
    return np.asarray(np.broadcast_to(given.responses[lever].share(everywhere), everywhere.shape)[0, :, s], float)
