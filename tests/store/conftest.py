"""Each test of the store runs on both databases."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from strategy.store.database import Database
from tests.store.databases import Cluster, cluster

KINDS = ("sqlite", "postgresql")
NUMBERS = count()
Make = Callable[[], str]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'plans.sqlite3'}"
    found: Cluster = request.getfixturevalue("postgresql")
    return found.fresh(f"plans_{next(NUMBERS)}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = Database(url, patience=5.0)
    yield found
    found.close()
