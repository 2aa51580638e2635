"""The questions of value realization, and the terms behind them."""

from strategy.questions.question import Column, Option, Question, Term
from strategy.words.wording import N_

QUESTIONS: tuple[Question, ...] = (
    Question(
        "revenue_models",
        "value_realization",
        N_("How does each segment pay us?"),
        "choice",
        "A3.3",
        per="segment",
        options=(
            Option("purchase", N_("Per purchase"), N_("they pay for each product")),
            Option("subscription", N_("Subscription"), N_("they pay a fixed amount per period")),
            Option("usage", N_("Per use"), N_("they pay for what they use")),
            Option("commission", N_("Commission"), N_("we get a share of a sale between others")),
            Option("advertising", N_("Advertising"), N_("others pay to reach them")),
            Option("freemium", N_("Freemium"), N_("the basis is free, more costs money")),
        ),
        term="revenue_model",
        depth="must",
    ),
    Question(
        "potential",
        "value_realization",
        N_("What more could customers buy from us?"),
        "rows",
        "A4",
        columns=(
            Column("segment", N_("Segment"), "segment"),
            Column("product", N_("Product or service")),
            Column("penetration", N_("Of 100 customers, have it now"), "number", high=100.0),
            Column("reachable", N_("Of 100 customers, could have it"), "number", high=100.0),
            Column("margin", N_("Gross profit on it, per customer and period"), "number"),
        ),
        term="cross_selling",
        example=N_("Families · mobile subscription · 20 have it now · 45 could have it · €60 a year"),
        depth="must",
    ),
    Question(
        "price",
        "value_realization",
        N_("Which price change do we consider?"),
        "rows",
        "A4",
        columns=(
            Column("segment", N_("Segment"), "segment"),
            Column("change", N_("Price change (%)"), "number", low=-90.0, high=400.0),
            Column("elasticity", N_("Elasticity (0 to −10)"), "number", low=-10.0, high=0.0),
            Column("leave", N_("Of 100 customers, more leave per period"), "number", high=100.0),
        ),
        term="price_elasticity",
        example=N_("Families · 5 % up · elasticity −0.6 (1 % dearer: 0.6 % less bought) · 1 more of 100 leaves"),
    ),
    Question(
        "products",
        "value_realization",
        N_("Which products do we keep, reprice or replace?"),
        "rows",
        "A4",
        columns=(
            Column("product", N_("Product or service")),
            Column(
                "decision",
                N_("Decision"),
                "choice",
                options=(
                    Option("keep", N_("Keep")),
                    Option("reprice", N_("Reprice")),
                    Option("replace", N_("Replace")),
                ),
            ),
            Column("reason", N_("Because")),
        ),
        term="product_decision",
        example=N_("Landline · replace · fewer than 1 in 5 customers still call with it"),
    ),
    Question(
        "ladder",
        "value_realization",
        N_("On which step of the relationship ladder does each segment stand?"),
        "choice",
        "D5",
        per="segment",
        options=(
            Option("prospect", N_("Prospect"), N_("has not bought yet")),
            Option("customer", N_("Customer"), N_("made a first transaction")),
            Option("client", N_("Client"), N_("looks past the transaction, and comes back")),
            Option("supporter", N_("Supporter"), N_("likes us, and shows it")),
            Option("ambassador", N_("Ambassador"), N_("both feel the relation; brings in others")),
            Option("partner", N_("Partner"), N_("both take active part")),
        ),
        term="relationship_ladder",
    ),
    Question(
        "pricing",
        "value_realization",
        N_("How individual is the price?"),
        "choice",
        "D2",
        options=(
            Option("same", N_("The same for everyone")),
            Option("segment", N_("Per segment")),
            Option("individual", N_("Per customer")),
        ),
        term="price_elasticity",
        depth="deep",
    ),
)

TERMS: tuple[Term, ...] = (
    Term(
        "revenue_model",
        N_("Revenue model"),
        N_("The way in which the value that we create becomes income: who pays, for what, and when."),
    ),
    Term(
        "cross_selling",
        N_("Cross-selling and up-selling"),
        N_(
            "Selling customers other products beside those that they have, or more of the same. What is left to sell "
            "is the gap between who has a product and who could have it, times what it earns."
        ),
    ),
    Term(
        "price_elasticity",
        N_("Price elasticity"),
        N_("By how many percent a customer buys less when the price rises by 1 %; −2 means 2 % less."),
    ),
    Term(
        "product_decision",
        N_("Keep, reprice or replace"),
        N_("A product stays while customers get more from it than it costs; else its price or the product changes."),
    ),
    Term(
        "relationship_ladder",
        N_("Relationship ladder"),
        N_(
            "Prospect, customer, client, supporter, ambassador, partner: a first transaction, an orientation past it, "
            "liking that shows, a relation that both feel, and both taking active part."
        ),
    ),
    Term(
        "ambassadors",
        N_("Ambassadors"),
        N_("Customers who bring in other customers; what they bring costs no acquisition money."),
    ),
)
