"""Response curves from past spend and what came of it: the curves of the model (section 2) by maximum likelihood.

Outcomes scatter normally around the curve, so the most likely curve is the one of least squares. A standard error
becomes a triple: the PERT distribution between its ends has that standard error.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, least_squares
from scipy.special import expit

from strategy.case.estimate import PERT_REACH
from strategy.customers.findings import Finding
from strategy.customers.models.likelihood import Array
from strategy.errors import PlannerError

SPARE = 3
"""Observations that must be left over after the curve's own numbers."""
FEWEST_SPENDS = 3
HALF_MORE = 1.5
EXPONENTS = np.log([0.2, 8.0])
WIDEST = 1.0
"""Of the way from floor to ceiling: a standard error above it means that the data do not fix the curve."""
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class FittedCurve:
    """A curve as answers with ranges, ready for a lever of a case.

    kind           "exponential" or "adbudg"
    floor, ceiling the outcome at no and at unlimited spend
    points         (spend, outcome) where the curve is asked: one for an exponential, two for ADBUDG
    scatter        standard deviation of outcomes around the curve
    log_likelihood at the best curve; n: observations
    findings       "few_observations", "spend_does_not_vary", "spend_does_not_help", "curve_not_identified" (then the
                   answers are None), "answers_narrowed" where ranges had to be cut to stay apart
    """

    kind: str
    floor: Triple | None
    ceiling: Triple | None
    points: tuple[tuple[float, Triple], ...]
    scatter: float
    log_likelihood: float
    n: int
    findings: tuple[Finding, ...]


def fit_curve(
    spend: Array,
    outcome: Array,
    today: float,
    direction: int = 1,
    floor: float | None = None,
    ceiling: float | None = None,
    bounds: tuple[float, float] = (0.0, np.inf),
) -> FittedCurve:
    """The exponential or ADBUDG curve, whichever has the smaller Bayesian criterion (Schwarz, 1978).

    spend, outcome  (observations,) money per period >= 0, and the metric (a rate, money per customer) that followed
    today           spend that the first answer is about, > 0; the second is about half as much again
    direction       +1 where spending raises the outcome, -1 where it lowers it
    floor, ceiling  where known otherwise; fitted if None
    bounds          between which outcomes lie

    Raises PlannerError where lengths differ, a spend is negative or today's is not positive.
    """
    if len(spend) != len(outcome):
        raise PlannerError("driver_length", place="spend", value=len(spend), needed=len(outcome))
    used = np.isfinite(spend) & np.isfinite(outcome)
    x, y = spend[used], outcome[used]
    if not today > 0 or (x < 0).any():
        raise PlannerError("must_be_above_0", place="spend", value=float(x.min()) if today > 0 else today)
    fixed = [None if end is None else direction * end for end in (floor, ceiling)]
    needed = SPARE + 3 - sum(end is not None for end in fixed)
    if len(x) < needed:
        return _nothing(len(x), Finding("few_observations", {"number": len(x), "needed": needed}))
    if len(np.unique(x)) < FEWEST_SPENDS:
        return _nothing(len(x), Finding("spend_does_not_vary", {"spends": len(np.unique(x)), "needed": FEWEST_SPENDS}))
    fits = [_fitted(kind, x / today, direction * y, fixed) for kind in ("exponential", "adbudg")]
    tried = [fit for fit in fits if fit is not None and len(x) > fit.free + SPARE - 1]
    if not tried:
        return _nothing(len(x), Finding("curve_not_identified", {"observations": len(x)}))
    best = min(tried, key=lambda fit: fit.criterion)
    if best.way <= 0:
        return _nothing(len(x), Finding("spend_does_not_help", {"observations": len(x)}))
    return _answers(best, today, direction, bounds, len(x))


@dataclass(frozen=True)
class _Fit:
    """A fitted curve: all its parameters and their covariance, fixed ones without doubt."""

    kind: str
    parameters: Array
    covariance: Array
    free: int
    scatter: float
    log_likelihood: float
    criterion: float

    @property
    def way(self) -> float:
        """From floor to ceiling."""
        return float(self.parameters[1] - self.parameters[0])


def _curve(kind: str, parameters: Array, intensity: Array) -> Array:
    """The outcome at multiples of today's spend; parameters floor, ceiling, then ln b or log odds, ln p."""
    floor, ceiling = parameters[:2]
    if kind == "exponential":
        return np.asarray(floor - (ceiling - floor) * np.expm1(-np.exp(parameters[2]) * intensity))
    with np.errstate(divide="ignore"):
        share = expit(parameters[2] + np.exp(parameters[3]) * np.log(intensity))
    return np.asarray(floor + (ceiling - floor) * share)


def _fitted(kind: str, x: Array, y: Array, fixed: list[float | None]) -> _Fit | None:
    """The best of a few starts; None where none came to rest inside its bounds."""
    low, high = float(y.min()), float(y.max())
    spread = max(high - low, 1e-12)
    shapes = [[0.0], [-1.5], [1.0]] if kind == "exponential" else [[0.0, 0.0], [-1.0, 0.7], [1.0, 0.4], [0.0, 1.2]]
    free = np.array([fixed[0] is None, fixed[1] is None] + [True] * len(shapes[0]))
    given = np.array([end if end is not None else 0.0 for end in fixed] + [0.0] * len(shapes[0]))
    upper = [np.inf, np.inf, *([8.0] if kind == "exponential" else [20.0, EXPONENTS[1]])]
    lower = [-np.inf, -np.inf, *([-8.0] if kind == "exponential" else [-20.0, EXPONENTS[0]])]

    def whole(part: Array) -> Array:
        parameters = given.copy()
        parameters[free] = part
        return parameters

    found: list[OptimizeResult] = []
    for shape in shapes:
        start = np.array([low - 0.1 * spread, high + 0.1 * spread, *shape])[free]
        found.append(
            least_squares(
                lambda part: (_curve(kind, whole(part), x) - y) / spread, start, max_nfev=300,
                bounds=(np.array(lower)[free], np.array(upper)[free]), x_scale="jac",
            )
        )  # fmt: skip
    best = min(found, key=lambda result: result.cost)
    number, left = int(free.sum()), len(x) - int(free.sum())
    if left <= 0 or best.active_mask.any():
        return None
    residual = 2 * float(best.cost) * spread**2
    curvature = best.jac.T @ best.jac
    if np.linalg.cond(curvature) > 1e14:
        return None
    covariance = np.zeros((len(free), len(free)))
    covariance[np.ix_(free, free)] = np.linalg.inv(curvature) * residual / spread**2 / left
    variance = max(residual / len(x), 1e-300)
    likelihood = -0.5 * len(x) * (np.log(2 * np.pi * variance) + 1)
    counted = number + 1  # the scatter too
    criterion = counted * float(np.log(len(x))) - 2 * likelihood
    return _Fit(kind, whole(best.x), covariance, number, float(np.sqrt(residual / left)), likelihood, criterion)


def _answers(fit: _Fit, today: float, direction: int, bounds: tuple[float, float], n: int) -> FittedCurve:
    """What the curve says at no, today's, half as much again and unlimited spend, with triples that stay apart."""
    asked = np.array([1.0] if fit.kind == "exponential" else [1.0, HALF_MORE])
    steps = 1e-5 * np.maximum(np.abs(fit.parameters), 1e-3)
    values = np.r_[fit.parameters[0], _curve(fit.kind, fit.parameters, asked), fit.parameters[1]]
    slopes = np.zeros((len(values), len(steps)))
    slopes[0, 0] = slopes[-1, 1] = 1.0
    for place, step in enumerate(steps):
        moved = [_curve(fit.kind, fit.parameters + side * step * np.eye(len(steps))[place], asked) for side in (1, -1)]
        slopes[1:-1, place] = (moved[0] - moved[1]) / (2 * step)
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes), 0.0))
    ends = sorted(direction * bound for bound in bounds)
    inside = (values > ends[0] - 1e-12).all() and (values < ends[1] + 1e-12).all()
    if not np.isfinite(errors).all() or (errors > WIDEST * fit.way).any() or not inside:
        return _nothing(n, Finding("curve_not_identified", {"observations": n}))
    reach = PERT_REACH * errors
    # no range goes further than just short of half way to its neighbour
    gaps = 0.49 * np.diff(values)
    down = np.minimum(reach, np.minimum(np.r_[np.inf, gaps], values - ends[0]))
    up = np.minimum(reach, np.minimum(np.r_[gaps, np.inf], ends[1] - values))
    narrowed = bool((down < reach - 1e-15).any() or (up < reach - 1e-15).any())
    low, high = direction * (values - down), direction * (values + up)
    triples = [
        (float(min(a, b)), float(direction * value), float(max(a, b)))
        for a, value, b in zip(low, values, high, strict=True)
    ]
    points = tuple(zip((float(today * at) for at in asked), triples[1:-1], strict=True))
    findings = (Finding("answers_narrowed", {"observations": n}),) if narrowed else ()
    return FittedCurve(fit.kind, triples[0], triples[-1], points, fit.scatter, fit.log_likelihood, n, findings)


def _nothing(n: int, finding: Finding) -> FittedCurve:
    return FittedCurve("", None, None, (), float("nan"), float("nan"), n, (finding,))
