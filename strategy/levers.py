"""The four ways to create value, and the metrics of a segment that they move."""

from dataclasses import dataclass
from typing import Literal

Metric = Literal["acquisition_rate", "revenue", "retention_rate", "cost_to_serve", "referral_rate"]
Intensity = Literal["prospect", "customer", "segment"]

METRICS: tuple[Metric, ...] = ("acquisition_rate", "revenue", "retention_rate", "cost_to_serve", "referral_rate")
RATES: tuple[Metric, ...] = ("acquisition_rate", "retention_rate")


@dataclass(frozen=True)
class LeverKind:
    """One way to spend a marketing euro.

    metric     what its response curve gives
    intensity  whom the spend is divided over before it works: each prospect, each active customer, or nobody
    direction  +1 where spending raises the metric, -1 where it lowers it
    dimension  the strategic dimension whose page asks for its answers
    """

    code: str
    metric: Metric
    intensity: Intensity
    direction: int
    dimension: str


LEVERS: tuple[LeverKind, ...] = (
    LeverKind("acquire", "acquisition_rate", "prospect", +1, "client_selection"),
    LeverKind("develop", "revenue", "customer", +1, "value_realization"),
    LeverKind("retain", "retention_rate", "customer", +1, "value_protection"),
    LeverKind("reduce_cost", "cost_to_serve", "segment", -1, "operationalization"),
)
LEVER_CODES: tuple[str, ...] = tuple(lever.code for lever in LEVERS)
