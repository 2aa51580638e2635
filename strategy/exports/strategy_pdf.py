"""The strategy on a page as a PDF: the page, and behind it every answer and every contradiction with its reason."""

from functools import partial
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.recorder import FPDFRecorder

from strategy.charts.chart import COLOURS
from strategy.exports.strategy_page import Bar, Chosen, Contradiction, Share, StrategyPage
from strategy.wording import ELLIPSIS, Wording, printable

FONTS = Path(__file__).with_name("fonts")
FAMILY = "DejaVu"
MARGIN, GAP = 12.0, 6.0
"""Millimetres, on A4 lying down."""
BODY, SMALL, HEAD, TITLE = 8.0, 7.0, 11.0, 18.0
"""Sizes of letters, in points."""
MOST_DECIDED, MOST_CONTRADICTIONS, MOST_BARS = 4, 6, 6
"""What fits on the page; the pages behind it have the rest."""
GREY = (110, 110, 110)


def strategy_pdf(page: StrategyPage, periods: int, say: Wording) -> bytes:
    """The document. periods: how many the plan has."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
    pdf.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
    pdf.set_margin(MARGIN)
    pdf.set_title(printable(page.name))
    pdf.set_lang(say.language)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    _front(pdf, page, periods, say)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.add_page()
    _answers(pdf, page, say)
    _contradictions(pdf, page.contradictions, say)
    return bytes(pdf.output())


# The page ------------------------------------------------------------------------------------------------------------


def _front(pdf: FPDF, page: StrategyPage, periods: int, say: Wording) -> None:
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
    below = _split(pdf, page.split, right, top, third, say)
    below = _roadmap(pdf, page.roadmap, periods, right, below + 4, third, say)
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


def _split(pdf: FPDF, split: tuple[Share, ...], x: float, y: float, width: float, say: Wording) -> float:
    """Where the money goes: a bar for each lever."""
    below = _at(pdf, x, width, y, say.text("Where the money goes"), HEAD, bold=True) + 1
    most = max((part.plan for part in split), default=0.0) or 1.0
    label, bar = width * 0.26, width * 0.2
    for part in split:
        _at(pdf, x, label, below, part.name, BODY)
        pdf.set_fill_color(*_rgb(part.code))
        pdf.rect(x + label, below, max(bar * part.plan / most, 0.3), 3, style="F")
        told = say.text(
            "{amount} ({share}), today {today}",
            amount=say.short_money(part.plan),
            share=say.percent(part.share, 0),
            today=say.short_money(part.today),
        )
        _at(pdf, x + label + bar + 2, width - label - bar - 2, below, told, SMALL)
        below += 5
    return below


def _roadmap(
    pdf: FPDF, roadmap: tuple[Bar, ...], periods: int, x: float, y: float, width: float, say: Wording
) -> float:
    """When: a bar for each initiative that the plan has, an outline for each that it leaves."""
    below = _at(pdf, x, width, y, say.text("Roadmap"), HEAD, bold=True) + 1
    if not roadmap:
        return _at(pdf, x, width, below, say.text("No initiatives yet."), SMALL, colour=GREY)
    label = width * 0.6
    unit = (width - label) / periods
    for bar in roadmap[:MOST_BARS]:
        _at(pdf, x, label, below, f"{bar.name}: {bar.cost}", SMALL)
        pdf.set_fill_color(*_rgb(bar.lever))
        pdf.set_draw_color(*_rgb(bar.lever))
        left, long = x + label + (bar.first - 1) * unit, max(bar.last - bar.first + 1, 0.2) * unit
        pdf.rect(left, below, long, 3, style="DF" if bar.chosen else "D")
        below += 4.5
    return _at(pdf, x, width, below, say.text("Filled: in the plan. Outlined: not chosen."), SMALL, colour=GREY)


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


def _rgb(code: str) -> tuple[int, int, int]:
    colour = COLOURS[code]
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
