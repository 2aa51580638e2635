"""The register of assumptions as a table to edit, and the list of what to ask a client for."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from pages.frame.old_version import when
from pages.plans.versions import who
from strategy.case.beliefs import ENDS, Origin, origin_key
from strategy.case.editing import Key, numbers_of
from strategy.errors import PlannerError
from strategy.explanations.comparing import change_told, number_value
from strategy.explanations.telling import ORIGIN_NAMES, number_name, origin_text, supposed_name, unit_name
from strategy.plan import market, results
from strategy.plan import register as registers
from strategy.plan.compared.number_changes import Changes, NumberChange, number_changes
from strategy.plan.register import Entry
from strategy.store import opened
from strategy.words.spreadsheet import harmless
from strategy.words.wording import N_, Wording, markdown_text

CHANGED = N_("{number} changed")
EVERYWHERE = "*"
MOST_CHANGES = 500
"""Changes of numbers that are listed at most."""
Worth = Mapping[Key, float]


def worth() -> Worth:
    """What finding out each assumption is worth, once somebody asked for it; money."""
    plan, say = session.plan(), session.say()
    key = results.information_key(plan)
    if session.display("worth asked") != key:
        st.button(
            say.text("What to find out first?"),
            key="find_out",
            icon=":material/travel_explore:",
            on_click=session.show,
            args=("worth asked", key),
            help=say.text("Sorts the numbers by what knowing them before deciding is worth; takes some seconds."),
        )
        return {}
    found = jobs.result("information", key, results.worth_finding_out, plan, say.text("Weighing what is not known…"))
    if found is None:
        return {}
    return {key: value for key, value in found.evppi.items() if value > 0}


def numbers(worth: Worth) -> None:
    """Every number to edit, of one part of the case at a time."""
    plan, say = session.plan(), session.say()
    shown = _part_chosen(say)
    entries = [
        e
        for e in registers.register(plan)
        if shown == EVERYWHERE or e.key[0] == shown or (len(e.key) == 1 and not shown)
    ]
    entries = registers.most_worth_first(entries, worth)
    names = {say.text(name): code for code, name in ORIGIN_NAMES.items()}
    changes = _changes()
    table = pd.DataFrame([_row(entry, worth, changes, say) for entry in entries])
    key = f"register_{session.revision()}_{shown}"
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.data_editor(
        table,
        key=key,
        hide_index=True,
        disabled=["name", "unit", "changed", "worth"],
        column_config={
            "name": text(say.text("Number"), width="large"),
            "low": number(say.text("At least")),
            "likely": number(say.text("Most likely")),
            "high": number(say.text("At most")),
            "unit": text(say.text("Unit")),
            "kind": st.column_config.SelectboxColumn(say.text("Where from"), options=list(names), required=True),
            "by": text(say.text("By whom"), max_chars=200),
            "source": text(say.text("Source"), max_chars=2000),
            "confirm": st.column_config.CheckboxColumn(say.text("To confirm")),
            "changed": text(say.text("Last changed"), width="medium"),
            "worth": number(say.text("Worth finding out ({unit})", unit=say.currency_symbol), format=widgets.AMOUNT),
        },
        on_change=_edit,
        args=(key, [entry.key for entry in entries], names),
        alt=say.text("Every number of the case with its range, its unit and where it comes from."),
    )
    trouble.complaint("register")
    _supposed(shown, say)
    _all_changes(changes, say)


def _all_changes(changes: Changes, say: Wording) -> None:
    """Every change of a number that the versions tell, the last first, in a panel of its own."""
    every = sorted((one for found in changes.values() for one in found), key=lambda one: -one.version)
    if not every:
        return
    title = say.plural("{count} change of a number", "{count} changes of numbers", len(every))
    panel = st.expander(title, key="number_changes", icon=":material/history:", on_change="rerun")
    if panel.open:
        case = session.plan().case
        gone = say.text("a number that is no longer there")
        known = numbers_of(case)
        rows = [
            (
                number_name(case, one.key, say) if one.key in known else gone,
                when(one.at, say),
                who(one.author, say),
                number_value(one.key, one.before, say),
                number_value(one.key, one.after, say),
            )
            for one in every[:MOST_CHANGES]
        ]
        headings = [say.text(heading) for heading in (N_("Number"), N_("When"), N_("Who"), N_("Was"), N_("Became"))]
        panel.dataframe(pd.DataFrame(rows, columns=headings), hide_index=True, key="number_changes_table")


def _supposed(shown: str, say: Wording) -> None:
    """What is assumed of the market because nobody answered, and where to answer."""
    plan = session.plan()
    found = [s for s in market.supposed(plan) if shown in (EVERYWHERE, s.segment)]
    if found:
        lines = "\n".join(f"- {markdown_text(supposed_name(plan.case, s, say))}" for s in found)
        asked = say.text("Assumed, since nobody answered; the questions stand on Client selection, under Believe:")
        st.markdown(f"{asked}\n{lines}")


def _part_of(key: Key) -> str:
    """The segment that a number is about; "" for the firm's own."""
    return key[0] if len(key) > 1 else ""


def _part_chosen(say: Wording) -> str:
    """Which numbers are shown: of the firm (""), of one segment, or all."""
    segments = {segment.id: segment.name for segment in session.plan().case.segments}
    names = {EVERYWHERE: say.text("All"), "": say.text("The firm"), **segments}
    chosen = session.display("register part", EVERYWHERE)
    key = widgets.put("register_part", chosen if chosen in names else EVERYWHERE)
    st.selectbox(
        say.text("Numbers of"),
        list(names),
        key=key,
        format_func=lambda part: names[part],
        on_change=lambda: session.show("register part", widgets.held(key)),
    )
    return str(widgets.held(key))


def _changes() -> Changes:
    """Who changed which number, from the versions; none while the database is away, which the header says."""
    here = session.kept()
    try:
        return number_changes(opened.database(), here.token) if here.kept else {}
    except PlannerError:
        return {}


def last_changes() -> dict[str, str]:
    """{`origin_key`: when, by whom and from what a number was changed last}."""
    say = session.say()
    return {origin_key(key): _told(found[0], say) for key, found in _changes().items()}


def _told(change: NumberChange, say: Wording) -> str:
    return change_told(change, who(change.author, say), when(change.at, say), say)


def _row(entry: Entry, worth: Worth, changes: Changes, say: Wording) -> dict[str, Any]:
    changed = changes.get(entry.key)
    return {
        "name": number_name(session.plan().case, entry.key, say),
        **{end: _shown(entry, end) for end in ENDS},
        "unit": unit_name(entry, say),
        **({"changed": _told(changed[0], say) if changed else ""} if changes else {}),
        "kind": say.text(ORIGIN_NAMES[entry.origin.kind]),
        "by": entry.origin.by,
        "source": entry.origin.source,
        "confirm": entry.origin.confirm,
        "worth": worth.get(registers.assumption_of(entry.key)),
    }


def _shown(entry: Entry, end: str) -> float:
    """An end of a number as the table shows it: whole people, the rest with two decimals; the case keeps all of it.

    Below 1 three digits are shown: nobody reads a separator of thousands there.
    """
    value: float = getattr(entry.value, end)
    if 0 < abs(value) < 1:
        return float(f"{value:.3g}")
    return float(round(value, 0 if entry.unit == "people" else 2))


def _edit(key: str, keys: list[Key], names: Mapping[str, str]) -> None:
    def take() -> None:
        for row, changes in (widgets.held(key) or {}).get("edited_rows", {}).items():
            _take(keys[int(row)], changes, names)

    attempt("register", take)


def _take(place: Key, changes: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Use what was typed about one number. Raises PlannerError."""
    plan = session.plan()
    entry = next(entry for entry in registers.register(plan) if entry.key == place)
    typed = {end: float(changes[end]) for end in ENDS if isinstance(changes.get(end), int | float)}
    ends = {end: number for end, number in typed.items() if number != _shown(entry, end)}
    if ends:
        plan = registers.set_number(plan, place, ends)
    if {"kind", "by", "source", "confirm"} & changes.keys():
        plan = registers.set_origin(plan, place, _origin(plan.origin(place), changes, names))
    if plan != session.plan():
        session.change(CHANGED, plan, number=number_name(plan.case, place, session.say()))


def _origin(origin: Origin, changes: Mapping[str, Any], names: Mapping[str, str]) -> Origin:
    """An origin with the edited fields."""
    fields = origin.model_dump()
    if changes.get("kind") in names:
        fields["kind"] = names[changes["kind"]]
    for field, most in (("by", 200), ("source", 2000)):
        if field in changes:
            fields[field] = str(changes[field] or "")[:most]
    if "confirm" in changes:
        fields["confirm"] = bool(changes["confirm"])
    return Origin.model_validate(fields)


def to_ask_for(worth: Worth) -> None:
    """The list of what to ask for, to take along."""
    plan, say = session.plan(), session.say()
    entries = registers.most_worth_first(registers.to_ask_for(plan), worth)
    st.markdown(
        say.plural("##### {count} number is not measured", "##### {count} numbers are not measured", len(entries)),
        anchors=False,
    )
    rows = [
        (
            number_name(plan.case, e.key, say),
            unit_name(e, say),
            say.span(e.value.low, e.value.high, say.number),
            origin_text(e.origin, say),
        )
        for e in entries
    ]
    rows += [
        (supposed_name(plan.case, s, say), "", say.text("nobody answered"), origin_text(s.origin, say))
        for s in market.supposed(plan)
    ]
    headings = [say.text(heading) for heading in (N_("Number"), N_("Unit"), N_("Used now"), N_("Where from"))]
    table = pd.DataFrame(rows, columns=headings)
    st.download_button(
        say.text("Download the list of data to ask for"),
        table.map(harmless).to_csv(index=False, sep=";").encode("utf-8-sig"),
        "to_ask_for.csv",
        "text/csv",
        key="download_to_ask_for",
        icon=":material/download:",
        on_click="ignore",
    )
