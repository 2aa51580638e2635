"""The table of concepts is true: each element, changed, changes what the table says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from strategy.case.beliefs import asked_spends, believe, said
from strategy.case.editing import with_entry
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.coherence import findings
from strategy.dimensions import operations, pricing, protection, realization, segmentation, selection
from strategy.explanations.telling import answer_lines
from strategy.exports.strategy_page import page_charts, strategy_page
from strategy.plan.answers import checked_answers
from strategy.plan.moves import set_lever, set_lever_limits
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.plan.results import given
from strategy.questions import BY_CODE, DIMENSIONS, QUESTIONS
from strategy.words.wording import Wording
from tests.coherence.test_coherence import MADE, made
from tests.plan.test_answers import an_answer

TABLE = Path(__file__).parents[1] / "docs" / "concepts.md"
CASE = load_sample("telecom")
SEGMENT, OTHER = CASE.segment_ids[:2]
ITEMS = (
    *(f"A{n}" for n in range(1, 6)), *(f"B{n}" for n in range(1, 7)),
    *(f"C{n}" for n in range(1, 6)), *(f"D{n}" for n in range(1, 9)),
)  # fmt: skip
"""The numbered concepts of the field that the planner makes usable."""


@dataclass(frozen=True)
class Row:
    item: str
    page: str
    element: str
    changes: str

    @property
    def question(self) -> str:
        found = re.fullmatch(r"question `(\w+)`", self.element)
        return found[1] if found else ""

    @property
    def named(self) -> str:
        found = re.search(r"`(.+)`", self.changes)
        return found[1] if found else ""


def rows() -> list[Row]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-E]\d", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(item, page, element, changes) for item, _, page, element, changes in cells]


ROWS = rows()


def of_kind(kind: str) -> Any:
    chosen = [row for row in ROWS if row.changes.startswith(kind)]
    return pytest.mark.parametrize("row", chosen, ids=[f"{row.item} {row.element}" for row in chosen])


# What a person does on a page, as the page does it -------------------------------------------------------------------


def believed(lever: str) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        told = said(plan.case, SEGMENT, lever)
        ceiling = told["ceiling"]
        assert ceiling
        told["ceiling"] = Estimate.of(ceiling.low, ceiling.likely, ceiling.high + 0.1)
        return set_case(plan, believe(plan.case, SEGMENT, lever, told, asked_spends(plan.case, SEGMENT, lever)))

    return change


def potential(plan: Plan) -> Plan:
    answer = [{"segment": SEGMENT, "product": "Television", "penetration": 10, "reachable": 60, "margin": 90}]
    return realization.with_potential(set_answer(plan, "potential", answer), SEGMENT)


def automated(plan: Plan) -> Plan:
    freed = operations.time_freed(
        [{"segment": SEGMENT, "task": "a", "minutes": 2, "people": 100, "hourly": 30, "share": 50}]
    )
    saved = operations.saved_per_customer(given(plan.case), freed)[SEGMENT]
    key = (SEGMENT, "reduce_cost", "ceiling")
    answer = operations.cost_answer(plan.case, SEGMENT, saved, plan.origin(key))
    assert answer
    case, origin = operations.with_automation(plan.case, SEGMENT, answer)
    return set_case(plan, case, {key: origin})


DONE: dict[str, Callable[[Plan], Plan]] = {
    "move a lever": lambda plan: set_lever(plan, "acquire", 0.5 * plan.lever_total("acquire")),
    "split a segment": lambda plan: segmentation.split(plan, SEGMENT, 0.5, ("One", "Two")),
    "believe in acquiring": believed("acquire"),
    "believe in retaining": believed("retain"),
    "buy an address list": lambda plan: set_case(
        plan, selection.with_list(plan.case, SEGMENT, "List", selection.AddressList(1000, 0.01, 1, 500, 100), 100)
    ),
    "use the cross-sell potential": potential,
    "put a price in the plan": lambda plan: pricing.with_price(
        plan, pricing.PriceChange(SEGMENT, 0.05, -0.5, 0.01), ("Price", "Leavers")
    ),
    "reach lapsed customers": lambda plan: protection.reactivated(
        plan, protection.Lapsed(SEGMENT, 5000, 2, 0.05), "Lapsed"
    ),
    "use the time that automation frees": automated,
    "say what saving harms": lambda plan: set_case(
        plan, operations.with_harm(plan.case, OTHER, "retention_rate", Estimate.of(2), 100)
    ),
    "limit a lever": lambda plan: set_lever_limits(plan, "retain", 0, 1e6),
    "say what ambassadors bring": lambda plan: realization.with_ambassadors(plan, SEGMENT, 7),
    "set a step rate": lambda plan: set_case(
        plan, realization.with_step_rate(plan.case, {SEGMENT: "customer", OTHER: "client"}, SEGMENT, 0.1)
    ),
    "add an event": lambda plan: set_case(
        plan, with_entry(plan.case, "events", protection.new_event(plan.case, "Rival"))
    ),
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of plain data with its value; entries of lists and of segments read "*"."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{'*' if key in CASE.segment_ids else key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from ((place, f"{number}: {leaf}") for place, leaf in leaves(inner, f"{path}.*"))
    else:
        yield path.removeprefix("."), repr(value)


def changed_fields(before: Plan, after: Plan) -> set[str]:
    one, two = (sorted(leaves(plan.model_dump(mode="json", by_alias=True))) for plan in (before, after))
    return {path for path, _ in set(one) ^ set(two)}


# The table -----------------------------------------------------------------------------------------------------------


def test_every_concept_stands_in_the_table_on_a_page_that_there_is() -> None:
    assert {row.item.partition(".")[0] for row in ROWS} >= set(ITEMS)
    assert {row.page for row in ROWS} == {"Budget", *(dimension.title for dimension in DIMENSIONS)}
    assert {row.changes.split()[0] for row in ROWS} == {"input", "finding", "roadmap", "print"}


def test_every_question_stands_in_the_table_or_prints() -> None:
    told = {row.question for row in ROWS if row.question}
    assert told <= set(BY_CODE)
    assert {question.code for question in QUESTIONS} - told <= {"want_to", "readiness"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.question], ids=lambda row: f"{row.item} {row.question}")
def test_a_question_is_asked_on_the_page_of_the_table(row: Row) -> None:
    titles = {dimension.code: dimension.title for dimension in DIMENSIONS}
    assert titles[BY_CODE[row.question].dimension] == row.page


@of_kind("input")
def test_an_element_changes_the_input_of_the_model(row: Row) -> None:
    before = start(CASE)
    fields = changed_fields(before, DONE[row.element](before))
    assert any(field == row.named or field.startswith(f"{row.named}.") for field in fields), fields


@of_kind("roadmap")
def test_an_element_puts_an_initiative_on_the_roadmap(row: Row) -> None:
    say = Wording("en")
    before, after = (page_charts(plan, None, say).roadmap for plan in (start(CASE), DONE[row.element](start(CASE))))
    assert after is not None
    assert len(after.table) > (len(before.table) if before else 0)


@of_kind("finding")
def test_an_answer_changes_what_the_coherence_check_finds(row: Row) -> None:
    plans = MADE[row.named]
    assert row.question in plans.for_it or row.question in plans.against
    fired = [
        row.named in {finding.rule.code for finding in findings(made(answers, change))}
        for answers, change in ((plans.for_it, plans.change_for), (plans.against, plans.change_against))
    ]
    assert fired == [True, False]


@of_kind("print")
def test_an_answer_is_printed(row: Row) -> None:
    say = Wording("en")
    answer = checked_answers(CASE, {row.question: an_answer(BY_CODE[row.question])})
    plan = start(CASE).having(answers=answer)
    printed = [decided.lines for chosen in strategy_page(plan, None, say).dimensions for decided in chosen.decided]
    assert printed == [tuple(answer_lines(plan, BY_CODE[row.question], say))]
    assert printed[0]
