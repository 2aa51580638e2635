"""What a process does once, before its first page."""

import gc
from functools import cache

from strategy.customers.reading.folder import sweep


@cache
def settle() -> None:
    """The files of servers that were killed go; what was imported stays, uncollected."""
    sweep()
    gc.collect()
    gc.freeze()
