"""Charts on the screen: the finding, the picture with its text alternative, and its numbers one click away."""

from collections.abc import Callable

import streamlit as st

from pages.frame import presenting, session, trouble, why
from strategy.charts.drawing.chart import Chart, enlarged
from strategy.words.wording import markdown_text

CONFIG = {"displayModeBar": False, "responsive": True, "showSendToCloud": False}


LARGE, FULL = 28 / 13, 740
"""When presenting on 1920 x 1080: letters of 28 pixels, and a figure that fills the screen below its finding."""
WITH_NAMES = "room_"
"""How the keys of charts begin that tell who answered what: they are not presented."""


def show(draw: Callable[[], Chart], key: str) -> None:
    """A chart with its finding above it and its table below, or why it cannot be drawn."""
    with trouble.part():
        if not presenting.gathering():
            _show(draw(), key)
        elif not key.startswith(WITH_NAMES):
            chart = draw()
            if _pictured(chart):
                presenting.gather(lambda: _show(chart, key))


def _show(chart: Chart, key: str) -> None:
    """The chart that was drawn; when presenting: larger, and nothing to press."""
    large = presenting.on()
    if st.context.theme.type == "dark":
        chart = chart.on_dark
    if not _pictured(chart):
        more = "" if chart.summary in chart.plain_title else f". {markdown_text(chart.summary)}"
        st.markdown(f":material/info: {chart.title}{more}")
        return
    st.markdown(f"### {chart.title}", anchors=False)
    figure = enlarged(chart.figure, LARGE, FULL) if large else chart.picture
    st.plotly_chart(figure, key=f"chart_{key}", config=CONFIG, theme=None, alt=chart.summary)
    if not large:
        numbers(lambda: chart, key, session.say().text("Numbers"))


def numbers(draw: Callable[[], Chart], key: str, label: str) -> None:
    """The numbers of a chart to open, also of one that is drawn elsewhere: it is made only once they are open."""
    folded = st.expander(label, key=f"numbers_{key}", on_change="rerun", type="compact")
    if folded.open:
        with folded, trouble.part():
            _numbers(draw(), key)


def _pictured(chart: Chart) -> bool:
    """Whether there is anything to see."""
    return bool(chart.sketch.traces or chart.sketch.shapes)


def _numbers(chart: Chart, key: str) -> None:
    """What the picture says in words, its table, the table as a file, and how its numbers came about."""
    st.text(chart.summary)
    st.dataframe(chart.table.texts, hide_index=True, key=f"table_{key}")
    if len(chart.table):
        st.download_button(
            session.say().text("Download these numbers (CSV)"),
            chart.table.csv,
            f"{key}.csv",
            "text/csv",
            key=f"csv_{key}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
    why.chart(key)
