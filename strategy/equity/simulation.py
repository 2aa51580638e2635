"""Customer equity: a batch of draws and plans, simulated period by period (Blattberg & Deighton 1996).

Arrays are (draws, plans, segments) within a period and (draws, plans, periods, segments) in results, never squeezed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np

from strategy.case.case import Case, Event, Initiative
from strategy.case.levers import COLUMN, RATES, SERVING, LeverKind, levers_at, metrics_at
from strategy.equity.curves import Array, carry_over
from strategy.equity.parameters import NO_SPEND, Parameters
from strategy.errors import PlannerError

CHUNK_BYTES = 100_000_000
WORKING_ARRAYS = 40


# Closed forms --------------------------------------------------------------------------------------------------------


def margin_multiple(retention_rate: Array, discount: float) -> Array:
    """Lifetime margins of an active customer as a multiple of one period's margin, the first one at once.

    retention_rate  (...)   share kept per period, 0 <= rho < 1 + d
    discount        scalar  per period, > -1
    returns         (...)   dimensionless; (1 + d)/(1 + d - rho) (Gupta & Lehmann 2003, plus the first margin)
    """
    return (1 + discount) / (1 + discount - retention_rate)


def lifetime_value(margin: Array, retention_rate: Array, discount: float, migration: Array | None = None) -> Array:
    """Present value of an active customer's margins for ever, the first one at once.

    margin, retention_rate  (..., segments)
    migration               (segments, segments) or None: where a retained customer is next period
    returns                 (..., segments) money; (I - diag(rho) pi/(1+d))^-1 m (Pfeifer & Carraway 2000)
    """
    if migration is None:
        return margin * margin_multiple(retention_rate, discount)
    transition = np.eye(margin.shape[-1]) - retention_rate[..., :, None] * migration / (1 + discount)
    return np.asarray(np.linalg.solve(transition, margin[..., None])[..., 0], float)


def rolled_back(
    margin: Array, retention_rate: Array, terminal: Array, discount: float, migration: Array | None
) -> Array:
    """Present value of a customer active in each period, at the opening of that period.

    margin, retention_rate  (..., periods, segments)
    terminal                (..., segments) value of a customer at the opening after the last period
    returns                 (..., periods, segments) money; V_t = m_t + rho_t/(1+d) pi V_(t+1)
    """
    value, values = terminal, np.empty(np.broadcast_shapes(margin.shape, retention_rate.shape))
    for period in reversed(range(margin.shape[-2])):
        later = value if migration is None else value @ migration.T
        value = margin[..., period, :] + retention_rate[..., period, :] / (1 + discount) * later
        values[..., period, :] = value
    return values


def discount_factors(case: Case) -> Array:
    """(1 + d)^-(t - 1 + tau) for the periods 1..T, (periods,)."""
    return np.asarray((1 + case.discount) ** -(np.arange(case.horizon) + case.timing), float)


def annuity(case: Case) -> float:
    """Present value of one money unit in every period 1..T."""
    return float(discount_factors(case).sum())


# Events and initiatives ----------------------------------------------------------------------------------------------


def in_force(event: Event, period: int, horizon: int) -> bool:
    """Whether an event or initiative acts in a period; horizon + 1 stands for all time after the plan.

    After the plan an initiative keeps its effect only if it is lasting and has no running cost.
    """
    if not event.start <= period <= (event.end or period):
        return False
    return not (period > horizon and isinstance(event, Initiative) and event.per_period > 0)


def initiative_costs(case: Case) -> Array:
    """What each initiative costs in each period, (periods, initiatives): one-off at its start, then per period."""
    costs = np.zeros((case.horizon, len(case.initiatives)))
    for column, initiative in enumerate(case.initiatives):
        costs[initiative.start - 1, column] += initiative.one_off
        costs[initiative.start - 1 : initiative.end, column] += initiative.per_period
    return costs


def initiative_budget(case: Case) -> Array:
    """What each initiative takes from the budget per period, (initiatives,): present value of its costs / annuity."""
    budget: Array = discount_factors(case) @ initiative_costs(case) / annuity(case)
    return budget


def initiatives_cost(case: Case, chosen: Array) -> Array:
    """Present value of what the chosen initiatives cost, (1, plans), from (1, plans, initiatives)."""
    cost: Array = chosen @ initiative_costs(case).T @ discount_factors(case)
    return cost


class Modifiers:
    """What events and chosen initiatives do to each metric in each period: metric * multiply + add, in listed order."""

    def __init__(self, case: Case, chosen: Array) -> None:
        self._case, self._chosen = case, chosen
        self._composed: dict[tuple[str, tuple[bool, ...]], tuple[Array, Array] | None] = {}
        self._all: list[Event] = [*case.events, *case.initiatives]

    def apply(self, metric: str, values: Array, period: int) -> Array:
        """The metric after events and initiatives, then clipped: rates into [0, 1], all else at 0 or above."""
        acting = tuple(e.metric == metric and in_force(e, period, self._case.horizon) for e in self._all)
        if (metric, acting) not in self._composed:
            self._composed[metric, acting] = self._compose(acting) if any(acting) else None
        composed = self._composed[metric, acting]
        if composed is not None:
            values = values * composed[0] + composed[1]
        floored = np.maximum(values, 0)
        return np.minimum(floored, 1) if metric in RATES else floored

    def _compose(self, acting: tuple[bool, ...]) -> tuple[Array, Array]:
        ids = self._case.segment_ids
        shape = (1, self._chosen.shape[1], len(ids))
        multiply, add = np.ones(shape), np.zeros(shape)
        for position, (event, acts) in enumerate(zip(self._all, acting, strict=True)):
            if not acts:
                continue
            where = np.array([event.segments is None or i in event.segments for i in ids], float)
            if isinstance(event, Initiative):
                where = where * self._chosen[..., position - len(self._case.events), None]
            factor = 1 + where * (event.multiply - 1)
            multiply, add = multiply * factor, add * factor + where * event.add
        return multiply, add


# The simulation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """One simulated period; every array (draws, plans, segments).

    active       customers who earn in it, M_t: opening customers and new ones
    new          customers who join at its opening, A_t; of them `acquired` from the prospects
    margin       money per active customer: revenue * gross margin - cost to serve
    shares       {lever: share of the way from floor to ceiling}
    metrics      {metric: values} after side effects, events, initiatives and clipping
    """

    opening: Array
    active: Array
    new: Array
    acquired: Array
    margin: Array
    shares: dict[str, Array]
    metrics: dict[str, Array]


def _periods(given: Parameters, spend: Array, chosen: Array) -> Iterator[Period]:
    """The periods 1..T one by one (model: sections 2 and 3)."""
    modifiers = Modifiers(given.case, chosen)
    deciding, serving = levers_at("opening"), levers_at("during")
    stock, before, customers = given.today, given.today_shares, given.customers
    for period in range(1, given.case.horizon + 1):
        stock = carry_over(stock, spend, given.carryover)
        shares = _shares(given, deciding, stock, given.customers, customers)
        metrics = {
            metric: modifiers.apply(metric, given.metric(metric, shares, before), period)
            for metric in metrics_at("opening")
        }
        acquired = given.prospects * metrics["acquisition_rate"]
        new = acquired + metrics["referral_rate"] * customers
        active = customers + new
        shares |= _shares(given, serving, stock, given.today_active, active)
        metrics |= {
            metric: modifiers.apply(metric, given.metric(metric, shares, shares), period)
            for metric in metrics_at("during")
        }
        margin = metrics["revenue"] * given.gross_margin - metrics["cost_to_serve"]
        yield Period(customers, active, new, acquired, margin, shares, metrics)
        customers = active * metrics["retention_rate"]
        if given.migration is not None:
            customers = customers @ given.migration
        before = shares


def _shares(
    given: Parameters, levers: Sequence[LeverKind], stock: Array, asked_of: Array, there: Array
) -> dict[str, Array]:
    """How far each of some levers is on its way from floor to ceiling, {lever: (draws, plans, segments)}.

    asked_of, there  whom the spend per customer is divided over: in the answers, and in this period
    """
    per_customer = any(kind.intensity == "customer" for kind in levers)
    dilution = _dilution(asked_of, there) if per_customer else None
    found = {}
    for kind in levers:
        response = given.responses[kind.code]
        intensity = stock[..., COLUMN[kind.code]] / response.answer_spend
        if dilution is not None and kind.intensity == "customer":
            intensity = intensity * dilution
        found[kind.code] = response.share(intensity)
    return found


def _dilution(asked_of: Array, there: Array) -> Array:
    """M_1 / M_t: a fixed budget per customer thins out over a growing base; 0 where nobody is there."""
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
    opening, customers, new, acquired, margin, retention_rate
                                   (draws, plans, periods, segments); customers are the active ones, M_t
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
    margin: Array
    retention_rate: Array
    run_off: Array
    clv: Array
    clv_net: Array


def customer_equity(given: Parameters, spend: Array, chosen: Array | None = None) -> Array:
    """Customer equity alone, (draws, plans): the fast road for searches.

    spend   (1, plans, segments, levers) money per period
    chosen  (1, plans or 1, initiatives) 1 where an initiative is chosen; none without it
    """
    chosen = _none_chosen(given.case) if chosen is None else chosen
    return np.asarray(segment_equity(given, spend, chosen).sum(axis=-1) - initiatives_cost(given.case, chosen), float)


def segment_equity(given: Parameters, spend: Array, chosen: Array | None = None) -> Array:
    """What each segment's customers bring, net of its spend, (draws, plans, segments): without the initiatives' costs.

    With migration a customer's later value counts for the segment where it is earned.
    """
    chosen = _none_chosen(given.case) if chosen is None else chosen
    outlay = annuity(given.case) * spend.sum(axis=-1)
    chunks = []
    for part in _chunks(given, spend.shape[1], 0):
        with _within_numbers(given.case):
            equity, closing = -outlay, part.customers
            for factor, period in zip(discount_factors(part.case), _periods(part, spend, chosen), strict=True):
                equity = equity + factor * (period.active * period.margin - part.onboarding_cost * period.new)
                closing = period.active * period.metrics["retention_rate"]
            chunks.append(equity + _residual(part, closing, run_off(part, chosen)))
    return np.concatenate(chunks)


def totals_over_time(given: Parameters, spend: Array, chosen: Array) -> tuple[Array, Array, Array]:
    """CE (draws, plans), cash and customers over all segments (draws, plans, periods): all that bands need."""
    chunks = []
    for part in _chunks(given, spend.shape[1], 0):
        with _within_numbers(given.case):
            cash, customers, closing = [], [], part.customers
            for period in _periods(part, spend, chosen):
                earned = period.active * period.margin - part.onboarding_cost * period.new
                cash.append(earned.sum(axis=-1))
                customers.append(period.active.sum(axis=-1))
                closing = period.active * period.metrics["retention_rate"]
            shape = np.broadcast_shapes(cash[0].shape, (1, spend.shape[1]))
            earnings, people = (
                np.stack([np.broadcast_to(value, shape) for value in values], axis=2) for values in (cash, customers)
            )
            net = earnings - _outlay(given.case, spend, chosen)
            left = _residual(part, closing, run_off(part, chosen)).sum(axis=-1)
            chunks.append((net @ discount_factors(given.case) + left, net, people))
    equity, cash_flow, active = (np.concatenate(arrays) for arrays in zip(*chunks, strict=True))
    return equity, cash_flow, active


def simulate(given: Parameters, spend: Array, chosen: Array | None = None) -> Simulation:
    """Everything about a batch of draws x plans (arguments as of `customer_equity`)."""
    chosen = _none_chosen(given.case) if chosen is None else chosen
    with _within_numbers(given.case):
        parts = [_simulate(part, spend, chosen) for part in _chunks(given, spend.shape[1], given.case.horizon)]
    if len(parts) == 1:
        return parts[0]
    return Simulation(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Simulation)})


def _simulate(given: Parameters, spend: Array, chosen: Array) -> Simulation:
    case = given.case
    periods = list(_periods(given, spend, chosen))
    shape = np.broadcast_shapes(periods[0].active.shape, (1, spend.shape[1], 1))

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
    per_customer = spend[..., [COLUMN[code] for code in SERVING]].sum(axis=-1)[:, :, None]
    effort = np.divide(per_customer, active, out=np.zeros_like(active), where=active > 0)
    late = (1 + case.discount) ** -case.timing
    clv, clv_net = (
        late * rolled_back(m, retention, value_left, case.discount, given.migration) for m in (margin, margin - effort)
    )
    equity = cash @ discount_factors(case) + residual
    opening, acquired = over_time([p.opening for p in periods]), over_time([p.acquired for p in periods])
    return Simulation(
        equity, residual, cash, opening, active, new, acquired, margin, retention, value_left, clv, clv_net
    )


def _residual(given: Parameters, retained: Array, value_left: Array) -> Array:
    """Present value of the customers left after the plan, (draws, plans, segments)."""
    case = given.case
    left = retained if given.migration is None else retained @ given.migration
    return np.asarray(left * value_left * (1 + case.discount) ** -(case.horizon + case.timing), float)


def _outlay(case: Case, spend: Array, chosen: Array) -> Array:
    """Marketing spend and initiatives together, (1, plans, periods)."""
    outlay: Array = spend.sum(axis=(-1, -2))[..., None] + chosen @ initiative_costs(case).T
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
    per_draw = plans * len(given.case.segments) * 8 * (WORKING_ARRAYS + 10 * kept_periods)
    size = max(1, int(CHUNK_BYTES / per_draw))
    if given.draws <= size:
        yield given
        return
    for start in range(0, given.draws, size):
        yield given.rows(slice(start, start + size))
