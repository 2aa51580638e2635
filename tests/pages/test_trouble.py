"""What nobody foresaw is one sentence with a reference; the rest of the page is drawn, and the plan is kept."""

import ast
import errno
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.dimensions import segments
from pages.frame import jobs, trouble
from pages.money import controls, headline, more, present
from pages.plans import firm
from pages.questions import ask, believe
from strategy import charts
from strategy.case.levers import LEVER_CODES
from strategy.plan import moves, results
from strategy.unforeseen import reference
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import alone, desk, desk_parts, moved, on_desk, opened, plan, widgets
from tests.house import ROOT, House, Source

FAILURES = {
    "a fault of ours": KeyError("rows"),
    "memory": MemoryError(),
    "recursion": RecursionError("maximum recursion depth exceeded"),
    "full disk": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
}
UNFORESEEN = {"en": "nobody foresaw", "nl": "niemand voorzag"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    logged = trouble.logged
    alone(monkeypatch)
    monkeypatch.setattr(trouble, "logged", logged)


def failing(failure: Exception) -> Callable[..., Any]:
    def fail(*given: Any, **named: Any) -> Any:
        raise failure

    return fail


def said(at: AppTest, language: str, failure: Exception, log: pytest.LogCaptureFixture) -> None:
    """One sentence with the reference under which the log has the traceback, and a page that can be used."""
    assert not at.exception
    (error,) = at.error
    assert UNFORESEEN[language] in error.value
    assert reference(failure) in error.value
    records = [record for record in log.records if record.name == "planner"]
    assert records
    assert reference(failure) in records[-1].getMessage()
    assert records[-1].exc_info is not None
    assert records[-1].exc_info[1] is failure
    assert {"undo", "redo"} <= {button.key for button in at.button}
    assert "language_choice" in widgets(at)


# Parts of pages ------------------------------------------------------------------------------------------------------

PLACES: dict[str, tuple[str, Any, str, str]] = {
    "a chart": ("budget.py", charts, "customers_over_time", "chart_cash"),
    "a chart in a column": ("client_selection.py", charts, "whale_curve", "chart_newcomers"),
    "decide": ("client_selection.py", segments, "panel", "chart_whale"),
    "questions": ("client_selection.py", ask, "questions", "chart_whale"),
    "believe": ("client_selection.py", believe, "answers", "chart_whale"),
    "the split": ("budget.py", controls, "split", "chart_cash"),
    "a view": ("budget.py", more, "_over_time", "desk_levers"),
    "the headline": ("budget.py", headline, "figures", "desk_charts"),
    "the ways to a firm": ("start.py", firm, "choice", "chart_value_today"),
}
"""What fails, on which page, and a chart that is drawn all the same."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_part_that_fails_leaves_the_others(
    place: str, language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page, module, function, alive = PLACES[place]
    failure = KeyError("rows")
    monkeypatch.setattr(module, function, failing(failure))
    before = moved()
    at = opened(page, language, history=before)
    said(at, language, failure, caplog)
    assert alive in [*(chart.key for chart in at.get("plotly_chart")), *(f"desk_{part}" for part in desk_parts(at))]
    assert plan(at) == before.plan
    at.button(key="undo").click().run()
    assert plan(at) == before.undo().plan


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_whatever_fails_is_one_sentence(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(charts, "cash_over_time", failing(failure))
    at = opened("budget.py", "en", history=moved())
    said(at, "en", failure, caplog)
    assert str(failure) not in at.error[0].value or not str(failure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_fails_before_its_title_has_one_all_the_same(
    language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failure = MemoryError()
    monkeypatch.setattr("pages.frame.dimension.top", failing(failure))
    at = opened("value_protection.py", language, history=moved())
    said(at, language, failure, caplog)
    assert at.title[0].value == Wording(language).text("Value protection")
    assert plan(at) == moved().plan


def test_a_slide_that_fails_leaves_the_way_on_and_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "_headline", failing(KeyError("rows")))
    at = opened("budget.py", "en", history=moved(), display={"presenting": True})
    assert not at.exception
    assert len(at.error) == 1
    at.button(key="slide_stop").click().run()
    assert not at.error
    assert "charts" in desk_parts(at)


def test_how_streamlit_ends_and_repeats_a_run_passes() -> None:
    """Presenting ends its run with st.stop(): nothing of the page below the slide is drawn, and no error."""
    at = opened("budget.py", "en", history=moved(), display={"presenting": True})
    assert not at.exception
    assert not at.error
    assert "undo" not in [button.key for button in at.button]


# Callbacks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_button_that_fails_says_so_and_leaves_page_and_plan(
    failure: Exception, language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = moved()
    at = opened("budget.py", language, history=before)
    with monkeypatch.context() as broken:
        broken.setattr(moves, "reset", failing(failure))
        at.button(key="reset").click().run()
        said(at, language, failure, caplog)
        assert plan(at) == before.plan
        assert "charts" in desk_parts(at)
    at.button(key="reset").click().run()
    assert not at.error
    assert plan(at).as_today


def test_a_slider_that_fails_says_so_and_leaves_page_and_plan(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before, failure = moved(), ZeroDivisionError("division by zero")
    at = opened("budget.py", "en", history=before)
    monkeypatch.setattr(moves, "set_lever", failing(failure))
    on_desk(at, "retain", 0.0)
    said(at, "en", failure, caplog)
    assert plan(at) == before.plan
    retain = LEVER_CODES.index("retain")
    assert sum(desk(at)["state"]["money"]["phases"][0][retain :: len(LEVER_CODES)]) == before.plan.lever_total("retain")


def test_callbacks_are_guarded_by_the_method_that_streamlit_calls() -> None:
    """A new Streamlit that calls callbacks in another way fails here and not on the screen."""
    assert trouble.WStates.call_callback is trouble._call
    assert trouble._CALL.__name__ == "call_callback"


# Long work -----------------------------------------------------------------------------------------------------------


LONG_FAILURES = {**FAILURES, "time": TimeoutError("too slow")}
FULL_DISK = LONG_FAILURES.pop("full disk")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("failure", LONG_FAILURES.values(), ids=LONG_FAILURES)
def test_long_work_that_fails_says_so_with_the_same_reference_in_every_run(
    failure: Exception, language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "_JOBS", type(jobs._JOBS)())
    monkeypatch.setattr(results, "outlook", failing(failure))
    at = opened("budget.py", language, history=moved())
    said(at, language, failure, caplog)
    first = at.error[0].value
    said(at.run(), language, failure, caplog)
    assert at.error[0].value == first
    assert "charts" in desk_parts(at)


def test_long_work_that_finds_the_disk_full_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long work writes files: there a full disk is foreseen."""
    monkeypatch.setattr(jobs, "_JOBS", type(jobs._JOBS)())
    monkeypatch.setattr(results, "outlook", failing(FULL_DISK))
    at = opened("budget.py", "en", history=moved())
    assert ["make room on it and try again" in error.value for error in at.error] == [True]
    assert "charts" in desk_parts(at)


# Where it is said ----------------------------------------------------------------------------------------------------


ON_PAGES = House.at(ROOT).under("pages")


def module(source: Source) -> str:
    return source.module


def calls(source: Source) -> Iterator[tuple[str, ast.Call, ast.AST | None]]:
    """The calls of a module: (what is called, the call, the call that it is an argument of)."""
    above = {child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)}
    for node in above:
        if isinstance(node, ast.Call):
            outer: ast.AST | None = above.get(node)
            while outer is not None and not isinstance(outer, ast.Call | ast.stmt):
                outer = above.get(outer)
            yield ast.unparse(node.func), node, outer


def test_what_is_looked_at_is_all_pages() -> None:
    assert {"pages.planner", "pages.frame.trouble", "pages.frame.show"} <= set(map(module, ON_PAGES))


@pytest.mark.parametrize("source", ON_PAGES, ids=module)
def test_only_trouble_draws_error_boxes(source: Source) -> None:
    """And the red light on customer data, which says nothing but words of ours."""
    drawn = {ast.unparse(node) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
    may = source.module in ("pages.frame.trouble", "pages.customer_data.file_report")
    assert bool(drawn & {"st.error", "st.exception"}) == may


@pytest.mark.parametrize("source", ON_PAGES, ids=module)
def test_a_sentence_that_may_quote_a_file_is_kept_as_text_or_shown_as_text(source: Source) -> None:
    """What explain and say_finding return is plain text: it goes where nothing is read as Markdown, or is escaped."""
    for called, node, outer in calls(source):
        if called in ("explain", "say_finding") and source.module != "pages.frame.trouble":
            taken = ast.unparse(outer.func) if isinstance(outer, ast.Call) else ast.unparse(outer or node)
            assert taken in ("markdown_text", "trouble.complain", "trouble.told"), f"{source.module}:{node.lineno}"


@pytest.mark.parametrize("source", ON_PAGES, ids=module)
def test_every_chart_is_drawn_where_its_failure_is_caught(source: Source) -> None:
    for called, node, _ in calls(source):
        if called == "show" and source.module != "pages.frame.session":
            assert isinstance(node.args[0], ast.Lambda) or ast.unparse(node.args[0]).startswith("partial("), node.lineno


# What a browser sends along ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("running", "drawn_in", "called"),
    [(None, None, True), (["poll"], None, False), (["poll"], "poll", True), (["poll"], "another", False)],
)
def test_what_a_part_that_reruns_by_itself_sends_along_is_nobodys_press(
    running: list[str] | None, drawn_in: str | None, called: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that has not drawn the best split yet sent old boxes with a poll: initiatives were dropped."""
    calls: list[str] = []
    known = {"box": SimpleNamespace(fragment_id=drawn_in)}
    monkeypatch.setattr(trouble, "get_script_run_ctx", lambda: SimpleNamespace(fragment_ids_this_run=running))
    monkeypatch.setattr(trouble, "_CALL", lambda states, widget: calls.append(widget))
    trouble._call(SimpleNamespace(widget_metadata=known), "box")  # type: ignore[arg-type]
    assert calls == ["box"] * called
