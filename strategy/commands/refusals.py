"""What the command line says in one line where it cannot go on."""

import sys

from strategy.words.wording import Wording, printable

ENGLISH = Wording("en")
"""In which everything is said without a screen."""
BAD_INPUT = 2
"""The exit code of a command that could not do its work."""


def refused(line: str) -> int:
    """Say a line on standard error; the exit code that goes with it."""
    print(printable(line), file=sys.stderr)
    return BAD_INPUT


def said(error: Exception) -> str:
    """What an error says of itself, in short."""
    return f"{type(error).__name__}: {error}"[:200] if str(error) else type(error).__name__
