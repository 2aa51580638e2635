"""`value` and `case` without a screen: published numbers from a raw file, a shop's export, and whatever else comes."""

import csv
import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow.csv import write_csv

from strategy.__main__ import main
from strategy.case.case_file import read_case
from tests.customers.test_cleaning import retail
from tests.simulated_customers import SHOP, SHOP_EXTRAS

ROOT = Path(__file__).parents[2]
RAW = ROOT / "sample_data" / "raw"
CDNOW = Path(str(distribution("lifetimes").locate_file("lifetimes/datasets/CDNOW_sample.txt")))


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "strategy", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=120
    )


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(arguments) == 0
    heard = capsys.readouterr()
    assert heard.err == ""
    answer: dict[str, Any] = json.loads(heard.out, parse_constant=pytest.fail)
    return answer


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.count("\n") == 1
    return heard.err


# A process of its own ------------------------------------------------------------------------------------------------


def test_cdnow_as_a_raw_file_gives_the_published_parameters(tmp_path: Path) -> None:
    """Fader, Hardie & Lee 2005: r 0.243, alpha 4.414 weeks, a 0.793, b 2.426; Fader & Hardie 2013: p 6.25, q 3.74 (its
    v of 15.44 is 15.4477 to two independent programs, oracles gg.cdnow.mle).

    In days alpha is 7 x 4.414 = 30.90. Actual repeat purchases of the 39 weeks after: 1,882 by these transactions.
    """
    out = tmp_path / "customers.csv"
    run = process(
        "value", str(CDNOW), "--zero-amounts", "--until", "1997-09-30", "--horizon", "273", "--margin", "0.3",
        "--out", str(out),
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout, parse_constant=pytest.fail)
    assert list(answer) == [
        "customers", "transactions", "read", "cleaning", "purchasing", "spend", "trusted", "findings", "clv", "holdout",
    ]  # fmt: skip
    parameters = answer["purchasing"]["parameters"]
    assert (answer["customers"], answer["transactions"]) == (2357, 6919)
    assert {name: round(parameters[name], 3) for name in "rab"} == {"r": 0.243, "a": 0.793, "b": 2.426}
    assert parameters["alpha"] / 7 == pytest.approx(4.414, abs=5e-4)
    assert {name: round(value, 2) for name, value in answer["spend"]["parameters"].items()} == {
        "p": 6.25, "q": 3.74, "v": 15.45,
    }  # fmt: skip
    assert answer["holdout"]["actual"] == 1882
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "customer", "frequency", "recency", "age", "mean_spend", "p_alive", "expected_purchases", "clv", "clv_p05",
        "clv_p95",
    ]  # fmt: skip
    assert len(rows) == 2357
    assert sum(float(row["clv"]) for row in rows) == pytest.approx(answer["clv"]["total"])
    assert answer["holdout"]["predicted"] == pytest.approx(sum(float(row["expected_purchases"]) for row in rows))
    assert answer["clv"]["p05"] < answer["clv"]["total"] < answer["clv"]["p95"]


def test_a_shops_export_of_half_a_million_lines_gets_an_answer(tmp_path: Path) -> None:
    """A quarter without a customer, postage, cancellations; its customers buy at random, which is what must be said."""
    file = tmp_path / "retail.csv"
    export, counts = retail(490_000, seed=7)
    write_csv(pa.Table.from_pandas(export, preserve_index=False), file)
    run = process("value", str(file), "--exclude", "POST", "--margin", "0.4")
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout, parse_constant=pytest.fail)
    gone = {entry["what"]: entry["rows"] for entry in answer["cleaning"]}
    assert gone["no_customer"] == counts["no_customer"]
    assert gone["excluded_product"] == counts["excluded_product"]
    assert answer["customers"] == 6000
    assert answer["trusted"] is False
    assert any("cannot tell leaving" in finding for finding in answer["findings"])


def test_a_bad_file_ends_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "cut.parquet"
    file.write_bytes(b"PAR1" + bytes(500))
    run = process("value", str(file))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith(f"{file}: ")


def test_the_planner_starts_without_what_only_customers_need() -> None:
    """simulate must not wait for DuckDB, Arrow, Narwhals, pandas or statsmodels."""
    code = (
        "import sys, strategy.__main__ as m;"
        "m.main(['simulate', 'sample_data/telecom/case.json']);"
        "late = ('duckdb', 'pyarrow', 'narwhals', 'pandas', 'statsmodels');"
        "print([name for name in late if name in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.stderr == "[]\n"


# In this process -----------------------------------------------------------------------------------------------------


def test_the_sample_shop_comes_back_with_its_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    """Simulated with `SHOP`: each parameter within 3.3 of its standard errors."""
    answer = asked(capsys, "value", str(RAW / "transactions.csv"), "--exclude", "POST", "--margin", "0.3")
    found = answer["purchasing"]
    for name in ("r", "alpha", "a", "b"):
        assert abs(found["parameters"][name] - getattr(SHOP, name)) < 3.3 * found["standard_errors"][name]
    gone = {entry["what"]: entry["rows"] for entry in answer["cleaning"]}
    assert gone == {
        "duplicate_line": SHOP_EXTRAS["copies"], "no_customer": SHOP_EXTRAS["nameless"],
        "excluded_product": SHOP_EXTRAS["postage"], "cancelled_purchase": SHOP_EXTRAS["cancelled"],
        "cancellation": SHOP_EXTRAS["cancelled"],
    }  # fmt: skip
    assert answer["trusted"] is True
    assert answer["findings"] == []


def test_a_case_from_transactions_can_be_simulated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "case.json"
    answer = asked(
        capsys, "case", str(RAW / "transactions.csv"), "--segments", "region", "--out", str(out), "--exclude", "POST",
        "--margin", "0.4", "--period", "quarter", "--horizon", "12", "--spend", "retain=2000", "--name", "Shop",
    )  # fmt: skip
    case = read_case(out.read_bytes())
    assert (case.name, case.period, case.horizon) == ("Shop", "quarter", 12)
    assert set(answer["segments"]) == set(case.segment_ids) == {"north", "east", "south", "west"}
    assert sum(amounts["retain"] for amounts in case.today.values()) == pytest.approx(2000)
    assert answer["origins"]["north/customers"]["source"].startswith("transactions.csv · BG/NBD, Gamma-Gamma · ")
    simulated = asked(capsys, "simulate", str(out))
    assert simulated["customers"][0] == pytest.approx([s.customers.likely for s in case.segments])


@pytest.mark.parametrize(("way", "number"), [("rfm", 5), ("clv", 10), ("risk", 4)])
def test_the_ways_to_segment(capsys: pytest.CaptureFixture[str], tmp_path: Path, way: str, number: int) -> None:
    answer = asked(capsys, "case", str(CDNOW), "--segments", way, "--out", str(tmp_path / "c.json"))
    assert 2 <= len(answer["segments"]) <= number
    assert sum(entry["size"] for entry in answer["segments"].values()) == 2349  # 8 bought for nothing
    assert all(name["name"] and not name["name"].startswith("decile") for name in answer["segments"].values())


def test_a_case_from_contracts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "case.json"
    answer = asked(capsys, "case", str(RAW / "contracts.csv"), "--segments", "channel", "--out", str(out))
    assert set(answer["segments"]) == {"web", "shop", "phone"}
    running = sum(line.split(",")[2] == "" for line in (RAW / "contracts.csv").read_text().splitlines()[1:])
    assert sum(entry["customers"] for entry in answer["segments"].values()) == running
    assert read_case(out.read_bytes()).segments[0].levers.retain is not None


def test_names_that_look_like_formulas_cannot_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = ["customer,date,amount"]
    lines += [f"{name},2026-0{month}-01,{month}.5" for name in ("=1+1", "@x", "plain") for month in (1, 2, 4)]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    answer = asked(capsys, "value", str(tmp_path / "t.csv"), "--out", str(tmp_path / "c.csv"))
    written = [line.split(",")[0] for line in (tmp_path / "c.csv").read_text().splitlines()[1:]]
    assert sorted(written) == ['"\'=1+1"', '"\'@x"', '"plain"']
    assert answer["trusted"] is False


def test_everyone_bought_once_is_an_answer_not_to_be_trusted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """30 customers spent 10 each; 30 x 0.5 purchase over all the time seen is Jeffreys' rate, valued at 10."""
    lines = ["customer,date,amount", *(f"k{n},2026-01-{n % 28 + 1:02},10.00" for n in range(30))]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    answer = asked(capsys, "value", str(tmp_path / "t.csv"))
    assert answer["trusted"] is False
    assert (answer["purchasing"]["model"], answer["spend"]["model"]) == ("nbd", "observed_mean")
    assert answer["purchasing"]["standard_errors"] == {"r": None, "alpha": None}
    assert answer["clv"]["total"] > 0


@pytest.mark.parametrize("seed", range(6))
def test_a_handful_of_customers_with_wild_amounts_ends_in_an_answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, seed: int
) -> None:
    """Few data fix nothing: parameters far off and spend without end must not end in a crash or a NaN."""
    random = np.random.default_rng(seed)
    lines = ["customer,date,amount"]
    lines += [
        f"c{random.integers(8)},2024-{random.integers(1, 13):02}-{random.integers(1, 29):02},{amount:.2f}"
        for amount in random.lognormal(2, 3, 25)
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    assert asked(capsys, "value", str(tmp_path / "t.csv"))["trusted"] is False
    case = asked(capsys, "case", str(tmp_path / "t.csv"), "--segments", "rfm", "--out", str(tmp_path / "c.json"))
    assert case["trusted"] is False


def test_contracts_have_a_value_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of the sample's contracts: as many as run are valued, and the customers' file has their sum."""
    out = tmp_path / "customers.csv"
    answer = asked(
        capsys, "value", str(RAW / "contracts.csv"), "--horizon", "3653", "--margin", "0.5", "--out", str(out)
    )
    assert answer["customers"] == answer["contracts"]["running"]
    with out.open(encoding="utf-8") as file:
        total = sum(float(row["clv"]) for row in csv.DictReader(file))
    assert total == pytest.approx(answer["clv"]["total"])
    assert answer["clv"]["p05"] < answer["clv"]["total"] < answer["clv"]["p95"]


@pytest.mark.parametrize(("unit", "days"), [("week", 7), ("month", 30.4375)])
def test_the_unit_scales_time_only(capsys: pytest.CaptureFixture[str], unit: str, days: float) -> None:
    """Fader, Hardie & Lee 2005 in weeks: alpha 4.414; in any unit r, a, b and the customers' value stay."""
    asks = (str(CDNOW), "--zero-amounts", "--until", "1997-09-30", "--margin", "0.3", "--unit", unit)
    found = asked(capsys, "value", *asks)["purchasing"]["parameters"]
    assert {name: round(found[name], 3) for name in "rab"} == {"r": 0.243, "a": 0.793, "b": 2.426}
    assert found["alpha"] * days / 7 == pytest.approx(4.414, abs=5e-4)


def test_the_raw_file_gives_the_published_models_in_weeks(capsys: pytest.CaptureFixture[str]) -> None:
    """Pareto/NBD as in Fader, Hardie & Lee (2005), table 2; Gamma-Gamma as in Fader & Hardie (2013)."""
    asks = (str(CDNOW), "--zero-amounts", "--until", "1997-09-30", "--margin", "0.3", "--unit", "week")
    found = asked(capsys, "value", *asks, "--model", "pareto_nbd")
    assert found["purchasing"]["parameters"] == pytest.approx(
        {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, abs=1e-3
    )
    assert round(found["purchasing"]["log_likelihood"], 1) == -9595.0
    assert found["spend"]["parameters"] == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, abs=1e-2)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--where", "Status=paid"), 'no column "Status"'),
        (("--date-format", "DDMM"), "DDMM"),
        (("--sheet", "Other"), "Other"),
    ],
)
def test_an_option_about_reading_that_does_not_fit_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: tuple[str, str], says: str
) -> None:
    book = Workbook()
    for row in (["customer", "date", "amount"], ["a", "2026-01-01", 2.5], ["b", "2026-01-09", 3.5]):
        book.active.append(row)
    file = tmp_path / "book.xlsx"
    book.save(file)
    assert says in refused(capsys, "value", str(file), *option)


BAD: dict[str, tuple[str, tuple[str, ...], str]] = {
    "empty": ("", (), "is empty"),
    "one column": ("customer\na\nb\n", (), "only one column"),
    "no dates": ("customer,amount\na,1.5\nb,2.5\n", (), "no column holds dates"),
    "one customer once": ("customer,date,amount\na,2026-01-01,2.50\n", (), "no time seen"),
    "amounts in words": ("customer,date,amount\na,2026-01-01,ten\nb,2026-01-05,two\n", (), "amounts"),
    "currencies": (
        "customer,date,amount,currency\na,2026-01-01,1.50,EUR\na,2026-01-05,2.50,USD\nb,2026-01-02,2.50,USD\n", (),
        "choose one currency",
    ),
    "no such column": ("customer,date,amount\na,2026-01-01,2.50\n", ("--customer", "client"), 'no column "client"'),
    "no such day": ("customer,date,amount\na,2026-01-01,2.50\n", ("--until", "2026-02-30"), "no day of the calendar"),
    "too early": ("customer,date,amount\na,2026-01-01,2.50\n", ("--until", "2020-01-01"), "before the first purchase"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(BAD))
def test_bad_input_is_named_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str) -> None:
    content, options, says = BAD[what]
    file = tmp_path / "file.csv"
    file.write_text(content, encoding="utf-8")
    line = refused(capsys, "value", str(file), *options)
    assert line.startswith(f"{file}: ")
    assert says in line


def test_a_case_that_cannot_be_made_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, contracts = str(tmp_path / "c.json"), str(RAW / "contracts.csv")
    assert "have no recency" in refused(capsys, "case", contracts, "--segments", "rfm", "--out", out)
    taken = refused(capsys, "case", str(RAW / "transactions.csv"), "--segments", "customer", "--out", out)
    assert "customer names the customers" in taken
    assert 'no column "shoe"' in refused(capsys, "case", contracts, "--segments", "shoe", "--out", out)
    assert "cannot be written" in refused(
        capsys, "case", contracts, "--segments", "channel", "--out", str(tmp_path / "none" / "c.json")
    )
    assert "of which none was given" in refused(
        capsys, "case", contracts, "--segments", "channel", "--out", out, "--spend", "reduce_cost=5"
    )
    assert not Path(out).exists()


@pytest.mark.parametrize("wrong", ["retain", "retain=x", "retain=-5"])
def test_a_spend_that_is_no_amount_is_refused(capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["case", "x.csv", "--segments", "rfm", "--out", "c.json", "--spend", wrong])
    assert raised.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
