"""What a pixel's value means in each channel. Source: ours; lights and speed limits in the manner of ChauffeurNet (Bansal et al.
2018, section 3.1): "red brightest", then yellow, then green; the limit in proportion.

Where several things share a pixel the brightest is seen, so their order never matters. Who changes what a pixel means raises
`envs.views.DRAWING`, so that nothing is shown to networks that learned otherwise.
"""

from __future__ import annotations

from typing import Final

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import CROSSWALK, EDGE, JUNCTION, MARK, ROAD, SIDEWALK, STOP_LINE
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.world.kinds import BICYCLE, GREEN, OBSTACLE, PEDESTRIAN, RED, YELLOW

PAVED_GROUND: Final = JUNCTION
"""Bit of a texel's mask: rasters do not show junctions, so in their textures it says where ground is paved (raster_plan.py)."""
FULL: Final = 255
PAVED_VALUE: Final = 170
SIDEWALK_VALUE: Final = 85
EDGE_VALUE: Final = 128
STOP_SIGN_VALUE, GIVE_WAY_VALUE, LIGHT_LINE_VALUE = 255, 192, 128
"""Of the lines at which a stop sign, a give-way sign or a light holds traffic. Drawn alike, a sign's line would be told from a light's by
nothing but the lack of a light, and a green one is faint. Signs are drawn along the centre lines of the junction lanes that they hold as
well, as lights are: a line is seven pixels of half a metre."""
CROSSWALK_VALUE: Final = 64
GREEN_VALUE, YELLOW_VALUE, RED_VALUE = 85, 170, 255
"""Lights that are off are not seen."""
LIMIT_FULL_MPS: Final = 40.0
"""Speed limits from here on (144 km/h) have the full value."""
OBSTACLE_VALUE, VEHICLE_VALUE, BICYCLE_VALUE, PEDESTRIAN_VALUE = 100, 150, 200, 255
"""The fewer pixels a kind has, the brighter they are. Parked vehicles look like others: that they stand is seen over time."""
OLDEST_POSE_VALUE: Final = 60
"""Of the past poses, from FULL now to this in equal steps."""


@borrowing
def road_value(mask: int) -> int:
    """Lanes for motor traffic, sidewalks, and other paved ground."""
    if mask & ROAD:
        return FULL
    if mask & SIDEWALK:
        return SIDEWALK_VALUE
    return PAVED_VALUE if mask & PAVED_GROUND else 0


@borrowing
def marks_value(mask: int) -> int:
    """Painted lines, and where paved ground ends."""
    if mask & MARK:
        return FULL
    return EDGE_VALUE if mask & EDGE else 0


@borrowing
def crossing_value(mask: int) -> int:
    """Crosswalks; stop lines as where a light holds traffic: what their lanes say of them is drawn over it."""
    if mask & STOP_LINE:
        return LIGHT_LINE_VALUE
    return CROSSWALK_VALUE if mask & CROSSWALK else 0


def line_value(kind: int) -> int:
    """Of the line at which a signal of a SignalKind holds traffic."""
    if kind == SignalKind.STOP:
        return STOP_SIGN_VALUE
    return GIVE_WAY_VALUE if kind == SignalKind.YIELD else LIGHT_LINE_VALUE


@borrowing
def light_value(light: int) -> int:
    """Of a Light."""
    if light == RED:
        return RED_VALUE
    if light == YELLOW:
        return YELLOW_VALUE
    return GREEN_VALUE if light == GREEN else 0


@borrowing
def actor_value(kind: int) -> int:
    """Of an ActorKind."""
    if kind == PEDESTRIAN:
        return PEDESTRIAN_VALUE
    if kind == BICYCLE:
        return BICYCLE_VALUE
    return OBSTACLE_VALUE if kind == OBSTACLE else VEHICLE_VALUE


@borrowing
def pose_value(number: int, points: int) -> int:
    """Of the pose `number` of `points`, 0 newest."""
    return FULL if number == 0 else FULL - (FULL - OLDEST_POSE_VALUE) * number // (points - 1)


def limit_value(limit_mps: float) -> int:
    """Of a speed limit, at least 1."""
    return max(1, round(FULL * min(limit_mps, LIMIT_FULL_MPS) / LIMIT_FULL_MPS))
