"""Who moved between two days: the boundaries of the first day hold on the second, for every way that has boundaries."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from strategy.customers.cleaning.choices import Choices
from strategy.customers.reading.columns import ContractColumns
from strategy.customers.reading.source import read_source
from strategy.customers.study import Measured, measure
from strategy.customers.value import segmenting
from strategy.customers.value.segmenting import Ahead, Way, drift, grouped
from tests.simulated_customers import Generating, simulate_contracts, simulate_purchases

AHEAD = Ahead("month", 12, 0.4, 0.01)
BEGAN, DAYS = date(2024, 1, 1), 500


def shop() -> str:
    """Customers who all came in the first hundred days, and buy less and less: on the second day few are left."""
    bought = simulate_purchases(200, DAYS, 100, Generating(r=2.0, alpha=20.0, a=1.0, b=3.0), seed=3)
    rows = zip(bought.customer.tolist(), bought.day.tolist(), bought.amount.tolist(), strict=True)
    return "customer,date,amount\n" + "".join(f"c{c},{BEGAN + timedelta(d)},{a:.2f}\n" for c, d, a in rows)


def fleet() -> str:
    """Yearly contracts of which the fees of the later ones are ten times those of the first."""
    cohort, ends = simulate_contracts(200, 5, 1.0, 4.0, seed=4)
    lines = ["customer,start,end,amount"]
    for number, (year, ended) in enumerate(zip(cohort.tolist(), ends.tolist(), strict=True)):
        left = 2018 + year + ended
        end = f"{left}-03-01" if left <= 2024 else ""
        lines.append(f"k{number},{2018 + year}-03-02,{end},{(10 + number % 7) * (10 if year > 2 else 1)}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    found = {}
    for name, text in (("shop", shop()), ("fleet", fleet())):
        folder: Path = tmp_path_factory.mktemp(name)
        (folder / "brought.csv").write_text(text)
        source = read_source(folder / "brought.csv", folder)
        columns = source.purchases_guess if name == "shop" else source.contracts_guess
        assert columns
        assert isinstance(columns, ContractColumns) == (name == "fleet")
        found[name] = measure(source, Choices(columns), folder / "measured")
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """Every grouping that is made, with the book that it was made of."""
    made: list[tuple[Any, Any]] = []

    def noted(book: Any, way: Way, ahead: Ahead, cuts: Any = ()) -> Any:
        made.append((book, grouped(book, way, ahead, cuts)))
        return made[-1][1]

    monkeypatch.setattr(segmenting, "grouped", noted)
    return made


CASES = [("shop", "rfm"), ("shop", "deciles"), ("shop", "risk"), ("fleet", "deciles"), ("fleet", "risk")]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_second_day_is_cut_where_the_first_was(
    name: str, kind: str, measured: dict[str, Measured], asked: list[tuple[Any, Any]]
) -> None:
    day = BEGAN + timedelta(200) if name == "shop" else date(2021, 6, 1)
    found = drift(measured[name], Way(kind), AHEAD, day).movement
    (_, first), (later, second) = asked
    assert first.cuts
    for one, other in zip(first.cuts, second.cuts, strict=True):
        np.testing.assert_array_equal(one, other)
    own = grouped(later, Way(kind), AHEAD)
    assert found.after.tolist() == second.sizes.tolist()
    assert found.before.tolist() == first.sizes.tolist()
    assert own.sizes.tolist() != second.sizes.tolist(), "boundaries of its own would tell another story here"


def test_tenths_of_the_first_day_are_counted_on_the_second_by_hand(
    measured: dict[str, Measured], asked: list[tuple[Any, Any]]
) -> None:
    """Tenths by the first day's values, counted with comparisons alone: tenth k from above lies over bound 10 - k."""
    found = drift(measured["shop"], Way("deciles"), AHEAD, BEGAN + timedelta(200)).movement
    (earlier, _), (later, _) = asked
    then, now = (book.clv(AHEAD.margin, AHEAD.discount, AHEAD.period, AHEAD.periods) for book in (earlier, later))
    bounds = [-np.inf, *(float(np.quantile(then, share / 10)) for share in range(1, 10)), np.inf]
    for people, counted in ((then, found.before), (now, found.after)):
        expected = [int(((people > bounds[9 - k]) & (people <= bounds[10 - k])).sum()) for k in range(10)]
        assert counted.tolist() == expected
    assert found.before.max() - found.before.min() <= 3, "tenths of the first day are tenths"
    assert found.after[0] < 0.75 * found.before[0], "and fewer are as valuable on the second"
