"""Why this number, and what this word means."""

from strategy.glossary import BY_CODE
from strategy.wording import Wording


def term_help(code: str, say: Wording) -> str:
    """A term with its meaning, Markdown."""
    term = BY_CODE[code]
    return f"**{say.text(term.name)}**: {say.text(term.meaning)}"
