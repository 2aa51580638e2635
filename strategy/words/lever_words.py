"""What each lever is called and how its answers are asked for: a table by code, in the order of LEVERS."""

from collections.abc import Mapping
from dataclasses import dataclass

from strategy.words.wording import N_


@dataclass(frozen=True)
class LeverWords:
    """Message ids about one lever.

    name      what it is called
    goal      what it is for, in a few words
    asks      the question before the four answers, with {per} for the period
    constant  the question where spending moves nothing
    answer    what an answer counts, with {per} for the period, short: the title of an axis
    doing     a cell as the beginning of a sentence, with {segment}
    against   why two answers cannot go together, with {less} and {more} (what is spent), {value} and {other} answered
    """

    name: str
    goal: str
    asks: str
    constant: str
    answer: str
    doing: str
    against: str = N_("{less} the answer cannot lie beyond ({value}) the one {more} ({other})")


LEVER_WORDS: Mapping[str, LeverWords] = {
    "acquire": LeverWords(
        N_("Acquire"),
        N_("bring in new customers with enough potential for both sides"),
        N_("How many new customers {per} at …"),
        N_("New customers, whatever is spent"),
        N_("new customers {per}"),
        N_("Acquiring in {segment}"),
        N_("{less} you cannot win as many ({value}) as {more} ({other})"),
    ),
    "develop": LeverWords(
        N_("Develop"),
        N_("give the relation content, so that customers buy more"),
        N_("What does a customer spend with us {per} at …"),
        N_("Spend of a customer, whatever we spend"),
        N_("revenue per customer {per}"),
        N_("Developing {segment}"),
        N_("{less} a customer cannot spend as much ({value}) as {more} ({other})"),
    ),
    "retain": LeverWords(
        N_("Retain"),
        N_("hold on to the customers that are worth keeping"),
        N_("Of 100 customers, how many stay {per} at …"),
        N_("Of 100 customers so many stay, whatever is spent"),
        N_("of 100 customers, how many stay"),
        N_("Retaining {segment}"),
        N_("{less} as many cannot stay ({value}) as {more} ({other})"),
    ),
    "reduce_cost": LeverWords(
        N_("Reduce cost"),
        N_("serve customers at lower cost over the life of the relation"),
        N_("What does it cost to serve a customer {per} at …"),
        N_("Cost to serve a customer, whatever is spent"),
        N_("cost to serve a customer {per}"),
        N_("Cutting the cost to serve {segment}"),
        N_("{less} serving a customer cannot cost as little ({value}) as {more} ({other})"),
    ),
}

FAMILY_NAMES = {
    "exponential": N_("rises at once, then flattens"),
    "michaelis_menten": N_("flattens slowly"),
    "tanh": N_("straight, then flat"),
    "adbudg": N_("S-shaped or not, as two answers say"),
}
"""What each family of curves looks like, by code."""
FAMILY_TERMS = {
    "exponential": N_("exponential"),
    "michaelis_menten": N_("Michaelis-Menten"),
    "tanh": N_("hyperbolic tangent"),
    "adbudg": N_("ADBUDG"),
}
"""What they are called in the literature."""
