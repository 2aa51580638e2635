"""Every marketing euro: divide the budget, see what it does to customer equity, and why."""

import streamlit as st

from pages.frame import presenting, session, trouble
from pages.frame.header import header
from pages.frame.show import numbers
from pages.frame.top import bar
from pages.money import best, controls, desk, headline, more, phases, present
from strategy import charts
from strategy.browser.state import OPPORTUNITIES_SHOWN
from strategy.plan import results

plan, say = session.plan(), session.say()
if presenting.on():
    present.slides(plan, say)
    presenting.enough()

header(say.text("Every marketing euro"), headline.tools)
hidden, place = bar.guess_pending(), None
with trouble.part():
    if hidden:
        headline.guess()
    else:
        place = headline.figures()
        headline.not_confirmed()

left, right = st.columns([10, 11], gap="medium")
with left, trouble.part():
    controls.split(hidden)
    if plan.cells() or plan.case.initiatives:
        panel = st.expander(say.text("Best split"), key="best_panel", icon=":material/auto_awesome:", on_change="rerun")
        if panel.open:
            with panel:
                best.panel()
with right, trouble.part():
    if controls.nowhere():
        pass
    elif hidden:
        st.info(say.text("The results come after your guess."), icon=":material/visibility_off:")
    else:
        phases.path()
        desk.charts()
        fall = say.text("Numbers: levers")
        numbers(lambda: charts.waterfall(plan.case, results.read_out(plan), say, plan.spend), "waterfall", fall)
        places, phase = phases.of_view(plan, results.opportunities(plan)), phases.name_in_view(plan, say)
        next_euros = say.text("Numbers: next euro")
        numbers(lambda: charts.next_euro(plan.case, places, say, OPPORTUNITIES_SHOWN, phase), "next_euro", next_euros)
if not hidden:
    more.views(headline.how_sure(place) if place is not None else None)
