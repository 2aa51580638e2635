"""The rules of the house as functions: each takes the sources of a tree and gives what breaks it, in sentences."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
SKIPPED = {"__pycache__", "node_modules", "test-results"}
ROOMS = (
    "strategy.errors", "strategy.progress", "strategy.unforeseen", "strategy.unreadable", "strategy.locales",
    "strategy.words", "strategy.case", "strategy.equity", "strategy.allocation", "strategy.customers",
    "strategy.questions", "strategy.store", "strategy.plan", "strategy.dimensions", "strategy.coherence",
    "strategy.explanations", "strategy.charts", "strategy.browser", "strategy.exports", "strategy.commands",
    "strategy.__main__", "pages.served", "pages.frame", "pages.questions", "pages.plans", "pages.money",
    "pages.customer_data", "pages.dimensions", "pages", "app",
)  # fmt: skip
"""From low to high: a room imports what stands before it."""
CUSTOMER_ROOMS = (
    "strategy.customers.findings", "strategy.customers.models", "strategy.customers.reading",
    "strategy.customers.proposing", "strategy.customers.reading.source", "strategy.customers.reading.reader",
    "strategy.customers.cleaning", "strategy.customers.study", "strategy.customers.value",
)  # fmt: skip
"""The chain from a file to values, low to high: a file is read, proposed upon, then kept as it was brought."""
SCIENCE = {"errors", "progress", "case", "equity", "allocation"}
"""What computes: these rooms import each other, the numerical libraries, and of words only the marking of texts."""
NUMERICAL = {"numpy", "scipy", "pydantic", "pydantic_core", "threadpoolctl"}
ROOM_FOR = 16
LONGEST_MODULE = 390
LONGEST_FUNCTION = 55
LONGEST_PAGE = 120
WAITING = {
    "strategy.customers.models.drivers", "strategy.customers.models.curves",
}  # fmt: skip
"""Tested and not yet on a page: the one exception to the rule that the product imports every module."""
ENTERED = {"app", "strategy.__main__", "strategy.locales.extraction"}
"""What is started and not imported: the app, the commands, and what babel.cfg names."""
STORE = "strategy.store"
MIGRATIONS = "strategy.store.migrations"
"""What Alembic finds in its folder and runs."""
CLOCKED = ("strategy.customers", "strategy.store")
"""Rooms that may ask what time it is: data have days, and what is kept says when it was."""
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


@dataclass(frozen=True)
class Source:
    """One module: its dotted name and its text."""

    module: str
    text: str
    package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imported(self) -> dict[str, int]:
        """{what is imported anywhere in it, in full ("strategy.case.case.Case" too): line}"""
        found: dict[str, int] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name: node.lineno for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = "." * node.level + str(node.module)
                found |= {base: node.lineno, **{f"{base}.{alias.name}": node.lineno for alias in node.names}}
        return found

    @property
    def libraries(self) -> set[str]:
        return {name.split(".")[0] for name in self.imported}


@dataclass(frozen=True)
class House:
    """All sources of a tree by module name, and the text of pyproject.toml."""

    sources: Mapping[str, Source]
    settings: str = ""

    @classmethod
    def at(cls, root: Path) -> "House":
        paths = [root / "app.py", *(p for top in ("strategy", "pages", "tests") for p in (root / top).rglob("*.py"))]
        sources = {}
        for path in paths:
            if path.exists() and not SKIPPED & set(path.parts):
                parts = path.relative_to(root).with_suffix("").parts
                module = ".".join(parts).removesuffix(".__init__")
                sources[module] = Source(module, path.read_text(encoding="utf-8"), path.name == "__init__.py")
        settings = root / "pyproject.toml"
        return cls(sources, settings.read_text(encoding="utf-8") if settings.exists() else "")

    @cached_property
    def product(self) -> list[Source]:
        """All but the tests."""
        return [source for name, source in self.sources.items() if name.split(".")[0] != "tests"]

    def under(self, *rooms: str) -> list[Source]:
        return [source for source in self.product if any(within(source.module, room) for room in rooms)]

    def modules_imported(self, source: Source) -> set[str]:
        """Modules of this house that a module imports."""
        found = {name if name in self.sources else name.rpartition(".")[0] for name in source.imported}
        return {name for name in found if name in self.sources and name != source.module}


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def room_of(module: str, rooms: tuple[str, ...]) -> str | None:
    return max((room for room in rooms if within(module, room)), key=len, default=None)


Rule = Callable[[House], Iterator[str]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


# Who imports whom ----------------------------------------------------------------------------------------------------


def _upward(house: House, rooms: tuple[str, ...]) -> Iterator[str]:
    for source in house.product:
        here = room_of(source.module, rooms)
        if here is None:
            continue
        for module in house.modules_imported(source):
            there = room_of(module, rooms)
            if there and rooms.index(there) > rooms.index(here):
                yield f"{source.module} imports {module}: {here} stands below {there}"


@rule
def rooms_import_what_stands_below_them(house: House) -> Iterator[str]:
    yield from _upward(house, ROOMS)


@rule
def the_chain_of_customer_data_runs_one_way(house: House) -> Iterator[str]:
    yield from _upward(house, CUSTOMER_ROOMS)


@rule
def every_module_stands_in_a_room(house: House) -> Iterator[str]:
    for source in house.product:
        if not source.package and room_of(source.module, ROOMS) is None:
            yield f"{source.module} stands in no room"


@rule
def no_modules_import_each_other_in_a_circle(house: House) -> Iterator[str]:
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> Iterator[str]:
        if module in above:
            yield " -> ".join((*above[above.index(module) :], module))
        elif module not in done and module in house.sources:
            for imported in sorted(house.modules_imported(house.sources[module])):
                yield from visit(imported, (*above, module))
            done.add(module)

    for source in house.product:
        yield from visit(source.module, ())


@rule
def nothing_is_imported_relatively(house: House) -> Iterator[str]:
    for source in house.sources.values():
        yield from (f"{source.module}:{line} {name}" for name, line in source.imported.items() if name.startswith("."))


@rule
def the_science_knows_no_screen(house: House) -> Iterator[str]:
    for source in house.under("strategy"):
        if known := source.libraries & {"streamlit", "pages", "app", "tests"}:
            yield f"{source.module} imports {', '.join(sorted(known))}"


@rule
def what_computes_imports_numerical_libraries_only(house: House) -> Iterator[str]:
    for source in house.under(*(f"strategy.{room}" for room in SCIENCE)):
        others = source.libraries - NUMERICAL - set(sys.stdlib_module_names) - {"strategy"}
        yield from (f"{source.module} imports {other}" for other in sorted(others))


@rule
def only_charts_import_plotly(house: House) -> Iterator[str]:
    for source in house.product:
        if "plotly" in source.libraries and not within(source.module, "strategy.charts"):
            yield f"{source.module} imports plotly"


@rule
def only_the_store_knows_the_database(house: House) -> Iterator[str]:
    for source in house.product:
        if source.libraries & {"sqlalchemy", "alembic", "psycopg", "sqlite3"} and not within(source.module, STORE):
            yield f"{source.module} knows the database"


@rule
def pages_leave_numbers_to_the_science(house: House) -> Iterator[str]:
    for source in house.under("pages", "app"):
        if known := source.libraries & {"scipy", "statsmodels", "duckdb", "narwhals"}:
            yield f"{source.module} imports {', '.join(sorted(known))}"


@rule
def no_page_imports_another_page(house: House) -> Iterator[str]:
    pages = {source.module for source in house.under("pages") if source.module.count(".") == 1 and not source.package}
    for source in house.under("pages"):
        yield from (f"{source.module} imports {module}" for module in house.modules_imported(source) & pages)


@rule
def the_product_imports_every_module(house: House) -> Iterator[str]:
    imported = set().union(*(house.modules_imported(source) for source in house.product))
    for source in house.product:
        is_page = source.module.startswith("pages.") and source.module.count(".") == 1
        if not (source.package or is_page or source.module in imported | ENTERED | WAITING) and not within(
            source.module, MIGRATIONS
        ):
            yield f"only tests import {source.module}"
    yield from (f"{module} is imported now: it waits no longer" for module in WAITING & imported)


# Who touches what ----------------------------------------------------------------------------------------------------


@rule
def only_the_frame_touches_session_state(house: House) -> Iterator[str]:
    for source in house.product:
        if not within(source.module, "pages.frame"):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Attribute) and node.attr == "session_state":
                    yield f"{source.module}:{node.lineno} touches session_state"


@rule
def pages_try_a_change_in_one_way(house: House) -> Iterator[str]:
    """With `attempt`: no other handler of errors keeps a complaint."""
    for source in house.under("pages"):
        for handler in ast.walk(source.tree):
            if isinstance(handler, ast.ExceptHandler) and source.module != "pages.frame.fields":
                for node in ast.walk(handler):
                    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "complain":
                        yield f"{source.module}:{node.lineno} keeps why a change failed: attempt it"


@rule
def the_science_has_no_seed_of_its_own_and_no_clock(house: House) -> Iterator[str]:
    for source in house.under("strategy"):
        clocked = any(within(source.module, room) for room in CLOCKED)
        if not clocked and source.libraries & {"random", "time", "datetime"}:
            yield f"{source.module} imports a clock or a generator"
        if re.search(r"np\.random\.(?!default_rng\b|Generator\b)\w+|default_rng\(\)", source.text):
            yield f"{source.module} draws without a seed"


@rule
def no_lever_by_position(house: House) -> Iterator[str]:
    """LEVERS[0], LEVER_CODES[-1], responses[1], and unpackings of them: a fifth lever would shift or break them."""
    tables = {"LEVERS", "LEVER_CODES", "METRICS", "responses", "levers"}

    def named(node: ast.expr) -> str:
        return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""

    for source in house.product:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Subscript) and named(node.value) in tables:
                position = node.slice.operand if isinstance(node.slice, ast.UnaryOp) else node.slice
                if isinstance(position, ast.Constant) and isinstance(position.value, int):
                    yield f"{source.module}:{node.lineno} takes one of {named(node.value)} by position"
            if isinstance(node, ast.Assign) and named(node.value) in tables and isinstance(node.targets[0], ast.Tuple):
                yield f"{source.module}:{node.lineno} unpacks {named(node.value)}"


# How it is laid out --------------------------------------------------------------------------------------------------


@rule
def a_room_has_at_most_sixteen_modules(house: House) -> Iterator[str]:
    rooms: dict[str, list[str]] = defaultdict(list)
    for source in house.sources.values():
        if not source.package:
            rooms[source.module.rpartition(".")[0]].append(source.module)
    yield from (f"{room}: {len(modules)} modules" for room, modules in rooms.items() if len(modules) > ROOM_FOR)


@rule
def tests_lie_in_folders_like_the_packages(house: House) -> Iterator[str]:
    floors = {room.split(".")[1] for room in ROOMS if room.startswith("strategy.")}
    allowed = floors | {"pages", "browser", "benchmarks", "trials", "generated"}
    for module in house.sources:
        parts = module.split(".")
        if parts[0] == "tests" and len(parts) > 2 and parts[1] not in allowed:
            yield f"{module}: there is no {parts[1]} to test"


@rule
def a_public_class_name_means_one_thing(house: House) -> Iterator[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for source in house.under("strategy"):
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(source.module)
    yield from (f"{name}: {', '.join(where)}" for name, where in sorted(places.items()) if len(where) > 1)


@rule
def there_is_no_drawer_for_what_has_no_place(house: House) -> Iterator[str]:
    yield from (s.module for s in house.product if set(s.module.split(".")) & DRAWERS)


@rule
def a_module_can_be_read_in_one_sitting(house: House) -> Iterator[str]:
    for source in house.product:
        lines = source.text.count("\n")
        most = LONGEST_PAGE if source.module.startswith("pages.") and source.module.count(".") == 1 else LONGEST_MODULE
        if lines > most:
            yield f"{source.module} has {lines} lines, at most {most}"


@rule
def a_function_fits_on_a_screen(house: House) -> Iterator[str]:
    for source in house.product:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{source.module}:{node.lineno} {node.name} has {lines} lines"


@rule
def types_are_checked_strictly_in_the_science_and_on_pages(house: House) -> Iterator[str]:
    mypy = tomllib.loads(house.settings).get("tool", {}).get("mypy", {})
    if not mypy.get("strict"):
        yield "mypy is not strict"
    yield from (
        f"mypy does not look at {place}" for place in ("strategy", "pages") if place not in mypy.get("files", [])
    )
