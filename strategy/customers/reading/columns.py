"""Which column is what: guessed from names and contents, for people to confirm or replace."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

import narwhals as nw

from strategy.customers.reading.column_words import (
    AMOUNT,
    BANK,
    CONTRA,
    CURRENCY,
    CUSTOMER,
    DATE,
    DATE_ENDINGS,
    EACH,
    END,
    IN_CENTS,
    INVOICE,
    NO_CUSTOMERS,
    NO_INVOICES,
    OF_THE_LINE,
    OF_THE_ORDER,
    OTHER_AMOUNTS,
    OTHER_DATES,
    OTHER_TERMS,
    PER_PERIOD,
    PRICE,
    PRODUCT,
    QUANTITY,
    REFUND,
    RUNNING,
    START,
    WITHOUT_TAX,
)  # fmt: skip
from strategy.customers.reading.contents import (
    HEAD,
    MOST_GROUPS,
    Fits,
    counts_pieces,
    has_decimals,
    is_date,
    is_day,
    is_number,
    new_on_every_row,
    number_in,
    tells_rows_apart,
)
from strategy.customers.reading.date_words import numbering_of
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

TAKEN_NAMES = frozenset(
    {
        "customer", "date", "amount", "product", "why", "kth", "cancelled_on", "gone", "money", "period", "frequency",
        "recency", "age", "mean_spend", "holdout_frequency", "holdout_spend", "start", "end", "ended", "periods",
        "given", "state", "stop", "p_alive", "expected_purchases", "clv", "clv_p05", "clv_p95", "worth_if_kept",
    }
)  # fmt: skip
"""Names that the work on customers gives to columns of its own."""
FEWEST_PRICES, FEWEST_ORDERS = 20, 5
PROVIDER_IDS = r"(ch|pi|py|in|txn|cs|re)_\w"
"""How the numbers of payments begin that count money in hundredths."""
HASHED = re.compile(r"^#\w*\d+$")
DEBIT = ("debet", "debit")
OTHER_FEES = tuple(word for word in OTHER_AMOUNTS if word != "fee")


@dataclass(frozen=True)
class Columns:
    """The columns of a transaction file, by their names in the file.

    amount       of a line; None where quantity and price make it
    product      separates cancellations and non-products; invoice: numbers with a C before digits are cancellations
    currency     of a line, where the file has more than one
    refund       money given back on the same line, which is taken off
    contra       the other side of a ledger: lines with money there only are no purchases
    order_total  the amount is that of the order and stands on each of its lines: it counts once
    cents        amounts are in hundredths
    account      amounts are of a bank account: below zero for who never paid anything is money that went out
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
    refund: str | None = None
    contra: str | None = None
    order_total: bool = False
    cents: bool = False
    account: bool = False

    @property
    def have_money(self) -> bool:
        """Whether they say what was paid."""
        return self.amount is not None or (self.quantity is not None and self.price is not None)


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

    Without amount, and price of a number of pieces, the file has no money: only who bought and when.

    Raises PlannerError where no column holds dates, or none can be the customer.
    """
    known = named or {}
    free = dict.fromkeys(name for name in table.names if name not in known.values())
    ends = tuple(name for name in map(plain_name, free) if name.endswith(DATE_ENDINGS))
    day = known.get("date") or _take(free, (*DATE, *ends), table, is_day, OTHER_DATES)
    day = day or _take_any(free, table, is_date) or _take_numbered(free, table)
    if day is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    refund = _take(free, REFUND, table, is_number)
    amount, quantity, price, contra = _money(free, known, table)
    invoice, product = _take_invoice(free, table), _take(free, PRODUCT, table)
    currency = _take(free, CURRENCY, table)
    customer = known.get("customer") or _take_customer(free, table)
    if amount is None and price is None:
        amount = _take_any(free, table, has_decimals, last=True)
    customer = customer or _take_any(free, table, _may_name_people) or _take_any(free, table, _is_no_money)
    if customer is None:
        raise PlannerError("no_customer", place="file", value=list(table.names[:20]))
    if amount is None and price is None and table.notes.get("header") == "no":
        amount = _take_any(free, table, is_number, last=True)
    return Columns(
        customer, day, amount, None if amount and not price else quantity, price, product, invoice, currency,
        _groups({name: None for name in free if not named_like(PRODUCT, [name])}, table),
        numbering_of(plain_name(day), table.values(day)), refund=refund, contra=contra,
        order_total=bool(amount and invoice and _repeats_the_total(table, amount, invoice)),
        cents=bool(amount and _in_cents(table, amount)), account=bool(amount and of_a_bank(table)),
    )  # fmt: skip


def _repeats_the_total(table: Table, amount: str, order: str) -> bool:
    """Whether the amount is by its name an order's, and the same on each of the several lines of an order."""
    plain = plain_name(amount)
    if not any(word in plain for word in OF_THE_ORDER) or any(word in plain for word in OF_THE_LINE):
        return False
    at, place = table.names.index(order), table.names.index(amount)
    orders: dict[str, list[str]] = {}
    for row in table.head:
        if row[at].strip():
            orders.setdefault(row[at], []).append(row[place].strip())
    several = [cells for cells in orders.values() if len(cells) > 1]
    totals = {cells[0] for cells in several}
    return len(several) >= FEWEST_ORDERS < 2 * len(totals) and all(
        cells[0] and len(set(cells)) == 1 for cells in several
    )


def _in_cents(table: Table, amount: str) -> bool:
    """Whether amounts are whole hundredths: by their name, or as a payment provider's interface gives them."""
    if plain_name(amount).endswith(IN_CENTS):
        return True
    whole = all(re.fullmatch(r"-?\d+", value.strip()) for value in table.values(amount)[:HEAD])
    return whole and any(
        all(re.match(PROVIDER_IDS, value.strip()) for value in table.values(name)[:HEAD] or [""])
        for name in table.names
    )


def _take_numbered(free: dict[str, None], table: Table) -> str | None:
    """The column of days that are numbered from a first one; days of a month beside its number are none."""
    found = {numbering_of(plain_name(name), table.values(name)): name for name in reversed(free)}
    codes = [code for code in ("day number", "week number", "month number", "YYYY") if code in found]
    chosen = found[codes[0]] if codes else None
    free.pop(chosen or "", None)
    return chosen


def _money(
    free: dict[str, None], known: Mapping[str, str], table: Table
) -> tuple[str | None, str | None, str | None, str | None]:
    """The columns of amount, quantity, price of a piece, and the other side of a ledger."""
    quantity, price = known.get("quantity"), known.get("price")
    if "amount" in known or (quantity and price):
        return known.get("amount"), quantity, price, None
    priced = (*WITHOUT_TAX, *PRICE)
    named = [name for name in free if named_like(AMOUNT, [name]) and is_number(table.values(name), table.type_of(name))]
    without_tax = [name for name in named if any(word in plain_name(name) for word in WITHOUT_TAX)]
    amount = _take(dict.fromkeys(without_tax), (*AMOUNT, *WITHOUT_TAX), table, is_number)
    amount = amount or _take(free, AMOUNT, table, is_number, OTHER_AMOUNTS)
    free.pop(amount or "", None)
    contra = None
    if amount and named_like(DEBIT, [amount]):
        contra = _take(free, CONTRA, table, is_number)
        if contra and of_a_bank(table):  # what is paid stands on the other side there
            amount, contra = contra, amount
    if quantity is None:
        quantity = _take(free, QUANTITY, table, is_number)
    price = price or _take(free, priced, table, is_number, OTHER_AMOUNTS)
    if (
        amount
        and price
        and counts_pieces(table.values(amount))
        and has_decimals(table.values(price), table.type_of(price))
    ):
        amount, quantity = None, quantity or amount
    if price and (quantity is None or is_line_total(table, quantity, price)):
        amount, price = amount or price, None
    return amount, quantity, None if amount else price, contra


def is_line_total(table: Table, quantity: str, price: str) -> bool:
    """Whether a price is of all pieces of a line: it grows with their number, and its name does not say otherwise."""
    if any(word in plain_name(price) for word in EACH):
        return False
    at = table.names.index(quantity), table.names.index(price)
    pairs = [(number_in(row[at[0]]), number_in(row[at[1]])) for row in table.head]
    found = [(pieces, paid) for pieces, paid in pairs if pieces and paid and pieces > 0 < paid]
    one, more = [paid for pieces, paid in found if pieces == 1], [each for each in found if each[0] > 1]
    if min(len(one), len(more)) < FEWEST_PRICES:
        return False
    several = sum(pieces for pieces, _ in more) / len(more)
    grows = median([paid for _, paid in more]) / median(one) - 1
    return grows > (several - 1) / 2


def _take_invoice(free: dict[str, None], table: Table) -> str | None:
    """The column of the order or invoice, by its name or by numbers such as #1001."""
    candidates = {name: None for name in free if not any(word in plain_name(name) for word in NO_INVOICES)}
    found = _take(candidates, INVOICE, table)
    if found is None:
        found = _take_any(candidates, table, lambda values, _: bool(values) and all(map(HASHED.match, values[:HEAD])))
    free.pop(found or "", None)
    return found


def _is_no_money(values: list[str], typed: str) -> bool:
    return not has_decimals(values, typed)


def _may_name_people(values: list[str], typed: str) -> bool:
    """Whether a column tells some rows apart, and is no money."""
    return _is_no_money(values, typed) and len(set(values)) > 1


def _take_customer(free: dict[str, None], table: Table) -> str | None:
    """The column of a customer's name in which some return, else the likeliest name."""
    candidates = {name: None for name in free if table.values(name)}
    several = {name: None for name in candidates if len(set(table.values(name))) > 1}
    candidates = several or candidates
    first = found = _take(candidates, CUSTOMER, table)
    candidates = {name: None for name in candidates if not any(word in plain_name(name) for word in NO_CUSTOMERS)}
    while found is not None and new_on_every_row(table.values(found)):
        found = _take(candidates, CUSTOMER, table)
    chosen = found or first
    free.pop(chosen or "", None)
    return chosen


def guess_contract_columns(table: Table, named: Mapping[str, str] | None = None) -> ContractColumns:
    """The likeliest columns of a contract file, but for the roles whose column people named.

    Raises PlannerError where no column holds starts.
    """
    known = named or {}
    free = dict.fromkeys(name for name in table.names if name not in known.values())
    start = known.get("start") or _take(free, START, table, is_date, OTHER_TERMS)
    start = start or _take_any(free, table, is_date)
    end = known.get("end") or _take(free, END, table, is_date, OTHER_TERMS) or _take(free, END, table)
    running = _take(free, RUNNING, table)
    if start is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    if end is None and running is None:
        raise PlannerError("no_end", place="file", value=list(table.names[:20]))
    amount = known.get("amount") or _take(free, PER_PERIOD + AMOUNT + PRICE, table, is_number, OTHER_FEES)
    amount = amount or _take_any(free, table, has_decimals)
    customer = (
        known.get("customer")
        or _take(free, CUSTOMER, table, lambda values, _: bool(values))
        or _take_any(free, table, tells_rows_apart(len(table.head)))
    )
    return ContractColumns(start, end, running, customer, amount, _groups(free, table))


def of_a_bank(table: Table) -> bool:
    """Whether rows are what went in and out of a bank account."""
    return any(part in plain_name(name) for name in table.names for part in BANK)


def group_name(name: str) -> str:
    """What a column by which customers are grouped is called beside the columns that the work on customers adds."""
    return f"{name} (2)" if name.casefold() in TAKEN_NAMES else name


def groups_of(table: Table, names: Collection[str]) -> list[nw.Expr]:
    """The columns by which customers are grouped, as texts."""
    columns = {group_name(name): nw.col(table.column(name)) for name in names}
    return [column.cast(nw.String).fill_null("").alias(name) for name, column in columns.items()]


def looks_like_contracts(table: Table) -> bool:
    """Whether a file has a start beside an end or a state, as contracts have."""
    return named_like(START, table.names) is not None and named_like(END + RUNNING, table.names) is not None


def plain_name(name: str) -> str:
    """A name in lower-case letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def named_like(wanted: Collection[str], names: Collection[str]) -> str | None:
    """The first wanted name that a column has; a full name before one that only contains it."""
    plain = {plain_name(name): name for name in reversed(list(names))}
    exact = next((plain[word] for word in wanted if word in plain), None)
    return exact or next((plain[name] for word in wanted if len(word) > 4 for name in plain if word in name), None)


def _take(
    free: dict[str, None],
    wanted: Collection[str],
    table: Table,
    fits: Fits | None = None,
    others: Collection[str] = (),
) -> str | None:
    """Takes the column of a wanted name whose contents fit out of the free ones.

    others  what stands in names that are taken only where there is no better one
    """
    named = [name for name in free if named_like(wanted, [name])]
    fitting = [name for name in named if fits is None or fits(table.values(name), table.type_of(name))]
    better = [name for name in fitting if not any(word in plain_name(name) for word in others)]
    found = named_like(wanted, better) or named_like(wanted, fitting)
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
        if 2 <= different <= min(MOST_GROUPS, len(values) / 3) and not has_decimals(values, table.type_of(name)):
            found.append(name)
    return tuple(found)
