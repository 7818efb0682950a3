"""Between the world and a picture that is seen from above, heading up. Source: ours.

A picture's rows run from ahead to behind, its columns from left to right. Places in it are continuous: pixel (row, col)
covers [row, row + 1) x [col, col + 1) and shows what lies at its centre. `View` holds where the ego is and which way is
up; all of it is float64, since a pixel's place on a large map needs more than float32 has.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan
from sim_suite.driving.world.layout import TRAIL_TICKS, YAW, X, Y

FIXED_BITS: Final = 32
"""Places on the textures are counted in 2^-32 texels: adding a step for each of 1024 columns is off by 1e-7 texels at most."""
_ONE: Final = 4294967296.0
_FAR_OUT: Final = 1e9
"""Texels: no map is so large, and what is beyond does not fit."""


class View(NamedTuple):
    """Where a picture is taken. World frame, relative to the terrain's origin."""

    x: float
    y: float
    heading: float
    """Of the picture's upward direction."""
    cos: float
    sin: float


@borrowing
def view_of(body: np.ndarray, rotation: float) -> View:
    """The view of an ego, body: [BODY], turned counter-clockwise by `rotation` rad."""
    heading = float(body[YAW]) + rotation
    return View(float(body[X]), float(body[Y]), heading, math.cos(heading), math.sin(heading))


@borrowing
def to_picture(plan: RasterPlan, view: View, x: float, y: float) -> tuple[float, float]:
    """(row, col) of a place in the world."""
    ahead = (x - view.x) * view.cos + (y - view.y) * view.sin
    right = (x - view.x) * view.sin - (y - view.y) * view.cos
    return plan.ego_row - ahead / plan.metres_per_pixel, plan.ego_col + right / plan.metres_per_pixel


@borrowing
def to_world(plan: RasterPlan, view: View, row: float, col: float) -> tuple[float, float]:
    """(x, y) of a place in the picture."""
    ahead = (plan.ego_row - row) * plan.metres_per_pixel
    right = (col - plan.ego_col) * plan.metres_per_pixel
    return view.x + ahead * view.cos + right * view.sin, view.y + ahead * view.sin - right * view.cos


@borrowing
def to_fixed(texels: float) -> int:
    """A place along a side of the textures as a whole number of 2^-32 texels; far below 0 where it is far out or NaN."""
    if not -_FAR_OUT < texels < _FAR_OUT:
        return -(1 << 62)
    return int(math.floor(texels * _ONE))  # noqa: RUF046  on a GPU floor is a float


@borrowing
def pose_ago(
    body: np.ndarray, trail: np.ndarray, tick: int, born: int, ticks_ago: int
) -> tuple[bool, float, float, float]:
    """(whether it is known, x, y, yaw) of an actor some ticks ago, a multiple of TRAIL_TICKS.

    body: [BODY]; trail: [H, 4], whose newest entry was written at the last tick that TRAIL_TICKS divides. Between two
    entries the pose is interpolated, so that frames are equally far apart at every tick. Before the tick `born` the slot
    was another's: the actor is then where it came into the world.
    """
    since = tick % TRAIL_TICKS
    own = (tick - since - born) // TRAIL_TICKS
    if ticks_ago == 0 or own < 0:
        return True, float(body[X]), float(body[Y]), float(body[YAW])
    older = min(ticks_ago // TRAIL_TICKS, own)
    if trail[older, 3] == 0.0:
        return False, 0.0, 0.0, 0.0
    x, y, yaw = float(trail[older, 0]), float(trail[older, 1]), float(trail[older, 2])
    if since == 0 or older * TRAIL_TICKS < ticks_ago:
        return True, x, y, yaw
    newer = older - 1
    if trail[newer, 3] == 0.0:
        return False, 0.0, 0.0, 0.0
    share = since / TRAIL_TICKS
    turn = float(trail[newer, 2]) - yaw
    turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
    return True, x + share * (float(trail[newer, 0]) - x), y + share * (float(trail[newer, 1]) - y), yaw + share * turn
