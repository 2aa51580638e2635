"""My plans: what a shelf shows, to whom, and what is left of it when links are renewed or plans deleted."""

import json

import pytest

from strategy.errors import PlannerError
from strategy.store import links, shelves
from strategy.store.database import Database
from strategy.store.plans import keep
from strategy.store.shelves import export, forget, on_shelf, put, take_off
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed

ANN = Author("ann")


def kept(database: Database, title: str) -> str:
    token = new_token()
    keep(database, token, {"title": title}, Deed("kept"), ANN)
    return token


def titles(database: Database, shelf: str) -> list[str]:
    return [plan.title for plan in on_shelf(database, shelf)]


def test_a_shelf_shows_its_plans_the_one_opened_last_first(database: Database) -> None:
    shelf, times = new_token(), iter(range(1000, 2000))
    database.clock = lambda: float(next(times))
    tokens = [kept(database, title) for title in "abc"]
    for token in (*tokens, tokens[0]):
        put(database, shelf, token)
    assert titles(database, shelf) == ["a", "c", "b"]
    assert {plan.token for plan in on_shelf(database, shelf)} == set(tokens)
    assert titles(database, new_token()) == []


def test_a_look_link_is_shelved_as_one_and_does_not_take_the_place_of_an_edit_link(database: Database) -> None:
    shelf, token = new_token(), kept(database, "a")
    look = links.look_link(database, token)
    for opened, rights in ((look, "look"), (token, "edit"), (look, "edit")):
        put(database, shelf, opened)
        assert [plan.rights for plan in on_shelf(database, shelf)] == [rights]


def test_renewed_links_leave_the_shelves_of_others(database: Database) -> None:
    mine, theirs, token = new_token(), new_token(), kept(database, "a")
    put(database, mine, token)
    put(database, theirs, links.look_link(database, token))
    links.renew_look(database, token)
    assert (titles(database, mine), titles(database, theirs)) == (["a"], [])
    fresh = links.renew_edit(database, token)
    assert titles(database, mine) == []
    put(database, mine, fresh)
    assert titles(database, mine) == ["a"]


def test_a_deleted_plan_leaves_every_list_at_once_and_comes_back(database: Database) -> None:
    shelf, token = new_token(), kept(database, "a")
    put(database, shelf, token)
    links.delete(database, token)
    assert titles(database, shelf) == []
    assert [plan.title for plan in on_shelf(database, shelf, deleted=True)] == ["a"]
    links.restore(database, token)
    assert titles(database, shelf) == ["a"]
    links.delete(database, token, at_once=True)
    assert on_shelf(database, shelf, deleted=True) == []


def test_a_forgotten_shelf_is_empty_and_the_plans_stay(database: Database) -> None:
    shelf, other, token = new_token(), new_token(), kept(database, "a")
    for each in (shelf, other):
        put(database, each, token)
    forget(database, shelf)
    assert (titles(database, shelf), titles(database, other)) == ([], ["a"])
    take_off(database, other, token)
    assert titles(database, other) == []
    assert links.history(database, token) != []


def test_a_shelf_holds_so_many_plans(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST", 2)
    shelf, times = new_token(), iter(range(1000, 2000))
    database.clock = lambda: float(next(times))
    for title in "abc":
        put(database, shelf, kept(database, title))
    assert titles(database, shelf) == ["c", "b"]


def test_what_is_not_in_the_store_goes_on_no_shelf(database: Database) -> None:
    with pytest.raises(PlannerError) as refused:
        put(database, new_token(), new_token())
    assert refused.value.code == "link_opens_nothing"


def test_all_of_mine_comes_as_one_file_with_the_versions_that_have_a_name(database: Database) -> None:
    shelf, token = new_token(), kept(database, "Ünïcode \u202e plan")
    put(database, shelf, token)
    put(database, shelf, links.look_link(database, kept(database, "other")))
    links.name_version(database, token, 1, "first")
    found = json.loads(export(database, shelf))
    assert {(plan["title"], plan["rights"]) for plan in found["plans"]} == {
        ("Ünïcode \u202e plan", "edit"),
        ("other", "look"),
    }
    mine = next(plan for plan in found["plans"] if plan["rights"] == "edit")
    assert mine["plan"] == {"title": "Ünïcode \u202e plan"}
    assert [(v["name"], v["plan"]) for v in mine["versions"]] == [("first", mine["plan"])]
    assert token not in json.dumps(found)
