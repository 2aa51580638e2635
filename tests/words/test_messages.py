"""Every code of the science has a sentence, and every sentence gets what it names."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from strategy.allocation.best_split import best_split
from strategy.allocation.budget_curve import budget_curve, scaled_curve
from strategy.allocation.limits import Limits
from strategy.allocation.split_file import initiatives_from, limits_from, spend_from
from strategy.case.case_file import _PYDANTIC_CODES, case_from, read_case, read_json
from strategy.case.levers import LEVER_CODES, LEVERS, METRICS
from strategy.case.ten_numbers import EXAMPLES, case_from_answers
from strategy.equity.parameters import BASE_FIELDS, set_aside
from strategy.equity.readouts import PLAYERS
from strategy.equity.uncertainty import assumptions
from strategy.errors import PlannerError
from strategy.plan.moves import choose, set_lever_limits
from strategy.plan.plan import start
from strategy.plan.plan_file import read_plan
from strategy.words.messages import (
    ERRORS,
    FIELD_NAMES,
    LEVER_GOALS,
    LEVER_NAMES,
    METHODS,
    METRIC_NAMES,
    NOT_PROVEN,
    PART_NAMES,
    REFINED,
    explain,
    how_found,
)
from strategy.words.wording import JOINER, LANGUAGES, Wording, markdown_text
from tests import cases

Document = dict[str, Any]

SOURCES = sorted((Path(__file__).parents[2] / "strategy").rglob("*.py"))
ALWAYS = {"place", "rule"}
"""What `explain` fills in itself where an error does not bring it."""
RAISERS: dict[str, tuple[int, set[str]]] = {
    "PlannerError": (0, ALWAYS),
    "broken": (0, ALWAYS | {"value"}),
    "foreign": (0, ALWAYS | {"value"}),
    "refusal": (1, ALWAYS | {"value"}),
}
"""Where each takes the code, and what it adds to the fields: reading a case adds where, Pydantic's words and what stood
there to a broken rule; what a parser or an engine raised becomes an error with its place and its words."""


def raised() -> Iterator[tuple[str, str, str, set[str]]]:
    """Every error raised with its code written out: (where, raiser, code, names of its fields)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS):
                continue
            at, _ = RAISERS[node.func.id]
            if len(node.args) > at and isinstance(code := node.args[at], ast.Constant):
                fields = {keyword.arg for keyword in node.keywords if keyword.arg}
                yield f"{path.name}:{node.lineno}", node.func.id, code.value, fields


RAISED = list(raised())


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_the_sources_raise_errors() -> None:
    assert len(RAISED) > 50
    assert {raiser for _, raiser, _, _ in RAISED} == set(RAISERS)


@pytest.mark.parametrize("code", sorted({code for _, _, code, _ in RAISED} | set(_PYDANTIC_CODES.values())))
def test_every_code_has_a_sentence(code: str) -> None:
    assert code in ERRORS


@pytest.mark.parametrize(
    ("raiser", "code", "fields"), [entry[1:] for entry in RAISED], ids=[f"{w} {c}" for w, _, c, _ in RAISED]
)
def test_every_error_brings_what_its_sentence_names(raiser: str, code: str, fields: set[str]) -> None:
    _, added = RAISERS[raiser]
    assert placeholders(ERRORS[code]) <= fields | added


def test_no_sentence_waits_for_an_error_that_nobody_raises() -> None:
    assert set(ERRORS) <= {code for _, _, code, _ in RAISED} | set(_PYDANTIC_CODES.values()) | {"invalid"}


def test_sentences_hold_no_format_of_their_own() -> None:
    for sentence in ERRORS.values():
        assert all(not spec and not conversion for _, _, spec, conversion in Formatter().parse(sentence))


# What a sentence quotes ----------------------------------------------------------------------------------------------

MARKUP = "[x](http://e.example) $x^2$ <b>x</b> :red[x] :material/x: `x` **x** ~~x~~ # x | x www.e.example a@b.example"
SPECIAL = r"[\\`*_{}\[\]()<>#+.!|~$:&=@^-]"
"""Every sign that Streamlit's Markdown gives a meaning."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ERRORS)
def test_whatever_a_sentence_quotes_is_shown_as_text(code: str, language: str) -> None:
    """Each field in turn, and all at once: every sign is escaped, and reading the escapes loses nothing."""
    say = Wording(language)
    names = sorted(placeholders(ERRORS[code]) | ALWAYS)
    for filled in [*([name] for name in names), names]:
        sentence = explain(PlannerError(code, **{name: MARKUP if name in filled else "x" for name in names}), say)
        shown = markdown_text(sentence)
        assert not re.search(SPECIAL, re.sub(rf"\\{SPECIAL}", "", shown)), shown
        assert re.sub(rf"\\({SPECIAL})", r"\1", shown).replace(JOINER, "") == sentence.replace(JOINER, "")


# The real errors: a case file -----------------------------------------------------------------------------------------


def telecom(**fields: Any) -> Document:
    return cases.telecom() | fields


def with_segment(**fields: Any) -> Document:
    document = cases.telecom()
    document["segments"][0] |= fields
    return document


def with_lever(code: str, **fields: Any) -> Document:
    """The example with other fields of one lever."""
    document = cases.telecom()
    document["segments"][0]["levers"][code] |= fields
    return document


def without_anybody() -> Document:
    """No customers, nobody acquired, and yet a curve per customer."""
    document = cases.start_up()
    document["segments"][0]["levers"]["acquire"] = {"constant": 0}
    return document


def without_end() -> Document:
    """Everybody stays for ever and nothing is discounted."""
    document = cases.no_discount()
    document["segments"][0]["levers"]["retain"] = {"constant": 1}
    return document


EVENT = {"id": "e", "name": "Event", "from": 2, "to": 3, "segments": None, "metric": "revenue", "multiply": 1, "add": 0}
PROJECT = EVENT | {"lever": "retain"}
CASES: list[tuple[str, Document | str]] = [
    ("json_syntax", "{"),
    ("json_syntax", "[" * 100_000),
    ("repeated_key", '{"a": 1, "a": 2}'),
    ("not_a_case", "[]"),
    ("not_finite", '{"schema": NaN}'),
    ("too_large", " " * 5_000_001),
    ("schema", telecom(schema=0)),
    ("newer_schema", telecom(schema=9)),
    ("rivals_elsewhere", with_lever("retain", rival_response=0.5)),
    ("missing", {name: value for name, value in telecom().items() if name != "segments"}),
    ("unknown_field", telecom(colour="red")),
    ("not_a_number", telecom(discount_rate="0.1")),
    ("not_a_number", with_segment(customers="many")),
    ("not_whole", telecom(horizon=2.5)),
    ("not_finite", json.dumps(telecom(discount_rate=12345.5)).replace("12345.5", "1e999")),
    ("not_finite", json.dumps(with_segment(customers=12345.5)).replace("12345.5", "1e999")),
    ("not_finite", json.dumps(telecom(events=[EVENT | {"add": 12345.5}])).replace("12345.5", "1e999")),
    ("not_text", telecom(name=5)),
    ("text_length", telecom(name="")),
    ("text_length", telecom(name="x" * 201)),
    ("text_pattern", telecom(currency="euro")),
    ("how_many", telecom(segments=[])),
    ("choice", telecom(period="week")),
    ("at_least", telecom(horizon=0)),
    ("at_most", telecom(horizon=500)),
    ("not_an_object", telecom(segments=[5])),
    ("not_a_list", telecom(segments=5)),
    ("out_of_range", with_segment(gross_margin=1.5)),
    ("out_of_range", telecom(budget=-1)),
    ("triple_length", with_segment(customers=[1, 2])),
    ("triple_order", with_segment(customers=[3, 2, 1])),
    ("constant_alone", with_lever("develop", constant=5)),
    ("floor_ceiling", with_lever("develop", floor=500)),
    ("out_of_range", with_lever("develop", points=[[0, 420]])),
    ("spends_order", with_lever("develop", points=[[5, 420], [5, 430]])),
    ("answers_order", with_lever("develop", points=[[5, 430], [6, 420]])),
    ("answer_outside", with_lever("develop", points=[[5, 480]])),
    ("ranges_overlap", with_lever("develop", points=[[5, [399, 420, 430]]])),
    ("exponent", with_lever("develop", points=[[100, 420], [101, 479]])),
    ("own_metric", with_lever("develop", side_effects=[{"metric": "revenue", "at_ceiling": 5}])),
    ("no_prospects", with_segment(prospects=0)),
    ("no_customers", without_anybody()),
    ("ends_before_start", telecom(events=[EVENT | {"to": 1}])),
    ("starts_after_horizon", telecom(initiatives=[PROJECT | {"from": 6, "to": 7}])),
    ("duplicate_id", telecom(events=[EVENT, EVENT])),
    ("unknown_segment", telecom(events=[EVENT | {"segments": ["nobody"]}])),
    ("migration_shape", telecom(migration=[[1, 0]])),
    ("migration_shape", telecom(migration=[])),
    ("migration_row", telecom(migration=[[0.5]])),
    ("endless_value", without_end()),
]


def told(error: PlannerError) -> str:
    """The error in every language, on one line with everything filled in; returns the English."""
    for language in LANGUAGES:
        sentence = explain(error, Wording(language))
        assert sentence == " ".join(sentence.split())
        assert sentence[0] == sentence[0].upper()
        assert len(sentence) < 500
        assert not any(inside in sentence for inside in ("{", "Traceback", "pydantic", "input_value", "Value error"))
    return explain(error, Wording("en"))


@pytest.mark.parametrize(("code", "given"), CASES, ids=[code for code, _ in CASES])
def test_a_case_that_breaks_a_rule_is_told_in_a_sentence(code: str, given: Document | str) -> None:
    with pytest.raises(PlannerError) as refused:
        read_case(given if isinstance(given, str) else json.dumps(given))
    assert refused.value.code == code
    told(refused.value)


def test_a_sentence_names_the_place_the_value_and_the_remedy() -> None:
    with pytest.raises(PlannerError) as refused:
        case_from(with_segment(gross_margin=1.5))
    assert told(refused.value) == 'Segment "Families", gross_margin is 1.5; give a number from 0 to 1.'


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(PlannerError) as refused:
        read_json(b"\xff")
    assert (refused.value.code, "byte 0" in told(refused.value)) == ("not_utf8", True)


# The real errors: plans, limits, searches, answers -------------------------------------------------------------------

TELECOM = case_from(cases.telecom())
ONE_PERIOD = case_from(cases.one_period())
PROJECTS = case_from(cases.events_and_initiatives())
ANSWERS = dict(EXAMPLES)
REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("unknown_segment", lambda: spend_from(TELECOM, {"nobody": {}})),
    ("unknown_lever", lambda: spend_from(TELECOM, {"families": {"advertise": 5}})),
    ("not_a_number", lambda: spend_from(TELECOM, {"families": {"retain": "5"}})),
    ("out_of_range", lambda: spend_from(TELECOM, {"families": {"retain": -5}})),
    ("spend_on_constant", lambda: spend_from(ONE_PERIOD, {"all": {"retain": 5}})),
    ("not_an_object", lambda: spend_from(TELECOM, [])),
    ("unknown_initiative", lambda: initiatives_from(PROJECTS, ["nobody"])),
    ("no_initiatives", lambda: choose(start(TELECOM), "nobody", True)),
    ("unknown_field", lambda: limits_from(TELECOM, {"minimum": {}})),
    ("limit_order", lambda: limits_from(TELECOM, {"levers": {"retain": [5, 1]}})),
    ("limit_order", lambda: limits_from(TELECOM, {"levers": {"retain": 5}})),
    ("limit_order", lambda: set_lever_limits(start(TELECOM), "retain", 5, 1)),
    ("limit_order", lambda: best_split(TELECOM, 1e6, Limits(levers={"retain": (5, 1)}))),
    ("limits_above_budget", lambda: best_split(TELECOM, 1e6, Limits(locked={"families": {"retain": 2e6}}))),
    (
        "limits_below_budget",
        lambda: best_split(TELECOM, 1e6, Limits(cells={"families": dict.fromkeys(LEVER_CODES, (0.0, 5.0))})),
    ),
    (
        "limits_cannot_be_met",
        lambda: best_split(TELECOM, 1e6, Limits(levers=dict.fromkeys(LEVER_CODES, (0.0, 5.0)))),
    ),
    (
        "lock_outside",
        lambda: best_split(TELECOM, 1e6, Limits({"families": {"retain": (1, 2)}}, {}, {"families": {"retain": 3}})),
    ),
    ("at_least", lambda: best_split(TELECOM, -1.0)),
    ("initiatives_above_budget", lambda: best_split(PROJECTS, 5.0, initiatives=["club"])),
    ("initiatives_above_cash", lambda: best_split(PROJECTS, 5.0, initiatives=["club"], cash=True)),
    ("initiatives_above_budget", lambda: budget_curve(PROJECTS, 5.0, 1e6, 3, ["club"])),
    ("range_order", lambda: budget_curve(TELECOM, 5.0, 1.0, 3)),
    ("must_be_above_0", lambda: scaled_curve(TELECOM, {}, 0.0, 1.0, 3)),
    ("out_of_range", lambda: budget_curve(TELECOM, 0.0, 1.0, 1)),
    ("out_of_range", lambda: case_from_answers("Firm", "Everybody", "EUR", ANSWERS | {"stay": 120.0})),
    ("must_be_above_0", lambda: case_from_answers("Firm", "Everybody", "EUR", ANSWERS | {"revenue": 0.0})),
    ("unknown_plan_field", lambda: read_plan(_plan_file(locked=[["families", "advertise"]]))),
    ("at_most", lambda: read_plan(_plan_file(aversion=2))),
    ("invalid", lambda: read_plan(_plan_file(fixed="yes"))),
    ("unknown_segment", lambda: TELECOM.segment("nobody")),
]


def _plan_file(**fields: Any) -> str:
    """A plan file with other fields in its scenario."""
    document = json.loads(start(TELECOM).to_json())
    document["scenarios"][0] |= fields
    return json.dumps(document)


@pytest.mark.parametrize(("code", "work"), REFUSED, ids=[code for code, _ in REFUSED])
def test_work_that_cannot_be_done_is_told_in_a_sentence(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(PlannerError) as refused:
        work()
    assert refused.value.code == code
    told(refused.value)


def test_an_amount_below_0_in_a_plan_file_is_told_without_the_words_of_the_machine() -> None:
    with pytest.raises(PlannerError) as refused:
        read_plan(_plan_file(budget=-1))
    told(refused.value)


@pytest.mark.parametrize(
    ("code", "points", "floor"),
    [
        ("opinion_points", [[500_000, 0.86]], 0.78),
        ("answer_outside", [[500_000, 0.95], [750_000, 0.96]], 0.78),
        ("answers_order", [[500_000, 0.88], [750_000, 0.87]], 0.78),
        ("floor_ceiling", [[500_000, 0.86], [750_000, 0.875]], 0.99),
        ("out_of_range", [[500_000, 0.86], [750_000, 0.875]], -1),
        ("exponent", [[500_000, 0.781], [500_001, 0.9]], 0.78),
    ],
)
def test_a_person_whose_answers_give_no_curve_is_named_in_a_sentence(code: str, points: Any, floor: float) -> None:
    opinion = {"by": "Ann", "floor": floor, "ceiling": 0.93, "points": points}
    ((_, lever, problem),) = set_aside(case_from(with_lever("retain", opinions=[opinion])))
    assert (lever, problem.code) == ("retain", code)
    assert told(problem).startswith("Ann")


def test_an_unknown_code_still_makes_a_sentence() -> None:
    assert told(PlannerError("from_the_future", place="here", value=5)) == "Here is 5: from_the_future."


@pytest.mark.parametrize(
    "value", ["{place}", "a\nb", "x" * 10_000, 10**4_000, None, True, [[1.5, None]], {"a": {"b": 1}}, 1e300, "\ud800"]
)
def test_whatever_was_given_the_sentence_stays_short_and_on_one_line(value: Any) -> None:
    for language in LANGUAGES:
        sentence = explain(PlannerError("not_a_number", place="here", value=value), Wording(language))
        assert len(sentence) < 300
        assert "\n" not in sentence
        assert sentence.encode()  # halves of characters cannot be written anywhere


# Names ---------------------------------------------------------------------------------------------------------------


def test_every_lever_metric_player_field_and_method_has_a_name() -> None:
    assert set(LEVER_NAMES) == set(PLAYERS)
    assert set(LEVER_GOALS) == set(LEVER_CODES) == {lever.code for lever in LEVERS.values()}
    assert set(METRIC_NAMES) == set(METRICS)
    assert set(FIELD_NAMES) == set(BASE_FIELDS)
    assert {"grid", "grid_then_draws", "search", "search_draws"} <= set(METHODS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_split_was_found_says_over_how_many_draws(language: str) -> None:
    for method, sentence in METHODS.items():
        said = how_found(method, (50, 2000, 3000), 0, Wording(language))
        if "{draws}" in sentence:
            assert re.findall(r"\d[\d.,]*\d", said) == [Wording(language).number(n) for n in (50, 2000, 3000)]
        assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_split_was_found_says_whether_it_was_refined_and_never_that_it_is_proven(language: str) -> None:
    say = Wording(language)
    for method in METHODS:
        first, refined = (how_found(method, (1, 1, 1), finalists, say) for finalists in (0, 17))
        assert say.text(REFINED, finalists="17") in refined
        assert refined.replace(say.text(REFINED, finalists="17") + " ", "") == first
        assert first.endswith(say.text(NOT_PROVEN))


def test_every_part_of_an_assumption_has_a_name() -> None:
    document = with_lever(
        "retain", opinions=[{"by": "Ann", "floor": 0.78, "ceiling": 0.93, "points": [[5e5, 0.86], [75e4, 0.875]]}]
    )
    document["segments"][0]["levers"]["develop"] = {"constant": 400}
    parts = {key[2] for assumption in assumptions(case_from(document)) if len(key := assumption.key) == 3}
    assert parts <= set(PART_NAMES) | set(METRIC_NAMES)
    assert set(PART_NAMES) <= parts
