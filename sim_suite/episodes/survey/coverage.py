"""Where was driven on a map, and how much of its lanes that is. Source: ours.

Lanes for cars are cut into stretches of STRETCH_M. A stretch is covered when the agent's car was on it at some step, by the lane and the
arc that the world itself keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.layout import LANE, LANE_ARC
from sim_suite.driving.world.terrain import DRIVEN, FIRST_POINT, LANE_LENGTH, PX, PY, Terrain
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.recording.capture import STATE
from sim_suite.episodes.store.reading import Episode

STRETCH_M: Final = 5.0


@dataclass(frozen=True)
class Coverage:
    """One map, and how it was driven on."""

    map: str
    lines: tuple[NDArray[np.float64], ...]
    """[p, 2] world metres of each lane for cars."""
    stretches: NDArray[np.float64]
    """[s, 4] x, y of the begin and end of each stretch, world metres."""
    visits: NDArray[np.int64]
    """[s] Steps that were spent on each."""

    @property
    def lane_km(self) -> float:
        """Of lanes for cars."""
        return len(self.visits) * STRETCH_M / 1000.0

    @property
    def covered_km(self) -> float:
        """Of them driven on."""
        return int((self.visits > 0).sum()) * STRETCH_M / 1000.0


class Coverer:
    """Counts visits on one map, episode by episode."""

    def __init__(self, name: str) -> None:
        """Raises `SuiteError` where there is no map of that name."""
        self.name = name
        terrain = self._terrain = driving_map(name).ground.terrain
        driven = terrain.lane[: len(terrain.lane_f), DRIVEN] == 1
        counts = np.where(driven, np.maximum(np.ceil(terrain.lane_f[:, LANE_LENGTH] / STRETCH_M), 1), 0).astype(int)
        self._first = np.concatenate([[0], np.cumsum(counts)])
        self._visits = np.zeros(self._first[-1], np.int64)

    def add(self, episode: Episode) -> None:
        """Count one episode's steps."""
        steps = len(episode)
        read = episode.read_many([STATE + "mind", STATE + "body"], 0, steps)
        lane = read[STATE + "mind"][:, EGO, LANE].astype(np.int64)
        arc = read[STATE + "body"][:, EGO, LANE_ARC].astype(np.float64)
        on = lane >= 0
        lane, arc = lane[on], arc[on]
        counts = self._first[lane + 1] - self._first[lane]
        known = counts > 0
        place = np.clip((arc[known] / STRETCH_M).astype(np.int64), 0, counts[known] - 1)
        np.add.at(self._visits, self._first[lane[known]] + place, 1)

    def done(self) -> Coverage:
        """What was counted."""
        lanes = np.flatnonzero(np.diff(self._first))
        lines = tuple(_line(self._terrain, int(lane)) for lane in lanes)
        counts = np.diff(self._first)[lanes].tolist()
        parts = [_cut(line, count) for line, count in zip(lines, counts, strict=True)]
        return Coverage(self.name, lines, np.concatenate(parts), self._visits)


def _line(terrain: Terrain, lane: int) -> NDArray[np.float64]:
    """[p, 2] a lane's middle, world metres."""
    points = terrain.point[terrain.lane[lane, FIRST_POINT] : terrain.lane[lane + 1, FIRST_POINT]]
    line: NDArray[np.float64] = points[:, [PX, PY]].astype(np.float64) + np.array([terrain.origin_x, terrain.origin_y])
    return line


def _cut(line: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """[count, 4] begin and end of equal stretches of a line."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.minimum(np.arange(count + 1) * STRETCH_M, along[-1])
    points = np.stack([np.interp(at, along, line[:, k]) for k in (0, 1)], axis=1)
    return np.concatenate([points[:-1], points[1:]], axis=1)
