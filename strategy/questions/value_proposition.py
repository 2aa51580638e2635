"""The questions of value proposition, and the terms behind them."""

from strategy.questions.question import Column, Option, Question, Term
from strategy.words.wording import N_

QUESTIONS: tuple[Question, ...] = (
    Question(
        "needs",
        "value_proposition",
        N_("Which needs do we meet, and how well beside the alternatives?"),
        "rows",
        "A3.2",
        columns=(
            Column("segment", N_("Segment"), "segment"),
            Column("need", N_("What customers need")),
            Column("importance", N_("Importance (1–5)"), "score"),
            Column("ours", N_("Our score (1–5)"), "score"),
            Column("alternative", N_("Alternative")),
            Column("theirs", N_("Their score (1–5)"), "score"),
        ),
        term="value_proposition",
        example=N_("Families · one bill for everything · importance 5 · we 4 · the cable company 2"),
        depth="must",
    ),
    Question(
        "orientation",
        "value_proposition",
        N_("What do we want to be best at?"),
        "choice",
        "D1",
        options=(
            Option("intimacy", N_("Knowing the customer"), N_("customer intimacy: an offer that fits, a lasting bond")),
            Option("efficiency", N_("Reliable and cheap"), N_("operational excellence: no surprises, the lowest cost")),
            Option("innovation", N_("The best product"), N_("product leadership: first with what is new")),
        ),
        term="orientation",
        depth="must",
    ),
    Question(
        "individualisation",
        "value_proposition",
        N_("How far do we fit the offer to one customer?"),
        "choice",
        "D2",
        options=(
            Option("standard", N_("Standard"), N_("everyone gets the same")),
            Option("modules", N_("Modules"), N_("mass customization: customers choose from building blocks")),
            Option("tailored", N_("Tailored"), N_("we fit it to what we know of the customer")),
            Option("co_creation", N_("Co-creation"), N_("customer and firm make it together")),
        ),
        term="individualisation",
        depth="must",
    ),
    Question(
        "difference",
        "value_proposition",
        N_("In one sentence: why us and not the alternative?"),
        "text",
        "A3.2",
        term="value_proposition",
        example=N_("We are the only ones who come by the same day, and the only ones who know your installation."),
    ),
    Question(
        "profile",
        "value_proposition",
        N_("What does the relation with our customers look like?"),
        "scores",
        "D6",
        options=(
            Option("cooperation", N_("Cooperation"), N_("1 = competition, each for itself · 5 = cooperation")),
            Option("independence", N_("Independence"), N_("1 = dependent on the other · 5 = independent, with power")),
            Option("social", N_("Social-emotional"), N_("1 = about the task only · 5 = social and emotional")),
            Option("informal", N_("Informal"), N_("1 = formal, by contract and rule · 5 = informal")),
            Option("primary", N_("Primary"), N_("1 = secondary: short and replaceable · 5 = primary: a lasting bond")),
        ),
        ends=(N_("the opposite"), N_("as named")),
        term="relationship_profile",
        depth="deep",
    ),
    Question(
        "resources",
        "value_proposition",
        N_("What do we and our customers exchange?"),
        "scores",
        "D7",
        options=(
            Option("love", N_("Love"), N_("warmth, comfort, affection")),
            Option("services", N_("Services"), N_("work done for the other")),
            Option("status", N_("Status"), N_("respect, standing, being seen")),
            Option("information", N_("Information"), N_("advice, knowledge, opinions")),
            Option("goods", N_("Goods"), N_("things")),
            Option("money", N_("Money"), N_("whatever can be paid with")),
        ),
        ends=(N_("hardly"), N_("strongly")),
        term="six_resources",
        depth="deep",
    ),
    Question(
        "reciprocity",
        "value_proposition",
        N_("When must what we give come back?"),
        "choice",
        "D7",
        options=(
            Option("immediate", N_("At once"), N_("each exchange is settled by itself")),
            Option("over_time", N_("In the course of time"), N_("the balance may come later")),
            Option("calculated", N_("Calculated"), N_("we keep count of what each side gives and gets")),
        ),
        term="reciprocity",
        depth="deep",
    ),
)

TERMS: tuple[Term, ...] = (
    Term(
        "value_proposition",
        N_("Value proposition"),
        N_("What a customer gets from us that is worth more, in the customer's eyes, than what others offer."),
    ),
    Term(
        "orientation",
        N_("Strategic orientation"),
        N_(
            "Customer intimacy puts the relation first, operational excellence efficiency and reliability, product "
            "leadership the newest product. Nobody is best at all three at once."
        ),
    ),
    Term(
        "individualisation",
        N_("Individualised value proposition"),
        N_(
            "Value arises in use and depends on its context. Mass customization lets customers choose from modules and "
            "puts the proposition at the centre; co-creation puts the customer there. The price is individualised too."
        ),
    ),
    Term(
        "relationship_profile",
        N_("Relationship profile"),
        N_(
            "A relation lies between cooperation and competition, power and dependence, task and feeling, formal and "
            "informal, lasting (primary) and replaceable (secondary)."
        ),
    ),
    Term(
        "six_resources",
        N_("Six resources"),
        N_(
            "People exchange love, services, status, information, goods and money. They differ in how far the value "
            "depends on who gives it (particularism) and in how tangible it is (concreteness) (Foa & Foa, 1974)."
        ),
    ),
    Term(
        "reciprocity",
        N_("Reciprocity"),
        N_("Who gets something feels obliged to give something back; the balance may come later."),
    ),
)
