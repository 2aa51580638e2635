"""The roadmap: when each initiative runs, and what the initiatives cost in each period."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case, Initiative
from strategy.charts.drawing.axes import broken, hint, money_ticks, on_lines, period_ticks
from strategy.charts.drawing.chart import COLOURS, GRID, Chart, drawn, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import BAR, LEGEND, MOST, Rows, add_texts, emptied, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, column, numbered, tabled
from strategy.equity.curves import Array
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording, markdown_text

COSTS, GAP, BELOW = 110, 46, 62
"""Pixels: of the cost row, between it and the bars above, and of its axis below."""
BESIDE = 58
"""Letters of a name and its cost that fit on a line of a third of a printed page."""


def roadmap(case: Case, chosen: Sequence[str], say: Wording, most: int = MOST, costs: bool = True) -> Chart:
    """Initiatives as bars over the periods; below, what those in the plan cost, one-off and running.

    chosen  ids of the initiatives in the plan; where there are none, the costs are of all
    most    initiatives that the picture shows; its table has all
    costs   whether the costs per period stand below
    """
    if not case.initiatives:
        wanted = say.text("No initiatives yet: add one, with its start, effect and cost, to see the roadmap")
        return drawn(wanted, emptied(say, wanted), lambda: tabled(say, column(say.text("Initiative"), [])), wanted)
    counted = [i for i in case.initiatives if i.id in chosen] or list(case.initiatives)
    once, running = costs_by_kind(case, [i.id for i in counted])
    per_period = once + running
    table = tabled(
        say,
        column(say.text("Initiative"), [i.name for i in case.initiatives]),
        column(say.text("Lever"), [say.text(LEVER_NAMES[i.lever]) for i in case.initiatives]),
        column(
            say.text("In the plan"), [say.text("yes") if i.id in chosen else say.text("no") for i in case.initiatives]
        ),
        column(say.text("From"), [i.start for i in case.initiatives], numbered(case.period)),
        column(
            say.text("To"),
            [say.text("lasting") if i.end is None else i.end for i in case.initiatives],
            numbered(case.period),
        ),
        column(say.text("One-off cost"), [i.one_off for i in case.initiatives], MONEY),
        column(
            say.text("Running cost {per_period}", per_period=say.per(case.period)),
            [i.per_period for i in case.initiatives],
            MONEY,
        ),
    )
    title = _title(case, counted, bool(set(chosen) & set(case.initiative_ids)), per_period, say)
    listed = "; ".join(f"{i.name} ({_when(case, i, say)}; {_cost(case, i, say)})" for i in counted[:MOST])
    figure = _figure(case, chosen, most, (once, running) if costs else None, say)
    summary = say.text("Roadmap of {initiatives}.", initiatives=listed)
    return drawn(title, figure, lambda: table, summary)


def costs_by_kind(case: Case, initiatives: Sequence[str]) -> tuple[Array, Array]:
    """What initiatives cost in each period, one-off and running, each (periods,), money."""
    once, running = np.zeros(case.horizon), np.zeros(case.horizon)
    for initiative in case.initiatives:
        if initiative.id in initiatives:
            once[initiative.start - 1] += initiative.one_off
            running[initiative.start - 1 : initiative.end] += initiative.per_period
    return once, running


def _title(case: Case, counted: Sequence[Initiative], planned: bool, costs: Array, say: Wording) -> str:
    peak = int(costs.argmax())
    words = {
        "total": say.short_money(float(costs.sum())),
        "most": say.short_money(float(costs[peak])),
        "when": say.period_number(case.period, peak + 1),
        "periods": say.period(case.period, case.horizon),
    }
    if not planned:
        return say.plural(
            "None of our initiatives is in the plan yet; this one would cost {total} in {periods}, most in {when}",
            "None of our {count} initiatives is in the plan yet; all would cost {total} in {periods}, most in {when}",
            len(counted),
            **words,
        )
    if len(counted) == 1:
        name = markdown_text(brief(counted[0].name))
        return say.text("{name} costs {total} in {periods}, most in {when} ({most})", name=name, **words)
    return say.plural(
        "The plan's {count} initiative costs {total} in {periods}, most in {when} ({most})",
        "The plan's {count} initiatives cost {total} in {periods}, most in {when} ({most})",
        len(counted),
        **words,
    )


def _when(case: Case, initiative: Initiative, say: Wording) -> str:
    start = say.period_number(case.period, initiative.start)
    if initiative.end is None:
        return say.text("from {start} on", start=start)
    return say.text("{start} to {end}", start=start, end=say.period_number(case.period, initiative.end))


def _cost(case: Case, initiative: Initiative, say: Wording) -> str:
    once, running = say.short_money(initiative.one_off), say.short_money(initiative.per_period)
    per = say.per(case.period)
    if initiative.one_off and initiative.per_period:
        return say.text("{once} once, {running} {per_period}", once=once, running=running, per_period=per)
    if initiative.per_period:
        return say.text("{running} {per_period}", running=running, per_period=per)
    return say.text("{once} once", once=once)


def _figure(case: Case, chosen: Sequence[str], most: int, costs: tuple[Array, Array] | None, say: Wording) -> Sketch:
    shown = sorted(case.initiatives, key=lambda i: i.id not in chosen)[:most]
    shown = [initiative for initiative in case.initiatives if initiative in shown]
    labels = [_label(case, initiative, costs is not None, say) for initiative in shown]
    placed = rows(labels)
    figure = Sketch(panels=1 if costs is None else 2)
    for planned, name in ((True, say.text("in the plan")), (False, say.text("not in the plan"))):
        _bars(figure, case, placed, [(i, label) for i, label in zip(shown, labels, strict=True)], planned, chosen, name)
    lasting = [(i, place) for i, place in zip(shown, placed.places, strict=True) if i.end is None]
    if lasting:
        ends, places = [case.horizon + 0.5] * len(lasting), [place for _, place in lasting]
        add_texts(figure, ends, places, ["→"] * len(lasting))
    in_rows(figure, placed, say, legend=True)
    edges = [0.5, case.horizon + 0.5 + 0.06 * case.horizon]
    periods = {"range": edges, "title": {"text": _axis(case, say)}, **period_ticks(case.horizon, say)}
    if costs is None:
        figure.update_xaxes(**periods)
        return figure
    _cost_row(figure, case, *costs, say)
    inside = placed.height + GAP + COSTS
    figure.update_layout(height=round(inside) + LEGEND + BELOW, margin={"t": LEGEND, "b": BELOW}, barmode="stack")
    figure.update_yaxes(1, domain=[(GAP + COSTS) / inside, 1], anchor="x")
    figure.update_yaxes(2, domain=[0, COSTS / inside], anchor="x2")
    figure.update_xaxes(1, range=edges, showticklabels=False, ticks="", anchor="y", showgrid=False)
    figure.update_xaxes(2, anchor="y2", **periods)
    figure.update_yaxes(2, autorange=None, showticklabels=True, showgrid=True, gridcolor=GRID)
    return figure


def _label(case: Case, initiative: Initiative, in_full: bool, say: Wording) -> str:
    """An initiative's name with its cost, beside it where there is room; in full with its lever too."""
    name, cost = on_lines(brief(initiative.name), 34), _cost(case, initiative, say)
    if not in_full:
        return f"{name} · {cost}" if len(name) + len(cost) < BESIDE else f"{name}<br>{cost}"
    return f"{name}<br>{hint(broken(f'{say.text(LEVER_NAMES[initiative.lever])} · {cost}', 52))}"


def _axis(case: Case, say: Wording) -> str:
    return {"year": say.text("year"), "quarter": say.text("quarter"), "month": say.text("month")}[case.period]


def _bars(
    figure: Sketch,
    case: Case,
    placed: Rows,
    shown: Sequence[tuple[Initiative, str]],
    planned: bool,
    chosen: Sequence[str],
    name: str,
) -> None:
    """The bars of the initiatives that are in the plan, or of those that are not."""
    of_kind = [(i, label, y) for (i, label), y in zip(shown, placed.places, strict=True) if (i.id in chosen) == planned]
    ends = [min(i.end or case.horizon, case.horizon) for i, _, _ in of_kind]
    colours = [COLOURS[i.lever] for i, _, _ in of_kind]
    figure.add_bar(
        x=[end - i.start + 1 for (i, _, _), end in zip(of_kind, ends, strict=True)],
        base=[i.start - 0.5 for i, _, _ in of_kind],
        y=[y for _, _, y in of_kind],
        orientation="h",
        width=BAR,
        name=name,
        marker={
            "color": colours if planned else [translucent(colour) for colour in colours],
            "line": {"color": colours, "width": 0 if planned else 1.5},
        },
        customdata=[label for _, label, _ in of_kind],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _cost_row(figure: Sketch, case: Case, once: Array, running: Array, say: Wording) -> None:
    periods = [float(number) for number in range(1, case.horizon + 1)]
    names = [say.period_number(case.period, number) for number in range(1, case.horizon + 1)]
    for kind, colour, amounts in (
        (say.text("running"), translucent(COLOURS["plan"], 0.45), running),
        (say.text("one-off"), COLOURS["plan"], once),
    ):
        figure.add_bar(
            panel=2,
            x=periods,
            y=amounts,
            width=0.7,
            name=kind,
            showlegend=False,
            marker={"color": colour, "line": {"width": 0}},
            customdata=[
                f"{name}<br>{kind}: {say.short_money(amount)}" for name, amount in zip(names, amounts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    high = float((once + running).max()) or 1.0
    figure.add_title(2, say.text("cost {per_period}: one-off dark, running light", per_period=say.per(case.period)), 0,
                     "left")  # fmt: skip
    figure.update_yaxes(2, range=[0, 1.08 * high], **money_ticks(0.0, high, say, most=3))
