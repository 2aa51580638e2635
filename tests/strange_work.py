"""Work that a process of readers may be given, and should not be."""

import os
import sys

from strategy.progress import Progress


def endless(told: Progress) -> None:
    """Says that it began, and never ends."""
    told(0.5)
    while True:
        pass


def hoard(told: Progress) -> None:
    """Takes memory, 100 MB at a time, up to 2 GB."""
    held = []
    for _ in range(20):
        held.append(b"x" * 100_000_000)
        told(0.5)
    while True:
        pass


def die(told: Progress) -> None:
    """Ends its process in the middle."""
    told(0.5)
    os._exit(3)


def fault(told: Progress) -> float:
    """Has a fault."""
    told(0.5)
    return 1 / 0


def number(told: Progress) -> int:
    """The number of the process that does it."""
    told(0.5)
    return os.getpid()


def modules(told: Progress) -> bool:
    """Whether the process has imported Streamlit."""
    told(0.5)
    return "streamlit" in sys.modules
