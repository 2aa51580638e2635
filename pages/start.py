"""Start: choose a firm, and see what it is worth today."""

import streamlit as st

from pages.frame import session, trouble
from pages.frame.header import header
from pages.frame.show import show
from pages.money import starting
from pages.plans import bringing, firm, my_plans, versions
from strategy import charts
from strategy.plan import results
from strategy.plan.plan import start
from strategy.questions import DIMENSIONS
from strategy.words.wording import N_, markdown_text

WHAT_YOU_DO = {
    "client_selection": N_("choose the segments, see who is profitable and what a new customer may cost."),
    "value_proposition": N_(
        "compare us with the alternatives on what customers need, and see how far that carries us."
    ),
    "value_realization": N_("find what more customers could buy, at which price, and who brings others."),
    "value_protection": N_("see whose leaving costs most, why they stay, and what competitors could do."),
    "operationalization": N_("plan initiatives, people, channels and systems, and what saving on service does."),
}
BUDGET = N_("divide every marketing euro with what you believe, and find the best split.")
PAGE = N_("all answers together, what contradicts itself, to print.")

header(session.say().text("Which firm?"))
say = session.say()
st.markdown(
    say.text(
        "Divide a marketing budget over four levers, acquire, develop, retain and reduce cost, and see what it does to "
        "what your customers are worth."
    )
)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(say.text("Now open: **{firm}**.", firm=markdown_text(session.plan().case.name)), width="content")
    st.page_link("route.py", label=say.text("Go through it in 60 minutes"), icon=":material/timer:")
    st.page_link("client_selection.py", label=say.text("Or page by page"), icon=":material/arrow_forward:")
proposed = st.container()
with st.container(), trouble.part():  # always there: what comes and goes would shift all below it
    bringing.came_in(say)
with st.container(), trouble.part():
    my_plans.mine()
with trouble.part():
    versions.versions()
with trouble.part():
    firm.choice()

today = start(session.plan().case)
readouts = results.read_out(today)
st.header(say.text("{firm} today", firm=markdown_text(today.case.name)), anchor=False, divider="gray")
firm.figures(today, readouts, say)
firm.events(today, say)
left, right = st.columns(2, gap="medium")
with left:
    show(lambda: charts.value_today(today.case, readouts, say), "value_today")
with right:
    show(lambda: charts.where_money_goes(today.case, today.case.today, say), "money")
st.header(say.text("From here to a strategy on a page"), anchor=False, divider="gray")
steps = [(d.page, f"{number}  {say.text(d.title)}", WHAT_YOU_DO[d.code]) for number, d in enumerate(DIMENSIONS, 1)]
steps += [("budget.py", say.text("Budget"), BUDGET), ("strategy_on_a_page.py", say.text("Strategy on a page"), PAGE)]
for page, title, told in steps:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(page, label=f"**{title}**", icon=":material/arrow_forward:", width=240)
        st.markdown(say.text(told), width="stretch")
with trouble.part():
    starting.propose(proposed)
