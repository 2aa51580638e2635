"""Random firms with S-curves for the benchmarks: spends in proportion to revenue, answers that any curve can give."""

from typing import Any

import numpy as np

Document = dict[str, Any]
LEVERS = ("acquire", "develop", "retain", "reduce_cost")


def firm(seed: int, segments: int = 6, horizon: int = 10, levers: tuple[str, ...] = LEVERS) -> Document:
    """A firm whose levers each have two answers, p between 0.7 and 3, and carryover; other levers are constants."""
    generator = np.random.default_rng(seed)
    return {
        "schema": 1,
        "name": f"Firm {seed}",
        "horizon": horizon,
        "segments": [_segment(generator, number, levers) for number in range(segments)],
    }


def with_everything(seed: int, segments: int = 6, horizon: int = 10) -> Document:
    """The same with doubts, referrals and side effects; half of the segments have curves of one answer."""
    document = firm(seed, segments, horizon)
    for number, segment in enumerate(document["segments"]):
        for field in ("customers", "prospects", "onboarding_cost"):
            segment[field] = [0.8 * segment[field], segment[field], 1.2 * segment[field]]
        segment["referral_rate"] = [0.005, 0.01, 0.02]
        levers = segment["levers"]
        for lever in levers.values():
            lever["points"] = lever["points"][: 1 + number % 2]
            spread = 0.2 * (lever["points"][0][1] - lever["floor"])
            lever["floor"] = sorted([lever["floor"] - spread, lever["floor"], lever["floor"] + spread])
        levers["acquire"]["floor"] = [0.0, 0.01, 0.012]
        levers["reduce_cost"]["side_effects"] = [{"metric": "retention_rate", "at_ceiling": [-0.02, -0.01, 0]}]
        levers["develop"]["side_effects"] = [{"metric": "referral_rate", "at_ceiling": [0, 0.005, 0.01]}]
        levers["retain"]["side_effects"] = [{"metric": "acquisition_rate", "at_ceiling": 0.002}]
    return document


def in_a_market(seed: int, segments: int = 6, horizon: int = 10) -> Document:
    """`with_everything` whose prospects run out and whose rivals answer."""
    document = with_everything(seed, segments, horizon)
    for segment in document["segments"]:
        likely = segment["prospects"][1]
        segment["prospect_pool"] = {"refill": [0.05 * likely, 0.1 * likely, 0.2 * likely], "return_share": 0.5}
        segment["levers"]["acquire"]["rival_response"] = [0.1, 0.3, 0.6]
    return {**document, "schema": 2}


def _segment(generator: np.random.Generator, number: int, levers: tuple[str, ...]) -> Document:
    customers, revenue = float(generator.integers(2_000, 60_000)), float(generator.uniform(100, 900))
    gross_margin, stays = float(generator.uniform(0.4, 0.7)), float(generator.uniform(0.5, 0.8))
    scale = customers * revenue * gross_margin * 0.08
    ends = {
        "acquire": (0.01, float(generator.uniform(0.05, 0.2))),
        "develop": (revenue, revenue * float(generator.uniform(1.1, 1.4))),
        "retain": (stays, stays + float(generator.uniform(0.08, 0.17))),
        "reduce_cost": (revenue * 0.2, revenue * 0.1),
    }
    curves = {code: _curve(generator, *ends[code], scale) for code in LEVERS}
    return {
        "id": f"s{number}",
        "name": f"Segment {number}",
        "customers": customers,
        "prospects": float(generator.integers(5_000, 100_000)),
        "gross_margin": gross_margin,
        "onboarding_cost": 20.0,
        "referral_rate": 0.01,
        "levers": {
            code: curve if code in levers else {"constant": curve["points"][0][1]} for code, curve in curves.items()
        },
    }


def _curve(generator: np.random.Generator, floor: float, ceiling: float, scale: float) -> Document:
    spend, share = float(scale * generator.uniform(0.3, 1.5)), float(generator.uniform(0.15, 0.5))
    odds = share / (1 - share) * 1.5 ** float(generator.uniform(0.7, 3))
    answers = [floor + (ceiling - floor) * part for part in (share, odds / (1 + odds))]
    points = [[amount, answer] for amount, answer in zip((spend, 1.5 * spend), answers, strict=True)]
    carryover = float(generator.uniform(0, 0.5))
    return {"spend": spend, "floor": floor, "ceiling": ceiling, "points": points, "carryover": carryover}
