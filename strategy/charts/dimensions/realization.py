"""Value realization in pictures: does it pay, what is left to sell, and who climbs the ladder."""

from collections.abc import Sequence

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import money_ticks, widened, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, LETTERS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import MOST, add_bars, add_texts, bar_style, emptied, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, MULTIPLE, NUMBER, PEOPLE, SIGNED_MONEY, column, tabled
from strategy.dimensions.realization import LADDER, Payoff, Standing, potentials
from strategy.equity.curves import Array
from strategy.questions import BY_CODE, Answer
from strategy.words.wording import Wording, markdown_text, plotly_text

NODES = 8
"""Places that a picture of who moves where shows, leaving included."""
NAMES_SHOWN = 10
"""Segments whose names stand beside their points."""


def worth_against_spend(case: Case, found: Sequence[Payoff], say: Wording) -> Chart:
    """By how much the customers of each segment are worth more beside what is invested in them; the line: as much."""
    names = [segment.name for segment in case.segments]
    invested = np.array([payoff.investment * payoff.customers for payoff in found])
    gained = np.array([payoff.increase * payoff.customers for payoff in found])
    table = tabled(
        say,
        column(say.text("Segment"), names),
        column(say.text("Active customers"), [payoff.customers for payoff in found], PEOPLE),
        column(say.text("Rise in CLV per customer"), [payoff.increase for payoff in found], SIGNED_MONEY),
        column(say.text("Invested per customer"), [payoff.investment for payoff in found], MONEY),
        column(say.text("Rise, all customers"), gained, SIGNED_MONEY),
        column(say.text("Invested, all customers"), invested, MONEY),
        column(say.text("Rise per unit invested"), [payoff.multiple for payoff in found], MULTIPLE),
    )
    shown = [n for n, payoff in enumerate(found) if payoff.multiple is not None]
    if not shown:
        nothing = say.text(
            "Nothing (0) is invested in our customers yet: spend on developing, retaining or serving cheaper"
        )
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    paying = [n for n in shown if gained[n] > invested[n]]
    best = max(shown, key=lambda n: found[n].multiple or 0.0)
    title = say.text(
        "CLV rises more than we invest in {paying} of {count} segments; most in {segment}: {multiple}",
        paying=len(paying),
        count=len(shown),
        segment=markdown_text(brief(names[best])),
        multiple=say.multiple(found[best].multiple),
    )
    parts = [
        say.text(
            "{segment}: {gained} for {invested} invested",
            segment=names[n],
            gained=say.signed_short_money(gained[n]),
            invested=say.short_money(invested[n]),
        )
        for n in shown[:MOST]
    ]
    figure = _against(names, invested[shown], gained[shown], shown, say)
    return drawn(title, figure, lambda: table, "; ".join(parts) + ".")


def _against(names: Sequence[str], invested: Array, gained: Array, shown: Sequence[int], say: Wording) -> Sketch:
    figure = Sketch()
    across = widened(0.0, float(invested.max()), 0.12)
    up = widened(min(0.0, float(gained.min())), max(0.0, float(gained.max()), float(invested.max())), 0.1)
    end = min(across[1], up[1])
    figure.add_scatter(
        x=[0.0, end],
        y=[0.0, end],
        mode="lines",
        name=say.text("as much gained as invested"),
        line={"color": COLOURS["today"], "dash": "dash", "width": 2},
        hoverinfo="skip",
    )
    most = set(np.argsort(-np.maximum(invested, gained))[:NAMES_SHOWN].tolist())
    labels = [plotly_text(brief(names[n]), 22) for n in shown]
    figure.add_scatter(
        x=invested,
        y=gained,
        mode="markers+text",
        name=say.text("a segment's customers"),
        text=[label if place in most else "" for place, label in enumerate(labels)],
        textposition=["middle left" if x > 0.5 * across[1] else "middle right" for x in invested],
        textfont={"size": LETTERS},
        marker={"color": COLOURS["plan"], "size": 14, "line": {"color": HALO, "width": 1.5}},
        customdata=[
            say.text(
                "{segment}<br>{gained} for {invested} invested",
                segment=label,
                gained=say.signed_short_money(gain),
                invested=say.short_money(cost),
            )
            for label, gain, cost in zip(labels, gained.tolist(), invested.tolist(), strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    laid_out(figure, say, height=400)
    figure.update_layout(margin={"t": 76})
    figure.update_xaxes(
        range=list(across),
        title={"text": say.text("invested in a segment's customers, over their life")},
        **money_ticks(0.0, across[1], say, most=4),
    )
    figure.update_yaxes(range=list(up), **money_ticks(up[0], up[1], say, most=6))
    figure.add_title(1, say.text("rise in their CLV"), 0.0, "left")
    return figure


# What is left to sell ------------------------------------------------------------------------------------------------


def selling_potential(case: Case, answer: Answer, say: Wording) -> Chart:
    """What each product could still earn per period, most first: customers x gap x gross profit on it."""
    found = [
        (segment.name, potential, potential.worth, potential.worth * segment.customers.likely)
        for segment in case.segments
        for potential in potentials(answer, segment.id)
    ]
    found.sort(key=lambda row: -row[3])
    table = tabled(
        say,
        column(say.text("Segment"), [name for name, *_ in found]),
        column(say.text("Product or service"), [potential.product for _, potential, *_ in found]),
        column(say.text("Has it (of 100)"), [potential.penetration for _, potential, *_ in found], NUMBER),
        column(say.text("Could have it (of 100)"), [potential.reachable for _, potential, *_ in found], NUMBER),
        column(say.text("Gross profit per buyer"), [potential.margin for _, potential, *_ in found], MONEY),
        column(say.text("Potential per customer"), [worth for _, _, worth, _ in found], SIGNED_MONEY),
        column(say.text("Potential, all customers"), [total for *_, total in found], SIGNED_MONEY),
    )
    if not found:
        nothing = say.text("No potential yet: name a product that more customers could have, and what it earns")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    per, whole = say.per(case.period), sum(total for *_, total in found)
    title = say.text(
        "{product} for {segment} holds most: {most} gross profit {per} of {whole} in all",
        product=markdown_text(brief(found[0][1].product)),
        segment=markdown_text(brief(found[0][0])),
        most=say.short_money(found[0][3]),
        whole=say.short_money(whole),
        per=per,
    )
    shown = found[:MOST]
    placed = rows([f"{plotly_text(p.product, 22)} · {plotly_text(brief(name), 18)}" for name, p, *_ in shown])
    amounts = [total for *_, total in shown]
    texts = [say.signed_short_money(total) for total in amounts]
    figure = Sketch()
    add_bars(figure, placed, amounts, texts, bar_style(COLOURS["develop"]))
    add_texts(figure, [max(0.0, amount) for amount in amounts], placed.places, texts)
    in_rows(figure, placed, say)
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    figure.update_xaxes(
        range=with_room(low, high, after=texts),
        title={"text": say.text("gross profit {per} if the gap closes", per=per)},
        **money_ticks(low, high or 1.0, say, most=3),
    )
    summary = "; ".join(f"{name}, {p.product}: {say.signed_short_money(total)}" for name, p, _, total in shown)
    return drawn(title, figure, lambda: table, f"{summary}.")


# The ladder ----------------------------------------------------------------------------------------------------------


def ladder_moves(case: Case, standing: Standing, moves: Array, leaving: Array, say: Wording) -> Chart:
    """Of the customers of the first period, where they are in the second: per segment, and who leaves.

    moves, leaving  of `first_moves`
    """
    steps = BY_CODE["ladder"].option_texts
    total = moves.sum(axis=1) + leaving
    order = sorted(
        range(len(case.segments)),
        key=lambda s: (LADDER.index(standing[i]) if (i := case.segment_ids[s]) in standing else len(LADDER), s),
    )
    names = [case.segments[s].name for s in order]
    stood = [say.text(steps[i]) if (i := standing.get(case.segment_ids[s])) else "" for s in order]
    flows = np.column_stack([moves[np.ix_(order, order)], leaving[order]])
    shares = np.divide(flows, total[order][:, None], out=np.zeros_like(flows), where=total[order][:, None] > 0)
    ends = [*(brief(name) for name in names), say.text("leaves")]
    table = tabled(
        say,
        column(say.text("From"), names),
        column(say.text("Step"), stood),
        *(column(f"→ {number + 1} {end}", flows[:, number], PEOPLE) for number, end in enumerate(ends)),
    )
    moved = flows[:, :-1] * (1 - np.eye(len(order)))
    gone = say.text("{count} customers leave", count=say.short_number(float(leaving.sum())))
    if moved.max() > 0:
        start, end = np.unravel_index(int(moved.argmax()), moved.shape)
        title = say.text(
            "Most move from {start} to {end}: {count} customers, {share} of them; {gone}",
            start=markdown_text(brief(names[start])),
            end=markdown_text(brief(names[end])),
            count=say.short_number(float(moved[start, end])),
            share=say.percent(float(shares[start, end])),
            gone=gone,
        )
    else:
        title = say.text("Nobody moves between segments (0 customers); {gone}", gone=gone)
    kept = sorted(np.argsort(-(moved.sum(axis=0) + moved.sum(axis=1)), kind="stable")[: NODES - 1].tolist())
    figure = _heat(kept, names, shares, flows, say)
    summary = "; ".join(
        say.text(
            "of {name} {stay} stay there, {leave} leave",
            name=names[n],
            stay=say.percent(float(shares[n, n])),
            leave=say.percent(float(shares[n, -1])),
        )
        for n in kept
    )
    return drawn(title, figure, lambda: table, f"{summary}.")


def _heat(kept: list[int], names: Sequence[str], shares: Array, flows: Array, say: Wording) -> Sketch:
    columns = [*kept, flows.shape[1] - 1]
    heads = [*(str(n + 1) for n in kept), say.text("leaves")]
    labels = [f"{n + 1} {plotly_text(names[n], 15)}" for n in kept]
    starts = [(n, plotly_text(names[n])) for n in kept]
    ends = list(zip([*(name for _, name in starts), heads[-1]], columns, strict=True))
    figure = Sketch()
    figure.traces.append(
        {
            "type": "heatmap",
            "xaxis": "x",
            "yaxis": "y",
            "x": heads,
            "y": labels,
            "z": shares[np.ix_(kept, columns)].tolist(),
            "zmin": 0.0,
            "zmax": 1.0,
            "text": [[say.percent(float(shares[n, c]), 0) if flows[n, c] > 0 else "" for c in columns] for n in kept],
            "texttemplate": "%{text}",
            "textfont": {"size": LETTERS},
            "colorscale": [[0.0, translucent(COLOURS["develop"], 0.0)], [1.0, translucent(COLOURS["develop"], 0.7)]],
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "customdata": [[f"{a} → {b}<br>{say.people(float(flows[n, c]))}" for b, c in ends] for n, a in starts],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    laid_out(figure, say, height=110 + 42 * len(kept))
    figure.update_xaxes(type="category", side="top", title={"text": say.text("next period (numbers as at the left)")})
    figure.update_xaxes(showgrid=False, ticks="")
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticks="")
    return figure
