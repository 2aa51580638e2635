"""Every change to a plan, so that each can be undone."""

from dataclasses import dataclass, field

from strategy.plan.plan import Plan

HISTORY = 200
TYPING = "typing"
"""The argument that names the field in which somebody types: what is typed there in one go is one change."""


@dataclass(frozen=True)
class Step:
    """A plan and what led to it: a message id and its arguments."""

    message: str
    arguments: tuple[tuple[str, str], ...]
    plan: Plan


@dataclass(frozen=True)
class History:
    """The plan now, with what came before and what was undone; at most HISTORY steps back."""

    now: Step
    past: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = field(default=())

    @property
    def plan(self) -> Plan:
        """The plan now."""
        return self.now.plan

    def record(self, message: str, plan: Plan, **arguments: str) -> "History":
        """The history after a change; a change that changes nothing is none."""
        if plan == self.plan:
            return self
        step = Step(message, tuple(arguments.items()), plan)
        if arguments.get(TYPING) and arguments[TYPING] == dict(self.now.arguments).get(TYPING) and self.past:
            return History(step, self.past)
        return History(step, (*self.past, self.now)[-HISTORY:])

    def replaced(self, plan: Plan) -> "History":
        """The same history with another plan now: the same thing in other words."""
        return History(Step(self.now.message, self.now.arguments, plan), self.past, self.undone)

    def since(self, plan: Plan) -> tuple[Step, ...]:
        """The step that led to a plan and those after it, the oldest first; none where it is not remembered."""
        steps = (*self.past, self.now)
        found = next((at for at in reversed(range(len(steps))) if steps[at].plan is plan), len(steps))
        return steps[found:]

    def undo(self) -> "History":
        """One step back; the same where there is none."""
        return History(self.past[-1], self.past[:-1], (self.now, *self.undone)) if self.past else self

    def redo(self) -> "History":
        """One step forward again; the same where there is none."""
        return History(self.undone[0], (*self.past, self.now), self.undone[1:]) if self.undone else self
