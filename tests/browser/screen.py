"""A server for a script, and what a person sees and presses on its pages."""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

from strategy.words.wording import Wording

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000
"""Milliseconds: the machine may be busy."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def served(script: Path, folder: Path = ROOT) -> Iterator[str]:
    """The address of a server for a script, started for us and ended after."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    quiet = {"server.fileWatcherType": "none", "browser.gatherUsageStats": "false", "runner.postScriptGC": "false"}
    flags = [part for name, value in (options | quiet).items() for part in (f"--{name}", str(value))]
    with tempfile.TemporaryFile() as told:
        command = [sys.executable, "-m", "streamlit", "run", str(script), *flags]
        server = subprocess.Popen(command, cwd=folder, stdout=told, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + PATIENCE / 1000
            while not _answers(f"http://127.0.0.1:{port}/_stcore/health"):
                if server.poll() is not None or time.monotonic() > deadline:
                    told.seek(0)
                    pytest.fail(f"The server did not start: {told.read().decode(errors='replace')}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def watch(page: Page) -> Callable[[], None]:
    """Note every request, error and complaint of a page; what is returned fails for what should not have been."""
    elsewhere: list[str] = []
    errors: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            elsewhere.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not _probe(message):
            errors.append(f"{message.text} ({message.location.get('url')})")

    page.on("request", asked)
    page.on("websocket", lambda socket: None if "//127.0.0.1:" in socket.url else elsewhere.append(socket.url))
    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(str(error)))

    def passed() -> None:
        assert not elsewhere, f"asked of other machines: {elsewhere}"
        assert not errors, errors

    return passed


def _probe(message: ConsoleMessage) -> bool:
    """Streamlit looks for its own addresses below a page's first, and the browser reports the 404."""
    return "404" in message.text and "/_stcore/" in str(message.location.get("url"))


CALM = """() => {
    const desk = window.plannerDesk, resting = document.querySelector('.st-key-desk_levers')
        ? desk?.plan && !desk.busy && !desk.sent.length && !desk.due : true;
    const calm = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning' && resting
        && !document.querySelector('[data-testid=stProgress], [data-stale=true]');
    window.calmSince = calm ? window.calmSince ?? performance.now() : undefined;
    return calm && performance.now() - window.calmSince > 300;
}"""


def settled(page: Page) -> None:
    """Wait until the script has run, nothing is computed any more, and what was there before is gone."""
    page.evaluate("window.calmSince = undefined")
    page.wait_for_function(CALM, timeout=PATIENCE)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    settled(page)


def lever(page: Page, code: str, segment: str = "") -> Locator:
    """A slider of the mixing desk: of a lever, or of one of its segments."""
    kind = f".cell[data-segment={segment}]" if segment else ".lever"
    return page.locator(f".desk .row{kind}[data-lever={code}] input[type=range]")


def row(page: Page, code: str, segment: str = "") -> Locator:
    """The row of such a slider."""
    return page.locator(f".desk .row{f'.cell[data-segment={segment}]' if segment else '.lever'}[data-lever={code}]")


def figure(page: Page, label: str) -> Locator:
    """A number of the desk's headline with what stands below it."""
    return page.locator(".figures > div").filter(has=page.get_by_text(label, exact=True))


def arrow(slider: Locator) -> float:
    """How far an arrow key moves a slider of the desk."""
    return float(slider.get_attribute("max") or "nan") / 100


GROUPS = {"Start": "Set up", "Budget": "Budget", "Strategy on a page": "One page"}
"""The group of the menu that a page stands in; the others stand under Strategy."""


def turn_to(page: Page, title: str, language: str = "en") -> None:
    """Another page, by the menu."""
    group = Wording(language).text(GROUPS.get(title, "Strategy"))
    page.get_by_test_id("stTopNavSection").filter(has_text=group).first.click()
    page.get_by_role("menuitem").filter(has_text=title).first.click()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first  # with a help text, Streamlit draws a second, hidden one


def metric(page: Page, label: str) -> Locator:
    """A headline number with what stands below it."""
    name = page.get_by_test_id("stMetricLabel").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$"))
    return page.get_by_test_id("stMetric").filter(has=name)
