"""The strategy on a page: the same content on the screen and on paper, found again by a reader of PDF files."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from strategy import charts
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import SAMPLES, load_sample
from strategy.equity.uncertainty import Outlook
from strategy.explanations.telling import answer_lines
from strategy.exports.strategy_page import page_charts, strategy_page
from strategy.exports.strategy_pdf import strategy_pdf
from strategy.plan.answers import checked_answers
from strategy.plan.moves import choose, set_lever
from strategy.plan.plan import Plan, start
from strategy.plan.results import outlook, read_out
from strategy.progress import silent
from strategy.questions import QUESTIONS
from strategy.words.wording import LANGUAGES, Wording
from tests.plan.test_answers import an_answer


def planned(language: str = "en", **answers: Any) -> Plan:
    case = load_sample("telecom", language)
    plan = start(case).having(answers=checked_answers(case, answers), draws=50)
    return choose(set_lever(plan, "retain", 2.5e6), case.initiative_ids[0], True)


def printed(plan: Plan, language: str = "en") -> str:
    """All text of the document, as a reader's machine finds it."""
    return text_of(document_of(plan, Wording(language), outlook(plan, silent)))


def document_of(plan: Plan, say: Wording, found: Outlook | None = None) -> bytes:
    return strategy_pdf(strategy_page(plan, found, say), page_charts(plan, found, say), say)


def text_of(document: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_stands_in_the_document_in_both_languages(language: str) -> None:
    plan = planned(language, **{question.code: an_answer(question) for question in QUESTIONS})
    say, text = Wording(language), printed(plan, language)
    for question in QUESTIONS:
        lines = answer_lines(plan, question, say)
        assert lines
        assert plain(say.text(question.text)) in text
        for line in lines:
            assert plain(line) in text


def test_the_document_says_what_the_plan_comes_to() -> None:
    plan, say = planned(), Wording("en")
    text = printed(plan)
    assert say.short_money(read_out(plan).customer_equity) in text
    assert say.signed_short_money(read_out(plan).uplift) in text
    assert plan.case.initiatives[0].name[:20] in text


def test_a_contradiction_is_printed_with_its_reason() -> None:
    plan = planned(spectrum="one_to_one", orientation="efficiency")
    page = strategy_page(plan, None, Wording("en"))
    contradiction = next(c for c in page.contradictions if c.finding.rule.code == "one_to_one_at_low_cost")
    text = printed(plan)
    assert plain(contradiction.sentence) in text
    assert plain(contradiction.reason) in text


def test_the_money_by_lever_is_the_plans_and_todays() -> None:
    plan = planned()
    table = page_charts(plan, None, Wording("en")).money.table
    levers, cost = [plan.lever_total(code) for code in LEVER_CODES], plan.initiative_cost
    today = sum(sum(levers.values()) for levers in plan.case.today.values())
    assert cost > 0
    assert table["Plan"].numbers == pytest.approx((*levers, cost))
    assert sum(n or 0 for n in table["Today"].numbers) == pytest.approx(today)
    assert sum(n or 0 for n in table["Difference"].numbers) == pytest.approx(plan.spent + cost - today, abs=1e-6)
    assert sum(n or 0 for n in table["Share of the plan"].numbers) == pytest.approx(1)


@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_every_sample_prints_unanswered(code: str) -> None:
    plan = start(load_sample(code)).having(draws=20)
    text = printed(plan)
    assert "still open" in text
    assert plan.case.name in text


def test_texts_from_people_print_as_typed_and_a_long_one_spills_nowhere() -> None:
    typed = "<b>=1+1</b> **$x$** Ελλάδα Привет \u202e" + "long " * 300
    plan = planned(difference=typed)
    text = printed(plan)
    assert "<b>=1+1</b> **$x$** Ελλάδα Привет" in text
    say = Wording("en")
    for page in PdfReader(BytesIO(document_of(plan, say))).pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)  # A4 in points


def test_what_fits_on_the_front_is_one_page() -> None:
    plan = planned(**{question.code: an_answer(question) for question in QUESTIONS})
    say = Wording("en")
    reader = PdfReader(BytesIO(document_of(plan, say)))
    front = plain(reader.pages[0].extract_text())
    for dimension in strategy_page(plan, None, say).dimensions:
        assert dimension.title in front
    drawn = page_charts(plan, None, say)
    assert drawn.roadmap
    for chart in (drawn.money, drawn.roadmap):
        assert plain(chart.plain_title) in front


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_behind_the_page_has_the_findings_of_the_screens_charts(language: str) -> None:
    plan, say = planned(language), Wording(language)
    found = outlook(plan, silent)
    sheet = plain(PdfReader(BytesIO(document_of(plan, say, found))).pages[1].extract_text())
    shown = read_out(plan)
    for chart in (
        charts.waterfall(plan.case, shown, say),
        charts.uplift_distribution(plan.case, found, say),
        charts.cash_over_time(plan.case, shown, found, say),
        charts.customers_over_time(plan.case, shown, found, say),
    ):
        assert plain(chart.plain_title) in sheet


def test_without_draws_the_document_has_no_bands() -> None:
    plan = planned()
    assert page_charts(plan, None, Wording("en")).uplift is None
    assert page_charts(start(plan.case), outlook(plan, silent), Wording("en")).uplift is None, "the plan is today's"
    assert "of draws" not in text_of(document_of(plan, Wording("en")))
