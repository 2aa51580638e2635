"""What more customers could bring: what they do not buy yet, the ladder, ambassadors; and does it pay?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from strategy.case.beliefs import Origin, asked_spends, believe, said
from strategy.case.case import Case, Constant
from strategy.case.editing import with_migration, with_number
from strategy.case.estimate import Estimate
from strategy.case.levers import COLUMN, LEVERS, SERVING
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, heard
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.equity.simulation import annuity, customer_equity, simulate
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.questions import BY_CODE, Answer
from strategy.words.wording import N_

# What they could buy -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Potential:
    """What is left to sell of one product: of 100 customers who has it and who could; money per customer and period."""

    product: str
    penetration: float
    reachable: float
    margin: float

    @property
    def worth(self) -> float:
        """Gross profit per customer and period if the gap is closed: (reachable - penetration)/100 x margin."""
        return (self.reachable - self.penetration) / 100 * self.margin


def potentials(answer: Answer, segment: str) -> list[Potential]:
    """The complete rows of the question `potential` about a segment, as they stand."""
    columns = ("product", "penetration", "reachable", "margin")
    mine = [row for row in answer or () if row.get("segment") == segment]
    return [Potential(*(row[c] for c in columns)) for row in mine if all(c in row for c in columns)]


def potential_margin(answer: Answer, segment: str) -> float:
    """Gross profit per customer and period that all gaps of a segment hold together."""
    return sum(potential.worth for potential in potentials(answer, segment))


def potential_revenue(case: Case, answer: Answer, segment: str) -> float:
    """Revenue per customer and period behind `potential_margin`: divided by the segment's gross margin; 0 without."""
    share = case.segment(segment).gross_margin.likely
    return potential_margin(answer, segment) / share if share > 0 else 0.0


EXAMPLE_PRODUCT = N_("A service contract")
EXAMPLE_SHARE = 0.2


def example_potential(case: Case, segment: str, product: str) -> dict[str, Answer]:
    """A row of the question `potential` to start from, invented: a buyer earns a fifth of today's gross profit more."""
    margin = EXAMPLE_SHARE * revenue_today(case, segment) * case.segment(segment).gross_margin.likely
    return {"segment": segment, "product": product, "penetration": 10.0, "reachable": 25.0, "margin": round(margin, 2)}


def revenue_today(case: Case, segment: str) -> float:
    """What a customer spends with us per period at today's spend, without events."""
    given, position = results.given(case), case.segment_ids.index(segment)
    return float(given.today_metric("revenue")[0, 0, position])


def with_potential(plan: Plan, segment: str) -> Plan:
    """The plan with today's revenue and the potential as what a customer would spend at unlimited effort.

    Raises PlannerError where there is no potential, no curve, a room whose answers count, or an answer above it.
    """
    case, answer = plan.case, plan.answer("potential")
    revenue = potential_revenue(case, answer, segment)
    if revenue <= 0:
        raise PlannerError("no_potential", place=case.segment(segment).name, value=revenue)
    lever = case.segment(segment).levers["develop"]
    if isinstance(lever, Constant):
        raise PlannerError("no_curve", place=case.segment(segment).name, value=lever.constant.likely)
    if heard(LEVERS["develop"], lever):
        raise PlannerError("room_counts", place=case.segment(segment).name, value=len(lever.opinions))
    told = said(case, segment, "develop") | {"ceiling": Estimate.of(revenue_today(case, segment) + revenue)}
    changed = believe(case, segment, "develop", told, asked_spends(case, segment, "develop"))
    products = ", ".join(potential.product for potential in potentials(answer, segment))
    origin = Origin(kind="computed", source=products[:2000])
    return set_case(plan, changed, {(segment, "develop", "ceiling"): origin})


# The ladder ----------------------------------------------------------------------------------------------------------

LADDER = tuple(option.code for option in BY_CODE["ladder"].options)
"""The steps of the relationship ladder, lowest first."""
Standing = Mapping[str, str]
"""{segment id: the step that it stands on}, the answer to the question `ladder`."""


def next_rung(case: Case, standing: Standing, segment: str, up: bool = True) -> list[str]:
    """The segments on the next step that any stands on, up or down; empty at the end of the ladder."""
    if segment not in standing:
        return []
    steps = LADDER if up else LADDER[::-1]
    further = steps[steps.index(standing[segment]) + 1 :]
    rungs = ([s for s in case.segment_ids if standing.get(s) == step] for step in further)
    return next((rung for rung in rungs if rung), [])


def step_rate(case: Case, standing: Standing, segment: str, up: bool = True) -> float:
    """Of the retained customers of a segment, the share that is on the next rung in the next period."""
    if case.migration is None:
        return 0.0
    row = case.migration[case.segment_ids.index(segment)]
    return float(sum(row[case.segment_ids.index(target)] for target in next_rung(case, standing, segment, up)))


def with_step_rate(case: Case, standing: Standing, segment: str, rate: float, up: bool = True) -> Case:
    """The case where this share of a segment's retained customers moves to the next rung each period.

    Who moves comes from those who stay; all other moves remain. Several segments on the rung share as they did, or
    else by their customers. Raises PlannerError where nobody stands on a next rung or more than all would move.
    """
    targets = [case.segment_ids.index(target) for target in next_rung(case, standing, segment, up)]
    name, position = case.segment(segment).name, case.segment_ids.index(segment)
    if not targets:
        raise PlannerError("no_next_step", place=name, value=standing.get(segment, ""))
    moves = np.eye(len(case.segments)) if case.migration is None else np.array(case.migration)
    row, before = moves[position], float(moves[position][targets].sum())
    room = float(row[position]) + before
    if not 0 <= rate <= room + 1e-12:
        raise PlannerError("out_of_range", place=name, value=100 * rate, low=0, high=round(100 * room, 6))
    weights = row[targets] if before > 0 else np.array([case.segments[t].customers.likely for t in targets])
    weights = weights if weights.sum() > 0 else np.ones(len(targets))
    row[targets] = rate * weights / weights.sum()
    row[position] = 0.0
    row[position] = max(0.0, 1 - float(row.sum()))
    return with_migration(case, None if (moves == np.eye(len(moves))).all() else moves.tolist())


def first_moves(plan: Plan) -> tuple[Array, Array]:
    """Where the customers of the plan's first period are in the second: (segments, segments) people who are retained,
    from row to column, and (segments,) people who leave."""
    planned = results.read_out(plan).plan
    active, stays = planned.customers[0, 0, 0], planned.retention_rate[0, 0, 0]
    moves = np.eye(len(active)) if plan.case.migration is None else np.array(plan.case.migration)
    return (active * stays)[:, None] * moves, active * (1 - stays)


# Ambassadors ---------------------------------------------------------------------------------------------------------


def with_ambassadors(plan: Plan, segment: str, of_hundred: float) -> Plan:
    """The plan where 100 customers of a segment bring in so many new customers per period."""
    case = with_number(plan.case, (segment, "referral_rate"), Estimate.of(of_hundred / 100))
    return set_case(plan, case, {(segment, "referral_rate"): Origin(kind="believed")})


def worth_of_ambassadors(plan: Plan, segment: str) -> float:
    """Customer equity of the plan minus that without anybody whom this segment's customers bring in."""
    return gain(with_ambassadors(plan, segment, 0.0), plan)


# Does it pay? --------------------------------------------------------------------------------------------------------


def gain(plan: Plan, changed: Plan) -> float:
    """Customer equity of a changed plan minus that of the plan, money."""
    return _equity(changed.case, changed.spend, changed.initiatives) - _equity(plan.case, plan.spend, plan.initiatives)


def next_euro(plan: Plan, segment: str, lever: str) -> float:
    """What one more money unit in every period brings back in a cell: 1 + (CE(x + 1) - CE(x))/annuity."""
    more = plan.each_phase(lambda split: {**split, segment: {**split[segment], lever: split[segment][lever] + 1}})
    rise = _equity(plan.case, more, plan.initiatives) - _equity(plan.case, plan.spend, plan.initiatives)
    return 1 + rise / annuity(plan.case)


def _equity(case: Case, spend: PhasedSpend, initiatives: tuple[str, ...]) -> float:
    chosen = chosen_array(case, initiatives)
    return float(customer_equity(results.given(case), spend_path(case, spend), chosen)[0, 0])


@dataclass(frozen=True)
class Payoff:
    """What developing, retaining and cheaper serving do for the customers of a segment's first period; present values.

    customers   active in the first period
    increase    by how much one customer is worth more (CLV) than without that spend
    investment  what is spent on one customer over the life of the relation
    """

    segment: str
    customers: float
    increase: float
    investment: float

    @property
    def multiple(self) -> float | None:
        """Increase per unit of money invested; None where nothing is invested."""
        return self.increase / self.investment if self.investment > 1e-9 else None


def payoffs(plan: Plan) -> list[Payoff]:
    """Per segment the plan beside the same plan with no spend on the customers there.

    increase = CLV(plan) - CLV(without); investment = (CLV - net CLV)(plan) - (CLV - net CLV)(without): with migration
    customers who move up also take what is spent on them there. Payne & Frow (2005): is the one larger than the other?
    """
    case = plan.case
    count = len(case.segments)
    spends = spend_path(case, plan.spend).times(count + 1)
    for s in range(count):
        spends.money[0, s + 1][:, s, [COLUMN[code] for code in SERVING]] = 0.0
    chosen = np.repeat(chosen_array(case, plan.initiatives), count + 1, axis=1)
    result = simulate(results.given(case), spends, chosen)
    gross, spent = result.clv[0, :, 0], (result.clv - result.clv_net)[0, :, 0]
    return [
        Payoff(
            segment.id,
            float(result.customers[0, 0, 0, s]),
            float(gross[0, s] - gross[s + 1, s]),
            float(spent[0, s] - spent[s + 1, s]),
        )
        for s, segment in enumerate(case.segments)
    ]
