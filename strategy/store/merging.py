"""Two people's changes of one plan put together: what each changed alone stays, what both changed is told.

One thing is an answer, a number of the case, a name, or the money of one scenario as a whole. Entries of a list that
have an id (segments, scenarios, worlds) or a person (opinions) are followed by it; any other list is one thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from strategy.store.documents import Document

Path = tuple[str, ...]
"""Where a thing stands: ("case", "segments", "loyal", "customers"); () is the whole plan."""
MONEY = "money"
NOT_MONEY = ("id", "name", "note")
"""What of a scenario is no money."""
WHOLE = (("evidence",), ("scenarios", "*", MONEY), ("worlds", "*", "opinions"))
"""One thing each, however much stands in them; * is any one name."""
FOLLOWED_BY = ("id", "by")


class _Missing:
    """What stands where nothing stands."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()


@dataclass(frozen=True)
class Contested:
    """One thing that both changed; MISSING stands for what is not there."""

    path: Path
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merge:
    """Two changes put together, once with mine and once with theirs where both changed the same thing."""

    mine_first: dict[str, Any]
    theirs_first: dict[str, Any]
    contested: tuple[Contested, ...]


def merged(base: Document, mine: Document, theirs: Document) -> Merge:
    """What two documents that both began as `base` come to together."""
    read = _Three(*(_read(document) for document in (base, mine, theirs)))
    contested: list[Contested] = []
    mine_first = _merged((), read, True, contested)
    return Merge(_written(mine_first), _written(_merged((), read, False, [])), tuple(contested))


def whole(mine: Document, theirs: Document) -> Merge:
    """The merge of two plans that only make sense whole: one or the other."""
    return Merge(dict(mine), dict(theirs), (Contested((), mine, theirs),))


class _Three(NamedTuple):
    """A thing as both began with it, and as each has it now."""

    base: Any
    mine: Any
    theirs: Any


def _merged(path: Path, three: _Three, mine_first: bool, contested: list[Contested]) -> Any:
    base, mine, theirs = three
    if _same(mine, theirs) or _same(theirs, base):
        return mine
    if _same(mine, base):
        return theirs
    parts = [_parts(path, value) for value in three]
    if parts[1] is None or parts[2] is None or (parts[0] is None and base is not MISSING):
        contested.append(Contested(path, mine, theirs))
        return mine if mine_first else theirs
    of_base, of_mine, of_theirs = ({} if part is None else part for part in parts)
    found = {}
    for name in _order(of_base, of_mine, of_theirs):
        each = _Three(*(part.get(name, MISSING) for part in (of_base, of_mine, of_theirs)))
        value = _merged((*path, name), each, mine_first, contested)
        if value is not MISSING:
            found[name] = value
    return list(found.values()) if isinstance(mine, list) else found


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is no 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one is other or (one == other and isinstance(one, bool) == isinstance(other, bool)))


def _parts(path: Path, value: Any) -> dict[str, Any] | None:
    """{name: thing} of what can be changed apart; None for what is one thing."""
    if any(len(path) == len(kind) and all(k in ("*", p) for k, p in zip(kind, path, strict=True)) for kind in WHOLE):
        return None
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        for key in FOLLOWED_BY:
            names = [entry.get(key) for entry in value]
            if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
                return dict(zip(map(str, names), value, strict=True))
    return None


def _order(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """All names, in the order of whoever changed it; mine that theirs does not have stand after what they follow."""
    first, second = (mine, theirs) if list(theirs) == list(base) else (theirs, mine)
    found = list(first)
    before = ""
    for name in [*second, *base]:
        if name not in found:
            found.insert(found.index(before) + 1 if before in found else len(found), name)
        before = name
    return found


def _read(document: Document) -> dict[str, Any]:
    """The document with the money of each scenario as one thing."""
    return _scenarios(dict(document), _gathered)


def _written(document: dict[str, Any]) -> dict[str, Any]:
    return _scenarios(document, _spread)


def _scenarios(document: dict[str, Any], change: Any) -> dict[str, Any]:
    scenarios = document.get("scenarios")
    if not isinstance(scenarios, list):
        return document
    changed = [change(scenario) if isinstance(scenario, Mapping) else scenario for scenario in scenarios]
    return {**document, "scenarios": changed}


def _gathered(scenario: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in scenario.items() if name in NOT_MONEY}
    return {**named, MONEY: {name: value for name, value in scenario.items() if name not in NOT_MONEY}}


def _spread(scenario: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in scenario.items() if name != MONEY}
    return {**named, **scenario.get(MONEY, {})}
