"""Where the others will be: vehicles keep their speed along their lanes, people theirs straight on, what stands stands.

Source: the constant-velocity forecast of PDM-Closed (Dauner et al. 2023, arXiv:2306.07962, section 3.2), along lanes where the lane
ahead is known. Who brakes goes on braking, and the traffic stops where its own look at lines, crosswalks and junctions stops it.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.reference import place_near
from agents.experts.driving.scene import Scene
from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.idm import FREE, GAP_STANDING_M
from sim_suite.driving.traffic.junctions import look_at_junctions
from sim_suite.driving.traffic.leaders import planned_lateral
from sim_suite.driving.traffic.passing import PULL_OUT_M
from sim_suite.driving.traffic.stops import look_at_crosswalks, look_at_lines
from sim_suite.driving.world.kinds import BICYCLE, NO_CONTROL, PEDESTRIAN, SCRIPT, STILL, TRAFFIC
from sim_suite.driving.world.lanes import length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import (
    ACCEL,
    ARC,
    CONTROL,
    KIND,
    LENGTH,
    NUM_ACTORS,
    PATH,
    SLIP,
    SPEED,
    SPEED_LIMIT,
    TICK,
    WIDTH,
    WISH,
    YAW,
    X,
    Y,
)
from sim_suite.driving.world.terrain import Terrain

STEP_S: Final = np.float32(0.1)
STEPS: Final = 50
"""A second beyond the proposals: time to collision looks there."""
NEAR_M: Final = np.float32(80.0)
"""Two who drive at 10 m/s meet from so far within 4 s."""


LOOK_M: Final = np.float32(60.0)
"""So far ahead it matters where the others stop."""

# Columns of `Forecast.at`, [A, STEPS + 1, AT] float32.
FX: Final = 0
FY: Final = 1
FCOS: Final = 2
FSIN: Final = 3
FALONG: Final = 4
"""Along the route's table, m."""
FASIDE: Final = 5
FSPEED: Final = 6
"""Along the table, m/s; negative against it."""
FMPS: Final = 7
"""Along its own heading, m/s."""
AT: Final = 8
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


class Forecast(NamedTuple):
    """Those near the driver, in the order of their slots, the first `number[0]` rows of each array. A actors."""

    number: NDArray[np.int32]
    """[1]"""
    who: NDArray[np.int32]
    """[A] Slots."""
    size: NDArray[np.float32]
    """[A, 3] Half of length, half of width, and how far behind it one stops, m."""
    at: NDArray[np.float32]
    """[A, STEPS + 1, AT]"""


def new_forecast(actors: int) -> Forecast:
    """Room for so many."""
    return Forecast(
        np.zeros(1, np.int32), np.zeros(actors, np.int32), np.zeros((actors, 3), np.float32),
        np.zeros((actors, STEPS + 1, AT), np.float32),
    )  # fmt: skip


@called
def fill_forecast(scene: Scene, i: int, terrain: Terrain, table: NDArray[np.float32], forecast: Forecast) -> None:
    """Write the forecast of all within NEAR_M of the driver in slot i."""
    own, count = scene.bodies[i], 0
    for j in range(scene.world[NUM_ACTORS]):
        body, mind = scene.bodies[j], scene.minds[j]
        dx, dy = body[X] - own[X], body[Y] - own[Y]
        if j == i or mind[CONTROL] == NO_CONTROL or dx * dx + dy * dy > NEAR_M * NEAR_M:
            continue
        at = forecast.at[count]
        forecast.who[count] = j
        stands = mind[CONTROL] == STILL or mind[KIND] > PEDESTRIAN
        size = forecast.size[count]
        size[0], size[1] = _HALF * body[LENGTH], _HALF * body[WIDTH]
        size[2] = PULL_OUT_M if stands else GAP_STANDING_M
        follows = mind[KIND] <= BICYCLE and mind[CONTROL] != STILL and mind[CONTROL] != SCRIPT
        if follows and scene.paths[j, 0] >= 0:
            _along_lanes(scene, j, terrain, at)
        else:
            _straight_on(body, stands, at)
        _place_on_table(table, at)
        count += 1
    forecast.number[0] = count


@borrowing
def _straight_on(body: NDArray[np.float32], stands: bool, at: NDArray[np.float32]) -> None:
    course = body[YAW] + body[SLIP]
    speed = _ZERO if stands else body[SPEED]
    dx = speed * np.float32(math.cos(course)) * STEP_S
    dy = speed * np.float32(math.sin(course)) * STEP_S
    cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
    for k in range(STEPS + 1):
        at[k, FX], at[k, FY] = body[X] + np.float32(k) * dx, body[Y] + np.float32(k) * dy
        at[k, FCOS], at[k, FSIN], at[k, FMPS] = cos, sin, speed


@borrowing
def _along_lanes(scene: Scene, j: int, terrain: Terrain, at: NDArray[np.float32]) -> None:
    body, path, span = scene.bodies[j], scene.paths[j], scene.spans[j]
    stop = _where_it_stops(scene, j, terrain)
    gains = min(body[ACCEL], _ZERO) if body[ACCEL] < np.float32(-0.3) else _ZERO
    speed, passed, n, arc = max(body[SPEED], _ZERO), _ZERO, 0, body[ARC]
    most = max(stop, _ZERO) if stop < FREE else FREE
    for k in range(STEPS + 1):
        lane = path[n]
        x, y, heading, _ = pose_at(terrain, lane, arc)
        _, _, safe = width_and_speeds(terrain, lane, arc)
        beyond = max(arc - length_of(terrain, lane), _ZERO)
        aside = planned_lateral(body, passed)
        cos, sin = np.float32(math.cos(heading)), np.float32(math.sin(heading))
        at[k, FX], at[k, FY] = x + beyond * cos - aside * sin, y + beyond * sin + aside * cos
        at[k, FCOS], at[k, FSIN], at[k, FMPS] = cos, sin, speed
        speed = min(max(speed + gains * STEP_S, _ZERO), max(safe, np.float32(3.0)))
        if passed + speed * STEP_S > most:
            speed = _ZERO
        passed += speed * STEP_S
        arc += speed * STEP_S
        while arc > span[n, 1] and n + 1 < PATH and path[n + 1] >= 0:
            arc = arc - span[n, 1] + span[n + 1, 0]
            n += 1


@borrowing
def _where_it_stops(scene: Scene, j: int, terrain: Terrain) -> np.float32:
    """How far on the rules stop one of the traffic now, m; FREE where they do not. The presence lists hold who is where."""
    body, mind, path, span = scene.bodies[j], scene.minds[j], scene.paths[j], scene.spans[j]
    presence, tick = scene.presence, scene.world[TICK]
    pace = body[WISH] * body[SPEED_LIMIT]
    stop, line, _, _ = look_at_lines(body, mind, path, span, terrain, scene.lights, tick, LOOK_M)
    if mind[CONTROL] != TRAFFIC:
        return stop
    crosswalk = look_at_crosswalks(presence, 0, body, path, span, scene.bodies, scene.minds, terrain, LOOK_M, pace)
    held, _, _ = look_at_junctions(
        presence, 0, j, body, mind, path, span, scene.bodies, scene.minds, terrain, scene.lights, tick, line, LOOK_M,
        pace,
    )  # fmt: skip
    return min(stop, min(crosswalk, held))


@borrowing
def _place_on_table(table: NDArray[np.float32], at: NDArray[np.float32]) -> None:
    """Where it is beside the driver's route, step by step."""
    guess = 0
    best = np.float32(1e9)
    for n in range(0, len(table), 6):
        dx, dy = at[0, FX] - table[n, 0], at[0, FY] - table[n, 1]
        if dx * dx + dy * dy < best:
            best, guess = dx * dx + dy * dy, n
    for k in range(STEPS + 1):
        along, aside, guess = place_near(table, guess, at[k, FX], at[k, FY])
        facing = at[k, FCOS] * table[guess, 2] + at[k, FSIN] * table[guess, 3]
        at[k, FALONG], at[k, FASIDE], at[k, FSPEED] = along, aside, at[k, FMPS] * facing
