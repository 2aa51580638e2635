"""What drives profit, leaving and volume: recovered from simulation; and said where the data cannot tell."""

import json
from pathlib import Path

import numpy as np
import pytest

from strategy.case.case import Curve
from strategy.case.estimate import Estimate
from strategy.customers.models.curves import FittedCurve, fit_curve
from strategy.customers.models.drivers import (
    Effects,
    drivers_of_ending,
    drivers_of_leaving,
    drivers_of_profit,
    price_elasticity,
)
from strategy.customers.value.measures import PERT_REACH
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import FINDINGS, say_finding
from strategy.words.wording import Wording

N = 2000
RANDOM = np.random.default_rng(7)
CALLS, AGE = RANDOM.poisson(3.0, N).astype(float), RANDOM.normal(45.0, 12.0, N)


def within(effects: Effects, truth: list[float], errors: float = 3.3) -> None:
    """Each estimate within 3.3 standard errors of the truth: missed once in a thousand."""
    assert effects.findings == ()
    assert (np.abs(effects.estimates - truth) < errors * effects.standard_errors).all()


def test_profit_is_recovered_though_some_customers_are_extreme() -> None:
    """100 - 8 calls + 0.5 age, 3 % of customers 5,000 too high; least squares would be off by more."""
    profit = 100 - 8 * CALLS + 0.5 * AGE + RANDOM.normal(0, 10, N)
    profit[RANDOM.random(N) < 0.03] += 5000
    found = drivers_of_profit(profit, {"calls": CALLS, "age": AGE})
    within(found, [-8.0, 0.5])
    assert (found.method, found.n, found.names) == ("rlm", N, ("calls", "age"))
    assert found.standard_errors[0] < 0.3
    plain = np.linalg.lstsq(np.column_stack([np.ones(N), CALLS, AGE]), profit, rcond=None)[0]
    assert abs(plain[1] + 8) > 3 * abs(found.estimates[0] + 8)


def test_leaving_is_recovered_as_odds() -> None:
    odds = -3 + 0.6 * CALLS - 0.01 * AGE
    left = RANDOM.random(N) < 1 / (1 + np.exp(-odds))
    found = drivers_of_leaving(left, {"calls": CALLS, "age": AGE})
    within(found, [0.6, -0.01])
    assert found.events == left.sum()
    low, high = found.intervals[0]
    assert low < 0.6 < high


def test_ending_is_recovered_as_hazard() -> None:
    """Exponential durations with hazard 0.1 exp(0.4 x), seen for 10 periods: Cox's model holds exactly."""
    x = RANDOM.normal(0, 1, N)
    lasted = RANDOM.exponential(1 / (0.1 * np.exp(0.4 * x)))
    found = drivers_of_ending(np.minimum(lasted, 10.0), lasted <= 10, {"x": x})
    within(found, [0.4])
    assert np.isnan(found.intercept)


def test_elasticity_is_recovered() -> None:
    price = RANDOM.uniform(8, 12, 200)
    volume = 500 * price**-1.7 * np.exp(RANDOM.normal(0, 0.1, 200))
    within(price_elasticity(price, volume), [-1.7])


def test_elasticity_without_scatter_is_exact() -> None:
    price = np.linspace(5.0, 9.0, 40)
    assert price_elasticity(price, 7 * price**-2.5).estimates[0] == pytest.approx(-2.5)


def codes(effects: Effects | FittedCurve) -> list[str]:
    assert all(say_finding(finding, Wording("en")) for finding in effects.findings)
    return [finding.code for finding in effects.findings]


def test_a_driver_known_only_of_leavers_is_said() -> None:
    left = RANDOM.random(N) < 0.3
    sign = (left & (RANDOM.random(N) < 0.9)).astype(float)
    found = drivers_of_leaving(left, {"age": AGE, "closing_letter": sign})
    assert codes(found) == ["separated"]
    assert found.findings[0].fields == {"drivers": "closing_letter"}
    assert found.estimates.size == 0


def test_drivers_that_separate_only_together_are_said() -> None:
    x, y = RANDOM.normal(0, 1, (2, 400))
    assert codes(drivers_of_leaving(x + y > 0, {"x": x, "y": y})) == ["separated"]


def test_a_driver_that_always_comes_with_an_end_is_said_of_hazards() -> None:
    duration = RANDOM.integers(1, 9, 500).astype(float)
    ended = RANDOM.random(500) < 0.5
    assert codes(drivers_of_ending(duration, ended, {"letter": ended.astype(float)})) == ["separated"]


def test_drivers_that_move_as_one_are_said() -> None:
    found = drivers_of_profit(CALLS * 2.0, {"calls": CALLS, "minutes": 5 * CALLS + 1, "age": AGE})
    assert codes(found) == ["drivers_move_as_one"]
    assert found.findings[0].fields == {"drivers": "calls, minutes"}


def test_too_few_and_nothing_that_varies_are_said() -> None:
    assert codes(drivers_of_profit(CALLS[:19], {"calls": CALLS[:19]})) == ["few_observations"]
    assert codes(drivers_of_leaving(np.arange(N) < 19, {"calls": CALLS})) == ["few_events"]
    assert codes(drivers_of_profit(CALLS, {"same": np.full(N, 0.1)})) == ["driver_does_not_vary"]
    assert codes(price_elasticity(np.full(50, 9.95), CALLS[:50] + 1)) == ["driver_does_not_vary"]


def test_missing_values_are_not_used() -> None:
    gaps = AGE.copy()
    gaps[:100] = np.nan
    assert drivers_of_profit(CALLS + AGE, {"age": gaps}).n == N - 100


def test_wrong_input_is_refused() -> None:
    with pytest.raises(PlannerError) as raised:
        drivers_of_profit(CALLS, {})
    assert raised.value.code == "no_drivers"
    with pytest.raises(PlannerError) as raised:
        drivers_of_profit(CALLS, {"age": AGE[:3]})
    assert raised.value.code == "driver_length"


# Curves from past spend and outcome ----------------------------------------------------------------------------------


def exponential(spend: np.ndarray, floor: float, ceiling: float, b: float) -> np.ndarray:
    return floor + (ceiling - floor) * -np.expm1(-b * spend / 100)


SPENDS = np.random.default_rng(3).uniform(0, 300, 60)


def covers(triple: tuple[float, float, float] | None, truth: float) -> bool:
    """Within 3.3 standard errors; a triple's half width is sqrt(7) of them."""
    assert triple is not None
    return abs(triple[1] - truth) < 3.3 * (triple[2] - triple[0]) / 2 / PERT_REACH


def test_an_exponential_curve_is_recovered_with_its_doubt() -> None:
    outcome = exponential(SPENDS, 0.3, 0.8, 0.9) + np.random.default_rng(4).normal(0, 0.02, 60)
    found = fit_curve(SPENDS, outcome, 100.0, bounds=(0, 1))
    assert (found.kind, found.findings) == ("exponential", ())
    assert covers(found.floor, 0.3)
    assert covers(found.ceiling, 0.8)
    assert covers(found.points[0][1], 0.3 + 0.5 * (1 - np.exp(-0.9)))
    assert found.scatter == pytest.approx(0.02, rel=0.3)  # 3.3 standard errors of a standard deviation, 57 free


@pytest.mark.parametrize("direction", [1, -1])
def test_an_s_shape_is_recovered_and_makes_a_lever(direction: int) -> None:
    odds = 0.8 * (SPENDS / 100) ** 2.5
    outcome = 60 + direction * 25 * odds / (1 + odds) + np.random.default_rng(5).normal(0, 0.3, 60)
    found = fit_curve(SPENDS, outcome, 100.0, direction)
    assert (found.kind, found.findings) == ("adbudg", ())
    assert covers(found.ceiling, 60 + direction * 25)
    assert covers(found.points[0][1], 60 + direction * 25 * 0.8 / 1.8)
    assert [spend for spend, _ in found.points] == [100.0, 150.0]
    assert found.floor is not None
    assert found.ceiling is not None
    lever = Curve(
        spend=100.0, floor=Estimate.of(*found.floor), ceiling=Estimate.of(*found.ceiling),
        points=tuple((spend, Estimate.of(*triple)) for spend, triple in found.points),
    )  # fmt: skip
    assert lever.points[0][1].likely == pytest.approx(found.points[0][1][1])


def test_the_likelihood_is_that_of_the_normal_at_its_maximum() -> None:
    """ln L = -n/2 (ln(2 pi s^2) + 1), s^2 the mean squared residual: 57 of 60 observations are free."""
    outcome = exponential(SPENDS, 0.3, 0.8, 0.9) + np.random.default_rng(4).normal(0, 0.02, 60)
    found = fit_curve(SPENDS, outcome, 100.0)
    variance = found.scatter**2 * 57 / 60
    assert found.log_likelihood == pytest.approx(-30 * (np.log(2 * np.pi * variance) + 1))


def test_what_is_known_is_kept() -> None:
    outcome = exponential(SPENDS / 10, 0.3, 0.8, 0.9) + np.random.default_rng(4).normal(0, 0.01, 60)
    assert codes(fit_curve(SPENDS / 10, outcome, 10.0)) == ["curve_not_identified"]
    found = fit_curve(SPENDS / 10, outcome, 10.0, ceiling=0.8)
    assert found.ceiling == (0.8, 0.8, 0.8)
    assert covers(found.floor, 0.3)


def test_data_that_fix_no_curve_say_so() -> None:
    noise = np.random.default_rng(6).normal(0.5, 0.02, 60)
    assert codes(fit_curve(SPENDS, noise, 100.0))[0] in ("spend_does_not_help", "curve_not_identified")
    assert codes(fit_curve(SPENDS, 1 - exponential(SPENDS, 0.3, 0.8, 0.9), 100.0))[0] in (
        "spend_does_not_help", "curve_not_identified",
    )  # fmt: skip
    assert codes(fit_curve(SPENDS[:5], noise[:5], 100.0)) == ["few_observations"]
    assert codes(fit_curve(np.repeat([100.0, 200.0], 30), noise, 100.0)) == ["spend_does_not_vary"]
    with pytest.raises(PlannerError) as raised:
        fit_curve(SPENDS, noise, 0.0)
    assert raised.value.code == "must_be_above_0"


def test_every_finding_has_a_sentence() -> None:
    """The codes that the modules of customers write out, and the two that are put together."""
    folder = Path(__file__).parents[2] / "strategy" / "customers"
    written = {
        part.split('"')[1]
        for path in folder.glob("*.py")
        for part in path.read_text(encoding="utf-8").split("Finding(")[1:]
        if part.lstrip().startswith('"')
    }
    assert written | {"few_observations", "few_events", "separated"} <= set(FINDINGS), json.dumps(sorted(written))
