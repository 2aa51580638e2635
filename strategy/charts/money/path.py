"""The path of the money: what each lever gets in every period of the plan, beside today's total."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import money_ticks, period_ticks
from strategy.charts.drawing.chart import COLOURS, Chart, drawn, laid_out
from strategy.charts.drawing.labels import phase_names
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, ChartTable, column, numbered, tabled
from strategy.charts.money.over_time import PERIOD_NAMES
from strategy.equity.curves import Array
from strategy.equity.happenings import initiative_costs
from strategy.equity.parameters import chosen_array
from strategy.equity.phases import PhasedSpend, SpendPath, spend_path
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording


def spend_over_time(case: Case, spend: PhasedSpend, initiatives: Sequence[str], say: Wording) -> Chart:
    """What each lever gets in every period, stacked, with what the chosen initiatives cost then, and today's total.

    initiatives  ids of those in the plan
    """
    path = spend_path(case, spend)
    parts = dict(zip(LEVER_CODES, _by_lever(case, path), strict=True))
    if initiatives:
        parts["initiatives"] = initiative_costs(case) @ chosen_array(case, initiatives)[0, 0]
    names = {code: say.text(LEVER_NAMES[code]) for code in parts}
    today = sum(amount for levers in case.today.values() for amount in levers.values())
    total = np.asarray(sum(parts.values()), float)

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Period"), range(1, case.horizon + 1), numbered(case.period)),
            *(column(names[code], amounts, MONEY) for code, amounts in parts.items()),
            column(say.text("Total"), total, MONEY),
            column(say.text("Today"), np.full(case.horizon, today), MONEY),
        )

    figure = _figure(case, parts, names, today, say)
    return drawn(_title(case, path, say), figure, table, _summary(case, path, today, say))


def _by_lever(case: Case, path: SpendPath) -> Array:
    """Spend per lever and period, (levers, periods)."""
    return np.stack([path.at(period)[0, 0].sum(axis=0) for period in range(1, case.horizon + 1)], axis=1)


def _title(case: Case, path: SpendPath, say: Wording) -> str:
    totals = path.money[0, 0].sum(axis=(-1, -2))
    spread = float(totals.max() - totals.min())
    if len(totals) == 1:
        return say.text(
            "The levers get {amount} in every {period}",
            amount=say.short_money(float(totals[0])),
            period=say.text(PERIOD_NAMES[case.period]),
        )
    if spread <= 1e-6 * max(float(totals.max()), 1.0):
        return _most_moved(case, path, float(totals[0]), say)
    names = phase_names(case, path.starts, say)
    told = ", ".join(
        say.text("{amount} in {phase}", amount=say.short_money(float(total)), phase=name)
        for total, name in zip(totals, names, strict=True)
    )
    return say.text("The levers get {amounts}, {per_period}", amounts=told, per_period=say.per(case.period))


def _most_moved(case: Case, path: SpendPath, total: float, say: Wording) -> str:
    """The lever whose money changes most over the phases, where the total stays."""
    by_lever = path.money[0, 0].sum(axis=1)
    code, amounts = max(zip(LEVER_CODES, by_lever.T, strict=True), key=lambda pair: float(np.ptp(pair[1])))
    if float(np.ptp(amounts)) <= 1e-6 * max(total, 1.0):
        return say.text("Every phase spends the same on each lever, {amount} in all", amount=say.short_money(total))
    return say.text(
        "{lever}: {amounts}, within {amount} {per_period}",
        lever=say.text(LEVER_NAMES[code]),
        amounts=" → ".join(say.short_money(float(amount)) for amount in amounts),
        amount=say.short_money(total),
        per_period=say.per(case.period),
    )


def _summary(case: Case, path: SpendPath, today: float, say: Wording) -> str:
    phases = [
        say.text(
            "{phase}: {parts}",
            phase=name[:1].upper() + name[1:],
            parts=", ".join(
                f"{say.text(LEVER_NAMES[code])} {say.short_money(float(amount))}"
                for code, amount in zip(LEVER_CODES, split.sum(axis=0), strict=True)
            ),
        )
        for name, split in zip(phase_names(case, path.starts, say), path.money[0, 0], strict=True)
    ]
    return say.text(
        "What each lever gets {per_period}. {phases}. Today it is {today} in all.",
        per_period=say.per(case.period),
        phases="; ".join(phases),
        today=say.short_money(today),
    )


def _figure(case: Case, parts: dict[str, Array], names: dict[str, str], today: float, say: Wording) -> Sketch:
    figure, periods = Sketch(), np.arange(1, case.horizon + 1, dtype=float)
    below = np.zeros(case.horizon)
    for code, amounts in parts.items():
        figure.add_bar(
            x=periods,
            y=amounts,
            base=below,
            width=0.72,
            name=names[code],
            marker={"color": COLOURS[code], "line": {"width": 0}},
            customdata=[
                f"{names[code]}, {say.period_number(case.period, int(t))}: {say.short_money(float(amount))}"
                for t, amount in zip(periods, amounts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        below = below + amounts
    edges = [0.5, case.horizon + 0.5]
    figure.add_scatter(
        x=edges,
        y=[today, today],
        mode="lines",
        name=say.text("today"),
        line={"color": COLOURS["today"], "width": 2, "dash": "dash"},
        customdata=[f"{say.text('today')}: {say.short_money(today)}"] * 2,
        hovertemplate="%{customdata}<extra></extra>",
    )
    high = 1.06 * max(float(below.max()), today) or 1.0
    laid_out(figure, say, height=280)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(
        title={"text": say.text(PERIOD_NAMES[case.period])},
        range=edges,
        showgrid=False,
        **period_ticks(case.horizon, say),
    )
    figure.update_yaxes(range=[0.0, high], **money_ticks(0.0, high, say, most=4))
    return figure
