"""A starting split offered to a plan that still spends as today: a proposal, in no plan and export until accepted."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.frame import jobs, session
from strategy.allocation.best_split import BestSplit
from strategy.plan import moves, results
from strategy.words.wording import N_, markdown_text

ACCEPTED = N_("starting split accepted")


def propose(place: DeltaGenerator) -> None:
    """The division of the same money where it pays, with what it would bring, and a button that accepts it."""
    plan, say = session.plan(), session.say()
    if not plan.as_today or plan.phased or not plan.cells() or session.display("guess_first", False):
        return
    with place:
        found: BestSplit | None = jobs.result(
            "divided", results.divided_key(plan), results.divided, plan, say.text("Looking for a starting split…")
        )
        if found is None or found.readouts.uplift <= 0:
            return
        with st.container(key="proposal", horizontal=True, vertical_alignment="center"):
            st.markdown(
                say.text(
                    "**Proposed start**: the same {budget} {per_period}, divided where it pays, would bring "
                    "{uplift}. It is in your plan once you accept it; then what you answer moves customer equity.",
                    budget=markdown_text(say.short_money(plan.budget)),
                    per_period=say.per(plan.case.period),
                    uplift=markdown_text(say.signed_short_money(found.readouts.uplift)),
                ),
                width="stretch",
            )
            st.button(
                say.text("Accept as a start"),
                key="accept_start",
                icon=":material/check:",
                on_click=_accept,
                args=(found,),
            )


def _accept(found: BestSplit) -> None:
    session.change(ACCEPTED, moves.take_over(session.plan(), found.spend, found.initiatives))
