"""The way that waypoints lead, with poses at any distance. Frame: the vehicle's, x ahead, y left of its box's middle. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.tracker import reachable_headings

Floats = NDArray[np.float64]
BEYOND_M: Final = 16.0
"""The path runs on straight after the last waypoint for so long: a car's half, and as far as lines are looked for."""
_SAME_M: Final = 0.02


class Path(NamedTuple):
    """Poses of the box's centre, from where the car is."""

    arc: Floats
    """[P] m, rising from 0."""
    x: Floats
    """[P] m."""
    y: Floats
    """[P] m."""
    heading: Floats
    """[P] rad, not wrapped."""
    planned: Floats
    """[N] m: where on the path the car is to be at each waypoint; never falling."""

    def at(self, arc: Floats) -> tuple[Floats, Floats, Floats]:
        """x, y and heading at distances of any shape, m from here."""
        return (
            np.interp(arc, self.arc, self.x),
            np.interp(arc, self.arc, self.y),
            np.interp(arc, self.arc, self.heading),
        )


def path_through(places: NDArray[np.float32], headings: NDArray[np.float32]) -> Path:
    """The path of one car. places: [N, 2] m; headings: [N] rad. Waypoints that lead back stand still."""
    x, y = np.append(0.0, places[:, 0]), np.append(0.0, places[:, 1])
    heading = np.append(0.0, reachable_headings(places, headings))
    step = np.hypot(np.diff(x), np.diff(y))
    ahead = np.diff(x) * np.cos(heading[:-1]) + np.diff(y) * np.sin(heading[:-1]) >= 0.0
    step = np.where(ahead, step, 0.0)
    arc = np.append(0.0, np.cumsum(step))
    moves = np.append(True, step > _SAME_M)
    x, y, turned, kept = x[moves], y[moves], np.unwrap(heading[moves]), arc[moves]
    end = turned[-1]
    return Path(
        np.append(kept, kept[-1] + BEYOND_M),
        np.append(x, x[-1] + BEYOND_M * np.cos(end)),
        np.append(y, y[-1] + BEYOND_M * np.sin(end)),
        np.append(turned, end),
        arc[1:],
    )
