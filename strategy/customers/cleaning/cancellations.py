"""Which purchases were cancelled: returns and credit notes matched to what they take back."""

from __future__ import annotations

import narwhals as nw

from strategy.customers.reading.frames import Engine, Frame


def without_cancellations(
    engine: Engine, frame: Frame, totals: dict[str, tuple[int, float]]
) -> tuple[Frame, dict[str, tuple[int, float]]]:
    """Purchases that stand, and the rows and money that went with the cancellations.

    The k-th cancellation of a customer, product and amount cancels the k-th such purchase if that is not later.
    """
    stays = frame.filter(nw.col("why") == "").drop("why")
    purchases = stays.filter(nw.col("amount") >= 0)
    if "negatives" not in totals:
        return purchases, {}
    keys: list[str] = [name for name in ("customer", "product", "amount") if name in frame.collect_schema().names()]
    kth = nw.col("date").rank("ordinal").over(*keys).alias("kth")
    negatives = stays.filter(nw.col("amount") < 0).with_columns(-nw.col("amount"))
    numbered = engine.keep(negatives.with_columns(kth).select(*keys, "kth", cancelled_on="date"))
    subjects = numbered.select(*keys).unique()
    candidates = purchases.join(subjects, on=keys, how="semi").with_columns(kth)
    pairs = candidates.join(numbered, on=[*keys, "kth"], how="left")
    cancelled = (nw.col("cancelled_on") >= nw.col("date")).fill_null(False)
    pairs = engine.keep(pairs.with_columns(gone=cancelled))
    gone = engine.arrays(pairs.filter(nw.col("gone")).select(rows=nw.len(), amount=nw.col("amount").sum()))
    rows, amount = int(gone["rows"][0]), float(gone["amount"][0] or 0.0)
    all_rows, all_amount = totals["negatives"]
    standing = pairs.filter(~nw.col("gone")).select(*purchases.collect_schema().names())
    kept = nw.concat([purchases.join(subjects, on=keys, how="anti"), standing])
    return kept, {
        "cancelled_purchase": (rows, amount),
        "cancellation": (rows, -amount),
        "unmatched_cancellation": (all_rows - rows, all_amount + amount),
    }
