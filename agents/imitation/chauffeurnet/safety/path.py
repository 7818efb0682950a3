"""The way that waypoints lead, with poses at any distance. Frame: the vehicle's, x ahead, y left of its box's middle. Source: ours."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, WHEELBASE_M
from sim_suite.driving.world.kinds import CAR

Floats = NDArray[np.float64]
BEYOND_M: Final = 16.0
"""The path runs on straight after the last waypoint for so long: a car's half, and as far as lines are looked for."""
TIGHTEST: Final = math.tan(float(PARAMETERS[CAR, MAX_WHEEL_RAD])) / float(PARAMETERS[CAR, WHEELBASE_M])
"""1/m, of the tightest turn."""
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


def reachable_headings(places: NDArray[np.float32], headings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Headings [..., N] as far from the present one as the tightest turn comes on the way through places [..., N, 2].

    A network that wavers between two futures says the place of the one and the heading of the other: a metre ahead, as before the car that
    it lets pass, turned as ten metres ahead, where it goes on. Who steers by that cuts the corner.
    """
    steps = np.diff(places, axis=-2, prepend=np.zeros_like(places[..., :1, :]))
    most = np.float32(TIGHTEST) * np.cumsum(np.hypot(steps[..., 0], steps[..., 1]), axis=-1)
    reached: NDArray[np.float32] = np.clip(headings, -most, most)
    return reached


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
