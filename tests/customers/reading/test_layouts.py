"""One shop in the layouts of many systems: whatever stands beside its purchases, they come out as they are.

The shop is that of `exports/reference_orders.csv`: 45 customers, 167 days of purchase, 13,133.75 (counted with pandas).
Each layout adds what its system adds: payments that failed, open deals, payouts, tax, steps, sides, totals, guests.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.durations import summarise_contracts
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.reading.columns import ContractColumns
from strategy.customers.reading.reading import Table
from strategy.customers.study import measure_table
from strategy.errors import PlannerError
from tests.customers.reading.test_exports import bought, chosen, counted
from tests.files import Read

SHOP = (45, 167, 13133.75)
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """A purchase of the shop: its number, whose (0 to 44), when and how much."""

    at: int
    who: int
    day: date
    money: float

    @property
    def mail(self) -> str:
        return f"k{self.who}@mail.nl"

    @property
    def written(self) -> str:
        """The amount as the Dutch write it."""
        return f"{self.money:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _sales() -> Iterator[Sale]:
    with (Path(__file__).parent / "exports" / "reference_orders.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
    who = {name: number for number, name in enumerate(sorted({row["customer"] for row in rows}))}
    for at, row in enumerate(rows):
        yield Sale(at, who[row["customer"]], date.fromisoformat(row["date"]), float(row["amount"]))


SALES = list(_sales())
Rows = Iterator[tuple[object, ...]]
LAYOUTS: dict[str, Callable[[], Rows]] = {}


def layout(make: Callable[[], Rows]) -> Callable[[], Rows]:
    """Enters the rows of a file, the headings first, in the table of layouts."""
    LAYOUTS[make.__name__] = make
    return make


def text(rows: Rows, delimiter: str = ";") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


# Shops ---------------------------------------------------------------------------------------------------------------


@layout
def woocommerce_with_lines() -> Rows:
    """The order's total stands on each of its two lines; addresses in any case; statuses begin with wc-."""
    yield "Order ID", "Order Date", "Order Status", "Email (Billing)", "Order Total Amount", "Item Name", "Item Cost"
    for sale in SALES:
        state = "wc-completed" if sale.at % 3 else "wc-processing"
        mail = sale.mail if sale.at % 2 else sale.mail.upper()
        for part in (0.6, 0.4):
            yield (
                1000 + sale.at,
                f"{sale.day} 10:1{sale.at % 10}",
                state,
                mail,
                sale.money,
                f"p{part}",
                sale.money * part,
            )
        if sale.at % 9 == 0:
            void = ("wc-cancelled", "wc-failed", "wc-refunded", "wc-pending", "wc-on-hold")[sale.at // 9 % 5]
            yield 5000 + sale.at, f"{sale.day} 11:00", void, mail, 99.0, "p0.6", 88.0


@layout
def magento() -> Rows:
    """The number of the order is called ID; a closed order was paid back; US dates with a time."""
    yield "ID", "Purchase Date", "Bill-to Name", "Grand Total (Purchased)", "Status"
    for sale in SALES:
        day = f"{sale.day:%b} {sale.day.day}, {sale.day.year}, 3:04:11 PM"
        yield f"{sale.at:09}", day, f"N {sale.who}", f"€{sale.money:,.2f}", "complete" if sale.at % 4 else "processing"
        if sale.at % 7 == 0:
            void = ("canceled", "closed", "pending_payment", "holded", "fraud")[sale.at % 5]
            yield f"{9000 + sale.at:09}", day, f"N {sale.who}", "€88.00", void


@layout
def lightspeed() -> Rows:
    """With and without tax, Dutch words and numbers."""
    yield "Bestelnummer", "Datum", "Status", "Klantnr", "Totaal excl. BTW", "Totaal incl. BTW"
    for sale in SALES:
        day = f"{sale.day:%d-%m-%Y} 09:12"
        yield f"ORD{sale.at}", day, "Afgerond" if sale.at % 5 else "Verzonden", 17 + sale.who, sale.written, "999,99"
        if sale.at % 8 == 0:
            yield f"ORD9{sale.at}", day, "Geannuleerd", 17 + sale.who, "66,00", "79,86"


@layout
def marketplace() -> Rows:
    """Sales, what is kept of them, and refunds."""
    yield "date/time", "type", "order id", "buyer email", "product sales", "selling fees", "total"
    for sale in SALES:
        day, fee = f"{sale.day:%b} {sale.day.day}, {sale.day.year} 3:04:05 AM PDT", sale.money * 0.15
        yield day, "Order", f"111-{sale.at:07}", sale.mail, sale.money, -fee, sale.money - fee
        if sale.at % 18 == 0:
            yield day, "Order", f"112-{sale.at:07}", sale.mail, 30.0, -4.5, 25.5
            yield day.replace("3:04:05 AM", "9:04:05 PM"), "Refund", f"112-{sale.at:07}", sale.mail, -30.0, 4.5, -25.5


@layout
def till() -> Rows:
    """A total below each day, and passers-by."""
    yield "Bonnr", "Datum", "Klant", "Betaalwijze", "Bedrag"
    for sale in SALES:
        yield f"B{sale.at}", f"{sale.day:%d-%m-%y}", f"KL{sale.who}", "Pin", sale.written
        yield f"B9{sale.at}", f"{sale.day:%d-%m-%y}", "Passant", "Contant", "12,50"
        yield f"Totaal {sale.day}", "", "", "", "99,00"


# Payments ------------------------------------------------------------------------------------------------------------


@layout
def mollie() -> Rows:
    yield "Date", "ID", "Status", "Payment method", "Currency", "Amount", "Consumer name", "Consumer bank account"
    for sale in SALES:
        account = f"NL{sale.who:02}INGB{sale.who:010}"
        yield f"{sale.day} 13:00:00", f"tr_{sale.at}", "paid", "ideal", "EUR", sale.money, f"N {sale.who}", account
        if sale.at % 5 == 0:
            void = ("expired", "failed", "canceled", "open")[sale.at % 4]
            yield f"{sale.day} 13:00:00", f"tr_f{sale.at}", void, "ideal", "EUR", 45.0, "", ""


@layout
def stripe_balance() -> Rows:
    """Charges, refunds, fees and payouts in one list; gross, fee and net."""
    yield "balance_transaction_id", "created", "reporting_category", "gross", "fee", "net", "customer_email"
    for sale in SALES:
        fee = sale.money * 0.02
        yield f"txn_a{sale.at}", f"{sale.day} 10:00", "charge", sale.money, -fee, sale.money - fee, sale.mail
        if sale.at % 20 == 0:
            yield f"txn_b{sale.at}", f"{sale.day} 23:00", "payout", -300.0, 0.0, -300.0, ""
            yield f"txn_c{sale.at}", f"{sale.day} 10:00", "charge", 50.25, -1.0, 49.25, sale.mail
            yield f"txn_d{sale.at}", f"{sale.day} 20:00", "refund", -50.25, 0.0, -50.25, sale.mail


@layout
def stripe_in_cents() -> Rows:
    yield "id", "created", "amount", "currency", "status", "customer"
    for sale in SALES:
        seconds = (sale.day - date(1970, 1, 1)).days * 86_400 + 36_000
        yield f"pi_{sale.at}", seconds, round(sale.money * 100), "eur", "succeeded", f"cus_{sale.who}"


@layout
def steps_of_a_payment() -> Rows:
    """Each payment on a row per step; only the last one brings money."""
    yield "Psp Reference", "Merchant Reference", "Creation Date", "Record Type", "Main Amount", "Shopper Reference"
    for sale in SALES:
        refused = ("Received", "Refused")
        for step in ("Received", "Authorised", "SentForSettle", "Settled"):
            yield f"88{sale.at:012}", f"order-{sale.at}", f"{sale.day} 10:00", step, sale.money, f"shopper{sale.who}"
        for step in refused if sale.at % 14 == 0 else ():
            yield f"99{sale.at:012}", f"order-x{sale.at}", f"{sale.day} 10:00", step, 70.0, f"shopper{sale.who}"


@layout
def paypal() -> Rows:
    yield "Date", "Name", "Type", "Status", "Gross", "Fee", "Net", "From Email Address", "Transaction ID"
    for sale in SALES:
        day, fee = f"{sale.day:%d/%m/%Y}", sale.money * 0.03
        kind = "Express Checkout Payment"
        yield day, f"N {sale.who}", kind, "Completed", sale.money, -fee, sale.money - fee, sale.mail, f"T{sale.at}"
        if sale.at % 20 == 0:
            yield day, "", "General Withdrawal", "Completed", -500.0, 0.0, -500.0, "", f"W{sale.at}"
            yield (
                day,
                f"N {sale.who}",
                kind,
                ("Denied", "Pending")[sale.at // 20 % 2],
                44.0,
                0.0,
                44.0,
                sale.mail,
                f"D{sale.at}",
            )


# Bookkeeping and banks -----------------------------------------------------------------------------------------------


@layout
def exact() -> Rows:
    """Titles above, a total below, credit notes."""
    yield "Verkoopfacturen", "", "", "", "", ""
    yield "", "", "", "", "", ""
    yield "Factuurnummer", "Factuurdatum", "Debiteur", "Soort", "Bedrag excl. btw", "Bedrag incl. btw"
    for sale in SALES:
        day = f"{sale.day:%d-%m-%Y}"
        yield 2023000 + sale.at, day, 1000 + sale.who, "Verkoopfactuur", sale.written, "999,99"
        if sale.at % 16 == 0:
            yield 2023500 + sale.at, day, 1000 + sale.who, "Verkoopfactuur", "40,00", "48,40"
            yield 2023800 + sale.at, day, 1000 + sale.who, "Creditnota", "-40,00", "-48,40"
    yield "Totaal", "", "", "", "13.133,75", "99.999,99"


@layout
def moneybird() -> Rows:
    """An invoice that was sent is a sale, paid or not; one that will never be paid is none."""
    yield "Factuurnummer", "Contact", "Factuurdatum", "Vervaldatum", "Status", "Totaal exclusief btw"
    for sale in SALES:
        due, state = sale.day + timedelta(14), ("Herinnerd", "Open", "Betaald")[min(sale.at % 6, 2)]
        yield f"2023-{sale.at}", f"N {sale.who}", sale.day, due, state, sale.written
        if sale.at % 9 == 0:
            yield f"c-{sale.at}", "N 1", sale.day, due, ("Concept", "Oninbaar")[sale.at % 2], "75,00"


@layout
def ledger_with_sides() -> Rows:
    """Invoices on the side D of customers' accounts, payments on the side C."""
    yield "Dagboek", "Boekstuknummer", "Periode", "Datum", "Relatiecode", "Bedrag", "D/C"
    for sale in SALES:
        day, period = f"{sale.day:%d/%m/%Y}", f"{sale.day:%Y/%m}"
        yield "VRK", 202300 + sale.at, period, day, f"D{sale.who:04}", sale.money, "D"
        if sale.at % 3 == 0:
            yield "BNK", 902300 + sale.at, period, day, f"D{sale.who:04}", sale.money, "C"


@layout
def bank_with_sides() -> Rows:
    """Af and Bij in place of a sign; the account of one's own on every row."""
    yield "Datum", "Naam / Omschrijving", "Rekening", "Tegenrekening", "Af Bij", "Bedrag (EUR)"
    for sale in SALES:
        account = f"NL{sale.who:02}RABO{sale.who:010}"
        yield (
            f"{sale.day:%Y%m%d}",
            f"N {sale.who}",
            "NL01INGB0001",
            account,
            "Bij",
            f"{sale.money:.2f}".replace(".", ","),
        )
        if sale.at % 6 == 0:
            yield f"{sale.day:%Y%m%d}", "Leverancier", "NL01INGB0001", "NL99ABNA0009", "Af", "123,45"


@layout
def bank_with_signs() -> Rows:
    """What went out is below zero, some of it paid back to a customer; the balance on every row."""
    yield "Boekdatum", "Naam tegenpartij", "Tegenrekening IBAN", "Bedrag", "Saldo"
    for sale in SALES:
        day, account = f"{sale.day:%d-%m-%Y}", f"NL{sale.who:02}RABO{sale.who:010}"
        yield day, f"N {sale.who}", account, f"+{sale.written}", "10.000,00"
        if sale.at % 4 == 0:
            yield day, "Huur", "NL99ABNA0009", "-1.234,50", "10.000,00"
            yield day, "Loon", f"NL98ABNA000{sale.at % 3}", "-2.345,60", "10.000,00"
        if sale.at % 16 == 0:
            yield day, f"N {sale.who}", account, "+40,00", "10.000,00"
            yield day, f"N {sale.who}", account, "-40,00", "10.000,00"


@layout
def bank_with_two_columns() -> Rows:
    """What came in stands under Credit, as the bank sees it."""
    yield "Datum", "Tegenrekening", "Naam", "Debet", "Credit", "Saldo"
    for sale in SALES:
        yield f"{sale.day:%d-%m-%Y}", f"NL{sale.who:02}RABO{sale.who:010}", f"N {sale.who}", "", sale.written, "9,99"
        if sale.at % 3 == 0:
            yield f"{sale.day:%d-%m-%Y}", "NL99ABNA0009", "Huur", "1.234,50", "", "9,99"


# Deals and gifts -----------------------------------------------------------------------------------------------------


@layout
def salesforce() -> Rows:
    """Open and lost deals; created weeks before they were closed."""
    yield "Account Name", "Opportunity Name", "Stage", "Probability (%)", "Amount", "Created Date", "Close Date"
    stages = ("Closed Lost", "Prospecting", "Negotiation/Review", "Id. Decision Makers", "Our own stage")
    for sale in SALES:
        days = f"{sale.day - timedelta(40):%m/%d/%Y}", f"{sale.day:%m/%d/%Y}"
        yield f"N {sale.who}", f"O {sale.at}", "Closed Won", 100, f"{sale.money:.2f}", *days
        if sale.at % 4 == 0:
            yield f"N {sale.who}", f"X {sale.at}", stages[sale.at // 4 % 5], 50, "500.00", *days


@layout
def hubspot() -> Rows:
    yield "Record-ID", "Dealfase", "Sluitingsdatum", "Bedrag", "Gekoppeld bedrijf", "Aanmaakdatum"
    ends = ("Gesloten en verloren (Pijplijn)", "Afspraak gepland (Pijplijn)", "Contract verzonden (Pijplijn)")
    for sale in SALES:
        days = f"{sale.day} 14:02", f"{sale.day - timedelta(20)} 09:00"
        won = "Gesloten en gewonnen (Pijplijn)"
        yield 900 + sale.at, won, days[0], f"{sale.money:.2f}", f"N {sale.who}", days[1]
        if sale.at % 4 == 0:
            yield 9900 + sale.at, ends[sale.at % 3], days[0], "400.00", f"N {sale.who}", days[1]


@layout
def gifts_in_dutch() -> Rows:
    """Collected by direct debit, some turned back; the collecting box is donor 0."""
    yield "Donateur", "Giftdatum", "Giftbedrag", "Betaalwijze", "Status"
    for sale in SALES:
        day = f"{sale.day.day} {MONTHS[sale.day.month - 1]} {sale.day.year} om 14:03"
        yield f"{1 + sale.who:06}", day, sale.written, "Machtiging", "Geïncasseerd"
        if sale.at % 4 == 0:
            yield "0", day, "10,00", "Collecte", "Geïncasseerd"
            yield f"{1 + sale.who:06}", day, "25,00", "Machtiging", "Gestorneerd"


@layout
def gifts_with_pledges() -> Rows:
    yield "Constituent ID", "Gift Date", "Gift Amount", "Gift Type"
    for sale in SALES:
        yield f"C-{sale.who}", f"{sale.day:%m/%d/%Y}", f"${sale.money:,.2f}", "Cash"
        if sale.at % 6 == 0:
            yield f"C-{sale.who}", f"{sale.day:%m/%d/%Y}", "$100.00", "Pledge"


# Forms ---------------------------------------------------------------------------------------------------------------


@layout
def dates_in_three_columns() -> Rows:
    yield "year", "month", "day", "cust_no", "sales"
    for sale in SALES:
        yield sale.day.year, sale.day.month, sale.day.day, 1 + sale.who, sale.money


@layout
def ids_in_capitals_and_small_letters() -> Rows:
    yield "customer", "date", "amount"
    for sale in SALES:
        yield f"{'Kk'[sale.at % 2]}{sale.who}", sale.day, sale.money


@layout
def ids_that_were_fractions() -> Rows:
    yield "customer", "date", "amount"
    for sale in SALES:
        yield f"{100 + sale.who}{('', '.0')[sale.at % 2]}", sale.day, sale.money


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_shop_comes_out_of_every_layout_as_it_is(read: Read, name: str) -> None:
    table = read(text(LAYOUTS[name]()))
    assert counted(bought(table)) == pytest.approx(SHOP)
    assert Wishes().choices(table).doubts == ()
    assert "returns_not_matched" not in {finding.code for finding in bought(table).noticed}


def test_months_above_the_columns_of_a_pivot_are_read_and_its_totals_left_out(read: Read) -> None:
    """140 customers' months, as in its sums per month; headings as Excel keeps days, totals below and beside."""
    sums: dict[int, dict[date, float]] = {}
    for sale in SALES:
        of = sums.setdefault(sale.who, {})
        of[sale.day.replace(day=1)] = of.get(sale.day.replace(day=1), 0.0) + sale.money
    months = sorted({month for of in sums.values() for month in of})
    book = Workbook()
    book.active.append(["Klant", *months, "Totaal"])
    for who, of in sums.items():
        book.active.append([f"N {who}", *(of.get(month) for month in months), sum(of.values())])
    book.active.append(["Totaal", *(9999.5 for _ in months), 13133.75])
    content = io.BytesIO()
    book.save(content)
    assert counted(bought(read(content.getvalue()))) == pytest.approx((45, 140, 13133.75))


# Customers summed up, and tenures ------------------------------------------------------------------------------------


def of_customers() -> dict[int, list[Sale]]:
    found: dict[int, list[Sale]] = {}
    for sale in SALES:
        found.setdefault(sale.who, []).append(sale)
    return found


@pytest.mark.parametrize(
    ("headings", "money"),
    [
        (("Klantnummer", "Eerste bestelling", "Laatste bestelling", "Aantal bestellingen", "Omzet"), sum),
        (("customer_id", "first_order_date", "last_order_date", "orders_count", "average_order_value"), None),
        (("customer", "customer_since", "recency", "frequency", "monetary"), sum),
    ],
)
def test_orders_and_the_first_and_last_day_are_the_models_of_the_orders_themselves(
    read: Read, tmp_path: Path, headings: tuple[str, ...], money: Callable[[list[float]], float] | None
) -> None:
    """The file knows up to the last order, as the orders do; the laws are those of the orders, by the day."""
    rows = [headings]
    for who, sales in of_customers().items():
        days, paid = sorted({sale.day for sale in sales}), [sale.money for sale in sales]
        told = money(paid) if money else sum(paid) / len(days)
        rows.append((f"k{who}", days[0].strftime("%d-%m-%Y"), days[-1].strftime("%d-%m-%Y"), len(days), round(told, 4)))
    table = read(text(iter(rows)))
    choices = Wishes().choices(table)
    (tmp_path / "summed").mkdir()
    (tmp_path / "orders").mkdir()
    found = measure_table(table, choices, tmp_path / "summed")
    orders = read(text(iter([("klant", "datum", "bedrag"), *((f"k{s.who}", s.day, s.money) for s in SALES)])))
    whole = measure_table(orders, Wishes().choices(orders), tmp_path / "orders")
    assert [finding.code for finding in choices.told] == ["summed_up_by_dates"]
    assert found.report.last == whole.report.last == max(sale.day for sale in SALES)
    assert found.model.purchasing.parameters == pytest.approx(whole.model.purchasing.parameters, rel=1e-4)


def test_a_customer_whose_days_or_orders_cannot_be_is_set_apart(read: Read, tmp_path: Path) -> None:
    """By hand: the last order before the first, no order at all, no day, and a day that is none; 40 others stay."""
    rows = [("customer", "first_order", "last_order", "orders", "total_spent")]
    rows += [(f"k{n}", f"2023-0{1 + n % 8}-10", f"2023-1{n % 3}-{10 + n % 9}", 2 + n % 5, 50.5 + n) for n in range(40)]
    rows += [
        ("late", "2023-09-01", "2023-02-01", 3, 90.5), ("never", "2023-02-01", "2023-02-01", 0, 0.5),
        ("no day", "", "2023-02-01", 3, 90.5), ("no date", "2023-02-01", "soon", 3, 90.5),
    ]  # fmt: skip
    table = read(text(iter(rows)))
    found = measure_table(table, Wishes().choices(table), tmp_path)
    assert (found.report.kept_rows, [entry.rows for entry in found.report.removed]) == (40, [4])
    assert "many_unread" in {finding.code for finding in found.model.findings}


def tenured(heading: str, tenures: list[object]) -> str:
    rows = [("id", heading, "churn", "fee")]
    return text(iter([*rows, *((f"c{at}", each, "Yes" if at % 3 else "No", 20.5) for at, each in enumerate(tenures))]))


@pytest.mark.parametrize(
    ("heading", "tenures", "period", "longest"),
    [
        ("tenure_years", [1, 2, 3, 4, 5], "year", 5),
        ("Looptijd (jaren)", [1, 2, 3, 4, 50], "year", 50),
        ("tenure", [0.5, 1.5, 2.5, 3.5, 8.5], "year", 8),
        ("tenure_weeks", [13, 26, 52, 104, 52], "month", 24),
        ("tenure_days", [91, 182, 365, 730, 731], "month", 24),
        ("tenure", [1, 12, 24, 36, 41], "month", 41),
    ],
)
def test_heading_and_scale_say_in_what_tenures_are_counted(
    read: Read, heading: str, tenures: list[object], period: str, longest: int
) -> None:
    table, choices = chosen(read(tenured(heading, tenures * 6)))
    assert choices.period == period
    assert choices.doubts == ()
    assert isinstance(choices.columns, ContractColumns)
    found = summarise_contracts(table, choices.columns, choices.period, choices.rules, choices.shape.until)
    assert found.durations.periods.max() == longest


@pytest.mark.parametrize(
    ("longest", "likely", "doubt"),
    [
        (12, "year", "tenure_years_or_months"),
        (13, "month", "tenure_months_or_years"),
        (40, "month", "tenure_months_or_years"),
    ],
)
def test_tenures_that_may_be_years_or_months_are_asked(read: Read, longest: int, likely: str, doubt: str) -> None:
    table = read(tenured("Tenure", [1, 2, 5, 9, longest] * 6))
    choices = Wishes().choices(table)
    assert (choices.period, [finding.code for finding in choices.doubts]) == (likely, [doubt])
    for period in ("month", "year"):
        said = Wishes(period=period).choices(table)  # type: ignore[arg-type]
        assert (said.period, said.shape.unit, said.doubts) == (period, period, ())


# Where nobody can tell -----------------------------------------------------------------------------------------------


def test_a_line_for_each_ticket_looks_like_copies_until_somebody_says_not(read: Read) -> None:
    rows = [
        ("Order ID", "Order date", "Email", "Price"),
        *((n // 2, "2024-01-05", f"k{n // 4}", 20.5) for n in range(40)),
    ]
    table = read(text(iter(rows)))
    assert [finding.code for finding in bought(table).noticed] == ["many_copies"]
    kept = bought(table, Wishes(rules=Rules(duplicates=False)))
    assert (kept.noticed, counted(kept)) == ((), (10, 10, 820.0))


@pytest.mark.parametrize(("money", "named"), [(1000.0, True), (5.5, False)])
def test_an_id_that_brings_most_of_the_money_is_named_and_stays(read: Read, money: float, named: bool) -> None:
    rows = [("customer", "date", "amount"), *((f"k{n % 30}", date(2024, 1, 1 + n % 28), 9.5) for n in range(90))]
    table = read(
        text(iter([*rows, ("headquarters", date(2024, 1, 9), money), ("headquarters", date(2024, 1, 9), money)]))
    )
    choices = Wishes().choices(table)
    assert [doubt.code for doubt in choices.doubts] == ["id_is_much"] * named
    assert choices.rules.selection.left_out == ()


def test_two_status_columns_that_contradict_each_other_are_a_question(read: Read) -> None:
    states = ("paid;cancelled", "failed;completed", "paid;completed")
    table = read("customer;date;amount;Payment Status;Order Status\n" + "".join(
        f"k{n % 7};2024-01-{1 + n % 28:02};{5 + n}.5;{states[n % 3]}\n" for n in range(30)))  # fmt: skip
    (doubt,) = Wishes().choices(table).doubts
    assert (doubt.code, doubt.fields["rows"]) == ("statuses_disagree", 20)
    assert Wishes(where={"Order Status": ("completed",)}).choices(table).doubts == ()


def test_a_summary_without_age_is_refused_by_what_it_lacks(read: Read) -> None:
    with pytest.raises(PlannerError) as raised:
        Wishes().choices(read("CustomerID;Recency;Frequency;Monetary\nk1;12;3;80.5\nk2;40;1;20.5\n"))
    assert raised.value.code == "no_age"


@pytest.mark.parametrize("tenure", ["long", "-3"])
def test_a_column_of_tenures_without_one_is_refused_by_its_name(read: Read, tenure: str) -> None:
    rows = "".join(f"c{n};{tenure};{'Yes' if n % 3 else 'No'};20.5\n" for n in range(30))
    with pytest.raises(PlannerError) as raised:
        chosen(read("id;Tenure;Churn;Monthly charges\n" + rows))
    assert (raised.value.code, raised.value.fields["place"]) == ("unreadable_tenure", "Tenure")


def measured(table: Table, tmp_path: Path) -> tuple[set[str], str]:
    found = measure_table(table, Wishes().choices(table), tmp_path)
    return {finding.code for finding in found.model.findings}, found.trust


def test_one_month_of_data_is_said_to_be_too_little(read: Read, tmp_path: Path) -> None:
    rows = [
        ("customer", "date", "amount"),
        *((f"k{n * 7 % 40}", date(2024, 3, 1 + n * 11 % 31), 9.5) for n in range(120)),
    ]
    codes, trust = measured(read(text(iter(rows))), tmp_path)
    assert ("short_history" in codes, trust == "trusted") == (True, False)


def test_one_customer_who_buys_every_day_is_valued_and_not_trusted(read: Read, tmp_path: Path) -> None:
    rows = [("customer", "date", "amount"), *(("k1", date(2023, 1, 1) + timedelta(n), 9.5) for n in range(200))]
    codes, trust = measured(read(text(iter(rows))), tmp_path)
    assert ("few_repeaters" in codes, trust) == (True, "fallback")


def test_cohorts_of_one_customer_are_valued(read: Read, tmp_path: Path) -> None:
    """40 customers, each the only one who began on a day, and 79 purchases: 26 of them bought again."""
    began = [(n, date(2023, 1, 1) + timedelta(9 * n)) for n in range(40)]
    bought_on = [(f"k{n}", day + timedelta(30 * again), 10.5 + n) for n, day in began for again in range(1 + n % 3)]
    codes, trust = measured(read(text(iter([("customer", "date", "amount"), *bought_on]))), tmp_path)
    assert ("few_repeaters" in codes, trust) == (True, "care")


def test_a_price_of_zero_is_no_purchase_unless_asked(read: Read) -> None:
    rows = [
        ("customer", "date", "quantity", "unit price"),
        *((f"k{n}", date(2024, 1, 1 + n), 2, n % 2 * 4.5) for n in range(8)),
    ]
    table = read(text(iter(rows)))
    found = bought(table)
    assert ([(entry.code, entry.rows) for entry in found.removed], counted(found)[2]) == ([("zero_amount", 4)], 36.0)
    assert bought(table, Wishes(rules=Rules(zero_amounts=True))).kept_rows == 8


def test_two_currencies_are_a_question(read: Read) -> None:
    rows = [
        ("customer", "date", "amount", "Currency"),
        *(("k1", date(2024, 1, 1 + n), 4.5, ("EUR", "usd")[n % 2]) for n in range(8)),
    ]
    table = read(text(iter(rows)))
    with pytest.raises(PlannerError) as raised:
        bought(table)
    assert (raised.value.code, sorted(raised.value.fields["value"])) == ("mixed_currencies", ["EUR", "USD"])
    assert bought(table, Wishes(rules=Rules(currency="USD"))).kept_rows == 4


# Contracts -----------------------------------------------------------------------------------------------------------

CONTRACTS = {
    "Lidnummer;Lid sinds;Opgezegd per;Contributie per maand": "month",
    "Member ID;Join Date;Cancellation Date;Monthly fee": "month",
    "Polisnummer;Ingangsdatum;Einddatum;Jaarpremie": "year",
}


@pytest.mark.parametrize("names", CONTRACTS)
def test_memberships_and_policies_are_contracts_of_their_period(read: Read, names: str) -> None:
    """60 contracts that began in one year, of which every third ended after as many months as its number has ones."""
    began = [date(2022, 1 + n % 12, 1) for n in range(60)]
    ends = [began[n] + timedelta(30 * (1 + n % 10)) if n % 3 == 0 else "" for n in range(60)]
    rows = "".join(f"{n};{began[n]};{ends[n]};12.50\n" for n in range(60))
    table, choices = chosen(read(f"{names}\n{rows}"))
    assert isinstance(choices.columns, ContractColumns)
    found = summarise_contracts(table, choices.columns, choices.period, choices.rules)
    assert (choices.period, found.rows, found.running) == (CONTRACTS[names], 60, 40)
