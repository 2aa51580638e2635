"""From measured customers to a case that has the value the data have, with the origin of every number.

With every lever constant, nobody acquired and no cost to serve, CE less its residual is, by the equation that rho
solves, (1+d)^-tau gross_margin sum over segments and t of (1+d)^-(t-1) R_t: the discounted margin of the revenue that
the models expect (model, sections 3 and 8). What lies beyond the horizon is the case's own run-off at constant rho.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import PERIODS_A_YEAR, Case
from strategy.case.case_file import case_from
from strategy.case.editing import Key, numbers_of
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES, SERVING
from strategy.case.ten_numbers import PROSPECTS_PER_NEW_CUSTOMER, default_curves
from strategy.customers.value.book import Book, ContractBook, PurchaseBook
from strategy.customers.value.measures import Segments, measure
from strategy.customers.value.segments import Grouping
from strategy.errors import PlannerError

GROSS_MARGIN = 0.5
"""Share of revenue, until somebody says what it is."""
LONGEST_NAME = 200
MODELS = {
    "bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD", "nbd": "NBD", "gamma_gamma": "Gamma-Gamma",
    "observed_mean": "observed mean", "sbg": "sBG", "constant_churn": "constant churn",
}  # fmt: skip
MEASURED: tuple[Key, ...] = (
    ("customers",), ("develop", "constant"), ("develop", "answer_1"), ("retain", "constant"), ("retain", "answer_1"),
)  # fmt: skip
"""What the data say of a segment; what people say comes from the setting, the rest is computed or default."""
ARRIVING = f"{PROSPECTS_PER_NEW_CUSTOMER:.0f} prospects are taken for each new customer of late"
COMPUTED: dict[Key, str] = {
    ("prospects",): ARRIVING,
    ("acquire", "constant"): ARRIVING,
    ("acquire", "answer_1"): ARRIVING,
    ("onboarding_cost",): "no bill: what a new customer is worth less (below 0: more) than an average one here",
}
"""What follows from the data by a step of ours, and which."""


@dataclass(frozen=True)
class Setting:
    """What the data do not say of a case.

    discount_rate  annual
    gross_margin   share of revenue; None: GROSS_MARGIN, to be confirmed
    cost_to_serve  money per customer and period; None: 0, to be confirmed
    spend          {lever: money per period today}; divided over segments by new customers (acquire) or customers
    """

    name: str
    currency: str = "EUR"
    period: Literal["year", "quarter", "month"] = "year"
    horizon: int = 5
    discount_rate: float = 0.10
    gross_margin: float | None = None
    cost_to_serve: float | None = None
    spend: Mapping[str, float] = field(default_factory=dict)

    @property
    def margin(self) -> float:
        """The gross margin that is used."""
        return GROSS_MARGIN if self.gross_margin is None else self.gross_margin

    @property
    def discount(self) -> float:
        """Per period, as the case has it."""
        return float((1 + self.discount_rate) ** (1 / PERIODS_A_YEAR[self.period]) - 1)


def measured_for(book: Book, grouping: Grouping, setting: Setting, seed: int) -> Segments:
    """The segments over the periods of the case to be."""
    return measure(book, grouping, setting.margin, setting.discount, setting.period, setting.horizon, seed)


def source_of(file: str, book: PurchaseBook | ContractBook) -> str:
    """Where measured numbers come from: file, models, rows, period."""
    models = ", ".join(MODELS[model] for model in book.models)
    return f"{file[:200]} · {models} · {book.rows:,} rows · {book.first_day} – {book.until}"


def case_from_customers(
    segments: Segments, setting: Setting, source: str, names: Mapping[str, str] | None = None
) -> tuple[Case, dict[str, Origin]]:
    """A case from measured segments, and {origin key: Origin} of its numbers.

    Measured numbers are constants with the range of the estimates. A lever on which money is spent today is a curve
    through the measured value, around which everything is a default to be confirmed, as in a case from ten numbers.
    names  {segment code: name}; the code itself where left out

    Raises PlannerError where the setting is wrong, or spends on what the data say nobody does.
    """
    for lever, amount in setting.spend.items():
        if lever not in LEVER_CODES:
            raise PlannerError("unknown_lever", place="spend", value=lever, known=", ".join(LEVER_CODES))
        if not 0 <= amount <= MAX_AMOUNT:
            raise PlannerError("out_of_range", place=lever, value=amount, low=0, high=MAX_AMOUNT)
    told = names or {}
    document = {
        "schema": 2,
        "name": setting.name[:LONGEST_NAME],
        "currency": setting.currency,
        "period": setting.period,
        "horizon": setting.horizon,
        "discount_rate": setting.discount_rate,
        "segments": [_segment(segments, at, setting, told) for at in range(len(segments.codes))],
    }
    case = case_from(document)
    origins = {origin_key(key): _origin(key, setting, source) for key in numbers_of(case)}
    return case, origins


def _segment(segments: Segments, at: int, setting: Setting, names: Mapping[str, str]) -> dict[str, Any]:
    code, arrivals = segments.codes[at], float(segments.arrivals[at])
    shared = {  # a segment's part of a lever's money
        "acquire": arrivals / max(float(segments.arrivals.sum()), 1e-300),
        **dict.fromkeys(SERVING, float(segments.customers[at] / segments.customers.sum())),
    }
    today = {
        "acquire": (1 / PROSPECTS_PER_NEW_CUSTOMER if arrivals else 0.0,) * 3,
        "develop": _triple(segments.revenue_range[at], segments.revenue[at]),
        "retain": _triple(segments.retention_range[at], segments.retention[at]),
        "reduce_cost": (setting.cost_to_serve or 0.0,) * 3,
    }
    spends = {lever: setting.spend.get(lever, 0.0) * shared[lever] for lever in today}
    _can_react(today, setting, names.get(code) or code, float(segments.arrivals.sum()))
    curves: dict[str, Any] = default_curves({lever: likely for lever, (_, likely, _) in today.items()}, spends)
    return {
        **({"id": code} if code in names else {}),
        "name": (names.get(code) or code)[:LONGEST_NAME],
        "customers": float(segments.customers[at]),
        "prospects": arrivals * PROSPECTS_PER_NEW_CUSTOMER,
        "gross_margin": setting.margin,
        "onboarding_cost": float(segments.onboarding[at]),
        "levers": {
            lever: _around(curves[lever], today[lever]) if spends[lever] > 0 else {"constant": _written(today[lever])}
            for lever in today
        },
    }


def _can_react(today: Mapping[str, tuple[float, ...]], setting: Setting, name: str, arrivals: float) -> None:
    """Refuses money on a lever whose metric the data put at an end: no curve goes through it."""
    spent = {lever: f"{setting.currency} {amount:,.0f}" for lever, amount in setting.spend.items() if amount > 0}
    stay = today["retain"][1]
    if "acquire" in spent and not arrivals:
        raise PlannerError("nobody_acquired", place="spend", value=arrivals, spend=spent["acquire"])
    if "retain" in spent and not 0 < stay < 1:
        raise PlannerError("all_or_none_stay", place=name, value=stay, spend=spent["retain"])
    if "reduce_cost" in spent and today["reduce_cost"][1] == 0:
        raise PlannerError("nothing_to_reduce", place="spend", value=0, spend=spent["reduce_cost"])


def _triple(ends: Any, likely: Any) -> tuple[float, float, float]:
    return float(ends[0]), float(likely), float(ends[1])


def _written(triple: tuple[float, ...]) -> float | list[float]:
    return triple[1] if triple[0] == triple[2] else list(triple)


def _around(curve: dict[str, Any], today: tuple[float, ...]) -> dict[str, Any]:
    """A default curve with the measured range at today's spend, as far as it stays clear of floor and ceiling."""
    (spend, likely), floor = curve["points"][0], curve["floor"]
    nearest = min(curve["ceiling"], key=lambda end: abs(end - likely))
    below, above = sorted((floor, nearest))
    ends = max(today[0], (below + likely) / 2), min(today[2], (above + likely) / 2)
    return {**curve, "points": [[spend, _written((min(ends[0], likely), likely, max(ends[1], likely)))]]}


def _origin(key: Key, setting: Setting, source: str) -> Origin:
    """Measured, believed where people said it, or a default that somebody still has to confirm."""
    if key[1:] in MEASURED:
        return Origin(kind="measured", source=source)
    if key[1:] in COMPUTED:
        return Origin(kind="computed", source=f"{COMPUTED[key[1:]]} · {source}")
    said = key[-1] == "spend" and setting.spend.get(key[1], 0.0) > 0
    said |= key[-1] == "gross_margin" and setting.gross_margin is not None
    said |= key[-2:] in (("reduce_cost", "constant"), ("reduce_cost", "answer_1")) and setting.cost_to_serve is not None
    return Origin(kind="believed") if said else Origin(kind="default", confirm=True)
