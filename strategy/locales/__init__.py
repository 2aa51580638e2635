"""The languages of the screen and their catalogs, one folder per language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """How one language is called, and how it writes numbers."""

    name: str
    """its own name, for the reader who looks for it"""
    locale: str
    """the Babel locale of its formats"""
    abbreviates_from: int
    """short amounts below this are written in full"""
    magnitudes: Mapping[str, int]
    """what people type behind a number, in small letters and without a full stop"""


THOUSAND, MILLION, BILLION, TRILLION = 10**3, 10**6, 10**9, 10**12
LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        name="English",
        locale="en_GB",
        abbreviates_from=10 * THOUSAND,
        magnitudes={"k": THOUSAND, "m": MILLION, "mln": MILLION, "b": BILLION, "bn": BILLION, "t": TRILLION},
    ),
    "nl": Language(
        name="Nederlands",
        locale="nl_NL",
        abbreviates_from=MILLION,
        magnitudes={"k": THOUSAND, "m": MILLION, "mln": MILLION, "mld": BILLION, "bln": TRILLION},
    ),
}


def known_language(language: str) -> str:
    """The code in LANGUAGES for "nl", "NL" or "nl-BE"; English for what we do not speak."""
    code = re.split("[-_]", language.lower(), maxsplit=1)[0]
    return code if code in LANGUAGES else SOURCE_LANGUAGE


def translation(language: str) -> NullTranslations:
    """The catalog of a language, read once; English, which the messages are written in, has none."""
    return _catalog(known_language(language))


def catalog_file(language: str) -> Path:
    """Where a language's messages are translated."""
    return FOLDER / language / "LC_MESSAGES" / "planner.po"


@lru_cache
def _catalog(language: str) -> NullTranslations:
    """Compile a language's catalog in memory, so that no compiled file can be forgotten."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with catalog_file(language).open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
