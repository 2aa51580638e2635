"""The questions of value protection, and the terms behind them."""

from strategy.questions.question import Question, Term

QUESTIONS: tuple[Question, ...] = ()

TERMS: tuple[Term, ...] = ()
