"""From a client's file to models of its customers, with what was cleaned and whether to trust them.

One study for the page and for the commands: the same file and the same choices give the same numbers and verdict.
"""

from __future__ import annotations

from pathlib import Path

from strategy.customers.cleaning.choices import Choices
from strategy.customers.proposing.gaps import with_gaps_filled
from strategy.customers.proposing.reshaping import reshaped
from strategy.customers.reading.columns import ContractColumns
from strategy.customers.reading.engines import open_engine
from strategy.customers.reading.reading import Table
from strategy.customers.reading.source import MEMORY, Source, table_of
from strategy.customers.study.contracts import measure_contracts
from strategy.customers.study.measured import Measured as Measured
from strategy.customers.study.measured import Purchases as Purchases
from strategy.customers.study.measured import Report as Report
from strategy.customers.study.measured import Running as Running
from strategy.customers.study.measured import Tracked as Tracked
from strategy.customers.study.purchases import measure_purchases
from strategy.customers.study.summary_file import measure_summary_file
from strategy.errors import PlannerError
from strategy.progress import Progress, silent


def measure(source: Source, choices: Choices, folder: Path, on_progress: Progress = silent) -> Measured:
    """The study of a file that was brought; the rows that stayed are kept in the folder too.

    Raises PlannerError as `measure_table`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine("", MEMORY, inside=folder)
    try:
        return measure_table(table_of(source, engine), choices, folder, on_progress, keep_rows=True)
    finally:
        engine.close()


def measure_table(
    table: Table, choices: Choices, folder: Path, on_progress: Progress = silent, keep_rows: bool = False
) -> Measured:
    """Clean, summarise, fit and check, on the table's engine; a row per customer is kept in the folder.

    keep_rows  whether the cleaned rows of purchases are kept too, which may be many

    Raises PlannerError for columns that hold something else, files of which nothing is left, and an end in the future.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = with_gaps_filled(reshaped(table, choices.shape), choices.rules.selection.fill_down)
    if choices.shape.kind == "customer_summary":
        return measure_summary_file(table, choices, folder)
    today, columns = choices.rules.today, choices.columns
    if choices.until and today and choices.until > today:
        raise PlannerError("until_too_late", place="until", value=choices.until.isoformat(), last=today.isoformat())
    if isinstance(columns, ContractColumns):
        return measure_contracts(table, columns, choices, folder, on_progress)
    return measure_purchases(table, columns, choices, folder, on_progress, keep_rows)
