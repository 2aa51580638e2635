"""How sure: draws from beliefs and opinions, bands, the assumptions that matter, the worth of knowing them."""

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from strategy.case.case import Case, Curve
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, heard, numbers, parameters, set_aside, spend_array
from strategy.equity.simulation import customer_equity, simulate
from strategy.equity.uncertainty import (
    BATCH_DRAWS,
    Draws,
    Outlook,
    assumptions,
    band,
    draw,
    expected_value_of_perfect_information,
    outlook,
    pert_quantile,
    tornado,
    uniforms,
    value_of_knowing,
)
from strategy.progress import Cancelled
from tests import cases, reference

Document = dict[str, Any]
Key = tuple[str, ...]


def believed() -> Document:
    """The example with every kind of belief in two segments."""
    document = cases.telecom()
    first = document["segments"][0]
    first |= {"customers": [35000, 40000, 50000], "referral_rate": [0.005, 0.01, 0.02]}
    first["levers"]["reduce_cost"]["side_effects"] = [{"metric": "retention_rate", "at_ceiling": [-0.02, -0.01, 0]}]
    first["levers"]["develop"] = {"constant": [410, 420, 425]}
    second = copy.deepcopy(first) | {"id": "seniors", "name": "Seniors"}
    document["segments"].append(second)
    return document


def lever(document: Document, code: str, segment: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = document["segments"][segment]["levers"][code]
    return found


# PERT ---------------------------------------------------------------------------------------------------------------

MIDDLES = (np.arange(200_000) + 0.5) / 200_000


def test_the_mean_and_variance_of_pert() -> None:
    # CRAN mc2d, man/pert: mean (min + 4 mode + max)/6 = 25, variance (mean - min)(max - mean)/7 = 75 for 10, 20, 60
    values = pert_quantile(MIDDLES, 10, 20, 60)
    assert values.mean() == pytest.approx(25.0, abs=0.05)
    assert values.var() == pytest.approx(75.0, abs=0.05)


def test_the_quantiles_of_pert() -> None:
    # the beta distribution with alpha = 1.8 and beta = 4.2, to the four decimals that were worked out independently
    values = pert_quantile(np.array([0.05, 0.5, 0.95]), 10, 20, 60)
    assert values == pytest.approx([12.9489, 23.8336, 41.0638], abs=5e-5)


BELIEFS = st.tuples(*[st.integers(-1000, 1000)] * 3).map(lambda three: sorted(float(n) for n in three))


@given(BELIEFS)
def test_pert_stays_within_the_belief_and_has_its_mean(triple: list[float]) -> None:
    low, likely, high = triple
    values = pert_quantile(MIDDLES[::100], low, likely, high)
    assert (low <= values).all()
    assert (values <= high).all()
    assert (np.diff(values) >= 0).all()
    assert values.mean() == pytest.approx((low + 4 * likely + high) / 6, abs=1e-3 * (high - low))


def test_a_belief_without_doubt_is_its_number() -> None:
    assert pert_quantile(np.array([0.0, 0.3, 1.0]), 7, 7, 7).tolist() == [7, 7, 7]


@pytest.mark.parametrize("likely", [10.0, 10.001, 20.0, 59.0, 60.0])
def test_pert_quantiles_are_those_of_the_beta_distribution(likely: float) -> None:
    # Peer: scipy.stats.beta with a = 1 + 4 (likely - low)/(high - low), b = 6 - a, scaled to low..high.
    a = 1 + 4 * (likely - 10) / 50
    shares = MIDDLES[::100]
    expected = beta.ppf(shares, a, 6 - a, loc=10, scale=50)
    np.testing.assert_allclose(pert_quantile(shares, 10, likely, 60), expected, rtol=1e-14)


# Draws --------------------------------------------------------------------------------------------------------------


def same(one: Draws, other: Draws) -> bool:
    return one.drawn.keys() == other.drawn.keys() and all(
        np.array_equal(one.drawn[key], other.drawn[key]) for key in one.drawn
    )


def equity_of(drawn: Draws, case: Case) -> Array:
    return customer_equity(drawn.parameters, spend_array(case, case.today))[:, 0]


def test_a_seed_makes_draws_reproducible() -> None:
    case = case_from(believed())
    once, again = draw(case, 50, 3), draw(case, count=50, seed=3)  # asked in two ways, so that neither is remembered
    assert once is not again
    assert same(once, again)
    assert np.array_equal(equity_of(once, case), equity_of(again, case))
    assert not same(draw(case, 50, seed=3), draw(case, 50, seed=4))
    assert not np.array_equal(equity_of(draw(case, 50, 3), case), equity_of(draw(case, 50, 4), case))


def test_every_uncertain_belief_is_drawn_and_nothing_else() -> None:
    # two segments: customers, referral rate, acquire's ceiling, develop's constant, retain's answers, a side effect
    mine: set[Key] = {
        ("customers",),
        ("referral_rate",),
        ("acquire", "ceiling"),
        ("develop", "constant"),
        ("retain", "answers"),
        ("reduce_cost", "retention_rate"),
    }
    drawn = draw(case_from(believed()), 5).drawn
    assert drawn.keys() == {(who, *key) for who in ("families", "seniors") for key in mine}


@pytest.mark.parametrize(
    ("field", "value"), [("customers", [1000, 40000, 90000]), ("customers", 40000), ("gross_margin", [0.4, 0.5, 0.6])]
)
def test_an_edit_of_one_belief_leaves_the_other_draws_alone(field: str, value: Any) -> None:
    before = draw(case_from(believed()), 40).drawn
    document = believed()
    document["segments"][0][field] = value
    after = draw(case_from(document), 40).drawn
    for key in before.keys() | after.keys():
        if key != ("families", field):
            assert np.array_equal(before[key], after[key])


def test_another_segment_leaves_the_draws_of_the_first_alone() -> None:
    document = believed()
    both = draw(case_from(document), 40).drawn
    document["segments"].pop()
    for key, values in draw(case_from(document), 40).drawn.items():
        assert np.array_equal(both[key], values)


def test_beliefs_are_independent() -> None:
    # of 12 series of 4,000 draws no correlation may pass 5 standard errors of 1/sqrt(4,000)
    drawn = draw(case_from(believed()), 4000).drawn
    correlations = np.corrcoef(np.array(list(drawn.values()))) - np.eye(len(drawn))
    assert np.abs(correlations).max() < 5 / np.sqrt(4000)


def test_drawn_beliefs_have_the_mean_of_pert() -> None:
    # (low + 4 likely + high)/6, to 4 standard errors: the deviation is below (high - low)/sqrt(28) at most
    drawn = draw(case_from(believed()), 4000).drawn
    for key, (low, likely, high) in {
        ("families", "customers"): (35000, 40000, 50000),
        ("families", "acquire", "ceiling"): (0.08, 0.10, 0.12),
        ("seniors", "develop", "constant"): (410, 420, 425),
        ("families", "reduce_cost", "retention_rate"): (-0.02, -0.01, 0),
    }.items():
        error = 4 * (high - low) / np.sqrt(28 * 4000)
        assert drawn[key].mean() == pytest.approx((low + 4 * likely + high) / 6, abs=error)
        assert drawn[key].min() >= low
        assert drawn[key].max() <= high


def answers_in(drawn: Draws, lever_: str, segment: int, ratio: float) -> tuple[Array, Array]:
    """What the drawn curves give at the two answers' spends."""
    response = drawn.parameters.responses[lever_]
    shape = response.floor.shape
    at = [response.metric(response.share(np.full(shape, spend)))[:, 0, segment] for spend in (1.0, ratio)]
    return at[0], at[1]


def test_two_answers_share_one_z() -> None:
    # section 5: answer = likely + z (high - likely) for z >= 0, else likely + z (likely - low), one z for both
    drawn = draw(case_from(believed()), 500)
    one, two = answers_in(drawn, "retain", 0, 1.5)
    z = np.where(one >= 0.86, (one - 0.86) / 0.005, (one - 0.86) / 0.01)
    assert two == pytest.approx(np.where(z >= 0, 0.875 + z * 0.005, 0.875 + z * 0.01), abs=1e-12)
    assert ((z > -1) & (z < 1)).all()
    # z is PERT(-1, 0, 1): mean 0, variance 1/7, to 4 standard errors
    assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(7 * 500))
    assert z.var() == pytest.approx(1 / 7, abs=4 * np.sqrt(2 / 500) / 7)


@given(cases.cases(triples=True, max_segments=3))
def test_the_two_answers_keep_their_order_in_all_draws(document: Document) -> None:
    drawn = draw(case_from(document), 30)
    for code in LEVER_CODES:
        response = drawn.parameters.responses[code]
        for s, family in enumerate(response.families):
            floor, ceiling = response.floor[:, 0, s], response.ceiling[:, 0, s]
            direction = -1 if code == "reduce_cost" else 1
            if family:
                points = lever(document, code, s)["points"]
                one, two = answers_in(drawn, code, s, points[-1][0] / points[0][0])
                rising = [direction * value for value in (floor, one, two, ceiling)]
                assert (rising[0] < rising[1]).all()
                assert (rising[1] < rising[2]).all() if family == "adbudg" else np.array_equal(one, two)
                assert (rising[2] < rising[3]).all()
                assert (response.second[:, 0, s] > 0).all()


def shared_z(case: Case, drawn: Draws, row: int, who: str, code: str) -> float:
    """The z behind the two answers of a curve, from what the drawn curve gives at the first."""
    segment = case.segment_ids.index(who)
    value = float(answers_in(drawn, code, segment, 1.0)[0][row])
    curve = case.segments[segment].levers[code]
    assert isinstance(curve, Curve)
    belief = curve.points[0][1]
    room = belief.high - belief.likely if value > belief.likely else belief.likely - belief.low
    return (value - belief.likely) / room if room else 0.0


@settings(max_examples=25)
@given(cases.cases_with_plans(triples=True, max_segments=2, max_horizon=4))
def test_a_draw_is_the_case_at_the_drawn_beliefs(plan: tuple[Document, dict[str, dict[str, float]], list[str]]) -> None:
    # every draw simulated again by the reference, with each belief at its drawn number
    document, spend, initiatives = plan
    for segment in document["segments"]:
        for answers in segment["levers"].values():
            for point in answers.get("points", [])[1:]:
                # the second answer moves by the same z as the first: here both have room to move, or neither
                first = answers["points"][0][1]
                if not isinstance(first, list) or not first[0] < first[1] < first[2]:
                    point[1] = cases.number(point[1])
                    answers["points"][0][1] = cases.number(first)
    case = case_from(document)
    drawn = draw(case, 3, seed=5)
    equity = customer_equity(drawn.parameters, spend_array(case, spend), chosen_array(case, initiatives))
    for row in range(3):

        def pick(place: Key, triple: list[float], row: int = row) -> float:
            low, likely, high = triple
            if low == high:
                return likely
            if "points" in place:
                z = shared_z(case, drawn, row, place[0], place[1])
                return likely + z * (high - likely if z >= 0 else likely - low)
            key = place
            if "side_effects" in place:
                effects = next(s for s in document["segments"] if s["id"] == place[0])["levers"][place[1]]
                key = (*place[:2], effects["side_effects"][int(place[3])]["metric"])
            return float(drawn.drawn[key][row])

        expected = reference.equity(document, spend, initiatives, pick)
        scale = reference.yardstick(document, spend, initiatives, pick)
        assert equity[row, 0] == pytest.approx(expected, abs=1e-9 * scale)


def test_what_is_recorded_of_two_answers_varies_with_either() -> None:
    # only the second answer is in doubt: what knowing the answers is worth depends on what was drawn of them
    document = believed()
    lever(document, "retain")["points"] = [[500000, 0.86], [750000, [0.865, 0.875, 0.89]]]
    drawn = draw(case_from(document), 50).drawn["families", "retain", "answers"]
    assert len(np.unique(drawn)) == 50


def test_what_is_recorded_of_two_answers_tells_all_draws_apart() -> None:
    # the first can only be higher than likely, the second only lower: one z moves the one, then the other
    document = believed()
    lever(document, "retain")["points"] = [[500000, [0.86, 0.86, 0.865]], [750000, [0.865, 0.875, 0.875]]]
    drawn = draw(case_from(document), 50).drawn["families", "retain", "answers"]
    assert len(np.unique(drawn)) == 50


def test_no_two_beliefs_share_a_draw_whatever_their_names() -> None:
    # "plumless" and "buckeroo" have the same CRC-32
    assert not np.array_equal(uniforms(1, 20, "plumless"), uniforms(1, 20, "buckeroo"))
    assert not np.array_equal(uniforms(1, 20, "a", "b"), uniforms(1, 20, "ab"))
    assert np.array_equal(uniforms(1, 20, "a"), uniforms(1, 20, "a"))


def ranks(values: Array) -> Array:
    return values.argsort().argsort()


def test_together_all_beliefs_of_a_lever_move_together() -> None:
    drawn = draw(case_from(believed()), 200, together=True).drawn
    for key in (
        ("acquire", "ceiling"),
        ("develop", "constant"),
        ("retain", "answers"),
        ("reduce_cost", "retention_rate"),
    ):
        assert np.array_equal(ranks(drawn["families", *key]), ranks(drawn["seniors", *key]))
    # beliefs of a segment as such, and of other levers, stay apart
    assert not np.array_equal(ranks(drawn["families", "customers"]), ranks(drawn["seniors", "customers"]))
    assert not np.array_equal(
        ranks(drawn["families", "acquire", "ceiling"]), ranks(drawn["families", "develop", "constant"])
    )


def test_together_is_as_likely_as_apart() -> None:
    # each belief alone has the same distribution: means of 4,000 within 4 standard errors of their difference
    case = case_from(believed())
    apart, together = draw(case, 4000).drawn, draw(case, 4000, together=True).drawn
    for key, values in apart.items():
        error = 4 * values.std() * np.sqrt(2 / 4000)
        assert together[key].mean() == pytest.approx(values.mean(), abs=error)


def test_a_case_without_doubt_has_no_draws() -> None:
    case = case_from(cases.one_period())
    drawn = draw(case, 7)
    assert drawn.drawn == {}
    assert len(np.unique(equity_of(drawn, case))) == 1
    assert drawn.parameters.draws == 7


# Opinions -----------------------------------------------------------------------------------------------------------


def opinion(by: str, floor: float, ceiling: float, *points: tuple[float, float]) -> dict[str, Any]:
    return {"by": by, "floor": floor, "ceiling": ceiling, "points": [list(point) for point in points]}


def room() -> Document:
    """Three people about retaining, two of them about acquiring."""
    document = cases.telecom()
    lever(document, "retain")["opinions"] = [
        opinion("Ann", 0.70, 0.90, (500000, 0.80), (750000, 0.85)),
        opinion("Bob", 0.75, 0.95, (500000, 0.86), (700000, 0.88)),
        opinion("Cas", 0.72, 0.99, (600000, 0.82), (900000, 0.90)),
    ]
    lever(document, "acquire")["opinions"] = [
        opinion("Cas", 0.00, 0.20, (900000, 0.06), (1350000, 0.08)),
        opinion("Ann", 0.02, 0.12, (800000, 0.04), (1350000, 0.06)),
    ]
    return document


def test_the_likely_curve_of_a_room_is_the_median_per_field_by_hand() -> None:
    # retain, three people: the middle one of each field; acquire, two: half-way between them
    curves = numbers(case_from(room())).curves[0, 0]
    assert curves[2].tolist() == [0.72, 0.82, 0.88, 0.95, 500000, 750000]
    assert curves[0] == pytest.approx([0.01, 0.05, 0.07, 0.16, 850000, 1350000], rel=1e-12)
    assert curves[1].tolist() == [400, 420, 430, 480, 250000, 375000]  # nobody's opinion: the case's own answers


@given(st.lists(st.integers(1, 99).flatmap(lambda n: st.tuples(*[st.integers(1, 100)] * 4)), min_size=1, max_size=6))
def test_medians_keep_the_order_of_floor_answers_and_ceiling(steps: list[tuple[int, int, int, int]]) -> None:
    document = cases.telecom()
    opinions = []
    for number, given_ in enumerate(steps):
        floor, first, second, ceiling = (float(n) for n in np.cumsum(given_))
        opinions.append(opinion(f"Person {number}", floor, ceiling, (250000, first), (375000, second)))
    lever(document, "develop")["opinions"] = opinions
    floor, first, second, ceiling = numbers(case_from(document)).curves[0, 0, 1, :4]
    assert floor < first < second < ceiling


def test_each_draw_takes_one_persons_complete_answers() -> None:
    case = case_from(room())
    drawn = draw(case, 300)
    turn = drawn.drawn["families", "retain", "opinions"].astype(int)
    response = drawn.parameters.responses["retain"]
    assert np.array_equal(response.floor[:, 0, 0], np.array([0.70, 0.75, 0.72])[turn])
    assert np.array_equal(response.ceiling[:, 0, 0], np.array([0.90, 0.95, 0.99])[turn])
    assert np.array_equal(response.answer_spend[:, 0, 0], np.array([500000, 500000, 600000])[turn])
    at_answer = response.metric(response.share(np.ones((300, 1, 1))))[:, 0, 0]
    assert at_answer == pytest.approx(np.array([0.80, 0.86, 0.82])[turn], rel=1e-12)
    # three people, each in a third of the draws, to 4 standard errors
    assert np.bincount(turn) / 300 == pytest.approx([1 / 3] * 3, abs=4 * np.sqrt(2 / 9 / 300))


def test_the_same_person_is_believed_wherever_they_answered() -> None:
    drawn = draw(case_from(room()), 300).drawn
    retain = np.array(["Ann", "Bob", "Cas"])[drawn["families", "retain", "opinions"].astype(int)]
    acquire = np.array(["Cas", "Ann"])[drawn["families", "acquire", "opinions"].astype(int)]
    answered_both = retain != "Bob"
    assert (retain == acquire)[answered_both].all()
    assert set(acquire[~answered_both]) == {"Ann", "Cas"}  # somebody must be believed where Bob said nothing


def test_another_person_in_the_room_leaves_the_order_of_the_others_alone() -> None:
    fewer = room()
    lever(fewer, "retain")["opinions"].pop(1)
    three = np.array(["Ann", "Bob", "Cas"])[
        draw(case_from(room()), 300).drawn["families", "retain", "opinions"].astype(int)
    ]
    two = np.array(["Ann", "Cas"])[draw(case_from(fewer), 300).drawn["families", "retain", "opinions"].astype(int)]
    assert (three == two)[three != "Bob"].all()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (opinion("Dot", 0.9, 0.8, (500000, 0.85), (750000, 0.87)), "floor_ceiling"),
        (opinion("Dot", 0.7, 0.9, (500000, 0.95), (750000, 0.97)), "answer_outside"),
        (opinion("Dot", 0.7, 0.9, (500000, 0.85), (750000, 0.84)), "answers_order"),
        (opinion("Dot", 0.7, 0.9, (500000, 0.85), (500000, 0.87)), "spends_order"),
        (opinion("Dot", 0.7, 0.9, (500000, 0.71), (500001, 0.89)), "exponent"),
        (opinion("Dot", 0.7, 1.9, (500000, 0.85), (750000, 0.87)), "out_of_range"),
        (opinion("Dot", -0.7, 0.9, (500000, 0.85), (750000, 0.87)), "out_of_range"),
        (opinion("Dot", 0.7, 0.9, (0, 0.85), (750000, 0.87)), "spend_needed"),
        (opinion("Dot", 0.7, 0.9, (500000, 0.85)), "opinion_points"),
        (opinion("Dot", 0.7, 0.9), "opinion_points"),
    ],
)
def test_an_opinion_that_gives_no_curve_is_set_aside_and_named_and_the_room_goes_on(
    wrong: dict[str, Any], code: str
) -> None:
    document = room()
    lever(document, "retain")["opinions"].insert(1, wrong)
    case, without = case_from(document), case_from(room())
    ((segment, lever_, problem),) = set_aside(case)
    assert (segment, lever_, problem.code, problem.fields["place"]) == ("families", "retain", code, "Dot")
    assert set_aside(without) == []
    assert np.array_equal(numbers(case).curves, numbers(without).curves)
    assert same(draw(case, 30), draw(without, 30))
    assert np.array_equal(equity_of(draw(case, 30), case), equity_of(draw(without, 30), without))


def test_where_nobody_can_be_heard_the_case_keeps_its_own_answers() -> None:
    document = cases.telecom()
    lever(document, "retain")["opinions"] = [opinion("Dot", 0.9, 0.8, (5, 0.85), (7, 0.87))]
    case, plain = case_from(document), case_from(cases.telecom())
    (kind, retain) = list(case.segments[0].levers.items())[2]
    assert heard(kind, retain) == []
    assert np.array_equal(numbers(case).curves, numbers(plain).curves)
    assert same(draw(case, 30), draw(plain, 30))


# Outlook ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans() -> list[tuple[dict[str, dict[str, float]], tuple[str, ...]]]:
    """Money moved from acquiring to retaining, and half as much again of everything."""
    today = reference.todays_spend(believed())
    moved = {
        who: cells | {"acquire": cells["acquire"] - 200_000, "retain": cells["retain"] + 200_000}
        for who, cells in today.items()
    }
    more = {who: {code: 1.5 * amount for code, amount in cells.items()} for who, cells in today.items()}
    return [(moved, ()), (more, ())]


@pytest.fixture(scope="module")
def sure(plans: list[Any]) -> Outlook:
    return outlook(case_from(believed()), plans, 600)


def every_band(sure: Outlook) -> Iterator[Any]:
    yield from (sure.customer_equity, sure.uplift, sure.uplift_together, sure.cash, sure.customers)


def test_bands_are_monotone(sure: Outlook) -> None:
    for here in every_band(sure):
        assert (here.p05 <= here.p25).all()
        assert (here.p25 <= here.p50).all()
        assert (here.p50 <= here.p75).all()
        assert (here.p75 <= here.p95).all()


def test_the_outlook_has_todays_first_then_the_plans(sure: Outlook, plans: list[Any]) -> None:
    case = case_from(believed())
    assert sure.draws.shape == (600, 3)
    assert sure.customer_equity.mean.shape == sure.uplift.p05.shape == (3,)
    assert sure.cash.p50.shape == sure.customers.mean.shape == (3, 5)
    assert (sure.uplift.mean[0], sure.uplift.p05[0], sure.uplift_together.p95[0]) == (0, 0, 0)
    spend = spend_array(case, case.today, *(spend for spend, _ in plans))
    result = simulate(draw(case, 600).parameters, spend)
    assert sure.draws == pytest.approx(result.customer_equity, rel=1e-12)
    assert sure.customers.mean == pytest.approx(result.customers.sum(axis=-1).mean(axis=0), rel=1e-12)
    assert sure.cash.p25 == pytest.approx(np.percentile(result.cash, 25, axis=0), rel=1e-9)


def test_bands_and_probabilities_are_those_of_the_draws(sure: Outlook) -> None:
    uplift = sure.draws - sure.draws[:, :1]
    assert sure.customer_equity.mean == pytest.approx(sure.draws.mean(axis=0), rel=1e-12)
    assert sure.uplift.p05 == pytest.approx(np.percentile(uplift, 5, axis=0), rel=1e-12)
    for row in range(3):
        for column in range(3):
            assert sure.better[row, column] == np.mean(sure.draws[:, row] > sure.draws[:, column])
    assert (np.diag(sure.better) == 0).all()
    assert (sure.better + sure.better.T <= 1).all()


def test_percentiles_are_linear_by_hand() -> None:
    # 0, 1, ..., 10: five percent of the way from 0 to 10 is 0.5
    here = band(np.arange(11.0)[:, None])
    assert [float(p[0]) for p in (here.mean, here.p05, here.p25, here.p50, here.p75, here.p95)] == [
        5,
        0.5,
        2.5,
        5,
        7.5,
        9.5,
    ]


def test_beliefs_that_move_together_widen_the_band_of_the_uplift() -> None:
    # two equal segments, one belief about retaining in each, more spent on retaining in both: the uplifts add up, so
    # their deviation is twice one segment's when they move together and sqrt(2) times when they do not
    document = cases.telecom()
    lever(document, "acquire")["ceiling"] = 0.10
    document["segments"].append(copy.deepcopy(document["segments"][0]) | {"id": "seniors", "name": "Seniors"})
    case = case_from(document)
    spend = {who: cells | {"retain": 1.5 * cells["retain"]} for who, cells in case.today.items()}
    sure = outlook(case, [(spend, ())], 2000)
    together = sure.uplift_together.p95[1] - sure.uplift_together.p05[1]
    apart = sure.uplift.p95[1] - sure.uplift.p05[1]
    assert together / apart == pytest.approx(np.sqrt(2), abs=0.1)  # 2,000 draws: 4 % on a width, 6 % on the ratio


def test_one_belief_has_the_same_band_together_and_apart() -> None:
    # a band of draws of one belief either way: the widths may differ by the draws alone, 10 % at 2,000
    document = cases.telecom()
    lever(document, "acquire")["ceiling"] = 0.10
    case = case_from(document)
    spend = {who: cells | {"retain": 1.5 * cells["retain"]} for who, cells in case.today.items()}
    sure = outlook(case, [(spend, ())], 2000)
    widths = [here.p95[1] - here.p05[1] for here in (sure.uplift, sure.uplift_together)]
    assert widths[0] == pytest.approx(widths[1], rel=0.1)


def test_an_outlook_is_reproducible_and_batches_do_not_show() -> None:
    case = case_from(believed())
    count = BATCH_DRAWS + 7
    one = outlook(case, [], count, seed=2)
    assert np.array_equal(one.draws, outlook(case, [], count, seed=2).draws)
    whole = customer_equity(draw(case, count, 2).parameters, spend_array(case, case.today))
    assert one.draws == pytest.approx(whole, rel=1e-12)


def test_initiatives_belong_to_their_plan() -> None:
    case = case_from(cases.events_and_initiatives())
    sure = outlook(case, [(case.today, ("app",)), (case.today, ())], 20)
    assert (sure.better[1, 0], sure.better[0, 2], sure.better[2, 0]) == (1, 0, 0)
    assert np.array_equal(sure.draws[:, 0], sure.draws[:, 2])


def test_progress_is_told_from_start_to_end() -> None:
    told: list[float] = []
    outlook(case_from(believed()), [(case_from(believed()).today, ())], 2 * BATCH_DRAWS + 1, on_progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) >= 3


def test_long_work_can_be_cancelled() -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        outlook(case_from(believed()), [], 2 * BATCH_DRAWS, on_progress=stop)


# Tornado ------------------------------------------------------------------------------------------------------------


def at_end(document: Document, key: Key, end: int) -> Document:
    """The document at its likely numbers, one assumption at its low (0) or high (2)."""

    def pick(place: Key, triple: list[float]) -> float:
        mine = place == key or (key[-1] == "answers" and place[:3] == (*key[:2], "points"))
        if "side_effects" in place:
            effects = next(s for s in document["segments"] if s["id"] == place[0])["levers"][place[1]]["side_effects"]
            mine = key == (*place[:2], effects[int(place[3])]["metric"])
        return triple[end if mine else 1]

    return reference.resolve(document, pick)


@settings(max_examples=20)
@given(cases.cases_with_plans(triples=True, max_segments=2, max_horizon=4))
def test_the_ends_of_a_tornado_are_direct_simulations(
    plan: tuple[Document, dict[str, dict[str, float]], list[str]],
) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    bars = tornado(case, (spend, tuple(initiatives)))
    today = reference.todays_spend(document)
    for bar in bars:
        for end, value, equity, uplift in zip((0, 2), bar.values, bar.customer_equity, bar.uplift, strict=True):
            there = at_end(document, bar.key, end)
            scale = reference.yardstick(there, spend, initiatives) + reference.yardstick(there, today)
            expected = reference.equity(there, spend, initiatives)
            assert equity == pytest.approx(expected, abs=1e-11 * scale)
            assert uplift == pytest.approx(expected - reference.equity(there, today), abs=1e-11 * scale)
            if len(bar.key) == 2:
                segment = next(s for s in document["segments"] if s["id"] == bar.key[0])
                assert value == segment[bar.key[1]][end]


@given(cases.cases_with_plans(triples=True, max_segments=2, max_horizon=4))
def test_a_tornado_has_a_bar_for_every_belief_in_doubt_the_widest_first(
    plan: tuple[Document, dict[str, dict[str, float]], list[str]],
) -> None:
    document, spend, initiatives = plan
    case = case_from(document)
    bars = tornado(case, (spend, tuple(initiatives)))
    assert (
        {bar.key for bar in bars} == {a.key for a in assumptions(case) if not a.certain} == draw(case, 1).drawn.keys()
    )
    swings = [abs(bar.uplift[1] - bar.uplift[0]) for bar in bars]
    equities = [abs(bar.customer_equity[1] - bar.customer_equity[0]) for bar in bars]
    for wide, narrow in pairwise(swings):  # a bar that moves customer equity alone counts a millionth of it
        assert narrow <= max(wide, 1e-6 * max(equities))


def test_a_tornado_of_a_room_names_who_says_so() -> None:
    case = case_from(room())
    spend = {"families": case.today["families"] | {"retain": 700_000}}
    (bar,) = [bar for bar in tornado(case, (spend, ())) if bar.key == ("families", "retain", "opinions")]
    uplifts = {}
    for entry in lever(room(), "retain")["opinions"]:
        alone = room()
        lever(alone, "retain")["opinions"] = [entry]
        there = case_from(alone)
        given_ = parameters(there), spend_array(there, there.today, spend)
        today, plan = customer_equity(*given_)[0]
        uplifts[entry["by"]] = plan - today
    assert bar.people == (min(uplifts, key=uplifts.__getitem__), max(uplifts, key=uplifts.__getitem__))
    assert bar.uplift == pytest.approx((min(uplifts.values()), max(uplifts.values())), rel=1e-9)
    assert np.isnan(bar.values).all()


def test_without_doubt_there_is_no_tornado() -> None:
    assert tornado(case_from(cases.constants()), ({}, ())) == []


# Value of information -----------------------------------------------------------------------------------------------


def test_evpi_of_the_drilling_decision() -> None:
    # a textbook decision (homeworksource 1012421): 40 % of 420,000 or 60 % of -300,000; 100,000 or -15,000; nothing:
    # the best expected payoff is 31,000, knowing first is worth 137,000
    payoffs = np.array([[420_000, 100_000, 0]] * 2 + [[-300_000, -15_000, 0]] * 3, float)
    assert payoffs.mean(axis=0).max() == pytest.approx(31_000, abs=0.5)
    assert expected_value_of_perfect_information(payoffs) == pytest.approx(137_000, abs=0.5)


def test_evppi_of_two_normal_beliefs() -> None:
    # closed form: a decision worth mu + X1 + X2 or nothing, mu = 100, deviations 200 and 150, is worth knowing
    # s L(mu/s): everything 57.6097, X1 39.5593, X2 22.6679. Each is a mean over draws of what the better decision
    # would have saved; allowed are 4 of its standard errors.
    rng = np.random.default_rng(7)
    count = 100_000
    one, two = 200 * rng.standard_normal(count), 150 * rng.standard_normal(count)
    payoffs = np.stack([100 + one + two, np.zeros(count)], axis=1)

    def error(known: Array) -> float:
        return float(4 * np.maximum(-(100 + known), 0).std() / np.sqrt(count))

    assert expected_value_of_perfect_information(payoffs) == pytest.approx(57.60970923686325, abs=error(one + two))
    assert value_of_knowing(payoffs, one) == pytest.approx(39.55931148026121, abs=error(one))
    assert value_of_knowing(payoffs, two) == pytest.approx(22.66794707366055, abs=error(two))


def test_knowing_what_does_not_matter_is_worth_next_to_nothing() -> None:
    rng = np.random.default_rng(3)
    payoffs = rng.normal([100, 0], 10, (5000, 2))
    assert value_of_knowing(payoffs, rng.random(5000)) == 0
    assert value_of_knowing(payoffs, np.ones(5000)) == 0


def test_knowing_who_is_right_by_hand() -> None:
    # three people equally often; the first decision pays 30, 0 and 0 with them, the second 10 always: without knowing
    # 10 either way, with knowing (30 + 10 + 10)/3
    people = np.tile([0.0, 1.0, 2.0], 10)
    payoffs = np.stack([np.where(people == 0, 30, 0), np.full(30, 10.0)], axis=1)
    assert value_of_knowing(payoffs, people, categories=True) == pytest.approx(50 / 3 - 10, rel=1e-9)
    assert expected_value_of_perfect_information(payoffs) == pytest.approx(50 / 3 - 10, rel=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 200))
def test_knowing_one_thing_is_never_worth_more_than_knowing_all_nor_less_than_nothing(
    seed: int, decisions: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    belief = rng.normal(size=count)
    payoffs = rng.normal(size=(count, decisions)) + belief[:, None] * rng.normal(size=decisions)
    everything = expected_value_of_perfect_information(payoffs)
    assert 0 <= value_of_knowing(payoffs, belief) <= everything
    assert 0 <= value_of_knowing(payoffs, np.sign(belief), categories=True) <= everything


def test_with_one_decision_nothing_is_worth_knowing() -> None:
    payoffs = np.random.default_rng(1).normal(size=(100, 1))
    assert expected_value_of_perfect_information(payoffs) == 0
    assert value_of_knowing(payoffs, payoffs[:, 0]) == 0
