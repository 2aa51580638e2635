"""What happens outside: competitors' moves and trends as events, and customers who lapsed as prospects."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.frame.show import show
from pages.frame.why import term_help
from strategy import charts
from strategy.case.case import MAX_SEGMENTS, Event
from strategy.case.editing import with_entry, without_entry
from strategy.case.levers import METRICS, RATES
from strategy.dimensions.protection import (
    Lapsed,
    add_factor,
    changed_event,
    damages,
    leaving,
    new_event,
    reactivated,
    reactivation,
)
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.plan import Plan, set_case
from strategy.words.messages import METRIC_NAMES, explain
from strategy.words.wording import N_, Wording, markdown_text

ADDED = N_("event {name} added")
CHANGED = N_("event {name} changed")
REMOVED = N_("event {name} removed")
REACTIVATED = N_("lapsed customers of {segment} as a segment")
MOST_EVENTS = 100
LAPSED = {"contact_cost": 2.0, "response": 3.0, "unprompted": 0.0}
"""What the fields about lapsed customers begin with: money per contact, of 100 reached, of 100 unasked."""


# Events --------------------------------------------------------------------------------------------------------------


def events() -> None:
    """The events of the case with their damage, and the one that is being edited."""
    plan, say = session.plan(), session.say()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        found = damages(plan.case, plan.spend, plan.initiatives)
        show(lambda: charts.events_damage(plan.case, found, say), "events")
    with right:
        _event_list(plan, say)


def _event_list(plan: Plan, say: Wording) -> None:
    known = {event.id: event for event in plan.case.events}
    if known:
        chosen = session.display("event")
        chosen = chosen if chosen in known else next(iter(known))
        key = widgets.put("event", chosen)
        st.selectbox(
            say.text("Event"),
            list(known),
            key=key,
            format_func=lambda event_id: known[event_id].name,
            on_change=lambda: session.show("event", widgets.held(key)),
        )
        _editor(known[chosen], plan, say)
    with st.container(horizontal=True):
        st.button(
            say.text("Add an event"),
            key="add_event",
            icon=":material/add:",
            on_click=_add,
            disabled=len(known) >= MOST_EVENTS,
        )
        if known:
            st.button(
                say.text("Remove this event"),
                key="remove_event",
                icon=":material/delete:",
                type="tertiary",
                on_click=_remove,
                args=(chosen,),
            )


def _add() -> None:
    plan, say = session.plan(), session.say()
    document = new_event(plan.case, say.text("A competitor's move"))
    session.change(ADDED, set_case(plan, with_entry(plan.case, "events", document)), name=document["name"])
    session.show("event", document["id"])


def _remove(event_id: str) -> None:
    plan = session.plan()
    event = next((event for event in plan.case.events if event.id == event_id), None)
    if event is not None:
        session.change(REMOVED, set_case(plan, without_entry(plan.case, "events", event_id)), name=event.name)


def _change(event_id: str, **changes: Any) -> None:
    """Record other values of an event's fields. Raises PlannerError."""
    plan = session.plan()
    event = next((event for event in plan.case.events if event.id == event_id), None)
    if event is None:
        return
    case = with_entry(plan.case, "events", changed_event(event, **changes))
    name = next(changed.name for changed in case.events if changed.id == event_id)
    session.change(CHANGED, set_case(plan, case), name=name)


def _editor(event: Event, plan: Plan, say: Wording) -> None:
    """The fields of one event."""
    place = f"event_{event.id}"

    def number(label: str, field: str, shown: str, read: Callable[[str], Any], help: str | None = None) -> None:
        typed(label, f"{place}_{field}", shown, lambda text: _change(event.id, **{field: read(text)}), help)

    typed(say.text("Its name"), f"{place}_name", event.name, lambda text: _change(event.id, name=text))
    key = widgets.put(f"{place}_metric", event.metric)
    st.selectbox(
        say.text("What it moves"),
        METRICS,
        key=key,
        format_func=lambda metric: say.text(METRIC_NAMES[metric]),
        on_change=lambda: _change(event.id, metric=widgets.held(key)),
    )
    first, last = st.columns(2, vertical_alignment="bottom")
    with first:
        number(say.text("From period"), "from", say.number(event.start), lambda text: _whole(text, say))
    with last:
        shown = "" if event.end is None else say.number(event.end)
        read = lambda text: _whole(text, say) if text.strip() else None  # noqa: E731
        number(say.text("To period (empty: for good)"), "to", shown, read)
    _size(event, place, say)
    _hit(event, place, plan, say)


def _whole(text: str, say: Wording) -> int:
    value = say.parse_number(text)
    if value != int(value):
        raise PlannerError("not_whole", place=say.text("The period"), value=value)
    return int(value)


def _size(event: Event, place: str, say: Wording) -> None:
    """How much the event moves its metric: so many percent lower or higher, and an amount added."""
    lower = event.multiply < 1 or (event.multiply == 1 and session.display(f"{place}_lower", True))
    percent = abs(1 - event.multiply)

    def multiplier(share: float, lower: bool) -> float:
        return 1 - share if lower else 1 + share

    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        typed(
            say.text("By how many percent"),
            f"{place}_percent",
            say.number(round(100 * percent, 6)),
            lambda text: _change(event.id, multiply=multiplier(_percent(text, say), lower)),
        )
    key = widgets.put(f"{place}_direction", "lower" if lower else "higher")

    def turned() -> None:
        session.show(f"{place}_lower", widgets.held(key) == "lower")
        share = min(percent, 1.0) if widgets.held(key) == "lower" else percent
        _change(event.id, multiply=multiplier(share, widgets.held(key) == "lower"))

    right.segmented_control(
        say.text("Which way"),
        ["lower", "higher"],
        key=key,
        format_func=lambda way: say.text("lower") if way == "lower" else say.text("higher"),
        required=True,
        on_change=turned,
    )
    factor = add_factor(event.metric)
    of_100 = factor != 1 or event.metric in RATES
    typed(
        say.text("And so many of 100 more (fewer: −)") if of_100 else say.text("And so much money more (less: −)"),
        f"{place}_add",
        say.number(round(factor * event.add, 6)),
        lambda text: _change(event.id, add=say.parse_number(text) / factor),
        say.text("For example −2: of 100 customers two more leave, whatever else happens."),
    )


def _percent(text: str, say: Wording) -> float:
    """A typed percentage as a share: "15" and "15%" are the same."""
    value = say.parse_number(text)
    return value if "%" in text else value / 100


def _hit(event: Event, place: str, plan: Plan, say: Wording) -> None:
    """The segments that an event hits; none chosen are all."""
    names = session.segment_names()
    key = widgets.put(f"{place}_segments", list(event.segments or ()))
    st.multiselect(
        say.text("Which segments"),
        list(plan.case.segment_ids),
        key=key,
        format_func=lambda code: names.get(code, code),
        placeholder=say.text("all segments"),
        on_change=lambda: _change(event.id, segments=list(widgets.held(key) or []) or None),
    )


# Lapsed customers ----------------------------------------------------------------------------------------------------


def lapsed() -> None:
    """What winning back lapsed customers is worth, and the button that makes them a segment."""
    plan, say = session.plan(), session.say()
    names = session.segment_names()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        segment = _source(names, say)
        began = {"people": leaving(results.given(plan.case), segment), **LAPSED}
        given = {field: session.display(f"lapsed_{field}", value) for field, value in began.items()}
        per = say.per(plan.case.period)
        _field(say.text("People who left and can be reached {per}", per=per), "people", say.number(given["people"]))
        cost = say.money(given["contact_cost"])
        _field(say.text("Cost to reach one of them"), "contact_cost", cost)
        _field(say.text("Of 100 reached, so many come back"), "response", say.number(given["response"]))
        _field(
            say.text("Of 100, so many come back by themselves"),
            "unprompted",
            say.number(given["unprompted"]),
            say.text("Above 0 the new segment's spend and retention can react to money, as in the segment they left."),
        )
    pool = Lapsed(segment, given["people"], given["contact_cost"], given["response"] / 100, given["unprompted"] / 100)
    with right:
        try:
            found = reactivation(plan, pool)
        except PlannerError as error:
            st.warning(markdown_text(explain(error, say)), icon=":material/warning:")
            return
        show(lambda: charts.lapsed_value(plan.case, pool, found, say), "lapsed")
        _make_segment(plan, pool, found.gained, names, say)


def _source(names: dict[str, str], say: Wording) -> str:
    chosen = session.display("lapsed_segment")
    chosen = chosen if chosen in names else next(iter(names))
    key = widgets.put("lapsed_segment", chosen)
    st.selectbox(
        say.text("They were customers of"),
        list(names),
        key=key,
        format_func=lambda code: names.get(code, code),
        help=term_help("reactivation", say),
        on_change=lambda: session.show("lapsed_segment", widgets.held(key)),
    )
    return str(chosen)


def _field(label: str, field: str, shown: str, help: str | None = None) -> None:
    """One number about the lapsed: it becomes part of the plan only by the button."""
    say = session.say()

    def take(text: str) -> None:
        value = say.parse_number(text)
        if field in ("response", "unprompted") and "%" in text:
            value *= 100
        high = 100.0 if field in ("response", "unprompted") else 1e12
        if not 0 <= value <= high:
            raise PlannerError("out_of_range", place=label, value=value, low=0, high=high)
        session.show(f"lapsed_{field}", value)

    typed(label, f"lapsed_{field}", shown, take, help)


def _make_segment(plan: Plan, pool: Lapsed, gained: float, names: dict[str, str], say: Wording) -> None:
    source = names[pool.segment]
    st.markdown(
        say.text(
            "As a segment they stand on the budget page: {cost} {per} to reach them all, added to the budget; customer "
            "equity {gained}. Each period as many can be reached again.",
            cost=markdown_text(say.short_money(pool.cost)),
            per=say.per(plan.case.period),
            gained=markdown_text(say.signed_short_money(gained)),
        )
    )
    st.button(
        say.text("Add as a segment of lapsed customers"),
        key="add_lapsed",
        icon=":material/person_add:",
        disabled=len(plan.case.segments) >= MAX_SEGMENTS,
        on_click=_reactivate,
        args=(pool, say.text("Lapsed: {segment}", segment=source)[:200], source),
    )
    trouble.complaint("add_lapsed")


def _reactivate(pool: Lapsed, name: str, source: str) -> None:
    attempt(
        "add_lapsed",
        lambda: session.change(REACTIVATED, reactivated(session.plan(), pool, name), segment=source),
    )
