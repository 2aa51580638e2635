"""What holds on every page: languages, addresses, headers, and that names out of a file are only text."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screen import ROOT, button, figure, lever, metric, row, served, settled, turn_to, visit, watch

HOSTILE = "<img src=x onerror=window.broken=1><b>fat</b> **bold** [link](http://x.test) $x^2$ :red[red]"


def test_the_language_changes_and_the_plan_stays(app: Page, app_url: str) -> None:
    visit(app, app_url + "/every-euro")
    retain = lever(app, "retain")
    retain.focus()
    retain.press("ArrowRight")
    headline = app.locator(".figures .figure").first
    expect(figure(app, "Customer equity")).not_to_contain_text("±€0")
    settled(app)
    amount = retain.input_value()
    assert headline.inner_text().startswith("€")
    app.locator(".st-key-language_choice").get_by_text("NL", exact=True).click()
    expect(app.locator("h1").first).not_to_have_text("Every marketing euro")
    settled(app)
    expect(app).to_have_url(re.compile(r"/every-euro\?(?=.*\bplan=[\w-]{22}\b)(?=.*\blang=nl\b)"))
    expect(headline).to_contain_text("mln")
    expect(lever(app, "retain")).to_have_value(amount)
    app.locator(".st-key-language_choice").get_by_text("EN", exact=True).click()
    expect(app.locator("h1").first).to_have_text("Every marketing euro")
    expect(lever(app, "retain")).to_have_value(amount)


def test_a_deep_link_works_on_a_fresh_server(page: Page) -> None:
    page.set_default_timeout(30_000)
    with served(ROOT / "app.py") as address:
        passed = watch(page)
        visit(page, address + "/every-euro?lang=nl")
        expect(lever(page, "retain")).to_be_visible()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        expect(page.locator(".figures .figure").first).to_contain_text("mln")
        passed()


def test_amounts_in_dollars_are_no_formulas(app: Page, app_url: str, tmp_path: Path) -> None:
    case = json.loads((ROOT / "sample_data" / "telecom" / "case.json").read_bytes())
    file = tmp_path / "case.json"
    file.write_text(json.dumps({**case, "currency": "USD"}), encoding="utf-8")
    visit(app, app_url)
    app.get_by_role("tab", name="Your own file").click()
    app.locator("input[type=file]").set_input_files(str(file))
    expect(metric(app, "Marketing spend")).to_contain_text("US$")
    settled(app)
    expect(app.locator(".katex")).to_have_count(0)
    turn_to(app, "Budget")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    settled(app)
    expect(app.locator(".katex")).to_have_count(0)
    retain = lever(app, "retain")
    retain.focus()
    retain.press("ArrowRight")
    expect(figure(app, "Better than today")).to_contain_text("US$")
    settled(app)
    expect(app.locator(".katex")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/every-euro", "/_stcore/health", "/nowhere"])
def test_every_answer_carries_the_security_headers(app_url: str, path: str) -> None:
    with urllib.request.urlopen(app_url + path, timeout=30) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers.get_all("Content-Security-Policy") == [policy]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'self'"]
    assert rules["frame-ancestors"] == ["'self'"]
    assert not any(source.startswith("http") or source == "*" for sources in rules.values() for source in sources)


@pytest.mark.parametrize(
    ("path", "browser", "language"),
    [
        ("/", "", "en"),
        ("/", "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("/every-euro?lang=nl", "en-GB", "nl"),
        ("/?lang=en", "nl", "en"),
        ("/?lang=xx%22", "nl", "en"),
    ],
)
def test_a_page_names_its_language(app_url: str, path: str, browser: str, language: str) -> None:
    asked = urllib.request.Request(app_url + path, headers={"Accept-Language": browser})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert re.findall(r'<html lang="(.*?)"', answer.read().decode()) == [language]


def test_names_out_of_a_file_are_only_text(app: Page, app_url: str, tmp_path: Path) -> None:
    case = json.loads((ROOT / "sample_data" / "telecom" / "case.json").read_bytes())
    case["name"] = "Firm " + HOSTILE
    for part in ("segments", "events", "initiatives"):
        for number, entry in enumerate(case[part]):
            entry["name"] = f"{number} {HOSTILE}"
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")

    visit(app, app_url)
    app.get_by_role("tab", name="Your own file").click()
    app.locator("input[type=file]").set_input_files(str(file))
    expect(app.get_by_test_id("stHeading").filter(has_text=" today")).to_be_visible()
    literal(app.get_by_test_id("stHeading").filter(has_text=" today"))
    settled(app)
    nothing_injected(app)

    turn_to(app, "Budget")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    settled(app)
    literal(app.locator(".st-key-row_initiatives"))
    row(app, "retain").locator(".open").click()
    literal(row(app, "retain", "families").locator(".name"))
    literal(figure(app, "The next euro earns most"))
    nothing_injected(app)
    for view in ("Where it moves", "Curves", "How sure", "Follow one euro", "Numbers"):
        app.get_by_role("radio", name=view, exact=True).click()
        settled(app)
        nothing_injected(app)
    button(app, "border").click()
    expect(button(app, "undo")).to_contain_text("Back to Telecom")
    button(app, "undo").click()
    expect(figure(app, "Customer equity")).to_be_visible()


def literal(place: Locator) -> None:
    """The name reads as it was typed (some signs are kept apart by a character that has no width)."""
    expect(place).to_contain_text("**bold**")
    assert HOSTILE in place.inner_text().replace("\u2060", "")


def nothing_injected(page: Page) -> None:
    found = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] :is(img[src="x"], a[href*="x.test"], b, .katex)')]
            .concat([...document.querySelectorAll('[data-testid=stMain] strong')].filter(e => e.textContent === 'bold'))
            .concat([...document.querySelectorAll('[data-testid=stMain] span.stMarkdownColoredText')])
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert not found
    assert page.evaluate("window.broken") is None
