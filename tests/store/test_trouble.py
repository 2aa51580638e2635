"""A database that is locked, read-only, full, gone, damaged or newer: a sentence with a remedy, and on it goes."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store import opened
from strategy.store.database import ADDRESS, Database
from strategy.store.keeping import purge
from strategy.store.plans import open_plan, write
from strategy.store.tables import METADATA, REVISION
from strategy.store.tokens import new_token
from strategy.store.upgrading import upgrade
from strategy.store.versions import Author, Deed, Version
from strategy.words.messages import explain
from strategy.words.wording import LANGUAGES, Wording
from tests.store.databases import Cluster

ANN = Author("ann")
FIRST = Version(0, {"title": "a"})


def refused(work: Callable[[], object]) -> str:
    """The code with which work is refused; its sentence stands in both languages, and quotes no path."""
    with pytest.raises(PlannerError) as error:
        work()
    for language in LANGUAGES:
        sentence = explain(error.value, Wording(language))
        assert len(sentence) > 40
        assert "/tmp" not in sentence
    return error.value.code


def change(database: Database, token: str, title: str = "b", start: Version = FIRST) -> Version:
    return write(database, token, start, {"title": title}, Deed("x"), ANN).version


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plans.sqlite3"


@pytest.fixture
def sqlite(file: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{file}", patience=0.2)
    yield found
    found.close()


def title(database: Database, token: str) -> str:
    found = open_plan(database, token)
    assert found is not None
    return found.title


# SQLite --------------------------------------------------------------------------------------------------------------


def test_a_locked_file(sqlite: Database, file: Path) -> None:
    token = new_token()
    version = change(sqlite, token)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refused(lambda: change(sqlite, token, "c", version)) == "store_locked"
        assert title(sqlite, token) == "b", "reading goes on"
        other.execute("ROLLBACK")
    change(sqlite, token, "c", version)
    assert title(sqlite, token) == "c"


def test_a_read_only_file(sqlite: Database, file: Path) -> None:
    token = new_token()
    change(sqlite, token)
    reader = Database(f"sqlite:///{file}?mode=ro", patience=0.2)
    assert refused(lambda: change(reader, token, "c")) == "store_read_only"
    assert title(reader, token) == "b"
    reader.close()


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system says it: root, who runs some of these tests, may write everywhere."""

    def mkdir(self: Path, **options: bool) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert refused(lambda: Database(f"sqlite:///{tmp_path / 'x' / 'plans.sqlite3'}")) == "store_read_only"


def test_a_full_disk(sqlite: Database) -> None:
    """SQLite's own bound on pages stands for the disk's."""
    token = new_token()
    version = change(sqlite, token)

    @sa.event.listens_for(sqlite.engine, "checkout")
    def bound(connection: sqlite3.Connection, record: object, proxy: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    large = {"title": "c", "noise": os.urandom(200_000).hex()}
    assert refused(lambda: write(sqlite, token, version, large, Deed("x"), ANN)) == "store_full"
    sa.event.remove(sqlite.engine, "checkout", bound)
    sqlite.engine.dispose()
    assert title(sqlite, token) == "b"
    write(sqlite, token, version, large, Deed("x"), ANN)
    assert title(sqlite, token) == "c"


def test_a_file_that_is_gone_is_not_written_in_secret(sqlite: Database, file: Path) -> None:
    """SQLite would go on writing to the deleted file, and all of it would be lost."""
    token = new_token()
    version = change(sqlite, token)
    file.rename(file.with_suffix(".away"))
    assert refused(lambda: change(sqlite, token, "c", version)) == "store_gone"
    assert refused(lambda: open_plan(sqlite, token)) == "store_gone"
    assert not file.exists()
    file.with_suffix(".away").rename(file)
    change(sqlite, token, "c", version)
    assert title(sqlite, token) == "c"


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    assert refused(lambda: Database(f"sqlite:///{tmp_path}")) == "store_gone"


@pytest.mark.parametrize("content", [b"no database at all" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert refused(lambda: Database(f"sqlite:///{file}")) == "store_damaged"
    assert file.read_bytes() == content, "it is left as it is, for whoever can repair it"


def test_a_damaged_version(sqlite: Database) -> None:
    token = new_token()
    change(sqlite, token)
    with sqlite.writing() as connection:
        connection.execute(sa.text("UPDATE versions SET document = :bytes"), {"bytes": b"xxxx"})
    assert refused(lambda: open_plan(sqlite, token)) == "version_damaged"


# PostgreSQL ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(postgresql: Cluster) -> Iterator[Database]:
    found = Database(postgresql.fresh("trouble"), patience=0.5)
    yield found
    found.close()


def test_a_locked_row(server: Database, postgresql: Cluster) -> None:
    token = new_token()
    version = change(server, token)
    other = Database(postgresql.url("trouble"))
    with other.writing() as connection:
        connection.execute(sa.text("SELECT * FROM plans FOR UPDATE"))
        assert refused(lambda: change(server, token, "c", version)) == "store_locked"
        assert title(server, token) == "b"
    change(server, token, "c", version)
    assert title(server, token) == "c"
    other.close()


def settled(server: Database, statement: str) -> None:
    with server.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text(statement))
    server.engine.dispose()


def test_a_read_only_server(server: Database) -> None:
    token = new_token()
    version = change(server, token)
    settled(server, "ALTER DATABASE trouble SET default_transaction_read_only = on")
    assert refused(lambda: change(server, token, "c", version)) == "store_read_only"
    assert title(server, token) == "b"


def test_a_full_server(server: Database) -> None:
    """A trigger says what PostgreSQL says of a full disk."""
    token = new_token()
    version = change(server, token)
    says = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    settled(server, f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ {says} $$")
    settled(server, "CREATE TRIGGER no_room BEFORE INSERT ON versions EXECUTE FUNCTION no_room()")
    assert refused(lambda: change(server, token, "c", version)) == "store_full"
    settled(server, "DROP TRIGGER no_room ON versions")
    change(server, token, "c", version)
    assert title(server, token) == "c"


def test_a_server_that_is_gone_and_comes_back(server: Database, postgresql: Cluster) -> None:
    token = new_token()
    version = change(server, token)
    postgresql.stop("immediate")
    try:
        assert refused(lambda: change(server, token, "c", version)) == "store_gone"
        assert refused(lambda: open_plan(server, token)) == "store_gone"
    finally:
        postgresql.start()
    change(server, token, "c", version)
    assert title(server, token) == "c"


def test_a_database_that_is_not_there(postgresql: Cluster) -> None:
    assert refused(lambda: Database(postgresql.url("nowhere"))) == "store_gone"


# Both ----------------------------------------------------------------------------------------------------------------


def test_tables_of_a_newer_planner_are_left_alone(url: str) -> None:
    database = Database(url)
    token = new_token()
    change(database, token)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert refused(lambda: Database(url)) == "store_newer"


def test_a_mistake_of_ours_stays_one(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.execute(sa.text("INSERT INTO plans (id) VALUES (1)"))


def test_half_a_transaction_is_none(database: Database) -> None:
    token = new_token()
    version = change(database, token)

    def broken_off() -> None:
        with database.writing() as connection:
            connection.execute(sa.text("UPDATE plans SET title = 'x'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert title(database, token) == "b"
    change(database, token, "c", version)


@pytest.mark.parametrize("step", ["0001", "0002"])
def test_older_tables_become_todays_and_no_row_is_lost(url: str, step: str) -> None:
    older = sa.create_engine(url)
    with older.begin() as connection:
        upgrade(connection, None, step)
        columns = "title, edit_hash, view_hash, looks, created, changed, opened, version"
        connection.execute(sa.text(f"INSERT INTO plans (id, {columns}) VALUES (7, 'kept', :a, :b, 0, 1, 1, 1, 0)"),
                           {"a": b"a" * 32, "b": b"b" * 32})  # fmt: skip
    older.dispose()
    database = Database(url)
    with database.reading() as connection:
        rows = connection.execute(sa.text("SELECT id, title FROM plans")).all()
        assert [tuple(row) for row in rows] == [(7, "kept")]
        found = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            assert {column["name"] for column in found.get_columns(table.name)} == {column.name for column in table.c}
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == REVISION
    database.close()


@pytest.mark.parametrize("wrong", ["mysql://x/y", "no address", "postgresql", "://"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv(ADDRESS, wrong)
    assert refused(Database) == "store_address"


def test_without_an_address_the_plans_lie_in_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    database = Database()
    assert database.file.is_relative_to(tmp_path)
    assert database.file.exists()
    database.close()


@pytest.mark.parametrize(("days", "gone"), [("", False), ("10", True), ("17", False)])
def test_once_a_day_it_is_looked_for_plans_that_nobody_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, days: str, gone: bool
) -> None:
    opened.let_go()
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    monkeypatch.setenv(opened.KEEP, days)
    database, token = opened.database(), new_token()
    change(database, token)
    began, looks = database.clock(), []
    monkeypatch.setattr(opened, "purge", lambda *given: looks.append(purge(*given)))
    for day in range(16):
        database.clock = lambda day=day: began + day * 86_400  # type: ignore[misc]
        monkeypatch.setattr(opened, "monotonic", lambda day=day: day * 86_400.0)
        opened.tidy()
        opened.tidy()
    assert len(looks) == 16, "not twice a day"
    assert (open_plan(database, token) is None) == gone
    opened.let_go()


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "ten", "٣"])
def test_days_that_are_none_are_refused_and_nothing_goes(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    opened.let_go()
    monkeypatch.setenv(opened.KEEP, wrong)
    assert refused(opened.tidy) == "keep_days"
    opened.let_go()


def test_a_database_that_cannot_be_opened_is_not_tried_at_every_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor given up: after a while it is tried again."""
    opened.let_go()
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path}")
    assert refused(opened.database) == "store_gone"
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    assert refused(opened.database) == "store_gone"
    monkeypatch.setattr(opened, "RETRY", 0.0)
    assert opened.database() is opened.database()
    opened.let_go()
