"""What the page tells of a file and what the commands tell of it are the same."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from strategy.commands.running import main
from strategy.customers import SEED
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.cleaning import Rules
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.findings import CAUTIONS, FALLBACKS, Finding, trust_in
from strategy.customers.reading.engines import Engine, open_engine
from strategy.customers.reading.reading import read_table
from strategy.customers.reading.source import read_source
from strategy.customers.study import Measured, Purchases, measure, measure_table
from strategy.customers.value.book import ContractBook
from strategy.customers.value.measures import Segments
from strategy.customers.value.segmenting import Way, ahead_of, book_of, segment
from strategy.customers.value.worth import MoneyTerms, value
from strategy.errors import PlannerError
from strategy.explanations.customer_findings import FINDINGS, say_finding
from strategy.words.wording import Wording

ENGLISH = Wording("en")
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
RUSH = "customer,date,amount\n" + "".join(
    f"r{n},{date.fromordinal(date(2024, 1, 1).toordinal() + 3 * n + step * (n % 5 + 4))},{20 + n % 9}\n"
    for n in range(120)
    for step in range(n % 4 + 1)
)
"""Customers who come back soon after their first purchase and never again: newcomers bring all later purchases."""
PURCHASES = {
    "a shop": (RAW / "transactions.csv").read_text(),
    "bought once": ONCE,
    "rush": RUSH,
}
CONTRACTS = {"contracts": (RAW / "contracts.csv").read_text(), "contracts without amounts": UNPAID}
YEARS, DAYS = 4, 1461
"""The same time ahead for the page, in years of 365.25 days, and for `value`, in days."""


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = open_engine()
    yield opened
    opened.close()


def commanded(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(arguments) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def shown(path: Path, **chosen: Any) -> Measured:
    """What the page measures of a file: by its guesses, and today's date, as the page chooses."""
    source = read_source(path, path.parent)
    columns = source.contracts_guess if source.contracts else source.purchases_guess
    assert columns
    return measure(source, Choices(columns, Rules(today=date.today()), **chosen), path.parent / "measured")


def brought(text: str, folder: Path) -> Path:
    path = folder / "brought.csv"
    path.write_text(text)
    return path


def same_cleaning(answer: dict[str, Any], measured: Measured) -> None:
    gone = [(entry.code, entry.rows) for entry in measured.report.removed]
    assert [(entry["what"], entry["rows"]) for entry in answer["cleaning"]] == gone
    money = [entry.amount for entry in measured.report.removed]
    assert [entry["amount"] for entry in answer["cleaning"]] == pytest.approx(money)


def same_verdict(answer: dict[str, Any], measured: Measured, beside: int) -> None:
    """The same findings in the same order, after and before what the commands say of how they were asked."""
    told = [say_finding(finding, ENGLISH) for finding in measured.model.findings]
    assert [sentence for sentence in answer["findings"] if sentence in told] == told
    assert len(answer["findings"]) == len(told) + beside
    assert answer["trusted"] is (measured.trust == "trusted")


@pytest.mark.parametrize("name", PURCHASES)
def test_page_and_value_tell_the_same(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over the same days and without a discount, years and days ahead are worth the same."""
    path = brought(PURCHASES[name], tmp_path)
    terms = ("--margin", "0.4", "--discount", "0", "--horizon", str(DAYS))
    answer, measured = commanded(capsys, "value", str(path), *terms), shown(path)
    model = measured.model
    assert isinstance(model, Purchases)
    worth = value(measured, MoneyTerms(0.4, 0.0, YEARS), tmp_path / "worth")
    same_cleaning(answer, measured)
    beside = len(measured.report.findings) + bool(measured.report.excluded)
    same_verdict(answer, measured, beside)
    assert (answer["customers"], answer["transactions"]) == (worth.customers, measured.report.kept_rows)
    assert answer["purchasing"]["model"] == model.purchasing.model
    assert answer["purchasing"]["parameters"] == pytest.approx(model.purchasing.parameters)
    assert answer["clv"]["total"] == pytest.approx(worth.total)
    assert (answer["clv"]["p05"], answer["clv"]["p95"]) == pytest.approx((worth.low, worth.high))
    assert ("holdout" in answer) is (model.tracked is not None)
    if model.tracked:
        checked = model.tracked.holdout
        assert answer["holdout"] == pytest.approx({"actual": checked.actual, "predicted": checked.predicted})


def test_the_unseen_half_of_the_time_speaks_on_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The models of all the time may look sound where a fit on its first half foretells the second badly."""
    path = brought(RUSH, tmp_path)
    answer, measured = commanded(capsys, "value", str(path)), shown(path)
    assert "poor_tracking" in {finding.code for finding in measured.model.findings}
    assert any("purchases where customers made" in sentence for sentence in answer["findings"])
    assert not answer["trusted"]


CASES = [("a shop", "region"), ("a shop", "clv"), ("contracts", "channel"), ("contracts without amounts", "risk")]


@pytest.mark.parametrize(("name", "way"), CASES)
def test_page_and_case_measure_the_same_segments(
    name: str, way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = brought({**PURCHASES, **CONTRACTS}[name], tmp_path)
    out = ("--segments", way, "--out", str(tmp_path / "case.json"))
    answer, measured = commanded(capsys, "case", str(path), "--margin", "0.4", *out), shown(path)
    kind = {"clv": Way("deciles"), "risk": Way("risk")}.get(way, Way("column", way))
    found: Segments = segment(measured, kind, ahead_of(measured, MoneyTerms(0.4, 0.1, 5)))
    same_cleaning(answer, measured)
    same_verdict(answer, measured, len(measured.report.findings))
    told = list(answer["segments"].values())
    assert len(told) == len(found.codes) >= 2
    for key, expected in (
        ("size", found.size), ("customers", found.customers), ("revenue", found.revenue),
        ("retention_rate", found.retention), ("onboarding_cost", found.onboarding), ("new_customers", found.arrivals),
    ):  # fmt: skip
        assert [entry[key] for entry in told] == pytest.approx(expected.tolist(), rel=1e-6), key
    worth = [[entry["value"][key] for key in ("total", "p05", "p95")] for entry in told]
    np.testing.assert_allclose(worth, np.c_[found.value, found.value_band], rtol=1e-6)


def test_until_keeps_what_is_later_for_the_check(tmp_path: Path, engine: Engine) -> None:
    """The models, their day and the check are those of a study in which the file ends, and goes on, on that day."""
    path, until = brought(PURCHASES["a shop"], tmp_path), date(2025, 1, 1)
    table = read_table(path, engine)
    cut = measure_table(table, Wishes(until=until).choices(table, contracts=False), tmp_path / "cut").model
    assert isinstance(cut, Purchases)
    assert cut.until == until
    assert cut.tracked
    lines = PURCHASES["a shop"].splitlines()
    day = lines[0].split(";").index("date")
    days = [datetime.strptime(line.split(";")[day], "%d-%m-%Y").date() for line in lines[1:]]
    early = [lines[0], *(line for line, when in zip(lines[1:], days, strict=True) if when <= until)]
    (tmp_path / "early").mkdir()
    alone = shown(brought("\n".join(early), tmp_path / "early")).model
    assert isinstance(alone, Purchases)
    assert cut.customers == pytest.approx(alone.customers, rel=0.002)  # a later cancellation takes out its purchase
    assert cut.purchasing.parameters == pytest.approx(alone.purchasing.parameters, rel=0.02)
    assert cut.tracked.holdout.predicted == pytest.approx(cut.tracked.holdout.actual, rel=0.15)


def test_page_and_commands_draw_with_the_same_seed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Giving the shared seed by name changes nothing; another one changes the band and no value."""
    path = brought(ONCE, tmp_path)
    one, same, other = (
        commanded(capsys, "value", str(path), *seed)["clv"]
        for seed in ((), ("--seed", str(SEED)), ("--seed", str(SEED + 1)))
    )
    assert one == same
    assert one["total"] == other["total"]
    assert one["p95"] != other["p95"]


def test_the_rows_are_kept_where_the_page_needs_them_only(tmp_path: Path, engine: Engine) -> None:
    path = brought(ONCE, tmp_path)
    table = read_table(path, engine)
    measured = measure_table(table, Wishes().choices(table, contracts=False), tmp_path / "command")
    assert measured.customers.exists()
    assert not measured.cleaned.exists()
    assert shown(path).cleaned.exists()


def test_two_lines_of_a_bill_are_one_purchase_where_nobody_came_back(tmp_path: Path) -> None:
    """Half a purchase in the time seen, worth the 10 of a whole bill (Jeffreys' rate, NBD)."""
    model = shown(brought(ONCE, tmp_path)).model
    assert isinstance(model, Purchases)
    assert model.spend.of_new_customer == pytest.approx(10.0)
    assert [finding.code for finding in model.findings] == ["short_history", "nobody_bought_again", "spend_not_seen"]


def test_a_missing_amount_is_the_mean_of_the_known_ones_and_said(tmp_path: Path, engine: Engine) -> None:
    """By hand: amounts 10, 30, none, -5 and 20 of five contracts: known are 10, 30 and 20, their mean 20."""
    amounts = ["10", "30", "", "-5", "20"]
    rows = [f"c{n},202{n}-01-01,{'2026-01-01' if n == 4 else ''},{amount}" for n, amount in enumerate(amounts)]
    (tmp_path / "c.csv").write_text("\n".join(["customer,start,end,amount", *rows]))
    table = read_table(tmp_path / "c.csv", engine)
    choices = Wishes(until=date(2026, 6, 1)).choices(table, contracts=True)
    book = book_of(measure_table(table, choices, tmp_path / "measured"))
    assert isinstance(book, ContractBook)
    assert sorted(book.amount.tolist()) == [10.0, 20.0, 20.0, 30.0]
    assert Finding("amounts_filled_in", {"contracts": 2, "mean": 20.0}) in book.findings
    (tmp_path / "none.csv").write_text("customer,start,end,amount\na,2020-01-01,,\nb,2021-01-01,,x\n")
    table = read_table(tmp_path / "none.csv", engine)
    with pytest.raises(PlannerError) as raised:
        measure_table(table, Wishes({"amount": "amount"}).choices(table, contracts=True), tmp_path / "none")
    assert raised.value.code == "unreadable_amounts"


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
def test_wishes_that_cannot_be_are_refused(wishes: Wishes, code: str, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "t.csv").write_text("customer,date,amount\na,2025-01-05,1.5\nb,2025-01-06,2.5\na,2025-02-06,2.5\n")
    table = read_table(tmp_path / "t.csv", engine)
    with pytest.raises(PlannerError) as raised:
        measure_table(table, wishes.choices(table, contracts=False), tmp_path / "measured")
    assert raised.value.code == code
