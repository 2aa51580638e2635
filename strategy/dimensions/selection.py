"""Whom to serve, in numbers: who is profitable, what a new customer may cost, what a list of addresses is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strategy.case.case import Case, Constant, Curve, slug
from strategy.case.editing import with_entry
from strategy.case.estimate import MAX_AMOUNT
from strategy.equity.parameters import parameters
from strategy.equity.readouts import Readouts
from strategy.errors import PlannerError


@dataclass(frozen=True)
class SegmentWorth:
    """What the customers of a segment are worth: how many, each (net of what is spent on keeping them), and all."""

    segment: str
    customers: float
    each: float

    @property
    def all(self) -> float:
        """Money: customers times the net lifetime value of one."""
        return self.customers * self.each


def most_profitable_first(case: Case, r: Readouts) -> list[SegmentWorth]:
    """Today's customers by what one is worth in the plan (`clv_net`, period 1), the most profitable first."""
    each = r.plan.clv_net[0, 0, 0]
    found = [SegmentWorth(s.id, s.customers.likely, float(v)) for s, v in zip(case.segments, each, strict=True)]
    return sorted(found, key=lambda worth: -worth.each)


@dataclass(frozen=True)
class Newcomer:
    """A new customer of a segment: what he is worth and what he costs, money; costs None where nothing is bought.

    worth          net lifetime value in period 1: the most he may cost, welcoming included
    cost           acquire spend per customer won by it, and onboarding (CAC)
    marginal_cost  the same of the next one
    """

    segment: str
    worth: float
    cost: float | None
    marginal_cost: float | None

    @property
    def left(self) -> float | None:
        """What the next new customer brings beyond his cost; None where his cost is not known."""
        return None if self.marginal_cost is None else self.worth - self.marginal_cost


def newcomers(case: Case, r: Readouts) -> list[Newcomer]:
    """What a new customer of each segment may cost, beside what he does cost in the plan.

    Segments that nobody is acquired into are left out: those without prospects, and those where none is ever won.
    """
    worth = r.plan.clv_net[0, 0, 0]
    return [
        Newcomer(s.id, float(v), cost, marginal)
        for s, v, cost, marginal in zip(case.segments, worth, r.cac, r.marginal_cac, strict=True)
        if s.prospects.likely > 0 and _wins(s.levers["acquire"])
    ]


def _wins(lever: Constant | Curve) -> bool:
    """Whether the lever that acquires brings anybody at any spend."""
    return isinstance(lever, Curve) or lever.constant.likely > 0


def income_today(case: Case) -> dict[str, float]:
    """Revenue per period by segment, at today's spend in period 1 without events: {segment id: money}."""
    given = parameters(case)
    income = (given.today_active * given.today_metric("revenue"))[0, 0]
    return dict(zip(case.segment_ids, map(float, income), strict=True))


# A list of addresses -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddressList:
    """A list of addresses that we can write to once.

    addresses        how many
    response         share of them that becomes a customer, 0..1
    contact_cost     money per address to reach it
    value            money that a new customer is worth, net of what is spent on keeping him
    onboarding_cost  money to welcome one
    """

    addresses: float
    response: float
    contact_cost: float
    value: float
    onboarding_cost: float

    def __post_init__(self) -> None:
        """Refuse what no list can be. Raises PlannerError."""
        limits = {"addresses": MAX_AMOUNT, "response": 1.0, "contact_cost": MAX_AMOUNT}
        for field, high in limits.items():
            if not 0 <= getattr(self, field) <= high:
                raise PlannerError("out_of_range", place=field, value=getattr(self, field), low=0, high=high)

    @property
    def new_customers(self) -> float:
        """People that the list brings."""
        return self.addresses * self.response

    @property
    def gain(self) -> float:
        """What one new customer brings, welcomed: value - onboarding cost."""
        return self.value - self.onboarding_cost

    @property
    def mailing(self) -> float:
        """Money to reach all addresses once."""
        return self.addresses * self.contact_cost

    @property
    def worth(self) -> float:
        """The most that the list may cost: addresses * response * (value - onboarding cost) - mailing."""
        return self.new_customers * self.gain - self.mailing

    def break_even(self, price: float = 0.0) -> float | None:
        """The response at which a list bought at a price earns nothing; None where no response would do."""
        if self.gain <= 0 or self.addresses <= 0:
            return None
        needed = (price + self.mailing) / (self.addresses * self.gain)
        return needed if needed <= 1 else None


def with_list(case: Case, segment: str, name: str, bought: AddressList, price: float, period: int = 1) -> Case:
    """The case with a list of addresses as an initiative: its cost at once, its customers in one period.

    The list is reached beside the segment's own prospects, so it adds to the share of them that is won.
    Raises PlannerError where the segment has no prospects to add it to, or fewer than the list would win.
    """
    found = case.segment(segment)
    prospects = found.prospects.likely
    if prospects <= 0:
        raise PlannerError("no_prospects", place=found.name, value=prospects)
    if bought.new_customers > prospects:
        raise PlannerError("out_of_range", place=found.name, value=bought.new_customers, low=0, high=prospects)
    entry = {
        "id": free_id(name, case.initiative_ids),
        "name": name,
        "from": period,
        "to": period,
        "segments": [segment],
        "metric": "acquisition_rate",
        "add": bought.new_customers / prospects,
        "lever": "acquire",
        "one_off": bought.mailing + price,
    }
    return with_entry(case, "initiatives", entry)


def free_id(name: str, taken: Sequence[str]) -> str:
    """An id made from a name that nothing has yet."""
    base = slug(name, "list")[:50]
    return next(found for n in range(len(taken) + 1) if (found := f"{base}-{n + 1}" if n else base) not in taken)


# From one offer for all to one for each (A5) -------------------------------------------------------------------------

SPECTRUM = ("mass", "segments", "one_to_one")
DEMANDS: Mapping[str, Mapping[str, int]] = {
    "data": {"mass": 1, "segments": 3, "one_to_one": 5},
    "cost": {"mass": 1, "segments": 2, "one_to_one": 4},
    "people": {"mass": 1, "segments": 3, "one_to_one": 4},
}
"""How much each way to tell customers apart asks of us, 1..5 as readiness is scored; our own reading of the field."""


def shortfalls(chosen: str, readiness: Mapping[str, int]) -> dict[str, int]:
    """Where we are less ready than the chosen way asks, {demand: points short}, the largest first."""
    short = {code: needed[chosen] - readiness[code] for code, needed in DEMANDS.items() if code in readiness}
    return dict(sorted(((c, s) for c, s in short.items() if s > 0), key=lambda pair: -pair[1]))
