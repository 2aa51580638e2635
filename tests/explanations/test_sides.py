"""What two people changed at once, in the product's words and in both languages."""

import json
from typing import Any

import pytest

from strategy.case.editing import numbers_of, with_number
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.explanations.sides import BOTH, FEW, Side, sides
from strategy.plan import moves
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.plan.plan_file import plan_from
from strategy.questions import BY_CODE
from strategy.store.merging import merged
from strategy.words.wording import LANGUAGES, Wording

EN = Wording("en", "EUR")


def telecom(language: str = "en") -> Plan:
    return start(load_sample("telecom", language))


def conflict(base: Plan, mine: Plan, theirs: Plan, say: Wording) -> list[str]:
    """The lines that a person reads where two changed one plan, put together as the store does."""
    documents: list[dict[str, Any]] = [json.loads(plan.to_json()) for plan in (base, mine, theirs)]
    found = merged(*documents)
    assert found.contested
    told = sides(plan_from(found.mine_first), plan_from(found.theirs_first), say)
    return [f"{side.what}: {side.line(say)}" for side in told]


def having_customers(plan: Plan, people: float) -> Plan:
    key = (plan.case.segment_ids[0], "customers")
    assert key in numbers_of(plan.case)
    return set_case(plan, with_number(plan.case, key, Estimate.of(people)))


@pytest.mark.parametrize(
    ("language", "number", "sides_of"),
    [
        ("en", "customers today", "12,000 (yours) / 15,000 (theirs)"),
        ("nl", "klanten vandaag", "12.000 (van jou) / 15.000 (van de ander)"),
    ],
)
def test_a_number_that_both_changed_is_named_with_its_segment(language: str, number: str, sides_of: str) -> None:
    plan, say = telecom(language), Wording(language, "EUR")
    mine, theirs = having_customers(plan, 12_000), having_customers(plan.having(title="Theirs"), 15_000)
    segment = plan.case.segments[0].name
    assert conflict(plan, mine, theirs, say) == [f"{segment}: {number}: {sides_of}"]


def test_a_name_that_both_gave_stands_as_it_was_typed() -> None:
    plan = telecom()
    lines = conflict(plan, plan.having(title="**Mine**"), plan.having(title="Theirs"), EN)
    assert lines == ["Name of the plan: **Mine** (yours) / Theirs (theirs)"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_in_many_cells_is_told_by_lever_as_the_page_shows_it(language: str) -> None:
    plan, say = telecom(language), Wording(language, "EUR")
    mine = moves.set_lever(plan, "retain", 2e6)
    theirs = moves.set_lever(plan, "acquire", 3e6)
    assert len(plan.cells()) > FEW
    shown = [
        f"{mine_} / {theirs_}"
        for mine_, theirs_ in (
            [say.short_money(side.lever_total(lever)) for side in (mine, theirs)]
            for lever in ("acquire", "develop", "retain", "reduce_cost")
        )
    ]
    lines = conflict(plan, mine, theirs, say)
    assert len(lines) == len(shown) == 4
    for line, amounts in zip(lines, shown, strict=True):
        for amount in amounts.split(" / "):
            assert amount in line


def test_money_in_one_cell_is_told_with_its_segment() -> None:
    plan = telecom()
    plan = plan.having(fixed=False)
    segment = plan.case.segments[1]
    mine, theirs = (moves.set_cell(plan, segment.id, "retain", amount) for amount in (12_000.0, 15_000.0))
    lines = conflict(plan, mine, theirs, EN)
    assert lines == [f"Money on {segment.name}, Retain: €12,000 (yours) / €15,000 (theirs)"]


def test_an_answer_that_both_gave_is_told_by_its_question() -> None:
    plan = telecom()
    question = next(q for q in BY_CODE.values() if q.kind == "choice" and q.per != "segment" and len(q.options) > 2)
    one, other = question.options[:2]
    lines = conflict(plan, *(set_answer(plan, question.code, option.code) for option in (one, other)), EN)
    assert lines == [f"{question.text}: {one.text} (yours) / {other.text} (theirs)"]


def test_what_only_a_look_tells_is_said_to_be_changed_by_both() -> None:
    plan = telecom()
    mine, theirs = plan.having(draws=100), plan.having(draws=300)
    (side,) = sides(mine, theirs, EN)
    assert side.line(EN) == "changed by both"


def test_a_side_where_nothing_stands_shows_a_dash() -> None:
    plan = telecom()
    (side,) = sides(plan.having(client="Telecom"), plan, EN)
    assert side == Side("For whom", "Telecom", "\N{EN DASH}")
    assert BOTH.count("{") == 2
