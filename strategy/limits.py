"""What a split of the budget must respect."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """What a split must respect; money per period.

    cells   {segment: {lever: (minimum, maximum)}}
    levers  {lever: (minimum, maximum)} over all segments
    locked  {segment: {lever: amount}}
    """

    cells: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    levers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    locked: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
