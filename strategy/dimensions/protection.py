"""Protecting the profit stream: what keeping a customer may cost, what events damage, what the lapsed are worth."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from strategy.case.beliefs import Origin
from strategy.case.case import Case, Constant, Event, slug
from strategy.case.editing import Key, document_of, with_segments, without_entry
from strategy.case.levers import COLUMN, METRICS, SERVING, levers_at
from strategy.equity.curves import Array, Response
from strategy.equity.parameters import Parameters, chosen_array, parameters
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.equity.simulation import annuity, customer_equity, discount_factors, lifetime_value
from strategy.errors import PlannerError
from strategy.plan.moves import set_budget, set_fixed, set_spend
from strategy.plan.plan import Plan, set_case

GRID, ZOOMS = 401, 5
"""Spends per head compared at once, and how often the grid closes in on the best."""
HALVINGS = 60


# The most that keeping may cost --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keeping:
    """What keeping a customer costs and may cost, per segment; arrays (segments,), money per customer and period.

    today, best   spend on keeping one customer: now, and where a customer's value is highest
    most          the spend above which keeping brings less than no keeping at all
    kept_today, kept_best     share that stays at these spends
    worth_today, worth_best   value of an active customer at these spends, net of all spend on customers
    customers     active customers in the first period
    Where spending does not move retention, or nobody is a customer, best, most and what goes with them are nan.
    """

    today: Array
    best: Array
    most: Array
    kept_today: Array
    kept_best: Array
    worth_today: Array
    worth_best: Array
    customers: Array


def worth_at(margin: Array, kept: Array, later: Array, own: Array, discount: float) -> Array:
    """Value of a customer on whom the same is spent in every period.

    margin    (...) money per period after that spend, at its opening
    kept      (...) share that stays
    later     (...) value in another segment of a customer who stays, times the share that moves there
    own       (...) share of those who stay that stays in the segment
    returns   (...) (m + rho/(1+d) later)/(1 - rho own/(1+d)); without migration m (1+d)/(1+d-rho)
    """
    stay = kept / (1 + discount)
    value: Array = (margin + stay * later) / (1 - stay * own)
    return value


def best_retention_spend(
    response: Response,
    answer_spend: Array,
    margin: Array,
    discount: float,
    later: Array,
    own: Array,
    paid: float = 1.0,
) -> tuple[Array, Array]:
    """The spend per head that maximises a customer's value, and the one above which it falls below that at no spend.

    response      of retain; its draws and plans have length 1
    answer_spend  (segments,) spend per head behind the first answer
    margin        (segments,) money per customer and period before this spend
    later, own    as of `worth_at`
    paid          what one unit costs at the period's opening: 1, or 1/(1+d) where it is paid with the next margin
                  (Blattberg & Deighton 1996)
    returns       (2, segments) money per head; at the first r'(x) V/(1+d) = paid, or it is 0
    S-shaped curves have several tops: the whole range is compared, then the grid closes in on the highest.
    """

    def value(spends: Array) -> Array:
        kept = response.metric(response.share((spends / answer_spend)[None]))[0]
        return worth_at(margin - paid * spends, kept, later, own, discount)

    ceiling = np.maximum(response.floor, response.ceiling)[0, 0]
    useful = worth_at(margin, ceiling, later, own, discount) - worth_at(
        margin, response.floor[0, 0], later, own, discount
    )
    top = np.maximum(useful / paid, 0.0) * (1 + 1e-9)
    shares = np.linspace(0, 1, GRID)[:, None]
    low, high = np.zeros_like(top), top
    for _ in range(ZOOMS):
        spends = low + (high - low) * shares
        nearest = value(spends).argmax(axis=0)
        step = (high - low) / (GRID - 1)
        best = np.take_along_axis(spends, nearest[None], axis=0)[0]
        low, high = np.maximum(best - step, 0.0), np.minimum(best + step, top)
    best = np.where(value(best[None])[0] > value(np.zeros_like(best)[None])[0], best, 0.0)
    low, high = best, top
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        pays = value(middle[None])[0] >= value(np.zeros_like(best)[None])[0]
        low, high = np.where(pays, middle, low), np.where(pays, high, middle)
    return best, low


def keeping(given: Parameters) -> Keeping:
    """What keeping a customer may cost in each segment, at today's numbers of the first period, without events.

    A customer's margin counts after today's spend on developing and on cutting the cost to serve.
    """
    case, active = given.case, given.today_active[0, 0]
    today = given.today[0, 0]
    response = given.responses["retain"]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_head = np.where(active[:, None] > 0, today / active[:, None], np.nan)
        asked = np.where(active > 0, response.answer_spend[0, 0] / active, np.nan)
    revenue, cost, kept = (
        given.today_metric(metric)[0, 0] for metric in ("revenue", "cost_to_serve", "retention_rate")
    )
    margin = revenue * given.gross_margin[0, 0] - cost
    for lever in (code for code in SERVING if code != "retain"):
        margin = margin - per_head[:, COLUMN[lever]]
    spent = per_head[:, COLUMN["retain"]]
    moves = np.eye(len(active)) if given.migration is None else given.migration
    own = np.diag(moves)
    worth = lifetime_value(np.nan_to_num(margin - spent), kept, case.discount, given.migration)
    later = moves @ worth - own * worth
    best, most = best_retention_spend(response, asked, margin, case.discount, later, own)
    reacts = np.array([not isinstance(s.levers["retain"], Constant) for s in case.segments]) & (active > 0)
    best, most = np.where(reacts, best, np.nan), np.where(reacts, most, np.nan)
    share = response.share((best / asked)[None, None])
    kept_best = np.where(reacts, response.metric(share)[0, 0], np.nan)
    worth_best = worth_at(margin - best, kept_best, later, own, case.discount)
    return Keeping(spent, best, most, kept, kept_best, np.where(active > 0, worth, np.nan), worth_best, active)


# Events --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damage:
    """What an event does to customer equity (below 0: it helps), and the most an answer to it may cost.

    worth       customer equity without the event minus with it: what an answer that undoes it is worth
    per_period  the same spread over the periods of the plan in which it acts; nan where it acts only after the plan
    """

    event: str
    worth: float
    per_period: float


def damages(case: Case, spend: PhasedSpend, initiatives: tuple[str, ...] = ()) -> list[Damage]:
    """The damage of each event on its own, all others as they are, with a plan's spend; in the case's order."""
    chosen, plan = chosen_array(case, initiatives), spend_path(case, spend)

    def equity(changed: Case) -> float:
        return float(customer_equity(parameters(changed), plan, chosen)[0, 0])

    together, factors = equity(case), discount_factors(case)
    found = []
    for event in case.events:
        worth = equity(without_entry(case, "events", event.id)) - together
        acts = factors[event.start - 1 : event.end].sum()
        found.append(Damage(event.id, worth, worth / float(acts) if acts > 0 else float("nan")))
    return found


def new_event(case: Case, name: str) -> dict[str, Any]:
    """An event to begin with, as in a case file: a tenth of those who would stay do not, in the second period."""
    taken = {event.id for event in case.events}
    base = slug(name, "event")[:50]
    event_id = next(i for i in (base, *(f"{base}-{n}" for n in range(2, 202))) if i not in taken)
    period = min(2, case.horizon)
    return {"id": event_id, "name": name, "from": period, "to": period, "metric": "retention_rate", "multiply": 0.9}


def changed_event(event: Event, **changes: Any) -> dict[str, Any]:
    """An event as in a case file, with some of its fields changed."""
    document: dict[str, Any] = event.model_dump(mode="json", by_alias=True)
    if changes.get("metric") not in (None, event.metric):
        document["add"] = 0.0  # an amount in another unit means nothing
    return document | changes


def add_factor(metric: str) -> float:
    """How many of the unit in which people add to a metric make 1 of it: shares are said of 100."""
    return 1.0 if METRICS[metric].unit == "money" else 100.0


# Lapsed customers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lapsed:
    """People who were customers of a segment once.

    people        how many can be reached in each period
    contact_cost  money to reach one of them
    response      share that comes back when reached, 0..1; unprompted: share that comes back by itself
    """

    segment: str
    people: float
    contact_cost: float
    response: float
    unprompted: float = 0.0

    @property
    def cost(self) -> float:
        """What reaching all of them costs, money per period."""
        return self.people * self.contact_cost


@dataclass(frozen=True)
class Reactivation:
    """What reaching lapsed customers in every period of the plan comes to.

    gained      customer equity gained over not reaching them, their contacts paid; money
    cost        present value of the contacts; money
    returning   who come back in the first period because they are reached, people
    break_even  the response from which on it pays, share; inf where no response pays
    """

    gained: float
    cost: float
    returning: float
    break_even: float


def leaving(given: Parameters, segment: str) -> float:
    """How many customers of a segment leave in the first period at today's spend, in two digits."""
    position = given.case.segment_ids.index(segment)
    kept = given.today_metric("retention_rate")[0, 0, position]
    return float(f"{float(given.today_active[0, 0, position] * (1 - kept)):.2g}") or 1000.0


def with_lapsed(case: Case, pool: Lapsed, name: str) -> Case:
    """The case with a segment of lapsed customers: nobody at first, the lapsed as its prospects, nothing spent today.

    Who comes back is like a customer of the segment they left. Their spend and retention react to money as there, per
    head, where some come back by themselves; where nobody does they have no curve and stay at what they are there
    without spending. Reaching all of them is the answer; twice that response (or half way to all) is the most possible.
    Raises PlannerError.
    """
    _check(case, pool)
    document = document_of(case)
    position = case.segment_ids.index(pool.segment)
    source: dict[str, Any] = document["segments"][position]
    given = parameters(case)
    active = [kind.code for kind in levers_at("during") if kind.intensity == "customer"]
    levers = {code: _copied(given, position, source["levers"][code], pool) for code in active}
    served = given.today_metric("cost_to_serve")[0, 0, position]
    most = min(2 * pool.response, (1 + pool.response) / 2)
    acquire = {"spend": 0.0, "floor": pool.unprompted, "ceiling": most, "points": [[pool.cost, pool.response]]}
    taken = set(case.segment_ids)
    base = slug(name, "lapsed")[:50]
    new = {
        **source,
        "id": next(i for i in (base, *(f"{base}-{n}" for n in range(2, 60))) if i not in taken),
        "name": name,
        "customers": 0.0,
        "prospects": pool.people,
        "levers": {"acquire": acquire, **levers, "reduce_cost": {"constant": float(served)}},
    }
    migration = None
    if case.migration is not None:
        migration = [[*row, 0.0] for row in case.migration]
        migration.append([*case.migration[position], 0.0])
    return with_segments(case, [*document["segments"], new], migration)


def _check(case: Case, pool: Lapsed) -> None:
    if not pool.people > 0:
        raise PlannerError("must_be_above_0", place="prospects", value=pool.people)
    if not pool.contact_cost > 0:
        raise PlannerError("must_be_above_0", place="contact_cost", value=pool.contact_cost)
    if not pool.unprompted < pool.response < 1:
        raise PlannerError("out_of_range", place="response", value=pool.response, low=pool.unprompted, high=1)


def _copied(given: Parameters, position: int, lever: dict[str, Any], pool: Lapsed) -> dict[str, Any]:
    """A lever of the segment they left, at the same spend per head; a constant where nobody comes back by himself."""
    if "constant" in lever:
        return lever
    active = float(given.today_active[0, 0, position])
    if pool.unprompted <= 0 or active <= 0:
        return {"constant": lever["floor"]}
    ratio = pool.people * pool.unprompted / active
    points = [[spend * ratio, answer] for spend, answer in lever["points"]]
    return {**lever, "spend": 0.0, "points": points, "opinions": []}


def reactivated(plan: Plan, pool: Lapsed, name: str) -> Plan:
    """The plan with the lapsed as a segment and all of them reached, paid by a budget that grows by as much.

    Raises PlannerError.
    """
    case = with_lapsed(plan.case, pool, name)
    new = case.segments[-1].id
    origins: dict[Key, Origin] = {
        (new, "prospects"): Origin(kind="believed"),
        (new, "acquire", "floor"): Origin(kind="believed"),
        (new, "acquire", "answer_1"): Origin(kind="believed"),
        (new, "acquire", "ceiling"): Origin(kind="default", confirm=True),
    }
    changed = set_fixed(set_case(plan, case, origins), False)
    spend = changed.each_phase(lambda split: {**split, new: {**split[new], "acquire": pool.cost}})
    placed = set_spend(set_budget(changed, plan.budget + pool.cost), spend)
    return set_fixed(placed, True) if plan.fixed else placed


def reactivation(plan: Plan, pool: Lapsed) -> Reactivation:
    """What reaching the lapsed is worth beside the plan as it is. Raises PlannerError.

    Without migration no other segment has a part in it than the one they left.
    """
    source = document_of(plan.case)["segments"][plan.case.segment_ids.index(pool.segment)]
    alone = plan.case if plan.case.migration is not None else with_segments(plan.case, [source], None)
    case = with_lapsed(alone, pool, "lapsed")
    new = case.segments[-1].id
    spend = spend_path(
        case,
        plan.each_phase(lambda split: {s: split[s] for s in alone.segment_ids}),
        plan.each_phase(lambda split: {**{s: split[s] for s in alone.segment_ids}, new: {"acquire": pool.cost}}),
    )
    chosen = chosen_array(case, plan.initiatives, plan.initiatives)
    without, reached = customer_equity(parameters(case), spend, chosen)[0]
    gained, cost = float(reached - without), pool.cost * annuity(case)
    more = pool.response - pool.unprompted
    per_share = (gained + cost) / more
    break_even = pool.unprompted + cost / per_share if per_share > 0 else float("inf")
    return Reactivation(gained, cost, pool.people * more, break_even)
