"""Every rule of coherence fires on a plan made for it, and is silent on one made against it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from strategy.case.case import Curve
from strategy.case.case_file import case_from
from strategy.case.editing import with_lever, with_side_effect
from strategy.case.estimate import Estimate
from strategy.case.samples import load_sample
from strategy.coherence import BUDGET, RULES, findings
from strategy.explanations.telling import finding_text
from strategy.plan.answers import checked_answers
from strategy.plan.moves import set_cell, set_lever
from strategy.plan.plan import Plan, set_case, start
from strategy.questions import BY_CODE
from strategy.words.wording import LANGUAGES, Wording

FIRST, SECOND = "families", "fibre"
"""Two segments of the telecom sample: of the first retaining, developing and reducing cost take money."""
Change = Callable[[Plan], Plan]


def free(plan: Plan) -> Plan:
    return plan.having(fixed=False, budget=1e9)


def spend(segment: str, lever: str, amount: float) -> Change:
    return lambda plan: set_cell(free(plan), segment, lever, amount)


def lever(code: str, amount: float) -> Change:
    return lambda plan: set_lever(free(plan), code, amount)


def as_it_is(plan: Plan) -> Plan:
    return plan


def saving_hurts_retention(plan: Plan) -> Plan:
    hurt = set_case(plan, with_side_effect(plan.case, FIRST, "reduce_cost", "retention_rate", Estimate.of(-0.01)))
    more = 1.2 * hurt.spend[FIRST]["reduce_cost"]
    return set_cell(free(hurt), FIRST, "reduce_cost", more)


def winning(share: float) -> Change:
    """So large a share of the prospects won in each of five years, whatever is spent; prospects do not run out."""
    return lambda plan: set_case(plan, with_lever(plan.case, FIRST, "acquire", {"constant": share}))


def paying_at_once(one_off: float) -> Change:
    """An initiative that is paid at once in the first of five years, from a budget that has room for it."""
    made = {
        "id": "system", "name": "System", "lever": "retain", "from": 1, "to": None, "segments": None,
        "metric": "retention_rate", "multiply": 1.0, "add": 0.0, "one_off": one_off, "per_period": 0.0,
    }  # fmt: skip

    def change(plan: Plan) -> Plan:
        case = case_from(json.loads(plan.case.to_json()) | {"initiatives": [made]})
        paid = set_case(plan, case).having(initiatives=("system",))
        return paid.having(budget=paid.spent + 100_000.0)

    return change


@dataclass(frozen=True)
class Made:
    """Answers with a change of the plan for a rule, and the same against it."""

    for_it: dict[str, Any]
    against: dict[str, Any]
    change_for: Change = as_it_is
    change_against: Change = as_it_is


def one(question: str, answer: str, other: str, **beside: Any) -> Made:
    """A rule about one choice, with other answers that stay the same."""
    return Made({question: answer, **beside}, {question: other, **beside})


MADE: dict[str, Made] = {
    "money_not_chosen": Made({"focus": {FIRST: "no"}}, {"focus": {FIRST: "focus"}}),
    "focus_gets_least": Made(
        {"focus": {FIRST: "focus", SECOND: "serve"}},
        {"focus": {FIRST: "focus", SECOND: "serve"}},
        spend(SECOND, "retain", 5e6),
        spend(FIRST, "retain", 5e7),
    ),
    "priority_gets_least": Made(
        {"priorities": {"acquire": 2, "retain": 5}},
        {"priorities": {"acquire": 2, "retain": 5}},
        lever("retain", 1000),
        lever("retain", 1e7),
    ),
    "low_priority_gets_most": Made({"priorities": {"acquire": 1}}, {"priorities": {"acquire": 5}}),
    "acquire_without_relation": Made({"relation": {FIRST: "no"}}, {"relation": {FIRST: "start"}}),
    "acquire_where_unable": Made({"ability": {FIRST: 2}}, {"ability": {FIRST: 3}}),
    "new_customer_too_costly": Made({}, {}, lever("acquire", 4e7), lever("acquire", 1000)),
    "cash_above_budget": Made({}, {}, paying_at_once(100_001.0), paying_at_once(99_999.0)),
    "more_than_there_are": Made({}, {}, winning(0.3), winning(0.1)),
    "one_to_one_at_low_cost": one("orientation", "efficiency", "intimacy", spectrum="one_to_one"),
    "one_to_one_standard": one("individualisation", "standard", "modules", spectrum="one_to_one"),
    "mass_but_individual": one("individualisation", "co_creation", "standard", spectrum="mass"),
    "individual_price_for_the_mass": one("pricing", "individual", "same", spectrum="mass"),
    "individual_without_knowledge": one("individualisation", "tailored", "standard", competences={"knowledge": 2}),
    "customization_weak": one("individualisation", "tailored", "modules", areas={"customization": 1}),
    "co_creation_as_rivals": one("individualisation", "co_creation", "modules", profile={"cooperation": 1}),
    "behind_in_focus": Made(
        {
            "focus": {FIRST: "focus"},
            "needs": [
                {"segment": FIRST, "need": "speed", "importance": 5, "ours": 2, "alternative": "Rival", "theirs": 4}
            ],
        },
        {
            "focus": {FIRST: "focus"},
            "needs": [
                {"segment": FIRST, "need": "speed", "importance": 5, "ours": 4, "alternative": "Rival", "theirs": 4}
            ],
        },
    ),
    "intimacy_without_relationship": one("orientation", "intimacy", "efficiency", competences={"relationship": 2}),
    "intimacy_without_personal": Made(
        {"orientation": "intimacy", "resources": {"love": 1, "status": 2}},
        {"orientation": "intimacy", "resources": {"love": 1, "status": 4}},
    ),
    "close_but_calculating": one("reciprocity", "immediate", "over_time", profile={"primary": 5}),
    "transactions_to_keep": one("marketing", "transaction", "relationship", keep={FIRST: "all"}),
    "more_than_it_brings": Made({"extra_income": {FIRST: 1}}, {"extra_income": {FIRST: 1e9}}),
    "subscription_without_retaining": Made(
        {"revenue_models": {FIRST: "subscription"}},
        {"revenue_models": {FIRST: "subscription"}},
        spend(FIRST, "retain", 0),
    ),
    "price_on_captives": Made(
        {"price": [{"segment": FIRST, "change": 5}], "want_to": {FIRST: 1}, "must_stay": {FIRST: 5}},
        {"price": [{"segment": FIRST, "change": -5}], "want_to": {FIRST: 1}, "must_stay": {FIRST: 5}},
    ),
    "retention_goal_gets_least": Made(
        {"retention_goal": {FIRST: 99}}, {"retention_goal": {FIRST: 99}}, lever("retain", 1000), lever("retain", 1e7)
    ),
    "retention_goal_missed": Made({"retention_goal": {FIRST: 99}}, {"retention_goal": {FIRST: 50}}),
    "retention_goal_unreachable": Made({"retention_goal": {FIRST: 99.9}}, {"retention_goal": {FIRST: 95}}),
    "let_go_but_retained": Made(
        {"keep": {FIRST: "let_go"}}, {"keep": {FIRST: "let_go"}}, as_it_is, spend(FIRST, "retain", 0)
    ),
    "keep_without_money": Made({"keep": {FIRST: "all"}}, {"keep": {FIRST: "all"}}, spend(FIRST, "retain", 0)),
    "must_stay": Made(
        {"want_to": {FIRST: 1}, "must_stay": {FIRST: 5}}, {"want_to": {FIRST: 4}, "must_stay": {FIRST: 5}}
    ),
    "trust_weak": Made(
        {"quality": {"trust": 1, "loyalty": 4}, "keep": {FIRST: "all"}},
        {"quality": {"trust": 3, "loyalty": 4}, "keep": {FIRST: "all"}},
    ),
    "saving_hurts": Made(
        {"keep": {FIRST: "all"}}, {"keep": {FIRST: "some"}}, saving_hurts_retention, saving_hurts_retention
    ),
    "efficiency_without_saving": one("orientation", "efficiency", "innovation"),
    "costly_channel": Made(
        {
            "orientation": "efficiency",
            "channels": [
                {"channel": "telephone", "contribution": 70, "cost": 8},
                {"channel": "e_commerce", "contribution": 30, "cost": 0.5},
            ],
        },
        {
            "orientation": "efficiency",
            "channels": [
                {"channel": "telephone", "contribution": 30, "cost": 8},
                {"channel": "e_commerce", "contribution": 70, "cost": 0.5},
            ],
        },
    ),
    "omnichannel_without_information": one("omnichannel", "omni", "multi", information={"technology": 1}),
    "omnichannel_without_database": one("omnichannel", "omni", "single", components={"database": 2}),
    "omnichannel_apart": Made(
        {"omnichannel": "omni", "systems": ["separate"]},
        {"omnichannel": "omni", "systems": ["separate", "integration"]},
    ),
    "broken_handover": Made(
        {"omnichannel": "omni", "handovers": [{"from": "telephone", "to": "e_commerce", "works": False}]},
        {"omnichannel": "omni", "handovers": [{"from": "telephone", "to": "e_commerce", "works": True}]},
    ),
    "few_channels": Made(
        {"omnichannel": "omni", "channels": [{"channel": "mail"}]},
        {"omnichannel": "omni", "channels": [{"channel": "mail"}, {"channel": "telephone"}]},
    ),
    "competence_ahead": Made(
        {"competences": {"knowledge": 5, "proposition": 2}}, {"competences": {"knowledge": 5, "proposition": 4}}
    ),
    "broad_one_department": Made(
        {
            "ambition": "broad",
            "activities": [{"activity": "a", "role": "marketing"}, {"activity": "b", "role": "marketing"}],
        },
        {
            "ambition": "broad",
            "activities": [{"activity": "a", "role": "marketing"}, {"activity": "b", "role": "sales"}],
        },
    ),
    "broad_as_technology": one("view", "automation", "strategy", ambition="broad"),
    "narrow_but_individual": one("ambition", "narrow", "broad", individualisation="tailored"),
    "nobody_responsible": Made(
        {"activities": [{"lever": "retain", "activity": "welcome", "owner": "Ann"}]},
        {
            "activities": [
                {"lever": code, "activity": "all", "owner": "Ann"}
                for code in ("acquire", "develop", "retain", "reduce_cost")
            ]
        },
    ),
    "automated_before_described": Made(
        {"automation": [{"task": "billing"}], "systems": ["legacy"]},
        {"automation": [{"task": "billing"}], "systems": ["legacy", "described"]},
    ),
    "goal_unmeasured": Made(
        {"goals": [{"goal": "happier", "measure": "satisfaction"}], "measures": [{"measure": "nps"}]},
        {"goals": [{"goal": "happier", "measure": "satisfaction"}], "measures": [{"measure": "satisfaction"}]},
    ),
    "broken_cycle": Made({"cycle": {"identify": 5, "interact": 1}}, {"cycle": {"identify": 5, "interact": 4}}),
}


def made(answers: dict[str, Any], change: Change) -> Plan:
    plan = start(load_sample("telecom"))
    return change(plan.having(answers=checked_answers(plan.case, answers)))


def fired(plan: Plan) -> set[str]:
    return {finding.rule.code for finding in findings(plan)}


def test_the_two_segments_take_money_on_the_levers_that_the_plans_move() -> None:
    case = load_sample("telecom")
    assert all(isinstance(case.segment(FIRST).levers[code], Curve) for code in ("develop", "retain", "reduce_cost"))
    assert isinstance(case.segment(SECOND).levers.retain, Curve)


def test_there_are_at_least_twenty_rules_each_with_a_plan_for_and_against_it() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes)) >= 20  # the number the product promises
    assert set(codes) == set(MADE)


@pytest.mark.parametrize("code", MADE)
def test_a_rule_fires_on_a_plan_made_for_it_and_is_silent_on_one_made_against_it(code: str) -> None:
    plans = MADE[code]
    assert code in fired(made(plans.for_it, plans.change_for))
    assert code not in fired(made(plans.against, plans.change_against))


def test_without_answers_only_the_numbers_can_contradict_themselves() -> None:
    assert fired(start(load_sample("telecom"))) <= {"new_customer_too_costly"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", MADE)
def test_a_finding_says_what_it_found_in_both_languages(code: str, language: str) -> None:
    plan = made(MADE[code].for_it, MADE[code].change_for)
    finding = next(finding for finding in findings(plan) if finding.rule.code == code)
    sentence = finding_text(plan, finding, Wording(language))
    assert "{" not in sentence
    assert sentence[0] == sentence[0].upper()
    assert Wording(language).text(finding.rule.reason)


def test_every_rule_names_questions_that_are_asked() -> None:
    for rule in RULES:
        assert rule.places
        assert all(place == BUDGET or place in BY_CODE for place in rule.places)
