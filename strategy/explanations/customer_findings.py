"""The sentences behind what customer data say: names of segments, findings of models, drivers and curves."""

from strategy.customers.findings import Finding
from strategy.words.wording import N_, Wording

SEGMENT_NAMES = {
    "champions": N_("Champions: bought lately, and much"),
    "loyal": N_("Loyal: come back and spend"),
    "recent": N_("Recent: bought lately, little so far"),
    "slipping": N_("Slipping: bought much, not lately"),
    "lapsed": N_("Lapsed: little, and long ago"),
    "valuable_safe": N_("Valuable and likely to stay"),
    "valuable_at_risk": N_("Valuable and at risk of leaving"),
    "small_safe": N_("Less valuable and likely to stay"),
    "small_at_risk": N_("Less valuable and at risk of leaving"),
    "decile_1": N_("Most valuable tenth"),
    "decile_2": N_("Second tenth by value"),
    "decile_3": N_("Third tenth by value"),
    "decile_4": N_("Fourth tenth by value"),
    "decile_5": N_("Fifth tenth by value"),
    "decile_6": N_("Sixth tenth by value"),
    "decile_7": N_("Seventh tenth by value"),
    "decile_8": N_("Eighth tenth by value"),
    "decile_9": N_("Ninth tenth by value"),
    "decile_10": N_("Least valuable tenth"),
    "others": N_("All others"),
    "unknown": N_("Not known"),
}
"""Segments that we name; those of a column keep the names they have in the data."""
FINDINGS = {
    "leaving_not_identified": N_(
        "The data cannot tell leaving from buying rarely: leaving adds {gain} to the log-likelihood where {needed} is "
        "asked. Nobody is taken to leave, so values are upper bounds."
    ),
    "few_repeaters": N_("Only {repeaters} of {customers} customers bought again; {needed} are needed for an estimate."),
    "nobody_bought_again": N_(
        "None of {customers} customers bought again; half a purchase over all the time seen is assumed."
    ),
    "not_converged": N_("The search for the best {model} did not come to rest; do not rely on it."),
    "customers_alike": N_(
        "The estimate of {parameters} ran to the end of what is searched: customers are nearly alike in it, or differ "
        "beyond what the data can tell. The bands are too narrow."
    ),
    "few_spenders": N_("Only {repeaters} repeat buyers show what they spend; {needed} are needed for an estimate."),
    "spend_not_seen": N_(
        "With {repeaters} repeat buyers nobody can tell how spend differs: a repeat buyer's own mean is used, and "
        "{observed_mean} per purchase for the others."
    ),
    "spend_unlimited": N_(
        "Spend differs so much that its expectation has no end (q is {q}); each repeat buyer's own mean is used, and "
        "{observed_mean} for the others."
    ),
    "spend_alike": N_("Customers spend all but the same per purchase, about {mean}."),
    "spend_not_converged": N_("The search for the best model of spend did not come to rest; do not rely on it."),
    "spend_depends_on_frequency": N_(
        "Who buys more often spends differently per purchase: correlation {correlation}, between {low} and {high}, "
        "where the model allows at most {limit}. Values of frequent buyers are off."
    ),
    "poor_tracking": N_(
        "The model foretold {predicted} purchases where customers made {actual}: {miss} off, more than {limit} and "
        "more than chance."
    ),
    "few_endings": N_("Only {ended} contracts ended; {needed} are needed for a curve."),
    "nobody_left": N_("None of {renewals} renewals was refused; half an ending over all of them is assumed."),
    "leaving_alike": N_(
        "No differences in the chance to leave were found: one chance is used for all renewals. If customers do "
        "differ, those who stay are worth more than this says."
    ),
    "poor_curve": N_(
        "Endings do not follow the curve: at renewal {renewal} {ended} contracts ended where it expects {expected}. "
        "Look at the chart before you rely on the values."
    ),
    "survivors_only": N_(
        "No contract in the file ended before {day}, though some {expected} should have: those that ended earlier were "
        "left out, so leaving looks rarer than it is. Ask for a list of all contracts that ever started."
    ),
    "equal_contracts": N_(
        "{rows} contracts ({share}) are exactly equal to another: if they are copies, take them out and bring the file "
        "again."
    ),
    "many_unread": N_(
        "{rows} rows ({share}) could not be read or lie outside the time of the others: see what was taken out, and "
        "choose how dates and amounts are written."
    ),
    "dates_in_two_orders": N_(
        "In {rows} rows ({share}) day and month stand the other way round; of rows with days up to 12 nobody can tell. "
        "Export the dates in one order."
    ),
    "returns_not_matched": N_(
        "{rows} returns, together {returned} ({share} of what is left), match no purchase of the same customer, "
        "product and amount and were left out: values may be too high."
    ),
    "long_gap": N_(
        "Nothing happened for {days} days, from {first} to {last}: a part of the file may be missing, or a date wrong."
    ),
    "status_unused": N_(
        "{column} says what became of a row, and nobody said whether {values} count ({rows} rows, {returned}): say "
        "which values count."
    ),
    "statuses_disagree": N_(
        "{column} and {other} contradict each other on {rows} rows, which are left out: say which values count."
    ),
    "status_left_out": N_("{column}: {values} do not count ({rows} rows, {returned})."),
    "status_takes_back": N_("{column}: {values} take back purchases ({rows} rows, {returned})."),
    "id_is_nobody": N_(
        "{id} stands on {rows} rows ({share}), as no single customer does: say whether to leave it out."
    ),
    "left_out_id": N_("{id} stands on {rows} rows ({share}), as no single customer does, and is left out."),
    "many_copies": N_(
        "{rows} lines ({share}) equal another and were taken out as copies, {returned}: say whether they are copies "
        "or pieces."
    ),
    "id_is_much": N_(
        "{id} brings {share} of all money on {rows} rows, many times what the next one does: say whether it is a "
        "customer like the others, or leave it out."
    ),
    "ids_in_cases": N_("{ids} ids differ from another in capitals only: say whether they are the same customers."),
    "cases_made_alike": N_("{ids} ids differ from another in capitals only, and count as the same customers."),
    "ids_with_zeros": N_(
        "{ids} ids differ from another in zeros in front only: say whether they are the same customers."
    ),
    "zeros_made_alike": N_("{ids} ids differ from another in zeros in front only, and count as the same customers."),
    "id_never_returns": N_(
        "{column} has {ids} different ids on {rows} rows: an id that never returns names an order, not a customer. "
        "Choose the column, or bring the table, that says who ordered."
    ),
    "returns_in_part": N_(
        "{rows} rows take back a part of an earlier purchase, or are a discount on it: together {returned} were taken "
        "off."
    ),
    "refund_taken_off": N_("{column} is money paid back, and is taken off {amount_column}."),
    "refund_above_sale": N_(
        "On {rows} rows more was paid back than was paid, by {returned} together: those count as no purchase."
    ),
    "other_side_set_apart": N_(
        "The amount is in {amount_column}; rows with money in {column} only are payments or credits, and are set apart."
    ),
    "paid_out_set_apart": N_(
        "These are statements of a bank account: {amount_column} below zero to somebody who never paid you is money "
        "that went out, and is set apart."
    ),
    "sheets_joined": N_("Sheets with the same headings were joined: {sheets}."),
    "filled_down": N_("Empty cells of {columns} have what stands above them."),
    "months_in_columns": N_(
        "{months} columns are months, from {first} to {last}: each amount is one purchase in its month."
    ),
    "months_as_days": N_("The file holds months, not days: what a customer bought in a month is one purchase."),
    "short_history": N_(
        "The file covers {days} days, less than {needed}: who comes back within a year cannot be seen in it."
    ),
    "starts_mid_life": N_(
        "In the first {days} days of the file {first} customers are new, later {later} in as many days, and the early "
        "ones buy differently: many were customers before the file starts. New customers per year, and what they are "
        "worth, come out too high; bring the years before."
    ),
    "no_money": N_(
        "No column says what was paid: a purchase brings what you type, and all rows of a customer on one day are one "
        "purchase."
    ),
    "customer_by_content": N_("{column} is taken for who bought: no name says it; this is neither date nor money."),
    "date_by_content": N_("{column} is taken for the day: no name says it, and this one holds dates."),
    "amount_by_content": N_("{column} is taken for the amount: no name says it, and this one holds money."),
    "amount_without_tax": N_("{column} is taken for the amount: it is without tax."),
    "amount_counts_pieces": N_("{column} counts pieces: the money is in {price}."),
    "order_total_once": N_(
        "{amount_column} is the total of an order and stands on each line with the same {column}: it counts once."
    ),
    "amounts_in_cents": N_("{column} counts hundredths, and was divided by 100."),
    "date_in_parts": N_("The day of a row stands in several columns ({columns}), which were put together."),
    "days_numbered": N_("{column} counts days from a first one that the file does not name: day 1 is shown as {day}."),
    "weeks_numbered": N_(
        "{column} counts weeks from a first one that the file does not name: week 1 begins 6 days after {day}."
    ),
    "months_numbered": N_(
        "{column} counts months from a first one that the file does not name, of 30.4 days each, from {day} on: what "
        "a customer bought in a month is one purchase."
    ),
    "years_as_days": N_("{column} holds years, not days: what a customer bought in a year is one purchase."),
    "summed_up": N_(
        "Each row sums up a customer ({columns}), counted in the unit of time that was chosen: the models are fitted "
        "on that, and nothing is left to check them against."
    ),
    "summed_up_by_dates": N_(
        "Each row sums up a customer ({columns}): how often, from the first order to the last. What an order brings is "
        "the mean of all, and nothing is left to check the models against."
    ),
    "years_chained": N_(
        "Rows of the same {column} that follow upon each other are one contract, renewed: they were chained."
    ),
    "charges_are_contracts": N_(
        "{share} of amounts are equal to the one before, {days} days earlier: these are charges of subscriptions, read "
        "as contracts that end when a charge stays away."
    ),
    "counted_back": N_(
        "The file has no dates: starts were counted back by {column}, in months, from {day}, and {state} says who left."
    ),
    "counted_back_years": N_(
        "The file has no dates: starts were counted back by {column}, in years, from {day}, and {state} says who left."
    ),
    "tenure_in_years": N_("{column} has parts of a whole and is never long: it is taken for years."),
    "tenure_years_or_months": N_(
        "{column} goes up to {longest}: it is taken for years, and may be months. Choose what a row is, or give "
        "--period."
    ),
    "tenure_months_or_years": N_(
        "{column} goes up to {longest}: it is taken for months, and may be years. Choose what a row is, or give "
        "--period."
    ),
    "ends_missing": N_(
        "{rows} contracts have ended and nothing says when ({share} of those that ended): retention looks better than "
        "it is."
    ),
    "contracts_not_converged": N_("The search for the best curve of leaving did not come to rest; do not rely on it."),
    "margin_not_given": N_("No margin was given: CLV counts revenue, not profit."),
    "non_products_kept": N_(
        "{lines} lines look like postage, fees or corrections ({products}) and were kept; exclude them if they are no "
        "purchases."
    ),
    "segments_left_out": N_("Segments without customers or revenue to expect were left out: {segments}."),
    "amounts_filled_in": N_("{contracts} contracts have no amount that can be read; the mean of the others, {mean}, "
                            "was taken."),
    "few_observations": N_("{number} observations are too few to tell; {needed} are needed."),
    "few_events": N_("{number} customers left or stayed, the fewer of the two; {needed} are needed to tell why."),
    "driver_does_not_vary": N_("All customers have the same here, so nothing can be told: {drivers}."),
    "drivers_move_as_one": N_("These move together, so their effects cannot be told apart: {drivers}. Leave one out."),
    "separated": N_(
        "These foretell leaving without a single error, so their effect has no end: {drivers}. Check whether they are "
        "known only after a customer left."
    ),
    "spend_does_not_vary": N_("Spend took {spends} different values; {needed} are needed to see a curve."),
    "spend_does_not_help": N_("In {observations} observations more spend did not go with a better outcome."),
    "curve_not_identified": N_(
        "{observations} observations do not fix where the curve starts and ends; give the floor or the ceiling."
    ),
    "answers_narrowed": N_(
        "The ranges from {observations} observations overlapped and were cut half way; they are surer than the data."
    ),
}  # fmt: skip
"""What the models, drivers and curves say about themselves, with their fields."""
PERCENTAGES = {("poor_tracking", "miss"), ("poor_tracking", "limit")}
AMOUNTS = ("mean", "observed_mean", "returned")


def say_finding(finding: Finding, say: Wording) -> str:
    """The sentence of a finding in the reader's language, as plain text."""
    written = {name: _written(finding.code, name, value, say) for name, value in finding.fields.items()}
    return say.text(FINDINGS[finding.code], **written)


def _written(code: str, name: str, value: float | int | str, say: Wording) -> str:
    if isinstance(value, str):
        return value
    if name == "share" or (code, name) in PERCENTAGES:
        return say.percent(value)
    if name in AMOUNTS:
        return say.number(value, 2)
    return say.number(value) if isinstance(value, int) or float(value).is_integer() else say.number(value, 2)
