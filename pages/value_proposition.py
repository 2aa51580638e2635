"""Value proposition: which needs we meet, beside the alternatives, and how far that can take us."""

from pages.dimensions import proposition
from pages.frame import dimension, session
from pages.frame.tabs import tabs
from pages.questions import ask, believe
from strategy.words.wording import N_

DIMENSION = "value_proposition"
VIEWS = (
    (N_("One offer or one customer"), proposition.individualisation),
    (N_("What relation it is"), proposition.relation),
)

dimension.top(DIMENSION)
left, right = dimension.halves()
with left, dimension.decide(DIMENSION):
    ask.questions(DIMENSION)
with right, dimension.see():
    proposition.needs_of(believe.chosen_segment("_see"))
tabs(f"see_{DIMENSION}", {session.say().text(title): view for title, view in VIEWS})
with dimension.believe():
    believe.answers("acquire", "develop", "retain", fields=("ceiling",), beside=proposition.gaps_beside)
dimension.onward(DIMENSION)
