"""The database: SQLite in the user's data folder, or PostgreSQL where DATABASE_URL says so.

Whatever keeps it from being written becomes one PlannerError; the planner then goes on without it.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import platformdirs
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from strategy.errors import PlannerError
from strategy.store.refusals import refused
from strategy.store.tables import REVISION
from strategy.store.turns import Turns

ADDRESS = "DATABASE_URL"
"""The environment variable that names the database: `postgresql://...`, or `sqlite:///file`."""
PATIENCE = 5.0
"""Seconds that a writer waits for another."""
QUEUES = 6
"""So many times as long a writer waits for those of its own process: they come one by one and do not hold on."""
MIGRATING = 7_401_926
"""The lock under which PostgreSQL lets one process migrate at a time."""
CHANNEL = "planner"
"""Where PostgreSQL tells of changes."""
LOOK_AGAIN = -1
"""What is told in place of a version where none is new, but links or the plan itself are gone or back."""
Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def address() -> URL:
    """Where the plans are kept."""
    given = os.environ.get(ADDRESS, "")
    if not given:
        return URL.create("sqlite", database=str(platformdirs.user_data_path("every-marketing-euro") / "plans.sqlite3"))
    try:
        return make_url(given.replace("postgres://", "postgresql://", 1))
    except sa.exc.ArgumentError:
        raise PlannerError("store_address", place=ADDRESS) from None


class Database:
    """One database, migrated when it is opened; many threads may use it.

    patience  seconds that a writer waits for another before it is refused
    clock     says what time it is; nothing is put in order by it
    changed   called after each commit of a plan's change, with the plan's number and its version's
    """

    def __init__(self, where: URL | str | None = None, patience: float = PATIENCE, clock: Clock = time.time) -> None:
        self.where = make_url(where) if where is not None else address()
        self.patience, self.clock = patience, clock
        self.changed: Callable[[int, int], None] = lambda plan, version: None
        self._mode = "rwc"
        self._turns = Turns()
        if self.where.get_backend_name() not in ("sqlite", "postgresql"):
            raise PlannerError("store_address", place=ADDRESS)
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql()
        self.writer = self.engine.execution_options(writing=True)
        try:
            with refused(self.name):
                self._migrate()
        except BaseException:
            self.close()
            raise
        self._mode = "rw"

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.where.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path:
        """SQLite's file."""
        return Path(self.where.database or "")

    @property
    def name(self) -> str:
        """What messages call it, without a password."""
        return self.file.name if self.is_sqlite else str(self.where.database or "PostgreSQL")

    # How it is connected to ------------------------------------------------------------------------------------------

    def connect_to_file(self) -> sqlite3.Connection:
        """A connection of its own to SQLite's file; once it was migrated, no connection makes a new one."""
        uri = f"file:{quote(str(self.file))}?mode={self.where.query.get('mode', self._mode)}"
        found = sqlite3.connect(
            uri, uri=True, timeout=self.patience, isolation_level=None, check_same_thread=False, cached_statements=128
        )
        try:
            for setting in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
                found.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            found.close()
            raise
        return found

    def _sqlite(self) -> sa.Engine:
        with refused(self.name):
            self.file.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine("sqlite://", creator=self.connect_to_file, poolclass=sa.pool.QueuePool, pool_size=8,
                                  max_overflow=64, pool_timeout=self.patience)  # fmt: skip

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            writing = connection.get_execution_options().get("writing")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

        @sa.event.listens_for(engine, "connect")
        def connected(connection: Any, record: Any) -> None:
            record.info["file"] = self._file_now()

        @sa.event.listens_for(engine, "checkout")
        def checkout(connection: Any, record: Any, proxy: Any) -> None:
            if record.info["file"] != self._file_now():
                raise sa.exc.DisconnectionError

        return engine

    def _file_now(self) -> tuple[int, int] | None:
        """Which file stands under the name now: SQLite would go on writing to one that was deleted."""
        try:
            found = os.stat(self.file)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _postgresql(self) -> sa.Engine:
        options = f"-c lock_timeout={int(self.patience * 1000)} -c idle_in_transaction_session_timeout=60000"
        return sa.create_engine(
            self.where.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=64,
            pool_timeout=self.patience,
            connect_args={"connect_timeout": max(2, int(self.patience)), "options": options},
        )

    def _migrate(self) -> None:
        """Bring the tables up to date, all or nothing. Raises PlannerError("store_newer")."""
        if self.is_sqlite and self.where.query.get("mode") != "ro":
            with closing(self.connect_to_file()) as file:
                file.execute("PRAGMA journal_mode=WAL")
        with self.engine.begin() as connection:
            if _revision(connection) == REVISION:
                return
        from strategy.store.upgrading import upgrade  # Alembic takes 0.2 s to import, and is not needed but here

        with self.writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
            upgrade(connection, _revision(connection))

    # How it is used --------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads. Raises PlannerError for what keeps it from that."""
        with refused(self.name), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes: all of it is on the disk when this ends, or none is.

        Raises PlannerError for what keeps it from that: locked, read-only, full, gone, damaged.
        """
        with self._in_turn(), refused(self.name):
            before = self._file_now()
            with self.writer.begin() as connection:
                yield connection
            if self.is_sqlite and (before is None or before != self._file_now()):
                raise PlannerError("store_gone", place=self.name, value="another file stands there")

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer of this process at a time to SQLite, which lets those who wait try at random: some never came."""
        if not self.is_sqlite:
            yield
            return
        with ExitStack() as stack:
            try:
                stack.enter_context(self._turns.turn(QUEUES * self.patience))
            except TimeoutError:
                raise PlannerError("store_locked", place=self.name, value="too many writers") from None
            yield

    def tell(self, connection: sa.Connection, plan: int, version: int) -> None:
        """Say to other processes, once this transaction is committed, that a plan has a new version.

        SQLite needs no word: who listens looks at its counter of changes (`hub`).
        """
        if not self.is_sqlite:
            connection.execute(sa.select(sa.func.pg_notify(CHANNEL, f"{plan} {version}")))

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _revision(connection: sa.Connection) -> str | None:
    """The migration that made the tables as they are; None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
