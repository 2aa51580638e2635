"""Why this number, and what this word means: formula, the numbers put in, source; and the glossary."""

import streamlit as st

from pages.frame import session
from strategy.explanations.formulas import BY_CODE as FORMULAS
from strategy.explanations.formulas import Formula, filled_in, formula_of
from strategy.explanations.glossary import BY_CODE as TERMS
from strategy.words.wording import Wording, markdown_text


def term_help(code: str, say: Wording) -> str:
    """A term with its meaning, Markdown."""
    term = TERMS[code]
    return f"**{say.text(term.name)}**: {say.text(term.meaning)}"


def chart(key: str) -> None:
    """How the numbers of a chart come about."""
    formula = formula_of(key)
    if formula:
        told(formula)


def told(formula: Formula) -> None:
    """A formula with its meaning and its source."""
    say = session.say()
    st.markdown(f"**{say.text(formula.name)}**: {say.text(formula.meaning)}")
    st.code(formula.formula, language=None, wrap_lines=True)
    if formula.source:
        st.caption(say.text("Source: {source}", source=markdown_text(formula.source)))


def headline() -> None:
    """The formulas of the plan's headline, filled in."""
    plan, say = session.plan(), session.say()
    found = filled_in(plan)

    def money(value: float) -> str:
        return markdown_text(say.money(value, 0))

    terms = " + ".join(money(value) for value in found.cash)
    told(FORMULAS["customer_equity"])
    st.markdown(f"{terms} + {money(found.residual)} = **{money(found.customer_equity)}**")
    told(FORMULAS["uplift"])
    st.markdown(f"{money(found.customer_equity)} − {money(found.today)} = **{money(found.uplift)}**")
    more, mix = money(found.more_money), money(found.better_mix)
    parts = say.text("more money {more} + better mix {mix}", more=more, mix=mix)
    st.markdown(f"{parts} = **{money(found.uplift)}**")
    told(FORMULAS["next_euro"])
    annuity = markdown_text(say.money(found.annuity))
    st.markdown(say.text("One euro in every period costs {annuity} in today's money.", annuity=annuity))
