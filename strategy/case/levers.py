"""The ways to create value, and the metrics of a segment that they move: two tables, by code.

The order of a table is the order of its rows on the axis of levers of every array.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Intensity = Literal["prospect", "customer", "segment"]


@dataclass(frozen=True)
class MetricKind:
    """What spending, events and side effects can change of a segment. No metric is below 0.

    unit   share (of people), each (so many per customer), or money
    said   how people say it: people (so many of the prospects), hundred (of 100 customers), or money
    works  when in a period: at its opening, where it decides who comes, or during it, on everybody who is active then
    own    the field of a segment that holds it where no lever moves it; without one each segment needs the lever
    """

    code: str
    unit: Literal["share", "each", "money"]
    said: Literal["people", "hundred", "money"]
    works: Literal["opening", "during"]
    own: str = ""

    @property
    def is_rate(self) -> bool:
        """Whether it is a share, at most 1."""
        return self.unit == "share"


METRICS: Mapping[str, MetricKind] = {
    metric.code: metric
    for metric in (
        MetricKind("acquisition_rate", "share", "people", "opening"),
        MetricKind("revenue", "money", "money", "during"),
        MetricKind("retention_rate", "share", "hundred", "during"),
        MetricKind("cost_to_serve", "money", "money", "during"),
        MetricKind("referral_rate", "each", "hundred", "opening", own="referral_rate"),
    )
}
"""What can be moved, by code."""

RATES = tuple(code for code, metric in METRICS.items() if metric.is_rate)
"""Metrics that are shares: from 0 to 1."""


@dataclass(frozen=True)
class LeverKind:
    """One way to spend a marketing euro.

    metric     what its response curve gives; no other lever gives it
    intensity  whom the spend is divided over before it works: each prospect, each customer there when it works (active
               ones; for what works at the opening, those of the opening), or nobody
    direction  +1 where spending raises the metric, -1 where it lowers it
    dimension  the strategic dimension whose page asks for its answers
    """

    code: str
    metric: str
    intensity: Intensity
    direction: int
    dimension: str

    @property
    def moves(self) -> MetricKind:
        """The row of its metric."""
        return METRICS[self.metric]

    @property
    def needed(self) -> bool:
        """Whether each segment must say what it believes about it: its metric stands nowhere else."""
        return not self.moves.own


LEVERS: Mapping[str, LeverKind] = {
    lever.code: lever
    for lever in (
        LeverKind("acquire", "acquisition_rate", "prospect", +1, "client_selection"),
        LeverKind("develop", "revenue", "customer", +1, "value_realization"),
        LeverKind("retain", "retention_rate", "customer", +1, "value_protection"),
        LeverKind("reduce_cost", "cost_to_serve", "segment", -1, "operationalization"),
    )
}
"""How money can be spent, by code."""

LEVER_CODES: tuple[str, ...] = tuple(LEVERS)
"""The levers in the order of the last axis of every spend."""

COLUMN: Mapping[str, int] = {code: column for column, code in enumerate(LEVER_CODES)}
"""Where a lever stands on that axis."""

LEVER_OF: Mapping[str, str] = {lever.metric: code for code, lever in LEVERS.items()}
"""The lever that moves a metric, where one does."""

SERVING: tuple[str, ...] = tuple(code for code, lever in LEVERS.items() if lever.intensity != "prospect")
"""The levers whose money is spent on customers, not on prospects."""


def levers_at(works: str) -> tuple[LeverKind, ...]:
    """The levers whose metric works then: at the opening of a period, or during it."""
    return tuple(lever for lever in LEVERS.values() if lever.moves.works == works)


def metrics_at(works: str) -> tuple[str, ...]:
    """The metrics that work then: at the opening of a period, or during it."""
    return tuple(code for code, metric in METRICS.items() if metric.works == works)


def levers_of(dimension: str) -> tuple[str, ...]:
    """The levers whose answers a dimension's page asks for."""
    return tuple(code for code, lever in LEVERS.items() if lever.dimension == dimension)
