"""The budget: what it comes to by lever, which money moves, and how large it should be."""

from itertools import accumulate

import numpy as np

from strategy.allocation.budget_curve import BudgetCurve
from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import money_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.stairs import stairs
from strategy.charts.drawing.table import MONEY, SIGNED_MONEY, ChartTable, column, tabled
from strategy.equity.parameters import spend_array
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.equity.readouts import PLAYERS, Readouts
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording

AS_TODAY = N_("The plan is today's, worth {equity}: move euros to see what they bring")
ADDS = N_("The plan adds {uplift} to customer equity; most comes from {lever} ({part})")
SAVES = N_(
    "The plan adds {uplift} to customer equity; most comes of spending {saved} {per_period} less on {lever} ({part})"
)
LOSES = N_("The plan loses {loss} of customer equity; most is lost on {lever} ({part})")
"""What the waterfall finds."""
NOTHING = 1e-9
"""A difference below this share of the amounts is rounding."""


# From today's customer equity to the plan's --------------------------------------------------------------------------


def waterfall(case: Case, r: Readouts, say: Wording, spend: PhasedSpend | None = None) -> Chart:
    """What changed against today, by lever: today's customer equity, each lever's part (Shapley), the plan's.

    spend  the plan's, so that the finding can say where a part comes of spending less
    """
    today, plan = float(r.today.customer_equity[0, 0]), r.customer_equity
    scale = max(abs(today), abs(plan), 1.0)
    steps = {player: r.attribution[player] for player in PLAYERS if abs(r.attribution[player]) > NOTHING * scale}
    figure = _waterfall_figure(today, plan, steps, say)
    running = list(accumulate(steps.values(), initial=today))

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Step"), [say.text("Today"), *(say.text(LEVER_NAMES[p]) for p in steps), say.text("Plan")]),
            column(say.text("Change"), ["", *steps.values(), ""], SIGNED_MONEY),
            column(say.text("Customer equity"), [*running, plan], MONEY),
        )

    return drawn(
        _waterfall_title(case, r, steps, spend, say), figure, table, _waterfall_summary(today, plan, steps, say)
    )


def _waterfall_title(case: Case, r: Readouts, steps: dict[str, float], spend: PhasedSpend | None, say: Wording) -> str:
    if not steps:
        return say.text(AS_TODAY, equity=say.short_money(r.customer_equity))
    largest = max(steps, key=lambda player: steps[player] * (1 if r.uplift >= 0 else -1))
    lever, part = say.text(LEVER_NAMES[largest]), say.signed_short_money(steps[largest])
    if r.uplift >= 0:
        saved = _saved(case, largest, spend)
        if saved > 0:
            return say.text(
                SAVES,
                uplift=say.short_money(r.uplift),
                saved=say.short_money(saved),
                per_period=say.per(case.period),
                lever=lever,
                part=part,
            )
        return say.text(ADDS, uplift=say.short_money(r.uplift), lever=lever, part=part)
    return say.text(LOSES, loss=say.short_money(-r.uplift), lever=lever, part=part)


def _saved(case: Case, player: str, spend: PhasedSpend | None) -> float:
    """How much less per period a lever gets than today, on average over the plan; 0 for initiatives."""
    if spend is None or player not in LEVER_CODES:
        return 0.0
    lever, path = LEVER_CODES.index(player), spend_path(case, spend)
    lengths = np.diff([*path.starts, case.horizon + 1])
    planned = np.average(path.money[0, 0, :, :, lever].sum(axis=-1), weights=lengths)
    return float(spend_array(case, case.today)[0, 0, :, lever].sum() - planned)


def _waterfall_summary(today: float, plan: float, steps: dict[str, float], say: Wording) -> str:
    if not steps:
        return say.text("Customer equity today and in the plan: both {equity}.", equity=say.short_money(today))
    parts = [f"{say.text(LEVER_NAMES[player])} {say.signed_short_money(part)}" for player, part in steps.items()]
    return say.text(
        "Customer equity goes from {today} today to {plan} in the plan: {parts}. A lever's part is its average over "
        "every order in which the levers can be changed (Shapley).",
        today=say.short_money(today),
        plan=say.short_money(plan),
        parts=", ".join(parts),
    )


def _waterfall_figure(today: float, plan: float, steps: dict[str, float], say: Wording) -> Sketch:
    names = [say.text("Today"), *(say.text(LEVER_NAMES[player]) for player in steps), say.text("Plan")]
    colours = [COLOURS["today"], *(COLOURS[player] for player in steps), COLOURS["plan"]]
    note = say.text("each lever's part: its average over every order (Shapley)")
    return stairs(names, colours, today, [*steps.values()], plan, note if steps else "", say)


# How large a budget --------------------------------------------------------------------------------------------------


def budget_size(
    case: Case, curve: BudgetCurve, today: tuple[float, float], plan: tuple[float, float], say: Wording
) -> Chart:
    """Customer equity of the best split at each budget, with today, the plan and the break-even budget.

    Where the curve is the plan's money over time, scaled, the plan lies on it.
    today, plan  (budget, customer equity)
    """
    worth = (
        say.text("Customer equity of the plan, scaled")
        if curve.scaled
        else say.text("Customer equity of the best split")
    )
    table = tabled(
        say,
        column(say.text("Budget {per_period}", per_period=say.per(case.period)), curve.budgets, MONEY),
        column(worth, curve.customer_equity, MONEY),
    )
    better = float(np.interp(plan[0], curve.budgets, curve.customer_equity)) - plan[1]
    inside = curve.budgets[0] <= plan[0] <= curve.budgets[-1]
    summary = say.text(
        "Today we spend {today}, worth {today_equity}; the plan spends {plan}, worth {plan_equity}.",
        today=say.short_money(today[0]),
        today_equity=say.short_money(today[1]),
        plan=say.short_money(plan[0]),
        plan_equity=say.short_money(plan[1]),
    )
    if inside and not curve.scaled and better > 1e-4 * abs(plan[1]):
        summary += " " + say.text(
            "The best split of the plan's budget is worth {more} more.", more=say.short_money(better)
        )
    return drawn(
        _size_title(case, curve, plan, say), _size_figure(case, curve, today, plan, say), lambda: table, summary
    )


def _size_title(case: Case, curve: BudgetCurve, plan: tuple[float, float], say: Wording) -> str:
    period = say.per(case.period)
    if curve.break_even is None:
        if curve.customer_equity[-1] >= curve.customer_equity[0]:
            return say.text(
                "More budget pays at least up to {budget} {period}",
                budget=say.short_money(curve.budgets[-1]),
                period=period,
            )
        return say.text(
            "Even {budget} {period} is more than pays", budget=say.short_money(curve.budgets[0]), period=period
        )
    difference = curve.break_even - plan[0]
    if abs(difference) <= 0.005 * max(curve.break_even, plan[0]):
        return say.text(
            "The plan's budget is the best one: {budget} {period}", budget=say.short_money(plan[0]), period=period
        )
    fields = {"budget": say.short_money(curve.break_even), "period": period}
    if difference < 0:
        return say.text(
            "The plan's budget is {more} {period} larger than pays; the best one is {budget}",
            more=say.short_money(-difference),
            **fields,
        )
    return say.text(
        "More budget pays up to {budget} {period}: {difference} against the plan",
        difference=say.signed_short_money(difference),
        **fields,
    )


def _size_figure(
    case: Case, curve: BudgetCurve, today: tuple[float, float], plan: tuple[float, float], say: Wording
) -> Sketch:
    figure = Sketch()
    best = say.text("plan, scaled") if curve.scaled else say.text("best split")
    hovers = [
        say.text(
            "{budget} {period}, {split}: {equity}",
            budget=say.short_money(b),
            period=say.per(case.period),
            split=best,
            equity=say.short_money(e),
        )
        for b, e in zip(curve.budgets, curve.customer_equity, strict=True)
    ]
    figure.add_scatter(
        x=curve.budgets,
        y=curve.customer_equity,
        mode="lines",
        name=best,
        line={"color": COLOURS["initiatives"], "width": 3},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    for name, key, symbol, size, (budget, equity) in (
        (say.text("today"), "today", "circle", 17, today),
        (say.text("plan"), "plan", "diamond", 12, plan),
    ):
        figure.add_scatter(
            x=[budget],
            y=[equity],
            mode="markers",
            name=name,
            marker={"color": COLOURS[key], "symbol": symbol, "size": size, "line": {"color": HALO, "width": 1.5}},
            customdata=[f"{name}: {say.short_money(budget)} {say.per(case.period)}, {say.short_money(equity)}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    equities = [*curve.customer_equity, today[1], plan[1]]
    low, high = widened(min(equities), max(equities), 0.1)
    first, last = widened(min(*curve.budgets, today[0], plan[0]), max(*curve.budgets, today[0], plan[0]), 0.04)
    laid_out(figure, say, height=380)
    if curve.break_even is not None:
        _mark_break_even(figure, curve.break_even, (first, last), say)
    figure.update_xaxes(
        range=[first, last],
        title={"text": say.text("budget {per_period}", per_period=say.per(case.period))},
        **money_ticks(max(first, 0.0), last, say, most=4),
    )
    figure.update_yaxes(range=[low, high], title={"text": say.text("customer equity")}, **money_ticks(low, high, say))
    return figure


def _mark_break_even(figure: Sketch, budget: float, ends: tuple[float, float], say: Wording) -> None:
    """A vertical line at the budget beyond which a further euro does not pay, with its label inside the picture."""
    right = budget > (ends[0] + ends[1]) / 2
    figure.add_vline(x=budget, line={"color": COLOURS["today"], "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=budget,
        y=0.02,
        yref="paper",
        yanchor="bottom",
        xanchor="right" if right else "left",
        text=f" {say.text('pays up to here')}<br> {say.short_money(budget)} ",
        align="right" if right else "left",
    )
