"""Files of draws: headings in both languages, numbers as people write them, and what is no such file."""

from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest

from strategy.customers.reading.draw_file import read_draws
from strategy.errors import PlannerError


def read(*lines: str) -> Any:
    return read_draws("\n".join(lines).encode())


@pytest.mark.parametrize(
    "heading",
    ["draw,spend,outcome", "Person,Spending,New customers", "Trekking,Uitgave,Uitkomst", "wie,Besteding,Nieuwe klanten",
     "iteration,budget,y"],
)  # fmt: skip
def test_headings_are_known_in_both_languages(heading: str) -> None:
    found = read(heading, "a,0,10", "a,100,20", "b,0,11")
    assert found.names == ("a", "b")
    assert found.draw.tolist() == [0, 0, 1]
    assert found.spend.tolist() == [0, 100, 0]
    assert found.outcome.tolist() == [10, 20, 11]
    assert tuple(found.headings.values()) == tuple(heading.split(","))


def test_columns_may_stand_in_any_order_and_those_not_used_are_named() -> None:
    found = read("outcome,channel,spend,draw,hdi", "10,tv,0,a,1", "20,tv,100,a,1")
    assert (found.outcome.tolist(), found.spend.tolist()) == ([10, 20], [0, 100])
    assert found.unused == ("channel", "hdi")


def test_draws_of_several_chains_are_told_apart() -> None:
    found = read("chain,draw,spend,outcome", "0,0,0,10", "1,0,0,11", "0,1,0,12")
    assert found.names == ("0/0", "1/0", "0/1")


def test_three_columns_without_headings_are_draw_spend_and_outcome() -> None:
    found = read("1,0,10", "1,100,20", "2,0,11")
    assert found.names == ("1", "2")
    assert found.spend.tolist() == [0, 100, 0]


def test_without_a_column_that_tells_draws_apart_all_rows_are_one() -> None:
    assert read("spend,outcome", "0,10", "100,20").names == ("1",)


def test_numbers_are_read_as_people_write_them() -> None:
    found = read("draw;spend;outcome", "a;€ 1.000,50;0,0123456", "a;2.000,00;5%", "a;3000;abc", "a;;7")
    np.testing.assert_allclose(found.spend, [1000.5, 2000, 3000, np.nan])
    np.testing.assert_allclose(found.outcome, [0.0123456, 0.05, np.nan, 7])
    found = read("draw,spend,outcome", 'a,"1,000.50",1e-3', 'a,"2,000",NaN')
    np.testing.assert_allclose(found.spend, [1000.5, 2000])
    np.testing.assert_allclose(found.outcome, [1e-3, np.nan])


def test_a_workbook_is_read_too() -> None:
    book = openpyxl.Workbook()
    for row in (["draw", "spend", "outcome"], [1, 0, 0.25], [1, 1000, 0.5], [2, 0, 0.3]):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    found = read_draws(content.getvalue())
    assert found.names == ("1", "2")
    assert found.outcome.tolist() == [0.25, 0.5, 0.3]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"draw,amount,date\n1,2,3\n", "draw_columns"),
        (b"draw,spend,outcome\n", "no_rows"),
        (b"\x00\x01\x02\x03binary", "nul_bytes"),
        (b"PK\x03\x04 and then nothing", "excel_broken"),
    ],
)
def test_what_is_no_table_of_draws_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(PlannerError, match=code):
        read_draws(content)


def test_text_in_every_cell_is_no_number_in_any() -> None:
    found = read("draw,spend,outcome", "a,much,more", "a,little,less")
    assert np.isnan(found.spend).all()
    assert np.isnan(found.outcome).all()
