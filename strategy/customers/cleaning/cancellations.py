"""Which purchases were cancelled, wholly or in part: returns and credit notes matched to what they take back."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from strategy.customers.findings import Finding
from strategy.customers.reading.frames import Engine, Frame

CENT = 0.005
UNKNOWN, KEPT, GONE = 0, 1, 2
Totals = dict[str, tuple[int, float]]


@dataclass(frozen=True)
class Standing:
    """Purchases that stand, what was returned of a part of them as negative rows on their day.

    gone     rows and money that went with the cancellations
    partial  rows and money of returns of a part, which are still there
    """

    frame: Frame
    gone: Totals
    partial: tuple[int, float] = (0, 0.0)

    @property
    def noticed(self) -> tuple[Finding, ...]:
        """That purchases were returned in part."""
        rows, amount = self.partial
        return (Finding("returns_in_part", {"rows": rows, "returned": -amount}),) if rows else ()


def without_cancellations(engine: Engine, frame: Frame, totals: Totals) -> Standing:
    """Purchases that stand, and the rows and money that went with the cancellations.

    The k-th cancellation of a customer, product and amount cancels the k-th such purchase if that is not later. What
    is left takes back a part of the last purchase of that product before it, or of what was bought on the same day.
    """
    stays = frame.filter(nw.col("why") == "").drop("why")
    purchases = stays.filter(nw.col("amount") >= 0)
    if "negatives" not in totals:
        return Standing(purchases, {})
    keys: list[str] = [name for name in ("customer", "product", "amount") if name in frame.collect_schema().names()]
    kth = nw.col("date").rank("ordinal").over(*keys).alias("kth")
    negatives = stays.filter(nw.col("amount") < 0).with_columns(-nw.col("amount"))
    numbered = engine.keep(negatives.with_columns(kth, cancelled_on="date"))
    subjects = numbered.select(*keys).unique()
    candidates = purchases.join(subjects, on=keys, how="semi").with_columns(kth)
    pairs = candidates.join(numbered.select(*keys, "kth", "cancelled_on"), on=[*keys, "kth"], how="left")
    cancelled = (nw.col("cancelled_on") >= nw.col("date")).fill_null(False)
    pairs = engine.keep(pairs.with_columns(gone=cancelled))
    matched = pairs.filter(nw.col("gone"))
    gone = engine.arrays(matched.select(rows=nw.len(), amount=nw.col("amount").sum()))
    rows, amount = int(gone["rows"][0]), float(gone["amount"][0] or 0.0)
    columns = purchases.collect_schema().names()
    standing = pairs.filter(~nw.col("gone")).select(*columns)
    kept = nw.concat([purchases.join(subjects, on=keys, how="anti"), standing])
    counts = {"cancelled_purchase": (rows, amount), "cancellation": (rows, -amount)}
    left = numbered.join(matched.select(*keys, "kth"), on=[*keys, "kth"], how="anti").with_columns(-nw.col("amount"))
    return _netted(engine, kept, engine.keep(left.select(*columns)), counts)


def _netted(engine: Engine, purchases: Frame, negatives: Frame, counts: Totals) -> Standing:
    """Takes returns of a part off the purchases, first of the same product, then of the same day."""
    columns = purchases.collect_schema().names()
    product = [name for name in ("product",) if name in columns]
    partial = (0, 0.0)
    for keys in (["customer", *product], ["customer", "date"]):
        if not _rows_in(engine, negatives):
            break
        subjects = negatives.select(*keys).unique()
        untouched = purchases.join(subjects, on=keys, how="anti")
        block = nw.col("bought").cum_sum().over(*keys, order_by=["date", "takes", "amount"]).alias("block")
        both = nw.concat([purchases.join(subjects, on=keys, how="semi"), negatives]).with_columns(
            takes=(nw.col("amount") < 0).cast(nw.Int64), bought=(nw.col("amount") >= 0).cast(nw.Int64)
        )
        within = engine.keep(both.with_columns(block)).with_columns(
            nw.col("amount").sum().over(*keys, "block").alias("left"),
            nw.col("takes").max().over(*keys, "block").alias("touched"),
            nw.col("date").min().over(*keys, "block").alias("day"),
        )
        judged = engine.keep(within)
        stands = (nw.col("left") > CENT) | (nw.col("touched") == 0)
        more = nw.col("left") < -CENT
        known = (nw.col("block") > 0) & ~(more & (nw.col("takes") == 1))
        stands = stands | (more & (nw.col("takes") == 0))
        for takes, fate, rows, amount in _fates(engine, judged, known, stands):
            if fate == KEPT and takes:
                partial = (partial[0] + rows, partial[1] + amount)
            elif fate == GONE:
                code = "cancellation" if takes else "cancelled_purchase"
                counts[code] = (counts[code][0] + rows, counts[code][1] + amount)
        kept = judged.filter(known & stands).with_columns(date=nw.col("day")).select(*columns)
        purchases = nw.concat([untouched.select(*columns), kept])
        negatives = engine.keep(judged.filter(~known).select(*columns))
    left = engine.arrays(negatives.select(rows=nw.len(), amount=nw.col("amount").sum()))
    counts["unmatched_cancellation"] = (int(left["rows"][0]), float(left["amount"][0] or 0.0))
    return Standing(purchases, counts, partial)


def _fates(engine: Engine, judged: Frame, known: nw.Expr, stands: nw.Expr) -> list[tuple[int, int, int, float]]:
    """Whether rows take back, what becomes of them, how many they are and their money."""
    fate = nw.when(~known).then(nw.lit(UNKNOWN)).otherwise(nw.when(stands).then(nw.lit(KEPT)).otherwise(nw.lit(GONE)))
    sums = judged.with_columns(fate=fate).group_by("takes", "fate").agg(rows=nw.len(), amount=nw.col("amount").sum())
    found = engine.arrays(sums)
    columns = (found[name] for name in ("takes", "fate", "rows", "amount"))
    return [
        (int(takes), int(fate), int(rows), float(amount)) for takes, fate, rows, amount in zip(*columns, strict=True)
    ]


def _rows_in(engine: Engine, frame: Frame) -> int:
    return int(engine.arrays(frame.select(rows=nw.len()))["rows"][0])
