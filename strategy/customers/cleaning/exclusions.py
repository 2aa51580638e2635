"""Products that are rarely something a customer chose to buy: offered to leave out."""

from __future__ import annotations

import narwhals as nw

from strategy.customers.reading.columns import Columns
from strategy.customers.reading.reading import Table

NON_PRODUCTS = (
    "POST", "POSTAGE", "DOT", "DOTCOM POSTAGE", "M", "MANUAL", "BANK CHARGES", "AMAZONFEE", "CARRIAGE",
    "C2", "B", "S", "SAMPLES", "CRUK", "PADS", "SHIPPING", "FREIGHT", "DELIVERY", "FEE", "VERZENDKOSTEN", "PORTO",
    "BEZORGKOSTEN", "ADMINISTRATIEKOSTEN", "EMBALLAGE",
)  # fmt: skip
"""Product codes, in capitals, that are rarely something a customer chose to buy; a discount changes what was paid."""


def offered_exclusions(table: Table, columns: Columns) -> tuple[tuple[str, int], ...]:
    """Products in the file that look like postage, fees or corrections, with their numbers of lines, most first."""
    if columns.product is None:
        return ()
    product = product_of(table.column(columns.product))
    found = table.frame.select(product.alias("product")).filter(nw.col("product").is_in(NON_PRODUCTS))
    counted = table.engine.arrays(found.group_by("product").agg(rows=nw.len()).sort("rows", "product", descending=True))
    return tuple(zip(counted["product"].tolist(), counted["rows"].tolist(), strict=True))


def product_of(column: str) -> nw.Expr:
    """The product of a row, in capitals, as it is compared."""
    return nw.col(column).cast(nw.String).str.strip_chars().str.to_uppercase()
