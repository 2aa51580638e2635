"""How money is counted on the Data page: currency, margin, discount, years ahead."""

import streamlit as st

from pages.customer_data import data_study, which_columns
from pages.customer_data.data_study import Kept
from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from strategy.customers.value.worth import MoneyTerms
from strategy.words.wording import Wording

YEARS = (1, 3, 5, 10, None)


def terms(kept: Kept, say: Wording) -> MoneyTerms:
    """How money is counted: asked, with what everyone takes until somebody says otherwise."""
    now = data_study.now().terms
    first, second, third, fourth = st.columns(4)
    with first:
        which_columns.choose_currency(kept.measured.report.currency, say)
    with second:
        _term("margin", say.text("Margin on revenue"), now, say)
    with third:
        _term("discount", say.text("Discount rate a year"), now, say)
    with fourth:
        key = widgets.put(data_study.key("data_years"), now.years)
        st.selectbox(
            say.text("Years ahead"),
            YEARS,
            key=key,
            format_func=lambda years: say.period("year", years) if years else say.text("without end"),
            on_change=_years,
            args=(key,),
        )
        trouble.complaint(key)
    return now


def _term(name: str, label: str, now: MoneyTerms, say: Wording) -> None:
    def take(text: str) -> None:
        data_study.change(terms=MoneyTerms(**{**vars(now), name: say.parse_number(text)}))

    typed(label, data_study.key(f"data_{name}"), say.percent(getattr(now, name), None), take)


def _years(key: str) -> None:
    now = data_study.now().terms
    if not attempt(key, lambda: data_study.change(terms=MoneyTerms(now.margin, now.discount, widgets.held(key)))):
        trouble.complain(key, session.say().text("Without end needs a discount rate above 0."))
