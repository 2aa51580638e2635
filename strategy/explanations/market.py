"""What the market does to the advice, told as a manager would say it."""

from strategy.allocation.market_advice import MarketShift
from strategy.case.case import Case
from strategy.words.wording import N_, Wording

STAYS = 0.005
"""Share of the budget below which the best split stays as it is, and of its uplift below which nothing is gained."""
CONDITIONS = {
    ("rivals", True): N_("If rivals undo half of what you gain"),
    ("rivals", False): N_("Since rivals answer as you believe"),
    ("run_out", True): N_("If prospects run out and no new ones appear"),
    ("run_out", False): N_("Since prospects run out as you believe"),
    ("refilled", True): N_("If half as many prospects appear as you win today, and half of who leaves could come back"),
    ("refilled", False): N_("Since prospects run out and fill up as you believe"),
}


def market_sentence(case: Case, shift: MarketShift, say: Wording) -> str:
    """What one change does to the best split, as a manager would say it."""
    words = {
        "moved": say.percent(shift.moved_share, 0),
        "regret": say.short_money(shift.regret),
        "share": say.percent(shift.regret_share, 0),
    }
    matters = shift.regret_share >= STAYS
    if shift.change == "phases":
        words["period"] = say.period_number(case.period, shift.start)
        if shift.moved_share < STAYS or not matters:
            return say.text("Spending otherwise from {period} on adds next to nothing ({regret}).", **words)
        return say.text(
            "Spending otherwise from {period} on than before adds {share} to what the best split brings ({regret}).",
            **words,
        )
    words["condition"] = say.text(CONDITIONS[shift.change, shift.supposed])
    if shift.moved_share < STAYS:
        return say.text("{condition}, the best split stays as it is.", **words)
    if not matters:
        return say.text(
            "{condition}, {moved} of the best split moves, and that adds next to nothing ({regret}).", **words
        )
    return say.text(
        "{condition}, {moved} of the best split moves; not moving it costs {regret}, {share} of what it brings.",
        **words,
    )
