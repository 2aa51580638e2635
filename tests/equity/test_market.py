"""Prospects that run out, rivals that answer, money over time: against the plain second implementation, and laws."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategy.allocation.information import flip_points
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import assumption_label, assumption_value
from strategy.equity.parameters import chosen_array, parameters
from strategy.equity.phases import PhasedSpend, SpendPhase, spend_path
from strategy.equity.readouts import plan_totals, read_out
from strategy.equity.simulation import (
    Simulation,
    annuity,
    customer_equity,
    discount_factors,
    initiative_costs,
    segment_equity,
    simulate,
    totals_over_time,
)
from strategy.equity.uncertainty import draw, outlook, tornado
from strategy.explanations.telling import number_name
from strategy.plan.plan import start
from strategy.plan.register import register
from strategy.words.wording import LANGUAGES, Wording
from tests import cases, reference

Document = dict[str, Any]
Plan = tuple[Document, Any, list[str]]

DIFFERENCE = 1e-9
"""The worst relative difference from the reference that is allowed, against the sum of the absolute pieces."""
PLANS = cases.markets_with_plans()


def planned(spend: Any) -> PhasedSpend:
    """A spend as in a file, as the product takes it."""
    if isinstance(spend, dict):
        return spend
    return tuple(SpendPhase(phase["from"], phase["spend"]) for phase in spend)


def simulated(document: Document, spend: Any, initiatives: list[str]) -> Simulation:
    """One plan at the likely numbers."""
    case = case_from(document)
    return simulate(parameters(case), spend_path(case, planned(spend)), chosen_array(case, initiatives))


def agree(ours: Any, theirs: Any, scale: float = 0.0) -> None:
    """The same up to DIFFERENCE, small against the largest of the numbers or the scale given."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    largest = max(float(np.abs(theirs).max(initial=0)), scale)
    np.testing.assert_allclose(ours, theirs, rtol=DIFFERENCE, atol=DIFFERENCE * largest)


# Against the reference ----------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PLANS)
def test_pools_rivals_phases_and_families_agree_with_the_plain_implementation(plan: Plan) -> None:
    # with migration, events, initiatives, carryover and side effects, which `cases` draws too
    ours, theirs = simulated(*plan), reference.simulate(*plan)
    scale = reference.yardstick(*plan)
    agree(ours.customer_equity[0, 0], theirs.customer_equity, scale)
    agree(ours.residual[0, 0], theirs.residual, scale)
    agree(ours.cash[0, 0], theirs.cash, scale)
    for name in ("customers", "new_customers", "prospects"):
        agree(getattr(ours, name.replace("new_customers", "new"))[0, 0], getattr(theirs, name))
    agree(ours.acquired[0, 0].sum(axis=0), theirs.acquired)
    agree(ours.clv[0, 0], theirs.clv[:-1])
    agree(ours.clv_net[0, 0], theirs.clv_net[:-1], float(np.abs(theirs.clv).max()))


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases.markets_with_plans(triples=True, max_segments=3, max_horizon=5))
def test_draws_and_plans_do_not_disturb_each_other(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    given_ = draw(case, 3, 1).parameters
    path, chosen = spend_path(case, planned(spend), case.today), chosen_array(case, initiatives, ())
    together = simulate(given_, path, chosen)
    for row in range(3):
        alone = simulate(given_.rows(slice(row, row + 1)), spend_path(case, planned(spend)), chosen[:, :1])
        agree(together.customer_equity[row, 0], alone.customer_equity[0, 0])
        agree(together.prospects[row, 0], alone.prospects[0, 0])


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PLANS)
def test_the_ways_to_customer_equity_agree(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    given_, path, chosen = parameters(case), spend_path(case, planned(spend)), chosen_array(case, initiatives)
    whole, scale = simulate(given_, path, chosen), reference.yardstick(*plan)
    agree(customer_equity(given_, path, chosen), whole.customer_equity, scale)
    equity, cash, people = totals_over_time(given_, path, chosen)
    agree(equity, whole.customer_equity, scale)
    agree(cash, whole.cash, scale)
    agree(people, whole.customers.sum(axis=-1))
    assert segment_equity(given_, path, chosen).shape == (1, 1, len(case.segments))


READ_OUTS = cases.markets_with_plans(max_segments=2, max_horizon=4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(READ_OUTS)
def test_read_outs_of_phases_are_those_of_the_reference(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    found = read_out(case, planned(spend), initiatives)
    today = reference.todays_spend(document)
    scale = reference.yardstick(*plan) + reference.yardstick(document, today)
    theirs = reference.uplift(*plan)
    for name in ("uplift", "more_money", "better_mix"):
        agree(getattr(found, name), theirs[name], scale)
    expected = reference.attribution(*plan)
    for player, share in found.attribution.items():
        agree(share, expected.get(player, 0.0), scale)
    assert sum(found.attribution.values()) == pytest.approx(found.uplift, abs=1e-9 * scale)
    totals = plan_totals(case, planned(spend), initiatives)
    agree(totals, reference.plan_totals(*plan))
    phases = reference.phases_of(document, spend)
    assert found.phase_returns.shape[0] == len(phases)
    for phase in (None, *range(len(phases))):
        ours = found.marginal_return if phase is None else found.phase_returns[phase]
        returns = reference.marginal_return(*plan, phase=phase)
        per = annuity(case) if phase is None else reference.annuity_of_phase(document, spend, phase)
        for s, segment in enumerate(case.segment_ids):
            for lever, code in enumerate(LEVER_CODES):
                expected_return = returns[segment][code]
                if expected_return is None:
                    assert np.isnan(ours[s, lever])
                else:
                    # one euro is measured as a difference of two customer equities
                    assert ours[s, lever] == pytest.approx(expected_return, abs=1e-6 + 1e-13 * scale / per)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(READ_OUTS)
def test_costs_per_new_customer_with_pools_and_phases_are_those_of_the_reference(plan: Plan) -> None:
    # CAC: the run without spend has a pool of its own, its acquire spend is 0 in all phases; sums of x_t
    document, spend, initiatives = plan
    found, acquired = read_out(case_from(document), planned(spend), initiatives), reference.simulate(*plan).acquired
    theirs = reference.cac(*plan)
    for s, segment in enumerate(reference.resolve(document)["segments"]):
        onboarding, expected = segment["onboarding_cost"], theirs[segment["id"]]
        paid = sum(cells[segment["id"]]["acquire"] for cells in reference.spend_over_time(document, spend))
        bought = 0.0 if expected is None or expected == onboarding else paid / (expected - onboarding)
        if bought > 1e-3 * acquired[s]:
            assert found.cac[s] == pytest.approx(expected, rel=1e-9)


def test_money_spent_early_and_late_has_a_return_of_its_own_by_hand() -> None:
    # nobody stays, nothing carries over: a euro in one period wins there y' P margin, and costs 1. Michaelis-Menten
    # on 1000 prospects with h50 = .1: x = 100 wins 500, x = 300 wins 750; one more wins 1000 (h + 1e-3)/(h + .101).
    spend = (SpendPhase(1, TODAY), SpendPhase(2, {"all": {"acquire": 300.0}}))
    found = read_out(case_from(monopoly()), spend, ())
    for phase, amount in enumerate((100, 300)):
        more = 1000 * ((amount + 1) / (amount + 101) - amount / (amount + 100))
        assert found.phase_returns[phase, 0, 0] == pytest.approx(10 * more, rel=1e-9)
    # (100 + 300 + 300)/((500 + 750 + 750) - 0) a customer, all of them won by spending
    assert found.cac == [pytest.approx(700 / 2000)]


def test_the_net_worth_of_a_customer_carries_the_spend_of_its_period_by_hand() -> None:
    # 100 customers who all stay one period only; 200 and then 400 are spent on keeping them, which moves nothing
    document = monopoly(horizon=2)
    levers = document["segments"][0]["levers"]
    levers["acquire"], document["segments"][0]["customers"] = {"constant": 0.0}, 100
    levers["retain"] = {"spend": 0, "floor": 0.5, "ceiling": 0.9, "points": [[1e9, 0.6]]}
    spend = (SpendPhase(1, {"all": {"retain": 200.0}}), SpendPhase(2, {"all": {"retain": 400.0}}))
    case = case_from(document)
    found = simulate(parameters(case), spend_path(case, spend))
    care = (found.clv - found.clv_net)[0, 0, :, 0]
    kept = found.retention_rate[0, 0, :, 0]
    agree(care[1], 400 / (100 * kept[0]))
    agree(care[0], 200 / 100 + kept[0] / 1.25 * 400 / (100 * kept[0]))


# Laws of the definition ---------------------------------------------------------------------------------------------


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PLANS)
def test_customer_equity_is_what_customers_are_worth_now_and_when_they_come(plan: Plan) -> None:
    # model, section 3: CE = sum_s N0 CLV_1 + PV of A_t (CLV_t - onboarding_cost) - PV of spend
    document, spend, initiatives = plan
    case = case_from(document)
    given_, path, chosen = parameters(case), spend_path(case, planned(spend)), chosen_array(case, initiatives)
    found, factors = simulate(given_, path, chosen), discount_factors(case)
    opening = (1 + case.discount) ** -np.arange(case.horizon)
    worth = (given_.customers[0, 0] * found.clv[0, 0, 0]).sum()
    worth += (opening[:, None] * found.new[0, 0] * found.clv[0, 0]).sum()
    worth -= (factors[:, None] * found.new[0, 0] * given_.onboarding_cost[0, 0]).sum()
    spent = [path.at(period + 1).sum() for period in range(case.horizon)]
    worth -= factors @ (np.array(spent) + initiative_costs(case) @ chosen[0, 0])
    agree(worth, found.customer_equity[0, 0], reference.yardstick(*plan))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PLANS)
def test_nobody_wins_more_people_than_there_are(plan: Plan) -> None:
    # model, section 3: A_t <= P_t always, where there is a pool
    found = simulated(*plan)
    runs_out = ["prospect_pool" in segment for segment in plan[0]["segments"]]
    assert (found.new[..., runs_out] <= found.prospects[..., runs_out]).all()
    assert (found.prospects >= 0).all()


@given(PLANS, st.data())
def test_equal_phases_are_one_phase_to_the_last_digit(plan: Plan, data: st.DataObject) -> None:
    document, _, initiatives = plan
    spend = data.draw(cases.spends(document))
    starts = sorted({1, *data.draw(st.sets(st.integers(1, document["horizon"]), max_size=3))})
    one = simulated(document, spend, initiatives)
    same = simulated(document, [{"from": start, "spend": spend} for start in starts], initiatives)
    for name, values in vars(one).items():
        assert np.array_equal(values, getattr(same, name)), name
    case = case_from(document)
    path = spend_path(case, tuple(SpendPhase(start, spend) for start in starts))
    chosen = chosen_array(case, initiatives)
    alone = customer_equity(parameters(case), spend_path(case, spend), chosen)
    assert np.array_equal(customer_equity(parameters(case), path, chosen), alone)


def monopoly(prospects: float = 1000.0, horizon: int = 3, **fields: Any) -> Document:
    """One segment without customers, half of whose prospects are won by a spend of 100; nobody stays."""
    return {
        "schema": 2, "name": "By hand", "horizon": horizon, "discount_rate": 0.25, "segments": [{
            "id": "all", "name": "All", "customers": 0, "prospects": prospects, "gross_margin": 1.0,
            "levers": {
                "acquire": {"spend": 100, "floor": 0.0, "ceiling": 1.0, "points": [[100, 0.5]],
                            "family": "michaelis_menten"},
                "develop": {"constant": 10}, "retain": {"constant": 0.0}, "reduce_cost": {"constant": 0},
            }, **fields,
        }],
    }  # fmt: skip


def pool(refill: float, return_share: float) -> dict[str, Any]:
    return {"prospect_pool": {"refill": refill, "return_share": return_share}}


TODAY = {"all": {"acquire": 100.0}}


def test_a_pool_that_nobody_fills_runs_out_by_hand() -> None:
    # Michaelis-Menten: y = h/(h + h50) with h50 = 100/1000. Period 1: 1000 people, y = .5, 500 come. Period 2: 500
    # left, h = .2, y = 2/3. Period 3: 166.67 left, h = .6, y = 6/7. All leave at once, and none of them returns.
    found = simulated(monopoly(**pool(0, 0)), TODAY, [])
    agree(found.prospects[0, 0, :, 0], [1000, 500, 500 / 3])
    agree(found.new[0, 0, :, 0], [500, 1000 / 3, 1000 / 7])


def test_no_refill_and_no_return_is_not_prospects_that_never_run_out() -> None:
    # model, section 3: "F = q = 0 is not the old model"; without a pool 500 come in each period
    without, empty = simulated(monopoly(), TODAY, []), simulated(monopoly(**pool(0, 0)), TODAY, [])
    agree(without.new[0, 0, :, 0], [500, 500, 500])
    assert empty.customer_equity[0, 0] < without.customer_equity[0, 0]


def test_who_is_refilled_or_leaves_can_be_reached_a_period_later() -> None:
    # 1000 - 500 + 30 + .2 x 500 leavers = 630 in period 2; then y = h/(h + .1) with h = 100/630
    found = simulated(monopoly(**pool(30, 0.2)), TODAY, [])
    share = (100 / 630) / (100 / 630 + 0.1)
    agree(found.prospects[0, 0, :2, 0], [1000, 630])
    agree(found.new[0, 0, 1, 0], 630 * share)


def test_a_pool_that_everybody_fills_again_never_runs_out() -> None:
    # who leaves at the end of a period returns wholly: with q = 1 and rho = 0 the pool is full again each period
    without, full = simulated(monopoly(), TODAY, []), simulated(monopoly(**pool(0, 1)), TODAY, [])
    assert np.array_equal(full.new, without.new)
    assert np.array_equal(full.customer_equity, without.customer_equity)


def test_referred_customers_come_from_the_pool_after_those_who_are_won() -> None:
    # 900 customers would bring 900 more; 500 of 1000 are won, so 500 are left for them
    document = monopoly(customers=900, referral_rate=1.0, **pool(0, 0))
    found = simulated(document, TODAY, [])
    agree(found.acquired[0, 0, 0, 0], 500)
    agree(found.new[0, 0, 0, 0], 1000)
    agree(found.prospects[0, 0, 1, 0], 0)
    agree(found.new[0, 0, 1, 0], 0)
    agree(parameters(case_from(document)).today_active[0, 0, 0], 1900)


def rivals(share: float) -> Document:
    document = monopoly()
    document["segments"][0]["levers"]["acquire"]["rival_response"] = share
    return document


def test_rivals_take_back_their_share_of_a_gain_that_lasts_by_hand() -> None:
    # three times the spend: y = 3/4 instead of 1/2, a gain of 1/4. Period 1 keeps it; from 2 on rivals undo .4 of it.
    more = {"all": {"acquire": 300.0}}
    agree(simulated(rivals(0.4), more, []).new[0, 0, :, 0], [750, 650, 650])
    agree(simulated(rivals(1.0), more, []).new[0, 0, :, 0], [750, 500, 500])


def test_rivals_answer_no_gain_that_does_not_last_no_loss_and_not_todays_plan() -> None:
    short = [{"from": 1, "spend": {"all": {"acquire": 300.0}}}, {"from": 2, "spend": TODAY}]
    agree(simulated(rivals(0.4), short, []).new[0, 0, :, 0], [750, 500, 500])
    less = {"all": {"acquire": 20.0}}
    assert np.array_equal(simulated(rivals(1.0), less, []).new, simulated(monopoly(), less, []).new)
    assert np.array_equal(simulated(rivals(1.0), TODAY, []).new, simulated(monopoly(), TODAY, []).new)


def test_one_period_shows_no_rivals() -> None:
    more = {"all": {"acquire": 300.0}}
    one = monopoly(horizon=1)
    one["segments"][0]["levers"]["acquire"]["rival_response"] = 1.0
    assert np.array_equal(simulated(one, more, []).new, simulated(monopoly(horizon=1), more, []).new)


@given(cases.cases_with_plans())
def test_without_pools_and_rivals_the_new_fields_change_not_a_digit(plan: Plan) -> None:
    # a pool that is always full again cannot be told from none only where everybody leaves; rivals of 0 always can
    document, spend, initiatives = plan
    before = simulated(document, spend, initiatives)
    for segment in document["segments"]:
        if "points" in segment["levers"]["acquire"]:
            segment["levers"]["acquire"]["rival_response"] = 0
    after = simulated({**document, "schema": 2}, spend, initiatives)
    for name, values in vars(before).items():
        assert np.array_equal(values, getattr(after, name)), name


# What people believe of it ------------------------------------------------------------------------------------------


def believed() -> Case:
    """The monopoly with doubts about its market, and customers who stay for half of the time."""
    document = monopoly(**{"prospect_pool": {"refill": [20, 50, 100], "return_share": [0.1, 0.2, 0.6]}})
    document["segments"][0]["levers"] |= {"retain": {"constant": 0.5}}
    document["segments"][0]["levers"]["acquire"]["rival_response"] = [0.0, 0.3, 0.9]
    return case_from(document)


MARKET = [("all", field) for field in ("refill", "return_share", "rival_response")]
MORE: PhasedSpend = {"all": {"acquire": 300.0}}


def test_beliefs_about_the_market_are_drawn_within_their_range_and_stand_in_the_tornado() -> None:
    case = believed()
    drawn = draw(case, 400, 1)
    for segment, field in MARKET:
        values, belief = drawn.drawn[segment, field], getattr(case.segments[0], field)
        assert np.array_equal(getattr(drawn.parameters, field)[:, 0, 0], values)
        assert belief.low <= values.min() < values.max() <= belief.high
        # the mean of PERT: (low + 4 likely + high)/6 (Malcolm et al. 1959)
        mean = (belief.low + 4 * belief.likely + belief.high) / 6
        assert values.mean() == pytest.approx(mean, abs=0.1 * (belief.high - belief.low))
    bars = {bar.key: bar for bar in tornado(case, (MORE, ()))}
    assert set(MARKET) <= bars.keys()
    assert bars["all", "rival_response"].uplift[0] > bars["all", "rival_response"].uplift[1]
    assert bars["all", "refill"].customer_equity[0] < bars["all", "refill"].customer_equity[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_beliefs_about_the_market_have_a_name_and_a_unit(language: str) -> None:
    case, say = believed(), Wording(language)
    for key in MARKET:
        assert assumption_label(case, key, say) == number_name(case, key, say)
        assert "_" not in assumption_label(case, key, say)
    entries = {entry.key: entry for entry in register(start(case))}
    assert [entries[key].unit for key in MARKET] == ["people", "hundred", "hundred"]
    assert entries["all", "rival_response"].value.likely == 30
    assert assumption_value(case, ("all", "rival_response"), 0.3, Wording("en")) == "30.0%"


def test_the_advice_flips_where_rivals_undo_so_much_that_more_money_no_longer_pays() -> None:
    # by bisection on the reference: the share at which fifteen times the money is worth what today's is
    document = json.loads(believed().to_json())
    acquire = document["segments"][0]["levers"]["acquire"]
    more = {"all": {"acquire": 1500.0}}

    def gain(share: float) -> float:
        acquire["rival_response"] = share
        return reference.equity(document, more) - reference.equity(document, TODAY)

    low, high = 0.0, 1.0
    assert gain(low) > 0 > gain(high)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) > 0 else (low, middle)
    flips = {flip.key: flip for flip in flip_points(believed(), (more, ()), (TODAY, ()))}
    assert flips["all", "rival_response"].at == pytest.approx(low, abs=1e-3)


def test_rivals_nobody_spoke_of_may_still_flip_the_advice() -> None:
    document = json.loads(believed().to_json())
    del document["segments"][0]["levers"]["acquire"]["rival_response"]
    flips = {
        flip.key: flip for flip in flip_points(case_from(document), ({"all": {"acquire": 1500.0}}, ()), (TODAY, ()))
    }
    assert not flips["all", "rival_response"].believed
    assert 0 < flips["all", "rival_response"].at < 1


def test_bands_of_a_path_over_phases_are_over_the_same_draws_as_todays() -> None:
    case = believed()
    path = (SpendPhase(1, MORE), SpendPhase(2, TODAY))
    sure = outlook(case, [(path, ()), (MORE, ())], 50, 3)
    alone = customer_equity(draw(case, 50, 3).parameters, spend_path(case, path))[:, 0]
    np.testing.assert_allclose(sure.draws[:, 1], alone, rtol=1e-12)
    assert sure.uplift_together.p50.shape == (3,)
