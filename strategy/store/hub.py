"""Who looks at which plan, and word of each new version, whichever process made it.

In this process word comes at once. Other processes are heard through the database: SQLite counts the commits of others
(`PRAGMA data_version`), PostgreSQL tells them (LISTEN). Word may come twice or too late: it is a number to compare.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from threading import Event, Lock, Thread

import psycopg
import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store.database import CHANNEL, LOOK_AGAIN, Database
from strategy.store.tables import PLANS

LOOK_EVERY = 0.1
"""Seconds between two looks at SQLite's counter, which take some microseconds."""
AGAIN = 1.0
"""Seconds after which a database that cannot be reached is tried again."""
ENDING = 10.0
"""Seconds that closing waits at most for a look that goes on."""
Hear = Callable[[int], None]
"""Called from any thread with the number of a version, or LOOK_AGAIN."""


class Hub:
    """Those who look at plans of one database; a thread listens as long as there is one of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._hearers: dict[int, list[Hear]] = defaultdict(list)
        self._lock, self._ended = Lock(), Event()
        self._threads: list[Thread] = []
        database.changed = self.tell

    def join(self, plan: int, hear: Hear) -> Callable[[], None]:
        """Hear of a plan's changes from now on; what is returned ends that."""
        with self._lock:
            self._hearers[plan].append(hear)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if not self._threads or self._ended.is_set():
                self._ended = Event()
                self._threads.append(Thread(target=self._listen, args=(self._ended,), name="store hub", daemon=True))
                self._threads[-1].start()

        def leave() -> None:
            with self._lock:
                hearers = self._hearers.get(plan, [])
                if hear in hearers:
                    hearers.remove(hear)
                if not hearers:
                    self._hearers.pop(plan, None)
                if not self._hearers:
                    self._ended.set()

        return leave

    def tell(self, plan: int, version: int) -> None:
        """Say that a plan has a new version."""
        with self._lock:
            hearers = list(self._hearers.get(plan, ()))
        for hear in hearers:
            hear(version)

    def close(self) -> None:
        """Stop listening, and wait until the last look is over: the database may be closed after this."""
        with self._lock:
            self._hearers.clear()
            self._ended.set()
        for thread in self._threads:
            thread.join(ENDING)

    def _listen(self, ended: Event) -> None:
        """Hear other processes until everybody left; a database that is gone is tried again, and caught up with."""
        known: dict[int, tuple[object, ...]] = {}
        while not ended.is_set():
            with suppress(PlannerError, sqlite3.Error, psycopg.Error):
                for _ in self._counted(ended) if self.database.is_sqlite else self._notified(ended):
                    known = self._look(known)
            ended.wait(AGAIN)

    def _counted(self, ended: Event) -> Iterator[None]:
        """Comes by once, then after each commit of SQLite's other connections."""
        with closing(self.database.connect_to_file()) as connection:
            before = None
            while not ended.is_set():
                (count,) = connection.execute("PRAGMA data_version").fetchone()
                if count != before:
                    before = count
                    yield
                ended.wait(LOOK_EVERY)

    def _notified(self, ended: Event) -> Iterator[None]:
        """Comes by once, then after each word of PostgreSQL, over a connection of its own."""
        address = self.database.where.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            yield
            while not ended.is_set():
                for _ in connection.notifies(timeout=AGAIN, stop_after=1):
                    yield

    def _look(self, known: dict[int, tuple[object, ...]]) -> dict[int, tuple[object, ...]]:
        """Tell what differs from what was known of the plans that somebody looks at; returns what is known now."""
        with self._lock:
            plans = list(self._hearers)
        asked = sa.select(PLANS.c.id, PLANS.c.version, PLANS.c.deleted, PLANS.c.edit_hash, PLANS.c.looks)
        with self.database.reading() as connection:
            rows = connection.execute(asked.where(PLANS.c.id.in_(plans))).all()
        now: dict[int, tuple[object, ...]] = {row.id: tuple(row) for row in rows}
        for plan in plans:
            before, after = known.get(plan), now.get(plan)
            if after != before:
                new_version = after is not None and (before is None or after[1] != before[1])
                self.tell(plan, int(str(after[1])) if after and new_version else LOOK_AGAIN)
        return now
