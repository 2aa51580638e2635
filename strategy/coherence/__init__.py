"""The coherence check: where answers, beliefs and money disagree; without answers the rules are silent."""

from dataclasses import dataclass

from strategy.coherence.rule import BUDGET, Facts, Rule
from strategy.coherence.rules import RULES
from strategy.plan.plan import Plan


@dataclass(frozen=True)
class Clash:
    """Where a plan contradicts itself: the rule, and what its sentence names."""

    rule: Rule
    facts: Facts


def findings(plan: Plan) -> list[Clash]:
    """What the rules find, in their order."""
    found = ((rule, rule.check(plan)) for rule in RULES)
    return [Clash(rule, facts) for rule, facts in found if facts is not None]


__all__ = ["BUDGET", "RULES", "Facts", "Finding", "Rule", "findings"]
