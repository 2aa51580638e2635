"""Why this number: one euro followed through curve, customers and margin to customer equity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.levers import COLUMN, LEVERS
from strategy.equity.curves import Array, carry_over
from strategy.equity.parameters import Parameters, chosen_array
from strategy.equity.phases import PhasedSpend, SpendPath, phase_annuities, spend_path
from strategy.equity.simulation import Simulation, dilution, discount_factors, simulate

FOLLOWED = 1000.0
"""Shown per so many money units more in every period: the effect of one is too small to see."""


@dataclass(frozen=True)
class EuroTrail:
    """What FOLLOWED more money units in every period do, read off the effect of one; all for one cell of a plan.

    first                the first period in which they are spent, where it is one phase's: spend, share and metric are
                         of that period
    spend                money per period in the cell before; intensity is the spend per head where it works per head
    floor, ceiling       of the cell's curve; share the way from one to the other
    metric, metric_more  the metric on the curve, before and after
    customers            (periods,) more active customers, over all segments
    from_customers       money, present value: more customers at the margin they bring
    from_margin          money, present value: more margin of each customer
    onboarding           money, present value: welcoming the new ones (below 0: a cost)
    residual             money, present value: what is left after the plan is worth more
    cost                 money, present value of the euros themselves
    """

    segment: str
    lever: str
    first: int
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


def follow_euro(
    given: Parameters,
    spend: PhasedSpend,
    initiatives: Sequence[str],
    segment: str,
    lever: str,
    phase: int | None = None,
) -> EuroTrail:
    """Follow one more money unit per period in a cell; the pieces sum to its marginal return (model: section 4).

    phase  position of the phase in whose periods it is spent; None: in every period
    """
    case, path = given.case, spend_path(given.case, spend)
    s, position = case.segment_ids.index(segment), COLUMN[lever]
    spent_in = slice(None) if phase is None else phase
    first = path.starts[phase or 0]
    plans = SpendPath(np.repeat(path.money, 2, axis=1), path.starts)
    plans.money[0, 1, spent_in, s, position] += 1
    result = simulate(given, plans, np.repeat(chosen_array(case, initiatives), 2, axis=1))
    factors = discount_factors(case)
    active, margin = result.customers[0], result.margin[0]
    more_customers = (active[1] - active[0]) * margin[0]
    more_margin = active[1] * (margin[1] - margin[0])
    welcomed = -given.onboarding_cost[0] * (result.new[0, 1] - result.new[0, 0])
    shares = _shares_at(first, given, plans, result, s, lever)
    response = given.responses[lever]
    floor, ceiling = float(response.floor[0, 0, s]), float(response.ceiling[0, 0, s])
    step = (ceiling - floor) * (shares[1] - shares[0])
    return EuroTrail(
        segment=segment,
        lever=lever,
        first=first,
        spend=float(plans.at(first)[0, 0, s, position]),
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
        cost=FOLLOWED * float(phase_annuities(case, path.starts)[spent_in].sum()),
    )


def _shares_at(period: int, given: Parameters, plans: SpendPath, result: Simulation, s: int, lever: str) -> Array:
    """Shares of the way from floor to ceiling in a period for both plans, (2,); carryover and thinning count."""
    column, kind = COLUMN[lever], LEVERS[lever]
    stock = given.today
    for each in range(1, period + 1):
        stock = carry_over(stock, plans.at(each), given.carryover)
    intensity = stock[..., column] / given.responses[lever].answer_spend
    if kind.intensity == "customer":
        during = kind.moves.works == "during"
        asked_of = given.today_active if during else given.customers
        intensity = intensity * dilution(asked_of, (result.customers if during else result.opening)[:, :, period - 1])
    elif kind.intensity == "prospect" and given.runs_out.any():
        intensity = intensity * dilution(given.prospects, result.prospects[:, :, period - 1])
    share = given.responses[lever].share(intensity)
    return np.asarray(np.broadcast_to(share, intensity.shape)[0, :, s], float)
