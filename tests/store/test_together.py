"""Many write at once and are killed at any moment: nothing that was acknowledged is lost."""

from concurrent.futures import ThreadPoolExecutor

from strategy.store.database import Database
from strategy.store.links import history
from strategy.store.tokens import new_token
from tests.store.crowd import Account, crowd, lost
from tests.store.killing import killed

SECONDS = 4.0
KILLS = 5
"""On each of the two databases."""


def test_thirty_writers_into_ten_plans_lose_nothing_and_are_told_of_conflicts(database: Database) -> None:
    tokens = [new_token() for _ in range(10)]
    accounts = crowd(database, [f"writer {n}" for n in range(30)], tokens, SECONDS)
    assert [error for account in accounts for error in account.errors] == []
    assert lost(database, accounts) == []
    assert all(account.took for account in accounts)
    asides = sum(version.kind == "aside" for token in tokens for version in history(database, token))
    contested = sum(account.contested for account in accounts)
    assert contested > 0
    assert asides > 0, "what was not chosen stays"


def test_writers_over_connections_of_their_own_lose_nothing(url: str) -> None:
    """Two databases opened on one place do not know of each other, as two processes do not."""
    database = Database(url)
    tokens = [new_token() for _ in range(2)]
    other = Database(url)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda args: crowd(*args), [
            (database, ["a", "b", "c"], tokens, 2.0), (other, ["d", "e", "f"], tokens, 2.0),
        ]))  # fmt: skip
    accounts: list[Account] = [account for each in found for account in each]
    assert [error for account in accounts for error in account.errors] == []
    assert lost(database, accounts) == []
    database.close()
    other.close()


def test_a_writer_killed_at_any_moment_has_saved_what_it_said(url: str) -> None:
    assert killed(url, KILLS, seed=5) > 0
