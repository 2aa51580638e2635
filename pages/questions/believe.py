"""Believe: what spending would change, answered in people and money, the curve drawn while it is typed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, heading, row, typed
from pages.frame.show import show
from pages.frame.tabs import tabs
from pages.questions import draws, opinions
from strategy import charts
from strategy.case.beliefs import ASKED, Origin, asked_spends, believe, believe_constant, said, scale, with_end
from strategy.case.case import Case, Constant
from strategy.case.editing import Key, with_family
from strategy.case.estimate import Estimate
from strategy.case.families import CURVES
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.errors import PlannerError
from strategy.explanations.own_words import ends_in_own_words, in_own_words
from strategy.plan import results
from strategy.plan.plan import set_case
from strategy.words.lever_words import FAMILY_NAMES, FAMILY_TERMS, LEVER_WORDS
from strategy.words.messages import LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import N_, Wording, markdown_text

BELIEVED = N_("answers about {lever} in {segment}")
PERIOD_NAMES = {"year": N_("a year"), "quarter": N_("a quarter"), "month": N_("a month")}
TODAYS, AT_AMOUNT = N_("today's {amount}"), N_("a spend of {amount}")
SHORT = 5
WIDER = 0.5
"""How far a first curve reaches from a constant towards unlimited spend, as a share of it; people then change it."""


def answers(*levers: str, fields: Sequence[str] = ASKED, beside: Callable[[str], None] | None = None) -> None:
    """The four answers of levers for one segment at a time, with the curve that follows from them.

    fields  which of ASKED are asked; the others stay as they are
    beside  draws, for a segment, what to have in mind while answering
    """
    say, segment = session.say(), chosen_segment()
    views = {say.text(LEVER_NAMES[lever]): partial(_asked, segment, lever, fields, beside) for lever in levers}
    if len(views) == 1:
        next(iter(views.values()))()
    else:
        tabs("believe_levers", views)


def _asked(segment: str, lever: str, fields: Sequence[str], beside: Callable[[str], None] | None) -> None:
    """One lever's answers with the curve beside them."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        if beside:
            beside(segment)
        _lever(segment, lever, fields)
    plan, say = session.plan(), session.say()
    with right:
        if isinstance(plan.case.segment(segment).levers[lever], Constant):
            st.info(
                say.text(
                    "In {segment} spending changes nothing here, so there is no curve. Choose another segment, or "
                    "press “Spending would move it” on the left.",
                    segment=markdown_text(plan.case.segment(segment).name),
                )
            )
        else:
            given = results.given(plan.case)
            show(lambda: charts.response_curves(plan.case, given, plan.spend, lever, say, segment), f"believe_{lever}")
    opinions.panel(segment, lever)
    draws.panel(segment, lever)


def chosen_segment(where: str = "") -> str:
    """The segment that the reader is looking at; the same on every page.

    where  tells apart several places to choose it on one page
    """
    say, names = session.say(), session.segment_names()
    if session.display("segment") not in names:
        session.show("segment", _most_to_believe(session.plan().case))
    key = widgets.put(f"segment{where}", session.display("segment"))

    def changed() -> None:
        if widgets.held(key) in names:
            session.show("segment", widgets.held(key))

    label = say.text("Segment")
    if len(names) <= SHORT:
        shown = {segment: markdown_text(name) for segment, name in names.items()}
        st.segmented_control(
            label,
            list(names),
            key=key,
            format_func=lambda code: shown.get(code, code),
            required=True,
            on_change=changed,
            label_visibility="collapsed",
        )
    else:
        st.selectbox(label, list(names), key=key, format_func=lambda code: names.get(code, code), on_change=changed)
    return str(session.display("segment"))


def _most_to_believe(case: Case) -> str:
    """The first of the segments where spending moves the most levers."""
    moving = {s.id: sum(not isinstance(s.levers[lever], Constant) for lever in LEVER_CODES) for s in case.segments}
    return max(moving, key=lambda segment: moving[segment])


def _lever(segment: str, lever: str, fields: Sequence[str]) -> None:
    plan, say = session.plan(), session.say()
    told = said(plan.case, segment, lever)
    per = say.text(PERIOD_NAMES[plan.case.period])
    if "constant" in told:
        _constant(segment, lever, told["constant"] or Estimate.of(0), say)
        return
    if opinions.counts(segment, lever):
        return
    spends = asked_spends(plan.case, segment, lever)
    ranged = any(value and not value.certain for value in told.values())
    key = f"ranges_{segment}_{lever}"
    widgets.put(key, session.display(key, ranged))
    asks = say.text(LEVER_WORDS[lever].asks, per=per)
    with st.container(key=f"rows_{lever}", gap="xxsmall"):
        heading(f"**{say.text(LEVER_NAMES[lever])}**: {asks}", lever, bool(session.display(key, ranged)))
        for field in fields:
            _answer(segment, lever, field, told, spends, bool(session.display(key, ranged)))
    st.toggle(
        say.text("With ranges"),
        key=key,
        help=say.text("Each answer as at least, most likely and at most: the planner then shows how sure a plan is."),
        on_change=lambda: session.show(key, bool(widgets.held(key))),
    )
    _family(segment, lever)
    today = plan.case.segment(segment).levers[lever].spend
    if today == 0 and "answer_1" in fields:
        _amount_asked(segment, lever, spends)
    st.button(
        say.text("Spending does not move it"),
        key=f"constant_{segment}_{lever}",
        icon=":material/horizontal_rule:",
        type="tertiary",
        on_click=_make_constant,
        args=(segment, lever),
    )


def _answer(
    segment: str,
    lever: str,
    field: str,
    told: Mapping[str, Estimate | None],
    spends: tuple[float, float],
    ranges: bool,
) -> None:
    say = session.say()
    value = told[field]
    label = f"… {_label(field, spends, session.plan().case, segment, lever, say)}"
    key, take = f"believe_{segment}_{lever}_{field}", partial(_take, segment, lever, field)
    row(label, key, value, partial(_shown, say=say), take, ranges)


def _label(field: str, spends: tuple[float, float], case: Case, segment: str, lever: str, say: Wording) -> str:
    today = case.segment(segment).levers[lever].spend
    amounts = [markdown_text(say.short_money(spend)) for spend in spends]
    match field:
        case "floor":
            return say.text("no spend")
        case "answer_1":
            same = abs(spends[0] - today) <= 1e-9 * max(today, 1.0)
            return say.text(TODAYS if same else AT_AMOUNT, amount=amounts[0])
        case "answer_2":
            return say.text("a spend of {amount} (may stay empty)", amount=amounts[1])
        case _:
            return say.text("unlimited spend")


def _shown(value: float, say: Wording) -> str:
    """An answer in the field: rounded as far as nobody would type more."""
    rounded = round(value, 6 if abs(value) < 1 else 3)
    return say.number(rounded)


def _take(segment: str, lever: str, field: str, end: str, text: str) -> None:
    """Use what was typed for one end of one answer."""
    plan, say = session.plan(), session.say()
    told, spends = said(plan.case, segment, lever), asked_spends(plan.case, segment, lever)
    try:
        given = text.strip() or field != "answer_2"
        told[field] = with_end(told[field], end, say.parse_number(text)) if given else None
    except PlannerError as error:
        raise ends_in_own_words(error, say) from None
    try:
        changed = believe(plan.case, segment, lever, told, spends)
    except PlannerError as error:
        raise in_own_words(error, plan.case, segment, lever, told, spends, say) from None
    key = f"believe_{segment}_{lever}_{field}_{end}"
    _record(changed, segment, lever, (field,), typing=key)


def _record(changed: Case, segment: str, lever: str, fields: Sequence[str], typing: str = "") -> None:
    say = session.say()
    origins: dict[Key, Origin] = {(segment, lever, field): Origin(kind="believed") for field in fields}
    plan = set_case(session.plan(), changed, origins)
    trouble.forget(f"family_{segment}_{lever}")
    names = {"lever": say.text(LEVER_NAMES[lever]).lower(), "segment": changed.segment(segment).name}
    if typing:
        session.type_in(typing, BELIEVED, plan, **names)
    else:
        session.change(BELIEVED, plan, **names)


def _family(segment: str, lever: str) -> None:
    """The form of the curve: what so many answers give by themselves, or one chosen by hand."""
    say, key = session.say(), f"family_{segment}_{lever}"
    believed = session.plan().case.segment(segment).levers[lever]
    if isinstance(believed, Constant):
        return
    terms = "\n".join(f"- {say.text(name)}: {say.text(FAMILY_TERMS[code])}" for code, name in FAMILY_NAMES.items())
    about = say.text(
        "By itself the form follows from how many answers there are: one at a spend, or two. The terms in the "
        "literature:"
    )
    st.selectbox(
        say.text("Form of the curve"),
        list(CURVES),
        key=widgets.put(key, believed.family),
        format_func=lambda code: say.text(FAMILY_NAMES[code]) if code in FAMILY_NAMES else code,
        help=f"{about}\n\n{terms}",
        on_change=_take_family,
        args=(segment, lever, key),
    )
    trouble.complaint(key)


def _take_family(segment: str, lever: str, key: str) -> None:
    chosen = str(widgets.held(key))

    def take() -> None:
        _record(with_family(session.plan().case, segment, lever, chosen), segment, lever, ())

    attempt(key, take, chosen, named=lambda place: session.plan().case.segment(segment).name)


def _amount_asked(segment: str, lever: str, spends: tuple[float, float]) -> None:
    """Where nothing is spent today, the amount that the middle answer is about."""
    say = session.say()

    def take(text: str) -> None:
        plan = session.plan()
        amount = say.parse_number(text)
        ratio = spends[1] / spends[0]
        told = said(plan.case, segment, lever)
        _record(believe(plan.case, segment, lever, told, (amount, ratio * amount)), segment, lever, ("answer_1",))

    label = say.text("Nothing is spent here today. Think of a spend of")
    typed(label, f"asked_{segment}_{lever}", say.money(spends[0], 0), take)


# Where spending moves nothing ----------------------------------------------------------------------------------------


def _constant(segment: str, lever: str, value: Estimate, say: Wording) -> None:
    def take(text: str) -> None:
        number = Estimate.of(say.parse_number(text))
        changed = believe_constant(session.plan().case, segment, lever, number)
        _record(changed, segment, lever, ("constant",), typing=f"constant_{segment}_{lever}")

    st.markdown(f"**{say.text(LEVER_NAMES[lever])}**")
    typed(
        say.text(LEVER_WORDS[lever].constant),
        f"fixed_{segment}_{lever}",
        _shown(value.likely, say),
        take,
        live=True,
    )
    st.button(
        say.text("Spending would move it"),
        key=f"curve_{segment}_{lever}",
        icon=":material/show_chart:",
        help=say.text("Draws a first curve for you to change: half way at a tenth of the budget."),
        on_click=_make_curve,
        args=(segment, lever),
    )


def _make_constant(segment: str, lever: str) -> None:
    plan = session.plan()
    today = said(plan.case, segment, lever)["answer_1"] or Estimate.of(0)
    _record(believe_constant(plan.case, segment, lever, today), segment, lever, ("constant",))


def _make_curve(segment: str, lever: str) -> None:
    """A first curve where there was none: people change it, and it is marked to be confirmed."""
    plan, say = session.plan(), session.say()
    kind = LEVERS[lever]
    value = (said(plan.case, segment, lever)["constant"] or Estimate.of(0)).likely
    factor = scale(plan.case, segment, lever).factor
    most = factor if kind.moves.is_rate else (1 + WIDER) * max(value, 1.0)
    end = value + WIDER * (most - value) if kind.direction > 0 else (1 - WIDER) * value
    told = {"floor": value, "answer_1": (value + end) / 2, "ceiling": end}
    amount = plan.budget / 10 or 1.0

    def drawn() -> None:
        believed = {field: Estimate.of(number) for field, number in told.items()}
        changed = believe(plan.case, segment, lever, believed, (amount, 1.5 * amount))
        origins: dict[Key, Origin] = {(segment, lever, f): Origin(kind="default", confirm=True) for f in told}
        metric = say.text(METRIC_NAMES[kind.metric])
        session.change(BELIEVED, set_case(plan, changed, origins), lever=metric, segment=changed.segment(segment).name)

    attempt(f"fixed_{segment}_{lever}", drawn, say.number(value))
