"""Data: from a client's file to customers with a value that can be trusted, segments, and a case."""

import streamlit as st

from pages.parts import data_columns, data_file, data_report, data_segments, data_worth, frame, session
from pages.parts.data_report import Kept
from strategy.wording import Wording, markdown_text


def study(kept: Kept, say: Wording) -> None:
    """What the file says: what was cleaned, whether to trust it, values, segments, a case."""
    _step(say.text("What was cleaned"), ":material/cleaning_services:")
    data_report.cleaning(kept, say)
    _step(say.text("Can these numbers be trusted?"), ":material/traffic:")
    data_report.trust(kept, say)
    _step(say.text("What customers are worth"), ":material/payments:")
    terms = data_worth.terms(kept, say)
    worth = data_worth.results(kept, terms)
    if worth is None:
        return
    money = data_worth.wording()
    data_worth.headline(worth, money)
    data_worth.views(worth, money)
    _step(say.text("Segments"), ":material/groups:")
    way = data_segments.choose(kept, say)
    if data_segments.table(kept, way, terms, money) is None:
        return
    data_segments.moved(kept, way, terms, money)
    _step(say.text("Make a case"), ":material/account_balance:")
    data_segments.make_case(kept, way, terms, money)


def _step(title: str, icon: str) -> None:
    st.header(f"{icon} {title}", anchor=False, divider="gray")


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
    _step(say.text("Which column is what in {file}", file=markdown_text(brought.name)), ":material/view_column:")
    choices = data_columns.columns(source)
    if choices:
        kept = data_report.measured(brought, source, choices)
if kept:
    if found and kept.brought is not found[0]:
        st.info(say.text("Below is still the result of {file}.", file=markdown_text(kept.brought.name)))
    study(kept, say)
if found:
    data_file.forget()
