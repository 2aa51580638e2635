"""The case as an Excel workbook: filled in by people, read back digit for digit, refused with the cell named."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import SCHEMA, Case
from strategy.case.case_file import MAX_BYTES, case_from
from strategy.case.editing import numbers_of
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import SAMPLES, load_sample, sample_origins
from strategy.errors import PlannerError
from strategy.exports.case_workbook import blank_workbook, is_workbook, read_workbook, write_workbook
from strategy.exports.workbook_columns import CHOICES, SHEETS
from strategy.exports.workbook_reading import UNPACKED_AT_MOST
from strategy.plan.plan import start
from strategy.words.messages import explain
from strategy.words.wording import LANGUAGES, Wording
from tests import cases
from tests.apptest import LONG, healthy, plan
from tests.apptest import opened as opened_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENGLISH = Wording("en")
Book = Any
"""An openpyxl workbook, open to be changed as a person would."""


def full_case() -> Case:
    """A case with something in every field: opinions, side effects, migration, events, initiatives, a constant."""
    document = cases.events_and_initiatives()
    levers = document["segments"][0]["levers"]
    levers["acquire"]["carryover"] = 0.3
    levers["develop"] = {"constant": [400, 420, 430]}
    levers["retain"]["opinions"] = [
        {"by": "Ann", "floor": 0.7, "ceiling": 0.95, "points": [[500000, 0.8], [750000, 0.85]]},
        {"by": "Bo", "floor": 0.75, "ceiling": 0.9, "points": []},
    ]
    document["events"].append({**document["events"][0], "id": "nobody", "segments": []})
    return case_from(document)


@pytest.fixture(scope="module")
def content() -> bytes:
    return write_workbook(full_case(), {}, ENGLISH)


def opened(content: bytes) -> Book:
    return openpyxl.load_workbook(BytesIO(content))


def saved(book: Book) -> bytes:
    """As another program saves it: openpyxl drops every computed result."""
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def sheet_of(book: Book, code: str) -> Any:
    return next(sheet for sheet in book.worksheets if sheet["A1"].value == f"planner:{code}")


def cell(book: Book, sheet: str, column: str, row: int = 1) -> Any:
    """A cell by the codes of its sheet and column, and the number of its row, from 1."""
    page = sheet_of(book, sheet)
    if sheet == "firm":
        return page.cell(next(line[0].row for line in page.iter_rows() if line[0].value == column), 3)
    at = next(head.column for head in page[1] if head.value == column)
    return page.cell(4 + row, at)


def refused(content: bytes) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        read_workbook(content)
    for language in LANGUAGES:
        assert "{" not in explain(caught.value, Wording(language))
    return caught.value


# Nothing is lost -----------------------------------------------------------------------------------------------------


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases.cases(triples=True), st.sampled_from(sorted(LANGUAGES)))
def test_what_is_written_is_read_back_as_it_was(document: dict[str, Any], language: str) -> None:
    case = case_from(document)
    origins = {
        origin_key(key): Origin(kind="believed", by="Ann", confirm=len(key) == 2)
        for number, key in enumerate(numbers_of(case))
        if number % 2
    }
    assert read_workbook(write_workbook(case, origins, Wording(language))) == (case, origins)


FLOATS = st.floats(0, 1e15, allow_nan=False)
NUMBERS = st.tuples(FLOATS, FLOATS, FLOATS).map(sorted)
TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(NUMBERS, st.lists(TEXTS, min_size=3, max_size=3), st.floats(0, 1), st.floats(-1e15, 1e15, allow_nan=False))
def test_every_digit_and_every_character_come_back(
    numbers: list[float], texts: list[str], share: float, money: float
) -> None:
    document = cases.constants_with_migration()
    document["name"] = texts[0]
    document["segments"][0] |= {"customers": numbers, "gross_margin": share, "onboarding_cost": money, "name": texts[1]}
    document["migration"] = [[share, 1 - share], [0.1 + 0.2, 0.7]]
    case = case_from(document)
    origins = {"discount_rate": Origin(kind="measured", source=texts[2])}
    assert read_workbook(write_workbook(case, origins, ENGLISH)) == (case, origins)


def test_a_case_with_everything_comes_back_through_another_program(content: bytes) -> None:
    assert read_workbook(content) == (full_case(), {})
    assert read_workbook(saved(opened(content))) == (full_case(), {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_with_its_origins_comes_back_in_each_language(language: str) -> None:
    sample = SAMPLES[0].code
    case, origins = load_sample(sample, language), sample_origins(sample, language)
    assert origins
    assert read_workbook(write_workbook(case, origins, Wording(language))) == (case, origins)


STRANGE = (
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "'", "{=1}", " outer ", "_x0041_", "x005F_", "\x01",
    "a\r\nb", "a\nb", "\t", "\uffff", 'json:"x"', "42", "TRUE", "#N/A", "😀 é ß", "x" * 200, "_" * 200, "\x02" * 200,
)  # fmt: skip


def test_texts_are_never_formulas_and_come_back_as_typed() -> None:
    document = cases.constants()
    segment = document["segments"][0]
    document["segments"] = [{**segment, "id": f"s{n}", "name": text} for n, text in enumerate(STRANGE)]
    written = write_workbook(case_from(document), {}, ENGLISH)
    assert read_workbook(written)[0] == case_from(document)
    page = sheet_of(openpyxl.load_workbook(BytesIO(written), read_only=True), "segments")
    names = [line[2] for line in page.iter_rows(min_row=5, max_row=4 + len(STRANGE))]
    assert {name.data_type for name in names} == {"s"}
    assert names[0].value == "=1+1"


def test_a_number_that_needs_seventeen_digits_is_written_with_all_of_them(content: bytes) -> None:
    """0.1 + 0.2 is 0.30000000000000004; sixteen digits would give 0.3."""
    document = cases.constants() | {"discount_rate": 0.1 + 0.2}
    written = write_workbook(case_from(document), {}, ENGLISH)
    assert cell(opened(written), "firm", "discount_rate").value == 0.1 + 0.2
    assert read_workbook(written)[0].discount_rate == 0.1 + 0.2


# What people see and do ----------------------------------------------------------------------------------------------


def test_the_workbook_speaks_the_readers_language_and_is_read_in_any() -> None:
    dutch = opened(write_workbook(full_case(), {}, Wording("nl")))
    assert {"Bedrijf", "Segmenten", "Hefbomen"} <= set(dutch.sheetnames)
    assert cell(dutch, "firm", "period").value == "jaar"
    cell(dutch, "firm", "period").value = " Quarter "
    cell(dutch, "levers", "lever").value = "ACQUIRE"
    assert read_workbook(saved(dutch))[0] == full_case().model_copy(update={"period": "quarter"})


@pytest.mark.parametrize("kind", CHOICES)
def test_no_two_choices_read_the_same_in_any_language(kind: str) -> None:
    said = [
        {code, *(Wording(language).text(n).casefold() for language in LANGUAGES)} for code, n in CHOICES[kind].items()
    ]
    assert sum(map(len, said)) == len(set().union(*said))


def test_codes_are_hidden_titles_stay_in_sight_and_input_cells_are_marked_and_checked(content: bytes) -> None:
    book = opened(content)
    for sheet in SHEETS:
        page = sheet_of(book, sheet.code)
        assert page.row_dimensions[1].hidden
        assert page.column_dimensions["A"].hidden
        assert page.freeze_panes
        assert page.data_validations.dataValidation
    customers, name = cell(book, "segments", "customers"), cell(book, "levers", "#segment")
    assert customers.fill.fgColor.rgb == "FFFFF8E1"
    assert name.fill.fgColor.rgb != "FFFFF8E1"
    choices = [
        rule.formula1 for rule in sheet_of(book, "levers").data_validations.dataValidation if rule.type == "list"
    ]
    assert '"Acquire,Develop,Retain,Reduce cost"' in choices
    colours = {
        look.dxf.fill.bgColor.rgb for looks in sheet_of(book, "levers").conditional_formatting for look in looks.rules
    }
    assert colours == {"FF0072B2", "FF009E73", "FFE69F00", "FFCC79A7"}  # look.md


def test_a_segment_and_its_levers_can_be_added_by_name_and_notes_kept_on_a_sheet_of_ones_own(content: bytes) -> None:
    book = opened(write_workbook(case_from(cases.constants()), {}, ENGLISH))
    for code, value in (("name", "Old friends"), ("customers", 10), ("prospects", 0), ("gross_margin", 0.5)):
        cell(book, "segments", code, 3).value = value
    for row, (lever, value) in enumerate(zip(LEVER_CODES, (0, 100, 0.8, 5), strict=True), 6):
        for code, typed in (("segment", "Old friends"), ("lever", lever), ("constant", value)):
            cell(book, "levers", code, row).value = typed
    book.create_sheet("My notes")["C7"] = "call Ann"
    wanted = cases.constants()
    new = {**wanted["segments"][0], "id": "old-friends", "name": "Old friends", "customers": 10}
    wanted["segments"].append(new)
    assert read_workbook(saved(book))[0] == case_from(wanted)


def test_the_family_of_a_curve_may_be_said_and_an_older_workbook_has_no_column_for_it(content: bytes) -> None:
    book = opened(write_workbook(case_from(cases.telecom()), {}, ENGLISH))
    rows = {cell(book, "levers", "lever", row).value: row for row in range(1, 5)}
    family = cell(book, "levers", "family", rows["Retain"])
    assert family.value is None
    family.value = "adbudg"
    assert read_workbook(saved(book))[0] == case_from(cases.telecom())
    family.value = "exponential"
    error = refused(saved(book))
    assert (error.code, error.fields["place"].partition("!")[0]) == ("family_answers", "Levers")
    sheet_of(book, "levers").delete_cols(family.column)
    assert read_workbook(saved(book))[0] == case_from(cases.telecom())


def test_pools_and_rivals_come_back_and_an_older_workbook_has_no_columns_for_them() -> None:
    document = cases.telecom()
    document["segments"][0]["prospect_pool"] = {"refill": [2000, 2500.5, 4000], "return_share": 0.125}
    document["segments"][0]["levers"]["acquire"]["rival_response"] = [0.1, 0.25, 0.5]
    book = opened(write_workbook(case_from(document), {}, ENGLISH))
    assert read_workbook(saved(book))[0] == case_from(document)
    assert cell(book, "segments", "refill.high", 1).value == 4000
    assert cell(book, "segments", "rival_response", 1).value == 0.25
    plain = opened(write_workbook(case_from(cases.telecom()), {}, ENGLISH))
    first = cell(plain, "segments", "refill.low", 1).column
    sheet_of(plain, "segments").delete_cols(first, 9)
    assert read_workbook(saved(plain))[0] == case_from(cases.telecom())


def test_columns_may_change_places_and_rows_be_left_open(content: bytes) -> None:
    book = opened(content)
    sheet_of(book, "segments").insert_cols(4)
    sheet_of(book, "segments").insert_rows(6)
    sheet_of(book, "events").insert_rows(6, 100)
    assert read_workbook(saved(book))[0] == full_case()


def test_the_empty_workbook_holds_round_figures_each_to_be_confirmed() -> None:
    case, origins = read_workbook(blank_workbook("CHF", ENGLISH))
    assert (case.currency, len(case.segments)) == ("CHF", 1)
    assert set(origins) == set(map(origin_key, numbers_of(case)))
    assert all(origin.kind == "default" and origin.confirm for origin in origins.values())


def test_a_formula_that_was_computed_counts_as_its_result() -> None:
    written = BytesIO(write_workbook(case_from(cases.constants()), {}, ENGLISH))
    changed = with_xml(written.getvalue(), "<v>1000</v>", "<f>500*2</f><v>1234.5</v>")
    assert read_workbook(changed)[0].segments[0].customers.likely == 1234.5


# Bad input -----------------------------------------------------------------------------------------------------------


def with_xml(content: bytes, old: str, new: str) -> bytes:
    """The workbook with something else in the XML of its sheet of segments."""
    return with_part(content, "xl/worksheets/sheet3.xml", lambda part: part.replace(old.encode(), new.encode(), 1))


def text_cell(text: str) -> str:
    return f'<c r="{{}}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(number: object) -> str:
    return f'<c r="{{}}"><v>{number}</v></c>'


EMPTY, DATE = '<c r="{}"/>', '<c r="{}" t="d"><v>2026-01-31T00:00:00</v></c>'
FORMULA, ERROR, YES = '<c r="{}"><f>1+1</f></c>', '<c r="{}" t="e"><v>#DIV/0!</v></c>', '<c r="{}" t="b"><v>1</v></c>'


@dataclass(frozen=True)
class Sheets:
    """Where the sheets of a workbook lie in its file, and their cells by the codes of sheet and column."""

    content: bytes
    parts: dict[str, str]
    titles: dict[str, str]
    cells: dict[tuple[str, str], str]

    def cell(self, sheet: str, column: str, row: int = 1) -> str:
        found = self.cells[sheet, column]
        return found if sheet == "firm" else f"{found}{4 + row}"

    def typed(self, sheet: str, cell: str, xml: str) -> bytes:
        """The workbook with another cell, as XML with {} for its place."""
        return with_part(
            self.content,
            self.parts[sheet],
            lambda part: re.sub(f'<c r="{cell}"[^>]*?(/>|>.*?</c>)'.encode(), xml.format(cell).encode(), part, count=1),
        )


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            xml = source.read(part)
            if part == name:
                assert change(xml) != xml
                xml = change(xml)
            target.writestr(part, xml)
    return changed.getvalue()


@pytest.fixture(scope="module")
def sheets(content: bytes) -> Sheets:
    book, parts, titles, cells = opened(content), {}, {}, {}
    for number, page in enumerate(book.worksheets[1:], 2):  # the first says how
        code = page["A1"].value.removeprefix("planner:")
        parts[code], titles[code] = f"xl/worksheets/sheet{number}.xml", page.title
        if code == "firm":
            cells |= {(code, line[0].value): line[2].coordinate for line in page.iter_rows() if line[0].value}
        else:
            cells |= {(code, head.value): head.column_letter for head in page[1]}
    return Sheets(content, parts, titles, cells)


WRONG: dict[str, tuple[tuple[str, str, int], str, str]] = {
    "text for a number": (("segments", "customers", 1), text_cell("many"), "cell_number"),
    "a number as text": (("segments", "customers", 1), text_cell("0,85"), "cell_number"),
    "a date for a number": (("segments", "prospects", 2), DATE, "cell_number"),
    "yes for a number": (("levers", "spend", 1), YES, "cell_number"),
    "a margin above 1": (("segments", "gross_margin", 1), number_cell(55), "out_of_range"),
    "a number too large": (("opinions", "floor", 1), number_cell("1e300"), "not_finite"),
    "a number without end": (("segments", "customers", 1), number_cell("1e999"), "not_finite"),
    "a formula that nobody computed": (("segments", "customers", 2), FORMULA, "formula_not_computed"),
    "an error": (("levers", "spend", 1), ERROR, "cell_error"),
    "an error for a name": (("segments", "name", 1), ERROR, "cell_error"),
    "a date for a name": (("segments", "name", 1), DATE, "cell_text"),
    "no name": (("segments", "name", 2), EMPTY, "cell_empty"),
    "spaces for a name": (("segments", "name", 2), text_cell("  "), "cell_empty"),
    "no customers": (("segments", "customers", 2), EMPTY, "cell_empty"),
    "no floor": (("levers", "floor", 1), EMPTY, "cell_empty"),
    "a spend without an answer": (("levers", "answer_1", 1), EMPTY, "cell_empty"),
    "an answer without a spend": (("levers", "spend_2", 1), EMPTY, "cell_empty"),
    "a lever nobody knows": (("levers", "lever", 1), text_cell("Advertise"), "choice"),
    "a segment nobody knows": (("levers", "segment", 1), text_cell("martians"), "unknown_segment"),
    "a lever twice": (("levers", "lever", 2), text_cell("Acquire"), "row_twice"),
    "an event for nobody known": (("events", "segments", 1), text_cell("families, martians"), "unknown_segment"),
    "half a period": (("events", "from", 1), number_cell(1.5), "not_whole"),
    "a name too long": (("opinions", "by", 1), text_cell("x" * 201), "text_too_long"),
    "an origin without a kind": (("origins", "source", 1), text_cell("the books"), "cell_empty"),
    "a code twice": (("segments", "id", 2), text_cell("families"), "row_twice"),
    "a currency in words": (("firm", "currency", 1), text_cell("euro"), "text_too_long"),
    "a currency in small letters": (("firm", "currency", 1), text_cell("eur"), "text_pattern"),
    "a horizon of 0": (("firm", "horizon", 1), number_cell(0), "at_least"),
    "another schema": (("firm", "schema", 1), number_cell(0), "schema"),
    "a newer schema": (("firm", "schema", 1), number_cell(SCHEMA + 1), "newer_schema"),
    "rivals who undo more than all": (("segments", "rival_response", 1), number_cell(1.5), "out_of_range"),
    "who returns to no pool": (("segments", "return_share", 1), number_cell(0.5), "cell_empty"),
}
ELSEWHERE = {"no floor": "floor", "who returns to no pool": "refill", "an origin without a kind": "kind"}
"""Where the cell that is named is not the one that was changed: the column of the one that is."""


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_named_by_its_cell(what: str, sheets: Sheets) -> None:
    (sheet, column, row), typed, code = WRONG[what]
    error = refused(sheets.typed(sheet, sheets.cell(sheet, column, row), typed))
    named = sheets.cell(sheet, ELSEWHERE.get(what, column), row)
    assert (error.code, error.fields["place"]) == (code, f"{sheets.titles[sheet]}!{named}")


def test_a_range_or_a_curve_in_disorder_is_named_by_its_row(sheets: Sheets) -> None:
    """What several cells say together is told at the one in the middle, or at the first of the row."""
    error = refused(sheets.typed("segments", sheets.cell("segments", "gross_margin.low"), number_cell(0.9)))
    margin = sheets.cell("segments", "gross_margin")
    assert (error.code, error.fields["place"]) == ("triple_order", f"Segments!{margin}")
    error = refused(sheets.typed("levers", sheets.cell("levers", "answer_1"), number_cell(0.99)))
    assert (error.code, error.fields["place"]) == ("answers_order", f"Levers!{sheets.cell('levers', 'segment')}")


def test_a_lever_that_lacks_its_row_is_told_with_its_segment(content: bytes) -> None:
    book = opened(content)
    sheet_of(book, "levers").delete_rows(5)
    error = refused(saved(book))
    assert (error.code, error.fields["value"], error.fields["within"]) == ("lever_missing", "acquire", "Families")


def test_notes_outside_the_columns_are_refused_rather_than_lost(content: bytes) -> None:
    book = opened(content)
    page = sheet_of(book, "segments")
    outside = page.cell(5, page.max_column + 2, "ask Ann")
    assert refused(saved(book)).fields == {"place": f"Segments!{outside.coordinate}", "value": "ask Ann"}


def test_merged_cells_are_refused(content: bytes) -> None:
    book = opened(content)
    sheet_of(book, "segments").merge_cells("D5:E5")
    error = refused(saved(book))
    assert (error.code, error.fields) == ("merged_cells", {"place": "Segments", "value": "D5:E5"})


@pytest.mark.parametrize("sheet", [sheet.code for sheet in SHEETS])
def test_a_missing_sheet_is_named_in_each_language(sheet: str, sheets: Sheets) -> None:
    error = refused(sheets.typed(sheet, "A1", EMPTY))
    assert error.code == "sheet_missing"
    assert sheets.titles[sheet] in error.fields["value"]


def test_a_missing_column_or_row_is_named(content: bytes) -> None:
    book = opened(content)
    sheet_of(book, "segments").delete_cols(cell(book, "segments", "gross_margin.low").column)
    error = refused(saved(book))
    assert (error.code, error.fields["place"], error.fields["within"]) == (
        "column_missing",
        "Segments",
        "gross_margin.low",
    )
    book = opened(content)
    sheet_of(book, "firm").delete_rows(cell(book, "firm", "discount_timing").row)
    assert refused(saved(book)).code == "row_missing"


def test_a_sheet_or_a_column_that_stands_twice_is_refused(content: bytes) -> None:
    book = opened(content)
    book.copy_worksheet(sheet_of(book, "levers"))
    assert refused(saved(book)).code == "sheet_twice"
    book = opened(content)
    page = sheet_of(book, "segments")
    page.cell(1, page.max_column + 1, "customers")
    assert refused(saved(book)).code == "duplicate_columns"


def with_events(sheets: Sheets, count: int) -> bytes:
    """The workbook with so many events more."""
    values = {"name": text_cell("Strike"), "from": number_cell(1), "metric": text_cell("revenue")}
    cells = "".join(xml.format(f"{sheets.cells['events', code]}%(row)d") for code, xml in values.items())
    rows = "".join(f'<row r="%(row)d">{cells}</row>' % {"row": row} for row in range(100, 100 + count))
    return with_part(
        sheets.content, sheets.parts["events"], lambda xml: xml.replace(b"</sheetData>", f"{rows}</sheetData>".encode())
    )


def test_a_hundred_thousand_rows_are_refused(sheets: Sheets) -> None:
    error = refused(with_events(sheets, 100_000))
    assert (error.code, error.fields["place"], error.fields["limit"]) == ("too_many_rows", "Events", 100)


def bomb() -> bytes:
    """Says that it unpacks to more than a case can need; a few hundred kilobytes of zeros."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(UNPACKED_AT_MOST // 1_000_000 + 1):
                part.write(bytes(1_000_000))
    return packed.getvalue()


def a_zip_of_something_else() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    return packed.getvalue()


def packed_anew(content: bytes, packing: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w", packing) as again:
        for name in archive.namelist():
            again.writestr(name, archive.read(name))
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """Says of every part that it is encrypted: the lowest bit of its flags, in both of its headers."""
    raw = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), content):
            raw[found.start() + flags] |= 1
    return bytes(raw)


def with_broken_lzma(content: bytes) -> bytes:
    """Packed by LZMA, with the properties of every stream changed: nine bytes after its part's name."""
    raw = bytearray(packed_anew(content, zipfile.ZIP_LZMA))
    for found in re.finditer(rb"PK\x03\x04", bytes(raw)):
        at = found.start()
        name, extra = (int.from_bytes(raw[at + n : at + n + 2], "little") for n in (26, 28))
        raw[at + 30 + name + extra + 4] = 255
    return bytes(raw)


FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a bomb": (lambda content: bomb(), "excel_too_large"),
    "cut short": (lambda content: content[: len(content) // 2], "excel_broken"),
    "only its first bytes": (lambda content: b"PK\x03\x04", "excel_broken"),
    "something else that is packed": (lambda content: a_zip_of_something_else(), "not_our_workbook"),
    "an empty workbook of someone else": (lambda content: saved(openpyxl.Workbook()), "sheet_missing"),
    "too large": (lambda content: content + bytes(MAX_BYTES), "too_large"),
    "encrypted": (encrypted, "encrypted"),
    "broken LZMA": (with_broken_lzma, "excel_broken"),
    "an unknown encoding": (lambda content: with_xml(content, 'encoding="UTF-8"', 'encoding="ebcdic"'), "excel_broken"),
    "broken XML": (lambda content: with_xml(content, "</sheetData>", "<oops>"), "excel_broken"),
    "not a number": (lambda content: with_xml(content, "<v>40000</v>", "<v>NaN</v>"), "excel_broken"),
    "bytes changed": (lambda content: content[:9000] + bytes(200) + content[9200:], "excel_broken"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_case_says_why(what: str, content: bytes) -> None:
    change, code = FILES[what]
    changed = change(content)
    assert is_workbook(changed)
    assert refused(changed).code == code


def test_the_command_line_does_not_load_what_only_the_workbook_needs() -> None:
    code = "import sys, strategy.__main__; print({'openpyxl', 'xlsxwriter'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


# On the page ---------------------------------------------------------------------------------------------------------


def test_the_start_page_opens_a_workbook_with_its_origins_and_says_what_is_wrong_with_another(
    sheets: Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.frame.jobs.AT_ONCE", LONG)  # read outside the script: waited for
    case, origins = load_sample("classroom"), sample_origins("classroom", "en")
    at = opened_page("start.py", way="Your own file")
    before = plan(at)
    at.file_uploader[0].upload("case.xlsx", sheets.typed("levers", "F5", ERROR), XLSX).run()
    assert not at.exception
    assert plan(at) == before
    assert "DIV/0" in at.error[0].value
    assert "Levers" in at.error[0].value
    at.file_uploader[0].upload("case.xlsx", write_workbook(case, origins, ENGLISH), XLSX).run()
    healthy(at)
    assert not at.error
    assert plan(at) == start(case, origins)
