"""All boxes of a picture by number: other road users in each frame, then the ego, then its past poses. Source: ours.

Every box is a function of its number, so that threads of a GPU can each place one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.raster.boxes import half_side
from sim_suite.driving.sensors.raster.intensity import FULL, actor_value, pose_value
from sim_suite.driving.sensors.raster.placing import View, pose_ago, to_picture
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import BORN, CONTROL, KIND, LENGTH, WIDTH

DOT_M: Final = 0.6
"""Side of the square that marks a past pose."""
NOT_DRAWN: Final = -1


class Box(NamedTuple):
    """One box in a picture."""

    plane: int
    """NOT_DRAWN where there is none."""
    value: int
    row: float
    """Of its centre; pixels."""
    col: float
    turn: float
    """Of its long axis from up, rad counter-clockwise."""
    half_length: float
    """Pixels."""
    half_width: float


@borrowing
def num_boxes(plan: RasterPlan, actors: int) -> int:
    """How many numbers there are. actors: slots in use."""
    return actors * len(plan.actors) + 1 + plan.past_points


@borrowing
def box_of(
    plan: RasterPlan, view: View, number: int, ego: int, actors: int, body: np.ndarray, mind: np.ndarray,
    trail: np.ndarray, tick: int, visible: np.ndarray, past_points: int,
) -> Box:  # fmt: skip
    """The box with a number. body: [A, BODY], mind: [A, MIND], trail: [A, H, 4] of a world; visible: [A] of the ego."""
    others = actors * len(plan.actors)
    if number < others:
        a, frame = number // len(plan.actors), number % len(plan.actors)
        shown = a != ego and mind[a, CONTROL] != NO_CONTROL and visible[a] != 0
        plane, ticks_ago = int(plan.actors[frame, 0]), int(plan.actors[frame, 1])
        length, width, value = float(body[a, LENGTH]), float(body[a, WIDTH]), actor_value(mind[a, KIND])
    elif number == others:
        a, shown, plane, ticks_ago = ego, plan.ego >= 0, plan.ego, 0
        length, width, value = float(body[a, LENGTH]), float(body[a, WIDTH]), FULL
    else:
        age = number - others - 1
        a, plane, ticks_ago = ego, plan.past_poses, age * plan.history_ticks
        shown = plane >= 0 and age < past_points
        length, width, value = DOT_M, DOT_M, pose_value(age, plan.past_points)
    if not shown:
        return Box(NOT_DRAWN, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    known, x, y, yaw = pose_ago(body[a], trail[a], tick, mind[a, BORN], ticks_ago)
    row, col = to_picture(plan, view, x, y)
    half_length, half_width = half_side(length, plan.metres_per_pixel), half_side(width, plan.metres_per_pixel)
    return Box(plane if known else NOT_DRAWN, value, row, col, yaw - view.heading, half_length, half_width)
