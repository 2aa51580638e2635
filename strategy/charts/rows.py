"""Rows of horizontal bars with each label on its own line above its bar: readable on a phone and on a projector."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from strategy.charts.axes import WIDE_LINE
from strategy.charts.chart import COLOURS, HALO, laid_out, translucent
from strategy.wording import Wording

BAR, LINE, AIR = 18, 18, 14
"""Heights in pixels: of a bar, of a line of its label, and of what is left open below."""
AXIS, LEGEND = 62, 34
MOST = 12
"""Rows that one picture shows; its table shows all."""


@dataclass(frozen=True)
class Rows:
    """Where the rows stand, downwards, in units of one row.

    labels  safe for a figure, with <br> between lines
    places  the middle of each row's bars
    thick   thickness of one bar
    bars    bars one below the other in each row
    """

    labels: Sequence[str]
    places: Sequence[float]
    height: float
    bars: int = 1

    @property
    def thick(self) -> float:
        """Thickness of one bar in units of one row."""
        return BAR / self.height

    @property
    def ends(self) -> tuple[float, float]:
        """Top and bottom of all rows."""
        half = self.bars * self.thick / 2
        top = self.places[0] - half - self.lines * LINE / self.height - 4 / self.height
        return top, self.places[-1] + half + AIR / self.height

    @property
    def lines(self) -> int:
        """Lines of the longest label."""
        return max(label.count("<br>") for label in self.labels) + 1

    def below(self, row: int) -> float:
        """Just below a row's bars: where a line may part it from the next."""
        return self.places[row] + self.bars * self.thick / 2 + AIR / self.height / 2


def rows(labels: Sequence[str], bars: int = 1, parted_before: int | None = None) -> Rows:
    """Rows for these labels; the row `parted_before` stands a little lower, so that a line fits above it."""
    lines = max(label.count("<br>") for label in labels) + 1
    height = float(bars * BAR + lines * LINE + AIR)
    apart = 22 / height
    places = [
        number + (apart if parted_before is not None and number >= parted_before else 0.0)
        for number in range(len(labels))
    ]
    return Rows(labels, places, height, bars)


def in_rows(figure: go.Figure, placed: Rows, say: Wording, legend: bool = False, axis: int = AXIS) -> go.Figure:
    """The figure with its rows labelled, and as high as they need."""
    for label, place in zip(placed.labels, placed.places, strict=True):
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=place - placed.bars * placed.thick / 2,
            yanchor="bottom",
            text=label,
            align="left",
            showarrow=False,
            font={"size": 13},
        )
    top, bottom = placed.ends
    height = (bottom - top) * placed.height + axis + (LEGEND if legend else 0)
    laid_out(figure, say, height=round(height) + 24)
    figure.update_layout(barmode="overlay", showlegend=legend)
    figure.update_yaxes(range=[bottom, top], showticklabels=False, showgrid=False)
    return figure


def bar_style(colour: str) -> dict[str, object]:
    """A filled bar; a dark one has a light outline, for dark backgrounds."""
    outline = {"color": HALO, "width": 1.5} if colour == COLOURS["plan"] else {"width": 0}
    return {"color": colour, "line": outline}


def within(
    placed: Rows,
    outer: Sequence[float],
    inner: Sequence[float],
    names: tuple[str, str],
    colours: Sequence[str],
    texts: Sequence[str],
    hovers: Sequence[str],
) -> go.Figure:
    """Per row a pale outlined bar and a filled one in it, with a text behind the longer of the two."""
    figure = go.Figure()
    figure.add_bar(
        x=outer,
        y=placed.places,
        orientation="h",
        name=names[0],
        width=placed.thick,
        marker={
            "color": [translucent(colour) for colour in colours],
            "line": {"color": list(colours), "width": 1.5},
        },
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_bar(
        x=inner,
        y=placed.places,
        orientation="h",
        name=names[1],
        width=placed.thick * 0.5,
        marker={"color": list(colours), "line": {"width": 0}},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    ends = [max(0.0, *pair) for pair in zip(outer, inner, strict=True)]
    add_texts(figure, ends, placed.places, texts)
    return figure


def add_texts(
    figure: go.Figure, ends: Sequence[float], places: Sequence[float], texts: Sequence[str], side: str = "right"
) -> None:
    """A text beside the end of each bar, in the theme's own colour."""
    figure.add_scatter(
        x=ends,
        y=places,
        mode="text",
        text=[f"  {text}" if side == "right" else f"{text}  " for text in texts],
        textposition=f"middle {side}",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )


def emptied(say: Wording, message: str, height: int = 120) -> go.Figure:
    """A figure with nothing to show yet: what to do instead, in words."""
    figure = go.Figure()
    words, lines = message.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > WIDE_LINE - 6:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    figure.add_annotation(
        x=0.5, y=0.5, xref="paper", yref="paper", text="<br>".join(lines), showarrow=False, align="center"
    )
    laid_out(figure, say, height=height)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
