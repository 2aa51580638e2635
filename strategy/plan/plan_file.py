"""Plan files: JSON from people, read with care. Every error names place, value, rule and remedy."""

import re
from collections.abc import Mapping
from typing import Any

from strategy.allocation.split_file import initiatives_from, limits_from, phased_spend_from
from strategy.case.case import Case
from strategy.case.case_file import Upgrade, case_from, in_schema, read_json, validate
from strategy.errors import PlannerError
from strategy.plan.answers import checked_answers
from strategy.plan.plan import OF_SETTINGS, SCHEMA, Plan, start
from strategy.plan.scenario import FIRST_ID, FIRST_NAME, MOST_SCENARIOS, money_path, takes_money

MONEY_OF_1 = (
    "spend",
    "initiatives",
    "budget",
    "fixed",
    "at_most",
    "choose_initiatives",
    "locked",
    "limits",
    "aversion",
)
OTHERS_OF_1 = ("case", "answers", "origins")


def _to_2(document: Mapping[str, Any]) -> dict[str, Any]:
    """Schema 2 keeps the money in scenarios, of which schema 1 had one, and the draws and their seed in settings.

    Raises PlannerError("unknown_field") for what schema 1 did not have: schema 2 might.
    """
    for field in document:
        if field not in ("schema", *MONEY_OF_1, *OTHERS_OF_1, *OF_SETTINGS):
            raise PlannerError("unknown_field", place=field, value=field)

    def of(names: tuple[str, ...]) -> dict[str, Any]:
        return {name: document[name] for name in names if name in document}

    money = {"id": FIRST_ID, "name": FIRST_NAME, **of(MONEY_OF_1)}
    return {"schema": 2, **of(OTHERS_OF_1), "scenarios": [money], "shown": FIRST_ID, "settings": of(OF_SETTINGS)}


UPGRADES: Mapping[int, Upgrade] = {1: _to_2}
"""From each older schema of a plan file to the next."""


def read_plan(text: str | bytes) -> Plan:
    """A plan from a plan file, or today's plan from a case file. Raises PlannerError naming place, value and rule."""
    return plan_from(read_json(text))


def plan_from(document: object) -> Plan:
    """A plan from parsed JSON, of a plan file or a case file. Raises PlannerError naming place, value and rule."""
    if not (isinstance(document, Mapping) and "case" in document):
        return start(case_from(document))
    document = in_schema(document, SCHEMA, UPGRADES)
    case = case_from(document["case"])
    scenarios = document.get("scenarios")
    if not isinstance(scenarios, list):
        raise PlannerError("not_a_list", place="scenarios", value=scenarios)
    if not 1 <= len(scenarios) <= MOST_SCENARIOS:
        raise PlannerError("scenario_count", place="scenarios", value=len(scenarios), high=MOST_SCENARIOS)
    checked = {
        **document,
        "case": case,
        "answers": checked_answers(case, document.get("answers", {})),
        "scenarios": [_scenario(case, number, scenario) for number, scenario in enumerate(scenarios, 1)],
    }
    return validate(Plan, checked)


def _scenario(case: Case, number: int, document: object) -> dict[str, Any]:
    """A scenario whose references to the case are checked. Raises PlannerError that names the scenario."""
    if not isinstance(document, Mapping):
        raise PlannerError("not_an_object", place=f"scenario {number}", value=document)
    name = document.get("name")
    here = f'scenario "{name}"' if isinstance(name, str) else f"scenario {number}"
    try:
        for field in ("id", "name"):
            if field not in document:
                raise PlannerError("missing", place=field, value=field)
        return {**document, **_money(case, document)}
    except PlannerError as error:
        raise PlannerError(error.code, **{**error.fields, "place": f"{here}, {error.fields['place']}"}) from None


def _money(case: Case, document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a scenario that speak of segments, levers and initiatives. Raises PlannerError."""
    chosen = document.get("initiatives", [])
    limits = limits_from(case, document.get("limits", {}))
    if limits.locked:
        raise PlannerError("locks_in_limits", place="limits, locked", value=list(limits.locked))
    locked = document.get("locked", [])
    if not isinstance(locked, list):
        raise PlannerError("unknown_plan_field", place="locked", value=locked)
    for cell in locked:
        if not _is_cell(case, cell):
            raise PlannerError("unknown_plan_field", place="locked", value=cell)
    return {
        "spend": money_path(phased_spend_from(case, document.get("spend"))),
        "initiatives": initiatives_from(case, chosen if isinstance(chosen, list) else [str(chosen)]),
        "limits": limits,
        "locked": locked,
    }


LONGEST_FILE_NAME = 60
"""Characters that a plan's name has in the name of its file."""


def file_name(plan: Plan, day: str) -> str:
    """What a plan's file is called: letters and digits of its title, or of its firm, and the day (2026-11-27)."""
    words = re.findall(r"[^\W_]+", (plan.title.strip() or plan.case.name).casefold())
    name = "-".join(words)[:LONGEST_FILE_NAME].strip("-")
    return f"{name or 'plan'}_{day}.json"


def _is_cell(case: Case, cell: object) -> bool:
    """Whether it is [segment id, lever], of a lever that takes money there."""
    if not isinstance(cell, list) or len(cell) != 2 or cell[0] not in case.segment_ids:
        return False
    segment, lever = cell
    return isinstance(lever, str) and lever in case.segment(segment).levers and takes_money(case, segment, lever)
