"""Why this number: for every figure its formula, what it means, and where it comes from."""

from dataclasses import dataclass

from strategy.equity.simulation import annuity, discount_factors
from strategy.plan.plan import Plan
from strategy.plan.results import read_out
from strategy.words.wording import N_


@dataclass(frozen=True)
class Formula:
    """How a figure is computed: the formula in the usual signs, in words, and its source."""

    code: str
    name: str
    formula: str
    meaning: str
    source: str


LITTLE = "Little, J. D. C. (1970), Models and Managers: The Concept of a Decision Calculus, Management Science 16(8)"
BLATTBERG = "Blattberg, R. C. & Deighton, J. (1996), Manage Marketing by the Customer Equity Test, HBR 74(4)"
PFEIFER = "Pfeifer, P. E. & Carraway, R. L. (2000), Modeling Customer Relationships as Markov Chains, JIM 14(2)"
GUPTA = "Gupta, S. & Lehmann, D. R. (2003), Customers as Assets, Journal of Interactive Marketing 17(1)"
SHAPLEY = "Shapley, L. S. (1953), A Value for n-Person Games"
MARTILLA = "Martilla, J. A. & James, J. C. (1977), Importance-Performance Analysis, Journal of Marketing 41(1)"
LERNER = "Lerner, A. P. (1934), The Concept of Monopoly and the Measurement of Monopoly Power, RES 1(3)"
FADER_PURCHASES = "Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), Counting Your Customers the Easy Way"
FADER_SPEND = "Fader, P. S. & Hardie, B. G. S. (2013), The Gamma-Gamma Model of Monetary Value"
FADER_CONTRACTS = "Fader, P. S. & Hardie, B. G. S. (2007), How to Project Customer Retention, JIM 21(1)"
MALCOLM = "Malcolm, D. G. et al. (1959), Application of a Technique for R&D Program Evaluation (PERT)"
RAIFFA = "Raiffa, H. & Schlaifer, R. (1961), Applied Statistical Decision Theory"
OWN = ""

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "customer_equity",
        N_("Customer equity (CE)"),
        "CE = Σₜ (1+d)^−(t−1+τ) · cashₜ + residual",
        N_("The cash of every period in today's money, and what the customers left after the plan are still worth."),
        BLATTBERG,
    ),
    Formula(
        "cash",
        N_("Cash"),
        "cashₜ = Σₛ (Mₜ · mₜ − onboarding · Aₜ) − Σ xₜ − initiatives",
        N_("The margin of the active customers, less welcoming the new ones, marketing money and initiatives."),
        BLATTBERG,
    ),
    Formula(
        "customers",
        N_("Customers"),
        "Mₜ = Nₜ₋₁ + P · aₜ + referrals · Nₜ₋₁;  Nₜ = (Mₜ · ρₜ) π",
        N_("Who was there and who is new is active; of those a share stays, and may move to another segment."),
        PFEIFER,
    ),
    Formula(
        "clv",
        N_("Customer lifetime value (CLV)"),
        "CLV = m · (1+d) / (1+d−ρ) · (1+d)^−τ",
        N_(
            "The margins still to come of a customer, in today's money; the formula is for numbers that stay the same, "
            "the planner follows them period by period."
        ),
        GUPTA,
    ),
    Formula(
        "uplift",
        N_("Against today"),
        "uplift = CE(plan) − CE(today);  more money = CE(today's mix, plan's total) − CE(today);  better mix = rest",
        N_("What the plan adds: a part because it spends more, the rest because it spends better."),
        OWN,
    ),
    Formula(
        "attribution",
        N_("What each lever adds"),
        "φᵢ = Σ over sets K without i:  |K|! (n−|K|−1)! / n! · [CE(K+i) − CE(K)]",
        N_("Each lever gets its average contribution over all orders in which the levers can be moved to the plan."),
        SHAPLEY,
    ),
    Formula(
        "next_euro",
        N_("What the next euro brings back"),
        "1 + (CE(x+1) − CE(x)) / Σₜ (1+d)^−(t−1+τ)",
        N_("One more euro in every period in one place, over its own cost in today's money; above 1 it pays."),
        BLATTBERG,
    ),
    Formula(
        "curve",
        N_("Response curve"),
        "one answer: y = f + (k−f)(1 − e^−bh);  two answers: odds = odds₁ · (h/h₁)^p",
        N_("From nothing (f) to unlimited spend (k), through what you answered; h is the spend per head."),
        LITTLE,
    ),
    Formula(
        "spend",
        N_("Where the money goes"),
        "Σ over segments and levers of x",
        N_("The amounts of the plan and of today, per period."),
        OWN,
    ),
    Formula(
        "cac",
        N_("Cost of a new customer (CAC)"),
        "CAC = acquire spend / (new with it − new without it) + onboarding",
        N_("What acquiring costs for each customer that would not have come without it."),
        BLATTBERG,
    ),
    Formula(
        "draws",
        N_("How sure"),
        "PERT(low, likely, high), λ = 4;  curves rebuilt in every draw",
        N_("Every range is drawn from many times, for the plan and for today alike; the band holds 90% of the draws."),
        MALCOLM,
    ),
    Formula(
        "tornado",
        N_("Which assumptions matter"),
        "uplift(assumption at its low) … uplift(at its high)",
        N_("One assumption at a time moves over its range, the others stay at their most likely value."),
        OWN,
    ),
    Formula(
        "information",
        N_("What finding out is worth"),
        "EVPPI = E[max over plans of E(CE | assumption)] − max over plans of E(CE)",
        N_("How much better you would choose if you knew this before deciding; a lower bound."),
        RAIFFA,
    ),
    Formula(
        "prospects",
        N_("Prospects over time"),
        "Pₜ₊₁ = max(0, Pₜ − Aₜ + F + q · leaversₜ);  Aₜ ≤ Pₜ",
        N_("Who is won leaves the prospects; who appears, and of those who leave a share, can be won a period later."),
        OWN,
    ),
    Formula(
        "rivals",
        N_("What rivals undo"),
        "undoneₜ = κ · max(0, min(gainₜ, gainₜ₋₁))",
        N_("Of what is won beyond today's spend for two periods or longer, rivals undo a share; losses they let be."),
        OWN,
    ),
    Formula(
        "market",
        N_("What the market does to the advice"),
        "moved = Σ |x* − x°| / 2;  CE(x*) − CE(x°) with the market's answer",
        N_("The best split with the market's answer beside the one that was found without it, both judged with it."),
        OWN,
    ),
    Formula(
        "retention_optimum",
        N_("The most that keeping a customer may cost"),
        "max over h of  m − h + ρ(h) · V / (1+d)",
        N_("More is spent on keeping a customer as long as one more euro keeps more value than it costs."),
        BLATTBERG,
    ),
    Formula(
        "gap",
        N_("Gap on a need"),
        "gap = importance · (ours − theirs)",
        N_("Where others meet an important need better than we do, customers have a reason to leave."),
        MARTILLA,
    ),
    Formula(
        "potential",
        N_("Cross- and up-sell potential"),
        "potential = Σ over products of (reachable − now) / 100 · margin",
        N_("What a customer could still bring if everyone within reach bought what others like them buy."),
        OWN,
    ),
    Formula(
        "price",
        N_("Profit-maximising price"),
        "volume ∝ p^e;  p* = c · e / (1 + e)  for e < −1",
        N_("A dearer sale earns more and sells less; the elasticity e says by how much."),
        LERNER,
    ),
    Formula(
        "scores",
        N_("Answers of the room"),
        "1 … 5",
        N_("These are your own answers on this page; nothing is computed but their order and distance."),
        OWN,
    ),
    Formula(
        "contact",
        N_("Cost per contact"),
        "Σ over channels of share · cost per contact",
        N_("The average over all contacts, each channel weighted by its share of them."),
        OWN,
    ),
    Formula(
        "automation",
        N_("Time freed"),
        "hours a year = minutes a day · 225 days · people · share / 60",
        N_("Two minutes a day are 7.5 hours a year for each full-time person: time for real customer contact."),
        OWN,
    ),
    Formula(
        "list",
        N_("Worth of an address list"),
        "addresses · response · (CLV − onboarding) − addresses · cost per contact",
        N_("What the customers that a list brings are worth, less reaching everyone on it."),
        BLATTBERG,
    ),
    Formula(
        "purchases",
        N_("Purchases from data"),
        "BG/NBD: purchases ~ Poisson(λt), λ ~ Gamma(r, α);  leaves after each with p ~ Beta(a, b)",
        N_("How often each customer buys, and whether he is still there, from what he bought and when last."),
        FADER_PURCHASES,
    ),
    Formula(
        "spend_of_customers",
        N_("Value from data"),
        "CLV = margin · Σₜ expected purchasesₜ · expected spend · (1+d)^−t;  spend: Gamma-Gamma(p, q, v)",
        N_("Expected purchases times expected spend, in today's money."),
        FADER_SPEND,
    ),
    Formula(
        "contracts",
        N_("Contracts from data"),
        "sBG: S(t) = B(α, β + t) / B(α, β)",
        N_("The share of contracts that still runs, when customers differ in how easily they leave."),
        FADER_CONTRACTS,
    ),
    Formula(
        "budget_curve",
        N_("How large a budget"),
        "CE*(B) = max CE(x) with Σ x = B",
        N_("The best split of each budget; the top of the curve is the budget beyond which more money costs value."),
        BLATTBERG,
    ),
)
BY_CODE = {formula.code: formula for formula in FORMULAS}

OF_CHART: dict[str, str] = {
    "value_today": "clv",
    "money": "spend",
    "waterfall": "attribution",
    "versions_compared": "customer_equity",
    "next_euro": "next_euro",
    "customers": "customers",
    "cash": "cash",
    "moves": "spend",
    "path": "spend",
    "clv": "clv",
    "curves": "curve",
    "believe_": "curve",
    "room_": "curve",
    "disagreement_": "information",
    "systems": "scores",
    "budget_size": "budget_curve",
    "distribution": "draws",
    "tornado": "tornado",
    "worth": "information",
    "no_regret": "information",
    "bubbles": "scores",
    "whale": "clv",
    "newcomers": "cac",
    "spectrum": "scores",
    "income": "scores",
    "list": "list",
    "prospects": "prospects",
    "rivals": "rivals",
    "market": "market",
    "need_gaps": "gap",
    "value_curve": "gap",
    "individualisation": "scores",
    "resources": "scores",
    "profile": "scores",
    "worth_against_spend": "clv",
    "selling_potential": "potential",
    "ladder_moves": "customers",
    "price_": "price",
    "value_at_risk": "clv",
    "keeping_cost": "retention_optimum",
    "want_or_must": "scores",
    "relation_quality": "scores",
    "events": "customer_equity",
    "lapsed": "customer_equity",
    "roadmap": "spend",
    "competences": "scores",
    "components": "scores",
    "channel_costs": "contact",
    "hand_overs": "scores",
    "time_freed": "automation",
    "running": "contracts",
    "foretold": "purchases",
    "frequency": "purchases",
    "data_moved": "purchases",
    "data_whale": "spend_of_customers",
    "data_risk": "spend_of_customers",
    "data_back": "spend_of_customers",
}
"""The formula behind each chart, by its key on the screen; one that ends in "_" stands for all that begin so."""


def formula_of(chart: str) -> Formula | None:
    """The formula behind a chart; None for a key that nothing is said about."""
    begins = (key for key in OF_CHART if key.endswith("_") and chart.startswith(key))
    code = OF_CHART.get(chart) or OF_CHART.get(next(begins, ""))
    return BY_CODE[code] if code else None


@dataclass(frozen=True)
class FilledIn:
    """The formulas of the headline with a plan's own numbers; money unless said otherwise.

    cash      (periods,) in today's money, as they stand in the sum
    residual  what the customers left are worth, in today's money
    annuity   what one euro in every period costs in today's money
    """

    cash: tuple[float, ...]
    residual: float
    customer_equity: float
    today: float
    uplift: float
    more_money: float
    better_mix: float
    annuity: float


def filled_in(plan: Plan) -> FilledIn:
    """The numbers behind a plan's headline."""
    found = read_out(plan)
    return FilledIn(
        cash=tuple(map(float, found.plan.cash[0, 0] * discount_factors(plan.case))),
        residual=float(found.plan.residual[0, 0]),
        customer_equity=found.customer_equity,
        today=float(found.today.customer_equity[0, 0]),
        uplift=found.uplift,
        more_money=found.more_money,
        better_mix=found.better_mix,
        annuity=annuity(plan.case),
    )
