"""The page of operationalization: elements change the plan, model inputs move customer equity, undo restores."""

import json
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from strategy.case.case import Curve
from strategy.case.case_file import case_from
from strategy.case.editing import document_of, with_segments
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.moves import set_cell
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.questions import of_dimension
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import findings_told, healthy, opened, plan, sent

PAGE = "operationalization.py"
TOPICS = (
    "Initiatives",
    "Activities and people",
    "Channels",
    "Information and systems",
    "Competences",
    "Measuring",
    "Automation",
)
VIEWS = ("Roadmap", "Cost of channels", "Hand-overs", "CRM system", "Time freed")
BOUNDS = ("Side effects of saving", "What each lever can absorb")
HOSTILE = "<b>x</b> **y** $z$ =1+1 {0} %{y}"
TASK = {"segment": "families", "task": HOSTILE, "minutes": 20.0, "people": 120.0, "hourly": 35.0, "share": 80.0}
"""20 x 225 x 120 x 80% / 60 = 7,200 hours at 35: 252,000 a year."""


def history(first: Plan) -> History:
    return History(Step("{name} opened", (("name", first.case.name),), first))


@cache
def telecom() -> Plan:
    return start(load_sample("telecom"))


def with_answers(**answers: Any) -> Plan:
    first = telecom()
    for code, answer in answers.items():
        first = set_answer(first, code, answer)
    return first


def shown(first: Plan | None = None, topic: str = "", language: str = "en", **state: Any) -> AppTest:
    """The page with a topic of Decide open."""
    if topic:
        state["operations_topics"] = Wording(language).text(topic)
    at = opened(PAGE, language, history=history(first or telecom()), **state)
    healthy(at, topic)
    return at


def equity(of: Plan) -> float:
    return results.read_out(of).customer_equity


def undone(at: AppTest, before: Plan) -> None:
    """Undo brings back what was there."""
    at.button(key="undo").click().run()
    healthy(at, "undo")
    assert plan(at) == before


def table(at: AppTest, question: str) -> Any:
    found: dict[str, Any] = {str(node.key).rsplit("_", 1)[0]: node for node in at if hasattr(node, "editing_mode")}
    return found[f"answer_{question}"]


def typed_row(at: AppTest, question: str, **cells: Any) -> AppTest:
    """A row added to a question's table, as a browser sends it."""
    edits = {"edited_rows": {}, "added_rows": [cells], "deleted_rows": []}
    return sent(at, table(at, question).proto.id, string_value=json.dumps(edits))


def chosen(at: AppTest, key: str, *labels: str) -> AppTest:
    """Choose among options that stand beside each other."""
    states = at._tree.get_widget_states()
    next(s for s in states.widgets if s.id == at.button_group(key=key).id).string_array_value.data[:] = labels
    return at._run(states)


# Decide --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "language"), [(n, tuple(LANGUAGES)[n % 2]) for n in range(len(TOPICS))] + [(0, "nl")]
)
def test_every_topic_and_view_opens_in_both_languages(number: int, language: str) -> None:
    say, filled = Wording(language), with_answers(automation=[TASK], competences={"knowledge": 1, "multichannel": 4})
    state = {
        "operations_evidence": say.text(VIEWS[number % len(VIEWS)]),
        "operations_bounds": say.text(BOUNDS[number % len(BOUNDS)]),
        "initiative_form": True,
    }
    at = shown(filled, TOPICS[number], language, **state)
    assert at.title[0].value == say.text("Operationalization")
    labels = [tab.label for tab in at.tabs]
    assert labels == [say.text(title) for title in (*TOPICS, *VIEWS, *BOUNDS)]
    drawn = [tab.label for tab in at.tabs if len(tab)]
    wanted = [say.text(TOPICS[number]), state["operations_evidence"], state["operations_bounds"]]
    assert drawn == wanted, "a closed tab draws nothing"
    assert findings_told(at) == 3


def test_the_questions_that_matter_most_are_answered_at_first_sight() -> None:
    at = shown()
    before = plan(at)
    chosen(at, "answer_ambition", "Broad and strategic")
    chosen(at, "answer_omnichannel", "Omnichannel")
    chosen(at, "answer_competences_multichannel", "4")
    healthy(at)
    assert plan(at).answers == {"ambition": "broad", "omnichannel": "omni", "competences": {"multichannel": 4}}
    must = {question.code for question in of_dimension("operationalization") if question.depth == "must"}
    assert set(plan(at).answers) == must
    for _ in range(3):
        at.button(key="undo").click().run()
    assert plan(at) == before


TYPED = {
    "Activities and people": {
        "activities": (
            {"lever": "Retain", "activity": HOSTILE, "role": "Service", "process": "Described"},
            {"lever": "retain", "activity": HOSTILE, "role": "service", "process": "described"},
        )
    },
    "Channels": {
        "channels": (
            {"channel": "Telephone", "contribution": 30, "cost": 6.5, "role": "Inform"},
            {"channel": "telephone", "contribution": 30.0, "cost": 6.5, "role": "inform"},
        ),
        "handovers": (
            {"from": "E-commerce", "to": "Telephone", "works": True, "what": HOSTILE},
            {"from": "e_commerce", "to": "telephone", "works": True, "what": HOSTILE},
        ),
    },
    "Measuring": {"measures": ({"measure": "Retention", "now": "85"}, {"measure": "retention", "now": "85"})},
    "Automation": {"automation": ({"task": HOSTILE, "minutes": 2}, {"task": HOSTILE, "minutes": 2.0})},
}
"""Per topic and question: what the browser sends for a new row, and the row of the answer."""
CHOSEN = {
    "Information and systems": {
        "components_database": ("2", {"database": 2}),
        "information_insight": ("5", {"insight": 5}),
        "systems": ("Old systems carry the work", ("legacy",)),
    },
    "Competences": {
        "areas_customization": ("3", {"customization": 3}),
        "cycle_identify": ("1", {"identify": 1}),
        "view": ("A network", "network"),
    },
}
"""Per topic: key of the widget, the label chosen, and the answer."""


def test_every_question_is_tested() -> None:
    asked = {question.code for question in of_dimension("operationalization") if question.depth != "must"}
    rows = {question for typed in TYPED.values() for question in typed}
    assert rows | {key.split("_")[0] for keys in CHOSEN.values() for key in keys} == asked


@pytest.mark.parametrize("topic", TYPED)
def test_a_row_typed_in_a_table_is_kept_as_typed(topic: str) -> None:
    at = shown(topic=topic)
    before = plan(at)
    for question, (cells, answer) in TYPED[topic].items():
        typed_row(at, question, **cells)
        healthy(at, question)
        assert plan(at).answer(question) == (answer,)
        undone(at, before)


def test_levers_that_get_money_without_an_owner_are_named() -> None:
    at = shown(topic="Activities and people")
    typed_row(at, "activities", lever="Retain", activity="Call", owner=HOSTILE)
    (warning,) = (warning.value for warning in at.warning)
    assert "Acquire" in warning
    assert "Retain" not in warning


@pytest.mark.parametrize("topic", CHOSEN)
def test_every_other_question_changes_the_plan(topic: str) -> None:
    at = shown(topic=topic)
    before = plan(at)
    for key, (label, answer) in CHOSEN[topic].items():
        chosen(at, f"answer_{key}", label)
        healthy(at, key)
        assert plan(at).answer(key.split("_")[0]) == answer
        undone(at, before)


# Initiatives ---------------------------------------------------------------------------------------------------------


def test_an_initiative_is_added_changed_chosen_and_removed() -> None:
    at = shown()
    before = plan(at)
    at.button(key="initiative_add").click().run()
    healthy(at)
    new = plan(at).case.initiatives[-1]
    assert (new.name, new.lever, new.metric) == ("New initiative", "reduce_cost", "cost_to_serve")
    at.text_input(key=f"name_{new.id}").set_value(HOSTILE).run()
    at.text_input(key=f"percent_{new.id}").set_value("-4").run()
    at.text_input(key=f"plus_{new.id}").set_value("-2.5").run()
    at.text_input(key=f"one_off_{new.id}").set_value("€10,000").run()
    at.text_input(key=f"per_period_{new.id}").set_value("500").run()
    at.selectbox(key=f"from_{new.id}").set_value(2).run()
    at.selectbox(key=f"to_{new.id}").set_value(4).run()
    at.multiselect(key=f"where_{new.id}").set_value(["families"]).run()
    healthy(at)
    made = plan(at).case.initiatives[-1]
    assert (made.name, made.multiply, made.add) == (HOSTILE, 0.96, -2.5)
    assert (made.one_off, made.per_period, made.start, made.end) == (10_000, 500, 2, 4)
    assert made.segments == ("families",)
    assert equity(plan(at)) == pytest.approx(equity(before)), "an initiative counts once it is chosen"
    at.checkbox(key=f"in_plan_{new.id}").check().run()
    healthy(at)
    assert plan(at).initiatives == (new.id,)
    assert equity(plan(at)) > equity(before)
    at.button(key=f"remove_{new.id}").click().run()
    healthy(at)
    assert (plan(at).case, plan(at).initiatives) == (before.case, ())
    at.button(key="undo").click().run()
    assert plan(at).initiatives == (new.id,)


def test_the_amount_beside_an_initiative_is_what_it_adds() -> None:
    """Telecom's welcome call: +1.55 million at today's split, as `strategy simulate --initiatives welcome_call` has."""
    at = shown()
    alone = telecom().having(initiatives=("welcome_call",))
    gain = equity(alone) - equity(telecom())
    label = at.checkbox(key="in_plan_welcome_call").label.replace("\\", "")
    assert Wording("en").signed_short_money(gain) in label


def test_another_lever_moves_its_own_metric_and_a_later_start_the_end() -> None:
    at = shown(initiative_form=True)
    at.selectbox(key="lever_of_welcome_call").set_value("develop").run()
    healthy(at)
    changed = plan(at).case.initiatives[0]
    assert (changed.lever, changed.metric, changed.add) == ("develop", "revenue", 0)
    at.selectbox(key="metric_welcome_call").set_value("referral_rate").run()
    at.selectbox(key="lever_of_welcome_call").set_value("acquire").run()
    assert (plan(at).case.initiatives[0].lever, plan(at).case.initiatives[0].metric) == ("acquire", "referral_rate")
    at.selectbox(key="to_welcome_call").set_value(2).run()
    at.selectbox(key="from_welcome_call").set_value(4).run()
    assert (plan(at).case.initiatives[0].start, plan(at).case.initiatives[0].end) == (4, 4), "the end moves along"


def test_what_an_initiative_cannot_be_is_said_and_changes_nothing() -> None:
    at = shown(initiative_form=True)
    for number, (field, text) in enumerate([("percent", "-150"), ("plus", "many"), ("one_off", "-5"), ("name", "")], 1):
        at.text_input(key=f"{field}_welcome_call").set_value(text).run()
        assert not at.exception
        assert len(at.error) == number, field
        assert plan(at) == telecom()


# Automation ----------------------------------------------------------------------------------------------------------


def test_time_freed_becomes_a_lower_cost_to_serve() -> None:
    """252,000 a year over the families active in the first period, off the 60 euros believed."""
    first = set_cell(with_answers(automation=[TASK]), "families", "reduce_cost", 500_000)
    at = shown(first, "Automation")
    assert "7,200 hours a year" in " ".join(markdown.value for markdown in at.markdown)
    at.button(key="automate_families").click().run()
    healthy(at)
    active = results.given(first.case).today_active[0, 0, 0]
    lever = plan(at).case.segment("families").levers.reduce_cost
    assert isinstance(lever, Curve)
    assert lever.ceiling.likely == pytest.approx(60 - 252_000 / active)
    assert plan(at).origin(("families", "reduce_cost", "ceiling")).kind == "computed"
    assert equity(plan(at)) > equity(first)
    assert not [button for button in at.button if str(button.key).startswith("automate_")], "it counts once"
    undone(at, first)


def test_what_is_for_everybody_can_be_counted_in_everywhere_at_once() -> None:
    first = with_answers(automation=[{"minutes": 30.0, "people": 50.0, "hourly": 30.0}])
    at = shown(first, "Automation")
    at.button(key="automate_all").click().run()
    healthy(at)
    for segment in plan(at).case.segment_ids:
        assert plan(at).origin((segment, "reduce_cost", "ceiling")).kind == "computed"
    undone(at, first)


def test_where_the_cost_is_fixed_automation_says_what_to_do_first() -> None:
    shop = start(load_sample("web_shop"))
    at = shown(set_answer(shop, "automation", [{**TASK, "segment": "recent"}]), "Automation")
    assert any("give its cost to serve a curve" in markdown.value for markdown in at.markdown)
    assert not [button for button in at.button if str(button.key).startswith("automate_")]


# Believe -------------------------------------------------------------------------------------------------------------


def test_people_who_leave_because_of_saving_cost_customer_equity() -> None:
    first = set_cell(telecom(), "families", "reduce_cost", 900_000)
    at = shown(first)
    at.text_input(key="harm_families_retention_rate_high").set_value("6").run()
    at.text_input(key="harm_families_retention_rate_likely").set_value("5").run()
    healthy(at)
    (effect,) = plan(at).case.segment("families").levers.reduce_cost.side_effects  # type: ignore[union-attr]
    assert (effect.at_ceiling.low, effect.at_ceiling.likely, effect.at_ceiling.high) == (-0.06, -0.05, -0.005)
    assert equity(plan(at)) < equity(first)
    assert plan(at).origin(("families", "reduce_cost", "retention_rate")).kind == "believed"
    at.text_input(key="harm_families_revenue_likely").set_value("12").run()
    assert equity(plan(at)) < equity(first)
    at.text_input(key="harm_families_retention_rate_likely").set_value("").run()
    healthy(at)
    effects = plan(at).case.segment("families").levers.reduce_cost.side_effects  # type: ignore[union-attr]
    assert [(effect.metric, effect.at_ceiling.likely) for effect in effects] == [("revenue", -12)]


def test_harm_that_cannot_be_is_said_and_changes_nothing() -> None:
    """200 of 100 customers, a word, and at most less than at least."""
    at = shown()
    for text in ("200", "many", "0.1"):
        at.text_input(key="harm_families_retention_rate_high").set_value(text).run()
        assert not at.exception
        assert len(at.error) == 1, text
        assert plan(at) == telecom()


def test_what_a_lever_can_absorb_limits_the_search() -> None:
    at, lever = shown(operations_bounds="What each lever can absorb"), "retain"
    assert {key for key in LEVER_CODES if at.text_input(key=f"limit_{key}_low")} == set(LEVER_CODES)
    at.text_input(key=f"limit_{lever}_high").set_value("200K").run()
    healthy(at)
    assert plan(at).limits.levers == {lever: (0, 200_000)}
    assert len(at.warning) == 1, "today retain gets 1.35 million"
    at.text_input(key=f"limit_{lever}_low").set_value("300K").run()
    assert len(at.error) == 1
    at.text_input(key=f"limit_{lever}_high").set_value("").run()
    assert plan(at).limits.levers == {}, "an emptied field is no limit"


def test_the_best_split_keeps_within_what_a_lever_can_absorb() -> None:
    firm = start(load_sample("classroom"))
    free = results.best(firm, lambda share: None)
    most = sum(levers["acquire"] for levers in free.spend.values()) / 2
    at = shown(firm, operations_bounds="What each lever can absorb")
    at.text_input(key="limit_acquire_high").set_value(str(most)).run()
    healthy(at)
    held = results.best(plan(at), lambda share: None)
    assert sum(levers["acquire"] for levers in held.spend.values()) <= most * (1 + 1e-9)
    assert held.readouts.customer_equity < free.readouts.customer_equity


# Large, small and strange --------------------------------------------------------------------------------------------


def test_fifty_segments_and_one_and_strange_names_work() -> None:
    document = document_of(load_sample("telecom"))
    segment = document["segments"][0]
    many = [{**segment, "id": f"s{number}", "name": f"{HOSTILE} {number}"} for number in range(50)]
    initiatives = [{**document["initiatives"][0], "segments": None, "name": HOSTILE}]
    large = start(case_from({**document, "budget": None, "segments": many, "events": [], "initiatives": initiatives}))
    large = set_answer(large, "automation", [{"task": HOSTILE, "minutes": 5.0, "hourly": 30.0}])
    at = shown(large, "Automation", operations_evidence="Time freed")
    assert len([button for button in at.button if str(button.key).startswith("automate_")]) == 1
    shown(start(load_sample("classroom")), "Automation", operations_bounds=BOUNDS[1])
    shown(large, "Initiatives", initiative_form=True)


def test_a_segment_that_is_gone_leaves_its_task_to_all() -> None:
    """Nothing dangling, nothing lost: the task stays, about all customers."""
    first = with_answers(automation=[TASK])
    rest = [segment for segment in document_of(first.case)["segments"] if segment["id"] != "families"]
    at = shown(set_case(first, with_segments(first.case, rest, None)), "Automation")
    assert plan(at).answer("automation") == ({code: value for code, value in TASK.items() if code != "segment"},)
