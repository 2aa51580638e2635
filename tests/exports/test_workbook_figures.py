"""The workbook of a case shows each number under its title, in the row of its segment and lever.

What is written is read back by tests of their own; two titles that changed places would go unnoticed there.
"""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from strategy.case.case import Curve
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.exports.case_workbook import write_workbook
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording

CASE = load_sample("telecom")
BOOK = openpyxl.load_workbook(BytesIO(write_workbook(CASE, {}, Wording("en"))))
TITLES, ENDS, FIRST = 3, 4, 5
"""Rows of a sheet, counted from 1."""
Shown = dict[tuple[str, str], Any]


def rows(code: str) -> list[Shown]:
    """What a sheet shows, a row each: {(title, end of the estimate): cell}."""
    sheet = next(sheet for sheet in BOOK.worksheets if sheet["A1"].value == f"planner:{code}")
    heads, title = [], ""
    for column in range(2, sheet.max_column + 1):
        title = str(sheet.cell(TITLES, column).value or title).split("\n")[0]
        heads.append((title, str(sheet.cell(ENDS, column).value or "")))
    lines = sheet.iter_rows(min_row=FIRST, min_col=2, values_only=True)
    return [dict(zip(heads, line, strict=True)) for line in lines if line[0]]


def shows(row: Shown, title: str, estimate: Estimate) -> None:
    """A range has three numbers, what is certain one."""
    ends = {end: row[title, end] for end in ("At least", "Most likely", "At most")}
    low, high = (None, None) if estimate.certain else (estimate.low, estimate.high)
    assert ends == {"At least": low, "Most likely": estimate.likely, "At most": high}, title


def test_segments_stand_under_their_titles() -> None:
    found = rows("segments")
    assert [row["Name", ""] for row in found] == [s.name for s in CASE.segments]
    for row, segment in zip(found, CASE.segments, strict=True):
        shows(row, "Customers today", segment.customers)
        shows(row, "Prospects within reach", segment.prospects)
        shows(row, "Gross margin", segment.gross_margin)
        shows(row, "Cost of welcoming a new customer", segment.onboarding_cost)
        shows(row, "New customers brought by each customer", segment.referral_rate)


@pytest.mark.parametrize("segment", CASE.segments, ids=lambda segment: segment.id)
def test_answers_about_levers_stand_under_their_titles(segment: Any) -> None:
    found = {row["Lever", ""]: row for row in rows("levers") if row["Segment", ""] == segment.id}
    for kind, lever in segment.levers.items():
        row = found[LEVER_NAMES[kind.code]]
        if not isinstance(lever, Curve):
            shows(row, "Or one value, where spending changes nothing", lever.constant)
            continue
        assert row["Spend today", ""] == lever.spend
        shows(row, "Without spending", lever.floor)
        shows(row, "At unlimited spend", lever.ceiling)
        for number, (spend, answer) in zip(("First", "Second"), lever.points, strict=False):
            assert row[f"{number} spend asked about", ""] == spend
            shows(row, f"At the {number.lower()} spend", answer)


def test_initiatives_and_events_stand_under_their_titles() -> None:
    for row, initiative in zip(rows("initiatives"), CASE.initiatives, strict=True):
        assert row["Name", ""] == initiative.name
        assert (row["From", ""], row["To (empty: for good)", ""]) == (initiative.start, initiative.end)
        assert (row["Costs once", ""], row["Costs", ""]) == (initiative.one_off, initiative.per_period)
        assert (row["Times", ""] or 1, row["Plus", ""] or 0) == (initiative.multiply, initiative.add)
    for row, event in zip(rows("events"), CASE.events, strict=True):
        assert (row["From", ""], row["To (empty: for good)", ""]) == (event.start, event.end)
        assert (row["Times", ""] or 1, row["Plus", ""] or 0) == (event.multiply, event.add)
