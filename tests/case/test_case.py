"""Case files: what is read is what was written; what is wrong is refused with its place, value and rule."""

import copy
import json
import time
from collections.abc import Callable, Iterator
from math import inf, log, nan
from string import Formatter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategy.allocation.split_file import initiatives_from, limits_from, spend_from
from strategy.case.beliefs import believe
from strategy.case.case import SCHEMA, Case, Constant, Curve, slug
from strategy.case.case_file import MAX_BYTES, case_from, planner_error, read_case, read_json
from strategy.case.editing import numbers_of, with_number, with_prospect_pool, with_rivals
from strategy.case.estimate import MAX_AMOUNT, NOTHING, Estimate
from strategy.case.levers import LEVER_CODES, LEVERS
from strategy.dimensions.operations import turned
from strategy.equity.parameters import set_aside
from strategy.equity.readouts import read_out
from strategy.errors import PlannerError
from strategy.plan.plan import start
from strategy.plan.register import register
from strategy.words.messages import ERRORS
from tests import cases

Document = dict[str, Any]
Place = tuple[str | int, ...]

SEGMENT: Place = ("segments", 0)
LEVERS_OF_SEGMENT: Place = (*SEGMENT, "levers")
ACQUIRE: Place = (*LEVERS_OF_SEGMENT, "acquire")
DEVELOP: Place = (*LEVERS_OF_SEGMENT, "develop")
RETAIN: Place = (*LEVERS_OF_SEGMENT, "retain")
REDUCE_COST: Place = (*LEVERS_OF_SEGMENT, "reduce_cost")


def rich() -> Document:
    """A case with every field: two segments that customers move between, events, initiatives, opinions."""
    document = cases.events_and_initiatives()
    document["segments"][1]["name"] = "Seniors"
    retain = document["segments"][0]["levers"]["retain"]
    retain |= {"carryover": 0.25, "side_effects": [{"metric": "referral_rate", "at_ceiling": [0, 0.01, 0.02]}]}
    retain["opinions"] = [
        {"by": "Ann", "floor": 0.78, "ceiling": 0.93, "points": [[500000, 0.86], [750000, 0.875]]},
        {"by": "Bob", "floor": 0.75, "ceiling": 0.95, "points": [[500000, 0.85], [750000, 0.88]]},
    ]
    document["segments"][1]["levers"]["develop"] = {"constant": [390, 400, 410]}
    return document


def put(document: Document, place: Place, value: Any) -> Document:
    """The document with a value at a place, in place; a list takes one more entry at its end."""
    holder: Any = document
    for key in place[:-1]:
        holder = holder[key]
    if isinstance(holder, list) and place[-1] == len(holder):
        holder.append(value)
    else:
        holder[place[-1]] = value
    return document


def without(document: Document, place: Place) -> Document:
    holder: Any = document
    for key in place[:-1]:
        holder = holder[key]
    del holder[place[-1]]
    return document


def refused(document: Any) -> PlannerError:
    """The error that a case file with this document gives."""
    return refused_text(json.dumps(document))


def refused_text(text: str | bytes) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        read_case(text)
    return caught.value


def plain(value: Any) -> Any:
    """Tuples as lists, as in JSON."""
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value


# What is read -------------------------------------------------------------------------------------------------------


def test_the_example_of_the_definition_is_read() -> None:
    case = case_from(cases.telecom())
    assert (case.name, case.currency, case.period, case.horizon) == ("Telecom", "EUR", "year", 5)
    assert case.segment_ids == ("families",)
    segment = case.segments[0]
    assert segment.customers == Estimate.of(40000)
    acquire, reduce_cost = segment.levers.acquire, segment.levers.reduce_cost
    assert isinstance(acquire, Curve)
    assert isinstance(reduce_cost, Curve)
    assert acquire.ceiling == Estimate.of(0.08, 0.10, 0.12)
    assert acquire.points == ((900000, Estimate.of(0.05)), (1350000, Estimate.of(0.062)))
    assert reduce_cost.side_effects[0].metric == "retention_rate"
    assert reduce_cost.side_effects[0].at_ceiling == Estimate.of(-0.01)
    assert case.today == {"families": {"acquire": 900000, "develop": 250000, "retain": 500000, "reduce_cost": 200000}}


def test_what_is_left_out_has_the_default_of_the_definition() -> None:
    # the table of fields in section 1 of the model
    document = cases.constants()
    for field in ("currency", "period", "horizon", "discount_timing", "migration", "events", "initiatives"):
        del document[field]
    document["segments"][0]["levers"]["retain"] = {"floor": 0.5, "ceiling": 0.9, "points": [[100, 0.8]]}
    case = case_from(document)
    assert (case.period, case.horizon, case.discount_timing) == ("year", 5, "start")
    assert (case.migration, case.events, case.initiatives) == (None, (), ())
    segment = case.segments[0]
    assert segment.onboarding_cost == segment.referral_rate == Estimate.of(0)
    retain = segment.levers.retain
    assert isinstance(retain, Curve)
    assert (retain.spend, retain.carryover, retain.side_effects, retain.opinions) == (0, 0, (), ())


def test_the_budget_is_todays_spend_unless_it_is_given() -> None:
    # 900,000 + 250,000 + 500,000 + 200,000 = 1,850,000 by hand
    document = cases.telecom()
    assert case_from(put(document, ("budget",), 7.0)).planned_budget == 7
    assert case_from(put(document, ("budget",), 0)).planned_budget == 0
    assert case_from(put(document, ("budget",), None)).planned_budget == 1850000
    assert case_from(without(document, ("budget",))).planned_budget == 1850000


@pytest.mark.parametrize(("period", "times"), [("year", 1), ("quarter", 4), ("month", 12)])
def test_discounting_all_periods_of_a_year_is_the_annual_rate(period: str, times: int) -> None:
    case = case_from(put(cases.telecom(), ("period",), period))
    assert (1 + case.discount) ** times == pytest.approx(1.10, rel=1e-14)


@pytest.mark.parametrize(("timing", "tau"), [("start", 0), ("middle", 0.5), ("end", 1)])
def test_timing(timing: str, tau: float) -> None:
    assert case_from(put(cases.telecom(), ("discount_timing",), timing)).timing == tau


@pytest.mark.parametrize("named", cases.NAMED_CASES, ids=lambda named: named.__name__)
def test_a_named_case_comes_back_as_it_was(named: Callable[[], Document]) -> None:
    case = case_from(named())
    assert read_case(case.to_json()) == case


def test_a_case_with_every_field_comes_back_as_it_was() -> None:
    case = case_from(rich())
    assert read_case(case.to_json()) == case
    assert read_case(case.to_json().encode()) == case


@given(cases.cases(triples=True))
def test_any_case_comes_back_as_it_was(document: Document) -> None:
    case = case_from(document)
    written = case.to_json()
    assert read_case(written) == case
    assert read_case(written).to_json() == written


def test_a_case_is_never_changed_in_place() -> None:
    case = case_from(cases.telecom())
    with pytest.raises(ValueError, match="frozen"):
        case.horizon = 3  # type: ignore[misc]


def test_a_byte_order_mark_is_no_obstacle() -> None:
    text = json.dumps(cases.telecom())
    expected = case_from(cases.telecom())
    assert read_case(b"\xef\xbb\xbf" + text.encode()) == expected
    assert read_case("\ufeff" + text) == expected


NAMES = [
    "<script>alert('1')</script>",
    "**bold** [link](javascript:x) $x^2$ `code`",
    '=HYPERLINK("http://x","y")',
    "+1-2@SUM(A1)",
    "a\tb\nc\\d/e\"f'g",
    "\u202eright to left\u200b",
    "Café & <b>Ünïcode</b> 客户 😀",
    "{place} %s {0}",
    " ",
    "x" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_to_the_letter(name: str) -> None:
    document = cases.events_and_initiatives()
    for place in (("name",), (*SEGMENT, "name"), ("events", 0, "name"), ("initiatives", 0, "name")):
        put(document, place, name)
    case = read_case(read_case(json.dumps(document)).to_json())
    assert case.name == case.segments[0].name == case.events[0].name == case.initiatives[0].name == name


def nameless(*names: str) -> Document:
    """A case whose segments have these names and no ids."""
    document = cases.constants()
    segment = document["segments"][0]
    del segment["id"]
    document["segments"] = [segment | {"name": name} for name in names]
    return document


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["Families"], ["families"]),
        (["Młode Café, crème brûlée"], ["mode-cafe-creme-brulee"]),  # the Polish l has no ASCII part
        (["  Two   words! "], ["two-words"]),
        (["Firms", "firms", "FIRMS"], ["firms", "firms-2", "firms-3"]),
        (["客户", "Клиенты", "😀"], ["segment-1", "segment-2", "segment-3"]),
        (["---"], ["segment-1"]),
        (["x" * 200], ["x" * 60]),
    ],
)
def test_a_segment_without_an_id_gets_the_slug_of_its_name(names: list[str], ids: list[str]) -> None:
    assert list(case_from(nameless(*names)).segment_ids) == ids


def test_an_id_that_is_given_is_not_given_again() -> None:
    document = nameless("Firms", "Firms")
    document["segments"][1]["id"] = "firms"
    assert case_from(document).segment_ids == ("firms-2", "firms")


def test_events_and_initiatives_without_an_id_get_one_too() -> None:
    document = cases.events_and_initiatives()
    for item in (*document["events"], *document["initiatives"]):
        del item["id"]
    case = case_from(put(document, ("events", 0, "name"), "战争"))
    assert [event.id for event in case.events] == ["event-1", "new-rival", "boom"]
    assert case.initiative_ids == ("app", "club", "ambassadors")


@given(st.text(max_size=80))
def test_a_slug_is_an_id(name: str) -> None:
    document = put(cases.constants(), (*SEGMENT, "id"), slug(name, "segment-1"))
    assert case_from(document).segment_ids == (slug(name, "segment-1"),)


def test_a_segment_is_found_by_id_and_by_name_and_its_id_goes_first() -> None:
    document = cases.constants_with_migration()
    document["segments"][0]["name"] = "loyal"
    case = case_from(document)
    assert case.segment("loyal").name == "Loyal"
    assert case.segment("Loyal").id == "loyal"
    assert case.segment("all").name == "loyal"


@pytest.mark.parametrize("reference", ["nobody", "", "ALL", "All"])
def test_a_segment_that_is_unknown_or_not_the_only_one_of_its_name_is_refused(reference: str) -> None:
    document = cases.constants_with_migration()
    document["segments"][1]["name"] = "All"
    with pytest.raises(PlannerError) as caught:
        case_from(document).segment(reference)
    assert caught.value.code == "unknown_segment"
    assert caught.value.fields["value"] == reference
    assert caught.value.fields["known"] == "all, loyal"


def test_constants_at_the_ends_of_a_rate_are_allowed() -> None:
    document = put(cases.constants(), (*ACQUIRE, "constant"), 0)
    assert case_from(put(document, (*RETAIN, "constant"), 1)).segments[0].levers.retain == Constant(
        constant=Estimate.of(1)
    )


# What is refused: numbers, fields, rules ----------------------------------------------------------------------------

FAMILIES = 'segment "Families"'
AN_EVENT = {"id": "war", "name": "War", "from": 2, "to": 3, "segments": None, "metric": "revenue", "multiply": 0.9}
A_PROJECT = {"id": "app", "name": "App", "from": 2, "metric": "revenue", "add": 1, "lever": "develop"}
LOWS_FALL = [[8, [0.85, 0.86, 0.865]], [9, [0.84, 0.875, 0.88]]]
HIGHS_FALL = [[8, [0.85, 0.86, 0.89]], [9, [0.86, 0.875, 0.88]]]
ON_ITSELF = [{"metric": "retention_rate", "at_ceiling": 0.01}]
ON_NOTHING = [{"metric": "x", "at_ceiling": 0.01}]
THREE_POINTS = [[1, 0.02], [2, 0.03], [3, 0.04]]
# from 0.01 to 0.10: odds of 0.04/0.05 at 0.05, of 0.065/0.025 at 0.075 and of 0.0401/0.0499 at 0.0501
TOO_STEEP = pytest.approx(log((0.065 / 0.025) / (0.04 / 0.05)) / log(1.01), rel=1e-9)
TOO_FLAT = pytest.approx(log((0.0401 / 0.0499) / (0.04 / 0.05)) / log(10), rel=1e-9)
AN_OPINION = {"by": "Ann", "floor": 0.78, "ceiling": 0.93, "points": [[500000, 0.86], [750000, 0.875]]}

# what a person may write at a place of the example, the code of the rule that it breaks, where the error says that it
# is, and the value that the error names
WRONG: list[tuple[str, Place, Any, str, list[str], Any]] = [
    # a number is a number
    ("text for a number", (*SEGMENT, "customers"), "40000", "not_a_number", [FAMILIES, "customers"], "40000"),
    ("true for a number", (*SEGMENT, "gross_margin"), True, "not_a_number", [FAMILIES, "gross_margin"], True),
    ("null for a number", (*SEGMENT, "prospects"), None, "not_a_number", [FAMILIES, "prospects"], None),
    ("an object for a number", (*SEGMENT, "customers"), {"a": 1}, "not_a_number", [FAMILIES, "customers"], {"a": 1}),
    ("text for an amount", (*RETAIN, "spend"), "5", "not_a_number", [FAMILIES, "retain", "spend"], "5"),
    ("false for an amount", (*RETAIN, "spend"), False, "not_a_number", [FAMILIES, "retain", "spend"], False),
    ("null for an amount", (*RETAIN, "spend"), None, "not_a_number", [FAMILIES, "retain", "spend"], None),
    ("text in a triple", (*SEGMENT, "customers"), [1, "2", 3], "not_a_number", [FAMILIES, "customers"], "2"),
    ("null in a triple", (*ACQUIRE, "ceiling"), [0.1, None, 0.2], "not_a_number", [FAMILIES, "ceiling"], None),
    ("a triple in a triple", (*ACQUIRE, "ceiling"), [0.1, [1], 0.2], "not_a_number", [FAMILIES, "ceiling"], [1]),
    ("text for an answer", (*ACQUIRE, "points"), [[9, "a"]], "not_a_number", [FAMILIES, "acquire", "points 1"], "a"),
    ("text for a spend", (*ACQUIRE, "points"), [["a", 0.05]], "not_a_number", [FAMILIES, "points 1"], "a"),
    ("text for a share", ("migration",), [["1"]], "not_a_number", ["migration"], "1"),
    ("a fraction of a period", ("horizon",), 2.5, "not_whole", ["horizon"], 2.5),
    ("text for periods", ("horizon",), "5", "not_whole", ["horizon"], "5"),
    ("true for periods", ("horizon",), True, "not_whole", ["horizon"], True),
    ("null for periods", ("horizon",), None, "not_whole", ["horizon"], None),
    # absurd numbers
    ("401 digits", (*SEGMENT, "customers"), 10**400, "not_finite", [FAMILIES, "customers"], 10**400),
    ("too many customers", (*SEGMENT, "customers"), 1e300, "not_finite", [FAMILIES, "customers"], 1e300),
    ("too large an amount", (*RETAIN, "spend"), 2e15, "not_finite", [FAMILIES, "retain", "spend"], 2e15),
    ("too large a budget", ("budget",), 1e300, "not_finite", ["budget"], 1e300),
    ("too many periods", ("horizon",), 121, "at_most", ["horizon"], 121),
    ("401 digits of periods", ("horizon",), 10**400, "at_most", ["horizon"], 10**400),
    ("no period", ("horizon",), 0, "at_least", ["horizon"], 0),
    # triples
    ("two numbers", (*SEGMENT, "customers"), [1, 2], "triple_length", [FAMILIES, "customers"], [1, 2]),
    ("four numbers", (*SEGMENT, "customers"), [1, 2, 3, 4], "triple_length", [FAMILIES, "customers"], [1, 2, 3, 4]),
    ("no numbers", (*ACQUIRE, "ceiling"), [], "triple_length", [FAMILIES, "acquire", "ceiling"], []),
    ("low above likely", (*SEGMENT, "customers"), [2, 1, 3], "triple_order", [FAMILIES, "customers"], [2, 1, 3]),
    ("likely above high", (*ACQUIRE, "ceiling"), [1, 3, 2], "triple_order", [FAMILIES, "ceiling"], [1, 3, 2]),
    # ranges
    ("customers below 0", (*SEGMENT, "customers"), -1, "out_of_range", [FAMILIES, "customers"], -1),
    ("customers perhaps below 0", (*SEGMENT, "customers"), [-1, 2, 3], "out_of_range", [FAMILIES, "customers"], -1),
    ("prospects below 0", (*SEGMENT, "prospects"), -5, "out_of_range", [FAMILIES, "prospects"], -5),
    ("a margin above 1", (*SEGMENT, "gross_margin"), 55, "out_of_range", [FAMILIES, "gross_margin"], 55),
    ("a margin perhaps above 1", (*SEGMENT, "gross_margin"), [0.5, 0.6, 1.1], "out_of_range", ["gross_margin"], 1.1),
    ("a referral rate below 0", (*SEGMENT, "referral_rate"), -0.1, "out_of_range", [FAMILIES, "referral_rate"], -0.1),
    ("a discount rate below 0", ("discount_rate",), -0.1, "out_of_range", ["discount_rate"], -0.1),
    ("a budget below 0", ("budget",), -1, "out_of_range", ["budget"], -1),
    ("a spend below 0", (*RETAIN, "spend"), -1, "out_of_range", [FAMILIES, "retain", "spend"], -1),
    ("a carryover of 1", (*RETAIN, "carryover"), 1, "out_of_range", [FAMILIES, "retain", "carryover"], 1),
    ("a carryover below 0", (*RETAIN, "carryover"), -0.1, "out_of_range", [FAMILIES, "retain", "carryover"], -0.1),
    ("a retention ceiling above 1", (*RETAIN, "ceiling"), 1.2, "out_of_range", [FAMILIES, "retain"], 1.2),
    ("an acquisition ceiling above 1", (*ACQUIRE, "ceiling"), [0.08, 0.1, 1.4], "out_of_range", ["acquire"], 1.4),
    ("a rate of 1.4", RETAIN, {"constant": 1.4}, "out_of_range", [FAMILIES, "retain"], 1.4),
    ("a cost below 0", (*REDUCE_COST, "ceiling"), -1, "out_of_range", [FAMILIES, "reduce_cost"], -1),
    ("a revenue below 0", DEVELOP, {"constant": -1}, "out_of_range", ["develop"], -1),
    # texts and choices
    ("a number for a name", ("name",), 5, "not_text", ["name"], 5),
    ("an empty name", (*SEGMENT, "name"), "", "text_length", ["segment", "name"], ""),
    ("a name of 201 letters", ("name",), "x" * 201, "text_length", ["name"], "x" * 201),
    ("no ISO currency", ("currency",), "euro", "text_pattern", ["currency"], "euro"),
    ("no slug", (*SEGMENT, "id"), "Our families!", "text_pattern", [FAMILIES, "id"], "Our families!"),
    ("an unknown period", ("period",), "week", "choice", ["period"], "week"),
    ("an unknown timing", ("discount_timing",), "begin", "choice", ["discount_timing"], "begin"),
    ("an unknown metric", ("events",), [AN_EVENT | {"metric": "x"}], "choice", ['event "War"', "metric"], "x"),
    ("an unknown lever", ("initiatives",), [A_PROJECT | {"lever": "sell"}], "choice", ['"App"', "lever"], "sell"),
    # lists and objects
    ("no segments", ("segments",), [], "how_many", ["segments"], []),
    ("an object for segments", ("segments",), {}, "not_a_list", ["segments"], {}),
    ("text for segments", ("segments",), "all", "not_a_list", ["segments"], "all"),
    ("a number for a segment", SEGMENT, 5, "not_an_object", ["segment 1"], 5),
    ("a number for a lever", ACQUIRE, 5, "not_an_object", [FAMILIES, "acquire"], 5),
    ("null for a lever", ACQUIRE, None, "not_an_object", [FAMILIES, "acquire"], None),
    ("a list for levers", LEVERS_OF_SEGMENT, [], "not_an_object", [FAMILIES], []),
    ("text for points", (*ACQUIRE, "points"), "a", "not_a_list", [FAMILIES, "acquire", "points"], "a"),
    ("no points", (*ACQUIRE, "points"), [], "how_many", [FAMILIES, "acquire", "points"], []),
    ("three points", (*ACQUIRE, "points"), THREE_POINTS, "how_many", [FAMILIES, "acquire", "points"], THREE_POINTS),
    ("a point of three", (*ACQUIRE, "points", 0), [1, 0.02, 3], "how_many", ["acquire", "points 1"], [1, 0.02, 3]),
    ("a number for a point", (*ACQUIRE, "points", 0), 9, "not_a_list", [FAMILIES, "acquire", "points 1"], 9),
    ("a number for migration", ("migration",), 1, "not_a_list", ["migration"], 1),
    ("null for events", ("events",), None, "not_a_list", ["events"], None),
    # curves
    ("floor above ceiling", (*RETAIN, "floor"), 0.95, "floor_ceiling", [FAMILIES, "retain"], [0.95, 0.93]),
    ("floor at ceiling", (*RETAIN, "floor"), 0.93, "floor_ceiling", [FAMILIES, "retain"], [0.93, 0.93]),
    ("a cost ceiling above the floor", (*REDUCE_COST, "ceiling"), 80, "floor_ceiling", ["reduce_cost"], [70, 80]),
    ("nothing spent", (*ACQUIRE, "points"), [[0, 0.05]], "out_of_range", [FAMILIES, "acquire", "points 1"], 0),
    ("equal spends", (*ACQUIRE, "points"), [[9, 0.05], [9, 0.06]], "spends_order", [FAMILIES, "acquire"], [9, 9]),
    ("falling spends", (*ACQUIRE, "points"), [[9, 0.05], [8, 0.06]], "spends_order", [FAMILIES, "acquire"], [9, 8]),
    ("an answer above", (*ACQUIRE, "points"), [[9, 0.15]], "answer_outside", [FAMILIES, "acquire"], 0.15),
    ("an answer below", (*RETAIN, "points"), [[9, 0.7]], "answer_outside", [FAMILIES, "retain"], 0.7),
    ("an answer at the ceiling", (*ACQUIRE, "points"), [[9, 0.1]], "answer_outside", [FAMILIES, "acquire"], 0.1),
    ("an answer at the floor", (*ACQUIRE, "points"), [[9, 0.01]], "answer_outside", [FAMILIES, "acquire"], 0.01),
    ("a cost above the floor", (*REDUCE_COST, "points"), [[9, 75]], "answer_outside", ["reduce_cost"], 75),
    ("answers that fall", (*ACQUIRE, "points"), [[8, 0.05], [9, 0.04]], "answers_order", ["acquire"], [0.05, 0.04]),
    ("equal answers", (*ACQUIRE, "points"), [[8, 0.05], [9, 0.05]], "answers_order", ["acquire"], [0.05, 0.05]),
    ("costs that rise", (*REDUCE_COST, "points"), [[8, 50], [9, 51]], "answers_order", ["reduce_cost"], [50, 51]),
    ("lows that fall", (*RETAIN, "points"), LOWS_FALL, "answers_order", [FAMILIES, "retain"], [0.85, 0.84]),
    ("highs that fall", (*RETAIN, "points"), HIGHS_FALL, "answers_order", [FAMILIES, "retain"], [0.89, 0.88]),
    ("a low ceiling", (*ACQUIRE, "ceiling"), [0.06, 0.1, 0.12], "ranges_overlap", ["acquire"], [0.062, 0.062]),
    ("a high floor", (*ACQUIRE, "floor"), [0, 0.01, 0.055], "ranges_overlap", ["acquire"], [0.05, 0.05]),
    ("a low answer", (*RETAIN, "points"), [[9, [0.77, 0.86, 0.88]]], "ranges_overlap", ["retain"], [0.77, 0.88]),
    ("too steep", (*ACQUIRE, "points"), [[100, 0.05], [101, 0.075]], "exponent", [FAMILIES, "acquire"], TOO_STEEP),
    ("too flat", (*ACQUIRE, "points"), [[100, 0.05], [1000, 0.0501]], "exponent", [FAMILIES, "acquire"], TOO_FLAT),
    ("an unknown family", (*RETAIN, "family"), "gompertz", "choice", [FAMILIES, "retain", "family"], "gompertz"),
    (
        "a family of one answer through two",
        (*RETAIN, "family"),
        "exponential",
        "family_answers",
        ["retain"],
        "exponential",
    ),
    ("a family that is no text", (*RETAIN, "family"), 2, "choice", [FAMILIES, "retain", "family"], 2),
    ("a constant with a spend", RETAIN, {"constant": 0.9, "spend": 5}, "constant_alone", [FAMILIES, "retain"], "spend"),
    ("a constant and a typo", RETAIN, {"constant": 0.9, "celing": 5}, "constant_alone", [FAMILIES, "retain"], "celing"),
    ("a side effect on itself", (*RETAIN, "side_effects"), ON_ITSELF, "own_metric", ["retain"], "retention_rate"),
    ("a side effect on nothing", (*RETAIN, "side_effects"), ON_NOTHING, "choice", ["side_effects 1", "metric"], "x"),
    ("nobody to acquire", (*SEGMENT, "prospects"), 0, "no_prospects", [FAMILIES], 0),
    ("perhaps nobody to acquire", (*SEGMENT, "prospects"), [0, 5, 9], "no_prospects", [FAMILIES], 0),
    # migration, events, initiatives
    ("rows that do not sum to 1", ("migration",), [[0.5]], "migration_row", [], 0.5),
    ("too many rows", ("migration",), [[1], [1]], "migration_shape", [], 2),
    ("too long a row", ("migration",), [[0.5, 0.5]], "migration_shape", [], 2),
    ("no rows", ("migration",), [], "migration_shape", [], 0),
    ("a share below 0", ("migration",), [[-1]], "out_of_range", ["migration"], -1),
    ("an event nowhere", ("events",), [AN_EVENT | {"segments": ["old"]}], "unknown_segment", [], "old"),
    ("an initiative nowhere", ("initiatives",), [A_PROJECT | {"segments": ["old"]}], "unknown_segment", [], "old"),
    ("an event that ends first", ("events",), [AN_EVENT | {"to": 1}], "ends_before_start", ['event "War"'], 1),
    ("an event before the plan", ("events",), [AN_EVENT | {"from": 0}], "at_least", ['event "War"', "from"], 0),
    ("half a period", ("events",), [AN_EVENT | {"from": 1.5}], "not_whole", ['event "War"', "from"], 1.5),
    ("an initiative too late", ("initiatives",), [A_PROJECT | {"from": 6}], "starts_after_horizon", [], 6),
    ("a negative cost", ("initiatives",), [A_PROJECT | {"one_off": -1}], "out_of_range", ['"App"', "one_off"], -1),
    ("two events of one id", ("events",), [AN_EVENT, AN_EVENT], "duplicate_id", [], "war"),
    ("two initiatives of one id", ("initiatives",), [A_PROJECT, A_PROJECT], "duplicate_id", [], "app"),
    # opinions
    ("a nameless opinion", (*RETAIN, "opinions"), [AN_OPINION | {"by": ""}], "text_length", ["opinions 1"], ""),
    ("an opinion in doubt", (*RETAIN, "opinions"), [AN_OPINION | {"floor": [1]}], "not_a_number", ["opinions 1"], [1]),
]


@pytest.mark.parametrize(
    ("place", "value", "code", "where", "named"), [pytest.param(*row[1:], id=row[0]) for row in WRONG]
)
def test_what_is_wrong_is_refused_with_its_code_place_and_value(
    place: Place, value: Any, code: str, where: list[str], named: Any
) -> None:
    error = refused(put(cases.telecom(), place, value))
    assert error.code == code
    assert plain(error.fields["value"]) == named
    for part in where:
        assert part in error.fields["place"]
    assert_complete(error)


def assert_complete(error: PlannerError) -> None:
    """The error has every field that its sentence names."""
    named = {field for _, field, _, _ in Formatter().parse(ERRORS[error.code]) if field}
    assert named <= error.fields.keys()


# what may not be added, and where: every object of a case file is closed
CLOSED: list[tuple[str, Place]] = [
    ("the case", ()),
    ("a segment", SEGMENT),
    ("the levers", LEVERS_OF_SEGMENT),
    ("a curve", RETAIN),
    ("a side effect", (*RETAIN, "side_effects", 0)),
    ("an opinion", (*RETAIN, "opinions", 0)),
    ("an event", ("events", 0)),
    ("an initiative", ("initiatives", 0)),
]


@pytest.mark.parametrize("place", [place for _, place in CLOSED], ids=[title for title, _ in CLOSED])
def test_an_unknown_field_is_refused(place: Place) -> None:
    error = refused(put(rich(), (*place, "celing"), 1))
    assert (error.code, error.fields["value"]) == ("unknown_field", "celing")
    assert error.fields["place"].endswith("celing")
    assert_complete(error)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("events", 0), "from"),
        (("events", 0), "name"),
        (("events", 0), "metric"),
        (("initiatives", 0), "from"),
        (("initiatives", 0), "lever"),
        ((), "name"),
        ((), "segments"),
        (SEGMENT, "name"),
        (SEGMENT, "customers"),
        (SEGMENT, "prospects"),
        (SEGMENT, "gross_margin"),
        (SEGMENT, "levers"),
        *((LEVERS_OF_SEGMENT, lever) for lever in LEVER_CODES),
        (RETAIN, "floor"),
        (RETAIN, "ceiling"),
        (RETAIN, "points"),
        ((*RETAIN, "side_effects", 0), "metric"),
        ((*RETAIN, "side_effects", 0), "at_ceiling"),
        ((*RETAIN, "opinions", 0), "by"),
        ((*RETAIN, "opinions", 0), "floor"),
        ((*RETAIN, "opinions", 0), "points"),
    ],
)
def test_a_field_without_a_default_must_be_there(place: Place, field: str) -> None:
    error = refused(without(rich(), (*place, field)))
    assert (error.code, error.fields["value"]) == ("missing", field)
    assert error.fields["place"].endswith(field)
    assert_complete(error)


def test_a_point_without_a_value_is_refused() -> None:
    error = refused(put(cases.telecom(), (*ACQUIRE, "points"), [[900000]]))
    assert error.code in ("missing", "how_many")
    assert "acquire, points 1" in error.fields["place"]
    assert_complete(error)


@pytest.mark.parametrize(
    ("place", "internal"),
    [(("events", 0), ("from", "start")), (("events", 0), ("to", "end")), ((), ("schema", "schema_"))],
)
def test_a_name_of_the_code_is_not_a_field_of_the_file(place: Place, internal: tuple[str, str]) -> None:
    # section 1: unknown fields are refused; an event has "from" and "to", nothing else
    written, name = internal
    document = rich()
    holder: Any = document
    for key in place:
        holder = holder[key]
    holder[name] = holder.pop(written)
    assert refused(document).code in ("unknown_field", "missing", "schema")


@pytest.mark.parametrize("believed", [[3, 2, 1], [1, 2, 3]])
def test_a_belief_is_a_number_or_a_list_of_three_and_never_an_object(believed: list[int]) -> None:
    # section 1: a triple is [low, likely, high]; an object would be an unknown form, and one out of order a wrong one
    value = dict(zip(("low", "likely", "high"), believed, strict=True))
    error = refused(put(cases.telecom(), (*SEGMENT, "customers"), value))
    assert error.code in ("not_a_number", "triple_order", "unknown_field")
    assert "customers" in error.fields["place"]


def test_an_amount_of_401_digits_is_a_number_that_is_too_large() -> None:
    error = refused(put(cases.telecom(), ("budget",), 10**400))
    assert error.code in ("not_finite", "out_of_range")


@pytest.mark.parametrize(
    "points", [[[1, 5e-324], [2, 400]], [[5e-324, 410], [1, 430]], [[1, 400], [2, 479.99999999999994]]]
)
def test_answers_as_close_as_numbers_can_be_are_read_or_refused(points: list[list[float]]) -> None:
    document = put(cases.telecom(), (*DEVELOP, "points"), points)
    document["segments"][0]["levers"]["develop"]["floor"] = 0
    try:
        read_case(json.dumps(document))
    except PlannerError as error:
        assert_complete(error)


@pytest.mark.parametrize("schema", [None, 0, -1, True, False, "1", [1], {"a": 1}, 1.5, 2.0])
def test_a_schema_that_was_never_written_is_refused(schema: object) -> None:
    error = refused(put(cases.telecom(), ("schema",), schema))
    assert (error.code, error.fields["place"], error.fields["value"]) == ("schema", "schema", schema)
    assert_complete(error)


@pytest.mark.parametrize("schema", [SCHEMA + 1, 10**400])
def test_a_newer_schema_is_refused_as_newer(schema: int) -> None:
    error = refused(put(cases.telecom(), ("schema",), schema))
    assert (error.code, error.fields["place"], error.fields["value"]) == ("newer_schema", "schema", schema)
    assert_complete(error)


@given(cases.cases(triples=True))
def test_a_case_of_schema_1_opens_as_one_of_the_present_schema(document: Document) -> None:
    case = case_from(document)
    assert document["schema"] == 1
    assert case == case_from({**document, "schema": SCHEMA})
    assert json.loads(case.to_json())["schema"] == SCHEMA


@given(cases.cases().flatmap(lambda document: cases.in_a_market(document, triples=True)))
def test_pools_rivals_and_families_are_read_as_they_were_written(document: Document) -> None:
    case = case_from(document)
    assert read_case(case.to_json()) == case
    for segment, found in zip(document["segments"], case.segments, strict=True):
        assert (found.prospect_pool is None) == ("prospect_pool" not in segment)
        if found.prospect_pool:
            assert found.refill == Estimate.of(*_ends(segment["prospect_pool"]["refill"]))
            assert found.return_share == Estimate.of(*_ends(segment["prospect_pool"]["return_share"]))
        told = segment["levers"]["acquire"].get("rival_response", 0)
        assert found.rival_response == Estimate.of(*_ends(told))


def _ends(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def test_a_file_without_pools_and_rivals_says_nothing_of_them() -> None:
    written = case_from(cases.telecom()).to_json()
    assert not any(field in written for field in ("prospect_pool", "rival_response", "null, "))


POOL: Place = (*SEGMENT, "prospect_pool")
MARKETS: list[tuple[str, Place, Any, str, list[str], Any]] = [
    ("a negative refill", POOL, {"refill": -1, "return_share": 0.1}, "out_of_range", ["prospect_pool", "refill"], -1),
    ("more than all return", POOL, {"refill": 1, "return_share": 1.1}, "out_of_range", ["return_share"], 1.1),
    ("no refill", POOL, {"return_share": 0.1}, "missing", ["prospect_pool", "refill"], "refill"),
    ("no share that returns", POOL, {"refill": 5}, "missing", ["prospect_pool", "return_share"], "return_share"),
    ("a pool with a typo", POOL, {"refill": 5, "return_share": 0, "size": 3}, "unknown_field", ["size"], "size"),
    ("a pool of words", POOL, "large", "not_an_object", ["prospect_pool"], "large"),
    ("an empty pool", (*SEGMENT, "prospects"), 0, "no_prospects", [FAMILIES], 0),
    ("rivals beyond all", (*ACQUIRE, "rival_response"), 1.01, "out_of_range", ["acquire", "rival_response"], 1.01),
    ("rivals below 0", (*ACQUIRE, "rival_response"), [-0.1, 0, 0.5], "out_of_range", ["rival_response"], -0.1),
    ("rivals of another lever", (*RETAIN, "rival_response"), 0.5, "rivals_elsewhere", [FAMILIES, "retain"], 0.5),
    ("no rivals of another lever", (*RETAIN, "rival_response"), 0, "rivals_elsewhere", [FAMILIES, "retain"], 0),
    ("rivals of a constant", ACQUIRE, {"constant": 0.1, "rival_response": 0.5}, "rivals_elsewhere", ["acquire"], 0.5),
]


@pytest.mark.parametrize(("what", "place", "value", "code", "within", "named"), MARKETS, ids=[m[0] for m in MARKETS])
def test_a_market_that_cannot_be_is_refused_with_place_and_value(
    what: str, place: Place, value: Any, code: str, within: list[str], named: Any
) -> None:
    error = refused(put(cases.telecom(), place, value))
    assert (error.code, error.fields["value"]) == (code, named)
    assert all(word in error.fields["place"] for word in within)
    assert_complete(error)


@pytest.mark.parametrize("refill", [0, 60_000, 1e9])
def test_a_pool_may_be_refilled_with_nothing_and_with_more_than_it_holds(refill: float) -> None:
    case = case_from(put(cases.telecom(), POOL, {"refill": refill, "return_share": 1}))
    assert case.segments[0].refill.likely == refill
    assert case_from(put(cases.telecom(), (*ACQUIRE, "rival_response"), 1)).segments[0].rival_response.likely == 1


def test_the_numbers_of_a_market_are_numbers_of_the_case_to_change() -> None:
    document = put(cases.telecom(), POOL, {"refill": 100, "return_share": 0.25})
    case = case_from(put(document, (*ACQUIRE, "rival_response"), 0.5))
    for field in ("refill", "return_share", "rival_response"):
        changed = with_number(case, ("families", field), Estimate.of(0.125))
        assert getattr(changed.segments[0], field) == Estimate.of(0.125)
        assert {key for key, value in numbers_of(changed).items() if numbers_of(case)[key] != value} == {
            ("families", field)
        }
    never = with_prospect_pool(case, "families", None, Estimate.of(0))
    assert never.segments[0].prospect_pool is None
    again = with_prospect_pool(never, "families", Estimate.of(90, 100, 120), Estimate.of(0.25))
    assert again.segments[0].refill == Estimate.of(90, 100, 120)
    assert with_rivals(again, "families", Estimate.of(0)).segments[0].rival_response == Estimate.of(0)
    with pytest.raises(PlannerError) as caught:
        with_rivals(case_from(cases.constants()), "all", Estimate.of(0.5))
    assert caught.value.code == "rivals_elsewhere"


def test_a_case_without_a_schema_is_refused() -> None:
    assert refused(without(cases.telecom(), ("schema",))).code == "schema"


@pytest.mark.parametrize("document", [[], [1], "case", 5, None, True])
def test_a_file_that_is_no_object_is_refused(document: object) -> None:
    error = refused(document)
    assert (error.code, error.fields["place"]) == ("not_a_case", "file")
    assert_complete(error)


def test_two_segments_of_one_id_are_refused() -> None:
    document = cases.telecom()
    document["segments"] *= 2
    error = refused(document)
    assert (error.code, error.fields["value"], error.fields["within"]) == ("duplicate_id", "families", "segments")


def test_a_row_of_the_migration_is_named() -> None:
    error = refused(put(rich(), ("migration", 1), [0.5, 0.25]))
    assert (error.code, error.fields["row"], error.fields["within"]) == ("migration_row", 2, "Seniors")
    assert error.fields["value"] == 0.75
    error = refused(put(rich(), ("migration", 1), [1.0]))
    assert (error.code, error.fields["row"], error.fields["value"]) == ("migration_shape", 2, 1)


def test_a_share_of_the_migration_outside_0_to_1_names_its_row() -> None:
    # it sums to 1, but nobody can leave for more than everybody
    error = refused(put(rich(), ("migration", 1), [-0.25, 1.25]))
    assert (error.code, error.fields["value"]) == ("out_of_range", -0.25)
    assert "migration" in error.fields["place"]
    assert "2" in error.fields["place"]


def test_a_migration_that_sums_to_1_but_for_rounding_is_read() -> None:
    # three tenths and seven tenths as sums of tenths: 0.1 + 0.2 is not 0.3 in binary
    assert case_from(put(rich(), ("migration", 0), [0.1 + 0.2, 0.7])).migration is not None


def test_values_without_an_end_are_refused() -> None:
    # nothing is discounted and nobody leaves
    document = put(cases.no_discount(), (*RETAIN, "constant"), 1)
    error = refused(document)
    assert (error.code, error.fields["value"], error.fields["within"]) == ("endless_value", 1, "All")
    assert case_from(put(document, ("discount_rate",), 0.01)).discount > 0
    error = refused(put(cases.no_discount(), (*RETAIN, "constant"), [0.9, 0.95, 1]))
    assert error.code == "endless_value"


@pytest.mark.parametrize("lever", ["develop", "retain"])
def test_curves_per_customer_need_a_customer(lever: str) -> None:
    # M_1 at today's spend is 0: nobody is there, and nothing is spent to win anybody
    document = cases.start_up()
    levers = document["segments"][0]["levers"]
    levers["acquire"]["spend"] = 0
    other = {"develop": "retain", "retain": "develop"}[lever]
    levers[other] = {"constant": {"retain": 0.8, "develop": 400}[other]}
    error = refused(document)
    assert error.code == "no_customers"
    assert 'segment "Families"' in error.fields["place"]
    assert lever in error.fields["place"]
    levers["acquire"]["floor"] = 0.001
    assert case_from(document).segments[0].customers == Estimate.of(0)


def test_curves_per_customer_need_none_where_a_constant_brings_them() -> None:
    document = put(cases.start_up(), ACQUIRE, {"constant": 0.05})
    assert case_from(document).segments[0].customers == Estimate.of(0)
    assert refused(put(document, ACQUIRE, {"constant": 0})).code == "no_customers"
    assert refused(put(put(document, ACQUIRE, {"constant": 0.1}), (*SEGMENT, "prospects"), 0)).code == "no_customers"


# What is refused: files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{"schema": 1,\n "name": "a"\n "currency": "EUR"}', 3, 2),
        ('{"schema": 1,\n "name": }', 2, 10),
        ("{'schema': 1}", 1, 2),
        ('{"schema": 1} x', 1, 15),
        ('{"a": "\t"}', 1, 8),
        ('{"a": 01}', 1, 8),
        ('{"a": +1}', 1, 7),
    ],
)
def test_broken_json_is_refused_with_line_and_column(text: str, line: int, column: int) -> None:
    error = refused_text(text)
    assert (error.code, error.fields["place"]) == ("json_syntax", f"line {line}, column {column}")
    assert error.fields["value"]
    assert_complete(error)


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_no_number_is_refused(written: str) -> None:
    error = refused_text(json.dumps(cases.telecom()).replace("60000", written, 1))
    assert (error.code, error.fields["value"]) == ("not_finite", written)
    assert error.fields["place"] == f"{FAMILIES}, prospects"
    assert_complete(error)


@pytest.mark.parametrize("field", ["60000", "1850000", "375000", "-0.01"])
def test_a_number_beyond_all_numbers_is_refused(field: str) -> None:
    # prospects, the budget, the spend of an answer, a side effect
    error = refused_text(json.dumps(cases.telecom()).replace(field, "1e400", 1))
    assert error.code == "not_finite"
    assert error.fields["value"] == inf
    assert error.fields["place"] not in ("", "case", "file")
    assert_complete(error)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    error = refused_text(json.dumps(cases.telecom()).replace("60000", "9" * 10_000, 1))
    assert error.code in ("json_syntax", "not_finite")
    assert_complete(error)


@pytest.mark.parametrize("nan_or_inf", [nan, inf, -inf])
@pytest.mark.parametrize(
    "place", [(*SEGMENT, "customers"), ("budget",), (*RETAIN, "points", 0, 0), (*RETAIN, "carryover")]
)
def test_not_a_number_is_refused_in_parsed_documents_too(nan_or_inf: float, place: Place) -> None:
    with pytest.raises(PlannerError) as caught:
        case_from(put(cases.telecom(), place, nan_or_inf))
    assert caught.value.code == "not_finite"
    assert_complete(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"schema": 1, "schema": 1}', "schema"),
        (json.dumps(cases.telecom()).replace('"gross_margin"', '"customers"', 1), "customers"),
        (json.dumps(cases.telecom()).replace('"retain"', '"acquire"', 1), "acquire"),
    ],
)
def test_a_repeated_key_is_refused(text: str, key: str) -> None:
    error = refused_text(text)
    assert (error.code, error.fields["place"], error.fields["value"]) == ("repeated_key", key, key)
    assert_complete(error)


@pytest.mark.parametrize("depth", [100, 400, 500, 900, 950, 990, 10_000, 200_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_refused(depth: int, brackets: tuple[str, str]) -> None:
    nest = brackets[0] * depth + "1" + brackets[1] * depth
    for text in (nest, nest[: depth * len(brackets[0])], json.dumps(cases.telecom()).replace("60000", nest, 1)):
        assert refused_text(text).code in ("not_a_case", "schema", "json_syntax", "not_a_number", "triple_length")


@pytest.mark.parametrize("depth", [100, 500, 900])
def test_deep_nesting_in_parsed_documents_is_refused(depth: int) -> None:
    nest: Any = 1
    for _ in range(depth):
        nest = [nest]
    with pytest.raises(PlannerError):
        case_from(put(cases.telecom(), ("name",), nest))


@pytest.mark.parametrize("place", [(*RETAIN, "points"), ("segments",), ("migration",), ("events",), ("name",)])
def test_a_nest_without_an_end_is_refused(place: Place) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(PlannerError) as caught:
        case_from(put(cases.telecom(), place, endless))
    assert caught.value.code == "json_syntax"


@pytest.mark.parametrize(
    "raw", [b'{"name": "caf\xe9"}', json.dumps(cases.telecom()).encode("utf-16"), b"\xff\xfe", b"PK\x03\x04\x9c\x00"]
)
def test_bytes_that_are_no_utf8_are_refused(raw: bytes) -> None:
    error = refused_text(raw)
    assert (error.code, error.fields["place"]) == ("not_utf8", "file")
    assert error.fields["value"].startswith("byte ")
    assert_complete(error)


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read() -> None:
    assert read_json(b" " * (MAX_BYTES - 1) + b"1") == 1
    for text in (b" " * MAX_BYTES + b"1", " " * MAX_BYTES + "1", b"\xff" * (MAX_BYTES + 1)):
        error = refused_text(text)
        assert (error.code, error.fields["value"]) == ("too_large", MAX_BYTES + 1)
        assert error.fields["limit"] == MAX_BYTES


def test_too_many_segments_are_refused() -> None:
    names = [f"Segment {n}" for n in range(51)]
    assert len(case_from(nameless(*names[:50])).segments) == 50
    error = refused(nameless(*names))
    assert (error.code, error.fields["place"]) == ("how_many", "segments")


def test_too_many_entries_without_an_id_are_refused_at_once() -> None:
    # a file of the largest size allowed holds some 300,000 of them: the work must not grow with their square
    text = json.dumps(put(cases.telecom(), ("segments",), [{"name": "x"}] * 5_000))
    began = time.process_time()
    refused_text(text)
    assert time.process_time() - began < 2


def test_a_repeated_key_among_many_is_found_at_once() -> None:
    keys = [*range(10_000), 9_999]
    text = "{" + ",".join(f'"key {key}": 1' for key in keys) + "}"
    began = time.process_time()
    error = refused_text(text)
    assert time.process_time() - began < 1
    assert (error.code, error.fields["value"]) == ("repeated_key", "key 9999")


# half of a surrogate pair: JSON may hold it, UTF-8 may not
HALF_A_CHARACTER = "\ud800"


@pytest.mark.parametrize(
    "place",
    [
        ("name",),
        ("currency",),
        ("period",),
        ("migration",),
        (*SEGMENT, "id"),
        (*SEGMENT, "name"),
        (*SEGMENT, "customers"),
        (*RETAIN, "spend"),
        (*RETAIN, "points"),
        (*RETAIN, "opinions", 0, "by"),
        (*RETAIN, "side_effects", 0, "metric"),
        ("events", 0, "name"),
        ("events", 0, "metric"),
        ("events", 0, "segments"),
        ("events", 0, "segments", 0),
        (HALF_A_CHARACTER,),
        (*SEGMENT, HALF_A_CHARACTER),
        (*LEVERS_OF_SEGMENT, HALF_A_CHARACTER),
        (*RETAIN, HALF_A_CHARACTER),
        ("segments", 1, "levers", "develop", HALF_A_CHARACTER),
        ("events", 0, HALF_A_CHARACTER),
    ],
    ids=lambda place: " ".join(map(str, place)).replace(HALF_A_CHARACTER, "key"),
)
def test_half_a_character_is_refused(place: Place) -> None:
    document = rich()
    document["events"][0]["segments"] = ["families"]
    error = refused(put(document, place, HALF_A_CHARACTER))
    assert error.fields["place"]


# What is refused: anything at all -----------------------------------------------------------------------------------

KEYS = sorted({str(key) for place in (rich(), rich()["segments"][0], *rich()["events"]) for key in place})
JUNK_NUMBERS = [0, 1, -1, 0.5, -0.0, 5e-324, -5e-324, 1e-300, 1e15, 2e15, 1e308, -1e308, inf, -inf, nan, 2**63, 10**400]
JUNK_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(JUNK_NUMBERS),
    st.text(st.characters(), max_size=5),
    st.sampled_from(KEYS),
)
JUNK_KEYS = st.sampled_from([*KEYS, "constant", "low", "likely", "high"]) | st.text(max_size=3)
JUNK = st.recursive(
    JUNK_LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JUNK_KEYS, inner, max_size=4),
    max_leaves=6,
)


def places(document: Any, so_far: Place = ()) -> Iterator[Place]:
    """Every place in a document, the whole of it first."""
    yield so_far
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield from places(document[key], (*so_far, key))


def at(document: Any, place: Place) -> Any:
    for key in place:
        document = document[key]
    return document


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A valid document with one to three of its values replaced, removed, moved or joined by something else."""
    document: Any = {"whole": rich()}
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(places(document))[1:]
        place = draw(st.sampled_from(everywhere))
        change = draw(st.sampled_from(["junk", "junk", "remove", "another", "key", "again"]))
        if change == "remove" and len(place) > 1:
            without(document, place)
        elif change == "another":
            put(document, place, copy.deepcopy(at(document, draw(st.sampled_from(everywhere)))))
        elif change == "key" and isinstance(at(document, place), dict):
            at(document, place)[draw(st.sampled_from(KEYS) | st.text(st.characters(), max_size=3))] = draw(JUNK)
        elif change == "again" and isinstance(at(document, place), list) and at(document, place):
            at(document, place).append(copy.deepcopy(draw(st.sampled_from(at(document, place)))))
        else:
            put(document, place, draw(JUNK))
        if "whole" not in document:
            return draw(JUNK)
    return document["whole"]


def assert_read_or_refused(read: Callable[[], Case]) -> None:
    """Either a case that comes back as it was, or a PlannerError with place, value and all that its sentence names."""
    try:
        case = read()
    except PlannerError as error:
        refusal = error
    else:
        assert read_case(case.to_json()) == case
        return
    assert refusal.fields["place"]
    assert "value" in refusal.fields
    assert_complete(refusal)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ((MAX_AMOUNT * 1.001,), "not_finite"),
        ((nan,), "not_finite"),
        ((1, 3, 2), "triple_order"),
        ((1, 2), "triple_length"),
    ],
)
def test_a_number_of_our_own_that_no_case_takes_is_refused_in_a_sentence(values: tuple[float, ...], code: str) -> None:
    with pytest.raises(PlannerError) as caught:
        Estimate.of(*values)
    assert caught.value.code == code
    assert_complete(caught.value)


def test_the_largest_numbers_of_a_case_are_shown_in_the_units_of_people() -> None:
    document = put(cases.telecom(), (*SEGMENT, "referral_rate"), MAX_AMOUNT)
    put(document, (*REDUCE_COST, "side_effects"), [{"metric": "retention_rate", "at_ceiling": -MAX_AMOUNT}])
    case = case_from(document)
    numbers = {entry.key: entry.value.likely for entry in register(start(case))}
    assert numbers["families", "referral_rate"] == 100 * MAX_AMOUNT  # of 100 customers
    assert numbers["families", "reduce_cost", "retention_rate"] == -100 * MAX_AMOUNT
    effect = case.segments[0].levers["reduce_cost"].side_effects[0].at_ceiling
    assert turned(effect, 0.01).likely == 100 * MAX_AMOUNT


@pytest.mark.parametrize("size", [5e-324, 1e-300, 0.99 * NOTHING])
def test_what_is_next_to_nothing_is_nothing(size: float) -> None:
    assert Estimate.of(size) == Estimate.of(-size) == Estimate.of(0)
    assert Estimate.of(NOTHING).likely == NOTHING
    case = case_from(put(cases.telecom(), (*SEGMENT, "customers"), size))
    assert case.segments[0].customers == Estimate.of(0)
    assert spend_from(case, {"families": {"retain": size}})["families"]["retain"] == 0
    assert spend_from(case, {"families": {"retain": NOTHING}})["families"]["retain"] == NOTHING
    error = refused(put(cases.telecom(), (*RETAIN, "points", 0, 0), size))
    assert (error.code, error.fields["value"]) == ("out_of_range", 0)


@pytest.mark.parametrize(
    "place", [(*SEGMENT, "prospects"), (*SEGMENT, "customers"), (*ACQUIRE, "spend"), (*RETAIN, "spend")]
)
def test_what_a_case_can_hold_at_the_least_and_at_the_most_can_be_computed(place: Place) -> None:
    for number in (NOTHING, MAX_AMOUNT):
        case = case_from(put(cases.telecom(), place, number))
        found = read_out(case, case.today)
        costs = [cost for cost in (*found.cac, *found.marginal_cac, *found.clv_to_cac) if cost is not None]
        assert np.isfinite([found.uplift, found.customer_equity, *found.attribution.values(), *costs]).all()
        assert np.isfinite(found.marginal_return).all()


def test_spending_more_today_than_a_budget_can_be_is_refused_unless_a_budget_is_given() -> None:
    document = put(cases.telecom(), (*ACQUIRE, "spend"), MAX_AMOUNT)
    document.pop("budget", None)
    error = refused(document)
    # today's other levers: 250,000 + 500,000 + 200,000, in numbers that at this size are 0.125 apart
    assert (error.code, error.fields["place"], error.fields["value"]) == ("out_of_range", "budget", 1e15 + 950_000)
    assert start(case_from(put(document, ("budget",), MAX_AMOUNT))).budget == MAX_AMOUNT
    for lever in (DEVELOP, RETAIN, REDUCE_COST):
        put(document, (*lever, "spend"), 0)
    assert start(case_from(without(document, ("budget",)))).budget == MAX_AMOUNT


@settings(max_examples=200)
@given(damaged())
def test_a_damaged_document_gives_a_case_or_a_planner_error(document: Any) -> None:
    assert_read_or_refused(lambda: case_from(document))


@settings(max_examples=200)
@given(damaged())
def test_a_damaged_file_gives_a_case_or_a_planner_error(document: Any) -> None:
    text = json.dumps(document)
    assert_read_or_refused(lambda: read_case(text))


@settings(max_examples=200)
@given(st.data())
def test_a_file_with_bytes_lost_or_changed_gives_a_case_or_a_planner_error(data: st.DataObject) -> None:
    raw = bytearray(json.dumps(rich()).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 5)))
        raw[start:end] = data.draw(st.binary(max_size=3) | st.sampled_from([b"e", b"-", b"9", b"{", b"]", b",", b'"']))
    assert_read_or_refused(lambda: read_case(bytes(raw)))


@given(st.binary(max_size=50) | st.text(max_size=50))
@example(b"")
@example("nul\x00l")
def test_any_text_and_any_bytes_give_a_planner_error(raw: str | bytes) -> None:
    with pytest.raises(PlannerError):
        read_case(raw)


def test_the_first_broken_rule_is_told_in_the_order_of_the_file() -> None:
    document = put(put(cases.telecom(), ("horizon",), 0), (*SEGMENT, "customers"), "many")
    assert refused(document).code == "at_least"


def test_a_rule_of_pydantic_without_a_sentence_of_its_own_is_invalid() -> None:
    error = planner_error({"type": "novel", "loc": ("name",), "msg": "No", "input": 1}, {"name": 1})
    assert (error.code, error.fields["place"], error.fields["rule"]) == ("invalid", "name", "No")


def test_the_family_follows_from_the_number_of_answers_and_is_written_only_where_it_does_not() -> None:
    # model, section 1: `family` by the number of answers; one answer exponential, two ADBUDG
    case = case_from(cases.telecom())
    retain = cases.telecom()["segments"][0]["levers"]["retain"]
    assert case.segments[0].levers["retain"].family == "adbudg"  # type: ignore[union-attr]
    assert case_from(put(cases.telecom(), (*RETAIN, "family"), "adbudg")) == case
    one = case_from(put(cases.telecom(), (*RETAIN, "points"), retain["points"][:1]))
    assert one.segments[0].levers["retain"].family == "exponential"  # type: ignore[union-attr]
    with pytest.raises(PlannerError) as refused_:
        case_from(put(cases.telecom(), RETAIN, retain | {"points": retain["points"][:1], "family": "adbudg"}))
    assert (refused_.value.code, refused_.value.fields["answers"], refused_.value.fields["needed"]) == (
        "family_answers",
        1,
        2,
    )
    assert '"family"' not in case.to_json() + one.to_json()


@pytest.mark.parametrize("family", ["michaelis_menten", "tanh"])
def test_a_named_family_of_one_answer_is_kept_by_what_people_change(family: str) -> None:
    document = put(cases.telecom(), (*ACQUIRE, "points"), [[900000, 0.05]])
    case = case_from(put(document, (*ACQUIRE, "family"), family))
    segment = case.segments[0].id
    told: dict[str, Estimate | None] = {"floor": Estimate.of(0), "answer_1": Estimate.of(900), "answer_2": None}
    changed = believe(case, segment, "acquire", told | {"ceiling": Estimate.of(6000)}, (900000.0, 1350000.0))
    edited = with_number(changed, (segment, "acquire", "answer_1"), Estimate.of(0.04))
    for found in (case, changed, edited, read_case(edited.to_json())):
        assert found.segments[0].levers["acquire"].family == family  # type: ignore[union-attr]
    more = told | {"answer_2": Estimate.of(2000), "ceiling": Estimate.of(6000)}
    with pytest.raises(PlannerError) as caught:
        believe(case, segment, "acquire", more, (900000.0, 1350000.0))
    assert (caught.value.code, caught.value.fields["answers"], caught.value.fields["needed"]) == (
        "family_answers",
        2,
        1,
    )


def test_a_person_who_answered_more_than_the_family_asks_is_set_aside() -> None:
    document = put(cases.telecom(), (*ACQUIRE, "points"), [[900000, 0.05]])
    acquire = document["segments"][0]["levers"]["acquire"]
    acquire |= {
        "family": "tanh",
        "opinions": [
            {"by": "Ann", "floor": 0.01, "ceiling": 0.1, "points": [[900000, 0.05]]},
            {"by": "Bob", "floor": 0.01, "ceiling": 0.1, "points": [[900000, 0.05], [1350000, 0.06]]},
        ],
    }
    ((segment, lever, problem),) = set_aside(case_from(document))
    assert (segment, lever, problem.code, problem.fields["place"]) == ("families", "acquire", "opinion_points", "Bob")
    assert (problem.fields["value"], problem.fields["needed"]) == (2, 1)


def test_every_lever_moves_a_metric_of_its_own() -> None:
    assert len({kind.metric for kind in LEVERS.values()}) == len(LEVERS)
    assert [kind.code for kind in LEVERS.values()] == list(LEVERS) == list(LEVER_CODES) == list(cases.LEVERS)


# Spend, limits and initiatives --------------------------------------------------------------------------------------


def test_a_spend_names_segments_by_id_or_name_and_what_is_left_out_is_0() -> None:
    case = case_from(rich())
    nothing = dict.fromkeys(LEVER_CODES, 0.0)
    spend = spend_from(case, {"families": {"acquire": 5}, "Seniors": {"retain": 7.5}})
    assert spend == {"families": nothing | {"acquire": 5}, "seniors": nothing | {"retain": 7.5}}
    assert spend_from(case, {}) == {"families": nothing, "seniors": nothing}
    assert spend_from(case, {"seniors": {"develop": 0}})["seniors"]["develop"] == 0


@pytest.mark.parametrize(
    ("document", "code", "value"),
    [
        ([], "not_an_object", []),
        (5, "not_an_object", 5),
        ({"families": 5}, "not_an_object", 5),
        ({"nobody": {}}, "unknown_segment", "nobody"),
        ({"families": {"sell": 5}}, "unknown_lever", "sell"),
        ({"families": {"acquire": "5"}}, "not_a_number", "5"),
        ({"families": {"acquire": True}}, "not_a_number", True),
        ({"families": {"acquire": None}}, "not_a_number", None),
        ({"families": {"acquire": -1}}, "out_of_range", -1),
        ({"families": {"acquire": inf}}, "out_of_range", inf),
        ({"families": {"acquire": 10**400}}, "out_of_range", 10**400),
        ({"families": {"acquire": 2 * MAX_AMOUNT}}, "out_of_range", 2 * MAX_AMOUNT),
        ({"seniors": {"develop": 1}}, "spend_on_constant", 1),
    ],
)
def test_a_spend_that_cannot_be_is_refused(document: object, code: str, value: object) -> None:
    with pytest.raises(PlannerError) as caught:
        spend_from(case_from(rich()), document)
    assert (caught.value.code, caught.value.fields["value"]) == (code, value)
    assert caught.value.fields["place"]
    assert_complete(caught.value)


def test_money_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(PlannerError) as caught:
        spend_from(case_from(rich()), {"families": {"acquire": nan}})
    assert caught.value.code == "out_of_range"


def test_one_segment_told_twice_in_a_spend_is_refused() -> None:
    # by id and by name: neither amount may be lost silently
    with pytest.raises(PlannerError):
        spend_from(case_from(rich()), {"families": {"acquire": 5}, "Families": {"acquire": 7}})


def test_limits_are_read() -> None:
    limits = limits_from(
        case_from(rich()),
        {
            "cells": {"Families": {"acquire": [0, 5]}, "seniors": {"retain": [1, 1]}},
            "levers": {"develop": [0, 9]},
            "locked": {"seniors": {"acquire": 3}},
        },
    )
    assert limits.cells == {"families": {"acquire": (0, 5)}, "seniors": {"retain": (1, 1)}}
    assert limits.levers == {"develop": (0, 9)}
    assert limits.locked == {"seniors": {"acquire": 3}}
    assert limits_from(case_from(rich()), {}).cells == {}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "not_an_object"),
        ({"cell": {}}, "unknown_field"),
        ({"cells": []}, "not_an_object"),
        ({"cells": {"families": {"acquire": 5}}}, "limit_order"),
        ({"cells": {"families": {"acquire": [5]}}}, "limit_order"),
        ({"cells": {"families": {"acquire": [6, 5]}}}, "limit_order"),
        ({"cells": {"families": {"acquire": ["0", 5]}}}, "not_a_number"),
        ({"cells": {"families": {"sell": [0, 5]}}}, "unknown_lever"),
        ({"cells": {"nobody": {"acquire": [0, 5]}}}, "unknown_segment"),
        ({"levers": {"sell": [0, 5]}}, "unknown_lever"),
        ({"levers": {"acquire": [-1, 5]}}, "out_of_range"),
        ({"locked": {"families": {"acquire": -3}}}, "out_of_range"),
        ({"locked": {"families": {"acquire": [0, 3]}}}, "not_a_number"),
    ],
)
def test_limits_that_cannot_be_are_refused(document: object, code: str) -> None:
    with pytest.raises(PlannerError) as caught:
        limits_from(case_from(rich()), document)
    assert caught.value.code == code
    assert caught.value.fields["place"]
    assert_complete(caught.value)


@given(JUNK)
def test_any_spend_and_any_limits_are_read_or_refused(document: object) -> None:
    case = case_from(rich())
    for read in (spend_from, limits_from):
        for given_ in (document, {"families": document}, {"cells": document}, {"locked": {"families": document}}):
            try:
                read(case, given_)
            except PlannerError as error:
                assert_complete(error)


def test_initiatives_come_in_the_order_of_the_case() -> None:
    case = case_from(rich())
    assert initiatives_from(case, ["ambassadors", "app"]) == ("app", "ambassadors")
    assert initiatives_from(case, []) == ()
    with pytest.raises(PlannerError) as caught:
        initiatives_from(case, ["app", "nothing"])
    assert (caught.value.code, caught.value.fields["value"]) == ("unknown_initiative", "nothing")
    assert_complete(caught.value)


def test_where_a_case_has_no_initiatives_that_is_said() -> None:
    with pytest.raises(PlannerError) as caught:
        initiatives_from(case_from(cases.telecom()), ["app"])
    assert (caught.value.code, caught.value.fields["value"]) == ("no_initiatives", "app")
    assert_complete(caught.value)
