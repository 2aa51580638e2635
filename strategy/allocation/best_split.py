"""The best split of a budget over segments and levers, and how large the budget should be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np

from strategy.allocation.division import Problem, divide, step_amounts
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.refining import refine
from strategy.allocation.search import FINALISTS, Room, polish, random_plans, search
from strategy.case.case import Case
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import Spend, chosen_array, parameters, spend_array, spend_dict
from strategy.equity.readouts import EmptyCell, Readouts, empty_cells, read_out
from strategy.equity.simulation import annuity, customer_equity, initiative_budget, segment_equity
from strategy.equity.uncertainty import SEED, Progress, draw, part_of, silent
from strategy.errors import PlannerError

SEARCH_DRAWS, POLISH_DRAWS = 50, 2000
"""Of all draws, how many are searched over, and how many the best found is polished over; its value is over all."""
RANDOM_STARTS = 60
NEAR = 40
"""Of the grid's divisions, those of the largest budgets are tried, scaled to the whole: rounding favours no kind."""
USEFUL = 2.0
NEXT_TO_NOTHING = 1e-12
"""Shares of the budget below this are rounding: nothing."""
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

    spend, initiatives  the plan; unspent is what it leaves of the budget, money per period
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
) -> BestSplit:
    """The best split of a budget (the case's own by default), money per period: searched, not proven.

    at_most      the budget need not be spent
    initiatives  chosen ones, paid from the budget; with `choose` the others may join and these may go
    refined      whether the grid's division is refined by exchanges and kicks; without it an answer comes at once
    Raises PlannerError where the budget or the limits cannot be met.
    """
    limits, goal = limits or Limits(), goal or Goal()
    budget = case.planned_budget if budget is None else budget
    if not 0 <= budget < np.inf:
        raise PlannerError("at_least", place="budget", value=budget, ge=0)
    given = draw(case, goal.draws, goal.seed).parameters if goal.draws else parameters(case)
    costs = dict(zip(case.initiative_ids, initiative_budget(case), strict=True))
    problems: dict[tuple[str, ...], Problem] = {}
    found: dict[tuple[str, ...], Found] = {}
    refusals: list[PlannerError] = []

    def attempt(choice: tuple[str, ...], on_progress: Progress) -> None:
        on_progress(0.0)
        left = budget - sum(costs[i] for i in choice)
        if choice in found:
            return
        try:
            if left < -1e-9 * budget:
                raise PlannerError("initiatives_above_budget", place="initiatives", value=budget - left, budget=budget)
            room = room_for(case, max(left, 0.0), limits, at_most)
        except PlannerError as error:
            refusals.append(error)
        else:
            problems[choice] = _useful(Problem(given, chosen_array(case, choice), room, goal.aversion))
            found[choice] = _solve(problems[choice], refined and not choose, on_progress)

    tried = _choices(case, initiatives, choose)
    others = case.initiative_ids if choose and len(case.initiatives) > EXHAUSTIVE_INITIATIVES else ()
    again = REFINED_CHOICES if refined and choose else 0
    parts = len(tried) + len(others) + again
    for number, choice in enumerate(tried):
        attempt(choice, part_of(on_progress, number, parts))
    for number, other in enumerate(others):
        best = max(found, key=lambda choice: found[choice].value, default=())
        turned = tuple(i for i in case.initiative_ids if (i in best) != (i == other))
        attempt(turned, part_of(on_progress, len(tried) + number, parts))
    if not found:
        raise refusals[0]
    for number, choice in enumerate(_close(found)[:again]):
        found[choice] = _solve(problems[choice], True, part_of(on_progress, parts - again + number, parts))
    on_progress(1.0)
    best = max(found, key=lambda choice: found[choice].value)
    return _explained(case, budget, limits, best, found[best])


def _choices(case: Case, initiatives: Sequence[str], choose: bool) -> list[tuple[str, ...]]:
    """The sets of initiatives to try: the given one first; all sets of the few most rewarding ones when choosing."""
    given = tuple(i for i in case.initiative_ids if i in initiatives)
    if not choose:
        return [given]
    ids = case.initiative_ids
    if len(ids) > EXHAUSTIVE_INITIATIVES:
        worth = {i: read_out(case, case.today, [i]).uplift for i in ids}
        ids = tuple(sorted(ids, key=lambda i: -worth[i])[:EXHAUSTIVE_INITIATIVES])
    subsets = chain.from_iterable(combinations(ids, size) for size in range(len(ids) + 1))
    ordered = [tuple(i for i in case.initiative_ids if i in subset) for subset in subsets]
    return [given, *(subset for subset in ordered if subset != given)]


@dataclass(frozen=True)
class Found:
    """What a search found: the plan (cells,), its worth, how and over how many draws, and of how many finalists."""

    plan: Array
    value: float
    method: str
    draws: tuple[int, int, int]
    finalists: int


def _close(found: dict[tuple[str, ...], Found]) -> list[tuple[str, ...]]:
    """The sets of initiatives that come near the best, best first."""
    best = max(each.value for each in found.values())
    near = [choice for choice, each in found.items() if each.value >= best - CLOSE * abs(best)]
    return sorted(near, key=lambda choice: -found[choice].value)


def _solve(problem: Problem, refined: bool, on_progress: Progress = silent) -> Found:
    """The best plan of one problem: the division's polished one, or refined."""
    draws = problem.given.draws
    plan, polished = _climbed(
        problem, finalists=FINALISTS if draws > 1 else 1, refined=refined, on_progress=on_progress
    )
    plan = np.where(plan > NEXT_TO_NOTHING * problem.room.total, plan, 0.0)
    value = float(problem(plan[None])[0])
    over = min(draws, SEARCH_DRAWS), min(draws, POLISH_DRAWS), draws
    method = ("grid" if draws == 1 else "grid_then_draws") if problem.separable else "search"
    return Found(plan, value, "search_draws" if method == "search" and draws > 1 else method, over, polished)


def _climbed(
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
        plan = polish(quick, room, plans[int(quick(plans).argmax())], on_progress=told)
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
    return refine(problem, problem.room, widely, step_amounts(problem), on_progress=on_progress)


def _useful(problem: Problem) -> Problem:
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


def _explained(case: Case, budget: float, limits: Limits, choice: tuple[str, ...], found: Found) -> BestSplit:
    plan = found.plan
    spend = spend_dict(case, plan.reshape(len(case.segments), -1))
    costs = chosen_array(case, choice)[0, 0] @ initiative_budget(case)
    unspent = float(budget - plan.sum() - costs)
    return BestSplit(
        spend=spend,
        initiatives=choice,
        budget=budget,
        unspent=unspent if unspent > 1e-9 * max(budget, 1) else 0.0,
        value=found.value,
        readouts=read_out(case, spend, choice),
        binding=_binding(case, spend, limits, budget, unspent),
        nothing=empty_cells(parameters(case), spend, choice, budget),
        method=found.method,
        draws=found.draws,
        finalists=found.finalists,
    )


def _binding(case: Case, spend: Spend, limits: Limits, budget: float, unspent: float) -> list[Binding]:
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


def _poured_in(room: Room, plan: Array) -> list[Array]:
    """A smaller plan with all that is new poured into one cell, for each cell that can take it."""
    new = room.total - plan.sum()
    plans = plan + new * np.eye(len(plan))
    return list(plans[room.holds(plans)]) if new > 0 else []


# How large a budget --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BudgetCurve:
    """Customer equity of the best split at each budget; break_even is None where the best lies at the range's edge."""

    budgets: Array
    customer_equity: Array
    plans: list[dict[str, dict[str, float]]]
    break_even: float | None


def budget_curve(
    case: Case,
    low: float,
    high: float,
    points: int,
    initiatives: Sequence[str] = (),
    limits: Limits | None = None,
    on_progress: Progress = silent,
) -> BudgetCurve:
    """The best split at budgets from low to high, each spent exactly, and the budget that maximises CE.

    Each point is searched as `best_split` searches unrefined, and from its smaller neighbour's split with the rest
    poured in.
    Raises PlannerError for a range or limits that cannot be met.
    """
    if not 0 <= low < high < np.inf:
        raise PlannerError("range_order", place="from, to", value=[low, high])
    if not 2 <= points <= 500:
        raise PlannerError("out_of_range", place="points", value=points, low=2, high=500)
    given, limits = parameters(case), limits or Limits()
    chosen = chosen_array(case, initiatives)
    paid = float(chosen[0, 0] @ initiative_budget(case))
    if low < paid:
        raise PlannerError("initiatives_above_budget", place="from", value=paid, budget=low)
    budgets = np.linspace(low, high, points)
    rooms = [room_for(case, budget - paid, limits) for budget in budgets]
    plans: list[Array] = []
    for number, room in enumerate(rooms):
        on_progress(number / (points + 1))
        starts = [plans[-1], *_poured_in(room, plans[-1])] if plans else []
        plans.append(_climbed(Problem(given, chosen, room), starts, randoms=0, finalists=1)[0])
    free = Problem(given, chosen, room_for(case, high - paid, limits, at_most=True))
    peak = _solve(_useful(free), refined=False).plan
    on_progress(1.0)
    spent = float(peak.sum()) + paid
    edge = spent >= high * (1 - 1e-6) or 0 < low >= spent * (1 - 1e-9)
    shape = (len(case.segments), len(LEVER_CODES))
    equity = customer_equity(given, np.array(plans).reshape(1, -1, *shape), chosen)[0]
    return BudgetCurve(
        budgets, equity, [spend_dict(case, plan.reshape(shape)) for plan in plans], None if edge else spent
    )
