"""How far long work is, told while it goes on; whoever is told may end it."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Told the share of the work done; may raise to stop it."""


class Cancelled(Exception):
    """The person who asked for long work no longer wants it."""


def silent(share: float) -> None:
    """Progress that nobody watches."""


def part_of(on_progress: Progress, number: int, parts: int) -> Progress:
    """Progress of one part of several."""
    return lambda share: on_progress((number + share) / parts)
