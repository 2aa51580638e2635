"""A file that somebody brings: opened as a plan, with what came in; or why it was not opened."""

from functools import partial
from uuid import uuid4

import streamlit as st

from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from pages.plans import workbook
from strategy.customers.reading.reader import read_apart
from strategy.errors import PlannerError
from strategy.exports.case_workbook import is_workbook, read_workbook
from strategy.plan.moves import begin
from strategy.plan.plan import Plan
from strategy.plan.plan_file import read_plan
from strategy.words.messages import explain
from strategy.words.wording import Wording, markdown_text

EXCEL = (".xlsx", ".xlsm", ".xls")
CAME_IN = "came in"
"""The file that the plan on the screen came from, with the plan that it held."""


def upload(say: Wording) -> None:
    """Asks for a file and opens it; says why it was not opened."""
    st.file_uploader(
        say.text("A case (Excel or JSON) or a plan (JSON), at most 5 MB"),
        type=["json", "xlsx"],
        max_upload_size=5,
        key=f"upload_{session.language()}",
        on_change=_read_upload,
        args=(f"upload_{session.language()}",),
    )
    _open_workbook(say)
    wrong = trouble.kept("upload")
    if wrong:
        trouble.told(say.text("{file} was not opened. {why}", file=wrong[0], why=wrong[1]))
    st.caption(say.text("The easiest start is a sample: open one, download its case on the budget page and change it."))
    workbook.download_blank()


def _read_upload(key: str) -> None:
    uploaded = widgets.held(key)
    if uploaded is None:
        return
    content = uploaded.getvalue()
    if is_workbook(content) or uploaded.name.lower().endswith(EXCEL):
        trouble.forget("upload")
        session.show("workbook", (uploaded.name, uuid4().hex, content))
        return
    session.show("workbook", None)
    attempt("upload", lambda: _open(uploaded.name, read_plan(content)), uploaded.name)


def _open_workbook(say: Wording) -> None:
    """Opens the workbook that was brought, which is read outside the script."""
    brought: tuple[str, str, bytes] | None = session.display("workbook")
    if brought is None:
        return
    name, key, content = brought
    found = jobs.result(
        "open_workbook", key, lambda _, told: read_apart(read_workbook, content, on_progress=told), session.plan(),
        say.text("Reading {file}", file=markdown_text(name)), True, partial(_not_opened, name),
    )  # fmt: skip
    if found:
        session.show("workbook", None)
        _open(name, begin(*found))
        st.rerun()


def _not_opened(name: str, why: PlannerError) -> None:
    session.show("workbook", None)
    trouble.complain("upload", explain(why, session.say()), name)


# What came in --------------------------------------------------------------------------------------------------------


def _open(name: str, plan: Plan) -> None:
    session.open_plan(plan)
    session.show(CAME_IN, (name, session.plan()))


def came_in(say: Wording) -> None:
    """What the file that was opened last brought, as long as nothing of it was changed; and where to go with it."""
    name, brought = session.display(CAME_IN) or ("", None)
    if brought is None or brought != session.plan():
        return
    with st.container(border=True, key="came_in"):
        told = say.text(
            "**{file}** is open: {firm}. It brought {things}.",
            file=markdown_text(name),
            firm=markdown_text(brought.case.name),
            things=_things(brought, say),
        )
        st.markdown(f":material/check_circle: {told}")
        with st.container(horizontal=True):
            st.page_link("budget.py", label=say.text("To its budget"), icon=":material/arrow_forward:")
            st.page_link("assumptions.py", label=say.text("To its numbers"), icon=":material/arrow_forward:")


def _things(plan: Plan, say: Wording) -> str:
    """What a plan holds, counted, with its money; Markdown."""
    counted = [
        say.plural("{count} segment", "{count} segments", len(plan.case.segments)),
        say.text("{amount} {per_period}", amount=say.short_money(plan.budget), per_period=say.per(plan.case.period)),
        say.plural("{count} answer", "{count} answers", len(plan.answers)),
        say.plural("{count} scenario", "{count} scenarios", len(plan.scenarios)),
    ]
    if plan.case.initiatives:
        counted.append(say.plural("{count} initiative", "{count} initiatives", len(plan.case.initiatives)))
    if plan.case.events:
        counted.append(say.plural("{count} event", "{count} events", len(plan.case.events)))
    if plan.evidence is not None:
        counted.append(say.text("what a customer file told"))
    return markdown_text(", ".join(counted))
