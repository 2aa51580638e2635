"""What the bar and the page say of the plan's keeping, and what is asked where two changed the same thing."""

from datetime import UTC, datetime

import streamlit as st
from babel.dates import format_datetime

from pages.frame import session, trouble
from strategy.explanations.sides import sides
from strategy.plan.plan_file import plan_from
from strategy.store import links, opened
from strategy.store.plans import Written
from strategy.words.messages import explain
from strategy.words.wording import Wording, markdown_text

TOLD = "not saved told"
"""Noted when it was said, wherever the page is scrolled to, that something is not saved."""


def state() -> None:
    """Whether the plan is saved, and when."""
    with st.container(key="saved", width="content"):
        st.caption(_state(session.say()))


def troubles() -> None:
    """Why the plan is not saved, and where two changed the same thing, the choice."""
    say, here = session.say(), session.kept()
    if here.problem is not None:
        why = markdown_text(explain(here.problem, say))
        st.warning(f"{why} {_consequence(say)}", icon=":material/cloud_off:")
        if here.problem.code == "plan_deleted" and here.rights == "edit":
            st.button(say.text("Bring back"), key="bring_back", on_click=trouble.guarded, args=(_bring_back,))
    if here.contested is not None:
        _choice(say, here.contested)
    wrong = here.problem is not None or here.contested is not None
    if wrong and not session.display(TOLD, False):
        st.toast(say.text("Not saved: the top of the page says why."), icon=":material/cloud_off:")
    session.show(TOLD, wrong)


def _bring_back() -> None:
    here = session.kept()
    links.restore(opened.database(), here.token)
    here.problem = None


def _state(say: Wording) -> str:
    here = session.kept()
    if here.unsaved or here.contested is not None:
        return say.text("not saved")
    if not here.kept:
        return say.text("nothing changed yet")
    at = datetime.fromtimestamp(here.version.at, UTC)
    time = format_datetime(at, "HH:mm", locale=say.language, tzinfo=session.zone())
    if here.rights == "look":
        return say.text("you are looking; what you change goes into a copy of your own")
    return say.text("saved at {time}", time=time)


def _consequence(say: Wording) -> str:
    if session.kept().unsaved:
        return say.text("Your changes are not saved: they stay in this tab and are saved as soon as that works again.")
    return ""


# Two changed the same thing -------------------------------------------------------------------------------------------

MOST = 8
"""Things told one by one; of more it is said how many."""


def _choice(say: Wording, contested: Written) -> None:
    """Both sides of what is contested, to choose from; in a box: whatever closes a dialog chooses nothing."""
    with st.container(border=True, key="conflict"):
        st.markdown(
            say.text(
                "Somebody else changed the same thing meanwhile. Choose one; the other stays among the versions of "
                "this plan, and everything else that either of you changed is kept."
            )
        )
        things = sides(plan_from(contested.mine), plan_from(contested.theirs), say)
        lines = [f"- **{markdown_text(thing.what)}**: {markdown_text(thing.line(say))}" for thing in things[:MOST]]
        left = len(things) - MOST
        more = [f"- {say.plural('and {count} thing more', 'and {count} things more', left)}"] if left > 0 else []
        st.markdown("\n".join([*lines, *more]))
        with st.container(horizontal=True):
            st.button(say.text("Take mine"), key="take_mine", on_click=session.choose, args=(True,), type="primary")
            st.button(say.text("Keep theirs"), key="take_theirs", on_click=session.choose, args=(False,))
