"""The best split of a budget over segments and levers, with the initiatives given or chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from strategy.allocation.cash import left_for_cells
from strategy.allocation.division import Problem
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.solving import Found, solve, useful
from strategy.case.case import Case
from strategy.equity.parameters import Spend, chosen_array, parameters, spend_dict
from strategy.equity.readouts import EmptyCell, Readouts, empty_cells, read_out
from strategy.equity.uncertainty import SEED, draw
from strategy.errors import PlannerError
from strategy.progress import Progress, part_of, silent

EXHAUSTIVE_INITIATIVES = 3
CLOSE, REFINED_CHOICES = 0.01, 3
"""Of the sets of initiatives, those whose division comes within this share of the best are refined, at most so many."""


@dataclass(frozen=True)
class Goal:
    """What is maximised: CE at the likely numbers, or over draws (1 - k) mean + k mean of the worst 5 %.

    draws     0 for the likely numbers
    aversion  k, 0..1
    """

    draws: int = 0
    seed: int = SEED
    aversion: float = 0.0


@dataclass(frozen=True)
class Binding:
    """A limit that the best split lies on; amount in money per period."""

    limit: str
    segment: str | None
    lever: str | None
    amount: float


@dataclass(frozen=True)
class BestSplit:
    """The best split found.

    spend, initiatives  the plan; unspent is what it leaves of the budget, money per period (of the dearest period,
                        where the budget limits cash)
    value               what was maximised, money
    readouts            the plan beside today's, at the likely numbers
    binding             limits it lies on
    nothing             cells that get nothing
    method              how it was found: a code with a sentence in `messages.METHODS`
    draws               over how many draws it was searched, polished and valued; 1 at the likely numbers
    finalists           how many splits were polished to choose between
    """

    spend: dict[str, dict[str, float]]
    initiatives: tuple[str, ...]
    budget: float
    unspent: float
    value: float
    readouts: Readouts
    binding: list[Binding]
    nothing: list[EmptyCell]
    method: str
    draws: tuple[int, int, int]
    finalists: int


# The best split ------------------------------------------------------------------------------------------------------


def best_split(
    case: Case,
    budget: float | None = None,
    limits: Limits | None = None,
    at_most: bool = False,
    goal: Goal | None = None,
    initiatives: Sequence[str] = (),
    choose: bool = False,
    refined: bool = True,
    on_progress: Progress = silent,
    cash: bool = False,
) -> BestSplit:
    """The best split of a budget (the case's own by default), money per period: searched, not proven.

    at_most      the budget need not be spent
    initiatives  chosen ones, paid from the budget; with `choose` the others may join and these may go
    cash         whether the budget limits what is paid in every period, one-off costs at once; without it initiatives
                 take the present value of their costs, spread over all periods
    refined      whether the grid's division is refined by exchanges and kicks; without it an answer comes at once
    Raises PlannerError where the budget or the limits cannot be met.
    """
    limits, goal = limits or Limits(), goal or Goal()
    budget = case.planned_budget if budget is None else budget
    if not 0 <= budget < np.inf:
        raise PlannerError("at_least", place="budget", value=budget, ge=0)
    trials = _Trials(case, budget, limits, at_most, goal, cash)
    if choose:
        trials.choose(initiatives, refined, on_progress)
    else:
        trials.attempt(_in_order(case, initiatives), refined, on_progress)
    if not trials.found:
        raise trials.refusals[0]
    on_progress(1.0)
    left = float(left_for_cells(case, budget, trials.best, cash=cash)[0])
    return _explained(case, budget, left, limits, trials.best, trials.found[trials.best])


class _Trials:
    """The sets of initiatives that were tried, each with the best split of what it leaves of the budget."""

    def __init__(
        self, case: Case, budget: float, limits: Limits, at_most: bool, goal: Goal, cash: bool = False
    ) -> None:
        self.case, self.budget, self.cash = case, budget, cash
        self.limits, self.at_most, self.aversion = limits, at_most, goal.aversion
        self.given = draw(case, goal.draws, goal.seed).parameters if goal.draws else parameters(case)
        self.problems: dict[tuple[str, ...], Problem] = {}
        self.found: dict[tuple[str, ...], Found] = {}
        self.refusals: list[PlannerError] = []

    @property
    def best(self) -> tuple[str, ...]:
        """The set whose split is worth most; none where none could be met."""
        return max(self.found, key=lambda choice: self.found[choice].value, default=())

    def choose(self, first: Sequence[str], refined: bool, on_progress: Progress) -> None:
        """Try sets of initiatives, a given one first; where refined, those that come near the best once more."""
        tried = _choices(self.case, first)
        others = self.case.initiative_ids if len(self.case.initiatives) > EXHAUSTIVE_INITIATIVES else ()
        again = REFINED_CHOICES if refined else 0
        parts = len(tried) + len(others) + again
        for number, choice in enumerate(tried):
            self.attempt(choice, False, part_of(on_progress, number, parts))
        for number, other in enumerate(others, len(tried)):
            turned = tuple(i for i in self.case.initiative_ids if (i in self.best) != (i == other))
            self.attempt(turned, False, part_of(on_progress, number, parts))
        for number, choice in enumerate(_close(self.found)[:again], parts - again):
            self.solve(choice, True, part_of(on_progress, number, parts))

    def attempt(self, choice: tuple[str, ...], refined: bool, on_progress: Progress) -> None:
        """Try a set that was not tried, or keep why it cannot be met."""
        on_progress(0.0)
        if choice in self.found:
            return
        try:
            left = float(left_for_cells(self.case, self.budget, choice, cash=self.cash)[0])
            room = room_for(self.case, left, self.limits, self.at_most)
        except PlannerError as error:
            self.refusals.append(error)
        else:
            self.problems[choice] = useful(Problem(self.given, chosen_array(self.case, choice), room, self.aversion))
            self.solve(choice, refined, on_progress)

    def solve(self, choice: tuple[str, ...], refined: bool, on_progress: Progress) -> None:
        """Find the best split beside a set, refined or not."""
        self.found[choice] = solve(self.problems[choice], refined, on_progress)


def _in_order(case: Case, initiatives: Sequence[str]) -> tuple[str, ...]:
    return tuple(i for i in case.initiative_ids if i in initiatives)


def _choices(case: Case, first: Sequence[str]) -> list[tuple[str, ...]]:
    """The sets of initiatives to try: a given one first, then all sets of the few most rewarding ones."""
    given = _in_order(case, first)
    ids = case.initiative_ids
    if len(ids) > EXHAUSTIVE_INITIATIVES:
        worth = {i: read_out(case, case.today, [i]).uplift for i in ids}
        ids = tuple(sorted(ids, key=lambda i: -worth[i])[:EXHAUSTIVE_INITIATIVES])
    subsets = chain.from_iterable(combinations(ids, size) for size in range(len(ids) + 1))
    ordered = [_in_order(case, subset) for subset in subsets]
    return [given, *(subset for subset in ordered if subset != given)]


def _close(found: dict[tuple[str, ...], Found]) -> list[tuple[str, ...]]:
    """The sets of initiatives that come near the best, best first."""
    best = max((each.value for each in found.values()), default=0.0)
    near = [choice for choice, each in found.items() if each.value >= best - CLOSE * abs(best)]
    return sorted(near, key=lambda choice: -found[choice].value)


def _explained(
    case: Case, budget: float, left: float, limits: Limits, choice: tuple[str, ...], found: Found
) -> BestSplit:
    plan = found.plan
    spend = spend_dict(case, plan.reshape(len(case.segments), -1))
    unspent = float(left - plan.sum())
    return BestSplit(
        spend=spend,
        initiatives=choice,
        budget=budget,
        unspent=unspent if unspent > 1e-9 * max(budget, 1) else 0.0,
        value=found.value,
        readouts=read_out(case, spend, choice),
        binding=binding_limits(case, spend, limits, budget, unspent),
        nothing=empty_cells(parameters(case), spend, choice, budget),
        method=found.method,
        draws=found.draws,
        finalists=found.finalists,
    )


def binding_limits(case: Case, spend: Spend, limits: Limits, budget: float, unspent: float) -> list[Binding]:
    """The limits that a split lies on; `unspent` is what it leaves of the budget, money per period."""
    close = 1e-6 * max(budget, 1.0)
    found = [] if unspent > close else [Binding("budget", None, None, budget)]
    for reference, levers in limits.locked.items():
        found += [Binding("locked", case.segment(reference).id, code, amount) for code, amount in levers.items()]
    for reference, cell_limits in limits.cells.items():
        segment = case.segment(reference).id
        for code, bounds in cell_limits.items():
            for limit, amount in zip(("cell_minimum", "cell_maximum"), bounds, strict=True):
                if (
                    abs(spend[segment][code] - amount) <= close
                    and amount < budget
                    and (amount > 0 or limit != "cell_minimum")
                ):
                    found.append(Binding(limit, segment, code, amount))
    for code, bounds in limits.levers.items():
        total = sum(levers[code] for levers in spend.values())
        for limit, amount in zip(("lever_minimum", "lever_maximum"), bounds, strict=True):
            if abs(total - amount) <= close and amount < budget and (amount > 0 or limit != "lever_minimum"):
                found.append(Binding(limit, None, code, amount))
    return found
