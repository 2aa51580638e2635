"""Plans in the store: opened by a token, changed by versions, and no change of anybody overwritten in silence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store import keeping, versions
from strategy.store.database import Database
from strategy.store.documents import Document, plain, title_of
from strategy.store.merging import Contested, Merge, merged, whole
from strategy.store.tables import PLANS, VERSIONS
from strategy.store.tokens import look_token, token_hash
from strategy.store.versions import Author, Deed, Version

Rights = Literal["edit", "look"]
Check = Callable[[Document], object]
"""Reads a document that was put together; raises PlannerError for one that makes no sense."""
OPENED_EVERY = 3600.0
"""Seconds after which opening a plan again is noted again."""


@dataclass(frozen=True)
class Opened:
    """A plan as a token opens it; looks: how often its look link was renewed."""

    plan: int
    rights: Rights
    title: str
    version: Version
    created: float
    looks: int


@dataclass(frozen=True)
class Written:
    """What a writer gets back.

    version    the plan's newest now: the writer's, put together with what others changed meanwhile
    joined     whether others had changed something
    contested  what somebody else changed too: then nothing of it was taken yet
    mine       the document that the writer's choice would make of it; `version` has theirs
    theirs     the document with their side of what is contested, and all else that the writer changed
    """

    version: Version
    joined: bool = False
    contested: tuple[Contested, ...] = ()
    mine: Document | None = None
    theirs: Document | None = None


def row_of(connection: sa.Connection, token: str, writing: bool = False, deleted: bool = False) -> sa.Row | None:  # type: ignore[type-arg]
    """The plan that a token opens, locked for writing if asked; None where it opens none.

    Raises PlannerError("plan_deleted") for a deleted one unless those are wanted too.
    """
    found = token_hash(token)
    asked = sa.select(PLANS).where(sa.or_(PLANS.c.edit_hash == found, PLANS.c.view_hash == found))
    row = connection.execute(asked.with_for_update() if writing else asked).first()
    if row is not None and row.deleted is not None and not deleted:
        raise PlannerError("plan_deleted", value=row.title)
    return row


def own_row(connection: sa.Connection, token: str, deleted: bool = False) -> sa.Row:  # type: ignore[type-arg]
    """The plan that a token may change, locked. Raises PlannerError: "link_opens_nothing", "only_looking"."""
    row = row_of(connection, token, writing=True, deleted=deleted)
    if row is None:
        raise PlannerError("link_opens_nothing")
    return _changeable(row, token)


def _changeable(row: sa.Row, token: str) -> sa.Row:  # type: ignore[type-arg]
    if rights_of(row, token) != "edit":
        raise PlannerError("only_looking")
    return row


def rights_of(row: sa.Row, token: str) -> Rights:  # type: ignore[type-arg]
    """What a token may do with the plan that it opens."""
    return "edit" if row.edit_hash == token_hash(token) else "look"


def open_plan(database: Database, token: str) -> Opened | None:
    """The plan of a token with its newest version; None where there is none (yet).

    Raises PlannerError: "link_opens_nothing" for what is no token, "plan_deleted", and those of the database.
    """
    with database.reading() as connection:
        row = row_of(connection, token)
        if row is None:
            return None
        newest = versions.version(connection, row.id, row.version)
        found = Opened(row.id, rights_of(row, token), row.title, newest, row.created, row.looks)
    if abs(database.clock() - row.opened) > OPENED_EVERY:
        with database.writing() as connection:
            connection.execute(PLANS.update().where(PLANS.c.id == row.id).values(opened=database.clock()))
    return found


def newest(database: Database, token: str) -> tuple[int, int] | None:
    """(the plan, the number of its newest version), None where the token opens none: cheap enough to ask often."""
    with database.reading() as connection:
        row = row_of(connection, token)
    return None if row is None else (row.id, row.version)


def write(
    database: Database, token: str, start: Version, document: Document, deed: Deed, author: Author,
    check: Check | None = None,
) -> Written:  # fmt: skip
    """Change a plan that was `start` into `document`: at once, or put together with what others changed meanwhile.

    A plan that is not in the store yet comes into it, `start` as its first version. Typing on in the same field
    replaces the version that it made. Where both changed the same thing, or where the two together do not pass
    `check`, nothing is taken: the writer's document is kept aside and what is contested comes back.
    Raises PlannerError: "only_looking", "plan_deleted", "version_damaged", and those of the database.
    """
    wanted = plain(document)
    with database.writing() as connection:
        _alone(database, connection, token)
        row = row_of(connection, token, writing=True)
        plan = _begun(database, connection, token, start, author) if row is None else _changeable(row, token).id
        before = versions.head(connection, plan, start.number if row is None else row.version)
        joined = row is not None and before.number != start.number
        if joined:
            before = versions.version(connection, plan, before.number)
            merge = checked(merged(plain(start.document), wanted, before.document), wanted, before.document, check)
            if merge.contested:
                _insert(database, connection, plan, replace(before, document=wanted, deed=deed, author=author), "aside")
                return Written(before, True, merge.contested, merge.mine_first, merge.theirs_first)
            wanted = merge.mine_first
        if wanted == (before.document if joined else start.document):
            return Written(replace(before, document=wanted), joined)
        made = _changed(database, connection, plan, before, wanted, deed, author)
    database.changed(plan, made.number)
    return Written(made, joined)


def keep(database: Database, token: str, document: Document, deed: Deed, author: Author) -> Version:
    """Bring a plan into the store under a new token as it is: a copy, or one that was opened from a file."""
    with database.writing() as connection:
        _alone(database, connection, token)
        if row_of(connection, token, writing=True, deleted=True) is not None:
            raise PlannerError("token_taken")
        plan = _begun(database, connection, token, Version(1, plain(document), deed=deed), author)
        return versions.version(connection, plan, 1)


def _alone(database: Database, connection: sa.Connection, token: str) -> None:
    """Let no other begin a plan with this token at the same moment: PostgreSQL cannot lock a row that is not there."""
    if not database.is_sqlite:
        number = int.from_bytes(token_hash(token)[:8], "big", signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def checked(merge: Merge, mine: Document, theirs: Document, check: Check | None) -> Merge:
    """The merge, or the choice of one whole plan where the parts do not fit together."""
    try:
        for document in (merge.mine_first, merge.theirs_first):
            if check:
                check(document)
    except PlannerError:
        return whole(mine, theirs)
    return merge


def _begun(database: Database, connection: sa.Connection, token: str, start: Version, author: Author) -> int:
    """A row for a plan that is new, with how it began as its first version."""
    now = database.clock()
    values = {
        "title": title_of(start.document),
        "edit_hash": token_hash(token),
        "view_hash": token_hash(look_token(token, 0)),
        "looks": 0,
        "created": now,
        "changed": now,
        "opened": now,
        "version": start.number,
    }
    plan = int(connection.execute(PLANS.insert().values(**values).returning(PLANS.c.id)).scalar_one())
    versions.insert(connection, plan, replace(start, at=now, author=author, kind="opened", before=None, undone=0))
    return plan


def _changed(
    database: Database, connection: sa.Connection, plan: int, before: Version, document: Document, deed: Deed,
    author: Author,
) -> Version:  # fmt: skip
    """The next version of a plan; it takes the place of one that the author typed in the same field just before."""
    typed_on = (
        bool(deed.typing) and before.deed.typing == deed.typing and before.author.identity == author.identity
        and before.kind == "change" and before.name is None and before.undone == 0
    )  # fmt: skip
    below = before.before if typed_on else before.number
    nothing_taken_back = before.kind == "change" and before.author.identity == author.identity and before.undone == 0
    if not nothing_taken_back:
        _forget_redo(connection, plan, author)
    made = _insert(database, connection, plan, Version(below or 0, document, deed=deed, author=author), "change")
    if typed_on:
        versions.remove(connection, plan, [before.number])
    after(database, connection, plan, made)
    return made


def _insert(database: Database, connection: sa.Connection, plan: int, like: Version, kind: str) -> Version:
    """A new version that changed the version `like.number`."""
    made = replace(like, before=like.number, at=database.clock(), kind=kind, undone=0, name=None)
    return versions.append(connection, plan, made)


def _forget_redo(connection: sa.Connection, plan: int, author: Author) -> None:
    """Whoever changes something new cannot do again what he took back before."""
    taken_back = sa.and_(VERSIONS.c.plan == plan, VERSIONS.c.who == author.identity, VERSIONS.c.undone > 0)
    connection.execute(VERSIONS.update().where(taken_back).values(undone=-1))


def after(database: Database, connection: sa.Connection, plan: int, made: Version) -> None:
    """What follows a new version: it is the newest, others hear of it, and older ones are thinned out."""
    versions.advance(connection, plan, made, title_of(made.document))
    if made.number % keeping.EVERY == 0:
        every = versions.listed(connection, plan)
        keep = keeping.kept(every, min(version.at for version in every[-keeping.EVERY :]))
        versions.remove(connection, plan, [v.number for v in every if v.number not in keep])
    database.tell(connection, plan, made.number)
