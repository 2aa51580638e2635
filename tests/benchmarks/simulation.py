"""How much slower than bare NumPy the simulation is: `python tests/benchmarks/simulation.py`.

10,000 draws of 6 segments over 10 periods with every feature but migration. The same arithmetic is written out below
as a loop over periods; both run in turn, in the same process. Exits with 1 where a bound is broken.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from firms import in_a_market, with_everything  # noqa: E402

from strategy.case.case_file import case_from  # noqa: E402
from strategy.equity.parameters import Parameters, spend_array  # noqa: E402
from strategy.equity.phases import SpendPhase, spend_path  # noqa: E402
from strategy.equity.simulation import customer_equity, discount_factors, simulate  # noqa: E402
from strategy.equity.uncertainty import draw  # noqa: E402

Array = NDArray[np.float64]

DRAWS, SEGMENTS, PERIODS, REPEATS = 10_000, 6, 10, 15
SLOWER_AT_MOST = 3.0
MARKET_SLOWER_AT_MOST = 1.5
"""Of a plan of two phases with pools of prospects and rivals, against the same firm without them."""
MEGABYTES_AT_MOST = 500.0
ACQUIRE, DEVELOP, RETAIN, REDUCE_COST = range(4)
"""The bare loop's own positions."""
ONE_ANSWER, TWO_ANSWERS = slice(0, None, 2), slice(1, None, 2)
"""`with_everything` gives every other segment curves of two answers."""


class Bare:
    """The arrays that the bare loop reads: (draws, segments), without any other axis."""

    def __init__(self, given: Parameters, spend: Array) -> None:
        self.discount, self.timing, self.factors = given.case.discount, given.case.timing, discount_factors(given.case)
        self.spend, self.today, self.carryover = spend[0, 0], given.today[0, 0], given.carryover[0, 0]
        self.customers, self.prospects = given.customers[:, 0], given.prospects[:, 0]
        self.gross_margin, self.onboarding = given.gross_margin[:, 0], given.onboarding_cost[:, 0]
        self.referral, self.active_today = given.referral_rate[:, 0], given.today_active[:, 0]
        self.floor = [r.floor[:, 0] for r in given.responses.values()]
        self.reach = [r.ceiling[:, 0] - r.floor[:, 0] for r in given.responses.values()]
        self.first = [r.first[:, 0] for r in given.responses.values()]
        self.second = [r.second[:, 0] for r in given.responses.values()]
        self.answer = [r.answer_spend[:, 0] for r in given.responses.values()]
        self.shares_today = [share[:, 0] for share in given.today_shares.values()]
        sides = {key: at_ceiling[:, 0] for key, at_ceiling in given.sides.items()}
        self.cost_on_retention = sides["reduce_cost", "retention_rate"]
        self.develop_on_referral = sides["develop", "referral_rate"]
        self.retain_on_acquisition = sides["retain", "acquisition_rate"]

    def share(self, lever: int, intensity: Array) -> Array:
        """Share of the way to the ceiling: exponential for one answer, ADBUDG for two."""
        found = np.empty_like(self.first[lever])
        intensity = np.broadcast_to(intensity, found.shape)
        one, two = ONE_ANSWER, TWO_ANSWERS
        found[:, one] = -np.expm1(-self.first[lever][:, one] * intensity[:, one])
        powers = self.second[lever][:, two] * np.log(intensity[:, two])
        found[:, two] = expit(self.first[lever][:, two] + powers)
        return found

    def metric(self, lever: int, share: Array) -> Array:
        """Floor plus share of the way."""
        return self.floor[lever] + self.reach[lever] * share

    def moved(self, at_ceiling: Array, lever: int, share: Array) -> Array:
        """A side effect of a lever."""
        return at_ceiling * (share - self.shares_today[lever])

    def run_off(self) -> Array:
        """Value of a customer left after the plan."""
        kept = self.floor[RETAIN] + self.moved(self.cost_on_retention, REDUCE_COST, np.zeros(1))
        kept = np.clip(kept, 0, 1)
        margin = np.maximum(self.floor[DEVELOP], 0) * self.gross_margin - np.maximum(self.floor[REDUCE_COST], 0)
        return np.asarray(np.maximum(margin * (1 + self.discount) / (1 + self.discount - kept), 0), float)

    def equity(self, keep: list[tuple[Array, ...]] | None = None) -> Array:
        """Customer equity, (draws,), by one loop over periods; `keep` receives what a period comes to."""
        stock, customers, equity = self.today, self.customers, np.zeros(len(self.customers))
        develop_before, retain_before = self.shares_today[DEVELOP], self.shares_today[RETAIN]
        outlay = self.spend.sum()
        for factor in self.factors:
            stock = self.carryover * stock + (1 - self.carryover) * self.spend
            relative = [stock[:, lever] / self.answer[lever] for lever in range(4)]
            rate = self.metric(ACQUIRE, self.share(ACQUIRE, relative[ACQUIRE]))
            rate = np.clip(rate + self.moved(self.retain_on_acquisition, RETAIN, retain_before), 0, 1)
            referral = self.referral + self.moved(self.develop_on_referral, DEVELOP, develop_before)
            new = self.prospects * rate + np.maximum(referral, 0) * customers
            active = customers + new
            dilution = self.active_today / active
            develop = self.share(DEVELOP, relative[DEVELOP] * dilution)
            retain = self.share(RETAIN, relative[RETAIN] * dilution)
            saving = self.share(REDUCE_COST, relative[REDUCE_COST])
            revenue = np.maximum(self.metric(DEVELOP, develop), 0)
            kept = self.metric(RETAIN, retain) + self.moved(self.cost_on_retention, REDUCE_COST, saving)
            kept = np.clip(kept, 0, 1)
            margin = revenue * self.gross_margin - np.maximum(self.metric(REDUCE_COST, saving), 0)
            cash = (active * margin - self.onboarding * new).sum(axis=1) - outlay
            equity += factor * cash
            if keep is not None:
                keep.append((cash, customers, active, new, margin, kept))
            customers, develop_before, retain_before = active * kept, develop, retain
        left = (1 + self.discount) ** -(PERIODS + self.timing) * (customers * self.run_off()).sum(axis=1)
        return np.asarray(equity + left, float)

    def everything(self) -> tuple[Array, ...]:
        """What the whole simulation returns: all periods kept, and lifetime values rolled back, gross and net."""
        keep: list[tuple[Array, ...]] = []
        equity = self.equity(keep)
        cash, opening, active, new, margin, kept = (np.stack(values, axis=1) for values in zip(*keep, strict=True))
        net = margin - self.spend[:, DEVELOP:].sum(axis=1) / active
        late = (1 + self.discount) ** -self.timing
        values = []
        for margins in (margin, net):
            value, rolled = self.run_off(), np.empty_like(margins)
            for period in reversed(range(PERIODS)):
                value = margins[:, period] + kept[:, period] / (1 + self.discount) * value
                rolled[:, period] = value
            values.append(late * rolled)
        return equity, cash, opening, active, new, margin, kept, *values


def interleaved(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each work, all run in turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for repeat in range(REPEATS + 2):
        for name, work in works.items():
            begun = perf_counter()
            work()
            if repeat >= 2:  # warm by then
                taken[name].append(perf_counter() - begun)
    return {name: median(times) for name, times in taken.items()}


def main() -> int:
    """Print the ratios and the memory; 1 where a bound is broken."""
    case = case_from(with_everything(1, SEGMENTS, PERIODS))
    given = draw(case, DRAWS, 1).parameters
    more = {s: {c: 1.1 * x for c, x in levers.items()} for s, levers in case.today.items()}
    plan = spend_array(case, more)
    market = case_from(in_a_market(1, SEGMENTS, PERIODS))
    there = draw(market, DRAWS, 1).parameters
    path = spend_path(market, [SpendPhase(1, more), SpendPhase(PERIODS // 2, market.today)])
    bare = Bare(given, plan)
    result, all_bare = simulate(given, plan), bare.everything()
    np.testing.assert_allclose(customer_equity(given, plan)[:, 0], all_bare[0], rtol=1e-11)
    np.testing.assert_allclose(result.clv_net[:, 0], all_bare[-1], rtol=1e-9, atol=1e-6)
    seconds = interleaved(
        {
            "customer_equity": lambda: customer_equity(given, plan),
            "bare equity": bare.equity,
            "in a market": lambda: customer_equity(there, path),
            "simulate": lambda: simulate(given, plan),
            "bare everything": bare.everything,
        }
    )
    print(f"{DRAWS:,} draws x {SEGMENTS} segments x {PERIODS} periods, medians of {REPEATS} runs in turn")
    broken = False
    for ours, theirs in (("customer_equity", "bare equity"), ("simulate", "bare everything")):
        ratio = seconds[ours] / seconds[theirs]
        broken |= ratio > SLOWER_AT_MOST
        print(
            f"{ours:16} {1e3 * seconds[ours]:7.1f} ms, bare NumPy {1e3 * seconds[theirs]:7.1f} ms, "
            f"ratio {ratio:.2f} (at most {SLOWER_AT_MOST:g})"
        )
    ratio = seconds["in a market"] / seconds["customer_equity"]
    broken |= ratio > MARKET_SLOWER_AT_MOST
    print(
        f"pools, rivals, two phases {1e3 * seconds['in a market']:7.1f} ms, ratio to without {ratio:.2f} "
        f"(at most {MARKET_SLOWER_AT_MOST:g})"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory      {peak:7.0f} MB (at most {MEGABYTES_AT_MOST:g})")
    return int(broken or peak > MEGABYTES_AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
