"""Which column is what: guessed from names and contents, for people to confirm or replace."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from statistics import median

import narwhals as nw

from strategy.customers.reading.column_words import (
    AMOUNT,
    CONTRA,
    CURRENCY,
    CUSTOMER,
    DATE,
    EACH,
    END,
    INVOICE,
    NO_CUSTOMERS,
    NO_INVOICES,
    OTHER_AMOUNTS,
    OTHER_DATES,
    OTHER_TERMS,
    PRICE,
    PRODUCT,
    QUANTITY,
    REFUND,
    RUNNING,
    START,
    WITHOUT_TAX,
)  # fmt: skip
from strategy.customers.reading.date_words import numbering_of, plain_date
from strategy.customers.reading.frames import DATE_FORMATS, NUMBERED_DAYS
from strategy.customers.reading.reading import Table
from strategy.errors import PlannerError

Fits = Callable[[list[str], str], bool]
TAKEN_NAMES = frozenset(
    {
        "customer", "date", "amount", "product", "why", "kth", "cancelled_on", "gone", "money", "period", "frequency",
        "recency", "age", "mean_spend", "holdout_frequency", "holdout_spend", "start", "end", "ended", "periods",
        "given", "state", "stop", "p_alive", "expected_purchases", "clv", "clv_p05", "clv_p95", "worth_if_kept",
    }
)  # fmt: skip
"""Names that the work on customers gives to columns of its own."""
HEAD, FEWEST_PRICES, FEWEST_IDS, NEVER_RETURN = 200, 20, 100, 0.98
HASHED = re.compile(r"^#\w*\d+$")
OTHER_FEES = tuple(word for word in OTHER_AMOUNTS if word != "fee")
MOST_GROUPS = 30
"""Different values in the head that a column may have to be offered as segments."""


@dataclass(frozen=True)
class Columns:
    """The columns of a transaction file, by their names in the file.

    amount       of a line; None where quantity and price make it
    product      separates cancellations and non-products; invoice: numbers with a C before digits are cancellations
    currency     of a line, where the file has more than one
    refund       money given back on the same line, which is taken off
    contra       the other side of a ledger: lines with money there only are no purchases
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
    day = known.get("date") or _take(free, DATE, table, _is_day, OTHER_DATES) or _take_any(free, table, _is_date)
    day = day or _take_numbered(free, table)
    if day is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    refund = _take(free, REFUND, table, _is_number)
    amount, quantity, price, contra = _money(free, known, table)
    invoice, product = _take_invoice(free, table), _take(free, PRODUCT, table)
    currency = _take(free, CURRENCY, table)
    customer = known.get("customer") or _take_customer(free, table)
    if amount is None and price is None:
        amount = _take_any(free, table, _has_decimals, last=True)
    customer = customer or _take_any(free, table, lambda values, typed: not _has_decimals(values, typed))
    if customer is None:
        raise PlannerError("no_customer", place="file", value=list(table.names[:20]))
    if amount is None and price is None and table.notes.get("header") == "no":
        amount = _take_any(free, table, _is_number, last=True)
    return Columns(
        customer, day, amount, None if amount and not price else quantity, price, product, invoice, currency,
        _groups({name: None for name in free if not named_like(PRODUCT, [name])}, table),
        numbering_of(plain_name(day), table.values(day)), refund=refund, contra=contra,
    )  # fmt: skip


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
    named = [
        name for name in free if named_like(AMOUNT, [name]) and _is_number(table.values(name), table.type_of(name))
    ]
    without_tax = [name for name in named if any(word in plain_name(name) for word in WITHOUT_TAX)]
    amount = _take(dict.fromkeys(without_tax), (*AMOUNT, *WITHOUT_TAX), table, _is_number)
    amount = amount or _take(free, AMOUNT, table, _is_number, OTHER_AMOUNTS)
    free.pop(amount or "", None)
    contra = _take(free, CONTRA, table, _is_number) if amount and named_like(("debet", "debit"), [amount]) else None
    if quantity is None:
        quantity = _take(free, QUANTITY, table, _is_number)
    price = price or _take(free, priced, table, _is_number, OTHER_AMOUNTS)
    if (
        amount
        and price
        and _counts_pieces(table.values(amount))
        and _has_decimals(table.values(price), table.type_of(price))
    ):
        amount, quantity = None, quantity or amount
    if price and (quantity is None or is_line_total(table, quantity, price)):
        amount, price = amount or price, None
    return amount, quantity, None if amount else price, contra


def _counts_pieces(values: list[str]) -> bool:
    """Whether numbers are small and whole, as pieces are and money is not."""
    numbers = [value.strip().removesuffix(".0").removesuffix(",0") for value in values[:HEAD]]
    whole = [abs(int(number)) for number in numbers if re.fullmatch(r"-?\d{1,6}", number)]
    return len(whole) == len(numbers) > 0 and len(set(whole)) <= MOST_GROUPS and sorted(whole)[len(whole) // 2] <= 10


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


def number_in(text: str) -> float | None:
    """A number in the head, with a point or a comma before its decimals."""
    plain = re.sub(r"[^0-9.,\-]", "", text)
    if "," in plain and "." in plain:
        plain = plain.replace("." if plain.rfind(",") > plain.rfind(".") else ",", "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def _take_invoice(free: dict[str, None], table: Table) -> str | None:
    """The column of the order or invoice, by its name or by numbers such as #1001."""
    candidates = {name: None for name in free if not any(word in plain_name(name) for word in NO_INVOICES)}
    found = _take(candidates, INVOICE, table)
    if found is None:
        found = _take_any(candidates, table, lambda values, _: bool(values) and all(map(HASHED.match, values[:HEAD])))
    free.pop(found or "", None)
    return found


def _take_customer(free: dict[str, None], table: Table) -> str | None:
    """The column of a customer's name in which some return, else the likeliest name."""
    candidates = {name: None for name in free if table.values(name)}
    first = found = _take(candidates, CUSTOMER, table)
    candidates = {name: None for name in candidates if not any(word in plain_name(name) for word in NO_CUSTOMERS)}
    while found is not None and new_on_every_row(table.values(found)):
        found = _take(candidates, CUSTOMER, table)
    chosen = found or first
    free.pop(chosen or "", None)
    return chosen


def new_on_every_row(values: list[str]) -> bool:
    """Whether what should name customers is another on every row, as the number of an order is."""
    return len(values) >= FEWEST_IDS and len(set(values)) > NEVER_RETURN * len(values)


def guess_contract_columns(table: Table, named: Mapping[str, str] | None = None) -> ContractColumns:
    """The likeliest columns of a contract file, but for the roles whose column people named.

    Raises PlannerError where no column holds starts.
    """
    known = named or {}
    free = dict.fromkeys(name for name in table.names if name not in known.values())
    start = known.get("start") or _take(free, START, table, _is_date, OTHER_TERMS)
    start = start or _take_any(free, table, _is_date)
    end = known.get("end") or _take(free, END, table, _is_date, OTHER_TERMS) or _take(free, END, table)
    running = _take(free, RUNNING, table)
    if start is None:
        raise PlannerError("no_dates", place="file", value=list(table.names[:20]))
    if end is None and running is None:
        raise PlannerError("no_end", place="file", value=list(table.names[:20]))
    amount = known.get("amount") or _take(free, AMOUNT + PRICE, table, _is_number, OTHER_FEES)
    customer = (
        known.get("customer")
        or _take(free, CUSTOMER, table, lambda values, _: bool(values))
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
        if 2 <= different <= min(MOST_GROUPS, len(values) / 3) and not _has_decimals(values, table.type_of(name)):
            found.append(name)
    return tuple(found)


_ANY_DATE = re.compile(
    "|".join(
        dict.fromkeys(
            written.pattern
            for written in DATE_FORMATS.values()
            if written not in NUMBERED_DAYS and not written.relative
        )
    )
)
_ANY_NUMBERED = re.compile("|".join(written.pattern for written in NUMBERED_DAYS))


def _is_date(values: list[str], typed: str) -> bool:
    """Whether most values have the shape of a date."""
    if typed == "date":
        return True
    texts = list(map(plain_date, values[:200]))
    hits = sum(bool(_ANY_DATE.match(text)) and _plausible(text) for text in texts)
    return hits > 0.5 * len(texts)


def _is_day(values: list[str], typed: str) -> bool:
    """Whether most values are dates, or numbers that stand for days: for columns whose name says that they are."""
    hits = sum(bool(_ANY_NUMBERED.match(value) or _ANY_DATE.match(plain_date(value))) for value in values[:200])
    return _is_date(values, typed) or hits > 0.5 * len(values[:200])


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
