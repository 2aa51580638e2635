"""The sentences behind what customer data say: names of segments, findings of models, drivers and curves."""

from strategy.customers.findings import Finding
from strategy.messages import CUSTOMER_FINDINGS
from strategy.wording import N_, Wording

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
FINDINGS = CUSTOMER_FINDINGS | {
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
AMOUNTS = ("mean", "observed_mean")


def say_finding(finding: Finding, say: Wording) -> str:
    """The sentence of a finding in the reader's language, as plain text."""
    written = {name: _written(finding.code, name, value, say) for name, value in finding.fields.items()}
    return say.text(FINDINGS[finding.code], **written)


def _written(code: str, name: str, value: float | int | str, say: Wording) -> str:
    if isinstance(value, str):
        return value
    if (code, name) in PERCENTAGES:
        return say.percent(value)
    if name in AMOUNTS:
        return say.number(value, 2)
    return say.number(value) if isinstance(value, int) or float(value).is_integer() else say.number(value, 2)
