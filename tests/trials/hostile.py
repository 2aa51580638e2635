"""The kinds of input that people bring, each with how hostile ones are made and what must follow from them.

A check answers "accepted" or "refused"; whatever it raises is a fault. It calls what the pages and the commands call.
"""

import argparse
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from math import isfinite
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import numpy as np

from strategy.allocation.best_split import best_split
from strategy.allocation.budget_curve import budget_curve
from strategy.allocation.limits import room_for
from strategy.allocation.split_file import limits_from, spend_from
from strategy.case.case import Case
from strategy.case.case_file import read_case, read_json
from strategy.case.samples import load_sample
from strategy.case.ten_numbers import EXAMPLES, case_from_answers, origins_of
from strategy.charts.drawing.chart import Chart
from strategy.charts.money.budget import waterfall
from strategy.charts.money.certainty import tornado as tornado_chart
from strategy.charts.money.next_euro import next_euro
from strategy.charts.money.over_time import cash_over_time, customers_over_time
from strategy.charts.money.today import clv_before_after, value_today, where_money_goes
from strategy.equity.curves import Array
from strategy.equity.parameters import parameters
from strategy.equity.readouts import Opportunity, Readouts, opportunities, read_out
from strategy.equity.uncertainty import outlook, tornado
from strategy.errors import PlannerError
from strategy.exports.case_workbook import read_workbook, write_workbook
from strategy.exports.strategy_page import strategy_page
from strategy.plan.headings import offered
from strategy.plan.moves import set_fixed, set_spend
from strategy.plan.opinions import pasted
from strategy.plan.plan import Plan, set_answer, start
from strategy.plan.plan_file import read_plan
from strategy.plan.register import register
from strategy.plan.results import split_of
from strategy.words.messages import ERRORS, explain
from strategy.words.wording import Wording, markdown_text
from tests import cases
from tests.trials.made_hostile import (
    HOSTILE_NUMBERS,
    HOSTILE_TEXTS,
    as_text,
    mutated_archive,
    mutated_bytes,
    mutated_document,
    mutated_table,
    timeless,
    typed_number,
    written,
)

ENGLISH, DUTCH = Wording("en"), Wording("nl")
KNOWN = offered((500_000, 750_000), "EUR")
DRAWS = 16
ENDLESS = 1e300
"""In place of what an initiative without costs brings per euro."""


class Fault(AssertionError):
    """Something that must not follow from an input."""


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    make   the content of one input, from chance alone
    check  "accepted" or "refused", from the content alone
    of     how many of a thousand inputs are of this kind
    """

    code: str
    make: Callable[[Random], bytes]
    check: Callable[[bytes], str]
    of: int


# What must follow ----------------------------------------------------------------------------------------------------


def told(error: PlannerError) -> str:
    """The refusal, once it has been told in both languages."""
    for say in (ENGLISH, DUTCH):
        sentence = explain(error, say)
        sentence.encode()
        if not sentence or len(sentence) > 1500 or "\n" in sentence:
            raise Fault(f"a refusal of {len(sentence)} characters: {sentence[:200]!r}")
    if error.code not in ERRORS:
        raise Fault(f"no sentence for {error.code}")
    return "refused"


def without_constants(returns: Array) -> Array:
    """Marginal returns but those of constants, which have none."""
    return np.asarray(returns[~np.isnan(returns)], float)


def plain(value: object, place: str = "") -> Any:
    """A result as plain data for strict JSON. Raises Fault for numbers that are not finite."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), place)
    if isinstance(value, float | np.floating):
        if not isfinite(value):
            raise Fault(f"{place} is {value}")
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(entry, f"{place}.{key}") for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry, f"{place}[]") for entry in value]
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return plain({name: entry for name, entry in named.items() if not callable(entry)}, place)
    if isinstance(value, date | datetime | Path | Enum):
        return str(value)
    return value


def strict(value: object) -> str:
    """A result as strict JSON that can be written to a file. Raises where it cannot."""
    text = json.dumps(plain(value), allow_nan=False, ensure_ascii=False, default=repr)
    text.encode("utf-8", "surrogatepass" if "\\ud" in ascii(text) else "strict")
    return text


def _every(content: bytes, many: int) -> bool:
    """Whether this input is one of the few that are followed further."""
    return crc32(content) % many == 0


def follow(plan: Plan, content: bytes) -> str:
    """What pages and commands compute and show of an accepted plan, the slow parts for some inputs only."""
    case = plan.case
    if read_plan(plan.to_json()) != plan:
        raise Fault("the plan does not come back from its file")
    split_of(plan)
    register(plan)
    given = parameters(case)
    found = read_out(case, plan.spend, plan.initiatives, given)
    shown = {
        **vars(found),
        **{name: without_constants(getattr(found, name)) for name in ("marginal_return", "phase_returns")},
    }
    strict({name: vars(value) if is_dataclass(value) else value for name, value in shown.items()})
    strict([plan.unallocated, plan.initiative_cost, plan.goal])
    if len(case.segments) * case.horizon > 400:
        return "accepted"
    places = opportunities(given, plan.spend, plan.initiatives, plan.budget)
    strict([{**vars(place), "multiple": min(place.multiple, ENDLESS)} for place in places])
    if _every(content, 29):
        _draw(plan, found, places, (ENGLISH, DUTCH)[len(content) % 2])
    if _every(content, 19):
        strict(outlook(case, [(plan.spend, plan.initiatives)], DRAWS).customer_equity)
        bars = tornado(case, (plan.spend, plan.initiatives))
        strict([[bar.customer_equity, bar.uplift] for bar in bars])
        if bars:
            _judge(tornado_chart(case, bars, DUTCH))
    if _every(content, 149):
        _search(case)
    if _every(content, 89):
        content = write_workbook(case, plan.origins, DUTCH)
        if read_workbook(content)[0] != case:
            raise Fault("the case does not come back from its workbook")
    return "accepted"


def _draw(plan: Plan, found: Readouts, places: list[Opportunity], say: Wording) -> None:
    """Charts and the strategy on a page."""
    money = Wording(say.language, plan.case.currency)
    charts = (
        waterfall(plan.case, found, money),
        value_today(plan.case, found, money),
        clv_before_after(plan.case, found, money),
        where_money_goes(plan.case, plan.spend, money),
        customers_over_time(plan.case, found, None, money),
        cash_over_time(plan.case, found, None, money),
        next_euro(plan.case, places, money),
    )
    for chart in charts:
        _judge(chart)
    strict(strategy_page(plan, None, money).figures)


def _judge(chart: Chart) -> None:
    """A chart can be drawn, and says nothing that is no number."""
    for text in (chart.title, chart.summary):
        if not text or {"nan", "inf", "None"} & set(text.replace("−", " ").split()):
            raise Fault(f"a chart says {text!r}")
    json.loads(chart.figure.to_json())
    strict([column.values for column in chart.table.columns])
    for cell in chart.table.texts.to_numpy().ravel().tolist():
        if not isinstance(cell, str) or {"nan", "inf", "None"} & set(cell.replace("−", " ").split()):
            raise Fault(f"a table says {cell!r}")
    chart.table.csv()


def _search(case: Case) -> None:
    """The best split and the budget curve, which may say that there is none."""
    if len(case.segments) > 4 or case.horizon > 10:
        return
    curve = len(case.name) % 8 == 0
    try:
        answer = budget_curve(case, 0, max(case.planned_budget, 1.0), 2) if curve else best_split(case)
    except PlannerError as error:
        told(error)
    else:
        strict({name: value for name, value in vars(answer).items() if name != "readouts"})


def read_or_refused(read: Callable[[], str]) -> str:
    """What a reading comes to: accepted, or refused in a sentence."""
    try:
        return read()
    except PlannerError as error:
        return told(error)


# Case, plan, spend and limits files ----------------------------------------------------------------------------------


@lru_cache
def case_documents() -> tuple[Any, ...]:
    """Valid firms: small ones with every field, and the samples."""
    rich = cases.events_and_initiatives()
    rich["segments"][0]["levers"]["retain"]["opinions"] = [
        {"by": "Ann", "floor": 0.78, "ceiling": 0.93, "points": [[500000, 0.86], [750000, 0.875]]},
        {"by": "Bob", "floor": 0.75, "ceiling": 0.95, "points": [[500000, 0.85], [750000, 0.88]]},
    ]
    samples = [json.loads(load_sample(code).to_json()) for code in ("telecom", "classroom", "b2b_supplier")]
    return (cases.telecom(), rich, cases.constants(), json.loads(answered(EXAMPLES).to_json()), *samples)


def _case(rng: Random) -> bytes:
    return written(mutated_document(rng.choice(case_documents()), rng), rng)


def _check_case(content: bytes) -> str:
    return read_or_refused(lambda: follow(start(read_case(content)), content))


@lru_cache
def plan_documents() -> tuple[Any, ...]:
    """Valid plans: answers, limits, locks and another split."""
    found = []
    for document in case_documents():
        plan = start(read_case(json.dumps(document)))
        plan = set_answer(plan, "service", 7) if "service" in plan.answers else plan
        if cells := plan.cells():
            segment, lever = cells[0]
            changed = {s: {code: money * 1.1 for code, money in levers.items()} for s, levers in plan.spend.items()}
            plan = set_spend(set_fixed(plan, False), changed)
            document = json.loads(plan.to_json())
            money = document["scenarios"][0]
            money["limits"] = {"cells": {segment: {lever: [0, 1e6]}}, "levers": {lever: [10, 1e7]}}
            money["locked"] = [[segment, lever]]
        else:
            document = json.loads(plan.to_json())
        document["answers"] = cases_answers(plan.case)
        found.append(document)
    return tuple(found)


def cases_answers(case: Case) -> dict[str, Any]:
    """An answer of the right form to every question."""
    from strategy.questions import BY_CODE

    found: dict[str, Any] = {}
    for code, question in BY_CODE.items():
        one = _answer(question, case)
        if one is not None:
            found[code] = dict.fromkeys(case.segment_ids, one) if question.per == "segment" else one
    return found


def _answer(question: Any, case: Case) -> Any:
    simple = {"score": 4, "text": "because", "number": _within(question) if question.kind == "number" else None}
    match question.kind:
        case "choice":
            return question.options[0].code
        case "several":
            return [question.options[0].code]
        case "scores":
            return {question.options[0].code: 4}
        case "rows":
            cells = {
                "text": "one", "score": 4, "yes_no": True, "segment": case.segment_ids[0], "lever": "retain",
            }  # fmt: skip
            row = {c.code: cells[c.kind] for c in question.columns if c.kind in cells}
            row |= {c.code: _within(c) for c in question.columns if c.kind == "number"}
            row |= {c.code: c.options[0].code for c in question.columns if c.kind == "choice"}
            return [row]
    return simple.get(question.kind)


def _within(asked: Any) -> float:
    """A number that a question or a column takes."""
    return float(min(max(asked.low, 1.0), asked.high))


def _plan(rng: Random) -> bytes:
    return written(mutated_document(rng.choice(plan_documents()), rng), rng)


def _check_plan(content: bytes) -> str:
    return read_or_refused(lambda: follow(read_plan(content), content))


@lru_cache
def firms() -> tuple[Case, ...]:
    """The firms that spend and limits files are about."""
    return tuple(read_case(json.dumps(document)) for document in case_documents())


def _about(content: bytes) -> tuple[Case, bytes]:
    """The firm whose number is a content's first byte, and the rest."""
    return firms()[content[0] % len(firms())], content[1:]


def _spend(rng: Random) -> bytes:
    at = rng.randrange(len(firms()))
    return bytes([at]) + written(mutated_document(firms()[at].today, rng), rng)


def _check_spend(content: bytes) -> str:
    case, text = _about(content)

    def read() -> str:
        spend = spend_from(case, read_json(text))
        return follow(set_spend(start(case), spend), content)

    return read_or_refused(read)


def _limits(rng: Random) -> bytes:
    at = rng.randrange(len(firms()))
    case = firms()[at]
    cells = {s.id: {code: [0, 1e9] for code in ("retain", "develop")} for s in case.segments}
    locked = {case.segment_ids[0]: {"acquire": 100.0}}
    document = {"cells": cells, "levers": {"retain": [0, 1e9], "acquire": [5, 1e6]}, "locked": locked}
    return bytes([at]) + written(mutated_document(document, rng), rng)


def _check_limits(content: bytes) -> str:
    case, text = _about(content)

    def read() -> str:
        limits = limits_from(case, read_json(text))
        room = room_for(case, case.planned_budget, limits)
        strict([room.low, room.high])
        if _every(content, 97):
            strict({name: found for name, found in vars(best_split(case, limits=limits)).items() if name != "readouts"})
        return "accepted"

    return read_or_refused(read)


# Typed, pasted, ten numbers ------------------------------------------------------------------------------------------


def _typed(rng: Random) -> bytes:
    if rng.random() < 0.8:
        return typed_number(rng).encode("utf-8", "surrogatepass")
    rows = [["Name", "None", "Today", "Half as much again", "Unlimited"]] if rng.random() < 0.5 else []
    rows += [[f"P{n}", *(typed_number(rng) for _ in range(rng.choice((3, 4, 4, 5))))] for n in range(rng.randint(0, 4))]
    return ("\n" + "\n".join(rng.choice("\t;,").join(row) for row in rows)).encode("utf-8", "surrogatepass")


def _check_typed(content: bytes) -> str:
    text = content.decode("utf-8", "surrogatepass")
    accepted = False
    for say in (ENGLISH, DUTCH):
        if "\n" in text:
            try:
                found = pasted(text, say.parse_number, "Person {number}", len(text) % 2 == 0, KNOWN)
            except PlannerError as error:
                told(error)
                continue
            strict([vars(voice) for voice in found.voices])
            strict(found.unused)
            accepted |= bool(found.voices)
            for row in found.refused:
                told(row.why) if isinstance(row.why, PlannerError) else markdown_text(row.why).encode()
            continue
        try:
            number = say.parse_number(text)
        except ValueError as error:
            if not str(error):
                raise Fault("a refusal without a word") from None
            continue
        if not abs(number) <= 1e15:
            raise Fault(f"{text!r} is {number}")
        for write in (say.money, say.number, say.short_money, say.percent, say.people, say.multiple, say.points):
            write(number).encode()
        start(case_from_answers_with(number)) if _every(content, 50) else None
        accepted = True
    return "accepted" if accepted else "refused"


def case_from_answers_with(number: float) -> Case:
    """A firm with a typed number where it can have one, and the example else."""
    try:
        return answered({**EXAMPLES, "revenue": number})
    except PlannerError as error:
        told(error)
        return answered(EXAMPLES)


def answered(answers: Mapping[str, float]) -> Case:
    """A firm of ten numbers."""
    return case_from_answers("Our firm", "Our customers", "EUR", dict(answers))


def _ten(rng: Random) -> bytes:
    answers: dict[str, Any] = dict(EXAMPLES)
    numbers = [number for number in HOSTILE_NUMBERS if number != 10**400]
    for code in rng.sample(sorted(answers), rng.choice((1, 1, 2, 3, 10))):
        answers[code] = float(
            rng.choice(
                (
                    rng.choice(numbers),
                    answers[code] * 10.0 ** rng.randint(-18, 14),
                    rng.uniform(0, 100),
                    5e13,
                    99.999999,
                )
            )
        )
    name, segment = (rng.choice(HOSTILE_TEXTS) if rng.random() < 0.05 else word for word in ("Our firm", "Everybody"))
    currency = rng.choice(("EUR", "EUR", "USD", "JPY", "XXX", "ZZZ", "eur", ""))
    return json.dumps([name, segment, currency, answers]).encode()


def _check_ten(content: bytes) -> str:
    name, segment, currency, answers = json.loads(content)

    def read() -> str:
        case = case_from_answers(name, segment, currency, answers)
        return follow(start(case, origins_of(case)), content)

    return read_or_refused(read)


# Workbooks -----------------------------------------------------------------------------------------------------------


@lru_cache
def workbooks() -> tuple[bytes, ...]:
    """Valid case workbooks, in both languages."""
    books = [(firm, say) for firm, say in zip(firms()[:4], (ENGLISH, DUTCH, ENGLISH, DUTCH), strict=True)]
    return tuple(timeless(write_workbook(firm, start(firm).origins, say)) for firm, say in books)


def _workbook(rng: Random) -> bytes:
    return mutated_archive(rng.choice(workbooks()), rng)


def _check_workbook(content: bytes) -> str:
    def read() -> str:
        case, origins = read_workbook(content)
        return follow(start(case, origins), content)

    return read_or_refused(read)


# Customer data -------------------------------------------------------------------------------------------------------


@lru_cache
def tables() -> tuple[list[list[str]], ...]:
    """Small files of purchases and of contracts, as rows of cells."""
    rng = Random(1)
    days = [f"{2024 + n // 365}-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(730)]
    purchases = [["customer", "date", "amount", "region"]]
    for _ in range(160):
        buyer = f"C{rng.randrange(30):03}"
        purchases.append([buyer, rng.choice(days), f"{rng.uniform(5, 80):.2f}", rng.choice(("east", "west"))])
    contracts = [["contract", "start", "end", "fee", "channel"]]
    for n in range(80):
        begun = rng.choice(days)
        ended = f"{int(begun[:4]) + rng.choice((1, 2))}{begun[4:]}" if rng.random() < 0.4 else ""
        contracts.append([f"K{n:03}", begun, ended, f"{rng.uniform(9, 40):.2f}", rng.choice(("web", "shop"))])
    return purchases, contracts


def _csv(rng: Random) -> bytes:
    return as_text(mutated_table(rng.choice(tables()), rng), rng)


@lru_cache
def _excel(which: int) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    sheet: Any = book.active
    for number, row in enumerate(tables()[which]):
        sheet.append([_as_cell(cell) if number else cell for cell in row])
    book.save(out)
    return timeless(out.getvalue())


def _as_cell(text: str) -> Any:
    for read in (float, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            pass
    return text


def _xlsx(rng: Random) -> bytes:
    return mutated_archive(_excel(rng.randrange(2)), rng)


def _parquet(rng: Random) -> bytes:
    """Columns of any type that Parquet has, some of them hostile, or a file with changed bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    heading, *rows = mutated_table(rng.choice(tables()), rng) if rng.random() < 0.3 else rng.choice(tables())
    width = len(heading)
    texts = [[row[at] if at < len(row) else None for row in rows] for at in range(width)]
    safe = [[None if text is None else text.encode("utf-8", "ignore").decode() for text in column] for column in texts]
    columns = {}
    for at, name in enumerate(heading):
        columns[name.encode("utf-8", "ignore").decode() or f"c{at}"] = _typed_column(safe[at], rng, pa)
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression=rng.choice(("snappy", "none", "zstd", "gzip")))
    content = out.getvalue()
    if rng.random() < 0.25:
        raw = bytearray(content)
        for _ in range(rng.choice((1, 5, 40))):
            at = len(raw) - rng.randint(1, min(600, len(raw))) if rng.random() < 0.7 else rng.randrange(len(raw))
            raw[at] = rng.randrange(256)
        return bytes(raw)
    return mutated_bytes(content, rng) if rng.random() < 0.1 else content


def _typed_column(texts: list[str | None], rng: Random, pa: Any) -> Any:
    """A column as texts, numbers or dates where it can be, or as something that nobody expects."""
    for read, of in ((lambda t: float(t), pa.float64()), (datetime.fromisoformat, pa.timestamp("us"))):
        try:
            whole = pa.array([read(text) if text else None for text in texts], of)
        except (ValueError, TypeError, OverflowError):
            continue
        break
    else:
        whole = pa.array(texts, pa.string())
    if rng.random() < 0.65:
        return whole
    size, any_number = len(texts), rng.choice((0, 1, -1, 2**62, 10**9, -(2**63)))
    made: tuple[Callable[[], Any], ...] = (
        lambda: pa.array([any_number] * size, pa.int64()).cast(
            pa.timestamp(rng.choice(("ms", "us", "ns"))), safe=False
        ),
        lambda: pa.array([rng.choice((-(10**6), 10**6, 2**31 - 1, -(2**31)))] * size, pa.int32()).cast(pa.date32()),
        lambda: pa.array(
            [rng.choice((float("nan"), float("inf"), 1e308, -1e308, 5e-324)) for _ in texts], pa.float64()
        ),
        lambda: pa.array([2**64 - 1] * size, pa.uint64()),
        lambda: pa.array([10**28] * size, pa.decimal128(38, 0)),
        lambda: pa.array([[1, 2]] * size, pa.list_(pa.int32())),
        lambda: pa.array([{"a": 1}] * size, pa.struct([("a", pa.int32())])),
        lambda: pa.array([b"\xff\xfe"] * size, pa.binary()),
        lambda: pa.array([True] * size, pa.bool_()),
        lambda: pa.array([None] * size, rng.choice((pa.null(), pa.string(), pa.float64(), pa.date32()))),
        lambda: pa.array(["same"] * size, pa.string()).dictionary_encode(),
        lambda: pa.array([86399] * size, pa.time32("s")),
        lambda: pa.array([1.5] * size, pa.float32()),
        lambda: pa.array(list(range(size)), pa.int8() if size < 128 else pa.int16()),
        lambda: pa.array([0] * size, pa.timestamp("us", tz="Europe/Amsterdam")),
    )
    try:
        return rng.choice(made)()
    except pa.ArrowInvalid:
        return whole


def _check_customers(content: bytes) -> str:
    """Reads, guesses, measures and values a file as the data page and the commands do."""
    from strategy.commands.customers import case, value
    from strategy.commands.parser import case_arguments, value_arguments
    from strategy.customers.cleaning.choices import Choices
    from strategy.customers.reading.source import read_source
    from strategy.customers.study import measure
    from strategy.explanations.customer_findings import say_finding

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "private" / "upload"
        path.parent.mkdir()
        path.write_bytes(content)

        def page() -> str:
            kept = Path(folder) / "kept"
            kept.mkdir()
            source = read_source(path, kept)
            strict([source.names, source.typed, source.notes, source.contracts])
            guess = source.contracts_guess if source.contracts else source.purchases_guess
            guess = guess or source.purchases_guess or source.contracts_guess
            measured = measure(source, Choices(guess), Path(folder) / "measured")
            strict(vars(measured.report))
            for finding in measured.model.findings:
                for say in (ENGLISH, DUTCH):
                    say_finding(finding, say)
            return "accepted"

        outcome = read_or_refused(page)
        if _every(content, 3):
            parser = argparse.ArgumentParser()
            value_arguments(parser)
            given = parser.parse_args(["--margin", "0.3"], argparse.Namespace(file=str(path)))
            read_or_refused(lambda: strict(value(given)) and "accepted")
        if _every(content, 4):
            parser = argparse.ArgumentParser()
            case_arguments(parser)
            out = Path(folder) / "case.json"
            told_by = ["--segments", "clv", "--out", str(out)]
            given = parser.parse_args(told_by, argparse.Namespace(file=str(path)))
            made = read_or_refused(lambda: strict(case(given)) and "made")
            if made == "made":
                follow(start(read_case(out.read_bytes())), content)
        return outcome


KINDS = (
    Kind("case", _case, _check_case, 310),
    Kind("plan", _plan, _check_plan, 170),
    Kind("spend", _spend, _check_spend, 100),
    Kind("limits", _limits, _check_limits, 100),
    Kind("typed", _typed, _check_typed, 190),
    Kind("ten", _ten, _check_ten, 100),
    Kind("workbook", _workbook, _check_workbook, 10),
    Kind("csv", _csv, _check_customers, 10),
    Kind("xlsx", _xlsx, _check_customers, 5),
    Kind("parquet", _parquet, _check_customers, 5),
)
BY_CODE = {kind.code: kind for kind in KINDS}
