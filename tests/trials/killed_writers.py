"""200 writers killed at random moments on each database, and a minute's crowd: `python tests/trials/killed_writers.py`.

    python tests/trials/killed_writers.py [--kills 200] [--seconds 60] [--seed 1]

Says what was found; exits with 1 where something that was acknowledged is not there, or undo takes back something else.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from strategy.store.database import Database
from strategy.store.links import history
from strategy.store.tokens import new_token
from tests.store.crowd import crowd, lost
from tests.store.databases import cluster
from tests.store.killing import killed

WRITERS, PLANS = 30, 10


def trial(name: str, url: str, kills: int, seconds: float, seed: int) -> bool:
    """One database through both trials; whether all was well."""
    began = perf_counter()
    try:
        counted = killed(url, kills, seed) if kills else 0
    except AssertionError as error:
        print(f"{name}: {error}")
        return False
    print(f"{name}: {kills} writers killed in {perf_counter() - began:.0f} s, {counted} changes in the plan, none lost")
    database = Database(url)
    tokens = [new_token() for _ in range(PLANS)]
    accounts = crowd(database, [f"writer {n}" for n in range(WRITERS)], tokens, seconds)
    gone, errors = lost(database, accounts), [error for account in accounts for error in account.errors]
    took, contested = [seconds for a in accounts for seconds in a.took], sum(a.contested for a in accounts)
    asides = sum(version.kind == "aside" for token in tokens for version in history(database, token))
    database.close()
    print(
        f"{name}: {WRITERS} writers into {PLANS} plans for {seconds:.0f} s: {len(took)} writes, {contested} contested "
        f"and told ({asides} of those still kept), {len(gone)} lost, {len(errors)} errors; a write took median "
        f"{median(took) * 1000:.0f} ms, p95 {quantiles(took, n=20)[-1] * 1000:.0f} ms, at most {max(took):.2f} s"
    )
    for line in [*gone, *errors][:10]:
        print(" ", line)
    return not gone and not errors


def main() -> int:
    """Both databases in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        well = trial("SQLite", f"sqlite:///{folder}/plans.sqlite3", given.kills, given.seconds, given.seed)
    with cluster() as server:
        return 0 if trial("PostgreSQL", server.fresh("trial"), given.kills, given.seconds, given.seed) and well else 1


if __name__ == "__main__":
    sys.exit(main())
