"""Money over time on the pages: the phase in view is moved, every page counts all of them, both languages say so."""

from typing import Any

import pytest

from pages.money.phases import PHASES, SAME, told
from strategy import charts
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.charts.drawing.labels import phase_names
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.moves import set_budget, set_cell, set_fixed, set_phases
from strategy.plan.plan import set_case
from strategy.plan.plan_file import read_plan
from strategy.progress import silent
from strategy.words.wording import LANGUAGES, Wording, markdown_text
from tests.apptest import TITLES, alone, desk, draw_once, healthy, moved, on_desk, opened, plan, widgets


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def over_time(phases: int = 2) -> History:
    """The moved plan of the telecom firm, and from its second phase on less for retaining the first segment."""
    history = moved()
    segment = history.plan.case.segments[0].id
    changed = set_cell(set_phases(set_fixed(history.plan, False), phases), segment, "retain", 1_000, 1)
    return history.record("total fixed or free", changed)


@pytest.mark.parametrize("page", TITLES)
def test_every_page_opens_with_money_that_changes_over_time(page: str) -> None:
    at = opened(page, "en", history=over_time())
    healthy(at, page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sliders_move_the_phase_in_view(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    at = opened("budget.py", language, history=over_time())
    before, say = plan(at), Wording(language, "EUR")
    at.segmented_control(key="phase").set_value(1).run()
    healthy(at)
    assert at.segmented_control(key="phase").options == phase_names(before.case, before.starts, say)
    assert desk(at)["state"]["money"]["view"] == 1
    on_desk(at, "develop", 2 * before.lever_total("develop", 1))
    healthy(at)
    assert plan(at).phases[0] == before.phases[0]
    assert plan(at).lever_total("develop", 1) > before.lever_total("develop", 1)
    at.button(key="undo").click().run()
    assert plan(at) == before


def test_figures_count_all_phases() -> None:
    history = over_time()
    at = opened("budget.py", "en", history=history)
    assert desk(at)["state"]["truth"]["equity"] == results.read_out(history.plan).customer_equity
    assert desk(at)["state"]["money"]["starts"] == list(history.plan.starts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_size_of_the_budget_is_told_by_scaling_every_phase(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    history, say = over_time(), Wording(language, "EUR")
    at = opened("budget.py", language, history=history)
    at.segmented_control(key="more").set_value("Budget size").run()
    healthy(at)
    scaled = results.scaled_curve(history.plan)
    assert scaled is not None
    assert scaled.break_even is not None
    assert any(say.short_money(scaled.break_even) in words.value for words in at.markdown)
    told_how = "the money of every phase is scaled alike" if language == "en" else "van elke fase in gelijke mate"
    assert any(told_how in words.value for words in at.caption)


# The controls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_money_runs_in_phases_and_back_and_undo_takes_each_back(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_once(monkeypatch)
    at, say = opened("budget.py", language, history=moved()), Wording(language, "EUR")
    first = plan(at)
    runs = at.segmented_control(key="phases")
    assert runs.options == [say.text(words) for words in (SAME["year"], PHASES[2], PHASES[3])]
    runs.set_value(3).run()
    healthy(at)
    assert plan(at).starts == (1, 2, 4)
    at.slider(key="border_2").set_value(5).run()
    healthy(at)
    assert plan(at).starts == (1, 2, 5)
    # Now phase 2 can begin in years 2 to 4, and phase 3 from year 3 on.
    assert (at.slider(key="border_1").min, at.slider(key="border_1").max) == (2, 4)
    assert (at.slider(key="border_2").min, at.slider(key="border_2").max) == (3, 5)
    at.segmented_control(key="phases").set_value(1).run()
    healthy(at)
    assert plan(at) == first
    for starts in ((1, 2, 5), (1, 2, 4), (1,)):
        at.button(key="undo").click().run()
        healthy(at)
        assert plan(at).starts == starts


@pytest.mark.parametrize("horizon", [1, 2])
def test_no_more_phases_are_offered_than_there_are_periods(horizon: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    first = moved().plan
    short = set_case(first, case_from(document_of(first.case) | {"horizon": horizon, "initiatives": [], "events": []}))
    at = opened("budget.py", "en", history=History(Step("opened", (), short)))
    healthy(at)
    keys = widgets(at)
    assert ("phases" in keys) is (horizon == 2)
    if horizon == 2:
        at.segmented_control(key="phases").set_value(2).run()
        healthy(at)
        # There is one place for the border: it is told, not set.
        assert "border_1" not in widgets(at)
        assert any("year 2" in caption.value for caption in at.caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_best_split_over_phases_is_found_and_taken_over(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    history = over_time()
    fixed = set_fixed(history.plan, True)
    at = opened("budget.py", language, history=history.record("total fixed or free", fixed), best_panel=True)
    healthy(at)
    say = Wording(language, "EUR")
    found = results.best_path(fixed, silent)
    earned = markdown_text(say.signed_short_money(found.readouts.uplift))
    assert any(earned in markdown.value for markdown in at.markdown)
    at.button(key="take_best").click().run()
    healthy(at)
    assert plan(at).phases == found.phases
    assert plan(at).spends_all
    at.button(key="undo").click().run()
    assert plan(at) == fixed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_time_does_to_the_money_is_said_where_the_path_is_drawn(language: str) -> None:
    history = over_time()
    say, found = Wording(language, "EUR"), results.timing(history.plan)
    assert found is not None
    assert found.shift is not None
    for page in ("budget.py", "strategy_on_a_page.py"):
        at = opened(page, language, history=history)
        healthy(at, page)
        said = " ".join(markdown.value for markdown in at.markdown)
        for sentence in told(history.plan, found, say):
            assert markdown_text(sentence) in said
        assert markdown_text(say.short_money(found.shift.gain)) in said


def test_the_places_for_the_next_euro_are_those_of_the_phase_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def drawn(case: Any, places: Any, *others: Any) -> Any:
        seen.append({place.phase for place in places})
        return real(case, places, *others)

    real = charts.next_euro
    monkeypatch.setattr(charts, "next_euro", drawn)
    at = opened("budget.py", "en", history=over_time(), numbers_next_euro=True)
    at.segmented_control(key="phase").set_value(1).run()
    healthy(at)
    assert desk(at)["state"]["money"]["view"] == 1
    assert seen == [{0, None}, {1, None}]


@pytest.mark.parametrize(
    "view", ["Where it moves", "Curves", "Budget size", "Find out first", "Follow one euro", "Numbers"]
)
def test_one_click_deeper_tells_all_phases_or_says_that_it_does_not(view: str) -> None:
    at = opened("budget.py", "en", history=over_time(), display={"more": view, "phase": 1})
    healthy(at, view)
    if view == "Budget size":
        assert any("the money of every phase is scaled alike" in caption.value for caption in at.caption)
    if view == "Follow one euro":
        assert any("In years 3 to 5" in markdown.value for markdown in at.markdown)
    if view == "Numbers":
        assert any("years 3 to 5" in caption.value for caption in at.caption)


def test_the_path_is_presented_too() -> None:
    at = opened("budget.py", "en", history=over_time(), display={"presenting": True, "slide": 3})
    healthy(at)
    assert any("4 / 7" in caption.value for caption in at.caption)
    assert any("years 1 to 2" in markdown.value for markdown in at.markdown)
    still = opened("budget.py", "en", history=moved(), display={"presenting": True})
    assert any("1 / 6" in caption.value for caption in still.caption)


def test_a_phase_that_is_over_the_budget_is_told_while_another_is_in_view() -> None:
    history = over_time()
    over = set_budget(history.plan, history.plan.spent_in(1))
    assert over.left_in(0) < 0 <= over.left_in(1)
    at = opened("budget.py", "en", history=history.record("total fixed or free", over), display={"phase": 1})
    assert any("Another phase is over" in warning.value for warning in at.warning)


@pytest.mark.parametrize("begins", [-3, 0, 1, 6, 999])
def test_a_border_that_no_slider_offers_leaves_it_within_the_plan(begins: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    at = opened("budget.py", "en", history=over_time())
    at.slider(key="border_1").set_value(begins).run()
    healthy(at)
    assert 2 <= plan(at).starts[1] <= plan(at).case.horizon
    assert read_plan(plan(at).to_json()) == plan(at)
