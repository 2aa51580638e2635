"""Aversion where prospects run out and rivals answer, by more or less: the search beside every split on a grid."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from strategy.allocation.best_split import Goal, best_split
from strategy.allocation.division import prudent
from strategy.allocation.phased_split import phased_split
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.equity.parameters import spend_array
from strategy.equity.phases import SpendPath
from strategy.equity.simulation import customer_equity
from strategy.equity.uncertainty import draw
from tests import cases

GOAL = Goal(draws=40, seed=5, aversion=0.5)
STEPS = 60
SHORT = 1e-9
"""How far below the best on the grid a search may end, as a share of it: rounding."""


def uncertain_market(levers: tuple[str, ...] = ("acquire", "retain", "develop", "reduce_cost")) -> Case:
    """The example firm whose pool, refill, returning share and rivals are believed within wide ranges.

    levers  those that take money; the others are constants at their likely answer
    """
    document: dict[str, Any] = cases.telecom() | {"schema": 2, "horizon": 4}
    (segment,) = document["segments"]
    segment["prospects"] = [40_000, 60_000, 70_000]
    segment["prospect_pool"] = {"refill": [0, 2_000, 8_000], "return_share": [0.0, 0.3, 0.9]}
    segment["levers"]["acquire"]["rival_response"] = [0.1, 0.4, 0.9]
    for code, lever in segment["levers"].items():
        if code not in levers:
            answer = lever["points"][0][1]
            segment["levers"][code] = {"constant": answer[1] if isinstance(answer, list) else answer}
    return case_from(document)


def divisions(steps: int, cells: int) -> np.ndarray[Any, Any]:
    """Every division of 1 over cells in equal steps, (plans, cells)."""
    parts = [part for part in product(range(steps + 1), repeat=cells - 1) if sum(part) <= steps]
    return np.array([[*part, steps - sum(part)] for part in parts]) / steps


@pytest.mark.parametrize("aversion", [0.5, 1.0])
def test_no_split_on_a_grid_is_worth_more_to_the_averse(aversion: float) -> None:
    # All 5,456 divisions of the budget over four levers in steps of a thirtieth, over the same 40 draws.
    case, goal = uncertain_market(), Goal(GOAL.draws, GOAL.seed, aversion)
    best = best_split(case, goal=goal)
    plans = case.planned_budget * divisions(30, 4)
    assert len(plans) == 5_456
    worth = prudent(customer_equity(draw(case, goal.draws, goal.seed).parameters, plans[None, :, None]), aversion)
    assert worth.max() <= best.value + SHORT * abs(best.value)


def test_the_averse_split_is_not_the_one_at_the_likely_numbers() -> None:
    case = uncertain_market()
    drawn = draw(case, GOAL.draws, GOAL.seed).parameters
    likely = customer_equity(drawn, spend_array(case, best_split(case).spend))
    averse = best_split(case, goal=Goal(GOAL.draws, GOAL.seed, 1.0))
    assert averse.value > prudent(likely, 1.0)[0] * (1 + 1e-6)


def test_no_path_on_a_grid_is_worth_more_to_the_averse() -> None:
    # Two levers in two phases: every pair of divisions in steps of a sixtieth, 61 x 61 paths.
    case = uncertain_market(("acquire", "retain"))
    best = phased_split(case, (1, 3), goal=GOAL)
    shares = divisions(STEPS, 2)
    phase = np.zeros((len(shares), 4))
    phase[:, [0, 2]] = case.planned_budget * shares
    pairs = np.array([[phase[one], phase[other]] for one, other in product(range(len(phase)), repeat=2)])
    path = SpendPath(pairs[None, :, :, None], (1, 3))
    worth = prudent(customer_equity(draw(case, GOAL.draws, GOAL.seed).parameters, path), GOAL.aversion)
    assert len(worth) == 61**2
    assert worth.max() <= best.value + SHORT * abs(best.value)
