"""value realization."""

from pages.parts import ask, believe, frame

frame.dimension("value_realization")
with frame.decide():
    ask.questions("value_realization")
with frame.see():
    pass
with frame.believe():
    believe.answers("develop")
frame.onward("value_realization")
