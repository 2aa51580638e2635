"""What a plan supposes of its market: prospects that run out and rivals that answer, or that nobody said so."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from strategy.allocation.market_advice import MarketShift, market_shifts, rivals_everywhere, wins
from strategy.case.beliefs import Origin
from strategy.case.case import Case
from strategy.case.editing import POOL_NUMBERS, Key, with_prospect_pool, with_rivals
from strategy.case.estimate import Estimate
from strategy.equity.curves import Array
from strategy.equity.readouts import Readouts
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.progress import Progress

MARKET = (*POOL_NUMBERS, "rival_response")
"""What is asked of a segment's market: people who appear, and shares."""
Silence = Literal["prospects_last", "rivals_still"]
"""What a case supposes where nobody answered: prospects do not run out, rivals do not answer."""
SUPPOSED = Origin(kind="assumed")
MEANWHILE = Origin(kind="default", confirm=True)
"""Of one number of a pool as long as only the other was answered."""


# The answers ---------------------------------------------------------------------------------------------------------


def asked(case: Case, segment: str) -> tuple[str, ...]:
    """Which of MARKET are asked of a segment: pools where prospects can be won, rivals where a curve acquires."""
    found = case.segment(segment)
    pool = POOL_NUMBERS if wins(found) else ()
    return (*pool, "rival_response") if found.counts("rival_response") else pool


def answered(plan: Plan, segment: str, field: str) -> Estimate | None:
    """What was answered, in the unit of the case; None where nobody did, also where the planner put 0 meanwhile."""
    found = plan.case.segment(segment)
    if field == "rival_response":
        return found.rival_response if found.rival_response.high > 0 else None
    if found.prospect_pool is None or plan.origin((segment, field)) == MEANWHILE:
        return None
    return found.refill if field == "refill" else found.return_share


def set_market(plan: Plan, segment: str, field: str, value: Estimate | None) -> Plan:
    """The plan with an answer about a segment's market; None takes it back.

    Of a pool both numbers are needed: as long as one is not answered it is 0, marked to be confirmed; without any
    answer prospects never run out. Raises PlannerError for what cannot be.
    """
    believed = Origin(kind="believed")
    if field == "rival_response":
        changed = with_rivals(plan.case, segment, value or Estimate.of(0))
        return set_case(plan, changed, {(segment, field): believed})
    answers = {name: answered(plan, segment, name) for name in POOL_NUMBERS} | {field: value}
    if not any(answers.values()):
        return set_case(plan, with_prospect_pool(plan.case, segment, None, Estimate.of(0)))
    origins: dict[Key, Origin] = {(segment, n): MEANWHILE for n, given in answers.items() if given is None}
    if value is not None:
        origins[segment, field] = believed
    refill, returned = (answers[name] or Estimate.of(0) for name in POOL_NUMBERS)
    return set_case(plan, with_prospect_pool(plan.case, segment, refill, returned), origins)


@dataclass(frozen=True)
class Supposed:
    """An assumption that nobody made: nobody answered, and the case goes on as if the market stood still."""

    segment: str
    what: Silence
    origin: Origin = SUPPOSED


def supposed(plan: Plan) -> list[Supposed]:
    """What the case supposes of its market where nobody answered, by segment in the case's order."""
    found = []
    for segment in plan.case.segments:
        fields = asked(plan.case, segment.id)
        if "refill" in fields and segment.prospect_pool is None:
            found.append(Supposed(segment.id, "prospects_last"))
        if "rival_response" in fields and segment.rival_response.high == 0:
            found.append(Supposed(segment.id, "rivals_still"))
    return found


@dataclass(frozen=True)
class Overwon:
    """A segment that wins more people over the plan than there are prospects, who are said not to run out."""

    segment: str
    won: float
    prospects: float


def overwon(case: Case, found: Readouts) -> list[Overwon]:
    """Where a plan wins more people than there are, the most for each prospect first."""
    won = found.plan.acquired[0, 0].sum(axis=0)
    over = [
        Overwon(segment.id, float(people), segment.prospects.likely)
        for segment, people in zip(case.segments, won, strict=True)
        if segment.prospect_pool is None and people > segment.prospects.likely > 0
    ]
    return sorted(over, key=lambda each: -each.won / each.prospects)


# What follows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PoolCourse:
    """A segment's prospects over time, people, (periods,) each.

    left       who can be reached
    won        who become customers, referred ones too
    refilled   who appear as prospects; returned: who left and can be won again; both are reachable a period later
    """

    left: Array
    won: Array
    refilled: Array
    returned: Array


def pool_courses(case: Case, found: Readouts, segment: str) -> tuple[PoolCourse, PoolCourse]:
    """A segment's prospects as today's split and as the plan leave them, at the likely numbers."""
    at, told = case.segment_ids.index(segment), case.segment(segment)
    courses = []
    for course in (found.today, found.plan):
        active, kept = (array[0, 0, :, at] for array in (course.customers, course.retention_rate))
        left, won = (np.asarray(array[0, 0, :, at], float) for array in (course.prospects, course.new))
        refilled = np.full(len(left), told.refill.likely)
        courses.append(PoolCourse(left, won, refilled, told.return_share.likely * active * (1 - kept)))
    return courses[0], courses[1]


@dataclass(frozen=True)
class Answered:
    """A plan with rivals who answer beside the same plan if they did not."""

    answered: Readouts
    unanswered: Readouts

    def shares(self, case: Case, segment: str) -> tuple[Array, Array, Array]:
        """The share of prospects won, (periods,): today, the plan, and the plan if rivals did not answer."""
        at = case.segment_ids.index(segment)
        runs = (self.answered.today, self.answered.plan, self.unanswered.plan)
        pairs = ((run.acquired[0, 0, :, at], run.prospects[0, 0, :, at]) for run in runs)
        today, plan, alone = (np.divide(won, there, out=np.zeros(len(won)), where=there > 0) for won, there in pairs)
        return today, plan, alone


def rivals_answer(plan: Plan) -> Answered:
    """What rivals make of the plan."""
    unanswered = plan.model_copy(update={"case": rivals_everywhere(plan.case, 0.0)})
    return Answered(results.read_out(plan), results.read_out(unanswered))


def market_key(plan: Plan) -> tuple[object, ...]:
    """What `market` depends on."""
    return ("market", plan.case, plan.budget)


def market(plan: Plan, on_progress: Progress) -> list[MarketShift]:
    """What the market does to the best split of the plan's budget; long work."""
    return market_shifts(plan.case, plan.budget, on_progress)
