"""The questions of operationalization, and the terms behind them."""

from strategy.questions.question import Question, Term

QUESTIONS: tuple[Question, ...] = ()

TERMS: tuple[Term, ...] = ()
