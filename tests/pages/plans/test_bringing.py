"""A file that somebody brings to the start page: what came in is said, and undo asks before it leaves the firm."""

import pytest
from streamlit.testing.v1 import AppTest

from strategy.case.samples import load_sample
from strategy.plan.moves import begin
from strategy.plan.plan import Plan, set_answer
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import alone, healthy, opened, plan, shown


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def bringing(name: str, content: bytes, language: str = "en") -> AppTest:
    at = opened("start.py", language, way=Wording(language).text("Your own file"))
    at.file_uploader[0].upload(name, content, "application/octet-stream").run()
    return at


def made(language: str) -> Plan:
    return set_answer(begin(load_sample("telecom", language)), "difference", "faster")


@pytest.mark.parametrize(
    ("language", "things"),
    [
        ("en", "4 segments, €7.5M per year, 1 answer, 1 scenario, 2 initiatives, 2 events"),
        ("nl", "4 segmenten, €\xa07,5\xa0mln. per jaar, 1 antwoord, 1 scenario, 2 initiatieven, 2 gebeurtenissen"),
    ],
)
def test_opening_a_file_says_what_came_in_until_something_is_changed(language: str, things: str) -> None:
    """Counted in sample_data/telecom/case.json."""
    brought = made(language)
    at = bringing("mine.json", brought.to_json().encode(), language)
    healthy(at)
    assert plan(at) == brought
    said = [text.value for text in at.markdown if shown("mine.json") in text.value]
    assert len(said) == 1
    assert shown(things) in said[0]
    at.switch_page("budget.py").run()
    at.button(key="undo").click().run()
    at.switch_page("start.py").run()
    assert not [text.value for text in at.markdown if shown("mine.json") in text.value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_workbook_is_told_as_one(language: str) -> None:
    at = bringing("budget.xlsx", b"no workbook at all", language)
    at.run()
    said = " ".join(error.value for error in at.error)
    assert shown("budget.xlsx") in said
    assert "JSON" not in said
    assert "Excel" in said


def test_undo_asks_before_it_leaves_the_firm() -> None:
    at = opened("start.py", "en")
    first = plan(at)
    at.button(key="sample_charity").click().run()
    healthy(at)
    undo = at.button(key="undo")
    assert undo.label == f"Back to {first.case.name}"
    undo.click().run()
    assert plan(at).case.name == first.case.name
