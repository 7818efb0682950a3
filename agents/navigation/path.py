"""The path ahead as a polyline on the ground, and where things are along it. Source: ours.

CARLA's world frame, metres: to the right of the path is positive.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
APART_M: Final = 0.05
"""Points nearer to each other than this are one: pieces have a direction."""


class Path:
    """A polyline. Its first and last piece go on straight, so that every place has an arc."""

    def __init__(self, points: Floats) -> None:
        """points: [K, 2], K >= 2 of them apart."""
        steps = np.diff(points, axis=0)
        kept = np.concatenate([[True], np.hypot(steps[:, 0], steps[:, 1]) > APART_M])
        self.points = points[kept]
        self._steps = np.diff(self.points, axis=0)
        self._lengths = np.hypot(self._steps[:, 0], self._steps[:, 1])
        self.arc_m: Floats = np.concatenate([[0.0], np.cumsum(self._lengths)])
        """[K] of each point."""

    @property
    def length_m(self) -> float:
        """Of all pieces."""
        return float(self.arc_m[-1])

    def project(self, places: Floats) -> tuple[Floats, Floats]:
        """[M] arc and [M] lateral distance of places [M, 2], on the nearest piece of each. Arcs beyond the ends are below 0 or
        above `length_m`."""
        rel = places[:, None, :] - self.points[None, :-1, :]
        unit = self._steps / self._lengths[:, None]
        along = (rel * unit[None]).sum(axis=2)
        low, high = np.zeros(len(unit)), self._lengths.copy()
        low[0], high[-1] = -np.inf, np.inf
        held = np.clip(along, low, high)
        aside = unit[None, :, 0] * rel[:, :, 1] - unit[None, :, 1] * rel[:, :, 0]
        away = np.hypot(along - held, aside)
        best = np.argmin(away, axis=1)
        rows = np.arange(len(places))
        arc: Floats = self.arc_m[best] + held[rows, best]
        lateral: Floats = np.where(aside[rows, best] < 0.0, -away[rows, best], away[rows, best])
        return arc, lateral

    def heading_rad(self, arc_m: float) -> float:
        """Of the piece at an arc, clockwise."""
        piece = int(np.clip(np.searchsorted(self.arc_m, arc_m, side="right") - 1, 0, len(self._steps) - 1))
        return float(np.arctan2(self._steps[piece, 1], self._steps[piece, 0]))

    def curvatures(self) -> tuple[Floats, Floats]:
        """[K - 2] arc and [K - 2] curvature, 1/m and at least 0, where pieces meet: the angle over the mean length of both."""
        heading = np.arctan2(self._steps[:, 1], self._steps[:, 0])
        turn = np.abs((np.diff(heading) + np.pi) % (2.0 * np.pi) - np.pi)
        return self.arc_m[1:-1], turn / (0.5 * (self._lengths[1:] + self._lengths[:-1]))
