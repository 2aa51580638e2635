"""How long a version takes to be written, and how large a database grows: `python tests/benchmarks/store.py`.

The telecom firm's plan is changed 1,000 times, one answer after the other, in SQLite with every commit on the disk.
Beside it the same bytes are added to a file that is brought to the disk after each, which no database beats by much.
With a DATABASE_URL the same is done there. Exits with 1 where a bound is broken.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from strategy.case.samples import load_sample
from strategy.plan.plan import start
from strategy.store.database import ADDRESS, Database
from strategy.store.documents import packed
from strategy.store.plans import open_plan, write
from strategy.store.tokens import new_token
from strategy.store.undoing import undo
from strategy.store.versions import Author, Deed, Version

CHANGES = 1000
MILLISECONDS_AT_MOST = 10.0
MEGABYTES_AT_MOST = 20.0
ANN = Author("ann", "Ann")


def bare(folder: str, content: bytes) -> list[float]:
    """Milliseconds to add bytes to a file and bring them to the disk."""
    took = []
    with (Path(folder) / "bare").open("ab", buffering=0) as file:
        for _ in range(200):
            began = perf_counter()
            file.write(content)
            os.fsync(file.fileno())
            took.append((perf_counter() - began) * 1000)
    return took


def written(database: Database) -> list[float]:
    """Milliseconds of each of the changes."""

    token, took = new_token(), []
    document = json.loads(start(load_sample("telecom", "en")).to_json())
    version = Version(0, document, deed=Deed("opened"))
    for number in range(CHANGES):
        changed = {**version.document, "answers": {f"question_{number % 40}": number}}
        began = perf_counter()
        version = write(database, token, version, changed, Deed("answered", (("n", str(number)),)), ANN).version
        took.append((perf_counter() - began) * 1000)
    began = perf_counter()
    open_plan(database, token)
    opened = (perf_counter() - began) * 1000
    began = perf_counter()
    undo(database, token, ANN)
    print(f"opening it again: {opened:.1f} ms; undo: {(perf_counter() - began) * 1000:.1f} ms")
    return took


def main() -> int:
    """Measure, print, judge."""
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get(ADDRESS)
        database = Database(given or f"sqlite:///{folder}/plans.sqlite3")
        took = written(database)
        database.close()
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
        document = start(load_sample("telecom", "en")).model_dump(mode="json", by_alias=True)
        floor = median(bare(folder, packed(document)))
    middle, late = median(took), quantiles(took, n=20)[-1]
    print(f"a version written: median {middle:.2f} ms, p95 {late:.2f} ms; bytes brought to the disk: {floor:.2f} ms")
    print(f"database after {CHANGES} changes: {size:.2f} MB")
    broken = [
        f"median {middle:.2f} ms, at most {MILLISECONDS_AT_MOST}" if middle > MILLISECONDS_AT_MOST else "",
        f"{size:.1f} MB, at most {MEGABYTES_AT_MOST}" if size > MEGABYTES_AT_MOST else "",
    ]
    for line in filter(None, broken):
        print("broken:", line)
    return 1 if any(broken) else 0


if __name__ == "__main__":
    sys.exit(main())
