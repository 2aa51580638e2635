"""The numbers that matter first, and guessing before seeing them."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.frame import jobs, session, widgets
from pages.frame.fields import typed
from strategy.charts.drawing.labels import phase_names, place_label
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
    """How sure the plan is, drawn in its place once it is known; asked for last, while the rest is drawn."""
    plan, say = session.plan(), session.say()
    with place:
        found = outlook(plan, say)
        if found is not None:
            _sure(plan, found, say)
    return found


def figures() -> DeltaGenerator:
    """Customer equity and uplift, their split and the next euro; returns the place for `how_sure`."""
    plan, say = session.plan(), session.say()
    jobs.begin("outlook", results.outlook_key(plan), results.outlook, plan)
    readouts = results.read_out(plan)
    equity, mix, sure, euro = st.columns(4, gap="medium")
    equity.metric(
        say.text("Customer equity"),
        say.short_money(readouts.customer_equity),
        say.text("likely {uplift} against today", uplift=say.signed_short_money(readouts.uplift)),
        delta_color="off",
        delta_arrow="off" if readouts.uplift == 0 else "up" if readouts.uplift > 0 else "down",
        help=say.text("The value of all current and future customers, net of spend."),
    )
    mix.metric(
        say.text("From a better mix"),
        say.signed_short_money(readouts.better_mix),
        say.text("{amount} from more money", amount=say.signed_short_money(readouts.more_money)),
        delta_color="off",
        delta_arrow="off",
        help=say.text("More money: today's mix scaled to the plan's total. Better mix: the rest of the uplift."),
    )
    with euro:
        _next_euro(plan, say)
    guessed = session.display("guessed")
    if guessed and guessed[0] == results.split_of(plan):
        off = markdown_text(say.signed_short_money(readouts.uplift - guessed[1]))
        mine = markdown_text(say.signed_short_money(guessed[1]))
        real = markdown_text(say.signed_short_money(readouts.uplift))
        st.info(say.text("You guessed {guess}; the model says {real}: {off}.", guess=mine, real=real, off=off))
    return sure


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


def _sure(plan: Plan, found: Outlook, say: Wording) -> None:
    if plan.as_today:
        low, high = float(found.customer_equity.p05[0]), float(found.customer_equity.p95[0])
        st.metric(
            say.text("How sure (90% of draws)"),
            say.text("± {amount}", amount=say.short_money((high - low) / 2)),
            say.span(low, high, say.short_money),
            delta_color="off",
            delta_arrow="off",
        )
        return
    low, high = float(found.uplift.p05[1]), float(found.uplift.p95[1])
    st.metric(
        say.text("Better than today"),
        say.text("in {share} of draws", share=say.chance(float(found.better[1, 0]))),
        say.text(
            "on average {mean}; {span}",
            mean=say.signed_short_money(float(found.uplift.mean[1])),
            span=say.span(low, high, say.signed_short_money),
        ),
        delta_color="off",
        delta_arrow="off",
        help=say.text(
            "Over {count} draws from what people believe; the range holds 90% of them. Their average differs from the "
            "uplift that is likely, {likely}: what disappoints may cost more than what surprises brings, or less.",
            count=plan.draws,
            likely=say.signed_short_money(results.read_out(plan).uplift),
        ),
    )


def _next_euro(plan: Plan, say: Wording) -> None:
    returns = results.read_out(plan).marginal_return
    if np.isnan(returns).all():
        st.metric(say.text("The next euro"), "–")
        return
    best = results.next_step(plan)
    with st.container(gap="xxsmall"):
        st.metric(
            say.text("The next euro earns most"),
            say.multiple(best.multiple) if best else "–",
            help=say.text("What one more euro in every period of that phase brings back. Above 1 it pays.")
            if plan.phased
            else say.text("What one more euro in every period brings back in customer equity. Above 1 it pays."),
        )
        if best:
            place = place_label(plan.case, best, say)
            if plan.phased and best.phase is not None:
                place = f"{place}, {phase_names(plan.case, plan.starts, say)[best.phase]}"
            st.caption(markdown_text(place))


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
