"""Which versions are kept: those that undo needs, those with a name, and ever fewer of the older ones."""

from collections.abc import Sequence

from strategy.store.versions import Version

LAST = 200
HOUR, DAY = 3600, 86_400
HOURLY_FOR = 7 * DAY
EVERY = 20
"""After so many versions the older ones are looked through."""


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
