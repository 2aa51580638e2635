"""What the page measures of a file and what the commands measure of it are the same."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from strategy.customers.appraisal import Wishes, appraise_contracts, appraise_purchases
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.findings import CAUTIONS, FALLBACKS, Finding, trust_in
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.reading import read_table
from strategy.customers.reading.source import read_source
from strategy.customers.study import measure
from strategy.customers.value.book import Book
from strategy.customers.value.segmenting import book_of
from strategy.customers.value.worth import MoneyTerms, value
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import FINDINGS

RAW = Path(__file__).parents[2] / "sample_data" / "raw"
ONCE = "customer,date,amount,invoice\n" + "".join(
    f"k{n},2026-01-{n % 28 + 1:02},{amount},{n}\n" for n in range(30) for amount in (4, 6)
)
"""30 customers who each came once and had two lines on their bill, 10 together."""
UNPAID = "customer,start,end,amount\n" + "".join(
    f"c{n},20{10 + n % 10}-01-01,{f'20{11 + n % 10}-06-01' if n % 3 else ''},{n % 7 * 10 if n % 5 else ''}\n"
    for n in range(60)
)
"""Contracts of which every fifth has no amount."""
FILES = {
    "a shop": ((RAW / "transactions.csv").read_text(), False),
    "contracts": ((RAW / "contracts.csv").read_text(), True),
    "bought once": (ONCE, False),
    "contracts without amounts": (UNPAID, True),
}


def commanded(path: Path, contracts: bool) -> Book:
    engine = open_engine()
    try:
        table = read_table(path, engine)
        return appraise_contracts(table, Wishes()).book if contracts else appraise_purchases(table, Wishes()).book
    finally:
        engine.close()


def shown(path: Path, contracts: bool) -> Book:
    source = read_source(path, path.parent)
    columns = source.contracts_guess if contracts else source.purchases_guess
    assert columns
    return book_of(measure(source, Choices(columns), path.parent / "measured"))


@pytest.mark.parametrize("name", FILES)
def test_page_and_command_give_the_same_book(name: str, tmp_path: Path) -> None:
    text, contracts = FILES[name]
    (tmp_path / "brought.csv").write_text(text)
    one, other = (look(tmp_path / "brought.csv", contracts) for look in (commanded, shown))
    assert one.models == other.models
    assert one.findings == other.findings
    assert sorted(one.customer.to_pylist()) == sorted(other.customer.to_pylist())
    groups = np.zeros(len(one.customer), dtype=np.intp)
    np.testing.assert_allclose(one.revenue(groups, "year", 5), other.revenue(groups, "year", 5), rtol=1e-12)
    np.testing.assert_allclose(one.newcomer(groups, 0.1, "year", 5), other.newcomer(groups, 0.1, "year", 5), rtol=1e-12)


def test_two_lines_of_a_bill_are_one_purchase_where_nobody_came_back(tmp_path: Path) -> None:
    """Half a purchase in the time seen, worth the 10 of a whole bill (Jeffreys' rate, NBD)."""
    (tmp_path / "once.csv").write_text(ONCE)
    engine = open_engine()
    found = appraise_purchases(read_table(tmp_path / "once.csv", engine), Wishes())
    engine.close()
    assert found.book.spend.of_new_customer == pytest.approx(10.0)
    assert [finding.code for finding in found.findings] == ["nobody_bought_again", "spend_not_seen"]


def test_a_missing_amount_is_the_mean_of_the_known_ones_and_said(tmp_path: Path) -> None:
    """By hand: amounts 10, 30, none, -5 and 20 of five contracts: known are 10, 30 and 20, their mean 20."""
    amounts = ["10", "30", "", "-5", "20"]
    rows = [f"c{n},202{n}-01-01,{'2026-01-01' if n == 4 else ''},{amount}" for n, amount in enumerate(amounts)]
    (tmp_path / "c.csv").write_text("\n".join(["customer,start,end,amount", *rows]))
    engine = open_engine()
    wishes = Wishes(until=date(2026, 6, 1))
    book = appraise_contracts(read_table(tmp_path / "c.csv", engine), wishes).book
    assert sorted(book.amount.tolist()) == [10.0, 20.0, 20.0, 30.0]
    assert Finding("amounts_filled_in", {"contracts": 2, "mean": 20.0}) in book.findings
    (tmp_path / "none.csv").write_text("customer,start,end,amount\na,2020-01-01,,\nb,2021-01-01,,x\n")
    with pytest.raises(PlannerError) as raised:
        appraise_contracts(read_table(tmp_path / "none.csv", engine), Wishes({"amount": "amount"}))
    assert raised.value.code == "unreadable_amounts"
    engine.close()


def test_trust_falls_with_the_worst_finding() -> None:
    def found(*codes: str) -> list[Finding]:
        return [Finding(code, {}) for code in codes]

    assert trust_in(found()) == trust_in(found("spend_alike")) == "trusted"
    assert trust_in(found("few_repeaters", "spend_alike")) == "care"
    assert trust_in(found("few_repeaters", "spend_not_seen")) == "fallback"
    assert set(FINDINGS) >= FALLBACKS | CAUTIONS


def test_a_new_contract_over_one_year_is_worth_its_first_fee(tmp_path: Path) -> None:
    """Paid today, its first renewal lies outside the year: 0.4 x 10, as in a case of one period."""
    rows = "".join(f"c{n},20{10 + n % 10}-01-01,{f'20{11 + n % 10}-06-01' if n % 3 else ''},10\n" for n in range(60))
    (tmp_path / "c.csv").write_text("customer,start,end,amount\n" + rows)
    source = read_source(tmp_path / "c.csv", tmp_path)
    assert source.contracts_guess
    measured = measure(source, Choices(source.contracts_guess), tmp_path / "measured")
    found = value(measured, MoneyTerms(0.4, 0.1, 1), tmp_path / "worth")
    assert found.new == pytest.approx(4.0)
    groups = np.zeros(len(book_of(measured).customer), dtype=np.intp)
    assert 0.4 * book_of(measured).newcomer(groups, 0.1, "year", 1)[0] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        (Wishes({"start": "date"}), "other_role"),
        (Wishes(segment=""), "unknown_column"),
        (Wishes(rules=Rules(today=date(2026, 1, 1)), until=date(2099, 1, 1)), "until_too_late"),
        (Wishes({"amount": "when"}), "unknown_column"),
    ],
)
def test_wishes_that_cannot_be_are_refused(wishes: Wishes, code: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("customer,date,amount\na,2025-01-05,1.5\nb,2025-01-06,2.5\na,2025-02-06,2.5\n")
    engine = open_engine()
    with pytest.raises(PlannerError) as raised:
        appraise_purchases(read_table(tmp_path / "t.csv", engine), wishes)
    engine.close()
    assert raised.value.code == code
