"""Response curves: spend to effect, and answers to curve.

A curve gives the share of the way from floor to ceiling that an intensity of spending reaches. Intensity is counted in
multiples of the intensity behind the first answer, so that the first answer always lies at 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]


def exponential_share(intensity: Array, rate: Array) -> Array:
    """1 - exp(-rate * intensity): every further euro does less (Blattberg & Deighton 1996)."""
    return -np.expm1(-rate * intensity)


def adbudg_share(intensity: Array, log_odds: Array, exponent: Array) -> Array:
    """odds/(1 + odds) with odds = exp(log_odds) * intensity^exponent: S-shaped where exponent > 1 (Little 1970)."""
    with np.errstate(divide="ignore"):
        share: Array = expit(log_odds + exponent * np.log(intensity))
    return share


def _exponential(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return -np.log1p(-share_1), np.ones_like(share_1)


def _adbudg(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return logit(share_1), (logit(share_2) - logit(share_1)) / np.log(spends)


@dataclass(frozen=True)
class CurveKind:
    """A family of curves.

    fit    (share at answer 1, share at answer 2, spend 2 / spend 1) -> the two constants of the curve
    share  (intensity, the two constants) -> share of the way from floor to ceiling
    """

    code: str
    fit: Callable[[Array, Array, Array], tuple[Array, Array]]
    share: Callable[[Array, Array, Array], Array]


CURVES: dict[int, CurveKind] = {
    1: CurveKind("exponential", _exponential, lambda intensity, rate, _: exponential_share(intensity, rate)),
    2: CurveKind("adbudg", _adbudg, adbudg_share),
}
"""The family by the number of answers between floor and ceiling."""


@dataclass(frozen=True)
class Response:
    """The curves of one lever for all segments; a constant lever is a curve that stays at its floor.

    kind             (segments,) number of answers, 0 for a constant
    floor, ceiling   (draws, 1, segments) the metric at no and at unlimited spend
    first, second    (draws, 1, segments) the constants of the curve
    answer_spend     (draws, 1, segments) money per period behind the first answer
    """

    kind: tuple[int, ...]
    floor: Array
    ceiling: Array
    first: Array
    second: Array
    answer_spend: Array

    def share(self, intensity: Array) -> Array:
        """Share of the way from floor to ceiling, (draws, plans, segments), at multiples of the first answer's."""
        kinds = set(self.kind)
        if len(kinds) == 1:
            return self._share(self.kind[0], intensity, slice(None))
        shape = np.broadcast_shapes(intensity.shape, self.first.shape)
        share = np.zeros(shape)
        for kind in kinds - {0}:
            columns = [column for column, this in enumerate(self.kind) if this == kind]
            share[..., columns] = self._share(kind, intensity[..., columns], columns)
        return share

    def _share(self, kind: int, intensity: Array, columns: slice | list[int]) -> Array:
        if kind == 0:
            return np.zeros((1, 1, 1))
        return CURVES[kind].share(intensity, self.first[..., columns], self.second[..., columns])

    def metric(self, share: Array) -> Array:
        """The metric at a share of the way: floor + (ceiling - floor) * share."""
        return self.floor + (self.ceiling - self.floor) * share


def fit_responses(
    kind: tuple[int, ...], floor: Array, ceiling: Array, answers: tuple[Array, Array], spends: tuple[Array, Array]
) -> Response:
    """The curves of one lever from the answers of each segment; arrays (draws, 1, segments).

    answers  the metric at the first and second answer (equal where there is one answer)
    spends   money per period behind them, > 0
    """
    first, second = np.zeros_like(floor), np.ones_like(floor)
    for number, curve in CURVES.items():
        columns = [column for column, this in enumerate(kind) if this == number]
        if not columns:
            continue
        low, high = floor[..., columns], ceiling[..., columns]
        shares = [(answer[..., columns] - low) / (high - low) for answer in answers]
        ratio = spends[1][..., columns] / spends[0][..., columns]
        first[..., columns], second[..., columns] = curve.fit(shares[0], shares[1], ratio)
    return Response(kind, floor, ceiling, first, second, spends[0])


def carry_over(stock: Array, spend: Array, carryover: Array) -> Array:
    """The effect stock after a period: G_t = carryover * G_(t-1) + (1 - carryover) * spend."""
    return carryover * stock + (1 - carryover) * spend
