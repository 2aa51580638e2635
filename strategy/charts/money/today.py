"""Customers and money as they are: what a customer is worth, before and after, and where the money goes."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import money_ticks, on_lines, widened, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import BAR, MOST, Rows, add_texts, emptied, in_rows, rows, within
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, PEOPLE, SHARE, SIGNED_MONEY, column, tabled
from strategy.equity.curves import Array
from strategy.equity.parameters import Spend, parameters, spend_array
from strategy.equity.readouts import Readouts
from strategy.equity.simulation import segment_equity
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording, markdown_text


def value_today(case: Case, r: Readouts, say: Wording) -> Chart:
    """What a customer of each segment is worth to us today, before and after what we spend on keeping them.

    r  the read-outs of today's plan
    """
    gross, net = r.today.clv[0, 0, 0], r.today.clv_net[0, 0, 0]
    equity = segment_equity(parameters(case), spend_array(case, case.today))[0, 0]
    total = float(equity.sum())
    table = tabled(
        say,
        column(say.text("Segment"), [s.name for s in case.segments]),
        column(say.text("Customers today"), [s.customers.likely for s in case.segments], PEOPLE),
        column(say.text("Worth per customer (CLV)"), gross, MONEY),
        column(say.text("CLV after marketing spend"), net, MONEY),
        column(say.text("Customer equity"), equity, MONEY),
        column(
            say.text("Share of customer equity"),
            [e / total if total > 0 else None for e in equity],
            SHARE,
        ),
        column(say.text("Cost per new customer (CAC)"), r.cac, MONEY),
    )
    return drawn(
        _value_title(case, gross, equity, say),
        _value_figure(case, gross, net, say),
        lambda: table,
        _value_summary(case, r, equity, say),
    )


def _value_title(case: Case, gross: Array, equity: Array, say: Wording) -> str:
    first, total = int(equity.argmax()), float(equity.sum())
    if len(case.segments) > 1 and (equity >= 0).all() and total > 0:
        return say.text(
            "{segment}: {share} of customer equity, customers to come included; one there is worth {clv} to us (CLV)",
            segment=markdown_text(brief(case.segments[first].name)),
            share=say.percent(equity[first] / total, digits=0),
            clv=say.short_money(gross[first]),
        )
    first = int(gross.argmax())
    return say.text(
        "A customer of {segment} is worth {clv} to us (CLV)",
        segment=markdown_text(brief(case.segments[first].name)),
        clv=say.short_money(gross[first]),
    )


def _value_summary(case: Case, r: Readouts, equity: Array, say: Wording) -> str:
    order = np.argsort(-equity)[:3]
    parts = [
        say.text(
            "{segment}: {customers} customers worth {clv} each",
            segment=case.segments[i].name,
            customers=say.short_number(case.segments[i].customers.likely),
            clv=say.short_money(r.today.clv[0, 0, 0, i]),
        )
        for i in order
    ]
    return say.text(
        "All our customers together are worth {equity} (customer equity). {parts}.",
        equity=say.short_money(float(r.today.customer_equity[0, 0])),
        parts="; ".join(parts),
    )


def _value_figure(case: Case, gross: Array, net: Array, say: Wording) -> Sketch:
    shown = _largest(gross * [s.customers.likely for s in case.segments])
    placed = rows([_with_customers(case, i, say) for i in shown])
    texts = [say.text("{clv}, net {net}", clv=say.short_money(gross[i]), net=say.short_money(net[i])) for i in shown]
    hovers = [f"{label}<br>{text}" for label, text in zip(placed.labels, texts, strict=True)]
    names = (say.text("worth (CLV)"), say.text("after marketing spend"))
    figure = within(
        placed, gross[shown].tolist(), net[shown].tolist(), names, [COLOURS["today"]] * len(shown), texts, hovers
    )
    low, high = min(0.0, *gross, *net), max(0.0, *gross, *net)
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=with_room(low, high, after=texts),
        title={"text": say.text("worth per customer (CLV)")},
        **money_ticks(low, high or 1.0, say, most=3),
    )
    return figure


def _with_customers(case: Case, position: int, say: Wording) -> str:
    """A segment's name with how many customers it has, on a line of its own where both do not fit."""
    segment = case.segments[position]
    customers = say.text("{count} customers", count=say.short_number(segment.customers.likely))
    name = on_lines(brief(segment.name))
    return f"{name} · {customers}" if len(name) < 24 else f"{name}<br>{customers}"


def _largest(sizes: Array) -> list[int]:
    """Positions of the largest ones that fit a picture, in the order of the case."""
    return sorted(np.argsort(-sizes, kind="stable")[:MOST].tolist())


# Before and after ----------------------------------------------------------------------------------------------------


def clv_before_after(case: Case, r: Readouts, say: Wording) -> Chart:
    """What a customer of each segment is worth in the first period: today and in the plan."""
    today, plan = r.today.clv[0, 0, 0], r.plan.clv[0, 0, 0]
    net_today, net_plan = r.today.clv_net[0, 0, 0], r.plan.clv_net[0, 0, 0]
    table = tabled(
        say,
        column(say.text("Segment"), [s.name for s in case.segments]),
        column(say.text("CLV today"), today, MONEY),
        column(say.text("CLV in the plan"), plan, MONEY),
        column(say.text("Difference"), plan - today, SIGNED_MONEY),
        column(say.text("Net CLV today"), net_today, MONEY),
        column(say.text("Net CLV in the plan"), net_plan, MONEY),
        column(say.text("Difference in net CLV"), net_plan - net_today, SIGNED_MONEY),
    )
    most = int(np.abs(plan - today).argmax())
    name, change = case.segments[most].name, float(plan[most] - today[most])
    changed = abs(change) > 1e-9 * max(1.0, abs(today[most]))
    if changed:
        title = say.text(
            "A customer of {segment} becomes worth {clv} to us ({change})",
            segment=markdown_text(brief(name)),
            clv=say.short_money(plan[most]),
            change=say.signed_short_money(change),
        )
    else:
        best = int(today.argmax())
        title = say.text(
            "A customer of {segment} is worth most: {clv}, in the plan as today",
            segment=markdown_text(brief(case.segments[best].name)),
            clv=say.short_money(today[best]),
        )
    summary = say.text(
        "What a customer is worth to us (CLV), before marketing spend, today and in the plan. {parts}.",
        parts="; ".join(
            f"{s.name}: {say.short_money(a)} → {say.short_money(b)}"
            for s, a, b in list(zip(case.segments, today, plan, strict=True))[:MOST]
        ),
    )
    return drawn(title, _dumbbells(case, today, plan, say), lambda: table, summary)


def _dumbbells(case: Case, today: Array, plan: Array, say: Wording) -> Sketch:
    shown = _largest(np.abs(plan - today) + 1e-6 * np.abs(plan))
    placed = rows([on_lines(brief(case.segments[i].name)) for i in shown])
    figure = Sketch()
    for i, place in zip(shown, placed.places, strict=True):
        figure.add_shape(
            type="line",
            x0=today[i],
            x1=plan[i],
            y0=place,
            y1=place,
            line={"color": COLOURS["today"], "width": 4},
            layer="below",
        )
    for name, key, symbol, size, values in (
        (say.text("today"), "today", "circle", 17, today[shown]),
        (say.text("plan"), "plan", "diamond", 12, plan[shown]),
    ):
        figure.add_scatter(
            x=values,
            y=placed.places,
            mode="markers",
            name=name,
            marker={"color": COLOURS[key], "symbol": symbol, "size": size, "line": {"color": HALO, "width": 1.5}},
            customdata=[
                f"{label}<br>{name}: {say.short_money(v)}" for label, v in zip(placed.labels, values, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    texts = [f" {say.short_money(plan[i])} ({say.signed_short_money(plan[i] - today[i])})" for i in shown]
    add_texts(figure, [*np.maximum(today, plan)[shown]], placed.places, texts)
    low, high = widened(min(*today, *plan), max(*today, *plan), 0.08)
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=with_room(low, high, after=texts),
        title={"text": say.text("worth per customer (CLV)")},
        **money_ticks(low, high, say, most=3),
    )
    return figure


# Where the money goes ------------------------------------------------------------------------------------------------


def where_money_goes(case: Case, spend: Spend, say: Wording) -> Chart:
    """Spend per segment, stacked by lever."""
    amounts = spend_array(case, spend)[0, 0]
    totals, per_lever = amounts.sum(axis=1), amounts.sum(axis=0)
    names = [s.name for s in case.segments]
    table = tabled(
        say,
        column(say.text("Segment"), [*names, say.text("Total")]),
        *(
            column(say.text(LEVER_NAMES[code]), [*amounts[:, position], per_lever[position]], MONEY)
            for position, code in enumerate(LEVER_CODES)
        ),
        column(say.text("Total"), [*totals, totals.sum()], MONEY),
    )
    if totals.sum() <= 0:
        nothing = say.text("No money is spent yet: give a lever a budget")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    first = int(totals.argmax())
    lever = say.text(LEVER_NAMES[LEVER_CODES[int(amounts[first].argmax())]])
    title = say.text(
        "{segment}: {share} of the money, most of it for {lever}",
        segment=markdown_text(brief(names[first])),
        share=say.percent(totals[first] / totals.sum(), digits=0),
        lever=lever,
    )
    if len(names) == 1:
        title = say.text(
            "{lever} takes {share} of the money",
            lever=lever,
            share=say.percent(amounts[0].max() / totals.sum(), digits=0),
        )
    summary = say.text(
        "Of {total} {per_period}: {parts}.",
        total=say.short_money(totals.sum()),
        per_period=say.per(case.period),
        parts=", ".join(
            f"{say.text(LEVER_NAMES[code])} {say.short_money(x)}"
            for code, x in zip(LEVER_CODES, per_lever, strict=True)
        ),
    )
    return drawn(title, _stacks(case, amounts, say), lambda: table, summary)


def _stacks(case: Case, amounts: Array, say: Wording) -> Sketch:
    totals = amounts.sum(axis=1)
    shown = _largest(totals)
    placed = rows([on_lines(brief(case.segments[i].name)) for i in shown])
    figure = Sketch()
    start = np.zeros(len(shown))
    for position, code in enumerate(LEVER_CODES):
        name, pieces = say.text(LEVER_NAMES[code]), amounts[shown, position]
        figure.add_bar(
            x=pieces,
            base=start,
            y=placed.places,
            orientation="h",
            width=BAR,
            name=name,
            marker={"color": COLOURS[code], "line": {"width": 0}},
            customdata=_stack_hovers(placed, name, pieces.tolist(), say),
            hovertemplate="%{customdata}<extra></extra>",
        )
        start = start + pieces
    texts = [say.short_money(total) for total in start]
    add_texts(figure, start.tolist(), placed.places, texts)
    high = float(start.max()) or 1.0
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=with_room(0.0, high, after=texts),
        title={"text": say.text("spend {per_period}", per_period=say.per(case.period))},
        **money_ticks(0.0, high, say, most=3),
    )
    return figure


def _stack_hovers(placed: Rows, name: str, pieces: Sequence[float], say: Wording) -> list[str]:
    return [f"{label}<br>{name}: {say.short_money(x)}" for label, x in zip(placed.labels, pieces, strict=True)]
