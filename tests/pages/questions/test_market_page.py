"""The market on client selection: asked in people, taken back, refused with a sentence, and seen."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from strategy.allocation.market_advice import MarketShift
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.plan import market
from strategy.plan.history import History, Step
from strategy.plan.market import set_market, supposed
from strategy.plan.moves import set_cell
from strategy.plan.plan import Plan, start
from strategy.plan.plan_file import read_plan
from strategy.plan.results import read_out
from strategy.words.lever_words import FAMILY_NAMES
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import alone, charts_with_words, container, healthy, opened, plan, sent, shown, widgets

pytestmark = pytest.mark.usefixtures("_alone")
PAGE = "client_selection.py"
SEGMENT = "families"


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def telecom(language: str = "en") -> Plan:
    return start(load_sample("telecom", language))


def page(first: Plan, language: str = "en", **state: Any) -> AppTest:
    history = History(Step("{name} opened", (), first))
    return opened(PAGE, language, history=history, display={"segment": SEGMENT}, **state)


def overwon(of: Plan) -> list[market.Overwon]:
    return market.overwon(of.case, read_out(of))


def field(at: AppTest, name: str, end: str = "likely") -> Any:
    return at.text_input(key=f"market_{SEGMENT}_{name}_{end}")


def answered(first: Plan, **answers: float) -> Plan:
    for name, value in answers.items():
        first = set_market(first, SEGMENT, name, Estimate.of(value))
    return first


# Asking --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_about_the_market_counts_in_its_unit_and_undo_takes_it_back(language: str) -> None:
    say, first = Wording(language), telecom(language)
    at = page(first, language)
    healthy(at)
    asked = {"refill": ("12000", 12_000.0), "return_share": (say.number(12.5), 0.125), "rival_response": ("40", 0.4)}
    for name, (typed, kept) in asked.items():
        before = plan(at)
        field(at, name).set_value(typed).run()
        healthy(at, name)
        found = market.answered(plan(at), SEGMENT, name)
        assert found == Estimate.of(kept)
        assert plan(at).origin((SEGMENT, name)).kind == "believed"
        at.button(key="undo").click().run()
        assert plan(at) == before
        at.button(key="redo").click().run()
    assert field(at, "refill").value == say.number(12_000)
    assert field(at, "return_share").value == say.number(12.5)


def test_a_percentage_is_of_a_hundred() -> None:
    at = page(telecom())
    field(at, "rival_response").set_value("40%").run()
    healthy(at)
    assert market.answered(plan(at), SEGMENT, "rival_response") == Estimate.of(0.4)


def test_an_answer_that_is_emptied_is_taken_back_to_the_last_digit() -> None:
    first = telecom()
    at = page(first)
    for name in ("refill", "return_share", "rival_response"):
        field(at, name).set_value("10").run()
    for name in ("return_share", "refill", "rival_response"):
        field(at, name).set_value("").run()
        healthy(at, name)
    assert plan(at).case == first.case
    assert field(at, "refill").value == ""


@pytest.mark.parametrize(("given", "other"), [("refill", "return_share"), ("return_share", "refill")])
def test_one_number_of_a_pool_alone_leaves_the_other_at_nothing_to_be_confirmed(given: str, other: str) -> None:
    at = page(telecom())
    field(at, given).set_value("50").run()
    healthy(at)
    assert getattr(plan(at).case.segment(SEGMENT).prospect_pool, other) == Estimate.of(0)
    origin = plan(at).origin((SEGMENT, other))
    assert (origin.kind, origin.confirm) == ("default", True)
    assert market.answered(plan(at), SEGMENT, other) is None
    assert field(at, other).value == ""
    assert any("0 meanwhile" in caption.value for caption in at.caption)
    field(at, other).set_value("0").run()
    assert market.answered(plan(at), SEGMENT, other) == Estimate.of(0), "nobody, and somebody said so"
    field(at, given).set_value("").run()
    field(at, other).set_value("").run()
    assert plan(at).case == telecom().case


def test_answers_have_ranges_where_they_are_wanted() -> None:
    at = page(answered(telecom(), refill=1000, rival_response=0.3))
    at.toggle(key=f"ranges_market_{SEGMENT}").set_value(True).run()
    for name, end, typed in (("refill", "low", "500"), ("refill", "high", "2000"), ("rival_response", "high", "60")):
        field(at, name, end).set_value(typed).run()
        healthy(at, name)
    assert market.answered(plan(at), SEGMENT, "refill") == Estimate.of(500, 1000, 2000)
    assert market.answered(plan(at), SEGMENT, "rival_response") == Estimate.of(0.3, 0.3, 0.6)
    field(at, "refill", "low").set_value("1500").run()
    assert len(at.error) == 1, "a low end above the likely one"


@pytest.mark.parametrize(
    ("name", "typed"),
    [("refill", "-1"), ("refill", "1e16"), ("refill", "many"), ("rival_response", "101"), ("rival_response", "-1"),
     ("return_share", "150")],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused_at_its_place_and_changes_nothing(name: str, typed: str) -> None:
    first = answered(telecom(), refill=1000)
    at = page(first)
    field(at, name).set_value(typed).run()
    assert not at.exception
    assert len(at.error) == 1
    assert plan(at) == first
    assert field(at, name).value == typed
    if typed not in ("many", "1e16"):
        assert first.case.segment(SEGMENT).name in at.error[0].value.replace("\\", "")


def test_a_segment_where_nobody_is_won_is_asked_nothing() -> None:
    supplier = start(load_sample("b2b_supplier"))
    assert market.asked(supplier.case, "clients") == ()
    at = opened(PAGE, history=History(Step("{name} opened", (), supplier)), display={"segment": "clients"})
    healthy(at)
    assert not [widget for widget in at.text_input if str(widget.key).startswith("market_")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_question_follow_the_period_of_the_case(language: str) -> None:
    document = telecom(language).case.model_copy(update={"period": "quarter"})
    at = page(start(document), language)
    assert {"en": "a quarter", "nl": "per kwartaal"}[language] in field(at, "refill").label


# What nobody answered ------------------------------------------------------------------------------------------------


def test_what_nobody_answered_is_an_assumption_of_the_case() -> None:
    first = telecom()
    silent = {(s.segment, s.what) for s in supposed(first)}
    assert silent == {(s, what) for s in first.case.segment_ids for what in ("prospects_last", "rivals_still")}
    assert {s.origin.kind for s in supposed(first)} == {"assumed"}
    told = answered(first, refill=0, rival_response=0.1)
    assert (SEGMENT, "prospects_last") not in {(s.segment, s.what) for s in supposed(told)}
    assert (SEGMENT, "rivals_still") not in {(s.segment, s.what) for s in supposed(told)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_the_assumptions_say_what_nobody_answered(language: str) -> None:
    say = Wording(language)
    at = page(telecom(language), language)
    sentence = say.text("prospects do not run out")
    assert any(sentence in caption.value for caption in at.caption)
    at.switch_page("assumptions.py").run()
    healthy(at)
    assert any(sentence in text.value for text in at.markdown)
    at = page(answered(telecom(language), refill=10, rival_response=0.1), language)
    assert not any(sentence in caption.value for caption in at.caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_that_wins_more_people_than_there_are_says_what_to_answer(language: str) -> None:
    # 3 of 100 prospects a year at today's spend, over 60 years, are 1.8 times as many as there are.
    long = telecom(language).case.model_copy(update={"horizon": 60, "events": ()})
    over = {o.segment: o for o in overwon(start(long))}
    assert over[SEGMENT].won == pytest.approx(1.8 * 60_000)
    assert over[SEGMENT].prospects == 60_000
    at = page(start(long), language)
    assert [box.value for box in at.warning if Wording(language).people(108_000) in box.value]
    assert SEGMENT not in {o.segment for o in overwon(answered(start(long), refill=10))}
    at = page(answered(start(long), refill=10), language)
    assert not [box.value for box in at.warning]


def test_more_new_prospects_than_there_are_is_asked_to_be_checked() -> None:
    assert not page(answered(telecom(), refill=60_000)).warning
    assert "60,001" in page(answered(telecom(), refill=60_001)).warning[0].value


# Seeing --------------------------------------------------------------------------------------------------------------


def seen(first: Plan, language: str = "en", **display: Any) -> AppTest:
    at = page(first, language, selection_views=Wording(language).text("The market"), **display)
    healthy(at)
    return at


@pytest.mark.parametrize("language", LANGUAGES)
def test_prospects_and_rivals_are_drawn_where_they_were_answered(language: str) -> None:
    at = seen(telecom(language), language)
    keys = [chart.key for chart in at.get("plotly_chart")]
    assert "chart_prospects" not in keys
    assert "chart_rivals" not in keys
    at = seen(answered(telecom(language), refill=1000, return_share=0.5, rival_response=0.5), language)
    charts_with_words(at)
    keys = [chart.key for chart in at.get("plotly_chart")]
    assert "chart_prospects" in keys
    assert "chart_rivals" in keys
    expander = widgets(at)["numbers_prospects"]
    sent(at, container(expander), bool_value=True)
    healthy(at)


SHIFTS = [
    MarketShift("rivals", True, 380.0, 1000.0, 5e5, 6e5),
    MarketShift("run_out", False, 0.0, 1000.0, 0.0, 6e5),
    MarketShift("phases", True, 400.0, 1000.0, 1e5, 1e6, 2),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_market_s_advice_is_searched_when_asked_for_and_told_in_sentences(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market, "market_shifts", lambda *_: SHIFTS)
    at = seen(telecom(language), language)
    assert "chart_market" not in [chart.key for chart in at.get("plotly_chart")]
    at.button(key="market_advice").click().run()
    healthy(at)
    assert "chart_market" in [chart.key for chart in at.get("plotly_chart")]
    say = Wording(language)
    told = [text.value for text in at.markdown if text.value.startswith("- ")][-1]
    assert told.count("\n- ") == 2
    assert shown(say.percent(0.38, 0)) in told
    charts_with_words(at)


# The form of the curve -----------------------------------------------------------------------------------------------


def believed(at: AppTest, segment: str = "dsl") -> Any:
    return plan(at).case.segment(segment).levers["acquire"]


def forms(first: Plan, segment: str, language: str = "en") -> AppTest:
    return opened(PAGE, language, history=History(Step("{name} opened", (), first)), display={"segment": segment})


def choose(at: AppTest, segment: str, code: str) -> AppTest:
    select = at.selectbox(key=f"family_{segment}_acquire")
    return sent(at, select.id, string_value=Wording(at.session_state["language"]).text(FAMILY_NAMES[code]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["michaelis_menten", "tanh"])
def test_a_form_of_the_curve_is_chosen_by_hand_and_moves_customer_equity(language: str, code: str) -> None:
    first = telecom(language)
    moved = set_cell(first, "dsl", "acquire", 1.5 * first.spend["dsl"]["acquire"])
    at = forms(moved, "dsl", language)
    assert at.selectbox(key="family_dsl_acquire").value == "exponential"
    choose(at, "dsl", code)
    healthy(at)
    assert believed(at).family == code
    assert read_out(plan(at)).customer_equity != read_out(moved).customer_equity
    assert read_plan(plan(at).to_json()) == plan(at)
    at.button(key="undo").click().run()
    assert plan(at) == moved


def test_by_itself_the_form_follows_from_the_number_of_answers() -> None:
    at = forms(telecom(), "dsl")
    at.text_input(key="believe_dsl_acquire_answer_2_likely").set_value("2000").run()
    healthy(at)
    assert believed(at).family == "adbudg"
    at.text_input(key="believe_dsl_acquire_answer_2_likely").set_value("").run()
    healthy(at)
    assert believed(at).family == "exponential"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("segment", "code"), [("dsl", "adbudg"), ("families", "tanh"), ("families", "exponential")])
def test_a_form_without_the_answers_it_needs_is_refused_with_the_remedy(language: str, segment: str, code: str) -> None:
    first = telecom(language)
    at = forms(first, segment, language)
    choose(at, segment, code)
    assert len(at.error) == 1
    assert shown(Wording(language).text(FAMILY_NAMES[code])) in at.error[0].value
    assert plan(at) == first
    second = "" if segment == "families" else "2000"
    at.text_input(key=f"believe_{segment}_acquire_answer_2_likely").set_value(second).run()
    healthy(at, "the remedy is done")
    choose(at, segment, code)
    healthy(at)
    assert believed(at, segment).family == code


def test_a_second_answer_to_a_form_of_one_is_refused() -> None:
    at = forms(telecom(), "dsl")
    choose(at, "dsl", "tanh")
    kept = plan(at)
    at.text_input(key="believe_dsl_acquire_answer_2_likely").set_value("2000").run()
    assert len(at.error) == 1
    assert plan(at) == kept
