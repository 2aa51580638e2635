"""The mixing desk under a pointer and keys, and as it is read out: all follows the hand, Python has the last word."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from strategy.case.samples import load_sample
from strategy.plan import moves, results
from strategy.plan.plan import Plan, start
from strategy.progress import silent
from strategy.words.wording import Wording
from tests.browser.screen import PATIENCE, ROOT, arrow, button, figure, lever, row, settled, visit

BUDGET = "/every-euro"
EN = Wording("en", "EUR")
LISTENING = "window.heard = []; window.addEventListener('planner:equity', event => heard.push(event.detail))"


def told(page: Page) -> str:
    """The desk's headline on one line, once it is no first estimate any more, but under a hand."""
    page.wait_for_function("plannerDesk.busy || !plannerDesk.band()?.live")
    return " ".join(page.locator(".figures").inner_text().split())


class Hand:
    """A pointer that holds a slider's thumb."""

    def __init__(self, page: Page, slider: Locator) -> None:
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box
        self.page, self.box = page, box
        self.most = float(slider.get_attribute("max") or "nan")
        self.to(float(slider.input_value()))
        page.mouse.down()

    def to(self, amount: float) -> None:
        """Drag to an amount, and let the desk follow."""
        x = self.box["x"] + 11 + (self.box["width"] - 22) * amount / self.most
        self.page.mouse.move(x, self.box["y"] + self.box["height"] / 2)
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.page.wait_for_function("!window.plannerDesk.due")

    def off(self) -> None:
        """Let go."""
        self.page.mouse.up()


def same_as_python(page: Page, plan: Plan) -> None:
    """The headline says what Python computes of a plan, to the letter."""
    r, drawn = results.read_out(plan), results.outlook(plan, silent)
    best, ends = results.next_step(plan), (drawn.uplift.p05, drawn.uplift.mean, drawn.uplift.p95)
    assert best
    low, mean, high = (EN.signed_short_money(float(end[1])) for end in ends)
    uplift, more = EN.signed_short_money(r.uplift), EN.signed_short_money(r.more_money)
    share = EN.chance(float(drawn.better[1, 0]))
    for label, value, below in (
        ("Customer equity", EN.short_money(r.customer_equity), f"likely {uplift} against today"),
        ("From a better mix", EN.signed_short_money(r.better_mix), f"{more} from more money"),
        ("Better than today", f"in {share} of draws", f"on average {mean}; {low} – {high}"),
        ("The next euro earns most", EN.multiple(best.multiple), ""),
    ):
        expect(figure(page, label).locator(".figure")).to_have_text(value)
        expect(figure(page, label).locator(".note")).to_contain_text(below)
    assert float(page.locator(".headline").get_attribute("data-equity") or "nan") == r.customer_equity


def test_everything_follows_the_hand_and_python_has_the_last_word(app: Page, app_url: str) -> None:
    app.add_init_script(LISTENING)
    visit(app, app_url + BUDGET)
    address, first = app.url, told(app)
    retain, drawn = lever(app, "retain"), [app.locator(f".charts .{part} text") for part in ("fall", "euro")]
    hand, seen = Hand(app, retain), []
    for amount in (2e6, 2.5e6, 1e6, 2e6):
        hand.to(amount)
        seen.append([told(app), *(part.all_text_contents() for part in drawn)])
    for part in zip(*seen, strict=True):
        assert len({json.dumps(one) for one in part}) >= 3, "each part shows each of the three places the hand was at"
    expect(figure(app, "Better than today")).to_contain_text("about")
    expect(app.locator(".headline")).to_have_attribute("data-live", "yes")
    held = app.evaluate("heard.at(-1)")
    assert held["live"]
    assert app.url == address, "nothing is sent before the hand lets go"
    assert retain.get_attribute("aria-valuetext") == "€1.35M, today €1.35M", "and nothing is spoken"
    hand.off()
    settled(app)
    amount = float(retain.input_value())
    today = start(load_sample("telecom"))
    plan = moves.set_lever(today, "retain", amount)
    same_as_python(app, plan)
    expect(app.locator(".headline")).to_have_attribute("data-live", "no")
    expect(retain).to_have_attribute("aria-valuetext", f"{EN.short_money(amount)}, today €1.35M")
    now = app.evaluate("heard.at(-1)")
    assert not now["live"]
    assert now["worth"] == pytest.approx(held["worth"], rel=1e-9)
    assert now["equity"] == EN.short_money(now["worth"])
    assert app.locator(".desk [aria-live=polite]").inner_text().startswith("Customer equity")
    button(app, "undo").click()
    settled(app)
    assert told(app) == first
    expect(button(app, "undo")).to_be_disabled()  # the whole drag was one change


def test_what_arrives_while_a_hand_holds_a_slider_waits_until_it_lets_go(app: Page, app_url: str) -> None:
    """Undo and another language in mid-drag: the desk stays with the hand, then Python's plan counts."""
    visit(app, app_url + BUDGET)
    develop = lever(app, "develop")
    develop.press("ArrowRight")
    settled(app)
    hand = Hand(app, lever(app, "retain"))
    hand.to(2e6)
    app.evaluate("document.querySelector('.st-key-undo button').click()")
    expect(button(app, "undo")).to_be_disabled()
    assert lever(app, "retain").evaluate("e => Number(e.value)") > 1.9e6
    app.evaluate("[...document.querySelectorAll('.st-key-language_choice button')].at(-1).click()")
    expect(app.locator("h1").first).not_to_have_text("Every marketing euro")
    hand.to(2.2e6)
    assert "Customer equity" in told(app), "the words wait too"
    hand.off()
    settled(app)
    assert "Klantwaarde" in told(app) or "Customer equity" not in told(app)
    plan = moves.set_lever(start(load_sample("telecom")), "retain", float(lever(app, "retain").input_value()))
    found = float(app.locator(".headline").get_attribute("data-equity") or "nan")
    assert found == results.read_out(plan).customer_equity, "the move is made in the plan that undo left"


def test_a_slider_that_is_put_back_where_it_was_brings_back_what_was(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    first = told(app)
    acquire = lever(app, "acquire")
    at = float(acquire.input_value())
    hand = Hand(app, acquire)
    for amount in (0.0, 4.9e6, at):  # to nothing: in between the others have all of it
        hand.to(amount)
    hand.off()
    settled(app)
    assert told(app) == first
    for code in ("develop", "retain", "reduce_cost"):
        expect(row(app, code).locator(".change")).to_have_text("")


def test_segments_open_move_with_a_key_and_are_locked_and_all_is_named(app: Page, app_url: str) -> None:
    visit(app, app_url + BUDGET)
    opener = row(app, "retain").get_by_role("button", name="Retain, per segment")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.click()
    expect(row(app, "retain").locator(".open")).to_have_attribute("aria-expanded", "true")
    families = app.get_by_role("slider", name="Families with internet · Retain")
    expect(families).to_have_count(1)
    amount = float(families.input_value())
    families.focus()
    app.keyboard.press("ArrowRight")
    app.keyboard.press("PageUp")
    moved = families.evaluate("e => Number(e.value)")
    assert moved > amount + 9 * arrow(families)
    expect(families).to_have_attribute("aria-valuetext", f"{EN.short_money(moved)}, today {EN.short_money(amount)}")
    settled(app)
    expect(families).to_have_value(str(round(moved)))
    expect(families).to_be_focused()
    expect(row(app, "retain", "families").locator(".share")).to_contain_text("€")
    lock = row(app, "acquire").get_by_role("button", name="Lock Acquire")
    expect(lock).to_have_attribute("aria-pressed", "false")
    lock.click()
    settled(app)
    held = row(app, "acquire").locator(".sum").inner_text()
    lever(app, "develop").press("End")
    settled(app)
    assert row(app, "acquire").locator(".sum").inner_text() == held
    expect(row(app, "acquire").get_by_role("button", name="Unlock Acquire")).to_have_attribute("aria-pressed", "true")


def test_two_hands_at_once_are_two_changes(app: Page, app_url: str) -> None:
    """As with two fingers: the second takes over, the first one's move is made."""
    visit(app, app_url + BUDGET)
    down = "e => e.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0 }))"
    to = "(e, x) => { e.value = x; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    retain, develop = lever(app, "retain"), lever(app, "develop")
    retain.evaluate(down)
    retain.evaluate(to, 2e6)
    develop.evaluate(down)
    develop.evaluate(to, 2e6)
    develop.evaluate("e => e.dispatchEvent(new Event('change', { bubbles: true }))")
    settled(app)
    plan = moves.set_lever(moves.set_lever(start(load_sample("telecom")), "retain", 2e6), "develop", 2e6)
    found = float(app.locator(".headline").get_attribute("data-equity") or "nan")
    assert found == pytest.approx(results.read_out(plan).customer_equity, rel=1e-9)
    button(app, "undo").click()
    settled(app)
    expect(retain).to_have_value("2000000")


def many(folder: Path) -> Path:
    """A firm with as many segments as there may be."""
    case = json.loads((ROOT / "sample_data" / "telecom" / "case.json").read_bytes())
    first = case["segments"][0]
    case["segments"] = [{**first, "id": f"s{n}", "name": f"Segment {n}"} for n in range(50)]
    file = folder / "many.json"
    file.write_text(json.dumps({**case, "events": [], "initiatives": [], "migration": None}), encoding="utf-8")
    return file


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone with a dark theme, on which less should move."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce", has_touch=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_fifty_segments_on_a_dark_phone_draw_only_what_is_in_sight(phone: Page, app_url: str, tmp_path: Path) -> None:
    visit(phone, app_url)
    phone.get_by_role("tab", name="Your own file").click()
    phone.locator("input[type=file]").set_input_files(str(many(tmp_path)))
    settled(phone)
    phone.goto(phone.url.replace("/?", BUDGET + "?"))
    settled(phone)
    row(phone, "retain").locator(".open").click()
    cells = phone.locator(".desk .row.cell")
    expect(cells).to_have_count(50)
    phone.wait_for_function(FILLED, arg=[1, 30])
    phone.wait_for_function(LAST_FILLED)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    box = lever(phone, "retain", "s49").bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 360
    plan_colour = phone.locator(".charts").evaluate("e => getComputedStyle(e).getPropertyValue('--plan').trim()")
    assert plan_colour == "#A9D0F5"


LAST_FILLED = """() => {
    const root = [...document.querySelectorAll('.st-key-desk_levers *')].find(e => e.shadowRoot)?.shadowRoot;
    const last = [...root.querySelectorAll('.row.cell')].at(-1);
    last?.scrollIntoView();
    return !!last?.querySelector('.sum').textContent;
}"""
"""The last row is filled once it is in sight; a page that is still drawn may have moved it out again."""
FILLED = """([least, most]) => {
    const root = [...document.querySelectorAll('.st-key-desk_levers *')].find(e => e.shadowRoot)?.shadowRoot;
    const filled = [...root.querySelectorAll('.row.cell .sum')].filter(e => e.textContent).length;
    return filled >= least && filled <= most;
}"""


def test_the_desk_follows_a_case_that_changes_under_it(app: Page, app_url: str) -> None:
    """A negative customer equity, no budget and everything locked: it shows what is so, and nothing breaks."""
    visit(app, app_url + BUDGET)
    budget = app.locator(".st-key-budget input")
    for typed in ("0", "1,000,000,000,000,000"):
        budget.fill(typed)
        budget.press("Enter")
        settled(app)
        assert "NaN" not in told(app)
        lever(app, "retain").press("ArrowRight")
        settled(app)
        assert "NaN" not in told(app) + str(app.locator(".desk").all_inner_texts())
    for code in ("acquire", "develop", "retain", "reduce_cost"):
        row(app, code).locator(".lock").click()
    settled(app)
    before = told(app)
    hand = Hand(app, lever(app, "retain"))
    hand.to(0.0)
    hand.off()
    settled(app)
    assert told(app) == before
