"""The value proposition: needs and gaps by hand, and the page whose answers set the ceilings."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.case.samples import load_sample
from strategy.dimensions.value_map import (
    COMPETENCES,
    DEMANDS,
    EXAMPLE_NEEDS,
    PERSONAL,
    POLES,
    RESOURCE_PLACES,
    alternatives,
    fulfilment,
    gaps,
    needs,
    personal_share,
    shortfalls,
    strongest_lean,
)
from strategy.plan.history import History, Step
from strategy.plan.plan import Plan, set_answer, start
from strategy.questions import BY_CODE, of_dimension
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import rows_sent
from tests.pages.test_pages import edit, healthy, opened, plan, widgets

PAGE = "value_proposition.py"
HOSTILE = "**bold** <script>alert(1)</script> $x$ =1+1"


def row(segment: str, need: str, importance: int, ours: int, alternative: str, theirs: int) -> dict[str, Any]:
    given = {"segment": segment, "need": need, "importance": importance, "ours": ours}
    return given | {"alternative": alternative, "theirs": theirs}


ROWS = (
    row("families", "One bill", 5, 4, "Cable", 2),
    row("families", " one  BILL", 1, 1, "Web", 1),
    row("families", "Repair", 4, 2, "Cable", 4),
    row("dsl", "Repair", 3, 3, "Cable", 3),
    {"segment": "families", "need": "Advice"},
    {"segment": "families", "importance": 5},
)


# Needs ---------------------------------------------------------------------------------------------------------------


def test_rows_about_the_same_need_are_one_need_with_several_alternatives() -> None:
    bill, repair, advice = needs(ROWS, "families")
    assert (bill.name, bill.importance, bill.ours, dict(bill.theirs)) == ("One bill", 5, 4, {"Cable": 2, "Web": 1})
    assert (repair.name, advice.name, advice.importance) == ("Repair", "Advice", None)
    assert alternatives([bill, repair, advice]) == ["Cable", "Web"]


def test_a_gap_is_importance_times_our_lead_and_the_furthest_behind_comes_first() -> None:
    """By hand: repair 4 x (2 - 4) = -8; one bill 5 x (4 - 2) = 10 and 5 x (4 - 1) = 15."""
    assert [gap.size for gap in gaps(needs(ROWS, "families"))] == [-8, 10, 15]


def test_fulfilment_is_the_weighted_share_of_the_highest_score() -> None:
    """By hand: ours (5 x 4 + 4 x 2)/(5 x 9) = 28/45; Cable (5 x 2 + 4 x 4)/45 = 26/45; Web (5 x 1)/25."""
    found = needs(ROWS, "families")
    assert fulfilment(found) == pytest.approx(28 / 45)
    assert fulfilment(found, "Cable") == pytest.approx(26 / 45)
    assert fulfilment(found, "Web") == pytest.approx(1 / 5)


@pytest.mark.parametrize("answer", [None, (), ({"segment": "families"},)])
def test_without_needs_there_are_no_gaps_and_no_fulfilment(answer: Any) -> None:
    found = needs(answer, "families")
    assert (found, gaps(found), fulfilment(found)) == ([], [], None)


scores = st.integers(1, 5)
rows = st.lists(st.builds(row, st.just("a"), st.sampled_from("xyz"), scores, scores, st.sampled_from("pq"), scores))


@given(rows)
def test_gaps_and_fulfilment_stay_within_what_scores_allow(answer: list[dict[str, Any]]) -> None:
    found = needs(answer, "a")
    sizes = [gap.size for gap in gaps(found)]
    assert sizes == sorted(sizes)
    assert all(-20 <= size <= 20 for size in sizes)
    assert all(0.2 <= share <= 1 for share in [fulfilment(found)] if share is not None)
    assert {need.name for need in found} == {given["need"] for given in answer}


# Individualisation, resources, relation ------------------------------------------------------------------------------


def test_each_step_of_individualisation_asks_at_least_as_much_as_the_one_before() -> None:
    steps = [DEMANDS[option.code].levels for option in BY_CODE["individualisation"].options]
    for before, after in itertools.pairwise(steps):
        assert all(after[competence] >= before[competence] for competence in COMPETENCES)
        assert sum(after.values()) > sum(before.values())


def test_shortfalls_name_what_a_choice_needs_and_we_lack() -> None:
    have = {"knowledge": 2, "proposition": 3, "relationship": 5}
    assert shortfalls("modules", have) == {"knowledge": DEMANDS["modules"].levels["knowledge"] - 2}
    assert shortfalls(None, have) == {}
    assert shortfalls("modules", None) == {}


def test_the_six_resources_stand_as_foa_and_foa_order_them() -> None:
    """Foa & Foa (1974): love is most particular, money least; goods and services most concrete, status and
    information least."""
    assert set(RESOURCE_PLACES) == {option.code for option in BY_CODE["resources"].options}
    by_particularism = sorted(RESOURCE_PLACES, key=lambda code: RESOURCE_PLACES[code][1])
    assert (by_particularism[0], by_particularism[-1]) == ("money", "love")
    assert set(by_particularism[3:]) == set(PERSONAL)
    by_concreteness = sorted(RESOURCE_PLACES, key=lambda code: RESOURCE_PLACES[code][0])
    assert set(by_concreteness[:2]) == {"status", "information"}
    assert set(by_concreteness[-2:]) == {"goods", "services"}


def test_the_personal_share_counts_what_is_exchanged_above_hardly() -> None:
    """By hand: services 4 and money 5 count 3 and 4; of these 7 the services are 3."""
    assert personal_share({"services": 4, "money": 5, "love": 1}) == pytest.approx(3 / 7)
    assert personal_share({"love": 1}) is None


def test_the_strongest_lean_is_furthest_from_the_middle() -> None:
    assert strongest_lean({"cooperation": 4, "social": 1, "primary": 3}) == ("social", 1)
    assert strongest_lean({"primary": 3}) is None
    assert set(POLES) == {option.code for option in BY_CODE["profile"].options}


# The page ------------------------------------------------------------------------------------------------------------


def history(changed: Plan) -> History:
    return History(Step("{name} opened", (("name", changed.case.name),), changed))


def answered() -> Plan:
    filled = start(load_sample("telecom"))
    for code, value in {
        "needs": ROWS,
        "individualisation": "co_creation",
        "resources": {"love": 2, "money": 5},
        "profile": {"primary": 5},
    }.items():
        filled = set_answer(filled, code, value)
    return filled


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["empty", "answered"])
def test_the_page_opens(state: str, language: str) -> None:
    held = {"history": history(answered())} if state == "answered" else {}
    at = opened(PAGE, language, **held, deeper_value_proposition=True)
    healthy(at)
    assert at.title[0].value == Wording(language).text("Value proposition")
    assert len(at.get("plotly_chart")) == (4 if state == "answered" else 2)


def test_the_relation_is_drawn_only_when_opened() -> None:
    at = opened(PAGE, history=history(answered()), see_value_proposition="What relation it is")
    healthy(at)
    closed, shown = at.tabs[:2]
    assert (shown.label, len(shown.get("plotly_chart"))) == ("What relation it is", 2)
    assert len(closed) == 0


@pytest.mark.parametrize("code", [q.code for q in of_dimension("value_proposition") if q.kind == "choice"])
def test_a_choice_changes_the_plan_and_undo_takes_it_back(code: str) -> None:
    at = opened(PAGE, deeper_value_proposition=True)
    first = plan(at)
    group = widgets(at)[f"answer_{code}"]
    option = BY_CODE[code].options[-1]
    states = at._tree.get_widget_states()
    next(s for s in states.widgets if s.id == group.id).string_array_value.data[:] = [option.text]
    at._run(states)
    healthy(at)
    assert plan(at).answer(code) == option.code
    at.button(key="undo").click().run()
    assert plan(at) == first


def test_needs_typed_in_the_table_become_the_answer() -> None:
    at = opened(PAGE, history=history(answered()))
    table = next(found for key, found in widgets(at).items() if key.startswith("answer_needs"))
    edit(at, table, 0, ours=5)
    healthy(at)
    assert plan(at).answer("needs")[0]["ours"] == 5


def test_example_needs_are_marked_and_undone() -> None:
    at = opened(PAGE, "nl")
    first = plan(at)
    at.button(key="example_needs").click().run()
    healthy(at)
    added = plan(at).answer("needs")
    assert len(added) == len(EXAMPLE_NEEDS)
    assert all(found["need"].endswith("(voorbeeld)") for found in added)
    assert {found["segment"] for found in added} == {first.case.segment_ids[0]}
    at.button(key="undo").click().run()
    assert plan(at) == first


@pytest.mark.parametrize("lever", ["acquire", "develop", "retain"])
def test_unlimited_effort_sets_the_ceiling_of_its_lever(lever: str) -> None:
    """Asked here with the gaps above it; the ceiling of the first segment moves to what is typed."""
    names = {"acquire": "Acquire", "develop": "Develop", "retain": "Retain"}
    typed = {"acquire": "6000", "develop": "1,200", "retain": "99"}
    ceilings = {"acquire": 6000 / 60000, "develop": 1200.0, "retain": 0.99}  # 60,000 prospects
    at = opened(PAGE, history=history(answered()), believe_levers=names[lever])
    assert any("Repair" in caption.value for caption in at.caption)
    before = plan(at).case.segment("families").levers[lever].ceiling.likely
    at.text_input(key=f"believe_families_{lever}_ceiling_likely").set_value(typed[lever]).run()
    healthy(at)
    ceiling = plan(at).case.segment("families").levers[lever].ceiling.likely
    assert ceiling == pytest.approx(ceilings[lever]) != before


def test_what_people_type_is_shown_as_typed() -> None:
    filled = set_answer(answered(), "needs", [row("families", HOSTILE, 5, 2, HOSTILE, 4)])
    filled = set_answer(filled, "difference", HOSTILE)
    at = opened(PAGE, history=history(filled))
    healthy(at)
    shown = [markdown.value for markdown in [*at.markdown, *at.caption]]
    assert any("\\*\\*bold\\*\\* \\<script\\>" in text for text in shown)
    assert not any("<script>" in text for text in shown)


def test_fifty_segments_and_one_work() -> None:
    document = document_of(load_sample("classroom"))
    one = document["segments"][0]
    document["segments"] = [one | {"id": f"s{n}", "name": f"Segment {n}"} for n in range(50)]
    for case in (case_from(document), load_sample("classroom")):
        healthy(opened(PAGE, history=history(start(case))))


def test_a_table_stays_while_it_is_typed_in_and_is_drawn_anew_after_another_change() -> None:
    """A browser sends all that was typed since a table was drawn; drawn anew, it loses the cell that is typed in."""
    at = opened(PAGE)

    def table() -> tuple[str, Any]:
        return next((key, found) for key, found in widgets(at).items() if key.startswith("answer_needs"))

    began, found = table()
    typed = [{"need": "Repair"}]
    rows_sent(at, found, added_rows=typed)
    assert table()[0] == began
    typed[0] |= {"importance": 4}
    rows_sent(at, table()[1], added_rows=typed)
    healthy(at)
    assert table()[0] == began
    assert plan(at).answer("needs") == ({"need": "Repair", "importance": 4},)
    at.button(key="undo").click().run()
    assert table()[0] != began
    assert list(table()[1].value["need"]) == ["Repair"]
    assert plan(at).answer("needs") == ({"need": "Repair"},)
