"""Where each finding about customer data begins: just below, at and just above its threshold.

The thresholds are those of the findings' own sentences: a twentieth of rows or money, 60 days and four times the next
longest silence, 30 repeat buyers, 20 endings, 5 endings expected, 15 % and more than chance, a correlation of 0.2,
and 2 of log-likelihood (Akaike).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from strategy.customers.cleaning import cleaning, durations
from strategy.customers.cleaning.doubts import (
    Removed,
    about_removed,
    long_gap,
    many_unread,
    returns_left,
    short_history,
)
from strategy.customers.findings import CAUTIONS, FALLBACKS, Finding, trust_in
from strategy.customers.models import contracts, purchasing, spend, tracking
from strategy.customers.models.contracts import Renewals, fit_contracts
from strategy.customers.models.purchasing import FAMILIES, Triples, fit
from strategy.customers.models.spend import fit_spend
from strategy.customers.proposing.meanings import Value
from strategy.customers.proposing.selection import Counting, Selection
from strategy.customers.proposing.statuses import Dispute, Status, unused
from strategy.customers.proposing.tenures import counted_in
from strategy.customers.proposing.who import Id, Who, doubts_about
from strategy.customers.study import mid_life
from strategy.customers.study.contracts import with_amounts

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Edge:
    """What a finding does along one number: {value: whether it is there}, and the findings at a value."""

    code: str
    values: dict[Any, bool]
    found: Callable[[Any, Patch], Any]


class Rows:
    """Rows in a database that nobody asks what they hold: the engine's answers are given."""

    def __getattr__(self, name: str) -> Callable[..., "Rows"]:
        return lambda *_, **__: self


def answering(*answers: dict[str, Any]) -> SimpleNamespace:
    """An engine that gives these answers, in turn."""
    turns = iter(answers)
    return SimpleNamespace(arrays=lambda _: next(turns))


# Files ---------------------------------------------------------------------------------------------------------------


def silence(gaps: list[int]) -> Any:
    """Findings on days so far apart, after the first."""
    return long_gap(np.datetime64("2024-01-01") + np.r_[0, np.cumsum(gaps)])


def two_orders(contrary: int, patch: Patch) -> list[Finding]:
    dates = SimpleNamespace(added_to=lambda frame: frame)
    reading = SimpleNamespace(ambiguous=False, contrary=contrary, rows=100)
    patch.setattr(cleaning, "parse_dates", lambda *_: (dates, reading))
    table = SimpleNamespace(column=lambda name: name, type_of=lambda _: "text", engine=None)
    columns = SimpleNamespace(date="day", date_format=None)
    work: Any = SimpleNamespace(columns=columns, table=table, noticed=[], findings=[])
    cleaning._with_dates(work, Rows())  # type: ignore[arg-type]
    return list(work.noticed)


def twice(extra: int) -> Any:
    engine: Any = answering({"rows": [100], "extra": [extra]})
    schema = SimpleNamespace(names=lambda: ["customer"])
    usable: Any = SimpleNamespace(collect_schema=lambda: schema, group_by=Rows().group_by)
    return durations._equal_contracts(engine, usable)


def survivors(expected: float) -> Any:
    """One ending per renewal that came up, and renewals before the first ending that make so many expected."""
    engine: Any = answering({"end": np.array(["2020-03-01"], "datetime64[D]")}, {"periods": [expected]})
    seen: Any = SimpleNamespace(periods=np.array([1]), counts=np.array([50]), ended=np.array([True]))
    return durations._survivors_only(engine, Rows(), seen, 12)  # type: ignore[arg-type]


def filled(missing: int) -> Any:
    engine = answering({"known": [100 - missing], "money": [500.0], "rows": [100]})
    told: Any = SimpleNamespace(frame=Rows(), engine=engine)
    return with_amounts(told, "fee")[1]


# Purchases and spend -------------------------------------------------------------------------------------------------


def customers(repeaters: int, others: int = 40) -> Triples:
    """Repeat buyers of several kinds beside people who bought once."""
    frequency = np.r_[np.tile([1.0, 2.0, 4.0], repeaters)[:repeaters], np.zeros(others)]
    recency = np.where(frequency > 0, 20.0 + 5 * (np.arange(len(frequency)) % 7), 0.0)
    return Triples.of(frequency, recency, np.full(len(frequency), 60.0))


def leaving(gain: float, patch: Patch) -> Any:
    """A law with leaving that is so much more likely than the one without."""
    real = purchasing._fit_family

    def fitted(triples: Triples, name: str) -> Any:
        return replace(real(triples, name), log_likelihood=-100.0 if name == "nbd" else -100.0 + gain)

    patch.setattr(purchasing, "_fit_family", fitted)
    return fit(customers(40)).findings


def searched(converged: bool, high: bool = False, low: bool = False) -> Any:
    ends = {"at_upper": [high, False, False, False], "at_lower": [False, low, False, False]}
    return purchasing._findings(SimpleNamespace(converged=converged, **ends), FAMILIES["bg_nbd"])  # type: ignore[arg-type]


def foretold(predicted: float, chance: float, patch: Patch) -> Any:
    """100 purchases were made; so many were foretold, and chance alone reaches so far."""
    patch.setattr(tracking, "_variance", lambda *_: (chance / tracking.Z) ** 2)
    patch.setattr(tracking, "_doubt", lambda *_: 0.0)
    model: Any = SimpleNamespace(
        expected_purchases=lambda *_: np.array([predicted]), p_alive=lambda *_: np.ones(1), law=None
    )
    one = Triples(np.ones(1), np.ones(1), np.ones(1), np.ones(1, dtype=np.int64))
    return tracking.check_holdout(model, one, np.array([100.0]), 10.0, 1).findings


def spenders(count: int) -> Any:
    frequency = np.tile([1.0, 2.0, 3.0], count)[:count]
    return fit_spend(frequency, 20.0 + 7 * (np.arange(count) % 5), np.ones(count, dtype=np.int64)).findings


def spend_as(patch: Patch, **changed: Any) -> Any:
    """What is said of spend where the search ended so."""
    real = spend.maximise
    patch.setattr(spend, "maximise", lambda *given: replace(real(*given), **changed))
    return spenders(60)


# Contracts -----------------------------------------------------------------------------------------------------------


def endings(*ended: float, at_risk: tuple[float, ...] = (200.0, 100.0)) -> Any:
    return fit_contracts(Renewals(np.array(at_risk), np.array(ended))).findings


def contracts_searched(converged: bool, patch: Patch) -> Any:
    real = contracts.maximise
    patch.setattr(contracts, "maximise", lambda *given: replace(real(*given), converged=converged))
    return endings(40.0, 12.0, 4.0, at_risk=(100.0, 60.0, 48.0))


def off_the_curve(more: float) -> Any:
    """One renewal of three with more endings than half of 10,000: chi-square more^2/2500 with one free cell.

    Its 99 % point is 6.6349 (any table), reached at 128.8 more.
    """
    renewals = Renewals(np.full(3, 10_000.0), np.array([5000.0 + more, 5000.0, 5000.0]))
    return contracts._poor_curve(renewals, np.full(3, 0.5))


# What is proposed ----------------------------------------------------------------------------------------------------


def status(known: int, said: bool = False) -> Any:
    """A column called status in which so many of 100 rows have a word that is known."""
    values = (Value("paid", known, 1.0, "counts"), Value("green", 100 - known, 1.0, "unknown"))
    return unused(Status("status", values, decides=True), (Counting("status", ("paid",)),) if said else ())


def ids(distinct: int) -> Any:
    """100 rows or more with so many different ids."""
    return doubts_about(Who((), 0, distinct, max(distinct, 100)), Selection(), "id")


HUGE = Who((Id("HQ", 6, 0.8, False, of_money=True),), 0, 20, 90)


def arriving(first: int, monkeypatch: Patch) -> Any:
    """So many customers in the first 28 days, then 100 each: four blocks, of which the later two have a mean of 100."""
    monkeypatch.setattr(mid_life, "_differ", lambda *_: True)
    ages, none = 112.0 - np.arange(0.0, 113.0, 28.0), np.zeros(5)
    seen = Triples(none, none, ages, np.array([first, 100, 100, 100, 100]))
    return mid_life.starts_mid_life(seen, None, "day", "bg_nbd")  # type: ignore[arg-type]


EDGES: tuple[Edge, ...] = (
    Edge("status_unused", {98: True, 100: False}, lambda v, _: status(v) if v < 100 else status(50, said=True)),
    Edge("id_is_nobody", {(): True, ("guest",): False},
         lambda v, _: doubts_about(Who((Id("Guest", 9, 0.1, True),), 0, 20, 90), Selection(left_out=v), "id")),
    Edge("ids_with_zeros", {False: True, True: False},
         lambda v, _: doubts_about(Who((), 3, 20, 90), Selection(zeros_alike=v), "id")),
    Edge("ids_in_cases", {False: True, True: False},
         lambda v, _: doubts_about(Who((), 0, 20, 90, 3), Selection(cases_alike=v), "id")),
    Edge("id_is_much", {(): True, ("hq",): False}, lambda v, _: doubts_about(HUGE, Selection(left_out=v), "id")),
    Edge("statuses_disagree", {"paid": False, "": True},
         lambda v, _: Dispute("a", "b", 3).doubt((Counting("a", (v,) if v else ()),))),
    Edge("many_copies", {4: False, 5: False, 6: True},
         lambda v, _: about_removed((Removed("duplicate_line", v, 9.0),), 100, 90.0, False)),
    Edge("many_copies", {True: False, False: True},
         lambda v, _: about_removed((Removed("duplicate_line", 9, 9.0),), 100, 90.0, v)),
    Edge("short_history", {88: True, 89: False},
         lambda v, _: short_history(date(2024, 1, 1), date(2024, 1, 1) + timedelta(v))),
    Edge("starts_mid_life", {100: False, 150: False, 151: True}, arriving),
    Edge("id_never_returns", {97: False, 98: False, 99: True, 100: True}, lambda v, _: ids(v)),
    Edge("ends_missing", {5: False, 6: True},
         lambda v, _: durations._ends_missing((Removed("no_end", v, 0.0),), 100 - v)),
    Edge("many_unread", {4: False, 5: False, 6: True},
         lambda v, _: many_unread((Removed("broken_line", v, 0.0),), 100)),
    Edge("many_unread", {"unreadable_date": True, "unreadable_amount": True, "placeholder_date": True,
                         "future_date": True, "no_customer": False, "zero_amount": False, "duplicate_line": False},
         lambda v, _: many_unread((Removed(v, 6, 0.0),), 100)),
    Edge("returns_not_matched", {49.99: False, 50.0: False, 50.01: True},
         lambda v, _: returns_left((Removed("unmatched_cancellation", 1, -v),), 1000.0)),
    Edge("long_gap", {59: False, 60: True, 61: True}, lambda v, _: silence([1] * 18 + [v])),
    Edge("long_gap", {17: False, 18: True}, lambda v, _: silence([1] * v + [60])),
    Edge("long_gap", {14: True, 15: True, 16: False}, lambda v, _: silence([1] * 18 + [v, 60])),
    Edge("dates_in_two_orders", {0: False, 1: True}, two_orders),
    Edge("equal_contracts", {4: False, 5: False, 6: True}, lambda v, _: twice(v)),
    Edge("survivors_only", {4.99: False, 5.0: True},
         lambda v, _: survivors(v)),
    Edge("amounts_filled_in", {0: False, 1: True}, lambda v, _: filled(v)),
    Edge("nobody_bought_again", {0: True, 1: False}, lambda v, _: fit(customers(v)).findings),
    Edge("few_repeaters", {29: True, 30: False, 31: False}, lambda v, _: fit(customers(v)).findings),
    Edge("leaving_not_identified", {1.99: True, 2.0: False, 2.01: False}, leaving),
    Edge("not_converged", {True: False, False: True}, lambda v, _: searched(v)),
    Edge("customers_alike", {(True, False): True, (False, True): True, (False, False): False},
         lambda v, _: searched(True, *v)),
    Edge("poor_tracking", {85.01: False, 84.99: True, 114.99: False, 115.01: True}, lambda v, p: foretold(v, 5.0, p)),
    Edge("poor_tracking", {119.99: False, 120.01: True, 80.01: False, 79.99: True}, lambda v, p: foretold(v, 20.0, p)),
    Edge("spend_not_seen", {1: True, 2: False}, lambda v, _: spenders(v)),
    Edge("few_spenders", {29: True, 30: False}, lambda v, _: spenders(v)),
    Edge("spend_not_converged", {True: False, False: True}, lambda v, p: spend_as(p, converged=v)),
    Edge("spend_unlimited", {0.99: True, 1.0: True, 1.01: False},
         lambda v, p: spend_as(p, parameters=np.array([2.0, v, 1.0]))),
    Edge("spend_depends_on_frequency", {0.19: False, 0.2: False, 0.21: True},
         lambda v, _: spend._independence_findings((0.5, v, 0.8))),
    Edge("spend_depends_on_frequency", {-0.19: False, -0.2: False, -0.21: True},
         lambda v, _: spend._independence_findings((-0.5, -0.8, v))),
    Edge("few_endings", {0.0: False, 3.0: True, 4.0: True, 5.0: False}, lambda v, _: endings(15.0 * (v > 0), v)),
    Edge("nobody_left", {0.0: True, 1.0: False}, lambda v, _: endings(v, 0.0)),
    Edge("leaving_alike", {(20.0, 16.0): True, (40.0, 6.0): False},
         lambda v, _: endings(*v, at_risk=(100.0, 100.0 - v[0]))),
    Edge("contracts_not_converged", {True: False, False: True}, contracts_searched),
    Edge("tenure_years_or_months", {12.0: True, 13.0: False}, lambda v, _: counted_in("tenure", [1.0, v])[-1][2]),
    Edge("tenure_months_or_years", {12.0: False, 13.0: True, 40.0: True, 41.0: False},
         lambda v, _: counted_in("tenure", [1.0, v])[-1][2]),
    Edge("poor_curve", {0.0: False, 128.0: False, 129.0: True, -129.0: True}, lambda v, _: off_the_curve(v)),
)  # fmt: skip


def test_every_finding_that_costs_trust_has_an_edge_with_both_sides() -> None:
    """A new code in FALLBACKS or CAUTIONS belongs in this table."""
    assert {edge.code for edge in EDGES} == FALLBACKS | CAUTIONS
    for edge in EDGES:
        assert set(edge.values.values()) == {True, False}, edge.code


@pytest.mark.parametrize(
    ("edge", "value"),
    [pytest.param(e, v, id=f"{number} {e.code} {v}") for number, e in enumerate(EDGES) for v in e.values],
)
def test_a_finding_is_there_on_one_side_of_its_edge_only(edge: Edge, value: Any, monkeypatch: Patch) -> None:
    codes = [finding.code for finding in edge.found(value, monkeypatch)]
    assert (edge.code in codes) == edge.values[value]


@pytest.mark.parametrize("code", sorted(FALLBACKS | CAUTIONS))
def test_each_of_them_costs_trust_alone_and_a_fallback_outweighs_care(code: str) -> None:
    assert trust_in([Finding(code, {}), Finding("spend_alike", {})]) == ("fallback" if code in FALLBACKS else "care")
    assert trust_in([Finding(code, {}), Finding("nobody_left", {})]) == "fallback"
    assert trust_in([]) == trust_in([Finding("spend_alike", {})]) == "trusted"
