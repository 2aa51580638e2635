"""What a database says when it cannot be read or written, as one error with a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.unreadable import FULL, without_paths

FILE_CODES = {
    sqlite3.SQLITE_BUSY: "store_locked",
    sqlite3.SQLITE_LOCKED: "store_locked",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_PERM: "store_read_only",
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_CANTOPEN: "store_gone",
    sqlite3.SQLITE_IOERR: "store_gone",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
}
"""By SQLite's result code, of which the low byte says the kind."""
STATES = {
    "55P03": "store_locked",
    "40P01": "store_locked",
    "57014": "store_locked",
    "25006": "store_read_only",
    "42501": "store_read_only",
    "53100": "store_full",
    "53200": "store_full",
    "53300": "store_locked",
    "XX001": "store_damaged",
    "XX002": "store_damaged",
    "42P01": "store_damaged",
}
"""By PostgreSQL's SQLSTATE."""
GONE = ("", "08", "28", "3D", "57", "58")
"""How the SQLSTATEs begin of a server that cannot be reached or is going; none at all says that too."""


@contextmanager
def refused(place: str) -> Iterator[None]:
    """Around the use of a database that messages call `place`: what keeps it from working becomes a PlannerError.

    What only a mistake of ours can cause, such as a broken constraint, stays what it is.
    """
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise PlannerError("store_locked", place=place, value=_said(error)) from None
    except sa.exc.DBAPIError as error:
        found = refusal_of(error.orig or error, place)
        if found is None:
            raise
        raise found from None
    except (sqlite3.Error, OSError) as error:
        raise refusal_of(error, place) or error from None


def refusal_of(error: BaseException, place: str) -> PlannerError | None:
    """The PlannerError that stands for an error of a database; None for one that does not come from outside."""
    said = _said(error)
    match _code(error):
        case "store_locked":
            return PlannerError("store_locked", place=place, value=said)
        case "store_read_only":
            return PlannerError("store_read_only", place=place, value=said)
        case "store_full":
            return PlannerError("store_full", place=place, value=said)
        case "store_damaged":
            return PlannerError("store_damaged", place=place, value=said)
        case "store_gone":
            return PlannerError("store_gone", place=place, value=said)
    return None


def _code(error: BaseException) -> str | None:
    if isinstance(error, sqlite3.Error):
        number: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_NOTADB)
        return "store_damaged" if "no such table" in str(error) else FILE_CODES.get(number & 0xFF)
    if isinstance(error, PermissionError):
        return "store_read_only"
    if isinstance(error, OSError):
        return "store_full" if error.errno in FULL else "store_gone"
    state = getattr(error, "sqlstate", None) or ""
    return STATES.get(state, "store_gone" if state[:2] in GONE else None)


def _said(error: BaseException) -> str:
    return without_paths(str(error).partition("\n")[0]) or type(error).__name__
