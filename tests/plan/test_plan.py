"""The plan: the total stays when it is fixed, locks hold, every change can be undone, and a file gives it back."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.allocation.best_split import Goal
from strategy.allocation.limits import Limits
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import SAMPLES, load_sample
from strategy.errors import PlannerError
from strategy.plan.history import HISTORY, History, Step
from strategy.plan.moves import (
    choose,
    lock,
    reset,
    set_budget,
    set_cell,
    set_cell_limits,
    set_fixed,
    set_lever,
    set_lever_limits,
    set_search,
    set_spend,
    take_over,
)
from strategy.plan.plan import Plan, start
from strategy.plan.plan_file import read_plan
from tests import cases, reference

Document = dict[str, Any]
Amounts = dict[str, dict[str, float]]

FAMILIES = "families"
ROUNDING = 1e-9
"""What adding up a plan may be off by, as a share of its budget."""


def telecom(**fields: Any) -> Plan:
    """Today's plan of the example firm: acquire 900,000, develop 250,000, retain 500,000, reduce_cost 200,000."""
    return start(case_from(cases.telecom() | fields))


def spend_of(plan: Plan, segment: str = FAMILIES) -> tuple[float, ...]:
    return tuple(plan.spend[segment].values())


def with_initiatives() -> Plan:
    """Two segments and the initiatives app (one-off), club and ambassadors (running costs); today's is the budget."""
    return start(case_from(cases.events_and_initiatives() | {"budget": 3_700_000}))


def code_of(change: Callable[[], object]) -> str:
    with pytest.raises(PlannerError) as refused:
        change()
    return refused.value.code


# Starting ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
def test_everybody_starts_with_todays_split_within_the_firms_budget(sample: str) -> None:
    case = load_sample(sample)
    plan = start(case)
    assert plan.spend == case.today
    assert (plan.budget, plan.initiatives, plan.as_today) == (case.planned_budget, (), True)
    assert plan.fixed == (plan.unallocated == 0)


@pytest.mark.parametrize(
    ("budget", "fixed", "left"), [(1_850_000, True, 0), (2e6, False, 150_000), (1e6, False, -850_000)]
)
def test_the_total_is_fixed_where_today_spends_the_budget(budget: float, fixed: bool, left: float) -> None:
    plan = telecom(budget=budget)
    assert plan.fixed is fixed
    assert plan.unallocated == pytest.approx(left)


def test_a_plan_adds_up() -> None:
    plan = choose(set_fixed(with_initiatives(), False), "club", True)
    club = reference.initiative_total(cases.events_and_initiatives(), ["club"])
    assert plan.spent == pytest.approx(3_700_000)
    assert plan.initiative_cost == pytest.approx(club)
    assert plan.unallocated == pytest.approx(-club)
    assert plan.lever_total("acquire") == pytest.approx(1_800_000)
    assert not plan.as_today


def test_only_cells_that_take_money_are_cells() -> None:
    plan = start(case_from(cases.one_period()))
    assert plan.cells() == [("all", "acquire")]
    assert plan.cells("retain") == []
    assert telecom().cells("retain") == [(FAMILIES, "retain")]


# Moving money --------------------------------------------------------------------------------------------------------


def test_with_the_total_fixed_the_others_give_way_in_proportion() -> None:
    # Retain takes 95,000 of the others' 1,350,000: each keeps 1,255,000/1,350,000 of what it had, by hand.
    kept = 1_255_000 / 1_350_000
    assert spend_of(set_cell(telecom(), FAMILIES, "retain", 595_000)) == pytest.approx(
        (900_000 * kept, 250_000 * kept, 595_000, 200_000 * kept)
    )


def test_what_a_cell_gives_up_goes_to_the_others_in_proportion() -> None:
    more = 1_850_000 / 1_350_000
    assert spend_of(set_cell(telecom(), FAMILIES, "retain", 0)) == pytest.approx(
        (900_000 * more, 250_000 * more, 0, 200_000 * more)
    )


def test_with_the_total_free_the_others_stay() -> None:
    changed = set_cell(set_fixed(telecom(), False), FAMILIES, "retain", 595_000)
    assert spend_of(changed) == (900_000, 250_000, 595_000, 200_000)
    assert changed.unallocated == pytest.approx(-95_000)


def test_no_cell_gets_more_than_there_is() -> None:
    assert spend_of(set_cell(telecom(), FAMILIES, "retain", 5e6)) == (0, 0, 1_850_000, 0)


def test_no_cell_gets_less_than_nothing_or_more_than_any_amount() -> None:
    assert spend_of(set_cell(telecom(), FAMILIES, "retain", -5))[2] == 0
    assert spend_of(set_cell(set_fixed(telecom(), False), FAMILIES, "retain", 1e18))[2] == 1e15


@pytest.mark.parametrize("asked", [2e6, 5e6, 1e8])
def test_nobody_is_left_with_less_than_nothing_by_rounding(asked: float) -> None:
    # Amounts whose sum is not exact in binary; 5,000,000 of 1,931,313.35 once left the others at -1e-10.
    document = cases.telecom() | {"budget": None}
    amounts = (762_280.08, 2_106.05, 445_387.19, 721_540.03)
    for lever, amount in zip(document["segments"][0]["levers"].values(), amounts, strict=True):
        lever["spend"] = amount
    plan = set_fixed(start(case_from(document)), True)
    for taken in (set_cell(plan, FAMILIES, "retain", asked), set_lever(plan, "retain", asked)):
        assert min(spend_of(taken)) >= 0
        assert read_plan(taken.to_json()) == taken


def test_others_without_money_share_as_today() -> None:
    # Everything was on retain; 900,000, 250,000 and 200,000 of 1,350,000 are today's shares of the rest.
    everything = set_cell(telecom(), FAMILIES, "retain", 1_850_000)
    back = set_cell(everything, FAMILIES, "retain", 500_000)
    assert spend_of(back) == pytest.approx((900_000, 250_000, 500_000, 200_000))


def test_others_without_money_and_without_a_today_share_evenly() -> None:
    document = cases.telecom()
    for lever in document["segments"][0]["levers"].values():
        lever["spend"] = 0
    document["segments"][0]["levers"]["retain"]["spend"] = 300_000
    plan = start(case_from(document | {"budget": 300_000}))
    assert spend_of(set_cell(plan, FAMILIES, "retain", 0)) == pytest.approx((100_000, 100_000, 0, 100_000))


def test_a_locked_cell_neither_moves_nor_gives_way() -> None:
    plan = lock(telecom(), [(FAMILIES, "acquire")], True)
    assert set_cell(plan, FAMILIES, "acquire", 1) == plan
    # Develop and reduce_cost alone pay for 95,000 of their 450,000.
    kept = 355_000 / 450_000
    assert spend_of(set_cell(plan, FAMILIES, "retain", 595_000)) == pytest.approx(
        (900_000, 250_000 * kept, 595_000, 200_000 * kept)
    )


def test_the_last_unlocked_cell_cannot_move_while_the_total_is_fixed() -> None:
    others = [(FAMILIES, code) for code in ("acquire", "develop", "reduce_cost")]
    plan = lock(telecom(), others, True)
    assert spend_of(set_cell(plan, FAMILIES, "retain", 900_000)) == pytest.approx(spend_of(plan))


def test_a_lever_moves_its_segments_in_proportion_and_the_others_give_way() -> None:
    # Two segments alike: retain holds 1,000,000, of which each has half; the others' 2,700,000 become 2,200,000.
    changed = set_lever(with_initiatives(), "retain", 1_500_000)
    kept = 2_200_000 / 2_700_000
    for segment in (FAMILIES, "seniors"):
        assert spend_of(changed, segment) == pytest.approx((900_000 * kept, 250_000 * kept, 750_000, 200_000 * kept))


def test_a_lever_leaves_its_locked_segment_alone() -> None:
    plan = lock(with_initiatives(), [(FAMILIES, "retain")], True)
    changed = set_lever(plan, "retain", 1_500_000)
    assert changed.spend[FAMILIES]["retain"] == 500_000
    assert changed.spend["seniors"]["retain"] == pytest.approx(1_000_000)
    assert set_lever(plan, "retain", 100_000).spend["seniors"]["retain"] == 0


def test_another_budget_scales_the_unlocked_cells() -> None:
    plan = lock(telecom(), [(FAMILIES, "acquire")], True)
    # 1,425,000 less 900,000 leaves 525,000 for what was 950,000.
    kept = 525_000 / 950_000
    assert spend_of(set_budget(plan, 1_425_000)) == pytest.approx(
        (900_000, 250_000 * kept, 500_000 * kept, 200_000 * kept)
    )
    assert spend_of(set_budget(set_fixed(telecom(), False), 1e6)) == spend_of(telecom())


def test_a_budget_below_the_locks_leaves_the_rest_nothing_and_says_what_is_missing() -> None:
    plan = set_budget(lock(telecom(), [(FAMILIES, "acquire")], True), 600_000)
    assert spend_of(plan) == (900_000, 0, 0, 0)
    assert plan.unallocated == pytest.approx(-300_000)


def test_fixing_the_total_fills_the_budget() -> None:
    plan = set_fixed(telecom(budget=2_775_000), True)
    assert spend_of(plan) == pytest.approx([1.5 * amount for amount in spend_of(telecom())])


@pytest.mark.parametrize("amount", [1e9, 1e12, 1e15])
def test_fixing_the_total_fills_the_budget_however_much_a_cell_was_given_before(amount: float) -> None:
    free = set_fixed(telecom(budget=1_850_000.37), False)
    plan = set_fixed(set_cell(free, FAMILIES, "retain", amount), True)
    assert plan.spent == pytest.approx(1_850_000.37, rel=ROUNDING)
    assert plan.unallocated == 0


def test_a_chosen_initiative_is_paid_by_the_cells_and_gives_it_back() -> None:
    plan = with_initiatives()
    chosen = choose(plan, "club", True)
    assert chosen.initiatives == ("club",)
    assert chosen.spent == pytest.approx(3_700_000 - chosen.initiative_cost)
    assert spend_of(choose(chosen, "club", False)) == pytest.approx(spend_of(plan))
    assert choose(chosen, "club", True).initiatives == ("club",)


def test_initiatives_stay_in_the_order_of_the_case() -> None:
    assert choose(choose(with_initiatives(), "club", True), "app", True).initiatives == ("app", "club")


def test_what_the_firm_does_not_have_is_refused() -> None:
    plan = start(case_from(cases.one_period()))
    assert code_of(lambda: choose(plan, "club", True)) == "no_initiatives"
    assert code_of(lambda: choose(with_initiatives(), "nobody", True)) == "unknown_initiative"
    assert code_of(lambda: set_spend(plan, {"all": {"retain": 5}})) == "spend_on_constant"
    assert code_of(lambda: set_spend(plan, {"all": {"advertise": 5}})) == "unknown_lever"
    assert code_of(lambda: set_spend(plan, {"others": {}})) == "unknown_segment"
    assert code_of(lambda: set_cell_limits(plan, {"all": {"acquire": (2, 1)}})) == "limit_order"
    assert code_of(lambda: set_lever_limits(plan, "acquire", 5, 2)) == "limit_order"


def test_taking_over_a_split_keeps_it_as_it_is() -> None:
    spend = {FAMILIES: {"acquire": 1.0, "develop": 2.0, "retain": 3.0, "reduce_cost": 4.0}}
    taken = take_over(telecom(), spend, ())
    assert taken.spend == spend
    assert taken.fixed is False  # its total is not the budget
    assert take_over(telecom(), set_cell(telecom(), FAMILIES, "retain", 0).spend, ()).fixed is True


@pytest.mark.parametrize(("more", "fixed"), [(-1.0, False), (0.0, True), (1.0, False)])
def test_a_total_stays_fixed_only_where_a_whole_split_spends_it(more: float, fixed: bool) -> None:
    plan = telecom()
    levers = plan.spend[FAMILIES]
    changed = set_spend(plan, plan.spend | {FAMILIES: levers | {"retain": levers["retain"] + more}})
    assert changed.fixed is fixed
    assert changed.unallocated == pytest.approx(-more)
    assert set_spend(set_fixed(plan, False), plan.spend).fixed is False


def test_reset_is_today_with_initiatives_to_be_chosen_too() -> None:
    changed = lock(
        choose(set_cell(with_initiatives(), FAMILIES, "retain", 0), "club", True), [(FAMILIES, "retain")], True
    )
    assert reset(changed) == with_initiatives().having(choose_initiatives=True)


# Locks, limits and the search ----------------------------------------------------------------------------------------


def test_locks_come_and_go() -> None:
    retain, acquire = (FAMILIES, "retain"), (FAMILIES, "acquire")
    locked = lock(telecom(), [retain, acquire], True)
    assert set(locked.locked) == {retain, acquire}
    assert lock(locked, [retain], False).locked == (acquire,)
    assert lock(locked, [retain], True).locked.count(retain) == 1
    assert lock(start(case_from(cases.one_period())), [("all", "retain")], True).locked == ()  # a constant


def test_the_search_respects_locks_at_what_they_hold_now() -> None:
    plan = lock(set_cell_limits(telecom(), {FAMILIES: {"develop": (1, 2)}}), [(FAMILIES, "retain")], True)
    plan = set_lever_limits(plan, "acquire", None, 7)
    assert plan.all_limits == Limits(
        {FAMILIES: {"develop": (1, 2)}}, {"acquire": (0, 7)}, {FAMILIES: {"retain": 500_000}}
    )
    assert set_lever_limits(plan, "acquire", None, None).limits.levers == {}
    assert set_lever_limits(plan, "acquire", 3, None).limits.levers == {"acquire": (3, 1e15)}


def test_the_goal_counts_draws_only_where_somebody_is_averse() -> None:
    plan = telecom()
    assert plan.goal == Goal(0, plan.seed, 0.0)
    assert set_search(plan, aversion=0.5).goal == Goal(plan.draws, plan.seed, 0.5)
    assert set_search(plan, at_most=True, choose_initiatives=True).at_most is True


# Any sequence of changes ---------------------------------------------------------------------------------------------

Change = Callable[[Plan], Plan]


@st.composite
def changes(draw: Callable[..., Any], case: Case) -> Change:
    """One change that a person can make to a plan of this case."""
    cells = start(case).cells()
    codes = sorted({code for _, code in cells})
    amount = draw(st.one_of(st.just(0.0), st.floats(0, 1e7, allow_subnormal=False), st.floats(0, 1e15)))
    flag = draw(st.booleans())
    made: list[Change] = [
        lambda plan: set_budget(plan, amount),
        lambda plan: set_fixed(plan, flag),
        lambda plan: set_search(plan, aversion=0.25, at_most=flag, choose_initiatives=not flag),
        reset,
    ]
    if cells:
        (segment, code), lever = draw(st.sampled_from(cells)), draw(st.sampled_from(codes))
        made += [
            lambda plan: set_cell(plan, segment, code, amount),
            lambda plan: set_cell(plan, segment, code, amount),
            lambda plan: set_lever(plan, lever, amount),
            lambda plan: lock(plan, [(segment, code)], flag),
            lambda plan: set_lever_limits(plan, lever, min(amount, 5.0), None if flag else amount),
            lambda plan: set_cell_limits(plan, {segment: {code: (0.0, amount)}}),
            lambda plan: take_over(plan, {segment: {code: amount}}, plan.initiatives),
        ]
    if case.initiative_ids:
        initiative = draw(st.sampled_from(case.initiative_ids))
        made += [lambda plan: choose(plan, initiative, flag)] * 2
    return draw(st.sampled_from(made))


def add_up(plan: Plan, largest: float) -> None:
    """What holds for every plan; with its total fixed it spends the budget, unless locks and initiatives take more.

    largest  the largest amount there was, money: what rounding is small against
    """
    for segment, levers in plan.spend.items():
        for code, amount in levers.items():
            assert amount >= 0
            assert amount == 0 or (segment, code) in plan.cells()
    if plan.fixed:
        held = sum(plan.spend[segment][code] for segment, code in plan.locked) + plan.initiative_cost
        free = [cell for cell in plan.cells() if cell not in plan.locked]
        if free and held <= plan.budget:
            assert plan.spent + plan.initiative_cost == pytest.approx(plan.budget, abs=ROUNDING * largest)


@settings(max_examples=40)
@given(cases.cases(triples=True, max_segments=2, max_horizon=3), st.data())
def test_whatever_people_do_the_total_the_locks_and_the_file_hold(document: Document, data: st.DataObject) -> None:
    case = case_from(document)
    plan, largest = start(case), 1.0
    for change in data.draw(st.lists(changes(case), max_size=8)):
        before, plan = plan, change(plan)
        largest = max(largest, plan.budget, plan.spent)
        add_up(plan, largest)
        assert read_plan(plan.to_json()) == plan
        assert before == read_plan(before.to_json())  # a change makes a copy


@pytest.mark.parametrize("traces", [1e-29, 1e-30, 9.9e-31, 5e-324])
def test_traces_of_money_come_back_from_the_file_as_they_were(traces: float) -> None:
    plan = set_budget(set_budget(start(load_sample("classroom", "en")), traces), traces / 3)
    assert read_plan(plan.to_json()) == plan


@settings(max_examples=60)
@given(cases.cases(max_segments=2, max_horizon=3), st.data())
def test_a_fixed_total_and_locked_cells_survive_every_move(document: Document, data: st.DataObject) -> None:
    case = case_from(document)
    plan = set_fixed(start(case), True)
    cells = plan.cells()
    if len(cells) < 2:
        return
    locked = data.draw(st.lists(st.sampled_from(cells), unique=True, max_size=len(cells) - 1))
    plan = lock(plan, locked, True)
    for _ in range(data.draw(st.integers(1, 5))):
        segment, code = data.draw(st.sampled_from(cells))
        amount = data.draw(st.floats(0, 3)) * max(plan.budget, 1.0)
        lever_too = data.draw(st.booleans())
        changed = set_lever(plan, code, amount) if lever_too else set_cell(plan, segment, code, amount)
        for held_segment, held_code in locked:
            assert changed.spend[held_segment][held_code] == plan.spend[held_segment][held_code]
        assert changed.spent == pytest.approx(plan.spent, abs=ROUNDING * max(plan.budget, 1.0))
        others = [c for c in cells if c not in locked and (c[1] != code if lever_too else c != (segment, code))]
        in_proportion(plan, changed, others)
        plan = changed


def in_proportion(before: Plan, after: Plan, cells: list[tuple[str, str]]) -> None:
    """Cells that gave way kept their shares of each other, where they had anything."""
    had = [before.spend[segment][code] for segment, code in cells]
    have = [after.spend[segment][code] for segment, code in cells]
    if sum(had) > 0:
        expected = [sum(have) * amount / sum(had) for amount in had]
        assert have == pytest.approx(expected, rel=1e-9, abs=ROUNDING * max(before.budget, 1.0))


# Undo ----------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.data())
def test_undo_and_redo_give_back_exactly_what_was_there(amounts: list[int], data: st.DataObject) -> None:
    history = History(Step("opened", (), telecom()))
    plans = [history.plan]
    for number, amount in enumerate(amounts):
        changed = set_cell(history.plan, FAMILIES, "retain", 100_000.0 * amount + number)
        history = history.record("moved", changed, to=str(amount))
        plans.append(changed)
    back = data.draw(st.integers(0, len(amounts)))
    for step in range(back):
        history = history.undo()
        assert history.plan is plans[-2 - step]
    for step in range(back):
        history = history.redo()
        assert history.plan is plans[len(plans) - back + step]
    assert history.undone == ()
    assert history.redo() is history


def test_a_step_says_what_led_to_it() -> None:
    history = History(Step("opened", (), telecom())).record("moved", set_budget(telecom(), 1.0), lever="Retain", to="5")
    assert history.now.message == "moved"
    assert history.now.arguments == (("lever", "Retain"), ("to", "5"))
    assert history.undo().now.message == "opened"


def test_a_change_that_changes_nothing_is_none() -> None:
    history = History(Step("opened", (), telecom()))
    assert history.record("moved", telecom()) is history


def test_nothing_before_the_first_and_nothing_after_the_last() -> None:
    history = History(Step("opened", (), telecom()))
    assert history.undo() is history
    assert history.redo() is history


def test_a_change_after_undo_forgets_what_was_undone() -> None:
    history = History(Step("opened", (), telecom())).record("a", set_budget(telecom(), 1.0)).undo()
    history = history.record("b", set_budget(telecom(), 2.0))
    assert history.redo() is history
    assert history.undo().plan == telecom()


def test_at_most_two_hundred_steps_are_kept() -> None:
    assert HISTORY == 200
    plan = telecom()
    history = History(Step("opened", (), plan))
    for number in range(1, 251):
        history = history.record("moved", set_search(plan, seed=number))
    assert len(history.past) == 200
    for _ in range(300):
        history = history.undo()
    assert history.plan.seed == 50
    for _ in range(300):
        history = history.redo()
    assert history.plan.seed == 250
    assert len(history.past) == 200


def test_the_same_plan_in_other_words_is_no_step() -> None:
    history = History(Step("opened", (), telecom())).record("a", set_budget(telecom(), 1.0))
    replaced = history.replaced(set_budget(telecom(), 2.0))
    assert replaced.past == history.past
    assert (replaced.now.message, replaced.plan.budget) == ("a", 2.0)


def test_a_plan_cannot_be_changed_in_place() -> None:
    plan = telecom()
    with pytest.raises(Exception, match="frozen"):
        plan.budget = 5.0  # type: ignore[misc]


def test_the_steps_since_a_plan_are_remembered_until_it_is_forgotten() -> None:
    first = start(case_from(cases.one_period()))
    history = History(Step("opened", (), first))
    for draws in (50, 60):
        history = history.record("draws", history.plan.having(draws=draws))
    assert [step.plan.draws for step in history.since(first)] == [first.draws, 50, 60]
    assert history.since(history.plan) == (history.now,)
    assert history.since(start(case_from(cases.one_period()))) == (), "another plan, however alike"
