"""A second, deliberately simple implementation of the model, used only to check the fast one.

It follows the definition period by period and segment by segment, with plain numbers and loops. A case is
the parsed JSON document; a spend is ``{segment id: {lever: money per period}}`` where whatever is left out
is 0, or a list of phases ``[{"from": first period, "spend": {...}}]``; initiatives are the ids of those that
are chosen.

Where the case states a triple [low, likely, high], every function takes the likely value. ``pick`` chooses
otherwise: "low", "likely", "high", or a function ``(place, triple) -> number`` where place says which belief
it is, such as ``("families", "customers")``, ``("families", "retain", "floor")``,
``("families", "retain", "points", 0)``, ``("families", "retain", "side_effects", 0)``,
``("families", "prospect_pool", "refill")`` or ``("families", "acquire", "rival_response")``.

Not covered: the opinions of a room (refused), draws, and the search for the best split.
"""

import copy
import math
from dataclasses import dataclass
from itertools import permutations

import numpy

LEVERS = ("acquire", "develop", "retain", "reduce_cost")
METRIC_OF = {
    "acquire": "acquisition_rate",
    "develop": "revenue",
    "retain": "retention_rate",
    "reduce_cost": "cost_to_serve",
}
METRICS = (*METRIC_OF.values(), "referral_rate")
LAGGED_METRICS = ("acquisition_rate", "referral_rate")
RATES_UP_TO_ONE = ("acquisition_rate", "retention_rate")
PERIODS_A_YEAR = {"year": 1, "quarter": 4, "month": 12}
TAU = {"start": 0.0, "middle": 0.5, "end": 1.0}
POSITION_IN_TRIPLE = {"low": 0, "likely": 1, "high": 2}


@dataclass
class Simulation:
    """What one plan leads to. Lists run over periods 1..T first (index 0 is period 1), then over segments."""

    customer_equity: float
    residual: float
    cash: list  # [T]
    customers: list  # [T][S], active in the period: M_t
    new_customers: list  # [T][S], referred ones included: A_t
    opening_customers: list  # [T + 1][S], N_0 .. N_T
    metrics: list  # [T][S], a dict from metric to value each
    runoff_metrics: list  # [S], the no-spend metrics after T
    clv: list  # [T + 1][S], the last one is the run-off's
    clv_net: list  # [T + 1][S]
    acquired: list  # [S], sum over periods of prospects x acquisition rate (referred ones left out)
    prospects: list  # [T][S], who can be reached in the period: P_t
    factors: list  # [T], (1 + d)^-(t - 1 + tau)


# --- the case -------------------------------------------------------------------------------------------


def resolve(case, pick="likely"):
    """Return a copy of the case in which each triple is one number and each default is filled in."""

    def number(place, value):
        if not isinstance(value, (list, tuple)):
            return float(value)
        return float(pick(place, value) if callable(pick) else value[POSITION_IN_TRIPLE[pick]])

    result = copy.deepcopy(case)
    for segment in result["segments"]:
        who = segment["id"]
        for field in ("customers", "prospects", "gross_margin", "onboarding_cost", "referral_rate"):
            segment[field] = number((who, field), segment.get(field, 0.0))
        pool = segment.get("prospect_pool")
        if pool is not None:
            segment["prospect_pool"] = {
                f: number((who, "prospect_pool", f), pool[f]) for f in ("refill", "return_share")
            }
        for name, lever in segment["levers"].items():
            if lever.get("opinions"):
                raise ValueError("opinions are outside this reference")
            lever["spend"] = float(lever.get("spend", 0.0))
            lever["carryover"] = float(lever.get("carryover", 0.0))
            lever["side_effects"] = lever.get("side_effects") or []
            if "rival_response" in lever:
                if name != "acquire" or "constant" in lever:
                    raise ValueError(f"{who}, {name}: rivals answer a gain on a curve of acquire only")
                lever["rival_response"] = number((who, name, "rival_response"), lever["rival_response"])
            for field in ("constant", "floor", "ceiling"):
                if field in lever:
                    lever[field] = number((who, name, field), lever[field])
            if "points" in lever:
                lever["points"] = [
                    (float(spend), number((who, name, "points", i), answer))
                    for i, (spend, answer) in enumerate(lever["points"])
                ]
            for i, effect in enumerate(lever["side_effects"]):
                effect["at_ceiling"] = number((who, name, "side_effects", i), effect["at_ceiling"])
    return result


def horizon(case):
    """Return T, the number of planned periods."""
    return case.get("horizon", 5)


def discount_per_period(case):
    """Return d, the discount rate per period."""
    return (1.0 + case["discount_rate"]) ** (1.0 / PERIODS_A_YEAR[case.get("period", "year")]) - 1.0


def tau(case):
    """Return when in a period the money flows: 0 at its start, 1/2 in the middle, 1 at its end."""
    return TAU[case.get("discount_timing", "start")]


def discount_factors(case):
    """Return (1 + d)^-(t - 1 + tau) for t = 1..T."""
    d = discount_per_period(case)
    return [(1.0 + d) ** -(t - 1 + tau(case)) for t in range(1, horizon(case) + 1)]


def annuity(case):
    """Return the present value of one money unit in every planned period."""
    return sum(discount_factors(case))


def todays_spend(case):
    """Return today's spend of every segment and lever; 0 for constants."""
    return {
        segment["id"]: {name: float(segment["levers"][name].get("spend", 0.0)) for name in LEVERS}
        for segment in case["segments"]
    }


def phases_of(case, spend):
    """Return the phases of a spend, each cell filled in; a mapping is one phase from period 1."""
    phases = [{"from": 1, "spend": spend}] if isinstance(spend, dict) else spend
    starts = [phase["from"] for phase in phases]
    if not 1 <= len(phases) <= 4 or starts[0] != 1 or starts != sorted(set(starts)) or starts[-1] > horizon(case):
        raise ValueError(f"no phases of a plan: {starts}")
    return [{"from": phase["from"], "spend": complete_spend(case, phase["spend"])} for phase in phases]


def spend_over_time(case, spend):
    """Return the spend of each period 1..T: that of the last phase which has begun."""
    phases = phases_of(case, spend)
    return [[phase["spend"] for phase in phases if phase["from"] <= t][-1] for t in range(1, horizon(case) + 1)]


def complete_spend(case, spend):
    """Return the spend with every cell filled in (0 where left out); refuse spend on a constant."""
    unknown = set(spend) - {segment["id"] for segment in case["segments"]}
    if unknown:
        raise ValueError(f"no such segment: {sorted(unknown)}")
    full = {}
    for segment in case["segments"]:
        cells = spend.get(segment["id"], {})
        if set(cells) - set(LEVERS):
            raise ValueError(f"no such lever: {sorted(set(cells) - set(LEVERS))}")
        full[segment["id"]] = {name: float(cells.get(name, 0.0)) for name in LEVERS}
        for name in LEVERS:
            if "constant" in segment["levers"][name] and full[segment["id"]][name] != 0.0:
                raise ValueError(f"{segment['id']}: {name} is a constant, nothing can be spent on it")
    return full


def total_spend(spend):
    """Return the sum of a spend over segments and levers, per period."""
    return sum(sum(cells.values()) for cells in spend.values())


def budget(case):
    """Return the planned total per period: the case's budget, or today's total."""
    stated = case.get("budget")
    return total_spend(todays_spend(case)) if stated is None else float(stated)


# --- events and initiatives -----------------------------------------------------------------------------


def chosen_initiatives(case, initiatives):
    """Return the chosen initiatives in the order in which the case lists them."""
    listed = case.get("initiatives") or []
    unknown = set(initiatives) - {initiative["id"] for initiative in listed}
    if unknown:
        raise ValueError(f"no such initiative: {sorted(unknown)}")
    return [initiative for initiative in listed if initiative["id"] in set(initiatives)]


def in_force(item, t):
    """Tell whether an event or an initiative covers period t; no ``to`` means to T and beyond."""
    return item["from"] <= t and (item.get("to") is None or t <= item["to"])


def changes_in(case, initiatives, t):
    """Return what changes metrics in period t: first the events, then the initiatives, as listed."""
    events = [event for event in case.get("events") or [] if in_force(event, t)]
    chosen = [initiative for initiative in chosen_initiatives(case, initiatives) if in_force(initiative, t)]
    if t > horizon(case):  # marketing has stopped: what has a running cost stops too
        chosen = [initiative for initiative in chosen if initiative.get("per_period", 0.0) == 0.0]
    return events + chosen


def initiative_costs(case, initiatives):
    """Return the cost of the chosen initiatives in each period 1..T."""
    costs = []
    for t in range(1, horizon(case) + 1):
        cost = 0.0
        for initiative in chosen_initiatives(case, initiatives):
            if t == initiative["from"]:
                cost += initiative.get("one_off", 0.0)
            if in_force(initiative, t):
                cost += initiative.get("per_period", 0.0)
        costs.append(cost)
    return costs


def initiative_total(case, initiatives):
    """Return what the initiatives take from the budget: the present value of their costs / annuity."""
    costs = initiative_costs(case, initiatives)
    return sum(f * cost for f, cost in zip(discount_factors(case), costs, strict=True)) / annuity(case)


def plan_totals(case, spend, initiatives=()):
    """Return what a plan costs per period in each of its phases: its spend and its initiatives."""
    return [total_spend(phase["spend"]) + initiative_total(case, initiatives) for phase in phases_of(case, spend)]


def plan_total(case, spend, initiatives=()):
    """Return what a plan of one phase costs per period: its spend and its initiatives."""
    (total,) = plan_totals(case, spend, initiatives)
    return total


# --- response curves ------------------------------------------------------------------------------------


def odds(share):
    """Return share / (1 - share)."""
    return share / (1.0 - share)


def curve_share(lever, stock, people, people_of_answers):
    """Return how far the effect stock moves a metric on its way from floor (0) to ceiling (1).

    ``people`` are those over whom the money is spread now, ``people_of_answers`` those over whom the spends
    of the answers were spread (both 1 for a lever that acts as a total).
    """
    if "constant" in lever or stock <= 0.0 or people <= 0.0:
        return 0.0
    intensity = stock / people
    intensities = [spend / people_of_answers for spend, _ in lever["points"]]
    shares = [(y - lever["floor"]) / (lever["ceiling"] - lever["floor"]) for _, y in lever["points"]]
    family = lever.get("family") or ("exponential" if len(shares) == 1 else "adbudg")
    if len(shares) != (2 if family == "adbudg" else 1):
        raise ValueError(f"{family} does not go through {len(shares)} answers")
    if family == "exponential":
        b = -math.log(1.0 - shares[0]) / intensities[0]
        return 1.0 - math.exp(-b * intensity)
    if family == "michaelis_menten":
        half_way = intensities[0] * (1.0 - shares[0]) / shares[0]
        return intensity / (intensity + half_way)
    if family == "tanh":
        return math.tanh(intensity / (intensities[0] / math.atanh(shares[0])))
    p = curve_power(lever)
    log_odds = math.log(odds(shares[0])) + p * math.log(intensity / intensities[0])
    if log_odds > 0.0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    return math.exp(log_odds) / (1.0 + math.exp(log_odds))


def curve_power(lever):
    """Return p of a two-point curve (from plain numbers); S-shaped where it is above 1."""
    (spend_1, y_1), (spend_2, y_2) = lever["points"]
    span = lever["ceiling"] - lever["floor"]
    odds_1, odds_2 = (odds((y - lever["floor"]) / span) for y in (y_1, y_2))
    p = math.log(odds_2 / odds_1) / math.log(spend_2 / spend_1)
    if not 0.2 <= p <= 8.0:
        raise ValueError(f"p = {p:g} lies outside 0.2..8")
    return p


def curve_value(lever, share):
    """Return the metric at a share of the way from floor to ceiling; a constant stays what it is."""
    if "constant" in lever:
        return lever["constant"]
    return lever["floor"] + (lever["ceiling"] - lever["floor"]) * share


def active_customers_today(segment):
    """Return M_1 at today's spend without events: the people over whom the answers are spread."""
    acquire = segment["levers"]["acquire"]
    share = curve_share(acquire, acquire["spend"], segment["prospects"], segment["prospects"])
    rate = min(1.0, max(0.0, curve_value(acquire, share)))
    from_prospects = segment["prospects"] * rate
    referred = segment["referral_rate"] * segment["customers"]
    if segment.get("prospect_pool"):
        referred = min(referred, segment["prospects"] - from_prospects)
    return segment["customers"] + from_prospects + referred


def lever_share(segment, name, stock, active, prospects=None):
    """Return ``curve_share`` of a lever with ``active`` customers and ``prospects`` (the first ones) in the period."""
    lever = segment["levers"][name]
    if name == "acquire":
        first = segment["prospects"]
        return curve_share(lever, stock, first if prospects is None else prospects, first)
    if name == "reduce_cost":
        return curve_share(lever, stock, 1.0, 1.0)
    return curve_share(lever, stock, active, active_customers_today(segment))


def shares_today(segment):
    """Return each lever's share at today's spend in period 1 without events."""
    active = active_customers_today(segment)
    return {name: lever_share(segment, name, segment["levers"][name]["spend"], active) for name in LEVERS}


def moved_from(today, shares):
    """Return how far each lever's share has moved from today's."""
    return {name: shares[name] - today[name] for name in LEVERS}


def finished_metric(segment, metric, value, moves, changes):
    """Add the side effects to a metric, then events and initiatives in order, then clip it once."""
    for name in LEVERS:
        for effect in segment["levers"][name]["side_effects"]:
            if effect["metric"] == metric:
                value += effect["at_ceiling"] * moves[name]
    for change in changes:
        everywhere = change.get("segments") is None
        if change["metric"] == metric and (everywhere or segment["id"] in change["segments"]):
            value = value * change.get("multiply", 1.0) + change.get("add", 0.0)
    value = max(0.0, value)
    return min(1.0, value) if metric in RATES_UP_TO_ONE else value


# --- the simulation -------------------------------------------------------------------------------------


def next_stock(segment, stock, cells):
    """Return each lever's effect stock: the part of the last one that is kept, and this period's spend."""
    result = {}
    for name in LEVERS:
        keep = segment["levers"][name]["carryover"]
        result[name] = keep * stock[name] + (1.0 - keep) * cells[name]
    return result


@dataclass
class Market:
    """What a segment's rivals and prospects leave to the next period."""

    prospects: float  # P_t
    gain: float  # gain_(t - 1), what spending more than today's won on the acquisition curve


def gain_over_today(segment, stock, prospects):
    """Return how far the acquisition curve lies above what today's spend gives in the same pool of prospects."""
    acquire = segment["levers"]["acquire"]
    here = curve_value(acquire, lever_share(segment, "acquire", stock, None, prospects))
    today = curve_value(acquire, lever_share(segment, "acquire", acquire["spend"], None, prospects))
    return here - today


def undone_by_rivals(segment, gain, gain_before):
    """Return what rivals take back of a gain that lasts: the part that was there a period ago too."""
    return segment["levers"]["acquire"].get("rival_response", 0.0) * max(0.0, min(gain, gain_before))


def prospects_after(segment, prospects, new, leavers):
    """Return how many prospects there are a period later; without a pool they never run out."""
    pool = segment.get("prospect_pool")
    if pool is None:
        return segment["prospects"]
    return max(0.0, prospects - new + pool["refill"] + pool["return_share"] * leavers)


def play_period(segment, stock, opening, last_moves, changes, market):
    """Play one period of one segment.

    Returns the customers won from prospects, all new ones, the active ones, the metrics, how far the levers'
    shares have moved from today's (which acts on the next period's acquisition and referral), and the market
    that the next period finds.
    """
    levers = segment["levers"]
    shares = {"acquire": lever_share(segment, "acquire", stock["acquire"], None, market.prospects)}
    gain = gain_over_today(segment, stock["acquire"], market.prospects)
    y = {
        "acquisition_rate": curve_value(levers["acquire"], shares["acquire"])
        - undone_by_rivals(segment, gain, market.gain),
        "referral_rate": segment["referral_rate"],
    }
    for metric in LAGGED_METRICS:
        y[metric] = finished_metric(segment, metric, y[metric], last_moves, changes)
    from_prospects = market.prospects * y["acquisition_rate"]
    referred = y["referral_rate"] * opening
    if segment.get("prospect_pool"):
        referred = min(referred, market.prospects - from_prospects)
    new = from_prospects + referred
    active = opening + new

    for name in ("develop", "retain", "reduce_cost"):
        shares[name] = lever_share(segment, name, stock[name], active)
    moves = moved_from(shares_today(segment), shares)
    for name in ("develop", "retain", "reduce_cost"):
        value = curve_value(levers[name], shares[name])
        y[METRIC_OF[name]] = finished_metric(segment, METRIC_OF[name], value, moves, changes)
    leavers = active * (1.0 - y["retention_rate"])
    after = Market(prospects_after(segment, market.prospects, new, leavers), gain)
    return from_prospects, new, active, y, moves, after


def simulate(case, spend, initiatives=(), pick="likely"):
    """Play the plan through periods 1..T and the run-off; return a ``Simulation``."""
    case = resolve(case, pick)
    spend = spend_over_time(case, spend)
    segments = case["segments"]
    count = len(segments)
    periods = horizon(case)
    d = discount_per_period(case)
    factors = discount_factors(case)
    costs = initiative_costs(case, initiatives)
    migration = case.get("migration") or [[float(i == j) for j in range(count)] for i in range(count)]

    opening = [[segment["customers"] for segment in segments]]
    customers, new_customers, metrics, cash, prospects = [], [], [], [], []
    acquired = [0.0] * count
    stocks = [{name: segment["levers"][name]["spend"] for name in LEVERS} for segment in segments]
    moves = [dict.fromkeys(LEVERS, 0.0) for _ in segments]
    markets = [Market(segment["prospects"], 0.0) for segment in segments]

    for t in range(1, periods + 1):
        changes = changes_in(case, initiatives, t)
        active_row, new_row, metric_row, retained = [], [], [], []
        income = 0.0
        prospects.append([market.prospects for market in markets])
        for i, segment in enumerate(segments):
            stocks[i] = next_stock(segment, stocks[i], spend[t - 1][segment["id"]])
            from_prospects, new, active, y, moves[i], markets[i] = play_period(
                segment, stocks[i], opening[-1][i], moves[i], changes, markets[i]
            )
            acquired[i] += from_prospects
            income += active * margin(segment, y) - segment["onboarding_cost"] * new
            retained.append(active * y["retention_rate"])
            active_row.append(active)
            new_row.append(new)
            metric_row.append(y)
        cash.append(income - total_spend(spend[t - 1]) - costs[t - 1])
        customers.append(active_row)
        new_customers.append(new_row)
        metrics.append(metric_row)
        opening.append([sum(retained[i] * migration[i][j] for i in range(count)) for j in range(count)])

    runoff = runoff_metrics(case, initiatives)
    v = runoff_value(case, runoff, migration)
    left_over = sum(opening[-1][i] * v[i] for i in range(count))
    residual = (1.0 + d) ** -(periods + tau(case)) * left_over
    equity = sum(f * flow for f, flow in zip(factors, cash, strict=True)) + residual

    margins = [[margin(s, metrics[t][i]) for i, s in enumerate(segments)] for t in range(periods)]
    net_margins = []
    for t in range(periods):
        care = [care_per_customer(spend[t][s["id"]], customers[t][i]) for i, s in enumerate(segments)]
        net_margins.append([margins[t][i] - care[i] for i in range(count)])
    return Simulation(
        customer_equity=equity,
        residual=residual,
        cash=cash,
        customers=customers,
        new_customers=new_customers,
        opening_customers=opening,
        metrics=metrics,
        runoff_metrics=runoff,
        clv=lifetime_values(case, margins, metrics, v, migration),
        clv_net=lifetime_values(case, net_margins, metrics, v, migration),
        acquired=acquired,
        prospects=prospects,
        factors=factors,
    )


def margin(segment, metrics):
    """Return what a customer leaves per period: revenue x gross margin - cost to serve."""
    return metrics["revenue"] * segment["gross_margin"] - metrics["cost_to_serve"]


def care_per_customer(cells, active):
    """Return the develop, retain and reduce_cost spend per active customer; 0 where nobody is active."""
    care = cells["develop"] + cells["retain"] + cells["reduce_cost"]
    return care / active if active > 0.0 else 0.0


def runoff_metrics(case, initiatives):
    """Return each segment's metrics after T: no spend, no carryover, the changes of period T + 1."""
    changes = changes_in(case, initiatives, horizon(case) + 1)
    no_spend = dict.fromkeys(LEVERS, 0.0)
    result = []
    for segment in case["segments"]:
        moves = moved_from(shares_today(segment), no_spend)
        y = {}
        for name in ("develop", "retain", "reduce_cost"):
            value = curve_value(segment["levers"][name], 0.0)
            y[METRIC_OF[name]] = finished_metric(segment, METRIC_OF[name], value, moves, changes)
        result.append(y)
    return result


def runoff_value(case, runoff, migration):
    """Return v = max(0, (I - diag(rho) pi / (1 + d))^-1 m), what a customer left after T is still worth."""
    count = len(runoff)
    d = discount_per_period(case)
    matrix = [
        [float(i == j) - runoff[i]["retention_rate"] * migration[i][j] / (1.0 + d) for j in range(count)]
        for i in range(count)
    ]
    margins = [margin(segment, runoff[i]) for i, segment in enumerate(case["segments"])]
    return [max(0.0, float(value)) for value in numpy.linalg.solve(matrix, margins)]


def lifetime_values(case, margins, metrics, v, migration):
    """Return the lifetime value of a customer active in period t, for t = 1..T+1 and each segment.

    Backwards: this period's margin, and if retained the value in the segment of the next period.
    """
    d = discount_per_period(case)
    count = len(v)
    values = [v]
    for t in reversed(range(len(margins))):
        after = values[0]
        row = []
        for i in range(count):
            next_value = sum(migration[i][j] * after[j] for j in range(count))
            row.append(margins[t][i] + metrics[t][i]["retention_rate"] * next_value / (1.0 + d))
        values.insert(0, row)
    return [[value * (1.0 + d) ** -tau(case) for value in row] for row in values]


# --- the identity ---------------------------------------------------------------------------------------


def equity_parts(case, spend, initiatives=(), pick="likely"):
    """Return the pieces of customer equity that the identity adds up, each with its sign.

    A customer joins at the opening of t, so CLV_t (which holds its own tau) is discounted from there;
    the onboarding cost flows with the cash of the period, tau later.
    """
    result = simulate(case, spend, initiatives, pick)
    plain = resolve(case, pick)
    d = discount_per_period(case)
    outlay = [total_spend(cells) for cells in spend_over_time(case, spend)]
    parts = []
    for i, segment in enumerate(plain["segments"]):
        parts.append(segment["customers"] * result.clv[0][i])
        for t in range(horizon(case)):
            new = result.new_customers[t][i]
            parts.append((1.0 + d) ** -t * new * result.clv[t][i])
            parts.append(-result.factors[t] * new * segment["onboarding_cost"])
    for t, cost in enumerate(initiative_costs(case, initiatives)):
        parts.append(-result.factors[t] * (outlay[t] + cost))
    return parts


def equity_identity(case, spend, initiatives=(), pick="likely"):
    """Return customer equity from the cash flows, and from lifetime values; the two must agree."""
    from_cash = simulate(case, spend, initiatives, pick).customer_equity
    return from_cash, sum(equity_parts(case, spend, initiatives, pick))


def yardstick(case, spend, initiatives=(), pick="likely"):
    """Return the sum of the absolute pieces: what a rounding error in customer equity is small against."""
    return sum(abs(part) for part in equity_parts(case, spend, initiatives, pick))


# --- read-outs ------------------------------------------------------------------------------------------


def equity(case, spend, initiatives=(), pick="likely"):
    """Return customer equity alone."""
    return simulate(case, spend, initiatives, pick).customer_equity


def uplift(case, spend, initiatives=(), pick="likely"):
    """Return uplift over today's spend, and its split into more_money and better_mix.

    Today's mix is scaled to the total of each phase. Equal totals, or nothing spent today (no mix to scale):
    more_money is 0.
    """
    today = todays_spend(case)
    before = equity(case, today, (), pick)
    gain = equity(case, spend, initiatives, pick) - before
    total_today, totals = total_spend(today), plan_totals(case, spend, initiatives)
    more_money = 0.0
    if total_today > 0.0 and any(total != total_today for total in totals):
        scaled = [
            {"from": phase["from"], "spend": multiplied(today, total / total_today)}
            for phase, total in zip(phases_of(case, spend), totals, strict=True)
        ]
        more_money = equity(case, scaled, (), pick) - before
    return {"uplift": gain, "more_money": more_money, "better_mix": gain - more_money}


def multiplied(spend, factor):
    """Return a spend of one phase with every amount multiplied."""
    return {who: {name: x * factor for name, x in cells.items()} for who, cells in spend.items()}


def with_one_more(case, spend, segment_id, lever, amount=1.0, phase=None):
    """Return the spend with one more money unit per period in one cell, in one phase or in all."""
    more = copy.deepcopy(phases_of(case, spend))
    for number, this in enumerate(more):
        if phase is None or number == phase:
            this["spend"][segment_id][lever] += amount
    return more[0]["spend"] if isinstance(spend, dict) else more


def annuity_of_phase(case, spend, phase):
    """Return the present value of one money unit in every period of a phase (numbered from 0)."""
    starts = [this["from"] for this in phases_of(case, spend)] + [horizon(case) + 1]
    return sum(discount_factors(case)[starts[phase] - 1 : starts[phase + 1] - 1])


def marginal_return(case, spend, initiatives=(), pick="likely", phase=None):
    """Return what the next money unit per period brings back in each cell; None where it is a constant.

    It is spent in the periods of one phase (numbered from 0), or in all.
    """
    here = equity(case, spend, initiatives, pick)
    periods = annuity(case) if phase is None else annuity_of_phase(case, spend, phase)
    result = {}
    for segment in case["segments"]:
        result[segment["id"]] = {}
        for name in LEVERS:
            if "constant" in segment["levers"][name]:
                result[segment["id"]][name] = None
                continue
            more = with_one_more(case, spend, segment["id"], name, phase=phase)
            gain = equity(case, more, initiatives, pick) - here
            result[segment["id"]][name] = 1.0 + gain / periods
    return result


def cac(case, spend, initiatives=(), pick="likely"):
    """Return the cost of a customer won by the acquire spend, per segment; None if it wins nobody."""
    plan = simulate(case, spend, initiatives, pick)
    result = {}
    for i, segment in enumerate(resolve(case, pick)["segments"]):
        without = copy.deepcopy(phases_of(case, spend))
        for phase in without:
            phase["spend"][segment["id"]]["acquire"] = 0.0
        won = plan.acquired[i] - simulate(case, without, initiatives, pick).acquired[i]
        paid = sum(cells[segment["id"]]["acquire"] for cells in spend_over_time(case, spend))
        result[segment["id"]] = paid / won + segment["onboarding_cost"] if won > 0.0 else None
    return result


def marginal_cac(case, spend, initiatives=(), pick="likely"):
    """Return the cost of a customer won by one more money unit of acquire spend per period."""
    plan = simulate(case, spend, initiatives, pick)
    result = {}
    for i, segment in enumerate(resolve(case, pick)["segments"]):
        result[segment["id"]] = None
        if "constant" in segment["levers"]["acquire"]:
            continue
        more = with_one_more(case, spend, segment["id"], "acquire")
        won = simulate(case, more, initiatives, pick).acquired[i] - plan.acquired[i]
        if won > 0.0:
            result[segment["id"]] = horizon(case) / won + segment["onboarding_cost"]
    return result


def payback_period(case, spend, initiatives=(), pick="likely"):
    """Return the first period from which cumulated cash stays at or above today's through T, or None."""
    plan = simulate(case, spend, initiatives, pick).cash
    today = simulate(case, todays_spend(case), (), pick).cash
    ahead, cumulated = [], 0.0
    for mine, theirs in zip(plan, today, strict=True):
        cumulated += mine - theirs
        ahead.append(cumulated)
    for t in range(len(ahead)):
        if all(value >= 0.0 for value in ahead[t:]):
            return t + 1
    return None


def attribution(case, spend, initiatives=(), pick="likely"):
    """Return each lever's exact Shapley share of the uplift; with initiatives they are the fifth player.

    Every order in which the players may move from today's to the plan counts equally; a player gets the
    average of what customer equity gains at its move. A lever moves in all phases at once.
    """
    plan, today = phases_of(case, spend), todays_spend(case)
    players = [*LEVERS, "initiatives"] if initiatives else list(LEVERS)
    known = {}

    def value(moved):
        if moved not in known:
            mix = []
            for phase in plan:
                chosen = {name: phase["spend"] if name in moved else today for name in LEVERS}
                cells = {who: {name: chosen[name][who][name] for name in LEVERS} for who in today}
                mix.append({"from": phase["from"], "spend": cells})
            known[moved] = equity(case, mix, initiatives if "initiatives" in moved else (), pick)
        return known[moved]

    shares = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        moved = frozenset()
        for player in order:
            shares[player] += (value(moved | {player}) - value(moved)) / len(orders)
            moved |= {player}
    return shares
