"""Who changed which number, when, and from what: from the versions, each document read once."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from strategy.case.editing import document_of, numbers_of
from strategy.case.estimate import Estimate
from strategy.case.samples import SAMPLES, load_sample
from strategy.plan import register
from strategy.plan.compared.number_changes import NOBODY, number_changes, written_numbers
from strategy.plan.plan import Plan, start
from strategy.store import links, plans, undoing
from strategy.store.database import Database
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed, Version

ANN, BOB = Author("a", "Ann"), Author("b", "Bob")
CUSTOMERS = ("families", "customers")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    yield found
    found.close()


def document(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plan.to_json())
    return found


def kept(database: Database, token: str, before: Version, plan: Plan, author: Author, typing: str = "") -> Version:
    return plans.write(database, token, before, document(plan), Deed("number changed", (), typing), author).version


def with_customers(plan: Plan, number: float) -> Plan:
    return register.set_number(plan, CUSTOMERS, {"likely": number})


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
def test_a_written_case_has_the_numbers_of_the_case(sample: str) -> None:
    case = load_sample(sample)
    assert written_numbers(json.loads(json.dumps(document_of(case)))) == numbers_of(case)


def test_what_is_no_case_has_no_numbers() -> None:
    assert written_numbers({}) == written_numbers({"schema": 2, "segments": [{"id": 1}]}) == {}


def test_a_number_says_who_changed_it_last_and_from_what(database: Database) -> None:
    plan, token = start(load_sample("telecom")), new_token()
    first = plan.case.segment("families").customers
    version = kept(database, token, Version(0, document(plan)), with_customers(plan, 1000), ANN)
    version = kept(database, token, version, with_customers(plan, 2000), BOB)
    last, before = number_changes(database, token)[CUSTOMERS]
    assert (last.author.name, last.before, last.after) == ("Bob", Estimate.of(1000), Estimate.of(2000))
    assert (before.author.name, before.before, before.after) == ("Ann", first, Estimate.of(1000))
    assert last.at == version.at
    undoing.undo(database, token, BOB)
    taken_back = number_changes(database, token)[CUSTOMERS][0]
    assert (taken_back.before, taken_back.after) == (Estimate.of(2000), Estimate.of(1000))


def test_typing_on_is_one_change_from_what_stood_there_before(database: Database) -> None:
    plan, token = start(load_sample("telecom")), new_token()
    first = plan.case.segment("families").customers
    version = Version(0, document(plan))
    for number in (1, 12, 123):
        version = kept(database, token, version, with_customers(plan, number), ANN, "customers")
        (change,) = number_changes(database, token)[CUSTOMERS]
        assert (change.before, change.after) == (first, Estimate.of(number))


def test_what_was_not_chosen_changed_nothing_and_whose_versions_are_gone_is_nobodys(database: Database) -> None:
    plan, token = start(load_sample("telecom")), new_token()
    base = kept(database, token, Version(0, document(plan)), plan.having(title="Ours"), ANN)
    second = kept(database, token, base, with_customers(plan.having(title="Ours"), 1000), ANN)
    kept(database, token, base, with_customers(plan.having(title="Ours"), 3000), BOB)  # contested: kept aside
    third = kept(database, token, second, with_customers(plan.having(title="Ours"), 2000), BOB)
    assert [change.version for change in number_changes(database, token)[CUSTOMERS]] == [third.number, second.number]
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM versions WHERE number = {second.number}")
    other = kept(database, token, third, with_customers(plan.having(title="Theirs"), 2000), ANN)
    assert other.number
    found = number_changes(Database(database.where), token)[CUSTOMERS]
    assert [(change.author, change.before) for change in found] == [(NOBODY, plan.case.segment("families").customers)]


def test_a_thousand_versions_are_read_once_and_then_only_what_is_new(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, token = start(load_sample("classroom")), new_token()
    segment = plan.case.segment_ids[0]
    plans.keep(database, token, document(plan), Deed("opened"), ANN)
    two = [document(register.set_number(plan, (segment, "customers"), {"likely": n})) for n in (100, 200)]
    with database.writing() as connection:
        for number in range(2, 1001):
            from strategy.store import versions

            versions.append(connection, 1, Version(0, two[number % 2], number, ANN, Deed("x"), "change", number - 1))
        versions.advance(connection, 1, Version(1000, two[0]), "")
    read: list[int] = []
    real = links.documents

    def counted(database: Database, token: str, numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
        for number, found in real(database, token, numbers):
            read.append(number)
            yield number, found

    monkeypatch.setattr(links, "documents", counted)
    began = perf_counter()
    assert len(number_changes(database, token)[segment, "customers"]) == 999
    first = perf_counter() - began
    assert sorted(read) == list(range(1, 1001))
    read.clear()
    began = perf_counter()
    number_changes(database, token)
    assert read == []
    assert perf_counter() - began < 0.1 * first
    kept(database, token, links.version(database, token, 1000), plan, BOB)
    assert len(number_changes(database, token)[segment, "customers"]) == 1000
    assert read == [1000, 1001]
