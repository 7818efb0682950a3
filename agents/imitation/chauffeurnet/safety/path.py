"""The way that waypoints lead, with poses at any distance, and what a raster shows there. Source: ours.

Frame: the vehicle's, x ahead, y to the left of the centre of its box.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, WHEELBASE_M
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
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


def shown_at(plane: NDArray[np.uint8], spec: RasterSpec, x: Floats, y: Floats, beyond: int = 0) -> NDArray[np.uint8]:
    """What a plane [H, W] of a raster shows at places of the vehicle's frame, of any shape; `beyond` off the raster."""
    row = np.floor(spec.ego_row_col[0] - x / spec.metres_per_pixel).astype(np.int64)
    column = np.floor(spec.ego_row_col[1] - y / spec.metres_per_pixel).astype(np.int64)
    rows, columns = spec.size
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return np.where(inside, plane[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)], np.uint8(beyond))


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
