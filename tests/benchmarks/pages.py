"""How long the first drawing of each page takes, beside a bare page with as many widgets and charts.

    python tests/benchmarks/pages.py [repeats]

Opens every page (telecom sample) in a fresh session and, by turns with it, a page of plain Streamlit with as many
elements of each kind; the browser has the scripts of both already. Measured from asking for the address until the
script has run and every chart and table is there. Ends with 1 where a page's median is above 1.5 times its bare page's.
"""

import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import PATIENCE, ROOT, served

REPEATS, WARM_UP = 5, 1
RATIO = 1.5

KINDS = {
    "charts": ".js-plotly-plot",
    "tables": "[data-testid=stDataFrame]",
    "texts": "[data-testid=stTextInput]",
    "areas": "[data-testid=stTextArea]",
    "buttons": "[data-testid=stButton]",
    "choices": "[data-testid=stButtonGroup]",
    "selects": "[data-testid=stSelectbox]",
    "checks": "[data-testid=stCheckbox]",
    "sliders": "[data-testid=stSlider]",
    "tabs": "[data-testid=stTab]",
    "expanders": "[data-testid=stExpander]",
    "words": "[data-testid=stMarkdown]",
    "metrics": "[data-testid=stMetric]",
    "codes": "[data-testid=stCode]",
    "notes": "[data-testid=stCaptionContainer]",
    "bars": "[data-testid=stProgress]",
    "links": "[data-testid=stPageLink]",
}

BARE = """
import json
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
st.title("Bare")
counts = json.loads({counts!r})[st.query_params["page"]]
height, width = counts["rows"] or 1, counts["columns"] or 1
cells = [[f"word {{n}}" if i % 3 == 0 else n + 0.5 for i in range(width)] for n in range(height)]
rows = pd.DataFrame(cells, columns=[f"c{{i}}" for i in range(width)])
for n in range(counts["codes"]):
    st.code(f"a = {{n}} + 1", language=None)
for n in range(counts["notes"]):
    st.caption(f"A note, number {{n}}")
for n in range(counts["bars"]):
    st.progress(0.5, text="half")
for n in range(counts["words"]):
    st.markdown(f"Some words on a line of their own, number {{n}}")
for n in range(counts["metrics"]):
    st.metric(f"Metric {{n}}", n)
for n in range(counts["links"]):
    st.link_button(f"Link {{n}}", "http://127.0.0.1")
if counts["tabs"]:
    st.tabs([f"Tab {{n}}" for n in range(counts["tabs"])])
for n in range(counts["expanders"]):
    st.expander(f"More {{n}}")
for n in range(counts["buttons"]):
    st.button(f"Button {{n}}")
for n in range(counts["choices"]):
    st.segmented_control(f"Choice {{n}}", [1, 2, 3, 4, 5])
for n in range(counts["selects"]):
    st.selectbox(f"Select {{n}}", ["a", "b", "c"])
for n in range(counts["checks"]):
    st.checkbox(f"Check {{n}}")
for n in range(counts["sliders"]):
    st.slider(f"Slider {{n}}")
for n in range(counts["texts"]):
    st.text_input(f"Text {{n}}")
for n in range(counts["areas"]):
    st.text_area(f"Area {{n}}")
for n in range(counts["tables"]):
    st.data_editor(rows, key=f"t{{n}}")
for n in range(counts["charts"]):
    figure = go.Figure([go.Scatter(y=list(range(40))) for _ in range(3)])
    figure.update_layout(height=340)
    st.plotly_chart(figure, key=f"c{{n}}")
"""

COUNT = """kinds => {
    const grids = [...document.querySelectorAll('[data-testid=stDataFrame] [role=grid]')];
    const most = name => Math.max(0, ...grids.map(grid => Number(grid.getAttribute(name)) || 0));
    const counted = Object.entries(kinds).map(([kind, found]) => [kind, document.querySelectorAll(found).length]);
    const size = {rows: Math.max(0, most('aria-rowcount') - 1), columns: most('aria-colcount')};
    return {...Object.fromEntries(counted), ...size};
}"""

CALM = """() => {
    const calm = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
        && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]');
    window.calmSince = calm ? window.calmSince ?? performance.now() : undefined;
    return calm && performance.now() - window.calmSince > 1500;
}"""
"""All that a page draws by itself is there: the clock's progress bars never go away."""

DRAWN = """([charts, tables]) => {
    const app = document.querySelector('[data-testid=stApp]');
    return app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')
        && document.querySelectorAll('.js-plotly-plot .main-svg').length >= charts
        && document.querySelectorAll('[data-testid=stDataFrame] canvas').length >= tables
        && performance.now();
}"""


def first_drawing(page: Page, address: str, counts: dict[str, int]) -> float:
    """Milliseconds from asking for a page until all of it is there."""
    page.goto(address, wait_until="commit")
    wanted = [counts["charts"], counts["tables"]]
    return float(page.wait_for_function(DRAWN, arg=wanted, timeout=PATIENCE, polling="raf").json_value())


def main() -> int:
    """Measure, print, and say whether every page is quick enough."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    addresses = [path for path in _addresses() if path]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py") as ours:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
        counts = {}
        for address in addresses:
            page.goto(f"{ours}/{address}")
            page.evaluate("window.calmSince = undefined")
            page.wait_for_function(CALM, timeout=PATIENCE)
            counts[address] = page.evaluate(COUNT, KINDS)
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE.format(counts=json.dumps(counts)), encoding="utf-8")
        slow = 0
        with served(bare) as plain:
            for address in addresses:
                times: dict[str, list[float]] = {"ours": [], "bare": []}
                for repeat in range(WARM_UP + repeats):
                    for name, where in (("ours", f"{ours}/{address}"), ("bare", f"{plain}/?page={address}")):
                        took = first_drawing(page, where, counts[address])
                        if repeat >= WARM_UP:
                            times[name].append(took)
                ratio = median(times["ours"]) / median(times["bare"])
                slow += ratio > RATIO
                told = ", ".join(f"{count} {kind}" for kind, count in counts[address].items() if count)
                print(
                    f"{address}: {median(times['ours']):.0f} / {median(times['bare']):.0f} ms = {ratio:.2f}  ({told})"
                )
        browser.close()
    print(f"{slow} of {len(addresses)} pages above {RATIO}")
    return int(slow > 0)


def _addresses() -> list[str]:
    """The addresses of PAGES, read off the planner's source: importing it would run it."""
    source = (ROOT / "pages" / "planner.py").read_text(encoding="utf-8")
    return [line.split('"')[3] for line in source.splitlines() if line.strip().startswith("PageEntry(")]


if __name__ == "__main__":
    sys.exit(main())
