"""The disagreement map: which of a room's arguments change the best split, and which do not matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.allocation.best_split import best_split
from strategy.allocation.division import Problem
from strategy.allocation.limits import room_for
from strategy.allocation.search import exchange, polish
from strategy.case.case import Case, Opinion
from strategy.case.editing import lever_document, with_lever
from strategy.case.levers import COLUMN, LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters, spend_array
from strategy.equity.simulation import initiative_budget
from strategy.plan.opinions import heard_of
from strategy.plan.plan import Plan
from strategy.progress import Progress, part_of, silent

REPRESENTATIVES = 12
"""Most people of one cell whose belief is searched with: evenly spaced from the least to the most effect they see."""
MOST_OF_IT = 0.8
"""Share of the cost of all differences that the arguments worth discussing make up."""


@dataclass(frozen=True)
class Argument:
    """What one cell's differences of opinion do.

    people  whose answers count
    spread  how far apart they are: the widest range of one answer, as a share of the way from floor to ceiling
    regret  customer equity lost on average when the split follows the room's median and one of the room is right
    worst   the same for the person where it is largest
    moved   money that the best split moves between cells, most over the room, per period
    low, high  the least and the most that the cell gets in the best split, money per period
    """

    segment: str
    lever: str
    people: int
    spread: float
    regret: float
    worst: float
    moved: float
    low: float
    high: float


def argued(case: Case) -> list[tuple[str, str]]:
    """The cells about which at least two people were heard who do not all say the same."""
    return [
        (segment.id, lever)
        for segment in case.segments
        for lever in LEVER_CODES
        if len({(o.floor, o.ceiling, o.points) for o in heard_of(case, segment.id, lever)}) > 1
    ]


def disagreement_key(plan: Plan) -> tuple[object, ...]:
    """What `disagreement` depends on: not on the plan's own split, but for its locks."""
    limits = plan.all_limits
    return ("disagreement", plan.case, plan.budget, plan.initiatives, plan.at_most, repr(limits))


def disagreement(plan: Plan, on_progress: Progress = silent) -> list[Argument]:
    """Each argument of the room with what it does to the best split of the plan's budget, the costliest first.

    The split is searched with one cell's answers following each person, all other cells at the room's median; the two
    people furthest apart are searched widest. Raises PlannerError where budget and limits cannot be met.
    """
    cells = argued(plan.case)
    settled = best_split(plan.case, plan.budget, plan.all_limits, plan.at_most, None, plan.initiatives, refined=False)
    base = spend_array(plan.case, settled.spend).reshape(-1)
    found = []
    for number, (segment, lever) in enumerate(cells):
        found.append(_argument(plan, segment, lever, base, part_of(on_progress, number, len(cells))))
    return sorted(found, key=lambda argument: -argument.regret)


def _argument(plan: Plan, segment: str, lever: str, base: Array, on_progress: Progress) -> Argument:
    opinions = heard_of(plan.case, segment, lever)
    problems = [_problem(plan, segment, lever, opinion) for opinion in representatives(opinions)]
    plans = [base]
    order = [0, len(problems) - 1, *range(1, len(problems) - 1)]
    for step, position in enumerate(order):
        on_progress(step / len(order))
        problem = problems[position]
        start = plans[int(problem(np.array(plans)).argmax())]
        if step < 2:
            start = exchange(problem, problem.room, start)
        plans.append(polish(problem, problem.room, start, rounds=1))
    tried = np.array(plans)
    values = np.array([problem(tried) for problem in problems])
    regret = values.max(axis=1) - values[:, 0]
    best = tried[values.argmax(axis=1)]
    position = plan.case.segment_ids.index(segment) * len(LEVER_CODES) + COLUMN[lever]
    return Argument(
        segment,
        lever,
        len(opinions),
        spread_of(opinions),
        float(regret.mean()),
        float(regret.max()),
        float(np.abs(best - base).sum(axis=1).max() / 2),
        float(min(best[:, position].min(), base[position])),
        float(max(best[:, position].max(), base[position])),
    )


def _problem(plan: Plan, segment: str, lever: str, opinion: Opinion) -> Problem:
    """The search when one cell's answers are one person's."""
    document = lever_document(plan.case, segment, lever)
    case = with_lever(plan.case, segment, lever, {**document, "opinions": [opinion.model_dump(mode="json")]})
    chosen = chosen_array(case, plan.initiatives)
    left = plan.budget - float(chosen[0, 0] @ initiative_budget(case))
    return Problem(parameters(case), chosen, room_for(case, max(left, 0.0), plan.all_limits, plan.at_most))


def representatives(opinions: Sequence[Opinion]) -> list[Opinion]:
    """At most REPRESENTATIVES of a room, from who sees the least effect of spending to who sees the most."""
    ordered = sorted(opinions, key=lambda opinion: abs(opinion.points[0][1] - opinion.floor))
    places = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), REPRESENTATIVES)).round().astype(int))
    return [ordered[place] for place in places]


def spread_of(opinions: Sequence[Opinion]) -> float:
    """The widest range that a room gives one answer, as a share of the way that spending can go at the median."""
    answers = np.array([[o.floor, o.ceiling, *(value for _, value in o.points)] for o in opinions])
    floor, ceiling, *_ = np.median(answers, axis=0)
    return float(np.ptp(answers, axis=0).max() / abs(ceiling - floor))


def worth_discussing(arguments: Sequence[Argument]) -> list[Argument]:
    """The fewest arguments, costliest first, that make up most of what the room's differences cost together."""
    total = sum(argument.regret for argument in arguments)
    found: list[Argument] = []
    for argument in sorted(arguments, key=lambda argument: -argument.regret):
        if total <= 0 or sum(other.regret for other in found) >= MOST_OF_IT * total:
            break
        found.append(argument)
    return found
