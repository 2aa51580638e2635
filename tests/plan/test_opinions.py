"""A room's answers: read from tables and forms, kept in the case, set aside one by one, and what differences do."""

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.allocation.best_split import best_split
from strategy.case.beliefs import believe_constant, said
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.equity.parameters import numbers, parameters, spend_array
from strategy.equity.simulation import customer_equity
from strategy.errors import PlannerError
from strategy.plan.disagreement import (
    REPRESENTATIVES,
    Argument,
    argued,
    disagreement,
    disagreement_key,
    representatives,
    spread_of,
    worth_discussing,
)
from strategy.plan.headings import TEMPLATE, columns_of, offered, titles
from strategy.plan.opinions import (
    MOST_PEOPLE,
    Pasted,
    Voice,
    count_heard,
    heard_of,
    joined,
    pasted,
    problems,
    set_voices,
    voices,
    with_voices,
)
from strategy.plan.plan import Plan, start
from strategy.words.wording import Wording

EN, NL = Wording("en"), Wording("nl")
SHOP: dict[str, Any] = {  # two levers that compete for 300: whoever believes in one moves the money
    "schema": 1, "name": "Shop", "currency": "EUR", "period": "year", "horizon": 3, "discount_rate": 0.1,
    "segments": [
        {"id": "all", "name": "All", "customers": 100, "prospects": 1000, "gross_margin": 0.5,
         "levers": {"acquire": {"spend": 200, "floor": 0, "ceiling": 0.1, "points": [[200, 0.03]]},
                    "develop": {"constant": 40}, "reduce_cost": {"constant": 5},
                    "retain": {"spend": 100, "floor": 0.5, "ceiling": 0.9, "points": [[100, 0.7]]}}},
    ],
}  # fmt: skip


def shop() -> Case:
    return case_from(copy.deepcopy(SHOP))


def voice(by: str, floor: float, today: float, ceiling: float, half: float | None = None) -> Voice:
    told = {"floor": floor, "answer_1": today, "ceiling": ceiling}
    return Voice(by, told if half is None else told | {"answer_2": half})


# Reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("say", "text"),
    [
        (EN, "Ann\t50\t70.5\t75\t90"),
        (EN, "Ann; 50; 70.5; 75; 90"),
        (EN, "Ann, 50, 70.5, 75, 90"),
        (NL, "Ann\t50\t70,5\t75\t90"),
        (NL, "Ann;50;70,5;75;90"),
        (NL, 'Ann,50,"70,5",75,90'),
        (EN, "Name\tNo spend\tToday\tHalf as much again\tUnlimited\nAnn\t50\t70.5\t75\t90"),
        (NL, "Tijdstempel;Naam;Niets;Nu;Anderhalf (de helft meer dan nu);Onbeperkt\n1-1-2025;Ann;50;70,5;75;90"),
        (EN, "Ann;50%;70.5%;75%;90%"),
    ],
)
def test_answers_are_read_however_a_form_parts_them(say: Wording, text: str) -> None:
    read = pasted(text, say.parse_number, "Person {number}", of_100=True)
    found, refused = read.voices, read.refused
    assert refused == []
    assert found == [voice("Ann", 50, 70.5, 90, 75)]


SPENDS = (900_000.0, 1_350_000.0)
ORDER = ("by", "floor", "answer_1", "answer_2", "ceiling")


def ours() -> list[tuple[str, str]]:
    """Every heading that the screen offers, with its field: table, template and the numbers under the chart."""
    found = []
    for say in (EN, NL):
        amounts = (say.money(SPENDS[0], 0), say.money(SPENDS[1], 0))
        texts = ("Who", "No spend", "Unlimited spend")
        under = [say.text(texts[0]), say.text(texts[1]), *amounts, say.text(texts[2])]
        template = say.text(TEMPLATE).split(";")
        shown = titles(SPENDS, say)
        for row in (template, [shown[field] for field in ORDER], under):
            found += [(heading.strip(), field) for heading, field in zip(row, ORDER, strict=True)]
    return found


def test_the_page_offers_headings_in_both_languages() -> None:
    """Those that the page shows: 5 of the template, 5 of the table and 5 of the numbers, in two languages."""
    assert len(ours()) == 30
    assert ("anderhalf keer zoveel", "answer_2") in ours()


@pytest.mark.parametrize(("heading", "field"), ours(), ids=str)
def test_every_heading_that_is_offered_is_read(heading: str, field: str) -> None:
    """In a table whose other headings are the English template's, its column before or behind theirs."""
    others = dict(zip(ORDER, ("name", "no spend", "today", "half as much again", "unlimited"), strict=True))
    numbers = {"by": "Ann", "floor": "50", "answer_1": "70", "answer_2": "75", "ceiling": "90"}
    for order in (ORDER, ORDER[::-1]):
        first = "\t".join(heading if other == field else others[other] for other in order)
        rows = "\t".join(numbers[other] for other in order)
        read = pasted(f"{first}\n{rows}", EN.parse_number, "Person {number}", known=offered(SPENDS, "EUR"))
        assert read == Pasted([voice("Ann", 50, 70, 90, 75)], [], []), first


@given(order=st.permutations(ORDER), pick=st.lists(st.integers(0, 5), min_size=5, max_size=5), noise=st.booleans())
def test_headings_are_read_in_any_order_and_mixture_and_what_is_not_read_is_named(
    order: list[str], pick: list[int], noise: bool
) -> None:
    choices = {field: [heading for heading, of in ours() if of == field] for field in ORDER}
    numbers = {"by": "Ann", "floor": "50", "answer_1": "70", "answer_2": "75", "ceiling": "90"}
    first = [choices[field][n].upper() if noise else choices[field][n] for field, n in zip(order, pick, strict=True)]
    cells = [numbers[field] for field in order]
    if noise:
        first, cells = ["Tijdstempel", *first, "[x](y)"], ["1-1-2026", *cells, "7"]
    text = "\t".join(first) + "\n" + "\t".join(cells)
    read = pasted(text, EN.parse_number, "Person {number}", known=offered(SPENDS, "EUR"))
    assert read.voices == [voice("Ann", 50, 70, 90, 75)]
    assert read.unused == (["Tijdstempel", "[x](y)"] if noise else [])


def test_a_second_column_about_the_same_is_named_too() -> None:
    text = "name;no spend;today;today (my team);unlimited\nAnn;50;70;71;90"
    read = pasted(text, EN.parse_number, "Person {number}")
    assert read == Pasted([voice("Ann", 50, 70, 90)], [], ["today (my team)"])


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Anderhalve keer het budget", "answer_2"),
        ("1,5 x nu", "answer_2"),
        ("150% of today", "answer_2"),
        ("Zonder limiet", "ceiling"),
        ("No limit", "ceiling"),
        ("Zonder marketing", "floor"),
        ("Huidige uitgaven", "answer_1"),
        ("Current spend", "answer_1"),
    ],
)
def test_a_forms_own_words_are_known(heading: str, field: str) -> None:
    others = {"by": "naam", "floor": "niets", "answer_1": "nu", "answer_2": "de helft meer", "ceiling": "onbeperkt"}
    found = columns_of([heading if other == field else others[other] for other in ORDER], {})
    assert found == {other: position for position, other in enumerate(ORDER)}


def test_a_bad_row_is_named_with_its_reason_and_the_room_goes_on() -> None:
    text = "Ann;50;70;90\nBo;many;70;90\nCy;50;;90\nDi;50;60\nAnn;1;2;3\n;40;60;80\n=1+1;<b>;70;90\n"
    read = pasted(text, EN.parse_number, "Person {number}")
    found, refused = read.voices, read.refused
    assert [voice.by for voice in found] == ["Ann", "Person 6"]
    assert [row.row for row in refused] == [2, 3, 4, 5, 7]
    assert "Type a number" in str(refused[0].why)
    codes = [row.why.code for row in refused[1:4] if isinstance(row.why, PlannerError)]
    assert codes == ["opinion_incomplete", "opinion_columns", "opinion_twice"]


def test_a_room_holds_two_hundred_and_a_paste_is_no_book() -> None:
    text = "\n".join(f"P{number};50;70;90" for number in range(MOST_PEOPLE + 3))
    read = pasted(text, EN.parse_number, "Person {number}")
    found, refused = read.voices, read.refused
    assert (len(found), len(refused)) == (MOST_PEOPLE, 3)
    with pytest.raises(PlannerError, match="text_too_long"):
        pasted("x" * 100_001, EN.parse_number, "Person {number}")
    with pytest.raises(PlannerError, match="too_many_people"):
        with_voices(shop(), "all", "retain", [voice(f"P{n}", 50, 70, 90) for n in range(MOST_PEOPLE + 1)])


@pytest.mark.parametrize("text", ["", "\n\n", '"', '"a\nb', "\x00;1;2;3", "\ud800;50;70;90", ";;;;;;", "a" * 5000])
def test_no_text_breaks_the_reading(text: str) -> None:
    found = pasted(text, EN.parse_number, "Person {number}").voices
    for person in found:
        with_voices(shop(), "all", "retain", [person])


# In the case ---------------------------------------------------------------------------------------------------------


def test_the_room_is_kept_as_people_said_it() -> None:
    room = [voice("Ann", 50, 70, 90), voice("Bo", 52, 66, 88)]
    changed = with_voices(shop(), "all", "retain", room)
    (ann, bo) = voices(changed, "all", "retain")
    assert ann.told == pytest.approx(room[0].told)
    assert bo.told == pytest.approx(room[1].told)
    # new customers, not a share of the 1000 prospects
    won = with_voices(shop(), "all", "acquire", [voice("Ann", 0, 40, 120)])
    assert heard_of(won, "all", "acquire")[0].points == ((200, 0.04),)


def test_the_median_is_what_counts_and_becomes_the_levers_own_answers() -> None:
    """Medians per field (model, section 5) of 50, 52, 60 / 70, 66, 75 / 90, 88, 92: 52, 70, 90."""
    room = [voice("Ann", 50, 70, 90), voice("Bo", 52, 66, 88), voice("Cy", 60, 75, 92)]
    changed = with_voices(shop(), "all", "retain", room)
    told = said(changed, "all", "retain")
    likely = [told[field].likely for field in ("floor", "answer_1", "ceiling")]  # type: ignore[union-attr]
    assert likely == pytest.approx([52, 70, 90])
    assert numbers(changed).curves[0, 0, 2, [0, 1, 3]] == pytest.approx([0.52, 0.70, 0.90])
    # without its people the room's median stays as the one answer
    settled = with_voices(changed, "all", "retain", [])
    assert voices(settled, "all", "retain") == []
    assert numbers(settled).curves[0, 0, 2, [0, 1, 3]] == pytest.approx([0.52, 0.70, 0.90])


def test_an_impossible_curve_is_set_aside_in_the_unit_people_speak_and_the_room_goes_on() -> None:
    room = [voice("Ann", 50, 70, 90), voice("Bo", 52, 66, 88), voice("Ed", 80, 70, 90)]
    changed = with_voices(shop(), "all", "retain", room)
    assert count_heard(changed, "all", "retain") == 2
    ((who, problem),) = problems(changed, "all", "retain")
    assert (who, problem.code, problem.fields["value"]) == ("Ed", "answer_outside", 70.0)
    assert (problem.fields["low"], problem.fields["high"]) == (80.0, 90.0)
    without_ed = with_voices(shop(), "all", "retain", room[:2])
    assert (numbers(changed).curves == numbers(without_ed).curves).all()


def test_the_third_answer_is_asked_where_most_gave_it() -> None:
    most = [voice("Ann", 50, 70, 90, 75), voice("Bo", 50, 68, 90, 74), voice("Cy", 50, 70, 90)]
    changed = with_voices(shop(), "all", "retain", most)
    assert len(changed.segments[0].levers.retain.points) == 2  # type: ignore[union-attr]
    assert [who for who, _ in problems(changed, "all", "retain")] == ["Cy"]
    few = with_voices(shop(), "all", "retain", [most[0], most[2], voice("Di", 51, 69, 91)])
    assert len(few.segments[0].levers.retain.points) == 1  # type: ignore[union-attr]


def test_who_answers_again_is_heard_anew_in_the_old_place() -> None:
    before = [voice("Ann", 50, 70, 90), voice("Bo", 52, 66, 88)]
    after = joined(before, [voice("Cy", 1, 2, 3), voice("Ann", 51, 71, 91)])
    assert [person.by for person in after] == ["Ann", "Bo", "Cy"]
    assert after[0].told["floor"] == 51


def test_a_lever_that_does_not_react_takes_no_room() -> None:
    constant = believe_constant(shop(), "all", "retain", Estimate.of(70))
    with pytest.raises(PlannerError, match="no_curve"):
        with_voices(constant, "all", "retain", [voice("Ann", 50, 70, 90)])


def test_a_room_changes_the_plan_and_is_its_origin() -> None:
    plan = start(shop())
    changed = set_voices(plan, "all", "retain", [voice("Ann", 50, 80, 90)], "1 person")
    assert changed.origin(("all", "retain", "answer_1")).by == "1 person"
    spend = spend_array(plan.case, plan.case.today)
    equity = [float(customer_equity(parameters(p.case), spend)[0, 0]) for p in (plan, changed)]
    assert equity[1] > equity[0]


# The disagreement map ------------------------------------------------------------------------------------------------


def divided(retain: tuple[float, float], acquire: tuple[float, float]) -> Plan:
    """A room of two: of 100 customers who stay at today's spend, and new customers at today's spend."""
    plan = start(shop())
    people = [voice(who, 50, stay, 90) for who, stay in zip(("Ann", "Bo"), retain, strict=True)]
    plan = set_voices(plan, "all", "retain", people, "2")
    people = [voice(who, 0, won, 100) for who, won in zip(("Ann", "Bo"), acquire, strict=True)]
    return set_voices(plan, "all", "acquire", people, "2")


def test_only_arguments_are_on_the_map() -> None:
    assert argued(divided((70, 70), (30, 30)).case) == []
    assert argued(divided((60, 80), (30, 30)).case) == [("all", "retain")]
    assert disagreement(divided((70, 70), (30, 30))) == []


def test_the_regret_is_what_following_the_median_loses_when_a_person_is_right() -> None:
    """Against the searches themselves: CE of each person's best split minus CE of the median's, as they see it."""
    plan = divided((55, 85), (30, 30))
    (found,) = disagreement(plan)
    settled = best_split(plan.case, plan.budget).spend
    losses = []
    for opinion in heard_of(plan.case, "all", "retain"):
        document = copy.deepcopy(SHOP)
        retain = document["segments"][0]["levers"]["retain"]
        retain |= {"floor": opinion.floor, "ceiling": opinion.ceiling, "points": [list(p) for p in opinion.points]}
        case = case_from(document)
        plans = spend_array(case, settled, best_split(case, plan.budget).spend)
        follow, own = customer_equity(parameters(case), plans)[0]
        losses.append(own - follow)
    assert found.regret == pytest.approx(np.mean(losses), rel=1e-3, abs=1e-3)
    assert found.worst == pytest.approx(max(losses), rel=1e-3, abs=1e-3)
    assert found.regret > 0
    assert found.high > found.low
    assert found.people == 2


def test_an_argument_about_where_no_money_can_move_costs_nothing() -> None:
    """With retain locked at today's spend, and acquire the only other cell, no belief changes the split."""
    plan = divided((55, 85), (30, 30))
    locked = plan.having(locked=(("all", "retain"), ("all", "acquire")))
    (found,) = disagreement(locked)
    assert found.regret == pytest.approx(0.0, abs=1e-9)
    assert found.moved == 0.0
    assert found.spread > 0.5


def test_the_spread_is_the_widest_range_of_the_way_that_spending_can_go() -> None:
    """60 and 80 of 100 at today's spend, floor 50 and ceiling 90 for both: 20 of 40."""
    assert spread_of(heard_of(divided((60, 80), (30, 30)).case, "all", "retain")) == pytest.approx(0.5)


def test_a_large_room_is_heard_through_a_few_who_span_it() -> None:
    room = [voice(f"P{n}", 50, 51 + 0.15 * n, 90) for n in range(MOST_PEOPLE)]
    case = with_voices(shop(), "all", "retain", room)
    chosen = representatives(heard_of(case, "all", "retain"))
    assert len(chosen) == REPRESENTATIVES
    assert (chosen[0].by, chosen[-1].by) == ("P0", f"P{MOST_PEOPLE - 1}")


def test_the_fewest_arguments_that_make_up_most_of_the_cost_are_discussed() -> None:
    """50 + 35 of 100 are at least 80; of nothing there is nothing to discuss."""
    costs = [Argument("s", "retain", 2, 0.1, regret, regret, 0, 0, 0) for regret in (35.0, 50.0, 10.0, 5.0)]
    assert [argument.regret for argument in worth_discussing(costs)] == [50.0, 35.0]
    assert worth_discussing([Argument("s", "retain", 2, 0.1, 0.0, 0.0, 0, 0, 0)]) == []


def test_the_map_does_not_depend_on_the_plans_own_split() -> None:
    plan = start(load_sample("classroom"))
    assert disagreement_key(plan) == disagreement_key(plan.having(seed=2))
    assert disagreement_key(plan) != disagreement_key(plan.having(budget=plan.budget + 1))
