"""Charts on the screen: the finding, the picture with its text alternative, and its numbers one click away."""

from collections.abc import Callable

import streamlit as st

from pages.frame import session, trouble, why
from strategy.charts.drawing.chart import Chart, enlarged
from strategy.words.wording import markdown_text

CONFIG = {"displayModeBar": False, "responsive": True, "showSendToCloud": False}


def show(draw: Callable[[], Chart], key: str) -> None:
    """A chart with its finding above it and its table below, or why it cannot be drawn."""
    with trouble.part():
        _show(draw(), key)


def _show(chart: Chart, key: str) -> None:
    """The chart that was drawn; when presenting: larger, and nothing to press."""
    presenting = session.display("presenting", False)
    if not (chart.sketch.traces or chart.sketch.shapes):
        more = "" if chart.summary in chart.plain_title else f". {markdown_text(chart.summary)}"
        st.markdown(f":material/info: {chart.title}{more}")
        return
    st.markdown(f"### {chart.title}", anchors=False)
    figure = enlarged(chart.figure) if presenting else chart.picture
    st.plotly_chart(figure, key=f"chart_{key}", config=CONFIG, theme=None, alt=chart.summary)
    if presenting:
        return
    numbers = st.expander(session.say().text("Numbers"), key=f"numbers_{key}", on_change="rerun", type="compact")
    if numbers.open:
        with numbers:
            _numbers(chart, key)


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
