"""Whether a file starts in the middle of a firm's life, so that old customers look new (model, section 8)."""

from __future__ import annotations

import numpy as np

from strategy.customers.cleaning.summary import DAYS_IN, Unit
from strategy.customers.findings import Finding
from strategy.customers.models.purchasing import Purchasing, Triples, fit
from strategy.errors import PlannerError

BLOCK, FEWEST_BLOCKS = 28, 4
"""Days in which first purchases are counted together, and how many such counts there must be."""
ARRIVED = 0.95
"""Share of first purchases with which the time of arrivals ends."""
TIMES_THE_LATER, FAR = 1.5, 2.326
"""The first count above the later ones: times their mean, and standard deviations (one-sided p of .01)."""
EARLY, FEWEST_EACH = 91, 50
"""Days within which customers are first seen early, and customers whom each of the two groups needs."""
DIFFERENT = 13.277
"""Twice the gain in log-likelihood of two laws over one from which on they differ (4 degrees of freedom, p .01)."""


def starts_mid_life(seen: Triples, together: Purchasing, unit: Unit, law: str) -> tuple[Finding, ...]:
    """The finding that many more customers are new at the start of a file than later, and buy by another law.

    together  what was fitted to all of them
    """
    first_seen = (seen.age.max() - seen.age) * DAYS_IN[unit]
    order = np.argsort(first_seen)
    arrived = np.cumsum(seen.counts[order]) / seen.counts.sum()
    span = first_seen[order][np.searchsorted(arrived, ARRIVED)]
    blocks = int(span // BLOCK)
    if blocks < FEWEST_BLOCKS:
        return ()
    within = first_seen < blocks * BLOCK
    counts = np.bincount((first_seen[within] // BLOCK).astype(np.intp), seen.counts[within], blocks)
    later = counts[blocks // 2 :]
    mean = float(later.mean())
    if mean <= 0 or counts[0] <= TIMES_THE_LATER * mean:
        return ()
    spread = max(1.0, float(later.var()) / mean)
    if (counts[0] - mean) / np.sqrt(spread * mean * (1 + 1 / len(later))) < FAR:
        return ()
    early = first_seen < EARLY
    if not _differ(seen, early, together, law):
        return ()
    return (Finding("starts_mid_life", {"days": BLOCK, "first": float(counts[0]), "later": mean}),)


def _differ(seen: Triples, early: np.ndarray[tuple[int], np.dtype[np.bool_]], together: Purchasing, law: str) -> bool:
    """Whether those who were first seen early buy by another law than the others."""
    gain = -together.log_likelihood
    for group in (early, ~early):
        if seen.counts[group].sum() < FEWEST_EACH:
            return False
        part = Triples(seen.frequency[group], seen.recency[group], seen.age[group], seen.counts[group])
        try:
            gain += fit(part, law).log_likelihood
        except PlannerError:
            return False
    return 2 * gain > DIFFERENT
