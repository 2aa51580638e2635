"""Money over time in a plan: each phase is moved on its own, and budget, limits and locks hold in each."""

from collections.abc import Callable
from typing import Any

import pytest

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.coherence import checks
from strategy.dimensions.protection import Lapsed, reactivated
from strategy.dimensions.realization import next_euro, payoffs
from strategy.dimensions.segmentation import merge, split
from strategy.equity.readouts import read_out
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.moves import (
    choose,
    lock,
    move_border,
    reset,
    same_every_period,
    set_budget,
    set_cash,
    set_cell,
    set_fixed,
    set_lever,
    set_phases,
    set_spend,
    set_split,
    take_over,
)
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.plan.plan_file import read_plan
from strategy.plan.scenario import Scenario
from strategy.progress import silent
from tests import cases

FAMILIES, SENIORS = "families", "seniors"
BUDGET = 1_850_000


def telecom(**fields: Any) -> Plan:
    """Today's plan of the example firm over five years: 900,000, 250,000, 500,000 and 200,000."""
    return start(case_from(cases.telecom() | fields))


def two(plan: Plan | None = None) -> Plan:
    """Years 1 and 2, then years 3 to 5."""
    return set_phases(plan or telecom(), 2)


def amounts(plan: Plan, phase: int, segment: str = FAMILIES) -> tuple[float, ...]:
    return tuple(plan.phases[phase].spend[segment].values())


def with_horizon(case: Case, horizon: int) -> Case:
    return case_from(document_of(case) | {"horizon": horizon})


def code_of(change: Callable[[], object]) -> str:
    with pytest.raises(PlannerError) as refused:
        change()
    return refused.value.code


# Coming and going ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "starts", "lengths"), [(1, (1,), (5,)), (2, (1, 3), (2, 3)), (3, (1, 2, 4), (1, 2, 2)), (4, None, None)]
)
def test_phases_divide_the_periods_and_go_on_with_the_same_money(count: int, starts: Any, lengths: Any) -> None:
    plan = set_phases(telecom(), count)
    assert (plan.phased, len(plan.phases)) == (count > 1, count)
    assert starts is None or (plan.starts, plan.lengths) == (starts, lengths)
    assert {amounts(plan, phase) for phase in range(count)} == {(900_000, 250_000, 500_000, 200_000)}
    assert plan.as_today
    assert results.read_out(plan).uplift == 0


@pytest.mark.parametrize(("count", "horizon"), [(0, 5), (5, 5), (5, 120), (3, 2), (2, 1), (-1, 5)])
def test_there_are_no_more_phases_than_four_or_the_periods(count: int, horizon: int) -> None:
    plan = set_case(telecom(), with_horizon(telecom().case, horizon))
    assert code_of(lambda: set_phases(plan, count)) == "phase_count"


def test_a_third_phase_goes_on_with_the_second_and_a_second_stays_when_a_third_goes() -> None:
    plan = set_phases(set_cell(two(), FAMILIES, "retain", 0, 1), 3)
    assert amounts(plan, 2) == amounts(plan, 1) != amounts(plan, 0)
    assert [amounts(set_phases(plan, 2), phase) for phase in (0, 1)] == [amounts(plan, 0), amounts(plan, 1)]


def test_the_same_every_year_keeps_the_money_of_the_first_phase() -> None:
    plan = set_cell(set_cell(two(), FAMILIES, "retain", 0, 1), FAMILIES, "develop", 5, 0)
    assert same_every_period(plan).spend == plan.phases[0].spend
    assert set_phases(plan, 1) == same_every_period(plan)


@pytest.mark.parametrize(("begins", "code"), [(1, "phase_order"), (2, None), (5, None), (6, "phase_too_late")])
def test_a_border_lies_between_its_neighbours(begins: int, code: str | None) -> None:
    plan = two()
    if code:
        assert code_of(lambda: move_border(plan, 1, begins)) == code
    else:
        assert move_border(plan, 1, begins).starts == (1, begins)


def test_the_first_phase_begins_at_once_and_there_is_no_third() -> None:
    assert code_of(lambda: move_border(two(), 0, 2)) == "out_of_range"
    assert code_of(lambda: move_border(two(), 2, 4)) == "out_of_range"
    assert code_of(lambda: move_border(set_phases(telecom(), 3), 1, 4)) == "phase_order"


# Moving money --------------------------------------------------------------------------------------------------------


def test_money_moves_within_its_phase() -> None:
    plan = two()
    for moved in (set_cell(plan, FAMILIES, "retain", 595_000, 1), set_lever(plan, "retain", 595_000, 1)):
        assert amounts(moved, 0) == amounts(plan, 0)
        # The others give way in proportion: each keeps 1,255,000 of 1,350,000, by hand.
        kept = 1_255_000 / 1_350_000
        assert amounts(moved, 1) == pytest.approx((900_000 * kept, 250_000 * kept, 595_000, 200_000 * kept))
        assert moved.spends_all


def test_the_budget_holds_in_each_phase() -> None:
    plan = set_budget(set_cell(two(), FAMILIES, "retain", 0, 1), 3_700_000)
    assert [plan.spent_in(phase) for phase in (0, 1)] == pytest.approx([3_700_000, 3_700_000])
    assert plan.phases[1].spend[FAMILIES]["retain"] == 0


def test_what_is_left_is_left_in_a_phase_and_the_least_of_it_counts() -> None:
    plan = set_cell(set_cell(set_fixed(two(), False), FAMILIES, "retain", 400_000, 0), FAMILIES, "retain", 530_000, 1)
    assert [plan.left_in(phase) for phase in (0, 1)] == pytest.approx([100_000, -30_000])
    assert (plan.unallocated, plan.spent) == (pytest.approx(-30_000), pytest.approx(1_880_000))
    assert not plan.spends_all
    filled = set_fixed(plan, True)
    assert [filled.left_in(phase) for phase in (0, 1)] == [0, 0]


def test_a_lock_holds_in_each_phase_at_what_it_has_there() -> None:
    plan = lock(set_cell(two(), FAMILIES, "retain", 400_000, 1), [(FAMILIES, "retain")], True)
    changed = set_budget(set_lever(plan, "acquire", 1e6, 1), 2e6)
    assert [phase.spend[FAMILIES]["retain"] for phase in changed.phases] == [500_000, 400_000]
    assert set_cell(plan, FAMILIES, "retain", 5, 1) == plan
    assert code_of(lambda: plan.all_limits) == "lock_changes"
    assert lock(two(), [(FAMILIES, "retain")], True).all_limits.locked == {FAMILIES: {"retain": 500_000}}


def test_a_chosen_initiative_is_paid_by_the_cells_of_each_phase() -> None:
    plan = two(start(case_from(cases.events_and_initiatives() | {"budget": 3_700_000})))
    chosen = choose(plan, "club", True)
    assert [chosen.left_in(phase) for phase in (0, 1)] == [0, 0]
    assert chosen.spent_in(1) == pytest.approx(3_700_000 - chosen.initiative_cost)


def test_a_budget_that_limits_cash_pays_an_initiative_when_it_is_paid() -> None:
    # the club costs 50,000 once in period 1 and 40,000 in every period
    plan = choose(two(start(case_from(cases.events_and_initiatives() | {"budget": 3_700_000}))), "club", True)
    assert not plan.cash
    paid = set_cash(plan, True)
    assert (paid.taken_in(0), paid.taken_in(1)) == (pytest.approx(90_000), pytest.approx(40_000))
    assert [paid.spent_in(phase) for phase in (0, 1)] == [pytest.approx(3_610_000), pytest.approx(3_660_000)]
    assert paid.spends_all
    assert read_plan(paid.to_json()) == paid
    assert set_cash(paid, False).spent_in(0) == pytest.approx(plan.spent_in(0))
    same = same_every_period(paid)
    assert (same.taken_in(0), same.left_in(0)) == (pytest.approx(90_000), 0)  # its dearest period counts in all


def test_the_best_split_keeps_within_what_the_cash_of_a_period_leaves() -> None:
    case = case_from(cases.events_and_initiatives() | {"budget": 3_700_000})
    plan = set_cash(choose(start(case), "club", True), True)
    found = results.divided(plan, silent)
    assert sum(sum(levers.values()) for levers in found.spend.values()) == pytest.approx(3_610_000)


def test_a_whole_path_or_one_phase_can_be_set() -> None:
    plan, none = two(), {FAMILIES: dict.fromkeys(("acquire", "develop", "retain", "reduce_cost"), 0.0)}
    last = set_split(plan, none, 1)
    assert (amounts(last, 0), amounts(last, 1)) == (amounts(plan, 0), (0, 0, 0, 0))
    assert not last.fixed
    assert set_spend(telecom(), last.spend).spend == last.spend
    assert take_over(telecom(), plan.spend, ()).fixed
    assert set_spend(last, none).spend == none


def test_reset_is_about_the_scenario_shown() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 0, 1)
    other = plan.scenario.model_copy(update={"id": "other", "name": "Other", "note": "mine"})
    plan = plan.having(scenarios=(*plan.scenarios, other), shown="other")
    back = reset(plan)
    assert back.as_today
    assert (back.scenario.name, back.scenario.note) == ("Other", "mine")
    assert back.scenarios[0] == plan.scenarios[0]


# What is asked of a plan ---------------------------------------------------------------------------------------------


def test_an_average_weighs_each_phase_with_its_periods() -> None:
    plan = set_cell(set_fixed(two(), False), FAMILIES, "retain", 0, 0)
    # 0 in two years and 500,000 in three: 300,000 a year.
    assert plan.average[FAMILIES]["retain"] == pytest.approx(300_000)
    assert plan.lever_total("retain") == pytest.approx(300_000)
    assert [plan.lever_total("retain", phase) for phase in (0, 1)] == [0, 500_000]
    assert plan.most(FAMILIES, "retain") == 500_000
    assert telecom().average == telecom().spend


def test_results_take_all_phases() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 0, 1)
    found = results.read_out(plan)
    expected = read_out(plan.case, plan.phases)
    assert found.customer_equity == expected.customer_equity
    assert found.customer_equity != results.read_out(same_every_period(plan)).customer_equity
    assert results.read_out(read_plan(plan.to_json())) is found
    assert results.outlook(plan, lambda share: None).customer_equity.p50[1] != pytest.approx(
        results.outlook(same_every_period(plan), lambda share: None).customer_equity.p50[1]
    )


def test_a_lever_is_unpaid_where_no_phase_pays_it() -> None:
    plan = set_cell(set_fixed(two(), False), FAMILIES, "retain", 0, 0)
    assert checks.no_money_in(plan, [FAMILIES], "retain") is None
    assert checks.money_in(plan, [FAMILIES], "retain") == {
        "segments": ("segments", (FAMILIES,)),
        "amount": ("money", pytest.approx(300_000)),
    }
    never = set_cell(plan, FAMILIES, "retain", 0, 1)
    assert checks.no_money_in(never, [FAMILIES], "retain") == {"segments": ("segments", (FAMILIES,))}


def test_saving_hurts_where_one_phase_saves_more_than_today() -> None:
    document = cases.telecom()
    document["segments"][0]["levers"]["reduce_cost"]["side_effects"] = [
        {"metric": "retention_rate", "at_ceiling": -0.01}
    ]
    plan = set_answer(set_fixed(two(start(case_from(document))), False), "keep", "all", FAMILIES)
    assert checks.saving_hurts(plan) is None
    more = set_cell(set_cell(plan, FAMILIES, "reduce_cost", 0, 0), FAMILIES, "reduce_cost", 250_000, 1)
    assert checks.saving_hurts(more) == {"segment": ("segment", FAMILIES), "amount": ("money", 50_000)}


def test_shares_of_levers_are_of_all_the_money_there_is_over_time() -> None:
    plan = set_cell(set_fixed(two(), False), FAMILIES, "retain", 0, 0)
    # Of 1,350,000 in two years and 1,850,000 in three retain has 1,500,000 of 8,250,000.
    assert checks.shares_of(plan)["retain"] == pytest.approx(1.5 / 8.25)
    assert sum(checks.shares_of(plan).values()) == pytest.approx(1)


def test_one_euro_more_in_every_period_is_one_in_every_phase() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 0, 1)
    marginal = read_out(plan.case, plan.phases).marginal_return[0]
    assert next_euro(plan, FAMILIES, "develop") == pytest.approx(marginal[1], rel=1e-6)


def test_payoffs_take_away_what_is_spent_on_customers_in_every_phase() -> None:
    plan = set_fixed(two(), False)
    served = ("develop", "retain", "reduce_cost")
    none = plan.each_phase(lambda money: {FAMILIES: {**money[FAMILIES], **dict.fromkeys(served, 0.0)}})
    only_later = set_spend(plan, [plan.phases[0].__class__(1, none[0].spend), plan.phases[1]])  # type: ignore[index]
    assert payoffs(set_spend(plan, none))[0].increase == pytest.approx(0)
    assert payoffs(only_later)[0].investment > 0


# A changed case ------------------------------------------------------------------------------------------------------


def two_scenarios() -> Plan:
    """Two segments; the scenario shown has phases and a lock, the other moved something else."""
    plan = start(case_from(cases.events_and_initiatives() | {"migration": None, "budget": 3_700_000}))
    phased = lock(set_cell(two(plan), SENIORS, "retain", 100_000, 1), [(SENIORS, "develop")], True).scenario
    other = set_cell(plan, SENIORS, "acquire", 123_456).scenario
    own = {"id": "other", "name": "Other"}
    return plan.having(scenarios=(phased, Scenario.model_validate(other.model_copy(update=own))))


def in_all(plan: Plan, ask: Callable[[Plan], object]) -> list[object]:
    return [ask(plan.showing(scenario)) for scenario in plan.scenario_ids]


def test_a_segment_that_is_split_is_split_in_every_scenario_and_phase() -> None:
    plan = two_scenarios()
    changed = split(plan, SENIORS, 0.25, ("Old", "Older"))
    new = changed.case.segment_ids[-1]
    for before, after in zip(plan.scenarios, changed.scenarios, strict=True):
        for was, now in zip(before.phases, after.phases, strict=True):
            for lever, amount in was.spend[SENIORS].items():
                assert now.spend[SENIORS][lever] == pytest.approx(0.25 * amount)
                assert now.spend[new][lever] == pytest.approx(0.75 * amount)
    assert in_all(changed, lambda shown: shown.locked) == [((SENIORS, "develop"), (new, "develop")), ()]
    assert changed.shown == plan.shown
    assert in_all(changed, lambda shown: results.read_out(shown).customer_equity) == pytest.approx(
        in_all(plan, lambda shown: results.read_out(shown).customer_equity), rel=1e-9
    )


def test_segments_that_are_merged_are_merged_in_every_scenario_and_phase() -> None:
    plan = two_scenarios()
    changed = merge(plan, [FAMILIES, SENIORS], "All")
    for before, after in zip(plan.scenarios, changed.scenarios, strict=True):
        for was, now in zip(before.phases, after.phases, strict=True):
            for lever in ("acquire", "develop", "retain", "reduce_cost"):
                assert now.spend[FAMILIES][lever] == pytest.approx(
                    was.spend[FAMILIES][lever] + was.spend[SENIORS][lever]
                )
            assert SENIORS not in now.spend
    assert read_plan(changed.to_json()) == changed


def test_a_lever_that_becomes_a_constant_gets_nothing_in_any_scenario_or_phase() -> None:
    plan = two_scenarios()
    document = document_of(plan.case)
    document["segments"][1]["levers"]["develop"] = {"constant": 420}
    changed = set_case(plan, case_from(document))
    for scenario in changed.scenarios:
        assert all(phase.spend[SENIORS]["develop"] == 0 for phase in scenario.phases)
        assert not scenario.locked
        assert not scenario.fixed
    assert read_plan(changed.to_json()) == changed


@pytest.mark.parametrize(("horizon", "starts"), [(5, (1, 3)), (3, (1, 3)), (2, (1,)), (1, (1,))])
def test_phases_that_begin_after_the_plan_ends_are_gone(horizon: int, starts: tuple[int, ...]) -> None:
    plan = set_cell(two(), FAMILIES, "retain", 0, 1)
    changed = set_case(plan, with_horizon(plan.case, horizon))
    assert changed.starts == starts
    assert amounts(changed, 0) == amounts(plan, 0)
    assert read_plan(changed.to_json()) == changed


def test_the_lapsed_are_reached_in_each_phase() -> None:
    plan = set_cell(two(), FAMILIES, "retain", 0, 1)
    pool = Lapsed(FAMILIES, 1_000, 10, 0.05)
    changed = reactivated(plan, pool, "Lapsed")
    new = changed.case.segment_ids[-1]
    assert [phase.spend[new]["acquire"] for phase in changed.phases] == pytest.approx([pool.cost] * 2)
    assert changed.spends_all
    assert changed.budget == pytest.approx(BUDGET + pool.cost)
