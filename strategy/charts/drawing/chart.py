"""A chart: figure, finding, table and text alternative together; screen, deck and workbook draw from the same."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import plotly.graph_objects as go

from strategy.charts.drawing.axes import room
from strategy.charts.drawing.sketch import Picture, Sketch
from strategy.charts.drawing.table import ChartTable
from strategy.words.wording import JOINER, Wording

COLOURS = {
    "acquire": "#0072B2",
    "develop": "#009E73",
    "retain": "#E69F00",
    "reduce_cost": "#CC79A7",
    "initiatives": "#56B4E9",
    "today": "#8C8C8C",
    "plan": "#1F2A44",
}
"""Told apart by the colour-blind (Okabe & Ito 2008); the same on every screen and in every export."""

PLAN_ON_DARK = "#A9D0F5"
"""The plan on a dark background: navy cannot be seen there."""

HALO = "rgba(255,255,255,0.75)"
"""Outline of what is dark: unseen on a light background, and on a dark one it makes the plan stand out."""

LETTERS = 13
"""Size of the letters in a figure, in pixels."""

FONT = '"Source Sans", sans-serif'
"""The letters of the page around it."""

LABEL = {"bgcolor": COLOURS["plan"], "font": {"family": FONT, "size": LETTERS}}
"""What is told where the pointer is, in letters that Plotly makes stand out from it: the same, light or dark."""

GRID = "rgba(140,140,140,0.25)"
"""Lines behind the data, quiet on a light and on a dark background."""


Drawing = TypeVar("Drawing", go.Figure, Sketch)
"""A figure, or one that is still sketched."""


@dataclass(frozen=True)
class Chart:
    """What one picture shows.

    title    the finding, one sentence of Markdown
    sketch   the picture
    tabulate makes its table: most charts are looked at without
    summary  the text alternative: what a person sees who sees the picture, plain text
    """

    title: str
    sketch: Sketch
    tabulate: Callable[[], ChartTable]
    summary: str

    @cached_property
    def figure(self) -> go.Figure:
        """The picture, to look into and to change."""
        return self.sketch.figure()

    @property
    def picture(self) -> go.Figure:
        """The picture, to show as it is."""
        return Picture(self.sketch)

    @property
    def on_dark(self) -> "Chart":
        """The same for a dark background: the plan, dark on light, is light there."""
        shares = (0.2, 0.35, 0.55, 0.75)
        bands = {translucent(COLOURS["plan"], share): translucent(PLAN_ON_DARK, share) for share in shares}
        return replace(self, sketch=self.sketch.recoloured({COLOURS["plan"]: PLAN_ON_DARK} | bands))

    @cached_property
    def table(self) -> ChartTable:
        """The numbers, with headings in the reader's language and a unit per column; texts are made of them."""
        return self.tabulate()

    @property
    def plain_title(self) -> str:
        """The finding without Markdown's escapes, for places that show text as it is."""
        return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", self.title).replace(JOINER, "")


def drawn(title: str, sketch: Sketch, tabulate: Callable[[], ChartTable], summary: str) -> Chart:
    """The chart of a sketch: a dollar sign in its title starts no formula; users' names are escaped already."""
    together = re.sub(r"(?<![\w\\])([+−±])(?=\S)", rf"\1{JOINER}", title)  # a sign stays with its amount
    one_stop = re.sub(r"(?<!\.)\.\.(?!\.)", ".", summary)  # "€ 1,2 mln." may end a sentence
    if sketch.panels == 1 and sketch.layout:
        legend = sketch.layout.get("showlegend", len(sketch.traces) > 1)
        sketch.update_layout(margin=room(sketch.layout, legend))
    return Chart(re.sub(r"(?<!\\)\$", r"\\$", together), sketch, tabulate, one_stop)


def translucent(colour: str, share: float = 0.2) -> str:
    """A band's colour: the line's at 20 %."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def laid_out(figure: Drawing, say: Wording, height: int = 340) -> Drawing:
    """The same quiet frame for every figure: fixed height, no background, numbers in the reader's separators."""
    figure.update_layout(
        height=height,
        separators=say.separators,
        margin={"l": 12, "r": 16, "t": 16, "b": 8, "pad": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": LETTERS},
        legend={
            "orientation": "h",
            "title": None,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
        },
        hoverlabel={"namelength": -1, **LABEL},
        hovermode="closest",
        dragmode=False,
    )
    axis: dict[str, Any] = {"automargin": True, "zeroline": False, "gridcolor": GRID, "fixedrange": True}
    sizes: dict[str, Any] = {"tickfont": {"size": LETTERS}, "title": {"font": {"size": LETTERS}, "standoff": 8}}
    figure.update_xaxes(**axis, **sizes, tickangle=0, showgrid=False)
    figure.update_yaxes(**axis, **sizes)
    figure.update_yaxes(title={"standoff": 12})
    return figure


ROWS_LARGER = 0.75
"""How much of a larger letter a row needs: rows have air."""


def enlarged(figure: go.Figure, factor: float, height: int) -> go.Figure:
    """A copy for a projector: its letters larger by a factor, itself at least so high that rows stay apart."""
    large = go.Figure(figure)
    layout = large.layout
    layout.height = max(height, round(layout.height * ROWS_LARGER * factor))
    layout.font.size *= factor
    layout.legend.font.size = (layout.legend.font.size or LETTERS) * factor
    layout.margin.t = round(layout.margin.t * factor)
    for axis in (*large.select_xaxes(), *large.select_yaxes()):
        for font in (axis.tickfont, axis.title.font):
            font.size = (font.size or LETTERS) * factor
    for annotation in layout.annotations:
        annotation.font.size = (annotation.font.size or LETTERS) * factor
    for trace in large.data:
        if getattr(trace, "text", None) is not None:
            trace.textfont.size = (trace.textfont.size or LETTERS) * factor
    return large
