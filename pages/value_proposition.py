"""value proposition."""

from pages.parts import ask, believe, frame

frame.dimension("value_proposition")
with frame.decide():
    ask.questions("value_proposition")
with frame.see():
    pass
with frame.believe():
    believe.answers("acquire", "develop", "retain", fields=("ceiling",))
frame.onward("value_proposition")
