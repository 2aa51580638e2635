"""The budget page as people use it: keyboard, undo, best split, phone, presenting, long work."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.screen import PATIENCE, ROOT, arrow, button, figure, lever, metric, row, settled, turn_to, visit

BUDGET = "/every-euro"


def bars(page: Page) -> list[str]:
    """What the waterfall tells beside its bars."""
    return page.locator(".charts .fall text.bb").all_text_contents()


def test_the_main_job_from_a_slider_to_the_best_split_and_back(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    headline = figure(app, "Customer equity")
    expect(headline).to_contain_text("±€0 against today")
    expect(app.locator(".charts .fall text.bb")).to_have_count(5)
    before = bars(app)

    retain = lever(app, "retain")
    first = float(retain.input_value())
    retain.focus()
    retain.press("ArrowRight")
    expect(headline).not_to_contain_text("±€0 against today")
    settled(app)
    assert float(retain.input_value()) == first + arrow(retain)
    assert bars(app) != before
    moved = headline.inner_text()

    app.locator(".st-key-best_panel summary, .st-key-best_panel [role=button]").first.click()
    take = button(app, "take_best")
    expect(take).to_be_visible()
    found = app.get_by_role("heading", name=re.compile("The best split earns")).inner_text()
    take.click()
    expect(headline).not_to_have_text(moved, use_inner_text=True)
    settled(app)
    earned = re.search(r"[+−]\u2060?€[\d.,]+[KMB]?", found)
    assert earned, found
    expect(headline).to_contain_text(earned[0].replace("\u2060", ""))

    button(app, "undo").click()
    expect(headline).to_have_text(moved, use_inner_text=True)
    button(app, "undo").click()
    expect(headline).to_contain_text("±€0 against today")
    expect(button(app, "undo")).to_be_disabled()


def test_arrow_keys_in_a_row_move_a_slider_that_keeps_the_focus(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    retain = lever(app, "retain")
    first, step = float(retain.input_value()), arrow(retain)
    label = row(app, "retain").locator(".sum")
    retain.focus()
    for presses in range(1, 5):
        said = label.inner_text()
        app.keyboard.press("ArrowRight")  # to whatever has the focus
        expect(label).not_to_have_text(said, use_inner_text=True)
        settled(app)
        assert float(retain.input_value()) == first + presses * step
        expect(retain).to_be_focused()


def test_arrow_keys_pressed_fast_are_all_heeded(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    retain = lever(app, "retain")
    first, step = float(retain.input_value()), arrow(retain)
    retain.focus()
    for _ in range(5):
        app.keyboard.press("ArrowRight")
    expect(retain).to_have_value(str(round(first + 5 * step)))
    expect(row(app, "retain").locator(".sum")).to_have_text(f"€{(first + 5 * step) / 1e6:g}M")
    settled(app)
    expect(retain).to_have_value(str(round(first + 5 * step)))


def test_the_plan_outlives_a_visit_to_another_page(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    retain = lever(app, "retain")
    retain.focus()
    retain.press("ArrowRight")
    headline = figure(app, "Customer equity")
    expect(headline).not_to_contain_text("±€0 against today")
    settled(app)
    moved, amount = headline.inner_text(), retain.input_value()
    turn_to(app, "Start")
    expect(app.get_by_role("heading", name="Which firm?")).to_be_visible()
    settled(app)
    turn_to(app, "Budget")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    expect(headline).to_have_text(moved, use_inner_text=True)
    expect(lever(app, "retain")).to_have_value(amount)


def test_a_phone_shows_the_headline_and_nothing_sticks_out(app: Page, app_url: str) -> None:
    app.set_viewport_size({"width": 360, "height": 740})
    for address in ("/", BUDGET):
        visit(app, app_url + address)
        expect(app.locator(".js-plotly-plot").last).to_be_attached()
        assert app.evaluate("document.documentElement.scrollWidth") <= 360
        wide = app.evaluate(
            """() => [...document.querySelectorAll('[data-testid=stMain] *')]
                .filter(e => e.getBoundingClientRect().right > 361 && e.getBoundingClientRect().width > 0)
                .filter(e => { for (let p = e.parentElement; p; p = p.parentElement) {
                    const o = getComputedStyle(p).overflowX;
                    if (p.dataset.testid !== 'stMain' && ['auto', 'scroll', 'hidden', 'clip'].includes(o)) return false;
                  } return true })
                .slice(0, 5).map(e => (e.dataset.testid || e.tagName) + ': ' + e.className)"""
        )
        assert not wide, (address, wide)
        headline = (figure if address == BUDGET else metric)(app, "Customer equity").first
        headline.scroll_into_view_if_needed()
        expect(headline).to_be_visible()
        box = headline.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        main = app.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_presenting_is_large_has_nothing_to_set_and_goes_by_keys(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    lever(app, "retain").press("ArrowRight")
    expect(figure(app, "Better than today")).to_be_visible()
    settled(app)
    button(app, "present").click()
    number = app.get_by_test_id("stCaptionContainer").filter(has_text=re.compile(r"^\s*1 / \d+\s*$"))
    expect(number).to_be_visible()
    slides = int(number.inner_text().split("/")[1])
    settled(app)
    for shown in (*range(2, slides + 1), *range(slides - 1, 0, -1)):
        current = app.get_by_test_id("stCaptionContainer").first.inner_text()
        app.keyboard.press("PageDown" if int(current.split("/")[0]) < shown else "PageUp")
        expect(app.get_by_test_id("stCaptionContainer").filter(has_text=f"{shown} / {slides}")).to_be_visible()
        settled(app)
        expect(app.locator(".js-plotly-plot").first).to_be_visible()
        assert app.locator("[data-testid=stMain] :is(input, select, textarea)").count() == 0
        heading = app.get_by_test_id("stMain").locator("h1, h2, h3").first
        assert float(heading.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 24
        letters = app.locator(".js-plotly-plot text").first
        assert float(letters.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 16
    app.keyboard.press("Escape")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    expect(lever(app, "retain")).to_be_visible()


def large_case(folder: Path) -> Path:
    """A firm whose budget curve takes long: the telecom segments three times."""
    case = json.loads((ROOT / "sample_data" / "telecom" / "case.json").read_bytes())
    case["segments"] = [
        {**segment, "id": f"{segment['id']}_{copy}", "name": f"{segment['name']} {copy}"}
        for copy in range(3)
        for segment in case["segments"]
    ]
    case |= {"events": [], "initiatives": [], "budget": 3 * case["budget"]}
    file = folder / "large.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    return file


def test_long_work_shows_progress_can_be_stopped_and_left(app: Page, app_url: str, tmp_path: Path) -> None:
    visit(app, app_url)
    app.get_by_role("tab", name="Your own file").click()
    app.locator("input[type=file]").set_input_files(str(large_case(tmp_path)))
    expect(metric(app, "Customers")).to_contain_text("310K")
    turn_to(app, "Budget")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    settled(app)
    app.get_by_role("radio", name="Budget size").click()
    bar = app.get_by_test_id("stProgress").filter(has_text="Searching the best split of each budget")
    expect(bar).to_be_visible()
    button(app, "stop_budget").click()
    expect(app.get_by_text("Stopped. Nothing you had is lost.")).to_be_visible()
    expect(bar).to_have_count(0)
    button(app, "again_budget").click()
    expect(bar).to_be_visible()

    turn_to(app, "Start")  # while it runs
    expect(app.get_by_role("heading", name="Which firm?")).to_be_visible()
    settled(app)
    button(app, "sample_classroom").click()
    expect(app.get_by_test_id("stHeading").filter(has_text="coffee boxes today")).to_be_visible()
    turn_to(app, "Budget")
    expect(app.get_by_role("heading", name="Every marketing euro")).to_be_visible()
    settled(app)
    app.get_by_role("radio", name="Budget size").click()
    expect(app.locator(".st-key-chart_budget_size .js-plotly-plot")).to_be_visible(timeout=2 * PATIENCE)
    settled(app)
    expect(figure(app, "Customer equity")).to_contain_text("±€0 against today")
