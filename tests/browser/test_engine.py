"""The engine in the browser against Python: the same plans, computed by both, at 1e-9."""

import json
import random
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import Page

from strategy.allocation.cash import taken_by_initiatives
from strategy.browser.model import engine_model
from strategy.browser.rule import number_rule
from strategy.browser.script import DESK, NUMBERS, script, version
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import SAMPLES, load_sample
from strategy.equity.parameters import chosen_array, parameters, spendable
from strategy.equity.phases import PhasedSpend, SpendPhase, phases_of, spend_path
from strategy.equity.readouts import Opportunity, opportunities, read_out
from strategy.equity.simulation import customer_equity
from strategy.equity.uncertainty import draw
from strategy.plan import moves
from strategy.plan.plan import Plan, start
from strategy.words.wording import LANGUAGES, Wording
from tests import cases, reference
from tests.equity.test_market import planned

DIFFERENCE = 1e-9
"""The worst difference that is allowed, against the sum of the absolute pieces of a customer equity."""
SVG = "http://www.w3.org/2000/svg"
"""A name, which nothing is asked of."""
RANDOM_CASES, DRAWS = 200, 5
unhurried = {"suppress_health_check": list(HealthCheck), "deadline": None, "phases": [Phase.generate]}

COMPUTED = """plans => plans.map(({ model, starts, phases, chosen, budget, taken, cell }) => {
    const m = planner.compile(JSON.parse(model)), path = { starts, phases, chosen };
    const found = planner.readOut(m, path), now = planner.equity(m, path);
    return {
        ...found, now, today: planner.equity(m, planner.today(m)), parts: planner.attribution(m, path),
        more: planner.split(m, path, planner.equity(m, planner.today(m)), taken),
        next: planner.nextEuros(m, path), first: planner.nextEuros(m, path, 0),
        draws: m.draws.map(n => planner.equity(m, path, n)), uplifts: planner.uplifts(m, path),
        places: planner.opportunities(m, path, budget),
        response: [0, 0.3, 1, 2.5].map(times => planner.response(m, cell, times * path.phases[0][cell])),
    };
})"""


@pytest.fixture
def engine(page: Page) -> Page:
    """A page that holds our scripts as `planner`, and needs nothing from anywhere."""
    page.goto("about:blank")
    page.evaluate(
        """async text => {
            const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
            window.planner = await import(address);
        }""",
        script(NUMBERS),
    )
    return page


def cells(case: Case, spend: Any) -> list[float]:
    return [float(spend.get(s, {}).get(lever, 0.0)) for s in case.segment_ids for lever in LEVER_CODES]


def asked(case: Case, spend: PhasedSpend, initiatives: tuple[str, ...], budget: float, draws: int) -> dict[str, Any]:
    """A plan as the page gives it to the engine."""
    phases = phases_of(spend)
    return {
        "model": engine_model(case, 1, draws),
        "starts": [phase.start for phase in phases],
        "phases": [cells(case, phase.spend) for phase in phases],
        "chosen": [i for i, one in enumerate(case.initiatives) if one.id in initiatives],
        "budget": budget,
        "taken": float(taken_by_initiatives(case, initiatives)[0]),
        "cell": int(np.flatnonzero(spendable(case).ravel())[0]) if spendable(case).any() else 0,
    }


def close(found: Any, expected: Any, scale: float, what: str) -> float:
    """The worst difference as a share of the scale; fails above DIFFERENCE, and where there are not as many numbers."""
    ours, theirs = np.asarray(found, float), np.asarray(expected, float)
    assert ours.shape == theirs.shape, what
    assert (np.isnan(ours) == np.isnan(theirs)).all(), what
    worst = float(np.nan_to_num(np.abs(ours - theirs)).max(initial=0.0)) / max(scale, 1e-300)
    assert worst <= DIFFERENCE, f"{what}: {worst:.2e}"
    return worst


def compare(case: Case, spend: PhasedSpend, initiatives: tuple[str, ...], plan: Any, found: Any, scale: float) -> None:
    """All that the engine found of a plan beside what Python computes."""
    expected = read_out(case, spend, initiatives)
    close(found["now"], expected.customer_equity, scale, "customer equity")
    close(found["equity"], expected.customer_equity, scale, "customer equity")
    close(found["today"], expected.today.customer_equity[0, 0], scale, "today's")
    close(found["residual"], expected.plan.residual[0, 0], scale, "residual")
    close(found["cash"], expected.plan.cash[0, 0], scale, "cash")
    close(found["customers"], expected.plan.customers[0, 0], float(expected.plan.customers.max()), "customers")
    clv = expected.plan.clv[0, 0, 0], expected.plan.clv_net[0, 0, 0]
    for name, values in zip(("clv", "clv_net"), clv, strict=True):
        close(found[name], values, float(np.abs(clv).max()), name)
    close(found["parts"], list(expected.attribution.values()), scale, "attribution")
    close(found["more"], expected.more_money, scale, "more money")
    close(np.array(found["next"], float), expected.marginal_return.ravel(), scale, "next euro")
    close(np.array(found["first"], float), expected.phase_returns[0].ravel(), scale, "next euro in a phase")
    draws = json.loads(plan["model"])["drawn"] != ""
    if draws:
        given_, chosen = draw(case, DRAWS, 1).parameters, chosen_array(case, initiatives)
        drawn = customer_equity(given_, spend_path(case, spend), chosen)[:, 0]
        today = customer_equity(given_, spend_path(case, case.today))[:, 0]
        close(found["draws"], drawn, 3 * scale, "draws")
        close(found["uplifts"], drawn - today, 3 * scale, "uplift in each draw")
    places = opportunities(parameters(case), spend, initiatives, plan["budget"])
    same_places(case, found["places"], places, scale)
    s, lever = divmod(plan["cell"], len(LEVER_CODES))
    response = parameters(case).responses[LEVER_CODES[lever]]
    spends = np.array([0, 0.3, 1, 2.5]) * plan["phases"][0][plan["cell"]]
    shares = response.share(np.repeat(spends[None, :, None], len(case.segments), 2) / response.answer_spend)
    values = np.broadcast_to(response.metric(shares), (1, 4, len(case.segments)))
    close(found["response"], values[0, :, s], float(np.abs(values).max()), "response")


def same_places(case: Case, found: list[dict[str, Any]], expected: list[Opportunity], scale: float) -> None:
    """The same places with the same worth; the order of equals, and on which side of the line they are, is free."""

    def of(place: Opportunity) -> tuple[Any, ...]:
        if place.segment is None:
            return (None, None, case.initiative_ids.index(str(place.initiative)), place.in_plan)
        cell = case.segment_ids.index(place.segment) * len(LEVER_CODES) + LEVER_CODES.index(place.lever)
        return (place.phase, cell, None, place.in_plan)

    theirs = {of(place): place for place in expected}
    ours = {(p["phase"], p["cell"], p["initiative"], p["inPlan"]): p for p in found}
    assert ours.keys() == theirs.keys()
    for key, place in theirs.items():
        mine = ours[key]
        if np.isinf(place.multiple):
            assert mine["multiple"] == np.inf
            continue
        cost = min(mine["cost"], place.cost)  # of steps that earn the same either may be the best
        close(mine["multiple"] * cost, place.multiple * cost, scale, f"place {key}")
    assert [p["multiple"] for p in found] == sorted((p["multiple"] for p in found), reverse=True)
    shown = [p.multiple for p in expected]
    apart = all(a - b > 1e-6 for a, b in pairwise(shown))
    if apart and all(abs(value - 1) > 1e-6 for value in shown):
        assert [p["funded"] for p in found] == [p.funded for p in expected]


def moved(plan: Plan, seed: int) -> PhasedSpend:
    """A plan's money moved about, some of it to nothing."""
    draws = random.Random(seed)
    return {
        s: {lever: x * draws.choice([0, 0.3, 1, 1.4, 2.5]) for lever, x in row.items()}
        for s, row in plan.case.today.items()
    }


def test_the_engine_computes_what_python_computes_of_every_sample(engine: Page) -> None:
    plans: list[tuple[Case, PhasedSpend, tuple[str, ...], dict[str, Any]]] = []
    for sample in SAMPLES:
        plan = start(load_sample(sample.code))
        half = 1 + plan.case.horizon // 2
        phased = (SpendPhase(1, moved(plan, 1)), SpendPhase(half, moved(plan, 2)))  # type: ignore[arg-type]
        for spend, initiatives in ((plan.case.today, ()), (moved(plan, 3), plan.case.initiative_ids), (phased, ())):
            if isinstance(spend, tuple) and half == 1:
                continue
            plans.append((plan.case, spend, initiatives, asked(plan.case, spend, initiatives, plan.budget, DRAWS)))
    found = engine.evaluate(COMPUTED, [plan for *_, plan in plans])
    for (case, spend, initiatives, plan), result in zip(plans, found, strict=True):
        compare(case, spend, initiatives, plan, result, float(np.abs(result["cash"]).sum() + abs(result["residual"])))


def test_the_engine_computes_what_python_computes_of_random_firms_with_pools_rivals_and_phases(engine: Page) -> None:
    plans: list[tuple[Any, ...]] = []

    @settings(max_examples=RANDOM_CASES, database=None, **unhurried)  # type: ignore[arg-type]
    @given(cases.markets_with_plans(triples=True, max_segments=3, max_horizon=5))
    def collect(plan: Any) -> None:
        document, spend, initiatives = plan
        case = case_from(document)
        chosen = tuple(i for i in case.initiative_ids if i in initiatives)
        budget = case.planned_budget
        plans.append((plan, case, planned(spend), chosen, asked(case, planned(spend), chosen, budget, DRAWS)))

    collect()
    assert len(plans) >= RANDOM_CASES
    found = engine.evaluate(COMPUTED, [asked_ for *_, asked_ in plans])
    for (plan, case, spend, chosen, asked_), result in zip(plans, found, strict=True):
        compare(case, spend, chosen, asked_, result, reference.yardstick(*plan))


def edges() -> list[dict[str, Any]]:
    """Firms at the edges that no sample reaches."""
    free = cases.telecom()
    free["segments"][0]["levers"]["acquire"]["spend"] = 0
    dear = cases.telecom()
    dear["segments"][0]["onboarding_cost"] = 4000
    return [case() for case in cases.NAMED_CASES] + [free, dear]


def test_the_engine_computes_what_python_computes_at_the_edges(engine: Page) -> None:
    """A run-off worth nothing, rates clipped at 1, no money at all, a negative customer equity."""
    plans = []
    for document in edges():
        case = case_from(document)
        nothing = {s: dict.fromkeys(LEVER_CODES, 0.0) for s in case.segment_ids}
        for spend in (case.today, nothing):
            chosen = case.initiative_ids
            plans.append((document, case, spend, chosen, asked(case, spend, chosen, case.planned_budget, DRAWS)))
    found = engine.evaluate(COMPUTED, [plan for *_, plan in plans])
    for (document, case, spend, chosen, plan), result in zip(plans, found, strict=True):
        scale = max(reference.yardstick(document, money, list(chosen)) for money in (spend, case.today))
        compare(case, spend, chosen, plan, result, scale)
    assert min(result["now"] for result in found) < 0
    assert 0 in [result["residual"] for result in found]


# Moving money --------------------------------------------------------------------------------------------------------

MOVED = """plans => plans.map(({ model, plan, steps }) => {
    const m = planner.compile(JSON.parse(model));
    const move = ({ lever, cell, amount, phase }) => lever === null
        ? planner.setCell(m, plan, cell, amount, phase) : planner.setLever(m, plan, lever, amount, phase);
    return steps.map(step => Array.from(move(step).phases[step.phase]));
})"""


def settings_of(plan: Plan) -> dict[str, Any]:
    return {
        "starts": list(plan.starts),
        "phases": [cells(plan.case, phase.spend) for phase in plan.phases],
        "chosen": [i for i, one in enumerate(plan.case.initiative_ids) if one in plan.initiatives],
        "fixed": plan.fixed,
        "budget": plan.budget,
        "taken": [plan.taken_in(phase) for phase in range(len(plan.phases))],
        "locked": [
            plan.case.segment_ids.index(s) * len(LEVER_CODES) + LEVER_CODES.index(lever) for s, lever in plan.locked
        ],
    }


def test_a_move_gives_the_plan_that_python_makes_of_it(engine: Page) -> None:
    """Levers and cells, total fixed or free, with locks, initiatives and phases, to nothing and beyond the budget."""
    asked_, expected = [], []
    for sample in SAMPLES:
        plan = start(load_sample(sample.code))
        first = plan.cells()[0]
        kinds = [
            plan,
            moves.set_fixed(plan, False),
            moves.lock(moves.set_fixed(plan, True), [first, plan.cells()[-1]], True),
            moves.lock(plan, plan.cells(), True),
            moves.set_lever(moves.set_phases(plan, min(2, plan.case.horizon)), first[1], 0.0),
        ]
        if plan.case.initiatives:
            kinds.append(moves.choose(moves.set_fixed(plan, True), plan.case.initiative_ids[0], True))
        for kind in kinds:
            steps, results = [], []
            phase = len(kind.phases) - 1
            for lever in LEVER_CODES:
                for share in (0.0, 0.2, 5.0):
                    amount = share * max(kind.budget, 1.0)
                    steps.append({"lever": LEVER_CODES.index(lever), "cell": None, "amount": amount, "phase": phase})
                    results.append(cells(kind.case, moves.set_lever(kind, lever, amount, phase).phases[phase].spend))
            for segment, lever in kind.cells()[:4]:
                cell = kind.case.segment_ids.index(segment) * len(LEVER_CODES) + LEVER_CODES.index(lever)
                for amount in (0.0, 0.1 * kind.budget, 1e16):
                    steps.append({"lever": None, "cell": cell, "amount": amount, "phase": phase})
                    results.append(
                        cells(kind.case, moves.set_cell(kind, segment, lever, amount, phase).phases[phase].spend)
                    )
            asked_.append({"model": engine_model(kind.case, 1, 0), "plan": settings_of(kind), "steps": steps})
            expected.append((kind.budget, results))
    for (budget, results), found in zip(expected, engine.evaluate(MOVED, asked_), strict=True):
        for ours, theirs in zip(found, results, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=DIFFERENCE, atol=DIFFERENCE * max(budget, 1.0))


# Numbers -------------------------------------------------------------------------------------------------------------

WRITTEN = """([amounts, rule]) => amounts.map(x => [
    planner.shortMoney(x, rule), planner.signedShortMoney(x, rule), planner.shortNumber(x, rule),
    planner.moneyIn(x, 2, rule), planner.moneyIn(x, 0, rule),
    planner.percent(x, 0, rule), planner.percent(x, 1, rule), planner.numberIn(x, 0, rule),
])"""


def amounts() -> list[float]:
    """All sizes, halves that round away from zero, nines that round up into the next size, and nothing."""
    draws = random.Random(5)
    edges = [
        0.0,
        -0.0,
        0.005,
        0.994,
        0.995,
        0.0456,
        8.4,
        9.995,
        99.95,
        999.5,
        9995,
        9999.5,
        99950,
        999499,
        999500,
        9995e5,
        1e15,
        2.675,
        1e-12,
    ]
    spread = [draws.uniform(1, 10) * 10 ** draws.randint(-6, 15) for _ in range(400)]
    grid = [round(draws.uniform(-1e6, 1e6), 2) for _ in range(100)]
    return [sign * x for x in (*edges, *spread, *grid) for sign in (1, -1)]


def test_the_engine_is_small_and_asks_for_nothing() -> None:
    text = script(NUMBERS)
    assert len(text.encode()) < 25_000
    assert not re.search(r"^import|import\(|fetch|https?:", text + script(DESK).replace(SVG, ""), re.MULTILINE)
    assert version(NUMBERS) != version(DESK) != version(DESK, "panel.css")


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY"])
def test_numbers_are_written_as_python_writes_them(engine: Page, currency: str) -> None:
    for language in LANGUAGES:
        say = Wording(language, currency)
        expected = [
            [say.short_money(x), say.signed_short_money(x), say.short_number(x), say.money(x, 2), say.money(x, 0),
             say.percent(x, 0), say.percent(x, 1), say.number(x, 0)] for x in amounts()
        ]  # fmt: skip
        found = engine.evaluate(WRITTEN, [amounts(), number_rule(say)])
        wrong = [(x, a, b) for x, a, b in zip(amounts(), found, expected, strict=True) if a != b]
        assert not wrong, (len(wrong), wrong[:5])
