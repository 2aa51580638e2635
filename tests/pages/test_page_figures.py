"""The figures on the pages stand at their labels and are those of the results; those of the desk need a browser."""

import pytest

from strategy.case.levers import LEVER_CODES
from strategy.plan import results
from strategy.progress import silent
from strategy.words.wording import Wording
from tests.apptest import alone, draw_once, moved, opened, plan

EN = Wording("en")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    draw_once(monkeypatch)


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
