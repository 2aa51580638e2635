"""What people type and press: done, or kept in its place with the reason until it is done or undone."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.apptest import alone


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def press(work: str, language: str = "en") -> AppTest:
    """A page with one button, which attempts the given work when it is pressed."""
    script = f'''
import streamlit as st
from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt
from strategy.errors import PlannerError

done = st.session_state.setdefault("done", [])

def refuse(place="budget"):
    raise PlannerError("out_of_range", place=place, value=-1, low=0, high=10)

def pressed():
    {work}

st.session_state["language"] = "{language}"
trouble.complaint("here")
st.button("press", key="press", on_click=pressed)
st.button("undo", key="undo", on_click=session.undo)
st.session_state["kept"] = trouble.kept("here")
'''
    at = AppTest.from_string(script, default_timeout=60).run()
    assert not at.error
    return at.button(key="press").click().run()


def told(at: AppTest) -> list[str]:
    assert not at.exception
    return [error.value.replace("\\", "") for error in at.error]


def test_what_is_done_says_so_and_leaves_no_complaint() -> None:
    at = press('done.append(attempt("here", lambda: None))')
    assert at.session_state["done"] == [True]
    assert told(at) == []


def test_what_is_refused_is_kept_in_its_place_with_what_was_typed() -> None:
    at = press('done.append(attempt("here", refuse, "-1"))')
    assert at.session_state["done"] == [False]
    (sentence,) = told(at)
    assert sentence.startswith("The budget is -1; ")
    assert at.session_state["kept"] == ("-1", at.session_state["complaints"]["here"][1])


def test_what_is_refused_elsewhere_is_not_said_here() -> None:
    assert told(press('attempt("there", refuse)')) == []


def test_the_next_success_in_a_place_takes_its_complaint_away_and_no_other() -> None:
    at = press('attempt("there", refuse); attempt("here", refuse); attempt("here", lambda: None)')
    assert told(at) == []
    assert set(at.session_state["complaints"]) == {"there"}


def test_undo_takes_every_complaint_away() -> None:
    at = press('session.open_plan(session.plan()); attempt("here", refuse)')
    assert len(told(at)) == 1
    assert told(at.button(key="undo").click().run()) == []


def test_a_page_calls_the_place_of_an_error_by_a_name_of_its_own() -> None:
    at = press("attempt('here', lambda: refuse('q7'), named=lambda place: place.replace('q7', 'How much?'))")
    assert told(at)[0].startswith("How much? is -1; ")


@pytest.mark.parametrize(("language", "begins"), [("en", "Type a number, such as"), ("nl", "Typ een getal, zoals")])
def test_what_is_no_number_is_said_in_the_readers_language(language: str, begins: str) -> None:
    at = press('attempt("here", lambda: session.say().parse_number("many"), "many")', language)
    assert told(at)[0].startswith(begins)
    assert at.session_state["kept"][0] == "many"


def test_what_nobody_foresaw_is_not_taken_for_a_refusal() -> None:
    """A ValueError of ours has no sentence for people."""
    at = press('attempt("here", lambda: int("x"))')
    assert len(at.exception) == 1
    assert "here" not in at.session_state["complaints"]
