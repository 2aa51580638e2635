"""What is taken out of a transaction file is named and counted, and nothing else is lost."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.csv import write_csv

from strategy.customers.cleaning.cleaning import (
    REMOVED,
    Cleaned,
    Removed,
    Rules,
    clean,
    write_purchases,
)
from strategy.customers.cleaning.durations import REMOVED as REMOVED_CONTRACTS
from strategy.customers.cleaning.exclusions import offered_exclusions
from strategy.customers.cleaning.summary import summarise, triples
from strategy.customers.reading.columns import Columns, guess_columns
from strategy.customers.reading.engines import Engine
from strategy.customers.reading.reading import Table, read_table
from strategy.errors import PlannerError
from strategy.words.messages import ASSUMED, CLEANING
from tests.files import Read

HEADER = "invoice,product,quantity,date,price,customer"
Line = tuple[str, str, int, str, float, str]


def lines(*rows: Line) -> str:
    return "\n".join([HEADER, *(",".join(map(str, row)) for row in rows)]) + "\n"


def cleaned(table: Table, rules: Rules | None = None) -> Cleaned:
    return clean(table, guess_columns(table), rules)


def left(found: Cleaned) -> list[tuple[str, str, float]]:
    home = found.engine.arrays(found.frame.select("customer", nw.col("date").cast(nw.String), "amount"))
    return sorted(zip(home["customer"].tolist(), home["date"].tolist(), home["amount"].tolist(), strict=True))


KEPT: Line = ("1", "tea", 2, "2026-01-05", 2.5, "ann")

EACH: dict[str, tuple[Line, float]] = {
    "duplicate_line": (KEPT, 5.0),
    "unreadable_date": (("2", "tea", 1, "soon", 3.0, "ann"), 3.0),
    "no_customer": (("2", "tea", 1, "2026-01-06", 3.0, " NULL "), 3.0),
    "placeholder_date": (("2", "tea", 1, "1900-01-01", 3.0, "ann"), 3.0),
    "future_date": (("2", "tea", 1, "2026-07-01", 3.0, "ann"), 3.0),
    "excluded_product": (("2", "post", 1, "2026-01-06", 3.0, "ann"), 3.0),
    "zero_amount": (("2", "tea", 1, "2026-01-06", 0.0, "ann"), 0.0),
    "unmatched_cancellation": (("2", "pie", -1, "2026-01-06", 3.0, "ann"), -3.0),
}
RULES = Rules(today=date(2026, 6, 30), excluded_products=("POST",))


@pytest.mark.parametrize("code", EACH)
def test_each_thing_that_is_no_purchase_goes_for_its_own_reason(read: Read, code: str) -> None:
    line, amount = EACH[code]
    others: list[Line] = [("9", "jam", 1, "2026-01-07", 4.0, "bob"), ("8", "jam", 1, "2026-01-08", 4.0, "bob")]
    found = cleaned(read(lines(KEPT, *others, line)), RULES)
    assert found.removed == (Removed(code, 1, amount),)
    assert left(found) == [("ann", "2026-01-05", 5.0), ("bob", "2026-01-07", 4.0), ("bob", "2026-01-08", 4.0)]
    assert (found.rows, found.kept_rows, found.amount) == (4, 3, pytest.approx(13.0 + amount))


def test_a_row_goes_for_the_first_reason_that_holds(read: Read) -> None:
    """No customer comes before a product that is excluded and an amount of zero."""
    found = cleaned(read(lines(KEPT, ("2", "post", 1, "2026-01-06", 0.0, ""))), RULES)
    assert found.removed == (Removed("no_customer", 1, 0.0),)


def test_the_kth_cancellation_cancels_the_kth_purchase_if_that_is_not_later(read: Read) -> None:
    """By hand: tea bought on the 5th, 9th and 20th, returned on the 10th, 15th and 21st would cancel all; here the

    second return (the 8th in date order the second) comes before the second purchase and cancels nothing.
    """
    found = cleaned(
        read(
            lines(
                ("1", "tea", 2, "2026-01-05", 2.5, "ann"),
                ("2", "tea", 2, "2026-01-09", 2.5, "ann"),
                ("3", "tea", -2, "2026-01-06", 2.5, "ann"),
                ("4", "tea", -2, "2026-01-08", 2.5, "ann"),
                ("5", "tea", -2, "2026-01-07", 2.4, "ann"),
                ("6", "jam", -2, "2026-01-30", 2.5, "ann"),
                ("7", "tea", -2, "2026-01-30", 2.5, "bob"),
                ("8", "jam", 1, "2026-01-30", 1.0, "bob"),
            )
        )
    )
    assert left(found) == [("ann", "2026-01-09", 5.0), ("bob", "2026-01-30", 1.0)]
    assert found.removed == (
        Removed("cancelled_purchase", 1, 5.0),
        Removed("cancellation", 1, -5.0),
        Removed("unmatched_cancellation", 4, pytest.approx(-5.0 - 4.8 - 5.0 - 5.0)),
    )


def test_an_invoice_number_with_a_c_is_a_cancellation(read: Read) -> None:
    table = read(
        lines(
            ("100", "tea", 1, "2026-01-05", 5.0, "ann"),
            ("101", "tea", 1, "2026-01-06", 7.0, "ann"),
            ("102", "tea", 1, "2026-01-07", 9.0, "bob"),
            ("C103", "tea", 1, "2026-01-08", 5.0, "ann"),
        )
    )
    assert left(cleaned(table)) == [("ann", "2026-01-06", 7.0), ("bob", "2026-01-07", 9.0)]


def test_where_all_invoices_start_with_a_c_it_means_nothing(read: Read) -> None:
    table = read(lines(("C1", "tea", 1, "2026-01-05", 5.0, "ann"), ("C2", "tea", 1, "2026-01-06", 7.0, "bob")))
    assert cleaned(table).removed == ()


def test_a_negative_quantity_makes_a_positive_amount_a_cancellation(read: Read) -> None:
    table = read(
        "customer,date,quantity,amount\nann,2026-01-05,1,5.50\nann,2026-01-06,-1,5.50\nbob,2026-01-06,1,3.25\n"
    )
    columns = guess_columns(table)
    found = clean(table, type(columns)(**{**vars(columns), "quantity": "quantity"}))
    assert left(found) == [("bob", "2026-01-06", 3.25)]


def test_equal_lines_stay_where_nothing_tells_lines_apart(read: Read) -> None:
    table = read("customer,date,amount\nann,2026-01-05,5.50\nann,2026-01-05,5.50\nbob,2026-01-06,3.25\n")
    found = cleaned(table)
    assert (found.removed, found.findings) == ((), ("duplicates_kept",))
    chosen = cleaned(table, Rules(duplicates=True))
    assert (chosen.removed, chosen.findings) == ((Removed("duplicate_line", 1, 5.5),), ())


@pytest.mark.parametrize(
    ("clock", "removed"),
    [(" 00:00:00", 0), ("T00:00", 0), (" 0:00", 0), (" 00:00:00.000", 0), ("T00:00:00+02:00", 0), (" 00:00:05", 1)],
)
def test_midnight_behind_a_date_is_no_time_of_day(read: Read, clock: str, removed: int) -> None:
    """Two equal purchases on a day stay where the file only knows days, however it writes them."""
    line = f"ann,2026-01-05{clock},5.50\n"
    found = cleaned(read(f"customer,date,amount\n{line}{line}bob,2026-01-06{clock},3.25\n"))
    assert sum(entry.rows for entry in found.removed) == removed


def test_a_zero_can_count_as_a_purchase(read: Read) -> None:
    table = read("customer,date,amount\nann,2026-01-05,0.00\nbob,2026-01-06,3.25\n")
    assert left(cleaned(table, Rules(zero_amounts=True))) == [("ann", "2026-01-05", 0.0), ("bob", "2026-01-06", 3.25)]


def test_postage_and_fees_are_offered_for_exclusion(read: Read) -> None:
    table = read(
        lines(
            KEPT,
            *(("2", "POST", 1, "2026-01-05", float(n), "ann") for n in (1, 2)),
            ("3", "m", 1, "2026-01-05", 1.0, "b"),
        )
    )
    assert offered_exclusions(table, guess_columns(table)) == (("POST", 2), ("M", 1))


# Currencies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "customer,date,amount\nann,2026-01-05,€ 5.50\nann,2026-01-06,EUR 2.50\nbob,2026-01-06,$3.25\n",
        "customer,date,amount,currency\nann,2026-01-05,5.50,EUR\nann,2026-01-06,2.50,eur\nbob,2026-01-06,3.25,USD\n",
    ],
)
def test_one_of_mixed_currencies_can_be_chosen(read: Read, text: str) -> None:
    table = read(text)
    with pytest.raises(PlannerError) as raised:
        cleaned(table)
    assert raised.value.code == "mixed_currencies"
    assert set(raised.value.fields["value"]) == {"EUR", "USD"}
    found = cleaned(table, Rules(currency="eur"))
    assert found.removed == (Removed("other_currency", 1, 3.25),)
    assert (found.currency, len(left(found))) == ("EUR", 2)
    with pytest.raises(PlannerError) as raised:
        cleaned(table, Rules(currency="GBP"))
    assert raised.value.code == "unknown_currency"


def test_one_currency_is_named_and_fine(read: Read) -> None:
    assert cleaned(read("customer,date,amount\nann,2026-01-05,£5.50\nbob,2026-01-06,3.25\n")).currency == "GBP"


# Laws ----------------------------------------------------------------------------------------------------------------

CELLS = st.tuples(
    st.sampled_from(["1", "2", "C3"]),
    st.sampled_from(["tea", "jam", "POST"]),
    st.sampled_from([-2, -1, 0, 1, 2]),
    st.sampled_from(["2026-01-05", "2026-01-06", "2026-01-07", "2026-09-01", "never", ""]),
    st.sampled_from([1.0, 2.5]),
    st.sampled_from(["ann", "bob", ""]),
)


def by_hand(rows: list[Line]) -> tuple[dict[str, tuple[int, float]], list[tuple[str, str, float]]]:
    """The rules once more, in plain loops over the rows: what goes and what stays."""
    gone: dict[str, list[float]] = defaultdict(list)
    unique = list(dict.fromkeys(rows))
    numbers = sum(row[0] == "C3" for row in rows)
    marked = 0 < numbers <= 0.3 * len(rows)

    def worth(row: Line) -> float:
        amount = row[2] * row[4]
        return -abs(amount) if marked and row[0] == "C3" else amount

    copies = list(rows)
    for row in unique:
        copies.remove(row)
    gone["duplicate_line"] = [worth(row) for row in copies]
    stay: list[Line] = []
    for row in unique:
        if not row[3].startswith("2026"):
            gone["unreadable_date"].append(worth(row))
        elif not row[5]:
            gone["no_customer"].append(worth(row))
        elif row[3] > "2026-06-30":
            gone["future_date"].append(worth(row))
        elif row[1] == "POST":
            gone["excluded_product"].append(worth(row))
        elif worth(row) == 0:
            gone["zero_amount"].append(0.0)
        else:
            stay.append(row)
    groups: dict[tuple[str, str, float], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in stay:
        groups[row[5], row[1], abs(worth(row))][worth(row) < 0].append(row[3])
    kept = []
    for (customer, _, amount), (bought, returned) in groups.items():
        bought, returned = sorted(bought), sorted(returned)
        pairs = {k for k in range(min(len(bought), len(returned))) if bought[k] <= returned[k]}
        kept += [(customer, day, amount) for k, day in enumerate(bought) if k not in pairs]
        gone["cancelled_purchase"] += [amount] * len(pairs)
        gone["cancellation"] += [-amount] * len(pairs)
        gone["unmatched_cancellation"] += [-amount] * (len(returned) - len(pairs))
    return {code: (len(found), sum(found)) for code, found in gone.items() if found}, sorted(kept)


STAYS: Line = ("0", "lamp", 1, "2026-01-04", 7.0, "zoe")
"""Nothing drawn can cancel it, so that something is left."""


@given(rows=st.lists(CELLS, max_size=25))
def test_rows_and_money_in_are_rows_and_money_kept_and_removed(read: Read, rows: list[Line]) -> None:
    """And every number is that of plain loops over the rows."""
    columns = Columns("customer", "date", None, "quantity", "price", "product", "invoice")
    found = clean(read(lines(STAYS, *rows)), columns, RULES)
    gone, kept = by_hand([STAYS, *rows])
    assert {entry.code: (entry.rows, pytest.approx(entry.amount)) for entry in found.removed} == gone
    assert left(found) == kept
    assert found.rows == len(rows) + 1 == found.kept_rows + sum(entry.rows for entry in found.removed)
    assert found.kept_rows == len(kept)
    assert found.kept_amount == pytest.approx(sum(row[2] for row in kept))
    assert found.amount == pytest.approx(found.kept_amount + sum(entry.amount for entry in found.removed))


def test_every_reason_and_every_assumption_has_its_words() -> None:
    assert set(CLEANING) == set(REMOVED) | set(REMOVED_CONTRACTS)
    assert set(ASSUMED) == {"ambiguous_dates", "ambiguous_amounts", "duplicates_kept"}


# Out again -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-5", "@SUM(A1)", "=HYPERLINK(x)"])
def test_a_spreadsheet_runs_no_id_as_a_formula(read: Read, tmp_path: Path, text: str) -> None:
    found = cleaned(read(f"customer,date,amount\n{text},2026-01-05,5.50\nbob,2026-01-06,3.25\n"))
    assert text in [row[0] for row in left(found)]
    write_purchases(found, tmp_path / "clean.csv")
    written = list(csv.DictReader(io.StringIO((tmp_path / "clean.csv").read_text())))
    assert sorted(row["customer"] for row in written) == sorted(["'" + text, "bob"])
    write_purchases(found, tmp_path / "clean.parquet")
    assert sorted(pd.read_parquet(tmp_path / "clean.parquet")["customer"]) == sorted([text, "bob"])


def test_the_cleaned_rows_read_back_as_themselves(read: Read, engine: Engine, tmp_path: Path) -> None:
    found = cleaned(
        read(lines(KEPT, ("2", "tea", 1, "2026-01-06", 0.0, "ann"), ("3", "jam", 3, "2026-02-01", 1.1, "bob")))
    )
    for name in ("clean.csv", "clean.parquet"):
        write_purchases(found, tmp_path / name)
        again = cleaned(read_table(tmp_path / name, engine))
        assert (left(again), again.removed) == (left(found), ())


# Files that are hard -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "customers", "repeats"),
    [
        ("customer,date,amount\nann,2026-01-05,5.50\nbob,2026-01-06,3.25\n", 2, 0),
        ("customer,date,amount\nann,2026-01-05,5.50\nann,2026-01-06,3.25\n", 1, 1),
        ("customer,date,amount\nann,2026-01-05,5.50\n", 1, 0),
    ],
    ids=["everyone bought once", "one customer", "one row"],
)
def test_little_data_is_read_all_the_same(read: Read, text: str, customers: int, repeats: int) -> None:
    found = triples(summarise(cleaned(read(text))))
    assert (found.counts.sum(), (found.counts * found.frequency).sum()) == (customers, repeats)


def test_a_file_of_which_nothing_is_left_says_so(read: Read) -> None:
    with pytest.raises(PlannerError) as raised:
        cleaned(read("customer,date,amount\n,2026-01-05,5.50\n,2026-01-06,3.25\nnull,2026-01-06,3.25\n"))
    assert (raised.value.code, raised.value.fields["reason"]) == ("nothing_left", "no_customer")


def retail(rows: int, seed: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """An export like that of a real shop, and how many rows of it have no customer, are postage or cancellations."""
    random = np.random.default_rng(seed)
    customer = random.integers(12_000, 18_000, rows).astype(float)
    customer[random.random(rows) < 0.25] = np.nan
    product = random.integers(20_000, 24_000, rows).astype("U6").astype(object)
    product[random.random(rows) < 0.01] = "POST"
    minutes = np.sort(random.integers(0, 374 * 1440, rows))
    frame = pd.DataFrame(
        {
            "InvoiceNo": (536_000 + np.arange(rows) // 20).astype("U6"),
            "StockCode": product,
            "Description": np.char.add("THING, WITH A COMMA ", random.integers(0, 4000, rows).astype("U4")),
            "Quantity": random.integers(1, 25, rows),
            "InvoiceDate": pd.Timestamp("2010-12-01 08:00") + pd.to_timedelta(minutes, unit="min"),
            "UnitPrice": random.integers(20, 2000, rows) / 100,
            "CustomerID": customer,
            "Country": random.choice(["United Kingdom", "France", "Germany"], rows, p=[0.9, 0.05, 0.05]),
        }
    )
    returned = frame.sample(frac=0.02, random_state=seed).copy()
    returned["InvoiceNo"] = "C" + returned["InvoiceNo"]
    returned["Quantity"] *= -1
    returned["InvoiceDate"] += pd.Timedelta(days=3)
    whole = pd.concat([frame, returned])
    counts = {
        "no_customer": int(whole["CustomerID"].isna().sum()),
        "excluded_product": int((whole["CustomerID"].notna() & (whole["StockCode"] == "POST")).sum()),
        "negatives": int(
            (whole["CustomerID"].notna() & (whole["StockCode"] != "POST") & (whole["Quantity"] < 0)).sum()
        ),
    }
    day = whole["InvoiceDate"].dt.normalize()
    text = {each: f"{each:%m/%d/%Y} 10:30" for each in day.unique()}
    whole["InvoiceDate"] = day.map(text)
    return whole, counts


def test_each_kind_of_line_of_a_shop_is_set_apart_once(engine: Engine, tmp_path: Path) -> None:
    """Generated with the numbers of each kind of line known; every return is of a purchase three days before.

    Half a million such lines go through the command `value` in the tests of commands.
    """
    export, counts = retail(98_000, seed=7)
    write_csv(pa.Table.from_pandas(export, preserve_index=False), tmp_path / "retail.csv")
    table = read_table(tmp_path / "retail.csv", engine)
    columns = guess_columns(table)
    found = clean(
        table, columns, Rules(excluded_products=tuple(code for code, _ in offered_exclusions(table, columns)))
    )
    summary = triples(summarise(found, until=found.last - timedelta(days=90)))
    gone = {entry.code: entry.rows for entry in found.removed}
    assert found.rows == len(export)
    assert gone["no_customer"] == counts["no_customer"]
    assert gone["excluded_product"] == counts["excluded_product"]
    assert gone["cancellation"] + gone.get("unmatched_cancellation", 0) == counts["negatives"]
    assert gone["cancellation"] >= 0.99 * counts["negatives"]  # the k-th may find the k-th purchase of its kind later
    assert columns.segments == ("Country",)
    assert summary.counts.sum() == 6000


# What speaks against a file ------------------------------------------------------------------------------------------


def told(found: Cleaned) -> dict[str, object]:
    return {finding.code: finding.fields.get("rows", finding.fields.get("days")) for finding in found.noticed}


def purchases(count: int, amount: Callable[[int], str], day: Callable[[int], str] | None = None) -> str:
    days = day or (lambda n: f"2026-0{1 + n % 6}-{1 + n % 28:02}")
    rows = [f'c{n % 20},{days(n)},"{amount(n)}"' for n in range(count)]
    return "\n".join(["customer,date,amount", *rows])


def test_an_amount_in_the_other_notation_is_unreadable_not_a_hundred_times_as_much(read: Read) -> None:
    """19,95 among 19.95: no group of thousands has two digits; and the other way round."""
    for other, sign in (("19,95", "."), ("19.95", ",")):
        found = cleaned(read(purchases(40, lambda n, other=other, sign=sign: other if n % 8 == 0 else f"19{sign}95")))  # type: ignore[misc]
        assert found.removed == (Removed("unreadable_amount", 5, 0.0),)
        assert found.kept_amount == pytest.approx(35 * 19.95)
        assert told(found) == {"many_unread": 5}


def test_indian_thousands_are_read(read: Read) -> None:
    found = cleaned(read(purchases(20, lambda n: "1,23,456.50")))
    assert (found.kept_rows, found.kept_amount) == (20, pytest.approx(20 * 123456.5))


@pytest.mark.parametrize("amount", ["1e15", "9" * 20])
def test_an_absurd_amount_is_no_amount(read: Read, amount: str) -> None:
    found = cleaned(read(purchases(40, lambda n: amount if n == 3 else "5.50")))
    assert found.removed == (Removed("unreadable_amount", 1, 0.0),)


def test_an_infinite_amount_is_no_amount(read: Read, tmp_path: Path) -> None:
    amounts = [1.5, -np.inf, 2.5]
    frame = pd.DataFrame({"customer": ["a", "b", "a"], "date": pd.Timestamp("2026-01-05"), "amount": amounts})
    frame.to_parquet(tmp_path / "inf.parquet")
    found = cleaned(read((tmp_path / "inf.parquet").read_bytes()))
    assert (found.removed, found.amount) == ((Removed("unreadable_amount", 1, 0.0),), 4.0)


def test_a_customer_written_as_a_fraction_is_the_same_customer(read: Read) -> None:
    found = cleaned(read("customer,date,amount\n123,2026-01-05,5.50\n123.0,2026-02-05,5.50\n0123,2026-02-05,5.50\n"))
    assert sorted({name for name, _, _ in left(found)}) == ["0123", "123"]


def test_dates_in_two_orders_are_said(read: Read) -> None:
    """Of 60 rows 20 have the month first; of those 12 have a day above 12 and can only be read so."""

    def day(n: int) -> str:
        return f"0{1 + n % 6}/{9 + n // 3:02}/2026" if n % 3 == 0 else f"{9 + n // 3:02}/0{1 + n % 6}/2026"

    found = cleaned(read(purchases(60, lambda n: "5.50", day)))
    assert told(found) == {"dates_in_two_orders": 16, "many_unread": 16}


def test_returns_that_match_nothing_are_said_where_they_are_much(read: Read) -> None:
    """Money went back to people who bought nothing: 10 x 2.75 of 40 x 5.50 is 12.5 %."""
    text = purchases(40, lambda n: "5.50") + "".join(f"\nx{n},2026-06-30,-2.75" for n in range(10))
    found = cleaned(read(text))
    assert told(found) == {"returns_not_matched": 10}
    assert found.noticed[0].fields["share"] == pytest.approx(0.125)


def test_a_long_silence_is_said_and_a_season_is_not(read: Read) -> None:
    def day(n: int) -> str:
        return f"{2024 if n < 39 else 2026}-0{1 + n % 6}-{1 + n % 28:02}"

    assert "long_gap" in told(cleaned(read(purchases(40, lambda n: "5.50", day))))
    seasons = cleaned(read(purchases(60, lambda n: "5.50", lambda n: f"{2022 + n % 4}-12-{1 + n // 4:02}")))
    assert told(seasons) == {}


def test_a_currency_that_the_file_does_not_name_can_be_given(read: Read) -> None:
    found = cleaned(read(purchases(20, lambda n: "5.50")), Rules(currency="USD"))
    assert (found.currency, found.kept_rows) == ("USD", 20)
