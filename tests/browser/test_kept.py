"""A plan is where its address says: after a reload, in another tab, in another browser, after the server was killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.screen import PATIENCE, ROOT

SAVED = re.compile(r"saved at \d\d:\d\d|opgeslagen om \d\d:\d\d")


class Server:
    """A planner of our own that can be killed and started again on the same port and database."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'plans.sqlite3'}"}
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        flags = ["--server.port", str(self.port), "--server.headless", "true"]
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5):
                return
            time.sleep(0.05)
        pytest.fail("The server did not start.")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    yield found
    found.kill()


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)


def value(page: Page) -> str:
    settled(page)
    return str(page.locator(".st-key-lever_acquire input[type=range]").input_value())


def moved(page: Page) -> str:
    """Move a slider by a key, wait until it is saved, and say where it is then."""
    before = value(page)
    page.locator(".st-key-lever_acquire input[type=range]").press("ArrowLeft")
    expect(page.locator(".st-key-lever_acquire input[type=range]")).not_to_have_value(before)
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    settled(page)
    return value(page)


def test_a_plan_is_there_after_a_reload_in_a_second_tab_and_another_browser(
    page: Page, browser: Browser, server: Server
) -> None:
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(f"{server.address}/every-euro")
    expect(page.locator(".st-key-saved")).to_contain_text("nothing changed yet")
    first = value(page)
    assert "plan=" not in page.url
    now = moved(page)
    assert re.search(r"plan=[\w-]{22}", page.url)
    page.reload()
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    assert value(page) == now
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(page.url)
    expect(other.locator(".st-key-saved")).to_contain_text(SAVED)
    assert value(other) == now
    further = moved(page)
    expect(other.locator(".st-key-lever_acquire input[type=range]")).to_have_value(further)
    page.reload()
    for wanted in (now, first):
        settled(page)
        page.get_by_role("button", name="Undo", exact=True).click()
        expect(page.locator(".st-key-lever_acquire input[type=range]")).to_have_value(wanted)
    context.close()


def test_an_open_page_goes_on_by_itself_after_its_server_was_killed(page: Page, server: Server) -> None:
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(f"{server.address}/every-euro")
    now = moved(page)
    server.kill()
    expect(page.get_by_role("alert").filter(has_text="not there just now")).to_be_visible()
    server.start()
    expect(page.get_by_role("alert").filter(has_text="not there just now")).to_have_count(0)
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    assert value(page) == now
    assert moved(page) != now


def test_my_plans_and_a_look_link(page: Page, browser: Browser, server: Server) -> None:
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(f"{server.address}/every-euro")
    now = moved(page)
    page.locator(".st-key-share button").click()
    look = page.get_by_role("dialog").locator("code").nth(1).inner_text()
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(look.replace("/?", "/every-euro?"))
    expect(other.locator(".st-key-saved")).to_contain_text("you are looking")
    assert value(other) == now
    before = other.url
    changed = moved(other)
    assert other.url != before
    assert changed != now
    page.reload()
    assert value(page) == now
    page.goto(f"{server.address}/")
    expect(page.get_by_role("heading", name="My plans")).to_be_visible()
    expect(page.get_by_role("button", name="Open", exact=True).first).to_be_visible()
    cookie = next(cookie for cookie in page.context.cookies() if cookie.get("name") == "planner_shelf")
    assert cookie.get("httpOnly")
    page.get_by_role("button", name="Forget this browser").click()
    expect(page.get_by_role("heading", name="My plans")).to_have_count(0)
    context.close()
