"""The planner is killed 200 times at random moments while a page is worked in: `python tests/trials/killed_server.py`.

    python tests/trials/killed_server.py [--kills 200] [--seed 1] [--minutes 60] [--database sqlite | postgresql | both]

A person in Chromium moves sliders and types amounts; the server gets SIGKILL and is started again on the same port and
database. All that the page had shown as saved must be there, undo must take back exactly the last change, and the open
page must go on without being loaded by hand. A busy machine ends after so many minutes for each database.
Says what was found; exits with 1 where one of these is not so.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.killing import Tally, killed_at_work, planner
from tests.store.databases import cluster


def trial(name: str, url: str, kills: int, seed: int, minutes: float) -> bool:
    """One database; whether all was well."""
    began = perf_counter()

    def told(tally: Tally) -> None:
        if tally.kills % 10 == 0:
            print(f"{name}: {tally.kills} kills, {tally.acknowledged} shown as saved and there", flush=True)

    with planner(url) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        page = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
        try:
            tally = killed_at_work(page, server, url, kills, seed, monotonic() + minutes * 60, told)
        except AssertionError as error:
            print(f"{name}: {error}", flush=True)
            return False
        finally:
            browser.close()
    print(
        f"{name}: {tally.kills} kills in {perf_counter() - began:.0f} s; {tally.changes} changes, "
        f"{tally.acknowledged} shown as saved, 0 of them lost, {tally.arrived} on their way and there all the same; "
        f"each time undo took back the last; the page went on after median {median(tally.seconds):.1f} s, "
        f"p95 {quantiles(tally.seconds, n=20)[-1]:.1f} s",
        flush=True,
    )
    return True


def main() -> int:
    """The databases in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    given = parser.parse_args()
    well = True
    if given.database != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            well = trial("SQLite", f"sqlite:///{folder}/plans.sqlite3", given.kills, given.seed, given.minutes)
    if given.database != "sqlite":
        with cluster() as server:
            well = trial("PostgreSQL", server.fresh("trial"), given.kills, given.seed, given.minutes) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
