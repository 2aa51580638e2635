"""Charts of the value proposition and of value realization: findings by hand, in both languages, safe to draw."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, Chart
from strategy.dimensions.pricing import PriceChange, best_price, price_curve
from strategy.dimensions.realization import Payoff, first_moves, payoffs
from strategy.dimensions.value_map import gaps, needs
from strategy.plan.plan import start
from strategy.words.wording import Wording
from tests.chart_tables import reads_as_its_numbers

HOSTILE = "<b>x</b> **bold** $x$ %{x} and a name that goes on and on, longer than any chart has room for"
ENGLISH = Wording("en", "EUR")


def hostile() -> Case:
    """Telecom with names that mean something elsewhere."""
    document = document_of(load_sample("telecom"))
    document["segments"][0]["name"] = HOSTILE
    return case_from(document)


def many() -> Case:
    """Thirty segments."""
    document = document_of(load_sample("classroom"))
    one = document["segments"][0]
    return case_from(document | {"segments": [one | {"id": f"s{n}", "name": f"Segment {n}"} for n in range(30)]})


def row(need: str, importance: int, ours: int, alternative: str, theirs: int, segment: str = "s") -> dict[str, Any]:
    given = {"segment": segment, "need": need, "importance": importance, "ours": ours}
    return given | {"alternative": alternative, "theirs": theirs}


NEEDS = needs([row("One bill", 5, 4, "Cable", 2), row("Repair", 4, 2, "Cable", 4), row("Advice", 2, 4, "Web", 4)], "s")
WILD = needs([row(HOSTILE, 5, 4, HOSTILE, 2), row("Repair", 4, 2, HOSTILE, 4)], "s")
CROWD = needs([row(f"Need {n}", 1 + n % 5, 1 + n % 5, f"Rival {n}", 1 + (2 * n) % 5) for n in range(30)], "s")
SCORES = {"love": 2, "services": 4, "money": 5}
PROFILE = {"cooperation": 4, "primary": 1}
CHANGE = PriceChange("families", 0.05, -1.6, 0.02)


def potential(case: Case, product: str) -> list[dict[str, Any]]:
    rows = [{"segment": s, "product": product, "penetration": 20.0, "reachable": 45.0} for s in case.segment_ids]
    return [found | {"margin": 60.0 + number} for number, found in enumerate(rows)]


def price(case: Case, change: PriceChange, name: str, say: Wording) -> Chart:
    share = case.segment(change.segment).gross_margin.likely
    curve = price_curve(start(case), change)
    return charts.price_effect(name, change, curve, best_price(change.elasticity, share), say)


def moves(case: Case, standing: dict[str, str], say: Wording) -> Chart:
    return charts.ladder_moves(case, standing, *first_moves(start(case)), say)


LADDER = {"customers": "customer", "clients": "client", "supporters": "supporter", "ambassadors": "ambassador"}
FLAT = PriceChange("families", 0.05, -0.6, 0.0)
DRAWN: dict[str, Callable[[Wording], Chart]] = {
    "value_curve": lambda say: charts.value_curve(NEEDS, "Families", say),
    "value_curve_hostile": lambda say: charts.value_curve(WILD, HOSTILE, say),
    "value_curve_crowd": lambda say: charts.value_curve(CROWD, "Families", say),
    "value_curve_empty": lambda say: charts.value_curve([], HOSTILE, say),
    "need_gaps": lambda say: charts.need_gaps(gaps(NEEDS), "Families", say),
    "need_gaps_hostile": lambda say: charts.need_gaps(gaps(WILD), HOSTILE, say),
    "need_gaps_crowd": lambda say: charts.need_gaps(gaps(CROWD), "Families", say),
    "need_gaps_empty": lambda say: charts.need_gaps([], HOSTILE, say),
    "demands": lambda say: charts.individualisation_demands("modules", {"knowledge": 2, "proposition": 4}, say),
    "demands_empty": lambda say: charts.individualisation_demands(None, None, say),
    "resources": lambda say: charts.resources_exchanged(SCORES, say),
    "resources_empty": lambda say: charts.resources_exchanged({}, say),
    "profile": lambda say: charts.relation_profile(PROFILE, say),
    "profile_empty": lambda say: charts.relation_profile({}, say),
    "worth": lambda say: charts.worth_against_spend(hostile(), payoffs(start(hostile())), say),
    "worth_many": lambda say: charts.worth_against_spend(many(), payoffs(start(many())), say),
    "worth_empty": lambda say: charts.worth_against_spend(
        load_sample("classroom"), [Payoff("coffee_lovers", 10, 0, 0)], say
    ),
    "potential": lambda say: charts.selling_potential(hostile(), potential(hostile(), HOSTILE), say),
    "potential_many": lambda say: charts.selling_potential(many(), potential(many(), "Mug"), say),
    "potential_empty": lambda say: charts.selling_potential(hostile(), None, say),
    "ladder": lambda say: moves(load_sample("b2b_supplier"), LADDER, say),
    "ladder_hostile": lambda say: moves(hostile(), {}, say),
    "ladder_many": lambda say: moves(many(), {}, say),
    "price": lambda say: price(hostile(), CHANGE, HOSTILE, say),
    "price_flat": lambda say: price(hostile(), FLAT, HOSTILE, say),
    "price_cut": lambda say: price(hostile(), PriceChange("families", -0.2, -4.0, 0.0), HOSTILE, say),
}


def leaves(value: object) -> Iterator[object]:
    """Everything at the ends of a figure's JSON."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def document(chart: Chart) -> dict[str, Any]:
    """The figure as a browser gets it."""
    found: dict[str, Any] = json.loads(chart.figure.to_json())
    found["layout"].pop("template", None)
    return found


# What holds for every chart ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_says_and_shows_something(name: str, language: str) -> None:
    chart = DRAWN[name](Wording(language, "USD"))
    assert chart.title.strip()
    assert len(chart.summary) > 20
    reads_as_its_numbers(chart, chart.table.say)
    assert 100 <= chart.figure.layout.height <= 1500
    assert "nan" not in " ".join([chart.title, chart.summary, *map(str, leaves(document(chart)))]).lower()


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_one_that_plotly_accepts(name: str) -> None:
    figure = document(DRAWN[name](ENGLISH))
    assert go.Figure(figure).layout.height == figure["layout"]["height"]


@pytest.mark.parametrize("name", DRAWN)
def test_colours_come_from_one_table_and_the_theme_colours_letters(name: str) -> None:
    known = {colour.lower() for colour in COLOURS.values()}
    seen_through = {tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in COLOURS.values()}
    figure = document(DRAWN[name](ENGLISH))
    for leaf in leaves(figure):
        if isinstance(leaf, str) and re.fullmatch("#[0-9a-fA-F]{3,8}", leaf):
            assert leaf.lower() in known, leaf
        elif isinstance(leaf, str) and leaf.startswith("rgb"):
            shades = tuple(int(number) for number in re.findall(r"\d+", leaf)[:3])
            assert leaf in (GRID, HALO, "rgba(0,0,0,0)") or shades in seen_through, leaf
    fonts = [figure["layout"]["font"], *(a.get("font", {}) for a in figure["layout"]["annotations"])]
    assert not any("color" in font for font in [*fonts, *(t.get("textfont", {}) for t in figure["data"])])


@pytest.mark.parametrize(
    "name", [name for name in DRAWN if "hostile" in name or name in ("worth", "potential", "price")]
)
def test_names_are_shown_as_typed(name: str) -> None:
    """Neither Markdown nor Plotly's markup gets through; the table keeps what was typed."""
    chart = DRAWN[name](ENGLISH)
    assert "<b>" not in chart.title
    assert not re.search(r"(?<!\\)\*\*", chart.title)
    assert not any(isinstance(leaf, str) and ("<b>" in leaf or "%{x}" in leaf) for leaf in leaves(document(chart)))


# Findings ------------------------------------------------------------------------------------------------------------


def test_the_value_curve_says_how_much_of_what_matters_is_met() -> None:
    """By hand: we (20 + 8 + 8)/55 = 65 %; Cable (10 + 16)/45 = 58 %; Web 8/10 = 80 %."""
    assert DRAWN["value_curve"](ENGLISH).plain_title == "Families: we meet 65% of what matters, Web 80%"


def test_the_gaps_say_where_we_are_furthest_behind_and_ahead() -> None:
    title = DRAWN["need_gaps"](ENGLISH).plain_title.replace("\N{WORD JOINER}", "")
    assert title == "Families: furthest behind on Repair (−8), furthest ahead on One bill (+10)"


def test_the_demands_name_the_competence_that_falls_short() -> None:
    title = DRAWN["demands"](ENGLISH).title
    assert title == "Modules takes level 3 in customer knowledge; we have 2"


def test_the_payoff_counts_the_segments_where_clv_rises_more_than_is_invested() -> None:
    found = [Payoff("families", 10, 300, 100), Payoff("fibre", 10, 50, 100), Payoff("dsl", 10, 0, 0)]
    found.append(Payoff("phone_only", 10, 210, 100))
    chart = charts.worth_against_spend(load_sample("telecom"), found, ENGLISH)
    assert chart.plain_title == (
        "CLV rises more than we invest in 2 of 3 segments; most in Families with internet: €3.00 per €1"
    )
    points = chart.figure.data[1]
    assert (list(points.x), list(points.y)) == ([1000, 1000, 1000], [3000, 500, 2100])


def test_the_potential_is_over_all_customers_largest_first() -> None:
    """By hand for two segments: 23,380 x 0.25 x 60 = 350,700; 26,780 x 0.1 x 60 = 160,680; 511,380 in all."""
    answer = [
        {"segment": "fibre", "product": "Mobile", "penetration": 30.0, "reachable": 40.0, "margin": 60.0},
        {"segment": "families", "product": "Mobile", "penetration": 20.0, "reachable": 45.0, "margin": 60.0},
    ]
    chart = charts.selling_potential(load_sample("telecom"), answer, ENGLISH)
    assert list(chart.figure.data[0].x) == pytest.approx([350_700, 160_680])
    assert "€351K gross profit per year of €511K in all" in chart.plain_title


def test_the_ladder_shows_shares_of_a_segment_that_sum_to_one() -> None:
    heat = DRAWN["ladder"](ENGLISH).figure.data[0]
    assert heat.type == "heatmap"
    assert np.sum(heat.z, axis=1) == pytest.approx(np.ones(4))
    assert len(DRAWN["ladder_many"](ENGLISH).figure.data[0].x) == 8
    assert "Nobody moves" in DRAWN["ladder_many"](ENGLISH).title


def test_the_price_says_the_best_change_with_its_range() -> None:
    """e = -1.6, unit cost 0.55: P* = 0.55 x 1.6/0.6 = 1.467, so +47 %."""
    title = DRAWN["price"](ENGLISH).plain_title.replace("\N{WORD JOINER}", "")
    assert "highest at a price change of +47%" in title
    assert "counting who leaves, a customer is worth most at the price of today" in title
    assert "every higher price earns more" in DRAWN["price_flat"](ENGLISH).title
