"""The one database of this process with its hub, opened when it is first needed and tried again when that failed."""

import os
from threading import Lock
from time import monotonic

from strategy.errors import PlannerError
from strategy.store.database import Database
from strategy.store.hub import Hub
from strategy.store.keeping import purge

RETRY = 5.0
"""Seconds in which a database that could not be opened is not tried again: nobody waits for it at every key press."""

KEEP = "PLANNER_KEEP_DAYS"
"""The environment variable with the days after which a plan that nobody opened goes; without it plans stay."""
TIDY_EVERY = 86_400.0

_LOCK = Lock()
_tidied: list[float] = []
_opened: dict[str, Hub] = {}
_refused: dict[str, tuple[float, PlannerError]] = {}


def hub() -> Hub:
    """The hub of this process's database. Raises PlannerError for what keeps it from being opened."""
    with _LOCK:
        if "hub" not in _opened:
            at, refused = _refused.get("hub", (0.0, None))
            if refused is not None and monotonic() - at < RETRY:
                raise refused
            try:
                _opened["hub"] = Hub(Database())
            except PlannerError as error:
                _refused["hub"] = (monotonic(), error)
                raise
        return _opened["hub"]


def database() -> Database:
    """This process's database. Raises PlannerError for what keeps it from being opened."""
    return hub().database


def tidy() -> None:
    """Once a day see what was deleted a month ago and what nobody opened for KEEP days, and let go of it (`keeping`).

    Raises PlannerError("keep_days") where KEEP is no number of days, and those of the database.
    """
    if _tidied and monotonic() - _tidied[-1] < TIDY_EVERY:
        return
    _tidied[:] = [monotonic()]
    given = os.environ.get(KEEP, "").strip()
    if given and not (given.isascii() and given.isdigit() and int(given) > 0):
        raise PlannerError("keep_days", place=KEEP, value=given)
    purge(database(), float(given) if given else None)


def let_go() -> None:
    """Close it; the next who needs it opens it anew, wherever it is then."""
    with _LOCK:
        _refused.clear()
        _tidied.clear()
        if found := _opened.pop("hub", None):
            found.close()
            found.database.close()
