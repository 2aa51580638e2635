"""The best split over phases: the budget of each phase over the cells, searched phase by phase."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from strategy.allocation.best_split import BestSplit, Binding, Goal, best_split, binding_limits
from strategy.allocation.cash import left_for_cells
from strategy.allocation.climbing import polish_all
from strategy.allocation.division import Problem, step_amounts
from strategy.allocation.joining import DEARER, DEARER_AT_ONCE, joined
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.path_problem import PathProblem
from strategy.allocation.refining import best_kinds, refine
from strategy.allocation.search import EXCHANGES, exchange_all, random_plans
from strategy.allocation.solving import NEXT_TO_NOTHING, POLISH_DRAWS, SEARCH_DRAWS
from strategy.case.case import Case
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters, spend_dict
from strategy.equity.phases import SpendPhase
from strategy.equity.readouts import Readouts, read_out
from strategy.equity.uncertainty import draw
from strategy.progress import Progress, part_of, silent

ROUNDS = 2
"""How often all phases are searched in turn at most."""
STARTS, CLIMBED, CLIMB = 200, 30, 25
JOINS, JOINED, EXCHANGED, POOLED = 3, 6, 3, 40
"""Rounds of joining paths segment by segment; how many joined paths are climbed, how many of these exchanged and
climbed again, and of how many paths the segments are joined."""
"""Random paths that are tried, how many of the best are exchanged and climbed from, and in how many steps."""
SETTLED = 1e-7
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


def phased_split(
    case: Case,
    starts: Sequence[int],
    budget: float | None = None,
    limits: Limits | None = None,
    at_most: bool = False,
    goal: Goal | None = None,
    initiatives: Sequence[str] = (),
    choose: bool = False,
    refined: bool = True,
    on_progress: Progress = silent,
    cash: bool = False,
) -> PhasedSplit:
    """The best split of a budget per period over phases that begin in given periods: searched, not proven.

    It begins with the best split for all periods, so it is never worth less. What each segment could do over time is
    joined within the phases' budgets and climbed; where `refined`, from random paths too, and each phase is then
    searched in turn with exchanges and kicks. Budget, limits and locks hold in each phase. With `cash` a phase has
    what the initiatives leave in its dearest period, and may have more than the best split for all periods.
    Raises PlannerError where the budget or the limits cannot be met.
    """
    limits, goal, starts = limits or Limits(), goal or Goal(), tuple(starts)
    told = part_of(on_progress, 0, 2)
    one = best_split(case, budget, limits, at_most, goal, initiatives, choose, refined, told, cash)
    left = left_for_cells(case, one.budget, one.initiatives, starts, cash)
    rooms = tuple(room_for(case, float(money), limits, at_most) for money in left)
    given = draw(case, goal.draws, goal.seed).parameters if goal.draws else parameters(case)
    whole = PathProblem(Problem(given, chosen_array(case, one.initiatives), rooms[0], goal.aversion), starts, rooms)
    amounts = np.array([[one.spend[s][code] for code in one.spend[s]] for s in case.segment_ids]).reshape(-1)
    fitted = [room.fitted(amounts) for room in rooms]
    first = np.array([amounts if split is None else split for split in fitted])
    quick = replace(whole, problem=replace(whole.problem, given=given.rows(slice(0, SEARCH_DRAWS))))
    path, finalists = _searched(quick, first, refined, on_progress)
    if given.draws > SEARCH_DRAWS:
        path = replace(whole, problem=replace(whole.problem, given=given.rows(slice(0, POLISH_DRAWS)))).polished(path)
    path = max((path, first), key=whole.value)
    on_progress(1.0)
    path = np.where(path > NEXT_TO_NOTHING * max(one.budget, 1e-12), path, 0.0)
    return _explained(whole, one, left, limits, path, one.finalists + finalists)


def _explained(
    whole: PathProblem, one: BestSplit, left: Array, limits: Limits, path: Array, finalists: int
) -> PhasedSplit:
    """A path (phases, cells) with what there is to tell about it; `left` is each phase's money for cells, (phases,)."""
    case, draws = whole.problem.case, whole.problem.given.draws
    phases = tuple(
        SpendPhase(start, spend_dict(case, split.reshape(whole.problem.shape)))
        for start, split in zip(whole.starts, path, strict=True)
    )
    close = 1e-9 * max(one.budget, 1.0)
    unspent = left - path.sum(axis=1)
    return PhasedSplit(
        phases=phases,
        initiatives=one.initiatives,
        budget=one.budget,
        unspent=tuple(float(money) if money > close else 0.0 for money in unspent),
        value=whole.value(path),
        readouts=read_out(case, phases, one.initiatives),
        binding=tuple(
            binding_limits(case, phase.spend, limits, one.budget, float(money))
            for phase, money in zip(phases, unspent, strict=True)
        ),
        draws=(min(draws, SEARCH_DRAWS), min(draws, POLISH_DRAWS), draws),
        finalists=finalists,
    )


def _searched(whole: PathProblem, path: Array, refined: bool, on_progress: Progress) -> tuple[Array, int]:
    """The best path found from one, (phases, cells), and how many were climbed."""
    told = [part_of(part_of(on_progress, 1, 2), part, 4) for part in range(4)]
    if not refined:
        pool, climbed = _rejoined(whole, path.reshape(1, -1), 1, told[0], DEARER_AT_ONCE)
        return pool[0].reshape(path.shape), climbed
    begun = _begun(whole, path, told[0])
    pool, joins = _rejoined(whole, begun, JOINS, told[1])
    best, polished = _in_turn(whole, pool[0].reshape(path.shape), told[2])
    again, climbed = _rejoined(whole, np.concatenate([best.reshape(1, -1), pool]), JOINS, told[3])
    return again[0].reshape(path.shape), len(begun) + joins + polished + climbed


def _begun(whole: PathProblem, path: Array, on_progress: Progress) -> Array:
    """The path climbed, and the best of random ones exchanged and climbed, (paths, cells of all phases)."""
    randomly = [random_plans(room, STARTS, seed) for seed, room in enumerate(whole.rooms)]
    paths = np.concatenate([splits[: min(map(len, randomly))] for splits in randomly], axis=1)
    pool = best_kinds(whole, whole.room, np.concatenate([path.reshape(1, -1), paths]), CLIMBED)
    exchanged = exchange_all(whole, whole.room, pool, EXCHANGES[:3], 2, part_of(on_progress, 0, 2))
    pool = np.concatenate([path.reshape(1, -1), exchanged])
    return polish_all(whole, whole.room, pool, iterations=CLIMB, on_progress=part_of(on_progress, 1, 2))


def _rejoined(
    whole: PathProblem, pool: Array, rounds: int, on_progress: Progress, dearer: Sequence[float] = DEARER
) -> tuple[Array, int]:
    """Paths, best first, with those joined from their segments and climbed until nothing is gained; how many climbed.

    Joined at the likely numbers, whatever the objective.
    """
    likely, climbed = whole, 0
    if whole.problem.given.draws > 1:
        given = parameters(whole.problem.case)
        likely = replace(whole, problem=replace(whole.problem, given=given, aversion=0.0))
    pool = pool[np.argsort(-whole(pool), kind="stable")]
    for number in range(rounds):
        told, before = part_of(on_progress, number, rounds), whole.value(pool[0])
        told(0.0)
        found = best_kinds(whole, whole.room, joined(likely, pool[0], pool[1:], dearer), JOINED)
        found = np.concatenate([pool[:1], found])
        found = polish_all(whole, whole.room, found, iterations=CLIMB, on_progress=part_of(told, 1, 3))
        best = best_kinds(whole, whole.room, found, EXCHANGED)
        best = exchange_all(whole, whole.room, best, EXCHANGES[2:6], 2)
        best = polish_all(whole, whole.room, best, iterations=CLIMB, on_progress=part_of(told, 2, 3))
        climbed += len(found) + len(best)
        pool = np.concatenate([best, found, pool])
        pool = pool[np.argsort(-whole(pool), kind="stable")][:POOLED]
        if whole.value(pool[0]) <= before + SETTLED * abs(before):
            break
    return pool, climbed


def _in_turn(whole: PathProblem, path: Array, on_progress: Progress) -> tuple[Array, int]:
    """A path whose phases were refined in turn and polished together; how many were polished.

    Phases take turns until a round gains nothing.
    """
    path, finalists, value = path.copy(), 0, whole.value(path)
    for number in range(ROUNDS):
        for phase, room in enumerate(whole.rooms):
            told = part_of(part_of(on_progress, number, ROUNDS), phase, len(whole.rooms))
            turn, fitted = whole.turn(path, phase), [room.fitted(split) for split in path]
            starts = np.array([path[phase], *(split for split in fitted if split is not None)])
            steps = step_amounts(replace(whole.problem, room=room))
            path[phase], polished = refine(turn, room, starts, steps, whole.problem.shape[1], 2, told)
            finalists += polished
        path = whole.polished(path)
        reached = whole.value(path)
        if reached <= value + SETTLED * abs(value):
            break
        value = reached
    return path, finalists
