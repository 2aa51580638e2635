"""Many writers at once, in threads or in processes of their own, and what must be true of what they leave.

Each writer adds one answer of its own to a plan, again and again, and now and then the title, which others change too.
An answer that was acknowledged must be in the plan's newest version; a title that two changed must have been told.
"""

import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from strategy.store.database import Database
from strategy.store.plans import open_plan, write
from strategy.store.versions import Author, Deed, Version


@dataclass
class Account:
    """What a writer was told: {token: {answer: last acknowledged value}}; how many were contested; seconds of each."""

    saved: dict[str, dict[str, int]] = field(default_factory=dict)
    contested: int = 0
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def writer(database: Database, name: str, tokens: list[str], until: float, account: Account, seed: int) -> None:
    """Change plans until a moment, always from the version that was seen last, which others may have left behind."""
    draw, me = random.Random(seed), Author(name)
    seen: dict[str, Version] = {}
    number = 0
    while monotonic() < until:
        token = draw.choice(tokens)
        found = seen.get(token)
        if found is None:
            opened = open_plan(database, token)
            found = opened.version if opened else Version(0, {"title": "", "answers": {}})
        number += 1
        document = {**found.document, "answers": {**found.document["answers"], name: number}}
        if draw.random() < 0.2:
            document["title"] = f"{name} {number}"
        began = monotonic()
        try:
            written = write(database, token, found, document, Deed("answered"), me)
        except Exception as error:
            account.errors.append(repr(error))
            return
        account.took.append(monotonic() - began)
        if written.contested:
            account.contested += 1
            seen[token] = written.version
        else:
            seen[token] = written.version
            account.saved.setdefault(token, {})[name] = number


def crowd(database: Database, names: Iterable[str], tokens: list[str], seconds: float) -> list[Account]:
    """So many writers in threads of this process for some seconds."""
    until, found = monotonic() + seconds, []
    threads = []
    for seed, name in enumerate(names):
        found.append(Account())
        threads.append(Thread(target=writer, args=(database, name, tokens, until, found[-1], seed)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 120)
    return found


def lost(database: Database, accounts: Iterable[Account]) -> list[str]:
    """What was acknowledged and is not in the newest version."""
    found = []
    for account in accounts:
        for token, answers in account.saved.items():
            opened = open_plan(database, token)
            there = opened.version.document["answers"] if opened else {}
            found += [
                f"{name}: {there.get(name)} for {value}"
                for name, value in answers.items()
                if there.get(name, 0) < value
            ]
    return found


def changing(url: str, token: str) -> None:
    """A process that changes a plan as fast as it can and says each number that was acknowledged, to be killed."""
    database = Database(url)
    opened = open_plan(database, token)
    version = opened.version if opened else Version(0, {"title": "0"})
    number = int(version.document["title"])
    while True:
        number += 1
        version = write(database, token, version, {"title": str(number)}, Deed("changed"), Author("killed")).version
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    changing(*sys.argv[1:])
