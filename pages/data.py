"""Data: from a client's file to customers with a value that can be trusted, segments, and a case."""

from typing import Literal

import streamlit as st

from pages.customer_data import (
    action_lists,
    bringing,
    customer_segments,
    customer_worth,
    data_study,
    file_report,
    kept_evidence,
    making_case,
    money_terms,
    which_columns,
)
from pages.customer_data.data_study import Kept
from pages.frame import session, trouble
from pages.frame.header import header
from strategy.words.wording import Wording

CASE = "make-a-case"


def study(kept: Kept) -> None:
    """What the file says: whether to trust it, what was cleaned, values, segments, a case; the main finding on top."""
    say = Wording(session.language(), which_columns.currency_of_data(kept.measured.report.currency))
    _step(say.text("Can these numbers be trusted?"), ":material/traffic:")
    file_report.light(kept.measured, say)
    top = st.container()
    file_report.trust(kept, say)
    _step(say.text("What was cleaned"), ":material/cleaning_services:")
    file_report.cleaning(kept, say)
    _step(say.text("What customers are worth"), ":material/payments:")
    terms = money_terms.terms(kept, say)
    worth = customer_worth.results(kept, terms)
    if worth is None:
        return
    with top:
        customer_worth.finding(worth, say)
        st.markdown(f"[{say.text('Make a case of these customers')}](#{CASE})")
    customer_worth.headline(worth, say)
    customer_worth.views(worth, say)
    _step(say.text("Segments"), ":material/groups:")
    way = customer_segments.choose(kept, say)
    segments = customer_segments.table(kept, way, terms, say)
    if segments is None:
        return
    kept_evidence.take(kept, terms, worth, segments, way)
    customer_worth.about_once()
    customer_segments.download(kept, way, terms, worth, say)
    customer_segments.moved(kept, way, terms, say)
    _step(say.text("Lists to act on"), ":material/checklist:")
    with trouble.part():  # a refusal here leaves the fields below in reach
        action_lists.lists(kept, way, terms, worth, segments.codes, say)
    _step(say.text("Make a case"), ":material/account_balance:", CASE)
    making_case.make_case(kept, way, terms, worth, say)


def _step(title: str, icon: str, anchor: str | Literal[False] = False) -> None:
    st.header(f"{icon} {title}", anchor=anchor, divider="gray")


say = session.say()
header(say.text("Your customer data"))
st.markdown(
    say.text(
        "Bring what customers bought, or a list of contracts, as messy as it is. You see what was cleaned, whether the "
        "models can be trusted, what each customer is worth, and a case ready for the five pages."
    )
)
bringing.bring()
found, kept = bringing.brought(), file_report.last()
if found:
    brought, source = found
    with trouble.part():
        choices = which_columns.columns(source, brought.name)
        if choices:
            kept = file_report.measured(brought, source, choices)
            which_columns.fold(kept is not None)
if kept:
    with trouble.part():
        study(kept)
evidence = session.plan().evidence
if evidence and not kept:
    with trouble.part():
        kept_evidence.shown(evidence)
if found or evidence or data_study.now().candidate:
    bringing.forget()
