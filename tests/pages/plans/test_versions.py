"""The list of versions: told in words, paged, named, looked at, restored, and two of them compared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import place
from strategy.store import links, opened, plans
from strategy.store.database import ADDRESS
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed
from tests.apptest import LONG, PLANNER, address, alone, container, draw_once, on_desk, plan, sent


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    alone(monkeypatch)
    draw_once(monkeypatch)
    shelf = new_token()
    monkeypatch.setattr(place, "shelf", lambda: shelf)
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    opened.let_go()
    yield
    opened.let_go()


def tab(token: str = "", version: int | None = None, language: str = "en") -> AppTest:
    at = AppTest.from_file(str(PLANNER), default_timeout=LONG)
    at.query_params["lang"] = language
    if token:
        at.query_params["plan"] = token
    if version is not None:
        at.query_params["version"] = str(version)
    at.run()
    assert not at.exception
    return at


def changed(at: AppTest, *shares: float) -> AppTest:
    """The app after its plan was changed so many times."""
    at.switch_page("budget.py").run()
    for share in shares:
        on_desk(at, "retain", round(share * plan(at).lever_total("retain"), -5))
    at.switch_page("start.py").run()
    assert not at.exception
    return at


def listed(at: AppTest) -> AppTest:
    """The app with the list of versions opened."""
    panel = next(block for block in at.get("expander") if container(block).endswith("versions"))
    sent(at, container(panel), bool_value=True)
    assert not at.exception
    return at


def radio(at: AppTest) -> AppTest:
    return at.radio(key="version_chosen")


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    assert not at.error
    return at


def test_before_the_first_change_the_list_says_what_will_stand_there() -> None:
    at = listed(tab())
    assert any("Nothing was changed yet" in text.value for text in at.markdown)


def test_a_version_is_looked_at_on_every_page_and_restored_by_a_change_that_undo_takes_back() -> None:
    at = tab()
    first = plan(at)
    last = plan(changed(at, 1.2, 1.3))
    own = address(at)
    listed(at)
    assert len(radio(at).options) == 3
    assert "now" in radio(at).options[0]
    assert "you" in radio(at).proto.captions[0]
    radio(at).set_value(0).run()
    press(at, "look_at_version")
    assert plan(at) == first
    assert at.query_params["version"] in ("0", ["0"])
    assert at.button(key="undo").disabled
    at.switch_page("budget.py").run()
    assert plan(at) == first
    assert plan(tab(own, 0)) == first, "after a reload too"
    press(at, "restore_this")
    assert plan(at) == first
    assert "version" not in at.query_params
    assert plan(tab(own)) == first
    assert plan(press(at, "undo")) == last
    assert plan(tab(own)) == last


def test_what_is_changed_while_looking_back_goes_into_a_copy() -> None:
    at = tab()
    last = plan(changed(at, 1.2, 1.3))
    own = address(at)
    old = tab(own, 0)
    changed(old, 1.5)
    assert address(old) != own
    assert "version" not in old.query_params
    assert plan(tab(own)) == last


def test_who_only_looks_can_look_back_and_restores_nothing() -> None:
    at = changed(tab(), 1.2)
    look = links.look_link(opened.database(), address(at))
    other = listed(tab(look))
    keys = {button.key for button in other.button}
    assert "look_at_version" in keys
    assert "restore_version" not in keys
    assert "restore_this" not in {button.key for button in tab(look, 0).button}


def test_a_version_that_is_gone_says_so_and_the_plan_is_there() -> None:
    at = changed(tab(), 1.2)
    other = tab(address(at), 99)
    assert len(other.warning) == 1


def test_a_long_history_is_paged_and_those_with_a_name_are_found() -> None:
    at = changed(tab(), 1.2)
    there = plans.open_plan(opened.database(), address(at))
    assert there is not None
    version = there.version
    for number in range(10):
        named = {**version.document, "title": f"Title {number}"}
        deed, author = Deed("plan named {name}", (("name", f"Title {number}"),)), Author("x", "Ann")
        version = plans.write(opened.database(), address(at), version, named, deed, author).version
    listed(at)
    assert len(radio(at).options) == 10
    assert "Ann" in radio(at).proto.captions[0]
    press(at, "versions_older")
    assert len(radio(at).options) == 2
    radio(at).set_value(0).run()
    at.text_input(key="version_name_0").set_value("Before **we** began").run()
    assert any("Before" in option for option in radio(at).options)
    at.toggle(key="versions_named").set_value(True).run()
    assert len(radio(at).options) == 1
    assert [version.name for version in links.history(opened.database(), address(at)) if version.name] == [
        "Before **we** began"
    ]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_two_versions_are_compared_in_what_differs_and_in_customer_equity(language: str) -> None:
    at = tab(language=language)
    first = plan(at)
    last = plan(changed(at, 1.2))
    listed(at)
    press(at, "compare_versions")
    table = next(each.value for each in at.dataframe if len(each.value.columns) == 3)
    cells = sum(first.spend[s]["retain"] != last.spend[s]["retain"] for s in first.case.segment_ids)
    assert len(table) >= cells > 0
    assert len(at.metric) >= 3
    assert [chart for chart in at.get("plotly_chart") if "versions_compared" in str(chart.key)]
