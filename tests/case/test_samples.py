"""The sample firms: complete, translated, and worth what their READMEs say."""

import json
import re
from functools import cache
from math import floor, log10
from typing import Any

import numpy as np
import pytest

from strategy.allocation.best_split import BestSplit, best_split
from strategy.allocation.market_advice import market_shifts
from strategy.case.case import Case, Curve
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import FOLDER, SAMPLES, load_sample
from strategy.equity.parameters import side_effects
from strategy.equity.readouts import Readouts, read_out
from strategy.equity.uncertainty import assumptions
from tests import reference

CODES = [sample.code for sample in SAMPLES]
FIRMS = [code for code in CODES if code != "classroom"]
"""The four that are like real firms; the classroom is for working by hand."""
CLEARLY = 0.03
"""How much better than today's a firm's best split must be to be worth a lesson, as a share of customer equity."""

each_sample = pytest.mark.parametrize("code", CODES)
each_firm = pytest.mark.parametrize("code", FIRMS)


def readme(code: str) -> str:
    return (FOLDER / code / "README.md").read_text(encoding="utf-8")


@cache
def best(code: str) -> BestSplit:
    return best_split(load_sample(code))


def equity(case: Case, spend: dict[str, dict[str, float]], *initiatives: str) -> float:
    """By the reference implementation."""
    return reference.equity(case.model_dump(mode="json", by_alias=True), spend, initiatives)


def test_every_sample_has_a_folder_and_every_folder_is_a_sample() -> None:
    assert sorted(path.parent.name for path in FOLDER.glob("*/case.json")) == sorted(CODES)


@each_sample
def test_a_sample_loads_is_a_case_and_has_a_readme(code: str) -> None:
    assert isinstance(load_sample(code), Case)
    assert readme(code).startswith("# ")


def test_an_unknown_sample_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_sample("bakery")


# Names ---------------------------------------------------------------------------------------------------------------


def names(case: Case) -> list[str]:
    return [case.name, *(entry.name for part in (case.segments, case.events, case.initiatives) for entry in part)]


@each_sample
def test_every_name_of_a_sample_has_its_dutch(code: str) -> None:
    dutch = json.loads((FOLDER / code / "names.nl.json").read_text(encoding="utf-8"))
    assert sorted(dutch) == sorted(set(names(load_sample(code))))
    assert all(name.strip() == name and name for name in dutch.values())
    assert names(load_sample(code, "nl")) == [dutch[name] for name in names(load_sample(code))]


@each_sample
def test_a_sample_in_another_language_is_the_same_firm(code: str) -> None:
    english, dutch = load_sample(code), load_sample(code, "nl")
    assert dutch.segment_ids == english.segment_ids
    assert dutch.today == english.today
    assert read_out(dutch, dutch.today).customer_equity == read_out(english, english.today).customer_equity
    assert load_sample(code, "fr") == english


# What a firm must show -----------------------------------------------------------------------------------------------


@each_firm
def test_a_firm_has_doubts_events_initiatives_and_side_effects(code: str) -> None:
    case = load_sample(code)
    assert sum(not assumption.certain for assumption in assumptions(case)) >= 5
    assert len(case.events) >= 1
    assert len(case.initiatives) >= 2
    assert len(side_effects(case)) >= 1
    assert len(case.segments) >= 3


@each_firm
def test_a_firm_starts_from_a_split_that_can_be_clearly_better(code: str) -> None:
    today = read_out(load_sample(code), load_sample(code).today).customer_equity
    assert best(code).value > today * (1 + CLEARLY)


@each_sample
def test_stopping_all_marketing_is_worse_than_going_on_as_today(code: str) -> None:
    case = load_sample(code)
    assert equity(case, {}) < equity(case, case.today)


@each_sample
def test_todays_money_is_the_budget(code: str) -> None:
    case = load_sample(code)
    assert sum(amount for levers in case.today.values() for amount in levers.values()) == case.planned_budget


# What the README promises --------------------------------------------------------------------------------------------


def expected_table(code: str) -> dict[str, str]:
    """The rows of all tables below "What to expect": first cell to last cell."""
    below = readme(code).split("## What to expect")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("|")]
    return {row[0].strip(): row[-1].strip() for row in rows}


def amount(text: str) -> tuple[float, float]:
    """An amount as printed and half a unit of its last digit: "155 million", "16.0 million", "991,000" (3 digits)."""
    found = re.match(r"[+]?([\d,.]+)( million)?", text)
    assert found, text
    number = found[1].replace(",", "")
    if found[2]:
        decimals = len(number.partition(".")[2])
        return float(number) * 1e6, 0.5e6 / 10**decimals
    value = float(number)
    return value, 0.5 * 10 ** (floor(log10(value)) - 2) if value else 0.5


def percent(text: str) -> tuple[float, float]:
    """The change in brackets, as printed with one decimal."""
    found = re.search(r"\(([+-][\d.]+)%\)", text)
    assert found, text
    return float(found[1]) / 100, 0.0005


def is_as_printed(value: float, printed: tuple[float, float]) -> None:
    assert value == pytest.approx(printed[0], abs=printed[1] * (1 + 1e-9))


@each_sample
def test_customer_equity_is_what_the_readme_says(code: str) -> None:
    case, table = load_sample(code), expected_table(code)
    today = equity(case, case.today)
    is_as_printed(today, amount(table["customer equity today"]))
    assert read_out(case, case.today).customer_equity == pytest.approx(today, rel=1e-11)

    stopped = table["customer equity with no marketing at all"]
    is_as_printed(equity(case, {}), amount(stopped))
    is_as_printed(equity(case, {}) / today - 1, percent(stopped))

    split = table["customer equity of the best split of the same budget"]
    is_as_printed(best(code).value, amount(split))
    is_as_printed(best(code).value / today - 1, percent(split))


@each_sample
def test_the_best_split_gives_each_lever_what_the_readme_says(code: str) -> None:
    # Printed to three digits, found by another search; round the top the split moves more than its value.
    below = readme(code).split("## What to expect")[1]
    for lever in LEVER_CODES:
        row = re.search(rf"^\| {lever} \|([^|]+)\|([^|]+)\|$", below, re.M)
        assert row, lever
        today, split = (amount(cell.strip())[0] for cell in row.groups())
        assert sum(levers[lever] for levers in load_sample(code).today.values()) == today
        found = sum(levers[lever] for levers in best(code).spend.values())
        assert found == pytest.approx(split, rel=0.02, abs=0.002 * best(code).budget)


@each_firm
def test_initiatives_change_customer_equity_as_the_readme_says(code: str) -> None:
    case, table = load_sample(code), expected_table(code)
    for initiative in case.initiatives:
        change = equity(case, case.today, initiative.id) - equity(case, case.today)
        is_as_printed(change, amount(table[initiative.name]))


@each_firm
def test_the_readme_names_every_segment_event_and_initiative(code: str) -> None:
    text = readme(code)
    for name in names(load_sample(code))[1:]:
        assert name in text


def test_the_charity_has_a_programme_that_only_works_when_it_is_big_enough() -> None:
    # README: face to face gets about 208,000 of the best split and brings next to nothing when small.
    case = load_sample("charity")
    curve = case.segment("regular").levers["acquire"]
    assert isinstance(curve, Curve)
    assert curve.spend == 0
    assert best("charity").spend["regular"]["acquire"] == pytest.approx(208_000, abs=500)
    small = read_out(case, case.today).marginal_return[case.segment_ids.index("regular"), 0]
    assert small < 1


# What the market changes ---------------------------------------------------------------------------------------------

CHANGES = {
    "rivals undo": "rivals",
    "prospects run out, no": "run_out",
    "prospects run out; half": "refilled",
    "two phases": "phases",
}
"""How a row begins, to the change it is about."""


@each_sample
def test_the_market_changes_the_best_split_as_the_readme_says(code: str) -> None:
    """Shares as printed, and two in a hundred of the money: round the top a split moves more than its value."""
    below = readme(code).split("## What the market changes")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in below.splitlines() if line[:2] == "| "]
    told = {next(c for begin, c in CHANGES.items() if row[0].startswith(begin)): row for row in rows[1:]}
    shifts = market_shifts(load_sample(code))
    assert list(told) == [shift.change for shift in shifts]
    for shift in shifts:
        name, moved, regret, share = told[shift.change]
        assert shift.supposed
        assert shift.moved_share == pytest.approx(float(moved.strip("%")) / 100, abs=0.005)
        assert shift.regret == pytest.approx(amount(regret)[0], rel=0.02, abs=1e-4 * abs(best(code).value))
        assert shift.regret_share == pytest.approx(float(share.strip("%")) / 100, abs=0.004)
        if shift.change == "phases":
            assert name.endswith(f"{load_sample(code).period} {shift.start}")


# The classroom, by hand ----------------------------------------------------------------------------------------------

HALF_A_CENT = 0.005


def classroom(acquire: float, develop: float) -> Readouts:
    return read_out(load_sample("classroom"), {"coffee_lovers": {"acquire": acquire, "develop": develop}})


def printed(number: str) -> float:
    """A number that stands in the classroom's README."""
    assert number in readme("classroom")
    return float(number.replace(",", "").replace("+", ""))


def test_the_classroom_worked_out_by_hand_today() -> None:
    found = classroom(16_000, 20_000)
    plan = found.plan
    assert found.customer_equity == pytest.approx(printed("86,000.00"), abs=HALF_A_CENT)
    assert plan.cash[0, 0, 0] == pytest.approx(printed("46,000.00"), abs=HALF_A_CENT)
    assert plan.residual[0, 0] == pytest.approx(printed("40,000.00"), abs=HALF_A_CENT)
    assert plan.margin[0, 0, 0, 0] == pytest.approx(printed("90.00"), abs=HALF_A_CENT)
    assert plan.run_off[0, 0, 0] == pytest.approx(printed("110.00"), abs=HALF_A_CENT)
    assert plan.clv[0, 0, 0, 0] == pytest.approx(printed("130.00"), abs=HALF_A_CENT)
    assert plan.clv_net[0, 0, 0, 0] == pytest.approx(printed("110.00"), abs=HALF_A_CENT)
    assert found.cac == pytest.approx([printed("60.00")], abs=HALF_A_CENT)
    assert found.clv_to_cac == pytest.approx([printed("1.83")], abs=HALF_A_CENT)
    assert (plan.new[0, 0, 0, 0], plan.customers[0, 0, 0, 0]) == pytest.approx((400, 1_000))


def test_the_classroom_worked_out_by_hand_without_marketing() -> None:
    found = classroom(0, 0)
    assert found.customer_equity == pytest.approx(printed("66,000.00"), abs=HALF_A_CENT)
    assert found.plan.cash[0, 0, 0] == pytest.approx(printed("42,000.00"), abs=HALF_A_CENT)
    assert found.plan.residual[0, 0] == pytest.approx(printed("24,000.00"), abs=HALF_A_CENT)
    assert -found.uplift == pytest.approx(printed("20,000.00"), abs=HALF_A_CENT)


def test_the_classroom_worked_out_by_hand_for_another_split() -> None:
    found = classroom(24_000, 12_000)
    plan = found.plan
    assert found.customer_equity == pytest.approx(printed("90,434.19"), abs=HALF_A_CENT)
    assert plan.cash[0, 0, 0] == pytest.approx(printed("45,747.90"), abs=HALF_A_CENT)
    assert plan.residual[0, 0] == pytest.approx(printed("44,686.29"), abs=HALF_A_CENT)
    assert plan.new[0, 0, 0, 0] == pytest.approx(printed("517.1573"), abs=5e-5)
    assert plan.customers[0, 0, 0, 0] == pytest.approx(printed("1,117.1573"), abs=5e-5)
    assert plan.margin[0, 0, 0, 0] == pytest.approx(printed("82.433377"), abs=5e-7)
    assert found.uplift == pytest.approx(printed("+4,434.19"), abs=HALF_A_CENT)
    assert found.better_mix == pytest.approx(printed("+4,434.19"), abs=HALF_A_CENT)
    assert found.more_money == 0


def test_the_classroom_worked_out_by_hand_for_the_next_euro() -> None:
    found = classroom(16_000, 20_000)
    np.testing.assert_allclose(found.marginal_return[0, :2], [printed("1.67"), printed("0.69")], atol=HALF_A_CENT)
    assert classroom(16_001, 20_000).customer_equity == pytest.approx(printed("86,000.6659"), abs=5e-5)
    assert classroom(16_000, 20_001).customer_equity == pytest.approx(printed("85,999.6931"), abs=5e-5)


def test_the_classroom_best_split_is_within_the_euros_of_the_split_by_hand() -> None:
    assert 0 < best("classroom").value - 90_434.19 < 178
    assert "within 178 euro" in readme("classroom")
    np.testing.assert_allclose(best("classroom").readouts.marginal_return[0, :2], 1.03, atol=HALF_A_CENT)


def test_some_firm_has_a_curve_that_is_s_shaped() -> None:
    def power(lever: Any) -> float:
        resolved = {"floor": lever.floor.likely, "ceiling": lever.ceiling.likely}
        return reference.curve_power(resolved | {"points": [(spend, answer.likely) for spend, answer in lever.points]})

    powers = [
        power(lever)
        for code in FIRMS
        for segment in load_sample(code).segments
        for _, lever in segment.levers.items()
        if isinstance(lever, Curve) and len(lever.points) == 2
    ]
    assert max(powers) > 1.5
