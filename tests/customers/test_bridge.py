"""From the worth of today's customers to the customer equity of their case: parts that add up, by hand."""

import pytest

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.customers.value.bridge import bridge
from strategy.equity.parameters import parameters
from strategy.equity.simulation import customer_equity


def case(**changed: object) -> Case:
    """100 customers of 10 a period, of whom 80 % stay; 5 new ones a period. Two periods, no discount but 25 %."""
    segment = {
        "name": "all",
        "customers": 100,
        "prospects": 50,
        "gross_margin": 0.5,
        "onboarding_cost": 2,
        "levers": {
            "acquire": {"constant": 0.1},
            "develop": {"constant": 20},
            "retain": {"constant": 0.8},
            "reduce_cost": {"constant": 0},
        },
    }
    segment |= changed
    return case_from({"schema": 1, "name": "x", "horizon": 2, "discount_rate": 0.25, "segments": [segment]})


def test_the_parts_are_those_found_by_hand() -> None:
    found = bridge(case())
    # margins of 10 at once: 100 x 10 + 80 x 10 / 1.25
    assert found.within == pytest.approx(1000 + 640)
    # 64 are left, each worth 10 x 1.25 / (1.25 - 0.8) = 27.78, two periods from now
    assert found.after == pytest.approx(64 * 12.5 / 0.45 / 1.25**2)
    # 5 x (10 - 2) now and in the next period; of the first 5, 4 earn in period 2; 3.2 + 4 are left after it
    first, second = 5 * 8, (5 * 8 + 4 * 10) / 1.25
    assert found.newcomers == pytest.approx(first + second + 7.2 * 12.5 / 0.45 / 1.25**2)
    assert found.spent == 0


def test_the_parts_add_up_to_customer_equity_with_money_spent_today() -> None:
    curve = {"spend": 50, "floor": 0.7, "points": [[50, 0.8]], "ceiling": 0.9}
    levers = dict(case().segments[0].levers.model_dump(mode="json"), retain=curve)
    spends = case(levers=levers)
    found, given = bridge(spends), parameters(spends)
    assert found.equity == pytest.approx(float(customer_equity(given, given.today)[0, 0]))
    assert found.within + found.after + found.newcomers - found.spent == pytest.approx(found.equity)
    assert found.spent == pytest.approx(50 + 50 / 1.25)  # 50 in both periods
