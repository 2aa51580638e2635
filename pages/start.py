"""Start: choose a firm, and see what it is worth today."""

import streamlit as st

from pages.parts import firm, frame, session
from pages.parts.show import show
from strategy import charts, results
from strategy.plan import start
from strategy.wording import markdown_text

frame.header(session.say().text("Which firm?"))
say = session.say()
st.markdown(
    say.text(
        "Divide a marketing budget over four levers, acquire, develop, retain and reduce cost, and see what it does to "
        "what your customers are worth."
    )
)
firm.choice()

today = start(session.plan().case)
readouts = results.read_out(today)
st.header(say.text("{firm} today", firm=markdown_text(today.case.name)), anchor=False, divider="gray")
firm.figures(today, readouts, say)
firm.events(today, say)
left, right = st.columns(2, gap="medium")
with left:
    show(charts.value_today(today.case, readouts, say), "value_today")
with right:
    show(charts.where_money_goes(today.case, today.spend, say), "money")
st.page_link("budget.py", label=say.text("Divide every marketing euro"), icon=":material/arrow_forward:")
