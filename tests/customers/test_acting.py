"""Lists to act on: who is on which by hand, and laws that hold for any customers."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from strategy.customers.value.acting import ACTS, WHYS, ActionList, Choice, Effort, lists
from strategy.customers.value.segments import Grouping
from strategy.customers.value.worth import ended_beside
from strategy.errors import PlannerError

PEOPLE: dict[str, list[Any]] = {
    "customer": ["gone rich", "gone poor", "doubted", "safe", "dear", "even"],
    "p_alive": [0.2, 0.2, 0.6, 0.95, 0.9, 0.5],
    "worth_if_kept": [500.0, 10.0, 400.0, 1000.0, 20.0, 100.0],
    "clv": [100.0, 2.0, 240.0, 950.0, 18.0, 50.0],
    "margin_next_year": [30.0, 1.0, 80.0, 300.0, 6.0, 20.0],
}
EFFORT = Effort(contact=2.0, back=0.05, saved=0.1, more=0.02, serve=10.0)


def made(
    folder: Path,
    people: dict[str, list[Any]],
    effort: Effort = EFFORT,
    place: list[int] | None = None,
    **chosen: Choice,
) -> dict[str, ActionList]:
    """The lists of people in segments a and b (all in a where no places are given)."""
    path = folder / "customers_valued.parquet"
    pq.write_table(pa.table(people), path)
    grouping = Grouping(("a", "b"), np.array(place or [0] * len(people["clv"]), np.intp))
    return {found.act: found for found in lists(path, False, grouping, chosen, effort, folder / "lists")}


def names(found: ActionList) -> list[str]:
    return list(pq.read_table(found.rows)["customer"].to_pylist())


def test_each_customer_is_on_the_list_that_brings_most(tmp_path: Path) -> None:
    """By hand, contacts at 2: gone rich .05 x .8 x 500 - 2 = 18; doubted keep .1 x .4 x 400 - 2 = 14 (upgrade
    .02 x 240 - 2 = 2.8); safe upgrade .02 x 950 - 2 = 17 (keep .1 x .05 x 1000 - 2 = 3); even keep
    .1 x .5 x 100 - 2 = 3.
    Serving at 10 a year for the chance to be there: dear 9 - 6 = 3 and gone poor 2 - 1 = 1 cost more than they bring.
    """
    found = made(tmp_path, PEOPLE)
    assert {act: names(made) for act, made in found.items()} == {
        "reactivate": ["gone rich"], "keep": ["doubted", "even"], "upgrade": ["safe"], "let_go": ["dear", "gone poor"],
    }  # fmt: skip
    gains = [found[act].gain for act in ACTS]
    assert gains == pytest.approx([18.0, 14.0 + 3.0, 17.0, 3.0 + 1.0], rel=1e-12)
    assert [found[act].cost for act in ACTS] == [2.0, 4.0, 2.0, 0.0]


def test_half_a_chance_is_still_a_customer_and_a_hair_less_is_gone(tmp_path: Path) -> None:
    below = np.nextafter(0.5, 0)
    people = {name: [values[-1]] * 2 for name, values in PEOPLE.items()} | {"p_alive": [0.5, below]}
    found = made(tmp_path, people, Effort(contact=0.5, back=0.05, saved=0.1, more=0.0))
    assert (found["keep"].customers, found["reactivate"].customers) == (1, 1)


def test_a_contact_that_brings_what_it_costs_is_not_made(tmp_path: Path) -> None:
    """.05 x .8 x 500 = 20."""
    people = {name: values[:1] for name, values in PEOPLE.items()}
    assert made(tmp_path, people, Effort(contact=20.0))["reactivate"].customers == 0
    assert made(tmp_path, people, Effort(contact=19.99))["reactivate"].customers == 1


def test_what_the_pages_chose_decides_who_is_on_which_list(tmp_path: Path) -> None:
    place = [0, 0, 1, 1, 0, 1]
    dropped = made(tmp_path, PEOPLE, place=place, b=Choice(focus="no"))
    assert names(dropped["let_go"]) == ["dear", "gone poor", "even", "doubted", "safe"]
    whys = [WHYS[why] for why in pq.read_table(dropped["let_go"].rows)["why"].to_pylist()]
    assert whys == ["costs_more", "costs_more", "not_chosen", "not_chosen", "not_chosen"]
    # 9.5 - 300 + 6 - 80 + 5 - 20: what serving saves is less than the margin that goes with it, and the list says so.
    assert dropped["let_go"].gain == pytest.approx(4.0 - 290.5 - 74.0 - 15.0)
    free = made(tmp_path, PEOPLE, place=place, a=Choice(keep="let_go"), b=Choice(focus="serve"))
    assert names(free["reactivate"]) == []
    assert names(free["upgrade"]) == []
    assert names(free["keep"]) == ["doubted", "safe", "even"]
    best = made(tmp_path, PEOPLE, place=place, b=Choice(keep="some"))
    assert names(best["keep"]) == ["doubted"], "even is worth less than the middle one of its segment"


def test_contracts_that_ended_are_won_back_and_those_that_run_are_not(tmp_path: Path) -> None:
    path = tmp_path / "customers_valued.parquet"
    pq.write_table(pa.table({name: values[:1] for name, values in PEOPLE.items()}), path)
    pq.write_table(pa.table({"customer": ["x", "y"], "worth_if_kept": [100.0, 20.0]}), ended_beside(path))
    found = lists(path, True, Grouping(("a",), np.zeros(1, np.intp)), {}, EFFORT, tmp_path)
    assert names(found[0]) == ["x"], ".05 x 100 - 2 = 3, .05 x 20 - 2 < 0"
    assert names(found[1]) == ["gone rich"], "a contract that runs is kept, whatever its chance to renew"


SAID = (some.sampled_from([None, "focus", "serve", "no"]), some.sampled_from([None, "all", "some"]))
chances = some.floats(0, 1)
money = some.floats(0, 1e6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=some.lists(some.tuples(chances, money, money, some.integers(0, 1)), min_size=1, max_size=30),
    costs=some.tuples(money, chances, chances, chances, money),
    answers=some.tuples(
        *[some.sampled_from([None, "focus", "serve", "no"]), some.sampled_from([None, "all", "some"])] * 2
    ),
)
def test_nobody_is_on_two_lists_and_every_effort_pays(
    tmp_path: Path, people: list[Any], costs: Any, answers: Any
) -> None:
    alive, kept, year, place = (list(values) for values in zip(*people, strict=True))
    rows: dict[str, list[Any]] = {
        "customer": [str(at) for at in range(len(people))], "p_alive": alive, "worth_if_kept": kept,
        "clv": [p * worth for p, worth in zip(alive, kept, strict=True)], "margin_next_year": year,
    }  # fmt: skip
    chosen = {"a": Choice(*answers[:2]), "b": Choice(*answers[2:])}
    found = made(tmp_path, rows, Effort(*costs), place, **chosen)
    listed = [name for act in ACTS for name in names(found[act])]
    assert len(listed) == len(set(listed))
    for act in ACTS[:3]:
        gains = pq.read_table(found[act].rows)["gain"].to_numpy()
        assert (gains > 0).all()
        assert (np.diff(gains) <= 0).all(), "most first"
    dropped = {str(at) for at, segment in enumerate(place) if chosen["ab"[segment]].focus == "no"}
    assert dropped <= set(names(found["let_go"]))


@pytest.mark.parametrize(("name", "value"), [("contact", -0.01), ("back", 1.01), ("saved", -1.0), ("serve", np.nan)])
def test_an_effort_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(PlannerError) as refused:
        Effort(**{name: value})
    assert refused.value.code == "out_of_range"


# How sure ------------------------------------------------------------------------------------------------------------


def test_the_band_of_a_gain_holds_nine_in_ten_of_what_chance_makes_of_it(tmp_path: Path) -> None:
    """400 customers, each may leave, may be kept by the contact, and then brings a value that scatters by a third."""
    random = np.random.default_rng(7)
    n, effort = 400, Effort(contact=1.0, back=0.0, saved=0.3, more=0.0)
    alive, kept = random.uniform(0.55, 0.9, n), random.gamma(4.0, 50.0, n)
    clv = alive * kept
    spread = clv / 3
    people = {
        "customer": [f"c{at}" for at in range(n)], "p_alive": alive.tolist(), "worth_if_kept": kept.tolist(),
        "clv": clv.tolist(), "margin_next_year": kept.tolist(), "clv_p05": (clv - 1.6449 * spread).tolist(),
        "clv_p95": (clv + 1.6449 * spread).tolist(),
    }  # fmt: skip
    found = made(tmp_path, people, effort)["keep"]
    on = pq.read_table(found.rows)
    stays, worth = (on[name].to_numpy() for name in ("p_alive", "worth_if_kept"))
    saved = random.random((4000, len(stays))) < effort.saved * (1 - stays)
    gains = (saved * worth * (1 + random.normal(0, 1 / 3, saved.shape))).sum(axis=1) - len(stays)
    assert found.gain == pytest.approx(gains.mean(), rel=0.03)
    assert np.mean((gains > found.low) & (gains < found.high)) == pytest.approx(0.90, abs=0.02)


def test_doubt_that_all_customers_share_widens_the_band_by_what_chance_does_not_explain(tmp_path: Path) -> None:
    """By hand: nobody's own value scatters, the total of 1,000 lies between 835.5 and 1,164.5: 10 % for all alike.

    Upgrading .5 x 1,000 - 10 contacts of 1 = 490; a tenth of 500 is 50, x 1.645 = 82.2 either way.
    """
    path = tmp_path / "customers_valued.parquet"
    each = {"p_alive": [1.0] * 10, "worth_if_kept": [100.0] * 10, "clv": [100.0] * 10, "margin_next_year": [50.0] * 10}
    pq.write_table(pa.table({"customer": [f"c{at}" for at in range(10)], **each}), path)
    grouping = Grouping(("a",), np.zeros(10, np.intp))
    effort = Effort(contact=1.0, more=0.5)
    found = lists(path, False, grouping, {}, effort, tmp_path / "lists", (1000 - 164.485, 1000 + 164.485))[2]
    assert (found.act, found.gain) == ("upgrade", pytest.approx(490.0))
    assert (found.low, found.high) == pytest.approx((490 - 82.24, 490 + 82.24), abs=0.01)
