"""Foreign files are read in a process of its own, so that none can hold up, or bring down, what other people do.

One process stays warm for the next file; one that was stopped or broke its limits is killed and replaced.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic
from typing import IO, Any, TypeVar

from strategy.customers.reading.process_memory import resident_bytes
from strategy.customers.reading.sniffing import kind_of
from strategy.customers.reading.source import Source, read_source
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

Found = TypeVar("Found")
SMALL = 1_000_000
"""Bytes of a text that is read in the process that asks: it takes less time than handing it over."""
AT_A_TIME = 2
"""Files that are read at the same time; who brings another one waits."""
WATCHED = 0.1
"""Seconds between two looks at the process: whether it may go on, how long it took and what it holds."""
NICER = 10
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ReadingLimits:
    """What reading one file may take: seconds, and bytes of memory."""

    seconds: float = 120.0
    memory: int = 2_000_000_000


LIMITS = ReadingLimits()


class ReaderFailed(RuntimeError):
    """The process met a fault of ours; its traceback is the message."""


def read_file(path: Path, into: Path, on_progress: Progress = silent) -> Source:
    """What `read_source` gives, out of a process of its own where the file is more than a small text.

    Raises PlannerError for what cannot be read within the limits, Cancelled as soon as on_progress does.
    """
    if path.stat().st_size <= SMALL and kind_of(path) == "text":
        return read_source(path, into, on_progress)
    return read_apart(read_source, path, into, on_progress=on_progress)


def read_apart(
    work: Callable[..., Found], *given: Any, on_progress: Progress = silent, limits: ReadingLimits = LIMITS
) -> Found:
    """What a function of a module gives for arguments that can be sent, out of a process of its own.

    work         called with the arguments, and with a Progress as the last
    on_progress  asked some ten times a second; the process is killed when it raises

    Raises PlannerError as the function does, and for what takes too long, holds too much or breaks off.
    """
    with _turn(on_progress), _process() as process:
        process.ask(work, given)
        share, until = 0.0, monotonic() + limits.seconds
        while True:
            try:
                kind, told = process.answers.get(timeout=WATCHED)
            except Empty:
                kind, told = "progress", share
            if kind == "done":
                found: Found = told
                return found
            if kind == "refused":
                raise _Refused(*told)
            if kind == "failed":
                raise ReaderFailed(told)
            if kind == "ended":
                raise PlannerError("reading_ended", place="file", value=told)
            share = told
            on_progress(share)
            if monotonic() > until:
                raise PlannerError("takes_time", place="file", value=limits.seconds, limit=limits.seconds)
            if resident_bytes(process.popen.pid) > limits.memory:
                raise PlannerError("takes_memory", place="file", value=limits.memory, limit=limits.memory)


class _Refused(PlannerError):
    """What the function itself raised: the process is as good as before."""

    def __init__(self, code: str, fields: dict[str, Any]) -> None:
        super().__init__(code, **fields)


# The asking side -----------------------------------------------------------------------------------------------------


class _Process:
    """A process that reads, and what it has answered so far."""

    def __init__(self) -> None:
        paths = (str(ROOT), *filter(None, (os.environ.get("PYTHONPATH"),)))
        program = f"from {__name__} import serve; serve()"
        self.popen = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )  # fmt: skip
        self.answers: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._listener = Thread(target=self._listen, daemon=True, name="reader")
        self._listener.start()

    def ask(self, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
        """Sends work; a process that is no more says so among its answers."""
        try:
            pickle.dump((work, given), _pipe(self.popen.stdin))
            _pipe(self.popen.stdin).flush()
        except OSError:
            self.answers.put(("ended", ""))

    def _listen(self) -> None:
        try:
            while True:
                self.answers.put(pickle.load(_pipe(self.popen.stdout)))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self.answers.put(("ended", ""))

    def end(self) -> None:
        """Kills the process, whatever it does, and waits until it is gone."""
        self.popen.kill()
        self.popen.wait()
        self._listener.join()
        for pipe in (self.popen.stdin, self.popen.stdout):
            try:
                _pipe(pipe).close()
            except OSError:  # what was not sent yet
                continue


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError(pipe)
    return pipe


_ALL: set[_Process] = set()
_IDLE: list[_Process] = []
_LOCK = Lock()
_TURNS = BoundedSemaphore(AT_A_TIME)


@contextmanager
def _turn(on_progress: Progress) -> Iterator[None]:
    """Waits until fewer than `AT_A_TIME` files are read."""
    while not _TURNS.acquire(timeout=WATCHED):
        on_progress(0.0)
    try:
        yield
    finally:
        _TURNS.release()


@contextmanager
def _process() -> Iterator[_Process]:
    """The warm process, or a new one; kept for the next file unless its work was broken off."""
    with _LOCK:
        process = next((idle for idle in _IDLE if idle.popen.poll() is None), None) or _Process()
        _ALL.add(process)
        _IDLE[:] = [idle for idle in _IDLE if idle is not process]
    whole = False
    try:
        yield process
        whole = True
    except _Refused:
        whole = True
        raise
    finally:
        with _LOCK:
            if whole and not _IDLE:
                _IDLE.append(process)
            else:
                _ALL.discard(process)
                process.end()


def close() -> None:
    """Ends all processes; the next file starts a new one."""
    with _LOCK:
        for process in _ALL:
            process.end()
        _ALL.clear()
        _IDLE.clear()


atexit.register(close)


# The reading side ----------------------------------------------------------------------------------------------------


def serve() -> None:
    """What the process does: work by work until nobody can ask any more; it ends with the process that asks."""
    asking, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICER)
    import openpyxl  # noqa: F401

    def answer(kind: str, told: Any) -> None:
        pickle.dump((kind, told), answers)
        answers.flush()

    asked: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_hear, args=(asking, asked), daemon=True).start()
    while True:
        work, given = asked.get()
        _answered(work, given, answer)


def _hear(asking: IO[bytes], asked: SimpleQueue[Any]) -> None:
    try:
        while True:
            asked.put(pickle.load(asking))
    except (EOFError, OSError):
        os._exit(0)  # in the middle of its work too


def _answered(work: Callable[..., Any], given: tuple[Any, ...], answer: Callable[[str, Any], None]) -> None:
    try:
        found = work(*given, lambda share: answer("progress", share))
    except PlannerError as error:
        answer("refused", (error.code, error.fields))
    except MemoryError:
        answer("refused", ("takes_memory", {"place": "file", "value": "MemoryError"}))
    except Exception:
        from traceback import format_exc

        answer("failed", format_exc())
    else:
        answer("done", found)
