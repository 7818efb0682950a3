"""Whom an ego sees: lines of sight past other road users and buildings, as far as the weather allows. Source: ours.

Lines run from the ego's centre to the centre and the four corners of the other's box; one that is free and short enough
suffices. They end at buildings and at boxes of other actors, except those of people on foot, whom one sees past. What the
ego itself stands in hides nothing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.buildings import Walls, build_walls, wall_between
from sim_suite.driving.world.kinds import NO_CONTROL, PEDESTRIAN
from sim_suite.driving.world.layout import (
    CONTROL,
    KIND,
    LENGTH,
    NUM_ACTORS,
    VISIBILITY,
    WIDTH,
    YAW,
    State,
    X,
    Y,
)
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

_LEAST_WORLDS: Final = 8  # a thread; to wake it takes as long


def map_walls(driving_map: DrivingMap) -> Walls:
    """What hides road users on a map."""
    terrain = driving_map.ground.terrain
    return build_walls(driving_map.graph.props, terrain.origin_x, terrain.origin_y)


def see(state: State, walls: Walls, out: NDArray[np.uint8], which: NDArray[np.int64] | None = None) -> None:
    """Fill `out`, [W, N, A] uint8: 1 where the agent sees the actor, itself among them; 0 for empty slots.

    which: [M] the worlds that are looked at, None for all; the rows of the others stay as they are.

    Raises SuiteError for an array that does not fit.
    """
    expected = state.num_worlds, state.legs.shape[1], state.body.shape[1]
    if out.shape != expected or out.dtype != np.uint8:
        raise SuiteError(f"out is {out.dtype} {out.shape}; give uint8 {expected}.")
    worlds = np.arange(state.num_worlds) if which is None else which
    share(
        lambda _, begin, end: _see(state.body, state.mind, state.world, state.weather, walls, out, worlds, begin, end),
        len(worlds),
        _LEAST_WORLDS,
    )


@shared
def _see(
    body: np.ndarray, mind: np.ndarray, world: np.ndarray, weather: np.ndarray, walls: Walls, out: np.ndarray,
    worlds: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    for w in worlds[begin:end]:
        for ego in range(out.shape[1]):
            visible(ego, body[w], mind[w], world[w, NUM_ACTORS], weather[w, VISIBILITY], walls, out[w, ego])


@called
def visible(
    ego: int, body: np.ndarray, mind: np.ndarray, count: int, range_m: float, walls: Walls, out: np.ndarray
) -> None:
    """Of one ego. body: [A, BODY]; mind: [A, MIND]; count: slots in use; out: [A] uint8."""
    for target in range(len(out)):
        there = target < count and mind[target, CONTROL] != NO_CONTROL and mind[ego, CONTROL] != NO_CONTROL
        out[target] = there and (target == ego or _sees(ego, target, body, mind, count, range_m, walls))


@borrowing
def _sees(ego: int, target: int, body: np.ndarray, mind: np.ndarray, count: int, range_m: float, walls: Walls) -> bool:
    x, y = float(body[ego, X]), float(body[ego, Y])
    cos, sin = math.cos(float(body[target, YAW])), math.sin(float(body[target, YAW]))
    for point in range(5):
        # The centre first: it is free most of the time.
        ahead = 0.0 if point == 0 else (0.5 if point & 1 else -0.5) * float(body[target, LENGTH])
        left = 0.0 if point == 0 else (0.5 if point <= 2 else -0.5) * float(body[target, WIDTH])
        to_x = float(body[target, X]) + ahead * cos - left * sin
        to_y = float(body[target, Y]) + ahead * sin + left * cos
        if (
            math.hypot(to_x - x, to_y - y) <= range_m
            and not _actor_between(ego, target, body, mind, count, x, y, to_x, to_y)
            and not wall_between(walls, x, y, to_x, to_y)
        ):
            return True
    return False


@borrowing
def _actor_between(
    ego: int, target: int, body: np.ndarray, mind: np.ndarray, count: int, x: float, y: float, to_x: float, to_y: float
) -> bool:
    for other in range(count):
        hides = (
            other != ego and other != target and mind[other, CONTROL] != NO_CONTROL and mind[other, KIND] != PEDESTRIAN
        )
        if hides and box_between(body[other], x, y, to_x, to_y):
            return True
    return False


@borrowing
def box_between(body: np.ndarray, x: float, y: float, to_x: float, to_y: float) -> bool:
    """Whether a line that begins outside of a box, body: [BODY], enters it."""
    from_x, from_y = x - float(body[X]), y - float(body[Y])
    # Most lines pass far from most boxes: that needs neither sine nor cosine.
    dx, dy = to_x - x, to_y - y
    aside, radius = from_x * dy - from_y * dx, 0.5 * (float(body[LENGTH]) + float(body[WIDTH]))
    if aside * aside > radius * radius * (dx * dx + dy * dy):
        return False
    cos, sin = math.cos(float(body[YAW])), math.sin(float(body[YAW]))
    enters, leaves = -1.0, 1.0
    for side in range(2):
        axis_x, axis_y = (cos, sin) if side == 0 else (-sin, cos)
        half = 0.5 * float(body[LENGTH if side == 0 else WIDTH])
        start = from_x * axis_x + from_y * axis_y
        step = dx * axis_x + dy * axis_y
        if step == 0.0:
            if abs(start) > half:
                return False
            continue
        one, other = (-half - start) / step, (half - start) / step
        enters, leaves = max(enters, min(one, other)), min(leaves, max(one, other))
    return 0.0 < enters <= leaves
