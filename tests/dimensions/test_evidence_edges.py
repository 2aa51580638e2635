"""Where the evidence of the dimensions and of segments turns: at the edge of each threshold, on both sides."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from strategy.case.case import Curve
from strategy.case.case_file import case_from
from strategy.case.editing import document_of
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.customers.value.segments import RISK_CODES, Movement, deciles, value_and_risk
from strategy.dimensions import selection, value_map
from strategy.dimensions.operations import balance, hand_overs, without_owner
from strategy.dimensions.pricing import best_price
from strategy.dimensions.protection import Lapsed, with_lapsed
from strategy.dimensions.realization import with_step_rate
from strategy.dimensions.selection import AddressList, newcomers, with_list
from strategy.equity.readouts import read_out
from strategy.errors import PlannerError
from strategy.plan.opinions import Voice, with_voices

CASE = load_sample("telecom")
FIRST = CASE.segments[0]


def refused(function: Callable[..., Any], *given: Any) -> bool:
    try:
        function(*given)
    except PlannerError:
        return True
    return False


def emptying(after: int) -> bool:
    """Whether a profile of 100 customers with so many left is said to empty out."""
    people = np.array([after])
    return bool(Movement(("a",), people[None], people * 0, 100 - people, np.array([100]), people).emptying)


def listed(response: float) -> Any:
    """The segment's prospects as a list of addresses, and a tenth more, of which so many become customers."""
    bought = AddressList(1.1 * FIRST.prospects.likely, response, 1.0, 100.0, 10.0)
    return with_list(CASE, FIRST.id, "List", bought, 5.0)


def stepped(rate: float) -> Any:
    standing = {CASE.segment_ids[0]: "customer", CASE.segment_ids[1]: "client"}
    return with_step_rate(CASE, standing, CASE.segment_ids[0], rate)


def won(constant: float) -> bool:
    """Whether a segment in which so many are won whatever is spent counts as one with newcomers."""
    document = document_of(CASE)
    document["segments"][0]["levers"]["acquire"] = {"constant": constant}
    case = case_from(document)
    return FIRST.id in {n.segment for n in newcomers(case, read_out(case, case.today))}


def owned(*filled: str) -> bool:
    """Whether retaining has an owner where these cells of its row are filled in."""
    row = {"lever": "retain", "activity": "a", "owner": "Ann"}
    return "retain" not in without_owner([{cell: row[cell] for cell in filled}])


def asked(third: int, people: int) -> int:
    """How many answers a curve has where so many of a room's people gave one about half as much again."""
    told = {"floor": 80.0, "answer_1": 88.0, "ceiling": 96.0}
    room = [Voice(f"p{n}", told | ({"answer_2": 90.0} if n < third else {})) for n in range(people)]
    lever = with_voices(CASE, FIRST.id, "retain", room).segment(FIRST.id).levers.retain
    assert isinstance(lever, Curve)
    return len(lever.points)


EDGES: dict[str, tuple[Callable[[Any], Any], dict[Any, Any]]] = {
    "two points ahead of the weakest is far ahead": (
        lambda v: bool(balance({"a": 3, "b": 3 + v}).ahead), {0: False, 1: False, 2: True}),
    "of one score nothing is in balance": (lambda v: balance(dict.fromkeys("ab"[:v], 3)) is None, {1: True, 2: False}),
    "an owner needs an activity and a lever": (lambda v: owned(*v), {
        ("lever", "activity", "owner"): True, ("lever", "activity"): False, ("lever", "owner"): False}),
    "a hand-over works only where all rows say so": (
        lambda v: hand_overs([{"from": "mail", "to": "personal", "works": w} for w in v])[3, 0],
        {(True,): 1.0, (True, True): 1.0, (True, False): 0.0, (False, True): 0.0}),
    "a competence at the level asked is not short": (
        lambda v: "knowledge" in value_map.shortfalls("modules", {"knowledge": v}), {2: True, 3: False, 4: False}),
    "data at the level asked is enough": (
        lambda v: "data" in selection.shortfalls("segments", {"data": v}), {2: True, 3: False, 4: False}),
    "a fifth less empties a profile": (emptying, {79: True, 80: True, 81: False}),
    "every address may answer, and no more": (
        lambda v: refused(AddressList, 100.0, v, 1.0, 100.0, 0.0), {0.0: False, 1.0: False, 1.0001: True}),
    "a list earns nothing where all must answer; more cannot": (
        lambda v: AddressList(100.0, 0.5, v, 10.0, 5.0).break_even() is None, {4.99: False, 5.0: False, 5.01: True}),
    "a customer who costs what he brings has no break-even": (
        lambda v: AddressList(100.0, 0.5, 1.0, v, 5.0).break_even() is None, {4.0: True, 5.0: True, 1000.0: False}),
    "a list may win all prospects": (lambda v: refused(listed, v), {0.9: False, 0.92: True}),
    "the lapsed must answer more than by themselves": (
        lambda v: refused(with_lapsed, CASE, Lapsed(FIRST.id, 100.0, 1.0, v, 0.05), "L"),
        {0.05: True, 0.0501: False, 0.999: False, 1.0: True}),
    "reaching somebody costs something": (
        lambda v: refused(with_lapsed, CASE, Lapsed(FIRST.id, 100.0, v, 0.1), "L"), {0.0: True, 0.01: False}),
    "from elasticity -1 on a higher price always earns more": (
        lambda v: best_price(v, 0.5) is None, {-1.01: False, -1.0: True, -0.99: True}),
    "a unit that costs nothing has no best price": (lambda v: best_price(-2.0, v) is None, {0.99: False, 1.0: True}),
    "all who stay may move up": (lambda v: refused(stepped, v), {0.0: False, 1.0: False, 1.0001: True, -0.0001: True}),
    "half of a room is not most of it": (lambda v: asked(*v), {(1, 2): 1, (1, 3): 1, (2, 3): 2, (2, 2): 2}),
    "who is won without spending is a newcomer": (won, {0.0: False, 0.001: True}),
    "worth the median is not valuable": (
        lambda v: RISK_CODES[value_and_risk(np.array([1.0, v, 3.0]), np.zeros(3), 0.5, [np.array([2.0])]).place[1]],
        {1.99: "small_safe", 2.0: "small_safe", 2.01: "valuable_safe"}),
    "a risk of a half is safe": (
        lambda v: RISK_CODES[value_and_risk(np.ones(1), np.array([v])).place[0]],
        {0.49: "small_safe", 0.5: "small_safe", 0.51: "small_at_risk"}),
    "on a boundary of value a customer is in the lower tenth": (
        lambda v: deciles(np.array([v]), [np.arange(1.0, 10.0)]).labels[0],
        {8.99: "decile_2", 9.0: "decile_2", 9.01: "decile_1", 1.0: "decile_10", 1.01: "decile_9"}),
}  # fmt: skip


@pytest.mark.parametrize(("what", "value"), [(what, value) for what, (_, values) in EDGES.items() for value in values])
def test_evidence_turns_at_its_edge(what: str, value: Any) -> None:
    found, values = EDGES[what]
    assert found(value) == values[value]


@pytest.mark.parametrize("what", EDGES)
def test_an_edge_has_both_sides(what: str) -> None:
    assert len(set(EDGES[what][1].values())) > 1


def test_every_lever_without_a_row_has_no_owner() -> None:
    assert without_owner(None) == tuple(LEVER_CODES)
