"""The questions of client selection, and the terms behind them."""

from strategy.questions.question import Column, Option, Question, Term
from strategy.wording import N_

QUESTIONS: tuple[Question, ...] = (
    Question(
        "focus",
        "client_selection",
        N_("Which segments do we choose?"),
        "choice",
        "A3.1",
        per="segment",
        options=(
            Option("focus", N_("Focus"), N_("we invest in it")),
            Option("serve", N_("Serve"), N_("we keep serving it, without more effort")),
            Option("no", N_("Not"), N_("we do not serve it")),
        ),
        term="segment",
        depth="must",
    ),
    Question(
        "spectrum",
        "client_selection",
        N_("How far do we tell customers apart?"),
        "choice",
        "A5",
        options=(
            Option("mass", N_("Mass"), N_("one offer for everyone")),
            Option("segments", N_("Segments"), N_("an offer per group")),
            Option("one_to_one", N_("One-to-one"), N_("an offer per customer")),
        ),
        depth="must",
    ),
    Question(
        "goals",
        "client_selection",
        N_("Which goals of the organisation does this serve?"),
        "rows",
        "B2",
        columns=(
            Column("goal", N_("Goal")),
            Column("segment", N_("Segment"), "segment"),
            Column("target", N_("Target"), "number"),
        ),
    ),
    Question(
        "priorities",
        "client_selection",
        N_("What do we need most in the coming years?"),
        "scores",
        "A2",
        options=(
            Option("acquire", N_("Acquire")),
            Option("develop", N_("Develop")),
            Option("retain", N_("Retain")),
            Option("reduce_cost", N_("Reduce cost")),
        ),
        ends=(N_("hardly"), N_("most of all")),
        depth="must",
    ),
)

TERMS: tuple[Term, ...] = (
    Term(
        "segment",
        N_("Segment"),
        N_("A group of customers that are worth about as much, and react about the same way, as one another."),
    ),
)
