"""The house keeps its rules, and each rule finds what breaks it."""

import re
from pathlib import Path

import pytest

from tests.house import (
    LONGEST_FUNCTION,
    LONGEST_MODULE,
    LONGEST_PAGE,
    ROOM_FOR,
    ROOT,
    RULES,
    SKIPPED,
    House,
    Rule,
    Source,
)

HOUSE = House.at(ROOT)
PICTURES = {".png", ".jpg", ".gif", ".ico", ".mo", ".xlsx", ".pptx", ".pdf", ".woff2"}
SETTINGS = '[tool.mypy]\nstrict = true\nfiles = ["strategy", "pages"]\n'


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(HOUSE)) == []


def test_the_rules_see_the_whole_house() -> None:
    assert {"app", "pages.planner", "pages.frame.session", "strategy.equity.simulation"} <= HOUSE.sources.keys()
    assert "strategy.plan.plan" in HOUSE.modules_imported(HOUSE.sources["strategy.plan.results"])
    assert len(HOUSE.product) > 150


def house(settings: str = SETTINGS, **texts: str) -> House:
    """A small house that keeps every rule but the one that the given modules break (`__` for a dot in a name)."""
    named = {name.replace("__", "."): text for name, text in texts.items()}
    return House({name: Source(name, text) for name, text in named.items()}, settings)


def lines(count: int) -> str:
    return "x = 1\n" * count


BROKEN = {
    "rooms_import_what_stands_below_them": house(
        strategy__case__case="from strategy.plan.plan import Plan", strategy__plan__plan="class Plan: ..."
    ),
    "the_chain_of_customer_data_runs_one_way": house(
        strategy__customers__models__spend="import strategy.customers.cleaning.summary",
        strategy__customers__cleaning__summary="",
    ),
    "every_module_stands_in_a_room": house(strategy__extra=""),
    "no_modules_import_each_other_in_a_circle": house(
        strategy__case__a="import strategy.case.b", strategy__case__b="import strategy.case.a"
    ),
    "nothing_is_imported_relatively": house(strategy__case__a="from .b import c"),
    "the_science_knows_no_screen": house(strategy__plan__plan="def f():\n    import streamlit"),
    "what_computes_imports_numerical_libraries_only": house(strategy__equity__curves="import pandas"),
    "only_charts_import_plotly": house(strategy__exports__pdf="import plotly.graph_objects as go"),
    "only_the_store_knows_the_database": house(pages__start="import sqlite3"),
    "pages_leave_numbers_to_the_science": house(pages__budget="from scipy.stats import norm"),
    "no_page_imports_another_page": house(pages__budget="import pages.start", pages__start=""),
    "the_product_imports_every_module": house(
        strategy__case__lonely="", tests__case__test_lonely="import strategy.case.lonely"
    ),
    "only_the_frame_touches_session_state": house(
        pages__money__best="import streamlit as st\nst.session_state['x'] = 1"
    ),
    "pages_try_a_change_in_one_way": house(
        pages__money__best="try:\n    f()\nexcept PlannerError as error:\n    trouble.complain('best', str(error))"
    ),
    "the_science_has_no_seed_of_its_own_and_no_clock": house(strategy__equity__draws="rng = np.random.default_rng()"),
    "no_lever_by_position": house(strategy__equity__draws="acquire = LEVER_CODES[0]"),
    "a_room_has_at_most_sixteen_modules": house(**{f"strategy__case__m{n}": "" for n in range(ROOM_FOR + 1)}),
    "tests_lie_in_folders_like_the_packages": house(tests__science__test_case=""),
    "a_public_class_name_means_one_thing": house(
        strategy__case__a="class Step: ...", strategy__plan__b="class Step: ..."
    ),
    "there_is_no_drawer_for_what_has_no_place": house(strategy__case__utils=""),
    "a_module_can_be_read_in_one_sitting": house(strategy__case__a=lines(LONGEST_MODULE + 1)),
    "a_function_fits_on_a_screen": house(strategy__case__a="def f():\n" + "    x = 1\n" * LONGEST_FUNCTION),
    "types_are_checked_strictly_in_the_science_and_on_pages": house('[tool.mypy]\nstrict = true\nfiles = ["strategy"]'),
}


def test_every_rule_has_a_house_that_breaks_it() -> None:
    assert BROKEN.keys() == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_what_breaks_it(rule: Rule) -> None:
    assert len(list(rule(BROKEN[rule.__name__]))) >= 1


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("the last line that fits", lines(LONGEST_MODULE)),
        ("the last function that fits", "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION - 1)),
        ("by code", "acquire = LEVERS['acquire']\nfor lever in LEVER_CODES: ..."),
        ("with a seed", "rng = np.random.default_rng(seed)"),
    ],
)
def test_the_rules_let_pass_what_keeps_them(kept: str, text: str) -> None:
    keeps = house(strategy__case__a=text, strategy__case__b="import strategy.case.a")
    broken = [found for rule in RULES for found in rule(keeps) if "only tests import strategy.case.b" not in found]
    assert broken == []


def test_only_the_frame_keeps_complaints_and_the_state_of_the_session() -> None:
    text = "try:\n    f()\nexcept PlannerError as error:\n    trouble.complain('best', str(st.session_state))"
    frame = house(pages__frame__fields=text, pages__money__best="import pages.frame.fields")
    assert [found for rule in RULES for found in rule(frame) if "pages.money.best" not in found] == []


def test_a_page_is_shorter_than_other_modules() -> None:
    long_page = house(pages__budget=lines(LONGEST_PAGE + 1))
    assert [found for rule in RULES for found in rule(long_page)] == [
        f"pages.budget has {LONGEST_PAGE + 1} lines, at most {LONGEST_PAGE}"
    ]


# What no file may say ------------------------------------------------------------------------------------------------

MACHINE_PATHS = re.compile(
    "|".join(
        (
            r"(?<![\w.:/])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers")) + r")/\w",
            r"\b[A-Z]:\\+Us" + r"ers\\",
        )
    )
)


def written() -> list[Path]:
    """Every text file of the project that people wrote, hidden settings included, hidden caches not."""
    hidden = {".streamlit", ".github"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and path.suffix not in PICTURES
        and not SKIPPED & set(path.parts)
        and all(not part.startswith(".") or part in hidden for part in path.relative_to(ROOT).parts[:-1])
        and path.stat().st_size < 5_000_000
    ]


def test_no_file_mentions_the_machine_it_was_written_on() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in written()
        for match in [MACHINE_PATHS.search(path.read_text(encoding="utf-8", errors="ignore"))]
        if match
    ]
    assert found == []


def test_the_search_for_machine_paths_finds_them() -> None:
    assert MACHINE_PATHS.search("see /ro" + "ot/venv") and MACHINE_PATHS.search("C:\\Us" + "ers\\ann")  # noqa: PT018
    assert not MACHINE_PATHS.search("https://example.org/ho" + "me/page")
    assert len(written()) > 50
