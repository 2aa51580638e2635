"""The rule by which numbers are written, for numbers.js: so that the browser writes what Python writes."""

from math import log10
from typing import Any

from babel.numbers import get_currency_precision, get_decimal_symbol, get_group_symbol

from strategy.locales import LANGUAGES
from strategy.words.wording import MAGNITUDES, MINUS, NO_BREAK, Wording


def number_rule(say: Wording) -> dict[str, Any]:
    """What numbers.js needs: patterns with the digits at {n} and the sign at {s}, separators, units and from when."""
    patterns = {
        "money": (say.money(1, 0), say.money(-1, 0)),
        "number": (say.number(1, 0), say.number(-1, 0)),
        "percent": (say.percent(0.01, 0), say.percent(-0.01, 0)),
    }
    rule: dict[str, Any] = {}
    for name, (plain, negative) in patterns.items():
        rule[name] = plain.replace("1", "{n}")
        rule[f"signed_{name}"] = negative.replace("1", "{n}").replace(MINUS, "{s}")
    return rule | {
        "point": get_decimal_symbol(say.locale),
        "group": get_group_symbol(say.locale),
        "decimals": get_currency_precision(say.currency),
        "from": round(log10(LANGUAGES[say.language].abbreviates_from)),
        "units": [[round(log10(size)), say.text(m, amount="{n}").replace(" ", NO_BREAK)] for size, m in MAGNITUDES],
    }
