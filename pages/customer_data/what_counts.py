"""Which rows of a brought file count: proposed with rows and money, changed with a press."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.customer_data import data_study
from pages.frame import session, widgets
from strategy.customers.proposing.proposal import Proposal
from strategy.customers.proposing.selection import Counting, Selection
from strategy.customers.proposing.statuses import Status, unused
from strategy.explanations.customer_findings import say_finding
from strategy.words.wording import N_, Wording, markdown_text, printable

SHOWN = 40
"""Values of a status column that can be pressed; those with fewer rows count as proposed."""
WAYS = {
    "purchases": N_("a purchase"),
    "contracts": N_("a contract"),
    "date_parts": N_("a purchase, its day in several columns"),
    "months_in_columns": N_("a customer, with a column per month"),
    "charges": N_("a charge of a subscription"),
    "contract_years": N_("a year of a contract"),
    "customer_summary": N_("a customer, summed up already"),
    "tenure": N_("a customer, with a tenure and whether they left"),
    "tenure_years": N_("a customer, with a tenure in years and whether they left"),
}
"""What a row of a file may be, by kind of shape."""


def asked(proposal: Proposal, say: Wording) -> Selection:
    """What counts, as proposed or as pressed; what was seen and why is told above it."""
    proposed = proposal.selection
    counting = tuple(filter(None, (_values(status, say) for status in proposal.statuses)))
    left_out = tuple(
        each.name.lower()
        for each in proposal.who.nobody
        if _ticked(
            f"leave_{each.name}",
            say.text(
                "Leave out {id}: {rows} rows ({share}), as no single customer has",
                id=markdown_text(printable(each.name)[:60]),
                rows=say.number(each.rows),
                share=say.percent(each.share),
            )
            if not each.of_money
            else say.text(
                "Leave out {id}: it brings {share} of all money",
                id=markdown_text(printable(each.name)[:60]),
                share=say.percent(each.share),
            ),
            not each.of_money,
        )
    )
    alike = bool(proposal.who.alike) and _ticked(
        "zeros_alike",
        say.text(
            "{ids} ids differ in zeros in front only: take them for the same customers",
            ids=say.number(proposal.who.alike),
        ),
    )
    cased = bool(proposal.who.cased) and _ticked(
        "cases_alike",
        say.text(
            "{ids} ids differ in capitals only: take them for the same customers", ids=say.number(proposal.who.cased)
        ),
    )
    gaps = ", ".join(markdown_text(name) for name in proposed.fill_down)
    filled = bool(gaps) and _ticked(
        "fill_down", say.text("Fill empty cells of {columns} with what stands above", columns=gaps)
    )
    selection = Selection(counting, left_out, alike, proposed.fill_down if filled else (), cased)
    _told(proposal, selection, say)
    return selection


def _told(proposal: Proposal, selection: Selection, say: Wording) -> None:
    """What is done with the file and why, and what is still open."""
    lines = [markdown_text(say_finding(finding, say)) for finding in proposal.told(selection)]
    if lines:
        st.caption("\n".join(f"- {line}" for line in lines))
    for doubt in proposal.doubts(selection):
        st.warning(markdown_text(say_finding(doubt, say)), icon=":material/help:")


def _picked() -> Mapping[str, Any]:
    return data_study.now().chosen


def _keep(name: str, key: str) -> None:
    data_study.choose(name, widgets.held(key))


def _ticked(name: str, label: str, proposed: bool = True) -> bool:
    key = widgets.put(data_study.key(f"data_{name}"), bool(_picked().get(name, proposed)))
    st.checkbox(label, key=key, on_change=_keep, args=(name, key))
    return bool(_picked().get(name, proposed))


def _values(status: Status, say: Wording) -> Counting | None:
    """Pills of a status column's values: those that count are pressed; None as long as nothing of it is used."""
    seen = {value.value: value for value in status.values[:SHOWN]}
    proposed = status.counting
    plain = [value for value in seen if value not in proposed.returns]
    counts = [value for value in plain if value not in proposed.out]

    def named(value: str) -> str:
        shown = markdown_text(printable(value)[:40]) or say.text("(empty)")
        money = markdown_text(say.money(seen[value].amount, 0))
        return say.text("{value}: {rows} rows, {amount}", value=shown, rows=say.number(seen[value].rows), amount=money)

    column = markdown_text(status.column)
    pressed = _pills(f"counts_{status.column}", say.text("{column}: what counts", column=column), plain, counts, named)
    taken = list(proposed.returns)
    if taken:
        label = say.text("{column}: what takes back a purchase", column=column)
        shown = [value for value in taken if value in seen]
        taken = _pills(f"returns_{status.column}", label, shown, shown, named)
    touched = any(f"{what}_{status.column}" in _picked() for what in ("counts", "returns"))
    if not touched:
        _confirm(status, counts, say)
        return proposed if status.moves else None
    return Counting(status.column, (*pressed, *taken), (), tuple(taken))


def _confirm(status: Status, counts: list[str], say: Wording) -> None:
    """A press that says that what is proposed is right, where a doubt would stay."""
    if unused(status, (status.counting,) if status.moves else ()):
        st.button(
            say.text("These values count"),
            key=data_study.key(f"data_right_{status.column}"),
            on_click=data_study.choose,
            args=(f"counts_{status.column}", counts),
        )


def _pills(name: str, label: str, options: list[str], value: list[str], named: Any) -> list[str]:
    now = [each for each in _picked().get(name, value) if each in options]
    key = widgets.put(data_study.key(f"data_{name}"), now)
    st.pills(label, options, selection_mode="multi", key=key, format_func=named, on_change=_keep, args=(name, key))
    return now


def way(proposals: tuple[Proposal, ...], say: Wording) -> Proposal:
    """What each row is: the likeliest, or what was pressed."""
    if len(proposals) == 1:
        return proposals[0]
    kinds: dict[str, Proposal] = {proposal.shape.kind: proposal for proposal in proposals}
    now = str(_picked().get("kind", proposals[0].shape.kind))
    key = widgets.put(data_study.key("data_kind"), now)
    st.radio(
        session.say().text("Each row is"), list(kinds), key=key, horizontal=True, on_change=_keep, args=("kind", key),
        format_func=lambda kind: say.text(WAYS[kind]),
    )  # fmt: skip
    found = kinds.get(now, proposals[0])
    return replace(found, open=()) if "kind" in _picked() else found
