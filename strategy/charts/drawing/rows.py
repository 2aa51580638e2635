"""Rows of horizontal bars with each label on its own line above its bar: readable on a phone and on a projector."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strategy.charts.drawing.axes import WIDE_LINE
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, LETTERS, laid_out, translucent
from strategy.charts.drawing.sketch import Sketch
from strategy.words.wording import Wording

BAR, LINE, AIR, PARTED = 18, 18, 12, 22
"""Heights in pixels: of a bar, of a line of its label, of what is left open below, and more of it around a line."""
AXIS, LEGEND = 62, 34
MOST = 12
"""Rows that one picture shows; its table shows all."""


@dataclass(frozen=True)
class Rows:
    """Where the rows stand, in pixels from the top.

    labels  safe for a figure, with <br> between lines
    places  the middle of each row's bars
    bars    bars one below the other in each row
    height  of all rows together
    """

    labels: Sequence[str]
    places: Sequence[float]
    bars: int
    height: float

    @property
    def half(self) -> float:
        """From the middle of a row's bars to their edge."""
        return self.bars * BAR / 2


def rows(labels: Sequence[str], bars: int = 1, parted_before: int | None = None) -> Rows:
    """Rows for these labels; the row `parted_before` stands a little lower, so that a line fits above it."""
    places, top = [], 4.0
    for number, label in enumerate(labels):
        top += PARTED if number == parted_before else 0
        top += (label.count("<br>") + 1) * LINE
        places.append(top + bars * BAR / 2)
        top += bars * BAR + AIR
    return Rows(labels, places, bars, top)


def in_rows(figure: Sketch, placed: Rows, say: Wording, legend: bool = False, axis: int = AXIS) -> Sketch:
    """The figure with its rows labelled, and as high as they need."""
    for label, place in zip(placed.labels, placed.places, strict=True):
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=place - placed.half,
            yanchor="bottom",
            text=label,
            align="left",
        )
    laid_out(figure, say, height=round(placed.height) + axis + (LEGEND if legend else 0))
    figure.update_layout(barmode="overlay", showlegend=legend)
    figure.update_layout(margin={"t": LEGEND if legend else 4})
    figure.update_xaxes(showgrid=False, ticks="outside", tickcolor=GRID)
    figure.update_yaxes(range=[placed.height, 0], showticklabels=False, showgrid=False)
    return figure


def mark(figure: Sketch, placed: Rows, value: float) -> None:
    """A line at a value beside each row's bars, so that it does not cross the labels."""
    for place in placed.places:
        figure.add_shape(
            type="line",
            x0=value,
            x1=value,
            y0=place - placed.half - 1,
            y1=place + placed.half + 5,
            line={"color": COLOURS["today"], "width": 2},
        )


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
) -> Sketch:
    """Per row a pale outlined bar and a filled one in it, with a text behind the longer of the two."""
    figure = Sketch()
    figure.add_bar(
        x=outer,
        y=placed.places,
        orientation="h",
        name=names[0],
        width=BAR,
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
        width=BAR * 0.5,
        marker={"color": list(colours), "line": {"width": 0}},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    ends = [max(0.0, *pair) for pair in zip(outer, inner, strict=True)]
    add_texts(figure, ends, placed.places, texts)
    return figure


def add_texts(
    figure: Sketch, ends: Sequence[float], places: Sequence[float], texts: Sequence[str], side: str = "right"
) -> None:
    """A text beside the end of each bar, in the theme's own colour."""
    figure.add_scatter(
        x=ends,
        y=places,
        mode="text",
        text=[f"  {text}" if side == "right" else f"{text}  " for text in texts],
        textposition=f"middle {side}",
        textfont={"size": LETTERS},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )


def add_bars(
    figure: Sketch,
    placed: Rows,
    lengths: Sequence[float],
    texts: Sequence[str],
    marker: Mapping[str, object],
    joined: str = "<br>",
) -> None:
    """A bar in each row; pointing at one tells its label and text."""
    figure.add_bar(
        x=lengths,
        y=placed.places,
        orientation="h",
        width=BAR,
        marker=marker,
        customdata=[f"{label}{joined}{text}" for label, text in zip(placed.labels, texts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )


def emptied(say: Wording, message: str, height: int = 120) -> Sketch:
    """A figure with nothing to show yet: what to do instead, in words."""
    figure = Sketch()
    words, lines = message.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > WIDE_LINE - 6:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    figure.add_annotation(x=0.5, y=0.5, xref="paper", yref="paper", text="<br>".join(lines), align="center")
    laid_out(figure, say, height=height)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
