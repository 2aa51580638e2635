"""Draws of another marketing-mix model as opinions of a lever: brought, their units asked, then used."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import streamlit as st

from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from strategy.case.beliefs import asked_spends
from strategy.case.case import Constant
from strategy.case.families import CURVES
from strategy.customers.reading.draw_file import DrawTable, read_draws
from strategy.customers.reading.reader import read_apart
from strategy.errors import PlannerError
from strategy.plan.draws import (
    BY_FIT,
    SPEND_UNITS,
    DrawUnits,
    TakenDraws,
    can_fit,
    outcome_units,
    reaches_far,
    set_draws,
    take_draws,
)
from strategy.progress import Progress
from strategy.words.lever_words import FAMILY_NAMES
from strategy.words.messages import LEVER_NAMES, explain
from strategy.words.wording import N_, Wording, markdown_text

TAKEN = N_("draws of another model about {lever} in {segment}")
KINDS = (".csv", ".txt", ".tsv", ".xlsx", ".parquet")
LARGEST = 50
SMALL = 1_000_000
"""Bytes of a text that is read here: it takes less time than handing it over."""
SPENDS = {
    "one": N_("{currency} {per}"),
    "thousand": N_("thousands of {currency} {per}"),
    "million": N_("millions of {currency} {per}"),
}
OUTCOMES = {
    "people": N_("new customers {per}"),
    "share": N_("a share, 0 to 1"),
    "hundred": N_("of 100"),
    "money": N_("{currency} a customer {per}"),
}


@dataclass(frozen=True)
class Brought:
    """A file of draws about one lever of one segment, read or still to be read."""

    name: str
    key: str
    content: bytes
    table: DrawTable | None = None


def panel(segment: str, lever: str) -> None:
    """Under the answers of one lever: draws from elsewhere, folded away until somebody opens them."""
    plan, say = session.plan(), session.say()
    if isinstance(plan.case.segment(segment).levers[lever], Constant):
        return
    title = say.text("Draws of another model")
    folded = st.expander(title, key=f"draws_{lever}", on_change="rerun", icon=":material/scatter_plot:")
    if folded.open:
        with folded:
            _bring(segment, lever, say)


def _place(segment: str, lever: str) -> str:
    return f"draws {segment} {lever}"


def _bring(segment: str, lever: str, say: Wording) -> None:
    place, key = _place(segment, lever), f"draws_file_{segment}_{lever}_{session.language()}"
    st.file_uploader(
        say.text("Columns draw, spend and outcome: CSV, Excel or Parquet, at most {size} MB", size=LARGEST),
        max_upload_size=LARGEST,
        key=key,
        on_change=_uploaded,
        args=(place, key),
        help=say.text(
            "One row for each spend of each draw or person. A draw's outcomes are read off at the spends that are "
            "asked about; where it has none at no spend, your own answer holds."
        ),
    )
    brought: Brought | None = session.display(place)
    if brought and brought.table is None:
        _read(place, brought, say)
    elif brought and brought.table:
        _use(brought, brought.table, segment, lever, say)
    trouble.complaint(place)
    taken: tuple[TakenDraws, str] | None = session.display(f"taken {place}")
    believed = session.plan().case.segment(segment).levers[lever]
    if taken and not isinstance(believed, Constant) and taken[0].kept == tuple(o.by for o in believed.opinions):
        _told(*taken, say)


def _uploaded(place: str, key: str) -> None:
    file, say = widgets.held(key), session.say()
    if file is None:
        return
    trouble.forget(place)
    session.show(f"taken {place}", None)
    session.show(place, None)
    name = str(file.name)
    if not name.lower().endswith(KINDS):
        told = say.text(
            "{file} is not a kind of file that can be read here: bring CSV, Excel (.xlsx) or Parquet.", file=name[:200]
        )
        trouble.complain(place, told, name)
        return
    session.show(place, Brought(name[:200], uuid4().hex, file.getvalue()))


def _read(place: str, brought: Brought, say: Wording) -> None:
    label = say.text("Reading {file}", file=markdown_text(brought.name))
    found: DrawTable | None = jobs.result(
        "draws", brought.key, partial(_reading, brought), session.plan(), label, True, partial(_unread, place, brought)
    )
    if found is not None:
        session.show(place, Brought(brought.name, brought.key, b"", found))
        st.rerun()


def _reading(brought: Brought, _: object, told: Progress) -> DrawTable:
    small = len(brought.content) <= SMALL and not brought.name.lower().endswith((".xlsx", ".parquet"))
    return read_draws(brought.content, told) if small else read_apart(read_draws, brought.content, on_progress=told)


def _unread(place: str, brought: Brought, why: PlannerError) -> None:
    session.show(place, None)
    trouble.complain(place, explain(why, session.say()), brought.name)


def _use(brought: Brought, table: DrawTable, segment: str, lever: str, say: Wording) -> None:
    """In what the file counts, and the button that uses it."""
    case, place = session.plan().case, _place(segment, lever)
    words = {"currency": say.currency_symbol, "per": say.per(case.period)}
    _about(brought.name, table, say)
    spends = {code: say.text(name, **words) for code, name in SPENDS.items() if code in SPEND_UNITS}
    outcomes = {code: say.text(OUTCOMES[code], **words) for code in outcome_units(case, segment, lever)}
    ends = {"own": say.text("our own answer"), "largest": say.text("the outcome at each draw's largest spend")}
    left, right = st.columns(2, gap="medium")
    with left:
        spend = _chosen(f"draws_spend_{segment}_{lever}", say.text("Spend is counted in"), spends)
        far = reaches_far(table, case, segment, lever, spend)
        ends = dict(reversed(ends.items())) if far else ends
        unlimited = _chosen(f"draws_unlimited_{segment}_{lever}", say.text("At unlimited spend holds"), ends)
    with right:
        outcome = _chosen(f"draws_outcome_{segment}_{lever}", say.text("Outcome is counted in"), outcomes)
        believed = case.segment(segment).levers[lever]
        own = "" if isinstance(believed, Constant) else believed.family
        forms = {code: say.text(FAMILY_NAMES[code]) for code in sorted(CURVES, key=lambda code: code != own)}
        forms |= {BY_FIT: say.text("whichever fits the draws best")} if can_fit(table) else {}
        family = _chosen(f"draws_form_{segment}_{lever}", say.text("Form of the curve"), forms)
    units = DrawUnits(spend, outcome, unlimited == "largest", family)
    st.caption(
        say.text(
            "Asked about: {spends} {per}. The draws take the place of the answers of the room.",
            spends=" · ".join(markdown_text(say.short_money(x)) for x in asked_spends(case, segment, lever)),
            per=say.per(case.period),
        )
    )
    st.button(
        say.text("Use these draws"), key=f"use_draws_{segment}_{lever}", icon=":material/check:",
        on_click=_take, args=(place, brought, table, segment, lever, units),
    )  # fmt: skip


def _about(name: str, table: DrawTable, say: Wording) -> None:
    """What was read, from which columns, and which are not used."""
    headings = ", ".join(f"“{markdown_text(heading)}”" for heading in table.headings.values())
    count = say.plural("{count} draw", "{count} draws", len(table.names))
    st.markdown(
        say.text("{file}: {draws}, read from {columns}.", file=markdown_text(name), draws=count, columns=headings)
    )
    if table.unused:
        unused = ", ".join(f"“{markdown_text(heading)}”" for heading in table.unused[:20])
        st.caption(say.text("Not used: {columns}.", columns=unused))


def _chosen(key: str, label: str, names: Mapping[str, str]) -> str:
    """One of some codes, the first where nobody chose: {code: its name}."""
    kept = session.display(key)
    now = str(kept) if kept in names else next(iter(names))
    st.selectbox(
        label,
        list(names),
        key=widgets.put(key, now),
        format_func=lambda code: names.get(code, code),
        on_change=lambda: session.show(key, widgets.held(key)),
    )
    return now


def _take(place: str, brought: Brought, table: DrawTable, segment: str, lever: str, units: DrawUnits) -> None:
    plan, say = session.plan(), session.say()

    def take() -> None:
        taken = take_draws(table, plan.case, segment, lever, units)
        source = say.text(
            "{kept} of {read} draws of {file}",
            kept=say.number(len(taken.kept)),
            read=say.number(taken.read),
            file=brought.name,
        )
        changed = set_draws(plan, segment, lever, taken, source)
        names = {"lever": say.text(LEVER_NAMES[lever]).lower(), "segment": plan.case.segment(segment).name}
        session.change(TAKEN, changed, **names)
        session.show(f"taken {place}", (taken, brought.name))

    session.show(f"taken {place}", None)
    attempt(place, take)


def _told(taken: TakenDraws, name: str, say: Wording) -> None:
    """What became of the draws: how many count, in which form, and which were set aside and why."""
    lines = [
        say.text(
            "{kept} of {read} draws of {file} count here, in the form “{form}”.",
            kept=say.number(len(taken.kept)),
            read=say.number(taken.read),
            file=markdown_text(name),
            form=say.text(FAMILY_NAMES[taken.family]),
        )
    ]
    if taken.usable > len(taken.kept):
        lines.append(
            say.text(
                "Of the {usable} that give a curve they were taken at even distances.", usable=say.number(taken.usable)
            )
        )
    st.success(" ".join(lines), icon=":material/check:")
    aside = taken.read - taken.usable
    if aside:
        told = say.plural("{count} draw was set aside:", "{count} draws were set aside:", aside)
        each = [f"- {markdown_text(explain(why, say))}" for _, why in taken.refused]
        if aside > len(each):
            each.append("- " + say.text("and {count} more", count=say.number(aside - len(each))))
        st.warning(told + "\n" + "\n".join(each), icon=":material/rule:")
