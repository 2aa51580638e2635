"""Initiatives: named plans with a start, an effect and a cost of their own, to add, change, choose and remove."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.money.controls import take_initiative
from strategy.case.case import Initiative
from strategy.case.editing import entry_document, with_entry, without_entry
from strategy.case.levers import LEVER_CODES, LEVERS, METRICS
from strategy.charts.drawing.labels import SHARES, brief
from strategy.dimensions.operations import InitiativeGain, initiative_gains
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.words.messages import LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import N_, Wording, markdown_text

ADDED = N_("initiative {name} added")
CHANGED = N_("initiative {name} changed")
REMOVED = N_("initiative {name} removed")
PLUS = {
    "acquisition_rate": N_("Or: of 100 prospects, how many more are won"),
    "revenue": N_("Or: how much more a customer spends {per_period}"),
    "retention_rate": N_("Or: of 100 customers, how many more stay"),
    "cost_to_serve": N_("Or: how much more it costs to serve a customer {per_period} (less: −)"),
    "referral_rate": N_("Or: new customers that 100 customers bring, how many more"),
}
LONGEST_NAME = 200
TROUBLE = "initiative_trouble"
"""The place of what went wrong with an initiative as a whole."""


def editor() -> None:
    """Every initiative with what it adds at the present plan, whether it is in the plan, and a form to change one."""
    plan, say = session.plan(), session.say()
    st.markdown(
        say.text(
            "Named plans that share the budget with the running programmes. Tick what is in the plan; the amount is "
            "what each adds to customer equity at the present plan, its cost taken off."
        )
    )
    gains = initiative_gains(results.given(plan.case), plan.spend, plan.initiatives)
    for initiative in plan.case.initiatives:
        _row(plan, initiative, gains[initiative.id], say)
    if plan.initiatives:
        part = results.read_out(plan).attribution["initiatives"]
        st.caption(
            say.text(
                "The waterfall on Budget gives the chosen ones {part} together: what they and the levers do for each "
                "other is shared there (Shapley), here it counts in full.",
                part=markdown_text(say.signed_short_money(part)),
            )
        )
    if not plan.case.initiatives:
        st.info(say.text("No initiatives yet. Add one: a loyalty club, a new app, a training."), icon=":material/add:")
    st.button(say.text("Add an initiative"), key="initiative_add", icon=":material/add:", on_click=_add)
    if plan.case.initiatives:
        form = st.expander(say.text("Change or remove an initiative"), key="initiative_form", on_change="rerun")
        if form.open:
            with form:
                _form(session.plan(), say)
    trouble.complaint(TROUBLE)


def _row(plan: Plan, initiative: Initiative, gain: InitiativeGain, say: Wording) -> None:
    """One initiative: whether it is in the plan, what it does and costs, and what it adds."""
    key = widgets.put(f"in_plan_{initiative.id}", initiative.id in plan.initiatives)
    with st.container(gap="xxsmall"):
        adds = say.text("**{gain}** customer equity", gain=markdown_text(say.signed_short_money(gain.gain)))
        st.checkbox(
            f"**{markdown_text(brief(initiative.name, 80))}** · {adds}",
            key=key,
            on_change=take_initiative,
            args=(key, initiative.id, initiative.name),
        )
        st.caption(f"{_described(plan, initiative, say)}{_returns(gain, say)}")


def _described(plan: Plan, initiative: Initiative, say: Wording) -> str:
    """What an initiative does, where, from when, and what it costs; Markdown."""
    names = session.segment_names()
    where = ", ".join(brief(names[s]) for s in initiative.segments) if initiative.segments else say.text("all segments")
    return say.text(
        "{lever} · {where}: {metric} {effect} · {start} · {once} once, {running} {per_period}",
        lever=say.text(LEVER_NAMES[initiative.lever]),
        where=markdown_text(where),
        metric=say.text(METRIC_NAMES[initiative.metric]),
        effect=markdown_text(_effect(initiative, say)),
        start=_when(plan, initiative, say),
        once=markdown_text(say.short_money(initiative.one_off)),
        running=markdown_text(say.short_money(initiative.per_period)),
        per_period=say.per(plan.case.period),
    )


def _effect(initiative: Initiative, say: Wording) -> str:
    parts = []
    if initiative.multiply != 1:
        parts.append(say.signed_percent(initiative.multiply - 1))
    if initiative.add:
        share = initiative.metric in SHARES
        parts.append(say.points(initiative.add) if share else say.signed_short_money(initiative.add))
    return say.text(" and ").join(parts) or say.text("unchanged")


def _when(plan: Plan, initiative: Initiative, say: Wording) -> str:
    start = say.period_number(plan.case.period, initiative.start)
    if initiative.end is None:
        return say.text("from {start} on", start=start)
    return say.text("{start} to {end}", start=start, end=say.period_number(plan.case.period, initiative.end))


def _returns(gain: InitiativeGain, say: Wording) -> str:
    if gain.multiple is None:
        return ""
    return " · " + say.text("brings back {multiple}", multiple=markdown_text(say.multiple(gain.multiple)))


# Changing one --------------------------------------------------------------------------------------------------------


def _add() -> None:
    plan, name = session.plan(), session.say().text("New initiative")
    entry = {"name": name, "lever": "reduce_cost", "metric": "cost_to_serve", "from": 1}

    def added() -> None:
        case = with_entry(plan.case, "initiatives", entry)
        session.change(ADDED, set_case(plan, case), name=name)
        session.show("initiative", case.initiatives[-1].id)
        widgets.put("initiative_form", True)

    attempt(TROUBLE, added)


def _remove(initiative: str, name: str) -> None:
    plan = session.plan()
    session.change(REMOVED, set_case(plan, without_entry(plan.case, "initiatives", initiative)), name=name)


def _change(initiative: str, **fields: Any) -> None:
    """An initiative with other fields, named as in a case file. Raises PlannerError."""
    plan = session.plan()
    known = next(i for i in plan.case.initiatives if i.id == initiative)
    entry = entry_document(known) | fields
    session.change(CHANGED, set_case(plan, with_entry(plan.case, "initiatives", entry)), name=str(entry["name"]))


def _take(initiative: str, **fields: Any) -> None:
    """Give an initiative other fields, or say on the page why not."""
    attempt(TROUBLE, lambda: _change(initiative, **fields))


def _form(plan: Plan, say: Wording) -> None:
    names = {initiative.id: initiative.name for initiative in plan.case.initiatives}
    if session.display("initiative") not in names:
        session.show("initiative", next(iter(names)))
    key = widgets.put("initiative_chosen", session.display("initiative"))
    st.selectbox(
        say.text("Initiative"),
        list(names),
        key=key,
        format_func=lambda code: names.get(code, code),
        on_change=lambda: session.show("initiative", widgets.held(key)),
    )
    initiative = next(i for i in plan.case.initiatives if i.id == session.display("initiative"))
    left, right = st.columns(2, gap="medium")
    with left:
        _what(initiative, say)
    with right:
        _how_much(plan, initiative, say)
    st.button(
        say.text("Remove this initiative"),
        key=f"remove_{initiative.id}",
        icon=":material/delete:",
        on_click=_remove,
        args=(initiative.id, initiative.name),
    )


def _what(initiative: Initiative, say: Wording) -> None:
    """Its name, lever, segments, and when it runs."""
    key = widgets.put(f"name_{initiative.id}", initiative.name)
    st.text_input(
        say.text("Name"),
        key=key,
        max_chars=LONGEST_NAME,
        on_change=lambda: _take(initiative.id, name=str(widgets.held(key) or "")),
    )
    levers = {code: say.text(LEVER_NAMES[code]) for code in LEVER_CODES}
    _choose(say.text("Lever"), f"lever_of_{initiative.id}", list(levers), initiative.lever, levers.__getitem__,
            lambda lever: _take(initiative.id, **_of_lever(initiative, lever)))  # fmt: skip
    segments, where = session.segment_names(), widgets.put(f"where_{initiative.id}", list(initiative.segments or ()))
    st.multiselect(
        say.text("Segments"),
        list(segments),
        key=where,
        format_func=lambda segment: segments.get(segment, segment),
        placeholder=say.text("all segments"),
        on_change=lambda: _take(initiative.id, segments=list(widgets.held(where)) or None),
    )
    _time(session.plan(), initiative, say)


def _of_lever(initiative: Initiative, lever: str) -> dict[str, Any]:
    """Another lever; the metric moves along where it was the lever's own, and its effect starts anew."""
    if initiative.metric != LEVERS[initiative.lever].metric:
        return {"lever": lever}
    return {"lever": lever, "metric": LEVERS[lever].metric, "add": 0.0}


def _time(plan: Plan, initiative: Initiative, say: Wording) -> None:
    case = plan.case
    left, right = st.columns(2)
    last = max(case.horizon, initiative.end or 0)
    with left:
        _choose(
            say.text("From"),
            f"from_{initiative.id}",
            list(range(1, case.horizon + 1)),
            initiative.start,
            lambda number: say.period_number(case.period, number),
            lambda start: _take(initiative.id, **_from(start, initiative.end)),
        )
    with right:
        _choose(
            say.text("To"),
            f"to_{initiative.id}",
            [0, *range(initiative.start, last + 1)],
            initiative.end or 0,
            lambda number: say.period_number(case.period, number) if number else say.text("lasting"),
            lambda end: _take(initiative.id, to=end or None),
        )


def _from(start: int, end: int | None) -> dict[str, int | None]:
    """Another start; an end before it moves along."""
    return {"from": start, "to": None if end is None else max(start, end)}


def _choose(
    label: str, key: str, options: list[Any], now: Any, words: Callable[[Any], Any], take: Callable[[Any], None]
) -> None:
    """A list to choose one of."""
    widgets.put(key, now)

    def changed() -> None:
        if widgets.held(key) in options:
            take(widgets.held(key))

    st.selectbox(label, options, key=key, format_func=words, on_change=changed)


def _how_much(plan: Plan, initiative: Initiative, say: Wording) -> None:
    """What it changes, as a percentage or as so much more, and what it costs."""
    name, per = initiative.id, say.per(plan.case.period)
    metrics = {code: say.text(METRIC_NAMES[code]) for code in METRICS}
    _choose(say.text("What it changes"), f"metric_{name}", list(metrics), initiative.metric, metrics.__getitem__,
            lambda metric: _take(name, metric=metric, add=0.0))  # fmt: skip
    factor = 100.0 if initiative.metric in SHARES else 1.0
    typed(
        say.text("How many % higher (lower: −)"),
        f"percent_{name}",
        _signed(round(initiative.multiply - 1, 10), partial(say.signed_percent, digits=None), say.percent(0, 0)),
        lambda text: _change(name, multiply=1 + _share(text, say)),
        help=say.text("+4% on a cost of 50 makes 52; −4% makes 48."),
    )
    typed(
        say.text(PLUS[initiative.metric], per_period=per),
        f"plus_{name}",
        _signed(round(factor * initiative.add, 8), say.signed_number, say.number(0)),
        lambda text: _change(name, add=_number(text, say) / factor),
    )
    for field, label, amount in (
        ("one_off", say.text("One-off cost"), initiative.one_off),
        ("per_period", say.text("Running cost {per_period}", per_period=per), initiative.per_period),
    ):
        shown = say.money(amount, 0 if amount == round(amount) else None)
        typed(label, f"{field}_{name}", shown, partial(_set_amount, name, field))


def _set_amount(name: str, field: str, text: str) -> None:
    _change(name, **{field: _number(text, session.say())})


def _signed(change: float, write: Callable[[float], str], none: str) -> str:
    """A change with its sign; no change without."""
    return write(change) if change else none


def _number(text: str, say: Wording) -> float:
    """A typed number; nothing typed is 0."""
    return say.parse_number(text) if text.strip() else 0.0


def _share(text: str, say: Wording) -> float:
    """A typed percentage as a share, with or without its sign: 4 and 4% are 0.04."""
    return _number(text, say) / (1 if "%" in text else 100)
