"""Value proposition: which needs we meet, beside the alternatives, and how far that can take us."""

from pages.dimensions import proposition
from pages.frame import frame, session
from pages.questions import ask, believe
from strategy.words.wording import N_

DIMENSION = "value_proposition"
VIEWS = (
    (N_("One offer or one customer"), proposition.individualisation),
    (N_("What relation it is"), proposition.relation),
)

frame.dimension(DIMENSION)
with frame.decide():
    ask.questions(DIMENSION)
with frame.see():
    proposition.needs_of(believe.chosen_segment("_see"))
    frame.tabs(f"see_{DIMENSION}", {session.say().text(title): view for title, view in VIEWS})
with frame.believe():
    believe.answers("acquire", "develop", "retain", fields=("ceiling",), beside=proposition.gaps_beside)
frame.onward(DIMENSION)
