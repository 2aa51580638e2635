"""Cases to test with: random valid ones (hypothesis strategies), and a few small ones with names.

Random numbers lie on coarse grids, so that a failing case stays readable and no rounding error is blown up.
All amounts of a segment are in proportion to its yearly revenue; customer equity comes out between about
1e3 and 1e9.
"""

import copy
import itertools
import math

from hypothesis import strategies as st

from tests.reference import LEVERS, METRIC_OF, METRICS

NON_NEGATIVE = (*METRICS, "customers", "prospects", "gross_margin")
UP_TO_ONE = ("acquisition_rate", "retention_rate", "gross_margin")
SEGMENT_IDS = ("families", "young-adults", "seniors", "firms")
STEPS = 200


# --- small building blocks ------------------------------------------------------------------------------


def tidy(value):
    """Return a number with at most eight significant digits."""
    return float(f"{value:.8g}")


def between(draw, low, high):
    """Draw a number from an even grid from low to high."""
    return tidy(low + (high - low) * draw(st.integers(0, STEPS)) / STEPS)


def one_in(draw, n):
    """Draw True in about one of n cases, never in the simplest one."""
    return draw(st.integers(0, n - 1)) == n - 1


def bounded(name, value):
    """Keep a number within what its field allows."""
    if name in NON_NEGATIVE:
        value = max(0.0, value)
    return min(1.0, value) if name in UP_TO_ONE else value


def belief(draw, name, likely, width, triples):
    """Return the likely value, or where asked sometimes a triple that reaches up to width either way."""
    if not triples or not draw(st.booleans()):
        return likely
    low = tidy(likely - between(draw, 0.0, abs(width)))
    high = tidy(likely + between(draw, 0.0, abs(width)))
    return [bounded(name, low), likely, bounded(name, high)]


def number(value, position=1):
    """Return one of the three numbers of a triple, or the number itself."""
    return value[position] if isinstance(value, list) else value


# --- curves ---------------------------------------------------------------------------------------------


def floor_and_ceiling(draw, name, revenue, gross_margin):
    """Draw what a metric is at no and at unlimited spend."""
    if name == "acquire":
        floor = 0.0 if draw(st.booleans()) else between(draw, 0.0, 0.05)
        return floor, tidy(floor + between(draw, 0.02, 0.30))
    if name == "develop":
        return revenue, tidy(revenue * between(draw, 1.05, 1.8))
    if name == "retain":
        floor = between(draw, 0.2, 0.8)
        return floor, tidy(floor + between(draw, 0.05, 0.98 - floor))
    # cost to serve: sometimes more than a customer brings in, so that the run-off is worth nothing
    ceiling = tidy(revenue * gross_margin * between(draw, 0.02, 0.7))
    return tidy(ceiling * between(draw, 1.1, 2.0)), ceiling


def powers(lever):
    """Return p of a two-point curve for each combination of low, likely and high beliefs."""
    (spend_1, y_1), (spend_2, y_2) = lever["points"]
    result = []
    for f, k, z in itertools.product(range(3), repeat=3):
        floor, ceiling = number(lever["floor"], f), number(lever["ceiling"], k)
        a, b = number(y_1, z), number(y_2, z)
        odds_1, odds_2 = (a - floor) / (ceiling - a), (b - floor) / (ceiling - b)
        result.append(math.log(odds_2 / odds_1) / math.log(spend_2 / spend_1))
    return result


def answers(draw, floor, ceiling, spend):
    """Draw one or two points; two with p between 0.25 and 7.5."""
    span = ceiling - floor
    share = between(draw, 0.05, 0.9)
    points = [[spend, tidy(floor + span * share)]]
    if draw(st.booleans()):
        ratio = draw(st.sampled_from((1.25, 1.5, 2.0, 3.0)))
        odds = share / (1.0 - share)
        steepest = min(7.5, math.log(300.0 / odds) / math.log(ratio))
        odds *= ratio ** between(draw, 0.25, steepest if draw(st.booleans()) else min(1.0, steepest))
        points.append([spend * ratio, tidy(floor + span * odds / (1.0 + odds))])
    return points


def with_beliefs(draw, metric, curve):
    """Return the curve with triples: ranges that do not overlap, each order kept, p still within bounds."""
    path = [curve["floor"], *(y for _, y in curve["points"]), curve["ceiling"]]
    gaps = [abs(b - a) for a, b in itertools.pairwise(path)]
    room = [0.3 * min(gaps[max(0, i - 1) : i + 1]) for i in range(len(path))]
    told = [belief(draw, metric, value, width, True) for value, width in zip(path, room, strict=True)]
    points = [[spend, told[i + 1]] for i, (spend, _) in enumerate(curve["points"])]
    wide = {**curve, "floor": told[0], "ceiling": told[-1], "points": points}
    if len(points) == 2 and not all(0.25 <= p <= 7.5 for p in powers(wide)):
        return curve
    return wide


@st.composite
def _lever(draw, name, revenue, gross_margin, turnover, constant, triples):
    """A curve or a constant for one lever; turnover is the yardstick for its spend."""
    metric = METRIC_OF[name]
    floor, ceiling = floor_and_ceiling(draw, name, revenue, gross_margin)
    if constant:
        return {"constant": tidy(floor + (ceiling - floor) * between(draw, 0.0, 1.0))}
    asked = float(max(1, round(turnover * between(draw, 0.005, 0.1))))
    # today's spend is mostly what the first answer is about; sometimes another amount, sometimes nothing
    today = asked * draw(st.sampled_from((1.0, 1.0, 1.0, 0.5, 1.5, 0.0)))
    curve = {"floor": floor, "ceiling": ceiling, "points": answers(draw, floor, ceiling, asked)}
    if triples:
        curve = with_beliefs(draw, metric, curve)
    lever = {"spend": today, **curve}
    if one_in(draw, 3):
        lever["carryover"] = between(draw, 0.0, 0.9)
    if one_in(draw, 3):
        others = [other for other in METRICS if other != metric]
        touched = draw(st.lists(st.sampled_from(others), min_size=1, max_size=3, unique=True))
        lever["side_effects"] = [_side_effect(draw, other, revenue, triples) for other in touched]
    return lever


def small_change(draw, metric, revenue):
    """Draw a plausible small change of a metric, up or down."""
    scale = {
        "acquisition_rate": 0.02,
        "revenue": 0.1 * revenue,
        "retention_rate": 0.05,
        "cost_to_serve": 0.05 * revenue,
        "referral_rate": 0.01,
    }[metric]
    return between(draw, -scale, scale)


def _side_effect(draw, metric, revenue, triples):
    at_ceiling = small_change(draw, metric, revenue)
    return {"metric": metric, "at_ceiling": belief(draw, "", at_ceiling, 0.3 * at_ceiling, triples)}


# --- segments, events, initiatives, cases ---------------------------------------------------------------


@st.composite
def _segment(draw, segment_id, triples):
    """One segment with its four levers."""
    revenue = between(draw, 20.0, 1000.0)
    gross_margin = between(draw, 0.2, 0.9)
    customers = 0.0 if one_in(draw, 6) else float(draw(st.integers(2, 500)) * 100)
    prospects = float(draw(st.integers(2, 500)) * 100)
    turnover = revenue * (customers or prospects)
    constant = {name: one_in(draw, 5) for name in LEVERS}
    if customers == 0.0:  # somebody must be there in period 1, or curves per customer mean nothing
        constant["acquire"] = False
    scales = (revenue, gross_margin, turnover)
    levers = {name: draw(_lever(name, *scales, constant[name], triples)) for name in LEVERS}
    if customers == 0.0 and levers["acquire"]["spend"] == 0.0:
        levers["acquire"]["spend"] = levers["acquire"]["points"][0][0]
    segment = {
        "id": segment_id,
        "name": segment_id.replace("-", " ").capitalize(),
        "customers": belief(draw, "customers", customers, 0.2 * customers, triples),
        "prospects": belief(draw, "prospects", prospects, 0.2 * prospects, triples),
        "gross_margin": belief(draw, "gross_margin", gross_margin, 0.05, triples),
        "levers": levers,
    }
    if "constant" in levers["acquire"] and one_in(draw, 4):
        segment["prospects"] = 0.0
    if draw(st.booleans()):
        cost = between(draw, -0.2 * revenue, 0.5 * revenue)
        segment["onboarding_cost"] = belief(draw, "onboarding_cost", cost, 0.3 * cost, triples)
    if draw(st.booleans()):
        rate = between(draw, 0.0, 0.05)
        segment["referral_rate"] = belief(draw, "referral_rate", rate, 0.5 * rate, triples)
    return segment


def _change(draw, item_id, segment_ids, horizon, beyond_horizon):
    """The fields that an event and an initiative share."""
    start = draw(st.integers(1, horizon))
    last = horizon + 2 if beyond_horizon else horizon
    metric = draw(st.sampled_from(METRICS))
    factor = 1.0 if draw(st.booleans()) else between(draw, 0.8, 1.2)
    if one_in(draw, 10):  # something drastic, so that clipping matters
        factor = draw(st.sampled_from((0.0, 0.5, 2.0)))
    some = draw(st.lists(st.sampled_from(segment_ids), min_size=1, max_size=len(segment_ids), unique=True))
    return {
        "id": item_id,
        "name": item_id.replace("-", " ").capitalize(),
        "from": start,
        "to": draw(st.one_of(st.none(), st.integers(start, last))),
        "segments": None if draw(st.booleans()) else some,
        "metric": metric,
        "multiply": factor,
        "add": 0.0 if draw(st.booleans()) else small_change(draw, metric, 100.0),
    }


@st.composite
def _events(draw, segment_ids, horizon, beyond_horizon):
    count = draw(st.integers(0, 3))
    return [_change(draw, f"event-{n}", segment_ids, horizon, beyond_horizon) for n in range(1, count + 1)]


@st.composite
def _initiatives(draw, segment_ids, horizon, beyond_horizon):
    result = []
    for n in range(1, draw(st.integers(0, 3)) + 1):
        initiative = _change(draw, f"initiative-{n}", segment_ids, horizon, beyond_horizon)
        initiative["lever"] = draw(st.sampled_from(LEVERS))
        initiative["one_off"] = float(draw(st.integers(0, 50)) * 1000)
        initiative["per_period"] = 0.0 if draw(st.booleans()) else float(draw(st.integers(1, 50)) * 200)
        result.append(initiative)
    return result


@st.composite
def _migration(draw, count):
    """Rows of sixteenths, which add up to exactly 1."""
    rows = []
    for i in range(count):
        row = [0] * count
        row[i] = 16
        for j in range(count):
            if j != i:
                moved = draw(st.integers(0, min(5, row[i])))
                row[i] -= moved
                row[j] += moved
        rows.append([cell / 16 for cell in row])
    return rows


@st.composite
def cases(draw, triples=False, max_segments=4, max_horizon=8, beyond_horizon=True):
    """Random valid cases as plain dicts.

    ``triples`` lets beliefs be [low, likely, high]; ``beyond_horizon`` lets events and initiatives name a
    last period after T (they always may leave it open).
    """
    ids = list(SEGMENT_IDS[: draw(st.integers(1, max_segments))])
    horizon = draw(st.integers(1, max_horizon))
    case = {
        "schema": 1,
        "name": "Random case",
        "currency": draw(st.sampled_from(("EUR", "USD"))),
        "period": draw(st.sampled_from(("year", "quarter", "month"))),
        "horizon": horizon,
        "discount_rate": between(draw, 0.02, 0.3),
        "discount_timing": draw(st.sampled_from(("start", "middle", "end"))),
        "segments": [draw(_segment(segment_id, triples)) for segment_id in ids],
        "migration": draw(_migration(len(ids))) if draw(st.booleans()) else None,
        "events": draw(_events(ids, horizon, beyond_horizon)),
        "initiatives": draw(_initiatives(ids, horizon, beyond_horizon)),
    }
    if draw(st.booleans()):
        today = sum(lever.get("spend", 0.0) for s in case["segments"] for lever in s["levers"].values())
        case["budget"] = tidy(today * between(draw, 0.5, 2.0))
    return case


@st.composite
def spends(draw, case):
    """Random spends for a case: {segment id: {lever: amount}}; some cells at 0, some left out."""
    spend = {}
    for segment in case["segments"]:
        cells = {}
        for name, lever in segment["levers"].items():
            if "constant" in lever or one_in(draw, 6):
                continue
            usual = lever["spend"] or lever["points"][0][0]
            kind = draw(st.sampled_from(("today", "other", "other", "other", "nothing")))
            amounts = {"today": lever["spend"], "nothing": 0.0}
            cells[name] = amounts[kind] if kind in amounts else tidy(usual * between(draw, 0.0, 3.0))
        spend[segment["id"]] = cells
    return spend


@st.composite
def choices(draw, case):
    """Random choices among the initiatives of a case: a list of ids, in any order."""
    ids = [initiative["id"] for initiative in case["initiatives"]]
    return draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []


@st.composite
def cases_with_plans(draw, triples=False, max_segments=4, max_horizon=8, beyond_horizon=True):
    """Random (case, spend, initiative ids)."""
    case = draw(cases(triples, max_segments, max_horizon, beyond_horizon))
    return case, draw(spends(case)), draw(choices(case))


@st.composite
def _share_or_triple(draw, triples):
    ends = sorted(draw(st.lists(st.integers(0, 20), min_size=3, max_size=3)))
    return [end / 20 for end in ends] if triples and draw(st.booleans()) else ends[1] / 20


@st.composite
def in_a_market(draw, case, triples=False):
    """The case with prospects that run out, rivals that answer and families of curves by name, each somewhere."""
    for segment in case["segments"]:
        if draw(st.booleans()):
            people = tidy(segment_people(segment["prospects"]) * between(draw, 0.0, 0.5))
            refill = [0.5 * people, people, 2 * people] if triples and draw(st.booleans()) else people
            segment["prospect_pool"] = {"refill": refill, "return_share": draw(_share_or_triple(triples))}
        for name, lever in segment["levers"].items():
            if len(lever.get("points", ())) == 1 and draw(st.booleans()):
                lever["family"] = draw(st.sampled_from(("michaelis_menten", "tanh", "exponential")))
            if name == "acquire" and "points" in lever and draw(st.booleans()):
                lever["rival_response"] = draw(_share_or_triple(triples))
    return {**case, "schema": 2}


def segment_people(value):
    """The likely value of people in a case file."""
    return value[1] if isinstance(value, list) else value


@st.composite
def phases(draw, case):
    """Random spends for a case: a mapping, or up to four phases."""
    borders = sorted(draw(st.sets(st.integers(2, max(2, case["horizon"])), max_size=3)))
    starts = [1, *(border for border in borders if border <= case["horizon"])]
    if len(starts) == 1:
        return draw(spends(case))
    return [{"from": start, "spend": draw(spends(case))} for start in starts]


@st.composite
def markets_with_plans(draw, triples=False, max_segments=4, max_horizon=8):
    """Random (case, spend with or without phases, initiative ids) with pools of prospects, rivals and families."""
    case = draw(in_a_market(draw(cases(triples, max_segments, max_horizon)), triples))
    return case, draw(phases(case)), draw(choices(case))


# --- cases with names -----------------------------------------------------------------------------------


def telecom():
    """The example of the model's definition: one segment, one- and two-point curves, triples."""
    return {
        "schema": 1,
        "name": "Telecom",
        "currency": "EUR",
        "period": "year",
        "horizon": 5,
        "discount_rate": 0.10,
        "discount_timing": "start",
        "budget": 1850000,
        "segments": [
            {
                "id": "families",
                "name": "Families",
                "customers": 40000,
                "prospects": 60000,
                "gross_margin": 0.55,
                "onboarding_cost": 40,
                "referral_rate": 0.01,
                "levers": {
                    "acquire": {
                        "spend": 900000,
                        "floor": 0.01,
                        "ceiling": [0.08, 0.10, 0.12],
                        "points": [[900000, 0.05], [1350000, 0.062]],
                    },
                    "develop": {
                        "spend": 250000,
                        "floor": 400,
                        "ceiling": 480,
                        "points": [[250000, 420], [375000, 430]],
                    },
                    "retain": {
                        "spend": 500000,
                        "floor": 0.78,
                        "ceiling": 0.93,
                        "points": [[500000, [0.85, 0.86, 0.865]], [750000, [0.865, 0.875, 0.88]]],
                    },
                    "reduce_cost": {
                        "spend": 200000,
                        "floor": 70,
                        "ceiling": 40,
                        "points": [[200000, 60], [300000, 56]],
                        "side_effects": [{"metric": "retention_rate", "at_ceiling": -0.01}],
                    },
                },
            }
        ],
        "migration": None,
        "events": [],
        "initiatives": [],
    }


def _constants(acquisition_rate, revenue, retention_rate, cost_to_serve):
    values = (acquisition_rate, revenue, retention_rate, cost_to_serve)
    return {name: {"constant": value} for name, value in zip(LEVERS, values, strict=True)}


def constants():
    """One segment, nothing to spend on: CLV = m (1 + d) / (1 + d - rho) (1 + d)^-tau, with m = 45.

    Nobody joins, so customer equity is 1,000 CLV whatever the horizon.
    """
    return {
        "schema": 1,
        "name": "Constants",
        "currency": "EUR",
        "period": "year",
        "horizon": 3,
        "discount_rate": 0.10,
        "discount_timing": "start",
        "segments": [
            {
                "id": "all",
                "name": "All",
                "customers": 1000,
                "prospects": 0,
                "gross_margin": 0.5,
                "levers": _constants(0.0, 100.0, 0.8, 5.0),
            }
        ],
        "migration": None,
        "events": [],
        "initiatives": [],
    }


def constants_with_migration():
    """Two segments of constants that customers move between: CLV = (I - diag(rho) pi / (1 + d))^-1 m."""
    case = constants()
    case["name"] = "Constants with migration"
    case["discount_timing"] = "end"
    second = copy.deepcopy(case["segments"][0])
    second |= {"id": "loyal", "name": "Loyal", "customers": 200, "prospects": 500, "onboarding_cost": 12}
    second["levers"] = _constants(0.1, 250.0, 0.9, 20.0)
    case["segments"].append(second)
    case["migration"] = [[0.75, 0.25], [0.125, 0.875]]
    return case


def no_discount():
    """Constants at a discount rate of 0: 1,000 customers are worth 1,000 x 45 / (1 - 0.8) = 225,000."""
    return constants() | {"name": "No discount", "discount_rate": 0.0}


def one_period():
    """Horizon 1, one answer to acquire: at 100 a share of 0.1 of 1,000 prospects joins (ceiling 0.2).

    Retention 0.5 and d = 0.25: a customer with m = 30 has CLV 30 / (1 - 0.4) = 50. Today 100 join 400
    customers: 500 x 30 - 100 x 10 - 100 = 13,900 now, 250 x 50 / 1.25 = 10,000 later, 23,900 together.
    Without spend nobody joins: 400 x 50 = 20,000. CAC = 100 / 100 + 10 = 11.
    """
    case = constants()
    case |= {"name": "One period", "horizon": 1, "discount_rate": 0.25}
    segment = case["segments"][0]
    segment |= {"customers": 400, "prospects": 1000, "onboarding_cost": 10}
    segment["levers"] = _constants(0.0, 100.0, 0.5, 20.0)
    segment["levers"]["acquire"] = {"spend": 100, "floor": 0.0, "ceiling": 0.2, "points": [[100, 0.1]]}
    return case


def start_up():
    """No customers yet, everything S-shaped (p > 1); without acquire spend nobody ever comes."""
    case = telecom()
    case |= {"name": "Start-up", "period": "quarter", "discount_timing": "middle"}
    segment = case["segments"][0]
    segment |= {"customers": 0, "referral_rate": 0.02}
    segment["levers"]["acquire"] = {
        "spend": 900000,
        "floor": 0.0,
        "ceiling": 0.10,
        "points": [[900000, 0.03], [1350000, 0.06]],
    }
    segment["levers"]["retain"]["points"] = [[500000, 0.80], [750000, 0.88]]
    segment["levers"]["develop"] |= {"spend": 0, "points": [[250000, 410], [375000, 450]]}
    return case


def lagged_side_effects():
    """Carryover, and cost cutting that drives away ambassadors and prospects one period later."""
    case = telecom()
    case |= {"name": "Lagged side effects", "period": "month", "horizon": 6, "discount_timing": "end"}
    levers = case["segments"][0]["levers"]
    levers["acquire"]["carryover"] = 0.6
    levers["retain"]["carryover"] = 0.3
    levers["develop"]["side_effects"] = [{"metric": "referral_rate", "at_ceiling": 0.02}]
    levers["reduce_cost"]["side_effects"] += [
        {"metric": "acquisition_rate", "at_ceiling": -0.02},
        {"metric": "referral_rate", "at_ceiling": -0.03},
    ]
    return case


def events_and_initiatives():
    """Two segments with migration, what happens to them, and projects with and without running cost."""
    case = telecom()
    case["name"] = "Events and initiatives"
    second = copy.deepcopy(case["segments"][0])
    second |= {"id": "seniors", "name": "Seniors", "customers": 15000, "onboarding_cost": -20}
    case["segments"].append(second)
    case["migration"] = [[0.9375, 0.0625], [0.0, 1.0]]
    case["events"] = [
        _item("price-war", 2, 4, None, "revenue", 0.95, 0.0),
        _item("new-rival", 3, None, ["families"], "retention_rate", 1.0, -0.02),
        _item("boom", 2, 3, ["seniors"], "acquisition_rate", 30.0, 0.0),
    ]
    case["initiatives"] = [
        _item("app", 2, None, None, "cost_to_serve", 0.9, -1.0)
        | {"lever": "reduce_cost", "one_off": 250000.0, "per_period": 0.0},
        _item("club", 1, None, ["seniors"], "retention_rate", 1.0, 0.03)
        | {"lever": "retain", "one_off": 50000.0, "per_period": 40000.0},
        _item("ambassadors", 2, 4, None, "referral_rate", 2.0, 0.005)
        | {"lever": "acquire", "one_off": 0.0, "per_period": 30000.0},
    ]
    return case


def _item(item_id, start, end, segments, metric, multiply, add):
    return {
        "id": item_id,
        "name": item_id.replace("-", " ").capitalize(),
        "from": start,
        "to": end,
        "segments": segments,
        "metric": metric,
        "multiply": multiply,
        "add": add,
    }


def loss_making():
    """Customers who cost more than they bring once marketing stops: the run-off is worth nothing."""
    case = telecom()
    case["name"] = "Loss-making"
    segment = case["segments"][0]
    segment["levers"]["reduce_cost"] |= {"floor": 260, "ceiling": 120}
    segment["levers"]["reduce_cost"]["points"] = [[200000, 180], [300000, 160]]
    return case


NAMED_CASES = (
    telecom,
    constants,
    constants_with_migration,
    no_discount,
    one_period,
    start_up,
    lagged_side_effects,
    events_and_initiatives,
    loss_making,
)
