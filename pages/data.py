"""Data: from a client's file to customers with a value that can be trusted, segments, and a case."""

from typing import Literal

import streamlit as st

from pages.parts import (
    data_case,
    data_columns,
    data_file,
    data_report,
    data_segments,
    data_study,
    data_terms,
    data_worth,
    frame,
    session,
    trouble,
)
from pages.parts.data_study import Kept
from strategy.wording import Wording

CASE = "make-a-case"


def study(kept: Kept) -> None:
    """What the file says: whether to trust it, what was cleaned, values, segments, a case; the main finding on top."""
    say = Wording(session.language(), data_columns.currency_of_data(kept.measured.report.currency))
    _step(say.text("Can these numbers be trusted?"), ":material/traffic:")
    data_report.light(kept.measured, say)
    top = st.container()
    data_report.trust(kept, say)
    _step(say.text("What was cleaned"), ":material/cleaning_services:")
    data_report.cleaning(kept, say)
    _step(say.text("What customers are worth"), ":material/payments:")
    terms = data_terms.terms(kept, say)
    worth = data_worth.results(kept, terms)
    if worth is None:
        return
    with top:
        data_worth.finding(worth, say)
        st.markdown(f"[{say.text('Make a case of these customers')}](#{CASE})")
    data_worth.headline(worth, say)
    data_worth.views(worth, say)
    _step(say.text("Segments"), ":material/groups:")
    way = data_segments.choose(kept, say)
    if data_segments.table(kept, way, terms, say) is None:
        return
    data_worth.about_once()
    data_segments.download(kept, way, terms, worth, say)
    data_segments.moved(kept, way, terms, say)
    _step(say.text("Make a case"), ":material/account_balance:", CASE)
    data_case.make_case(kept, way, terms, worth, say)


def _step(title: str, icon: str, anchor: str | Literal[False] = False) -> None:
    st.header(f"{icon} {title}", anchor=anchor, divider="gray")


say = session.say()
frame.header(say.text("Your customer data"))
st.markdown(
    say.text(
        "Bring what customers bought, or a list of contracts, as messy as it is. You see what was cleaned, whether the "
        "models can be trusted, what each customer is worth, and a case ready for the five pages."
    )
)
data_file.bring()
found, kept = data_file.brought(), data_report.last()
if found:
    brought, source = found
    with trouble.part():
        choices = data_columns.columns(source, brought.name)
        if choices:
            kept = data_report.measured(brought, source, choices)
            data_columns.fold(kept is not None)
if kept:
    with trouble.part():
        study(kept)
if found or data_study.now().candidate:
    data_file.forget()
