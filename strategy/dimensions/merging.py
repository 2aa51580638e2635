"""Segments put together: people and money added up, answers weighted by the size that they were about.

After a merge of segments without ranges, side effects or events, the first period at today's spend is what it was:
new customers, revenue, margin, cost, and how many stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from strategy.case.case import Case, Constant, Curve, Event, Segment
from strategy.case.editing import document_of, entry_document, with_entry, with_segments
from strategy.case.estimate import Estimate
from strategy.case.families import CURVES
from strategy.case.levers import LEVER_OF, LEVERS, METRICS, metrics_at
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, parameters
from strategy.errors import PlannerError
from strategy.questions import Answer, Question

Ends = tuple[float, float, float]
ATTEMPTS = ((True, True), (True, False), (False, False))
"""(with the second answer, with ranges): the first that gives curves at all is taken."""


@dataclass(frozen=True)
class Merger:
    """The segments that become one.

    members  their positions in the case, in its order
    weights  {what is averaged: weight of each member, summing to 1}: fields of a segment, levers, metrics
    """

    case: Case
    given: Parameters
    members: tuple[int, ...]
    weights: Mapping[str, Array]

    @classmethod
    def of(cls, case: Case, segments: Sequence[str], least: int = 2) -> "Merger":
        """The merger of segments by id. Raises PlannerError("two_segments") for fewer than `least`."""
        members = tuple(n for n, segment in enumerate(case.segments) if segment.id in segments)
        if len(members) < least:
            raise PlannerError("two_segments", place="", value=len(members))
        given = parameters(case)
        customers, active = given.customers[0, 0], given.today_active[0, 0]
        new = active - customers
        sizes = {
            "gross_margin": active * given.today_metric("revenue")[0, 0],
            "onboarding_cost": new,
            "acquisition_rate": given.prospects[0, 0],
            **{code: customers for code, metric in METRICS.items() if metric.own},
            **dict.fromkeys(metrics_at("during"), active),
            "staying": active * given.today_metric("retention_rate")[0, 0],
        }
        weights = {what: _shares(size[list(members)]) for what, size in sizes.items()}
        weights |= {code: weights[kind.metric] for code, kind in LEVERS.items()}
        return cls(case, given, members, weights)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the segments that become one."""
        return tuple(self.case.segment_ids[member] for member in self.members)

    @property
    def kept(self) -> str:
        """The id that stays."""
        return self.ids[0]

    # Numbers

    def averages(self) -> dict[str, float]:
        """The likely average of each field and, at today's spend, of each lever's metric."""
        at = list(self.members)
        found = {
            field: float(self.weights[field] @ getattr(self.given, field)[0, 0, at])
            for field in ("gross_margin", "onboarding_cost", "referral_rate")
        }
        for code, kind in LEVERS.items():
            found[code] = float(self.weights[code] @ self.given.today_metric(kind.metric)[0, 0, at])
        return found

    def merged(self, name: str) -> Case:
        """The case with the one segment in place of the first, under a name."""
        prepared = self._about_the_kept()
        for second, ranges in ATTEMPTS:
            document = document_of(prepared)["segments"]
            document[self.members[0]] = self._segment(name, second, ranges)
            segments = [entry for n, entry in enumerate(document) if n not in self.members[1:]]
            try:
                return with_segments(prepared, segments, self._migration())
            except PlannerError as error:
                if (second, ranges) == ATTEMPTS[-1]:
                    raise error
        raise AssertionError

    def _segment(self, name: str, second: bool, ranges: bool) -> dict[str, Any]:
        parts = [self.case.segments[member] for member in self.members]
        sums = {f: _summed([getattr(p, f) for p in parts], np.ones(len(parts))) for f in ("customers", "prospects")}
        means = {
            f: _summed([getattr(p, f) for p in parts], self.weights[f])
            for f in ("gross_margin", "onboarding_cost", "referral_rate")
        }
        levers = {code: self._lever(code, second, ranges) for code in self._believed()}
        acquire = levers[LEVER_OF["acquisition_rate"]]
        for code, lever in levers.items():
            families = {v.family for p in parts if isinstance(v := p.levers[code], Curve)}
            if len(families) == 1 and CURVES[family := families.pop()].answers == len(lever.get("points", ())):
                lever["family"] = family
        if "constant" not in acquire:
            acquire["rival_response"] = _mean([p.rival_response for p in parts], self.weights["acquisition_rate"])
        return {"id": self.kept, "name": name, **sums, **means, **self._pool(parts), "levers": levers}

    def _pool(self, parts: Sequence[Segment]) -> dict[str, Any]:
        """The pools together, where prospects run out in all of the segments."""
        if not all(part.prospect_pool for part in parts):
            return {}
        refill = _summed([part.refill for part in parts], np.ones(len(parts)))
        returning = _mean([part.return_share for part in parts], self.weights["referral_rate"])
        return {"prospect_pool": {"refill": refill, "return_share": returning}}

    def _believed(self) -> list[str]:
        """The levers that one of the segments says something about."""
        return [code for code in LEVERS if any(code in self.case.segments[member].believed for member in self.members)]

    def _lever(self, code: str, second: bool, ranges: bool) -> dict[str, Any]:
        """The weighted lever: through the weighted metric at today's spends (where none: at the asked ones)."""
        levers = [self.case.segments[member].levers[code] for member in self.members]
        curves = [lever for lever in levers if isinstance(lever, Curve)]
        weights = self._where_it_moves(levers, self.weights[code])
        if not curves:
            return {"constant": _summed([lever.constant for lever in levers if isinstance(lever, Constant)], weights)}
        spent = sum(lever.spend for lever in levers) > 0
        spends = np.array([(v.spend if spent else v.points[0][0]) if isinstance(v, Curve) else 0.0 for v in levers])
        ratio = sum(curve.points[-1][0] for curve in curves) / sum(curve.points[0][0] for curve in curves)

        def answer(value: Array) -> float | list[float]:
            return _weighted([_around(v, x, ranges) for v, x in zip(levers, value, strict=True)], weights)

        points = [[float(spends.sum()), answer(self._at(code, spends))]]
        if second and all(len(curve.points) == 2 for curve in curves):
            points.append([float(ratio * spends.sum()), answer(self._at(code, ratio * spends))])
        response, at = self.given.responses[code], list(self.members)
        by_spend = _shares(np.array([lever.spend for lever in levers]))
        carried = sum(w * v.carryover for w, v in zip(by_spend, levers, strict=True) if isinstance(v, Curve))
        return {
            "spend": sum(lever.spend for lever in levers),
            "floor": answer(response.floor[0, 0, at]),
            "ceiling": answer(response.ceiling[0, 0, at]),
            "points": points,
            "carryover": float(carried),
            "side_effects": self._side_effects(levers),
        }

    @staticmethod
    def _where_it_moves(levers: Sequence[Constant | Curve], weights: Array) -> Array:
        """The weights; even ones where all the weight is on constants but something moves."""
        moves = np.array([isinstance(lever, Curve) for lever in levers])
        return weights if not moves.any() or weights[moves].sum() > 0 else np.full(len(levers), 1 / len(levers))

    def _at(self, code: str, spends: Array) -> Array:
        """The likely metric of each member at a spend of its own."""
        response, everyone = self.given.responses[code], np.zeros((1, 1, len(self.case.segments)))
        everyone[0, 0, list(self.members)] = spends
        return np.asarray(response.metric(response.share(everyone / response.answer_spend))[0, 0, list(self.members)])

    def _side_effects(self, levers: Sequence[Constant | Curve]) -> list[dict[str, Any]]:
        effects: dict[str, Array] = {}
        for position, lever in enumerate(levers):
            for effect in lever.side_effects if isinstance(lever, Curve) else ():
                ends = np.array([effect.at_ceiling.low, effect.at_ceiling.likely, effect.at_ceiling.high])
                share = self.weights[effect.metric][position]
                effects[effect.metric] = effects.get(effect.metric, np.zeros(3)) + share * ends
        return [{"metric": metric, "at_ceiling": _written(*ends)} for metric, ends in effects.items()]

    # Where people move, and what happens to them

    def _migration(self) -> list[list[float]] | None:
        if self.case.migration is None or len(self.case.segments) == len(self.members):
            return None
        shares = np.array(self.case.migration)
        first, gone = self.members[0], list(self.members[1:])
        shares[first] = self.weights["staying"] @ shares[list(self.members)]
        shares[:, first] = shares[:, list(self.members)].sum(axis=1)
        left = np.delete(np.delete(shares, gone, axis=0), gone, axis=1)
        rows: list[list[float]] = (left / left.sum(axis=1, keepdims=True)).tolist()
        return rows

    def _about_the_kept(self) -> Case:
        """The case whose events and initiatives about members are about the whole, as strong as the part they hit."""
        changed = self.case
        for event in self.case.events:
            if set(self.ids) & set(event.segments or ()):
                changed = with_entry(changed, "events", self._spread(event))
        for initiative in self.case.initiatives:
            if set(self.ids) & set(initiative.segments or ()):
                changed = with_entry(changed, "initiatives", self._spread(initiative))
        return changed

    def _spread(self, event: Event) -> dict[str, Any]:
        named = event.segments or ()
        share = float(sum(w for w, s in zip(self.weights[event.metric], self.ids, strict=True) if s in named))
        if set(self.ids) <= set(named):
            share = 1.0
        kept = list(dict.fromkeys(self.kept if s in self.ids else s for s in named))
        multiply, add = 1 + share * (event.multiply - 1), share * event.add
        return entry_document(event) | {"segments": kept, "multiply": multiply, "add": add}

    # Answers

    def answer(self, question: Question, answer: Answer) -> Answer:
        """An answer to a question, with what the members said as what the whole says."""
        if question.per == "firm":
            columns = [column.code for column in question.columns if column.kind == "segment"]
            if not columns:
                return answer
            return tuple(
                {c: self.kept if c in columns and v in self.ids else v for c, v in row.items()} for row in answer
            )
        said = [(w, answer[s]) for w, s in zip(self.weights["retain"], self.ids, strict=True) if s in answer]
        if not said:
            return answer
        others = {segment: given for segment, given in answer.items() if segment not in self.ids}
        return {**others, self.kept: _said_together(question, said)}


def adds_up(question: Question) -> bool:
    """Whether the answers of two segments to a question add up: amounts of money or people."""
    return question.kind == "number" and question.unit in ("money", "people")


def _said_together(question: Question, said: Sequence[tuple[float, Answer]]) -> Answer:
    """Amounts add up, scores and numbers are averaged by size; of choices and texts the largest one's stands."""
    if adds_up(question):
        return sum(answer for _, answer in said)
    if question.kind in ("score", "number"):
        weights = _shares(np.array([weight for weight, _ in said]))
        mean = float(weights @ np.array([answer for _, answer in said], float))
        return int(mean + 0.5) if question.kind == "score" else mean
    return max(said, key=lambda pair: pair[0])[1]


# Estimates -----------------------------------------------------------------------------------------------------------


def _shares(sizes: Array) -> Array:
    """Sizes as shares of their sum; even where there is nothing."""
    total = sizes.sum()
    return np.asarray(sizes / total if total > 0 else np.full(len(sizes), 1 / len(sizes)), float)


def _summed(estimates: Sequence[Estimate], weights: Array) -> float | list[float]:
    return _weighted([(e.low, e.likely, e.high) for e in estimates], weights)


def _mean(shares: Sequence[Estimate], weights: Array) -> float | list[float]:
    """The weighted mean of shares, which rounding does not lift above 1."""
    ends = [weights @ np.array([getattr(share, end) for share in shares]) for end in ("low", "likely", "high")]
    return _written(*(min(1.0, float(end)) for end in ends))


def _weighted(ends: Sequence[Ends], weights: Array) -> float | list[float]:
    return _written(*(weights @ np.array(ends, float)))


def _written(low: float, likely: float, high: float) -> float | list[float]:
    """An estimate as in a case file, in order in spite of rounding."""
    if low == high:
        return float(likely)
    return [float(min(low, likely)), float(likely), float(max(likely, high))]


def _around(lever: Constant | Curve, value: float, ranges: bool) -> Ends:
    """A value of a lever with the range that is believed there: between the answers, in proportion."""
    if not ranges or isinstance(lever, Constant) or lever.opinions:
        return value, value, value
    told = sorted((lever.floor, *(answer for _, answer in lever.points), lever.ceiling), key=lambda e: e.likely)
    places = [estimate.likely for estimate in told]
    reach: Callable[[list[float]], float] = lambda sizes: float(np.interp(value, places, sizes))  # noqa: E731
    low, high = reach([e.likely - e.low for e in told]), reach([e.high - e.likely for e in told])
    return value - low, value, value + high
