"""The register of assumptions as a table to edit, and the list of what to ask a client for."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from strategy.case.beliefs import ENDS, Origin
from strategy.case.editing import Key
from strategy.explanations.telling import ORIGIN_NAMES, number_name, origin_text, supposed_name, unit_name
from strategy.plan import market, results
from strategy.plan import register as registers
from strategy.plan.register import Entry
from strategy.words.spreadsheet import harmless
from strategy.words.wording import N_, Wording, markdown_text

CHANGED = N_("{number} changed")
EVERYWHERE = "*"
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
    table = pd.DataFrame([_row(entry, worth, say) for entry in entries])
    key = f"register_{session.revision()}_{shown}"
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.data_editor(
        table,
        key=key,
        hide_index=True,
        disabled=["name", "unit", "worth"],
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
            "worth": number(say.text("Worth finding out ({unit})", unit=say.currency_symbol), format=widgets.AMOUNT),
        },
        on_change=_edit,
        args=(key, [entry.key for entry in entries], names),
        alt=say.text("Every number of the case with its range, its unit and where it comes from."),
    )
    _supposed(shown, say)
    trouble.complaint("register")


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


def _row(entry: Entry, worth: Worth, say: Wording) -> dict[str, Any]:
    return {
        "name": number_name(session.plan().case, entry.key, say),
        **{end: _shown(entry, end) for end in ENDS},
        "unit": unit_name(entry, say),
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
