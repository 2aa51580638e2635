"""Maximum likelihood with a gradient and a Hessian: a damped Newton search over the logarithms of the parameters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Number = float | Array
"""A parameter, or many draws of it in a shape that broadcasts with the customers'."""
Derivatives = tuple[float, Array, Array]
"""Value, gradient (parameters,) and Hessian (parameters, parameters)."""

SMALLEST_DECREMENT = 1e-10
"""Newton's promised gain in log-likelihood per unit of information below which the search has arrived."""
MOST_STEPS = 200
_NODES = np.linspace(-3.2, 3.2, 161)
PROBABILITIES = 1 / (1 + np.exp(-np.pi * np.sinh(_NODES)))
PROBABILITY_WEIGHTS = np.pi * np.cosh(_NODES) * PROBABILITIES * (1 - PROBABILITIES) * (_NODES[1] - _NODES[0])
"""Tanh-sinh quadrature over probabilities: the mean of a function of a variable is its sum over these quantiles."""
FARTHEST_DRAW = 30.0
"""In logarithms: how far a draw may lie from its estimate, so that what hardly any data fix stays a number."""
LONGEST_STEP = 3.0
"""In logarithms: a parameter moves at most by a factor 20 at a time."""


def beta_quantiles(a: Number, b: Number, shares: Array) -> Array:
    """Quantiles of beta distributions, where a, b and shares broadcast.

    SciPy's inverse gives no number for some quantiles next to an end; those are taken from the other end.
    """
    found = betaincinv(a, b, shares)
    missing = np.isnan(found)
    return np.where(missing, 1 - betaincinv(b, a, 1 - shares), found) if missing.any() else np.asarray(found, float)


@dataclass(frozen=True)
class Maximum:
    """Where a log-likelihood is highest.

    parameters      (parameters,) in their own units
    covariance      (parameters, parameters) of the *logarithms*: the inverse of the observed information; rows of nan
                    for what lies on a bound or has no curvature
    log_likelihood  at the maximum
    converged       whether the search came to rest
    at_lower, at_upper  (parameters,) which lie on their bounds
    """

    parameters: Array
    covariance: Array
    log_likelihood: float
    converged: bool
    at_lower: NDArray[np.bool_]
    at_upper: NDArray[np.bool_]

    @property
    def standard_errors(self) -> Array:
        """Of the parameters in their own units, by the delta method; nan where the data say nothing."""
        return self.parameters * np.sqrt(np.diag(self.covariance))

    @property
    def on_bound(self) -> bool:
        """Whether any parameter ran off as far as it was allowed to."""
        return bool((self.at_lower | self.at_upper).any())


def in_logarithms(parameters: Array, value: float, gradient: Array, hessian: Array) -> Derivatives:
    """Derivatives with respect to the logarithms of the parameters (chain rule)."""
    slope = parameters * gradient
    return value, slope, hessian * np.outer(parameters, parameters) + np.diag(slope)


def maximise(
    evaluate: Callable[[Array], Derivatives], starts: Iterable[Array], lower: Array, upper: Array, amount: float = 1.0
) -> Maximum:
    """The highest of the maxima reached from some starting parameters, within bounds.

    evaluate      parameters -> log-likelihood, gradient and Hessian in the parameters' own units
    starts        (parameters,) each
    lower, upper  (parameters,) bounds of the parameters, > 0
    amount        observations behind the likelihood: the tolerance grows with it
    """
    low, high = np.log(lower), np.log(upper)

    def at(point: Array) -> Derivatives:
        return in_logarithms(np.exp(point), *evaluate(np.exp(point)))

    found = [_climb(at, np.clip(np.log(start), low, high), low, high, amount) for start in starts]
    point, (value, _, hessian), converged = max(found, key=lambda result: result[1][0])
    at_lower, at_upper = point <= low + 1e-9, point >= high - 1e-9
    free = ~(at_lower | at_upper)
    return Maximum(np.exp(point), _covariance(hessian, free), value, converged, at_lower, at_upper)


def _climb(
    at: Callable[[Array], Derivatives], point: Array, low: Array, high: Array, amount: float
) -> tuple[Array, Derivatives, bool]:
    """Newton's steps with the curvature made negative, shortened until they gain."""
    here = at(point)
    for _ in range(MOST_STEPS):
        step, decrement = _step(point, here, low, high)
        if decrement < SMALLEST_DECREMENT * max(amount, 1.0):
            return point, here, True
        for halving in range(20):
            there = np.clip(point + step * 0.5**halving, low, high)
            new = at(there)
            if np.isfinite(new[0]) and new[0] >= here[0] + 1e-4 * float(here[1] @ (there - point)):
                break
        else:
            return point, here, decrement < 1e-6 * max(amount, 1.0)
        point, here = there, new
    return point, here, False


def _step(point: Array, here: Derivatives, low: Array, high: Array) -> tuple[Array, float]:
    """A step uphill and the gain it promises, leaving alone what is pushed against its bound."""
    _, gradient, hessian = here
    held = ((point <= low) & (gradient < 0)) | ((point >= high) & (gradient > 0))
    free = np.flatnonzero(~held)
    if not free.size:
        return np.zeros_like(point), 0.0
    curvature, axes = np.linalg.eigh(-hessian[np.ix_(free, free)])
    curvature = np.maximum(np.abs(curvature), 1e-10 * max(1.0, float(np.abs(curvature).max())))
    along = axes.T @ gradient[free]
    step = np.zeros_like(point)
    step[free] = axes @ (along / curvature)
    step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    return step, float(along @ (along / curvature))


def _covariance(hessian: Array, free: NDArray[np.bool_]) -> Array:
    """Inverse information of the free parameters, nan elsewhere or where the top is not a top."""
    covariance = np.full(hessian.shape, np.nan)
    places = np.flatnonzero(free)
    information = -hessian[np.ix_(places, places)]
    if places.size and np.linalg.eigvalsh(information).min() > 0:
        covariance[np.ix_(places, places)] = np.linalg.inv(information)
    return covariance


def draw_parameters(parameters: Array, covariance: Array, draws: int, generator: np.random.Generator) -> Array:
    """Parameters from the estimates' asymptotic normal in logarithms, (draws, parameters); the unknown stay fixed."""
    known = np.isfinite(np.diag(covariance))
    steps = np.zeros((draws, len(parameters)))
    if known.any():
        values, axes = np.linalg.eigh(covariance[np.ix_(known, known)])
        normal = generator.standard_normal((draws, int(known.sum())))
        steps[:, known] = normal * np.sqrt(np.maximum(values, 0.0)) @ axes.T
    drawn: Array = parameters * np.exp(np.clip(steps, -FARTHEST_DRAW, FARTHEST_DRAW))
    return drawn
