"""The route, the five dimensions, assumptions, strategy on a page and words: each page in every state and language.

The widgets are not listed here but found on the page, whatever is closed is opened: a widget that neither changes the
plan nor stands in DISPLAY_ONLY fails.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Dataframe

from pages.frame.top.bar import CHANGE, EQUITY
from strategy.case.editing import document_of, numbers_of, with_segments
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.coherence import findings
from strategy.explanations.telling import finding_text
from strategy.plan.answers import LONGEST_TEXT, checked_answers
from strategy.plan.history import History, Step
from strategy.plan.moves import set_cell, set_fixed
from strategy.plan.plan import Plan, start
from strategy.plan.plan_file import read_plan
from strategy.questions import DIMENSIONS, QUESTIONS, of_dimension
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import LANGUAGES, Wording, markdown_text
from tests.apptest import (
    HOSTILE,
    TITLES,
    alone,
    buttons,
    change,
    charts_with_words,
    choose_in,
    container,
    draw_once,
    drawn_as,
    edit,
    editable,
    healthy,
    moved,
    opened,
    other_cell,
    plan,
    rows_sent,
    sent,
    typed_shows_as_text,
    walk,
    widgets,
)
from tests.plan.test_answers import an_answer

DIMENSION_PAGES = tuple(dimension.page for dimension in DIMENSIONS)
PAGES = tuple(page for page in TITLES if page not in ("start.py", "budget.py", "data.py"))
"""The pages of the plan; Start, Budget and customer data have tests of their own."""
TURNS = [(page, tuple(LANGUAGES)[number % 2]) for number, page in enumerate(PAGES)]
"""Every page in one language, the languages by turns: where the language cannot matter."""
OTHER_TURNS = [(page, tuple(LANGUAGES)[1 - number % 2]) for number, page in enumerate(PAGES)]

DISPLAY_ONLY = {
    r"language_choice": "the words on the screen",
    r"segment(_see|_decide|_market)?": "which segment is looked at",
    r"ranges_\w+|harm_ranges_\w+": "whether each answer is asked as a range",
    r"list_\w+": "a list of addresses becomes an initiative only by the button below it",
    r"lapsed_\w+": "lapsed customers become a segment only by the button below them",
    r"add_\w+|split_\w+|merge_\w+|remove_of": "segments change only by the button below these",
    r"pasted_\w+": "pasted answers count only by the button below them",
    r"event": "which event is looked at",
    r"initiative_chosen": "which initiative is looked at",
    r"register_part": "which numbers are looked at",
    r"draws_\w+": "draws count only by the button below them",
    r"sought": "which word is looked for",
}
FORM = r"family_.*|draws_file_.*"
"""Refused where it takes other answers, or holds no draws: see test_market_page.py and test_draws_page.py."""
NUMBERS = r"numbers_\w+"
"""The keys of what charts fold away: their numbers and formulas."""
NO_QUESTIONS = r"(?!answer_|deeper_|decide_|operations_topics).*"
"""The keys of all but the questions and what holds them."""
WAITS_FOR = {"merge_segments": "two segments to be chosen"}
"""Buttons that say what has to be filled in first."""
SLOW = ("assumptions.py",)
"""Pages with a button that searches for seconds on a large firm: pressed for the smallest."""
SEGMENT = "families"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


@pytest.fixture
def same_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)


# Plans ---------------------------------------------------------------------------------------------------------------


def history(first: Plan) -> History:
    return History(Step("{name} opened", (("name", first.case.name),), first.having(draws=50)))


def with_every_answer(first: Plan) -> Plan:
    """The plan with something answered to every question."""
    ours = json.dumps({question.code: an_answer(question) for question in QUESTIONS})
    ours = ours.replace(f'"{SEGMENT}"', f'"{first.case.segment_ids[0]}"')
    return first.having(answers=checked_answers(first.case, json.loads(ours)))


@cache
def in_state(how: str) -> History:
    if how == "unanswered":
        return history(start(load_sample("telecom")))
    if how == "answered":
        return history(with_every_answer(start(load_sample("telecom"))))
    if how == "one segment":
        return history(with_every_answer(start(load_sample("classroom"))))
    case = load_sample("telecom")
    document = document_of(case)
    copies = [
        {**document["segments"][number % 4], "id": f"s{number}", "name": f"Segment {number}"} for number in range(50)
    ]
    case = case.model_copy(update={"events": (), "initiatives": ()})
    return history(with_every_answer(start(with_segments(case, copies, None))))


# Opening -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", ["unanswered", "answered"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(page: str, how: str, language: str) -> None:
    at = opened(page, language, history=in_state(how))
    healthy(at)
    assert [title.value for title in at.title] == [Wording(language).text(TITLES[page])]
    charts_with_words(at)
    assert plan(at) == in_state(how).plan, "opening a page changes nothing"


@pytest.mark.parametrize("how", ["unanswered", "answered", "one segment", "fifty segments"])
@pytest.mark.parametrize(("page", "language"), TURNS)
def test_whatever_opens_shows_charts_with_words(page: str, language: str, how: str) -> None:
    at = opened(page, language, history=in_state(how))
    healthy(at)
    if how == "fifty segments":
        charts_with_words(at)
        return
    before = set(widgets(at))
    for key in walk(at, passed_by="" if how == "one segment" else NUMBERS):
        assert not (re.fullmatch(NUMBERS, key) and set(widgets(at)) - before), f"{key} hides something to set"
        before = set(widgets(at))
        if isinstance(widgets(at)[key], Block):
            charts_with_words(at)
    assert plan(at) == in_state(how).plan


# Widgets -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("same_charts")
@pytest.mark.parametrize(
    ("page", "how", "language"),
    [(page, "answered", language) for page, language in TURNS]
    + [(page, "unanswered", language) for page, language in OTHER_TURNS if page in DIMENSION_PAGES],
)
def test_every_widget_changes_the_plan_or_says_why_not(page: str, how: str, language: str) -> None:
    """Unanswered, only the questions differ; what charts fold away has nothing to set, which is looked at above."""
    first, passed_by = in_state(how), NUMBERS if how == "answered" else NO_QUESTIONS
    at = opened(page, language, history=first)
    for key in walk(at, f"{passed_by}|{FORM}"):
        reasons = [reason for pattern, reason in DISPLAY_ONLY.items() if re.fullmatch(pattern, key)]
        for doing in changed_in_turn(at, key):
            healthy(at, f"{doing} on {page}, {how}")
            if reasons or isinstance(widgets(at).get(key), Block):
                assert plan(at) == first.plan, f"{doing} changes the plan although it is about {reasons}"
                continue
            assert plan(at) != first.plan, f"{doing} on {page} changes nothing: let it, or say why in DISPLAY_ONLY"
            assert at.session_state["history"].undo().plan == first.plan, f"undo of {doing} on {page} leaves a trace"
            at.session_state["history"] = first


def changed_in_turn(at: AppTest, key: str) -> Iterator[str]:
    """Change a widget, or each column of a table: in the first row, in a new one, and rows taken away."""
    widget = widgets(at)[key]
    if isinstance(widget, Block):
        yield f"opening {key}"
        return
    if not isinstance(widget, Dataframe):
        if widget.type == "selectbox":
            at.run()  # what it offers may follow from another choice, which was put back
        change(at, widgets(at)[key])
        yield key
        return
    rows, columns, grows = len(widget.value), list(editable(widget)), widget.editing_mode == "dynamic"
    for column in columns if rows else ():
        table = widgets(at)[drawn_as(at, key)]
        edit(at, table, 0, **{column: other_cell(table, 0, column)})
        yield f"{column} of {key}"
    if grows:
        table = widgets(at)[drawn_as(at, key)]
        rows_sent(at, table, added_rows=[a_row(at, key, table)])
        yield f"a row more in {key}"
    if grows and rows:
        rows_sent(at, widgets(at)[drawn_as(at, key)], deleted_rows=[0])
        yield f"a row less in {key}"


def a_row(at: AppTest, key: str, table: Dataframe) -> dict[str, Any]:
    """A whole new row; answers of a person in the room that make a curve."""
    if not key.startswith("voices_"):
        return {column: other_cell(table, None, column) for column in editable(table)}
    kind = next(lever for lever in ("acquire", "develop", "retain", "reduce_cost") if f"_{lever}_" in key)
    rising = {"floor": 60.0, "answer_1": 80.0, "ceiling": 95.0}
    falling = {"floor": 95.0, "answer_1": 80.0, "ceiling": 60.0}
    return {"by": "Ann", **(falling if kind == "reduce_cost" else rising)}


@pytest.mark.parametrize("page", PAGES)
def test_the_undo_button_takes_the_last_change_back(page: str) -> None:
    first = in_state("answered")
    history = first.record("total fixed or free", moved().plan)
    at = opened(page, history=history)
    at.button(key="undo").click().run()
    healthy(at)
    assert plan(at) == first.plan
    at.button(key="redo").click().run()
    healthy(at)
    assert plan(at) == moved().plan


@pytest.mark.usefixtures("same_charts")
@pytest.mark.parametrize(("page", "language"), OTHER_TURNS)
def test_every_button_can_be_pressed_in_a_fresh_app(page: str, language: str) -> None:
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for how in ("one segment",) if page in SLOW else ("answered", "unanswered"):
        at = opened(page, language, history=in_state(how))
        found = dict.fromkeys([button.key for button in buttons(at)], (how, {})) | found
        for key in walk(at, passed_by=NUMBERS):
            if isinstance(widgets(at)[key], Block):
                closed = {k: at.session_state[k] for k, block in widgets(at).items() if isinstance(block, Block)}
                held = {k: state for k, state in closed.items() if state is not None}
                found = dict.fromkeys([button.key for button in buttons(at)], (how, held)) | found
    for key, (how, held) in found.items():
        at = opened(page, language, history=in_state(how), **held)
        next(button for button in buttons(at) if button.key == key).click().run()
        if key in WAITS_FOR:
            assert not at.exception
            assert len(at.error) == 1, WAITS_FOR[key]
            continue
        healthy(at, f"{key} on {page}, {how}")
        assert at.title


# What answers do -----------------------------------------------------------------------------------------------------


def equity(at: AppTest) -> str:
    """What the bar says that customers are worth, and what the plan adds to it."""
    bar = next(node.proto.body for node in at.get("html") if EQUITY in node.proto.body)
    return " ".join(re.findall(rf'id="(?:{EQUITY}|{CHANGE})">(.*?)</span>', bar))


@cache
def doubled() -> History:
    """A plan that spends twice as much on the families, so that answers about more and less than today count."""
    more = set_fixed(start(load_sample("telecom")).having(draws=50), False)
    for lever in LEVER_CODES:
        more = set_cell(more, SEGMENT, lever, 2 * more.spend[SEGMENT][lever])
    return history(more)


@pytest.mark.usefixtures("same_charts")
@pytest.mark.parametrize(
    ("page", "lever", "part", "typed", "kept"),
    [
        ("client_selection.py", "acquire", "ceiling", 36_000, 0.6),
        ("value_proposition.py", "retain", "ceiling", 99, 0.99),
        ("value_realization.py", "develop", "ceiling", 1500, 1500.0),
        ("value_protection.py", "retain", "answer_1", 91.2, 0.912),
        ("operationalization.py", "reduce_cost", "ceiling", 50, 50.0),
    ],
)
def test_a_belief_on_each_page_changes_its_model_input_and_the_budget_page(
    page: str, lever: str, part: str, typed: float, kept: float
) -> None:
    """36,000 of the 60,000 prospects won are a rate of 0.6; 99 of 100 customers who stay a rate of 0.99."""
    first, place = doubled().plan, (SEGMENT, lever, part)
    at = opened("budget.py", history=doubled())
    before = equity(at)
    at.switch_page(page).run()
    if "believe_levers" in widgets(at):
        sent(at, container(widgets(at)["believe_levers"]), string_value=LEVER_NAMES[lever])
    at.text_input(key=f"believe_{SEGMENT}_{lever}_{part}_likely").set_value(Wording("en").number(typed)).run()
    healthy(at)
    was, now = numbers_of(first.case), numbers_of(plan(at).case)
    assert was[place].likely != kept
    assert now[place].likely == pytest.approx(kept)
    assert {k: v.likely for k, v in now.items() if k != place} == pytest.approx(
        {k: v.likely for k, v in was.items() if k != place}
    ), "nothing else changes"
    assert plan(at).origin(place).kind == "believed"
    at.switch_page("budget.py").run()
    healthy(at)
    assert equity(at) != before
    at.button(key="undo").click().run()
    assert equity(at) == before


# The route -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_on_the_route_are_the_answers_on_the_pages(language: str) -> None:
    say = Wording(language)
    at = opened("route.py", language, history=in_state("unanswered"))
    must = [question for question in QUESTIONS if question.depth == "must"]
    for number, dimension in enumerate(DIMENSIONS):
        if number:
            at.button(key=f"route_{dimension.code}").click().run()
        asked = [question for question in of_dimension(dimension.code) if question.depth == "must"]
        for question in asked:
            given = plan(at).answers
            for key in [k for k in widgets(at) if k.startswith(f"answer_{question.code}")]:
                for _ in changed_in_turn(at, drawn_as(at, key)):
                    pass
            healthy(at, question.code)
            assert set(plan(at).answers) == {*given, question.code}
        done = say.text("{done} of {all} questions answered", done=len(plan(at).answers), all=len(must))
        assert [bar.proto.text for bar in at.get("progress")][1] == done
        assert any(say.text("{done} of {all}", done=len(asked), all=len(asked)) in c.value for c in at.caption)
    answered = plan(at)
    assert set(answered.answers) == {question.code for question in must}
    for dimension in DIMENSIONS:
        at.switch_page(dimension.page).run()
        healthy(at)
        assert plan(at) == answered
        assert any(say.text("All questions that matter most are answered.") in words.value for words in at.markdown)
    at.switch_page("client_selection.py").run()
    assert at.segmented_control(key="answer_spectrum").value == answered.answer("spectrum")


def test_the_clock_of_the_route_starts_tells_the_card_and_says_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("pages.questions.route.time", lambda: now)
    at = opened("route.py", history=in_state("unanswered"))

    def told() -> tuple[str, int]:
        bar = at.get("progress")[0]
        return bar.proto.text, bar.value

    assert told() == ("60 minutes: 9 for each card, the rest for the budget", 0)
    at.button(key="route_start").click().run()
    for minutes, text, share in (
        (0, "60:00 left; now: Client selection", 0),
        (8.5, "51:30 left; now: Client selection", 14),
        (9, "51:00 left; now: Value proposition", 15),
        (44, "16:00 left; now: Operationalization", 73),
        (45, "15:00 left; now the budget and the strategy on a page", 75),
        (60, "Time is up: print what you have.", 100),
        (500, "Time is up: print what you have.", 100),
    ):
        now = 1_000_000.0 + 60 * minutes
        at.run()
        assert told() == (text, share), minutes
    at.button(key="route_start").click().run()
    assert told() == ("60:00 left; now: Client selection", 0), "started again"
    at.switch_page("client_selection.py").run()
    now += 60
    at.switch_page("route.py").run()
    assert told()[0] == "59:00 left; now: Client selection", "it goes on while another page is open"


# What people should not have typed -----------------------------------------------------------------------------------


LONG_TEXT = "x" * 100_000


def kind_of(key: str) -> str:
    """Fields of one kind behave alike: of believe_families_retain_floor_low only the first word matters."""
    return key if key.startswith(("answer_", "name_", "pasted_")) else key.split("_")[0]


def typed_everywhere(at: AppTest, text: str) -> Iterator[str]:
    """Type a text in every field and in every kind of cell that there is on a page."""
    typed: set[str] = set()
    for key in walk(at, passed_by=NUMBERS):
        widget = widgets(at)[key]
        if isinstance(widget, Dataframe):
            cells = dict.fromkeys(editable(widget), text)
            grows = widget.editing_mode == "dynamic"
            rows_sent(at, widget, **({"added_rows": [cells]} if grows else {"edited_rows": {0: cells}}))
            yield key
        elif not isinstance(widget, Block) and widget.type in ("text_input", "text_area") and kind_of(key) not in typed:
            typed.add(kind_of(key))
            widget.set_value(text).run()
            yield key


@pytest.mark.parametrize("page", [page for page in PAGES if page != "strategy_on_a_page.py"])
def test_markup_and_formulas_typed_anywhere_show_as_text(page: str) -> None:
    at = opened(page, history=in_state("answered"))
    for doing in typed_everywhere(at, HOSTILE):
        assert not at.exception, (doing, [e.message for e in at.exception])
        typed_shows_as_text(at)
    changed = plan(at)
    assert read_plan(changed.to_json()) == changed, "a plan that its own file rules accept"
    for other in ("strategy_on_a_page.py", "budget.py"):
        at.switch_page(other).run()
        healthy(at, other)
        typed_shows_as_text(at)


@pytest.mark.usefixtures("same_charts")
@pytest.mark.parametrize("page", [page for page in PAGES if page != "strategy_on_a_page.py"])
def test_a_hundred_thousand_letters_typed_anywhere_are_not_kept(page: str) -> None:
    at = opened(page, history=in_state("answered"))
    for doing in typed_everywhere(at, LONG_TEXT):
        assert not at.exception, (doing, [e.message for e in at.exception])
        assert all(len(error.value) < 3000 for error in at.error), f"{doing} says it all again"
    assert LONG_TEXT[: LONGEST_TEXT + 1] not in plan(at).to_json()


@pytest.mark.usefixtures("same_charts")
def test_every_answer_can_be_emptied_again() -> None:
    at = opened(DIMENSION_PAGES[0], history=in_state("answered"))
    for page in DIMENSION_PAGES:
        at.switch_page(page).run()
        for key in walk(at, passed_by=r"(numbers|room|operations_evidence|operations_bounds|rearrange|see)_?\w*"):
            if key.startswith("answer_"):
                emptied(at, widgets(at)[key])
                healthy(at, key)
    assert plan(at) == start(plan(at).case).having(draws=50)
    at.switch_page("strategy_on_a_page.py").run()
    healthy(at)


def emptied(at: AppTest, widget: Any) -> AppTest:
    """Take an answer away, as a person would."""
    if isinstance(widget, Dataframe) and widget.editing_mode == "dynamic":
        return rows_sent(at, widget, deleted_rows=list(range(len(widget.value))))
    if isinstance(widget, Dataframe):
        nothing = dict.fromkeys(editable(widget))
        return rows_sent(at, widget, edited_rows=dict.fromkeys(range(len(widget.value)), nothing))
    if widget.type == "button_group":
        return choose_in(at, widget)
    if widget.type == "selectbox":
        return sent(at, widget.id, string_value="")
    return widget.set_value("").run()


def test_answers_that_contradict_each_other_are_said_on_the_strategy_page() -> None:
    """Money goes to the families, whom nobody chose; the largest goal stands for what gets the least."""
    at = opened("client_selection.py", history=in_state("unanswered"))
    choose_in(at, widgets(at)["answer_focus_families"], "Not")
    choose_in(at, widgets(at)["answer_focus_fibre"], "Focus")
    at.switch_page("value_protection.py").run()
    choose_in(at, widgets(at)["answer_keep_families"], "All customers")
    at.text_input(key="answer_retention_goal_families").set_value("99").run()
    healthy(at)
    at.switch_page("strategy_on_a_page.py").run()
    healthy(at)
    found = findings(plan(at))
    assert found
    say = Wording("en", "EUR")
    told = [text.value for text in at.markdown]
    for finding in found:
        assert any(markdown_text(finding_text(plan(at), finding, say)) in text for text in told)
    assert any("Families with internet" in text for text in told)


def table(at: AppTest, prefix: str) -> Dataframe:
    """The table to type in whose key begins so."""
    return next(widget for key, widget in widgets(at).items() if key.startswith(prefix))


@pytest.mark.usefixtures("same_charts")
def test_a_renamed_segment_keeps_every_answer_and_a_removed_one_leaves_nothing_dangling() -> None:
    at = opened("client_selection.py", history=in_state("answered"), rearrange=True)
    edit(at, table(at, "segments_"), 0, name="Households")
    healthy(at)
    renamed = plan(at)
    assert renamed.answers == in_state("answered").plan.answers
    for page in PAGES:
        at.switch_page(page).run()
        healthy(at, page)
    at.switch_page("strategy_on_a_page.py").run()
    assert any("Households" in line.value for line in at.markdown)
    at.switch_page("client_selection.py").run()
    sent(at, container(widgets(at)["rearrange"]), bool_value=True)
    sent(at, at.selectbox(key="remove_of").id, string_value="Households")
    at.button(key="remove_segment").click().run()
    healthy(at)
    gone = plan(at)
    assert SEGMENT not in gone.case.segment_ids
    assert SEGMENT not in gone.to_json()
    assert read_plan(gone.to_json()) == gone
    for page in (*PAGES, "budget.py"):
        at.switch_page(page).run()
        healthy(at, page)
        assert plan(at) == gone
    at.button(key="undo").click().run()
    assert plan(at) == renamed, "nothing lost"
