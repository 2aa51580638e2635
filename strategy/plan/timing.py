"""Money now or later: what the next euro brings back in each phase, and what moving a cell's money in time would."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.levers import LEVER_CODES
from strategy.equity.curves import Array
from strategy.equity.parameters import Parameters, chosen_array, spendable
from strategy.equity.phases import SpendPath, SpendPhase, spend_path
from strategy.equity.readouts import Readouts
from strategy.equity.simulation import customer_equity
from strategy.plan.scenario import Cell

STEP = 0.01
"""What is moved, as a share of what the phase spends that gives it."""
WORTHWHILE = 0.01
"""A move that adds less than this share of the money moved is none."""


@dataclass(frozen=True)
class NextEuro:
    """Where one more euro in every period of a phase brings back most, and how much."""

    cell: Cell
    multiple: float


@dataclass(frozen=True)
class Retiming:
    """Money of one cell that is spent in another phase instead, and what that adds to customer equity.

    amount          money in all, over the periods of a phase, not discounted
    giving, taking  the phases, counted from 0
    """

    cell: Cell
    amount: float
    giving: int
    taking: int
    gain: float

    @property
    def earlier(self) -> bool:
        """Whether the money comes earlier than it was."""
        return self.taking < self.giving


@dataclass(frozen=True)
class Timing:
    """What time does to the money of a plan with phases.

    next_euros  one per phase
    shift       the move of a little of one cell's money between two phases that adds most; None: none is worth it
    """

    next_euros: tuple[NextEuro, ...]
    shift: Retiming | None


def timing(
    given: Parameters,
    phases: Sequence[SpendPhase],
    initiatives: Sequence[str],
    found: Readouts,
    locked: Collection[Cell] = (),
) -> Timing | None:
    """The timing of a plan; None where no cell takes money. Every move is simulated.

    found   the plan's read-outs
    locked  cells whose money is not moved
    """
    case, returns = given.case, found.phase_returns
    if np.isnan(returns).all():
        return None
    cells = [(segment, lever) for segment in case.segment_ids for lever in LEVER_CODES]
    flat = returns.reshape(len(returns), -1)
    best = tuple(NextEuro(cells[int(np.nanargmax(row))], float(np.nanmax(row))) for row in flat)
    path = spend_path(case, phases)
    free = spendable(case).reshape(-1) & np.array([cell not in locked for cell in cells])
    shifts, plans = _shifts(path, cells, free, case.horizon)
    if not shifts:
        return Timing(best, None)
    batch = SpendPath(np.concatenate([path.money, *plans], axis=1), path.starts)
    equity = customer_equity(given, batch, chosen_array(case, initiatives))[0]
    gains = equity[1:] - equity[0]
    first = int(gains.argmax())
    cell, amount, giving, taking = shifts[first]
    if gains[first] <= WORTHWHILE * amount:
        return Timing(best, None)
    return Timing(best, Retiming(cell, amount, giving, taking, float(gains[first])))


def _shifts(
    path: SpendPath, cells: Sequence[Cell], free: Array, horizon: int
) -> tuple[list[tuple[Cell, float, int, int]], list[Array]]:
    """Each move of a cell's money to another phase, with the plan after it, (1, 1, phases, segments, levers)."""
    lengths = np.diff([*path.starts, horizon + 1])
    moves, plans = [], []
    for giving, spent in enumerate(path.money[0, 0].reshape(len(lengths), -1)):
        for number in np.flatnonzero(free & (spent > 0)).tolist():
            step = min(STEP * float(spent.sum()), float(spent[number]))
            for taking in range(len(lengths)):
                if taking != giving:
                    amount = step * float(lengths[giving])
                    plan = path.money.copy()
                    by_cell = plan.reshape(len(lengths), -1)
                    by_cell[giving, number] -= step
                    by_cell[taking, number] += amount / float(lengths[taking])
                    moves.append((cells[number], amount, giving, taking))
                    plans.append(plan)
    return moves, plans
