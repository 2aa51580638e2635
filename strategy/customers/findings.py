"""What a reader must know before trusting numbers that were measured from customer data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Trust = Literal["trusted", "care", "fallback"]
FALLBACKS = frozenset(
    {"leaving_not_identified", "nobody_bought_again", "spend_not_seen", "spend_unlimited", "nobody_left"}
)
"""A simpler model, or a plain mean, took over from the one that was asked for."""
CAUTIONS = frozenset(
    {
        "few_repeaters", "not_converged", "spend_depends_on_frequency", "few_spenders", "spend_not_converged",
        "poor_tracking", "few_endings", "contracts_not_converged", "leaving_alike", "customers_alike", "poor_curve",
        "survivors_only", "many_unread", "dates_in_two_orders", "returns_not_matched", "long_gap",
        "equal_contracts", "amounts_filled_in", "status_unused", "id_is_nobody", "ids_with_zeros", "id_never_returns",
        "ends_missing", "starts_mid_life", "statuses_disagree", "many_copies",
        "id_is_much", "ids_in_cases", "short_history", "tenure_years_or_months", "tenure_months_or_years",
    }
)  # fmt: skip
"""A check was missed; read why before relying on the numbers."""


@dataclass(frozen=True)
class Finding:
    """A code and the fields of its sentence."""

    code: str
    fields: dict[str, float | int | str]


def trust_in(findings: Iterable[Finding]) -> Trust:
    """How far numbers with these findings can be relied on."""
    codes = {finding.code for finding in findings}
    if codes & FALLBACKS:
        return "fallback"
    return "care" if codes & CAUTIONS else "trusted"
