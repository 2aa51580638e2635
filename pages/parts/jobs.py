"""Long work outside the script: two workers per process, results kept by what they depend on."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, TimeoutError
from threading import Lock
from typing import Any

import streamlit as st

from pages.parts import session, trouble
from strategy.plan import Plan
from strategy.uncertainty import Cancelled, Progress

WORKERS = 2
KEPT = 64
AT_ONCE = 0.5
"""Seconds a page waits before it shows progress instead: most work is done by then."""
POLL = 0.4


class Job:
    """One piece of work that several sessions may wait for."""

    def __init__(self, function: Callable[[Progress], Any]) -> None:
        self.share = 0.0
        self.watchers: set[str] = set()
        self.stopped = False
        self.future: Future[Any] = _POOL.submit(function, self.progress)

    def progress(self, share: float) -> None:
        """Told by the work; stops it when nobody waits any more. Raises Cancelled."""
        self.share = share
        if self.stopped:
            raise Cancelled

    def leave(self, watcher: str) -> None:
        """Stop waiting; the work ends when nobody waits."""
        self.watchers.discard(watcher)
        if not self.watchers and not self.future.done():
            self.stopped = True
            self.future.cancel()


_POOL = ThreadPoolExecutor(WORKERS, thread_name_prefix="planner")
_JOBS: OrderedDict[Hashable, Job] = OrderedDict()
_LOCK = Lock()


def _job(key: Hashable, function: Callable[[Progress], Any]) -> Job:
    with _LOCK:
        job = _JOBS.get(key)
        if job is None or job.stopped:
            job = _JOBS[key] = Job(function)
            while len(_JOBS) > KEPT:
                _JOBS.popitem(last=False)[1].stopped = True
        _JOBS.move_to_end(key)
        return job


def begin(kind: str, key: Hashable, function: Callable[[Plan, Progress], Any], plan: Plan) -> None:
    """Start long work whose `result` is asked for later in the run, unless it was stopped."""
    if session.display(f"stopped {kind}") != key:
        _job(key, lambda progress: function(plan, progress))


def result(kind: str, key: Hashable, function: Callable[[Plan, Progress], Any], plan: Plan, label: str) -> Any | None:
    """The result of long work on a plan, or None while it runs: then progress and a stop button are drawn here.

    kind   a session waits for one job of a kind: asking for another leaves the first
    label  what is being computed, in the reader's language
    """
    if session.display(f"stopped {kind}") == key:
        _stopped(kind)
        return None
    job, me = _job(key, lambda progress: function(plan, progress)), session.identity()
    before: Job | None = session.display(f"job {kind}")
    if before is not None and before is not job:
        before.leave(me)
    job.watchers.add(me)
    session.show(f"job {kind}", job)
    try:
        return job.future.result(timeout=AT_ONCE)
    except TimeoutError as error:
        if job.future.done() and not job.future.cancelled() and job.future.exception() is error:
            trouble.refused(error)
        else:
            _waiting(kind, key, job, label)
    except (Cancelled, CancelledError):
        return None  # a newer run of this page asked for something else
    except Exception as error:
        trouble.refused(error)
    return None


def _stopped(kind: str) -> None:
    say = session.say()
    st.info(say.text("Stopped. Nothing you had is lost."))
    st.button(say.text("Start again"), key=f"again_{kind}", on_click=session.show, args=(f"stopped {kind}", None))


def _waiting(kind: str, key: Hashable, job: Job, label: str) -> None:
    say = session.say()

    @st.fragment(run_every=POLL)
    def watch() -> None:
        if job.future.done():
            st.rerun()
        st.progress(min(1.0, job.share), text=label)
        st.button(say.text("Stop"), key=f"stop_{kind}", on_click=_stop, args=(kind, key, job))

    watch()


def _stop(kind: str, key: Hashable, job: Job) -> None:
    job.leave(session.identity())
    session.show(f"stopped {kind}", key)
