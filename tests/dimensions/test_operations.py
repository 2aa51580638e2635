"""What it takes: hours, money per customer, channels, hand-overs, balance, initiatives, side effects."""

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given as supposing
from hypothesis import strategies as st

from strategy.case.beliefs import FROM_FILE, Origin
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import document_of, with_number
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.dimensions.operations import (
    CHANNEL_CODES,
    Balance,
    balance,
    channel_use,
    cost_answer,
    cost_of_harm,
    cost_per_contact,
    hand_overs,
    hours_a_year,
    initiative_gains,
    saved_per_customer,
    side_effect,
    time_freed,
    turned,
    with_automation,
    with_harm,
    without_owner,
)
from strategy.equity.parameters import chosen_array, parameters, spend_array
from strategy.equity.simulation import customer_equity
from strategy.errors import PlannerError

BY_HAND: dict[str, Any] = {  # nobody is acquired or referred: 1,000 and 3,000 active customers in period 1
    "schema": 1, "name": "By hand", "period": "year", "horizon": 3, "discount_rate": 0.1,
    "segments": [
        {"id": code, "name": code, "customers": customers, "prospects": 0, "gross_margin": 0.5,
         "levers": {"acquire": {"constant": 0}, "develop": {"constant": 200}, "retain": {"constant": 0.8},
                    "reduce_cost": {"spend": 5000, "floor": 40, "ceiling": [18, 20, 22], "points": [[5000, 30]]}}}
        for code, customers in (("few", 1000), ("many", 3000))
    ],
}  # fmt: skip


def by_hand(**changes: Any) -> Case:
    return case_from(copy.deepcopy(BY_HAND) | changes)


TASK = {"segment": "few", "task": "Typing", "minutes": 2.0, "people": 10.0, "hourly": 40.0, "share": 50.0}


# Time freed ----------------------------------------------------------------------------------------------------------


def test_two_minutes_a_day_is_seven_and_a_half_hours_a_year() -> None:
    """The rule of thumb of the field (item C4): 2 x 225 / 60 = 7.5."""
    assert hours_a_year(2) == 7.5


@supposing(st.floats(0, 480), st.floats(0, 1e5), st.floats(0, 1))
def test_hours_grow_with_minutes_people_and_share_alike(minutes: float, people: float, share: float) -> None:
    """A law: doubling any of the three doubles the hours."""
    hours = hours_a_year(minutes, people, share)
    assert hours_a_year(2 * minutes, people, share) == pytest.approx(2 * hours)
    assert hours_a_year(minutes, 2 * people, share) == pytest.approx(2 * hours)
    assert hours_a_year(minutes, people, 2 * share) == pytest.approx(2 * hours)


def test_a_task_frees_hours_and_money() -> None:
    """2 minutes x 225 x 10 people x 50% / 60 = 37.5 hours; at 40 an hour 1,500 a year."""
    (freed,) = time_freed([TASK])
    assert (freed.hours, freed.money, freed.segment, freed.task) == (37.5, 1500, "few", "Typing")


def test_an_empty_cell_is_one_person_and_the_whole_task_and_no_cost_is_no_money() -> None:
    (freed,) = time_freed([{"minutes": 2.0}])
    assert (freed.hours, freed.money, freed.segment) == (7.5, None, None)


def test_a_task_without_minutes_says_nothing_yet() -> None:
    assert time_freed([{"task": "Typing"}, {"minutes": 0.0}]) == ()
    assert time_freed(None) == ()


@pytest.mark.parametrize(("period", "periods"), [("year", 1), ("quarter", 4), ("month", 12)])
def test_money_is_per_customer_and_period_of_the_case(period: str, periods: int) -> None:
    """1,500 a year over 1,000 customers is 1.50 a year; what is for all, 1,500 over 4,000, is 0.375."""
    given = parameters(by_hand(period=period))
    saved = saved_per_customer(given, time_freed([TASK, {**TASK, "segment": None}]))
    assert saved == pytest.approx({"few": 1.875 / periods, "many": 0.375 / periods})


def test_what_is_saved_per_customer_adds_up_to_the_money() -> None:
    """A law, on a firm that acquires too: saved x active customers in period 1, summed, is the money per period."""
    given = parameters(load_sample("web_shop"))
    rows = [{**TASK, "segment": "regulars"}, {"minutes": 30.0, "hourly": 25.0}]
    saved = saved_per_customer(given, time_freed(rows))
    assert all(type(money) is float for money in saved.values()), "as it stands in an origin"
    total = sum(saved[s] * n for s, n in zip(given.case.segment_ids, given.today_active[0, 0], strict=True))
    assert total == pytest.approx((1500 + 30 * 225 / 60 * 25) / 4)


def test_automation_lowers_the_answer_at_unlimited_spend() -> None:
    case = by_hand()
    answer = cost_answer(case, "few", 1.5, FROM_FILE)
    assert answer is not None
    changed, origin = with_automation(case, "few", answer)
    ceiling = changed.segment("few").levers.reduce_cost.ceiling  # type: ignore[union-attr]
    assert (ceiling.low, ceiling.likely, ceiling.high) == (16.5, 18.5, 20.5)
    assert origin.kind == "computed"
    assert changed.segment("many") == case.segment("many")


def test_a_lower_cost_at_unlimited_spend_is_worth_money() -> None:
    case = by_hand()
    answer = cost_answer(case, "few", 1.5, FROM_FILE)
    assert answer is not None
    changed, _ = with_automation(case, "few", answer)
    spend = {s: {**levers, "reduce_cost": 20_000.0} for s, levers in case.today.items()}
    before, after = (customer_equity(parameters(c), spend_array(c, spend))[0, 0] for c in (case, changed))
    assert after > before


def test_counting_automation_in_twice_lowers_once_and_new_tasks_replace_old_ones() -> None:
    case = by_hand()
    first = cost_answer(case, "few", 1.5, FROM_FILE)
    assert first is not None
    changed, origin = with_automation(case, "few", first)
    again = cost_answer(changed, "few", 1.5, origin)
    assert again is not None
    assert again.counted
    more = cost_answer(changed, "few", 4.0, origin)
    assert more is not None
    assert (more.believed.likely, more.automated.likely, more.counted) == (20, 16, False)


def test_an_answer_that_people_changed_afterwards_is_what_they_believe() -> None:
    case = by_hand()
    first = cost_answer(case, "few", 1.5, FROM_FILE)
    assert first is not None
    changed, origin = with_automation(case, "few", first)
    retold = with_number(changed, ("few", "reduce_cost", "ceiling"), Estimate.of(15))
    answer = cost_answer(retold, "few", 1.5, origin)
    assert answer is not None
    assert (answer.believed.likely, answer.automated.likely) == (15, 13.5)
    believed = cost_answer(changed, "few", 1.5, Origin(kind="believed", source=origin.source))
    assert believed is not None
    assert believed.believed.likely == 18.5


def test_a_cost_never_falls_below_nothing() -> None:
    answer = cost_answer(by_hand(), "few", 1000.0, FROM_FILE)
    assert answer is not None
    assert answer.automated == Estimate.of(0)


def test_where_spending_moves_nothing_there_is_no_answer_to_lower() -> None:
    assert cost_answer(load_sample("web_shop"), "recent", 1.0, FROM_FILE) is None


def test_a_lever_needs_an_activity_with_an_owner() -> None:
    rows = [
        {"lever": "retain", "activity": "Call", "owner": "Service"},
        {"lever": "develop", "activity": "Offer"},
        {"lever": "acquire", "owner": "Sales"},
    ]
    assert without_owner(rows) == ("acquire", "develop", "reduce_cost")
    assert without_owner(None) == LEVER_CODES


# Channels and hand-overs ---------------------------------------------------------------------------------------------


def test_the_cost_per_contact_is_weighted_by_the_contacts() -> None:
    """10 of 100 at 40 and 90 of 100 at 2: 4 + 1.8 = 5.8; personal selling takes 4 / 5.8 of the cost."""
    rows = [
        {"channel": "e_commerce", "contribution": 90.0, "cost": 2.0},
        {"channel": "personal", "contribution": 10.0, "cost": 40.0},
    ]
    used = channel_use(rows)
    assert cost_per_contact(used) == pytest.approx(5.8)
    assert [(c.channel, c.contacts) for c in used] == [("personal", 0.1), ("e_commerce", 0.9)]
    assert used[0].of_cost == pytest.approx(4 / 5.8)


def test_a_channel_that_stands_twice_is_added_up() -> None:
    """20 at 1 and 20 at 3 is 40 at 2."""
    row = {"channel": "telephone", "contribution": 20.0}
    (used,) = channel_use([{**row, "cost": 1.0, "role": "inform"}, {**row, "cost": 3.0, "role": "serve"}])
    assert (used.contacts, used.cost, used.of_cost) == pytest.approx((0.4, 2.0, 1.0))


def test_channels_without_contacts_or_cost_do_not_count() -> None:
    half = [{"channel": "mail", "cost": 2.0}, {"channel": "telephone", "contribution": 5.0}, {"contribution": 9.0}]
    assert channel_use(half) == ()
    (free,) = channel_use([{"channel": "mail", "contribution": 10.0, "cost": 0.0}])
    assert (free.cost, free.of_cost) == (0, 0)


def test_hand_overs_work_do_not_or_are_not_described() -> None:
    rows = [
        {"from": "e_commerce", "to": "telephone", "works": True},
        {"from": "telephone", "to": "e_commerce", "works": False},
        {"from": "mail", "to": "telephone"},
        {"from": "mail", "to": "mail", "works": True},
        {"from": "mail"},
    ]
    matrix = hand_overs(rows)
    web, phone, mail = (CHANNEL_CODES.index(code) for code in ("e_commerce", "telephone", "mail"))
    assert (matrix[web, phone], matrix[phone, web], matrix[mail, phone]) == (1, 0, 0)
    assert int(np.isfinite(matrix).sum()) == 3
    assert np.isnan(np.diag(matrix)).all()


def test_a_hand_over_described_twice_works_only_if_both_say_so() -> None:
    row = {"from": "e_commerce", "to": "telephone"}
    for order in ((True, False), (False, True)):
        assert np.nansum(hand_overs([{**row, "works": works} for works in order])) == 0


# Competences ---------------------------------------------------------------------------------------------------------


def test_a_competence_two_ahead_of_the_weakest_is_out_of_balance() -> None:
    scores = {"knowledge": 2, "proposition": 1, "relationship": 3, "multichannel": 4}
    assert balance(scores) == Balance(("proposition",), ("relationship", "multichannel"), 3)
    assert balance({"knowledge": 2, "proposition": 3}) == Balance(("knowledge",), (), 1)


def test_one_score_is_no_balance() -> None:
    assert balance({"knowledge": 5}) is None
    assert balance(None) is None


# Initiatives and side effects ----------------------------------------------------------------------------------------


def test_what_initiatives_add_is_the_plan_with_each_less_the_plan_without() -> None:
    """One by one through the simulation, with the other initiative chosen or not."""
    case = load_sample("telecom")
    given, spend = parameters(case), case.today
    plan = spend_array(case, spend)

    def equity(*chosen: str) -> float:
        return float(customer_equity(given, plan, chosen_array(case, chosen))[0, 0])

    alone = initiative_gains(given, spend, ())
    assert alone["welcome_call"].gain == pytest.approx(equity("welcome_call") - equity())
    beside = initiative_gains(given, spend, ("family_bundle",))
    assert beside["welcome_call"].gain == pytest.approx(
        equity("welcome_call", "family_bundle") - equity("family_bundle")
    )
    assert beside["family_bundle"].gain == pytest.approx(alone["family_bundle"].gain)
    assert initiative_gains(parameters(by_hand()), by_hand().today, ()) == {}


def test_an_initiative_without_effect_costs_what_it_costs() -> None:
    """600 once and 100 a year for three years at 10%, paid at the start: 600 + 100 (1 + 1/1.1 + 1/1.21) = 873.55."""
    idle = {"id": "idle", "name": "Idle", "lever": "retain", "metric": "retention_rate", "from": 1}
    case = by_hand(initiatives=[{**idle, "one_off": 600, "per_period": 100}, {**idle, "id": "free", "name": "Free"}])
    gains = initiative_gains(parameters(case), case.today, ())
    assert gains["idle"].gain == pytest.approx(-(600 + 100 * (1 + 1 / 1.1 + 1 / 1.21)))
    assert gains["idle"].multiple == pytest.approx(0, abs=1e-9)
    assert gains["idle"].cost == pytest.approx(873.5537 / 2.735537, rel=1e-6)
    assert (gains["free"].gain, gains["free"].multiple) == (0, None)


def test_people_who_leave_are_a_lower_retention_at_the_ceiling() -> None:
    case = with_harm(by_hand(), "few", "retention_rate", Estimate.of(0.5, 1, 3), 100.0)
    effect = side_effect(case, "few", "retention_rate")
    assert effect == Estimate.of(-0.03, -0.01, -0.005)
    assert turned(effect, 1 / 100) == Estimate.of(0.5, 1, 3)
    assert side_effect(with_harm(case, "few", "retention_rate", None, 100.0), "few", "retention_rate") is None


@pytest.mark.parametrize("people", [101.0, -101.0])
def test_no_more_people_leave_than_there_are(people: float) -> None:
    with pytest.raises(PlannerError) as error:
        with_harm(by_hand(), "few", "retention_rate", Estimate.of(people), 100.0)
    assert error.value.code == "out_of_range"


def test_where_nothing_is_saved_by_spending_nothing_is_harmed() -> None:
    case = load_sample("web_shop")
    assert side_effect(case, "recent", "retention_rate") is None
    with pytest.raises(PlannerError) as error:
        with_harm(case, "recent", "retention_rate", Estimate.of(1), 100.0)
    assert error.value.code == "no_curve"


def test_the_harm_of_saving_counts_from_todays_saving_on() -> None:
    case = with_harm(by_hand(), "few", "retention_rate", Estimate.of(5), 100.0)
    more = {s: {**levers, "reduce_cost": 2 * levers["reduce_cost"]} for s, levers in case.today.items()}
    less = {s: {**levers, "reduce_cost": 0.0} for s, levers in case.today.items()}
    assert cost_of_harm(case, case.today, ()) == 0
    assert cost_of_harm(case, more, ()) < 0 < cost_of_harm(case, less, ())
    assert cost_of_harm(by_hand(), more, ()) == 0
    assert document_of(case)["segments"][0]["levers"]["reduce_cost"]["side_effects"], "the case itself keeps them"
