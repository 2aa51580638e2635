"""The questions of value proposition, and the terms behind them."""

from strategy.questions.question import Question, Term

QUESTIONS: tuple[Question, ...] = ()

TERMS: tuple[Term, ...] = ()
