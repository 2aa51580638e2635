"""What a lever may get: two typed ends that the search for the best split keeps within."""

from functools import partial

from streamlit.delta_generator import DeltaGenerator

from pages.frame import session
from pages.frame.fields import typed
from strategy.case.estimate import MAX_AMOUNT
from strategy.plan import moves
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording

LIMITED = N_("limits changed")


def ask_limits(plan: Plan, lever: str, least: DeltaGenerator, most: DeltaGenerator, say: Wording) -> None:
    """Asks for both ends of a lever's limits, each in a column of its own; an empty field is no limit."""
    low, high = plan.limits.levers.get(lever, (None, None))
    name = say.text(LEVER_NAMES[lever])
    for column, end, label, amount in (
        (least, "low", say.text("{lever}: at least", lever=name), low),
        (most, "high", say.text("{lever}: at most", lever=name), high),
    ):
        with column:
            shown = "" if amount in (None, 0.0, MAX_AMOUNT) else say.money(amount, 0)
            typed(label, f"limit_{lever}_{end}", shown, partial(_limit, lever, end))


def _limit(lever: str, end: str, text: str) -> None:
    plan = session.plan()
    low, high = plan.limits.levers.get(lever, (None, None))
    given = session.say().parse_number(text) if text.strip() else None
    low, high = (given, high) if end == "low" else (low, given)
    low, high = low or None, None if high == MAX_AMOUNT else high
    session.change(LIMITED, moves.set_lever_limits(plan, lever, low, high))
