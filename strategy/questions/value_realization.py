"""The questions of value realization, and the terms behind them."""

from strategy.questions.question import Question, Term

QUESTIONS: tuple[Question, ...] = ()

TERMS: tuple[Term, ...] = ()
