"""Whom to serve: attractive against able, and which customers are profitable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, pi, sin
from typing import Any

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import broken, hint, money_ticks, on_lines, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, LETTERS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.placing import SIDES, beside
from strategy.charts.drawing.rows import LEGEND, MOST, emptied
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, NUMBER, PEOPLE, SHARE, ChartTable, column, tabled
from strategy.dimensions.selection import SegmentWorth
from strategy.questions import BY_CODE
from strategy.words.wording import N_, Wording, markdown_text

Scores = Mapping[str, int]
"""{segment id: 1..5}"""
MIDDLE, GOOD, WEAK = 3, 4, 2
LARGEST, SMALLEST = 46, 10
"""Diameters of bubbles, in pixels."""
APART = 0.26
"""How far from their score bubbles stand that share it, in points."""
NAME_LINE = 15
OPEN = "open"
CURVE_HEIGHT = 350.0
"""Of what is drawn of the curve of profitable customers, in pixels."""
OFF_CURVE = ("bottom right", "top left", "middle right", "middle left", "bottom center", "top center")
"""On which sides of a curve that rises less and less a name stands free of it, the best first."""


# Attractive against able ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Bubble:
    name: str
    ability: int
    attractiveness: int
    customers: float
    focus: str


def segment_bubbles(
    case: Case, attractiveness: Scores, ability: Scores, focus: Mapping[str, str], say: Wording
) -> Chart:
    """Each scored segment by our ability to create value for it and by its attractiveness, sized by its customers.

    focus  {segment id: focus, serve or no}, as far as it was chosen
    """
    bubbles = [
        _Bubble(s.name, ability[s.id], attractiveness[s.id], s.customers.likely, focus.get(s.id, OPEN))
        for s in case.segments
        if s.id in ability and s.id in attractiveness
    ]

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Segment"), [b.name for b in bubbles]),
            column(say.text("Attractive (1 to 5)"), [b.attractiveness for b in bubbles], NUMBER),
            column(say.text("Our ability (1 to 5)"), [b.ability for b in bubbles], NUMBER),
            column(say.text("Customers today"), [b.customers for b in bubbles], PEOPLE),
            column(say.text("Choice"), [_choice_name(b.focus, say) for b in bubbles]),
        )

    if not bubbles:
        title = say.text("No segment is scored yet, so nothing shows where to focus")
        what = say.text(
            "Score in the table above how attractive each segment is and how well we can create value for it: then "
            "each becomes a bubble here."
        )
        return drawn(title, emptied(say, what, height=200), table, what)
    scored = "; ".join(
        say.text(
            "{segment}: attractive {attractive}, ability {able}, {customers} customers",
            segment=b.name,
            attractive=b.attractiveness,
            able=b.ability,
            customers=say.short_number(b.customers),
        )
        for b in sorted(bubbles, key=_promise, reverse=True)[:MOST]
    )
    summary = say.text(
        "Segments by attractiveness and our ability to create value, scores of 5. {segments}.", segments=scored
    )
    return drawn(_bubble_title(bubbles, say), _bubble_figure(bubbles, say), table, summary)


def _promise(bubble: _Bubble) -> tuple[int, int, float]:
    return bubble.attractiveness + bubble.ability, bubble.attractiveness, bubble.customers


def _choice_name(focus: str, say: Wording) -> str:
    return say.text("not chosen yet") if focus == OPEN else say.text(BY_CODE["focus"].option_texts[focus])


def _bubble_title(bubbles: Sequence[_Bubble], say: Wording) -> str:
    def told(message: str, bubble: _Bubble) -> str:
        name = markdown_text(brief(bubble.name))
        return say.text(message, segment=name, attractive=bubble.attractiveness, able=bubble.ability)

    doubtful = [b for b in bubbles if b.focus == "focus" and min(b.attractiveness, b.ability) <= WEAK]
    best = max(bubbles, key=_promise)
    if doubtful:
        message = N_("We focus on {segment}, yet it scores {attractive} of 5 on attractive and {able} on our ability")
        return told(message, min(doubtful, key=_promise))
    if min(best.attractiveness, best.ability) >= GOOD:
        if best.focus == "no":
            return told(N_("{segment} scores best, {attractive} and {able} of 5, yet we do not serve it"), best)
        return told(N_("{segment} is where we should be: attractive {attractive} of 5, our ability {able}"), best)
    wanted = max(bubbles, key=lambda b: (b.attractiveness, b.ability, b.customers))
    if wanted.attractiveness >= GOOD:
        return told(N_("{segment} is most attractive ({attractive} of 5), but our ability there is {able}"), wanted)
    return told(N_("No segment stands out: the best, {segment}, scores {attractive} and {able} of 5"), best)


def _bubble_figure(bubbles: Sequence[_Bubble], say: Wording) -> Sketch:
    figure, places = Sketch(), _apart(bubbles)
    largest = max(b.customers for b in bubbles) or 1.0
    colours: dict[str, str] = {
        "focus": COLOURS["plan"],
        "serve": COLOURS["initiatives"],
        "no": translucent(COLOURS["today"], 0.35),
        OPEN: COLOURS["today"],
    }
    named = {id(b) for b in sorted(bubbles, key=_promise, reverse=True)[:MOST]}
    sides = _sides(bubbles, places)
    for focus, colour in colours.items():
        group = [n for n, b in enumerate(bubbles) if b.focus == focus]
        if not group:
            continue
        figure.add_scatter(
            x=[places[n][0] for n in group],
            y=[places[n][1] for n in group],
            mode="markers+text",
            name=_choice_name(focus, say),
            text=[on_lines(bubbles[n].name, NAME_LINE) if id(bubbles[n]) in named else "" for n in group],
            textposition=[sides[n] for n in group],
            textfont={"size": LETTERS - 1},
            cliponaxis=False,
            marker={
                "color": colour,
                "opacity": 1,
                "size": [SMALLEST + (LARGEST - SMALLEST) * (bubbles[n].customers / largest) ** 0.5 for n in group],
                "line": {"color": HALO, "width": 1.5},
            },
            customdata=[_bubble_hover(bubbles[n], say) for n in group],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _bubble_frame(figure, say)
    return figure


def _bubble_frame(figure: Sketch, say: Wording) -> None:
    laid_out(figure, say, height=430)
    line = {"color": COLOURS["today"], "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=MIDDLE, x1=MIDDLE, y0=0.4, y1=5.6, line=line, layer="below")
    figure.add_shape(type="line", x0=0.4, x1=5.6, y0=MIDDLE, y1=MIDDLE, line=line, layer="below")
    corners = (
        (0.45, 5.55, "left", "top", say.text("wanted: can we?")),
        (5.55, 5.55, "right", "top", say.text("focus here")),
        (5.55, 0.45, "right", "bottom", say.text("serve cheaply")),
        (0.45, 0.45, "left", "bottom", say.text("better let go")),
    )
    for x, y, side, end, text in corners:
        figure.add_annotation(x=x, y=y, xanchor=side, yanchor=end, text=hint(text), opacity=0.75)
    ticks: dict[str, Any] = {"tickvals": [1, 2, 3, 4, 5], "range": [0.4, 5.6]}
    figure.update_xaxes(**ticks, title={"text": say.text("our ability to create value (1 to 5)")}, gridcolor=GRID)
    figure.update_yaxes(**ticks, title={"text": say.text("attractive (1 to 5)")}, gridcolor=GRID)
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant"}, margin={"t": LEGEND})


def _apart(bubbles: Sequence[_Bubble]) -> list[tuple[float, float]]:
    """Where each bubble stands: on its scores, those that share them around that point."""
    sharing: dict[tuple[int, int], list[int]] = {}
    for number, b in enumerate(bubbles):
        sharing.setdefault((b.ability, b.attractiveness), []).append(number)
    places = [(float(b.ability), float(b.attractiveness)) for b in bubbles]
    for (x, y), group in sharing.items():
        for turn, number in enumerate(group if len(group) > 1 else []):
            angle = 2 * pi * turn / len(group)
            places[number] = (x - APART * cos(angle), y + APART * sin(angle))
    return places


def _sides(bubbles: Sequence[_Bubble], places: Sequence[tuple[float, float]]) -> list[str]:
    """On which side of each bubble its name stands: neighbours by turns, so that names do not run into each other."""
    sides = [""] * len(bubbles)
    for turn, number in enumerate(sorted(range(len(bubbles)), key=lambda n: (bubbles[n].attractiveness, places[n]))):
        sides[number] = "bottom center" if turn % 2 == 0 else "top center"
    return sides


def _bubble_hover(b: _Bubble, say: Wording) -> str:
    scores = say.text("attractive {attractive}, our ability {able}", attractive=b.attractiveness, able=b.ability)
    customers = say.text("{count} customers", count=say.short_number(b.customers))
    return f"{on_lines(b.name)}<br>{scores}<br>{customers}"


# Which customers are profitable --------------------------------------------------------------------------------------


def whale_curve(case: Case, found: Sequence[SegmentWorth], say: Wording) -> Chart:
    """Customers from the most to the least profitable, and what they are worth together, net of spend on them.

    found  by `most_profitable_first`
    """
    names = {s.id: s.name for s in case.segments}
    together = [0.0, *accumulate(w.all for w in found)]
    people = sum(w.customers for w in found)
    shares = [0.0, *accumulate(w.customers / people if people > 0 else 0.0 for w in found)]

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Segment"), [names[w.segment] for w in found]),
            column(say.text("Customers today"), [w.customers for w in found], PEOPLE),
            column(say.text("CLV after marketing spend"), [w.each for w in found], MONEY),
            column(say.text("All of them"), [w.all for w in found], MONEY),
            column(say.text("Together with those above"), together[1:], MONEY),
            column(say.text("Share of customers so far"), shares[1:], SHARE),
        )

    if people <= 0:
        title = say.text("Nobody is a customer yet, so nobody is profitable yet")
        return drawn(title, emptied(say, title), table, title)
    summary = say.text(
        "All customers together are worth {total} after what is spent on keeping them. {parts}.",
        total=say.short_money(together[-1]),
        parts="; ".join(
            f"{names[w.segment]}: {say.short_money(w.each)} × {say.short_number(w.customers)}" for w in found[:MOST]
        ),
    )
    title = _whale_title(names, found, together[-1], people, say)
    return drawn(title, _whale_figure(names, found, shares, together, say), table, summary)


def _whale_title(
    names: Mapping[str, str], found: Sequence[SegmentWorth], total: float, people: float, say: Wording
) -> str:
    losing = [w for w in found if w.all < 0]
    if total <= 0:
        return say.text(
            "Our customers cost more than they bring: {total} together", total=say.signed_short_money(total)
        )
    if losing:
        worst = min(losing, key=lambda w: w.all)
        return say.text(
            "{segment} costs more than it brings: without it our customers would be worth {amount} more",
            segment=markdown_text(brief(names[worst.segment])),
            amount=say.short_money(-worst.all),
        )
    if len(found) == 1:
        return say.text(
            "Each customer of {segment} brings {each} after what we spend on keeping them",
            segment=markdown_text(brief(names[found[0].segment])),
            each=say.short_money(found[0].each),
        )
    first = max(found, key=lambda w: w.all)
    return say.text(
        "{segment}: {customers} of today's customers, and {worth} of what today's customers are worth",
        segment=markdown_text(brief(names[first.segment])),
        customers=say.percent(first.customers / people, digits=0),
        worth=say.percent(first.all / total, digits=0),
    )


def _name_parts(
    figure: Sketch, names: Sequence[str], shares: Sequence[float], together: Sequence[float], ends: tuple[float, float]
) -> None:
    """Names on the middle of the curve's parts, the most customers first, where they stand free of each other."""
    x, y = (np.convolve(values, [0.5, 0.5], "valid") for values in (shares, together))
    parts = np.argsort(-np.diff(shares), kind="stable")[:6]
    texts = [on_lines(names[n], NAME_LINE) for n in parts]
    along = np.linspace(0, 1, 49)
    curve = np.stack([along, np.interp(along, shares, together)])
    (left, bottom), (wide, high) = (-0.02, ends[0]), (1.04, ends[1] - ends[0])
    sides = beside(
        (x[parts] - left) / wide, (y[parts] - bottom) / high, np.full(len(parts), 5.6), texts, CURVE_HEIGHT, OFF_CURVE,
        np.stack([(curve[0] - left) / wide, (curve[1] - bottom) / high]),
    )  # fmt: skip
    for n, text, side in zip(parts, texts, sides, strict=True):
        if side is None:
            continue
        across, up = SIDES[side]
        figure.add_annotation(
            x=float(x[n]),
            y=float(y[n]),
            text=text,
            xanchor=("right", "center", "left")[across + 1],
            yanchor=("top", "middle", "bottom")[up + 1],
            xshift=8 * across,
            yshift=8 * up,
            font={"size": LETTERS - 1},
        )


def _whale_figure(
    names: Mapping[str, str],
    found: Sequence[SegmentWorth],
    shares: Sequence[float],
    together: Sequence[float],
    say: Wording,
) -> Sketch:
    figure = Sketch()
    line = {"color": COLOURS["today"], "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=together[-1], line=line, layer="below")
    hovers = [
        "",
        *(f"{on_lines(names[w.segment])}<br>{say.short_money(w.each)} × {say.people(w.customers)}" for w in found),
    ]
    figure.add_scatter(
        x=list(shares), y=list(together), mode="lines", line={"color": HALO, "width": 6}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=list(shares),
        y=list(together),
        mode="lines+markers",
        line={"color": COLOURS["plan"], "width": 3},
        marker={"size": 9, "color": COLOURS["plan"], "line": {"color": HALO, "width": 1.5}},
        fill="tozeroy",
        fillcolor=translucent(COLOURS["today"]),
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    low, high = widened(min(0.0, *together), max(0.0, *together), 0.12)
    _name_parts(figure, [names[w.segment] for w in found], shares, together, (low, high))
    laid_out(figure, say, height=430)
    figure.update_xaxes(
        range=[-0.02, 1.02],
        title={"text": broken(say.text("share of our customers, the most profitable first"))},
        **share_ticks(0.0, 1.0, say, most=4),
    )
    figure.update_yaxes(
        range=[low, high],
        title={"text": say.text("worth together")},
        **money_ticks(low, high, say, most=4),
    )
    figure.update_yaxes(zeroline=True, zerolinecolor=COLOURS["today"])
    return figure
