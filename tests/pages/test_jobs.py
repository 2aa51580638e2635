"""Long work: what nobody waits for any more is told to stop, and nothing else is."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from threading import Event
from typing import Any

import pytest

from pages.frame import jobs, session
from strategy.case.samples import load_sample
from strategy.plan.plan import Plan, start
from strategy.progress import Cancelled, Progress

PLAN = start(load_sample("classroom"))
LONG = 20
"""Seconds after which something that should have happened has not."""


class Tabs:
    """Browser tabs without a browser: whose run it is, and what each remembers."""

    def __init__(self) -> None:
        self.now = "one"
        self.shown: dict[str, dict[str, Any]] = {}

    def display(self, name: str, default: Any = None) -> Any:
        return self.shown.setdefault(self.now, {}).get(name, default)

    def show(self, name: str, value: Any) -> None:
        self.shown.setdefault(self.now, {})[name] = value

    def asks(self, tab: str, key: str, function: Callable[[Plan, Progress], Any], kind: str = "best") -> Any:
        self.now = tab
        return jobs.result(kind, key, function, PLAN, "working")


@pytest.fixture
def tabs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tabs]:
    found = Tabs()
    monkeypatch.setattr(session, "display", found.display)
    monkeypatch.setattr(session, "show", found.show)
    monkeypatch.setattr(session, "identity", lambda: found.now)
    monkeypatch.setattr(jobs, "_waiting", lambda *_: None)
    monkeypatch.setattr(jobs, "AT_ONCE", 0.01)
    monkeypatch.setattr(jobs, "PATIENCE", 10 * LONG)  # so that work ends because it is told to, not because time is up
    monkeypatch.setattr(jobs, "_JOBS", type(jobs._JOBS)())
    yield found
    for job in jobs._JOBS.values():
        job.stopped = True


class Work:
    """Work that goes on until it is let go or told to stop."""

    def __init__(self) -> None:
        self.begun, self.go = Event(), Event()

    def __call__(self, plan: Plan, on_progress: Progress) -> str:
        self.begun.set()
        while not self.go.wait(0.005):
            on_progress(0.5)
        return "done"


def quick(plan: Plan, on_progress: Progress) -> str:
    return "quick"


def was_stopped(key: str, found: dict[Any, Any]) -> bool:
    """Whether a job ended because it was told to; waits for its end."""
    try:
        return isinstance(found[key].future.exception(timeout=LONG), Cancelled)
    except CancelledError:
        return True


def test_asking_for_other_work_of_the_kind_stops_the_first(tabs: Tabs) -> None:
    work = Work()
    assert tabs.asks("one", "first", work) is None
    assert work.begun.wait(LONG)
    first = dict(jobs._JOBS)
    tabs.asks("one", "second", quick)
    assert was_stopped("first", first)


def test_work_that_had_not_begun_yet_never_does(tabs: Tabs) -> None:
    busy, waiting = [Work() for _ in range(jobs.WORKERS)], Work()
    for number, work in enumerate(busy):
        tabs.asks(f"other {number}", f"busy {number}", work)
        assert work.begun.wait(LONG)
    tabs.asks("one", "first", waiting)
    found = dict(jobs._JOBS)
    tabs.asks("one", "busy 0", busy[0])
    assert was_stopped("first", found)
    assert not waiting.begun.is_set()
    for work in busy:
        work.go.set()


def test_what_somebody_else_still_waits_for_goes_on(tabs: Tabs) -> None:
    work = Work()
    for tab in ("one", "two"):
        tabs.asks(tab, "shared", work)
    assert work.begun.wait(LONG)
    shared = jobs._JOBS["shared"]
    tabs.asks("one", "mine", quick)
    assert not shared.stopped
    work.go.set()
    assert shared.future.result(timeout=LONG) == "done"


def test_the_last_who_leaves_stops_it(tabs: Tabs) -> None:
    work = Work()
    for tab in ("one", "two"):
        tabs.asks(tab, "shared", work)
    found = dict(jobs._JOBS)
    tabs.asks("one", "mine", quick)
    tabs.asks("two", "mine", quick)
    assert was_stopped("shared", found)


def test_work_of_another_kind_and_the_same_work_again_leave_it_alone(tabs: Tabs) -> None:
    work = Work()
    tabs.asks("one", "first", work)
    tabs.asks("one", "first", work)
    tabs.asks("one", "curve", quick, "budget")
    assert not jobs._JOBS["first"].stopped
    work.go.set()
    assert jobs._JOBS["first"].future.result(timeout=LONG) == "done"
    assert tabs.asks("one", "first", work) == "done"


def test_what_was_stopped_begins_anew_when_it_is_asked_for_again(tabs: Tabs) -> None:
    work = Work()
    tabs.asks("one", "first", work)
    stopped = jobs._JOBS["first"]
    tabs.asks("one", "second", quick)
    work.go.set()
    tabs.asks("one", "first", work)
    assert jobs._JOBS["first"] is not stopped
    assert jobs._JOBS["first"].future.result(timeout=LONG) == "done"


def test_what_others_ask_for_stops_no_work_that_somebody_waits_for(tabs: Tabs) -> None:
    work = Work()
    assert tabs.asks("one", "file", work, kind="file") is None
    assert work.begun.wait(LONG)
    for number in range(jobs.KEPT + 10):
        assert tabs.asks(f"other {number}", f"split {number}", quick) == "quick"
    assert not jobs._JOBS["file"].stopped
    work.go.set()
    assert jobs._JOBS["file"].future.result(timeout=LONG) == "done"


def test_of_what_is_done_the_oldest_is_forgotten(tabs: Tabs) -> None:
    for number in range(jobs.KEPT + 10):
        assert tabs.asks(f"tab {number}", f"split {number}", quick) == "quick"
    assert list(jobs._JOBS) == [f"split {number}" for number in range(10, jobs.KEPT + 10)]


def test_a_tab_keeps_its_own_result_whatever_others_ask_for(tabs: Tabs) -> None:
    read: list[str] = []

    def reading(plan: Plan, on_progress: Progress) -> str:
        read.append("once")
        return "rows"

    assert tabs.asks("one", "file", reading, kind="file") == "rows"
    for number in range(jobs.KEPT + 10):
        tabs.asks(f"other {number}", f"split {number}", quick)
    assert tabs.asks("one", "file", reading, kind="file") == "rows"
    assert read == ["once"]
