"""The house rules that a machine can check: who may import whom, who touches what, how long things may be."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPPED = {"__pycache__", "node_modules", "test-results"}
PICTURES = {".png", ".jpg", ".gif", ".ico", ".mo", ".xlsx", ".pptx", ".pdf", ".woff2"}

SCIENCE = {
    "believed", "case", "case_file", "division", "equity", "errors", "estimate", "families", "information", "levers",
    "limits", "optimize", "parameters", "readouts", "response", "search", "uncertainty",
}  # fmt: skip
"""The modules that compute: they import each other, the numerical libraries, and nothing else."""
NUMERICAL = {"numpy", "scipy", "pydantic", "pydantic_core", "threadpoolctl"}
LONGEST_MODULE = 390
"""Lines; aim for 350, which all but the longest two keep."""
LONGEST_FUNCTION = 55


def files(folder: str, pattern: str = "*.py") -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob(pattern) if not SKIPPED & set(path.parts))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Modules imported anywhere in a file, in full: "strategy.case.case" also for `from strategy import case`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno} imports relatively"
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names if is_module(f"{node.module}.{alias.name}")}
    return found


def is_module(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def top_level(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imports(path)}


STRATEGY, PAGES, PARTS = files("strategy"), sorted((ROOT / "pages").glob("*.py")), files("pages/parts")
every_strategy_file = pytest.mark.parametrize("path", STRATEGY, ids=name)
every_page = pytest.mark.parametrize("path", PAGES, ids=name)
every_part = pytest.mark.parametrize("path", PARTS, ids=name)


# Who imports whom ----------------------------------------------------------------------------------------------------


def test_the_rules_see_the_files() -> None:
    assert len(STRATEGY) > 15
    assert len(PAGES) >= 2
    assert ROOT / "strategy/equity/simulation.py" in STRATEGY
    assert imports(ROOT / "strategy/plan/results.py") >= {
        "functools",
        "strategy.allocation.best_split",
        "strategy.plan.plan",
    }


@every_strategy_file
def test_the_science_knows_no_screen_and_no_page(path: Path) -> None:
    assert not top_level(path) & {"streamlit", "pages", "app", "tests"}


@pytest.mark.parametrize("module", sorted(SCIENCE))
def test_what_computes_imports_only_what_computes(module: str) -> None:
    path = ROOT / "strategy" / f"{module}.py"
    if not path.exists():  # the core is cut differently now: the list above is what it may be cut into
        pytest.skip(f"there is no {module}.py")
    for imported in imports(path):
        top, _, rest = imported.partition(".")
        allowed = (
            top in NUMERICAL
            or top in sys.stdlib_module_names
            or (top == "strategy" and (not rest or rest.split(".")[0] in SCIENCE))
        )
        assert allowed, f"{name(path)} imports {imported}"


def test_whatever_what_computes_imports_is_on_the_list() -> None:
    """A new module that, say, equity imports has to follow the same rule: it is named above."""
    reached, waiting = set[str](), ["strategy.allocation.information", "strategy.case.case_file"]
    while waiting:
        module = waiting.pop()
        if module.startswith("strategy.") and module not in reached:
            reached.add(module)
            waiting += imports(ROOT.joinpath(*module.split(".")).with_suffix(".py"))
    assert {module.removeprefix("strategy.") for module in reached} <= SCIENCE


@every_strategy_file
def test_only_charts_draw(path: Path) -> None:
    if path.parent != ROOT / "strategy" / "charts":
        assert "plotly" not in top_level(path)


@every_strategy_file
def test_charts_exports_and_customers_keep_to_their_place(path: Path) -> None:
    """Customer data never knows a plan; what is computed never knows how it is drawn or said."""
    parts = path.relative_to(ROOT / "strategy").parts
    inside = {module.split(".")[1] for module in imports(path) if module.startswith("strategy.")}
    if parts[0] == "customers":
        assert not inside & {"plan", "results", "charts", "exports"}
    if parts[0] in ("plan.py", "results.py", "explain.py"):
        assert not inside & {"charts", "exports", "messages", "wording"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module_name(path): imports(path) for path in STRATEGY + PAGES + PARTS}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join((*above, module))
        if module in graph and module not in done:
            for imported in graph[module]:
                visit(imported, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@every_page
def test_a_page_imports_parts_and_the_science_and_no_other_page(path: Path) -> None:
    pages = {f"pages.{page.stem}" for page in PAGES}
    assert not imports(path) & pages
    assert "app" not in top_level(path)
    inside = {module for module in imports(path) if module.split(".")[0] == "pages"}
    assert all(module == "pages.parts" or module.startswith("pages.parts.") for module in inside)


@every_part
def test_a_part_imports_no_page(path: Path) -> None:
    assert not imports(path) & {f"pages.{page.stem}" for page in PAGES}
    assert "app" not in top_level(path)


@pytest.mark.parametrize("path", PAGES + PARTS + [ROOT / "app.py"], ids=name)
def test_pages_leave_drawing_to_the_charts_and_numbers_to_the_science(path: Path) -> None:
    assert not top_level(path) & {"plotly", "scipy", "statsmodels"}


# Who touches what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STRATEGY + PAGES + PARTS + [ROOT / "app.py"], ids=name)
def test_only_the_session_touches_session_state(path: Path) -> None:
    touches = any(isinstance(node, ast.Attribute) and node.attr == "session_state" for node in ast.walk(tree(path)))
    assert touches == (name(path) == "pages/frame/session.py")


@every_page
def test_a_page_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120  # "about 100 lines"


@every_strategy_file
def test_the_science_has_no_seed_of_its_own_and_no_clock(path: Path) -> None:
    """Seeds are passed in: no global generator, no time, no environment."""
    source = path.read_text(encoding="utf-8")
    assert not top_level(path) & {"random", "time", "datetime"} or "customers" in path.parts
    assert not re.search(r"np\.random\.(?!default_rng\b|Generator\b)\w+", source)
    assert not re.search(r"default_rng\(\)", source)


BY_POSITION = re.compile(r"\b(responses|today_shares|LEVERS|METRICS|CURVES)\[-?\d|range\(len\((LEVERS|LEVER_CODES)\b")
"""What is found by code: a lever, a metric or a family by its number would be another one once a row is added."""


@pytest.mark.parametrize("path", STRATEGY + PAGES + PARTS, ids=name)
def test_levers_metrics_and_families_are_found_by_code(path: Path) -> None:
    assert not BY_POSITION.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ["given.responses[1]", "ACQUIRE, RETAIN = range(len(LEVERS))", "METRICS[-1]"])
def test_a_lever_by_position_would_be_found(line: str) -> None:
    assert BY_POSITION.search(line)


def test_no_drawer_for_what_has_no_place() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert not drawers & {path.stem for path in STRATEGY + PAGES + PARTS}


# How long things may be ----------------------------------------------------------------------------------------------

SOURCES = STRATEGY + PAGES + PARTS + [ROOT / "app.py"]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function, docstring included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{node.name}:{node.lineno}", (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    assert {function: lines for function, lines in functions(path) if lines > LONGEST_FUNCTION} == {}


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
        f"{name(path)}: {match[0]}"
        for path in written()
        for match in [MACHINE_PATHS.search(path.read_text(encoding="utf-8", errors="ignore"))]
        if match
    ]
    assert found == []


def test_the_search_for_machine_paths_finds_them() -> None:
    assert MACHINE_PATHS.search("see /ro" + "ot/venv") and MACHINE_PATHS.search("C:\\Us" + "ers\\ann")  # noqa: PT018
    assert not MACHINE_PATHS.search("https://example.org/ho" + "me/page")
    assert len(written()) > 50
