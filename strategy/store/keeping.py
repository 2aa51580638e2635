"""What is kept and for how long: versions that undo needs, have a name, or are one of their hour; plans in use.

One look at the clock proves nothing: it may have jumped ahead by years, and be right again tomorrow. So a plan that was
deleted, or that nobody opens, goes when it was found past its time on each of seven different days on which the planner
ran; a clock that is set right before that, or somebody who opens the plan, starts the count anew.
"""

from collections.abc import Sequence
from math import ceil

import sqlalchemy as sa

from strategy.store.database import Database
from strategy.store.tables import PLANS, SHELVES, VERSIONS
from strategy.store.versions import Version

LAST = 200
HOUR, DAY = 3600, 86_400
HOURLY_FOR = 7 * DAY
EVERY = 20
"""After so many versions the older ones are looked through."""
GONE_AFTER = 30.0
"""Days from deleting a plan to its leaving the database, where the planner runs every day."""
LOOKS = 7
"""So many different days a plan must be found past its time."""
ANOTHER_DAY = 20 * HOUR
"""Two looks at least so many seconds apart are on different days: a server that is started often counts one."""


def kept(versions: Sequence[Version], now: float) -> set[int]:
    """The numbers of the versions to keep, of all of a plan from the oldest to the newest; `now` in seconds.

    Kept are the last 200, the last 200 changes (each with the version that it changed, so that it can be taken back),
    all that have a name, the last of each hour of a week and the last of each day before that.
    """
    changes = [version for version in versions if version.kind == "change"][-LAST:]
    found = {version.number for version in (*versions[-LAST:], *changes)}
    found |= {version.before for version in changes if version.before is not None}
    found |= {version.number for version in versions if version.name is not None}
    spans: dict[tuple[int, int], int] = {}
    for version in versions:
        if version.kind != "aside":
            span = HOUR if version.at > now - HOURLY_FOR else DAY
            spans[span, int(version.at // span)] = version.number
    return found | set(spans.values())


# Plans ---------------------------------------------------------------------------------------------------------------


def purge(database: Database, keep_days: float | None = None) -> int:
    """One look: count a day for each plan deleted, or not opened, for long, and let go of those that had enough.

    Called once a day, it lets go of a deleted plan after 30 days, and of one that nobody opened after `keep_days`;
    where the planner runs more rarely, later. Returns how many went.
    """
    now = database.clock()
    with database.writing() as connection:
        gone = _passed(PLANS.c.deleted, GONE_AFTER, now)
        enough = sa.and_(gone, PLANS.c.idle_days >= LOOKS)
        if keep_days is not None:
            unseen = sa.and_(_passed(PLANS.c.opened, keep_days, now), _passed(PLANS.c.changed, keep_days, now))
            enough = sa.or_(enough, sa.and_(unseen, PLANS.c.idle_days >= _looks(keep_days)))
            gone = sa.or_(gone, unseen)
        in_use = sa.and_(sa.not_(sa.func.coalesce(gone, sa.false())), PLANS.c.idle_days > 0)
        connection.execute(PLANS.update().where(in_use).values(idle_days=0, idle_at=None))
        another_day = sa.or_(PLANS.c.idle_at.is_(None), sa.func.abs(PLANS.c.idle_at - now) >= ANOTHER_DAY)
        counted = {"idle_days": PLANS.c.idle_days + 1, "idle_at": now}
        connection.execute(PLANS.update().where(gone, another_day).values(**counted))
        return remove(connection, enough)


def _looks(days: float) -> int:
    """On how many days a plan must be found past its time that goes after so many."""
    return max(1, min(LOOKS, ceil(days)))


def _passed(since: sa.Column[float], days: float, now: float) -> sa.ColumnElement[bool]:
    """Whether the first of those days has come: the last of them is the day on which it goes."""
    return since <= now - (days - _looks(days) + 1) * DAY


def remove(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Plans with their versions and their places on shelves; how many there were."""
    plans = [row.id for row in connection.execute(sa.select(PLANS.c.id).where(which))]
    for table, column in ((SHELVES, SHELVES.c.plan), (VERSIONS, VERSIONS.c.plan), (PLANS, PLANS.c.id)):
        connection.execute(table.delete().where(column.in_(plans)))
    return len(plans)
