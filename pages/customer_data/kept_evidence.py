"""What a plan keeps of a customer file: taken when it is measured, and shown when the file itself is gone."""

from datetime import date, datetime

import pandas as pd
import streamlit as st

from pages.customer_data import customer_worth, data_study, file_report, which_columns
from pages.customer_data.data_study import Kept
from pages.frame import session
from strategy.customers.findings import Finding
from strategy.customers.value.measures import Segments
from strategy.customers.value.segmenting import Way, ahead_of
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.dimensions.customer_evidence import digest_of, evidence_of, with_segments, worth_of
from strategy.explanations.action_lists import segment_named as named
from strategy.explanations.customer_findings import FINDINGS, say_finding
from strategy.plan.evidence import FEWEST, CustomerEvidence, Grouped, Range
from strategy.words.messages import CLEANING
from strategy.words.wording import N_, Wording, markdown_text

TAKEN = N_("what a customer file told")
FIELD = "customer evidence"
"""Money terms and groupings that are tried one after another are one change of the plan."""


def take(kept: Kept, terms: MoneyTerms, worth: Worth, found: Segments, way: Way) -> None:
    """Give the plan what the file told, once for each study and its terms; another plan gets it when asked to."""
    told = (str(kept.brought.folder.path), str(kept.number), repr(terms), repr(way))
    now, say = data_study.now(), session.say()
    if worth.customers < FEWEST:
        st.caption(
            say.text(
                "With fewer than {count} customers a total would tell of some of them: the plan keeps nothing of this "
                "file, and after a reload it has to be brought again.",
                count=say.number(FEWEST),
            )
        )
    elif now.plan == session.kept().token:
        if now.taken != told:
            data_study.change(taken=told)
            _take(kept, terms, worth, found, way)
            st.rerun()  # with the header of the plan as it is now
    elif getattr(session.plan().evidence, "file", None) != kept.brought.name:
        st.button(
            say.text("Keep what this file told with the plan that is open"), key="data_keep",
            icon=":material/bookmark_add:", on_click=_take, args=(kept, terms, worth, found, way),
        )  # fmt: skip


def _take(kept: Kept, terms: MoneyTerms, worth: Worth, found: Segments, way: Way) -> None:
    source = {
        "file": kept.brought.name,
        "digest": digest_of(kept.brought.path),
        "day": datetime.now(session.zone()).date().isoformat(),
        "currency": which_columns.currency_of_data(kept.measured.report.currency),
    }
    evidence = evidence_of(kept.measured, kept.choices, worth, source, customer_worth.bought_once(kept))
    if evidence is not None:
        period = ahead_of(kept.measured, terms).period
        session.type_in(FIELD, TAKEN, session.plan().having(evidence=with_segments(evidence, found, way, period)))


def written(day: str, say: Wording) -> str:
    """A day of the evidence as the reader writes it; one that no calendar has, from a file, as it stands."""
    try:
        return file_report.day(date.fromisoformat(day), say)
    except ValueError:
        return markdown_text(day)


def shown(evidence: CustomerEvidence) -> None:
    """What the plan keeps, on the Data page where the file is no longer here."""
    say = Wording(session.language(), evidence.currency)
    worth = worth_of(evidence)
    st.header(say.text("What {file} told", file=markdown_text(evidence.file)), anchor=False, divider="gray")
    st.caption(
        say.text(
            "Measured on {day}, with data from {first} to {last}. The plan keeps these totals; the file itself is "
            "gone. Bring it again to group customers in another way or to make a case of them.",
            day=written(evidence.day, say), first=written(evidence.first, say), last=written(evidence.last, say),
        )
    )  # fmt: skip
    customer_worth.finding(worth, say)
    customer_worth.headline(worth, say)
    customer_worth.views(worth, say)
    if evidence.grouped and evidence.grouped.segments:
        _segments(evidence.grouped, say)
    _how(evidence, say)


def _segments(grouped: Grouped, say: Wording) -> None:
    """The segments with their ranges."""
    way, per = Way(grouped.kind, grouped.column), say.per(grouped.period)
    rows = grouped.segments

    def spans(ends: list[Range]) -> list[str]:
        return [say.span(low, high, say.short_money) for low, _, high in ends]

    st.dataframe(
        pd.DataFrame(
            {
                say.text("Segment"): [named(row.code, way, say)[:60] for row in rows],
                say.text("Customers in the data"): [say.people(row.size) for row in rows],
                say.text("Expected still to be there"): [say.people(row.customers) for row in rows],
                say.text("Value"): [say.short_money(row.value[1]) for row in rows],
                say.text("Value expected, 90%"): spans([row.value for row in rows]),
                say.text("Revenue per customer {per_period}", per_period=per): [
                    say.money(row.revenue[1]) for row in rows
                ],
                say.text("Revenue, range"): spans([row.revenue for row in rows]),
                say.text("Of those still there stay, {per_period}", per_period=per): [
                    say.percent(row.retention[1]) for row in rows
                ],
            }
        ),
        hide_index=True,
        key="kept_segments",
    )


def _how(evidence: CustomerEvidence, say: Wording) -> None:
    """What was read, what went, and what must be known before trusting it."""
    panel = st.expander(say.text("How it was read and cleaned"), key="kept_how")
    kept, rows = say.number(evidence.kept_rows), say.number(evidence.rows)
    lines = [say.text("{kept} of {rows} rows were used.", kept=kept, rows=rows)]
    lines += [
        say.text(CLEANING[gone.code], rows=say.number(gone.rows), amount=markdown_text(say.money(gone.amount, 0)))
        for gone in evidence.removed
        if gone.code in CLEANING
    ]
    findings = [Finding(each.code, dict(each.fields)) for each in evidence.findings if each.code in FINDINGS]
    lines += [markdown_text(say_finding(finding, say)) for finding in findings]
    panel.markdown("\n".join(f"- {line}" for line in lines))
    verdict = file_report.VERDICTS[evidence.trust]
    panel.markdown(say.text(verdict, fallback=say.text("a simpler model")))
