"""A plan: the case, the answers to the strategic questions, and the scenarios that divide the money."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from strategy.allocation.best_split import Goal
from strategy.allocation.cash import taken_by_initiatives
from strategy.allocation.limits import Limits
from strategy.case.beliefs import FROM_FILE, Origin, origin_key
from strategy.case.case import Case
from strategy.case.editing import Key
from strategy.case.estimate import Model, Name, Slug, broken
from strategy.case.levers import LEVER_CODES
from strategy.equity.phases import PhasedSpend, SpendPhase
from strategy.equity.uncertainty import DRAWS, SEED
from strategy.errors import PlannerError
from strategy.plan.answers import checked_answer, fitted
from strategy.plan.brand import LARGEST_LOGO as LARGEST_LOGO
from strategy.plan.brand import Brand as Brand
from strategy.plan.evidence import CustomerEvidence
from strategy.plan.scenario import Cell, CellSpend, Changed, Scenario, money_path, takes_money, within
from strategy.questions import BY_CODE, Answer

SCHEMA = 2
Title = Annotated[str, within(200)]
OF_SETTINGS = ("draws", "seed")


class World(Model):
    """One way the future may turn out.

    events    ids of the case's events that happen in it
    opinions  labels of the groups whose answers count; None: everybody's
    """

    id: Slug
    name: Name
    events: tuple[str, ...] = ()
    opinions: tuple[Title, ...] | None = None


class Settings(Model):
    """How many draws from the beliefs, and the seed that makes them the same draws every time."""

    draws: int = Field(default=DRAWS, ge=1, le=100_000)
    seed: int = Field(default=SEED, ge=0, le=2**32 - 1)


class Plan(Model):
    """What people decide; frozen, changed by copy.

    title        what the plan is called, client and prepared_by whom it is for and from; "" where nobody said so
    answers      to the strategic questions, {question code: answer}; what is not answered is not there
    evidence     what a customer file told, where one was brought: totals, nobody's row
    origins      where numbers of the case come from, {`origin_key`: Origin}; without one: as the case came
    scenarios    ways to divide the money, at least one; `shown` is the id of the one on the screen
    worlds       ways the future may turn out; none: everything that the case says happens

    What is asked of a plan about money (spend, budget, ...) is about the scenario shown.
    """

    schema_: Literal[2] = Field(default=2, alias="schema")
    title: Title = ""
    client: Title = ""
    prepared_by: Title = ""
    brand: Brand | None = None
    case: Case
    origins: dict[str, Origin] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)
    evidence: CustomerEvidence | None = None
    scenarios: tuple[Scenario, ...] = Field(min_length=1)
    shown: str
    worlds: tuple[World, ...] = ()
    settings: Settings = Settings()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for kind, ids in (("scenarios", self.scenario_ids), ("worlds", tuple(world.id for world in self.worlds))):
            if double := [known for known in ids if ids.count(known) > 1]:
                raise broken("duplicate_id", value=double[0], within=kind, field=kind)
        if self.shown not in self.scenario_ids:
            raise broken("unknown_scenario", value=self.shown, known=", ".join(self.scenario_ids), field="shown")
        events = [event.id for event in self.case.events]
        for world in self.worlds:
            for event in world.events:
                if event not in events:
                    known = ", ".join(events) or "–"
                    raise broken("unknown_event", value=event, known=known, field=f'world "{world.name}"')
        return self

    # The scenarios

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """The ids of the scenarios, in order."""
        return tuple(scenario.id for scenario in self.scenarios)

    @property
    def scenario(self) -> Scenario:
        """The scenario shown."""
        return next(scenario for scenario in self.scenarios if scenario.id == self.shown)

    def showing(self, scenario: str) -> "Plan":
        """The plan with another scenario shown. Raises PlannerError("unknown_scenario")."""
        if scenario not in self.scenario_ids:
            known = ", ".join(self.scenario_ids)
            raise PlannerError("unknown_scenario", place="scenario", value=scenario, known=known)
        return self.having(shown=scenario)

    def in_every_scenario(self, change: Callable[["Plan"], "Plan"]) -> "Plan":
        """The plan after a change of each scenario in turn, the same one shown as before."""
        changed = self
        for scenario in self.scenario_ids:
            changed = change(changed.showing(scenario))
        return changed.showing(self.shown)

    def having(self, **changes: Any) -> "Plan":
        """A copy with other values: of the plan, of its settings, or of the scenario shown."""
        money = {name: changes.pop(name) for name in [*changes] if name in OF_SCENARIO}
        settings = {name: changes.pop(name) for name in [*changes] if name in OF_SETTINGS}
        if money:
            shown = self.scenario.model_copy(update=money)
            changes["scenarios"] = tuple(shown if s.id == self.shown else s for s in self.scenarios)
        if settings:
            changes["settings"] = self.settings.model_copy(update=settings)
        return self.model_copy(update=changes)

    # The money of the scenario shown

    @property
    def spend(self) -> PhasedSpend:
        """Money per period, as results take it: {segment id: {lever: amount}}, or phases of that."""
        return self.scenario.spend

    @property
    def phases(self) -> tuple[SpendPhase, ...]:
        """What is spent from when on; one phase where it is the same in every period."""
        return self.scenario.phases

    @property
    def phased(self) -> bool:
        """Whether what is spent changes over time."""
        return len(self.phases) > 1

    @property
    def starts(self) -> tuple[int, ...]:
        """The first period of each phase."""
        return tuple(phase.start for phase in self.phases)

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many periods each phase lasts."""
        ends = (*self.starts[1:], self.case.horizon + 1)
        return tuple(end - start for start, end in zip(self.starts, ends, strict=True))

    @property
    def average(self) -> CellSpend:
        """What each cell gets per period on average over the plan: 0 where it is unpaid in every phase."""
        if not self.phased:
            return self.phases[0].spend
        weights = [length / self.case.horizon for length in self.lengths]
        return {
            s: {
                lever: sum(w * phase.spend[s][lever] for w, phase in zip(weights, self.phases, strict=True))
                for lever in levers
            }
            for s, levers in self.phases[0].spend.items()
        }

    def most(self, segment: str, lever: str) -> float:
        """What a cell gets in the phase that gives it most, money per period."""
        return max(phase.spend[segment][lever] for phase in self.phases)

    def each_phase(self, change: Changed) -> PhasedSpend:
        """The plan's spend with another split in each phase, made of the one that it has."""
        return money_path([SpendPhase(phase.start, change(phase.spend)) for phase in self.phases])

    @property
    def initiatives(self) -> tuple[str, ...]:
        """Ids of the chosen initiatives."""
        return self.scenario.initiatives

    @property
    def budget(self) -> float:
        """The planned total per period, initiatives included, of each phase."""
        return self.scenario.budget

    @property
    def fixed(self) -> bool:
        """Whether moving one amount takes from the others, so that the total stays."""
        return self.scenario.fixed

    @property
    def at_most(self) -> bool:
        """Whether the search may leave money unspent."""
        return self.scenario.at_most

    @property
    def choose_initiatives(self) -> bool:
        """Whether the search chooses initiatives too."""
        return self.scenario.choose_initiatives

    @property
    def cash(self) -> bool:
        """Whether the budget limits what is paid in every period."""
        return self.scenario.cash

    @property
    def locked(self) -> tuple[Cell, ...]:
        """The cells that neither moving nor searching changes."""
        return self.scenario.locked

    @property
    def limits(self) -> Limits:
        """What the search must respect besides the locks."""
        return self.scenario.limits

    @property
    def aversion(self) -> float:
        """Weight of the worst 5 % of draws in the search."""
        return self.scenario.aversion

    @property
    def draws(self) -> int:
        """How many draws from the beliefs."""
        return self.settings.draws

    @property
    def seed(self) -> int:
        """What makes the draws the same every time."""
        return self.settings.seed

    def spent_in(self, phase: int) -> float:
        """Spend of all cells in a phase, money per period."""
        return sum(amount for levers in self.phases[phase].spend.values() for amount in levers.values())

    @property
    def spent(self) -> float:
        """Spend of all cells, money per period; with phases in the one that spends most."""
        return max(self.spent_in(phase) for phase in range(len(self.phases)))

    @property
    def initiative_cost(self) -> float:
        """What the chosen initiatives cost, money per period: their present value, spread over all periods."""
        return float(taken_by_initiatives(self.case, self.initiatives)[0])

    def taken_in(self, phase: int) -> float:
        """What the chosen initiatives take from the budget in a phase, money per period."""
        return float(taken_by_initiatives(self.case, self.initiatives, self.starts, self.cash)[phase])

    def left_in(self, phase: int) -> float:
        """What a phase leaves of the budget, money per period; below 0 where it costs more."""
        left = self.budget - self.spent_in(phase) - self.taken_in(phase)
        return left if abs(left) > 1e-9 * max(self.budget, 1.0) else 0.0

    @property
    def unallocated(self) -> float:
        """What is left of the budget; with phases by the one that leaves least. Below 0 where the plan costs more."""
        return min(self.left_in(phase) for phase in range(len(self.phases)))

    @property
    def spends_all(self) -> bool:
        """Whether the budget is spent exactly, in every phase."""
        return all(self.left_in(phase) == 0 for phase in range(len(self.phases)))

    @property
    def as_today(self) -> bool:
        """Whether the plan is today's split, in every period."""
        return self.scenario.as_today(self.case)

    @property
    def goal(self) -> Goal:
        """What the search maximises."""
        return Goal(self.draws if self.aversion > 0 else 0, self.seed, self.aversion)

    @property
    def all_limits(self) -> Limits:
        """The limits with the locks at their present amounts. Raises PlannerError where these differ over time."""
        locked: dict[str, dict[str, float]] = {}
        for segment, lever in self.locked:
            amounts = {phase.spend[segment][lever] for phase in self.phases}
            if len(amounts) > 1:
                place = f"{self.case.segment(segment).name}, {lever}"
                raise PlannerError("lock_changes", place=place, value=[p.spend[segment][lever] for p in self.phases])
            locked.setdefault(segment, {})[lever] = amounts.pop()
        return Limits(self.limits.cells, self.limits.levers, locked)

    def lever_total(self, lever: str, phase: int | None = None) -> float:
        """Spend on a lever over all segments in a phase, money per period; without one on average over the plan."""
        spend = self.average if phase is None else self.phases[phase].spend
        return sum(levers[lever] for levers in spend.values())

    def cells(self, lever: str | None = None) -> list[Cell]:
        """The cells that take money, of one lever or all."""
        return [
            (segment, code)
            for segment in self.case.segment_ids
            for code in LEVER_CODES
            if lever in (None, code) and takes_money(self.case, segment, code)
        ]

    # Answers and numbers

    def answer(self, question: str, segment: str | None = None) -> Answer:
        """The answer to a question, or of one segment to a question per segment; None where there is none."""
        found = self.answers.get(question)
        return found if segment is None or found is None else found.get(segment)

    def origin(self, key: Key) -> Origin:
        """Where a number of the case comes from."""
        return self.origins.get(origin_key(key), FROM_FILE)

    def to_json(self) -> str:
        """The plan as a file; `read_plan` gives the same plan back."""
        return self.model_dump_json(by_alias=True, indent=1)


OF_SCENARIO = frozenset(Scenario.model_fields) - {"id", "name", "note"}


def start(case: Case, origins: Mapping[str, Origin] | None = None) -> Plan:
    """The plan everybody starts with: today's split within the case's budget."""
    today = Scenario(spend=case.today, budget=case.planned_budget)
    plan = Plan(case=case, scenarios=(today,), shown=today.id, origins=dict(origins or {}))
    return plan.having(fixed=plan.spends_all)


def set_answer(plan: Plan, question: str, value: object, segment: str | None = None) -> Plan:
    """The plan with an answer to a question, of one segment where it is asked per segment; None takes it back.

    Raises PlannerError for what the question does not take.
    """
    if segment is not None:
        value = {**(plan.answer(question) or {}), segment: value}
    answer = checked_answer(plan.case, BY_CODE[question], value)
    others = {code: given for code, given in plan.answers.items() if code != question}
    return plan.having(answers=others if answer is None else {**others, question: answer})


def set_case(plan: Plan, case: Case, origins: Mapping[Key, Origin] | None = None, spend: Changed | None = None) -> Plan:
    """The plan for a changed case: what still fits stays, in every scenario (`Scenario.fitted`).

    origins  of the numbers that changed
    spend    what segments get instead, from what all have in a phase; not of scenarios that are today's split
    """
    known, events = set(case.segment_ids), {event.id for event in case.events}
    marked = {**plan.origins, **{origin_key(key): origin for key, origin in (origins or {}).items()}}
    changed = plan.having(
        case=case,
        scenarios=tuple(scenario.fitted(plan.case, case, spend) for scenario in plan.scenarios),
        answers=fitted(case, plan.answers),
        origins={key: origin for key, origin in marked.items() if "/" not in key or key.split("/")[0] in known},
        worlds=tuple(
            world.model_copy(update={"events": tuple(event for event in world.events if event in events)})
            for world in plan.worlds
        ),
    )
    return changed.in_every_scenario(lambda shown: shown.having(fixed=shown.fixed and shown.spends_all))
