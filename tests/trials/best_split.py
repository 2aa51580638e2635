"""Which steps the best split misses: `python tests/trials/best_split.py [--first SEED] [--count CASES]`.

Random searches over steps in wide gaps, each beside a stronger search (tests/steps.py); `--market` lets prospects run
out and rivals answer, `--phases` searches two phases with a border half way. A miss is what the best known split brings
more than the refined one, as a share of the gain: customer equity of the best known beyond that of today's split at the
same budget. Seconds are of the processor. Exits with 1 where the bounds are broken.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import median
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[2])]

from strategy.allocation.best_split import best_split  # noqa: E402
from strategy.allocation.path_problem import PathProblem  # noqa: E402
from strategy.allocation.phased_split import phased_split  # noqa: E402
from tests.steps import Steps, path_reference, reference, steps_in_wide_gaps  # noqa: E402

MISS = 1e-4
MISSED_AT_MOST = {"plain": 1 / 200, "market": 1 / 100}
SECONDS_AT_MOST = {"one phase": {"division": 0.5, "refined": 2.0}, "phases": {"division": 1.5}}


@dataclass(frozen=True)
class Trial:
    """One case: its best split by name ("division", "refined"), the stronger search's and today's value."""

    steps: Steps
    find: Callable[[bool], float]
    known: Callable[[], float]
    today: float


def trial(seed: int, market: bool, phases: bool, starts: int, rounds: int) -> Trial:
    """The case of a seed, over one phase or two."""
    steps = steps_in_wide_gaps(seed, market)
    case, problem = steps.case, steps.problem
    border = case.horizon // 2 + 1
    if not phases or border == 1:
        return Trial(
            steps,
            lambda refined: best_split(case, refined=refined, **steps.asked).value,
            lambda: reference(problem, starts, rounds=rounds),
            steps.today(),
        )
    path = PathProblem(problem, (1, border), (problem.room, problem.room))
    return Trial(
        steps,
        lambda refined: phased_split(case, (1, border), refined=refined, **steps.asked).value,
        lambda: path_reference(path, starts),
        steps.today(),
    )


def main() -> int:
    """Print each miss and the figures over all; 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=200, help="how many cases")
    parser.add_argument("--starts", type=int, default=200, help="random starts of the stronger search")
    parser.add_argument("--rounds", type=int, default=5, help="most rounds of kicks of the stronger search")
    parser.add_argument("--market", action="store_true", help="prospects that run out, rivals that answer")
    parser.add_argument("--phases", action="store_true", help="two phases")
    given = parser.parse_args()
    misses: dict[str, list[float]] = {"division": [], "refined": []}
    seconds: dict[str, list[float]] = {"division": [], "refined": []}
    best_split(steps_in_wide_gaps(given.first).case)  # warm
    for seed in range(given.first, given.first + given.count):
        this, reached = trial(seed, given.market, given.phases, given.starts, given.rounds), {}
        for name in seconds:
            begun = process_time()
            reached[name] = this.find(name == "refined")
            seconds[name].append(process_time() - begun)
        best = max(this.known(), *reached.values())
        gain, case = best - this.today, this.steps.case
        for name, value in reached.items():
            misses[name].append((best - value) / gain if gain > 0 else 0.0)
        print(
            f"{seed} {this.steps.kind}, {len(case.segments)} segments x {case.horizon} periods, best known {best!r},"
            f" missed by {misses['division'][-1]:.1e} of the gain by the division, {misses['refined'][-1]:.1e} refined"
            f" ({seconds['division'][-1]:.2f} s, {seconds['refined'][-1]:.2f} s)",
            flush=True,
        )
    kept = True
    at_most = SECONDS_AT_MOST["phases" if given.phases else "one phase"]
    for name, missed in misses.items():
        above = sum(miss > MISS for miss in missed)
        print(
            f"{name}: {above} of {len(missed)} miss more than {MISS:g} of the gain, worst {max(missed):.1e}; "
            f"median {median(seconds[name]):.2f} s, slowest {max(seconds[name]):.2f} s"
        )
        kept &= max(seconds[name]) <= at_most.get(name, inf)
    allowed = MISSED_AT_MOST["market" if given.market or given.phases else "plain"] * given.count
    kept &= sum(miss > MISS for miss in misses["refined"]) <= allowed
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
