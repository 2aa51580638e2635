"""The numbers that matter first, and guessing before seeing them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.frame import jobs, session, widgets
from pages.frame.fields import typed
from pages.money import desk
from strategy.equity.uncertainty import Outlook
from strategy.plan import moves, register, results
from strategy.plan.plan import Plan
from strategy.words.wording import N_, Wording, markdown_text

RESET = N_("reset to today")


def tools() -> None:
    """Reset, guess first."""
    say = session.say()
    st.button(
        say.text("Reset"),
        key="reset",
        icon=":material/restart_alt:",
        on_click=_reset,
        disabled=session.plan().as_today,
        help=say.text("Back to today's split. Undo brings this plan back."),
    )
    key = widgets.put("guess_first", session.display("guess_first", False))
    st.toggle(
        say.text("Guess first"),
        key=key,
        help=say.text("Hides the results until you say what you expect: people learn more from a guess."),
        on_change=lambda: session.show("guess_first", bool(widgets.held(key))),
    )


def _reset() -> None:
    """Back to today's split; undo brings the plan back."""
    session.change(RESET, moves.reset(session.plan()))


def outlook(plan: Plan, say: Wording) -> Outlook | None:
    """How sure the plan is, or None while it is computed."""
    found: Outlook | None = jobs.result(
        "outlook", results.outlook_key(plan), results.outlook, plan, say.text("Drawing from what people believe…")
    )
    return found


def how_sure(place: DeltaGenerator) -> Outlook | None:
    """How sure the plan is, told by the headline once it is known; asked for last, while the rest is drawn.

    place  where progress is shown while it is computed
    """
    plan, say = session.plan(), session.say()
    with place:
        found = outlook(plan, say)
    desk.sure(found)
    return found


def figures() -> DeltaGenerator:
    """Customer equity and uplift, their split and the next euro; returns the place for `how_sure`."""
    plan, say = session.plan(), session.say()
    jobs.begin("outlook", results.outlook_key(plan), results.outlook, plan)
    desk.headline()
    place = st.container()
    guessed = session.display("guessed")
    if guessed and guessed[0] == results.split_of(plan):
        readouts = results.read_out(plan)
        off = markdown_text(say.signed_short_money(readouts.uplift - guessed[1]))
        mine = markdown_text(say.signed_short_money(guessed[1]))
        real = markdown_text(say.signed_short_money(readouts.uplift))
        st.info(say.text("You guessed {guess}; the model says {real}: {off}.", guess=mine, real=real, off=off))
    return place


def not_confirmed() -> None:
    """Under the headline, where it rests on defaults: how many nobody has confirmed, and where to do so."""
    say, count = session.say(), register.unconfirmed_answers(session.plan())
    if not count:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":material/help: "
            + say.plural(
                "This rests on {count} standard number that nobody has confirmed yet.",
                "This rests on {count} standard numbers that nobody has confirmed yet.",
                count,
            ),
            width="content",
        )
        st.page_link("assumptions.py", label=say.text("Assumptions"), icon=":material/arrow_forward:", width="content")


# Guess first ---------------------------------------------------------------------------------------------------------


def guess() -> None:
    """Ask what the plan would add to customer equity."""
    say = session.say()
    if session.plan().as_today:
        st.info(say.text("Move some euros first; then say what you expect of it."), icon=":material/visibility_off:")
        return
    today = markdown_text(say.short_money(float(results.read_out(session.plan()).today.customer_equity[0, 0])))
    asked = say.text("#### What will this plan add to customer equity? Today it is {today}.", today=today)
    st.markdown(asked, anchors=False)
    typed(
        say.text("Your guess (a loss with a minus)"),
        "guess",
        "",
        lambda text: session.show("guessed", (results.split_of(session.plan()), say.parse_number(text))),
    )
