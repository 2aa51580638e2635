"""The charts of client selection: findings with their number, names as typed, words where there is nothing yet."""

import json
import re
from typing import Any

import plotly.graph_objects as go
import pytest

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import Chart
from strategy.dimensions import selection
from strategy.dimensions.selection import Newcomer, SegmentWorth
from strategy.equity.readouts import read_out
from strategy.words.wording import LANGUAGES, Wording
from tests.chart_tables import reads_as_its_numbers

HOSTILE = "<b>x</b> =1+1 **bold** $x$ %{x} and a name that goes on and on"
EN = Wording("en")


@pytest.fixture
def telecom() -> Case:
    return load_sample("telecom", "en")


def hostile() -> Case:
    document = json.loads(load_sample("web_shop").to_json())
    document["segments"][0]["name"] = HOSTILE
    document["segments"][1]["name"] = "Ann & Bob"
    return case_from(document)


def all_charts(case: Case, say: Wording, answered: bool) -> dict[str, Chart]:
    ids = case.segment_ids
    scores = {segment: 1 + n % 5 for n, segment in enumerate(ids)} if answered else {}
    choices = {segment: ("focus", "serve", "no")[n % 3] for n, segment in enumerate(ids)} if answered else {}
    amounts = {segment: 1000.0 * n for n, segment in enumerate(ids)} if answered else {}
    r = read_out(case, case.today)
    return {
        "bubbles": charts.segment_bubbles(case, scores, scores, choices, say),
        "whale": charts.whale_curve(case, selection.most_profitable_first(case, r), say),
        "newcomers": charts.newcomer_cost(case, selection.newcomers(case, r), dict.fromkeys(choices, "start"), say),
        "income": charts.extra_income(case, selection.income_today(case), amounts, {}, say),
        "spectrum": charts.spectrum_demands("segments" if answered else None, {"data": 2} if answered else {}, say),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("which", ["telecom", "classroom", "charity", "hostile"])
def test_every_chart_has_a_valid_figure_a_finding_a_table_and_words(which: str, answered: bool, language: str) -> None:
    case = hostile() if which == "hostile" else load_sample(which, language)
    for name, chart in all_charts(case, Wording(language, case.currency), answered).items():
        figure = go.Figure(chart.figure.to_dict())  # Plotly checks every property
        assert figure.layout.height > 100, name
        assert len(chart.title) > 20, name
        assert len(chart.summary) > 20, name
        assert len(chart.table.columns) >= 4, name
        reads_as_its_numbers(chart, chart.table.say)
        assert "<b>x</b>" not in json.dumps(figure.to_dict(), default=str), name


def test_without_scores_the_bubbles_say_what_to_do(telecom: Case) -> None:
    chart = charts.segment_bubbles(telecom, {}, {}, {}, EN)
    assert not chart.figure.data
    assert "Score in the table above" in chart.summary


def test_a_bubble_stands_on_its_scores_and_counts_its_customers(telecom: Case) -> None:
    one, two = telecom.segment_ids[:2]
    chart = charts.segment_bubbles(telecom, {one: 5, two: 4}, {one: 4, two: 2}, {one: "focus"}, EN)
    points = {trace.name: (trace.x, trace.y, trace.marker.size) for trace in chart.figure.data}
    assert points["Focus"][:2] == ((4.0,), (5.0,))
    assert points["not chosen yet"][:2] == ((2.0,), (4.0,))
    assert points["not chosen yet"][2][0] > points["Focus"][2][0], "26,780 customers against 23,380"
    assert len(chart.table) == 2


def test_segments_with_the_same_scores_stand_beside_each_other() -> None:
    document = json.loads(load_sample("classroom").to_json())
    document["segments"] = [{**document["segments"][0], "id": f"s{n}", "name": f"S{n}"} for n in range(50)]
    case = case_from(document)
    same = dict.fromkeys(case.segment_ids, 3)
    chart = charts.segment_bubbles(case, same, same, {}, EN)
    places = set(zip(chart.figure.data[0].x, chart.figure.data[0].y, strict=True))
    assert len(places) == 50
    assert sum(bool(text) for text in chart.figure.data[0].text) == 12, "names that fit; the others on pointing"


@pytest.mark.parametrize(
    ("attractive", "able", "focus", "said"),
    [
        ((5, 3), (5, 3), {}, "is where we should be: attractive 5 of 5, our ability 5"),
        ((5, 3), (5, 3), {0: "no"}, "scores best, 5 and 5 of 5, yet we do not serve it"),
        ((5, 3), (2, 3), {}, r"is most attractive \(5 of 5\), but our ability there is 2"),
        ((2, 3), (4, 3), {0: "focus"}, "We focus on .*, yet it scores 2 of 5 on attractive and 4 on our ability"),
        ((3, 3), (3, 2), {}, "No segment stands out: the best, .*, scores 3 and 3 of 5"),
    ],
)
def test_the_bubbles_finding_follows_from_the_scores(
    telecom: Case, attractive: tuple[int, int], able: tuple[int, int], focus: dict[int, str], said: str
) -> None:
    ids = telecom.segment_ids
    chosen = {ids[n]: choice for n, choice in focus.items()}
    pairs = [dict(zip(ids, scores, strict=False)) for scores in (attractive, able)]
    assert re.search(said, charts.segment_bubbles(telecom, *pairs, chosen, EN).plain_title)


def test_the_whale_curve_adds_customers_up_from_the_most_to_the_least_profitable(telecom: Case) -> None:
    """By hand: 100 x 50, then 300 x 10, then 100 x -20 make 5,000, 8,000 and 6,000 over 20, 80 and 100 %."""
    ids = telecom.segment_ids
    found = [SegmentWorth(ids[2], 100, 50), SegmentWorth(ids[0], 300, 10), SegmentWorth(ids[1], 100, -20)]
    chart = charts.whale_curve(telecom, found, EN)
    line = chart.figure.data[0]
    assert line.x == pytest.approx((0, 0.2, 0.8, 1.0))
    assert line.y == pytest.approx((0, 5000, 8000, 6000))
    assert "costs more than it brings: without it our customers would be worth €2,000 more" in chart.plain_title


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([(100, 50.0), (100, 10.0)], "50% of today's customers, and 83% of what today's customers are worth"),
        ([(100, -50.0), (100, -10.0)], "Our customers cost more than they bring"),
        ([(100, 50.0)], "brings €50 after what we spend"),
        ([(0, 50.0)], "Nobody is a customer yet"),
    ],
)
def test_the_whale_curves_finding(telecom: Case, found: list[tuple[float, float]], said: str) -> None:
    worths = [SegmentWorth(segment, *pair) for segment, pair in zip(telecom.segment_ids, found, strict=False)]
    assert said in charts.whale_curve(telecom, worths, EN).plain_title


@pytest.mark.parametrize(
    ("costs", "relation", "said"),
    [
        (((100, 50.0, 60.0), (200, 50.0, 90.0)), {}, "Start with Fibre.*costs €90 and is worth €200"),
        (((100, 50.0, 160.0), (200, 50.0, 290.0)), {}, "earns back.*Families.*€160 for one worth €100"),
        (((100, 50.0, 160.0), (200, 50.0, 90.0)), {0: "start"}, "We go after Families.*costs €160 and is worth €100"),
        (((100, None, None), (200, None, None)), {}, "Nobody is won by spending yet.*Fibre.*at most €200"),
    ],
)
def test_with_whom_to_start_follows_from_what_is_left_on_the_next_one(
    telecom: Case, costs: Any, relation: dict[int, str], said: str
) -> None:
    ids = telecom.segment_ids
    found = [Newcomer(segment, *numbers) for segment, numbers in zip(ids, costs, strict=False)]
    chosen = {ids[n]: choice for n, choice in relation.items()}
    assert re.search(said, charts.newcomer_cost(telecom, found, chosen, EN).plain_title)


def test_a_cost_out_of_proportion_is_drawn_at_the_edge_and_told_in_full(telecom: Case) -> None:
    chart = charts.newcomer_cost(telecom, [Newcomer(telecom.segment_ids[0], 100.0, 90.0, 1e7)], {}, EN)
    marker = chart.figure.data[2]
    assert marker.x == (200.0,)
    assert marker.marker.symbol == ("triangle-right",)
    assert "€10M" in chart.summary


def test_extra_income_stands_on_top_of_todays_revenue(telecom: Case) -> None:
    """By hand: 50 and 30 on top of 1,000 are 8 %."""
    one, two = telecom.segment_ids[:2]
    chart = charts.extra_income(telecom, {one: 600.0, two: 400.0}, {one: 50.0}, {two: 30.0}, EN)
    assert "€50 more per year, target customers €30: 8% on top of today" in chart.plain_title
    assert [sum(values) for values in zip(*(trace.x for trace in chart.figure.data[:3]), strict=True)][:2] == [650, 430]
    assert chart.table.texts.iloc[-1].tolist()[1:] == ["€1,000.00", "€50.00", "€30.00"]


@pytest.mark.parametrize(
    ("chosen", "readiness", "said"),
    [
        (None, {}, "choose above how far we go"),
        ("one_to_one", {"data": 2, "people": 3}, "One-to-one asks 5 of 5 in customer data, and we score 2"),
        ("segments", {"data": 3, "cost": 2, "people": 5}, "We are ready for what segments asks, up to 3 of 5"),
        ("mass", {}, "Mass asks up to 1 of 5"),
    ],
)
def test_what_telling_customers_apart_asks_beside_how_ready_we_are(
    chosen: str | None, readiness: dict[str, int], said: str
) -> None:
    assert said in charts.spectrum_demands(chosen, readiness, EN).plain_title
