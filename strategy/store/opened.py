"""The one database of this process with its hub, opened when it is first needed and tried again when that failed."""

from threading import Lock
from time import monotonic

from strategy.errors import PlannerError
from strategy.store.database import Database
from strategy.store.hub import Hub

RETRY = 5.0
"""Seconds in which a database that could not be opened is not tried again: nobody waits for it at every key press."""

_LOCK = Lock()
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


def let_go() -> None:
    """Close it; the next who needs it opens it anew, wherever it is then."""
    with _LOCK:
        _refused.clear()
        if found := _opened.pop("hub", None):
            found.close()
            found.database.close()
