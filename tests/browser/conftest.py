"""A server of our own on a free port, and Chromium; a test that cannot have them fails and says why."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.screen import PATIENCE, ROOT, served, watch

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    *("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync", "disable-dev-shm-usage"),
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"There is no Chromium at {CHROMIUM}: install it (apt-get install chromium) or set CHROMIUM.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [f"--{flag}" for flag in FLAGS]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    with served(ROOT / "app.py") as address:
        yield address


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    """A page that keeps to this machine, and in which nothing goes wrong unseen."""
    page.set_default_timeout(PATIENCE)
    passed = watch(page)
    yield page
    passed()
