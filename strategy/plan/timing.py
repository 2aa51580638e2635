"""Money now or later: what the next euro brings back in each phase, and what moving money between phases would."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, chosen_array
from strategy.equity.phases import SpendPath, SpendPhase, spend_path
from strategy.equity.readouts import Readouts
from strategy.equity.simulation import customer_equity
from strategy.plan.scenario import Cell

STEP = 0.01
"""What is moved, as a share of what the phase spends that gives it."""
WORTHWHILE = 0.01
"""A move that brings less than this share of the money moved is none."""


@dataclass(frozen=True)
class NextEuro:
    """Where one more euro in every period of a phase brings back most, and how much."""

    cell: Cell
    multiple: float


@dataclass(frozen=True)
class Shift:
    """Money that goes from a cell in one phase to a cell in another, and what that adds to customer equity.

    amount  money in all, over all periods of a phase, not discounted
    """

    amount: float
    giving: int
    source: Cell
    taking: int
    target: Cell
    gain: float

    @property
    def earlier(self) -> bool:
        """Whether the money comes earlier than it was."""
        return self.taking < self.giving


@dataclass(frozen=True)
class Timing:
    """What time does to the money of a plan with phases.

    next_euros  one per phase
    shift       the move of a small amount between two phases that adds most; None where none is worth it
    """

    next_euros: tuple[NextEuro, ...]
    shift: Shift | None


def timing(
    given: Parameters,
    phases: Sequence[SpendPhase],
    initiatives: Sequence[str],
    found: Readouts,
    locked: Collection[Cell] = (),
) -> Timing | None:
    """The timing of a plan; None where no cell takes money.

    found   the plan's read-outs
    locked  cells that no money leaves or enters

    The money leaves the cell of a phase where the next euro brings back least and enters the one of another phase
    where it brings back most; what that adds is simulated, for every pair of phases.
    """
    case, returns = given.case, found.phase_returns
    if np.isnan(returns).all():
        return None
    best = tuple(NextEuro(_cell(given, position), float(np.nanmax(row))) for row, position in _most(returns))
    path = spend_path(case, phases)
    free = np.array([[(s, code) not in locked for code in LEVER_CODES] for s in case.segment_ids])
    moves = _moves(given, path, np.where(free, returns, np.nan))
    if not moves:
        return Timing(best, None)
    plans = np.concatenate([path.money, *(plan for _, plan in moves)], axis=1)
    equity = customer_equity(given, SpendPath(plans, path.starts), chosen_array(case, initiatives))[0]
    first = int((equity[1:] - equity[0]).argmax())
    (amount, giving, source, taking, target), _ = moves[first]
    gain = float(equity[first + 1] - equity[0])
    if gain <= WORTHWHILE * amount:
        return Timing(best, None)
    return Timing(best, Shift(amount, giving, _cell(given, source), taking, _cell(given, target), gain))


def _most(returns: Array) -> list[tuple[Array, tuple[int, int]]]:
    """Each phase's returns with the place of the highest."""
    return [(row, divmod(int(np.nanargmax(row)), row.shape[-1])) for row in returns]


def _cell(given: Parameters, position: tuple[int, int]) -> Cell:
    return given.case.segment_ids[position[0]], list(LEVER_CODES)[position[1]]


_Move = tuple[float, int, tuple[int, int], int, tuple[int, int]]


def _moves(given: Parameters, path: SpendPath, returns: Array) -> list[tuple[_Move, Array]]:
    """Each move from one phase to another, with the plan after it, (1, 1, phases, segments, levers)."""
    money = path.money[0, 0]
    lengths = np.diff([*path.starts, given.case.horizon + 1])
    found: list[tuple[_Move, Array]] = []
    for giving, spent in enumerate(money):
        held = np.where(spent > 0, returns[giving], np.nan)
        if np.isnan(held).all():
            continue
        source = divmod(int(np.nanargmin(held)), held.shape[-1])
        step = min(STEP * float(spent.sum()), float(spent[source]))
        for taking in range(len(money)):
            if taking == giving or np.isnan(returns[taking]).all():
                continue
            target = divmod(int(np.nanargmax(returns[taking])), held.shape[-1])
            amount = step * float(lengths[giving])
            changed = path.money.copy()
            changed[(0, 0, giving, *source)] -= step
            changed[(0, 0, taking, *target)] += amount / float(lengths[taking])
            found.append(((amount, giving, source, taking, target), changed))
    return found
