"""Draws of another model as opinions: read off, in the unit asked, those that give no curve named and set aside."""

from typing import Any

import numpy as np
import pytest

from strategy.case.families import CURVES
from strategy.case.samples import load_sample
from strategy.customers.reading.draw_file import DrawTable
from strategy.equity.parameters import heard
from strategy.equity.uncertainty import draw
from strategy.errors import PlannerError
from strategy.plan.draws import (
    BY_FIT,
    FAR,
    DrawUnits,
    TakenDraws,
    can_fit,
    reaches_far,
    set_draws,
    take_draws,
)
from strategy.plan.opinions import MOST_PEOPLE, kind_of
from strategy.plan.plan import start
from strategy.plan.plan_file import read_plan

CASE = load_sample("telecom")
SEGMENT, SPEND = "dsl", 600_000.0
"""70,000 prospects; asked about 600,000 and 900,000; own answers 350, 1,610 and 3,150 people."""
SPENDS = (0.0, 300_000.0, 600_000.0, 900_000.0, 1_800_000.0, 12_000_000.0)
PEOPLE = DrawUnits("one", "people", True, "exponential")


def table(draws: dict[str, Any]) -> DrawTable:
    """{draw: [(spend, outcome), ...]}"""
    rows = [(n, spend, outcome) for n, pairs in enumerate(draws.values()) for spend, outcome in pairs]
    draw, spend, outcome = (np.array(column) for column in zip(*rows, strict=True))
    return DrawTable(tuple(draws), draw.astype(np.int64), spend.astype(float), outcome.astype(float), {}, ())


def curve(floor: float = 350, ceiling: float = 3150, rate: float = 0.6, spends: Any = SPENDS) -> list[Any]:
    return [(x, floor + (ceiling - floor) * -np.expm1(-rate * x / SPEND)) for x in spends]


def taken(draws: dict[str, Any], units: DrawUnits = PEOPLE, lever: str = "acquire") -> TakenDraws:
    return take_draws(table(draws), CASE, SEGMENT, lever, units)


# By hand -------------------------------------------------------------------------------------------------------------


def test_a_draw_answers_at_the_lever_s_spends_in_a_straight_line_between_its_own() -> None:
    # Between (400,000, 1,000) and (800,000, 2,000) lies 1,500 at 600,000; own floor 350 and ceiling 3,150.
    found = taken({"a": [(800_000, 2000), (400_000, 1000)]}, DrawUnits("one", "people", False, "exponential"))
    np.testing.assert_allclose(found.answers, [[350, 1500, 1500, 3150]])


def test_what_a_draw_says_at_no_and_at_its_largest_spend_is_its_floor_and_ceiling() -> None:
    draws = {"a": [(0, 100), (600_000, 1500), (6_000_000, 4000)]}
    np.testing.assert_allclose(taken(draws).answers, [[100, 1500, 1500, 4000]])
    own = DrawUnits("one", "people", False, "exponential")
    np.testing.assert_allclose(taken(draws, own).answers, [[100, 1500, 1500, 3150]])


def test_what_a_draw_says_twice_about_one_spend_counts_once_on_average() -> None:
    found = taken({"a": [(0, 100), (600_000, 1400), (600_000, 1600), (6_000_000, 4000)]})
    np.testing.assert_allclose(found.answers, [[100, 1500, 1500, 4000]])


@pytest.mark.parametrize(
    ("units", "spends", "outcomes"),
    [("one", 1, 1), ("thousand", 1e-3, 1), ("million", 1e-6, 1), ("one", 1, 1 / 70_000), ("one", 1, 100 / 70_000)],
)
def test_units_change_the_numbers_in_the_file_and_nothing_else(units: str, spends: float, outcomes: float) -> None:
    outcome = {1: "people", 1 / 70_000: "share", 100 / 70_000: "hundred"}[outcomes]
    draws = {"a": [(x * spends, y * outcomes) for x, y in curve()]}
    found = taken(draws, DrawUnits(units, outcome, True, "exponential"))
    np.testing.assert_allclose(found.answers, taken({"a": curve()}).answers, rtol=1e-12)


def test_of_a_metric_in_money_or_of_a_hundred_too() -> None:
    spends = {"retain": 0.0, "develop": 0.0} | {
        lever: CASE.segment(SEGMENT).levers[lever].points[0][0] for lever in ("retain", "develop")
    }
    shares = [(0, 0.60), (spends["retain"], 0.80), (20 * spends["retain"], 0.95)]
    found = taken({"a": shares}, DrawUnits("one", "share", True, "exponential"), "retain")
    np.testing.assert_allclose(found.answers, [[60, 80, 80, 95]])
    money = [(0, 100), (spends["develop"], 150), (20 * spends["develop"], 300)]
    found = taken({"a": money}, DrawUnits("one", "money", True, "exponential"), "develop")
    np.testing.assert_allclose(found.answers, [[100, 150, 150, 300]])


def test_a_lever_that_spending_lowers_takes_draws_that_fall() -> None:
    case = load_sample("b2b_supplier")
    spend = case.segment("customers").levers["reduce_cost"].points[0][0]
    falling = table({"a": [(0, 500), (spend, 350), (20 * spend, 200)]})
    units = DrawUnits("one", "money", True, "exponential")
    np.testing.assert_allclose(
        take_draws(falling, case, "customers", "reduce_cost", units).answers, [[500, 350, 350, 200]]
    )
    with pytest.raises(PlannerError, match="draw_order"):
        take_draws(table({"a": [(0, 200), (spend, 350), (20 * spend, 500)]}), case, "customers", "reduce_cost", units)


# The form ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", CURVES)
def test_the_form_that_made_the_draws_is_found_by_fit(family: str) -> None:
    # Truth: curves of one family, with 41 spends each, so that reading off between them is nearly exact.
    spends = np.r_[np.linspace(0, 3e6, 41), 6e8]
    made = CURVES[family]
    draws = {}
    for n in range(20):
        first, second = np.array(0.30 + 0.01 * n), np.array(0.50 + 0.01 * n)
        constants = made.fit(first, second, np.array(1.5))
        share = made.share(spends / SPEND, *constants)
        share[-1] = 1.0
        draws[str(n)] = list(zip(spends, 300 + 3000 * share, strict=True))
    assert taken(draws, DrawUnits("one", "people", True, BY_FIT)).family == family


def test_without_spends_to_spare_no_form_is_found_by_fit() -> None:
    few = {"a": curve(spends=(0, 600_000, 900_000, 12_000_000))}
    assert not can_fit(table(few))
    assert can_fit(table({"a": curve()}))
    with pytest.raises(PlannerError, match="draws_no_fit"):
        taken(few, DrawUnits("one", "people", True, BY_FIT))


def test_a_form_of_two_answers_needs_spends_around_both() -> None:
    near = {"a": curve(spends=(0, 300_000, 600_000, 850_000))}
    two = DrawUnits("one", "people", False, "adbudg")
    with pytest.raises(PlannerError, match="draw_beyond"):
        taken(near, two)
    assert taken({"a": curve(spends=(0, 300_000, 600_000, 900_000))}, two).usable == 1


# In the plan ---------------------------------------------------------------------------------------------------------


def many(count: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {f"d{n}": curve(350 + random.normal(0, 5), 3150 + random.normal(0, 50)) for n in range(count)}


def test_draws_become_opinions_with_their_median_as_the_lever_s_answers() -> None:
    plan = start(CASE)
    found = taken(many(50))
    changed = set_draws(plan, SEGMENT, "acquire", found, "50 draws of x.csv")
    lever = changed.case.segment(SEGMENT).levers["acquire"]
    assert [opinion.by for opinion in lever.opinions] == [f"d{n}" for n in range(50)]
    assert len(heard(kind_of("acquire"), lever)) == 50
    np.testing.assert_allclose(70_000 * lever.floor.likely, np.median(found.answers[:, 0]), rtol=1e-12)
    np.testing.assert_allclose(70_000 * lever.points[0][1].likely, np.median(found.answers[:, 1]), rtol=1e-12)
    assert changed.origin((SEGMENT, "acquire", "ceiling")).source == "50 draws of x.csv"
    assert read_plan(changed.to_json()) == changed
    drawn = (
        draw(changed.case, 400, 1).parameters.responses["acquire"].floor[:, 0, changed.case.segment_ids.index(SEGMENT)]
    )
    assert set(np.round(drawn * 70_000, 6)) <= set(np.round(found.answers[:, 0], 6)), "each draw is one whole opinion"


@pytest.mark.parametrize("family", ["tanh", "michaelis_menten", "adbudg"])
def test_the_form_of_the_draws_becomes_the_lever_s(family: str) -> None:
    changed = set_draws(start(CASE), SEGMENT, "acquire", taken(many(5), DrawUnits("one", "people", True, family)), "x")
    lever = changed.case.segment(SEGMENT).levers["acquire"]
    assert lever.family == family
    assert len(heard(kind_of("acquire"), lever)) == 5


@pytest.mark.parametrize(
    ("count", "kept"), [(MOST_PEOPLE, MOST_PEOPLE), (MOST_PEOPLE + 1, MOST_PEOPLE), (5 * MOST_PEOPLE, MOST_PEOPLE)]
)
def test_more_draws_than_a_room_holds_are_thinned_evenly(count: int, kept: int) -> None:
    found = taken(many(count))
    assert (found.usable, found.read, len(found.kept)) == (count, count, MOST_PEOPLE)
    places = [int(name[1:]) for name in found.kept]
    assert (places[0], places[-1]) == (0, count - 1)
    assert max(np.diff(places)) - min(np.diff(places)) <= 1


def test_a_hundred_thousand_draws_are_taken_as_arrays() -> None:
    count, spends = 100_000, np.array(SPENDS)
    random = np.random.default_rng(2)
    ceiling = random.normal(3150, 50, count)[:, None]
    outcome = 350 + (ceiling - 350) * -np.expm1(-0.6 * spends / SPEND)
    names = tuple(map(str, range(count)))
    rows = DrawTable(names, np.repeat(np.arange(count), 6), np.tile(spends, count), outcome.ravel(), {}, ())
    found = take_draws(rows, CASE, SEGMENT, "acquire", DrawUnits("one", "people", True, BY_FIT))
    assert (found.read, found.usable, len(found.kept)) == (count, count, MOST_PEOPLE)
    alone = taken({found.kept[7]: list(zip(spends, outcome[int(found.kept[7])], strict=True))})
    np.testing.assert_allclose(found.answers[7, [0, 3]], alone.answers[0, [0, 3]], rtol=1e-12)


# Bad input -----------------------------------------------------------------------------------------------------------

NAN = float("nan")
BROKEN: dict[str, Any] = {
    "draw_number": [(0, 350), (600_000, NAN), (12_000_000, 3150)],
    "draw_one_spend": [(600_000, 1500)],
    "draw_outcome": [(0, 350), (600_000, 70_001), (12_000_000, 3150)],
    "draw_beyond": [(0, 350), (500_000, 1500)],
    "draw_order": [(0, 2000), (600_000, 1500), (12_000_000, 3150)],
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_draw_that_gives_no_curve_is_named_and_set_aside_and_the_others_count(code: str) -> None:
    found = taken({"good": curve(), "bad": BROKEN[code], "other": curve(400)})
    assert found.kept == ("good", "other")
    assert [(name, why.code, why.fields["place"]) for name, why in found.refused] == [("bad", code, "bad")]
    assert found.why_not == {code: 1}


@pytest.mark.parametrize("code", BROKEN)
def test_where_no_draw_gives_a_curve_the_reason_of_most_is_told(code: str) -> None:
    with pytest.raises(PlannerError, match=code):
        taken({"bad": BROKEN[code], "worse": BROKEN[code], "other": BROKEN["draw_one_spend"]})


def test_two_answers_that_bend_too_sharply_are_set_aside() -> None:
    sharp = [(0, 350), (600_000, 360), (900_000, 3100), (12_000_000, 3150)]
    with pytest.raises(PlannerError, match="draw_exponent"):
        taken({"a": sharp}, DrawUnits("one", "people", True, "adbudg"))


@pytest.mark.parametrize("values", [[(600_000, 1000), (600_000, 1100)], [(5, 1000), (5, 1000), (5, 1000)]])
def test_constant_spend_is_one_spend(values: Any) -> None:
    with pytest.raises(PlannerError, match="draw_one_spend"):
        taken({"a": values})


@pytest.mark.parametrize(
    ("units", "code"),
    [
        (DrawUnits("thousand", "people", True, "exponential"), "draw_beyond"),
        (DrawUnits("million", "people", False, "exponential"), "draw_beyond"),
        (DrawUnits("one", "share", True, "exponential"), "draw_outcome"),
        (DrawUnits("one", "hundred", True, "exponential"), "draw_outcome"),
    ],
)
def test_a_wrong_unit_is_refused_with_what_to_say(units: DrawUnits, code: str) -> None:
    with pytest.raises(PlannerError, match=code):
        taken({"a": curve(), "b": curve(400)}, units)


@pytest.mark.parametrize(
    "units",
    [
        DrawUnits("one", "money", True, "exponential"),
        DrawUnits("dozen", "people", True, "exponential"),
        DrawUnits("one", "people", True, "constant"),
    ],
)
def test_units_that_do_not_exist_are_refused(units: DrawUnits) -> None:
    with pytest.raises(PlannerError, match="choice"):
        taken({"a": curve()}, units)


def test_nothing_but_cells_that_are_no_numbers_is_refused() -> None:
    with pytest.raises(PlannerError, match="draw_number"):
        taken({"a": [(NAN, 1), (1, NAN)]})
    with pytest.raises(PlannerError, match="draw_number"):
        taken({"a": [(-1, 1), (-2, 1)]})


def test_a_draw_without_a_single_number_leaves_the_others() -> None:
    found = taken({"nothing": [(600_000, NAN)], "good": curve()})
    assert found.kept == ("good",)
    assert [(name, why.code) for name, why in found.refused] == [("nothing", "draw_number")]


def test_one_draw_is_one_opinion() -> None:
    found = taken({"1": curve()})
    assert found.kept == ("1",)
    changed = set_draws(start(CASE), SEGMENT, "acquire", found, "x")
    assert changed.case.segment(SEGMENT).levers["acquire"].ceiling.certain


def test_a_constant_takes_no_draws() -> None:
    case = load_sample("b2b_supplier")
    with pytest.raises(PlannerError, match="no_curve"):
        take_draws(table({"a": curve()}), case, "clients", "acquire", PEOPLE)


def test_the_largest_spend_is_far_from_ten_times_the_spend_asked_about_on() -> None:
    for times, far in ((FAR * 0.999, False), (FAR, True)):
        assert reaches_far(table({"a": [(0, 1), (times * SPEND, 2)]}), CASE, SEGMENT, "acquire", "one") is far
    assert reaches_far(table({"a": [(0, 1), (FAR * 600, 2)]}), CASE, SEGMENT, "acquire", "thousand")
