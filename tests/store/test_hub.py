"""Word of a change: at once in this process, soon from another, and again after a database was away."""

from collections.abc import Callable, Iterator
from queue import Queue

import pytest

from strategy.store import links
from strategy.store.database import LOOK_AGAIN, Database
from strategy.store.hub import Hub
from strategy.store.plans import newest, write
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed, Version
from tests.store.databases import Cluster

SOON = 20.0
"""Seconds that are waited for word at most."""


def begun(database: Database) -> tuple[str, Version]:
    token = new_token()
    start = Version(0, {"title": "a"})
    return token, write(database, token, start, {"title": "b"}, Deed("x"), Author("ann")).version


def change(database: Database, token: str, start: Version, title: str) -> Version:
    return write(database, token, start, {"title": title}, Deed("x"), Author("ann")).version


def plan_of(database: Database, token: str) -> int:
    found = newest(database, token)
    assert found is not None
    return found[0]


def heard(queue: "Queue[int]", wanted: int) -> None:
    """Wait until a number is told; others may come before."""
    while queue.get(timeout=SOON) != wanted:
        pass


@pytest.fixture
def hub(database: Database) -> Iterator[Hub]:
    found = Hub(database)
    yield found
    found.close()


def test_word_of_this_process_comes_at_once(hub: Hub) -> None:
    told: list[int] = []
    token, version = begun(hub.database)
    leave = hub.join(plan_of(hub.database, token), told.append)
    version = change(hub.database, token, version, "c")
    assert version.number in told
    leave()
    told.clear()
    change(hub.database, token, version, "d")
    assert told == []


def test_word_of_another_process_comes_soon(hub: Hub, url: str) -> None:
    token, version = begun(hub.database)
    other, queue = Database(url), Queue[int]()
    leave = hub.join(plan_of(hub.database, token), queue.put)
    for title in "cde":
        version = change(other, token, version, title)
        heard(queue, version.number)
    leave()
    other.close()


def test_who_looks_at_another_plan_hears_nothing(hub: Hub, url: str) -> None:
    (token, version), (quiet, _) = begun(hub.database), begun(hub.database)
    other, queue, silent = Database(url), Queue[int](), Queue[int]()
    leaves = [hub.join(plan_of(hub.database, quiet), silent.put), hub.join(plan_of(hub.database, token), queue.put)]
    version = change(other, token, version, "c")
    heard(queue, version.number)
    numbers = set()
    while not silent.empty():
        numbers.add(silent.get())
    assert numbers <= {1}, "its own version, told when it joined"
    for leave in leaves:
        leave()
    other.close()


@pytest.mark.parametrize(
    "done",
    [links.renew_edit, links.renew_look, links.delete, lambda database, token: links.delete(database, token, True)],
    ids=["edit link renewed", "look link renewed", "deleted", "deleted at once"],
)
def test_links_that_close_are_told_too(hub: Hub, url: str, done: Callable[[Database, str], object]) -> None:
    token, _ = begun(hub.database)
    other, queue = Database(url), Queue[int]()
    leave = hub.join(plan_of(hub.database, token), queue.put)
    heard(queue, 1)
    done(other, token)
    heard(queue, LOOK_AGAIN)
    leave()
    other.close()


def test_a_closed_hub_looks_no_more(hub: Hub) -> None:
    token, _ = begun(hub.database)
    hub.join(plan_of(hub.database, token), lambda version: None)
    (thread,) = hub._threads
    hub.close()
    assert not thread.is_alive()


def test_nobody_listens_where_nobody_looks(hub: Hub) -> None:
    token, _ = begun(hub.database)
    leave = hub.join(plan_of(hub.database, token), lambda version: None)
    (thread,) = hub._threads
    assert thread.is_alive()
    leave()
    thread.join(SOON)
    assert not thread.is_alive()


def test_what_happened_while_postgresql_was_away_is_caught_up_with(postgresql: Cluster) -> None:
    database = Database(postgresql.fresh("away"))
    hub, queue = Hub(database), Queue[int]()
    token, version = begun(database)
    leave = hub.join(plan_of(database, token), queue.put)
    heard(queue, version.number)
    postgresql.stop()
    postgresql.start()
    other = Database(postgresql.url("away"))
    version = change(other, token, version, "c")
    heard(queue, version.number)
    leave()
    other.close()
    hub.close()
    database.close()
