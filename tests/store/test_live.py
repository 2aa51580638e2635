"""The live socket: numbers for whoever has a token, nothing for anybody else, whatever is sent."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from pages.served import live
from strategy.store.database import ADDRESS, Database
from strategy.store.links import delete, look_link, renew_edit
from strategy.store.plans import write
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed, Version
from tests.browser.screen import ROOT, served

SOON = 20.0
ANN = Author("ann")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('live') / 'plans.sqlite3'}"


@pytest.fixture(scope="module")
def host(url: str) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDRESS, url)
        with served(ROOT / "app.py") as address:
            yield urlsplit(address).netloc


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """The plans as another process has them."""
    found = Database(url)
    yield found
    found.close()


def opened(host: str, origin: str | None = None) -> ClientConnection:
    return connect(f"ws://{host}{live.ADDRESS}", origin=Origin(origin or f"http://{host}"), proxy=None)


def told(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=SOON))


def begun(database: Database) -> tuple[str, Version]:
    token = new_token()
    return token, write(database, token, Version(0, {"title": "a"}), {"title": "b"}, Deed("x"), ANN).version


def test_a_page_hears_which_server_it_is_and_each_new_version(host: str, database: Database) -> None:
    token, version = begun(database)
    with opened(host) as page, opened(host) as looking:
        boot = told(page)["boot"]
        assert told(looking) == {"boot": boot}
        page.send(json.dumps({"plan": token}))
        looking.send(json.dumps({"plan": look_link(database, token)}))
        assert told(page) == told(looking) == {"version": 1}
        for title in "cde":
            version = write(database, token, version, {"title": title}, Deed("x"), ANN).version
            for each in (page, looking):
                while told(each) != {"version": version.number}:
                    pass


def test_a_page_whose_plan_is_not_kept_yet_hears_of_it_when_it_asks_again(host: str, database: Database) -> None:
    token = new_token()
    with opened(host) as page:
        told(page)
        page.send(json.dumps({"plan": token}))
        assert told(page) == {"version": 0}
        write(database, token, Version(0, {"title": "a"}), {"title": "b"}, Deed("x"), ANN)
        page.send(json.dumps({"plan": token}))
        assert told(page) == {"version": 1}


@pytest.mark.parametrize("end", [delete, renew_edit])
def test_a_page_is_told_to_look_again_when_its_link_closes(host: str, database: Database, end: Any) -> None:
    token, _ = begun(database)
    with opened(host) as page:
        told(page)
        page.send(json.dumps({"plan": token}))
        assert told(page) == {"version": 1}
        end(database, token)
        while told(page) != {"version": -1}:
            pass


WRONG = [
    "",
    "x",
    "[]",
    "{}",
    "null",
    '{"plan": 1}',
    '{"session": 1}',
    '{"other": "a"}',
    '{"plan": "a", "b": 1}',
    '{"plan": "' + "x" * 200 + '"}',
    "[" * 199,
]


@pytest.mark.parametrize("message", [*WRONG, b"\xff\x00"])
def test_what_no_page_of_ours_sends_closes_the_socket(host: str, message: str | bytes) -> None:
    with opened(host) as page:
        told(page)
        page.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(timeout=SOON)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in (live.REFUSED, live.TOO_LONG)


def test_whoever_sends_too_often_is_closed_at_the_first_message_too_many(host: str) -> None:
    draw, answers = random.Random(3), []
    with opened(host) as page:
        told(page)
        for _ in range(live.OFTEN + 1):
            token = "".join(draw.choices("abcdefgh", k=21)) + "A"
            page.send(json.dumps({"plan": token}))
            try:
                answers.append(told(page))
            except ConnectionClosed as closed:
                assert closed.rcvd is not None and closed.rcvd.code == live.REFUSED  # noqa: PT017, PT018
                break
    assert answers == [{"version": 0}] * live.OFTEN


def test_a_page_whose_session_is_gone_hears_so(host: str) -> None:
    with opened(host) as page:
        told(page)
        page.send(json.dumps({"session": "of another server"}))
        assert told(page) == {"session": False}


def test_another_site_opens_no_socket(host: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(host, "http://evil.example")
    assert refused.value.response.status_code == 403


def test_the_server_says_the_same_boot_to_all_and_another_server_another(host: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'other.sqlite3'}")
        with served(ROOT / "app.py") as address, opened(host) as one, opened(urlsplit(address).netloc) as other:
            assert told(one)["boot"] != told(other)["boot"]
