"""How long from letting go of a slider to everything redrawn, beside a bare page as full.

    python tests/benchmarks/slider.py [repeats]

Opens the budget page (telecom sample) and, by turns with it, a page of plain Streamlit with as many sliders and
charts (Plotly ones there) and as many points in them; both are served with the same options. A repeat drags a slider
with the pointer, lets go, and waits until the script has run, the first Plotly chart has changed, nothing is still
computed, and on our page the desk shows what Python sent. Ends with 1 where our median is above 1.2 times the bare
page's.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Locator, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import PATIENCE, ROOT, lever, served, visit

REPEATS, WARM_UP = 20, 3
RATIO = 1.2
FAR = 20.0
"""Pixels that a drag goes."""

BARE = """
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
st.title("Bare")
left, right = st.columns([5, 7])
with left:
    values = [st.slider(f"Slider {{n}}", 0.0, 7500.0, 1000.0, 100.0, key=f"s{{n}}") for n in range({sliders})]
total = sum(values)
st.metric("Sum", f"{{total:.0f}}")
with right:
    for n, chart in enumerate({charts}):
        figure = go.Figure([go.Bar(y=[total + i for i in range(points)]) for points in chart])
        figure.update_layout(height=340)
        st.plotly_chart(figure, key=f"c{{n}}", config={{"displayModeBar": False}})
"""

COUNTED = """() => {
    const inside = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean);
    const drawn = inside.flatMap(root => [...root.querySelectorAll('section svg')]);
    return {
        sliders: document.querySelectorAll('[data-testid=stSlider]').length
            + inside.reduce((count, root) => count + root.querySelectorAll('input[type=range]').length, 0),
        charts: [...document.querySelectorAll('.js-plotly-plot')].map(plot => plot.data.map(trace =>
            Math.max(...[trace.x, trace.y].map(v => v ? (v._inputArray || v).length || 0 : 0), 1)))
            .concat(drawn.map(svg => [svg.querySelectorAll('rect').length])),
    };
}"""

ARMED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const drawn = () => JSON.stringify(document.querySelector('.js-plotly-plot')?.data?.map(
        trace => [trace.x, trace.y, trace.base].map(v => v && Array.from(v._inputArray || v))));
    const before = drawn();
    let released = 0;
    window.addEventListener('pointerup', () => { released = released || performance.now() }, { capture: true });
    window.redrawn = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error('not redrawn')), 30000);
        const look = () => {
            const desk = window.plannerDesk;
            const done = released && app.dataset.testScriptState === 'notRunning'
                && !document.querySelector('[data-testid=stProgress]')
                && (!desk || (!desk.busy && !desk.sent.length && !desk.due)) && drawn() && drawn() !== before;
            if (done) resolve(performance.now() - released); else requestAnimationFrame(look);
        };
        look();
    });
}"""


def redrawn(page: Page, slider: Locator, times: int, down: float) -> float:
    """Milliseconds from letting go of a slider until all is drawn.

    down  where its track lies, as a share of its height
    """
    box = slider.bounding_box()
    assert box
    x, y = box["x"] + (0.3 + 0.1 * (times % 2)) * box["width"], box["y"] + down * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + FAR, y, steps=4)
    page.evaluate(ARMED)
    page.mouse.up()
    took = float(page.evaluate("window.redrawn"))
    page.wait_for_timeout(500)  # not measured: let the browser come to rest
    return took


def main() -> int:
    """Measure, print, and say whether it is quick enough."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py") as ours:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        pages = {"ours": browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")}
        pages["ours"].set_default_timeout(PATIENCE)
        visit(pages["ours"], ours + "/every-euro")
        pages["ours"].locator(".js-plotly-plot").nth(1).wait_for()
        counted = pages["ours"].evaluate(COUNTED)
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE.format(**counted), encoding="utf-8")
        with served(bare) as plain:
            pages["bare"] = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
            visit(pages["bare"], plain)
            pages["bare"].locator(".js-plotly-plot").nth(len(counted["charts"]) - 1).wait_for()
            sliders = {
                "ours": (lever(pages["ours"], "retain"), 0.5),
                "bare": (pages["bare"].get_by_test_id("stSlider").first, 0.85),
            }
            times: dict[str, list[float]] = {"ours": [], "bare": []}
            for repeat in range(WARM_UP + repeats):
                for name, page in pages.items():
                    page.bring_to_front()
                    slider, down = sliders[name]
                    took = redrawn(page, slider, repeat, down)
                    if repeat >= WARM_UP:
                        times[name].append(took)
        browser.close()
    points = sum(sum(traces) for traces in counted["charts"])
    print(f"{counted['sliders']} sliders, {len(counted['charts'])} charts, {points} points, {repeats} repeats")
    for name, taken in times.items():
        print(f"{name}: median {median(taken):.0f} ms, {min(taken):.0f} to {max(taken):.0f} ms")
    ratio = median(times["ours"]) / median(times["bare"])
    print(f"ratio {ratio:.2f} (at most {RATIO})")
    return int(ratio > RATIO)


if __name__ == "__main__":
    sys.exit(main())
