"""Operationalization: what the strategy takes in people, channels and systems, and what saving would change."""

from pages.dimensions import bounds, operations
from pages.frame import dimension
from pages.questions import believe
from strategy.case.levers import levers_of

DIMENSION = "operationalization"

dimension.top(DIMENSION)
left, right = dimension.halves()
with left, dimension.decide(DIMENSION):
    operations.first_questions()
    operations.topics()
with right, dimension.see():
    operations.competences()
    operations.evidence()
with dimension.believe():
    believe.answers(*levers_of("operationalization"))
    bounds.panel()
dimension.onward(DIMENSION)
