"""Columns that say what became of a row: found by name and words, their values counted with rows and money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import narwhals as nw
import numpy as np

from strategy.customers.findings import Finding
from strategy.customers.proposing.meanings import Value, beside_each_other, says_the_side
from strategy.customers.proposing.selection import Counting
from strategy.customers.proposing.words import (
    BAD_FLAGS,
    GOOD_FLAGS,
    NO,
    OTHER_STATUS,
    PLAIN_STATUS,
    STATUS_NAMES,
    TAKEN_BACK,
    YES,
    meaning_of,
    plain_word,
)  # fmt: skip
from strategy.customers.reading.columns import Columns, plain_name
from strategy.customers.reading.frames import Engine, Frame
from strategy.customers.reading.reading import Table

MOST_VALUES, MOST_SEEN = 200, 40
"""Values of a column that are counted, and that the head may have for a column that is no status by its name."""
MOSTLY = 0.4
"""Share of words nobody knows from which on a column without a telling name is no status."""
FEW = 0.01
"""Share of rows below which values that nobody knows, or two columns that disagree, decide nothing."""


@dataclass(frozen=True)
class Status:
    """A column of statuses, most rows first.

    decides  its name says that it decides, so that words nobody knows are a doubt
    """

    column: str
    values: tuple[Value, ...]
    decides: bool = False

    @property
    def counting(self) -> Counting:
        """What is proposed."""
        of = {meaning: tuple(v.value for v in self.values if v.meaning == meaning) for meaning in ("void", "return")}
        return Counting(self.column, (), of["void"], of["return"])

    @property
    def unknown(self) -> tuple[Value, ...]:
        """Values of which nobody knows whether they count."""
        return tuple(value for value in self.values if value.meaning == "unknown")

    @property
    def moves(self) -> bool:
        """Whether some rows do not count as purchases."""
        return any(value.meaning in ("void", "return") for value in self.values)


@dataclass(frozen=True)
class Dispute:
    """Rows of which one status column says that they count and another that they do not."""

    one: str
    other: str
    rows: int

    def doubt(self, counting: tuple[Counting, ...]) -> tuple[Finding, ...]:
        """That they contradict each other, as long as nobody said what counts."""
        if any(each.only and each.column in (self.one, self.other) for each in counting):
            return ()
        fields: dict[str, float | int | str] = {"column": self.one, "other": self.other, "rows": self.rows}
        return (Finding("statuses_disagree", fields),)


def find_statuses(table: Table, columns: Columns, frame: Frame) -> tuple[tuple[Status, ...], tuple[Dispute, ...]]:
    """The status columns of a file of purchases, and where two of them contradict each other.

    frame  the table's rows with `money`
    """
    taken = {getattr(columns, role) for role in Columns.__dataclass_fields__ if role != "segments"}
    names = [name for name in table.names if name not in taken and _looks_like_status(table, name)]
    if not names:
        return (), ()
    found = [_counted(table.engine, frame, table, name) for name in names]
    kept = tuple(status for status in found if status.moves or (status.decides and _doubtful(status)))
    return kept, tuple(_disputes(table, frame, [status for status in kept if status.decides]))


def _disputes(table: Table, frame: Frame, statuses: list[Status]) -> Iterator[Dispute]:
    """Pairs of columns of which one says that many rows count and the other that they do not."""
    for one, other in combinations(statuses, 2):
        pairs = frame.select(
            *(_text_of(table, status.column).alias(name) for status, name in ((one, "a"), (other, "b")))
        )
        grouped = pairs.group_by("a", "b").agg(rows=nw.len()).sort("rows", descending=True).head(MOST_VALUES)
        found = table.engine.arrays(grouped)
        counted = [(_says(one, str(a)), _says(other, str(b)), int(n)) for a, b, n in zip(*found.values(), strict=True)]
        rows = sum(number for a, b, number in counted if {a, b} == {"counts", "void"})
        if rows > FEW * sum(number for *_, number in counted):
            yield Dispute(one.column, other.column, rows)


def _says(status: Status, value: str) -> str:
    """What a value says of its row; nothing where the order was completed and then taken back."""
    meaning = next((each.meaning for each in status.values if each.value == value), "unknown")
    return "" if plain_word(value) in TAKEN_BACK else meaning


def _text_of(table: Table, name: str) -> nw.Expr:
    return nw.col(table.column(name)).cast(nw.String).fill_null("").str.strip_chars().str.to_lowercase()


def _looks_like_status(table: Table, name: str) -> bool:
    plain, values = plain_name(name), table.values(name)
    words = [plain_word(value) for value in set(values)]
    if any(word in plain for word in OTHER_STATUS) or not words:
        return False
    flag = plain.removeprefix("is") in GOOD_FLAGS + BAD_FLAGS or plain in GOOD_FLAGS + BAD_FLAGS
    if (flag and set(words) <= {*YES, *NO}) or says_the_side(plain, set(words)):
        return True
    if _decides(plain):
        return len(words) >= 2 or meaning_of(values[0], plain) != "counts"
    known = [meaning_of(value, plain) for value in set(values)]
    if not any(meaning in ("void", "return") for meaning in known) or len(words) > MOST_SEEN:
        return False
    if any(plain.endswith(word) for word in STATUS_NAMES):
        return True
    return "counts" in known and "void" in known and known.count("unknown") < MOSTLY * len(known)


def _decides(plain: str) -> bool:
    return any(plain.endswith(word) for word in PLAIN_STATUS)


def _doubtful(status: Status) -> bool:
    rows = sum(value.rows for value in status.values)
    return len(status.values) > 1 and sum(value.rows for value in status.unknown) > FEW * rows


def with_money(table: Table, columns: Columns) -> Frame:
    """The rows with `money`: of the amount, or of pieces times price; 0 where none can be read."""
    frame, money = table.frame, nw.lit(1.0)
    if not columns.have_money:
        return table.frame.with_columns(nw.lit(0.0).alias("money"))
    roles = [columns.amount] if columns.amount else [columns.quantity, columns.price]
    for number, name in enumerate(name for name in roles if name):
        column, into = table.column(name), f"money{number}"
        if table.type_of(name) == "text":
            meanings, _ = table.numbers(name, columns.decimal, into)
            frame = meanings.added_to(frame)
        else:
            frame = frame.with_columns(nw.col(column).cast(nw.Float64).alias(into))
        money = money * nw.col(into)
    return frame.with_columns((money.fill_null(0.0) / (100 if columns.cents else 1)).alias("money"))


def _counted(engine: Engine, frame: Frame, table: Table, name: str) -> Status:
    valued = frame.select(_text_of(table, name).alias("value"), "money").group_by("value")
    counted = valued.agg(rows=nw.len(), amount=nw.col("money").sum()).sort("rows", "value", descending=True)
    found = engine.arrays(counted.head(MOST_VALUES))
    plain = plain_name(name)
    values = tuple(
        Value(str(value), int(rows), float(np.nan_to_num(amount)), _meaning(str(value), plain, amount))
        for value, rows, amount in zip(found["value"], found["rows"], found["amount"], strict=True)
    )
    return Status(name, beside_each_other(table, plain, values), _decides(plain))


def _meaning(value: str, plain: str, amount: float) -> str:
    """What a value says; money below zero takes back what other rows brought."""
    meaning = meaning_of(value, plain)
    return "return" if meaning == "void" and amount < 0 else meaning


def unused(status: Status, counting: tuple[Counting, ...]) -> tuple[Finding, ...]:
    """The doubt about a status column of which nobody said which values count."""
    if any(each.column == status.column and (each.only or not _doubtful(status)) for each in counting):
        return ()
    values = status.unknown if any(each.column == status.column for each in counting) else status.values
    open_values = [value for value in values if value.meaning != "counts"]
    if not open_values:
        return ()
    rows, amount = sum(value.rows for value in open_values), sum(value.amount for value in open_values)
    named = ", ".join(value.value or "-" for value in open_values[:6])
    return (Finding("status_unused", {"column": status.column, "values": named, "rows": rows, "returned": amount}),)
