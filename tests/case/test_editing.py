"""Every number of a case can be changed at its place; what cannot be is refused by name and changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.beliefs import ASKED, Origin, asked_spends, believe, believe_constant, said, scale
from strategy.case.case import Case, Constant
from strategy.case.editing import (
    Key,
    document_of,
    entry_document,
    numbers_of,
    with_entry,
    with_migration,
    with_number,
    with_segments,
    with_side_effect,
    without_entry,
)
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import SAMPLES, load_sample
from strategy.errors import PlannerError
from strategy.plan.moves import choose, lock, set_cell
from strategy.plan.plan import Plan, set_case, start
from strategy.plan.plan_file import read_plan
from strategy.plan.register import most_worth_first, register, set_number, set_origin, to_ask_for

CASE = load_sample("telecom")
SEGMENT = CASE.segment_ids[0]
CASES = pytest.mark.parametrize("case", [load_sample(s.code) for s in SAMPLES], ids=[s.code for s in SAMPLES])


# Numbers -------------------------------------------------------------------------------------------------------------


@CASES
def test_writing_a_number_as_it_is_changes_nothing(case: Case) -> None:
    for key, value in numbers_of(case).items():
        assert with_number(case, key, value) == case


@CASES
def test_every_number_can_be_written_and_only_that_one_changes(case: Case) -> None:
    for key, value in numbers_of(case).items():
        nudged = Estimate.of(*(end * (1 + 1e-6) for end in (value.low, value.likely, value.high)))
        changed = numbers_of(with_number(case, key, nudged))
        assert {k for k in changed if changed[k] != numbers_of(case)[k]} == ({key} if value.likely else set())


def test_a_number_that_the_case_does_not_have_is_refused() -> None:
    with pytest.raises(PlannerError) as caught:
        with_number(CASE, ("nobody", "customers"), Estimate.of(1))
    assert caught.value.code == "unknown_number"


def test_a_number_that_breaks_a_rule_is_refused_with_its_place() -> None:
    with pytest.raises(PlannerError) as caught:
        with_number(CASE, (SEGMENT, "gross_margin"), Estimate.of(1.5))
    assert caught.value.code == "out_of_range"
    assert "gross_margin" in caught.value.fields["place"]


def test_a_side_effect_is_put_replaced_and_taken_away() -> None:
    once = with_side_effect(CASE, SEGMENT, "develop", "referral_rate", Estimate.of(0.01))
    twice = with_side_effect(once, SEGMENT, "develop", "referral_rate", Estimate.of(0, 0.02, 0.03))
    assert numbers_of(twice)[SEGMENT, "develop", "referral_rate"] == Estimate.of(0, 0.02, 0.03)
    before = (SEGMENT, "develop", "referral_rate") in numbers_of(CASE)
    gone = with_side_effect(twice, SEGMENT, "develop", "referral_rate", None)
    assert not before
    assert gone == CASE


def test_events_and_initiatives_are_added_replaced_and_taken_away() -> None:
    event = {"name": "Rival enters", "from": 2, "metric": "retention_rate", "multiply": 0.95}
    added = with_entry(CASE, "events", event)
    new = added.events[-1]
    assert (new.id, new.multiply) == ("rival-enters", 0.95)
    changed = with_entry(added, "events", entry_document(new) | {"multiply": 0.9})
    assert [e.multiply for e in changed.events if e.id == new.id] == [0.9]
    assert without_entry(changed, "events", new.id) == CASE


def test_migration_rows_must_sum_to_one() -> None:
    size = len(CASE.segments)
    stays = [[float(row == column) for column in range(size)] for row in range(size)]
    assert with_migration(CASE, stays).migration is not None
    with pytest.raises(PlannerError) as caught:
        with_migration(CASE, [[0.5] * size for _ in range(size)])
    assert caught.value.code == "migration_row"


# What people say -----------------------------------------------------------------------------------------------------


@CASES
def test_saying_again_what_was_said_gives_the_same_curve(case: Case) -> None:
    for segment in case.segments:
        for lever in LEVER_CODES:
            told = said(case, segment.id, lever)
            if "constant" in told:
                assert told["constant"]
                again = believe_constant(case, segment.id, lever, told["constant"])
            else:
                again = believe(case, segment.id, lever, told, asked_spends(case, segment.id, lever))
            assert_close(numbers_of(again), numbers_of(case))


def test_an_answer_that_nobody_touches_stays_to_the_last_digit() -> None:
    told = said(CASE, SEGMENT, "retain") | {"floor": Estimate.of(80.0)}
    changed = numbers_of(believe(CASE, SEGMENT, "retain", told, asked_spends(CASE, SEGMENT, "retain")))
    key = (SEGMENT, "retain", "floor")
    assert {k: v for k, v in changed.items() if k != key} == {k: v for k, v in numbers_of(CASE).items() if k != key}


def assert_close(found: dict[Key, Estimate], expected: dict[Key, Estimate]) -> None:
    assert found.keys() == expected.keys()
    for key, value in found.items():
        for end in ("low", "likely", "high"):
            assert getattr(value, end) == pytest.approx(getattr(expected[key], end), rel=1e-12)


def test_people_answer_in_people_of_a_hundred_and_money() -> None:
    """60,000 prospects, of whom 3 % are won at today's spend: 1,800 new customers (arithmetic)."""
    prospects = CASE.segment(SEGMENT).prospects.likely
    won = CASE.segment(SEGMENT).levers.acquire
    assert not isinstance(won, Constant)
    answer = said(CASE, SEGMENT, "acquire")["answer_1"]
    assert answer is not None
    assert answer.likely == pytest.approx(prospects * won.points[0][1].likely, rel=1e-12)
    assert scale(CASE, SEGMENT, "acquire").unit == "people"
    assert scale(CASE, SEGMENT, "retain").factor == 100
    assert scale(CASE, SEGMENT, "develop").unit == "money"


def test_the_third_answer_may_stay_open() -> None:
    told = said(CASE, SEGMENT, "acquire") | {"answer_2": None}
    changed = believe(CASE, SEGMENT, "acquire", told, asked_spends(CASE, SEGMENT, "acquire"))
    lever = changed.segment(SEGMENT).levers.acquire
    assert not isinstance(lever, Constant)
    assert len(lever.points) == 1
    assert said(changed, SEGMENT, "acquire")["answer_2"] is None


def test_an_answer_beyond_unlimited_spend_is_refused() -> None:
    told = said(CASE, SEGMENT, "retain") | {"answer_1": Estimate.of(99.9)}
    with pytest.raises(PlannerError) as caught:
        believe(CASE, SEGMENT, "retain", told, asked_spends(CASE, SEGMENT, "retain"))
    assert caught.value.code in ("answer_outside", "answers_order", "ranges_overlap")
    assert set(ASKED) == set(told)


# The plan when its case changes --------------------------------------------------------------------------------------


def test_a_lever_that_becomes_a_constant_gets_no_money_and_no_lock() -> None:
    plan = lock(start(CASE), [(SEGMENT, "retain")], True)
    changed = set_case(plan, believe_constant(CASE, SEGMENT, "retain", Estimate.of(90)))
    assert changed.spend[SEGMENT]["retain"] == 0
    assert changed.locked == ()
    assert read_plan(changed.to_json()) == changed


def test_removing_a_segment_takes_its_spend_limits_and_origins_along() -> None:
    plan = set_case(start(CASE), CASE, {(SEGMENT, "customers"): Origin(kind="measured")})
    plan = choose(set_cell(plan, SEGMENT, "retain", 1e6), CASE.initiative_ids[0], True)
    smaller = with_segments(CASE, document_of(CASE)["segments"][1:], None)
    changed = set_case(plan, smaller)
    assert SEGMENT not in changed.to_json()
    assert read_plan(changed.to_json()) == changed


def test_a_new_segment_starts_with_what_it_has_today() -> None:
    document = document_of(CASE)
    copy = document["segments"][0] | {"id": "copy", "name": "Copy"}
    changed = set_case(
        set_cell(start(CASE), SEGMENT, "retain", 1e6), with_segments(CASE, [*document["segments"], copy], None)
    )
    assert changed.spend["copy"] == CASE.today[SEGMENT]
    assert changed.spend[SEGMENT]["retain"] == pytest.approx(1e6)


def test_todays_split_stays_todays_when_the_case_changes() -> None:
    richer = with_number(CASE, (SEGMENT, "retain", "spend"), Estimate.of(1234567))
    assert set_case(start(CASE), richer).as_today


# The register --------------------------------------------------------------------------------------------------------


def typed(key: Key, **ends: float) -> Plan:
    return set_number(start(CASE), key, ends)


def test_the_register_lists_every_number_with_its_unit_and_origin() -> None:
    entries = register(start(CASE))
    assert {entry.key for entry in entries} == set(numbers_of(CASE))
    units = {entry.key[-1]: entry.unit for entry in entries}
    assert (units["customers"], units["gross_margin"], units["spend"]) == ("people", "hundred", "money")


def test_a_share_is_typed_of_a_hundred() -> None:
    assert typed((SEGMENT, "gross_margin"), likely=40).case.segment(SEGMENT).gross_margin == Estimate.of(0.4)


def test_a_likely_value_outside_its_range_widens_the_range() -> None:
    ranged = typed((SEGMENT, "prospects"), low=50000, high=70000)
    widened = set_number(ranged, (SEGMENT, "prospects"), {"likely": 80000})
    assert widened.case.segment(SEGMENT).prospects == Estimate.of(50000, 80000, 80000)


def test_ends_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(PlannerError) as caught:
        typed((SEGMENT, "customers"), low=1e9)
    assert caught.value.code == "triple_order"


def test_what_was_typed_is_believed_and_what_was_measured_stays_measured() -> None:
    key = (SEGMENT, "customers")
    assert typed(key, likely=100).origin(key).kind == "believed"
    measured = set_origin(start(CASE), key, Origin(kind="measured", source="CRM"))
    assert set_number(measured, key, {"likely": 100}).origin(key) == Origin(kind="measured", source="CRM")


def test_what_was_measured_is_not_asked_for_and_what_must_be_confirmed_comes_first() -> None:
    plan = set_origin(start(CASE), (SEGMENT, "customers"), Origin(kind="measured"))
    plan = set_origin(plan, (SEGMENT, "gross_margin"), Origin(kind="default", confirm=True))
    asked = [entry.key for entry in to_ask_for(plan)]
    assert (SEGMENT, "customers") not in asked
    assert asked[0] == (SEGMENT, "gross_margin")


def test_what_is_worth_most_to_know_comes_first() -> None:
    worth = {(SEGMENT, "retain", "answers"): 5.0, (SEGMENT, "prospects"): 9.0}
    first = [entry.key for entry in most_worth_first(register(start(CASE)), worth)[:2]]
    assert first == [(SEGMENT, "prospects"), (SEGMENT, "retain", "answer_1")]


@given(st.floats(0.01, 0.99))
def test_typing_a_number_and_typing_it_back_gives_the_case_back(share: float) -> None:
    key = (SEGMENT, "gross_margin")
    before = start(CASE)
    there = set_number(before, key, {"low": 100 * share, "likely": 100 * share, "high": 100 * share})
    old = numbers_of(CASE)[key]
    back = set_number(there, key, {end: 100 * getattr(old, end) for end in ("low", "likely", "high")})
    assert back.case.segment(SEGMENT).gross_margin.likely == pytest.approx(old.likely, rel=1e-12)
