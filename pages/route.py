"""In 60 minutes: the questions that a room must answer, a card for each dimension, with a clock."""

import streamlit as st

from pages.frame import session
from pages.frame.header import header
from pages.questions import route

say = session.say()
header(say.text("In 60 minutes"))
st.markdown(
    say.text(
        "Answer these with the room; everything else has a default that you can change later on its own page. "
        "Then divide the budget, and print the strategy on a page."
    )
)
route.clock()
route.progress()
route.cards()
with st.container(horizontal=True, horizontal_alignment="distribute"):
    st.page_link("budget.py", label=say.text("Divide every marketing euro"), icon=":material/tune:")
    st.page_link("strategy_on_a_page.py", label=say.text("Strategy on a page"), icon=":material/description:")
