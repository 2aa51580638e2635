"""Value realization: potential, price, ladder, ambassadors and payoff by hand, and the page that edits them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.case.samples import load_sample
from strategy.dimensions.pricing import (
    PriceChange,
    best_price,
    gross_profit_factor,
    price_changes,
    price_curve,
    price_ids,
    revenue_factor,
    with_price,
    without_price,
)
from strategy.dimensions.realization import (
    LADDER,
    first_moves,
    gain,
    next_euro,
    next_rung,
    payoffs,
    potential_margin,
    potential_revenue,
    potentials,
    revenue_today,
    step_rate,
    with_ambassadors,
    with_potential,
    with_step_rate,
    worth_of_ambassadors,
)
from strategy.errors import PlannerError
from strategy.plan.history import History, Step
from strategy.plan.moves import set_cell, set_fixed
from strategy.plan.plan import Plan, set_answer, set_case, start
from strategy.plan.results import read_out
from strategy.questions import BY_CODE
from strategy.words.wording import LANGUAGES, Wording
from tests import cases
from tests.pages.test_pages import edit, healthy, opened, plan, sent, widgets

PAGE = "value_realization.py"
HOSTILE = "**bold** <script>alert(1)</script> $x$ =1+1"
POTENTIAL = (
    {"segment": "families", "product": "Mobile", "penetration": 20.0, "reachable": 45.0, "margin": 60.0},
    {"segment": "families", "product": "TV", "penetration": 35.0, "reachable": 50.0, "margin": 90.0},
    {"segment": "fibre", "product": "Mobile", "penetration": 30.0, "reachable": 40.0, "margin": 60.0},
    {"segment": "families", "product": "Half a row"},
)
NAMES = ("Price", "Price: who leaves")
STANDING = {"customers": "customer", "clients": "client", "supporters": "supporter", "ambassadors": "ambassador"}


def small(document: dict[str, Any]) -> Plan:
    """A plan of one of the small cases with a name."""
    return start(case_from(document))


def telecom(**answers: Any) -> Plan:
    found = start(load_sample("telecom"))
    for code, answer in answers.items():
        found = set_answer(found, code, answer)
    return found


# What they could buy -------------------------------------------------------------------------------------------------


def test_the_potential_is_the_gap_times_the_margin_and_as_revenue_divided_by_the_gross_margin() -> None:
    """By hand: (45 - 20)/100 x 60 + (50 - 35)/100 x 90 = 15 + 13.5 = 28.5; at a gross margin of 0.45: 63.33."""
    case = load_sample("telecom")
    assert [potential.worth for potential in potentials(POTENTIAL, "families")] == pytest.approx([15, 13.5])
    assert potential_margin(POTENTIAL, "families") == pytest.approx(28.5)
    assert potential_revenue(case, POTENTIAL, "families") == pytest.approx(28.5 / 0.45)
    assert potential_margin(POTENTIAL, "dsl") == 0


def test_the_potential_becomes_the_answer_at_unlimited_spend_and_says_where_it_comes_from() -> None:
    """A customer of families spends 911 at today's spend (the case's own answer)."""
    first = telecom(potential=POTENTIAL)
    changed = with_potential(first, "families")
    before, after = (p.case.segment("families").levers["develop"] for p in (first, changed))
    assert revenue_today(first.case, "families") == pytest.approx(911)
    assert after.ceiling.likely == pytest.approx(911 + 28.5 / 0.45)
    assert (after.floor, after.points) == (before.floor, before.points)
    origin = changed.origin(("families", "develop", "ceiling"))
    assert (origin.kind, origin.source) == ("computed", "Mobile, TV")


def test_a_higher_ceiling_makes_more_spend_worth_more() -> None:
    first = set_fixed(telecom(potential=POTENTIAL), False)
    changed = with_potential(first, "families")
    more = [set_cell(p, "families", "develop", 1_000_000) for p in (first, changed)]
    assert gain(*more) > 1e5
    assert next_euro(changed, "families", "develop") > next_euro(first, "families", "develop")


@pytest.mark.parametrize(
    ("answer", "segment", "code"),
    [
        (None, "families", "no_potential"),
        ([POTENTIAL[0] | {"reachable": 10.0}], "families", "no_potential"),
        ([POTENTIAL[0] | {"segment": "constant"}], "constant", "no_curve"),
        ([POTENTIAL[2] | {"reachable": 30.1}], "fibre", "ranges_overlap"),
    ],
)
def test_a_potential_that_no_curve_can_have_is_refused(answer: Any, segment: str, code: str) -> None:
    document = document_of(load_sample("telecom"))
    document["segments"][2] |= {"id": "constant"}
    document["segments"][2]["levers"]["develop"] = {"constant": 700}
    document["events"] = []
    document["initiatives"] = []
    first = set_answer(start(case_from(document)), "potential", answer)
    with pytest.raises(PlannerError) as raised:
        with_potential(first, segment)
    assert raised.value.code == code


def test_where_a_room_answered_its_answers_count_and_not_the_potential() -> None:
    document = document_of(load_sample("telecom"))
    opinion = {"by": "Ann", "floor": 880, "ceiling": 950, "points": [[250000, 910]]}
    document["segments"][0]["levers"]["develop"]["opinions"] = [opinion]
    with pytest.raises(PlannerError) as raised:
        with_potential(set_answer(start(case_from(document)), "potential", POTENTIAL), "families")
    assert raised.value.code == "room_counts"


# The price -----------------------------------------------------------------------------------------------------------


def test_gross_profit_after_a_price_change_by_hand() -> None:
    """10 % dearer at elasticity -1: volume 1/1.1, revenue as before, cost 0.6/1.1: profit (1 - 0.6/1.1)/0.4."""
    assert revenue_factor(0.1, -1) == pytest.approx(1)
    assert gross_profit_factor(0.1, -1, 0.4) == pytest.approx((1 - 0.6 / 1.1) / 0.4)
    assert gross_profit_factor(0.0, -3, 0.4) == pytest.approx(1)


def test_the_best_price_is_the_closed_form_with_its_range_by_hand() -> None:
    """e = -2, unit cost 0.5: P* = 0.5 x 2/1 = 1. Profit (P - 0.5)/P^2 is 0.99 of its 0.5 where 0.495 P^2 - P + 0.5 = 0:
    P = (1 -+ 0.1)/0.99 = 1/1.1 and 1/0.9."""
    found = best_price(-2, 0.5)
    assert found is not None
    assert (found.low, found.best, found.high) == pytest.approx((1 / 1.1 - 1, 0, 1 / 0.9 - 1))
    further = best_price(-1.5, 0.45)
    assert further is not None
    assert further.best == pytest.approx(0.55 * 1.5 / 0.5 - 1)


@pytest.mark.parametrize(("elasticity", "margin"), [(-1, 0.5), (-0.3, 0.5), (0, 0.5), (-2, 1.0), (-2, 0.0)])
def test_where_no_price_is_best_there_is_none(elasticity: float, margin: float) -> None:
    assert best_price(elasticity, margin) is None


@given(st.floats(-9, -1.05), st.floats(0.05, 0.95), st.floats(-0.9, 4))
def test_no_price_earns_more_than_the_best_and_the_range_ends_at_99_percent(e: float, g: float, other: float) -> None:
    found = best_price(e, g)
    assert found is not None
    most = gross_profit_factor(found.best, e, g)
    assert gross_profit_factor(other, e, g) <= most * (1 + 1e-9)
    for end in (found.low, found.high):
        assert gross_profit_factor(end, e, g) == pytest.approx(0.99 * most, rel=1e-6)


def test_a_price_in_the_plan_earns_what_the_closed_form_says() -> None:
    """No discount, 1,000 customers, revenue 100, margin 0.5, cost 5, retention 0.8: worth 45/0.2 each. 10 % dearer
    at e = -1: gross profit 50 x (1 - 0.5/1.1)/0.5; 5 of 100 more leave: worth (54.545 - 5)/0.25 each."""
    first = small(cases.no_discount())
    changed = with_price(first, PriceChange(first.case.segment_ids[0], 0.1, -1, 0.05), NAMES)
    assert read_out(first).customer_equity == pytest.approx(225_000)
    assert read_out(changed).customer_equity == pytest.approx(1000 * (100 * (1 - 0.5 / 1.1) - 5) / 0.25)
    assert gain(first, changed) == pytest.approx(1000 * (100 * (1 - 0.5 / 1.1) - 5) / 0.25 - 225_000)
    assert changed.initiatives == price_ids(first.case.segment_ids[0])
    assert changed.initiative_cost == 0
    assert without_price(changed, first.case.segment_ids[0]) == first


def test_another_price_replaces_the_one_in_the_plan() -> None:
    first = telecom()
    once = with_price(first, PriceChange("families", 0.1, -1, 0.05), NAMES)
    twice = with_price(once, PriceChange("families", 0.05, -1, 0), NAMES)
    assert twice == with_price(first, PriceChange("families", 0.05, -1, 0), NAMES)


def test_a_price_below_what_a_unit_costs_is_refused() -> None:
    with pytest.raises(PlannerError) as raised:
        with_price(telecom(), PriceChange("families", -0.55, -3, 0), NAMES)
    assert raised.value.code == "price_below_cost"


def test_ids_of_long_segment_ids_stay_ids_and_stay_apart() -> None:
    one, other = price_ids("a" * 63 + "1"), price_ids("a" * 63 + "2")
    assert len({*one, *other}) == 4
    assert all(len(found) <= 64 for found in (*one, *other))


def test_only_rows_with_a_change_and_an_elasticity_are_a_price() -> None:
    rows = [{"segment": "a", "change": 5.0, "elasticity": -1.0}, {"segment": "a", "change": 5.0}, {"segment": "b"}]
    assert price_changes(rows, "a") == [PriceChange("a", 0.05, -1.0, 0.0)]


def test_the_price_curve_goes_through_today_and_the_change_considered() -> None:
    """Worth at the change, by hand from today's margin m and retention r: (m + gross x (f - 1)) times
    (1 + d)/(1 + d - r + 0.01), as a multiple of m (1 + d)/(1 + d - r)."""
    first, change = telecom(), PriceChange("families", 0.05, -0.6, 0.01)
    curve = price_curve(first, change)
    today = read_out(first).today
    m, r, d = float(today.margin[0, 0, 0, 0]), float(today.retention_rate[0, 0, 0, 0]), first.case.discount
    f = gross_profit_factor(0.05, -0.6, 0.45)
    worth = (m + 911 * 0.45 * (f - 1)) / (1 + d - r + 0.01) / (m / (1 + d - r))
    assert curve.worth is not None
    assert np.interp([0, 0.05], curve.changes, curve.profit) == pytest.approx([1, f])
    assert np.interp([0, 0.05], curve.changes, curve.worth) == pytest.approx([1, worth])
    assert curve.most == pytest.approx(curve.changes[curve.worth.argmax()])


# The ladder ----------------------------------------------------------------------------------------------------------


def supplier() -> Case:
    return load_sample("b2b_supplier")


def test_the_next_rung_is_the_next_step_that_anybody_stands_on() -> None:
    case = supplier()
    gapped = {"customers": "customer", "supporters": "partner", "ambassadors": "partner"}
    assert next_rung(case, gapped, "customers") == ["supporters", "ambassadors"]
    assert next_rung(case, gapped, "supporters", up=False) == ["customers"]
    assert next_rung(case, gapped, "supporters") == []
    assert next_rung(case, gapped, "clients") == []


def test_a_step_rate_takes_from_those_who_stay_and_leaves_all_other_moves() -> None:
    """The sample's own rows: clients 0.08, 0.78, 0.14, 0; at 0.20 up they are 0.08, 0.72, 0.20, 0."""
    case = supplier()
    assert step_rate(case, STANDING, "clients") == pytest.approx(0.14)
    assert step_rate(case, STANDING, "clients", up=False) == pytest.approx(0.08)
    changed = with_step_rate(case, STANDING, "clients", 0.20)
    assert case.migration is not None
    assert changed.migration is not None
    assert changed.migration[1] == pytest.approx([0.08, 0.72, 0.20, 0])
    assert [changed.migration[n] for n in (0, 2, 3)] == [case.migration[n] for n in (0, 2, 3)]


@pytest.mark.parametrize(
    ("segment", "rate", "code"), [("clients", 0.93, "out_of_range"), ("ambassadors", 0.1, "no_next_step")]
)
def test_a_step_rate_that_cannot_be_is_refused(segment: str, rate: float, code: str) -> None:
    with pytest.raises(PlannerError) as raised:
        with_step_rate(supplier(), STANDING, segment, rate)
    assert raised.value.code == code


@given(st.lists(st.sampled_from(LADDER), min_size=4, max_size=4), st.integers(0, 3), st.floats(0, 1), st.booleans())
def test_after_a_step_rate_rows_sum_to_one_and_the_rate_is_what_was_asked(
    steps: list[str], position: int, rate: float, up: bool
) -> None:
    case = load_sample("telecom")
    standing = dict(zip(case.segment_ids, steps, strict=True))
    segment = case.segment_ids[position]
    if not next_rung(case, standing, segment, up):
        with pytest.raises(PlannerError):
            with_step_rate(case, standing, segment, rate, up)
        return
    changed = with_step_rate(case, standing, segment, rate, up)
    assert step_rate(changed, standing, segment, up) == pytest.approx(rate)
    assert np.sum(changed.migration or np.eye(4), axis=1) == pytest.approx(np.ones(4))
    assert with_step_rate(changed, standing, segment, 0.0, up).migration is None


def test_moves_of_the_first_period_add_up_to_its_customers() -> None:
    first = start(supplier())
    moves, leaving = first_moves(first)
    assert moves.sum(axis=1) + leaving == pytest.approx(read_out(first).plan.customers[0, 0, 0])
    assert moves[0, 1] / moves[0].sum() == pytest.approx(0.22)  # the sample's row of customers


# Ambassadors and payoff ----------------------------------------------------------------------------------------------


def test_ambassadors_are_worth_the_customers_whom_they_bring() -> None:
    """One period (see cases): 400 customers bring 10 per 100 = 40, each worth 50 and welcomed for 10."""
    first = small(cases.one_period())
    segment = first.case.segment_ids[0]
    changed = with_ambassadors(first, segment, 10)
    assert changed.case.segments[0].referral_rate.likely == pytest.approx(0.1)
    assert changed.origin((segment, "referral_rate")).kind == "believed"
    assert worth_of_ambassadors(changed, segment) == pytest.approx(40 * (50 - 10))
    assert gain(first, changed) == pytest.approx(40 * (50 - 10))


def test_the_payoff_of_the_classroom_by_hand() -> None:
    """1,000 active (600 + 4 % of 10,000), 20,000 spent on developing: 20 each; revenue 200 instead of 160 at a margin
    share of 0.5: 20 more each, in the one period planned."""
    (found,) = payoffs(start(load_sample("classroom")))
    assert found.customers == pytest.approx(1000)
    assert found.increase == pytest.approx(found.investment)
    assert found.multiple == pytest.approx(1)


def test_without_spend_on_customers_nothing_rises_and_nothing_is_invested() -> None:
    for found in payoffs(small(cases.constants_with_migration())):
        assert (found.increase, found.investment, found.multiple) == (0, 0, None)


def test_without_migration_the_investment_is_the_gap_between_gross_and_net_clv() -> None:
    first = start(load_sample("telecom"))
    planned = read_out(first).plan
    gap = (planned.clv - planned.clv_net)[0, 0, 0]
    assert [found.investment for found in payoffs(first)] == pytest.approx(gap.tolist())


# The page ------------------------------------------------------------------------------------------------------------


def history(changed: Plan) -> History:
    return History(Step("{name} opened", (("name", changed.case.name),), changed))


PRICE = ({"segment": "families", "change": 5.0, "elasticity": -0.6, "leave": 1.0},)
STEPS = {"families": "client", "fibre": "customer"}


def answered() -> Plan:
    filled = telecom(potential=POTENTIAL, price=PRICE, ladder=STEPS)
    return set_case(filled, with_step_rate(filled.case, STEPS, "fibre", 0.05))


DECISIONS = ("What more they buy", "Price", "Products", "Ladder and ambassadors")
VIEWS = ("Left to sell", "Who climbs", "Best price")


def in_tabs(decision: int, view: int, changed: Plan | None = None, language: str = "en") -> Any:
    say = Wording(language)
    tabs = {"decide_value_realization": say.text(DECISIONS[decision]), "see_value_realization": say.text(VIEWS[view])}
    return opened(PAGE, language, history=history(changed or answered()), **tabs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["empty", "answered"])
def test_the_page_opens_in_every_view(state: str, language: str) -> None:
    for number in range(len(DECISIONS)):
        at = in_tabs(number, min(number, 2), answered() if state == "answered" else telecom(), language)
        healthy(at)
        assert at.title[0].value == Wording(language).text("Value realization")
        assert len(at.get("plotly_chart")) <= 3


def test_an_example_product_is_marked_and_undone() -> None:
    """A fifth of today's gross profit on a customer of families: 0.2 x 911 x 0.45 = 81.99."""
    at = in_tabs(0, 0, telecom())
    first = plan(at)
    at.button(key="example_potential").click().run()
    healthy(at)
    (row,) = plan(at).answer("potential")
    assert row["product"].endswith("(example)")
    assert row["margin"] == pytest.approx(81.99)
    at.button(key="undo").click().run()
    assert plan(at) == first


def test_the_potential_on_the_page_sets_the_ceiling_and_undo_takes_it_back() -> None:
    at = in_tabs(0, 0)
    first = plan(at)
    at.button(key="use_potential").click().run()
    healthy(at)
    assert plan(at).case == with_potential(first, "families").case
    assert at.button(key="use_potential").disabled
    at.button(key="undo").click().run()
    assert plan(at) == first


def test_the_price_on_the_page_goes_into_the_plan_and_out() -> None:
    at = in_tabs(1, 2)
    first = plan(at)
    at.button(key="use_price_0").click().run()
    healthy(at)
    assert plan(at).initiatives == ("price-families", "price-families-leave")
    assert abs(gain(first, plan(at))) > 1e5
    at.button(key="drop_price").click().run()
    healthy(at)
    assert plan(at) == first


def test_a_price_that_cannot_be_says_why_instead_of_a_button() -> None:
    row = {"segment": "families", "change": -80.0, "elasticity": -2.0}
    at = in_tabs(1, 2, telecom(price=[row]))
    healthy(at)
    assert not [button for button in at.button if button.key == "use_price_0"]
    assert any("each sale costs more" in caption.value for caption in at.caption)


def test_step_rates_typed_on_the_page_become_the_migration() -> None:
    at = in_tabs(3, 1)
    first = plan(at)
    table = next(found for key, found in widgets(at).items() if key.startswith("step_rates"))
    edit(at, table, 0, up=10.0)  # fibre stands lowest, so it is the first row
    healthy(at)
    assert step_rate(plan(at).case, STEPS, "fibre") == pytest.approx(0.1)
    assert gain(first, plan(at)) != 0
    at.button(key="undo").click().run()
    assert plan(at) == first
    table = next(found for key, found in widgets(at).items() if key.startswith("step_rates"))
    edit(at, table, 1, up=10.0)
    assert "no segment stands on a next step" in at.error[0].value
    assert plan(at) == first


def test_ambassadors_typed_on_the_page_become_the_referral_rate() -> None:
    at = in_tabs(3, 1)
    first = plan(at)
    at.text_input(key="ambassadors_families").set_value("2.5").run()
    healthy(at)
    assert plan(at).case.segment("families").referral_rate.likely == pytest.approx(0.025)
    assert gain(first, plan(at)) > 0
    at.text_input(key="ambassadors_families").set_value("many").run()
    assert at.error
    assert plan(at).case.segment("families").referral_rate.likely == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("code", "tab", "cells"),
    [
        ("potential", 0, {"margin": 61.0}),
        ("price", 1, {"leave": 2.0}),
        ("products", 2, {"product": "Landline"}),
    ],
)
def test_every_table_changes_its_answer(code: str, tab: int, cells: dict[str, Any]) -> None:
    at = in_tabs(tab, 0)
    first = plan(at)
    table = next(found for key, found in widgets(at).items() if key.startswith(f"answer_{code}"))
    if code == "products":
        sent(
            at, table.proto.id, string_value='{"edited_rows": {}, "added_rows": [{"product": "x"}], "deleted_rows": []}'
        )
    else:
        edit(at, table, 0, **cells)
    healthy(at)
    assert plan(at).answer(code) != first.answer(code)
    at.button(key="undo").click().run()
    assert plan(at) == first


@pytest.mark.parametrize(("code", "tab", "option"), [("revenue_models", 0, "subscription"), ("ladder", 3, "partner")])
def test_every_list_changes_its_answer(code: str, tab: int, option: str) -> None:
    at = in_tabs(tab, 0)
    first = plan(at)
    at.selectbox(key=f"answer_{code}_families").set_value(option).run()
    healthy(at)
    assert plan(at).answer(code, "families") == option != first.answer(code, "families")
    at.button(key="undo").click().run()
    assert plan(at) == first


def test_what_people_type_is_shown_as_typed() -> None:
    document = document_of(load_sample("telecom"))
    document["segments"][0]["name"] = HOSTILE
    filled = set_answer(start(case_from(document)), "potential", [POTENTIAL[0] | {"product": HOSTILE}])
    for number in range(len(DECISIONS)):
        at = in_tabs(number, min(number, 2), set_answer(filled, "price", PRICE))
        healthy(at)
        assert not any("<script>" in markdown.value for markdown in [*at.markdown, *at.caption])


def test_fifty_segments_work() -> None:
    document = document_of(load_sample("classroom"))
    one = document["segments"][0]
    document["segments"] = [one | {"id": f"s{n}", "name": f"Segment {n}"} for n in range(50)]
    steps = {f"s{n}": LADDER[n % 6] for n in range(50)}
    large = set_answer(start(case_from(document)), "ladder", steps)
    healthy(in_tabs(3, 1, large))


def test_a_question_per_element_of_the_field() -> None:
    assert {BY_CODE[code].item for code in ("revenue_models", "potential", "price", "ladder", "pricing")} == {
        "A3.3", "A4", "D5", "D2",
    }  # fmt: skip
