"""The bicycle web shop: its files are what their generators give, and its raw file makes the case of the sample."""

import csv
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from strategy.__main__ import main
from strategy.case.case import Case
from strategy.case.case_file import read_case
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import FOLDER, load_sample
from strategy.equity.readouts import read_out
from tests.generated import bike_shop, bike_shop_case

README = (FOLDER / "bike_shop" / "README.md").read_text(encoding="utf-8")


def committed(name: str) -> str:
    return (bike_shop.RAW / name).read_bytes().decode("utf-8")


def test_the_orders_are_what_the_generator_gives() -> None:
    assert committed(bike_shop.ORDERS_FILE) == bike_shop.orders_file()


def test_the_spending_is_what_the_generator_gives() -> None:
    assert committed(bike_shop.SPEND_FILE) == bike_shop.spend_file()


def test_the_case_is_what_is_measured_on_both_files() -> None:
    assert bike_shop_case.CASE.read_bytes().decode("utf-8") == bike_shop_case.case_text()


def test_the_history_of_spending_gives_a_curve_for_every_lever_near_the_one_it_was_drawn_from() -> None:
    """The last three quarters' spends and others: today's outcome within two of its standard errors, some 5 %."""
    curves = bike_shop_case.fitted()
    assert set(curves) == set(LEVER_CODES)
    for response in (bike_shop.ACQUIRE, *bike_shop.OTHERS):
        curve = curves[response.lever]
        assert curve.points[0][0] == response.spends[-1]
        assert curve.points[0][1][1] == pytest.approx(response.today, rel=0.05)


# From the raw file to a case -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """By the command that the README of the sample prints."""
    command = next(line for line in README.splitlines() if line.startswith("python -m strategy case"))
    words = next(csv.reader([command], delimiter=" "))[3:-1]
    out = tmp_path_factory.mktemp("bike_shop") / "case.json"
    words[1] = str(FOLDER.parent / words[1])
    assert main([*words, str(out)]) == 0
    return read_case(out.read_bytes())


def test_the_case_of_the_raw_file_has_the_customers_of_the_sample_and_nearly_its_equity(made: Case) -> None:
    sample = load_sample("bike_shop")
    for mine, theirs in zip(made.segments, sample.segments, strict=True):
        assert mine.customers.likely == pytest.approx(theirs.customers.likely, abs=0.5)
        assert mine.prospects.likely == pytest.approx(theirs.prospects.likely, abs=0.5)
        assert mine.onboarding_cost.likely == pytest.approx(theirs.onboarding_cost.likely, abs=0.005)
        for lever, digits in (("develop", 0.005), ("retain", 0.00005)):
            ours, told = (segment.levers[lever].points[0][1].likely for segment in (mine, theirs))
            assert ours == pytest.approx(told, abs=digits)
    equity, printed = (read_out(case, case.today).customer_equity for case in (made, sample))
    assert "3.2% lower" in README
    assert equity / printed - 1 == pytest.approx(-0.032, abs=0.0005)


def test_each_of_the_four_levers_moves_the_equity_of_the_case_of_the_raw_file(made: Case) -> None:
    found = read_out(made, made.today).marginal_return
    assert found.shape == (3, 4)
    assert (np.abs(found) > 0.1).all()


# What the README answers ---------------------------------------------------------------------------------------------


@cache
def lines() -> tuple[dict[str, str], ...]:
    with Path(bike_shop.RAW / bike_shop.ORDERS_FILE).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


def money(text: str) -> float:
    return float(text.replace(",", "."))


def of_each(key: str, rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    return {name: list(these) for name, these in groupby(sorted(rows, key=lambda row: row[key]), lambda row: row[key])}


def test_the_readme_says_of_customers_what_the_orders_say() -> None:
    sold = [row for row in lines() if row["Orderstatus"] == bike_shop.DELIVERED]
    margins = sorted(
        (
            sum(money(row["Regelbedrag excl. btw"]) - money(row["Kostprijs"]) for row in rows)
            for rows in of_each("Klantnummer", sold).values()
        ),
        reverse=True,
    )
    assert f"{sum(margins[: len(margins) // 5]) / sum(margins):.0%} of the margin" in README
    of_kind = of_each("Soort klant", sold)
    orders = {
        kind: len({row["Ordernummer"] for row in rows}) / len({row["Klantnummer"] for row in rows})
        for kind, rows in of_kind.items()
    }
    assert f"commuters ({orders['Forens']:.1f} each, families {orders['Gezin']:.1f})" in README
    baskets = {
        kind: sum(money(row["Regelbedrag excl. btw"]) for row in rows) / len({row["Ordernummer"] for row in rows})
        for kind, rows in of_kind.items()
    }
    assert f"sport riders (€{baskets['Sportfietser']:.2f}, families €{baskets['Gezin']:.2f})" in README


def test_the_readme_says_of_articles_what_the_lines_say() -> None:
    sold = of_each("Artikel", [row for row in lines() if row["Orderstatus"] == bike_shop.DELIVERED])
    sales = {name: sum(money(row["Regelbedrag excl. btw"]) for row in rows) for name, rows in sold.items()}
    earned = {name: sales[name] - sum(money(row["Kostprijs"]) for row in rows) for name, rows in sold.items()}
    first, second = sorted(earned, key=lambda name: -earned[name])[:2]
    assert (first, second) == ("Fietscomputer gps", "Regenpak")
    assert f"(€{earned[second]:,.0f} and €{earned[first]:,.0f})" in README
    share = {name: earned[name] / sales[name] for name in sales}
    assert max(share, key=lambda name: share[name]) == "Plakset"
    assert min(share, key=lambda name: share[name]) == "Fietscomputer gps"
    assert f"best margin ({share['Plakset']:.0%})" in README
    assert f"margin of {share['Fietscomputer gps']:.0%}" in README
    kept = [row for row in lines() if row["Orderstatus"] != bike_shop.VOID and row["Artikelcode"].startswith("KL")]
    returned = sum(row["Orderstatus"] == bike_shop.BACK for row in kept) / len(kept)
    assert f"of clothes {returned:.0%} comes back" in README


def test_the_readme_says_of_segments_what_the_case_says() -> None:
    case = load_sample("bike_shop")
    found = read_out(case, case.today)
    families, commuters, sport = found.plan.clv[0, 0, 0].tolist()
    assert (
        f"commuters (€{commuters:.0f} each) and sport riders (€{sport:.0f}), not families (€{families:.0f})" in README
    )
    assert f"at most €{commuters / 100:.2f} per commuter's address" in README
    calm = case.model_copy(update={"events": ()})
    cost = read_out(calm, calm.today).customer_equity - found.customer_equity
    assert f"costs €{round(cost, -1):,.0f} of equity" in README
    shares = [
        case.segment(name).levers["reduce_cost"].points[0][1].likely
        / (case.segment(name).levers["develop"].points[0][1].likely * case.segment(name).gross_margin.likely)
        for name in ("families", "commuters")
    ]
    assert f"is {shares[0]:.0%} of their margin a quarter, of commuters' {shares[1]:.0%}" in README
