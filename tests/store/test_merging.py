"""What two people change is put together thing by thing, and only the same thing is contested."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.store.merging import MISSING, merged

BASE: dict[str, Any] = {
    "title": "Plan",
    "case": {
        "segments": [
            {"id": "loyal", "customers": [1, 2, 3], "levers": {"acquire": {"floor": 0.1, "ceiling": 0.5}}},
            {"id": "new", "customers": 5, "levers": {"acquire": {"constant": 0.2}}},
        ],
        "opinions": [{"by": "Ann", "floor": 1}, {"by": "Ben", "floor": 2}],
        "migration": [[0, 1], [1, 0]],
    },
    "answers": {"whom": "loyal", "why": {"loyal": "price", "new": "habit"}},
    "evidence": {"mapping": {"day": 1}, "report": {"rows": 10}},
    "scenarios": [
        {"id": "s1", "name": "One", "note": "", "spend": {"loyal": {"acquire": 1.0}}, "budget": 10},
        {"id": "s2", "name": "Two", "note": "", "spend": {"loyal": {"acquire": 2.0}}, "budget": 20},
    ],
    "worlds": [{"id": "w1", "name": "All", "events": ["a", "b"], "opinions": None}],
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    found = deepcopy(BASE)
    place: Any = found
    for step in path[:-1]:
        place = place[step]
    if to is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return found


APART = {
    "a name and a number": (changed("title", to="x"), changed("case", "segments", 0, "customers", to=9)),
    "two numbers of one curve": (
        changed("case", "segments", 0, "levers", "acquire", "floor", to=0.2),
        changed("case", "segments", 0, "levers", "acquire", "ceiling", to=0.6),
    ),
    "the same number of two segments": (
        changed("case", "segments", 0, "customers", to=9),
        changed("case", "segments", 1, "customers", to=8),
    ),
    "two answers": (changed("answers", "whom", to="new"), changed("answers", "how", to=3)),
    "one question about two segments": (
        changed("answers", "why", "loyal", to="x"),
        changed("answers", "why", "new", to="y"),
    ),
    "the opinions of two people": (
        changed("case", "opinions", 0, "floor", to=7),
        changed("case", "opinions", 1, "floor", to=8),
    ),
    "the money of two scenarios": (changed("scenarios", 0, "budget", to=1), changed("scenarios", 1, "budget", to=2)),
    "money and name of one scenario": (
        changed("scenarios", 0, "budget", to=1),
        changed("scenarios", 0, "name", to="x"),
    ),
}


@pytest.mark.parametrize("what", APART)
def test_different_things_are_put_together_whoever_writes_first(what: str) -> None:
    mine, theirs = APART[what]
    one, other = merged(BASE, mine, theirs), merged(BASE, theirs, mine)
    assert one.contested == other.contested == ()
    assert one.mine_first == one.theirs_first == other.mine_first
    assert one.mine_first not in (mine, theirs, BASE)


SAME = {
    "a name": (("title",), ("title",), "Ann's", "Ben's"),
    "a number": (
        ("case", "segments", "loyal", "customers"),
        ("case", "segments", 0, "customers"),
        [1, 2, 4],
        [1, 2, 5],
    ),
    "an answer": (("answers", "why", "new"), ("answers", "why", "new"), "a", "b"),
    "a matrix": (("case", "migration"), ("case", "migration"), [[1, 0], [0, 1]], [[0, 0], [1, 1]]),
    "what a file told": (("evidence",), ("evidence",), {"report": {"rows": 3}}, {"report": {"rows": 4}}),
    "a deleted answer": (("answers", "whom"), ("answers", "whom"), MISSING, "new"),
    "the same new answer": (("answers", "how"), ("answers", "how"), 1, 2),
    "a truth and a number": (("answers", "how"), ("answers", "how"), 1, True),
}


@pytest.mark.parametrize("what", SAME)
def test_the_same_thing_is_contested_with_both_sides(what: str) -> None:
    path, place, a, b = SAME[what]
    mine, theirs = changed(*place, to=a), changed(*place, to=b)
    found = merged(BASE, mine, theirs)
    assert [(c.path, c.mine, c.theirs) for c in found.contested] == [(path, a, b)]
    assert (found.mine_first, found.theirs_first) == (mine, theirs)


def test_the_money_of_one_scenario_is_one_thing() -> None:
    mine = changed("scenarios", 0, "budget", to=11)
    theirs = changed("scenarios", 0, "spend", "loyal", "acquire", to=5.0)
    found = merged(BASE, mine, theirs)
    assert [c.path for c in found.contested] == [("scenarios", "s1", "money")]
    assert (found.mine_first, found.theirs_first) == (mine, theirs)


def test_a_segment_that_one_removed_and_the_other_changed_is_contested_whole() -> None:
    mine, theirs = changed("case", "segments", 1, to=MISSING), changed("case", "segments", 1, "customers", to=6)
    found = merged(BASE, mine, theirs)
    assert [(c.path, c.mine) for c in found.contested] == [(("case", "segments", "new"), MISSING)]
    assert (found.mine_first, found.theirs_first) == (mine, theirs)


def test_entries_that_both_added_all_stay_and_keep_their_places() -> None:
    mine, theirs = deepcopy(BASE), deepcopy(BASE)
    mine["scenarios"].insert(1, {"id": "a", "name": "Ann's"})
    theirs["scenarios"].append({"id": "b", "name": "Ben's"})
    found = merged(BASE, mine, theirs)
    assert [s["id"] for s in found.mine_first["scenarios"]] == ["s1", "a", "s2", "b"]
    assert found.contested == ()


def test_the_order_of_whoever_changed_it_stays() -> None:
    mine, theirs = deepcopy(BASE), changed("title", to="x")
    mine["scenarios"].reverse()
    for one, other in ((mine, theirs), (theirs, mine)):
        assert [s["id"] for s in merged(BASE, one, other).mine_first["scenarios"]] == ["s2", "s1"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
ENTRIES = st.lists(st.fixed_dictionaries({"id": st.sampled_from("abc"), "n": JSON}), max_size=3)
DOCUMENTS = st.fixed_dictionaries({}, optional={"title": JSON, "answers": JSON, "scenarios": ENTRIES, "case": JSON})


@given(base=DOCUMENTS, mine=DOCUMENTS, theirs=DOCUMENTS)
def test_laws_of_putting_together(base: Any, mine: Any, theirs: Any) -> None:
    """Against nothing changed mine stays; both the same is no conflict; the sides mirror when the people change."""
    assert merged(base, mine, base).mine_first == mine
    assert merged(base, base, theirs).mine_first == theirs
    assert merged(base, mine, mine).contested == ()
    one, other = merged(base, mine, theirs), merged(base, theirs, mine)
    assert {c.path for c in one.contested} == {c.path for c in other.contested}
    if not one.contested:
        assert one.mine_first == one.theirs_first
