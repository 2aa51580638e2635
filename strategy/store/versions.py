"""Versions of a plan: each change one, in the order of their numbers whatever the clock says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from strategy.errors import PlannerError
from strategy.store.documents import Document, packed, unpacked
from strategy.store.tables import PLANS, VERSIONS

KINDS = ("opened", "change", "undo", "redo", "aside")
"""opened: how the plan began; aside: what was not chosen when two changed the same thing, beside the others."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Author:
    """Who changes: an identity that lasts (a browser's shelf, a login), and a name for people, which may be empty."""

    identity: str
    name: str = ""


@dataclass(frozen=True)
class Deed:
    """What was done: a message id and its arguments; typing: the field that was typed in, of a change that goes on."""

    message: str
    arguments: tuple[tuple[str, str], ...] = ()
    typing: str = ""


@dataclass(frozen=True)
class Version:
    """A plan after a change; number 0 is a plan that is not in the store yet.

    before  the number of the version that was changed
    undone  the number of the version that took this one back, 0 where it counts, -1 where it cannot be done again
    """

    number: int
    document: Document
    at: float = 0.0
    author: Author = field(default_factory=lambda: Author(""))
    deed: Deed = field(default_factory=lambda: Deed(""))
    kind: str = "change"
    before: int | None = None
    undone: int = 0
    name: str | None = None


_HEAD = [column for column in VERSIONS.c if column.name not in ("plan", "document")]


def version_of(row: Any, document: Document) -> Version:
    """A row of the table as a version."""
    return Version(
        row.number,
        document,
        row.at,
        Author(row.who, row.signed),
        Deed(row.message, tuple((str(name), str(value)) for name, value in json.loads(row.arguments)), row.typing),
        row.kind,
        row.before,
        row.undone,
        row.name,
    )


def head(connection: sa.Connection, plan: int, number: int) -> Version:
    """A version without its document, which is empty. Raises PlannerError("version_gone")."""
    found = connection.execute(sa.select(*_HEAD).where(VERSIONS.c.plan == plan, VERSIONS.c.number == number)).first()
    if found is None:
        raise PlannerError("version_gone", value=number)
    return version_of(found, {})


def version(connection: sa.Connection, plan: int, number: int) -> Version:
    """A version with its document. Raises PlannerError: "version_gone", "version_damaged"."""
    found = connection.execute(sa.select(VERSIONS).where(VERSIONS.c.plan == plan, VERSIONS.c.number == number)).first()
    if found is None:
        raise PlannerError("version_gone", value=number)
    return version_of(found, unpacked(found.document))


def listed(connection: sa.Connection, plan: int) -> list[Version]:
    """All versions that are kept, the oldest first, without their documents."""
    rows = connection.execute(sa.select(*_HEAD).where(VERSIONS.c.plan == plan).order_by(VERSIONS.c.number))
    return [version_of(row, {}) for row in rows]


def documents(connection: sa.Connection, plan: int, numbers: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, document) of versions, in the order of their numbers; one that cannot be read is passed over."""
    asked = sa.select(VERSIONS.c.number, VERSIONS.c.document).where(VERSIONS.c.plan == plan)
    for row in connection.execute(asked.where(VERSIONS.c.number.in_(list(numbers))).order_by(VERSIONS.c.number)):
        try:
            yield row.number, unpacked(row.document)
        except PlannerError:
            continue


def insert(connection: sa.Connection, plan: int, made: Version) -> None:
    """Keep a version under its number."""
    connection.execute(VERSIONS.insert(), {"number": made.number, **_values(plan, made)})


_OTHER = VERSIONS.alias()
_NEXT = sa.select(sa.func.coalesce(sa.func.max(_OTHER.c.number), 0) + 1).where(_OTHER.c.plan == sa.bindparam("of_plan"))
_APPEND = VERSIONS.insert().values(number=_NEXT.scalar_subquery()).returning(VERSIONS.c.number)


def append(connection: sa.Connection, plan: int, made: Version) -> Version:
    """Keep a version under the next number, above all that are kept."""
    number = connection.execute(_APPEND, {"of_plan": plan, **_values(plan, made)}).scalar_one()
    return replace(made, number=int(number))


def _values(plan: int, made: Version) -> dict[str, Any]:
    return {
        "plan": plan,
        "before": made.before,
        "at": made.at,
        "who": _text(made.author.identity),
        "signed": _text(made.author.name)[:LONGEST_NAME],
        "kind": made.kind,
        "undone": made.undone,
        "message": _text(made.deed.message),
        "arguments": json.dumps([[_text(name), _text(value)] for name, value in made.deed.arguments]),
        "typing": _text(made.deed.typing),
        "document": packed(made.document),
        "name": made.name,
    }


def _text(written: str) -> str:
    """What both databases take as text: no lone halves of characters and no character 0."""
    return written.encode("utf-8", "ignore").decode().replace("\0", "")


def called(name: str | None) -> str | None:
    """A version's or a plan's name as it is kept; None for an empty one."""
    return (_text(name).strip()[:LONGEST_NAME] or None) if name else None


def remove(connection: sa.Connection, plan: int, numbers: Iterable[int]) -> None:
    """Let go of versions."""
    rows = [{"n": number} for number in numbers]
    if rows:
        connection.execute(
            VERSIONS.delete().where(VERSIONS.c.plan == plan, VERSIONS.c.number == sa.bindparam("n")), rows
        )


def mark(connection: sa.Connection, plan: int, number: int, undone: int) -> None:
    """Note whether a change was taken back, and by which version."""
    here = sa.and_(VERSIONS.c.plan == plan, VERSIONS.c.number == number)
    connection.execute(VERSIONS.update().where(here).values(undone=undone))


def advance(connection: sa.Connection, plan: int, made: Version, title: str) -> None:
    """The plan's newest version is this one now."""
    values = {"version": made.number, "changed": made.at, "title": title}
    connection.execute(PLANS.update().where(PLANS.c.id == plan).values(**values))
