"""How the random tests run: no deadline (machines differ), few examples by default, many with a profile.

`pytest --hypothesis-profile=thorough` looks further; a failure prints the blob that repeats it.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from strategy.customers.reading.engines import Engine, open_engine
from strategy.customers.reading.reading import Table, read_table, save_upload
from tests.files import Read

settings.register_profile(
    "quick", deadline=None, max_examples=25, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=1000)
settings.load_profile("quick")

PLANS = tempfile.mkdtemp(prefix="planner-tests-")
"""Where the plans of tests lie, of those in servers of their own too: nobody's own plans are touched."""
atexit.register(shutil.rmtree, PLANS, ignore_errors=True)
os.environ["DATABASE_URL"] = f"sqlite:///{PLANS}/plans.sqlite3"

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
LEFT_OUT = {
    path: why
    for path, why, there in (
        ("customers/test_spark.py", "PySpark, which is optional, is not installed", find_spec("pyspark") is not None),
        ("browser", f"there is no Chromium at {CHROMIUM}", CHROMIUM.exists() or os.environ.get("CI") == "true"),
    )
    if not there
}
"""What cannot run here, and why; with CI set a missing Chromium is a failure instead."""
collect_ignore = list(LEFT_OUT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for path, why in LEFT_OUT.items():
        terminalreporter.write_line(f"left out: tests/{path}: {why}")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One DuckDB for a file of tests."""
    opened = open_engine(threads=2)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def read(engine: Engine) -> Read:
    """Reads a text as a client's file."""

    def reads(content: str | bytes) -> Table:
        return read_table(save_upload(content.encode() if isinstance(content, str) else content, engine), engine)

    return reads
