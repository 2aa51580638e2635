"""The market as people use it: answered on client selection, it is drawn there and counts on the budget page."""

from playwright.sync_api import Page, expect

from tests.browser.screen import figure, lever, settled, visit
from tests.browser.test_dimension_pages import to_page


def test_rivals_and_prospects_answered_while_typing_are_drawn_and_count_on_the_budget_page(
    app: Page, app_url: str
) -> None:
    app.set_viewport_size({"width": 2400, "height": 1000})  # the menu shows every page
    visit(app, app_url + "/every-euro")
    acquire = lever(app, "acquire")
    acquire.focus()
    for _ in range(5):  # away from today, where rivals and a pool count
        acquire.press("PageUp")
    equity = figure(app, "Customer equity")
    expect(equity).not_to_contain_text("±€0 against today")
    settled(app)
    before = equity.inner_text()

    to_page(app, "Client selection")
    app.get_by_role("tab", name="The market", exact=True).click()
    settled(app)
    expect(app.get_by_text("so they do not run out")).to_be_visible()
    app.locator(".st-key-market summary").click()
    app.locator("[class*=st-key-market_][class*=_refill_likely] input").fill("800")
    settled(app)
    rivals = app.locator("[class*=st-key-market_][class*=_rival_response_likely] input")
    rivals.fill("50")
    settled(app)
    expect(rivals).to_be_focused()
    expect(app.locator(".st-key-chart_prospects .js-plotly-plot")).to_be_visible()
    expect(app.locator(".st-key-chart_rivals .js-plotly-plot")).to_be_visible()
    rivals.fill("150")
    expect(app.get_by_role("alert").filter(has_text="give a number from 0 to 100")).to_be_visible()
    rivals.fill("50")
    settled(app)

    to_page(app, "Budget")
    expect(equity).not_to_have_text(before, use_inner_text=True)
