"""Value protection on the screen: each widget changes the plan, undo brings it back, nothing breaks in any language."""

import copy
import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import jobs
from strategy.case.case import Curve
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.opinions import Voice, set_voices, voices
from strategy.plan.plan import Plan, start
from tests.apptest import LONG, choose_in, findings_told, healthy, opened, plan, sent, widgets

PAGE = "value_protection.py"
TABS = ("Whom to keep", "Why they stay", "Competitors and trends", "Lapsed customers")
DUTCH_TABS = ("Wie vasthouden", "Waarom ze blijven", "Concurrenten en trends", "Vertrokken klanten")
HOSTILE = "<b>x</b> =1+1 $y$ %{z} **bold** " + "a" * 100


@pytest.fixture(autouse=True)
def _waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", LONG)


def history(first: Plan) -> History:
    return History(Step("{name} opened", (("name", first.case.name),), first))


def telecom() -> Plan:
    return start(load_sample("telecom"))


def at_tab(tab: int, first: Plan | None = None, language: str = "en", **state: Any) -> AppTest:
    """The page with one of its views open."""
    titles = TABS if language == "en" else DUTCH_TABS
    return opened(PAGE, language, history=history(first or telecom()), see_value_protection=titles[tab], **state)


def equity(of: Plan) -> float:
    return results.read_out(of).customer_equity


def edited(at: AppTest, editor: Any, **changes: Any) -> AppTest:
    """The app after a table's editor sent changes."""
    return sent(
        at,
        editor.proto.id,
        string_value=json.dumps({"edited_rows": {}, "added_rows": [], "deleted_rows": []} | changes),
    )


def room(first: Plan, segment: str = "families") -> Plan:
    """Two people who differ and one whose answers give no curve."""
    people = [("Ann", 92.0), (HOSTILE, 95.0), ("Ed", 80.0)]
    told = [Voice(by, {"floor": 90.0, "answer_1": stay, "ceiling": 96.0}) for by, stay in people]
    return set_voices(first, segment, "retain", told, "3")


# Every view ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("tab", range(len(TABS)))
def test_every_view_opens_in_both_languages(tab: int, language: str) -> None:
    at = at_tab(tab, language=language)
    healthy(at)
    assert findings_told(at) >= 2  # the view's and the curve of Believe


@pytest.mark.parametrize(("size", "tab"), [(1, 0), (50, 0), (50, 1), (50, 2), (50, 3)])
def test_one_segment_and_fifty_with_names_that_mean_something_elsewhere(size: int, tab: int) -> None:
    document = json.loads(load_sample("classroom").to_json())
    one = document["segments"][0]
    document["segments"] = [copy.deepcopy(one) | {"id": f"s{n}", "name": f"{HOSTILE} {n}"} for n in range(size)]
    event = {"id": "war", "name": HOSTILE, "from": 1, "to": None, "metric": "revenue", "multiply": 0.9}
    document["events"] = [event]
    healthy(at_tab(tab, start(case_from(document))))


# Decide --------------------------------------------------------------------------------------------------------------


def test_why_they_stay_and_whom_to_keep_are_pressed_and_typed_for_each_segment() -> None:
    at = at_tab(1)
    assert not at.data_editor
    for code, option in (("keep", "All customers"), ("want_to", "2"), ("must_stay", "5")):
        choose_in(at, widgets(at)[f"answer_{code}_families"], option)
    at.text_input(key="answer_retention_goal_families").set_value("95").run()
    healthy(at)
    answers = plan(at)
    first = answers.case.segment_ids[0]
    told = [answers.answer(code, first) for code in ("keep", "retention_goal", "want_to", "must_stay")]
    assert told == ["all", 95.0, 2, 5]
    assert any("stay because they must (5 of 5)" in element.value for element in at.markdown)


def test_the_quality_of_the_relation_is_scored_and_shown() -> None:
    at = at_tab(1)
    at.segmented_control(key="answer_quality_trust").set_value(2).run()
    healthy(at)
    assert plan(at).answer("quality") == {"trust": 2}
    assert any("weakest in trust" in element.value for element in at.markdown)


# Events --------------------------------------------------------------------------------------------------------------


def test_an_event_is_added_changed_and_removed_and_undo_brings_it_back() -> None:
    at = at_tab(2)
    before = plan(at)
    at.button(key="add_event").click().run()
    healthy(at)
    (new,) = [event for event in plan(at).case.events if event.id not in {e.id for e in before.case.events}]
    assert equity(plan(at)) < equity(before)  # a tenth of who would stay leaves
    added = plan(at)
    at.button(key="remove_event").click().run()
    assert new.id not in {event.id for event in plan(at).case.events}
    at.button(key="undo").click().run()
    assert plan(at) == added
    at.button(key="undo").click().run()
    assert plan(at) == before
    healthy(at)


def test_each_field_of_an_event_changes_the_case() -> None:
    at = at_tab(2)
    for field, typed, found, value in (
        ("name", "A rival", "name", "A rival"),
        ("percent", "20", "multiply", 0.8),
        ("percent", "25%", "multiply", 0.75),
        ("add", "-2", "add", -0.02),
        ("from", "1", "start", 1),
        ("to", "", "end", None),
    ):
        before = plan(at)
        at.text_input(key=f"event_fibre_price_war_{field}").set_value(typed).run()
        healthy(at)
        assert getattr(plan(at).case.events[0], found) == pytest.approx(value)
        assert field == "name" or equity(plan(at)) != equity(before)


def test_what_an_event_moves_which_way_and_whom_it_hits_change_customer_equity() -> None:
    at = at_tab(2)
    seen = {equity(plan(at))}
    at.selectbox(key="event_fibre_price_war_metric").set_value("revenue").run()
    seen.add(equity(plan(at)))
    at.multiselect(key="event_fibre_price_war_segments").set_value([]).run()
    assert plan(at).case.events[0].segments is None
    seen.add(equity(plan(at)))
    at.segmented_control(key="event_fibre_price_war_direction").set_value("higher").run()
    healthy(at)
    assert plan(at).case.events[0].multiply == pytest.approx(1.15)
    seen.add(equity(plan(at)))
    assert len(seen) == 4


def test_what_no_event_can_be_is_said_at_its_field() -> None:
    at = at_tab(2)
    before = plan(at)
    wrong = (("from", "9999"), ("to", "1"), ("percent", "300"), ("name", ""))
    for number, (field, typed) in enumerate(wrong, 1):
        at.text_input(key=f"event_fibre_price_war_{field}").set_value(typed).run()
        assert not at.exception
        assert len(at.error) == number
        assert plan(at) == before


# Lapsed customers ----------------------------------------------------------------------------------------------------


def test_lapsed_customers_become_a_segment_with_the_effect_that_was_shown() -> None:
    at = at_tab(3)
    before = plan(at)
    for field, typed in (("people", "8,000"), ("contact_cost", "3"), ("response", "2.5"), ("unprompted", "0")):
        at.text_input(key=f"lapsed_{field}").set_value(typed)
    at.run()
    assert plan(at) == before  # numbers about the lapsed become part of the plan by the button only
    at.button(key="add_lapsed").click().run()
    healthy(at)
    changed = plan(at)
    new = changed.case.segments[-1]
    assert new.name == "Lapsed: Families with internet"
    assert new.prospects.likely == 8000
    assert isinstance(new.levers.acquire, Curve)
    assert new.levers.acquire.points[0][1].likely == pytest.approx(0.025)
    assert changed.budget == pytest.approx(before.budget + 24_000)
    assert equity(changed) > equity(before)
    at.button(key="undo").click().run()
    assert plan(at) == before


def test_lapsed_customers_that_cannot_be_say_why() -> None:
    at = at_tab(3)
    at.text_input(key="lapsed_response").set_value("0").run()
    assert not at.exception
    assert len(at.warning) == 1
    at.text_input(key="lapsed_response").set_value("300").run()
    assert len(at.error) == 1


# The room ------------------------------------------------------------------------------------------------------------


def test_pasted_answers_count_and_bad_rows_are_named() -> None:
    at = at_tab(1, room_retain=True)
    before = plan(at)
    segment = before.case.segment_ids[0]
    at.text_area(key=f"pasted_{segment}_retain").set_value("Ann;90;93;95.9\nBo;90;95;96.5\nEd;x;1;2")
    at.button[[b.label for b in at.button].index("Add these answers")].click().run()
    assert not at.exception
    assert [voice.by for voice in voices(plan(at).case, segment, "retain")] == ["Ann", "Bo"]
    assert any("Row 3" in warning.value for warning in at.warning)
    assert equity(plan(at)) != equity(before)
    assert "2 people" in at.info[0].value
    at.button(key=f"settle_{segment}_retain").click().run()
    healthy(at)
    assert voices(plan(at).case, segment, "retain") == []
    at.button(key="undo").click().run()
    at.button(key="undo").click().run()
    assert plan(at) == before


def test_a_row_counts_once_it_is_complete() -> None:
    at = at_tab(1, room_retain=True)
    before = plan(at)
    segment = before.case.segment_ids[0]
    edited(at, at.data_editor[-1], added_rows=[{"by": "Ann", "floor": 90.0}])
    assert plan(at) == before
    edited(at, at.data_editor[-1], edited_rows={0: {"answer_1": 93.0, "ceiling": 95.9}})
    healthy(at)
    assert [voice.by for voice in voices(plan(at).case, segment, "retain")] == ["Ann"]
    edited(at, at.data_editor[-1], deleted_rows=[0])
    assert voices(plan(at).case, segment, "retain") == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_an_impossible_curve_is_named_and_the_map_tells_what_to_discuss(language: str) -> None:
    first = room(telecom(), telecom().case.segment_ids[0])
    at = at_tab(1, first, language, room_retain=True, display={"disagreement": True})
    healthy(at)
    (aside,) = at.warning
    assert "Ed" in aside.value
    discuss = {"en": "Discuss only this: ", "nl": "Bespreek alleen dit: "}[language]
    assert any(discuss in element.value for element in at.markdown)
