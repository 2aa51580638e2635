"""Charts of money that changes over time show every phase."""

import pytest

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.equity.parameters import parameters
from strategy.equity.phases import PhasedSpend, SpendPhase
from strategy.equity.readouts import opportunities
from strategy.words.wording import LANGUAGES, Wording
from tests import cases

FAMILIES = "families"
PARTS = ("Spend in the plan", "Reached in the plan")


def firm() -> Case:
    """900,000, 250,000, 500,000 and 200,000 a year, over five years."""
    return case_from(cases.telecom())


def phased() -> PhasedSpend:
    """Today's in years 1 and 2; then nothing for retain and 100,000 more for develop."""
    now = firm().today
    later = {FAMILIES: {**now[FAMILIES], "retain": 0.0, "develop": 350_000.0}}
    return (SpendPhase(1, now), SpendPhase(3, later))


def test_each_place_has_a_row_for_every_phase() -> None:
    chart = charts.money_moves(firm(), phased(), Wording("en", "EUR"))
    today, plan = (list(chart.table[name].numbers) for name in ("Today", "Plan"))
    assert list(chart.table["Where"].values)[:4] == [
        "Families · Acquire, years 1 to 2",
        "Families · Acquire, years 3 to 5",
        "Families · Develop, years 1 to 2",
        "Families · Develop, years 3 to 5",
    ]
    assert today == [900_000, 900_000, 250_000, 250_000, 500_000, 500_000, 200_000, 200_000]
    assert plan == [900_000, 900_000, 250_000, 350_000, 500_000, 0, 200_000, 200_000]
    assert "Retain, years 3 to 5" in chart.title
    # 1,850,000 in the first phase, 1,450,000 in the second.
    assert "from €1.85M to €1.85M, €1.45M in all" in chart.summary


def test_the_printed_bars_have_a_row_for_every_phase_and_shares_of_it() -> None:
    chart = charts.money_by_lever(firm(), phased(), (), Wording("en", "EUR"))
    assert list(chart.table["Lever"].values)[4:6] == ["Retain, years 1 to 2", "Retain, years 3 to 5"]
    assert list(chart.table["Plan"].numbers) == [900_000, 900_000, 250_000, 350_000, 500_000, 0, 200_000, 200_000]
    shares = chart.table["Share of the plan"].numbers
    assert shares[0::2] == pytest.approx([x / 1_850_000 for x in (900_000, 250_000, 500_000, 200_000)])
    assert shares[1::2] == pytest.approx([x / 1_450_000 for x in (900_000, 350_000, 0, 200_000)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phase_lies_on_the_curve(language: str) -> None:
    say, case = Wording(language, "EUR"), firm()
    chart = charts.response_curves(case, parameters(case), phased(), "retain", say)
    columns = {part: [c for c in chart.table.columns if say.text(part) in c.heading] for part in PARTS}
    assert [column.numbers for column in columns["Spend in the plan"]] == [(500_000,), (0,)]
    reached = [column.numbers[0] for column in columns["Reached in the plan"]]
    # The first answer is about 500,000: of 100 customers 86 stay; without money the floor, 78.
    assert reached == pytest.approx([0.86, 0.78])


@pytest.mark.parametrize(
    ("later", "title"),
    [
        (
            {"retain": 0.0, "develop": 350_000.0},
            "The levers get €1.85M in years 1 to 2, €1.45M in years 3 to 5, per year",
        ),
        ({"retain": 0.0, "develop": 750_000.0}, "Develop: €250K → €750K, within €1.85M per year"),
        ({}, "Every phase spends the same on each lever, €1.85M in all"),
    ],
)
def test_the_path_says_what_changes(later: dict[str, float], title: str) -> None:
    now = firm().today
    path = (SpendPhase(1, now), SpendPhase(3, {FAMILIES: now[FAMILIES] | later}))
    assert charts.spend_over_time(firm(), path, (), Wording("en", "EUR")).plain_title == title


def test_money_that_never_changes_is_told_so() -> None:
    chart = charts.spend_over_time(firm(), firm().today, (), Wording("en", "EUR"))
    assert chart.plain_title == "The levers get €1.85M in every year"


def test_the_bars_of_a_period_stand_on_each_other_up_to_its_total() -> None:
    chart = charts.spend_over_time(firm(), phased(), (), Wording("en", "EUR"))
    bars = [trace for trace in chart.figure.data if trace.type == "bar"]
    assert [trace.name for trace in bars] == ["Acquire", "Develop", "Retain", "Reduce cost"]
    tops = [float(base + height) for base, height in zip(bars[-1].base, bars[-1].y, strict=True)]
    assert tops == [1_850_000] * 2 + [1_450_000] * 3
    (today,) = (trace for trace in chart.figure.data if trace.type == "scatter")
    assert [*today.y] == [1_850_000] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_euro_names_the_phase_it_is_told_of(language: str) -> None:
    say, case = Wording(language, "EUR"), firm()
    places = [place for place in opportunities(parameters(case), phased(), (), 1_850_000) if place.phase == 1]
    phase = say.periods("year", 3, 5)
    chart = charts.next_euro(case, places, say, 8, phase)
    begun = phase[:1].upper() + phase[1:]
    assert chart.title.startswith(f"{begun}: ")
    assert chart.summary.startswith(f"{begun}: ")


def test_equal_phases_of_todays_money_are_told_as_today() -> None:
    now = firm().today
    chart = charts.money_moves(firm(), (SpendPhase(1, now), SpendPhase(3, now)), Wording("en", "EUR"))
    assert "what we spend today" in chart.title
