"""Two maps to route on: a ring with forks, and a road of several lanes."""

from __future__ import annotations

import math

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT, LaneKind
from tests.driving.roads.lanes_by_hand import Strip

R = 10.0
QUARTER = R * math.pi / 2


def highway() -> list[Strip]:
    """Three lanes of 200 m, 0 to the left, then 100 m where changes are forbidden; a bus lane to the right of all."""
    both = CHANGE_LEFT | CHANGE_RIGHT
    change = [CHANGE_RIGHT, both, both]
    first = [
        Strip(
            0,
            -3.5 * i,
            0,
            200,
            road=0,
            left=i - 1,
            right=i + 1,
            change=change[i],
            successors=(4 + i,),
            speed=30 - 10 * i,
        )
        for i in range(3)
    ]
    bus = Strip(0, -10.5, 0, 200, road=0, left=2, kind=LaneKind.BUS, change=CHANGE_LEFT)
    last = [
        Strip(200, -3.5 * i, 0, 100, road=1, left=3 + i if i else -1, right=5 + i if i < 2 else -1) for i in range(3)
    ]
    return [*first, bus, *last]


def ring() -> list[Strip]:
    """Lane 0 leads to a junction: left (1) into the dead end 4, straight (2) into the dead end 5, right (3) round to 0.

    The right turn is of two lanes, 3 and 6; 7 goes back round to the start of lane 0.
    """
    half = QUARTER / 2
    right = Strip(50, 0, 0, half, -1 / R, junction=0, successors=(6,))
    x, y, heading = right.end()
    right_2 = Strip(x, y, heading, half, -1 / R, junction=0, successors=(7,))
    x, y, heading = right_2.end()
    return [
        Strip(0, 0, 0, 50, successors=(1, 2, 3), speed=10.0),
        Strip(50, 0, 0, QUARTER, 1 / R, junction=0, successors=(4,)),
        Strip(50, 0, 0, 20, junction=0, successors=(5,)),
        right,
        Strip(60, 10, math.pi / 2, 30),
        Strip(70, 0, 0, 300),
        right_2,
        Strip(x, y, heading, 100, -2 * math.pi / 100 * 0.75, successors=(0,), speed=20.0),
    ]
