"""What it takes: the questions of operationalization by subject, their evidence, and automation."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.dimensions import initiatives
from pages.frame import session, trouble
from pages.frame.fields import attempt
from pages.frame.show import show
from pages.frame.tabs import tabs
from pages.questions import ask
from strategy import charts
from strategy.case.beliefs import Origin
from strategy.case.editing import Key
from strategy.charts.drawing.labels import brief
from strategy.dimensions.operations import (
    CostAnswer,
    balance,
    cost_answer,
    saved_per_customer,
    time_freed,
    with_automation,
    without_owner,
)
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.questions import Question
from strategy.questions.operationalization import AUTOMATION, CHANNEL, FIRST, MEASURING, PEOPLE, SKILLS, SYSTEMS
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

AUTOMATED = N_("automation counted in the cost to serve {segment}")
AUTOMATED_ALL = N_("automation counted in the cost to serve all segments")
CEILING = "ceiling"
MOST_SEGMENTS = 8
"""Segments that have a button of their own; with more there is one for all."""


def first_questions() -> None:
    """The questions that matter most."""
    _asked(FIRST)


def topics() -> None:
    """The other questions by subject; only the open one is drawn."""
    say = session.say()
    told = (
        (say.text("Initiatives"), initiatives.editor),
        (say.text("Activities and people"), _activities),
        (say.text("Channels"), partial(_asked, CHANNEL)),
        (say.text("Information and systems"), partial(_asked, SYSTEMS)),
        (say.text("Competences"), partial(_asked, SKILLS)),
        (say.text("Measuring"), partial(_asked, MEASURING)),
        (say.text("Automation"), _automation),
    )
    tabs("operations_topics", dict(told))


def _asked(questions: Sequence[Question]) -> None:
    for question in questions:
        ask.ask(question)


def _activities() -> None:
    """Who does what, and the levers that get money while nobody owns an activity for them."""
    _asked(PEOPLE)
    plan, say = session.plan(), session.say()
    open_levers = [lever for lever in without_owner(plan.answer("activities")) if plan.lever_total(lever) > 0]
    if plan.answer("activities") and open_levers:
        named = ", ".join(
            f"{say.text(LEVER_NAMES[lever])} ({markdown_text(say.short_money(plan.lever_total(lever)))})"
            for lever in open_levers
        )
        warned = say.text("These get money, but nobody owns an activity for them yet: {levers}.", levers=named)
        st.warning(warned, icon=":material/person_off:")


# See -----------------------------------------------------------------------------------------------------------------


def competences() -> None:
    """How strong the four competences are beside one another."""
    plan, say = session.plan(), session.say()
    scores = plan.answer("competences")
    show(lambda: charts.competence_balance(scores, say), "competences")
    found = balance(scores)
    if found and found.ahead:
        warned = say.text("Out of balance: what is far ahead cannot be used until the others follow.")
        st.warning(warned, icon=":material/balance:")


def evidence() -> None:
    """The roadmap, and one click away channels, systems and time freed."""
    plan, say = session.plan(), session.say()
    told = (
        (say.text("Roadmap"), _roadmap),
        (say.text("Cost of channels"), _channels),
        (say.text("Hand-overs"), _hand_overs),
        (say.text("CRM system"), _systems),
        (say.text("Time freed"), _time_freed),
    )
    tabs("operations_evidence", {title: partial(draw, plan, say) for title, draw in told})


def _roadmap(plan: Plan, say: Wording) -> None:
    show(lambda: charts.roadmap(plan.case, plan.initiatives, say), "roadmap")


def _channels(plan: Plan, say: Wording) -> None:
    show(lambda: charts.channel_costs(plan.answer("channels"), say), "channel_costs")


def _hand_overs(plan: Plan, say: Wording) -> None:
    show(lambda: charts.hand_over_map(plan.answer("handovers"), say), "hand_overs")


def _systems(plan: Plan, say: Wording) -> None:
    show(lambda: charts.system_profile(plan.answer("components"), plan.answer("information"), say), "systems")


def _time_freed(plan: Plan, say: Wording) -> None:
    show(lambda: charts.hours_freed(plan.case, time_freed(plan.answer("automation")), say), "time_freed")


# Automation ----------------------------------------------------------------------------------------------------------


def _automation() -> None:
    """The tasks, and what the time they free is worth per customer, to take into the cost to serve."""
    _asked(AUTOMATION)
    plan, say = session.plan(), session.say()
    st.caption(
        say.text(
            "Counted as minutes a day × 225 working days × people × share automated. An empty cell is one person, the "
            "whole task; an empty segment is all customers."
        )
    )
    freed = time_freed(plan.answer("automation"))
    if not freed:
        return
    hours, money = sum(task.hours for task in freed), sum(task.money or 0.0 for task in freed)
    st.markdown(
        say.text(
            "Together **{hours} hours a year** for real contact with customers; they cost **{money} a year** now.",
            hours=say.short_number(hours),
            money=markdown_text(say.short_money(money)),
        )
    )
    if money <= 0:
        st.info(say.text("Give a cost per hour to see what this is worth per customer."), icon=":material/euro:")
        return
    _cost_to_serve(plan, say)


def _answers_with_automation(plan: Plan) -> dict[str, CostAnswer | None]:
    """{segment id: its cost to serve at unlimited spend with automation} where automation frees anything."""
    saved = saved_per_customer(results.given(plan.case), time_freed(plan.answer("automation")))
    return {
        segment: cost_answer(plan.case, segment, money, plan.origin((segment, "reduce_cost", CEILING)))
        for segment, money in saved.items()
        if money > 0
    }


def _cost_to_serve(plan: Plan, say: Wording) -> None:
    answers = _answers_with_automation(plan)
    if len(answers) <= MOST_SEGMENTS:
        for segment, answer in answers.items():
            _segment_answer(plan, segment, answer, say)
    waiting = [segment for segment, answer in answers.items() if answer and not answer.counted]
    if len(waiting) > 1:
        st.button(
            say.text("Use in all {count} segments", count=say.number(len(waiting))),
            key="automate_all",
            icon=":material/done_all:",
            on_click=_automate,
            args=(tuple(waiting),),
        )
    trouble.complaint("automate")


def _segment_answer(plan: Plan, segment: str, answer: CostAnswer | None, say: Wording) -> None:
    """What automation does to the answer of one segment, and a button that uses it."""
    name = markdown_text(brief(plan.case.segment(segment).name))
    if answer is None:
        st.markdown(
            say.text("**{segment}**: give its cost to serve a curve first, at the bottom of this page.", segment=name)
        )
        return
    words = {
        "segment": name,
        "saved": markdown_text(say.money(answer.saved)),
        "per_period": say.per(plan.case.period),
        "believed": markdown_text(say.money(answer.believed.likely)),
        "automated": markdown_text(say.money(answer.automated.likely)),
    }
    left, right = st.columns([5, 3], vertical_alignment="center")
    left.markdown(
        say.text(
            "**{segment}**: {saved} per customer {per_period}. Cost to serve at unlimited spend: {believed} as "
            "believed, {automated} with automation on top.",
            **words,
        )
    )
    if answer.counted:
        right.badge(say.text("counted in"), icon=":material/check:", color="gray")
    else:
        right.button(
            say.text("Use {automated} at unlimited spend", **words),
            key=f"automate_{segment}",
            on_click=_automate,
            args=((segment,),),
        )


def _automate(segments: Sequence[str]) -> None:
    """Count automation in where people said what unlimited spend could reach."""
    plan = session.plan()
    answers = _answers_with_automation(plan)

    def counted() -> None:
        case, origins = plan.case, dict[Key, Origin]()
        for segment in segments:
            answer = answers.get(segment)
            if answer:
                case, origins[segment, "reduce_cost", CEILING] = with_automation(case, segment, answer)
        changed = set_case(plan, case, origins)
        if len(segments) == 1:
            session.change(AUTOMATED, changed, segment=case.segment(segments[0]).name)
        else:
            session.change(AUTOMATED_ALL, changed)

    attempt("automate", counted)
