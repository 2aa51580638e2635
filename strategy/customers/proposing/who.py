"""Who the customer is: ids that stand for nobody, ids that are one, ids that never return."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np

from strategy.customers.findings import Finding
from strategy.customers.proposing.selection import Selection
from strategy.customers.proposing.words import GUESTS, plain_word
from strategy.customers.reading.contents import FEWEST_IDS, NEVER_RETURN
from strategy.customers.reading.frames import Frame
from strategy.customers.reading.reading import Table

LOOKED_AT = 25
"""Ids with most rows that are looked at."""
OUTSIZED, TIMES_THE_NEXT, FEWEST_CUSTOMERS = 0.15, 8, 20
"""Share of rows, and times the rows of the next id, from which on an id is no person; among so many customers."""
ZEROS = r"^0+[1-9]"


@dataclass(frozen=True)
class Id:
    """An id behind which may stand nobody: its rows, their share, and whether its name says so.

    of_money  its share is of money, and large: a doubt, for a large customer may stand behind it
    """

    name: str
    rows: int
    share: float
    known: bool
    of_money: bool = False


@dataclass(frozen=True)
class Who:
    """What was seen of the column of customers.

    nobody   ids that are proposed to leave out
    alike    ids that differ from another in zeros in front only
    cased    ids that differ from another in capitals only
    distinct, rows  ids, and rows with one
    """

    nobody: tuple[Id, ...] = ()
    alike: int = 0
    distinct: int = 0
    rows: int = 0
    cased: int = 0

    @property
    def left_out(self) -> tuple[str, ...]:
        """Ids that are proposed to leave out."""
        return tuple(each.name.lower() for each in self.nobody if not each.of_money)

    @property
    def never_returns(self) -> bool:
        """Whether the id is another on every row, as the number of an order is."""
        return self.rows >= FEWEST_IDS and self.distinct > NEVER_RETURN * self.rows


def look_at(table: Table, name: str, money: Frame) -> Who:
    """What can be seen of the ids of a column.

    money  the table's rows with `money`
    """
    text = nw.col(table.column(name)).cast(nw.String).str.strip_chars().alias("id")
    ids = money.select(text, "money").filter((~nw.col("id").is_null()) & (nw.col("id") != nw.lit("")))
    grouped = ids.group_by("id").agg(rows=nw.len().cast(nw.Int64), money=nw.col("money").sum())
    counted = table.engine.keep(grouped)
    totals = table.engine.arrays(
        counted.select(rows=nw.col("rows").sum(), distinct=nw.len(), money=nw.col("money").sum())
    )
    rows, distinct = int(totals["rows"][0] or 0), int(totals["distinct"][0])
    if not rows:
        return Who()
    top = table.engine.arrays(counted.sort("rows", "id", descending=True).head(LOOKED_AT))
    counts = top["rows"].astype(np.int64)
    nobody = []
    for at, (found, number) in enumerate(zip(top["id"], counts, strict=True)):
        others = np.delete(counts, at)
        known = plain_word(str(found)) in GUESTS and not (
            str(found).isdigit() and len(others) and number <= others.max()
        )
        huge = (
            distinct >= FEWEST_CUSTOMERS
            and number > OUTSIZED * rows
            and len(others)
            and number > TIMES_THE_NEXT * others.max()
        )
        if known or huge:
            nobody.append(Id(str(found), int(number), float(number / rows), known))
    alike = _alike(table, counted) if any(value.strip().startswith("0") for value in table.values(name)) else 0
    spent = float(totals["money"][0] or 0.0)
    of_money = _much(table, counted, spent, {each.name for each in nobody}) if distinct >= FEWEST_CUSTOMERS else ()
    return Who((*nobody, *of_money), alike, distinct, rows, _cased(table, counted))


def _much(table: Table, counted: Frame, spent: float, others: set[str]) -> tuple[Id, ...]:
    """The id that brings much of the money, many times what the next one does."""
    left = counted.filter(~nw.col("id").is_in(sorted(others))) if others else counted
    top = table.engine.arrays(left.sort("money", "id", descending=True).head(2))
    total = spent
    if others:
        total = float(table.engine.arrays(left.select(nw.col("money").sum()))["money"][0] or 0.0)
    if len(top["id"]) < 2 or top["money"][0] <= OUTSIZED * total or top["money"][0] <= TIMES_THE_NEXT * top["money"][1]:
        return ()
    return (Id(str(top["id"][0]), int(top["rows"][0]), float(top["money"][0]) / total, False, of_money=True),)


def _cased(table: Table, counted: Frame) -> int:
    """Ids that are another one in small letters; not those of 15 or 18 signs, which tell them apart."""
    texts = counted.filter(~nw.col("id").str.contains(r"^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$|@"))
    found = table.engine.arrays(
        texts.select(small=nw.col("id").str.to_lowercase()).select(ids=nw.len(), distinct=nw.col("small").n_unique())
    )
    return int(found["ids"][0]) - int(found["distinct"][0]) if found["ids"][0] else 0


def _alike(table: Table, counted: Frame) -> int:
    """Ids that are another one once zeros in front are taken away."""
    digits = counted.filter(nw.col("id").str.contains(r"^\d+$"))
    short = digits.select(short=nw.col("id").str.replace_all(r"^0+", ""))
    found = table.engine.arrays(short.select(ids=nw.len(), distinct=nw.col("short").n_unique()))
    return int(found["ids"][0]) - int(found["distinct"][0]) if found["ids"][0] else 0


def doubts_about(who: Who, selection: Selection, column: str) -> tuple[Finding, ...]:
    """What speaks against relying on the ids as they are taken."""
    found = [
        Finding(
            "id_is_much" if each.of_money else "id_is_nobody", {"id": each.name, "rows": each.rows, "share": each.share}
        )
        for each in who.nobody
        if each.name.lower() not in selection.left_out
    ]
    if who.alike and not selection.zeros_alike:
        found.append(Finding("ids_with_zeros", {"ids": who.alike}))
    if who.cased and not selection.cases_alike:
        found.append(Finding("ids_in_cases", {"ids": who.cased}))
    if who.never_returns:
        found.append(Finding("id_never_returns", {"column": column, "ids": who.distinct, "rows": who.rows}))
    return tuple(found)
