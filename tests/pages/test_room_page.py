"""Answers of a room pasted on a page, under the headings that this page offers."""

import pytest
from streamlit.testing.v1 import AppTest

from strategy.plan.opinions import voices
from strategy.words.wording import LANGUAGES
from tests.apptest import HOSTILE, alone, healthy, moved, opened, plan, typed_shows_as_text


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def pasted(at: AppTest, text: str) -> AppTest:
    field = next(area for area in at.text_area if area.key.startswith("pasted_"))
    field.set_value(text)
    return next(button for button in at.button if "paste" in button.key).click().run()


def template(at: AppTest) -> str:
    """The headings that the field shows while it is empty."""
    field = next(area for area in at.text_area if area.key.startswith("pasted_"))
    return str(field.placeholder).splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_under_the_fields_own_headings_all_count(language: str) -> None:
    at = opened("value_protection.py", language, history=moved(), room_retain=True)
    segment = next(area.key for area in at.text_area if area.key.startswith("pasted_")).split("_")[1]
    pasted(at, template(at) + "\nAnn;50;70;75;90")
    healthy(at)
    (ann,) = voices(plan(at).case, segment, "retain")
    assert {field: round(value, 6) for field, value in ann.told.items()} == {
        "floor": 50, "answer_1": 70, "answer_2": 75, "ceiling": 90,
    }  # fmt: skip
    assert not any("Ann" in info.value for info in at.info)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_that_is_not_used_is_named_as_text(language: str) -> None:
    at = opened("value_protection.py", language, history=moved(), room_retain=True)
    pasted(at, f"{template(at)};{HOSTILE};=1+1\nAnn;50;70;75;90;7;8")
    healthy(at)
    named = [info.value for info in at.info if "bold" in info.value]
    assert len(named) == 1
    assert named[0].startswith("2 ")
    typed_shows_as_text(at)
    pasted(at, template(at) + "\nBo;50;70;75;90")
    assert not any("bold" in info.value for info in at.info)
