"""Value realization: how segments pay, what more they buy, at which price, and whether what we invest comes back."""

from functools import partial

from pages.dimensions import realization
from pages.frame import dimension, session
from pages.frame.tabs import tabs
from pages.questions import ask, believe
from strategy.case.levers import levers_of
from strategy.questions import BY_CODE
from strategy.words.wording import N_

DIMENSION = "value_realization"
DECISIONS = (
    (N_("What more they buy"), realization.potential),
    (N_("Price"), realization.price),
    (N_("Products"), lambda segment: ask.ask(BY_CODE["products"])),
    (N_("Ladder and ambassadors"), realization.ladder),
)
VIEWS = (
    (N_("Left to sell"), realization.left_to_sell),
    (N_("Who climbs"), realization.who_climbs),
    (N_("Best price"), realization.best_price),
)

dimension.top(DIMENSION)
left, right = dimension.halves()
with left, dimension.decide(DIMENSION):
    ask.ask(BY_CODE["revenue_models"])
    segment = believe.chosen_segment("_decide")
    say = session.say()
    tabs(f"decide_{DIMENSION}", {say.text(title): partial(decision, segment) for title, decision in DECISIONS})
with right, dimension.see():
    realization.worth_it()
    tabs(f"see_{DIMENSION}", {say.text(title): partial(view, segment) for title, view in VIEWS})
with dimension.believe():
    believe.answers(*levers_of("value_realization"))
dimension.onward(DIMENSION)
