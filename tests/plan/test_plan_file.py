"""Plan files: what is written is read again, older files open, and what is wrong is refused where it stands."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.case.case_file import case_from
from strategy.case.samples import SAMPLES, load_sample
from strategy.errors import PlannerError
from strategy.plan.moves import choose, lock, set_cell, set_cell_limits, set_lever_limits, set_phases, set_search
from strategy.plan.plan import LARGEST_LOGO, SCHEMA, Brand, Plan, World, start
from strategy.plan.plan_file import UPGRADES, file_name, read_plan
from strategy.plan.scenario import MOST_SCENARIOS
from strategy.words.messages import ERRORS, explain
from strategy.words.wording import Wording
from tests import cases

Document = dict[str, Any]

FAMILIES = "families"
PLANS = Path(__file__).parent / "plans"
OLD_SAMPLES = Path(__file__).parent / "samples_of_schema_1"
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def encoded(picture: bytes) -> str:
    return b64encode(picture).decode()


def full() -> Plan:
    """A plan with everything in it: two scenarios, one with phases, a world, a brand."""
    plan = start(case_from(cases.events_and_initiatives() | {"budget": 3_700_000}))
    plan = choose(plan, "club", True)
    plan = lock(plan, [(FAMILIES, "retain"), ("seniors", "acquire")], True)
    plan = set_cell_limits(set_lever_limits(plan, "develop", 1, 9e5), {FAMILIES: {"acquire": (0, 1e6)}})
    plan = set_search(plan, aversion=0.25, at_most=True, seed=7, draws=500)
    later = plan.scenario.model_copy(update={"id": "later", "name": "Harvest later", "note": "Invest now."})
    plan = plan.having(scenarios=(*plan.scenarios, later), shown="later")
    plan = set_cell(set_phases(plan, 2), FAMILIES, "develop", 7e5, phase=1)
    expected = World(id="base", name="As expected", events=tuple(event.id for event in plan.case.events))
    return plan.having(
        title="Autumn plan",
        client="Telecom",
        prepared_by="A consultant",
        brand=Brand(logo=encoded(PNG + b"picture"), accent="#0072B2"),
        worlds=(expected, World(id="calm", name="Calm", opinions=("finance",))),
        answers={"focus": {FAMILIES: "focus"}},
    )


def written() -> Document:
    document: Document = json.loads(full().to_json())
    return document


def refused(document: object) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        read_plan(json.dumps(document))
    return caught.value


# Both ways -----------------------------------------------------------------------------------------------------------


def test_a_plan_file_gives_the_same_plan_back() -> None:
    document = written()
    plan = read_plan(json.dumps(document))
    assert json.loads(plan.to_json()) == document
    assert plan == full()
    assert read_plan(json.dumps(document).encode()) == plan


def test_money_stands_in_a_file_as_in_a_file_of_spend() -> None:
    document = written()
    same, phased = (scenario["spend"] for scenario in document["scenarios"])
    assert same == full().showing("plan").phases[0].spend
    # The example firm plans five periods: of two phases the second begins in the third.
    assert [phase["from"] for phase in phased] == [1, 3]
    assert phased[1]["spend"][FAMILIES]["develop"] == 700_000


def test_phases_of_one_are_the_same_in_every_period() -> None:
    document = written()
    money = document["scenarios"][0]["spend"]
    document["scenarios"][0]["spend"] = [{"from": 1, "spend": money}]
    assert read_plan(json.dumps(document)) == full()


@pytest.mark.parametrize("sample", [sample.code for sample in SAMPLES])
def test_a_case_file_is_read_as_todays_plan(sample: str) -> None:
    case = load_sample(sample)
    assert read_plan(case.to_json()) == start(case)
    assert read_plan(start(case).to_json()) == start(case)


def test_a_plan_file_may_leave_out_what_has_a_default() -> None:
    scenario = {"id": "a", "name": "A", "spend": {"Families": {"retain": 5}}, "budget": 5}
    plan = read_plan(json.dumps({"schema": 2, "case": cases.telecom(), "scenarios": [scenario], "shown": "a"}))
    assert plan.phases[0].spend[FAMILIES] == {"acquire": 0, "develop": 0, "retain": 5, "reduce_cost": 0}
    assert (plan.fixed, plan.locked, plan.aversion, plan.title, plan.brand) == (True, (), 0.0, "", None)


@settings(max_examples=60)
@given(cases.cases(triples=True, max_segments=2, max_horizon=4), st.data())
def test_whatever_scenarios_there_are_the_file_gives_them_back(document: Document, data: st.DataObject) -> None:
    case = case_from(document)
    text = st.text(max_size=8)
    first, scenarios = start(case), []
    for number in range(data.draw(st.integers(1, 3))):
        plan = set_phases(first, data.draw(st.integers(1, min(3, case.horizon))))
        cells = plan.cells()
        for _ in range(data.draw(st.integers(0, 2)) if cells else 0):
            segment, lever = data.draw(st.sampled_from(cells))
            phase = data.draw(st.integers(0, len(plan.phases) - 1))
            plan = set_cell(plan, segment, lever, data.draw(st.floats(0, 1e7)), phase)
        own = {"id": f"s{number}", "name": data.draw(text) or "-", "note": data.draw(text)}
        scenarios.append(plan.scenario.model_copy(update=own))
    plan = first.having(scenarios=tuple(scenarios), shown=data.draw(st.sampled_from([s.id for s in scenarios])))
    assert read_plan(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "telecom"),
        ("Web shop", "web-shop"),
        ("../../etc/passwd\\..\\x:y|z", "etc-passwd-x-y-z"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("\u202eתוכנית\u202c", "תוכנית"),
        ("🧑 plan 🇳🇱", "plan"),
        ("🧑", "plan"),
        ("x" * 200, "x" * 60),
        ("CON", "con"),
    ],
)
def test_a_plan_file_is_named_after_the_plan_and_the_day(title: str, name: str) -> None:
    plan = start(load_sample("telecom", "en")).having(title=title)
    assert file_name(plan, "2026-11-27") == f"{name}_2026-11-27.json"


# Older and newer -----------------------------------------------------------------------------------------------------


def test_there_is_a_file_of_every_older_schema() -> None:
    assert sorted(path.name for path in PLANS.iterdir()) == [f"schema_{number}.json" for number in sorted(UPGRADES)]


def test_a_plan_of_schema_1_opens_with_one_scenario() -> None:
    # The file was written by the planner before it knew scenarios; what stands here was read in it by eye.
    text = (PLANS / "schema_1.json").read_text(encoding="utf-8")
    plan, was = read_plan(text), json.loads(text)
    assert [(s.id, s.name, s.note) for s in plan.scenarios] == [("plan", "Plan", "")]
    assert plan.spend == was["spend"]
    assert (plan.budget, plan.fixed, plan.at_most, plan.choose_initiatives) == (4_000_000.5, False, True, True)
    assert (plan.initiatives, plan.aversion, plan.draws, plan.seed) == (("club",), 0.25, 500, 7)
    assert plan.locked == ((FAMILIES, "retain"), ("seniors", "acquire"))
    assert plan.limits.levers == {"develop": (1, 900_000)}
    assert plan.limits.cells == {FAMILIES: {"acquire": (0, 1_000_000)}}
    assert plan.answers == {"focus": {FAMILIES: "focus"}, "retention_goal": {"seniors": 90}}
    assert plan.origin((FAMILIES, "customers")).by == "Sales"
    assert plan.origin(("budget",)).confirm
    assert (plan.title, plan.worlds, plan.phased) == ("", (), False)
    assert read_plan(plan.to_json()) == plan
    assert json.loads(plan.to_json())["schema"] == SCHEMA == 2


@pytest.mark.parametrize("code", sorted(path.stem for path in OLD_SAMPLES.glob("*.json")))
def test_a_plan_of_schema_1_of_each_sample_opens_with_all_that_is_in_it(code: str) -> None:
    # Written by the planner as it was before it knew scenarios: each sample with half its money on one cell.
    was = json.loads((OLD_SAMPLES / f"{code}.json").read_text(encoding="utf-8"))
    plan = read_plan(json.dumps(was))
    now = json.loads(plan.to_json())
    (money,) = now["scenarios"]
    assert was["schema"] == 1
    assert plan.spend == was["spend"] != plan.case.today
    kept = {name: money.get(name, now["settings"].get(name, now.get(name))) for name in was}
    assert kept == was | {"schema": 2, "case": now["case"]}
    assert plan.case == case_from(was["case"])
    assert read_plan(plan.to_json()) == plan


@pytest.mark.parametrize("field", ["scenarios", "shown", "title", "settings", "colour"])
def test_a_file_of_schema_1_holds_nothing_of_a_later_one(field: str) -> None:
    document = json.loads((PLANS / "schema_1.json").read_text(encoding="utf-8"))
    assert refused(document | {field: []}).code == "unknown_field"


@pytest.mark.parametrize("schema", [3, 4, 10**9])
def test_a_file_of_a_newer_planner_is_refused_as_newer(schema: int) -> None:
    error = refused(written() | {"schema": schema})
    assert error.code == "newer_schema"
    assert "newer version" in explain(error, Wording("en", "EUR"))


# What is wrong -------------------------------------------------------------------------------------------------------

SPEND: Document = {FAMILIES: {"retain": 5}}


def phases(*starts: object) -> list[Document]:
    return [{"from": start, "spend": SPEND} for start in starts]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("schema", "2", "schema"),
        ("schema", True, "schema"),
        ("schema", None, "schema"),
        ("schema", 0, "schema"),
        ("case", None, "not_a_case"),
        ("case", [], "not_a_case"),
        ("case", {}, "schema"),
        ("title", 5, "not_text"),
        ("title", "x" * 201, "text_too_long"),
        ("client", ["x"], "not_text"),
        ("brand", {"logo": "x" * 300_000}, "logo_size"),
        ("brand", {"logo": encoded(PNG + bytes(LARGEST_LOGO))}, "logo_size"),
        ("brand", {"logo": encoded(b"GIF89a")}, "logo_kind"),
        ("brand", {"logo": "no base64"}, "logo_kind"),
        ("brand", {"logo": "\u00e9"}, "logo_kind"),
        ("brand", {"logo": 5}, "not_text"),
        ("brand", {"accent": "red"}, "colour"),
        ("brand", {"accent": "#12345g"}, "colour"),
        ("brand", {"accent": "#\u0661\u0662\u0663456"}, "colour"),
        ("brand", {"font": "Arial"}, "unknown_field"),
        ("scenarios", None, "not_a_list"),
        ("scenarios", {}, "not_a_list"),
        ("scenarios", [], "scenario_count"),
        ("scenarios", [{}], "missing"),
        ("scenarios", [5], "not_an_object"),
        ("shown", "nobody", "unknown_scenario"),
        ("shown", 1, "not_text"),
        ("shown", None, "not_text"),
        ("worlds", [{"id": "a", "name": "A", "events": ["storm"]}], "unknown_event"),
        ("worlds", [{"id": "a", "name": "A"}] * 2, "duplicate_id"),
        ("worlds", [{"id": "A", "name": "A"}], "text_pattern"),
        ("worlds", [{"id": "a", "name": "A", "opinions": [5]}], "not_text"),
        ("settings", {"draws": 0}, "at_least"),
        ("settings", {"draws": 10**9}, "at_most"),
        ("settings", {"draws": 1e9}, "not_whole"),
        ("settings", {"seed": -1}, "at_least"),
        ("settings", {"seed": 2**32}, "at_most"),
        ("settings", None, "not_an_object"),
        ("answers", {"colour": "red"}, "unknown_question"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_a_wrong_field_of_a_plan_file_is_refused(field: str, value: Any, code: str) -> None:
    error = refused(written() | {field: value})
    assert error.code == code
    assert code in ERRORS


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "Autumn", "text_pattern"),
        ("id", 5, "not_text"),
        ("name", "", "text_length"),
        ("note", "x" * 2001, "text_too_long"),
        ("spend", None, "not_an_object"),
        ("spend", "5", "not_an_object"),
        ("spend", {FAMILIES: {"retain": -1}}, "out_of_range"),
        ("spend", {FAMILIES: {"retain": "5"}}, "not_a_number"),
        ("spend", {FAMILIES: {"advertise": 5}}, "unknown_lever"),
        ("spend", {"pensioners": {}}, "unknown_segment"),
        ("spend", [], "phase_count"),
        ("spend", phases(1, 2, 3, 4, 5), "phase_count"),
        ("spend", phases(2), "first_phase"),
        ("spend", phases(1, 3, 2), "phase_order"),
        ("spend", phases(1, 1), "phase_order"),
        ("spend", phases(1, 6), "phase_too_late"),
        ("spend", phases(1, 2.5), "not_whole"),
        ("spend", phases(1, True), "not_whole"),
        ("spend", [{"from": 1, "spend": SPEND}, {"from": 3}], "missing"),
        ("spend", [{"from": 1, "spend": {"pensioners": {}}}], "unknown_segment"),
        ("spend", [5], "not_an_object"),
        ("phases", phases(1), "unknown_field"),
        ("initiatives", ["nobody"], "unknown_initiative"),
        ("initiatives", None, "unknown_initiative"),
        ("budget", -1, "out_of_range"),
        ("budget", None, "not_a_number"),
        ("fixed", "yes", "invalid"),
        ("locked", 5, "unknown_plan_field"),
        ("locked", "families", "unknown_plan_field"),
        ("locked", [[FAMILIES]], "unknown_plan_field"),
        ("locked", [[FAMILIES, "advertise"]], "unknown_plan_field"),
        ("locked", [["pensioners", "retain"]], "unknown_plan_field"),
        ("locked", [[[], {}]], "unknown_plan_field"),
        ("limits", None, "not_an_object"),
        ("limits", {"cells": {FAMILIES: {"retain": [2, 1]}}}, "limit_order"),
        ("limits", {"cells": {"pensioners": {}}}, None),
        ("limits", {"cells": {"pensioners": {"retain": [0, 1]}}}, "unknown_segment"),
        ("limits", {"levers": {"advertise": [0, 1]}}, "unknown_lever"),
        ("limits", {"minimum": {}}, "unknown_field"),
        ("limits", {"locked": {FAMILIES: {"retain": 500_000}}}, "locks_in_limits"),
        ("aversion", 1.5, "at_most"),
        ("draws", 500, "unknown_field"),
    ],
)
def test_a_wrong_field_of_a_scenario_is_refused_and_it_is_named(field: str, value: Any, code: str | None) -> None:
    document = written()
    document["scenarios"][1][field] = value
    error = refused(document)
    assert code in (None, error.code)
    sentence = explain(error, Wording("en", "EUR"))
    assert "cenario" in sentence
    assert "Harvest later" in sentence or field == "name"


def test_every_scenario_has_an_id_of_its_own_and_there_are_twenty_at_most() -> None:
    document = written()
    first = document["scenarios"][0]
    twice = refused(document | {"scenarios": [first, first], "shown": first["id"]})
    assert (twice.code, twice.fields["value"]) == ("duplicate_id", "plan")
    many = [first | {"id": f"s{number}"} for number in range(MOST_SCENARIOS + 1)]
    assert len(read_plan(json.dumps(document | {"scenarios": many[:-1], "shown": "s0"})).scenarios) == 20
    error = refused(document | {"scenarios": many, "shown": "s0"})
    assert (error.code, error.fields["value"]) == ("scenario_count", 21)
    assert "1 to 20" in explain(error, Wording("en", "EUR"))
    thousand = [first | {"id": f"s{number}"} for number in range(1000)]
    assert refused(document | {"scenarios": thousand, "shown": "s0"}).fields["value"] == 1000


@pytest.mark.parametrize("picture", [PNG, JPEG])
def test_a_logo_may_be_as_large_as_it_may_be(picture: bytes) -> None:
    logo = encoded(picture + bytes(LARGEST_LOGO - len(picture)))
    read = read_plan(json.dumps(written() | {"brand": {"logo": logo, "accent": None}}))
    assert read.brand == Brand(logo=logo)
    assert read_plan(read.to_json()) == read


@pytest.mark.parametrize(
    ("field", "value"),
    [("locked", None), ("locked", {}), ("locked", True), ("initiatives", {}), ("spend", None), ("draws", 1e9)],
)
def test_a_wrong_field_of_a_file_of_schema_1_is_refused(field: str, value: Any) -> None:
    document = json.loads((PLANS / "schema_1.json").read_text(encoding="utf-8"))
    assert refused(document | {field: value}).code in ERRORS


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([FAMILIES, "retain"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(document: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as keys and positions from its root."""
    found = [so_far]
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            found += places(document[key], (*so_far, key))
    return found


@settings(max_examples=250)
@given(st.data())
def test_whatever_stands_in_a_plan_file_it_is_read_or_refused(data: st.DataObject) -> None:
    document: Any = {"root": written()}
    # The top fields are tried as often as everything inside the case.
    inner = places(document["root"])[1:]
    top = [place for place in inner if len(place) == 1 or place[0] != "case"]
    place = ("root", *data.draw(st.one_of(st.sampled_from(top), st.sampled_from(inner))))
    holder = document
    for key in place[:-1]:
        holder = holder[key]
    if data.draw(st.booleans()):
        holder[place[-1]] = data.draw(JSON)
    else:
        del holder[place[-1]]
    try:
        plan = read_plan(json.dumps(document["root"]))
    except PlannerError:
        return
    assert read_plan(plan.to_json()) == plan


@given(st.integers(0, 100_000), st.binary(max_size=3))
def test_a_torn_or_overwritten_plan_file_is_read_or_refused(at: int, noise: bytes) -> None:
    text = json.dumps(written()).encode()
    at %= len(text)
    for torn in (text[:at], text[:at] + noise + text[at + len(noise) :]):
        try:
            read_plan(torn)
        except PlannerError:
            continue


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "json_syntax"),
        (b"{", "json_syntax"),
        (b"\xff\xfe", "not_utf8"),
        (b"null", "not_a_case"),
        (b"[]", "not_a_case"),
        (b"[" * 100_000, "json_syntax"),
        (b'{"case": 1, "case": 2}', "repeated_key"),
        (b'{"schema": 1, "budget": NaN}', "not_finite"),
        (b'{"schema": 1, "case": ' + b"[" * 400 + b"]" * 400 + b"}", "not_a_case"),
        (b" " * 5_000_001, "too_large"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(text: bytes, code: str) -> None:
    with pytest.raises(PlannerError) as caught:
        read_plan(text)
    assert caught.value.code == code


def test_an_endless_amount_in_a_plan_file_is_refused() -> None:
    document = written()
    document["scenarios"][0]["budget"] = 12345.5
    with pytest.raises(PlannerError) as caught:
        read_plan(json.dumps(document).replace("12345.5", "1e999"))
    assert caught.value.code in ("not_finite", "out_of_range")
