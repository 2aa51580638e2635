"""How good and how quick the best split is: `python tests/benchmarks/optimum.py`.

6 segments x 4 levers over 10 periods, carryover and S-curves: seconds, also where prospects run out and rivals answer,
over one phase and two; and never below polished random starts.
2 segments x 2 levers: within 0.01 % of trying every division. Exits with 1 where a bound is broken.
"""

import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from firms import LEVERS, Document, firm, in_a_market  # noqa: E402

from strategy.allocation.best_split import Goal, best_split  # noqa: E402
from strategy.allocation.phased_split import phased_split  # noqa: E402
from strategy.allocation.search import Room, polish, random_plans  # noqa: E402
from strategy.case.case import Case  # noqa: E402
from strategy.case.case_file import case_from  # noqa: E402
from strategy.case.samples import load_sample  # noqa: E402
from strategy.equity.curves import Array  # noqa: E402
from strategy.equity.parameters import parameters, spendable  # noqa: E402
from strategy.equity.simulation import customer_equity  # noqa: E402
from strategy.equity.uncertainty import DRAWS, SEED  # noqa: E402

QUICK: dict[str, tuple[Callable[[int], Document], Callable[[Case, bool], object], dict[str, float]]] = {
    "one phase": (firm, lambda case, refined: best_split(case, refined=refined), {"division": 0.5, "refined": 2.0}),
    "one phase in a market": (in_a_market, lambda case, refined: best_split(case, refined=refined), {"division": 0.5}),
    "two phases in a market": (
        in_a_market,
        lambda case, refined: phased_split(case, (1, case.horizon // 2 + 1), refined=refined),
        {"division": 1.5},
    ),
}
"""How firms are made and searched, and the most seconds for what is found."""
AVERSE_SECONDS_AT_MOST, AVERSION = 15, 0.5
FIRMS, REPEATS = 8, 3
STARTED_FIRMS, STARTS = 3, 40
BELOW_STARTS_AT_MOST = 1e-9
SMALL_FIRMS, STEPS = 6, 200
BELOW_EXHAUSTIVE_AT_MOST = 1e-4


def quick(kind: str) -> bool:
    """Seconds of the processor to the division that is shown at once, and to the refined split, at the slowest."""
    made, search, bounds = QUICK[kind]
    cases = [case_from(made(seed)) for seed in range(FIRMS)]
    search(cases[0], False)  # warm
    kept = []
    print(f"best split of 6 segments x 4 levers, {kind}, {FIRMS} firms, {REPEATS} times each")
    for name, at_most in bounds.items():
        taken, waited = [], []
        for _ in range(REPEATS):
            for case in cases:
                begun, begun_here = process_time(), perf_counter()
                search(case, name == "refined")
                taken.append(process_time() - begun)
                waited.append(perf_counter() - begun_here)
        slowest = max(min(taken[number::FIRMS]) for number in range(FIRMS))
        print(
            f"  {name}: slowest {slowest:.2f} s of the processor (at most {at_most:g}), median {median(taken):.2f};"
            f" clock: median {median(waited):.2f} s, slowest {max(waited):.2f} s"
        )
        kept.append(slowest <= at_most)
    return all(kept)


def quick_when_averse() -> bool:
    """Seconds of the search over draws, as the planner does it by default, on the telecom sample."""
    case = load_sample("telecom")
    begun = perf_counter()
    best = best_split(case, goal=Goal(DRAWS, SEED, AVERSION))
    taken = perf_counter() - begun
    print(f"best split of the telecom sample over {best.draws[2]:,} draws, aversion {AVERSION:g}")
    print(f"  {taken:.1f} s (at most {AVERSE_SECONDS_AT_MOST:g})")
    return taken <= AVERSE_SECONDS_AT_MOST


def above_random_starts() -> bool:
    """Whether no polished random start finds a better split."""
    worst = -np.inf
    for seed in range(STARTED_FIRMS):
        case = case_from(firm(seed))
        found = best_split(case)
        given, cells = parameters(case), len(case.segments) * len(LEVERS)
        total = case.planned_budget
        room = Room.box(np.zeros(cells), np.where(spendable(case).ravel(), total, 0.0), total)

        def equity(plans: Array, given: object = given) -> Array:
            return np.asarray(customer_equity(given, plans.reshape(1, len(plans), -1, len(LEVERS)))[0], float)  # type: ignore[arg-type]

        polished = np.array([polish(equity, room, plan) for plan in random_plans(room, STARTS, seed)])
        values = equity(polished)
        near = float((values >= found.value * (1 - 1e-4)).mean())
        below = (float(values.max()) - found.value) / abs(found.value)
        worst = max(worst, below)
        print(
            f"  firm {seed}: {100 * near:.0f} % of {STARTS} polished random starts come near, the best by {-below:.1e}"
        )
    print(f"  below the best random start by {max(worst, 0):.1e} (at most {BELOW_STARTS_AT_MOST:g})")
    return worst <= BELOW_STARTS_AT_MOST


def exhaustive(case: Case) -> float:
    """The best customer equity of all splits in steps of budget/STEPS over two segments with two levers.

    Without migration segments meet only in the budget: the best of each segment at each total of its own, over all
    divisions of the budget, covers every split on the grid.
    """
    given, budget = parameters(case), case.planned_budget
    pairs = np.array([(i, j) for i in range(STEPS + 1) for j in range(STEPS + 1 - i)])
    nothing = float(customer_equity(given, np.zeros((1, 1, 2, len(LEVERS))))[0, 0])
    reached = []
    for segment in range(2):
        spend = np.zeros((1, len(pairs), 2, len(LEVERS)))
        spend[0, :, segment, np.flatnonzero(spendable(case)[segment])] = (pairs * budget / STEPS).T
        best = np.full(STEPS + 1, -np.inf)
        np.maximum.at(best, pairs.sum(axis=1), customer_equity(given, spend)[0] - nothing)
        reached.append(best)
    return float(nothing + (reached[0] + reached[1][::-1]).max())


def near_exhaustive() -> bool:
    """Whether two segments with two levers are split as well as by trying everything."""
    below = []
    for levers in combinations(LEVERS, 2):
        for seed in range(SMALL_FIRMS):
            case = case_from(firm(seed, 2, levers=levers))
            everything = exhaustive(case)
            below.append((everything - best_split(case).value) / abs(everything))
    missed = sum(gap > BELOW_EXHAUSTIVE_AT_MOST for gap in below)
    print(f"2 segments x 2 levers, {len(below)} firms, against every division in steps of 1/{STEPS} of the budget")
    print(f"  below by {max(*below, 0):.1e} (at most {BELOW_EXHAUSTIVE_AT_MOST:g}), missed {missed} times")
    return max(below) <= BELOW_EXHAUSTIVE_AT_MOST


def main() -> int:
    """Print the figures; 1 where a bound is broken."""
    kept = [*map(quick, QUICK), quick_when_averse(), above_random_starts(), near_exhaustive()]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
