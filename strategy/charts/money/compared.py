"""Two versions of a plan: from the customer equity of one to the other's, one change after another."""

from collections.abc import Sequence
from itertools import accumulate

from strategy.charts.drawing.axes import on_lines
from strategy.charts.drawing.chart import COLOURS, Chart, drawn
from strategy.charts.drawing.stairs import stairs
from strategy.charts.drawing.table import MONEY, SIGNED_MONEY, ChartTable, column, tabled
from strategy.plan.compared.equity_steps import EquityStep, EquitySteps
from strategy.words.wording import Wording, markdown_text

MOST_BARS = 9
"""Changes with a bar of their own; the smaller ones share one."""

BESIDE = 110.0
"""Pixels that such names leave on a phone."""
NARROW = (16, 4)
"""Letters on a line and lines of a name: beside the bars on a phone too."""


def versions_compared(found: EquitySteps, names: Sequence[str], ends: tuple[str, str], say: Wording) -> Chart:
    """What each change between two versions did to customer equity.

    names  of the steps, in their order
    ends   what the earlier and the later version are called
    """
    steps = [*zip(names, found.steps, strict=True)]
    running = list(accumulate((step.added for step in found.steps), initial=found.before))

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Step"), [ends[0], *names, ends[1]]),
            column(say.text("Change"), ["", *(step.added for step in found.steps), ""], SIGNED_MONEY),
            column(say.text("Customer equity"), [*running, found.after], MONEY),
        )

    largest = sorted(found.steps, key=lambda step: -abs(step.added))[:MOST_BARS]
    shown = [(name, step) for name, step in steps if step in largest]
    rest = sum(step.added for _, step in steps) - sum(step.added for _, step in shown)
    labels, added = [name for name, _ in shown], [step.added for _, step in shown]
    colours = [_colour(step) for _, step in shown]
    if len(shown) < len(steps):
        labels, added, colours = [*labels, say.text("the others")], [*added, rest], [*colours, COLOURS["today"]]
    note = say.text("one change after another, so each depends on those above it") if len(added) > 1 else ""
    bars = [on_lines(label, *NARROW) for label in (ends[0], *labels, ends[1])]
    ends_of = (COLOURS["today"], COLOURS["plan"])
    sketch = stairs(bars, [ends_of[0], *colours, ends_of[1]], found.before, added, found.after, note, say, BESIDE)
    return drawn(_title(found, steps, say), sketch, table, _summary(found, steps, ends, say))


def _colour(step: EquityStep) -> str:
    """The colour of the lever that a step is about, where it is about one."""
    levers = {lever for _, _, lever in step.changes}
    return COLOURS[levers.pop() or "initiatives"] if len(levers) == 1 else COLOURS["initiatives"]


def _title(found: EquitySteps, steps: Sequence[tuple[str, EquityStep]], say: Wording) -> str:
    if not steps:
        return say.text(
            "Nothing that differs moves customer equity: both come to {equity}", equity=say.short_money(found.after)
        )
    gained = found.difference >= 0
    name, largest = max(steps, key=lambda each: each[1].added * (1 if gained else -1))
    words = {"name": markdown_text(name), "part": say.signed_short_money(largest.added)}
    if gained:
        return say.text(
            "The changes add {amount} to customer equity; most comes from {name} ({part})",
            amount=say.short_money(found.difference), **words,
        )  # fmt: skip
    return say.text(
        "The changes take {amount} from customer equity; most goes with {name} ({part})",
        amount=say.short_money(-found.difference), **words,
    )  # fmt: skip


def _summary(found: EquitySteps, steps: Sequence[tuple[str, EquityStep]], ends: tuple[str, str], say: Wording) -> str:
    words = {"earlier": ends[0], "later": ends[1], "before": say.short_money(found.before)}
    if not steps:
        return say.text("Customer equity of {earlier} and of {later}: both {before}.", **words)
    return say.text(
        "Customer equity goes from {before} ({earlier}) to {after} ({later}), one change after another: {parts}.",
        after=say.short_money(found.after),
        parts="; ".join(f"{name} {say.signed_short_money(step.added)}" for name, step in steps),
        **words,
    )
