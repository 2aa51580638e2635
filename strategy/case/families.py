"""Families of response curves, by code: how many answers fix one, what answers it can go through, and its course."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from strategy.case.estimate import broken

Array = NDArray[np.float64]
EXPONENT_RANGE = (0.2, 8.0)


def exponential_share(intensity: Array, rate: Array) -> Array:
    """1 - exp(-rate * intensity): every further euro does less (Blattberg & Deighton 1996)."""
    return -np.expm1(-rate * intensity)


def adbudg_share(intensity: Array, log_odds: Array, exponent: Array) -> Array:
    """odds/(1 + odds) with odds = exp(log_odds) * intensity^exponent: S-shaped where exponent > 1 (Little 1970)."""
    with np.errstate(divide="ignore"):
        share: Array = expit(log_odds + exponent * np.log(intensity))
    return share


def michaelis_menten_share(intensity: Array, odds: Array) -> Array:
    """h/(h + h50) = odds h/(1 + odds h) with odds = 1/h50: ADBUDG with exponent 1 (Michaelis & Menten 1913)."""
    towards = odds * intensity
    return towards / (1 + towards)


def tanh_share(intensity: Array, rate: Array) -> Array:
    """tanh(h/h0) with rate = 1/h0: nearly straight at first, then soon flat; never S-shaped."""
    return np.tanh(rate * intensity)


def adbudg_exponent(floor: float, ceiling: float, points: Sequence[tuple[float, float]]) -> float:
    """The exponent p of the ADBUDG curve through two answers (Little 1970): ln(odds_2/odds_1) / ln(x_2/x_1).

    Infinite where the answers are closer than numbers can tell.
    """
    (first, low), (second, high) = points
    try:
        odds = [(value - floor) / (ceiling - value) for value in (low, high)]
        return log(odds[1] / odds[0]) / log(second / first)
    except (ValueError, ArithmeticError):
        return inf


def _check_adbudg(floor: float, ceiling: float, points: Sequence[tuple[float, float]]) -> None:
    exponent = adbudg_exponent(floor, ceiling, points)
    if not EXPONENT_RANGE[0] <= exponent <= EXPONENT_RANGE[1]:
        raise broken("exponent", value=exponent, low=EXPONENT_RANGE[0], high=EXPONENT_RANGE[1])


def _check_one(floor: float, ceiling: float, points: Sequence[tuple[float, float]]) -> None:
    """An answer between floor and ceiling gives a curve, unless it is so near one that numbers cannot tell."""
    ((_, answer),) = points
    if not 0 < (answer - floor) / (ceiling - floor) < 1:
        raise broken("answer_outside", value=answer, low=min(floor, ceiling), high=max(floor, ceiling))


def _exponential(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return -np.log1p(-share_1), np.ones_like(share_1)


def _adbudg(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return logit(share_1), (logit(share_2) - logit(share_1)) / np.log(spends)


def _michaelis_menten(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return share_1 / (1 - share_1), np.ones_like(share_1)


def _tanh(share_1: Array, share_2: Array, spends: Array) -> tuple[Array, Array]:
    return np.arctanh(share_1), np.ones_like(share_1)


@dataclass(frozen=True)
class CurveKind:
    """A family of curves.

    answers  how many answers between floor and ceiling it goes through, 1 or 2
    fit      (share at answer 1, share at answer 2, spend 2 / spend 1) -> the two constants of the curve; a family of
             one answer is given it twice
    share    (multiple of the spend of answer 1, the two constants) -> share of the way from floor to ceiling
    flat     the first constant of the curve that never leaves its floor
    check    (floor, ceiling, answers) -> raises PydanticCustomError where no curve of the family gives these answers
    """

    code: str
    answers: int
    fit: Callable[[Array, Array, Array], tuple[Array, Array]]
    share: Callable[[Array, Array, Array], Array]
    check: Callable[[float, float, Sequence[tuple[float, float]]], None] = _check_one
    flat: float = 0.0


CURVES: Mapping[str, CurveKind] = {
    curve.code: curve
    for curve in (
        CurveKind("exponential", 1, _exponential, lambda intensity, rate, _: exponential_share(intensity, rate)),
        CurveKind("adbudg", 2, _adbudg, adbudg_share, _check_adbudg, -inf),
        CurveKind("michaelis_menten", 1, _michaelis_menten, lambda h, odds, _: michaelis_menten_share(h, odds)),
        CurveKind("tanh", 1, _tanh, lambda h, rate, _: tanh_share(h, rate)),
    )
}
"""The families, by code."""


def family_through(answers: int) -> str:
    """The family where a case names none: the first in the table that goes through so many answers; "" where none."""
    return next((code for code, curve in CURVES.items() if curve.answers == answers), "")
