"""Files with a row per customer who was summed up: by frequency, recency and age, or by orders and two dates."""

from __future__ import annotations

from collections.abc import Iterator

from strategy.customers.findings import Finding
from strategy.customers.proposing.shapes import Found, Shape
from strategy.customers.reading.column_words import CUSTOMER
from strategy.customers.reading.columns import Columns, named_like, plain_name
from strategy.customers.reading.contents import is_date, is_number
from strategy.customers.reading.reading import Table

SUMMED = {
    "frequency": ("frequency", "x", "repeatpurchases", "frequentie"),
    "recency": ("recency", "tx", "recentheid"),
    "age": ("t", "age", "tcal", "observed", "leeftijd"),
    "mean_spend": ("monetaryvalue", "monetary", "meanspend", "averagespend", "avgmonetary", "gemiddeldbedrag"),
}
"""What the columns of a summary are called, by role."""
DATED = {
    "first": (
        "firstorder", "firstorderdate", "firstpurchase", "firstpurchasedate", "firstbought", "dateoffirstorder",
        "eerstebestelling", "eersteorder", "eersteaankoop", "datumeerstebestelling", "eersteorderdatum",
        "eersteaankoopdatum", "customersince", "klantsinds",
    ),
    "last": (
        "lastorder", "lastorderdate", "lastpurchase", "lastpurchasedate", "lastbought", "dateoflastorder",
        "laatstebestelling", "laatsteorder", "laatsteaankoop", "datumlaatstebestelling", "laatsteorderdatum",
        "laatsteaankoopdatum", "recency", "recentheid",
    ),
    "orders": (
        "orders", "ordercount", "orderscount", "numberoforders", "totalorders", "nrorders", "purchases",
        "numberofpurchases", "transactions", "aantalorders", "aantalbestellingen", "bestellingen", "aantalaankopen",
        "aankopen", "frequency", "frequentie",
    ),
    "money": (
        "totalspent", "totalspend", "amountspent", "totalrevenue", "revenue", "totalamount", "amount", "spend",
        "omzet", "totaleomzet", "totaalbesteed", "besteed", "totaal", "totaalbedrag", "bedrag", "monetary",
        "monetaryvalue",
    ),
}  # fmt: skip
"""What the columns of a summary with dates are called, by role; money is that of all orders."""
EACH_ORDER = (
    "averageordervalue", "aov", "avgordervalue", "averageorder", "gemiddeldeorderwaarde", "gemiddeldeorder",
    "gemiddeldebestelling", "gemiddeldbedrag",
)  # fmt: skip
"""Money that is of one order on average."""


def summed_up(table: Table) -> Iterator[Found]:
    """The ways to take a row per customer, the likeliest last."""
    customer = named_like(CUSTOMER, table.names)
    named = {plain_name(name): name for name in reversed(table.names)}
    if customer is None:
        return
    roles = _roles(SUMMED, named)
    if roles and not any(is_date(table.values(name), table.type_of(name)) for name in roles.values()):
        yield _found(customer, roles, roles["age"], roles["mean_spend"], "summed_up")
        return
    each = next((named[word] for word in EACH_ORDER if word in named), None)
    dated = _roles(DATED, {**named, **({"amount": each} if each else {})})
    if dated and each:
        dated["money"] = each
    if dated and _holds_them(table, dated) and len(set(table.values(customer))) == len(table.values(customer)):
        money = dated.pop("money")
        roles = {**dated, "mean_spend" if money == each else "total": money}
        yield _found(customer, roles, dated["first"], money, "summed_up_by_dates")


def sums_up_without_age(table: Table) -> bool:
    """Whether customers are summed up by frequency and recency, and nothing says how long they have been customers."""
    named = {plain_name(name) for name in table.names}
    return all(named & set(SUMMED[role]) for role in ("frequency", "recency")) and not named & set(SUMMED["age"])


def _roles(words: dict[str, tuple[str, ...]], named: dict[str, str]) -> dict[str, str]:
    """{role: column}, or nothing where one has none."""
    found = {role: next((named[word] for word in these if word in named), None) for role, these in words.items()}
    return {role: name for role, name in found.items() if name} if all(found.values()) else {}


def _holds_them(table: Table, roles: dict[str, str]) -> bool:
    def values(role: str) -> tuple[list[str], str]:
        return table.values(roles[role]), table.type_of(roles[role])

    return all(is_date(*values(role)) for role in ("first", "last")) and all(
        is_number(*values(role)) for role in ("orders", "money")
    )


def _found(customer: str, roles: dict[str, str], day: str, money: str, told: str) -> Found:
    shape = Shape("customer_summary", (("customer", customer), *roles.items()))
    reasons = (Finding(told, {"columns": ", ".join(roles.values())}),)
    return shape, Columns(customer, day, money), "year", reasons, ()
