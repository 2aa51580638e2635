"""What a chart says without its picture, and its table, against the results that it was made from; for every chart.

The sentences stand here in full, with amounts taken from the results: today and plan, first and last, low and high
cannot change places. A chart that is not in TOLD fails.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, get_type_hints

import numpy as np
import pytest

from strategy import charts
from strategy.allocation.budget_curve import BudgetCurve
from strategy.allocation.information import Information
from strategy.allocation.market_advice import MarketShift
from strategy.case.editing import with_rivals
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import Chart
from strategy.customers.models.tracking import HoldoutCheck
from strategy.dimensions.operations import Freed
from strategy.dimensions.pricing import PriceChange, PriceCurve, PriceRange
from strategy.dimensions.protection import Damage, Keeping, Lapsed, Reactivation
from strategy.dimensions.realization import Payoff
from strategy.dimensions.selection import Newcomer, SegmentWorth
from strategy.dimensions.value_map import Gap, Need
from strategy.equity.parameters import parameters
from strategy.equity.phases import SpendPhase
from strategy.equity.readouts import PLAYERS, Opportunity, Readouts, read_out
from strategy.equity.uncertainty import Outlook, TornadoBar, outlook
from strategy.plan.compared.equity_steps import EquityStep, EquitySteps
from strategy.plan.disagreement import Argument
from strategy.plan.market import Answered, PoolCourse
from strategy.plan.opinions import Voice, with_voices
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import Wording
from tests.charts.test_charts_customers import back, running, tracked, who_were, worth

EN = Wording("en", "EUR")
M, S, FULL, P = EN.short_money, EN.signed_short_money, EN.money, EN.percent
CASE = load_sample("telecom")
IDS = CASE.segment_ids
NAMES = [s.name for s in CASE.segments]
FACTORS = dict(zip(LEVER_CODES, (0.7, 1.6, 1.3, 0.5), strict=True))
SPEND = {s: {lever: FACTORS[lever] * amount for lever, amount in levers.items()} for s, levers in CASE.today.items()}
CHOSEN = CASE.initiative_ids[:1]
Told = tuple[Chart, str, Mapping[str, Sequence[str]]]
"""A chart, its words, and columns of its table."""


@cache
def results() -> Readouts:
    return read_out(CASE, SPEND, CHOSEN)


@cache
def sure() -> Outlook:
    return outlook(CASE, [(SPEND, CHOSEN)], 40)


def lever(code: str) -> str:
    return LEVER_NAMES[code]


def totals(spend: Mapping[str, Mapping[str, float]]) -> list[float]:
    return [sum(levers[code] for levers in spend.values()) for code in LEVER_CODES]


# Plans ---------------------------------------------------------------------------------------------------------------


def waterfall() -> Told:
    r = results()
    today, plan = float(r.today.customer_equity[0, 0]), float(r.plan.customer_equity[0, 0])
    parts = [(lever(player), r.attribution[player]) for player in PLAYERS]
    words = (
        f"Customer equity goes from {M(today)} today to {M(plan)} in the plan: "
        f"{', '.join(f'{name} {S(part)}' for name, part in parts)}. A lever's part is its average over every order in "
        "which the levers can be changed (Shapley)."
    )
    levels = today + np.r_[0.0, np.cumsum([part for _, part in parts])]
    return charts.waterfall(CASE, r, EN), words, {
        "Step": ["Today", *(name for name, _ in parts), "Plan"],
        "Change": ["", *(EN.signed_money(part) for _, part in parts), ""],
        "Customer equity": [*map(FULL, levels), FULL(plan)],
    }  # fmt: skip


def versions_compared() -> Told:
    steps = (EquityStep((("segment", IDS[0], ""),), 2e6), EquityStep((("money", "", "retain"),), -5e5))
    found = EquitySteps(1e7, 1.15e7, 0.0, 1e6, steps)
    words = (
        ("Customer equity goes from €10.0M (then) to €11.5M (now), one change after another: A +€2.0M; B −€500K.")
        .replace("€2.0M", M(2e6))
        .replace("€10.0M", M(1e7))
    )
    return charts.versions_compared(found, ["A", "B"], ("then", "now"), EN), words, {
        "Step": ["then", "A", "B", "now"],
        "Change": ["", EN.signed_money(2e6), EN.signed_money(-5e5), ""],
        "Customer equity": [FULL(1e7), FULL(1.2e7), FULL(1.15e7), FULL(1.15e7)],
    }  # fmt: skip


def budget_size() -> Told:
    curve = BudgetCurve(np.array([0.0, 1e6, 2e6]), np.array([1e7, 1.5e7, 1.7e7]), [], 1.2e6)
    # at 1.5 million the line from 15 to 17 million stands at 16, 0.6 above the plan's 15.4
    words = (
        "Today we spend €1.1M, worth €14.5M; the plan spends €1.5M, worth €15.4M. "
        "The best split of the plan's budget is worth €600K more."
    )
    chart = charts.budget_size(CASE, curve, (1.1e6, 1.45e7), (1.5e6, 1.54e7), EN)
    columns = {"Budget per year": [FULL(x) for x in curve.budgets]}
    return chart, words, columns | {"Customer equity of the best split": [FULL(x) for x in curve.customer_equity]}


def test_the_budget_curve_of_money_over_time_is_told_as_the_plan_scaled() -> None:
    curve = BudgetCurve(np.array([0.0, 1e6, 2e6]), np.array([1e7, 1.5e7, 1.7e7]), [], 1.2e6, scaled=True)
    chart = charts.budget_size(CASE, curve, (1.1e6, 1.45e7), (1.5e6, 1.6e7), EN)
    assert chart.summary == "Today we spend €1.1M, worth €14.5M; the plan spends €1.5M, worth €16M."
    assert "Customer equity of the plan, scaled" in chart.table.texts
    assert next(trace.name for trace in chart.figure.data) == "plan, scaled"


def tornado() -> Told:
    bars = [
        TornadoBar(("families", "retain", "ceiling"), (0.9, 0.95), (5e6, 6e6), (1e5, 4e5), None),
        TornadoBar(("families", "customers"), (1000.0, 2000.0), (7e6, 8e6), (3e5, 2e5), None),
    ]
    name = NAMES[0]
    words = (
        "What the plan's uplift becomes when one assumption is at its low or at its high, all others likely. "
        f"{name}: share of customers that stay at unlimited spend: +€100K (90.0%), +€400K (95.0%). "
        f"{name}: customers today: +€300K (1,000), +€200K (2,000)."
    )
    return charts.tornado(CASE, bars, EN), words, {
        "Low": ["90.0%", "1,000"], "High": ["95.0%", "2,000"],
        "The plan's uplift at low": ["+€100,000.00", "+€300,000.00"],
        "The plan's uplift at high": ["+€400,000.00", "+€200,000.00"],
    }  # fmt: skip


def known() -> Information:
    worth = {("families", "customers"): 3e5, ("fibre", "customers"): 2e4}
    safe = {s: {code: 0.5 * amount for code, amount in levers.items()} for s, levers in CASE.today.items()}
    return Information(safe, 4e5, worth, np.zeros((1, len(IDS), 4)))


def worth_knowing() -> Told:
    words = (
        "What it is worth to find something out before deciding: "
        f"{NAMES[0]}: customers today (€300K); {NAMES[1]}: customers today (€20K). Knowing everything is worth €400K."
    )
    return charts.worth_knowing(CASE, known(), EN), words, {
        "Worth of finding out, at least": ["€300,000.00", "€20,000.00"]
    }  # fmt: skip


def no_regret() -> Told:
    safe, plan = sum(totals(known().no_regret)), sum(totals(SPEND))
    words = (
        "Per place the plan's money and, within it, what the best splits of 90% of draws spend there at least per "
        f"year: {M(safe)} in all, beside the plan's {M(plan)}."
    )
    chart = charts.no_regret(CASE, known(), SPEND, EN)
    pairs = list(zip(totals(SPEND), totals(known().no_regret), strict=True))
    return chart, words, {
        "Where": [lever(code) for code in LEVER_CODES],
        "Plan": [FULL(a) for a, _ in pairs], "No-regret money": [FULL(b) for _, b in pairs],
        "Plan beyond it": [EN.signed_money(a - b) for a, b in pairs],
    }  # fmt: skip


def money_moves() -> Told:
    today, plan = totals(CASE.today), totals(SPEND)
    moved = sorted(zip(LEVER_CODES, today, plan, strict=True), key=lambda row: -abs(row[2] - row[1]))[:3]
    words = (
        f"Spend today and in the plan per year: from {M(sum(today))} to {M(sum(plan))} in all. Largest changes: "
        f"{', '.join(f'{lever(code)} {S(after - before)}' for code, before, after in moved)}."
    )
    return charts.money_moves(CASE, SPEND, EN), words, {
        "Today": [*map(FULL, today)], "Plan": [*map(FULL, plan)],
        "Difference": [EN.signed_money(b - a) for a, b in zip(today, plan, strict=True)],
    }  # fmt: skip


def spend_over_time() -> Told:
    # Three years as in the plan, then two as today; the initiative costs 150 thousand at once and 250 in each year.
    path = (SpendPhase(1, SPEND), SpendPhase(4, CASE.today))
    first, last = totals(SPEND), totals(CASE.today)
    named = [
        f"{phase}: {', '.join(f'{lever(code)} {M(x)}' for code, x in zip(LEVER_CODES, amounts, strict=True))}"
        for phase, amounts in (("Years 1 to 3", first), ("Years 4 to 5", last))
    ]
    words = f"What each lever gets per year. {'; '.join(named)}. Today it is {M(sum(last))} in all."
    cost = [400_000, 250_000, 250_000, 250_000, 250_000]
    return charts.spend_over_time(CASE, path, CHOSEN, EN), words, {
        **{lever(code): [*map(FULL, [a] * 3 + [b] * 2)] for code, a, b in zip(LEVER_CODES, first, last, strict=True)},
        lever("initiatives"): [*map(FULL, cost)],
        "Total": [FULL(sum(first if year < 3 else last) + cost[year]) for year in range(5)],
        "Today": [FULL(sum(last))] * 5,
    }  # fmt: skip


def money_by_lever() -> Told:
    # 150 thousand at once and 250 thousand in each of 5 years at 10%, paid at their starts: the same each year
    cost = 250_000 + 150_000 / sum(1.1**-year for year in range(5))
    today, plan = [*totals(CASE.today), 0.0], [*totals(SPEND), cost]
    names = [lever(code) for code in (*LEVER_CODES, "initiatives")]
    moved = sorted(zip(names, today, plan, strict=True), key=lambda row: -abs(row[2] - row[1]))[:3]
    words = (
        f"Spend today and in the plan per year: from {M(sum(today))} to {M(sum(plan))} in all. Largest changes: "
        f"{', '.join(f'{name} {S(after - before)}' for name, before, after in moved)}."
    )
    return charts.money_by_lever(CASE, SPEND, CHOSEN, EN), words, {
        "Lever": names, "Today": [*map(FULL, today)], "Plan": [*map(FULL, plan)],
        "Difference": [EN.signed_money(b - a) for a, b in zip(today, plan, strict=True)],
        "Share of the plan": [P(x / sum(plan)) for x in plan],
    }  # fmt: skip


def clv_before_after() -> Told:
    before, after = results().today.clv[0, 0, 0], results().plan.clv[0, 0, 0]
    net = results().today.clv_net[0, 0, 0], results().plan.clv_net[0, 0, 0]
    told = "; ".join(f"{n}: {M(a)} → {M(b)}" for n, a, b in zip(NAMES, before, after, strict=True))
    words = f"What a customer is worth to us (CLV), before marketing spend, today and in the plan. {told}."
    return charts.clv_before_after(CASE, results(), EN), words, {
        "CLV today": [*map(FULL, before)], "CLV in the plan": [*map(FULL, after)],
        "Difference": [*map(EN.signed_money, after - before)],
        "Net CLV today": [*map(FULL, net[0])], "Net CLV in the plan": [*map(FULL, net[1])],
        "Difference in net CLV": [*map(EN.signed_money, net[1] - net[0])],
    }  # fmt: skip


def value_today() -> Told:
    r = read_out(CASE, CASE.today)
    chart = charts.value_today(CASE, r, EN)
    equity = [number or 0.0 for number in chart.table["Customer equity"].numbers]
    assert sum(equity) == pytest.approx(float(r.today.customer_equity[0, 0]), abs=0.05)
    order = sorted(range(len(IDS)), key=lambda n: -equity[n])[:3]
    clv, people = r.today.clv[0, 0, 0], [s.customers.likely for s in CASE.segments]
    told = "; ".join(f"{NAMES[n]}: {EN.short_number(people[n])} customers worth {M(clv[n])} each" for n in order)
    total = float(r.today.customer_equity[0, 0])
    words = f"All our customers together are worth {M(total)} (customer equity). {told}."
    return chart, words, {
        "Customers today": [*map(EN.people, people)], "Worth per customer (CLV)": [*map(FULL, clv)],
        "CLV after marketing spend": [*map(FULL, r.today.clv_net[0, 0, 0])],
        "Cost per new customer (CAC)": [*map(FULL, r.cac)],
    }  # fmt: skip


def where_money_goes() -> Told:
    told = ", ".join(f"{lever(code)} {M(amount)}" for code, amount in zip(LEVER_CODES, totals(SPEND), strict=True))
    words = f"Of {M(sum(totals(SPEND)))} per year: {told}."
    columns = {
        lever(code): [*(FULL(levers[code]) for levers in SPEND.values()), FULL(total)]
        for code, total in zip(LEVER_CODES, totals(SPEND), strict=True)
    }
    columns["Total"] = [*(FULL(sum(levers.values())) for levers in SPEND.values()), FULL(sum(totals(SPEND)))]
    return charts.where_money_goes(CASE, SPEND, EN), words, columns


def over_time(chart: Chart, what: str, today: Any, plan: Any, band: Any, short: Any, full: Any, signed: Any) -> Told:
    words = (
        f"{what}: from {short(today[0])} to {short(today[-1])} in year 5 when we go on as today, to {short(plan[-1])} "
        f"with the plan. In 90% of draws the plan ends within {short(band.p05[1, -1])} – {short(band.p95[1, -1])}."
    )
    ends = {
        f"Plan, {share} of draws below": [*map(full, getattr(band, name)[1])]
        for name, share in (("p05", "5%"), ("p25", "25%"), ("p50", "50%"), ("p75", "75%"), ("p95", "95%"))
    }
    return chart, words, {
        "Today": [*map(full, today)], "Plan": [*map(full, plan)], "Difference": [*map(signed, plan - today)], **ends
    }  # fmt: skip


def customers_over_time() -> Told:
    today, plan = (r.customers[0, 0].sum(axis=-1) for r in (results().today, results().plan))
    chart = charts.customers_over_time(CASE, results(), sure(), EN)
    band, number = sure().customers, EN.short_number
    return over_time(chart, "Active customers", today, plan, band, number, EN.people, EN.signed_people)


def cash_over_time() -> Told:
    today, plan = results().today.cash[0, 0], results().plan.cash[0, 0]
    chart = charts.cash_over_time(CASE, results(), sure(), EN)
    return over_time(chart, "Cash per year, not discounted", today, plan, sure().cash, M, FULL, EN.signed_money)


def uplift_distribution() -> Told:
    gained = sure().draws[:, 1] - sure().draws[:, 0]
    low, high = np.percentile(gained, (5, 95))
    together = sure().moving_together()
    ends = np.percentile(together[:, 1] - together[:, 0], (5, 95))
    better = (gained > 0).mean()
    share = "over 99%" if better > 0.99 else "under 1%" if better < 0.01 else P(better, 0)
    words = (
        f"Plan beats today's in {share} of 40 draws; in 90 of 100 its uplift lies within {S(low)} – {S(high)}, or "
        f"within {S(ends[0])} – {S(ends[1])} where all beliefs about a lever prove right or wrong together."
    )
    return charts.uplift_distribution(CASE, sure(), EN), words, {
        "Mean uplift": [EN.signed_money(x.mean()) for x in (gained, together[:, 1] - together[:, 0])],
        "5% of draws below": [EN.signed_money(x) for x in (low, ends[0])],
        "95% of draws below": [EN.signed_money(x) for x in (high, ends[1])],
    }  # fmt: skip


def next_euro() -> Told:
    places = [
        Opportunity("cell", "families", "retain", None, 3e5, 2.5, False, True),
        Opportunity("cell", "fibre", "acquire", None, 2e5, 1.5, True, True),
        Opportunity("cell", "dsl", "develop", None, 1e5, 0.5, True, False),
    ]
    words = (
        f"Places for money, ranked by what €1 there brings back. Best: {NAMES[0]} · Retain (next step) €2.50, "
        f"{NAMES[1]} · Acquire (in the plan) €1.50, {NAMES[2]} · Develop (in the plan) €0.50. "
        "2 of 3 lie within the budget; 3 are drawn."
    )
    return charts.next_euro(CASE, places, EN), words, {
        "Now": ["next step", "in the plan", "in the plan"], "Within the budget": ["yes", "yes", "no"],
        "Amount per year": ["€300,000.00", "€200,000.00", "€100,000.00"],
        "Comes back per €1": ["€2.50", "€1.50", "€0.50"],
    }  # fmt: skip


def response_curves() -> Told:
    chart = charts.response_curves(CASE, parameters(CASE), SPEND, "acquire", EN)
    words = (
        "What the answers say: the share of prospects won against spend in the first period, with today, the plan and "
        "the answers on each curve, and dotted lines at no and at unlimited spend."
    )
    spent = [s for s in CASE.segments if not hasattr(s.levers.acquire, "constant")]
    return chart, words, {
        "Segment": [s.name for s in spent],
        "Spend today": [FULL(CASE.today[s.id]["acquire"]) for s in spent],
        "Spend in the plan": [FULL(SPEND[s.id]["acquire"]) for s in spent],
        "Without spending": [P(s.levers.acquire.floor.likely, _digits(s.levers.acquire.floor.likely)) for s in spent],
    }  # fmt: skip


def _digits(share: float) -> int:
    """Three significant digits of a percentage, one decimal at least."""
    return 1 if share == 0 else max(1, -int(np.floor(np.log10(share))))


def roadmap() -> Told:
    case = load_sample("telecom")
    one, two = case.initiatives
    words = (
        f"Roadmap of {one.name} (from year 1 on; €150K once, €250K per year); "
        f"{two.name} (from year 2 on; €400K once, €100K per year)."
    )
    return charts.roadmap(case, case.initiative_ids, EN), words, {
        "From": ["year 1", "year 2"], "To": ["lasting", "lasting"], "In the plan": ["yes", "yes"],
        "One-off cost": ["€150,000.00", "€400,000.00"], "Running cost per year": ["€250,000.00", "€100,000.00"],
    }  # fmt: skip


# Segments and newcomers ----------------------------------------------------------------------------------------------


def segment_bubbles() -> Told:
    people = [s.customers.likely for s in CASE.segments]
    attractive, able = {IDS[0]: 5, IDS[1]: 3}, {IDS[0]: 2, IDS[1]: 1}
    words = (
        "Segments by attractiveness and our ability to create value, scores of 5. "
        f"{NAMES[0]}: attractive 5, ability 2, {EN.short_number(people[0])} customers; "
        f"{NAMES[1]}: attractive 3, ability 1, {EN.short_number(people[1])} customers."
    )
    chart = charts.segment_bubbles(CASE, attractive, able, {IDS[0]: "focus"}, EN)
    assert chart.table["Attractive (1 to 5)"].numbers == (5, 3)
    assert chart.table["Our ability (1 to 5)"].numbers == (2, 1)
    return chart, words, {"Customers today": [EN.people(n) for n in people[:2]], "Choice": ["Focus", "not chosen yet"]}


def whale_curve() -> Told:
    found = [SegmentWorth(IDS[0], 100.0, 50.0), SegmentWorth(IDS[1], 300.0, 20.0)]  # 5,000 and 6,000
    words = (
        "All customers together are worth €11,000 after what is spent on keeping them. "
        f"{NAMES[0]}: €50 × 100; {NAMES[1]}: €20 × 300."
    ).replace("€11,000", M(11_000))
    return charts.whale_curve(CASE, found, EN), words, {
        "Customers today": ["100", "300"], "CLV after marketing spend": ["€50.00", "€20.00"],
        "All of them": ["€5,000.00", "€6,000.00"], "Together with those above": ["€5,000.00", "€11,000.00"],
        "Share of customers so far": ["25.0%", "100.0%"],
    }  # fmt: skip


def newcomer_cost() -> Told:
    found = [Newcomer(IDS[0], 300.0, 100.0, 150.0), Newcomer(IDS[1], 90.0, 40.0, 120.0)]
    words = (
        "The most that a new customer may cost, beside what the next one costs. "
        f"{NAMES[0]}: at most €300, next €150; {NAMES[1]}: at most €90, next €120."
    )
    return charts.newcomer_cost(CASE, found, {}, EN), words, {
        "May cost at most": ["€300.00", "€90.00"], "Costs now (CAC)": ["€100.00", "€40.00"],
        "The next one costs": ["€150.00", "€120.00"], "Left on the next one": ["+€150.00", "−€30.00"],
    }  # fmt: skip


def extra_income() -> Told:
    today, existing, target = {IDS[0]: 4e6, IDS[1]: 1e6}, {IDS[0]: 3e5}, {IDS[1]: 2e5}
    words = "Revenue today €5M per year; extra income of existing customers €300K, of target customers €200K."
    return charts.extra_income(CASE, today, existing, target, EN), words, {
        "Revenue today": ["€4,000,000.00", "€1,000,000.00", "–", "–", "€5,000,000.00"],
        "Extra from existing customers": ["€300,000.00", "–", "–", "–", "€300,000.00"],
        "From target customers": ["–", "€200,000.00", "–", "–", "€200,000.00"],
    }  # fmt: skip


def spectrum_demands() -> Told:
    words = (
        "Customer data: Mass 1, Segments 3, One-to-one 5; we score 2; "
        "Room in the cost to serve: Mass 1, Segments 2, One-to-one 4; we score 3; "
        "People: Mass 1, Segments 3, One-to-one 4; we score –."
    )
    chart = charts.spectrum_demands("segments", {"data": 2, "cost": 3}, EN)
    assert [cell[0] for cell in chart.table.texts["One-to-one"]] == ["5", "4", "4"]
    return chart, words, {"How ready we are": ["2", "3", "–"]}


# Customers -----------------------------------------------------------------------------------------------------------


def purchases_foretold() -> Told:
    held = HoldoutCheck(100.0, 90.0, 80.0, 110.0, *(np.zeros(8),) * 3, ())
    words = (
        "Two lines of repeat purchases added up over time. At the end customers had made 150 and the model expected "
        "142. By chance alone the second half could lie between 80 and 110."
    )
    return charts.purchases_foretold(replace(tracked(), holdout=held), "week", EN), words, {
        "Made": ["0", "50", "150"], "Expected": ["0.0", "52.0", "142.0"]
    }  # fmt: skip


def purchase_frequency() -> Told:
    made, foretold = np.array([50.0, 30, 20]), np.array([45.0, 36, 19])
    words = (
        "Pairs of bars per number of repeat purchases, customers and expected: 0: 50 / 45; 1: 30 / 36; "
        "2 or more: 20 / 19."
    )
    return charts.purchase_frequency(made, foretold, EN), words, {
        "Customers": ["50", "30", "20"], "Expected": ["45", "36", "19"]
    }  # fmt: skip


def contracts_running() -> Told:
    model = running()
    both = enumerate(zip(model.observed, model.expected, strict=True))
    pairs = "; ".join(f"{n}: {P(a)} / {P(b)}" for n, (a, b) in both)
    words = f"A falling line of the share of contracts that still run, seen and expected: {pairs}."
    return charts.contracts_running(model, EN), words, {
        "Still running": [P(x) for x in model.observed], "Expected": [P(x) for x in model.expected],
        "Came up for renewal": ["", *(EN.people(x) for x in model.at_risk)],
        "Ended": ["", *(EN.people(x) for x in model.left)],
    }  # fmt: skip


def value_by_tenth() -> Told:
    found = worth()  # worth 1 to 100 each: tenth k from above holds 955, 855, ... of 5,050
    tenths = [955 - 100 * n for n in range(10)]
    together = np.cumsum(tenths) / 5050
    told = "; ".join(f"{10 * (n + 1)}%: {P(x, 0)}" for n, x in enumerate(together))
    words = f"A curve of the share of value that customers bring together, the most valuable first: {told}."
    return charts.value_by_tenth(found, EN), words, {
        "Value": [FULL(x) for x in tenths], "Share of value": [P(x / 5050) for x in tenths],
        "Together with those above": [P(x) for x in together],
    }  # fmt: skip


def staying_and_value() -> Told:
    heads = ("80–100%", "60–80%", "40–60%", "20–40%", "0–20%")
    rows = ("most valuable third", "middle third", "least valuable third")
    told = "; ".join(
        f"{row}: " + ", ".join(f"{head} {5 * n + k}" for k, head in enumerate(heads)) for n, row in enumerate(rows)
    )
    words = f"Customers by worth and by their chance to be a customer still. {told}."
    columns = {f"{head}: customers": [str(5 * n + k) for n in range(3)] for k, head in enumerate(heads)}
    values = {f"{head}: value": [FULL(100 * (5 * n + k), 0) for n in range(3)] for k, head in enumerate(heads)}
    return charts.staying_and_value(worth(), EN), words, columns | values


def who_moved() -> Told:
    from tests.charts.test_charts_customers import moved

    # five in each; of the first three go to the second, none comes back
    words = "From each segment on May (rows) the share in each on June (columns). A: 5 → 2; B: 5 → 8."
    return charts.who_moved(moved(), {"a": "A", "b": "B"}, ("May", "June"), EN), words, {
        "to A": ["2", "0"], "to B": ["3", "5"], "On May": ["5", "5"], "On June": ["2", "8"],
        "Gone since": ["0", "0"], "New since": ["0", "0"],
    }  # fmt: skip


def win_back() -> Told:
    # half of 40 + 30 + 20 + 10 comes back at 6 each: 50 gained for 24; the first three leave 45 - 18
    words = (
        "Two lines by the number of people contacted: value gained rises to €50, the cost of contacting to €24. "
        "The distance is largest at 3."
    )
    return charts.win_back(back(), 0.5, 6.0, EN), words, {
        "Value gained": ["€0", "€20", "€35", "€45", "€50"], "Cost of contacting": ["€0", "€6", "€12", "€18", "€24"],
        "Left": ["±€0", "+€14", "+€23", "+€27", "+€26"],
    }  # fmt: skip


# Protection, realization, opinions -----------------------------------------------------------------------------------


def events_damage() -> Told:
    one, two = CASE.events
    found = [Damage(one.id, 3e5, 1e5), Damage(two.id, -2e4, 5e3)]
    words = (
        "Customer equity with each event against without it, with the plan's spend. "
        f"{one.name}: −€300K. {two.name}: +€20K."
    )
    return charts.events_damage(CASE, found, EN), words, {
        "Event": [one.name, two.name], "Customer equity": ["−€300,000.00", "+€20,000.00"],
        "An answer may cost at most, per period that it lasts": ["€100,000.00", "–"],
    }  # fmt: skip


def lapsed_value() -> Told:
    pool, found = Lapsed(IDS[0], 5000.0, 2.0, 0.03, 0.01), Reactivation(2e5, 5e4, 100.0, 0.014)
    words = (
        "Reaching 5,000 people per year costs €50K in today's money; 100 come back per year because of it. "
        "Customer equity changes by +€200K."
    )
    # without any response the contacts are lost; at twice the extra response twice is gained, the contacts paid once
    return charts.lapsed_value(CASE, pool, found, EN), words, {
        "Of 100 reached come back": ["1.00", "3.00", "5.00"],
        "Customer equity": ["−€50,000.00", "+€200,000.00", "+€450,000.00"],
    }  # fmt: skip


def value_at_risk() -> Told:
    today = read_out(CASE, CASE.today).today
    net, leave, people = today.clv_net[0, 0, 0], 1 - today.retention_rate[0, 0, 0], today.customers[0, 0, 0]
    lost = people * leave * net
    words = (
        "What a customer is worth after marketing spend, against how many of 100 leave per year; the size of a bubble "
        "is the number of customers, the dotted lines are the averages."
    )
    for n in sorted(range(len(IDS)), key=lambda n: -lost[n])[:3]:
        share = EN.short_number(100 * leave[n])
        words += f" {NAMES[n]}: {M(net[n])} each, {share} of 100 leave, {M(lost[n])} per year."
    return charts.value_at_risk(CASE, read_out(CASE, CASE.today), {}, EN), words, {
        "Active customers": [*map(EN.people, people)], "CLV after marketing spend": [*map(FULL, net)],
        "Of 100 customers leave": [EN.number(100 * x, 1) for x in leave], "Value that leaves": [*map(FULL, lost)],
    }  # fmt: skip


def keeping_cost() -> Told:
    def each(*values: float) -> np.ndarray:
        return np.array(values)

    found = Keeping(
        each(10, 20, 30, 40), each(15, 25, 35, 45), each(110, 120, 130, 140), each(0.1, 0.2, 0.3, 0.4),
        each(0.5, 0.6, 0.7, 0.8), each(100, 100, 100, 100), each(500, 400, 300, 200), each(1, 1, 1, 1),
    )  # fmt: skip
    words = (
        "Spend on keeping one customer per year: today, and the amount at which a customer is worth most to us. Below "
        "it the last euro brings more than a euro, above it less."
    )
    for n in range(3):
        words += f" {NAMES[n]}: {M(10 + 10 * n)} today, {M(15 + 10 * n)} at best, at most {M(110 + 10 * n)}."
    return charts.keeping_cost(CASE, found, EN), words, {
        "Spend on keeping a customer today": [*map(FULL, found.today)],
        "Best spend on keeping a customer": [*map(FULL, found.best)],
        "Above this keeping costs more than it brings": [*map(FULL, found.most)],
        "Of 100 stay today": ["10.0", "20.0", "30.0", "40.0"],
        "Of 100 stay at the best spend": ["50.0", "60.0", "70.0", "80.0"],
        "Net CLV today": [*map(FULL, found.worth_today)], "Net CLV at the best spend": [*map(FULL, found.worth_best)],
    }  # fmt: skip


def want_or_must() -> Told:
    words = f"How much customers want to stay and how much they must, from 1 to 5. {NAMES[0]}: 2, 4. {NAMES[1]}: 5, 3."
    want, must = {IDS[0]: 2, IDS[1]: 5}, {IDS[0]: 4, IDS[1]: 3}
    return charts.want_or_must(CASE, want, must, read_out(CASE, CASE.today), EN), words, {
        "Want to stay": ["2", "5", "–", "–"], "Must stay": ["4", "3", "–", "–"],
        "Finding": ["at risk: they leave when they may", "they stay by choice", "not scored yet", "not scored yet"],
    }  # fmt: skip


def relation_quality() -> Told:
    words = "How good the relation is, from 1 to 5: Commitment 4, Trust 2."
    chart = charts.relation_quality({"commitment": 4, "trust": 2}, EN)
    return chart, words, {"Score, 1 to 5": ["4", "–", "–", "2"]}


def worth_against_spend() -> Told:
    found = [Payoff(s, 10.0 * (n + 1), 30.0 + n, 20.0 + n) for n, s in enumerate(IDS)]
    pairs = [(10 * (n + 1) * (30 + n), 10 * (n + 1) * (20 + n)) for n in range(len(IDS))]
    told = (f"{name}: {S(gain)} for {M(cost)} invested" for name, (gain, cost) in zip(NAMES, pairs, strict=True))
    return charts.worth_against_spend(CASE, found, EN), "; ".join(told) + ".", {
        "Rise, all customers": [EN.signed_money(gain) for gain, _ in pairs],
        "Invested, all customers": [FULL(cost) for _, cost in pairs],
        "Rise in CLV per customer": [EN.signed_money(30.0 + n) for n in range(len(IDS))],
        "Invested per customer": [FULL(20.0 + n) for n in range(len(IDS))],
    }  # fmt: skip


def selling_potential() -> Told:
    rows = [{"segment": IDS[0], "product": "TV", "penetration": 20.0, "reachable": 45.0, "margin": 60.0}]
    total = 0.25 * 60 * CASE.segments[0].customers.likely
    return charts.selling_potential(CASE, rows, EN), f"{NAMES[0]}, TV: {S(total)}.", {
        "Has it (of 100)": ["20"], "Could have it (of 100)": ["45"], "Gross profit per buyer": ["€60.00"],
        "Potential per customer": ["+€15.00"], "Potential, all customers": [EN.signed_money(total)],
    }  # fmt: skip


def ladder_moves() -> Told:
    moves = np.diag([70.0, 80.0, 90.0, 60.0])
    moves[0, 1] = 10.0  # of the first 100: 70 stay, 10 move up, 20 leave
    leaving = np.array([20.0, 20.0, 10.0, 40.0])
    stays, leaves = ("70.0%", "80.0%", "90.0%", "60.0%"), ("20.0%", "20.0%", "10.0%", "40.0%")
    standing = dict(zip(IDS, ("prospect", "customer", "client", "supporter"), strict=True))
    told = (f"of {n} {a} stay there, {b} leave" for n, a, b in zip(NAMES, stays, leaves, strict=True))
    chart = charts.ladder_moves(CASE, standing, moves, leaving, EN)
    return chart, "; ".join(told) + ".", {
        "Step": ["Prospect", "Customer", "Client", "Supporter"],
        f"→ 2 {NAMES[1]}": ["10", "80", "0", "0"], "→ 5 leaves": ["20", "20", "10", "40"],
    }  # fmt: skip


def price_effect() -> Told:
    at = np.array([-0.5, 0.0, 0.1, 0.5])
    curve = PriceCurve(at, np.array([0.5, 1.0, 1.04, 1.2]), np.array([0.6, 1.0, 0.9, 0.4]), 0.0)
    words = (
        "A price change of +10.0% makes the gross profit per customer 104.0% of today's. "
        "With those who leave, a customer is worth 90.0% of today's (CLV)."
    )
    chart = charts.price_effect("S", PriceChange(IDS[0], 0.1, -1.6, 0.02), curve, PriceRange(-0.5, 0.0, 0.5), EN)
    return chart, words, {
        "Price": ["today", "considered", "most gross profit", "1 % below it, cheaper", "1 % below it, dearer",
                  "a customer is worth most"],
        "Change": ["±0.0%", "+10.0%", "±0.0%", "−50.0%", "+50.0%", "±0.0%"],
        "Gross profit, today = 100 %": ["100.0%", "104.0%", "100.0%", "50.0%", "120.0%", "100.0%"],
        "Worth (CLV), today = 100 %": ["100.0%", "90.0%", "100.0%", "60.0%", "40.0%", "100.0%"],
    }  # fmt: skip


def value_curve() -> Told:
    found = [Need("Speed", 5, 2, {"Cable": 4}), Need("Repair", 3, 4, {"Cable": 1})]
    words = "Speed: importance 5, we 2, Cable 4; Repair: importance 3, we 4, Cable 1."
    return charts.value_curve(found, "S", EN), words, {"Importance": ["5", "3"], "We": ["2", "4"], "Cable": ["4", "1"]}


def need_gaps() -> Told:
    found = [Gap("Speed", "Cable", 5, 2, 4), Gap("Repair", "Cable", 3, 4, 1)]  # 5 (2 - 4) = -10, 3 (4 - 1) = 9
    words = "Gap = importance × (we − they). Speed, Cable: −10; Repair, Cable: +9."
    return charts.need_gaps(found, "S", EN), words, {
        "We": ["2", "4"], "They": ["4", "1"], "Gap = importance × (we − they)": ["−10", "+9"]
    }  # fmt: skip


def individualisation_demands() -> Told:
    words = "Standard: 1, 1, 1, 2; Modules: 3, 3, 2, 3; Tailored: 4, 4, 3, 3; Co-creation: 4, 5, 5, 4."
    chart = charts.individualisation_demands("modules", {"knowledge": 2, "multichannel": 5}, EN)
    return chart, words, {"We": ["2", "–", "–", "5"], "Co-creation": ["4", "5", "5", "4"]}


def resources_exchanged() -> Told:
    words = "Exchanged: Love 2, Services –, Status –, Information –, Goods –, Money 5."
    chart = charts.resources_exchanged({"love": 2, "money": 5}, EN)
    return chart, words, {"Exchanged (1–5)": ["2", "–", "–", "–", "–", "5"]}


def relation_profile() -> Told:
    words = (
        "competition – cooperation: 4; dependent – independent, with power: –; about the task – social-emotional: –; "
        "formal – informal: –; replaceable – a lasting bond: 1."
    )
    return charts.relation_profile({"cooperation": 4, "primary": 1}, EN), words, {"Score": ["4", "–", "–", "–", "1"]}


def room_answers() -> Told:
    room = [
        Voice("Ann", {"floor": 80.0, "answer_1": 85.0, "ceiling": 95.0}),
        Voice("Bo", {"floor": 70.0, "answer_1": 88.0, "ceiling": 93.0}),
    ]
    words = (
        "Each dot is one person's answer, each pale line the curve through one person's answers, the dark line the one "
        "through the median of 2 people."
    )
    chart = charts.room_answers(with_voices(CASE, IDS[0], "retain", room), IDS[0], "retain", EN)
    return chart, words, {"Who": ["Ann", "Bo"], "No spend": ["80", "70"], "Unlimited spend": ["95", "93"]}


def disagreement() -> Told:
    found = [
        Argument(IDS[0], "retain", 5, 0.4, 9e4, 2e5, 5e4, 1e4, 6e4),
        Argument(IDS[1], "acquire", 4, 0.6, 8e3, 9e3, 2e3, 0.0, 2e3),
    ]
    chart = charts.disagreement(CASE, found, EN)
    words = (
        "For each question how far the room's answers are apart (the widest range of one answer, as a share of what "
        "spending can do) against the customer equity that is lost on average when the split follows the median and "
        f"one of the room is right. {NAMES[0]} · Retain: 40%, €90K. {NAMES[1]} · Acquire: 60%, {M(8e3)}."
    )
    return chart, words, {
        "People": ["5", "4"], "How far apart": ["40%", "60%"],
        "What deciding on the median costs": ["€90,000", "€8,000"], "The same, at most": ["€200,000", "€9,000"],
        "Money that moves in the best split": ["€50,000", "€2,000"], "It gets": ["€10,000 – €60,000", "€0 – €2,000"],
    }  # fmt: skip


# The market ----------------------------------------------------------------------------------------------------------


def prospects_over_time() -> Told:
    def course(*left: float, won: float) -> PoolCourse:
        each = np.array(left), np.full(5, won), np.full(5, 100.0), np.full(5, 20.0)
        return PoolCourse(*each)

    courses = course(9000, 8000, 7000, 6000, 5500, won=900), course(9000, 7000, 5000, 4000, 3000, won=2000)
    # won: 5 x 2,000; appear or come back before the last year: 4 x (100 + 20)
    words = (
        "Prospects that can be reached: from 9,000 to 5,500 in year 5 with today's split, to 3,000 with the plan, "
        "which wins 10K people; 480 appear or come back meanwhile."
    )
    return charts.prospects_over_time(CASE, courses, IDS[0], EN), words, {
        "Prospects, plan": ["9,000", "7,000", "5,000", "4,000", "3,000"], "Won, today's split": ["900"] * 5,
        "Prospects, today's split": ["9,000", "8,000", "7,000", "6,000", "5,500"],
        "Left and could come back, plan": ["20"] * 5,
    }  # fmt: skip


def rivals_over_time() -> Told:
    alone = read_out(CASE, SPEND)
    case = with_rivals(CASE, IDS[0], Estimate.of(0.5))
    answered = Answered(read_out(case, SPEND), alone)
    today, plan, without = answered.shares(case, IDS[0])
    words = (
        f"Share of prospects won: {P(today[0], 1)} in the first period with today's split; with the plan "
        f"{P(plan[-1], 1)} in year 5, and {P(without[-1], 1)} if rivals did not answer."
    )
    return charts.rivals_over_time(case, answered, IDS[0], EN), words, {
        "Today's split": [P(x, 1) for x in today], "Plan": [P(x, 1) for x in plan],
        "Plan, if rivals did not answer": [P(x, 1) for x in without],
    }  # fmt: skip


def market_advice() -> Told:
    shifts = [
        MarketShift("rivals", True, 380.0, 1000.0, 83.0, 100.0),
        MarketShift("phases", True, 410.0, 1000.0, 8.0, 100.0, 2),
    ]
    words = (
        "If rivals undo half of what you gain, 38% of the best split moves; not moving it costs €83, 83% of what it "
        "brings. Spending otherwise from year 2 on than before adds 8% to what the best split brings (€8)."
    )
    return charts.market_advice(CASE, shifts, EN), words, {
        "What the market does": ["Rivals answer", "Two phases of spending"],
        "Share of the best split that moves": ["38.0%", "41.0%"], "Gained by moving it": ["€83.00", "€8.00"],
        "Money that moves in the best split": ["€380.00", "€410.00"],
        "The same, of what the best split brings": ["83.0%", "8.0%"],
    }  # fmt: skip


# Operationalization --------------------------------------------------------------------------------------------------


def channel_costs() -> Told:
    rows = [{"channel": "personal", "contribution": 10.0, "cost": 40.0},
            {"channel": "e_commerce", "contribution": 70.0, "cost": 2.0}]  # fmt: skip
    # (0.1 x 40 + 0.7 x 2) / 0.8 = 5.4 / 0.8 = 6.75; of the cost 4 / 5.4 = 74.1 %
    words = (
        "Cost per contact: €6.75 on average. Personal selling: €40 per contact, 10% of contacts; "
        "E-commerce: €2 per contact, 70% of contacts. The shares of contacts add up to 80%."
    )
    return charts.channel_costs(rows, EN), words, {
        "Share of contacts": ["10.0%", "70.0%"], "Cost per contact": ["€40.00", "€2.00"],
        "Share of contact cost": ["74.1%", "25.9%"],
    }  # fmt: skip


def hand_over_map() -> Told:
    rows = [{"from": "e_commerce", "to": "telephone", "works": False},
            {"from": "telephone", "to": "e_commerce", "works": True},
            {"from": "mail", "to": "telephone", "works": True}]  # fmt: skip
    words = "A table of 30 hand-overs, from channel to channel: 2 work, 1 do not work, 27 are not described."
    none = "not described"
    return charts.hand_over_map(rows, EN), words, {
        "to Telephone": [none, none, "", "works", "does not work", none],
        "to E-commerce": [none, none, "works", none, "", none],
    }  # fmt: skip


def hours_freed() -> Told:
    found = (Freed("Billing", IDS[0], 750.0, 22_500.0), Freed("Post", None, 3.75, None))
    words = f"Hours a year that automation frees. Billing: 750 hours, {M(22_500)}; Post: 3.75 hours."
    return charts.hours_freed(CASE, found, EN), words, {
        "Segment": [NAMES[0], "all"], "Hours a year": ["750.0", "3.8"], "Money a year": ["€22,500.00", "–"]
    }  # fmt: skip


def competence_balance() -> Told:
    words = "Customer knowledge: 5; Multichannel: 2."
    chart = charts.competence_balance({"knowledge": 5, "multichannel": 2}, EN)
    return chart, words, {"Score": ["5", "no answer yet", "no answer yet", "2"]}


def system_profile() -> Told:
    words = "Analytical: 3; One customer database: 2; Insight in use: 4."
    chart = charts.system_profile({"analytical": 3, "database": 2}, {"insight": 4}, EN)
    no = "no answer yet"
    return chart, words, {"Score": ["3", no, no, no, "2", no, no, no, "4"]}


TOLD: dict[str, Callable[[], Told]] = {
    told.__name__: told
    for told in (
        waterfall, budget_size, tornado, worth_knowing, no_regret, money_moves, money_by_lever, clv_before_after,
        value_today, spend_over_time, versions_compared,
        where_money_goes, customers_over_time, cash_over_time, uplift_distribution, next_euro, response_curves, roadmap,
        segment_bubbles, whale_curve, newcomer_cost, extra_income, spectrum_demands, purchases_foretold,
        purchase_frequency, contracts_running, value_by_tenth, staying_and_value, who_moved, win_back, events_damage,
        lapsed_value, value_at_risk, keeping_cost, want_or_must, relation_quality, worth_against_spend,
        selling_potential, ladder_moves, price_effect, value_curve, need_gaps, individualisation_demands,
        resources_exchanged, relation_profile, room_answers, disagreement, channel_costs, hand_over_map, hours_freed,
        competence_balance, system_profile, prospects_over_time, rivals_over_time, market_advice,
    )
}  # fmt: skip


def test_every_chart_is_told_here() -> None:
    functions = {name: getattr(charts, name) for name in charts.__all__ if name not in ("Chart", "enlarged")}
    drawing = {n for n, f in functions.items() if callable(f) and get_type_hints(f).get("return") is Chart}
    assert set(TOLD) == drawing


@pytest.mark.parametrize("name", TOLD)
def test_the_words_and_the_table_of_a_chart_are_its_results(name: str) -> None:
    chart, words, columns = TOLD[name]()
    assert chart.summary == words
    for heading, cells in columns.items():
        assert chart.table.texts[heading].tolist() == [*cells], heading


def test_movement_of_unequal_sizes_is_told_from_then_to_now() -> None:
    found = who_were((1000, 1714), (20, 30))
    chart = charts.who_moved(found, {code: code for code in found.codes}, ("May", "June"), EN)
    assert "Segment 0: 1,000 → 1,714; Segment 1: 20 → 30." in chart.summary
