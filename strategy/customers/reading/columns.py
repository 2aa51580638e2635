"""Which column is what: guessed from names and contents, for people to confirm or replace."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import narwhals as nw

from strategy.customers.reading.frames import DATE_FORMATS
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

Fits = Callable[[list[str], str], bool]
TIME_OF_DAY = r"[T ]+\d{1,2}:\d{2}.*$"
CUSTOMER = (
    "customerid", "customer", "custid", "customernumber", "customerno", "clientid", "client", "klantid", "klantnummer",
    "klantnr", "klant", "memberid", "member", "userid", "user", "accountid", "account", "buyerid", "buyer", "donorid",
    "donor", "debiteurnummer", "debiteur", "relatienummer", "relatieid", "relatie", "lidnummer", "email", "id",
)  # fmt: skip
DATE = (
    "invoicedate", "orderdate", "transactiondate", "purchasedate", "date", "datum", "factuurdatum", "orderdatum",
    "besteldatum", "aankoopdatum", "transactiedatum", "timestamp", "datetime", "createdat", "time",
)  # fmt: skip
AMOUNT = (
    "amount", "totalamount", "total", "revenue", "sales", "value", "dollarvalue", "spend", "bedrag", "totaalbedrag",
    "totaal", "omzet", "turnover", "linetotal", "ordervalue", "monthlycharges", "fee", "charge", "gift",
)  # fmt: skip
QUANTITY = ("quantity", "qty", "units", "aantal", "hoeveelheid", "numberofcds")
PRICE = ("unitprice", "price", "prijs", "stuksprijs", "eenheidsprijs")
PRODUCT = ("stockcode", "sku", "productid", "productcode", "product", "articlenumber", "article", "artikelnummer",
           "artikelcode", "artikel", "itemid", "item", "description", "omschrijving")  # fmt: skip
INVOICE = ("invoiceno", "invoice", "invoicenumber", "invoiceid", "orderid", "orderno", "ordernumber", "order",
           "transactionid", "factuurnummer", "factuurnr", "factuur", "ordernummer", "bonnummer")  # fmt: skip
CURRENCY = ("currency", "currencycode", "valuta", "munteenheid")
START = ("start", "startdate", "contractstart", "begin", "begindate", "begindatum", "startdatum", "ingangsdatum",
         "since", "joindate", "signupdate", "from", "van")  # fmt: skip
END = ("end", "enddate", "contractend", "einddatum", "eind", "einde", "churndate", "cancellationdate", "opzegdatum",
       "until", "tot")  # fmt: skip
RUNNING = ("running", "active", "isactive", "status", "lopend", "actief")
TAKEN_NAMES = frozenset(
    {
        "customer", "date", "amount", "product", "why", "kth", "cancelled_on", "gone", "money", "period", "frequency",
        "recency", "age", "mean_spend", "holdout_frequency", "holdout_spend", "start", "end", "ended", "periods",
        "given", "state", "stop", "p_alive", "expected_purchases", "clv", "clv_p05", "clv_p95", "worth_if_kept",
    }
)  # fmt: skip
"""Names that the work on customers gives to columns of its own."""
MOST_GROUPS = 30
"""Different values in the head that a column may have to be offered as segments."""


@dataclass(frozen=True)
class Columns:
    """The columns of a transaction file, by their names in the file.

    amount       of a line; None where quantity and price make it
    product      separates cancellations and non-products; invoice: numbers with a C before digits are cancellations
    currency     of a line, where the file has more than one
    segments     columns that group customers
    date_format  code of `engines.DATE_FORMATS`; None: decided from the whole column
    decimal      "," or "."; None: decided from the whole column
    """

    customer: str
    date: str
    amount: str | None = None
    quantity: str | None = None
    price: str | None = None
    product: str | None = None
    invoice: str | None = None
    currency: str | None = None
    segments: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class ContractColumns:
    """The columns of a contract file, by their names in the file.

    end, running  when a contract ended, or whether it still runs; an empty end is a running contract
    amount        money per period, if there is any
    """

    start: str
    end: str | None = None
    running: str | None = None
    customer: str | None = None
    amount: str | None = None
    segments: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str | None = None


def guess_columns(table: Table, named: Mapping[str, str] | None = None) -> Columns:
    """The likeliest columns of a transaction file, but for the roles whose column people named: {role: column}.

    Raises PlannerError where no column holds dates, or none can be the customer or the amount.
    """
    known = named or {}
    free = dict.fromkeys(name for name in table.names if name not in known.values())
    day = known.get("date") or _take(free, DATE, table, _is_date) or _take_any(free, table, _is_date)
    if day is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    amount = known.get("amount") or _take(free, AMOUNT, table, _is_number)
    quantity = price = None
    if "amount" not in known:
        quantity, price = _take(free, QUANTITY, table, _is_number), _take(free, PRICE, table, _is_number)
    if amount is None and (quantity is None or price is None) and price is not None:
        amount, price = price, None
    invoice, product = _take(free, INVOICE, table), _take(free, PRODUCT, table)
    currency = _take(free, CURRENCY, table)
    customer = known.get("customer") or _take(free, CUSTOMER, table)
    if amount is None and price is None:
        amount = _take_any(free, table, _has_decimals, last=True)
    customer = customer or _take_any(free, table, lambda values, typed: not _has_decimals(values, typed))
    if customer is None:
        raise PlannerError("no_customer", place="file", value=list(table.names[:20]))
    if amount is None and price is None:
        amount = _take_any(free, table, _is_number, last=True)
        if amount is None:
            raise PlannerError("no_amount", place="file", value=list(table.names[:20]))
    return Columns(
        customer, day, amount, None if amount and not price else quantity, price, product, invoice, currency,
        _groups({name: None for name in free if not _named(PRODUCT, [name])}, table),
    )  # fmt: skip


def guess_contract_columns(table: Table, named: Mapping[str, str] | None = None) -> ContractColumns:
    """The likeliest columns of a contract file, but for the roles whose column people named.

    Raises PlannerError where no column holds starts.
    """
    known = named or {}
    free = dict.fromkeys(name for name in table.names if name not in known.values())
    start = known.get("start") or _take(free, START, table, _is_date) or _take_any(free, table, _is_date)
    end = known.get("end") or _take(free, END, table, _is_date) or _take(free, END, table)
    running = _take(free, RUNNING, table)
    if start is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    if end is None and running is None:
        raise PlannerError("no_end", place="file", value=list(table.names[:20]))
    amount = known.get("amount") or _take(free, AMOUNT + PRICE, table, _is_number)
    customer = (
        known.get("customer")
        or _take(free, CUSTOMER, table)
        or _take_any(free, table, _tells_rows_apart(len(table.head)))
    )
    return ContractColumns(start, end, running, customer, amount, _groups(free, table))


def group_name(name: str) -> str:
    """What a column by which customers are grouped is called beside the columns that the work on customers adds."""
    return f"{name} (2)" if name.casefold() in TAKEN_NAMES else name


def groups_of(table: Table, names: Collection[str]) -> list[nw.Expr]:
    """The columns by which customers are grouped, as texts."""
    columns = {group_name(name): nw.col(table.column(name)) for name in names}
    return [column.cast(nw.String).fill_null("").alias(name) for name, column in columns.items()]


def looks_like_contracts(table: Table) -> bool:
    """Whether a file has a start beside an end or a state, as contracts have."""
    return _named(START, table.names) is not None and _named(END + RUNNING, table.names) is not None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _named(wanted: Collection[str], names: Collection[str]) -> str | None:
    """The first wanted name that a column has; a full name before one that only contains it."""
    plain = {_plain(name): name for name in reversed(list(names))}
    exact = next((plain[word] for word in wanted if word in plain), None)
    return exact or next((plain[name] for word in wanted if len(word) > 4 for name in plain if word in name), None)


def _take(free: dict[str, None], wanted: Collection[str], table: Table, fits: Fits | None = None) -> str | None:
    """Takes the column of a wanted name whose contents fit out of the free ones."""
    named = [name for name in free if _named(wanted, [name])]
    found = _named(wanted, [name for name in named if fits is None or fits(table.values(name), table.type_of(name))])
    if found is not None:
        del free[found]
    return found


def _take_any(free: dict[str, None], table: Table, fits: Fits, last: bool = False) -> str | None:
    names = [name for name in free if fits(table.values(name), table.type_of(name))]
    if not names:
        return None
    found = names[-1 if last else 0]
    del free[found]
    return found


def _groups(free: dict[str, None], table: Table) -> tuple[str, ...]:
    """Free columns with few different values, each on several rows."""
    found = []
    for name in free:
        values = table.values(name)
        different = len(set(values))
        if 2 <= different <= min(MOST_GROUPS, len(values) / 3) and not _has_decimals(values, table.type_of(name)):
            found.append(name)
    return tuple(found)


_ANY_DATE = re.compile("|".join(dict.fromkeys(written.pattern for written in DATE_FORMATS.values())))


def _is_date(values: list[str], typed: str) -> bool:
    """Whether most values have the shape of a date."""
    if typed == "date":
        return True
    texts = [re.sub(TIME_OF_DAY, "", value).strip() for value in values[:200]]
    hits = sum(bool(_ANY_DATE.match(text)) and _plausible(text) for text in texts)
    return hits > 0.5 * len(texts)


def _plausible(text: str) -> bool:
    """Eight digits are a date only in a century of ours."""
    return not text.isdigit() or ("1900" <= text[:4] <= "2099" and "01" <= text[4:6] <= "12" and text[6:8] <= "31")


def _is_number(values: list[str], typed: str) -> bool:
    if typed != "text":
        return typed == "number"
    hits = sum(bool(re.search(r"\d", value)) and len(re.sub(r"[^A-Za-z]", "", value)) <= 4 for value in values[:200])
    return bool(values) and hits >= 0.5 * len(values[:200]) and not _is_date(values, typed)


def _tells_rows_apart(rows: int) -> Fits:
    """Whether every row has a text of its own: who or what the row is about."""
    return lambda values, typed: typed == "text" and len(set(values)) == rows and bool(re.search("[A-Za-z]", values[0]))


def _has_decimals(values: list[str], typed: str) -> bool:
    decimals = sum(bool(re.search(r"\d[.,]\d{1,2}\D*$|\d\.\d{6}$", value)) for value in values[:200])
    return _is_number(values, typed) and decimals >= 0.5 * len(values[:200])
