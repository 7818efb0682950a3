"""What a feed draws from, whatever the world: rows of states of the ego and others, and who draws rasters of them. Source: ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.raster.raster_plan import RasterPlan
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.layout import SPEED, TRAIL_TICKS, WAIT, Floats, Ints
from sim_suite.envs.driving.judging import EGO

Floats64 = NDArray[np.float64]

ROW_TICKS = TRAIL_TICKS
"""Between rows: 0.2 s, the spacing of waypoints, and of the past poses that worlds keep."""
STANDING_TICKS = 60
"""Who has stood for 3 s stands long: section 6.1 removes such moments, and gives no time."""
MOVING_MPS = 0.5


class Brush(Protocol):
    """Draws rasters of one spec. It keeps scratch memory."""

    plan: RasterPlan

    def draw(
        self, log: Any, rows: NDArray[np.int64], body: Floats, trail: Floats, rotation: Floats, past_points: Ints,
        out: NDArray[np.uint8],
    ) -> None:  # fmt: skip
        """Fill out, [B, C, H, W]. log: one of those that the brush is for; body: [B, A, BODY] and trail: [B, A, H, 4], newest first, in
        place of the log's; rotation: [B, 1] rad; past_points: [B, 1]."""


class Log(ABC):
    """Episodes of n rows in all, E of them, A slots; who is imitated has slot EGO. What it looks like is for its kinds to say."""

    body: Floats
    """[n, A, BODY]"""
    mind: Ints
    """[n, A, MIND]"""
    world: Ints
    """[n, WORLD]"""
    first: NDArray[np.int64]
    """[E] First row of each episode; its rows lie together."""
    end: NDArray[np.int64]
    """[E] After its last row."""
    staged: NDArray[np.uint8]
    """[E] 1 where others have no past at the first row: scenarios put them into worlds that have begun."""
    learned: NDArray[np.bool_]
    """[n] Whether what is driven from this row to the next is to be learned from."""
    digests: tuple[str, ...]
    """[D] SHA-256 of each drive as it was recorded; none where it was not."""

    @property
    @abstractmethod
    def drive(self) -> NDArray[np.int64]:
        """[E] Number of the drive that each episode is of."""

    @property
    @abstractmethod
    def ground(self) -> object:
        """What a brush is made for: logs that share it are drawn by the same one."""

    @abstractmethod
    def brush(self, spec: RasterSpec, occlusion: bool) -> Brush:
        """A new one for the log's ground. occlusion: whether others that are hidden are left out."""

    @property
    def nbytes(self) -> int:
        """Memory that the rows take."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))

    def episode_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """[B] Episodes of rows."""
        return np.searchsorted(self.first, rows, side="right") - 1

    def of_which(self, rows: NDArray[np.bool_]) -> Self:
        """A view of the same rows, [n], of which these alone are learned from."""
        kept: Self = replace(self, learned=self.learned & rows)  # type: ignore[type-var]  # all kinds of logs are dataclasses
        return kept

    def moments(self, waypoints: int) -> NDArray[np.int64]:
        """[m] Rows after which so many more of the same episode follow, all on a drive that is to be learned from."""
        parts = [
            np.arange(a, max(b - waypoints, a)) for a, b in zip(self.first.tolist(), self.end.tolist(), strict=True)
        ]
        rows = np.concatenate([*parts, np.zeros(0, np.int64)])
        driven = np.concatenate([[0], np.cumsum(self.learned)])
        found: NDArray[np.int64] = rows[driven[rows + waypoints] - driven[rows] == waypoints]
        return found

    def line_ahead_m(self, rows: NDArray[np.int64]) -> Floats64:
        """[B] How far from the agent's middle a light or sign holds traffic next on its way; inf where none does."""
        return np.full(len(rows), np.inf)

    def is_standing(self, rows: NDArray[np.int64], waypoints: int) -> NDArray[np.bool_]:
        """[B] Whether the agent has stood for STANDING_TICKS and does not get going before the last waypoint."""
        going = self.body[rows + waypoints, EGO, SPEED] >= MOVING_MPS
        stood: NDArray[np.bool_] = self.mind[rows, EGO, WAIT] >= STANDING_TICKS
        found: NDArray[np.bool_] = stood & ~going
        return found
