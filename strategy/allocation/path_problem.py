"""The search for a path over phases as one problem: its objective, its room, and what each segment brings."""

from dataclasses import dataclass, replace

import numpy as np

from strategy.allocation.climbing import polish
from strategy.allocation.division import Problem, prudent
from strategy.allocation.room import Objective, Room
from strategy.equity.curves import Array
from strategy.equity.phases import SpendPath
from strategy.equity.simulation import segment_equity


@dataclass(frozen=True)
class PathProblem:
    """The objective of a whole path, (plans, phases x cells) -> (plans,), and the room of each phase."""

    problem: Problem
    starts: tuple[int, ...]
    rooms: tuple[Room, ...]

    def __call__(self, paths: Array) -> Array:
        """The objective, (plans,)."""
        segments, levers = self.problem.shape
        by_phase = paths.reshape(len(paths), len(self.starts), segments, levers)
        side_by_side = by_phase.transpose(0, 2, 1, 3).reshape(1, len(paths), segments, -1)
        return prudent(self.problem.equity(side_by_side, self._over_time), self.problem.aversion)

    def _over_time(self, plans: Array) -> SpendPath:
        """Plans (1, plans, segments, phases x levers) as plans over time."""
        segments, levers = self.problem.shape
        by_segment = plans.reshape(1, plans.shape[1], segments, len(self.starts), levers)
        return SpendPath(by_segment.transpose(0, 1, 3, 2, 4), self.starts)

    @property
    def room(self) -> Room:
        """The room of all phases at once: what the phases may spend in all, and each for itself."""
        phases, cells = len(self.rooms), self.rooms[0].low.size
        totals = np.array([room.total for room in self.rooms])
        # One total is what the others leave of the sum.
        alone = np.eye(phases)[: phases if self.rooms[0].at_most else phases - 1]
        groups = [np.kron(np.eye(phases)[number], room.groups) for number, room in enumerate(self.rooms)]
        return Room(
            low=np.concatenate([room.low for room in self.rooms]),
            high=np.concatenate([room.high for room in self.rooms]),
            groups=np.concatenate([np.kron(alone, np.ones(cells)), *groups]),
            group_low=np.concatenate(
                [
                    np.zeros(len(alone)) if self.rooms[0].at_most else totals[: len(alone)],
                    *(room.group_low for room in self.rooms),
                ]
            ),
            group_high=np.concatenate([totals[: len(alone)], *(room.group_high for room in self.rooms)]),
            total=float(totals.sum()),
            at_most=self.rooms[0].at_most,
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(phases, segments, levers)"""
        return len(self.starts), *self.problem.shape

    def each_alone(self, paths: Array) -> Array:
        """What each segment brings where customers stay in theirs, (paths, segments), of (paths, *shape)."""
        given = self.problem.given
        alone = replace(given, case=given.case.model_copy(update={"migration": None}))
        brought = segment_equity(alone, SpendPath(paths[None], self.starts), self.problem.chosen)
        return np.asarray(brought.mean(axis=0), float)

    def each_beside(self, path: Array, paths: Array) -> Array:
        """What one path, (cells of all phases,), gains where a segment does as in another, (paths, segments).

        paths  (paths, *shape)
        """
        own = path.reshape(1, *self.shape)
        if self.problem.case.migration is None:
            both = self.each_alone(np.concatenate([own, paths]))
            return np.asarray(both[1:] - both[:1], float)
        turned = np.eye(self.shape[1], dtype=bool)[None, :, None, :, None]
        mixed = np.where(turned, paths[:, None], own[:, None]).reshape(-1, path.size)
        values = self(np.concatenate([path[None], mixed]))
        return np.asarray((values[1:] - values[0]).reshape(len(paths), -1), float)

    def turn(self, path: Array, phase: int) -> Objective:
        """The objective of one phase's split, (plans, cells) -> (plans,), while a path's other phases stay."""

        def value(plans: Array) -> Array:
            paths = np.repeat(path[None], len(plans), axis=0)
            paths[:, phase] = plans
            return self(paths.reshape(len(plans), -1))

        return value

    def polished(self, path: Array) -> Array:
        """A path (phases, cells) climbed to the nearest top, all phases at once."""
        return polish(self, self.room, path.reshape(-1), rounds=1).reshape(path.shape)

    def value(self, path: Array) -> float:
        """What a path (phases, cells) is worth."""
        return float(self(path.reshape(1, -1))[0])
