"""Whoever logs in finds his own plans on any browser, and nobody is whom a header says that the owner never named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_websocket import gather_user_info

from pages.frame import place
from pages.served.person import SECRET, identity, secret_from, shelf_for
from strategy.store import opened, shelves
from strategy.store.database import ADDRESS
from strategy.store.tokens import new_token, well_formed
from tests.apptest import LONG, PLANNER, alone, on_desk, plan

OWN = "0123456789abcdef" * 4
ANN = {"email": "ann@example.org"}
FORGED = Headers({"X-Forwarded-Email": "ann@example.org"})


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    alone(monkeypatch)
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    monkeypatch.setenv(SECRET, OWN)
    opened.let_go()
    yield
    opened.let_go()


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({}, None),
        ({"X-Auth-Request-Email": "email"}, None),
        ({"X-Forwarded-Email": "email"}, "proxy email ann@example.org"),
    ],
    ids=["no header is trusted", "another one is", "this one is"],
)
def test_a_header_is_believed_only_where_the_owner_named_it(
    monkeypatch: pytest.MonkeyPatch, named: dict[str, str], wanted: str | None
) -> None:
    known = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: named if name == "server.trustedUserHeaders" else known(name)
    )
    assert identity(gather_user_info(FORGED)) == wanted


def test_a_person_is_whom_the_issuer_vouches_for_whatever_else_is_said() -> None:
    login = {"is_logged_in": True, "iss": "https://id.example.org", "sub": "7", **ANN}
    assert identity(login) == "login https://id.example.org 7"
    assert identity({**login, "sub": ""}) is None
    assert identity({"is_logged_in": False}) is None
    assert identity({"name": "Ann"}) is None, "a name is nobody's alone"
    assert identity({"email": " Ann@Example.org "}) == identity(ANN)


def test_a_shelf_of_a_login_follows_from_the_servers_secret_and_from_nothing_less() -> None:
    mine = shelf_for(ANN, OWN)
    assert well_formed(mine)
    assert mine == shelf_for(dict(ANN), OWN)
    assert len({mine, shelf_for(ANN, OWN[::-1]), shelf_for({"email": "bob@example.org"}, OWN)}) == 3
    assert shelf_for(ANN, None) is None
    assert shelf_for({}, OWN) is None


def test_a_secret_that_could_be_guessed_stops_the_start() -> None:
    assert secret_from({}) is None
    assert secret_from({SECRET: "x" * 32}) == "x" * 32
    with pytest.raises(ValueError, match="31 characters; give at least 32"):
        secret_from({SECRET: "x" * 31})


def tab(person: dict[str, str], page: str = "") -> AppTest:
    """A tab of somebody, or of nobody, in a browser that was never here."""
    at = AppTest.from_file(str(PLANNER), default_timeout=LONG)
    at.user = person
    at.run()
    assert not at.exception
    return at


def changed(at: AppTest) -> AppTest:
    at.switch_page("budget.py").run()
    on_desk(at, "retain", round(1.2 * plan(at).lever_total("retain"), -5))
    assert "saved at" in at.caption[0].value
    return at


def listed(at: AppTest) -> bool:
    return any(header.value == "My plans" for header in at.header)


def test_a_plan_of_somebody_who_logged_in_is_on_his_list_in_any_browser_and_on_nobody_elses() -> None:
    changed(tab(ANN))
    again = tab(ANN)
    assert listed(again)
    assert any("goes with your login" in caption.value for caption in again.caption)
    assert not listed(tab({"email": "bob@example.org"}))
    assert not listed(tab({}))
    again.button(key="empty_mine").click().run()
    assert not listed(again)


def test_without_a_secret_of_the_server_the_list_stays_the_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    changed(tab(ANN))
    assert not listed(tab(ANN))


def test_plans_that_the_browser_had_before_can_be_brought_along(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = new_token()
    monkeypatch.setattr(place, "browsers_shelf", lambda: browser)
    changed(tab({}))
    at = tab(ANN)
    at.button(key="bring_along").click().run()
    mine = shelf_for(ANN, OWN)
    assert mine
    assert [each.token for each in shelves.on_shelf(opened.database(), mine)] == [
        each.token for each in shelves.on_shelf(opened.database(), browser)
    ]
    assert not [button for button in at.button if button.key == "bring_along"]
