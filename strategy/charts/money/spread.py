"""How a plan may turn out: its uplift over all draws, one picture per plan."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import hint, money_ticks, on_lines
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import emptied
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import SHARE, SIGNED_MONEY, ChartTable, column, tabled
from strategy.equity.curves import Array
from strategy.equity.uncertainty import Band, Outlook
from strategy.words.wording import Wording, markdown_text

BINS = 36
PANEL = 150
SHARES = (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95))


def uplift_distribution(case: Case, outlook: Outlook, say: Wording, names: Sequence[str] = ()) -> Chart:
    """How far each plan beats today's over the draws: its distribution with the 5-50-95 marks and a line at 0.

    names  of the plans, after today's; numbered where left out
    """
    plans = outlook.draws.shape[1] - 1
    names = [*names[:plans], *(_name(number, plans, say) for number in range(len(names) + 1, plans + 1))]
    table = _table(outlook, names, say)
    uplift = outlook.draws[:, 1:] - outlook.draws[:, :1]
    scale = float(np.abs(outlook.draws).max()) or 1.0
    if not plans or np.abs(uplift).max() <= 1e-9 * scale:
        nothing = say.text("The plan is today's, so there is no difference to be sure about: move euros first")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    best = max(range(1, plans + 1), key=lambda plan: (outlook.better[plan, 0], _at(outlook.uplift, "p05", plan)))
    fields = {
        "share": say.chance(float(outlook.better[best, 0])),
        "mean": say.signed_short_money(_at(outlook.uplift, "mean", best)),
        "low": say.signed_short_money(_at(outlook.uplift, "p05", best)),
        "high": say.signed_short_money(_at(outlook.uplift, "p95", best)),
    }
    if plans == 1:
        title = say.text(
            "The plan beats today's in {share} of draws: {mean} on average, in nine of ten between {low} and {high}",
            **fields,
        )
    else:
        title = say.text(
            "{plan} is surest to beat today's: in {share} of draws; {mean} on average, in nine of ten between "
            "{low} and {high}",
            plan=markdown_text(brief(names[best - 1])),
            **fields,
        )
    return drawn(title, _figure(outlook, uplift, names, say), lambda: table, _summary(outlook, names, say))


def _name(number: int, plans: int, say: Wording) -> str:
    return say.text("Plan") if plans == 1 else say.text("Plan {number}", number=number)


def _at(band: Band, percentile: str, plan: int) -> float:
    return float(getattr(band, percentile)[plan])


def _band(band: Band, plan: int, say: Wording) -> str:
    """The range of 90 % of the draws."""
    return say.span(_at(band, "p05", plan), _at(band, "p95", plan), say.signed_short_money)


def _table(outlook: Outlook, names: Sequence[str], say: Wording) -> ChartTable:
    """A row per plan, and one more with the beliefs of a lever moving together."""
    if not names:
        return tabled(say, column(say.text("Plan"), []))
    plans = range(1, len(names) + 1)
    labels = [label for name in names for label in (name, say.text("{plan}, beliefs of a lever together", plan=name))]
    better = [cell for plan in plans for cell in (float(outlook.better[plan, 0]), "")]

    def told(measure: str) -> list[float]:
        return [_at(band, measure, plan) for plan in plans for band in (outlook.uplift, outlook.uplift_together)]

    return tabled(
        say,
        column(say.text("Plan"), labels),
        column(say.text("Beats today's"), better, SHARE),
        column(say.text("Mean uplift"), told("mean"), SIGNED_MONEY),
        *(
            column(
                say.text("{share} of draws below", share=say.percent(share, digits=0)), told(percentile), SIGNED_MONEY
            )
            for percentile, share in SHARES
        ),
    )


def _summary(outlook: Outlook, names: Sequence[str], say: Wording) -> str:
    sentences = [
        say.text(
            "{plan} beats today's in {share} of {draws} draws; in 90 of 100 its uplift lies within {band}, or within "
            "{together} where all beliefs about a lever prove right or wrong together.",
            plan=name,
            share=say.chance(float(outlook.better[plan, 0])),
            draws=say.number(len(outlook.draws)),
            band=_band(outlook.uplift, plan, say),
            together=_band(outlook.uplift_together, plan, say),
        )
        for plan, name in enumerate(names, 1)
    ]
    return " ".join(sentences)


# The picture ---------------------------------------------------------------------------------------------------------


def _figure(outlook: Outlook, uplift: Array, names: Sequence[str], say: Wording) -> Sketch:
    plans = len(names)
    height = PANEL * plans + 96
    heads = [
        f"{_head(name, float(outlook.better[p, 0]), say)}<br>{hint(_marks(outlook.uplift, p, say))}"
        for p, name in enumerate(names, 1)
    ]
    figure = Sketch(panels=plans)
    figure.arrange(1, between_rows=56 / (PANEL * plans))
    for plan, head in enumerate(heads, 1):
        figure.add_title(plan, head, 0, "left")
        _add_shape(figure, uplift[:, plan - 1], plan, say)
        _add_interval(figure, outlook.uplift, plan, say)
    low, high = np.percentile(uplift, (0.5, 99.5))
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    air = 0.05 * (high - low)
    laid_out(figure, say, height=height)
    figure.update_layout(margin={"t": 48}, showlegend=False, bargap=0.06)
    figure.update_xaxes(
        range=[low - air, high + air], showgrid=False, **money_ticks(low, high, say, most=3, signed=True)
    )
    figure.update_yaxes(visible=False, rangemode="tozero")
    for plan in range(1, plans + 1):
        figure.add_vline(x=0, line={"color": COLOURS["today"], "width": 2}, panel=plan)
    title = say.text("uplift against today's (line: no difference)")
    figure.update_xaxes(showticklabels=False)
    figure.update_xaxes(panel=plans, title={"text": title}, showticklabels=True)
    return figure


def _head(name: str, better: float, say: Wording) -> str:
    """How often a plan beats today's, above its picture."""
    return say.text("{plan} beats today's in {share}", plan=on_lines(name, 22, 1), share=say.chance(better))


def _marks(band: Band, plan: int, say: Wording) -> str:
    """The range between the outer marks, written."""
    return say.text("{share} of draws: {span}", share=say.percent(0.9, digits=0), span=_band(band, plan, say))


def _add_shape(figure: Sketch, uplift: Array, plan: int, say: Wording) -> None:
    """How many of 100 draws fall where, as one outline; outside the 5-95 range in the band's pale colour."""
    low, high = np.percentile(uplift, (0.5, 99.5))
    edges = np.linspace(low, high, BINS + 1) if high > low else np.array([low - 0.5, low + 0.5])
    counts = np.histogram(uplift, edges)[0] / len(uplift)
    hovers = [
        say.text("{share} of draws: {span}", share=say.percent(count), span=say.span(a, b, say.signed_short_money))
        for count, a, b in zip(counts, edges[:-1], edges[1:], strict=True)
    ]
    middles, ends = (edges[:-1] + edges[1:]) / 2, np.percentile(uplift, (5, 95))
    inside = np.flatnonzero((middles >= ends[0]) & (middles <= ends[1]))
    first, last = (int(inside[0]), int(inside[-1]) + 1) if inside.size else (0, len(counts))
    parts = ((slice(0, len(counts)), 0.45), (slice(first, last), 1.0))
    for part, share in parts:
        figure.add_scatter(
            x=np.repeat(edges[part.start : part.stop + 1], 2),
            y=np.concatenate([[0.0], np.repeat(counts[part], 2), [0.0]]),
            mode="lines",
            fill="toself",
            fillcolor=COLOURS["plan"] if share == 1.0 else translucent(COLOURS["plan"], share),
            line={"color": HALO, "width": 1},
            customdata=["", *(hover for hover in hovers[part] for _ in (0, 1)), ""],
            hovertemplate="%{customdata}<extra></extra>",
            panel=plan,
        )


def _add_interval(figure: Sketch, band: Band, plan: int, say: Wording) -> None:
    """Below the bars: the 5-95 range as a line, the median as a diamond."""
    low, middle, high = (_at(band, percentile, plan) for percentile in ("p05", "p50", "p95"))
    hovers = [
        say.text("5% of draws below {value}", value=say.signed_short_money(low)),
        say.text("half of the draws below {value}", value=say.signed_short_money(middle)),
        say.text("95% of draws below {value}", value=say.signed_short_money(high)),
    ]
    most = max(figure.traces[-1]["y"])
    figure.add_scatter(
        x=[low, middle, high],
        y=[-0.12 * most] * 3,
        mode="lines+markers",
        line={"color": COLOURS["today"], "width": 4},
        marker={
            "color": [COLOURS["today"], COLOURS["plan"], COLOURS["today"]],
            "symbol": ["line-ns-open", "diamond", "line-ns-open"],
            "size": 12,
            "line": {"color": [COLOURS["today"], HALO, COLOURS["today"]], "width": [3, 1.5, 3]},
        },
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        panel=plan,
    )
