"""Customer equity: a batch of draws and plans, simulated period by period (Blattberg & Deighton 1996).

Arrays are (draws, plans, segments) within a period and (draws, plans, periods, segments) in results, never squeezed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np

from strategy.case.case import Case
from strategy.case.estimate import NOTHING
from strategy.case.levers import COLUMN, LEVER_OF, SERVING, LeverKind, levers_at, metrics_at
from strategy.equity.curves import Array, carry_over
from strategy.equity.happenings import Modifiers
from strategy.equity.happenings import in_force as in_force
from strategy.equity.happenings import initiative_budget as initiative_budget
from strategy.equity.happenings import initiative_costs as initiative_costs
from strategy.equity.happenings import initiatives_cost as initiatives_cost
from strategy.equity.lifetime import annuity as annuity
from strategy.equity.lifetime import discount_factors as discount_factors
from strategy.equity.lifetime import lifetime_value as lifetime_value
from strategy.equity.lifetime import margin_multiple as margin_multiple
from strategy.equity.lifetime import rolled_back as rolled_back
from strategy.equity.parameters import NO_SPEND, Parameters
from strategy.equity.phases import SpendPath, path_of
from strategy.errors import PlannerError

CHUNK_BYTES = 100_000_000
WORKING_ARRAYS = 40
ACQUIRE = LEVER_OF["acquisition_rate"]


# The simulation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """One simulated period; every array (draws, plans, segments).

    active       customers who earn in it, M_t: opening customers and new ones
    new          customers who join at its opening, A_t; of them `acquired` from the prospects
    prospects    people who can be reached in it, P_t
    margin       money per active customer: revenue * gross margin - cost to serve
    shares       {lever: share of the way from floor to ceiling}
    metrics      {metric: values} after side effects, events, initiatives and clipping
    """

    opening: Array
    active: Array
    new: Array
    acquired: Array
    prospects: Array
    margin: Array
    shares: dict[str, Array]
    metrics: dict[str, Array]


def _periods(given: Parameters, spend: SpendPath, chosen: Array) -> Iterator[Period]:
    """The periods 1..T one by one (model: sections 2 and 3)."""
    modifiers = Modifiers(given.case, chosen)
    deciding, serving = levers_at("opening"), levers_at("during")
    stock, before, customers = given.today, given.today_shares, given.customers
    prospects, gain = given.prospects, np.zeros((1, 1, 1))
    for period in range(1, given.case.horizon + 1):
        stock = carry_over(stock, spend.at(period), given.carryover)
        thinned = {"prospect": dilution(given.prospects, prospects)} if given.runs_out.any() else {}
        shares = _shares(given, deciding, stock, thinned, given.customers, customers)
        values = {metric: given.metric(metric, shares, before) for metric in metrics_at("opening")}
        if given.rivals_answer:
            gain_before, gain = gain, _gain(given, shares, thinned)
            undone = given.rival_response * np.maximum(np.minimum(gain, gain_before), 0)
            values["acquisition_rate"] = values["acquisition_rate"] - undone
        metrics = {metric: modifiers.apply(metric, value, period) for metric, value in values.items()}
        acquired = prospects * metrics["acquisition_rate"]
        new = _within_reach(given, acquired + metrics["referral_rate"] * customers, prospects)
        active = customers + new
        shares |= _shares(given, serving, stock, thinned, given.today_active, active)
        metrics |= {
            metric: modifiers.apply(metric, given.metric(metric, shares, shares), period)
            for metric in metrics_at("during")
        }
        margin = metrics["revenue"] * given.gross_margin - metrics["cost_to_serve"]
        yield Period(customers, active, new, acquired, prospects, margin, shares, metrics)
        customers = active * metrics["retention_rate"]
        prospects = _left_to_reach(given, prospects, new, active - customers)
        if given.migration is not None:
            customers = customers @ given.migration
        before = shares


def _gain(given: Parameters, shares: Mapping[str, Array], thinned: Mapping[str, Array]) -> Array:
    """What the acquisition curve gives above what today's spend gives in the same pool, (draws, plans, segments)."""
    response, today = given.responses[ACQUIRE], given.today_shares[ACQUIRE]
    if "prospect" in thinned:
        today = response.share(given.today[..., COLUMN[ACQUIRE]] / response.answer_spend * thinned["prospect"])
    return (response.ceiling - response.floor) * (shares[ACQUIRE] - today)


def _within_reach(given: Parameters, new: Array, prospects: Array) -> Array:
    """New customers, who where prospects run out are no more than these: won ones first, then referred ones."""
    if not given.runs_out.any():
        return new
    return np.minimum(new, np.where(given.runs_out, prospects, np.inf))


def _left_to_reach(given: Parameters, prospects: Array, new: Array, leavers: Array) -> Array:
    """Who can be reached a period later: without those who joined, with who appears or could come back."""
    if not given.runs_out.any():
        return prospects
    left = prospects - new + given.refill + given.return_share * leavers
    return np.where(given.runs_out, np.where(left > NOTHING, left, 0), given.prospects)


def _shares(
    given: Parameters,
    levers: Sequence[LeverKind],
    stock: Array,
    thinned: Mapping[str, Array],
    asked_of: Array,
    there: Array,
) -> dict[str, Array]:
    """How far each of some levers is on its way from floor to ceiling, {lever: (draws, plans, segments)}.

    thinned          {intensity: how a spend that is divided over people thins out}; without an entry it does not
    asked_of, there  which customers the spend per customer is divided over: in the answers, and in this period
    """
    if any(kind.intensity == "customer" for kind in levers):
        thinned = {**thinned, "customer": dilution(asked_of, there)}
    found = {}
    for kind in levers:
        response = given.responses[kind.code]
        intensity = stock[..., COLUMN[kind.code]] / response.answer_spend
        if kind.intensity in thinned:
            intensity = intensity * thinned[kind.intensity]
        found[kind.code] = response.share(intensity)
    return found


def dilution(asked_of: Array, there: Array) -> Array:
    """M_1 / M_t, or P_1 / P_t: a fixed budget per head thins out over a growing base; 0 where nobody is there."""
    if (there > 0).all():
        return asked_of / there
    shape = np.broadcast_shapes(asked_of.shape, there.shape)
    return np.divide(asked_of, there, out=np.zeros(shape), where=there > 0)


def run_off(given: Parameters, chosen: Array) -> Array:
    """Value of a customer left after the plan, at the no-spend metrics, (draws, plans, segments); never below 0.

    Raises PlannerError("endless_value") where nobody would ever leave and nothing is discounted.
    """
    modifiers, after = Modifiers(given.case, chosen), given.case.horizon + 1
    metrics = {
        metric: modifiers.apply(metric, given.metric(metric, NO_SPEND, NO_SPEND), after)
        for metric in metrics_at("during")
    }
    if given.case.discount == 0 and (metrics["retention_rate"] >= 1).any():
        raise PlannerError("endless_value", place="discount_rate", value=1.0, within=given.case.name)
    margin = metrics["revenue"] * given.gross_margin - metrics["cost_to_serve"]
    value = lifetime_value(margin, metrics["retention_rate"], given.case.discount, given.migration)
    return np.maximum(value, 0)


@dataclass(frozen=True)
class Simulation:
    """What a batch of draws x plans comes to; money in the case's currency.

    customer_equity, residual      (draws, plans) present values; residual is the part earned after the plan
    cash                           (draws, plans, periods) undiscounted
    opening, customers, new, acquired, prospects, margin, retention_rate
                                   (draws, plans, periods, segments); customers are the active ones, M_t, prospects
                                   those who can be reached, P_t
    run_off                        (draws, plans, segments) value of a customer left after the plan
    clv, clv_net                   (draws, plans, periods, segments) value of a customer active in the period,
                                   gross, and net of the spend on customers (all but acquire's) per active one
    """

    customer_equity: Array
    residual: Array
    cash: Array
    opening: Array
    customers: Array
    new: Array
    acquired: Array
    prospects: Array
    margin: Array
    retention_rate: Array
    run_off: Array
    clv: Array
    clv_net: Array


def customer_equity(given: Parameters, spend: Array | SpendPath, chosen: Array | None = None) -> Array:
    """Customer equity alone, (draws, plans): the fast road for searches.

    spend   (1, plans, segments, levers) money per period, or plans with phases
    chosen  (1, plans or 1, initiatives) 1 where an initiative is chosen; none without it
    """
    chosen = _none_chosen(given.case) if chosen is None else chosen
    return np.asarray(segment_equity(given, spend, chosen).sum(axis=-1) - initiatives_cost(given.case, chosen), float)


def segment_equity(given: Parameters, spend: Array | SpendPath, chosen: Array | None = None) -> Array:
    """What each segment's customers bring, net of its spend, (draws, plans, segments): without the initiatives' costs.

    With migration a customer's later value counts for the segment where it is earned.
    """
    chosen = _none_chosen(given.case) if chosen is None else chosen
    path = path_of(spend)
    if given.draws == 1:
        path = path.side_by_side()
    outlay = path.present_value(given.case)
    chunks = []
    for part in _chunks(given, path.plans, 0):
        with _within_numbers(given.case):
            equity, closing = -outlay, part.customers
            for factor, period in zip(discount_factors(part.case), _periods(part, path, chosen), strict=True):
                equity = equity + factor * (period.active * period.margin - part.onboarding_cost * period.new)
                closing = period.active * period.metrics["retention_rate"]
            chunks.append(equity + _residual(part, closing, run_off(part, chosen)))
    return np.concatenate(chunks)


def totals_over_time(given: Parameters, spend: Array | SpendPath, chosen: Array) -> tuple[Array, Array, Array]:
    """CE (draws, plans), cash and customers over all segments (draws, plans, periods): all that bands need."""
    chunks, path = [], path_of(spend)
    for part in _chunks(given, path.plans, 0):
        with _within_numbers(given.case):
            cash, customers, closing = [], [], part.customers
            for period in _periods(part, path, chosen):
                earned = period.active * period.margin - part.onboarding_cost * period.new
                cash.append(earned.sum(axis=-1))
                customers.append(period.active.sum(axis=-1))
                closing = period.active * period.metrics["retention_rate"]
            shape = np.broadcast_shapes(cash[0].shape, (1, path.plans))
            earnings, people = (
                np.stack([np.broadcast_to(value, shape) for value in values], axis=2) for values in (cash, customers)
            )
            net = earnings - _outlay(given.case, path, chosen)
            left = _residual(part, closing, run_off(part, chosen)).sum(axis=-1)
            chunks.append((net @ discount_factors(given.case) + left, net, people))
    equity, cash_flow, active = (np.concatenate(arrays) for arrays in zip(*chunks, strict=True))
    return equity, cash_flow, active


def simulate(given: Parameters, spend: Array | SpendPath, chosen: Array | None = None) -> Simulation:
    """Everything about a batch of draws x plans (arguments as of `customer_equity`)."""
    chosen = _none_chosen(given.case) if chosen is None else chosen
    with _within_numbers(given.case):
        path = path_of(spend)
        parts = [_simulate(part, path, chosen) for part in _chunks(given, path.plans, given.case.horizon)]
    if len(parts) == 1:
        return parts[0]
    return Simulation(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Simulation)})


def _simulate(given: Parameters, spend: SpendPath, chosen: Array) -> Simulation:
    case = given.case
    periods = list(_periods(given, spend, chosen))
    shape = np.broadcast_shapes(periods[0].active.shape, (1, spend.plans, 1))

    def over_time(values: list[Array]) -> Array:
        return np.stack([np.broadcast_to(value, shape) for value in values], axis=2)

    active = over_time([p.active for p in periods])
    new = over_time([p.new for p in periods])
    margin = over_time([p.margin for p in periods])
    retention = over_time([p.metrics["retention_rate"] for p in periods])
    outlay = _outlay(case, spend, chosen)
    cash = (active * margin - given.onboarding_cost[:, :, None] * new).sum(axis=-1) - outlay
    value_left = np.broadcast_to(run_off(given, chosen), shape)
    residual = _residual(given, active[:, :, -1] * retention[:, :, -1], value_left).sum(axis=-1)
    on_customers = spend.money[..., [COLUMN[code] for code in SERVING]].sum(axis=-1)
    per_customer = spend.over_time(on_customers, case.horizon)
    effort = np.divide(per_customer, active, out=np.zeros_like(active), where=active > 0)
    late = (1 + case.discount) ** -case.timing
    clv, clv_net = (
        late * rolled_back(m, retention, value_left, case.discount, given.migration) for m in (margin, margin - effort)
    )
    equity = cash @ discount_factors(case) + residual
    opening, acquired = over_time([p.opening for p in periods]), over_time([p.acquired for p in periods])
    prospects = over_time([p.prospects for p in periods])
    return Simulation(
        equity, residual, cash, opening, active, new, acquired, prospects, margin, retention, value_left, clv, clv_net
    )


def _residual(given: Parameters, retained: Array, value_left: Array) -> Array:
    """Present value of the customers left after the plan, (draws, plans, segments)."""
    case = given.case
    left = retained if given.migration is None else retained @ given.migration
    return np.asarray(left * value_left * (1 + case.discount) ** -(case.horizon + case.timing), float)


def _outlay(case: Case, spend: SpendPath, chosen: Array) -> Array:
    """Marketing spend and initiatives together, (1, plans, periods)."""
    spent = spend.over_time(spend.money.sum(axis=(-1, -2)), case.horizon)
    outlay: Array = spent + chosen @ initiative_costs(case).T
    return outlay


@contextmanager
def _within_numbers(case: Case) -> Iterator[None]:
    """Refuse what grows beyond what a number can hold. Raises PlannerError("beyond_numbers")."""
    try:
        with np.errstate(over="raise", invalid="raise"):
            yield
    except FloatingPointError:
        raise PlannerError("beyond_numbers", place="case", value=case.horizon) from None


def _none_chosen(case: Case) -> Array:
    return np.zeros((1, 1, len(case.initiatives)))


def _chunks(given: Parameters, plans: int, kept_periods: int) -> Iterator[Parameters]:
    """The draws in parts whose working arrays stay within CHUNK_BYTES."""
    per_draw = plans * len(given.case.segments) * 8 * (WORKING_ARRAYS + 11 * kept_periods)
    size = max(1, int(CHUNK_BYTES / per_draw))
    if given.draws <= size:
        yield given
        return
    for start in range(0, given.draws, size):
        yield given.rows(slice(start, start + size))
