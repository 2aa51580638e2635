"""Words and numbers as people read and type them, in their language: gettext messages, Babel formats.

Numbers come as float, int or None; what is missing or not finite reads "–". A minus is U+2212, and where a
language puts a space in an amount ("€ 1,2 mln.") it is a non-breaking one. Halves round away from zero, as in
a spreadsheet.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from math import isfinite
from string import Formatter
from typing import Any

from babel import Locale
from babel.numbers import (
    NumberFormatError,
    NumberPattern,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
    parse_pattern,
)

from strategy.locales import LANGUAGES as LANGUAGES
from strategy.locales import known_language as known_language
from strategy.locales import translation as translation

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EN DASH}"
NO_BREAK = "\N{NO-BREAK SPACE}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
JOINER = "\N{WORD JOINER}"  # invisible: keeps two characters from being read as one sign

MAX_AMOUNT = 1e15
"""The largest number that is typed, read and computed with."""
LONGEST_NUMBER = 40
LONGEST_LABEL = 40


def N_(message: str) -> str:  # noqa: N802  gettext's own name for it
    """Mark a message in a table, to be translated where it is shown; returns it unchanged."""
    return message


MAGNITUDES = (
    (10**12, N_("{amount}T")),
    (10**9, N_("{amount}B")),
    (10**6, N_("{amount}M")),
    (10**3, N_("{amount}K")),
)
NUMBERED = {"year": N_("year {number}"), "quarter": N_("quarter {number}"), "month": N_("month {number}")}
SPANNED = {
    "year": N_("years {first} to {last}"),
    "quarter": N_("quarters {first} to {last}"),
    "month": N_("months {first} to {last}"),
}
PER = {"year": N_("per year"), "quarter": N_("per quarter"), "month": N_("per month")}


class _NamedFields(Formatter):
    """str.format with plain names only: a message out of a file cannot reach into the objects it is given."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """The value of a field, and its name."""
        if not field_name.isidentifier():
            raise ValueError(f"a message has the field {{{field_name}}}: give it a plain name, as {{count}}")
        return kwargs[field_name], field_name


_FIELDS = _NamedFields()


class NotANumber(ValueError):
    """What was typed is no number: a sentence, in the reader's language, says what to type."""


@dataclass(frozen=True)
class Wording:
    """The reader's language and the case's currency (ISO 4217): every text and number shown passes here."""

    language: str
    currency: str = "EUR"

    def __post_init__(self) -> None:
        """Settle on a language that we speak."""
        object.__setattr__(self, "language", known_language(self.language))

    # Texts

    def text(self, message: str, /, **fields: object) -> str:
        """The message in the reader's language; fields are put in as they are and never formatted again."""
        translated = translation(self.language).gettext(message) if message else ""
        return _FIELDS.vformat(translated, (), fields)

    def plural(self, singular: str, plural: str, count: float, /, **fields: object) -> str:
        """The message that goes with a count, which the field {count} shows; 1.5 counts as more than one."""
        whole = isfinite(count) and float(count).is_integer()
        message = translation(self.language).ngettext(singular, plural, int(abs(count)) if whole else 2)
        return _FIELDS.vformat(message, (), {"count": self.number(count), **fields})

    def period(self, period: str, count: float | None) -> str:
        """A stretch of time: "5 years"."""
        if count is None or not isfinite(count):
            return MISSING
        shown = self.short_number(count)
        match period:
            case "year":
                return self.plural("{count} year", "{count} years", count, count=shown)
            case "quarter":
                return self.plural("{count} quarter", "{count} quarters", count, count=shown)
            case "month":
                return self.plural("{count} month", "{count} months", count, count=shown)
        raise KeyError(period)

    def period_number(self, period: str, number: int) -> str:
        """One period of the plan, counted from 1: "quarter 3"."""
        return self.text(NUMBERED[period], number=number)

    def periods(self, period: str, first: int, last: int) -> str:
        """A stretch of the plan: "years 1 to 3", or "year 1"."""
        if first == last:
            return self.period_number(period, first)
        return self.text(SPANNED[period], first=first, last=last)

    def per(self, period: str) -> str:
        """What a flow is measured in: "per year"."""
        return self.text(PER[period])

    # Numbers

    def money(self, x: float | None, digits: int | None = None) -> str:
        """A full amount, for tables: "€1,234,567.89"; digits=0 for whole euros, else the currency's."""
        return self._money(x, digits, signed=False)

    def signed_money(self, x: float | None, digits: int | None = None) -> str:
        """A difference in full: "+€1,234.00"."""
        return self._money(x, digits, signed=True)

    def short_money(self, x: float | None) -> str:
        """An amount in three significant digits, for charts and headlines: "€12.3M"."""
        return self._short(x, self._money_pattern, signed=False)

    def signed_short_money(self, x: float | None) -> str:
        """A difference in three significant digits: "+€1.2M"."""
        return self._short(x, self._money_pattern, signed=True)

    def number(self, x: float | None, digits: int | None = None) -> str:
        """A number with so many decimals; by default all it has, so that parse_number gives it back."""
        return self._written(_decimal(x), "#,##0", digits, signed=False)

    def signed_number(self, x: float | None, digits: int | None = None) -> str:
        """A difference between numbers: "+1,234"."""
        return self._written(_decimal(x), "#,##0", digits, signed=True)

    def short_number(self, x: float | None) -> str:
        """A number in three significant digits: "845K"."""
        return self._short(x, "#,##0", signed=False)

    def signed_short_number(self, x: float | None) -> str:
        """A difference in three significant digits: "+845K"."""
        return self._short(x, "#,##0", signed=True)

    def people(self, x: float | None) -> str:
        """How many people, in whole ones: "41,235"."""
        return self.number(x, digits=0)

    def signed_people(self, x: float | None) -> str:
        """How many people more or fewer: "+1,235"."""
        return self.signed_number(x, digits=0)

    def percent(self, x: float | None, digits: int | None = 1) -> str:
        """A share as a percentage: 0.123 is "12.3%"; digits=None shows all decimals it has."""
        return self._written(_decimal(x), self._percent_pattern, digits, signed=False)

    def signed_percent(self, x: float | None, digits: int | None = 1) -> str:
        """A relative change: 0.123 is "+12.3%"."""
        return self._written(_decimal(x), self._percent_pattern, digits, signed=True)

    def chance(self, share: float) -> str:
        """A share of what was drawn, never all or none of it: "97%", "over 99%", "under 1%"."""
        if share > 0.99:
            return self.text("over {share}", share=self.percent(0.99, 0))
        return self.percent(share, 0) if share >= 0.01 else self.text("under {share}", share=self.percent(0.01, 0))

    def points(self, x: float | None, digits: int = 1) -> str:
        """The difference between two shares in percentage points: 0.012 is "+1.2 pp"."""
        share = _decimal(x)
        if share is None:
            return MISSING
        return self.text("{points} pp", points=self._written(share.scaleb(2), "#,##0", digits, signed=True))

    def multiple(self, x: float | None) -> str:
        """What comes back for one unit of money: "€1.84 per €1"."""
        if _decimal(x) is None:
            return MISSING
        return self.text("{amount} per {unit}", amount=self.money(x, digits=2), unit=self.money(1, digits=0))

    def span(self, low: float | None, high: float | None, formatter: Callable[[float | None], str]) -> str:
        """A range, "€1.1M – €1.4M"; one number where both ends read the same."""
        first, last = formatter(low), formatter(high)
        if MISSING in (first, last):
            return MISSING
        return first if first == last else f"{first} – {last}"

    @property
    def locale(self) -> Locale:
        """The Babel locale, for what is not here (dates)."""
        return _locale(self.language)

    @property
    def separators(self) -> str:
        """Plotly's layout.separators: the decimal sign, then the thousands."""
        return get_decimal_symbol(self.locale) + get_group_symbol(self.locale)

    @property
    def currency_symbol(self) -> str:
        """The sign of the case's currency: "€"."""
        return get_currency_symbol(self.currency, locale=self.locale)

    @property
    def _money_pattern(self) -> str:
        return str(self.locale.currency_formats["standard"].pattern).replace(".00", "")

    @property
    def _percent_pattern(self) -> str:
        return str(self.locale.percent_formats[None].pattern)

    def _money(self, x: float | None, digits: int | None, signed: bool) -> str:
        """A full amount with the decimals asked for, or the currency's."""
        decimals = get_currency_precision(self.currency) if digits is None else digits
        return self._written(_decimal(x), self._money_pattern, decimals, signed)

    def _short(self, x: float | None, pattern: str, signed: bool) -> str:
        """A value in three significant digits, in thousands or millions where the language abbreviates."""
        value = _decimal(x)
        if value is None or not value:
            return self._written(value, pattern, 0, signed)
        value = _rounded(value, 2 - value.adjusted())
        in_full_below = LANGUAGES[self.language].abbreviates_from
        for size, message in MAGNITUDES:
            if value.copy_abs() >= max(size, in_full_below):
                amount = self._written(value / size, pattern, None, signed)
                return self.text(message, amount=amount).replace(" ", NO_BREAK)
        digits = _decimals(value)
        if digits and "¤" in pattern:  # €8.40 and €0.05, not €8.4 and €0.0456
            digits = min(get_currency_precision(self.currency), 2 - value.adjusted())
        return self._written(value, pattern, digits, signed)

    def _written(self, value: Decimal | None, pattern: str, digits: int | None, signed: bool) -> str:
        """A value in a Babel pattern, with its sign where the language puts the minus."""
        if value is None:
            return MISSING
        percent = 2 if "%" in pattern else 0
        if digits is None:
            digits = max(0, _decimals(value) - percent)
        value = _rounded(value, digits + percent)
        sign = MINUS if value < 0 else "" if not signed else "+" if value else "±"
        size = value.copy_abs().copy_negate() if sign else value.copy_abs()
        number = _pattern(pattern.replace("#,##0", "#,##0." + "0" * digits if digits else "#,##0"))
        with localcontext(prec=_EVERY_DIGIT):
            written: str = number.apply(size, self.locale, currency=self.currency, currency_digits=False)
        return written.replace("-", sign, 1)

    # What people type

    def parse_number(self, text: str) -> float:
        """The number a person typed: "1,234.5", "€ 1 000", "12.3%" (0.123), "2M"; in Dutch "1.234,5".

        Raises NotANumber, in the reader's language, saying what to type; beyond MAX_AMOUNT too. A comma or point that
        this language reads otherwise ("1,5" in English) is refused rather than guessed at.
        """
        if len(text) > LONGEST_NUMBER:
            raise self._refusal(N_("That is too long for a number. Type one such as {number}."))
        plain = " ".join(text.split()).lower().replace(MINUS, "-").replace("\N{EN DASH}", "-")
        found = re.fullmatch(self._typed, plain)
        if not found or (found["sign"] and found["inner_sign"]) or (found["percent"] and found["currency"]):
            raise self._refusal(N_("Type a number, such as {number}, {share} or {large}."))
        digits = found["digits"].strip().replace(" ", get_group_symbol(self.locale))
        with localcontext(prec=_EVERY_DIGIT):
            try:
                value = parse_decimal(digits, self.locale, strict=True)
            except NumberFormatError as error:
                message = N_("Type {group} between thousands and {decimal} before decimals, as in {number}.")
                raise self._refusal(message) from error
            if found["percent"]:
                value = value.scaleb(-2)
            if found["magnitude"]:
                value *= LANGUAGES[self.language].magnitudes[found["magnitude"]]
            if value > MAX_AMOUNT:
                raise self._refusal(N_("That is more than the planner computes with. Type {largest} at most."))
            return float(-value if "-" in (found["sign"], found["inner_sign"]) else value)

    def _refusal(self, message: str) -> NotANumber:
        """Why something typed is not a number, with examples in the reader's language."""
        return NotANumber(
            self.text(
                message,
                number=self.number(1234.5),
                share=self.percent(0.123),
                large=self.short_number(2_000_000),
                largest=self.short_number(MAX_AMOUNT),
                group=get_group_symbol(self.locale),
                decimal=get_decimal_symbol(self.locale),
            )
        )

    @property
    def _typed(self) -> str:
        """The pattern of a typed number, in small letters: signs, currency, digits, percent or magnitude."""
        signs = [self.currency, self.currency_symbol, get_currency_symbol(self.currency, "en_US")]
        names = signs + [get_currency_name(self.currency, count, self.locale) for count in (1, 2)]
        currency = "|".join(re.escape(name.lower()) for name in names)
        magnitude = "|".join(LANGUAGES[self.language].magnitudes)
        no_cents = re.escape(get_decimal_symbol(self.locale)) + "-+"  # "€ 5,-"
        return (
            rf"(?P<sign>[+-]?) ?(?P<currency>{currency})? ?(?P<inner_sign>[+-]?) ?(?P<digits>[0-9., ]+)"
            rf"(?:{no_cents}|(?P<percent>%)|(?P<magnitude>{magnitude})\.?)? ?(?:{currency})?"
        )


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LANGUAGES[language].locale)


@lru_cache(256)
def _pattern(pattern: str) -> NumberPattern:
    return parse_pattern(pattern)


_EVERY_DIGIT = 1000  # more digits than a float can have before and after the decimal sign


def _decimal(x: float | None) -> Decimal | None:
    """The number as it prints, so that 2.675 is not 2.67499; None where it is missing or not finite."""
    return Decimal(repr(float(x))) if x is not None and isfinite(x) else None


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Rounded to so many decimals (negative: tens, hundreds), halves away from zero."""
    with localcontext(prec=_EVERY_DIGIT, rounding=ROUND_HALF_UP):
        return value.quantize(Decimal(1).scaleb(-digits))


def _decimals(value: Decimal) -> int:
    """How many decimals a value needs."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# Texts that users typed

# Controls, marks that turn the direction of the text around, halves of characters.
_UNSEEN = re.compile(r"(?!\s)[\0-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# All but the spaces inside a number or an amount, where no line may break.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+.!|~$:&=@^-]")
# Streamlit reads these after the escapes are gone: emoji and icons, addresses, arrows and dashes.
_READ_LATER = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[<>~-])(?=[=>-])", re.IGNORECASE)


def printable(text: str) -> str:
    """A user's text on one line, without characters that have no shape of their own."""
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip(" ")


def markdown_text(text: str) -> str:
    """A user's text for a place where Streamlit reads Markdown, so that it shows as typed, on one line."""
    return _MARKDOWN.sub(r"\\\g<0>", _READ_LATER.sub(JOINER, printable(text)))


def plotly_text(text: str, longest: int = LONGEST_LABEL) -> str:
    """A user's text for a chart, shortened, so that Plotly's pseudo-HTML and templates show as typed."""
    line = printable(text)
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + ELLIPSIS
    return html.escape(line, quote=False).replace("%{", f"%{JOINER}{{")
