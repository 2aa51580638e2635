"""What makes customers profitable, what makes them leave, what a price does: regressions, by statsmodels.

Drivers of profit by robust regression (Huber's M-estimator), of leaving by a logit, or by Cox's proportional hazards
where contracts tell when; price elasticity by a regression of logarithms. Where the data cannot tell, a finding says so
and there are no estimates to misread.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategy.customers.findings import Finding
from strategy.customers.models.likelihood import Array
from strategy.errors import PlannerError

ROWS_PER_DRIVER = 10
"""Observations, or events, that each driver needs."""
MOST_CONDITION = 1e3
"""Condition number of the standardised drivers above which they cannot be told apart."""
MOST_EFFECT = 10.0
"""Logarithm of odds or hazard per standard deviation of a driver above which an estimate is on its way to infinity."""
Z = 1.959963984540054
Drivers = Mapping[str, Array]
"""{name of a driver: its value for each customer}; yes and no are 1 and 0."""


@dataclass(frozen=True)
class Effects:
    """What each driver does, others held still.

    method     "rlm" (money per unit of the driver), "logit", "cox" (log odds, log hazard per unit) or "log_log"
    names      of the drivers; estimates and standard_errors: (drivers,), empty where the data cannot tell
    intercept  the constant, nan for Cox and where the data cannot tell
    n          observations used; events: those who left, n for regressions
    findings   what must be known before trusting it
    """

    method: str
    names: tuple[str, ...]
    estimates: Array
    standard_errors: Array
    intercept: float
    n: int
    events: int
    findings: tuple[Finding, ...]

    @property
    def intervals(self) -> Array:
        """95 % intervals of the estimates, (drivers, 2)."""
        reach = Z * self.standard_errors
        return np.stack([self.estimates - reach, self.estimates + reach], axis=-1)


def drivers_of_profit(profit: Array, drivers: Drivers) -> Effects:
    """What each driver adds to a customer's profit, extreme customers counting less (Huber, 1964).

    profit  (customers,) money per customer. Raises PlannerError without drivers or where lengths differ.
    """
    names, design, used = _design(drivers, profit)
    wrong = _cannot_tell(names, design, len(used), "observations")
    if wrong:
        return _untold("rlm", names, len(used), len(used), wrong)
    from statsmodels.api import RLM, add_constant

    fitted = RLM(profit[used], add_constant(design)).fit()
    return _told("rlm", names, fitted.params, fitted.bse, len(used), len(used))


def drivers_of_leaving(left: NDArray[np.bool_], drivers: Drivers) -> Effects:
    """What each driver does to the odds of leaving: a logit.

    left  (customers,) whether each left. The finding "separated" names drivers that foretell leaving without an error:
    their effect has no end, so none is estimated.
    """
    names, design, used = _design(drivers, left.astype(float))
    gone = left[used]
    events = int(min(gone.sum(), (~gone).sum()))
    wrong = _cannot_tell(names, design, events, "events") or _separated(names, design, gone)
    if wrong:
        return _untold("logit", names, len(used), int(gone.sum()), wrong)
    from statsmodels.api import Logit, add_constant

    with warnings.catch_warnings():  # what they say comes back as a finding
        warnings.simplefilter("ignore")
        try:
            fitted = Logit(gone.astype(float), add_constant(design)).fit(disp=False, maxiter=100)
        except (np.linalg.LinAlgError, ValueError, ArithmeticError):
            fitted = None
    lost = fitted is None or not fitted.mle_retvals["converged"] or not np.isfinite(fitted.bse).all()
    if fitted is None or lost or (np.abs(fitted.params[1:]) * design.std(axis=0) > MOST_EFFECT).any():
        return _untold("logit", names, len(used), int(gone.sum()), _finding("separated", names))
    return _told("logit", names, fitted.params, fitted.bse, len(used), int(gone.sum()))


def drivers_of_ending(duration: Array, ended: NDArray[np.bool_], drivers: Drivers) -> Effects:
    """What each driver does to the chance per period that a contract ends, whenever it is: Cox (1972), ties by Efron.

    duration  (contracts,) periods until the end, or until the data stop; ended: which of the two
    """
    names, design, used = _design(drivers, duration)
    gone = ended[used]
    wrong = _cannot_tell(names, design, int(gone.sum()), "events")
    if wrong:
        return _untold("cox", names, len(used), int(gone.sum()), wrong)
    from statsmodels.api import PHReg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = PHReg(duration[used], design, gone.astype(int), ties="efron").fit(disp=0)
    lost = not np.isfinite(fitted.bse).all()
    if lost or (np.abs(fitted.params) * design.std(axis=0) > MOST_EFFECT).any():
        return _untold("cox", names, len(used), int(gone.sum()), _finding("separated", names))
    return _told("cox", names, np.r_[np.nan, fitted.params], np.r_[np.nan, fitted.bse], len(used), int(gone.sum()))


def price_elasticity(price: Array, quantity: Array) -> Effects:
    """Percent of volume that one percent of price moves: ordinary least squares of logarithms, robust errors (HC3).

    price, quantity  (observations,) both > 0; others are not used. Prices that hardly vary cannot tell.
    """
    right = (price > 0) & (quantity > 0) & np.isfinite(price) & np.isfinite(quantity)
    log_price, log_quantity = np.log(price[right]), np.log(quantity[right])
    names, n = ("price",), int(right.sum())
    wrong = _cannot_tell(names, log_price[:, None], n, "observations")
    if wrong:
        return _untold("log_log", names, n, n, wrong)
    from statsmodels.api import OLS, add_constant

    fitted = OLS(log_quantity, add_constant(log_price)).fit(cov_type="HC3")
    return _told("log_log", names, fitted.params, fitted.bse, n, n)


# What the data can tell ----------------------------------------------------------------------------------------------


def _design(drivers: Drivers, outcome: Array) -> tuple[tuple[str, ...], Array, NDArray[np.intp]]:
    """Names, (observations, drivers) without missing values, and which observations those are."""
    if not drivers:
        raise PlannerError("no_drivers", place="customers", value=0)
    for name, values in drivers.items():
        if len(values) != len(outcome):
            raise PlannerError("driver_length", place=name, value=len(values), needed=len(outcome))
    columns = np.column_stack([np.asarray(values, float) for values in drivers.values()])
    used = np.flatnonzero(np.isfinite(columns).all(axis=1) & np.isfinite(outcome))
    return tuple(drivers), columns[used], used


def _cannot_tell(names: tuple[str, ...], design: Array, number: int, what: str) -> tuple[Finding, ...]:
    """Too few observations or events, a driver that does not vary, or drivers that move as one."""
    needed = ROWS_PER_DRIVER * (len(names) + 1)
    if number < needed:
        return (Finding(f"few_{what}", {"number": number, "needed": needed}),)
    spread = design.std(axis=0)
    still = [name for name, each, level in zip(names, spread, np.abs(design).max(axis=0), strict=True)
             if each <= 1e-9 * max(level, 1e-300)]  # fmt: skip
    if still:
        return (Finding("driver_does_not_vary", {"drivers": ", ".join(still)}),)
    standard = (design - design.mean(axis=0)) / spread
    _, sizes, axes = np.linalg.svd(standard, full_matrices=False)
    if sizes[-1] * MOST_CONDITION < sizes[0]:
        together = [name for name, weight in zip(names, np.abs(axes[-1]), strict=True) if weight > 0.1]
        return (Finding("drivers_move_as_one", {"drivers": ", ".join(together)}),)
    return ()


def _separated(names: tuple[str, ...], design: Array, gone: NDArray[np.bool_]) -> tuple[Finding, ...]:
    """Drivers of which one value alone tells who left (complete or quasi-complete separation)."""
    stayers, leavers = design[~gone], design[gone]
    apart = (leavers.min(axis=0) >= stayers.max(axis=0)) | (leavers.max(axis=0) <= stayers.min(axis=0))
    return (
        _finding("separated", tuple(name for name, one in zip(names, apart, strict=True) if one)) if apart.any() else ()
    )


def _finding(code: str, names: tuple[str, ...]) -> tuple[Finding, ...]:
    return (Finding(code, {"drivers": ", ".join(names)}),)


def _told(method: str, names: tuple[str, ...], estimates: Any, errors: Any, n: int, events: int) -> Effects:
    values, doubt = np.asarray(estimates, float), np.asarray(errors, float)
    return Effects(method, names, values[1:], doubt[1:], float(values[0]), n, events, ())


def _untold(method: str, names: tuple[str, ...], n: int, events: int, findings: tuple[Finding, ...]) -> Effects:
    return Effects(method, names, np.zeros(0), np.zeros(0), float("nan"), n, events, findings)
