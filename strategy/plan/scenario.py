"""A scenario: one way to divide the money of a plan, over segments, levers and time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, field_serializer

from strategy.allocation.limits import Limits
from strategy.case.case import Case, Curve
from strategy.case.estimate import Amount, Model, Name, Slug, broken
from strategy.equity.phases import PhasedSpend, SpendPhase, phases_of

FIRST_ID, FIRST_NAME = "plan", "Plan"
"""Of the one scenario that a plan begins with."""
MOST_SCENARIOS = 20
LONGEST_NOTE = 2000
Cell = tuple[str, str]
"""(segment id, lever)"""
CellSpend = Mapping[str, Mapping[str, float]]
Changed = Callable[[CellSpend], CellSpend]
"""What some segments get, {segment id: {lever: amount}}, from what all segments have in a phase."""


def within(most: int) -> AfterValidator:
    """A check that a text has at most so many characters; raises PydanticCustomError."""

    def check(text: str) -> str:
        if len(text) > most:
            raise broken("text_too_long", value=len(text), limit=most)
        return text

    return AfterValidator(check)


def money_path(spend: PhasedSpend) -> PhasedSpend:
    """Spend in the one form that means it: a mapping where it is the same in every period, else phases."""
    if isinstance(spend, Sequence):
        return spend[0].spend if len(spend) == 1 else tuple(spend)
    return spend


class Scenario(Model):
    """The money of a plan; frozen, changed by copy.

    spend        money per period, {segment id: {lever: amount}}, every cell present; or phases of that (`money_path`)
    initiatives  ids of the chosen ones
    budget       planned total per period, initiatives included; it holds in each phase
    fixed        whether moving one amount takes from the others of its phase, so that the total stays
    locked       cells that neither moving nor searching changes, in no phase
    cash         whether the budget limits what is paid in every period, one-off costs at once; without it initiatives
                 take their present value, spread over all periods
    limits       what the search must respect besides the locks, in each phase
    aversion     weight of the worst 5 % of draws in the search, 0..1; over `draws` where above 0
    """

    id: Slug = FIRST_ID
    name: Name = FIRST_NAME
    note: Annotated[str, within(LONGEST_NOTE)] = ""
    spend: Annotated[dict[str, dict[str, Amount]] | tuple[SpendPhase, ...], BeforeValidator(money_path)]
    budget: Amount
    fixed: bool = True
    at_most: bool = False
    initiatives: tuple[str, ...] = ()
    choose_initiatives: bool = False
    cash: bool = False
    locked: tuple[Cell, ...] = ()
    limits: Limits = Limits()
    aversion: float = Field(default=0.0, ge=0, le=1)

    @field_serializer("spend")
    def _write_spend(self, spend: PhasedSpend) -> Any:
        return phase_documents(spend) if isinstance(spend, Sequence) else spend

    @property
    def phases(self) -> tuple[SpendPhase, ...]:
        """What is spent from when on; one phase where it is the same in every period."""
        return phases_of(self.spend)

    def as_today(self, case: Case) -> bool:
        """Whether it is today's split, in every period."""
        return not self.initiatives and all(phase.spend == case.today for phase in self.phases)

    def fitted(self, before: Case, case: Case, changed: Changed | None = None) -> "Scenario":
        """The scenario for a changed case: what still fits stays, what is about segments that are gone goes with them.

        Today's split stays today's; new segments get what they have today; a lever that became a constant gets
        nothing; phases that begin after the plan ends are gone.
        changed  what segments get instead, from what all had in a phase; not of today's split
        """
        today = self.as_today(before)

        def split(having: CellSpend) -> CellSpend:
            having = case.today if today else {**having, **(changed(having) if changed else {})}
            return {
                s: {code: x if takes_money(case, s, code) else 0.0 for code, x in having.get(s, levers).items()}
                for s, levers in case.today.items()
            }

        known = set(case.segment_ids)
        phases = [SpendPhase(phase.start, split(phase.spend)) for phase in self.phases if phase.start <= case.horizon]
        cells = {segment: levers for segment, levers in self.limits.cells.items() if segment in known}
        return self.model_copy(
            update={
                "spend": money_path(phases),
                "initiatives": tuple(i for i in case.initiative_ids if i in self.initiatives),
                "budget": case.planned_budget if self.budget == before.planned_budget else self.budget,
                "locked": tuple(cell for cell in self.locked if cell[0] in known and takes_money(case, *cell)),
                "limits": Limits(cells, self.limits.levers),
            }
        )


def phase_documents(phases: Sequence[SpendPhase]) -> list[dict[str, Any]]:
    """Phases as they stand in a file: [{"from": first period, "spend": {segment id: {lever: money per period}}}]."""
    return [{"from": phase.start, "spend": phase.spend} for phase in phases]


def takes_money(case: Case, segment: str, lever: str) -> bool:
    """Whether money on a lever does something in a segment."""
    return isinstance(case.segment(segment).levers[lever], Curve)
