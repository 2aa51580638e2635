"""Case files: JSON from people, read with care. Every error names place, value, rule and remedy."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from strategy.case.case import SCHEMA, Case
from strategy.case.estimate import MAX_AMOUNT
from strategy.errors import PlannerError

MAX_BYTES = 5_000_000
M = TypeVar("M", bound=BaseModel)
Upgrade = Callable[[Mapping[str, Any]], dict[str, Any]]
"""From a document of one schema to the next: plain data to plain data, before anything is checked."""


def read_json(text: str | bytes) -> Any:
    """JSON from a person. Raises PlannerError for size, syntax, repeated keys, NaN and Infinity."""
    if len(text) > MAX_BYTES:
        raise PlannerError("too_large", place="file", value=len(text), limit=MAX_BYTES)
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        found = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_no_repeats, parse_constant=_NotFinite)
        for location, written in _not_finite(found):
            place = _place(location, found) if location else "file"
            raise PlannerError("not_finite", place=place, value=written, limit=MAX_AMOUNT)
        return found
    except UnicodeDecodeError as error:
        raise PlannerError("not_utf8", place="file", value=f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PlannerError("json_syntax", place=place, value=error.msg) from None
    except RecursionError:
        raise PlannerError("json_syntax", place="file", value="too deeply nested") from None
    except PlannerError:
        raise
    except ValueError:
        raise PlannerError("json_syntax", place="file", value="a number of thousands of digits") from None


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise PlannerError("repeated_key", place=repeated, value=repeated)
    return found


class _NotFinite(str):
    """NaN or Infinity, which JSON does not have, as it stands in a file."""


def _not_finite(document: object, location: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Where NaN and Infinity stand, and which of them."""
    if isinstance(document, _NotFinite):
        yield location, str(document)
    elif isinstance(document, dict):
        for key, entry in document.items():
            yield from _not_finite(entry, (*location, key))
    elif isinstance(document, list):
        for position, entry in enumerate(document):
            yield from _not_finite(entry, (*location, position))


def read_case(text: str | bytes) -> Case:
    """A case from the text of a case file. Raises PlannerError naming place, value and rule."""
    return case_from(read_json(text))


def case_from(document: object) -> Case:
    """A case from parsed JSON. Raises PlannerError naming place, value and rule."""
    if not isinstance(document, Mapping):
        raise PlannerError("not_a_case", place="file", value=type(document).__name__)
    return validate(Case, in_present_schema(document))


def _to_2(document: Mapping[str, Any]) -> dict[str, Any]:
    """Schema 2 adds prospect_pool, rival_response and families of curves by name: nothing that was there changed."""
    return {**document, "schema": 2}


UPGRADES: Mapping[int, Upgrade] = {1: _to_2}
"""From each older schema of a case file to the next."""


def in_present_schema(document: Mapping[str, Any], place: str = "schema") -> Mapping[str, Any]:
    """A case document of any schema that can be read, in the present one. Raises PlannerError for one that cannot."""
    return in_schema(document, SCHEMA, UPGRADES, place)


def in_schema(
    document: Mapping[str, Any], present: int, upgrades: Mapping[int, Upgrade], place: str = "schema"
) -> Mapping[str, Any]:
    """A document of any schema from which steps lead to the present one. Raises PlannerError for another or newer."""
    schema = document.get("schema")
    if isinstance(schema, bool) or not isinstance(schema, int) or (schema < present and schema not in upgrades):
        raise PlannerError("schema", place=place, value=schema, schema=present)
    if schema > present:
        raise PlannerError("newer_schema", place=place, value=schema, schema=present)
    for older in range(schema, present):
        document = upgrades[older](document)
    return document


def validate(model: type[M], document: object) -> M:
    """A model from JSON-like data; the first broken rule as a PlannerError."""
    try:
        return model.model_validate(_tuples(document))
    except RecursionError:
        raise PlannerError("json_syntax", place="file", value="too deeply nested") from None
    except ValidationError as error:
        raise planner_error(error.errors(include_url=False)[0], document) from None


def _tuples(given: object) -> object:
    """Lists as tuples all the way down: strict models take nothing else."""
    if isinstance(given, Mapping):
        return {key: _tuples(value) for key, value in given.items()}
    return tuple(map(_tuples, given)) if isinstance(given, list | tuple) else given


_PYDANTIC_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "float_type": "not_a_number",
    "int_type": "not_whole",
    "int_from_float": "not_whole",
    "finite_number": "not_finite",
    "string_type": "not_text",
    "string_too_short": "text_length",
    "string_too_long": "text_length",
    "string_pattern_mismatch": "text_pattern",
    "too_short": "how_many",
    "too_long": "how_many",
    "literal_error": "choice",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "tuple_type": "not_a_list",
}


def planner_error(detail: ErrorDetails, document: object) -> PlannerError:
    """One Pydantic error as a PlannerError with a place that a person recognises."""
    context = dict(detail.get("ctx", {}))
    code = context.pop("code", None) or _PYDANTIC_CODES.get(detail["type"], "invalid")
    place = _place(detail["loc"], document)
    if field := context.pop("field", None):
        place = field if place == "case" else f"{place}, {field}"
    fields = {"value": detail["input"], "rule": detail["msg"], **context, "place": place}
    if code in ("missing", "unknown_field"):
        fields["value"] = detail["loc"][-1]
    return PlannerError(code, **fields)


def _place(location: Sequence[int | str], document: object) -> str:
    """'segment "Families", retain, points 2' from a Pydantic location."""
    singular = {
        "segments": "segment",
        "events": "event",
        "initiatives": "initiative",
        "scenarios": "scenario",
        "worlds": "world",
    }
    words: list[str] = []
    for key in location:
        if isinstance(key, int):
            document = document[key] if isinstance(document, list | tuple) and key < len(document) else None
            name = document.get("name") if isinstance(document, Mapping) else None
            where = json.dumps(name[:80], ensure_ascii=False) if isinstance(name, str) else str(key + 1)
            words[-1:] = [f"{singular.get(words[-1], words[-1])} {where}" if words else where]
        elif isinstance(document, Mapping) and key in document:
            document = document[key]
            words.append(key)
        elif key not in ("constant", "curve", "low", "likely", "high"):
            words.append(key)
    if "levers" in words[:-1]:
        words.remove("levers")
    return ", ".join(words) or "case"
