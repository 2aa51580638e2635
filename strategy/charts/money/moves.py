"""Which money moves: what each place gets today and in the plan."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import broken, money_ticks, on_lines, with_room
from strategy.charts.drawing.chart import COLOURS, Chart, drawn, laid_out
from strategy.charts.drawing.labels import BRIEF, LONGEST_NAME, cell_label, phase_names
from strategy.charts.drawing.rows import BAR, MOST, add_texts, bar_style, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, SHARE, SIGNED_MONEY, ChartTable, column, tabled
from strategy.equity.curves import Array
from strategy.equity.happenings import initiative_budget
from strategy.equity.parameters import chosen_array, spend_array, spendable
from strategy.equity.phases import PhasedSpend, SpendPath, phases_of, spend_path
from strategy.equity.readouts import plan_totals
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording, markdown_text

NOTHING = 1e-9
"""A difference below this share of the amounts is rounding."""
LEVER_ROW = 34
"""Height in pixels of a lever with its two bars."""


def money_moves(case: Case, plan_spend: PhasedSpend, say: Wording, initiatives: Sequence[str] = ()) -> Chart:
    """What each cell gets today and in the plan, with the difference; per lever where there are many cells.

    With phases there is a row for each of them. The finding names what chosen initiatives take.
    """
    labels, today, plan = cells_or_levers(case, plan_spend, say)
    difference = plan - today
    short = cells_or_levers(case, plan_spend, say, BRIEF)[0]
    figure = _pairs_figure(short, today, plan, say)
    figure.update_xaxes(title={"text": say.text("spend {per_period}", per_period=say.per(case.period))})
    table = tabled(
        say,
        column(say.text("Where"), labels),
        column(say.text("Today"), today, MONEY),
        column(say.text("Plan"), plan, MONEY),
        column(say.text("Difference"), difference, SIGNED_MONEY),
    )
    summary = _moves_summary(case, plan_spend, labels, today, plan, say)
    title = _moves_title(case, plan_spend, short, today, plan, say)
    taken = float(chosen_array(case, initiatives)[0, 0] @ initiative_budget(case))
    if taken > 0:
        title = say.text(
            "{finding}; initiatives take {taken} {per_period}",
            finding=title, taken=say.short_money(taken), per_period=say.per(case.period),
        )  # fmt: skip
    return drawn(title, figure, lambda: table, summary)


def cells_or_levers(
    case: Case, spend: PhasedSpend, say: Wording, longest: int = LONGEST_NAME
) -> tuple[list[str], Array, Array]:
    """Labels with today's and the plan's spend: per cell that takes money, or per lever where those are many.

    With phases each of them has a row for every phase.
    """
    path, takes = spend_path(case, spend), spendable(case)
    today, plan = spend_array(case, case.today)[0, 0], path.money[0, 0]
    if takes.sum() * len(path.starts) > MOST or not takes.any():
        labels = [say.text(LEVER_NAMES[code]) for code in LEVER_CODES]
        today, plan = today.sum(axis=0), plan.sum(axis=1)
    else:
        places = [tuple(place) for place in np.argwhere(takes)]
        labels = [cell_label(case.segments[s], LEVER_CODES[lever], say, longest) for s, lever in places]
        today, plan = today[takes], plan[:, takes]
    return _in_each_phase(case, path, labels, say), np.repeat(today, len(path.starts)), plan.T.reshape(-1)


def _in_each_phase(case: Case, path: SpendPath, labels: list[str], say: Wording) -> list[str]:
    """A label for every phase of each place: "Retain, years 1 to 2"; as they are where the spend never changes."""
    if len(path.starts) == 1:
        return labels
    stretches = phase_names(case, path.starts, say)
    return [f"{label}, {stretch}" for label in labels for stretch in stretches]


def _moves_summary(
    case: Case, spend: PhasedSpend, labels: Sequence[str], today: Array, plan: Array, say: Wording
) -> str:
    difference, phases = plan - today, len(phases_of(spend))
    order = np.argsort(-np.abs(difference))[:3]
    return say.text(
        "Spend today and in the plan {per_period}: from {today} to {plan} in all. Largest changes: {changes}.",
        per_period=say.per(case.period),
        today=say.short_money(today.sum() / phases),
        plan=", ".join(say.short_money(total) for total in plan.reshape(-1, phases).sum(axis=0)),
        changes=", ".join(f"{labels[i]} {say.signed_short_money(difference[i])}" for i in order),
    )


def _moves_title(case: Case, spend: PhasedSpend, labels: list[str], today: Array, plan: Array, say: Wording) -> str:
    difference, scale = plan - today, max(float(today.sum()), float(plan.sum()), 1.0)
    if np.abs(difference).max() <= NOTHING * scale:
        return say.text("The plan spends what we spend today: move euros to change that")
    most, more = int(np.abs(difference).argmax()), float(difference.sum())
    place, change = markdown_text(labels[most]), say.signed_short_money(difference[most])
    if len(phases_of(spend)) > 1:
        return say.text(
            "The money changes over time; {place} changes most ({change} {per_period})",
            place=place,
            change=change,
            per_period=say.per(case.period),
        )
    if abs(more) <= 1e-6 * scale:
        moved = say.short_money(float(difference[difference > 0].sum()))
        return say.text(
            "The plan moves {moved} {per_period}; {place} changes most ({change})",
            moved=moved,
            per_period=say.per(case.period),
            place=place,
            change=change,
        )
    return say.text(
        "The levers get {more} {per_period}; {place} changes most ({change})",
        more=say.signed_short_money(more),
        per_period=say.per(case.period),
        place=place,
        change=change,
    )


def _pairs_figure(labels: list[str], today: Array, plan: Array, say: Wording) -> Sketch:
    placed = rows([on_lines(label) for label in labels], bars=2)
    figure = Sketch()
    names = (say.text("today"), say.text("plan"))
    for name, colour, amounts, shift in zip(names, ("today", "plan"), (today, plan), (-0.5, 0.5), strict=True):
        figure.add_bar(
            x=amounts,
            y=[place + shift * BAR for place in placed.places],
            orientation="h",
            width=BAR * 0.92,
            name=name,
            marker=bar_style(COLOURS[colour]),
            customdata=[
                f"{label}<br>{name}: {say.short_money(x)}" for label, x in zip(placed.labels, amounts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    differences = [say.signed_short_money(change) for change in plan - today]
    longest = np.maximum(today, plan)
    add_texts(figure, [*longest], placed.places, differences)
    high = float(longest.max()) or 1.0
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(range=with_room(0.0, high, after=differences), **money_ticks(0.0, high, say, most=3))
    return figure


# By lever ------------------------------------------------------------------------------------------------------------


def money_by_lever(case: Case, plan_spend: PhasedSpend, initiatives: Sequence[str], say: Wording) -> Chart:
    """What each lever gets today and in the plan, and what the plan's initiatives cost; few enough for one page.

    With phases there is a row for each of them.
    initiatives  ids of those in the plan
    """
    path = spend_path(case, plan_spend)
    now, levers = spend_array(case, case.today)[0, 0].sum(axis=0), path.money[0, 0].sum(axis=1).T
    codes, phases = list(LEVER_CODES), len(path.starts)
    if case.initiatives:
        codes.append("initiatives")
        cost = plan_totals(case, plan_spend, initiatives) - levers.sum(axis=0)
        now, levers = np.append(now, 0.0), np.vstack([levers, cost])
    names = _in_each_phase(case, path, [say.text(LEVER_NAMES[code]) for code in codes], say)
    codes = [code for code in codes for _ in range(phases)]
    today, plan = np.repeat(now, phases), levers.reshape(-1)
    whole = np.tile(levers.sum(axis=0), len(levers))
    shares = [x / total if total else None for x, total in zip(plan, whole, strict=True)]

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Lever"), names),
            column(say.text("Today"), today, MONEY),
            column(say.text("Plan"), plan, MONEY),
            column(say.text("Difference"), plan - today, SIGNED_MONEY),
            column(say.text("Share of the plan"), shares, SHARE),
        )

    figure = _by_lever_figure(codes, names, today, plan, say)
    title = say.text("spend {per_period}; grey: today, in colour: the plan", per_period=say.per(case.period))
    figure.update_xaxes(title={"text": broken(title, 52)})
    return drawn(
        _moves_title(case, plan_spend, names, today, plan, say),
        figure,
        table,
        _moves_summary(case, plan_spend, names, today, plan, say),
    )


def _by_lever_figure(codes: Sequence[str], names: Sequence[str], today: Array, plan: Array, say: Wording) -> Sketch:
    figure, places = Sketch(), np.arange(len(codes), dtype=float)
    for name, amounts, aside, width, colours in (
        (say.text("today"), today, -0.22, 0.26, [COLOURS["today"]] * len(codes)),
        (say.text("plan"), plan, 0.14, 0.4, [COLOURS[code] for code in codes]),
    ):
        figure.add_bar(
            x=amounts,
            y=places + aside,
            orientation="h",
            width=width,
            name=name,
            marker={"color": colours, "line": {"width": 0}},
            customdata=[f"{label}<br>{name}: {say.short_money(x)}" for label, x in zip(names, amounts, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    texts = [f"{say.short_money(b)} ({say.signed_short_money(b - a)})" for a, b in zip(today, plan, strict=True)]
    longest = np.maximum(today, plan)
    add_texts(figure, [*longest], [*places], texts)
    high = float(longest.max()) or 1.0
    laid_out(figure, say, height=LEVER_ROW * len(codes) + 60)
    figure.update_layout(barmode="overlay", showlegend=False)
    figure.update_xaxes(range=with_room(0.0, high, after=texts, width=260), **money_ticks(0.0, high, say, most=3))
    figure.update_yaxes(
        range=[len(codes) - 0.5, -0.5],
        tickmode="array",
        tickvals=[*places],
        ticktext=names,
        showgrid=False,
    )
    return figure
