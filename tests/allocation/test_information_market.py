"""What it is worth to know how the market answers: against brute force with the plain second implementation."""

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

from strategy.allocation.best_split import best_split
from strategy.allocation.information import value_of_information
from strategy.case.case_file import case_from
from strategy.equity.parameters import chosen_array, spend_array, spend_dict
from strategy.equity.simulation import customer_equity
from strategy.equity.uncertainty import draw, tornado, value_of_knowing
from tests import reference
from tests.equity.test_market import MARKET, TODAY, believed

MORE = {"all": {"acquire": 1660.0}}
"""On average worth as much as today's: less where rivals undo most and nobody returns."""
DRAWS = 4000
NODES = 9


def quantiles(triple: Any) -> Any:
    """Midpoints of NODES equal parts of PERT(low, likely, high), a beta distribution (Malcolm et al. 1959)."""
    span = triple.high - triple.low
    first, second = (1 + 4 * (end) / span for end in (triple.likely - triple.low, triple.high - triple.likely))
    return triple.low + span * beta.ppf((np.arange(NODES) + 0.5) / NODES, first, second)


def document(refill: float, return_share: float, rivals: float) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(believed().to_json())
    segment = given["segments"][0]
    segment["prospect_pool"] = {"refill": refill, "return_share": return_share}
    segment["levers"]["acquire"]["rival_response"] = rivals
    return given


def worths() -> Any:
    """(refill, return share, rivals, decisions) customer equity by the reference at the midpoints."""
    segment = believed().segments[0]
    nodes = [quantiles(getattr(segment, field)) for _, field in MARKET]
    found = [[reference.equity(document(*values), spend) for spend in (TODAY, MORE)] for values in product(*nodes)]
    return np.array(found).reshape(*(len(each) for each in nodes), 2)


def test_what_knowing_the_market_is_worth_is_what_brute_force_says() -> None:
    # EVPI and EVPPI over two decisions by full enumeration of the midpoints; 4,000 draws and a spline come near them.
    table = worths()
    decided = table.mean(axis=(0, 1, 2)).max()
    evpi = table.max(axis=-1).mean() - decided
    evppi = {
        key: table.mean(axis=tuple(a for a in range(3) if a != axis)).max(axis=-1).mean() - decided
        for axis, key in enumerate(MARKET)
    }
    assert all(worth > 0.02 * evpi > 1 for worth in evppi.values()), "each of the three can turn the decision"
    sure = draw(believed(), DRAWS, 3)
    payoffs = customer_equity(sure.parameters, spend_array(believed(), TODAY, MORE))
    spread = table[..., 1].std()
    assert payoffs.max(axis=1).mean() - payoffs.mean(axis=0).max() == pytest.approx(evpi, abs=0.03 * spread)
    for key in MARKET:
        assert value_of_knowing(payoffs, sure.drawn[key], False) == pytest.approx(evppi[key], abs=0.03 * spread), key


def test_the_page_s_worth_of_knowing_is_that_of_its_decisions_on_its_draws() -> None:
    # every decision judged on every draw by the reference: max, mean, and their difference
    case, count = believed(), 40
    best = best_split(case)
    found = value_of_information(case, [(MORE, ())], best, count=count, seed=1)
    decisions = [case.today, MORE, best.spend, *(spend_dict(case, split) for split in found.splits[:10])]
    sure = draw(case, count, 1)
    judged = np.array(
        [
            [reference.equity(document(*(float(sure.drawn[key][n]) for key in MARKET)), spend) for spend in decisions]
            for n in range(count)
        ]
    )
    ours = customer_equity(sure.parameters, spend_array(case, *decisions), chosen_array(case, *([()] * len(decisions))))
    np.testing.assert_allclose(ours, judged, rtol=1e-9)
    assert found.evpi >= judged.max(axis=1).mean() - judged.mean(axis=0).max() - 1e-9 * abs(judged).max()
    assert set(found.evppi) == set(MARKET)
    assert all(0 <= worth <= found.evpi for worth in found.evppi.values())


@pytest.mark.parametrize("key", MARKET)
def test_the_ends_of_a_bar_about_the_market_are_those_of_the_reference(key: tuple[str, str]) -> None:
    segment = believed().segments[0]
    likely = {field: getattr(segment, field).likely for _, field in MARKET}
    bar = next(bar for bar in tornado(believed(), (MORE, ())) if bar.key == key)
    for number, end in enumerate(("low", "high")):
        values = likely | {key[1]: getattr(getattr(segment, key[1]), end)}
        given = document(*values.values())
        assert bar.customer_equity[number] == pytest.approx(reference.equity(given, MORE), rel=1e-9)
        uplift = reference.equity(given, MORE) - reference.equity(given, TODAY)
        assert bar.uplift[number] == pytest.approx(uplift, rel=1e-6)


def test_a_market_that_is_certain_leaves_nothing_to_find_out() -> None:
    case = case_from(document(50.0, 0.2, 0.3))
    found = value_of_information(case, [(MORE, ())], best_split(case), count=40)
    assert found.evppi == {}
    assert found.evpi == pytest.approx(0, abs=1e-6)
