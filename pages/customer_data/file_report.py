"""What was cleaned and why, and whether the models can be trusted: before any value is shown."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st
from babel.dates import format_date

from pages.customer_data import data_study, law_parameters, which_columns
from pages.customer_data.data_study import Brought, Kept
from pages.customer_data.law_parameters import MODEL_NAMES
from pages.frame import jobs, session
from pages.frame.show import show
from pages.frame.tabs import tabs
from strategy import charts
from strategy.customers.cleaning.choices import Choices
from strategy.customers.models.spend import LARGEST_CORRELATION
from strategy.customers.reading.source import Source
from strategy.customers.study import Measured, Purchases, Running, measure
from strategy.explanations.customer_findings import say_finding
from strategy.exports.customer_rows import KINDS, MOST_EXCEL_ROWS, About, fits_excel, rows_as
from strategy.words.messages import ASSUMED, CLEANING
from strategy.words.wording import N_, Wording, markdown_text

INDEPENDENT = N_("Who buys more often spends about the same per purchase: correlation {correlation}")
DEPENDENT = N_("Who buys more often spends differently per purchase: correlation {correlation}")
DOWNLOADED = {"cleaned": N_("The cleaned rows:"), "customers": N_("A row per customer, with its segment:")}
VERDICTS = {
    "trusted": N_("**Trusted**: no check speaks against these numbers."),
    "care": N_("**Use with care**: a check was missed; read why before you rely on it."),
    "fallback": N_("**Not trusted** as asked: {fallback} is used instead."),
}
LEFT_OUT = ("excluded_product", "other_status", "left_out_customer", "same_day", "order_again", "continuation")
"""Why rows go that people left out themselves, or that only repeat others."""
FILES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


def measured(brought: Brought, source: Source, choices: Choices) -> Kept | None:
    """The study of a file with these choices: computed once; while it runs or fails, the last one stays."""
    asked = data_study.now().asked
    if asked is None or asked[:2] != (brought.path, choices):
        asked = (brought.path, choices, (asked[2] if asked else 0) + 1)
        data_study.change(asked=asked)
    kept, number = last(), asked[2]
    if kept and kept.number == number:
        return kept
    folder = brought.folder.path / str(number)
    label = session.say().text("Cleaning, fitting and checking {file}", file=markdown_text(brought.name))
    found = jobs.result(
        "data_measure", str(folder), lambda _, told: measure(source, choices, folder, told), session.plan(), label
    )
    if found is None:
        if kept:
            st.caption(session.say().text("Until then, and if it fails, the last result is below."))
        return kept
    new = Kept(brought, choices, found, number)
    data_study.change(kept=new)
    brought.folder.only({source.rows.parent.name, str(number)})
    return new


def last() -> Kept | None:
    """The last study that came to an end."""
    kept = data_study.now().kept
    return kept if kept and kept.measured.customers.exists() else None


# Cleaning ------------------------------------------------------------------------------------------------------------


def cleaning(kept: Kept, say: Wording) -> None:
    """What stayed, what went and why, with rows and money; what else may go; the cleaned rows to take along."""
    report = kept.measured.report
    model = kept.measured.model
    running = model if isinstance(model, Running) else None
    st.markdown(f"##### {_usable(kept.measured, running, say)}")
    st.caption(say.text("From {first} to {last}.", first=day(report.first, say), last=day(report.last, say)))
    lines = [markdown_text(say_finding(finding, say)) for finding in kept.choices.told]
    lines += [
        say.text(CLEANING[gone.code], rows=say.number(gone.rows), amount=markdown_text(say.money(gone.amount, 0)))
        for gone in report.removed
    ]
    lines += [say.text(ASSUMED[code]) for code in report.findings if code in ASSUMED]
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))
    else:
        st.markdown(say.text("Nothing had to be taken out."))
    if report.excluded:
        st.markdown(say.text("Rows like these are rarely something that a customer chose to buy:"))
        which_columns.exclude(report.excluded)
    if any(gone.code == "duplicate_line" for gone in report.removed) or which_columns.copies_stay():
        which_columns.copies(say)
    about = About(say.text("contracts") if running else say.text("purchases"))
    downloads(kept.measured.cleaned, say.text("cleaned-rows"), "cleaned", about, say)


def _usable(found: Measured, running: Running | None, say: Wording) -> str:
    """How many rows can be used; what people left out themselves is no row that cannot."""
    report = found.report
    left_out = sum(gone.rows for gone in report.removed if gone.code in LEFT_OUT)
    rows = report.rows - left_out
    words = {
        "rows": say.number(rows),
        "kept": say.number(report.kept_rows),
        "share": say.percent(report.kept_rows / rows, 0),
        "amount": markdown_text(say.short_money(report.kept_amount)),
    }
    if running:
        return say.text(
            "{kept} of {rows} contracts can be used ({share}): {running} run and bring {fees} {per_period} together",
            running=say.number(running.running),
            fees=markdown_text(say.short_money(running.fees)),
            per_period=say.per(running.period),
            **words,
        )
    told = say.text("{kept} of {rows} rows ({share}) can be used, worth {amount}", **words)
    if left_out:
        told += say.text("; {rows} more you left out yourself", rows=say.number(left_out))
    return told


def day(when: date, say: Wording) -> str:
    """A day as the reader writes it."""
    return format_date(when, "medium", locale=say.locale)


def downloads(rows: Path, name: str, key: str, about: About, say: Wording) -> None:
    """Rows as CSV, Excel and Parquet, written when asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say.text(DOWNLOADED[key]), width="content")
        for kind, shown in FILES.items():
            wide = kind == "xlsx" and not fits_excel(rows)
            st.download_button(
                shown,
                partial(rows_as, rows, kind, say, about),
                file_name=f"{name}.{kind}",
                mime=KINDS[kind],
                key=f"download_{key}_{kind}",
                icon=":material/download:",
                on_click="ignore",
                disabled=wide,
                help=say.text("More than {rows} rows: take CSV.", rows=say.number(MOST_EXCEL_ROWS)) if wide else None,
            )


# Trust ---------------------------------------------------------------------------------------------------------------


def trust(kept: Kept, say: Wording) -> None:
    """What the models say about themselves, and the charts behind it."""
    model = kept.measured.model
    for finding in model.findings:
        st.markdown(f"- {markdown_text(say_finding(finding, say))}")
    views: dict[str, Callable[[], None]] = {}
    if isinstance(model, Running):
        views[say.text("How long contracts run")] = lambda: show(
            lambda: charts.contracts_running(model, say), "running"
        )
    else:
        if model.tracked:
            tracked = model.tracked
            views[say.text("Foretold and made")] = lambda: show(
                lambda: charts.purchases_foretold(tracked, model.unit, say), "foretold"
            )
        actual, expected = model.frequency_actual, model.frequency_expected
        views[say.text("How often they buy")] = lambda: show(
            lambda: charts.purchase_frequency(actual, expected, say), "frequency"
        )
        views[say.text("Spend and frequency")] = lambda: _independence(model, say)
    views[say.text("Parameters")] = lambda: law_parameters.shown(kept.measured, say)
    tabs("data_trust", views)


def verdict(found: Measured, say: Wording) -> str:
    """How far the models can be relied on, in a sentence of Markdown."""
    return say.text(VERDICTS[found.trust], fallback=" + ".join(_fallbacks(found, say)))


def light(found: Measured, say: Wording) -> None:
    """The verdict in its colour."""
    box, icon = {
        "trusted": (st.success, ":material/check_circle:"),
        "care": (st.warning, ":material/warning:"),
        "fallback": (st.error, ":material/block:"),
    }[found.trust]
    box(verdict(found, say), icon=icon)


def _fallbacks(found: Measured, say: Wording) -> list[str]:
    """The simpler models that took over."""
    model = found.model
    if isinstance(model, Running):
        return [say.text(MODEL_NAMES[model.contracts.model])]
    codes = (model.purchasing.model, model.spend.model)
    return [say.text(MODEL_NAMES[code]) for code in codes if code in ("nbd", "observed_mean")]


def _independence(model: Purchases, say: Wording) -> None:
    """Gamma-Gamma takes spend and frequency to be independent: whether they are."""
    estimate, low, high = model.spend.correlation
    if estimate != estimate:
        st.markdown(f"##### {say.text('Too few repeat buyers to see whether spend depends on frequency.')}")
        return
    words = {
        "correlation": say.number(estimate, 2),
        "low": say.number(low, 2),
        "high": say.number(high, 2),
    }
    title = INDEPENDENT if abs(estimate) <= LARGEST_CORRELATION else DEPENDENT
    st.markdown(f"##### {say.text(title, **words)}")
    st.markdown(
        say.text(
            "With 95% certainty it lies between {low} and {high}. The model of spend (Gamma-Gamma) holds while it "
            "stays between −0.2 and 0.2.",
            **words,
        )
    )
