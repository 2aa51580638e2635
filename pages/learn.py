"""Words and formulas: the glossary, and how every figure is computed."""

import streamlit as st

from pages.frame import presenting, session, why
from pages.frame.header import header
from strategy.explanations.formulas import FORMULAS
from strategy.explanations.glossary import TERMS
from strategy.words.wording import markdown_text

LONG = 620
"""Pixels of a list that is looked through in its own place."""
SHOWN_LARGE = 4
"""Words on a slide: look for the one that a room asks about."""

say = session.say()
header(say.text("Words and formulas"))
sought = st.text_input(say.text("Find a word"), key="sought", live=True, max_chars=60) or ""
told = sorted(((say.text(term.name), say.text(term.meaning)) for term in TERMS), key=lambda pair: pair[0].casefold())
found = [(name, meaning) for name, meaning in told if sought.casefold() in f"{name} {meaning}".casefold()]
left, right = st.columns([3, 2], gap="large")
presenting.tell(say.text("Words and formulas"), [f"**{name}**: {meaning}" for name, meaning in found[:SHOWN_LARGE]])
with left:
    st.header(say.plural("{count} word", "{count} words", len(found)), anchor=False, divider="gray")
    if not found:
        st.info(say.text("No word with {sought}: try a shorter one.", sought=markdown_text(sought)))
    with st.container(height=LONG, border=False):
        for name, meaning in found:
            st.markdown(f"**{name}**  \n{meaning}")
with right:
    st.header(say.text("How it is computed"), anchor=False, divider="gray")
    with st.container(height=LONG, border=False):
        for formula in FORMULAS:
            why.told(formula)
