"""Over time: customers and cash, today's and the plan's, with how sure the plan's are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import Ticks, money_ticks, number_ticks, period_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, PEOPLE, ChartTable, Measure, column, numbered, tabled
from strategy.equity.curves import Array
from strategy.equity.readouts import Readouts
from strategy.equity.uncertainty import Band, Outlook
from strategy.words.wording import N_, Wording

PERIOD_NAMES = {"year": N_("year"), "quarter": N_("quarter"), "month": N_("month")}
PLAN = 1
"""The plan's position in an outlook; today's is at 0."""
BANDS = (("p05", "p95"), ("p25", "p75"))
"""Percentiles at both ends of a band: 90 % and 50 % of the draws."""
SHARES = (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95))
"""Percentiles that a table tells, with the share of the draws below each."""


@dataclass(frozen=True)
class _Course:
    """One quantity over the periods, (periods,), and how it is written."""

    case: Case
    today: Array
    plan: Array
    band: Band | None
    unit: str
    short: Callable[[float | None], str]
    full: Measure
    ticks: Callable[[float, float, Wording], Ticks]

    def at(self, percentile: str) -> Array:
        """A percentile of the plan, (periods,)."""
        return np.asarray(getattr(self.band, percentile)[PLAN], float)


def customers_over_time(case: Case, r: Readouts, outlook: Outlook | None, say: Wording) -> Chart:
    """Active customers per period, today's and the plan's, with the plan's bands where there are draws."""
    today, plan = (s.customers[0, 0].sum(axis=-1) for s in (r.today, r.plan))
    course = _Course(
        case, today, plan, _known(outlook, "customers"), say.text("active customers"),
        say.short_number, PEOPLE, number_ticks,
    )  # fmt: skip
    last = say.period_number(case.period, case.horizon)
    difference = float(plan[-1] - today[-1])
    if abs(difference) < 0.5:
        title = say.text(
            "In {period}: {customers} active customers, in the plan as today",
            period=last,
            customers=say.short_number(plan[-1]),
        )
    else:
        title = say.text(
            "In {period} the plan has {customers} active customers: {difference} against today's",
            period=last,
            customers=say.short_number(plan[-1]),
            difference=say.signed_short_number(difference),
        )
    return drawn(title, _lines(course, say), lambda: _table(course, say), _summary(course, say))


def cash_over_time(case: Case, r: Readouts, outlook: Outlook | None, say: Wording) -> Chart:
    """Cash per period, today's and the plan's, with the plan's bands where there are draws."""
    unit = say.text("cash {per_period}, not discounted", per_period=say.per(case.period))
    course = _Course(
        case, r.today.cash[0, 0], r.plan.cash[0, 0], _known(outlook, "cash"), unit,
        say.short_money, MONEY, money_ticks,
    )  # fmt: skip
    return drawn(_cash_title(course, r, say), _lines(course, say), lambda: _table(course, say), _summary(course, say))


def _cash_title(course: _Course, r: Readouts, say: Wording) -> str:
    case = course.case
    more, span = float((course.plan - course.today).sum()), say.period(case.period, case.horizon)
    if np.abs(course.plan - course.today).max() <= 1e-9 * max(1.0, float(np.abs(course.today).max())):
        return say.text(
            "Going on as today brings {cash} in {span}", cash=say.short_money(float(course.today.sum())), span=span
        )
    if r.payback_period is None:
        return say.text(
            "Within {span} the plan does not earn itself back: {difference} of cash against today's",
            span=span,
            difference=say.signed_short_money(more),
        )
    if r.payback_period == 1:
        return say.text(
            "The plan brings more cash from the start: {difference} in {span}",
            difference=say.signed_short_money(more),
            span=span,
        )
    return say.text(
        "The plan has earned itself back in {period} and brings {difference} of cash in {span}",
        period=say.period_number(case.period, r.payback_period),
        difference=say.signed_short_money(more),
        span=span,
    )


def _known(outlook: Outlook | None, what: str) -> Band | None:
    """The outlook's band, where it holds a plan beside today's."""
    return getattr(outlook, what) if outlook is not None and outlook.draws.shape[1] > PLAN else None


# Lines, table, words -------------------------------------------------------------------------------------------------


def _lines(course: _Course, say: Wording) -> Sketch:
    figure = Sketch()
    periods = np.arange(1, course.case.horizon + 1, dtype=float)
    if course.band is not None:
        for number, (lower, upper) in enumerate(BANDS):
            _add_band(figure, periods, course.at(lower), course.at(upper), number == 0, say)
    today, plan = say.text("today"), say.text("plan")
    _add_line(figure, periods, course.today, (today, "today", "dash"), course, say)
    _add_line(figure, periods, course.plan, (plan, "plan", "solid"), course, say)
    seen = [course.today, course.plan, *((course.at("p05"), course.at("p95")) if course.band is not None else ())]
    low, high = widened(min(map(float, map(np.min, seen))), max(map(float, map(np.max, seen))), 0.08)
    laid_out(figure, say, height=360)
    figure.update_xaxes(
        title={"text": say.text(PERIOD_NAMES[course.case.period])},
        range=list(widened(1.0, float(course.case.horizon), 0.04)) if course.case.horizon > 1 else [0.5, 1.5],
        showgrid=False,
        **period_ticks(course.case.horizon, say),
    )
    figure.update_yaxes(title={"text": course.unit}, range=[low, high], **course.ticks(low, high, say))
    return figure


def _add_band(figure: Sketch, periods: Array, low: Array, high: Array, first: bool, say: Wording) -> None:
    if len(periods) == 1:
        periods, low, high = np.array([0.85, 1.15]), np.repeat(low, 2), np.repeat(high, 2)
    around: dict[str, Any] = {"x": np.concatenate([periods, periods[::-1]]), "y": np.concatenate([low, high[::-1]])}
    quiet: dict[str, Any] = {"mode": "lines", "fill": "toself", "hoverinfo": "skip", "legendgroup": "band"}
    lighter = translucent("#FFFFFF", 0.12)  # unseen on a light background, lifts the band from a dark one
    figure.add_scatter(**around, **quiet, fillcolor=lighter, line={"width": 0}, showlegend=False)
    figure.add_scatter(
        **around,
        **quiet,
        fillcolor=translucent(COLOURS["plan"]),
        line={"color": translucent("#FFFFFF", 0.35), "width": 1},
        name=say.text("plan in {half} and {most} of draws", half=say.percent(0.5, 0), most=say.percent(0.9, 0)),
        showlegend=first,
    )


def _add_line(
    figure: Sketch, periods: Array, values: Array, look: tuple[str, str, str], course: _Course, say: Wording
) -> None:
    name, key, dash = look
    if key == "plan":  # a light edge, for dark backgrounds
        figure.add_scatter(
            x=periods, y=values, mode="lines", line={"color": HALO, "width": 6}, hoverinfo="skip", showlegend=False
        )
    many = len(periods) > 24
    figure.add_scatter(
        x=periods,
        y=values,
        mode="lines" if many and key == "today" else "lines+markers",
        name=name,
        line={"color": COLOURS[key], "width": 3, "dash": dash},
        marker={
            "color": COLOURS[key],
            "symbol": "diamond" if key == "plan" else "circle",
            "size": 4 if many else 9,
            "line": {"color": HALO, "width": 1 if key == "plan" else 0},
        },
        customdata=[
            f"{name}, {say.period_number(course.case.period, int(t))}: {course.short(value)}"
            for t, value in zip(periods, values, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _table(course: _Course, say: Wording) -> ChartTable:
    course_of_plan = [
        column(say.text("Period"), range(1, course.case.horizon + 1), numbered(course.case.period)),
        column(say.text("Today"), course.today, course.full),
        column(say.text("Plan"), course.plan, course.full),
        column(say.text("Difference"), course.plan - course.today, replace(course.full, signed=True)),
    ]
    below = SHARES if course.band is not None else ()
    for percentile, share in below:
        heading = say.text("Plan, {share} of draws below", share=say.percent(share, digits=0))
        course_of_plan.append(column(heading, course.at(percentile), course.full))
    return tabled(say, *course_of_plan)


def _summary(course: _Course, say: Wording) -> str:
    case = course.case
    sentence = say.text(
        "{what}: from {first} to {today} in {period} when we go on as today, to {plan} with the plan.",
        what=course.unit[:1].upper() + course.unit[1:],
        first=course.short(course.today[0]),
        today=course.short(course.today[-1]),
        period=say.period_number(case.period, case.horizon),
        plan=course.short(course.plan[-1]),
    )
    if course.band is None:
        return sentence
    ends = say.span(float(course.at("p05")[-1]), float(course.at("p95")[-1]), course.short)
    return f"{sentence} " + say.text(
        "In {share} of draws the plan ends within {ends}.", share=say.percent(0.9, 0), ends=ends
    )
