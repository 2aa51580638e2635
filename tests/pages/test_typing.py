"""What is typed in one field in one go is one step back; another field, or anything else between, is another step."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from strategy.case.samples import load_sample
from strategy.plan.history import TYPING, History, Step
from strategy.plan.moves import set_budget
from strategy.plan.plan import Plan, start
from tests.apptest import alone, draw_once, opened, plan

FIRST = start(load_sample("classroom"))


def typed(history: History, budget: float, field: str = "", **also: str) -> History:
    """The history after something was typed in a field, or changed otherwise where none is named."""
    return history.record("budget", set_budget(FIRST, budget), **also, **({TYPING: field} if field else {}))


def begun() -> History:
    return History(Step("opened", (), FIRST))


def budgets(history: History) -> list[float]:
    return [step.plan.budget for step in (*history.past, history.now)]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (("a", "a", "a"), (3,)),
        (("a", "b"), (1, 2)),
        (("a", "a", "b", "b"), (2, 4)),
        (("a", "b", "a"), (1, 2, 3)),
        (("a", "", "a"), (1, 2, 3)),
        (("", ""), (1, 2)),
        (("a", "", ""), (1, 2, 3)),
    ],
)
def test_each_field_that_was_typed_in_is_a_step(fields: tuple[str, ...], kept: tuple[int, ...]) -> None:
    history = begun()
    for number, field in enumerate(fields, 1):
        history = typed(history, number * 1000.0, field)
    assert budgets(history) == [FIRST.budget, *(number * 1000.0 for number in kept)]


def test_what_is_typed_on_still_says_what_is_typed() -> None:
    history = typed(typed(begun(), 1000.0, "a", segment="Old"), 2000.0, "a", segment="New")
    assert dict(history.now.arguments)["segment"] == "New"
    assert history.undo().plan == FIRST


def test_typing_on_after_undo_does_not_swallow_what_came_before() -> None:
    """After an undo the field's own earlier step is what stands there, and typing goes on in it."""
    history = typed(typed(begun(), 1000.0, "a"), 2000.0, "b").undo()
    again = typed(history, 3000.0, "b")
    assert budgets(again) == [FIRST.budget, 1000.0, 3000.0]
    assert again.undone == ()


def test_the_first_step_is_never_typed_over() -> None:
    """A history that begins with a typed step, as after a reload, keeps it to go back to."""
    history = typed(History(Step("budget", ((TYPING, "a"),), FIRST)), 1000.0, "a")
    assert history.undo().plan == FIRST


# On the pages --------------------------------------------------------------------------------------------------------

SEGMENT = "families"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    draw_once(monkeypatch)


def retention(found: Plan, part: str) -> float:
    curve: Any = found.case.segment(SEGMENT).levers.retain
    return float(getattr(curve, part).likely)


def put(at: AppTest, part: str, text: str) -> AppTest:
    return at.text_input(key=f"believe_{SEGMENT}_retain_{part}_likely").set_value(text).run()


@pytest.mark.usefixtures("quick")
def test_answers_typed_in_two_fields_are_taken_back_one_by_one() -> None:
    first = start(load_sample("telecom")).having(draws=20)
    at = opened("value_protection.py", "en", history=History(Step("opened", (), first)), display={"segment": SEGMENT})
    floor, ceiling = (100 * retention(first, part) for part in ("floor", "ceiling"))
    for more in (0.5, 0.25):
        put(at, "floor", f"{floor + more:.3f}")
    put(at, "ceiling", f"{ceiling - 0.25:.3f}")
    assert retention(plan(at), "floor") == pytest.approx(floor / 100 + 0.0025)
    assert retention(plan(at), "ceiling") == pytest.approx(ceiling / 100 - 0.0025)
    at.button(key="undo").click().run()
    assert retention(plan(at), "floor") == pytest.approx(floor / 100 + 0.0025)
    assert retention(plan(at), "ceiling") == pytest.approx(ceiling / 100)
    at.button(key="undo").click().run()
    assert plan(at) == first, "both numbers typed in the first field are one step"
