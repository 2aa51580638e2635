"""The answers of a room: several people's answers about one lever, typed or pasted, and what their differences do."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from pages.frame.show import show
from strategy import charts
from strategy.case.beliefs import ASKED, asked_spends, scale
from strategy.case.case import Constant
from strategy.errors import PlannerError
from strategy.plan.disagreement import argued, disagreement, disagreement_key
from strategy.plan.headings import TEMPLATE, offered, titles
from strategy.plan.opinions import (
    LONGEST_NAME,
    LONGEST_PASTE,
    OPTIONAL,
    Pasted,
    Refused,
    Voice,
    count_heard,
    joined,
    pasted,
    problems,
    set_voices,
    voices,
)
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES, explain
from strategy.words.wording import N_, Wording, markdown_text

TOLD = N_("answers of the room about {lever} in {segment}")
SHOWN_REFUSED = 20
"""Rows that could not be used, named one by one; of the others the number is told."""
Row = Mapping[str, Any]
"""{by and fields of ASKED: what stands in the table}; a row may still be incomplete."""


def counts(segment: str, lever: str) -> bool:
    """Where a room was heard: says that its median counts, and offers to go on with one answer; else nothing."""
    plan, say = session.plan(), session.say()
    people = count_heard(plan.case, segment, lever)
    if not people:
        return False
    st.info(
        say.plural(
            "The answers of {count} person count here; the curve goes through them.",
            "The answers of {count} people count here; the curve goes through their median.",
            people,
        ),
        icon=":material/groups:",
    )
    st.button(
        say.text("Go on with the median as our one answer"),
        key=f"settle_{segment}_{lever}",
        type="tertiary",
        on_click=_record,
        args=(segment, lever, []),
    )
    return True


def panel(segment: str, lever: str) -> None:
    """Under the answers of one lever: those of a room, folded away until somebody opens them."""
    plan, say = session.plan(), session.say()
    if isinstance(plan.case.segment(segment).levers[lever], Constant):
        return
    title = say.text("Answers of the room")
    folded = st.expander(title, key=f"room_{lever}", on_change="rerun", icon=":material/groups:")
    if folded.open:
        with folded:
            _room(plan, segment, lever, say)


def _room(plan: Plan, segment: str, lever: str, say: Wording) -> None:
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _table(plan, segment, lever, say)
        _paste(segment, lever, say)
        _set_aside(plan, segment, lever, say)
    with right:
        if count_heard(plan.case, segment, lever):
            show(lambda: charts.room_answers(plan.case, segment, lever, say), f"room_{lever}")
        else:
            st.info(say.text("Enter the answers of several people: then everybody sees where the room stands."))
    _map(plan, lever, say)


# The table -----------------------------------------------------------------------------------------------------------


def _rows(plan: Plan, segment: str, lever: str) -> list[dict[str, Any]]:
    """The rows of the table: who answered in full, then those whose answers are not complete yet."""
    told: list[dict[str, Any]] = [
        {"by": voice.by, **{field: round(value, 6) for field, value in voice.told.items()}}
        for voice in voices(plan.case, segment, lever)
    ]
    return told + list(session.display(f"unfinished_{segment}_{lever}", []))


def _table(plan: Plan, segment: str, lever: str, say: Wording) -> None:
    rows = _rows(plan, segment, lever)
    columns = ["by", *ASKED]
    table = pd.DataFrame([[row.get(column) for column in columns] for row in rows], columns=columns)
    table = table.astype({"by": object, **dict.fromkeys(ASKED, "float64")})
    spends = asked_spends(plan.case, segment, lever)
    high = 100.0 if scale(plan.case, segment, lever).unit == "hundred" else 1e15
    shown = titles(spends, say)
    drawn = session.display("room_drawn", 0)
    key = f"voices_{segment}_{lever}_{session.revision()}_{drawn}"
    st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="dynamic",
        height="auto",
        column_config={
            "by": st.column_config.TextColumn(shown["by"], max_chars=LONGEST_NAME),
            **{
                field: st.column_config.NumberColumn(shown[field], min_value=0.0, max_value=high, format="localized")
                for field in ASKED
            },
        },
        on_change=lambda: _edited(segment, lever, rows, widgets.held(key) or {}),
        alt=say.text("Everybody's answers, a row for each person."),
    )


def _edited(segment: str, lever: str, rows: list[dict[str, Any]], edits: Mapping[str, Any]) -> None:
    """Use what was typed in the table: complete rows count, the others wait."""
    changed = [row | dict(edits.get("edited_rows", {}).get(number, {})) for number, row in enumerate(rows)]
    gone = set(edits.get("deleted_rows", []))
    kept = [row for number, row in enumerate(changed) if number not in gone]
    kept += [dict(row) for row in edits.get("added_rows", [])]
    filled = [{c: v for c, v in row.items() if _usable(c, v)} for row in kept]
    complete = [row for row in filled if all(c in row for c in ("by", *ASKED) if c != OPTIONAL)]
    session.show(f"unfinished_{segment}_{lever}", [row for row in filled if row and row not in complete])
    session.show("room_drawn", session.display("room_drawn", 0) + 1)
    told = [Voice(str(row["by"]), {field: float(row[field]) for field in ASKED if field in row}) for row in complete]
    _record(segment, lever, told)


def _usable(column: str, value: object) -> bool:
    """Whether a cell holds what its column is for: a name, or a number."""
    return bool(value) if column == "by" else column in ASKED and isinstance(value, int | float)


def _record(segment: str, lever: str, told: list[Voice]) -> None:
    plan, say = session.plan(), session.say()
    room = say.plural("{count} person in the room", "{count} people in the room", len(told))
    names = {"lever": say.text(LEVER_NAMES[lever]).lower(), "segment": plan.case.segment(segment).name}
    attempt(f"room_{lever}", lambda: session.change(TOLD, set_voices(plan, segment, lever, told, room), **names))


# Pasting -------------------------------------------------------------------------------------------------------------


def _paste(segment: str, lever: str, say: Wording) -> None:
    with st.form(f"paste_{segment}_{lever}", clear_on_submit=True, border=False):
        key = f"pasted_{segment}_{lever}"
        st.text_area(
            say.text("Or paste them from a form or a sheet"),
            key=key,
            max_chars=LONGEST_PASTE,
            height=110,
            placeholder=say.text(TEMPLATE) + "\nAnn; 78; 86; 88; 92",
            help=say.text(
                "One row for each person, parted by tabs, semicolons or commas, with a heading or without. Half as "
                "much again may be left out. Who is in the table already is heard anew."
            ),
        )
        st.form_submit_button(
            say.text("Add these answers"), icon=":material/content_paste:", on_click=_take, args=(segment, lever, key)
        )
    _not_used(session.display(f"pasted {segment} {lever}"), say)
    trouble.complaint(f"room_{lever}")


def _not_used(found: Pasted | None, say: Wording) -> None:
    """The columns and rows of what was pasted last that do not count, each row with its reason."""
    if found and found.unused:
        columns = ", ".join(f"“{markdown_text(heading)}”" for heading in found.unused[:SHOWN_REFUSED])
        st.info(
            say.plural(
                "{count} column is not used, since its heading says none of what is asked: {columns}.",
                "{count} columns are not used, since their headings say none of what is asked: {columns}.",
                len(found.unused),
                columns=columns,
            ),
            icon=":material/view_column:",
        )
    refused = found.refused if found else []
    if refused:
        lines = [
            say.text("Row {row} ({text}): {why}", row=r.row, text=markdown_text(r.text), why=_why(r, say))
            for r in refused[:SHOWN_REFUSED]
        ]
        if len(refused) > SHOWN_REFUSED:
            lines.append(say.text("and {count} more rows", count=len(refused) - SHOWN_REFUSED))
        told = say.plural(
            "{count} row was set aside; the others count:",
            "{count} rows were set aside; the others count:",
            len(refused),
        )
        st.warning(told + "\n" + "\n".join(f"- {line}" for line in lines), icon=":material/rule:")


def _why(refused: Refused, say: Wording) -> str:
    return markdown_text(explain(refused.why, say) if isinstance(refused.why, PlannerError) else refused.why)


def _take(segment: str, lever: str, key: str) -> None:
    plan, say = session.plan(), session.say()
    text, of_100 = str(widgets.held(key) or ""), scale(plan.case, segment, lever).unit == "hundred"

    def read() -> None:
        known = offered(asked_spends(plan.case, segment, lever), plan.case.currency)
        anonymous = say.text("Person {number}", number="{number}")
        session.show(f"pasted {segment} {lever}", pasted(text, say.parse_number, anonymous, of_100, known))

    if attempt(f"room_{lever}", read):
        found: Pasted = session.display(f"pasted {segment} {lever}")
        if found.voices:
            _record(segment, lever, joined(voices(plan.case, segment, lever), found.voices))


def _set_aside(plan: Plan, segment: str, lever: str, say: Wording) -> None:
    """Whose answers give no curve: named with the reason; the room goes on."""
    found = problems(plan.case, segment, lever)
    if found:
        lines = "\n".join(f"- {markdown_text(explain(problem, say))}" for _, problem in found[:SHOWN_REFUSED])
        told = say.plural(
            "{count} person's answers are set aside; the room goes on:",
            "{count} people's answers are set aside; the room goes on:",
            len(found),
        )
        st.warning(f"{told}\n{lines}", icon=":material/person_off:")


# The disagreement map ------------------------------------------------------------------------------------------------


def _map(plan: Plan, lever: str, say: Wording) -> None:
    """Which arguments change the best split, over all segments and levers; it is searched only when asked for."""
    if not argued(plan.case):
        return
    wanted = widgets.put(f"map_{lever}", session.display("disagreement", False))
    st.toggle(
        say.text("Which of our arguments matter?"),
        key=wanted,
        help=say.text("Searches the best split as each person in the room sees it, one question at a time."),
        on_change=lambda: session.show("disagreement", bool(widgets.held(wanted))),
    )
    if not session.display("disagreement", False):
        return
    label = say.text("Searching the best split as each of you sees it…")
    found = jobs.result("disagreement", disagreement_key(plan), disagreement, plan, label)
    if found is not None:
        show(lambda: charts.disagreement(plan.case, found, say), f"disagreement_{lever}")
