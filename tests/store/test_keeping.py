"""What stays: versions that undo needs, that have a name, one an hour, then one a day; plans until they had their days.

A clock that jumps ahead and is set right again takes nothing away.
"""

from collections.abc import Sequence
from math import ceil

import pytest

from strategy.store import keeping, links
from strategy.store.database import Database
from strategy.store.keeping import DAY, EVERY, GONE_AFTER, HOUR, LAST, LOOKS, kept, purge
from strategy.store.plans import open_plan, write
from strategy.store.tables import VERSIONS
from strategy.store.tokens import new_token
from strategy.store.versions import Author, Deed, Version

NOW = 1_000 * DAY
ANN = Author("ann")


def every(seconds: float, count: int, end: float = NOW, kind: str = "change") -> list[Version]:
    """So many versions, the last at `end`, each so long after the one before."""
    return [
        Version(number, {}, end - (count - 1 - number) * seconds, kind=kind, before=number - 1 if number else None)
        for number in range(count)
    ]


def test_the_last_two_hundred_stay_and_what_the_first_of_them_changed() -> None:
    versions = every(0.001, 500)
    newest = set(range(500 - LAST, 500))
    assert kept(versions, NOW) == newest | {500 - LAST - 1}


def test_all_that_have_a_name_stay() -> None:
    versions = every(0.001, 500)
    versions[3] = Version(3, {}, versions[3].at, name="before lunch")
    assert 3 in kept(versions, NOW)
    assert 4 not in kept(versions, NOW)


def test_one_an_hour_stays_for_a_week_and_then_one_a_day() -> None:
    """A version a minute for ten days: 7 x 24 hours and 3 days, the last of each, besides the newest."""
    versions = every(60, 10 * 24 * 60, end=NOW - 1)
    old = {number for number in kept(versions, NOW) if number < len(versions) - LAST - 1}
    hours = [versions[n].at // HOUR for n in old if versions[n].at > NOW - 7 * DAY]
    days = [versions[n].at // DAY for n in old if versions[n].at <= NOW - 7 * DAY]
    assert len(hours) == len(set(hours)) == 7 * 24 - ceil(LAST / 60)
    assert len(days) == len(set(days)) == 3
    assert all(versions[number + 1].at // HOUR > versions[number].at // HOUR for number in old)


def test_the_changes_that_can_be_taken_back_stay_whatever_was_undone_after_them() -> None:
    changes = every(0.001, 200)
    undos = [Version(200 + n, {}, NOW, kind="undo", before=199 + n) for n in range(200)]
    assert kept([*changes, *undos], NOW) == set(range(400))


def test_what_was_not_chosen_stays_as_long_as_other_versions() -> None:
    aside = Version(0, {}, NOW - 1, kind="aside")
    after = [Version(n, {}, NOW, before=n - 1) for n in range(1, LAST)]
    assert 0 in kept([aside, *after], NOW)
    assert 0 not in kept([aside, *after, Version(LAST, {}, NOW), Version(LAST + 1, {}, NOW)], NOW)


def test_a_clock_that_jumped_loses_nothing_of_the_newest() -> None:
    for now in (0.0, NOW * 10):
        assert kept(every(0.001, 300), now) >= set(range(300 - LAST, 300))


def test_versions_written_while_the_clock_was_years_ahead_thin_out_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LAST", 5)
    token, version = new_token(), Version(0, {"title": ""})
    for number in range(4 * EVERY):
        ahead = 3650 * DAY if number > 3.5 * EVERY else 0
        at = NOW + number * HOUR + ahead
        database.clock = lambda at=at: at  # type: ignore[misc]
        version = write(database, token, version, {"title": f"{number}"}, Deed("x"), ANN).version
    assert [v.number for v in links.history(database, token)] == [*range(1, 4 * EVERY + 1)], "one an hour for a week"


# Plans ---------------------------------------------------------------------------------------------------------------


def begun(database: Database) -> str:
    """A plan that was changed at NOW."""
    token = new_token()
    database.clock = lambda: NOW
    write(database, token, Version(0, {"title": "a"}), {"title": "b"}, Deed("x"), ANN)
    return token


def looks(database: Database, days: Sequence[float], keep_days: float | None = None) -> list[int]:
    """How many plans go at each look, so many days after NOW."""
    found = []
    for day in days:
        database.clock = lambda day=day: NOW + day * DAY  # type: ignore[misc]
        found.append(purge(database, keep_days))
    return found


def test_a_deleted_plan_leaves_the_database_on_the_thirtieth_day(database: Database) -> None:
    token = begun(database)
    links.delete(database, token)
    assert looks(database, range(30)) == [0] * 30
    assert looks(database, [30]) == [1]
    with database.reading() as connection:
        assert connection.execute(VERSIONS.select()).first() is None


@pytest.mark.parametrize("keep", [1, 2, 10, 365])
def test_what_nobody_opened_goes_after_the_days_that_are_set(database: Database, keep: int) -> None:
    begun(database)
    assert looks(database, range(keep), keep) == [0] * keep
    assert looks(database, [keep], keep) == [1]


def test_without_days_nothing_goes_that_was_not_deleted(database: Database) -> None:
    begun(database)
    assert looks(database, range(0, 4000, 100)) == [0] * 40


def test_opening_a_plan_counts_as_looking_after_it(database: Database) -> None:
    token = begun(database)
    for week in range(5):
        assert looks(database, [week * 7 + day for day in range(7)], 10) == [0] * 7
        assert open_plan(database, token) is not None
    assert looks(database, range(35, 60), 10).index(1) == 34 + 10 - 35


def test_a_plan_that_is_brought_back_begins_its_days_anew(database: Database) -> None:
    token = begun(database)
    links.delete(database, token)
    assert sum(looks(database, range(30))) == 0
    links.restore(database, token)
    assert looks(database, [30, 31]) == [0, 0]
    links.delete(database, token)
    assert looks(database, range(32, 70)).index(1) == 31 + 30 - 32


def test_a_planner_that_runs_once_a_month_lets_go_later_and_not_earlier(database: Database) -> None:
    token = begun(database)
    links.delete(database, token)
    assert looks(database, [30 * month for month in range(1, LOOKS + 1)]) == [0] * (LOOKS - 1) + [1]


def test_a_server_started_many_times_on_one_day_counts_one(database: Database) -> None:
    token = begun(database)
    links.delete(database, token)
    assert looks(database, [40 + minute / 1440 for minute in range(100)]) == [0] * 100


YEARS = 3650.0


@pytest.mark.parametrize(
    "days",
    [
        [1, YEARS, 2, 3, 4, 5, 6, 7, 8],
        [YEARS] * 20,
        [YEARS, 1, YEARS, 2, YEARS, 3, YEARS, 4, YEARS, 5, YEARS, 6, YEARS, 7, YEARS, 8],
        [YEARS, YEARS + 1, YEARS + 2, YEARS + 3, YEARS + 4, YEARS + 5, 8],
        [-YEARS, YEARS, -YEARS, 9],
    ],
    ids=["ahead and back", "ahead and started again", "to and fro", "ahead for six days", "back and ahead"],
)
def test_a_clock_that_jumps_and_is_set_right_takes_no_plan_away(database: Database, days: list[float]) -> None:
    token = begun(database)
    links.delete(database, token)
    kept_too = begun(database)
    assert sum(looks(database, days, GONE_AFTER)) == 0
    links.restore(database, token)
    assert open_plan(database, token) is not None
    assert open_plan(database, kept_too) is not None


def test_a_clock_that_stays_ahead_is_believed_after_a_week(database: Database) -> None:
    token = begun(database)
    links.delete(database, token)
    assert looks(database, [YEARS + day for day in range(LOOKS)]) == [0] * (LOOKS - 1) + [1]
