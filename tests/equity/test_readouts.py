"""Read-outs: uplift and its causes, the next euro, cost per new customer, payback, opportunities."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.equity.parameters import chosen_array, numbers, parameters, spend_array, spendable
from strategy.equity.readouts import (
    PLAYERS,
    Opportunity,
    Readouts,
    empty_cells,
    opportunities,
    payback_period,
    plan_total,
    read_out,
    shapley,
)
from strategy.equity.simulation import annuity, customer_equity, initiative_budget, margin_multiple
from tests import cases, reference

Document = dict[str, Any]
Spend = dict[str, dict[str, float]]
Plan = tuple[Document, Spend, list[str]]

ROUNDING = 1e-13
"""What float64 loses in a customer equity, as a share of the sum of its absolute pieces (`reference.yardstick`)."""
PLANS = cases.cases_with_plans(max_segments=2, max_horizon=5)


def lost(document: Document, *spends: Spend, initiatives: list[str] | None = None) -> float:
    """What rounding may take from a difference of customer equities, money."""
    return ROUNDING * sum(reference.yardstick(document, spend, initiatives or []) for spend in spends) + 1e-9


def more(document: Document, factor: float) -> Spend:
    """Today's spend times a factor."""
    today = reference.todays_spend(document)
    return {who: {lever: factor * amount for lever, amount in cells.items()} for who, cells in today.items()}


# Shapley values -----------------------------------------------------------------------------------------------------


def test_the_inheritance_of_ibn_ezra() -> None:
    # Aumann 2010, as in CRAN CoopGame, man/shapleyValue.Rd: claims of 120, 60, 40 and 30 on 120; a set of sons gets
    # its largest claim. Sets in the order of the source: by size, then lexicographic.
    worth = [120, 60, 40, 30, 120, 120, 120, 60, 60, 40, 120, 120, 120, 60, 120]
    values = np.zeros(16)
    sets = [members for size in (1, 2, 3, 4) for members in combinations(range(4), size)]
    for members, value in zip(sets, worth, strict=True):
        values[sum(1 << member for member in members)] = value
    assert shapley(values) == pytest.approx([80.83333, 20.83333, 10.83333, 7.5], abs=5e-6)


def test_four_levers_share_the_growth_of_customer_equity() -> None:
    # Worked out independently: 10,000 prospects, d = 10 %, CE = N a (m - c)(1 + d)/(1 + d - r); a 0.05 -> 0.06,
    # m 100 -> 108, r 0.80 -> 0.83, c 20 -> 17; CE 146,666.67 -> 222,444.44
    before, after = (0.05, 100.0, 0.80, 20.0), (0.06, 108.0, 0.83, 17.0)
    values = np.zeros(16)
    for members in range(16):
        a, m, r, c = (after[i] if members >> i & 1 else before[i] for i in range(4))
        values[members] = 10_000 * a * (m - c) * margin_multiple(np.array([r]), 0.1).item()
    assert values[0] == pytest.approx(146666.66666666666, rel=1e-12)
    assert values[15] == pytest.approx(222444.44444444435, rel=1e-12)
    expected = [33129.012345679, 17056.790123456776, 19195.679012345612, 6396.296296296304]
    assert shapley(values) == pytest.approx(expected, rel=1e-11)


GAMES = st.integers(1, 5).flatmap(
    lambda players: st.lists(st.integers(-1000, 1000), min_size=2**players, max_size=2**players)
)


@given(GAMES)
def test_shapley_values_sum_to_what_all_gain(worth: list[int]) -> None:
    values = np.array(worth, float)
    assert shapley(values).sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


@given(GAMES)
def test_a_player_who_never_matters_gets_nothing(worth: list[int]) -> None:
    values = np.array(worth + worth, float)  # the last player adds nothing to any set
    assert shapley(values)[-1] == pytest.approx(0, abs=1e-9)
    assert shapley(values)[:-1] == pytest.approx(shapley(np.array(worth, float)), abs=1e-9)


def test_two_players_by_hand() -> None:
    # alone 10 and 20, together 50: each gets its own and half of the 20 more
    assert shapley(np.array([0, 10, 20, 50.0])).tolist() == [20, 30]
    assert shapley(np.array([[0, 10, 20, 50], [0, 1, 1, 1.0]])).tolist() == [[20, 30], [0.5, 0.5]]


# Payback ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "period"),
    [
        ([0, 0, 0], 1),
        ([1, 1, 1], 1),
        ([-5, 2, 3], 3),  # -5, -3, 0: even in period 3
        ([-5, 2, 2], None),
        ([-5, 6, -2, 3], 4),  # ahead in period 2, behind again in 3
        ([5, -4, 0], 1),
        ([5, -6, 1], 3),
        ([-1], None),
        ([0], 1),
        ([1, -1, 0, -1], None),
    ],
)
def test_payback_by_hand(ahead: list[float], period: int | None) -> None:
    today = np.array([7.0, 11, 13, 17])[: len(ahead)]
    assert payback_period(today + np.array(ahead), today) == period


# Plans by hand ------------------------------------------------------------------------------------------------------


def test_stopping_acquisition_by_hand() -> None:
    # one period: 23,900 with a spend of 100 that wins 100 customers, 20,000 without; the loss of 3,900 is all of the
    # one lever. 100 less money for today's mix (which is that one cell) is the same plan: nothing is better mix.
    case = case_from(cases.one_period())
    result = read_out(case, {})
    assert result.customer_equity == pytest.approx(20_000, rel=1e-12)
    assert result.uplift == pytest.approx(-3_900, rel=1e-11)
    assert result.more_money == pytest.approx(-3_900, rel=1e-11)
    assert result.better_mix == pytest.approx(0, abs=1e-7)
    assert result.attribution == pytest.approx(dict.fromkeys(PLAYERS, 0) | {"acquire": -3_900}, abs=1e-7)
    assert result.payback_period is None  # 20,000 x 0.6 = 12,000 of cash instead of 13,900
    assert (result.cac, result.marginal_cac[0]) == ([None], pytest.approx(1 / (200 * (1 - 2**-0.01)) + 10, rel=1e-9))


def test_cost_per_new_customer_by_hand() -> None:
    # 100 buys 100 customers who cost 10 each to welcome: 11. The curve is 200 (1 - 2^-(x/100)): the next euro buys
    # 100 (1 - 2^-0.01). A new customer is worth 30 + 0.5/1.25 x 50 = 50.
    result = read_out(case_from(cases.one_period()), {"all": {"acquire": 100}})
    next_bought = 100 * (1 - 2**-0.01)
    assert result.cac[0] == pytest.approx(11, rel=1e-12)
    assert result.marginal_cac[0] == pytest.approx(1 / next_bought + 10, rel=1e-9)
    assert result.clv_to_cac[0] == pytest.approx(50 / 11, rel=1e-12)
    # what comes back of the next euro: next_bought customers worth 50 - 10 each, discounted over one period
    assert result.marginal_return[0, 0] == pytest.approx(40 * next_bought, rel=1e-9)
    assert np.isnan(result.marginal_return[0, 1:]).all()


def test_clv_to_cac_is_net_of_what_is_spent_on_the_customer() -> None:
    document = cases.telecom()
    result = read_out(case_from(document), more(document, 1.0))
    theirs = reference.simulate(document, more(document, 1.0))
    cac = reference.cac(document, more(document, 1.0))["families"]
    assert result.clv_to_cac[0] == pytest.approx(theirs.clv_net[0][0] / cac, rel=1e-10)
    assert theirs.clv_net[0][0] < theirs.clv[0][0]


def test_a_plan_of_todays_money_has_no_more_money_in_it() -> None:
    document = cases.telecom()
    spend = more(document, 1.0)
    spend["families"]["acquire"] -= 100_000
    spend["families"]["retain"] += 100_000
    result = read_out(case_from(document), spend)
    assert result.more_money == 0
    assert result.better_mix == result.uplift


def test_more_of_the_same_mix_is_all_more_money() -> None:
    result = read_out(case_from(cases.telecom()), more(cases.telecom(), 1.25))
    assert result.more_money == pytest.approx(result.uplift, rel=1e-12)
    assert result.better_mix == pytest.approx(0, abs=1e-6)


def test_where_nothing_is_spent_today_all_is_better_mix() -> None:
    # there is no mix to scale
    document = cases.one_period()
    document["segments"][0]["levers"]["acquire"]["spend"] = 0
    result = read_out(case_from(document), {"all": {"acquire": 100}})
    assert result.uplift == pytest.approx(3_900, rel=1e-11)
    assert (result.more_money, result.better_mix) == (0, result.uplift)


@pytest.mark.parametrize("named", cases.NAMED_CASES, ids=lambda named: named.__name__)
def test_todays_plan_beside_todays_is_no_difference(named: Callable[[], Document]) -> None:
    document = named()
    result = read_out(case_from(document), reference.todays_spend(document))
    assert result.uplift == result.more_money == result.better_mix == 0
    assert result.attribution == pytest.approx(dict.fromkeys(PLAYERS, 0), abs=lost(document, more(document, 1)))
    assert result.payback_period == 1


def test_the_money_of_a_plan_is_its_spend_and_its_initiatives() -> None:
    # the app costs 250,000 in period 2 of 5 at 10 %: 250,000/1.1 now, over 1 + 1/1.1 + ... + 1/1.1^4 = 4.16986545
    case = case_from(cases.events_and_initiatives())
    expected = 7 + 250_000 / 1.1 / sum(1.1**-t for t in range(5))
    assert plan_total(case, {"families": {"acquire": 7}}, ["app"]) == pytest.approx(expected, rel=1e-12)


# Against the reference ----------------------------------------------------------------------------------------------


def assert_close(ours: float | None, theirs: float | None, tolerance: float) -> None:
    assert (ours is None) == (theirs is None)
    if ours is not None:
        assert ours == pytest.approx(theirs, rel=1e-9, abs=tolerance)


def outcome(plan: Plan) -> Readouts:
    document, spend, initiatives = plan
    return read_out(case_from(document), spend, initiatives)


@given(PLANS)
def test_uplift_and_its_split_are_those_of_the_reference(plan: Plan) -> None:
    document, spend, initiatives = plan
    result, theirs = outcome(plan), reference.uplift(*plan)
    today = reference.todays_spend(document)
    scaled = more(document, reference.plan_total(*plan) / max(1.0, reference.total_spend(today)))
    tolerance = lost(document, spend, today, scaled, initiatives=initiatives)
    assert result.customer_equity == pytest.approx(reference.equity(*plan), abs=tolerance)
    assert result.uplift == pytest.approx(theirs["uplift"], abs=tolerance)
    assert result.more_money == pytest.approx(theirs["more_money"], abs=tolerance)
    assert result.better_mix == pytest.approx(theirs["better_mix"], abs=tolerance)
    assert result.more_money + result.better_mix == pytest.approx(result.uplift, abs=tolerance)


@settings(max_examples=20)
@given(PLANS)
def test_marginal_returns_are_those_of_the_reference(plan: Plan) -> None:
    document, spend, initiatives = plan
    case, result = case_from(document), outcome(plan)
    theirs = reference.marginal_return(*plan)
    tolerance = lost(document, spend, spend, initiatives=initiatives) / annuity(case)
    for s, segment_id in enumerate(case.segment_ids):
        for lever, code in enumerate(LEVER_CODES):
            expected = theirs[segment_id][code]
            ours = float(result.marginal_return[s, lever])
            assert_close(None if np.isnan(ours) else ours, expected, tolerance)


@given(PLANS)
def test_costs_per_new_customer_are_those_of_the_reference(plan: Plan) -> None:
    document, spend, _ = plan
    result, acquired = outcome(plan), reference.simulate(*plan).acquired
    average, marginal = reference.cac(*plan), reference.marginal_cac(*plan)
    for s, segment in enumerate(reference.resolve(document)["segments"]):
        onboarding, periods = segment["onboarding_cost"], reference.horizon(document)
        paid = periods * spend[segment["id"]].get("acquire", 0.0)
        for ours, theirs, money in (
            (result.cac[s], average[segment["id"]], paid),
            (result.marginal_cac[s], marginal[segment["id"]], periods),
        ):
            costs = [cost for cost in (ours, theirs) if cost is not None and cost != onboarding]
            bought = [money / (cost - onboarding) for cost in costs] or [0.0]
            # nothing can be said of customers bought who are lost in the rounding of all who are acquired
            if max(bought) > 1e-6 * acquired[s]:
                assert_close(ours, theirs, abs(money) * 1e-14 * acquired[s] / min(bought) ** 2)


@settings(max_examples=15)
@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_attribution_is_that_of_the_reference_and_sums_to_the_uplift(plan: Plan) -> None:
    document, spend, initiatives = plan
    result, theirs = outcome(plan), reference.attribution(*plan)
    today = reference.todays_spend(document)
    most = {who: {code: max(x, spend[who].get(code, 0.0)) for code, x in cells.items()} for who, cells in today.items()}
    tolerance = lost(document, spend, today, most, initiatives=initiatives)
    assert tuple(result.attribution) == PLAYERS
    for player in PLAYERS:
        assert result.attribution[player] == pytest.approx(theirs.get(player, 0.0), abs=tolerance)
    assert sum(result.attribution.values()) == pytest.approx(result.uplift, abs=tolerance)


@given(PLANS)
def test_payback_is_that_of_the_reference(plan: Plan) -> None:
    document, spend, initiatives = plan
    today = reference.todays_spend(document)
    flows = [reference.simulate(document, *p).cash for p in ((spend, initiatives), (today, []))]
    ahead = np.cumsum(np.array(flows[0]) - np.array(flows[1]))
    if (np.abs(ahead) > lost(document, spend, today, initiatives=initiatives)).all():
        assert outcome(plan).payback_period == reference.payback_period(*plan)


@settings(max_examples=15)
@given(cases.cases_with_plans(triples=True, max_segments=2, max_horizon=4), st.sampled_from(["low", "high"]))
def test_read_outs_of_other_numbers_are_those_of_the_reference(plan: Plan, pick: str) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    result = read_out(case, spend, initiatives, parameters(case, numbers(case, pick)))
    today = reference.todays_spend(document)
    scale = sum(reference.yardstick(document, s, initiatives, pick) for s in (spend, today))
    theirs = reference.uplift(document, spend, initiatives, pick)
    assert result.uplift == pytest.approx(theirs["uplift"], abs=ROUNDING * scale + 1e-9)
    assert result.plan.customer_equity.shape == result.today.customer_equity.shape == (1, 1)


@pytest.mark.parametrize("named", cases.NAMED_CASES, ids=lambda named: named.__name__)
def test_the_read_outs_of_a_named_case_are_those_of_the_reference(named: Callable[[], Document]) -> None:
    document = named()
    plan = document, more(document, 1.5), [initiative["id"] for initiative in document["initiatives"]]
    result = outcome(plan)
    tolerance = lost(document, plan[1], more(document, 1), initiatives=plan[2])
    theirs = reference.uplift(*plan)
    assert (result.uplift, result.more_money, result.better_mix) == pytest.approx(
        (theirs["uplift"], theirs["more_money"], theirs["better_mix"]), abs=tolerance
    )
    expected = dict.fromkeys(PLAYERS, 0.0) | reference.attribution(*plan)
    assert result.attribution == pytest.approx(expected, abs=tolerance)
    assert result.payback_period == reference.payback_period(*plan)
    for ours, cost in zip(result.cac, reference.cac(*plan).values(), strict=True):
        assert_close(ours, cost, 0)


# Where the next euro goes -------------------------------------------------------------------------------------------


def s_shaped() -> Case:
    """A case whose retention curve is steep (p > 2), and nothing spent on it."""
    document = cases.telecom()
    document["segments"][0]["levers"]["retain"]["points"] = [[500000, 0.80], [750000, 0.86]]
    return case_from(document)


def test_the_first_euro_of_an_s_curve_earns_nothing_but_a_step_does() -> None:
    case = s_shaped()
    spend = case.today | {"families": case.today["families"] | {"retain": 0}}
    assert read_out(case, spend).marginal_return[0, 2] < 0.05
    (cell,) = empty_cells(parameters(case), spend, [], case.planned_budget)
    assert (cell.best.segment, cell.best.lever) == ("families", "retain")
    assert cell.best.multiple > 1
    assert cell.first_paying is not None
    assert cell.first_paying.amount < cell.best.amount <= case.planned_budget


@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_a_step_in_an_empty_cell_brings_what_simulating_it_brings(plan: Plan) -> None:
    # section 4, by definition: 1 + (CE(x + step) - CE(x))/(step x annuity)
    document, spend, initiatives = plan
    case, budget = case_from(document), reference.budget(document)
    cells = empty_cells(parameters(case), spend, initiatives, budget)
    full = reference.complete_spend(document, spend)
    curves = [(case.segment_ids[s], LEVER_CODES[lever]) for s, lever in np.argwhere(spendable(case))]
    empty = {(who, code) for who, code in curves if full[who][code] <= 1e-6 * budget}
    assert {(cell.best.segment, cell.best.lever) for cell in cells} == (empty if budget > 0 else set())
    before = reference.equity(*plan)
    for cell in cells:
        for step in [cell.best, *([cell.first_paying] if cell.first_paying else [])]:
            taken = reference.with_one_more(document, spend, step.segment, step.lever, step.amount)
            gain = reference.equity(document, taken, initiatives) - before
            tolerance = lost(document, spend, taken, initiatives=initiatives) / (annuity(case) * step.amount)
            assert 0 < step.amount <= budget * (1 + 1e-12)
            assert step.multiple == pytest.approx(1 + gain / (annuity(case) * step.amount), abs=tolerance)
            assert step.multiple <= cell.best.multiple
        assert (cell.first_paying is not None) == (cell.best.multiple > 1)


def test_without_a_budget_there_is_no_step() -> None:
    case = case_from(cases.telecom())
    assert empty_cells(parameters(case), {}, [], 0) == []
    assert opportunities(parameters(case), {}, [], 0) == []


def by_place(found: list[Opportunity]) -> dict[tuple[str | None, str, str | None, bool], Opportunity]:
    return {(o.segment, o.lever, o.initiative, o.in_plan): o for o in found}


@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_opportunities_are_ranked_by_what_simulating_them_brings(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    budget = max(case.planned_budget, plan_total(case, spend, initiatives))
    found = opportunities(parameters(case), spend, initiatives, budget)
    multiples = [opportunity.multiple for opportunity in found]
    assert multiples == sorted(multiples, reverse=True)
    assert len(by_place(found)) == len(found)
    before = reference.equity(*plan)
    for place in found:
        sign = -1 if place.in_plan else 1
        if place.segment:
            changed = reference.with_one_more(document, spend, place.segment, place.lever, sign * place.cost)
            choice = initiatives
        else:
            changed, choice = spend, [i for i in initiatives if i != place.initiative]
            choice = choice if place.in_plan else [*choice, str(place.initiative)]
        gain = sign * (reference.equity(document, changed, choice) - before)
        tolerance = lost(document, spend, changed, initiatives=[i["id"] for i in document["initiatives"]])
        if place.cost > 0:
            expected = 1 + gain / (annuity(case) * place.cost)
            assert place.multiple == pytest.approx(expected, abs=tolerance / (annuity(case) * place.cost))


@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_what_lies_above_the_cut_line_pays_and_can_be_paid(plan: Plan) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    total = plan_total(case, spend, initiatives)
    budget = max(case.planned_budget, total)
    found = opportunities(parameters(case), spend, initiatives, budget)
    at_stake = budget - total + sum(place.cost for place in found if place.in_plan)
    funded = [place for place in found if place.funded]
    assert sum(place.cost for place in funded) <= at_stake * (1 + 1e-6) + 1e-6
    assert all(place.multiple > 1 for place in funded)


def test_every_initiative_is_an_opportunity_at_its_cost() -> None:
    case = case_from(cases.events_and_initiatives())
    found = by_place(opportunities(parameters(case), case.today, ["club"], case.planned_budget))
    costs = dict(zip(case.initiative_ids, initiative_budget(case), strict=True))
    for initiative in case.initiatives:
        place = found[None, initiative.lever, initiative.id, initiative.id == "club"]
        assert (place.kind, place.cost) == ("initiative", pytest.approx(costs[initiative.id], rel=1e-12))


def test_an_initiative_that_is_free_and_helps_comes_first() -> None:
    document = cases.events_and_initiatives()
    document["initiatives"][0]["one_off"] = 0
    case = case_from(document)
    first = opportunities(parameters(case), case.today, [], plan_total(case, case.today, []))[0]
    assert (first.initiative, first.multiple, first.funded) == ("app", np.inf, True)


def test_a_batch_of_read_outs_takes_nothing_from_the_fast_road() -> None:
    case = case_from(cases.events_and_initiatives())
    result = read_out(case, case.today, ["app"])
    fast = customer_equity(parameters(case), spend_array(case, case.today), chosen_array(case, ["app"]))
    assert result.customer_equity == pytest.approx(fast.item(), rel=1e-12)
