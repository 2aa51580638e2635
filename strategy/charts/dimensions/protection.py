"""Protecting the profit stream: whom to keep, what keeping may cost, why they stay, what events damage."""

from collections.abc import Mapping, Sequence

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import broken, money_ticks, number_ticks, on_lines, share_ticks, widened, with_room
from strategy.charts.drawing.chart import COLOURS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.placing import beside
from strategy.charts.drawing.rows import BAR, MOST, add_texts, emptied, in_rows, rows, within
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, NUMBER, PEOPLE, Measure, column, tabled
from strategy.dimensions.protection import Keeping
from strategy.equity.curves import Array
from strategy.equity.readouts import Readouts
from strategy.questions import BY_CODE
from strategy.questions.question import HIGHEST_SCORE
from strategy.words.wording import MISSING, Wording, markdown_text

LARGEST, SMALLEST = 40.0, 9.0
"""Across, in pixels: the bubble of the most customers, and the smallest that can still be seen."""
RISK_HEIGHT, DRAWN_HEIGHT = 380, 300.0
"""Of the picture of whom to keep, and of what is drawn in it, in pixels."""
ENTRY, ENTRY_LETTERS, ENTRY_HEIGHT = 118, 15, 37
"""A name in a legend: width in pixels, so that two stand beside each other on a phone, letters of a line, height."""


# Whom to keep --------------------------------------------------------------------------------------------------------


def value_at_risk(case: Case, r: Readouts, keep: Mapping[str, str], say: Wording) -> Chart:
    """What a customer is worth against the risk that they leave, a bubble per segment; most value at risk first.

    r     the read-outs of today's plan
    keep  {segment id: answer to whom we keep}
    """
    today = r.today
    net, leaves = today.clv_net[0, 0, 0], 1 - today.retention_rate[0, 0, 0]
    customers = today.customers[0, 0, 0]
    lost = customers * leaves * net
    texts = BY_CODE["keep"].option_texts
    table = tabled(
        say,
        column(say.text("Segment"), [s.name for s in case.segments]),
        column(say.text("Active customers"), customers, PEOPLE),
        column(say.text("CLV after marketing spend"), net, MONEY),
        column(say.text("Of 100 customers leave"), [100 * share for share in leaves], Measure("number", 1)),
        column(say.text("Value that leaves"), lost, MONEY),
        column(say.text("We keep"), [say.text(texts[keep[s.id]]) if s.id in keep else None for s in case.segments]),
    )
    first, per = int(lost.argmax()), say.per(case.period)
    if lost[first] <= 0:
        title = say.text("No segment loses value when customers leave: none is worth more than it costs")
    else:
        title = say.text(
            "Most value leaves in {segment}: {lost} {per}; of 100 customers there {leave} leave",
            segment=markdown_text(brief(case.segments[first].name)),
            lost=say.short_money(lost[first]),
            per=per,
            leave=say.short_number(100 * leaves[first]),
        )
    order = np.argsort(-lost)[:3]
    summary = say.text(
        "What a customer is worth after marketing spend, against how many of 100 leave {per}; the size of a bubble is "
        "the number of customers, the dotted lines are the averages.",
        per=per,
    )
    for i in order:
        summary += " " + say.text(
            "{segment}: {clv} each, {leave} of 100 leave, {lost} {per}.",
            segment=case.segments[i].name,
            clv=say.short_money(net[i]),
            leave=say.short_number(100 * leaves[i]),
            lost=say.short_money(lost[i]),
            per=per,
        )
    return drawn(title, _risk_figure(case, net, leaves, customers, keep, say), lambda: table, summary)


def _risk_figure(
    case: Case, net: Array, leaves: Array, customers: Array, keep: Mapping[str, str], say: Wording
) -> Sketch:
    figure = Sketch()
    shown = sorted(np.argsort(-customers, kind="stable")[:MOST].tolist())
    low, high = widened(min(0.0, float(leaves[shown].min())), float(leaves[shown].max()), 0.14)
    bottom, top = widened(min(0.0, float(net[shown].min())), max(0.0, float(net[shown].max())), 0.16)
    sizes = np.maximum(LARGEST * np.sqrt(customers / max(float(customers.max()), 1e-9)), SMALLEST)
    weights = customers if customers.sum() > 0 else np.ones_like(customers)
    means = np.average(leaves, weights=weights), np.average(net, weights=weights)
    line = {"color": COLOURS["today"], "width": 1.5, "dash": "dot"}
    ends: tuple[dict[str, float | str], ...] = (
        {"x0": means[0], "x1": means[0], "y0": bottom, "y1": top},
        {"x0": low, "x1": high, "y0": means[1], "y1": means[1]},
    )
    for end in ends:
        figure.add_shape(type="line", line=line, **end)
    x, y = (leaves[shown] - low) / (high - low), (net[shown] - bottom) / (top - bottom)
    names, sides, numbered = _bubble_names([case.segments[i].name for i in shown], x, y, sizes[shown] / 2, say)
    for i, name, side in zip(shown, names, sides, strict=True):
        segment = case.segments[i]
        goes = keep.get(segment.id) == "let_go"
        colour = COLOURS["today"] if goes else COLOURS["retain"]
        figure.add_scatter(
            x=[leaves[i]],
            y=[net[i]],
            mode="markers+text",
            name=on_lines(f"{name} {segment.name}", ENTRY_LETTERS) if numbered else None,
            text=[name],
            textposition=side or "middle center",
            cliponaxis=False,
            marker={"size": sizes[i], "color": translucent(colour, 0.55), "line": {"color": colour, "width": 2}},
            customdata=[
                f"{on_lines(segment.name)}<br>{say.people(customers[i])} · {say.short_money(net[i])} · "
                f"{say.percent(leaves[i])}"
            ],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=numbered,
        )
    laid_out(figure, say, height=RISK_HEIGHT)
    if numbered:
        _name_in_legend(figure, len(shown))
    per = say.per(case.period)
    figure.update_xaxes(
        range=[low, high],
        title={"text": say.text("share of customers that leaves {per}", per=per)},
        **share_ticks(max(low, 0.0), high, say, 4),
    )
    figure.update_yaxes(
        range=[bottom, top],
        title={"text": broken(say.text("worth after marketing spend (net CLV)"), 26)},
        **money_ticks(bottom, top, say, 4),
    )
    return figure


def _bubble_names(
    names: Sequence[str], x: Array, y: Array, radii: Array, say: Wording
) -> tuple[list[str], list[str | None], bool]:
    """Names beside bubbles and on which side, or numbers where names run into each other; whether they are numbers."""
    texts = [on_lines(brief(name), line=16) for name in names]
    sides = beside(x, y, radii, texts, DRAWN_HEIGHT)
    if None not in sides:
        return texts, sides, False
    texts = [say.number(number) for number in range(1, len(names) + 1)]
    return texts, beside(x, y, radii, texts, DRAWN_HEIGHT), True


def _name_in_legend(figure: Sketch, count: int) -> None:
    """Room above the picture for so many names, two beside each other."""
    legend = ENTRY_HEIGHT * -(-count // 2) + 12
    entries = {"itemsizing": "constant", "entrywidth": ENTRY, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout(height=RISK_HEIGHT + legend, margin={"t": legend}, showlegend=True, legend=entries)


# What keeping may cost -----------------------------------------------------------------------------------------------


def keeping_cost(case: Case, found: Keeping, say: Wording) -> Chart:
    """What keeping a customer costs today beside the spend at which a customer is worth most."""
    per = say.per(case.period)
    table = tabled(
        say,
        column(say.text("Segment"), [s.name for s in case.segments]),
        column(say.text("Spend on keeping a customer today"), found.today, MONEY),
        column(say.text("Best spend on keeping a customer"), found.best, MONEY),
        column(say.text("Above this keeping costs more than it brings"), found.most, MONEY),
        column(say.text("Of 100 stay today"), 100 * found.kept_today, Measure("number", 1)),
        column(say.text("Of 100 stay at the best spend"), 100 * found.kept_best, Measure("number", 1)),
        column(say.text("Net CLV today"), found.worth_today, MONEY),
        column(say.text("Net CLV at the best spend"), found.worth_best, MONEY),
    )
    react = np.flatnonzero(np.isfinite(found.best))
    if not len(react):
        nothing = say.text("Spending keeps nobody yet: say below what it would change")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    gain = np.where(np.isfinite(found.best), (found.worth_best - found.worth_today) * found.customers, -np.inf)
    first = int(gain.argmax())
    fields = {
        "segment": markdown_text(brief(case.segments[first].name)),
        "best": say.short_money(found.best[first]),
        "today": say.short_money(found.today[first]),
        "per": per,
    }
    title = (
        say.text("Keeping a customer of {segment} is worth {best} {per}; we spend {today}", **fields)
        if found.best[first] > 0
        else say.text("Keeping a customer of {segment} is not worth any money; we spend {today} {per}", **fields)
    )
    summary = say.text(
        "Spend on keeping one customer {per}: today, and the amount at which a customer is worth most to us. Below it "
        "the last euro brings more than a euro, above it less.",
        per=per,
    )
    shown = sorted(react[np.argsort(-gain[react], kind="stable")[:MOST]].tolist())
    for i in sorted(shown, key=lambda i: -gain[i])[:3]:
        summary += " " + say.text(
            "{segment}: {today} today, {best} at best, at most {most}.",
            segment=case.segments[i].name,
            today=say.short_money(found.today[i]),
            best=say.short_money(found.best[i]),
            most=say.short_money(found.most[i]),
        )
    return drawn(title, _keeping_figure(case, found, shown, say), lambda: table, summary)


def _of_100(share: float, say: Wording) -> str:
    return say.number(100 * share, 1) if np.isfinite(share) else MISSING


def _keeping_figure(case: Case, found: Keeping, shown: list[int], say: Wording) -> Sketch:
    placed = rows([on_lines(brief(case.segments[i].name)) for i in shown])
    texts = [
        say.text(
            "{today} today, best {best}",
            today=say.short_money(found.today[i]),
            best=say.short_money(found.best[i]),
        )
        for i in shown
    ]
    hovers = [f"{label}<br>{text}" for label, text in zip(placed.labels, texts, strict=True)]
    best, today = found.best[shown].tolist(), found.today[shown].tolist()
    names = (say.text("best"), say.text("today"))
    figure = within(placed, best, today, names, [COLOURS["retain"]] * len(shown), texts, hovers)
    in_rows(figure, placed, say, legend=True)
    high = max(*best, *today, 1e-9)
    figure.update_xaxes(
        range=with_room(0.0, high, after=texts),
        title={"text": say.text("spend on keeping a customer {per}", per=say.per(case.period))},
        **money_ticks(0.0, high, say, most=3),
    )
    return figure


# Want to, must, and the quality of the relation ----------------------------------------------------------------------


def want_or_must(case: Case, want: Mapping[str, int], must: Mapping[str, int], r: Readouts, say: Wording) -> Chart:
    """Per segment how much customers want to stay and how much they must; who must more than they want is at risk.

    want, must  {segment id: score}, where answered
    r           the read-outs of today's plan
    """
    worth = r.today.customers[0, 0, 0] * np.maximum(r.today.clv_net[0, 0, 0], 0)
    ids = case.segment_ids
    risk = [i for i in ids if i in want and i in must and must[i] > want[i]]
    table = tabled(
        say,
        column(say.text("Segment"), [s.name for s in case.segments]),
        column(say.text("Want to stay"), [want.get(i) for i in ids], NUMBER),
        column(say.text("Must stay"), [must.get(i) for i in ids], NUMBER),
        column(say.text("Worth of all customers after marketing spend"), worth, MONEY),
        column(say.text("Finding"), [_stay_finding(want.get(i), must.get(i), say) for i in ids]),
    )
    answered = [i for i in ids if i in want or i in must]
    if not answered:
        nothing = say.text("Score above why customers stay: then this shows where staying is a risk")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    if risk:
        worst = max(risk, key=lambda i: worth[ids.index(i)])
        title = say.text(
            "Customers of {segment} stay because they must ({must} of 5), not because they want to ({want}): {worth} "
            "is at risk",
            segment=markdown_text(brief(case.segment(worst).name)),
            must=must[worst],
            want=want[worst],
            worth=say.short_money(worth[ids.index(worst)]),
        )
    else:
        title = say.plural(
            "In the {count} segment that was scored, nobody stays only because they must",
            "In the {count} segments that were scored, nobody stays only because they must",
            len(answered),
        )
    summary = say.text("How much customers want to stay and how much they must, from 1 to 5.") + "".join(
        f" {case.segment(i).name}: {_score(want.get(i), say)}, {_score(must.get(i), say)}." for i in answered[:3]
    )
    return drawn(title, _stay_figure(case, answered[:MOST], want, must, say), lambda: table, summary)


def _score(score: int | None, say: Wording) -> str:
    return MISSING if score is None else say.number(score)


def _stay_finding(want: int | None, must: int | None, say: Wording) -> str:
    if want is None or must is None:
        return say.text("not scored yet")
    if must > want:
        return say.text("at risk: they leave when they may")
    return say.text("they stay by choice") if want > must else say.text("as much by choice as by force")


def _stay_figure(
    case: Case, shown: Sequence[str], want: Mapping[str, int], must: Mapping[str, int], say: Wording
) -> Sketch:
    placed = rows([on_lines(brief(case.segment(i).name)) for i in shown], bars=2)
    figure = Sketch()
    for name, scores, colour, shift in (
        (say.text("want to stay"), want, COLOURS["retain"], -0.5),
        (say.text("must stay"), must, COLOURS["today"], 0.5),
    ):
        ends, places = [scores.get(i, 0) for i in shown], [place + shift * BAR for place in placed.places]
        figure.add_bar(
            x=ends,
            y=places,
            orientation="h",
            width=BAR * 0.86,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=[
                f"{label}<br>{name}: {_score(scores.get(i), say)}"
                for label, i in zip(placed.labels, shown, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        add_texts(figure, ends, places, [_score(scores.get(i), say) for i in shown])
    in_rows(figure, placed, say, legend=True)
    figure.update_xaxes(
        range=[0, HIGHEST_SCORE + 0.6],
        title={"text": say.text("score, 1 to 5")},
        **number_ticks(0, HIGHEST_SCORE, say, HIGHEST_SCORE),
    )
    return figure


def relation_quality(scores: Mapping[str, int], say: Wording) -> Chart:
    """The four sides of a relation's quality, weakest named: {option of the question quality: score}."""
    options = BY_CODE["quality"].options
    table = tabled(
        say,
        column(say.text("Quality of the relation"), [say.text(option.text) for option in options]),
        column(say.text("Score, 1 to 5"), [scores.get(option.code) for option in options], NUMBER),
    )
    scored = [option for option in options if option.code in scores]
    if not scored:
        nothing = say.text("Score commitment, fairness, loyalty and trust above to see where the relation is weak")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    weakest = min(scored, key=lambda option: scores[option.code])
    title = say.text(
        "The relation is weakest in {quality}: {score} of 5",
        quality=say.text(weakest.text).lower(),
        score=scores[weakest.code],
    )
    placed = rows([say.text(option.text) for option in scored])
    ends = [scores[option.code] for option in scored]
    figure = Sketch()
    figure.add_bar(
        x=ends,
        y=placed.places,
        orientation="h",
        width=BAR,
        marker={"color": [COLOURS["retain"] if option is weakest else COLOURS["today"] for option in scored]},
        hoverinfo="skip",
    )
    add_texts(figure, ends, placed.places, [say.number(end) for end in ends])
    in_rows(figure, placed, say)
    figure.update_xaxes(
        range=[0, HIGHEST_SCORE + 0.6],
        title={"text": say.text("score, 1 to 5")},
        **number_ticks(0, HIGHEST_SCORE, say, HIGHEST_SCORE),
    )
    told = ", ".join(f"{say.text(option.text)} {say.number(scores[option.code])}" for option in scored)
    summary = say.text("How good the relation is, from 1 to 5: {scores}.", scores=told)
    return drawn(title, figure, lambda: table, summary)
