"""Charts draw the read-outs, in both languages, with names shown as typed and colours from one table."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.io import to_json

from strategy import charts
from strategy.allocation.best_split import best_split
from strategy.allocation.budget_curve import BudgetCurve, budget_curve
from strategy.allocation.information import Information, value_of_information
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import money_ticks, on_lines, room, round_numbers, share_ticks, with_room
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, LETTERS, Chart, drawn, laid_out
from strategy.charts.drawing.sketch import Sketch, merged
from strategy.equity.parameters import parameters
from strategy.equity.readouts import Opportunity, Readouts, opportunities, plan_total, read_out
from strategy.equity.uncertainty import Outlook, TornadoBar, outlook, tornado
from strategy.words.wording import Wording
from tests.chart_tables import reads_as_its_numbers

BOLD, MATHS = "<b>x</b> =1+1", "**bold** $x$ %{x} and a name that goes on and on, longer than any chart has room for"

TELECOM: dict[str, Any] = {  # the example of the model's definition
    "schema": 1, "name": "Telecom", "currency": "EUR", "period": "year", "horizon": 5,
    "discount_rate": 0.10, "discount_timing": "start", "budget": 1850000,
    "segments": [
        {"id": "families", "name": "Families", "customers": 40000, "prospects": 60000, "gross_margin": 0.55,
         "onboarding_cost": 40, "referral_rate": 0.01,
         "levers": {
             "acquire": {"spend": 900000, "floor": 0.01, "ceiling": [0.08, 0.10, 0.12],
                         "points": [[900000, 0.05], [1350000, 0.062]]},
             "develop": {"spend": 250000, "floor": 400, "ceiling": 480, "points": [[250000, 420], [375000, 430]]},
             "retain": {"spend": 500000, "floor": 0.78, "ceiling": 0.93,
                        "points": [[500000, [0.85, 0.86, 0.865]], [750000, [0.865, 0.875, 0.88]]]},
             "reduce_cost": {"spend": 200000, "floor": 70, "ceiling": 40, "points": [[200000, 60], [300000, 56]],
                             "side_effects": [{"metric": "retention_rate", "at_ceiling": [-0.02, -0.01, 0]}]},
         }},
    ],
    "migration": None, "events": [], "initiatives": [],
}  # fmt: skip


def hostile() -> dict[str, Any]:
    """Two segments and an initiative, all with names that mean something elsewhere, in dollars per quarter."""
    document = copy.deepcopy(TELECOM) | {"currency": "USD", "period": "quarter", "budget": 3_500_000}
    other = copy.deepcopy(document["segments"][0]) | {"id": "other", "name": MATHS, "customers": 15000}
    other["levers"]["develop"] = {"constant": 300}
    answers = {"floor": 0.78, "ceiling": 0.93, "points": [[500000, 0.86]]}
    opinions = [{"by": "<i>Ann</i>", **answers}, {"by": "%{y}", **answers, "points": [[500000, 0.9]]}]
    other["levers"]["retain"] = {"spend": 500000, **answers, "opinions": opinions}
    document["segments"][0]["name"] = BOLD
    document["segments"].append(other)
    initiative = {"metric": "retention_rate", "add": 0.02, "lever": "retain", "one_off": 50000, "per_period": 20000}
    document["initiatives"] = [{"name": "<i>App</i> $5$", "from": 2, **initiative}]
    return document


def crowded() -> dict[str, Any]:
    """Fifteen segments, one period, nothing uncertain but the prospects."""
    document = copy.deepcopy(TELECOM) | {"horizon": 1, "segments": [], "budget": None}
    for number in range(15):
        segment = copy.deepcopy(TELECOM["segments"][0]) | {"id": f"s{number}", "name": f"Segment {number}\n<br>"}
        segment["levers"]["acquire"]["ceiling"] = 0.1
        segment["levers"]["retain"] = {"constant": 0.8}
        segment["levers"]["reduce_cost"] = {"constant": 60}
        document["segments"].append(segment | {"prospects": [50000, 60000, 61000 + 100 * number]})
    return document


DOCUMENTS = {"telecom": TELECOM, "hostile": hostile(), "crowded": crowded()}
PLANS = ("moved", "today", "nothing")


@dataclass(frozen=True)
class Given:
    """A case and a plan with everything that charts draw."""

    case: Case
    spend: dict[str, dict[str, float]]
    initiatives: tuple[str, ...]
    readouts: Readouts
    places: list[Opportunity]
    bars: list[TornadoBar]
    outlook: Outlook
    curve: BudgetCurve
    information: Information

    @property
    def today_point(self) -> tuple[float, float]:
        total = sum(amount for levers in self.case.today.values() for amount in levers.values())
        return total, float(self.readouts.today.customer_equity[0, 0])

    @property
    def plan_point(self) -> tuple[float, float]:
        return plan_total(self.case, self.spend, self.initiatives), self.readouts.customer_equity


def planned(case: Case, plan: str) -> dict[str, dict[str, float]]:
    """Today's spend, none, or today's with a third of acquire moved to develop or the lever that takes it."""
    spend = {segment: dict(levers) for segment, levers in case.today.items()}
    for levers in spend.values():
        if plan == "nothing":
            levers.update(dict.fromkeys(levers, 0.0))
        elif plan == "moved":
            third = levers["acquire"] / 3
            levers["acquire"] -= third
            levers["retain" if levers["retain"] else "develop"] += third
    return spend


@lru_cache
def searched(name: str) -> tuple[BudgetCurve, Information]:
    """What takes a search, once per case."""
    case = case_from(DOCUMENTS[name])
    if name == "crowded":  # too many cells to search in a test; any curve will do
        budgets = np.linspace(0, 4e7, 5)
        curve = BudgetCurve(budgets, -((budgets - 1e7) ** 2) / 1e8, [case.today] * 5, None)
        return curve, Information(case.today, 0.0, {}, np.zeros((1, 15, 4)))
    best = best_split(case, case.planned_budget)
    curve = budget_curve(case, 0, 2 * case.planned_budget, 4)
    return curve, value_of_information(case, [(case.today, ())], best, count=100)


@lru_cache
def given(name: str, plan: str = "moved") -> Given:
    """A case beside a plan."""
    case = case_from(DOCUMENTS[name])
    spend, chosen = planned(case, plan), case.initiative_ids if plan == "moved" else ()
    return Given(
        case, spend, chosen, read_out(case, spend, chosen),
        opportunities(parameters(case), spend, chosen, case.planned_budget),
        tornado(case, (spend, chosen)), outlook(case, [(spend, chosen)], 100), *searched(name),
    )  # fmt: skip


CHARTS = {
    "waterfall": lambda g, say: charts.waterfall(g.case, g.readouts, say),
    "next_euro": lambda g, say: charts.next_euro(g.case, g.places, say),
    "money_moves": lambda g, say: charts.money_moves(g.case, g.spend, say),
    "money_by_lever": lambda g, say: charts.money_by_lever(g.case, g.spend, g.initiatives, say),
    "spend_over_time": lambda g, say: charts.spend_over_time(g.case, g.spend, g.initiatives, say),
    "clv_before_after": lambda g, say: charts.clv_before_after(g.case, g.readouts, say),
    "customers_over_time": lambda g, say: charts.customers_over_time(g.case, g.readouts, g.outlook, say),
    "cash_over_time": lambda g, say: charts.cash_over_time(g.case, g.readouts, g.outlook, say),
    "cash_without_draws": lambda g, say: charts.cash_over_time(g.case, g.readouts, None, say),
    "acquire_curves": lambda g, say: charts.response_curves(g.case, parameters(g.case), g.spend, "acquire", say),
    "develop_curves": lambda g, say: charts.response_curves(g.case, parameters(g.case), g.spend, "develop", say),
    "retain_curves": lambda g, say: charts.response_curves(g.case, parameters(g.case), g.spend, "retain", say),
    "cost_curves": lambda g, say: charts.response_curves(g.case, parameters(g.case), g.spend, "reduce_cost", say),
    "budget_size": lambda g, say: charts.budget_size(g.case, g.curve, g.today_point, g.plan_point, say),
    "tornado": lambda g, say: charts.tornado(g.case, g.bars, say),
    "uplift_distribution": lambda g, say: charts.uplift_distribution(g.case, g.outlook, say),
    "worth_knowing": lambda g, say: charts.worth_knowing(g.case, g.information, say),
    "no_regret": lambda g, say: charts.no_regret(g.case, g.information, g.spend, say),
    "where_money_goes": lambda g, say: charts.where_money_goes(g.case, g.spend, say),
    "value_today": lambda g, say: charts.value_today(g.case, read_out(g.case, g.case.today), say),
}


@pytest.fixture(params=["en", "nl"])
def say(request: pytest.FixtureRequest) -> Wording:
    return Wording(request.param, "USD")


english = Wording("en", "EUR")


def in_english(name: str, which: str, plan: str = "moved") -> Chart:
    return CHARTS[name](given(which, plan), english)


def document(chart: Chart) -> dict[str, Any]:
    """The figure as a browser gets it."""
    return json.loads(chart.figure.to_json())


def leaves(value: object) -> Iterator[object]:
    """Everything at the ends of a figure's JSON; packed arrays as their numbers."""
    if isinstance(value, dict):
        if value.keys() >= {"dtype", "bdata"}:
            return
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


# What holds for every chart ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_and_shows_something(name: str, which: str, plan: str, say: Wording) -> None:
    chart = CHARTS[name](given(which, plan), say)
    assert chart.title.strip()
    assert chart.summary.strip()
    assert chart.table.columns
    reads_as_its_numbers(chart, say)
    assert 100 <= chart.figure.layout.height <= 1500
    assert "nan" not in " ".join([chart.title, chart.summary, *map(str, leaves(document(chart)))]).lower()


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("name", CHARTS)
def test_everything_drawn_is_a_finite_number(name: str, which: str, plan: str) -> None:
    for trace in in_english(name, which, plan).figure.data:
        for axis in ("x", "y", "base"):
            values = getattr(trace, axis, None)
            if values is not None:
                assert np.isfinite(np.asarray(values, float)).all(), (name, axis)


@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("name", CHARTS)
def test_every_figure_is_one_that_plotly_accepts(name: str, which: str) -> None:
    """Figures are made without Plotly's checks; a wrong property or value would raise here."""
    figure = document(in_english(name, which))
    figure["layout"].pop("template", None)
    assert go.Figure(figure).layout.height == figure["layout"]["height"]


@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("name", CHARTS)
def test_colours_come_from_one_table(name: str, which: str) -> None:
    known = {colour.lower() for colour in COLOURS.values()}
    seen_through = {tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in COLOURS.values()}
    figure = document(in_english(name, which))
    figure["layout"].pop("template", None)
    for leaf in leaves(figure):
        if not isinstance(leaf, str):
            continue
        if re.fullmatch("#[0-9a-fA-F]{3,8}", leaf):
            assert leaf.lower() in known, (name, leaf)
        elif leaf.startswith("rgb"):
            shades = tuple(int(number) for number in re.findall(r"\d+", leaf)[:3])
            assert leaf in (GRID, HALO, "rgba(0,0,0,0)") or shades in seen_through | {(255, 255, 255)}, (name, leaf)


@pytest.mark.parametrize("name", CHARTS)
def test_the_theme_decides_the_colour_of_letters(name: str) -> None:
    figure = in_english(name, "hostile").figure
    fonts = [figure.layout.font, *(a.font for a in figure.layout.annotations)]
    fonts += [trace.textfont for trace in figure.data if "textfont" in trace]
    assert not any(font.color for font in fonts)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", CHARTS)
def test_names_are_shown_as_typed(name: str, plan: str, say: Wording) -> None:
    chart = CHARTS[name](given("hostile", plan), say)
    texts = [leaf for leaf in leaves(document(chart)) if isinstance(leaf, str)]
    own = ("%{customdata}", "%{customdata}<extra></extra>")
    for text in texts:
        assert not re.search("<(b|i)>", text), (name, text)
        assert text in own or "%{" not in text, (name, text)
    bare = re.sub(r"\\.", "", chart.title)
    assert "$" not in bare, (name, chart.title)
    assert "<" not in bare, (name, chart.title)
    assert "*" not in bare, (name, chart.title)


@pytest.mark.parametrize("name", CHARTS)
def test_hover_texts_hold_no_raw_numbers(name: str) -> None:
    for trace in in_english(name, "hostile").figure.data:
        if trace.hoverinfo == "skip":
            continue
        assert trace.hovertemplate == "%{customdata}<extra></extra>", name
        assert all(isinstance(text, str) for text in trace.customdata), name
        assert not re.search(r"\d\.\d{4,}", " ".join(trace.customdata)), name


def test_letters_are_larger_for_a_projector() -> None:
    figure = in_english("next_euro", "telecom").figure
    large = charts.enlarged(figure, 1.5, 0)
    assert large.layout.height == pytest.approx(0.75 * 1.5 * figure.layout.height, abs=1)
    assert charts.enlarged(figure, 1.5, 740).layout.height == 740
    assert large.layout.annotations[0].font.size == pytest.approx(1.5 * figure.layout.font.size)
    assert figure.layout.height == in_english("next_euro", "telecom").figure.layout.height


@pytest.mark.parametrize("name", CHARTS)
def test_what_is_shown_is_the_figure_without_a_template(name: str) -> None:
    """Plotly compares templates by identity: with one, Streamlit's second telling draws all again."""
    chart = in_english(name, "telecom")
    shown, figure = json.loads(to_json(chart.picture.to_dict(), validate=False)), document(chart)
    assert figure["layout"].pop("template") == "none"
    assert shown == figure


def test_other_numbers_are_marked_as_other_data() -> None:
    """Plotly looks at no number where the mark is the same (plotly.js, layout.datarevision)."""
    marks = [
        in_english("waterfall", "telecom", plan).figure.layout.datarevision for plan in ("today", "moved", "moved")
    ]
    assert marks[0] != marks[1] == marks[2]


def test_margins_leave_room_for_labels_titles_and_legend() -> None:
    quiet = laid_out(Sketch(), english).layout
    room_of = {
        "labels": {"yaxis": {"ticktext": ["a label"]}},
        "a longer label": {"yaxis": {"ticktext": ["a label that is longer", "a"]}},
        "a title": {"yaxis": {"title": {"text": "euros"}}},
        "lines": {"xaxis": {"title": {"text": "one<br>two<br>three"}}},
    }
    left, bottom = (
        {what: room(merged(quiet, settings), legend=False)[side] for what, settings in room_of.items()} for side in "lb"
    )
    assert left["lines"] < left["a title"] < left["labels"] < left["a longer label"]
    assert bottom["lines"] > bottom["labels"] + 3 * LETTERS
    assert room(quiet, legend=True)["t"] > room(quiet, legend=False)["t"] + LETTERS


def test_the_plain_title_reads_as_the_screen_shows_it() -> None:
    chart = in_english("value_today", "hostile")
    assert chart.plain_title.startswith(f"{BOLD}: ")


def test_dollars_are_no_formula_and_a_sentence_ends_once() -> None:
    chart = drawn(r"$1 and \$2", Sketch(), pd.DataFrame(), "Of 1 mln.. And so on...")
    assert chart.title == r"\$1 and \$2"
    assert chart.plain_title == "$1 and $2"
    assert chart.summary == "Of 1 mln. And so on..."


# The numbers of the read-outs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", DOCUMENTS)
def test_the_waterfall_goes_from_today_to_the_plan(which: str) -> None:
    g = given(which)
    bars = in_english("waterfall", which).figure.data
    assert bars[0].x[0] == pytest.approx(g.today_point[1])
    assert bars[-1].x[0] == pytest.approx(g.plan_point[1])
    assert bars[-2].base[0] + bars[-2].x[0] == pytest.approx(g.plan_point[1])
    assert sum(bar.x[0] for bar in bars[1:-1]) == pytest.approx(g.readouts.uplift)


def test_the_waterfall_of_today_says_what_to_do() -> None:
    chart = in_english("waterfall", "telecom", "today")
    assert "move euros" in chart.title
    assert len(chart.figure.data) == 2


@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("plan", PLANS)
def test_the_waterfall_shows_its_steps(which: str, plan: str) -> None:
    chart = in_english("waterfall", which, plan)
    start, end = chart.figure.layout.xaxis.range
    for bar in chart.figure.data:
        tip = bar.base[0] + bar.x[0]
        assert start <= tip <= end


def test_opportunities_are_ranked_with_the_cut_where_the_budget_ends() -> None:
    g = given("hostile")
    chart = in_english("next_euro", "hostile")
    bars = chart.figure.data[0]
    shown = [place.multiple for place in g.places[:11]]
    assert len(bars.x) == 12
    assert sorted(bars.x, reverse=True) == list(bars.x)
    assert [*bars.x[1:11]] == pytest.approx(shown[1:])
    funded = sum(place.funded for place in g.places)
    line = next(shape for shape in chart.figure.layout.shapes if shape.xref == "paper")
    assert bars.y[funded - 1] < line.y0 < bars.y[funded]
    assert len(chart.table) == len(g.places)


def test_outlined_bars_are_next_steps() -> None:
    g = given("telecom")
    bars = in_english("next_euro", "telecom").figure.data[0]
    for place, fill in zip(g.places, bars.marker.color, strict=True):
        assert fill.startswith("#") == place.in_plan


def test_the_next_euro_says_from_where_to_where() -> None:
    title = in_english("next_euro", "hostile").plain_title
    assert "the last euros in" in title
    assert title.endswith("move money")


def test_an_amount_left_over_from_a_search_is_no_place_for_money() -> None:
    g = given("telecom")
    crumb = Opportunity("cell", "families", "retain", None, 1e-11, 1.0, True, False)
    chart = charts.next_euro(g.case, [*g.places, crumb], english)
    assert len(chart.table) == len(g.places)


def test_something_that_costs_nothing_can_be_drawn() -> None:
    g = given("hostile")
    free = Opportunity("initiative", None, "retain", g.case.initiative_ids[0], 0.0, np.inf, False, True)
    chart = charts.next_euro(g.case, [free, *g.places], english)
    assert np.isfinite(chart.figure.data[0].x).all()
    assert "costs nothing" in chart.table.texts.iloc[0].tolist()


def test_no_opportunity_says_what_to_do() -> None:
    assert charts.next_euro(given("telecom").case, [], english).title.startswith("There is nowhere to spend yet")


def test_money_moves_between_pairs_that_sum_to_the_plan() -> None:
    chart = in_english("money_moves", "telecom")
    today, plan = chart.figure.data[:2]
    assert sum(today.x) == pytest.approx(1_850_000)
    assert sum(plan.x) == pytest.approx(1_850_000)
    assert chart.table.texts["Difference"].tolist() == ["−€300,000.00", "±€0.00", "+€300,000.00", "±€0.00"]
    assert "moves €300K per year" in chart.title


def test_many_cells_are_shown_per_lever() -> None:
    assert len(in_english("money_moves", "crowded").table) == 4
    assert len(in_english("money_moves", "hostile").table) == 7  # eight cells, one of them a constant


def test_the_money_by_lever_adds_up_to_the_plan_and_its_initiatives() -> None:
    g = given("hostile")
    table = in_english("money_by_lever", "hostile").table
    plan = table["Plan"].numbers
    assert len(plan) == 5, "four levers and the initiatives"
    assert sum(n or 0 for n in plan) == pytest.approx(plan_total(g.case, g.spend, g.initiatives))
    assert (plan[4] or 0) > 0
    assert table["Today"].numbers[4] == 0
    assert len(in_english("money_by_lever", "telecom").table) == 4, "this case has no initiatives"


def test_the_worth_of_a_customer_is_the_read_outs() -> None:
    g = given("hostile")
    today, plan = in_english("clv_before_after", "hostile").figure.data[:2]
    assert [*today.x] == pytest.approx(g.readouts.today.clv[0, 0, 0])
    assert [*plan.x] == pytest.approx(g.readouts.plan.clv[0, 0, 0])


@pytest.mark.parametrize(("name", "field"), [("customers_over_time", "customers"), ("cash_over_time", "cash")])
def test_lines_and_bands_are_the_read_outs(name: str, field: str) -> None:
    g = given("hostile")
    traces = in_english(name, "hostile").figure.data
    band = getattr(g.outlook, field)
    expected = getattr(g.readouts.plan, field)[0, 0]
    assert [*traces[-1].y] == pytest.approx(expected.sum(axis=-1) if field == "customers" else expected)
    outer = next(trace for trace in traces if trace.fill == "toself")
    assert [*outer.y[:5]] == pytest.approx(band.p05[1])
    assert [*outer.y[:4:-1]] == pytest.approx(band.p95[1])


def test_without_draws_there_is_no_band() -> None:
    assert not any(trace.fill for trace in in_english("cash_without_draws", "telecom").figure.data)


def test_today_s_spend_lies_on_the_curve_at_the_answer() -> None:
    chart = in_english("retain_curves", "telecom")
    points = {trace.name: (trace.x[0], trace.y[0]) for trace in chart.figure.data if trace.mode == "markers"}
    assert points["today"] == pytest.approx((500_000, 0.86))
    assert points["answers"] == pytest.approx((500_000, 0.86))
    assert points["plan"][0] == pytest.approx(800_000)
    curve = next(trace for trace in chart.figure.data if trace.mode == "lines" and trace.customdata is not None)
    assert curve.y[0] == pytest.approx(0.78)
    assert np.interp(points["plan"][0], curve.x, curve.y) == pytest.approx(points["plan"][1], abs=1e-4)
    assert curve.x[-1] == pytest.approx(1.3 * 800_000)
    assert "divided over today's active customers" in chart.summary


def test_at_most_six_panels_are_drawn_and_all_are_in_the_table() -> None:
    chart = in_english("acquire_curves", "crowded")
    assert len(chart.table) == 15
    assert sum(trace.name == "plan" for trace in chart.figure.data) == 6


def test_a_lever_of_constants_says_what_to_do() -> None:
    assert "answer its questions first" in in_english("retain_curves", "crowded").title


def test_plans_lie_on_or_below_the_budget_curve() -> None:
    g = given("telecom")
    best, today, plan = in_english("budget_size", "telecom").figure.data
    assert [*best.y] == pytest.approx(g.curve.customer_equity)
    assert (today.x[0], today.y[0]) == pytest.approx(g.today_point)
    assert (plan.x[0], plan.y[0]) == pytest.approx(g.plan_point)
    assert g.curve.break_even is not None
    marked = in_english("budget_size", "telecom").figure.layout.shapes[0].x0
    assert marked == pytest.approx(g.curve.break_even)


@pytest.mark.parametrize("which", ["telecom", "hostile"])
def test_the_tornado_runs_from_low_to_high(which: str) -> None:
    g = given(which)
    bars = in_english("tornado", which).figure.data[0]
    for row, bar in enumerate(g.bars[: len(bars.x)]):
        assert bars.base[row] == pytest.approx(bar.uplift[0])
        assert bars.base[row] + bars.x[row] == pytest.approx(bar.uplift[1])


def test_the_tornado_of_today_is_about_customer_equity() -> None:
    g = given("telecom", "today")
    chart = in_english("tornado", "telecom", "today")
    assert chart.figure.data[0].base[0] == pytest.approx(g.bars[0].customer_equity[0])
    assert chart.title.startswith("Customer equity hangs most on")


def test_the_tornado_marks_the_likely_uplift_where_it_is_given() -> None:
    g = given("telecom")
    chart = charts.tornado(g.case, g.bars, english, at_likely=g.readouts.uplift)
    assert {shape.x0 for shape in chart.figure.layout.shapes} == {g.readouts.uplift}


def test_without_ranges_the_tornado_says_what_to_do() -> None:
    assert "No assumption has a range yet" in charts.tornado(given("telecom").case, [], english).title


def test_the_distribution_counts_the_draws_and_marks_5_50_95() -> None:
    g = given("hostile")
    outline, inner, marks = in_english("uplift_distribution", "hostile").figure.data
    assert sum(inner.y[1:-1:2]) == pytest.approx(0.9, abs=0.06)
    assert 0.97 <= sum(outline.y[1:-1:2]) <= 1.0  # all but the farthest half percent on either side
    uplift = g.outlook.uplift
    assert [*marks.x] == pytest.approx([uplift.p05[1], uplift.p50[1], uplift.p95[1]])


def test_each_plan_has_its_own_distribution_and_name() -> None:
    g = given("telecom")
    two = outlook(g.case, [(g.spend, ()), (planned(g.case, "nothing"), ())], 100)
    chart = charts.uplift_distribution(g.case, two, english, names=("<b>Mine</b>",))
    assert len(chart.figure.data) == 6
    assert chart.table.texts["Plan"].tolist()[::2] == ["<b>Mine</b>", "Plan 2"]


def test_a_plan_that_nearly_always_wins_is_not_said_to_win_always() -> None:
    g = given("telecom")
    ahead = outlook(g.case, [(dict.fromkeys(g.spend, dict.fromkeys(LEVER_CODES, 0.0)), ())], 40)
    assert float(ahead.better[1, 0]) == 0.0
    title = charts.uplift_distribution(g.case, ahead, english).title
    assert title.startswith("The plan beats today's in under 1% of draws: ")
    mean = english.signed_short_money(float(ahead.uplift.mean[1]))
    assert f"{mean} on average" in title.replace("\N{WORD JOINER}", "")


def test_the_most_valuable_assumption_comes_first() -> None:
    g = given("hostile")
    bars = in_english("worth_knowing", "hostile").figure.data[0]
    assert [*bars.x] == pytest.approx([value for value in g.information.evppi.values() if value > 0][:6])


def test_no_regret_money_stands_beside_the_plan_s() -> None:
    g = given("telecom")
    plan, safe = in_english("no_regret", "telecom").figure.data[:2]
    assert [*plan.x] == pytest.approx([*g.spend["families"].values()])
    assert [*safe.x] == pytest.approx([*g.information.no_regret["families"].values()])


def test_the_stacks_add_up_to_what_is_spent() -> None:
    g = given("hostile")
    stacks = in_english("where_money_goes", "hostile").figure.data[:4]
    spent = [sum(levers.values()) for levers in g.spend.values()]
    assert np.sum([trace.x for trace in stacks], axis=0) == pytest.approx(spent)
    assert stacks[3].base[0] + stacks[3].x[0] == pytest.approx(spent[0])


def test_the_segments_add_up_to_today_s_customer_equity() -> None:
    g = given("hostile")
    chart = in_english("value_today", "hostile")
    equity = [english.parse_number(cell) for cell in chart.table.texts["Customer equity"]]
    assert sum(equity) == pytest.approx(g.today_point[1], abs=0.02)
    assert [*chart.figure.data[0].x] == pytest.approx(g.readouts.today.clv[0, 0, 0])
    assert [*chart.figure.data[1].x] == pytest.approx(g.readouts.today.clv_net[0, 0, 0])


# Words and axes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "label", "value", "written"),
    [
        (("families", "retain", "ceiling"), "Families: share of customers that stay at unlimited spend", 0.86, "86.0%"),
        (("families", "develop", "floor"), "Families: revenue per customer without spending", 420, "€420"),
        (("families", "acquire", "answers"), "Families: share of prospects won at today's spend", 0.05, "5.00%"),
        (("families", "customers"), "Families: customers today", 40000, "40,000"),
        (("families", "onboarding_cost"), "Families: cost of welcoming a new customer", 12.5, "€12.50"),
        (
            ("families", "reduce_cost", "retention_rate"),
            "Families: side effect of Reduce cost on share of customers that stay",
            -0.01,
            "−1.00 pp",
        ),
        (("families", "retain", "opinions"), "Families: share of customers that stay: whose answers", np.nan, "–"),
    ],
)
def test_assumptions_are_named_and_written_in_their_unit(
    key: tuple[str, ...], label: str, value: float, written: str
) -> None:
    case = given("telecom").case
    assert charts.assumption_label(case, key, english) == label
    assert charts.assumption_value(case, key, value, english) == written


def test_a_cell_is_named_by_segment_and_lever() -> None:
    assert charts.cell_label(given("telecom").case.segments[0], "retain", english) == "Families · Retain"


def test_ticks_are_round_and_never_rounded_away() -> None:
    assert round_numbers(0, 1, 5) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert round_numbers(3, 3) == [3]
    assert money_ticks(0, 2e6, english, 4)["ticktext"] == ["0", "€500K", "€1M", "€1.5M", "€2M"]
    assert money_ticks(31_000_000, 31_004_000, english, 4)["ticktext"][1] == "€31,001,000"
    assert money_ticks(0, 1, english, 2)["ticktext"] == ["0", "€0.50", "€1.00"]
    assert money_ticks(-2e6, 2e6, english, 4, signed=True)["ticktext"] == ["−€2M", "−€1M", "0", "+€1M", "+€2M"]
    assert share_ticks(0.85, 0.86, english, 2)["ticktext"] == ["85.0%", "85.5%", "86.0%"]


def test_there_is_room_for_labels_on_a_phone() -> None:
    low, high = with_room(0, 100, after=["€1,234,567"])
    assert low == 0
    assert (high - 100) / high * 300 >= 70
    assert with_room(0, 0)[1] > 0


def test_long_names_are_cut_and_wrapped_after_escaping() -> None:
    lines = on_lines("<b>" + "word " * 40, line=20, lines=2).split("<br>")
    assert len(lines) == 2
    assert lines[0].startswith("&lt;b&gt;")
    assert lines[1].endswith("…")


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_of_the_plan_is_navy_on_a_dark_background(name: str) -> None:
    chart = in_english(name, "telecom")
    dark = json.dumps(chart.on_dark.sketch.document(), default=list)
    assert charts.COLOURS["plan"] not in dark
    assert charts.translucent(charts.COLOURS["plan"]) not in dark
    assert charts.COLOURS["plan"] in json.dumps(chart.sketch.document(), default=list), "the chart itself stays"
