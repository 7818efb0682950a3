"""A driver of pure pursuit and a PID controller that keeps to limits, bends, lines, crosswalks and the leader by simple gap rules.

Source: Coulter 1992 (CMU-RI-TR-92-01) for the wheel; gaps as in Gipps 1981 (Transportation Research B 15, 105): drive no faster
than lets you stop where you must. It neither yields at junctions by looking nor passes what stands.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.base import Driver
from agents.experts.driving.batch import Worlds
from agents.experts.driving.pid import drive_by_pid
from agents.experts.driving.reference import POINTS, TABLE, TLIMIT, TSAFE, fill_table
from agents.experts.driving.scene import Scene, copy_world, extend_path, new_scene
from sim_suite.compiling import borrowing, called, shared
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.leaders import find_leader
from sim_suite.driving.traffic.presence import forget, note_all
from sim_suite.driving.traffic.steering import pursue
from sim_suite.driving.traffic.stops import look_at_crosswalks, look_at_lines
from sim_suite.driving.world.layout import FRICTION, KIND, NUM_ACTORS, SPEED, TICK
from sim_suite.driving.world.terrain import DrivingMap, Ground, Terrain

BRAKE: Final = np.float32(2.0)
"""m/s^2 with which it reckons to stop."""
DELAY_S: Final = np.float32(0.5)
"""Until the pedals have taken effect."""
STRIDE_MPS: Final = np.float32(1.0)
"""It never wishes for more than its speed and this: the PID controller then gives 2.5 m/s^2 at most."""
STANDING_GAP_M: Final = np.float32(3.0)
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


class Desk(NamedTuple):
    """What a thread writes on."""

    scene: Scene
    table: NDArray[np.float32]
    """[POINTS, TABLE]"""


class PursuitDriver(Driver[Desk]):
    """Pure pursuit along the route, PID on the speed. Its memory is that of the PID controller."""

    memory_size = 2
    least_worlds = 8

    def new_desk(self, driving_map: DrivingMap, actors: int) -> Desk:
        return Desk(new_scene(driving_map, actors), np.zeros((POINTS, TABLE), np.float32))

    def decide(self, worlds: Worlds, ground: Ground, desk: Desk, begin: int, end: int) -> None:
        _drive_worlds(worlds, ground.terrain, desk, begin, end)


@borrowing
def stopping_speed(distance: np.float32, ahead_mps: np.float32) -> np.float32:
    """The speed from which BRAKE, after DELAY_S, ends `distance` m ahead at that of the one ahead, m/s."""
    delay = BRAKE * DELAY_S
    square = delay * delay + ahead_mps * ahead_mps + np.float32(2.0) * BRAKE * max(distance, _ZERO)
    return np.float32(math.sqrt(square)) - delay


@shared
def _drive_worlds(worlds: Worlds, terrain: Terrain, desk: Desk, begin: int, end: int) -> None:
    for k in range(begin, end):
        _drive(worlds, worlds.which[k], terrain, desk.scene, desk.table)


@called
def _drive(worlds: Worlds, w: int, terrain: Terrain, scene: Scene, table: NDArray[np.float32]) -> None:
    i, action = worlds.slot, worlds.actions[w]
    copy_world(worlds, w, 0, worlds.world[w, NUM_ACTORS], scene)
    body, mind, path, span = scene.bodies[i], scene.minds[i], scene.paths[i], scene.spans[i]
    extend_path(terrain, path, span)
    fill_table(body, path, span, terrain, scene.weather[FRICTION], table)
    speed, tick = body[SPEED], scene.world[TICK]
    horizon = np.float32(30.0) + speed * np.float32(2.0) + speed * speed / BRAKE
    note_all(scene.presence, 0, scene.bodies, scene.minds, scene.paths, scene.spans, scene.world[NUM_ACTORS], terrain)
    gap, leader_mps, _, _ = find_leader(scene.presence, 0, i, body, mind, path, span, terrain, horizon)
    stop, _, _, _ = look_at_lines(body, mind, path, span, terrain, scene.lights, tick, horizon)
    crosswalk = look_at_crosswalks(
        scene.presence, 0, body, path, span, scene.bodies, scene.minds, terrain, horizon, table[0, TLIMIT]
    )
    forget(scene.presence, 0)
    stop = min(stop, crosswalk)
    wish = min(table[0, TLIMIT], table[min(int(DELAY_S * speed), POINTS - 1), TSAFE])
    wish = min(wish, speed + STRIDE_MPS)
    if stop < FREE:
        wish = min(wish, stopping_speed(stop, _ZERO))
    if gap < FREE:
        wish = min(wish, stopping_speed(gap - STANDING_GAP_M, max(leader_mps, _ZERO)))
    wheel = pursue(body, path, span, terrain, _ZERO) / PARAMETERS[mind[KIND], MAX_WHEEL_RAD]
    action[0] = min(max(wheel, -_ONE), _ONE)
    action[1] = drive_by_pid(speed, wish, wish < np.float32(0.3), worlds.ticks, worlds.memory[w])
