"""Operationalization: what the strategy takes in people, channels and systems, and what saving would change."""

from pages.parts import believe, bounds, frame, operations
from strategy.levers import levers_of

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
