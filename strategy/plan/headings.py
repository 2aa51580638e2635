"""The headings of a room's answers: as the screen offers them, and how those of a pasted table are known.

Answers come back under our own headings, in either language, or under those of a form that somebody made.
"""

import re
from collections.abc import Mapping, Sequence

from strategy.case.beliefs import ASKED
from strategy.words.wording import LANGUAGES, N_, Wording

FIELDS = ("by", *ASKED)
"""Who, and the answers, in the order in which they are asked."""
TEMPLATE = N_("name; no spend; today; half as much again; unlimited")
TITLES = {  # of today's answer it is the amount
    "by": N_("Who"),
    "floor": N_("No spend"),
    "answer_2": N_("{amount} (all or nobody)"),
    "ceiling": N_("Unlimited"),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "by": (r"name", r"naam", r"who\b", r"wie\b", r"by\b", r"door\b", r"person", r"persoon"),
    "ceiling": (
        r"unlimited",
        r"(no|without|zonder) (limi|grens|beperking)",
        r"onbe(perk|grens)",
        r"ongelim",
        r"maxim",
    ),
    "floor": (r"none", r"no spend", r"nothing", r"without", r"niets", r"geen", r"zonder"),
    "answer_2": (r"half", r"helft", r"anderhal", r"1[.,]5\b", r"150 ?%"),
    "answer_1": (r"today", r"now\b", r"current", r"vandaag", r"nu\b", r"huidig"),
}
"""Words by which a form's headings are known, as patterns that begin a word; those that could be meant by others come
first: "unlimited, without any limit", "half as much again as today"."""


def titles(spends: tuple[float, float], say: Wording) -> dict[str, str]:
    """{field: its heading in the table to type in}; spends are those that people are asked about."""
    told = {field: say.text(title, amount=say.short_money(spends[1])) for field, title in TITLES.items()}
    return told | {"answer_1": say.short_money(spends[0])}


def offered(spends: tuple[float, float], currency: str) -> dict[str, str]:
    """{heading: field} of all that we offer: table, template and the numbers under the chart, in every language."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        say = Wording(language, currency)
        told = zip(FIELDS, say.text(TEMPLATE).split(";"), strict=True)
        full = {"answer_1": say.money(spends[0], 0), "answer_2": say.money(spends[1], 0)}
        for field, heading in (*titles(spends, say).items(), *told, *full.items()):
            found.setdefault(_plain(heading), field)
    return found


def columns_of(first: Sequence[str], known: Mapping[str, str]) -> dict[str, int] | None:
    """{field: column} where the first row of a table is a heading; None where it is somebody's answers.

    known  {heading: field} of headings that are ours, see `offered`
    """
    found: dict[str, int] = {}
    for column, heading in enumerate(first):
        field = known.get(_plain(heading)) or _by_words(heading, found)
        if field:
            found.setdefault(field, column)
    return found if {"floor", "answer_1", "ceiling"} <= set(found) else None


def _by_words(heading: str, found: Mapping[str, int]) -> str | None:
    """The field that a heading in other words is about, of those that no heading before it is about."""
    words = heading.casefold()
    for field, known in WORDS.items():
        if field not in found and any(re.search(rf"\b{word}", words) for word in known):
            return field
    return None


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().split())
