"""The customers of a book with what each is worth, as a table to keep: CSV or Parquet."""

from pathlib import Path

import narwhals as nw
import numpy as np
import pyarrow as pa
from pyarrow.csv import write_csv
from pyarrow.parquet import write_table

from strategy.customers.cleaning.cleaning import without_formulas
from strategy.customers.models.likelihood import Array
from strategy.customers.value.book import UNITS_A_YEAR, PurchaseBook
from strategy.customers.value.value import Bands, Terms


def customer_table(book: PurchaseBook, terms: Terms, value: Array, bands: Bands) -> pa.Table:
    """One row per customer; expected_purchases over the terms' horizon, or over a year where that has no end."""
    ahead = UNITS_A_YEAR[book.unit] if terms.periods is None else terms.periods * terms.length
    people = book.people
    expected = book.purchasing.expected_purchases(people.frequency, people.recency, people.age, ahead)
    return pa.table(
        {
            "customer": book.customer,
            "frequency": people.frequency.astype(np.int64),
            "recency": people.recency,
            "age": people.age,
            "mean_spend": people.mean_spend,
            "p_alive": book.active,
            "expected_purchases": expected,
            "clv": value,
            "clv_p05": bands.customer_low,
            "clv_p95": bands.customer_high,
        }
    )


def write_customers(table: pa.Table, path: Path) -> None:
    """The table as .parquet, or as text (CSV) in which no name can run as a formula. Raises OSError."""
    if path.suffix == ".parquet":
        write_table(table, path)
    else:
        safe = without_formulas(nw.from_native(table).lazy()).collect("pyarrow").to_native()
        write_csv(safe, path)
