"""Customers in segments: by a column of the data, RFM, deciles of value, value against risk; and who moved since."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from strategy.customers.models.likelihood import Array, Counts
from strategy.customers.value.value import Groups

MOST_SEGMENTS = 20
"""Segments of a column: the largest keep their names, what is left is one segment more."""
OTHERS, NAMELESS = "others", "unknown"
QUINTILES, DECILES = (0.2, 0.4, 0.6, 0.8), tuple(np.arange(1, 10) / 10)
RFM_CODES = ("champions", "loyal", "recent", "slipping", "lapsed")
RISK_CODES = ("valuable_safe", "valuable_at_risk", "small_safe", "small_at_risk")
HALF = 0.5
EMPTYING = 0.2
"""Share of its customers that a profile loses between two dates when it is said to empty out."""
Texts: TypeAlias = pa.Array | pa.ChunkedArray
"""One text per customer, in Arrow's memory: a million names as Python texts would take as much as all else together."""


@dataclass(frozen=True)
class Grouping:
    """Which segment each customer is in.

    codes  of the segments
    place  (customers,) the position of each customer's segment in codes
    cuts   the boundaries that were used; given again for a later date, customers move and the boundaries do not
    """

    codes: tuple[str, ...]
    place: Groups
    cuts: tuple[Array, ...] = ()

    @property
    def labels(self) -> NDArray[np.object_]:
        """The code of each customer's segment, (customers,)."""
        return np.array(self.codes, dtype=object)[self.place]

    @property
    def sizes(self) -> Counts:
        """Customers per segment, (segments,)."""
        return np.bincount(self.place, minlength=len(self.codes)).astype(np.int64)


def by_column(values: Texts) -> Grouping:
    """Segments by what a column of the data says, largest first; nothing said is a segment of its own."""
    texts = pc.utf8_trim_whitespace(pc.fill_null(values.cast(pa.string()), ""))
    distinct = pc.unique(texts)
    place = pc.index_in(texts, value_set=distinct).to_numpy(zero_copy_only=False).astype(np.intp)
    sizes, named = np.bincount(place), [name or NAMELESS for name in distinct.to_pylist()]
    order = sorted(range(len(named)), key=lambda at: (-sizes[at], named[at]))
    kept = order if len(order) <= MOST_SEGMENTS else order[: MOST_SEGMENTS - 1]
    position = np.full(len(named), len(kept), dtype=np.intp)
    position[kept] = np.arange(len(kept))
    codes = tuple(named[at] for at in kept) + ((OTHERS,) if len(kept) < len(order) else ())
    return Grouping(codes, position[place])


def rfm(frequency: Array, recency: Array, age: Array, mean_spend: Array, cuts: Sequence[Array] = ()) -> Grouping:
    """Segments by recency, frequency and money, from scores of 1 to 5 by quintile, five groups in all.

    Recency is the time since the last purchase, money what the repeat purchases came to. Equal customers get equal
    scores. F and M together are their mean: champions bought lately (R 4, 5) and much (4 or more); loyal R 3 or more
    and 3 or more; recent R 4, 5 and less; slipping R 1, 2 and 3 or more; lapsed the rest.
    """
    measures = (recency - age, frequency, frequency * mean_spend)
    cuts = tuple(cuts) or tuple(np.quantile(measure, QUINTILES) for measure in measures)
    scores = [1 + (np.searchsorted(cut, measure, side="left")) for cut, measure in zip(cuts, measures, strict=True)]
    recent, much = scores[0], (scores[1] + scores[2]) / 2
    rules = [(recent >= 4) & (much >= 4), (recent >= 3) & (much >= 3), recent >= 4, (recent <= 2) & (much >= 3)]
    return Grouping(RFM_CODES, np.select(rules, [0, 1, 2, 3], 4).astype(np.intp), cuts)


def deciles(value: Array, cuts: Sequence[Array] = ()) -> Grouping:
    """Segments by value, decile_1 the most valuable tenth; customers of equal value share a segment."""
    bounds = cuts[0] if cuts else np.quantile(value, DECILES)
    codes = tuple(f"decile_{number}" for number in range(1, 11))
    return Grouping(codes, 9 - np.searchsorted(bounds, value, side="left").astype(np.intp), (bounds,))


def value_and_risk(value: Array, risk: Array, risky: float = HALF, cuts: Sequence[Array] = ()) -> Grouping:
    """Four segments: worth more than the median customer or not, by a risk of leaving above `risky` or not."""
    middle = cuts[0] if cuts else np.array([np.median(value)])
    place = 2 * (value <= middle[0]).astype(np.intp) + (risk > risky)
    return Grouping(RISK_CODES, place.astype(np.intp), (middle,))


@dataclass(frozen=True)
class WhaleCurve:
    """Share of all value that the most valuable share of customers brings, (points,) each, from 0 to 1."""

    customers: Array
    value: Array


def whale_curve(value: Array, points: int = 101) -> WhaleCurve:
    """Customers in order of value, most first; above 1 where some of them lose money. Flat where nobody is worth any.

    After the curve that Cooper & Kaplan (1991) drew of customers' cumulative profit.
    """
    total = float(value.sum())
    so_far = np.r_[0.0, np.cumsum(np.sort(value)[::-1])] / (total if total > 0 else 1.0)
    share = np.linspace(0.0, 1.0, points)
    return WhaleCurve(share, np.interp(share * len(value), np.arange(len(so_far)), so_far))


@dataclass(frozen=True)
class Movement:
    """Who moved where between two dates.

    codes      of the segments at both dates
    matrix     (segments at date 1, segments at date 2) customers of both dates
    arrived    (segments,) customers of date 2 who were not there at date 1
    gone       (segments,) customers of date 1 who are not there at date 2
    before, after  (segments,) sizes
    """

    codes: tuple[str, ...]
    matrix: Counts
    arrived: Counts
    gone: Counts
    before: Counts
    after: Counts

    @property
    def shares(self) -> Array:
        """Of the customers in a segment at date 1 the share in each at date 2; rows without customers are 0."""
        here = self.matrix.sum(axis=1, keepdims=True)
        shares: Array = self.matrix / np.maximum(here, 1)
        return shares

    @property
    def emptying(self) -> tuple[str, ...]:
        """Profiles that lost a fifth or more of their customers, arrivals counted."""
        lost = (self.before > 0) & (self.after <= (1 - EMPTYING) * self.before)
        return tuple(code for code, empties in zip(self.codes, lost.tolist(), strict=True) if empties)


def movement(customers_1: Texts, grouping_1: Grouping, customers_2: Texts, grouping_2: Grouping) -> Movement:
    """Segment at date 1 against segment at date 2, customers matched by what identifies them, once per date.

    Give the second grouping the cuts of the first, or segments of equal size hide the drift.
    """
    codes = tuple(dict.fromkeys((*grouping_1.codes, *grouping_2.codes)))
    at = {code: number for number, code in enumerate(codes)}
    first, second = (
        np.array([at[code] for code in grouping.codes], dtype=np.intp)[grouping.place]
        for grouping in (grouping_1, grouping_2)
    )
    found = pc.index_in(customers_1, value_set=customers_2)
    left = np.flatnonzero(found.is_valid())
    right = found.drop_null().to_numpy().astype(np.intp)
    size = len(codes)
    matrix = np.bincount(first[left] * size + second[right], minlength=size * size).reshape(size, size)
    before, after = (np.bincount(place, minlength=size).astype(np.int64) for place in (first, second))
    moved = matrix.astype(np.int64)
    return Movement(codes, moved, after - moved.sum(axis=0), before - moved.sum(axis=1), before, after)
