"""operationalization."""

from pages.parts import ask, believe, frame

frame.dimension("operationalization")
with frame.decide():
    ask.questions("operationalization")
with frame.see():
    pass
with frame.believe():
    believe.answers("reduce_cost")
frame.onward("operationalization")
