"""The kinds of lanes, signals and objects that the rest of the suite tells apart. Source: ours, over the names of ASAM OpenDRIVE 1.8.

Kinds are small integers so that kernels can hold sets of them as bit masks: bit k of a mask stands for kind k.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class LaneKind(IntEnum):
    """What a lane is for (clause 11.7.1)."""

    NONE = 0
    DRIVING = 1
    SHOULDER = 2
    BORDER = 3
    STOP = 4
    RESTRICTED = 5
    PARKING = 6
    MEDIAN = 7
    BIKING = 8
    SIDEWALK = 9
    CURB = 10
    BUS = 11
    TAXI = 12
    HOV = 13
    ENTRY = 14
    EXIT = 15
    ON_RAMP = 16
    OFF_RAMP = 17
    CONNECTING_RAMP = 18
    SLIP_LANE = 19
    BIDIRECTIONAL = 20
    TRAM = 21
    RAIL = 22
    ROAD_WORKS = 23
    SPECIAL = 24


LANE_KINDS: Final[dict[str, LaneKind]] = {
    "none": LaneKind.NONE,
    "driving": LaneKind.DRIVING,
    "shoulder": LaneKind.SHOULDER,
    "border": LaneKind.BORDER,
    "stop": LaneKind.STOP,
    "restricted": LaneKind.RESTRICTED,
    "shared": LaneKind.DRIVING,
    "parking": LaneKind.PARKING,
    "median": LaneKind.MEDIAN,
    "biking": LaneKind.BIKING,
    "sidewalk": LaneKind.SIDEWALK,
    "walking": LaneKind.SIDEWALK,
    "curb": LaneKind.CURB,
    "bus": LaneKind.BUS,
    "taxi": LaneKind.TAXI,
    "HOV": LaneKind.HOV,
    "mwyEntry": LaneKind.ENTRY,
    "entry": LaneKind.ENTRY,
    "mwyExit": LaneKind.EXIT,
    "exit": LaneKind.EXIT,
    "onRamp": LaneKind.ON_RAMP,
    "offRamp": LaneKind.OFF_RAMP,
    "connectingRamp": LaneKind.CONNECTING_RAMP,
    "slipLane": LaneKind.SLIP_LANE,
    "bidirectional": LaneKind.BIDIRECTIONAL,
    "tram": LaneKind.TRAM,
    "rail": LaneKind.RAIL,
    "roadWorks": LaneKind.ROAD_WORKS,
    "special1": LaneKind.SPECIAL,
    "special2": LaneKind.SPECIAL,
    "special3": LaneKind.SPECIAL,
}
"""The names that files use, those of 1.4 among them."""


def mask_of(kinds: Iterable[LaneKind]) -> int:
    """The bit mask of a set of kinds, for kernels."""
    return sum(1 << kind for kind in set(kinds))


DRIVABLE: Final = mask_of(
    (LaneKind.DRIVING, LaneKind.ENTRY, LaneKind.EXIT, LaneKind.ON_RAMP, LaneKind.OFF_RAMP, LaneKind.CONNECTING_RAMP,
     LaneKind.SLIP_LANE, LaneKind.BIDIRECTIONAL, LaneKind.BUS, LaneKind.TAXI, LaneKind.HOV)
)  # fmt: skip
"""Lanes that motor traffic may use (buses, taxis and car pools their own)."""
WALKABLE: Final = mask_of((LaneKind.SIDEWALK,))
PAVED: Final = DRIVABLE | mask_of(
    (LaneKind.SHOULDER, LaneKind.STOP, LaneKind.PARKING, LaneKind.BIKING, LaneKind.RESTRICTED, LaneKind.ROAD_WORKS)
)
"""Where a car that leaves its lane still has road under it."""
ANY_LANE: Final = mask_of(LaneKind)


class SignalKind(IntEnum):
    """What a signal asks of a driver."""

    OTHER = 0
    LIGHT = 1
    STOP = 2
    YIELD = 3
    SPEED_LIMIT = 4
    STOP_LINE = 5
    """A painted line that a light or sign refers to (German 294)."""


class PropKind(IntEnum):
    """What an object along the road is."""

    OTHER = 0
    PARKING_SPACE = 1
    POLE = 2
    BUILDING = 3
    TREE = 4
    BARRIER = 5
    OBSTACLE = 6
    ROAD_MARK = 7


CHANGE_LEFT: Final = 1
CHANGE_RIGHT: Final = 2
"""Bits of `Points.change`: the marks allow a change into the lane to the left or right, which runs in the same direction."""


class Priority(IntEnum):
    """Who goes first where two lanes conflict (`Conflicts.priority`), seen from the lane itself."""

    UNREGULATED = 0
    GOES_FIRST = 1
    YIELDS = 2
    SIGNALLED = 3
    """Both are governed by lights."""


class MarkKind(IntEnum):
    """What is painted or built on a lane's border (clause 11.9); colours do not matter to kernels."""

    NONE = 0
    BROKEN = 1
    SOLID = 2
    SOLID_SOLID = 3
    SOLID_BROKEN = 4
    """Seen from the lane that the mark is listed for: nearest line last."""
    BROKEN_SOLID = 5
    BROKEN_BROKEN = 6
    BOTTS_DOTS = 7
    GRASS = 8
    CURB = 9
    EDGE = 10
    OTHER = 11
