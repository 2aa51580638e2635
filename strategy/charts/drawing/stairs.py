"""Stairs: from one customer equity to another, a bar for each change between them."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from strategy.charts.drawing.axes import broken, with_room
from strategy.charts.drawing.chart import GRID, laid_out
from strategy.charts.drawing.rows import bar_style
from strategy.charts.drawing.sketch import Sketch
from strategy.words.wording import Wording


def stairs(
    names: Sequence[str], colours: Sequence[str], start: float, steps: Sequence[float], end: float, note: str,
    say: Wording, space: float = 200.0,
) -> Sketch:  # fmt: skip
    """Bars from the start over every step to the end, from above; each step begins where the one before it ended.

    names, colours  of the start, each step and the end
    note            said below the axis, beside what it measures; nothing where it is empty
    space           pixels beside the names on a phone
    """
    levels = list(accumulate(steps, initial=start))
    lengths, bases = [start, *steps, end], [0.0, *levels[:-1], 0.0]
    texts = [say.short_money(start), *map(say.signed_short_money, steps), say.short_money(end)]
    figure = Sketch()
    for row, (name, colour, text) in enumerate(zip(names, colours, texts, strict=True)):
        figure.add_bar(
            x=[lengths[row]],
            base=[bases[row]],
            y=[row],
            orientation="h",
            width=0.62,
            name=name,
            marker=bar_style(colour),
            text=[text],
            textposition="outside",
            cliponaxis=False,
            customdata=[f"{name}: {text}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for row, level in enumerate(levels):
        figure.add_shape(
            type="line", x0=level, x1=level, y0=row, y1=row + 1, layer="below", line={"color": GRID, "width": 2}
        )
    low, high = _zoomed(levels, texts, space)
    title = say.text("customer equity")
    if low > 0 or high < 0:
        title = say.text("customer equity; the axis starts at {start}", start=say.short_money(low if low > 0 else high))
    caption = broken(f"{title}; {note}" if note else title, 38)
    lines = max(name.count("<br>") + 1 for name in names)
    laid_out(figure, say, height=max(44, 18 * lines) * len(names) + 34 + 17 * (caption.count("<br>") + 1))
    figure.update_layout(showlegend=False, barmode="overlay")
    figure.update_xaxes(
        range=[low, high],
        showticklabels=False,
        showgrid=False,
        title={"text": caption},
    )
    figure.update_yaxes(
        range=[len(names) - 0.5, -0.5], tickmode="array", tickvals=list(range(len(names))), ticktext=names,
        ticklabelstandoff=6, showgrid=False,
    )  # fmt: skip
    return figure


def _zoomed(levels: Sequence[float], texts: Sequence[str], space: float) -> tuple[float, float]:
    """A range in which the steps are visible: it starts at 0 where they are large enough for that."""
    low, high = min(levels), max(levels)
    lead = 0.35 * (high - low)
    if lead > 0 and low - lead > 0.35 * high:
        low -= lead
    elif lead > 0 and high + lead < 0.35 * low:
        high += lead
    else:
        low, high = min(low, 0.0), max(high, 0.0)
    losing = [text for text, change in zip(texts[1:-1], np.diff(levels), strict=True) if change < 0]
    start, end = with_room(low, high, before=losing + [texts[0]] * (low < 0), after=texts, width=space)
    return (0.0 if low == 0 else max(0.0, start) if low > 0 else start), end
