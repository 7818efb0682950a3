"""What a route asks of a driver at a waypoint, and how turns are told apart. The numbers are those of CARLA's PythonAPI."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

TURN_DEG: Final = 35.0
"""A way through a junction that turns by less is straight on; as in CARLA's route planner and driving/roads/routes."""


class RoadOption(IntEnum):
    """The commands along a route."""

    VOID = -1
    LEFT = 1
    RIGHT = 2
    STRAIGHT = 3
    LANEFOLLOW = 4
    CHANGELANELEFT = 5
    CHANGELANERIGHT = 6


CHANGES: Final = (RoadOption.CHANGELANELEFT, RoadOption.CHANGELANERIGHT)


def wrapped_deg(angle: float) -> float:
    """The same angle in [-180, 180)."""
    return (angle + 180.0) % 360.0 - 180.0


def way_through(yaws: Iterable[tuple[float, float]]) -> RoadOption:
    """What a way through a junction is. yaws: at the beginning and end of each of its lanes, degrees clockwise."""
    turn = sum(wrapped_deg(end - begin) for begin, end in yaws)
    if abs(turn) < TURN_DEG:
        return RoadOption.STRAIGHT
    return RoadOption.RIGHT if turn > 0.0 else RoadOption.LEFT
