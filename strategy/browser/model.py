"""A case as the engine in the browser takes it: every number that the simulation needs, beliefs resolved.

Curves come fitted and opinions as the room's median, so that the browser never decides what a belief means.
"""

import json
from base64 import b64encode
from functools import lru_cache
from typing import Any

import numpy as np

from strategy.case.case import Case, Event
from strategy.case.levers import LEVERS, METRICS
from strategy.equity.curves import CONSTANT, Array
from strategy.equity.happenings import in_force, initiative_budget, initiative_costs
from strategy.equity.parameters import BASE_FIELDS, Parameters, parameters, spendable
from strategy.equity.uncertainty import draw

DRAWS = 200
"""Draws that follow a hand: the first ones of the plan's."""
KEPT = 32


@lru_cache(KEPT)
def engine_model(case: Case, seed: int, draws: int = DRAWS) -> str:
    """The case for `compile` of engine.js, JSON; kept, for a page sends the same one with every change.

    draws  how many draws of what people believe go along; none where everything is certain
    """
    return json.dumps(_model(case, seed, draws), ensure_ascii=False, separators=(",", ":"))


def _model(case: Case, seed: int, draws: int) -> dict[str, Any]:
    given = parameters(case)
    likely = _rows(given)[0]
    drawn = _rows(draw(case, draws, seed).parameters) if draws else likely[None]
    varying = np.flatnonzero((drawn != likely).any(axis=0))
    kinds = [(lever.code, response) for lever, response in zip(LEVERS.values(), given.responses.values(), strict=True)]
    return {
        "segments": list(case.segment_ids),
        "levers": [{"code": k.code, "metric": k.metric, "intensity": k.intensity} for k in LEVERS.values()],
        "metrics": [
            {"code": k.code, "rate": k.is_rate, "opening": k.works == "opening", "own": k.own} for k in METRICS.values()
        ],
        "fields": list(BASE_FIELDS),
        "horizon": case.horizon,
        "discount": case.discount,
        "timing": case.timing,
        "migration": case.migration,
        "pool": given.runs_out.tolist(),
        "families": [response.families[s] for s in range(len(case.segments)) for _, response in kinds],
        "today": given.today[0, 0].ravel().tolist(),
        "carryover": given.carryover[0, 0].ravel().tolist(),
        "spendable": spendable(case).ravel().tolist(),
        "sides": [list(place) for place in _sides(given)],
        "events": [_acting(case, event) for event in case.events],
        "initiatives": [
            {"id": one.id, "cost": cost, "budget": budget, **_acting(case, one)}
            for one, cost, budget in zip(
                case.initiatives, initiative_costs(case).T.tolist(), initiative_budget(case).tolist(), strict=True
            )
        ],
        "likely": likely.tolist(),
        "varying": varying.tolist(),
        "drawn": b64encode(np.ascontiguousarray(drawn[:, varying], "<f8").tobytes()).decode() if len(varying) else "",
    }


def _acting(case: Case, event: Event) -> dict[str, Any]:
    """What an event or initiative does, and in which periods and segments: period T + 1 is all time after the plan."""
    return {
        "metric": list(METRICS).index(event.metric),
        "multiply": event.multiply,
        "add": event.add,
        "acts": [in_force(event, period, case.horizon) for period in range(1, case.horizon + 2)],
        "segments": [event.segments is None or segment in event.segments for segment in case.segment_ids],
    }


def _sides(given: Parameters) -> list[tuple[int, int, int]]:
    """Where side effects are: (segment, lever, metric) by position."""
    levers, metrics = list(LEVERS), list(METRICS)
    return [
        (int(s), levers.index(lever), metrics.index(metric))
        for (lever, metric), at_ceiling in given.sides.items()
        for s in range(at_ceiling.shape[-1])
    ]


def _rows(given: Parameters) -> Array:
    """All numbers of each draw, (draws, numbers): fields, then the curves of each lever, then side effects."""
    columns = [getattr(given, field)[:, 0] for field in BASE_FIELDS]
    for response in given.responses.values():
        bends = [family != CONSTANT for family in response.families]
        first = np.where(bends, response.first, 0.0)
        parts = (response.floor, response.ceiling, first, response.second, response.answer_spend)
        columns += [part[:, 0] for part in parts]
    columns += [at_ceiling[:, 0] for at_ceiling in given.sides.values()]
    return np.concatenate([np.broadcast_to(column, (given.draws, column.shape[-1])) for column in columns], axis=1)
