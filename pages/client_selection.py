"""client selection."""

from pages.parts import ask, believe, frame

frame.dimension("client_selection")
with frame.decide():
    ask.questions("client_selection")
with frame.see():
    pass
with frame.believe():
    believe.answers("acquire")
frame.onward("client_selection")
