"""What a search for the best split found: a first one soon, the refined one when it comes, and taking it over."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from pages.frame import jobs, session
from strategy.allocation.best_split import BestSplit
from strategy.allocation.phased_split import PhasedSplit
from strategy.equity.phases import PhasedSpend
from strategy.equity.readouts import Readouts
from strategy.plan import moves
from strategy.plan.plan import Plan
from strategy.progress import Progress
from strategy.words.wording import Wording, markdown_text

Split = TypeVar("Split", BestSplit, PhasedSplit)
Key = tuple[object, ...]


def searched(
    plan: Plan,
    say: Wording,
    waiting: str,
    first: tuple[Key, Callable[[Plan, Progress], Split]],
    refined: tuple[Key, Callable[[Plan, Progress], Split]],
) -> Split | None:
    """The refined split, until it is found the first one; None while there is none yet. Each a key and its work."""
    shown: Split | None = jobs.result("divided", *first, plan, waiting)
    if shown is None:
        return None
    refining = say.text("This is a first division of the budget; it is being refined…")
    better: Split | None = jobs.result("best", *refined, plan, refining)
    return better or shown


def told(headline: Callable[[str, str], str], readouts: Readouts, table: dict[str, list[str]], say: Wording) -> None:
    """What a split earns, by a headline of (uplift, customer equity) as Markdown, and what each lever gets."""
    uplift, equity = say.signed_short_money(readouts.uplift), say.short_money(readouts.customer_equity)
    st.markdown(headline(markdown_text(uplift), markdown_text(equity)), anchors=False)
    st.dataframe(table, hide_index=True, height="content", key="best_table")


def offered(spend: PhasedSpend, initiatives: tuple[str, ...], done: str, say: Wording) -> None:
    """A button that takes a split over; `done` is what the history calls it."""
    st.button(
        say.text("Take this split over"),
        key="take_best",
        type="primary",
        icon=":material/check:",
        on_click=_take_over,
        args=(spend, initiatives, done),
    )


def _take_over(spend: PhasedSpend, initiatives: tuple[str, ...], done: str) -> None:
    session.change(done, moves.take_over(session.plan(), spend, initiatives))
