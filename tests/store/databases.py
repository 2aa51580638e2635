"""Databases for tests: a SQLite file, and a PostgreSQL cluster of our own in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

REMEDY = "PostgreSQL's programs are missing: install them (Debian: apt-get install postgresql), or set PG_BIN to them."
USER = "postgres"
BIN = "PG_BIN"
"""The environment variable with the folder of initdb and pg_ctl, where they are not among Debian's or on the path."""


class Cluster:
    """A running server that only listens on a socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=120 -c fsync=off"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-m", how, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; as its own user where we are root, whom it refuses."""
        command = [str(_programs() / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", *command]
        done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def fresh(self, name: str) -> str:
        """The address of a new database."""
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        return self.url(name)


def _programs() -> Path:
    given = [Path(os.environ[BIN])] if BIN in os.environ else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = [Path(found).parent for found in [shutil.which("pg_ctl")] if found]
    for folder in (*given, *debian, *on_path):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return pytest.fail(REMEDY)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster that is gone afterwards."""
    _programs()
    folder = Path(tempfile.mkdtemp(prefix="planner-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    try:
        found = Cluster(folder)
        try:
            yield found
        finally:
            found.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
