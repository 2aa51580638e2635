"""Who changed which number of a plan, when, and from what: read from its versions, each of them once."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from strategy.case.beliefs import ENDS
from strategy.case.case_file import in_present_schema
from strategy.case.editing import FIRM_NUMBERS, POOL_NUMBERS, SEGMENT_NUMBERS, Key
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_OF
from strategy.errors import PlannerError
from strategy.store import links, plans
from strategy.store.database import Database
from strategy.store.documents import Document
from strategy.store.versions import Author, Version

MOST_PLANS = 32
"""Plans of which the changes are remembered; the one asked for longest ago goes."""
FIRM = ""
"""Where the firm's own numbers stand among the parts of a case: no segment has an empty id."""
NOBODY = Author("")
"""Who made a change of which the versions in between are gone: it may have been several people."""


@dataclass(frozen=True)
class NumberChange:
    """One change of a number; None where there was, or is, no such number.

    before, after  as the case has it: shares from 0 to 1
    """

    key: Key
    before: Estimate | None
    after: Estimate | None
    version: int
    at: float
    author: Author


Changes = Mapping[Key, tuple[NumberChange, ...]]
"""Of every number that was ever changed, the last change first."""


@dataclass
class _Known:
    """What is known of a plan: its newest version, the changes of each version, and all of them by number."""

    newest: int = 0
    by_version: Mapping[int, tuple[NumberChange, ...]] | None = None
    by_number: Changes | None = None


_LOCK = Lock()
_BOOKS: WeakKeyDictionary[Database, OrderedDict[int, _Known]] = WeakKeyDictionary()


def number_changes(database: Database, token: str) -> Changes:
    """Every change of a number in the versions that are kept of a plan; none where the store does not have it.

    Computed once for each version of a plan, whoever asks. Raises PlannerError for what the database says.
    """
    there = plans.newest(database, token)
    if there is None:
        return {}
    plan, newest = there
    with _LOCK:
        book = _BOOKS.setdefault(database, OrderedDict())
        known = book.setdefault(plan, _Known())
        book.move_to_end(plan)
        while len(book) > MOST_PLANS:
            book.popitem(last=False)
    if known.by_number is None or known.newest != newest:
        heads = [version for version in links.history(database, token) if version.kind != "aside"]
        found = _up_to_date(database, token, heads, known.by_version or {})
        known.newest, known.by_version, known.by_number = newest, found, _by_number(found)
    return known.by_number


def _up_to_date(
    database: Database, token: str, heads: Sequence[Version], known: Mapping[int, tuple[NumberChange, ...]]
) -> dict[int, tuple[NumberChange, ...]]:
    """The changes of each version; documents are read of those only that are not known, and of what they changed."""
    began_with, kept = {}, {version.number for version in heads}
    for earlier, version in pairwise(heads):
        began_with[version.number] = version.before if version.before in kept else earlier.number
    new = [version for version in heads[1:] if version.number not in known]
    last_use = {began_with[version.number]: version.number for version in new}
    wanted = {version.number: version for version in new}
    found = {number: changes for number, changes in known.items() if number in kept}
    cases: dict[int, Document] = {}
    for number, document in links.documents(database, token, {*wanted, *last_use}):
        cases[number] = document.get("case", {})
        if number in wanted:
            version, before = wanted[number], began_with[number]
            author = version.author if before == version.before else NOBODY
            case = cases.get(before)
            found[number] = tuple(_changed(case, cases[number], version, author)) if case is not None else ()
        for past in [one for one in cases if last_use.get(one, 0) <= number]:
            del cases[past]
    return found


def _changed(before: Document, after: Document, version: Version, author: Author) -> Iterator[NumberChange]:
    """The numbers in which two cases differ; of segments that are the same nothing is looked at."""
    if before == after:
        return
    one, other = _parts_of(before), _parts_of(after)
    for part in dict.fromkeys([*one, *other]):
        if one.get(part) != other.get(part):
            then, now = (_numbers(part, parts.get(part)) for parts in (one, other))
            for key in dict.fromkeys([*then, *now]):
                if then.get(key) != now.get(key):
                    was, is_now = _estimate(then.get(key)), _estimate(now.get(key))
                    yield NumberChange(key, was, is_now, version.number, version.at, author)


def _by_number(found: Mapping[int, tuple[NumberChange, ...]]) -> Changes:
    changes: dict[Key, tuple[NumberChange, ...]] = {}
    for number in sorted(found):
        for change in found[number]:
            changes[change.key] = (change, *changes.get(change.key, ()))
    return changes


def written_numbers(case: Document) -> dict[Key, Estimate]:
    """Every number of a case as its document has it, with the keys of `editing.numbers_of`, and without checking it.

    A document that is no case has none.
    """
    numbers = (_numbers(part, told) for part, told in _parts_of(case).items())
    return {key: value for found in numbers for key, raw in found.items() if (value := _estimate(raw)) is not None}


def _parts_of(case: Document) -> dict[str, Any]:
    """{segment id: its document}, and under FIRM the firm's own numbers; nothing of what is no case."""
    try:
        case = in_present_schema(case)
        firm = {field: case.get(field) for field in FIRM_NUMBERS}
        return {FIRM: firm, **{segment["id"]: segment for segment in case["segments"]}}
    except (KeyError, TypeError, AttributeError, PlannerError):
        return {}


def _numbers(part: str, told: Any) -> dict[Key, Any]:
    """The numbers of a part as they are written; of one that is not as it should be, none."""
    if told is None:
        return {}
    if part == FIRM:
        return {(field,): value for field, value in told.items() if value is not None}
    try:
        found: dict[Key, Any] = {(part, field): told[field] for field in SEGMENT_NUMBERS}
        found |= {(part, field): told.get("prospect_pool", {}).get(field) for field in POOL_NUMBERS}
        acquire = told["levers"].get(LEVER_OF["acquisition_rate"], {})
        found[part, "rival_response"] = acquire.get("rival_response") or None
        for lever, believed in told["levers"].items():
            found |= {(part, lever, name): value for name, value in _answers(believed).items()}
    except (KeyError, TypeError, AttributeError):
        return {}
    return {key: value for key, value in found.items() if value is not None}


def _answers(lever: Mapping[str, Any]) -> dict[str, Any]:
    if "constant" in lever:
        return {"constant": lever["constant"]}
    answers = {f"answer_{number}": answer for number, (_, answer) in enumerate(lever["points"], 1)}
    effects = {effect["metric"]: effect["at_ceiling"] for effect in lever.get("side_effects", ())}
    carried = {"carryover": lever.get("carryover") or None}
    own = {name: lever[name] for name in ("spend", "floor", "ceiling")}
    return {**own, **answers, **carried, **effects}


def _estimate(value: Any) -> Estimate | None:
    if value is None:
        return None
    ends = value if isinstance(value, list | tuple) else [value] * len(ENDS)
    return Estimate.shown(*map(float, ends))
