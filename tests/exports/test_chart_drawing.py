"""Charts on paper: every text of the picture, and lengths and places in proportion to the numbers."""

import html
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from fpdf import FPDF
from pypdf import PdfReader

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import SAMPLES, load_sample
from strategy.charts.drawing.chart import Chart, drawn, laid_out
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import tabled
from strategy.exports.chart_drawing import chart_height, draw_chart
from strategy.exports.strategy_pdf import FAMILY, FONTS
from strategy.plan.moves import choose, set_lever
from strategy.plan.plan import Plan, start
from strategy.plan.results import opportunities, outlook, read_out, tornado
from strategy.progress import silent
from strategy.words.wording import LANGUAGES, Wording, printable
from tests.charts.test_charts import DOCUMENTS

DRAWN: dict[str, Callable[[Plan, Wording], Chart]] = {
    "waterfall": lambda plan, say: charts.waterfall(plan.case, read_out(plan), say),
    "by lever": lambda plan, say: charts.money_by_lever(plan.case, plan.spend, plan.initiatives, say),
    "moves": lambda plan, say: charts.money_moves(plan.case, plan.spend, say),
    "roadmap": lambda plan, say: charts.roadmap(plan.case, plan.initiatives, say),
    "roadmap, brief": lambda plan, say: charts.roadmap(plan.case, plan.initiatives, say, 6, costs=False),
    "next euro": lambda plan, say: charts.next_euro(plan.case, opportunities(plan), say),
    "uplift": lambda plan, say: charts.uplift_distribution(plan.case, outlook(plan, silent), say),
    "cash": lambda plan, say: charts.cash_over_time(plan.case, read_out(plan), outlook(plan, silent), say),
    "tornado": lambda plan, say: charts.tornado(plan.case, tornado(plan), say),
    "value today": lambda plan, say: charts.value_today(plan.case, read_out(plan), say),
}


class Recorder(FPDF):
    """A sheet that remembers its rectangles (left, top, width and height) and how far to the right its texts reach."""

    def __init__(self) -> None:
        super().__init__(orientation="landscape", format=(400, 300))
        self.rectangles: list[tuple[float, float, float, float]] = []
        self.reach: list[float] = []
        self.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_page()
        self.set_font(FAMILY, "", 8)

    def rect(self, x: float, y: float, w: float, h: float, *others: Any, **settings: Any) -> None:
        self.rectangles.append((x, y, w, h))
        super().rect(x, y, w, h, *others, **settings)

    def text(self, x: float, y: float, text: str = "") -> None:
        self.reach.append(x + self.get_string_width(text))
        super().text(x, y, text)


def plan_of(case: Case) -> Plan:
    plan = start(case).having(draws=50)
    plan = set_lever(plan, "retain", plan.lever_total("retain") * 1.5)
    return choose(plan, case.initiative_ids[0], True) if case.initiatives else plan


def on_paper(chart: Chart) -> tuple[Recorder, str]:
    """The sheet with a chart, and all its text, without spaces."""
    sheet = Recorder()
    assert draw_chart(sheet, chart, 10, 10, 150, 0.2) == pytest.approx(10 + chart_height(chart, 0.2))
    [page] = PdfReader(BytesIO(bytes(sheet.output()))).pages
    return sheet, squeezed(page.extract_text())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def texts_of(sketch: Sketch) -> list[str]:
    """What stands in the picture: ticks, remarks, texts of bars and points, line by line."""
    found = [annotation["text"] for annotation in sketch.annotations]
    for trace in sketch.traces:
        if trace["type"] == "bar" or "text" in trace.get("mode", ""):
            found += trace.get("text") or []
    for name, axis in sketch.layout.items():
        if name[1:5] == "axis" and axis.get("visible", True):
            found.append(axis["title"].get("text") or "")
            found += axis.get("ticktext", []) if axis.get("showticklabels", True) else []
    return [printable(html.unescape(re.sub("<[^>]*>", "", line))) for text in found for line in text.split("<br>")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["telecom", "hostile"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_text_of_the_picture_stands_on_paper(name: str, which: str, language: str) -> None:
    case = load_sample("telecom", language) if which == "telecom" else case_from(DOCUMENTS["hostile"])
    chart = DRAWN[name](plan_of(case), Wording(language, case.currency))
    _, text = on_paper(chart)
    texts = texts_of(chart.sketch)
    assert len(texts) > 3
    for line in texts:
        assert squeezed(line) in text


def test_bars_on_paper_are_as_long_as_their_numbers() -> None:
    plan = plan_of(load_sample("telecom"))
    chart = DRAWN["by lever"](plan, Wording("en"))
    sheet, _ = on_paper(chart)
    numbers = [*chart.table["Today"].numbers, *chart.table["Plan"].numbers]
    lengths = [width for *_, width, _ in sheet.rectangles]
    assert len(lengths) == len(numbers) == 10
    unit = max(lengths) / max(n or 0 for n in numbers)
    assert lengths == pytest.approx([unit * (n or 0) for n in numbers], abs=1e-9)


def test_the_roadmap_on_paper_starts_and_ends_with_its_table() -> None:
    plan = plan_of(load_sample("telecom"))
    chart = DRAWN["roadmap, brief"](plan, Wording("en"))
    sheet, _ = on_paper(chart)
    margin = chart.sketch.layout["margin"]
    left, wide = 10 + 0.2 * margin["l"], 150 - 0.2 * (margin["l"] + margin["r"])
    bars = {round(box[1], 6): box for box in sheet.rectangles if box[3] > 2.5}  # those of the legend are lower
    period = wide / (plan.case.horizon * 1.06)  # the axis: half a period before the first, 6 % after the last
    for box, initiative in zip([bars[top] for top in sorted(bars)], plan.case.initiatives, strict=True):
        end = min(initiative.end or plan.case.horizon, plan.case.horizon)
        assert box[0] == pytest.approx(left + (initiative.start - 1) * period)
        assert box[2] == pytest.approx((end - initiative.start + 1) * period)


def test_a_kind_of_picture_that_paper_cannot_have_is_refused() -> None:
    say, sketch = Wording("en"), Sketch()
    laid_out(sketch, say)
    sketch.traces.append({"type": "heatmap", "xaxis": "x", "yaxis": "y", "x": [1], "y": [1]})
    chart = drawn("t", sketch, lambda: tabled(say), "s")
    with pytest.raises(ValueError, match="heatmap"):
        draw_chart(FPDF(), chart, 10, 10, 150, 0.2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["by lever", "roadmap, brief"])
@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_texts_stay_in_a_third_of_a_page(code: str, name: str, language: str) -> None:
    case = load_sample(code, language)
    sheet = Recorder()
    draw_chart(sheet, DRAWN[name](plan_of(case), Wording(language, case.currency)), 0, 0, 87, 0.19)
    sheet.output()
    assert max(sheet.reach) <= 87
