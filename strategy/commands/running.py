"""Running one command: its answer as JSON on standard output, or one line on standard error, whatever happens."""

import json
import os
import sys
from collections.abc import Sequence

from strategy.commands.parser import command_line
from strategy.commands.refusals import ENGLISH, refused, said
from strategy.errors import PlannerError
from strategy.unforeseen import kept
from strategy.words.messages import explain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with one line: bad input, or what nobody foresaw. Nobody reading on is no failure."""
    try:
        return _run(arguments)
    except Exception as error:
        return refused(f"python -m strategy: this failed in a way nobody foresaw ({said(error)}; {kept(error)})")


def _run(arguments: Sequence[str] | None) -> int:
    try:
        given = command_line().parse_args(arguments)
    finally:
        _told("")  # what --help says, while it can still be said that it did not arrive
    try:
        answer = given.run(given)
    except PlannerError as error:
        return refused(f"{error.fields.get('file', given.file)}: {explain(error, ENGLISH)}")
    _told(json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return 0


def _told(text: str) -> None:
    """Write to standard output, now; whoever read it may have gone, as `head` does after its lines.

    What could not be written goes nowhere: Python writes what is left once more when it ends, and would fail again.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise
