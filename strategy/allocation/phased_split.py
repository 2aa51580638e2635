"""The best split over phases: the budget of each phase over the cells, searched phase by phase."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from strategy.allocation.best_split import Binding, Goal, best_split, binding_limits
from strategy.allocation.division import Problem, prudent, step_amounts
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.refining import refine
from strategy.allocation.search import polish
from strategy.allocation.solving import POLISH_DRAWS, SEARCH_DRAWS
from strategy.case.case import Case
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters, spend_dict
from strategy.equity.phases import SpendPath, SpendPhase
from strategy.equity.readouts import Readouts, plan_totals, read_out
from strategy.equity.uncertainty import draw
from strategy.progress import Progress, part_of, silent

ROUNDS = 12
"""How often all phases are searched in turn at most."""
SETTLED = 1e-9
"""A round that gains less than this share of customer equity is the last."""


@dataclass(frozen=True)
class PhasedSplit:
    """The best split found over phases; the budget holds in each.

    phases       what is spent from when on; unspent is what each phase leaves of the budget, money per period
    value        what was maximised, money
    binding      (phases,) limits that each phase lies on
    draws        over how many draws it was searched, polished and valued; 1 at the likely numbers
    """

    phases: tuple[SpendPhase, ...]
    initiatives: tuple[str, ...]
    budget: float
    unspent: tuple[float, ...]
    value: float
    readouts: Readouts
    binding: tuple[list[Binding], ...]
    draws: tuple[int, int, int]
    finalists: int


@dataclass(frozen=True)
class _Turn:
    """The objective of one phase's split, (plans, cells) -> (plans,), while the other phases stay as they are."""

    problem: Problem
    starts: tuple[int, ...]
    path: Array
    phase: int

    def __call__(self, plans: Array) -> Array:
        equity = self.problem.equity(self.problem.batch(plans), self._among_the_others)
        return prudent(equity, self.problem.aversion)

    def _among_the_others(self, plans: Array) -> SpendPath:
        """Plans (1, plans, segments, levers) of this phase with what the other phases spend."""
        money = np.repeat(self.path.reshape(1, 1, -1, *self.problem.shape), plans.shape[1], axis=1)
        money[:, :, self.phase] = plans
        return SpendPath(money, self.starts)


def phased_split(
    case: Case,
    starts: Sequence[int],
    budget: float | None = None,
    limits: Limits | None = None,
    at_most: bool = False,
    goal: Goal | None = None,
    initiatives: Sequence[str] = (),
    choose: bool = False,
    on_progress: Progress = silent,
) -> PhasedSplit:
    """The best split of a budget per period over phases that begin in given periods: searched, not proven.

    It begins with the best split for all periods, so it is never worth less; each phase is then searched in turn,
    first with exchanges and kicks, until a round gains nothing. Budget, limits and locks hold in each phase.
    Raises PlannerError where the budget or the limits cannot be met.
    """
    limits, goal, starts = limits or Limits(), goal or Goal(), tuple(starts)
    one = best_split(
        case, budget, limits, at_most, goal, initiatives, choose, on_progress=part_of(on_progress, 0, ROUNDS + 1)
    )
    room = room_for(case, float(one.budget - plan_totals(case, {}, one.initiatives)[0]), limits, at_most)
    given = draw(case, goal.draws, goal.seed).parameters if goal.draws else parameters(case)
    whole = Problem(given, chosen_array(case, one.initiatives), room, goal.aversion)
    quick = replace(whole, given=given.rows(slice(0, SEARCH_DRAWS)))
    closer = replace(whole, given=given.rows(slice(0, POLISH_DRAWS)))
    amounts = np.array([[one.spend[s][code] for code in one.spend[s]] for s in case.segment_ids]).reshape(-1)
    first = np.repeat(amounts[None], len(starts), axis=0)
    path, finalists = _searched(quick, starts, first, on_progress)
    if given.draws > SEARCH_DRAWS:
        path = _in_turn(closer, starts, path)
    worth = [float(_Turn(whole, starts, each, 0)(each[:1])[0]) for each in (first, path)]
    path = path if worth[1] > worth[0] else first
    on_progress(1.0)
    phases = tuple(
        SpendPhase(start, spend_dict(case, split.reshape(whole.shape)))
        for start, split in zip(starts, path, strict=True)
    )
    close = 1e-9 * max(one.budget, 1.0)
    left = one.budget - plan_totals(case, phases, one.initiatives)
    return PhasedSplit(
        phases=phases,
        initiatives=one.initiatives,
        budget=one.budget,
        unspent=tuple(float(money) if money > close else 0.0 for money in left),
        value=max(worth),
        readouts=read_out(case, phases, one.initiatives),
        binding=tuple(
            binding_limits(case, phase.spend, limits, one.budget, float(money))
            for phase, money in zip(phases, left, strict=True)
        ),
        draws=(min(given.draws, SEARCH_DRAWS), min(given.draws, POLISH_DRAWS), given.draws),
        finalists=one.finalists + finalists,
    )


def _searched(problem: Problem, starts: tuple[int, ...], path: Array, on_progress: Progress) -> tuple[Array, int]:
    """A path (phases, cells) whose phases were each refined once, then polished in turn; how many were polished."""
    path, finalists, steps = path.copy(), 0, step_amounts(problem)
    for phase in range(len(starts)):
        told = part_of(on_progress, 1 + phase, ROUNDS + 1)
        turn = _Turn(problem, starts, path, phase)
        path[phase], polished = refine(turn, problem.room, path, steps, on_progress=told)
        finalists += polished
    return _in_turn(problem, starts, path), finalists


def _in_turn(problem: Problem, starts: tuple[int, ...], path: Array) -> Array:
    """A path whose phases were polished in turn until a round gains nothing."""
    path, value = path.copy(), -np.inf
    for _ in range(ROUNDS):
        for phase in range(len(starts)):
            path[phase] = polish(_Turn(problem, starts, path, phase), problem.room, path[phase], rounds=1)
        reached = float(_Turn(problem, starts, path, 0)(path[:1])[0])
        if reached <= value + SETTLED * abs(value):
            break
        value = reached
    return path
