"""What to find out first: money no belief can regret, what knowing is worth, and where the advice flips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.allocation.best_split import BestSplit
from strategy.allocation.division import Problem
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.search import polish
from strategy.case.case import Case
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.families import EXPONENT_RANGE
from strategy.case.levers import COLUMN, LEVER_CODES, LEVERS, RATES, LeverKind
from strategy.equity.curves import Array
from strategy.equity.parameters import (
    chosen_array,
    numbers,
    parameters,
    spend_array,
    spend_dict,
)
from strategy.equity.phases import spend_path
from strategy.equity.simulation import customer_equity
from strategy.equity.uncertainty import (
    DRAWS,
    SEED,
    Assumption,
    Plan,
    assumptions,
    draw,
    expected_value_of_perfect_information,
    today_plan,
    value_of_knowing,
)
from strategy.progress import Progress, silent

SPLIT_DRAWS = 50
REGRET_SHARE = 0.1
SCAN = 41
OPEN_END = 2.0
"""How far a number without a range is varied: from 1/2 to 2 times its likely value, within what it may be."""

WHOLLY_SCANNED = ("return_share", "rival_response")
"""Shares about which anything can be believed: varied from 0 to 1."""


@dataclass(frozen=True)
class Information:
    """What is worth finding out before deciding; a lower bound, money.

    no_regret  {segment: {lever: money per period}} that the best splits of 90 % of draws give at least
    evpi       worth of knowing everything
    evppi      worth of knowing one assumption, {key: money}, largest first
    splits     (draws, segments, levers) the best split of each of some draws
    """

    no_regret: dict[str, dict[str, float]]
    evpi: float
    evppi: dict[tuple[str, ...], float]
    splits: Array


def value_of_information(
    case: Case,
    plans: Sequence[Plan],
    best: BestSplit,
    limits: Limits | None = None,
    count: int = DRAWS,
    seed: int = SEED,
    on_progress: Progress = silent,
) -> Information:
    """What knowing is worth, among today's, the plans, the best split and the best splits of some draws.

    The splits are found on draws of their own and judged on others (model: section 5).
    """
    total = best.budget - best.unspent
    shape = (len(case.segments), len(LEVER_CODES))
    start = spend_array(case, best.spend).reshape(-1)
    room = room_for(case, float(start.sum()), limits or Limits())
    guesses = draw(case, SPLIT_DRAWS, seed + 1).parameters
    chosen = chosen_array(case, best.initiatives)
    splits = []
    for number in range(SPLIT_DRAWS):
        on_progress(0.9 * number / SPLIT_DRAWS)
        splits.append(polish(Problem(guesses.rows(slice(number, number + 1)), chosen, room), room, start, 1))
    decisions: list[Plan] = [today_plan(case), *plans, (best.spend, best.initiatives)]
    decisions += [(spend_dict(case, split.reshape(shape)), best.initiatives) for split in splits]
    judged = draw(case, count, seed)
    payoffs = customer_equity(
        judged.parameters,
        spend_path(case, *(spend for spend, _ in decisions)),
        chosen_array(case, *(chosen for _, chosen in decisions)),
    )
    on_progress(0.95)
    people = {a.key for a in assumptions(case) if a.people}
    worth = {key: value_of_knowing(payoffs, drawn, key in people) for key, drawn in judged.drawn.items()}
    least = np.quantile(np.array(splits), REGRET_SHARE, axis=0)
    least = np.where(least > 1e-4 * max(total, 1.0), least, 0.0)
    on_progress(1.0)
    return Information(
        no_regret=spend_dict(case, least.reshape(shape)),
        evpi=expected_value_of_perfect_information(payoffs),
        evppi=dict(sorted(worth.items(), key=lambda pair: -pair[1])),
        splits=np.array(splits).reshape(-1, *shape),
    )


@dataclass(frozen=True)
class Flip:
    """Where the better of two plans changes, all other beliefs at their likely value.

    at        the assumption's value there (of a curve's two answers: the first)
    likely    its likely value; the advice changes below `at` where at < likely, above it otherwise
    believed  whether `at` lies within what people believe possible
    """

    key: tuple[str, ...]
    at: float
    likely: float
    believed: bool


def flip_points(case: Case, one: Plan, other: Plan) -> list[Flip]:
    """For each assumption the belief nearest to the likely one at which the better of two plans changes.

    Ranges are scanned as far as the model allows; what people believe possible comes first, then the nearest.
    """
    scanned = [(a, values) for a in assumptions(case) if not a.people and len(values := _range(case, a))]
    if not scanned:
        return []
    spend, chosen = spend_path(case, one[0], other[0]), chosen_array(case, one[1], other[1])

    def lead(ranges: list[Array]) -> Array:
        """CE(one) - CE(other) along each range, (assumptions, SCAN)."""
        varied = numbers(case).repeat(SCAN * len(ranges))
        for row, ((assumption, _), values) in enumerate(zip(scanned, ranges, strict=True)):
            assumption.put(varied, slice(row * SCAN, (row + 1) * SCAN), values)
        equity = customer_equity(parameters(case, varied), spend, chosen)
        return np.asarray((equity[:, 0] - equity[:, 1]).reshape(len(ranges), SCAN), float)

    ranges = [values for _, values in scanned]
    leads = lead(ranges)
    places = [
        _nearest_change(row, values[:, 0], a.likely[0])
        for (a, _), row, values in zip(scanned, leads, ranges, strict=True)
    ]
    finer = [
        values
        if place is None
        else values[place] + np.linspace(0, 1, SCAN)[:, None] * (values[place + 1] - values[place])
        for place, values in zip(places, ranges, strict=True)
    ]
    leads = lead(finer)
    flips = []
    for (assumption, _), place, row, values in zip(scanned, places, leads, finer, strict=True):
        change = _nearest_change(row, values[:, 0], float(assumption.likely[0]))
        if place is None or change is None:
            continue
        share = row[change] / (row[change] - row[change + 1])
        at = float(values[change, 0] + share * (values[change + 1, 0] - values[change, 0]))
        low, likely, high = (float(v) for v in assumption.values[:, 0])
        flips.append(Flip(assumption.key, at, likely, low <= at <= high))
    return sorted(
        flips, key=lambda flip: (not flip.believed, abs(flip.at - flip.likely) / max(abs(flip.likely), 1e-12))
    )


def _nearest_change(lead: Array, values: Array, likely: float) -> int | None:
    """Position before the sign change nearest to the likely value."""
    changes = np.flatnonzero(lead[:-1] * lead[1:] < 0)
    return int(changes[np.abs(values[changes] - likely).argmin()]) if changes.size else None


def _range(case: Case, assumption: Assumption) -> Array:
    """Values to scan, (SCAN, columns): from low to high and beyond, as far as the order allows; empty if none."""
    likely = np.median(assumption.values, axis=0)
    low, high = assumption.values[0], assumption.values[-1]
    if len(assumption.key) == 3 and assumption.key[2] in ("floor", "answers", "ceiling"):
        return _curve_range(case, assumption)
    if assumption.key[-1] in WHOLLY_SCANNED:
        return np.linspace(0, 1, SCAN)[:, None]
    widest = MAX_AMOUNT
    if "gross_margin" in assumption.key or _is_rate(assumption):
        widest = _highest_rate(case)
    ends = [np.minimum(low, np.minimum(likely / OPEN_END, likely * OPEN_END))]
    ends.append(np.maximum(high, np.maximum(likely / OPEN_END, likely * OPEN_END)))
    if assumption.array == "sides" or "onboarding_cost" in assumption.key:
        low_end, high_end = ends
    else:
        low_end, high_end = np.clip(ends[0], 0, widest), np.clip(ends[1], 0, widest)
    if (low_end >= high_end).all():
        return np.zeros((0, len(likely)))
    return np.asarray(low_end + np.linspace(0, 1, SCAN)[:, None] * (high_end - low_end), float)


def _is_rate(assumption: Assumption) -> bool:
    return assumption.key[-1] == "constant" and _kind(assumption).metric in RATES


def _kind(assumption: Assumption) -> LeverKind:
    return LEVERS[assumption.key[1]]


def _curve_range(case: Case, assumption: Assumption) -> Array:
    """Floor, answers or ceiling moved as far as the others leave room."""
    kind = _kind(assumption)
    segment, lever = case.segment_ids.index(assumption.key[0]), COLUMN[kind.code]
    curve = numbers(case).curves[0, segment, lever]
    floor, first, second, ceiling = curve[:4]
    along = np.linspace(0, 1, SCAN)[:, None]
    margin = 0.02
    if assumption.key[2] == "answers":
        share = (curve[1:3] - floor) / (ceiling - floor)
        odds = np.log(share / (1 - share)) + np.linspace(-2.5, 2.5, SCAN)[:, None]
        return np.asarray(floor + (ceiling - floor) / (1 + np.exp(-odds)), float)
    if assumption.key[2] == "floor":
        inner = first + margin * (floor - first)
        outer = max(0.0, floor - (first - floor) * OPEN_END) if kind.direction > 0 else floor * OPEN_END
        inner = min(inner, _highest_rate(case)) if kind.metric in RATES else inner
        return _bending(curve, 0, outer + along * (inner - outer))
    inner = second + margin * (ceiling - second)
    top = _highest_rate(case) if kind.metric in RATES else ceiling * OPEN_END
    outer = min(top, ceiling + (ceiling - second) * OPEN_END) if kind.direction > 0 else 0.0
    return _bending(curve, 3, outer + along * (inner - outer))


def _highest_rate(case: Case) -> float:
    """1, or a little less where nothing is discounted and customers who stay for ever would have no end of value."""
    return 1.0 if case.discount_rate > 0 else 0.999


def _bending(curve: Array, column: int, values: Array) -> Array:
    """The values of a floor (0) or ceiling (3) at which two answers still give a curve: its exponent within range."""
    floor, first, second, ceiling, spend_1, spend_2 = np.broadcast_to(curve, (len(values), len(curve))).T.copy()
    if spend_1[0] == spend_2[0]:
        return np.asarray(values, float)
    (floor if column == 0 else ceiling)[:] = values[:, 0]
    odds = (second - floor) / (ceiling - second) / ((first - floor) / (ceiling - first))
    exponent = np.log(odds) / np.log(spend_2 / spend_1)
    kept = values[(exponent >= EXPONENT_RANGE[0]) & (exponent <= EXPONENT_RANGE[1])]
    if len(kept) < 2:
        return np.zeros((0, 1))
    return np.asarray(kept[0] + np.linspace(0, 1, SCAN)[:, None] * (kept[-1] - kept[0]), float)
