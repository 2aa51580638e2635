"""What was cleaned and why, and whether the models can be trusted: before any value is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.parts import data_columns, frame, jobs, session
from pages.parts.data_file import Brought
from pages.parts.show import show
from strategy import charts
from strategy.customer_messages import say_finding
from strategy.customers.source import Choices, Source
from strategy.customers.spend import LARGEST_CORRELATION
from strategy.customers.study import Measured, Purchases, Running, measure
from strategy.exports.customer_rows import KINDS, MOST_EXCEL_ROWS, fits_excel, rows_as
from strategy.messages import ASSUMED, CLEANING
from strategy.wording import N_, Wording, markdown_text

MODEL_NAMES = {
    "bg_nbd": "BG/NBD (Fader, Hardie & Lee 2005)",
    "pareto_nbd": "Pareto/NBD (Schmittlein, Morrison & Colombo 1987)",
    "nbd": "NBD (Ehrenberg 1959)",
    "gamma_gamma": "Gamma-Gamma (Fader & Hardie 2013)",
    "observed_mean": N_("observed means"),
    "sbg": "sBG (Fader & Hardie 2007)",
    "constant_churn": N_("one chance to leave for all"),
}
INDEPENDENT = N_("Who buys more often spends about the same per purchase: correlation {correlation}")
DEPENDENT = N_("Who buys more often spends differently per purchase: correlation {correlation}")
DOWNLOADED = {"cleaned": N_("The cleaned rows:"), "customers": N_("A row per customer:")}
FILES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


@dataclass(frozen=True)
class Kept:
    """The last study that came to an end, with what its files lie in."""

    brought: Brought
    choices: Choices
    measured: Measured
    number: int


def measured(brought: Brought, source: Source, choices: Choices) -> Kept | None:
    """The study of a file with these choices: computed once; while it runs or fails, the last one stays."""
    asked: tuple[Path, Choices, int] | None = session.display("data_asked")
    if asked is None or asked[:2] != (brought.path, choices):
        asked = (brought.path, choices, (asked[2] if asked else 0) + 1)
        session.show("data_asked", asked)
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
    session.show("data_kept", new)
    brought.folder.only({str(number)})
    return new


def last() -> Kept | None:
    """The last study that came to an end."""
    kept: Kept | None = session.display("data_kept")
    return kept if kept and kept.measured.customers.exists() else None


# Cleaning ------------------------------------------------------------------------------------------------------------


def cleaning(kept: Kept, say: Wording) -> None:
    """What stayed, what went and why, with rows and money; what else may go; the cleaned rows to take along."""
    report = kept.measured.report
    words = {
        "rows": say.number(report.rows),
        "kept": say.number(report.kept_rows),
        "share": say.percent(report.kept_rows / report.rows, 0),
        "amount": markdown_text(say.short_money(report.kept_amount)),
    }
    title = say.text("{kept} of {rows} rows ({share}) can be used, worth {amount}", **words)
    st.markdown(f"##### {title}")
    days = {"first": report.first.isoformat(), "last": report.last.isoformat()}
    st.caption(say.text("From {first} to {last}.", **days))
    lines = [
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
        data_columns.exclude(report.excluded)
    downloads(kept.measured.cleaned, say.text("cleaned-rows"), "cleaned", say)


def downloads(rows: Path, name: str, key: str, say: Wording) -> None:
    """Rows as CSV, Excel and Parquet, written when asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say.text(DOWNLOADED[key]), width="content")
        for kind, shown in FILES.items():
            wide = kind == "xlsx" and not fits_excel(rows)
            st.download_button(
                shown,
                partial(rows_as, rows, kind),
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
    """A light in words, what the models say about themselves, and the charts behind it."""
    model = kept.measured.model
    _light(kept.measured, say)
    for finding in model.findings:
        st.markdown(f"- {markdown_text(say_finding(finding, say))}")
    views: dict[str, Callable[[], None]] = {}
    if isinstance(model, Running):
        views[say.text("How long contracts run")] = lambda: show(charts.contracts_running(model, say), "running")
    else:
        if model.tracked:
            tracked = model.tracked
            views[say.text("Foretold and made")] = lambda: show(
                charts.purchases_foretold(tracked, model.unit, say), "foretold"
            )
        actual, expected = model.frequency_actual, model.frequency_expected
        views[say.text("How often they buy")] = lambda: show(
            charts.purchase_frequency(actual, expected, say), "frequency"
        )
        views[say.text("Spend and frequency")] = lambda: _independence(model, say)
    views[say.text("Parameters")] = lambda: _parameters(kept.measured, say)
    frame.tabs("data_trust", views)


def _light(found: Measured, say: Wording) -> None:
    if found.trust == "trusted":
        st.success(say.text("**Trusted**: no check speaks against these numbers."), icon=":material/check_circle:")
    elif found.trust == "care":
        care = say.text("**Use with care**: a check was missed; read why before you rely on it.")
        st.warning(care, icon=":material/warning:")
    else:
        instead = " + ".join(_fallbacks(found, say))
        st.error(
            say.text("**Not trusted** as asked: {fallback} is used instead.", fallback=instead),
            icon=":material/block:",
        )


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
        st.markdown(say.text("Too few repeat buyers to see whether spend depends on frequency."))
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


def _parameters(found: Measured, say: Wording) -> None:
    """Parameters with standard errors and where the model comes from."""
    rows: list[tuple[str, str, float, float]] = []
    model = found.model
    if isinstance(model, Running):
        law = model.contracts
        names = (("alpha", law.alpha), ("beta", law.beta)) if law.model == "sbg" else (("churn", law.churn),)
        for (name, value), error in zip(names, law.standard_errors, strict=True):
            rows.append((law.model, name, float(value), float(error)))
    else:
        purchasing, spend = model.purchasing, model.spend
        rows += [
            (purchasing.model, name, value, purchasing.standard_errors[name])
            for name, value in purchasing.parameters.items()
        ]
        if spend.model == "gamma_gamma":
            errors = spend.standard_errors
            rows += [(spend.model, name, float(spend.parameters[n]), float(errors[n])) for n, name in enumerate("pqv")]
        else:
            rows.append((spend.model, say.text("mean"), spend.observed_mean, float("nan")))
    st.dataframe(
        pd.DataFrame(
            {
                say.text("Model and source"): [say.text(MODEL_NAMES[row[0]]) for row in rows],
                say.text("Parameter"): [row[1] for row in rows],
                say.text("Estimate"): [say.number(row[2], 4) for row in rows],
                say.text("Standard error"): [say.number(row[3], 4) for row in rows],
            }
        ),
        hide_index=True,
        key="data_parameters",
    )
