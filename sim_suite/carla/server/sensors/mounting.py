"""Where a sensor is in the embedded world: on the actor that carries it, or by itself. Source: ours.

The world is flat: heights count from the ground below the carrier, or from the road nearest to a sensor that nobody carries.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.actors import NO_SLOT
from sim_suite.carla.server.scenery import road_height
from sim_suite.carla.server.sensors.kinds import Moment
from sim_suite.carla.wire.values import Transform, Vector
from sim_suite.driving.sensors.camera.camera_spec import Mount
from sim_suite.driving.world.kinds import STILL
from sim_suite.driving.world.layout import CONTROL, YAW, State, X, Y

LOWEST_M: Final = 0.1
"""Above the ground: sensors that are lower are lifted so far, as cameras in the ground see nothing."""
HIGHEST_M: Final = 1000.0


def height_of(moment: Moment) -> float:
    """Of the sensor above the ground, m."""
    episode, actor = moment.episode, moment.actor
    parent = episode.actors.get(actor.parent)
    if parent is not None and parent.slot != NO_SLOT:
        base = episode.pose_of(parent).location.z
    else:
        base = road_height(episode, moment.pose.location)
    return min(max(moment.pose.location.z - base, LOWEST_M), HIGHEST_M)


def place_of(moment: Moment) -> NDArray[np.float32]:
    """[3] float32 of the sensor, world frame as in `State`."""
    own = frames.carla_vector(*moment.pose.location)
    terrain = moment.episode.world.ground.terrain
    return np.array([own.x - terrain.origin_x, own.y - terrain.origin_y, height_of(moment)], np.float32)


class Seat(NamedTuple):
    """From where a camera looks."""

    state: State
    slot: int
    mount: Mount


def seat_of(moment: Moment) -> Seat:
    """On the body that carries the camera; else on one that only this camera knows of."""
    episode, actor = moment.episode, moment.actor
    parent = episode.actors.get(actor.parent)
    if actor.mount is not None and parent is not None and parent.slot != NO_SLOT:
        return Seat(episode.world.state, parent.slot, _mount(actor.mount))
    x, y, z = place_of(moment)
    pose = moment.pose
    level = Transform(Vector(0.0, 0.0, float(z)), pose.pitch, 0.0, pose.roll)
    state = _with_one_more(episode.world.state, x, y, frames.world_yaw(pose.yaw))
    return Seat(state, episode.world.options.actors, _mount(level))


def _mount(mount: Transform) -> Mount:
    x, y, z, roll, pitch, yaw = frames.world_mount(mount)
    return Mount(x, y, min(max(z, LOWEST_M), HIGHEST_M), roll, pitch, yaw)


def _with_one_more(state: State, x: np.float32, y: np.float32, yaw: float) -> State:
    """The same world with a body in a further slot, which nobody sees or meets: it lies beyond NUM_ACTORS."""
    body = np.concatenate([state.body, np.zeros_like(state.body[:, :1])], axis=1)
    mind = np.concatenate([state.mind, np.zeros_like(state.mind[:, :1])], axis=1)
    body[0, -1, [X, Y, YAW]] = x, y, yaw
    mind[0, -1, CONTROL] = STILL
    return state._replace(body=body, mind=mind)
