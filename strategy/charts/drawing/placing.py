"""Names beside points of a chart, on the side where they stand free of each other on a phone and on a wide screen."""

from collections.abc import Sequence

import numpy as np

from strategy.charts.drawing.axes import width
from strategy.equity.curves import Array

WIDTHS = (230.0, 460.0)
"""Width of the drawing in pixels inside its margins: on a phone, and in half a wide page."""
LINE = 15.0
"""Height in pixels of a line of a name."""
SIDES = {
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top center": (0, 1),
    "bottom center": (0, -1),
    "bottom right": (1, -1),
    "top left": (-1, 1),
    "top right": (1, 1),
    "bottom left": (-1, -1),
}
"""Where a text may stand, as Plotly calls it, and in which direction; the first that is free is taken."""
HALF_A_LINE = 2.0
ON_NAME, OFF_EDGE, ON_POINT = 1000.0, 100.0, 1.0


NOTHING: Array = np.empty((2, 0))


def beside(
    x: Array,
    y: Array,
    radii: Array,
    texts: Sequence[str],
    height: float,
    sides: Sequence[str] = tuple(SIDES),
    line: Array = NOTHING,
) -> list[str | None]:
    """The side of each point on which its text stands free of the texts before it; None where there is no such side.

    x, y    (points,) places as shares of the drawing's width and height, 0 to 1
    radii   (points,) pixels from the middle of a point to its edge
    texts   with <br> between lines
    height  of the drawing inside its margins, pixels
    sides   of SIDES, those to be taken first in front
    line    (2, places) of places on a line that texts had better not cross, as shares like x and y
    """
    middles, points = _pixels(x, y, height), _pixels(line[0], line[1], height)
    points = np.concatenate(
        [_boxes(middles, np.stack([radii, radii], axis=-1)), _boxes(points, np.full(2, HALF_A_LINE))], axis=1
    )
    taken = np.empty((len(WIDTHS), 0, 4))
    found: list[str | None] = []
    for n, text in enumerate(texts):
        half = np.array([width(text) / 2, LINE * (text.count("<br>") + 1) / 2])
        towards = np.array([SIDES[side] for side in sides])
        boxes = _boxes(middles[:, n, None] + towards * (half + radii[n] / 0.8 + 1), half)  # as Plotly does
        cost = ON_NAME * _met(boxes, taken) + ON_POINT * _met(boxes, np.delete(points, n, axis=1))
        cost += OFF_EDGE * _outside(boxes, height)
        best = int(cost.argmin())
        free = cost[best] < OFF_EDGE
        found.append(sides[best] if free else None)
        if free:
            taken = np.concatenate([taken, boxes[:, best : best + 1]], axis=1)
    return found


def _pixels(x: Array, y: Array, height: float) -> Array:
    """Places in pixels, (widths, places, 2)."""
    return np.stack([np.multiply.outer(WIDTHS, x), np.broadcast_to(height * y, (len(WIDTHS), len(x)))], axis=-1)


def _boxes(middles: Array, half: Array) -> Array:
    """Left, bottom, right and top of boxes around middles, (widths, boxes, 4)."""
    return np.asarray(np.concatenate([middles - half, middles + half], axis=-1), float)


def _met(boxes: Array, others: Array) -> Array:
    """How many of the others each box runs into, over all widths, (boxes,)."""
    one, other = boxes[:, :, None], others[:, None]
    apart = (one[..., :2] >= other[..., 2:]) | (other[..., :2] >= one[..., 2:])
    return np.asarray((~apart.any(axis=-1)).sum(axis=(0, 2)), float)


def _outside(boxes: Array, height: float) -> Array:
    """At how many widths each box leaves the drawing, (boxes,)."""
    ends = np.array([[wide, height] for wide in WIDTHS])[:, None]
    out = (boxes[..., :2] < 0).any(axis=-1) | (boxes[..., 2:] > ends).any(axis=-1)
    return np.asarray(out.sum(axis=0), float)
