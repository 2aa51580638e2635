"""A chart on paper: the same picture that the screen shows, drawn in lines and letters into a PDF."""

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fpdf import FPDF

from strategy.charts.drawing.chart import LETTERS, Chart
from strategy.charts.drawing.sketch import Sketch
from strategy.words.wording import printable

INK, MUTED = (31, 42, 68), (91, 101, 119)
"""Of letters in the drawing, and of its axes and legend."""
POINTS = 72 / 25.4
"""Points, which letters are measured in, in a millimetre."""
LINE = 1.3
"""Height of a line of text, in heights of its letters."""
SWATCH = 10
"""Width in pixels of a colour in the legend."""
Point = tuple[float, float]


def chart_height(chart: Chart, scale: float) -> float:
    """How high a chart is on paper, in millimetres."""
    return float(chart.sketch.layout["height"]) * scale


def draw_chart(pdf: FPDF, chart: Chart, x: float, y: float, width: float, scale: float) -> float:
    """The chart's picture with its left upper corner at x, y; returns where it ends below.

    width, x, y  millimetres
    scale        millimetres per pixel of the screen: its letters and heights keep their proportions

    Bars, lines, areas, markers, texts, shapes and remarks are drawn; a heat map raises ValueError.
    """
    high = chart_height(chart, scale)
    page = _Drawing(pdf, chart.sketch, x, y, width, high, scale)
    for panel in range(1, chart.sketch.panels + 1):
        _axes(page, panel)
    for shape in chart.sketch.shapes:
        _shape(page, shape)
    for trace in chart.sketch.traces:
        _trace(page, trace)
    for annotation in chart.sketch.annotations:
        _annotation(page, annotation)
    _legend(page)
    return y + high


@dataclass(frozen=True)
class _Drawing:
    """Where a sketch stands on paper: its corner, size and scale, in millimetres."""

    pdf: FPDF
    sketch: Sketch
    x: float
    y: float
    width: float
    height: float
    scale: float

    @property
    def inside(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is inside the margins."""
        margin = self.sketch.layout["margin"]
        left, right, top, bottom = (margin[side] * self.scale for side in "lrtb")
        return self.x + left, self.y + top, self.x + self.width - right, self.y + self.height - bottom

    def axis(self, letter: str, panel: int) -> dict[str, Any]:
        """A panel's horizontal (x) or vertical (y) axis."""
        found: dict[str, Any] = self.sketch.layout[f"{letter}axis{'' if panel == 1 else panel}"]
        return found

    def box(self, panel: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a panel."""
        left, top, right, bottom = self.inside
        across, up = (self.axis(letter, panel).get("domain", (0, 1)) for letter in "xy")
        wide, high = right - left, bottom - top
        return left + across[0] * wide, bottom - up[1] * high, left + across[1] * wide, bottom - up[0] * high

    def ends(self, letter: str, panel: int) -> tuple[float, float]:
        """The numbers at both ends of an axis: as it says, or as far as what is drawn on it."""
        found = self.axis(letter, panel).get("range")
        if found is not None:
            return float(found[0]), float(found[1])
        drawn = [float(value) for trace in self.sketch.traces if _panel(trace[f"{letter}axis"]) == panel
                 for value in trace.get(letter, ())]  # fmt: skip
        low, high = min(drawn, default=0.0), max(drawn, default=1.0)
        return min(low, 0.0), high if high > min(low, 0.0) else low + 1.0

    def across(self, value: float, panel: int = 1) -> float:
        """Where a number of the horizontal axis stands."""
        left, _, right, _ = self.box(panel)
        low, high = self.ends("x", panel)
        return left + (value - low) / (high - low) * (right - left)

    def down(self, value: float, panel: int = 1) -> float:
        """Where a number of the vertical axis stands."""
        _, top, _, bottom = self.box(panel)
        low, high = self.ends("y", panel)
        return bottom - (value - low) / (high - low) * (bottom - top)

    def place(self, ref: str, value: float) -> float:
        """Where a number stands: of an axis (x2), a share of a panel (x2 domain) or of the paper."""
        letter, panel = ref[0], _panel(ref.removesuffix(" domain"))
        left, top, right, bottom = self.inside if ref.endswith("paper") else self.box(panel)
        if ref.endswith(("paper", "domain")):
            return left + value * (right - left) if letter == "x" else bottom - value * (bottom - top)
        return self.across(value, panel) if letter == "x" else self.down(value, panel)

    @contextmanager
    def clipped(self, panel: int) -> Iterator[None]:
        """Nothing is drawn outside the panel."""
        left, top, right, bottom = self.box(panel)
        with self.pdf.rect_clip(left, top, right - left, bottom - top):
            yield

    def write(self, text: str, x: float, y: float, towards: Point, size: float = LETTERS, ink: Any = INK) -> None:
        """A text beside a point: towards (-1, 0, 1) is left of, on or right of it, and above, on or below it."""
        lines, letters = _lines(text), size * self.scale
        self.pdf.set_font(self.pdf.font_family, "", letters * POINTS)
        self.pdf.set_text_color(*ink)
        first = y + (towards[1] - 1) / 2 * len(lines) * letters * LINE + letters * (LINE + 0.7) / 2
        for number, line in enumerate(lines):
            left = x + (towards[0] - 1) / 2 * self.pdf.get_string_width(line)
            self.pdf.text(left, first + number * letters * LINE, line)


def _panel(axis: str) -> int:
    """The number of the panel that an axis (x, y2) belongs to."""
    return int(axis[1:] or 1) if axis[1:].isdigit() or not axis[1:] else 1


def _lines(text: str) -> list[str]:
    """A figure's text as it reads, without its tags."""
    return [printable(html.unescape(re.sub(r"<[^>]*>", "", line))) for line in re.split(r"<br ?/?>", text)]


@contextmanager
def _inked(pdf: FPDF, fill: str | None, line: str | None = None, width: float = 0.0) -> Iterator[None]:
    """Colours, as a figure tells them, for what is drawn."""
    inks = [_ink(colour) if colour else ((0, 0, 0), 0.0) for colour in (fill, line)]
    with pdf.local_context(fill_opacity=inks[0][1], stroke_opacity=inks[1][1]):
        pdf.set_fill_color(*inks[0][0])
        pdf.set_draw_color(*inks[1][0])
        pdf.set_line_width(width)
        yield


def _ink(colour: str) -> tuple[tuple[int, int, int], float]:
    """Red, green and blue, and how much of it covers what is below."""
    if colour.startswith("#"):
        return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)), 1.0
    red, green, blue, share = (float(part) for part in re.findall(r"[\d.]+", colour))
    return (round(red), round(green), round(blue)), share


def _nth(value: Any, number: int) -> Any:
    """What a setting is for one of several bars or points."""
    return value[number] if isinstance(value, list | tuple) else value


# Axes and legend -----------------------------------------------------------------------------------------------------


def _axes(page: _Drawing, panel: int) -> None:
    """Ticks with their grid, and the titles."""
    left, top, right, bottom = page.box(panel)
    below, beside = bottom, left
    pad = (page.sketch.layout["margin"].get("pad", 0) + 2) * page.scale
    for letter, place in (("x", page.across), ("y", page.down)):
        axis = page.axis(letter, panel)
        if not axis.get("visible", True):
            continue
        ticks = zip(axis.get("tickvals", ()), axis.get("ticktext", ()), strict=True)
        for value, text in ticks:
            at = place(value, panel)
            if axis.get("showgrid", True):
                ends = (at, top, at, bottom) if letter == "x" else (left, at, right, at)
                with _inked(page.pdf, None, axis["gridcolor"], page.scale):
                    page.pdf.line(*ends)
            if not axis.get("showticklabels", True):
                continue
            if letter == "x":
                page.write(text, at, bottom + pad, (0, 1), ink=MUTED)
                below = max(below, bottom + pad + LETTERS * page.scale * LINE)
            else:
                page.write(text, left - pad, at, (-1, 0))
                page.pdf.set_font_size(LETTERS * page.scale * POINTS)
                beside = min(beside, left - pad - max(map(page.pdf.get_string_width, _lines(text))))
        title = axis.get("title", {}).get("text")
        if title and letter == "x":
            page.write(title, (left + right) / 2, below + pad, (0, 1), ink=MUTED)
        elif title:
            with page.pdf.rotation(90, beside - pad, (top + bottom) / 2):
                page.write(title, beside - pad, (top + bottom) / 2, (0, -1), ink=MUTED)


def _legend(page: _Drawing) -> None:
    """The names of the traces with their colours, above the picture; on a second line what does not fit on one."""
    named = [t for t in page.sketch.traces if t.get("name") and t.get("showlegend", True) and len(t["x"])]
    if not page.sketch.layout.get("showlegend", len(page.sketch.traces) > 1):
        return
    x, y, gap = page.x, page.y + LETTERS * page.scale * LINE / 2, 6 * page.scale
    for trace in named:
        colour = _nth(trace.get("marker", {}).get("color") or trace.get("fillcolor") or trace["line"]["color"], 0)
        swatch, name = SWATCH * page.scale, page.pdf.get_string_width(trace["name"])
        if x > page.x and x + swatch + gap + name > page.x + page.width:
            x, y = page.x, y + LETTERS * page.scale * LINE
        with _inked(page.pdf, colour):
            page.pdf.rect(x, y - 1, swatch, 2, style="F")
        x += swatch + gap
        page.write(trace["name"], x, y, (1, 0), ink=MUTED)
        x += name + 2 * gap


# Traces --------------------------------------------------------------------------------------------------------------


def _trace(page: _Drawing, trace: dict[str, Any]) -> None:
    panel = _panel(trace["xaxis"])
    match trace["type"]:
        case "bar":
            _bars(page, trace, panel)
        case "scatter":
            _scatter(page, trace, panel)
        case other:
            raise ValueError(f"a trace of type {other} is not drawn on paper: draw bars, lines, markers or texts")


def _bars(page: _Drawing, trace: dict[str, Any], panel: int) -> None:
    lying = trace.get("orientation") == "h"
    places, lengths = (trace["y"], trace["x"]) if lying else (trace["x"], trace["y"])
    marker = trace["marker"]
    for number, (place, length) in enumerate(zip(places, lengths, strict=True)):
        base, half = float(_nth(trace.get("base", 0.0), number)), _nth(trace.get("width", 0.8), number) / 2
        edge = marker.get("line", {})
        thick = _nth(edge.get("width", 0), number) * page.scale
        corners = ((base, place - half), (base + length, place + half))
        if not lying:
            corners = ((place - half, base), (place + half, base + length))
        (x0, y0), (x1, y1) = ((page.across(x, panel), page.down(y, panel)) for x, y in corners)
        with (
            page.clipped(panel),
            _inked(page.pdf, _nth(marker["color"], number), _nth(edge.get("color"), number), thick),
        ):
            page.pdf.rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), style="DF" if thick else "F")
        if trace.get("text"):
            side = 1 if length >= 0 else -1
            page.write(trace["text"][number], x1 + side * 4 * page.scale, (y0 + y1) / 2, (side, 0))


def _scatter(page: _Drawing, trace: dict[str, Any], panel: int) -> None:
    points = [(page.across(float(x), panel), page.down(float(y), panel))
              for x, y in zip(trace["x"], trace["y"], strict=True)]  # fmt: skip
    line = trace.get("line", {})
    if "lines" in trace["mode"] and len(points) > 1:
        with (
            page.clipped(panel),
            _inked(page.pdf, trace.get("fillcolor"), line.get("color"), line.get("width", 1) * page.scale),
        ):
            if trace.get("fill"):
                page.pdf.polygon([*points, *_to_zero(page, trace, points, panel)], style="F")
            if line.get("width", 1):
                _dashed(page, line)
                page.pdf.polyline(points)
                page.pdf.set_dash_pattern()
    for number, (x, y) in enumerate(points):
        if "markers" in trace["mode"]:
            _marker(page, trace["marker"], number, (x, y))
        if "text" in trace["mode"]:
            _beside(page, trace, number, (x, y))


def _to_zero(page: _Drawing, trace: dict[str, Any], points: Sequence[Point], panel: int) -> list[Point]:
    """What closes an area that is filled down to zero."""
    if trace["fill"] != "tozeroy":
        return []
    return [(points[-1][0], page.down(0.0, panel)), (points[0][0], page.down(0.0, panel))]


def _dashed(page: _Drawing, line: dict[str, Any]) -> None:
    if line.get("dash", "solid") != "solid":
        long = (1.5 if line["dash"] == "dot" else 5) * page.scale * max(1.0, line.get("width", 1) / 2)
        page.pdf.set_dash_pattern(dash=long, gap=long)


def _marker(page: _Drawing, marker: dict[str, Any], number: int, at: Point) -> None:
    symbol, edge = str(_nth(marker.get("symbol", "circle"), number)), marker.get("line", {})
    half = _nth(marker.get("size", 6), number) * page.scale / 2
    colour, rim = _nth(marker.get("color"), number), _nth(edge.get("color"), number)
    thick = _nth(edge.get("width", 0), number) * page.scale
    (x, y), style = at, "DF" if thick and rim else "F"
    if symbol.startswith("line-ns"):
        with _inked(page.pdf, None, rim or colour, max(thick, page.scale)):
            page.pdf.line(x, y - half, x, y + half)
        return
    with _inked(page.pdf, colour, rim, thick):
        if symbol.startswith(("diamond", "square", "triangle", "x")):
            turned = symbol.startswith("diamond")
            corners = ((0, -1), (1, 0), (0, 1), (-1, 0)) if turned else ((-1, -1), (1, -1), (1, 1), (-1, 1))
            reach = half * (1.2 if turned else 0.85)
            page.pdf.polygon([(x + across * reach, y + down * reach) for across, down in corners], style=style)
        else:
            page.pdf.circle(x, y, half, style=style)


def _beside(page: _Drawing, trace: dict[str, Any], number: int, at: Point) -> None:
    """A text at a point, on the side where the figure wants it."""
    side = _nth(trace.get("textposition", "middle center"), number)
    across = 1 if "right" in side else -1 if "left" in side else 0
    down = 1 if "bottom" in side else -1 if "top" in side else 0
    size = _nth(trace.get("marker", {}).get("size", 0), number) / 2 * page.scale if "markers" in trace["mode"] else 0
    away = size + 2 * page.scale
    x, y = at[0] + across * away, at[1] + down * away
    page.write(trace["text"][number], x, y, (across, down), trace.get("textfont", {}).get("size", LETTERS))


# Shapes and remarks --------------------------------------------------------------------------------------------------


def _shape(page: _Drawing, shape: dict[str, Any]) -> None:
    """A line or a rectangle behind what is drawn."""
    x0, x1 = (page.place(shape.get("xref", "x"), shape[end]) for end in ("x0", "x1"))
    y0, y1 = (page.place(shape.get("yref", "y"), shape[end]) for end in ("y0", "y1"))
    line = shape.get("line", {})
    thick = line.get("width", 2) * page.scale
    with _inked(page.pdf, shape.get("fillcolor"), line.get("color"), thick):
        if shape["type"] == "line":
            _dashed(page, line)
            page.pdf.line(x0, y0, x1, y1)
            page.pdf.set_dash_pattern()
        else:
            style = "DF" if thick and line.get("color") else "F"
            page.pdf.rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), style=style)


def _annotation(page: _Drawing, text: dict[str, Any]) -> None:
    """A remark, beside its place on the side where it is anchored."""
    xref, yref = text.get("xref", "x"), text.get("yref", "y")
    x = page.place("xpaper" if xref == "paper" else xref, text["x"]) + text.get("xshift", 0) * page.scale
    y = page.place("ypaper" if yref == "paper" else yref, text["y"]) - text.get("yshift", 0) * page.scale
    across = {"left": 1, "right": -1}.get(text.get("xanchor", "center"), 0)
    down = {"top": 1, "bottom": -1}.get(text.get("yanchor", "middle"), 0)
    page.write(text["text"], x, y, (across, down))
