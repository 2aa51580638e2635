"""The table of a chart: numbers that are those of the results, and texts and files made of them."""

import numpy as np
import pytest

from strategy import charts
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.table import (
    MONEY,
    MULTIPLE,
    NUMBER,
    PEOPLE,
    SHARE,
    SIGNED_MONEY,
    WHOLE_MONEY,
    Measure,
    column,
    numbered,
    tabled,
)
from strategy.words.wording import MISSING, Wording
from tests.charts.test_charts import given

EN, NL = Wording("en"), Wording("nl")


# Texts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [
        (MONEY, 1234.5, "€1,234.50"),
        (WHOLE_MONEY, 1234.5, "€1,235"),
        (SIGNED_MONEY, -2.0, "−€2.00"),
        (Measure("money", short=True), 1_234_567.0, "€1.23M"),
        (SHARE, 0.1234, "12.3%"),
        (Measure("share", 2, signed=True), 0.1234, "+12.34%"),
        (PEOPLE, 41234.6, "41,235"),
        (Measure("people", signed=True), 3.0, "+3"),
        (NUMBER, 2.5, "2.5"),
        (Measure("number", 1, signed=True), 2.55, "+2.6"),
        (Measure("number", short=True), 845_123.0, "845K"),
        (MULTIPLE, 1.84, "€1.84 per €1"),
        (Measure("points"), 0.012, "+1.2 pp"),
        (numbered("quarter"), 3, "quarter 3"),
    ],
)
def test_a_number_is_written_as_its_measure_says(measure: Measure, value: float, text: str) -> None:
    assert column("", [value], measure).texts(EN) == [text]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), np.float64("-inf")])
@pytest.mark.parametrize("measure", [MONEY, SHARE, PEOPLE, NUMBER, MULTIPLE, numbered("year")])
def test_what_is_not_known_is_a_dash_and_no_number(measure: Measure, value: float | None) -> None:
    unknown = column("", [value], measure)
    assert unknown.texts(EN) == [MISSING]
    assert unknown.numbers == (None,)


def test_words_stay_as_they_are_and_ranges_are_written_as_ranges() -> None:
    mixed = column("", ["lasting", (1.0, 2.0), (3.0, 3.0)], MONEY)
    assert mixed.texts(NL) == ["lasting", "€\u00a01,00 – €\u00a02,00", "€\u00a03,00"]
    assert mixed.numbers == (None, None, None)


def test_each_row_may_have_a_measure_of_its_own() -> None:
    assert column("", [0.5, 2.0], [SHARE, MONEY]).texts(EN) == ["50.0%", "€2.00"]
    with pytest.raises(ValueError, match="zip"):
        column("", [0.5, 2.0], [SHARE]).texts(EN)


def test_headings_that_come_again_are_numbered() -> None:
    table = tabled(EN, column("to S", [1.0]), column("to S", [2.0]), column("to S", [3.0]))
    assert list(table.texts.columns) == ["to S", "to S (2)", "to S (3)"]
    assert table.csv().decode("utf-8-sig").splitlines()[0] == "to S,to S (2),to S (3)"


def test_a_table_without_rows_has_its_headings() -> None:
    table = tabled(EN, column("Who", []))
    assert len(table) == 0
    assert list(table.texts.columns) == ["Who"]


# Files ---------------------------------------------------------------------------------------------------------------


def test_a_file_has_every_digit_and_nothing_that_a_spreadsheet_would_run() -> None:
    table = tabled(
        EN,
        column("=Name", ["=1+1", "@x", "fine, thanks"]),
        column("Worth", [0.1 + 0.2, None, 12], MONEY),
        column("It gets", [(1.5, 2.5), (3.0, 4.0), "nothing"], WHOLE_MONEY),
        column("Share", [0.123456789, 1.0, 0.0], SHARE),
    )
    assert table.csv().decode("utf-8-sig").splitlines() == [
        "'=Name,Worth (EUR),It gets (EUR): Low,It gets (EUR): High,Share",
        "'=1+1,0.30000000000000004,1.5,2.5,0.123456789",
        "'@x,,3,4,1",
        '"fine, thanks",12,nothing,nothing,0',
    ]


def test_a_dutch_file_has_decimal_commas_between_semicolons() -> None:
    table = tabled(NL, column("Naam", ["a;b"]), column("Waarde", [-1234.5], MONEY))
    assert table.csv() == '\ufeffNaam;Waarde (EUR)\r\n"a;b";-1234,5\r\n'.encode()


# The numbers are those of the results --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_waterfalls_numbers_go_from_todays_equity_to_the_plans(language: str) -> None:
    g = given("hostile")
    _, change, equity = charts.waterfall(g.case, g.readouts, Wording(language)).table.columns
    today = float(g.readouts.today.customer_equity[0, 0])
    assert (equity.numbers[0], equity.numbers[-1]) == (today, g.readouts.customer_equity)
    steps = [n for n in change.numbers if n is not None]
    assert sum(steps) == pytest.approx(g.readouts.uplift)
    assert len(steps) == len(change.values) - 2


def test_numbers_over_time_are_the_simulations_and_its_percentiles() -> None:
    g = given("telecom")
    table = charts.cash_over_time(g.case, g.readouts, g.outlook, EN).table
    assert table["Plan"].numbers == tuple(g.readouts.plan.cash[0, 0].tolist())
    assert table["Today"].numbers == tuple(g.readouts.today.cash[0, 0].tolist())
    assert table["Plan, 5% of draws below"].numbers == tuple(g.outlook.cash.p05[1].tolist())
    assert table["Period"].numbers == (1, 2, 3, 4, 5)


def test_the_next_euros_numbers_are_its_multiples_and_what_costs_nothing_is_in_words() -> None:
    g = given("hostile")
    multiples = charts.next_euro(g.case, g.places, EN).table.columns[3].values
    shown = [place.multiple for place in g.places if place.cost > 0]
    assert [m for m in multiples if not isinstance(m, str)] == [m for m in shown if np.isfinite(m)]


def test_what_each_lever_spends_is_in_the_table_of_where_the_money_goes() -> None:
    g = given("telecom")
    table = charts.where_money_goes(g.case, g.spend, EN).table
    for number, code in enumerate(LEVER_CODES, 1):
        assert table.columns[number].numbers[0] == g.spend["families"][code]


def test_texts_are_made_only_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    g = given("telecom")

    def written(*_: object) -> str:
        raise AssertionError("nobody reads the table yet")

    monkeypatch.setattr(Measure, "write", written)
    chart = charts.clv_before_after(g.case, g.readouts, EN)
    assert len(chart.table) == 1
    with pytest.raises(AssertionError, match="nobody"):
        _ = chart.table.texts
