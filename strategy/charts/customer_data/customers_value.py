"""What customers in the data are worth: tenths of customers, risk of leaving, whom to win back, who moved where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from strategy.charts.drawing.axes import broken, money_ticks, number_ticks, on_lines, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, LETTERS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import emptied
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import (
    MONEY,
    NUMBER,
    PEOPLE,
    SHARE,
    SIGNED_WHOLE_MONEY,
    WHOLE_MONEY,
    ChartTable,
    column,
    tabled,
)
from strategy.customers.models.likelihood import Array
from strategy.customers.value.segments import Movement
from strategy.customers.value.worth import Prospects, Risk, Worth
from strategy.words.wording import N_, Wording, markdown_text

THIRDS = (N_("most valuable third"), N_("middle third"), N_("least valuable third"))
STAYING = ("80–100%", "60–80%", "40–60%", "20–40%", "0–20%")
CELL = 62
FAINTEST, DARKEST = 0.08, 0.6
"""How dark the cells of a heat map are at least, on a dark background too, and at most."""
ACROSS, LONGEST_WORD = 26, 20
"""Letters that fit under all columns of a heat map on a phone, and of a word beside a row."""
MOST_MOVED = 10
"""Segments that one picture of movement shows; its table shows all."""


def value_by_tenth(worth: Worth, say: Wording) -> Chart:
    """The whale curve over customers, from the most to the least valuable, with a mark at each tenth."""
    total = worth.total
    tenths = worth.deciles / total if total > 0 else np.zeros(10)
    title = say.text(
        "The most valuable tenth of customers brings {share} of their value; the lower half {rest}",
        share=say.percent(float(tenths[0]), 0),
        rest=say.percent(float(tenths[5:].sum()), 0),
    )

    def table() -> ChartTable:
        so_far = np.cumsum(tenths)
        return tabled(
            say,
            column(say.text("Tenth of customers"), range(1, 11), NUMBER),
            column(say.text("Value"), worth.deciles, MONEY),
            column(say.text("Share of value"), tenths, SHARE),
            column(say.text("Together with those above"), so_far, SHARE),
        )

    if total <= 0:
        title = say.text("No value is expected of these customers: look at the margin and at what was cleaned")
        return drawn(title, emptied(say, title), table, title)
    summary = say.text(
        "A curve of the share of value that customers bring together, the most valuable first: {parts}.",
        parts="; ".join(
            f"{say.percent((n + 1) / 10, 0)}: {say.percent(float(x), 0)}" for n, x in enumerate(np.cumsum(tenths))
        ),
    )
    return drawn(title, _tenths(worth, say), table, summary)


def _tenths(worth: Worth, say: Wording) -> Sketch:
    curve = worth.whale
    figure = Sketch()
    line = {"color": COLOURS["today"], "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line=line, layer="below")
    figure.add_scatter(
        x=curve.customers, y=curve.value, mode="lines", line={"color": HALO, "width": 6}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=curve.customers,
        y=curve.value,
        mode="lines",
        line={"color": COLOURS["plan"], "width": 3},
        fill="tozeroy",
        fillcolor=translucent(COLOURS["today"]),
        customdata=[
            f"{say.percent(float(x), 0)}: {say.percent(float(y), 0)}"
            for x, y in zip(curve.customers, curve.value, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    top = max(1.05, float(curve.value.max()) * 1.05)
    laid_out(figure, say, height=380)
    figure.update_xaxes(
        range=[-0.02, 1.02],
        title={"text": broken(say.text("share of our customers, the most valuable first"))},
        **share_ticks(0.0, 1.0, say, most=4),
    )
    figure.update_yaxes(range=[0, top], title={"text": say.text("share of value")}, **share_ticks(0.0, 1.0, say))
    return figure


# Heat maps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Heat:
    """Cells of a heat map: rows from above, columns from the left; strength 0 to 1 is how dark a cell is."""

    rows: Sequence[str]
    columns: Sequence[str]
    strength: Array
    texts: Sequence[Sequence[str]]
    hovers: Sequence[Sequence[str]]
    colour: str


def _heat_map(heat: _Heat, x_title: str, y_title: str, say: Wording) -> Sketch:
    figure, across, down = Sketch(), len(heat.columns), len(heat.rows)
    for row in range(down):
        for place in range(across):
            strength = round(FAINTEST + (DARKEST - FAINTEST) * float(heat.strength[row, place]), 3)
            figure.add_shape(
                type="rect", x0=place - 0.48, x1=place + 0.48, y0=row - 0.46, y1=row + 0.46, layer="below",
                line={"width": 1, "color": GRID}, fillcolor=translucent(heat.colour, strength),
            )  # fmt: skip
    cells = [(row, place) for row in range(down) for place in range(across)]
    figure.add_scatter(
        x=[place for _, place in cells],
        y=[row for row, _ in cells],
        mode="text",
        text=[heat.texts[row][place] for row, place in cells],
        textfont={"size": LETTERS},
        customdata=[heat.hovers[row][place] for row, place in cells],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    laid_out(figure, say, height=down * CELL + 90)
    figure.update_xaxes(
        range=[-0.5, across - 0.5], tickmode="array", tickvals=list(range(across)), ticktext=list(heat.columns),
        title={"text": broken(x_title)},
    )  # fmt: skip
    figure.update_yaxes(
        range=[down - 0.5, -0.5], tickmode="array", tickvals=list(range(down)), ticktext=list(heat.rows),
        title={"text": y_title}, showgrid=False,
    )  # fmt: skip
    return figure


def staying_and_value(worth: Worth, say: Wording) -> Chart:
    """Customers by their worth and their chance to be a customer still: where value is at risk."""
    risk: Risk = worth.risk
    valuable = float(risk.customers[0, 3:].sum() if not worth.contracts else risk.customers[0, 1:].sum())
    if worth.contracts:
        title = say.text(
            "{count} of the most valuable third have a chance below 80% to renew", count=say.short_number(valuable)
        )
    else:
        title = say.text(
            "{count} of the most valuable third have probably left: a chance below 40% to be a customer still",
            count=say.short_number(valuable),
        )
    thirds = [say.text(third) for third in THIRDS]

    def table() -> ChartTable:
        columns = [column(say.text("Customers by worth"), thirds)]
        for number, chance in enumerate(STAYING):
            columns.append(column(say.text("{chance}: customers", chance=chance), risk.customers[:, number], PEOPLE))
            columns.append(column(say.text("{chance}: value", chance=chance), risk.clv[:, number], WHOLE_MONEY))
        return tabled(say, *columns)

    parts = "; ".join(
        f"{third}: " + ", ".join(f"{c} {say.short_number(float(x))}" for c, x in zip(STAYING, row, strict=True))
        for third, row in zip(thirds, risk.customers, strict=True)
    )
    summary = say.text("Customers by worth and by their chance to be a customer still. {parts}.", parts=parts)
    most = max(float(risk.customers.max()), 1.0)
    heat = _Heat(
        [on_lines(third, 12, 3) for third in thirds],
        [chance.replace("–", "–<br>") for chance in STAYING],
        risk.customers / most,
        [[say.short_number(float(x)) for x in row] for row in risk.customers],
        [
            [
                say.text("{count} customers worth {value}", count=say.people(float(n)), value=say.short_money(float(x)))
                for n, x in zip(people, value, strict=True)
            ]
            for people, value in zip(risk.customers, risk.clv, strict=True)
        ],
        COLOURS["retain"],
    )
    axis = say.text("chance to renew") if worth.contracts else say.text("chance to be a customer still (P(alive))")
    return drawn(title, _heat_map(heat, axis, "", say), table, summary)


def who_moved(movement: Movement, names: Mapping[str, str], days: tuple[str, str], say: Wording) -> Chart:
    """Of the customers of each segment at the first date, where they are at the second.

    days  both dates in the reader's language
    """
    then, now = days
    shares = movement.shares
    title = _moved_title(movement, names, say)
    order = np.sort(np.argsort(-np.maximum(movement.before, movement.after), kind="stable")[:MOST_MOVED])
    labels = [names[movement.codes[n]] for n in order]
    summary = say.text(
        "From each segment on {then} (rows) the share in each on {now} (columns). {parts}.",
        then=then,
        now=now,
        parts="; ".join(
            f"{name}: {say.people(float(movement.before[n]))} → {say.people(float(movement.after[n]))}"
            for name, n in zip(labels, order, strict=True)
        ),
    )
    part = shares[np.ix_(order, order)]
    moved = movement.matrix[np.ix_(order, order)]
    numbers = [say.number(n) for n in range(1, len(order) + 1)]
    longest = max(len(word) for name in labels for word in name.split() or [""])
    in_full = longest * len(order) <= ACROSS
    heat = _Heat(
        [_in_words(name if in_full else f"{number} {name}", 14) for number, name in zip(numbers, labels, strict=True)],
        [_in_words(name, longest) for name in labels] if in_full else numbers,
        part,
        [[say.percent(float(x), 0) if x >= 0.005 else "" for x in row] for row in part],
        [
            [f"{on_lines(a)} → {on_lines(b)}<br>{say.people(float(moved[i, j]))}" for j, b in enumerate(labels)]
            for i, a in enumerate(labels)
        ],
        COLOURS["acquire"],
    )
    across, down = say.text("segment on {day}", day=now), say.text("segment on {day}", day=then)
    return drawn(title, _heat_map(heat, across, down, say), lambda: _moved_table(movement, names, days, say), summary)


def _in_words(name: str, line: int) -> str:
    """A name on lines that break between its words, unless one of them is very long."""
    return on_lines(name, max(line, *(min(len(word), LONGEST_WORD) for word in name.split() or [""])), 3)


def _moved_table(movement: Movement, names: Mapping[str, str], days: tuple[str, str], say: Wording) -> ChartTable:
    to = [say.text("to {segment}", segment=names[code]) for code in movement.codes]
    then, now = (say.text("On {day}", day=day) for day in days)
    return tabled(
        say,
        column(say.text("From"), [names[code] for code in movement.codes]),
        *(column(head, movement.matrix[:, number], PEOPLE) for number, head in enumerate(to)),
        column(then, movement.before, PEOPLE),
        column(say.text("Gone since"), movement.gone, PEOPLE),
        column(say.text("New since"), movement.arrived, PEOPLE),
        column(now, movement.after, PEOPLE),
    )


def _moved_title(movement: Movement, names: Mapping[str, str], say: Wording) -> str:
    stayed = float(np.trace(movement.matrix) / max(movement.matrix.sum(), 1))
    if movement.emptying:
        lost = 1 - movement.after / np.maximum(movement.before, 1)
        emptying = [movement.codes.index(code) for code in movement.emptying]
        worst = max(emptying, key=lambda at: (lost[at], movement.before[at]))
        return say.text(
            "{segment} empties out: from {before} to {after} customers ({change})",
            segment=markdown_text(brief(names[movement.codes[worst]])),
            before=say.people(float(movement.before[worst])),
            after=say.people(float(movement.after[worst])),
            change=say.signed_percent(-float(lost[worst]), 0),
        )
    return say.text("{share} of customers stayed in their segment; none empties out", share=say.percent(stayed, 0))


# Winning back --------------------------------------------------------------------------------------------------------


def win_back(back: Prospects, response: float, cost: float, say: Wording) -> Chart:
    """Value gained against the cost of contacting, by how many are contacted, the most promising first."""
    people, left = back.best(response, cost)
    gained, spent = response * back.worth, cost * back.people
    if people:
        title = say.plural(
            "Contact the first {count}: it leaves {left} after the cost of contacting",
            "Contact the first {count}: it leaves {left} after the cost of contacting",
            people,
            count=say.people(people),
            left=say.short_money(left),
        )
    else:
        title = say.text(
            "At {cost} a contact nobody is worth contacting: each costs more than it brings", cost=say.money(cost)
        )

    def table() -> ChartTable:
        some = np.unique(np.linspace(0, len(back.people) - 1, 21).round().astype(int))
        return tabled(
            say,
            column(say.text("Contacted"), [back.people[n] for n in some], PEOPLE),
            column(say.text("Value gained"), [gained[n] for n in some], WHOLE_MONEY),
            column(say.text("Cost of contacting"), [spent[n] for n in some], WHOLE_MONEY),
            column(say.text("Left"), [gained[n] - spent[n] for n in some], SIGNED_WHOLE_MONEY),
            column(say.text("The last one is worth"), [response * back.each[n] for n in some], MONEY),
        )

    summary = say.text(
        "Two lines by the number of people contacted: value gained rises to {gained}, the cost of contacting to "
        "{spent}. The distance is largest at {people}.",
        gained=say.short_money(float(gained[-1])),
        spent=say.short_money(float(spent[-1])),
        people=say.people(people),
    )
    return drawn(title, _gained_and_spent(back, gained, spent, people, say), table, summary)


def _gained_and_spent(back: Prospects, gained: Array, spent: Array, people: int, say: Wording) -> Sketch:
    figure = Sketch()
    for name, values, colour, dash in (
        (say.text("value gained"), gained, COLOURS["retain"], "solid"),
        (say.text("cost of contacting"), spent, COLOURS["today"], "dash"),
    ):
        figure.add_scatter(
            x=back.people,
            y=values,
            mode="lines",
            name=name,
            line={"color": colour, "width": 3, "dash": dash},
            customdata=[f"{name}: {say.short_money(float(value))}" for value in values],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_vline(float(people), {"color": COLOURS["plan"], "width": 2, "dash": "dot"})
    high = widened(0.0, float(max(gained.max(), spent.max(), 1.0)))[1]
    laid_out(figure, say, height=360)
    end = max(float(back.people[-1]), 1.0)
    figure.update_xaxes(
        title={"text": broken(say.text("people contacted, the most promising first"))},
        range=[-0.02 * end, 1.02 * end],
        **number_ticks(0.0, end, say, most=4),
    )
    figure.update_yaxes(title={"text": say.text("money")}, range=[0, high], **money_ticks(0.0, high, say, most=4))
    return figure
