"""Models of customers beside the Python package lifetimes: `python tests/benchmarks/customers.py [customers]`.

Customers are simulated, not copied: purchases one by one from BG/NBD and Gamma-Gamma, in whole days over two years, to
a Parquet file of transactions (default 1,000,000 customers). Each side runs in a process of its own: read, summarise,
fit BG/NBD and Gamma-Gamma, P(alive), purchases expected in a year and CLV over a year; ours cleans the rows as well.
Prints seconds and peak memory and exits with 1 where ours takes more than a quarter of the time or half of the memory.
"""

import json
import resource
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

TIME_AT_MOST, MEMORY_AT_MOST = 0.25, 0.5
DAYS, YEAR, MARGIN, ANNUAL = 730, 365.0, 0.3, 0.15


def simulate(customers: int, file: Path) -> int:
    """Write the transactions of customers who start on different days; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    generator = np.random.default_rng(1)
    first = generator.integers(0, DAYS - 30, customers)
    rate, chance = generator.gamma(0.6, 1 / 60.0, customers), generator.beta(0.8, 2.5, customers)
    scale = 15.0 / generator.gamma(4.0, 1.0, customers)
    clock, alive = first.astype(float), np.arange(customers)
    who, when = [alive], [first.astype(float)]
    while len(alive):
        clock[alive] += generator.exponential(1, len(alive)) / np.maximum(rate[alive], 1e-12)
        alive = alive[clock[alive] < DAYS]
        who.append(alive)
        when.append(clock[alive])
        alive = alive[generator.random(len(alive)) >= chance[alive]]
    customer, day = np.concatenate(who), np.concatenate(when).astype(np.int64)
    amount = np.round(np.maximum(generator.gamma(6.0, 1.0, len(customer)) * scale[customer], 0.01), 2)
    dates = np.datetime64("2022-01-01") + day.astype("timedelta64[D]")
    pq.write_table(pa.table({"customer": customer, "date": dates.astype("datetime64[ms]"), "amount": amount}), file)
    return len(customer)


def ours(file: str) -> dict[str, float]:
    """Read, clean and summarise in DuckDB, then the models."""
    begun = perf_counter()
    from strategy.customers.cleaning.cleaning import clean
    from strategy.customers.cleaning.summary import bring_home, spends, summarise, triples
    from strategy.customers.models.purchasing import fit
    from strategy.customers.models.spend import fit_spend
    from strategy.customers.reading.columns import guess_columns
    from strategy.customers.reading.engines import open_engine
    from strategy.customers.reading.reading import read_table
    from strategy.customers.value.value import Customers, Terms, clv

    engine = open_engine()
    table = read_table(Path(file), engine)
    summary = summarise(clean(table, guess_columns(table)))
    distinct, spent, home = triples(summary), spends(summary), bring_home(summary)
    engine.close()
    customers = Customers.of(home)
    read = perf_counter()
    purchasing, spend = fit(distinct), fit_spend(spent.frequency, spent.mean_spend, spent.counts)
    fitted = perf_counter()
    expected = purchasing.expected_purchases(customers.frequency, customers.recency, customers.age, YEAR)
    value = clv(purchasing, spend, customers, Terms(MARGIN, (1 + ANNUAL) ** (1 / 12) - 1, YEAR / 12, 12))
    return {
        "read": read - begun,
        "fit": fitted - read,
        "predict": perf_counter() - fitted,
        "triples": len(distinct.counts),
        "expected": float(expected.sum()),
        "clv": float(value.sum()),
    }


def theirs(file: str) -> dict[str, float]:
    """The same with pandas and lifetimes as its documentation shows."""
    warnings.simplefilter("ignore")
    begun = perf_counter()
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from lifetimes.utils import summary_data_from_transaction_data

    transactions = pd.read_parquet(file)
    rows = summary_data_from_transaction_data(
        transactions, "customer", "date", "amount", observation_period_end="2023-12-31"
    )
    read = perf_counter()
    purchasing = BetaGeoFitter()
    purchasing.fit(rows["frequency"], rows["recency"], rows["T"])
    again = rows[rows["frequency"] > 0]
    spend = GammaGammaFitter()
    spend.fit(again["frequency"], again["monetary_value"])
    fitted = perf_counter()
    history = rows["frequency"], rows["recency"], rows["T"]
    purchasing.conditional_probability_alive(*history)
    expected = purchasing.conditional_expected_number_of_purchases_up_to_time(YEAR, *history)
    monthly = (1 + ANNUAL) ** (1 / 12) - 1
    value = spend.customer_lifetime_value(
        purchasing, *history, rows["monetary_value"], time=12, discount_rate=monthly, freq="D"
    )
    return {
        "read": read - begun,
        "fit": fitted - read,
        "predict": perf_counter() - fitted,
        "expected": float(expected.sum()),
        "clv": MARGIN * float(value.sum()),
    }


def measured(side: str, file: Path) -> dict[str, float]:
    """Run one side in its own process and read what it printed."""
    run = subprocess.run(
        [sys.executable, __file__, side, str(file)], capture_output=True, text=True, check=True, timeout=3600
    )
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    print(f"{side:9s}", *(f"{name} {number:,.2f}" for name, number in result.items()))
    return result


def main() -> int:
    """Simulate, measure both, print the ratios."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "transactions.parquet"
        print(f"{customers:,} customers, {simulate(customers, file):,} transactions")
        our, their = measured("ours", file), measured("theirs", file)
    time, memory = (our[name] / their[name] for name in ("seconds", "megabytes"))
    print(f"time x {time:.3f} (at most {TIME_AT_MOST}), memory x {memory:.3f} (at most {MEMORY_AT_MOST})")
    models = sum(our[name] for name in ("fit", "predict")) / sum(their[name] for name in ("fit", "predict"))
    print(f"processor time x {our['processor'] / their['processor']:.3f}; fit and predict alone, time x {models:.3f}")
    return int(time > TIME_AT_MOST or memory > MEMORY_AT_MOST)


if __name__ == "__main__":
    sides = {"ours": ours, "theirs": theirs}
    if len(sys.argv) > 2:
        numbers = sides[sys.argv[1]](sys.argv[2])
        numbers["seconds"] = numbers["read"] + numbers["fit"] + numbers["predict"]
        used = resource.getrusage(resource.RUSAGE_SELF)
        numbers["processor"] = used.ru_utime + used.ru_stime
        numbers["megabytes"] = used.ru_maxrss / 1024
        print(json.dumps(numbers))
    else:
        sys.exit(main())
