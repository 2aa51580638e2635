"""The needs of a segment in pictures: our offer beside the alternatives, and where we are behind and ahead."""

from collections.abc import Sequence
from typing import Any

from strategy.charts.drawing.axes import on_lines, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import MOST, Rows, add_bars, add_texts, bar_style, emptied, in_rows, mark, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import NUMBER, SIGNED_NUMBER, column, tabled
from strategy.dimensions.value_map import Gap, Need, alternatives, fulfilment
from strategy.questions.question import HIGHEST_SCORE, LOWEST_SCORE
from strategy.words.wording import MISSING, N_, Wording, markdown_text, plotly_text

ALTERNATIVE_STYLES = (
    ("today", "circle"),
    ("acquire", "square"),
    ("retain", "triangle-up"),
    ("reduce_cost", "x"),
    ("develop", "star"),
)
"""Colour and symbol of the alternatives; those after the last are in the table only."""
NO_NEEDS = N_("No needs of {segment} yet: add what these customers need, and score us and the alternatives")
NO_GAPS = N_("No gaps for {segment} yet: give importance, our score and theirs for a need")


def scores_axis(figure: Sketch, title: str) -> None:
    """The horizontal axis from the lowest to the highest score."""
    scores = list(range(LOWEST_SCORE, HIGHEST_SCORE + 1))
    ticks: dict[str, Any] = {"tickmode": "array", "tickvals": scores, "ticktext": [str(score) for score in scores]}
    figure.update_xaxes(range=[LOWEST_SCORE - 0.3, HIGHEST_SCORE + 0.3], title={"text": title}, **ticks)
    figure.update_xaxes(showgrid=True)


def marked(
    figure: Sketch, placed: Rows, scores: Sequence[float | None], name: str, colour: str, symbol: str, say: Wording
) -> None:
    """One offer's scores as a line through the rows."""
    known = [(score, row) for row, score in enumerate(scores) if score is not None]
    across, down = [score for score, _ in known], [placed.places[row] for _, row in known]
    if colour == "plan":
        halo(figure, across, down)
    figure.add_scatter(
        x=across,
        y=down,
        mode="lines+markers",
        name=plotly_text(name),
        line={"color": translucent(COLOURS[colour], 0.45), "width": 2}
        if colour != "plan"
        else {"color": COLOURS[colour], "width": 2},
        marker={"color": COLOURS[colour], "symbol": symbol, "size": 14, "line": {"color": HALO, "width": 1.5}},
        customdata=[
            say.text("{need}<br>{offer}: {score}", need=placed.labels[row], offer=plotly_text(name), score=score)
            for score, row in known
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def halo(figure: Sketch, across: Sequence[float], down: Sequence[float]) -> None:
    """What makes a dark line stand out on a dark background; unseen on a light one."""
    style = {"color": HALO, "width": 5}
    figure.add_scatter(x=across, y=down, mode="lines", line=style, hoverinfo="skip", showlegend=False)


# Needs ---------------------------------------------------------------------------------------------------------------


def value_curve(found: list[Need], segment: str, say: Wording) -> Chart:
    """The needs of a segment, most important first, with our score and each alternative's.

    segment  its name, as typed
    """
    offers = alternatives(found)
    table = tabled(
        say,
        column(say.text("Need"), [need.name for need in found]),
        column(say.text("Importance"), [need.importance for need in found], NUMBER),
        column(say.text("We"), [need.ours for need in found], NUMBER),
        *(column(brief(name), [need.theirs.get(name) for need in found], NUMBER) for name in offers),
    )
    if not found:
        nothing = say.text(NO_NEEDS, segment=brief(segment))
        title = say.text(NO_NEEDS, segment=markdown_text(brief(segment)))
        return drawn(title, emptied(say, plotly_text(nothing, 200)), lambda: table, nothing)
    shown = found[:MOST]
    placed = rows([_with_importance(need, say) for need in shown])
    figure = Sketch()
    for name, (colour, symbol) in zip(offers, ALTERNATIVE_STYLES, strict=False):
        marked(figure, placed, [need.theirs.get(name) for need in shown], brief(name, 18), colour, symbol, say)
    marked(figure, placed, [need.ours for need in shown], say.text("we"), "plan", "diamond", say)
    in_rows(figure, placed, say, legend=True)
    scores_axis(figure, say.text("score, 1 to 5"))
    summary = "; ".join(
        say.text("{need}: importance {importance}, we {ours}, {theirs}", **_told(need, say)) for need in shown
    )
    return drawn(_curve_title(found, segment, say), figure, lambda: table, f"{summary}.")


def score_text(score: int | None) -> str:
    """A score in a table; a dash where nobody has said yet."""
    return MISSING if score is None else str(score)


def _told(need: Need, say: Wording) -> dict[str, str]:
    theirs = ", ".join(f"{brief(name)} {score}" for name, score in need.theirs.items())
    told = {"need": need.name, "importance": score_text(need.importance), "ours": score_text(need.ours)}
    return told | {"theirs": theirs or say.text("no alternative scored")}


def _with_importance(need: Need, say: Wording) -> str:
    name = on_lines(need.name, 28)
    return say.text("{need} · importance {importance}", need=name, importance=score_text(need.importance))


def _curve_title(found: list[Need], segment: str, say: Wording) -> str:
    ours = fulfilment(found)
    theirs = {name: share for name in alternatives(found) if (share := fulfilment(found, name)) is not None}
    name = markdown_text(brief(segment))
    if ours is None:
        return say.text("{segment}: {count} needs; score how well we meet them", segment=name, count=len(found))
    if not theirs:
        return say.text("{segment}: we meet {share} of what matters", segment=name, share=say.percent(ours, 0))
    best = max(theirs, key=lambda other: theirs[other])
    return say.text(
        "{segment}: we meet {share} of what matters, {alternative} {theirs}",
        segment=name,
        share=say.percent(ours, 0),
        alternative=markdown_text(brief(best)),
        theirs=say.percent(theirs[best], 0),
    )


def need_gaps(found: list[Gap], segment: str, say: Wording) -> Chart:
    """Where we are behind and ahead of each alternative, importance x difference in score, furthest behind first."""
    table = tabled(
        say,
        column(say.text("Need"), [gap.need for gap in found]),
        column(say.text("Alternative"), [gap.alternative for gap in found]),
        column(say.text("Importance"), [gap.importance for gap in found], NUMBER),
        column(say.text("We"), [gap.ours for gap in found], NUMBER),
        column(say.text("They"), [gap.theirs for gap in found], NUMBER),
        column(say.text("Gap = importance × (we − they)"), [gap.size for gap in found], SIGNED_NUMBER),
    )
    if not found:
        nothing = say.text(NO_GAPS, segment=brief(segment))
        title = say.text(NO_GAPS, segment=markdown_text(brief(segment)))
        return drawn(title, emptied(say, plotly_text(nothing, 200)), lambda: table, nothing)
    shown = found if len(found) <= MOST else [*found[: MOST // 2], *found[-MOST // 2 :]]
    placed = rows([_gap_label(gap, say) for gap in shown])
    texts = [say.signed_number(gap.size) for gap in shown]
    figure = Sketch()
    add_bars(figure, placed, [gap.size for gap in shown], texts, bar_style(COLOURS["plan"]))
    for side, sign in (("right", 1), ("left", -1)):
        there = [n for n, gap in enumerate(shown) if (gap.size >= 0) == (sign > 0)]
        ends = [shown[n].size for n in there]
        add_texts(figure, ends, [placed.places[n] for n in there], [texts[n] for n in there], side)
    in_rows(figure, placed, say)
    low, high = min(0, shown[0].size), max(0, shown[-1].size)
    figure.update_xaxes(
        range=with_room(low, high, before=texts, after=texts),
        title={"text": say.text("← behind · importance × difference · ahead →")},
        showticklabels=False,
        ticks="",
    )
    mark(figure, placed, 0.0)
    listed = "; ".join(f"{gap.need}, {gap.alternative}: {say.signed_number(gap.size)}" for gap in shown)
    summary = f"{say.text('Gap = importance × (we − they)')}. {listed}."
    return drawn(_gaps_title(found, segment, say), figure, lambda: table, summary)


def _gap_label(gap: Gap, say: Wording) -> str:
    return on_lines(say.text("{need} · beside {alternative}", need=gap.need, alternative=brief(gap.alternative, 30)))


def _gaps_title(found: list[Gap], segment: str, say: Wording) -> str:
    worst, best, name = found[0], found[-1], markdown_text(brief(segment))
    if worst.size < 0 < best.size:
        return say.text(
            "{segment}: furthest behind on {worst} ({behind}), furthest ahead on {best} ({ahead})",
            segment=name,
            worst=markdown_text(brief(worst.need)),
            behind=say.signed_number(worst.size),
            best=markdown_text(brief(best.need)),
            ahead=say.signed_number(best.size),
        )
    if worst.size < 0:
        return say.text(
            "{segment}: nowhere ahead; furthest behind on {worst} ({behind})",
            segment=name,
            worst=markdown_text(brief(worst.need)),
            behind=say.signed_number(worst.size),
        )
    if best.size > 0:
        return say.text(
            "{segment}: nowhere behind; furthest ahead on {best} ({ahead})",
            segment=name,
            best=markdown_text(brief(best.need)),
            ahead=say.signed_number(best.size),
        )
    return say.text("{segment}: no difference (0) from the alternatives", segment=name)
