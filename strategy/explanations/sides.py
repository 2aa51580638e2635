"""What two people changed at once, told beside each other: each thing in the product's words, mine and theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from strategy.case.levers import LEVER_CODES
from strategy.explanations.comparing import told
from strategy.plan.compared.differences import Difference, differences
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording

BOTH = N_("{mine} (yours) / {theirs} (theirs)")
FEW = 4
"""Cells of money told one by one; of more the levers are told, each with all its segments."""


@dataclass(frozen=True)
class Side:
    """One thing that both changed: its name, and how it is with mine and with theirs; empty where only a look tells."""

    what: str
    mine: str
    theirs: str

    def line(self, say: Wording) -> str:
        """What stands on each side: "12,000 (yours) / 15,000 (theirs)"."""
        return say.text(BOTH, mine=self.mine, theirs=self.theirs) if self.mine else say.text("changed by both")


def sides(mine: Plan, theirs: Plan, say: Wording) -> list[Side]:
    """The things in which my plan and theirs differ, money first; of many cells of one scenario the levers."""
    found = differences(theirs, mine)
    money = [difference for difference in found if difference.kind == "money"]
    levers = list(_levers(mine, theirs, money, say)) if len(money) > FEW else []
    shown = [difference for difference in found if difference.kind != "money" or not levers]
    return levers + [_side(difference, mine, theirs, say) for difference in shown]


def _side(difference: Difference, mine: Plan, theirs: Plan, say: Wording) -> Side:
    words = told(difference, theirs, mine, say)
    what = words.what[:1].upper() + words.what[1:]
    return Side(what, words.after if words.before else "", words.before)


def _levers(mine: Plan, theirs: Plan, money: list[Difference], say: Wording) -> Iterator[Side]:
    """The levers whose total differs; none where the money is of several scenarios."""
    if len({difference.key[0] for difference in money}) > 1:
        return
    scenario = money[0].key[0]
    for lever in LEVER_CODES:
        totals = [plan.showing(scenario).lever_total(lever) for plan in (mine, theirs)]
        if not isclose(*totals, rel_tol=1e-9, abs_tol=0.005):
            yield Side(say.text(LEVER_NAMES[lever]), *(say.short_money(total) for total in totals))
