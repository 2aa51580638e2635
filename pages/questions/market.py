"""Believe: what the market does when we win customers: whether prospects run out, and whether rivals answer."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.frame import session, widgets
from pages.frame.fields import ranged
from pages.questions.believe import PERIOD_NAMES
from strategy.case.beliefs import scaled, with_end
from strategy.case.editing import POOL_NUMBERS
from strategy.case.estimate import MAX_AMOUNT, Estimate
from strategy.errors import PlannerError
from strategy.explanations.telling import SUPPOSED
from strategy.plan import market, results
from strategy.plan.plan import Plan
from strategy.plan.register import SHARES
from strategy.words.messages import FIELD_NAMES
from strategy.words.wording import N_, Wording, markdown_text

ANSWERED = N_("answers about the market of {segment}")
ASKS = {
    "refill": N_("How many new prospects appear {per}?"),
    "return_share": N_("Of 100 customers who leave, how many could come back?"),
    "rival_response": N_("If you win more, how much of it do rivals take back, of 100?"),
}
HELP = {
    "refill": N_(
        "People who become prospects: they move in, grow up, start a firm. 0 means that nobody does. Leave it empty "
        "where prospects do not run out."
    ),
    "return_share": N_("Who comes back can be won again a period later, and is welcomed as a new customer."),
    "rival_response": N_(
        "Of what you win beyond today and keep on winning, the part that rivals undo by answering: 0 nothing, 100 all "
        "of it. Leave it empty where rivals do not answer."
    ),
}


def questions() -> None:
    """What is asked of the market of the chosen segment, with ranges where somebody wants them."""
    plan, say = session.plan(), session.say()
    segment = str(session.display("segment"))
    fields = market.asked(plan.case, segment)
    if not fields:
        return
    name = markdown_text(plan.case.segment(segment).name)
    with st.expander(say.text("The market of {segment}", segment=name), key="market", icon=":material/storefront:"):
        _asked(plan, segment, fields, say)


def _asked(plan: Plan, segment: str, fields: Sequence[str], say: Wording) -> None:
    known = {field: market.answered(plan, segment, field) for field in fields}
    key = f"ranges_market_{segment}"
    ranges = bool(session.display(key, any(value and not value.certain for value in known.values())))
    for column, field in zip(st.columns(len(fields), gap="medium", vertical_alignment="bottom"), fields, strict=True):
        with column:
            _question(plan, segment, field, known[field], ranges, say)
    st.toggle(
        say.text("With ranges"),
        key=widgets.put(key, ranges),
        on_change=lambda: session.show(key, bool(widgets.held(key))),
    )
    _notes(plan, segment, say)


def _question(plan: Plan, segment: str, field: str, value: Estimate | None, ranges: bool, say: Wording) -> None:
    label, about = say.text(ASKS[field], per=say.text(PERIOD_NAMES[plan.case.period])), say.text(HELP[field])
    if ranges:
        st.markdown(label, help=about)
    ranged(
        label,
        f"market_{segment}_{field}",
        scaled(value, _factor(field)) if value else None,
        lambda number: say.number(round(number, 6)),
        partial(_take, segment, field),
        ranges,
        None if ranges else about,
    )


def _factor(field: str) -> float:
    return 100.0 if field in SHARES else 1.0


def _take(segment: str, field: str, end: str, text: str) -> None:
    """Use what was typed for one end of an answer; nothing takes the answer back."""
    plan, say, factor = session.plan(), session.say(), _factor(field)
    value = None
    if text.strip():
        before = market.answered(plan, segment, field)
        number = say.parse_number(text) * (factor if "%" in text else 1.0)
        most = factor if field in SHARES else MAX_AMOUNT
        if not 0 <= number <= most:
            place = f"{plan.case.segment(segment).name}, {say.text(FIELD_NAMES[field])}"
            raise PlannerError("out_of_range", place=place, value=number, low=0, high=most)
        value = scaled(with_end(scaled(before, factor) if before else None, end, number), 1 / factor)
    changed = market.set_market(plan, segment, field, value)
    session.type_in(f"market_{segment}_{field}_{end}", ANSWERED, changed, segment=plan.case.segment(segment).name)


def _notes(plan: Plan, segment: str, say: Wording) -> None:
    """What the case supposes where nobody answered, and that the plan wins more people than there are."""
    told = [say.text(SUPPOSED[s.what]) for s in market.supposed(plan) if s.segment == segment]
    if told:
        st.caption(say.text("Nobody answered, so it is assumed: {what}.", what="; ".join(told)))
    missing = [field for field in POOL_NUMBERS if market.answered(plan, segment, field) is None]
    if len(missing) == 1:
        name = say.text(FIELD_NAMES[missing[0]])
        st.caption(say.text("Not answered yet, and 0 meanwhile: {what}.", what=name))
    overwon = market.overwon(plan.case, results.read_out(plan))
    over = next((over for over in overwon if over.segment == segment), None)
    if over:
        st.warning(
            say.text(
                "The plan wins {people} people here over its whole time, and there are {prospects} prospects: say how "
                "many new ones appear {per}, and they can run out.",
                people=say.people(over.won),
                prospects=say.people(over.prospects),
                per=say.text(PERIOD_NAMES[plan.case.period]),
            ),
            icon=":material/groups:",
        )
    refill, there = market.answered(plan, segment, "refill"), plan.case.segment(segment).prospects
    if refill and refill.likely > there.likely:
        st.warning(
            say.text(
                "More prospects appear {per} ({people}) than there are today ({prospects}): check both numbers.",
                people=say.people(refill.likely),
                prospects=say.people(there.likely),
                per=say.text(PERIOD_NAMES[plan.case.period]),
            ),
            icon=":material/rule:",
        )
