"""What differs between two plans, in words, and what each change did to customer equity."""

from typing import Any

import pytest

from strategy.case.case_file import case_from
from strategy.case.editing import document_of, with_segments
from strategy.case.samples import load_sample
from strategy.explanations.comparing import step_name, told
from strategy.plan import register, results
from strategy.plan.compared.differences import differences
from strategy.plan.compared.equity_steps import equity_steps
from strategy.plan.moves import choose, set_budget, set_cell, set_fixed, set_phases
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.words.wording import Wording
from tests import cases

FAMILIES = "families"
EN, NL = Wording("en"), Wording("nl")


def plan() -> Plan:
    return set_fixed(start(case_from(cases.events_and_initiatives() | {"budget": 9_000_000})), False)


def changed(**fields: Any) -> Plan:
    first = plan()
    return set_case(first, case_from({**document_of(first.case), **fields}))


def test_the_same_plan_has_no_differences() -> None:
    assert differences(plan(), plan()) == ()


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        (plan().having(title="Autumn"), ("name of the plan", "–", "Autumn")),
        (register.set_number(plan(), (FAMILIES, "customers"), {"likely": 41_000}),
         ("Families: customers today", "40,000", "41,000")),
        (set_cell(plan(), FAMILIES, "develop", 300_000), ("money on Families, Develop", "€250,000", "€300,000")),
        (set_budget(plan(), 8e6), ("budget", "€9,000,000", "€8,000,000")),
        (choose(plan(), "club", True), ("chosen", "no", "yes")),
        (set_answer(plan(), "focus", "focus", FAMILIES), ("", "–", "Families")),
        (set_phases(plan(), 2), ("money over time", "1 phase", "2 phases")),
        (changed(horizon=7), ("periods ahead", "5", "7")),
        (changed(events=[]), ("event", "", "–")),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words_and_units(after: Plan, wanted: tuple[str, str, str]) -> None:
    before = plan()
    found = [told(difference, before, after, EN) for difference in differences(before, after)]
    assert any(wanted[0] in each.what and wanted[1] in each.before and wanted[2] in each.after for each in found), found
    assert all(told(difference, before, after, NL).what for difference in differences(before, after))


def test_segments_and_scenarios_that_came_or_went_are_told_by_name() -> None:
    first = plan()
    other = first.scenario.model_copy(update={"id": "later", "name": "Harvest later"})
    both = first.having(scenarios=(*first.scenarios, other))
    (found,) = differences(first, both)
    assert told(found, first, both, EN) == told(found, first, both, EN).__class__("scenario", "–", "Harvest later")
    fewer = set_case(first, with_segments(first.case, document_of(first.case)["segments"][:1], None))
    gone = first.case.segments[1].name
    assert any(
        told(each, first, fewer, EN).before == gone for each in differences(first, fewer) if each.kind == "segment"
    )


def test_the_steps_add_up_to_the_difference_whatever_changed() -> None:
    first = plan()
    last = register.set_number(first, (FAMILIES, "customers"), {"likely": 45_000})
    last = register.set_number(last, (FAMILIES, "retain", "answer_1"), {"likely": 87})
    last = choose(set_cell(last, FAMILIES, "develop", 400_000), "club", True)
    found = equity_steps(first, last)
    assert sum(step.added for step in found.steps) == pytest.approx(found.difference, rel=1e-9)
    assert found.before == results.read_out(first).customer_equity
    assert found.after == results.read_out(last).customer_equity
    assert found.uplift_after == results.read_out(last).uplift
    assert [step.changes[0][0] for step in found.steps] == ["segment", "believed", "money", "chosen"]
    assert found.steps[0].added > 0, "more customers today are worth more"


def test_what_makes_no_sense_alone_is_one_step_with_what_makes_sense_of_it() -> None:
    first = plan()
    document = document_of(first.case)
    document["segments"][0]["prospects"] = 0
    document["segments"][0]["levers"]["acquire"] = {"constant": 0.0}
    found = equity_steps(first, set_case(first, case_from(document)))
    together = next(step for step in found.steps if len(step.changes) > 1)
    assert {change[0] for change in together.changes} == {"segment", "believed"}
    assert "; " in step_name(together, first.case, EN)


def test_another_firm_is_one_step() -> None:
    first, last = plan(), start(load_sample("web_shop"))
    (step,) = equity_steps(first, last).steps
    assert step_name(step, last.case, EN) == "all numbers together"
    assert differences(first, last)


def test_the_same_money_in_other_words_moves_nothing() -> None:
    first = plan()
    assert equity_steps(first, first.having(title="Autumn")).steps == ()
