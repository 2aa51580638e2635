"""The strategy on a page as a PDF: the page, and behind it every answer and every contradiction with its reason."""

from functools import partial
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.recorder import FPDFRecorder

from strategy.charts.drawing.chart import Chart
from strategy.exports.chart_drawing import INK, chart_height, draw_chart
from strategy.exports.strategy_page import Chosen, Contradiction, PageCharts, StrategyPage
from strategy.words.wording import ELLIPSIS, Wording, printable

FONTS = Path(__file__).with_name("fonts")
FAMILY = "DejaVu"
MARGIN, GAP = 12.0, 6.0
"""Millimetres, on A4 lying down."""
BODY, SMALL, HEAD, TITLE = 8.0, 7.0, 11.0, 18.0
"""Sizes of letters, in points."""
MOST_DECIDED, MOST_CONTRADICTIONS = 4, 6
"""What fits on the page; the pages behind it have the rest."""
GREY = (110, 110, 110)
FINDING = 9.0
"""Size of a chart's finding, in points."""
SCALE, SHEET_SCALE = 0.19, 0.22
"""Millimetres per pixel of a chart on the page and on the sheet behind it: letters of 7 and of 8 points."""
ROADMAP = 72.0
"""How high the roadmap may be on the page, in millimetres."""


def strategy_pdf(page: StrategyPage, charts: PageCharts, say: Wording) -> bytes:
    """The document: the page, its charts, and behind them what was answered."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
    pdf.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
    pdf.set_margin(MARGIN)
    pdf.set_title(printable(page.name))
    pdf.set_lang(say.language)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    _front(pdf, page, charts, say)
    pdf.add_page()
    _brings(pdf, charts)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.add_page()
    _answers(pdf, page, say)
    _contradictions(pdf, page.contradictions, say)
    return bytes(pdf.output())


# The page ------------------------------------------------------------------------------------------------------------


def _front(pdf: FPDF, page: StrategyPage, charts: PageCharts, say: Wording) -> None:
    _line(pdf, printable(page.name), TITLE, bold=True)
    width = (pdf.epw - 3 * GAP) / len(page.figures)
    top = pdf.get_y() + 2
    for number, figure in enumerate(page.figures):
        at = partial(_at, pdf, MARGIN + number * (width + GAP), width)
        at(top, figure.name, SMALL, colour=GREY)
        at(top + 4, figure.value, TITLE, bold=True)
        at(top + 12, figure.note, SMALL, colour=GREY)
    top += 20
    third = (pdf.epw - 2 * GAP) / 3
    _decided(pdf, page.dimensions, MARGIN, top, 2 * third - GAP / 2, say)
    right = MARGIN + 2 * (third + GAP) - GAP / 2
    below = _chart(pdf, charts.money, right, top, third, pdf.h) + 2
    if charts.over_time:
        below = _note(pdf, charts.money.summary, right, below, third) + 2
    if charts.roadmap:
        below = _chart(pdf, charts.roadmap, right, below, third, ROADMAP)
    _disagreements(pdf, page.contradictions, right, below + 4, third, say)


def _line(
    pdf: FPDF | FPDFRecorder, text: str, size: float, bold: bool = False, colour: tuple[int, int, int] = (0, 0, 0)
) -> None:
    """A line over the whole width, broken where it is too long."""
    pdf.set_font(FAMILY, "B" if bold else "", size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _at(
    pdf: FPDF,
    x: float,
    width: float,
    y: float,
    text: str,
    size: float,
    bold: bool = False,
    colour: tuple[int, int, int] = (0, 0, 0),
) -> float:
    """One line at a place, cut to its width; returns where the next one goes."""
    pdf.set_font(FAMILY, "B" if bold else "", size)
    pdf.set_text_color(*colour)
    shown = printable(text)
    while shown and pdf.get_string_width(shown) > width - 1:
        shown = shown[: -max(2, len(shown) // 20) - 1].rstrip() + ELLIPSIS if len(shown) > 3 else ""
    pdf.set_xy(x, y)
    pdf.cell(width, size * 0.45, shown)
    return y + size * 0.5


def _decided(pdf: FPDF, dimensions: tuple[Chosen, ...], x: float, y: float, width: float, say: Wording) -> None:
    """The five dimensions, two beside each other."""
    half = (width - GAP) / 2
    height = (pdf.h - MARGIN - y) / 3
    for number, chosen in enumerate(dimensions):
        left, top = x + number % 2 * (half + GAP), y + number // 2 * height
        below = _at(pdf, left, half, top, f"{number + 1}  {chosen.title}", HEAD, bold=True)
        below = _at(pdf, left, half, below, chosen.issue, SMALL, colour=GREY) + 1
        for decided in chosen.decided[:MOST_DECIDED]:
            below = _at(pdf, left, half, below, decided.text, SMALL, colour=GREY)
            below = _at(pdf, left, half, below, "; ".join(decided.lines), BODY) + 0.8
        if chosen.still_open and len(chosen.decided) < MOST_DECIDED:
            asked = say.plural("{count} question still open", "{count} questions still open", len(chosen.still_open))
            _at(pdf, left, half, below, asked, SMALL, colour=GREY)


def _chart(pdf: FPDF, chart: Chart, x: float, y: float, width: float, room: float, scale: float = SCALE) -> float:
    """A chart under its finding, smaller where it is higher than its room; returns where it ends below."""
    pdf.set_xy(x, y)
    pdf.set_font(FAMILY, "B", FINDING)
    pdf.set_text_color(*INK)
    pdf.multi_cell(width, FINDING * 0.45, printable(chart.plain_title), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    top = pdf.get_y() + 1
    fitting = min(scale, (y + room - top) / chart_height(chart, 1.0))
    return draw_chart(pdf, chart, x + pdf.c_margin, top, width - 2 * pdf.c_margin, fitting)


def _note(pdf: FPDF, text: str, x: float, y: float, width: float) -> float:
    """Small print at a place, on as many lines as it takes; returns where it ends below."""
    pdf.set_xy(x, y)
    pdf.set_font(FAMILY, "", SMALL)
    pdf.set_text_color(*GREY)
    pdf.multi_cell(width, SMALL * 0.45, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return float(pdf.get_y())


def _brings(pdf: FPDF, charts: PageCharts) -> None:
    """The second sheet: where the plan's worth comes from, how sure it is, and what happens over time."""
    wide = (pdf.epw - 2 * GAP) / 2
    high = (pdf.h - 2 * MARGIN - GAP) / 2
    shown = [chart for chart in (charts.waterfall, charts.uplift, charts.cash, charts.customers) if chart]
    for number, chart in enumerate(shown):
        line, column = divmod(number, 2)
        _chart(pdf, chart, MARGIN + column * (wide + 2 * GAP), MARGIN + line * (high + GAP), wide, high, SHEET_SCALE)


def _disagreements(
    pdf: FPDF, contradictions: tuple[Contradiction, ...], x: float, y: float, width: float, say: Wording
) -> None:
    """What contradicts itself, as far as it fits."""
    below = _at(pdf, x, width, y, say.text("What contradicts itself"), HEAD, bold=True) + 1
    if not contradictions:
        _at(pdf, x, width, below, say.text("Nothing among the answers so far."), SMALL, colour=GREY)
    for number, contradiction in enumerate(contradictions):
        pdf.set_font(FAMILY, "", BODY)
        pdf.set_text_color(0, 0, 0)
        with pdf.offset_rendering() as tried:
            tried.set_xy(x, below)
            tried.multi_cell(width, 3.6, printable(contradiction.sentence))
            end = tried.get_y()
        if number == MOST_CONTRADICTIONS or end > pdf.h - MARGIN - 4:
            more = say.plural("and {count} more overleaf", "and {count} more overleaf", len(contradictions) - number)
            _at(pdf, x, width, below, more, SMALL, colour=GREY)
            return
        pdf.set_xy(x, below)
        pdf.multi_cell(width, 3.6, printable(contradiction.sentence))
        below = pdf.get_y() + 1


# Behind it -----------------------------------------------------------------------------------------------------------


def _answers(pdf: FPDF, page: StrategyPage, say: Wording) -> None:
    """Every answer in full; no question stands at the foot of a page without its answer."""
    for number, chosen in enumerate(page.dimensions, 1):
        title = f"{number}  {chosen.title}: {chosen.issue}"
        for place, decided in enumerate(chosen.decided):
            with pdf.unbreakable() as block:
                if place == 0:
                    _line(block, title, HEAD, bold=True)
                _line(block, decided.text, SMALL, colour=GREY)
                for line in decided.lines:
                    _line(block, printable(line), BODY)
        if not chosen.decided:
            _line(pdf, title, HEAD, bold=True)
        for question in chosen.still_open:
            _line(pdf, say.text("Still open: {question}", question=question), SMALL, colour=GREY)
        pdf.ln(3)


def _contradictions(pdf: FPDF, contradictions: tuple[Contradiction, ...], say: Wording) -> None:
    title = say.text("What contradicts itself")
    if not contradictions:
        with pdf.unbreakable() as block:
            _line(block, title, HEAD, bold=True)
            _line(block, say.text("Nothing among the answers so far."), BODY)
    for place, contradiction in enumerate(contradictions):
        with pdf.unbreakable() as block:
            if place == 0:
                _line(block, title, HEAD, bold=True)
            _line(block, printable(contradiction.sentence), BODY, bold=True)
            _line(block, contradiction.reason, BODY)
