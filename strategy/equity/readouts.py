"""What a plan comes to beside today's: uplift and its causes, the next euro, cost per new customer, payback."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import factorial

import numpy as np

from strategy.case.case import Case
from strategy.case.levers import COLUMN, LEVER_CODES, LEVER_OF, LEVERS
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, Spend, chosen_array, parameters, spendable
from strategy.equity.phases import PhasedSpend, SpendPath, phase_annuities, spend_path
from strategy.equity.simulation import Simulation, annuity, customer_equity, initiative_budget, simulate

PLAYERS = (*LEVER_CODES, "initiatives")
"""Whom the uplift is attributed to."""
ACQUIRE = COLUMN[LEVER_OF["acquisition_rate"]]
STEP_SHARE = 0.01
"""The next step of a cell, as a share of the budget."""
STEPS_TRIED = 40
EMPTY = 1e-6
"""A cell with less than this share of the budget counts as getting nothing."""


def shapley(values: Array) -> Array:
    """Exact Shapley values of n players from the worth of every set of them.

    values   (..., 2^n) worth of the set whose members are the bits of the position
    returns  (..., n); they sum to values[..., -1] - values[..., 0] (Shapley 1953)
    """
    players = int(values.shape[-1]).bit_length() - 1
    weights = np.zeros((values.shape[-1], players))
    for members in range(values.shape[-1]):
        size = members.bit_count()
        for player in range(players):
            if not members >> player & 1:
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                weights[members | 1 << player, player] += weight
                weights[members, player] -= weight
    return np.asarray((values - values[..., :1]) @ weights, float)


def payback_period(cash: Array, today: Array) -> int | None:
    """First period from which cumulated undiscounted cash minus today's stays at 0 or above; None if none.

    cash, today  (periods,) money
    """
    behind = np.flatnonzero(np.cumsum(cash - today) < 0)
    first = int(behind[-1]) + 2 if behind.size else 1
    return first if first <= len(cash) else None


@dataclass(frozen=True)
class Readouts:
    """A plan beside today's. Segments and levers in the order of the case and LEVERS; None where undefined.

    today, plan          Simulation of one draw and one plan each
    uplift               CE(plan) - CE(today, no initiatives), money
    more_money           the part from today's mix scaled to the plan's total; better_mix is the rest
    marginal_return      (segments, levers) what one more euro in every period brings back; nan for constants
    phase_returns        (phases, segments, levers) the same where it is spent in the periods of one phase only
    attribution          money per player: levers, then initiatives; sums to the uplift
    cac, marginal_cac    per segment, money per new customer, onboarding included
    clv_to_cac           per segment, net CLV in period 1 / CAC
    """

    today: Simulation
    plan: Simulation
    uplift: float
    more_money: float
    better_mix: float
    marginal_return: Array
    phase_returns: Array
    attribution: dict[str, float]
    cac: list[float | None]
    marginal_cac: list[float | None]
    clv_to_cac: list[float | None]
    payback_period: int | None

    @property
    def customer_equity(self) -> float:
        """CE of the plan, money."""
        return float(self.plan.customer_equity[0, 0])


def plan_total(case: Case, spend: Spend, initiatives: Sequence[str]) -> float:
    """What a plan of one phase takes from the budget, money per period: see `plan_totals`."""
    return float(plan_totals(case, spend, initiatives)[0])


def plan_totals(case: Case, spend: PhasedSpend, initiatives: Sequence[str]) -> Array:
    """What a plan takes from the budget in each of its phases, money per period, (phases,).

    It is the phase's spend, and of the initiatives the present value of their costs / annuity.
    """
    chosen = chosen_array(case, initiatives)[0, 0]
    spent = [phase.sum() for phase in spend_path(case, spend).money[0, 0]]
    return np.asarray(spent + chosen @ initiative_budget(case), float)


def read_out(
    case: Case, spend: PhasedSpend, initiatives: Sequence[str] = (), given: Parameters | None = None
) -> Readouts:
    """All read-outs of a plan at the likely numbers, from one batch (model: section 4)."""
    given = given or parameters(case)
    path = spend_path(case, spend)
    plan, today = path.money, np.broadcast_to(given.today[:, :, None], path.money.shape)
    totals = plan_totals(case, spend, initiatives)
    batch = [today, plan, _scaled_today(today, totals)]
    batch += [_one_more(given, plan), _without_acquiring(plan), _lever_sets(today, plan)]
    batch += [_one_more_in_each_phase(given, plan)] if len(path.starts) > 1 else []
    sizes = [part.shape[1] for part in batch]
    none, chosen = chosen_array(case, ()), chosen_array(case, initiatives)
    choices = [none, chosen, none, *(np.repeat(chosen, size, axis=1) for size in sizes[3:])]
    choices[5] = np.concatenate([np.repeat(c, sizes[5] // 2, axis=1) for c in (none, chosen)], axis=1)
    result = simulate(given, SpendPath(np.concatenate(batch, axis=1), path.starts), np.concatenate(choices, axis=1))
    ends = np.cumsum(sizes)
    equity = np.split(result.customer_equity[0], ends[:-1])
    today_equity, plan_equity = float(equity[0][0]), float(equity[1][0])
    differs = _differs(totals, float(given.today.sum()))
    more_money = float(equity[2][0]) - today_equity if differs else 0.0
    marginal = 1 + (equity[3].reshape(plan.shape[3:]) - plan_equity) / annuity(case)
    marginal = np.where(spendable(case), marginal, np.nan)
    by_phase = marginal[None]
    if len(path.starts) > 1:
        gains = equity[6].reshape(plan.shape[2:]) - plan_equity
        by_phase = 1 + gains / phase_annuities(case, path.starts)[:, None, None]
        by_phase = np.where(spendable(case), by_phase, np.nan)
    acquired = np.split(result.acquired[0].sum(axis=1), ends[:-1])
    today_result, plan_result = (_only(result, column) for column in (0, 1))
    cac, marginal_cac = _costs_per_new_customer(given, path, acquired)
    net = plan_result.clv_net[0, 0, 0]
    return Readouts(
        today=today_result,
        plan=plan_result,
        uplift=plan_equity - today_equity,
        more_money=more_money,
        better_mix=plan_equity - today_equity - more_money,
        marginal_return=marginal,
        phase_returns=by_phase,
        attribution=dict(zip(PLAYERS, shapley(equity[5]).tolist(), strict=True)),
        cac=cac,
        marginal_cac=marginal_cac,
        clv_to_cac=[float(v) / c if c else None for v, c in zip(net, cac, strict=True)],
        payback_period=payback_period(plan_result.cash[0, 0], today_result.cash[0, 0]),
    )


def _differs(totals: Array, today: float) -> bool:
    """Whether a plan's total is another than today's in any phase (beyond rounding)."""
    return bool((np.abs(totals - today) > 1e-9 * np.maximum(1.0, totals)).any())


def _scaled_today(today: Array, totals: Array) -> Array:
    """Today's mix at the total of each phase, (1, 1, phases, segments, levers)."""
    spent = today[0, 0, 0].sum()
    return np.asarray(today * (totals / spent)[:, None, None] if spent > 0 else today, float)


def _one_more(given: Parameters, plan: Array) -> Array:
    """The plan with one more money unit per period in each cell in turn, (1, cells, phases, segments, levers)."""
    shape = plan.shape[3:]
    cells = np.eye(int(np.prod(shape))).reshape(1, -1, 1, *shape)
    return np.asarray(plan + cells * spendable(given.case), float)


def _one_more_in_each_phase(given: Parameters, plan: Array) -> Array:
    """The same in the periods of each phase in turn, (1, phases x cells, phases, segments, levers)."""
    cells = np.eye(plan[0, 0].size).reshape(1, -1, *plan.shape[2:])
    return np.asarray(plan + cells * spendable(given.case), float)


def _without_acquiring(plan: Array) -> Array:
    """The plan with each segment's acquire spend at 0 in turn, (1, segments, phases, segments, levers)."""
    plans = np.repeat(plan, plan.shape[3], axis=1)
    for segment in range(plan.shape[3]):
        plans[0, segment, :, segment, ACQUIRE] = 0
    return plans


def _lever_sets(today: Array, plan: Array) -> Array:
    """For every set of players, the plan for its levers and today's for the others, over all phases.

    returns  (1, sets, phases, segments, levers)
    """
    members = np.arange(2 ** len(PLAYERS))[:, None] >> np.arange(len(LEVERS)) & 1
    return np.where(members[None, :, None, None, :] == 1, plan, today)


def _only(result: Simulation, column: int) -> Simulation:
    return Simulation(**{name: array[:, column : column + 1] for name, array in vars(result).items()})


def _costs_per_new_customer(
    given: Parameters, path: SpendPath, acquired: list[Array]
) -> tuple[list[float | None], list[float | None]]:
    """CAC and marginal CAC per segment; `acquired` holds (plans, segments) totals per part of the batch."""
    segments, periods = path.money.shape[3], given.case.horizon
    spends = [path.at(period)[0, 0, :, ACQUIRE] for period in range(1, periods + 1)]
    onboarding = given.onboarding_cost[0, 0]
    one_more = acquired[3].reshape(segments, len(LEVERS), segments)
    average: list[float | None] = []
    marginal: list[float | None] = []
    for s in range(segments):
        bought = acquired[1][0, s] - acquired[4][s, s]
        next_bought = one_more[s, ACQUIRE, s] - acquired[1][0, s]
        spent = np.sum([spend[s] for spend in spends]) if len(path.starts) > 1 else periods * spends[0][s]
        average.append(float(spent / bought + onboarding[s]) if bought > 0 else None)
        marginal.append(float(periods / next_bought + onboarding[s]) if next_bought > 0 else None)
    return average, marginal


# Where the next euro goes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpendStep:
    """A step in a cell at 0: its amount, money per period of a phase, and what it brings back per euro.

    phase  position of the phase in which it is taken; 0 where the plan has one
    """

    segment: str
    lever: str
    amount: float
    multiple: float
    phase: int = 0


@dataclass(frozen=True)
class EmptyCell:
    """A cell at 0: the step within the budget with the best return, and the smallest that pays (None: none does)."""

    best: SpendStep
    first_paying: SpendStep | None


def empty_cells(given: Parameters, spend: PhasedSpend, initiatives: Sequence[str], budget: float) -> list[EmptyCell]:
    """What a step would earn in each cell at (next to) 0: the first euro of an S-curve earns nothing, a step may.

    Over phases each phase's cells are looked at, and a step is taken in the periods of that phase.
    """
    case, path = given.case, spend_path(given.case, spend)
    places = np.argwhere(spendable(case) & (path.money[0, 0] <= EMPTY * budget))
    if not len(places) or budget <= 0:
        return []
    amounts = np.geomspace(budget / 1000, budget, STEPS_TRIED)
    bumps = np.zeros((len(places), len(amounts), *path.money.shape[2:]))
    bumps[(np.arange(len(places)), slice(None), *places.T)] = amounts
    plans = np.concatenate([path.money, path.money + bumps.reshape(1, -1, *path.money.shape[2:])], axis=1)
    equity = customer_equity(given, SpendPath(plans, path.starts), chosen_array(case, initiatives))[0]
    gains = (equity[1:] - equity[0]).reshape(len(places), len(amounts))
    worth = phase_annuities(case, path.starts)[places[:, :1]] * amounts
    found = []
    for (phase, s, lever), row in zip(places.tolist(), 1 + gains / worth, strict=True):
        steps = [
            SpendStep(case.segments[s].id, LEVER_CODES[lever], float(a), float(m), phase)
            for a, m in zip(amounts, row, strict=True)
        ]
        paying = np.flatnonzero(row > 1)
        found.append(EmptyCell(steps[int(row.argmax())], steps[int(paying[0])] if paying.size else None))
    return found


@dataclass(frozen=True)
class Opportunity:
    """A place for money, given what is chosen already.

    kind      "cell" or "initiative"; `segment` is None for an initiative, `initiative` its id
    cost      money per period of the phase (an initiative: present value of its costs / annuity, in every phase)
    multiple  what one euro there brings back in customer equity, per present-value euro
    in_plan   whether the plan pays for it now (a cell's last step) or could (its next)
    funded    whether it lies above the cut line of its phase when the most attractive are taken first
    phase     position of a cell's phase; 0 where the plan has one; None for an initiative
    """

    kind: str
    segment: str | None
    lever: str
    initiative: str | None
    cost: float
    multiple: float
    in_plan: bool
    funded: bool
    phase: int | None = 0


def opportunities(
    given: Parameters, spend: PhasedSpend, initiatives: Sequence[str], budget: float
) -> list[Opportunity]:
    """Last and next steps of every cell and all initiatives, most attractive first, with the cut line at the budget.

    The money at stake is what is unallocated plus what the listed places of the plan hold now; where the plan is the
    best split, exactly those places lie above the line. Over phases each has its own cells, money and line.
    """
    case, path = given.case, spend_path(given.case, spend)
    chosen = chosen_array(case, initiatives)
    step = max(budget, float(path.money[0, 0].sum(axis=(-1, -2)).max())) * STEP_SHARE
    if step <= 0:
        return []
    empty = [cell.best for cell in empty_cells(given, spend, initiatives, budget)]
    first_steps = {(best.phase, best.segment, best.lever): best.amount for best in empty}
    places: list[tuple[Opportunity, Array, Array]] = []
    for phase, s, lever in np.argwhere(np.broadcast_to(spendable(case), path.money.shape[2:])).tolist():
        segment, code = case.segments[s].id, LEVER_CODES[lever]
        held = min(step, float(path.money[0, 0, phase, s, lever]))
        for amount, in_plan in ((held, True), (first_steps.get((phase, segment, code), step), False)):
            if amount > 0:
                changed = path.money.copy()
                changed[0, 0, phase, s, lever] += -amount if in_plan else amount
                place = Opportunity("cell", segment, code, None, amount, 0.0, in_plan, False, phase)
                places.append((place, changed, chosen))
    for i, (initiative, cost) in enumerate(zip(case.initiatives, initiative_budget(case), strict=True)):
        toggled = chosen.copy()
        toggled[0, 0, i] = 1 - toggled[0, 0, i]
        is_chosen = bool(chosen[0, 0, i])
        place = Opportunity(
            "initiative", None, initiative.lever, initiative.id, float(cost), 0.0, is_chosen, False, None
        )
        places.append((place, path.money, toggled))
    plans, choices = (
        np.concatenate([first, *(p[i] for p in places)], axis=1) for i, first in ((1, path.money), (2, chosen))
    )
    equity = customer_equity(given, SpendPath(plans, path.starts), choices)[0]
    in_plan_now = [p.initiative for p, *_ in places if p.in_plan and p.initiative]
    left = budget - plan_totals(case, spend, in_plan_now)
    return _ranked([place for place, *_ in places], equity[1:] - equity[0], left, case, path.starts)


def _ranked(
    places: list[Opportunity], changes: Array, left: Array, case: Case, starts: Sequence[int]
) -> list[Opportunity]:
    """The places with what they bring, best first; `left` is what each phase has unallocated, (phases,)."""
    by_phase = phase_annuities(case, starts)
    valued = []
    for place, change in zip(places, changes, strict=True):
        gain = -change if place.in_plan else change
        factor = annuity(case) if place.phase is None else by_phase[place.phase]
        multiple = 1 + gain / (factor * place.cost) if place.cost > 0 else (np.inf if gain > 0 else 1.0)
        valued.append((float(multiple), place))
    valued.sort(key=lambda pair: -pair[0])
    taken, at_stake = np.zeros(len(starts)), left.copy()
    for place in places:
        at_stake[_phases_of(place)] += place.cost * place.in_plan
    ranked = []
    for multiple, place in valued:
        paid_in = _phases_of(place)
        taken[paid_in] += place.cost
        funded = multiple > 1 and bool((taken <= at_stake * (1 + 1e-9))[paid_in].all())
        ranked.append(replace(place, multiple=multiple, funded=funded))
    return ranked


def _phases_of(place: Opportunity) -> slice:
    """The phases whose money a place takes: its own, or of an initiative all."""
    return slice(None) if place.phase is None else slice(place.phase, place.phase + 1)
