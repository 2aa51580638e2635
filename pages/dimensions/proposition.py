"""What the value proposition's page adds to its questions: example needs, the gaps beside the beliefs, the demands."""

import streamlit as st

from pages.frame import session
from pages.frame.fields import attempt
from pages.frame.show import show
from strategy import charts
from strategy.dimensions.value_map import DEMANDS, EXAMPLE_ALTERNATIVE, EXAMPLE_NEEDS, Gap, gaps, needs
from strategy.plan.plan import set_answer
from strategy.questions import BY_CODE
from strategy.words.wording import N_, Wording, markdown_text

EXAMPLES_TAKEN = N_("example needs for {segment}")
EXAMPLE = N_("{text} (example)")
GAPS_SHOWN = 3


def needs_of(segment: str) -> None:
    """The needs of a segment beside the alternatives, and the gaps; where there are none yet, how to begin."""
    plan, say = session.plan(), session.say()
    found, name = needs(plan.answer("needs"), segment), plan.case.segment(segment).name
    if not found:
        st.info(
            say.text(
                "No needs of {segment} yet. Ask what these customers want done and what they compare us with, and type "
                "it in the table above: a row per need and alternative.",
                segment=markdown_text(name),
            ),
            icon=":material/edit_note:",
        )
        if any("segment" not in row for row in plan.answer("needs") or ()):
            st.warning(say.text("A row without a segment counts for none: choose one in its first column."))
        st.button(
            say.text("Start from example needs"),
            key="example_needs",
            help=say.text("Adds four invented needs, each marked as an example, for you to change. Undo removes them."),
            on_click=_use_examples,
            args=(segment,),
        )
        return
    show(lambda: charts.value_curve(found, name, say), "value_curve")
    show(lambda: charts.need_gaps(gaps(found), name, say), "need_gaps")


def _use_examples(segment: str) -> None:
    plan, say = session.plan(), session.say()
    rows = [
        {
            "segment": segment,
            "need": say.text(EXAMPLE, text=say.text(need)),
            "importance": importance,
            "ours": ours,
            "alternative": say.text(EXAMPLE, text=say.text(EXAMPLE_ALTERNATIVE)),
            "theirs": theirs,
        }
        for need, importance, ours, theirs in EXAMPLE_NEEDS
    ]
    answer, name = [*(plan.answer("needs") or ()), *rows], plan.case.segment(segment).name
    attempt("needs", lambda: session.change(EXAMPLES_TAKEN, set_answer(plan, "needs", answer), segment=name))


def gaps_beside(segment: str) -> None:
    """What to have in mind at the question about unlimited effort: where we are furthest behind and ahead."""
    plan, say = session.plan(), session.say()
    found = gaps(needs(plan.answer("needs"), segment))
    behind = [gap for gap in found if gap.size < 0][:GAPS_SHOWN]
    ahead = [gap for gap in reversed(found) if gap.size > 0][:GAPS_SHOWN]
    lines = [say.text("However much we spend, customers compare us with the alternatives:")] if found else []
    if behind:
        lines.append(say.text("- what holds us back: {gaps}", gaps=", ".join(_gap(gap, say) for gap in behind)))
    if ahead:
        lines.append(say.text("- what carries us further: {gaps}", gaps=", ".join(_gap(gap, say) for gap in ahead)))
    if not found:
        lines = [say.text("Fill in the needs first: the gaps with the alternatives set how far unlimited effort gets.")]
    st.caption("\n".join(lines))


def _gap(gap: Gap, say: Wording) -> str:
    return say.text("{need} ({size})", need=markdown_text(gap.need), size=say.signed_number(gap.size))


def individualisation() -> None:
    """From standard to co-creation: what each asks of us, and where we stand."""
    plan, say = session.plan(), session.say()
    chosen = plan.answer("individualisation")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show(lambda: charts.individualisation_demands(chosen, plan.answer("competences"), say), "individualisation")
    with right:
        for option in BY_CODE["individualisation"].options:
            demand = DEMANDS[option.code]
            told = say.text(
                "**{step}**: {meaning}. At the centre: {centre}. It takes: {needed}.",
                step=say.text(option.text),
                meaning=say.text(option.meaning),
                centre=say.text(demand.centre),
                needed=say.text(demand.needed),
            )
            st.markdown(f":material/arrow_right: {told}" if option.code == chosen else told)
        st.caption(say.text("The levels from 1 to 5 are a rule of thumb of this planner; compare, do not measure."))


def relation() -> None:
    """What is exchanged, on its two axes, and the relation between its poles."""
    plan, say = session.plan(), session.say()
    left, right = st.columns(2, gap="medium")
    with left:
        show(lambda: charts.resources_exchanged(plan.answer("resources") or {}, say), "resources")
    with right:
        show(lambda: charts.relation_profile(plan.answer("profile") or {}, say), "profile")
    if not (plan.answer("resources") and plan.answer("profile")):
        st.caption(say.text("You score both above, under “{more}”.", more=say.text("Go deeper")))
