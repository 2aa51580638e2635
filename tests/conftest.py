"""How the random tests run: no deadline (machines differ), few examples by default, many with a profile.

`pytest --hypothesis-profile=thorough` looks further; a failure prints the blob that repeats it.
"""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

from strategy.customers.engines import Engine, open_engine
from strategy.customers.reading import Table, read_table, save_upload
from tests.files import Read

settings.register_profile(
    "quick", deadline=None, max_examples=25, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=1000)
settings.load_profile("quick")

collect_ignore = [] if find_spec("pyspark") else ["test_spark.py"]
"""PySpark is an optional requirement: README.md says how to run its tests."""


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
