"""The strategy on a page: the same content on the screen and on paper, found again by a reader of PDF files."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from strategy.answers import checked_answers
from strategy.exports.strategy_page import strategy_page
from strategy.exports.strategy_pdf import strategy_pdf
from strategy.levers import LEVER_CODES
from strategy.plan import Plan, choose, set_lever, start
from strategy.questions import QUESTIONS
from strategy.results import outlook, read_out
from strategy.samples import SAMPLES, load_sample
from strategy.telling import answer_lines
from strategy.uncertainty import silent
from strategy.wording import LANGUAGES, Wording
from tests.test_answers import an_answer


def planned(language: str = "en", **answers: Any) -> Plan:
    case = load_sample("telecom", language)
    plan = start(case).model_copy(update={"answers": checked_answers(case, answers), "draws": 50})
    return choose(set_lever(plan, "retain", 2.5e6), case.initiative_ids[0], True)


def printed(plan: Plan, language: str = "en") -> str:
    """All text of the document, as a reader's machine finds it."""
    say = Wording(language)
    page = strategy_page(plan, outlook(plan, silent), say)
    return text_of(strategy_pdf(page, plan.case.horizon, say))


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


def test_the_shares_of_the_split_sum_to_one() -> None:
    page = strategy_page(planned(), None, Wording("en"))
    assert sum(part.share for part in page.split) == pytest.approx(1)
    assert [part.code for part in page.split][:4] == list(LEVER_CODES)


@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_every_sample_prints_unanswered(code: str) -> None:
    plan = start(load_sample(code)).model_copy(update={"draws": 20})
    text = printed(plan)
    assert "still open" in text
    assert plan.case.name in text


def test_texts_from_people_print_as_typed_and_a_long_one_spills_nowhere() -> None:
    typed = "<b>=1+1</b> **$x$** Ελλάδα Привет \u202e" + "long " * 300
    plan = planned(difference=typed)
    text = printed(plan)
    assert "<b>=1+1</b> **$x$** Ελλάδα Привет" in text
    say = Wording("en")
    document = strategy_pdf(strategy_page(plan, None, say), plan.case.horizon, say)
    for page in PdfReader(BytesIO(document)).pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)  # A4 in points


def test_what_fits_on_the_front_is_one_page() -> None:
    plan = planned(**{question.code: an_answer(question) for question in QUESTIONS})
    say = Wording("en")
    reader = PdfReader(BytesIO(strategy_pdf(strategy_page(plan, None, say), plan.case.horizon, say)))
    front = plain(reader.pages[0].extract_text())
    for dimension in strategy_page(plan, None, say).dimensions:
        assert dimension.title in front
    assert say.text("Roadmap") in front
