"""What an error box quotes is text in a browser too, and the box offers no way to another site."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from strategy.errors import PlannerError
from strategy.words.messages import ERRORS, explain
from strategy.words.wording import JOINER, LANGUAGES, Wording
from tests.browser.screen import ROOT, served, settled, watch
from tests.words.test_messages import ALWAYS, MARKUP, placeholders

SCRIPT = """
import streamlit as st
from pages.frame import trouble
from tests.browser.test_refusals import sentences
for sentence in sentences(st.query_params["lang"]):
    trouble.told(sentence)
"""
FAILING = "raise KeyError('rows')"


def sentences(language: str) -> list[str]:
    """Every error that people see, with markup in all that it quotes."""
    say = Wording(language)
    return [
        explain(PlannerError(code, **dict.fromkeys(placeholders(ERRORS[code]) | ALWAYS, MARKUP)), say)
        for code in sorted(ERRORS)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_shows_what_it_quotes_as_text(page: Page, language: str, tmp_path: Path) -> None:
    script = tmp_path / "refusals.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with served(script) as address:
        passed = watch(page)
        page.goto(f"{address}/?lang={language}")
        told = sentences(language)
        boxes = page.get_by_test_id("stAlertContentError")
        expect(boxes).to_have_count(len(told), timeout=60_000)
        settled(page)
        shown = [text.replace(JOINER, "").strip() for text in boxes.all_inner_texts()]
        assert [text.removeprefix("error").strip() for text in shown] == [one.replace(JOINER, "") for one in told]
        inside = page.evaluate(
            """() => [...document.querySelectorAll('[data-testid=stMarkdownContainer] :is(a, b, strong, em, del, code, '
                + 'h1, h2, h3, img, table, .katex, .stMarkdownColoredText, [role=img])')].map(e => e.outerHTML)"""
        )
        assert inside == []
        passed()


def test_a_failing_script_offers_no_other_site(page: Page, tmp_path: Path) -> None:
    """Streamlit's own box, which our settings keep from offering to ask elsewhere."""
    script = tmp_path / "failing.py"
    script.write_text(FAILING, encoding="utf-8")
    with served(script, ROOT) as address:
        page.goto(address)
        expect(page.get_by_test_id("stException")).to_be_visible()
        settled(page)
        expect(page.get_by_test_id("stException").get_by_role("link")).to_have_count(0)
        expect(page.get_by_text("ChatGPT")).to_have_count(0)
