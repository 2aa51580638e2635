"""A planner that is killed while somebody works in it: what its page had shown as saved is there when it is back."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from strategy.store.database import Database
from strategy.store.plans import newest
from tests.browser.screen import ROOT

WAITING = """
import sys
import streamlit.web.cli, streamlit.web.bootstrap, pandas, plotly.graph_objects, strategy.charts, strategy.plan.results
import strategy.store.opened, strategy.customers.reading.folder
sys.stdin.readline()
streamlit.web.cli.main(prog_name="streamlit")
"""
"""`streamlit run` that has imported what it needs and waits for its turn: a start then takes little of a trial."""
PATIENT = 300.0
"""Seconds: a trial may share its machine with others, and what is waited for comes all the same."""
CHANGES_AT_MOST = 4
"""A server lives for at most about so many changes."""
FIELDS_FOLLOW = 300
"""Milliseconds for which what a page shows stays the same: a field is drawn a moment after the page has run."""
LEVERS = ("acquire", "develop", "retain", "reduce_cost")


class Server:
    """A planner of our own that can be killed and started again on the same port and database."""

    def __init__(self, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        forgetful = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "0"}
        self.environment = {**os.environ, "DATABASE_URL": database, **forgetful}
        self.process: subprocess.Popen[bytes] | None = None
        self._next = self._waiting()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _waiting(self) -> "subprocess.Popen[bytes]":
        flags = ["--server.port", str(self.port), "--server.headless", "true"]
        command = [sys.executable, "-c", WAITING, "run", str(ROOT / "app.py"), *flags]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet
        )

    def start(self) -> None:
        """Start it; another waits from then on."""
        if self.process is not None:
            self.process.wait(10)
        assert self._next.stdin is not None
        self._next.stdin.write(b"\n")
        self._next.stdin.close()
        self.process, self._next = self._next, self._waiting()
        deadline = time.monotonic() + PATIENT
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5):
                return
            time.sleep(0.02)
        pytest.fail("The server did not start.")

    def kill(self) -> None:
        """SIGKILL: it has no moment to do anything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)

    def end(self) -> None:
        """Leave nothing running."""
        for process in (self.process, self._next):
            if process is not None:
                process.kill()
                process.wait(10)
                if process.stdin is not None:
                    process.stdin.close()


@contextmanager
def planner(database: str) -> Iterator[Server]:
    """A running planner on a database."""
    found = Server(database)
    try:
        found.start()
        yield found
    finally:
        found.end()


# What the page shows -------------------------------------------------------------------------------------------------

SEEN = """levers => {
    const app = document.querySelector('[data-testid=stApp]');
    const of = (selector) => document.querySelector(selector), desk = window.plannerDesk;
    const rows = [...document.querySelectorAll('.st-key-desk_levers *')].find(e => e.shadowRoot)?.shadowRoot;
    const row = (lever, part) => rows?.querySelector(`.row.lever[data-lever=${lever}] ${part}`);
    const resting = desk?.plan && !desk.busy && !desk.sent.length && !desk.due;
    return {
        still: app?.dataset.testScriptState === 'notRunning' && resting && !!of('.st-key-budget input')?.value
            && !of('[data-testid=stProgress], [data-testid=stSkeleton], [data-stale=true]'),
        covered: !!window.plannerEar?.cover,
        boot: window.plannerEar?.boot ?? '',
        version: window.plannerEar?.shown ?? -1,
        told: of('.st-key-saved')?.innerText ?? '',
        levers: levers.map(lever => row(lever, '.sum')?.innerText ?? ''),
        sliders: levers.map(lever => parseFloat(row(lever, 'input')?.value ?? 'NaN')),
        budget: of('.st-key-budget input')?.value ?? '',
    };
}"""
SAVED = re.compile(r"saved at \d\d:\d\d|opgeslagen om \d\d:\d\d")


@dataclass(frozen=True)
class Seen:
    """What a page shows: whether it says that this is saved, as which version, and the money that it shows."""

    saved: bool
    covered: bool
    boot: str
    version: int
    levers: tuple[str, ...]
    sliders: tuple[float, ...]
    budget: str

    def same(self, other: "Seen") -> bool:
        """Whether it is the same money: as the rows say it, for a slider stands at its nearest step."""
        return (self.levers, _digits(self.budget)) == (other.levers, _digits(other.budget))


def _digits(amount: str) -> str:
    """An amount however it is written: as it was typed, or as the page writes it after."""
    return re.sub(r"\D", "", amount)


def seen(page: Page) -> Seen | None:
    """None while the page is loading."""
    try:
        found: dict[str, Any] = page.evaluate(SEEN, list(LEVERS))
    except Error:
        return None
    told, still = SAVED.search(found.pop("told")), found.pop("still")
    saved = bool(told and still and not found["covered"])
    lists = {name: tuple(found.pop(name)) for name in ("levers", "sliders")}
    return Seen(saved=saved, **found, **lists)


def shown_as_saved(page: Page, above: int, boot: str = "", server: Server | None = None) -> Seen | None:
    """What the page says is saved, once it is a later version than that, from another server than `boot`.

    None where the server was killed before; fails where it does not come at all.
    """
    deadline = time.monotonic() + PATIENT
    while time.monotonic() < deadline:
        was_dead = server is not None and server.dead
        found = seen(page)
        if found is not None and found.saved and found.version > above and found.boot not in ("", boot):
            page.wait_for_timeout(FIELDS_FOLLOW)
            if seen(page) == found:
                return found
        if was_dead and (found is None or found.covered):
            return None
        page.wait_for_timeout(20)
    raise AssertionError(f"the page does not say that it is saved: {seen(page)}")


# Somebody at work ----------------------------------------------------------------------------------------------------


@dataclass
class Work:
    """A person who changes money, all that the page has said is saved, and how many seconds the last change took."""

    page: Page
    draw: random.Random
    history: list[Seen] = field(default_factory=list)
    changes: int = 0
    took: float = 0.3

    def change(self) -> str:
        """One change, by an arrow key or by typing; what it is, for those who read a failure."""
        self.changes += 1
        if self.draw.random() < 0.3:
            amount = f"{self.draw.randrange(3_000_000, 9_000_000):,}"
            field = self.page.locator(".st-key-budget input")
            field.fill(amount)
            field.press("Enter")
            return f"budget {amount}"
        lever = self.draw.choice(LEVERS)
        slider = self.page.locator(f".desk .row.lever[data-lever={lever}] input[type=range]")
        low = self.history[-1].sliders[LEVERS.index(lever)] <= 100_000 if self.history else False
        key = "ArrowRight" if low else self.draw.choice(["ArrowLeft", "ArrowRight"])
        slider.press(key)
        return f"{lever} {key}"

    def until_killed(self, server: Server) -> str:
        """Change money until the server is dead; the change that the page did not say is saved, if there is one."""
        while True:
            began = time.monotonic()
            try:
                doing = self.change()
            except Error:
                return "a change that could not be begun"
            found = shown_as_saved(self.page, self.history[-1].version, server=server)
            if found is None:
                self.took = max(self.took, time.monotonic() - began)
                return doing
            self.took = time.monotonic() - began
            self.history.append(found)


@dataclass(frozen=True)
class Tally:
    """What a trial came to: kills, changes made, versions said to be saved, changes on their way when it was killed
    and there all the same, and the seconds from the start of the new server to the page that goes on."""

    kills: int
    changes: int
    acknowledged: int
    arrived: int
    seconds: tuple[float, ...]


def killed_at_work(
    page: Page, server: Server, database: str, times: int, seed: int, until: float = float("inf"),
    told: Callable[[Tally], None] = lambda tally: None,
) -> Tally:  # fmt: skip
    """Kill the server so often, or until that moment, at random while somebody changes money on an open page.

    told  called after each kill with what it has come to so far
    Raises AssertionError where what the page had shown as saved is not there, where the page does not go on by itself,
    or where undo does not take back exactly the last change that is there.
    """
    draw = random.Random(seed)
    work = Work(page, draw)
    page.set_default_timeout(PATIENT * 1000)
    page.goto(f"{server.address}/every-euro")
    page.locator(".st-key-saved").get_by_text(re.compile("nothing changed yet|nog niets gewijzigd")).wait_for()
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    page.wait_for_function("window.plannerEar?.boot")
    began = time.monotonic()
    work.change()
    first = shown_as_saved(page, 0)
    assert first is not None
    work.took = time.monotonic() - began
    work.history.append(first)
    acknowledged, arrived, seconds = 1, 0, []
    for number in range(times):
        if time.monotonic() > until:
            break
        page.set_default_timeout(2000)
        said, boot = len(work.history), work.history[-1].boot
        timer = Timer(draw.uniform(0.0, CHANGES_AT_MOST * work.took), server.kill)
        timer.start()
        doing = work.until_killed(server)
        timer.join()
        page.set_default_timeout(PATIENT * 1000)
        time.sleep(draw.uniform(0.0, 0.3))
        acknowledged += len(work.history) - said
        last = work.history[-1]
        began = time.monotonic()
        server.start()
        there = shown_as_saved(page, 0, boot=boot)
        assert there is not None
        seconds.append(time.monotonic() - began)
        where = f"kill {number + 1}, during {doing}: saved was {last}, there is {there}"
        assert there.version >= last.version, where
        assert there.version == newest_number(database, page), where
        if there.version > last.version + 1:  # what lies between was never seen, so nothing says where undo leads
            arrived += 1
            work.history[:] = [there]
        elif there.version > last.version:
            arrived += 1
            work.history.append(there)
        else:
            assert there.same(last), where
        before = work.history[-2] if len(work.history) > 1 else None
        if before is not None:
            page.locator(".st-key-undo button").first.click()
            back = shown_as_saved(page, there.version)
            assert back is not None
            assert back.version > there.version, where
            assert back.same(before), f"{where}; undo gave {back} for {before}"
            work.history[:] = [*work.history[:-2], back]
        else:
            work.history[-1] = there
        told(Tally(number + 1, work.changes, acknowledged, arrived, tuple(seconds)))
    return Tally(len(seconds), work.changes, acknowledged, arrived, tuple(seconds))


def newest_number(database: str, page: Page) -> int:
    """The number of the newest version in the database of the plan that the page's address names."""
    token = re.search(r"plan=([\w-]{22})", page.url)
    assert token, f"the address has no plan: {page.url}"
    opened = Database(database)
    try:
        found = newest(opened, token[1])
    finally:
        opened.close()
    assert found is not None
    return found[1]
