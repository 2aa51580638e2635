"""A figure on its way: plain dictionaries that become a Plotly figure once, for checking every property takes long."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
import plotly.graph_objects as go


class Picture(go.Figure):  # type: ignore[misc]
    """A sketch where a figure is asked for: it is sent as it was sketched, for copying every property takes long."""

    def __init__(self, sketch: "Sketch") -> None:  # an empty figure of Plotly's own takes longer than sending ours
        self._sketched = sketch.document()

    def to_dict(self) -> dict[str, Any]:
        """The sketch's own dictionaries."""
        return self._sketched


class Sketch:
    """Traces, shapes, texts and axes of one figure; panels are numbered from 1 and have axes of their own.

    The methods are named as Plotly's. Nothing is checked here: tests let Plotly check every figure.
    """

    def __init__(self, panels: int = 1) -> None:
        self.panels = panels
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {}

    def arrange(self, columns: int, between_columns: float = 0.0, between_rows: float = 0.0) -> None:
        """Place the panels in rows of so many columns; gaps as shares of the figure inside its margins."""
        lines = -(-self.panels // columns)
        wide = (1 - between_columns * (columns - 1)) / columns
        high = (1 - between_rows * (lines - 1)) / lines
        for panel in range(1, self.panels + 1):
            line, column = divmod(panel - 1, columns)
            left, top = column * (wide + between_columns), 1 - line * (high + between_rows)
            number = _numbered(panel)
            self.update_xaxes(panel, domain=[left, left + wide], anchor=f"y{number}")
            self.update_yaxes(panel, domain=[max(0.0, top - high), top], anchor=f"x{number}")

    def add_title(self, panel: int, text: str, x: float, side: str) -> None:
        """A text above a panel, at a share of its width."""
        number = _numbered(panel)
        where = {"xref": f"x{number} domain", "yref": f"y{number} domain", "x": x, "y": 1}
        self.add_annotation(**where, text=text, xanchor=side, align=side, yanchor="bottom", yshift=2)

    def add_bar(self, panel: int = 1, **trace: Any) -> None:
        """Bars, in a panel."""
        self._add("bar", panel, trace)

    def add_scatter(self, panel: int = 1, **trace: Any) -> None:
        """Lines, markers or texts, in a panel."""
        self._add("scatter", panel, trace)

    def add_shape(self, **shape: Any) -> None:
        """A line or another shape."""
        self.shapes.append(shape)

    def add_annotation(self, **annotation: Any) -> None:
        """A text; it has no arrow."""
        self.annotations.append({"showarrow": False, **annotation})

    def add_vline(self, x: float, line: dict[str, Any], panel: int = 1) -> None:
        """A line from the bottom to the top of a panel."""
        number = _numbered(panel)
        where = {"xref": f"x{number}", "yref": f"y{number} domain"}
        self.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, line=line, **where)

    def update_layout(self, **layout: Any) -> None:
        """Settings of the whole figure, put over what is set already."""
        self.layout = merged(self.layout, layout)

    def update_xaxes(self, panel: int | None = None, **axis: Any) -> None:
        """Settings of one panel's horizontal axis, or of all."""
        self._update("xaxis", panel, axis)

    def update_yaxes(self, panel: int | None = None, **axis: Any) -> None:
        """Settings of one panel's vertical axis, or of all."""
        self._update("yaxis", panel, axis)

    def recoloured(self, colours: Mapping[str, str]) -> "Sketch":
        """The same in other colours: {as they are written in it: as they are written instead}."""
        other = Sketch(self.panels)
        parts = (self.traces, self.shapes, self.annotations, self.layout)
        other.traces, other.shapes, other.annotations, other.layout = (_recoloured(part, colours) for part in parts)
        return other

    def document(self) -> dict[str, Any]:
        """The figure as dictionaries, for a browser.

        It carries a mark of its data: told the same data again, Plotly need not draw it again.
        """
        layout = {**self.layout, "shapes": self.shapes, "annotations": self.annotations}
        layout["datarevision"] = crc32(repr((self.traces, layout)).encode())
        return {"data": self.traces, "layout": layout}

    def figure(self) -> go.Figure:
        """The figure, without a template: it says itself how it looks."""
        document = self.document()
        document["layout"]["template"] = "none"
        return go.Figure(document, _validate=False)

    def _add(self, kind: str, panel: int, trace: dict[str, Any]) -> None:
        number = _numbered(panel)
        self.traces.append({"type": kind, "xaxis": f"x{number}", "yaxis": f"y{number}", **_plain(trace)})

    def _update(self, name: str, panel: int | None, axis: dict[str, Any]) -> None:
        for number in range(1, self.panels + 1) if panel is None else (panel,):
            key = f"{name}{_numbered(number)}"
            self.layout[key] = merged(self.layout.get(key, {}), _plain(axis))


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings, the other's put over the one's."""
    result = dict(one)
    for key, value in other.items():
        before = result.get(key)
        nested = isinstance(before, Mapping) and isinstance(value, Mapping)
        result[key] = merged(before or {}, value) if nested else value
    return result


def _numbered(panel: int) -> str:
    """How Plotly numbers axes: x, x2, x3."""
    return "" if panel == 1 else str(panel)


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings without NumPy's arrays, which Plotly would pack into bytes."""
    return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in settings.items()}


def _recoloured(part: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return colours.get(part, part)
    if isinstance(part, dict):
        return {key: _recoloured(value, colours) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_recoloured(value, colours) for value in part]
    return part
