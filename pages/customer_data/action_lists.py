"""Whom to win back, keep, upgrade and let go, by the choices of the pages: lists for the system that sends the mail."""

from functools import partial
from zlib import crc32

import pandas as pd
import streamlit as st

from pages.customer_data import data_study
from pages.customer_data.customer_worth import cost_field, cost_given
from pages.customer_data.data_study import Kept
from pages.customer_data.law_parameters import models_of
from pages.frame import jobs, session
from pages.frame.fields import typed
from strategy.customers.cleaning.durations import MONTHS
from strategy.customers.study import Running
from strategy.customers.value.acting import MOST_A_YEAR, ActionList, Choice, Effort
from strategy.customers.value.acting import lists as action_lists
from strategy.customers.value.segmenting import Way, ahead_of, book_of, grouped
from strategy.customers.value.segments import Grouping
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.errors import PlannerError
from strategy.explanations.action_lists import LIST_NAMES, chosen_in, codes_told
from strategy.exports.customer_rows import KINDS, MOST_EXCEL_ROWS, About, fits_excel, rows_as
from strategy.progress import Progress
from strategy.words.wording import N_, Wording, markdown_text

FINDINGS = {
    "reactivate": N_("Win back {count} customers first: {gain} expected, after {cost} of contacts"),
    "keep": N_("Keep {count} customers first: {gain} expected, after {cost} of contacts"),
    "upgrade": N_("Upgrade {count} customers first: {gain} expected, after {cost} of contacts"),
}
WHO = {
    "reactivate": N_("who has probably left, or whose contract ended"),
    "keep": N_("who is there but may leave"),
    "upgrade": N_("who is there and stays"),
    "let_go": N_("who costs more to serve than comes in, or is in a segment that is not chosen"),
}
OFFERED = {"csv": "CSV", "xlsx": "Excel"}


def lists(
    kept: Kept, way: Way, terms: MoneyTerms, worth: Worth, codes: tuple[str, ...], say: Wording
) -> None:  # fmt: skip
    """What acting costs and does, and the four lists with what they are to bring; codes: of the segments."""
    _effort_fields(kept, say)
    chosen = chosen_in(session.plan(), codes, way, say)
    effort = Effort(
        cost_given("cost"), cost_given("response"), cost_given("saved"), cost_given("more"), _serving(kept)
    )  # fmt: skip
    if worth.rows is None:
        return
    key = (str(worth.rows), way, tuple(chosen.items()), effort)
    label = say.text("Making the lists")
    groups = partial(_grouping, kept, way, terms)
    grouping: Grouping | None = jobs.result("data_grouping", (str(worth.rows), way), groups, session.plan(), label)
    if grouping is None:
        return
    work = partial(_made, kept, grouping, worth, chosen, effort)
    found: tuple[ActionList, ...] | None = jobs.result("data_lists", key, work, session.plan(), label)
    if found is None:
        return
    st.markdown(f"##### {_finding(found, say)}")
    _table(found, say)
    st.caption(
        say.text(
            "The band holds what chance and the models leave open of customers' values; what a contact does is taken "
            "as typed, and the table says from which share it pays."
        )
    )
    st.caption(_about_choices(chosen, say))
    _files(found, kept, way, say)


def _grouping(kept: Kept, way: Way, terms: MoneyTerms, _: object, told: Progress) -> Grouping:
    """Who is in which segment: once, for whatever is typed of costs."""
    return grouped(book_of(kept.measured), way, ahead_of(kept.measured, terms))


def _made(
    kept: Kept, grouping: Grouping, worth: Worth, chosen: dict[str, Choice], effort: Effort, _: object, told: Progress
) -> tuple[ActionList, ...]:  # fmt: skip
    if worth.rows is None:
        return ()
    told(0.5)
    asked = (grouping.codes, grouping.sizes.tolist(), sorted(chosen.items()), effort)
    folder = worth.rows.with_name(f"lists_{crc32(repr(asked).encode()):08x}")
    running = isinstance(kept.measured.model, Running)
    return action_lists(worth.rows, running, grouping, chosen, effort, folder, (worth.low, worth.high))


# What acting costs and does, and what was chosen ---------------------------------------------------------------------


def _effort_fields(kept: Kept, say: Wording) -> None:
    fields = (
        ("cost", say.text("Cost of a contact"), say.money(cost_given("cost"))),
        ("response", say.text("Share of those contacted that comes back"), say.percent(cost_given("response"), None)),
        ("saved", say.text("Share of leavers that a contact keeps"), say.percent(cost_given("saved"), None)),
        ("more", say.text("Extra bought after a contact"), say.percent(cost_given("more"), None)),
    )
    *columns, last = st.columns(5, vertical_alignment="bottom")
    for column, (name, label, shown) in zip(columns, fields, strict=True):
        with column:
            cost_field(name, label, shown, say, place="data_list")
    with last:
        _serving_field(kept, say)


def _a_year(kept: Kept) -> float:
    """Periods of the case in a year: it counts what serving costs."""
    model = kept.measured.model
    return 12 / MONTHS[model.period if isinstance(model, Running) else data_study.now().period or "year"]


def _serving(kept: Kept) -> float:
    """What serving a customer costs a year: the number that the case below counts per period."""
    return data_study.now().amounts.get("serve", 0.0) * _a_year(kept)


def _serving_field(kept: Kept, say: Wording) -> None:
    label = say.text("Cost to serve a customer a year (0 if unknown)")

    def take(text: str) -> None:
        number = say.parse_number(text) if text.strip() else 0.0
        if not 0 <= number <= MOST_A_YEAR:
            raise PlannerError("out_of_range", place=label, value=number, low=0, high=MOST_A_YEAR)
        data_study.change(amounts={**data_study.now().amounts, "serve": number / _a_year(kept)})

    typed(label, data_study.key("data_list_serve"), say.money(_serving(kept)), take)


def _about_choices(chosen: dict[str, Choice], say: Wording) -> str:
    if not chosen:
        return say.text(
            "No choice of a page counts here yet: once a case is made of these segments, the answers to which segments "
            "you choose (client selection) and whom you keep (value protection) decide who is on which list."
        )
    return say.plural(
        "Your answers on client selection and value protection count for {count} segment.",
        "Your answers on client selection and value protection count for {count} segments.",
        len(chosen),
    )


# The lists -----------------------------------------------------------------------------------------------------------


def _finding(found: tuple[ActionList, ...], say: Wording) -> str:
    """The effort that brings most."""
    best = max((made for made in found if made.act in FINDINGS), key=lambda made: made.gain)
    if not best.customers:
        return say.text("At these costs no contact brings more than it costs")
    return say.text(
        FINDINGS[best.act],
        count=say.people(best.customers),
        gain=markdown_text(say.money(best.gain, 0)),
        cost=markdown_text(say.money(best.cost, 0)),
    )


def _table(found: tuple[ActionList, ...], say: Wording) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                say.text("List"): [say.text(LIST_NAMES[made.act]) for made in found],
                say.text("Customers"): [say.people(made.customers) for made in found],
                say.text("Expected gain"): [say.money(made.gain, 0) for made in found],
                say.text("In 90 of 100 cases"): [_band(made, say) for made in found],
                say.text("Cost of contacts"): [say.money(made.cost, 0) for made in found],
                say.text("Pays from"): [_pays_from(made, say) for made in found],
                say.text("Who is on it"): [say.text(WHO[made.act]) for made in found],
            }
        ),
        hide_index=True,
        key="data_lists",
    )


def _band(made: ActionList, say: Wording) -> str:
    """Between what the gain turns out, if contacts do what was typed."""
    if not made.customers:
        return "–"
    return say.text("{low} to {high}", low=say.money(made.low, 0), high=say.money(made.high, 0))


def _pays_from(made: ActionList, say: Wording) -> str:
    """The share from which contacting the whole list pays, beside the one that was typed."""
    share = {"reactivate": "response", "keep": "saved", "upgrade": "more"}.get(made.act)
    if share is None or not made.customers:
        return "–"
    needed = cost_given(share) * made.cost / (made.gain + made.cost)
    return say.text("{needed} instead of {share}", needed=say.percent(needed), share=say.percent(cost_given(share)))


def _files(found: tuple[ActionList, ...], kept: Kept, way: Way, say: Wording) -> None:
    """Each list as CSV and Excel, written when asked for."""
    about = partial(About, models=models_of(kept.measured, say), told=codes_told(way, say))
    unit = getattr(kept.measured.model, "unit", "day")
    for column, made in zip(st.columns(len(found)), found, strict=True):
        with column, st.container(horizontal=True, vertical_alignment="center"):
            name = say.text(LIST_NAMES[made.act])
            st.markdown(f"{name}:", width="content")
            for kind, shown in OFFERED.items():
                wide = kind == "xlsx" and not fits_excel(made.rows)
                st.download_button(
                    shown,
                    partial(rows_as, made.rows, kind, say, about(name, unit=unit)),
                    file_name=f"{name}.{kind}".lower().replace(" ", "-"),
                    mime=KINDS[kind],
                    key=f"download_list_{made.act}_{kind}",
                    icon=":material/download:",
                    on_click="ignore",
                    disabled=not made.customers or wide,
                    help=say.text("More than {rows} rows: take CSV.", rows=say.number(MOST_EXCEL_ROWS))
                    if wide
                    else None,
                )
