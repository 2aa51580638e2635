"""Export files as people bring them: what is read of each, as proposed, is what the same file corrected by hand holds.

The files in `exports` are cut from synthetic exports of one shop (45 customers of it) and of a few other firms. Each
number was counted with pandas from the corrected file: of the clean shop 45 customers, 167 days of purchase, 13,133.75.
"""

import io
from pathlib import Path

import narwhals as nw
import pytest
from openpyxl import Workbook

from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Cleaned, Rules, clean
from strategy.customers.cleaning.durations import summarise_contracts
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.proposing.gaps import with_gaps_filled
from strategy.customers.proposing.proposal import propose
from strategy.customers.proposing.reshaping import reshaped
from strategy.customers.proposing.words import meaning_of
from strategy.customers.reading.columns import Columns, ContractColumns
from strategy.customers.reading.engines import Engine
from strategy.customers.reading.reading import Table, read_table
from strategy.customers.study import measure_table
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import FINDINGS, say_finding
from strategy.words.wording import LANGUAGES, Wording
from tests.files import Read

EXPORTS = Path(__file__).parent / "exports"
SHOP = (45, 167, 13133.75)
PURCHASES = {
    "reference_orders.csv": SHOP,
    "dates_excel.csv": SHOP,
    "dates_isoz.csv": SHOP,
    "dates_jan_d_y_time.csv": SHOP,
    "dates_nl_abbr.csv": SHOP,
    "dates_unix.csv": SHOP,
    "dates_us_comma_time.csv": SHOP,
    "amount_is_pieces.csv": SHOP,
    "two_sheets.xlsx": SHOP,
    "merged_cells.xlsx": SHOP,
    "month_per_row.csv": (45, 140, 13133.75),
    "month_per_column.csv": (45, 140, 13133.75),
    "payments_with_status.csv": (43, 147, 11448.07),
    "partial_returns.csv": (45, 167, 11857.07),
    "one_id_for_cash.csv": (37, 105, 8507.66),
    "leading_zero_ids.csv": (39, 215, 10867.55),
    "debet_credit.csv": (123, 140, 6302.94),
    "customer_id_per_order.csv": (190, 190, 16456.0),
}
"""Customers, days on which they bought, and money."""
CONTRACTS = {
    "subscriptions_with_trials.csv": ("month", 150, 83),
    "contract_years.csv": ("year", 60, 23),
    "tenure_and_churn.csv": ("month", 150, 61),
    "monthly_charges.csv": ("month", 60, 24),
}
"""Period, contracts, and those that run."""
DOUBTED = {"customer_id_per_order.csv": {"id_never_returns"}}
TOLD = {
    "amount_is_pieces.csv": {"amount_counts_pieces"},
    "payments_with_status.csv": {"refund_taken_off", "status_left_out"},
    "one_id_for_cash.csv": {"left_out_id"},
    "leading_zero_ids.csv": {"zeros_made_alike"},
    "merged_cells.xlsx": {"filled_down"},
    "two_sheets.xlsx": {"sheets_joined"},
    "debet_credit.csv": {"other_side_set_apart"},
    "month_per_row.csv": {"months_as_days"},
    "month_per_column.csv": {"months_in_columns"},
    "customer_id_per_order.csv": {"status_left_out"},
    "contract_years.csv": {"years_chained"},
    "tenure_and_churn.csv": {"counted_back"},
    "monthly_charges.csv": {"charges_are_contracts"},
    "rfm_summary.csv": {"summed_up"},
}


def chosen(table: Table, wishes: Wishes | None = None) -> tuple[Table, Choices]:
    """A table as it is taken, and what was chosen for it."""
    choices = (wishes or Wishes()).choices(table)
    return with_gaps_filled(reshaped(table, choices.shape), choices.rules.selection.fill_down), choices


def bought(table: Table, wishes: Wishes | None = None) -> Cleaned:
    taken, choices = chosen(table, wishes)
    assert isinstance(choices.columns, Columns)
    return clean(taken, choices.columns, choices.rules)


def counted(found: Cleaned) -> tuple[int, int, float]:
    days = found.frame.group_by("customer", "date").agg(nw.col("amount").sum())
    home = found.engine.arrays(days)
    return len(set(home["customer"])), len(home["date"]), float(home["amount"].sum())


@pytest.mark.parametrize("name", PURCHASES)
def test_purchases_are_read_as_the_corrected_file_holds_them(engine: Engine, name: str) -> None:
    customers, days, money = counted(bought(read_table(EXPORTS / name, engine)))
    assert (customers, days) == PURCHASES[name][:2]
    assert money == pytest.approx(PURCHASES[name][2], rel=1e-3)  # prices of a piece are rounded to cents


@pytest.mark.parametrize("name", CONTRACTS)
def test_contracts_are_read_as_the_corrected_file_holds_them(engine: Engine, name: str) -> None:
    table, choices = chosen(read_table(EXPORTS / name, engine))
    assert isinstance(choices.columns, ContractColumns)
    found = summarise_contracts(table, choices.columns, choices.period, choices.rules, choices.shape.until)
    assert (choices.period, found.rows, found.running) == CONTRACTS[name]
    assert found.removed == ()


def test_a_summary_of_customers_is_fitted_as_it_is(engine: Engine, tmp_path: Path) -> None:
    """45 customers with 122 repeat purchases: those of the shop (167 days less 45 first ones)."""
    table = read_table(EXPORTS / "rfm_summary.csv", engine)
    found = measure_table(table, Wishes().choices(table), tmp_path)
    alike = read_table(EXPORTS / "reference_orders.csv", engine)
    shop = measure_table(alike, Wishes().choices(alike), tmp_path / "shop")
    assert (found.model.customers, found.model.repeaters) == (45, shop.model.repeaters)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted({*PURCHASES, *CONTRACTS, *TOLD}))
def test_what_is_done_is_told_and_what_is_open_is_a_doubt(engine: Engine, name: str) -> None:
    choices = Wishes().choices(read_table(EXPORTS / name, engine))
    assert {finding.code for finding in choices.told} == TOLD.get(name, set())
    assert {finding.code for finding in choices.doubts} == DOUBTED.get(name, set())
    for language in LANGUAGES:
        for finding in (*choices.told, *choices.doubts):
            assert "{" not in say_finding(finding, Wording(language))


def test_as_it_is_nothing_is_left_out_and_all_of_it_stays_a_doubt(engine: Engine) -> None:
    """Failed and refunded payments count again: 4,140 + 1,035 rows in the whole file, of which these are a part."""
    table = read_table(EXPORTS / "payments_with_status.csv", engine)
    _, choices = chosen(table, Wishes(as_is=True))
    assert {finding.code for finding in choices.doubts} == {"status_unused"}
    assert choices.rules.selection.counting == ()


# Without money, without dates ----------------------------------------------------------------------------------------


def without_money() -> str:
    """The clean shop with customers and days alone."""
    rows = (EXPORTS / "reference_orders.csv").read_text().splitlines()
    return "\n".join(",".join(row.split(",")[:2]) for row in rows)


def test_where_the_file_has_no_money_a_purchase_brings_what_is_typed(read: Read) -> None:
    """The same 45 customers and 167 days; an amount of 20 each comes to 3,340."""
    wishes = Wishes(rules=Rules(per_purchase=20.0))
    table = read(without_money())
    assert counted(bought(table, wishes)) == (45, 167, 3340.0)
    assert [finding.code for finding in wishes.choices(table).told] == ["no_money"]


def test_without_money_the_rows_of_a_day_are_one_purchase(read: Read) -> None:
    rows = ["customer,date,store", *["a,2024-01-05,12", "a,2024-01-05,12", "b,2024-01-06,7"] * 2]
    found = bought(read("\n".join(rows)), Wishes(rules=Rules(per_purchase=20.0)))
    assert (counted(found), [(entry.code, entry.rows) for entry in found.removed]) == ((2, 2, 40.0), [("same_day", 4)])


@pytest.mark.parametrize("column", ["store", "age", "postcode", "quantity"])
def test_a_number_that_is_no_money_is_not_taken_for_it(read: Read, column: str) -> None:
    table = read(f"customer,date,{column}\n" + "".join(f"k{n % 9},2024-01-{1 + n:02},{n % 4}\n" for n in range(28)))
    with pytest.raises(PlannerError) as raised:
        Wishes().choices(table)
    assert raised.value.code == "no_amount"


@pytest.mark.parametrize(
    ("name", "told", "gap"),
    [("day", "days_numbered", 1), ("Weeknr", "weeks_numbered", 7), ("Maand", "months_numbered", 30)],
)
def test_days_weeks_and_months_are_counted_from_a_first_one(read: Read, name: str, told: str, gap: int) -> None:
    """Customer k buys in k and k + 1: a day, a week or a month of 30 or 31 days apart."""
    table = read(
        f"customer,{name},amount\n" + "".join(f"k{n},{n + later},5.5\n" for n in range(1, 40) for later in (0, 1))
    )
    found = bought(table)
    days = found.engine.arrays(found.frame.select("date").unique().sort("date"))["date"].astype("datetime64[D]")
    assert [finding.code for finding in Wishes().choices(table).told] == [told]
    assert (len(days), {int(each) for each in set((days[1:] - days[:-1]).astype(int))} - {31}) == (40, {gap})


@pytest.mark.parametrize(("name", "cells", "first"), [("Jaar", "2019,2021", 2019), ("Periode", "202003,202105", 2020)])
def test_years_and_months_without_a_sign_are_dates(read: Read, name: str, cells: str, first: int) -> None:
    earlier, later = cells.split(",")
    found = bought(read(f"relatie,{name},bedrag\na,{earlier},5.5\na,{later},5.5\nb,{later},7.5\n"))
    assert (counted(found), found.first.year) == ((2, 3, 18.5), first)


def test_a_file_that_starts_in_the_middle_of_a_firms_life_is_not_trusted(engine: Engine, tmp_path: Path) -> None:
    """A part of the shop that opened before the file starts; the same law from the start on is trusted elsewhere."""
    table = read_table(EXPORTS / "history_1_year.csv", engine)
    found = measure_table(table, Wishes().choices(table), tmp_path)
    assert (found.trust, "starts_mid_life" in {finding.code for finding in found.model.findings}) == ("care", True)


# Statuses ------------------------------------------------------------------------------------------------------------

DEALS = "Deal ID,Account,Create Date,Close Date,Amount,{name}\n" + "".join(
    f"D{n},k{n % 9},2024-01-0{1 + n % 9},2024-0{1 + n % 6}-15,100.5,{{{n % 3}}}\n" for n in range(30)
)


@pytest.mark.parametrize(
    ("name", "values", "days"),
    [
        ("Deal Stage", ("Closed Won", "closedlost", "Negotiation (60%)"), 10),
        ("Fase", ("Gewonnen", "Verloren", "Offerte"), 10),
        ("Status", ("Betaald", "Mislukt", "Openstaand"), 10),
        ("Paid", ("yes", "no", "no"), 10),
        ("Geannuleerd", ("nee", "ja", "nee"), 20),
        ("State", ("NY", "CA", "TX"), 30),
    ],
)
def test_only_what_counts_by_its_status_is_a_purchase(
    read: Read, name: str, values: tuple[str, ...], days: int
) -> None:
    """A third of thirty deals each; a state of a country is none of a deal's."""
    table = read(DEALS.replace("{name}", name).format(*values))
    choices = Wishes().choices(table)
    assert isinstance(choices.columns, Columns)
    assert choices.columns.date == "Close Date"
    assert bought(table).kept_rows == days


def test_words_that_nobody_knows_are_a_question_until_somebody_says_what_counts(read: Read) -> None:
    text = DEALS.replace("{name}", "Status").format("groen", "geel", "betaald")
    table = read(text)
    assert [doubt.code for doubt in Wishes().choices(table).doubts] == ["status_unused"]
    said = Wishes(where={"Status": ("groen",)})
    assert said.choices(table).doubts == ()
    assert bought(table, said).kept_rows == 10


def test_rows_of_refunds_take_back_a_purchase(read: Read) -> None:
    rows = ["a,2024-01-01,50.5,charge", "a,2024-01-09,20.5,refund", "b,2024-01-02,30.5,charge"]
    assert counted(bought(read("\n".join(["customer,date,amount,type", *rows])))) == (2, 2, 60.5)


def test_a_refund_above_its_sale_counts_as_nothing(read: Read) -> None:
    rows = ["a,2024-01-01,50.5,60.5", "b,2024-01-02,30.5,0.0"]
    found = bought(read("\n".join(["customer,date,amount,refund amount", *rows])))
    assert counted(found) == (1, 1, 30.5)
    assert [(finding.code, finding.fields["returned"]) for finding in found.noticed] == [("refund_above_sale", 10.0)]


def test_a_status_column_with_two_hundred_values_is_a_question(read: Read) -> None:
    text = "customer,date,amount,status\n" + "".join(f"k{n % 40},2024-01-05,5.5,code {n}\n" for n in range(400))
    assert [doubt.code for doubt in Wishes().choices(read(text)).doubts] == ["status_unused"]


@pytest.mark.parametrize("way", ["Payment Method", "Card type", "Card Funding"])
def test_paying_by_credit_takes_nothing_back(read: Read, way: str) -> None:
    text = f"customer,date,amount,{way}\na,2024-01-01,5.5,credit\nb,2024-01-02,6.5,debit\n"
    assert bought(read(text)).kept_rows == 2


# Who and which -------------------------------------------------------------------------------------------------------


def test_an_address_in_any_case_is_one(read: Read) -> None:
    text = "email,date,amount\nAnn@x.nl,2024-01-01,5.5\nann@X.nl,2024-01-02,6.5\nbob@x.nl,2024-01-02,6.5\n"
    assert counted(bought(read(text)))[0] == 2


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        ("Totaal incl. btw,Totaal excl. btw", "Totaal excl. btw"),
        ("Bedrag,Korting", "Bedrag"),
        ("Order total,Shipping,Tax total", "Order total"),
    ],
)
def test_the_amount_is_what_was_sold_for_without_tax(read: Read, columns: str, taken: str) -> None:
    cells = ",".join(["12.50"] * len(columns.split(",")))
    table = read(f"klant,datum,{columns}\n" + f"a,2024-01-05,{cells}\nb,2024-01-06,{cells}\n")
    columns_taken = Wishes().choices(table).columns
    assert columns_taken.amount == taken


def test_totals_and_lines_that_go_on_with_an_order_raise_no_alarm(read: Read) -> None:
    """An order on two lines of which the first has customer, day and total; and a row of totals below all."""
    text = "Order,Email,Date,Total,Item\n" + "".join(
        f"#{n},k{n % 7}@x.nl,2024-01-{1 + n:02},20.5,tea\n#{n},,,,jam\n" for n in range(20)
    )
    found = bought(read(text + "Totaal,,,410.0,\n"))
    assert {entry.code: entry.rows for entry in found.removed} == {"total_row": 1, "continuation": 20}
    assert (counted(found), found.noticed) == ((7, 20, 410.0), ())


def test_discounts_within_an_order_come_off_it_and_are_not_offered_to_leave_out(read: Read) -> None:
    rows = ["1,tea,10.5,2024-01-05,a", "1,DISCOUNT,-2.5,2024-01-05,a", "2,tea,4.5,2024-01-06,b"]
    found = bought(read("\n".join(["invoice,product,amount,date,customer", *rows])))
    assert counted(found) == (2, 2, 12.5)
    assert [finding.code for finding in found.noticed] == ["returns_in_part"]


def test_dates_that_are_half_day_numbers_and_half_written_are_read(read: Read) -> None:
    """45292 is 1 January 2024 in Excel."""
    text = "customer,date,amount\n" + "".join(f"a,{45292 + n},5.5\nb,2024-01-{1 + n:02},6.5\n" for n in range(20))
    assert counted(bought(read(text))) == (2, 40, 240.0)


def test_two_status_columns_that_disagree_both_leave_out(read: Read) -> None:
    states = ("paid,cancelled", "failed,completed", "paid,completed")
    text = "customer,date,amount,Payment Status,Order Status\n" + "".join(
        f"k{n % 7},2024-01-{1 + n % 28:02},{5 + n}.5,{states[n % 3]}\n" for n in range(30)
    )
    found = bought(read(text))
    assert [(entry.code, entry.rows) for entry in found.removed] == [("other_status", 20)]


def test_an_order_number_with_a_hash_keeps_its_lines_together(read: Read) -> None:
    text = "Name,Email,Paid at,Total,Lineitem name\n" + "".join(
        f"#{1000 + n},k{n % 7}@x.nl,2024-01-{1 + n:02},20.5,tea\n#{1000 + n},k{n % 7}@x.nl,,,jam\n" for n in range(20)
    )
    found = bought(read(text))
    assert ([(entry.code, entry.rows) for entry in found.removed], found.noticed) == ([("continuation", 20)], ())


def test_a_workbook_of_two_hundred_sheets_and_a_chart_is_joined(read: Read) -> None:
    book = Workbook()
    book.remove(book.active)
    for number in range(200):
        sheet = book.create_sheet(f"s{number}")
        sheet.append(["customer", "date", "amount"])
        sheet.append([f"k{number}", f"2024-01-{1 + number % 28:02}", 5.5])
    book.create_chartsheet("chart")
    content = io.BytesIO()
    book.save(content)
    assert counted(bought(read(content.getvalue()))) == (200, 200, 1100.0)


def test_a_sheet_beyond_all_columns_does_not_hide_the_others(read: Read) -> None:
    book = Workbook()
    book.active.cell(1, 16_384, "x")
    data = book.create_sheet("data")
    for row in (["customer", "date", "amount"], ["a", "2024-01-01", 5.5], ["b", "2024-01-02", 6.5]):
        data.append(row)
    content = io.BytesIO()
    book.save(content)
    assert bought(read(content.getvalue())).kept_rows == 2


# Contracts -----------------------------------------------------------------------------------------------------------


def test_ended_contracts_of_which_nothing_says_when_are_refused(read: Read) -> None:
    text = "id,start,end,status\n" + "".join(
        f"k{n},2023-01-01,,{'canceled' if n % 2 else 'active'}\n" for n in range(20)
    )
    table = read(text)
    guess = next(each.columns for each in propose(table) if each.contracts)
    assert isinstance(guess, ContractColumns)
    with pytest.raises(PlannerError) as raised:
        summarise_contracts(table, guess, "month", Rules())
    assert raised.value.code in ("ends_unknown", "nothing_left")


@pytest.mark.parametrize("tenure", ["-3", "long", ""])
def test_a_tenure_that_is_none_is_set_apart(read: Read, tenure: str) -> None:
    rows = [f"c{n},{n % 30 + 1},{'Yes' if n % 3 else 'No'},20.5" for n in range(60)]
    table, choices = chosen(read("\n".join(["id,tenure,churn,monthly charges", *rows, f"x,{tenure},No,20.5"])))
    assert isinstance(choices.columns, ContractColumns)
    found = summarise_contracts(table, choices.columns, "month", choices.rules, choices.shape.until)
    assert [(entry.code, entry.rows) for entry in found.removed] == [("unreadable_start", 1)]


def test_every_code_of_a_proposal_has_its_sentence() -> None:
    for codes in (*TOLD.values(), *DOUBTED.values(), {"status_unused", "status_takes_back", "id_is_nobody"}):
        assert codes <= set(FINDINGS)
    assert meaning_of("Closed Won", "stage") == "counts"
