"""How sure: the assumptions that matter, what to find out first, and what no belief regrets."""

from collections.abc import Sequence

import numpy as np

from strategy.allocation.information import Information
from strategy.case.case import Case
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.axes import money_ticks, on_lines, widened, with_room
from strategy.charts.drawing.chart import COLOURS, Chart, drawn
from strategy.charts.drawing.labels import (
    BRIEF,
    assumption_colour,
    assumption_label,
    assumption_measure,
    assumption_value,
)
from strategy.charts.drawing.rows import BAR, add_bars, add_texts, emptied, in_rows, mark, rows, within
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, SIGNED_MONEY, column, tabled
from strategy.charts.money.moves import cells_or_levers
from strategy.equity.curves import Array
from strategy.equity.parameters import Spend, spendable
from strategy.equity.uncertainty import TornadoBar
from strategy.words.wording import Wording, markdown_text

# Which assumptions matter --------------------------------------------------------------------------------------------


def tornado(case: Case, bars: list[TornadoBar], say: Wording, limit: int = 8, at_likely: float | None = None) -> Chart:
    """What each assumption does to the plan's uplift at its low and at its high; the widest swing first.

    Where no assumption moves the uplift (the plan is today's), customer equity stands in for it.
    at_likely  the uplift (or customer equity) with everything likely, drawn as a line where given
    """
    equity = _moves_nothing(bars)
    ends = [bar.customer_equity if equity else bar.uplift for bar in bars]
    what = say.text("customer equity") if equity else say.text("the plan's uplift")
    unit = MONEY if equity else SIGNED_MONEY
    assumed = [assumption_measure(bar.key, x) for bar in bars for x in bar.values]
    table = tabled(
        say,
        column(say.text("Assumption"), [assumption_label(case, bar.key, say) for bar in bars]),
        column(say.text("Low"), [_value(bar, 0) for bar in bars], assumed[::2]),
        column(say.text("High"), [_value(bar, 1) for bar in bars], assumed[1::2]),
        column(say.text("{what} at low", what=_capital(what)), [low for low, _ in ends], unit),
        column(say.text("{what} at high", what=_capital(what)), [high for _, high in ends], unit),
    )
    if not bars:
        nothing = say.text("No assumption has a range yet: give a number as low, likely and high")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    figure = _tornado_figure(case, bars[:limit], ends[:limit], what, equity, at_likely, say)
    write = say.short_money if equity else say.signed_short_money
    summary = say.text(
        "What {what} becomes when one assumption is at its low or at its high, all others likely.", what=what
    )
    for bar, pair in list(zip(bars, ends, strict=True))[:3]:
        label = assumption_label(case, bar.key, say)
        summary += (
            f" {label}: {write(pair[0])} ({_end(case, bar, 0, say)}), {write(pair[1])} ({_end(case, bar, 1, say)})."
        )
    return drawn(_tornado_title(case, bars[0], ends[0], equity, say), figure, lambda: table, summary)


def _moves_nothing(bars: list[TornadoBar]) -> bool:
    """Whether no assumption moves the uplift beyond rounding."""
    scale = max((abs(value) for bar in bars for value in bar.customer_equity), default=1.0)
    return all(abs(bar.uplift[1] - bar.uplift[0]) <= 1e-9 * max(scale, 1.0) for bar in bars)


def _tornado_title(case: Case, bar: TornadoBar, ends: tuple[float, float], equity: bool, say: Wording) -> str:
    label, (low, high) = markdown_text(assumption_label(case, bar.key, say, BRIEF)), sorted(ends)
    if equity:
        return say.text(
            "Customer equity hangs most on {assumption}: {low} to {high}",
            assumption=label,
            low=say.short_money(low),
            high=say.short_money(high),
        )
    fields = {"assumption": label, "low": say.signed_short_money(low), "high": say.signed_short_money(high)}
    if low < 0 < high:
        return say.text("Whether the plan beats today's hangs on {assumption}: {low} to {high}", **fields)
    return say.text("The uplift hangs most on {assumption}: {low} to {high}", **fields)


def _value(bar: TornadoBar, end: int) -> float | str:
    """An assumption's value at low or high; of opinions, whose answers they are."""
    return bar.people[end] if bar.people else bar.values[end]


def _end(case: Case, bar: TornadoBar, end: int, say: Wording) -> str:
    """The same in words."""
    value = _value(bar, end)
    return value if isinstance(value, str) else assumption_value(case, bar.key, value, say)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tornado_figure(
    case: Case,
    bars: list[TornadoBar],
    ends: list[tuple[float, float]],
    what: str,
    equity: bool,
    at_likely: float | None,
    say: Wording,
) -> Sketch:
    placed = rows([on_lines(assumption_label(case, bar.key, say, BRIEF), lines=3) for bar in bars])
    texts = [[on_lines(_end(case, bar, end, say), line=14, lines=1) for bar in bars] for end in (0, 1)]
    write = say.short_money if equity else say.signed_short_money
    colours = [assumption_colour(bar.key) for bar in bars]
    figure = Sketch()
    figure.add_bar(
        x=[high - low for low, high in ends],
        base=[low for low, _ in ends],
        y=placed.places,
        orientation="h",
        width=BAR * 0.7,
        marker={"color": colours, "line": {"width": 0}},
        customdata=[
            f"{label}<br>{first}: {write(low)}<br>{second}: {write(high)}"
            for label, first, second, (low, high) in zip(placed.labels, *texts, ends, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    left = [texts[0 if low <= high else 1][i] for i, (low, high) in enumerate(ends)]
    right = [texts[1 if low <= high else 0][i] for i, (low, high) in enumerate(ends)]
    add_texts(figure, [min(pair) for pair in ends], placed.places, left, side="left")
    add_texts(figure, [max(pair) for pair in ends], placed.places, right)
    low, high = (choose(x for pair in ends for x in pair) for choose in (min, max))
    in_rows(figure, placed, say)
    marked = at_likely if at_likely is not None else 0.0 if low < 0 < high else None
    if marked is not None:
        low, high = min(low, marked), max(high, marked)
        mark(figure, placed, marked)
    title = what if at_likely is None else say.text("{what}; line: everything likely", what=what)
    low, high = widened(low, high, 0.0 if high > low else 0.1)
    figure.update_xaxes(
        range=with_room(low, high, before=left, after=right),
        title={"text": title},
        **money_ticks(low, high, say, most=3, signed=not equity),
    )
    return figure


# What to find out first ----------------------------------------------------------------------------------------------


def worth_knowing(case: Case, information: Information, say: Wording, limit: int = 6) -> Chart:
    """What it is worth to find an assumption out before deciding: the most valuable first."""
    worth = {key: value for key, value in information.evppi.items() if value > 0}
    table = tabled(
        say,
        column(say.text("Assumption"), [assumption_label(case, key, say) for key in information.evppi]),
        column(say.text("Worth of finding out, at least"), list(information.evppi.values()), MONEY),
    )
    if not worth:
        nothing = say.text("Nothing that we could find out would change the decision")
        return drawn(nothing, emptied(say, nothing), lambda: table, nothing)
    first = next(iter(worth))
    title = say.text(
        "Find this out first: {assumption}; worth at least {value}",
        assumption=markdown_text(assumption_label(case, first, say, BRIEF)),
        value=say.short_money(worth[first]),
    )
    parts = [f"{assumption_label(case, key, say)} ({say.short_money(value)})" for key, value in list(worth.items())[:3]]
    summary = say.text(
        "What it is worth to find something out before deciding: {parts}. Knowing everything is worth {all}.",
        parts="; ".join(parts),
        all=say.short_money(information.evpi),
    )
    return drawn(title, _worth_figure(case, dict(list(worth.items())[:limit]), say), lambda: table, summary)


def _worth_figure(case: Case, worth: dict[tuple[str, ...], float], say: Wording) -> Sketch:
    placed = rows([on_lines(assumption_label(case, key, say, BRIEF), lines=3) for key in worth])
    values, texts = list(worth.values()), [say.short_money(value) for value in worth.values()]
    figure = Sketch()
    add_bars(figure, placed, values, texts, {"color": [assumption_colour(key) for key in worth], "line": {"width": 0}})
    add_texts(figure, values, placed.places, texts)
    in_rows(figure, placed, say)
    figure.update_xaxes(
        range=with_room(0.0, max(values), after=texts),
        title={"text": say.text("worth of finding out before deciding, at least")},
        **money_ticks(0.0, max(values), say, most=3),
    )
    return figure


# What no belief regrets ----------------------------------------------------------------------------------------------


def no_regret(case: Case, information: Information, plan_spend: Spend, say: Wording) -> Chart:
    """Money that the best splits of 90 % of draws spend at least, beside the plan's; per lever where cells are many."""
    labels, _, plan = cells_or_levers(case, plan_spend, say)
    _, _, safe = cells_or_levers(case, information.no_regret, say)
    table = tabled(
        say,
        column(say.text("Where"), labels),
        column(say.text("Plan"), plan, MONEY),
        column(say.text("No-regret money"), safe, MONEY),
        column(say.text("Plan beyond it"), plan - safe, SIGNED_MONEY),
    )
    per_period = say.per(case.period)
    colours = [COLOURS[code] for code in _levers_of(case, len(labels))]
    short = cells_or_levers(case, plan_spend, say, BRIEF)[0]
    figure = _no_regret_figure(short, plan, safe, colours, per_period, say)
    summary = say.text(
        "Per place the plan's money and, within it, what the best splits of {share} of draws spend there at least "
        "{per_period}: {safe} in all, beside the plan's {plan}.",
        share=say.percent(0.9, digits=0),
        per_period=per_period,
        safe=say.short_money(safe.sum()),
        plan=say.short_money(plan.sum()),
    )
    if safe.sum() <= 0:
        title = say.text("No euro is safe whatever proves true: the best split hangs on what you believe")
        return drawn(title, figure, lambda: table, summary)
    title = say.text(
        "{safe} {per_period} is well spent whatever proves true; most of it on {place} ({most})",
        safe=say.short_money(safe.sum()),
        per_period=per_period,
        place=markdown_text(short[int(safe.argmax())]),
        most=say.short_money(safe.max()),
    )
    return drawn(title, figure, lambda: table, summary)


def _levers_of(case: Case, count: int) -> Sequence[str]:
    """The lever of each row of `cells_or_levers`."""
    takes = spendable(case)
    if count == len(LEVER_CODES) and takes.sum() != count:
        return LEVER_CODES
    return [LEVER_CODES[lever] for _, lever in np.argwhere(takes)]


def _no_regret_figure(
    labels: list[str], plan: Array, safe: Array, colours: list[str], per_period: str, say: Wording
) -> Sketch:
    placed = rows([on_lines(label) for label in labels])
    texts = [
        say.text("{safe}, plan {plan}", safe=say.short_money(a), plan=say.short_money(b))
        for a, b in zip(safe, plan, strict=True)
    ]
    hovers = [f"{label}<br>{text}" for label, text in zip(placed.labels, texts, strict=True)]
    figure = within(
        placed, plan.tolist(), safe.tolist(), (say.text("plan"), say.text("no-regret money")), colours, texts, hovers
    )
    high = float(max(plan.max(), safe.max())) or 1.0
    in_rows(figure, placed, say, axis=84)
    title = say.text("spend {per_period}", per_period=per_period)
    key = say.text("{filled} no-regret money   {hollow} plan", filled="■", hollow="□")
    figure.update_xaxes(
        range=with_room(0.0, high, after=texts),
        title={"text": f"{title}<br>{key}"},
        **money_ticks(0.0, high, say, most=3),
    )
    return figure
