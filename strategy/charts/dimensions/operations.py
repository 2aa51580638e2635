"""What it takes: what channels cost, hand-overs between them, time freed by automation."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.charts.dimensions.competences import nothing_yet
from strategy.charts.drawing.axes import number_ticks, on_lines, share_ticks, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import MOST, add_bars, add_texts, bar_style, in_rows, rows, within
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, SHARE, ChartTable, Measure, column, tabled
from strategy.dimensions.operations import (
    CHANNEL_CODES,
    ChannelUse,
    Freed,
    Row,
    channel_use,
    cost_per_contact,
    hand_overs,
)
from strategy.equity.curves import Array
from strategy.questions.operationalization import CHANNELS
from strategy.words.wording import N_, Wording, markdown_text

CHANNEL_NAMES = {channel.code: channel.text for channel in CHANNELS}
SHORT_CHANNELS = {
    "personal": N_("personal"),
    "locations": N_("locations"),
    "telephone": N_("telephone"),
    "mail": N_("mail, media"),
    "e_commerce": N_("e-commerce"),
    "m_commerce": N_("m-commerce"),
}
"""The channel groups where there is little room."""


# Channels ------------------------------------------------------------------------------------------------------------


def channel_costs(answer: Sequence[Row] | None, say: Wording) -> Chart:
    """Each channel's share of contacts beside its share of what contacts cost, with the cost of one contact."""
    used = channel_use(answer)
    if not used:
        wanted = say.text("Say what each channel contributes and what a contact costs, to see where the money goes")
        return nothing_yet(say, wanted, [say.text("Channel")])
    average, described = cost_per_contact(used), sum(c.contacts for c in used)
    names = [say.text(CHANNEL_NAMES[c.channel]) for c in used]
    shares = [c.contacts / described for c in used]
    table = tabled(
        say,
        column(say.text("Channel"), names),
        column(say.text("Share of contacts"), [c.contacts for c in used], SHARE),
        column(say.text("Cost per contact"), [c.cost for c in used], MONEY),
        column(say.text("Share of contact cost"), [c.of_cost for c in used], SHARE),
    )
    summary = say.text(
        "Cost per contact: {average} on average. {parts}. The shares of contacts add up to {sum}.",
        average=say.short_money(average),
        parts="; ".join(
            say.text(
                "{channel}: {cost} per contact, {share} of contacts",
                channel=name,
                cost=say.short_money(c.cost),
                share=say.percent(c.contacts, 0),
            )
            for name, c in zip(names, used, strict=True)
        ),
        sum=say.percent(described, 0),
    )
    figure = _channel_figure(names, used, shares, say)
    return drawn(_channel_title(names, used, shares, average, say), figure, lambda: table, summary)


def _channel_title(
    names: Sequence[str], used: Sequence[ChannelUse], shares: Sequence[float], average: float, say: Wording
) -> str:
    if len(used) == 1:
        return say.text("A contact costs {average}, all of them by {channel}", average=say.short_money(average),
                        channel=names[0].lower())  # fmt: skip
    first = max(range(len(used)), key=lambda i: used[i].of_cost)
    return say.text(
        "A contact costs {average} on average; {channel} takes {of_cost} of the cost for {share} of the contacts",
        average=say.short_money(average),
        channel=names[first].lower(),
        of_cost=say.percent(used[first].of_cost, 0),
        share=say.percent(shares[first], 0),
    )


def _channel_figure(names: Sequence[str], used: Sequence[ChannelUse], shares: Sequence[float], say: Wording) -> Sketch:
    placed = rows(names)
    each = [say.text("{cost} a contact", cost=say.short_money(c.cost)) for c in used]
    hovers = [
        f"{name}<br>{text}<br>"
        + say.text("{share} of contacts, {of_cost} of cost", share=say.percent(share), of_cost=say.percent(c.of_cost))
        for name, text, share, c in zip(names, each, shares, used, strict=True)
    ]
    series = (say.text("share of contacts"), say.text("share of contact cost"))
    of_cost = [c.of_cost for c in used]
    figure = within(placed, shares, of_cost, series, [COLOURS["reduce_cost"]] * len(used), each, hovers)
    high = max(*shares, *of_cost)
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=with_room(0.0, high, after=each), title={"text": say.text("share")}, **share_ticks(0.0, high, say, most=3)
    )
    return figure


# Hand-overs ----------------------------------------------------------------------------------------------------------

CELL, EDGE = 40, 88
"""Pixels: of a row of the map, and of what stands around it."""
STATES = (
    (1.0, N_("works"), "circle", "plan", 18),
    (0.0, N_("does not work"), "x", "retain", 16),
    (None, N_("not described"), "circle-open", "today", 8),
)


def hand_over_map(answer: Sequence[Row] | None, say: Wording) -> Chart:
    """From which channel to which the conversation goes on: a mark per pair of channel groups."""
    matrix = hand_overs(answer)
    pairs = len(CHANNEL_CODES) * (len(CHANNEL_CODES) - 1)
    works, fails = int((matrix == 1).sum()), int((matrix == 0).sum())
    if not works and not fails:
        wanted = say.text("Describe hand-overs between channels to see where the conversation breaks off")
        return nothing_yet(say, wanted, [say.text("From channel")])
    title = say.text(
        "The conversation goes on at {works} of {pairs} hand-overs between channels; {open} are not described",
        pairs=pairs,
        works=works,
        open=pairs - works - fails,
    )
    if fails:
        origin, target = (CHANNEL_CODES[int(place)] for place in np.argwhere(matrix == 0)[0])
        title = say.plural(
            "The conversation goes on at {works} of {pairs} hand-overs and breaks off at {count}: from {origin} to "
            "{target}",
            "The conversation goes on at {works} of {pairs} hand-overs and breaks off at {count}, such as from "
            "{origin} to {target}",
            fails,
            pairs=pairs,
            works=works,
            origin=say.text(CHANNEL_NAMES[origin]).lower(),
            target=say.text(CHANNEL_NAMES[target]).lower(),
        )
    summary = say.text(
        "A table of {pairs} hand-overs, from channel to channel: {works} work, {fails} do not work, {open} are not "
        "described.",
        pairs=pairs,
        works=works,
        fails=fails,
        open=pairs - works - fails,
    )
    return drawn(title, _map(matrix, say), lambda: _hand_over_table(matrix, say), summary)


def _state(value: float) -> int:
    """The position of a hand-over's state in STATES."""
    return 2 if np.isnan(value) else 0 if value else 1


def _hand_over_table(matrix: Array, say: Wording) -> ChartTable:
    names = [say.text(CHANNEL_NAMES[code]) for code in CHANNEL_CODES]
    cells = [[say.text(STATES[_state(matrix[row, to])][1]) if row != to else "" for row in range(len(names))]
             for to in range(len(names))]  # fmt: skip
    return tabled(
        say,
        column(say.text("From channel"), names),
        *(column(say.text("to {channel}", channel=name), told) for name, told in zip(names, cells, strict=True)),
    )


def _map(matrix: Array, say: Wording) -> Sketch:
    size = len(CHANNEL_CODES)
    names = [say.text(CHANNEL_NAMES[code]) for code in CHANNEL_CODES]
    figure = Sketch()
    for position, (_, words, symbol, colour, dot) in enumerate(STATES):
        cells = [(r, c) for r in range(size) for c in range(size) if r != c and _state(matrix[r, c]) == position]
        figure.add_scatter(
            x=[c for _, c in cells],
            y=[r for r, _ in cells],
            mode="markers",
            name=say.text(words),
            marker={"symbol": symbol, "color": COLOURS[colour], "size": dot, "line": {"color": HALO, "width": 1}},
            customdata=[f"{names[r]} → {names[c]}<br>{say.text(words)}" for r, c in cells],
            hovertemplate="%{customdata}<extra></extra>",
        )
    laid_out(figure, say, height=size * CELL + EDGE)
    figure.update_layout(margin={"t": 34}, showlegend=True)
    places, short = list(range(size)), [say.text(SHORT_CHANNELS[code]) for code in CHANNEL_CODES]
    figure.update_xaxes(
        range=[-0.5, size - 0.5],
        tickmode="array",
        tickvals=places,
        ticktext=[say.number(place + 1) for place in places],
        title={"text": say.text("to channel")},
    )
    figure.update_yaxes(
        range=[size - 0.5, -0.5],
        tickmode="array",
        tickvals=places,
        ticktext=[f"{name} {say.number(place + 1)}" for place, name in enumerate(short)],
        showgrid=True,
    )
    return figure


# Time freed ----------------------------------------------------------------------------------------------------------


def hours_freed(case: Case, freed: Sequence[Freed], say: Wording) -> Chart:
    """Hours a year that automating each task frees for contact with customers, and what those hours cost now."""
    if not freed:
        wanted = say.text("Name a daily task with its minutes: 2 minutes a day is 7.5 hours a year per person")
        return nothing_yet(say, wanted, [say.text("Task")])
    segments = {segment.id: segment.name for segment in case.segments}
    names = [task.task or say.text("a task") for task in freed]
    hours, money = sum(task.hours for task in freed), sum(task.money or 0.0 for task in freed)
    told = [_hours(task, say) for task in freed]
    table = tabled(
        say,
        column(say.text("Task"), names),
        column(say.text("Segment"), [segments.get(task.segment or "", say.text("all")) for task in freed]),
        column(say.text("Hours a year"), [task.hours for task in freed], Measure("number", 1)),
        column(say.text("Money a year"), [task.money for task in freed], MONEY),
    )
    first = max(range(len(freed)), key=lambda i: freed[i].hours)
    worth = N_("Automation frees {hours} hours a year for real contact, {money}; most of it from {task}")
    title = say.text(
        worth if money > 0 else N_("Automation frees {hours} hours a year for real contact; most of it from {task}"),
        hours=say.short_number(hours),
        money=say.short_money(money),
        task=markdown_text(brief(names[first])),
    )
    summary = say.text("Hours a year that automation frees. {parts}.", parts="; ".join(
        f"{name}: {text}" for name, text in list(zip(names, told, strict=True))[:MOST]
    ))  # fmt: skip
    return drawn(title, _hours_figure(freed, names, told, say), lambda: table, summary)


def _hours(task: Freed, say: Wording) -> str:
    hours = say.plural("{count} hour", "{count} hours", task.hours, count=say.short_number(task.hours))
    return hours if task.money is None else f"{hours}, {say.short_money(task.money)}"


def _hours_figure(freed: Sequence[Freed], names: Sequence[str], told: Sequence[str], say: Wording) -> Sketch:
    shown = sorted(sorted(range(len(freed)), key=lambda i: -freed[i].hours)[:MOST])
    placed = rows([on_lines(names[i]) for i in shown])
    lengths, texts = [freed[i].hours for i in shown], [told[i] for i in shown]
    figure = Sketch()
    add_bars(figure, placed, lengths, texts, bar_style(COLOURS["reduce_cost"]))
    add_texts(figure, lengths, placed.places, texts)
    in_rows(figure, placed, say)
    figure.update_xaxes(
        range=with_room(0.0, max(lengths), after=texts),
        title={"text": say.text("hours a year")},
        **number_ticks(0.0, max(lengths), say, most=3),
    )
    return figure
