"""The five dimensions as people use them: what is typed on a page is on the budget page, and stays."""

from playwright.sync_api import Page, expect

from tests.browser.screen import figure, lever, settled, turn_to, visit


def test_an_answer_typed_on_value_protection_is_on_the_budget_page_and_stays(app: Page, app_url: str) -> None:
    app.set_viewport_size({"width": 2400, "height": 900})  # the menu shows every page
    visit(app, app_url + "/every-euro")
    retain = lever(app, "retain")
    retain.focus()
    for _ in range(5):  # away from today, where the answer about unlimited spend counts
        retain.press("PageUp")
    equity = figure(app, "Customer equity")
    expect(equity).not_to_contain_text("±€0 against today")
    settled(app)
    before = equity.inner_text()

    to_page(app, "Value protection")
    ceiling = app.locator(".st-key-believe_families_retain_ceiling_likely input")
    ceiling.fill("99")  # nothing else: it counts while it is typed
    since = app.get_by_text("since you came: customer equity")
    expect(since).to_contain_text("+")
    settled(app)
    expect(ceiling).to_have_value("99")
    expect(ceiling).to_be_focused()
    app.locator(".st-key-answer_quality_trust").get_by_text("4", exact=True).click()
    settled(app)

    to_page(app, "Budget")
    expect(equity).not_to_have_text(before, use_inner_text=True)
    settled(app)
    after = equity.inner_text()

    to_page(app, "Value protection")
    expect(ceiling).to_have_value("99")
    expect(app.locator(".st-key-answer_quality_trust [aria-checked=true]")).to_have_text("4")
    to_page(app, "Strategy on a page")
    expect(app.locator(".st-key-decided_value_protection")).to_contain_text("4")
    to_page(app, "Budget")
    expect(equity).to_have_text(after, use_inner_text=True)


def to_page(page: Page, title: str) -> None:
    """Another page, by the menu."""
    turn_to(page, title)
    expect(page.locator("h1").first).to_have_text("Every marketing euro" if title == "Budget" else title)
    settled(page)
