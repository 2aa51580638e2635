"""The figures on the pages stand at their labels and are those of the results: today, plan and best."""

import pytest
from streamlit.testing.v1 import AppTest

from strategy.case.levers import LEVER_CODES
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.progress import silent
from strategy.words.wording import Wording
from tests.apptest import alone, draw_once, moved, opened, plan, shown

EN = Wording("en")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    draw_once(monkeypatch)


def metrics(at: AppTest) -> dict[str, tuple[str, str]]:
    """{label: value, what stands under it} as they are read."""
    return {metric.label: (shown(metric.value), shown(metric.delta)) for metric in at.metric}


def figures(now: Plan) -> dict[str, tuple[str, str]]:
    r, drawn = results.read_out(now), results.outlook(now, silent)
    low, high = (EN.signed_short_money(float(end[1])) for end in (drawn.uplift.p05, drawn.uplift.p95))
    uplift = float(r.plan.customer_equity[0, 0] - r.today.customer_equity[0, 0])
    better = EN.percent(float((drawn.draws[:, 1] > drawn.draws[:, 0]).mean()), 0)
    best = next(place for place in results.opportunities(now) if not place.in_plan)
    return {
        "Customer equity": (
            EN.short_money(float(r.plan.customer_equity[0, 0])),
            f"{EN.signed_short_money(uplift)} against today",
        ),
        "From a better mix": (
            EN.signed_short_money(uplift - r.more_money),
            f"{EN.signed_short_money(r.more_money)} from more money",
        ),
        "Better than today": (f"in {better} of draws", f"uplift {low} – {high}"),
        "The next euro earns most": (EN.multiple(best.multiple), ""),
    }


def test_the_headline_of_the_budget_page_is_the_plan_s() -> None:
    history = moved()
    freed = history.plan.having(fixed=False, budget=2 * history.plan.budget)
    spend = {s: {lever: 1.2 * amount for lever, amount in levers.items()} for s, levers in freed.spend.items()}
    at = opened("budget.py", "en", history=history.record("more", freed.having(spend=spend)))
    expected = figures(plan(at))
    assert results.read_out(plan(at)).more_money != 0, "money and mix must differ for this to say anything"
    assert metrics(at) == {label: tuple(map(shown, told)) for label, told in expected.items()}


def test_the_table_of_the_best_split_has_today_the_plan_and_the_best_side_by_side() -> None:
    at = opened("budget.py", "en", history=moved("classroom"), best_panel=True)
    now = plan(at)
    best = results.best(now, silent)
    table = next(frame.value for frame in at.dataframe if "Best split" in frame.value)
    today = now.case.today
    for heading, spend in (("Today", today), ("Plan", now.spend), ("Best split", best.spend)):
        totals = [EN.short_money(sum(levers[lever] for levers in spend.values())) for lever in LEVER_CODES]
        assert table[heading].tolist() == totals, heading
    assert table["Today"].tolist() != table["Plan"].tolist()
