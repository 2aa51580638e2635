"""What may happen to us and what has happened: events with their damage, and customers who lapsed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import broken, money_ticks, on_lines, share_ticks, widened, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import MOST, add_bars, add_texts, emptied, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, SIGNED_MONEY, Measure, column, tabled
from strategy.dimensions.protection import Damage, Lapsed, Reactivation
from strategy.words.messages import METRIC_NAMES
from strategy.words.wording import MISSING, Wording, markdown_text


def events_damage(case: Case, found: Sequence[Damage], say: Wording) -> Chart:
    """What each event does to customer equity, and so what an answer to it is worth; the worst first."""
    order = sorted(range(len(found)), key=lambda i: -found[i].worth)
    events = [next(e for e in case.events if e.id == found[i].event) for i in order]
    worth = [found[i].worth for i in order]
    table = tabled(
        say,
        column(say.text("Event"), [event.name for event in events]),
        column(say.text("What it moves"), [say.text(METRIC_NAMES[event.metric]) for event in events]),
        column(
            say.text("Periods"),
            [
                f"{event.start}–{event.end}" if event.end else say.text("from {start}", start=event.start)
                for event in events
            ],
        ),
        column(say.text("Customer equity"), [-value for value in worth], SIGNED_MONEY),
        column(
            say.text("An answer may cost at most, per period that it lasts"),
            [found[i].per_period if found[i].worth > 0 else None for i in order],
            MONEY,
        ),
    )
    if not events:
        nothing = say.text("No event yet: add what a competitor or the market may do to us")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    first = found[order[0]]
    name, per = markdown_text(brief(events[0].name)), say.per(case.period)
    if first.worth > 0:
        fields = {"event": name, "damage": say.short_money(first.worth), "per": per}
        title = (
            say.text(
                "{event} costs {damage} of customer equity: an answer that undoes it may cost {most} {per}",
                most=say.short_money(first.per_period),
                **fields,
            )
            if np.isfinite(first.per_period)
            else say.text("{event} costs {damage} of customer equity, all of it after the plan", **fields)
        )
    else:
        title = say.text("No event damages us; {event} brings {gain}", event=name, gain=say.short_money(-first.worth))
    summary = say.text("Customer equity with each event against without it, with the plan's spend.") + "".join(
        f" {event.name}: {say.signed_short_money(-value)}."
        for event, value in list(zip(events, worth, strict=True))[:3]
    )
    return drawn(title, _damage_figure([e.name for e in events[:MOST]], worth[:MOST], say), lambda: table, summary)


def _damage_figure(names: Sequence[str], worth: Sequence[float], say: Wording) -> Sketch:
    placed = rows([on_lines(name) for name in names])
    ends = [-value for value in worth]
    texts = [say.signed_short_money(end) for end in ends]
    figure = Sketch()
    add_bars(
        figure, placed, ends, texts, {"color": [COLOURS["retain"] if end < 0 else COLOURS["today"] for end in ends]}
    )
    for side, wanted in (("left", [end < 0 for end in ends]), ("right", [end >= 0 for end in ends])):
        rows_here = [i for i, here in enumerate(wanted) if here]
        if rows_here:
            add_texts(
                figure,
                [ends[i] for i in rows_here],
                [placed.places[i] for i in rows_here],
                [texts[i] for i in rows_here],
                side,
            )
    in_rows(figure, placed, say)
    low, high = min(0.0, *ends), max(0.0, *ends)
    left = [text for text, end in zip(texts, ends, strict=True) if end < 0]
    right = [text for text, end in zip(texts, ends, strict=True) if end >= 0]
    figure.update_xaxes(
        range=with_room(low, high, before=left, after=right),
        title={"text": say.text("change in customer equity")},
        zeroline=True,
        zerolinecolor=COLOURS["today"],
        **money_ticks(low, high, say, most=3, signed=True),
    )
    return figure


def lapsed_value(case: Case, pool: Lapsed, found: Reactivation, say: Wording) -> Chart:
    """What reaching lapsed customers gains at each response, with the response that was given and where it pays."""
    name = brief(case.segment(pool.segment).name)
    shares = np.array([pool.unprompted, pool.response, pool.unprompted + 2 * (pool.response - pool.unprompted)])
    gains = np.array([-found.cost, found.gained, 2 * found.gained + found.cost])
    fields = {
        "segment": markdown_text(name),
        "gain": say.short_money(abs(found.gained)),
        "share": say.short_number(100 * found.break_even) if np.isfinite(found.break_even) else MISSING,
    }
    if found.gained > 0:
        title = say.text("Winning back {segment} gains {gain}; it pays as soon as {share} of 100 come back", **fields)
    elif np.isfinite(found.break_even):
        title = say.text("Winning back {segment} loses {gain}; it pays only when {share} of 100 come back", **fields)
    else:
        title = say.text("Winning back {segment} loses {gain}; no response would make it pay", **fields)
    table = tabled(
        say,
        column(say.text("Of 100 reached come back"), [100 * share for share in shares], Measure("number", 2)),
        column(say.text("Customer equity"), gains, SIGNED_MONEY),
    )
    summary = say.text(
        "Reaching {people} people {per} costs {cost} in today's money; {back} come back {per} because of it. Customer "
        "equity changes by {gain}.",
        people=say.people(pool.people),
        per=say.per(case.period),
        cost=say.short_money(found.cost),
        back=say.short_number(found.returning),
        gain=say.signed_short_money(found.gained),
    )
    figure = Sketch()
    hovers = [f"{say.percent(x)}: {say.signed_short_money(y)}" for x, y in zip(shares, gains, strict=True)]
    line = {"color": COLOURS["retain"], "width": 3}
    look: dict[str, Any] = {"hovertemplate": "%{customdata}<extra></extra>", "showlegend": False}
    figure.add_scatter(x=shares, y=gains, mode="lines", line=line, customdata=hovers, **look)
    marker = {"symbol": "diamond", "size": 13, "color": COLOURS["plan"], "line": {"color": HALO, "width": 1.5}}
    figure.add_scatter(x=shares[1:2], y=gains[1:2], mode="markers", marker=marker, customdata=hovers[1:2], **look)
    laid_out(figure, say, height=300)
    low, high = widened(float(gains.min()), float(gains.max()))
    right = widened(float(shares[0]), float(shares[-1]))
    figure.update_xaxes(
        range=list(right),
        title={"text": say.text("share of the people reached that comes back")},
        **share_ticks(max(0.0, right[0]), right[1], say, 4),
    )
    figure.update_yaxes(
        range=[low, high],
        zeroline=True,
        zerolinecolor=COLOURS["today"],
        title={"text": broken(say.text("change in customer equity"), 26)},
        **money_ticks(low, high, say, 4, signed=True),
    )
    return drawn(title, figure, lambda: table, summary)
