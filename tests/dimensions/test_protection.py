"""What keeping may cost, what events damage, what lapsed customers are worth: against a paper, by hand, and by law."""

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.case.case import Case, Curve
from strategy.case.case_file import case_from
from strategy.case.editing import with_entry
from strategy.case.samples import SAMPLES, load_sample
from strategy.dimensions.protection import (
    Lapsed,
    best_retention_spend,
    changed_event,
    damages,
    keeping,
    leaving,
    new_event,
    reactivated,
    reactivation,
    with_lapsed,
    worth_at,
)
from strategy.equity.curves import Response, fit_responses
from strategy.equity.parameters import parameters
from strategy.equity.simulation import annuity
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.plan import start

ONE_PERIOD: dict[str, Any] = {  # everything constant but retention: arithmetic by hand stays short
    "schema": 1, "name": "Club", "currency": "EUR", "period": "year", "horizon": 2, "discount_rate": 0.25,
    "segments": [
        {"id": "members", "name": "Members", "customers": 100, "prospects": 0, "gross_margin": 0.5,
         "levers": {"acquire": {"constant": 0}, "develop": {"constant": 40}, "reduce_cost": {"constant": 10},
                    "retain": {"spend": 200, "floor": 0.5, "ceiling": 0.9, "points": [[200, 0.7]]}}},
    ],
}  # fmt: skip


def club(**changes: Any) -> Case:
    return case_from(copy.deepcopy(ONE_PERIOD) | changes)


def exponential(floor: float, ceiling: float, answer: float, spend: float) -> Response:
    low, high, value, at = (np.array([[[number]]]) for number in (floor, ceiling, answer, spend))
    return fit_responses(("exponential",), low, high, (value, value), (at, at))


# Keeping -------------------------------------------------------------------------------------------------------------


def test_the_best_retention_spend_is_the_one_of_blattberg_and_deighton() -> None:
    """oracles.json, bd.course: R = 15.93, recomputed 15.933038625262332; r there 0.5705134981404786.

    The paper books retention spend with the next margin, so one euro of it costs 1/(1+d) at the period's opening.
    """
    response = exponential(0.0, 0.7, 0.4, 8.0)
    margin, none, whole = np.array([50.0]), np.zeros(1), np.ones(1)
    best, _ = best_retention_spend(response, np.array([8.0]), margin, 0.12, none, whole, paid=1 / 1.12)
    kept = response.metric(response.share(np.array([[best / 8.0]])))[0, 0]
    assert best[0] == pytest.approx(15.933038625262332, abs=1e-5)
    assert kept[0] == pytest.approx(0.5705134981404786, abs=1e-7)
    # V = 72.91709848949293 there: first margin at once, retention spend with the next
    assert worth_at(margin - best / 1.12, kept, none, whole, 0.12)[0] == pytest.approx(72.91709848949293, abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(
    floor=st.floats(0.0, 0.6), reach=st.floats(0.05, 0.38), answered=st.floats(0.1, 0.9),
    spend=st.floats(0.5, 50.0), margin=st.floats(1.0, 500.0), discount=st.floats(0.01, 0.3),
)  # fmt: skip
def test_at_the_best_spend_the_last_euro_brings_one_euro(
    floor: float, reach: float, answered: float, spend: float, margin: float, discount: float
) -> None:
    """The first-order condition r'(x) V(x)/(1+d) = 1, with r' = b (ceiling - r) of the exponential curve; or x = 0."""
    ceiling = floor + reach
    response = exponential(floor, ceiling, floor + answered * reach, spend)
    best, most = best_retention_spend(
        response, np.array([spend]), np.array([margin]), discount, np.zeros(1), np.ones(1)
    )
    rate = float(response.first[0, 0, 0]) / spend

    def worth(x: float) -> tuple[float, float]:
        kept = ceiling - (ceiling - floor) * np.exp(-rate * x)
        return (margin - x) * (1 + discount) / (1 + discount - kept), rate * (ceiling - kept)

    value, slope = worth(float(best[0]))
    if best[0] > 0:
        assert slope * value / (1 + discount) == pytest.approx(1.0, rel=2e-4)
        assert worth(float(most[0]))[0] == pytest.approx(worth(0.0)[0], rel=1e-6)
        assert most[0] > best[0]
    else:
        assert slope * value / (1 + discount) <= 1 + 1e-6


def test_of_several_tops_the_highest_is_found() -> None:
    """An S-shaped curve (ADBUDG, p = 4): nothing is best nearby 0, the best far above it; a fine grid agrees."""
    low, high = np.array([[[0.2]]]), np.array([[[0.9]]])
    first, second = np.array([[[0.3]]]), np.array([[[0.6]]])
    response = fit_responses(("adbudg",), low, high, (first, second), (np.array([[[10.0]]]), np.array([[[16.0]]])))
    best, _ = best_retention_spend(response, np.array([10.0]), np.array([60.0]), 0.1, np.zeros(1), np.ones(1))
    spends = np.linspace(0, 60, 600_001)
    kept = response.metric(response.share(spends[None, :, None] / 10.0))[0, :, 0]
    values = worth_at(60.0 - spends, kept, np.zeros(1), np.ones(1), 0.1)
    assert best[0] == pytest.approx(spends[values.argmax()], abs=2e-3)


def test_what_keeping_costs_today_is_spend_per_active_customer() -> None:
    """By hand: 200 over 100 members is 2 each; m = 40/2 - 10 = 10; V = (10 - 2) 1.25/(1.25 - 0.7) = 18.1818..."""
    found = keeping(parameters(club()))
    assert found.today[0] == pytest.approx(2.0)
    assert found.worth_today[0] == pytest.approx(8 * 1.25 / 0.55)
    assert found.worth_best[0] >= found.worth_today[0]


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
def test_the_best_is_never_worth_less_than_today(sample: str) -> None:
    found = keeping(parameters(load_sample(sample)))
    react = np.isfinite(found.best)
    assert (found.worth_best[react] >= found.worth_today[react] - 1e-9 * abs(found.worth_today[react])).all()
    assert (found.most[react] >= found.best[react]).all()


def test_with_migration_the_worth_of_today_is_the_fixed_point_of_what_follows() -> None:
    """V_s = m_s - x_s + rho_s/(1+d) sum_j pi_sj V_j for every segment (Pfeifer & Carraway 2000)."""
    case = load_sample("b2b_supplier")
    given_ = parameters(case)
    found, moves = keeping(given_), given_.migration
    assert moves is not None
    active, spend = given_.today_active[0, 0], given_.today[0, 0]
    revenue, cost, kept = (
        given_.responses[lever].metric(given_.today_shares[lever])[0, 0]
        for lever in ("develop", "reduce_cost", "retain")
    )
    cash = revenue * given_.gross_margin[0, 0] - cost - spend[:, 1:].sum(axis=1) / active
    after = cash + kept / (1 + case.discount) * (moves @ found.worth_today)
    assert found.worth_today == pytest.approx(after)


def test_where_spending_keeps_nobody_there_is_no_best_spend() -> None:
    case = club()
    constant = copy.deepcopy(ONE_PERIOD)
    constant["segments"][0]["levers"]["retain"] = {"constant": 0.7}
    assert np.isnan(keeping(parameters(case_from(constant))).best[0])
    assert np.isfinite(keeping(parameters(case)).best[0])


# Events --------------------------------------------------------------------------------------------------------------


def test_an_event_costs_the_customer_equity_between_with_and_without_it() -> None:
    """By hand: in period 2 half of the revenue of 40 is lost by 100 x 0.7 = 70 members: 70 x 40 x 0.5 x 0.5 = 700,
    discounted by one period 700/1.25 = 560; an answer that lasts that one period may cost 560/(1/1.25) = 700 in it."""
    event = {"id": "war", "name": "War", "from": 2, "to": 2, "metric": "revenue", "multiply": 0.5}
    case = club(events=[event])
    (found,) = damages(case, case.today)
    assert found.worth == pytest.approx(560.0)
    assert found.per_period == pytest.approx(700.0)


def test_an_event_after_the_plan_damages_the_run_off_and_has_no_price_per_period() -> None:
    event = {"id": "late", "name": "Late", "from": 3, "to": None, "metric": "retention_rate", "multiply": 0.5}
    case = club(events=[event])
    (found,) = damages(case, case.today)
    assert found.worth > 0
    assert np.isnan(found.per_period)


def test_a_new_event_gets_an_id_of_its_own_and_an_edit_of_its_metric_drops_the_amount_in_the_old_unit() -> None:
    case = club()
    for _ in range(3):
        case = with_entry(case, "events", new_event(case, "A move"))
    assert [event.id for event in case.events] == ["a-move", "a-move-2", "a-move-3"]
    moved = with_entry(case, "events", changed_event(case.events[0], add=-0.02))
    again = with_entry(moved, "events", changed_event(moved.events[0], metric="revenue"))
    assert (again.events[0].metric, again.events[0].add) == ("revenue", 0.0)
    with pytest.raises(PlannerError, match="ends_before_start"):
        with_entry(case, "events", changed_event(case.events[0], **{"from": 5, "to": 2}))


# Lapsed customers ----------------------------------------------------------------------------------------------------


def test_what_reaching_the_lapsed_gains_by_hand() -> None:
    """Who returns has m = 10 and stays at 0.5 (nothing is spent on them): worth 10 x 1.25/0.75 at once.

    50 of 1000 return in each of two periods, whoever comes in period t is worth that, discounted t - 1 periods; the
    run-off of the model counts all later margins, so that is exact. Contacts: 1000 x 0.5 = 500 in both periods.
    """
    plan = start(club())
    found = reactivation(plan, Lapsed("members", 1000, 0.5, 0.05))
    worth = 10 * 1.25 / 0.75
    assert found.cost == pytest.approx(500 * 1.8)
    assert found.returning == pytest.approx(50)
    assert found.gained == pytest.approx(50 * worth * 1.8 - 500 * 1.8)
    assert found.break_even == pytest.approx(0.5 / worth)


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
@pytest.mark.parametrize("unprompted", [0.0, 0.004])
def test_what_the_page_promises_is_what_the_plan_gains(sample: str, unprompted: float) -> None:
    """The budget grows by what reaching them costs, no other cell moves, and the plan gains what was shown."""
    plan = start(load_sample(sample))
    pool = Lapsed(plan.case.segments[0].id, 4000, 1.5, 0.02, unprompted)
    changed = reactivated(plan, pool, "Lapsed: first")
    new = changed.case.segments[-1]
    assert changed.budget == pytest.approx(plan.budget + pool.cost)
    assert all(changed.spend[s] == pytest.approx(levers) for s, levers in plan.spend.items())
    assert changed.spend[new.id] == {"acquire": pool.cost, "develop": 0, "retain": 0, "reduce_cost": 0}
    gained = results.read_out(changed).customer_equity - results.read_out(plan).customer_equity
    before = with_lapsed(plan.case, pool, "Lapsed: first")
    by_themselves = results.read_out(start(before)).customer_equity - results.read_out(plan).customer_equity
    assert gained - by_themselves == pytest.approx(reactivation(plan, pool).gained, rel=1e-6)
    if unprompted == 0:
        assert by_themselves == pytest.approx(0.0, abs=1e-6 * results.read_out(plan).customer_equity)


def test_the_break_even_response_gains_nothing() -> None:
    plan = start(load_sample("telecom"))
    pool = Lapsed("families", 4000, 15.0, 0.03)
    at = Lapsed("families", 4000, 15.0, reactivation(plan, pool).break_even)
    assert reactivation(plan, at).gained == pytest.approx(0.0, abs=1e-6 * reactivation(plan, pool).cost)


def test_who_comes_back_by_himself_lets_spend_and_retention_react_as_in_the_segment_they_left() -> None:
    case = load_sample("telecom")
    curves = with_lapsed(case, Lapsed("families", 4000, 1.0, 0.02, 0.004), "Back")
    given_ = parameters(curves)
    lapsed, source = curves.segments[-1], curves.segment("families")
    assert isinstance(lapsed.levers.retain, Curve)
    assert isinstance(source.levers.retain, Curve)
    active = given_.today_active[0, 0]
    heads = [lever.points[0][0] / active[curves.segment_ids.index(s.id)]
             for s in (lapsed, source) for lever in [s.levers.retain] if isinstance(lever, Curve)]  # fmt: skip
    assert heads[0] == pytest.approx(heads[1])


@pytest.mark.parametrize(
    ("pool", "code"),
    [
        (Lapsed("members", 0, 1, 0.1), "must_be_above_0"),
        (Lapsed("members", 10, 0, 0.1), "must_be_above_0"),
        (Lapsed("members", 10, 1, 0.1, 0.1), "out_of_range"),
        (Lapsed("members", 10, 1, 1.0), "out_of_range"),
    ],
)
def test_lapsed_customers_that_cannot_be_are_refused(pool: Lapsed, code: str) -> None:
    with pytest.raises(PlannerError, match=code):
        with_lapsed(club(), pool, "Back")


def test_as_many_lapsed_as_leave() -> None:
    """100 members of whom 0.7 stay: 30 leave."""
    assert leaving(parameters(club()), "members") == pytest.approx(30)
    assert annuity(club()) == pytest.approx(1.8)  # 1 + 1/1.25, as used above
