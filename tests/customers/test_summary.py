"""One row per customer as the literature defines it, durations of contracts, the sample files and their answers."""

import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from strategy.customers.cleaning.cleaning import Cleaned, Rules, clean
from strategy.customers.cleaning.durations import ContractSummary, Period, summarise_contracts
from strategy.customers.cleaning.summary import (
    Unit,
    bring_home,
    holdout,
    spend_by,
    spends,
    split_date,
    summarise,
    triples,
)
from strategy.customers.models.contracts import Renewals
from strategy.customers.models.purchasing import fit
from strategy.customers.reading.columns import ContractColumns, guess_columns, guess_contract_columns
from strategy.customers.reading.engines import Engine
from strategy.customers.reading.frames import arrays_of, day_number
from strategy.customers.reading.reading import read_table, save_upload
from strategy.errors import PlannerError
from tests import simulated_customers as simulate
from tests.files import Read
from tests.generated import bike_shop

RAW = Path(__file__).parents[2] / "sample_data" / "raw"


def lifetimes(name: str) -> Path:
    """A data file of the package lifetimes, found without importing it (its import warns)."""
    found = find_spec("lifetimes")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "datasets" / name


@pytest.fixture(scope="module")
def cdnow(engine: Engine) -> Cleaned:
    """CDNOW as published: free copies (amount 0) count as purchases, equal lines too; the second column is the id."""
    table = read_table(lifetimes("CDNOW_sample.txt"), engine)
    guess = guess_columns(table)
    assert (guess.date, guess.amount) == ("column 3", "column 5")
    return clean(table, replace(guess, customer="column 2", segments=()), Rules(zero_amounts=True))


# CDNOW ---------------------------------------------------------------------------------------------------------------


def test_the_cdnow_summary_is_the_published_one(cdnow: Cleaned) -> None:
    """Fader, Hardie & Lee's summary in weeks, calibrated to 30 September 1997, as lifetimes ships it."""
    published = pd.read_csv(lifetimes("cdnow_customers_summary_with_transactions.csv"))
    home = arrays_of(bring_home(summarise(cdnow, "day", date(1997, 9, 30))))
    assert len(home["customer"]) == len(published) == 2357
    np.testing.assert_array_equal(home["frequency"], published["x"])
    np.testing.assert_allclose(home["recency"] / 7, published["t_x"], atol=0.00501)
    np.testing.assert_allclose(home["age"] / 7, published["T"], atol=0.00501)
    np.testing.assert_allclose(home["mean_spend"], published["zbar"], atol=0.00501)


def test_the_distinct_triples_hold_every_customer(cdnow: Cleaned) -> None:
    summary = summarise(cdnow, "day", date(1997, 9, 30))
    found, home = triples(summary), arrays_of(bring_home(summary))
    assert found.counts.sum() == 2357
    assert len(found.counts) == len(set(zip(home["frequency"], home["recency"], home["age"], strict=True)))
    assert (found.counts * found.frequency).sum() == home["frequency"].sum()
    pairs = spends(summary)
    assert pairs.counts.sum() == (home["frequency"] > 0).sum() == 946  # Fader & Hardie 2013: 946 repeat buyers
    spent = (pairs.counts * pairs.frequency * pairs.mean_spend).sum()
    assert spent == pytest.approx((home["frequency"] * home["mean_spend"]).sum(), rel=1e-4)


def test_the_cdnow_holdout_has_the_purchases_that_followed(cdnow: Cleaned) -> None:
    """The peer is pandas on the same rows: days with a purchase after 30 September 1997, to 30 June 1998 (273 days)."""
    after = holdout(summarise(cdnow, "day", date(1997, 9, 30)))
    raw = pd.read_csv(lifetimes("CDNOW_sample.txt"), sep=r"\s+", header=None, dtype={2: str})
    days = raw[raw[2] > "19970930"].drop_duplicates([0, 2])
    assert (after.counts * after.purchases).sum() == len(days)
    assert (after.length, after.counts.sum()) == (273, 2357)


# Definitions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("day", (3, 58, 59)),  # 31 Jan, 2 Feb, 15 Feb, 30 Mar; last day 31 March
        ("week", (3, 58 / 7, 59 / 7)),
        ("month", (3, 58 / 30.4375, 59 / 30.4375)),
    ],
)
def test_purchases_on_one_day_count_once_and_the_unit_scales_time(
    read: Read, unit: Unit, expected: tuple[int, int, int]
) -> None:
    """By hand, in 2026; the mean leaves the first unit out."""
    rows = ["ann,2026-01-31,1.00", "ann,2026-01-31,2.00", "ann,2026-02-02,4.00", "ann,2026-02-15,8.00"]
    text = "\n".join(["customer,date,amount", *rows, "ann,2026-03-30,16.00", "bob,2026-03-31,1.00"])
    table = read(text)
    home = arrays_of(bring_home(summarise(clean(table, guess_columns(table)), unit)))
    assert (home["frequency"][0], home["recency"][0], home["age"][0]) == expected
    assert home["mean_spend"][0] == pytest.approx(28 / expected[0])
    assert (home["frequency"][1], home["recency"][1], home["age"][1], home["mean_spend"][1]) == (0, 0, 0, 0)


def test_days_are_numbered_as_the_calendar_numbers_them(engine: Engine, tmp_path: Path) -> None:
    """Python's ordinals are the peer, on every day of three centuries."""
    days = np.arange("1901-01-01", "2200-01-01", dtype="datetime64[D]")
    pd.DataFrame({"date": pd.Series(days.astype("datetime64[us]"))}).to_parquet(tmp_path / "days.parquet")
    frame = engine.read_parquet(tmp_path / "days.parquet").with_columns(nw.col("date").cast(nw.Date))
    found = engine.arrays(frame.select(day=day_number("date")))
    ordinals = (days - np.datetime64("1901-01-01")).astype(int) + date(1901, 1, 1).toordinal()
    np.testing.assert_array_equal(found["day"], ordinals)


def test_a_customer_belongs_to_the_segment_of_the_latest_purchase(read: Read) -> None:
    rows = [f"c{n % 3},2026-01-{n + 1:02},1.50,{'north' if n < 6 else 'south'}" for n in range(9)]
    table = read("\n".join(["customer,date,amount,region", *rows, "old,2026-01-01,2.50,north"]))
    columns = guess_columns(table)
    assert columns.segments == ("region",)
    cleaned = clean(table, columns)
    home = arrays_of(bring_home(summarise(cleaned), ("region",)))
    assert dict(zip(home["customer"], home["region"], strict=True)) == {
        "c0": "south", "c1": "south", "c2": "south", "old": "north",
    }  # fmt: skip
    assert spend_by(cleaned, "region") == {"north": (4, 7, 11.5), "south": (3, 3, 4.5)}


@pytest.mark.parametrize("name", ["age", "Amount", "money", "frequency", "why", "state", "kth", "period"])
def test_a_group_may_have_the_name_of_a_column_of_ours(read: Read, name: str) -> None:
    rows = [f"c{n % 3},2026-01-{n + 1:02},{-1 if n == 8 else 1}.50,{'old' if n < 6 else 'young'}" for n in range(9)]
    table = read("\n".join([f"klant,datum,bedrag,{name}", *rows]))
    columns = replace(guess_columns(table), customer="klant", date="datum", amount="bedrag", segments=(name,))
    cleaned = clean(table, columns)
    assert cleaned.segments == (f"{name} (2)",)
    home = arrays_of(bring_home(summarise(cleaned), cleaned.segments))
    assert dict(zip(home["customer"], home[f"{name} (2)"], strict=True)) == {"c0": "young", "c1": "young", "c2": "old"}


def test_an_end_before_the_first_purchase_is_refused(cdnow: Cleaned) -> None:
    with pytest.raises(PlannerError) as raised:
        summarise(cdnow, "day", date(1996, 1, 1))
    assert raised.value.code == "until_too_early"


def test_without_later_purchases_there_is_no_holdout(cdnow: Cleaned) -> None:
    with pytest.raises(PlannerError) as raised:
        holdout(summarise(cdnow, "day", date(1999, 1, 1)))
    assert raised.value.code == "no_holdout"


def test_the_usual_split_lies_halfway() -> None:
    assert split_date(date(2026, 1, 1), date(2026, 1, 11)) == date(2026, 1, 6)


# Contracts -----------------------------------------------------------------------------------------------------------

CONTRACTS = """id,start,end,fee
a,2020-01-01,2020-12-31,10.50
b,2020-01-01,2021-01-01,10.50
c,2020-03-15,2022-06-01,10.50
d,2020-01-01,,10.50
e,2022-12-01,,10.50
f,2021-05-01,2021-04-01,10.50
g,2024-01-01,,10.50
h,never,2021-04-01,10.50
i,2020-01-01,later,10.50
j,2022-01-01,2023-06-30,10.50
"""


def durations(found: ContractSummary) -> dict[tuple[int, bool], int]:
    kept = found.durations
    return dict(zip(zip(kept.periods.tolist(), kept.ended.tolist(), strict=True), kept.counts.tolist(), strict=True))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        # at 31 December 2022: a and b left at the first renewal; c left in its third year, which is not over, so that
        # who stays in it cannot be seen yet: like d it is known for two years; e and j run: 0 and 0
        ("year", {(1, True): 2, (2, False): 2, (0, False): 2}),
        # c: 26 months and 17 days, its 27th; d 35 months, e none, j 11
        ("month", {(12, True): 2, (27, True): 1, (35, False): 1, (0, False): 1, (11, False): 1}),
        # c: its 9th quarter; d 11 whole ones, j 3
        ("quarter", {(4, True): 2, (9, True): 1, (11, False): 1, (0, False): 1, (3, False): 1}),
    ],
)
def test_contracts_last_whole_periods(read: Read, period: Period, expected: dict[tuple[int, bool], int]) -> None:
    """By hand."""
    table = read(CONTRACTS)
    found = summarise_contracts(table, guess_contract_columns(table), period, until=date(2022, 12, 31))
    assert durations(found) == expected
    assert {(entry.code, entry.rows, entry.amount) for entry in found.removed} == {
        ("ends_before_start", 1, 10.5), ("starts_later", 1, 10.5), ("unreadable_start", 1, 10.5),
        ("unreadable_end", 1, 10.5),
    }  # fmt: skip
    assert (found.rows, found.running) == (10, 3)


def churning(random: np.random.Generator, number: int, years: int, on_first: bool) -> list[tuple[date, date]]:
    """Contracts of which a steady 20 % leaves in each year that they last: start, and last day or day of leaving."""
    found = []
    for _ in range(number):
        start = date(2026 - years + int(random.integers(years)), 1, 1)
        lasts = int(random.geometric(0.2))
        if on_first:
            found.append((start, date(start.year + lasts - 1, 12, 31)))
        else:
            start += timedelta(days=int(random.integers(365)))
            found.append((start, start + timedelta(days=int(365.25 * (lasts - random.random())))))
    return found


@pytest.mark.parametrize(("on_first", "years"), [(True, 3), (False, 3), (False, 8)])
def test_leaving_is_found_back_however_ends_are_written(engine: Engine, on_first: bool, years: int) -> None:
    """Recovery of 20 % a year, within three standard errors: starts on 1 January with ends on 31 December, the last
    day covered, which is the last day of the data; and starts on any day, with ends in periods that are not over."""
    random, until = np.random.default_rng(5), date(2025, 12, 31)
    rows = churning(random, 6000, years, on_first)
    lines = [f"c{n},{start},{end if end <= until else ''}" for n, (start, end) in enumerate(rows)]
    content = "\n".join(["customer,start,end", *lines]).encode()
    table = read_table(save_upload(content, engine), engine)
    found = summarise_contracts(table, guess_contract_columns(table), "year", until=until).durations
    seen = Renewals.of_contracts(found.periods, found.ended, found.counts)
    churn, number = seen.ended.sum() / seen.at_risk.sum(), seen.at_risk.sum()
    assert churn == pytest.approx(0.2, abs=3 * (0.16 / number) ** 0.5)


BOOK = "customer,start,end,fee\n" + "".join(
    f"k{n},20{16 + n % 8}-0{1 + n % 9}-15,{f'20{17 + n % 8}-0{1 + n % 9}-15' if n % 3 else ''},10\n" for n in range(90)
)
TODAY = Rules(today=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("row", "gone"),
    [
        ("kx,2024-01-01,9999-12-31,10", {}),
        ("kx,2025-01-01,2029-12-31,10", {}),
        ("kx,2024-01-01,NULL,10", {}),
        ("kx,2024-01-01,-,10", {}),
        ("kx,2024-01-01,1900-01-01,10", {}),
        ("kx,2204-01-01,,10", {"starts_later": 1}),
        ("kx,2026-12-01,,10", {"starts_later": 1}),
        ("kx,1900-01-01,,10", {"placeholder_date": 1}),
        ("kx,2024-01-01,soon,10", {"unreadable_end": 1}),
    ],
)
def test_one_odd_contract_moves_nothing_but_itself(read: Read, row: str, gone: dict[str, int]) -> None:
    """The end of what is known stays the last end in the file; an end to come, or none, is a running contract."""
    plain, odd = (
        summarise_contracts(table, guess_contract_columns(table), "year", TODAY)
        for table in (read(BOOK), read(BOOK + row))
    )
    assert {entry.code: entry.rows for entry in odd.removed} == gone
    assert odd.until == (plain.until if gone or "2025" not in row else date(2025, 1, 1))
    assert odd.running == plain.running + (not gone)


def test_fees_in_two_currencies_are_refused_and_one_is_named(read: Read) -> None:
    dollars = read(BOOK.replace(",10\n", ",$ 10\n"))
    assert summarise_contracts(dollars, guess_contract_columns(dollars), "year", TODAY).currency == "USD"
    mixed = read(BOOK.replace(",10\n", ",$ 10\n") + "kx,2024-01-01,,€ 10\n")
    with pytest.raises(PlannerError) as raised:
        summarise_contracts(mixed, guess_contract_columns(mixed), "year", TODAY)
    assert raised.value.code == "mixed_currencies"
    chosen = summarise_contracts(mixed, guess_contract_columns(mixed), "year", replace(TODAY, currency="USD"))
    assert {entry.code: entry.rows for entry in chosen.removed} == {"other_currency": 1}


def test_a_list_without_early_endings_is_said_to_be_of_survivors(read: Read) -> None:
    """Contracts from 2006 on of which none ended before 2020, when some 25 % a year leave after it."""
    rows = [f"k{n},20{6 + n % 14:02}-03-15,{f'202{n % 4}-03-15' if n % 5 else ''},10" for n in range(200)]
    table = read("\n".join(["customer,start,end,fee", *rows]))
    found = summarise_contracts(table, guess_contract_columns(table), "year", TODAY)
    assert [finding.code for finding in found.noticed] == ["survivors_only"]
    assert found.noticed[0].fields["day"] == "2020-03-15"
    table = read(BOOK)
    assert summarise_contracts(table, guess_contract_columns(table), "year", TODAY).noticed == ()


def test_contracts_that_stand_twice_are_said(read: Read) -> None:
    table = read(BOOK + "".join(BOOK.splitlines(keepends=True)[1:]))
    found = summarise_contracts(table, guess_contract_columns(table), "year", TODAY)
    assert [(finding.code, finding.fields["rows"]) for finding in found.noticed] == [("equal_contracts", 90)]


def test_a_state_says_whether_a_contract_runs(read: Read) -> None:
    table = read(
        "id,start,end,status\na,01-01-2020,31-12-2020,opgezegd\nb,15-01-2020,,lopend\nc,15-01-2020,,opgezegd\n"
    )
    columns = guess_contract_columns(table)
    assert columns == ContractColumns("start", "end", "status", "id")
    found = summarise_contracts(table, columns, "year", until=date(2022, 1, 20))
    assert durations(found) == {(1, True): 1, (2, False): 1}
    assert [entry.code for entry in found.removed] == ["no_end"]


def test_contracts_without_a_usable_row_are_refused(read: Read) -> None:
    table = read("id,start,end\na,01-01-2020,31-12-2019\nb,15-01-2020,14-01-2020\n")
    with pytest.raises(PlannerError) as raised:
        summarise_contracts(table, guess_contract_columns(table), "year")
    assert raised.value.code == "nothing_left"


# The sample files ----------------------------------------------------------------------------------------------------


def test_the_sample_files_are_what_the_generator_makes() -> None:
    assert (RAW / "transactions.csv").read_bytes().decode() == simulate.sample_transactions()
    assert (RAW / "contracts.csv").read_bytes().decode() == simulate.sample_contracts()
    assert all(path.stat().st_size < 3_000_000 for path in RAW.iterdir())


def test_the_readme_states_the_parameters_of_the_sample_files() -> None:
    text = (RAW / "README.md").read_text(encoding="utf-8")
    stated = {
        name: float(number) for name, number in re.findall(r"\b(r|alpha|a|b|p|q|v) = ([\d.]+)", text.split("## con")[0])
    }
    assert stated == vars(simulate.SHOP)
    assert f"alpha = {simulate.CONTRACT_ALPHA:g}, beta = {simulate.CONTRACT_BETA:g}" in text
    seeds = simulate.SHOP_SEED, simulate.CONTRACT_SEED, bike_shop.SEED
    assert re.findall(r"seed \| (\d+)", text) == [str(seed) for seed in seeds]
    orders = text.split("## bike_shop.csv")[1]
    assert {name: float(number) for name, number in re.findall(r"\b(r|alpha|a|b|p|q|v) = ([\d.]+)", orders)} == vars(
        bike_shop.SHOP
    )


@pytest.fixture(scope="module")
def shop(engine: Engine) -> Cleaned:
    table = read_table(RAW / "transactions.csv", engine)
    return clean(table, guess_columns(table), Rules(excluded_products=("POST",)))


def test_cleaning_the_sample_leaves_exactly_the_purchases_that_were_simulated(shop: Cleaned) -> None:
    made = simulate.simulate_purchases(3000, 730, 365, simulate.SHOP, simulate.SHOP_SEED)
    assert {entry.code: entry.rows for entry in shop.removed} == {
        "duplicate_line": 40, "no_customer": 500, "excluded_product": 400, "cancelled_purchase": 150,
        "cancellation": 150,
    }  # fmt: skip
    home = shop.engine.arrays(shop.frame.select("customer", nw.col("date").cast(nw.String), "amount"))
    found = sorted(zip(home["customer"], home["date"], home["amount"], strict=True))
    days = [(simulate.SHOP_START + timedelta(day)).isoformat() for day in range(simulate.SHOP_DAYS)]
    expected = ((f"C{c + 1}", days[day], a) for c, day, a in zip(made.customer, made.day, made.amount, strict=True))
    assert found == sorted(expected)


def test_the_parameters_of_the_sample_shop_are_found_back(shop: Cleaned) -> None:
    """Recovery: each within four standard errors of what generated it."""
    found = fit(triples(summarise(shop)))
    for name, value in found.parameters.items():
        assert abs(value - getattr(simulate.SHOP, name)) < 4 * found.standard_errors[name], name


def test_the_sample_contracts_have_the_durations_that_were_simulated(engine: Engine) -> None:
    table = read_table(RAW / "contracts.csv", engine)
    found = summarise_contracts(table, guess_contract_columns(table), "year", until=simulate.CONTRACT_UNTIL)
    _, ends = simulate.simulate_contracts(4000, 8, simulate.CONTRACT_ALPHA, simulate.CONTRACT_BETA, 2027)
    assert (found.removed, found.rows) == ((), 4000)
    first = found.durations.counts[found.durations.ended & (found.durations.periods == 1)].sum()
    seen_a_year = 4000 - found.durations.counts[~found.durations.ended & (found.durations.periods == 0)].sum()
    assert 0 < first <= (ends == 1).sum()
    share = simulate.CONTRACT_ALPHA / (simulate.CONTRACT_ALPHA + simulate.CONTRACT_BETA)  # sBG: who leaves first
    assert first / seen_a_year == pytest.approx(share, abs=4 * (share * (1 - share) / seen_a_year) ** 0.5)
