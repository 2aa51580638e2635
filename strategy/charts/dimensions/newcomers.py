"""What choosing customers takes and brings: the cost of a new one, extra income, and telling customers apart."""

from collections.abc import Mapping, Sequence

from strategy.case.case import Case
from strategy.charts.drawing.axes import broken, money_ticks, on_lines, with_room
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.rows import BAR, LEGEND, MOST, add_texts, emptied, in_rows, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, NUMBER, SIGNED_MONEY, ChartTable, column, tabled
from strategy.dimensions.selection import DEMANDS, SPECTRUM, Newcomer, shortfalls
from strategy.questions import BY_CODE
from strategy.words.wording import MISSING, N_, Wording, markdown_text

FURTHEST = 2.0
"""How far a cost is drawn, as a multiple of the largest worth."""


# What a new customer may cost ----------------------------------------------------------------------------------------


def newcomer_cost(case: Case, found: Sequence[Newcomer], relation: Mapping[str, str], say: Wording) -> Chart:
    """What a new customer of each segment may cost at most, beside what one costs and what the next one costs.

    relation  {segment id: start, test or no}, as far as it was chosen
    """
    names = {s.id: s.name for s in case.segments}

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Segment"), [names[n.segment] for n in found]),
            column(say.text("May cost at most"), [n.worth for n in found], MONEY),
            column(say.text("Costs now (CAC)"), [n.cost for n in found], MONEY),
            column(say.text("The next one costs"), [n.marginal_cost for n in found], MONEY),
            column(say.text("Left on the next one"), [n.left for n in found], SIGNED_MONEY),
        )

    if not found:
        title = say.text("Nobody becomes a new customer in this case: no segment has prospects that are won")
        return drawn(title, emptied(say, title), table, title)
    shown = sorted(found, key=lambda n: -(n.left if n.left is not None else n.worth - 1e30))[:MOST]
    texts = [_cost_text(n, say) for n in shown]
    summary = say.text(
        "The most that a new customer may cost, beside what the next one costs. {parts}.",
        parts="; ".join(f"{names[n.segment]}: {text}" for n, text in zip(shown, texts, strict=True)),
    )
    return drawn(_cost_title(names, found, relation, say), _cost_figure(names, shown, texts, say), table, summary)


def _cost_text(n: Newcomer, say: Wording) -> str:
    most = say.short_money(max(n.worth, 0.0))
    if n.marginal_cost is None:
        return say.text("at most {most}", most=most)
    return say.text("at most {most}, next {next}", most=most, next=say.short_money(n.marginal_cost))


def _cost_title(names: Mapping[str, str], found: Sequence[Newcomer], relation: Mapping[str, str], say: Wording) -> str:
    def told(message: str, n: Newcomer) -> str:
        return say.text(
            message,
            segment=markdown_text(brief(names[n.segment])),
            worth=say.short_money(n.worth),
            cost=say.short_money(n.marginal_cost),
        )

    known = [n for n in found if n.left is not None]
    if not known:
        richest = max(found, key=lambda n: n.worth)
        return told(N_("Nobody is won by spending yet; a new customer of {segment} may cost at most {worth}"), richest)
    dear = [n for n in known if (n.left or 0.0) < 0 and relation.get(n.segment) == "start"]
    if dear:
        message = N_("We go after {segment}, where the next new customer costs {cost} and is worth {worth}")
        return told(message, min(dear, key=lambda n: n.left or 0.0))
    best = max(known, key=lambda n: n.left or 0.0)
    if (best.left or 0.0) > 0:
        return told(N_("Start with {segment}: the next new customer costs {cost} and is worth {worth}"), best)
    message = N_("No next new customer earns back his cost; {segment} comes closest: {cost} for one worth {worth}")
    return told(message, best)


def _cost_figure(names: Mapping[str, str], shown: Sequence[Newcomer], texts: Sequence[str], say: Wording) -> Sketch:
    figure = Sketch()
    placed = rows([on_lines(brief(names[n.segment])) for n in shown])
    figure.add_bar(
        x=[max(n.worth, 0.0) for n in shown],
        y=placed.places,
        orientation="h",
        width=BAR,
        name=say.text("may cost at most"),
        marker={"color": translucent(COLOURS["acquire"], 0.35), "line": {"color": COLOURS["acquire"], "width": 1.5}},
        customdata=[f"{label}<br>{text}" for label, text in zip(placed.labels, texts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    high = max([1.0, *(n.worth for n in shown)])
    end = FURTHEST * high
    reached = [max(n.worth, 0.0) for n in shown]
    for name, colour, symbol, costs in (
        (say.text("costs now"), COLOURS["today"], "circle", [n.cost for n in shown]),
        (say.text("the next one"), COLOURS["plan"], "diamond", [n.marginal_cost for n in shown]),
    ):
        at = [n for n, cost in enumerate(costs) if cost is not None]
        drawn_at = [min(max(costs[n] or 0.0, 0.0), end) for n in at]
        for n, place in zip(at, drawn_at, strict=True):
            reached[n] = max(reached[n], place)
        figure.add_scatter(
            x=drawn_at,
            y=[placed.places[n] for n in at],
            mode="markers",
            name=name,
            marker={
                "color": colour,
                "symbol": [symbol if (costs[n] or 0.0) <= end else "triangle-right" for n in at],
                "size": 13,
                "line": {"color": HALO, "width": 1.5},
            },
            customdata=[f"{placed.labels[n]}<br>{name}: {say.short_money(costs[n])}" for n in at],
            hovertemplate="%{customdata}<extra></extra>",
        )
    add_texts(figure, reached, placed.places, [f"  {text}" for text in texts])
    in_rows(figure, placed, say, legend=True)
    top = max(high, *reached)
    figure.update_xaxes(
        range=with_room(0.0, top, after=[f"   {text}" for text in texts]),
        title={"text": say.text("money per new customer, welcoming included")},
        **money_ticks(0.0, top, say, most=3),
    )
    return figure


# Extra income --------------------------------------------------------------------------------------------------------


def extra_income(
    case: Case, today: Mapping[str, float], existing: Mapping[str, float], target: Mapping[str, float], say: Wording
) -> Chart:
    """Today's revenue per segment, with what existing and target customers could bring on top of it.

    today, existing, target  money per period, {segment id: amount}; what was not answered is not there
    """
    totals = [sum(part.values()) for part in (today, existing, target)]

    def table() -> ChartTable:
        cells = [[*map(part.get, case.segment_ids), sum(part.values())] for part in (today, existing, target)]
        return tabled(
            say,
            column(say.text("Segment"), [*(s.name for s in case.segments), say.text("Total")]),
            column(say.text("Revenue today"), cells[0], MONEY),
            column(say.text("Extra from existing customers"), cells[1], MONEY),
            column(say.text("From target customers"), cells[2], MONEY),
        )

    per = say.per(case.period)
    if not existing and not target:
        title = say.text(
            "Our customers bring {total} {per}; nobody has said what more they could",
            total=say.short_money(totals[0]),
            per=per,
        )
        what = say.text(
            "Fill in the extra income of existing and target customers above, under {panel}.",
            panel=say.text("Go deeper"),
        )
        return drawn(title, emptied(say, what), table, f"{title}. {what}")
    title = say.text(
        "Existing customers could bring {existing} more {per}, target customers {target}: {share} on top of today",
        existing=say.short_money(totals[1]),
        target=say.short_money(totals[2]),
        per=per,
        share=say.percent((totals[1] + totals[2]) / totals[0], digits=0) if totals[0] > 0 else MISSING,
    )
    summary = say.text(
        "Revenue today {today} {per}; extra income of existing customers {existing}, of target customers {target}.",
        today=say.short_money(totals[0]),
        existing=say.short_money(totals[1]),
        target=say.short_money(totals[2]),
        per=per,
    )
    return drawn(title, _income_figure(case, (today, existing, target), say), table, summary)


def _income_figure(case: Case, parts: Sequence[Mapping[str, float]], say: Wording) -> Sketch:
    order = sorted(case.segments, key=lambda s: -sum(part.get(s.id, 0.0) for part in parts))[:MOST]
    placed = rows([on_lines(brief(s.name)) for s in order])
    figure, starts = Sketch(), [0.0] * len(order)
    named = (
        (say.text("today"), "today"),
        (say.text("existing customers"), "develop"),
        (say.text("target customers"), "acquire"),
    )
    for (name, colour), part in zip(named, parts, strict=True):
        pieces = [part.get(s.id, 0.0) for s in order]
        figure.add_bar(
            x=pieces,
            base=list(starts),
            y=placed.places,
            orientation="h",
            width=BAR,
            name=name,
            marker={"color": COLOURS[colour], "line": {"width": 0}},
            customdata=[
                f"{label}<br>{name}: {say.short_money(x)}" for label, x in zip(placed.labels, pieces, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        starts = [start + piece for start, piece in zip(starts, pieces, strict=True)]
    extra = [sum(part.get(s.id, 0.0) for part in parts[1:]) for s in order]
    texts = [
        f"{say.short_money(end)} ({say.signed_short_money(more)})" if more else say.short_money(end)
        for end, more in zip(starts, extra, strict=True)
    ]
    add_texts(figure, starts, placed.places, texts)
    high = max([1.0, *starts])
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=with_room(0.0, high, after=texts),
        title={"text": say.text("income {per_period}", per_period=say.per(case.period))},
        **money_ticks(0.0, high, say, most=3),
    )
    return figure


# From one offer for all to one for each ------------------------------------------------------------------------------

ASKED_FOR: Mapping[str, Mapping[str, str]] = {
    "data": {
        "mass": N_("sales totals and market research will do"),
        "segments": N_("who is in which segment, and what it buys"),
        "one_to_one": N_("a current profile of every customer, in one place"),
    },
    "cost": {
        "mass": N_("lowest: everyone gets the same"),
        "segments": N_("some more: a few offers beside each other"),
        "one_to_one": N_("highest, unless much of it is automated"),
    },
    "people": {
        "mass": N_("a small team that knows the product"),
        "segments": N_("segment managers and an analyst"),
        "one_to_one": N_("analysts, and staff who may decide on the spot"),
    },
}
"""What each way asks of customer data, cost to serve and people (A5)."""


def spectrum_demands(chosen: str | None, readiness: Mapping[str, int], say: Wording) -> Chart:
    """What mass, segments and one-to-one ask of us, beside how ready we are; scores of 1 to 5.

    chosen     mass, segments, one_to_one or None
    readiness  {data, cost or people: 1..5}, as far as it was scored
    """
    ways, demands = BY_CODE["spectrum"].option_texts, BY_CODE["readiness"].option_texts

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Asks of us"), [say.text(demands[code]) for code in DEMANDS]),
            *(column(say.text(ways[way]), [_asked(code, way, say) for code in DEMANDS]) for way in SPECTRUM),
            column(say.text("How ready we are"), [readiness.get(code) for code in DEMANDS], NUMBER),
        )

    summary = "; ".join(
        say.text(
            "{demand}: {asks}; we score {ready}",
            demand=say.text(demands[code]),
            asks=", ".join(f"{say.text(ways[way])} {DEMANDS[code][way]}" for way in SPECTRUM),
            ready=readiness.get(code, MISSING),
        )
        for code in DEMANDS
    )
    title = _spectrum_title(chosen, readiness, say)
    return drawn(title, _spectrum_figure(chosen, readiness, say), table, f"{summary}.")


def _asked(code: str, way: str, say: Wording) -> str:
    """How much a way of dealing asks, and what."""
    return f"{DEMANDS[code][way]}: {say.text(ASKED_FOR[code][way])}"


def _spectrum_title(chosen: str | None, readiness: Mapping[str, int], say: Wording) -> str:
    if chosen is None:
        return say.text("From mass to one-to-one takes 5 of 5 in customer data: choose above how far we go")
    way, short = say.text(BY_CODE["spectrum"].option_texts[chosen]), shortfalls(chosen, readiness)
    if short:
        code = next(iter(short))
        return say.text(
            "{way} asks {needed} of 5 in {demand}, and we score {ready}",
            way=way,
            needed=DEMANDS[code][chosen],
            demand=_lowered(say.text(BY_CODE["readiness"].option_texts[code])),
            ready=readiness[code],
        )
    if len(readiness) == len(DEMANDS):
        return say.text(
            "We are ready for what {way} asks, up to {needed} of 5", way=_lowered(way), needed=_most(chosen)
        )
    return say.text("{way} asks up to {needed} of 5: score how ready we are, above", way=way, needed=_most(chosen))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _most(chosen: str) -> int:
    return max(needed[chosen] for needed in DEMANDS.values())


def _spectrum_figure(chosen: str | None, readiness: Mapping[str, int], say: Wording) -> Sketch:
    ways, demands = BY_CODE["spectrum"].option_texts, BY_CODE["readiness"].option_texts
    labels = [f"<b>{say.text(demands[code])}</b>" for code in DEMANDS]
    if chosen:
        asked = [broken(say.text(ASKED_FOR[code][chosen]), 44) for code in DEMANDS]
        labels = [f"{label}<br>{text}" for label, text in zip(labels, asked, strict=True)]
    placed, figure = rows(labels), Sketch()
    for place in placed.places:
        figure.add_shape(
            type="line", x0=1, x1=5, y0=place, y1=place, line={"color": COLOURS["today"], "width": 1}, layer="below"
        )
    symbols = {"mass": "circle", "segments": "square", "one_to_one": "hexagon"}
    for way in SPECTRUM:
        picked = way == chosen
        figure.add_scatter(
            x=[DEMANDS[code][way] - 0.08 * (way == "mass") + 0.08 * (way == "one_to_one") for code in DEMANDS],
            y=placed.places,
            mode="markers",
            name=say.text(ways[way]),
            marker={
                "symbol": symbols[way] + ("" if picked else "-open"),
                "size": 17 if picked else 13,
                "color": COLOURS["acquire"] if picked else COLOURS["today"],
            },
            customdata=[f"{say.text(ways[way])}: {say.text(ASKED_FOR[code][way])}" for code in DEMANDS],
            hovertemplate="%{customdata}<extra></extra>",
        )
    own = [(readiness[code], place) for code, place in zip(DEMANDS, placed.places, strict=True) if code in readiness]
    if own:
        figure.add_scatter(
            x=[score for score, _ in own],
            y=[place for _, place in own],
            mode="markers",
            name=say.text("how ready we are"),
            marker={"symbol": "diamond", "size": 12, "color": COLOURS["plan"], "line": {"color": HALO, "width": 1.5}},
            hovertemplate="%{x}<extra></extra>",
        )
    in_rows(figure, placed, say, legend=True)
    figure.update_layout(height=round(placed.height) + 62 + 2 * LEGEND, margin={"t": 2 * LEGEND})
    figure.update_xaxes(
        range=[0.7, 5.3], tickvals=[1, 2, 3, 4, 5], title={"text": say.text("how much it asks (1 to 5)")}
    )
    return figure
