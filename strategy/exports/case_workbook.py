"""A case as an Excel workbook that a consultant can fill in; reading gives the same case back, digit for digit."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import Case, Event, slug
from strategy.case.case_file import in_present_schema, planner_error
from strategy.case.editing import document_of, numbers_of
from strategy.case.levers import LEVER_OF, LEVERS
from strategy.case.ten_numbers import EXAMPLES, case_from_answers, origins_of
from strategy.errors import PlannerError
from strategy.exports.workbook_reading import Row, read_rows
from strategy.exports.workbook_reading import is_workbook as is_workbook
from strategy.exports.workbook_sheets import draw
from strategy.progress import Progress, silent
from strategy.words.wording import Wording

POOL = ("refill", "return_share")
ACQUIRE = LEVER_OF["acquisition_rate"]
Location = tuple[int | str, ...]
Values = dict[str, Any]
NOBODY = "-"
"""An event of no segment at all, where an empty cell means all of them."""


def write_workbook(
    case: Case, origins: Mapping[str, Origin], say: Wording, changed: Mapping[str, str] | None = None
) -> bytes:
    """The workbook of a case, to be read and filled in by people.

    origins  where its numbers come from, {`origin_key`: Origin}
    say      the language of titles and choices; it is read back in any
    changed  who changed a number last, when and from what, {`origin_key`: text}; for people only
    """
    rows = {**_rows(case), "origins": _origin_rows(case, origins, changed or {})}
    return draw(case, rows, say)


def blank_workbook(currency: str, say: Wording) -> bytes:
    """A workbook to start from: one segment, round numbers, each marked as a default to be confirmed."""
    case = case_from_answers(say.text("Our firm"), say.text("Our customers"), currency, EXAMPLES)
    marked = {key: Origin(kind="default", confirm=True) for key in origins_of(case)}
    return write_workbook(case, marked, say)


def read_workbook(content: bytes, on_progress: Progress = silent) -> tuple[Case, dict[str, Origin]]:
    """The case of a workbook, and the origins of its numbers. Raises PlannerError naming sheet, cell, value, rule."""
    rows = read_rows(content)
    on_progress(0.9)
    document, places = _document(rows)
    document = dict(in_present_schema(document, rows["firm"][0].places["schema"]))
    try:
        case = Case.model_validate(document)
    except ValidationError as error:
        raise _in_the_workbook(error, document, places) from None
    return case, _origins(rows["origins"])


# From a case to rows -------------------------------------------------------------------------------------------------


def _rows(case: Case) -> dict[str, list[Values]]:
    """What stands on each sheet, {column: value}; an estimate as in a case file."""
    document = document_of(case)
    rows: dict[str, list[Values]] = {
        "firm": [{code: document[code] for code in document if code not in _LISTS}],
        "segments": [_segment(segment) for segment in document["segments"]],
        "levers": [],
        "side_effects": [],
        "opinions": [],
        "migration": [
            {"from": row, "to": to, "share": share}
            for row, shares in zip(case.segment_ids, case.migration or (), strict=case.migration is not None)
            for to, share in zip(case.segment_ids, shares, strict=True)
            if share
        ],
        "events": [_change(event) for event in case.events],
        "initiatives": [_change(initiative) for initiative in case.initiatives],
    }
    for segment in document["segments"]:
        for code, lever in segment["levers"].items():
            cell = {"segment": segment["id"], "lever": code}
            rows["side_effects"] += [{**cell, **effect} for effect in lever.get("side_effects", ())]
            rows["opinions"] += [{**cell, **_answers(opinion)} for opinion in lever.get("opinions", ())]
            rows["levers"].append({**cell, **_answers(lever)})
    return rows


def _segment(document: Mapping[str, Any]) -> Values:
    """A segment with its pool of prospects and its rivals in columns beside its other numbers."""
    values = {code: value for code, value in document.items() if code not in ("levers", "prospect_pool")}
    return {**values, **document.get("prospect_pool", {}), **_rivals(document["levers"][ACQUIRE])}


def _rivals(lever: Mapping[str, Any]) -> Values:
    return {code: value for code, value in lever.items() if code == "rival_response"}


_LISTS = ("segments", "migration", "events", "initiatives")


_NOT_AN_ANSWER = ("points", "side_effects", "opinions", "rival_response")


def _answers(given: Mapping[str, Any]) -> Values:
    """A lever's or a person's answers, each point as a spend and an answer."""
    told = {code: value for code, value in given.items() if code not in _NOT_AN_ANSWER}
    for number, (spend, answer) in enumerate(given.get("points", ()), 1):
        told |= {f"spend_{number}": spend, f"answer_{number}": answer}
    return told


def _origin_rows(case: Case, origins: Mapping[str, Origin], changed: Mapping[str, str]) -> list[Values]:
    """A row for every number of the case, and for what else has an origin."""
    numbers = dict.fromkeys([*map(origin_key, numbers_of(case)), *origins])
    rows = []
    for number in numbers:
        told = origins[number].model_dump() if number in origins else {}
        told |= {"confirm": "yes" if origins[number].confirm else "no"} if told else {}
        told |= {"changed": changed[number]} if number in changed else {}
        rows.append({"number": number, **{code: value for code, value in told.items() if value != ""}})
    return rows


def _change(event: Event) -> Values:
    values: Values = event.model_dump(mode="json", by_alias=True)
    if event.segments is not None:
        values["segments"] = ", ".join(event.segments) or NOBODY
    return values


# From rows to a case -------------------------------------------------------------------------------------------------


class _Places(dict[Location, str]):
    """The cell of each place in a case's document."""

    def of(self, location: Location) -> str | None:
        """The cell of a place, or of the nearest thing around it."""
        while location and location not in self:
            location = location[:-1]
        return self.get(location)

    def note(self, location: Location, row: Row) -> None:
        """Keep where a row of the workbook went."""
        if location:
            self[location] = row.place
        for code, place in row.places.items():
            self[*location, code] = place
        for number in (1, 2):
            if f"spend_{number}" in row.places:
                self[*location, "points", number - 1, 0] = row.places[f"spend_{number}"]
                self[*location, "points", number - 1, 1] = self[*location, "points", number - 1] = row.places[
                    f"answer_{number}"
                ]


def _document(rows: Mapping[str, Sequence[Row]]) -> tuple[Values, _Places]:
    """The case as in a case file, and which cell each of its fields comes from."""
    places = _Places()
    firm = rows["firm"][0]
    places.note((), firm)
    document: Values = {**firm.values, "segments": tuple(_segments(rows["segments"], places))}
    segments = _Segments(document["segments"])
    for row in rows["levers"]:
        number, lever = segments.at(row, "segment"), row.values["lever"]
        levers = document["segments"][number]["levers"]
        if lever in levers:
            raise PlannerError("row_twice", place=row.places["lever"], value=lever)
        levers[lever] = {**_lever(row), **(_rivals(rows["segments"][number].values) if lever == ACQUIRE else {})}
        places.note(("segments", number, "levers", lever), row)
        if lever == ACQUIRE and "rival_response" in rows["segments"][number].places:
            places["segments", number, "levers", lever, "rival_response"] = rows["segments"][number].places[
                "rival_response"
            ]
    _refuse_gaps(document["segments"], places)
    for field, columns in (("side_effects", ("metric", "at_ceiling")), ("opinions", ("by", "floor", "ceiling"))):
        for row in rows[field]:
            number, lever = segments.at(row, "segment"), row.values["lever"]
            entries = document["segments"][number]["levers"][lever].setdefault(field, ())
            entry = {code: row.values[code] for code in columns}
            entry |= {"points": _points(row)} if field == "opinions" else {}
            document["segments"][number]["levers"][lever][field] = (*entries, entry)
            places.note(("segments", number, "levers", lever, field, len(entries)), row)
    document["migration"] = _migration(rows["migration"], segments, places)
    for field in ("events", "initiatives"):
        document[field] = tuple(_event(row, segments) for row in rows[field])
        for number, row in enumerate(rows[field]):
            places.note((field, number), row)
    return document, places


def _segments(rows: Sequence[Row], places: _Places) -> list[Values]:
    """The segments without their levers; one without a code gets one from its name."""
    given = {row.values["id"] for row in rows if "id" in row.values}
    taken: set[str] = set()
    segments: list[Values] = []
    for number, row in enumerate(rows):
        if row.values.get("id") in taken:
            raise PlannerError("row_twice", place=row.places["id"], value=row.values["id"])
        base = chosen = row.values.get("id") or slug(row.values["name"], f"segment-{number + 1}")
        while "id" not in row.values and chosen in given | taken:
            chosen = f"{base}-{number + 1}" if chosen == base else f"{chosen}-{number + 1}"
        taken.add(chosen)
        own = {code: value for code, value in row.values.items() if code not in (*POOL, "rival_response")}
        pool = {code: row.values[code] for code in POOL if code in row.values}
        segments.append({**own, "id": chosen, **({"prospect_pool": pool} if pool else {}), "levers": {}})
        places.note(("segments", number), row)
        for code in POOL:
            if code in row.places:
                places["segments", number, "prospect_pool", code] = row.places[code]
    return segments


class _Segments:
    """Finds the segment that a cell names: by its code, or by its name where only one has it."""

    def __init__(self, segments: Sequence[Values]) -> None:
        self.ids = [segment["id"] for segment in segments]
        self.names = [segment["name"] for segment in segments]

    def number(self, said: str, place: str) -> int:
        """Its position. Raises PlannerError("unknown_segment")."""
        if said in self.ids:
            return self.ids.index(said)
        if self.names.count(said) == 1:
            return self.names.index(said)
        raise PlannerError("unknown_segment", place=place, value=said, within="", known=", ".join(self.ids))

    def at(self, row: Row, column: str) -> int:
        """The position of the segment that a row names."""
        return self.number(row.values[column], row.places[column])


def _lever(row: Row) -> Values:
    values = {code: value for code, value in row.values.items() if code not in ("segment", "lever")}
    points = _points(row)
    if "constant" not in values and not points:
        raise PlannerError("cell_empty", place=row.places["spend_1"], value=None)
    for number in (1, 2):
        values.pop(f"spend_{number}", None)
        values.pop(f"answer_{number}", None)
    return values if "constant" in values and not points else {**values, "points": points}


def _points(row: Row) -> tuple[tuple[Any, Any], ...]:
    """The answers between floor and ceiling. Raises PlannerError for a spend without an answer, or the reverse."""
    points = []
    for number in (1, 2):
        codes = (f"spend_{number}", f"answer_{number}")
        later = any(f"{part}_2" in row.values for part in ("spend", "answer")) and number == 1
        for code in codes:
            if code not in row.values and (later or any(other in row.values for other in codes)):
                raise PlannerError("cell_empty", place=row.places[code], value=None)
        if codes[0] in row.values:
            points.append((row.values[codes[0]], row.values[codes[1]]))
    return tuple(points)


def _refuse_gaps(segments: Sequence[Values], places: _Places) -> None:
    """Each segment needs a row for each lever whose metric stands nowhere else."""
    for number, segment in enumerate(segments):
        for lever, kind in LEVERS.items():
            if kind.needed and lever not in segment["levers"]:
                raise PlannerError(
                    "lever_missing", place=places["segments", number], value=lever, within=segment["name"]
                )


def _migration(rows: Sequence[Row], segments: _Segments, places: _Places) -> tuple[tuple[float, ...], ...] | None:
    """Shares from segment to segment, those without a row 0; None where there are no rows at all."""
    if not rows:
        return None
    shares: list[list[float]] = [[0.0] * len(segments.ids) for _ in segments.ids]
    for row in rows:
        start, end = segments.at(row, "from"), segments.at(row, "to")
        if ("migration", start, end) in places:
            raise PlannerError("row_twice", place=row.places["to"], value=row.values["to"])
        shares[start][end] = row.values["share"]
        places["migration", start, end] = row.places["share"]
    return tuple(map(tuple, shares))


def _event(row: Row, segments: _Segments) -> Values:
    values = dict(row.values)
    if said := values.pop("segments", None):
        parts = [] if said.strip() == NOBODY else [part.strip() for part in said.split(",")]
        values["segments"] = tuple(segments.ids[segments.number(part, row.places["segments"])] for part in parts)
    return values


def _in_the_workbook(error: ValidationError, document: Values, places: _Places) -> PlannerError:
    """The first broken rule, named by its cell."""
    detail = error.errors(include_url=False)[0]
    found = planner_error(detail, document)
    location: Location = tuple(detail["loc"])
    if location[2:3] == ("levers",):
        location = (*location[:4], *location[5:])  # without which of the two kinds of lever was tried
    field = str(detail.get("ctx", {}).get("field", ""))
    place = places.of((*location, "levers", field) if len(location) == 2 else (*location, field))
    place = place or places.of(location) or found.fields["place"]
    code = "cell_empty" if found.code == "missing" else found.code
    return PlannerError(code, **{**found.fields, "place": place})


def _origins(rows: Sequence[Row]) -> dict[str, Origin]:
    """{`origin_key`: Origin} of the rows that say where a number comes from."""
    origins: dict[str, Origin] = {}
    for row in rows:
        number, values = row.values["number"], {c: v for c, v in row.values.items() if c != "number"}
        if number in origins:
            raise PlannerError("row_twice", place=row.places["number"], value=number)
        if values and "kind" not in values:
            raise PlannerError("cell_empty", place=row.places["kind"], value=None)
        if values:
            origins[number] = Origin.model_validate({**values, "confirm": values.get("confirm") == "yes"})
    return origins
