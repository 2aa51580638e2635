"""The parameters of the models of customer data: what they say in words, their standard errors, their sources."""

import pandas as pd
import streamlit as st

from strategy.customers.study import Measured, Purchases, Running
from strategy.customers.value.book import UNITS_A_YEAR
from strategy.words.wording import N_, Wording, markdown_text

MODEL_NAMES = {
    "bg_nbd": "BG/NBD (Fader, Hardie & Lee 2005)",
    "pareto_nbd": "Pareto/NBD (Schmittlein, Morrison & Colombo 1987)",
    "nbd": "NBD (Ehrenberg 1959)",
    "gamma_gamma": "Gamma-Gamma (Fader & Hardie 2013)",
    "observed_mean": N_("observed means"),
    "sbg": "sBG (Fader & Hardie 2007)",
    "constant_churn": N_("one chance to leave for all"),
}
DAYS_A_YEAR = 365.25


def models_of(found: Measured, say: Wording) -> str:
    """The names of the models behind what is expected of customers."""
    model = found.model
    codes = (model.contracts.model,) if isinstance(model, Running) else (model.purchasing.model, model.spend.model)
    return ", ".join(say.text(MODEL_NAMES[code]) for code in codes)


def shown(found: Measured, say: Wording) -> None:
    """What the parameters say in words; then they with their standard errors, and where the model comes from."""
    first, *others = _contracts(found.model, say) if isinstance(found.model, Running) else _purchases(found.model, say)
    st.markdown(f"##### {first}")
    for line in others:
        st.markdown(f"- {line}")
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


def _contracts(model: Running, say: Wording) -> list[str]:
    """The chance to leave at the first renewal, and whether it falls with time."""
    law = model.contracts
    first = float(1 - law.retention(0.0))
    told = [say.text("{share} of contracts end at their first renewal", share=say.percent(first))]
    if law.model == "sbg":
        later = float(1 - law.retention(4.0))
        told.append(
            say.text(
                "At the fifth renewal {share} of those still running end: who is likely to leave has left by then.",
                share=say.percent(later),
            )
        )
    else:
        told.append(say.text("The chance is the same at every later renewal."))
    return told


def _purchases(model: Purchases, say: Wording) -> list[str]:
    """How often customers buy, how they leave, what they spend."""
    purchasing, spend = model.purchasing, model.spend
    given, units = purchasing.parameters, UNITS_A_YEAR[model.unit]
    days = DAYS_A_YEAR / (units * given["r"] / given["alpha"])
    told = [say.text("An average customer buys every {days} days while a customer (r, alpha)", days=say.people(days))]
    if purchasing.model == "bg_nbd":
        leaving = given["a"] / (given["a"] + given["b"])
        told.append(say.text("After each repeat purchase {share} leave on average (a, b).", share=say.percent(leaving)))
    elif purchasing.model == "pareto_nbd":
        leaving = 1 - (given["beta"] / (given["beta"] + units)) ** given["s"]
        told.append(say.text("Of new customers {share} leave within a year (s, beta).", share=say.percent(leaving)))
    else:
        told.append(say.text("Nobody is taken to leave."))
    if spend.model == "gamma_gamma":
        p, q, v = map(float, spend.parameters)
        mean = p * v / (q - 1)
        told.append(
            say.text(
                "An average customer spends {amount} per purchase (p, q, v).", amount=markdown_text(say.money(mean))
            )
        )
    else:
        amount = markdown_text(say.money(spend.observed_mean))
        told.append(say.text("Repeat buyers spent {amount} per purchase on average.", amount=amount))
    return told
