"""The rules of coherence, in one table: what each says, why it matters, and whose answers it compares."""

import strategy.coherence.checks as checks
from strategy.coherence.checks import STRONG, WEAK, when
from strategy.coherence.rule import BUDGET, Rule
from strategy.words.wording import N_

RULES: tuple[Rule, ...] = (
    # client selection and the money
    Rule(
        "money_not_chosen",
        N_("{amount} goes to {segments}, which you chose not to serve."),
        N_("Every marketing euro is a choice: this one leaves the segments that you did choose."),
        ("focus", BUDGET),
        lambda plan: checks.money_in(plan, checks.segments_with(plan, "focus", "no")),
    ),
    Rule(
        "focus_gets_least",
        N_("You focus on {segment}, but spend {amount} a customer there and {other_amount} on {other}."),
        N_("A focus that gets less per customer than a segment that is only served is a focus in words."),
        ("focus", BUDGET),
        checks.focus_gets_least,
    ),
    Rule(
        "priority_gets_least",
        N_("You need {lever} most, but it gets the smallest share of the money: {share}."),
        N_("What people read a strategy from is where the money goes."),
        ("priorities", BUDGET),
        checks.priority_gets_least,
    ),
    Rule(
        "low_priority_gets_most",
        N_("{lever} gets most of the money ({share}), but you gave it {score} of 5."),
        N_("Money that stays where it always was is the commonest reason why a new strategy changes nothing."),
        ("priorities", BUDGET),
        checks.low_priority_gets_most,
    ),
    Rule(
        "acquire_without_relation",
        N_("{amount} goes to acquiring {segments}, with whose prospects you start no relation."),
        N_("New customers whom nobody wants to serve leave again, and cost their welcome."),
        ("relation", BUDGET),
        lambda plan: checks.money_in(plan, checks.segments_with(plan, "relation", "no"), "acquire"),
    ),
    Rule(
        "acquire_where_unable",
        N_("{amount} goes to acquiring {segments}, for which you say that you create little value."),
        N_("The best CRM yields nothing on customers for whom we can do little."),
        ("ability", BUDGET),
        lambda plan: checks.money_in(plan, checks.segments_with(plan, "ability", 1, WEAK), "acquire"),
    ),
    Rule(
        "new_customer_too_costly",
        N_("The next new customer in {segment} costs {cost} and is worth {worth}."),
        N_("Above what a customer is worth, growth costs value: put that money where the next euro earns more."),
        (BUDGET, "focus"),
        checks.new_customer_too_costly,
    ),
    Rule(
        "more_than_there_are",
        N_("The plan wins {people} people in {segment} over its whole time, and there are {prospects} prospects."),
        N_(
            "Prospects who never run out make winning look better than it is: say on Client selection, under Believe, "
            "how many new ones appear."
        ),
        (BUDGET, "relation"),
        checks.more_than_there_are,
    ),
    Rule(
        "cash_above_budget",
        N_("In period {period} the plan pays {amount}, {over} more than the budget of a period."),
        N_(
            "A one-off cost is spread over the plan in the budget, but paid at once: find that cash, or start it later."
        ),
        (BUDGET,),
        checks.cash_above_budget,
    ),
    # how far customers are told apart
    Rule(
        "one_to_one_at_low_cost",
        N_("You treat customers one-to-one, and choose efficiency as your way to win."),
        N_("One-to-one takes data, people and freedom to deviate: on a low-cost budget it becomes a form letter."),
        ("spectrum", "orientation"),
        lambda plan: when(
            checks.chose(plan, "spectrum", "one_to_one") and checks.chose(plan, "orientation", "efficiency")
        ),
    ),
    Rule(
        "one_to_one_standard",
        N_("You treat customers one-to-one, with a standard proposition."),
        N_("Whoever is addressed personally expects something of his own: let him choose from modules at least."),
        ("spectrum", "individualisation"),
        lambda plan: when(
            checks.chose(plan, "spectrum", "one_to_one") and checks.chose(plan, "individualisation", "standard")
        ),
    ),
    Rule(
        "mass_but_individual",
        N_("You make one offer for everyone, and want to tailor the proposition."),
        N_("Tailoring needs at least segments that are told apart."),
        ("spectrum", "individualisation"),
        lambda plan: when(
            checks.chose(plan, "spectrum", "mass")
            and checks.chose(plan, "individualisation", "tailored", "co_creation")
        ),
    ),
    Rule(
        "individual_price_for_the_mass",
        N_("The price differs per customer, while you make one offer for everyone."),
        N_("Without a proposition that differs, a price that differs feels unfair."),
        ("pricing", "spectrum"),
        lambda plan: when(checks.chose(plan, "pricing", "individual") and checks.chose(plan, "spectrum", "mass")),
    ),
    Rule(
        "individual_without_knowledge",
        N_("The proposition is individual, but customer knowledge scores {score} of 5."),
        N_("Individualisation stands on knowing the customer: build that competence first."),
        ("individualisation", "competences"),
        lambda plan: (
            checks.weak(plan, "competences", "knowledge")
            if checks.chose(plan, "individualisation", "tailored", "co_creation")
            else None
        ),
    ),
    Rule(
        "customization_weak",
        N_("The proposition is individual, but customization scores {score} of 5 among the four areas."),
        N_("What is promised in the proposition is made in the area of customization."),
        ("individualisation", "areas"),
        lambda plan: (
            checks.weak(plan, "areas", "customization")
            if checks.chose(plan, "individualisation", "tailored", "co_creation")
            else None
        ),
    ),
    Rule(
        "co_creation_as_rivals",
        N_("You co-create with customers, in a relation that you describe as competition."),
        N_("Nobody builds together with a party that he bargains against."),
        ("individualisation", "profile"),
        lambda plan: when(
            checks.chose(plan, "individualisation", "co_creation")
            and checks.score_of(plan, "profile", "cooperation", STRONG) <= WEAK
        ),
    ),
    # the proposition and the relation
    Rule(
        "behind_in_focus",
        N_("You focus on {segment}, but on its need “{need}” {other} scores better."),
        N_("A need that matters much and that others meet better is where customers leave."),
        ("needs", "focus"),
        checks.behind_in_focus,
    ),
    Rule(
        "intimacy_without_relationship",
        N_("You win by knowing customers best, but your relationship strategy scores {score} of 5."),
        N_("Intimacy is a long horizon and listening; without that competence it is a slogan."),
        ("orientation", "competences"),
        lambda plan: (
            checks.weak(plan, "competences", "relationship") if checks.chose(plan, "orientation", "intimacy") else None
        ),
    ),
    Rule(
        "intimacy_without_personal",
        N_("You win by intimacy, but hardly exchange love or status with customers."),
        N_("Close relations exchange resources that depend on who gives them, not only goods and money."),
        ("orientation", "resources"),
        lambda plan: when(
            checks.chose(plan, "orientation", "intimacy")
            and max(checks.score_of(plan, "resources", resource, STRONG) for resource in ("love", "status")) <= WEAK
        ),
    ),
    Rule(
        "close_but_calculating",
        N_("The relation is close and lasting, but every gift must pay back at once."),
        N_("In a close relation the balance may come later; who settles at once makes it a transaction."),
        ("profile", "reciprocity"),
        lambda plan: when(
            checks.score_of(plan, "profile", "primary", 0) >= STRONG
            and checks.chose(plan, "reciprocity", "immediate", "calculated")
        ),
    ),
    Rule(
        "transactions_to_keep",
        N_("Your marketing aims at single transactions, while you want to keep everyone in {segments}."),
        N_("Keeping is relationship marketing: it needs a longer horizon than the next sale."),
        ("marketing", "keep"),
        lambda plan: when(
            checks.chose(plan, "marketing", "transaction") and bool(checks.segments_with(plan, "keep", "all")),
            {"segments": checks.named(checks.segments_with(plan, "keep", "all"))},
        ),
    ),
    # income
    Rule(
        "more_than_it_brings",
        N_("Developing {segment} costs {amount}, but you expect {income} of extra revenue from it."),
        N_("The increase in lifetime value must be larger than the investment in it."),
        ("extra_income", BUDGET),
        checks.more_than_it_brings,
    ),
    Rule(
        "subscription_without_retaining",
        N_("{segments} pays by subscription, but nothing is spent on keeping them."),
        N_("With a subscription all value lies in the periods that customers stay."),
        ("revenue_models", BUDGET),
        lambda plan: checks.no_money_in(plan, checks.segments_with(plan, "revenue_models", "subscription"), "retain"),
    ),
    Rule(
        "price_on_captives",
        N_("The price for {segment} rises {change}%, where customers stay because they must."),
        N_("Who must stay leaves as soon as he can: a higher price speeds that up."),
        ("price", "want_to", "must_stay"),
        checks.price_on_captives,
    ),
    # keeping
    Rule(
        "retention_goal_gets_least",
        N_("More customers must stay in {segments}, but retaining gets the smallest share of the money: {share}."),
        N_("A goal without money is a wish."),
        ("retention_goal", BUDGET),
        checks.retention_goal_gets_least,
    ),
    Rule(
        "retention_goal_missed",
        N_("In {segment} {goal} of 100 customers should stay; with this plan {kept} do in the last period."),
        N_("Either the goal or the money has to move."),
        ("retention_goal", BUDGET),
        checks.retention_goal_missed,
    ),
    Rule(
        "retention_goal_unreachable",
        N_("In {segment} {goal} of 100 customers should stay, but you believe that no spend keeps more than {most}."),
        N_("The goal contradicts your own belief: change the proposition, or the goal."),
        ("retention_goal",),
        checks.retention_goal_unreachable,
    ),
    Rule(
        "let_go_but_retained",
        N_("{amount} goes to keeping {segments}, which you let go."),
        N_("Money that keeps whom you want to lose is spent twice wrongly."),
        ("keep", BUDGET),
        lambda plan: checks.money_in(plan, checks.segments_with(plan, "keep", "let_go"), "retain"),
    ),
    Rule(
        "keep_without_money",
        N_("You want to keep everyone in {segments}, but spend nothing on it."),
        N_("Keeping customers is one of the four uses of a marketing euro, not a by-product."),
        ("keep", BUDGET),
        lambda plan: checks.no_money_in(plan, checks.segments_with(plan, "keep", "all"), "retain"),
    ),
    Rule(
        "must_stay",
        N_("Customers in {segments} stay because they must, not because they want to."),
        N_("Must-stay is a risk: when the barrier falls, they leave together."),
        ("want_to", "must_stay"),
        checks.captives,
    ),
    Rule(
        "trust_weak",
        N_("You count on keeping customers, but {weakest} scores {score} of 5 in the relation."),
        N_("Commitment, fairness, loyalty and trust are what a relation is made of: the weakest one breaks it."),
        ("quality", "keep"),
        lambda plan: checks.weakest(plan, "quality") if checks.segments_with(plan, "keep", "all") else None,
    ),
    Rule(
        "saving_hurts",
        N_("You save {amount} more on serving {segment}, which costs retention there, and want to keep everyone."),
        N_("What is saved on service is paid in customers who leave."),
        ("keep", BUDGET),
        checks.saving_hurts,
    ),
    # what it takes
    Rule(
        "efficiency_without_saving",
        N_("You win by efficiency, but reducing cost gets the smallest share of the money: {share}."),
        N_("Operational excellence is earned by working on cost all the time."),
        ("orientation", BUDGET),
        lambda plan: (
            checks.smallest_share(plan, "reduce_cost") if checks.chose(plan, "orientation", "efficiency") else None
        ),
    ),
    Rule(
        "costly_channel",
        N_("You win by efficiency, but most contacts go through {channel} ({cost}); {other} costs {other_cost}."),
        N_("Cost to serve is decided by the channel that customers use most."),
        ("orientation", "channels"),
        checks.costly_channel,
    ),
    Rule(
        "omnichannel_without_information",
        N_("You want one conversation over all channels, but {weakest} scores {score} of 5 in information management."),
        N_("A conversation goes on in another channel only if what was said travels with the customer."),
        ("omnichannel", "information"),
        lambda plan: checks.weakest(plan, "information") if checks.chose(plan, "omnichannel", "omni") else None,
    ),
    Rule(
        "omnichannel_without_database",
        N_("You want one conversation over all channels, but the central customer database scores {score} of 5."),
        N_("All parts of CRM stand on one database that is current for everyone."),
        ("omnichannel", "components"),
        lambda plan: checks.weak(plan, "components", "database") if checks.chose(plan, "omnichannel", "omni") else None,
    ),
    Rule(
        "omnichannel_apart",
        N_("You want one conversation over all channels, on systems that were built apart."),
        N_("Systems that are not coupled make the customer tell his story again."),
        ("omnichannel", "systems"),
        lambda plan: when(
            checks.chose(plan, "omnichannel", "omni")
            and "separate" in (plan.answer("systems") or ())
            and "integration" not in (plan.answer("systems") or ())
        ),
    ),
    Rule(
        "broken_handover",
        N_("You want one conversation over all channels, but from {first} to {second} it breaks off."),
        N_("The conversation must go on where it stopped when the customer changes channel."),
        ("omnichannel", "handovers"),
        checks.broken_handover,
    ),
    Rule(
        "few_channels",
        N_("You want one conversation over all channels, but name only one: {channel}."),
        N_("With one channel there is nothing to integrate yet."),
        ("omnichannel", "channels"),
        checks.few_channels,
    ),
    Rule(
        "competence_ahead",
        N_("{ahead} scores {score} of 5, the next competence {next}."),
        N_("The four competences are built in balance: one far ahead is spent on what the others cannot carry."),
        ("competences",),
        checks.competence_ahead,
    ),
    Rule(
        "broad_one_department",
        N_("Your ambition is broad, but all activities lie with {role}."),
        N_("A broad CRM strategy touches sales, marketing and service, and partners outside."),
        ("ambition", "activities"),
        checks.one_department,
    ),
    Rule(
        "broad_as_technology",
        N_("Your ambition is broad, but you see CRM as automation."),
        N_("A tool is a means: programs have no relations, people do."),
        ("ambition", "view"),
        lambda plan: when(checks.chose(plan, "ambition", "broad") and checks.chose(plan, "view", "automation")),
    ),
    Rule(
        "narrow_but_individual",
        N_("Your ambition is one tool, but the proposition asks for {option}."),
        N_("An individual proposition touches every department: one technology does not carry it."),
        ("ambition", "individualisation"),
        lambda plan: when(
            checks.chose(plan, "ambition", "narrow")
            and checks.chose(plan, "individualisation", "tailored", "co_creation"),
            {"option": ("option", ("individualisation", plan.answer("individualisation")))},
        ),
    ),
    Rule(
        "nobody_responsible",
        N_("{lever} gets {share} of the money, but no activity there has an owner."),
        N_("What nobody owns does not happen."),
        ("activities", BUDGET),
        checks.nobody_responsible,
    ),
    Rule(
        "automated_before_described",
        N_("You automate “{task}”, but processes are not described yet."),
        N_("What is not described cannot be automated, and what is automated loses human improvisation."),
        ("automation", "systems"),
        checks.undescribed,
    ),
    Rule(
        "goal_unmeasured",
        N_("Nothing measures the goal “{goal}” ({measure})."),
        N_("Measuring justifies the investment, shows whether CRM runs as wanted, and feeds improvement."),
        ("goals", "measures"),
        checks.goal_unmeasured,
    ),
    Rule(
        "broken_cycle",
        N_("The CRM cycle breaks at “{weakest}”: {score} of 5."),
        N_("Identify, differentiate, segment, interact, customise: the loop is as strong as its weakest step."),
        ("cycle",),
        checks.broken_cycle,
    ),
)
