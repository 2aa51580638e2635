"""Operationalization: what the strategy takes in people, channels and systems, and what saving would change."""

from pages.parts import believe, bounds, frame, operations

DIMENSION = "operationalization"

frame.dimension(DIMENSION)
with frame.decide():
    operations.first_questions()
    operations.topics()
with frame.see():
    operations.evidence()
with frame.believe():
    believe.answers("reduce_cost")
    bounds.panel()
frame.onward(DIMENSION)
