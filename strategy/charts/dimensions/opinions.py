"""A room's opinions: everybody's answers with the median, and which of the differences matter."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from strategy.case.beliefs import ASKED, asked_spends, scale
from strategy.case.case import Case, Curve, Opinion
from strategy.case.levers import LEVERS
from strategy.charts.drawing.axes import broken, hint, money_ticks, number_ticks, on_lines, share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import BRIEF, brief, cell_label
from strategy.charts.drawing.rows import emptied
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import PEOPLE, SHORT_MONEY, SHORT_NUMBER, WHOLE_MONEY, WHOLE_SHARE, column, tabled
from strategy.equity.curves import CONSTANT, Array, fit_responses
from strategy.equity.parameters import opinion_numbers
from strategy.plan.disagreement import Argument, worth_discussing
from strategy.plan.opinions import Voice, heard_of, voices
from strategy.words.lever_words import LEVER_WORDS
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording, markdown_text

POINTS = 31
UNLIMITED = 2.3
"""Where on the axis unlimited spend stands, in multiples of the spend that is asked about."""
CLOSE = 0.12
"""Share of the axis below which two names would cover each other."""
FAR_RIGHT = 0.55
"""Share of the axis from which on a name stands left of its dot."""
JITTER = 0.05
"""How far a person's dot may stand beside the spend it is about, so that dots do not cover each other."""


# Everybody's answers -------------------------------------------------------------------------------------------------


def room_answers(case: Case, segment: str, lever: str, say: Wording) -> Chart:
    """Each person's answers about one lever as dots, and the curve through their median."""
    heard = heard_of(case, segment, lever)
    told = [voice for voice in voices(case, segment, lever) if voice.by in {opinion.by for opinion in heard}]
    name = case.segment(segment).name
    if not heard:
        nothing = say.text("Nobody's answers about {segment} count yet", segment=markdown_text(brief(name)))
        return drawn(nothing, emptied(say, nothing), lambda: tabled(say, column(say.text("Who"), [])), nothing)
    unit = scale(case, segment, lever)
    kind = SHORT_MONEY if unit.unit == "money" else SHORT_NUMBER
    write = partial(kind.write, say=say)
    spends = asked_spends(case, segment, lever)
    today = np.array([voice.told["answer_1"] for voice in told])
    fields = {
        "count": len(told),
        "segment": markdown_text(brief(name)),
        "lever": say.text(LEVER_NAMES[lever]).lower(),
        "spend": say.short_money(spends[0]),
        "low": write(float(today.min())),
        "high": write(float(today.max())),
        "median": write(float(np.median(today))),
    }
    title = (
        say.text("{segment}, {lever}: all agree on {median} at {spend}", **fields)
        if fields["low"] == fields["high"]
        else say.text("{segment}, {lever}: from {low} to {high} at {spend}, the median is {median}", **fields)
    )
    table = tabled(
        say,
        column(say.text("Who"), [voice.by for voice in told]),
        column(say.text("No spend"), [voice.told["floor"] for voice in told], kind),
        column(say.money(spends[0], 0), [voice.told["answer_1"] for voice in told], kind),
        column(say.money(spends[1], 0), [voice.told.get("answer_2") for voice in told], kind),
        column(say.text("Unlimited spend"), [voice.told["ceiling"] for voice in told], kind),
    )
    summary = say.text(
        "Each dot is one person's answer, each pale line the curve through one person's answers, the dark line the one "
        "through the median of {count} people.",
        count=say.number(len(told)),
    )
    believed = case.segment(segment).levers[lever]
    family = believed.family if isinstance(believed, Curve) else CONSTANT
    figure = _room_figure(case, lever, family, heard, told, unit.factor, spends, write, say)
    return drawn(title, figure, lambda: table, summary)


def _room_figure(
    case: Case,
    lever: str,
    family: str,
    heard: Sequence[Opinion],
    told: Sequence[Voice],
    factor: float,
    spends: tuple[float, float],
    write: Callable[[float], str],
    say: Wording,
) -> Sketch:
    numbers = np.array([opinion_numbers(opinion) for opinion in heard])
    grid = np.linspace(0, 1, POINTS) * max(spends[1], 1.5 * spends[0]) * 1.15
    curves = factor * _curves(numbers, family, grid)
    median = factor * _curves(np.median(numbers, axis=0)[None], family, grid)[0]
    colour, edge = COLOURS[lever], UNLIMITED * spends[0]
    figure = Sketch()
    look: dict[str, Any] = {"hovertemplate": "%{customdata}<extra></extra>", "showlegend": False}
    for curve in curves:
        line = {"color": translucent(colour, 0.35), "width": 1}
        figure.add_scatter(x=grid, y=curve, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    hovers = [f"{say.short_money(x)}: {write(float(y))}" for x, y in zip(grid, median, strict=True)]
    figure.add_scatter(
        x=grid, y=median, mode="lines", line={"color": HALO, "width": 6}, hoverinfo="skip", showlegend=False
    )
    figure.add_scatter(
        x=grid, y=median, mode="lines", line={"color": COLOURS["plan"], "width": 3}, customdata=hovers, **look
    )
    at = dict(zip(ASKED, (0.0, spends[0], spends[1], edge), strict=True))
    beside = np.linspace(-1, 1, len(told)) * JITTER * spends[0] if len(told) > 1 else np.zeros(1)
    for field, x in at.items():
        said = [
            (voice.by, shift, voice.told[field])
            for voice, shift in zip(told, beside, strict=True)
            if field in voice.told
        ]
        figure.add_scatter(
            x=[x + shift for _, shift, _ in said],
            y=[value for *_, value in said],
            mode="markers",
            marker={"size": 8, "color": translucent(colour, 0.75), "line": {"color": HALO, "width": 1}},
            customdata=[f"{on_lines(who)}: {write(value)}" for who, _, value in said],
            **look,
        )
    ends = [factor * float(np.median(numbers[:, column])) for column in (0, 3)]
    figure.add_scatter(
        x=[edge - 0.12 * spends[0], edge + 0.12 * spends[0]],
        y=[ends[1]] * 2,
        mode="lines",
        line={"color": COLOURS["plan"], "width": 3},
        customdata=[write(ends[1])] * 2,
        **look,
    )
    values = [value for voice in told for value in voice.told.values()]
    return _framed(figure, case, values, at, lever, say)


def _framed(
    figure: Sketch, case: Case, values: Sequence[float], at: dict[str, float], lever: str, say: Wording
) -> Sketch:
    laid_out(figure, say, height=340)
    low, high = widened(min(values), max(values), 0.08)
    ticks = money_ticks if LEVERS[lever].moves.said == "money" else number_ticks
    counted = say.text(LEVER_WORDS[lever].answer, per=say.per(case.period))
    figure.update_yaxes(range=[low, high], title={"text": broken(counted, 28)}, **ticks(low, high, say, 4))
    figure.update_xaxes(
        range=list(widened(0.0, at["ceiling"], 0.07)),
        title={"text": say.text("spend {per_period}", per_period=say.per(case.period))},
        tickmode="array",
        tickvals=[at["floor"], at["answer_1"], at["ceiling"]],
        ticktext=[say.short_money(0), say.short_money(at["answer_1"]), say.text("unlimited")],
        showgrid=False,
    )
    return figure


def _curves(numbers: Array, family: str, spends: Array) -> Array:
    """The curves (people, spends) of a family through answers CURVE_FIELDS (people, 6)."""
    columns = [np.ascontiguousarray(numbers[:, None, None, n]) for n in range(numbers.shape[1])]
    floor, first, second, ceiling, spend_1, spend_2 = columns
    response = fit_responses((family,), floor, ceiling, (first, second), (spend_1, spend_2))
    curves: Array = response.metric(response.share(spends[None, :, None] / response.answer_spend))[..., 0]
    return curves


# The disagreement map ------------------------------------------------------------------------------------------------


def disagreement(case: Case, found: Sequence[Argument], say: Wording) -> Chart:
    """How far a room is apart on each question against what that costs: the few worth discussing, and the rest."""
    table = tabled(
        say,
        column(say.text("Where"), [_label(case, argument, say) for argument in found]),
        column(say.text("People"), [argument.people for argument in found], PEOPLE),
        column(say.text("How far apart"), [argument.spread for argument in found], WHOLE_SHARE),
        column(say.text("What deciding on the median costs"), [argument.regret for argument in found], WHOLE_MONEY),
        column(say.text("The same, at most"), [argument.worst for argument in found], WHOLE_MONEY),
        column(say.text("Money that moves in the best split"), [argument.moved for argument in found], WHOLE_MONEY),
        column(
            say.text("It gets"),
            [(argument.low, argument.high) for argument in found],
            WHOLE_MONEY,
        ),
    )
    if not found:
        nothing = say.text("Nobody disagrees yet: enter the answers of at least two people who differ")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    discuss = worth_discussing(found)
    title = _discuss_title(case, found, discuss, say)
    summary = say.text(
        "For each question how far the room's answers are apart (the widest range of one answer, as a share of what "
        "spending can do) against the customer equity that is lost on average when the split follows the median and "
        "one of the room is right."
    )
    for argument in found[:3]:
        summary += (
            f" {_label(case, argument, say)}: {say.percent(argument.spread, 0)}, {say.short_money(argument.regret)}."
        )
    return drawn(title, _map_figure(case, found, discuss, say), lambda: table, summary)


def _label(case: Case, argument: Argument, say: Wording) -> str:
    return cell_label(case.segment(argument.segment), argument.lever, say, BRIEF)


def _discuss_title(case: Case, found: Sequence[Argument], discuss: Sequence[Argument], say: Wording) -> str:
    if not discuss:
        return say.text("No argument changes the best split: the room can move on")
    names = [markdown_text(_label(case, argument, say)) for argument in discuss[:2]]
    fields = {"cost": say.short_money(sum(argument.regret for argument in discuss)), "first": names[0]}
    if len(discuss) == 1:
        return say.text("Discuss only this: {first}; not settling it costs {cost}", **fields)
    if len(discuss) == 2:
        return say.text(
            "Discuss only these two: {first} and {second}; not settling them costs {cost}", second=names[1], **fields
        )
    return say.text(
        "Discuss {count} of {all}, first {first} and {second}; not settling them costs {cost}",
        count=len(discuss),
        all=len(found),
        second=names[1],
        **fields,
    )


def _map_figure(case: Case, found: Sequence[Argument], discuss: Sequence[Argument], say: Wording) -> Sketch:
    figure = Sketch()
    right = widened(0.0, max(argument.spread for argument in found), 0.1)
    low, high = widened(0.0, max(argument.regret for argument in found), 0.14)
    above = _heights(discuss, high - low)
    for argument in found:
        matters = argument in discuss
        colour = COLOURS[argument.lever]
        name = on_lines(brief(case.segment(argument.segment).name, 18), line=18, lines=1)
        label = f"{name}<br>{say.text(LEVER_NAMES[argument.lever])}"
        side = "left" if argument.spread > FAR_RIGHT * right[1] else "right"
        figure.add_scatter(
            x=[argument.spread],
            y=[argument.regret],
            mode="markers+text" if matters else "markers",
            text=[label],
            textposition=f"{above.get(id(argument), 'middle')} {side}",
            cliponaxis=False,
            marker={
                "size": 16 if matters else 11,
                "color": colour if matters else translucent(colour, 0.35),
                "line": {"color": colour, "width": 1.5},
            },
            customdata=[f"{label}<br>{say.percent(argument.spread, 0)} · {say.short_money(argument.regret)}"],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    corner = {"xref": "paper", "yref": "paper", "align": "right", "xanchor": "right"}
    figure.add_annotation(
        x=1, y=0, yanchor="bottom", text=hint(say.text("far apart, but it does not matter")), **corner
    )
    laid_out(figure, say, height=360)
    figure.update_xaxes(
        range=[0.0, right[1]],
        title={"text": broken(say.text("how far apart, as a share of what spending can do"), 40)},
        **share_ticks(0.0, right[1], say, 4),
    )
    figure.update_yaxes(
        range=[low, high],
        title={"text": broken(say.text("customer equity lost by deciding on the median"), 26)},
        **money_ticks(0.0, high, say, 4),
    )
    return figure


def _heights(discuss: Sequence[Argument], span: float) -> dict[int, str]:
    """Where the names of arguments stand that lie close above one another, {id of the argument: top or bottom}."""
    found: dict[int, str] = {}
    for upper, lower in pairwise(discuss):
        if upper.regret - lower.regret < CLOSE * span:
            found.setdefault(id(upper), "top")
            found[id(lower)] = "bottom"
    return found
