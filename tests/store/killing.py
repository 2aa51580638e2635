"""A process that writes is killed at random moments: what it said was saved is there, and can be taken back."""

import random
import subprocess
import sys
import time
from pathlib import Path

from strategy.store.database import Database
from strategy.store.plans import open_plan
from strategy.store.tokens import new_token
from strategy.store.undoing import undo
from strategy.store.versions import Author

WRITER = Path(__file__).with_name("crowd.py")
KILLED = Author("killed")


def killed(url: str, times: int, seed: int) -> int:
    """Kill a writer so often, and look after each; the number of changes that were acknowledged in all.

    Raises AssertionError where one is not there, or where undo does not take back exactly the last one.
    """
    draw, token, last = random.Random(seed), new_token(), 0
    Database(url).close()
    for _ in range(times):
        writing = subprocess.Popen(
            [sys.executable, str(WRITER), url, token], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert writing.stdout is not None
        assert writing.stderr is not None
        first = writing.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.15))
        writing.kill()
        said, complaints = writing.communicate(timeout=60)
        lines = [line for line in (first + said).split("\n")[:-1] if line]
        assert lines, complaints
        last = max(last, int(lines[-1]))
        database = Database(url)
        opened = open_plan(database, token)
        assert opened is not None
        there = int(opened.version.document["title"])
        assert last <= there <= last + 1, f"{there} is there, {last} was acknowledged"
        assert undo(database, token, KILLED).version.document["title"] == str(there - 1)
        last = there - 1
        database.close()
    return last
