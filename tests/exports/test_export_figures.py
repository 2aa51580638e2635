"""The figures of what people take along: each stands at its label, and is the one of the results.

Expected amounts are taken from the read-outs and the case, never from the page that is printed.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from strategy.case.levers import LEVER_CODES
from strategy.exports.customer_columns import CONTRACTS, PURCHASES
from strategy.exports.customer_rows import About, rows_as
from strategy.exports.strategy_page import strategy_page
from strategy.plan.moves import set_lever
from strategy.plan.plan import Plan
from strategy.plan.results import outlook, read_out
from strategy.progress import silent
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import LANGUAGES, Wording
from tests.exports.test_exports import document_of, plain, planned, text_of

EN, NL = Wording("en"), Wording("nl")

# The strategy on a page ----------------------------------------------------------------------------------------------


@cache
def larger(language: str) -> Plan:
    """A plan in which every lever, and all of them together, get something else than today."""
    plan = planned(language)
    return set_lever(plan.having(fixed=False, budget=2 * plan.budget), "retain", 4e6)


@cache
def front(language: str) -> str:
    """All text of the document in reading order: a figure's name, its value, what stands under it."""
    plan = larger(language)
    return text_of(document_of(plan, Wording(language), outlook(plan, silent)))


def todays(plan: Plan, lever: str) -> float:
    return sum(levers[lever] for levers in plan.case.today.values())


def figures(plan: Plan, say: Wording) -> dict[str, tuple[str, str]]:
    """{name: value, note} of the four figures, from the results; in English."""
    found, drawn = read_out(plan), outlook(plan, silent)
    low, high = (say.signed_short_money(float(end[1])) for end in (drawn.uplift.p05, drawn.uplift.p95))
    mean = say.signed_short_money(float(drawn.uplift.mean[1]))
    left = say.percent(float(found.plan.residual[0, 0] / found.plan.customer_equity[0, 0]), 0)
    spent = sum(plan.lever_total(lever) for lever in LEVER_CODES) + plan.initiative_cost
    today = sum(todays(plan, lever) for lever in LEVER_CODES)
    first, last = found.plan.opening[0, 0, 0].sum(), found.plan.customers[0, 0, -1].sum()
    return {
        "Customer equity": (say.short_money(float(found.plan.customer_equity[0, 0])), f"{left} of it after 5 years"),
        "Against today, likely": (
            say.signed_short_money(float(found.plan.customer_equity[0, 0] - found.today.customer_equity[0, 0])),
            f"mean {mean}; {low} – {high}; "
            f"better in {say.percent(float((drawn.draws[:, 1] > drawn.draws[:, 0]).mean()), 0)}",
        ),
        "Marketing money per year": (say.short_money(spent), f"today {say.short_money(today)}"),
        "Customers in year 5": (say.short_number(float(last)), f"now {say.short_number(float(first))}"),
    }


def test_each_figure_stands_at_its_name_on_paper_and_on_the_screen() -> None:
    plan = larger("en")
    expected, text = figures(plan, EN), front("en")
    spent, today = expected["Marketing money per year"]
    assert spent not in today, "the plan must differ from today for this to say anything"
    order = plain(" ".join(part for name, (value, note) in expected.items() for part in (name, value, note)))
    assert order in text
    page = strategy_page(plan, outlook(plan, silent), EN)
    assert {figure.name: (figure.value, figure.note) for figure in page.figures} == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_lever_s_money_is_printed_beside_today_s(language: str) -> None:
    """Names and amounts stand in the same order: each lever, then what initiatives cost, of which today has none."""
    plan, say, text = larger(language), Wording(language), front(language)
    amounts = [*map(plan.lever_total, LEVER_CODES), plan.initiative_cost]
    today = [*(todays(plan, lever) for lever in LEVER_CODES), 0.0]
    moves = [amount - before for amount, before in zip(amounts, today, strict=True)]
    assert all(abs(move) > 1e5 for move in moves), "every lever of this plan gets something else than today"
    names = [say.text(LEVER_NAMES[code]) for code in (*LEVER_CODES, "initiatives")]
    told = [f"{say.short_money(x)} ({say.signed_short_money(move)})" for x, move in zip(amounts, moves, strict=True)]
    assert plain(" ".join([*names, *told])) in text


def test_the_roadmap_prints_what_each_initiative_costs() -> None:
    plan, text = larger("en"), front("en")
    costs = [(i.name, EN.short_money(i.one_off), EN.short_money(i.per_period)) for i in plan.case.initiatives]
    assert len(costs) == 2
    for name, once, running in costs:
        assert f"{name} · {once} once, {running} per year" in text


def test_a_plan_like_today_s_prints_no_difference_and_the_same_money_twice() -> None:
    plan = planned()
    same = plan.having(spend=plan.case.today, initiatives=())
    page = strategy_page(same, None, EN)
    money = EN.short_money(sum(todays(same, lever) for lever in LEVER_CODES))
    assert (page.figures[1].value, page.figures[1].note) == (EN.signed_short_money(0), "")
    assert (page.figures[2].value, page.figures[2].note) == (money, f"today {money}")


# Rows of customers ---------------------------------------------------------------------------------------------------

TITLES = {
    "customer": ("Customer", "Klant"),
    "frequency": ("Repeat purchases", "Herhaalaankopen"),
    "recency": ("Time from first to last purchase", None),
    "age": ("Time since first purchase", None),
    "mean_spend": ("Mean spend per repeat purchase", "Gemiddelde besteding per herhaalaankoop"),
    "p_alive": ("Chance to be a customer still", None),
    "expected_purchases": ("Expected purchases next year", None),
    "clv": ("Value", None),
    "clv_p05": ("Value, low end", None),
    "clv_p95": ("Value, high end", None),
    "worth_if_kept": ("Value if a customer for certain", None),
    "margin_next_year": ("Expected margin next year", None),
}
"""What a column of purchases is called, by its technical name; Dutch where a test of the words stands on it."""
OF_CONTRACTS = {
    "customer": "Contract", "start": "Start", "end": "End", "amount": "Fee per period", "periods": "Renewals",
    "ended": "Has ended", "p_alive": "Chance to renew", "clv": "Value", "clv_p05": "Value, low end",
    "clv_p95": "Value, high end", "worth_if_kept": "Value if a customer for certain",
}  # fmt: skip
MEANINGS = {
    "clv_p05": "In 5 of 100 cases it turns out lower.",
    "clv_p95": "In 5 of 100 cases it turns out higher.",
    "age": "Up to the last day in your file.",
}
ROWS: dict[str, list[Any]] = {
    "customer": ["Ann", "Bob"], "frequency": [4, 9], "recency": [111.0, 222.0], "age": [333.0, 444.0],
    "mean_spend": [12.34, 56.78], "p_alive": [0.1234, 0.9876], "expected_purchases": [1.5, 2.25],
    "clv": [1234.5, 88.0], "clv_p05": [321.25, 11.0], "clv_p95": [4321.75, 99.0], "worth_if_kept": [2000.5, 90.0],
    "margin_next_year": [77.25, 66.5],
}  # fmt: skip
"""Every number differs from every other, so that no column can stand under another's title."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pq.write_table(pa.table(ROWS), tmp_path / "rows.parquet")
    return tmp_path / "rows.parquet"


def test_every_column_of_customers_has_its_title_in_this_table() -> None:
    assert set(TITLES) == set(PURCHASES) - {"date", "amount", "product"}
    assert set(OF_CONTRACTS) == set(CONTRACTS) | {"clv", "clv_p05", "clv_p95", "worth_if_kept"}


def cells(content: bytes, say: Wording) -> dict[str, list[Any]]:
    """A CSV file by its titles, numbers as numbers."""
    sign = ";" if say.language == "nl" else ","
    lines = [line.replace('"', "").split(sign) for line in content.decode("utf-8-sig").splitlines()]

    def number(text: str) -> Any:
        return float(text.replace(",", ".")) if text[:1].isdigit() else text

    return {title: [number(row[at]) for row in lines[1:]] for at, title in enumerate(lines[0]) if "," not in title}


@pytest.mark.parametrize("say", [EN, NL], ids=["en", "nl"])
def test_a_csv_has_each_number_under_its_title(path: Path, say: Wording) -> None:
    quoted = rows_as(path, "csv", say, About("x")).decode("utf-8-sig").replace("Value, ", "Value ")
    found = cells(quoted.replace("Waarde, ", "Waarde ").encode(), say)
    assert len(found) == len(ROWS)
    for (name, values), (title, shown) in zip(ROWS.items(), found.items(), strict=True):
        known = TITLES[name][say.language == "nl"]
        assert known is None or title == known.replace(",", "")
        assert shown == values, name


def test_a_workbook_has_each_number_under_its_title_with_its_meaning(path: Path) -> None:
    rows, about = openpyxl.load_workbook(io.BytesIO(rows_as(path, "xlsx", EN, About("x")))).worksheets
    columns = {column[0].value: [cell.value for cell in column[1:]] for column in rows.columns}
    assert columns == {TITLES[name][0]: values for name, values in ROWS.items()}
    told = {row[0].value: row[1].value for row in list(about.rows)[1:]}
    for name, meaning in MEANINGS.items():
        assert told[TITLES[name][0]] == meaning


def test_contracts_have_each_number_under_its_title(tmp_path: Path) -> None:
    given = {
        "customer": ["K1", "K2"], "amount": [19.5, 29.75], "periods": [3, 7], "ended": [False, True],
        "p_alive": [0.5, 0.25], "clv": [100.5, 200.5], "clv_p05": [10.5, 20.5], "clv_p95": [500.5, 600.5],
        "worth_if_kept": [110.5, 210.5],
    }  # fmt: skip
    pq.write_table(pa.table(given), tmp_path / "rows.parquet")
    sheet = openpyxl.load_workbook(io.BytesIO(rows_as(tmp_path / "rows.parquet", "xlsx", EN, About("x")))).worksheets[0]
    columns = {column[0].value: [cell.value for cell in column[1:]] for column in sheet.columns}
    assert columns == {OF_CONTRACTS[name]: values for name, values in given.items()}
