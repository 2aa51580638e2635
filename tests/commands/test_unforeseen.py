"""A command that fails in a way nobody foresaw says so in one line; one whose reader has gone says nothing."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from strategy import __main__
from strategy.case.samples import FOLDER
from strategy.commands import plans
from strategy.unforeseen import DETAILS, reference

ROOT = Path(__file__).parents[2]
CASE = str(FOLDER / "classroom" / "case.json")
COMMANDS: dict[str, tuple[str, ...]] = {
    "simulate": ("simulate", CASE),
    "value": ("value", str(FOLDER / "raw" / "transactions.csv"), "--unit", "week"),
}
FAILURES = {
    "memory": MemoryError(),
    "recursion": RecursionError("maximum recursion depth exceeded"),
    "full disk": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "a fault of ours": KeyError("rows"),
    "many lines": ValueError("one\ntwo\x1b[2Jthree"),
    "a pipe inside": BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)),
}
WRAPPED = """
import sys
from strategy import __main__
from strategy.commands import customer_files, plans
def fail(*given): raise KeyError("rows")
plans.read_plan = customer_files.wishes = fail
sys.exit(__main__.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_command_that_fails_unforeseen_says_one_line_with_a_reference(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(content: bytes) -> None:
        raise failure

    monkeypatch.setattr(plans, "read_plan", fail)
    monkeypatch.delenv(DETAILS, raising=False)
    assert __main__.main(COMMANDS["simulate"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert type(failure).__name__ in line
    assert reference(failure) in line
    assert DETAILS in line
    assert "\x1b" not in line


def failed(command: str, folder: Path, details: str) -> str:
    """The one line that a command in a process of its own says when its work ends in an exception."""
    done = subprocess.run(
        [sys.executable, "-c", WRAPPED, *COMMANDS[command]],
        capture_output=True,
        cwd=folder,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), DETAILS: details},
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_the_details_of_a_command_are_kept_where_they_are_asked_for(command: str, tmp_path: Path) -> None:
    line = failed(command, tmp_path, "details.txt")
    assert "details.txt" in line
    details = (tmp_path / "details.txt").read_text(encoding="utf-8")
    assert details.splitlines()[0].split()[-1] in line
    assert "Traceback" in details
    assert details.rstrip().endswith("KeyError: 'rows'")


def test_details_that_cannot_be_kept_are_no_second_failure(tmp_path: Path) -> None:
    assert f"set {DETAILS}" in failed("simulate", tmp_path, "no/such/folder")


def test_the_log_of_a_server_is_standard_error() -> None:
    """Without any settings of logging, as in Streamlit's process: the reference, and the traceback under it."""
    work = "from strategy.unforeseen import logged\ntry: {}['rows']\nexcept KeyError as error: print(logged(error))"
    done = subprocess.run([sys.executable, "-c", work], capture_output=True, cwd=ROOT, encoding="utf-8", check=True)
    first, *traceback = done.stderr.splitlines()
    assert done.stdout.strip() in first
    assert traceback[0].startswith("Traceback")
    assert traceback[-1] == "KeyError: 'rows'"


def deep(levels: int) -> None:
    if not levels:
        raise KeyError("x")
    deep(levels - 1)


def test_a_reference_is_of_the_fault_and_not_of_the_way_to_it() -> None:
    def referred(levels: int) -> str:
        with pytest.raises(KeyError) as caught:
            deep(levels)
        return reference(caught.value)

    assert referred(3) == referred(9)
    with pytest.raises(ZeroDivisionError) as other:
        _ = 1 / 0
    assert reference(other.value) != referred(3)


# Standard output that nobody reads, or that has no room --------------------------------------------------------------


def unread(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A command whose reader has gone before it says anything."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [sys.executable, "-m", "strategy", *arguments],
            stdout=writer,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize(
    "arguments",
    [
        ("optimize", CASE),
        COMMANDS["value"],
        ("--help",),
        ("optimize", "--help"),
    ],
    ids=" ".join,
)
def test_a_command_whose_reader_has_gone_ends_quietly(arguments: tuple[str, ...]) -> None:
    done = unread(*arguments)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [COMMANDS["simulate"], ("--help",)], ids=" ".join)
def test_standard_output_without_room_is_said_in_one_line(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "strategy", *arguments], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert "No space left" in line
