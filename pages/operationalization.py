"""Operationalization: what the strategy takes in people, channels and systems, and what saving would change."""

from pages.dimensions import bounds, operations
from pages.frame import frame
from pages.questions import believe
from strategy.case.levers import levers_of

DIMENSION = "operationalization"

frame.dimension(DIMENSION)
with frame.decide():
    operations.first_questions()
    operations.topics()
with frame.see():
    operations.evidence()
with frame.believe():
    believe.answers(*levers_of("operationalization"))
    bounds.panel()
frame.onward(DIMENSION)
