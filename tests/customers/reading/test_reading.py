"""Files as clients send them: every way of writing a table is read, and what is no table is refused with a remedy."""

import io
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from strategy.customers.cleaning.cleaning import Cleaned, Rules, clean
from strategy.customers.reading.columns import (
    Columns,
    ContractColumns,
    guess_columns,
    guess_contract_columns,
    looks_like_contracts,
)
from strategy.customers.reading.engines import DATE_FORMATS, Engine, open_engine
from strategy.customers.reading.parsing import parse_dates
from strategy.customers.reading.reading import Table, read_table
from strategy.errors import PlannerError
from strategy.words.messages import explain
from strategy.words.wording import Wording
from tests.files import Read

PLAIN = "customer,date,amount\nann,2026-01-31,12.50\nbob,2026-02-01,7\nann,2026-03-05,1234.56\n"
"""Three purchases for 1,254.06 in all; the other files of these tests say the same in other ways."""


def cleaned(table: Table, **rules: object) -> Cleaned:
    return clean(table, guess_columns(table), Rules(**rules))  # type: ignore[arg-type]


def rows(found: Cleaned) -> list[tuple[str, str, float]]:
    """Customer, day and amount of what is left, sorted."""
    home = found.engine.arrays(found.frame.select("customer", nw.col("date").cast(nw.String), "amount"))
    return sorted(zip(home["customer"].tolist(), home["date"].tolist(), home["amount"].tolist(), strict=True))


def refused(read: Read, content: str | bytes) -> PlannerError:
    with pytest.raises(PlannerError) as raised:
        cleaned(read(content))
    assert len(explain(raised.value, Wording("en"))) < 400
    return raised.value


THREE = [("ann", "2026-01-31", 12.5), ("ann", "2026-03-05", 1234.56), ("bob", "2026-02-01", 7.0)]


# Texts ---------------------------------------------------------------------------------------------------------------

SAME = {
    "commas": PLAIN,
    "semicolons and decimal commas": (
        "klant;datum;bedrag\nann;31-01-2026;12,50\nbob;01-02-2026;7\nann;05-03-2026;1.234,56\n"
    ),
    "tabs": PLAIN.replace(",", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "spaces, no header": "ann  20260131   12.50\nbob 20260201 7.00\n ann 20260305  1234.56\n",
    "no header": PLAIN.split("\n", 1)[1],
    "a title above": "Export of sales\n\n" + PLAIN,
    "sep= of Excel": "sep=;\n" + PLAIN.replace(",", ";"),
    "Windows line ends": PLAIN.replace("\n", "\r\n"),
    "a delimiter at every end": PLAIN.replace("\n", ",\n"),
    "thousands with commas": PLAIN.replace("1234.56", '"1,234.56"'),
    "apostrophes and spaces": PLAIN.replace("1234.56", "1'234.56"),
    "euro signs": PLAIN.replace("12.50", "€ 12.50").replace("1234.56", "€1234.56"),
    "month first, decided by one row": (
        "customer,date,amount\nann,1/31/2026,12.50\nbob,2/1/2026,7\nann,3/5/2026,1234.56\n"
    ),
    "day first, two digits": "customer,date,amount\nann,31/01/26,12.50\nbob,1/2/26,7\nann,5/3/26,1234.56\n",
    "named months": "customer,date,amount\nann,31-Jan-2026,12.50\nbob,1-Feb-2026,7\nann,5-MAR-2026,1234.56\n",
    "times of day": PLAIN.replace("-31,", "-31 10:11:12,").replace("-01,", "-01T09:00,"),
    "two ways of writing dates": PLAIN.replace("2026-02-01", "01.02.2026"),
    "spaces around": PLAIN.replace(",", " , "),
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_every_way_of_writing_the_same_purchases_is_read_alike(read: Read, content: str) -> None:
    assert rows(cleaned(read(content))) == THREE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_every_encoding_is_read(read: Read, encoding: str) -> None:
    content = PLAIN.replace("bob", "Zoë Müller").encode(encoding)
    assert ("Zoë Müller", "2026-02-01", 7.0) in rows(cleaned(read(content)))


def test_quoted_line_breaks_and_quotes_stay_in_their_cell(read: Read) -> None:
    text = 'customer,date,note,amount\n"ann ""the"" one",2026-01-31,"two\nlines, one cell",12.50\nbob,2026-02-01,x,7\n'
    assert [row[0] for row in rows(cleaned(read(text)))] == ['ann "the" one', "bob"]


def test_a_line_with_too_many_cells_is_reported_and_not_lost(read: Read) -> None:
    found = cleaned(read(PLAIN + "carl,2026-04-01,5,extra,cells\n"))
    assert [(entry.code, entry.rows, entry.amount) for entry in found.removed] == [("broken_line", 1, 5.0)]
    assert rows(found) == THREE


def test_a_wide_export_of_everything_as_text_keeps_ids_of_ten_thousand_characters(read: Read) -> None:
    long = "x" * 10_000
    assert rows(cleaned(read(PLAIN.replace("bob", long))))[-1] == (long, "2026-02-01", 7.0)


def test_the_head_and_the_notes_say_how_a_file_was_read(read: Read) -> None:
    table = read(SAME["semicolons and decimal commas"].encode("cp1252"))
    assert table.names == ("klant", "datum", "bedrag")
    assert table.head[0] == ("ann", "31-01-2026", "12,50")
    assert table.notes == {"kind": "text", "encoding": "utf-8", "delimiter": ";", "header": "yes"}


# Dates and amounts that could be two things ---------------------------------------------------------------------------


def test_dates_that_could_be_either_are_read_day_first_and_said(read: Read) -> None:
    found = cleaned(read("customer,date,amount\nann,01/02/2026,1.50\nbob,03/04/2026,2.50\n"))
    assert "ambiguous_dates" in found.findings
    assert [row[1] for row in rows(found)] == ["2026-02-01", "2026-04-03"]


def test_a_date_format_that_was_chosen_is_used(read: Read) -> None:
    table = read("customer,date,amount\nann,01/02/2026,1.50\nbob,03/04/2026,2.50\n")
    found = clean(table, Columns("customer", "date", "amount", date_format="MM/DD/YYYY"))
    assert [row[1] for row in rows(found)] == ["2026-01-02", "2026-03-04"]
    assert "ambiguous_dates" not in found.findings


def test_the_last_row_of_a_long_column_decides_between_day_and_month(read: Read) -> None:
    lines = [f"c{number % 50},{number % 12 + 1}/{number % 11 + 1}/2025,1.50" for number in range(3000)]
    text = "\n".join(["customer,date,amount", *lines, "last,12/31/2025,1.50"])
    assert ("last", "2025-12-31", 1.5) in rows(cleaned(read(text)))


def test_three_digits_after_every_separator_are_thousands_and_said(read: Read) -> None:
    found = cleaned(read("customer;date;amount\nann;2026-01-31;1.234\nbob;2026-02-01;12.500\n"))
    assert "ambiguous_amounts" in found.findings
    assert [row[2] for row in rows(found)] == [1234.0, 12500.0]
    table = read("customer;date;amount\nann;2026-01-31;1.234\nbob;2026-02-01;12.500\n")
    assert [row[2] for row in rows(clean(table, Columns("customer", "date", "amount", decimal=".")))] == [1.234, 12.5]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("(12.50)", -12.5), ("12.50-", -12.5), ("−12.50", -12.5), ("-€12.50", -12.5), ("12.50 EUR", 12.5),
     ("1,00,000.00", 100_000.0), (".50", 0.5), ("+3.25", 3.25)],
)  # fmt: skip
def test_amounts_are_read_as_bookkeepers_write_them(read: Read, written: str, amount: float) -> None:
    found = cleaned(read(f'customer,date,amount\nann,2026-01-31,9.99\nbob,2026-02-01,"{written}"\n'))
    assert found.amount == pytest.approx(9.99 + amount)


@pytest.mark.parametrize("written", ["twelve", "1.2.3", "12.5.2026", "1e5", "n/a", "", "5 or 6", "1,23,4"])
def test_what_is_no_amount_is_reported(read: Read, written: str) -> None:
    found = cleaned(read(f'customer,date,amount\nann,2026-01-31,9.99\nbob,2026-02-01,"{written}"\n'))
    assert [(entry.code, entry.rows, entry.amount) for entry in found.removed] == [("unreadable_amount", 1, 0.0)]


def test_a_dutch_price_without_cents_is_no_negative_amount(read: Read) -> None:
    found = cleaned(read('klant;datum;bedrag\nann;31-01-2026;"€ 1.250,-"\nbob;01-02-2026;9,95\n'))
    assert rows(found) == [("ann", "2026-01-31", 1250.0), ("bob", "2026-02-01", 9.95)]


def test_every_date_format_reads_back_what_it_writes(read: Read) -> None:
    """Python's strftime is the peer, its ordinals of days that are numbers; a month without a day is its first."""
    day = date(2011, 12, 9)
    formats = {code: found for code, found in DATE_FORMATS.items() if not found.relative}
    written = [
        str((day - date.fromisoformat(found.origin)).days * found.per_day)
        if found.per_day
        else f'"{day.strftime(found.strptime)}"'
        for found in formats.values()
    ]
    table = read(";".join(formats) + "\n" + ";".join(written) + "\n")
    for code in formats:
        meanings, _ = parse_dates(table.engine, table.frame, table.column(code), code, code, "day")
        found = table.engine.arrays(meanings.texts.select(nw.col("day").cast(nw.String)))
        whole = "D" in code or DATE_FORMATS[code].per_day
        assert found["day"].tolist() == ["2011-12-09" if whole else "2011-12-01"], code


def test_two_digit_years_run_from_1969_to_2068(read: Read) -> None:
    text = "customer,date,amount\nann,31/01/69,1.50\nbob,31/01/68,1.50\n"
    assert [row[1] for row in rows(cleaned(read(text)))] == ["1969-01-31", "2068-01-31"]


# Excel and Parquet ---------------------------------------------------------------------------------------------------


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for number, lines in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for line in lines:
            sheet.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


HEADER: list[object] = ["customer", "date", "amount"]
EXCEL = workbook(
    [["Cover"]],
    [HEADER, ["ann", datetime(2026, 1, 31), 12.5], ["bob", date(2026, 2, 1), 7], [], ["ann", "2026-03-05", 1234.56]],
)


def test_excel_is_read_from_the_first_sheet_with_rows(read: Read) -> None:
    table = read(EXCEL)
    assert rows(cleaned(table)) == THREE
    assert table.notes == {"kind": "excel", "sheet": "Sheet1"}


def test_excel_numbers_with_three_decimals_are_not_taken_for_thousands(read: Read) -> None:
    found = cleaned(read(workbook([HEADER, [1, date(2026, 1, 31), 1.234], [2, date(2026, 2, 1), 2.345]])))
    assert [row[::2] for row in rows(found)] == [("1", 1.234), ("2", 2.345)]


def test_parquet_keeps_its_types(read: Read, tmp_path: Path) -> None:
    days = pd.to_datetime(["2026-01-31 10:00", "2026-02-01 11:00", "2026-03-05 12:00"])
    frame = pd.DataFrame({"customer": [1.0, 2.0, 1.0], "date": days, "amount": [12.5, 7.0, 1234.56]})
    frame.to_parquet(tmp_path / "p.parquet")
    found = cleaned(read((tmp_path / "p.parquet").read_bytes()))
    assert rows(found) == [("1", "2026-01-31", 12.5), ("1", "2026-03-05", 1234.56), ("2", "2026-02-01", 7.0)]


def test_parquet_of_texts_is_parsed_like_csv(read: Read, tmp_path: Path) -> None:
    frame = pd.DataFrame({"klant": ["ann", "bob"], "datum": ["31-1-2026", "1-2-2026"], "bedrag": ["12,50", "7,00"]})
    frame.to_parquet(tmp_path / "p.parquet")
    found = cleaned(read((tmp_path / "p.parquet").read_bytes()))
    assert rows(found) == [("ann", "2026-01-31", 12.5), ("bob", "2026-02-01", 7.0)]


def test_the_content_decides_and_not_the_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "sales [2026]*.csv").write_bytes(EXCEL)
    assert rows(cleaned(read_table(tmp_path / "sales [2026]*.csv", engine))) == THREE


# Columns -------------------------------------------------------------------------------------------------------------


def test_the_columns_of_a_retail_export_are_guessed(read: Read) -> None:
    lines = [
        f"5363{n},8512{n}A,HEART {n},6,12/{n}/2010 8:26,2.55,178{n},{'France' if n % 2 else 'United Kingdom'}"
        for n in range(10, 31)
    ]
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    text = "\n".join([header, *lines])
    assert guess_columns(read(text)) == Columns(
        "CustomerID", "InvoiceDate", None, "Quantity", "UnitPrice", "StockCode", "InvoiceNo", None, ("Country",)
    )


def test_the_columns_of_a_dutch_export_are_guessed(read: Read) -> None:
    text = "Factuurnr;Klantnummer;Orderdatum;Omzet;Regio\n" + "F1;K1;31-01-2026;12,50;Noord\n" * 3
    text += "F2;K2;01-02-2026;7,00;Zuid\n" * 3
    guess = guess_columns(read(text))
    assert guess == Columns("Klantnummer", "Orderdatum", "Omzet", invoice="Factuurnr", segments=("Regio",))


def test_quantity_times_price_is_the_amount(read: Read) -> None:
    text = "customer,date,quantity,price\nann,2026-01-31,3,2.50\nbob,2026-02-01,1,4.25\n"
    assert rows(cleaned(read(text))) == [("ann", "2026-01-31", 7.5), ("bob", "2026-02-01", 4.25)]


def test_contract_files_are_recognised_and_guessed(read: Read) -> None:
    text = "member,start date,end date,status,price,region\n"
    text += "1,2020-01-01,,active,10.00,north\n" * 3 + "2,2020-01-01,2021-01-01,ended,12.00,south\n" * 3
    table = read(text)
    assert looks_like_contracts(table)
    guess = guess_contract_columns(table)
    assert guess == ContractColumns("start date", "end date", "status", "member", "price", ("region",))
    assert not looks_like_contracts(read(PLAIN))


def test_a_column_that_does_not_exist_is_named(read: Read) -> None:
    with pytest.raises(PlannerError) as raised:
        clean(read(PLAIN), Columns("klant", "date", "amount"))
    assert (raised.value.code, raised.value.fields["value"]) == ("unknown_column", "klant")


# What is no table ----------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """Two megabytes that say they are two gigabytes of a workbook."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(61):
                part.write(bytes(10_000_000))
    return content.getvalue()


def parquet(tmp_path: Path) -> bytes:
    pd.DataFrame({"customer": range(1000), "date": "2026-01-31", "amount": 1.5}).to_parquet(tmp_path / "p.parquet")
    return (tmp_path / "p.parquet").read_bytes()


NO_TABLE: dict[str, tuple[str | bytes, str]] = {
    "nothing": (b"", "empty_file"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty_file"),
    "only blank lines": ("\n\n  \n", "empty_file"),
    "one column": ("customer\nann\nbob\n", "one_column"),
    "a header only": ("customer,date,amount\n", "no_rows"),
    "no dates": ("customer,day,amount\nann,first,1.50\nbob,second,2.50\n", "no_dates"),
    "amounts as text": ("customer,date,amount\nann,2026-01-31,ten\nbob,2026-02-01,six\n", "no_amount"),
    "a column name twice": ("customer,date,Amount,amount\nann,2026-01-31,1.5,2.5\n", "duplicate_columns"),
    "a million columns": (",".join(f"c{n}" for n in range(1_000_000)) + "\n", "too_many_columns"),
    "two thousand columns": (
        (",".join(f"c{n}" for n in range(2000)) + "\n" + ",".join("1" * 2000) + "\n") * 2,
        "too_many_columns",
    ),
    "an endless line": ("x" * 2_000_000, "no_lines"),
    "zero bytes in a text": (PLAIN.encode() + b"ann\0,2026-01-01,1\n", "nul_bytes"),
    "zero bytes only": (bytes(5000), "nul_bytes"),
    "mixed currencies": ("customer,date,amount\nann,2026-01-31,€ 1.50\nbob,2026-02-01,$ 2.50\n", "mixed_currencies"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "nul_bytes"),
    "a PDF": (b"%PDF-1.7 ...", "other_kind"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "other_kind"),
    "an Excel file cut short": (EXCEL[: len(EXCEL) // 2], "excel_broken"),
    "an Excel file without rows": (workbook([["customer", "date"]]), "no_rows"),
    "a zip bomb dressed as xlsx": (bomb(), "excel_too_large"),
}


@pytest.mark.parametrize(("content", "code"), NO_TABLE.values(), ids=NO_TABLE)
def test_what_is_no_table_is_refused(read: Read, content: str | bytes, code: str) -> None:
    assert refused(read, content).code == code


def test_a_zip_that_is_no_workbook_is_refused(read: Read) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(read, content.getvalue()).code == "other_kind"


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_parquet_file_cut_short_is_refused(read: Read, tmp_path: Path, part: float) -> None:
    content = parquet(tmp_path)
    error = refused(read, content[: int(part * len(content))])
    assert error.code == "parquet_broken"
    assert tempfile.gettempdir() not in str(error.fields["value"])


def test_an_excel_file_with_a_damaged_sheet_is_refused(read: Read) -> None:
    source, content = zipfile.ZipFile(io.BytesIO(EXCEL)), io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, part[: len(part) // 2] if "sheet" in name else part)
    assert refused(read, content.getvalue()).code == "excel_broken"


def test_a_file_that_is_not_there_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as raised:
        read_table(tmp_path / "gone.csv", engine)
    assert raised.value.code == "no_file"


def test_an_engine_without_an_address_is_refused() -> None:
    with pytest.raises(PlannerError) as raised:
        open_engine("oracle://db")
    assert raised.value.code == "unknown_engine"


def test_after_a_refusal_the_same_engine_reads_on(read: Read) -> None:
    refused(read, b"")
    assert rows(cleaned(read(PLAIN))) == THREE


def test_random_bytes_never_crash(read: Read) -> None:
    random = np.random.default_rng(5)
    for length in (1, 10, 1000, 20_000):
        refused(read, bytes(random.integers(1, 256, length, dtype=np.uint8)))


def test_reading_leaves_standard_error_clean() -> None:
    """DuckDB's bindings complain at exit where something of theirs is still alive."""
    program = (
        "import strategy.commands.customers\n"
        "from strategy.customers.reading.engines import open_engine\n"
        "from strategy.customers.reading.reading import read_table, save_upload\n"
        "from strategy.customers.reading.columns import guess_columns\n"
        "from strategy.customers.cleaning.cleaning import clean\n"
        "from strategy.customers.cleaning.summary import summarise, triples\n"
        "engine = open_engine()\n"
        f"table = read_table(save_upload({PLAIN.encode()!r}, engine), engine)\n"
        "print(triples(summarise(clean(table, guess_columns(table)))).counts.sum())\n"
        "engine.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("2", "")


# What quotation marks, titles, sheets and columns may hide -----------------------------------------------------------

PURCHASES = "customer,date,amount\n" + "".join(
    f"c{n % 40},2024-0{1 + n % 9}-1{n % 9},{n % 50}.50\n" for n in range(200)
)


@pytest.mark.parametrize("marks", [1, 2])
def test_a_quotation_mark_that_stays_open_is_refused(read: Read, marks: int) -> None:
    """It would swallow the rows up to the next mark, or to the end, without a word."""
    lines = PURCHASES.splitlines(keepends=True)
    for mark in range(marks):
        lines[60 + 70 * mark] = '"' + lines[60 + 70 * mark]
    assert refused(read, "".join(lines)).code == "open_quote"


def test_line_breaks_inside_quotation_marks_are_no_open_ones(read: Read) -> None:
    text = "customer,date,amount,note\n" + "".join(f'c{n},2024-01-05,1.50,"a\nb\nc"\n' for n in range(100))
    assert read(text).columns == ["c0", "c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("top", "names"),
    [
        ("Export of sales,,\nGenerated,2024-12-31,\ncustomer,date,amount\n", ("customer", "date", "amount")),
        ("Export of sales,,\ncustomer,date,amount\n", ("customer", "date", "amount")),
        ("customer,date,\n", ("customer", "date", "column 3")),
    ],
)
def test_padded_titles_and_nameless_columns_lose_nothing(read: Read, top: str, names: tuple[str, ...]) -> None:
    table = read(top + PURCHASES.partition("\n")[2])
    assert table.names == names
    assert table.engine.arrays(table.frame.select(rows=nw.len()))["rows"][0] == 200


def test_the_sheet_with_the_table_is_read_and_a_hidden_one_last(read: Read) -> None:

    book = Workbook()
    book.active.title = "Read me"  # type: ignore[union-attr]
    book.active.append(["This workbook holds sales."])  # type: ignore[union-attr]
    book.active.append(["See the next sheet."])  # type: ignore[union-attr]
    hidden, sales = book.create_sheet("Old", 0), book.create_sheet("Sales")
    hidden.sheet_state = "hidden"
    for sheet, name in ((hidden, "wrong"), (sales, "customer")):
        for row in ([name, "date", "amount"], ["a", "2024-01-05", 1.5], ["b", "2024-01-06", 2.5]):
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    table = read(content.getvalue())
    assert (table.notes["sheet"], table.names) == ("Sales", ("customer", "date", "amount"))


def test_a_column_of_lists_is_a_text_that_holds_no_amount(read: Read, tmp_path: Path) -> None:
    amounts = pa.array([[1.5], [2.5]])
    pq.write_table(
        pa.table({"customer": ["a", "b"], "date": ["2024-01-05"] * 2, "amount": amounts}), tmp_path / "l.parquet"
    )
    table = read((tmp_path / "l.parquet").read_bytes())
    assert table.type_of("amount") == "text"
    with pytest.raises(PlannerError) as raised:
        clean(table, Columns("customer", "date", "amount"))
    assert raised.value.code == "unreadable_amounts"


def test_days_stored_as_numbers_are_days(read: Read, tmp_path: Path) -> None:
    days = pa.array([20240105, 20240106, 20240301])
    pq.write_table(
        pa.table({"customer": ["a", "b", "a"], "date": days, "amount": [1.5, 2.5, 3.5]}), tmp_path / "d.parquet"
    )
    table = read((tmp_path / "d.parquet").read_bytes())
    cleaned = clean(table, guess_columns(table))
    assert (cleaned.first, cleaned.last, cleaned.kept_rows) == (date(2024, 1, 5), date(2024, 3, 1), 3)


@pytest.mark.parametrize("written", ["5 maart 2024", "5 mrt 2024", "05-okt-2024", "5 mei 2024", "12 AUGUSTUS 2024"])
def test_dutch_names_of_months_are_read(read: Read, written: str) -> None:
    months = {"maart": 3, "mrt": 3, "okt": 10, "mei": 5, "augustus": 8}
    table = read(f"customer,date,amount\na,{written},1.50\nb,{written},2.50\n")
    month = months[re.sub(r"[\d\s-]", "", written).lower()]
    assert clean(table, guess_columns(table)).first == date(2024, month, 12 if "12" in written else 5)
