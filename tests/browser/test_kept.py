"""A plan is where its address says: after a reload, in another tab, in another browser, after the server was killed."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.killing import SAVED, Server, killed_at_work, planner
from tests.browser.screen import PATIENCE, lever, settled, turn_to
from tests.store.databases import cluster

KILLS = 5
"""On each of the two databases."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with planner(f"sqlite:///{tmp_path / 'plans.sqlite3'}") as found:
        yield found


def value(page: Page) -> str:
    settled(page)
    return str(lever(page, "acquire").input_value())


def shows(page: Page, amount: str) -> None:
    """Wait until a slider stands there: after a page came the field follows a moment later."""
    expect(lever(page, "acquire")).to_have_value(amount)


def moved(page: Page) -> str:
    """Move a slider by a key, wait until it is saved, and say where it is then."""
    before = value(page)
    lever(page, "acquire").press("ArrowLeft")
    expect(lever(page, "acquire")).not_to_have_value(before)
    settled(page)
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    return value(page)


def test_a_plan_is_there_after_a_reload_in_a_second_tab_and_another_browser(
    page: Page, browser: Browser, app_url: str
) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/every-euro")
    expect(page.locator(".st-key-saved")).to_contain_text("nothing changed yet")
    first = value(page)
    assert "plan=" not in page.url
    now = moved(page)
    assert re.search(r"plan=[\w-]{22}", page.url)
    page.reload()
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    shows(page, now)
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(page.url)
    expect(other.locator(".st-key-saved")).to_contain_text(SAVED)
    shows(other, now)
    further = moved(page)
    expect(lever(other, "acquire")).to_have_value(further)
    page.reload()
    for wanted in (now, first):
        settled(page)
        page.get_by_role("button", name="Undo", exact=True).click()
        expect(lever(page, "acquire")).to_have_value(wanted)
    context.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_open_page_goes_on_by_itself_each_time_its_server_is_killed_and_nothing_saved_is_lost(
    page: Page, kind: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'plans.sqlite3'}"
        if kind == "postgresql":
            url = stack.enter_context(cluster()).fresh("killed")
        server = stack.enter_context(planner(url))
        tally = killed_at_work(page, server, url, KILLS, seed=12)
    assert tally.kills == KILLS
    assert tally.changes >= tally.acknowledged > 1


def test_a_page_whose_session_is_gone_goes_on_where_it_was_and_says_so(page: Page, server: Server) -> None:
    """As after a laptop's sleep: the connection was away for longer than the server remembers a session."""
    page.add_init_script(
        "const Bare = WebSocket; window.sockets = [];"
        "window.WebSocket = class extends Bare { constructor(...all) { super(...all); window.sockets.push(this); } };"
    )
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.address}/every-euro?lang=nl")
    now = moved(page)
    page.evaluate("window.old = true; sockets.filter(s => s.url.includes('_stcore')).forEach(s => s.close())")
    page.wait_for_function("window.old !== true")
    expect(page.get_by_role("status").filter(has_text="even weg")).to_be_visible()
    expect(page.locator(".st-key-saved")).to_contain_text(SAVED)
    shows(page, now)
    assert moved(page) != now


def test_my_plans_and_a_look_link(page: Page, browser: Browser, app_url: str) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/every-euro")
    now = moved(page)
    page.locator(".st-key-share button").click()
    look = page.get_by_role("dialog").locator("code").nth(1).inner_text()
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(look.replace("/?", "/every-euro?"))
    expect(other.locator(".st-key-saved")).to_contain_text("you are looking")
    shows(other, now)
    before = other.url
    changed = moved(other)
    assert other.url != before
    assert changed != now
    page.reload()
    shows(page, now)
    page.goto(f"{app_url}/")
    expect(page.get_by_role("heading", name="My plans")).to_be_visible()
    expect(page.get_by_role("button", name="Open", exact=True).first).to_be_visible()
    cookie = next(cookie for cookie in page.context.cookies() if cookie.get("name") == "planner_shelf")
    assert cookie.get("httpOnly")
    page.get_by_role("button", name="Forget this browser").click()
    expect(page.get_by_role("heading", name="My plans")).to_have_count(0)
    context.close()


def test_back_a_second_tab_a_renewed_link_and_a_plan_deleted_while_it_is_open(page: Page, app_url: str) -> None:
    """In Dutch; the tests above are in English."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/every-euro?lang=nl")
    now = moved(page)
    turn_to(page, "Start", "nl")
    expect(page.get_by_role("heading", name="Mijn plannen")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?(?=.*\bplan=[\w-]{22}\b)(?=.*\blang=nl\b)"))
    page.reload()
    expect(page.get_by_role("heading", name="Mijn plannen")).to_be_visible()
    page.go_back()
    expect(lever(page, "acquire")).to_be_visible()
    shows(page, now)

    tab = page.context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.goto(f"{page.url}&lang=nl")
    expect(tab.locator(".st-key-saved")).to_contain_text(SAVED)
    shows(tab, now)
    before = page.url
    page.locator(".st-key-share button").click()
    page.locator(".st-key-renew_edit button").click()
    expect(page).not_to_have_url(before)
    expect(tab.get_by_test_id("stAlert")).to_contain_text("Deze link opent geen plan")
    settled(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    tab.goto(f"{page.url}&lang=nl")
    expect(tab.locator(".st-key-saved")).to_contain_text(SAVED)
    shows(tab, now)

    turn_to(page, "Start", "nl")
    settled(page)
    page.get_by_role("button", name="Meer", exact=True).first.click()
    page.get_by_role("button", name="Verwijderen", exact=True).click()
    expect(tab.get_by_test_id("stAlert")).to_contain_text("is verwijderd")
    settled(tab)
    lever(tab, "acquire").press("ArrowLeft")
    expect(tab.locator(".st-key-saved")).to_contain_text("niet opgeslagen")
    settled(tab)
    tab.locator(".st-key-bring_back button").click()
    expect(tab.locator(".st-key-saved")).to_contain_text(SAVED)
    assert value(tab) != now
