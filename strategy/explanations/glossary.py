"""The glossary: every term of the planner, in the reader's language, reachable from where it is used."""

from strategy.questions import TERMS as TERMS_OF_QUESTIONS
from strategy.questions import Term
from strategy.words.wording import N_

TERMS: tuple[Term, ...] = (
    Term(
        "clv",
        N_("Customer lifetime value (CLV)"),
        N_("What a customer is worth to us: the margins that are still to come, in today's money."),
    ),
    Term(
        "customer_equity",
        N_("Customer equity (CE)"),
        N_("The value of all current and future customers, net of what we spend on them."),
    ),
    *TERMS_OF_QUESTIONS,
)
BY_CODE = {term.code: term for term in TERMS}
