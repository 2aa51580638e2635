"""What a summary of transactions costs: `python tests/benchmarks/transactions.py 10000000` (or 1 million).

DuckDB makes the transactions itself, in chunks of 10 million, ten a customer over three years, as Parquet in a
temporary folder. Then everything from the file to distinct triples and spends is timed, on 2 threads.
Prints seconds in all and per million, and the peak memory; exits with 1 above 8 GB.
"""

import resource
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb

sys.path.insert(0, str(Path(__file__).parents[2]))

from strategy.customers.cleaning.cleaning import clean
from strategy.customers.cleaning.summary import holdout, spends, summarise, triples
from strategy.customers.reading.columns import Columns
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.reading import read_table

CHUNK = 10_000_000
PER_CUSTOMER = 10
GIGABYTES_AT_MOST = 8.0
MAKE = """
COPY (
    SELECT floor(random() * {customers})::BIGINT AS customer,
           DATE '2023-01-01' + floor(random() * 1096)::INTEGER AS date,
           round(-ln(1 - random()) * 40 + 0.01, 2) AS amount
    FROM range({rows})
) TO '{path}' (FORMAT parquet)
"""


def make(folder: Path, rows: int) -> None:
    """Writes the transactions, in parts."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SELECT setseed(0.5)")
    for number, start in enumerate(range(0, rows, CHUNK)):
        part = {
            "customers": rows // PER_CUSTOMER,
            "rows": min(CHUNK, rows - start),
            "path": folder / f"{number}.parquet",
        }
        connection.execute(MAKE.format(**part))
    connection.close()


def main() -> int:
    """Print what was measured; 1 where the memory is above its bound."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="transactions-") as made:
        folder = Path(made)
        make(folder, rows)
        begun = perf_counter()
        engine = open_engine(threads=2)
        table = read_table(folder, engine)
        cleaned = clean(table, Columns("customer", "date", "amount"))
        read = perf_counter()
        summary = summarise(cleaned, "week", date(2025, 6, 30))
        distinct, pairs, after = triples(summary), spends(summary), holdout(summary)
        seconds = perf_counter() - begun
        engine.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{rows:,} transactions of {distinct.counts.sum():,} customers: {seconds:.1f} s, "
        f"{1e6 * seconds / rows:.2f} s a million, of which cleaning {read - begun:.1f} s; peak {peak:.2f} GB; "
        f"home came {len(distinct.counts):,} triples, {len(pairs.counts):,} spends, {len(after.counts):,} histories"
    )
    return int(peak > GIGABYTES_AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
