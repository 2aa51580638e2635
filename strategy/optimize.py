"""The best split of a budget over segments and levers, and how large the budget should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from strategy.case import Case
from strategy.equity import annuity, customer_equity, initiative_budget, segment_equity
from strategy.errors import PlannerError
from strategy.levers import LEVER_CODES
from strategy.limits import Limits
from strategy.parameters import Parameters, Spend, chosen_array, parameters, spend_array, spend_dict, spendable
from strategy.readouts import EmptyCell, Readouts, empty_cells, read_out
from strategy.response import Array
from strategy.search import Room, exchange, polish, search
from strategy.uncertainty import SEED, Progress, draw, silent

GRID_WORK = 500_000
"""Segment-periods evaluated on a grid of one segment's cells."""
BUDGET_STEPS = 200
ZOOMS = 3
DUAL_STEPS = 30
HIGHEST_PRICE = 50.0
SEARCH_DRAWS = 200
WORST_SHARE = 0.05
EXHAUSTIVE_INITIATIVES = 3


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
    gap                 upper bound on the grid minus the value, money; None where no bound could be had
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
    gap: float | None


class Problem:
    """One search: the case at its numbers, the room for the split, and the objective over its free cells."""

    def __init__(
        self, case: Case, given: Parameters, initiatives: Sequence[str], room: Room, aversion: float = 0.0
    ) -> None:
        self.case, self.given, self.room, self.aversion = case, given, room, aversion
        self.chosen = chosen_array(case, initiatives)
        self.shape = (len(case.segments), len(LEVER_CODES))
        self.separable = case.migration is None and not len(room.groups) and aversion == 0

    def batch(self, plans: Array) -> Array:
        """Plans (plans, cells) as (1, plans, segments, levers)."""
        return plans.reshape(1, -1, *self.shape)

    def __call__(self, plans: Array) -> Array:
        """The objective, (plans,)."""
        return prudent(customer_equity(self.given, self.batch(plans), self.chosen), self.aversion)


def prudent(equity: Array, aversion: float) -> Array:
    """(1 - k) mean + k mean of the worst 5 % of draws (Rockafellar & Uryasev 2000); (draws, plans) -> (plans,)."""
    mean = equity.mean(axis=0)
    if aversion == 0:
        return np.asarray(mean, float)
    worst = int(np.ceil(WORST_SHARE * equity.shape[0]))
    tail = np.partition(equity, worst - 1, axis=0)[:worst].mean(axis=0)
    return np.asarray((1 - aversion) * mean + aversion * tail, float)


# The room ------------------------------------------------------------------------------------------------------------


def room_for(case: Case, total: float, limits: Limits, at_most: bool = False) -> Room:
    """The room that a total and limits leave. Raises PlannerError where they cannot be met or name the unknown."""
    open_cells = spendable(case)
    low = np.zeros(open_cells.shape)
    high = np.where(open_cells, total, 0.0)
    for reference, levers in limits.cells.items():
        for code, (minimum, maximum) in levers.items():
            s, lever = _cell(case, reference, code)
            place = f"{case.segments[s].name}, {code}"
            if not 0 <= minimum <= maximum:
                raise PlannerError("limit_order", place=place, value=[minimum, maximum])
            _refuse_on_constant(open_cells[s, lever], place, minimum)
            low[s, lever], high[s, lever] = minimum, min(maximum, high[s, lever]) if open_cells[s, lever] else 0.0
    for reference, levers_locked in limits.locked.items():
        for code, amount in levers_locked.items():
            s, lever = _cell(case, reference, code)
            place = f"{case.segments[s].name}, {code}"
            _refuse_on_constant(open_cells[s, lever], place, amount)
            bounds = limits.cells.get(case.segments[s].id, {}).get(code)
            if amount < 0 or (bounds and not bounds[0] <= amount <= bounds[1]):
                raise PlannerError("lock_outside", place=place, value=amount, limits=list(bounds or (0, total)))
            low[s, lever] = high[s, lever] = amount
    groups, bounds_low, bounds_high = [], [], []
    for code, (minimum, maximum) in limits.levers.items():
        if code not in LEVER_CODES:
            raise PlannerError("unknown_lever", place="levers", value=code, known=", ".join(LEVER_CODES))
        if not 0 <= minimum <= maximum:
            raise PlannerError("limit_order", place=code, value=[minimum, maximum])
        members = np.zeros(open_cells.shape)
        members[:, LEVER_CODES.index(code)] = 1
        groups.append(members.ravel())
        bounds_low.append(minimum)
        bounds_high.append(min(maximum, max(total, minimum)))
    room = Room(
        low.ravel(),
        high.ravel(),
        np.array(groups).reshape(-1, low.size),
        np.array(bounds_low, float),
        np.array(bounds_high, float),
        total,
        at_most,
    )
    _refuse_empty(room)
    return room


def _cell(case: Case, reference: str, code: str) -> tuple[int, int]:
    segment = case.segment(reference)
    if code not in LEVER_CODES:
        raise PlannerError("unknown_lever", place=segment.name, value=code, known=", ".join(LEVER_CODES))
    return case.segments.index(segment), LEVER_CODES.index(code)


def _refuse_on_constant(takes_money: bool, place: str, amount: float) -> None:
    if amount > 0 and not takes_money:
        raise PlannerError("spend_on_constant", place=place, value=amount)


def _refuse_empty(room: Room) -> None:
    """Say which limits leave no room. Raises PlannerError("limits_cannot_be_met")."""
    least, most = float(room.low.sum()), float(room.high.sum())
    if least > room.total * (1 + 1e-12):
        raise PlannerError("limits_above_budget", place="limits", value=least, budget=room.total)
    if most < room.total * (1 - 1e-12) and not room.at_most:
        raise PlannerError("limits_below_budget", place="limits", value=most, budget=room.total)
    if len(room.groups) and room.nearest(np.clip(room.low, 0, room.high)) is None:
        raise PlannerError("limits_cannot_be_met", place="limits", value=room.group_low.tolist(), budget=room.total)


# Dynamic programming over segments -----------------------------------------------------------------------------------


def _levels(low: Array, high: Array, count: int) -> Array:
    """Grid levels from low to high, (cells, count), finer near low; one level where there is no room."""
    fractions = np.linspace(0, 1, count) ** 2
    return np.asarray(low[:, None] + (high - low)[:, None] * fractions, float)


def _combinations(problem: Problem, levels: Array) -> tuple[Array, Array]:
    """Every combination of one segment's levels, for all segments at once.

    levels   (cells, count)
    returns  spend (combinations, segments, levers) and each segment's value there (combinations, segments)
    """
    count = levels.shape[1]
    segments, levers = problem.shape
    spread = [range(count) if np.ptp(column) > 0 else range(1) for column in _per_lever(levels, problem.shape)]
    picks = np.stack(np.meshgrid(*spread, indexing="ij"), axis=-1).reshape(-1, levers)
    by_cell = levels.reshape(segments, levers, count)
    spend = by_cell[np.arange(segments)[None, :, None], np.arange(levers)[None, None, :], picks[:, None, :]]
    values = segment_equity(problem.given, spend[None], problem.chosen).mean(axis=0)
    return spend, values


def _per_lever(levels: Array, shape: tuple[int, int]) -> list[Array]:
    """The widest grid of each lever over segments: a lever without room anywhere needs one level."""
    by_cell = levels.reshape(*shape, -1)
    return [by_cell[np.ptp(by_cell[:, lever], axis=1).argmax(), lever] for lever in range(shape[1])]


def _divide(spend: Array, values: Array, budgets: Array) -> tuple[Array, Array]:
    """Exact division of each budget over segments on the grid, by dynamic programming.

    spend    (combinations, segments, levers); values (combinations, segments)
    budgets  (steps,) evenly spaced from 0 (plus what is fixed)
    returns  the best value at each budget, and the combination of each segment there, (steps, segments)
    """
    totals = spend.sum(axis=2)
    base = totals.min(axis=0)
    unit = budgets[1] - budgets[0]
    steps = len(budgets)
    best = np.zeros(steps)
    choices = []
    for s in range(spend.shape[1]):
        slot = np.ceil((totals[:, s] - base[s]) / unit - 1e-9).astype(int)
        usable = np.flatnonzero(slot < steps)
        order = usable[np.lexsort((-values[usable, s], slot[usable]))]
        frontier, picked = np.full(steps, -np.inf), np.zeros(steps, int)
        slots, first = np.unique(slot[order], return_index=True)
        frontier[slots], picked[slots] = values[order[first], s], order[first]
        highest = np.maximum.accumulate(frontier)
        picked = picked[np.maximum.accumulate(np.where(frontier >= highest, np.arange(steps), 0))]
        shifted = np.arange(steps)[:, None] - np.arange(steps)[None, :]
        sums = np.where(shifted >= 0, best[np.maximum(shifted, 0)] + highest[None, :], -np.inf)
        given = sums.argmax(axis=1)
        best = sums[np.arange(steps), given]
        choices.append((picked, given))
    picks = np.zeros((steps, spend.shape[1]), int)
    left = np.arange(steps)
    for s in reversed(range(spend.shape[1])):
        picked, given = choices[s]
        share = given[left]
        picks[:, s] = picked[share]
        left = left - share
    return best, picks


@dataclass(frozen=True)
class Division:
    """The grid's best plan at each budget, (steps, cells), with the combinations it was made from."""

    budgets: Array
    plans: Array
    spend: Array
    values: Array


def divide(problem: Problem) -> Division:
    """Divide the total over segments on a grid, refined around its best; exact on the grid where separable."""
    room, segments = problem.room, problem.shape[0]
    work = GRID_WORK / (segments * problem.case.horizon * problem.given.draws)
    count = int(np.clip(work**0.25, 4, 9))
    free_total = room.total - room.low.sum()
    budgets = np.linspace(0, free_total, BUDGET_STEPS + 1)
    levels = _levels(room.low, np.minimum(room.high, room.low + free_total), count)
    width = np.ptp(levels, axis=1) / (count - 1)
    spend, values = _combinations(problem, levels)
    for zoom in range(ZOOMS + 1):
        gains = values if room.at_most else values + annuity(problem.case) * spend.sum(axis=2)
        _, picks = _divide(spend, gains, budgets)
        plans = spend[picks, np.arange(segments)[None, :]].reshape(len(budgets), -1)
        if zoom < ZOOMS:
            spend, values = _refined(problem, spend, values, plans[-1], width / 2**zoom)
    return Division(budgets, plans, spend, values)


def _refined(problem: Problem, spend: Array, values: Array, plan: Array, width: Array) -> tuple[Array, Array]:
    """The combinations with finer ones around a plan, (cells,), no further away than a width, (cells,)."""
    room = problem.room
    around = plan[:, None] + np.linspace(-1, 1, 5) * width[:, None]
    more, more_values = _combinations(problem, np.clip(around, room.low[:, None], room.high[:, None]))
    return np.concatenate([spend, more]), np.concatenate([values, more_values])


def upper_bound(problem: Problem, division: Division) -> float:
    """Lagrangian bound on what any split of the total reaches, if the grid finds each segment's best at each price.

    Every segment spends as it likes at a price for money; the price at which that costs the total bounds all splits
    from above (Everett 1963). The grid is refined around what each segment likes at that price.
    """
    room, money = problem.room, annuity(problem.case)
    spend, values = division.spend, division.values
    width = (room.high - room.low) / 8
    for zoom in range(ZOOMS + 1):
        totals = spend.sum(axis=2)
        gross = values + money * totals
        bound, low, high = np.inf, 1.0 if room.at_most else 0.0, HIGHEST_PRICE
        for _ in range(DUAL_STEPS):
            price = (low + high) / 2
            liked = (gross - price * money * totals).argmax(axis=0)
            taken = float(totals[liked, np.arange(len(liked))].sum())
            worth = float(gross[liked, np.arange(len(liked))].sum()) + price * money * (room.total - taken)
            bound = min(bound, worth)
            low, high = (price, high) if taken > room.total else (low, price)
        if zoom < ZOOMS:
            plan = spend[liked, np.arange(len(liked))].reshape(-1)
            spend, values = _refined(problem, spend, values, plan, width / 2 ** (zoom + 1))
    return bound - money * room.total


# The best split ------------------------------------------------------------------------------------------------------


def best_split(
    case: Case,
    budget: float | None = None,
    limits: Limits | None = None,
    at_most: bool = False,
    goal: Goal | None = None,
    initiatives: Sequence[str] = (),
    choose: bool = False,
    on_progress: Progress = silent,
) -> BestSplit:
    """The best split of a budget (the case's own by default), money per period.

    at_most      the budget need not be spent
    initiatives  chosen ones, paid from the budget; with `choose` the others may join and these may go
    Raises PlannerError where the budget or the limits cannot be met.
    """
    limits, goal = limits or Limits(), goal or Goal()
    budget = case.planned_budget if budget is None else budget
    if not 0 <= budget < np.inf:
        raise PlannerError("at_least", place="budget", value=budget, ge=0)
    given = draw(case, goal.draws, goal.seed).parameters if goal.draws else parameters(case)
    costs = dict(zip(case.initiative_ids, initiative_budget(case), strict=True))
    best: tuple[float, tuple[str, ...], Array, str, float | None] | None = None
    refusal: PlannerError | None = None
    tried = list(_choices(case, initiatives, choose))
    for number, choice in enumerate(tried):
        on_progress(number / len(tried))
        left = budget - sum(costs[i] for i in choice)
        try:
            if left < -1e-9 * budget:
                raise PlannerError("initiatives_above_budget", place="initiatives", value=budget - left, budget=budget)
            room = room_for(case, max(left, 0.0), limits, at_most)
        except PlannerError as error:
            refusal = refusal or error
            continue
        found = _solve(Problem(case, given, choice, room, goal.aversion))
        if best is None or found[0] > best[0]:
            best = (found[0], choice, *found[1:])
    if best is None:
        raise refusal or PlannerError("limits_cannot_be_met", place="limits", value=budget, budget=budget)
    on_progress(1.0)
    value, choice, plan, method, gap = best
    return _explained(case, budget, limits, value, choice, plan, method, gap)


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


def _solve(problem: Problem) -> tuple[float, Array, str, float | None]:
    """The best plan of one problem: value, plan (cells,), method, gap."""
    room, case = problem.room, problem.case
    quick = problem
    if problem.given.draws > SEARCH_DRAWS:
        quick = Problem(case, problem.given.rows(slice(0, SEARCH_DRAWS)), (), room, problem.aversion)
        quick.chosen = problem.chosen
    gridded = Problem(case, _middle(quick.given), (), room)
    gridded.chosen = problem.chosen
    division = divide(gridded)
    starts = [plan for plan in (room.fitted(division.plans[-1]), room.fitted(_today(case))) if plan is not None]
    if quick.separable:
        plan = polish(quick, room, max(starts, key=lambda start: float(quick(start[None])[0])))
    else:
        plan = search(quick, room, np.array(starts), randoms=60)
    if quick is not problem:
        plan = polish(problem, room, plan, rounds=1)
    value = float(problem(plan[None])[0])
    if not problem.separable:
        return value, plan, "search", None
    if problem.given.draws > 1:
        return value, plan, "grid_then_draws", None
    costs = customer_equity(problem.given, problem.batch(plan[None]), problem.chosen)[0, 0] - float(
        segment_equity(problem.given, problem.batch(plan[None]), problem.chosen).sum()
    )
    bound = upper_bound(problem, division) + costs
    return value, plan, "grid", max(0.0, bound - value)


def _middle(given: Parameters) -> Parameters:
    """The likely numbers behind drawn parameters."""
    return given if given.draws == 1 else parameters(given.case)


def _today(case: Case) -> Array:
    return spend_array(case, case.today).reshape(-1)


def _explained(
    case: Case,
    budget: float,
    limits: Limits,
    value: float,
    choice: tuple[str, ...],
    plan: Array,
    method: str,
    gap: float | None,
) -> BestSplit:
    spend = spend_dict(case, plan.reshape(len(case.segments), -1))
    costs = chosen_array(case, choice)[0, 0] @ initiative_budget(case)
    unspent = float(budget - plan.sum() - costs)
    return BestSplit(
        spend=spend,
        initiatives=choice,
        budget=budget,
        unspent=unspent if unspent > 1e-9 * max(budget, 1) else 0.0,
        value=value,
        readouts=read_out(case, spend, choice),
        binding=_binding(case, spend, limits, budget, unspent),
        nothing=empty_cells(parameters(case), spend, choice, budget),
        method=method,
        gap=gap,
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

    Each point starts from the grid's division and from its neighbours' best, so that no point lies below a neighbour's
    split with the rest poured in. Raises PlannerError for a range or limits that cannot be met.
    """
    if not 0 <= low < high < np.inf:
        raise PlannerError("range_order", place="from, to", value=[low, high])
    if not 2 <= points <= 500:
        raise PlannerError("out_of_range", place="points", value=points, low=2, high=500)
    given, limits = parameters(case), limits or Limits()
    paid = float(chosen_array(case, initiatives)[0, 0] @ initiative_budget(case))
    if low < paid:
        raise PlannerError("initiatives_above_budget", place="from", value=paid, budget=low)
    budgets = np.linspace(low, high, points)
    rooms = [room_for(case, budget - paid, limits) for budget in budgets]
    widest = Problem(case, given, initiatives, room_for(case, high - paid, limits))
    division = divide(widest)
    plans: list[Array] = []
    for number, room in enumerate(rooms):
        on_progress(number / (points + 1))
        problem = Problem(case, given, initiatives, room)
        step = int(np.searchsorted(division.budgets, room.total - room.low.sum(), side="right")) - 1
        starts = [division.plans[step], *plans[-1:]]
        fitted = [plan for start in starts if (plan := room.fitted(start)) is not None]
        best = max(fitted, key=lambda plan: float(problem(plan[None])[0]))
        improved = exchange(problem, room, best) if len(case.segments) <= 8 else best
        plans.append(polish(problem, room, improved))
    free = Problem(case, given, initiatives, room_for(case, high - paid, limits, at_most=True))
    starts = [start for plan in plans if (start := free.room.fitted(plan)) is not None]
    values = free(np.array(starts))
    peak = polish(free, free.room, exchange(free, free.room, starts[int(values.argmax())]))
    on_progress(1.0)
    spent = float(peak.sum()) + paid
    edge = spent >= high * (1 - 1e-6) or 0 < low >= spent * (1 - 1e-9)
    equity = np.array([float(widest(plan[None])[0]) for plan in plans])
    shape = (len(case.segments), -1)
    return BudgetCurve(
        budgets, equity, [spend_dict(case, plan.reshape(shape)) for plan in plans], None if edge else spent
    )
