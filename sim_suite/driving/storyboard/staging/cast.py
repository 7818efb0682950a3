"""What moves the actors of a storyboard: the motion that each is in, as arrays that a kernel reads every tick. Source: ours.

W worlds, E entities; entity e of a scenario is in slot e of its world. float64, since a path is followed for many ticks.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Columns of `Cast.number`, [W, E, NUMBERS] float64.
ARC: Final = 0
"""Along its lane, m."""
ASIDE: Final = 1
"""From the lane's centre, m, positive to the left of the lane's direction."""
PACE: Final = 2
"""Speed, m/s; negative backwards."""
PACE_FROM: Final = 3
PACE_TO: Final = 4
PACE_SPENT: Final = 5
"""Seconds or metres of the change of speed that are over, of ..."""
PACE_NEEDED: Final = 6
ASIDE_FROM: Final = 7
ASIDE_TO: Final = 8
ASIDE_SPENT: Final = 9
ASIDE_NEEDED: Final = 10
ALONG: Final = 11
"""Along its trajectory: metres or, where that is timed, seconds."""
CLOCK_SCALE: Final = 12
"""Seconds of a timed trajectory a second."""
TRAVELLED: Final = 13
"""Metres since the start."""
PX: Final = 14
"""Place and heading in float64, terrain's frame; kept while it moves straight on."""
PY: Final = 15
PYAW: Final = 16
STOOD: Final = 17
"""Seconds that it has stood."""
OFF_ROAD: Final = 18
"""Seconds that it has been off the road."""
AT_END: Final = 19
"""Seconds that it has been at the end of the road."""
NUMBERS: Final = 20

# Columns of `Cast.integer`, [W, E, INDICES] int32.
MODE: Final = 0
LANE: Final = 1
WAY: Final = 2
"""1 along the lane, -1 against it."""
PACE_SHAPE: Final = 3
PACE_BY: Final = 4
ASIDE_SHAPE: Final = 5
ASIDE_BY: Final = 6
TRACK: Final = 7
"""Row of `Cast.track`."""
TIMED: Final = 8
ROUTE: Final = 9
"""Row of `Cast.route`, or -1."""
PACE_RUN: Final = 10
"""Number of the action that changes its speed, 0 none; a later one takes it over."""
ASIDE_RUN: Final = 11
PATH_RUN: Final = 12
ROUTE_RUN: Final = 13
INDICES: Final = 14

ABSENT, ON_LANE, STRAIGHT, ON_TRACK, DRIVEN = range(5)
"""Modes: has no place yet; follows its lane; goes on along its heading; follows a trajectory; is driven by an agent."""
STEP, LINEAR, CUBIC, SINUSOIDAL = range(4)
SHAPES: Final = {"step": STEP, "linear": LINEAR, "cubic": CUBIC, "sinusoidal": SINUSOIDAL}
BY_TIME, BY_DISTANCE = range(2)

# Columns of `Cast.track`, [N, P, 5] float64.
TX, TY, TH, TTIME, TS = range(5)


class Cast(NamedTuple):
    """The motion of all entities. Written by actions, moved on by `perform`."""

    number: NDArray[np.float64]
    """[W, E, NUMBERS]"""
    integer: NDArray[np.int32]
    """[W, E, INDICES]"""
    track: NDArray[np.float64]
    """[N, P, 5] Points of trajectories: x, y (terrain's frame), heading, time s, metres along; the last point is repeated."""
    route: NDArray[np.int32]
    """[M, R] Lanes of routes; -1 after the last."""


def new_cast(worlds: int, entities: int) -> Cast:
    """Nobody is there yet."""
    cast = Cast(
        np.zeros((worlds, entities, NUMBERS)),
        np.zeros((worlds, entities, INDICES), np.int32),
        np.zeros((1, 2, 5)),
        np.full((1, 1), -1, np.int32),
    )
    cast.integer[..., ROUTE] = -1
    cast.integer[..., WAY] = 1
    cast.number[..., CLOCK_SCALE] = 1.0
    return cast
