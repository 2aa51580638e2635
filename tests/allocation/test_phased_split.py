"""The best split over phases: never worse than one split, within budget and limits in each phase, at a top."""

import json
from typing import Any

import numpy as np
import pytest

from strategy.allocation.best_split import best_split
from strategy.allocation.limits import Limits
from strategy.allocation.phased_split import PhasedSplit, phased_split
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.equity.parameters import parameters
from strategy.equity.phases import SpendPath, spend_path
from strategy.equity.simulation import customer_equity
from tests import cases, reference

STARTS = (1, 3)


def market() -> Case:
    """The charity with prospects that run out and rivals that answer."""
    document: dict[str, Any] = json.loads(load_sample("charity").to_json())
    for segment in document["segments"]:
        segment["prospect_pool"] = {"refill": 0.05 * cases.segment_people(segment["prospects"]), "return_share": 0.5}
        if "points" in segment["levers"]["acquire"]:
            segment["levers"]["acquire"]["rival_response"] = 0.5
    return case_from(document)


@pytest.fixture(scope="module")
def found() -> PhasedSplit:
    return phased_split(market(), STARTS)


def totals(found: PhasedSplit) -> list[float]:
    return [sum(sum(cells.values()) for cells in phase.spend.values()) for phase in found.phases]


def test_each_phase_spends_the_budget_and_the_path_is_worth_what_the_reference_says(found: PhasedSplit) -> None:
    case = market()
    assert totals(found) == pytest.approx([case.planned_budget] * 2, rel=1e-9)
    assert found.unspent == (0.0, 0.0)
    path = [{"from": phase.start, "spend": phase.spend} for phase in found.phases]
    assert found.value == pytest.approx(reference.equity(json.loads(case.to_json()), path), rel=1e-9)
    assert found.readouts.customer_equity == pytest.approx(found.value, rel=1e-12)


def test_a_path_over_phases_is_worth_at_least_the_one_split(found: PhasedSplit) -> None:
    one = best_split(market())
    assert found.value >= one.value * (1 - 1e-12)
    same = phased_split(market(), (1,))
    assert same.value == pytest.approx(one.value, rel=1e-6)


def test_no_euro_moved_between_two_cells_of_a_phase_earns_more(found: PhasedSplit) -> None:
    # at a top no cell returns more than the cells of its phase that get money (Karush-Kuhn-Tucker); where a gain is as
    # large in both phases the next euro may return less: rivals undo the smaller of the two
    returns = found.readouts.phase_returns
    for phase, rows in zip(found.phases, returns, strict=True):
        amounts = np.array([list(cells.values()) for cells in phase.spend.values()])
        funded = amounts > 1e-3 * found.budget
        level = np.median(rows[funded])
        assert np.nanmax(rows) <= level + 0.005 * max(1.0, abs(level))


def test_random_paths_within_the_budget_are_worth_no_more(found: PhasedSplit) -> None:
    case = market()
    generator = np.random.default_rng(3)
    best = spend_path(case, found.phases).money[0, 0]
    open_cells = ~np.isnan(found.readouts.phase_returns)
    plans = generator.exponential(1.0, (3000, *best.shape)) ** 2 * open_cells
    plans[1500:] = best * generator.lognormal(0, 0.3, plans[1500:].shape) + 1e-3 * plans[1500:]
    plans *= case.planned_budget / plans.sum(axis=(2, 3), keepdims=True)
    equity = customer_equity(parameters(case), SpendPath(plans[None], STARTS))[0]
    assert equity.max() <= found.value * (1 + 1e-9)


def test_limits_and_locks_hold_in_each_phase() -> None:
    case = load_sample("telecom")
    first = case.segment_ids[0]
    limits = Limits({}, {"retain": (0.0, 1e6)}, {first: {"develop": 123_456.0}})
    found = phased_split(case, STARTS, 6e6, limits)
    assert totals(found) == pytest.approx([6e6, 6e6], rel=1e-9)
    for phase, binding in zip(found.phases, found.binding, strict=True):
        assert phase.spend[first]["develop"] == pytest.approx(123_456.0)
        assert sum(cells["retain"] for cells in phase.spend.values()) <= 1e6 * (1 + 1e-9)
        assert "locked" in {limit.limit for limit in binding}


def test_initiatives_take_their_part_from_each_phase() -> None:
    case = load_sample("b2b_supplier")
    chosen = case.initiative_ids[:1]
    found = phased_split(case, (1, 2), initiatives=chosen)
    cost = reference.initiative_total(json.loads(case.to_json()), chosen)
    assert cost > 0
    assert totals(found) == pytest.approx([case.planned_budget - cost] * 2, rel=1e-9)
