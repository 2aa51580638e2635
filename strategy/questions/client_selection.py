"""The questions of client selection, and the terms behind them."""

from strategy.questions.question import Column, Option, Question, Term
from strategy.words.wording import N_

PAGE = "client_selection"
LEVER_OPTIONS = (
    Option("acquire", N_("Acquire"), N_("bring in new customers with enough potential for both sides")),
    Option("develop", N_("Develop"), N_("give the relation content, so that customers buy more")),
    Option("retain", N_("Retain"), N_("hold on to the customers that are worth keeping")),
    Option("reduce_cost", N_("Reduce cost"), N_("serve customers at lower cost over the life of the relation")),
)
SEGMENT_QUESTIONS: tuple[Question, ...] = (
    Question(
        "focus",
        PAGE,
        N_("Which segments do we choose?"),
        "choice",
        "A3.1",
        per="segment",
        options=(
            Option("focus", N_("Focus"), N_("we invest in it")),
            Option("serve", N_("Keep serving"), N_("we keep serving it, without more effort")),
            Option("no", N_("Not"), N_("we do not serve it")),
        ),
        term="segment",
        depth="must",
    ),
    Question(
        "attractiveness",
        PAGE,
        N_("How attractive is it?"),
        "score",
        "A3.1",
        per="segment",
        ends=(N_("hardly"), N_("very")),
        term="attractiveness",
    ),
    Question(
        "ability",
        PAGE,
        N_("How well can we create value for it?"),
        "score",
        "A3.1",
        per="segment",
        ends=(N_("hardly"), N_("better than anyone")),
        term="ability",
    ),
    Question(
        "relation",
        PAGE,
        N_("Start a relation with its prospects?"),
        "choice",
        "A4",
        per="segment",
        options=(
            Option("start", N_("Start"), N_("we win them actively")),
            Option("test", N_("Test"), N_("we try it out on a few first")),
            Option("no", N_("Not now"), N_("we do not go after them")),
        ),
        term="prospect",
    ),
)
FIRM_QUESTIONS: tuple[Question, ...] = (
    Question(
        "spectrum",
        PAGE,
        N_("How far do we tell customers apart?"),
        "choice",
        "A5",
        options=(
            Option("mass", N_("Mass"), N_("one offer for everyone")),
            Option("segments", N_("Segments"), N_("an offer per group")),
            Option("one_to_one", N_("One-to-one"), N_("an offer per customer")),
        ),
        term="spectrum",
        depth="must",
    ),
    Question(
        "priorities",
        PAGE,
        N_("What do we need most in the coming years?"),
        "scores",
        "A2",
        options=LEVER_OPTIONS,
        ends=(N_("hardly"), N_("most of all")),
        term="marketing_euro",
        depth="must",
    ),
)
DEEPER: tuple[Question, ...] = (
    Question(
        "goals",
        PAGE,
        N_("Which goals of the organisation does this serve?"),
        "rows",
        "B2",
        columns=(
            Column("goal", N_("Goal")),
            Column(
                "measure",
                N_("Measured by"),
                "choice",
                options=(
                    Option("customers", N_("number of customers")),
                    Option("revenue", N_("revenue")),
                    Option("profit", N_("profit")),
                    Option("satisfaction", N_("customer satisfaction")),
                    Option("nps", N_("Net Promoter Score")),
                    Option("retention", N_("retention")),
                ),
            ),
            Column("target", N_("Target")),
            Column("segment", N_("Segment"), "segment"),
        ),
        term="segment_and_value_strategy",
        example=N_("grow in small firms · number of customers · 400 more in two years"),
        depth="deep",
    ),
    Question(
        "extra_income",
        PAGE,
        N_("Extra income that existing customers could bring, per period"),
        "number",
        "B2",
        per="segment",
        unit="money",
        term="segment_and_value_strategy",
        depth="deep",
    ),
    Question(
        "target_income",
        PAGE,
        N_("Extra income that target customers could bring, per period"),
        "number",
        "B2",
        per="segment",
        unit="money",
        term="target_customers",
        depth="deep",
    ),
    Question(
        "readiness",
        PAGE,
        N_("How ready are we to tell customers apart?"),
        "scores",
        "A5",
        options=(
            Option("data", N_("Customer data"), N_("what we know of each customer, current and in one place")),
            Option("cost", N_("Room in the cost to serve"), N_("what serving a customer may cost us")),
            Option("people", N_("People"), N_("who can run different offers beside each other")),
        ),
        ends=(N_("not at all"), N_("completely")),
        term="spectrum",
        depth="deep",
    ),
    Question(
        "marketing",
        PAGE,
        N_("Which kind of marketing do we choose?"),
        "choice",
        "D8",
        options=(
            Option("transaction", N_("Transactions"), N_("each sale stands on its own, and must pay by itself")),
            Option("relationship", N_("Relationships"), N_("a sale begins a relation that pays over its life")),
        ),
        term="relationship_marketing",
        depth="deep",
    ),
)
QUESTIONS: tuple[Question, ...] = (*SEGMENT_QUESTIONS, *FIRM_QUESTIONS, *DEEPER)

TERMS: tuple[Term, ...] = (
    Term(
        "segment",
        N_("Segment"),
        N_("A group of customers that are worth about as much, and react about the same way, as one another."),
    ),
    Term(
        "attractiveness",
        N_("Attractive segment"),
        N_("One whose customers would bring much over the years: many, good margins, few that leave, room to grow."),
    ),
    Term(
        "ability",
        N_("Ability to create value"),
        N_(
            "How well what we are good at meets what the segment needs, compared with what else it can choose. A "
            "relation must create value for both sides."
        ),
    ),
    Term("prospect", N_("Prospect"), N_("Somebody within our reach who is not a customer yet, or no longer.")),
    Term(
        "spectrum",
        N_("Differentiation spectrum"),
        N_(
            "From one offer for everyone, through an offer per segment, to one-to-one. The further we go, the more "
            "data, money per customer and people it takes."
        ),
    ),
    Term(
        "marketing_euro",
        N_("Marketing euro"),
        N_("Every euro can be spent once: what goes to developing customers cannot go to winning them."),
    ),
    Term(
        "segment_and_value_strategy",
        N_("Segment and value strategy"),
        N_(
            "Links the choice of customers to the organisation's goals and to the extra income they could bring. The "
            "best CRM process yields nothing on the wrong customers."
        ),
    ),
    Term(
        "target_customers",
        N_("Target customers"),
        N_("People who are not customers yet and whom we want as customers, in the segments that we choose."),
    ),
    Term(
        "relationship_marketing",
        N_("Relationship marketing"),
        N_(
            "Marketing that is after lasting relations rather than after single sales (transaction marketing). It "
            "rose from the 1970s on; early CRM failed where customer knowledge was missing and cost ran high."
        ),
    ),
    Term(
        "cac",
        N_("Cost per new customer (CAC)"),
        N_("What we spend on winning customers, per customer won by it, and the cost of welcoming one."),
    ),
    Term(
        "whale_curve",
        N_("Whale curve"),
        N_(
            "Customers from the most to the least profitable, and what they are worth together. It bends down where "
            "customers cost more than they bring."
        ),
    ),
    Term(
        "address_list",
        N_("Address list"),
        N_(
            "Addresses that we can write to once. It is worth what the customers that answer will bring, less the cost "
            "of welcoming them and of reaching everyone on it."
        ),
    ),
)
