"""Ten numbers make a firm: in its first period everything is as it was answered."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.case import Case, Constant, Curve
from strategy.case.case_file import read_case
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.case.ten_numbers import EXAMPLES, QUESTIONS, case_from_answers
from strategy.equity.parameters import parameters, spend_array
from strategy.equity.readouts import read_out
from strategy.equity.simulation import Simulation, simulate
from strategy.errors import PlannerError
from strategy.plan.plan import start

ANSWERS: dict[str, float] = dict(EXAMPLES)


def firm(**answers: float) -> Case:
    """The firm of the examples, with some other answers."""
    return case_from_answers("Our firm", "Everybody", "EUR", ANSWERS | answers)


def first_year(case: Case, spend: dict[str, dict[str, float]] | None = None) -> Simulation:
    return simulate(parameters(case), spend_array(case, case.today if spend is None else spend))


def curve(case: Case, code: str) -> Curve:
    found = case.segments[0].levers[code]
    assert isinstance(found, Curve)
    return found


def refusal(**answers: float) -> tuple[str, Any]:
    """The code with which answers are refused, and the answer it names."""
    with pytest.raises(PlannerError) as refused:
        firm(**answers)
    return refused.value.code, refused.value.fields["place"]


def test_ten_questions_have_ten_examples() -> None:
    assert len(QUESTIONS) == len(EXAMPLES) == 10
    assert set(LEVER_CODES) < set(EXAMPLES)


def test_the_examples_are_a_firm() -> None:
    case = firm()
    assert (case.name, case.currency, case.segments[0].name) == ("Our firm", "EUR", "Everybody")
    assert len(case.segments) == 1
    assert case.planned_budget == 900_000  # 450,000 + 150,000 + 200,000 + 100,000
    assert read_case(case.to_json()) == case


money = st.floats(1, 1e6).map(lambda amount: round(amount, 2))


@given(
    st.fixed_dictionaries(
        {
            "customers": st.integers(1, 10**6),
            "new_customers": st.integers(1, 10**5),
            "revenue": money,
            "gross_margin": st.integers(0, 100),
            "cost_to_serve": money,
            "stay": st.floats(0.5, 99.5),
        }
        | {code: st.one_of(st.just(0.0), money) for code in LEVER_CODES}
    )
)
def test_period_1_is_what_was_answered(answers: dict[str, float]) -> None:
    if not any(answers[code] for code in LEVER_CODES):
        return
    case = case_from_answers("Our firm", "Everybody", "EUR", answers)
    found, period = first_year(case), (0, 0, 0, 0)
    assert found.opening[period] == answers["customers"]
    assert found.new[period] == pytest.approx(answers["new_customers"], rel=1e-9)
    assert found.customers[period] == pytest.approx(answers["customers"] + answers["new_customers"], rel=1e-9)
    assert found.retention_rate[period] == pytest.approx(answers["stay"] / 100, rel=1e-9)
    revenue, cost = answers["revenue"] * answers["gross_margin"] / 100, answers["cost_to_serve"]
    assert found.margin[period] == pytest.approx(revenue - cost, rel=1e-9, abs=1e-9 * (revenue + cost))
    assert case.today["customers"] == {code: answers[code] for code in LEVER_CODES}


def test_without_spending_the_defaults_come_true() -> None:
    # The printed defaults: one new customer in five still comes, 5 % less revenue, 40 % more leave (20 -> 28 of 100),
    # serving costs 15 % more.
    found = first_year(firm(), {})
    assert found.new[0, 0, 0, 0] == pytest.approx(3_000 / 5)
    assert found.retention_rate[0, 0, 0, 0] == pytest.approx(0.72)
    assert found.margin[0, 0, 0, 0] == pytest.approx(0.95 * 400 * 0.5 - 1.15 * 60)


def test_at_unlimited_spend_the_defaults_come_true() -> None:
    # 2.5 times as many new customers, 15 % more revenue, 40 % fewer leave (20 -> 12 of 100), serving 20 % cheaper.
    case = firm()
    ceilings = {code: curve(case, code).ceiling.likely for code in LEVER_CODES}
    assert ceilings["acquire"] * case.segments[0].prospects.likely == pytest.approx(2.5 * 3_000)
    assert ceilings["develop"] == pytest.approx(460)
    assert ceilings["retain"] == pytest.approx(0.88)
    assert ceilings["reduce_cost"] == pytest.approx(48)
    assert case.segments[0].prospects.likely == 20 * 3_000
    develop, retain = curve(case, "develop").ceiling, curve(case, "retain").ceiling
    assert (develop.low, develop.high) == pytest.approx((440, 480))  # 10 % to 20 % more
    assert (retain.low, retain.high) == pytest.approx((0.85, 0.9))  # 25 % to 50 % fewer leave


def test_years_and_discounting_are_the_printed_defaults() -> None:
    case = firm()
    assert (case.discount_rate, case.horizon, case.period, case.discount_timing) == (0.10, 5, "year", "start")


@pytest.mark.parametrize("code", LEVER_CODES)
def test_where_nothing_is_spent_today_a_tenth_of_the_budget_brings_the_lever_half_way(code: str) -> None:
    # The printed default: half way from today's metric to the one at unlimited spend.
    case = firm(**{code: 0.0})
    today, lever = first_year(case), curve(case, code)
    assert lever.spend == 0
    assert lever.points[0][0] == pytest.approx(case.planned_budget / 10)
    answered = {"acquire": 3_000 / 60_000, "develop": 400.0, "retain": 0.8, "reduce_cost": 60.0}[code]
    assert lever.floor.likely == pytest.approx(answered)
    assert lever.points[0][1].likely == pytest.approx((lever.floor.likely + lever.ceiling.likely) / 2)
    assert today.new[0, 0, 0, 0] == pytest.approx(3_000)
    assert today.retention_rate[0, 0, 0, 0] == pytest.approx(0.8)


@pytest.mark.parametrize("stay", [0.5, 10, 28, 29, 50, 99, 99.5])
def test_hardly_anybody_or_nearly_everybody_may_stay(stay: float) -> None:
    retain = curve(firm(stay=stay), "retain")
    assert 0 <= retain.floor.likely < stay / 100 < retain.ceiling.low <= retain.ceiling.high < 1


def test_spending_on_a_lever_moves_its_metric_the_right_way() -> None:
    case = firm()
    for kind in LEVERS.values():
        more = {"customers": {**case.today["customers"], kind.code: 2 * case.today["customers"][kind.code]}}
        before, after = first_year(case), first_year(case, more)
        moved = {
            "acquire": after.new - before.new,
            "develop": after.margin - before.margin,
            "retain": after.retention_rate - before.retention_rate,
            "reduce_cost": after.margin - before.margin,
        }[kind.code]
        assert moved[0, 0, 0, 0] > 0


def test_no_lever_is_a_constant() -> None:
    assert not any(isinstance(lever, Constant) for _, lever in firm().segments[0].levers.items())


# Refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [question.code for question in QUESTIONS])
@pytest.mark.parametrize("value", [-1, -1e-9, nan, inf, -inf, 1e16])
def test_an_answer_that_is_no_amount_is_refused_by_name(question: str, value: float) -> None:
    assert refusal(**{question: value}) == ("out_of_range", question)


@pytest.mark.parametrize("question", [question.code for question in QUESTIONS if question.unit == "hundred"])
def test_more_than_a_hundred_of_a_hundred_is_refused(question: str) -> None:
    assert refusal(**{question: 100.5}) == ("out_of_range", question)


@pytest.mark.parametrize("value", [0, 100])
def test_nobody_or_everybody_staying_is_refused(value: float) -> None:
    assert refusal(stay=value) == ("out_of_range", "stay")


@pytest.mark.parametrize("question", ["customers", "new_customers", "revenue", "cost_to_serve"])
def test_nothing_is_refused_where_a_firm_needs_something(question: str) -> None:
    assert refusal(**{question: 0}) == ("must_be_above_0", question)


def test_a_firm_without_any_spend_is_refused() -> None:
    assert refusal(**dict.fromkeys(LEVER_CODES, 0))[0] == "must_be_above_0"


@pytest.mark.parametrize("code", ["eur", "EURO", "", "E1R"])
def test_a_currency_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(PlannerError) as refused:
        case_from_answers("Our firm", "Everybody", code, ANSWERS)
    assert refused.value.fields["place"] == "currency"


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(PlannerError):
        case_from_answers(name, "Everybody", "EUR", ANSWERS)


MOST = MAX_AMOUNT / 20  # the prospects are twenty for every new customer, and stay within what a case takes
PEOPLE_AND_MONEY = [question.code for question in QUESTIONS if question.unit != "hundred"]


@pytest.mark.parametrize("code", PEOPLE_AND_MONEY)
def test_the_highest_answer_gives_a_plan_and_more_is_refused_by_its_own_name(code: str) -> None:
    plan = start(firm(**{code: MOST}))
    assert np.isfinite(read_out(plan.case, plan.spend).uplift)
    assert refusal(**{code: np.nextafter(MOST, np.inf)}) == refusal(**{code: 1e15}) == ("out_of_range", code)


@pytest.mark.parametrize("code", PEOPLE_AND_MONEY)
@pytest.mark.parametrize("answer", [5e-324, 1e-300, 1e-20])
def test_an_answer_next_to_nothing_gives_a_plan_that_can_be_computed_or_is_refused(code: str, answer: float) -> None:
    try:
        case = firm(**{code: answer})
    except PlannerError:
        return
    found = read_out(case, case.today)
    assert np.isfinite([found.uplift, *(cost for cost in (*found.cac, *found.marginal_cac) if cost is not None)]).all()


def test_all_answers_at_their_highest_give_a_plan() -> None:
    plan = start(firm(**dict.fromkeys(PEOPLE_AND_MONEY, MOST)))
    assert plan.budget == 4 * MOST
    assert np.isfinite(read_out(plan.case, plan.spend).plan.customer_equity).all()


@given(
    st.fixed_dictionaries(
        {code: st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1e15)) for code in EXAMPLES}
    )
)
def test_whatever_is_answered_there_is_a_firm_or_a_planner_error(answers: dict[str, float]) -> None:
    try:
        case = case_from_answers("Our firm", "Everybody", "EUR", answers)
    except PlannerError:
        return
    assert np.isfinite(first_year(case).customer_equity).all()
    assert start(case).case == case
