"""Ten people work while an eleventh brings a workbook of ten million empty rows: what they notice, and what is left.

    python tests/trials/hostile_file.py [seconds]

Ten sessions, each a browser's connection without the browser, move a slider of the budget page by turns, first alone
and then while the workbook is read; a page in Chromium brings it, stops it, brings it again and is closed. Ends with 1
where the slow ones (95th percentile) wait more than twice as long, where the reading process lives more than a second
after Stop or five after its page was closed, or where a file is left on disk.
"""

import json
import os
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import quantiles
from threading import Thread
from time import monotonic, sleep
from typing import Any

from openpyxl import Workbook
from playwright.sync_api import Locator, Page, sync_playwright
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import PATIENCE, ROOT, served, visit

SESSIONS, SECONDS, PAUSE = 10, 40.0, 2.0
SHEETS, ROWS = 10, 1_000_000
DESK, LEVER = "planner_desk_levers", "retain"
RATIO, STOPPED, LEFT = 2.0, 1.0, 5.0
ENDED = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


def hostile() -> bytes:
    """A workbook with ten sheets of a million rows without a cell, each within what Excel allows."""
    book, plain, content = Workbook(), BytesIO(), BytesIO()
    for _ in range(SHEETS - 1):
        book.create_sheet()
    book.save(plain)
    rows = b"".join(b'<row r="%d"/>' % number for number in range(1, ROWS + 1))
    source = zipfile.ZipFile(plain)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = part.replace(b"</sheetData>", rows + b"</sheetData>")
            archive.writestr(name, part)
    return content.getvalue()


# Ten sessions --------------------------------------------------------------------------------------------------------


def run(socket: ClientConnection, desk: str = "", number: int = 0, amount: float = 0.0) -> list[Any]:
    """One run of the budget page, with a slider of its desk let go of at an amount; its messages."""
    message = BackMsg()
    message.rerun_script.page_name = "every-euro"
    if desk:
        move = {"number": number, "lever": LEVER, "segment": None, "phase": 0, "amount": amount}
        state = message.rerun_script.widget_states.widgets.add(id=_make_trigger_id(desk, "events"))
        state.json_trigger_value = json.dumps([{"event": "moved", "value": {"moves": [move]}}])
    socket.send(message.SerializeToString())
    messages = []
    while not messages or messages[-1].WhichOneof("type") != "script_finished" or messages[-1].script_finished != ENDED:
        content = socket.recv(timeout=PATIENCE / 1000)
        messages.append(ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode()))
    return messages


def desk_of(messages: list[Any]) -> str:
    """The desk whose slider is moved."""
    elements = (message.delta.new_element for message in messages if message.WhichOneof("type") == "delta")
    desks = (e.bidi_component for e in elements if e.WhichOneof("type") == "bidi_component")
    return next(str(desk.id) for desk in desks if desk.component_name == DESK)


def work(address: str, seed: int, goes_on: Callable[[], bool], waits: list[tuple[float, float]]) -> None:
    """One session: a move every few seconds; when each began, and how long it took."""
    chance = random.Random(seed)
    with connect(
        address.replace("http", "ws") + "/_stcore/stream",
        max_size=None,
        subprotocols=["streamlit"],
        origin=address,  # type: ignore[arg-type]
    ) as socket:  # type: ignore[list-item]
        desk, number = desk_of(run(socket)), 0
        while goes_on():
            sleep(PAUSE * chance.uniform(0.5, 1.5))
            began = monotonic()
            number += 1
            run(socket, desk, number, 50_000.0 * chance.randrange(1, 50))
            waits.append((began, monotonic() - began))


def slow(waits: list[tuple[float, float]], since: float, until: float) -> float:
    """The 95th percentile of the waits that began in a stretch of time, in seconds."""
    found = [took for began, took in waits if since <= began < until]
    print(f"  {len(found)} moves, median {1000 * quantiles(found, n=2)[0]:.0f} ms")
    return quantiles(found, n=20)[-1]


# The eleventh --------------------------------------------------------------------------------------------------------


def readers() -> list[int]:
    """The processes that read for our server."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "cmdline").read_bytes()
            ours = os.environ["TMPDIR"].encode() in (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"customers.reading.reader import serve" in said and ours:
            found.append(int(entry.name))
    return found


def until(happened: Callable[[], bool], most: float) -> float:
    """Seconds until something has happened; the most that is waited if it does not."""
    began = monotonic()
    while not happened() and monotonic() - began < most:
        sleep(0.02)
    return monotonic() - began


def stop(page: Page) -> Locator:
    """Our button that stops the reading; while a page runs the bar above it has one too."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)


def bring(page: Page, file: Path) -> None:
    """Brings the workbook, and waits until it is read. Raises RuntimeError where it never is."""
    page.locator("input[type=file]").set_input_files(file)
    stop(page).wait_for()
    until(lambda: bool(readers()), 30)
    if not readers():
        raise RuntimeError("the workbook is not read")


def left() -> list[Path]:
    """Files of people that are on the disk."""
    return [path for path in Path(os.environ["TMPDIR"]).glob("planner-files-*-*") if path.is_dir()]


def main() -> int:
    """Measure, print, and say whether it is good enough."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print("load:", os.getloadavg())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "hostile.xlsx"
        file.write_bytes(hostile())
        print(f"workbook of {file.stat().st_size / 1e6:.1f} MB, {SHEETS * ROWS} empty rows")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        os.environ["TMPDIR"] = str(Path(folder) / "server")
        Path(os.environ["TMPDIR"]).mkdir()
        with served(ROOT / "app.py") as address:
            going, waits = [True], list[tuple[float, float]]()
            sessions = [
                Thread(target=work, args=(address, seed, lambda: going[0], waits), daemon=True)
                for seed in range(SESSIONS)
            ]
            for session in sessions:
                session.start()
            page = browser.new_page()
            page.set_default_timeout(2 * PATIENCE)
            visit(page, address + "/customer-data")
            until(lambda: len(waits) >= 3 * SESSIONS, 120)
            alone = monotonic()
            sleep(seconds)
            bring(page, file)
            beside = monotonic()
            sleep(seconds)
            end = monotonic()
            read_all_the_time = bool(readers())
            going[0] = False
            for session in sessions:
                session.join(60)
            before, during = slow(waits, alone, beside), slow(waits, beside, end)
            stop(page).click(no_wait_after=True)
            stopped = until(lambda: not readers(), 30)
            removed = until(lambda: not left(), 10)
            after_stop = len(left())
            page.get_by_text("the planner keeps nothing of it").wait_for()
            bring(page, file)
            page.close()
            gone = until(lambda: not readers(), 30)
            removed_too = until(lambda: not left(), 10)
            after_leaving = len(left())
        browser.close()
    print(f"95th percentile: {1000 * before:.0f} ms without, {1000 * during:.0f} ms with: ratio {during / before:.2f}")
    print(f"still read at the end of the measurement: {read_all_the_time}")
    print(f"Stop to dead {stopped:.2f} s (at most {STOPPED}), closed to dead {gone:.2f} s (at most {LEFT})")
    print(f"folders left: {after_stop} after Stop ({removed:.2f} s later), ", end="")
    print(f"{after_leaving} after leaving ({removed_too:.2f} s later); load:", os.getloadavg())
    slower = during > RATIO * before or not read_all_the_time
    return int(slower or stopped > STOPPED or gone > LEFT or after_stop + after_leaving > 0)


if __name__ == "__main__":
    sys.exit(main())
