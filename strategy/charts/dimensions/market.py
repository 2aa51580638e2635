"""What the market makes of a plan: prospects that run out, rivals that answer, and what both do to the advice."""

from collections.abc import Callable, Sequence

import numpy as np

from strategy.allocation.market_advice import MarketShift
from strategy.case.case import Case
from strategy.charts.drawing.axes import Ticks, number_ticks, on_lines, period_ticks, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import add_bars, add_texts, bar_style, emptied, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, PEOPLE, SHARE, ChartTable, column, numbered, tabled
from strategy.charts.money.over_time import PERIOD_NAMES
from strategy.equity.curves import Array
from strategy.explanations.market import market_sentence
from strategy.plan.market import Answered, PoolCourse
from strategy.words.wording import N_, Wording, markdown_text

EMPTY = 0.01
"""Share of the first prospects below which nobody worth mentioning is left."""


# Prospects over time -------------------------------------------------------------------------------------------------


def prospects_over_time(case: Case, courses: tuple[PoolCourse, PoolCourse], segment: str, say: Wording) -> Chart:
    """A segment's prospects in each period, as today's split and as the plan leave them; who is won and comes back."""
    today, plan = courses
    back = plan.refilled + plan.returned

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Period"), range(1, case.horizon + 1), numbered(case.period)),
            column(say.text("Prospects, today's split"), today.left, PEOPLE),
            column(say.text("Prospects, plan"), plan.left, PEOPLE),
            column(say.text("Won, today's split"), today.won, PEOPLE),
            column(say.text("Won, plan"), plan.won, PEOPLE),
            column(say.text("New prospects, plan"), plan.refilled, PEOPLE),
            column(say.text("Left and could come back, today's split"), today.returned, PEOPLE),
            column(say.text("Left and could come back, plan"), plan.returned, PEOPLE),
        )

    words = {
        "segment": markdown_text(brief(case.segment(segment).name)),
        "first": say.short_number(float(plan.left[0])),
        "last": say.short_number(float(plan.left[-1])),
        "won": say.short_number(float(plan.won.sum())),
        "back": say.short_number(float(back[:-1].sum())),
        "period": say.period_number(case.period, case.horizon),
    }
    empty = np.flatnonzero(plan.left < EMPTY * plan.left[0])
    if len(empty):
        words["period"] = say.period_number(case.period, int(empty[0]) + 1)
        title = say.text("{segment}: of {first} prospects nobody is left by {period}: the plan wins {won}", **words)
    else:
        title = say.text("{segment}: {last} prospects in {period}, {first} now; the plan wins {won}", **words)
    summary = say.text(
        "Prospects that can be reached: from {first} to {today} in {last_period} with today's split, to {last} with "
        "the plan, which wins {won} people; {back} appear or come back meanwhile.",
        today=say.short_number(float(today.left[-1])),
        last_period=say.period_number(case.period, case.horizon),
        **words,
    )
    figure, periods = Sketch(), np.arange(1, case.horizon + 1, dtype=float)
    for name, values, colour in (
        (say.text("won, plan"), plan.won, COLOURS["acquire"]),
        (say.text("appear or come back, plan"), back, COLOURS["initiatives"]),
    ):
        figure.add_bar(
            x=periods, y=values, name=name, marker={"color": translucent(colour, 0.55)},
            customdata=[f"{name}: {say.people(value)}" for value in values],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    _line(figure, periods, today.left, say.text("prospects, today's split"), "today", "dash", say.people)
    _line(figure, periods, plan.left, say.text("prospects, plan"), "plan", "solid", say.people)
    high = widened(0.0, float(max(map(np.max, (today.left, plan.left, plan.won, back)))), 0.08)[1]
    _over_periods(figure, case, high, say.text("people"), number_ticks(0.0, high, say), say)
    figure.update_layout(barmode="group")
    return drawn(title, figure, table, summary)


# What rivals undo ----------------------------------------------------------------------------------------------------


def rivals_over_time(case: Case, found: Answered, segment: str, say: Wording) -> Chart:
    """The share of a segment's prospects that is won in each period, with rivals who answer and if they did not."""
    today, plan, alone = found.shares(case, segment)
    taken = case.segment(segment).rival_response.likely

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Period"), range(1, case.horizon + 1), numbered(case.period)),
            column(say.text("Today's split"), today, SHARE),
            column(say.text("Plan"), plan, SHARE),
            column(say.text("Plan, if rivals did not answer"), alone, SHARE),
        )

    words = {
        "segment": markdown_text(brief(case.segment(segment).name)),
        "taken": say.percent(taken, 0),
        "period": say.period_number(case.period, case.horizon),
        "plan": say.percent(float(plan[-1]), 1),
        "alone": say.percent(float(alone[-1]), 1),
        "lost": say.short_money(found.unanswered.customer_equity - found.answered.customer_equity),
    }
    if np.abs(alone - plan).max() < 5e-5:
        title = say.text(
            "{segment}: the plan wins nothing lasting beyond today, so rivals have nothing to undo", **words
        )
    else:
        title = say.text(
            "{segment}: rivals take back {taken} of a lasting gain: {plan} of prospects won in {period} instead of "
            "{alone}; all rivals together cost the plan {lost}",
            **words,
        )
    summary = say.text(
        "Share of prospects won: {today} in the first period with today's split; with the plan {plan} in {period}, and "
        "{alone} if rivals did not answer.",
        today=say.percent(float(today[0]), 1),
        **words,
    )
    figure, periods = Sketch(), np.arange(1, case.horizon + 1, dtype=float)
    _line(figure, periods, today, say.text("today's split"), "today", "dash", lambda x: say.percent(x, 1))
    name = say.text("plan, if rivals did not answer")
    _line(figure, periods, alone, name, "acquire", "dot", lambda x: say.percent(x, 1))
    _line(figure, periods, plan, say.text("plan"), "plan", "solid", lambda x: say.percent(x, 1))
    high = widened(0.0, float(max(map(np.max, (today, plan, alone)))) or 0.01, 0.08)[1]
    _over_periods(figure, case, high, say.text("share of prospects won"), share_ticks(0.0, high, say), say)
    return drawn(title, figure, table, summary)


def _line(
    figure: Sketch, periods: Array, values: Array, name: str, colour: str, dash: str, write: Callable[[float], str]
) -> None:
    if colour == "plan":  # a light edge, for dark backgrounds
        edge = {"color": HALO, "width": 6}
        figure.add_scatter(x=periods, y=values, mode="lines", line=edge, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=periods,
        y=values,
        mode="lines+markers" if len(periods) <= 24 else "lines",
        name=name,
        line={"color": COLOURS[colour], "width": 3, "dash": dash},
        marker={"color": COLOURS[colour], "size": 8, "symbol": "diamond" if colour == "plan" else "circle"},
        customdata=[f"{name}: {write(float(value))}" for value in values],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _over_periods(figure: Sketch, case: Case, high: float, unit: str, ticks: Ticks, say: Wording) -> None:
    laid_out(figure, say, height=340)
    figure.update_xaxes(
        title={"text": say.text(PERIOD_NAMES[case.period])},
        range=[0.4, case.horizon + 0.6],
        **period_ticks(case.horizon, say),
    )
    figure.update_yaxes(title={"text": unit}, range=[0.0, high], **ticks)


# What it does to the advice ------------------------------------------------------------------------------------------

ROWS = {
    "rivals": N_("Rivals answer"),
    "run_out": N_("Prospects run out"),
    "refilled": N_("Prospects run out and fill up"),
    "phases": N_("Two phases of spending"),
}


def market_advice(case: Case, shifts: Sequence[MarketShift], say: Wording) -> Chart:
    """How much of the best split moves where rivals answer, prospects run out, or spending has two phases."""

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("What the market does"), [say.text(ROWS[s.change]) for s in shifts]),
            column(say.text("Share of the best split that moves"), [s.moved_share for s in shifts], SHARE),
            column(say.text("Money that moves in the best split"), [s.moved for s in shifts], MONEY),
            column(say.text("Gained by moving it"), [s.regret for s in shifts], MONEY),
            column(say.text("The same, of what the best split brings"), [s.regret_share for s in shifts], SHARE),
        )

    if not shifts:
        nothing = say.text("Nothing of the market can move this advice: nobody is won, and the plan has one period")
        return drawn(nothing, emptied(say, nothing), table, nothing)
    first = max(shifts, key=lambda shift: shift.regret)
    title = markdown_text(market_sentence(case, first, say).rstrip("."))
    placed = rows([on_lines(say.text(ROWS[shift.change])) for shift in shifts])
    texts = [
        say.text("{moved} moves, worth {regret}", moved=say.percent(s.moved_share, 0), regret=say.short_money(s.regret))
        for s in shifts
    ]
    moved = [shift.moved_share for shift in shifts]
    figure = Sketch()
    add_bars(figure, placed, moved, texts, bar_style(COLOURS["plan"]))
    add_texts(figure, moved, placed.places, texts)
    in_rows(figure, placed, say)
    high = max(2.2 * max(moved), 0.1)
    figure.update_xaxes(
        range=[0.0, high], title={"text": say.text("share of the best split that moves")},
        **share_ticks(0.0, max(*moved, 0.05), say, 4),
    )  # fmt: skip
    summary = " ".join(market_sentence(case, shift, say) for shift in shifts)
    return drawn(title, figure, table, summary)
