"""Which versions stay: the last 200, what undo needs, what has a name, one an hour, then one a day."""

from math import ceil

from strategy.store.keeping import DAY, HOUR, LAST, kept
from strategy.store.versions import Version

NOW = 1_000 * DAY


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
