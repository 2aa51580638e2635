"""Response curves: spend to effect, and answers to curve.

A curve gives the share of the way from floor to ceiling that an intensity of spending reaches. Intensity is counted in
multiples of the intensity behind the first answer, so that the first answer always lies at 1.
"""

from dataclasses import dataclass
from functools import cached_property

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
        columns = self._columns
        if not columns:
            return np.zeros((1, 1, 1))
        if len(columns) == 1:
            return CURVES[next(iter(columns))].share(intensity, self.first, self.second)
        shape = intensity.shape if len(self.first) == 1 else np.broadcast_shapes(intensity.shape, self.first.shape)
        share = np.zeros_like(intensity, shape=shape)
        for family, where in columns.items():
            share[..., where] = CURVES[family].share(
                intensity[..., where], self.first[..., where], self.second[..., where]
            )
        return share

    @cached_property
    def _columns(self) -> dict[str, slice | list[int]]:
        """Which segments have a curve of each family."""
        return {
            family: _evenly([column for column, this in enumerate(self.families) if this == family])
            for family in sorted(set(self.families) - {CONSTANT})
        }

    def metric(self, share: Array) -> Array:
        """The metric at a share of the way: floor + (ceiling - floor) * share."""
        return self.floor + (self.ceiling - self.floor) * share


def _evenly(columns: list[int]) -> slice | list[int]:
    """Columns as a slice where they are evenly spaced: what they hold is then not copied."""
    step = columns[1] - columns[0] if len(columns) > 1 else 1
    even = slice(columns[0], columns[-1] + 1, step)
    return even if columns == list(range(columns[-1] + 1))[even] else columns


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
