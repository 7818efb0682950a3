"""Where a CarRacing car is in its lane, as numbers that a picture may or may not tell. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.state import CarRacingState

NAMES: Final = ("speed_mps", "offset_m", "heading_error_rad", "curvature_per_m", "yaw_rate_rps", "steer_rad")
"""Left is positive: offset of the car from the road's middle, its heading against the road's, the road's bend, turning, front wheels."""
TILES_AHEAD: Final = 4
"""Over which the curvature is a mean: about 14 m, as far as `drives.AHEAD_M` looks."""


def road_state(state: CarRacingState) -> NDArray[np.float32]:
    """[6] float32, as `NAMES` says. The road runs through the tiles' middles in driving order."""
    centre = state.centre
    here = np.array([state.x_m, state.y_m])
    nearest = int(((centre - here) ** 2).sum(axis=1).argmin())
    along = _tangent(centre, nearest)
    x, y = here - centre[nearest]
    offset = along[0] * y - along[1] * x
    road = math.atan2(along[1], along[0])
    ahead = (nearest + TILES_AHEAD) % len(centre)
    further = _tangent(centre, ahead)
    bend = math.remainder(math.atan2(further[1], further[0]) - road, 2 * math.pi)
    path = np.take(centre, range(nearest, nearest + TILES_AHEAD + 1), axis=0, mode="wrap")
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    heading = math.remainder(state.yaw_rad - road, 2 * math.pi)
    return np.array(
        [state.forward_mps, offset, heading, bend / length, state.yaw_rate_rps, state.steer_rad], np.float32
    )


def _tangent(centre: NDArray[np.float64], index: int) -> NDArray[np.float64]:
    """[2] of length 1: from the tile before to the tile behind."""
    along: NDArray[np.float64] = centre[(index + 1) % len(centre)] - centre[index - 1]
    unit: NDArray[np.float64] = along / np.hypot(*along)
    return unit
