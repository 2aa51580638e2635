"""Response curves: what a lever does at each spend, as the answers say, with today and the plan on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from strategy.case.case import Case, Curve
from strategy.case.levers import COLUMN, LEVER_OF, LEVERS, METRICS
from strategy.charts.drawing.axes import Ticks, hint, last_only, money_ticks, on_lines, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out
from strategy.charts.drawing.labels import brief, metric_measure, metric_value, phase_names
from strategy.charts.drawing.rows import emptied
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, Measure, column, tabled
from strategy.equity.curves import Array, Response
from strategy.equity.parameters import Parameters, numbers, spend_array
from strategy.equity.phases import PhasedSpend, phases_of, spend_path
from strategy.words.messages import LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import Wording, markdown_text

PANELS = 6
POINTS = 41


@dataclass(frozen=True)
class _Panel:
    """One segment's curve: spends and metric (points,), the places on it (the plan's: one a phase), and its ends."""

    name: str
    spends: Array
    values: Array
    today: tuple[float, float]
    plan: tuple[list[float], list[float]]
    answers: tuple[list[float], list[float]]
    floor: float
    ceiling: float

    @property
    def furthest(self) -> float:
        """The metric in the phase that takes it furthest from today."""
        return max(self.plan[1], key=lambda value: abs(value - self.today[1]))


def response_curves(
    case: Case, given: Parameters, spend: PhasedSpend, lever: str, say: Wording, segment: str | None = None
) -> Chart:
    """What one lever does in the first period at each spend, one panel per segment.

    given  the case's parameters; with draws, the curve is their median
    spend  the plan; of each phase its spend stands on the curve
    lever  its code; segments where it is a constant have no panel
    segment  id of the one segment to draw; without it all are
    """
    kind = LEVERS[lever]
    panels = _panels(case, given, spend, lever, segment)
    if not panels:
        nothing = say.text(
            "{lever} has no curve in any segment: answer its questions first", lever=say.text(LEVER_NAMES[lever])
        )
        return drawn(nothing, emptied(say, nothing), lambda: tabled(say, column(say.text("Segment"), [])), nothing)
    shown = sorted(panels, key=lambda panel: -max(panel.today[0], *panel.plan[0]))[:PANELS]
    shown = [panel for panel in panels if panel in shown]

    def measured(values: list[float]) -> tuple[list[float], list[Measure]]:
        return values, [metric_measure(kind.metric, value) for value in values]

    table = tabled(
        say,
        column(say.text("Segment"), [p.name for p in panels]),
        column(say.text("Without spending"), *measured([p.floor for p in panels])),
        column(say.text("Spend today"), [p.today[0] for p in panels], MONEY),
        column(say.text("Reached today"), *measured([p.today[1] for p in panels])),
        *(
            told
            for n, title in enumerate(_phase_titles(case, spend, say))
            for told in (
                column(title(say.text("Spend in the plan")), [p.plan[0][n] for p in panels], MONEY),
                column(title(say.text("Reached in the plan")), *measured([p.plan[1][n] for p in panels])),
            )
        ),
        column(say.text("At unlimited spend"), *measured([p.ceiling for p in panels])),
    )
    figure = _figure(case, shown, kind.metric, say)
    return drawn(_title(shown, kind.metric, lever, say), figure, lambda: table, _summary(panels, shown, lever, say))


def _phase_titles(case: Case, spend: PhasedSpend, say: Wording) -> list[Callable[[str], str]]:
    """For each phase what it makes of a column's title; of one phase the title as it is."""
    starts = [phase.start for phase in phases_of(spend)]
    if len(starts) == 1:
        return [str]
    return [lambda title, name=name: f"{title}, {name}" for name in phase_names(case, starts, say)]  # type: ignore[misc]


def _panels(case: Case, given: Parameters, spend: PhasedSpend, lever: str, only: str | None) -> list[_Panel]:
    position = COLUMN[lever]
    response = given.responses[lever]
    today = spend_array(case, case.today)[0, 0, :, position]
    plan = spend_path(case, spend).money[0, 0, :, :, position]
    likely = numbers(case).curves[0, :, position]
    most = np.maximum.reduce([2 * today, 1.3 * plan.max(axis=0), 1.15 * likely[:, 5]])
    grid = np.linspace(0, 1, POINTS)[:, None] ** 1.5 * most
    values = _at(response, grid)
    reached = _at(response, np.vstack([today, plan]))
    ends = [np.median(end[:, 0], axis=0) for end in (response.floor, response.ceiling)]
    found = []
    for s, segment in enumerate(case.segments):
        answered = segment.levers[lever]
        if not isinstance(answered, Curve) or only not in (None, segment.id):
            continue
        asked = len(answered.points)
        found.append(
            _Panel(
                segment.name,
                grid[:, s],
                values[:, s],
                (float(today[s]), float(reached[0, s])),
                (plan[:, s].tolist(), reached[1:, s].tolist()),
                (likely[s, 4 : 4 + asked].tolist(), likely[s, 1 : 1 + asked].tolist()),
                float(ends[0][s]),
                float(ends[1][s]),
            )
        )
    return found


def _at(response: Response, spends: Array) -> Array:
    """The metric at spends (places, segments), (places, segments): the median where there are draws."""
    values = response.metric(response.share(spends[None] / response.answer_spend))
    return np.asarray(np.median(np.broadcast_to(values, (values.shape[0], *spends.shape)), axis=0), float)


def _title(panels: list[_Panel], metric: str, lever: str, say: Wording) -> str:
    moved = max(panels, key=lambda p: abs(p.furthest - p.today[1]) / abs(p.ceiling - p.floor))
    ends = [metric_value(metric, value, say) for value in (moved.today[1], moved.furthest)]
    if ends[0] == ends[1]:
        open_yet = max(panels, key=lambda p: abs(p.ceiling - p.today[1]) / abs(p.ceiling - p.floor))
        return say.text(
            "{segment}, {metric}: {now} now, {ceiling} at unlimited spend",
            segment=markdown_text(brief(open_yet.name)),
            metric=say.text(METRIC_NAMES[metric]),
            now=metric_value(metric, open_yet.today[1], say),
            ceiling=metric_value(metric, open_yet.ceiling, say),
        )
    return say.text(
        "{lever}: in {segment} the plan takes the {metric} from {today} to {plan}",
        lever=say.text(LEVER_NAMES[lever]),
        segment=markdown_text(brief(moved.name)),
        metric=say.text(METRIC_NAMES[metric]),
        today=ends[0],
        plan=ends[1],
    )


def _summary(panels: list[_Panel], shown: list[_Panel], lever: str, say: Wording) -> str:
    kind = LEVERS[lever]
    sentence = say.text(
        "What the answers say: the {metric} against spend in the first period, with today, the plan and the answers on "
        "each curve, and dotted lines at no and at unlimited spend.",
        metric=say.text(METRIC_NAMES[kind.metric]),
    )
    if kind.intensity == "customer":
        sentence += " " + say.text(
            "The spend is divided over today's active customers; with more of them the same money does less for each."
        )
    if len(shown) < len(panels):
        sentence += " " + say.text(
            "Drawn are the {shown} segments with most spend of {all}.",
            shown=say.number(len(shown)),
            all=say.number(len(panels)),
        )
    return sentence


# The picture ---------------------------------------------------------------------------------------------------------


def _figure(case: Case, panels: list[_Panel], metric: str, say: Wording) -> Sketch:
    columns = 1 if len(panels) == 1 else 2
    lines = -(-len(panels) // columns)
    height = 220 * lines + 80 if len(panels) > 1 else 340
    figure = Sketch(panels=len(panels))
    figure.arrange(columns, between_columns=0.2, between_rows=88 / height)
    for number, panel in enumerate(panels, 1):
        if len(panels) > 1:
            figure.add_title(number, on_lines(panel.name, line=20), 0.5, "center")
        _add_panel(figure, panel, metric, number, say)
    laid_out(figure, say, height=height)
    figure.update_layout(margin={"t": 88, "b": 12}, showlegend=False)
    key = say.text("{circle} today  {diamond} plan  {dot} answers", circle="●", diamond="◆", dot="•")
    dotted = say.text("dotted: nothing and unlimited spend")
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", yshift=42,
        text=f"{key}<br>{hint(dotted)}", align="left",
    )  # fmt: skip
    per_period = say.text("spend {per_period}", per_period=say.per(case.period))
    for number, panel in enumerate(panels, 1):
        _panel_axes(figure, panel, metric, number, columns == 1, say)
        if number + columns > len(panels):
            figure.update_xaxes(panel=number, title={"text": per_period, "standoff": 6})
    return figure


def _add_panel(figure: Sketch, panel: _Panel, metric: str, number: int, say: Wording) -> None:
    name = on_lines(panel.name)

    def hovers(what: str, spends: list[float], values: list[float]) -> list[str]:
        return [
            f"{name}<br>{what}: {say.short_money(x)} → {metric_value(metric, float(y), say)}"
            for x, y in zip(spends, values, strict=True)
        ]

    last = float(panel.spends[-1])
    for end in (panel.floor, panel.ceiling):
        line = {"color": COLOURS["today"], "width": 1.5, "dash": "dot"}
        figure.add_scatter(
            panel=number, x=[0, last], y=[end, end], mode="lines", line=line, hoverinfo="skip", showlegend=False
        )
    colour = COLOURS[LEVER_OF[metric]]
    look: dict[str, Any] = {"hovertemplate": "%{customdata}<extra></extra>", "panel": number}
    spends, values = panel.spends.tolist(), panel.values.tolist()
    figure.add_scatter(
        x=spends, y=values, mode="lines", line={"color": colour, "width": 3}, showlegend=False,
        customdata=hovers(say.text("curve"), spends, values), **look,
    )  # fmt: skip
    marks: tuple[tuple[str, str, int, str, tuple[list[float], list[float]]], ...] = (
        (say.text("today"), "circle", 17, COLOURS["today"], ([panel.today[0]], [panel.today[1]])),
        (say.text("plan"), "diamond", 12, COLOURS["plan"], panel.plan),
        (say.text("answers"), "circle", 7, colour, panel.answers),
    )
    for what, symbol, size, fill, (x, y) in marks:
        figure.add_scatter(
            x=x, y=y, mode="markers", name=what, showlegend=False,
            marker={"symbol": symbol, "size": size, "color": fill, "line": {"color": HALO, "width": 1.5}},
            customdata=hovers(what, x, y), **look,
        )  # fmt: skip


def _panel_axes(figure: Sketch, panel: _Panel, metric: str, number: int, wide: bool, say: Wording) -> None:
    low, high = widened(min(panel.floor, panel.ceiling), max(panel.floor, panel.ceiling), 0.08)
    last = float(panel.spends[-1])
    ticks: Ticks = share_ticks(low, high, say, 4) if METRICS[metric].unit != "money" else money_ticks(low, high, say, 4)
    spends = money_ticks(0.0, last, say, 3) if wide else last_only(money_ticks(0.0, last, say, 2))
    figure.update_yaxes(panel=number, range=[low, high], **ticks)
    figure.update_xaxes(panel=number, range=list(widened(0.0, last, 0.04)), **spends)
