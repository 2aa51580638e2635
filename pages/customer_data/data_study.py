"""Everything the session knows of a customer file: one frozen value, so that forgetting the file forgets all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pages.frame import session
from strategy.customers.cleaning.choices import Choices
from strategy.customers.cleaning.durations import Period
from strategy.customers.reading.folder import PrivateFolder
from strategy.customers.reading.source import Source
from strategy.customers.study import Measured
from strategy.customers.value.segmenting import Way
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.errors import PlannerError

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Brought:
    """A file that somebody brought, in a private folder that goes when nobody holds this any more."""

    folder: PrivateFolder
    path: Path
    name: str


@dataclass(frozen=True)
class Kept:
    """The last study of a file that came to an end, with what its files lie in."""

    brought: Brought
    choices: Choices
    measured: Measured
    number: int


@dataclass(frozen=True)
class Evidence:
    """What stays of a file for the other pages: totals, no rows.

    bought_once  customers who bought once, where they are many and the model cannot tell whether they left; else 0
    last, day    the last day of the data and the day on which it was measured, where a plan kept them
    """

    name: str
    currency: str
    worth: Worth
    bought_once: int = 0
    last: str = ""
    day: str = ""


@dataclass(frozen=True)
class DataStudy:
    """A file, what was decided about it, and what it told.

    number     of the file in this session; the keys of widgets carry it, so that no widget brings along a value
    candidate  a file that is being read; the one before stays until it has been
    unread     the name of a file that was removed before it had been read, and why if it was refused
    refused    how many files were removed unread; the uploader's key carries it, so that it shows none of them
    source     what was read of it
    chosen     what people chose about its columns: {widget: value}
    confirmed  the choices that were confirmed
    folded     whether the choices are out of sight
    asked      what is to be measured: the file, the choices, and how many times something was asked
    kept       what was measured last
    terms, way, since  how money is counted, how customers are grouped, and with which day the end is compared
    costs      what winning back and finding customers costs: {field: number}
    name, period, amounts  typed for the case: its name, in what it counts, {cost to serve or lever: money}
    made       the name of the case that was made
    evidence   what the other pages show
    plan       the token of the plan that was open when the file came: the one that keeps what it tells
    taken      what that plan was given last: the study and the terms
    """

    number: int = 0
    candidate: Brought | None = None
    unread: tuple[str, PlannerError | None] | None = None
    refused: int = 0
    brought: Brought | None = None
    source: Source | None = None
    chosen: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    confirmed: Choices | None = None
    folded: bool = True
    asked: tuple[Path, Choices, int] | None = None
    kept: Kept | None = None
    terms: MoneyTerms = field(default_factory=MoneyTerms)
    way: Way | None = None
    since: date | None = None
    costs: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    name: str | None = None
    period: Period | None = None
    amounts: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    made: str | None = None
    evidence: Evidence | None = None
    plan: str = ""
    taken: tuple[str, ...] = ()


def now() -> DataStudy:
    """The study as it is now."""
    found: DataStudy = session.display("data_study", DataStudy())
    return found


def change(**changes: Any) -> None:
    """Keep something else in some of its fields."""
    session.show("data_study", replace(now(), **changes))


def choose(name: str, value: Any) -> None:
    """Keep what people chose about the columns."""
    change(chosen={**now().chosen, name: value})


def begin(**first: Any) -> None:
    """A study of another file, or of none: nothing of the last one is left but its number."""
    session.show("data_study", DataStudy(now().number + 1, plan=session.kept().token, **first))


def key(name: str) -> str:
    """The key of a widget that is about this file."""
    return f"{name}_{now().number}"
