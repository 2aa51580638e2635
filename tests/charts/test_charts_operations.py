"""Charts of operationalization: figures that Plotly accepts, findings with their numbers, names shown as typed."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from strategy import charts
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, Chart
from strategy.charts.money.roadmap import costs_by_kind
from strategy.dimensions.operations import CHANNEL_CODES, time_freed
from strategy.equity.simulation import initiative_costs
from strategy.words.wording import Wording
from tests.chart_tables import reads_as_its_numbers

HOSTILE = "<b>x</b> **y** $z$ %{y} and a name that goes on and on, longer than any chart has room for"
TELECOM = load_sample("telecom")


def hostile() -> dict[str, Any]:
    """One segment and three initiatives in dollars, named to be misread; one ends long after the plan does."""
    document = json.loads(load_sample("classroom").to_json()) | {"currency": "USD", "horizon": 12, "period": "month"}
    first = {"name": HOSTILE, "lever": "retain", "metric": "retention_rate", "add": 0.01, "from": 2, "one_off": 900}
    document["initiatives"] = [
        first,
        {**first, "from": 3, "to": 40, "per_period": 10},
        {**first, "from": 12, "to": 12, "one_off": 0},
    ]
    return document


CASE = case_from(hostile())
MANY = case_from({**copy.deepcopy(hostile()), "initiatives": [{**hostile()["initiatives"][0], "name": f"Plan {n}"}
                                                               for n in range(20)]})  # fmt: skip
CHANNELS = [
    {"channel": "personal", "contribution": 10.0, "cost": 40.0},
    {"channel": "e_commerce", "contribution": 90.0, "cost": 2.0},
]
HAND_OVERS = [
    {"from": "e_commerce", "to": "telephone", "works": False},
    {"from": "telephone", "to": "e_commerce", "works": True},
    {"from": "mail", "to": "telephone", "works": True},
]
TASKS = [{"task": HOSTILE, "minutes": 2.0, "people": 100.0, "hourly": 30.0}, {"minutes": 1.0}]
LEADING = {"knowledge": 2, "proposition": 1, "relationship": 3, "multichannel": 4}
COMPONENTS = {"analytical": 3, "collaborative": 2, "database": 2}

DRAWN = {
    "roadmap": lambda say: charts.roadmap(CASE, CASE.initiative_ids[:1], say),
    "roadmap_none_chosen": lambda say: charts.roadmap(CASE, (), say),
    "roadmap_all": lambda say: charts.roadmap(TELECOM, TELECOM.initiative_ids, say),
    "roadmap_many": lambda say: charts.roadmap(MANY, MANY.initiative_ids, say),
    "balance": lambda say: charts.competence_balance(LEADING, say),
    "balance_partly": lambda say: charts.competence_balance({"knowledge": 2, "proposition": 3}, say),
    "balance_level": lambda say: charts.competence_balance(dict.fromkeys(LEADING, 3), say),
    "channels": lambda say: charts.channel_costs(CHANNELS, say),
    "one_channel": lambda say: charts.channel_costs(CHANNELS[:1], say),
    "hand_overs": lambda say: charts.hand_over_map(HAND_OVERS, say),
    "hand_overs_all_work": lambda say: charts.hand_over_map(HAND_OVERS[1:], say),
    "systems": lambda say: charts.system_profile(COMPONENTS, {"insight": 4}, say),
    "systems_information": lambda say: charts.system_profile(None, {"insight": 4, "analysis": 1}, say),
    "time": lambda say: charts.hours_freed(CASE, time_freed(TASKS), say),
    "time_without_money": lambda say: charts.hours_freed(CASE, time_freed(TASKS[1:]), say),
}
EMPTY = {
    "roadmap": lambda say: charts.roadmap(load_sample("classroom"), (), say),
    "balance": lambda say: charts.competence_balance(None, say),
    "channels": lambda say: charts.channel_costs(None, say),
    "hand_overs": lambda say: charts.hand_over_map(None, say),
    "systems": lambda say: charts.system_profile(None, None, say),
    "time": lambda say: charts.hours_freed(TELECOM, (), say),
}
english = Wording("en", "EUR")
every_chart = pytest.mark.parametrize("name", DRAWN)


@pytest.fixture(params=["en", "nl"])
def say(request: pytest.FixtureRequest) -> Wording:
    return Wording(request.param, "USD")


def document(chart: Chart) -> dict[str, Any]:
    """The figure as a browser gets it."""
    figure: dict[str, Any] = json.loads(chart.figure.to_json())
    figure["layout"].pop("template", None)
    return figure


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


# What holds for every chart ------------------------------------------------------------------------------------------


@every_chart
def test_every_chart_says_and_shows_something(name: str, say: Wording) -> None:
    chart = DRAWN[name](say)
    assert chart.summary.strip()
    assert re.search(r"\d", chart.title), "a finding has its number in it"
    assert len(chart.table)
    reads_as_its_numbers(chart, say)
    assert 100 <= chart.figure.layout.height <= 1500
    assert "nan" not in " ".join([chart.title, chart.summary, *map(str, leaves(document(chart)))]).lower()


@every_chart
def test_every_figure_is_one_that_plotly_accepts(name: str) -> None:
    figure = document(DRAWN[name](english))
    assert go.Figure(figure).layout.height == figure["layout"]["height"]
    for trace in figure["data"]:
        for axis in ("x", "y", "base"):
            assert np.isfinite(np.asarray(trace.get(axis, []), float)).all()


@every_chart
def test_colours_come_from_one_table_and_letters_from_the_theme(name: str) -> None:
    known = {tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in COLOURS.values()}
    figure = DRAWN[name](english).figure
    for leaf in leaves(document(DRAWN[name](english))):
        if isinstance(leaf, str) and re.fullmatch("#[0-9a-fA-F]{3,8}", leaf):
            assert leaf in COLOURS.values(), leaf
        elif isinstance(leaf, str) and leaf.startswith("rgb") and leaf not in (GRID, HALO, "rgba(0,0,0,0)"):
            assert tuple(int(number) for number in re.findall(r"\d+", leaf)[:3]) in known, leaf
    assert not any(annotation.font.color for annotation in figure.layout.annotations)


@every_chart
def test_names_are_shown_as_typed(name: str, say: Wording) -> None:
    chart = DRAWN[name](say)
    for text in (leaf for leaf in leaves(document(chart)) if isinstance(leaf, str)):
        assert not re.search("<(b|i)>", text)
        assert text in ("%{customdata}", "%{customdata}<extra></extra>") or "%{" not in text
    bare = re.sub(r"\\.", "", chart.title)
    assert not set("$<*") & set(bare), chart.title


@pytest.mark.parametrize("name", EMPTY)
def test_where_there_is_nothing_yet_the_chart_says_what_to_do(name: str, say: Wording) -> None:
    chart = EMPTY[name](say)
    assert len(chart.title) > 20
    assert not chart.figure.data
    assert len(chart.table) == 0
    assert go.Figure(document(chart)).layout.annotations


# The numbers ---------------------------------------------------------------------------------------------------------


def test_the_roadmap_runs_from_the_start_to_the_end_within_the_plan() -> None:
    """From 2 on, 3 to 40 and 12 to 12 in a plan of 12 months: 11, 10 and 1 month long."""
    bars = charts.roadmap(CASE, CASE.initiative_ids, english).figure.data[0]
    assert list(bars.base) == [1.5, 2.5, 11.5]
    assert list(bars.x) == [11, 10, 1]


def test_the_cost_row_is_what_the_chosen_initiatives_cost() -> None:
    """Telecom's welcome call: 150,000 once and 250,000 a year; together with what the simulation pays."""
    once, running = costs_by_kind(TELECOM, ["welcome_call"])
    assert once.tolist() == [150_000, 0, 0, 0, 0]
    assert running.tolist() == [250_000] * 5
    for case in (TELECOM, CASE):
        once, running = costs_by_kind(case, case.initiative_ids)
        assert (once + running).tolist() == initiative_costs(case).sum(axis=1).tolist()
    chart = charts.roadmap(TELECOM, ["welcome_call"], english)
    assert "€1.4M in 5 years, most in year 1 (€400K)" in chart.title
    assert [trace.y[0] for trace in chart.figure.data if trace.yaxis == "y2"] == [250_000, 150_000]


def test_the_roadmap_without_a_choice_shows_what_all_would_cost() -> None:
    """150,000 + 5 x 250,000 and 400,000 + 4 x 100,000 are 2.2 million; year 2: 250,000 + 500,000 is the most."""
    title = charts.roadmap(TELECOM, (), english).title
    assert "None of our 2 initiatives" in title
    assert "€2.2M in 5 years, most in year 2" in title


def test_the_balance_names_who_runs_ahead_of_whom() -> None:
    title = charts.competence_balance(LEADING, english).title
    assert title.startswith("Multichannel (4 of 5) is 3 ahead of individualised value proposition (1)")
    all_four = {"knowledge": 2, "proposition": 3, "relationship": 3, "channels": 3}
    assert "all between 2 and 3" in charts.competence_balance(all_four, english).title


def test_a_competence_without_a_score_keeps_the_balance_open() -> None:
    title = charts.competence_balance({"knowledge": 2, "proposition": 3, "channels": 3}, english).title
    assert title == "The 3 competences that are scored are in balance; relationship strategy has no score yet"
    assert "all at 3 of 5" in charts.competence_balance(dict.fromkeys(LEADING, 3), english).title


def test_the_channels_show_contacts_and_cost() -> None:
    """10 at 40 and 90 at 2: 5.80 on average, 4 / 5.8 = 69% of the cost for 10% of the contacts."""
    chart = charts.channel_costs(CHANNELS, english)
    assert "€5.80 on average; personal selling takes 69% of the cost for 10% of the contacts" in chart.title
    contacts, cost = chart.figure.data[0].x, chart.figure.data[1].x
    assert list(contacts) == pytest.approx([0.1, 0.9])
    assert list(cost) == pytest.approx([4 / 5.8, 1.8 / 5.8])


def test_the_channels_say_so_where_the_shares_do_not_add_up() -> None:
    assert "add up to 10%" in charts.channel_costs(CHANNELS[:1], english).summary


def test_the_map_counts_hand_overs() -> None:
    chart = charts.hand_over_map(HAND_OVERS, english)
    assert "goes on at 2 of 30 hand-overs and breaks off at 1: from e-commerce to telephone" in chart.title
    assert [len(trace.x) for trace in chart.figure.data] == [2, 1, 27]
    assert "28 are not described" in charts.hand_over_map(HAND_OVERS[1:], english).title
    assert (
        chart.table.texts.iloc[CHANNEL_CODES.index("e_commerce"), 1 + CHANNEL_CODES.index("telephone")]
        == "does not work"
    )


def test_the_weakest_link_is_named_and_the_database_first_of_equals() -> None:
    assert "customer database is at 2 of 5" in charts.system_profile(COMPONENTS, {"insight": 2}, english).title
    assert "weakest link is analysis: 1" in charts.system_profile(COMPONENTS, {"analysis": 1}, english).title


def test_time_freed_is_hours_and_money() -> None:
    """2 minutes x 225 x 100 / 60 = 750 hours and 3.75 of the other task; 750 x 30 = 22,500."""
    chart = charts.hours_freed(TELECOM, time_freed(TASKS), english)
    assert "754 hours a year for real contact, €22.5K" in chart.title
    assert list(chart.figure.data[0].x) == [750, 3.75]
