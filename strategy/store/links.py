"""The links of a plan, the names of its versions, and its end: renewed, named, deleted, brought back, gone."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store import versions
from strategy.store.database import LOOK_AGAIN, Database
from strategy.store.documents import Document, packed
from strategy.store.keeping import remove
from strategy.store.plans import own_row, row_of
from strategy.store.tables import PLANS, SHELVES, VERSIONS
from strategy.store.tokens import look_token, new_token, token_hash
from strategy.store.versions import Version


def look_link(database: Database, token: str) -> str:
    """The token that only looks at the plan that an edit token opens. Raises PlannerError as `own_row` does."""
    with database.reading() as connection:
        return look_token(token, own_row(connection, token).looks)


def renew_look(database: Database, token: str) -> str:
    """A new look token; the old one opens nothing any more."""
    with database.writing() as connection:
        row = own_row(connection, token)
        fresh = look_token(token, row.looks + 1)
        _set(connection, row.id, looks=row.looks + 1, view_hash=token_hash(fresh))
        database.tell(connection, row.id, LOOK_AGAIN)
    database.changed(row.id, LOOK_AGAIN)
    return fresh


def renew_edit(database: Database, token: str) -> str:
    """A new edit token, and with it a new look token; the old ones open nothing any more, on any shelf either."""
    fresh = new_token()
    with database.writing() as connection:
        row = own_row(connection, token)
        _set(connection, row.id, edit_hash=token_hash(fresh), view_hash=token_hash(look_token(fresh, row.looks)))
        connection.execute(SHELVES.delete().where(SHELVES.c.plan == row.id))
        database.tell(connection, row.id, LOOK_AGAIN)
    database.changed(row.id, LOOK_AGAIN)
    return fresh


def history(database: Database, token: str) -> list[Version]:
    """The versions of a plan that are kept, the oldest first, without their documents."""
    with database.reading() as connection:
        row = row_of(connection, token)
        return [] if row is None else versions.listed(connection, row.id)


def version(database: Database, token: str, number: int) -> Version:
    """One version of a plan with its document. Raises PlannerError: "link_opens_nothing", "version_gone"."""
    with database.reading() as connection:
        row = row_of(connection, token)
        if row is None:
            raise PlannerError("link_opens_nothing")
        return versions.version(connection, row.id, number)


def documents(database: Database, token: str, numbers: Iterable[int]) -> Iterator[tuple[int, Document]]:
    """(number, document) of versions of a plan, in the order of their numbers; damaged ones are passed over."""
    with database.reading() as connection:
        row = row_of(connection, token)
        if row is not None:
            yield from versions.documents(connection, row.id, numbers)


def name_version(database: Database, token: str, number: int, name: str | None) -> None:
    """Give a version a name, with which it is kept, or take it away. Raises PlannerError("version_gone")."""
    with database.writing() as connection:
        row = own_row(connection, token)
        versions.head(connection, row.id, number)
        here = sa.and_(VERSIONS.c.plan == row.id, VERSIONS.c.number == number)
        connection.execute(VERSIONS.update().where(here).values(name=versions.called(name)))


def erase(database: Database, token: str, field: str) -> None:
    """Take a field out of every version of a plan that is kept, so that nothing brings it back; its newest is settled.

    Raises PlannerError as `own_row` does.
    """
    with database.writing() as connection:
        row = own_row(connection, token)
        every = [version.number for version in versions.listed(connection, row.id)]
        for number, document in list(versions.documents(connection, row.id, every)):
            if document.get(field) is not None:
                here = sa.and_(VERSIONS.c.plan == row.id, VERSIONS.c.number == number)
                connection.execute(VERSIONS.update().where(here).values(document=packed({**document, field: None})))
        versions.mark(connection, row.id, row.version, -1)


def delete(database: Database, token: str, at_once: bool = False) -> None:
    """Delete a plan: from every list now, from the database after 30 days or at once."""
    with database.writing() as connection:
        row = own_row(connection, token, deleted=True)
        if at_once:
            remove(connection, PLANS.c.id == row.id)
        else:
            _set(connection, row.id, deleted=database.clock())
        database.tell(connection, row.id, LOOK_AGAIN)
    database.changed(row.id, LOOK_AGAIN)


def restore(database: Database, token: str) -> None:
    """Bring a deleted plan back, as long as the database has it."""
    with database.writing() as connection:
        row = own_row(connection, token, deleted=True)
        _set(connection, row.id, deleted=None)
        database.tell(connection, row.id, LOOK_AGAIN)
    database.changed(row.id, LOOK_AGAIN)


def _set(connection: sa.Connection, plan: int, **values: object) -> None:
    connection.execute(PLANS.update().where(PLANS.c.id == plan).values(**values))
