"""The obstacle detector: what a ball that is swept ahead touches first. Source: CARLA's documentation of sensor.other.obstacle.

The ball goes level, whatever the sensor's pitch, and meets the upright boxes of what actors are made of and of what stands on the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.server.sensors.mounting import place_of
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.streams import obstacle_payload
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solids import (
    FIRST_THING,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    SX,
    SY,
    SYAW,
    SZ,
    TAG,
    new_solids,
)
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]


def first_touch(solids: Floats, place: Floats, yaw: float, radius_m: float) -> Floats:
    """[N] How far a ball at `place` [3] goes along `yaw` until it touches each solid [N, SOLID]; infinite where it never does.

    In plan a ball touches a box where its centre enters the box widened by its radius, with round corners.
    """
    turn = yaw - solids[:, SYAW]
    from_x, from_y = place[0] - solids[:, SX], place[1] - solids[:, SY]
    cos, sin = np.cos(solids[:, SYAW]), np.sin(solids[:, SYAW])
    x, y = from_x * cos + from_y * sin, from_y * cos - from_x * sin
    dx, dy = np.cos(turn), np.sin(turn)
    length, width = solids[:, HALF_LENGTH], solids[:, HALF_WIDTH]
    ways = [
        _into_box(x, y, dx, dy, length + radius_m, width),
        _into_box(x, y, dx, dy, length, width + radius_m),
        *(_into_disc(x - sx * length, y - sy * width, dx, dy, radius_m) for sx in (-1, 1) for sy in (-1, 1)),
    ]
    beside = (solids[:, SZ] > place[2] + radius_m) | (solids[:, SZ] + solids[:, HEIGHT] < place[2] - radius_m)
    return np.where(beside, np.inf, np.min(ways, axis=0))


def _into_box(x: Floats, y: Floats, dx: Floats, dy: Floats, length: Floats, width: Floats) -> Floats:
    enters, leaves = np.zeros(len(x)), np.full(len(x), np.inf)
    for at, step, half in ((x, dx, length), (y, dy, width)):
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (-half - at) / step, (half - at) / step
        parallel = step == 0.0
        inside = np.abs(at) <= half
        near = np.where(parallel, np.where(inside, -np.inf, np.inf), np.minimum(one, other))
        far = np.where(parallel, np.where(inside, np.inf, -np.inf), np.maximum(one, other))
        enters, leaves = np.maximum(enters, near), np.minimum(leaves, far)
    return np.where(enters <= leaves, enters, np.inf)


def _into_disc(x: Floats, y: Floats, dx: Floats, dy: Floats, radius: float) -> Floats:
    along, off = -(x * dx + y * dy), x * dy - y * dx
    half = np.sqrt(np.maximum(radius * radius - off * off, 0.0))
    return np.where((np.abs(off) <= radius) & (along + half >= 0.0), np.maximum(along - half, 0.0), np.inf)


class Obstacle:
    """One detector."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """attributes: values by name. Raises SuiteError or ValueError for one that no detector has."""
        self._reach_m, self._radius_m = float(attributes["distance"]), float(attributes["hit_radius"])
        for name, value, high in (("distance", self._reach_m, 1000.0), ("hit_radius", self._radius_m, 100.0)):
            if not 0.0 < value <= high:
                raise SuiteError(f"{name} is {value:g}; give more than 0 and at most {high:g}.")
        self._only_actors = attributes["only_dynamics"].lower() in ("true", "1")

    def read(self, moment: Moment) -> list[bytes]:
        """What is nearest ahead, if anything is in reach."""
        episode, place = moment.episode, place_of(moment).astype(np.float64)
        own = episode.actors.get(moment.actor.parent, moment.actor)
        state = episode.world.state
        solids, counts = new_solids(1, state.body.shape[1] * MOST_PARTS)
        fill_solids(state, solids, counts)
        near = [solids[0, : counts[0]]]
        near[0] = near[0][near[0][:, INSTANCE] != own.slot + 1]
        if not self._only_actors:
            near.append(self._things(moment, place))
        found = np.concatenate(near).astype(np.float64)
        touches = first_touch(found, place, frames.world_yaw(moment.pose.yaw), self._radius_m)
        if not len(found) or touches.min() > self._reach_m:
            return []
        first = int(touches.argmin())
        other = self._named(moment, found[first])
        header = moment.header(StreamType.OBSTACLE)
        return [obstacle_payload(header, episode.actor_row(own), other, float(touches[first]))]

    def _things(self, moment: Moment, place: Floats) -> NDArray[np.float32]:
        things = moment.episode.served.surroundings.scenery.solid
        away = np.hypot(things[:, SX] - place[0], things[:, SY] - place[1])
        size = np.hypot(things[:, HALF_LENGTH], things[:, HALF_WIDTH])
        near: NDArray[np.float32] = things[away - size <= self._reach_m + self._radius_m]
        return near

    def _named(self, moment: Moment, solid: Floats) -> list[Wire]:
        """The actor that was met; things of the map are actor 0, named by their class, as in CARLA."""
        episode, instance = moment.episode, int(solid[INSTANCE])
        if instance < FIRST_THING:
            actor = episode.in_slot(instance - 1)
            assert actor is not None
            return episode.actor_row(actor)
        tag = Tag(int(solid[TAG]))
        half = [float(solid[HALF_LENGTH]), float(solid[HALF_WIDTH]), float(solid[HEIGHT]) / 2]
        box: list[Wire] = [[0.0, 0.0, half[2]], half, [0.0, 0.0, 0.0], 0]
        return [0, 0, [0, f"static.{tag.name.lower().replace('_', '')}", []], box, bytes((tag,)), b""]


OBSTACLE: Final = SensorKind(
    "sensor.other.obstacle",
    StreamType.OBSTACLE,
    (
        Setting("distance", AttributeType.FLOAT, "5.0"),
        Setting("hit_radius", AttributeType.FLOAT, "0.5"),
        Setting("only_dynamics", AttributeType.BOOL, "false"),
        Setting("debug_linetrace", AttributeType.BOOL, "false"),
    ),
    Obstacle,
)
