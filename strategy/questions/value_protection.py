"""The questions of value protection, and the terms behind them."""

from strategy.questions.question import Column, Option, Question, Term
from strategy.words.wording import N_

QUESTIONS: tuple[Question, ...] = (
    Question(
        "keep",
        "value_protection",
        N_("Whom do we keep?"),
        "choice",
        "A4",
        per="segment",
        options=(
            Option("all", N_("All customers"), N_("every customer is worth an effort to keep")),
            Option("some", N_("The best of them"), N_("we make an effort for those that are worth most")),
            Option("let_go", N_("Let them go"), N_("whoever leaves may leave")),
        ),
        term="value_at_risk",
        depth="must",
    ),
    Question(
        "retention_goal",
        "value_protection",
        N_("Of 100 customers, so many should stay"),
        "number",
        "A3.4",
        per="segment",
        unit="hundred",
        low=0,
        high=100,
        term="retention",
        depth="must",
    ),
    Question(
        "want_to",
        "value_protection",
        N_("They want to stay (1 to 5)"),
        "score",
        "D6",
        per="segment",
        term="want_or_must",
    ),
    Question(
        "must_stay",
        "value_protection",
        N_("They must stay (1 to 5)"),
        "score",
        "D6",
        per="segment",
        term="want_or_must",
    ),
    Question(
        "quality",
        "value_protection",
        N_("How good is the relation with our customers?"),
        "scores",
        "D6",
        options=(
            Option("commitment", N_("Commitment"), N_("both sides put something into the relation")),
            Option("fairness", N_("Fairness"), N_("both sides feel that they get what they deserve")),
            Option("loyalty", N_("Loyalty"), N_("customers come back when another offers the same")),
            Option("trust", N_("Trust"), N_("customers count on us when they cannot check what we do")),
        ),
        ends=(N_("weak"), N_("strong")),
        term="relationship_quality",
    ),
    Question(
        "barriers",
        "value_protection",
        N_("What keeps customers from leaving?"),
        "rows",
        "A4",
        columns=(
            Column("segment", N_("Segment"), "segment"),
            Column("barrier", N_("What holds them")),
            Column(
                "kind",
                N_("Kind"),
                "choice",
                options=(
                    Option("contract", N_("Contract")),
                    Option("technical", N_("Technical")),
                    Option("social", N_("Social")),
                    Option("financial", N_("Financial")),
                ),
            ),
            Column("strength", N_("How strong (1 to 5)"), "score"),
        ),
        term="switching_barrier",
        example=N_("Families: a contract of two years; financial: a discount on the third product"),
        depth="deep",
    ),
    Question(
        "loyalty_drivers",
        "value_protection",
        N_("How do we raise loyalty?"),
        "several",
        "A4",
        options=(
            Option("service", N_("Better service")),
            Option("price", N_("A better price for who stays")),
            Option("product", N_("A better product")),
            Option("habit", N_("Part of daily life"), N_("customers use us without having to decide again")),
            Option("community", N_("A community"), N_("customers know and help each other")),
            Option("contract", N_("Longer contracts"), N_("they must stay, which is a risk once they may leave")),
        ),
        depth="deep",
    ),
)

TERMS: tuple[Term, ...] = (
    Term(
        "retention",
        N_("Retention"),
        N_("The share of customers that is still a customer one period later: of 100, how many stay."),
    ),
    Term(
        "value_at_risk",
        N_("Value at risk"),
        N_("What the customers who leave in a period would still have been worth to us."),
    ),
    Term(
        "retention_optimum",
        N_("Best spend on keeping a customer"),
        N_(
            "The amount per customer at which the last euro spent on keeping just pays for itself: less leaves value, "
            "more costs more than the customers it keeps are worth (Blattberg and Deighton, 1996)."
        ),
    ),
    Term(
        "want_or_must",
        N_("Want to stay, must stay"),
        N_(
            "Customers stay because they want to, or because they must: a contract, a technical tie, a cost of "
            "leaving. Who must stay leaves as soon as somebody opens the door: that is a risk."
        ),
    ),
    Term(
        "relationship_quality",
        N_("Quality of the relation"),
        N_("Commitment, fairness, loyalty and trust: what a relation rests on besides what is bought and paid."),
    ),
    Term(
        "switching_barrier",
        N_("Switching barrier"),
        N_("What makes leaving costly for a customer: a contract, a technical, a social or a financial tie."),
    ),
    Term(
        "reactivation",
        N_("Reactivation"),
        N_("Winning back people who were customers once: they are prospects that know us already."),
    ),
)
