"""Draws from elsewhere: a table of spend and outcome by draw or person, as another marketing-mix model gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from strategy.customers.reading.engines import Engine, Frame, open_engine
from strategy.customers.reading.reading import Table, read_table, save_upload
from strategy.errors import PlannerError
from strategy.progress import Progress, silent

MEMORY = "1GB"
ROLES: Mapping[str, tuple[str, ...]] = {
    "chain": ("chain", "keten"),
    "draw": (
        "draw", "drawid", "sample", "sampleid", "iteration", "iter", "curve", "person", "respondent", "name", "who",
        "by", "trekking", "steekproef", "iteratie", "persoon", "naam", "wie", "door", "id",
    ),
    "spend": (
        "spend", "spending", "spent", "budget", "investment", "cost", "x",
        "uitgave", "uitgaven", "besteding", "bestedingen", "investering", "inzet", "kosten", "bedrag",
    ),
    "outcome": (
        "outcome", "response", "result", "newcustomers", "customers", "retention", "revenue", "sales", "value", "y",
        "uitkomst", "respons", "resultaat", "nieuweklanten", "klanten", "behoud", "omzet", "waarde",
    ),
}  # fmt: skip
"""Headings by which a column is known, letters only, the surest first."""
POSITIONS = ("draw", "spend", "outcome")
"""What three columns without headings are."""
COMMA_DECIMAL = re.compile(r"\.\d{3},|,\d{1,2}$|,\d{4,}$|^-?0,\d|^-?\d{4,},")
POINT_DECIMAL = re.compile(r",\d{3}\.|,.*,")
BESIDE = r"[\s€$£'%]"


@dataclass(frozen=True)
class DrawTable:
    """Spend and outcome by draw.

    names           of the draws, in the order in which they first stand in the file
    draw            (rows,) position in `names`
    spend, outcome  (rows,) as they stand in the file; not a number where a cell holds none
    headings        {role: heading}; unused: headings of the columns that are not read
    """

    names: tuple[str, ...]
    draw: NDArray[np.int64]
    spend: NDArray[np.float64]
    outcome: NDArray[np.float64]
    headings: Mapping[str, str]
    unused: tuple[str, ...]


def read_draws(content: bytes, on_progress: Progress = silent) -> DrawTable:
    """The draws in a file: CSV, Excel or Parquet. Without a column that tells draws apart all rows are one.

    Raises PlannerError, with a remedy, for whatever is no such table.
    """
    engine = open_engine("", MEMORY)
    try:
        on_progress(0.1)
        table = read_table(save_upload(content, engine), engine)
        on_progress(0.6)
        return _draws(table, engine)
    finally:
        engine.close()


def _draws(table: Table, engine: Engine) -> DrawTable:
    columns = _roles(table)
    ids = [table.column(columns[role]) for role in ("chain", "draw") if role in columns]
    frame = table.frame
    for role in ("spend", "outcome"):
        frame = _number(frame, table, columns[role], role, engine)
    name: nw.Expr = nw.concat_str(*(nw.col(c).cast(nw.String) for c in ids), separator="/") if ids else nw.lit("1")
    home = engine.table(frame.select(name.alias("name"), "spend", "outcome"))
    encoded = home["name"].combine_chunks().dictionary_encode()
    spend, outcome = (_floats(home[role]) for role in ("spend", "outcome"))
    draw = encoded.indices.to_numpy(zero_copy_only=False)
    named = np.isfinite(draw)
    return DrawTable(
        names=tuple(" ".join(str(found).split())[:200] or "-" for found in encoded.dictionary.to_pylist()),
        draw=draw[named].astype(np.int64),
        spend=spend[named],
        outcome=outcome[named],
        headings=columns,
        unused=tuple(found for found in table.names if found not in columns.values()),
    )


def _floats(column: Any) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _roles(table: Table) -> dict[str, str]:
    """{role: the column that has it}. Raises PlannerError where spend or outcome is missing."""
    if table.notes.get("header") == "no" and len(table.names) == len(POSITIONS):
        return dict(zip(POSITIONS, table.names, strict=True))
    plain = {re.sub(r"[^a-z]", "", name.casefold()): name for name in reversed(table.names)}
    found = {role: _first(plain, words) for role, words in ROLES.items()}
    if not (found["spend"] and found["outcome"]):
        raise PlannerError("draw_columns", place="file", value=", ".join(table.names[:20]))
    return {role: name for role, name in found.items() if name}


def _first(plain: Mapping[str, str], words: Sequence[str]) -> str:
    return next((plain[word] for word in words if word in plain), "")


def _number(frame: Frame, table: Table, name: str, into: str, engine: Engine) -> Frame:
    """The frame with a column's numbers, null where a cell holds none; "5%" is 0.05."""
    column = table.column(name)
    if table.type_of(name) == "number":
        return frame.with_columns(nw.col(column).cast(nw.Float64).alias(into))
    cells = [re.sub(BESIDE, "", text) for text in table.values(name)]
    comma = any(map(COMMA_DECIMAL.search, cells))
    if table.notes.get("delimiter") == ";" and not comma:
        comma = any("," in cell for cell in cells) and not any(map(POINT_DECIMAL.search, cells))
    text = nw.col(column).cast(nw.String)
    bare = text.str.replace_all(BESIDE, "").str.replace_all("−", "-", literal=True)
    bare = bare.str.replace_all("." if comma else ",", "", literal=True).str.replace_all(",", ".", literal=True)
    read = engine.try_number(frame.with_columns(bare.alias(f"{into}_text")), f"{into}_text", f"{into}_read")
    share = nw.when(text.str.contains("%", literal=True)).then(nw.lit(0.01)).otherwise(nw.lit(1.0))
    return read.with_columns((nw.col(f"{into}_read") * share).alias(into))
