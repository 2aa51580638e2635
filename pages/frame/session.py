"""What the session knows: the language, the plan with its history, and what is only about the screen."""

from datetime import datetime
from typing import Any, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from pages.frame import place
from pages.frame.place import Place
from strategy.case.samples import SAMPLES, load_sample, sample_origins
from strategy.errors import PlannerError
from strategy.plan.history import TYPING, History, Step
from strategy.plan.moves import begin
from strategy.plan.plan import Plan
from strategy.plan.plan_file import plan_from
from strategy.store import links, opened
from strategy.store.documents import shared_document
from strategy.store.merging import merged
from strategy.words.wording import LANGUAGES, N_, Wording, known_language

OPENED = N_("{name} opened")
SPOKEN = "lang"
"""The part of the address that carries the language."""
SHARED = "shared"
"""The part of the address that carries a whole plan."""
EVIDENCE_REMOVED = N_("customer evidence removed")
RESTORED = N_("the version of {when} restored")
CHOSE_MINE, CHOSE_THEIRS = N_("my side chosen"), N_("the other side chosen")


def language() -> str:
    """The language on the screen; first from the address, then from the browser, always one that we speak."""
    if "language" not in st.session_state:
        asked = st.query_params.get(SPOKEN)
        st.session_state["language"] = known_language(asked or st.context.locale or "en")
        st.session_state["language chosen"] = asked is not None
    return str(st.session_state["language"])


def set_language(code: str) -> None:
    """Speak another language; a sample that nobody changed speaks it too."""
    if code not in LANGUAGES:
        return
    st.session_state["language"], st.session_state["language chosen"] = code, True
    _address_speaks()
    history = _history()
    sample = dict(history.now.arguments).get("sample")
    if sample and not kept().kept:
        st.session_state["history"] = history.replaced(_sample(sample))
        st.session_state["place"] = place.fresh(plan())


def _address_speaks() -> None:
    """A language that somebody chose stays in the address, which Streamlit empties at every other page."""
    if st.session_state["language chosen"] and st.query_params.get(SPOKEN) != language():
        st.query_params[SPOKEN] = language()


def zone() -> ZoneInfo:
    """The browser's time zone; UTC where it says none that is known here."""
    try:
        return ZoneInfo(str(st.context.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today() -> str:
    """The day it is where the browser is: 2026-11-27."""
    return datetime.now(zone()).date().isoformat()


def say() -> Wording:
    """Words and numbers in the reader's language and the case's currency."""
    return Wording(language(), plan().case.currency)


# The plan ------------------------------------------------------------------------------------------------------------


def _history() -> History:
    if "history" not in st.session_state:
        first = SAMPLES[0].code
        opened = _sample(first)
        arguments = (("name", opened.case.name), ("sample", first))
        st.session_state["history"] = History(Step(OPENED, arguments, opened))
    history: History = st.session_state["history"]
    return history


def _sample(code: str) -> Plan:
    """One of our firms as it is today, in the reader's language."""
    spoken = language()
    return begin(load_sample(code, spoken), sample_origins(code, spoken))


def plan() -> Plan:
    """The plan as it is now."""
    return _history().plan


def segment_names() -> dict[str, str]:
    """{id: name} of the segments as people choose them; those with the same name carry their id."""
    segments = plan().case.segments
    names = [segment.name for segment in segments]
    return {
        segment.id: segment.name if names.count(segment.name) == 1 else f"{segment.name} ({segment.id})"
        for segment in segments
    }


def open_sample(code: str) -> None:
    """Open one of our firms as it is today, as a plan of its own; undo brings back what was there."""
    opened = _sample(code)
    _open(opened, name=opened.case.name, sample=code)


def open_plan(opened: Plan) -> None:
    """Open a plan that somebody made or brought, and keep it at once; undo brings back what was there."""
    _open(opened, name=opened.case.name)
    here = kept()
    if not here.kept and plan() == opened:
        place.bring(here, identity(), Step(OPENED, (("name", opened.case.name),), opened))
        _stand(here)


def _open(opened: Plan, **arguments: str) -> None:
    left = kept()
    before = _history()
    _moved_to(before.record(OPENED, opened, **arguments))
    if _history() is not before:
        st.session_state.setdefault("left", []).append(left)
        st.session_state.pop("returned", None)
        _stand(place.fresh(opened))
        st.query_params.pop(place.ASKED, None)


def change(message: str, changed: Plan, **arguments: str) -> None:
    """Record a change and save it; `message` is its message id, with its arguments."""
    here, before = kept(), _history()
    _moved_to(before.record(message, changed, **arguments))
    if _history() is not before:
        st.session_state.pop("returned", None)
        here.unsaved.append(_history().now)
        _save()


def _moved_to(history: History) -> None:
    st.session_state["history"] = history
    st.session_state["revision"] = revision() + 1


def _save() -> None:
    """Save what is unsaved, and take in what others changed meanwhile."""
    here = kept()
    joined = place.save(here, identity())
    _stand(here)
    if joined is not None:
        _moved_to(_history().replaced(joined))


def type_in(key: str, message: str, changed: Plan, **arguments: str) -> None:
    """Record what is being typed in a field: until something else changes it is one change, and one undo."""
    change(message, changed, **arguments, **{TYPING: key})


def undo() -> None:
    """Take back my own last change."""
    _move("undo", _history().undo())


def redo() -> None:
    """Do again what I took back last."""
    _move("redo", _history().redo())


def _move(kind: Literal["undo", "redo"], remembered: History) -> None:
    """In the store where it has the plan; without it as this tab remembers, to be saved later."""
    here = kept()
    if here.pinned:
        return
    st.session_state.pop("complaints", None)
    if _past_opening(kind):
        _moved_to(remembered)
        _change_places(kind, here)
        return
    if here.kept and not here.unsaved:
        found = place.move(here, identity(), kind)
        if found is not None:
            _take(found)
        if found is not None or not _away(here):
            return
    if remembered is not _history():
        if here.unsaved and here.unsaved[-1] == _history().now and kind == "undo":
            here.unsaved.pop()
        else:
            here.unsaved.append(remembered.now)
        _moved_to(remembered)


def _away(here: Place) -> bool:
    """Whether it was the database that failed, not the change."""
    return here.problem is not None and here.problem.code.startswith("store_")


def _past_opening(kind: Literal["undo", "redo"]) -> bool:
    """Whether undo leaves this plan for the one that was open before it, or redo comes to it again."""
    history, here = _history(), kept()
    if kind == "redo":
        return bool(st.session_state.get("returned") and history.undone and history.undone[0].message == OPENED)
    mine_left = here.steps[0] is not None if here.kept else bool(here.unsaved)
    return bool(st.session_state.get("left") and history.past and history.now.message == OPENED and not mine_left)


def border() -> str | None:
    """The firm that undo would go back to, where it would leave this plan for the one that was open before."""
    return _history().undo().plan.case.name if _past_opening("undo") else None


def _change_places(kind: Literal["undo", "redo"], here: Place) -> None:
    """Stand where the other plan is kept, and remember where this one is."""
    ways = ("left", "returned") if kind == "undo" else ("returned", "left")
    came_from, goes_to = (st.session_state.setdefault(way, []) for way in ways)
    goes_to.append(here)
    other: Place = came_from.pop()
    _stand(other)
    if not other.kept:
        st.query_params.pop(place.ASKED, None)


def _take(found: Step) -> None:
    """The plan as the store has it now, with what this tab remembers of it."""
    history = _history()
    for near in (history.undo(), history.redo()):
        if near.plan == found.plan:
            _moved_to(near)
            return
    _moved_to(history.record(found.message, found.plan, **dict(found.arguments)))


def steps() -> tuple[Step | None, Step | None]:
    """What undo and redo would take back or do again."""
    here, history = kept(), _history()
    remembered = (history.now if history.past else None), (history.undone[0] if history.undone else None)
    if not here.kept or here.unsaved:
        return remembered
    before, after = here.steps
    return (
        remembered[0] if _past_opening("undo") else before,
        after or (remembered[1] if _past_opening("redo") else None),
    )


# Where it is kept ----------------------------------------------------------------------------------------------------


def kept() -> Place:
    """Where this tab's plan is kept."""
    if "place" not in st.session_state:
        _stand(place.fresh(_history().past[0].plan if _history().past else plan()))
        here: Place = st.session_state["place"]
        here.unsaved = [*_history().past[1:], _history().now] if _history().past else []
    found: Place = st.session_state["place"]
    return found


def _stand(here: Place) -> None:
    """The plan is kept there, and the address says so as soon as the store has it."""
    st.session_state["place"] = here
    if here.kept and place.asked() != here.token:
        st.query_params[place.ASKED] = here.token
    if here.pinned:
        st.query_params[place.OF_OLD] = str(here.version.number)
    else:
        st.query_params.pop(place.OF_OLD, None)


def settle() -> None:
    """Before a run: the plan and the language that the address asks for, and both in the address of every page."""
    language()
    _address_speaks()
    wanted = place.asked()
    shared = st.query_params.pop(SHARED, None)
    if shared:
        found = plan_from(shared_document(shared))
        _open(found, name=found.case.name)
    here: Place | None = st.session_state.get("place")
    number = place.asked_version() if wanted else None
    if wanted and (here is None or ((wanted, number) != _stands(here) and not here.unsaved)):
        go_to(wanted, number)
    elif here is not None and here.unsaved and here.contested is None:
        _save()
    elif here is not None:
        _stand(here)


def _stands(here: Place) -> tuple[str, int | None]:
    """The plan on the screen, and its version where that is an older one."""
    return here.token, here.version.number if here.pinned else None


def go_to(token: str, number: int | None = None) -> None:
    """Open the plan of a token, or look at an older version; why that cannot be done is said in the header."""
    try:
        found = place.found(token, identity()) if number is None else place.found_version(token, number)
        if found is None:
            raise PlannerError("link_opens_nothing")
    except PlannerError as error:
        kept().problem = error
        st.query_params.pop(place.OF_OLD, None)
        return
    _moved_to(History(found[1]))
    for way in ("left", "returned"):
        st.session_state.pop(way, None)
    _stand(found[0])


def restore(number: int, when: str) -> None:
    """Make an older version of this plan the newest again, as a change of its own: undo takes it back."""
    here = kept()
    if here.pinned:
        go_to(here.token)
    if kept().token == here.token and not kept().pinned:
        change(RESTORED, plan_from(links.version(opened.database(), here.token, number).document), when=when)


def remove_evidence() -> None:
    """Take what a customer file told out of the plan and out of all its versions. Raises PlannerError."""
    if plan().evidence is not None:
        change(EVIDENCE_REMOVED, plan().having(evidence=None))
        place.erase(kept(), identity(), "evidence")
        st.session_state["history"] = History(_history().now)


def hear() -> bool:
    """Take in what others changed since; whether there was something."""
    found = place.news(kept(), identity())
    if found is not None:
        _take(found)
    return found is not None


def choose(mine: bool) -> None:
    """Of what somebody else changed too: take mine, or leave it at theirs and keep what else I changed, since too."""
    here = kept()
    contested, here.contested = here.contested, None
    if contested is None:
        return
    chosen = (contested.mine if mine else contested.theirs) or {}
    since = merged(contested.version.document, chosen, place.document_of(plan()))
    here.unsaved.clear()
    change(CHOSE_MINE if mine else CHOSE_THEIRS, plan_from(since.mine_first))
    if here.unsaved or plan() != plan_from(here.version.document):
        _save()


# The screen --------------------------------------------------------------------------------------------------------


def revision() -> int:
    """Raised by every change: widgets that keep edits of their own carry it in their key."""
    return int(st.session_state.setdefault("revision", 0))


def display(name: str, default: Any = None) -> Any:
    """Something that is only about the screen: presenting, a guess, an open panel."""
    return st.session_state.setdefault("display", {}).get(name, default)


def show(name: str, value: Any) -> None:
    """Remember something that is only about the screen."""
    st.session_state.setdefault("display", {})[name] = value


def arrive(page: str) -> Plan:
    """The plan as it was when this page was opened."""
    if display("page") != page:
        show("page", page)
        show("arrived", plan())
    arrived: Plan = display("arrived")
    return arrived


def identity() -> str:
    """This browser tab, for shared work that several wait for."""
    if "identity" not in st.session_state:
        st.session_state["identity"] = uuid4().hex
    return str(st.session_state["identity"])
