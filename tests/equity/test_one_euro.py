"""One euro followed through curve, customers and margin: the pieces are its marginal return."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.case.samples import SAMPLES, load_sample
from strategy.equity.one_euro import FOLLOWED, EuroTrail, follow_euro
from strategy.equity.parameters import parameters, spendable
from strategy.equity.readouts import read_out
from strategy.equity.simulation import annuity
from tests import cases, reference

Document = dict[str, Any]
Amounts = dict[str, dict[str, float]]


def trails(case: Case, spend: Amounts, initiatives: tuple[str, ...] = ()) -> dict[tuple[int, int], EuroTrail]:
    """The trail of every cell that takes money, by its position in the marginal returns."""
    given_ = parameters(case)
    return {
        (s, lever): follow_euro(given_, spend, initiatives, case.segment_ids[s], LEVER_CODES[lever])
        for s, lever in np.argwhere(spendable(case)).tolist()
    }


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
def test_the_pieces_of_every_euro_of_a_sample_firm_sum_to_its_marginal_return(sample: str) -> None:
    case = load_sample(sample)
    returns = read_out(case, case.today).marginal_return
    # One euro changes equity of 1e8 in its ninth digit: seven digits of what it brings are left.
    for place, trail in trails(case, case.today).items():
        pieces = trail.from_customers + trail.from_margin + trail.onboarding + trail.residual
        assert pieces == pytest.approx(trail.gross, rel=1e-12)
        assert trail.multiple == pytest.approx(returns[place], abs=1e-6)
        assert trail.cost == pytest.approx(FOLLOWED * annuity(case))


@settings(max_examples=30)
@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_the_pieces_of_every_euro_of_random_firms_sum_to_its_marginal_return(
    planned: tuple[Document, Amounts, list[str]],
) -> None:
    document, amounts, chosen = planned
    case, spend = case_from(document), reference.complete_spend(document, amounts)
    returns = read_out(case, spend, chosen).marginal_return
    # What the difference of two equities can lose to rounding, per money unit of cost.
    slack = 1e-12 * reference.yardstick(document, spend, chosen) / annuity(case)
    for place, trail in trails(case, spend, tuple(chosen)).items():
        assert trail.multiple == pytest.approx(returns[place], abs=slack + 1e-9)


@settings(max_examples=30)
@given(cases.cases_with_plans(max_segments=2, max_horizon=4))
def test_the_trail_shows_the_curve_of_period_1(planned: tuple[Document, Amounts, list[str]]) -> None:
    document, amounts, chosen = planned
    case, spend = case_from(document), reference.complete_spend(document, amounts)
    active = reference.simulate(document, spend, chosen).customers[0]
    more = reference.simulate(document, spend, chosen).customers
    for (s, lever), trail in trails(case, spend, tuple(chosen)).items():
        segment, code = reference.resolve(document)["segments"][s], LEVER_CODES[lever]
        curve = segment["levers"][code]
        stock = reference.next_stock(
            segment, {c: segment["levers"][c]["spend"] for c in LEVER_CODES}, spend[segment["id"]]
        )
        share = reference.lever_share(segment, code, stock[code], active[s])
        assert (trail.segment, trail.lever, trail.spend) == (segment["id"], code, spend[segment["id"]][code])
        assert (trail.floor, trail.ceiling) == (curve["floor"], curve["ceiling"])
        assert trail.share == pytest.approx(share, rel=1e-9, abs=1e-12)
        assert trail.metric == pytest.approx(reference.curve_value(curve, share), rel=1e-9)
        assert (trail.metric_more - trail.metric) * LEVERS[code].direction >= -1e-9 * abs(trail.metric)
        changed = reference.simulate(document, reference.with_one_more(document, spend, segment["id"], code), chosen)
        gained = [sum(after) - sum(before) for after, before in zip(changed.customers, more, strict=True)]
        rounding = 1e-10 * max(sum(row) for row in more)
        np.testing.assert_allclose(trail.customers, FOLLOWED * np.array(gained), rtol=1e-6, atol=FOLLOWED * rounding)


def test_where_nobody_is_active_the_metric_is_the_floor() -> None:
    # The definition: where M_t = 0 the metric is the floor. Without advertising the start-up has nobody in period 1.
    document = cases.start_up()
    spend = {"families": {"acquire": 0.0, "develop": 250_000.0, "retain": 500_000.0, "reduce_cost": 200_000.0}}
    assert reference.simulate(document, spend).customers[0] == [0.0]
    for code, floor in (("develop", 400.0), ("retain", 0.78)):
        trail = follow_euro(parameters(case_from(document)), spend, (), "families", code)
        assert (trail.share, trail.metric, trail.metric_more) == (0.0, floor, floor)


def test_a_euro_of_advertising_in_the_classroom_is_followed_as_by_hand() -> None:
    # The sample's README: 0.0173283 more subscribers, who bring 1.6659 in all: margins 89.99975978 each, 20 for the
    # welcome box, and 0.4 x 100 = 40 each later; the dilution of the catalogue is the fall of the margin.
    trail = follow_euro(
        parameters(load_sample("classroom")), load_sample("classroom").today, (), "coffee_lovers", "acquire"
    )
    joined = 0.0173283
    assert trail.customers[0] == pytest.approx(FOLLOWED * joined, rel=1e-5)
    assert trail.from_customers == pytest.approx(FOLLOWED * joined * 90, rel=1e-5)
    assert trail.from_margin == pytest.approx(FOLLOWED * 1_000.0173283 * (89.99975978 - 90), rel=1e-4)
    assert trail.onboarding == pytest.approx(-FOLLOWED * joined * 20, rel=1e-5)
    assert trail.residual == pytest.approx(FOLLOWED * joined * 40, rel=1e-5)
    assert trail.multiple == pytest.approx(1.6659, abs=5e-5)
    assert (trail.floor, trail.ceiling, trail.share, trail.metric) == pytest.approx((0, 0.08, 0.5, 0.04))


def test_a_euro_of_the_catalogue_is_all_margin() -> None:
    # The README: 1,000 subscribers each leave 0.00069314 more; nobody joins, nothing is left after the year.
    trail = follow_euro(
        parameters(load_sample("classroom")), load_sample("classroom").today, (), "coffee_lovers", "develop"
    )
    assert trail.from_margin == pytest.approx(FOLLOWED * 0.69314, rel=1e-4)
    assert (trail.from_customers, trail.onboarding, trail.residual) == (0, 0, 0)
    assert trail.multiple == pytest.approx(0.6931, abs=5e-5)
