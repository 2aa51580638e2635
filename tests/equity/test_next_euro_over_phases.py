"""Where the next euro goes over phases: steps, opportunities and followed euros, each in the periods of its phase."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.equity.one_euro import FOLLOWED, follow_euro
from strategy.equity.parameters import parameters, spendable
from strategy.equity.phases import PhasedSpend, SpendPhase, phases_of
from strategy.equity.readouts import empty_cells, opportunities, plan_totals, read_out
from strategy.equity.simulation import annuity
from tests import cases, reference

Document = dict[str, Any]
Plan = tuple[Document, Any, list[str]]
PLANS = cases.markets_with_plans(max_segments=2, max_horizon=4)
ROUNDING = 1e-13
"""What float64 loses in a customer equity, as a share of the sum of its absolute pieces (`reference.yardstick`)."""
unhurried = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def planned(spend: Any) -> PhasedSpend:
    """A spend as in a file, as the product takes it."""
    if isinstance(spend, dict):
        return spend
    return tuple(SpendPhase(phase["from"], phase["spend"]) for phase in spend)


def lost(document: Document, initiatives: list[str], *spends: Any) -> float:
    """What rounding may take from a difference of customer equities, money."""
    return ROUNDING * sum(reference.yardstick(document, spend, initiatives) for spend in spends) + 1e-9


@unhurried
@given(PLANS)
def test_a_step_in_an_empty_cell_of_a_phase_brings_what_simulating_it_brings(plan: Plan) -> None:
    # by definition: 1 + (CE(x + step in the phase) - CE(x))/(step x annuity of the phase)
    document, spend, initiatives = plan
    case, budget = case_from(document), reference.budget(document)
    found = empty_cells(parameters(case), planned(spend), initiatives, budget)
    curves = [(case.segment_ids[s], LEVER_CODES[lever]) for s, lever in np.argwhere(spendable(case))]
    empty = {
        (number, who, code)
        for number, phase in enumerate(reference.phases_of(document, spend))
        for who, code in curves
        if phase["spend"][who][code] <= 1e-6 * budget
    }
    assert {(cell.best.phase, cell.best.segment, cell.best.lever) for cell in found} == (empty if budget > 0 else set())
    before = reference.equity(*plan)
    for step in [cell.best for cell in found]:
        taken = reference.with_one_more(document, spend, step.segment, step.lever, step.amount, step.phase)
        gain = reference.equity(document, taken, initiatives) - before
        worth = reference.annuity_of_phase(document, spend, step.phase) * step.amount
        assert step.multiple == pytest.approx(
            1 + gain / worth, abs=lost(document, initiatives, spend, taken) / worth, rel=1e-9
        )


@unhurried
@given(PLANS)
def test_opportunities_of_phases_bring_what_simulating_them_brings(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    totals = plan_totals(case, planned(spend), initiatives)
    budget = max(case.planned_budget, float(totals.max()))
    found = opportunities(parameters(case), planned(spend), initiatives, budget)
    before, everything = reference.equity(*plan), [each["id"] for each in document["initiatives"]]
    for place in found:
        sign = -1 if place.in_plan else 1
        changed, choice, worth = spend, initiatives, annuity(case) * place.cost
        if place.phase is None:
            choice = [i for i in initiatives if i != place.initiative]
            choice = choice if place.in_plan else [*choice, str(place.initiative)]
        else:
            worth = reference.annuity_of_phase(document, spend, place.phase) * place.cost
            assert place.segment is not None
            changed = reference.with_one_more(
                document, spend, place.segment, place.lever, sign * place.cost, place.phase
            )
        if place.cost > 0:
            gain = sign * (reference.equity(document, changed, choice) - before)
            rounding = lost(document, everything, spend, changed) / worth
            assert place.multiple == pytest.approx(1 + gain / worth, abs=rounding, rel=1e-9)
    for number, total in enumerate(totals):
        here = [place for place in found if place.phase in (None, number)]
        at_stake = budget - total + sum(place.cost for place in here if place.in_plan)
        assert sum(place.cost for place in here if place.funded) <= at_stake * (1 + 1e-6) + 1e-6


@unhurried
@given(PLANS)
def test_the_pieces_of_a_phases_euro_sum_to_its_marginal_return(plan: Plan) -> None:
    document, spend, initiatives = plan
    case, phased = case_from(document), planned(spend)
    found = read_out(case, phased, initiatives)
    slack = ROUNDING * 10 * reference.yardstick(*plan)
    for s, lever in np.argwhere(spendable(case)).tolist():
        segment, code = case.segment_ids[s], LEVER_CODES[lever]
        always = follow_euro(parameters(case), phased, initiatives, segment, code)
        assert always.multiple == pytest.approx(found.marginal_return[s, lever], abs=slack / annuity(case) + 1e-9)
        for phase in range(len(phases_of(phased))):
            trail = follow_euro(parameters(case), phased, initiatives, segment, code, phase)
            worth = reference.annuity_of_phase(document, spend, phase)
            assert trail.cost == pytest.approx(FOLLOWED * worth, rel=1e-12)
            assert trail.multiple == pytest.approx(found.phase_returns[phase, s, lever], abs=slack / worth + 1e-9)


@unhurried
@given(PLANS, st.data())
def test_the_trail_shows_the_curve_of_the_phases_first_period(plan: Plan, data: st.DataObject) -> None:
    document, spend, initiatives = plan
    case, phased = case_from(document), planned(spend)
    phase = data.draw(st.integers(0, len(phases_of(phased)) - 1))
    first = phases_of(phased)[phase].start
    theirs = reference.simulate(*plan)
    for s, lever in np.argwhere(spendable(case)).tolist():
        segment, code = reference.resolve(document)["segments"][s], LEVER_CODES[lever]
        stock = {each: segment["levers"][each]["spend"] for each in LEVER_CODES}
        for cells in reference.spend_over_time(document, spend)[:first]:
            stock = reference.next_stock(segment, stock, cells[segment["id"]])
        active, prospects = theirs.customers[first - 1][s], theirs.prospects[first - 1][s]
        share = reference.lever_share(segment, code, stock[code], active, prospects)
        trail = follow_euro(parameters(case), phased, initiatives, segment["id"], code, phase)
        assert trail.first == first
        assert trail.share == pytest.approx(share, rel=1e-9, abs=1e-12)
        assert trail.spend == reference.phases_of(document, spend)[phase]["spend"][segment["id"]][code]


def test_a_step_in_a_phase_by_hand() -> None:
    # One customer-less segment without discounting, all who come stay one period: constants but acquire, 10 a head.
    # P = 1,000 and the curve 0.1 (1 - exp(-b x)) with 0.05 at 100: at 100 a period 50 come, each worth 10, in the
    # phase's periods only. Phase 2 has three of four periods: 500 back for 100, in each.
    document = cases.constants()
    document.update(discount_rate=0.0, horizon=4, budget=100.0)
    segment = document["segments"][0]
    document["segments"] = [segment]
    document["migration"] = None
    segment.update(customers=0, prospects=1000, gross_margin=1.0, onboarding_cost=0, referral_rate=0)
    segment["levers"] = {
        "acquire": {"spend": 0.0, "floor": 0.0, "ceiling": 0.1, "points": [[100, 0.05]]},
        "develop": {"constant": 10.0},
        "retain": {"constant": 0.0},
        "reduce_cost": {"constant": 0.0},
    }
    case = case_from(document)
    phased = (SpendPhase(1, {}), SpendPhase(2, {}))
    found = empty_cells(parameters(case), phased, [], 100.0)
    assert [(cell.best.phase, cell.best.lever) for cell in found] == [(0, "acquire"), (1, "acquire")]
    at_budget = [place for place in opportunities(parameters(case), phased, [], 100.0) if not place.in_plan]
    steps = {place.phase: (place.cost, place.multiple) for place in at_budget}
    for amount, multiple in steps.values():
        assert multiple == pytest.approx(1000 * 0.1 * (1 - 0.5 ** (amount / 100)) * 10 / amount, rel=1e-6)
    assert set(steps) == {0, 1}
