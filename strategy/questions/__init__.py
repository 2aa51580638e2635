"""The five strategic dimensions and the questions that each asks, as tables."""

import strategy.questions.client_selection as client_selection
import strategy.questions.operationalization as operationalization
import strategy.questions.value_proposition as value_proposition
import strategy.questions.value_protection as value_protection
import strategy.questions.value_realization as value_realization
from strategy.case.levers import levers_of
from strategy.questions.question import Answer, Column, Dimension, Option, Question, Term
from strategy.words.wording import N_

DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "client_selection", N_("Client selection"), N_("Whom do we want to serve?"), levers_of("client_selection")
    ),
    Dimension(
        "value_proposition",
        N_("Value proposition"),
        N_("How do we create value for customers?"),
        ("acquire", "develop", "retain"),
    ),
    Dimension(
        "value_realization",
        N_("Value realization"),
        N_("How do we maximise our income?"),
        levers_of("value_realization"),
    ),
    Dimension(
        "value_protection",
        N_("Value protection"),
        N_("How do we protect the profit stream?"),
        levers_of("value_protection"),
    ),
    Dimension(
        "operationalization", N_("Operationalization"), N_("What does it take?"), levers_of("operationalization")
    ),
)
QUESTIONS: tuple[Question, ...] = (
    *client_selection.QUESTIONS,
    *value_proposition.QUESTIONS,
    *value_realization.QUESTIONS,
    *value_protection.QUESTIONS,
    *operationalization.QUESTIONS,
)
BY_CODE = {question.code: question for question in QUESTIONS}
TERMS: tuple[Term, ...] = (
    *client_selection.TERMS,
    *value_proposition.TERMS,
    *value_realization.TERMS,
    *value_protection.TERMS,
    *operationalization.TERMS,
)


def of_dimension(dimension: str) -> tuple[Question, ...]:
    """The questions of a dimension, in the order in which they are asked."""
    return tuple(question for question in QUESTIONS if question.dimension == dimension)


__all__ = [
    "BY_CODE",
    "DIMENSIONS",
    "QUESTIONS",
    "TERMS",
    "Answer",
    "Column",
    "Dimension",
    "Option",
    "Question",
    "Term",
    "of_dimension",
]
