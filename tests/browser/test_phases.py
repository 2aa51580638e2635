"""Money over time as people set it: phases, a border, the phase in view, and undo; on a phone nothing runs off."""

import re

from playwright.sync_api import Page, expect

from tests.browser.screen import arrow, button, figure, lever, settled, visit

BUDGET = "/every-euro"


def test_money_in_two_phases_is_moved_drawn_and_taken_back(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    headline = figure(app, "Customer equity")
    expect(app.locator(".st-key-chart_path")).to_have_count(0)

    app.locator(".st-key-phases").get_by_text("two phases").click()
    expect(app.locator(".st-key-chart_path .js-plotly-plot")).to_be_visible()
    settled(app)
    # Equal phases are today's money still.
    expect(headline).to_contain_text("±€0 against today")

    border = app.locator(".st-key-border_1 input[type=range]")
    border.focus()
    border.press("ArrowRight")
    later = app.locator(".st-key-phase").get_by_text("years 4 to 5")
    expect(later).to_be_visible()
    later.click()
    settled(app)
    retain = lever(app, "retain")
    first = float(retain.input_value())
    retain.focus()
    retain.press("ArrowRight")
    expect(headline).not_to_contain_text("±€0 against today")
    settled(app)
    assert float(retain.input_value()) == first + arrow(retain)
    expect(app.get_by_role("heading", name=re.compile("→"))).to_be_visible()

    app.locator(".st-key-phase").get_by_text("years 1 to 3").click()
    settled(app)
    expect(retain).to_have_value(str(round(first)))

    button(app, "undo").click()
    expect(headline).to_contain_text("±€0 against today")
    for _ in range(2):  # presses that come faster than a run are one press to Streamlit
        settled(app)
        button(app, "undo").click()
    expect(app.locator(".st-key-chart_path")).to_have_count(0)


def test_phases_fit_on_a_phone(app: Page, app_url: str) -> None:
    app.set_viewport_size({"width": 360, "height": 740})
    visit(app, app_url + BUDGET + "?lang=nl")
    control = app.locator(".st-key-phases")
    control.get_by_text("drie fasen").click()
    expect(app.locator(".st-key-chart_path .js-plotly-plot")).to_be_visible()
    settled(app)
    for key in ("phases", "phase"):
        for option in app.locator(f".st-key-{key} button").all():
            box = option.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
    assert app.evaluate("document.documentElement.scrollWidth") <= 360
