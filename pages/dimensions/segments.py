"""The segments as a table to type in, and taken apart, put together, added and taken away."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt
from pages.frame.why import term_help
from strategy.case.case import Constant
from strategy.case.editing import SEGMENT_NUMBERS
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES
from strategy.dimensions import segmentation
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import MISSING, N_, Wording, markdown_text

EDITED = N_("numbers of {segment}")
RENAMED = N_("{segment} is now called {name}")
SPLIT = N_("{segment} split into {first} and {second}")
MERGED = N_("{segments} merged into {name}")
ADDED = N_("segment {name} added")
REMOVED = N_("segment {segment} taken away")
FACTORS = {"gross_margin": 100.0, "referral_rate": 100.0}
"""Shares are typed as so many of 100."""
PEOPLE = ("customers", "prospects")
HALF = 50
LONGEST_NAME = 200
PLACE = "segments"


def panel() -> None:
    """The segments' numbers, and what takes segments apart and together; drawn when it is opened."""
    folded = st.expander(
        session.say().text("The segments: their numbers, and adding, splitting, merging"),
        key="rearrange",
        icon=":material/group_add:",
        on_change="rerun",
    )
    if folded.open:
        with folded:
            _table()
            _rearrange()


def _table() -> None:
    """The segments with their people and money today, to type in; ids stay, whatever they are called."""
    say, plan = session.say(), session.plan()
    segments = plan.case.segments
    st.markdown(say.text("Which segments are there?"), help=term_help("segment", say))
    st.caption(
        say.text(
            "Their people, and in the last four columns the marketing money they get today ({unit}). Double-click a "
            "number to type over what is not right; everything is computed from it.",
            unit=markdown_text(f"{say.currency_symbol} {say.per(plan.case.period)}"),
        )
    )
    rows = pd.DataFrame(
        {
            "name": [s.name for s in segments],
            **{column: [_shown(plan, s.id, column) for s in segments] for column in (*SEGMENT_NUMBERS, *LEVER_CODES)},
        }
    ).astype(dict.fromkeys(LEVER_CODES, "float64"))
    key = f"segments_{session.revision()}"
    st.data_editor(
        rows,
        key=key,
        hide_index=True,
        num_rows="fixed",
        column_config=_columns(say, plan),
        on_change=lambda: _edit(widgets.held(key) or {}),
        placeholder=MISSING,
        alt=say.text("Each segment with its customers, prospects, margin, costs and today's spend."),
    )
    trouble.complaint(PLACE)
    _to_confirm(plan, say)


def _shown(plan: Plan, segment: str, column: str) -> float | None:
    """A number as the table shows it: whole people, the rest with two decimals; the case keeps all of it."""
    found = plan.case.segment(segment)
    if column not in LEVER_CODES:
        number = getattr(found, column).likely * FACTORS.get(column, 1.0)
        return float(round(number, 0 if column in PEOPLE else 2))
    lever = found.levers[column]
    return None if isinstance(lever, Constant) else round(lever.spend, 2)


def _columns(say: Wording, plan: Plan) -> dict[str, Any]:
    number, per = st.column_config.NumberColumn, say.per(plan.case.period)
    money = f"{say.currency_symbol} {per}"
    titles = {
        "customers": (say.text("Customers"), say.text("people who buy from us today")),
        "prospects": (say.text("Prospects"), say.text("people within reach each period who are no customers")),
        "gross_margin": (say.text("Margin (%)"), say.text("of every 100 of revenue, how much is gross margin")),
        "onboarding_cost": (
            say.text("Welcoming ({unit})", unit=say.currency_symbol),
            say.text(
                "what it costs to welcome a new customer, {unit}; below 0 where the first purchase is worth more",
                unit=say.currency_symbol,
            ),
        ),
        "referral_rate": (
            say.text("Brought by 100"),
            say.text("how many new customers 100 customers bring {per}", per=per),
        ),
    }
    highest = {"gross_margin": 100.0}
    lowest = {"onboarding_cost": -MAX_AMOUNT}
    return {
        "name": st.column_config.TextColumn(say.text("Segment"), required=True, max_chars=LONGEST_NAME, pinned=True),
        **{
            field: number(
                title,
                help=help,
                required=True,
                min_value=lowest.get(field, 0.0),
                max_value=highest.get(field, MAX_AMOUNT),
                format="%.0f" if field in PEOPLE else widgets.AMOUNT,
            )
            for field, (title, help) in titles.items()
        },
        **{
            code: number(
                say.text(LEVER_NAMES[code]),
                help=say.text("spent on it today, {unit}; empty where spending moves nothing", unit=money),
                min_value=0.0,
                max_value=MAX_AMOUNT,
                format=widgets.AMOUNT,
            )
            for code in LEVER_CODES
        },
    }


def _edit(edited: dict[str, Any]) -> None:
    """Take what was typed in the table, cell by cell; what cannot be used is named and the rest stands."""
    ids = session.plan().case.segment_ids
    trouble.forget(PLACE)
    for row, cells in edited.get("edited_rows", {}).items():
        for column, value in cells.items():
            _take_cell(ids[int(row)], column, value)


def _take_cell(segment: str, column: str, value: object) -> None:
    """Use what one cell holds now, where that is something else than it showed."""
    name = session.plan().case.segment(segment).name
    if column == "name":
        _try(RENAMED, lambda: _renamed(segment, value), segment=name, name=str(value))
    elif value == _shown(session.plan(), segment, column):
        return
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _try(EDITED, lambda: _numbered(segment, column, float(value)), segment=name)
    elif column in LEVER_CODES:
        _try(EDITED, lambda: _numbered(segment, column, 0.0), segment=name)


def _renamed(segment: str, name: object) -> Plan:
    return segmentation.rename(session.plan(), segment, str(name or "").strip())


def _numbered(segment: str, column: str, value: float) -> Plan:
    if column in LEVER_CODES:
        return segmentation.set_todays_spend(session.plan(), segment, column, value)
    return segmentation.set_number(session.plan(), segment, column, value / FACTORS.get(column, 1.0))


def _try(message: str, changed: Callable[[], Plan], place: str = PLACE, **arguments: str) -> bool:
    """Change the plan, or keep why not."""
    return attempt(place, lambda: session.change(message, changed(), **arguments))


def _to_confirm(plan: Plan, say: Wording) -> None:
    """How many numbers of which segments somebody still has to say are right."""
    open_numbers = [key.split("/")[0] for key, origin in plan.origins.items() if origin.confirm and "/" in key]
    names = [s.name for s in plan.case.segments if s.id in open_numbers]
    if names:
        count = say.number(len(open_numbers))
        about = ", ".join(map(markdown_text, names[:5]))
        st.caption(say.text("To confirm: {count} numbers of {segments}.", count=count, segments=about))


# Taken apart, put together -------------------------------------------------------------------------------------------


def _rearrange() -> None:
    """Add, split, merge and take away segments."""
    say = session.say()
    st.markdown(f"**{say.text('Add, split, merge or remove a segment')}**")
    names = session.segment_names()
    left, right = st.columns(2, gap="medium")
    with left:
        _add(names, say)
        _split(names, say)
    with right:
        _merge(names, say)
        _remove(names, say)


def _name(label: str, key: str) -> None:
    st.text_input(label, key=key, max_chars=LONGEST_NAME)


def _choose(label: str, key: str, options: Sequence[str], names: dict[str, str], **shown: Any) -> None:
    st.selectbox(label, options, key=key, format_func=lambda code: names.get(code, str(code)), **shown)


def _typed_name(key: str, otherwise: str) -> str:
    return str(widgets.held(key) or "").strip() or otherwise


def _add(names: dict[str, str], say: Wording) -> None:
    with st.container(border=True):
        st.markdown(f"**{say.text('Add a segment')}**")
        _name(say.text("Name of the new segment"), "add_name")
        _choose(
            say.text("Starts as a copy of"),
            "add_like",
            list(names),
            names,
            index=None,
            placeholder=say.text("nothing: an empty segment"),
            help=say.text("A copy has the same size and reacts the same per head; nothing is spent on it yet."),
        )
        st.button(say.text("Add the segment"), key="add_segment", on_click=_do_add)
        trouble.complaint("add_segment")


def _do_add() -> None:
    like = widgets.held("add_like")
    like = like if like in session.plan().case.segment_ids else None
    name = _typed_name("add_name", session.say().text("New segment"))
    if _try(ADDED, lambda: segmentation.add(session.plan(), name, like), "add_segment", name=name):
        widgets.empty("add_name")


def _split(names: dict[str, str], say: Wording) -> None:
    with st.container(border=True):
        st.markdown(f"**{say.text('Split a segment')}**")
        if widgets.held("split_of") not in names:
            widgets.put("split_of", next(iter(names)))
        _choose(say.text("Segment to split"), "split_of", list(names), names)
        _name(say.text("Name of the first part"), "split_first")
        _name(say.text("Name of the second part"), "split_second")
        st.slider(
            say.text("Of 100 customers, how many are in the first part"),
            1,
            99,
            HALF,
            key="split_share",
            help=say.text("Customers, prospects and money are divided; each part reacts per head as the whole did."),
        )
        st.button(say.text("Split the segment"), key="split_segment", on_click=_do_split)
        trouble.complaint("split_segment")


def _do_split() -> None:
    plan, say = session.plan(), session.say()
    segment, share = widgets.held("split_of"), widgets.held("split_share")
    if segment not in plan.case.segment_ids or not isinstance(share, int | float):
        return
    name = plan.case.segment(segment).name
    parts = [say.text("{segment} {number}", segment=name, number=n)[-LONGEST_NAME:] for n in (1, 2)]
    first, second = _typed_name("split_first", parts[0]), _typed_name("split_second", parts[1])
    if _try(
        SPLIT,
        lambda: segmentation.split(plan, segment, share / 100, (first, second)),
        "split_segment",
        segment=name,
        first=first,
        second=second,
    ):
        widgets.empty("split_first", "split_second")
        widgets.put("split_of", segment)


def _merge(names: dict[str, str], say: Wording) -> None:
    with st.container(border=True):
        st.markdown(f"**{say.text('Merge segments')}**")
        st.multiselect(
            say.text("Segments to merge"),
            list(names),
            key="merge_of",
            format_func=lambda code: names.get(code, str(code)),
            placeholder=say.text("Choose two or more"),
            help=say.text("People and money add up; answers are weighted by size and marked to be confirmed."),
        )
        _name(say.text("Name of the merged segment"), "merge_name")
        st.button(say.text("Merge the segments"), key="merge_segments", on_click=_do_merge)
        trouble.complaint("merge_segments")


def _do_merge() -> None:
    plan = session.plan()
    chosen = [s for s in plan.case.segment_ids if s in (widgets.held("merge_of") or ())]
    together = " + ".join(plan.case.segment(s).name for s in chosen)
    name = _typed_name("merge_name", together[:LONGEST_NAME])
    _try(MERGED, lambda: segmentation.merge(plan, chosen, name), "merge_segments", segments=together, name=name)


def _remove(names: dict[str, str], say: Wording) -> None:
    with st.container(border=True):
        st.markdown(f"**{say.text('Remove a segment')}**")
        _choose(
            say.text("Segment to remove"), "remove_of", list(names), names, index=None, placeholder=say.text("Choose…")
        )
        st.button(
            say.text("Remove the segment"),
            key="remove_segment",
            help=say.text("Its answers, limits and events go with it; undo brings all back."),
            on_click=_do_remove,
        )
        trouble.complaint("remove_segment")


def _do_remove() -> None:
    plan, segment = session.plan(), widgets.held("remove_of")
    if segment in plan.case.segment_ids:
        name = plan.case.segment(segment).name
        _try(REMOVED, lambda: segmentation.remove(plan, segment), "remove_segment", segment=name)
