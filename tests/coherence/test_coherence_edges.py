"""Where each rule of coherence begins to speak: below, at and above its thresholds, and at each choice it is about.

The thresholds are those of the rules' own sentences: a score of 1 or 2 of 5 is weak, 4 or 5 is strong, two points more
is far ahead, a tenth of the money is worth an owner, half a point is no missed goal. None of these numbers is computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from strategy.case.case import Constant, Curve
from strategy.case.case_file import case_from
from strategy.case.editing import with_prospect_pool, with_side_effect
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.coherence import RULES, checks
from strategy.plan.answers import checked_answers
from strategy.plan.moves import set_spend
from strategy.plan.plan import Plan, set_case, start
from strategy.questions import BY_CODE
from tests import cases
from tests.coherence.test_coherence import FIRST, SECOND, as_it_is, free, paying_at_once, saving_hurts_retention

CASE = load_sample("telecom")
TODAY = start(CASE)
CENT = 0.01
Change = Callable[[Plan], Plan]
Values = dict[Any, bool]
"""{a value: whether the rule speaks there}"""


@dataclass(frozen=True)
class Edge:
    """What one rule does along one thing that it looks at.

    values  in their order along the threshold, or every option of a choice
    plan    the plan at a value, all else such that the rule would speak
    result  stands in for the plan's read-outs, at a value; None: as they are
    """

    code: str
    values: Values
    plan: Callable[[Any], Plan]
    result: Callable[[Any], Any] | None = None


def told(change: Change = as_it_is, **answers: Any) -> Plan:
    given = checked_answers(CASE, {question: answer for question, answer in answers.items() if answer is not None})
    return change(TODAY.having(answers=given))


def choices(question: str, *speaking: str) -> Values:
    """Every option of a question, and none chosen."""
    return {option.code: option.code in speaking for option in BY_CODE[question].options} | {None: False}


def only(**money: float) -> Change:
    """All of these levers' money in the first segment, and none elsewhere."""
    return partial(split, {FIRST: money})


def split(money: dict[str, dict[str, float]], plan: Plan) -> Plan:
    nothing = {s: dict.fromkeys(LEVER_CODES, 0.0) for s in plan.case.segment_ids}
    return set_spend(free(plan), {s: levers | money.get(s, {}) for s, levers in nothing.items()})


def shares(lever: str, amount: float) -> Change:
    """A lever at an amount beside the three others at 100."""
    return only(**(dict.fromkeys(LEVER_CODES, 100.0) | {lever: amount}))


def kept(first: float, last: float) -> SimpleNamespace:
    """Read-outs in which of all segments so many stay in the first and in the last period, today and in the plan."""
    rates = np.full((1, 1, CASE.horizon, len(CASE.segments)), 0.01)
    rates[:, :, 0], rates[:, :, -1] = first, last
    return SimpleNamespace(today=SimpleNamespace(retention_rate=rates), plan=SimpleNamespace(retention_rate=rates))


def won(people: float) -> Any:
    """So many people won over five years from the 60,000 prospects of the first segment."""
    acquired = np.zeros((1, 1, 5, len(CASE.segments)))
    acquired[..., CASE.segment_ids.index(FIRST)] = people / 5
    return SimpleNamespace(plan=SimpleNamespace(acquired=acquired))


def runs_out(pool: bool) -> Plan:
    """Prospects of the first segment that run out, or never do."""
    refill = Estimate.of(100) if pool else None
    return set_case(TODAY, with_prospect_pool(CASE, FIRST, refill, Estimate.of(0)))


def newcomers(cost: float) -> SimpleNamespace:
    """Read-outs in which a new customer of the first segment is worth 100."""
    worth = np.full((1, 1, CASE.horizon, len(CASE.segments)), 5.0)
    worth[0, 0, 0, 0] = 100.0
    return SimpleNamespace(plan=SimpleNamespace(clv_net=worth), marginal_cac=[cost, None, None, None])


def need(importance: int = 5, ours: int = 3, theirs: int = 4) -> list[dict[str, Any]]:
    row = {"segment": FIRST, "need": "speed", "alternative": "Rival"}
    return [row | {"importance": importance, "ours": ours, "theirs": theirs}]


def channels(*costs: float, shares: tuple[float, ...] = (70, 30)) -> list[dict[str, Any]]:
    names = ("telephone", "e_commerce")
    return [{"channel": n, "contribution": s, "cost": c} for n, s, c in zip(names, shares, costs, strict=True)]


def hurt(at_ceiling: float) -> Change:
    def changed(plan: Plan) -> Plan:
        case = with_side_effect(plan.case, FIRST, "reduce_cost", "retention_rate", Estimate.of(at_ceiling))
        other = set_case(plan, case)
        return split({FIRST: {"reduce_cost": 1.2 * case.today[FIRST]["reduce_cost"]}}, other)

    return changed


def saved(more: float, plan: Plan) -> Plan:
    """The first segment's saving on service at today's amount and so much more, where it costs retention."""
    hurting = saving_hurts_retention(plan)
    return split({FIRST: {"reduce_cost": hurting.case.today[FIRST]["reduce_cost"] + more}}, hurting)


def activities(*roles: str | None) -> list[dict[str, Any]]:
    return [{"activity": f"a{n}"} | ({"role": role} if role else {}) for n, role in enumerate(roles)]


def captive(rule: str, **also: Any) -> tuple[Edge, Edge]:
    """Who stays because he must: the wish weak, the must strong."""
    return (
        Edge(rule, {1: True, 2: True, 3: False, None: False},
             lambda v: told(want_to=v and {FIRST: v}, must_stay={FIRST: 5}, **also)),
        Edge(rule, {5: True, 4: True, 3: False, None: False},
             lambda v: told(want_to={FIRST: 1}, must_stay=v and {FIRST: v}, **also)),
    )  # fmt: skip


def least(rule: str, lever: str, answers: dict[str, Any]) -> tuple[Edge, Edge]:
    """The smallest share: below the others; not where all have the same; none where nothing is spent."""
    return (
        Edge(rule, {99.99: True, 100.0: False, 100.01: False}, lambda v: told(shares(lever, v), **answers),
             lambda _: kept(0.75, 0.5)),
        Edge(rule, {0.0: False, CENT: True},
             lambda v: told(only(**{o: v for o in LEVER_CODES if o != lever}), **answers), lambda _: kept(0.75, 0.5)),
    )  # fmt: skip


INDIVIDUAL = choices("individualisation", "tailored", "co_creation")
LOW = {1: True, 2: True, 3: False, 4: False, None: False}
"""Scores that are weak; no score is not."""
MONEY = {0.0: False, CENT: True}
GROSS = CASE.segment(FIRST).gross_margin.likely
RETAIN = CASE.segment(FIRST).levers.retain
assert isinstance(RETAIN, Curve)
HIGHEST = round(100 * RETAIN.ceiling.high, 6)
N = {s.id: s.customers.likely for s in CASE.segments}
UNDESCRIBED = [option.code for option in BY_CODE["systems"].options if option.code != "described"]
FOCUSED = {"focus": {FIRST: "focus", SECOND: "serve"}}

EDGES: tuple[Edge, ...] = (
    Edge("money_not_chosen", choices("focus", "no"), lambda v: told(focus=v and {FIRST: v})),
    *(Edge("money_not_chosen", MONEY, lambda v, lever=lever: told(only(**{lever: v}), focus={FIRST: "no"}))
      for lever in LEVER_CODES),
    Edge("focus_gets_least", {9.99: True, 10.0: False, 10.01: False}, lambda v: told(
        partial(split, {FIRST: {"retain": v * N[FIRST]}, SECOND: {"retain": 10 * N[SECOND]}}), **FOCUSED)),
    Edge("focus_gets_least", choices("focus", "serve"), lambda v: told(
        partial(split, {SECOND: {"retain": 10 * N[SECOND]}}), focus={FIRST: "focus"} | ({SECOND: v} if v else {}))),
    *least("priority_gets_least", "retain", {"priorities": {"acquire": 2, "retain": 5}}),
    Edge("priority_gets_least", {4: False, 5: False, None: False, 3: True}, lambda v: told(
        shares("retain", 1.0), priorities={"retain": 4} | ({"acquire": v} if v else {}))),
    Edge("low_priority_gets_most", LOW, lambda v: told(shares("acquire", 101.0), priorities=v and {"acquire": v})),
    Edge("low_priority_gets_most", {99.99: False, 100.01: True}, lambda v: told(
        shares("retain", v), priorities={"retain": 2, "acquire": 5, "develop": 5, "reduce_cost": 5})),
    Edge("acquire_without_relation", choices("relation", "no"), lambda v: told(relation=v and {FIRST: v})),
    Edge("acquire_without_relation", MONEY, lambda v: told(only(acquire=v, retain=5), relation={FIRST: "no"})),
    Edge("acquire_where_unable", LOW, lambda v: told(ability=v and {FIRST: v})),
    Edge("acquire_where_unable", MONEY, lambda v: told(only(acquire=v, retain=5), ability={FIRST: 2})),
    Edge("new_customer_too_costly", {99.99: False, 100.0: False, 100.01: True},
         lambda _: told(only(acquire=5)), newcomers),
    Edge("new_customer_too_costly", MONEY, lambda v: told(only(acquire=v)), lambda _: newcomers(101.0)),
    Edge("cash_above_budget", {99_999.0: False, 100_000.0: False, 100_001.0: True},
         lambda v: paying_at_once(v)(TODAY)),
    Edge("more_than_there_are", {59_999: False, 60_000: False, 60_001: True}, lambda _: TODAY, won),
    Edge("more_than_there_are", {True: False, False: True}, runs_out, lambda _: won(60_001)),
    Edge("one_to_one_at_low_cost", choices("orientation", "efficiency"),
         lambda v: told(spectrum="one_to_one", orientation=v)),
    Edge("one_to_one_at_low_cost", choices("spectrum", "one_to_one"),
         lambda v: told(spectrum=v, orientation="efficiency")),
    Edge("one_to_one_standard", choices("individualisation", "standard"),
         lambda v: told(spectrum="one_to_one", individualisation=v)),
    Edge("one_to_one_standard", choices("spectrum", "one_to_one"),
         lambda v: told(spectrum=v, individualisation="standard")),
    Edge("mass_but_individual", INDIVIDUAL, lambda v: told(spectrum="mass", individualisation=v)),
    Edge("mass_but_individual", choices("spectrum", "mass"), lambda v: told(spectrum=v, individualisation="tailored")),
    Edge("individual_price_for_the_mass", choices("pricing", "individual"), lambda v: told(spectrum="mass", pricing=v)),
    Edge("individual_price_for_the_mass", choices("spectrum", "mass"),
         lambda v: told(spectrum=v, pricing="individual")),
    Edge("individual_without_knowledge", LOW,
         lambda v: told(individualisation="tailored", competences=v and {"knowledge": v})),
    Edge("individual_without_knowledge", INDIVIDUAL, lambda v: told(individualisation=v, competences={"knowledge": 2})),
    Edge("customization_weak", LOW, lambda v: told(individualisation="tailored", areas=v and {"customization": v})),
    Edge("customization_weak", INDIVIDUAL, lambda v: told(individualisation=v, areas={"customization": 2})),
    Edge("co_creation_as_rivals", LOW,
         lambda v: told(individualisation="co_creation", profile=v and {"cooperation": v})),
    Edge("co_creation_as_rivals", choices("individualisation", "co_creation"),
         lambda v: told(individualisation=v, profile={"cooperation": 2})),
    Edge("behind_in_focus", {3: False, 4: True, 5: True},
         lambda v: told(focus={FIRST: "focus"}, needs=need(importance=v))),
    Edge("behind_in_focus", {3: True, 4: False, 5: False}, lambda v: told(focus={FIRST: "focus"}, needs=need(ours=v))),
    Edge("behind_in_focus", choices("focus", "focus"), lambda v: told(focus=v and {FIRST: v}, needs=need())),
    Edge("intimacy_without_relationship", LOW,
         lambda v: told(orientation="intimacy", competences=v and {"relationship": v})),
    Edge("intimacy_without_relationship", choices("orientation", "intimacy"),
         lambda v: told(orientation=v, competences={"relationship": 2})),
    Edge("intimacy_without_personal", {(2, 2): True, (1, 2): True, (3, 2): False, (2, 3): False},
         lambda v: told(orientation="intimacy", resources={"love": v[0], "status": v[1]})),
    Edge("intimacy_without_personal", choices("orientation", "intimacy"),
         lambda v: told(orientation=v, resources={"love": 2, "status": 2})),
    Edge("close_but_calculating", {5: True, 4: True, 3: False, None: False},
         lambda v: told(reciprocity="immediate", profile=v and {"primary": v})),
    Edge("close_but_calculating", choices("reciprocity", "immediate", "calculated"),
         lambda v: told(reciprocity=v, profile={"primary": 4})),
    Edge("transactions_to_keep", choices("marketing", "transaction"), lambda v: told(marketing=v, keep={FIRST: "all"})),
    Edge("transactions_to_keep", choices("keep", "all"),
         lambda v: told(marketing="transaction", keep=v and {FIRST: v})),
    Edge("more_than_it_brings", {-CENT: False, 0.0: False, CENT: True},
         lambda v: told(only(develop=1000.0 * GROSS + v), extra_income={FIRST: 1000.0})),
    Edge("subscription_without_retaining", {0.0: True, CENT: False},
         lambda v: told(only(retain=v), revenue_models={FIRST: "subscription"})),
    Edge("subscription_without_retaining", choices("revenue_models", "subscription"),
         lambda v: told(only(acquire=5), revenue_models=v and {FIRST: v})),
    Edge("price_on_captives", {-0.1: False, 0.0: False, 0.1: True}, lambda v: told(
        price=[{"segment": FIRST, "change": v}], want_to={FIRST: 2}, must_stay={FIRST: 4})),
    *captive("price_on_captives", price=[{"segment": FIRST, "change": 1.0}]),
    *least("retention_goal_gets_least", "retain", {"retention_goal": {FIRST: 80.0}}),
    Edge("retention_goal_gets_least", {74.9: False, 75.0: False, 75.1: True},
         lambda v: told(shares("retain", 1.0), retention_goal={FIRST: v}), lambda _: kept(0.75, 0.5)),
    Edge("retention_goal_missed", {75.0: False, 75.5: False, 75.6: True},
         lambda v: told(retention_goal={FIRST: v}), lambda _: kept(0.5, 0.75)),
    Edge("retention_goal_unreachable", {HIGHEST - 0.1: False, HIGHEST: False, HIGHEST + 0.1: True},
         lambda v: told(retention_goal={FIRST: v})),
    Edge("let_go_but_retained", choices("keep", "let_go"), lambda v: told(keep=v and {FIRST: v})),
    Edge("let_go_but_retained", MONEY, lambda v: told(only(retain=v, acquire=5), keep={FIRST: "let_go"})),
    Edge("keep_without_money", {0.0: True, CENT: False}, lambda v: told(only(retain=v), keep={FIRST: "all"})),
    Edge("keep_without_money", choices("keep", "all"), lambda v: told(only(acquire=5), keep=v and {FIRST: v})),
    *captive("must_stay"),
    Edge("trust_weak", LOW, lambda v: told(keep={FIRST: "all"}, quality=v and {"trust": v, "loyalty": 5})),
    Edge("trust_weak", choices("keep", "all"), lambda v: told(keep=v and {FIRST: v}, quality={"trust": 2})),
    Edge("saving_hurts", {-CENT: False, 0.0: False, CENT: True},
         lambda v: told(partial(saved, v), keep={FIRST: "all"})),
    Edge("saving_hurts", {0.001: False, 0.0: False, -0.001: True}, lambda v: told(hurt(v), keep={FIRST: "all"})),
    Edge("saving_hurts", choices("keep", "all"), lambda v: told(saving_hurts_retention, keep=v and {FIRST: v})),
    *least("efficiency_without_saving", "reduce_cost", {"orientation": "efficiency"}),
    Edge("efficiency_without_saving", choices("orientation", "efficiency"),
         lambda v: told(shares("reduce_cost", 1.0), orientation=v)),
    Edge("costly_channel", {1.99: False, 2.0: False, 2.01: True},
         lambda v: told(orientation="efficiency", channels=channels(v, 1.0))),
    Edge("costly_channel", {49.0: False, 51.0: True},
         lambda v: told(orientation="efficiency", channels=channels(9.0, 1.0, shares=(v, 50.0)))),
    Edge("costly_channel", choices("orientation", "efficiency"),
         lambda v: told(orientation=v, channels=channels(9.0, 1.0))),
    Edge("omnichannel_without_information", LOW,
         lambda v: told(omnichannel="omni", information=v and {"technology": v, "analysis": 5})),
    Edge("omnichannel_without_information", choices("omnichannel", "omni"),
         lambda v: told(omnichannel=v, information={"technology": 2})),
    Edge("omnichannel_without_database", LOW, lambda v: told(omnichannel="omni", components=v and {"database": v})),
    Edge("omnichannel_without_database", choices("omnichannel", "omni"),
         lambda v: told(omnichannel=v, components={"database": 2})),
    Edge("omnichannel_apart", choices("systems", "separate"),
         lambda v: told(omnichannel="omni", systems=v and [v])),
    Edge("omnichannel_apart", {"integration": False, "legacy": True, "described": True},
         lambda v: told(omnichannel="omni", systems=["separate", v])),
    Edge("omnichannel_apart", choices("omnichannel", "omni"), lambda v: told(omnichannel=v, systems=["separate"])),
    Edge("broken_handover", {True: False, False: True},
         lambda v: told(omnichannel="omni", handovers=[{"from": "telephone", "to": "mail", "works": v}])),
    Edge("broken_handover", choices("omnichannel", "omni"),
         lambda v: told(omnichannel=v, handovers=[{"from": "telephone", "to": "mail", "works": False}])),
    Edge("few_channels", {(): False, ("mail",): True, ("mail", "mail"): True, ("mail", "telephone"): False},
         lambda v: told(omnichannel="omni", channels=[{"channel": c} for c in v] or None)),
    Edge("few_channels", choices("omnichannel", "omni"), lambda v: told(omnichannel=v, channels=[{"channel": "mail"}])),
    Edge("competence_ahead", {(5, 4): False, (5, 3): True, (5, 2): True, (5,): False},
         lambda v: told(competences=dict(zip(("knowledge", "multichannel"), v, strict=False)))),
    Edge("broad_one_department", {1: False, 2: True}, lambda v: told(
        ambition="broad", activities=activities(*["marketing"] * v))),
    Edge("broad_one_department", {"marketing": True, "sales": False, None: False},
         lambda v: told(ambition="broad", activities=activities("marketing", v))),
    Edge("broad_one_department", choices("ambition", "broad"),
         lambda v: told(ambition=v, activities=activities("marketing", "marketing"))),
    Edge("broad_as_technology", choices("view", "automation"), lambda v: told(ambition="broad", view=v)),
    Edge("broad_as_technology", choices("ambition", "broad"), lambda v: told(ambition=v, view="automation")),
    Edge("narrow_but_individual", INDIVIDUAL, lambda v: told(ambition="narrow", individualisation=v)),
    Edge("narrow_but_individual", choices("ambition", "narrow"),
         lambda v: told(ambition=v, individualisation="tailored")),
    Edge("nobody_responsible", {9.99: False, 10.0: True, 10.01: True}, lambda v: told(
        only(acquire=v, retain=100.0 - v), activities=[{"lever": "retain", "activity": "a", "owner": "Ann"}])),
    Edge("nobody_responsible", {"Ann": False, "": True}, lambda v: told(
        only(retain=5.0), activities=[{"lever": "retain", "activity": "a"} | ({"owner": v} if v else {})])),
    Edge("automated_before_described", choices("systems", *UNDESCRIBED),
         lambda v: told(automation=[{"task": "billing"}], systems=v and [v])),
    Edge("automated_before_described", {0: False, 1: True},
         lambda v: told(automation=[{"task": "billing"}] * v or None, systems=["legacy"])),
    Edge("goal_unmeasured", {"satisfaction": False, "nps": True},
         lambda v: told(goals=[{"goal": "g", "measure": "satisfaction"}], measures=[{"measure": v}])),
    Edge("goal_unmeasured", {"customers": False, "profit": False, "revenue": False, "satisfaction": True},
         lambda v: told(goals=[{"goal": "g", "measure": v}], measures=[{"measure": "revenue"}])),
    Edge("broken_cycle", {5: True, 4: True, 3: False}, lambda v: told(cycle={"identify": v, "interact": 2})),
    Edge("broken_cycle", {1: True, 2: True, 3: False}, lambda v: told(cycle={"identify": 5, "interact": v})),
)  # fmt: skip


def test_every_rule_has_an_edge_with_both_sides() -> None:
    """A new rule belongs in this table."""
    assert {edge.code for edge in EDGES} == {rule.code for rule in RULES}
    for edge in EDGES:
        assert set(edge.values.values()) == {True, False}, edge.code


@pytest.mark.parametrize(
    ("edge", "value"),
    [pytest.param(e, v, id=f"{number} {e.code} {v}") for number, e in enumerate(EDGES) for v in e.values],
)
def test_a_rule_speaks_on_one_side_of_its_edge_only(edge: Edge, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = edge.plan(value)
    if edge.result is not None:
        monkeypatch.setattr(checks, "read_out", lambda _: edge.result(value))
    rule = next(rule for rule in RULES if rule.code == edge.code)
    assert (rule.check(plan) is not None) == edge.values[value]


def test_a_lever_that_takes_no_money_is_not_missed() -> None:
    """Where spending moves nothing, to spend nothing is no contradiction."""
    plan = start(case_from(cases.one_period()))
    (segment,) = plan.case.segments
    constants = [code for code in LEVER_CODES if isinstance(segment.levers[code], Constant)]
    assert constants
    for lever in constants:
        assert plan.spend[segment.id][lever] == 0
        assert checks.no_money_in(plan, [segment.id], lever) is None


def test_a_goal_is_measured_against_the_numbers_of_its_own_segment() -> None:
    """The second segment's goal above what its own customers do, where the first ones would reach it."""
    plan = TODAY.having(answers={"retention_goal": {SECOND: 80.0}})
    rates = np.full((1, 1, CASE.horizon, len(CASE.segments)), 0.9)
    rates[..., CASE.segment_ids.index(SECOND)] = 0.7
    found = SimpleNamespace(plan=SimpleNamespace(retention_rate=rates))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "read_out", lambda _: found)
        facts = checks.retention_goal_missed(plan)
    assert facts is not None
    assert facts["segment"] == ("segment", SECOND)
    assert facts["kept"] == ("number", 70.0)
