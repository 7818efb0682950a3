"""What was driven, kept as rows of states 0.2 s apart: rasters and targets are drawn from them when they are learned from. Source: ours.

A row costs 200 bytes an actor, a raster of ChauffeurNet's 2.7 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.layout import MAX_EVENTS, SPEED, TRAIL_TICKS, WAIT, Floats, Ints, Shorts, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.envs.driving.judging import EGO

ROW_TICKS: Final = TRAIL_TICKS
"""Between rows: the spacing of waypoints, and of the past poses that worlds keep."""
STANDING_TICKS: Final = 60
"""Who has stood for 3 s stands long: section 6.1 removes such moments, and gives no time."""
MOVING_MPS: Final = 0.5


@dataclass(frozen=True, eq=False)
class DrivingLog:
    """Episodes on one map, n rows in all, E episodes; the agent has slot 0."""

    driving_map: DrivingMap
    body: Floats
    """[n, A, BODY]"""
    mind: Ints
    """[n, A, MIND]"""
    world: Ints
    """[n, WORLD]"""
    weather: Floats
    """[n, WEATHER]"""
    lights: Shorts
    """[n, G]"""
    legs: Ints
    """[E, 1, R]"""
    leg_span: Floats
    """[E, 1, R, 2]"""
    leg_arc: Floats
    """[E, 1, R + 1]"""
    first: NDArray[np.int64]
    """[E] First row of each episode; its rows lie together."""
    end: NDArray[np.int64]
    """[E] After its last row."""
    staged: NDArray[np.uint8]
    """[E] 1 where others have no past at the first row: scenarios put them into worlds that have begun."""
    learned: NDArray[np.bool_]
    """[n] Whether what is driven from this row to the next is to be learned from."""
    digests: tuple[str, ...] = ()
    """[E] SHA-256 of each episode as it was recorded; none where it was not."""

    @property
    def nbytes(self) -> int:
        """Memory that the rows take."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))

    def episode_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """[B] Episodes of rows."""
        return np.searchsorted(self.first, rows, side="right") - 1

    def moments(self, waypoints: int) -> NDArray[np.int64]:
        """[m] Rows after which so many more of the same episode follow, all on a drive that is to be learned from."""
        parts = [
            np.arange(a, max(b - waypoints, a)) for a, b in zip(self.first.tolist(), self.end.tolist(), strict=True)
        ]
        rows = np.concatenate([*parts, np.zeros(0, np.int64)])
        driven = np.concatenate([[0], np.cumsum(self.learned)])
        found: NDArray[np.int64] = rows[driven[rows + waypoints] - driven[rows] == waypoints]
        return found

    def is_standing(self, rows: NDArray[np.int64], waypoints: int) -> NDArray[np.bool_]:
        """[B] Whether the agent has stood for STANDING_TICKS and does not get going before the last waypoint."""
        going = self.body[rows + waypoints, EGO, SPEED] >= MOVING_MPS
        stood: NDArray[np.bool_] = self.mind[rows, EGO, WAIT] >= STANDING_TICKS
        found: NDArray[np.bool_] = stood & ~going
        return found

    def states(self, rows: NDArray[np.int64], trail: Floats) -> State:
        """The worlds at some rows, [B, ...] arrays of their own. trail: [B, A, H, 4] to be theirs."""
        episodes = self.episode_of(rows)
        count, actors = len(rows), self.body.shape[1]
        return State(
            body=self.body[rows], mind=self.mind[rows], world=self.world[rows], weather=self.weather[rows],
            lights=self.lights[rows], legs=self.legs[episodes], leg_span=self.leg_span[episodes],
            leg_arc=self.leg_arc[episodes], trail=trail,
            path=np.zeros((count, actors, 0), np.int32), span=np.zeros((count, actors, 0, 2), np.float32),
            controls=np.zeros((count, actors, 0), np.float32), event=np.zeros((count, MAX_EVENTS, 4), np.int32),
            event_place=np.zeros((count, MAX_EVENTS, 4), np.float32), tally=np.zeros((count, 1, 16), np.int32),
        )  # fmt: skip
