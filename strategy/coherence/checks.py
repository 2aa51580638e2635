"""What the rules of coherence look at.

A check gives what its rule's sentence names, or None where the rule has nothing to say; answers that it needs and
that nobody gave keep it silent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from strategy.allocation.cash import cash_shortfalls
from strategy.case.case import Curve
from strategy.case.levers import LEVER_CODES
from strategy.coherence.rule import Facts
from strategy.equity.readouts import plan_totals
from strategy.plan.market import overwon
from strategy.plan.plan import Plan
from strategy.plan.results import read_out
from strategy.plan.scenario import takes_money

WEAK, STRONG = 2, 4
"""Scores up to and from which something counts as weak and as strong, of 1..5."""
FAR_AHEAD = 2

# What the rules ask ---------------------------------------------------------------------------------------------------


def segments_with(plan: Plan, question: str, *answers: object) -> list[str]:
    """Ids of the segments that gave one of these answers to a question."""
    return [s for s in plan.case.segment_ids if plan.answer(question, s) in answers]


def money_on(plan: Plan, segments: Sequence[str], *levers: str) -> float:
    """What the plan spends in segments, on some levers or all; money per period, on average over its phases."""
    return sum(plan.average[s][lever] for s in segments for lever in levers or LEVER_CODES)


def named(segments: Sequence[str]) -> tuple[str, Any]:
    """Segments as a fact."""
    return "segments", tuple(segments)


def score_of(plan: Plan, question: str, option: str, missing: int) -> int:
    """The score of an option; `missing` where there is none."""
    scores = plan.answer(question) or {}
    return int(scores.get(option, missing))


def chose(plan: Plan, question: str, *answers: str) -> bool:
    """Whether a question got one of these answers."""
    return plan.answer(question) in answers


def rows_of(plan: Plan, question: str) -> Sequence[Mapping[str, Any]]:
    """The rows of an answer; none without one."""
    rows: Sequence[Mapping[str, Any]] = plan.answer(question) or ()
    return rows


def shares_of(plan: Plan) -> dict[str, float]:
    """The share of the plan's spend over all periods of each lever that the case speaks of; empty without any."""
    spoken_of = [code for code in LEVER_CODES if any(code in segment.believed for segment in plan.case.segments)]
    total = money_on(plan, plan.case.segment_ids)
    return {lever: plan.lever_total(lever) / total for lever in spoken_of} if total > 0 else {}


def smallest_share(plan: Plan, lever: str) -> Facts | None:
    """The lever's share where no lever gets less and some lever gets more."""
    shares = shares_of(plan)
    if shares and shares[lever] == min(shares.values()) < max(shares.values()):
        return {"share": ("share", shares[lever])}
    return None


def weak(plan: Plan, question: str, option: str) -> Facts | None:
    """The score of an option, where it is weak."""
    score = score_of(plan, question, option, STRONG)
    return {"score": ("number", score)} if score <= WEAK else None


def weakest(plan: Plan, question: str) -> Facts | None:
    """The weakest of scored things, where it is weak."""
    scores: Mapping[str, int] = plan.answer(question) or {}
    weak = min(scores, key=lambda option: scores[option], default=None)
    if weak is None or scores[weak] > WEAK:
        return None
    return {"weakest": ("option", (question, weak)), "score": ("number", scores[weak])}


def money_in(plan: Plan, segments: Sequence[str], *levers: str) -> Facts | None:
    """The segments of these that get money, with the amount."""
    paid = [s for s in segments if money_on(plan, [s], *levers) > 0]
    return {"segments": named(paid), "amount": ("money", money_on(plan, paid, *levers))} if paid else None


def no_money_in(plan: Plan, segments: Sequence[str], lever: str) -> Facts | None:
    """The segments of these where a lever that takes money gets none, in no phase."""
    unpaid = [s for s in segments if takes_money(plan.case, s, lever) and not plan.most(s, lever)]
    return {"segments": named(unpaid)} if unpaid else None


# The checks that need more than a line -------------------------------------------------------------------------------


def focus_gets_least(plan: Plan) -> Facts | None:
    """A segment in focus that gets less per customer than one that is only served."""
    focus, served = segments_with(plan, "focus", "focus"), segments_with(plan, "focus", "serve")

    def per_customer(segment: str) -> float:
        return money_on(plan, [segment]) / max(plan.case.segment(segment).customers.likely, 1.0)

    if not focus or not served:
        return None
    least, most = min(focus, key=per_customer), max(served, key=per_customer)
    if per_customer(least) >= per_customer(most):
        return None
    return {
        "segment": ("segment", least),
        "amount": ("money", per_customer(least)),
        "other": ("segment", most),
        "other_amount": ("money", per_customer(most)),
    }


def priority_gets_least(plan: Plan) -> Facts | None:
    """The one lever with the highest priority, where it has the smallest share of the money."""
    scores: Mapping[str, int] = plan.answer("priorities") or {}
    shares = shares_of(plan)
    if not shares or len(scores) < 2:
        return None
    first = max(scores, key=lambda lever: scores[lever])
    if list(scores.values()).count(scores[first]) > 1:
        return None
    return {"lever": ("lever", first), **least} if (least := smallest_share(plan, first)) else None


def low_priority_gets_most(plan: Plan) -> Facts | None:
    """The lever with most money, where its priority is low."""
    scores: Mapping[str, int] = plan.answer("priorities") or {}
    shares = shares_of(plan)
    if not shares:
        return None
    most = max(shares, key=lambda lever: shares[lever])
    if scores.get(most, STRONG) > WEAK:
        return None
    return {"lever": ("lever", most), "share": ("share", shares[most]), "score": ("number", scores[most])}


def retention_goal_gets_least(plan: Plan) -> Facts | None:
    """Goals above today's retention, where retaining has the smallest share of the money."""
    kept = read_out(plan).today.retention_rate[0, 0, 0]
    raised = [
        s
        for n, s in enumerate(plan.case.segment_ids)
        if (plan.answer("retention_goal", s) or 0) > 100 * float(kept[n]) + 1e-9
    ]
    least = smallest_share(plan, "retain")
    return {"segments": named(raised), **least} if raised and least else None


def retention_goal_missed(plan: Plan) -> Facts | None:
    """The first segment whose goal the plan misses in its last period."""
    kept = read_out(plan).plan.retention_rate[0, 0, -1]
    for n, segment in enumerate(plan.case.segment_ids):
        goal = plan.answer("retention_goal", segment)
        if goal is not None and goal > 100 * float(kept[n]) + 0.5:
            facts = {"goal": ("number", goal), "kept": ("number", round(100 * float(kept[n]), 1))}
            return {"segment": ("segment", segment), **facts}
    return None


def retention_goal_unreachable(plan: Plan) -> Facts | None:
    """The first segment whose goal lies above the highest belief about unlimited spend."""
    for segment in plan.case.segments:
        goal, lever = plan.answer("retention_goal", segment.id), segment.levers["retain"]
        most = 100 * (lever.ceiling.high if isinstance(lever, Curve) else lever.constant.high)
        if goal is not None and goal > most + 1e-9:
            facts = {"goal": ("number", goal), "most": ("number", round(most, 1))}
            return {"segment": ("segment", segment.id), **facts}
    return None


def competence_ahead(plan: Plan) -> Facts | None:
    """A competence that scores FAR_AHEAD more than the next one."""
    scores: Mapping[str, int] = plan.answer("competences") or {}
    if len(scores) < 2:
        return None
    first, second, *_ = sorted(scores, key=lambda option: -scores[option])
    if scores[first] < scores[second] + FAR_AHEAD:
        return None
    return {
        "ahead": ("option", ("competences", first)),
        "score": ("number", scores[first]),
        "next": ("number", scores[second]),
    }


def behind_in_focus(plan: Plan) -> Facts | None:
    """An important need of a segment in focus that an alternative meets better."""
    focus = segments_with(plan, "focus", "focus")
    for row in rows_of(plan, "needs"):
        scored = {"importance", "ours", "theirs"} <= row.keys()
        if scored and row.get("segment") in focus and row["importance"] >= STRONG and row["ours"] < row["theirs"]:
            need = {"need": ("text", row.get("need", "")), "other": ("text", row.get("alternative", ""))}
            return {"segment": ("segment", row["segment"]), **need}
    return None


def more_than_there_are(plan: Plan) -> Facts | None:
    """The segment that wins most people for each prospect, where prospects do not run out and are fewer than that."""
    found = overwon(plan.case, read_out(plan))
    if not found:
        return None
    worst = found[0]
    return {
        "segment": ("segment", worst.segment),
        "people": ("number", round(worst.won)),
        "prospects": ("number", round(worst.prospects)),
    }


def cash_above_budget(plan: Plan) -> Facts | None:
    """The period in which the plan pays most beyond its budget, where costs paid at once and not the split make it."""
    counted = max(plan_totals(plan.case, plan.spend, plan.initiatives))
    short = [s for s in cash_shortfalls(plan.case, plan.spend, plan.initiatives, plan.budget) if s.paid > counted]
    if not short:
        return None
    worst = max(short, key=lambda shortfall: shortfall.over)
    return {"period": ("number", worst.period), "amount": ("money", worst.paid), "over": ("money", worst.over)}


def new_customer_too_costly(plan: Plan) -> Facts | None:
    """The first segment whose next new customer costs more than its net lifetime value."""
    found = read_out(plan)
    worth = found.plan.clv_net[0, 0, 0]
    for n, segment in enumerate(plan.case.segment_ids):
        cost = found.marginal_cac[n]
        if plan.most(segment, "acquire") > 0 and cost is not None and cost > float(worth[n]):
            facts = {"cost": ("money", cost), "worth": ("money", float(worth[n]))}
            return {"segment": ("segment", segment), **facts}
    return None


def goal_unmeasured(plan: Plan) -> Facts | None:
    """The first goal that no measure follows."""
    measured = {row.get("measure") for row in rows_of(plan, "measures")}
    same = {"customers": "revenue", "profit": "revenue"}
    for row in rows_of(plan, "goals"):
        aim = row.get("measure")
        if aim and not {aim, same.get(aim)} & measured:
            return {"goal": ("text", row.get("goal", "")), "measure": ("option", ("goals", aim))}
    return None


def saving_hurts(plan: Plan) -> Facts | None:
    """A segment where in some phase more is saved than today, at the cost of retention, while everyone must stay."""
    for segment in plan.case.segments:
        lever, today = segment.levers["reduce_cost"], plan.case.today[segment.id]["reduce_cost"]
        hurts = isinstance(lever, Curve) and any(
            effect.metric == "retention_rate" and effect.at_ceiling.likely < 0 for effect in lever.side_effects
        )
        more = plan.most(segment.id, "reduce_cost") - today
        if hurts and more > 0 and plan.answer("keep", segment.id) == "all":
            return {"segment": ("segment", segment.id), "amount": ("money", more)}
    return None


def price_on_captives(plan: Plan) -> Facts | None:
    """A segment of captives whose price goes up."""
    for row in rows_of(plan, "price"):
        segment = row.get("segment")
        if segment and row.get("change", 0) > 0 and captive(plan, segment):
            return {"segment": ("segment", segment), "change": ("number", row["change"])}
    return None


def captive(plan: Plan, segment: str) -> bool:
    """Whether customers stay because they must rather than because they want to."""
    wants, must = plan.answer("want_to", segment), plan.answer("must_stay", segment)
    return wants is not None and must is not None and must >= STRONG and wants <= WEAK


def captives(plan: Plan) -> Facts | None:
    """The segments whose customers stay because they must."""
    held = [s for s in plan.case.segment_ids if captive(plan, s)]
    return {"segments": named(held)} if held else None


def one_department(plan: Plan) -> Facts | None:
    """The one department that does everything, where the ambition is broad."""
    roles = {row["role"] for row in rows_of(plan, "activities") if row.get("role")}
    count = len([row for row in rows_of(plan, "activities") if row.get("role")])
    if not chose(plan, "ambition", "broad") or count < 2 or len(roles) > 1:
        return None
    return {"role": ("column", ("activities", "role", roles.pop()))}


def nobody_responsible(plan: Plan) -> Facts | None:
    """A lever with a tenth of the money or more, none of whose activities has an owner."""
    covered = {row.get("lever") for row in rows_of(plan, "activities") if row.get("owner")}
    if not rows_of(plan, "activities"):
        return None
    bare = [lever for lever, share in shares_of(plan).items() if share >= 0.1 and lever not in covered]
    return {"lever": ("lever", bare[0]), "share": ("share", shares_of(plan)[bare[0]])} if bare else None


def broken_handover(plan: Plan) -> Facts | None:
    """The first hand-over between channels that does not work, where all channels should be one."""
    for row in rows_of(plan, "handovers"):
        if chose(plan, "omnichannel", "omni") and row.get("from") and row.get("to") and not row.get("works"):
            ends = {end: ("column", ("handovers", end, row[end])) for end in ("from", "to")}
            return {"first": ends["from"], "second": ends["to"]}
    return None


def few_channels(plan: Plan) -> Facts | None:
    """The only channel that is named, where all channels should be one."""
    channels = {row["channel"] for row in rows_of(plan, "channels") if row.get("channel")}
    if chose(plan, "omnichannel", "omni") and len(channels) == 1:
        return {"channel": ("column", ("channels", "channel", channels.pop()))}
    return None


def costly_channel(plan: Plan) -> Facts | None:
    """The busiest channel, where efficiency is the way to win and another costs less than half."""
    rows = [r for r in rows_of(plan, "channels") if {"channel", "contribution", "cost"} <= r.keys()]
    if not chose(plan, "orientation", "efficiency") or len(rows) < 2:
        return None
    busiest, cheapest = max(rows, key=lambda r: r["contribution"]), min(rows, key=lambda r: r["cost"])
    if busiest["cost"] <= FAR_AHEAD * cheapest["cost"]:
        return None
    return {
        "channel": ("column", ("channels", "channel", busiest["channel"])),
        "cost": ("money", busiest["cost"]),
        "other": ("column", ("channels", "channel", cheapest["channel"])),
        "other_cost": ("money", cheapest["cost"]),
    }


def more_than_it_brings(plan: Plan) -> Facts | None:
    """A segment whose development costs more, on average over the phases, than the margin on the revenue expected."""
    for segment in plan.case.segments:
        hoped = plan.answer("extra_income", segment.id)
        spent = plan.average[segment.id]["develop"]
        if hoped is not None and spent > hoped * segment.gross_margin.likely:
            facts = {"amount": ("money", spent), "income": ("money", hoped)}
            return {"segment": ("segment", segment.id), **facts}
    return None


def undescribed(plan: Plan) -> Facts | None:
    """A task to automate while processes are not described."""
    tasks = [row for row in rows_of(plan, "automation") if row.get("task")]
    described = plan.answer("systems")
    if not tasks or described is None or "described" in described:
        return None
    return {"task": ("text", tasks[0]["task"])}


def broken_cycle(plan: Plan) -> Facts | None:
    """The weakest step of the cycle, where another is strong."""
    scores: Mapping[str, int] = plan.answer("cycle") or {}
    return weakest(plan, "cycle") if max(scores.values(), default=0) >= STRONG else None


def when(condition: bool, facts: Facts | None = None) -> Facts | None:
    """Facts (none to name, by default) where a condition holds."""
    return (facts if facts is not None else {}) if condition else None
