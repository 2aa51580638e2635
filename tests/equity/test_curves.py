"""Response curves: through the answers, between floor and ceiling, never down with more spend."""

from collections.abc import Callable
from math import atanh, exp, log, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from strategy.case.families import CURVES, EXPONENT_RANGE, adbudg_exponent, family_through
from strategy.equity.curves import CONSTANT, Array, Response, carry_over, fit_responses

ROUNDING = 1e-12


def row(*values: float) -> Array:
    """Values per segment as (1 draw, 1 plan, segments)."""
    return np.array([[values]], float)


def curve(floor: float, ceiling: float, *points: tuple[float, float]) -> Response:
    """One curve through one or two answers (spend, value)."""
    (spend_1, answer_1), (spend_2, answer_2) = points[0], points[-1]
    answers, spends = (row(answer_1), row(answer_2)), (row(spend_1), row(spend_2))
    return fit_responses((family_through(len(points)),), row(floor), row(ceiling), answers, spends)


def value_at(response: Response, spend: float) -> float:
    """The metric at a spend, where one spend works on the same people as the other."""
    return float(response.metric(response.share(row(spend) / response.answer_spend))[0, 0, 0])


# Published and hand-worked curves


def test_an_adbudg_curve_with_exponent_1_is_michaelis_menten() -> None:
    # pymc-marketing tests/mmm/test_transformers.py: 100 x/(5 + x) is 66.67 at 10 and 80 at 20 (atol 0.01);
    # the first answer is the half-saturation point: 50 at 5.
    response = curve(0, 100, (5, 50), (10, 200 / 3))
    assert response.second[0, 0, 0] == pytest.approx(1, abs=ROUNDING)
    assert value_at(response, 10) == pytest.approx(66.67, abs=0.01)
    assert value_at(response, 20) == pytest.approx(80, abs=0.01)


def test_adbudg_through_maintenance_and_half_as_much_again() -> None:
    # Little 1970 by hand: from 0.2 to 0.7, 0.4 at x = 1 and 0.5 at x = 1.5. Odds 2/3 = 1/delta, so delta = 1.5;
    # gamma = ln(1.5 / (2/3)) / ln 1.5 = ln 2.25 / ln 1.5 = 2.
    response = curve(0.2, 0.7, (1, 0.4), (1.5, 0.5))
    assert exp(-response.first[0, 0, 0]) == pytest.approx(1.5, rel=ROUNDING)
    assert response.second[0, 0, 0] == pytest.approx(2, rel=ROUNDING)
    assert adbudg_exponent(0.2, 0.7, [(1, 0.4), (1.5, 0.5)]) == pytest.approx(2, rel=ROUNDING)
    for spend in (0.3, 1, 1.5, 4):
        assert value_at(response, spend) == pytest.approx(0.2 + 0.5 * spend**2 / (1.5 + spend**2), rel=ROUNDING)


@pytest.mark.parametrize(
    ("spend", "rate", "ceiling", "k"), [(5, 0.2, 0.4, 0.13862943611198905), (8, 0.4, 0.7, 0.10591223254840047)]
)
def test_exponential_curves_of_the_blattberg_deighton_course(
    spend: float, rate: float, ceiling: float, k: float
) -> None:
    # UlrikErlingsen/customer-value-analytics tests/test_reference_examples.py: k = -ln(1 - rate/ceiling)/spend
    response = curve(0, ceiling, (spend, rate))
    assert response.first[0, 0, 0] / spend == pytest.approx(k, rel=ROUNDING)
    for other in (0.5, 10.08, 15.93, 100):
        assert value_at(response, other) == pytest.approx(ceiling * (1 - exp(-k * other)), rel=ROUNDING)


def test_a_falling_curve_goes_down_to_its_ceiling() -> None:
    # By hand: cost 70 at none and 40 unlimited, 60 at 200 is a third of the way; twice the spend leaves (2/3)^2.
    response = curve(70, 40, (200, 60))
    assert value_at(response, 400) == pytest.approx(40 + 30 * (2 / 3) ** 2, rel=ROUNDING)


def test_the_stock_of_effect_is_the_published_adstock_times_one_minus_lambda() -> None:
    # marketing-mix-allocation tests/test_schedule.py: spends 100, 0, 50, 0 at theta 0.5 give 100, 50, 75, 37.5;
    # our stock is normalised, so that a steady spend is its own stock.
    stock, stocks = np.zeros(1), []
    for spend in (100.0, 0.0, 50.0, 0.0):
        stock = carry_over(stock, np.array([spend]), np.array([0.5]))
        stocks.append(float(stock[0]))
    assert stocks == [(1 - 0.5) * adstock for adstock in (100.0, 50.0, 75.0, 37.5)]


@given(st.floats(0, 1e9), st.floats(0, 0.99))
def test_a_steady_spend_is_its_own_stock(spend: float, carryover: float) -> None:
    steady = np.array([spend])
    assert carry_over(steady, steady, np.array([carryover])) == pytest.approx(steady, rel=ROUNDING)


def test_the_first_euro_of_an_s_curve_earns_nothing() -> None:
    # odds ~ x^p: the average return of a small spend goes to 0 where p > 1 and up without bound where p < 1
    steep, flat = curve(0, 1, (1, 0.5), (1.5, 0.7)), curve(0, 1, (1, 0.5), (1.5, 0.55))
    assert steep.second[0, 0, 0] > 1 > flat.second[0, 0, 0]
    assert value_at(steep, 1e-6) / 1e-6 < 1e-3
    assert value_at(flat, 1e-6) / 1e-6 > 1e3


# Laws of all curves


@st.composite
def answers(draw: st.DrawFn) -> tuple[float, float, list[tuple[float, float]]]:
    """Floor, ceiling and one or two answers that are allowed together; up or down, steep or flat."""
    floor = draw(st.integers(-100, 1000)) / 10
    ceiling = floor + draw(st.sampled_from([-1, 1])) * draw(st.integers(1, 1000)) / 10
    share = draw(st.integers(1, 99)) / 100
    spend = float(draw(st.integers(1, 10**7)))
    points = [(spend, floor + (ceiling - floor) * share)]
    if draw(st.booleans()):
        ratio = draw(st.sampled_from([1.01, 1.25, 1.5, 2.0, 10.0]))
        exponent = draw(st.integers(3, 78)) / 10
        odds = share / (1 - share) * ratio**exponent
        points.append((spend * ratio, floor + (ceiling - floor) * odds / (1 + odds)))
    if len(points) == 2 and not _allowed(floor, ceiling, points):
        points.pop()
    return floor, ceiling, points


def _allowed(floor: float, ceiling: float, points: list[tuple[float, float]]) -> bool:
    (_, first), (_, second) = points
    between = abs(first - floor) < abs(second - floor) < abs(ceiling - floor)
    return between and EXPONENT_RANGE[0] <= adbudg_exponent(floor, ceiling, points) <= EXPONENT_RANGE[1]


@given(answers())
def test_curves_pass_through_the_answers(believed: tuple[float, float, list[tuple[float, float]]]) -> None:
    floor, ceiling, points = believed
    response = curve(floor, ceiling, *points)
    for spend, answer in points:
        assert value_at(response, spend) == pytest.approx(answer, abs=1e-11 * abs(ceiling - floor) + 1e-11 * abs(floor))


@given(answers(), st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_more_spend_never_lowers_the_response_and_floor_and_ceiling_bound_it(
    believed: tuple[float, float, list[tuple[float, float]]], intensities: list[float]
) -> None:
    floor, ceiling, points = believed
    response = curve(floor, ceiling, *points)
    shares = response.share(np.array(sorted(intensities)).reshape(1, -1, 1))
    assert (np.diff(shares[0, :, 0]) >= 0).all()
    assert (shares >= 0).all()
    assert (shares <= 1).all()
    lowest, highest = min(floor, ceiling), max(floor, ceiling)
    room = ROUNDING * max(abs(floor), abs(ceiling))
    assert (response.metric(shares) >= lowest - room).all()
    assert (response.metric(shares) <= highest + room).all()


@given(answers())
def test_no_spend_gives_the_floor_and_unlimited_spend_the_ceiling(
    believed: tuple[float, float, list[tuple[float, float]]],
) -> None:
    floor, ceiling, points = believed
    response = curve(floor, ceiling, *points)
    assert value_at(response, 0) == floor
    assert response.share(row(np.inf)).item() == 1.0


@given(answers())
def test_the_exponent_that_is_checked_is_the_exponent_of_the_curve(
    believed: tuple[float, float, list[tuple[float, float]]],
) -> None:
    floor, ceiling, points = believed
    if len(points) == 2:
        exponent = adbudg_exponent(floor, ceiling, points)
        assert curve(floor, ceiling, *points).second.item() == pytest.approx(exponent, rel=1e-9)


@given(answers(), answers(), st.floats(0, 10), st.floats(0, 10))
def test_segments_with_other_kinds_of_curves_do_not_disturb_each_other(
    one: tuple[float, float, list[tuple[float, float]]],
    other: tuple[float, float, list[tuple[float, float]]],
    here: float,
    there: float,
) -> None:
    # the middle segment is a constant: it stays at its floor whatever is spent
    (floor_1, ceiling_1, points_1), (floor_2, ceiling_2, points_2) = one, other
    first = [points_1[0][1], 5.0, points_2[0][1]]
    second = [points_1[-1][1], 5.0, points_2[-1][1]]
    spends = [points_1[0][0], 1.0, points_2[0][0]], [points_1[-1][0], 1.0, points_2[-1][0]]
    together = fit_responses(
        (family_through(len(points_1)), CONSTANT, family_through(len(points_2))),
        row(floor_1, 5, floor_2),
        row(ceiling_1, 5, ceiling_2),
        (row(*first), row(*second)),
        (row(*spends[0]), row(*spends[1])),
    )
    values = together.metric(together.share(row(here, 7, there)))[0, 0]
    alone_1, alone_2 = curve(floor_1, ceiling_1, *points_1), curve(floor_2, ceiling_2, *points_2)
    assert values[0] == alone_1.metric(alone_1.share(row(here))).item()
    assert values[1] == 5
    assert values[2] == alone_2.metric(alone_2.share(row(there))).item()


@pytest.mark.parametrize("family", CURVES)
def test_every_kind_of_curve_passes_through_its_answers(family: str) -> None:
    # a new kind is tested by being in the table: shares 0.3 at the first answer's spend, 0.6 at twice that
    kind = CURVES[family]
    constants = kind.fit(np.array([0.3]), np.array([0.6]), np.array([2.0]))
    assert kind.share(np.array([1.0]), *constants) == pytest.approx(0.3, rel=ROUNDING)
    if kind.answers == 2:
        assert kind.share(np.array([2.0]), *constants) == pytest.approx(0.6, rel=ROUNDING)
    assert kind.share(np.array([0.0]), *constants) == 0


@given(st.floats(1e-12, 1 - 1e-12))
def test_the_exponential_curve_is_the_definition_to_the_last_digits(share: float) -> None:
    # y = f + (k - f)(1 - exp(-b h)) with b = -ln(1 - share)/h_1, here f = 0, k = 1, h_1 = 1
    response = curve(0, 1, (1, share))
    assert value_at(response, 2) == pytest.approx(1 - (1 - share) ** 2, abs=1e-15, rel=1e-9)
    assert response.first.item() == pytest.approx(-log(1 - share), rel=1e-3 if share < 1e-9 else 1e-6)


@pytest.mark.parametrize(
    ("family", "course"),
    [
        # model, section 1, `family`, written out for the answer at h_1 = 1 and floor 0, ceiling 1
        ("michaelis_menten", lambda h, s: h / (h + (1 - s) / s)),
        ("tanh", lambda h, s: tanh(h / (1 / atanh(s)))),
    ],
)
@given(share=st.floats(1e-9, 1 - 1e-9), h=st.floats(0, 50))
def test_the_families_of_one_answer_are_their_definition(
    family: str, course: Callable[[float, float], float], share: float, h: float
) -> None:
    kind = CURVES[family]
    constants = kind.fit(np.array([share]), np.array([share]), np.array([1.0]))
    assert kind.share(np.array([h]), *constants).item() == pytest.approx(course(h, share), rel=1e-9)


@pytest.mark.parametrize("family", [code for code, kind in CURVES.items() if kind.answers == 1])
@given(share=st.floats(0.001, 0.999))
def test_a_curve_of_one_answer_is_never_s_shaped(family: str, share: float) -> None:
    # each further step of spend brings less than the one before it
    kind = CURVES[family]
    constants = kind.fit(np.array([share]), np.array([share]), np.array([1.0]))
    gains = np.diff(kind.share(np.linspace(0, 3, 40), *constants))
    assert (np.diff(gains) <= 1e-12).all()
    assert (gains >= 0).all()


@pytest.mark.parametrize("family", [code for code, kind in CURVES.items() if kind.answers == 1])
def test_an_answer_that_numbers_cannot_tell_from_the_ceiling_gives_no_curve(family: str) -> None:
    # (0 + 1e20)/(0.001 + 1e20) is 1 in float64, so the ceiling is reached at a finite spend, which no curve does
    with pytest.raises(PydanticCustomError):
        CURVES[family].check(-1e20, 1e-3, [(1.0, 0.0)])
    CURVES[family].check(0.0, 1.0, [(1.0, 0.5)])
