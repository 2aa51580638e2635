"""Response curves: spend to effect, and answers to curve.

A curve gives the share of the way from floor to ceiling that an intensity of spending reaches. Intensity is counted in
multiples of the intensity behind the first answer, so that the first answer always lies at 1.
"""

from dataclasses import dataclass

import numpy as np

from strategy.case.families import CURVES as CURVES
from strategy.case.families import Array as Array

CONSTANT = ""
"""In place of a family: a lever that spending does not move."""


@dataclass(frozen=True)
class Response:
    """The curves of one lever for all segments; a constant lever is a curve that stays at its floor.

    families         (segments,) a code of CURVES each, or CONSTANT
    floor, ceiling   (draws, 1, segments) the metric at no and at unlimited spend
    first, second    (draws, 1, segments) the constants of the curve; a constant lever beside curves of one family is
                     that family's curve that never leaves its floor
    answer_spend     (draws, 1, segments) money per period behind the first answer
    """

    families: tuple[str, ...]
    floor: Array
    ceiling: Array
    first: Array
    second: Array
    answer_spend: Array

    def share(self, intensity: Array) -> Array:
        """Share of the way from floor to ceiling, (draws, plans, segments), at multiples of the first answer's."""
        families = set(self.families) - {CONSTANT}
        if not families:
            return np.zeros((1, 1, 1))
        if len(families) == 1:
            return CURVES[families.pop()].share(intensity, self.first, self.second)
        share = np.zeros(np.broadcast_shapes(intensity.shape, self.first.shape))
        for family in families:
            columns = [column for column, this in enumerate(self.families) if this == family]
            share[..., columns] = CURVES[family].share(
                intensity[..., columns], self.first[..., columns], self.second[..., columns]
            )
        return share

    def metric(self, share: Array) -> Array:
        """The metric at a share of the way: floor + (ceiling - floor) * share."""
        return self.floor + (self.ceiling - self.floor) * share


def fit_responses(
    families: tuple[str, ...], floor: Array, ceiling: Array, answers: tuple[Array, Array], spends: tuple[Array, Array]
) -> Response:
    """The curves of one lever from the answers of each segment; arrays (draws, 1, segments).

    families  (segments,) a code of CURVES each, or CONSTANT
    answers   the metric at the first and second answer (equal where there is one answer)
    spends    money per period behind them, > 0
    """
    first, second = np.zeros_like(floor), np.ones_like(floor)
    present = set(families) - {CONSTANT}
    if len(present) == 1:
        first += CURVES[min(present)].flat
    for family, curve in CURVES.items():
        columns = [column for column, this in enumerate(families) if this == family]
        if not columns:
            continue
        low, high = floor[..., columns], ceiling[..., columns]
        shares = [(answer[..., columns] - low) / (high - low) for answer in answers]
        ratio = spends[1][..., columns] / spends[0][..., columns]
        first[..., columns], second[..., columns] = curve.fit(shares[0], shares[1], ratio)
    return Response(families, floor, ceiling, first, second, spends[0])


def carry_over(stock: Array, spend: Array, carryover: Array) -> Array:
    """The effect stock after a period: G_t = carryover * G_(t-1) + (1 - carryover) * spend."""
    return carryover * stock + (1 - carryover) * spend
