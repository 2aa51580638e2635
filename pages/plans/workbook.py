"""The case as an Excel workbook: to take along, to fill in, and to open again."""

import streamlit as st

from pages.frame import session
from pages.plans.register import last_changes
from strategy.exports.case_workbook import blank_workbook, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download() -> None:
    """The button that makes the workbook of the case, when it is pressed."""
    plan, say = session.plan(), session.say()
    changed = last_changes()
    st.download_button(
        say.text("Download the case (Excel)"),
        lambda: write_workbook(plan.case, plan.origins, say, changed),
        "case.xlsx",
        XLSX,
        key="download_case.xlsx",
        icon=":material/download:",
        on_click="ignore",
        help=say.text("The case with every number and its source, to fill in and open again on the start page."),
    )


def download_blank() -> None:
    """The button that makes a workbook to start from, in the currency of the case on the screen."""
    say = session.say()
    st.download_button(
        say.text("Download an empty case (Excel)"),
        lambda: blank_workbook(say.currency, say),
        "empty_case.xlsx",
        XLSX,
        key="download_empty_case.xlsx",
        icon=":material/download:",
        on_click="ignore",
        help=say.text("With round figures to replace, and how to fill it in on its first sheet."),
    )
