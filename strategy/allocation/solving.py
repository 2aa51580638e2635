"""Solving one problem: the division on a grid, a climb from the best starts, and the refinement of what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from strategy.allocation.climbing import ITERATIONS
from strategy.allocation.division import Problem, divide, step_amounts
from strategy.allocation.refining import refine
from strategy.allocation.search import FINALISTS, polish, random_plans, search
from strategy.case.case import Case
from strategy.case.estimate import MAX_AMOUNT
from strategy.equity.curves import Array
from strategy.equity.parameters import parameters, spend_array
from strategy.equity.simulation import annuity, segment_equity
from strategy.progress import Progress, part_of, silent

SEARCH_DRAWS, POLISH_DRAWS = 50, 2000
"""Of all draws, how many are searched over, and how many the best found is polished over; its value is over all."""
RANDOM_STARTS = 60
NEAR = 40
"""Of the grid's divisions, those of the largest budgets are tried, scaled to the whole: rounding favours no kind."""
USEFUL = 2.0
AT_ONCE = 15
"""Steps of the climb from the division that is shown at once."""
NEXT_TO_NOTHING = 1e-12
"""Shares of the budget below this are rounding: nothing."""


@dataclass(frozen=True)
class Found:
    """What a search found: the plan (cells,), its worth, how and over how many draws, and of how many finalists."""

    plan: Array
    value: float
    method: str
    draws: tuple[int, int, int]
    finalists: int


def solve(problem: Problem, refined: bool, on_progress: Progress = silent) -> Found:
    """The best plan of one problem: the division's polished one, or refined."""
    draws = problem.given.draws
    plan, polished = climbed(problem, finalists=FINALISTS if draws > 1 else 1, refined=refined, on_progress=on_progress)
    plan = np.where(plan > NEXT_TO_NOTHING * problem.room.total, plan, 0.0)
    value = float(problem(plan[None])[0])
    over = min(draws, SEARCH_DRAWS), min(draws, POLISH_DRAWS), draws
    method = ("grid" if draws == 1 else "grid_then_draws") if problem.separable else "search"
    return Found(plan, value, "search_draws" if method == "search" and draws > 1 else method, over, polished)


def climbed(
    problem: Problem,
    starts: Sequence[Array] = (),
    randoms: int = RANDOM_STARTS,
    finalists: int = FINALISTS,
    refined: bool = False,
    on_progress: Progress = silent,
) -> tuple[Array, int]:
    """The best plan found from the grid's division, today's split, other starts and random ones.

    refined  whether it is refined at the likely numbers; returns how many plans were polished there
    """
    room, given = problem.room, problem.given
    likely = problem if given.draws == 1 else replace(problem, given=parameters(given.case), aversion=0.0)
    division = divide(likely)
    near = division.plans[-NEAR:] if likely.separable else division.plans[-1:]
    fitted = (room.fitted(start) for start in (*near, _today(given.case), *starts))
    plans, polished = np.array([plan for plan in fitted if plan is not None]), 0
    if refined and given.draws > 1:
        plan, polished = _refined(likely, plans, part_of(on_progress, 0, 2))
        plans, on_progress = np.concatenate([plan[None], plans]), part_of(on_progress, 1, 2)
    told = part_of(on_progress, 0, 2)
    quick = replace(problem, given=given.rows(slice(0, SEARCH_DRAWS)))
    if problem.separable:
        rounds, steps = (2, ITERATIONS) if refined else (1, AT_ONCE)
        plan = polish(quick, room, plans[int(quick(plans).argmax())], rounds, steps, told)
    else:
        plan = search(quick, room, plans, randoms, finalists, on_progress=told)
    if refined and given.draws == 1:
        return _refined(problem, np.concatenate([plan[None], plans]), part_of(on_progress, 1, 2))
    if given.draws > SEARCH_DRAWS:
        closer = replace(problem, given=given.rows(slice(0, POLISH_DRAWS)))
        plan = polish(closer, room, plan, rounds=1, on_progress=part_of(on_progress, 1, 2))
    return plan, polished


def _refined(problem: Problem, starts: Array, on_progress: Progress) -> tuple[Array, int]:
    """The best plan refined from starts and random ones, never below a start; and how many were polished."""
    randomly = random_plans(problem.room, RANDOM_STARTS, 0)
    widely = np.concatenate([starts, randomly])
    return refine(problem, problem.room, widely, step_amounts(problem), problem.shape[1], on_progress=on_progress)


def useful(problem: Problem) -> Problem:
    """The problem without money that cannot pay: more than all customers could ever be worth at unlimited spend."""
    room = problem.room
    if not room.at_most:
        return problem
    unlimited = problem.batch(np.where(room.high > room.low, MAX_AMOUNT, room.low)[None])
    money = annuity(problem.case)
    worth = segment_equity(problem.given, unlimited, problem.chosen) + money * unlimited.sum(axis=-1)
    useful = float(room.low.sum() + USEFUL * np.abs(worth).max(axis=0).sum() / money)
    high = np.minimum(room.high, np.maximum(room.low, useful))
    return replace(problem, room=replace(room, total=min(room.total, useful), high=high))


def _today(case: Case) -> Array:
    return spend_array(case, case.today).reshape(-1)
