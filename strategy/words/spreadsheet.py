"""Texts in a spreadsheet: what it would run as a formula is made a text."""

import re

FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet takes for a formula."""


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if re.match(FORMULA, text) else text
