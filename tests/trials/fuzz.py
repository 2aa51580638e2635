"""Hostile inputs of every kind that people bring: `python tests/trials/fuzz.py --inputs 50000 --seed 1 --jobs 2`.

Each input is a valid one, changed by chance (`made_hostile`), read as the pages and commands read it (`hostile`): there
must follow a result that is finite and can be written as strict JSON, or a refusal in a sentence in both languages.
Anything else, a warning, a hang or memory without end included, is a failure: its input is saved in a folder and it is
printed how to have it once more (`--kinds case --from 123 --inputs 1`, or `--file` with the saved input). Exits with 1
where there was one.
"""

import argparse
import faulthandler
import gc
import multiprocessing
import multiprocessing.connection
import os
import re
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from types import FrameType
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.trials.hostile import BY_CODE, KINDS, Kind  # noqa: E402

SECONDS, ASLEEP = 20, 6
"""More seconds of computing than this is a hang, or so many times more by the clock."""
MEMORY = 6_000_000_000
"""Bytes of address space above what a process holds at its start: more is memory without end."""
CHUNK, SLOW_CHUNK = 250, 25
"""Inputs that a process tries before the next one takes over, so that what they leave in memory goes."""
GRACE = 10
"""Times `SECONDS` after which a process that does not even hear its alarm is ended."""


@dataclass(frozen=True)
class Failure:
    """An input from which something followed that must not."""

    kind: str
    number: int
    what: str
    content: bytes


class Hang(BaseException):
    """Nothing came within `SECONDS`; no `except Exception` keeps it."""


def content_of(kind: Kind, seed: int, number: int) -> bytes:
    """The input of a number: the same for the same seed."""
    return kind.make(Random(f"{seed}/{kind.code}/{number}"))


@contextmanager
def within_time() -> Iterator[None]:
    """Raises Hang where what is done inside takes too long."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang

    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, SECONDS), (signal.ITIMER_REAL, signal.SIGALRM, ASLEEP * SECONDS))
    before = [signal.signal(rung, ring) for _, rung, _ in clocks]
    try:
        for clock, _, seconds in clocks:
            signal.setitimer(clock, seconds)
        yield
    finally:
        for (clock, rung, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0)
            signal.signal(rung, handler)


def tried(kind: Kind, content: bytes) -> str:
    """ "accepted", "refused", or what went wrong, as a traceback whose last line comes first."""
    try:
        with warnings.catch_warnings(), within_time():
            warnings.simplefilter("error")
            return kind.check(content)
    except Hang:
        return f"hang: more than {SECONDS} s"
    except Exception as error:
        last = traceback.format_exception_only(error)[-1].strip()
        where = [frame for frame in traceback.extract_tb(error.__traceback__) if "/strategy/" in frame.filename]
        at = f"{Path(where[-1].filename).name}:{where[-1].lineno} {where[-1].name}" if where else "in the trial"
        return f"{last[:300]} at {at}\n{traceback.format_exc()}"


def run(kind: Kind, seed: int, numbers: Sequence[int], progress: Any = None) -> tuple[Counter[str], list[Failure]]:
    """The outcomes of some inputs, and the failures among them.

    progress  shared: the number that is being tried, and when it was begun
    """
    outcomes, failures = Counter[str](), list[Failure]()
    for number in numbers:
        if progress is not None:
            progress[0], progress[1] = float(number), monotonic()
        content = content_of(kind, seed, number)
        outcome = tried(kind, content)
        if outcome in ("accepted", "refused"):
            outcomes[outcome] += 1
        else:
            outcomes["failed"] += 1
            failures.append(Failure(kind.code, number, outcome, content))
    gc.collect()
    return outcomes, failures


# In processes --------------------------------------------------------------------------------------------------------


def _work(kind: str, seed: int, numbers: Sequence[int], progress: Any, pipe: Any) -> None:
    faulthandler.enable(sys.__stderr__)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    pipe.send(run(BY_CODE[kind], seed, numbers, progress))
    pipe.close()


@dataclass
class _Worker:
    """A process with its chunk of inputs."""

    process: Any
    pipe: Any
    progress: Any
    kind: str
    numbers: Sequence[int]


def in_processes(chunks: list[tuple[str, Sequence[int]]], seed: int, jobs: int) -> Iterator[tuple[str, Any]]:
    """Each chunk's (kind, outcomes and failures); what ends a process, or never ends, is a failure of its input."""
    context = multiprocessing.get_context("fork")
    waiting, busy = list(reversed(chunks)), list[_Worker]()
    while waiting or busy:
        while waiting and len(busy) < jobs:
            kind, numbers = waiting.pop()
            progress = context.Array("d", [numbers[0], monotonic()], lock=False)
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(kind, seed, numbers, progress, there), daemon=True)
            process.start()
            there.close()
            busy.append(_Worker(process, here, progress, kind, numbers))
        multiprocessing.connection.wait([worker.pipe for worker in busy], timeout=1)
        for worker in list(busy):
            found = _ended(worker)
            if found is None:
                continue
            busy.remove(worker)
            outcomes, failures = found
            done = sum(outcomes.values())
            if left := worker.numbers[int(worker.progress[0]) - worker.numbers[0] + 1 :] if not done else []:
                waiting.append((worker.kind, left))
            if not done:
                number = int(worker.progress[0])
                content = content_of(BY_CODE[worker.kind], seed, number)
                what = f"the process ended with {worker.process.exitcode}"
                failures = [Failure(worker.kind, number, what, content)]
                outcomes = Counter(lost=number - worker.numbers[0], failed=1)
            yield worker.kind, (outcomes, failures)


def _ended(worker: _Worker) -> tuple[Counter[str], list[Failure]] | None:
    """What a process brought; nothing where it died or had to be ended; None while it works."""
    if worker.pipe.poll():
        try:
            found: tuple[Counter[str], list[Failure]] = worker.pipe.recv()
        except EOFError:
            found = Counter(), []
        worker.process.join()
        return found
    if monotonic() - worker.progress[1] > GRACE * SECONDS:
        worker.process.kill()
        worker.process.join()
        return Counter(), []
    return None


# The command ---------------------------------------------------------------------------------------------------------


def mix(inputs: int, kinds: Sequence[str]) -> dict[str, int]:
    """How many inputs of each kind: fast ones most, all together `inputs`."""
    weights = {code: BY_CODE[code].of for code in kinds}
    shares = {code: inputs * weight // sum(weights.values()) for code, weight in weights.items()}
    shares[kinds[0]] += inputs - sum(shares.values())
    return shares


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the trial; 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=list(BY_CODE), default=list(BY_CODE))
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first input of each kind")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that failed")
    parser.add_argument("--file", type=Path, help="a saved input of the one kind given")
    given = parser.parse_args(arguments)
    if given.file:
        print(tried(BY_CODE[given.kinds[0]], given.file.read_bytes()))
        return 0
    shares, began = mix(given.inputs, given.kinds), monotonic()
    print(f"seed {given.seed}: " + ", ".join(f"{many} {code}" for code, many in shares.items()), flush=True)
    chunks = [
        (code, range(start, min(start + size, given.first + many)))
        for code, many in shares.items()
        for size in (CHUNK if BY_CODE[code].of >= 100 else SLOW_CHUNK,)
        for start in range(given.first, given.first + many, size)
    ]
    outcomes: dict[str, Counter[str]] = {code: Counter() for code in shares}
    failures: list[Failure] = []
    for code, (counted, failed) in in_processes(chunks, given.seed, given.jobs):
        outcomes[code] += counted
        failures += failed
        tried_so_far = sum(sum(each.values()) for each in outcomes.values())
        print(f"{tried_so_far} of {given.inputs}, {len(failures)} failed, {monotonic() - began:.0f} s", flush=True)
    _report(outcomes, failures, given.seed, given.keep)
    print(f"{monotonic() - began:.0f} s")
    return 1 if failures else 0


def _report(outcomes: dict[str, Counter[str]], failures: list[Failure], seed: int, keep: Path | None) -> None:
    """What came of each kind, and each failure once with how to have it again."""
    for kind in KINDS:
        if counted := outcomes.get(kind.code):
            print(f"{kind.code}: " + ", ".join(f"{many} {outcome}" for outcome, many in sorted(counted.items())))
    if not failures:
        return
    folder = keep or Path(tempfile.mkdtemp(prefix="fuzz-failed-"))
    folder.mkdir(parents=True, exist_ok=True)
    alike: dict[str, list[Failure]] = {}
    for failure in failures:
        saved = folder / f"{failure.kind}-{seed}-{failure.number}"
        saved.write_bytes(failure.content)
        saved.with_suffix(".txt").write_text(failure.what, encoding="utf-8", errors="backslashreplace")
        first = re.sub(r"\d+|'.*'", "#", failure.what.splitlines()[0])
        alike.setdefault(f"{failure.kind}: {first[:60]} at {first.rpartition(' at ')[2]}", []).append(failure)
    for what, same in sorted(alike.items(), key=lambda pair: -len(pair[1])):
        smallest = min(same, key=lambda failure: len(failure.content))
        print(f"\n{len(same)} times {what}\n  {smallest.what.splitlines()[0]}")
        print(f"  again: --seed {seed} --kinds {smallest.kind} --from {smallest.number} --inputs 1")
    print(f"\ntheir inputs: {folder}")


if __name__ == "__main__":
    sys.exit(main())
