"""The page of client selection: its numbers and answers reach the plan, undo brings them back, nothing trips it."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Dataframe

from pages.customer_data import customer_worth, file_report
from pages.customer_data.data_study import DataStudy, Evidence
from pages.dimensions import address_list
from strategy.case.beliefs import Origin
from strategy.case.case_file import case_from
from strategy.case.editing import numbers_of
from strategy.case.samples import load_sample
from strategy.dimensions import segmentation, selection
from strategy.dimensions.selection import AddressList, with_list
from strategy.equity.readouts import read_out
from strategy.errors import PlannerError
from strategy.plan.history import History, Step
from strategy.plan.moves import choose
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.words.wording import LANGUAGES, Wording
from tests import cases
from tests.apptest import choose_in, edit, healthy, opened, plan, sent, widgets
from tests.charts.test_charts_customers import worth as worth_of

PAGE = "client_selection.py"
VIEWS = ("A new customer", "An address list", "Mass to one-to-one", "Extra income")
HOSTILE = "<b>x</b> **y** $z$ =1+1 {a} :smile: [l](http://e.org)"


@pytest.fixture(autouse=True)
def _alone() -> None:
    st.cache_data.clear()


def page(first: Plan, language: str = "en", **state: Any) -> AppTest:
    return opened(PAGE, language, history=History(Step("{name} opened", (), first)), **{"rearrange": True} | state)


def telecom() -> Plan:
    return start(load_sample("telecom", "en"))


def table(at: AppTest, prefix: str) -> Dataframe:
    return next(node for node in at if isinstance(node, Dataframe) and str(node.key).startswith(prefix))


def equity(of: Plan) -> float:
    return read_out(of.case, of.spend, of.initiatives).customer_equity


def undone(at: AppTest, first: Plan) -> None:
    at.button(key="undo").click().run()
    healthy(at)
    assert plan(at) == first


# Opening -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_page_opens_with_every_panel_and_view(language: str, view: str) -> None:
    state = {"rearrange": True, "deeper_client_selection": True, "selection_views": Wording(language).text(view)}
    at = page(start(load_sample("telecom", language)), language, **state)
    healthy(at)
    assert at.title[0].value == Wording(language).text("Client selection")
    shown = next(tab for tab in at.tabs if tab.label == Wording(language).text(view))
    assert len(shown) > 0
    assert not any(len(tab) for tab in at.tabs if tab is not shown), "a closed tab computes nothing"


@pytest.mark.parametrize("count", [1, 50])
def test_one_segment_and_fifty_with_names_that_mean_something_elsewhere(count: int) -> None:
    document = json.loads(load_sample("classroom").to_json())
    first = document["segments"][0]
    document["segments"] = [{**first, "id": f"s{n}", "name": f"{HOSTILE} {n}"} for n in range(count)]
    first_plan = start(case_from(document))
    for question, answer in (("attractiveness", 4), ("ability", 5), ("focus", "focus"), ("extra_income", 10.0)):
        for segment in first_plan.case.segment_ids:
            first_plan = set_answer(first_plan, question, answer, segment)
    at = page(first_plan, rearrange=True)
    healthy(at)
    assert table(at, "segments_").value["name"].tolist()[0] == f"{HOSTILE} 0"
    headings = [markdown.value for markdown in at.markdown if markdown.value.startswith("#####")]
    assert not any("<b>" in heading or "**y**" in heading for heading in headings)


# The table of segments -----------------------------------------------------------------------------------------------


def test_each_number_of_a_segment_changes_customer_equity_and_undo_restores_it() -> None:
    first = telecom()
    at = page(first)
    for column, typed, kept in (
        ("customers", 30_000, 30_000),
        ("prospects", 70_000, 70_000),
        ("gross_margin", 50, 0.5),
        ("onboarding_cost", -20, -20),
        ("referral_rate", 3, 0.03),
    ):
        edit(at, table(at, "segments_"), 0, **{column: typed})
        healthy(at, column)
        assert getattr(plan(at).case.segments[0], column).likely == pytest.approx(kept)
        assert equity(plan(at)) != equity(first), column
        assert plan(at).origin((first.case.segment_ids[0], column)).kind == "believed"
        undone(at, first)


def test_todays_spend_and_a_name_are_typed_in_the_table_too() -> None:
    first = telecom()
    at = page(first)
    edit(at, table(at, "segments_"), 1, acquire=2_000_000, name="Glass fibre")
    healthy(at)
    segment = plan(at).case.segments[1]
    assert (segment.id, segment.name) == (first.case.segment_ids[1], "Glass fibre")
    assert segment.levers.acquire.spend == 2_000_000
    assert equity(plan(at)) != equity(first)


def test_what_cannot_be_is_refused_with_a_sentence() -> None:
    first = telecom()
    at = page(first)
    for cells in ({"customers": -1}, {"gross_margin": 150}, {"customers": 1e300}, {"name": ""}, {"prospects": 0}):
        edit(at, table(at, "segments_"), 0, **cells)
        assert not at.exception, cells
        assert len(at.error) == 1, cells
        assert plan(at) == first, cells


def precise() -> Plan:
    """A firm of numbers with more digits than a table shows."""
    document = json.loads(load_sample("telecom").to_json())
    document["segments"][0] |= {"customers": 314.087, "gross_margin": [0.3, 1 / 3, 0.4], "onboarding_cost": 210.832}
    document["segments"][0]["levers"]["retain"]["spend"] = 1234.5678
    return start(case_from(document))


def test_the_table_shows_whole_people_and_two_decimals_and_changes_only_what_is_typed() -> None:
    first = precise()
    at = page(first)
    shown = table(at, "segments_").value.iloc[0]
    assert (shown.customers, shown.onboarding_cost, shown.retain) == (314, 210.83, 1234.57)
    assert (shown.prospects, shown.gross_margin) == (first.case.segments[0].prospects.likely, 33.33)
    columns = json.loads(table(at, "segments_").proto.columns)
    formats = {name: column.get("type_config", {}).get("format") for name, column in columns.items()}
    assert {formats[name] for name in ("customers", "prospects")} == {"%.0f"}
    assert {formats[name] for name in ("gross_margin", "onboarding_cost", "referral_rate", "retain")} == {"%.2f"}
    edit(at, table(at, "segments_"), 0, customers=314, onboarding_cost=210.83, retain=1234.57)
    assert plan(at) == first, "cells left as they are shown are not typed"
    edit(at, table(at, "segments_"), 0, customers=314, onboarding_cost=99)
    before, after = numbers_of(first.case), numbers_of(plan(at).case)
    assert {key for key in before if before[key] != after[key]} == {(first.case.segment_ids[0], "onboarding_cost")}


def test_the_register_shows_no_third_decimal_and_changes_only_what_is_typed() -> None:
    first = precise()
    at = opened("assumptions.py", history=History(Step("{name} opened", (), first)))
    shown = table(at, "register_").value
    keys = list(numbers_of(first.case))
    row = {field: keys.index((first.case.segment_ids[0], field)) for field in ("customers", "gross_margin")}
    assert shown.likely[row["customers"]] == 314
    assert shown.likely[row["gross_margin"]] == 33.33
    assert all(number == round(number, 2) for number in shown.likely if abs(number) >= 1)
    edit(at, table(at, "register_"), row["gross_margin"], likely=33.33)
    assert plan(at) == first
    edit(at, table(at, "register_"), row["gross_margin"], likely=33.33, high=41)
    margin = plan(at).case.segments[0].gross_margin
    assert (margin.low, margin.likely, margin.high) == (0.3, 1 / 3, 0.41)


# Questions -----------------------------------------------------------------------------------------------------------


def test_each_question_per_segment_is_pressed_or_typed() -> None:
    first = telecom()
    at, segment = page(first, deeper_client_selection=True), first.case.segment_ids[2]
    for column, pressed, kept in (
        ("focus", "Keep serving", "serve"),
        ("attractiveness", "5", 5),
        ("ability", "2", 2),
        ("relation", "Test", "test"),
        ("extra_income", "1,500", 1500.0),
        ("target_income", "€2.5K", 2500.0),
    ):
        widget = widgets(at)[f"answer_{column}_{segment}"]
        widget.set_value(pressed).run() if "income" in column else choose_in(at, widget, pressed)
        healthy(at, column)
        assert plan(at).answer(column, segment) == kept
    for _ in range(6):
        at.button(key="undo").click().run()
    assert plan(at) == first


def test_each_question_to_the_firm_is_answered() -> None:
    first = telecom()
    at = page(first, deeper_client_selection=True)
    for key, value, kept in (
        ("spectrum", "segments", "segments"),
        ("priorities_retain", 4, {"retain": 4}),
        ("readiness_data", 4, {"data": 4}),
        ("marketing", "relationship", "relationship"),
    ):
        next(node for node in at if str(getattr(node, "key", None)) == f"answer_{key}").set_value(value).run()
        healthy(at, key)
        assert plan(at).answer(key.split("_")[0]) == kept
    for _ in range(4):
        at.button(key="undo").click().run()
    assert plan(at) == first


def test_a_goal_is_kept_with_its_measure_and_segment() -> None:
    first = telecom()
    at = page(first, deeper_client_selection=True)
    row = {"goal": HOSTILE, "measure": "revenue", "target": "+10%", "segment": first.case.segments[0].name}
    edits = {"edited_rows": {}, "added_rows": [row], "deleted_rows": []}
    sent(at, table(at, "answer_goals_").proto.id, string_value=json.dumps(edits))
    healthy(at)
    assert plan(at).answer("goals") == (row | {"segment": first.case.segment_ids[0]},)
    undone(at, first)


def test_scores_move_the_bubbles_and_the_choice_their_finding() -> None:
    first = telecom()
    for question, score in (("attractiveness", 5), ("ability", 1)):
        first = set_answer(first, question, score, first.case.segment_ids[0])
    at = page(first)
    assert any("most attractive (5 of 5)" in text.value.replace("\\", "") for text in at.markdown)
    choose_in(at, widgets(at)[f"answer_focus_{first.case.segment_ids[0]}"], "Focus")
    assert any("yet it scores 5 of 5" in text.value for text in at.markdown)


# Segments taken apart and put together -------------------------------------------------------------------------------


def test_a_segment_is_added_split_merged_and_removed_and_undo_brings_all_back() -> None:
    first = telecom()
    at = page(first, rearrange=True)
    one, two = first.case.segment_ids[:2]
    at.text_input(key="add_name").set_value("Newcomers")
    at.button(key="add_segment").click().run()
    healthy(at)
    assert [segment.name for segment in plan(at).case.segments][-1] == "Newcomers"
    assert equity(plan(at)) == pytest.approx(equity(first))
    undone(at, first)

    at.text_input(key="split_first").set_value("Large")
    at.button(key="split_segment").click().run()
    healthy(at)
    assert [segment.name for segment in plan(at).case.segments[:2]] == ["Large", "Families with internet 2"]
    assert plan(at).case.segments[0].customers.likely == pytest.approx(11_690)
    assert equity(plan(at)) == pytest.approx(equity(first))
    undone(at, first)

    at.multiselect(key="merge_of").set_value([one, two])
    at.text_input(key="merge_name").set_value("Homes")
    at.button(key="merge_segments").click().run()
    healthy(at)
    assert plan(at).case.segments[0].name == "Homes"
    assert any(caption.value.startswith("To confirm: ") for caption in at.caption)
    undone(at, first)

    at.selectbox(key="remove_of").set_value(two)
    at.button(key="remove_segment").click().run()
    healthy(at)
    assert two not in plan(at).case.segment_ids
    assert equity(plan(at)) < equity(first)
    undone(at, first)


def test_merging_one_segment_and_removing_the_last_say_what_to_do() -> None:
    at = page(start(load_sample("classroom")), rearrange=True)
    only = plan(at).case.segment_ids[0]
    at.multiselect(key="merge_of").set_value([only])
    at.button(key="merge_segments").click().run()
    assert [error.value for error in at.error] == ["Choose at least two segments to merge\\."]
    at.selectbox(key="remove_of").set_value(only)
    at.button(key="remove_segment").click().run()
    assert any("is the only segment" in error.value for error in at.error)
    assert not at.exception


# A list of addresses -------------------------------------------------------------------------------------------------


def test_a_list_is_worth_what_its_customers_bring_less_the_mailing() -> None:
    """By hand: 10,000 x 2% x (300 - 40) - 10,000 x 0.50 = 52,000 - 5,000; (2,600 + 5,000)/(10,000 x 260) = 0.29%."""
    bought = AddressList(10_000, 0.02, 0.5, 300, 40)
    assert (bought.new_customers, bought.gain, bought.mailing) == (200, 260, 5_000)
    assert bought.worth == pytest.approx(47_000)
    assert bought.break_even() == pytest.approx(5_000 / 2_600_000)
    assert bought.break_even(2_600) == pytest.approx(7_600 / 2_600_000)
    at_break_even = AddressList(10_000, bought.break_even(2_600) or 0, 0.5, 300, 40)
    assert at_break_even.worth == pytest.approx(2_600), "the list is then worth its price"


@pytest.mark.parametrize("value", [40.0, 10.0, -5.0])
def test_a_list_of_people_who_bring_nothing_never_breaks_even(value: float) -> None:
    assert AddressList(10_000, 0.02, 0.5, value, 40).break_even() is None
    assert AddressList(0, 0.02, 0.5, 300, 40).break_even() is None
    assert AddressList(10, 0.02, 500, 300, 40).break_even() is None, "not even if everybody answers"


@pytest.mark.parametrize("numbers", [(-1, 0.1, 1), (10, 1.1, 1), (10, -0.1, 1), (10, 0.1, -1), (10, float("nan"), 1)])
def test_a_list_that_cannot_be_is_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(PlannerError, match="out_of_range"):
        AddressList(*numbers, 100, 10)


def test_a_list_as_an_initiative_adds_exactly_what_it_is_worth_where_spending_moves_nothing() -> None:
    """A law: with constants a customer more changes nobody else, so CE grows by the list's worth less its price."""
    document = cases.constants()
    document["segments"][0] |= {"prospects": 5000, "onboarding_cost": 12}
    first = start(case_from(document))
    clv = float(read_out(first.case, first.spend).today.clv_net[0, 0, 0, 0])
    bought = AddressList(2_000, 0.05, 0.5, clv, 12)
    bought_for = set_case(first, with_list(first.case, "all", "List of March", bought, 300))
    chosen = choose(bought_for, "list-of-march", True)
    assert equity(bought_for) == pytest.approx(equity(first))
    assert equity(chosen) - equity(first) == pytest.approx(bought.worth - 300)
    again = with_list(chosen.case, "all", "List of March", bought, 300)
    assert again.initiative_ids == ("list-of-march", "list-of-march-2")


def test_a_list_that_wins_more_people_than_there_are_prospects_is_refused() -> None:
    case = load_sample("telecom")
    with pytest.raises(PlannerError, match="out_of_range"):
        with_list(case, case.segment_ids[0], "Too much", AddressList(1e6, 0.5, 1, 100, 0), 0)
    shop = load_sample("web_shop")
    with pytest.raises(PlannerError, match="no_prospects"):
        with_list(shop, shop.segment_ids[0], "Nobody", AddressList(10, 0.5, 1, 100, 0), 0)


def test_the_list_on_the_page_becomes_an_initiative_that_the_budget_page_offers() -> None:
    first = telecom()
    at = page(first, selection_views="An address list")
    at.text_input(key="list_addresses").set_value("20,000").run()
    at.text_input(key="list_response").set_value("1%").run()
    assert [metric.value for metric in at.metric][1] == "200"
    at.text_input(key="list_name").set_value(HOSTILE)
    at.button(key="add_list").click().run()
    healthy(at)
    added = plan(at).case.initiatives[-1]
    assert (added.name, added.lever, added.one_off) == (HOSTILE, "acquire", 20_000 * 1.0 + 2_500)
    assert added.add == pytest.approx(200 / first.case.segments[0].prospects.likely)
    assert equity(choose(plan(at), added.id, True)) > equity(plan(at))
    undone(at, first)


def test_a_field_of_the_list_that_cannot_be_keeps_what_was_typed_and_says_why() -> None:
    at = page(telecom(), selection_views="An address list")
    wrong = (("response", "150%"), ("addresses", "-5"), ("price", "-1"), ("contact_cost", "x"))
    for number, (field, typed) in enumerate(wrong, 1):
        at.text_input(key=f"list_{field}").set_value(typed).run()
        assert not at.exception, field
        assert len(at.error) == number, field
        assert at.text_input(key=f"list_{field}").value == typed


# Numbers behind the charts -------------------------------------------------------------------------------------------


def test_income_worth_and_cost_of_a_case_of_constants() -> None:
    """By hand: 1,000 customers spend 100; a margin of 45, 80 % stay, 10 %: CLV = 45 x 1.1/0.3 = 165; nothing buys."""
    document = cases.constants()
    document["segments"][0] |= {"prospects": 1}
    document["segments"][0]["levers"]["acquire"] = {"constant": 1e-9}  # somebody may come, as good as nobody does
    plan_ = start(case_from(document))
    r = read_out(plan_.case, plan_.spend)
    assert selection.income_today(plan_.case) == {"all": pytest.approx(100_000)}
    (worth,) = selection.most_profitable_first(plan_.case, r)
    assert (worth.each, worth.all) == (pytest.approx(165), pytest.approx(165_000))
    (newcomer,) = selection.newcomers(plan_.case, r)
    assert newcomer.worth == pytest.approx(165)
    assert (newcomer.cost, newcomer.marginal_cost, newcomer.left) == (None, None, None)


def test_the_most_profitable_customers_come_first_and_the_most_a_new_one_may_cost_is_his_worth() -> None:
    first = telecom()
    r = read_out(first.case, first.spend)
    each = [worth.each for worth in selection.most_profitable_first(first.case, r)]
    assert each == sorted(each, reverse=True)
    for newcomer, cost, marginal in zip(selection.newcomers(first.case, r), r.cac, r.marginal_cac, strict=True):
        assert (newcomer.cost, newcomer.marginal_cost) == (cost, marginal)
        assert newcomer.left == pytest.approx(newcomer.worth - (marginal or 0))


def test_shortfalls_are_where_we_score_less_than_is_asked_the_largest_first() -> None:
    """From the table of demands: one-to-one asks 5 in data, 4 in cost, 4 in people."""
    assert selection.shortfalls("one_to_one", {"data": 3, "cost": 1, "people": 4}) == {"cost": 3, "data": 2}
    assert list(selection.shortfalls("one_to_one", {"data": 3, "cost": 1})) == ["cost", "data"]
    assert selection.shortfalls("mass", {"data": 1}) == {}


def test_segments_that_were_renamed_or_removed_leave_a_page_that_opens() -> None:
    first = telecom()
    for segment in first.case.segment_ids:
        first = set_answer(set_answer(first, "attractiveness", 4, segment), "ability", 4, segment)
    first = segmentation.remove(
        segmentation.rename(first, first.case.segment_ids[0], HOSTILE), first.case.segment_ids[1]
    )
    healthy(page(first, display={"segment": "no-longer-there"}))


def test_segments_that_nobody_is_acquired_into_are_not_asked_what_a_new_customer_may_cost() -> None:
    """Without prospects, and with prospects of whom none is ever won; where none is left the chart says so."""
    document = json.loads(load_sample("telecom").to_json())
    document["segments"][0]["prospects"] = 0
    document["segments"][0]["levers"]["acquire"] = {"constant": 0.1}
    document["segments"][1]["levers"]["acquire"] = {"constant": 0}
    first = start(case_from(document))
    found = selection.newcomers(first.case, read_out(first.case, first.spend))
    assert [newcomer.segment for newcomer in found] == list(first.case.segment_ids[2:])
    nobody = page(start(case_from(cases.constants())))
    healthy(nobody)
    assert any("Nobody becomes a new customer" in markdown.value for markdown in nobody.markdown)


def test_both_address_lists_begin_with_the_same_share_that_becomes_a_customer() -> None:
    assert address_list.FIRST["response"] == customer_worth.FIRST["joins"]


@pytest.mark.parametrize(("file", "tabs"), [(PAGE, "selection_views"), ("value_protection.py", "see_value_protection")])
def test_evidence_names_its_file_and_says_when_the_open_case_is_another_one(
    file: str, tabs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = telecom()
    measured = Origin(kind="measured", source="mine.csv · BG/NBD · 9 rows")
    of_it = set_case(first, first.case, {(first.case.segment_ids[0], "customers"): measured})
    monkeypatch.setattr(file_report, "last", lambda: None)
    study = Evidence("mine.csv", "EUR", replace(worth_of(), customers=1234))
    for case, of_another in ((first, True), (of_it, False)):
        history = History(Step("{name} opened", (), case))
        at = opened(
            file, "en", history=history, display={"data_study": DataStudy(evidence=study)}, **{tabs: "From your data"}
        )
        healthy(at)
        line = next(caption.value for caption in at.caption if "mine" in caption.value)
        assert "1,234 customers, margin 40" in line
        assert any("was not made from this file" in info.value for info in at.info) == of_another


def test_evidence_says_up_to_which_day_its_file_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    report = SimpleNamespace(last=date(2025, 12, 30))
    kept = SimpleNamespace(brought=SimpleNamespace(name="mine.csv"), measured=SimpleNamespace(report=report))
    monkeypatch.setattr(file_report, "last", lambda: kept)
    study = Evidence("mine.csv", "EUR", worth_of())
    at = page(telecom(), display={"data_study": DataStudy(evidence=study)}, selection_views="From your data")
    assert any("data up to 2025-12-30" in caption.value for caption in at.caption)
