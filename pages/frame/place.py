"""Where this tab's plan is kept: its address, its newest version in the store, and what could not be saved yet."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section

from pages.served import person
from pages.served.shelf import COOKIE
from strategy.errors import PlannerError
from strategy.plan.history import TYPING, Step
from strategy.plan.plan import Plan
from strategy.plan.plan_file import plan_from
from strategy.store import links, opened, plans, shelves, undoing
from strategy.store.database import Database
from strategy.store.plans import Rights, Written
from strategy.store.tokens import new_token, token_hash, well_formed
from strategy.store.versions import Author, Deed, Version

ASKED = "plan"
"""The part of the address that carries the plan."""
OF_OLD = "version"
"""The part of the address with the number of an older version to look at."""
COPIED = "copy of {name}"


@dataclass
class Place:
    """One plan's place.

    version    the newest that this tab knows; its number is 0 as long as the store has none
    unsaved    what was done since, the oldest first
    problem    why it is not saved
    contested  what somebody else changed too, to choose from
    steps      what undo and redo would take back and do again, where the store says so
    pinned     what the token may do, where not the newest version stands here but an older one to look at; else None
    """

    token: str
    version: Version
    rights: Rights = "edit"
    unsaved: list[Step] = field(default_factory=list)
    problem: PlannerError | None = None
    contested: Written | None = None
    steps: tuple[Step | None, Step | None] = (None, None)
    pinned: Rights | None = None

    @property
    def kept(self) -> bool:
        """Whether the store has it."""
        return self.version.number > 0 or self.pinned is not None


def document_of(plan: Plan) -> dict[str, Any]:
    """A plan as the store keeps it."""
    found: dict[str, Any] = json.loads(plan.to_json())
    return found


def step_of(version: Version) -> Step:
    """A version as a step of the history. Raises PlannerError for a document that is no plan."""
    return Step(version.deed.message, _arguments(version.deed), plan_from(version.document))


def _arguments(deed: Deed) -> tuple[tuple[str, str], ...]:
    return (*deed.arguments, *([(TYPING, deed.typing)] if deed.typing else []))


def deed_of(step: Step) -> Deed:
    """What a step did, as a version has it."""
    arguments = dict(step.arguments)
    typing = arguments.pop(TYPING, "")
    return Deed(step.message, tuple(arguments.items()), typing)


def shelf() -> str | None:
    """The shelf of the person who logged in, else this browser's; None where cookies are refused."""
    return person.shelf_for(_person(), _secret()) or browsers_shelf()


def browsers_shelf() -> str | None:
    """The shelf of this browser, whoever sits at it; None where cookies are refused."""
    found = st.context.cookies.get(COOKIE, "")
    return found if well_formed(found) else None


def logged_in() -> str | None:
    """The name of whoever logged in and has a shelf of his own, as people read it; None where nobody did."""
    return _name() or "" if person.shelf_for(_person(), _secret()) else None


def has_login() -> bool:
    """Whether the owner of the server set up Streamlit's login."""
    return bool(get_secrets_auth_section())


def _person() -> Mapping[str, object]:
    found: Mapping[str, object] = st.user.to_dict() if hasattr(st.user, "to_dict") else {}
    return found


def _name() -> str:
    found = _person()
    return str(found.get("name") or found.get("email") or "")


def _secret() -> str | None:
    """The server's own secret: the one set for it, else the one that signs the cookies of Streamlit's login."""
    of_login = get_secrets_auth_section().get("cookie_secret") if _person() else None
    return person.secret_from(os.environ) or of_login


def author(tab: str) -> Author:
    """Who changes the plan here: the shelf lasts, a tab without one is somebody of its own."""
    mine = shelf()
    return Author(token_hash(mine).hex()[:32] if mine else tab, _name())


def asked_version() -> int | None:
    """The older version that the address asks for; None for the newest."""
    given = str(st.query_params.get(OF_OLD, ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def fresh(plan: Plan) -> Place:
    """A place for a plan that nobody changed yet: the store knows nothing of it."""
    return Place(new_token(), Version(0, document_of(plan)))


def asked() -> str:
    """The plan that the address asks for; empty where it asks for none."""
    return str(st.query_params.get(ASKED, ""))


def found(token: str, tab: str) -> tuple[Place, Step] | None:
    """The place and the plan of a token; None where it opens none. Raises PlannerError."""
    database = opened.database()
    there = plans.open_plan(database, token)
    if there is None:
        return None
    place = Place(token, there.version, there.rights)
    step = step_of(there.version)
    _look_back(place, tab)
    _put_on_shelf(place)
    return place, step


def found_version(token: str, number: int) -> tuple[Place, Step] | None:
    """An older version of a plan to look at; None where the token opens nothing. Raises PlannerError."""
    there = plans.open_plan(opened.database(), token)
    if there is None:
        return None
    old = links.version(opened.database(), token, number)
    return Place(token, old, "look", pinned=there.rights), step_of(old)


def _look_back(place: Place, tab: str) -> None:
    """Learn from the store what undo and redo would do."""
    before, after = undoing.steps(opened.database(), place.token, author(tab))
    place.steps = (_told(before), _told(after))


def _told(version: Version | None) -> Step | None:
    """A change as the header tells it, without its plan, which only the store needs."""
    if version is None:
        return None
    return Step(version.deed.message, version.deed.arguments, None)  # type: ignore[arg-type]


def _put_on_shelf(place: Place) -> None:
    mine = shelf()
    if mine:
        shelves.put(opened.database(), mine, place.token)


def bring(place: Place, tab: str, step: Step) -> None:
    """Keep a plan that was opened from a file or made of data: it is somebody's work before its first change.

    What keeps it from being kept is `problem` until a change is saved, which brings it along.
    """
    try:
        document = place.version.document
        place.version = plans.keep(opened.database(), place.token, document, deed_of(step), author(tab))
        _put_on_shelf(place)
        place.problem = None
    except PlannerError as error:
        place.problem = error


def save(place: Place, tab: str) -> Plan | None:
    """Write what is unsaved; the plan where others had changed something, else None.

    Whoever only looks goes on with a copy of his own. What keeps it from being saved is `problem` until it is saved.
    """
    try:
        database, me = opened.database(), author(tab)
        if place.rights == "look":
            place.token, place.rights, place.version = new_token(), "edit", replace(place.version, number=0)
            place.pinned = None
        was_kept, joined = place.kept, _write_unsaved(place, database, me)
        if not was_kept:
            _put_on_shelf(place)
        place.problem = None
    except PlannerError as error:
        place.problem = error
        return None
    return plan_from(place.version.document) if joined or place.contested else None


def _write_unsaved(place: Place, database: Database, me: Author) -> bool:
    """Write each step from the one before it as this tab had it; whether others had changed something.

    Of what is contested the last step is the writer's side: the steps before it led there.
    """
    joined, start = False, place.version
    while place.unsaved and place.contested is None:
        step = place.unsaved[0]
        document = document_of(step.plan)
        written = plans.write(database, place.token, start, document, deed_of(step), me, plan_from)
        if written.contested and len(place.unsaved) > 1:
            place.unsaved = place.unsaved[-1:]
            continue
        joined = joined or written.joined
        start = replace(start, document=document) if joined else written.version
        place.version = written.version
        place.contested = written if written.contested else None
        place.unsaved.pop(0)
        place.steps = (step, None)
    return joined


def move(place: Place, tab: str, kind: Literal["undo", "redo"], choice: undoing.Choice | None = None) -> Step | None:
    """Take back or do again in the store; the plan as it is then, None where the store could not."""
    try:
        done = (undoing.undo if kind == "undo" else undoing.redo)(
            opened.database(), place.token, author(tab), plan_from, choice
        )
        place.version = done.version
        place.contested = done if done.contested and choice is None else None
        place.problem = None
        _look_back(place, tab)
        return step_of(done.version)
    except PlannerError as error:
        place.problem = error
        return None


def erase(place: Place, tab: str, field: str) -> None:
    """Take a field out of every version that the store keeps of the plan. Raises PlannerError."""
    if place.kept:
        links.erase(opened.database(), place.token, field)
        _look_back(place, tab)


def news(place: Place, tab: str) -> Step | None:
    """The plan as others left it, where they changed it since; None where nothing is new or nothing can be read.

    A plan that was deleted, or whose link was renewed, is said to be so by `problem`; what is unsaved stays.
    """
    if not place.kept or place.unsaved or place.pinned:
        return None
    try:
        there = plans.open_plan(opened.database(), place.token)
        if there is None:
            raise PlannerError("link_opens_nothing")
        place.problem, place.rights = None, there.rights
        if there.version.number == place.version.number:
            return None
        place.version = there.version
        _look_back(place, tab)
        return step_of(there.version)
    except PlannerError as error:
        place.problem = error
        return None
