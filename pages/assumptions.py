"""Assumptions: every number of the case, where it comes from, and what to find out first."""

import streamlit as st

from pages.frame import session, trouble
from pages.frame.header import header
from pages.plans import register, workbook

say = session.say()
header(say.text("Assumptions"))
st.markdown(
    say.text(
        "Everything that is computed follows from these numbers. Change them here, say where they come from, and take "
        "along the list of what to ask for."
    )
)
worth = register.worth()
with trouble.part():
    register.numbers(worth)
    register.to_ask_for(worth)
workbook.download()
