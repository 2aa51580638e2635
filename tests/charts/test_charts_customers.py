"""Charts of customer data: what they show is what was computed, in both languages, and Plotly accepts them."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
import pytest

from strategy import charts
from strategy.charts.drawing.chart import Chart
from strategy.customers.models.contracts import Renewals, fit_contracts
from strategy.customers.models.tracking import HoldoutCheck
from strategy.customers.study import Running, Tracked
from strategy.customers.value.segments import Grouping, Movement, movement, whale_curve
from strategy.customers.value.worth import MoneyTerms, Prospects, Risk, Worth
from strategy.words.wording import LANGUAGES, Wording
from tests.chart_tables import reads_as_its_numbers

EN = Wording("en")
DAYS = ("1 Jan 2024", "31 Dec 2024")
HOSTILE = "<img src=x onerror=alert(1)> **b** %{y}"


def tracked(actual: float = 100.0, predicted: float = 90.0) -> Tracked:
    counts = np.zeros(8)
    held = HoldoutCheck(actual, predicted, 80.0, 110.0, counts, counts, counts, ())
    return Tracked(held, np.array([-10.0, 0.0, 10.0]), np.array([0.0, 50.0, 150.0]), np.array([0.0, 52.0, 142.0]))


def running() -> Running:
    survivors = np.array([1000.0, 869, 743, 653, 593, 551, 517, 491])  # Fader & Hardie 2007, table 1, high end
    renewals = Renewals.of_cohort(survivors)
    model = fit_contracts(renewals)
    share = survivors / 1000
    expected = np.asarray(model.survival(np.arange(8.0)), float)
    return Running("year", 491, 509, model, renewals.at_risk, renewals.ended, share, np.full(8, 0.01), expected)


def worth(values: Any = tuple(range(1, 101)), contracts: bool = False) -> Worth:
    clv = np.array(values, float)
    tenths = np.array([part.sum() for part in np.array_split(np.sort(clv)[::-1], 10)])
    risk = Risk(np.arange(15.0).reshape(3, 5), np.arange(15.0).reshape(3, 5) * 100)
    return Worth(
        MoneyTerms(), len(clv), 50.0, float(clv.sum()), 1.0, 2.0, whale_curve(clv), tenths, risk, (), back(), 12.0, 5.0,
        None, contracts,  # type: ignore[arg-type]
    )  # fmt: skip


def back() -> Prospects:
    each = np.array([40.0, 30.0, 20.0, 10.0])
    return Prospects(np.arange(5.0), np.r_[0.0, np.cumsum(each)], np.r_[40.0, each])


def moved(names: tuple[str, ...] = ("a", "b")) -> Movement:
    people = pa.array([f"c{n}" for n in range(10)])
    before = Grouping(names, np.array([0] * 5 + [1] * 5))
    after = Grouping(names, np.array([0] * 2 + [1] * 8))
    return movement(people, before, people, after)


def every_chart(say: Wording) -> dict[str, Chart]:
    names = {"a": "A", "b": HOSTILE}
    return {
        "foretold": charts.purchases_foretold(tracked(), "week", say),
        "frequency": charts.purchase_frequency(np.arange(8.0), np.arange(8.0)[::-1], say),
        "running": charts.contracts_running(running(), say),
        "whale": charts.value_by_tenth(worth(), say),
        "nothing": charts.value_by_tenth(worth((0.0, 0.0)), say),
        "risk": charts.staying_and_value(worth(), say),
        "renewal": charts.staying_and_value(worth(contracts=True), say),
        "moved": charts.who_moved(moved(), names, DAYS, say),
        "back": charts.win_back(back(), 0.5, 6.0, say),
        "nobody": charts.win_back(back(), 0.5, 600.0, say),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_plotly_accepts_every_chart_and_each_says_what_it_shows(language: str) -> None:
    for name, chart in every_chart(Wording(language)).items():
        go.Figure(chart.figure.to_dict())  # Plotly's own validation
        assert len(chart.summary) > 20, name
        reads_as_its_numbers(chart, chart.table.say)
        assert "{" not in chart.title.replace("%{", ""), name
        assert "<img" not in str(chart.figure.to_dict()), name


def test_a_title_of_the_tracking_chart_counts_what_was_made_and_foretold() -> None:
    chart = charts.purchases_foretold(tracked(100, 90), "day", EN)
    assert "foretold 90" in chart.plain_title
    assert "made 100" in chart.plain_title
    assert "10.0%" in chart.plain_title  # (90 - 100) / 100
    lines = [trace for trace in chart.figure.data if trace.mode == "lines"]
    assert list(lines[0].y) == [0, 50, 150]
    assert list(lines[1].y) == [0, 52, 142]


def test_the_frequency_chart_counts_the_customers_at_the_wrong_number() -> None:
    actual, expected = np.array([50.0, 30, 20, 0, 0, 0, 0, 0]), np.array([40.0, 40, 20, 0, 0, 0, 0, 0])
    # 10 of 100 customers stand one place off
    assert "90%" in charts.purchase_frequency(actual, expected, EN).title
    assert list(charts.purchase_frequency(actual, expected, EN).table.texts["Customers"])[:2] == ["50", "30"]


def test_the_whale_curve_says_what_the_first_tenth_brings() -> None:
    # 1 to 100: the upper ten are 91 + ... + 100 = 955 of 5,050; the lower fifty 1,275
    title = charts.value_by_tenth(worth(), EN).title
    assert "19%" in title
    assert "25%" in title


def test_the_contracts_chart_shows_the_share_that_still_runs() -> None:
    chart = charts.contracts_running(running(), EN)
    assert "49%" in chart.title  # 491 of 1,000 in the paper's table
    assert chart.table.texts["Still running"].iloc[1] == "86.9%"


def test_whom_to_win_back_stops_where_the_next_contact_costs_more_than_it_brings() -> None:
    # half of 40, 30, 20, 10 comes back: 20, 15, 10, 5 against 6 each: the first three leave 45 - 18 = 27
    assert back().best(0.5, 6.0) == (3, 27.0)
    title = charts.win_back(back(), 0.5, 6.0, EN).title
    assert "first 3" in title
    assert "€27" in title
    assert "nobody is worth contacting" in charts.win_back(back(), 0.5, 600.0, EN).title


def test_the_drift_chart_names_the_segment_that_empties_out() -> None:
    chart = charts.who_moved(moved(), {"a": "Loyal", "b": "Lapsed"}, DAYS, EN)
    assert "Loyal empties out: from 5 to 2 customers (−60%)" in chart.plain_title
    assert chart.table.texts["to Lapsed"].tolist() == ["3", "5"]


def test_many_segments_stay_readable_and_the_table_has_all() -> None:
    names = tuple(f"segment {n}" for n in range(20))
    people = pa.array([f"c{n}" for n in range(100)])
    both = Grouping(names, np.arange(100) % 20)
    chart = charts.who_moved(movement(people, both, people, both), {name: name for name in names}, DAYS, EN)
    assert len(chart.table) == 20
    assert len(chart.figure.layout.yaxis.ticktext) == 10
    assert "100%" in chart.title


def who_were(*sizes: tuple[int, int]) -> Movement:
    """Segments with so many customers before and after; nobody is in two of them."""
    names = tuple(f"Segment {number}" for number in range(len(sizes)))
    people = [pa.array([f"{n}" for n in range(sum(size[day] for size in sizes))]) for day in (0, 1)]
    places = [np.repeat(np.arange(len(sizes)), [size[day] for size in sizes]) for day in (0, 1)]
    return movement(people[0], Grouping(names, places[0]), people[1], Grouping(names, places[1]))


def test_the_segment_named_is_the_one_that_lost_the_largest_share() -> None:
    # 660 -> 282 loses 57 %, 377 -> 0 all of them
    found = who_were((660, 282), (377, 0), (10, 2000))
    chart = charts.who_moved(found, {name: name for name in found.codes}, DAYS, EN)
    assert "Segment 1 empties out: from 377 to 0 customers (−100%)" in chart.plain_title


def test_the_sentence_of_movement_counts_what_its_table_counts() -> None:
    found = who_were((1000, 1714), (20, 20))
    chart = charts.who_moved(found, {name: name for name in found.codes}, DAYS, EN)
    assert "1,000 → 1,714" in chart.summary
    assert chart.table.texts["On 31 Dec 2024"].tolist() == ["1,714", "20"]


def test_names_on_the_axes_of_movement_break_between_words_and_both_axes_say_which_day() -> None:
    names = {"a": "Champions", "b": "Kampioenschappen van klanten"}
    figure = charts.who_moved(moved(), {"a": "Champions", "b": "Lapsed"}, DAYS, EN).figure
    assert list(figure.layout.xaxis.ticktext) == ["Champions", "Lapsed"]
    assert figure.layout.xaxis.title.text == "segment on 31 Dec 2024"
    assert figure.layout.yaxis.title.text == "segment on 1 Jan 2024"
    long = charts.who_moved(moved(), names, DAYS, EN).figure
    assert list(long.layout.xaxis.ticktext) == ["1", "2"]  # no room for such a word: numbers, explained by the rows
    assert "Kampioenschappen" in long.layout.yaxis.ticktext[1]


def test_a_cell_of_a_heat_map_with_nobody_is_still_seen() -> None:
    for chart in (charts.staying_and_value(worth(), EN), charts.who_moved(moved(), {"a": "A", "b": "B"}, DAYS, EN)):
        for cell in chart.figure.layout.shapes:
            assert float(cell.fillcolor.rsplit(",", 1)[1].rstrip(")")) >= 0.08
            assert cell.line.width == 1


def test_how_far_the_model_is_off_is_said_in_words() -> None:
    # Fader & Hardie 2007, table 1: 491 of 1,000; the model's distance is taken from the chart's own numbers
    model = running()
    off = 100 * float(np.abs(model.observed - model.expected).max())
    assert f"at most {off:.1f} percentage points off" in charts.contracts_running(model, EN).title
