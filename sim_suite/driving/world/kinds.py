"""The kinds of actors, of control, and of what happens to them. Source: ours.

Kernels know numbers, not enumerations: each enumeration's numbers stand below it as plain integers.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

TICK_S: Final = 0.05
"""Seconds of one tick: 20 Hz, CARLA's usual fixed step (its leaderboard runs at it)."""
TICKS_A_SECOND: Final = 20


class ActorKind(IntEnum):
    """What an actor is. Static kinds never move."""

    CAR = 0
    TRUCK = 1
    BUS = 2
    BICYCLE = 3
    PEDESTRIAN = 4
    PARKED = 5
    """A parked vehicle."""
    OBSTACLE = 6
    """Anything else that stands: a barrier, a box, works."""


CAR, TRUCK, BUS, BICYCLE, PEDESTRIAN, PARKED, OBSTACLE = range(7)
NUM_KINDS: Final = 7


class Control(IntEnum):
    """Who moves an actor."""

    NONE = 0
    """The slot is empty."""
    TRAFFIC = 1
    """The traffic model: vehicles follow lanes, pedestrians walk."""
    AGENT = 2
    """Whoever writes `controls`; agents have routes."""
    SCRIPT = 3
    """Poses are written from outside between ticks; velocities are taken as written."""
    STILL = 4
    """Nobody: it stands."""


NO_CONTROL, TRAFFIC, AGENT, SCRIPT, STILL = range(5)


class Model(IntEnum):
    """How a vehicle moves."""

    KINEMATIC = 0
    """Kinematic bicycle: wheels roll where they point."""
    SINGLE_TRACK = 1
    """Single-track model with tyre limits: it understeers and slides."""


KINEMATIC, SINGLE_TRACK = range(2)


class EventKind(IntEnum):
    """What can happen to an actor. Each is noted once, when it begins."""

    COLLISION = 0
    OFF_ROAD = 1
    """A corner of the box is beyond the paved ground by more than a tolerance."""
    WRONG_WAY = 2
    """The centre is on a lane that runs against its heading, outside of junctions."""
    RED_LIGHT = 3
    """The front passes a stop line whose light is red."""
    STOP_SIGN = 4
    """The front passes the line of a stop sign at which it has not stood."""
    SPEEDING = 5
    """More than the tolerance above the limit."""
    LANE_INVASION = 6
    """The box crosses a mark that may not be crossed."""
    ROUTE_DEVIATION = 7
    """Farther from the route than allowed."""
    BLOCKED = 8
    """Has stood for too long."""
    ROUTE_DONE = 9
    """The end of the route is reached."""


COLLISION, OFF_ROAD, WRONG_WAY, RED_LIGHT, STOP_SIGN, SPEEDING, LANE_INVASION, ROUTE_DEVIATION, BLOCKED, ROUTE_DONE = (
    range(10)
)  # fmt: skip
NUM_EVENTS: Final = 10


class Light(IntEnum):
    """What a group of lights shows."""

    OFF = 0
    GREEN = 1
    YELLOW = 2
    RED = 3


OFF, GREEN, YELLOW, RED = range(4)

BRAKE_LIGHT: Final = 1
LEFT_INDICATOR: Final = 2
RIGHT_INDICATOR: Final = 4
"""Bits of the column SIGNALS."""
