"""Prospects over time, what rivals undo, and what the market does to the advice: findings, figures and numbers."""

from typing import Any

import numpy as np
import pytest

from strategy import charts
from strategy.allocation.market_advice import MarketShift, market_shifts, runs_out_everywhere
from strategy.case.case import Case
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import Chart
from strategy.equity.readouts import read_out
from strategy.explanations.market import STAYS, market_sentence
from strategy.plan.market import overwon, pool_courses, rivals_answer, set_market
from strategy.plan.moves import set_cell, set_fixed
from strategy.plan.plan import Plan, start
from strategy.words.wording import LANGUAGES, Wording

SEGMENT = "families"
EN = Wording("en", "EUR")
BOTH = pytest.mark.parametrize("say", [Wording(language, "EUR") for language in LANGUAGES], ids=LANGUAGES)


def told(**answers: float) -> Plan:
    """Telecom that spends half as much again on winning families, with answers about their market."""
    plan = start(load_sample("telecom"))
    plan = set_cell(set_fixed(plan, False), SEGMENT, "acquire", 1_050_000)
    for field, value in answers.items():
        plan = set_market(plan, SEGMENT, field, Estimate.of(value))
    return plan


def prospects(plan: Plan, say: Wording = EN) -> Chart:
    found = read_out(plan.case, plan.spend)
    return charts.prospects_over_time(plan.case, pool_courses(plan.case, found, SEGMENT), SEGMENT, say)


def rivals(plan: Plan, say: Wording = EN) -> Chart:
    return charts.rivals_over_time(plan.case, rivals_answer(plan), SEGMENT, say)


@BOTH
def test_prospects_over_time_balance_in_the_numbers_and_the_figure(say: Wording) -> None:
    plan = told(refill=500, return_share=0.4)
    chart = prospects(plan, say)
    left, won = (np.array(chart.table[say.text(heading)].numbers) for heading in ("Prospects, plan", "Won, plan"))
    new, back = (
        np.array(chart.table[say.text(heading)].numbers)
        for heading in ("New prospects, plan", "Left and could come back, plan")
    )
    # what is left next = left - won + refilled + returned (the definition of the pool)
    np.testing.assert_allclose(left[1:], (left - won + new + back)[:-1], rtol=1e-12)
    assert left[0] == 60_000
    assert set(new) == {500}
    drawn = {trace.name: trace for trace in chart.figure.data if trace.name}
    np.testing.assert_allclose(drawn[say.text("prospects, plan")].y, left)
    np.testing.assert_allclose(drawn[say.text("won, plan")].y, won)
    assert say.short_number(float(left[-1])) in chart.plain_title


def test_a_pool_that_runs_out_is_the_finding_with_the_period() -> None:
    case = load_sample("telecom").model_copy(update={"horizon": 60, "events": ()})
    plan = set_market(start(case), SEGMENT, "refill", Estimate.of(0))
    plan = set_cell(set_fixed(plan, False), SEGMENT, "acquire", 9e8)
    found = read_out(plan.case, plan.spend)
    left = pool_courses(plan.case, found, SEGMENT)[1].left
    first = int(np.flatnonzero(left < 600)[0]) + 1
    title = charts.prospects_over_time(plan.case, pool_courses(plan.case, found, SEGMENT), SEGMENT, EN).plain_title
    assert f"nobody is left by year {first}" in title
    assert not overwon(plan.case, found) or SEGMENT not in {over.segment for over in overwon(plan.case, found)}


@BOTH
def test_what_rivals_undo_lies_between_today_s_and_the_plan_without_them(say: Wording) -> None:
    plan = told(rival_response=0.5)
    chart = rivals(plan, say)
    headings = ("Today's split", "Plan", "Plan, if rivals did not answer")
    today, with_rivals, alone = (np.array(chart.table[say.text(heading)].numbers) for heading in headings)
    # after the first period half of the gain is undone (kappa = 0.5, the same spend throughout; no event in 4 and 5)
    np.testing.assert_allclose(with_rivals[3:], ((today + alone) / 2)[3:], rtol=1e-9)
    assert with_rivals[0] == alone[0]
    case = plan.case
    without = set_market(plan, SEGMENT, "rival_response", None).case
    lost = read_out(without, plan.spend).customer_equity - read_out(case, plan.spend).customer_equity
    assert say.short_money(lost) in chart.plain_title
    assert say.percent(0.5, 0) in chart.plain_title


def test_rivals_with_nothing_to_undo_say_so() -> None:
    plan = set_market(start(load_sample("telecom")), SEGMENT, "rival_response", Estimate.of(0.9))
    assert "rivals have nothing to undo" in rivals(plan).plain_title


SHIFTS = [
    MarketShift("rivals", True, 380.0, 1000.0, 83.0, 100.0),
    MarketShift("run_out", False, 20.0, 1000.0, 0.1, 100.0),
    MarketShift("refilled", False, 0.0, 1000.0, 0.0, 100.0),
    MarketShift("phases", True, 410.0, 1000.0, 8.0, 100.0, 2),
]


def classroom() -> Case:
    return load_sample("classroom")


def test_each_change_is_told_as_a_manager_would() -> None:
    sentences = [market_sentence(classroom(), shift, EN) for shift in SHIFTS]
    assert sentences == [
        "If rivals undo half of what you gain, 38% of the best split moves; not moving it costs €83, 83% of what it "
        "brings.",
        "Since prospects run out as you believe, 2% of the best split moves, and that adds next to nothing (€0.10).",
        "Since prospects run out and fill up as you believe, the best split stays as it is.",
        "Spending otherwise from year 2 on than before adds 8% to what the best split brings (€8).",
    ]


@pytest.mark.parametrize(("moved", "stays"), [(1000 * STAYS, False), (999 * STAYS, True)])
def test_the_best_split_stays_below_a_share_that_nobody_would_move(moved: float, stays: bool) -> None:
    sentence = market_sentence(classroom(), MarketShift("rivals", True, moved, 1000.0, 83.0, 100.0), EN)
    assert ("stays as it is" in sentence) == stays


@BOTH
def test_the_advice_shows_the_share_that_moves_with_what_it_is_worth(say: Wording) -> None:
    chart = charts.market_advice(classroom(), SHIFTS, say)
    assert chart.plain_title == market_sentence(classroom(), SHIFTS[0], say).rstrip(".")
    assert list(chart.figure.data[0].x) == [0.38, 0.02, 0.0, 0.41]
    assert chart.table[say.text("Gained by moving it")].numbers == (83.0, 0.1, 0.0, 8.0)
    for shift in SHIFTS:
        assert market_sentence(classroom(), shift, say) in chart.summary


@BOTH
def test_where_nothing_of_the_market_can_move_the_advice_the_chart_says_so(say: Wording) -> None:
    chart = charts.market_advice(classroom(), [], say)
    assert len(chart.plain_title) > 20
    assert len(chart.table) == 0


def test_a_change_that_the_case_has_is_not_supposed_and_what_cannot_be_is_left_out() -> None:
    case = runs_out_everywhere(classroom(), 0.0)
    shifts = market_shifts(case)
    assert [(shift.change, shift.supposed) for shift in shifts] == [("rivals", True), ("run_out", False)]
    filled: Any = market_shifts(runs_out_everywhere(classroom(), 0.5))
    assert [(shift.change, shift.supposed) for shift in filled] == [("rivals", True), ("refilled", False)]


def test_a_pool_of_half_refills_half_of_today_s_new_customers() -> None:
    case = runs_out_everywhere(classroom(), 0.5)
    pool = case.segments[0].prospect_pool
    assert pool is not None
    assert pool.refill.likely == pytest.approx(200), "the classroom wins 400 a year today"
    assert pool.return_share.likely == 0.5
