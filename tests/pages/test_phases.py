"""Money over time on the pages: the phase in view is moved, every page counts all of them, both languages say so."""

import pytest

from strategy.charts.drawing.labels import phase_names
from strategy.plan import results
from strategy.plan.history import History
from strategy.plan.moves import set_cell, set_fixed, set_phases
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import TITLES, alone, draw_once, healthy, moved, opened, plan


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def over_time(phases: int = 2) -> History:
    """The moved plan of the telecom firm, and from its second phase on less for retaining the first segment."""
    history = moved()
    segment = history.plan.case.segments[0].id
    changed = set_cell(set_phases(set_fixed(history.plan, False), phases), segment, "retain", 1_000, 1)
    return history.record("total fixed or free", changed)


@pytest.mark.parametrize("page", TITLES)
def test_every_page_opens_with_money_that_changes_over_time(page: str) -> None:
    at = opened(page, "en", history=over_time())
    healthy(at, page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sliders_move_the_phase_in_view(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_once(monkeypatch)
    at = opened("budget.py", language, history=over_time())
    before, say = plan(at), Wording(language, "EUR")
    at.segmented_control(key="phase").set_value(1).run()
    healthy(at)
    assert at.segmented_control(key="phase").options == phase_names(before.case, before.starts, say)
    slider = at.slider(key="lever_develop")
    assert slider.value == pytest.approx(before.lever_total("develop", 1) / 1e3)
    slider.set_value(slider.max).run()
    healthy(at)
    assert plan(at).phases[0] == before.phases[0]
    assert plan(at).lever_total("develop", 1) > before.lever_total("develop", 1)
    at.button(key="undo").click().run()
    assert plan(at) == before


def test_figures_count_all_phases() -> None:
    history = over_time()
    at, say = opened("budget.py", "en", history=history), Wording("en", "EUR")
    shown = next(metric for metric in at.metric if metric.label == "Customer equity")
    assert shown.value == say.short_money(results.read_out(history.plan).customer_equity)
