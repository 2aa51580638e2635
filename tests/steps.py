"""Random searches over steps in wide gaps: steep S-curves whose steps lie anywhere between nothing and the budget.

Few of the steps can be paid, and which ones is a matter of fractions: what a grid's wide gaps and climbing both miss.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from strategy.allocation.climbing import polish_all
from strategy.allocation.division import Problem, step_amounts
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.path_problem import PathProblem
from strategy.allocation.refining import best_kinds, kicks, poured
from strategy.allocation.search import EXCHANGES, Room, exchange_all, polish, random_plans
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import chosen_array, parameters, spend_array
from strategy.equity.simulation import initiative_budget

Document = dict[str, Any]
Ends = dict[str, tuple[float, float]]
KINDS = ("plain", "migration", "lever limits", "cell limits", "at most", "initiative", "migration and initiative")


@dataclass(frozen=True)
class Steps:
    """A case with what is asked of its best split."""

    kind: str
    document: Document
    limits: Limits
    at_most: bool
    initiatives: tuple[str, ...]

    @property
    def case(self) -> Case:
        """The case of the document."""
        return case_from(self.document)

    @property
    def problem(self) -> Problem:
        """The search at the likely numbers."""
        case, chosen = self.case, chosen_array(self.case, self.initiatives)
        left = case.planned_budget - float(chosen[0, 0] @ initiative_budget(case))
        return Problem(parameters(case), chosen, room_for(case, left, self.limits, self.at_most))

    @property
    def asked(self) -> dict[str, Any]:
        """Arguments of `best_split` after the case."""
        return {"limits": self.limits, "at_most": self.at_most, "initiatives": self.initiatives}

    def today(self) -> float:
        """Customer equity of today's split brought to the same budget and limits."""
        problem = self.problem
        fitted = problem.room.fitted(spend_array(self.case, self.case.today).reshape(-1))
        assert fitted is not None
        return float(problem(fitted[None])[0])


def steps_in_wide_gaps(seed: int, market: bool = False) -> Steps:
    """A random search, one of KINDS by turns: two to six segments, carryover, side effects.

    market  whether prospects run out in some segments and rivals answer in some
    """
    generator = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    horizon = int(generator.integers(1, 9))
    ids = [f"s{number}" for number in range(int(generator.integers(2, 7)))]
    segments = [_segment(generator, identity, horizon) for identity in ids]
    budget = sum(lever.get("spend", 0.0) for s in segments for lever in s["levers"].values())
    document: Document = {
        "schema": 1,
        "name": f"Steps {seed}",
        "horizon": horizon,
        "discount_rate": 0.1,
        "budget": budget,
        "segments": segments,
        "migration": _migration(generator, len(ids)) if "migration" in kind else None,
    }
    if "initiative" in kind:
        document["initiatives"] = [
            {
                "id": "club",
                "name": "Club",
                "lever": "retain",
                "from": 1,
                "segments": None,
                "metric": "retention_rate",
                "multiply": 1.0,
                "add": 0.02,
                "one_off": 0.0,
                "per_period": 0.1 * budget,
            }
        ]
    limits = Limits()
    if kind == "lever limits":
        limits = Limits(levers={"retain": (0.1 * budget, 0.4 * budget), "acquire": (0.0, 0.5 * budget)})
    if kind == "cell limits":
        limits = Limits(cells={ids[0]: _cell_limits(generator, segments[0], budget)})
    if market:
        document["schema"] = 2
        for segment in segments:
            _in_a_market(generator, segment)
    return Steps(kind, document, limits, kind == "at most", ("club",) if "initiative" in kind else ())


def _in_a_market(generator: np.random.Generator, segment: Document) -> None:
    """Prospects that run out and rivals that answer, each in about two of three segments."""
    if generator.random() < 2 / 3:
        refill = segment["prospects"] * float(generator.uniform(0, 0.3))
        segment["prospect_pool"] = {"refill": refill, "return_share": float(generator.uniform(0, 0.8))}
    if "points" in segment["levers"]["acquire"] and generator.random() < 2 / 3:
        segment["levers"]["acquire"]["rival_response"] = float(generator.uniform(0.1, 0.8))


def _cell_limits(generator: np.random.Generator, segment: Document, budget: float) -> dict[str, tuple[float, float]]:
    spendable = [code for code in LEVER_CODES if "constant" not in segment["levers"][code]]
    return {code: (0.0, float(generator.uniform(0.05, 0.3)) * budget) for code in spendable[:2]}


def _migration(generator: np.random.Generator, count: int) -> list[list[float]]:
    """Most stay where they are; the rest goes anywhere."""
    moves = generator.dirichlet(np.full(count, 0.5), count)
    return [[float(x) for x in row] for row in 0.8 * np.eye(count) + 0.2 * moves]


def _segment(generator: np.random.Generator, identity: str, horizon: int) -> Document:
    customers, revenue = float(generator.integers(2_000, 40_000)), float(generator.uniform(100, 900))
    prospects, stays = float(generator.integers(5_000, 80_000)), float(generator.uniform(0.5, 0.8))
    ends = {
        "acquire": (0.0, float(generator.uniform(0.05, 0.2))),
        "develop": (revenue, revenue * float(generator.uniform(1.1, 1.4))),
        "retain": (stays, stays + float(generator.uniform(0.08, 0.18))),
        "reduce_cost": (0.2 * revenue, 0.1 * revenue),
    }
    multiple = min(horizon + 1, 1.1 / (1.1 - stays))
    worth = {
        "acquire": prospects * ends["acquire"][1] * 0.3 * revenue * multiple,
        "develop": customers * (ends["develop"][1] - revenue) * 0.5,
        "retain": customers * (ends["retain"][1] - stays) * 0.3 * revenue * multiple,
        "reduce_cost": customers * 0.1 * revenue,
    }
    levers = {code: _lever(generator, code, ends[code], worth[code], revenue) for code in LEVER_CODES}
    return {
        "id": identity,
        "name": identity.upper(),
        "customers": customers,
        "prospects": prospects,
        "gross_margin": 0.5,
        "onboarding_cost": 20,
        "referral_rate": 0.01,
        "levers": levers,
    }


def _lever(
    generator: np.random.Generator, code: str, ends: tuple[float, float], worth: float, revenue: float
) -> Document:
    """A steep S-curve whose step costs a fifth of what it brings, or more; now and then a concave one or a constant."""
    floor, ceiling = ends
    if generator.random() < 0.1:
        return {"constant": floor + 0.3 * (ceiling - floor)}
    spend = float(worth * generator.uniform(0.1, 0.9))
    share = float(generator.uniform(0.1, 0.5))
    steep = generator.random() < 0.85
    power = float(generator.uniform(3, 7.5) if steep else generator.uniform(0.7, 1.5))
    odds = share / (1 - share) * 1.5**power
    points = [
        [amount, floor + (ceiling - floor) * part]
        for amount, part in ((spend, share), (1.5 * spend, odds / (1 + odds)))
    ]
    lever: Document = {
        "spend": spend * float(generator.choice([0.0, 0.3, 1.0])),
        "floor": floor,
        "ceiling": ceiling,
        "points": points,
    }
    if generator.random() < 0.3:
        lever["carryover"] = float(generator.uniform(0, 0.6))
    if generator.random() < 0.2:
        metric, most = {
            "acquire": ("revenue", -0.02 * revenue),
            "develop": ("retention_rate", 0.02),
            "retain": ("acquisition_rate", 0.005),
            "reduce_cost": ("retention_rate", -0.02),
        }[code]
        lever["side_effects"] = [{"metric": metric, "at_ceiling": most}]
    return lever


# A stronger search ---------------------------------------------------------------------------------------------------


def reference(problem: Problem, starts: int = 200, polished: int = 6, rounds: int = 5, seed: int = 17) -> float:
    """The best value of many random starts improved by exchanges, then of kicks from the best until they bring nothing.

    It knows nothing of the division. The widest exchanges choose which starts are worth the others.
    """
    room = problem.room
    pool = exchange_all(problem, room, _random_starts(room, starts, seed), EXCHANGES[:2], 2)
    pool = exchange_all(problem, room, best_kinds(problem, room, pool, starts // 5), EXCHANGES[1:5], 3)
    best, value = _best_polished(problem, pool, polished)
    for _ in range(rounds):
        far = kicks(problem, room, best, step_amounts(problem), most=6_000)
        pool = exchange_all(problem, room, best_kinds(problem, room, far, polished), EXCHANGES[:5], 3)
        found, reached = _best_polished(problem, np.concatenate([best[None], pool]), polished)
        if reached <= value + 1e-9 * abs(value):
            break
        best, value = found, reached
    return value


def path_reference(path: PathProblem, starts: int = 200, polished: int = 4, seed: int = 17) -> float:
    """The best value of many random paths over phases, polished, and of the best of these improved by exchanges."""
    by_phase = [_random_starts(room, starts, seed + number) for number, room in enumerate(path.rooms)]
    randomly = np.concatenate([plans[: min(map(len, by_phase))] for plans in by_phase], axis=1)
    climbed = [polish_all(path, path.room, part, iterations=25) for part in np.array_split(randomly, starts // 20 or 1)]
    pool = best_kinds(path, path.room, np.concatenate(climbed), polished)
    pool = polish_all(path, path.room, exchange_all(path, path.room, pool, EXCHANGES[:4], 3))
    return float(path(np.concatenate([pool, *climbed])).max())


def _best_polished(problem: Problem, plans: Array, count: int) -> tuple[Array, float]:
    climbed = np.array(
        [polish(problem, problem.room, plan, 1, 25) for plan in best_kinds(problem, problem.room, plans, count)]
    )
    reached = problem(climbed)
    return climbed[int(reached.argmax())], float(reached.max())


def _random_starts(room: Room, count: int, seed: int) -> Array:
    """Random plans of the box, brought within the groups."""
    none = np.zeros(0)
    box = replace(room, groups=np.zeros((0, len(room.low))), group_low=none, group_high=none)
    plans = random_plans(box, count, seed)
    return poured(room, plans, np.zeros(plans.shape, bool))
