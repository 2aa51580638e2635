"""Reading in a process of its own: what it gives, what it refuses, and that it ends when it should."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from openpyxl import Workbook

from strategy.case.case_file import read_case
from strategy.case.samples import FOLDER
from strategy.customers.reading import reader
from strategy.customers.reading.process_memory import resident_bytes
from strategy.customers.reading.reader import ReaderFailed, ReadingLimits, read_apart, read_file
from strategy.customers.reading.source import read_source
from strategy.errors import PlannerError
from strategy.exports.case_workbook import read_workbook, write_workbook
from strategy.progress import Cancelled
from strategy.words.wording import Wording
from tests import strange_work


@pytest.fixture(autouse=True, scope="module")
def _closed() -> Iterator[None]:
    yield
    reader.close()


def purchases() -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["customer", "date", "amount"], ["a", "2024-01-05", 1.5], ["b", "2024-01-06", 2.5]):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def emptied(rows: int) -> bytes:
    """A workbook whose sheet has so many rows without a cell."""
    source, content = zipfile.ZipFile(io.BytesIO(purchases())), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if "sheet1" in name:
                part = part.replace(b"</sheetData>", b"<row/>" * rows + b"</sheetData>")
            archive.writestr(name, part)
    return content.getvalue()


def gone(process: int) -> bool:
    return resident_bytes(process) == 0


def working() -> int:
    """The number of the process that reads."""
    (process,) = reader._ALL
    return process.popen.pid


def test_a_workbook_of_purchases_is_read_alike_here_and_apart(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(purchases())
    for name in ("here", "apart"):
        (tmp_path / name).mkdir()
    here = read_source(tmp_path / "b.xlsx", tmp_path / "here")
    apart = read_file(tmp_path / "b.xlsx", tmp_path / "apart")
    assert apart.rows == tmp_path / "apart" / "rows.parquet"
    assert vars(apart) | {"rows": here.rows} == vars(here)
    assert [path.name for path in (tmp_path / "apart").iterdir()] == ["rows.parquet"]


def test_the_process_stays_warm_after_a_file_and_after_a_refusal(tmp_path: Path) -> None:
    read_apart(strange_work.number)
    first = working()
    (tmp_path / "b.xlsx").write_bytes(purchases()[:900])
    with pytest.raises(PlannerError) as raised:
        read_file(tmp_path / "b.xlsx", tmp_path)
    assert raised.value.code == "excel_broken"
    assert working() == first


def test_a_case_workbook_is_read_apart() -> None:
    case = read_case((FOLDER / "classroom" / "case.json").read_bytes())
    assert read_apart(read_workbook, write_workbook(case, {}, Wording("en")))[0] == case


def test_who_stops_is_rid_of_the_process_within_a_second() -> None:
    """The bound is the one that people are promised."""

    def told(share: float) -> None:
        nonlocal when, process
        process = working()
        if share > 0:
            when = when or monotonic()
            raise Cancelled

    when, process = 0.0, 0
    with pytest.raises(Cancelled):
        read_apart(strange_work.endless, on_progress=told)
    assert monotonic() - when < 1.0
    assert gone(process)


def test_what_takes_too_long_is_refused_and_its_process_is_gone() -> None:
    with pytest.raises(PlannerError) as raised:
        read_apart(strange_work.endless, limits=ReadingLimits(seconds=0.2))
    assert (raised.value.code, raised.value.fields["limit"]) == ("takes_time", 0.2)
    assert not reader._ALL


def test_what_holds_too_much_is_refused() -> None:
    with pytest.raises(PlannerError) as raised:
        read_apart(strange_work.hoard, limits=ReadingLimits(memory=400_000_000))
    assert raised.value.code == "takes_memory"
    assert not reader._ALL


def test_a_process_that_dies_is_said_and_replaced() -> None:
    first = read_apart(strange_work.number)
    with pytest.raises(PlannerError) as raised:
        read_apart(strange_work.die)
    assert raised.value.code == "reading_ended"
    assert read_apart(strange_work.number) not in (first, os.getpid())


def test_a_fault_of_ours_comes_home_with_its_traceback() -> None:
    with pytest.raises(ReaderFailed, match="ZeroDivisionError"):
        read_apart(strange_work.fault)


def test_the_process_imports_no_page_and_ends_with_the_one_that_asks() -> None:
    """A server that is killed in the middle of reading leaves no process behind."""
    program = (
        "import os, threading\n"
        "from strategy.customers.reading import reader\n"
        "from tests import strange_work\n"
        "print(reader.read_apart(strange_work.modules), flush=True)\n"
        "print(next(iter(reader._ALL)).popen.pid, flush=True)\n"
        "reader.read_apart(strange_work.endless)\n"
    )
    asking = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent)
    assert asking.stdout is not None
    assert asking.stdout.readline() == "False\n"
    process = int(asking.stdout.readline())
    asking.kill()
    asking.wait()
    asking.stdout.close()
    until = monotonic() + 10
    while not gone(process) and monotonic() < until:
        pass
    assert gone(process)


def test_reading_apart_leaves_no_process_and_no_word_behind_at_exit() -> None:
    program = (
        "from strategy.customers.reading import reader\n"
        "from tests import strange_work\n"
        "reader.read_apart(strange_work.number)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", program],
        capture_output=True, text=True, check=True, cwd=FOLDER.parent, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_a_sheet_may_have_as_many_rows_as_excel_has(
    more: int, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty ones count: three rows with cells, and the rest without. Excel has 1,048,576; a tenth is as good here."""
    most = 100_000
    monkeypatch.setattr("strategy.customers.reading.workbook.MOST_ROWS", most)
    (tmp_path / "b.xlsx").write_bytes(emptied(most - 3 + more))
    if not refused:
        assert len(read_source(tmp_path / "b.xlsx", tmp_path).head) == 2
        return
    with pytest.raises(PlannerError) as raised:
        read_source(tmp_path / "b.xlsx", tmp_path)
    assert (raised.value.code, raised.value.fields["limit"]) == ("too_many_rows", most)
