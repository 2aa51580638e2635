"""What a rule of coherence is, and the facts that its sentence names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strategy.plan.plan import Plan

Facts = Mapping[str, tuple[str, Any]]
"""What a sentence names: {field: (kind, value)}.

kind: segment (id) · segments (ids) · lever (code) · option (question, code) · column (question, column, code) ·
money · share · number · text (a user's own)
"""

BUDGET = "budget"
"""Stands among a rule's places for the budget page."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    sentence  the finding; its fields are the facts of the check
    reason    why it matters
    places    the questions whose answers disagree, and BUDGET
    """

    code: str
    sentence: str
    reason: str
    places: tuple[str, ...]
    check: Callable[[Plan], Facts | None]
