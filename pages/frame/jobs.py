"""Long work outside the script: a few workers per process, results kept by what they depend on."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, TimeoutError
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

import streamlit as st

from pages.frame import session, trouble
from pages.served import tab
from strategy.errors import PlannerError
from strategy.plan.plan import Plan
from strategy.progress import Cancelled, Progress
from strategy.unreadable import FULL, refusal

WORKERS, READERS = 2, 4
"""Threads that compute, and threads that wait for a process that reads a file."""
KEPT = 64
"""Results kept for whoever asks next; a tab keeps its own besides, and work that goes on is never dropped."""
AT_ONCE = 0.5
"""Seconds a page waits before it shows progress instead: most work is done by then."""
POLL = 0.4
PATIENCE = 4.0
"""Seconds that work goes on after the last of those who waited for it has left."""


class Job:
    """One piece of work that several sessions may wait for."""

    def __init__(self, key: Hashable, function: Callable[[Progress], Any], pool: ThreadPoolExecutor) -> None:
        self.key, self.share = key, 0.0
        self.watchers: dict[str, str] = {}
        self.stopped = False
        self._waiting, self._seen = 0, monotonic()
        self.future: Future[Any] = pool.submit(self._done, function)

    def _done(self, function: Callable[[Progress], Any]) -> Any:
        self.progress(0.0)
        try:
            return function(self.progress)
        except OSError as error:
            if error.errno in FULL:
                raise refusal(error, "disk_full", "file") from None
            raise

    def progress(self, share: float) -> None:
        """Told by the work; stops it when nobody waits any more. Raises Cancelled."""
        self.share = share
        if self.stopped or self._abandoned():
            self.stopped = True
            raise Cancelled

    def seen(self) -> None:
        """Somebody waits: a page that was drawn with this work, or asked how far it is."""
        self.watchers[session.identity()] = tab.connection()
        self._seen = monotonic()

    @contextmanager
    def attended(self) -> Iterator[None]:
        """While a page itself waits, somebody does."""
        self.seen()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._seen = monotonic()

    def _abandoned(self) -> bool:
        """Whether nobody was seen for a while, and all who were have closed their browser."""
        if self._waiting or monotonic() - self._seen <= PATIENCE:
            return False
        return not any(map(tab.connected, list(self.watchers.values())))

    def leave(self, watcher: str) -> None:
        """Stop waiting; the work ends when nobody waits."""
        self.watchers.pop(watcher, None)
        if not self.watchers and not self.future.done():
            self.stopped = True
            self.future.cancel()


_POOL = ThreadPoolExecutor(WORKERS, thread_name_prefix="planner")
_READING = ThreadPoolExecutor(READERS, thread_name_prefix="reading")
_JOBS: OrderedDict[Hashable, Job] = OrderedDict()
_LOCK = Lock()


def _job(key: Hashable, function: Callable[[Progress], Any], pool: ThreadPoolExecutor) -> Job:
    with _LOCK:
        job = _JOBS.get(key)
        if job is None or job.stopped:
            job = _JOBS[key] = Job(key, function, pool)
            done = [old for old, other in _JOBS.items() if other.future.done() and other is not job]
            for old in done[: max(0, len(_JOBS) - KEPT)]:
                del _JOBS[old]
        _JOBS.move_to_end(key)
        return job


def begin(kind: str, key: Hashable, function: Callable[[Plan, Progress], Any], plan: Plan) -> None:
    """Start long work whose `result` is asked for later in the run, unless it was stopped."""
    if not stopped(kind, key):
        _job(key, lambda progress: function(plan, progress), _POOL).seen()


def result(
    kind: str, key: Hashable, function: Callable[[Plan, Progress], Any], plan: Plan, label: str,
    reading: bool = False, on_refusal: Callable[[PlannerError], None] | None = None,
) -> Any | None:  # fmt: skip
    """The result of long work on a plan, or None while it runs: then progress and a stop button are drawn here.

    kind        a session waits for one job of a kind: asking for another leaves the first
    label       what is being computed, in the reader's language
    reading     whether the work is left to a process that reads
    on_refusal  what is done with an error, which is shown here otherwise
    """
    if stopped(kind, key):
        _stopped(kind)
        return None
    pool = _READING if reading else _POOL
    before: Job | None = session.display(f"job {kind}")
    mine = before is not None and before.key == key and not before.stopped
    job = before if before is not None and mine else _job(key, lambda progress: function(plan, progress), pool)
    me = session.identity()
    if before is not None and before is not job:
        before.leave(me)
    session.show(f"job {kind}", job)
    try:
        with job.attended():
            return job.future.result(timeout=AT_ONCE)
    except TimeoutError as error:
        if job.future.done() and not job.future.cancelled() and job.future.exception() is error:
            trouble.refused(error)
        else:
            _waiting(kind, key, job, label)
    except (Cancelled, CancelledError):
        return None  # a newer run of this page asked for something else
    except PlannerError as error:
        (on_refusal or trouble.refused)(error)
    except Exception as error:
        trouble.refused(error)
    return None


def stopped(kind: str, key: Hashable) -> bool:
    """Whether somebody here stopped this work."""
    return bool(session.display(f"stopped {kind}") == key)


def forget(kind: str, after: Callable[[], None]) -> None:
    """Leave the job of a kind and let go of its result; `after` is done when it has ended, which may be now."""
    job: Job | None = session.display(f"job {kind}")
    session.show(f"job {kind}", None)
    session.show(f"stopped {kind}", None)
    if job is None:
        return
    job.leave(session.identity())
    with _LOCK:
        for key in [key for key, other in _JOBS.items() if other is job]:
            del _JOBS[key]
    job.future.add_done_callback(lambda _: after())


def _stopped(kind: str) -> None:
    say = session.say()
    st.info(say.text("Stopped. Nothing you had is lost."))
    st.button(say.text("Start again"), key=f"again_{kind}", on_click=session.show, args=(f"stopped {kind}", None))


def _waiting(kind: str, key: Hashable, job: Job, label: str) -> None:
    say = session.say()

    @st.fragment(run_every=POLL)
    def watch() -> None:
        job.seen()
        if job.future.done():
            st.rerun()
        st.progress(min(1.0, job.share), text=label)
        st.button(say.text("Stop"), key=f"stop_{kind}", on_click=_stop, args=(kind, key, job))

    watch()


def _stop(kind: str, key: Hashable, job: Job) -> None:
    job.leave(session.identity())
    session.show(f"stopped {kind}", key)
