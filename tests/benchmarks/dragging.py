"""How steady the frames are while a hand drags a slider of the budget page, beside an empty page in the same browser.

    python tests/benchmarks/dragging.py [frames]

A real pointer goes to and fro on the slider of a lever while every frame is timed, at the browser's full speed and
with its CPU slowed four times (Chrome DevTools Protocol); and the same on an empty page. Where other work shares the
machine, or Chromium draws without a graphics card, an empty page misses frames too: its times are told beside ours.
Ends with 1 where our 95th percentile is above the bound, and above the empty page's by more than a tenth.
"""

import sys
from math import sin
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import PATIENCE, ROOT, lever, served, visit

FRAMES = 400
BOUNDS = {1: 20.0, 4: 34.0}
"""Milliseconds that 95 of 100 frames may take, by how many times the CPU is slowed."""
COUNTING = """frames => {
    window.times = [];
    let last = performance.now();
    const next = () => requestAnimationFrame(at => {
        const now = performance.now();
        window.times.push(now - last);
        last = now;
        if (window.times.length < frames) next();
    });
    next();
}"""
PERCENTILES = (50, 95, 99)


def dragged(page: Page, at: tuple[float, float], wide: float, frames: int) -> list[float]:
    """The times of so many frames while the pointer goes to and fro."""
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 3, at[1])
    page.wait_for_timeout(300)
    page.evaluate(COUNTING, frames)
    step = 0
    while page.evaluate("times.length") < frames:
        for _ in range(10):
            step += 1
            page.mouse.move(at[0] + wide * sin(step / 12), at[1])
    page.mouse.up()
    page.wait_for_timeout(500)
    return sorted(page.evaluate("times"))


def worked(session: CDPSession, page: Page) -> tuple[float, float]:
    """(seconds that the page's main thread has worked so far, frames that the desk has drawn): by its own clock."""
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return found["TaskDuration"], float(page.evaluate("window.plannerDesk?.frames ?? 0"))


def told(name: str, times: list[float]) -> str:
    """Some percentiles in a line."""
    found = ", ".join(f"p{p} {times[min(len(times) - 1, len(times) * p // 100)]:.1f}" for p in PERCENTILES)
    return f"{name}: {len(times)} frames, {found}, longest {times[-1]:.0f} ms"


def main() -> int:
    """Measure, print, and say whether it is steady enough."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    failed = False
    with sync_playwright() as playwright, served(ROOT / "app.py") as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-GB")
        page.set_default_timeout(PATIENCE)
        visit(page, address + "/every-euro")
        box = lever(page, "retain").bounding_box()
        assert box
        at = (box["x"] + 0.35 * box["width"], box["y"] + box["height"] / 2)
        empty = browser.new_page(viewport={"width": 1400, "height": 900})
        for slowed, bound in BOUNDS.items():
            found = {}
            for name, one in (("empty", empty), ("desk", page)):
                one.bring_to_front()
                session: CDPSession = one.context.new_cdp_session(one)
                session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
                session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
                session.send("Performance.enable")
                before = worked(session, one)
                found[name] = dragged(one, at, 0.25 * box["width"], frames)
                after = worked(session, one)
                session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
                print(told(f"{name}, CPU / {slowed}", found[name]))
            each = 1000 * (after[0] - before[0]) / max(1.0, after[1] - before[1])
            print(f"  the main thread works {each:.1f} ms for a frame of the desk, by its own clock")
            ours, theirs = (found[name][frames * 95 // 100] for name in ("desk", "empty"))
            failed = failed or (ours > bound and ours > 1.1 * theirs)
            print(f"  bound {bound:.0f} ms; {ours / theirs:.2f} times the empty page")
        work = sorted(page.evaluate("window.plannerDesk.work"))
        print(told("the desk's own work in a frame", work))
        browser.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
