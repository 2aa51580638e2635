"""value protection."""

from pages.parts import ask, believe, frame

frame.dimension("value_protection")
with frame.decide():
    ask.questions("value_protection")
with frame.see():
    pass
with frame.believe():
    believe.answers("retain")
frame.onward("value_protection")
