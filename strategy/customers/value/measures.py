"""What a segment is worth to a case: size, revenue, retention and new customers, so that the case has the data's value.

Model, section 8: N0 = sum of P(alive); r = R_1/N0 with R_t the expected revenue in period t; rho solves
sum_1..T (1+d)^-(t-1) R_1 rho^(t-1) = sum (1+d)^-(t-1) R_t.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from strategy.case.estimate import PERT_REACH
from strategy.customers.cleaning.durations import Period
from strategy.customers.findings import Finding
from strategy.customers.models.likelihood import Array, Counts
from strategy.customers.value.book import Book
from strategy.customers.value.segments import Grouping
from strategy.customers.value.value import Groups
from strategy.errors import PlannerError

FEWEST_ACTIVE = 1e-6
"""Expected customers below which a segment is empty: nothing per customer can be said."""
HALVINGS = 60
DRAWS = 2000


@dataclass(frozen=True)
class Segments:
    """Measured segments, (segments,) each; a range is (low, high), (segments, 2), the ends of a triple.

    codes      of the segments
    size       customers in the data
    customers  N0, expected to be customers today
    by_period  (segments, T) expected revenue R_t
    revenue    r per customer and period; retention: rho per period
    value      discounted margins over the periods ahead; value_band: 5 % and 95 % of it by doubt on the parameters
    onboarding what a new customer is worth less than an average one of the segment, over the same periods (margin)
    arrivals   new customers per period of late
    findings   of the models, and of segments that were left out
    """

    codes: tuple[str, ...]
    size: Counts
    customers: Array
    by_period: Array
    revenue: Array
    revenue_range: Array
    retention: Array
    retention_range: Array
    value: Array
    value_band: Array
    onboarding: Array
    arrivals: Array
    findings: tuple[Finding, ...]


def measure(
    book: Book,
    grouping: Grouping,
    margin: float,
    discount: float,
    period: Period,
    periods: int,
    seed: int,
    draws: int = DRAWS,
) -> Segments:
    """Measure the segments of a book's customers over the periods of a case.

    margin    share of revenue that is left
    discount  per period

    Segments without expected customers or revenue are left out and named in a finding. Raises PlannerError where none
    is left.
    """
    groups, number = grouping.place, len(grouping.codes)
    ahead = max(periods, 2)  # one period says nothing about who stays
    active = np.bincount(groups, book.active, number).astype(float)
    whole = _padded(book.revenue(groups, period, ahead), number)
    kept = np.flatnonzero((active > FEWEST_ACTIVE) & (whole[:, 0] > 0))
    if not len(kept):
        raise PlannerError("nobody_left_to_value", place="customers", value=len(book.customer))
    revenue, customers = whole[kept], active[kept]
    drawn = _padded(book.drawn_revenue(groups, period, ahead, draws, seed), number, axis=1)[:, kept]
    newcomer = _padded(book.newcomer(groups, discount, period, periods), number)[kept]
    factors = (1 + discount) ** -np.arange(float(periods))
    stays, per_head = constant_retention(revenue, discount), revenue[:, 0] / customers
    average = per_head * (stays[:, None] ** np.arange(periods) @ factors)
    return Segments(
        tuple(grouping.codes[at] for at in kept),
        grouping.sizes[kept],
        customers,
        revenue[:, :periods],
        per_head,
        _ends(drawn[..., 0] / customers, per_head),
        stays,
        np.clip(_ends(constant_retention(drawn, discount), stays), 0.0, 1.0),
        margin * revenue[:, :periods] @ factors,
        np.quantile(margin * drawn[..., :periods] @ factors, [0.05, 0.95], axis=0).T,
        margin * (average - newcomer),
        _padded(book.arrivals(groups, period), number)[kept],
        (*book.findings, *_left_out(grouping, kept)),
    )


def _padded(values: Array, number: int, axis: int = 0) -> Array:
    """Zeros for the groups after the last that has customers."""
    widths = [(0, 0)] * values.ndim
    widths[axis] = 0, number - values.shape[axis]
    return np.pad(values, widths)


def constant_retention(revenue: Array, discount: float) -> Array:
    """The retention at which the first period's revenue fades to the same discounted sum; 1 where it does not fall.

    revenue  (..., periods) expected per period, the first > 0; by bisection, for all at once
    """
    periods = revenue.shape[-1]
    factors = (1 + discount) ** -np.arange(float(periods))
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = np.nan_to_num(revenue @ factors / revenue[..., 0], nan=1.0)
    low, high = np.zeros_like(wanted), np.ones_like(wanted)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = _annuity(middle / (1 + discount), periods) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(wanted >= factors.sum() * (1 - 1e-14), 1.0, (low + high) / 2)


def _annuity(factor: Array, periods: int) -> Array:
    """1 + factor + factor^2 + ..., so many terms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = -np.expm1(periods * np.log(factor)) / (1 - factor)
    return np.where(np.abs(1 - factor) < 1e-12, float(periods), total)


def _ends(drawn: Array, likely: Array) -> Array:
    """The ends of a triple from draws (draws, segments): where a normal lies the reach of a PERT off its middle."""
    tail = float(ndtr(-PERT_REACH))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return np.stack([np.minimum(low, likely), np.maximum(high, likely)], axis=-1)


def _left_out(grouping: Grouping, kept: Groups) -> tuple[Finding, ...]:
    names = [code for at, code in enumerate(grouping.codes) if at not in set(kept.tolist())]
    fields: dict[str, float | int | str] = {"segments": ", ".join(names[:8])}
    return (Finding("segments_left_out", fields),) if names else ()
