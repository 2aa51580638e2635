"""Undo and redo in the store: each takes back, or does again, the author's own last change, as a new version."""

from dataclasses import replace
from typing import Literal

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store import versions
from strategy.store.database import Database
from strategy.store.merging import merged
from strategy.store.plans import Check, Written, after, checked, own_row, row_of
from strategy.store.tables import VERSIONS
from strategy.store.versions import Author, Version

Choice = Literal["mine", "theirs"]


def steps(database: Database, token: str, author: Author) -> tuple[Version | None, Version | None]:
    """The changes that undo would take back and redo do again, without their documents; None where there is none."""
    with database.reading() as connection:
        row = row_of(connection, token)
        if row is None:
            return None, None
        return _last(connection, row.id, author), _last_undone(connection, row.id, author)


def _mine(plan: int, author: Author) -> sa.ColumnElement[bool]:
    return sa.and_(VERSIONS.c.plan == plan, VERSIONS.c.who == author.identity, VERSIONS.c.kind == "change")


def _last(connection: sa.Connection, plan: int, author: Author) -> Version | None:
    """The author's last change that counts and of which the version before is kept."""
    below = VERSIONS.alias()
    there = sa.exists().where(below.c.plan == plan, below.c.number == VERSIONS.c.before)
    asked = sa.select(VERSIONS.c.number).where(_mine(plan, author), VERSIONS.c.undone == 0, there)
    number = connection.execute(asked.order_by(VERSIONS.c.number.desc()).limit(1)).scalar()
    return None if number is None else versions.head(connection, plan, number)


def _last_undone(connection: sa.Connection, plan: int, author: Author) -> Version | None:
    asked = sa.select(VERSIONS.c.number).where(_mine(plan, author), VERSIONS.c.undone > 0)
    number = connection.execute(asked.order_by(VERSIONS.c.undone.desc()).limit(1)).scalar()
    return None if number is None else versions.head(connection, plan, number)


def undo(
    database: Database, token: str, author: Author, check: Check | None = None, choice: Choice | None = None
) -> Written:
    """Take back the author's own last change, whatever others changed since.

    Where somebody changed the same thing since, that is contested and nothing is taken back, until a `choice` is made:
    mine takes it back all the same, theirs lets it be from then on. Raises PlannerError: "nothing_to_undo" and those
    of `write`.
    """
    return _moved(database, token, author, check, choice, "undo")


def redo(
    database: Database, token: str, author: Author, check: Check | None = None, choice: Choice | None = None
) -> Written:
    """Do again what the author took back last, as `undo` takes back. Raises PlannerError("nothing_to_redo")."""
    return _moved(database, token, author, check, choice, "redo")


def _moved(
    database: Database, token: str, author: Author, check: Check | None, choice: Choice | None, kind: str
) -> Written:
    with database.writing() as connection:
        plan, newest = _now(connection, token)
        found = (_last if kind == "undo" else _last_undone)(connection, plan, author)
        if found is None:
            raise PlannerError("nothing_to_undo") if kind == "undo" else PlannerError("nothing_to_redo")
        change = versions.version(connection, plan, found.number)
        below = versions.version(connection, plan, change.before or 0)
        base, wanted = (change, below) if kind == "undo" else (below, change)
        merge = merged(base.document, wanted.document, newest.document)
        merge = checked(merge, wanted.document, newest.document, check)
        if merge.contested and choice is None:
            return Written(newest, True, merge.contested, merge.mine_first, merge.theirs_first)
        given_up = bool(merge.contested) and choice == "theirs"
        document = merge.theirs_first if given_up else merge.mine_first
        deed = replace(change.deed, typing="")
        made = Version(0, document, database.clock(), author, deed, kind, newest.number)
        made = versions.append(connection, plan, made)
        undone = -1 if given_up else made.number if kind == "undo" else 0
        versions.mark(connection, plan, change.number, undone)
        after(database, connection, plan, made)
    database.changed(plan, made.number)
    return Written(made, newest.number != change.number)


def _now(connection: sa.Connection, token: str) -> tuple[int, Version]:
    row = own_row(connection, token)
    return row.id, versions.version(connection, row.id, row.version)
