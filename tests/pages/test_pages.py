"""Start and Budget in every language and state: nothing breaks, every widget does what the plan says, all undoes.

The widgets are not listed here but found on the page: one that neither changes the plan nor stands in DISPLAY_ONLY
fails.
"""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import jobs
from pages.plans.firm import CURRENCIES
from strategy import charts
from strategy.case.beliefs import Origin
from strategy.case.case_file import MAX_BYTES, case_from, read_case
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import FOLDER, SAMPLES, load_sample, sample_origins
from strategy.case.ten_numbers import EXAMPLES, QUESTIONS
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.moves import begin, choose, lock, set_lever, set_phases, take_over
from strategy.plan.plan import Plan, set_case, start
from strategy.progress import silent
from strategy.words.messages import LEVER_GOALS, NOT_PROVEN, REFINED
from strategy.words.wording import LANGUAGES, Wording, markdown_text
from tests import cases
from tests.apptest import (
    HOSTILE,
    LONG,
    PLANNER,
    TITLES,
    alone,
    change,
    charts_with_words,
    container,
    desk,
    desk_parts,
    draw_once,
    edit,
    findings_told,
    healthy,
    lock_on_desk,
    moved,
    on_desk,
    opened,
    plan,
    sent,
    sent_by_desk,
    shown,
    typed_shows_as_text,
    widgets,
)

WAYS = ("A sample firm", "Your own file", "Ten numbers")
VIEWS = {
    "Customers and cash": ("customers", "cash"),
    "Where it moves": ("moves", "clv"),
    "Curves": ("curves",),
    "Budget size": ("budget_size",),
    "How sure": ("distribution", "tornado"),
    "Find out first": ("worth", "no_regret"),
    "Follow one euro": (),
    "Numbers": (),
}
"""Below the first screen of the budget page, and the charts of each."""
FIRST_SCREEN = ("headline", "model", "levers", "charts", "sure")
"""The parts of the mixing desk above them."""
SLIDES = 6
SLOW = ("Budget size", "Find out first")
"""Views that search for seconds on a large firm: shown for the smallest."""

DISPLAY_ONLY = {
    r"language_choice": "the words on the screen; names of an untouched sample follow, which a test of its own holds",
    r"guess_first": "whether results wait for a guess",
    r"guess": "a guess is no decision",
    r"curve_lever": "which curves are drawn",
    r"phase": "which phase the sliders move",
    r"followed": "which euro is followed",
    r"ten_\w+": "answers become a plan only by the button below them",
    r"way": "which way to a firm is open",
    r"more": "which view is open",
    r"best_panel|lever_limits|open_\w+|defaults": "whether more is shown",
    r"numbers_\w+|why_\w+": "whether numbers and formulas are shown",
}


# Apps ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


@pytest.fixture
def same_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)


def over_time() -> History:
    """The moved plan with its money in three phases."""
    history = moved()
    return history.record("total fixed or free", set_phases(history.plan, 3))


def state(name: str, language: str = "en") -> dict[str, Any]:
    """What the session holds in a state of STATES."""
    say = Wording(language)
    kind, _, what = name.partition(": ")
    if kind == "view":
        return {"history": moved("classroom" if what in SLOW else "telecom"), "display": {"more": what}}
    if kind == "way":
        return {"way": say.text(what)}
    if kind == "slide":
        return {"history": moved(), "display": {"presenting": True, "slide": int(what)}}
    return {
        "fresh": {},
        "moved": {"history": moved()},
        "over time": {"history": over_time()},
        "best split": {"history": moved(), "best_panel": True, "lever_limits": True},
        "guess first": {"history": moved(), "display": {"guess_first": True}},
        "numbers": {"history": moved(), "numbers_waterfall": True, "numbers_next_euro": True, "numbers_money": True},
    }[kind]


BUDGET_STATES = (
    *("fresh", "moved", "over time", "best split", "guess first", "numbers"),
    *(f"slide: {n}" for n in range(SLIDES)),
    *(f"view: {title}" for title in VIEWS),
)
START_STATES = ("fresh", "moved", *(f"way: {title}" for title in WAYS))
STATES = [*(("budget.py", name) for name in BUDGET_STATES), *(("start.py", name) for name in START_STATES)]
IN_TURN = [(*pair, tuple(LANGUAGES)[number % 2]) for number, pair in enumerate(STATES)]
"""Every state in one language, the languages by turns: where the language cannot matter."""


def in_state(page: str, name: str, language: str = "en") -> AppTest:
    return opened(page, language, **state(name, language))


# Pages ---------------------------------------------------------------------------------------------------------------


def test_every_page_is_tested() -> None:
    assert {path.name for path in PLANNER.parent.glob("*.py")} - {PLANNER.name} == set(TITLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("file", "name"), STATES)
def test_every_page_opens_in_every_state_and_language(file: str, name: str, language: str) -> None:
    at = in_state(file, name, language)
    healthy(at)
    title = plan(at).case.name if name.startswith("slide") else Wording(language).text(TITLES[file])
    assert [heading.value for heading in at.title][:1] == [title]
    charts_with_words(at)
    headings = [markdown.proto.hide_anchors for markdown in at.markdown if markdown.value.startswith("#")]
    assert all(headings + [heading.proto.hide_anchor for heading in [*at.title, *at.header, *at.subheader]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lever_on_the_budget_page_says_what_it_is_for(language: str) -> None:
    say = Wording(language)
    assert desk(opened("budget.py", language))["state"]["goals"] == [
        say.text(LEVER_GOALS[lever]) for lever in LEVER_CODES
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_curves_that_nobody_confirmed_are_counted_under_the_headline(language: str) -> None:
    """Two answers of a curve are defaults; one more is believed, and a confirmed one and a fact are no such numbers."""
    first = start(load_sample("telecom"))
    segment, default = first.case.segment_ids[0], Origin(kind="default", confirm=True)
    marked = {
        (segment, "retain", "floor"): default,
        (segment, "retain", "ceiling"): default,
        (segment, "retain", "answer_1"): Origin(kind="believed"),
        (segment, "acquire", "floor"): Origin(kind="default"),
        (segment, "customers"): default,
    }
    say = Wording(language)
    told = say.plural(
        "This rests on {count} standard number that nobody has confirmed yet.",
        "This rests on {count} standard numbers that nobody has confirmed yet.",
        2,
    )
    assert "2" in told
    for plan_, there in ((set_case(first, first.case, marked), True), (first, False)):
        at = opened("budget.py", language, history=History(Step("{name} opened", (), plan_)))
        healthy(at)
        assert any(told in markdown.value for markdown in at.markdown) == there
        assert (say.text("Assumptions") in links(at)) == there


def test_where_money_changes_nothing_the_page_says_so_once_and_leads_to_where_that_is_asked() -> None:
    at = opened("budget.py", "en", history=History(Step("{name} opened", (), start(case_from(cases.constants())))))
    healthy(at)
    said = [node for node in (*at.info, *at.markdown) if "nowhere to spend" in node.value]
    assert len(said) == 1
    assert links(at) == [
        "Acquire: Client selection",
        "Develop: Value realization",
        "Retain: Value protection",
        "Reduce cost: Operationalization",
    ]
    assert not [caption for caption in at.caption if "allocated" in caption.value]
    assert not {"take_best", "best_panel"} & widgets(at).keys()
    assert not any(desk(at)["state"]["levers"])


def links(at: AppTest) -> list[str]:
    """Titles of the links to other pages."""
    return [link.proto.label for link in at.get("page_link")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_views_and_tabs_are_those_that_are_tested(language: str) -> None:
    say = Wording(language)
    views = opened("budget.py", language).segmented_control(key="more").options
    assert views == [say.text(title) for title in VIEWS]
    assert [tab.label for tab in opened("start.py", language).tabs] == [say.text(title) for title in WAYS]


@pytest.mark.parametrize("name", [name for name in BUDGET_STATES if name.startswith(("view", "slide"))])
def test_every_view_and_slide_has_content_of_its_own(name: str) -> None:
    at = in_state("budget.py", name)
    if name.startswith("slide"):
        assert at.caption[0].value == f"{int(name[-1]) + 1} / {SLIDES}"
        assert not widgets(at)
        assert len(at.get("plotly_chart")) >= 1
        return
    drawn = {chart.key for chart in at.get("plotly_chart")}
    shown = name.removeprefix("view: ")
    curves = ("curves",) if shown == "Curves" else ()
    wanted = {f"chart_{key}" for key in VIEWS[shown] if key not in curves}
    assert drawn <= wanted, "only what is chosen is computed"
    assert findings_told(at) == len(wanted), "what has nothing to show says so"
    assert sorted(desk_parts(at)) == sorted((*FIRST_SCREEN, *curves))
    assert bool(at.selectbox) == (shown == "Follow one euro")
    assert bool(at.dataframe) == (shown == "Numbers")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_a_chart_are_shown_as_texts_and_can_be_taken_along(language: str) -> None:
    at = in_state("budget.py", "numbers", language)
    taken = [button for button in at.get("download_button") if button.proto.id.endswith(("waterfall", "next_euro"))]
    assert [button.proto.label for button in taken] == [Wording(language).text("Download these numbers (CSV)")] * 2
    shown, history = at.dataframe[0].value, plan(at)
    table = charts.waterfall(history.case, results.read_out(history), Wording(language, history.case.currency)).table
    assert shown.astype(str).values.tolist() == table.texts.values.tolist()
    assert not opened("budget.py", language).dataframe, "closed, they are not even made"


# Buttons -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "name", "language"), IN_TURN)
def test_every_button_can_be_pressed_in_a_fresh_app(
    file: str, name: str, language: str, request: pytest.FixtureRequest
) -> None:
    if name not in ("fresh", "moved"):
        request.getfixturevalue("same_charts")
    at = in_state(file, name, language)
    keys = [button.key for button in (*at.button, *at.download_button) if not button.proto.disabled]
    for number, key in enumerate(keys):
        if number:
            at = in_state(file, name, language)
        next(b for b in (*at.button, *at.download_button) if b.key == key).click().run()
        healthy(at, f"{key} on {file}, {name}")
        assert at.title


def test_presenting_moves_on_and_back_and_ends() -> None:
    at = in_state("budget.py", "slide: 0")
    assert at.button(key="slide_back").proto.disabled
    for number in range(1, SLIDES):
        at.button(key="slide_on").click().run()
        assert at.caption[0].value == f"{number + 1} / {SLIDES}"
    assert at.button(key="slide_on").proto.disabled
    at.button(key="slide_back").click().run()
    assert at.caption[0].value == f"{SLIDES - 1} / {SLIDES}"
    at.button(key="slide_stop").click().run()
    assert at.title[0].value == TITLES["budget.py"]
    healthy(at)


# Widgets -------------------------------------------------------------------------------------------------------------


WIDGET_STATES = [
    ("budget.py", "moved", "en"),
    ("budget.py", "moved", "nl"),
    ("budget.py", "over time", "en"),
    ("budget.py", "best split", "nl"),
    ("budget.py", "guess first", "en"),
    ("budget.py", "numbers", "nl"),
    *(("budget.py", f"view: {title}", "en") for title in VIEWS),
    *(("start.py", f"way: {title}", language) for title in WAYS for language in LANGUAGES),
]


@cache
def keys(page: str, name: str, language: str) -> frozenset[str]:
    """The keys of everything to set on a page in a state."""
    return frozenset(widgets(opened(page, language, **{"history": moved(), **state(name, language)})))


@pytest.mark.usefixtures("same_charts")
@pytest.mark.parametrize(("file", "name", "language"), WIDGET_STATES)
def test_every_widget_changes_the_plan_or_says_why_not(
    file: str, name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = results.best(moved().plan, lambda share: None)
    for search in ("divided", "best"):  # it has tests of its own
        monkeypatch.setattr(results, search, lambda plan, on_progress: found)
    held = {"history": moved(), **state(name, language)}
    first, common = held["history"].plan, set() if name == "moved" else keys(file, "moved", language)
    at = opened(file, language, **held)
    for key in sorted(keys(file, name, language) - common | {"language_choice"}):
        if key not in widgets(at):
            at = opened(file, language, **held)
        reasons = [reason for pattern, reason in DISPLAY_ONLY.items() if re.fullmatch(pattern, key)]
        change(at, widgets(at)[key])
        healthy(at, key)
        if reasons:
            assert plan(at) == first, f"{key} changes the plan although it is about {reasons[0]}"
            continue
        assert plan(at) != first, f"{key} changes nothing: let it, or say why not in DISPLAY_ONLY"
        at.button(key="undo").click().run()
        healthy(at, f"undo of {key}")
        assert plan(at) == first, f"undo of {key} left a trace"


@pytest.mark.usefixtures("same_charts")
def test_every_reason_is_about_a_widget_there_is() -> None:
    there = {key for found in WIDGET_STATES for key in keys(*found)}
    assert not [pattern for pattern in DISPLAY_ONLY if not any(re.fullmatch(pattern, key) for key in there)]


# What no browser would send ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [1e300, -1e300, float("inf"), float("nan"), -1.0])
@pytest.mark.parametrize("key", [None, "aversion", "families"])
def test_an_amount_out_of_range_leaves_a_plan_in_range(key: str | None, amount: float) -> None:
    history = History(Step("{name} opened", (), moved("classroom" if key == "aversion" else "telecom").plan))
    at = opened("budget.py", history=history, best_panel=key == "aversion")
    if key == "aversion":
        sent(at, at.slider(key=key).id, double_array_value=[amount])
    else:
        on_desk(at, "retain", amount, key)
    healthy(at)
    proper(plan(at))


NO_MOVE: dict[str, Any] = {
    "nothing": None,
    "no list": {"moves": 7},
    "no move": {"moves": [None, "retain", 5, [], {}]},
    "no lever": {"moves": [{"number": 1, "lever": "magic", "segment": None, "phase": 0, "amount": 5.0}]},
    "no segment": {"moves": [{"number": 1, "lever": "retain", "segment": "nobody", "phase": 0, "amount": 5.0}]},
    "no phase": {"moves": [{"number": 1, "lever": "retain", "segment": None, "phase": 7, "amount": 5.0}]},
    "no phase before": {"moves": [{"number": 1, "lever": "retain", "segment": None, "phase": -1, "amount": 5.0}]},
    "no amount": {"moves": [{"number": 1, "lever": "retain", "segment": None, "phase": 0, "amount": "much"}]},
    "yes for an amount": {"moves": [{"number": 1, "lever": "retain", "segment": None, "phase": 0, "amount": True}]},
    "no number": {"moves": [{"number": "1", "lever": "retain", "segment": None, "phase": 0, "amount": 5.0}]},
}
"""What no desk of ours sends."""


@pytest.mark.parametrize("value", NO_MOVE.values(), ids=NO_MOVE)
def test_what_is_no_move_of_the_desk_moves_nothing(value: Any) -> None:
    at = opened("budget.py")
    before = plan(at)
    sent_by_desk(at, value)
    healthy(at)
    assert plan(at) == before


def test_moves_of_the_desk_are_taken_in_their_order_each_once_and_the_page_says_which_it_has_heard() -> None:
    at = opened("budget.py")
    move = {"segment": None, "phase": 0}
    first, second = ({"number": n, "lever": "retain", "amount": 1e6 * n, **move} for n in (1, 2))
    third = {"number": 3, "lever": "retain", "segment": "families", "phase": 0, "amount": 9e5}
    sent_by_desk(at, {"moves": [second, first]})
    assert plan(at).lever_total("retain") == pytest.approx(2e6)
    assert desk(at)["state"]["heard"] == 2
    sent_by_desk(at, {"moves": [first, second, third]})  # sent again: the answer had not come yet
    assert plan(at).spend["families"]["retain"] == pytest.approx(9e5)
    assert desk(at)["state"]["heard"] == 3
    for _ in range(3):
        at.button(key="undo").click().run()
    assert plan(at).as_today
    healthy(at)


def proper(changed: Plan) -> None:
    """A plan that its own file rules accept, and that does not spend more than its fixed total."""
    assert all(0 <= amount <= 1e15 for levers in changed.spend.values() for amount in levers.values())
    assert 0 <= changed.aversion <= 1
    assert Plan.model_validate(changed.model_dump(by_alias=True), strict=False).spend == changed.spend
    if changed.fixed:
        assert changed.unallocated == 0


@pytest.mark.parametrize(
    "cells",
    [{"plan": -5.0}, {"plan": 1e300}, {"plan": float("nan")}, {"low": -1.0}, {"low": 9.0, "high": 1.0}, {"low": "x"}],
)
def test_an_impossible_edit_of_the_table_of_cells_leaves_a_plan_in_range(cells: dict[str, Any]) -> None:
    at = in_state("budget.py", "view: Numbers")
    edit(at, at.data_editor[0], 0, **cells)
    assert not at.exception
    proper(plan(at))
    if "plan" not in cells:
        assert plan(at) == moved().plan
        assert len(at.error) == 1


def test_what_the_table_of_cells_refused_stays_said_until_something_is_accepted() -> None:
    at = in_state("budget.py", "view: Numbers")
    edit(at, at.data_editor[0], 0, low=9.0, high=1.0)
    assert "9" in at.error[0].value
    edit(at, at.data_editor[0], 1, low=1.0, high=9.0)
    assert not at.error


@pytest.mark.parametrize("key", ["language_choice", "curve_lever"])
def test_a_choice_that_is_not_offered_is_ignored(key: str) -> None:
    at = in_state("budget.py", "view: Curves")
    states = at._tree.get_widget_states()
    group = next(g for g in at.segmented_control if g.key == key)
    next(s for s in states.widgets if s.id == group.id).string_array_value.data[:] = ["../../etc"]
    at._run(states)
    at.run()
    healthy(at)
    assert plan(at) == moved().plan


def test_a_currency_that_is_not_offered_makes_no_firm() -> None:
    at = in_state("start.py", "way: Ten numbers")
    before = plan(at)
    sent(at, at.selectbox(key="ten_currency").id, string_value="<b>")
    assert not at.exception
    at.button(key="make_firm").click().run()
    assert not at.exception
    assert plan(at) == before or plan(at).case.currency in CURRENCIES


# Samples -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_every_sample_opens_with_its_names_in_the_readers_language(code: str, language: str) -> None:
    at = opened("start.py", language, history=moved())
    at.button(key=f"sample_{code}").click().run()
    healthy(at)
    opened_case = plan(at).case
    english = read_case((FOLDER / code / "case.json").read_bytes())
    names = json.loads((FOLDER / code / "names.nl.json").read_text(encoding="utf-8"))
    expected = names[english.name] if language == "nl" else english.name
    assert opened_case.name == expected
    assert [s.name for s in opened_case.segments] == [
        names[s.name] if language == "nl" else s.name for s in english.segments
    ]
    assert any(shown(expected) in header.value for header in at.header)
    at.switch_page("budget.py").run()
    healthy(at)
    assert plan(at).as_today


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_untouched_sample_follows_the_language_and_a_changed_plan_stays_as_it_is(language: str) -> None:
    other = next(code for code in LANGUAGES if code != language)
    at = opened("budget.py", language)
    at.segmented_control(key="language_choice").set_value(other).run()
    healthy(at)
    assert plan(at) == begin(load_sample("telecom", other), sample_origins("telecom", other))
    assert at.title[0].value == Wording(other).text(TITLES["budget.py"])
    on_desk(at, "retain", 2 * plan(at).lever_total("retain"))
    changed = plan(at)
    at.segmented_control(key="language_choice").set_value(language).run()
    healthy(at)
    assert plan(at) == changed
    assert at.title[0].value == Wording(language).text(TITLES["budget.py"])
    assert at.query_params["lang"] in (language, [language])
    at.button(key="undo").click().run()
    assert plan(at).as_today


def test_a_language_that_we_do_not_speak_is_english() -> None:
    assert opened("start.py", "xx").title[0].value == TITLES["start.py"]


# A firm of one's own -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_numbers_make_a_firm(language: str) -> None:
    say = Wording(language)
    at = in_state("start.py", "way: Ten numbers", language)
    before = at.session_state["history"]
    assert len([field for field in at.text_input if field.key != "ten_name"]) == len(QUESTIONS) == 10
    at.text_input(key="ten_name").set_value("Bakery & Sons").run()
    at.text_input(key="ten_customers").set_value(say.number(12345)).run()
    at.text_input(key="ten_revenue").set_value(say.number(99.5)).run()
    at.button(key="make_firm").click().run()
    healthy(at)
    made = plan(at).case
    assert made.name == "Bakery & Sons"
    assert made.currency == "EUR"
    assert made.segments[0].customers.likely == 12345
    assert made.segments[0].levers.develop.points[0][1].likely == 99.5
    assert plan(at).spent == sum(EXAMPLES[code] for code in LEVER_CODES)
    at.switch_page("budget.py").run()
    healthy(at)
    at.button(key="undo").click().run()
    assert plan(at) == before.plan


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_number_stays_in_its_field_with_a_message(language: str) -> None:
    at = in_state("start.py", "way: Ten numbers", language)
    at.text_input(key="ten_customers").set_value("many").run()
    assert at.text_input(key="ten_customers").value == "many"
    assert len(at.error) == 1
    at.text_input(key="ten_stay").set_value("80").run()
    assert at.text_input(key="ten_customers").value == "many"
    at.text_input(key="ten_customers").set_value("500").run()
    healthy(at)
    at.switch_page("budget.py").run()
    at.text_input(key="budget").set_value("7 apples").run()
    assert at.text_input(key="budget").value == "7 apples"
    assert len(at.error) == 1
    assert plan(at).budget == start(load_sample("telecom")).budget
    at.text_input(key="budget").set_value(Wording(language).money(6e6, 0)).run()
    healthy(at)
    assert plan(at).budget == 6e6


def test_impossible_answers_make_no_firm_and_say_why() -> None:
    at = in_state("start.py", "way: Ten numbers")
    before = plan(at)
    at.text_input(key="ten_stay").set_value("140").run()
    at.button(key="make_firm").click().run()
    assert not at.exception
    assert plan(at) == before
    assert "140" in at.error[0].value


def test_answers_are_still_there_after_another_page() -> None:
    at = in_state("start.py", "way: Ten numbers")
    at.text_input(key="ten_name").set_value("Somebody").run()
    at.text_input(key="ten_customers").set_value("77").run()
    at.switch_page("budget.py").run()
    at.switch_page("start.py").run()
    sent(at, container(at.get("tab_container")[0]), string_value="Ten numbers")
    assert at.text_input(key="ten_name").value == "Somebody"
    assert at.text_input(key="ten_customers").value == "77"


# Files ---------------------------------------------------------------------------------------------------------------


def upload(at: AppTest, content: bytes, name: str = "file.json") -> AppTest:
    at.file_uploader[0].upload(name, content, "application/json").run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def document(code: str = "telecom") -> dict[str, Any]:
    return json.loads((FOLDER / code / "case.json").read_bytes())


@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_a_case_file_opens_and_undo_brings_back_what_was_there(code: str) -> None:
    at = opened("start.py", history=moved(), way="Your own file")
    content = (FOLDER / code / "case.json").read_bytes()
    upload(at, content)
    healthy(at)
    assert plan(at) == start(read_case(content))
    at.button(key="undo").click().run()
    assert plan(at) == moved().plan
    at.button(key="redo").click().run()
    assert plan(at) == start(read_case(content))


def test_a_plan_file_opens_as_it_was_saved() -> None:
    first = moved().plan
    saved = choose(lock(first, first.cells("acquire"), True), first.case.initiative_ids[0], True)
    at = upload(in_state("start.py", "way: Your own file"), saved.to_json().encode())
    healthy(at)
    assert plan(at) == saved
    at.switch_page("budget.py").run()
    healthy(at)
    assert plan(at) == saved


def with_rate_above_1() -> bytes:
    wrong = document()
    wrong["segments"][0]["levers"]["retain"]["ceiling"] = [1.2, 1.3, 1.4]
    return json.dumps(wrong).encode()


def in_the_scenario(**fields: Any) -> bytes:
    """A plan file with other fields in its scenario."""
    wrong = json.loads(moved().plan.to_json())
    wrong["scenarios"][0] |= fields
    return json.dumps(wrong).encode()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "broken JSON": (lambda: b'{"schema": 1,', "JSON"),
    "not an object": (lambda: b"[1, 2]", "JSON object"),
    "a rate above 1": (with_rate_above_1, "Families with internet"),
    "too large": (lambda: b'"' + b"x" * MAX_BYTES + b'"', "too large"),
    "not text": (lambda: b"\xff\xfe\x00", "UTF"),
    "a plan with a cell nobody knows": (
        lambda: in_the_scenario(spend={"nobody": {"retain": 1}}),
        "nobody",
    ),
    "a plan whose locks are a number": (
        lambda: in_the_scenario(locked=5),
        "ock",
    ),
    "a plan whose locks hold a list": (
        lambda: in_the_scenario(locked=[[["x"], "retain"]]),
        "ock",
    ),
    "a plan whose case is a number": (lambda: b'{"schema": 1, "case": 5}', "case"),
    "a plan whose initiatives hold a list": (
        lambda: in_the_scenario(initiatives=[["x"]]),
        "nitiative",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_used_says_why_and_keeps_the_plan(what: str) -> None:
    make, reason = REFUSED[what]
    at = upload(opened("start.py", history=moved(), way="Your own file"), make(), "my *file*.json")
    assert plan(at) == moved().plan
    assert len(at.error) == 1
    assert reason in at.error[0].value.replace("\\", "")
    assert shown("my *file*.json") in at.error[0].value


def hostile_case(code: str = "telecom") -> bytes:
    wrong = document(code)
    wrong["name"] = "Firm " + HOSTILE
    for number, segment in enumerate(wrong["segments"]):
        segment["name"] = f"{number} {HOSTILE}"
    for part in ("events", "initiatives"):
        for number, entry in enumerate(wrong[part]):
            entry["name"] = f"{part} {number} {HOSTILE}"
    return json.dumps(wrong).encode()


@pytest.mark.parametrize(
    "name", ["fresh", "moved", "best split", "numbers", *(f"view: {view}" for view in VIEWS), "slide: 0"]
)
def test_names_with_markup_show_as_typed(name: str) -> None:
    at = opened("start.py", way="Your own file")
    upload(at, hostile_case("classroom" if name.removeprefix("view: ") in SLOW else "telecom"))
    healthy(at)
    assert plan(at).case.name == "Firm " + HOSTILE
    pages = [at]
    if name == "fresh":
        at.switch_page("budget.py").run()
        pages.append(at)
    else:
        hostile = set_lever(plan(at), "acquire", 1e4).having(draws=10)
        held = {**state(name), "history": History(Step("{name} opened", (("name", hostile.case.name),), hostile))}
        pages = [opened("budget.py", **held)]
    for page in pages:
        healthy(page)
        typed_shows_as_text(page)


# The split -----------------------------------------------------------------------------------------------------------


def test_with_the_total_fixed_the_others_give_way_in_proportion() -> None:
    at = opened("budget.py")
    today = plan(at)
    on_desk(at, "retain", today.lever_total("retain") + 750_000)
    healthy(at)
    now = plan(at)
    assert now.lever_total("retain") == pytest.approx(today.lever_total("retain") + 750_000)
    assert now.spent == pytest.approx(today.spent)
    assert now.unallocated == 0
    shares = {now.lever_total(lever) / today.lever_total(lever) for lever in LEVER_CODES if lever != "retain"}
    assert max(shares) == pytest.approx(min(shares))
    assert max(shares) < 1


def test_a_locked_lever_keeps_its_amount() -> None:
    at = opened("budget.py")
    today = plan(at)
    lock_on_desk(at, "acquire", True)
    on_desk(at, "retain", 3e6)
    assert plan(at).lever_total("acquire") == today.lever_total("acquire")
    assert plan(at).lever_total("retain") == pytest.approx(3e6)
    locked = plan(at)
    on_desk(at, "acquire", 0.0)
    assert plan(at).spend == locked.spend
    assert desk(at)["state"]["heard"] == 3, "the browser learns that its move was heard"
    lock_on_desk(at, "acquire", False)
    on_desk(at, "acquire", 0.0)
    assert plan(at).lever_total("acquire") == 0
    healthy(at)


def test_with_the_total_free_what_is_left_or_too_much_is_said() -> None:
    at = opened("budget.py")
    at.toggle(key="fixed").set_value(False).run()
    today = plan(at)
    on_desk(at, "retain", 0.0)
    healthy(at)
    assert {lever: plan(at).lever_total(lever) for lever in LEVER_CODES} == {
        **{lever: today.lever_total(lever) for lever in LEVER_CODES},
        "retain": 0.0,
    }
    left = Wording("en").short_money(today.lever_total("retain"))
    assert [info.value for info in at.info] == [f"Unallocated: {shown(left)}"]
    on_desk(at, "retain", 7.5e6)
    healthy(at)
    over = Wording("en").short_money(7.5e6 - today.lever_total("retain"))
    assert len(at.warning) == 1
    assert shown(over) in at.warning[0].value
    at.toggle(key="fixed").set_value(True).run()
    assert plan(at).unallocated == 0
    assert not at.warning


def test_undo_redo_and_reset_bring_back_exactly_what_was() -> None:
    at = opened("budget.py")
    seen = [plan(at)]
    for lever, amount in (("retain", 2e6), ("acquire", 1e6)):
        on_desk(at, lever, amount)
        seen.append(plan(at))
    at.checkbox(key="initiative_family_bundle").check().run()
    seen.append(plan(at))
    for expected in reversed(seen[:-1]):
        at.button(key="undo").click().run()
        assert plan(at) == expected
    assert at.button(key="undo").proto.disabled
    for expected in seen[1:]:
        at.button(key="redo").click().run()
        assert plan(at) == expected
    assert at.button(key="redo").proto.disabled
    at.button(key="reset").click().run()
    assert plan(at) == seen[0]
    at.button(key="undo").click().run()
    assert plan(at) == seen[-1]
    assert at.checkbox(key="initiative_family_bundle").value
    healthy(at)


def test_the_best_split_is_found_and_taken_over() -> None:
    at = opened("budget.py", best_panel=True)
    before = results.read_out(plan(at)).customer_equity
    at.button(key="take_best").click().run()
    healthy(at)
    taken = plan(at)
    assert results.read_out(taken).customer_equity > before
    assert taken.unallocated == 0
    at.button(key="undo").click().run()
    assert plan(at).as_today


@pytest.mark.parametrize("end", ["low", "high"])
def test_a_limit_that_is_emptied_is_no_limit(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = results.best(moved().plan, lambda share: None)
    monkeypatch.setattr(results, "best", lambda plan, on_progress: found)
    at = in_state("budget.py", "best split")
    at.text_input(key=f"limit_retain_{end}").set_value("2m").run()
    healthy(at)
    low, high = plan(at).limits.levers["retain"]
    assert (low if end == "low" else high) == 2e6
    assert at.text_input(key=f"limit_retain_{end}").value == "€2,000,000"
    at.text_input(key=f"limit_retain_{end}").set_value("").run()
    healthy(at)
    assert at.text_input(key=f"limit_retain_{end}").value == ""
    assert plan(at).limits.levers.get("retain", (0.0, 1e15)) == (0.0, 1e15)


# Guessing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_guess_first_hides_the_results_until_there_is_a_guess(language: str) -> None:
    say = Wording(language)
    at = opened("budget.py", language, history=moved())
    at.toggle(key="guess_first").set_value(True).run()
    healthy(at)
    assert desk_parts(at) == ["model", "levers"]
    assert desk(at)["state"]["truth"] is None
    assert not at.get("plotly_chart")
    assert not at.tabs
    at.text_input(key="guess").set_value("?").run()
    assert not at.exception
    assert desk_parts(at) == ["model", "levers"]
    at.text_input(key="guess").set_value(say.number(-1_500_000)).run()
    healthy(at)
    assert "headline" in desk_parts(at)
    told = at.info[0].value
    assert shown(say.signed_short_money(-1_500_000)) in told
    assert shown(say.signed_short_money(results.read_out(plan(at)).uplift)) in told
    on_desk(at, "retain", 1.2 * plan(at).lever_total("retain"))
    assert "headline" not in desk_parts(at), "another plan, another guess"
    at.button(key="reset").click().run()
    assert "headline" not in desk_parts(at), "nor does today's split tell anything"
    assert not at.get("plotly_chart")


# Long work -----------------------------------------------------------------------------------------------------------


def running() -> list[Future[Any]]:
    return [job.future for job in jobs._JOBS.values() if not job.future.done()]


def awaited() -> None:
    for future in running():
        future.exception(timeout=LONG)


@pytest.fixture
def slow_curve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The budget curve, held up half way until the event is set."""
    go, real = Event(), results.budget_curve

    def held(plan: Plan, on_progress: Callable[[float], None]) -> Any:
        on_progress(0.5)
        while not go.wait(0.01):
            on_progress(0.5)
        return real(plan, on_progress)

    monkeypatch.setattr(results, "budget_curve", held)
    monkeypatch.setattr(jobs, "_JOBS", type(jobs._JOBS)())
    monkeypatch.setattr(jobs, "AT_ONCE", 1.0)
    yield go
    go.set()
    for job in jobs._JOBS.values():
        job.stopped = True
    awaited()


@pytest.fixture
def slow_refining(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The refined split, held up until the event is set."""
    go, real = Event(), results.best

    def held(plan: Plan, on_progress: Callable[[float], None]) -> Any:
        while not go.wait(0.01):
            on_progress(0.5)
        return real(plan, on_progress)

    monkeypatch.setattr(results, "best", held)
    monkeypatch.setattr(jobs, "_JOBS", type(jobs._JOBS)())
    division = jobs._job(results.divided_key(moved("classroom").plan), divided_classroom, jobs._POOL)
    division.future.exception(timeout=LONG)
    monkeypatch.setattr(jobs, "AT_ONCE", 1.0)
    yield go
    go.set()
    for job in jobs._JOBS.values():
        job.stopped = True
    awaited()


def divided_classroom(on_progress: Callable[[float], None]) -> Any:
    return results.divided(moved("classroom").plan, on_progress)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_division_is_shown_while_it_is_refined_and_then_how_it_was_searched(
    slow_refining: Event, language: str
) -> None:
    say = Wording(language)
    refined = say.text(REFINED, finalists="17").partition("17")[0]
    at = opened("budget.py", language, history=moved("classroom"), best_panel=True)
    healthy(at)
    assert [b.key for b in at.button if b.key.startswith("stop_")] == ["stop_best"]
    assert "take_best" in [b.key for b in at.button]
    assert any(say.text(NOT_PROVEN) in caption.value for caption in at.caption)
    assert not any(refined in caption.value for caption in at.caption)
    slow_refining.set()
    awaited()
    at.run()
    healthy(at)
    assert not at.get("progress")
    assert any(refined in caption.value for caption in at.caption)


def test_taking_over_while_it_is_refined_takes_what_is_shown(slow_refining: Event) -> None:
    at = opened("budget.py", history=moved("classroom"), best_panel=True)
    at.button(key="take_best").click().run()
    healthy(at)
    assert plan(at).spend == results.divided(moved("classroom").plan, lambda share: None).spend


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_work_shows_progress_and_comes_out(slow_curve: Event, language: str) -> None:
    at = in_state("budget.py", "view: Budget size", language)
    healthy(at)
    assert [bar.value for bar in at.get("progress")] == [50]
    assert [b.key for b in at.button if b.key.startswith("stop_")] == ["stop_budget"]
    assert "chart_budget_size" not in [chart.key for chart in at.get("plotly_chart")]
    slow_curve.set()
    awaited()
    at.run()
    healthy(at)
    assert "chart_budget_size" in [chart.key for chart in at.get("plotly_chart")]
    assert not at.get("progress")


def test_long_work_can_be_stopped_and_started_again(slow_curve: Event) -> None:
    at = in_state("budget.py", "view: Budget size")
    (stopped,) = running()
    at.button(key="stop_budget").click().run()
    healthy(at)
    assert any("Stopped" in info.value for info in at.info)
    assert not at.get("progress")
    assert isinstance(stopped.exception(timeout=LONG), Exception)
    assert plan(at) == moved("classroom").plan
    at.run()
    assert any("Stopped" in info.value for info in at.info), "what is stopped does not start by itself"
    slow_curve.set()
    at.button(key="again_budget").click().run()
    awaited()
    at.run()
    healthy(at)
    assert "chart_budget_size" in [chart.key for chart in at.get("plotly_chart")]


def test_one_session_that_stops_does_not_stop_another(slow_curve: Event) -> None:
    at, other = (in_state("budget.py", "view: Budget size") for _ in range(2))
    (work,) = running()
    at.button(key="stop_budget").click().run()
    assert not work.done()
    slow_curve.set()
    awaited()
    other.run()
    healthy(other)
    assert "chart_budget_size" in [chart.key for chart in other.get("plotly_chart")]


def test_what_goes_wrong_in_long_work_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("budget.py", history=moved("classroom"), best_panel=True, lever_limits=True)
    at.text_input(key="limit_acquire_low").set_value("30k").run()
    at.text_input(key="limit_develop_low").set_value("30k").run()
    assert not at.exception
    assert len(at.error) == 1
    assert "36000" in at.error[0].value


def test_a_starting_split_is_a_proposal_until_it_is_accepted() -> None:
    at = opened("start.py")
    first = plan(at)
    best = results.divided(first, silent)
    offered = markdown_text(Wording("en").signed_short_money(best.readouts.uplift))
    assert any("Proposed start" in words.value and offered in words.value for words in at.markdown)
    assert plan(at).as_today, "nothing of it is in the plan"
    at.button(key="accept_start").click().run()
    healthy(at)
    assert plan(at).spend == take_over(first, best.spend, best.initiatives).spend
    assert "accept_start" not in widgets(at)
    at.button(key="undo").click().run()
    assert plan(at) == first
