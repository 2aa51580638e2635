"""What operationalization takes: time freed by automation, channels and hand-overs, competences, initiatives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from strategy.case.beliefs import Origin
from strategy.case.case import PERIODS_A_YEAR, Case, Constant, Curve
from strategy.case.case_file import case_from
from strategy.case.editing import document_of, with_number, with_side_effect
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, chosen_array, parameters
from strategy.equity.phases import PhasedSpend, spend_path
from strategy.equity.simulation import annuity, customer_equity, initiative_budget
from strategy.errors import PlannerError
from strategy.questions.operationalization import CHANNELS

WORKING_DAYS, MINUTES_AN_HOUR = 225, 60
FAR_AHEAD = 2
"""A competence with so many points more than the weakest is out of balance."""
CHANNEL_CODES = tuple(channel.code for channel in CHANNELS)
Row = Mapping[str, Any]
"""One row of an answer: {column: value}."""


# Time freed by automation --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Freed:
    """What automating one task frees.

    segment  id of the segment that the task is for; None: for all customers
    hours    a year
    money    per year; None where no cost per hour was given
    """

    task: str
    segment: str | None
    hours: float
    money: float | None


def hours_a_year(minutes: float, people: float = 1.0, share: float = 1.0) -> float:
    """Hours a year that a daily task takes, as far as it is automated: minutes x 225 days x people x share / 60.

    minutes  a day per full-time person
    share    of the task that is automated, 0..1
    """
    return minutes * WORKING_DAYS * people * share / MINUTES_AN_HOUR


def time_freed(rows: Sequence[Row] | None) -> tuple[Freed, ...]:
    """What each task of the answer `automation` frees; rows without minutes say nothing yet.

    An empty cell counts as one person, and as a task that is automated as a whole.
    """
    found = []
    for row in rows or ():
        hours = hours_a_year(row.get("minutes", 0.0), row.get("people", 1.0), row.get("share", 100.0) / 100)
        if hours > 0:
            money = hours * row["hourly"] if "hourly" in row else None
            found.append(Freed(row.get("task", ""), row.get("segment"), hours, money))
    return tuple(found)


def saved_per_customer(given: Parameters, freed: Sequence[Freed]) -> dict[str, float]:
    """{segment id: money per customer and period of the case} that the freed hours cost now.

    Counted per customer active in the first period at today's spend; what is for all customers is divided over all.
    """
    case, active = given.case, given.today_active[0, 0].tolist()
    periods, everyone = PERIODS_A_YEAR[case.period], sum(active)

    def money(segment: str | None) -> float:
        return sum(task.money or 0.0 for task in freed if task.segment == segment) / periods

    shared = money(None) / everyone if everyone > 0 else 0.0
    return {s: (money(s) / n if n > 0 else 0.0) + shared for s, n in zip(case.segment_ids, active, strict=True)}


@dataclass(frozen=True)
class CostAnswer:
    """The answer "cost to serve at unlimited spend" of a segment, with what automation frees.

    believed   what is believed beside automation; saved: money per customer and period that automation frees
    now        the answer in the case; automated: the answer that counts automation in
    """

    believed: Estimate
    saved: float
    now: Estimate
    automated: Estimate

    @property
    def counted(self) -> bool:
        """Whether the answer counts this automation in already."""
        return self.now == self.automated


_COUNTED = re.compile(r"automation: \[([-+.\de ,]+)\] - ([-+.\de]+)")


def cost_answer(case: Case, segment: str, saved: float, origin: Origin) -> CostAnswer | None:
    """What the ceiling of `reduce_cost` becomes with automation; None where spending does not move the cost.

    saved   money per customer and period, of `saved_per_customer`
    origin  of the ceiling now: where it counts automation in, what was believed before stands in its source
    """
    lever = case.segment(segment).levers["reduce_cost"]
    if isinstance(lever, Constant):
        return None
    now, believed = lever.ceiling, lever.ceiling
    counted = _COUNTED.fullmatch(origin.source) if origin.kind == "computed" else None
    if counted:
        before = Estimate.of(*map(float, counted[1].split(",")))
        if _lowered(before, float(counted[2])) == now:
            believed = before
    return CostAnswer(believed, saved, now, _lowered(believed, saved))


def _lowered(believed: Estimate, saved: float) -> Estimate:
    return Estimate.of(*(max(0.0, end - saved) for end in (believed.low, believed.likely, believed.high)))


def with_automation(case: Case, segment: str, answer: CostAnswer) -> tuple[Case, Origin]:
    """The case that counts automation in at unlimited spend, and where that number comes from. Raises PlannerError."""
    changed = with_number(case, (segment, "reduce_cost", "ceiling"), answer.automated)
    ends = answer.believed.low, answer.believed.likely, answer.believed.high
    source = f"automation: [{', '.join(map(repr, ends))}] - {answer.saved!r}"
    return changed, Origin(kind="computed", source=source)


# Activities ----------------------------------------------------------------------------------------------------------


def without_owner(rows: Sequence[Row] | None) -> tuple[str, ...]:
    """The levers for which the answer `activities` names no activity with an owner."""
    owned = {row["lever"] for row in rows or () if {"lever", "activity", "owner"} <= row.keys()}
    return tuple(code for code in LEVER_CODES if code not in owned)


# Channels and hand-overs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelUse:
    """One channel group: its share of contacts (0..1, as answered), money per contact, share of what contacts cost."""

    channel: str
    contacts: float
    cost: float
    of_cost: float


def channel_use(rows: Sequence[Row] | None) -> tuple[ChannelUse, ...]:
    """The channels of the answer `channels` that have a contribution and a cost; one that stands twice is added up."""
    contacts, money = dict.fromkeys(CHANNEL_CODES, 0.0), dict.fromkeys(CHANNEL_CODES, 0.0)
    for row in rows or ():
        if "channel" in row and "cost" in row:
            share = row.get("contribution", 0.0) / 100
            contacts[row["channel"]] += share
            money[row["channel"]] += share * row["cost"]
    total = sum(money.values())
    return tuple(
        ChannelUse(code, share, money[code] / share, money[code] / total if total > 0 else 0.0)
        for code, share in contacts.items()
        if share > 0
    )


def cost_per_contact(channels: Sequence[ChannelUse]) -> float:
    """Average cost per contact, weighted by the channels' shares of contacts; there must be a channel."""
    return sum(c.contacts * c.cost for c in channels) / sum(c.contacts for c in channels)


def hand_overs(rows: Sequence[Row] | None) -> Array:
    """From each channel (row) to each (column): 1 works, 0 does not, nan not described; (6, 6), nan on the diagonal.

    Where a hand-over is described more than once, it works only if all say so.
    """
    matrix = np.full((len(CHANNEL_CODES), len(CHANNEL_CODES)), np.nan)
    for row in rows or ():
        if "from" in row and "to" in row and row["from"] != row["to"]:
            place = CHANNEL_CODES.index(row["from"]), CHANNEL_CODES.index(row["to"])
            matrix[place] = np.fmin(matrix[place], float(bool(row.get("works"))))
    return matrix


# Competences ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """Which competences are weakest, which are far ahead of them, and by how many points; none ahead: in balance."""

    lowest: tuple[str, ...]
    ahead: tuple[str, ...]
    gap: int


def balance(scores: Mapping[str, int] | None) -> Balance | None:
    """Whether scored competences are in balance; None with fewer than two scores."""
    if not scores or len(scores) < 2:
        return None
    low, high = min(scores.values()), max(scores.values())
    lowest = tuple(code for code, score in scores.items() if score == low)
    ahead = tuple(code for code, score in scores.items() if score - low >= FAR_AHEAD)
    return Balance(lowest, ahead, high - low)


# Initiatives and side effects ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InitiativeGain:
    """What an initiative does to the plan: customer equity with it less without it; cost per period; return per euro.

    multiple  present value that comes back per present value spent; None where it costs nothing
    """

    gain: float
    cost: float
    multiple: float | None


def initiative_gains(given: Parameters, spend: PhasedSpend, chosen: Sequence[str]) -> dict[str, InitiativeGain]:
    """{initiative id: what it adds} at a plan, the spend left as it is and the other initiatives as chosen."""
    case = given.case
    if not case.initiatives:
        return {}
    size = len(case.initiatives)
    choices = np.repeat(chosen_array(case, chosen), 2 * size, axis=1)
    each = np.arange(size)
    choices[0, each, each], choices[0, size + each, each] = 1.0, 0.0
    equity = customer_equity(given, spend_path(case, spend).times(2 * size), choices)[0]
    costs = initiative_budget(case)
    found = {}
    for number, initiative in enumerate(case.initiative_ids):
        gain, cost = float(equity[number] - equity[size + number]), float(costs[number])
        found[initiative] = InitiativeGain(gain, cost, 1 + gain / (annuity(case) * cost) if cost > 0 else None)
    return found


def side_effect(case: Case, segment: str, metric: str) -> Estimate | None:
    """What saving as much as possible does to a metric of a segment; None where nothing is said, or cost is fixed."""
    lever = case.segment(segment).levers["reduce_cost"]
    effects = lever.side_effects if isinstance(lever, Curve) else ()
    return next((effect.at_ceiling for effect in effects if effect.metric == metric), None)


def with_harm(case: Case, segment: str, metric: str, harm: Estimate | None, factor: float) -> Case:
    """The case in which saving as much as possible harms a metric; None takes the side effect away.

    harm    how much less of the metric, as people say it: of 100 customers, or money; below 0 it helps
    factor  how many of it make 1 of the metric
    Raises PlannerError: no curve, or more customers that leave than there are.
    """
    if harm is None:
        return with_side_effect(case, segment, "reduce_cost", metric, None)
    if metric == "retention_rate" and not -factor <= harm.low <= harm.high <= factor:
        raise PlannerError(
            "out_of_range", place=case.segment(segment).name, value=harm.likely, low=-factor, high=factor
        )
    return with_side_effect(case, segment, "reduce_cost", metric, turned(harm, factor))


def turned(estimate: Estimate, factor: float) -> Estimate:
    """A harm as the change of the metric, or the other way round: the sign and the ends change places."""
    return Estimate.shown(*(-end / factor for end in (estimate.high, estimate.likely, estimate.low)))


def cost_of_harm(case: Case, spend: PhasedSpend, chosen: Sequence[str]) -> float:
    """What the side effects of saving do to what a plan gains on today: the uplift with them less without, money.

    They count from today's saving on: at today's split it is 0.
    """
    document = document_of(case)
    for segment in document["segments"]:
        segment["levers"]["reduce_cost"] |= {"side_effects": []} if "floor" in segment["levers"]["reduce_cost"] else {}
    uplifts = [
        customer_equity(parameters(c), spend_path(c, case.today, spend), chosen_array(c, (), chosen))[0] @ (-1, 1)
        for c in (case, case_from(document))
    ]
    return float(uplifts[0] - uplifts[1])
