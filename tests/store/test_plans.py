"""Plans through the store: every change a version, undone one by one, and nobody overwritten in silence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategy.case.samples import load_sample
from strategy.errors import PlannerError
from strategy.store import links, plans, tables, undoing, versions
from strategy.store.database import Database
from strategy.store.plans import Written, open_plan, write
from strategy.store.tokens import look_token, new_token
from strategy.store.undoing import redo, undo
from strategy.store.versions import Author, Deed, Version

ANN, BEN = Author("ann", "Ann"), Author("ben", "Ben")
CASE = load_sample("classroom", "en").model_dump(mode="json", by_alias=True)


def document(**fields: Any) -> dict[str, Any]:
    """A small plan of schema 2."""
    money = {"spend": {"a": {"acquire": 1.0}}, "budget": 10.0, "fixed": True}
    whole = {
        "schema": 2,
        "title": "A plan",
        "case": CASE,
        "answers": {},
        "scenarios": [{"id": "plan", "name": "Plan", "note": "", **money}],
    }
    return whole | fields


def begun(database: Database, author: Author = ANN) -> tuple[str, Version]:
    """A plan in the store after a first change."""
    token = new_token()
    first = Version(0, document(), deed=Deed("opened"))
    return token, changed(database, token, first, author, title="First").version


def changed(database: Database, token: str, start: Version, author: Author, deed: str = "changed", **f: Any) -> Written:
    return write(database, token, start, {**start.document, **f}, Deed(deed), author)


def now(database: Database, token: str) -> Version:
    found = open_plan(database, token)
    assert found is not None
    return found.version


def code(refused: pytest.ExceptionInfo[PlannerError]) -> str:
    return refused.value.code


# A plan on its own -------------------------------------------------------------------------------------------------


def test_whoever_only_looks_leaves_nothing(database: Database) -> None:
    assert open_plan(database, new_token()) is None
    with database.reading() as connection:
        assert connection.execute(plans.PLANS.select()).all() == []


def test_the_first_change_keeps_the_plan_before_it_too(database: Database) -> None:
    token, first = begun(database)
    assert [(v.number, v.kind, v.deed.message) for v in links.history(database, token)] == [
        (0, "opened", "opened"),
        (1, "change", "changed"),
    ]
    assert links.version(database, token, 0).document == document()
    assert now(database, token) == first
    assert first.document["title"] == "First"


def test_a_version_says_who_changed_what(database: Database) -> None:
    token, first = begun(database)
    deed = Deed("set {place}", (("place", "Loyal"), ("value", "3")))
    write(database, token, first, document(title="Other"), deed, BEN)
    found = links.history(database, token)[-1]
    assert (found.author, found.deed) == (BEN, deed)


def test_a_change_that_changes_nothing_is_no_version(database: Database) -> None:
    token, first = begun(database)
    assert changed(database, token, first, ANN).version.number == first.number
    assert len(links.history(database, token)) == 2


def test_a_list_and_a_tuple_are_the_same_document(database: Database) -> None:
    token, first = begun(database)
    listed = changed(database, token, first, ANN, shown=["a", "b"]).version
    assert changed(database, token, listed, ANN, shown=("a", "b")).version.number == listed.number


def test_typing_in_one_field_is_one_version_and_one_undo(database: Database) -> None:
    token, version = begun(database)
    for text in ("T", "Te", "Tea"):
        typed = {**version.document, "title": text}
        version = write(database, token, version, typed, Deed("typed", typing="title"), ANN).version
    assert [v.number for v in links.history(database, token)] == [0, 1, 4]
    assert undo(database, token, ANN).version.document["title"] == "First"


@pytest.mark.parametrize("other", [Deed("typed", typing="note"), Deed("typed")])
def test_typing_elsewhere_is_another_version(database: Database, other: Deed) -> None:
    token, version = begun(database)
    for text, deed in (("T", Deed("typed", typing="title")), ("Te", other)):
        version = write(database, token, version, {**version.document, "title": text}, deed, ANN).version
    assert [v.number for v in links.history(database, token)] == [0, 1, 2, 3]


def test_somebody_else_typing_in_the_same_field_is_another_version(database: Database) -> None:
    token, version = begun(database)
    for text, author in (("T", ANN), ("Te", BEN)):
        deed = Deed("typed", typing="title")
        version = write(database, token, version, {**version.document, "title": text}, deed, author).version
    assert [v.author for v in links.history(database, token)[-2:]] == [ANN, BEN]


def test_typing_after_a_name_was_given_leaves_the_named_version(database: Database) -> None:
    token, version = begun(database)
    for text in ("T", "Te"):
        deed = Deed("typed", typing="title")
        version = write(database, token, version, {**version.document, "title": text}, deed, ANN).version
        links.name_version(database, token, version.number, "before lunch")
    assert [v.name for v in links.history(database, token)] == [None, None, "before lunch", "before lunch"]


# Undo ----------------------------------------------------------------------------------------------------------------


EDITS = st.lists(
    st.tuples(st.sampled_from(["title", "client", "spend", "answer", "typing"]), st.integers(0, 5)), max_size=200
)


def edited(start: dict[str, Any], what: str, value: int) -> dict[str, Any]:
    if what == "spend":
        scenario = start["scenarios"][0] | {"spend": {"a": {"acquire": float(value)}}}
        return start | {"scenarios": [scenario]}
    if what == "answer":
        return start | {"answers": {**start["answers"], f"q{value}": value}}
    return start | {"title" if what == "typing" else what: f"{what} {value}"}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(edits=EDITS)
def test_any_edits_and_as_many_undos_give_the_first_plan(database: Database, edits: list[tuple[str, int]]) -> None:
    """And as many redos the last one."""
    token, version = new_token(), Version(0, document())
    there = [version.document]
    for what, value in edits:
        deed = Deed("edited", typing="title" if what == "typing" else "")
        written = write(database, token, version, edited(dict(version.document), what, value), deed, ANN)
        replaced = written.version.before == version.before and written.version.number != version.number
        if written.version.number != version.number:
            there = [*(there[:-1] if replaced and version.number else there), written.version.document]
        version = written.version
    for before in reversed(there[:-1]):
        assert undo(database, token, ANN).version.document == before
    if len(there) > 1:
        assert now(database, token).document == document()
        assert undoing.steps(database, token, ANN)[0] is None
    for after in there[1:]:
        assert redo(database, token, ANN).version.document == after


def test_two_hundred_edits_are_all_undone_and_all_redone(database: Database) -> None:
    """The most that is promised: 200 changes, then 200 undos, then 200 redos, with old versions let go meanwhile."""
    token, version = new_token(), Version(0, document())
    for number in range(200):
        version = changed(database, token, version, ANN, title=f"{number}").version
    for number in reversed(range(199)):
        assert undo(database, token, ANN).version.document["title"] == f"{number}"
    assert undo(database, token, ANN).version.document == document()
    for number in range(200):
        assert redo(database, token, ANN).version.document["title"] == f"{number}"


def test_undo_works_for_whoever_comes_back_later(url: str) -> None:
    first = Database(url)
    token, _ = begun(first)
    first.close()
    again = Database(url)
    assert undo(again, token, ANN).version.document == document()
    again.close()


def test_undo_takes_back_my_own_last_change_and_leaves_the_others(database: Database) -> None:
    token, version = begun(database)
    version = changed(database, token, version, ANN, client="Ann's").version
    version = changed(database, token, version, BEN, prepared_by="Ben").version
    found = undo(database, token, ANN).version
    assert (found.document.get("client"), found.document["prepared_by"]) == (None, "Ben")
    assert [found.kind, found.number, found.author] == ["undo", 4, ANN]
    assert "prepared_by" not in undo(database, token, BEN).version.document


def test_undo_of_what_somebody_changed_since_is_contested_until_chosen(database: Database) -> None:
    token, version = begun(database)
    version = changed(database, token, version, ANN, title="Ann's").version
    changed(database, token, version, BEN, title="Ben's")
    told = undo(database, token, ANN)
    assert [(c.path, c.mine, c.theirs) for c in told.contested] == [(("title",), "First", "Ben's")]
    assert now(database, token).document["title"] == "Ben's"
    assert undo(database, token, ANN, choice="mine").version.document["title"] == "First"


def test_undo_that_is_given_up_does_not_come_back(database: Database) -> None:
    token, version = begun(database)
    version = changed(database, token, version, ANN, title="Ann's").version
    changed(database, token, version, BEN, title="Ben's")
    assert undo(database, token, ANN, choice="theirs").version.document["title"] == "Ben's"
    before, after = undoing.steps(database, token, ANN)
    assert (before and before.number, after) == (1, None)


def test_a_new_change_forgets_what_could_be_done_again(database: Database) -> None:
    token, _ = begun(database)
    undo(database, token, ANN)
    changed(database, token, now(database, token), ANN, client="New")
    with pytest.raises(PlannerError) as refused:
        redo(database, token, ANN)
    assert code(refused) == "nothing_to_redo"


def test_nothing_is_undone_twice(database: Database) -> None:
    token, _ = begun(database)
    undo(database, token, ANN)
    with pytest.raises(PlannerError) as refused:
        undo(database, token, ANN)
    assert code(refused) == "nothing_to_undo"


def test_a_clock_that_jumps_disturbs_no_order(database: Database) -> None:
    """Back by ten years, ahead by ten, to 1970: the versions stand by number, the newest is the last written."""
    times = iter([2e9, 1.6e9, 2.3e9, 0.0, 2e9, 1e9] * 20)
    database.clock = lambda: next(times)
    token, version = new_token(), Version(0, document())
    for number in range(30):
        version = changed(database, token, version, ANN, title=f"{number}").version
    assert now(database, token).document["title"] == "29"
    assert [v.number for v in links.history(database, token)] == list(range(31))
    assert undo(database, token, ANN).version.document["title"] == "28"


# Two people ----------------------------------------------------------------------------------------------------------


def test_changes_to_different_things_are_put_together(database: Database) -> None:
    token, start = begun(database)
    changed(database, token, start, BEN, client="Ben's")
    found = changed(database, token, start, ANN, title="Ann's")
    assert found.joined
    assert not found.contested
    assert (found.version.document["title"], found.version.document["client"]) == ("Ann's", "Ben's")


def test_who_changed_the_same_thing_is_shown_both_and_nothing_is_lost(database: Database) -> None:
    token, start = begun(database)
    changed(database, token, start, BEN, title="Ben's")
    told = changed(database, token, start, ANN, title="Ann's", client="Ann's client")
    assert [(c.path, c.mine, c.theirs) for c in told.contested] == [(("title",), "Ann's", "Ben's")]
    assert now(database, token).document["title"] == "Ben's"
    aside = links.history(database, token)[-1]
    assert (aside.kind, aside.author) == ("aside", ANN)
    assert links.version(database, token, aside.number).document["title"] == "Ann's"
    assert told.mine is not None
    chosen = write(database, token, told.version, told.mine, Deed("chosen"), ANN)
    assert (chosen.version.document["title"], chosen.version.document["client"]) == ("Ann's", "Ann's client")


def test_choosing_the_other_side_keeps_what_i_changed_besides(database: Database) -> None:
    token, start = begun(database)
    changed(database, token, start, BEN, title="Ben's")
    told = changed(database, token, start, ANN, title="Ann's", client="Ann's client")
    assert told.theirs is not None
    chosen = write(database, token, told.version, told.theirs, Deed("chosen"), ANN)
    assert (chosen.version.document["title"], chosen.version.document["client"]) == ("Ben's", "Ann's client")


def test_two_people_who_begin_under_one_token_meet(database: Database) -> None:
    token, start = new_token(), Version(0, document())
    changed(database, token, start, ANN, title="Ann's")
    found = changed(database, token, start, BEN, client="Ben's")
    assert (found.version.document["title"], found.version.document["client"]) == ("Ann's", "Ben's")


def test_parts_that_do_not_fit_together_are_a_choice_between_whole_plans(database: Database) -> None:
    def check(whole: Any) -> None:
        if whole.get("low", 0) > whole.get("high", 9):
            raise PlannerError("triple_order", place="", value="")

    token, start = begun(database)
    write(database, token, start, {**start.document, "high": 2}, Deed("x"), BEN, check)
    told = write(database, token, start, {**start.document, "low": 3}, Deed("x"), ANN, check)
    assert [c.path for c in told.contested] == [()]
    assert told.mine is not None
    assert "high" not in told.mine


def test_a_page_that_stands_on_an_old_version_loses_nothing(database: Database) -> None:
    """A whole history happened since: the start that the writer names need not be kept any more."""
    token, start = begun(database)
    version = start
    for number in range(300):
        version = changed(database, token, version, BEN, client=f"{number}").version
    old = replace(start, number=7)
    assert old.number not in {v.number for v in links.history(database, token)}
    found = changed(database, token, old, ANN, title="Ann's")
    assert (found.version.document["title"], found.version.document["client"]) == ("Ann's", "299")


# Links ---------------------------------------------------------------------------------------------------------------


def test_the_look_link_opens_the_plan_and_changes_nothing(database: Database) -> None:
    token, version = begun(database)
    look = links.look_link(database, token)
    opened = open_plan(database, look)
    assert opened is not None
    assert (opened.rights, opened.version) == ("look", version)
    attempts: list[Callable[[], object]] = [
        lambda: changed(database, look, version, ANN, title="Mine"),
        lambda: undo(database, look, ANN),
        lambda: links.delete(database, look),
        lambda: links.renew_edit(database, look),
        lambda: links.name_version(database, look, 1, "x"),
        lambda: links.look_link(database, look),
    ]
    for attempt in attempts:
        with pytest.raises(PlannerError) as refused:
            attempt()
        assert code(refused) == "only_looking"
    assert now(database, token) == version


def test_a_renewed_look_link_closes_the_old_one(database: Database) -> None:
    token, _ = begun(database)
    old = links.look_link(database, token)
    fresh = links.renew_look(database, token)
    assert open_plan(database, old) is None
    assert open_plan(database, fresh) is not None
    assert open_plan(database, token) is not None
    assert links.look_link(database, token) == fresh != old


def test_a_renewed_edit_link_closes_both_old_ones(database: Database) -> None:
    token, version = begun(database)
    look = links.look_link(database, token)
    fresh = links.renew_edit(database, token)
    assert open_plan(database, token) is None
    assert open_plan(database, look) is None
    assert now(database, fresh) == version
    assert open_plan(database, links.look_link(database, fresh)) is not None


def test_the_database_holds_no_token(database: Database, tmp_path: Path) -> None:
    token, _ = begun(database)
    look = links.look_link(database, token)
    with database.reading() as connection:
        rows = repr(connection.execute(plans.PLANS.select()).all())
    assert token not in rows
    assert look not in rows
    assert look_token(token, 0) == look != token


# The end of a plan ---------------------------------------------------------------------------------------------------


def test_a_deleted_plan_opens_nothing_and_can_be_brought_back(database: Database) -> None:
    token, version = begun(database)
    links.delete(database, token)
    for attempt in (lambda: open_plan(database, token), lambda: changed(database, token, version, ANN, title="x")):
        with pytest.raises(PlannerError) as refused:
            attempt()
        assert code(refused) == "plan_deleted"
    links.restore(database, token)
    assert now(database, token) == version


def test_a_plan_can_be_deleted_at_once_with_all_its_versions(database: Database) -> None:
    token, _ = begun(database)
    links.delete(database, token, at_once=True)
    assert open_plan(database, token) is None
    with database.reading() as connection:
        assert connection.execute(versions.VERSIONS.select()).first() is None


def test_a_plan_that_is_gone_while_open_goes_on_under_its_address(database: Database) -> None:
    token, version = begun(database)
    links.delete(database, token, at_once=True)
    found = changed(database, token, version, ANN, title="Typed on")
    assert now(database, token) == found.version


# Names ---------------------------------------------------------------------------------------------------------------

NAMES = {
    "markup": "<script>alert(1)</script> **b** [x](javascript:1)",
    "separators": "../../etc/passwd\\..\\x:y|z",
    "right to left": "\u202eתוכנית\u202c العملاء",
    "emoji": "🧑‍🤝‍🧑 plan 🇳🇱",
    "long": "x" * 10_000,
    "quotes": "'; DROP TABLE plans; -- \"",
    "nul": "a\0b",
    "half a character": "a\ud800b",
    "line breaks": "a\r\nb\u2028c",
}


@pytest.mark.parametrize("name", NAMES)
def test_any_name_comes_back_as_it_was(database: Database, name: str) -> None:
    token, version = begun(database)
    typed = NAMES[name]
    author = Author("ann", typed)
    deed = Deed("named {name}", (("name", typed),), typing=typed)
    found = write(database, token, version, {**version.document, "title": typed}, deed, author).version
    assert found.document["title"] == typed.replace("\ud800", "")
    assert now(database, token).document == found.document
    links.name_version(database, token, found.number, typed)
    kept = links.history(database, token)[-1]
    assert kept.name == typed.replace("\ud800", "").replace("\0", "").strip()[:200]
    assert json.loads(json.dumps(dict(kept.deed.arguments)))["name"] == typed.replace("\ud800", "").replace("\0", "")
    opened = open_plan(database, token)
    assert opened is not None
    assert len(opened.title) <= 200


def test_a_field_is_taken_out_of_every_version_and_undo_does_not_bring_it_back(database: Database) -> None:
    token, first = begun(database)
    told = changed(database, token, first, ANN, evidence={"file": "ours.csv"}).version
    also = changed(database, token, told, BEN, title="Second").version
    changed(database, token, also, ANN, evidence=None)
    links.erase(database, token, "evidence")
    every = [version.number for version in links.history(database, token)]
    kept = dict(links.documents(database, token, every))
    assert list(kept) == every
    assert all(found.get("evidence") is None for found in kept.values())
    assert kept[also.number]["title"] == "Second"
    assert undoing.steps(database, token, ANN)[0].deed.message == "changed"  # type: ignore[union-attr]
    assert undo(database, token, BEN).version.document.get("evidence") is None
    with pytest.raises(PlannerError, match="only_looking"):
        links.erase(database, links.look_link(database, token), "evidence")


def test_a_damaged_version_is_passed_over_where_many_are_read(database: Database) -> None:
    token, first = begun(database)
    changed(database, token, first, ANN, title="Second")
    with database.writing() as connection:
        connection.execute(
            tables.VERSIONS.update().where(tables.VERSIONS.c.number == 1).values(document=b"no document")
        )
    assert [number for number, _ in links.documents(database, token, (0, 1, 2))] == [0, 2]
    assert list(links.documents(database, new_token(), (0, 1))) == []
