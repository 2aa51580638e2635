"""Whose numbers the views from the data show: their file, what they count with, and whether the open case is of it."""

import streamlit as st

from pages.customer_data import customer_worth, file_report, kept_evidence
from pages.frame import session
from strategy.words.wording import markdown_text


def source() -> None:
    """A line on the file behind the evidence, where there is any, and one where the open case is not made from it."""
    found = customer_worth.study()
    if found is None:
        return
    plan, say = session.plan(), session.say()
    told = {
        "file": markdown_text(found.name),
        "margin": say.percent(found.worth.terms.margin, None),
        "customers": say.people(found.worth.customers),
    }
    kept = file_report.last()
    if kept and kept.brought.name == found.name:
        last = kept.measured.report.last.isoformat()
        st.caption(say.text("From {file}: {customers} customers, margin {margin}, data up to {day}.", day=last, **told))
    elif found.last:
        st.caption(
            say.text(
                "From {file}: {customers} customers, margin {margin}, data up to {day}; measured on {measured}.",
                day=kept_evidence.written(found.last, say), measured=kept_evidence.written(found.day, say), **told,
            )
        )  # fmt: skip
    else:
        st.caption(say.text("From {file}: {customers} customers, margin {margin}.", **told))
    if not any(origin.source.startswith(found.name[:200]) for origin in plan.origins.values()):
        case = markdown_text(plan.case.name)
        st.info(
            say.text("The open case, {case}, was not made from this file: these numbers are about others.", case=case),
            icon=":material/compare_arrows:",
        )


def two_ways_to_count() -> None:
    """What the list of addresses at the end counts with, beside the one that counts with the case."""
    say = session.say()
    if customer_worth.study():
        st.caption(
            say.text(
                "The address list here counts with what a new customer of the file is worth, first purchase included "
                "and nothing taken off for welcoming. Under “{other}” it counts with the open case: the worth of a "
                "customer of one segment in the plan, less the cost of welcoming.",
                other=say.text("An address list"),
            )
        )
