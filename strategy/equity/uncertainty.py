"""How sure: draws from what people believe, bands, the assumptions that matter, and the worth of knowing them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from scipy.special import betaincinv

from strategy.case.case import Case, Constant, Curve
from strategy.case.estimate import Estimate
from strategy.case.levers import COLUMN
from strategy.equity.curves import Array
from strategy.equity.parameters import (
    BASE_FIELDS,
    CURVE_FIELDS,
    Numbers,
    Parameters,
    chosen_array,
    heard,
    numbers,
    opinion_numbers,
    parameters,
    side_effects,
)
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.equity.simulation import customer_equity, totals_over_time
from strategy.progress import Progress, part_of, silent

PERCENTILES = (5, 25, 50, 75, 95)
DRAWS, SEED = 2000, 1
BATCH_DRAWS = 500
DRAWS_KEPT = 4
Plan = tuple[PhasedSpend, tuple[str, ...]]
"""A plan to simulate: spend per segment and lever, or phases of it, and the ids of the chosen initiatives."""
# Assumptions and draws -----------------------------------------------------------------------------------------------


def pert_quantile(share: Array, low: float, likely: float, high: float) -> Array:
    """Quantiles of PERT(low, likely, high) with lambda 4 (Malcolm et al. 1959): a beta scaled to low..high."""
    if low == high:
        return np.full_like(share, likely)
    spread = high - low
    a, b = 1 + 4 * (likely - low) / spread, 1 + 4 * (high - likely) / spread
    return np.asarray(low + spread * betaincinv(a, b, share), float)


@dataclass(frozen=True)
class Assumption:
    """One thing people believe: a number, or the two answers of a curve that move together.

    key      (segment id, field) or (segment id, lever, part); part is floor, answers, ceiling, constant, opinions
             or the metric of a side effect
    array    base, curves or sides of Numbers, and `index` behind the draw there
    values   (3, columns) at low, likely, high; opinions: (people, columns), a row per person in `people`
    """

    key: tuple[str, ...]
    array: str
    index: tuple[int | slice | list[int], ...]
    values: Array
    people: tuple[str, ...] = ()

    @property
    def likely(self) -> Array:
        """The likely values, or the room's median."""
        return np.asarray(np.median(self.values, axis=0), float)

    @property
    def certain(self) -> bool:
        """Whether nothing about it varies."""
        return bool((self.values == self.values[0]).all())

    def put(self, into: Numbers, rows: slice | Array, values: Array) -> None:
        """Write values (rows, columns) into drawn numbers, in place."""
        getattr(into, self.array)[(rows, *self.index)] = values


def assumptions(case: Case) -> list[Assumption]:
    """All assumptions of a case in its own order, the certain ones too."""
    found = []
    for s, segment in enumerate(case.segments):
        for column, field in enumerate(BASE_FIELDS):
            if segment.counts(field):
                found.append(_assumption((segment.id, field), "base", (s, [column]), [getattr(segment, field)]))
        for kind, lever in segment.believed.items():
            place, position = (segment.id, kind.code), COLUMN[kind.code]
            if isinstance(lever, Constant):
                found.append(
                    _assumption((*place, "constant"), "curves", (s, position, [0, 1, 2, 3]), [lever.constant] * 4)
                )
            elif opinions := heard(kind, lever):
                rows = np.array([opinion_numbers(opinion) for opinion in opinions])
                everything = (s, position, list(range(len(CURVE_FIELDS))))
                people = tuple(opinion.by for opinion in opinions)
                found.append(Assumption((*place, "opinions"), "curves", everything, rows, people))
            else:
                found += _curve_assumptions(place, s, position, lever)
    for column, (s, lever_code, metric, at_ceiling) in enumerate(side_effects(case)):
        key = (case.segments[s].id, lever_code, metric)
        found.append(_assumption(key, "sides", ([column],), [at_ceiling]))
    return found


def _curve_assumptions(place: tuple[str, ...], s: int, position: int, lever: Curve) -> list[Assumption]:
    answers = [lever.points[0][1], lever.points[-1][1]]
    return [
        _assumption((*place, "floor"), "curves", (s, position, [0]), [lever.floor]),
        _assumption((*place, "answers"), "curves", (s, position, [1, 2]), answers),
        _assumption((*place, "ceiling"), "curves", (s, position, [3]), [lever.ceiling]),
    ]


def _assumption(
    key: tuple[str, ...], array: str, index: tuple[int | slice | list[int], ...], estimates: Sequence[Estimate]
) -> Assumption:
    return Assumption(
        key, array, index, np.array([[getattr(e, end) for e in estimates] for end in ("low", "likely", "high")])
    )


@dataclass(frozen=True)
class Draws:
    """Draws of a case: the parameters to simulate with, and each uncertain assumption's own draw, (draws,).

    The draw of a curve's two answers is their common z, an opinion's the position of the person who is believed.
    """

    parameters: Parameters
    drawn: dict[tuple[str, ...], Array]


def uniforms(seed: int, count: int, *key: str) -> Array:
    """Uniform draws that depend on the seed and the key alone: editing one belief leaves the others' draws alone."""
    digest = sha256("\x1f".join(key).encode("utf-8", "backslashreplace")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest)]).random(count)


@lru_cache(DRAWS_KEPT)
def draw(case: Case, count: int = DRAWS, seed: int = SEED, together: bool = False) -> Draws:
    """Draws from everything people believe (model: section 5).

    together  all beliefs of a lever move together over its parts and segments
    """
    drawn_numbers = numbers(case).repeat(count)
    drawn: dict[tuple[str, ...], Array] = {}
    for assumption in assumptions(case):
        if assumption.certain:
            continue
        if assumption.people:
            turns = np.stack([uniforms(seed, count, "person", person) for person in assumption.people])
            drawn[assumption.key] = turns.argmin(axis=0).astype(float)
            values = assumption.values[turns.argmin(axis=0)]
        else:
            shared = together and len(assumption.key) == 3
            share = uniforms(seed, count, *(assumption.key[1:2] if shared else assumption.key))
            values, drawn[assumption.key] = _believed(assumption, share)
        assumption.put(drawn_numbers, slice(None), values)
    return Draws(parameters(case, drawn_numbers), drawn)


def _believed(assumption: Assumption, share: Array) -> tuple[Array, Array]:
    """Values (draws, columns) at quantiles of the belief, and the belief's own draw (draws,).

    Two answers share one z from PERT(-1, 0, 1), which is their draw.
    """
    low, likely, high = assumption.values
    if (low == low[0]).all() and (likely == likely[0]).all() and (high == high[0]).all():
        values = pert_quantile(share, low[0], likely[0], high[0])
        return np.repeat(values[:, None], len(low), axis=1), values
    z = pert_quantile(share, -1.0, 0.0, 1.0)
    column = z[:, None]
    return np.where(column >= 0, likely + column * (high - likely), likely + column * (likely - low)), z


# How sure ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """Mean and percentiles over draws; numbers or arrays, one entry per place."""

    mean: Array
    p05: Array
    p25: Array
    p50: Array
    p75: Array
    p95: Array


def band(values: Array) -> Band:
    """The band of values over their first axis (linear percentiles)."""
    return Band(values.mean(axis=0), *np.percentile(values, PERCENTILES, axis=0))


@dataclass(frozen=True)
class Outlook:
    """Plans over the same draws; the first plan is today's.

    customer_equity   (plans,) bands, money
    uplift            (plans,) bands of CE minus today's
    cash, customers   (plans, periods) bands: money, active customers
    better            (plans, plans) share of draws in which the row's plan beats the column's
    draws             (draws, plans) customer equity per draw
    moving_together   gives the same where the beliefs of a lever move together
    """

    customer_equity: Band
    uplift: Band
    cash: Band
    customers: Band
    better: Array
    draws: Array
    moving_together: Callable[[], Array]

    @cached_property
    def uplift_together(self) -> Band:
        """(plans,) bands of CE minus today's, the beliefs of a lever moving together; drawn when it is asked for."""
        together = self.moving_together()
        return band(together - together[:, :1])


def today_plan(case: Case) -> Plan:
    """Today's spend and no initiatives."""
    return case.today, ()


def outlook(
    case: Case, plans: Sequence[Plan], count: int = DRAWS, seed: int = SEED, on_progress: Progress = silent
) -> Outlook:
    """How sure today's and other plans are, over the same draws."""
    parts = [_today_drawn(case, count, seed)]
    on_progress(0.0)
    for number, plan in enumerate(plans):
        parts.append(_drawn(case, plan, count, seed, part_of(on_progress, number, len(plans))))
    on_progress(1.0)
    equity, cash, customers = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))

    def together() -> Array:
        given = draw(case, count, seed, True).parameters
        compared = [today_plan(case), *plans]
        spend = spend_path(case, *(spend for spend, _ in compared))
        return customer_equity(given, spend, chosen_array(case, *(chosen for _, chosen in compared)))

    return Outlook(
        customer_equity=band(equity),
        uplift=band(equity - equity[:, :1]),
        cash=band(cash),
        customers=band(customers),
        better=(equity[:, :, None] > equity[:, None, :]).mean(axis=0),
        draws=equity,
        moving_together=together,
    )


@lru_cache(DRAWS_KEPT)
def _today_drawn(case: Case, count: int, seed: int) -> tuple[Array, Array, Array]:
    """Today's plan over the draws: every plan is compared with it."""
    return _drawn(case, today_plan(case), count, seed, silent)


def _drawn(case: Case, plan: Plan, count: int, seed: int, on_progress: Progress) -> tuple[Array, Array, Array]:
    """One plan over the draws: CE (draws, 1); cash, customers (draws, 1, periods)."""
    spend, chosen = spend_path(case, plan[0]), chosen_array(case, plan[1])
    drawn = draw(case, count, seed).parameters
    parts = []
    for start in range(0, count, BATCH_DRAWS):
        on_progress(start / count)
        parts.append(totals_over_time(drawn.rows(slice(start, start + BATCH_DRAWS)), spend, chosen))
    equity, cash, customers = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return equity, cash, customers


@dataclass(frozen=True)
class TornadoBar:
    """What one assumption does to a plan: CE and uplift with it at its low and at its high, all else likely.

    values  the assumption at low and high (the first answer of a curve's two; opinions: nan)
    people  who gives the lowest and the highest result, for opinions
    """

    key: tuple[str, ...]
    values: tuple[float, float]
    customer_equity: tuple[float, float]
    uplift: tuple[float, float]
    people: tuple[str, str] | None


def tornado(case: Case, plan: Plan) -> list[TornadoBar]:
    """Every uncertain assumption at low and at high, the widest swing of the uplift first."""
    uncertain = [assumption for assumption in assumptions(case) if not assumption.certain]
    if not uncertain:
        return []
    ends = [a.values if a.people else a.values[[0, 2]] for a in uncertain]
    starts = np.cumsum([0, *(len(values) for values in ends)])
    varied = numbers(case).repeat(int(starts[-1]))
    for assumption, values, start in zip(uncertain, ends, starts[:-1], strict=True):
        assumption.put(varied, slice(start, start + len(values)), values)
    spend, chosen = spend_path(case, case.today, plan[0]), chosen_array(case, (), plan[1])
    equity = customer_equity(parameters(case, varied), spend, chosen)
    uplift = equity[:, 1] - equity[:, 0]
    bars = []
    for assumption, values, start in zip(uncertain, ends, starts[:-1], strict=True):
        rows = slice(start, start + len(values))
        at = (uplift[rows].argmin(), uplift[rows].argmax()) if assumption.people else (0, 1)
        bars.append(
            TornadoBar(
                assumption.key,
                (np.nan, np.nan) if assumption.people else (float(values[0, 0]), float(values[1, 0])),
                (float(equity[rows, 1][at[0]]), float(equity[rows, 1][at[1]])),
                (float(uplift[rows][at[0]]), float(uplift[rows][at[1]])),
                (assumption.people[at[0]], assumption.people[at[1]]) if assumption.people else None,
            )
        )
    return sorted(bars, key=lambda bar: -max(_swing(bar.uplift), 1e-6 * _swing(bar.customer_equity)))


def _swing(ends: tuple[float, float]) -> float:
    return abs(ends[1] - ends[0])


# Value of information ------------------------------------------------------------------------------------------------


def expected_value_of_perfect_information(payoffs: Array) -> float:
    """EVPI = mean of the best decision per draw - the best decision's mean (Raiffa & Schlaifer 1961); never below 0.

    payoffs  (draws, decisions) money
    """
    return max(0.0, float(payoffs.max(axis=1).mean() - payoffs.mean(axis=0).max()))


def value_of_knowing(payoffs: Array, assumption: Array, categories: bool = False) -> float:
    """EVPPI of one assumption: the differences regressed on it by a cubic spline (Strong, Oakley & Brennan 2014).

    payoffs     (draws, decisions) money
    assumption  (draws,) its drawn value; with categories, the number of a category
    returns     money, between 0 and the EVPI
    """
    reference = int(payoffs.mean(axis=0).argmax())
    differences = payoffs - payoffs[:, [reference]]
    basis = _categories(assumption) if categories else _cubic_spline(assumption)
    expected = basis @ np.linalg.lstsq(basis, differences, rcond=None)[0]
    gain = float(expected.max(axis=1).mean() - expected.mean(axis=0).max())
    return min(max(0.0, gain), expected_value_of_perfect_information(payoffs))


def _categories(values: Array) -> Array:
    return np.asarray(values[:, None] == np.unique(values), float)


def _cubic_spline(values: Array) -> Array:
    """Truncated power basis with knots at the quartiles, (draws, 7)."""
    scale = values.std() or 1.0
    x = (values - values.mean()) / scale
    knots = np.quantile(x, (0.25, 0.5, 0.75))
    powers = x[:, None] ** np.arange(4)
    return np.concatenate([powers, np.maximum(x[:, None] - knots, 0) ** 3], axis=1)
