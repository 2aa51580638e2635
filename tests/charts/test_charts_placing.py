"""Names in charts: none is printed over another, and what has no room is numbered or left out."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.charts.drawing.axes import width
from strategy.charts.drawing.placing import LINE, SIDES, WIDTHS, beside
from strategy.dimensions.selection import SegmentWorth
from strategy.equity.readouts import read_out
from strategy.words.wording import Wording

EN = Wording("en")
HEIGHT = 300.0
SHARE = st.floats(0.0, 1.0)
POINTS = st.lists(st.tuples(SHARE, SHARE, st.floats(3.0, 25.0), st.sampled_from(["7", "Families", "Long<br>names"])))


@given(POINTS)
def test_no_text_is_printed_over_another_on_a_phone_or_a_wide_screen(
    points: list[tuple[float, float, float, str]],
) -> None:
    """Boxes are computed here as Plotly places texts: radius / 0.8 + 1 from the middle of a point."""
    x, y, radii = (np.array([point[n] for point in points], float) for n in range(3))
    texts = [point[3] for point in points]
    sides = beside(x, y, radii, texts, HEIGHT)
    assert len(sides) == len(points)
    for wide in WIDTHS:
        boxes = []
        for side, across, up, radius, text in zip(sides, x, y, radii, texts, strict=True):
            if side is not None:
                half = np.array([width(text) / 2, LINE * (text.count("<br>") + 1) / 2])
                middle = np.array([across * wide, up * HEIGHT]) + np.array(SIDES[side]) * (half + radius / 0.8 + 1)
                boxes.append((middle - half, middle + half))
        for n, (low, high) in enumerate(boxes):
            assert (low >= -1e-6).all()
            assert (high <= np.array([wide, HEIGHT]) + 1e-6).all()
            for other_low, other_high in boxes[:n]:
                assert (low >= other_high - 1e-6).any() or (other_low >= high - 1e-6).any()


def test_a_text_stands_off_the_line() -> None:
    """A line level to the right of the point: the first free side is not the right."""
    level = np.stack([np.linspace(0.5, 1, 30), np.full(30, 0.5)])
    point = np.array([0.5]), np.array([0.5]), np.array([5.0]), ["name"], HEIGHT
    assert beside(*point) == ["middle right"]
    assert beside(*point, line=level) == ["middle left"]


def crowd(size: int, staying: float) -> Case:
    """Segments that are nearly alike, after one that is not."""
    document = json.loads(load_sample("classroom").to_json())
    one = document["segments"][0]
    alike = one | {"levers": one["levers"] | {"retain": {"constant": staying}}}
    document["segments"] = [one, *(alike | {"id": f"s{n}", "name": f"Customers number {n}"} for n in range(size))]
    return case_from(document)


def test_bubbles_that_are_too_near_are_numbered_with_a_legend_and_keep_their_name_at_the_pointer() -> None:
    case = crowd(6, 0.2)
    figure = charts.value_at_risk(case, read_out(case, case.today), {}, EN).figure
    assert [trace.text[0] for trace in figure.data] == ["1", "2", "3", "4", "5", "6", "7"]
    assert figure.layout.showlegend
    assert [trace.name.replace("<br>", " ") for trace in figure.data][1:] == [
        f"{n + 2} Customers number {n}" for n in range(6)
    ]
    assert all(segment.name in trace.customdata[0] for segment, trace in zip(case.segments, figure.data, strict=True))


def test_bubbles_with_room_carry_their_names() -> None:
    case = crowd(1, 0.2)
    figure = charts.value_at_risk(case, read_out(case, case.today), {}, EN).figure
    assert [trace.text[0].replace("<br>", " ") for trace in figure.data] == [segment.name for segment in case.segments]
    assert not any(trace.showlegend for trace in figure.data)


def test_parts_of_the_curve_of_profitable_customers_too_small_for_a_name_have_none() -> None:
    """Three parts of one customer in a thousand lie on one place: at most as many names as sides without a clash."""
    case = crowd(5, 0.2)
    found = [SegmentWorth(s, n, 10.0) for s, n in zip(case.segment_ids, (1000, 1, 1, 1, 1000, 1), strict=True)]
    chart = charts.whale_curve(case, found, EN)
    named = [note.text for note in chart.figure.layout.annotations]
    assert 2 <= len(named) < 6
    assert len(chart.table) == 6


def test_what_is_dark_has_a_light_line_behind_it() -> None:
    """On a dark background the curve of the plan's colour is seen by its outline."""
    case = crowd(1, 0.2)
    found = [SegmentWorth(segment, 100, 10.0) for segment in case.segment_ids]
    behind, line = charts.whale_curve(case, found, EN).figure.data[:2]
    assert behind.line.color == "rgba(255,255,255,0.75)"
    assert behind.line.width > line.line.width
    assert behind.x == line.x
    assert behind.y == line.y
