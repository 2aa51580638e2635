"""Axes that a reader can read: round numbers written in the reader's way, room for labels, names on short lines."""

from collections.abc import Callable, Sequence
from math import ceil, floor, isfinite, log10
from textwrap import wrap
from typing import Any

from strategy.words.wording import ELLIPSIS, Wording, plotly_text

PHONE = 300
"""Width in pixels that a figure has on a small phone, inside its margins."""
LETTER = 7.4
"""Width in pixels of an average letter or digit of a label."""
TEXT_LINE = 17
"""Height in pixels of a line of a label or title."""
NARROW, WIDE = frozenset("ijlftrI.,:;'|!()[] \u00a0\u202f"), frozenset("mwMW%@—")
WIDE_LINE = 41
"""Letters on a line across a phone."""
ROUND_STEPS = (1, 2, 5, 10)
FEWEST = 3
"""Numbers that an axis needs to be read."""

Ticks = dict[str, Any]


def round_numbers(low: float, high: float, most: int = 5) -> list[float]:
    """About so many round numbers from low to high, evenly spaced; three where that many are asked for and fit."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return [low]
    rough = (high - low) / most
    size = 10.0 ** floor(log10(rough))
    step = next(size * factor for factor in ROUND_STEPS if size * factor >= rough * (1 - 1e-9))
    found = _multiples(step, low, high)
    return _multiples(step / 2, low, high) if len(found) < FEWEST <= most else found


def _multiples(step: float, low: float, high: float) -> list[float]:
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def decimals(numbers: Sequence[float]) -> int:
    """How many decimals these round numbers need."""
    return next((d for d in range(12) if all(abs(round(n, d) - n) <= 1e-9 * abs(n) for n in numbers)), 12)


def _ticks(values: list[float], short: Callable[[float], str], exact: Callable[[float], str]) -> Ticks:
    """Tick settings of an axis; where three digits would not do for every tick, all digits are written."""
    write = short if all(map(_in_three, values)) else exact
    texts = [write(value) for value in values]
    return {"tickmode": "array", "tickvals": values, "ticktext": texts}


def _in_three(value: float) -> bool:
    """Whether three significant digits are all that a number has."""
    return abs(float(f"{value:.3g}") - value) <= 1e-9 * abs(value)


def money_ticks(low: float, high: float, say: Wording, most: int = 5, signed: bool = False) -> Ticks:
    """Ticks of an axis in money; signed where it shows differences."""
    values = round_numbers(low, high, most)
    digits = decimals(values)
    digits = max(2, digits) if digits else 0

    def full(value: float) -> str:
        return say.signed_money(value, digits) if signed and value else say.money(value, digits)

    def short(value: float) -> str:
        return say.signed_short_money(value) if signed and value else say.short_money(value)

    ticks = _ticks(values, full if max(map(abs, values)) < 1000 else short, full)
    return ticks | {"ticktext": ["0" if not v else text for v, text in zip(values, ticks["ticktext"], strict=True)]}


def last_only(ticks: Ticks) -> Ticks:
    """Only the last of the ticks: for a panel with room for one label, on an axis that starts at 0."""
    return {"tickmode": "array", "tickvals": ticks["tickvals"][-1:], "ticktext": ticks["ticktext"][-1:]}


def number_ticks(low: float, high: float, say: Wording, most: int = 5) -> Ticks:
    """Ticks of an axis that counts."""
    values = round_numbers(low, high, most)
    return _ticks(values, say.short_number, say.number)


def share_ticks(low: float, high: float, say: Wording, most: int = 5) -> Ticks:
    """Ticks of an axis in percent."""
    values = round_numbers(low, high, most)
    digits = decimals([100 * value for value in values])
    return _ticks(values, lambda value: say.percent(value, digits), lambda value: say.percent(value, None))


def period_ticks(periods: int, say: Wording, most: int = 6) -> Ticks:
    """Ticks of an axis along the plan's periods, at whole ones."""
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 60) if periods <= step * most)
    values = [float(number) for number in range(1 if step == 1 else step, periods + 1, step)]
    return {"tickmode": "array", "tickvals": values, "ticktext": [say.number(value) for value in values]}


def widened(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """A range with some air on both sides; never empty."""
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        span = max(abs(low), abs(high)) or 1.0
    return low - share * span, high + share * span


def with_room(
    low: float, high: float, before: Sequence[str] = (), after: Sequence[str] = (), width: float = PHONE
) -> tuple[float, float]:
    """A range with room for texts before its low end and after its high end, enough for a phone."""
    left, right = ((max(map(_letters, texts), default=0) * LETTER + 10) / width for texts in (before, after))
    left, right = left if before else 0.0, right if after else 0.0
    crowded = max(1.0, (left + right) / 0.65)
    left, right = left / crowded, right / crowded
    if high <= low:
        high = low + (abs(low) or 1.0)
    span = (high - low) / (1 - left - right)
    return low - left * span, high + right * span


def width(text: str) -> float:
    """About how wide a label is, in pixels; rather too wide than too narrow."""
    return max(sum(4.2 if c in NARROW else 11 if c in WIDE else LETTER for c in line) for line in text.split("<br>"))


def room(layout: dict[str, Any], legend: bool) -> dict[str, float]:
    """Margins in which a single panel's labels, titles and a legend of one line fit.

    Plotly finds out by drawing all twice; it still does where more is needed.
    """
    x, y, least = layout["xaxis"], layout["yaxis"], layout["margin"]
    left, bottom = (TEXT_LINE + axis["title"]["standoff"] if axis["title"].get("text") else 0 for axis in (y, x))
    if x["title"].get("text"):
        bottom += TEXT_LINE * x["title"]["text"].count("<br>")
    if y.get("showticklabels", True) and y.get("ticktext"):
        left += max(map(width, y["ticktext"])) + least["pad"] + y.get("ticklabelstandoff", 0)
    if x.get("showticklabels", True):
        bottom += TEXT_LINE + least["pad"] + (5 if x.get("ticks") else 0)
    wanted = {"l": round(left) + 4, "b": round(bottom) + 5, "t": 42 if legend else 0}
    return {**least, **{side: max(least[side], pixels) for side, pixels in wanted.items()}}


def _letters(text: str) -> int:
    return max(map(len, text.split("<br>")))


def on_lines(text: str, line: int = WIDE_LINE, lines: int = 2) -> str:
    """A user's text for a figure, on so many lines of so many letters, safe and shortened where it is longer."""
    parts = wrap(" ".join(text.split()), line, break_on_hyphens=False) or [""]
    if len(parts) > lines:
        parts = [*parts[: lines - 1], f"{parts[lines - 1][: line - 1].rstrip()}{ELLIPSIS}"]
    return "<br>".join(plotly_text(part, longest=line) for part in parts)


def broken(text: str, line: int = 34) -> str:
    """One of our own texts for a figure, on lines of so many letters."""
    return "<br>".join(wrap(text, line, break_long_words=False, break_on_hyphens=False))


def hint(text: str) -> str:
    """A remark in a figure, smaller than what it is about."""
    return f'<span style="font-size:0.9em">{text}</span>'
