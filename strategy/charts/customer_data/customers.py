"""Whether to trust what customer data say: purchases foretold and made, frequencies, how long contracts run."""

from collections.abc import Sequence

import numpy as np

from strategy.charts.drawing.axes import broken, number_ticks, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import NUMBER, PEOPLE, SHARE, ChartTable, Measure, column, tabled
from strategy.customers.cleaning.summary import Unit
from strategy.customers.models.likelihood import Array
from strategy.customers.study import Running, Tracked
from strategy.words.wording import N_, Wording

UNIT_AXES = {
    "day": N_("days since the end of the first half"),
    "week": N_("weeks since the end of the first half"),
    "month": N_("months since the end of the first half"),
}
RENEWALS = {
    "month": N_("months since the start"),
    "quarter": N_("quarters since the start"),
    "year": N_("years since the start"),
}


def purchases_foretold(tracked: Tracked, unit: Unit, say: Wording) -> Chart:
    """Cumulative repeat purchases, made and expected, before and after the end of the calibration."""
    held = tracked.holdout
    miss = (held.predicted - held.actual) / held.actual if held.actual > 0 else 0.0
    amounts = {"predicted": say.short_number(held.predicted), "actual": say.short_number(held.actual)}
    title = say.text(
        "From the first half the model foretold {predicted} repeat purchases in the second; customers made {actual} "
        "({miss})",
        **amounts,
        miss=say.signed_percent(miss),
    )

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text(UNIT_AXES[unit]), tracked.moments, Measure("number", 0)),
            column(say.text("Made"), tracked.actual, Measure("number", 0)),
            column(say.text("Expected"), tracked.expected, Measure("number", 1)),
        )

    summary = say.text(
        "Two lines of repeat purchases added up over time. At the end customers had made {made} and the model expected "
        "{expected}. By chance alone the second half could lie between {low} and {high}.",
        made=say.short_number(float(tracked.actual[-1])),
        expected=say.short_number(float(tracked.expected[-1])),
        low=say.short_number(held.low),
        high=say.short_number(held.high),
    )
    figure = Sketch()
    _lines(figure, tracked.moments, tracked.actual, tracked.expected, say)
    figure.add_vline(0.0, {"color": COLOURS["today"], "width": 1, "dash": "dot"})
    low, high = widened(0.0, float(max(tracked.actual.max(), tracked.expected.max())))
    laid_out(figure, say, height=360)
    first, last = float(tracked.moments[0]), float(tracked.moments[-1])
    figure.update_xaxes(
        title={"text": broken(say.text(UNIT_AXES[unit]))},
        range=list(widened(first, last, 0.03)),
        **number_ticks(first, last, say, most=4),
    )
    figure.update_yaxes(
        title={"text": say.text("repeat purchases so far")}, range=[low, high], **number_ticks(0.0, high, say)
    )
    return drawn(title, figure, table, summary)


def _lines(figure: Sketch, x: Array, actual: Array, expected: Array, say: Wording) -> None:
    looks = (
        (say.text("made"), actual, {"color": COLOURS["today"], "width": 4}),
        (say.text("expected"), expected, {"color": COLOURS["acquire"], "width": 3, "dash": "dash"}),
    )
    for name, values, line in looks:
        figure.add_scatter(
            x=x,
            y=values,
            mode="lines",
            name=name,
            line=line,
            customdata=[f"{name}: {say.short_number(float(value))}" for value in values],
            hovertemplate="%{customdata}<extra></extra>",
        )


def purchase_frequency(actual: Array, expected: Array, say: Wording) -> Chart:
    """How many customers bought again 0, 1, ... times, and how many the model expects to."""
    labels = [say.number(number) for number in range(len(actual) - 1)]
    labels.append(say.text("{number} or more", number=len(actual) - 1))
    off = float(np.abs(actual - expected).sum() / 2 / max(actual.sum(), 1.0))
    title = say.text(
        "The model puts {share} of customers at the right number of repeat purchases", share=say.percent(1 - off, 0)
    )

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Repeat purchases"), labels),
            column(say.text("Customers"), actual, PEOPLE),
            column(say.text("Expected"), expected, PEOPLE),
        )

    summary = say.text(
        "Pairs of bars per number of repeat purchases, customers and expected: {parts}.",
        parts="; ".join(
            f"{label}: {say.short_number(float(a))} / {say.short_number(float(e))}"
            for label, a, e in zip(labels, actual, expected, strict=True)
        ),
    )
    return drawn(title, _pairs(labels, actual, expected, say), table, summary)


def _pairs(labels: Sequence[str], actual: Array, expected: Array, say: Wording) -> Sketch:
    figure = Sketch()
    places = np.arange(len(labels), dtype=float)
    for name, values, colour, aside in (
        (say.text("customers"), actual, COLOURS["today"], -0.2),
        (say.text("expected"), expected, COLOURS["acquire"], 0.2),
    ):
        figure.add_bar(
            x=places + aside,
            y=values,
            width=0.38,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=[
                f"{label}: {say.short_number(float(value))} {name}" for label, value in zip(labels, values, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    high = widened(0.0, float(max(actual.max(), expected.max())))[1]
    laid_out(figure, say, height=360)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(
        title={"text": say.text("repeat purchases per customer")},
        tickmode="array",
        tickvals=places,
        ticktext=[*labels[:-1], f"{len(labels) - 1}+"],
    )
    figure.update_yaxes(title={"text": say.text("customers")}, range=[0, high], **number_ticks(0.0, high, say))
    return figure


def contracts_running(model: Running, say: Wording) -> Chart:
    """The share of contracts still running by age: seen (Kaplan-Meier, 95 % of doubt) and the model's."""
    observed, expected = model.observed, model.expected
    reach = 1.96 * model.error
    off = float(np.abs(observed - expected).max())
    title = say.text(
        "After {age}, {share} of contracts still run; the model is at most {points} percentage points off",
        age=say.period(model.period, len(observed) - 1),
        share=say.percent(float(observed[-1]), 0),
        points=say.number(100 * off, 1),
    )

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text(RENEWALS[model.period]), range(len(observed)), NUMBER),
            column(say.text("Still running"), observed, SHARE),
            column(say.text("Standard error"), model.error, Measure("share", 2)),
            column(say.text("Expected"), expected, SHARE),
            column(say.text("Came up for renewal"), ["", *model.at_risk], PEOPLE),
            column(say.text("Ended"), ["", *model.left], PEOPLE),
        )

    summary = say.text(
        "A falling line of the share of contracts that still run, seen and expected: {parts}.",
        parts="; ".join(
            f"{at}: {say.percent(float(a))} / {say.percent(float(e))}"
            for at, (a, e) in enumerate(zip(observed, expected, strict=True))
        ),
    )
    figure, x = Sketch(), np.arange(len(observed), dtype=float)
    around = np.r_[np.clip(observed - reach, 0, 1), np.clip(observed + reach, 0, 1)[::-1]]
    figure.add_scatter(
        x=np.r_[x, x[::-1]], y=around, mode="lines", fill="toself", fillcolor=translucent(COLOURS["today"], 0.3),
        line={"width": 0}, hoverinfo="skip", name=say.text("95% of doubt"),
    )  # fmt: skip
    for name, values, colour, dash in (
        (say.text("still running"), observed, COLOURS["today"], "solid"),
        (say.text("expected"), expected, COLOURS["acquire"], "dash"),
    ):
        figure.add_scatter(
            x=x,
            y=values,
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 3, "dash": dash},
            marker={"color": colour, "size": 8, "line": {"color": HALO, "width": 1}},
            customdata=[f"{name}: {say.percent(float(value))}" for value in values],
            hovertemplate="%{customdata}<extra></extra>",
        )
    laid_out(figure, say, height=360)
    figure.update_xaxes(title={"text": say.text(RENEWALS[model.period])}, **number_ticks(0.0, float(x[-1]), say))
    figure.update_yaxes(title={"text": say.text("share still running")}, range=[0, 1.05], **share_ticks(0, 1, say))
    return drawn(title, figure, table, summary)
