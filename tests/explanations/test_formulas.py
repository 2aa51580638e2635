"""Every figure on the screen says how it is computed, and the headline's formula, filled in, gives the headline."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from strategy.case.samples import SAMPLES, load_sample
from strategy.explanations.formulas import BY_CODE, FORMULAS, OF_CHART, filled_in, formula_of
from strategy.plan.moves import set_budget, set_fixed, set_lever
from strategy.plan.plan import start
from strategy.plan.results import read_out

PAGES = Path(__file__).parents[2] / "pages"


def chart_keys() -> Iterator[tuple[str, str, bool]]:
    """(file, key, whether it goes on with a number or name) of every chart that a page shows."""
    for path in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("show", "numbers"):
                key = node.args[1]
                if isinstance(key, ast.Constant):
                    yield path.name, str(key.value), False
                elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                    yield path.name, str(key.values[0].value), True


def test_the_charts_of_the_pages_are_found() -> None:
    assert {("budget.py", "waterfall", False), ("believe.py", "believe_", True)} <= set(chart_keys())


@pytest.mark.parametrize(("file", "key", "open_end"), sorted(set(chart_keys())))
def test_every_chart_says_how_it_is_computed(file: str, key: str, open_end: bool) -> None:
    assert formula_of(f"{key}x" if open_end else key), f"{key} in {file}"


def test_every_formula_is_complete_and_used_or_told_with_the_words() -> None:
    assert len(BY_CODE) == len(FORMULAS)
    assert set(OF_CHART.values()) <= set(BY_CODE)
    assert all(formula.name and formula.formula and formula.meaning for formula in FORMULAS)


@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_the_formula_filled_in_gives_the_headline(code: str) -> None:
    """Both are sums of the same terms: equal but for the order of adding."""
    plan = set_budget(set_fixed(start(load_sample(code)), False), 1e9)
    plan = set_lever(plan, "retain", 2 * plan.lever_total("retain") + 1000 * bool(plan.cells("retain")))
    found = filled_in(plan)
    assert sum(found.cash) + found.residual == pytest.approx(found.customer_equity, rel=1e-12)
    assert found.customer_equity - found.today == pytest.approx(found.uplift, rel=1e-9, abs=1e-6)
    assert found.more_money + found.better_mix == pytest.approx(found.uplift, rel=1e-9, abs=1e-6)
    assert found.customer_equity == read_out(plan).customer_equity
