"""The case of the bicycle web shop: measured on its orders, its curves fitted on what was spent and what came of it.

`python -m tests.generated.bike_shop_case` writes it anew.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from strategy.customers import SEED
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.models.curves import FittedCurve, Triple, fit_curve
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.reading import read_table
from strategy.customers.study import measure_table
from strategy.customers.value.measures import Segments
from strategy.customers.value.segmenting import Ahead, Way, book_of, grouped
from strategy.customers.value.to_case import Setting, measured_for
from tests.generated.bike_shop import ORDERS_FILE, RAW, SPEND_FILE

CASE = RAW.parent / "bike_shop" / "case.json"
COLUMN, PERIOD, HORIZON, MARGIN, DISCOUNT, SERVING = "Soort klant", "quarter", 20, 0.45, 0.10, 2.09
"""What the shop says where its files do not: the margin is that of its articles less paying, packing and postage."""
DIRECTIONS = {"acquire": (1, None), "develop": (1, 100.0), "retain": (-1, 100.0), "reduce_cost": (-1, None)}
"""Which way spending moves what was measured, and what it is without spending where a control group says so."""
PROSPECTS = 20
"""Visitors without an order for each new customer."""
NAMES = {
    "gezin": ("families", "Families"),
    "forens": ("commuters", "Commuters"),
    "sportfietser": ("sport", "Sport riders"),
}
SPEND = {
    "families": {"acquire": 4000, "develop": 600, "retain": 600, "reduce_cost": 400},
    "commuters": {"acquire": 1200, "develop": 200, "retain": 500, "reduce_cost": 200},
    "sport": {"acquire": 800, "develop": 200, "retain": 400, "reduce_cost": 150},
}
"""How the money of the last quarter was divided."""
EVENTS = [
    {
        "id": "rival", "name": "A chain opens its own web shop", "from": 3, "to": 4,
        "segments": ["families", "commuters"], "metric": "acquisition_rate", "multiply": 0.9, "add": 0,
    }
]  # fmt: skip
INITIATIVES = [
    {
        "id": "service_plan", "name": "Maintenance plan for commuters", "lever": "retain", "segments": ["commuters"],
        "metric": "retention_rate", "multiply": 1, "add": 0.01, "from": 2, "to": None, "one_off": 4000,
        "per_period": 300,
    },
    {
        "id": "parts_finder", "name": "Parts finder by type of bicycle", "lever": "develop", "segments": None,
        "metric": "revenue", "multiply": 1.03, "add": 0, "from": 3, "to": None, "one_off": 9000, "per_period": 250,
    },
]  # fmt: skip


def measured() -> Segments:
    """The segments by the column of kinds, read as the command and the page propose."""
    engine = open_engine("")
    try:
        table = read_table(RAW / ORDERS_FILE, engine)
        study = measure_table(table, Wishes(segment=COLUMN).choices(table), engine.folder / "measured")
        book = book_of(study)
        setting = Setting("", period=PERIOD, horizon=HORIZON, discount_rate=DISCOUNT, gross_margin=MARGIN)
        ahead = Ahead(PERIOD, HORIZON, MARGIN, setting.discount)
        return measured_for(book, grouped(book, Way("column", COLUMN), ahead), setting, SEED)
    finally:
        engine.close()


@cache
def fitted() -> dict[str, FittedCurve]:
    """The curve of each lever on the twelve quarters of spend and outcome."""
    spends: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    outcomes: dict[str, dict[str, float]] = defaultdict(dict)
    with (RAW / SPEND_FILE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            lever, quarter = row["Hefboom"], row["Kwartaal"]
            spends[lever][quarter] += _number(row["Uitgave"])
            outcomes[lever][quarter] = _number(row["Uitkomst van de hefboom"])
    return {
        lever: fit_curve(
            np.array(list(spends[lever].values())), np.array(list(outcomes[lever].values())),
            list(spends[lever].values())[-1], direction, floor,
        )
        for lever, (direction, floor) in DIRECTIONS.items()
    }  # fmt: skip


def case() -> dict[str, Any]:
    """The case file: of each lever the measured value today, floor and ceiling in the proportions of its curve."""
    found, curves = measured(), fitted()
    return {
        "schema": 2, "name": "Bicycle web shop", "currency": "EUR", "period": PERIOD, "horizon": HORIZON,
        "discount_rate": DISCOUNT, "discount_timing": "start",
        "budget": sum(sum(spend.values()) for spend in SPEND.values()),
        "segments": [_segment(found, at, curves) for at in range(len(found.codes))],
        "migration": None, "events": EVENTS, "initiatives": INITIATIVES,
    }  # fmt: skip


def case_text() -> str:
    """As the file stands in sample_data."""
    return json.dumps(case(), indent=2) + "\n"


@dataclass(frozen=True)
class _Proportions:
    """Floor and ceiling of a fitted curve as shares of its value today."""

    floor: Triple
    ceiling: Triple
    today: Triple

    @classmethod
    def of(cls, curve: FittedCurve) -> _Proportions:
        assert curve.floor is not None
        assert curve.ceiling is not None
        point = curve.points[0][1]
        return cls(*(_shares(end, point[1]) for end in (curve.floor, curve.ceiling, point)))


def _shares(triple: Triple, whole: float) -> Triple:
    low, likely, high = (end / whole for end in triple)
    return low, likely, high


def _segment(found: Segments, at: int, curves: dict[str, FittedCurve]) -> dict[str, Any]:
    code, name = NAMES[found.codes[at].lower()]
    arrivals, prospects = float(found.arrivals[at]), round(PROSPECTS * float(found.arrivals[at]))
    parts = {lever: _Proportions.of(curve) for lever, curve in curves.items()}
    rate, revenue, stays = arrivals / prospects, float(found.revenue[at]), float(found.retention[at])

    def lever(name: str, floor: Any, ceiling: list[float], today: list[float], **more: Any) -> dict[str, Any]:
        spend = SPEND[code][name]
        return {"spend": spend, "floor": floor, "ceiling": ceiling, "points": [[spend, today]], **more}

    gained, sold, left, served = (parts[name] for name in ("acquire", "develop", "retain", "reduce_cost"))
    lowest, highest = round(sold.floor[1] * revenue, 2), _times(sold.ceiling, revenue, 2)
    least = round(1 - left.floor[1] * (1 - stays), 4)
    most = [round(1 - share * (1 - stays), 4) for share in reversed(left.ceiling)]
    return {
        "id": code, "name": name, "customers": round(float(found.customers[at])), "prospects": prospects,
        "gross_margin": [0.43, MARGIN, 0.47], "onboarding_cost": round(float(found.onboarding[at]), 2),
        "referral_rate": 0,
        "levers": {
            "acquire": lever(
                "acquire", _times(gained.floor, rate, 4), _times(gained.ceiling, rate, 4), _times(gained.today, rate, 4)
            ),
            "develop": lever(
                "develop", lowest, highest, _between(lowest, found.revenue_range[at], revenue, highest),
                side_effects=[{"metric": "retention_rate", "at_ceiling": [-0.01, -0.005, 0]}],
            ),
            "retain": lever(
                "retain", least, most, _between(least, found.retention_range[at], stays, most, 4)
            ),
            "reduce_cost": lever(
                "reduce_cost", _times(served.floor, SERVING, 2), _times(served.ceiling, SERVING, 2),
                _times(served.today, SERVING, 2),
            ),
        },
    }  # fmt: skip


def _times(shares: Triple, whole: float, digits: int) -> list[float]:
    return [round(share * whole, digits) for share in shares]


def _between(floor: float, ends: Any, likely: float, ceiling: list[float], digits: int = 2) -> list[float]:
    """The measured range as far as it stays half way from floor and ceiling, as in a case made of data."""
    low, high = max(float(ends[0]), (floor + likely) / 2), min(float(ends[1]), (min(ceiling) + likely) / 2)
    return [round(value, digits) for value in (low, likely, high)]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


if __name__ == "__main__":
    Path(CASE).write_text(case_text(), encoding="utf-8")
