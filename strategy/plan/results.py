"""What a plan comes to, each result computed once for the same content, whoever asks."""

from collections.abc import Sequence
from functools import lru_cache

from strategy.allocation import best_split, information
from strategy.allocation import budget_curve as budgets
from strategy.allocation.limits import Limits
from strategy.allocation.phased_split import PhasedSplit, phased_split
from strategy.case.case import Case
from strategy.equity import readouts, uncertainty
from strategy.equity.one_euro import EuroTrail, follow_euro
from strategy.equity.parameters import Parameters, parameters
from strategy.equity.phases import PhasedSpend, SpendPhase, phases_of
from strategy.plan.plan import Plan
from strategy.plan.scenario import Cell, money_path
from strategy.plan.timing import Timing
from strategy.plan.timing import timing as timing_of
from strategy.progress import Progress

KEPT = 256
BUDGET_POINTS, SCALED_POINTS = 17, 81
Cells = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
Split = tuple[Case, tuple[tuple[int, Cells], ...], tuple[str, ...]]


def split_of(plan: Plan) -> Split:
    """What the results depend on: case, spend and initiatives, hashable."""
    phases = tuple(
        (phase.start, tuple((segment, tuple(levers.items())) for segment, levers in phase.spend.items()))
        for phase in plan.phases
    )
    return plan.case, phases, plan.initiatives


def spend_of(split: Split) -> PhasedSpend:
    """The money of a split, as `read_out` takes it."""
    phases = [SpendPhase(first, {segment: dict(levers) for segment, levers in cells}) for first, cells in split[1]]
    return money_path(phases)


@lru_cache(KEPT)
def given(case: Case) -> Parameters:
    """The case's likely numbers as arrays."""
    return parameters(case)


@lru_cache(KEPT)
def _read_out(split: Split) -> readouts.Readouts:
    return readouts.read_out(split[0], spend_of(split), split[2], given(split[0]))


def read_out(plan: Plan) -> readouts.Readouts:
    """The plan beside today's."""
    return _read_out(split_of(plan))


@lru_cache(KEPT)
def _opportunities(split: Split, budget: float) -> list[readouts.Opportunity]:
    return readouts.opportunities(given(split[0]), spend_of(split), split[2], budget)


def opportunities(plan: Plan) -> list[readouts.Opportunity]:
    """Where the next euro goes, most attractive first; with phases the places of all of them."""
    return _opportunities(split_of(plan), plan.budget)


def next_step(plan: Plan) -> readouts.Opportunity | None:
    """Where the next euro earns most; None where nothing is left to spend on."""
    return next((place for place in opportunities(plan) if not place.in_plan), None)


@lru_cache(KEPT)
def _tornado(split: Split) -> list[uncertainty.TornadoBar]:
    return uncertainty.tornado(split[0], (spend_of(split), split[2]))


def tornado(plan: Plan) -> list[uncertainty.TornadoBar]:
    """Which assumptions matter to the plan."""
    return _tornado(split_of(plan))


@lru_cache(KEPT)
def _flips(split: Split, other: Split) -> list[information.Flip]:
    return information.flip_points(split[0], (spend_of(split), split[2]), (spend_of(other), other[2]))


def flips(plan: Plan, other: Plan) -> list[information.Flip]:
    """The beliefs at which the better of two plans changes."""
    return _flips(split_of(plan), split_of(other))


@lru_cache(KEPT)
def _trail(split: Split, segment: str, lever: str, phase: int | None) -> EuroTrail:
    return follow_euro(given(split[0]), spend_of(split), split[2], segment, lever, phase)


def trail(plan: Plan, segment: str, lever: str, phase: int | None = None) -> EuroTrail:
    """One more euro in every period of a phase, or of the plan, in a cell, followed to customer equity."""
    return _trail(split_of(plan), segment, lever, phase)


@lru_cache(KEPT)
def _timing(split: Split, locked: tuple[Cell, ...]) -> Timing | None:
    phases = phases_of(spend_of(split))
    return timing_of(given(split[0]), phases, split[2], _read_out(split), locked)


def timing(plan: Plan) -> Timing | None:
    """What time does to the money of a plan with phases; None where the money is the same in every period."""
    return _timing(split_of(plan), plan.locked) if plan.phased else None


# Long work: computed by pages/frame/jobs.py, which keeps the result by its key ---------------------------------------


def outlook_key(plan: Plan) -> tuple[object, ...]:
    """What `outlook` depends on."""
    return ("outlook", *split_of(plan), plan.draws, plan.seed)


def outlook(plan: Plan, on_progress: Progress) -> uncertainty.Outlook:
    """How sure today's and the plan are."""
    return uncertainty.outlook(plan.case, [(plan.spend, plan.initiatives)], plan.draws, plan.seed, on_progress)


def best_key(plan: Plan) -> tuple[object, ...]:
    """What `best` depends on: not on the plan's own split, but for its locks."""
    limits = plan.all_limits
    cells, locks = (
        tuple((segment, *sorted(levers.items())) for segment, levers in part.items())
        for part in (limits.cells, limits.locked)
    )
    settings = (plan.at_most, plan.choose_initiatives, plan.cash, plan.aversion, plan.draws, plan.seed)
    levers = tuple(sorted(limits.levers.items()))
    return ("best", plan.case, plan.budget, cells, locks, levers, plan.initiatives, settings)


def best(plan: Plan, on_progress: Progress) -> best_split.BestSplit:
    """The best split of the plan's budget within its locks and limits, refined."""
    return _best(plan, True, on_progress)


def divided_key(plan: Plan) -> tuple[object, ...]:
    """What `divided` depends on."""
    return ("divided", *best_key(plan)[1:])


def divided(plan: Plan, on_progress: Progress) -> best_split.BestSplit:
    """The best split before it is refined: the grid's division, at once."""
    return _best(plan, False, on_progress)


def _best(plan: Plan, refined: bool, on_progress: Progress) -> best_split.BestSplit:
    return best_split.best_split(plan.case, *_wanted(plan), refined, on_progress, plan.cash)


def _wanted(plan: Plan) -> tuple[float, Limits, bool, best_split.Goal, tuple[str, ...], bool]:
    """What every search for a best split is asked, in the order in which both take it."""
    return plan.budget, plan.all_limits, plan.at_most, plan.goal, plan.initiatives, plan.choose_initiatives


def best_path_key(plan: Plan) -> tuple[object, ...]:
    """What `best_path` depends on: the borders of the phases, and what the best split depends on."""
    return ("best_path", plan.starts, *best_key(plan)[1:])


def best_path(plan: Plan, on_progress: Progress) -> PhasedSplit:
    """The best split of the plan's budget over its phases, within its locks and limits in each, refined."""
    return _best_path(plan, True, on_progress)


def divided_path_key(plan: Plan) -> tuple[object, ...]:
    """What `divided_path` depends on."""
    return ("divided_path", *best_path_key(plan)[1:])


def divided_path(plan: Plan, on_progress: Progress) -> PhasedSplit:
    """The best split over phases before it is refined: soon."""
    return _best_path(plan, False, on_progress)


def _best_path(plan: Plan, refined: bool, on_progress: Progress) -> PhasedSplit:
    return phased_split(plan.case, plan.starts, *_wanted(plan), refined, on_progress, plan.cash)


def budget_curve_key(plan: Plan) -> tuple[object, ...]:
    """What `budget_curve` depends on."""
    return ("budget_curve", plan.case, plan.initiatives, budget_range(plan))


def budget_range(plan: Plan) -> tuple[float, float]:
    """Budgets worth looking at: from nothing but the initiatives to well above the larger of plan and today."""
    today = sum(amount for levers in plan.case.today.values() for amount in levers.values())
    top = max(plan.budget, plan.spent + plan.initiative_cost, today)
    return plan.initiative_cost, 2.5 * top if top > 0 else 1.0


def budget_curve(plan: Plan, on_progress: Progress) -> budgets.BudgetCurve:
    """Customer equity of the best split at each budget."""
    low, high = budget_range(plan)
    return budgets.budget_curve(plan.case, low, high, BUDGET_POINTS, plan.initiatives, Limits(), on_progress)


@lru_cache(KEPT)
def _scaled_curve(split: Split, ends: tuple[float, float]) -> budgets.BudgetCurve:
    return budgets.scaled_curve(split[0], spend_of(split), *ends, SCALED_POINTS, split[2])


def scaled_curve(plan: Plan) -> budgets.BudgetCurve | None:
    """Customer equity of the plan with all its money scaled to each budget; None where it spends nothing."""
    return _scaled_curve(split_of(plan), budget_range(plan)) if plan.spent > 0 else None


def information_key(plan: Plan) -> tuple[object, ...]:
    """What `worth_finding_out` depends on."""
    return ("information", *split_of(plan), *best_key(plan))


def worth_finding_out(plan: Plan, on_progress: Progress) -> information.Information:
    """No-regret money, and what knowing each assumption is worth."""
    found = best(plan, lambda share: on_progress(0.2 * share))
    plans: Sequence[uncertainty.Plan] = [(plan.spend, plan.initiatives)]
    return information.value_of_information(
        plan.case,
        plans,
        found,
        plan.all_limits,
        plan.draws,
        plan.seed,
        lambda share: on_progress(0.2 + 0.8 * share),
    )
