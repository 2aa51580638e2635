"""Words for places and beliefs: a cell of the budget, an opportunity, an assumption and its value. Plain text."""

from collections.abc import Sequence
from math import floor, isfinite, log10

from strategy.case.case import Case, Segment
from strategy.case.levers import LEVERS, METRICS
from strategy.charts.drawing.chart import COLOURS
from strategy.charts.drawing.table import Measure
from strategy.equity.readouts import Opportunity
from strategy.words.lever_words import LEVER_WORDS
from strategy.words.messages import FIELD_NAMES, LEVER_NAMES, METRIC_NAMES, PART_NAMES, SIDE_EFFECT_NAME
from strategy.words.wording import ELLIPSIS, Wording

LONGEST_NAME, BRIEF = 200, 36
"""Letters of a name where all of it is shown, and where it must stay short."""
PEOPLE = ("customers", "prospects", "refill")
MARKET_SHARES = ("return_share", "rival_response")
SHARES = (*(code for code, metric in METRICS.items() if metric.unit != "money"), "gross_margin", *MARKET_SHARES)

DOING = {code: words.doing for code, words in LEVER_WORDS.items()}
"""A cell as the beginning of a sentence."""


def brief(name: str, longest: int = BRIEF) -> str:
    """A user's name for a title or a figure, shortened where it is long."""
    line = " ".join(name.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + ELLIPSIS


def cell_label(segment: Segment, lever: str, say: Wording, longest: int = LONGEST_NAME) -> str:
    """One cell of the budget: "Families · Retain"."""
    return say.text("{segment} · {lever}", segment=brief(segment.name, longest), lever=say.text(LEVER_NAMES[lever]))


def place_label(case: Case, place: Opportunity, say: Wording, longest: int = LONGEST_NAME) -> str:
    """Where an opportunity puts its money: a cell, or an initiative by its name."""
    if place.segment is not None:
        return cell_label(case.segment(place.segment), place.lever, say, longest)
    return brief(next(i.name for i in case.initiatives if i.id == place.initiative), longest)


def phase_names(case: Case, starts: Sequence[int], say: Wording) -> list[str]:
    """The phases of a plan by their periods: "years 1 to 2", "year 3"."""
    ends = (*starts[1:], case.horizon + 1)
    return [say.periods(case.period, start, end - 1) for start, end in zip(starts, ends, strict=True)]


def assumption_label(case: Case, key: tuple[str, ...], say: Wording, longest: int = LONGEST_NAME) -> str:
    """An assumption in words: "Families: share of customers that stay at unlimited spend"."""
    segment = brief(case.segment(key[0]).name, longest)
    return say.text("{segment}: {assumption}", segment=segment, assumption=assumption_name(key, say))


def assumption_name(key: tuple[str, ...], say: Wording) -> str:
    """What an assumption is about, without its segment."""
    if len(key) == 2:
        return say.text(FIELD_NAMES[key[1]])
    _, lever, part = key
    if part in PART_NAMES:
        return say.text(PART_NAMES[part], metric=say.text(METRIC_NAMES[_metric(lever)]))
    return say.text(SIDE_EFFECT_NAME, lever=say.text(LEVER_NAMES[lever]), metric=say.text(METRIC_NAMES[part]))


def assumption_value(case: Case, key: tuple[str, ...], value: float, say: Wording) -> str:
    """A value of an assumption in its own unit: "86.0%", "€420", "40,000"; a side effect as a difference."""
    return assumption_measure(key, value).write(value, say)


def assumption_measure(key: tuple[str, ...], value: float) -> Measure:
    """What a value of an assumption is measured in, with about three significant digits."""
    if len(key) == 2:
        return metric_measure(key[1], value)
    _, lever, part = key
    if part in PART_NAMES:
        return metric_measure(_metric(lever), value)
    if part in SHARES:
        return Measure("points", _share_digits(value))
    return Measure("money", _money_digits(value), signed=True)


def metric_value(metric: str, value: float, say: Wording) -> str:
    """A metric or a segment's field in its own unit, in about three significant digits."""
    return metric_measure(metric, value).write(value, say)


def metric_measure(metric: str, value: float) -> Measure:
    """What a metric or a segment's field is measured in, with about three significant digits of this value."""
    if metric in PEOPLE:
        return Measure("people")
    if metric in SHARES:
        return Measure("share", _share_digits(value))
    return Measure("money", _money_digits(value))


def assumption_colour(key: tuple[str, ...]) -> str:
    """The colour of the lever that an assumption is about; grey for what is so today."""
    return COLOURS[key[1]] if len(key) == 3 else COLOURS["today"]


def _metric(lever: str) -> str:
    return LEVERS[lever].metric


def _share_digits(value: float) -> int:
    """Decimals of a percentage in three significant digits, at least one."""
    return 1 if value == 0 or not isfinite(value) else min(6, max(1, -floor(log10(abs(value)))))


def _money_digits(value: float) -> int | None:
    """None, the currency's own decimals, for small amounts that have some."""
    return 0 if not isfinite(value) or value == round(value) or abs(value) >= 1000 else None
