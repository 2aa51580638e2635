"""From what people answer to a case: ten numbers and marked defaults make a whole firm."""

from collections.abc import Mapping
from dataclasses import dataclass

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import Case
from strategy.case.case_file import case_from
from strategy.case.editing import numbers_of
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVERS
from strategy.errors import PlannerError
from strategy.words.wording import N_


@dataclass(frozen=True)
class NumberAsked:
    """One of the ten numbers: its question, unit (people, money, share of 100) and a first answer."""

    code: str
    text: str
    unit: str
    example: float


QUESTIONS = (
    NumberAsked("customers", N_("How many customers do you have?"), "people", 20000),
    NumberAsked("new_customers", N_("How many new customers does marketing bring in a year?"), "people", 3000),
    NumberAsked("revenue", N_("What does a customer spend with you in a year?"), "money", 400),
    NumberAsked("gross_margin", N_("Of every 100 of revenue, how much is gross margin?"), "hundred", 50),
    NumberAsked("cost_to_serve", N_("What does it cost to serve a customer for a year?"), "money", 60),
    NumberAsked("stay", N_("Of 100 customers, how many are still there a year later?"), "hundred", 80),
    NumberAsked("acquire", N_("What do you spend a year on winning customers?"), "money", 450000),
    NumberAsked("develop", N_("What do you spend a year on selling more to customers?"), "money", 150000),
    NumberAsked("retain", N_("What do you spend a year on keeping customers?"), "money", 200000),
    NumberAsked("reduce_cost", N_("What do you spend a year on serving customers at lower cost?"), "money", 100000),
)

DEFAULTS: tuple[str, ...] = (
    N_("Prospects: twenty for every new customer a year."),
    N_("Without acquiring, one new customer in five would still come; at unlimited spend 2.5 times as many."),
    N_("Without developing, a customer would spend 5% less; at unlimited spend 15% more (10% to 20%)."),
    N_("Without retaining, 40% more customers would leave; at unlimited spend 40% fewer (25% to 50%)."),
    N_("Without cost reduction, serving would cost 15% more; at unlimited spend 20% less."),
    N_("Where you spend nothing today: a tenth of the budget would bring it half way to unlimited spend."),
    N_("Discount rate 10% a year, five years, money at the start of each year."),
)
"""What the ten numbers leave open, as people read it; `case_from_answers` holds the same numbers."""
PROSPECTS_PER_NEW_CUSTOMER = 20
HIGHEST_ANSWER = MAX_AMOUNT / PROSPECTS_PER_NEW_CUSTOMER
"""Of people and money: whatever follows from an answer stays within MAX_AMOUNT."""
HALF_WAY = 0.5
EXAMPLES = {question.code: question.example for question in QUESTIONS}


def case_from_answers(name: str, segment: str, currency: str, answers: dict[str, float]) -> Case:
    """A one-segment case from the ten numbers, the rest from DEFAULTS.

    name, segment  names of the firm and of its one segment
    answers        {question code: number}; shares of 100 as people say them
    Raises PlannerError naming the answer, its value, the rule and a remedy.
    """
    for question in QUESTIONS:
        highest = 100.0 if question.unit == "hundred" else HIGHEST_ANSWER
        if not 0 <= answers[question.code] <= highest:
            raise PlannerError("out_of_range", place=question.code, value=answers[question.code], low=0, high=highest)
    if not 0 < answers["stay"] < 100:
        raise PlannerError("out_of_range", place="stay", value=answers["stay"], low=1, high=99)
    for code in ("customers", "new_customers", "revenue", "cost_to_serve"):
        if answers[code] == 0:
            raise PlannerError("must_be_above_0", place=code, value=0)
    spends = {code: answers[code] for code, kind in LEVERS.items() if kind.needed}
    if sum(spends.values()) == 0:
        raise PlannerError("must_be_above_0", place="acquire", value=0)
    prospects = PROSPECTS_PER_NEW_CUSTOMER * answers["new_customers"]
    stay = answers["stay"] / 100
    today = {
        "acquire": 1 / PROSPECTS_PER_NEW_CUSTOMER,
        "develop": answers["revenue"],
        "retain": stay,
        "reduce_cost": answers["cost_to_serve"],
    }
    everybody = {
        "id": "customers",
        "name": segment,
        "customers": answers["customers"],
        "prospects": prospects,
        "gross_margin": answers["gross_margin"] / 100,
        "levers": default_curves(today, spends),
    }
    return case_from({"schema": 2, "name": name, "currency": currency, "segments": [everybody]})


def default_curves(today: Mapping[str, float], spends: Mapping[str, float]) -> dict[str, dict[str, object]]:
    """The levers that every segment needs around today's metrics, what is open from DEFAULTS, as in a case file.

    today   {lever: its metric}
    spends  {lever: money per period today}; of a lever where it is 0 today's metric is the floor
    """
    rate, revenue, stay, cost = (today[code] for code in ("acquire", "develop", "retain", "reduce_cost"))
    leave, budget = 1 - stay, sum(spends.values())
    floor = 1 - 1.4 * leave if 1.4 * leave < 1 else (1 - leave) / 2
    unlimited = {
        "acquire": (rate, 0.2 * rate, [2 * rate, 2.5 * rate, 3 * rate]),
        "develop": (revenue, 0.95 * revenue, [r * revenue for r in (1.1, 1.15, 1.2)]),
        "retain": (stay, floor, [1 - 0.75 * leave, 1 - 0.6 * leave, 1 - 0.5 * leave]),
        "reduce_cost": (cost, 1.15 * cost, [0.75 * cost, 0.8 * cost, 0.85 * cost]),
    }
    return {code: _lever(spends[code], budget, *values) for code, values in unlimited.items()}


def origins_of(case: Case) -> dict[str, Origin]:
    """Where the numbers of a case from the ten come from: those that were asked, and the defaults around them."""
    asked = ("customers", "gross_margin", "spend", "answer_1")
    return {
        origin_key(key): Origin(kind="believed") if key[-1] in asked else Origin(kind="default", confirm=True)
        for key in numbers_of(case)
    }


def _lever(spend: float, budget: float, today: float, floor: float, ceiling: list[float]) -> dict[str, object]:
    """A curve through today's answer; where nothing is spent today's metric is the floor."""
    if spend > 0:
        return {"spend": spend, "floor": floor, "ceiling": ceiling, "points": [[spend, today]]}
    return {"floor": today, "ceiling": ceiling, "points": [[budget / 10, today + HALF_WAY * (ceiling[1] - today)]]}
