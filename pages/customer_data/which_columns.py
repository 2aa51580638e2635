"""Which column of a brought file is what, and how it is written: guessed, in words, to confirm or to change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.customer_data import data_study, what_counts
from pages.frame import session, widgets
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.durations import Period
from strategy.customers.reading.columns import Columns, ContractColumns, plain_name
from strategy.customers.reading.date_words import numbering_of
from strategy.customers.reading.parsing import CODES
from strategy.customers.reading.source import PREVIEW, Source, currencies_seen, either_order, either_sign
from strategy.words.wording import N_, Wording, markdown_text, printable

LONGEST_CELL, LONGEST_NAME = 60, 30
UNIT_NAMES = {"day": N_("days"), "week": N_("weeks"), "month": N_("months")}
RENEWED = {"month": N_("month"), "quarter": N_("quarter"), "year": N_("year")}
SIGNS = {",": N_("a comma before cents: 1.234,50"), ".": N_("a point before cents: 1,234.50")}
PURCHASE_ROLES = (
    ("customer", N_("Who bought")),
    ("date", N_("When")),
    ("amount", N_("Amount of the row")),
    ("quantity", N_("Number of pieces")),
    ("price", N_("Price of a piece")),
    ("product", N_("Product")),
    ("invoice", N_("Order or invoice")),
    ("currency", N_("Currency of the row")),
    ("refund", N_("Money paid back")),
)
CONTRACT_ROLES = (
    ("customer", N_("Whose contract")),
    ("start", N_("Start")),
    ("end", N_("End (empty while it runs)")),
    ("running", N_("Whether it runs")),
    ("amount", N_("Money per period")),
)
AS_IT_STANDS = ("purchases", "contracts")
"""Kinds of files whose columns are those of purchases or contracts themselves."""
NEEDED = ("customer", "date", "start")


def columns(source: Source, name: str) -> Choices | None:
    """The guess with the first rows, to confirm or to change, folded once it is; None until then.

    name  of the file
    """
    say = session.say()
    confirmed = data_study.now().confirmed
    title = say.text("Which column is what in {file}", file=markdown_text(name))
    if confirmed is None:
        st.header(f":material/view_column: {title}", anchor=False, divider="gray")
        return _asked(source, say)
    line = f"{title}: {_in_a_line(confirmed, say)}"
    with st.expander(line, not data_study.now().folded, key="data_chosen", icon=":material/view_column:"):
        return _asked(source, say)


def fold(measured: bool) -> None:
    """Fold what was chosen once it led to a result; unfold what did not, since there it can be mended."""
    if data_study.now().folded != measured:
        data_study.change(folded=measured)
        st.rerun()


def _asked(source: Source, say: Wording) -> Choices | None:
    proposal = what_counts.way(source.proposals, say)
    guess, as_it_stands = proposal.columns, proposal.shape.kind in AS_IT_STANDS
    chosen = _with_choices(guess, source) if as_it_stands else guess
    if as_it_stands:
        st.markdown(_in_words(chosen, str(_picked().get("period", proposal.period)), say))
    _preview(source)
    if as_it_stands:
        panel = st.expander(say.text("Change which column is what"), key="data_columns", on_change="rerun")
        if panel.open:
            with panel:
                _roles(guess, source, say)
        chosen = _with_choices(guess, source)
    selection = what_counts.asked(proposal, say)
    choices = _more(chosen, source, proposal.period, say)
    choices = replace(
        choices, shape=proposal.shape, rules=replace(choices.rules, selection=selection),
        doubts=proposal.doubts(selection), told=proposal.told(selection),
    )  # fmt: skip
    confirmed = data_study.now().confirmed
    counted = {name: getattr(choices, name) for name in ("rules", "doubts", "told")}
    if _worth_unknown(choices):
        st.info(say.text("The file has no money: type what a purchase brings."), icon=":material/help:")
        return None
    if confirmed is None or replace(confirmed, **counted) != choices:
        st.button(
            say.text("These are the columns: go on") if confirmed is None else say.text("Compute with these choices"),
            key="data_confirm",
            type="primary",
            on_click=data_study.change,
            kwargs={"confirmed": choices},
        )
        return None if confirmed is None else replace(confirmed, **counted)
    return choices


def _worth_unknown(choices: Choices) -> bool:
    """Whether neither the file nor anybody says what a purchase brings."""
    columns = choices.columns
    return isinstance(columns, Columns) and not columns.have_money and not choices.rules.per_purchase


def _picked() -> Mapping[str, Any]:
    return data_study.now().chosen


def _keep(name: str, key: str) -> None:
    data_study.choose(name, widgets.held(key))


def _chosen(
    widget: Callable[..., Any], label: str, name: str, value: Any, options: Sequence[Any], named: Callable[[Any], str]
) -> Any:
    """A widget that shows a choice and keeps it; the choice."""
    now = _picked().get(name, value)
    key = widgets.put(data_study.key(f"data_{name}"), now if now in options else value)
    open_choice = {"placeholder": named(None)} if None in options else {}
    widget(label, options, key=key, format_func=named, on_change=_keep, args=(name, key), **open_choice)
    return now


def _with_choices(guess: Columns | ContractColumns, source: Source) -> Columns | ContractColumns:
    """The guess, with what people chose instead."""
    roles = CONTRACT_ROLES if isinstance(guess, ContractColumns) else PURCHASE_ROLES
    picked = {role: _picked()[_key(guess, role)] for role, _ in roles if _key(guess, role) in _picked()}
    groups = tuple(name for name in _picked().get(_key(guess, "segments"), guess.segments) if name in source.names)
    ways = {name: _picked()[name] for name in ("date_format", "decimal") if _picked().get(name)}
    if (day := picked.get("date")) and day in source.names:
        ways = {"date_format": numbering_of(plain_name(day), source.values(day)), **ways}
    if picked.get("amount", guess.amount) != guess.amount and isinstance(guess, Columns):
        guess = replace(guess, order_total=False, cents=False, account=False)
    return replace(guess, **picked, segments=groups, **ways)


def _key(guess: Columns | ContractColumns, role: str) -> str:
    return f"{'contract' if isinstance(guess, ContractColumns) else 'purchase'}_{role}"


def _in_words(chosen: Columns | ContractColumns, period: str, say: Wording) -> str:
    def name(column: str | None) -> str:
        return f"**{markdown_text(column or '')}**"

    if isinstance(chosen, ContractColumns):
        told = [say.text("Each contract starts on {column}.", column=name(chosen.start))]
        if chosen.end:
            told.append(say.text("It ends on {column}; empty means that it runs.", column=name(chosen.end)))
        elif chosen.running:
            told.append(say.text("Whether it runs is in {column}.", column=name(chosen.running)))
        if chosen.amount:
            told.append(
                say.text(
                    "It brings {column} {per_period}: check below that this is what the amount is for.",
                    column=name(chosen.amount),
                    per_period=say.per(period),
                )
            )
        return " ".join(told)
    told = [
        say.text(
            "The customer is in {customer}, the day in {day}.", customer=name(chosen.customer), day=name(chosen.date)
        )
    ]
    if chosen.amount:
        told.append(say.text("The amount is in {column}.", column=name(chosen.amount)))
    elif chosen.have_money:
        told.append(
            say.text(
                "The amount is {quantity} times {price}.", quantity=name(chosen.quantity), price=name(chosen.price)
            )
        )
    if chosen.product:
        told.append(say.text("What was bought is in {column}.", column=name(chosen.product)))
    if chosen.segments:
        groups = ", ".join(name(group) for group in chosen.segments)
        told.append(say.text("Customers can be grouped by {columns}.", columns=groups))
    return " ".join(told)


def _in_a_line(choices: Choices, say: Wording) -> str:
    """What was chosen, short enough for the heading of what is folded."""
    chosen = choices.columns

    def name(column: str | None) -> str:
        return markdown_text((column or "")[:LONGEST_NAME])

    if isinstance(chosen, ContractColumns):
        parts = [
            say.text("start {column}", column=name(chosen.start)),
            say.text("end {column}", column=name(chosen.end or chosen.running)),
        ]
        money = name(chosen.amount) if chosen.amount else markdown_text(say.money(choices.fee))
        parts.append(say.text("{money} {per_period}", money=money, per_period=say.per(choices.period)))
    else:
        money = name(chosen.amount) if chosen.amount else f"{name(chosen.quantity)} × {name(chosen.price)}"
        if not chosen.have_money:
            money = markdown_text(say.money(choices.rules.per_purchase or 0.0))
        parts = [
            say.text("customer {column}", column=name(chosen.customer)),
            say.text("day {column}", column=name(chosen.date)),
            say.text("amount {column}", column=money),
        ]
    return ", ".join(parts)


def _preview(source: Source) -> None:
    """The first rows, as texts."""
    rows = [[printable(cell)[:LONGEST_CELL] for cell in row] for row in source.head[:PREVIEW]]
    names = [printable(name)[:LONGEST_CELL] or str(number) for number, name in enumerate(source.names, start=1)]
    st.dataframe(pd.DataFrame(rows, columns=pd.Index(names), dtype=str), hide_index=True, key="data_preview")


def _roles(guess: Columns | ContractColumns, source: Source, say: Wording) -> None:
    nothing = say.text("(none)")
    roles = CONTRACT_ROLES if isinstance(guess, ContractColumns) else PURCHASE_ROLES
    for first in range(0, len(roles), 3):
        for spot, (role, title) in zip(st.columns(3), roles[first : first + 3], strict=False):
            now = getattr(guess, role)
            options = source.names if role in NEEDED and now else (None, *source.names)
            with spot:
                _chosen(st.selectbox, say.text(title), _key(guess, role), now, options, lambda name: name or nothing)
    groups = list(dict.fromkeys((*source.groups, *source.names)))
    _chosen_many(say.text("Group customers by"), _key(guess, "segments"), list(guess.segments), groups)


def _chosen_many(label: str, name: str, value: list[str], options: list[str]) -> None:
    key = widgets.put(
        data_study.key(f"data_{name}"), [option for option in _picked().get(name, value) if option in options]
    )
    nothing = session.say().text("(none)")
    st.multiselect(label, options, key=key, on_change=_keep, args=(name, key), placeholder=nothing)


# How it is read ------------------------------------------------------------------------------------------------------


def _more(chosen: Columns | ContractColumns, source: Source, renewed: Period, say: Wording) -> Choices:
    """What else has to be known: date order, decimal sign, currency, units, where they are not clear."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _written(chosen, source, say)
        if isinstance(chosen, ContractColumns):
            asked = say.text("Contracts are renewed, and amounts are, per")
            period = _chosen(
                st.selectbox,
                asked,
                "period",
                renewed,
                ("year", "quarter", "month"),
                lambda code: say.text(RENEWED[code]),
            )
            fee = 0.0 if chosen.amount else _fee(say)
            return Choices(chosen, Rules(today=date.today()), period=period, fee=fee)
        currency = _currency(chosen, source, say)
        unit = _chosen(
            st.selectbox, say.text("Time is counted in"), "unit", "day", ("day", "week", "month"),
            lambda code: say.text(UNIT_NAMES[code]),
        )  # fmt: skip
        worth = None if chosen.have_money else _per_purchase(say)
    excluded = tuple(_picked().get("excluded", ()))
    twice = _picked().get("copies")
    rules = Rules(date.today(), excluded, currency, None if twice is None else bool(twice), per_purchase=worth)
    return Choices(chosen, rules, unit)


def _written(chosen: Columns | ContractColumns, source: Source, say: Wording) -> Columns | ContractColumns:
    day = chosen.start if isinstance(chosen, ContractColumns) else chosen.date
    if day not in source.names:
        return chosen
    orders = either_order(source.values(day))
    if orders:
        first = orders[0]
        chosen = replace(
            chosen, date_format=_chosen(st.selectbox, say.text("Dates are written"), "date_format", first, orders, str)
        )
    money = chosen.amount or (chosen.price if isinstance(chosen, Columns) else None)
    if money and either_sign(source.values(money)):
        sign = _chosen(
            st.selectbox, say.text("Amounts have"), "decimal", None, (None, ",", "."),
            lambda code: say.text(SIGNS[code]) if code else say.text("no cents"),
        )  # fmt: skip
        chosen = replace(chosen, decimal=sign)
    return chosen


def _currency(chosen: Columns, source: Source, say: Wording) -> str | None:
    """The currency to keep, asked where the first rows name more than one."""
    seen = currencies_seen(source, chosen) if chosen.amount in (None, *source.names) else ()
    if len(seen) < 2:
        return None
    nothing = say.text("choose one")
    found: str | None = _chosen(
        st.selectbox, say.text("Keep amounts in"), "currency", None, (None, *seen), lambda code: code or nothing
    )
    return found


def _per_purchase(say: Wording) -> float | None:
    """What a purchase brings, where the file does not say it; None until somebody does."""
    key = widgets.put(data_study.key("data_per_purchase"), _picked().get("per_purchase"))
    label = say.text("Money per purchase")
    st.number_input(label, 0.01, 1e9, None, key=key, on_change=_keep, args=("per_purchase", key))
    return _picked().get("per_purchase")


def _fee(say: Wording) -> float:
    key = widgets.put(data_study.key("data_fee"), float(_picked().get("fee", 100.0)))
    st.number_input(say.text("Money per contract and period"), 0.0, 1e9, key=key, on_change=_keep, args=("fee", key))
    return float(_picked().get("fee", 100.0))


def copies_stay() -> bool:
    """Whether somebody said that lines which equal another are purchases too."""
    return not _picked().get("copies", True)


def copies(say: Wording) -> None:
    """Whether lines that equal another are copies; said once, it is no doubt any more."""
    key = widgets.put(data_study.key("data_copies"), not copies_stay())
    label = say.text("Lines that equal another are copies: keep one of each")
    st.checkbox(label, key=key, on_change=_keep, args=("copies", key))


def exclude(offered: Sequence[tuple[str, int]]) -> None:
    """A checkbox per product that looks like postage or fees."""
    say = session.say()
    out = list(_picked().get("excluded", ()))
    for code, rows in offered:
        key = widgets.put(data_study.key(f"exclude_{code}"), code in out)
        st.checkbox(
            say.text("Leave out {product}: {rows} rows", product=markdown_text(code), rows=say.number(rows)),
            key=key,
            on_change=_exclude,
            args=(code, key),
        )


def _exclude(code: str, key: str) -> None:
    others = [known for known in _picked().get("excluded", ()) if known != code]
    data_study.choose("excluded", [*others, code] if widgets.held(key) else others)


def currency_of_data(found: str | None) -> str:
    """The currency that the data name, or the one that people chose for them."""
    return str(_picked().get("money", found or session.plan().case.currency))


def choose_currency(found: str | None, say: Wording) -> None:
    """Which currency the amounts are in, where the file does not say."""
    options = tuple(dict.fromkeys((currency_of_data(found), *CODES)))
    _chosen(st.selectbox, say.text("Amounts are in"), "money", currency_of_data(found), options, str)
