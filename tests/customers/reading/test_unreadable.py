"""What cannot be read says why and what to do about it: damaged, protected, cut short, on a full disk, or empty."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from errno import ENOSPC
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from strategy.case.samples import load_sample
from strategy.customers.cleaning.cleaning import Rules, clean
from strategy.customers.cleaning.durations import summarise_contracts
from strategy.customers.reading.columns import ContractColumns, guess_columns, guess_contract_columns
from strategy.customers.reading.engines import Engine
from strategy.customers.reading.folder import PrivateFolder
from strategy.errors import PlannerError
from strategy.exports.case_workbook import read_workbook, write_workbook
from strategy.unreadable import foreign
from strategy.words.messages import explain
from strategy.words.wording import LANGUAGES, Wording
from tests.files import Read

LINES = "customer,date,amount\nann,2026-01-31,1.50\nbob,2026-02-01,2.50\n"
Change = Callable[[str, bytes], bytes]


def purchases() -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["customer", "date", "amount"], *(["ann", "2026-01-31", 1.5 + n] for n in range(50))):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def packed(content: bytes, change: Change, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with some of its parts changed."""
    source, written = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return written.getvalue()


def flagged(content: bytes) -> bytes:
    """Every part said to be encrypted: bit 0 of the flags, 6 bytes into a local header, 8 into a central one."""
    found = bytearray(content)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(sign)
        while at >= 0:
            found[at + offset] |= 1
            at = found.find(sign, at + 4)
    return bytes(found)


def spoiled(content: bytes) -> bytes:
    """Packed by LZMA, and the sheet's stream turned around after its properties."""
    found = bytearray(packed(content, lambda _, part: part, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(io.BytesIO(bytes(found))) as archive:
        sheet = next(entry for entry in archive.infolist() if "sheet1" in entry.filename)
    began = sheet.header_offset + 30 + len(sheet.filename) + 14
    found[began : began + 20] = bytes(byte ^ 0xFF for byte in found[began : began + 20])
    return bytes(found)


def in_klingon(part: str) -> Change:
    declared = b"<?xml version='1.0' encoding='X-KLINGON'?>"
    return lambda name, xml: declared + xml.partition(b"?>")[2] if name.endswith(part) and b"?>" in xml else xml


def parquet(**columns: Any) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


def corrupt() -> bytes:
    """Its pages turned around; the description at its end is whole."""
    content = bytearray(
        parquet(customer=["ann"] * 200, date=["2026-01-31"] * 200, amount=[1.5 + n for n in range(200)])
    )
    content[20:200] = bytes(byte ^ 0x5A for byte in content[20:200])
    return bytes(content)


def protected_by_excel() -> bytes:
    """The shell of an old workbook, in which a new one with a password lies."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")


UNREADABLE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "sep= and blank lines": (lambda: b"sep=;\n\n\n  \n", "empty_file", "export it again"),
    "sep= after a mark, and blank lines": (lambda: b"\xef\xbb\xbfsep=;\n\n", "empty_file", "export it again"),
    "sep= and nothing": (lambda: b"sep=;", "empty_file", "export it again"),
    "UTF-16 of odd length": (lambda: LINES.encode("utf-16") + b"x", "undecodable", "in UTF-8"),
    "UTF-16 unmarked, of odd length": (lambda: LINES.encode("utf-16-le") + b"x", "undecodable", "in UTF-8"),
    "UTF-16 with half a letter": (lambda: (LINES * 9).encode("utf-16") + b"\0\xd8a\0", "undecodable", "in UTF-8"),
    "an encrypted zip": (lambda: flagged(purchases()), "encrypted", "without one"),
    "a workbook with a password": (protected_by_excel, "encrypted", "without one"),
    "a workbook of unknown encoding": (
        lambda: packed(purchases(), lambda n, xml: in_klingon("workbook.xml")(n, b"<?x?>" + xml)),
        "excel_broken",
        "save it again",
    ),
    "LZMA that is corrupt": (lambda: spoiled(purchases()), "excel_broken", "save it again"),
    "Parquet that is corrupt": (corrupt, "parquet_broken", "export it again"),
}


@pytest.mark.parametrize(("content", "code", "remedy"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_says_why_and_what_to_do(
    read: Read, content: Callable[[], bytes], code: str, remedy: str
) -> None:
    with pytest.raises(PlannerError) as raised:
        read(content())
    assert raised.value.code == code
    assert remedy in explain(raised.value, Wording("en"))


@pytest.mark.parametrize("spoil", [flagged, spoiled, lambda b: packed(b, in_klingon("workbook.xml"))])
def test_a_case_workbook_that_cannot_be_read_says_why(spoil: Callable[[bytes], bytes]) -> None:
    case = load_sample("classroom")
    with pytest.raises(PlannerError) as raised:
        read_workbook(spoil(write_workbook(case, {}, Wording("en"))))
    assert raised.value.code in ("encrypted", "excel_broken")


# A file of which nothing can be used ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-01-31,9.50", "no_customer"),
        ("ann,2026-01-31,0.00", "zero_amount"),
        ("ann,2026-01-31,-9.50", "unmatched_cancellation"),
        ("ann,2031-01-31,9.50", "future_date"),
        ("ann,1900-01-01,9.50", "placeholder_date"),
    ],
)
def test_a_file_of_which_no_row_can_be_used_says_for_what(read: Read, row: str, reason: str, language: str) -> None:
    table = read("customer,date,amount\n" + f"{row}\n" * 12)
    with pytest.raises(PlannerError) as raised:
        clean(table, guess_columns(table), Rules(today=date(2026, 11, 1), duplicates=False))
    assert (raised.value.code, raised.value.fields["reason"]) == ("nothing_left", reason)
    said = explain(raised.value, Wording(language))
    assert said.count("12") == 2
    assert "{" not in said
    assert ".." not in said


# Days beyond Python's years ------------------------------------------------------------------------------------------

BEYOND = 4_000_000
"""Days after 1970: the year 12,921."""


def test_purchases_beyond_pythons_years_are_taken_out_and_the_others_stay(read: Read) -> None:
    days = pa.array([-BEYOND, BEYOND, *range(18_000, 18_018)], pa.date32())
    table = read(parquet(customer=["ann"] * 20, date=days, amount=[1.5] * 20))
    found = clean(table, guess_columns(table), Rules(today=date(2026, 11, 1), duplicates=False))
    assert {gone.code: gone.rows for gone in found.removed} == {"placeholder_date": 1, "future_date": 1}
    assert (found.first, found.last) == (date(2019, 4, 14), date(2019, 5, 1))  # 18,000 days after 1970, and 17 more


def test_moments_beyond_pythons_years_are_days_like_others(read: Read) -> None:
    moments = pa.array([-(2**60), 2**60, *(day * 86_400_000_000 for day in range(18_000, 18_018))], pa.timestamp("us"))
    table = read(parquet(customer=["ann"] * 20, date=moments, amount=[1.5] * 20))
    assert clean(table, guess_columns(table), Rules(today=date(2026, 11, 1), duplicates=False)).kept_rows == 18


def test_a_contract_that_ends_beyond_pythons_years_runs(read: Read) -> None:
    starts = pa.array(range(15_000, 15_040), pa.date32())
    ends = pa.array([BEYOND if n % 2 else 16_500 + n for n in range(40)], pa.date32())
    table = read(parquet(customer=[f"c{n}" for n in range(40)], start=starts, end=ends, fee=[9.5] * 40))
    found = summarise_contracts(table, guess_contract_columns(table), "year", Rules(today=date(2026, 11, 1)))
    assert found.running == 20


def lying(content: bytes, value: int, told: int) -> bytes:
    """A Parquet file whose description, at its end, tells another largest value than the one that it holds."""
    begins = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    real, false = (number.to_bytes(8, "little", signed=True) for number in (value, told))
    assert real in content[begins:]
    return content[:begins] + content[begins:].replace(real, false)


def test_a_file_that_lies_about_its_days_is_damaged(read: Read) -> None:
    """The database believes that no day lies beyond, and leaves out the step that would bring it back."""
    usual = 18_018 * 86_400_000_000
    moments = pa.array([*(day * 86_400_000_000 for day in range(18_000, 18_039)), 2**60], pa.timestamp("us"))
    names = [f"c{n}" for n in range(40)]
    bought = read(lying(parquet(customer=names, date=moments, amount=[1.5] * 40), 2**60, usual))
    with pytest.raises(PlannerError) as raised:
        clean(bought, guess_columns(bought), Rules(duplicates=False))
    assert raised.value.code == "parquet_broken"
    run = read(lying(parquet(customer=names, start=moments, end=moments, fee=[9.5] * 40), 2**60, usual))
    with pytest.raises(PlannerError) as raised:
        summarise_contracts(run, guess_contract_columns(run), "year")
    assert raised.value.code == "parquet_broken"


def test_days_of_contracts_that_are_stored_as_numbers_are_days(read: Read) -> None:
    starts, ends = [20200101 + n for n in range(30)], pa.array([20220101 + n if n % 3 else None for n in range(30)])
    table = read(parquet(customer=[f"c{n}" for n in range(30)], start=starts, end=ends, fee=[9.5] * 30))
    found = summarise_contracts(table, guess_contract_columns(table), "year", Rules(today=date(2026, 11, 1)))
    assert (found.running, found.rows, found.removed) == (10, 30, ())
    assert found.until == date(2022, 1, 30)


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float32()])
def test_numbers_that_are_no_days_are_said_to_be_none(read: Read, kind: pa.DataType) -> None:
    numbers = pa.array(range(30), kind)
    table = read(parquet(customer=[f"c{n}" for n in range(30)], start=numbers, end=numbers, fee=[9.5] * 30))
    columns = ContractColumns(start="start", end="end", running=None, amount="fee", customer="customer")
    with pytest.raises(PlannerError) as raised:
        summarise_contracts(table, columns, "year", Rules(today=date(2026, 11, 1)))
    assert raised.value.code == "unreadable_dates"


# A full disk ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_engine_that_writes_on_a_full_disk_says_so(engine: Engine, read: Read) -> None:
    (engine.folder / "full.parquet").symlink_to("/dev/full")
    with pytest.raises(PlannerError) as raised:
        engine.write(read(LINES).frame.select(nw.all()), engine.folder / "full.parquet")
    assert raised.value.code == "disk_full"
    assert str(engine.folder) not in explain(raised.value, Wording("en"))


def test_a_disk_that_is_full_while_a_parser_writes_is_no_damaged_file() -> None:
    with pytest.raises(PlannerError) as raised, foreign("excel_broken", "file"):
        raise OSError(ENOSPC, "No space left on device")
    assert raised.value.code == "disk_full"


@pytest.mark.parametrize(
    "error",
    [
        LookupError("unknown encoding"), RuntimeError("File 'a' is odd"), lzma.LZMAError("Corrupt input data"),
        struct.error("unpack requires a buffer of 4 bytes"), OverflowError("too large"), ZeroDivisionError("by zero"),
        AssertionError(), StopIteration(), RecursionError("too deep"), zipfile.BadZipFile("no zip"), zlib.error("bad"),
        NotImplementedError("compression type 9"), EOFError(), KeyError("xl/workbook.xml"), TypeError("no text"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_whatever_a_parser_raises_is_a_damaged_file(error: Exception) -> None:
    with pytest.raises(PlannerError) as raised, foreign("excel_broken", "file"):
        raise error
    assert raised.value.code == "excel_broken"
    assert "save it again" in explain(raised.value, Wording("en"))


def test_memory_that_is_not_enough_is_no_damaged_file() -> None:
    with pytest.raises(PlannerError) as raised, foreign("excel_broken", "file"):
        raise MemoryError
    assert raised.value.code == "takes_memory"


def test_a_file_that_is_kept_does_not_stay_when_its_folder_is_removed_twice() -> None:
    folder = PrivateFolder()
    folder.keep(b"private")
    folder.remove()
    folder.path.mkdir()  # as work that had not ended yet might
    folder.remove()
    assert not folder.path.exists()
