"""Where a tab's plan is kept: its address, a reload, others' changes, a look link, and a database that is away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import place
from strategy.plan.history import Step
from strategy.store import links, opened, plans
from strategy.store.database import ADDRESS
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed
from tests.apptest import LONG, PLANNER, address, alone, on_desk, plan
from tests.apptest import opened as page_opened


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A database of this test's own, and one browser: AppTest has no cookies."""
    alone(monkeypatch)
    shelf = new_token()
    monkeypatch.setattr(place, "shelf", lambda: shelf)
    file = tmp_path / "plans.sqlite3"
    monkeypatch.setenv(ADDRESS, f"sqlite:///{file}")
    monkeypatch.setattr(opened, "RETRY", 0.0)
    opened.let_go()
    yield file
    opened.let_go()


def tab(token: str = "") -> AppTest:
    """A tab on the budget page, with a plan in its address."""
    at = AppTest.from_file(str(PLANNER), default_timeout=LONG)
    if token:
        at.query_params["plan"] = token
    at.run()
    at.switch_page("budget.py").run()
    assert not at.exception
    return at


def state(at: AppTest) -> str:
    return str(at.caption[0].value)


def move(at: AppTest, lever: str, share: float) -> AppTest:
    on_desk(at, lever, round(plan(at).lever_total(lever) * share, -5))
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def test_the_address_carries_the_plan_from_its_first_change_on() -> None:
    at = tab()
    assert address(at) == ""
    assert "nothing changed yet" in state(at)
    move(at, "retain", 1.2)
    assert "saved at" in state(at)
    assert plans.open_plan(opened.database(), address(at)) is not None


def test_a_firm_that_somebody_made_is_kept_before_its_first_change() -> None:
    at = page_opened("start.py", way="Ten numbers")
    press(at, "make_firm")
    assert "saved at" in state(at)
    again = tab(address(at))
    assert plan(again) == plan(at)
    assert again.button(key="undo").disabled
    assert plan(press(at, "undo")).case.name == "Telecom"
    assert plan(tab(address(press(at, "redo")))) == plan(again)


def test_a_reload_shows_the_plan_and_undo_goes_on() -> None:
    at = tab()
    first = plan(at)
    second = plan(move(at, "retain", 1.2))
    third = plan(move(at, "develop", 1.2))
    again = tab(address(at))
    assert plan(again) == third
    assert plan(press(again, "undo")) == second
    assert plan(press(again, "undo")) == first
    assert again.button(key="undo").disabled
    assert plan(press(again, "redo")) == second
    assert plan(tab(address(at))) == second


def test_two_tabs_change_different_things_and_both_stay() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    move(at, "develop", 1.2)
    renamed = plan(other).having(title="Ours")
    other.session_state["place"].unsaved.append(Step("named", (), renamed))
    other.run()
    assert "saved at" in state(other)
    assert plan(other) == plan(at).having(title="Ours") == plan(tab(address(at)))


def test_who_changed_the_same_money_is_shown_both_and_chooses() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    theirs = plan(move(at, "develop", 1.3))
    mine = plan(move(other, "reduce_cost", 1.5))
    assert "not saved" in state(other)
    assert mine == theirs, "until the choice the page shows what is saved"
    (told,) = [text.value for text in other.markdown if "yours" in text.value]
    assert re.findall(r"\*\*(.+?)\*\*", told) == ["Acquire", "Develop", "Retain", "Reduce cost"]
    press(other, "take_mine")
    assert "saved at" in state(other)
    assert plan(other) != theirs
    assert plan(tab(address(at))) == plan(other)


def test_choosing_theirs_leaves_the_plan_as_it_is() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    theirs = plan(move(at, "develop", 1.3))
    move(other, "reduce_cost", 1.5)
    press(other, "take_theirs")
    assert plan(other) == theirs
    assert "saved at" in state(other)


def test_what_is_changed_before_the_choice_stays() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    move(at, "develop", 1.3)
    move(other, "reduce_cost", 1.5)
    other.session_state["history"] = other.session_state["history"].record("named", plan(other).having(title="Ours"))
    other.session_state["place"].unsaved.append(Step("named", (), plan(other)))
    other.run()
    press(other, "take_mine")
    assert "saved at" in state(other)
    assert plan(other).title == "Ours"
    assert plan(tab(address(at))) == plan(other)


def test_several_changes_that_waited_are_put_together_with_what_others_did() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    theirs = plan(move(at, "develop", 1.3))
    first = plan(other).having(title="Ours")
    waited = [Step("named", (), first), Step("for", (), first.having(client="A client"))]
    other.session_state["place"].unsaved.extend(waited)
    other.run()
    assert plan(other) == theirs.having(title="Ours", client="A client") == plan(tab(address(at)))


def test_of_several_changes_that_waited_the_last_is_my_side_of_what_is_contested() -> None:
    at = tab()
    move(at, "retain", 1.2)
    other = tab(address(at))
    database = opened.database()
    there = plans.open_plan(database, address(at))
    assert there is not None
    renamed = {**there.version.document, "title": "Theirs"}
    plans.write(database, address(at), there.version, renamed, Deed("named"), Author("somebody"))
    waited = [Step("named", (), plan(other).having(title=title)) for title in ("Mine", "Mine at last")]
    other.session_state["place"].unsaved.extend(waited)
    other.run()
    assert plan(other).title == "Theirs"
    assert plan(press(other, "take_mine")).title == "Mine at last"


def test_whoever_only_looks_works_on_a_copy() -> None:
    at = tab()
    kept = plan(move(at, "retain", 1.2))
    looking = tab(links.look_link(opened.database(), address(at)))
    assert plan(looking) == kept
    assert "you are looking" in state(looking)
    before = address(looking)
    move(looking, "develop", 1.2)
    assert address(looking) not in (before, address(at))
    assert "saved at" in state(looking)
    assert plan(tab(address(at))) == kept


@pytest.mark.parametrize("wrong", ["x", new_token(), "<script>alert(1)</script>"], ids=["short", "unknown", "markup"])
def test_a_link_that_opens_nothing_says_so_and_the_page_works(wrong: str) -> None:
    at = tab(wrong)
    assert len(at.warning) == 1
    assert "link" in at.warning[0].value
    move(at, "retain", 1.2)
    assert address(at) != wrong
    assert "saved at" in state(at)


def test_a_deleted_plan_says_so_to_whoever_has_it_open() -> None:
    at = tab()
    move(at, "retain", 1.2)
    links.delete(opened.database(), address(at))
    move(at, "develop", 1.2)
    assert "not saved" in state(at)
    assert "deleted" in at.warning[0].value
    press(at, "bring_back")
    assert "saved at" in state(at)
    assert not at.warning
    assert plan(tab(address(at))) == plan(at)


def test_without_its_database_the_page_goes_on_and_saves_everything_when_it_is_back(store: Path) -> None:
    at = tab()
    first = plan(at)
    second = plan(move(at, "retain", 1.2))
    store.rename(store.with_suffix(".away"))
    third = plan(move(at, "develop", 1.2))
    assert len(at.toast) == 1
    fourth = plan(move(at, "reduce_cost", 1.2))
    assert len({repr(each) for each in (first, second, third, fourth)}) == 4
    assert "not saved" in state(at)
    assert len(at.warning) == 1
    assert not at.toast, "it was said at the first"
    store.with_suffix(".away").rename(store)
    at.run()
    assert "saved at" in state(at)
    assert not at.warning
    for wanted in (third, second, first):
        assert plan(press(at, "undo")) == wanted


def test_undo_without_the_database_is_saved_too(store: Path) -> None:
    at = tab()
    second = plan(move(at, "retain", 1.2))
    move(at, "develop", 1.2)
    store.rename(store.with_suffix(".away"))
    assert plan(press(at, "undo")) == second
    store.with_suffix(".away").rename(store)
    at.run()
    assert plan(tab(address(at))) == second


def test_a_sample_opens_as_a_plan_of_its_own_and_undo_goes_back_to_the_other() -> None:
    at = tab()
    kept = plan(move(at, "retain", 1.2))
    before = address(at)
    at.switch_page("start.py").run()
    press(at, "sample_web_shop")
    assert address(at) == ""
    assert plan(at).case.name != kept.case.name
    assert plan(press(at, "undo")) == kept
    assert address(at) == before
    assert plan(tab(before)) == kept
