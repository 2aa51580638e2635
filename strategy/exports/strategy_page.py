"""The strategy on a page: what was decided, where the money goes, what that does, when, and what contradicts itself.

The screen and the PDF show the same content.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from strategy import charts
from strategy.charts.drawing.chart import Chart
from strategy.coherence import Clash, findings
from strategy.equity.uncertainty import Outlook
from strategy.explanations.telling import answer_lines, finding_text
from strategy.plan.plan import Plan
from strategy.plan.results import read_out
from strategy.questions import DIMENSIONS, Dimension, Question, of_dimension
from strategy.words.wording import Wording

BARS = 6
"""Initiatives on the page's roadmap."""


@dataclass(frozen=True)
class Figure:
    """A number that matters: its name, value and what stands under it."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Decided:
    """One answered question: its words and the lines of its answer."""

    question: Question
    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """What was decided in a dimension, and which of its must-answer questions are open."""

    dimension: Dimension
    title: str
    issue: str
    decided: tuple[Decided, ...]
    still_open: tuple[str, ...]


@dataclass(frozen=True)
class Contradiction:
    """A finding of the coherence check in words, with the reason why it matters."""

    finding: Clash
    sentence: str
    reason: str


@dataclass(frozen=True)
class StrategyPage:
    """Everything that stands on the page."""

    name: str
    figures: tuple[Figure, ...]
    dimensions: tuple[Chosen, ...]
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True)
class PageCharts:
    """The pictures that are printed, the same as on the screen; None where there is nothing to draw yet.

    over_time  whether `money` is drawn over the periods, where it changes over time: then its words carry the amounts
    """

    money: Chart
    over_time: bool
    roadmap: Chart | None
    waterfall: Chart
    uplift: Chart | None
    cash: Chart
    customers: Chart


def page_charts(plan: Plan, outlook: Outlook | None, say: Wording) -> PageCharts:
    """The pictures of a plan; without an outlook (yet) they have no bands."""
    case, found = plan.case, read_out(plan)
    return PageCharts(
        money=_money(plan, say),
        over_time=plan.phased,
        roadmap=charts.roadmap(case, plan.initiatives, say, BARS, costs=False) if case.initiatives else None,
        waterfall=charts.waterfall(case, found, say, plan.spend),
        uplift=charts.uplift_distribution(case, outlook, say) if outlook is not None and not plan.as_today else None,
        cash=charts.cash_over_time(case, found, outlook, say),
        customers=charts.customers_over_time(case, found, outlook, say),
    )


def _money(plan: Plan, say: Wording) -> Chart:
    """What each lever gets: beside today's, or over the periods where it changes over time."""
    if plan.phased:
        return charts.spend_over_time(plan.case, plan.spend, plan.initiatives, say)
    return charts.money_by_lever(plan.case, plan.spend, plan.initiatives, say)


def strategy_page(plan: Plan, outlook: Outlook | None, say: Wording) -> StrategyPage:
    """The page of a plan; without an outlook (yet) the uplift has no range."""
    return StrategyPage(
        name=plan.case.name,
        figures=tuple(_figures(plan, outlook, say)),
        dimensions=tuple(_chosen(plan, dimension, say) for dimension in DIMENSIONS),
        contradictions=tuple(
            Contradiction(finding, finding_text(plan, finding, say), say.text(finding.rule.reason))
            for finding in findings(plan)
        ),
    )


def _figures(plan: Plan, outlook: Outlook | None, say: Wording) -> Iterator[Figure]:
    found = read_out(plan)
    per = say.per(plan.case.period)
    residual = float(found.plan.residual[0, 0]) / found.customer_equity if found.customer_equity else 0.0
    yield Figure(
        say.text("Customer equity"),
        say.short_money(found.customer_equity),
        say.text(
            "{share} of it after {horizon}",
            share=say.percent(residual, 0),
            horizon=say.period(plan.case.period, plan.case.horizon),
        ),
    )
    note = ""
    if outlook is not None and not plan.as_today:
        low, high = float(outlook.uplift.p05[1]), float(outlook.uplift.p95[1])
        note = say.text(
            "mean {mean}; {span}; better in {share}",
            mean=say.signed_short_money(float(outlook.uplift.mean[1])),
            span=say.span(low, high, say.signed_short_money),
            share=say.chance(float(outlook.better[1, 0])),
        )
    yield Figure(say.text("Against today, likely"), say.signed_short_money(found.uplift), note)
    totals = [plan.spent_in(phase) + plan.initiative_cost for phase in range(len(plan.phases))]
    today = sum(sum(levers.values()) for levers in plan.case.today.values())
    yield Figure(
        say.text("Marketing money {per}", per=per),
        say.span(min(totals), max(totals), say.short_money),
        say.text("today {amount}", amount=say.short_money(today)),
    )
    customers = found.plan.customers[0, 0, -1].sum()
    opening = found.plan.opening[0, 0, 0].sum()
    yield Figure(
        say.text("Customers in {period}", period=say.period_number(plan.case.period, plan.case.horizon)),
        say.short_number(float(customers)),
        say.text("now {count}", count=say.short_number(float(opening))),
    )


def _chosen(plan: Plan, dimension: Dimension, say: Wording) -> Chosen:
    asked = of_dimension(dimension.code)
    answered = [question for question in asked if question.code in plan.answers]
    decided = (Decided(q, say.text(q.text), tuple(answer_lines(plan, q, say))) for q in answered)
    still_open = (say.text(q.text) for q in asked if q.depth == "must" and q.code not in plan.answers)
    return Chosen(dimension, say.text(dimension.title), say.text(dimension.issue), tuple(decided), tuple(still_open))
