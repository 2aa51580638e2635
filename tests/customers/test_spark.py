"""The same numbers on Spark as on DuckDB: `pytest tests/customers/test_spark.py` where PySpark 4.3 and Java 17 are.

PySpark is an optional requirement of 900 MB, so the usual run does not collect these tests: see `conftest.py`. A
session starts in some ten seconds; all tests here share one.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow.parquet import read_table as read_rows

from strategy.customers.cleaning.cleaning import Cleaned, Rules, clean, write_purchases
from strategy.customers.cleaning.durations import summarise_contracts
from strategy.customers.cleaning.exclusions import offered_exclusions
from strategy.customers.cleaning.summary import Unit, bring_home, holdout, spend_by, spends, summarise, triples
from strategy.customers.cleaning.wishes import Wishes
from strategy.customers.reading.columns import guess_columns, guess_contract_columns
from strategy.customers.reading.engines import DATE_FORMATS, Engine, open_engine
from strategy.customers.reading.parsing import parse_dates
from strategy.customers.reading.reading import read_table
from strategy.customers.study import measure_table
from strategy.errors import PlannerError

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
"""Of PySpark itself: it warns of pandas 3, and leaves sockets to be collected."""
RAW = Path(__file__).parents[2] / "sample_data" / "raw"


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    opened = open_engine(), open_engine("local[2]")
    yield opened
    for engine in opened:
        engine.close()


def shop(engine: Engine) -> Cleaned:
    table = read_table(RAW / "transactions.csv", engine)
    columns = guess_columns(table)
    offered = tuple(code for code, _ in offered_exclusions(table, columns))
    return clean(table, columns, Rules(excluded_products=offered, today=date(2025, 6, 30)))


@pytest.fixture(scope="module")
def both(engines: tuple[Engine, Engine]) -> tuple[Cleaned, Cleaned]:
    return shop(engines[0]), shop(engines[1])


def same(here: object, there: object) -> None:
    for one, other in zip(vars(here).values(), vars(there).values(), strict=True):
        for left, right in zip(
            *((found.values() if isinstance(found, dict) else [found]) for found in (one, other)), strict=True
        ):
            np.testing.assert_array_equal(left, right)


def same_rows(here: pa.Table, there: pa.Table) -> None:
    assert here.to_pydict() == there.to_pydict()


def test_cleaning_removes_the_same_rows_and_money(both: tuple[Cleaned, Cleaned]) -> None:
    here, there = (replace(found, frame=None, engine=None) for found in both)  # type: ignore[arg-type]
    assert [(entry.code, entry.rows) for entry in here.removed] == [(entry.code, entry.rows) for entry in there.removed]
    for one, other in zip(here.removed, there.removed, strict=True):
        assert one.amount == pytest.approx(other.amount, rel=1e-12)
    assert (here.rows, here.kept_rows, here.first, here.last) == (there.rows, there.kept_rows, there.first, there.last)
    assert here.kept_amount == pytest.approx(there.kept_amount, rel=1e-12)
    assert len(here.removed) == 6


@pytest.mark.parametrize("unit", ["week", "month"])
def test_the_triples_are_the_same(both: tuple[Cleaned, Cleaned], unit: Unit) -> None:
    here, there = (summarise(found, unit) for found in both)
    same(triples(here), triples(there))


def test_the_summary_is_the_same(both: tuple[Cleaned, Cleaned]) -> None:
    here, there = (summarise(found, "day", date(2025, 2, 28)) for found in both)
    same(triples(here), triples(there))
    same(spends(here), spends(there))
    same(holdout(here), holdout(there))
    same_rows(bring_home(here, ("region",)), bring_home(there, ("region",)))


def test_spend_by_segment_is_the_same(both: tuple[Cleaned, Cleaned]) -> None:
    here, there = (spend_by(found, "region") for found in both)
    assert {name: row[:2] for name, row in here.items()} == {name: row[:2] for name, row in there.items()}


def test_contracts_have_the_same_durations(engines: tuple[Engine, Engine]) -> None:
    tables = [read_table(RAW / "contracts.csv", engine) for engine in engines]
    here, there = (
        summarise_contracts(table, guess_contract_columns(table), "quarter", until=date(2025, 12, 31))
        for table in tables
    )
    same(here.durations, there.durations)
    assert (here.rows, here.running, here.removed) == (there.rows, there.running, there.removed)


def test_every_date_format_is_read_the_same(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    days = [date(2011, 12, 9), date(1969, 1, 31), date(2068, 2, 1)]
    whole = {code: written for code, written in DATE_FORMATS.items() if "%d" in written.strptime}
    lines = [";".join(f'"{day.strftime(written.strptime)}"' for written in whole.values()) for day in days]
    (tmp_path / "dates.csv").write_text("\n".join([";".join(whole), *lines]))
    for engine in engines:
        table = read_table(tmp_path / "dates.csv", engine)
        for code in whole:
            meanings, _ = parse_dates(engine, table.frame, table.column(code), code, code, "day")
            found = engine.arrays(meanings.texts.select(nw.col("day").cast(nw.String)).sort("day"))
            assert found["day"].tolist() == sorted(map(str, days)), code


def test_parquet_and_hard_texts_are_read_the_same(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    (tmp_path / "hard.csv").write_bytes(
        'klant;datum;bedrag;opmerking\n"an""n";31-01-2026;"€ 1.234,50";"twee\nregels"\n'
        "bob;30-02-2026;7,00;x\ncarl;1-2-2026;(3,10);y\n;1-2-2026;5,-;z\nzoë;1-2-2026;veel;w\nbob;2-2-2026;7,00;x;;5\n".encode(
            "cp1252"
        )
    )
    days = pd.to_datetime(["2026-01-31", "2026-02-01", "2026-03-05"]).astype("datetime64[us]")
    frame = pd.DataFrame({"customer": [1.0, 2.0, 1.0], "date": days, "amount": [12.5, 7.0, 1234.56]})
    frame.to_parquet(tmp_path / "p.parquet")
    for name in ("hard.csv", "p.parquet"):
        tables = [read_table(tmp_path / name, engine) for engine in engines]
        assert tables[0].names == tables[1].names
        here, there = (clean(table, guess_columns(table)) for table in tables)
        assert here.removed == there.removed
        assert (here.rows, here.kept_rows, here.currency) == (there.rows, there.kept_rows, there.currency)
        same_rows(bring_home(summarise(here)), bring_home(summarise(there)))


def test_cleaned_rows_are_written(both: tuple[Cleaned, Cleaned], tmp_path: Path) -> None:
    write_purchases(both[1], tmp_path / "clean.parquet")
    assert len(pd.read_parquet(tmp_path / "clean.parquet")) == both[1].kept_rows


def test_a_parquet_file_cut_short_is_refused(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    pd.DataFrame({"customer": range(1000), "date": "2026-01-31", "amount": 1.5}).to_parquet(tmp_path / "p.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "p.parquet").read_bytes()[:3000])
    with pytest.raises(PlannerError) as raised:
        read_table(tmp_path / "cut.parquet", engines[1])
    assert raised.value.code == "parquet_broken"


def test_the_study_is_the_same(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    """A row per customer comes home as one file, from a cluster too."""
    found = []
    for number, engine in enumerate(engines):
        table = read_table(RAW / "transactions.csv", engine)
        found.append(measure_table(table, Wishes().choices(table, contracts=False), tmp_path / str(number)))
    here, there = found
    assert here.customers.is_file()
    assert there.customers.is_file()
    same_rows(read_rows(here.customers), read_rows(there.customers))
    assert here.model.findings == there.model.findings
