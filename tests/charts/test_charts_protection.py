"""The charts of value protection and of a room's opinions: accepted by Plotly, in both languages, names as typed."""

import copy
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from strategy import charts
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.samples import load_sample
from strategy.charts.drawing.chart import Chart
from strategy.dimensions.protection import Lapsed, damages, keeping, reactivation
from strategy.equity.parameters import parameters
from strategy.equity.readouts import Readouts, read_out
from strategy.plan.disagreement import Argument
from strategy.plan.opinions import Voice, with_voices
from strategy.plan.plan import start
from strategy.words.wording import Wording
from tests.chart_tables import reads_as_its_numbers

HOSTILE = "<b>x</b> =1+1 $y$ %{z} **bold**"
LANGUAGES = ("en", "nl")


@lru_cache
def hostile() -> Case:
    """The telecom firm with names that mean something elsewhere, an event and a room of them."""
    document = json.loads(load_sample("telecom").to_json())
    document["segments"][0]["name"] = HOSTILE
    document["events"][0]["name"] = HOSTILE
    case = case_from(document)
    room = [
        Voice(HOSTILE, {"floor": 90, "answer_1": 92, "ceiling": 96}),
        Voice("Bo", {"floor": 90, "answer_1": 94, "ceiling": 95.5}),
    ]
    return with_voices(case, case.segment_ids[0], "retain", room)


@lru_cache
def many() -> Case:
    """Fifty segments."""
    document = json.loads(load_sample("classroom").to_json())
    one = document["segments"][0]
    document["segments"] = [copy.deepcopy(one) | {"id": f"s{n}", "name": f"Segment {n}"} for n in range(50)]
    return case_from(document)


CASES = {"hostile": hostile, "many": many}


@lru_cache
def read(which: str) -> Readouts:
    case = CASES[which]()
    return read_out(case, case.today)


def arguments(case: Case) -> list[Argument]:
    ids = case.segment_ids
    return [
        Argument(ids[0], "retain", 5, 0.4, 90_000.0, 200_000.0, 50_000.0, 10_000.0, 60_000.0),
        Argument(ids[0], "acquire", 4, 0.6, 88_000.0, 90_000.0, 20_000.0, 0.0, 20_000.0),
        Argument(ids[-1], "develop", 3, 0.7, 10.0, 12.0, 5.0, 1.0, 6.0),
    ]


def _lapsed(case: Case, say: Wording, response: float = 0.03, cost: float = 2.0) -> Chart:
    pool = Lapsed(case.segment_ids[0], 5000, cost, response)
    return charts.lapsed_value(case, pool, reactivation(start(case), pool), say)


DRAWN: dict[str, Callable[[str, Case, Wording], Chart]] = {
    "value_at_risk": lambda which, case, say: charts.value_at_risk(
        case, read(which), {case.segment_ids[0]: "let_go"}, say
    ),
    "keeping_cost": lambda which, case, say: charts.keeping_cost(case, keeping(parameters(case)), say),
    "want_or_must": lambda which, case, say: charts.want_or_must(
        case, dict.fromkeys(case.segment_ids, 2), {case.segment_ids[0]: 5}, read(which), say
    ),
    "relation_quality": lambda which, case, say: charts.relation_quality({"trust": 4, "loyalty": 2}, say),
    "events_damage": lambda which, case, say: charts.events_damage(case, damages(case, case.today), say),
    "lapsed_value": lambda which, case, say: _lapsed(case, say),
    "lapsed_loss": lambda which, case, say: _lapsed(case, say, 0.001, 900.0),
    "room_answers": lambda which, case, say: charts.room_answers(case, case.segment_ids[0], "retain", say),
    "disagreement": lambda which, case, say: charts.disagreement(case, arguments(case), say),
    "no_scores": lambda which, case, say: charts.want_or_must(case, {}, {}, read(which), say),
    "no_quality": lambda which, case, say: charts.relation_quality({}, say),
    "no_disagreement": lambda which, case, say: charts.disagreement(case, [], say),
}


def drawn(name: str, which: str, language: str = "en") -> Chart:
    case = CASES[which]()
    return DRAWN[name](which, case, Wording(language, case.currency))


@pytest.mark.parametrize("which", CASES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_is_one_that_plotly_accepts_and_says_something(name: str, which: str) -> None:
    for language in LANGUAGES:
        chart = drawn(name, which, language)
        figure: dict[str, Any] = json.loads(chart.figure.to_json())
        figure["layout"].pop("template", None)
        assert 100 <= go.Figure(figure).layout.height <= 1000
        assert chart.title.strip()
        assert chart.summary.strip()
        assert "nan" not in (chart.title + chart.summary).lower().replace("financ", "")
        reads_as_its_numbers(chart, chart.table.say)
        for trace in chart.figure.data:
            for axis in ("x", "y"):
                assert np.isfinite(np.asarray(getattr(trace, axis), float)).all()


@pytest.mark.parametrize("name", DRAWN)
def test_the_finding_is_told_in_both_languages(name: str) -> None:
    english, dutch = (drawn(name, "hostile", language) for language in LANGUAGES)
    assert english.title != dutch.title
    assert english.summary != dutch.summary


@pytest.mark.parametrize("name", DRAWN)
def test_names_never_become_markup(name: str) -> None:
    chart = drawn(name, "hostile")
    written = json.dumps(json.loads(chart.figure.to_json()), ensure_ascii=False)
    assert "<b>x</b>" not in written
    assert "%{z}" not in written
    assert "<b>" not in chart.title.replace("\\<b\\>", "")


def test_the_title_names_the_segment_from_which_most_value_leaves() -> None:
    """The largest of customers x share that leaves x net CLV, recomputed from the read-outs."""
    case = load_sample("telecom")
    today = read_out(case, case.today).today
    lost = today.customers[0, 0, 0] * (1 - today.retention_rate[0, 0, 0]) * today.clv_net[0, 0, 0]
    chart = charts.value_at_risk(case, read_out(case, case.today), {}, Wording("en"))
    assert case.segments[int(lost.argmax())].name in chart.plain_title
    assert Wording("en").short_money(float(lost.max())) in chart.plain_title


def test_must_stay_above_want_to_stay_is_named_as_a_risk_with_what_it_is_worth() -> None:
    case = load_sample("telecom")
    first, second = case.segment_ids[:2]
    r = read_out(case, case.today)
    say = Wording("en")
    risky = charts.want_or_must(case, {first: 2, second: 4}, {first: 5, second: 2}, r, say)
    worth = float(r.today.customers[0, 0, 0, 0] * r.today.clv_net[0, 0, 0, 0])
    assert case.segments[0].name in risky.plain_title
    assert say.short_money(worth) in risky.plain_title
    calm = charts.want_or_must(case, {first: 5, second: 4}, {first: 2, second: 2}, r, say)
    assert "nobody stays only because they must" in calm.title


def test_only_what_is_worth_discussing_is_named_on_the_map() -> None:
    """90,000 + 88,000 of 178,010 are more than 80 %: two are discussed, the widest apart is not."""
    chart = drawn("disagreement", "hostile")
    assert chart.plain_title.startswith("Discuss only these two")
    modes = [trace.mode for trace in chart.figure.data]
    assert modes == ["markers+text", "markers+text", "markers"]


def test_everybody_in_the_room_has_a_dot_at_each_answer() -> None:
    """Two people, three answers each: six dots; one pale curve each and the median's."""
    chart = drawn("room_answers", "hostile")
    dots = [trace for trace in chart.figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in dots) == 6
    assert (
        sum(trace.mode == "lines" for trace in chart.figure.data) == 2 + 2 + 1
    )  # the median, the halo behind it, its end at unlimited spend
    assert "93" in chart.title  # of 92 and 94
