"""The command `lists`: whom to win back, keep, upgrade and let go, as the Data page lists them."""

import argparse
from pathlib import Path
from typing import Any

from strategy.commands.customer_files import (
    NOT_A_COLUMN,
    assumed,
    can_write,
    cleaning,
    engine_at,
    finite,
    read_as,
    said,
    studied,
    writing,
)
from strategy.customers.cleaning.choices import Choices
from strategy.customers.reading.columns import group_name
from strategy.customers.reading.reading import read_table
from strategy.customers.study import Measured, Running
from strategy.customers.value.acting import ActionList, Effort, lists
from strategy.customers.value.book import Book
from strategy.customers.value.segmenting import Way, ahead_of, grouped, ways
from strategy.customers.value.to_case import MODELS
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.customers.value.worth import value as worth_of
from strategy.errors import PlannerError
from strategy.explanations.action_lists import LIST_NAMES, chosen_in, codes_told
from strategy.exports.customer_rows import MOST_EXCEL_ROWS, About, fits_excel, rows_as
from strategy.plan.plan import Plan
from strategy.plan.plan_file import read_plan
from strategy.words.wording import Wording

ENDINGS = (".csv", ".xlsx", ".parquet")


def action_lists(given: argparse.Namespace) -> dict[str, Any]:
    """What each list is expected to bring; the one that was asked for is written to a file."""
    can_write(given.out, given.file, ENDINGS)
    if given.out and not given.list:
        raise PlannerError("which_list", place="list", value=", ".join(LIST_NAMES))
    say = Wording(given.language, given.currency or "EUR")
    with engine_at(given.engine) as engine:
        table = read_table(Path(given.file), engine, sheet=given.sheet)
        choices, measured, book = studied(given, table)
        terms = MoneyTerms(given.margin, given.discount, given.years)
        worth = worth_of(measured, terms, engine.folder / "worth")
        way = _way(given, measured)
        found = _lists(given, measured, book, way, worth, say)
        if given.out:
            _write(given, found, measured, book, way, Wording(given.language, measured.report.currency or say.currency))
    return _answer(choices, measured, found)


def _lists(
    given: argparse.Namespace, measured: Measured, book: Book, way: Way, worth: Worth, say: Wording
) -> tuple[ActionList, ...]:
    if worth.rows is None:
        return ()
    grouping = grouped(book, way, ahead_of(measured, worth.terms))
    effort = Effort(given.contact_cost, given.response, given.saved, given.more, given.cost_to_serve)
    chosen = chosen_in(_plan(given.plan), grouping.codes, way, say) if given.plan else {}
    running = isinstance(measured.model, Running)
    folder = worth.rows.with_name("lists")
    return lists(worth.rows, running, grouping, chosen, effort, folder, (worth.low, worth.high))


def _way(given: argparse.Namespace, measured: Measured) -> Way:
    """How customers are grouped: as the page does at first where nobody says it."""
    if not given.segments:
        return ways(measured)[0]
    kind = NOT_A_COLUMN.get(given.segments)
    return Way(kind) if kind else Way("column", group_name(given.segments))


def _plan(path: str) -> Plan:
    try:
        return read_plan(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise PlannerError("no_file", place="file", value=reason, file=path) from None


def _write(
    given: argparse.Namespace, found: tuple[ActionList, ...], measured: Measured, book: Book, way: Way, say: Wording
) -> None:
    """The rows of one list, in the words of the language that was asked for."""
    made = next(each for each in found if each.act == given.list)
    kind = Path(given.out).suffix[1:]
    if kind == "xlsx" and not fits_excel(made.rows):
        raise PlannerError("cannot_write", place="file", value=f"more than {MOST_EXCEL_ROWS:,} rows", file=given.out)
    models = ", ".join(MODELS[model] for model in book.models)
    unit = getattr(measured.model, "unit", "day")
    about = About(say.text(LIST_NAMES[made.act]), models, unit, told=codes_told(way, say))
    with writing(given.out):
        Path(given.out).write_bytes(rows_as(made.rows, kind, say, about))


def _answer(choices: Choices, measured: Measured, found: tuple[ActionList, ...]) -> dict[str, Any]:
    report = measured.report
    return {
        **read_as(choices),
        "cleaning": cleaning(report.removed),
        "trusted": measured.trust == "trusted",
        "findings": [*assumed(report.findings), *said(measured.model.findings)],
        "lists": {
            made.act: {
                "customers": made.customers,
                "gain": finite(made.gain),
                "p05": finite(made.low),
                "p95": finite(made.high),
                "cost": finite(made.cost),
            }
            for made in found
        },
    }
