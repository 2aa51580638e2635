"""The walk of test_fifth_lever.py through a house with the lever `delight`, which moves what customers bring.

It runs in a copy of the house that has the lever; here there is none, and pytest does not collect it.
"""

import json
import re
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader

from strategy import charts
from strategy.__main__ import main
from strategy.allocation.best_split import best_split
from strategy.case.beliefs import Origin, believe_constant, said
from strategy.case.case import Case, Constant, Curve
from strategy.case.case_file import case_from, read_case
from strategy.case.editing import document_of, numbers_of, with_entry, with_number
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.coherence import findings
from strategy.coherence.checks import money_in, shares_of, smallest_share
from strategy.dimensions import segmentation
from strategy.equity.one_euro import follow_euro
from strategy.equity.parameters import parameters, spend_array
from strategy.equity.readouts import PLAYERS, read_out
from strategy.equity.simulation import customer_equity
from strategy.equity.uncertainty import draw, outlook, tornado
from strategy.errors import PlannerError
from strategy.exports.case_workbook import read_workbook, write_workbook
from strategy.exports.strategy_page import page_charts, strategy_page
from strategy.exports.strategy_pdf import strategy_pdf
from strategy.plan import results
from strategy.plan.history import History, Step
from strategy.plan.moves import set_lever
from strategy.plan.opinions import Voice, set_voices, voices
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.plan.plan_file import read_plan
from strategy.plan.register import register
from strategy.progress import silent
from strategy.words.messages import LEVER_GOALS, LEVER_NAMES, explain
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import alone, desk, healthy, markdown_on, opened, shown

LEVER, METRIC = "delight", "referral_rate"
ASKED = {"floor": 0.002, "ceiling": 0.08, "points": [[100000, [0.008, 0.01, 0.012]]], "spend": 100000}
"""Of 100 families one brings a new customer at today's 100,000, as the sample says without the lever."""
ENGLISH = Wording("en")
FAMILIES = "families"


def document() -> dict[str, Any]:
    """The telecom sample with the lever in its first segment only."""
    written = document_of(load_sample("telecom"))
    written["segments"][0]["levers"][LEVER] = ASKED
    return written


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


@pytest.fixture(scope="module")
def case() -> Case:
    return case_from(document())


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    """A plan that doubles the lever's money; few draws, for speed."""
    return set_lever(start(case).having(draws=50, fixed=False), LEVER, 200000)


# A case --------------------------------------------------------------------------------------------------------------


def test_the_lever_stands_in_the_tables() -> None:
    assert LEVER_CODES[-1] == LEVER
    assert (*LEVER_CODES, "initiatives") == PLAYERS
    assert LEVER in LEVER_NAMES
    assert LEVER in LEVER_GOALS


def test_a_case_without_the_lever_opens_is_written_as_before_and_is_worth_what_it_was() -> None:
    before = load_sample("telecom")
    assert all(LEVER not in segment["levers"] for segment in json.loads(before.to_json())["segments"])
    assert read_case(before.to_json()) == before
    lever = before.segments[0].levers[LEVER]
    assert isinstance(lever, Constant)
    assert lever.constant == before.segments[0].referral_rate
    # the lever's answer at today's spend is the sample's own number: in the first period all is the same
    now, then = (parameters(c) for c in (case_from(document()), before))
    np.testing.assert_allclose(now.today_active, then.today_active, rtol=1e-12)


def test_a_case_with_the_lever_comes_back_from_its_file(case: Case) -> None:
    assert read_case(case.to_json()) == case
    assert isinstance(case.segment(FAMILIES).levers[LEVER], Curve)
    assert case.today[FAMILIES][LEVER] == 100000
    assert all(case.today[other.id][LEVER] == 0 for other in case.segments[1:])


@pytest.mark.parametrize(
    ("lever", "code"),
    [
        ({"constant": 0.01}, "own_number"),
        (ASKED | {"ceiling": 0.001}, "floor_ceiling"),
        (ASKED | {"family": "adbudg"}, "family_answers"),
        (ASKED | {"side_effects": [{"metric": METRIC, "at_ceiling": 0.1}]}, "own_metric"),
    ],
)
def test_what_the_lever_cannot_be_is_refused_in_words(lever: dict[str, Any], code: str) -> None:
    written = document()
    written["segments"][0]["levers"][LEVER] = lever
    with pytest.raises(PlannerError) as refused:
        case_from(written)
    assert refused.value.code == code
    assert LEVER in explain(refused.value, ENGLISH)


def test_where_nobody_is_a_customer_there_is_nobody_to_delight() -> None:
    written = document()
    written["segments"][0]["customers"] = 0
    with pytest.raises(PlannerError) as refused:
        case_from(written)
    assert (refused.value.code, LEVER in refused.value.fields["place"]) == ("no_customers", True)


def test_a_number_of_the_lever_changes_and_where_spending_moves_nothing_it_becomes_the_segments_own(case: Case) -> None:
    assert (FAMILIES, LEVER, "ceiling") in numbers_of(case)
    changed = with_number(case, (FAMILIES, LEVER, "ceiling"), Estimate.of(0.05))
    assert changed.segment(FAMILIES).levers[LEVER].ceiling.likely == 0.05  # type: ignore[union-attr]
    assert said(case, FAMILIES, LEVER)["answer_1"] == Estimate.of(0.8, 1, 1.2)
    fixed = believe_constant(case, FAMILIES, LEVER, Estimate.of(3))
    assert LEVER not in fixed.segment(FAMILIES).believed
    assert fixed.segment(FAMILIES).referral_rate.likely == pytest.approx(0.03)


# What it does --------------------------------------------------------------------------------------------------------


def test_the_lever_wins_customers_by_hand() -> None:
    """1,000 customers, margin 60, three of four stay, three periods at 10 %, nothing after: computed in plain numbers.

    Spend 2,000 where the answer is about 1,000: h doubles in period 1, and thins out with the customers of the opening.
    """
    levers = {
        "acquire": {"constant": 0},
        "develop": {"constant": 100},
        "retain": {"constant": 0.75},
        "reduce_cost": {"constant": 40},
        LEVER: {"spend": 1000, "floor": 0.0, "ceiling": 0.4, "points": [[1000, 0.1]]},
    }
    one = {"id": "all", "name": "All", "customers": 1000, "prospects": 0, "gross_margin": 1.0, "levers": levers}
    small = case_from({"schema": 1, "name": "Small", "horizon": 3, "segments": [one]})
    customers, equity = 1000.0, 0.0
    for period in range(3):
        brought = 0.4 * (1 - (1 - 0.1 / 0.4) ** (2 * 1000 / customers))
        active = customers * (1 + brought)
        equity += (active * 60 - 2000) / 1.1**period
        customers = active * 0.75
    left = 60 * 1.1 / (1.1 - 0.75)
    equity += customers * left / 1.1**3
    found = customer_equity(parameters(small), spend_array(small, {"all": {LEVER: 2000}}))
    assert found.item() == pytest.approx(equity, rel=1e-12)


def test_its_part_of_the_uplift_stands_beside_the_others_and_all_sum_to_it(plan: Plan) -> None:
    readouts = results.read_out(plan)
    assert list(readouts.attribution) == list(PLAYERS)
    assert sum(readouts.attribution.values()) == pytest.approx(readouts.uplift, rel=1e-9)
    assert readouts.attribution[LEVER] == pytest.approx(readouts.uplift, rel=1e-9)  # nothing else moves in this plan
    assert readouts.marginal_return.shape == (len(plan.case.segments), 5)
    assert np.isnan(readouts.marginal_return[1:, -1]).all()


def test_its_euro_can_be_followed(plan: Plan) -> None:
    given = results.given(plan.case)
    trail = follow_euro(given, plan.spend, (), FAMILIES, LEVER)
    returns = read_out(plan.case, plan.spend).marginal_return
    assert trail.multiple == pytest.approx(returns[0, LEVER_CODES.index(LEVER)], rel=1e-6)
    assert trail.metric_more > trail.metric > 0.01


def test_the_best_split_gives_it_money(case: Case) -> None:
    best = best_split(case)
    assert best.spend[FAMILIES][LEVER] > 0
    without = best_split(load_sample("telecom"), case.planned_budget)
    assert best.readouts.customer_equity > without.readouts.customer_equity


def test_what_is_believed_of_it_is_drawn_and_the_number_that_it_replaces_is_not(case: Case, plan: Plan) -> None:
    drawn = draw(case, 200).drawn
    assert (FAMILIES, LEVER, "answers") in drawn
    bars = {bar.key for bar in tornado(case, (plan.spend, ()))}
    assert (FAMILIES, LEVER, "answers") in bars
    found = outlook(case, [(plan.spend, ())], 200)
    assert float(found.uplift.p05[1]) < float(found.uplift.p95[1])
    referred = draw(case, 200).parameters.today_metric(METRIC)[:, 0, 0]
    assert 0.008 <= referred.min() < referred.max() <= 0.012


# The plan, its papers and its pages ----------------------------------------------------------------------------------


def test_a_plan_with_it_is_kept_and_its_numbers_stand_in_the_register(plan: Plan) -> None:
    assert read_plan(plan.to_json()) == plan
    assert (FAMILIES, LEVER, "answer_1") in {entry.key for entry in register(plan)}
    assert shares_of(plan)[LEVER] == pytest.approx(200000 / plan.spent)


def test_rules_of_coherence_see_its_money(plan: Plan) -> None:
    """It gets least of the plan's money; a case that does not speak of it has no such lever to compare with."""
    assert smallest_share(plan, LEVER) == {"share": ("share", pytest.approx(200000 / plan.spent))}
    assert money_in(plan, [FAMILIES], LEVER) is not None
    assert LEVER not in shares_of(start(load_sample("telecom")))
    assert isinstance(findings(set_answer(plan, "orientation", "efficiency")), list)


def test_a_room_answers_about_it(plan: Plan) -> None:
    room = [Voice(f"P{n}", {"floor": 0.2, "answer_1": 1.0 + n / 10, "ceiling": 8.0}) for n in range(3)]
    heard = set_voices(plan, FAMILIES, LEVER, room, "the room")
    assert [voice.told["answer_1"] for voice in voices(heard.case, FAMILIES, LEVER)] == pytest.approx([1.0, 1.1, 1.2])
    chart = charts.room_answers(heard.case, FAMILIES, LEVER, ENGLISH)
    assert "Delight".lower() in chart.title.lower()


def test_segments_with_and_without_it_are_split_merged_copied_and_taken_away(plan: Plan) -> None:
    divided = segmentation.split(plan, FAMILIES, 0.25, ("One", "Two"))
    assert divided.spend[FAMILIES][LEVER] == pytest.approx(50000)
    before, after = results.read_out(plan).customer_equity, results.read_out(divided).customer_equity
    assert after == pytest.approx(before, rel=1e-9)
    other = plan.case.segment_ids[1]
    merged = segmentation.merge(plan, [FAMILIES, other], "Both")
    assert isinstance(merged.case.segments[0].levers[LEVER], Curve)
    assert merged.spend[FAMILIES][LEVER] == pytest.approx(200000)
    alike = segmentation.add(plan, "Twin", FAMILIES)
    assert isinstance(alike.case.segments[-1].levers[LEVER], Curve)
    assert LEVER not in segmentation.add(plan, "New").case.segments[-1].believed
    assert LEVER not in segmentation.remove(plan, FAMILIES).case.segments[0].believed


def test_an_initiative_may_belong_to_it(plan: Plan) -> None:
    entry = {"id": "club", "name": "Club", "lever": LEVER, "metric": METRIC, "from": 1, "add": 0.01, "one_off": 1000}
    assert with_entry(plan.case, "initiatives", entry).initiatives[-1].lever == LEVER


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_brings_it_back(case: Case, language: str) -> None:
    origins = {f"{FAMILIES}/{LEVER}/answer_1": Origin(kind="believed", by="Ann")}
    again, told = read_workbook(write_workbook(case, origins, Wording(language)))
    assert again == case
    assert told == origins


def test_the_strategy_on_paper_names_it(plan: Plan) -> None:
    drawn = results.outlook(plan, silent)
    document = strategy_pdf(strategy_page(plan, drawn, ENGLISH), page_charts(plan, drawn, ENGLISH), ENGLISH)
    text = re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(document)).pages))
    assert "Delight" in text


def test_charts_show_it(plan: Plan) -> None:
    given, readouts = results.given(plan.case), results.read_out(plan)
    assert "Delight" in charts.waterfall(plan.case, readouts, ENGLISH).summary
    curve = charts.response_curves(plan.case, given, plan.spend, LEVER, ENGLISH)
    assert "Delight" in curve.title
    assert "1.00%" in str(curve.table.texts.to_dict())


def test_the_command_line_simulates_it(case: Case, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case.json").write_text(case.to_json(), encoding="utf-8")
    (tmp_path / "spend.json").write_text(json.dumps({FAMILIES: {LEVER: 200000}}), encoding="utf-8")
    assert main(["simulate", str(tmp_path / "case.json"), "--spend", str(tmp_path / "spend.json")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["attribution"]) == set(PLAYERS)
    assert told["marginal_return"][FAMILIES][LEVER] is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_budget_page_divides_money_over_it(plan: Plan, language: str) -> None:
    at = opened("budget.py", language, history=_history(plan))
    healthy(at)
    state, lever = desk(at)["state"], LEVER_CODES.index(LEVER)
    assert sum(state["money"]["phases"][0][lever :: len(LEVER_CODES)]) == pytest.approx(200_000)
    assert state["names"]["levers"][lever] == Wording(language).text("Delight")


def test_the_page_of_its_dimension_asks_for_its_answers(plan: Plan) -> None:
    at = opened("value_realization.py", "en", history=_history(plan), segment=FAMILIES, believe_levers="Delight")
    healthy(at)
    assert any("How many new customers do 100 customers bring a year at …" in shown(text) for text in markdown_on(at))
    assert at.text_input(key=f"believe_{FAMILIES}_{LEVER}_answer_1_likely").value == "1"


def _history(plan: Plan) -> History:
    return History(Step("{name} opened", (("name", plan.case.name),), plan))


def test_a_change_of_the_case_keeps_its_money(plan: Plan) -> None:
    changed = set_case(plan, with_number(plan.case, (FAMILIES, "customers"), Estimate.of(20000)))
    assert changed.spend[FAMILIES][LEVER] == 200000
