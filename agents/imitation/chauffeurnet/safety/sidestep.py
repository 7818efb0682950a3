"""Waypoints moved aside, past somebody who stands in their way. Source: ours.

A network passes parked cars, which it was shown; somebody who waits at the kerb, or for the car to be gone, it may touch. Who only brakes
before them stands there for good.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.safety.conflicts import Margins, meeting
from agents.imitation.chauffeurnet.safety.path import Floats, reachable_headings, shown_at
from perception.moving import SPEED_X, SPEED_Y
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.sensors.raster.intensity import PAVED_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.kinds import CAR

ASIDE_M: Final = (0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
"""To the left, m, the least first: from lane to lane it would be 3 m and more."""
OVER_M: Final = 5.0
"""The way over which one moves aside, or the whole where it is shorter: about as far as the tracker aims ahead."""
PERSON_M: Final = 0.3
"""Between the car and people that stand."""
LEAST_M: Final = 1.0
"""Who is to drive less than this is about to stop, not to pass."""
_HALF_LENGTH, _HALF_WIDTH = float(PARAMETERS[CAR, LENGTH_M]) / 2, float(PARAMETERS[CAR, WIDTH_M]) / 2


def standing(others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Those of [n, OTHER] that do not move."""
    there: NDArray[np.float32] = others[(others[:, SPEED_X] == 0.0) & (others[:, SPEED_Y] == 0.0)]
    return there


def past_standing(
    places: NDArray[np.float32], headings: NDArray[np.float32], others: NDArray[np.float32], road: NDArray[np.uint8],
    spec: RasterSpec,
) -> NDArray[np.float32]:  # fmt: skip
    """Places [N, 2] moved aside as little as keeps clear of others, `widened` and standing, and on the road; as they are where none does.

    headings: [N] rad; road: the plane of the raster.
    """
    x, y = np.append(0.0, places[:, 0]), np.append(0.0, places[:, 1])
    arc = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    if not len(others) or arc[-1] < LEAST_M:
        return places
    turned = np.append(0.0, reachable_headings(places, headings))
    share = np.clip(arc / min(arc[-1], OVER_M), 0.0, 1.0)
    for aside in ASIDE_M:
        moved = aside * share
        moved_x, moved_y = x - moved * np.sin(turned), y + moved * np.cos(turned)
        slant = np.arctan2(np.gradient(moved), np.maximum(np.gradient(arc), 0.05))
        poses = (moved_x[1:], moved_y[1:], (turned + slant)[1:])
        if meeting(poses, others, Margins()) < len(places):
            continue
        if aside == 0.0:
            return places
        if _on_road(poses, np.sign(aside), road, spec):
            return np.stack(poses[:2], axis=1).astype(np.float32)
    return places


def _on_road(poses: tuple[Floats, Floats, Floats], side: float, road: NDArray[np.uint8], spec: RasterSpec) -> bool:
    """Whether the front corner on that side (1: left) stays on paved ground, where the raster shows it."""
    x, y, heading = poses
    corner_x = x + _HALF_LENGTH * np.cos(heading) - side * _HALF_WIDTH * np.sin(heading)
    corner_y = y + _HALF_LENGTH * np.sin(heading) + side * _HALF_WIDTH * np.cos(heading)
    return bool((shown_at(road, spec, corner_x, corner_y, beyond=PAVED_VALUE) >= PAVED_VALUE).all())
