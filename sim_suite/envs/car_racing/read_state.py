"""Reads the state of a CarRacing world out of its Box2D bodies, ours or Gymnasium's CarRacing-v3. Source: ours.

Gymnasium measures the hull's angle from north; here, and nowhere else, it is turned to the suite's frame.
"""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.car_racing import FPS, TRACK_WIDTH
from numpy.typing import NDArray

from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.errors import SuiteError

# Anything shaped like Gymnasium's CarRacing: its classes are untyped, so their attributes are too.
Untyped = Any

_centres: WeakKeyDictionary[gym.Env[Any, Any], tuple[Untyped, NDArray[np.float64]]] = WeakKeyDictionary()
"""The track that each live environment had when it was last read, and its centres: one array all episode long."""


def read_state(env: gym.Env[Any, Any]) -> CarRacingState:
    """The state of a CarRacing environment, wrapped or not, between two steps.

    The yaw is continuous: it is not wrapped into (-pi, pi]. Velocities are those of the hull's centre of mass, which is
    what Gymnasium shows and uses. Raises `SuiteError` where `env` is not a CarRacing world or was never reset.
    """
    world: Untyped = env.unwrapped
    if getattr(world, "car", None) is None or not hasattr(world, "track"):
        raise SuiteError(f"{world!r} has no car on a track to read. Use a CarRacing environment and reset it first.")
    hull, wheels = world.car.hull, world.car.wheels
    yaw = hull.angle + math.pi / 2
    nose_x, nose_y = math.cos(yaw), math.sin(yaw)
    velocity_x, velocity_y = hull.linearVelocity
    visited = np.array([tile.road_visited for tile in world.road], dtype=np.bool_)
    visited.flags.writeable = False
    return CarRacingState(
        x_m=hull.position[0],
        y_m=hull.position[1],
        yaw_rad=yaw,
        forward_mps=velocity_x * nose_x + velocity_y * nose_y,
        left_mps=velocity_y * nose_x - velocity_x * nose_y,
        yaw_rate_rps=hull.angularVelocity,
        steer_rad=(wheels[0].joint.angle + wheels[1].joint.angle) / 2,
        wheel_omega_rps=(
            float(wheels[0].omega),
            float(wheels[1].omega),
            float(wheels[2].omega),
            float(wheels[3].omega),
        ),
        centre=_centre(world),
        half_width_m=TRACK_WIDTH,
        visited=visited,
        # The reset itself makes one step of physics.
        tick=round(world.t * FPS) - 1,
    )


def _centre(world: Untyped) -> NDArray[np.float64]:
    """[N, 2] metres: the middle of each road tile. Tile i lies between the points i - 1 and i; tile 0 closes the loop."""
    track, centre = _centres.get(world, (None, None))
    if centre is None or track is not world.track:
        points = np.array([point[2:4] for point in world.track], dtype=np.float64)
        centre = (points + np.roll(points, 1, axis=0)) / 2
        centre.flags.writeable = False
        _centres[world] = (world.track, centre)
    return centre
