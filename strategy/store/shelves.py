"""My plans: what a browser, or a person who logged in, has opened. Without the shelf's token nobody finds out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store import versions
from strategy.store.database import Database
from strategy.store.plans import Rights, rights_of, row_of
from strategy.store.tables import PLANS, SHELVES
from strategy.store.tokens import sealed, token_hash, unsealed

MOST = 200
"""Plans on one shelf: the one that was opened longest ago makes room."""
EXPORT = 1
"""The schema of the file with all of one's plans."""


@dataclass(frozen=True)
class Shelved:
    """A plan on a shelf, with the token that opens it."""

    token: str
    plan: int
    title: str
    rights: Rights
    changed: float
    opened: float
    deleted: float | None


def put(database: Database, shelf: str, token: str) -> None:
    """Put a plan on a shelf, or note that it was opened again. Raises PlannerError("link_opens_nothing")."""
    mine = token_hash(shelf)
    with database.writing() as connection:
        row = row_of(connection, token)
        if row is None:
            raise PlannerError("link_opens_nothing")
        before = connection.execute(_on(mine, row.id)).first()
        if before is not None and rights_of(row, token) == "look":
            held = unsealed(before.sealed, shelf)
            token = held if token_hash(held) == row.edit_hash else token
        connection.execute(SHELVES.delete().where(SHELVES.c.shelf_hash == mine, SHELVES.c.plan == row.id))
        values = {"shelf_hash": mine, "plan": row.id, "sealed": sealed(token, shelf), "opened": database.clock()}
        connection.execute(SHELVES.insert().values(**values))
        asked = sa.select(SHELVES.c.plan).where(SHELVES.c.shelf_hash == mine).order_by(SHELVES.c.opened.desc())
        for plan in connection.execute(asked.offset(MOST)).scalars().all():
            connection.execute(SHELVES.delete().where(SHELVES.c.shelf_hash == mine, SHELVES.c.plan == plan))


def _on(mine: bytes, plan: int) -> sa.Select[tuple[bytes]]:
    return sa.select(SHELVES.c.sealed).where(SHELVES.c.shelf_hash == mine, SHELVES.c.plan == plan)


def on_shelf(database: Database, shelf: str, deleted: bool = False) -> list[Shelved]:
    """The plans of a shelf that its tokens still open, the one opened last first; the deleted ones if asked."""
    with database.reading() as connection:
        return list(_shelved(connection, shelf, deleted))


def _shelved(connection: sa.Connection, shelf: str, deleted: bool) -> Iterator[Shelved]:
    gone = PLANS.c.deleted.is_not(None) if deleted else PLANS.c.deleted.is_(None)
    asked = (
        sa.select(PLANS, SHELVES.c.sealed, SHELVES.c.opened.label("shelved"))
        .join(SHELVES, SHELVES.c.plan == PLANS.c.id)
        .where(SHELVES.c.shelf_hash == token_hash(shelf), gone)
        .order_by(SHELVES.c.opened.desc(), PLANS.c.id.desc())
    )
    for row in connection.execute(asked).all():
        token = unsealed(row.sealed, shelf)
        if token_hash(token) in (row.edit_hash, row.view_hash):
            yield Shelved(token, row.id, row.title, rights_of(row, token), row.changed, row.shelved, row.deleted)


def take_off(database: Database, shelf: str, token: str) -> None:
    """Take a plan off a shelf; it stays in the store."""
    with database.writing() as connection:
        row = row_of(connection, token, deleted=True)
        if row is not None:
            here = sa.and_(SHELVES.c.shelf_hash == token_hash(shelf), SHELVES.c.plan == row.id)
            connection.execute(SHELVES.delete().where(here))


def forget(database: Database, shelf: str) -> None:
    """Empty a shelf; the plans stay for whoever has their links."""
    with database.writing() as connection:
        connection.execute(SHELVES.delete().where(SHELVES.c.shelf_hash == token_hash(shelf)))


def export(database: Database, shelf: str) -> str:
    """All plans of a shelf as one JSON file: each with its newest version and those that have a name."""
    with database.reading() as connection:
        plans = []
        for place in _shelved(connection, shelf, deleted=False):
            row = connection.execute(sa.select(PLANS).where(PLANS.c.id == place.plan)).one()
            named = [
                versions.version(connection, place.plan, version.number)
                for version in versions.listed(connection, place.plan)
                if version.name is not None
            ]
            plans.append(
                {
                    "title": place.title,
                    "rights": place.rights,
                    "created": _day(row.created),
                    "changed": _day(row.changed),
                    "plan": versions.version(connection, place.plan, row.version).document,
                    "versions": [{"name": v.name, "at": _day(v.at), "plan": v.document} for v in named],
                }
            )
    whole = {"plans_of_the_planner": EXPORT, "exported": _day(database.clock()), "plans": plans}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
