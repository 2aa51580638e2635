"""The price: what a change does to gross profit and to who leaves, the profit-maximising range, and into the plan."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy.optimize import brentq

from strategy.case.editing import with_entry, without_entry
from strategy.dimensions.realization import revenue_today
from strategy.equity.curves import Array
from strategy.equity.simulation import margin_multiple
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.moves import choose
from strategy.plan.plan import Plan, set_case
from strategy.questions import Answer

NEAR_BEST = 0.99
"""A price is in the profit-maximising range where it keeps so much of the highest gross profit."""


@dataclass(frozen=True)
class PriceChange:
    """A price change considered for a segment.

    change      share of today's price: 0.05 is 5 % dearer
    elasticity  percent of volume per customer that one percent of price costs, at most 0
    leave       share of customers who leave on top of those who leave already, per period
    """

    segment: str
    change: float
    elasticity: float
    leave: float


def price_changes(answer: Answer, segment: str) -> list[PriceChange]:
    """The rows of the question `price` about a segment with a change and an elasticity; nobody leaves unless said."""
    return [
        PriceChange(segment, row["change"] / 100, row["elasticity"], row.get("leave", 0.0) / 100)
        for row in answer or ()
        if row.get("segment") == segment and "change" in row and "elasticity" in row
    ]


def revenue_factor(change: float | Array, elasticity: float) -> float | Array:
    """Revenue per customer after a price change as a multiple of today's: (1 + p)^(1 + e)."""
    return (1 + change) ** (1 + elasticity)


def gross_profit_factor(change: float | Array, elasticity: float, gross_margin: float) -> float | Array:
    """Gross profit per customer after a price change as a multiple of today's.

    ((1 + p)^(1 + e) - (1 - g)(1 + p)^e)/g: volume moves by (1 + p)^e, what a unit costs, 1 - g of today's price, stays.
    """
    volume = (1 + change) ** elasticity
    return (volume * (1 + change) - (1 - gross_margin) * volume) / gross_margin


@dataclass(frozen=True)
class PriceRange:
    """Price changes at which gross profit is within 1 % of its maximum, and the best; shares of today's price."""

    low: float
    best: float
    high: float


def best_price(elasticity: float, gross_margin: float) -> PriceRange | None:
    """The profit-maximising price for a constant elasticity: P* = c e/(1 + e), c = 1 - gross margin (Lerner, 1934).

    None where e >= -1 (a higher price always earns more) or a unit costs nothing (a lower one always does).
    """
    cost = 1 - gross_margin
    if elasticity >= -1 or cost <= 0 or gross_margin <= 0:
        return None
    best = cost * elasticity / (1 + elasticity)

    def short(log_price: float) -> float:
        price = np.exp(log_price)
        kept = (price - cost) / (best - cost) * (price / best) ** elasticity
        return float(kept - NEAR_BEST)

    middle = np.log(best)
    above = middle + 1.0
    while short(above) > 0:
        above += 1.0
    low, high = brentq(short, np.log(cost), middle), brentq(short, middle, above)
    return PriceRange(float(np.exp(low)) - 1, best - 1, float(np.exp(high)) - 1)


@dataclass(frozen=True)
class PriceCurve:
    """What prices do to a customer of a segment, as multiples of today's.

    changes  (points,) shares of today's price
    profit   (points,) gross profit per period
    worth    (points,) worth of a customer (CLV), leavers counted; None where a customer is worth nothing today
    most     the change at which a customer is worth most, leavers counted; None with `worth`
    """

    changes: Array
    profit: Array
    worth: Array | None
    most: float | None


def price_curve(plan: Plan, price: PriceChange, points: int = 121) -> PriceCurve:
    """Gross profit and worth of a customer at prices around today's and the one considered.

    Worth is m (1 + d)/(1 + d - rho) at today's margin and retention of period 1 (model: section 3, all constant). More
    people leave in proportion to the change, in the direction considered; in the other nobody leaves or stays for it.
    """
    case, position = plan.case, plan.case.segment_ids.index(price.segment)
    margin = case.segments[position].gross_margin.likely
    found = best_price(price.elasticity, margin)
    top = max(0.5, 2 * price.change, min(1.3 * found.best, 4.0) if found else 0.0)
    bottom = min(-0.3, max(-0.9, 1.5 * price.change), max(1.3 * found.best, -0.8) if found else 0.0)
    changes = np.union1d(np.linspace(bottom, top, points), [0.0, price.change])
    profit = np.asarray(gross_profit_factor(changes, price.elasticity, margin), float)
    today = results.read_out(plan).today
    earned, stays = (float(values[0, 0, 0, position]) for values in (today.margin, today.retention_rate))
    leaving = price.leave * np.maximum(changes / price.change, 0) if price.change else np.zeros_like(changes)
    gross = revenue_today(case, price.segment) * margin
    worth = (gross * (profit - 1) + earned) * margin_multiple(np.clip(stays - leaving, 0, 1), case.discount)
    now = float(worth[np.flatnonzero(changes == 0)[0]])
    if now <= 0:
        return PriceCurve(changes, profit, None, None)
    return PriceCurve(changes, profit, worth / now, float(changes[worth.argmax()]))


def price_ids(segment: str) -> tuple[str, str]:
    """The ids of the two initiatives that a price change of a segment is: what it earns, and who leaves."""
    short = segment if len(segment) <= 50 else f"{segment[:41]}-{crc32(segment.encode()):08x}"
    return f"price-{short}", f"price-{short}-leave"


def with_price(plan: Plan, price: PriceChange, names: tuple[str, str]) -> Plan:
    """The plan with a price change from period 1, as two chosen initiatives without cost.

    One multiplies revenue by `gross_profit_factor`: the case keeps its gross margin, so this revenue is the one that
    earns the new gross profit. The other takes the leavers from retention; without leavers it is not there.
    names  of the two, in the reader's words. Raises PlannerError where each sale would lose money.
    """
    segment = plan.case.segment(price.segment)
    gross_margin = segment.gross_margin.likely
    if gross_margin <= 0 or 1 + price.change <= 1 - gross_margin:
        raise PlannerError("price_below_cost", place=segment.name, value=price.change, margin=gross_margin)
    factor = float(gross_profit_factor(price.change, price.elasticity, gross_margin))
    always = {"lever": "develop", "segments": [segment.id], "from": 1, "to": None, "one_off": 0.0, "per_period": 0.0}
    earns, leaves = price_ids(segment.id)
    entry = {"id": earns, "name": names[0], "metric": "revenue", "multiply": factor, "add": 0.0}
    case = with_entry(without_price(plan, segment.id).case, "initiatives", always | entry)
    chosen = [earns]
    if price.leave > 0:
        entry = {"id": leaves, "name": names[1], "metric": "retention_rate", "multiply": 1.0, "add": -price.leave}
        case = with_entry(case, "initiatives", always | entry)
        chosen.append(leaves)
    changed = set_case(plan, case)
    for initiative in chosen:
        changed = choose(changed, initiative, True)
    return changed


def without_price(plan: Plan, segment: str) -> Plan:
    """The plan without a price change of a segment."""
    case = plan.case
    for initiative in price_ids(segment):
        case = without_entry(case, "initiatives", initiative)
    return set_case(plan, case)
